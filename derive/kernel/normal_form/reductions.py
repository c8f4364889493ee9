"""Products, maxima and minima over an index, as atoms: what is free of the index comes out, the rest stays whole."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator

from derive.kernel.normal_form.division import divided
from derive.kernel.normal_form.functions import ExpAtom, exponential, logarithm, whole_power
from derive.kernel.normal_form.polynomials import (
    ANY,
    BOUND,
    UNIT,
    Atom,
    Exponent,
    Idx,
    Mapping_,
    Poly,
    Sign,
    as_constant,
    moved,
    outside,
    poly_indices,
    poly_key,
    poly_level,
    with_letters,
)
from derive.kernel.normal_form.powers import AbsAtom, absolute, factor, keeps_guard, power
from derive.kernel.normal_form.ring import Ring
from derive.kernel.normal_form.sums import sum_over
from derive.kernel.normal_form.symbols import NeedPatternError, delta, differ, distinct, size
from derive.kernel.signs.analysis import assume, is_nonzero, sign_of, sign_of_atom
from derive.kernel.signs.facts import NEGATIVE, NONNEGATIVE, NONZERO, POSITIVE


class ProductAtom(Atom):
    """The product of a polynomial over one index, without the excluded indices."""

    __slots__ = ("body", "bound", "excluded")
    bound: Idx
    excluded: tuple[Idx, ...]
    body: Poly

    def parts(self) -> Iterator[Poly]:
        yield self.body

    def own_sign(self, ring: Ring) -> Sign:
        own = sign_of(ring, self.body)
        return own if own in (POSITIVE, NONNEGATIVE) else NONZERO if 0 not in own else ANY

    def renamed(self, ring: Ring, mapping: Mapping_, exponent: Exponent) -> Poly:
        fresh = ring.fresh(self.bound[1])
        body = ring.rename(ring.rename(self.body, {self.bound: fresh}), mapping)
        excluded = [moved(i, mapping) for i in self.excluded]
        return power(ring, product_over(ring, body, fresh, excluded), exponent)

    def logarithm(self, ring: Ring) -> Poly | None:
        # Where one factor is 0 the product is, and its logarithm is 0 whatever the other factors are.
        if not is_nonzero(ring, self):
            return None
        fresh = ring.fresh(self.bound[1])
        body = ring.rename(self.body, {self.bound: fresh})
        return _sum_without(ring, logarithm(ring, body), fresh, self.excluded)


def product_over(ring: Ring, poly: Poly, bound: Idx, excluded: Iterable[Idx] = ()) -> Poly:
    """Return the product of a polynomial over a temporary index; each factor by itself."""
    without = tuple(sorted(set(excluded)))
    if as_constant(poly) == 1:
        return poly
    coefficient, factors = factor(ring, poly)
    for atom, exponent in factors:
        if _is_negative(ring, atom, bound) and isinstance(exponent, int) and exponent % 2:
            coefficient = -coefficient
    result = _repeated(ring, ring.constant(coefficient), bound, without)
    for atom, exponent in factors:
        if bound not in atom.indices:
            result = ring.multiply(result, _repeated(ring, ring.poly(atom, exponent), bound, without))
        elif isinstance(atom, ExpAtom):
            argument = ring.scale(ring.reduced(atom.argument), ring.constant(exponent)[UNIT])
            result = ring.multiply(result, exponential(ring, _sum_without(ring, argument, bound, without)))
        elif isinstance(atom, AbsAtom):
            whole = _atom(ring, atom.inner, bound, without)
            result = ring.multiply(result, absolute(ring, whole, exponent))
        else:
            result = ring.multiply(result, power(ring, _atom(ring, atom, bound, without), exponent))
    return result


def _is_negative(ring: Ring, atom: Atom, bound: Idx) -> bool:
    """Return whether a factor is a polynomial that is known to be negative: its product is made of minus it."""
    return atom.key[0] == "base" and bound in atom.indices and sign_of_atom(ring, atom) == NEGATIVE


def _repeated(ring: Ring, base: Poly, bound: Idx, excluded: tuple[Idx, ...]) -> Poly:
    """Return the power of a base that is free of the index: as often as there are places left.

    Where two of the excluded places may be the same, both cases keep their guard.

    Raises:
        NeedPatternError: two of the excluded places are free and may be the same.
    """
    if as_constant(base) == 1:
        return base
    for left, right in itertools.combinations(excluded, 2):
        if not differ(ring, left, right):
            if max(left[0], right[0]) < BOUND:
                raise NeedPatternError(left, right)
            return _repeated_by_cases(ring, base, bound, excluded, (left, right))
    count = ring.subtract(size(ring, bound[1]), ring.constant(len(excluded)))
    if sign_of(ring, base) == POSITIVE:
        return exponential(ring, ring.multiply(count, logarithm(ring, base)))
    return whole_power(ring, base, count)


def _repeated_by_cases(
    ring: Ring, base: Poly, bound: Idx, excluded: tuple[Idx, ...], pair: tuple[Idx, Idx]
) -> Poly:
    equal = delta(ring, *pair)
    once = _repeated(ring, base, bound, tuple(i for i in excluded if i != pair[1]))
    ring.facts.different.add(frozenset(pair))
    try:
        apart = _repeated(ring, base, bound, excluded)
    finally:
        ring.facts.different.discard(frozenset(pair))
        ring.facts.cache.clear()  # a sign found meanwhile may hold for indices that differ alone
    kept = keeps_guard(ring, apart)
    guard = distinct(ring, *pair) if kept else ring.subtract(ring.constant(1), equal)
    return ring.add(ring.multiply(equal, once), ring.multiply(guard, apart))


def _sum_without(ring: Ring, poly: Poly, bound: Idx, excluded: tuple[Idx, ...]) -> Poly:
    kept = keeps_guard(ring, poly)
    guard = ring.constant(1)
    for index in excluded:
        equal = delta(ring, bound, index)
        unequal = distinct(ring, bound, index) if kept else ring.subtract(ring.constant(1), equal)
        guard = ring.multiply(guard, unequal)
    return sum_over(ring, ring.multiply(guard, poly), (bound,))


def _atom(ring: Ring, inner: Atom, bound: Idx, excluded: tuple[Idx, ...]) -> Poly:
    level = inner.level + 1
    label: Idx = (BOUND, bound[1], "", level)
    body = inner.renamed(ring, {bound: label}, 1)
    if _is_negative(ring, inner, bound):
        body = ring.negate(body)
    if len(excluded) == 1 and _holds_an_order(poly_key(body)):
        # An order is a factor or not, place by place: the whole product is the one that sums know.
        there = ring.rename(body, {label: excluded[0]})
        if 0 not in sign_of(ring, there):
            return ring.multiply(_make(ring, label, (), body), power(ring, there, -1))
    return _make(ring, label, excluded, body)


def _holds_an_order(key: object) -> bool:
    return key == "before" or (isinstance(key, tuple) and any(map(_holds_an_order, key)))


def _make(ring: Ring, label: Idx, excluded: tuple[Idx, ...], body: Poly) -> Poly:
    indices = outside(poly_indices(body) | with_letters(excluded), (label,))
    key = ("prod", label[1], excluded, poly_key(body))
    atom = ring.intern(ProductAtom, key, indices, label[3], bound=label, excluded=excluded, body=body)
    return ring.poly(atom)


def product_without(ring: Ring, atom: ProductAtom, excluded: tuple[Idx, ...]) -> Poly:
    """Return the same product without other places."""
    return _make(ring, atom.bound, excluded, atom.body)


class MaximumAtom(Atom):
    """The maximum of a polynomial over indices; a minimum is minus the maximum of its negative."""

    __slots__ = ("body", "bound")
    bound: tuple[Idx, ...]
    body: Poly

    def parts(self) -> Iterator[Poly]:
        yield self.body

    def own_sign(self, ring: Ring) -> Sign:
        return sign_of(ring, self.body)  # it is one of the numbers

    def renamed(self, ring: Ring, mapping: Mapping_, exponent: Exponent) -> Poly:
        fresh = {index: ring.fresh(index[1]) for index in self.bound}
        body = ring.rename(ring.rename(self.body, fresh), mapping)
        return power(ring, greatest_over(ring, body, tuple(fresh.values())), exponent)


def maximum_over(ring: Ring, operation: str, poly: Poly, bound: tuple[Idx, ...]) -> Poly:
    """Return the maximum or minimum over temporary indices."""
    if operation == "min":
        return ring.negate(greatest_over(ring, ring.negate(poly), bound))
    return greatest_over(ring, poly, bound)


def greatest_over(ring: Ring, poly: Poly, bound: tuple[Idx, ...]) -> Poly:
    """Return the maximum over temporary indices; summands free of them come out."""
    names = set(bound)
    poly = divided(ring, poly)
    free = {m: c for m, c in poly.items() if all(names.isdisjoint(a.indices) for a, _ in m)}
    inside = {m: c for m, c in poly.items() if m not in free}
    if not inside:
        return free
    level = poly_level(inside)
    labels = {old: (BOUND, old[1], "", level + 1 + k) for k, old in enumerate(bound)}
    body = ring.rename(inside, labels)
    numbered = tuple(labels.values())
    indices = outside(poly_indices(body), numbered)
    key = ("max", numbered, poly_key(body))
    atom = ring.intern(MaximumAtom, key, indices, level + len(bound), bound=numbered, body=body)
    whole = ring.poly(atom)
    assume(ring, ring.subtract(whole, inside), frozenset((0, 1)), frozenset(bound))
    return ring.add(free, whole)
