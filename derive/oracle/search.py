"""The search for a counterexample: every case of a claim, at small sizes, at points simple first.

It never says "equal": what it does not refute it has not proved.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from derive.errors import LimitError
from derive.oracle.examination import Budget, Counterexample, Examination, Witness
from derive.oracle.patterns import Block, blocks
from derive.oracle.points import Point
from derive.oracle.session import Question
from derive.oracle.sizes import further_sizes, least_admitted, sizes_to_try
from derive.oracle.trial import Trial
from derive.problem.scopes import Case, case_text
from derive.terms import Context, Equation

MOST_FURTHER = 40  # choices of larger sizes for a claim without values at the usual ones


def examine(equation: Equation, context: Context, budget: Budget | None = None) -> Examination:
    """Look for a point that satisfies every declaration and hypothesis and at which the two sides differ.

    Different sizes vary by themselves; every equality pattern of the free indices and labels that `when` and
    `distinct` admit is tried at each. After a counterexample, larger sizes are still looked at, for
    `holds_at`, unless the budget says otherwise. Deterministic, but for the bound in seconds.
    """
    question = Question(equation, context, budget or Budget())
    tried: list[dict[str, int]] = []
    agreed: list[dict[str, int]] = []
    witnesses: list[Witness] = []
    missing: list[Case] = []
    first: Counterexample | None = None
    for sizes in _sizes(question, witnesses):
        cases = blocks(equation, context, question.scope, sizes)
        if not cases:
            continue
        if question.spent():
            question.note("not every size was tried")
            break
        tried.append(sizes)
        before = len(witnesses)
        found: Counterexample | None = None
        for block in cases:
            witness, found = _case(question, block, shrink=first is None)
            if witness is None:
                missing.append(block.case)
            else:
                witnesses.append(Witness(block.case.sizes, block.case.pattern, witness))
            if found is not None:
                break
        if question.spent():
            question.note(f"the search met its bound at {case_text(Case(sizes, ()))}")
        elif found is None and len(witnesses) > before:
            agreed.append(sizes)
        first = first or found
        if first is not None and not question.budget.beyond:
            break
    reason = "; ".join(question.notes) or None
    return Examination(
        first,
        tuple(tried),
        tuple(agreed),
        tuple(witnesses),
        tuple(missing),
        reason,
        question.coverage.never_tried(),
        least_admitted(question.scope, context),
    )


def _sizes(question: Question, witnesses: list[Witness]) -> Iterator[dict[str, int]]:
    """Yield the sizes to be tried: larger ones too, for as long as there is no witness at the usual ones."""
    scope, context, numbers = question.scope, question.context, question.constants
    sides = (question.equation.left, question.equation.right)
    yield from sizes_to_try(scope, context, question.coverage.comparisons, numbers, sides)
    if not witnesses and question.budget.further:
        for sizes in itertools.islice(further_sizes(scope, context, numbers), MOST_FURTHER):
            if witnesses or question.spent():
                return
            yield sizes


def _case(question: Question, block: Block, shrink: bool) -> tuple[Point | None, Counterexample | None]:
    """Return a witness and a counterexample for one case, as far as they are found."""
    witness: Point | None = None
    for choice in block.choices:
        try:
            trial = Trial(question, block, choice)
        except LimitError as limit:
            question.note(limit.message)
            continue
        for style, draw in trial.points():
            different = trial.tried(draw, style)
            if different is None:
                continue
            if witness is None:
                witness = trial.point(draw, style)
            if different:
                simplest = trial.shrunk(draw, style) if shrink else draw
                return witness, trial.counterexample(simplest, style)
    return witness, None
