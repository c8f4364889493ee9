"""From derivative-free terms to normal forms."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

from derive.errors import LimitError
from derive.kernel.exponents import is_whole, rational
from derive.kernel.normal_form import symbols
from derive.kernel.normal_form.functions import exponential, function, logarithm, whole_power
from derive.kernel.normal_form.matrices import KnownInverses, SquareMatrix, determinant, inverse
from derive.kernel.normal_form.polynomials import GUARDS, Idx, Poly, as_constant, label_of, poly_key
from derive.kernel.normal_form.powers import keeps_guard, power
from derive.kernel.normal_form.precedence import before, not_before
from derive.kernel.normal_form.reductions import maximum_over, product_over
from derive.kernel.normal_form.ring import Ring
from derive.kernel.normal_form.sums import sum_over
from derive.kernel.normal_form.unknown import Argument, unknown
from derive.kernel.signs.conditions import indicator
from derive.limits import deadline
from derive.terms import (
    Add,
    Apply,
    Before,
    Big,
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
    Relation,
    SizeNumber,
    Term,
    UnknownValue,
    Where,
    free_indices,
    opposite,
)
from derive.terms.functions import equal_term, expansion

MAX_ORDERED = 4

IndexMap: TypeAlias = dict[Index, Idx]


class Translator:
    """Translates terms without `D` and without defined names into polynomials of one ring."""

    def __init__(self, ring: Ring) -> None:
        self.ring = ring
        if ring.matrices is None:
            ring.matrices = KnownInverses()
        # what sums and the like are in this ring; within one goal, for facts that come between say more
        self._known: dict[tuple[Big, tuple[Idx | None, ...]], Poly] = {}

    def term(self, node: Term, scope: IndexMap | None = None) -> Poly:
        """Return the normal form of a term; `scope` maps bound indices to temporary ones."""
        self._known.clear()
        return self._term(node, scope or {})

    def difference(self, left: Term, right: Term, scope: IndexMap | None = None) -> Poly:
        """Return the normal form of left minus right."""
        self._known.clear()
        return self._difference(left, right, scope or {})

    def condition(self, condition: Compare, scope: IndexMap | None = None) -> Poly:
        """Return left minus right of a comparison."""
        return self.difference(condition.left, condition.right, scope)

    def _term(self, node: Term, scope: IndexMap) -> Poly:
        ring = self.ring
        match node:
            case Number(value):
                return ring.constant(value)
            case Constant() | SizeNumber():
                return symbols.size(ring, node.name) if isinstance(node, SizeNumber) else symbols.pi(ring)
            case Entry(name, indices):
                return symbols.entry(ring, name, tuple(_idx(i, scope) for i in indices))
            case IndexPair(left, right):
                related = symbols.delta if isinstance(node, Delta) else before
                return related(ring, _idx(left, scope), _idx(right, scope))
            case Add(terms):
                return ring.add(*(self._term(t, scope) for t in terms))
            case Multiply(factors):
                return ring.product(self._term(f, scope) for f in factors)
            case Power(base, exponent):
                return self._power(base, exponent, scope)
            case Where(condition, then, otherwise):
                return self._where(condition, then, otherwise, scope)
            case Apply():
                return self._apply(node, scope)
            case Big():
                return self._shared(node, scope)
            case MatrixFunction():
                return self._matrix(node, scope)
            case UnknownValue():
                return self._unknown(node, scope)
            case Derivative():
                raise TypeError("derivatives are taken before the normal form")
        raise TypeError(f"not a term: {node!r}")

    def _unknown(self, node: UnknownValue, scope: IndexMap) -> Poly:
        arguments: list[Argument] = []
        for one in node.arguments:
            if isinstance(one, Big) and one.operation == "array":
                fresh = {binder.index: self.ring.fresh(binder.index.dim) for binder in one.binders}
                arguments.append((tuple(fresh.values()), self._term(one.body, {**scope, **fresh})))
            else:
                arguments.append(((), self._term(one, scope)))
        partials = tuple((k, tuple(_idx(index, scope) for index in at)) for k, at in node.partials)
        return unknown(self.ring, node.name, tuple(arguments), partials)

    def _shared(self, node: Big, scope: IndexMap) -> Poly:
        key = node, tuple(map(scope.get, free_indices(node)))
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._big(node, scope)
        return known

    def _matrix(self, node: MatrixFunction, scope: IndexMap) -> Poly:
        ring = self.ring
        rows, columns = (binder.index for binder in node.matrix.binders)
        row, column = ring.fresh(rows.dim), ring.fresh(columns.dim)
        matrix = SquareMatrix(
            self._term(node.matrix.body, {**scope, rows: row, columns: column}), row, column
        )
        if node.operation in ("det", "logdet"):
            whole = determinant(ring, matrix)
            return whole if node.operation == "det" else logarithm(ring, whole)
        first, second = (_idx(index, scope) for index in node.at)
        return inverse(ring, matrix, (first, second), adjugate=node.operation == "adj")

    def _difference(self, left: Term, right: Term, scope: IndexMap) -> Poly:
        deadline.check()
        return self.ring.subtract(self._term(left, scope), self._term(right, scope))

    def _power(self, base: Term, exponent: Term, scope: IndexMap) -> Poly:
        ring, under, value = self.ring, self._term(base, scope), rational(exponent)
        if value is not None:
            return power(ring, under, value)
        over = self._term(exponent, scope)
        if is_whole(exponent):
            return whole_power(ring, under, over)
        return exponential(ring, ring.multiply(over, logarithm(ring, under)))

    def _where(self, condition: Compare, then: Term, otherwise: Term, scope: IndexMap) -> Poly:
        ring = self.ring
        match condition:
            case Compare(Relation.EQUAL, Before(left, right), Number(number)) if number in (0, 1):
                stands = before if number else not_before
                holds = stands(ring, _idx(left, scope), _idx(right, scope))
            case _:
                poly = self._difference(condition.left, condition.right, scope)
                holds = indicator(ring, condition.relation, poly)
        value = as_constant(holds)
        if value is not None:
            return self._term(then if value else otherwise, scope)
        for monomial in holds:
            for atom, _ in monomial:
                if isinstance(atom, symbols.DeltaAtom) and all(i[0] < 2 for i in atom.indices):
                    raise symbols.NeedPatternError(atom.left, atom.right)
        fails = ring.subtract(ring.constant(1), holds)
        with self._where_it_counts(condition, scope):
            yes = self._term(then, scope)
        with self._where_it_counts(opposite(condition), scope):
            no = self._term(otherwise, scope)
        return ring.add(
            ring.multiply(_guard(ring, holds, yes), yes), ring.multiply(_guard(ring, fails, no), no)
        )

    @contextmanager
    def _where_it_counts(self, condition: Compare, scope: IndexMap) -> Iterator[None]:
        """Translate what is multiplied with a guard: a rewrite may use that the condition holds."""
        match condition:
            case Compare(Relation.EQUAL, Before(left, right), Number(value)) if value in (0, 1):
                with self._apart([(_idx(left, scope), _idx(right, scope))] if value else []):
                    yield
                return
            case Compare(Relation.EQUAL | Relation.UNEQUAL, Delta(left, right), Number(value)) if value in (
                0,
                1,
            ):
                equal = (condition.relation == Relation.EQUAL) == (value == 1)
                pairs = [] if equal else [(_idx(left, scope), _idx(right, scope))]
                with self._apart(pairs):
                    yield
                return
        ring, known = self.ring, self._known
        assumed = ring.facts.assumed
        ring.facts.assumed = [
            *assumed,
            (condition.relation, self._difference(condition.left, condition.right, scope)),
        ]
        self._known = {}
        try:
            yield
        finally:
            ring.facts.assumed, self._known = assumed, known

    @contextmanager
    def _apart(self, pairs: Iterable[tuple[Idx, Idx]]) -> Iterator[None]:
        """Translate what counts only where these pairs of indices differ."""
        ring, known, apart = self.ring, self._known, self.ring.facts.apart
        ring.facts.apart = [*apart, *map(frozenset, pairs)]
        self._known = {}
        try:
            yield
        finally:
            ring.facts.apart, self._known = apart, known

    def _apply(self, node: Apply, scope: IndexMap) -> Poly:
        meaning = expansion(node) or equal_term(node)
        if meaning is not None:
            return self._term(meaning, scope)
        arguments = tuple(self._term(a, scope) for a in node.arguments)
        if node.function == "exp":
            return exponential(self.ring, arguments[0])
        if node.function == "log":
            return logarithm(self.ring, arguments[0])
        return function(self.ring, node.function, arguments, node.order)

    def _big(self, node: Big, scope: IndexMap) -> Poly:
        # What hypotheses say of a sum inside comes before what can be said of the whole.
        nested = None if self.ring.rewrites.sums else self._nested_sums(node, scope)
        return self._one_big(node, scope) if nested is None else nested

    def _nested_sums(self, node: Big, scope: IndexMap) -> Poly | None:
        """Return Σ_i a_i Σ_j b_ij as one sum over i and j, which a sum over i of a sum over j comes to as well.

        Layer by layer the sums inside would be opened again at every layer. Returns `None` for anything else,
        and where denominators or conditions inside have to be seen first.
        """
        ring = self.ring
        bound: list[Idx] = []
        waiting: list[tuple[Term, IndexMap]] = [(node, scope)]
        factors: list[tuple[Term, IndexMap]] = []
        sums = 0
        while waiting:
            part, here = waiting.pop()
            match part:
                case Multiply(several):
                    waiting += [(one, here) for one in reversed(several)]
                case Big("sum", binders, body) if _hangs_on(part, here, sums) and not _excludes(part):
                    fresh = {b.index: ring.fresh(b.index.dim) for b in binders}
                    bound += fresh.values()
                    waiting.append((body, {**here, **fresh}))
                    sums += 1
                case _:
                    factors.append((part, here))
        if sums < 2:
            return None
        polys = [self._term(part, here) for part, here in factors]
        if not all(map(_plain, polys)):
            return None
        return sum_over(ring, ring.product(polys), tuple(bound))

    def _one_big(self, node: Big, scope: IndexMap) -> Poly:
        ring, inner, bound = self.ring, dict(scope), []
        count: Poly = ring.constant(1)
        pairs: list[tuple[Idx, Idx]] = []
        for binder in node.binders:
            fresh = ring.fresh(binder.index.dim)
            others = [_idx(i, inner) for i in binder.excluded]
            inner[binder.index] = fresh
            bound.append(fresh)
            pairs += [(fresh, other) for other in others]
            if node.operation == "mean":
                left = self._count(fresh, others)
                count = ring.multiply(count, left)
        excluded = [other for _, other in pairs]
        with self._apart(pairs):
            body = self._term(node.body, inner)
        match node.operation:
            case "sum":
                return sum_over(ring, self._outside(pairs, body), tuple(bound))
            case "mean":
                whole = sum_over(ring, self._outside(pairs, body), tuple(bound))
                return ring.multiply(whole, power(ring, count, -1))
            case "prod":
                if len(bound) == 1:
                    return product_over(ring, body, bound[0], excluded)
                if excluded:
                    raise LimitError("a product over several indices with some excluded")
                return min((_product(ring, body, order) for order in _orders(bound)), key=poly_key)
        if excluded:
            raise LimitError("a maximum or minimum with an index excluded")
        extremes = (maximum_over(ring, node.operation, body, order) for order in _orders(bound))
        return min(extremes, key=poly_key)

    def _outside(self, pairs: list[tuple[Idx, Idx]], body: Poly) -> Poly:
        """Return a summand where no pair of indices is equal, and 0 elsewhere."""
        if not pairs:
            return body
        unequal = symbols.distinct if keeps_guard(self.ring, body) else _unequal
        return self.ring.multiply(self.ring.product(unequal(self.ring, *pair) for pair in pairs), body)

    def _count(self, index: Idx, excluded: list[Idx]) -> Poly:
        if len(set(excluded)) > 1:
            raise LimitError("a mean with several indices excluded")
        return self.ring.subtract(symbols.size(self.ring, index[1]), self.ring.constant(len(set(excluded))))


def _guard(ring: Ring, holds: Poly, branch: Poly) -> Poly:
    """Return an indicator to multiply a branch with: 1 - [...] as one factor if the branch keeps its guard."""
    opposite = ring.subtract(ring.constant(1), holds)
    single = all(len(monomial) == 1 and c == 1 for monomial, c in opposite.items())
    if not single or not keeps_guard(ring, branch):
        return holds
    # No two of the conditions that add up to one hold together.
    return ring.product(atom.complement(ring) for monomial in opposite for atom, _ in monomial)


def _excludes(node: Big) -> bool:
    return any(binder.excluded for binder in node.binders)


def _hangs_on(node: Big, scope: IndexMap, sums: int) -> bool:
    """Whether a sum is the outermost, or hangs on an index that is bound around it."""
    return not sums or not scope.keys().isdisjoint(free_indices(node))


def _plain(poly: Poly) -> bool:
    return not any(e < 0 or a.key[0] in _GUARDS for monomial in poly for a, e in monomial)


_GUARDS = GUARDS | {"support"}


def _orders(bound: list[Idx]) -> Iterator[tuple[Idx, ...]]:
    """Yield the orders of a few bound indices: of what does not hang on it the least is taken."""
    return itertools.permutations(bound) if len(bound) <= MAX_ORDERED else iter((tuple(bound),))


def _product(ring: Ring, body: Poly, order: tuple[Idx, ...]) -> Poly:
    for index in order:
        body = product_over(ring, body, index)
    return body


def _unequal(ring: Ring, left: Idx, right: Idx) -> Poly:
    return ring.subtract(ring.constant(1), symbols.delta(ring, left, right))


def _idx(index: Index, scope: IndexMap) -> Idx:
    if index.at:
        return label_of(str(index.name), index.dim, tuple(_idx(one, scope) for one in index.at))
    known = scope.get(index)
    return known if known is not None else symbols.letter(index.name, index.dim)
