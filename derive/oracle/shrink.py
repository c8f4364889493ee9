"""A counterexample made simpler, entry by entry, for as long as it stays one. It knows no mathematics of its own."""

from __future__ import annotations

from collections.abc import Callable

from derive.oracle.points import Logarithm, Rational, Value
from derive.oracle.sampling import Sample, Sampler

MOST_TRIALS = 120


def shrunk(sample: Sample, sampler: Sampler | None, refutes: Callable[[Sample], bool]) -> Sample:
    """Return a point with simpler values that satisfies everything and still refutes."""
    if sampler is None:
        return sample
    trials = 0
    improved = True
    while improved and trials < MOST_TRIALS:
        improved = False
        for changed in sampler.simpler(sample, weight):
            trials += 1
            if trials >= MOST_TRIALS:
                break
            if sampler.holds(changed) and refutes(changed):
                sample, improved = changed, True
                break
    return sample


def weight(value: Value) -> int:
    """Return how hard a value is on the reader: 0 is the easiest, fractions harder than whole numbers."""
    match value:
        case Rational(number):
            size = 4 * (abs(number.numerator) + 2 * (number.denominator - 1))
            return size + 2 if number.numerator < 0 else size
        case Logarithm(argument):
            return 4 * (argument.numerator + argument.denominator) + 3
        case _:
            return 4000
