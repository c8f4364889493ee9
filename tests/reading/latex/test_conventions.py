r"""Ways of writing that a page may have: two dollars in a sentence, sums from 0, indices that stand twice."""

from __future__ import annotations

import pytest

from derive.api import check_text
from derive.limits.deadline import Effort
from derive.reading.latex.displays import with_inline

P, R, E = "proved", "refuted", "error"


def verdicts(page: str) -> list[str]:
    """Return the verdicts on a page in the order of its lines."""
    results = check_text(page, "page", ".md", effort=Effort.of(0))
    return [one.verdict.value for one in results]


# ---- two dollars in a sentence

OWN = "\n\n$$ x + x = 2x $$\n"


@pytest.mark.parametrize(
    ("line", "single"),
    [
        ("If $$i = j$$, then", "If  $i = j$ , then"),
        ("Let $$x$$ be a number.", "Let  $x$  be a number."),
        ("By the values of $$x$$.", "By the values of  $x$ ."),
        ("Since $$a = b$$, we have $$c = d$$.", "Since  $a = b$ , we have $$c = d$$."),
        ("so that $$ x = x + 1 $$", None),  # a display, for all that can be told
        ("$$ x = x + 1 $$,", None),
        ("Let $x$ be as $$x = 1$$, and", None),  # this page has single dollars
        ("`$$i = j$$`, and code", None),
    ],
)
def test_a_formula_in_a_sentence(line: str, single: str | None) -> None:
    assert with_inline(line + OWN) == (single or line) + OWN


def test_there_are_no_others_without_a_display_by_itself() -> None:
    page = "Since $$ z + 1 = 2 $$ holds, $$ z^2 + 0 = 1 $$ too.\n"
    assert with_inline(page) == page


def test_a_case_in_two_dollars() -> None:
    block = "```derive\nsize n\nreal s[n]\nlet p[i] = exp(s[i])/sum(exp(s[k]), k)\n```\n"
    page = block + "If $$i = j$$, then\n\n$$ \\frac{\\partial p_i}{\\partial s_j} = p_i (1 - p_j) $$\n"
    assert verdicts(page) == [P]
    assert verdicts(page.replace("i = j$$", "i \\neq j$$")) == [R]


# ---- sums from 0

SIZED = "```derive\nsize n\nreal x[n], c\n```\n"


@pytest.mark.parametrize(
    ("display", "verdict"),
    [
        (r"\sum_{i=0}^{n-1} (x_i + c) = n c + \sum_{i=0}^{n-1} x_i", P),
        (r"\sum_{i=0}^{n-1} (x_i + c) = c + \sum_{i=0}^{n-1} x_i", R),
        (r"\sum_{i=0}^{n-1} 1 = n", P),
        (r"\sum_{i=0}^{n} (x_i + c x_i) = (1 + c) \sum_{i} x_i", E),  # over n entries, or one more?
        (r"\sum_{i=0}^{n} 1 = n", E),
        (r"\sum_{i=0}^{n-2} x_i = 0", E),
        (r"\sum_{i=1}^{n-1} x_i = 0", E),
        (r"\sum_{i=0}^{n-1} x_i = \sum_{i=1}^{n} x_i", E),  # where does this page begin to count?
    ],
)
def test_sums_from_0_where_a_block_says_how_many(display: str, verdict: str) -> None:
    assert verdicts(SIZED + f"$$ {display} $$\n") == [verdict]


def test_sums_from_0_that_a_block_says_to_be_over_all() -> None:
    block = "```derive\nsize n\nreal x[n], c\nlet m = mean(x[i], i)\n```\n"
    page = "$$ m = \\frac{1}{n} \\sum_{i=0}^{n} x_i $$\n\n"
    assert verdicts(block + page + "$$ \\sum_{i=0}^{n} (x_i - m) = 0 $$\n") == [P, P]
    assert verdicts(block + page + "$$ \\sum_{i=0}^{n} (x_i + m) = 0 $$\n") == [P, R]
    other = page.replace("\\frac{1}{n}", "\\frac{1}{n+1}")
    assert verdicts(block + other + "$$ \\sum_{i=0}^{n} (x_i - m) = 0 $$\n") == [E, E]


# ---- indices that stand twice


def test_a_convention_says_nothing_where_no_index_stands_twice() -> None:
    page = "```derive\nsize n\nreal x[n], y[n], W[n,n]\n```\nAn index that stands twice is summed over.\n\n"
    assert verdicts(page + "$$ \\sum_i (x_i + y_i) = \\sum_i x_i + \\sum_i y_i $$\n") == [P]
    assert verdicts(page + "$$ x_i y_i + 0 = y_i x_i $$\n") == [P]
    assert verdicts(page + "$$ W_{ij} x_j = x_j W_{ij} $$\n") == [P]
    assert verdicts(page + "$$ x_i y_i z = y_i $$\n") == [E]
    assert verdicts(page.replace("An index that stands twice is", "Some are") + "$$ x_i + 0 = y_i $$\n") == [
        E
    ]


# ---- what a block has answered


def test_a_display_that_says_what_a_block_does() -> None:
    block = "```derive\nsize n\nreal x[n], w[n]\nlet z = sum(w[i]*x[i], i)\nlet E = z^2\n```\n"
    page = "$$ z = \\mystery(w, x) $$\n\n$$ \\frac{\\partial E}{\\partial w_i} = 2 z x_i $$\n"
    assert verdicts(block + page) == [E, P]
    assert verdicts(block + page.replace("2 z", "z")) == [E, R]
    assert verdicts(block.replace("let z = sum(w[i]*x[i], i)", "real z") + page)[-1] == E


def test_a_mean_is_called_one() -> None:
    block = "```derive\nsize n\nreal x[n], g\n```\n"
    page = "The loss is made of the mean $m$ of the inputs.\n\n$$ m = \\frac{1}{n} \\sum_i x_i $$\n"
    assert verdicts(block + page + "$$ \\frac{\\partial m}{\\partial x_i} = \\frac{1}{n} $$\n") == [P]


# ---- labels that are spelled with an index

LABELLED = (
    "```derive\nsize N, K\nreal S[N,K]\nlabel yi: K\nread yi as y_i\n"
    "let P[i,k] = exp(S[i,k])/sum(exp(S[i,p]), p)\nlet L[i] = -log(P[i,yi])\n```\n"
)


@pytest.mark.parametrize(
    ("display", "verdict"),
    [
        (r"\frac{\partial L_i}{\partial S_{ik}} = P_{ik} - \delta_{k y_i}", P),
        (r"\frac{\partial L_i}{\partial P_{i,y_i}} = -\frac{1}{P_{i,y_i}}", P),
        (r"\frac{\partial L_i}{\partial S_{ik}} = P_{ik}", R),
        (r"\sum_i L_i = -\sum_i \log P_{i,y_i}", E),  # of each its own label
        (r"\sum_a L_a + 0 = -\sum_a \log P_{a,y_i}", E),
        (r"\frac{\partial}{\partial S_{ik}} \sum_j L_j = P_{ik} - \delta_{k y_i}", E),
    ],
)
def test_a_label_that_is_that_of_one_sample(display: str, verdict: str) -> None:
    assert verdicts(LABELLED + f"$$ {display} $$\n") == [verdict]


# ---- what the text says to sum over

SUMMED = (
    "```derive\nsize n, m\nreal W[n,m], x[m], g[n], b\nlet z[i] = sum(W[i,k]*x[k], k)\nlet E = sum(g[i]*z[i], i)\n```\n"
    "Repeated indices are summed over.\n\n"
)


@pytest.mark.parametrize(
    ("display", "verdict"),
    [
        (r"\frac{\partial E}{\partial x_j} = g_i W_{ij}", P),
        (
            r"\frac{\partial E}{\partial x_j} = \frac{\partial E}{\partial z_i} \frac{\partial z_i}{\partial x_j}",
            P,
        ),
        (r"\frac{\partial E}{\partial x_j} = g_k \delta_{ik} W_{ij} + b - b", P),
        (r"E + b = g_i W_{ij} x_j + b", P),
        (r"E + E = g_i z_i + g_j z_j", P),
        (r"\frac{\partial E}{\partial x_j} = 2 g_i W_{ij}", R),
        (r"\frac{\partial E}{\partial x_j} = g_i W_{ij} + b", R),
        # what is meant is not clear
        (r"E = \frac{g_i}{1/z_i}", E),
        (r"E = g_i z_i g_i", E),
        (r"z_i z_i = z_i^2", E),
        (r"g_i z_i = z_i g_i + g_i - g_i", E),
    ],
)
def test_indices_that_stand_twice_are_summed_over_where_the_text_says_so(display: str, verdict: str) -> None:
    assert verdicts(SUMMED + f"$$ {display} $$\n")[-1] == verdict


def test_indices_that_stand_twice_are_not_summed_over_where_no_text_says_so() -> None:
    page = SUMMED.replace("Repeated indices are summed over.", "") + "$$ E + b = g_i W_{ij} x_j + b $$\n"
    assert P not in verdicts(page)
