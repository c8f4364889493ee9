"""Inequalities that together say what another one says, or more: absolute values, extremes and ends of intervals.

|A| <= B says A <= B and -A <= B; max_j A_j <= B says A_t <= B for every t, and B <= max_j A_j follows from B <= A_t for
one t. A function that is concave in one scalar is least at an end of its interval. Numbers have an order, and what is
a product with a factor 0 is 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from functools import partial
from itertools import permutations

from derive.kernel.inequalities.branches import replaced
from derive.kernel.inequalities.fresh import fresh
from derive.terms import (
    ZERO,
    Add,
    Apply,
    Big,
    Bound,
    Compare,
    Context,
    Entry,
    Equation,
    Hypothesis,
    Index,
    Multiply,
    Number,
    Power,
    Relation,
    Term,
    Variable,
    add,
    arrays,
    free_indices,
    multiply,
    negate,
    rename,
    walk,
)
from derive.terms.convexity import moved

Statement = tuple[Equation, Context]
Concave = Callable[[Term, frozenset[str], Context], bool]
MAX_ORDERED = 3
MAX_NAMED = 3


def as_bounds(equation: Equation, context: Context) -> Iterator[tuple[Statement, ...]]:
    """Yield lists of inequalities of which all together imply one; every inequality here is `left <= right`, or `<`."""
    turned = equation
    if equation.relation.bounds_below:
        turned = replace(
            equation, left=equation.right, right=equation.left, relation=equation.relation.mirrored
        )
    if not turned.relation.bounds_above:
        return
    match turned.left:
        case Apply("abs", (inner,), 0):
            both = (replace(turned, left=one) for one in (inner, minus(inner)))
            yield tuple((one, context) for one in both)
            if turned.relation is Relation.AT_MOST:
                left, right = (Power(one, Number(Fraction(2))) for one in (inner, turned.right))
                square = replace(turned, left=left, right=right), context
                yield (replace(turned, left=ZERO), context), square
    yield from _at_one_index(turned, context)
    yield from _with_names(turned, context)
    yield from _exponentiated(turned, context)
    yield from _by_vanishing_factors(turned, context)


def minus(node: Term) -> Term:
    """Return minus a term, with the sign at each term of a sum."""
    match node:
        case Add(terms):
            return add(*map(minus, terms))
        case Multiply((Number(value), *rest)):
            return multiply(Number(-value), *rest)
    return negate(node)


def _signed_terms(equation: Equation) -> Iterator[tuple[int, Term, Term]]:
    """Yield the terms of left minus right that are a number times something: its sign, that, and the whole term."""
    for side, unit in ((equation.left, 1), (equation.right, -1)):
        for term in side.terms if isinstance(side, Add) else (side,):
            number, rest = Fraction(unit), term
            if isinstance(term, Multiply) and len(term.factors) == 2 and isinstance(term.factors[0], Number):
                number, rest = number * term.factors[0].value, term.factors[1]
            yield (number > 0) - (number < 0), rest, term


def _extreme(sign: int, node: Term) -> tuple[int, Big] | None:
    """Return a maximum or minimum over one index, with its sign as a maximum."""
    if isinstance(node, Big) and node.operation in ("max", "min") and len(node.binders) == 1:
        if node.binders[0].excluded:
            return None
        return (sign if node.operation == "max" else -sign), node
    return None


def _at_one_index(equation: Equation, context: Context) -> Iterator[tuple[Statement, ...]]:
    """Take the extremes at one index: that at which one on the smaller side is attained, or one that is there."""
    found = [
        (e, term) for sign, rest, term in _signed_terms(equation) if (e := _extreme(sign, rest)) is not None
    ]
    above = [one for (sign, one), _ in found if sign > 0]
    below = [one for (sign, one), _ in found if sign < 0]
    parts = [part for side in (equation.left, equation.right) for part in walk(side)]
    # One that is not attained at the index stands in this one term only: elsewhere its entry would be no bound.
    if len(above) > 1 or not found or any(parts.count(one) > 1 for one in below):
        return
    bound = {b.index for part in parts if isinstance(part, Big) for b in part.binders}
    if any(not bound.isdisjoint(free_indices(one)) for one in (*above, *below)):
        return  # under a sum it would be another one
    dim = found[0][0][1].binders[0].index.dim
    if any(one.binders[0].index.dim != dim for one in (*above, *below)):
        return
    free = sorted({*free_indices(equation.left), *free_indices(equation.right)}, key=str)
    places = [Index("extreme", dim), *(i for i in free if i.dim == dim and not above)]
    for place in places:
        taken = equation
        for (_, one), _term in found:
            at = rename(one.body, {one.binders[0].index: place})
            taken = replace(taken, left=replaced(taken.left, one, at), right=replaced(taken.right, one, at))
        yield ((taken, context),)


def _with_names(equation: Equation, context: Context) -> Iterator[tuple[Statement, ...]]:
    """Call each extreme by a name of which no more is known than that it is one of no entry's wrong side."""
    parts = (part for side in (equation.left, equation.right) for part in walk(side))
    every = [
        one
        for part in dict.fromkeys(parts)
        if (one := _extreme(1, part)) is not None and not free_indices(part)
    ]
    if not 0 < len(every) <= MAX_NAMED:
        return
    variables, hypotheses = dict(context.variables), list(context.hypotheses)
    for sign, node in every:
        name = fresh("extreme", variables)
        variables[name] = Variable(name)
        equation = replace(
            equation,
            left=replaced(equation.left, node, Entry(name)),
            right=replaced(equation.right, node, Entry(name)),
        )
        relation = Relation.AT_MOST if sign > 0 else Relation.AT_LEAST
        bodies = [node.body]
        if sign > 0 and isinstance(node.body, Apply) and node.body.function == "abs":
            (inner,) = node.body.arguments
            bodies += [inner, negate(inner)]
        hypotheses += [Hypothesis(Compare(relation, body, Entry(name))) for body in bodies]
    yield ((equation, replace(context, variables=variables, hypotheses=tuple(hypotheses))),)


def _exponentiated(equation: Equation, context: Context) -> Iterator[tuple[Statement, ...]]:
    """Write log A - log B <= C as A <= B exp(C): A and B are positive where the logarithms have values."""
    factors: dict[int, list[Term]] = {1: [], -1: []}
    rest: list[Term] = []
    for side, unit in ((equation.left, 1), (equation.right, -1)):
        for term in side.terms if isinstance(side, Add) else (side,):
            match term:
                case Apply("log", (inner,), 0):
                    factors[unit].append(inner)
                case Multiply((Number(value), Apply("log", (inner,), 0))) if abs(value) == 1:
                    factors[unit * int(value)].append(inner)
                case _:
                    rest.append(term if unit < 0 else minus(term))
    if factors[1]:
        right = multiply(*factors[-1], Apply("exp", (add(*rest),)))
        yield ((replace(equation, left=multiply(*factors[1]), right=right), context),)


def _by_vanishing_factors(equation: Equation, context: Context) -> Iterator[tuple[Statement, ...]]:
    """A product of what is not negative is 0, or else each of its factors is positive."""
    parts = (part for side in (equation.left, equation.right) for part in walk(side))
    for part in dict.fromkeys(parts):
        match part:
            case Big("prod", (binder,), Entry(name)) if not binder.excluded and not free_indices(part):
                variable = context.variables.get(name)
                if variable is None or len(variable.dims) != 1 or not _is_nonnegative(variable):
                    continue
                vanishing = replace(
                    equation,
                    left=replaced(equation.left, part, ZERO),
                    right=replaced(equation.right, part, ZERO),
                )
                positive = Hypothesis(Compare(Relation.GREATER, part.body, ZERO))
                yield (
                    (vanishing, context),
                    (equation, replace(context, hypotheses=(*context.hypotheses, positive))),
                )


def _is_nonnegative(variable: Variable) -> bool:
    return variable.kind == "simplex" or Bound(Relation.AT_LEAST, ZERO) in variable.bounds


def at_ends(equation: Equation, context: Context, concave: Concave) -> Iterator[tuple[Statement, ...]]:
    """Yield the same at both ends of the interval of a scalar, along which left minus right is least at an end."""
    if not (equation.relation.bounds_below or equation.relation.bounds_above):
        return
    difference = add(equation.left, negate(equation.right))
    signed = difference if equation.relation.bounds_below else negate(difference)
    given = {
        name for h in context.hypotheses for name in arrays(h.condition.left) | arrays(h.condition.right)
    }
    for name in sorted(arrays(signed) - given):
        variable = context.variables.get(name)
        if variable is None or variable.dims or variable.kind != "real":
            continue
        low = [b.value for b in variable.bounds if b.relation is Relation.AT_LEAST]
        high = [b.value for b in variable.bounds if b.relation is Relation.AT_MOST]
        if len(low) == len(high) == 1 == len(variable.bounds) - 1 and concave(
            signed, frozenset((name,)), context
        ):
            yield tuple((_at(equation, name, end), context) for end in (*low, *high))


def _at(equation: Equation, name: str, value: Term) -> Equation:
    left, right = (moved(side, {name: lambda _: value}) for side in (equation.left, equation.right))
    return replace(equation, left=left, right=right)


def by_order(equation: Equation, context: Context) -> tuple[Statement, ...]:
    """Return the same for each order of its scalars, which are written as the least one and steps up from it.

    None are returned unless all of them are positive, or all not negative, with no hypothesis on them.
    """
    parts = [part for side in (equation.left, equation.right) for part in walk(side)]
    names = sorted({part.name for part in parts if isinstance(part, Entry)})
    given = {
        name for h in context.hypotheses for name in arrays(h.condition.left) | arrays(h.condition.right)
    }
    variables = [context.variables.get(name) for name in names]
    if not 1 < len(names) <= MAX_ORDERED or given.intersection(names):
        return ()
    if any(v is None or v.dims or v.kind != "real" or len(v.bounds) != 1 for v in variables):
        return ()
    bounds = {v.bounds[0] for v in variables if v is not None}
    if len(bounds) != 1 or next(iter(bounds)).value != ZERO or not next(iter(bounds)).relation.bounds_below:
        return ()
    around, steps = dict(context.variables), list[str]()
    for _ in names[1:]:
        steps.append(fresh("step", around))
        around[steps[-1]] = Variable(steps[-1], (), (Bound(Relation.AT_LEAST, ZERO),))
    stepwise = replace(context, variables=around)
    found: list[Statement] = []
    for order in permutations(names):
        change = {name: partial(_stepped, (order[0], *steps[:place])) for place, name in enumerate(order)}
        left, right = (moved(side, change) for side in (equation.left, equation.right))
        found.append((replace(equation, left=left, right=right), stepwise))
    return tuple(found)


def _stepped(names: tuple[str, ...], _: Entry) -> Term:
    return add(*map(Entry, names))
