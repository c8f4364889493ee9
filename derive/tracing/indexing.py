"""What square brackets take from symbolic arrays, and what assigning through them puts there."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from derive.arrays.operations import bound
from derive.errors import IllPosedError
from derive.terms import ONE, Index, Term, add, delta, multiply, negate, rename, renamed
from derive.tracing.kinds import promoted
from derive.tracing.masks import masked
from derive.tracing.proxies import Length, Symbolic, TracedArray, TracedLabels, lift, refuse_operators
from derive.tracing.traces import current
from derive.tracing.values import (
    ArrayValue,
    Axis,
    Dims,
    aligned,
    axes_over,
    broadcast,
    chosen,
    entrywise,
    shape_text,
    under,
)

# Imported inside functions: the table of functions, in which what is selected is summed up.

_PART = "a slice of part of an axis of symbolic length is not understood; {} was asked for"


@dataclass(slots=True)
class Brackets:
    """What stands in square brackets, for an array of a given shape.

    `fixed` are indices of the array with the position that each is held at, `named` those at which labels stand.
    `axes` are those of the result, and `start` the place among them at which the axes of the labels, `across`, come.
    """

    fixed: dict[Index, Index] = field(default_factory=dict)
    named: list[tuple[Index, TracedLabels]] = field(default_factory=list)
    kept: list[Axis] = field(default_factory=list)
    start: int = 0
    across: tuple[Axis, ...] = ()

    @property
    def axes(self) -> tuple[Axis, ...]:
        """The axes of the result."""
        return (*self.kept[: self.start], *self.across, *self.kept[self.start :])

    @property
    def positions(self) -> dict[Index, Index]:
        """Where each index is held, over the axes `across`."""
        return self.fixed | {index: labels.over(self.across) for index, labels in self.named}


def read(key: Any, axes: Sequence[Axis]) -> Brackets:
    """Return what a key says for an array with these axes. Raises `IllPosedError` for what is not understood."""
    items = _complete(key if isinstance(key, tuple) else (key,), len(axes))
    found = Brackets()
    advanced: list[int] = []  # where in the brackets whole numbers and labels stand
    remaining = list(axes)
    for place, item in enumerate(items):
        if item is None:
            found.kept.append(())
            continue
        axis = remaining.pop(0)
        if isinstance(item, slice):
            _require_whole(item, axis)
            found.kept.append(axis)
            continue
        if not advanced:
            found.start = len(found.kept)
        advanced.append(place)
        if isinstance(item, TracedLabels):
            found.named.append((_single(axis, item), item))
        else:
            _hold(found, item, axis)
    if found.named:
        found.across = axes_over(aligned(*(labels.dims for _, labels in found.named)))
        if advanced != list(range(advanced[0], advanced[-1] + 1)):
            found.start = 0  # NumPy puts the axes of indices that do not stand side by side first
    return found


def _complete(items: tuple[Any, ...], rank: int) -> list[Any]:
    """Return the items of a key with an ellipsis, or what is left out at the end, written as slices."""
    given = sum(item is not None and item is not Ellipsis for item in items)
    dots = [place for place, item in enumerate(items) if item is Ellipsis]
    if given > rank or len(dots) > 1:
        raise IllPosedError(f"{given} indices are too many for {rank} axes")
    place = dots[0] if dots else len(items)
    return [*items[:place], *[slice(None)] * (rank - given), *items[place + 1 :]]


def _require_whole(item: slice, axis: Axis) -> None:
    dims = tuple(index.dim for index in axis)
    starts = item.start is None or (type(item.start) is int and item.start == 0)
    stop = item.stop
    ends = stop is None or (isinstance(stop, Length) and stop.dims == tuple(sorted(dims)))
    ends = ends or (not axis and type(stop) is int and stop >= 1)
    if not (starts and ends and item.step in (None, 1)):
        told = ":".join("" if one is None else str(one) for one in (item.start, stop))
        raise IllPosedError(_PART.format(f"[{told}]"))


def _single(axis: Axis, labels: TracedLabels) -> Index:
    if len(axis) != 1 or axis[0].dim != labels.dim:
        length = "*".join(index.dim for index in axis) or "1"
        raise IllPosedError(f"positions along {labels.dim} are used along an axis of length {length}")
    return axis[0]


def _hold(found: Brackets, item: Any, axis: Axis) -> None:
    """Note that an axis is held at a whole number."""
    if isinstance(item, TracedArray):
        raise IllPosedError(
            "an array is indexed by truth values together with something else, or by real numbers"
        )
    if isinstance(item, Symbolic) or not hasattr(item, "__index__") or isinstance(item, bool):
        raise IllPosedError(f"an array of symbolic shape is not indexed by {item!r}")
    number = item.__index__()
    if not axis and number in (0, -1):
        return
    if len(axis) != 1:
        raise IllPosedError("a single entry along an axis that was joined from several is not understood")
    size = current().size(axis[0].dim)
    if number < 0 and size.fixed is not None:
        number += size.fixed
    if number < 0 or (size.fixed is not None and number >= size.fixed):
        raise IllPosedError(f"{item} is no position along {size.name} that is the same for all sizes")
    found.fixed[axis[0]] = Index(number + 1, axis[0].dim)


def _is_mask(key: Any) -> bool:
    return isinstance(key, TracedArray) and key.kind == "bool"


# ---- taking


def taken(array: TracedArray, key: Any) -> Any:
    """Return what an array holds at a key; without labels in it, a view."""
    if _is_mask(key):
        return Selected(_over_whole(array, key), key.value, array.kind)
    value = array.value
    found = read(key, value.axes)
    there = ArrayValue(rename(value.entry, found.positions), found.axes)
    if found.named:
        return TracedArray(there, array.kind)
    view = array.sharing(there)
    view.part = array, there
    return view


def along(array: TracedArray, labels: TracedLabels, axis: int) -> TracedArray:
    """Return the entries at labels along one axis, all others as they are: `numpy.take_along_axis`."""
    across, _ = _places_along(array, labels, axis)
    place = axis % array.ndim
    at = [(labels.over(across),) if k == place else one for k, one in enumerate(across)]
    return TracedArray(ArrayValue(array.value.at(at), across), array.kind)


def put_along(
    array: TracedArray, labels: TracedLabels, new: Any, axis: int, *, add: bool = False
) -> TracedArray:
    """Write to an array at labels along one axis, or add to it, and return it: `numpy.put_along_axis`."""
    _, key = _places_along(array, labels, axis)
    if add:
        accumulated(array, key, new, 1)
    else:
        put(array, key, new)
    return array


def _places_along(
    array: TracedArray, labels: TracedLabels, axis: int
) -> tuple[tuple[Axis, ...], tuple[Any, ...]]:
    """Return axes for labels along an axis of an array, and the key of what stands there."""
    place = axis % array.ndim
    if not isinstance(labels, TracedLabels):
        raise IllPosedError("entries are taken along an axis at what is no array of labels")
    if len(labels.dims) != array.ndim or any(
        one != other for k, (one, other) in enumerate(zip(labels.dims, array.dims, strict=True)) if k != place
    ):
        raise IllPosedError(
            f"labels of the shape {shape_text(labels.dims)} are used along an axis of {shape_text(array.dims)}; "
            "they need its other axes"
        )
    _single(array.value.axes[place], labels)
    across = axes_over(labels.dims)
    here = TracedLabels(across, labels.over(across))
    return across, tuple(here if k == place else _all_along(across, k) for k in range(array.ndim))


def _all_along(across: tuple[Axis, ...], place: int) -> Any:
    if len(across[place]) > 1:
        raise IllPosedError("positions along an axis that was joined from several are not understood")
    return TracedLabels(across, across[place][0]) if across[place] else 0


def labels_taken(labels: TracedLabels, key: Any) -> TracedLabels:
    """Return labels at a key of slices, new axes and whole numbers."""
    found = read(key, labels.axes)
    if found.named:
        raise IllPosedError("labels are indexed by labels")
    return TracedLabels(found.axes, renamed(labels.position, found.fixed))


def _over_whole(array: TracedArray, mask: TracedArray) -> ArrayValue:
    if mask.dims != array.dims:
        shapes = f"{shape_text(mask.dims)} and the array {shape_text(array.dims)}"
        raise IllPosedError(f"the truth values that index an array have the shape {shapes}")
    return array.value


def is_minus_infinity(value: Any) -> bool:
    """Return whether a number of the code's is minus infinity."""
    return not isinstance(value, Symbolic) and isinstance(value, float) and value == -math.inf


class Selected(Symbolic):
    """The entries of an array at which truth values hold, in their order: how many these are is not known.

    It is calculated with by numbers and by what was selected by the same truth values, and summed up.
    """

    __slots__ = ("kind", "mask", "whole")

    def __init__(self, whole: ArrayValue, mask: ArrayValue, kind: Any) -> None:
        self.whole = whole
        self.mask = mask
        self.kind = kind

    def stands_for(self) -> type:
        """Return NumPy's type of arrays."""
        import numpy as np

        return np.ndarray

    def lifted(self) -> TracedArray:
        """Raise `IllPosedError`: it has no shape."""
        raise IllPosedError(
            "how many entries truth values select is not known, so this array has no shape; use np.where"
        )

    def filled(self, number: Term) -> ArrayValue:
        """Return the whole array with a number at the entries that are not selected."""
        return entrywise(lambda mask, entry: chosen(mask, entry, number), self.mask, self.whole)

    def sum(self, axis: Any = None, **keywords: Any) -> Any:
        """Return the sum of the selected entries."""
        from derive.tracing.operations import FUNCTIONS

        return FUNCTIONS["sum"](self, axis, **keywords)

    def mean(self, axis: Any = None, **keywords: Any) -> Any:
        """Return the mean of the selected entries, which has no value where there are none."""
        from derive.tracing.operations import FUNCTIONS

        return FUNCTIONS["mean"](self, axis, **keywords)


refuse_operators(Selected, "len iter getitem setitem delitem contains")


# ---- putting


def put(array: TracedArray, key: Any, new: Any) -> None:
    """Write to an array at a key."""
    if _is_mask(key):
        _put_selected(array, key, new)
        return
    if isinstance(new, TracedArray) and new.part is not None and array.written_through(new):
        _renew(array, key, *new.part)
    value = array.value
    found = read(key, value.axes)
    given = lift(new)
    shape = tuple(tuple(index.dim for index in axis) for axis in found.axes)
    fitting = broadcast(_shorn(given.value, shape), shape)
    solved = solved_positions(found.positions, found.across)
    entry = rename(under(fitting, found.axes), solved)
    conditions = [delta(renamed(position, solved), index) for index, position in found.positions.items()]
    array.assign(ArrayValue(_where_all(conditions, entry, value.entry), value.axes), given.kind)


def _renew(array: TracedArray, key: Any, whole: TracedArray, taken_there: ArrayValue) -> None:
    """Let `x[key] += 1` be what it is: Python takes a view, writes to that, and assigns it where it was taken."""
    if whole is array:
        array.renew()
        found = read(key, array.value.axes)
        there = ArrayValue(rename(array.value.entry, found.positions), found.axes)
        if there != taken_there:
            raise IllPosedError("a view that was written to is assigned elsewhere than where it was taken")


def _shorn(value: ArrayValue, shape: tuple[Dims, ...]) -> ArrayValue:
    """Return an array without leading axes of length 1, which NumPy leaves out where it writes."""
    while len(value.axes) > len(shape) and not value.axes[0]:
        value = ArrayValue(value.entry, value.axes[1:])
    return value


def solved_positions(positions: Mapping[Index, Index], across: Sequence[Axis]) -> dict[Index, Index]:
    """Return the indices of the axes of labels by those of the array: each entry is written to once at most.

    Raises:
        IllPosedError: positions may be the same.
    """
    solved: dict[Index, Index] = {}
    for index, position in positions.items():
        if any(position in axis for axis in across):
            solved.setdefault(position, index)
    if any(index not in solved for axis in across for index in axis):
        raise IllPosedError(
            "entries are written at positions that may be the same, so the last one counts; for sums there is np.add.at"
        )
    return solved


def _where_all(conditions: Sequence[Term], then: Term, otherwise: Term) -> Term:
    found = then
    for one in conditions:
        found = chosen(one, found, otherwise)
    return found


def _put_selected(array: TracedArray, mask: TracedArray, new: Any) -> None:
    old = _over_whole(array, mask)
    if is_minus_infinity(new):
        hiding = masked(old, mask.value)
        array.assign(hiding.value, array.kind, hiding.hidden)
        return
    if isinstance(new, Selected):
        if new.mask.at(mask.value.axes) != mask.value.entry:
            raise IllPosedError("what is written was selected by other truth values")
        given, kind = new.whole, new.kind
    else:
        lifted = lift(new)
        if any(lifted.dims):
            raise IllPosedError(
                "what is written where truth values hold is a number, or was selected by them"
            )
        given, kind = ArrayValue(lifted.value.entry), lifted.kind
    found = entrywise(chosen, mask.value, given, old)
    array.assign(ArrayValue(found.at(old.axes), old.axes), kind)


def accumulated(array: TracedArray, key: Any, new: Any, sign: int) -> None:
    """Add to an array at a key, as often as a position occurs: `numpy.add.at`."""
    value = array.value
    found = read(key, value.axes)
    given = lift(new)
    shape = tuple(tuple(index.dim for index in axis) for axis in found.axes)
    entry = under(broadcast(_shorn(given.value, shape), shape), found.axes)
    factors = [delta(position, index) for index, position in found.positions.items()]
    summed = [index for axis in found.across for index in axis]
    part = bound("sum", multiply(*(one for one in factors if one != ONE), entry), summed)
    total: Term = add(value.entry, part if sign > 0 else negate(part))
    if array.kind == "bool":
        raise IllPosedError("numbers are added to an array of truth values")
    array.assign(ArrayValue(total, value.axes), promoted((array.kind, given.kind)))
