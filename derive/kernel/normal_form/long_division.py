"""The search for quotient and rest: python-flint's, or under a sum by what leads in the factors that hold the index.

Nothing believes it: whoever asks multiplies the quotient out.
"""

from __future__ import annotations

from collections import defaultdict

from flint import fmpq, fmpq_mpoly

from derive.kernel.normal_form.bridge import MAX_FACTOR_TERMS, over
from derive.kernel.normal_form.polynomials import Exponent, Idx, Monomial, Poly, merge
from derive.kernel.normal_form.ring import Ring
from derive.kernel.signs.analysis import is_nonzero, sign_of_factors


def over_an_index(ring: Ring, numerator: Poly, denominator: Poly, index: Idx) -> tuple[Poly, Poly] | None:
    """Return a quotient and a rest as small as it gets in the factors that hold the index, `None` if nothing leads."""
    leading = _leading(ring, denominator, index)
    return None if leading is None else _divide(ring, numerator, denominator, leading, index)


def over_all(ring: Ring, numerator: Poly, divisor: Poly) -> tuple[Poly, Poly] | None:
    """Return a quotient and a rest as small as it gets in all factors, `None` if there is too much to divide."""
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
    variables = over(atoms, (numerator, divisor))
    top = variables.into({merge(m, shift): c for m, c in numerator.items()})
    bottom = variables.into(divisor)
    if top is None or bottom is None:
        return None
    quotient, rest = divmod(top, bottom)

    def shifted_back(poly: fmpq_mpoly) -> Poly:
        total: Poly = {}
        for monomial, coefficient in variables.back(poly).items():
            ring.add_to(total, ring.reduced(merge(monomial, back)), coefficient)
        return total

    return shifted_back(quotient), shifted_back(rest)


def _leading(ring: Ring, poly: Poly, index: Idx) -> tuple[Monomial, Monomial, fmpq] | None:
    """Return the leading term by the factors that hold the index: that part, its cofactor and coefficient.

    The cofactor must be nonzero, for it is divided by; the part must belong to one term only.
    """
    parts = defaultdict(list)
    for monomial, coefficient in poly.items():
        part = _part(monomial, index)
        if any(e < 0 for _, e in part):
            return None
        parts[part].append((tuple(p for p in monomial if p not in part), coefficient))
    part = max(parts, key=_lex)
    if not part or len(parts[part]) > 1:
        return None
    cofactor, coefficient = parts[part][0]
    return (part, cofactor, coefficient) if 0 not in sign_of_factors(ring, cofactor) else None


def _part(monomial: Monomial, index: Idx) -> Monomial:
    return tuple(pair for pair in monomial if index in pair[0].indices)


def _lex(part: Monomial) -> list[tuple[int, Exponent]]:
    return sorted(((atom.uid, exponent) for atom, exponent in part), reverse=True)


def _divide(
    ring: Ring, numerator: Poly, denominator: Poly, leading: tuple[Monomial, Monomial, fmpq], index: Idx
) -> tuple[Poly, Poly]:
    part, cofactor, coefficient = leading
    needed = dict(part)
    inverse = tuple((a, -e) for a, e in (*part, *cofactor))
    quotient: Poly = {}
    rest = dict(numerator)
    for _ in range(200):
        for monomial in sorted(rest, key=lambda m: _lex(_part(m, index)), reverse=True):
            here = dict(monomial)
            if all(here.get(a, 0) >= e for a, e in needed.items()):
                step: Poly = {merge(monomial, inverse): rest[monomial] / coefficient}
                quotient = ring.add(quotient, step)
                rest = ring.subtract(rest, ring.multiply(step, denominator))
                break
        else:
            return quotient, rest
    return {}, numerator
