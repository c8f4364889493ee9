"""A quick look in floating point at a few points, which spares the kernel the candidates that cannot be right.

It never decides anything: what it lets pass is still to be proved, and where it cannot compute it lets pass.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from derive.diagnosis.tables import RELATIONS, TOLERANCE, FloatValues, Places, Tables, UnknownError, place_of
from derive.errors import DeriveError
from derive.kernel.differentiation import resolve
from derive.limits import deadline
from derive.terms import (
    Big,
    Compare,
    Context,
    Entry,
    Equation,
    Index,
    IndexRelation,
    Number,
    Relation,
    Term,
    Variable,
    free_indices,
    walk,
)

SIZES = (3, 2, 4)
PLACES = 3

# How entries are drawn; a later way is tried if the hypotheses do not hold with an earlier one.
_DRAWS: tuple[Callable[[random.Random], float], ...] = (
    lambda r: r.uniform(-1.5, 1.5),
    lambda r: r.uniform(0.1, 0.9),
    lambda r: r.uniform(1.1, 2.5),
    lambda r: r.choice((0.0, 1.0)),
    lambda r: r.choice((-1.0, 1.0)),
)

_NO_VALUE = (UnknownError, ValueError, ZeroDivisionError, OverflowError, KeyError, DeriveError)

# Of arrays: where a norm or a difference is compared with a number, it is small at one point and large at another.
_SCALES = (1.0, 0.2, 0.2, 4.0)


KnownPoint: TypeAlias = tuple[Mapping[str, int], FloatValues]
"""A point that was found elsewhere: sizes, and the values of entries by name and place."""


class Screen:
    """Points of the context, drawn at random but always the same, as far as some are found that satisfy it.

    What is to explain a claim has a value wherever the claim has. Where none is found in this way, `spare` may be one:
    its zeros and ties are better left to exact arithmetic, so it comes last.
    """

    def __init__(
        self,
        equation: Equation,
        context: Context,
        claim: Equation | None = None,
        spare: KnownPoint | None = None,
    ) -> None:
        self.sample = self._spare = spare
        self.context, self.when = context, equation.when
        claim = claim or equation
        self.claim = claim.left, claim.right
        free = itertools.cycle(SIZES)
        self.sizes = {s.name: s.fixed or max(s.minimum, next(free)) for s in context.sizes.values()}
        self.random = random.Random(7)  # noqa: S311 - a point to look at, no secret
        self.values: dict[tuple[str, tuple[int, ...]], float] = {}
        self._places: dict[tuple[Index, ...], list[Places]] = {}
        self._resolved: dict[Term, Term] = {}
        self._undrawn = list(_SCALES)
        self._drawn: list[Tables] = []

    def points(self) -> Iterator[Tables]:
        """Yield the points, each drawn when it is first asked for."""
        yield from self._drawn
        while self._undrawn:
            if self._draw(self._undrawn.pop(0)):
                point = Tables(self.context, self.sizes, self.values, self._resolved)
                self._drawn.append(point)
                yield point
        if not self._drawn and self._spare is not None:
            sizes, values = self._spare
            self.sizes, self.values = dict(sizes), dict(values)
            self._spare = None
            if not self.context.labels and self._spare_is_one():
                self._drawn.append(Tables(self.context, self.sizes, self.values, self._resolved))
                yield from self._drawn

    def _spare_is_one(self) -> bool:
        try:
            return self._satisfied()
        except _NO_VALUE:
            return False

    def may_hold(self, equation: Equation) -> bool:
        """Return False only if the equation or inequality fails at one of the points.

        It fails too where one of its sides has no value and the claim has one.
        """
        deadline.check()
        try:
            return all(self._may_hold_at(point, equation) for point in self.points())
        except _NO_VALUE:
            return True

    def values_of(self, node: Term, equation: Equation) -> list[float] | None:
        """Return a term's values at the points, wherever an equation is looked at; `None` if they are not computed."""
        try:
            places = self._all_places(equation)
            return [point.value(node, place) for point in self.points() for place in places]
        except _NO_VALUE:
            return None

    def _may_hold_at(self, point: Tables, equation: Equation) -> bool:
        for places in self._all_places(equation):
            a, b = point.value(equation.left, places), point.value(equation.right, places)
            differ = abs(a - b) > TOLERANCE * (1 + abs(a) + abs(b))  # no number is no difference
            if differ and (1 if a > b else -1) not in equation.relation.signs:
                return False
            if math.isnan(a - b) and all(math.isfinite(point.value(side, places)) for side in self.claim):
                return False
        return True

    def _all_places(self, equation: Equation) -> list[Places]:
        sides = (equation.left, equation.right, *self.claim)
        used = (*(i for side in sides for i in free_indices(side)), *self.context.labels.values())
        indices = tuple(i for i in dict.fromkeys(used) if not isinstance(i.name, int))
        known = self._places.get(indices)
        if known is None:
            known = self._places[indices] = self._some_places(indices)
        return known

    def _some_places(self, indices: tuple[Index, ...]) -> list[Places]:
        choices = [dict(zip(indices, p, strict=True)) for p in itertools.product(*map(self._range, indices))]
        found = [c for c in choices if all(self._holds(r, c) for r in self.when)]
        found = [c for c in found if all(place_of(a, c) != place_of(b, c) for a, b in self.context.distinct)]
        if len(found) > PLACES:
            found = [found[0], *random.Random(7).sample(found[1:], PLACES - 1)]  # noqa: S311 - no secret: the same places every time
        return list(found)

    def _holds(self, relation: IndexRelation, places: Places) -> bool:
        return relation.holds(place_of(relation.left, places), place_of(relation.right, places))

    def _range(self, index: Index) -> range:
        return range(1, self.sizes[index.dim] + 1)

    # the point

    def _draw(self, scale: float) -> bool:
        restricted = {p.name for h in self.context.hypotheses for p in _entries(h.condition)}
        for draw in _DRAWS:
            for _ in range(4):
                self.values = {}
                try:
                    if all(
                        self._fill(v, draw if v.name in restricted else _DRAWS[0], scale)
                        for v in self.context.variables.values()
                    ):
                        self._adjust()
                        if self._satisfied():
                            return True
                except _NO_VALUE:
                    continue
        return False

    def _fill(self, variable: Variable, draw: Callable[[random.Random], float], scale: float) -> bool:
        if variable.dims and variable.kind == "real" and not variable.bounds:
            plain = draw
            draw = lambda r: scale * plain(r)  # noqa: E731 - as those of the table
        ranges = [range(1, self.sizes[dim] + 1) for dim in variable.dims]
        for row in itertools.product(*ranges[:-1]):
            keys = [(variable.name, (*row, k)) for k in (ranges[-1] if ranges else ())] or [
                (variable.name, ())
            ]
            drawn = [self._entry(variable, draw) for _ in keys]
            if variable.kind == "simplex":
                weights = [self.random.uniform(0.1, 1) for _ in keys]
                drawn = [w / sum(weights) for w in weights]
            elif variable.hot:
                hot = self.random.randrange(len(keys))
                drawn = [float(k == hot) for k in range(len(keys))]
            if None in drawn:
                return False
            self.values.update((k, v) for k, v in zip(keys, drawn, strict=True) if v is not None)
        return True

    def _entry(self, variable: Variable, draw: Callable[[random.Random], float]) -> float | None:
        plain = Tables(self.context, self.sizes, {}, {})
        bounds = [(b, plain.value(b.value, {})) for b in variable.bounds]
        for way in (draw, *_DRAWS[:3]):
            for _ in range(8):
                value = way(self.random)
                if all(RELATIONS[b.relation](value, bound) for b, bound in bounds):
                    return value
        return None

    def _adjust(self) -> None:
        """Make rows sum to a number, and arrays symmetric, where a hypothesis says so."""
        for hypothesis in self.context.hypotheses:
            match hypothesis.condition:
                case Compare(Relation.EQUAL, Big("sum", (binder,), Entry(name, indices)), Number(value)):
                    if indices and indices[-1] == binder.index:
                        self._normalise(name, float(value))
                case Compare(Relation.EQUAL, Entry(name, (i, j)), Entry(other, (k, l))) if (name, i, j) == (
                    other,
                    l,
                    k,
                ):
                    for key, here in list(self.values.items()):
                        if key[0] == name and key[1] < key[1][::-1]:
                            self.values[name, key[1][::-1]] = here

    def _normalise(self, name: str, whole: float) -> None:
        rows: dict[tuple[int, ...], float] = {}
        for (here, key), value in self.values.items():
            if here == name:
                rows[key[:-1]] = rows.get(key[:-1], 0) + value
        for here, key in list(self.values):
            if here == name:
                self.values[here, key] *= whole / rows[key[:-1]]

    def _satisfied(self) -> bool:
        here = Tables(self.context, self.sizes, self.values, {})
        for variable in self.context.variables.values():
            for (name, _), value in self.values.items():
                if name == variable.name and not all(
                    RELATIONS[b.relation](value, here.value(b.value, {})) for b in variable.bounds
                ):
                    return False
        for hypothesis in self.context.hypotheses:
            sides = [
                resolve(s, self.context) for s in (hypothesis.condition.left, hypothesis.condition.right)
            ]
            compare = Compare(hypothesis.condition.relation, *sides)
            local = [i for i in free_indices(compare) if not isinstance(i.name, int)]
            for places in itertools.product(*map(self._range, local)):
                at = dict(zip(local, places, strict=True))
                if not RELATIONS[compare.relation](
                    here.value(compare.left, at), here.value(compare.right, at)
                ):
                    return False
        return True


def _entries(compare: Compare) -> Iterator[Entry]:
    for side in (compare.left, compare.right):
        yield from (part for part in walk(side) if isinstance(part, Entry))
