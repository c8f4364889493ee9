"""Arrays some entries of which are minus infinity: what `exp` and `max` leave out, and nothing else is told of."""

from __future__ import annotations

from dataclasses import dataclass

from derive.errors import IllPosedError
from derive.terms import (
    MINUS_ONE,
    ZERO,
    Apply,
    Index,
    Relation,
    Term,
    add,
    index_condition,
    indicator,
    negate,
    rename,
)
from derive.tracing.known import settled
from derive.tracing.values import ArrayValue, aligned, axes_over, chosen, entrywise, places, reduced, under


@dataclass(frozen=True, slots=True)
class Masked:
    """An array that is minus infinity where `hidden`, of the same axes, is 1, and `value` where it is 0."""

    value: ArrayValue
    hidden: ArrayValue


def masked(value: ArrayValue, hidden: ArrayValue) -> Masked:
    """Return an array with entries hidden where truth values hold; both are broadcast together."""
    axes = axes_over(aligned(value.shape, hidden.shape))
    return Masked(ArrayValue(under(value, axes), axes), ArrayValue(under(hidden, axes), axes))


def plus(array: Masked, other: ArrayValue, sign: int = 1) -> Masked:
    """Return the sum or the difference with finite numbers."""
    value = entrywise(lambda a, b: add(a, b if sign > 0 else negate(b)), array.value, other)
    return masked(value, array.hidden)


def exponential(array: Masked) -> ArrayValue:
    """Return `exp` of every entry: 0 where it is hidden."""
    return entrywise(lambda hide, x: chosen(hide, ZERO, Apply("exp", (x,))), array.hidden, array.value)


def greatest(array: Masked, axis: object = None, keepdims: bool = False) -> ArrayValue:
    """Return the maximum of what is not hidden, along one axis, by an entry that is sure not to be.

    A hidden entry gives way to one less than that one, which is among the others anyway.

    Raises:
        IllPosedError: no entry is sure to be there.
    """
    gone = places(array.value, axis)
    along = [index for place in gone for index in array.value.axes[place]]
    others = [index for index in array.value.atoms if index not in along]
    if len(along) == 1:
        hidden = array.hidden.at(array.value.axes)
        for place in (*(one for one in others if one.dim == along[0].dim), Index(1, along[0].dim)):
            if settled(rename(hidden, {along[0]: place})) == ZERO:
                there = rename(array.value.entry, {along[0]: place})
                below = add(there, MINUS_ONE)  # so that what is hidden is never among the greatest
                filled = ArrayValue(chosen(hidden, below, array.value.entry), array.value.axes)
                return reduced("max", filled, axis, keepdims)
    raise IllPosedError("the maximum of a masked array is taken, where all entries may be masked")


def ordered(relation: Relation, left: Index, right: Index) -> Term:
    """Return 1 where two positions stand in an order, or are equal or not, else 0."""
    return settled(indicator(index_condition(relation, left, right)))
