"""What no verdict needs and a reader wants: the right side, the mistake, the derivation, each within its time.

Searches are not trusted: whatever they raise is the reason why something is left out, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from traceback import extract_tb
from typing import TYPE_CHECKING, TypeVar

from derive import oracle
from derive.errors import SLIPS, TOO_LONG_A_NUMBER, DeriveError, OutOfTimeError, too_many_digits
from derive.limits.deadline import Effort, within
from derive.report.results import Result, Steps, Verdict
from derive.terms import Context, Equation, Term, walk

if TYPE_CHECKING:
    from derive.diagnosis import Explained

# Imported inside functions: the deriver and the known mistakes, which a verdict does without.

T = TypeVar("T")


def looked_for(seconds: float, search: Callable[[], T]) -> tuple[T | None, str | None]:
    """Return what a search finds, or why there is nothing.

    A search is not trusted: it may take too long, give up, or fall over a fault of ours. None of that touches
    the verdict, which was known before.
    """
    try:
        with within(seconds):
            return search(), None
    except OutOfTimeError:
        return None, f"not found within {seconds:g} s"
    except DeriveError as wrong:
        return None, wrong.message
    except RecursionError:
        return None, "the formula is nested too deeply"
    except SLIPS as slip:
        if too_many_digits(slip):
            return None, TOO_LONG_A_NUMBER
        frame = extract_tb(slip.__traceback__)[-1]
        place = f"{frame.name}, line {frame.lineno}"
        told = f"{type(slip).__name__}: {slip} ({place})"
        return None, f"a bug in derive, please report it with the problem: {told}"


def correct(equation: Equation, context: Context) -> Term | None:
    """Return the right-hand side that would be right, if the deriver finds one."""
    from derive import deriver
    from derive.deriver.alike import restates

    right = deriver.correct(equation, context)
    if right is None or (restates(right, equation.left) and not _shorter(right, equation.left)):
        return None  # that the left side equals itself helps nobody
    return right


def _shorter(one: Term, other: Term) -> bool:
    return sum(1 for _ in walk(one)) < sum(1 for _ in walk(other))


def mistake(equation: Equation, context: Context, point: oracle.Point) -> Explained | None:
    """Return the known mistake that reproduces the claim exactly, if there is one."""
    from derive import diagnosis

    return diagnosis.explain(equation, context, (point.sizes, point.rounded()))


def mistake_in_bound(equation: Equation, context: Context, point: oracle.Point) -> Explained | None:
    """Return the known mistake in a refuted inequality, if there is one."""
    from derive.diagnosis.bounds import explain_bound

    return explain_bound(equation, context, (point.sizes, point.rounded()))


def derived(result: Result, seconds: float) -> Result:
    """Return a verdict with the derivation of the claim's left side; without steps where there is nothing to derive."""
    from derive import deriver

    equation, context = result.statement, result.context
    if equation is None or context is None or result.verdict is Verdict.ERROR:
        return result
    true = result.verdict is not Verdict.REFUTED
    found, why = looked_for(seconds, partial(deriver.steps, equation, context, true=true))
    result = result if why is None else result.without("derivation", why)
    return replace(result, steps=Steps(found) if found else None)


def shortest(term: Term, context: Context, effort: Effort) -> Equation:
    """Return the equation of a term with the shortest shape of it that is found, of its derivatives without any."""
    from derive import deriver

    found, _ = looked_for(effort.derivation, partial(deriver.simplify, term, context))
    return Equation(term, term if found is None else found)
