"""NumPy's functions that put arrays one behind the other, take them apart, and turn them: rows of the table.

Where the lengths along the axis are known, this goes entry by entry; equally long parts in known number are an axis
of their own beside that of the parts.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from derive.errors import IllPosedError
from derive.terms import Term
from derive.tracing.indexing import taken
from derive.tracing.kinds import promoted
from derive.tracing.known import alike, count, dims_of, entries_along, pieced, same
from derive.tracing.operations.table import FUNCTIONS, function
from derive.tracing.operations.universal import cast
from derive.tracing.positions import Turned
from derive.tracing.proxies.arrays import TracedArray, lift
from derive.tracing.proxies.labels import TracedLabels
from derive.tracing.proxies.lengths import Length
from derive.tracing.values import ArrayValue, Axis, axes_over, expanded, shape_text


def _lifted(arrays: Any) -> list[TracedArray]:
    """Return the arrays of a list."""
    if isinstance(arrays, TracedArray):
        return list(arrays)
    if not isinstance(arrays, list | tuple) or not arrays:
        raise IllPosedError("a list or tuple of arrays is expected")
    return [_of_list(one) if isinstance(one, list | tuple) else lift(one) for one in arrays]


def _of_list(listed: Sequence[Any]) -> TracedArray:
    return stacked(_lifted(listed), 0)


def _place(axis: Any, rank: int) -> int:
    if type(axis) is not int or not -rank <= axis < rank:
        raise IllPosedError(f"there is no axis {axis} among {rank}")
    return axis % rank


def _shared_axes(arrays: Sequence[TracedArray], place: int) -> tuple[Axis, ...]:
    """Return fresh axes for all but one place. Raises `IllPosedError` if the arrays have other shapes there."""
    first = arrays[0].dims
    for one in arrays:
        others = [(*dims[:place], *dims[place + 1 :]) for dims in (first, one.dims)]
        if len(one.dims) != len(first) or not same(*others):
            shapes = " and ".join(shape_text(each.dims) for each in arrays)
            raise IllPosedError(f"arrays of the shapes {shapes} are not put one behind the other")
    return axes_over((*first[:place], (), *first[place + 1 :]))


def joined(arrays: Sequence[TracedArray], axis: Any) -> TracedArray:
    """Return arrays one behind the other along an axis: `numpy.concatenate`."""
    place = _place(axis, arrays[0].ndim)
    axes = _shared_axes(arrays, place)
    kind = promoted([one.kind for one in arrays])
    if len(arrays) == 1:
        return TracedArray(arrays[0].value, kind)
    lengths = [one.dims[place] for one in arrays]
    if None not in [count(dims) for dims in lengths]:
        pieces = [piece for one in arrays for piece in _along(one.value, axes, place)]
        along = axes_over((dims_of(len(pieces)),))[0]
        entry = pieced(pieces, along)
    elif all(alike(lengths[0], dims) for dims in lengths):
        (across, inner) = axes_over((dims_of(len(arrays)), lengths[0]))
        there = (*axes[:place], inner, *axes[place + 1 :])
        entry = pieced([one.value.at(there) for one in arrays], across)
        along = (*across, *inner)
    else:
        told = " and ".join(shape_text((dims,)) for dims in lengths)
        raise IllPosedError(f"arrays of the lengths {told} one behind the other are over no declared size")
    return TracedArray(ArrayValue(entry, (*axes[:place], along, *axes[place + 1 :])), kind)


def _along(value: ArrayValue, axes: tuple[Axis, ...], place: int) -> list[Term]:
    """Return the entries of an array over other axes, at each position along the one at a place."""
    own = axes_over((value.shape[place],))[0]
    return entries_along(value.at((*axes[:place], own, *axes[place + 1 :])), own)


def stacked(arrays: Sequence[TracedArray], axis: Any) -> TracedArray:
    """Return arrays of one shape beside each other along a new axis: `numpy.stack`."""
    place = _place(axis, arrays[0].ndim + 1)
    return joined([TracedArray(expanded(one.value, place), one.kind) for one in arrays], place)


def _plain(**options: Any) -> None:
    """Raise `IllPosedError` if an option has another value than none."""
    given = [name for name, value in options.items() if value is not None]
    if given:
        raise IllPosedError(f"the option {given[0]} is not understood where arrays are put together")


@function("concatenate", "concat")
def _concatenate(arrays: Any, axis: Any = 0, out: Any = None, dtype: Any = None) -> TracedArray:
    _plain(out=out, dtype=dtype)
    if axis is None:
        return joined([FUNCTIONS["ravel"](one) for one in _lifted(arrays)], 0)
    return joined(_lifted(arrays), axis)


@function("stack")
def _stack(arrays: Any, axis: Any = 0, out: Any = None, dtype: Any = None) -> TracedArray:
    _plain(out=out, dtype=dtype)
    return stacked(_lifted(arrays), axis)


@function("hstack")
def _hstack(tup: Any, *, dtype: Any = None) -> TracedArray:
    _plain(dtype=dtype)
    arrays = [FUNCTIONS["atleast_1d"](one) for one in _lifted(tup)]
    return joined(arrays, 0 if arrays[0].ndim == 1 else 1)


@function("vstack", "row_stack")
def _vstack(tup: Any, *, dtype: Any = None) -> TracedArray:
    _plain(dtype=dtype)
    arrays = [FUNCTIONS["atleast_1d"](one) for one in _lifted(tup)]
    return joined([FUNCTIONS["expand_dims"](one, 0) if one.ndim == 1 else one for one in arrays], 0)


@function("column_stack")
def _column_stack(tup: Any) -> TracedArray:
    arrays = [FUNCTIONS["atleast_1d"](one) for one in _lifted(tup)]
    return joined([FUNCTIONS["expand_dims"](one, 1) if one.ndim == 1 else one for one in arrays], 1)


def _sliced(array: TracedArray, place: int, item: Any) -> TracedArray:
    found: TracedArray = taken(array, (*[slice(None)] * place, item))
    return found


@function("split")
def _split(ary: Any, indices_or_sections: Any, axis: Any = 0) -> list[TracedArray]:
    array, parts = lift(ary), indices_or_sections
    place = _place(axis, array.ndim)
    length = count(array.dims[place])
    if isinstance(parts, Length) and parts.known is not None:
        parts = parts.known
    if type(parts) is int and length is None:
        return _split_across(array, place, parts)
    if length is None:
        raise IllPosedError("an axis of symbolic length is taken apart at numbers")
    if type(parts) is int:
        if parts < 1 or length % parts:
            raise IllPosedError(f"an axis of length {length} is split into {parts}")
        parts = list(range(length // parts, length, length // parts))
    ends = [None, *(one.__index__() for one in parts), None]
    return [_sliced(array, place, slice(*pair)) for pair in itertools.pairwise(ends)]


def _split_across(array: TracedArray, place: int, parts: int) -> list[TracedArray]:
    """Return equal parts of an axis that is over as many times a size."""
    value = array.value
    first, *rest = value.axes[place]
    if count((first.dim,)) != parts:
        raise IllPosedError(
            f"an axis of length {shape_text((array.dims[place],))} cannot be shown to go into {parts} parts"
        )
    axes = (*value.axes[:place], tuple(rest), *value.axes[place + 1 :])
    return [array.sharing(ArrayValue(entry, axes)) for entry in entries_along(value.entry, (first,))]


@function("hsplit")
def _hsplit(ary: Any, indices_or_sections: Any) -> Any:
    return _split(ary, indices_or_sections, 0 if lift(ary).ndim == 1 else 1)


@function("vsplit")
def _vsplit(ary: Any, indices_or_sections: Any) -> Any:
    return _split(ary, indices_or_sections, 0)


@function("diff")
def _diff(a: Any, n: int = 1, axis: Any = -1) -> TracedArray:
    array = lift(a)
    if array.kind == "bool" or n != 1:
        raise IllPosedError("diff is understood of numbers, once")
    place = _place(axis, array.ndim)
    later, earlier = (_sliced(array, place, slice(*ends)) for ends in ((1, None), (None, -1)))
    return later - earlier  # type: ignore[no-any-return]


@function("roll")
def _roll(a: Any, shift: Any, axis: Any = None) -> TracedArray:
    array = lift(a)
    if axis is None and array.ndim != 1:
        raise IllPosedError("roll is understood along an axis")
    place = _place(0 if axis is None else axis, array.ndim)
    value = array.value
    length = count(array.dims[place])
    if length is None or type(shift) is not int:
        raise IllPosedError("roll is understood by a number of places, along an axis of known length")
    entries = entries_along(value.entry, value.axes[place])
    turned = [entries[(k - shift) % length] for k in range(length)]
    return TracedArray(ArrayValue(pieced(turned, value.axes[place]), value.axes), array.kind)


@function("flip")
def _flip(m: Any, axis: Any = None) -> Any:
    if isinstance(m, Turned):
        return m[
            tuple(slice(None, None, -1 if axis is None or k == axis % m.ndim else 1) for k in range(m.ndim))
        ]
    array = lift(m)
    gone = range(array.ndim) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    places = {_place(one, array.ndim) for one in gone}
    return taken(array, tuple(slice(None, None, -1 if k in places else 1) for k in range(array.ndim)))


@function("array")
def _array(a: Any, dtype: Any = None, *, copy: Any = True, order: Any = None, subok: bool = False) -> Any:
    if isinstance(a, TracedLabels):
        return a.astype(dtype) if dtype is not None else a
    return cast(_of_list(a) if isinstance(a, list | tuple) else lift(a), dtype, copy=copy)


@function("ascontiguousarray")
def _contiguous(a: Any, dtype: Any = None) -> Any:
    return _array(a, dtype, copy=None)


@function("asarray", "asanyarray")
def _asarray(a: Any, dtype: Any = None, order: Any = None, copy: Any = None) -> Any:
    if isinstance(a, TracedArray) and not copy and dtype is None and order is None:
        return a
    return _array(a, dtype, copy=copy)
