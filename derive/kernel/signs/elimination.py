"""The search for a contradiction between linear inequalities: Fourier and Motzkin's elimination.

Nothing believes it: whoever asks multiplies the coefficients out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flint import fmpq

from derive.kernel.normal_form.polynomials import UNIT, Monomial, Poly

MAX_CONSTRAINTS = 120


@dataclass(frozen=True, slots=True)
class _Row:
    """A nonnegative combination of the inequalities given, `weights` of them by their places."""

    poly: Poly
    strict: bool
    weights: Mapping[int, fmpq]


def contradiction(inequalities: Sequence[tuple[Poly, bool]]) -> Mapping[int, fmpq] | None:
    """Return how often to add which of some inequalities `poly >= 0` (`> 0` if strict) to come to `0 > 0` or the like.

    `None` if no such combination was found, be it that there are too many to look at.
    """
    system = [_Row(poly, strict, {k: fmpq(1)}) for k, (poly, strict) in enumerate(inequalities)]
    while True:
        for row in system:
            if _contradicts(row):
                return row.weights
        variables = {m for row in system for m in row.poly if m}
        if not variables:
            return None
        chosen = min(variables, key=lambda m: (_cost(system, m), [a.uid for a, _ in m]))
        system = _eliminate(system, chosen)
        if len(system) > MAX_CONSTRAINTS:
            return None


def _contradicts(row: _Row) -> bool:
    if row.poly.keys() - {UNIT}:
        return False
    value = row.poly.get(UNIT, fmpq(0))
    return bool(value < 0 or (row.strict and value == 0))


def _cost(system: list[_Row], variable: Monomial) -> int:
    signs = [bool(row.poly[variable] > 0) for row in system if variable in row.poly]
    above = sum(signs)
    return above * (len(signs) - above)


def _eliminate(system: list[_Row], variable: Monomial) -> list[_Row]:
    kept = [row for row in system if variable not in row.poly]
    above = [row for row in system if row.poly.get(variable, fmpq(0)) > 0]
    below = [row for row in system if row.poly.get(variable, fmpq(0)) < 0]
    for up in above:
        for down in below:
            poly: Poly = {}
            weights: dict[int, fmpq] = {}
            for source, weight in ((up, -down.poly[variable]), (down, up.poly[variable])):
                _add(poly, source.poly, weight)
                _add(weights, source.weights, weight)
            kept.append(_Row(poly, up.strict or down.strict, weights))
    return kept


def _add(total: dict[Any, fmpq], more: Mapping[Any, fmpq], weight: fmpq) -> None:
    for one, coefficient in more.items():
        value = total.get(one, fmpq(0)) + weight * coefficient
        if value:
            total[one] = value
        else:
            total.pop(one, None)
