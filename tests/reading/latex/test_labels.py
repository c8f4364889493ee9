r"""Labels of samples on a page: cases of them, `k = y_i`, and the total beside what is summed, `L = \sum_i L_i`."""

from __future__ import annotations

import pytest

from derive.api import check_text

P, R, E = "proved", "refuted", "error"

BLOCK = r"""```derive
size N, K
real S[N,K]
label yi: K
read yi as y_i
let p[i,k] = exp(S[i,k])/sum(exp(S[i,m]), m)
let L[i] = -log(p[i,yi])
```

"""
SLOPE = r"\frac{\partial p_{i,y_i}}{\partial S_{i,k}}"


def verdicts(page: str) -> list[str]:
    """Return the verdicts of a page in the order of its lines."""
    return [one.verdict.value for one in check_text(page, "page", ".md")]


@pytest.mark.parametrize(
    ("page", "found"),
    [
        (rf"If $k = y_i$, $${SLOPE} = p_{{i,k}}(1 - p_{{i,k}})$$", [P]),
        (rf"If $y_i = k$, $${SLOPE} = p_{{i,k}}(1 - p_{{i,k}})$$", [P]),
        (rf"If $k \neq y_i$, $${SLOPE} = -p_{{i,y_i}} p_{{i,k}}$$", [P]),
        (rf"If $k \neq y_{{i}}$, $${SLOPE} = -p_{{i,k}} p_{{i,k}}$$", [R]),
        (rf"If $k = y_i$, $${SLOPE} = -p_{{i,y_i}} p_{{i,k}}$$", [R]),
        (rf"$${SLOPE} = p_{{i,k}}(1 - p_{{i,k}}), \quad k = y_i$$", [P]),
        (rf"$${SLOPE} = p_{{i,k}}(1 - p_{{i,k}}) \quad \text{{if $k = y_i$}}$$", [P]),
        # what the block does not declare as a label is no case of one
        (rf"If $k = z_i$, $${SLOPE} = -p_{{i,k}} p_{{i,k}}$$", [E]),
    ],
)
def test_cases_of_labels(page: str, found: list[str]) -> None:
    assert verdicts(BLOCK + page) == found


SQUARES = r"""```derive
size N
real x[N]
let L[i] = x[i]^2
```

"""


@pytest.mark.parametrize(
    ("page", "found"),
    [
        (r"$$L = \sum_{i=1}^N L_i$$ $$\frac{\partial L}{\partial x_k} = 2x_k$$", [P]),
        (r"$$L = \sum_{i=1}^N L_i$$ $$\frac{\partial L}{\partial x_k} = x_k$$", [R]),
        (r"$$L = \sum_{i=1}^N L_i$$ $$\frac{\partial L_i}{\partial x_i} = 2x_i$$", [P]),
        # a total that cannot be read says nothing of the entries under the same letter
        (r"$$L = \int_0^1 L_i$$ $$L_i = x_i x_i$$ $$\frac{\partial L}{\partial x_k} = 2x_k$$", [E, P, E]),
        (r"$$L = \sum_{i=0}^5 L_i$$ $$L_i = x_i x_i$$", [E, P]),
        # with no sum of its entries it is the array
        (r"$$L = x \odot x$$", [P]),
    ],
)
def test_a_total_is_another_than_what_is_summed(page: str, found: list[str]) -> None:
    assert verdicts(SQUARES + page) == found


WHOLE = r"""```derive
size N, M
real a[N,M], w[M]
read a[i,p] as O_1[i,p]
let s[i] = sum(a[i,p]*w[p], p)
```

"""


@pytest.mark.parametrize(("right", "found"), [("3 O_1 w", P), ("2 O_1 w", R)])
def test_what_is_spelled_with_its_entries_in_brackets_stands_whole_without_them(
    right: str, found: str
) -> None:
    assert verdicts(f"{WHOLE}$$3 s = {right}$$") == [found]


PROSE = r"""```derive
size n
real x[n], u[n]
let q = sum(x[i]*u[i], i)
```

$$q = \sum_i u_i x_i$$

%s

The loss is

$$q + q = 2 \sum_j u_j x_j$$

and the derivative of the loss with respect to the input of the layer is

$$\frac{\partial q}{\partial x_k} = %s$$
"""


@pytest.mark.parametrize(
    ("said", "right", "found"),
    [
        ("Only the term with $i = k$ of the sum is left.", "u_k", P),
        ("The sum runs over $i = k$ only.", "u_k", E),
        (
            "_Note on Eq. 1.1: where $u_i x_i$ is small, the derivative is a large negative number._",
            "2u_k",
            R,
        ),
        ("If $x_i$ is small, we drop its square.", "2u_k", E),
        ("**Expression 1.**", "2u_k", R),
        ("We want the derivative by x<sub>2</sub>.", "2u_k", R),
        ("The vector before normalising is $x_i$.", "2u_k", R),
        ("The vector $x_i$ is normalised.", "2u_k", E),
    ],
)
def test_remarks_do_not_stand_in_the_way_but_what_restricts_does(said: str, right: str, found: str) -> None:
    assert verdicts(PROSE % (said, right))[-1] == found


def test_links_without_a_name_that_is_defined_twice_are_judged() -> None:
    page = r"""```derive
size n
real x[n]
```

$$q_i = x_i + 1$$

$$q_i = 2 x_i$$

$$x_k + x_k = 2 x_k = 3 x_k - x_k + q_k - q_k$$
"""
    assert verdicts(page)[-2:] == [P, E]
