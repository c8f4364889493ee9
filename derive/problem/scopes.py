"""The cases that a claim ranges over: choices of its sizes, and patterns of its free indices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from derive.terms import (
    Context,
    Equation,
    Index,
    IndexRelation,
    Size,
    SizeNumber,
    own_indices,
    unfold,
    walk,
)

Sizes = Mapping[str, int]
Pattern = tuple[IndexRelation, ...]
"""An equality pattern of the free indices: for each pair of one dimension, whether the two are equal."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """One pattern of the free indices at one choice of sizes."""

    sizes: Sizes
    pattern: Pattern


def sizes_of(equation: Equation, context: Context) -> dict[str, Size]:
    """Return the sizes that a claim depends on, by name, in the order of their declaration.

    A position such as the 2 of `x[2]` needs a size of at least that.
    """
    least: dict[str, int] = {}
    for side in (equation.left, equation.right):
        for node in walk(unfold(side, context.definitions)):
            if isinstance(node, SizeNumber):
                least.setdefault(node.name, 1)
            for index in own_indices(node):
                _need(index, least)
    for relation in equation.when:
        _need(relation.left, least)
        _need(relation.right, least)
    return {
        name: replace(size, minimum=max(size.minimum, least[name]))
        for name, size in context.sizes.items()
        if name in least
    }


def _need(index: Index, least: dict[str, int]) -> None:
    position = index.name if isinstance(index.name, int) else 1
    least[index.dim] = max(least.get(index.dim, 1), position)


def related(empty: Iterable[Configuration], relations: Iterable[tuple[str, str]]) -> list[Configuration]:
    """Return the cases whose sizes are as the relations say, each of two sizes, the first at most the second."""
    pairs = list(relations)
    return [
        case
        for case in empty
        if all(
            case.sizes.get(less, 0) <= case.sizes.get(more, case.sizes.get(less, 0)) for less, more in pairs
        )
    ]


def least_of(sizes: Mapping[str, Size], least: Sizes) -> dict[str, Size]:
    """Return sizes that run from what is at least needed for there to be anything to say."""
    return {
        name: replace(size, minimum=max(size.minimum, least.get(name, 1))) if size.fixed is None else size
        for name, size in sizes.items()
    }
