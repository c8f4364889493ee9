"""Terms in floating point at one point: each part once, for all values of the indices that are bound around it.

Candidates for a mistake differ in little, and what is the same in them is computed once. What has no value as it is
typed is no number; what is not computed here, or is too large, raises an error. The oracle's programs, which write
sums out, take two to five times as long to be made as these tables take to be computed.
"""

from __future__ import annotations

import itertools
import math
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias

from derive.kernel.differentiation import Resolver
from derive.terms import (
    Add,
    Apply,
    Before,
    Big,
    Binder,
    Compare,
    Constant,
    Context,
    Delta,
    Derivative,
    Entry,
    Index,
    Multiply,
    Number,
    Power,
    SizeNumber,
    Term,
    Where,
    free_indices,
)
from derive.terms.functions import expansion

TOLERANCE = 1e-6
MAX_ENTRIES = 20_000

Places: TypeAlias = Mapping[Index, int]
Tabulation: TypeAlias = tuple[tuple[Index, ...], list[float]]
"""The indices that a value depends on, and the values for all of theirs, those of the last one side by side."""
FloatValues: TypeAlias = Mapping[tuple[str, tuple[int, ...]], float]

_FUNCTIONS: dict[str, Callable[[float], float]] = {
    "exp": math.exp, "log": math.log, "sin": math.sin, "cos": math.cos, "asin": math.asin, "atan": math.atan,
    "erf": math.erf, "gamma": math.gamma, "lgamma": math.lgamma,
}  # fmt: skip
RELATIONS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
    "=": lambda a, b: abs(a - b) < TOLERANCE, "!=": lambda a, b: abs(a - b) >= TOLERANCE,
}  # fmt: skip
_NO_VALUE = (
    ValueError,
    ZeroDivisionError,
)  # of which what is typed has none either; too large is something else


class UnknownError(Exception):
    """A value that is not computed here."""


class Tables:
    """The values of terms at one point, kept as long as this is."""

    def __init__(
        self, context: Context, sizes: Mapping[str, int], values: FloatValues, resolved: dict[Term, Term]
    ) -> None:
        self.context, self.sizes, self.values, self.resolved = context, sizes, values, resolved
        self._resolver = Resolver(context)
        self._known: dict[tuple[int, ...], dict[tuple[Term, tuple[int | None, ...]], Tabulation]] = {}
        self._defined: dict[tuple[str, tuple[int, ...]], float] = {}
        self._spreads: dict[tuple[tuple[Index, ...], tuple[Index, ...]], list[int]] = {}
        self._here = self._known.setdefault((), {})
        self._labels: dict[Index, int] = {}

    def value(self, node: Term, places: Places) -> float:
        """Return the value of a term whose free indices, and labels, have these places; perhaps no number."""
        self._labels = {i: places[i] for i in self.context.labels.values() if i in places}
        self._here = self._known.setdefault(tuple(self._labels.values()), {})
        axes, entries = self._table(node, places)
        if axes:
            raise UnknownError
        return entries[0]

    def range(self, index: Index) -> range:
        """Return the places that an index runs over."""
        return range(1, self.sizes[index.dim] + 1)

    def _table(self, node: Term, places: Places) -> Tabulation:
        key = node, tuple(map(places.get, free_indices(node)))
        known = self._here.get(key)
        if known is None:
            known = self._here[key] = self._computed(node, places)
        return known

    def _computed(self, node: Term, places: Places) -> Tabulation:
        match node:
            case Number(number):
                return (), [float(number)]
            case SizeNumber(name):
                return (), [float(self.sizes[name])]
            case Constant("pi"):
                return (), [math.pi]
            case Entry(name, indices):
                return self._at_each(indices, places, self._entry_of(name))
            case Delta(left, right):
                return self._at_each((left, right), places, lambda at: float(at[0] == at[1]))
            case Before(left, right):
                return self._at_each((left, right), places, lambda at: float(at[0] < at[1]))
            case Add(terms):
                return self._each(lambda row: sum(row), [self._table(t, places) for t in terms])
            case Multiply(factors):
                return self._product([self._table(f, places) for f in factors])
            case Power(base, exponent):
                return self._each(_power, [self._table(base, places), self._table(exponent, places)])
            case Where(condition, then, otherwise):
                return self._where(condition, then, otherwise, places)
            case Apply():
                return self._apply(node, places)
            case Big(operation, binders, body):
                return self._big(operation, binders, body, places)
            case Derivative():
                return self._table(self._without_derivative(node), places)
        raise UnknownError

    def _without_derivative(self, node: Derivative) -> Term:
        found = self.resolved.get(node)
        if found is None:
            found = self.resolved[node] = self._resolver.resolve(node)
        return found

    def _entry_of(self, name: str) -> Callable[[tuple[int, ...]], float]:
        if name not in self.context.definitions:
            values = self.values
            return lambda at: values[name, at]
        return lambda at: self._defined_at(name, at)

    def _defined_at(self, name: str, at: tuple[int, ...]) -> float:
        key = name, (*at, *self._labels.values())
        found = self._defined.get(key)
        if found is None:
            definition = self.context.definitions[name]
            places = {**self._labels, **dict(zip(definition.parameters, at, strict=True))}
            axes, entries = self._table(definition.body, places)
            if axes:
                raise UnknownError
            found = self._defined[key] = entries[0]
        return found

    # indices

    def _axes(self, indices: Iterable[Index], places: Places) -> tuple[Index, ...]:
        return tuple(i for i in dict.fromkeys(indices) if not isinstance(i.name, int) and i not in places)

    def _at_each(
        self, indices: Sequence[Index], places: Places, value: Callable[[tuple[int, ...]], float]
    ) -> Tabulation:
        """Return the table of what depends on nothing but the places of some indices."""
        if any(index.at for index in indices):
            return self._at_labels(indices, places, value)
        axes = self._axes(indices, places)
        spots = [axes.index(i) if i in axes else -place_of(i, places) for i in indices]
        rows = itertools.product(*map(self.range, axes))
        return axes, [value(tuple(row[s] if s >= 0 else -s for s in spots)) for row in rows]

    def _at_labels(
        self, indices: Sequence[Index], places: Places, value: Callable[[tuple[int, ...]], float]
    ) -> Tabulation:
        """Return such a table where labels of samples are among the indices."""
        axes = self._axes(tuple(letter for index in indices for letter in index.letters), places)

        def spot(index: Index, row: Mapping[Index, int]) -> int:
            if not index.at:
                return row[index] if index in row else place_of(index, places)
            at = tuple(spot(one, row) for one in index.at)
            return next(k for k in self.range(index) if self.values[str(index.name), (*at, k)] == 1)

        rows = (dict(zip(axes, row, strict=True)) for row in itertools.product(*map(self.range, axes)))
        return axes, [value(tuple(spot(index, row) for index in indices)) for row in rows]

    def _spread(self, table: Tabulation, axes: tuple[Index, ...]) -> list[float]:
        """Return the entries of a table for all values of more indices."""
        own, entries = table
        if own == axes:
            return entries
        spread = self._spreads.get((own, axes))
        if spread is None:
            rows = itertools.product(*(range(self.sizes[i.dim]) for i in axes))
            steps = dict.fromkeys(axes, 0)
            step = 1
            for axis in reversed(own):
                steps[axis] = step
                step *= self.sizes[axis.dim]
            weights = tuple(steps.values())
            spread = self._spreads[own, axes] = [sum(map(operator.mul, row, weights)) for row in rows]
        return [entries[k] for k in spread]

    def _aligned(self, tables: Sequence[Tabulation]) -> tuple[tuple[Index, ...], list[list[float]]]:
        axes = tuple(dict.fromkeys(axis for own, _ in tables for axis in own))
        if math.prod(self.sizes[axis.dim] for axis in axes) > MAX_ENTRIES:
            raise UnknownError
        return axes, [self._spread(table, axes) for table in tables]

    def _each(
        self, function: Callable[[tuple[float, ...]], float], tables: Sequence[Tabulation]
    ) -> Tabulation:
        axes, columns = self._aligned(tables)
        return axes, [function(row) for row in zip(*columns, strict=True)]

    def _product(self, tables: Sequence[Tabulation]) -> Tabulation:
        axes, columns = self._aligned(tables)
        if len(columns) == 2:
            return axes, list(map(operator.mul, *columns))
        return axes, [math.prod(row) for row in zip(*columns, strict=True)]

    # operations

    def _where(self, condition: Compare, then: Term, otherwise: Term, places: Places) -> Tabulation:
        holds = RELATIONS[condition.relation]

        def choice(row: tuple[float, ...]) -> float:
            left, right, yes, no = row
            if math.isnan(left) or math.isnan(right):
                return math.nan
            return yes if holds(left, right) else no

        parts = (condition.left, condition.right, then, otherwise)
        return self._each(choice, [self._table(part, places) for part in parts])

    def _apply(self, node: Apply, places: Places) -> Tabulation:
        meaning = expansion(node)
        if meaning is not None:
            return self._table(meaning, places)
        function = _FUNCTIONS.get(node.function)
        if function is None or node.order:
            raise UnknownError

        def value(row: tuple[float, ...]) -> float:
            try:
                return function(*row)
            except _NO_VALUE:
                return math.nan

        return self._each(value, [self._table(argument, places) for argument in node.arguments])

    def _big(self, operation: str, binders: tuple[Binder, ...], body: Term, places: Places) -> Tabulation:
        inner = dict(places)
        for binder in binders:
            inner.pop(binder.index, None)
        if operation == "sum":
            factors = body.factors if isinstance(body, Multiply) else (body,)
            return self._sum(binders, [self._table(factor, inner) for factor in factors], inner)
        if operation == "mean" and len(binders) > 1:
            raise UnknownError
        table = self._table(body, inner)
        for binder in reversed(binders):
            table = self._over(binder, [table], inner, _BIG[operation])
        return table

    def _sum(self, binders: tuple[Binder, ...], factors: list[Tabulation], places: Places) -> Tabulation:
        """Return a sum over a product, summed over each index as soon as the factors with it are multiplied."""
        for binder in reversed(binders):
            inside = [table for table in factors if binder.index in table[0]]
            factors = [table for table in factors if binder.index not in table[0]]
            factors.append(self._over(binder, inside, places, sum))
        return self._product(factors)

    def _over(
        self,
        binder: Binder,
        factors: list[Tabulation],
        places: Places,
        operation: Callable[[list[float]], float],
    ) -> Tabulation:
        """Return what an operation makes of a product, at the places of an index that are not excluded."""
        size = self.sizes[binder.index.dim]
        apart = self._axes(binder.excluded, places)
        others = dict.fromkeys(axis for own, _ in factors for axis in own if axis != binder.index)
        axes = tuple(others | dict.fromkeys(apart))
        every: Tabulation = (
            (*axes, binder.index),
            [1.0] * math.prod(self.sizes[a.dim] for a in (*axes, binder.index)),
        )
        if len(every[1]) > MAX_ENTRIES:
            raise UnknownError
        entries = self._product([every, *factors])[1] if factors else every[1]
        rows = [entries[k : k + size] for k in range(0, len(entries), size)]
        if binder.excluded:
            around = itertools.product(*map(self.range, axes))
            fixed = {place_of(i, places) for i in binder.excluded if i not in apart}
            spots = [axes.index(i) for i in apart]
            rows = [
                [x for k, x in enumerate(row, 1) if k not in fixed and all(at[s] != k for s in spots)]
                for at, row in zip(around, rows, strict=True)
            ]
        return axes, list(map(operation, rows))


def _power(row: tuple[float, ...]) -> float:
    base, exponent = row
    try:
        value = base**exponent
    except _NO_VALUE:
        return math.nan
    return math.nan if isinstance(value, complex) else value


def _extreme(choose: Callable[[list[float]], float], entries: list[float]) -> float:
    return math.nan if not entries or any(map(math.isnan, entries)) else choose(entries)


_BIG: dict[str, Callable[[list[float]], float]] = {
    "prod": math.prod,
    "mean": lambda x: sum(x) / len(x) if x else math.nan,
    "max": lambda x: _extreme(max, x),
    "min": lambda x: _extreme(min, x),
}


def place_of(index: Index, places: Places) -> int:
    """Return the place of an index: its own number, or what was chosen for it."""
    return index.name if isinstance(index.name, int) else places[index]
