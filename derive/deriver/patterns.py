"""Index patterns applied to terms: what `when i = j, i != k` makes of deltas. Proves nothing."""

from __future__ import annotations

from collections.abc import Iterable

from derive.terms import ONE, ZERO, Delta, IndexRelation, Term, identified, rebuild, rename


def decided(node: Term, when: Iterable[IndexRelation]) -> Term:
    """Return the term with equal indices named alike and the deltas of equal and different ones decided."""
    renaming, different = identified(when)

    def visit(one: Term) -> Term:
        if isinstance(one, Delta):
            if one.left == one.right:
                return ONE
            return ZERO if frozenset((one.left, one.right)) in different else one
        return rebuild(one, visit)

    return visit(rename(node, renaming))
