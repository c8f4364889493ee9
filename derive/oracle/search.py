"""The search for a counterexample: every case of a claim, at small sizes, at points simple first.

It never says "equal": what it does not refute it has not proved.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from derive.errors import LimitError
from derive.oracle.examination import Examination, Refutation, SearchBudget, Witness
from derive.oracle.patterns import Block, blocks
from derive.oracle.points import Point
from derive.oracle.session import Search, Sessions
from derive.oracle.sizes import beyond_numbers, further_sizes, least_admitted, sizes_to_try
from derive.oracle.trial import Trial
from derive.problem.scopes import Configuration
from derive.report.message import Message, joined
from derive.report.scope import case_text
from derive.terms import Context, Equation

MOST_FURTHER = 40  # choices of larger sizes for a claim without values at the usual ones


def examine(
    equation: Equation,
    context: Context,
    budget: SearchBudget | None = None,
    sessions: Sessions | None = None,
) -> Examination:
    """Look for a point that satisfies every declaration and hypothesis and at which the two sides differ.

    Different sizes vary by themselves; every equality pattern of the free indices and labels that `when` and
    `distinct` admit is tried at each. After a counterexample, larger sizes are still looked at, for
    `holds_at`, unless the budget says otherwise. `sessions` are those of a look at the same claim before, which this
    one adds to. Deterministic, but for the bound in seconds.
    """
    search = Search(equation, context, budget or SearchBudget(), sessions)
    tried: list[dict[str, int]] = []
    agreed: list[dict[str, int]] = []
    witnesses: list[Witness] = []
    missing: list[Configuration] = []
    first: Refutation | None = None
    for sizes in _sizes(search, witnesses):
        cases = blocks(equation, context, search.scope, sizes)
        if not cases:
            continue
        if search.spent():
            search.note("not every size was tried")
            break
        tried.append(sizes)
        before = len(witnesses)
        found: Refutation | None = None
        for block in cases:
            witness, found = _case(search, block, shrink=first is None)
            if witness is None:
                missing.append(block.case)
            else:
                witnesses.append(Witness(block.case.sizes, block.case.pattern, witness))
            if found is not None:
                break
        if search.spent():
            search.note(Message("the search met its bound at ", case_text(Configuration(sizes, ()))))
        elif found is None and len(witnesses) > before:
            agreed.append(sizes)
        first = first or found
        if first is not None and not search.budget.beyond:
            break
    reason = joined(search.notes, "; ") or None
    return Examination(
        first,
        tuple(tried),
        tuple(agreed),
        tuple(witnesses),
        tuple(missing),
        reason,
        search.coverage.never_tried(),
        least_admitted(search.scope, context),
    )


def _sizes(search: Search, witnesses: list[Witness]) -> Iterator[dict[str, int]]:
    """Yield the sizes to be tried: larger ones too, for as long as there is no witness at the usual ones."""
    scope, context, numbers = search.scope, search.context, search.constants
    sides = (search.equation.left, search.equation.right)
    yield from sizes_to_try(scope, context, search.coverage.comparisons, numbers, sides)
    if search.equation.is_inequality and search.budget.further:
        yield from beyond_numbers(scope, context, numbers)
    if not witnesses and search.budget.further:
        for sizes in itertools.islice(further_sizes(scope, context, numbers), MOST_FURTHER):
            if witnesses or search.spent():
                return
            yield sizes


def _case(search: Search, block: Block, shrink: bool) -> tuple[Point | None, Refutation | None]:
    """Return a witness and a counterexample for one case, as far as they are found."""
    witness: Point | None = None
    for choice in block.choices:
        try:
            trial = Trial(search, block, choice)
        except LimitError as limit:
            search.note(limit.message)
            continue
        for strategy, sample in trial.points():
            different = trial.tried(sample, strategy)
            if different is None:
                continue
            if witness is None:
                witness = trial.point(sample, strategy)
            if different:
                simplest = trial.shrunk(sample, strategy) if shrink else sample
                return witness, trial.counterexample(simplest, strategy)
    return witness, None
