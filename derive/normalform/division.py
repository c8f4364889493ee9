"""Fractions inside functions: numerators divided by denominators, so that what cancels is gone. It decides nothing."""

from __future__ import annotations

from fractions import Fraction

from flint import fmpq_mpoly

from derive.normalform.polynomials import MAX_FACTOR_TERMS, Variables, divided_by
from derive.normalform.powers import BaseAtom
from derive.normalform.ring import Atom, Exponent, Monomial, Poly, Ring, clear_by, merge
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
    # A common monomial makes the exponents whole and not negative, and is taken back afterwards.
    lowest = [min(0, *(dict(m).get(a, 0) for m in numerator)) for a in atoms]
    if any(e and not is_nonzero(ring, a) for a, e in zip(atoms, lowest, strict=True)):
        return None
    shift = tuple((a, -e) for a, e in zip(atoms, lowest, strict=True) if e)
    back = tuple((a, -e) for a, e in shift)
    variables = Variables(atoms, (numerator, divisor))
    top = variables.into({merge(m, shift): c for m, c in numerator.items()})
    bottom = variables.into(divisor)
    if top is None or bottom is None:
        return None
    quotient, rest = divided_by(top, bottom)

    def shifted_back(poly: fmpq_mpoly) -> Poly:
        total: Poly = {}
        for monomial, coefficient in variables.back(poly).items():
            ring.add_to(total, ring.reduced(merge(monomial, back)), coefficient)
        return total

    return shifted_back(quotient), shifted_back(rest)


__all__ = ["divided"]
