"""Linear arithmetic over the rationals: whether strict and weak inequalities can hold together."""

from __future__ import annotations

from dataclasses import dataclass

from flint import fmpq

from derive.normalform.ring import UNIT, Monomial, Poly

MAX_CONSTRAINTS = 120


@dataclass(frozen=True, slots=True)
class Constraint:
    """`poly >= 0`, or `poly > 0` if strict, every monomial a variable of its own."""

    poly: Poly
    strict: bool = False


def infeasible(constraints: list[Constraint]) -> bool:
    """Return whether no values satisfy all constraints (Fourier and Motzkin's elimination).

    `False` also means that the bound on the number of constraints was met: nothing follows then.
    """
    system = constraints
    while True:
        if any(_contradicts(c) for c in system):
            return True
        variables = {m for c in system for m in c.poly if m}
        if not variables:
            return False
        chosen = min(variables, key=lambda m: (_cost(system, m), [a.uid for a, _ in m]))
        system = _eliminate(system, chosen)
        if len(system) > MAX_CONSTRAINTS:
            return False


def _contradicts(constraint: Constraint) -> bool:
    if any(constraint.poly.keys() - {UNIT}):
        return False
    value = constraint.poly.get(UNIT, fmpq(0))
    return value < 0 or (constraint.strict and value == 0)


def _cost(system: list[Constraint], variable: Monomial) -> int:
    signs = [bool(c.poly[variable] > 0) for c in system if variable in c.poly]
    above = sum(signs)
    return above * (len(signs) - above)


def _eliminate(system: list[Constraint], variable: Monomial) -> list[Constraint]:
    kept = [c for c in system if variable not in c.poly]
    above = [c for c in system if c.poly.get(variable, fmpq(0)) > 0]
    below = [c for c in system if c.poly.get(variable, fmpq(0)) < 0]
    for up in above:
        for down in below:
            poly: Poly = {}
            for source, weight in ((up, -down.poly[variable]), (down, up.poly[variable])):
                for monomial, coefficient in source.poly.items():
                    value = poly.get(monomial, fmpq(0)) + weight * coefficient
                    if value:
                        poly[monomial] = value
                    else:
                        poly.pop(monomial, None)
            kept.append(Constraint(poly, up.strict or down.strict))
    return kept
