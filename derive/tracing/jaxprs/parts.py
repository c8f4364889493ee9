"""JAX's primitives that take, write and turn parts of axes of known length: rows of the table."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from jax import export

from derive.errors import IllPosedError
from derive.terms import Number, Term
from derive.terms.nodes import Add, Multiply
from derive.tracing.indexing import accumulated, put, taken
from derive.tracing.jaxprs.table import (
    MANY,
    PRIMITIVES,
    JaxValue,
    Parameters,
    PrimitiveRule,
    length_of,
    primitive,
    real,
    sizes_of,
    value_of,
)
from derive.tracing.known import alike, count, entries_along, settled
from derive.tracing.operations.joining import stacked
from derive.tracing.operations.table import FUNCTIONS
from derive.tracing.positions import Turned
from derive.tracing.proxies.arrays import TracedArray
from derive.tracing.values import ArrayValue


def whole_number(node: Term) -> int | None:
    """Return the whole number that a term of numbers is, as indices are calculated."""
    match settled(node):
        case Number(value) if value.denominator == 1:
            return int(value)
        case Add(terms):
            found = [whole_number(one) for one in terms]
            return None if None in found else sum(one for one in found if one is not None)
        case Multiply(factors):
            found = [whole_number(one) for one in factors]
            return None if None in found else math.prod(one for one in found if one is not None)
    return None


def numbers_at(indices: JaxValue) -> list[int] | None:
    """Return the numbers at which a part of an array begins, if they are numbers: one for each of some axes."""
    if not isinstance(indices, ArrayValue) or len(indices.axes) != 1:
        return None
    found = [whole_number(entry) for entry in entries_along(indices.entry, indices.axes[0])]
    return None if None in found else [one for one in found if one is not None]


def rows_of_numbers(indices: JaxValue) -> list[ArrayValue] | None:
    """Return the rows of a matrix of numbers of known length, if it is one: where several parts of an array begin."""
    if not isinstance(indices, ArrayValue) or len(indices.axes) != 2 or count(indices.shape[0]) is None:
        return None
    rows = [ArrayValue(entry, indices.axes[1:]) for entry in entries_along(indices.entry, indices.axes[0])]
    return None if any(numbers_at(row) is None for row in rows) else rows


def key_at(
    value: ArrayValue, starts: Mapping[int, int], lengths: Sequence[Any], gone: Sequence[int]
) -> tuple[Any, ...]:
    """Return the part of an array that begins at numbers, with these lengths, as a key in brackets."""
    key: list[Any] = []
    for place, (axis, length) in enumerate(zip(value.axes, lengths, strict=True)):
        dims, wanted = tuple(index.dim for index in axis), sizes_of(length)
        start, whole = starts.get(place, 0), count(dims)
        if place in gone:
            if wanted:
                raise IllPosedError("an axis is left out that has not the length 1")
            if not 0 <= start < (whole or start + 1):
                raise IllPosedError(f"an entry at {start} is taken, beyond the end of its axis")
            key.append(start)
        elif start == 0 and alike(dims, wanted):
            key.append(slice(None))
        else:
            stop = start + (count(wanted) or 0)
            if start < 0 or whole is None or stop > whole or stop == start:
                raise IllPosedError("a part of an axis of symbolic length is taken, or one beyond its end")
            key.append(slice(start, stop))
    return tuple(key)


def written_at(
    parameters: Parameters, value: ArrayValue, indices: JaxValue, updates: JaxValue, *, add: bool
) -> JaxValue:
    """Return an array with a part of it, which begins at numbers, written or added to."""
    numbers, new = parameters["dimension_numbers"], real(updates)
    starts = dict(zip(numbers.scatter_dims_to_operand_dims, numbers_at(indices) or (), strict=True))
    waiting = iter(new.shape)
    lengths = [
        1 if place in numbers.inserted_window_dims else length_of(next(waiting))
        for place in range(len(value.axes))
    ]
    found = TracedArray(value)
    key = key_at(value, starts, lengths, numbers.inserted_window_dims)
    if add:
        accumulated(found, key, TracedArray(new), 1)
    else:
        put(found, key, TracedArray(new))
    return found.value


@primitive("slice")
def _sliced(parameters: Parameters, x: JaxValue) -> JaxValue:
    value = real(x)
    starts, ends = parameters["start_indices"], parameters["limit_indices"]
    strides = parameters["strides"] or (1,) * len(starts)
    key: list[slice] = []
    for axis, start, end, stride in zip(value.axes, starts, ends, strides, strict=True):
        dims = tuple(index.dim for index in axis)
        if not export.is_symbolic_dim(start) and start == 0 and stride == 1 and alike(dims, sizes_of(end)):
            key.append(slice(None))
        elif any(export.is_symbolic_dim(one) for one in (start, end, stride)):
            raise IllPosedError("a part of an axis of symbolic length is taken")
        else:
            key.append(slice(int(start), int(end), int(stride)))
    return value_of(taken(TracedArray(value), tuple(key)))


@primitive("dynamic_slice")
def _dynamic_slice(parameters: Parameters, x: JaxValue, *starts: JaxValue) -> JaxValue:
    value = real(x)
    given = [whole_number(real(one).entry) for one in starts]
    if None in given:
        raise IllPosedError("a part of an array is taken that begins at a symbolic value")
    known = {place: one for place, one in enumerate(given) if one is not None}
    return value_of(taken(TracedArray(value), key_at(value, known, parameters["slice_sizes"], ())))


@primitive("stack")
def _stacked(parameters: Parameters, *parts: JaxValue) -> JaxValue:
    return stacked([TracedArray(real(one)) for one in parts], int(parameters["axis"])).value


@primitive("rev")
def _reversed(parameters: Parameters, x: JaxValue) -> JaxValue:
    axes = tuple(map(int, parameters["dimensions"]))
    found = FUNCTIONS["flip"](
        x if isinstance(x, Turned) else TracedArray(real(x)), axes[0] if len(axes) == 1 else axes
    )
    return found if isinstance(found, Turned) else value_of(found)


def _running_total(name: str) -> PrimitiveRule:
    def rule(parameters: Parameters, x: JaxValue) -> JaxValue:
        axis = int(parameters["axis"])
        if not parameters["reverse"]:
            found = FUNCTIONS[name](x if isinstance(x, Turned) else TracedArray(real(x)), axis)
            return found if isinstance(found, Turned) else value_of(found)
        turned = FUNCTIONS["flip"](TracedArray(real(x)), axis)
        return value_of(FUNCTIONS["flip"](FUNCTIONS[name](turned, axis), axis))

    return rule


for _name in ("cumsum", "cumprod"):
    PRIMITIVES[_name] = _running_total(_name)


def _split(parameters: Parameters, x: JaxValue) -> list[JaxValue]:
    value, place = real(x), int(parameters["axis"])
    ends, total = [], 0
    for length in parameters["sizes"]:
        if export.is_symbolic_dim(length):
            return _split_equally(parameters, value, place)
        total += int(length)
        ends.append(total)
    return [value_of(one) for one in FUNCTIONS["split"](TracedArray(value), ends[:-1], place)]


def _split_equally(parameters: Parameters, value: ArrayValue, place: int) -> list[JaxValue]:
    sizes = parameters["sizes"]
    if any(sizes_of(one) != sizes_of(sizes[0]) for one in sizes):
        raise IllPosedError("an axis of symbolic length is split into parts of different lengths")
    return [value_of(one) for one in FUNCTIONS["split"](TracedArray(value), len(sizes), place)]


MANY["split"] = _split
