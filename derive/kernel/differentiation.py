"""Differentiation of terms, and the removal of every `D` and every defined name. It never simplifies beyond 0 and 1.

Derivatives are total, through definitions, and ambient: entries vary independently, whatever the hypotheses say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, TypeAlias

from derive.errors import IllPosedError, LimitError
from derive.limits import deadline
from derive.terms import (
    ONE,
    ZERO,
    Apply,
    Big,
    Binder,
    Compare,
    Context,
    Delta,
    Derivative,
    Entry,
    MatrixFunction,
    Number,
    Power,
    Relation,
    Term,
    UnknownValue,
    Where,
    add,
    arrays,
    depends,
    free_indices,
    fresh_index,
    instantiate,
    multiply,
    negate,
    open_binders,
    rebuild,
    rename,
    same_index,
    term,
)
from derive.terms.functions import TABLE, Function, expansion, log
from derive.terms.nodes import Add, Multiply

MAX_NODES = 200_000


def resolve(node: Term, context: Context, keep: frozenset[str] = frozenset()) -> Term:
    """Return an equal term without any `D` and without defined names, but for those in `keep`.

    `D` by a defined name unfolds its body down to that name and no further, differentiates as if the
    name were an independent array, and unfolds it afterwards.

    Raises:
        IllPosedError: the derivative of a function by an argument for which none is known.
        LimitError: the result would be too large.
    """
    return Resolver(context).resolve(node, keep)


class Resolver:
    """Resolves several terms of one context; an entry that is defined is resolved once."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self._nodes = 0
        self._known: dict[tuple[Entry, frozenset[str]], tuple[Term, int]] = {}

    def resolve(self, node: Term, keep: frozenset[str] = frozenset()) -> Term:
        """Return an equal term as `resolve` does, which also says what is raised."""
        deadline.check()
        self._nodes = 0
        return self._resolve(node, keep)

    def _resolve(self, node: Term, keep: frozenset[str]) -> Term:
        self._count(1)
        definitions = self.context.definitions
        match node:
            case Entry(name) if name in definitions and name not in keep:
                return self._unfolded(node, keep)
            case Derivative(body, variables):
                return self._derived(body, variables, keep)
            case Big(_, binders, _) if any(b.index in b.excluded for b in binders):
                raise IllPosedError("an index cannot be excluded from its own range")
            case _:
                return rebuild(node, lambda child: self._resolve(child, keep))

    def _derived(self, body: Term, variables: tuple[Entry, ...], keep: frozenset[str]) -> Term:
        """Return the derivative by each variable in turn: `D(e, x, y)` is `D(D(e, x), y)`.

        A defined name by which is differentiated later is held already, for what is left of it would be lost.
        """
        *earlier, last = variables
        held = keep | ({last.name} & self.context.definitions.keys())
        inner = self._resolve(Derivative(body, tuple(earlier)) if earlier else body, held)
        for name in sorted(held & arrays(inner) - {last.name}):
            if depends(Entry(name), last.name, self.context.definitions):
                raise IllPosedError(
                    f"a derivative by {last.name} inside one by {name}, which depends on {last.name}, "
                    f"has two readings: with {name} varying, or held fixed"
                )
        found = differentiate(inner, last)
        return found if held == keep else self._resolve(found, keep)

    def _unfolded(self, node: Entry, keep: frozenset[str]) -> Term:
        """Return what an entry is defined to be; the same entry is resolved once, and counted each time."""
        deadline.check()
        known = self._known.get((node, keep))
        if known is None:
            before = self._nodes
            found = self._resolve(instantiate(self.context.definitions[node.name], node.indices), keep)
            self._known[node, keep] = found, self._nodes - before
            return found
        self._count(known[1])
        return known[0]

    def _count(self, nodes: int) -> None:
        self._nodes += nodes
        if self._nodes > MAX_NODES:
            raise LimitError("the formula is too large once its definitions are unfolded")


Slope: TypeAlias = Callable[[Term], Term]
"""The derivative of a part of a term, by the entry in question."""

Rule: TypeAlias = Callable[[Any, Slope, Entry], Term]
"""The derivative of a term by an entry, from those of its parts; the term is of the kind that the rule is for."""


def differentiate(node: Term, by: Entry) -> Term:
    """Return the partial derivative of a `D`-free term by an entry, every other entry held fixed.

    Bound indices are renamed where one is also an index of `by`. Source: the sum, product, chain and
    power rules, and the table of functions.
    """
    if by.name not in arrays(node):
        return ZERO
    rule = RULES.get(type(node))
    if rule is None:
        raise TypeError(f"not a term to differentiate: {node!r}")
    return rule(node, lambda part: differentiate(part, by), by)


def _entry(node: Entry, slope: Slope, by: Entry) -> Term:
    pairs = zip(node.indices, by.indices, strict=True)
    return product_of(*(Delta(left, right) for left, right in pairs if left != right))


def _sum(node: Add, slope: Slope, by: Entry) -> Term:
    return sum_of(*map(slope, node.terms))


def _product(node: Multiply, slope: Slope, by: Entry) -> Term:
    factors = node.factors
    return sum_of(*(product_of(*factors[:k], slope(f), *factors[k + 1 :]) for k, f in enumerate(factors)))


def _power(node: Power, slope: Slope, by: Entry) -> Term:
    base, exponent = node.base, node.exponent
    inner, outer = slope(base), slope(exponent)
    by_base = product_of(exponent, raised(base, exponent, -1), inner)
    by_exponent = product_of(node, log(base), outer) if outer != ZERO else ZERO
    return sum_of(by_base, by_exponent)


def _cases(node: Where, slope: Slope, by: Entry) -> Term:
    branches = slope(node.then), slope(node.otherwise)
    return ZERO if branches == (ZERO, ZERO) else Where(node.condition, *branches)


def _function(node: Apply, slope: Slope, by: Entry) -> Term:
    row = TABLE.get(node.function)
    meaning = expansion(node)
    if meaning is not None and row is not None and not row.derivatives:
        return slope(meaning)
    inner = [slope(argument) for argument in node.arguments]
    outer = (_partial(node, row, k) if part != ZERO else ZERO for k, part in enumerate(inner))
    return sum_of(*(product_of(*pair) for pair in zip(outer, inner, strict=True)))


def _partial(node: Apply, row: Function | None, position: int) -> Term:
    """Return the derivative of a function by one of its arguments."""
    more_primes = Apply(node.function, node.arguments, node.order + 1)
    if row is None:
        return more_primes
    rule = row.derivatives[position]
    if rule is None:
        raise IllPosedError(f"no derivative of {node.function} by its argument {position + 1} is known")
    if node.order:
        return more_primes
    formula = rule(*node.arguments)
    # Where the formula does not hold there may be a derivative; nothing is said of it.
    return formula if row.formula is None else Where(row.formula(*node.arguments), formula, more_primes)


def _big(node: Big, slope: Slope, by: Entry) -> Term:
    bound = {binder.index for binder in node.binders}
    letters = free_indices(by)
    if not bound.isdisjoint(letters):
        node = open_binders(node, {i.name for i in (*free_indices(node), *letters, *bound)})
    if node.operation == "prod":
        return _big_product(node, slope)
    inner = slope(node.body)
    if inner == ZERO:
        return ZERO
    if node.operation in ("sum", "mean"):
        return Big(node.operation, node.binders, inner)
    # The slope at the place where the extreme value is taken; at ties a derivative has no value.
    relation = Relation.AT_LEAST if node.operation == "max" else Relation.AT_MOST
    return Big("sum", node.binders, Where(Compare(relation, node.body, node), inner, ZERO))


def _matrix(node: MatrixFunction, slope: Slope, by: Entry) -> Term:
    """D A^-1 = -A^-1 (D A) A^-1, and D det A = tr(adj(A) D A), which holds where A is singular as well."""
    taken: set[str | int] = {i.name for i in (*free_indices(node), *free_indices(by))}
    matrix = open_binders(node.matrix, taken)
    node = MatrixFunction(node.operation, matrix, node.at)
    row, column = (binder.index for binder in matrix.binders)
    inner = slope(matrix.body)
    if inner == ZERO:
        return ZERO
    match node.operation:
        case "inv":
            i, j = node.at
            product = product_of(node.of("inv", i, row), inner, node.of("inv", column, j))
            return negate(Big("sum", matrix.binders, product))
        case "det":
            return Big("sum", matrix.binders, product_of(node.of("adj", column, row), inner))
        case "logdet":
            return Big("sum", matrix.binders, product_of(node.of("inv", column, row), inner))
    # adj(A)[i,j] is the determinant of A with the row j replaced by the i-th unit vector.
    i, j = node.at
    at_row = same_index(row, j)
    replaced = Where(at_row, Delta(column, i), matrix.body)
    other = MatrixFunction("adj", Big("array", matrix.binders, replaced), (column, row))
    return Big("sum", matrix.binders, product_of(other, Where(at_row, ZERO, inner)))


def _unknown(node: UnknownValue, slope: Slope, by: Entry) -> Term:
    """The chain rule: by every entry of every argument, times the derivative of that entry."""
    terms: list[Term] = []
    for place, argument in enumerate(node.arguments):
        if not isinstance(argument, Big) or argument.operation != "array":
            inner = slope(argument)
            if inner != ZERO:
                terms.append(product_of(replace(node, partials=(*node.partials, (place, ()))), inner))
            continue
        opened = open_binders(argument, {i.name for i in (*free_indices(node), *free_indices(by))})
        inner = slope(opened.body)
        if inner != ZERO:
            at = tuple(binder.index for binder in opened.binders)
            outer = replace(node, partials=(*node.partials, (place, at)))
            terms.append(Big("sum", opened.binders, product_of(outer, inner)))
    return sum_of(*terms)


def _big_product(node: Big, slope: Slope) -> Term:
    """Σ_k D(f_k) Π_{j != k} f_j: no division, so it holds where an entry is 0 as well."""
    outer, *rest = node.binders
    body = Big("prod", tuple(rest), node.body) if rest else node.body
    inner = slope(body)
    if inner == ZERO:
        return ZERO
    index = outer.index
    excluded = (letter for one in outer.excluded for letter in one.letters)
    other = fresh_index(index, {i.name for i in (index, *excluded, *free_indices(body))})
    others = Big("prod", (Binder(other, (*outer.excluded, index)),), rename(body, {index: other}))
    return Big("sum", (outer,), product_of(inner, others))


RULES: Mapping[type[Term], Rule] = MappingProxyType(
    {
        Entry: _entry,
        Add: _sum,
        Multiply: _product,
        Power: _power,
        Where: _cases,
        Apply: _function,
        Big: _big,
        MatrixFunction: _matrix,
        UnknownValue: _unknown,
    }
)
"""The rules of differentiation by the kind of term. Each asks for the derivative of every part at most once.

Here they are applied all the way down. The deriver applies one at a time and leaves the derivatives of the parts to
the next line; the known mistakes are these rules with one of them, at one place, replaced.
"""


def raised(base: Term, exponent: Term, by: int) -> Term:
    """Return a power with its exponent greater by a whole number."""
    if not isinstance(exponent, Number):
        return Power(base, add(exponent, term(by))) if by else Power(base, exponent)
    value = exponent.value + by
    return ONE if value == 0 else base if value == 1 else Power(base, Number(value))


def sum_of(*terms: Term) -> Term:
    """Return the sum without the terms that are 0."""
    return add(*(term for term in terms if term != ZERO))


def product_of(*factors: Term) -> Term:
    """Return the product without the factors that are 1; 0 if one of them is 0."""
    return ZERO if ZERO in factors else multiply(*(factor for factor in factors if factor != ONE))
