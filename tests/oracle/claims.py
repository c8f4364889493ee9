"""Claims as text for the tests of the oracle, and what it finds."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from derive.oracle import Examination, Point, SearchBudget, evaluate, examine
from derive.oracle import quantities as q
from derive.oracle.quantities import Quantity
from derive.problem.problems import Claim, Show
from derive.reading.text import read

SOFTMAX = "size n\nreal s[n], c[n]\nlet p[i] = exp(s[i])/sum(exp(s[k]),k)\n"
CROSS = SOFTMAX + "let E = -sum(c[j]*log(p[j]),j)\n"
BINARY = SOFTMAX + "given sum(c[j],j) = 1\nlet E = -sum(c[j]*log(p[j])+(1-c[j])*log(1-p[j]),j)\n"


def claim(text: str) -> Claim:
    """Return the only claim of a text."""
    (problem,) = read(text)
    assert not problem.failures, problem.failures
    (found,) = problem.claims
    return found


def examined(text: str, budget: SearchBudget | None = None) -> Examination:
    """Return what the oracle finds about the only claim of a text."""
    found = claim(text)
    return examine(found.equation, found.context, budget)


def refuted(text: str) -> bool:
    """Return whether the only claim of a text is refuted."""
    return examined(text).counterexample is not None


def agrees(text: str) -> bool:
    """Return whether there are witnesses and no counterexample."""
    found = examined(text)
    return found.counterexample is None and bool(found.witnesses)


def value(text: str, term: str, **at: Any) -> Quantity | None:
    """Return the value of a shown term after declarations; sizes, indices and values by name."""
    (problem,) = read(f"{text}\nshow {term}")
    assert not problem.failures, problem.failures
    (shown,) = (item for item in problem.items if isinstance(item, Show))
    sizes = {name: number for name, number in at.items() if name in shown.context.sizes}
    values = {name: number for name, number in at.items() if name in shown.context.variables or name in "fg"}
    indices = {n: k for n, k in at.items() if n not in sizes and n not in values}
    return evaluate(shown.term, shown.context, Point(sizes, indices, values))


def exactly(found: Quantity | None, expected: int | Fraction) -> bool:
    """Return whether a narrow ball holds the number."""
    with q.precision(q.FINEST):
        return found is not None and found.contains(q.rational(expected)) and found.rad() < 1e-20
