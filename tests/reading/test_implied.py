"""What a formula alone declares: arrays by their indices, sizes by what they share, and nothing that it leaves open."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from derive.cli.command import command
from derive.errors import ReadingError
from derive.reading.implied import expression, with_declarations
from derive.reading.text import read

IMPLIED = {
    "D(sum(x[i]^2, i), x[k]) = 2*x[k]": ["size n", "real x[n]"],
    "D(x^3, x) = 3*x^2": ["real x"],
    "sum(A[i,j]*x[j], j)": ["size n, m", "real A[n,m], x[m]"],
    "sum(A[i,j]*x[j], j) = x[i]": ["size n", "real A[n,n], x[n]"],
    "sum(x[i], i) = sum(y[i], i)": ["size n, m", "real x[n], y[m]"],  # two sums, two letters
    "sum(x[j]*y[j], j, j != k) = y[k]": ["size n", "real x[n], y[n]"],
    "D(W[i,j], W[k,l]) = 0 when k != l": ["size n", "real W[n,n]"],  # what is compared runs over one size
    "D(max(x, y), x) = [x > y]": ["real x, y"],
    "max(x[i], i) = x[j]": ["size n", "real x[n]"],
    "delta(i,j)*x[i] = delta(i,j)*y[j]": ["size n", "real x[n], y[n]"],
    "2*pi*r": ["real r"],
    "x[1] = x[2]": ["size n >= 2", "real x[n]"],
}


@pytest.mark.parametrize("formula", IMPLIED)
def test_declarations(formula: str) -> None:
    text, declared = with_declarations(formula)
    assert declared == IMPLIED[formula]
    (problem,) = read(text)
    assert problem.failures == ()


LEFT_OPEN = {
    "sum(x[i], i)/n = 1": "n may be a size or a number",
    "x @ y = y @ x": "how many indices it has is open",
    "X.T @ X": "how many indices it has is open",
    "norm(v) = 1": "how many indices it has is open",
    "x[i] + x": "x stands with indices and without",
    "x[i] + x[i,j]": "x stands with 1 indices and with 2",
    "2 x": "an operator",
    "D(e^x, x) = e^x": "e is no number here; write exp",
    "sin(\u03c0) = 0": "write pi",
}


@pytest.mark.parametrize("formula", LEFT_OPEN)
def test_what_is_left_open(formula: str) -> None:
    with pytest.raises(ReadingError, match=LEFT_OPEN[formula]) as caught:
        with_declarations(formula)
    assert caught.value.position is not None
    assert caught.value.position.source == formula


def test_a_comment_ends_with_its_line() -> None:
    text, _ = with_declarations("x + 1 # one more\n= 2")
    assert text == "real x\nclaim x + 1 = 2"


def test_a_text_that_declares_is_left_as_it_is() -> None:
    text = "positive x\nclaim log(x^2) = 2*log(x)"
    assert with_declarations(text) == (text, [])


def test_latex_becomes_a_page() -> None:
    source, declared = expression(r"\frac{d}{dx} x^2 = 2x")
    assert (source.document, declared) == (".md", [])
    assert r"\frac{d}{dx} x^2 = 2x" in source.text


@pytest.mark.parametrize(
    ("formula", "status", "said"),
    [
        ("D(sum(x[i]^2, i), x[k]) = 2*x[k]", 0, "taken as: size n; real x[n]\nproved"),
        ("D(sum(x[i]^2, i), x[k]) = 3*x[k]", 1, "refuted"),
        (r"\frac{d}{dx} x^2 = 2x", 0, "proved"),
        ("sum(x[i], i)/n = 1", 2, "n may be a size or a number"),
    ],
)
def test_on_the_command_line(formula: str, status: int, said: str) -> None:
    done = CliRunner().invoke(command, ["check", "--no-cache", "-e", formula])
    assert (done.exit_code, said in done.output) == (status, True), done.output


def test_a_derivation_on_the_command_line() -> None:
    done = CliRunner().invoke(command, ["show", "-e", "D(log(sum(exp(s[j]), j)), s[i])"])
    assert done.exit_code == 0
    assert "exp(s[i])/sum(exp(s[j]), j)" in done.output
    latex = CliRunner().invoke(command, ["show", "--format", "latex", "-e", "D(x^2, x)"])
    assert latex.exit_code == 0
    assert "taken as" not in latex.output


@pytest.mark.parametrize("arguments", [["check"], ["show"], ["show", "softmax", "-e", "x"]])
def test_one_or_the_other(arguments: list[str]) -> None:
    assert CliRunner().invoke(command, arguments).exit_code == 2
