"""Where along an axis the greatest or the least entry stands, and axes in reverse: what code does with the two."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from derive.errors import IllPosedError
from derive.terms import ONE, ZERO, Apply, Compare, Relation, Term, Where, indicator, multiply, rename
from derive.tracing.known import over
from derive.tracing.proxies.arrays import Positions, Shaped, TracedArray
from derive.tracing.proxies.labels import TracedLabels, of_other_sizes
from derive.tracing.proxies.symbolic import refuse_operators
from derive.tracing.values import ArrayValue, Axis, Dims, axes_over, reduced

# Imported inside functions: brackets and the tables of operations, which are made of these; and NumPy.

Extreme = Literal["max", "min"]


class TracedPlaces(Positions):
    """The positions of the greatest or the least entries along an axis: `numpy.argmax`.

    At ties NumPy takes the first, and this has no value, so that nothing is claimed there.
    """

    __slots__ = ("extreme", "place", "value")

    def __init__(self, value: ArrayValue, place: int, extreme: Extreme, axes: Sequence[Axis]) -> None:
        self.value = value
        self.place = place
        self.extreme: Extreme = extreme
        super().__init__(axes)

    def lifted(self) -> TracedArray:
        """Raise `IllPosedError`: positions are no numbers of a formula."""
        raise IllPosedError(f"positions that arg{self.extreme} gives are calculated with as numbers")

    def labels(self) -> TracedLabels:
        """Return them as labels at a position of its own, which `weight` says something of."""
        return TracedLabels(self.axes, axes_over(((self.value.axes[self.place][0].dim,),))[0][0])

    def entry(self, labels: TracedLabels, across: Sequence[Axis]) -> Term:
        """Return the entry of the array at labels of `labels`, over the axes to which they are broadcast."""
        last = across[len(across) - len(self.axes) :]
        of_other_sizes(self.axes, last)
        renaming = {
            old: new
            for before, after in zip(self.axes, last, strict=True)
            for old, new in zip(before, after if before else (), strict=True)
        }
        (along,) = self.value.axes[self.place]
        return rename(self.value.entry, {**renaming, along: labels.position})

    def weight(self, labels: TracedLabels, across: Sequence[Axis]) -> Term:
        """Return 1 where the extreme entry stands at the position, else 0; there is no value at ties."""
        entry = self.entry(labels, across)
        greatest = over(self.extreme, entry, [labels.position])
        is_greatest = indicator(Compare(Relation.EQUAL, entry, greatest))
        alone = Compare(Relation.EQUAL, over("sum", is_greatest, [labels.position]), ONE)
        return Where(alone, is_greatest, Apply("log", (ZERO,)))

    def taken(self, entry: Term, labels: TracedLabels, across: Sequence[Axis]) -> Term:
        """Return an entry at the position; of the array itself that is the extreme one."""
        if entry == self.entry(labels, across):
            return over(self.extreme, entry, [labels.position])
        return over("sum", multiply(self.weight(labels, across), entry), [labels.position])

    def __getitem__(self, key: Any) -> Any:
        from derive.tracing.indexing import read
        from derive.tracing.proxies.symbolic import performed

        def taken() -> TracedPlaces:
            found = read(key, self.axes)
            if found.named or found.parts or found.fixed:
                raise IllPosedError("of positions of extremes only new axes are taken")
            return TracedPlaces(self.value, self.place, self.extreme, found.axes)

        return performed(taken)

    def told(self) -> str:
        """Return what they are."""
        return f"positions that arg{self.extreme} gives"


refuse_operators(TracedPlaces, "iter contains setitem delitem")


def extreme_places(array: TracedArray, axis: Any, extreme: Extreme, keepdims: bool) -> TracedPlaces:
    """Return the positions of extremes along an axis. Raises `IllPosedError` if it is over no single size."""
    value = array.value
    if axis is None and array.ndim == 1:
        axis = 0
    if type(axis) is not int or not -array.ndim <= axis < array.ndim or len(value.axes[axis]) != 1:
        raise IllPosedError(f"arg{extreme} is understood along one axis over a declared size")
    if array.kind == "bool":
        raise IllPosedError(f"arg{extreme} of truth values is the first of many")
    place = axis % array.ndim
    left = reduced("sum", value, place, keepdims).axes
    return TracedPlaces(value, place, extreme, left)


class Turned(Shaped):
    """An array with an axis of symbolic length in reverse. It is added up in this order, and turned back."""

    __slots__ = ("array", "place")

    def __init__(self, array: TracedArray, place: int) -> None:
        self.array = array
        self.place = place

    @property
    def dims(self) -> tuple[Dims, ...]:
        """The length of each axis, as sizes."""
        return self.array.dims

    @property
    def dtype(self) -> Any:
        """The type of the entries, as NumPy has it."""
        return self.array.dtype

    def lifted(self) -> TracedArray:
        """Raise `IllPosedError`: which entry stands where is known of sums in this order alone."""
        raise IllPosedError("an axis of symbolic length is in reverse, and is not turned back")

    def cumsum(self, axis: Any = None, **keywords: Any) -> Any:
        """Return the sums from the end on."""
        from derive.tracing.operations.table import FUNCTIONS
        from derive.tracing.proxies.symbolic import performed

        return performed(lambda: FUNCTIONS["cumsum"](self, axis, **keywords))

    def __getitem__(self, key: Any) -> Any:
        from derive.tracing.proxies.symbolic import performed

        def back() -> TracedArray:
            if turned_place(key, self.ndim) != self.place:
                raise self.lifted_error()
            return self.array

        return performed(back)

    def lifted_error(self) -> IllPosedError:
        """Return the error that a part of it is asked for."""
        return IllPosedError("of an axis in reverse a part is taken; turn it back before")

    def told(self) -> str:
        """Return what it is."""
        return "a symbolic array in reverse"


refuse_operators(Turned, "iter contains setitem delitem")


def turned_place(key: Any, rank: int) -> int | None:
    """Return which axis a key asks for in reverse, if it asks for nothing else."""
    items = list(key) if isinstance(key, tuple) else [key]
    if Ellipsis in [one for one in items if one is Ellipsis]:
        place = next(k for k, one in enumerate(items) if one is Ellipsis)
        items[place : place + 1] = [slice(None)] * (rank - len(items) + 1)
    if len(items) > rank or not all(isinstance(one, slice) for one in items):
        return None
    if any(one.start is not None or one.stop is not None for one in items):
        return None
    steps = [one.step for one in items]
    turned = [k for k, step in enumerate(steps) if step == -1 and type(step) is int]
    whole = [k for k, step in enumerate(steps) if step is None or (type(step) is int and step == 1)]
    return turned[0] if len(turned) == 1 and len(turned) + len(whole) == len(steps) else None
