r"""Sums with dots: read as sums where the terms say what counts, and refused otherwise."""

from __future__ import annotations

import pytest

from tests.reading.latex.test_surroundings import display, verdicts

P, R, E = "proved", "refuted", "error"
BLOCK = "size n, m\nreal w[n], x[n], A[m,n], c, y\n"

SUMS = [
    (r"w_1 x_1 + w_2 x_2 + \dots + w_n x_n = \sum_i w_i x_i", P),
    (r"w_1 x_1 + \cdots + w_n x_n = \sum_i w_i x_i", P),
    (r"w_1x_1+...+w_nx_n - y = \sum_i w_i x_i - y", P),
    (r"c + w_1 + w_2 + \ldots + w_n = c + \sum_i w_i", P),
    (r"(x_1^2 + \dots + x_n^2)^2 = (\sum_i x_i^2)^2", P),
    (r"e^{x_1} + e^{x_2} + \dots + e^{x_n} = \sum_j e^{x_j}", P),
    (r"A_{i1} x_1 + A_{i2} x_2 + \dots + A_{in} x_n = \sum_j A_{ij} x_j", P),
    (r"\frac{\partial}{\partial w_i} (w_1 x_1 + \dots + w_n x_n) = x_i", P),
    (r"\frac{\partial}{\partial w_i} (w_1 x_1 + \dots + w_n x_n) = w_i", R),
    # what counts is not clear, or nothing does
    (r"w_1 x_2 + \dots + w_n x_n = \sum_i w_i x_i", E),
    (r"w_1 + w_3 + \dots + w_n = \sum_i w_i", E),
    (r"w_2 + \dots + w_n = \sum_i w_i", E),
    (r"w_1 - w_2 + \dots - w_n = \sum_i w_i", E),
    (r"w_1 - \dots + w_n = \sum_i w_i", E),
    (r"w_1 + x_2 + \dots + w_n = \sum_i w_i", E),
    (r"1 + \dots + n = n", E),
    (r"w_1 \dots w_n = \prod_i w_i", E),
    (r"\dots + w_n = \sum_i w_i", E),
    (r"w_1 + \dots = \sum_i w_i", E),
]


@pytest.mark.parametrize(("formula", "verdict"), SUMS)
def test_sums_with_dots(formula: str, verdict: str) -> None:
    found = verdicts(display(formula), BLOCK)
    assert found == [verdict] or (verdict == E and P not in found and R not in found)


def test_the_sum_of_a_definition_is_differentiated() -> None:
    page = display(r"f = w_1 x_1 + w_2 x_2 + \dots + w_n x_n", r"\frac{\partial f}{\partial x_j} = w_j")
    assert verdicts(page, BLOCK) == [P]
