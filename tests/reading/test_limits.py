"""Whatever is fed to it, reading ends soon and says what is wrong: no hang, no Python error."""

from __future__ import annotations

import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from derive.problem.problems import Failure, Problem
from derive.reading.documents import read_document
from derive.reading.text import read

WORDS = (
    "size real positive simplex onehot label function let given claim show derivation problem: when expect in sum "
    "prod mean max min delta where D exp f softmax norm dot pi n m x y W t i j k 1 2 0.5 1e9 ( ) [ ] , : = != < <= > "
    ">= + - * / ^ ** ' # \n \n  = $ \0 \ud800 é"
).split(" ")


def messages(text: str) -> list[str]:
    return [failure.error.message for problem in read(text) for failure in problem.failures]


@given(st.lists(st.sampled_from(WORDS), max_size=60))
@example(["claim", "x", "=", "\ud800"])
@example(["derivation", "\n", "\n  = x"])
def test_any_words_are_read_or_refused(words: list[str]) -> None:
    head = "size n, m\nreal x[n], y[m], W[n,m]\nfunction f\nlabel t: n\n"
    for problem in read(head + " ".join(words)):
        assert isinstance(problem, Problem)
        for failure in problem.failures:
            assert failure.error.position is not None
            str(failure.error).encode()


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    for problem in read(text):
        for failure in problem.failures:
            str(failure.error).encode()


def test_a_text_too_long() -> None:
    assert messages("#" * 1_000_001) == ["the text is longer than 1000000 characters"]


def test_a_statement_too_long() -> None:
    assert messages("real x\nclaim x = x" + " + x" * 20_000) == [
        "the statement is longer than 50000 characters"
    ]


def test_a_long_sum_is_no_deep_one() -> None:
    (problem,) = read("real x\nclaim x = x" + " + x" * 5_000)
    assert not problem.failures


@pytest.mark.parametrize(
    "formula",
    ["(" * 20_000 + "x" + ")" * 20_000, "x" + "".join(f" + {k}" for k in range(2000))],
)
def test_what_only_looks_deep(formula: str) -> None:
    assert messages(f"real x\nshow {formula}") == []


@pytest.mark.parametrize(
    "formula",
    [
        "-" * 200 + "x",
        "^".join("x" * 200),
        "exp(" * 200 + "x" + ")" * 200,
        "sum(" * 150 + "1" + ", j: n)" * 150,
        "[" * 150 + "x" + " > 0]" * 150,
    ],
)
def test_what_is_too_deep(formula: str) -> None:
    (message,) = messages(f"size n\nreal x\nshow {formula}")
    assert message == "the formula nests deeper than 100 levels"


def test_what_is_just_not_too_deep_is_read_with_few_frames() -> None:
    frames = sys.getrecursionlimit()
    (problem,) = read(f"real x\nshow {'exp(' * 45}x{')' * 45}")
    assert not problem.failures
    assert str(problem.shows[0].term).count("exp") == 45
    assert sys.getrecursionlimit() == frames


def test_definitions_that_double() -> None:
    lines = ["real x0", *(f"let x{k + 1} = x{k}*x{k}" for k in range(40))]
    first, *rest = messages("\n".join(lines))
    assert first == "with its definitions unfolded this has more than 200000 terms"
    assert all("is not known" in one for one in rest)


def test_definitions_that_nest() -> None:
    lines = ["real x0", *(f"let x{k + 1} = exp(1 + x{k}/2)" for k in range(100))]
    assert messages("\n".join(lines))[0] == "with its definitions unfolded this nests deeper than 200 levels"


def test_too_many_hypotheses() -> None:
    assert messages("real x\n" + "given x > 0\n" * 1001) == ["a problem has at most 1000 hypotheses"]


def test_too_many_names() -> None:
    names = ", ".join(f"x{k}" for k in range(1001))
    assert messages(f"real {names}") == ["a problem has at most 1000 names"]


@pytest.mark.parametrize(
    "exponent", ["1001", "-1001", "10^4", "2^2^2^2^2^2^2", "(10^200)^(10^200)", "1000*1000"]
)
def test_an_exponent_too_great(exponent: str) -> None:
    assert messages(f"real x\nshow x^({exponent})") == ["an exponent beyond 1000"]


@pytest.mark.parametrize("exponent", ["1000", "-1000", "1/2", "n", "10^3", "x^x", "2^-5", "0"])
def test_an_exponent_not_too_great(exponent: str) -> None:
    assert messages(f"size n\nreal x\nshow x^({exponent})") == []


def test_ends_of_lines() -> None:
    (problem,) = read("real x\r\nclaim x = x\r\rclaim x\r\n  = 2*x\r\n")
    assert [claim.text for claim in problem.claims] == ["x = x", "x = 2*x"]
    assert [claim.position.line for claim in problem.claims] == [2, 4]


def test_very_many_statements_that_cannot_be_read() -> None:
    text = "real x, y\n" + "given x >\n" * 101 + "claim y = y\n"
    assert messages(text)[-1] == "line 102 could not be read, and may say something about what stands here"
    assert len(messages(text.replace("given x >\n", "", 1))) == 100


@pytest.mark.parametrize("tex", [True, False])
@pytest.mark.parametrize(
    "opening", ["\\begin{align} a\n", "\\[\n", "\\begin{verbatim}\n", "$$", "`", "```\n", "\\("]
)
def test_very_many_openings_that_nothing_closes(opening: str, tex: bool) -> None:
    text = opening * 10_000
    items = [item for one in read_document(text, "<document>", tex) for item in one.items]
    assert all(isinstance(item, Failure) for item in items)


def test_what_is_not_closed_hides_no_display() -> None:
    text = "% derive: real a, b\n\\begin{gather} \\begin{align} a + b &= b + a \\end{align} \\[ a - b = -b + a \\]"
    (problem,) = read_document(text, "<document>", tex=True)
    assert [claim.text for claim in problem.claims] == ["a + b = b + a", "a - b = -b + a"]


def test_a_display_too_long() -> None:
    rows = "\\\\".join(["a + b &= b + a"] * 4000)
    (problem,) = read_document(
        f"% derive: real a, b\n\\begin{{align}}{rows}\\end{{align}}", "<document>", tex=True
    )
    (failure,) = problem.failures
    assert failure.error.message == "the display is longer than 50000 characters"
    assert (failure.position.line, failure.position.column) == (2, 14)


def test_a_display_far_along_a_line() -> None:
    text = f"% derive: real a, b\n{'word ' * 20_000}\\[a + b = b + a + c\\] and \\[a + b = b + a\\]"
    (problem,) = read_document(text, "<document>", tex=True)
    assert [(one.position.line, one.position.column) for one in problem.failures] == [(2, 100_019)]
    assert [claim.text for claim in problem.claims] == ["a + b = b + a"]
