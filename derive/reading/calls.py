"""Calls in formulas: sums and the like, D, delta, where, and the functions of the table. Simplifies nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from lark import Token, Tree

from derive.arrays.operations import FUNCTIONS, applied, derivative, reduced
from derive.arrays.values import Array, fresh_axes, shape_text
from derive.problem.names import CALLED
from derive.reading.arrays import ON_PAGES, call_array
from derive.terms import (
    ONE,
    ZERO,
    Apply,
    Big,
    Binder,
    Compare,
    Delta,
    Derivative,
    Entry,
    Index,
    Relation,
    Term,
    UnknownValue,
    Where,
    divide,
    free_indices,
    functions,
    index_condition,
)

if TYPE_CHECKING:
    from derive.reading.formulas import Formulas
    from derive.reading.parser import Node

BIG = ("sum", "prod", "mean")
EXTREMES = ("max", "min")
# What a function's last arguments are where they are not given, as in SymPy.
DEFAULTS: dict[str, tuple[Array, ...]] = {"zeta": (Array(ONE),)}


def is_function(name: str) -> bool:
    """Return whether a name before `(` is a function of the language."""
    return name in CALLED


def call_function(formulas: Formulas, node: Tree[Token]) -> Array:
    """Return what a call means."""
    parts = {str(one.data): one for one in node.children[1:] if isinstance(one, Tree)}
    arguments = list(parts["arguments"].children)
    value = _called(formulas, node, arguments)
    if "subscripts" not in parts:
        return value
    text = f"{node.children[0]}(…)"
    return formulas.part_of(value, node, parts["subscripts"].children, text)


def _called(formulas: Formulas, node: Tree[Token], arguments: list[Node]) -> Array:
    head = node.children[0]
    name, declared = str(head), formulas.declared
    primes = sum(len(one) for one in node.children[1:] if isinstance(one, Token))
    if name in declared.functions and name not in declared.lost:
        return _declared_function(formulas, node, arguments, primes)
    if name in declared.signatures and name not in declared.lost and not primes:
        return _unknown_function(formulas, node, arguments)
    if primes:
        raise formulas.error(f"only a declared function has primes; write function {name} above", head)
    if name in (FUNCTIONS if formulas.whole else ON_PAGES):
        return call_array(formulas, node, arguments)
    if name in CALLS:
        return CALLS[name](formulas, node, arguments)
    if name in functions.TABLE:
        return _table_function(formulas, node, name, arguments)
    if name in declared.lost:
        raise formulas.unknown(Token.new_borrow_pos("NAME", name, head))  # type: ignore[arg-type]
    kind = declared.kind(name)
    if kind is not None:
        raise formulas.error(f"{name} is a {kind} and not a function; a product is written with *", head)
    known = [*functions.TABLE, *CALLS, *FUNCTIONS, *declared.functions, *declared.signatures]
    raise formulas.error(f"unknown function {name}{declared.nearest(name, known)}", head)


def _declared_function(formulas: Formulas, node: Tree[Token], arguments: list[Node], primes: int) -> Array:
    name = str(node.children[0])
    if len(arguments) != 1:
        raise formulas.error(f"{name} is a function of one real variable; write {name}(x)", node)
    return applied(name, formulas.value(arguments[0]), order=primes)


def _unknown_function(formulas: Formulas, node: Tree[Token], arguments: list[Node]) -> Array:
    """Return an unknown function of several numbers or of arrays, each of the shape that was declared."""
    name = str(node.children[0])
    parameters = formulas.declared.signatures[name]
    if len(arguments) != len(parameters):
        count = f"{len(parameters)} argument{'s' if len(parameters) > 1 else ''}"
        raise formulas.error(f"{name} takes {count}, not {len(arguments)}", node)
    terms: list[Term] = []
    for (parameter, dims), one in zip(parameters, arguments, strict=True):
        formulas.inside += 1
        value = formulas.value(one)
        formulas.inside -= 1
        if value.shape != dims:
            here, there = shape_text(value.shape), shape_text(dims)
            raise formulas.error(f"{parameter} of {name} has {there}; {formulas.text(one)} has {here}", one)
        fresh = value.anew()
        binders = tuple(map(Binder, fresh.axes))
        terms.append(Big("array", binders, fresh.entry) if dims else value.entry)
    return Array(UnknownValue(name, tuple(terms)))


def _array(formulas: Formulas, node: Tree[Token], arguments: list[Node]) -> Array:
    """`array(e, i, j)`: the array with these entries."""
    body, *letters = arguments
    if not letters:
        raise formulas.error("array needs an index for each axis, as in array(x[i]^2, i)", node)
    return formulas.by_entry(body, letters, "array")


def _partial(formulas: Formulas, node: Tree[Token], arguments: list[Node]) -> Array:
    """`partial(f(u, v), 2)`: the derivative of an unknown function by its second argument, or an entry of it."""
    whole, *rest = arguments
    function = formulas.term(whole)
    if not isinstance(function, UnknownValue) or not rest:
        raise formulas.error("partial takes an unknown function and the place of an argument", node)
    place, *indices = rest
    parameters = formulas.declared.signatures[function.name]
    if not (isinstance(place, Token) and place.isdecimal() and 1 <= int(place) <= len(parameters)):
        count = len(parameters)
        raise formulas.error(f"{function.name} has {count} argument{'s' if count > 1 else ''}", place)
    dims = parameters[int(place) - 1][1]
    if len(indices) != len(dims):
        raise formulas.error(f"argument {place} of {function.name} has {shape_text(dims)}", node)
    text = formulas.text(node)
    at = tuple(formulas.index(one, dim, text) for one, dim in zip(indices, dims, strict=True))
    return Array(replace(function, partials=(*function.partials, (int(place) - 1, at))))


def _table_function(formulas: Formulas, node: Tree[Token], name: str, arguments: list[Node]) -> Array:
    arity = functions.TABLE[name].arity
    values = [formulas.value(one) for one in arguments]
    if arity is not None and len(values) < arity:
        values += DEFAULTS.get(name, ())
    if arity is not None and len(values) != arity:
        count = f"{arity} argument{'s' if arity > 1 else ''}"
        raise formulas.error(f"{name} takes {count}, not {len(arguments)}", node)
    return formulas.made(node, arguments, lambda: applied(name, *values))


# ---- sums and the like


@dataclass(slots=True)
class _Bound:
    token: Token
    dim: Token | None
    excluded: list[Node] = field(default_factory=list)
    ordered: list[tuple[Token, Relation, Node, Node]] = field(
        default_factory=list
    )  # left, sign, right, all of it


def _big(formulas: Formulas, node: Tree[Token], arguments: list[Node]) -> Array:
    operation: Any = str(node.children[0])
    body, *rest = arguments
    if not rest:
        return _reduction(formulas, node, operation, body)
    bound = _bound(formulas, operation, rest)
    names = [str(one.token) for one in bound]
    scope: dict[str, Index] = {}
    binders: list[Binder] = []
    excluded: dict[str, list[Index]] = {name: [] for name in names}
    for one in bound:
        scope[str(one.token)] = formulas.dims.bound(str(one.token), formulas.at(one.token), operation)
    for one in bound:
        index = scope[str(one.token)]
        if one.dim is not None:
            size = formulas.declared.size(str(one.dim))
            if size is None:
                raise formulas.error(f"unknown size {one.dim}{formulas.declared.nearest(one.dim)}", one.dim)
            formulas.dims.require(index, size, f"{one.token}: {one.dim}", formulas.at(one.token))
        for other in one.excluded:
            if other == one.token:
                raise formulas.error(f"{other} cannot differ from itself", other)
            inner = scope.get(str(other)) if isinstance(other, Token) else None
            skipped = formulas.index(other) if inner is None else inner
            formulas.dims.link(
                index, skipped, f"{one.token} != {formulas.text(other)}", formulas.at(one.token)
            )
            # Of two indices bound here the later one carries the exclusion, for it sees the earlier one.
            if inner is not None and names.index(str(other)) > names.index(str(one.token)):
                excluded[str(other)].append(index)
            else:
                excluded[str(one.token)].append(skipped)
    binders = [Binder(scope[name], tuple(excluded[name])) for name in names]
    formulas.scopes.append(scope)
    inside = formulas.value(body)
    conditions = [_order(formulas, *order) for one in bound for order in one.ordered]
    formulas.scopes.pop()
    for binder in binders if inside.axes else ():
        if binder.index not in free_indices(inside.entry):
            message = f"{formulas.text(body)} is an array and has no index {binder.index}"
            raise formulas.error(
                f"{message}; write {operation}({formulas.text(body)}) for all its entries", body
            )
    if not conditions:
        return Array(Big(operation, tuple(binders), inside.entry), inside.axes)
    ranged = _over_an_order(formulas, node, operation, tuple(binders), inside.entry, conditions)
    return Array(ranged, inside.axes)


def _order(formulas: Formulas, left: Token, sign: Relation, right: Node, node: Node) -> Compare:
    """Return the condition that a binder such as `j < i` puts on what is summed up."""
    first, second = formulas.index(left), formulas.index(right)
    formulas.dims.link(first, second, formulas.text(node), formulas.at(left))
    return index_condition(sign, first, second)


def _over_an_order(
    formulas: Formulas,
    node: Tree[Token],
    operation: Any,
    binders: tuple[Binder, ...],
    body: Term,
    conditions: list[Compare],
) -> Term:
    """Return a sum, product or mean over those places for which the conditions hold."""

    def over(inner: Term, otherwise: Term, big: Any) -> Term:
        for condition in reversed(conditions):
            inner = Where(condition, inner, otherwise)
        return Big(big, binders, inner)

    if operation == "prod":
        return over(body, ONE, operation)
    if operation == "sum":
        return over(body, ZERO, operation)
    if operation == "mean" and len(binders) == 1 and not binders[0].excluded:
        return divide(over(body, ZERO, "sum"), over(ONE, ZERO, "sum"))
    message = f"{operation} is not taken over a part of the positions; sum, prod and mean over one index are"
    raise formulas.error(message, node)


def _reduction(formulas: Formulas, node: Tree[Token], operation: Any, body: Node) -> Array:
    """`sum(A)`: over all entries."""
    value = formulas.value(body) if formulas.whole else Array(ONE)
    if not value.axes:
        raise formulas.error(f"{operation} needs an index, as in {operation}(x[j], j)", node)
    return reduced(operation, value)


def _bound(formulas: Formulas, operation: str, rest: list[Node]) -> list[_Bound]:
    """Return what is bound, letter by letter; a letter may come again to exclude one more index."""
    found: dict[str, _Bound] = {}
    for node in rest:
        one = _binder(formulas, node)
        if one is None:
            message = f"an index is bound as j, j: n, j != i or j < i; this is {formulas.text(node)}"
            raise formulas.error(message, node)
        name = str(one.token)
        if name in formulas.declared.lost:
            raise formulas.unknown(one.token)
        if formulas.declared.kind(name) is not None or name == "pi":
            raise formulas.error(f"{name} is declared and cannot be bound; take another letter", one.token)
        if name not in found:
            found[name] = one
        elif (one.excluded or one.ordered) and one.dim is None:
            found[name].excluded += one.excluded
            found[name].ordered += one.ordered
        else:
            raise formulas.error(f"{operation} binds {name} twice", one.token)
    return list(found.values())


def _binder(formulas: Formulas, node: Node) -> _Bound | None:
    """Return what binds an index: `j`, `j: n`, `j != i`, `j < i`, `j: n != i`, or `j: i < j` of two that are bound."""
    if isinstance(node, Token):
        return _Bound(node, None) if node.type == "NAME" else None
    if node.data == "binder":
        name, dim, *rest = node.children
        assert isinstance(name, Token) and isinstance(dim, Token)  # noqa: S101, PT018 - the grammar says so
        if not rest:
            return _Bound(name, dim)
        sign, right = Relation(str(rest[0])), rest[1]
        if formulas.declared.size(str(dim)) is None and sign != Relation.UNEQUAL:
            return _Bound(name, None, ordered=[(dim, sign, right, node)])
        return _compared(_Bound(name, dim), sign, right, node)
    if node.data == "comparison" and len(node.children) == 3:
        head, relation, right = node.children
        if isinstance(head, Token) and head.type == "NAME" and isinstance(relation, Tree):
            sign = Relation(str(relation.children[0]))
            return None if sign == Relation.EQUAL else _compared(_Bound(head, None), sign, right, node)
    return None


def _compared(bound: _Bound, sign: Relation, right: Node, node: Node) -> _Bound:
    if sign == Relation.UNEQUAL:
        bound.excluded.append(right)
    else:
        bound.ordered.append((bound.token, sign, right, node))
    return bound


def _extreme(formulas: Formulas, node: Tree[Token], arguments: list[Node]) -> Array:
    """`max(x[j], j)` is over an index, `max(0, x)` of numbers, `max(x)` over all entries of an array."""
    second = _binder(formulas, arguments[1]) if len(arguments) > 1 else None
    if (
        second is not None
        and (not isinstance(arguments[1], Token) or formulas.declared.kind(str(second.token)) is None)
        and second.token != "pi"
    ):
        return _big(formulas, node, arguments)
    if len(arguments) == 1 and formulas.whole:
        value = formulas.value(arguments[0])
        if value.axes:
            operation: Any = str(node.children[0])
            return reduced(operation, value)
    return _table_function(formulas, node, str(node.children[0]), arguments)


# ---- delta, where, D


def _delta(formulas: Formulas, node: Tree[Token], arguments: list[Node]) -> Array:
    if len(arguments) != 2:
        raise formulas.error("delta takes two indices, as in delta(i,j)", node)
    left, right = map(formulas.index, arguments)
    formulas.dims.link(left, right, formulas.text(node), formulas.at(node))
    return Array(Delta(left, right))


def _where(formulas: Formulas, node: Tree[Token], arguments: list[Node]) -> Array:
    if len(arguments) != 3:
        raise formulas.error("where takes a condition and two values: where(x > 0, a, b)", node)
    condition, then, otherwise = arguments
    return formulas.chosen(node, condition, formulas.value(then), formulas.value(otherwise))


def _derivative(formulas: Formulas, node: Node, arguments: list[Node]) -> Array:
    body, *by = arguments
    if not by:
        raise formulas.error("D needs what to differentiate by, as in D(E, s[i])", node)
    inside = formulas.value(body)
    variables = [_variable(formulas, one) for one in by]
    names = [one.entry.name for one in variables if isinstance(one.entry, Entry)]
    defined = frozenset(names) & formulas.declared.definitions.keys()
    if defined:
        mentioned = formulas.declared.mentioned(inside.entry, keep=defined)
        for name, one in zip(names, by, strict=True):
            if name in defined and name not in mentioned:
                raise formulas.error(f"{formulas.text(body)} does not mention {name}", one)
    return formulas.made(node, arguments, lambda: derivative(inside, *variables))


def _variable(formulas: Formulas, node: Node) -> Array:
    """Return what a `D` differentiates by: an array or entries of one, declared or defined."""
    declared = formulas.declared
    head = node.children[0] if isinstance(node, Tree) and node.data == "entry" else node
    if not (isinstance(head, Token) and head.type == "NAME"):
        message = f"D differentiates by an entry such as x or s[i], not by {formulas.text(node)}"
        raise formulas.error(message, node)
    name = str(head)
    if formulas.bound(name) is None and declared.kind(name) is None and name != "pi":
        raise formulas.unknown(head)
    if name in declared.lost:
        raise formulas.unknown(head)
    if declared.kind(name) not in ("variable", "definition"):
        kind = (
            "the number"
            if name == "pi"
            else f"a {declared.kind(name)}"
            if declared.kind(name)
            else "an index"
        )
        raise formulas.error(f"D differentiates by an entry such as x or s[i]; {name} is {kind}", head)
    if isinstance(node, Tree):
        formulas.inside, inside = 0, formulas.inside
        entry = formulas.entry(node)
        formulas.inside = inside
        return entry
    if declared.dims(name) and not formulas.whole:
        raise formulas.error(f"{name} is an array; D needs an entry, as {formulas.model(name)}", head)
    axes = fresh_axes(declared.dims(name))
    return Array(Entry(name, axes), axes)


SLOPE = "the slope of"
"""The derivative of a function where its argument is: `f'(a + b)`; no text can name it, for the spaces."""


def _slope(formulas: Formulas, _: Node, arguments: list[Node]) -> Array:
    """Return the derivative of a function by its argument, which gets a name for that."""
    call, argument, *more = arguments
    inside = formulas.term(argument)
    variable = formulas.named(inside)
    function = Apply(str(call.children[0]), (variable,))  # type: ignore[union-attr] # it is a call
    return Array(Derivative(function, (variable,) * (1 + len(more))))


CALLS: dict[str, Callable[[Formulas, Any, list[Node]], Array]] = {
    **dict.fromkeys(BIG, _big),
    **dict.fromkeys(EXTREMES, _extreme),
    "D": _derivative,
    "array": _array,
    "partial": _partial,
    "delta": _delta,
    "where": _where,
    SLOPE: _slope,
}
