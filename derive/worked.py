"""What a diagnosis is about, worked in numbers at the counterexample; the oracle alone computes them."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import TYPE_CHECKING

from derive import oracle
from derive.errors import IllPosedError, LimitError
from derive.notation import Context, Derivative, Entry, Index, Term
from derive.report import Jacobian

if TYPE_CHECKING:
    from derive.mistakes.candidate import Through

MOST_ENTRIES = 64


def jacobian(through: Through, context: Context, point: oracle.Point) -> Jacobian | None:
    """Return the Jacobian of a chain rule at a point; `None` if it is too large or has no value somewhere."""
    variable = context.variables.get(through.by.name) or context.definitions.get(through.by.name)
    if variable is None:
        return None
    dims = [index.dim for index in through.by.indices]
    rows = _positions(through.entry.name, [index.dim for index in through.entry.indices], context, point)
    columns = _positions(through.by.name, dims, context, point)
    where = tuple(_position(index, point.indices) for index in through.by.indices)
    places: list[tuple[str | int | None, ...]] = [
        tuple(index.name for index in column.indices) for column in columns
    ]
    if not rows or len(rows) * len(columns) > MOST_ENTRIES or where not in places:
        return None
    here = columns[places.index(where)]
    try:
        values = [[_told(Derivative(row, (column,)), context, point) for column in columns] for row in rows]
        outer = [_told(Derivative(through.body, (row,)), context, point) for row in rows]
        products = [
            _told(Derivative(through.body, (row,)) * Derivative(row, (here,)), context, point) for row in rows
        ]
    except (LimitError, IllPosedError, _NoValueError):
        return None
    return Jacobian(
        str(through.body),
        tuple(map(str, rows)),
        tuple(map(str, columns)),
        tuple(map(tuple, values)),
        tuple(tuple(_used(through, row, column, point) for column in columns) for row in rows),
        columns.index(here),
        tuple(outer),
        tuple(products),
    )


class _NoValueError(Exception):
    """A number of the picture does not exist: there is no picture then."""


def _told(term: Term, context: Context, point: oracle.Point) -> str:
    text = oracle.told(term, context, point)
    if text is None:
        raise _NoValueError
    return text


def _positions(name: str, dims: list[str], context: Context, point: oracle.Point) -> list[Entry]:
    """Return all entries of an array, the last index running fastest."""
    sizes = [point.sizes.get(dim) or context.sizes[dim].fixed or 0 for dim in dims]
    ranges = (range(1, size + 1) for size in sizes)
    return [
        Entry(name, tuple(Index(k, dim) for k, dim in zip(at, dims, strict=True)))
        for at in itertools.product(*ranges)
    ]


def _position(index: Index, chosen: Mapping[str, int]) -> int | None:
    return index.name if isinstance(index.name, int) else chosen.get(index.name)


def _used(through: Through, row: Entry, column: Entry, point: oracle.Point) -> bool:
    """Return whether the mistaken formula looked at the derivative of this row by this column."""
    names = {one: at.name for one, at in zip(through.by.indices, column.indices, strict=True)}
    own = dict(zip(through.entry.indices, (index.name for index in row.indices), strict=True))
    on = all(own[index] == names.get(at, _position(at, point.indices)) for index, at in through.at)
    return on is not through.dropped


__all__ = ["jacobian"]
