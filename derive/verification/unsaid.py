"""What a page may mean and was not read as saying: then a claim of it is not refuted, and what was found is told.

Two nets beside each other. What words and formulas of the page may say of a claim comes with it, from its reader. And
whatever the words were, a claim that is proved as soon as one condition is given that people usually state in words (an
array sums to one, is one-hot, symmetric, positive; two indices differ) is not refuted on a page.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from derive.diagnosis.assumed import added, missing_in_words, missing_sums, missing_symmetry, missing_values
from derive.diagnosis.assumptions import leaves_something
from derive.diagnosis.candidate import Candidate
from derive.errors import ReadingError
from derive.kernel import prover
from derive.problem.problems import Saying, Surroundings
from derive.report.results import Counterexample, Result, Verdict
from derive.terms import Context, Equation, IndexRelation, free_indices
from derive.verification import searches

PROVING = 0.5  # seconds, for a proof under one condition
SEARCHING = 2.0  # seconds, for all of them
CONSUMING = 0.2  # seconds, for a proof of what a page says beside a claim that is proved
CONSUMING_AGAINST = 1.0  # seconds, for that of what it says beside one that is refuted, which are few
MOST_CONDITIONS = 60


def against(found: Result, page: Surroundings) -> ReadingError | None:
    """Return what of a page stands against a verdict; of a refutation it tells what was found all the same."""
    if found.verdict not in (Verdict.PROVED, Verdict.REFUTED) or found.context is None:
        return None
    refuted = found.verdict is Verdict.REFUTED
    for one in page.sayings:
        if (refuted or one.anew) and not _is_consumed(one, found.context, refuted):
            told = _seen(found.counterexample) if refuted and found.counterexample is not None else ""
            return ReadingError(f"{one.error.message}{told}", one.error.position)
    return None


def _is_consumed(saying: Saying, context: Context, refuted: bool) -> bool:
    """Return whether what a page says beside a claim follows from what was read: it says nothing new then."""
    equation = saying.equation
    if equation is None:
        return False
    bound = CONSUMING_AGAINST if refuted else CONSUMING
    proof, _ = searches.looked_for(bound, partial(prover.prove, equation, context))
    return isinstance(proof, prover.Theorem) and prover.applies(proof, equation, context)


def _seen(found: Counterexample) -> str:
    """Return what was found at a point, in words."""
    return f"; as it was read it is false at {_place(found)}: left {found.left}, right {found.right}"


def _place(found: Counterexample) -> str:
    return ", ".join(f"{name} = {_number(value)}" for name, value in found.point) or "every point"


def _number(value: object) -> str:
    return f"[{', '.join(map(_number, value))}]" if isinstance(value, list | tuple) else str(value)


def kept(found: Iterator[Result], page: Surroundings) -> Iterator[Result]:
    """Yield the results of a claim on a page; a refutation that one condition turns into a proof is kept back."""
    decided = next(found)
    instead = supposed(decided, page)
    yield decided if instead is None else instead
    if instead is None:
        yield from found


def supposed(found: Result, page: Surroundings) -> Result | None:
    """Return `undecided` in place of a refutation that one condition turns into a proof, None if there is none."""
    equation, context = found.statement, found.context
    if found.verdict is not Verdict.REFUTED or equation is None or context is None:
        return None
    words, _ = searches.looked_for(SEARCHING, partial(_condition, equation, context, page.compares))
    if words is None:
        return None
    told = _seen(found.counterexample).removeprefix("; as it was read it is ") if found.counterexample else ""
    reason = f"{words}; without that it is {told}"
    link = None if found.follows is None else Verdict.UNDECIDED
    return Result(
        Verdict.UNDECIDED,
        reason=reason,
        statement=equation,
        context=context,
        sizes_tried=found.sizes_tried,
        follows=link,
        true=link,
    )


def _condition(equation: Equation, context: Context, compares: bool) -> str | None:
    """Return in words the condition under which an equation is proved, and how to give it."""
    for relation in _relations(equation) if compares else ():
        under = replace(equation, when=(*equation.when, relation))
        if _holds(under, context):
            return f"true where {relation}: if this is meant, write the case beside the line"
    for candidate in itertools.islice(_candidates(equation, context), MOST_CONDITIONS):
        if _holds(candidate.equation, candidate.context) and leaves_something(candidate, context):
            line = " and ".join(added(candidate.context, context))
            said = "which nothing on the page was read as saying"
            return f"true with `{line}`, {said}: if it holds, write that line in a block"
    return None


def _holds(equation: Equation, context: Context) -> bool:
    proof, _ = searches.looked_for(PROVING, partial(prover.prove, equation, context))
    return isinstance(proof, prover.Theorem) and prover.applies(proof, equation, context)


def _relations(equation: Equation) -> Iterator[IndexRelation]:
    """Yield the ways in which two free indices of one size may be related, where nothing relates them yet."""
    free = dict.fromkeys((*free_indices(equation.left), *free_indices(equation.right)))
    related = [{one.left, one.right} for one in equation.when]
    for left, right in itertools.combinations(free, 2):
        if left.dim == right.dim and {left, right} not in related:
            yield IndexRelation(left, right, True)
            yield IndexRelation(left, right, False)


def _candidates(equation: Equation, context: Context) -> Iterator[Candidate]:
    """Yield the claim under one condition after the other."""
    known: list[Context] = []
    for found in (missing_sums, missing_values, missing_symmetry, missing_in_words):
        for one in found(equation, context):
            if one.context not in known:
                known.append(one.context)
                yield one
