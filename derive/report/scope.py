"""The scope of a claim in words: the sizes and index patterns for which it says something. Decides nothing."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from derive.problem.scopes import Configuration, Pattern, Sizes, related
from derive.report.message import Message, Piece, joined
from derive.terms import (
    Compare,
    Context,
    Delta,
    Entry,
    Hypothesis,
    Index,
    IndexRelation,
    Number,
    Relation,
    Size,
    SizeNumber,
    unfold,
    walk,
)


def case_text(case: Configuration) -> Message:
    """Return a case in words: `n = 2, i != j`."""
    sizes = [size_is(name, size) for name, size in case.sizes.items()]
    return joined([*sizes, *case.pattern] or ["every point"])


def sizes_text(sizes: Sizes, relation: Relation = Relation.EQUAL) -> Message:
    """Return sizes as `N = 2, n = 3`, or with another relation."""
    return joined([size_is(name, size, relation) for name, size in sizes.items()] or ["every size"])


def size_is(name: str, size: int, relation: Relation = Relation.EQUAL) -> Compare:
    """Return how a size compares with a number."""
    return Compare(relation, SizeNumber(name), Number(Fraction(size)))


def relations_of_sizes(sizes: Mapping[str, Size], relations: Iterable[tuple[str, str]]) -> list[Piece]:
    """Return such relations of the sizes that a claim depends on: `n >= m`, or `n = m` for both."""
    pairs = [pair for pair in relations if set(pair) <= sizes.keys()]
    found: list[Piece] = []
    for less, more in pairs:
        one, other = SizeNumber(less), SizeNumber(more)
        if (more, less) not in pairs:
            found.append(Compare(Relation.AT_LEAST, other, one))
        elif Compare(Relation.EQUAL, one, other) not in found:
            found.append(Compare(Relation.EQUAL, other, one))
    return found


def conditions_on_sizes(context: Context, sizes: Mapping[str, Size]) -> list[Hypothesis]:
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
            found.append(hypothesis)
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
    conditions: Sequence[Hypothesis] = (),
) -> Message | None:
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
    words = {str(one): one for one in (*relations_of_sizes(sizes, relations), *conditions)}
    if words:
        parts.append(Message("where ", joined(words.values())))
    if dropped:
        parts.append(_pattern_words(kept, kept | dropped))
    return joined(parts)


def least_sizes(
    sizes: Mapping[str, Size], live: Sequence[Configuration], empty: Sequence[Configuration]
) -> dict[str, int]:
    """Return the least symbolic sizes of the scope, by name, where they are more than what is declared."""
    free = {name: size.minimum for name, size in sizes.items() if size.fixed is None}
    kept = {case.pattern for case in live}
    lost = [case.sizes for case in empty if case.pattern in kept]
    bounds, _ = _lower_bounds(free, [case.sizes for case in live], lost)
    return {name: bound for name, bound in bounds.items() if bound > free[name]}


def _size_words(sizes: Mapping[str, Size], kept: Sequence[Sizes], lost: Sequence[Sizes]) -> list[Message]:
    fixed = {name: size.fixed for name, size in sizes.items() if size.fixed is not None}
    words = [Message("at ", sizes_text(fixed))] if fixed else []
    free = {name: size.minimum for name, size in sizes.items() if size.fixed is None}
    if not free:
        return words or [Message("for all real values")]
    bounds, exceptions = _lower_bounds(free, kept, lost)
    bounded: list[Piece] = []
    # Sizes with the same bound share it: `for all N, n >= 1`.
    for bound, names in itertools.groupby(bounds, key=bounds.__getitem__):
        *others, last = names
        bounded += [*map(SizeNumber, others), size_is(last, bound, Relation.AT_LEAST)]
    words.append(Message("for all ", joined(bounded)))
    words.extend(Message("except ", sizes_text(one)) for one in exceptions)
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


def _pattern_words(kept: set[Pattern], possible: set[Pattern]) -> Message:
    """Return the relations that single out the kept patterns, or else list them."""
    shared = set.intersection(*map(set, kept))
    always = set.intersection(*map(set, possible))
    telling = shared - always
    if {pattern for pattern in possible if telling <= set(pattern)} == kept:
        order = next(iter(kept))
        return joined(_concise([relation for relation in order if relation in telling]))
    return joined(sorted(Message("(", joined(_concise(pattern)), ")") for pattern in kept), " or ")


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
