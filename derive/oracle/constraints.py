"""The hypotheses and declarations at concrete sizes: conditions to hold, and equations to solve. It chooses nothing."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from flint import fmpq

from derive.oracle.ground import EntryKey, Indices, Program
from derive.oracle.quantities import exact_power
from derive.terms import Context, Index, Relation, Variable, free_indices

Affine: TypeAlias = tuple[fmpq, dict[EntryKey, fmpq]]
"""A constant and the coefficients, none 0, of entries."""


@dataclass(frozen=True, slots=True)
class Restriction:
    """A comparison of two nodes."""

    relation: Relation
    left: int
    right: int


@dataclass(frozen=True, slots=True)
class Constraints:
    """What a point must satisfy. `rows` are the one-hot rows; the others' bounds are among the conditions."""

    entries: tuple[EntryKey, ...]
    equations: tuple[Restriction, ...]
    others: tuple[Restriction, ...]
    onehot: tuple[tuple[EntryKey, ...], ...]


def constraints(program: Program, variables: tuple[Variable, ...], context: Context) -> Constraints:
    """Return the constraints on the entries of these variables; hypotheses hold for all their local indices."""
    entries: list[EntryKey] = []
    conditions: list[Restriction] = []
    onehot: list[tuple[EntryKey, ...]] = []
    for variable in variables:
        keys = list(positions(variable, program.sizes))
        entries += keys
        conditions += _declared(program, variable, keys)
        if variable.kind != "real":
            for row in _rows(keys):
                if variable.hot:
                    onehot.append(row)
                total = program.node("add", [program.entry(key) for key in row])
                conditions.append(Restriction(Relation.EQUAL, total, program.number(1)))
    for hypothesis in context.hypotheses:
        for indices in assignments(free_indices(hypothesis.condition), program):
            left, right = program.compare(hypothesis.condition, indices)
            conditions.append(Restriction(hypothesis.condition.relation, left, right))
    equations = tuple(dict.fromkeys(c for c in conditions if c.relation == Relation.EQUAL))
    others = tuple(dict.fromkeys(c for c in conditions if c.relation != Relation.EQUAL))
    return Constraints(tuple(entries), equations, others, tuple(onehot))


def positions(variable: Variable, sizes: Mapping[str, int]) -> Iterator[EntryKey]:
    """Yield the entries of a variable, row by row."""
    for at in itertools.product(*(range(1, sizes[dim] + 1) for dim in variable.dims)):
        yield variable.name, at


def assignments(indices: tuple[Index, ...], program: Program) -> Iterator[Indices]:
    """Yield every choice of values for the indices that are neither positions nor labels."""
    local = [i for i in indices if not isinstance(i.name, int) and i.name not in program.labels]
    for choice in itertools.product(*(range(1, program.sizes[i.dim] + 1) for i in local)):
        yield {index.name: k for index, k in zip(local, choice, strict=True)}


def _rows(keys: list[EntryKey]) -> Iterator[tuple[EntryKey, ...]]:
    for _, row in itertools.groupby(keys, key=lambda key: key[1][:-1]):
        yield tuple(row)


def _declared(program: Program, variable: Variable, keys: list[EntryKey]) -> Iterator[Restriction]:
    for bound in variable.bounds:
        value = program.term(bound.value, {})
        for key in keys:
            yield Restriction(bound.relation, program.entry(key), value)
    if variable.kind == "simplex":
        for key in keys:
            yield Restriction(Relation.AT_LEAST, program.entry(key), program.number(0))


def affine(program: Program, node: int, known: Mapping[EntryKey, fmpq]) -> Affine | None:
    """Return a node as an affine function of the entries that are not known; `None` if it is not plainly one."""
    kind, arguments, data, _ = program.nodes[node]
    match kind:
        case "number":
            return data, {}
        case "entry":
            value = known.get(data)
            return (fmpq(0), {data: fmpq(1)}) if value is None else (value, {})
        case "defined":
            return affine(program, arguments[0], known)
        case "add":
            return _sum(program, arguments, known)
        case "multiply":
            return _product(program, arguments, known)
        case "power":
            return _power(program, arguments[0], data, known)
    return None


def _sum(program: Program, arguments: tuple[int, ...], known: Mapping[EntryKey, fmpq]) -> Affine | None:
    constant, slopes = fmpq(0), dict[EntryKey, fmpq]()
    for argument in arguments:
        part = affine(program, argument, known)
        if part is None:
            return None
        constant += part[0]
        for key, slope in part[1].items():
            slopes[key] = slopes.get(key, fmpq(0)) + slope
    return constant, {key: slope for key, slope in slopes.items() if slope != 0}


def _product(program: Program, arguments: tuple[int, ...], known: Mapping[EntryKey, fmpq]) -> Affine | None:
    factor, rest = fmpq(1), None
    for argument in arguments:
        part = affine(program, argument, known)
        if part is None:
            return None
        if not part[1]:
            factor *= part[0]
        elif rest is None:
            rest = part
        else:
            return None
    if rest is None or factor == 0:
        return factor if rest is None else fmpq(0), {}
    return factor * rest[0], {key: factor * slope for key, slope in rest[1].items()}


def _power(program: Program, base: int, exponent: int, known: Mapping[EntryKey, fmpq]) -> Affine | None:
    part = affine(program, base, known)
    if part is None or (exponent == 1 and part[1]):
        return part
    if exponent == 0:
        return fmpq(1), {}
    if part[1] or (exponent < 0 and part[0] == 0):
        return None
    whole = exact_power(part[0], exponent)
    return None if whole is None else (whole, {})


def eliminate(rows: list[Affine], last: Mapping[EntryKey, int]) -> dict[EntryKey, Affine] | None:
    """Return the pivots of a linear system `row = 0`, each as a function of free entries; `None` if it has no solution.

    In each row the entry with the greatest rank in `last` becomes the pivot.
    """
    solved: dict[EntryKey, Affine] = {}
    holders: dict[
        EntryKey, list[EntryKey]
    ] = {}  # of a free entry: the pivots that are functions of it, or were
    for row in rows:
        constant, slopes = substitute(row, solved)
        if not slopes:
            if constant != 0:
                return None
            continue
        pivot = max(slopes, key=lambda key: last[key])
        scale = -1 / slopes[pivot]
        form = constant * scale, {key: slope * scale for key, slope in slopes.items() if key != pivot}
        changed = [pivot, *holders.pop(pivot, ())]
        solved[pivot] = form
        solved |= {key: substitute(solved[key], {pivot: form}) for key in changed[1:]}
        for key in form[1]:
            holders.setdefault(key, []).extend(changed)
    return solved


def substitute(row: Affine, solved: Mapping[EntryKey, Affine]) -> Affine:
    """Return an affine function with the solved entries replaced."""
    constant, slopes = row
    if not any(key in solved for key in slopes):
        return row
    total = dict[EntryKey, fmpq]()
    for key, slope in slopes.items():
        inner = solved.get(key)
        if inner is None:
            total[key] = total.get(key, fmpq(0)) + slope
            continue
        constant += slope * inner[0]
        for other, part in inner[1].items():
            total[other] = total.get(other, fmpq(0)) + slope * part
    return constant, {key: slope for key, slope in total.items() if slope != 0}
