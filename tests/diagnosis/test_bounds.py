"""Mistakes in inequalities: each is named with the inequality that is right, and none where none is found."""

from __future__ import annotations

import pytest

from derive import Verdict, check

DECLARED = """size n
real s[n], x, y
positive a, b
let p[i] = exp(s[i])/sum(exp(s[k]), k)
"""


@pytest.mark.parametrize(
    ("claim", "mistake", "right"),
    [
        ("p[i] < 1", "strict for weak", "p[i] <= 1"),
        ("exp(x) > 1 + x", "strict for weak", "exp(x) >= 1 + x"),
        ("1 + x >= exp(x)", "direction reversed", "1 + x <= exp(x)"),
        ("x^2 + y^2 < 2*x*y", "direction reversed", "x^2 + y^2 >= 2*x*y"),
        ("x + 1/x >= 2", "missing hypothesis", "x > 0"),
        ("x^3 >= 0", "missing hypothesis", "x > 0"),
        ("sum(s[j]^2, j) <= sum(s[j], j)^2", "missing hypothesis", "s[j] > 0"),
        ("n >= 2", "constant too great", "n >= 1"),
        ("n >= 3/2", "missing hypothesis", "n >= 2"),
        ("a*b <= a^2/3 + b^2/3", "constant too small", "a*b <= 1/2*a^2 + 1/2*b^2"),
        ("a + b >= 5/2*sqrt(a*b)", "constant too great", "a + b >= 2*sqrt(a*b)"),
        ("x*(1 - x) <= 1/5", "constant too small", "x*(1 - x) <= 1/4"),
        ("abs(sigmoid(x) - sigmoid(y)) <= abs(x - y)/5", "constant too small", "<= 1/4*abs(x - y) is right"),
        ("log(1 + exp(x)) >= max(x, 0) + 1/2", "constant too great", "log(1 + exp(x)) >= max(x, 0) is right"),
        ("x^2 + y^2 >= 2*x*y + 1", "constant too great", "x^2 + y^2 >= 2*x*y is right"),
        ("x^2 + y^2 - 1 >= 2*x*y", "constant too small", "x^2 + y^2 >= 2*x*y is right"),
    ],
)
def test_a_mistake_is_named_with_what_is_right(claim: str, mistake: str, right: str) -> None:
    (result,) = check(f"{DECLARED}claim {claim}", explain=10).results
    assert result.verdict is Verdict.REFUTED
    assert result.diagnosis is not None
    assert result.diagnosis.mistake == mistake
    assert right in result.diagnosis.text


@pytest.mark.parametrize("claim", ["x >= y", "sin(x) >= y^2"])
def test_none_is_named_where_none_is_found(claim: str) -> None:
    (result,) = check(f"{DECLARED}claim {claim}").results
    assert result.verdict is Verdict.REFUTED
    assert result.diagnosis is None


def test_what_is_said_can_be_claimed() -> None:
    """Every statement of a diagnosis is proved below the declarations of the claim."""
    for claim in ("p[i] < 1", "x + 1/x >= 2", "x*(1 - x) <= 1/5"):
        (result,) = check(f"{DECLARED}claim {claim}").results
        assert result.diagnosis is not None
        for statement in result.diagnosis.statements:
            (again,) = check(f"{DECLARED}{statement}").results
            assert again.verdict is Verdict.PROVED
