"""Inequalities by slopes: what is not settled by signs is led back to derivatives, and those to others again.

The sides' difference is a product; the sign of each factor that is not known is proved by the mean value theorem.
Absolute values, maxima and branches of scalars are taken apart first. Which variable and which point to start from is
only a suggestion.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import islice

from derive.errors import LimitError
from derive.kernel.cases import Case
from derive.kernel.differentiation import Resolver
from derive.kernel.domain import domain
from derive.kernel.goals import goals_of
from derive.kernel.inequalities.anchors import is_plausible, suggestions
from derive.kernel.inequalities.calculus import Prove, at_least, has_values
from derive.kernel.inequalities.convexity import below_chords
from derive.kernel.inequalities.scalars import of_scalars, without_signs
from derive.kernel.inequalities.structure import sign_by_shape
from derive.kernel.normal_form.polynomials import Sign
from derive.kernel.normal_form.symbols import NeedPatternError
from derive.kernel.signs.choices import NeedCasesError
from derive.kernel.signs.facts import NONNEGATIVE, NONPOSITIVE, EmptyCaseError
from derive.limits import deadline
from derive.terms import (
    ZERO,
    Add,
    Apply,
    Big,
    Compare,
    Context,
    Equation,
    Hypothesis,
    Multiply,
    Relation,
    Term,
    Where,
    add,
    children,
    free_indices,
    multiply,
    negate,
    rebuild,
    walk,
)
from derive.terms.functions import expansion

DEPTH = 5
MAX_TRIED = 4  # points to start from
SHALLOW = 3  # for a part
MAX_SPLITS = 6
SIGNS, CERTIFICATES, STEPS = -1, 0, 2  # how much is tried before slopes are looked at

Shown = Callable[..., bool]
"""What is proved without slopes, with how much effort."""


def sloped(equation: Equation, context: Context, shown: Shown) -> bool:
    """Return whether an inequality is proved by slopes; `shown` says what is proved without them."""
    if equation.relation is Relation.UNEQUAL:
        stricter = (replace(equation, relation=one) for one in (Relation.GREATER, Relation.LESS))
        return any(sloped(one, context, shown) for one in stricter)
    try:
        conditions = domain(equation.left, context) + domain(equation.right, context)
        goals = tuple(goals_of(equation, context, conditions))
    except LimitError:
        return False
    if len(goals) != 1:
        return False
    (goal,) = goals
    alone = (c.compare for c in goal.conditions if not (c.binders or c.guards))
    # The indices of a hypothesis mean "for all", so what is known of one entry is not supposed.
    given = (*goal.hypotheses, *(Hypothesis(one) for one in alone if not free_indices(one)))
    around = replace(context, definitions={}, hypotheses=given)
    resolved = Equation(goal.left, goal.right, (), relation=equation.relation)
    bare = replace(context, definitions={}, hypotheses=goal.hypotheses)
    if below_chords(resolved, bare, partial(_proved, shown=shown, depth=DEPTH)):
        return True
    if _by_shape(resolved, around, shown) or _by_branches(resolved, around, shown, DEPTH, MAX_SPLITS):
        return True
    unsigned = without_signs(resolved, bare)
    if unsigned is not None and shown(*unsigned, STEPS):
        return True
    return any(
        _by_branches(one, around, shown, DEPTH, MAX_SPLITS) for one in _by_logarithms(resolved, around, shown)
    )


def _by_logarithms(equation: Equation, context: Context, shown: Shown) -> Iterator[Equation]:
    """Yield the same of the logarithms, if both sides are shown to be positive wherever they have a value."""
    sides = equation.left, equation.right
    parts = (part for side in sides for part in walk(side))
    if not any(isinstance(part, Apply) and part.function in ("exp", "cosh") for part in parts):
        return
    positive = (Equation(side, ZERO, relation=Relation.GREATER) for side in sides)
    if all(has_values(side, context) for side in sides) and all(
        shown(one, context, SIGNS) for one in positive
    ):
        left, right = (Apply("log", (side,)) for side in sides)
        yield replace(equation, left=left, right=right)


def _proved(equation: Equation, context: Context, *, shown: Shown, depth: int) -> bool:
    """Return whether an inequality is proved wherever its sides have values: the cheapest ways first."""
    deadline.check()
    if shown(equation, context, SIGNS):
        return True
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
    left, right = resolver.resolve(equation.left), resolver.resolve(equation.right)
    if not any(isinstance(part, Big) for side in (left, right) for part in walk(side)):
        return False
    node = left if right == ZERO else add(left, *_negated(right))
    return sign_by_shape(node, context, ask) <= equation.relation.signs


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
    return _proved(*general, shown=shown, depth=SHALLOW)


def _by_branches(equation: Equation, context: Context, shown: Shown, depth: int, splits: int) -> bool:
    """Return whether an inequality is proved branch by branch, for branches that are chosen by scalars."""
    branch = next(_branches(equation.left), None) or next(_branches(equation.right), None)
    if branch is None or splits == 0 or free_indices(branch[1].condition):
        return _by_factors(equation, context, shown, depth)
    node, where = branch
    for condition, value in ((where.condition, where.then), (_opposite(where.condition), where.otherwise)):
        change = partial(_replaced, node=node, by=value)
        one = replace(equation, left=change(equation.left), right=change(equation.right))
        narrowed = replace(context, hypotheses=(*context.hypotheses, Hypothesis(condition)))
        if shown(one, narrowed, SIGNS):
            continue
        if not _by_branches(one, narrowed, shown, depth, splits - 1) and not shown(
            one, narrowed, CERTIFICATES
        ):
            return False
    return True


def _opposite(condition: Compare) -> Compare:
    return Compare(condition.relation.negation, condition.left, condition.right)


def _branches(node: Term) -> Iterator[tuple[Term, Where]]:
    """Yield the parts of a term that choose a branch, each with what it means; none of them under a sum."""
    if isinstance(node, Big):
        return
    for child in children(node):
        yield from _branches(child)
    meaning: Term | None = node
    if isinstance(node, Apply) and node.function in ("abs", "max", "min", "relu"):
        meaning = expansion(node)
    if isinstance(meaning, Where):
        yield node, meaning


def _replaced(term: Term, node: Term, by: Term) -> Term:
    return by if term == node else rebuild(term, lambda child: _replaced(child, node, by))


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
