"""The search for inequalities of means between monomials, and for monomials that are squares.

Nobody believes it: `certificates` makes every part again.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from fractions import Fraction

from flint import fmpq

from derive.kernel.inequalities.parts import Summand
from derive.kernel.normal_form.polynomials import Atom, Exponent, Monomial, Poly
from derive.kernel.normal_form.ring import Ring
from derive.kernel.signs.analysis import sign_of_atom, sign_of_factors
from derive.kernel.signs.facts import NONNEGATIVE
from derive.limits import deadline


def means_of(ring: Ring, terms: Poly, only: Poly | None = None) -> Iterator[Summand]:
    """Yield inequalities of means of two or three monomials that are not negative, for others as the mean."""
    outer = [m for m in terms if sign_of_factors(ring, m) <= NONNEGATIVE]
    own = outer if only is None else []
    for middle, coefficient in (terms if only is None else only).items():
        deadline.check()
        for one, other in itertools.combinations(outer, 2):
            share = _share(middle, one, other)
            if share is None or middle in (one, other):
                continue
            for scale in _scales(terms, one, other, coefficient, share):
                yield from _signed((one, other), (share, 1 - share), middle, (scale, share))
    middles: dict[frozenset[tuple[Atom, Exponent]], Monomial] = {frozenset(one): one for one in terms}
    for three in itertools.combinations(own[:MAX_OF_THREE], 3):
        deadline.check()
        for weights in _WEIGHTS:
            mixed = middles.get(frozenset(_mix(three, weights).items()))
            if mixed is not None and mixed not in three:
                yield from _signed(three, weights, mixed, None)


MAX_OF_THREE = 24  # monomials of which three at a time are looked at
_THIRD, _QUARTER, _HALF = Fraction(1, 3), Fraction(1, 4), Fraction(1, 2)
_WEIGHTS = (
    (_THIRD, _THIRD, _THIRD),
    *set(itertools.permutations((_HALF, _QUARTER, _QUARTER))),
    *set(itertools.permutations((Fraction(2, 3), Fraction(1, 6), Fraction(1, 6)))),
)


def _share(middle: Monomial, one: Monomial, other: Monomial) -> Fraction | None:
    """Return the a in (0, 1) with middle = one^a other^(1 - a)."""
    first, second, here = dict(one), dict(other), dict(middle)
    atoms = dict.fromkeys((*first, *second))
    if any(atom not in atoms for atom in here):
        return None
    share: Fraction | None = None
    for atom in atoms:
        low, high, at = second.get(atom, 0), first.get(atom, 0), here.get(atom, 0)
        if low == high:
            if at != low:
                return None
            continue
        now = Fraction(at - low) / Fraction(high - low)
        if share is not None and now != share:
            return None
        share = now
    return share if share is not None and 0 < share < 1 else None


def _mix(monomials: Iterable[Monomial], weights: Iterable[Fraction]) -> dict[Atom, Exponent]:
    total: dict[Atom, Fraction] = {}
    for monomial, weight in zip(monomials, weights, strict=True):
        for atom, exponent in monomial:
            total[atom] = total.get(atom, Fraction(0)) + weight * exponent
    return {atom: int(e) if e.denominator == 1 else e for atom, e in total.items() if e}


def _scales(
    terms: Poly, one: Monomial, other: Monomial, coefficient: fmpq, share: Fraction
) -> Iterator[fmpq]:
    """Yield numbers s for s u and v/s in the place of u and v: those at which one of the two is used up."""
    yield fmpq(1)
    if share != _HALF or not coefficient:
        return
    found = {2 * terms[one] / abs(coefficient), abs(coefficient) / (2 * terms[other])}
    yield from (scale for scale in found if scale > 0 and scale != 1)


def _signed(
    monomials: tuple[Monomial, ...],
    weights: tuple[Fraction, ...],
    middle: Monomial,
    scaled: tuple[fmpq, Fraction] | None,
) -> Iterator[Summand]:
    scale = [fmpq(1)] * len(monomials)
    if scaled is not None:
        scale = [scaled[0], 1 / scaled[0]]
    terms = tuple({m: s} for m, s in zip(monomials, scale, strict=True))
    exponents = tuple(fmpq(w.numerator, w.denominator) for w in weights)
    for sign in (1, -1):
        yield Summand("means", (*terms, {middle: fmpq(sign)}), exponents=exponents)


def half_of(ring: Ring, monomial: Monomial) -> Monomial | None:
    """Return the root of a monomial that is a square: even powers, or any of what is not negative."""
    found: list[tuple[Atom, Exponent]] = []
    for atom, exponent in monomial:
        half = Fraction(exponent) / 2
        if half.denominator > 1 and not sign_of_atom(ring, atom) <= NONNEGATIVE:
            return None
        found.append((atom, int(half) if half.denominator == 1 else half))
    return tuple(found)
