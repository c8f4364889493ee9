"""Random hypotheses: each with what makes a point satisfy it, and with the equation that it gives to rewriting."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import TypeAlias

from mpmath import mp

from derive.terms import (
    ONE,
    ZERO,
    Compare,
    Entry,
    Hypothesis,
    Index,
    Number,
    Relation,
    Term,
    Variable,
    multiply,
    total,
)
from tests.soundness.settings import Fact, Repair, Setting, Values


def suppose(setting: Setting, rng: random.Random) -> None:
    """Add one or two hypotheses that the setting's arrays admit."""
    chosen: list[Hypothesis] = []
    taken: set[str] = set()
    makers = list(HYPOTHESES)
    rng.shuffle(makers)
    wanted = 1 if rng.random() < 0.7 else 2
    for maker in makers:
        made = maker(setting, rng, taken)
        if made is not None:
            condition, repair, facts = made
            chosen.append(Hypothesis(condition))
            setting.repairs.append(repair)
            setting.facts += facts
            if len(chosen) == wanted:
                break
    setting.context = replace(setting.context, hypotheses=tuple(chosen))


Made: TypeAlias = "tuple[Compare, Repair, list[Fact]] | None"


def _arrays(setting: Setting, rank: int, taken: set[str], free: bool = True) -> list[Variable]:
    return [
        v
        for v in setting.context.variables.values()
        if len(v.dims) == rank and v.name not in taken and v.kind == "real" and not (free and v.bounds)
    ]


def _one(
    setting: Setting, rng: random.Random, rank: int, taken: set[str], free: bool = True
) -> Variable | None:
    found = _arrays(setting, rank, taken, free)
    if not found:
        return None
    chosen = rng.choice(found)
    taken.add(chosen.name)
    return chosen


def vector_sum(setting: Setting, rng: random.Random, taken: set[str]) -> Made:
    """`sum(x[j], j) = 1`, or another number."""
    v = _one(setting, rng, 1, taken)
    if v is None:
        return None
    j = Index("j", v.dims[0])
    aim = rng.choice((1, 1, 1, 0, 2))
    left, right = total(Entry(v.name, (j,)), j), Number(Fraction(aim))

    def repair(values: Values, sizes: Mapping[str, int], _: Mapping[str, int], __: random.Random) -> None:
        last = sizes[v.dims[0]]
        values[v.name, (last,)] = aim - sum((values[v.name, (k,)] for k in range(1, last)), mp.mpf(0))

    return Compare(Relation.EQUAL, left, right), repair, [Fact(left, right)]


def row_sums(setting: Setting, rng: random.Random, taken: set[str]) -> Made:
    """`sum(W[i,j], j) = 1` for every row."""
    v = _one(setting, rng, 2, taken)
    if v is None:
        return None
    i, j = Index("i", v.dims[0]), Index("j", v.dims[1])
    left = total(Entry(v.name, (i, j)), j)

    def repair(values: Values, sizes: Mapping[str, int], _: Mapping[str, int], __: random.Random) -> None:
        last = sizes[v.dims[1]]
        for row in range(1, sizes[v.dims[0]] + 1):
            rest = sum((values[v.name, (row, k)] for k in range(1, last)), mp.mpf(0))
            values[v.name, (row, last)] = 1 - rest

    return Compare(Relation.EQUAL, left, ONE), repair, [Fact(left, ONE)]


def symmetric(setting: Setting, rng: random.Random, taken: set[str]) -> Made:
    """`W[i,j] = W[j,i]`."""
    square = [v for v in _arrays(setting, 2, taken) if v.dims[0] == v.dims[1]]
    if not square:
        return None
    v = rng.choice(square)
    taken.add(v.name)
    i, j = Index("i", v.dims[0]), Index("j", v.dims[0])
    left, right = Entry(v.name, (i, j)), Entry(v.name, (j, i))

    def repair(values: Values, sizes: Mapping[str, int], _: Mapping[str, int], __: random.Random) -> None:
        for row in range(1, sizes[v.dims[0]] + 1):
            for column in range(1, row):
                values[v.name, (row, column)] = values[v.name, (column, row)]

    return Compare(Relation.EQUAL, left, right), repair, [Fact(left, right)]


def two_scalars(setting: Setting, rng: random.Random, taken: set[str]) -> Made:
    """An equation between two scalars."""
    if len(_arrays(setting, 0, taken)) < 2:
        return None
    first, second = _one(setting, rng, 0, taken), _one(setting, rng, 0, taken)
    if first is None or second is None:
        return None
    u, v = Entry(first.name), Entry(second.name)
    at_u, at_v = (first.name, ()), (second.name, ())
    kind = rng.randrange(7)
    half = mp.mpf(1) / 2

    def repair(values: Values, _: Mapping[str, int], __: Mapping[str, int], source: random.Random) -> None:
        if kind == 0:
            values[at_v] = values[at_u]
        elif kind == 1:
            values[source.choice((at_u, at_v))] = mp.mpf(0)
        elif kind == 2:
            values[at_u] = values[at_u] or half
            values[at_v] = 1 / values[at_u]
        elif kind == 3:
            t = values[at_u]
            values[at_u], values[at_v] = (1 - t * t) / (1 + t * t), 2 * t / (1 + t * t)
        elif kind == 4:
            values[at_v] = values[at_u] ** 2
        elif kind == 5:
            values[at_v] = values[at_u] * source.choice((1, -1))
        else:
            values[at_v] = 1 - 2 * values[at_u]

    left, right = (
        (u, v),
        (multiply(u, v), ZERO),
        (multiply(u, v), ONE),
        (u**2 + v**2, ONE),
        (v, u**2),
        (u**2, v**2),
        (2 * u + v, ONE),
    )[kind]
    return Compare(Relation.EQUAL, left, right), repair, [Fact(left, right)]


def comparison(setting: Setting, rng: random.Random, taken: set[str]) -> Made:
    """An inequality between scalars, or between an array's entries and a scalar or number."""
    first = _one(setting, rng, rng.choice((0, 1)), taken)
    if first is None:
        return None
    left: Term = Entry(first.name, tuple(Index("j", dim) for dim in first.dims))
    relation = rng.choice([one for one in Relation if one != Relation.EQUAL])
    second = _one(setting, rng, 0, taken)
    bound: Term = Number(Fraction(rng.choice((0, 0, 1, -1)))) if second is None else Entry(second.name)

    def repair(values: Values, sizes: Mapping[str, int], _: Mapping[str, int], source: random.Random) -> None:
        other = values[second.name, ()] if second is not None else bound.value  # type: ignore[attr-defined]
        aim = mp.mpf(getattr(other, "numerator", other)) if second is None else other
        for key in values:
            if key[0] == first.name:
                step = mp.mpf(source.choice((0, 1, 2, 3))) / 2
                step += mp.mpf(not relation.holds(0)) / 4
                values[key] = aim + (step if relation.holds(1) else -step)

    return Compare(relation, left, bound), repair, []


def at_label(setting: Setting, rng: random.Random, taken: set[str]) -> Made:
    """`x[t] > 0`, or `x[t] = 1/2`, for a label alone."""
    labels = list(setting.context.labels.values())
    fitting = [(v, t) for t in labels for v in _arrays(setting, 1, taken) if v.dims == (t.dim,)]
    if not fitting:
        return None
    v, label = rng.choice(fitting)
    taken.add(v.name)
    left = Entry(v.name, (label,))
    equal = rng.random() < 0.5

    def repair(
        values: Values, _: Mapping[str, int], places: Mapping[str, int], source: random.Random
    ) -> None:
        values[v.name, (places[str(label.name)],)] = (
            mp.mpf(1) / 2 if equal else mp.mpf(source.randint(1, 7)) / 4
        )

    if equal:
        right = Number(Fraction(1, 2))
        return Compare(Relation.EQUAL, left, right), repair, [Fact(left, right)]
    return Compare(Relation.GREATER, left, ZERO), repair, []


def squares(setting: Setting, rng: random.Random, taken: set[str]) -> Made:
    """`x[i]^2 = 1`, or `x[i]^2 = x[i]`."""
    v = _one(setting, rng, 1, taken)
    if v is None:
        return None
    entry = Entry(v.name, (Index("i", v.dims[0]),))
    signs = rng.random() < 0.5
    right: Term = ONE if signs else entry

    def repair(values: Values, _: Mapping[str, int], __: Mapping[str, int], source: random.Random) -> None:
        for key in values:
            if key[0] == v.name:
                values[key] = mp.mpf(source.choice((1, -1) if signs else (0, 1)))

    return Compare(Relation.EQUAL, entry**2, right), repair, [Fact(entry**2, right)]


def orthogonal(setting: Setting, rng: random.Random, taken: set[str]) -> Made:
    """`sum(x[j]*y[j], j) = 0`."""
    first = _one(setting, rng, 1, taken)
    if first is None:
        return None
    fitting = [v for v in _arrays(setting, 1, taken) if v.dims == first.dims]
    if not fitting:
        return None
    second = rng.choice(fitting)
    taken.add(second.name)
    j = Index("j", first.dims[0])
    left = total(multiply(Entry(first.name, (j,)), Entry(second.name, (j,))), j)

    def repair(values: Values, sizes: Mapping[str, int], _: Mapping[str, int], __: random.Random) -> None:
        last = sizes[first.dims[0]]
        rest = sum((values[first.name, (k,)] * values[second.name, (k,)] for k in range(1, last)), mp.mpf(0))
        if values[first.name, (last,)] == 0:
            values[first.name, (last,)] = mp.mpf(1)
        values[second.name, (last,)] = -rest / values[first.name, (last,)]

    return Compare(Relation.EQUAL, left, ZERO), repair, [Fact(left, ZERO)]


HYPOTHESES: tuple[Callable[[Setting, random.Random, set[str]], Made], ...] = (
    vector_sum,
    vector_sum,
    row_sums,
    symmetric,
    two_scalars,
    two_scalars,
    comparison,
    at_label,
    squares,
    orthogonal,
)
