"""The processor time that the kernel takes, warm, to prove every true claim of the catalogue for symbolic sizes."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass

from derive.catalogue import load, names
from derive.kernel import prover
from derive.reading.text import read
from derive.terms import Context, Equation

ROUNDS = 3
LONG = 0.05  # seconds: claims that take longer are named on the page


@dataclass(frozen=True, slots=True)
class Timed:
    """A claim of an entry with the median seconds of its proof."""

    entry: str
    claim: str
    seconds: float


def statements() -> Iterator[tuple[str, str, Equation, Context]]:
    """Yield the claims that should be proved: the entry's name, the claim as typed, and what to prove."""
    for name in names():
        for problem in read(load(name).problem, name):
            for claim in problem.claims:
                if claim.expect is None:
                    for equation in claim.equations:
                        yield name, claim.text, equation, claim.context


def measure(rounds: int = ROUNDS) -> list[Timed]:
    """Return every claim with its time, slowest first; a claim that is not proved is an error."""
    found = []
    for name, text, equation, context in statements():
        times = []
        for _ in range(rounds):
            start = time.process_time()
            theorem = prover.prove(equation, context)
            times.append(time.process_time() - start)
            if not isinstance(theorem, prover.Theorem):
                raise RuntimeError(f"{name}: {text} is not proved: {theorem}")
        found.append(Timed(name, text, statistics.median(times)))
    return sorted(found, key=lambda one: -one.seconds)
