"""The scope of a claim in words: the sizes and index patterns for which it says something."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from derive.terms import (
    Big,
    Compare,
    Context,
    Delta,
    Derivative,
    Entry,
    Equation,
    Index,
    IndexRelation,
    Number,
    Relation,
    Size,
    SizeNumber,
    Term,
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
            for index in _indices_in(node):
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


def _indices_in(node: Term) -> tuple[Index, ...]:
    match node:
        case Entry(_, indices):
            return indices
        case Delta(left, right):
            return (left, right)
        case Big(_, binders, _):
            return tuple(index for binder in binders for index in (binder.index, *binder.excluded))
        case Derivative(_, variables):
            return tuple(index for variable in variables for index in variable.indices)
        case _:
            return ()


def relations_text(relations: Iterable[IndexRelation]) -> str:
    """Return relations between indices as text: `i != j, i = k`."""
    return ", ".join(map(str, relations))


def case_text(case: Configuration) -> str:
    """Return a case as text: `n = 2, i != j`."""
    sizes = [f"{name} = {size}" for name, size in case.sizes.items()]
    return ", ".join([*sizes, *map(str, case.pattern)]) or "every point"


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


def relations_of_sizes(sizes: Mapping[str, Size], relations: Iterable[tuple[str, str]]) -> list[str]:
    """Return such relations in words, of the sizes that a claim depends on: `n >= m`, or `n = m` for both."""
    pairs = [pair for pair in relations if set(pair) <= sizes.keys()]
    found = []
    for less, more in pairs:
        if (more, less) not in pairs:
            found.append(f"{more} >= {less}")
        elif f"{less} = {more}" not in found:
            found.append(f"{more} = {less}")
    return found


def least_of(sizes: Mapping[str, Size], least: Sizes) -> dict[str, Size]:
    """Return sizes that run from what is at least needed for there to be anything to say."""
    return {
        name: replace(size, minimum=max(size.minimum, least.get(name, 1))) if size.fixed is None else size
        for name, size in sizes.items()
    }


def conditions_on_sizes(context: Context, sizes: Mapping[str, Size]) -> list[str]:
    """Return the hypotheses on sizes alone that the least sizes do not make superfluous."""
    found = []
    for hypothesis in context.hypotheses:
        condition = hypothesis.condition
        parts = [
            part
            for side in (condition.left, condition.right)
            for part in walk(unfold(side, context.definitions))
        ]
        named = {part.name for part in parts if isinstance(part, SizeNumber)}
        if (
            named
            and not any(isinstance(part, Entry | Delta) for part in parts)
            and not _from_least(condition, sizes)
        ):
            found.append(str(hypothesis))
    return found


def _from_least(condition: Compare, sizes: Mapping[str, Size]) -> bool:
    """Return whether a condition says of one size that it is more than a number, which the least size is."""
    match condition:
        case Compare(Relation.GREATER | Relation.AT_LEAST as relation, SizeNumber(name), Number(value)) if (
            name in sizes
        ):
            least = sizes[name].minimum
            return least > value if relation == Relation.GREATER else least >= value
    return False


def scope_text(
    sizes: Mapping[str, Size],
    live: Sequence[Configuration],
    empty: Sequence[Configuration],
    relations: Sequence[tuple[str, str]] = (),
    conditions: Sequence[str] = (),
) -> str | None:
    """Return the scope in words, `None` if nothing is left of it.

    `live` are the cases in which both sides have values somewhere; `empty` those in which they provably
    have none. A pattern that is empty at every size leaves the scope as a pattern, others as sizes; what
    is left out is never less than `empty`, so the words never claim too much.
    `relations` are pairs of sizes of which the first is at most the second wherever the hypotheses hold;
    `conditions` are hypotheses on sizes, in words.
    """
    if not live:
        return None
    empty = related(empty, relations)
    kept = {case.pattern for case in live}
    dropped = {case.pattern for case in empty} - kept
    lost = [case.sizes for case in empty if case.pattern in kept]
    parts = _size_words(sizes, [case.sizes for case in live], lost)
    words = list(dict.fromkeys((*relations_of_sizes(sizes, relations), *conditions)))
    if words:
        parts.append(f"where {', '.join(words)}")
    if dropped:
        parts.append(_pattern_words(kept, kept | dropped))
    return ", ".join(parts)


def least_sizes(
    sizes: Mapping[str, Size], live: Sequence[Configuration], empty: Sequence[Configuration]
) -> dict[str, int]:
    """Return the least symbolic sizes of the scope, by name, where they are more than what is declared."""
    free = {name: size.minimum for name, size in sizes.items() if size.fixed is None}
    kept = {case.pattern for case in live}
    lost = [case.sizes for case in empty if case.pattern in kept]
    bounds, _ = _lower_bounds(free, [case.sizes for case in live], lost)
    return {name: bound for name, bound in bounds.items() if bound > free[name]}


def _size_words(sizes: Mapping[str, Size], kept: Sequence[Sizes], lost: Sequence[Sizes]) -> list[str]:
    parts = [f"{name} = {size.fixed}" for name, size in sizes.items() if size.fixed is not None]
    words = [f"at {', '.join(parts)}"] if parts else []
    free = {name: size.minimum for name, size in sizes.items() if size.fixed is None}
    if not free:
        return words or ["for all real values"]
    bounds, exceptions = _lower_bounds(free, kept, lost)
    bound_words = []
    # Sizes with the same bound share it: `for all N, n >= 1`.
    for bound, names in itertools.groupby(bounds, key=bounds.__getitem__):
        bound_words.append(f"{', '.join(names)} >= {bound}")
    words.append(f"for all {', '.join(bound_words)}")
    words.extend(f"except {', '.join(f'{name} = {at}' for name, at in one.items())}" for one in exceptions)
    return words


def _lower_bounds(
    free: Mapping[str, int], kept: Sequence[Sizes], lost: Sequence[Sizes]
) -> tuple[dict[str, int], list[Sizes]]:
    """Return the least bounds that exclude every lost choice, and the choices that no bounds exclude."""
    candidates = [
        sorted({low} | {one[name] + 1 for one in lost if name in one}) for name, low in free.items()
    ]
    best: tuple[int, dict[str, int]] | None = None
    for choice in itertools.product(*candidates):
        bounds = dict(zip(free, choice, strict=True))
        remaining = sum(_within(one, bounds) for one in kept)
        if (
            remaining
            and not any(_within(one, bounds) for one in lost)
            and (best is None or remaining > best[0])
        ):
            best = remaining, bounds
    if best is not None:
        return best[1], []
    return dict(free), [dict(one) for one in {tuple(one.items()): one for one in lost}.values()]


def _within(sizes: Sizes, bounds: Mapping[str, int]) -> bool:
    return all(sizes.get(name, bound) >= bound for name, bound in bounds.items())


def _pattern_words(kept: set[Pattern], possible: set[Pattern]) -> str:
    """Return the relations that single out the kept patterns, or else list them."""
    shared = set.intersection(*map(set, kept))
    always = set.intersection(*map(set, possible))
    telling = shared - always
    if {pattern for pattern in possible if telling <= set(pattern)} == kept:
        order = next(iter(kept))
        return relations_text(_concise([relation for relation in order if relation in telling]))
    return " or ".join(sorted(f"({relations_text(_concise(pattern))})" for pattern in kept))


def _concise(relations: Sequence[IndexRelation]) -> list[IndexRelation]:
    """Return the relations without those that follow from the others by equality alone."""
    group: dict[Index, Index] = {}

    def leader(index: Index) -> Index:
        while index in group:
            index = group[index]
        return index

    chosen = []
    apart: set[frozenset[Index]] = set()
    for relation in sorted(relations, key=lambda r: not r.equal):
        pair = frozenset((leader(relation.left), leader(relation.right)))
        if relation.equal and len(pair) == 2:
            group[leader(relation.right)] = leader(relation.left)
            chosen.append(relation)
        elif not relation.equal and pair not in apart:
            apart.add(pair)
            chosen.append(relation)
    return chosen
