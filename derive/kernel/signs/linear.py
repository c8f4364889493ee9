"""Linear arithmetic over the rationals: that inequalities cannot hold together, by Farkas' coefficients.

Whoever finds the coefficients is not believed: they are multiplied out here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flint import fmpq

from derive.kernel.normal_form.polynomials import UNIT, Poly
from derive.kernel.normal_form.ring import Ring
from derive.kernel.signs.elimination import contradiction


@dataclass(frozen=True, slots=True)
class Constraint:
    """`poly >= 0`, or `poly > 0` if strict, every monomial a variable of its own."""

    poly: Poly
    strict: bool = False


def infeasible(constraints: Sequence[Constraint]) -> bool:
    """Return whether it is shown that no values satisfy all constraints; `False` says nothing."""
    weights = contradiction([(c.poly, c.strict) for c in constraints])
    return weights is not None and contradicts(constraints, weights)


def contradicts(constraints: Sequence[Constraint], weights: Mapping[int, fmpq]) -> bool:
    """Return whether some constraints, each times a number that is not negative, add up to what cannot be.

    That is a constant that is negative, or 0 where a strict one counts: whatever satisfies all constraints
    makes the sum 0 or more, and more than 0 with a strict one.
    """
    total: Poly = {}
    strict = False
    for place, weight in weights.items():
        if weight < 0:
            return False
        Ring.add_to(total, constraints[place].poly, weight)
        strict |= constraints[place].strict and weight > 0
    constant = total.pop(UNIT, fmpq(0))
    return not total and bool(constant < 0 or (strict and constant == 0))
