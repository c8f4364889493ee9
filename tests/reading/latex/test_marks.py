r"""What stands above a letter, `x^k`, `x^T`, and brackets and accents: the text may say that they are no operations."""

from __future__ import annotations

import pytest

from derive.report.results import Verdict
from tests.reading.latex.test_factors import verdicts

POWER = (r"y = x^k", r"\frac{dy}{dx} = k x^{k-1}")
SQUARED = (r"y = (x^k)^2", r"y = x^{2k}")
STEPS = (r"y = x^k - x^{k-1}", r"y = x^{k-1}(x-1)")
SQUARE = (r"y = x^2 + x", r"\frac{dy}{dx} = 2x + 1")
LENGTH = (r"y = x^T x", r"\frac{dy}{dx} = 2x")
ROUNDED = (r"f = [x]", r"\frac{df}{dx} = 1")
TWO = (r"y = x \tilde x", r"\frac{dy}{dx} = \tilde x")

MARKS = [
    (r"Let $\{x^k\}$ be a sequence.", POWER),
    (r"Let $x^1, x^2, \dots$ be the iterates.", POWER),
    ("$x^{k+1}$ follows $x^k$.", POWER),
    (r"The iterates are $x^0, x^1, \dots$", POWER),
    ("Sequence $(x^k)$.", POWER),
    (r"Sequence $(x^k)_{k \ge 0}$.", POWER),
    ("$k$ is the iteration.", POWER),
    ("The layer $k$ has one unit.", POWER),
    ("We stop after $k$ epochs of training.", (r"y = x^k", r"\frac{dy}{dx} = k x^{k-1}")),
    ("Let $x^k$ be the $k$-th sample.", SQUARED),
    (r"Let $\{x^k\}$ be a sequence.", SQUARED),
    (r"Let $\{x^k\}$ be a sequence.", STEPS),
    (r"Let $\{x^k\}$ be a sequence.", (r"y = x^2 - x^1", "y = x(x-1)")),
    ("# Iteration k", STEPS),
    ("$x^{k+1}$ follows $x^k$.", (r"y = x^2 + x", r"\frac{dy}{dx} = 1")),
    ("$x^{k+1}$ follows $x^k$.", SQUARE),
    ("", (r"y = x^1 + x^2", r"\frac{\partial y}{\partial x^1} = 1")),
    ("A number on top of a letter numbers the sample.", (r"\frac{d x^2}{dx} = 2x",)),
    ("What stands above a letter numbers it.", (r"\frac{d x^2}{dx} = 2x",)),
    ("The little two on the right of a letter marks the second layer.", (r"\frac{d x^2}{dx} = 2x",)),
    ("The 2 is no power.", (r"\frac{d x^2}{dx} = 2x",)),
    ("All powers are to be read as indices.", (r"\frac{d x^2}{dx} = 2x",)),
    ("Let $T$ be the temperature.", (r"y = x^T x", "y = x^2")),
    ("Let $T = 3$.", LENGTH),
    ("Take $T=3$.", LENGTH),
    ("A temperature $T > 0$.", LENGTH),
    ("$T$ is the temperature.", LENGTH),
    ("T is the number of steps.", LENGTH),
    ("Let $T$ be the horizon.", LENGTH),
    ("with $T>0$", LENGTH),
    (r"$T \in \mathbb{N}$", LENGTH),
    ("Let $t$ be the time.", (r"y = x^t x", r"\frac{dy}{dx} = 2x")),
    ("We write $[x]$ for the greatest integer below.", ROUNDED),
    ("Square brackets denote rounding.", ROUNDED),
    ("Gauss brackets cut off decimals.", ROUNDED),
    ("Brackets cut off decimals.", (r"f = [x] + x", r"\frac{df}{dx} = 2")),
    ("Square brackets round down.", (r"g = [x]", r"f = g + x", r"\frac{df}{dx} = 2")),
    ("Tildes denote noisy copies.", TWO),
    ("A tilde means centred.", TWO),
]


@pytest.mark.parametrize(("text", "displays"), MARKS)
def test_what_the_text_calls_a_mark_is_no_operation(text: str, displays: tuple[str, ...]) -> None:
    assert not {Verdict.PROVED, Verdict.REFUTED} & set(verdicts(text, displays))


OPERATIONS = [
    ("", POWER),
    ("Let $k$ be positive.", POWER),
    ("Let $k$ be the number of samples.", POWER),
    ("The features are $1, x, x^2$.", SQUARE),
    ("We differentiate $x^2$ first.", SQUARE),
    ("The square $x^2$ is the power of $x$ that we need.", SQUARE),
    ("The label of the sample is $y$.", (r"L = p^y", r"\frac{dL}{dp} = y p^{y-1}")),
    ("", LENGTH),
    ("Here $T$ denotes the transpose.", LENGTH),
    (r"Let $x, w \in \mathbb{R}^n$ and let $T$ be the number of steps.", (r"y = w^T x", r"\nabla_x y = w")),
    ("We expand the square brackets.", (r"f = [x + 1] x", r"\frac{df}{dx} = 2x + 1")),
    ("We multiply out the brackets.", (r"f = (x + 1) x", r"\frac{df}{dx} = 2x + 1")),
]


@pytest.mark.parametrize(("text", "displays"), OPERATIONS)
def test_operations_stay_what_they_are(text: str, displays: tuple[str, ...]) -> None:
    assert verdicts(text, displays)[-1] is Verdict.PROVED
