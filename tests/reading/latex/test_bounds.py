"""Inequalities on pages: one that holds is proved, one that may be a condition is never refuted."""

from __future__ import annotations

import pytest

from derive.reading.documents import read_document
from derive.verification.questions import asked_in_problems, decided, displays_of, with_verdicts

SOFTMAX = r"Let $s \in \mathbb{R}^n$ and $p_i = \frac{e^{s_i}}{\sum_j e^{s_j}}$."

PAGES: list[tuple[str, list[str]]] = [
    # what holds is proved, in every way to write it
    (rf"{SOFTMAX} $$ 0 \leq p_i \le 1 $$", ["0 <= p_i proved", "p_i <= 1 proved"]),
    (rf"{SOFTMAX} $$ 0 < p_i ≤ 1 $$", ["0 < p_i proved", "p_i <= 1 proved"]),
    (rf"{SOFTMAX} $$ 1 \geqslant p_i \gt 0 $$", ["1 >= p_i proved", "p_i > 0 proved"]),
    (r"For $x \in \mathbb{R}$: $$ x^2 + 1 \ge 2x $$", ["x^2 + 1 >= 2x proved"]),
    (
        r"For $x \in \mathbb{R}$: $$ x^2 - 1 = (x-1)(x+1) \le x^2 $$",
        ["x^2 - 1 = (x-1)(x+1) proved", "(x-1)(x+1) <= x^2 proved"],
    ),
    (
        r"Let $w \in \mathbb{R}^d$ and $L = w^\top w$. $$ \begin{aligned} L &= \|w\|^2 \\ &\geq 0 \end{aligned} $$",
        [r"L = \|w\|^2 proved", r"\|w\|^2 >= 0 proved"],
    ),
    # a name that a chain begins with is defined by what is equal to it, and not by a bound
    (
        r"Let $x \in \mathbb{R}$. $$ f = x^2 \ge 0 $$ Therefore $$ f \ge 0 $$",
        ["x^2 >= 0 proved", "f >= 0 proved"],
    ),
    (
        r"Let $x \in \mathbb{R}$ and $f = x^2$. $$ f \ge -1 $$ $$ f = x x $$",
        ["f >= -1 proved", "f = x x proved"],
    ),
    # what is concluded and is false is refuted; what may be a condition is not
    (
        r"The softmax is $p_i = \frac{e^{s_i}}{\sum_j e^{s_j}}$. It follows that $$ p_i \ge 2 $$",
        ["p_i >= 2 refuted"],
    ),
    (rf"{SOFTMAX} $$ p_i \ge 2 $$", ["p_i >= 2 error"]),
    (rf"{SOFTMAX} Choose $s$ so that $$ p_i \ge 1 $$", ["p_i >= 1 error"]),
    (rf"{SOFTMAX} Assume that $$ p_i \ge 1 $$", []),
    (r"Therefore the weights have to fulfil $$ 0 \le a_i \le c $$", ["0 <= a_i error", "a_i <= c error"]),
    (
        r"Minimise $\frac12 \|w\|^2$ subject to $$ y_i (w^\top x_i + b) \ge 1 $$",
        [r"y_i (w^\top x_i + b) \ge 1 refused"],
    ),
    # what it says of free names stands against refutations further down
    (r"Let $x \in \mathbb{R}$. $$ x \ge 1 $$ Therefore $$ |x| = x $$", ["x >= 1 error", "|x| = x error"]),
    # two readings
    (r"Let $A \in \mathbb{R}^{n \times n}$. $$ A^\top A \ge 0 $$", ["A^\\top A \\ge 0 refused"]),
    (r"For $x \in \mathbb{R}$: $$ x^2 \ge 0 \le x^4 $$", ["x^2 \\ge 0 \\le x^4 refused"]),
    (r"For $x \in \mathbb{R}$: $$ |x| = x, \quad x \ge 0 $$", ["|x| = x, \\quad x \\ge 0 refused"]),
    (r"For $x \in \mathbb{R}$: $$ |x| = x \text{ if } x \ge 0 $$", ["|x| = x \\text{ if } x \\ge 0 refused"]),
    (r"For $x \in \mathbb{R}$: $$ x^2 \ne -1 $$", ["x^2 \\ne -1 refused"]),
]


def _verdicts(page: str) -> list[str]:
    problems = read_document(page, "page.md", tex=False)
    results = [one for asked in asked_in_problems(problems, "page.md") for one in decided(asked)]
    told = [f"{one.claim} {one.verdict}" for one in results if not one.refused or one.link is not None]
    if told:
        return told
    displays = with_verdicts(displays_of(problems), results)
    return [f"{one.text} refused" for one in displays if one.kind == "refused"]


@pytest.mark.parametrize(("page", "expected"), PAGES)
def test_an_inequality_on_a_page(page: str, expected: list[str]) -> None:
    assert _verdicts(page) == expected
