"""What a polynomial looks like, to choose a step by which its sign is led back to that of another one."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from flint import fmpq

from derive.kernel.normal_form.functions import ExpAtom, LogAtom
from derive.kernel.normal_form.polynomials import Monomial, Poly, without

MAX_LOGARITHM = 6  # of a coefficient that becomes an exponent
MAX_COMPARED = 4  # terms on one side


def weights_of_logarithms(poly: Poly) -> Iterator[Poly]:
    """Yield the monomials with which logarithms are multiplied, as polynomials, where their coefficients are small."""
    found: dict[Monomial, None] = {}
    for monomial, coefficient in poly.items():
        for atom, exponent in monomial:
            if isinstance(atom, LogAtom) and exponent == 1:
                if abs(coefficient) > MAX_LOGARITHM or coefficient.q > MAX_LOGARITHM:
                    return
                found[without(monomial, atom)] = None
    if len(found) == 1 and _is_exponentiated(poly, *found):
        yield from ({weight: fmpq(1)} for weight in found)


def _is_exponentiated(poly: Poly, weight: Monomial) -> bool:
    """Return whether what stands beside logarithms is, as an exponent, among what the logarithms are of."""
    logs = [a for m in poly for a, _ in m if isinstance(a, LogAtom)]
    rest = [m for m in poly if not any(isinstance(a, LogAtom) for a, _ in m)]
    if any(m in ((), weight) for m in rest):
        return False
    return not rest or any(_holds_exponential(a.key) for a in logs)


def _holds_exponential(key: object) -> bool:
    return isinstance(key, tuple) and (key[:1] == ("exp",) or any(map(_holds_exponential, key)))


def compares_by_logarithms(above: Poly, below: Poly) -> bool:
    """Return whether two sums that are compared are better compared by their logarithms: few terms, exponentials."""
    if max(len(above), len(below)) > MAX_COMPARED or min(len(above), len(below)) > 1:
        return False
    return any(
        isinstance(atom, ExpAtom) or atom.key[0] == "prod"
        for part in (above, below)
        for m in part
        for atom, _ in m
    )


def has_roots(poly: Poly) -> bool:
    """Return whether there are fractional powers in a polynomial, or in what is summed in it."""
    return any(
        isinstance(exponent, Fraction) or (found is not None and has_roots({found[1]: fmpq(1)}))
        for m in poly
        for atom, exponent in m
        for found in (atom.summand(),)
    )
