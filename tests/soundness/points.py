"""Random points for the third opinion: values within the declared domains, changed until the hypotheses hold."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from mpmath import mp

from derive.terms import ZERO, Compare, Context, Number, Variable, free_indices
from tests.soundness.opinion import Point, function_value, holds
from tests.soundness.reals import function_of_several
from tests.soundness.settings import POSITIVE, Setting, Values


def sizes_at(setting: Setting, rng: random.Random) -> dict[str, int]:
    """Return random small sizes that the setting admits."""
    return {
        name: size.fixed or size.minimum - 1 + rng.choice((1, 2, 2, 3))
        for name, size in setting.context.sizes.items()
    }


def point_at(
    setting: Setting, sizes: Mapping[str, int], places: Mapping[str, int], rng: random.Random
) -> Point | None:
    """Return a point with these sizes and places that satisfies everything; `None` if that fails."""
    values: Values = {}
    style = rng.choice(("small", "small", "wide", "low", "equal"))
    one = rng.choice(_POOLS["small"])
    for v in setting.context.variables.values():
        if v.kind == "label":
            *samples, among = v.dims
            for at in _places(tuple(sizes[dim] for dim in samples)):
                values[v.name, at] = rng.randint(1, sizes[among])
            continue
        for at in _places(tuple(sizes[dim] for dim in v.dims)):
            drawn = one if style == "equal" else rng.choice(_POOLS[style])
            values[v.name, at] = _within(v, mp.mpf(drawn) / 4, rng)
        if v.kind != "real":
            _rows(v, values, sizes, rng)
    for repair in setting.repairs:
        repair(values, sizes, places, rng)
    functions: dict[str, Callable[..., Any]] = {
        name: function_value(
            tuple(Fraction(rng.randint(-4, 4), 2) for _ in range(4)),
            Fraction(rng.choice((0, 1))),
            Fraction(rng.choice((1, -1)), 2),
        )
        for name in setting.context.functions
    }
    functions |= {name: function_of_several(rng) for name in setting.context.signatures}
    point = Point(sizes, places, values, functions)
    return point if admitted(setting.context, point) else None


def admitted(context: Context, point: Point) -> bool:
    """Return whether a point satisfies every bound and hypothesis of a context."""
    for v in context.variables.values():
        if not v.bounds:
            continue
        for at in _places(tuple(point.sizes[dim] for dim in v.dims)):
            x = point.entries[v.name, at]
            for bound in v.bounds:
                if not holds(Compare(bound.relation, _given(x), bound.value), context, point, ()):
                    return False
    labels = set(context.labels.values())
    for h in context.hypotheses:
        free = tuple(i for i in free_indices(h.condition) if i not in labels and isinstance(i.name, str))
        if not holds(h.condition, context, point, free):
            return False
    return all(
        point.places[str(left.name)] != point.places[str(right.name)] for left, right in context.distinct
    )


def _given(x: Any) -> Number:
    return Number(_fraction(x))


def _fraction(x: Any) -> Fraction:
    sign, mantissa, exponent, _ = x._mpf_
    value = Fraction(int(mantissa)) * Fraction(2) ** int(exponent)
    return -value if sign else value


_POOLS = {
    "small": (-6, -5, -4, -3, -2, -1, 1, 2, 3, 4, 5, 6, 7),
    "wide": tuple(k for k in range(-11, 12) if k),
    "low": (-4, -2, 0, 0, 2, 4),
}


def _within(v: Variable, x: Any, rng: random.Random) -> Any:
    """Return a value inside the declared bounds, x where it is."""
    if v.bounds == POSITIVE:
        return abs(x) or mp.mpf(1)
    if not v.bounds:
        return x
    (first, *rest) = v.bounds
    if rest:  # an interval that ends at 1
        low = -1 if first.value != ZERO else 0
        return low + (1 - low) * mp.mpf(rng.randint(1, 7)) / 8
    match first.relation:
        case ">=":
            return abs(x)
        case "!=":
            return x or mp.mpf(1)
        case ">":
            return 1 + (abs(x) or mp.mpf(1))
    return -(abs(x) or mp.mpf(1))


def _rows(v: Variable, values: Values, sizes: Mapping[str, int], rng: random.Random) -> None:
    last = sizes[v.dims[-1]]
    for row in _places(tuple(sizes[dim] for dim in v.dims[:-1])):
        if v.kind == "onehot":
            shares = [0] * last
            shares[rng.randrange(last)] = 1
        else:
            shares = [rng.choice((0, 1, 1, 2, 3)) for _ in range(last)]
            shares = shares if any(shares) else [1] * last
        whole = sum(shares)
        for k, share in enumerate(shares, 1):
            values[v.name, (*row, k)] = mp.mpf(share) / whole


def _places(shape: tuple[int, ...]) -> list[tuple[int, ...]]:
    if not shape:
        return [()]
    return [(k, *rest) for k in range(1, shape[0] + 1) for rest in _places(shape[1:])]
