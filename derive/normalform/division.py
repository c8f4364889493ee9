"""Fractions inside functions: numerators divided by denominators, so that what cancels is gone. It decides nothing."""

from __future__ import annotations

from fractions import Fraction
from math import lcm

import flint
from flint import fmpq

from derive.normalform.powers import MAX_DEGREE, MAX_FACTOR_TERMS, BaseAtom
from derive.normalform.ring import Atom, Exponent, Monomial, Poly, Ring, clear_by, merge, whole
from derive.normalform.signs import is_nonzero


def divided(ring: Ring, poly: Poly) -> Poly:
    """Return the polynomial with each numerator over a sum divided by that sum, its powers one by one.

    `u^2/(1 + u^2)` becomes `1 - 1/(1 + u^2)`, by denominators that are not 0.
    """
    bases = {a for m in poly for a, e in m if isinstance(a, BaseAtom) and isinstance(e, int) and e < 0}
    bases = {base for base in bases if is_nonzero(ring, base)}
    for base in sorted(bases, key=lambda a: a.key):
        poly = _by_one(ring, poly, base)
    return poly


def _by_one(ring: Ring, poly: Poly, base: BaseAtom) -> Poly:
    over = {m: c for m, c in poly.items() if _exponent(m, base) < 0}
    total = {m: c for m, c in poly.items() if m not in over}
    if any(isinstance(_exponent(m, base), Fraction) for m in over):
        return poly
    most = max((-int(_exponent(m, base)) for m in over), default=0)
    numerator = clear_by(ring, over, ((base, most),))
    for power in range(most, 0, -1):
        parts = _divide(ring, numerator, base.poly)
        if parts is None:
            return poly
        numerator, rest = parts
        ring.add_to(total, clear_by(ring, rest, ((base, -power),)))
    ring.add_to(total, numerator)
    return total


def _exponent(monomial: Monomial, atom: Atom) -> Exponent:
    return next((e for a, e in monomial if a is atom), 0)


def _divide(ring: Ring, numerator: Poly, divisor: Poly) -> tuple[Poly, Poly] | None:
    """Return quotient and remainder, `None` if there is too much to divide."""
    monomials = (*numerator, *divisor)
    if len(monomials) > MAX_FACTOR_TERMS or not numerator:
        return None if numerator else ({}, {})
    atoms = sorted({a for m in monomials for a, _ in m}, key=lambda a: a.key)  # as renaming leaves it, mostly
    steps = [lcm(*(Fraction(dict(m).get(a, 0)).denominator for m in monomials)) for a in atoms]
    # A common monomial makes the exponents whole and not negative, and is taken back afterwards.
    lowest = [min(0, *(dict(m).get(a, 0) for m in numerator)) for a in atoms]
    if any(e and not is_nonzero(ring, a) for a, e in zip(atoms, lowest, strict=True)):
        return None
    shift = tuple((a, -e) for a, e in zip(atoms, lowest, strict=True) if e)
    back = tuple((a, -e) for a, e in shift)
    context = flint.fmpq_mpoly_ctx.get(("x", len(atoms)), "lex")

    def to_flint(poly: Poly, factor: Monomial) -> flint.fmpq_mpoly | None:
        terms: dict[tuple[int, ...], fmpq] = {}
        for monomial, coefficient in poly.items():
            here = dict(merge(monomial, factor))
            exponents = tuple(int(here.get(a, 0) * s) for a, s in zip(atoms, steps, strict=True))
            if max(exponents) > MAX_DEGREE or min(exponents) < 0:
                return None
            terms[exponents] = coefficient
        return context.from_dict(terms)

    def from_flint(poly: flint.fmpq_mpoly) -> Poly:
        total: Poly = {}
        for exponents, coefficient in poly.to_dict().items():
            pairs = zip(atoms, exponents, steps, strict=True)
            monomial = tuple((a, whole(Fraction(int(e), s))) for a, e, s in pairs if e)
            ring.add_to(total, ring.reduced(merge(monomial, back)), coefficient)
        return total

    top, bottom = to_flint(numerator, shift), to_flint(divisor, ())
    if top is None or bottom is None:
        return None
    quotient, rest = divmod(top, bottom)
    return from_flint(quotient), from_flint(rest)


__all__ = ["divided"]
