"""JAX's primitives that take and put entries at labels: rows of the table."""

from __future__ import annotations

from derive.errors import IllPosedError
from derive.terms import ONE, Index, Term, add, delta, multiply, rename, renamed
from derive.tracing.indexing import solved_positions, taken
from derive.tracing.jaxprs.parts import key_at, numbers_at, rows_of_numbers, written_at
from derive.tracing.jaxprs.table import Coordinates, JaxValue, Parameters, primitive, real, sizes_of, value_of
from derive.tracing.known import over
from derive.tracing.operations.joining import joined, stacked
from derive.tracing.proxies.arrays import TracedArray
from derive.tracing.proxies.labels import TracedLabels
from derive.tracing.values import ArrayValue, Axis, aligned, axes_over, chosen


@primitive("concatenate")
def _concatenated(parameters: Parameters, *parts: JaxValue) -> JaxValue:
    last = parameters["dimension"]
    columns = []
    for part in parts:
        if not isinstance(part, TracedLabels) or last != len(part.axes) - 1 or part.axes[last]:
            return joined([TracedArray(real(one)) for one in parts], int(last)).value
        columns.append(TracedLabels(part.axes[:last], part.position))
    return Coordinates(tuple(columns))


def _columns(indices: JaxValue) -> tuple[TracedLabels, ...]:
    if isinstance(indices, Coordinates):
        return indices.columns
    if isinstance(indices, TracedLabels) and indices.axes and not indices.axes[-1]:
        return (TracedLabels(indices.axes[:-1], indices.position),)
    raise IllPosedError("entries are taken at what is no array of labels")


@primitive("gather")
def _gathered(parameters: Parameters, x: JaxValue, indices: JaxValue) -> JaxValue:
    numbers = parameters["dimension_numbers"]
    starts = numbers_at(indices)
    if starts is not None:
        key = key_at(real(x), dict(zip(numbers.start_index_map, starts, strict=True)), parameters["slice_sizes"],
                   numbers.collapsed_slice_dims)  # fmt: skip
        return value_of(taken(TracedArray(real(x)), key))
    several = rows_of_numbers(indices)
    if several is not None:
        parts = [_gathered(parameters, x, one) for one in several]
        place = next(k for k in range(len(numbers.offset_dims) + 1) if k not in numbers.offset_dims)
        return stacked([TracedArray(real(one)) for one in parts], place).value
    value, columns = real(x), _columns(indices)
    across = axes_over(aligned(*(one.dims for one in columns)))
    at = dict(zip(numbers.start_index_map, (one.over(across) for one in columns), strict=True))
    along = dict(zip(numbers.operand_batching_dims, numbers.start_indices_batching_dims, strict=True))
    renaming: list[Axis] = []
    kept: list[Axis] = []
    for place, axis in enumerate(value.axes):
        if place in along:
            renaming.append(across[along[place]])
        elif place in at:
            if place not in numbers.collapsed_slice_dims or len(axis) != 1 or axis[0].dim != at[place].dim:
                raise IllPosedError("a part of an axis of symbolic length is taken")
            renaming.append((at[place],))
        elif sizes_of(parameters["slice_sizes"][place]) == tuple(index.dim for index in axis):
            renaming.append(axis)
            kept.append(axis)
        else:
            raise IllPosedError("a part of an axis of symbolic length is taken")
    waiting, offset = iter(across), iter(kept)
    rank = len(across) + len(kept)
    axes = tuple(next(offset) if place in numbers.offset_dims else next(waiting) for place in range(rank))
    return ArrayValue(value.at(renaming), axes)


@primitive("scatter-add", "scatter_add")
def _scattered_sum(parameters: Parameters, x: JaxValue, indices: JaxValue, updates: JaxValue) -> JaxValue:
    value = real(x)
    if numbers_at(indices) is not None:
        return written_at(parameters, value, indices, updates, add=True)
    entry, positions, across = _updates(parameters, value, indices, updates)
    factors = (delta(position, index) for index, position in positions.items())
    summed = [index for axis in across for index in axis]
    part = over("sum", multiply(*(one for one in factors if one != ONE), entry), summed)
    return ArrayValue(add(value.entry, part), value.axes)


@primitive("scatter")
def _scattered(parameters: Parameters, x: JaxValue, indices: JaxValue, updates: JaxValue) -> JaxValue:
    value = real(x)
    if numbers_at(indices) is not None:
        return written_at(parameters, value, indices, updates, add=False)
    entry, positions, across = _updates(parameters, value, indices, updates)
    solved = solved_positions(positions, across)
    found = rename(entry, solved)
    for index, position in positions.items():
        found = chosen(delta(renamed(position, solved), index), found, value.entry)
    return ArrayValue(found, value.axes)


def _updates(
    parameters: Parameters, value: ArrayValue, indices: JaxValue, updates: JaxValue
) -> tuple[Term, dict[Index, Index], tuple[Axis, ...]]:
    """Return what is written, over the axes of the array and those of the labels; where; and the latter axes."""
    numbers, columns, new = parameters["dimension_numbers"], _columns(indices), real(updates)
    across = list(axes_over(aligned(*(one.dims for one in columns))))
    for place, along in zip(
        numbers.operand_batching_dims, numbers.scatter_indices_batching_dims, strict=True
    ):
        across[along] = value.axes[place]
    held = {*numbers.inserted_window_dims, *numbers.operand_batching_dims}
    window = iter([axis for place, axis in enumerate(value.axes) if place not in held])
    batch = iter(across)
    axes = [
        next(window) if place in numbers.update_window_dims else next(batch) for place in range(len(new.axes))
    ]
    positions: dict[Index, Index] = {}
    for place, column in zip(numbers.scatter_dims_to_operand_dims, columns, strict=True):
        axis, position = value.axes[place], column.over(across)
        if place not in numbers.inserted_window_dims or len(axis) != 1 or axis[0].dim != position.dim:
            raise IllPosedError("a part of an axis of symbolic length is written")
        positions[axis[0]] = position
    free = tuple(axis for axis in across if axis not in value.axes)
    return new.at([one if old else () for one, old in zip(axes, new.axes, strict=True)]), positions, free
