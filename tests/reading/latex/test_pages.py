"""Pages that declare nothing in a block: what their displays and their text tell, and what stays open."""

from __future__ import annotations

import pytest

from derive.api import check_text
from derive.reading.documents import read_document
from derive.reading.latex.macros import expanded
from derive.reading.latex.said import functions_in
from derive.report.results import Verdict

P, R, E = "proved", "refuted", "error"


def verdicts(page: str, document: str = ".md") -> list[str]:
    """Return the verdicts on a page in the order of its lines."""
    return [one.verdict.value for one in check_text(page, "page", document)]


def test_linear_regression() -> None:
    page = (
        "Let $X \\in \\mathbb{R}^{n \\times d}$, $y \\in \\mathbb{R}^n$ and $w \\in \\mathbb{R}^d$. The loss is\n"
        "$$ L(w) = \\frac{1}{2} \\|Xw - y\\|^2 = \\frac12 (Xw-y)^\\top (Xw-y) $$\n"
        "so that $$ \\nabla_w L = X^\\top (Xw - y), \\qquad \\nabla^2_w L = X^\\top X $$\n"
    )
    assert verdicts(page) == [P, P, P]


def test_a_network_of_which_the_text_says_what_its_names_are() -> None:
    page = (
        "Let $\\alpha_h=\\sum_i v_{ih}x_i$, $b_h=f(\\alpha_h)$ and $\\beta_j=\\sum_h w_{hj}b_h$, with $f$ the\n"
        "logistic function. $E=\\frac{1}{2}\\sum_j(\\beta_j-y_j)^2$.\n\n"
        "$$ \\frac{\\partial E}{\\partial \\beta_j} = \\beta_j - y_j = g_j $$\n"
        "$$ \\frac{\\partial E}{\\partial v_{ih}} = \\sum_j g_j w_{hj} f'(\\alpha_h) x_i $$\n"
        "$$ f'(2\\alpha_h) = f(2\\alpha_h)(1 - f(2\\alpha_h)) $$\n"
    )
    assert verdicts(page) == [P, P, P]


def test_vectors_by_how_they_are_written() -> None:
    page = (
        "$$ q(\\theta) = \\frac{1}{2} \\sum_{n=1}^{N} (\\theta^t x_n - y_n)^2 $$\n"
        "$$ \\nabla q(\\theta) = \\sum_{n=1}^{N} (\\theta^t x_n - y_n) x_n $$\n"
        "$$ \\frac{\\partial^2 q(\\theta)}{\\partial\\theta\\,\\partial\\theta^\\top} = \\sum_{n=1}^N "
        "x_n x_n^\\top $$\n"
    )
    assert verdicts(page) == [P, P]


def test_a_loss_that_is_known_by_its_derivatives_alone() -> None:
    page = (
        "$$ y_i = \\gamma x_i + \\beta $$\n"
        "$$ \\frac{\\partial L}{\\partial \\gamma} = \\sum_i \\frac{\\partial L}{\\partial y_i} x_i $$\n"
        "$$ \\frac{\\partial L}{\\partial x_i} = \\gamma \\frac{\\partial L}{\\partial y_i} $$\n"
    )
    assert verdicts(page) == [P, P]
    second = "$$ \\frac{\\partial^2 L}{\\partial x_i \\partial x_j} = 0 $$\n"
    assert verdicts(page + second)[-1] == E


def test_macros_are_written_out() -> None:
    page = (
        "\\newcommand{\\bx}{\\mathbf{x}}\n\\newcommand{\\grad}[2]{\\frac{\\partial #1}{\\partial #2}}\n"
        "\\begin{document}\n\\[ E = \\sum_i \\bx_i^2 \\]\n\\[ \\grad{E}{\\bx_i} = 2 \\bx_i \\]\n"
        "\\[ \\grad{E}{\\bx_i} = \\foo \\]\n\\end{document}\n"
    )
    results = list(check_text(page, "page", ".tex"))
    assert [(one.line, one.column, one.verdict.value) for one in results] == [(5, 22, P), (6, 22, E)]


@pytest.mark.parametrize(
    "definition",
    [
        "\\newcommand{\\a}{x} \\renewcommand{\\a}{y}",
        "\\newcommand{\\a}[1][x]{#1}",
        "\\let\\a\\b",
        "\\ifx \\newcommand{\\a}{x} \\fi",
        "% \\newcommand{\\a}{x}",
        "\\newcommand{\\log}{x}",
        "\\newcommand{\\a}{\\a}",
    ],
)
def test_macros_that_are_not_clear_stay(definition: str) -> None:
    found = expanded(f"{definition}\n$$ \\a + \\log = 1 $$\n", "page")
    assert found is None or "\\a + \\log" in found.text


LEFT_OPEN = [
    # what may be a vector, a matrix or no number at all
    "Let $a$ and $b$ be matrices.\n$$ ab = ba $$\n",
    "$$ AB = BA $$\n",
    "$$ x^\\top A x = x^\\top x A $$\n",
    # what the text defines under a condition, denies, or gives as an example
    "If $p_i = x_i^2$:\n$$ \\frac{\\partial p_i}{\\partial x_i} = 2 x_i + 1 $$\n",
    "It is wrong that $p_i = x_i^2$.\n$$ \\frac{\\partial p_i}{\\partial x_i} = 2 x_i + 1 $$\n",
    "For example $p_i = x_i^2$.\n$$ \\frac{\\partial p_i}{\\partial x_i} = 2 x_i + 1 $$\n",
    # what is only met as the value of a derivative
    "$$ \\frac{\\partial \\log x}{\\partial x} = g $$\n$$ g + 1 = \\frac{1}{x} $$\n",
    # more than the first derivatives of a loss that nothing defines
    "$$ y_i = x_i^2 $$\n$$ L = \\frac{\\partial L}{\\partial y_i} $$\n",
    # sums that begin at 0 where the number of terms matters
    "$$ \\mu = \\frac{1}{N}\\sum_{i=0}^{N} x_i $$\n$$ \\sum_{i=0}^N (x_i - \\mu) + 1 = 1 $$\n",
]


@pytest.mark.parametrize("page", LEFT_OPEN)
def test_what_is_not_told_gets_no_verdict(page: str) -> None:
    found = verdicts(page)
    assert found
    assert set(found) == {E}


@pytest.mark.parametrize(
    ("words", "called"),
    [
        ("with $f$ the logistic function.", {"f": "sigmoid"}),
        ("where $g$ is the sigmoid, and", {"g": "sigmoid"}),
        (r"$\phi(\cdot)$ denotes the softplus function", {"phi": "softplus"}),
        ("$f$ is the logistic loss.", {}),
        ("$f$ is not the sigmoid function.", {}),
        ("$f$ is the derivative of the sigmoid function.", {}),
        ("$f$ is the sigmoid function or the identity.", {}),
        ("$f$ is the sigmoid of $x$.", {}),
        ("$f$ is the sigmoid function. Below, $f$ is the softplus function.", {}),
    ],
)
def test_functions_that_the_text_names(words: str, called: dict[str, str]) -> None:
    assert functions_in(words) == called


DECLARED = "```derive\nsize n, m\nreal x[n], y[m]\n```\n"
ZEROS = [
    "$$ \\sum_{i=0}^{n} (x_i + x_i) = 2 \\sum_i x_i $$\n",
    "$$ \\sum_{i=0}^{n} 1 = n+1 $$\n",
    "$$ \\sum_{i=0}^{n} 1 = n $$\n",
    "$$ \\sum_{i=0}^{n} y_i = \\sum_i y_i $$\n",
    "$$ \\sum_{i=0}^{n} x_i = x_0 + \\sum_{i=1}^n x_i $$\n",
    "$$ \\sum_{i=0}^{n} x_i = \\sum_{i=1}^n x_i $$\n",
    "$$ \\frac{1}{n+1} \\sum_{i=0}^{n} (x_i + 1) = \\frac{1}{n+1} \\sum_{i=0}^n x_i + 1 $$\n",
    "$$ \\sum_{i=0, i \\neq j}^{n} x_i = \\sum_i x_i - x_j $$\n",
]


@pytest.mark.parametrize("page", ZEROS)
def test_sums_that_begin_at_0_over_a_declared_size_are_refused(page: str) -> None:
    assert set(verdicts(DECLARED + page)) == {E}


def test_a_page_in_which_a_mistake_is_found() -> None:
    page = (
        "$$ p_i = \\frac{e^{s_i}}{\\sum_k e^{s_k}} $$\n"
        "$$ \\frac{\\partial p_i}{\\partial s_j} = p_i(\\delta_j^i + p_j) $$\n"
    )
    assert verdicts(page) == [R]


def test_positions_of_a_page_with_macros_are_its_own() -> None:
    page = "\\newcommand{\\bx}{\\mathbf{x}}\n\\[ \\bx_i + \\bx_i = 3 \\bx_i \\quad \\text{unless} \\]\n"
    (problem,) = read_document(page, "page", tex=True)
    (failure,) = problem.failures
    assert failure.position.source == page.split("\n")[1]
    assert Verdict.REFUTED.value not in verdicts(page, ".tex")


def test_the_entries_of_an_array_that_the_text_declares_whole() -> None:
    page = (
        "Let $s \\in \\mathbb{R}^n$ be the scores.\n\n"
        "$$ p_i = \\frac{e^{s_i}}{\\sum_{j=1}^n e^{s_j}} $$\n\n$$ E = -\\sum_{j=1}^n c_j \\log p_j $$\n\n"
        "$$ \\frac{\\partial E}{\\partial s_i} = p_i \\sum_j c_j - c_i $$\n"
    )
    assert verdicts(page) == ["proved"]


NAMED_LAST = (
    "Let $p(x_i) = \\frac{1}{1 + e^{-x_i}}$ and $L = \\sum_{i=1}^m \\log(1 + e^{x_i}) - y_i x_i$. Then\n\n"
    "$$ \\frac{\\partial L}{\\partial x_i} = p(x_i) - y_i $$\n\nLet $p(x_i) = \\hat{y}_i$. This is\n\n"
)


@pytest.mark.parametrize(
    ("claim", "verdict"), [("\\hat{y}_i - y_i", P), ("\\hat{y}_i + y_i", R), ("y_i - \\hat{y}_i", R)]
)
def test_a_name_that_the_text_gives_to_what_it_defined_before(claim: str, verdict: str) -> None:
    found = verdicts(NAMED_LAST + "$$ \\frac{\\partial L}{\\partial x_i} = " + claim + " $$\n")
    assert found == [P, verdict]
