"""Proofs of inequalities as they are written: an identity, what is not negative, the lemma and where equality holds."""

from __future__ import annotations

import pytest

from derive import Verdict
from derive.api import derivations
from derive.report.results import StepShown

DECLARED = """size n
real s[n], v[n], x, y
simplex w[n]
positive a, b
let p[i] = exp(s[i])/sum(exp(s[k]), k)
"""


def _steps(claim: str) -> tuple[StepShown, ...]:
    (result,) = derivations(f"{DECLARED}claim {claim}", "here", {}).results
    assert result.verdict is Verdict.PROVED
    return tuple(result.steps or ())


@pytest.mark.parametrize(
    ("claim", "lines"),
    [
        ("p[i] <= 1", ["1 - p[i] = sum(p[k], k != i)", ">= 0"]),
        ("0 < p[i]", ["p[i] > 0"]),
        ("x^2 + y^2 >= 2*x*y", ["x^2 + y^2 - 2*x*y = (x - y)^2", ">= 0"]),
        ("(a + b)/2 >= sqrt(a*b)", ["(a + b)/2 - sqrt(a*b) = (sqrt(a) - sqrt(b))^2/2", ">= 0"]),
        (
            "sum(w[j]*s[j]^2, j) >= sum(w[j]*s[j], j)^2",
            [
                "sum(w[j]*s[j]^2, j) - sum(w[j]*s[j], j)^2 = 1/2*sum(w[k]*w[i]*(s[k] - s[i])^2, k, i)",
                ">= 0",
            ],
        ),
    ],
)
def test_a_proof_is_an_identity_and_a_sign(claim: str, lines: list[str]) -> None:
    assert [step.text for step in _steps(claim)] == lines


@pytest.mark.parametrize(
    ("claim", "rule"),
    [
        ("p[i] <= 1", "rest of a sum"),
        ("1 + x <= exp(x)", "tangent of the exponential with equality where x = 0"),
        ("(a + b)/2 >= sqrt(a*b)", "inequality of means with equality where a = b"),
        (
            "sum(s[j]*v[j], j)^2 <= sum(s[j]^2, j)*sum(v[j]^2, j)",
            "square with equality where s[j]*v[k] = v[j]*s[k]",
        ),
        ("softplus(sum(w[j]*s[j], j)) <= sum(w[j]*softplus(s[j]), j)", "Jensen's inequality"),
        ("convex(max(x, x^2), x)", "convexity"),
    ],
)
def test_a_proof_names_its_lemma(claim: str, rule: str) -> None:
    assert _steps(claim)[-1].rule == rule


@pytest.mark.parametrize("claim", ["p[i] < 1", "x^2 + y^2 >= 3*x*y", "exp(x) >= 2 + x"])
def test_what_is_refuted_has_no_proof(claim: str) -> None:
    (result,) = derivations(f"{DECLARED}claim {claim}", "here", {}).results
    assert result.verdict is Verdict.REFUTED
    assert not result.steps


def test_a_relation_is_set_as_one() -> None:
    first, second = _steps("p[i] <= 1")
    assert "=" in first.latex
    assert r"\ge 0" in second.latex
