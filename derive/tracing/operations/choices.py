"""NumPy's choices between arrays, and what takes or puts entries at positions: rows of the table."""

from __future__ import annotations

from typing import Any

from derive.errors import IllPosedError
from derive.terms import ZERO, Relation
from derive.tracing import masks
from derive.tracing.indexing import along, is_minus_infinity, put_along
from derive.tracing.kinds import promoted
from derive.tracing.operations.entries import COMPARISONS, negated
from derive.tracing.operations.table import FUNCTIONS, function
from derive.tracing.operations.universal import cast, entry_by_entry, written
from derive.tracing.proxies.arrays import TracedArray, lift
from derive.tracing.values import ArrayValue, chosen, entrywise, places


@function("where")
def _where(condition: Any, x: Any = None, y: Any = None) -> TracedArray:
    if x is None or y is None:
        raise IllPosedError("where of a condition alone gives positions, and how many is not known")
    mask = lift(condition)
    condition = mask.value
    if mask.kind != "bool":
        condition = entrywise(lambda one: COMPARISONS["not_equal"](one, ZERO), condition)
    for value, other, hidden in ((x, y, condition), (y, x, entrywise(negated, condition))):
        if is_minus_infinity(value):
            found = masks.masked(lift(other).value, hidden)
            return TracedArray(found.value, hidden=found.hidden)
    then, otherwise = lift(x), lift(y)
    kind = promoted((then.kind, otherwise.kind))
    return TracedArray(entrywise(chosen, condition, then.value, otherwise.value), kind)


@function("clip")
def _clip(
    a: Any, a_min: Any = None, a_max: Any = None, out: Any = None, *, min: Any = None, max: Any = None
) -> Any:
    low, high = (a_min if min is None else min), (a_max if max is None else max)
    if low is None and high is None:
        raise IllPosedError("clip has no bound")
    if low is None:
        return written(entry_by_entry("minimum", (a, high)), out, True)
    if high is None:
        return written(entry_by_entry("maximum", (a, low)), out, True)
    return written(entry_by_entry("clip", (a, low, high)), out, True)


@function("select")
def _select(condlist: Any, choicelist: Any, default: Any = 0) -> Any:
    found = default
    for condition, choice in reversed(list(zip(condlist, choicelist, strict=True))):
        found = _where(condition, choice, found)
    return found


@function("copy")
def _copy(a: Any, order: Any = None, subok: bool = False) -> Any:
    return cast(lift(a), None)


def _triangle(name: str, hides: dict[int, Relation]) -> None:
    """Enter `tril` or `triu`: what they leave is where the row and the column do not stand in a relation."""

    @function(name)
    def build(m: Any, k: int = 0) -> TracedArray:
        array = lift(m)
        found = array.masked
        value = array.value if found is None else found.value
        if k not in hides or len(value.axes) < 2 or any(len(axis) != 1 for axis in value.axes[-2:]):
            raise IllPosedError(
                f"{name} is understood of matrices over declared sizes, for k = {list(hides)}"
            )
        (row,), (column,) = value.axes[-2:]
        if row.dim != column.dim:
            raise IllPosedError(f"{name} is understood of matrices with as many rows as columns")
        gone = masks.ordered(hides[k], row, column)
        left = ArrayValue(chosen(gone, ZERO, value.entry), value.axes)
        if found is None:
            return TracedArray(left, array.kind)
        return TracedArray(
            left, hidden=ArrayValue(chosen(gone, ZERO, found.hidden.at(value.axes)), value.axes)
        )


_triangle("tril", {0: Relation.LESS, -1: Relation.AT_MOST})
_triangle("triu", {0: Relation.GREATER, 1: Relation.AT_LEAST})


@function("take_along_axis")
def _take_along_axis(arr: Any, indices: Any, axis: Any = -1) -> TracedArray:
    if axis is None:
        raise IllPosedError("take_along_axis is understood along an axis")
    return along(lift(arr), indices, axis)


@function("put_along_axis")
def _put_along_axis(arr: Any, indices: Any, values: Any, axis: int) -> None:
    put_along(arr, indices, values, axis)


@function("take")
def _take(a: Any, indices: Any, axis: Any = None, out: Any = None, mode: str = "raise") -> Any:
    array = lift(a)
    if out is not None or mode != "raise":
        raise IllPosedError("take with options is not understood")
    if axis is None and array.ndim != 1:
        raise IllPosedError("take is understood along an axis")
    (place,) = places(array.value, 0 if axis is None else axis)
    return array[(*[slice(None)] * place, indices)]


@function("copyto")
def _copyto(dst: Any, src: Any, casting: str = "same_kind", where: Any = True) -> None:
    if not isinstance(dst, TracedArray) or where is not True or casting != "same_kind":
        raise IllPosedError("copyto is understood of a symbolic array as a whole")
    dst[...] = src


@function("tri")
def _tri(N: Any, M: Any = None, k: int = 0, dtype: Any = float) -> Any:
    return FUNCTIONS["tril"](FUNCTIONS["ones"]((N, N if M is None else M), dtype), k)
