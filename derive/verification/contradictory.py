"""Hypotheses that provably hold at no point: refused with their place, before anything is looked for."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace

from derive.errors import IllPosedError, LimitError, OutOfTimeError
from derive.kernel import prover
from derive.limits.deadline import within
from derive.terms import Compare, Context, Equation, Hypothesis, Index, Relation, free_indices, rename

PROVING = 0.1  # seconds, for a proof that two sides are equal


def refuse(context: Context) -> None:
    """Raise `IllPosedError` for a hypothesis that says of two sides that they differ which are provably equal.

    The indices of a hypothesis mean "for all", so it says something of equal ones too: no point satisfies
    `x[i] != x[j]`, because of i = j. Declarations alone are supposed.
    """
    alone = replace(context, hypotheses=())
    for hypothesis in context.hypotheses:
        if not hypothesis.condition.relation.holds(0):
            for one, other in _pairs(hypothesis, context):
                if _fails(hypothesis.condition, {other: one}, alone):
                    raise IllPosedError(_message(hypothesis, one, other), hypothesis.position)


def _pairs(hypothesis: Hypothesis, context: Context) -> Iterator[tuple[Index, Index]]:
    """Yield the pairs of indices of one size over which a hypothesis runs."""
    free = (i for i in free_indices(hypothesis.condition) if not isinstance(i.name, int))
    local = [i for i in free if i.name not in context.labels]
    return ((one, other) for one, other in itertools.combinations(local, 2) if one.dim == other.dim)


def _fails(condition: Compare, where: dict[Index, Index], context: Context) -> bool:
    sides = Equation(rename(condition.left, where), rename(condition.right, where))
    try:
        with within(PROVING):  # where a side has no value, the hypothesis does not hold either
            return prover.applies(prover.prove(sides, context), sides, context)
    except (LimitError, OutOfTimeError):
        return False


def _message(hypothesis: Hypothesis, one: Index, other: Index) -> str:
    fails = f"no point satisfies this, since the indices of a given mean all of them: it fails where {one} = {other}"
    condition = hypothesis.condition
    if condition.relation != Relation.UNEQUAL:
        return fails
    return f"{fails}; for different ones alone write {condition.left} - {condition.right} + delta({one},{other}) != 0"
