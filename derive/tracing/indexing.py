"""What square brackets take from symbolic arrays, and what assigning through them puts there."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from derive.errors import IllPosedError
from derive.terms import ONE, ZERO, Index, Term, add, delta, multiply, negate, rename, renamed
from derive.tracing.kinds import promoted
from derive.tracing.known import count, dims_of, entries_along, over, pieced, places_along, same, where_there
from derive.tracing.masks import masked
from derive.tracing.positions import TracedPlaces, Turned, turned_place
from derive.tracing.proxies.arrays import TracedArray, lift
from derive.tracing.proxies.labels import JoinedPositions, TracedLabels
from derive.tracing.proxies.lengths import Length
from derive.tracing.proxies.symbolic import Symbolic, refuse_operators
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


@dataclass(frozen=True, slots=True)
class SlicedPart:
    """A slice of an axis of known length: at which of its positions, from 0, and along which axis of the result."""

    whole: Axis
    positions: tuple[int, ...]
    axis: Axis

    def taken(self, entry: Term) -> Term:
        """Return an entry of the array as one of the result."""
        all_ = entries_along(entry, self.whole)
        return pieced([all_[place] for place in self.positions], self.axis)

    def put(self, entry: Term, otherwise: Term) -> Term:
        """Return an entry of the result as one of the array, which is another one at the other positions."""
        found, places = otherwise, list(places_along(self.whole))
        for place, one in zip(self.positions, entries_along(entry, self.axis), strict=True):
            found = where_there(places[place], one, found)
        return found


@dataclass(slots=True)
class Brackets:
    """What stands in square brackets, for an array of a given shape.

    `fixed` are indices of the array with the position that each is held at, `named` those at which labels stand,
    `parts` are slices of part of an axis, and `extremes` those among the labels that `argmax` gave.
    `axes` are those of the result, and `start` the place among them at which the axes of the labels, `across`, come.
    """

    fixed: dict[Index, Index] = field(default_factory=dict)
    named: list[tuple[Index, TracedLabels]] = field(default_factory=list)
    parts: list[SlicedPart] = field(default_factory=list)
    extremes: list[tuple[TracedPlaces, TracedLabels]] = field(default_factory=list)
    kept: list[Axis] = field(default_factory=list)
    start: int = 0
    across: tuple[Axis, ...] = ()

    @property
    def axes(self) -> tuple[Axis, ...]:
        """The axes of the result."""
        return (*self.kept[: self.start], *self.across, *self.kept[self.start :])

    def taken(self, entry: Term) -> Term:
        """Return an entry of the array as one of the result."""
        found = rename(entry, self.positions)
        for part in self.parts:
            found = part.taken(found)
        for places, labels in self.extremes:
            found = places.taken(found, labels, self.across)
        return found

    def conditions(self, solved: Mapping[Index, Index]) -> list[Term]:
        """Return what is 1 where the indices of the array are those that stand in the brackets, and else 0."""
        weights = {labels.position: places.weight(labels, self.across) for places, labels in self.extremes}
        return [
            rename(weights[position], {**solved, position: index})
            if position in weights
            else delta(renamed(position, solved), index)
            for index, position in self.positions.items()
        ]

    def put(self, entry: Term, otherwise: Term) -> Term:
        """Return an entry of the result, over the indices that slices leave, as one of the array."""
        for part in self.parts:
            entry = part.put(entry, otherwise)
        return entry

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
            found.kept.append(axis if _is_whole(item, axis) else _part(found, item, axis))
            continue
        if not advanced:
            found.start = len(found.kept)
        advanced.append(place)
        if isinstance(item, TracedLabels):
            found.named.append((_single(axis, item), item))
        elif isinstance(item, JoinedPositions):
            found.named += item.along(axis)
        elif isinstance(item, TracedPlaces):
            labels = item.labels()
            found.named.append((_single(axis, labels), labels))
            found.extremes.append((item, labels))
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


def _is_whole(item: slice, axis: Axis) -> bool:
    dims = tuple(index.dim for index in axis)
    starts = item.start is None or (type(item.start) is int and item.start == 0)
    stop = item.stop
    ends = stop is None or (isinstance(stop, Length) and stop.dims == tuple(sorted(dims)))
    return starts and ends and item.step in (None, 1)


def _part(found: Brackets, item: slice, axis: Axis) -> Axis:
    """Note a slice of an axis of known length, and return the axis that it leaves."""
    length = count(tuple(index.dim for index in axis))
    if length is None:
        told = ":".join("" if one is None else str(one) for one in (item.start, item.stop))
        raise IllPosedError(_PART.format(f"[{told}]"))
    given = [one if one is None else _whole_number(one) for one in (item.start, item.stop, item.step)]
    positions = tuple(range(length)[slice(*given)])
    if not positions:
        raise IllPosedError("a slice leaves nothing of an axis")
    if positions == tuple(range(length)):
        return axis
    left = axes_over((dims_of(len(positions)),))[0]
    found.parts.append(SlicedPart(axis, positions, left))
    return left


def _whole_number(one: Any) -> int:
    if isinstance(one, Symbolic) and not isinstance(one, Length):
        raise IllPosedError("an axis is sliced at a symbolic value")
    return int(one.__index__())


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
        return Selected(_over_whole(array, key), _over_rows(key, array), array.kind, key.ndim)
    value = array.value
    place = turned_place(key, len(value.axes))
    if place is not None and count(array.dims[place]) is None:
        return Turned(array.sharing(value), place)
    found = read(key, value.axes)
    there = ArrayValue(found.taken(value.entry), found.axes)
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
    if found.named or found.parts:
        raise IllPosedError("labels are indexed by labels, or by a slice of part of an axis")
    return TracedLabels(found.axes, renamed(labels.position, found.fixed))


def _over_whole(array: TracedArray, mask: TracedArray) -> ArrayValue:
    if not same(mask.dims, array.dims[: mask.ndim]):
        shapes = f"{shape_text(mask.dims)} and the array {shape_text(array.dims)}"
        raise IllPosedError(f"the truth values that index an array have the shape {shapes}")
    return array.value


def _over_rows(mask: TracedArray, array: TracedArray) -> ArrayValue:
    """Return truth values over all axes of an array, of which they index the first ones."""
    axes = (*mask.value.axes, *[()] * (array.ndim - mask.ndim))
    return broadcast(ArrayValue(mask.value.entry, axes), array.dims)


def is_minus_infinity(value: Any) -> bool:
    """Return whether a number of the code's is minus infinity."""
    return not isinstance(value, Symbolic) and isinstance(value, float) and value == -math.inf


class Selected(Symbolic):
    """The entries of an array at which truth values hold, in their order: how many these are is not known.

    Fewer truth values than the array has axes select along the first ones. It is calculated with by numbers and by
    what was selected by the same truth values, and summed up.
    """

    __slots__ = ("axes", "kind", "mask", "whole")

    def __init__(self, whole: ArrayValue, mask: ArrayValue, kind: Any, axes: int) -> None:
        self.axes = axes
        """How many of the axes the truth values have: they become one."""
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
        from derive.tracing.operations.table import FUNCTIONS

        return FUNCTIONS["sum"](self, axis, **keywords)

    def mean(self, axis: Any = None, **keywords: Any) -> Any:
        """Return the mean of the selected entries, which has no value where there are none."""
        from derive.tracing.operations.table import FUNCTIONS

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
    entry = rename(found.put(under(fitting, found.axes), value.entry), solved)
    array.assign(ArrayValue(_where_all(found.conditions(solved), entry, value.entry), value.axes), given.kind)


def _renew(array: TracedArray, key: Any, whole: TracedArray, taken_there: ArrayValue) -> None:
    """Let `x[key] += 1` be what it is: Python takes a view, writes to that, and assigns it where it was taken."""
    if whole is array:
        array.renew()
        found = read(key, array.value.axes)
        there = ArrayValue(found.taken(array.value.entry), found.axes)
        if there.shape != taken_there.shape or there.at(taken_there.axes) != taken_there.entry:
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
    old, where = _over_whole(array, mask), _over_rows(mask, array)
    if is_minus_infinity(new):
        hiding = masked(old, where)
        array.assign(hiding.value, array.kind, hiding.hidden)
        return
    if isinstance(new, Selected):
        if new.axes != mask.ndim or new.mask.shape != where.shape or new.mask.at(where.axes) != where.entry:
            raise IllPosedError("what is written was selected by other truth values")
        given, kind = new.whole, new.kind
    else:
        lifted = lift(new)
        if any(lifted.dims):
            raise IllPosedError(
                "what is written where truth values hold is a number, or was selected by them"
            )
        given, kind = ArrayValue(lifted.value.entry), lifted.kind
    found = entrywise(chosen, where, given, old)
    array.assign(ArrayValue(found.at(old.axes), old.axes), kind)


def accumulated(array: TracedArray, key: Any, new: Any, sign: int) -> None:
    """Add to an array at a key, as often as a position occurs: `numpy.add.at`."""
    value = array.value
    found = read(key, value.axes)
    given = lift(new)
    shape = tuple(tuple(index.dim for index in axis) for axis in found.axes)
    entry = found.put(under(broadcast(_shorn(given.value, shape), shape), found.axes), ZERO)
    factors = found.conditions({})
    summed = [index for axis in found.across for index in axis]
    part = over("sum", multiply(*(one for one in factors if one != ONE), entry), summed)
    total: Term = add(value.entry, part if sign > 0 else negate(part))
    if array.kind == "bool":
        raise IllPosedError("numbers are added to an array of truth values")
    array.assign(ArrayValue(total, value.axes), promoted((array.kind, given.kind)))
