"""How long a proof for symbolic n takes in a process that is warm: by the kernel alone, and up to a verdict."""

from __future__ import annotations

import statistics
import time

from derive.kernel import prover
from derive.reading.text import read
from derive.terms import Context, Equation
from derive.verification.verdicts import decide

ROUNDS = 20


def statement(text: str) -> tuple[Equation, Context]:
    """Return the one claim of a problem and what it takes for granted."""
    (problem,) = read(text)
    (claim,) = problem.claims
    return claim.equation, claim.context


def measure(problem: str, rounds: int = ROUNDS) -> float:
    """Return the median seconds of a proof from the equation as read; a failure to prove is an error."""
    equation, context = statement(problem)
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        found = prover.prove(equation, context)
        times.append(time.perf_counter() - start)
        if not isinstance(found, prover.Theorem):
            raise RuntimeError(f"not proved: {found}: {problem}")
    return statistics.median(times)


def verdict(problem: str, rounds: int = ROUNDS) -> tuple[str, float]:
    """Return the verdict on a problem's claim and its median seconds, from the equation as read.

    That is kernel and oracle, and for a refuted claim the right side and the diagnosis too.
    """
    equation, context = statement(problem)
    times, found = [], ""
    for _ in range(rounds):
        start = time.perf_counter()
        found = decide(equation, context).verdict.value
        times.append(time.perf_counter() - start)
    return found, statistics.median(times)


def derived(problem: str, rounds: int = ROUNDS) -> tuple[int, float]:
    """Return how many lines the derivation of a problem's claim has, and the median seconds until all are proved."""
    equation, context = statement(problem)
    times, lines = [], 0
    for _ in range(rounds):
        claim = decide(equation, context)
        start = time.perf_counter()
        lines = len(claim.steps or ())
        times.append(time.perf_counter() - start)
    if not lines:
        raise RuntimeError(f"not derived: {problem}")
    return lines, statistics.median(times)
