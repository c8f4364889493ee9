"""The search for a nonnegative combination of columns that gives a target: the simplex method, over the rationals.

Nobody believes it: whoever asks adds the columns up again.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

from flint import fmpq

from derive.limits import deadline

Row = TypeVar("Row", bound=Hashable)
MAX_PIVOTS = 150
Vector = dict[int, fmpq]
_RIGHT = -1  # the place of the right side in a row


def combination(columns: Sequence[Mapping[Row, fmpq]], target: Mapping[Row, fmpq]) -> dict[int, fmpq] | None:
    """Return how often to take which columns to come to the target, each 0 times or more; `None` if not found."""
    rows: dict[Row, Vector] = {}
    for place, column in enumerate(columns):
        for name, value in column.items():
            rows.setdefault(name, {})[place] = value
    if not _reduced(rows, columns, target):
        return None
    for name, value in target.items():
        rows[name][_RIGHT] = value
    tableau = [{k: -v for k, v in row.items()} if row.get(_RIGHT, 0) < 0 else row for row in rows.values()]
    # First phase: artificial variables, one a row, are to become 0; they are not written.
    basis: list[int | None] = [None] * len(tableau)
    cost: Vector = {}
    for row in tableau:
        _add(cost, row, fmpq(1))
    for _ in range(MAX_PIVOTS):
        deadline.check()
        if not cost.get(_RIGHT):
            break
        entering = _entering(cost)
        if entering is None:
            return None
        leaving = _leaving(tableau, basis, entering)
        if leaving is None:
            return None
        _pivot(tableau, cost, leaving, entering)
        basis[leaving] = entering
    else:
        return None
    found = ((place, row.get(_RIGHT)) for place, row in zip(basis, tableau, strict=True))
    return {place: value for place, value in found if place is not None and value}


def _reduced(
    rows: dict[Row, Vector], columns: Sequence[Mapping[Row, fmpq]], target: Mapping[Row, fmpq]
) -> bool:
    """Leave out the columns that bring what no other takes away; return `False` if then nothing can be made of them."""
    waiting = [*rows, *target]
    while waiting:
        name = waiting.pop()
        row, wanted = rows.get(name, {}), target.get(name, fmpq(0))
        above = any(value > 0 for value in row.values())
        below = any(value < 0 for value in row.values())
        if (wanted > 0 and not above) or (wanted < 0 and not below):
            return False
        if wanted or (above and below):
            continue
        for place in list(row):
            for other in columns[place]:
                rows[other].pop(place, None)
                waiting.append(other)
    for name in [name for name, row in rows.items() if not row]:
        del rows[name]
    return all(name in rows for name in target)


def _entering(cost: Vector) -> int | None:
    best, chosen = fmpq(0), None
    for place, value in cost.items():
        if place != _RIGHT and value > best:
            best, chosen = value, place
    return chosen


def _leaving(tableau: list[Vector], basis: list[int | None], entering: int) -> int | None:
    best: fmpq | None = None
    chosen: int | None = None
    for number, row in enumerate(tableau):
        value = row.get(entering)
        if value is None or value <= 0:
            continue
        ratio = row.get(_RIGHT, fmpq(0)) / value
        # Of equal ratios an artificial variable leaves first: it is not to come back.
        if best is None or ratio < best or (ratio == best and basis[number] is None):
            best, chosen = ratio, number
    return chosen


def _pivot(tableau: list[Vector], cost: Vector, leaving: int, entering: int) -> None:
    row = tableau[leaving]
    scale = row[entering]
    for place in row:
        row[place] = row[place] / scale
    for number, other in enumerate(tableau):
        if number != leaving and entering in other:
            _add(other, row, -other[entering])
    if entering in cost:
        _add(cost, row, -cost[entering])


def _add(total: Vector, row: Vector, times: fmpq) -> None:
    for place, value in row.items():
        new = total.get(place, fmpq(0)) + times * value
        if new:
            total[place] = new
        else:
            total.pop(place, None)
