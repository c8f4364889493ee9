"""Comparisons: decided from known signs, split into cases when free, atoms of value 0 or 1 under a sum."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from functools import partial

from flint import fmpq

from derive.kernel.normal_form.polynomials import (
    BOUND,
    FRESH,
    Atom,
    Exponent,
    Idx,
    Mapping_,
    Monomial,
    Poly,
    Sign,
    monomial_key,
    poly_indices,
    poly_key,
    poly_level,
    without,
)
from derive.kernel.normal_form.powers import factor, split_by, split_conditions
from derive.kernel.normal_form.ring import Ring
from derive.kernel.normal_form.symbols import NeedPatternError, SizeAtom, differ, is_in_sizes
from derive.kernel.signs.analysis import assume, sign_of, sign_of_atom, sign_of_factors
from derive.kernel.signs.facts import NEGATIVE, POSITIVE, ZERO_SIGN, EmptyCaseError
from derive.terms import Relation


class PositiveAtom(Atom):
    """1 where the polynomial is positive, else 0; it holds a bound index, and is never split."""

    __slots__ = ("poly",)
    poly: Poly

    def guard(self) -> tuple[Relation, Poly]:
        return Relation.GREATER, self.poly

    def complement(self, ring: Ring) -> Poly:
        key = ("nonpositive", *self.key[1:])
        return ring.poly(
            ring.intern(NonpositiveAtom, key, self.indices, self.level, positive=self, special=True)
        )

    def parts(self) -> Iterator[Poly]:
        yield self.poly

    def renamed(self, ring: Ring, mapping: Mapping_, exponent: Exponent) -> Poly:
        return indicator(ring, Relation.GREATER, ring.rename(self.poly, mapping))

    def reduce(self, ring: Ring, monomial: Monomial) -> Poly | None:
        exponent = dict(monomial)[self]
        if exponent != 1:
            return ring.reduced(tuple((a, 1 if a is self else e) for a, e in monomial))
        for atom, _ in monomial:
            if isinstance(atom, PositiveAtom) and atom is not self and not ring.add(atom.poly, self.poly):
                return {}
        return None


class NonpositiveAtom(Atom):
    """1 where the polynomial of a `PositiveAtom` is not positive, else 0: the guard of what counts there alone."""

    __slots__ = ("positive",)
    positive: PositiveAtom

    def guard(self) -> tuple[Relation, Poly]:
        return Relation.AT_MOST, self.positive.poly

    def complement(self, ring: Ring) -> Poly:
        return ring.poly(self.positive)

    def parts(self) -> Iterator[Poly]:
        yield self.positive.poly

    def renamed(self, ring: Ring, mapping: Mapping_, exponent: Exponent) -> Poly:
        holds = self.positive.renamed(ring, mapping, 1)
        atoms = [atom for monomial in holds for atom, _ in monomial]
        if len(holds) == len(atoms) == 1:
            return atoms[0].complement(ring)
        return ring.subtract(ring.constant(1), holds)

    def reduce(self, ring: Ring, monomial: Monomial) -> Poly | None:
        exponents = dict(monomial)
        if exponents[self] != 1:
            return ring.reduced(tuple((a, 1 if a is self else e) for a, e in monomial))
        if self.positive in exponents:
            return {}
        opposite = poly_key(ring.negate(self.positive.poly))
        if any(isinstance(a, PositiveAtom) and a.key[1] == opposite for a in exponents):
            return ring.reduced(without(monomial, self))
        return None


def indicator(ring: Ring, relation: Relation, poly: Poly) -> Poly:
    """Return 1 where `poly relation 0` holds, else 0.

    Raises:
        NeedCasesError: no bound index is in the condition and its sign is not known.
    """
    split = split_conditions(ring, poly)
    if split is not None:
        guard, inside, outside = split
        return split_by(ring, guard, lambda p: indicator(ring, relation, p), inside, outside, partial=False)
    known = _by_values(ring, relation, poly)
    if known is not None:
        return known
    wanted = relation.signs
    possible = sign_of(ring, poly)
    if possible <= wanted:
        return ring.constant(1)
    if possible.isdisjoint(wanted):
        return {}
    if not any(index[0] in (BOUND, FRESH) for index in poly_indices(poly)):
        return ring.constant(1 if choose_sign(ring, poly) in wanted else 0)
    one = ring.constant(1)
    parts = {s: _side(ring, poly, s, possible) for s in (1, -1)}
    total: Poly = {}
    if 0 in wanted:
        total = one
        for s in (1, -1):
            if s not in wanted:
                total = ring.subtract(total, parts[s])
    else:
        for s in (1, -1):
            if s in wanted:
                total = ring.add(total, parts[s])
    return total


def _by_values(ring: Ring, relation: Relation, poly: Poly) -> Poly | None:
    """Return a condition on entries with finitely many values where these decide it, or where all is to be split.

    What is known of the sign of the whole, as at kinks, is known of none of its values by itself.
    """
    if ring.choices.by_values:
        return ring.by_values(poly, lambda p: indicator(ring, relation, p))
    try:
        return ring.by_values(poly, lambda p: _decided(ring, relation, p))
    except _OpenError:
        ring.choices.conditions_kept = True
        return None


class _OpenError(Exception):
    """A condition that its values do not decide."""


def _decided(ring: Ring, relation: Relation, poly: Poly) -> Poly:
    known = ring.by_values(poly, lambda p: _decided(ring, relation, p))
    if known is not None:
        return known
    possible = sign_of(ring, poly)
    if possible <= relation.signs:
        return ring.constant(1)
    if possible.isdisjoint(relation.signs):
        return {}
    raise _OpenError


def _side(ring: Ring, poly: Poly, sign: int, possible: Sign) -> Poly:
    """Return the indicator of a sign, 1 or -1; where 0 is excluded, one atom serves for both."""
    if sign not in possible:
        return {}
    signed = poly if sign > 0 else ring.negate(poly)
    if 0 not in possible and signed[max(signed, key=monomial_key)] < 0:
        return ring.subtract(ring.constant(1), positive(ring, ring.negate(signed)))
    return positive(ring, signed)


def choose_sign(ring: Ring, poly: Poly) -> int:
    """Return the sign of a polynomial in the case in hand, which is the next of its choices.

    Raises:
        NeedCasesError: the choices are used up.
        EmptyCaseError: this case holds nowhere.
    """
    sign = ring.choices.next(poly_key(poly), partial(sign_of, ring, poly))
    _take_sign(ring, poly, sign)
    return sign


def choose_factor(ring: Ring, factors: Sequence[Atom]) -> None:
    """Take one of the factors of a product that is 0 as 0: which of them, is the next of the case's choices.

    Raises:
        NeedCasesError: the choices are used up.
        EmptyCaseError: this case holds nowhere.
    """
    question = "factor", *(factor.key for factor in factors)
    number = ring.choices.next(question, lambda: frozenset(range(len(factors))))
    _take_sign(ring, factors[number].polynomial(), 0)


def _take_sign(ring: Ring, poly: Poly, sign: int) -> None:
    assume(ring, poly, frozenset((sign,)))
    zeros = len(ring.facts.zeros)
    recheck(ring)
    if sign == 0 and len(ring.facts.zeros) == zeros:
        equate_to_zero(ring, poly)


def recheck(ring: Ring) -> None:
    """Hold what is known of signs together: what is known to be 0 is written so.

    Raises:
        EmptyCaseError: two facts contradict each other.
    """
    facts = ring.facts
    for atom in list(facts.signs):
        sign = facts.signs[atom] & atom.own_sign(ring)
        if not sign:
            raise EmptyCaseError
        if sign == ZERO_SIGN and atom not in facts.zeros:
            facts.zeros.add(atom)
            equate_to_zero(ring, atom.polynomial())
    for atoms, known in facts.products:
        if known.isdisjoint(sign_of_factors(ring, [(atom, 1) for atom in atoms])):
            raise EmptyCaseError


def equate_to_zero(ring: Ring, poly: Poly) -> None:
    """Take `poly = 0` as an equation: an atom that stands alone in a term is replaced from here on.

    Raises:
        NeedPatternError: two free indices in it may be equal; renaming one would undo the replacement.
    """
    free = sorted(i for i in poly_indices(poly) if i[0] < BOUND)
    for left, right in itertools.combinations(free, 2):
        if left[1] == right[1] and not differ(ring, left, right):
            raise NeedPatternError(left, right)
    last: tuple[Atom, Poly] | None = None
    for monomial, coefficient in sorted(poly.items(), key=lambda pair: [-a.uid for a, _ in pair[0]]):
        if len(monomial) == 1 and monomial[0][1] == 1:
            atom = monomial[0][0]
            rest = {m: -c / coefficient for m, c in poly.items() if m != monomial}
            if any(occurs(atom, other) for m in rest for other, _ in m):
                continue
            last = atom, rest
            if not isinstance(atom, SizeAtom) or is_in_sizes(rest):
                break  # a size that no longer looks whole is the last choice
    if last is None:
        ring.rewrites.equations.append(poly)
    else:
        ring.rewrites.atoms[last[0]] = last[1]


def occurs(atom: Atom, other: Atom) -> bool:
    """Return whether an atom's key stands anywhere inside another's."""
    return inside(atom.key, other.key)


def inside(key: object, other: object) -> bool:
    """Return whether a key, or a name, stands anywhere inside another key."""
    if key == other:
        return True
    return isinstance(other, tuple) and any(inside(key, part) for part in other)


def positive(ring: Ring, poly: Poly) -> Poly:
    """Return the atom of `poly > 0`, freed of factors whose sign is known."""
    coefficient, factors = factor(ring, poly)
    sign = 1 if coefficient > 0 else -1
    kept: Poly = ring.constant(1)
    for atom, exponent in factors:
        own = sign_of_atom(ring, atom)
        if own == POSITIVE:
            continue
        if own == NEGATIVE and isinstance(exponent, int):
            sign *= 1 if exponent % 2 == 0 else -1
            continue
        kept = ring.multiply(kept, ring.poly(atom, exponent))
    kept = ring.scale(kept, fmpq(sign))
    indices: frozenset[Idx] = poly_indices(kept)
    key = ("positive", poly_key(kept))
    return ring.poly(ring.intern(PositiveAtom, key, indices, poly_level(kept), poly=kept, special=True))
