"""What a report counts, and what its JSON holds."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

import derive
from derive.errors import DeriveError, Position
from derive.report.evidence import worded
from derive.report.message import Message, say
from derive.report.results import (
    Counterexample,
    Diagnosis,
    Report,
    Result,
    Steps,
    StepShown,
    Verdict,
)
from derive.terms import HALF, ZERO, Apply, Compare, Entry, Relation, Term
from derive.verification.questions import Question
from derive.writing.github import to_annotations
from derive.writing.terminal import error_text, line_text, plain, summary_line

PROVED, REFUTED, UNDECIDED, ERROR = Verdict.PROVED, Verdict.REFUTED, Verdict.UNDECIDED, Verdict.ERROR

FIELDS = [
    "file", "line", "column", "problem", "claim", "expect", "verdict", "follows", "true", "scope", "sizes_tried",
    "hypotheses", "conditions", "marked", "never_tried", "counterexample", "holds_at", "proved_at",
    "proved_from", "correct", "diagnosis", "residual", "reason", "message", "steps", "left_out", "source",
    "assumptions", "certificate", "seconds",
]  # fmt: skip

FALSE = Result(
    REFUTED,
    claim="D(E, s[i]) = p[i] - c[i]",
    file="a.drv",
    line=6,
    column=1,
    sizes_tried=({"n": 1}, {"n": 2}),
    counterexample=Counterexample({"n": 2}, {"i": 1}, {"s": ("0", "0"), "c": ("1", "0")}, "-1", "-1/2"),
    holds_at=({"n": 1},),
    correct="2*(p[i] - c[i])",
    diagnosis=Diagnosis("diagonal-only Jacobian", "the sum over j is missing"),
)


def gamma(name: str) -> Term:
    return Apply("gamma", (Entry(name),))


def report(*results: Result) -> Report:
    return Report(tuple(replace(one, chain=number) for number, one in enumerate(results)))


@pytest.mark.parametrize(
    ("verdicts", "status"),
    [
        ([], 2),
        ([PROVED], 0),
        ([PROVED, UNDECIDED], 3),
        ([PROVED, UNDECIDED, REFUTED], 1),
        ([REFUTED, ERROR], 2),
    ],
)
def test_the_exit_status(verdicts: list[Verdict], status: int) -> None:
    found = report(*map(Result, verdicts))
    assert found.status == status
    assert bool(found) is (status == 0)


def test_a_contradiction_comes_before_everything() -> None:
    assert report(Result(ERROR, contradiction=True), Result(REFUTED)).status == 4


@pytest.mark.parametrize("expected", [REFUTED, UNDECIDED])
def test_as_expected_counts_as_proved_and_otherwise_as_refuted(expected: Verdict) -> None:
    assert report(Result(expected, expect=expected)).status == 0
    assert report(Result(PROVED, expect=expected)).status == 1
    other = UNDECIDED if expected is REFUTED else REFUTED
    assert report(Result(other, expect=expected)).status == 1
    assert report(Result(ERROR, expect=expected)).status == 2


def test_a_chain_is_expected_as_a_whole() -> None:
    links = tuple(Result(verdict, expect=REFUTED, chain=7) for verdict in (PROVED, REFUTED, PROVED))
    assert Report(links).status == 0
    assert Report(links[:1]).status == 1


def test_a_result_is_truthy_exactly_if_proved() -> None:
    assert [bool(Result(verdict)) for verdict in (PROVED, REFUTED, UNDECIDED, ERROR)] == [
        True,
        False,
        False,
        False,
    ]
    assert Verdict.PROVED.value == "proved"


def test_the_json_has_every_field_and_nothing_else() -> None:
    data = json.loads(json.dumps(report(FALSE).json()))
    assert list(data) == ["version", "results", "displays"]
    assert data["displays"] == []
    assert data["version"] == 1
    (result,) = data["results"]
    assert list(result) == FIELDS
    assert result["verdict"] == "refuted"
    assert result["counterexample"] == {
        "sizes": {"n": 2}, "indices": {"i": 1}, "values": {"s": ["0", "0"], "c": ["1", "0"]},
        "left": "-1", "right": "-1/2",
    }  # fmt: skip
    assert result["holds_at"] == [{"n": 1}]
    assert result["diagnosis"] == {"mistake": "diagonal-only Jacobian", "text": "the sum over j is missing"}
    assert result["scope"] is None
    assert result["steps"] is None


def test_the_fields_of_a_result_are_those_of_the_json() -> None:
    assert all(hasattr(FALSE, name) for name in FIELDS)


def test_steps_are_data_and_tell_their_line_in_every_notation() -> None:
    result = Result(PROVED, steps=Steps((StepShown("chain rule", Entry("a"), Entry("b")),)))
    (step,) = result.json()["steps"]
    assert step == {
        "rule": "chain rule",
        "text": "a = b",
        "latex": "a = b",
        "hypotheses": [],
        "verdict": "proved",
        "conditions": [],
    }


def test_a_refutation_in_words() -> None:
    assert plain(FALSE).splitlines() == [
        "refuted    D(E, s[i]) = p[i] - c[i]",
        "           at: n = 2, s = (0, 0), c = (1, 0), i = 1",
        "           left: -1",
        "           right: -1/2",
        "           no counterexample: at n = 1, at the points tried",
        "           correct: 2*(p[i] - c[i])",
        "           mistake: diagonal-only Jacobian: the sum over j is missing",
    ]


def test_a_surprise_is_told() -> None:
    assert "expected: refuted" in plain(Result(PROVED, claim="a = a", expect=REFUTED))
    assert "as expected" in plain(replace(FALSE, expect=REFUTED))


def test_an_error_has_a_caret_under_its_column() -> None:
    wrong = Result(ERROR, file="a.drv", line=2, column=4, message="no", source_line="\tclaim x")
    assert error_text(wrong) == "a.drv:2:4: no\n  \tclaim x\n  \t  ^"
    assert error_text(Result(ERROR, message="no such file")) == "no such file"


def test_the_summary_counts() -> None:
    line = "".join(text for text, _ in summary_line(report(FALSE, Result(PROVED), Result(PROVED))))
    assert line.startswith("2 proved, 1 refuted ")


def test_poles_are_told_in_words_and_are_a_formula_in_json() -> None:
    text = "size n\nreal x[n], y\nclaim gamma(x[i] + 1) = x[i]*gamma(x[i])\nclaim 1/(gamma(y)*y) = 1/gamma(y + 1)"
    first, second = derive.check(text).results
    assert first.conditions == ("gamma(x[i] + 1) != 0", "gamma(x[i]) != 0")
    told = str(Report((first,)))
    assert "where: x[i] + 1 is no pole of gamma, x[i] is no pole of gamma" in told
    assert "needed by the right side only: x[i] is no pole of gamma" in told
    assert "is no pole of gamma" in Report((first,)).html()
    assert worded(second.conditions)[-1] == "y + 1 is no pole of gamma"


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        (
            say("{} for all {}", Compare(Relation.UNEQUAL, gamma("x"), ZERO), Entry("i")),
            "x is no pole of gamma for all i",
        ),
        (Message(Compare(Relation.UNEQUAL, gamma("a") * gamma("b"), ZERO)), "gamma(a)*gamma(b) != 0"),
        (Message(Compare(Relation.UNEQUAL, gamma("x"), HALF)), "gamma(x) != 1/2"),
        (Message(Compare(Relation.GREATER, gamma("x"), ZERO)), "gamma(x) > 0"),
        (Message(Compare(Relation.UNEQUAL, Entry("x"), ZERO)), "x != 0"),
        ("gamma(x) != 0", "gamma(x) != 0"),
    ],
)
def test_nothing_else_is_told_as_a_pole(condition: str, told: str) -> None:
    assert worded([condition]) == (told,)


ASTRAY = "real y\nclaim y = log(exp(y)) = exp(log(y)) = abs(y)\n"


def test_a_chain_whose_ends_differ_is_refuted_though_each_link_holds_where_its_sides_have_values() -> None:
    report = derive.check(ASTRAY)
    assert [one.verdict for one in report.results] == [PROVED] * 3
    assert [one.true for one in report.results] == [PROVED, PROVED, REFUTED]
    assert report.status == 1
    assert str(report).startswith("refuted    chain of y: line 2 does not equal the first side\n")
    assert line_text(summary_line(report)).startswith("1 refuted")
    assert "differs from the first side" in to_annotations(report)
    assert derive.check(ASTRAY.replace("abs(y)\n", "abs(y) expect refuted\n")).status == 0


def test_a_chain_of_which_every_side_is_the_first_is_proved() -> None:
    report = derive.check("positive y\nclaim y = log(exp(y)) = exp(log(y)) = abs(y)\n")
    assert report.status == 0
    assert str(report).startswith("proved     chain of y\n")


def test_a_chain_that_is_not_refuted_is_not_by_its_ends_either() -> None:
    (*_, last) = derive.check(ASTRAY).results
    asked = Question("", Position("a.md", 2, 1), "a.md", None, 1, error=DeriveError("may be restricted"))
    open_ = asked.settled(last)
    assert (open_.verdict, open_.true) == (PROVED, UNDECIDED)  # the link itself is right
    assert asked.settled(replace(last, true=PROVED)).verdict is PROVED
