r"""What public pages have in common: matrices of their entries, losses by their letters, tables of rows, quotations."""

from __future__ import annotations

import pytest

from derive.api import check_text

P, R, E = "proved", "refuted", "error"
NUMBERS = "```derive\nreal a, b\n```\n\n"


def verdicts(page: str) -> list[str]:
    """Return the verdicts of a page in the order of its lines."""
    return [one.verdict.value for one in check_text(page, "page", ".md")]


LINEAR = r"""The model is

$$z_i = %s$$

$$\ell = \frac{1}{2} \sum_{i=1}^{n} (y_i - z_i)^2$$

and in matrix form

$$\nabla_{\boldsymbol{\theta}} \ell = %s\mathbf{X}^T(\mathbf{y} - \mathbf{z})$$
"""
ENTRIES = r"\sum_{j=1}^{p} \theta_j x_{ij}"


@pytest.mark.parametrize(
    ("model", "sign", "found"),
    [
        (ENTRIES, "-", [P]),
        (ENTRIES, "", [R]),
        (rf"\boldsymbol{{\theta}}^T \mathbf{{x}}_i = {ENTRIES}", "-", [P, P]),
        # of what the matrix is made is not told: nothing is refuted
        (r"\sum_{j=1}^{p} \theta_j x_j^{(i)}", "-", [E]),
        (r"\boldsymbol{\theta}^T \mathbf{x}_i", "-", [E]),
    ],
)
def test_a_capital_is_the_matrix_of_what_has_its_small_letter(
    model: str, sign: str, found: list[str]
) -> None:
    assert verdicts(LINEAR % (model, sign)) == found


PROBABILITY = r"""$$\pi_i = \frac{1}{1 + e^{-z_i}}$$

$$\frac{\partial \pi_i}{\partial z_i} = %s$$
"""


@pytest.mark.parametrize(
    ("right", "found"),
    [
        (r"\pi_i (1 - \pi_i)", P),
        (r"\pi_i (1 + \pi_i)", R),
        (r"\pi_i (1 - \pi_i) \frac{\pi}{\pi}", P),
        (r"\boldsymbol{\pi} (1 - \pi_i)", E),
    ],
)
def test_pi_with_an_index_is_no_number_of_its_own(right: str, found: str) -> None:
    assert verdicts(PROBABILITY % right) == [found]


SOFTMAX = r"""$$p_i = \frac{e^{o_i}}{\sum_j e^{o_j}}$$

%s

$$\frac{\partial p_i}{\partial o_k} = %s$$
"""


@pytest.mark.parametrize(
    ("before", "right", "found"),
    [
        ("If $i = k$,", r"p_k (1 - p_k)", P),
        (r"If $i \neq k$,", r"-p_k p_i", P),
        (r"If $i \neq k$,", r"p_k p_i", R),
        (
            "",
            r"\begin{cases} p_k (1 - p_k) & \text{if } i = k \\ -p_k p_i & \text{if } i \neq k \end{cases}",
            P,
        ),
        (
            "",
            r"\begin{cases} p_k (1 + p_k) & \text{if } i = k \\ -p_k p_i & \text{if } i \neq k \end{cases}",
            R,
        ),
    ],
)
def test_a_letter_that_is_compared_with_an_index_is_one(before: str, right: str, found: str) -> None:
    assert verdicts(SOFTMAX % (before, right)) == [found]


@pytest.mark.parametrize(
    ("page", "found"),
    [
        # a power of an entry in braces
        (r"$$\sum_{i=1}^m {x^{(i)}}^2 = \sum_{i=1}^m x^{(i)} x^{(i)}$$", [P]),
        # a table of equations
        (NUMBERS + r"$$\begin{array}{l} a + a = 2a \\ b + b = 3b \end{array}$$", [P, R]),
        (NUMBERS + r"$$\begin{array}{rcl} a + a &=& 2a \\ &=& 3a - a \end{array}$$", [P, P]),
        # a display in a quotation
        (NUMBERS + "> so that\n> $$\n> a + a = 2a\n> $$\n", [P]),
        (NUMBERS + "> so that\n> $$\n> a + a\n> = 3a\n> $$\n", [R]),
        # letters side by side that are the name of a loss, though N is a size
        (r"$$NLL = \sum_{i=1}^N w x_i$$ $$\frac{\partial NLL}{\partial w} = \sum_{i=1}^N x_i$$", [P]),
        # columns and rows of matrices that are written with one index
        (r"$$s_{ij} = \sum_k p_{ik} q_{kj}$$ $$p_i^T q_j = \sum_k p_{ik} q_{kj}$$", [P]),
        (r"$$g_{ij} = \sum_k x_{ik} x_{jk}$$ $$x_i^T x_j = \sum_k x_{ik} x_{jk}$$", [P]),
        # the next value of a weight is no derivative of it
        (
            r"$$J = (r - p q)^2$$ $$\frac{\partial J}{\partial p} = -2 (r - pq) q$$ "
            r"$$p' = p - \eta \frac{\partial J}{\partial p} = p + 2\eta (r - pq) q$$",
            [P, P],
        ),
        (r"$$J = (r - p q)^2$$ $$\frac{\partial J}{\partial p} = -2 (r - pq) q$$ $$q' = p q$$", [E]),
        # what stands behind a name that cannot be defined so
        (
            r"$$e_{ij} = (r_{ij} - p_i q_j)^2$$ "
            r"$$u_i = p_i + \frac{\partial e_{ij}}{\partial p_i} = p_i - 2 (r_{ij} - p_i q_j) q_j$$",
            [E, P],
        ),
    ],
)
def test_what_public_pages_write(page: str, found: list[str]) -> None:
    assert verdicts(page) == found


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("Here $o$ is the vector of the raw scores.", R),
        ("Here $o$ is a vector of small scores.", E),
        ("现在对 $o$ 和 $p$ 分别求导。", R),
        ("现在对 $o$ 和 $p$ 分别求偏导。", R),
        ("Here $o = 0$ in the middle.", E),
    ],
)
def test_a_sentence_that_says_nothing_leaves_a_refutation(said: str, found: str) -> None:
    page = SOFTMAX.replace("%s\n\n", f"{said}\n\n$$p_i - p_i + 1 = 1$$\n\nIf $i \\neq k$,\n\n", 1) % "p_k p_i"
    assert verdicts(page)[-1] == found
