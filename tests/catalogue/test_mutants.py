"""Every true claim of the catalogue, made false in three ways: each is refuted, none is proved."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from derive import Verdict, catalogue
from derive.problem.problems import Claim
from derive.reading.text import read
from derive.terms import Equation
from derive.verification.verdicts import decide
from tests.catalogue.mutants import mutants

pytestmark = pytest.mark.long

MUTANTS = 3


def true_claims(text: str) -> Iterator[tuple[Claim, Equation]]:
    for problem in read(text, "entry"):
        for claim in problem.claims:
            if claim.expect is None:
                yield from ((claim, equation) for equation in claim.equations)


def survivors(text: str) -> tuple[int, list[str]]:
    """Return how many mutants there were, and those that were not refuted."""
    count, alive = 0, []
    for claim, equation in true_claims(text):
        for slip, mutant in mutants(claim, equation):
            count += 1
            verdict = decide(mutant, claim.context, explain=False).verdict
            if verdict is not Verdict.REFUTED:
                alive.append(f"{claim.text}: {slip}: {mutant}: {verdict.value}")
    return count, alive


@pytest.mark.parametrize("name", catalogue.names())
def test_every_mutant_is_refuted(name: str) -> None:
    problem = catalogue.load(name).problem
    count, alive = survivors(problem)
    assert not alive
    asked = [equation for _, equation in true_claims(problem)]
    assert count == sum(1 if one.is_inequality else MUTANTS for one in asked) > 0


def test_a_mutant_that_is_true_would_be_noticed() -> None:
    count, alive = survivors("real x, y\ngiven x = 0\ngiven y = 1\nclaim x*y = x")
    assert count == MUTANTS
    assert [one.split(": ")[1] for one in alive] == ["sign flipped", "factor of 2"]


@pytest.mark.parametrize(
    ("claim", "slip", "mutant"),
    [
        ("D(p[j], s[i]) = p[j]*(delta(i,j) - p[i])", "delta dropped", "p[j]*(1 - p[i])"),
        ("D(p[j], s[i]) = p[j]*(delta(i,j) - p[i]) when i = j", "summand dropped", "p[j]*delta(i,j)"),
        ("D(p[j], s[i]) = -p[i]*p[j] when i != j", "index changed", "-p[j]*p[j]"),
        ("D(relu(s[i]), s[i]) = where(s[i] > 0, 1, 0)", "branches exchanged", "where(s[i] > 0, 0, 1)"),
        ("D(exp(s[i]), s[i]) = exp(s[i])", "1 added", "exp(s[i]) + 1"),
        ("sum(p[i]*D(log(p[i]), s[j]), i) = 0", "2 for 0", "2"),
    ],
)
def test_the_last_mutant_changes_a_part(claim: str, slip: str, mutant: str) -> None:
    text = f"size n\nreal s[n]\nlet p[i] = exp(s[i]) / sum(exp(s[k]), k)\nclaim {claim}"
    *_, (found, wrong) = mutants(*next(true_claims(text)))
    assert (found, str(wrong.right)) == (slip, mutant)


def test_a_derivative_is_not_changed_inside() -> None:
    text = "real x\nclaim D(x + x^2, x) = 1 + D(x^2 + x, x) - 1"
    *_, (slip, wrong) = mutants(*next(true_claims(text)))
    assert (slip, str(wrong.right)) == ("summand dropped", "1 + D(x^2 + x, x)")
