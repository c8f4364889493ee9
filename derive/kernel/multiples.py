"""Multiples of hypotheses: what an equation says at chosen indices, times a cofactor, under sums.

An equation `H = 0` for all values of its indices gives `Σ C H = 0` for every cofactor C, every choice of indices,
two of them the same among others, and every sum.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flint import fmpq

from derive.kernel.normal_form.polynomials import Atom, Exponent, Idx, Poly
from derive.kernel.normal_form.ring import Ring
from derive.kernel.normal_form.sums import SumAtom, open_sum, sum_over


@dataclass(frozen=True, slots=True)
class PolynomialEquation:
    """`poly = 0` for all values of the universal indices."""

    poly: Poly
    universal: frozenset[Idx]
    name: str


@dataclass(frozen=True, slots=True)
class Multiple:
    """`Σ C H`, the equation known by its place: with which index for which, and summed over which."""

    place: int
    cofactor: Poly
    choice: Mapping[Idx, Idx]
    bound: tuple[Idx, ...]

    def poly(self, ring: Ring, equations: Sequence[PolynomialEquation]) -> Poly:
        """Return the multiple, which is 0.

        Raises:
            ValueError: an index is chosen that the equation does not hold for all values of.
        """
        equation = equations[self.place]
        if any(old not in equation.universal or old[1] != new[1] for old, new in self.choice.items()):
            raise ValueError("an equation holds for the indices that it holds for")
        inside = ring.rename(equation.poly, self.choice)
        return sum_over(ring, ring.multiply(self.cofactor, inside), self.bound)


def adds_up(
    ring: Ring, poly: Poly, equations: Sequence[PolynomialEquation], found: Iterable[tuple[Multiple, fmpq]]
) -> bool:
    """Return whether a polynomial is a combination of multiples, and so 0 where the equations hold."""
    rest = dict(poly)
    for multiple, weight in found:
        ring.add_to(rest, ring.scale(multiple.poly(ring, equations), -weight))
    return not rest


def made_again(ring: Ring, poly: Poly) -> Poly:
    """Return a polynomial with its sums made again, by the rules in force."""
    total: Poly = {}
    for monomial, coefficient in poly.items():
        pieces = [_made_again(ring, atom, exponent) for atom, exponent in monomial]
        ring.add_to(total, ring.product(pieces), coefficient)
    return total


def _made_again(ring: Ring, atom: Atom, exponent: Exponent) -> Poly:
    if not isinstance(atom, SumAtom) or not isinstance(exponent, int) or exponent < 1:
        return ring.reduced(((atom, exponent),))
    body, bound = open_sum(ring, atom)
    return ring.multiplied_out(sum_over(ring, body, bound), exponent)
