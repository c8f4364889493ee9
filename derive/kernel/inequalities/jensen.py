"""Jensen's inequality: f(Σ w_j u_j) <= Σ w_j f(u_j) for a convex f and weights w_j >= 0 with Σ w_j = 1.

Equality holds where all u_j with w_j > 0 are equal, or f is affine between them. What stands outside as f is found by
the shape of the sides; that the sides are these two is proved as an equation, and so is each condition.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import combinations

from derive.kernel.inequalities.branches import replaced
from derive.kernel.inequalities.calculus import Prove, has_values
from derive.terms import (
    ONE,
    ZERO,
    Big,
    Binder,
    Bound,
    Context,
    Entry,
    Equation,
    Index,
    Multiply,
    Relation,
    Term,
    Variable,
    free_indices,
    multiply,
    negate,
    rename,
    walk,
)

MAX_FACTORS = 4
POINT = "point of a mean"
Convex = Callable[[Term, frozenset[str], Context], bool]


def by_jensen(equation: Equation, context: Context, prove: Prove, convex: Convex) -> bool:
    """Return whether a weak inequality is proved to be Jensen's for some convex or concave function.

    The sides have no definitions and no derivatives in them.
    """
    if equation.relation not in (Relation.AT_MOST, Relation.AT_LEAST):
        return False
    sides = equation.left, equation.right
    for (outer, mean), relation in ((sides, equation.relation), (sides[::-1], equation.relation.mirrored)):
        sign = 1 if relation is Relation.AT_MOST else -1
        if any(_is_jensen(outer, *found, mean, sign, context, prove, convex) for found in _means(mean)):
            return True
    return False


def _means(node: Term) -> Iterator[tuple[Big, Term]]:
    """Yield a sum over one index with what may be its weights; those of a mean are all equal."""
    if not isinstance(node, Big) or len(node.binders) != 1 or node.binders[0].excluded:
        return
    if node.operation == "mean":
        yield node, ONE
    if node.operation == "sum" and isinstance(node.body, Multiply):
        factors = node.body.factors
        bound = node.binders[0].index
        moving = [one for one in factors if bound in free_indices(one)][:MAX_FACTORS]
        for count in range(1, len(moving)):
            for weights in combinations(moving, count):
                yield node, multiply(*weights)


def _is_jensen(
    outer: Term,
    mean: Big,
    weight: Term,
    whole: Term,
    sign: int,
    context: Context,
    prove: Prove,
    convex: Convex,
) -> bool:
    bound = mean.binders[0].index
    own = Index("at a mean", bound.dim)  # a name that no index of the sides has, so that none is captured
    at, binders = rename(weight, {bound: own}), (Binder(own),)
    ones = mean.operation == "mean"
    several = {b.index for part in walk(outer) if isinstance(part, Big) for b in part.binders}
    checked = ones
    for inner, value in _inner_means(outer, bound, weight, ones=ones):
        function = replaced(outer, inner, Entry(POINT))
        if function == outer or not several.isdisjoint(free_indices(inner)):
            continue  # a mean for each index of a sum around it is many points
        if not checked and not (
            prove(Equation(Big("sum", binders, at), ONE), context)
            and prove(Equation(at, ZERO, relation=Relation.AT_LEAST), context)
        ):
            return False
        checked = True
        value = rename(value, {bound: own})
        here = Variable(POINT, (), tuple(_bounds(value, context, prove)))
        around = replace(context, variables={**context.variables, POINT: here})
        body = replaced(function, Entry(POINT), value)
        again = Big(mean.operation, binders, body if ones else multiply(at, body))
        signed = function if sign > 0 else negate(function)
        if (
            prove(Equation(whole, again), context)
            and has_values(function, around)
            and convex(signed, frozenset((POINT,)), around)
        ):
            return True
    return False


def _inner_means(outer: Term, bound: Index, weight: Term, *, ones: bool) -> Iterator[tuple[Term, Term]]:
    """Yield the sums in a term that have these weights, each with what it is the mean of, at the index `bound`."""
    factors = weight.factors if isinstance(weight, Multiply) else (weight,)
    for part in dict.fromkeys(walk(outer)):
        if not isinstance(part, Big) or len(part.binders) != 1 or part.binders[0].excluded:
            continue
        index = part.binders[0].index
        if index.dim != bound.dim or (bound != index and bound in free_indices(part.body)):
            continue
        body = rename(part.body, {index: bound})
        if ones and part.operation == "mean":
            yield part, body
        elif not ones and part.operation == "sum":
            rest = list(body.factors) if isinstance(body, Multiply) else [body]
            for one in factors:
                if one not in rest:
                    break
                rest.remove(one)
            else:
                yield part, multiply(*rest)


def _bounds(value: Term, context: Context, prove: Prove) -> Iterator[Bound]:
    """Yield bounds of the interval in which the values lie; so does their mean."""
    if isinstance(value, Entry):
        variable = context.variables.get(value.name)
        if variable is not None and variable.kind == "real":
            yield from (b for b in variable.bounds if b.relation is not Relation.UNEQUAL)
    for relation in (Relation.GREATER, Relation.AT_LEAST):
        if prove(Equation(value, ZERO, relation=relation), context):
            yield Bound(relation, ZERO)
            return
