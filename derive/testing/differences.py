"""Central differences of a function of one vector, and how far off they may be."""

from __future__ import annotations

import math
from collections.abc import Callable

Number = Callable[[list[float]], float]


def slope(function: Number, point: list[float], k: int) -> tuple[float, float]:
    """Return the derivative by an entry, extrapolated from differences, and how far off it may be."""
    # Far out numbers are coarse, and yet a loss bends there within a distance of 1 as anywhere.
    step = 1e-4 * math.sqrt(max(1.0, abs(point[k])))
    coarse, scale = _difference(function, point, k, step)
    fine, _ = _difference(function, point, k, step / 2)
    rounding = 64 * 2.0**-52 * scale / step
    return (4 * fine - coarse) / 3, abs(fine - coarse) + rounding


def _difference(function: Number, point: list[float], k: int, step: float) -> tuple[float, float]:
    def moved(by: float) -> float:
        return function([x + by if place == k else x for place, x in enumerate(point)])

    up, down = moved(step), moved(-step)
    return (up - down) / (2 * step), abs(up) + abs(down)
