r"""Sums over a part of what has more entries, `\sum_{i=1}^m x_i` x in the reals of n: never taken for the whole."""

from __future__ import annotations

import pytest

from derive import Verdict
from derive.api import check_text

SQUARES = r"$$ \frac{\partial s}{\partial x_i} = 2x_i $$"
UP_TO_M = r"$$ s = \sum_{i=1}^m x_i^2 $$"
DOTTED = r"$$ s = x_1^2 + \dots + x_m^2 $$"
UP_TO_3 = r"$$ s = \sum_{i=1}^3 x_i^2 $$"


def verdicts(*parts: str) -> list[Verdict]:
    return [one.verdict for one in check_text("\n\n".join(parts), "page.md", ".md")]


NEVER = [
    (r"Let $x\in\mathbb{R}^n$.", UP_TO_M, SQUARES),
    (r"Let $x\in\mathbb{R}^n$.", UP_TO_3, SQUARES),
    (r"Let $x\in\mathbb{R}^n$.", DOTTED, SQUARES),
    (r"Let $x\in\mathbb{R}^n$ and $m < n$.", UP_TO_M, SQUARES),
    (
        r"Let $x, y\in\mathbb{R}^n$.",
        r"$$ s = \sum_{i=1}^{k} x_i y_i $$",
        r"$$ \frac{\partial s}{\partial x_i} = y_i $$",
    ),
    (r"There are $n$ entries.", UP_TO_M, SQUARES),
    (r"There are $n$ entries.", DOTTED, SQUARES),
    (r"The vector $x$ has length $n$.", UP_TO_M, SQUARES),
    (r"Let $x = (x_1, \dots, x_n)$.", UP_TO_M, SQUARES),
    (r"Let $x = (x_1, x_2, \ldots, x_{n})^\top$.", UP_TO_M, SQUARES),
    (r"Let $x_1, \dots, x_n$ be numbers.", UP_TO_3, SQUARES),
    (r"Let $x_1, \dots, x_n$ be numbers.", r"$$ s = \sum_{i=0}^{n-1} x_i^2 $$", SQUARES),
    (r"Let $x_0, \dots, x_n$ be numbers.", r"$$ s = \sum_{i=1}^{n} x_i^2 $$", SQUARES),
    (r"Let $x\in\mathbb{R}^n$.", r"$$ s = \sum_{i=0}^{n} x_i^2 $$", SQUARES),
    (r"$i = 1, \dots, n$", UP_TO_M, SQUARES),
    (r"For $1 \le i \le n$:", UP_TO_M, SQUARES),
    (r"Let $i \in [n]$.", UP_TO_M, SQUARES),
    (r"for $i=1,...,n$", UP_TO_M, SQUARES),
    (UP_TO_M, r"For $i \le n$:", SQUARES),
    (UP_TO_M, r"for $k = 1, \dots, n$", r"$$ \frac{\partial s}{\partial x_k} = 2x_k $$"),
    (UP_TO_M, r"$$ \frac{\partial s}{\partial x_k} = 2x_k \quad k = 1, \dots, n $$"),
    (UP_TO_M, r"$$ \frac{\partial s}{\partial x_i} = 2x_i, \qquad i \in \{1, \dots, n\} $$"),
    (r"$$ y_i = x_i^2, \quad i = 1, \dots, n $$", r"$$ s = \sum_{i=1}^m y_i $$", SQUARES),
    (UP_TO_M, r"$$ t = \sum_{i=1}^n x_i $$", SQUARES),
    (
        r"Let $A\in\mathbb{R}^{n\times n}$.",
        r"$$ s = \sum_{i=1}^m A_{ii} $$",
        r"$$ \frac{\partial s}{\partial A_{ij}} = \delta_{ij} $$",
    ),
    (
        r"Let $A\in\mathbb{R}^{n\times n}$.",
        r"$$ s = \sum_{i=1}^n\sum_{j=1}^m A_{ij} $$",
        r"$$ \frac{\partial s}{\partial A_{ij}} = 1 $$",
    ),
    (
        r"$$ p = \prod_{i=1}^m x_i $$",
        r"$$ \frac{\partial p}{\partial x_i} = \frac{p}{x_i} $$",
        r"for $i=1,\dots,n$",
    ),
]


@pytest.mark.parametrize("parts", NEVER)
def test_a_sum_over_a_part_is_not_taken_for_the_whole(parts: tuple[str, ...]) -> None:
    assert not set(verdicts(*parts)) & {Verdict.PROVED, Verdict.REFUTED}


ALWAYS = [
    (UP_TO_M, SQUARES),
    (UP_TO_3, SQUARES),
    (DOTTED, SQUARES),
    (r"Let $x\in\mathbb{R}^m$.", UP_TO_M, SQUARES),
    (r"Let $x = (x_1, \dots, x_m)$.", DOTTED, SQUARES),
    (r"Let $x_1, \dots, x_m$ be numbers.", UP_TO_M, SQUARES),
    (r"For $i = 1, \dots, m$:", UP_TO_M, SQUARES),
    (r"Let $x\in\mathbb{R}^m$.", r"$$ s = \sum_{i=0}^{m-1} x_i^2 $$", SQUARES),
    (r"Let $x\in\mathbb{R}^m$.", r"$$ s = \sum_{i=1}^m x_i^2 + \sum_{j=1}^n y_j $$", SQUARES),
    (
        r"for $i = 1, \dots, n$ and $j = 1, \dots, m$",
        r"$$ s = \sum_{i=1}^n x_i^2 \sum_{j=1}^m y_j $$",
        r"$$ \frac{\partial s}{\partial x_i} = 2x_i \sum_{j=1}^m y_j $$",
    ),
]


@pytest.mark.parametrize("parts", ALWAYS)
def test_a_sum_over_the_whole_is_read(parts: tuple[str, ...]) -> None:
    assert verdicts(*parts) == [Verdict.PROVED]


def test_the_message_names_both_ranges() -> None:
    page = "\n\n".join((r"Let $x\in\mathbb{R}^n$.", UP_TO_M, SQUARES))
    *_, found = check_text(page, "page.md", ".md")
    assert "x runs over n in one place of this page, and from 1 to m in another" in str(found.message)


def test_an_index_above_and_one_below_are_of_two_arrays() -> None:
    sums = r"$$ s = \sum_{i=1}^n x_i + \sum_{i=1}^n x^{(i)} $$"
    assert verdicts(sums, r"$$ \frac{\partial s}{\partial x_i} = 2 $$") == [Verdict.ERROR]
    assert verdicts(r"$$ s = \sum_i x_i x^{(i)} $$", r"$$ s = \sum_i x_i^2 $$") == [Verdict.ERROR]
