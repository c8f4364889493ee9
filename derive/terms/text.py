"""Terms as plain text in the project's own language; what is written here is read back as the same term.

Products and sums inside one another are read back flat. It knows no declarations: a bound letter that is
declared, and a letter free over two sizes, come out as they are.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from derive.terms.nodes import (
    MINUS_ONE,
    ONE,
    ZERO,
    Add,
    Apply,
    Before,
    Big,
    Binder,
    Compare,
    Constant,
    Delta,
    Derivative,
    Entry,
    Index,
    IndexPair,
    MatrixFunction,
    Multiply,
    Number,
    Power,
    SizeNumber,
    Term,
    UnknownValue,
    Where,
)
from derive.terms.relations import Relation
from derive.terms.renaming import open_binders
from derive.terms.traverse import children, free_indices, walk

# Binding strength, loosest first, as in Python: -x^2 is -(x^2), 2^-x is 2^(-x).
SUM, PRODUCT, UNARY, POWER, ATOM = range(5)


def to_text(node: Term) -> str:
    """Return the term as text."""
    return _write(node, SUM)


def condition_to_text(condition: Compare) -> str:
    """Return a comparison as text; one between indices is written `i = j` or `i != j`."""
    if _relates_indices(condition):
        left, relation, right = indices_related(condition)
        return f"{left} {relation} {right}"
    return f"{to_text(condition.left)} {condition.relation} {to_text(condition.right)}"


def indices_related(condition: Compare) -> tuple[Index, Relation, Index]:
    """Return what a comparison says of two indices: that they are equal, differ, or stand in an order."""
    pair, holds = condition.left, condition.right == ONE
    assert isinstance(pair, IndexPair)  # noqa: S101 - asked before; this is for the type checker
    if isinstance(pair, Delta):
        return pair.left, Relation.EQUAL if holds else Relation.UNEQUAL, pair.right
    return (pair.left, Relation.LESS, pair.right) if holds else (pair.right, Relation.AT_MOST, pair.left)


def _relates_indices(condition: Compare) -> bool:
    """Whether a comparison is `i = j` or `j < i`; an equality with a position is written with its delta."""
    pair = condition.left
    if (
        condition.relation != Relation.EQUAL
        or condition.right not in (ZERO, ONE)
        or not isinstance(pair, IndexPair)
    ):
        return False
    named = isinstance(pair.left.name, str), isinstance(pair.right.name, str)
    return all(named) or (isinstance(pair, Before) and any(named))


def _write(node: Term, strength: int) -> str:
    text, own = _form(node)
    return f"({text})" if own < strength else text


def _form(node: Term) -> tuple[str, int]:
    match node:
        case Number(value):
            return _number(value)
        case Constant(name) | SizeNumber(name):
            return name, ATOM
        case Entry(name, indices):
            return (f"{name}[{','.join(map(str, indices))}]" if indices else name), ATOM
        case IndexPair(left, right):
            return f"delta({left},{right})" if isinstance(node, Delta) else f"[{left} < {right}]", ATOM
        case Add(terms):
            return _sum(terms), SUM
        case Multiply(factors):
            return _product(factors)
        case Power(base, exponent):
            if exponent == MINUS_ONE and not isinstance(base, Number):
                return f"1/{_write(base, POWER)}", PRODUCT
            return f"{_write(base, ATOM)}^{_write(exponent, ATOM)}", POWER
        case Apply(function, arguments, order):
            inside = ", ".join(to_text(a) for a in arguments)
            return f"{function}{chr(39) * order}({inside})", ATOM
        case Where(condition, then, otherwise) if (then, otherwise) == (ONE, ZERO) and not _is_delta(
            condition
        ):
            return f"[{condition_to_text(condition)}]", ATOM
        case Where(condition, then, otherwise):
            inside = f"{condition_to_text(condition)}, {to_text(then)}, {to_text(otherwise)}"
            return f"where({inside})", ATOM
        case Big() | MatrixFunction() | UnknownValue():
            return _BINDING[type(node)](node), ATOM
        case Derivative(body, variables):
            return f"D({', '.join([to_text(body), *map(to_text, variables)])})", ATOM
    raise TypeError(f"not a term: {node!r}")


def _number(value: Fraction) -> tuple[str, int]:
    if value < 0:
        return f"-{_number(-value)[0]}", UNARY if value.denominator == 1 else PRODUCT
    return str(value), ATOM if value.denominator == 1 else PRODUCT


def _is_delta(condition: Compare) -> bool:
    """Whether the indicator of a comparison would be read as a term by itself: that of `i = j`, or `j < i`."""
    return _relates_indices(condition) and condition.right == ONE


def _big(node: Big) -> str:
    node = _unambiguous(node)
    body, order = _without_order(node)
    parts = [to_text(body)]
    for binder in node.binders:
        ordered = order if binder is node.binders[-1] else ""
        parts.extend(_binder(binder, body, ordered))
    return f"{node.operation}({', '.join(parts)})"


def _of_matrix(node: MatrixFunction) -> str:
    places = f"[{','.join(map(str, node.at))}]" if node.at else ""
    return f"{node.operation}({_matrix(node.matrix)}){places}"


def _unknown(node: UnknownValue) -> str:
    """Return `L(y)`, and of its derivatives `D(L(y), y[j])`, or `partial(f(u, v), 1)` where D would mean more."""
    arguments = [_argument(one) for one in node.arguments]
    whole = f"{node.name}({', '.join(arguments)})"
    if not node.partials:
        return whole
    if len(arguments) == 1 and isinstance(node.arguments[0], Big) and _named(node.arguments[0]):
        by = [f"{arguments[0]}[{','.join(map(str, at))}]" for _, at in node.partials]
        return f"D({', '.join([whole, *by])})"
    for place, at in node.partials:
        whole = f"partial({', '.join([whole, str(place + 1), *map(str, at)])})"
    return whole


def _named(array: Big) -> bool:
    """Return whether an array is one by name, with its axes in order."""
    indices = tuple(binder.index for binder in array.binders)
    return (
        isinstance(array.body, Entry) and array.body.indices == indices and len(set(indices)) == len(indices)
    )


def _argument(node: Term) -> str:
    """Return an argument of an unknown function: `y`, `x + 1`, or `array(x[a]^2, a)`."""
    if not isinstance(node, Big) or node.operation != "array":
        return to_text(node)
    return node.body.name if _named(node) and isinstance(node.body, Entry) else _big(node)


def _matrix(matrix: Big) -> str:
    """Return a matrix as an argument: `A`, `A.T`, or its entry with its row and column, `x[a]*y[b], a, b`."""
    row, column = (binder.index for binder in matrix.binders)
    match matrix.body:
        case Entry(name, (first, second)) if (first, second) == (row, column):
            return name
        case Entry(name, (first, second)) if (first, second) == (column, row):
            return f"{name}.T"
    return _big(matrix).removeprefix("array(")[:-1]


def _without_order(node: Big) -> tuple[Term, str]:
    """Return what a sum or product over `j < i` is of, and that `< i`; the body and nothing for any other."""
    index, body = node.binders[-1].index, node.body
    neutral = {"sum": ZERO, "prod": ONE}.get(node.operation)
    match body:
        case Where(Compare(Relation.EQUAL, Before(left, right), Number(value)), then, otherwise) if (
            otherwise == neutral and value in (0, 1) and index in (left, right) and left != right
        ):
            if index == left:
                return then, f" {'<' if value else '>='} {right}"
            return then, f" {'>' if value else '<='} {left}"
    return body, ""


def _unambiguous(node: Big) -> Big:
    """Return the term with its binders renamed if their letters alone would not tell which index is meant."""
    names = [binder.index.name for binder in node.binders]
    clash = len(set(names)) < len(names)
    clash = clash or any(
        index.name in names and index not in earlier
        for earlier, binder in zip(_earlier(node), node.binders, strict=True)
        for index in binder.excluded
    )
    bound = {binder.index for binder in node.binders}
    clash = clash or any(one.name in names and one not in bound for one in free_indices(node.body))
    return open_binders(node, _index_names(node)) if clash else node


def _earlier(node: Big) -> list[set[Index]]:
    """Return for each binder the indices that are bound to its left."""
    indices = [binder.index for binder in node.binders]
    return [set(indices[:position]) for position in range(len(indices))]


def _index_names(node: Term) -> set[str | int]:
    names: set[str | int] = {index.name for index in free_indices(node)}
    for one in walk(node):
        if isinstance(one, Big):
            names.update(binder.index.name for binder in one.binders)
    return names


def _binder(binder: Binder, body: Term, order: str) -> list[str]:
    """Return a binder as arguments: `j`, `j != i`, `j < i`, or `j: n` where nothing in the body tells the dimension."""
    index = binder.index
    dim = "" if tells_dimension(body, index) else f": {index.dim}"
    conditions = [f" != {one}" for one in binder.excluded] + [order] * bool(order)
    first, *rest = conditions or [""]
    return [f"{index}{dim}{first}", *(f"{index}{one}" for one in rest)]


def tells_dimension(node: Term, index: Index) -> bool:
    """Whether an array in the term is indexed by it."""
    match node:
        case Entry(_, indices):
            return any(index == one or index in one.letters for one in indices)
        case Big(_, binders, _) if any(binder.index == index for binder in binders):
            return False
    return any(tells_dimension(child, index) for child in children(node))


def _sum(terms: tuple[Term, ...]) -> str:
    text = _write(terms[0], SUM)
    for node in terms[1:]:
        written = _write(node, PRODUCT)
        text += f" - {written[1:]}" if written.startswith("-") else f" + {written}"
    return text


def _product(factors: tuple[Term, ...]) -> tuple[str, int]:
    first, *rest = factors
    if first == MINUS_ONE and rest and not isinstance(rest[0], Number):
        # -x*y begins with -x; -1/x is the number -1 divided by x, and means the same.
        first, *rest = rest
        text = f"-{_write(first, PRODUCT if _is_inverse(first) else UNARY)}"
    else:
        text = _write(first, PRODUCT)
    alone = first if isinstance(first, Number) else None
    for factor in rest:
        if _is_inverse(factor) and isinstance(factor, Power) and not _would_merge(alone, factor.base):
            text += f"/{_write(factor.base, UNARY)}"
        else:
            text += f"*{_write(factor, UNARY)}"
        alone = None
    return text, PRODUCT


def _is_inverse(node: Term) -> bool:
    return isinstance(node, Power) and node.exponent == MINUS_ONE


def _would_merge(number: Number | None, divisor: Term) -> bool:
    """Whether `number/divisor` would be read as something shorter: 2/3 is a number, 1/x an inverse alone."""
    return number is not None and (number == ONE or isinstance(divisor, Number))


_BINDING: dict[type[Term], Callable[[Any], str]] = {
    Big: _big,
    MatrixFunction: _of_matrix,
    UnknownValue: _unknown,
}
