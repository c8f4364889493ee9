"""Convexity of a scalar's function in pieces: each piece convex, and at each joint one value and no smaller slope.

Let F be continuous on an interval, A left of a point a in it and B right of it. If A and B are convex on their sides,
A(a) = B(a) and A'(a) <= B'(a), then F is convex: what is convex on both sides has a subgradient at a, so at no chord
across a it lies above. A piece is convex if it is continuous and its second derivative is nowhere negative inside.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from derive.kernel.inequalities.branches import branches, replaced
from derive.kernel.inequalities.calculus import Prove, has_values, is_continuous, opened
from derive.limits import deadline
from derive.terms import (
    MINUS_ONE,
    ONE,
    ZERO,
    Big,
    Compare,
    Context,
    Derivative,
    Entry,
    Equation,
    Hypothesis,
    Power,
    Relation,
    Term,
    Variable,
    Where,
    add,
    arrays,
    free_indices,
    multiply,
    negate,
    walk,
)
from derive.terms.convexity import moved

MAX_JOINTS = 4


def is_convex_along(
    body: Term,
    name: str,
    context: Context,
    prove: Prove,
    limits: tuple[Compare, ...] = (),
    joints: int = MAX_JOINTS,
) -> bool:
    """Return whether a term is proved to be convex in a scalar, on its declared interval between the `limits`.

    The limits are weak comparisons of the scalar with terms in which it does not stand. No hypothesis of the context
    speaks of the scalar.
    """
    deadline.check()
    chosen = next((one for one in branches(body) if name in arrays(one[1])), None)
    if chosen is None:
        return _is_smooth_and_convex(body, name, context, prove, limits)
    if joints == 0:
        return False
    node, where = chosen
    for left, right, at in _sides(where, name, context, prove):
        first, second = (replaced(body, node, one) for one in (left, right))
        here = Entry(name)
        joint = _under(context, (*limits, Compare(Relation.EQUAL, here, at)))
        slopes = Derivative(first, (here,)), Derivative(second, (here,))
        return (
            has_values(at, context)
            and is_convex_along(
                first, name, context, prove, (*limits, Compare(Relation.AT_MOST, here, at)), joints - 1
            )
            and is_convex_along(
                second, name, context, prove, (*limits, Compare(Relation.AT_LEAST, here, at)), joints - 1
            )
            and all(has_values(one, joint) for one in (first, second, *slopes))
            and prove(Equation(first, second), joint)
            and prove(Equation(*slopes, relation=Relation.AT_MOST), joint)
        )
    return False


def _under(context: Context, conditions: tuple[Compare, ...]) -> Context:
    return replace(context, hypotheses=(*context.hypotheses, *map(Hypothesis, conditions)))


def _sides(where: Where, name: str, context: Context, prove: Prove) -> Iterator[tuple[Term, Term, Term]]:
    """Yield what a choice between two sides of a point has on the left and on the right of it, and the point."""
    condition = where.condition
    difference = add(condition.left, negate(condition.right))
    if free_indices(difference) or any(isinstance(part, Where | Big) for part in walk(difference)):
        return
    start = moved(difference, {name: lambda _: ZERO})
    slope = add(moved(difference, {name: lambda _: ONE}), negate(start))
    line = add(multiply(slope, Entry(name)), start)
    # That it is a line is asked of all numbers, not only of those in an interval.
    everywhere = replace(context, variables={**context.variables, name: Variable(name)})
    if not prove(Equation(difference, line), everywhere):
        return
    at = negate(multiply(start, Power(slope, MINUS_ONE)))
    for relation, sign in (
        (Relation.GREATER, condition.relation),
        (Relation.LESS, condition.relation.mirrored),
    ):
        if prove(Equation(slope, ZERO, relation=relation), context):
            if sign.bounds_above:
                yield where.then, where.otherwise, at
            elif sign.bounds_below:
                yield where.otherwise, where.then, at
            return


def _is_smooth_and_convex(
    body: Term, name: str, context: Context, prove: Prove, limits: tuple[Compare, ...]
) -> bool:
    here = Entry(name)
    declared = context.variables[name]
    strictly = (replace(one, relation=one.relation.strict) for one in limits)
    inside = replace(
        context, variables={**context.variables, name: replace(declared, bounds=opened(declared.bounds))}
    )
    inside = _under(inside, tuple(strictly))
    second = Derivative(body, (here, here))
    return (
        is_continuous(body)
        and has_values(body, _under(context, limits))
        and has_values(second, inside)
        and prove(Equation(second, ZERO, relation=Relation.AT_LEAST), inside)
    )
