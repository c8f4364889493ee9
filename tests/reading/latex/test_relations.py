"""Equations of a page that may be relations of free names: neither they nor what may follow from them is refuted."""

from __future__ import annotations

import pytest

from derive.api import check_text

P, R, E = "proved", "refuted", "error"
REAL = "```derive\nreal x, y, a, b\n```\n"
ARRAYS = "```derive\nsize n\nreal x[n], u[n], v[n], A[n,n], Q[n,n], l, s\n```\n"
FUNCTIONS = "```derive\nreal x, y, t\nfunction f, u\n```\n"
RELATIONS = [
    REAL + "$$ x^2 + y^2 = 1, $$\nand hence\n$$ (x+y)^2 = 1+2xy $$\n",
    REAL + "$$ a + b = 1 $$\n$$ a^2 - b^2 = a - b $$\n$$ (a+b)^3 = 1 $$\n",
    REAL + "$$ x^2 + y^2 = a^2 $$\n$$ (a - x)(a + x) = y^2 $$\n",
    REAL + "$$ y = 2x $$\n$$ 4x^2 = y^2 $$\n",
    REAL + "$$ 2x = y $$\n$$ 4x^2 = y^2 $$\n",
    REAL + "$$ e^y = x $$\n$$ \\log x = y $$\n",
    ARRAYS + "$$ u^\\top v = 0 $$\n$$ \\|u + v\\|^2 = \\|u\\|^2 + \\|v\\|^2 $$\n",
    ARRAYS + "$$ A v = l v $$\n$$ v^\\top A v = l v^\\top v $$\n",
    ARRAYS + "$$ \\sum_k Q_{ki}Q_{kj} = \\delta_{ij} $$\n$$ \\|Qx\\|^2 = \\|x\\|^2 $$\n",
    ARRAYS + "$$ Q^\\top Q = I $$\n$$ \\|Qx\\|^2 = \\|x\\|^2 $$\n",
    ARRAYS + "$$ \\sum_i x_i = s $$\n$$ \\sum_i (x_i + 1) = s + n $$\n",
    FUNCTIONS + "$$ u'(t) = -u(t) $$\n$$ u''(t) = u(t) $$\n",
    FUNCTIONS + "$$ \\frac{d}{dt} u(t) = u(t) $$\n",
    FUNCTIONS + "$$ f(x+y) = f(x)f(y) $$\n$$ f(2x) = f(x)^2 $$\n",
    FUNCTIONS + "$$ f(x) = x^2 $$\n$$ f'(x) = 2x $$\n",
    "```derive\nreal x, y\nlet z = x + y\n```\n$$ x^2 + y^2 = 1 $$\n$$ z^2 = 1 + 2xy $$\n",
    "```derive\nreal x, y\nlet z = x + y\n```\n$$ y = 2x $$\n$$ 2z = 6x $$\n",
]
REFUTED = [
    REAL + "$$ (x+y)^2 = x^2 + y^2 $$\n",
    REAL + "$$ a^2 + b^2 = 1 $$\n$$ (x+y)^2 = x^2 + y^2 $$\n",
    REAL + "$$ \\frac{d}{dx} x^2 = 3x $$\n",
    FUNCTIONS + "$$ \\frac{d}{dx} f(x^2) = f'(x^2) $$\n",
    "```derive\nsize n\nreal s[n], p[n]\nlet E = sum((s[i] - p[i])^2, i)/2\n```\n"
    "$$ \\frac{\\partial E}{\\partial s_i} = p_i $$\n",
    "```derive\nsize n\nreal s[n]\nlet p[i] = exp(s[i])/sum(exp(s[k]), k)\n```\n$$ \\sum_i p_i = 2 $$\n",
]


def verdicts(page: str) -> list[str]:
    """Return the verdicts on a page in the order of its lines."""
    return [one.verdict.value for one in check_text(page, "page", ".md")]


@pytest.mark.parametrize("page", RELATIONS)
def test_neither_a_relation_nor_what_may_follow_is_refuted(page: str) -> None:
    assert set(verdicts(page)) == {E}


@pytest.mark.parametrize("page", REFUTED)
def test_what_can_be_no_relation_is_refuted(page: str) -> None:
    assert verdicts(page)[-1] == R


def test_what_is_proved_stays_proved_beside_a_relation() -> None:
    page = REAL + "$$ x^2 + y^2 = 1 $$\n$$ (x+y)^2 = x^2 + 2xy + y^2 $$\n$$ x + y - y = x $$\n"
    assert verdicts(page) == [E, P, P]


def test_a_relation_comes_with_the_line_to_write() -> None:
    (found,) = check_text(REAL + "$$ x^2 + y^2 = 1 $$\n", "page", ".md")
    assert "`given x^2 + y^2 = 1`" in (found.message or "")
    page = "```derive\nreal x, y\ngiven x^2 + y^2 = 1\n```\n$$ x^2 + y^2 = 1 $$\n$$ (x+y)^2 = 1 + 2xy $$\n"
    assert verdicts(page) == [P, P]


def test_what_a_relation_makes_depend_is_not_differentiated() -> None:
    assert verdicts(REAL + "$$ y - x^2 = 0 $$\n$$ \\frac{d}{dx} (xy) = y $$\n") == [E, E]
    assert verdicts(REAL + "$$ a - b^2 = 0 $$\n$$ \\frac{d}{dx} (xy) = y $$\n") == [E, P]


@pytest.mark.parametrize("block", ["", "```derive\nreal x\n```\n"])
def test_a_name_that_two_lines_may_define_gets_no_verdict(block: str) -> None:
    assert set(verdicts(block + "$$ r^2 = x^2 + 1 $$\n$$ r = x + 1 $$\n$$ r^2 = (x+1)^2 $$\n")) == {E}
    assert verdicts(block + "$$ r^2 = (x + 1)^2 $$\n$$ r = x + 1 $$\n$$ r - 1 = x $$\n")[0] == P


def test_a_partial_derivative_that_may_keep_a_name_fixed_is_not_refuted() -> None:
    block = "```derive\nreal x\n```\n$$ y = x^2 $$\n$$ f = xy $$\n"
    assert verdicts(block + "$$ \\frac{\\partial f}{\\partial x} = y $$\n") == [E]
    assert verdicts(block + "$$ \\frac{df}{dx} = y $$\n") == [R]


def test_a_name_is_another_with_an_index_than_without() -> None:
    losses = "$$ L_i = x_i^2 $$\n$$ L = \\frac{1}{n}\\sum_i L_i $$\n"
    claims = "$$ \\frac{\\partial L}{\\partial x_i} = \\frac{2x_i}{n} $$\n"
    claims += "$$ \\frac{\\partial L}{\\partial x_i} = 2x_i $$\n"
    assert verdicts("```derive\nsize n\nreal x[n]\n```\n" + losses + claims) == [P, R]
    nested = "$$ L = \\sum_i L_i $$\n$$ L_i = x_i^2 $$\n$$ \\frac{\\partial L}{\\partial x_i} = 2x_i $$\n"
    assert verdicts(nested) == [P]
    vector = "Let $x \\in \\mathbb{R}^n$ and $E \\in \\mathbb{R}^{n\\times n}$.\n"
    vector += "$$ x = \\sum_i x_i E_i $$\n$$ x_i = 2 t_i $$\n"
    assert verdicts(vector) == [E]


def test_a_free_name_that_stands_at_an_end_with_a_power_is_not_defined_there() -> None:
    page = "$$ f = x^2 $$\n$$ y = x^3 $$\n$$ \\frac{df}{dx} = 2x $$\n$$ \\frac{df}{dx} = 3x $$\n"
    assert verdicts(page) == [P, R]


def test_an_index_that_is_part_of_a_name_defines_nothing() -> None:
    """z_i = y_i x_i with the name y_i would make z of one y alone, and sum_j z_j = y_i sum_j x_j true."""
    page = "```derive\nsize n\nreal x[n], yi\nread yi as y_i\n```\n$$ z_i = y_i x_i $$\n\n"
    page += "$$ \\sum_j z_j = y_i \\sum_j x_j $$\n"
    assert {str(one.verdict) for one in check_text(page, "page", ".md")} == {"error"}
