"""The mean value theorem: what is not negative at one point, and grows away from it, is not negative.

Let F be continuous between a and x, and differentiable in between. If F(a) >= 0 and F' >= 0 in between, then
F(x) >= 0 for x > a; if F' <= 0 in between, then for x < a. F(x) > 0 if one of the two is strict.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from derive.kernel.domain import domain
from derive.kernel.entailment import open_conditions
from derive.kernel.goals import goals_of
from derive.terms import (
    ZERO,
    Apply,
    Bound,
    Compare,
    Context,
    Derivative,
    Entry,
    Equation,
    Hypothesis,
    Relation,
    Term,
    Where,
    arrays,
    free_indices,
    negate,
    walk,
)
from derive.terms.convexity import moved

Prove = Callable[[Equation, Context], bool]
"""Whether an inequality is proved in a context wherever its sides have values."""

# Functions that are continuous wherever they have a value, and what is composed of them is; so are sums, products
# and powers. Those that jump, and `where`, are not among them.
CONTINUOUS = frozenset(
    "exp log sin cos asin acos atan erf erfc sqrt sigmoid softplus logsigmoid log1p expm1 silu gelu sinh cosh tanh "
    "sech asinh acosh atanh abs max min relu clip gamma lgamma loggamma".split()
)


def is_continuous(node: Term) -> bool:
    """Return whether a term is composed of functions that are continuous wherever they have a value."""
    return not any(
        isinstance(part, Where)
        or (isinstance(part, Apply) and (part.function not in CONTINUOUS or part.order))
        for part in walk(node)
    )


def has_values(node: Term, context: Context) -> bool:
    """Return whether a term has a value at every point of a context: nothing stays open."""
    equation = Equation(node, ZERO)
    goals = goals_of(equation, context, domain(node, context))
    return not any(True for goal in goals for _ in open_conditions(goal, context))


def at_least(
    node: Term, variable: str, anchor: Term, context: Context, prove: Prove, *, strict: bool = False
) -> bool:
    """Return whether it is proved that a term is not negative (`strict`: positive) by its slope along a scalar.

    The term has no definitions and no derivatives in it. Nothing is concluded but by what `prove` proves.
    """
    declared = context.variables.get(variable)
    if declared is None or declared.dims or declared.kind != "real" or variable in arrays(anchor):
        return False
    if free_indices(anchor):  # what is supposed of it below would be supposed for all its indices
        return False
    if any(bound.relation is Relation.UNEQUAL for bound in declared.bounds) or not is_continuous(node):
        return False
    here = Entry(variable)
    around = _without(context, variable)
    # The anchor lies within the declared bounds, or at an end of them: so does all between it and the variable.
    for bound in declared.bounds:
        weak = Relation.AT_LEAST if bound.relation.bounds_below else Relation.AT_MOST
        if not prove(Equation(anchor, bound.value, relation=weak), around):
            return False
    start = moved(node, {variable: lambda _: anchor})
    weak, strictly = Relation.AT_LEAST, Relation.GREATER
    at_anchor = prove(Equation(start, ZERO, relation=strictly), around) if strict else False
    if not has_values(start, around) or not (
        at_anchor or prove(Equation(start, ZERO, relation=weak), around)
    ):
        return False
    if strict and not at_anchor and not _impossible(Compare(Relation.EQUAL, here, anchor), context, prove):
        return False
    slope = Derivative(node, (here,))
    for side, sign in ((Relation.GREATER, 1), (Relation.LESS, -1)):
        if _impossible(Compare(side, here, anchor), context, prove):
            continue
        between = replace(
            around,
            variables=context.variables,
            hypotheses=(
                *around.hypotheses,
                *_limits(context, variable, side),
                Hypothesis(Compare(side, here, anchor)),
            ),
        )
        if not (has_values(slope, between) and has_values(node, between)):
            return False
        rising = slope if sign > 0 else negate(slope)
        needed = strictly if strict and not at_anchor else weak
        if not prove(Equation(rising, ZERO, relation=needed), between):
            return False
    return True


def _without(context: Context, variable: str) -> Context:
    """Return the context without a variable and without the hypotheses that speak of it."""
    kept = tuple(h for h in context.hypotheses if not _speaks_of(h, variable, context))
    return replace(
        context,
        variables={name: one for name, one in context.variables.items() if name != variable},
        definitions={},
        hypotheses=kept,
    )


def _speaks_of(hypothesis: Hypothesis, variable: str, context: Context) -> bool:
    condition = hypothesis.condition
    named = arrays(condition.left) | arrays(condition.right)
    return variable in named or any(name in context.definitions for name in named)


def _limits(context: Context, variable: str, side: Relation) -> Iterator[Hypothesis]:
    """Yield the hypotheses that bound the variable on the far side: they hold of all that is nearer to the anchor."""
    here = Entry(variable)
    for hypothesis in context.hypotheses:
        condition = hypothesis.condition
        for left, relation, right in (
            (condition.left, condition.relation, condition.right),
            (condition.right, condition.relation.mirrored, condition.left),
        ):
            named = arrays(right)
            far = relation.bounds_above if side is Relation.GREATER else relation.bounds_below
            if left == here and far and variable not in named and not named & context.definitions.keys():
                yield Hypothesis(Compare(relation, left, right))


def _impossible(condition: Compare, context: Context, prove: Prove) -> bool:
    """Return whether it is proved that no point of a context satisfies a condition, whose sides have values."""
    opposite = condition.relation.negation
    return prove(Equation(condition.left, condition.right, relation=opposite), context)


def opened(bounds: tuple[Bound, ...]) -> tuple[Bound, ...]:
    """Return bounds without their ends."""
    return tuple(replace(bound, relation=bound.relation.strict) for bound in bounds)
