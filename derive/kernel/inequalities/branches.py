"""Branches of a term: the parts that choose, what each chooses by, and a term with one of them chosen."""

from __future__ import annotations

from collections.abc import Iterator

from derive.terms import Apply, Big, Compare, Term, Where, children, rebuild
from derive.terms.functions import expansion

_CHOOSING = ("abs", "max", "min", "relu")


def branches(node: Term) -> Iterator[tuple[Term, Where]]:
    """Yield the parts of a term that choose a branch, each with what it means; none of them under a sum."""
    if isinstance(node, Big):
        return
    for child in children(node):
        yield from branches(child)
    meaning: Term | None = node
    if isinstance(node, Apply) and node.function in _CHOOSING:
        meaning = expansion(node)
    if isinstance(meaning, Where):
        yield node, meaning


def replaced(term: Term, node: Term, by: Term) -> Term:
    """Return a term with another one in the place of a part, wherever that stands; `by` has no bound indices."""
    return by if term == node else rebuild(term, lambda child: replaced(child, node, by))


def opposite(condition: Compare) -> Compare:
    """Return the condition that holds exactly where another one does not."""
    return Compare(condition.relation.negation, condition.left, condition.right)
