"""What a claim ranges over: its sizes, the values of its indices, and the variables that it needs. No mathematics."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from derive.problem.scopes import Configuration
from derive.terms import (
    Before,
    Context,
    Equation,
    Index,
    IndexRelation,
    SizeNumber,
    Term,
    UnknownValue,
    Variable,
    free_indices,
    names_of,
    own_indices,
    reachable,
)
from derive.terms.nodes import Apply

MOST_ASSIGNMENTS = 4096


Assignment: TypeAlias = dict[str | int, int]
"""The places of indices, from 1."""


@dataclass(frozen=True, slots=True)
class ClaimRange:
    """Everything over which a claim must hold: `indices` are its free indices and the labels in sight."""

    sizes: tuple[str, ...]
    least: dict[str, int]
    indices: tuple[Index, ...]
    variables: tuple[Variable, ...]
    functions: tuple[str, ...]
    unknown: tuple[str, ...]  # functions of several numbers or of arrays
    positions: bool
    letters: int  # how many indices, free and bound, occur: some claims fail only once they can all differ


@dataclass(frozen=True, slots=True)
class Block:
    """A case and the choices of indices that stand for it: the first in order, and others where they may differ."""

    case: Configuration
    among: int  # how many patterns there are at these sizes
    choices: tuple[dict[str | int, int], ...]


def range_of(equation: Equation, context: Context) -> ClaimRange:
    """Return what a claim ranges over, through its definitions and hypotheses."""
    sides: list[Term] = [equation.left, equation.right]
    for hypothesis in context.hypotheses:
        sides += (hypothesis.condition.left, hypothesis.condition.right)
    parts = list(reachable(sides, context.definitions))
    used = {name for part in parts for name in names_of(part)}
    variables = tuple(v for name, v in context.variables.items() if name in used)
    indices = _indices(equation, context, parts)
    least: dict[str, int] = {}
    seen: dict[str, None] = dict.fromkeys(dim for v in variables for dim in v.dims)
    letters: set[Index] = set(indices)
    for index in itertools.chain(indices, *(own_indices(part) for part in parts)):
        seen[index.dim] = None
        letters.add(index)
        if isinstance(index.name, int):
            least[index.dim] = max(least.get(index.dim, 1), index.name)
    seen.update(dict.fromkeys(part.name for part in parts if isinstance(part, SizeNumber)))
    positions = bool(least) or any(isinstance(part, Before) for part in parts)
    apart = [*equation.when, *(IndexRelation(left, right, False) for left, right in context.distinct)]
    known = dict.fromkeys((*indices, *itertools.chain.from_iterable(context.distinct)))
    for name in seen:
        least[name] = max(least.get(name, 1), context.sizes[name].minimum)
        least[name] = least_places(
            [i for i in known if not isinstance(i.name, int)], apart, name, least[name]
        )
    functions = dict.fromkeys(
        p.function for p in parts if isinstance(p, Apply) and p.function in context.functions
    )
    unknown = dict.fromkeys(p.name for p in parts if isinstance(p, UnknownValue))
    sizes = tuple(name for name in context.sizes if name in seen)
    return ClaimRange(
        sizes, least, indices, variables, tuple(functions), tuple(unknown), positions, len(letters)
    )


def _indices(equation: Equation, context: Context, parts: Sequence[Term]) -> tuple[Index, ...]:
    found = dict.fromkeys((*free_indices(equation.left), *free_indices(equation.right)))
    for relation in equation.when:
        found.update(dict.fromkeys((relation.left, relation.right)))
    inside = {index.name for part in parts for index in own_indices(part)}
    found.update((label, None) for name, label in context.labels.items() if name in inside)
    return tuple(index for index in found if not isinstance(index.name, int))


def blocks(equation: Equation, context: Context, scope: ClaimRange, sizes: dict[str, int]) -> list[Block]:
    """Return the equality patterns of the indices that are possible at these sizes and admitted."""
    relations = [
        *equation.when,
        *(IndexRelation(left, right, False) for left, right in context.distinct),
    ]
    pairs = [
        (left, right) for left, right in itertools.combinations(scope.indices, 2) if left.dim == right.dim
    ]
    found: dict[tuple[IndexRelation, ...], list[dict[str | int, int]]] = {}
    for choice in itertools.islice(_choices(scope.indices, relations, sizes, {}), MOST_ASSIGNMENTS):
        if _extends(choice, context, sizes):
            pattern = tuple(IndexRelation(a, b, choice[a.name] == choice[b.name]) for a, b in pairs)
            found.setdefault(pattern, []).append(choice)
    most = 8 if scope.positions else 1
    return [
        Block(Configuration(sizes, pattern), len(found), tuple(choices[:most]))
        for pattern, choices in found.items()
    ]


def _choices(
    indices: Sequence[Index], relations: Sequence[IndexRelation], sizes: Mapping[str, int], chosen: Assignment
) -> Iterator[Assignment]:
    """Yield the places of indices for which the relations hold; what breaks one is not gone into."""
    if not all(_holds(relation, chosen) for relation in relations):
        return
    if not indices:
        yield chosen
        return
    first, *rest = indices
    for place in range(1, sizes[first.dim] + 1):
        yield from _choices(rest, relations, sizes, {**chosen, first.name: place})


def least_places(indices: Sequence[Index], relations: Sequence[IndexRelation], dim: str, least: int) -> int:
    """Return how large a size has to be, from a least one, for indices that are said to differ to have places."""
    own = [index for index in indices if index.dim == dim]
    for size in range(least, len(own) + 1):
        if next(_choices(own, relations, {dim: size}, {}), None) is not None:
            return size
    return max(least, len(own)) if own and least <= len(own) else least


def _extends(choice: dict[str | int, int], context: Context, sizes: dict[str, int]) -> bool:
    """Return whether labels that the claim does not mention can be chosen as `distinct` says of them.

    They are in no pattern, but where two labels differ there are two places.
    """
    unmentioned = dict.fromkeys(
        i for pair in context.distinct for i in pair if not isinstance(i.name, int) and i.name not in choice
    )
    relations = [IndexRelation(left, right, False) for left, right in context.distinct]
    known: dict[str, int] = {}
    open_ = []
    for label in unmentioned:
        size = sizes.get(label.dim) or context.sizes[label.dim].fixed
        if size is None:  # of a size that is free, and not the claim's, there is always one more place
            relations = [r for r in relations if label not in (r.left, r.right)]
        else:
            known[label.dim] = size
            open_.append(label)
    return next(_choices(open_, relations, known, choice), None) is not None


def _holds(relation: IndexRelation, choice: dict[str | int, int]) -> bool:
    left, right = (
        index.name if isinstance(index.name, int) else choice.get(index.name)
        for index in (relation.left, relation.right)
    )
    # A label that the claim does not mention is left out of the patterns; see `_extends` for what is said of it.
    return left is None or right is None or relation.holds(left, right)
