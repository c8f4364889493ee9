"""Whether a question is an instance of another: parts put back for entries of unknown arrays give it again.

What holds for every value of an entry holds for any part in its place. Where a part has no value and none is
asked for, any value will do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from derive.kernel.generalisation import generalisations
from derive.kernel.goal import Question
from derive.terms import (
    ZERO,
    Context,
    Definition,
    Term,
    arrays,
    free_indices,
    same,
)


def generalised(question: Question, context: Context) -> Iterator[Question]:
    """Yield questions of which this one is an instance; the search for them is not believed."""
    for general, parts in generalisations(question):
        if is_instance(question, general, parts, context):
            yield general


def is_instance(question: Question, general: Question, parts: Sequence[Definition], context: Context) -> bool:
    """Return whether a question is another with `parts` put in the place of entries of which nothing is known."""
    named = {part.name: part for part in parts}
    asked, asked_of_any = _terms(question), _terms(general)
    known = {*context.variables, *context.definitions}.union(*map(arrays, asked))
    if len(named) < len(parts) or not all(map(_is_closed, parts)) or not known.isdisjoint(named):
        return False
    around = [one.changed(lambda _: ZERO) for one in (general, question)]
    if around[0] != around[1]:
        return False
    return all(same(one, other, named) for one, other in zip(asked_of_any, asked, strict=True))


def _terms(question: Question) -> list[Term]:
    """Return the terms in a question, in order."""
    found: list[Term] = []

    def look(node: Term) -> Term:
        found.append(node)
        return node

    question.changed(look)
    return found


def _is_closed(part: Definition) -> bool:
    """Return whether a part says all that it depends on, so that no index around it can be meant."""
    return set(free_indices(part.body)) <= set(part.parameters) and len(set(part.parameters)) == len(
        part.parameters
    )


__all__ = ["generalised", "is_instance"]
