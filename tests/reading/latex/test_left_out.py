r"""What sums leave out, `\sum_{k \notin \{i, l\}}`, and norms between two bars, `||x||`."""

from __future__ import annotations

import pytest

from derive.api import check_text
from derive.limits.deadline import Effort

P, R, E = "proved", "refuted", "error"
BLOCK = "```derive\nsize n, m\nreal x[n], y[n], a, c, W[n,m], H[n,n]\n```\n"


def verdicts(page: str) -> list[str]:
    """Return the verdicts on a page in the order of its lines."""
    return [one.verdict.value for one in check_text(page, "page", ".md", effort=Effort.of(0))]


LEFT_OUT = [
    (r"\sum_{k \neq \lbrace i, l \rbrace} x_k = \sum_k x_k - x_i - x_l \quad i \neq l", P),
    (r"\sum_{k \notin \{i, l\}} x_k = \sum_k x_k - x_i - x_l \quad i \neq l", P),
    (r"\sum_{k \notin \{i, l\}} x_k = \sum_k x_k - x_i - x_l", R),  # i and l may be the same
    (
        r"\sum_{i \neq l} \sum_{j \neq i, l} H_{ij} = \sum_{i \neq l} \left( \sum_j H_{ij} - H_{ii} - H_{il} \right)",
        P,
    ),
    (r"\sum_{i \neq l} \sum_{j \neq i, l} H_{ij} = \sum_{i \neq l} \left( \sum_j H_{ij} - H_{ii} \right)", R),
    (r"\sum_{j \neq i, l} H_{ij} + 0 = \sum_{j \neq i} \sum_l H_{ij}", E),  # over l, too, or not over it?
    (r"\sum_{j \notin i} x_j = 0", E),
]


@pytest.mark.parametrize(("display", "verdict"), LEFT_OUT)
def test_what_a_sum_leaves_out(display: str, verdict: str) -> None:
    assert set(verdicts(BLOCK + f"$$ {display} $$\n")) == {verdict}


NORMS = [
    (r"||x - y||^2 = \sum_i (x_i - y_i)^2", P),
    (r"||x||\, ||y|| = ||y|| ||x||", P),
    (r"||x||||y|| = ||y||||x||", P),
    (r"|a||c| = |a c|", P),
    (r"||x - y||^2 + 0 = \sum_i (x_i + y_i)^2", R),
    (r"||a|c| = |ac|", E),
]


@pytest.mark.parametrize(("display", "verdict"), NORMS)
def test_norms_between_two_bars(display: str, verdict: str) -> None:
    assert set(verdicts(BLOCK + f"$$ {display} $$\n")) == {verdict}
