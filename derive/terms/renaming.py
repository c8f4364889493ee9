"""Indices under other names, without capture: in terms, in comparisons, and under binders around several of them.

Nothing else in the package gives an index of a term another name, so the question whether a bound index would
capture it is answered once: the bound index gives way.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TypeVar, overload

from derive.terms.contexts import Definition, IndexRelation
from derive.terms.nodes import (
    Big,
    Binder,
    Compare,
    Derivative,
    Entry,
    Index,
    IndexPair,
    MatrixFunction,
    Term,
    UnknownValue,
)
from derive.terms.traverse import free_indices, rebuild

Renaming = Mapping[Index, Index]
Part = TypeVar("Part", Term, Compare)


def renamed(index: Index, renaming: Renaming) -> Index:
    """Return an index under its new name, if it has one; of the label `y[a]` of a sample else the `a` has."""
    if index.at and index not in renaming:
        return replace(index, at=tuple(renamed(one, renaming) for one in index.at))
    return renaming.get(index, index)


@overload
def rename(node: Term, renaming: Renaming) -> Term: ...
@overload
def rename(node: Compare, renaming: Renaming) -> Compare: ...
def rename(node: Term | Compare, renaming: Renaming) -> Term | Compare:
    """Return a term or a comparison with free indices renamed, all at once; bound ones that would capture give way."""
    if isinstance(node, Compare):
        return node.changed(lambda side: rename(side, renaming))
    if not any(old.at for old in renaming) and renaming.keys().isdisjoint(free_indices(node)):
        return node
    match node:
        case Entry():
            return _entry(node, renaming)
        case IndexPair(left, right):
            return type(node)(renamed(left, renaming), renamed(right, renaming))
        case Big(operation, binders, body):
            binders, (body,) = rename_under(binders, (body,), renaming)
            return Big(operation, binders, body)
        case MatrixFunction(operation, matrix, at):
            binders, (body,) = rename_under(matrix.binders, (matrix.body,), renaming)
            places = tuple(renamed(index, renaming) for index in at)
            return MatrixFunction(operation, Big("array", binders, body), places)
        case UnknownValue(name, arguments, partials):
            by = tuple((k, tuple(renamed(index, renaming) for index in at)) for k, at in partials)
            return UnknownValue(name, tuple(rename(one, renaming) for one in arguments), by)
        case Derivative(body, variables):
            return Derivative(rename(body, renaming), tuple(_entry(v, renaming) for v in variables))
        case _:
            return rebuild(node, lambda child: rename(child, renaming))


def _entry(node: Entry, renaming: Renaming) -> Entry:
    return Entry(node.name, tuple(renamed(i, renaming) for i in node.indices))


def rename_under(
    binders: tuple[Binder, ...], parts: Iterable[Part], renaming: Renaming
) -> tuple[tuple[Binder, ...], tuple[Part, ...]]:
    """Return binders and what stands under them with free indices renamed; binders that would capture give way."""
    parts = tuple(parts)
    inner: dict[Index, Index] = {old: new for old, new in renaming.items() if old != new}
    taken: set[str | int] | None = None
    found: list[Binder] = []
    for binder in binders:
        excluded = tuple(renamed(i, inner) for i in binder.excluded)
        index = binder.index
        inner = {old: new for old, new in inner.items() if index not in old.letters}
        if any(index in new.letters for new in inner.values()):
            if taken is None:
                taken = _names_around(binders, inner)
                taken |= {i.name for part in parts for i in free_indices(part)}
            index = fresh_index(index, taken)
            inner[binder.index] = index
        found.append(Binder(index, excluded))
    return tuple(found), tuple(rename(part, inner) for part in parts)


def _names_around(binders: tuple[Binder, ...], renaming: Renaming) -> set[str | int]:
    around = [index for one in binders for index in (one.index, *one.excluded)]
    return {letter.name for index in (*around, *renaming, *renaming.values()) for letter in index.letters}


def bind_anew(node: Big, chosen: Callable[[Index], Index]) -> Big:
    """Return the same term with each index that it binds named as `chosen` says: names that are free there.

    Raises:
        ValueError: a name would capture, or be captured by another of the binders.
    """
    renaming: dict[Index, Index] = {}
    binders: list[Binder] = []
    for binder in node.binders:
        excluded = tuple(renamed(i, renaming) for i in binder.excluded)
        renaming[binder.index] = chosen(binder.index)
        binders.append(Binder(renaming[binder.index], excluded))
    new = {b.index for b in binders}
    if len(new) < len(binders) or not new.isdisjoint(free_indices(node)):
        raise ValueError(f"of {', '.join(map(str, new))} not all are free names in {node}")
    return Big(node.operation, tuple(binders), rename(node.body, renaming))


def fresh_index(index: Index, taken: set[str | int]) -> Index:
    """Return an index of the same dimension whose name is not taken, and take it."""
    stem = str(index.name).rstrip("0123456789_") or "j"
    name = next(c for c in (f"{stem}_{k}" for k in itertools.count(1)) if c not in taken)
    taken.add(name)
    return Index(name, index.dim)


def open_binders(node: Big, taken: set[str | int]) -> Big:
    """Return the same term with every binder of it named freshly, outside `taken`, which grows."""
    taken |= {i.name for i in free_indices(node)}
    return bind_anew(node, lambda index: fresh_index(index, taken))


def instantiate(definition: Definition, indices: tuple[Index, ...]) -> Term:
    """Return the body of a definition at the given indices."""
    return rename(definition.body, dict(zip(definition.parameters, indices, strict=True)))


def unfold(node: Term, definitions: Mapping[str, Definition], keep: frozenset[str] = frozenset()) -> Term:
    """Return the term with defined names replaced by their bodies, all the way down, but for those kept.

    `D` by a defined name holds everything else fixed: what it differentiates is unfolded down to that
    name and no further, so such a `D` keeps its name inside (see `calculus.evaluate_derivatives`).
    """
    match node:
        case Entry(name, indices) if name in definitions and name not in keep:
            return unfold(instantiate(definitions[name], indices), definitions, keep)
        case Derivative(body, variables):
            held = frozenset(v.name for v in variables if v.name in definitions)
            return Derivative(unfold(body, definitions, keep | held), variables)
        case _:
            return rebuild(node, lambda child: unfold(child, definitions, keep))


def identified(when: Iterable[IndexRelation]) -> tuple[dict[Index, Index], set[frozenset[Index]]]:
    """Return how a pattern names indices that are equal, and the pairs that differ; a set of one is no pattern at all.

    Of two indices that are equal the left one's name is kept, but a position is kept before any letter.
    """
    renaming: dict[Index, Index] = {}
    different: set[frozenset[Index]] = set()
    for relation in when:
        left, right = renamed(relation.left, renaming), renamed(relation.right, renaming)
        if not relation.equal:
            different.add(frozenset((left, right)))
        elif left != right:
            one = merging(left, right)
            renaming = {old: renamed(new, one) for old, new in renaming.items()} | one
            different = renamed_pairs(different, one)
    return renaming, different


def merging(left: Index, right: Index) -> dict[Index, Index]:
    """Return the renaming that gives two indices one name: that of the left, or of one that is more than a letter."""
    return {left: right} if isinstance(right.name, int) or right.at else {right: left}


def renamed_pairs(pairs: Iterable[Iterable[Index]], renaming: Renaming) -> set[frozenset[Index]]:
    """Return sets of indices renamed; two that become one stay as a set of one."""
    return {frozenset(renamed(i, renaming) for i in pair) for pair in pairs}


def canonical(node: Term, depth: int = 0) -> Term:
    """Return the term with bound indices numbered by depth from the outside, so that names do not matter."""
    if isinstance(node, Big):
        free = set(free_indices(node))
        numbers = itertools.count(depth)

        def numbered(index: Index) -> Index:
            named = (Index(f"@{number}", index.dim) for number in numbers)
            return next(one for one in named if one not in free)

        node = bind_anew(node, numbered)
        return replace(node, body=canonical(node.body, depth + len(node.binders)))
    return rebuild(node, lambda child: canonical(child, depth))
