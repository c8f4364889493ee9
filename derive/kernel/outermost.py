"""Goals multiplied by a matrix whose inverse stands outermost, at a free index: what is left to show has it no more.

*Identity:* where A is invertible, T(i) = 0 for every i exactly if Σ_i A(a,i) T(i) = 0 for every a. *Precondition:* the
goal is shown for every value of the free index, by what does not hang on it; the inverse of A has a value in it, so
that det A is not 0 at every point in question. *Near miss:* an inverse at a bound index, which is not outermost.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from derive.kernel.domain import Condition
from derive.kernel.goal import Goal
from derive.terms import (
    ZERO,
    Big,
    Binder,
    Index,
    MatrixFunction,
    Relation,
    Term,
    canonical,
    free_indices,
    multiply,
    rename,
    walk,
)

MAX_TURNS = 4


def multiplied_out(goal: Goal) -> Iterator[Goal]:
    """Yield the goal multiplied by one matrix after another, each on the side on which its inverse is outermost.

    An inequality is not kept by a matrix, so of one there is nothing to yield.
    """
    if goal.relation is not Relation.EQUAL:
        return
    done: set[tuple[Big, bool]] = set()
    for turn in range(MAX_TURNS):
        found = next((one for one in _outermost(goal) if one[:2] not in done), None)
        if found is None:
            return
        done.add(found[:2])
        goal = _multiplied(goal, *found, Index(f"?{turn}", found[2].dim))
        yield goal


def _outermost(goal: Goal) -> Iterator[tuple[Big, bool, Index]]:
    """Yield matrices whose inverse is at a free index, whether that is its column, and the index."""
    invertible = {
        canonical(c.compare.left.matrix)
        for c in goal.conditions
        if says_invertible(c) and isinstance(c.compare.left, MatrixFunction)
    }
    free = {*free_indices(goal.left), *free_indices(goal.right)}
    for side in (goal.left, goal.right):
        for part in walk(side):
            if not isinstance(part, MatrixFunction) or part.operation != "inv":
                continue
            if canonical(part.matrix) not in invertible:
                continue
            own = free_indices(part.matrix)
            for is_column, index in enumerate(part.at):
                if index in free and isinstance(index.name, str) and not index.at and index not in own:
                    yield part.matrix, bool(is_column), index


def says_invertible(condition: Condition) -> bool:
    """Return whether a condition says, at every point in question, that a determinant is not 0."""
    compare = condition.compare
    if compare.relation != Relation.UNEQUAL or compare.right != ZERO or condition.guards:
        return False
    # No size is 0: what is said for all values of an index that it does not hold is said.
    around = {binder.index for binder in condition.binders}
    plain = not any(binder.excluded for binder in condition.binders)
    left = compare.left
    return (
        plain
        and around.isdisjoint(free_indices(left))
        and isinstance(left, MatrixFunction)
        and left.operation == "det"
    )


def _multiplied(goal: Goal, matrix: Big, is_column: bool, index: Index, fresh: Index) -> Goal:
    rows, columns = (binder.index for binder in matrix.binders)
    here = {rows: index, columns: fresh} if is_column else {rows: fresh, columns: index}
    factor = rename(matrix.body, here)

    def summed(side: Term) -> Term:
        return Big("sum", (Binder(index),), multiply(factor, side))

    return replace(goal, left=summed(goal.left), right=summed(goal.right))
