r"""How far a sum reaches where no bracket says: to the last term that its index needs, or it is refused."""

from __future__ import annotations

import pytest

from tests.reading.latex.test_surroundings import display, verdicts

P, R, E = "proved", "refuted", "error"
BLOCK = "size n, m\nreal x[n], y[n], A[n,m], b[m], c, u\n"

MEANT = [
    (r"\sum_i x_i - y_i = \sum_i x_i - \sum_i y_i", P),
    (r"\sum_i x_i - y_i = \sum_i x_i + \sum_i y_i", R),
    (r"\sum_i x_i + c - y_i = \sum_i x_i + n c - \sum_i y_i", P),
    (r"\frac{1}{n} \sum_{i=1}^n x_i y_i + (1 - x_i) c = c + \frac{1}{n} \sum_i x_i (y_i - c)", P),
    (r"\frac{1}{n} \sum_{i=1}^n x_i y_i + (1 - x_i) c = c + \frac{1}{n} \sum_i x_i (y_i + c)", R),
    (r"u + \sum_i x_i + 2 y_i = u + \sum_i x_i + \sum_i 2 y_i", P),
    (r"\sum_i \sum_j A_{ij} - 2 x_i b_j + c = \sum_{i,j} A_{ij}", E),
    (r"\sum_i \sum_j A_{ij} - 2 x_i b_j = \sum_{i,j} A_{ij} - 2 \sum_i x_i \sum_j b_j", P),
    (r"\sum_i \sum_j A_{ij} - b_j = \sum_{i,j} A_{ij} - n \sum_j b_j", P),
    (r"\sum_{i,j} A_{ij} - b_j = \sum_{i,j} A_{ij} - n \sum_j b_j", P),
    (r"\sum_i \sum_j A_{ij} - x_i = \sum_{i,j} A_{ij} - \sum_i x_i", E),
    (r"\sum_i x_i - \sum_j A_{ij} + b_j x_i = \sum_i x_i - \sum_{i,j} (A_{ij} + b_j x_i)", P),
    (r"\frac{\partial}{\partial x_k} \left( \sum_i x_i^2 - 2 x_i y_i \right) = 2 x_k - 2 y_k", P),
    (r"\frac{\partial}{\partial x_k} \left( \sum_i x_i^2 - 2 x_i y_i \right) = 2 x_k - y_k", R),
    # braces, which do not show
    (r"\sum_{i=1}^n {x_i - 2 y_i} = \sum_i x_i - 2 \sum_i y_i", P),
    (
        r"\sum_{i=1}^n{\sum_{j=1}^m{A_{ij}^2 - 2 A_{ij} b_j + b_j^2}} = \sum_{i=1}^n\sum_{j=1}^m (A_{ij} - b_j)^2",
        P,
    ),
    (
        r"\sum_{i=1}^n{\sum_{j=1}^m{A_{ij}^2 - 2 A_{ij} b_j + b_j^2}} = \sum_{i=1}^n\sum_{j=1}^m (A_{ij} + b_j)^2",
        R,
    ),
    # a minus before the sum: the terms behind may keep their own signs
    (r"-\sum_i x_i + y_i = -\sum_i x_i - \sum_i y_i", P),
    (r"-\sum_i x_i + y_i = -\sum_i x_i + \sum_i y_i", E),
    (r"-\sum_i x_i - y_i = -\sum_i x_i - \sum_i y_i", E),
    (r"-\sum_i x_i - y_i = -\sum_i x_i + \sum_i y_i", E),
    (r"u - \sum_i x_i + y_i = u - \sum_i x_i + \sum_i y_i", E),
]

LEFT_OPEN = [
    r"\sum_i x_i - y_i + c = \sum_i x_i - \sum_i y_i + c",
    r"\sum_i x_i - y_i + c = \sum_i x_i - \sum_i y_i + n c",
    r"\left(\sum_i x_i\right) - y_i = \sum_i x_i - \sum_i y_i",
    r"\sum_i (\sum_j A_{ij}) - x_i b_j = \sum_{i,j} A_{ij}",
    r"\sum_i {x_i - c} = \sum_i x_i - n c",
    r"\sum_i {x_i - c} = \sum_i x_i - c",
    r"\sum_i x_i - {y_i + c} = \sum_i x_i - \sum_i y_i",
    r"\max_i x_i - y_i = \max_i (x_i - y_i)",
    r"\prod_i x_i - y_i = \prod_i (x_i - y_i)",
    r"\log \sum_i x_i^2 + y_i^2 = \log \sum_i (x_i^2 + y_i^2)",
]


@pytest.mark.parametrize(("claim", "verdict"), MEANT)
def test_a_sum_reaches_as_far_as_its_index_is_needed(claim: str, verdict: str) -> None:
    assert verdicts(display(claim), BLOCK) == [verdict]


@pytest.mark.parametrize("claim", LEFT_OPEN)
def test_what_may_stand_inside_of_a_sum_or_behind_it_gets_no_verdict(claim: str) -> None:
    assert set(verdicts(display(claim), BLOCK)) == {E}


def test_an_index_of_another_side_stands_behind_the_sum() -> None:
    page = display(
        r"E = \sum_i x_i^2 - c", r"\frac{\partial E}{\partial x_i} - y_i = \sum_i 0 x_i + 2 x_i - y_i"
    )
    assert verdicts(page, BLOCK) == [P]


def test_the_loss_of_logistic_regression_as_it_is_written_most() -> None:
    page = display(
        r"p_i = \sigma(u x_i)",
        r"L = \sum_{i=1}^n y_i \log p_i + (1 - y_i) \log(1 - p_i)",
        r"\frac{\partial L}{\partial u} = \sum_{i=1}^n y_i (1 - p_i) x_i - (1 - y_i) p_i x_i"
        r" = \sum_{i=1}^n (y_i - p_i) x_i",
        r"\frac{\partial L}{\partial u} = \sum_{i=1}^n (y_i + p_i) x_i",
    )
    assert verdicts(page, BLOCK) == [P, P, R]
