"""Convexity by second derivatives: what has a form of Hesse that is nowhere negative lies below its chords.

Let F be continuous where it has values on a product of intervals, and twice differentiable inside it. If for every
point x inside and every direction v the second derivative of F(x + r v) by r at 0 is not negative, then
F(t x + (1 - t) u) <= t F(x) + (1 - t) F(u): inside by the theorem on convex functions, at the ends by continuity.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from itertools import permutations

from derive.kernel.differentiation import resolve
from derive.kernel.inequalities.calculus import Prove, has_values, is_continuous, opened
from derive.kernel.inequalities.curvature import CONVEX, Composition
from derive.kernel.inequalities.pieces import is_convex_along
from derive.terms import (
    ONE,
    ZERO,
    Add,
    Bound,
    Context,
    Derivative,
    Entry,
    Equation,
    Index,
    Multiply,
    Relation,
    Term,
    Variable,
    add,
    arrays,
    depends,
    multiply,
    negate,
    same,
)
from derive.terms.convexity import Change, mixed, moved

MAX_JOINTLY = 3


def below_chords(equation: Equation, context: Context, prove: Prove) -> bool:
    """Return whether an inequality says that a term is convex, or concave, and that is proved.

    The sides have no definitions in them; in the form `F(t x + (1 - t) u) <= t F(x) + (1 - t) F(u)` it is the
    convexity of F, with `>=` its concavity.
    """
    if equation.relation not in (Relation.AT_MOST, Relation.AT_LEAST):
        return False
    convex = equation.relation is Relation.AT_MOST
    for body, pairs in _chords(equation, context):
        signed = body if convex else negate(body)
        if _is_unrestricted(tuple(pairs), context) and (
            is_convex_by_shape(signed, frozenset(pairs), context, prove)
            or _is_convex(signed, tuple(pairs), context, prove)
        ):
            return True
    return False


def _chords(equation: Equation, context: Context) -> Iterator[tuple[Term, Mapping[str, str]]]:
    """Yield the terms F of which the sides are the value between two points and the chord, with the names of these."""
    match equation.right:
        case Add((Multiply((Entry(weight, ()), *first)), Multiply((_, *second)))):
            here, there = multiply(*first), multiply(*second)
        case _:
            return
    declared = context.variables.get(weight)
    if declared is None or not _is_share(declared):
        return
    # The weight is a variable of its own: it stands in nothing else.
    if weight in arrays(here) | arrays(there) or any(
        depends(side, weight, context.definitions)
        for h in context.hypotheses
        for side in (h.condition.left, h.condition.right)
    ):
        return
    moving, fixed = sorted(arrays(here) - arrays(there)), sorted(arrays(there) - arrays(here))
    if len(moving) != len(fixed) or not 0 < len(moving) <= MAX_JOINTLY:
        return
    for other in permutations(fixed):
        pairs = dict(zip(moving, other, strict=True))
        # Both points lie in one convex set: what is convex where x is positive says nothing of a negative u.
        if any(_domain(one, context) != _domain(two, context) for one, two in pairs.items()):
            continue
        again = moved(here, {one: _called(two) for one, two in pairs.items()})
        between = moved(here, {one: _between(weight, two) for one, two in pairs.items()})
        whole = mixed(weight, here, there)
        if same(again, there) and same(between, equation.left) and same(whole, equation.right):
            yield here, pairs


def _domain(name: str, context: Context) -> Variable:
    return replace(context.variables[name], name="")


def _is_share(variable: Variable) -> bool:
    ends = {(bound.relation, bound.value) for bound in variable.bounds}
    return not variable.dims and ends == {(Relation.AT_LEAST, ZERO), (Relation.AT_MOST, ONE)}


def _called(name: str) -> Change:
    return lambda entry: Entry(name, entry.indices)


def _between(weight: str, name: str) -> Change:
    return lambda entry: mixed(weight, entry, Entry(name, entry.indices))


def _is_convex(body: Term, pairs: tuple[str, ...], context: Context, prove: Prove) -> bool:
    """Return whether a term is proved to be convex in some variables, whose domains are intervals entry by entry."""
    if not is_continuous(body):
        return False
    inside, directions = dict(context.variables), dict[str, str]()
    for name in pairs:
        declared = inside[name]
        bounds = declared.bounds
        if declared.kind == "simplex":  # a convex part of [0, 1]^n, and F is looked at on all of that
            bounds = (*bounds, Bound(Relation.AT_LEAST, ZERO), Bound(Relation.AT_MOST, ONE))
        inside[name] = replace(declared, kind="real", bounds=opened(bounds))
        directions[name] = f"{name} direction"
        inside[directions[name]] = Variable(directions[name], declared.dims)
    step = "step"
    inside[step] = Variable(step)
    around = replace(context, variables=inside, definitions={})
    line = moved(body, {name: _along(step, directions[name]) for name in pairs})
    here = Entry(step)
    second = resolve(Derivative(line, (here, here)), around)
    form = moved(second, {step: lambda _: ZERO})
    # That F is twice differentiable inside is asked of its own derivatives, entry by entry.
    if not has_values(body, around) or not all(
        has_values(Derivative(body, (one, two)), around)
        for one in _entries(pairs, around, "1")
        for two in _entries(pairs, around, "2")
    ):
        return False
    return has_values(form, around) and prove(Equation(form, ZERO, relation=Relation.AT_LEAST), around)


def _is_unrestricted(names: tuple[str, ...], context: Context) -> bool:
    """Return whether some variables move freely in convex sets: as declared, and no hypothesis speaks of them."""
    if any(
        context.variables[name].kind == "onehot"
        or any(b.relation is Relation.UNEQUAL for b in context.variables[name].bounds)
        for name in names
    ):
        return False
    return not any(
        depends(side, name, context.definitions)
        for name in names
        for h in context.hypotheses
        for side in (h.condition.left, h.condition.right)
    )


def is_convex_by_shape(body: Term, moving: frozenset[str], context: Context, prove: Prove) -> bool:
    """Return whether a term is convex in some variables by how it is composed; see `curvature`."""
    scalar = partial(is_convex_along, prove=prove)
    return CONVEX in Composition(moving, context, prove, scalar).curvature(body)


def _entries(names: tuple[str, ...], context: Context, mark: str) -> Iterator[Entry]:
    for name in names:
        dims = context.variables[name].dims
        yield Entry(name, tuple(Index(f"place {k} {mark}", dim) for k, dim in enumerate(dims)))


def _along(step: str, direction: str) -> Change:
    return lambda entry: add(entry, multiply(Entry(step), Entry(direction, entry.indices)))
