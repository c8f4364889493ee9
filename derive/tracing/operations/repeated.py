"""NumPy's functions that repeat entries: rows of the table."""

from __future__ import annotations

from typing import Any

from derive.errors import IllPosedError
from derive.tracing.operations.table import FUNCTIONS, function, lengths
from derive.tracing.proxies.arrays import TracedArray, lift
from derive.tracing.values import ArrayValue, Dims, axes_over, places


def _times(count: Any) -> Dims:
    (found,) = lengths(count)
    if found is None:
        raise IllPosedError("entries are repeated a negative number of times")
    return found


@function("repeat")
def _repeat(a: Any, repeats: Any, axis: Any = None) -> TracedArray:
    array = lift(a)
    value = array.value
    if axis is None:
        array = FUNCTIONS["ravel"](array)
        value, axis = array.value, 0
    (place,) = places(value, axis)
    within = axes_over((_times(repeats),))[0]
    axes = (*value.axes[:place], (*value.axes[place], *within), *value.axes[place + 1 :])
    return TracedArray(ArrayValue(value.entry, axes), array.kind)


@function("tile")
def _tile(A: Any, reps: Any) -> TracedArray:
    array = lift(A)
    times = [_times(one) for one in (reps if isinstance(reps, tuple | list) else (reps,))]
    axes = list(array.value.axes)
    rank = max(len(axes), len(times))
    axes = [()] * (rank - len(axes)) + axes
    times = [()] * (rank - len(times)) + times
    joined = tuple((*before, *axis) for before, axis in zip(axes_over(times), axes, strict=True))
    return TracedArray(ArrayValue(array.value.entry, joined), array.kind)
