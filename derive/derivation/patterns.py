"""Index patterns applied to terms: what `when i = j, i != k` makes of deltas. Proves nothing."""

from __future__ import annotations

from collections.abc import Iterable

from derive.notation import ONE, ZERO, Delta, Index, IndexRelation, Term, rebuild, rename


def decided(node: Term, when: Iterable[IndexRelation]) -> Term:
    """Return the term with equal indices named alike and the deltas of equal and different ones decided."""
    different: set[frozenset[Index]] = set()
    renaming: dict[Index, Index] = {}
    for relation in when:
        left, right = (renaming.get(i, i) for i in (relation.left, relation.right))
        if not relation.equal:
            different.add(frozenset((left, right)))
        elif left != right:
            kept, gone = (right, left) if isinstance(right.name, int) else (left, right)
            renaming = {i: kept if j == gone else j for i, j in renaming.items()} | {gone: kept}
            different = {frozenset(kept if i == gone else i for i in pair) for pair in different}

    def visit(one: Term) -> Term:
        if isinstance(one, Delta):
            if one.left == one.right:
                return ONE
            return ZERO if frozenset((one.left, one.right)) in different else one
        return rebuild(one, visit)

    return visit(rename(node, renaming))


__all__ = ["decided"]
