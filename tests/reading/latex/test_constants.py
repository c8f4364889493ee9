"""The numbers e and π of the language: no page defines them, and one that tries gets no verdict on what uses them."""

from __future__ import annotations

import pytest

from derive.api import check_text

BLOCK = "```derive\nreal x, y\n```\n"
DEFINED = [
    "$$ \\ln e = 1 $$\n$$ e = 2.718 $$\n$$ \\log e = 1 $$\n",
    "$$ e = 2.718 $$\n$$ e = 3 $$\n$$ e^{\\ln 2} = 2 $$\n",
    "$$ \\pi = 3.14 $$\n$$ \\pi = \\frac{22}{7} $$\n$$ 7\\pi = 22 $$\n",
    "$$ \\sin \\pi = 0 $$\n$$ \\pi = 3 $$\n",
    "The error is\n$$ x - y = e $$\nso that\n$$ e^2 = (x-y)^2 $$\n$$ \\ln e = 1 $$\n",
    "Let $e = x - y$.\n$$ e^2 = (x-y)^2 $$\n$$ \\ln e = 1 $$\n",
]


def verdicts(page: str) -> list[str]:
    """Return the verdicts on a page in the order of its lines."""
    return [one.verdict.value for one in check_text(page, "page", ".md")]


@pytest.mark.parametrize("block", ["", BLOCK])
@pytest.mark.parametrize("page", DEFINED)
def test_what_uses_a_number_that_the_page_defines_anew_is_refused(page: str, block: str) -> None:
    found = verdicts(block + page)
    assert found
    assert set(found) == {"error"}


def test_what_a_block_declares_is_no_number_of_the_language() -> None:
    assert verdicts("```derive\nreal x\nlet e = x^2\n```\n$$ e = x x $$\n") == ["proved"]


def test_an_index_makes_another_name_of_it() -> None:
    page = (
        "$$ e_i = x_i - y_i $$\n$$ E = \\sum_i e_i^2 $$\n$$ \\frac{\\partial E}{\\partial x_i} = 2 e_i $$\n"
    )
    assert verdicts(page) == ["proved"]


def test_a_number_that_the_page_leaves_alone_stays_itself() -> None:
    assert (
        verdicts(BLOCK + "$$ \\sin(x + 2\\pi) = \\sin x $$\n$$ e^{x} e^{y} = e^{x+y} $$\n") == ["proved"] * 2
    )
