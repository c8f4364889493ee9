"""Inequalities as claims: what is refuted, at boundaries too, and what chains say."""

from __future__ import annotations

import pytest

import derive
from derive.report.results import Verdict


@pytest.mark.parametrize(
    ("text", "left", "right"),
    [
        ("real x\nclaim x^2 >= x", None, None),
        ("real x\nclaim x^2 > 0", "0", "0"),
        ("real x\nclaim x != 1", "1", "1"),
        ("size n\nreal s[n]\nclaim softmax(s)[i] < 1", "1", "1"),
        ("positive x\nclaim log(x) >= x - 1", None, None),
        ("real x in (0, 1)\nclaim -x*log(x) - (1 - x)*log(1 - x) < log(2)", "log(2)", "log(2)"),
        ("real x\nclaim convex(x^3, x)", None, None),
        ("real x, K\nclaim lipschitz(x^2, x, 2)", None, None),
    ],
)
def test_a_point_at_which_it_fails_refutes_it(text: str, left: str | None, right: str | None) -> None:
    (result,) = derive.check(text, explain=0).results
    assert result.verdict is Verdict.REFUTED
    assert result.counterexample is not None
    if left is not None:
        assert (result.counterexample.left, result.counterexample.right) == (left, right)


@pytest.mark.parametrize(
    "claim", ["x^2 >= 0", "x^2 + 1 > 0", "x^2 + 1 != 0", "exp(x) > 0", "abs(x) >= x", "0 <= x^2 <= x^2"]
)
def test_what_holds_is_never_refuted(claim: str) -> None:
    report = derive.check(f"real x\nclaim {claim}", explain=0)
    assert all(one.verdict is not Verdict.REFUTED for one in report.results)


def test_a_chain_is_decided_link_by_link_and_end_to_end() -> None:
    first, second, third = derive.check("real x\nclaim x = x <= x + 1 < x + 1/2", explain=0).results
    assert first.verdict is Verdict.PROVED
    assert second.verdict is not Verdict.REFUTED
    assert (third.follows, third.true) == (Verdict.REFUTED, third.true)
    assert third.statement is not None
    assert str(third.statement) == "x + 1 < x + 1/2"


@pytest.mark.parametrize("claim", ["x < 1 > 0", "x != 1 <= 3", "x <= 1 >= 0"])
def test_a_chain_leads_one_way(claim: str) -> None:
    (result,) = derive.check(f"real x\nclaim {claim}").results
    assert result.verdict is Verdict.ERROR
    assert "a chain cannot go on" in str(result.message)


def test_python_objects_state_inequalities() -> None:
    n = derive.size("n")
    x = derive.vector("x", n)
    found = derive.verify((x * x).sum() > 0, explain=0)
    assert found.verdict is Verdict.REFUTED
    assert r"\sum" in str(found._repr_latex_())


def test_writers_keep_the_relation() -> None:
    report = derive.check("real x\nclaim x^2 >= x\nclaim x <= x^2 < 2", explain=0)
    assert r"\ge" in report.latex()
    assert r"\ge" in report.markdown()
    assert "&lt;" in report.html()
    assert "x^2 < 2" in str(report.json())
