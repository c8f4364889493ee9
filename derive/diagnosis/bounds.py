"""Known mistakes in inequalities: strict for weak, the wrong direction, a hypothesis missing, a constant too good.

A mistake is named only if the inequality without it is proved.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction

from derive.diagnosis.assumed import MISSING, missing_sums
from derive.diagnosis.candidate import Assertion, Candidate, letter_for, sentence
from derive.diagnosis.screen import KnownPoint, Screen
from derive.diagnosis.search import Explained, Named, is_absurd
from derive.errors import IllPosedError, LimitError, OutOfTimeError
from derive.kernel import prover
from derive.limits import deadline
from derive.limits.deadline import within
from derive.terms import (
    ZERO,
    Add,
    Compare,
    Context,
    Entry,
    Equation,
    Hypothesis,
    Multiply,
    Number,
    Power,
    Relation,
    SizeNumber,
    Term,
    add,
    arrays,
    multiply,
    names_of,
    walk,
)

STRICT, REVERSED = "strict for weak", "direction reversed"
SMALL, GREAT = "constant too small", "constant too great"
_FACTORS = tuple(
    Fraction(*one) for one in ((6, 5), (5, 4), (4, 3), (3, 2), (2, 1), (5, 2), (3, 1), (4, 1), (8, 1))
)
MOST_ARRAYS = 3
SHARE, LONGEST = 0.25, 2.0  # of the time that is left, and seconds at most, for the proof of one inequality


def explain_bound(equation: Equation, context: Context, spare: KnownPoint | None = None) -> Explained | None:
    """Return the known mistake behind a refuted inequality, `None` if none is found.

    The first that makes a theorem of it is told, the most specific first. `spare` is a point at which candidates
    may be looked at where no other is found.
    """
    screen = Screen(equation, context, equation, spare)
    for candidate in _candidates(equation, context):
        if candidate.context is context and not screen.may_hold(candidate.equation):
            continue
        theorem: object = None
        most = min(SHARE * deadline.left(), LONGEST)
        with suppress(OutOfTimeError, LimitError, IllPosedError), within(most):
            theorem = prover.prove(candidate.equation, candidate.context)
        deadline.check()
        try:
            if prover.applies(theorem, candidate.equation, candidate.context) and not (
                theorem.conditions or _is_given(candidate) or is_absurd(candidate.equation, candidate.context)
            ):
                named = Named(candidate, candidate.said, (theorem,), context)
                return Explained((named,), None)
        except (LimitError, IllPosedError):
            continue
    return None


def _is_given(candidate: Candidate) -> bool:
    """Return whether what is to be supposed is the inequality itself."""
    said = candidate.equation
    claimed = (said.relation, said.left, said.right)
    conditions = (h.condition for h in candidate.context.hypotheses)
    return any((one.relation, one.left, one.right) == claimed for one in conditions)


def _candidates(equation: Equation, context: Context) -> Iterator[Candidate]:
    relation = equation.relation
    if relation is Relation.UNEQUAL:
        return
    if 0 not in relation.signs:
        weak = replace(equation, relation=Relation.AT_LEAST if relation.bounds_below else Relation.AT_MOST)
        yield _right(STRICT, weak, context)
    yield _right(REVERSED, replace(equation, relation=relation.mirrored), context)
    if 0 not in relation.signs:
        reversed_ = Relation.AT_MOST if relation.bounds_below else Relation.AT_LEAST
        yield _right(REVERSED, replace(equation, relation=reversed_), context)
    yield from _missing(equation, context)
    yield from _constants(equation, context)


def _right(mistake: str, equation: Equation, context: Context) -> Candidate:
    return Candidate(mistake, sentence("{} is right", equation), equation, context)


def _missing(equation: Equation, context: Context) -> Iterator[Candidate]:
    """Yield the inequality for at least two of a size, for positive numbers, and for what sums to 1."""
    sides = equation.left, equation.right
    sizes = dict.fromkeys(i for side in sides for part in walk(side) for i in _dims(part, context))
    for name in sizes:
        size = context.sizes.get(name)
        if size is not None and size.fixed is None and size.minimum < 2:
            condition = Compare(Relation.AT_LEAST, SizeNumber(name), Number(Fraction(2)))
            yield Candidate(MISSING, _said(condition), equation, context.from_sizes({name: 2}))
    names = {name for side in sides for name in arrays(side)}
    plain = [v for n, v in context.variables.items() if n in names and v.kind == "real" and not v.bounds]
    taken: set[str | int] = {str(name) for side in sides for part in walk(side) for name in names_of(part)}
    for variable in plain[:MOST_ARRAYS]:
        indices = tuple(letter_for(dim, taken) for dim in variable.dims)
        condition = Compare(Relation.GREATER, Entry(variable.name, indices), ZERO)
        supposed = replace(context, hypotheses=(*context.hypotheses, Hypothesis(condition)))
        yield Candidate(MISSING, _said(condition), equation, supposed)
    yield from missing_sums(equation, context)


def _dims(part: Term, context: Context) -> tuple[str, ...]:
    if isinstance(part, SizeNumber):
        return (part.name,)
    if isinstance(part, Entry):
        return tuple(index.dim for index in part.indices if index.dim in context.sizes)
    return ()


def _said(condition: Compare) -> Assertion:
    return sentence("it holds where {}", condition)


def _constants(equation: Equation, context: Context) -> Iterator[Candidate]:
    """Yield the inequality with another constant on its right side, or its left one, the nearest first."""
    for side in ("right", "left"):
        node = equation.right if side == "right" else equation.left
        greater = equation.relation.bounds_above == (side == "right")
        for changed in (*_with_other_number(node, greater=greater), *_multiples(node, greater=greater)):
            mended = replace(equation, right=changed) if side == "right" else replace(equation, left=changed)
            yield _right(SMALL if greater else GREAT, mended, context)


def _with_other_number(node: Term, *, greater: bool) -> Iterator[Term]:
    """Yield a sum with another number in place of the one in it, or with none."""
    match node:
        case Add(terms):
            numbers = [one for one in terms if isinstance(one, Number)]
            if len(numbers) != 1:
                return
            (number,) = numbers
            rest = add(*(one for one in terms if one is not number))
            grows = greater == (number.value > 0)
            if not grows:
                yield rest
            for factor in _FACTORS:
                yield add(rest, Number(number.value * (factor if grows else 1 / factor)))


def _multiples(node: Term, *, greater: bool) -> Iterator[Term]:
    for factor in _FACTORS:
        changed = _times(node, factor if greater else 1 / factor)
        if changed is not None:
            yield changed


def _times(node: Term, factor: Fraction) -> Term | None:
    """Return a multiple of a term that is a number, or has one in front or below; `None` for any other."""
    match node:
        case Add(terms):
            return add(*(_times(one, factor) or multiply(Number(factor), one) for one in terms))
        case Number(value) if value > 0:
            return Number(value * factor)
        case Multiply((Number(value), *rest)) if value > 0:
            return multiply(*(() if value * factor == 1 else (Number(value * factor),)), *rest)
        case Multiply((*rest, Power(Number(below), Number(minus)))) if minus == -1 and below > 0:
            return multiply(Number(factor / below), *rest)
    return None
