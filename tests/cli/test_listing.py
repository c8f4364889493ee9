"""Derivations as people and programs meet them: the marked listing, HTML, and annotations for GitHub."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from derive import check
from derive.cli.command import command
from derive.writing.changes import changed_part

WRONG = """real x, y
derivation
  (x - y)*(x + y)
  = x^2 + x*y - y*x - y^2
  = x^2 - 2*x*y - y^2
  = x^2 - y^2
"""


def run(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(command, list(arguments), input=stdin, catch_exceptions=False)


def test_the_listing_marks_each_line() -> None:
    result = run("check", "-", stdin=WRONG)
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "refuted    derivation of (x - y)*(x + y): line 5 does not follow",
        "           3  (x - y)*(x + y)",
        "proved     4  = x^2 + x*y - y*x - y^2   for all real values",
        "refuted    5  = x^2 - 2*x*y - y^2",
        "                    ^^^^^^^",
        "              at: x = 1, y = 1",
        "              left: 0",
        "              right: -2",
        "              correct: (x + y)*(x - y)",
        "              mistake: sign of one summand flipped: the sign of x*y in x^2 + x*y - y*x - y^2 was flipped",
        "refuted    6  = x^2 - y^2",
        "                      ^",
        "              does not follow from the line before, but is equal to (x - y)*(x + y): "
        "the mistake is above, in line 5",
        "              at: x = 1, y = 1",
        "              left: -2",
        "              right: 0",
    ]


def test_a_right_line_below_a_wrong_one_is_not_mended() -> None:
    wrong, right = check(WRONG).results[1:]
    assert (wrong.follows, wrong.true) == ("refuted", "refuted")
    assert (right.verdict, right.follows, right.true) == ("refuted", "refuted", "proved")
    assert right.counterexample is not None
    assert (right.correct, right.diagnosis) == (None, None)


def test_where_no_line_above_is_wrong_none_is_said_to_be() -> None:
    # Where the first side has a value, abs(x) and x are both equal to it.
    text = "real x\nderivation\n  sqrt(x)^2\n  = abs(x)\n  = x\n"
    last = check(text).results[-1]
    assert (last.follows, last.true) == ("refuted", "proved")
    assert "above" not in str(check(text))


def test_an_expected_refutation_is_one_claim() -> None:
    result = run(
        "check", "-", stdin=WRONG.replace("derivation", "derivation expect refuted") + "claim x = x\n"
    )
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0].endswith("line 5 does not follow   as expected")
    assert "expected:" not in result.stdout
    assert result.stdout.splitlines()[-1].startswith("1 proved, 1 refuted, 1 of them as expected")


def test_an_expectation_that_fails_is_told_once() -> None:
    right = "real x\nderivation expect refuted\n  x + x\n  = 2*x\n  = x*2\n"
    result = run("check", "-", stdin=right)
    assert result.exit_code == 1
    assert result.stdout.count("expected: refuted") == 1


def test_a_chain_in_a_claim_is_listed_too() -> None:
    result = run("check", "-", stdin="real x\nclaim x + x = 2*x = 3*x\n")
    assert result.stdout.splitlines()[0] == "refuted    chain of x + x: line 2 does not follow"


def test_cases_and_hypotheses_are_in_force() -> None:
    text = "size n\nreal s[n]\nlet p[i] = softmax(s)[i]\nderivation when i != j\n  D(p[i], s[j])\n  = -p[i]*p[j]\n"
    assert run("check", "-", stdin=text).exit_code == 0
    assert run("check", "-", stdin=text.replace(" when i != j", "")).exit_code == 1
    given = "real x, y\ngiven x + y = 1\nderivation\n  x^2 + 2*x*y + y^2\n  = (x + y)^2\n  = 1\n"
    result = run("check", "-", stdin=given)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1].endswith("by x + y = 1")
    assert run("check", "-", stdin=given.replace("given x + y = 1\n", "")).exit_code == 1


def test_a_line_that_cannot_be_read_is_told_with_its_place() -> None:
    result = run("check", "-", stdin="real x\nderivation\n  x + x\n  = 2*z\n")
    assert result.exit_code == 2
    assert "<stdin>:4:7: " in result.stderr


# GitHub


def test_annotations(tmp_path: Path) -> None:
    page = tmp_path / "notes, 50%.drv"
    page.write_text(WRONG, encoding="utf-8")
    result = run("check", "--format", "github", str(page))
    assert result.exit_code == 1
    first, second, summary = result.stdout.splitlines()
    place = str(page).replace("%", "%25").replace(",", "%2C")
    title = "title=derive%3A does not follow from the line before"
    assert first.startswith(f"::error file={place},line=5,col=5,{title}::")
    assert "%0Achanged: " in first
    assert "%0Aat: x = 1, y = 1%0Aleft: 0%0Aright: -2" in first
    assert "%0Acorrect: (x + y)*(x - y)%0Amistake: sign of one summand flipped: " in first
    assert ",line=6," in second
    assert summary.startswith("1 refuted")


def test_annotations_leave_out_what_is_as_it_should_be() -> None:
    expected = WRONG.replace("derivation", "derivation expect refuted")
    result = run("check", "--format", "github", "-", stdin=expected + "claim x = x\n")
    assert result.exit_code == 0
    assert "::error" not in result.stdout
    surprise = run("check", "--format", "github", "-", stdin="real x\nclaim x = x expect refuted\n")
    assert surprise.exit_code == 1
    assert "::error file=<stdin>,line=2,col=1,title=derive%3A proved%2C not refuted::" in surprise.stdout


@pytest.mark.parametrize(
    ("text", "level"), [("real x\nclaim x = z\n", "error"), ("real x\nclaim x\n", "error")]
)
def test_annotations_of_what_cannot_be_read(text: str, level: str) -> None:
    result = run("check", "--format", "github", "-", stdin=text)
    assert result.exit_code == 2
    assert result.stdout.startswith(f"::{level} file=<stdin>,line=2,")


# HTML


def test_html_marks_what_changed() -> None:
    page = check(WRONG).html()
    assert "<mark>" in page
    assert "does not follow from the line before, but is equal to" in page
    assert '<li value="5">' in page
    assert run("check", "--format", "html", "-", stdin=WRONG).stdout.startswith("<!DOCTYPE html>")


# where a line changed


@pytest.mark.parametrize(
    ("text", "reference", "part"),
    [
        ("a + b*c", "a - b*c", "+"),
        ("f(a) + 2*g(b)", "f(a) + g(b)", "2*"),
        ("a + b", "a + b + c", "b"),
        ("p[i]*q", "p[j]*q", "i"),
        ("sum(a[k], k)*q", "sum(b[k], k)*q", "a"),
        ("f(a)*b", "f(c)*d", "f(a)*b"),
        ("x", "y", "x"),
        ("a", "a", "a"),
    ],
)
def test_what_changed(text: str, reference: str, part: str) -> None:
    start, end = changed_part(text, reference)
    assert text[start:end] == part


# with signs


def test_with_signs_the_marks_stand_under_what_changed() -> None:
    lines = run("--unicode", "check", "-", stdin=WRONG).stdout.splitlines()
    written, marks = lines[3:5]
    assert written == "refuted    5  = x² − 2·x·y − y²"
    assert [sign for sign, mark in zip(written, marks, strict=False) if mark == "^"] == list("− 2·x·y")
    assert lines[0] == "refuted    derivation of (x − y)·(x + y): line 5 does not follow"
    assert "the sign of x·y in x² + x·y − y·x − y² was flipped" in lines[9]
    assert "*" not in "".join(lines)
