"""What a diagnosis is about, worked in numbers at the counterexample; the oracle alone computes them."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from derive import oracle
from derive.errors import IllPosedError, LimitError
from derive.report.results import Jacobian
from derive.terms import Context, Derivative, Entry, Index, Term, free_indices, rename

if TYPE_CHECKING:
    from derive.diagnosis.candidate import Through

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
    found = _Entries(through, context, point)
    try:
        values = [[found.value(Derivative(row, (column,))) for column in columns] for row in rows]
        outer = [found.value(Derivative(through.body, (row,))) for row in rows]
        products = [found.value(Derivative(through.body, (row,)) * Derivative(row, (here,))) for row in rows]
        taken = [[found.taken(row, column) for column in columns] for row in rows]
        claimed = [found.claimed(row, here) for row in rows]
    except (LimitError, IllPosedError, _NoValueError):
        return None
    return Jacobian(
        through.body,
        tuple(rows),
        tuple(columns),
        tuple(map(tuple, values)),
        tuple(map(tuple, taken)),
        columns.index(here),
        tuple(outer),
        tuple(products),
        tuple(claimed),
    )


class _NoValueError(Exception):
    """A number of the picture does not exist: there is no picture then."""


@dataclass(frozen=True, slots=True)
class _Entries:
    """The entries of one Jacobian at one point, as they are and as a mistaken formula has them."""

    through: Through
    context: Context
    point: oracle.Point

    def value(self, term: Term) -> str:
        """Return the value of a term as text. Under a sum of the claim its index has no one value."""
        if any(isinstance(i.name, str) and i.name not in self.point.indices for i in free_indices(term)):
            raise _NoValueError
        text = oracle.format_value(term, self.context, self.point)
        if text is None:
            raise _NoValueError
        return text

    def taken(self, row: Entry, column: Entry) -> str | None:
        """Return what the mistaken formula has for the derivative of a row by a column, `None` for nothing."""
        return self.value(self._inner(row, column)) if self._used(row, column) else None

    def claimed(self, row: Entry, column: Entry) -> str | None:
        """Return what the mistaken formula adds for a row, `None` for nothing."""
        if not self._used(row, column):
            return None
        outer = self.through.outer
        return self.value(
            self._inner(row, column) * (Derivative(self.through.body, (row,)) if outer is None else outer)
        )

    def _inner(self, row: Entry, column: Entry) -> Term:
        if self.through.inner is None:
            return Derivative(row, (column,))
        pairs = (
            *zip(self.through.entry.indices, row.indices, strict=True),
            *zip(self.through.by.indices, column.indices, strict=True),
        )
        return rename(self.through.inner, dict(pairs))

    def _used(self, row: Entry, column: Entry) -> bool:
        """Tell whether the mistaken formula looked at the derivative of this row by this column."""
        names = {one: at.name for one, at in zip(self.through.by.indices, column.indices, strict=True)}
        own = dict(zip(self.through.entry.indices, (index.name for index in row.indices), strict=True))
        on = all(
            own[index] == names.get(at, _position(at, self.point.indices)) for index, at in self.through.at
        )
        return on is not self.through.dropped


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
