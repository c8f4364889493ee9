"""Hypothesis strategies for whole points of a problem: sizes, labels, and an exact float for every entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from derive import oracle
from derive.oracle import Point
from derive.oracle.points import Place
from derive.terms import Big, Compare, Context, Entry, Number, Relation, Variable
from derive.testing.strategies import one_hot, scores, simplex_points

MOST = 4  # entries along each dimension
WIDEST = 50.0  # how far from its bounds an entry with bounds is drawn


@dataclass(frozen=True, slots=True)
class Drawn:
    """A point as floats and nested lists, by name, with the sizes and (from 1) the labels.

    `among` says of arrays of labels how many there are to choose from.
    """

    sizes: Mapping[str, int]
    labels: Mapping[str, int]
    values: Mapping[str, Any]
    among: Mapping[str, int]

    def point(self, indices: Mapping[str, int]) -> Point:
        """Return it as the oracle's, exactly, with the given free indices (from 1)."""
        values = {name: _exact(value, self.among.get(name)) for name, value in self.values.items()}
        return Point(self.sizes, {**self.labels, **indices}, values)


@st.composite
def points(draw: st.DrawFn, context: Context) -> Drawn:
    """Draw a point that satisfies the declarations and the hypotheses of a context, extreme scores among them.

    Arrays that a hypothesis `sum(c[j], j) = number` restricts are made to satisfy it; of all others the points
    that do not satisfy them are thrown away.
    """
    sizes = {}
    for size in context.sizes.values():
        least = size.minimum
        sizes[size.name] = size.fixed or draw(st.integers(least, max(least, MOST)))
    labels = {name: draw(st.integers(1, sizes[index.dim])) for name, index in context.labels.items()}
    totals = dict(_totals(context))
    values, among = {}, {}
    for name, variable in context.variables.items():
        shape = [sizes[dim] for dim in variable.dims]
        if variable.kind == "label":
            values[name], among[name] = _labels(draw, shape[:-1], shape[-1]), shape[-1]
            continue
        values[name] = _array(draw, variable, shape, totals.get(name), context)
    found = Drawn(sizes, labels, values, among)
    plain = found.point({})
    for hypothesis in context.hypotheses:
        assume(oracle.holds(hypothesis.condition, context, plain))
    for one, other in context.distinct:
        assume(found.labels.get(str(one.name)) != found.labels.get(str(other.name)))
    return found


def _labels(draw: st.DrawFn, shape: Sequence[int], most: int) -> Any:
    """Draw an array of labels, from 1: its last size is what they are positions along, and no axis of it."""
    if not shape:
        return draw(st.integers(1, most))
    return [_labels(draw, shape[1:], most) for _ in range(shape[0])]


def _totals(context: Context) -> list[tuple[str, Fraction]]:
    """Return the arrays of which a hypothesis says what their entries sum to along the last axis."""
    found = []
    for hypothesis in context.hypotheses:
        match hypothesis.condition:
            case Compare(Relation.EQUAL, Big("sum", (binder,), Entry(name, (*_, last))), Number(value)) if (
                last == binder.index
            ):
                found.append((name, value))
    return found


def _array(
    draw: st.DrawFn, variable: Variable, shape: Sequence[int], total: Fraction | None, context: Context
) -> Any:
    if len(shape) > 1:
        return [_array(draw, variable, shape[1:], total, context) for _ in range(shape[0])]
    length = shape[0] if shape else 1
    row = draw(_row(variable, length, total, context))
    return row if shape else row[0]


def _row(
    variable: Variable, length: int, total: Fraction | None, context: Context
) -> st.SearchStrategy[list[float]]:
    if variable.kind == "simplex":
        return simplex_points(length)
    if variable.hot:
        return one_hot(length)
    if variable.bounds and total is not None:
        inner = simplex_points(length, interior=True).map(lambda row: [float(total) * x for x in row])
        return inner.filter(lambda row: all(_within(x, variable, context) for x in row))
    if variable.bounds:
        entry = _bounded(variable, context)
        return st.lists(entry, min_size=length, max_size=length)
    if total is not None:
        free = st.lists(st.integers(-128, 128), min_size=length - 1, max_size=length - 1)
        whole = float(total)
        loose = free.map(lambda ks: [*(k / 64 for k in ks), whole - sum(ks) / 64])
        return st.one_of(simplex_points(length).map(lambda row: [whole * x for x in row]), loose)
    return scores(length)


def _ends(variable: Variable, context: Context) -> list[tuple[Relation, float]]:
    """Return the relation and the value of each bound. Raises `ValueError` for one that has no value."""
    found: list[tuple[Relation, float]] = []
    for bound in variable.bounds:
        at = oracle.evaluate(bound.value, context, Point())
        if at is None:
            raise ValueError(f"the bound {bound.value} of {variable.name} has no value")
        found.append((bound.relation, float(at.mid())))
    return found


def _sign(number: float, end: float) -> int:
    return (number > end) - (number < end)


def _within(number: float, variable: Variable, context: Context) -> bool:
    return all(relation.holds(_sign(number, end)) for relation, end in _ends(variable, context))


def _bounded(variable: Variable, context: Context) -> st.SearchStrategy[float]:
    ends = _ends(variable, context)
    low = max((end for relation, end in ends if relation.bounds_below), default=-WIDEST)
    high = min((end for relation, end in ends if relation.bounds_above), default=max(WIDEST, low + WIDEST))
    entry = st.floats(min(low, high), high, allow_subnormal=False)
    return entry.filter(lambda x: all(relation.holds(_sign(x, end)) for relation, end in ends))


def _exact(value: Any, among: int | None) -> Any:
    if isinstance(value, list):
        return tuple(_exact(one, among) for one in value)
    return Fraction(value) if among is None else Place(value, among)


def nested_get(array: Any, at: Sequence[int]) -> Any:
    """Return an entry of nested lists or of an array, at a position that counts from 1."""
    for k in at:
        array = array[k - 1]
    return array
