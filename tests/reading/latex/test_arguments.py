r"""Names with what they depend on, `Z(x)`, `p(y \mid x)`, `r^*(x, y)`: on pages, with a block and without."""

from __future__ import annotations

import pytest

from derive.api import check_text
from derive.limits.deadline import Effort

P, R, E = "proved", "refuted", "error"


def verdicts(page: str) -> list[str]:
    """Return the verdicts on a page in the order of its lines."""
    return [one.verdict.value for one in check_text(page, "page", ".md", effort=Effort.of(0))]


PARTITION = "$$ Z(x) = \\sum_y q(y|x) e^{r(x,y)} $$\n$$ p^*(y|x) = \\frac{1}{Z(x)} q(y|x) e^{r(x,y)} $$\n"

CONDITIONAL = [
    # a bar is the same however it is typed
    (r"\log p^*(y \mid x) = \log q(y|x) + r(x, y) - \log Z(x)", P),
    (r"\log p^*(y | x) = \log q(y \vert x) + r(x,y) - \log Z(x)", P),
    (r"\sum_y p^*(y \mid x) = 1", P),
    # another sign, or another order, is another formula
    (r"\log p^*(y \mid x) = \log q(y|x) + r(x, y) + \log Z(x)", R),
    (r"\sum_y p^*(y \mid x) = 2", R),
    (r"p^*(x \mid y) = \frac{1}{Z(x)} q(y|x) e^{r(x,y)}", E),
    (r"p^*(y \mid x) = \frac{1}{Z(x)} q(y|x) e^{r(y,x)}", E),
]


@pytest.mark.parametrize(("display", "verdict"), CONDITIONAL)
def test_conditional_names(display: str, verdict: str) -> None:
    assert verdicts(PARTITION + f"$$ {display} $$\n")[-1] == verdict


BLOCK = (
    "```derive\nsize n\nreal r[n]\npositive q[n]\nread r[y] as r(x,y)\nread q[y] as q(y|x)\n"
    "let Z = sum(q[y]*exp(r[y]), y)\nread Z as Z(x)\nlet p[y] = q[y]*exp(r[y])/Z\nread p[y] as p(y|x)\n```\n"
)


@pytest.mark.parametrize(
    ("display", "verdict"),
    [
        (r"r(x, y) = \log p(y \mid x) - \log q(y \mid x) + \log Z(x)", P),
        (r"r(x, y) = \log p(y \mid x) - \log q(y \mid x)", E),  # it may define r
        (r"p(y \mid x) = q(y \mid x)\, e^{r(x,y) - \log Z(x)}", P),
        (r"0 + p(y \mid x) = q(y \mid x)\, e^{r(x,y)}", R),
    ],
)
def test_conditional_names_of_a_block(display: str, verdict: str) -> None:
    assert verdicts(BLOCK + f"$$ {display} $$\n")[-1] == verdict


def test_what_the_text_says_of_the_sigmoid_is_what_it_is() -> None:
    says = "With $\\sigma(x) = \\frac{1}{1+e^{-x}}$:\n\n"
    block = "```derive\nreal a, b\n```\n"
    true, false = (
        f"$$ \\frac{{1}}{{1 + e^{{a - b}}}} = \\sigma({inside}) $$\n" for inside in ("b - a", "a - b")
    )
    assert verdicts(block + says + true + false) == [P, R]
    assert verdicts(block + says.replace("e^{-x}", "e^{x}") + true) == [E]


LOSS = """```derive
size n, d
real X[n,d], y[n], w[d]
let L = sum((sum(X[i,k]*w[k], k) - y[i])^2, i)
```
"""


@pytest.mark.parametrize("given", [r"w; X, y", r"w; \{y_i\}_{i=1}^n", r"w; \{\mathbf{y}_i\}"])
def test_a_loss_is_written_with_the_samples_of_which_it_is_made(given: str) -> None:
    page = (
        LOSS + f"\n$$ \\frac{{\\partial L({given})}}{{\\partial y_j}} = 2 (y_j - \\sum_k X_{{jk}} w_k) $$\n"
    )
    assert verdicts(page) == [P]


@pytest.mark.parametrize("given", [r"w; X, z", r"w; \{y_i\}_{i=1}^m", r"w; \{z_i\}", r"w + 1; y", r"w; 2y"])
def test_a_loss_at_other_samples_is_another(given: str) -> None:
    block = LOSS.replace("size n, d", "size n, d, m").replace("y[n],", "y[n], z[n],")
    page = (
        block + f"\n$$ \\frac{{\\partial L({given})}}{{\\partial y_j}} = 2 (y_j - \\sum_k X_{{jk}} w_k) $$\n"
    )
    assert P not in verdicts(page)
