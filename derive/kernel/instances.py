"""Whether a goal is an instance of another: parts put back for entries of unknown arrays give it again.

What holds for every value of an entry holds for any part in its place. Where a part has no value and none is
asked for, any value will do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from derive.kernel.generalisation import generalisations
from derive.kernel.goal import Goal
from derive.terms import (
    ZERO,
    Context,
    Definition,
    Term,
    arrays,
    free_indices,
    same,
)


def generalised(goal: Goal, context: Context) -> Iterator[Goal]:
    """Yield goals of which this one is an instance; the search for them is not believed."""
    for general, parts in generalisations(goal):
        if is_instance(goal, general, parts, context):
            yield general


def is_instance(goal: Goal, general: Goal, parts: Sequence[Definition], context: Context) -> bool:
    """Return whether a goal is another with `parts` put in the place of entries of which nothing is known."""
    named = {part.name: part for part in parts}
    asked, asked_of_any = _terms(goal), _terms(general)
    known = {*context.variables, *context.definitions}.union(*map(arrays, asked))
    if len(named) < len(parts) or not all(map(_is_closed, parts)) or not known.isdisjoint(named):
        return False
    around = [one.changed(lambda _: ZERO) for one in (general, goal)]
    if around[0] != around[1] or goal.relation is not general.relation:
        return False
    return all(same(one, other, named) for one, other in zip(asked_of_any, asked, strict=True))


def _terms(goal: Goal) -> list[Term]:
    """Return the terms in a goal, in order."""
    found: list[Term] = []

    def look(node: Term) -> Term:
        found.append(node)
        return node

    goal.changed(look)
    return found


def _is_closed(part: Definition) -> bool:
    """Return whether a part says all that it depends on, so that no index around it can be meant."""
    return set(free_indices(part.body)) <= set(part.parameters) and len(set(part.parameters)) == len(
        part.parameters
    )
