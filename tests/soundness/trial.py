"""One problem put to the engines: its text read, its links decided, and the verdicts held against the truth."""

from __future__ import annotations

import random
import re
import traceback
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from mpmath import mp

from derive.limits.deadline import Effort
from derive.report.results import Counterexample, Verdict
from derive.terms import Context, Equation
from derive.verification.questions import Question, asked_in_problems, problems_of, questions, stages
from tests.soundness import opinion
from tests.soundness.inequalities import INEQUALITIES, holds_at, inequality
from tests.soundness.opinion import Key, Point
from tests.soundness.points import admitted
from tests.soundness.problems import ARRAYS, Problem, problem

BOTH = Effort(proof=20.0)  # where the oracle refutes, the kernel is asked in earnest too
WRONG = ("wrong", "contradiction", "crash", "disputed")
"""Outcomes that must not be: a wrong verdict, two engines that disagree, a traceback, a true claim that is false."""


@dataclass(frozen=True)
class Outcome:
    """What came of a problem: `proved`, `refuted`, `undecided`, `error`, or one of `WRONG`, and why."""

    seed: int
    number: int
    truth: bool
    kind: str
    outcome: str
    seconds: float
    making: float
    features: frozenset[str] = frozenset()
    text: str = ""
    detail: str = ""


def tried(seed: int, number: int, arrays: float = ARRAYS, inequalities: float = INEQUALITIES) -> Outcome:
    """Return what comes of a problem. Raises nothing that the problem could cause."""
    started = perf_counter()
    try:
        chosen = random.Random(f"{seed}:{number}:inequalities").random() < inequalities  # noqa: S311
        one = inequality(seed, number) if chosen else problem(seed, number, arrays)
    except Exception:  # noqa: BLE001 - a generator that fails is a fault, and is kept
        seconds = perf_counter() - started
        return Outcome(
            seed, number, number % 2 == 0, "unknown", "crash", 0.0, seconds, detail=traceback.format_exc()
        )
    making = perf_counter() - started
    started = perf_counter()
    found, detail = ("disputed", "the third opinion refutes it") if one.disputed else answer(one)
    seconds = perf_counter() - started
    bad = found in WRONG or found != ("proved" if one.truth else "refuted")
    return Outcome(
        seed,
        number,
        one.truth,
        one.kind,
        found,
        seconds,
        making,
        one.features,
        one.text if bad else "",
        detail,
    )


def answer(one: Problem) -> tuple[str, str]:
    """Return the verdict on a problem, or what is wrong with it, and the detail: what a user would be told."""
    try:
        read = problems_of(one.text, "problem", ".md" if one.page else None)
        asked = [question for item in asked_in_problems(read, "problem") for question in questions(item)]
        if not asked:
            return "error", "not read as a claim"  # a page may take it for a definition
        # Of a false chain the last link is the false one, and so is the whole.
        truths = [one.truth or question is not asked[-1] for question in asked]
        found = [_decided(question, truth) for question, truth in zip(asked, truths, strict=True)]
    except Exception:  # noqa: BLE001 - a traceback is what is looked for, and is kept
        return "crash", traceback.format_exc()
    first = [one for one in found if one[0] in WRONG]
    if one.truth:
        first += [one for one in found if one[0] != "proved"]
    return first[0] if first else found[-1]


def _decided(question: Question, truth: bool) -> tuple[str, str]:
    result = next(stages(question, BOTH))
    if result.contradiction:
        return "contradiction", str(result.message)
    if result.verdict is Verdict.ERROR or question.equation is None or question.context is None:
        return "error", f"not read: {result.message}"
    if question.link is not None and str(result.true) == ("refuted" if truth else "proved"):
        return "wrong", f"up to {question.claim} the chain is {result.true}"
    return _judged(result.verdict, truth, question.equation, question.context, result)


def _judged(
    verdict: Verdict, truth: bool, equation: Equation, context: Context, result: Any
) -> tuple[str, str]:
    if verdict is Verdict.PROVED and not truth:
        return "wrong", "proved, and the third opinion refutes it"
    if verdict is Verdict.REFUTED:
        with mp.workprec(opinion.BITS):
            point = point_of(result.counterexample, context)
            compare = holds_at if equation.is_inequality else opinion.compare
            same = compare(equation, context, point) if point is not None else None
            fitting = point is None or admitted(context, point)
        where = result.counterexample
        if same and not equation.is_inequality and not _visible(where):
            same = None
        shown = f"{dict(where.sizes)} {dict(where.indices)} {dict(where.values)}: {where.left}, {where.right}"
        if truth or same is True or not fitting:
            why = {True: "equal there", False: "different there", None: "without an opinion there"}[same]
            return (
                "wrong",
                f"refuted at {shown}; by the third opinion {why}{'' if fitting else ', and not admitted'}",
            )
    return verdict.value, "" if verdict is not Verdict.UNDECIDED else f"{result.reason}: {result.residual}"


def _visible(found: Counterexample) -> bool:
    """Return whether the third opinion could see the difference of the sides: balls see that 1e-2137 is not 0."""
    try:
        left, right = (mp.mpf(text) for text in (found.left, found.right))
    except ValueError:  # exact values, such as log(2)
        return True
    return bool(abs(left - right) > opinion.DIFFERENT * (1 + abs(left) + abs(right)))


def point_of(found: Counterexample, context: Context) -> Point | None:
    """Return a counterexample as a point, read from its text; `None` where the text leaves something open."""
    entries: dict[Key, Any] = {}
    for name, value in found.values.items():
        for at, text in _flat(value):
            number = _number(text)
            if number is None:
                return None
            entries[name, at] = number
    places = {str(name): place for name, place in found.indices.items()}
    missing = (
        set(context.variables) - {name for name, _ in entries},
        set(context.labels) - set(places),
        set(context.sizes) - set(found.sizes),
    )
    return None if any(missing) else Point(found.sizes, places, entries)


def _number(text: str) -> Any:
    """Return a number given as a fraction, or as the logarithm of one; `None` for digits, surds and functions."""
    match = re.fullmatch(r"(-?)(log\()?(-?\d+)(?:/(\d+))?(\))?", text)
    if match is None:
        return None
    sign, log, top, bottom, _ = match.groups()
    number = mp.mpf(int(top)) / int(bottom or 1)
    number = mp.log(number) if log else number
    return -number if sign else number


def _flat(value: Any, at: tuple[int, ...] = ()) -> list[tuple[tuple[int, ...], Any]]:
    if isinstance(value, (tuple, list)):
        return [pair for k, inner in enumerate(value, 1) for pair in _flat(inner, (*at, k))]
    return [(at, value)]


__all__ = ["WRONG", "Outcome", "answer", "tried"]
