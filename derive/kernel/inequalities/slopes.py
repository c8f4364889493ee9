"""Inequalities by slopes: what is not settled by signs is led back to derivatives, and those to others again.

The sides' difference is a product; the sign of each factor that is not known is proved by the mean value theorem.
Absolute values, maxima and branches of scalars are taken apart first. Which variable and which point to start from is
only a suggestion.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import chain, islice, product

from derive.errors import LimitError
from derive.kernel.cases import Case
from derive.kernel.differentiation import Resolver
from derive.kernel.domain import domain
from derive.kernel.goals import goals_of
from derive.kernel.inequalities.anchors import is_plausible, suggestions
from derive.kernel.inequalities.branches import branches, opposite, replaced
from derive.kernel.inequalities.calculus import Prove, at_least, has_values
from derive.kernel.inequalities.convexity import below_chords, is_convex_by_shape
from derive.kernel.inequalities.extremes import as_bounds, at_ends, by_order
from derive.kernel.inequalities.grouping import forms, sifted
from derive.kernel.inequalities.jensen import by_jensen
from derive.kernel.inequalities.scalars import of_scalars, without_signs
from derive.kernel.inequalities.structure import sign_by_shape
from derive.kernel.normal_form.polynomials import Sign
from derive.kernel.normal_form.symbols import NeedPatternError
from derive.kernel.signs.choices import NeedCasesError
from derive.kernel.signs.facts import NONNEGATIVE, NONPOSITIVE, EmptyCaseError
from derive.limits import deadline
from derive.terms import (
    ONE,
    ZERO,
    Add,
    Apply,
    Big,
    Compare,
    Context,
    Equation,
    Hypothesis,
    Multiply,
    Number,
    Power,
    Relation,
    Term,
    add,
    free_indices,
    multiply,
    negate,
    walk,
)

DEPTH = 5
MAX_TRIED = 4  # points to start from
SHALLOW = 3  # for a part
OTHERS = 3  # steps from an inequality to others that imply it
MAX_SPLITS = 6
SIGNS, CERTIFICATES, STEPS = -1, 0, 2  # how much is tried before slopes are looked at

CONVEXITY, JENSEN, SLOPES = "convexity", "Jensen's inequality", "mean value theorem"
OTHER, LOGARITHMS = "other inequalities", "logarithms of both sides"
TERM_BY_TERM, UNSIGNED = "term by term", "absolute values"

Shown = Callable[..., bool]
"""What is proved without slopes, with how much effort."""


def sloped(equation: Equation, context: Context, shown: Shown) -> str | None:
    """Return by what an inequality is proved, `None` if it is not; `shown` says what is proved without slopes."""
    if equation.relation is Relation.UNEQUAL:
        stricter = (replace(equation, relation=one) for one in (Relation.GREATER, Relation.LESS))
        return next(filter(None, (sloped(one, context, shown) for one in stricter)), None)
    try:
        conditions = domain(equation.left, context) + domain(equation.right, context)
        goals = tuple(goals_of(equation, context, conditions))
    except LimitError:
        return None
    if len(goals) != 1:
        return None
    (goal,) = goals
    alone = (c.compare for c in goal.conditions if not (c.binders or c.guards))
    # The indices of a hypothesis mean "for all", so what is known of one entry is not supposed.
    given = (*goal.hypotheses, *(Hypothesis(one) for one in alone if not free_indices(one)))
    around = replace(context, definitions={}, hypotheses=given)
    resolved = Equation(goal.left, goal.right, (), relation=equation.relation)
    bare = replace(context, definitions={}, hypotheses=goal.hypotheses)
    return next((name for name, proves in _ways(resolved, bare, around, shown) if proves()), None)


def _ways(
    equation: Equation, bare: Context, around: Context, shown: Shown
) -> Iterator[tuple[str, Callable[[], bool]]]:
    """Yield the ways to a proof with their names, the cheapest first; `around` has the conditions of values too."""
    prove: Prove = partial(_proved, shown=shown, depth=SHALLOW)
    yield CONVEXITY, partial(below_chords, equation, bare, partial(_proved, shown=shown, depth=DEPTH))
    yield JENSEN, partial(by_jensen, equation, bare, prove, partial(is_convex_by_shape, prove=prove))
    for ask in (partial(shown, effort=SIGNS), partial(_at_once, shown=shown)):
        yield OTHER, partial(_by_others, equation, bare, shown, ask, OTHERS)
    logarithms = tuple(_by_logarithms(equation, around, shown))
    for one in logarithms:
        yield LOGARITHMS, partial(shown, one, around, CERTIFICATES)
    yield TERM_BY_TERM, partial(_by_shape, equation, around, shown)
    yield SLOPES, partial(_by_branches, equation, around, shown, DEPTH, MAX_SPLITS)
    yield OTHER, partial(_by_others, equation, bare, shown, partial(_with_effort, shown=shown), 2)
    unsigned = without_signs(equation, bare)
    if unsigned is not None:
        yield UNSIGNED, partial(shown, *unsigned, STEPS)
    for one in logarithms:
        yield LOGARITHMS, partial(_by_branches, one, around, shown, DEPTH, MAX_SPLITS)


def _by_others(equation: Equation, context: Context, shown: Shown, ask: Prove, steps: int) -> bool:
    """Return whether inequalities that together imply one are shown, or led back to others in their turn."""
    prove: Prove = partial(_proved, shown=shown, depth=SHALLOW)
    deadline.check()
    together = chain(
        as_bounds(equation, context),
        filter(None, (by_order(equation, context),)),
    )
    ends = at_ends(equation, context, partial(_is_concave, prove=prove))
    if any(all(_has_sign(*one, ask) for one in every) for every in ends):
        return True
    return any(
        all(ask(*one) or (steps > 1 and _by_others(*one, shown, ask, steps - 1)) for one in every)
        for every in together
    )


def _is_concave(term: Term, moving: frozenset[str], context: Context, *, prove: Prove) -> bool:
    return has_values(term, context) and is_convex_by_shape(negate(term), moving, context, prove)


def _at_once(equation: Equation, context: Context, *, shown: Shown) -> bool:
    return shown(equation, context, SIGNS) or _by_shape(equation, context, shown)


def _with_effort(equation: Equation, context: Context, *, shown: Shown) -> bool:
    return _proved(equation, context, shown=shown, depth=SHALLOW) or shown(equation, context, STEPS)


def _by_logarithms(equation: Equation, context: Context, shown: Shown) -> Iterator[Equation]:
    """Yield the same of the logarithms, if both sides are shown to be positive wherever they have a value."""
    sides = equation.left, equation.right
    parts = (part for side in sides for part in walk(side))
    if not any(_is_exponential(part) for part in parts):
        return
    positive = (Equation(side, ZERO, relation=Relation.GREATER) for side in sides)
    if all(has_values(side, context) for side in sides) and all(
        shown(one, context, SIGNS) for one in positive
    ):
        left, right = (
            side.arguments[0] if isinstance(side, Apply) and side.function == "exp" else Apply("log", (side,))
            for side in sides
        )
        yield replace(equation, left=left, right=right)


def _is_exponential(part: Term) -> bool:
    match part:
        case Apply("exp" | "cosh") | Big("prod"):
            return True
        case Power(_, exponent):
            return not isinstance(exponent, Number)
    return False


def _proved(equation: Equation, context: Context, *, shown: Shown, depth: int) -> bool:
    """Return whether a relation is proved wherever its sides have values: the cheapest ways first.

    Slopes and shapes show on which side of another number one lies, or beyond it; that two are equal they never show.
    """
    deadline.check()
    if shown(equation, context, SIGNS):
        return True
    if equation.relation is Relation.EQUAL:
        return False
    if equation.relation is Relation.UNEQUAL:
        beyond = (replace(equation, relation=one) for one in (Relation.GREATER, Relation.LESS))
        return any(_proved(one, context, shown=shown, depth=depth) for one in beyond)
    if _by_shape(equation, context, shown):
        return True
    if equation.relation.bounds_below and not is_plausible(
        add(equation.left, negate(equation.right)), context
    ):
        return False
    return _by_branches(equation, context, shown, depth, MAX_SPLITS) or shown(
        equation, context, STEPS if depth == DEPTH else CERTIFICATES
    )


def _by_shape(equation: Equation, context: Context, shown: Shown) -> bool:
    """Return whether the shape of left minus right shows the relation; equality is never read off it."""
    ask = partial(_asked, shown=shown)
    resolver = Resolver(context)
    left, right = (sifted(resolver.resolve(side)) for side in (equation.left, equation.right))
    if not any(isinstance(part, Big) for side in (left, right) for part in walk(side)):
        return False
    sides = [
        (left, right),
        *product(islice(_grouped(left, context, shown), 2), islice(_grouped(right, context, shown), 2)),
    ]
    return any(
        sign_by_shape(one if other == ZERO else add(one, *_negated(other)), context, ask)
        <= equation.relation.signs
        for one, other in dict.fromkeys(sides)
    )


def _grouped(side: Term, context: Context, shown: Shown) -> Iterator[Term]:
    """Yield a side with sums in it as forms, and the side as it is if there are none."""
    found = False
    number, rest = (
        (side.factors[0], multiply(*side.factors[1:]))
        if (isinstance(side, Multiply) and isinstance(side.factors[0], Number))
        else (ONE, side)
    )
    for form in forms(rest):
        if shown(Equation(rest, form), context, SIGNS):
            found = True
            yield multiply(number, form)
    if not found:
        yield side


def _negated(node: Term) -> Iterator[Term]:
    """Yield the terms of minus a sum."""
    match node:
        case Add(terms):
            for term in terms:
                yield from _negated(term)
        case Multiply((factor, Add(terms))):
            for term in terms:
                yield from _negated(multiply(factor, term))
        case _:
            yield negate(node)


def _asked(equation: Equation, context: Context, *, shown: Shown) -> bool:
    """Return whether a part has a sign: as it is, or for any numbers in the place of its entries and sums."""
    if shown(equation, context, CERTIFICATES):
        return True
    general = of_scalars(equation, context)
    if general is None or not all(
        has_values(side, general[1]) for side in (general[0].left, general[0].right)
    ):
        return False
    prove: Prove = partial(_proved, shown=shown, depth=SHALLOW)
    ends = at_ends(*general, partial(_is_concave, prove=prove))
    surely = partial(_with_effort, shown=shown)
    return prove(*general) or any(all(_has_sign(*one, surely) for one in every) for every in ends)


def _has_sign(equation: Equation, context: Context, prove: Prove) -> bool:
    """Return whether an inequality is proved and has values on both sides everywhere."""
    return all(has_values(side, context) for side in (equation.left, equation.right)) and prove(
        equation, context
    )


def _by_branches(equation: Equation, context: Context, shown: Shown, depth: int, splits: int) -> bool:
    """Return whether an inequality is proved branch by branch, for branches that are chosen by scalars."""
    branch = next(branches(equation.left), None) or next(branches(equation.right), None)
    if branch is None or splits == 0 or free_indices(branch[1].condition):
        return _by_factors(equation, context, shown, depth)
    node, where = branch
    for condition, value in ((where.condition, where.then), (opposite(where.condition), where.otherwise)):
        change = partial(replaced, node=node, by=value)
        one = replace(equation, left=change(equation.left), right=change(equation.right))
        narrowed = replace(context, hypotheses=(*context.hypotheses, Hypothesis(condition)))
        if shown(one, narrowed, SIGNS):
            continue
        if not _by_branches(one, narrowed, shown, depth, splits - 1) and not shown(
            one, narrowed, CERTIFICATES
        ):
            return False
    return True


def _by_factors(equation: Equation, context: Context, shown: Shown, depth: int) -> bool:
    """Return whether the signs of the factors of left minus right, each proved by slopes, give the relation."""
    deadline.check()
    if depth == 0:
        return False
    try:
        conditions = domain(equation.left, context) + domain(equation.right, context)
        goals = tuple(goals_of(equation, context, conditions))
        if len(goals) != 1:
            return False
        if _by_its_own_slope(
            Equation(goals[0].left, goals[0].right, relation=equation.relation), context, shown, depth
        ):
            return True
        known, unknown = Case(goals[0], context).factors()
    except (LimitError, NeedCasesError, NeedPatternError):
        return False
    except EmptyCaseError:
        return True
    wanted = equation.relation.signs
    if len(unknown) == 2 and known <= NONNEGATIVE | NONPOSITIVE and 0 in wanted:
        for (one, first), (other, second) in (unknown, unknown[::-1]):
            if first % 2 and second % 2 and _together(one, other, known, wanted, context, shown, depth):
                return True
    signs = known
    for term, exponent in unknown:
        found = _sign_of(term, context, shown, depth, strict=0 not in wanted or exponent < 0)
        if found is None:
            return False
        signs = frozenset(a * b ** (exponent % 2 or 2) for a in signs for b in found)
    return bool(unknown) and signs <= wanted


def _by_its_own_slope(equation: Equation, context: Context, shown: Shown, depth: int) -> bool:
    """Return whether left minus right, as it is, is seen to grow from somewhere: denominators may stay apart."""
    if not (equation.relation.bounds_below or equation.relation.bounds_above):
        return False
    node = add(equation.left, negate(equation.right))
    signed = node if equation.relation.bounds_below else negate(node)
    if not has_values(signed, context):
        return False
    prove: Prove = partial(_proved, shown=shown, depth=depth - 1)
    strict = 0 not in equation.relation.signs
    found = islice(suggestions(signed, context), MAX_TRIED)
    return any(
        at_least(signed, variable, anchor, context, prove, strict=strict) for variable, anchor in found
    )


def _together(
    one: Term, other: Term, known: Sign, wanted: Sign, context: Context, shown: Shown, depth: int
) -> bool:
    """Return whether a product of two factors has a sign because one has that of the other, or the opposite one."""
    if free_indices(one) or any(isinstance(part, Apply) for part in walk(one)):
        return False  # of the simpler one the cases are supposed, and of no single entry
    for relation in (Relation.AT_LEAST, Relation.AT_MOST):
        narrowed = replace(
            context, hypotheses=(*context.hypotheses, Hypothesis(Compare(relation, one, ZERO)))
        )
        found = _sign_of(other, narrowed, shown, depth, strict=False)
        if found is None:
            return False
        if not frozenset(a * b * c for a in known for b in relation.signs for c in found) <= wanted:
            return False
    return True


def _sign_of(
    term: Term, context: Context, shown: Shown, depth: int, *, strict: bool
) -> frozenset[int] | None:
    """Return the signs that are proved to be the only ones of a factor, which has a value everywhere."""
    if not has_values(term, context):
        return None
    prove: Prove = partial(_proved, shown=shown, depth=depth - 1)
    relation = Relation.GREATER if strict else Relation.AT_LEAST
    for sign, signed in ((1, term), (-1, negate(term))):
        for variable, anchor in suggestions(signed, context):
            if at_least(signed, variable, anchor, context, prove, strict=strict):
                return frozenset(sign * one for one in relation.signs)
    return None
