"""Fractions inside functions: numerators divided by denominators, so that what cancels is gone."""

from __future__ import annotations

from fractions import Fraction

from derive.kernel.normal_form.long_division import over_all
from derive.kernel.normal_form.polynomials import Atom, Exponent, Monomial, Poly
from derive.kernel.normal_form.powers import BaseAtom
from derive.kernel.normal_form.ring import Ring, clear_by, is_division
from derive.kernel.signs.analysis import is_nonzero


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
        parts = over_all(ring, numerator, base.poly)
        if parts is None or not is_division(ring, numerator, base.poly, *parts):
            return poly
        numerator, rest = parts
        ring.add_to(total, clear_by(ring, rest, ((base, -power),)))
    ring.add_to(total, numerator)
    return total


def _exponent(monomial: Monomial, atom: Atom) -> Exponent:
    return next((e for a, e in monomial if a is atom), 0)
