"""Whether a question is an instance of another: parts put back for entries of unknown arrays give it again.

What holds for every value of an entry holds for any part in its place. Where a part has no value and none is
asked for, any value will do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from derive.domain import Condition
from derive.normalform.case import Question
from derive.normalform.generalise import generalisations
from derive.notation import (
    Compare,
    Context,
    Definition,
    Entry,
    Term,
    arrays,
    free_indices,
    instantiate,
    rebuild,
    same,
)


def generalised(question: Question, context: Context) -> Iterator[Question]:
    """Yield questions of which this one is an instance; the search for them is not believed."""
    for general, parts in generalisations(question):
        if is_instance(question, general, parts, context):
            yield general


def is_instance(question: Question, general: Question, parts: Sequence[Definition], context: Context) -> bool:
    """Return whether a question is another with `parts` put in the place of entries that mean nothing else."""
    definitions = {part.name: part for part in parts}
    if (
        len(definitions) < len(parts)
        or not all(map(_is_closed, parts))
        or not _is_new(definitions, question, context)
    ):
        return False
    putting = _Putting(definitions)
    if (general.different, general.rows) != (question.different, question.rows):
        return False
    if len(general.conditions) != len(question.conditions) or len(general.hypotheses) != len(
        question.hypotheses
    ):
        return False
    return (
        putting.gives(general.left, question.left)
        and putting.gives(general.right, question.right)
        and all(map(putting.gives_condition, general.conditions, question.conditions))
        and all(
            putting.gives_compare(one.condition, other.condition)
            for one, other in zip(general.hypotheses, question.hypotheses, strict=True)
        )
    )


def _is_closed(part: Definition) -> bool:
    """Return whether a part says all that it depends on, so that no index around it can be meant."""
    return set(free_indices(part.body)) <= set(part.parameters) and len(set(part.parameters)) == len(
        part.parameters
    )


def _is_new(names: Mapping[str, object], question: Question, context: Context) -> bool:
    """Return whether nothing is known of the names, in the question or by declaration."""
    compares = [c for condition in question.conditions for c in (condition.compare, *condition.guards)]
    compares += [h.condition for h in question.hypotheses]
    sides = [question.left, question.right, *(side for c in compares for side in (c.left, c.right))]
    known = {*context.variables, *context.definitions}.union(*map(arrays, sides))
    return known.isdisjoint(names)


class _Putting:
    """Puts parts back; whatever recurs is done once."""

    def __init__(self, parts: Mapping[str, Definition]) -> None:
        self.parts = parts
        self.known: dict[Term, Term] = {}

    def term(self, node: Term) -> Term:
        """Return a term with every entry of a part replaced by that part at the entry's indices."""
        if arrays(node).isdisjoint(self.parts):
            return node
        known = self.known.get(node)
        if known is None:
            if isinstance(node, Entry) and len(node.indices) == len(self.parts[node.name].parameters):
                known = instantiate(self.parts[node.name], node.indices)
            else:
                known = rebuild(node, self.term)
            self.known[node] = known
        return known

    def gives(self, general: Term, asked: Term) -> bool:
        """Return whether a term with the parts put back is the one asked about."""
        back = self.term(general)
        return back == asked or same(back, asked)

    def gives_compare(self, general: Compare, asked: Compare) -> bool:
        """Return whether a comparison with the parts put back is the one of the question."""
        return general.relation == asked.relation and all(
            map(self.gives, (general.left, general.right), (asked.left, asked.right))
        )

    def gives_condition(self, general: Condition, asked: Condition) -> bool:
        """Return whether a condition with the parts put back is the one of the question, for the same indices."""
        guards = len(general.guards) == len(asked.guards) and all(
            map(self.gives_compare, general.guards, asked.guards)
        )
        return (
            guards and general.binders == asked.binders and self.gives_compare(general.compare, asked.compare)
        )


__all__ = ["generalised", "is_instance"]
