r"""Names that get their meaning inside a chain, `a = b =: c`, and places such as `j^*`, which are labels."""

from __future__ import annotations

import pytest

from derive.api import check_text
from derive.limits.deadline import Effort

P, R, E = "proved", "refuted", "error"
BLOCK = "```derive\nsize n\nreal s[n], c[n], x, u\n```\n"


def verdicts(page: str) -> list[str]:
    """Return the verdicts on a page in the order of its lines."""
    results = check_text(page, "page", ".md", effort=Effort.of(0))
    return [one.verdict.value for one in sorted(results, key=lambda one: (one.line or 0, one.column or 0))]


INTRODUCED = [
    # behind the chain, by either sign, with a minus, and in a row of its own
    (r"$$ x^2 + u - u = x^2 =: F $$", r"F = x^2 + 0", r"0 + F = x"),
    (r"$$ x^2 + u - u = x^2 := F $$", r"\frac{dF}{dx} = 2x", r"\frac{dF}{dx} = x"),
    (r"$$ \log e^{xu} = x u := -F $$", r"\frac{dF}{dx} = -u", r"\frac{dF}{dx} = u"),
    (r"$$ x^2 + u =: F $$", r"F - u = x^2", r"0 + F = x^2"),
    (
        "\\begin{align} (x+u)^2 &= x^2 + 2xu + u^2 \\\\ &=: F \\\\ &= u^2 + 2xu + x^2 \\end{align}",
        r"F = (u+x)^2",
        r"0 + F = (u-x)^2",
    ),
    (r"$$ s_i + c_i - c_i = s_i =: g_i $$", r"\sum_i g_i = \sum_i s_i", r"\sum_i g_i = \sum_i c_i"),
    # in the middle of it: what stands behind the sign says what the name before it means
    (r"$$ x + x = F := 2x $$", r"F = x + x", r"0 + F = x"),
]


@pytest.mark.parametrize(("display", "true", "false"), INTRODUCED)
def test_a_name_introduced_in_a_chain(display: str, true: str, false: str) -> None:
    assert set(verdicts(BLOCK + f"{display}\n\n$$ {true} $$\n")) == {P}
    assert verdicts(BLOCK + f"{display}\n\n$$ {false} $$\n")[-1] == R


def test_a_link_beside_what_is_introduced_is_still_judged() -> None:
    assert verdicts(BLOCK + "$$ x + x = 3x =: F $$\n") == [R]
    assert verdicts(BLOCK + "$$ x + x = F := 3x $$\n") == [R, P]


@pytest.mark.parametrize(
    "display",
    [
        r"x + x = 2x := x + u",  # no name on either side
        r"x + x = F := G",  # which of the two?
    ],
)
def test_what_introduces_no_name_is_refused(display: str) -> None:
    assert set(verdicts(BLOCK + f"$$ {display} $$\n")) == {E}


def test_of_a_name_introduced_anew_it_is_not_clear_what_is_meant() -> None:
    page = BLOCK + "$$ F = x $$\n$$ x + x = 2x =: F $$\n$$ \\frac{dF}{dx} = 2 $$\n"
    assert verdicts(page) == [P, E, E]


def test_a_name_first_met_inside_a_chain() -> None:
    page = "$$ p_j = y_j = \\frac{e^{u_j}}{\\sum_k e^{u_k}} $$\n"
    assert verdicts(page) == []
    assert verdicts(page + "$$ \\sum_j y_j = 1 $$\n$$ p_j = y_j $$\n") == [P, P]
    assert verdicts(page + "$$ \\sum_j y_j = 2 $$\n") == [R]


def test_a_bound_of_a_name_says_not_what_it_is() -> None:
    page = "$$ p_j^2 = y_j \\le e^{u_j} $$\n"
    assert set(verdicts(page + "$$ y_j + 0 = e^{u_j} $$\n")) == {E}


STARRED = "$$ y_j = \\frac{e^{u_j}}{\\sum_{j'} e^{u_{j'}}} $$\n$$ E = -\\log y_{j^*} $$\n"


@pytest.mark.parametrize(
    ("display", "verdict"),
    [
        (r"\frac{\partial E}{\partial u_j} = y_j - \delta_{j j^*}", P),
        (r"\frac{\partial E}{\partial u_j} = y_j - \mathbb{1}\{j = j^*\}", P),
        (r"E = \log \sum_{j'} e^{u_{j'}} - u_{j^*}", P),
        (r"\frac{\partial E}{\partial u_{j^*}} = y_{j^*} - 1", P),
        (r"\frac{\partial E}{\partial u_j} = y_j - 1", R),
        (r"\frac{\partial E}{\partial u_j} = y_{j^*} - \delta_{j j^*}", R),
    ],
)
def test_a_starred_place(display: str, verdict: str) -> None:
    assert verdicts(STARRED + f"$$ {display} $$\n") == [verdict]


def test_what_a_page_says_of_a_starred_place_keeps_it_from_a_refutation() -> None:
    page = "Let $j^* = \\arg\\max_j u_j$.\n\n" + STARRED
    assert verdicts(page + "$$ \\frac{\\partial E}{\\partial u_j} = y_j - \\delta_{jj^*} $$\n") == [P]
    assert verdicts(page + "$$ \\max_j u_j = u_{j^*} + 0 $$\n") == [E]


def test_a_letter_with_an_index_is_another_name_than_a_label_of_a_block() -> None:
    block = "```derive\nsize V\nreal u[V]\nlabel t: V\nread t as j^*\n```\n"
    page = STARRED + "$$ t_j = \\mathbb{1}\\{j = j^*\\} $$\n$$ \\frac{\\partial E}{\\partial u_j} = "
    assert verdicts(block + page + "y_j - t_j $$\n") == [P]
    assert verdicts(block + page + "t_j - y_j $$\n") == [R]


# ---- what a page says of names that nothing says, and of names that a block leaves free

UNKNOWN = "$$ C = \\sum_i KL(P_i || Q_i) = \\sum_i c_i \\log \\frac{c_i}{s_i} $$\n\n"


def test_an_unknown_function_is_what_stands_behind_it() -> None:
    slope = "$$ \\frac{\\partial C}{\\partial s_i} = "
    assert verdicts(BLOCK + UNKNOWN + slope + "-\\frac{c_i}{s_i} $$\n") == [E, P]
    assert verdicts(BLOCK + UNKNOWN + slope + "\\frac{c_i}{s_i} $$\n") == [E, R]
    # of a command that is not known nobody can tell what it shows
    page = UNKNOWN.replace("KL", "\\mystery")
    assert verdicts(BLOCK + page + slope + "-\\frac{c_i}{s_i} $$\n") == [E, E]


FREE = "```derive\nsize n\nreal y[n]\npositive q[n,n]\nread q[i,j] as q_{j|i}\n```\n"
DEFINED = "$$ q_{j|i} = e^{y_i^2 y_j} $$\n\n"


def test_a_name_of_a_block_of_which_the_page_takes_a_gradient_is_not_free() -> None:
    loss = "$$ C = -\\sum_i \\log q_{k|i} $$\n\n".replace("C =", "C_k =")
    taken = "$$ \\nabla_{y_l} C_k = -\\sum_i \\frac{\\nabla_{y_l} q_{k|i}}{q_{k|i}} $$\n\n"
    assert verdicts(FREE + loss + taken + DEFINED) == [P]
    assert verdicts(FREE + loss + DEFINED + taken + "$$ q_{i|i} = e^{y_i^3} $$\n")[:1] == [P]
    assert verdicts(FREE + loss + DEFINED + taken.replace("= -", "= ")) == [R]
    assert verdicts(FREE + DEFINED) == [E]  # free, for all that the page says


def test_a_side_that_is_an_unknown_name_says_nothing_of_the_others() -> None:
    rows = "\\begin{{align}} [\\text{{I}}] &= \\sum_i (s_i + x) \\\\ &= \\sum_i s_i + {} \\end{{align}}\n"
    assert verdicts(BLOCK + rows.format("n x")) == [E, P]
    assert verdicts(BLOCK + rows.format("x")) == [E, R]
    mystery = rows.replace("[\\text{{I}}]", "\\mystery")
    assert verdicts(BLOCK + mystery.format("n x")) == [E]


def test_a_formula_with_new_names_behind_a_chain_is_refused_alone() -> None:
    page = BLOCK + "$$ {} = x^2 + x u =: x (x + G) $$\n"
    assert verdicts(page.format("x (x + u)")) == [P, E]
    assert verdicts(page.format("x (x - u)")) == [E, E]
    assert verdicts(page.format("x (x + u)") + "$$ G + 0 = u $$\n")[-1] == E  # nothing is made of it


def test_what_cannot_be_the_meaning_of_a_name_is_claimed_of_it() -> None:
    page = BLOCK + "$$ g_i = s_i + x $$\n$$ g_i = {} $$\n"
    below = "$$ \\sum_i g_i = \\sum_i s_i + n x $$\n"
    assert verdicts(page.format("s_i + x + 0 \\cdot c_k") + below) == [P, P]
    assert verdicts(page.format("s_i + x + c_k") + below) == [E, E]  # may be another meaning


def test_that_a_gradient_is_wanted_says_that_it_is_to_be_found() -> None:
    page = BLOCK + "$$ F = x^2 $$\n\nWe want its gradient{}.\n\n$$ \\frac{{dF}}{{dx}} = {} $$\n"
    assert verdicts(page.format(" in $x$", "2x")) == [P]
    assert verdicts(page.format(" to be small", "x")) == [E]
