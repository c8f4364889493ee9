"""Sums over indices: sifting, flattening, splitting, and one canonical atom for each connected sum.

Nothing is reduced inside a sum's body, so that a renaming of bound indices maps bodies to bodies.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator

from flint import fmpq

from derive.errors import LimitError
from derive.kernel.normal_form.labelling import orders
from derive.kernel.normal_form.polynomials import (
    ANY,
    BOUND,
    Atom,
    AtomKey,
    Exponent,
    Idx,
    Mapping_,
    Monomial,
    Poly,
    Sign,
    monomial_key,
    outside,
    with_letters,
    without,
)
from derive.kernel.normal_form.powers import keeps_guard
from derive.kernel.normal_form.ring import Ring
from derive.kernel.normal_form.symbols import DeltaAtom, DistinctAtom, delta, size
from derive.kernel.signs.analysis import sign_of, sign_of_factors
from derive.kernel.signs.facts import NEGATIVE, NONNEGATIVE, POSITIVE, ZERO_SIGN


class SumAtom(Atom):
    """The sum of a connected monomial over bound indices, numbered from just above the binders inside."""

    __slots__ = ("body", "bound")
    bound: tuple[Idx, ...]
    body: Monomial

    def parts(self) -> Iterator[Poly]:
        yield {self.body: fmpq(1)}

    def summand(self) -> tuple[tuple[Idx, ...], Monomial]:
        return self.bound, self.body

    def reduce(self, ring: Ring, monomial: Monomial) -> Poly | None:
        found = (rule(monomial, self) for rule in ring.rewrites.rows)
        return next((poly for poly in found if poly is not None), None)

    def own_sign(self, ring: Ring) -> Sign:
        # A sum over at least one index: of positive terms positive, of nonnegative ones nonnegative.
        own = sign_of_factors(ring, self.body)
        if own == NONNEGATIVE and self._is_positive_somewhere(ring):
            return POSITIVE
        return own if own in (POSITIVE, NEGATIVE, NONNEGATIVE, {-1, 0}, ZERO_SIGN) else ANY

    def _is_positive_somewhere(self, ring: Ring) -> bool:
        """Return whether a summand is positive at a free place: among Σ_b [y_b = y_a] is that of b = a, which is 1."""
        if len(self.bound) > 1 or not any(isinstance(atom, DeltaAtom) for atom, _ in self.body):
            return False
        (bound,) = self.bound
        places = [i for i in self.indices if i[1] == bound[1]]
        return any(
            sign_of(ring, ring.rename_monomial(self.body, {bound: place})) == POSITIVE for place in places
        )

    def renamed(self, ring: Ring, mapping: Mapping_, exponent: Exponent) -> Poly:
        body, bound = open_sum(ring, self)
        again = sum_over(ring, ring.rename(body, mapping), bound)
        return ring.power(again, exponent)


def open_sum(ring: Ring, atom: SumAtom) -> tuple[Poly, tuple[Idx, ...]]:
    """Return the body with temporary names for the bound indices, and those names."""
    fresh = {index: ring.fresh(index[1]) for index in atom.bound}
    return ring.rename_monomial(atom.body, fresh), tuple(fresh.values())


def sum_over(ring: Ring, poly: Poly, bound: tuple[Idx, ...]) -> Poly:
    """Return the sum of a polynomial over temporary indices."""
    total: Poly = {}
    for monomial, coefficient in poly.items():
        ring.add_to(total, _sum_monomial(ring, monomial, bound), coefficient)
    return total


def _sum_monomial(ring: Ring, monomial: Monomial, bound: tuple[Idx, ...]) -> Poly:
    names = set(bound)
    for atom, exponent in monomial:
        if names.isdisjoint(atom.indices):
            continue
        if isinstance(atom, DeltaAtom) and (gone := _sifted(atom, names)) is not None:
            return _sift(ring, monomial, atom, gone, bound)
        if atom.key[0] in ("distinct", "nonpositive"):
            rest = without(monomial, atom)
            summed = tuple(pair for pair in rest if not names.isdisjoint(pair[0].indices))
            if not keeps_guard(ring, {summed: fmpq(1)}):  # what is free of the index needs no guard on it
                return sum_over(ring, ring.multiply(written_out(ring, atom), {rest: fmpq(1)}), bound)
        if isinstance(atom, SumAtom) and isinstance(exponent, int) and exponent > 0:
            return _flatten(ring, monomial, atom, exponent, bound)
    free = tuple(pair for pair in monomial if names.isdisjoint(pair[0].indices))
    inside = tuple(pair for pair in monomial if not names.isdisjoint(pair[0].indices))
    result: Poly = {free: fmpq(1)}
    used: set[Idx] = set()
    for factors, indices in _components(inside, names):
        used.update(indices)
        result = ring.multiply(result, _connected(ring, factors, indices))
    for index in bound:
        if index not in used:
            result = ring.multiply(result, size(ring, index[1]))
    return result


def written_out(ring: Ring, guard: Atom) -> Poly:
    """Return a guard as 1 less the opposite condition."""
    opposite = (
        delta(ring, guard.left, guard.right) if isinstance(guard, DistinctAtom) else guard.complement(ring)
    )
    return ring.subtract(ring.constant(1), opposite)


def _sifted(atom: DeltaAtom, names: set[Idx]) -> Idx | None:
    """Return the bound index that a delta gives a value; `None` where that is only within a label, as in y[a] = c."""
    for gone, stays in ((atom.right, atom.left), (atom.left, atom.right)):
        if gone in names and gone not in with_letters((stays,)):
            return gone
    return None


def _sift(ring: Ring, monomial: Monomial, atom: DeltaAtom, gone: Idx, bound: tuple[Idx, ...]) -> Poly:
    stays = atom.left if gone == atom.right else atom.right
    rest = ring.rename_monomial(without(monomial, atom), {gone: stays})
    return sum_over(ring, rest, tuple(i for i in bound if i != gone))


def _flatten(ring: Ring, monomial: Monomial, atom: SumAtom, exponent: int, bound: tuple[Idx, ...]) -> Poly:
    poly: Poly = {without(monomial, atom): fmpq(1)}
    for _ in range(exponent):
        body, fresh = open_sum(ring, atom)
        bound += fresh
        poly = ring.multiply(poly, body)
    return sum_over(ring, poly, bound)


def _components(
    factors: Iterable[tuple[Atom, Exponent]], names: set[Idx]
) -> Iterator[tuple[Monomial, tuple[Idx, ...]]]:
    """Split factors into groups that share no bound index."""
    groups: list[tuple[list[tuple[Atom, Exponent]], set[Idx]]] = []
    for pair in factors:
        indices = pair[0].indices & names
        members, joined = [pair], set(indices)
        rest = []
        for group in groups:
            if group[1].isdisjoint(joined):
                rest.append(group)
            else:
                members += group[0]
                joined |= group[1]
        groups = [*rest, (members, joined)]
    for members, joined in groups:
        members.sort(key=lambda pair: pair[0].uid)
        yield tuple(members), tuple(joined)


def _connected(ring: Ring, factors: Monomial, bound: tuple[Idx, ...]) -> Poly:
    """Return the sum of connected factors: a part of it that is known by itself first, else its atom."""
    if len(bound) > 1 and (ring.rewrites.sums or any(e < 0 for _, e in factors)):
        for count in range(1, len(bound)):
            for inner in itertools.combinations(bound, count):
                group = tuple(p for p in factors if not p[0].indices.isdisjoint(inner))
                if len(group) == len(factors) and not ring.rewrites.sums:
                    continue
                found = _known_part(ring, factors, group, inner)
                if found is not None:
                    return sum_over(ring, found, tuple(i for i in bound if i not in inner))
        turned = _turned(ring, factors, bound)
        if turned is not None:
            return turned
    return _atom(ring, factors, bound)


def _turned(ring: Ring, factors: Monomial, bound: tuple[Idx, ...]) -> Poly | None:
    """Un-flatten a sum over the samples of one label: in Σ_ab [y_a = y_b] x_b/k(y_a) the k is Σ_a [y_a = y_b].

    Where the delta is 1 either label may be written for the other, so that the sum over a is k(y_b).
    """
    deltas = [(a, e) for a, e in factors if isinstance(a, DeltaAtom) and e == 1]
    for pair in deltas:
        delta_ = pair[0]
        assert isinstance(delta_, DeltaAtom)  # noqa: S101 - chosen above; this is for the type checker
        for gone, stays in ((delta_.left, delta_.right), (delta_.right, delta_.left)):
            inner = (with_letters((gone,)) & set(bound)) - with_letters((stays,))
            others = tuple(p for p in factors if p is not pair)
            rest = ring.rename_monomial(others, {gone: stays})
            if len(inner) != 1 or len(rest) != 1:
                continue
            ((monomial, coefficient),) = rest.items()
            group = tuple(p for p in monomial if not p[0].indices.isdisjoint(inner))
            kept = tuple(p for p in monomial if p not in group)
            summand = ring.multiply({(pair,): coefficient}, {group: fmpq(1)})
            inside = sum_over(ring, summand, tuple(inner))
            exponents = dict(kept)
            if any(exponents.get(a, 0) < 0 and e > 0 for m in inside for a, e in m):
                found = ring.multiply({kept: fmpq(1)}, inside)
                return sum_over(ring, found, tuple(i for i in bound if i not in inner))
    return None


def _known_part(ring: Ring, factors: Monomial, group: Monomial, inner: tuple[Idx, ...]) -> Poly | None:
    """Un-flatten: sum the group over the inner indices if that cancels a factor or a hypothesis knows it."""
    inside = sum_over(ring, {group: fmpq(1)}, inner)
    rest: Poly = {tuple(p for p in factors if p not in group): fmpq(1)}
    exponents = dict(factors)
    for monomial in inside:
        if any(exponents.get(atom, 0) < 0 and e > 0 for atom, e in monomial):
            break
        if not any(isinstance(atom, SumAtom) for atom, _ in monomial):
            break
    else:
        if inside:
            return None
    return ring.multiply(rest, inside)


def _atom(ring: Ring, factors: Monomial, bound: tuple[Idx, ...]) -> Poly:
    """Return coefficient times the canonical atom: of all labellings the one with the least body."""
    level = max(atom.level for atom, _ in factors)
    best: tuple[AtomKey, Monomial, fmpq, tuple[Idx, ...]] | None = None
    for order in orders(factors, bound):
        if len(order) != len(bound) or set(order) != set(bound):
            raise ValueError("an order of bound indices that leaves one out, or has one twice")
        numbers = tuple((BOUND, old[1], "", level + 1 + k) for k, old in enumerate(order))
        ((monomial, coefficient),) = _only(
            ring.rename_monomial(factors, dict(zip(order, numbers, strict=True)))
        )
        if len(bound) == 1:
            best = ((), monomial, coefficient, numbers)
            break
        rank = (*(number[1] for number in numbers), monomial_key(monomial))
        if best is None or rank < best[0]:
            best = (rank, monomial, coefficient, numbers)
        elif rank == best[0] and coefficient != best[2]:
            return {}  # the sum is a multiple of itself by something other than 1
    if best is None:
        raise LimitError("a sum without indices")
    _, body, coefficient, numbered = best
    indices = outside(frozenset().union(*(atom.indices for atom, _ in body)), numbered)
    key = ("sum", numbered, monomial_key(body))
    atom = ring.intern(SumAtom, key, indices, level + len(bound), bound=numbered, body=body)
    atom.special = bool(ring.rewrites.rows)
    for rule in ring.rewrites.sums:
        known = rule(atom)
        if known is not None:
            return ring.scale(known, coefficient)
    return ring.scale(ring.poly(atom), coefficient)


def _only(poly: Poly) -> list[tuple[Monomial, fmpq]]:
    if len(poly) != 1:
        raise LimitError("a summand does not keep its shape when its indices are renamed")
    return list(poly.items())
