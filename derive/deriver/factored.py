"""Rational forms: a sum over one denominator, cancelled and factored by python-flint's polynomials.

Untrusted: atoms are independent generators here, whatever relations they have.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any

from derive.deriver.algebra import Arithmetic
from derive.deriver.monomials import (
    Product,
    Sum,
    factor_of,
    fraction_of,
    monomial,
    order,
    plus,
    term_of,
    times,
)
from derive.errors import LimitError
from derive.kernel.normal_form.bridge import Variables
from derive.limits.deadline import check
from derive.terms import Add, Big, Number, Power, Term

MAX_MONOMIALS = 120
MAX_GENERATORS = 24
MAX_PRODUCTS = 100_000  # of monomials, in one multiplication: python-flint does not look at the clock


@dataclass(frozen=True, slots=True)
class FactoredRational:
    """coefficient * product of sums to integer powers, the sums coprime."""

    coefficient: Fraction
    factors: tuple[tuple[Sum, int], ...]

    def factored(self) -> Term:
        """Return the product of factors above over the product of factors below."""
        above = [_to_the(one, e) for one, e in self.factors if e > 0]
        below = [_to_the(one, -e) for one, e in self.factors if e < 0]
        return fraction_of(self.coefficient, _sorted(above), _sorted(below))

    def with_squares(self) -> FactoredRational:
        """Return the same with (a + b)(a - b) written a^2 - b^2."""
        factors, coefficient = list(self.factors), self.coefficient
        for left, right in itertools.combinations(self.factors, 2):
            if (
                left in factors
                and right in factors
                and left[1] == right[1]
                and len(left[0]) == len(right[0]) == 2
            ):
                product = plus(*(_times(left[0], mono, value) for mono, value in right[0].items()))
                if len(product) == 2:
                    if _begins_with_minus(product):
                        product = {m: -c for m, c in product.items()}
                        coefficient *= (-1) ** left[1]
                    factors[factors.index(left)] = (product, left[1])
                    factors.remove(right)
        return _without_minus(FactoredRational(coefficient, tuple(factors)))


def _times(one: Sum, mono: Product, coefficient: Fraction) -> Sum:
    return {times(m, mono): value * coefficient for m, value in one.items()}


def _to_the(one: Sum, exponent: int) -> Term:
    if len(one) == 1:
        ((mono, _),) = one.items()
        if len(mono) == 1:
            return factor_of(mono[0][0], mono[0][1] * exponent)
    base = term_of(one)
    return base if exponent == 1 else Power(base, Number(Fraction(exponent)))


def _sorted(factors: list[Term]) -> list[Term]:
    return sorted(factors, key=lambda f: (isinstance(f, Big), isinstance(_base(f), Add), order(_base(f))))


def _base(node: Term) -> Term:
    return node.base if isinstance(node, Power) else node


class Field:
    """The generators of one sum, and its way into polynomials over them."""

    def __init__(self, algebra: Arithmetic, *sums: Sum) -> None:
        self.algebra = algebra
        self.roots: dict[Term, int] = {}
        for one in sums:
            self._note(one)
        self.atoms = sorted(self.roots, key=order)
        self.variables = Variables({atom: self.roots[atom] for atom in self.atoms})

    def _note(self, one: Sum) -> None:
        for mono in one:
            for atom, exponent in mono:
                if isinstance(atom, Add) and exponent.denominator == 1:
                    self._note(self.algebra.sum(atom))
                else:
                    self.roots[atom] = lcm(self.roots.get(atom, 1), exponent.denominator)

    def fraction(self, one: Sum) -> tuple[Any, Any]:
        """Return numerator and denominator, not yet cancelled."""
        constant = self.variables.constant
        top, bottom = constant(0), constant(1)
        for mono, value in one.items():
            above, below = constant(value), constant(1)
            for atom, exponent in mono:
                if atom in self.roots and not (isinstance(atom, Add) and exponent.denominator == 1):
                    number = exponent * self.roots[atom]
                    over, under = self.variables.generator(atom), constant(1)
                else:
                    number = exponent
                    over, under = self.fraction(self.algebra.sum(atom))
                if number < 0:
                    over, under = under, over
                if under == 0:
                    raise LimitError("a division by 0")
                above *= over ** abs(int(number))
                below *= under ** abs(int(number))
            check()
            if max(len(top) * len(below), len(bottom) * max(len(above), len(below))) > MAX_PRODUCTS:
                raise LimitError("a fraction is too large to be brought over one denominator")
            shared = bottom.gcd(below)
            top = top * (below / shared) + above * (bottom / shared)
            bottom = bottom * (below / shared)
        return top, bottom

    def sum_of(self, poly: Any) -> Sum:
        """Return a polynomial as a sum."""
        return {
            monomial({atom: Fraction(exponent) for atom, exponent in powers}): Fraction(int(c.p), int(c.q))
            for powers, c in self.variables.back(poly).items()
        }

    def rational(self, top: Any, bottom: Any) -> FactoredRational:
        """Return a fraction cancelled and factored."""
        shared = top.gcd(bottom)
        coefficient, factors = Fraction(1), []
        for poly, sign in ((top / shared, 1), (bottom / shared, -1)):
            number, found = poly.factor()
            coefficient *= Fraction(int(number.p), int(number.q)) ** sign
            for factor, exponent in found:
                one = self.sum_of(factor)
                if len(one) > 1 and _begins_with_minus(one):
                    one = {m: -c for m, c in one.items()}
                    coefficient *= (-1) ** int(exponent)
                factors.append((one, sign * int(exponent)))
        return _without_minus(FactoredRational(coefficient, tuple(factors)))


def _without_minus(found: FactoredRational) -> FactoredRational:
    """Return the same with a minus in front taken into a sum above the line, if there is one."""
    if found.coefficient > 0:
        return found
    # 1 - x keeps its shape if another sum can take the minus.
    for place, (one, exponent) in sorted(enumerate(found.factors), key=lambda pair: () in pair[1][0]):
        if len(one) > 1 and exponent > 0 and exponent % 2:
            flipped = ({m: -c for m, c in one.items()}, exponent)
            return FactoredRational(
                -found.coefficient, (*found.factors[:place], flipped, *found.factors[place + 1 :])
            )
    return found


def _begins_with_minus(one: Sum) -> bool:
    """Tell whether a factor reads better negated: more minus signs than plus signs, or a leading minus."""
    minus = sum(value < 0 for value in one.values())
    if 2 * minus != len(one):
        return 2 * minus > len(one)
    return one[min(one, key=lambda m: (len(m), [order(a) for a, _ in m]))] < 0


def rational(one: Sum, algebra: Arithmetic) -> FactoredRational | None:
    """Return a sum over one denominator, cancelled and factored; None if it is 0, divides by 0 or is too large."""
    if not one or len(one) > MAX_MONOMIALS:
        return None
    field = Field(algebra, one)
    if len(field.atoms) > MAX_GENERATORS or not field.atoms:
        return None
    try:
        top, bottom = field.fraction(one)
    except LimitError:
        return None
    return field.rational(top, bottom) if top != 0 else None
