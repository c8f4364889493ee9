r"""Functions that a page defines for any input and uses at its samples: `f(x) = w^\top x` and `f(x_i)`."""

from __future__ import annotations

import pytest

from derive import Verdict
from derive.api import check_text

LINEAR = r"""We have $n$ samples $x_i \in \mathbb{R}^d$ with targets $y_i$. The model is $f(x) = w^\top x + b$.

$$ L(w, b) = \frac{1}{n} \sum_{i=1}^n (f(x_i) - y_i)^2 $$

$$ \frac{\partial L}{\partial w} = \frac{2}{n} \sum_{i=1}^n (f(x_i) - y_i) x_i $$

$$ \frac{\partial L}{\partial b} = \frac{2}{n} \sum_{i=1}^n (f(x_i) - y_i) $$
"""
HYPOTHESIS = r"""Given data $(x^{(i)}, y^{(i)})$, $i = 1, \dots, m$, the hypothesis is

$$ h_\theta(x) = \theta^T x $$

and the cost

$$ J(\theta) = \frac{1}{2} \sum_{i=1}^m (h_\theta(x^{(i)}) - y^{(i)})^2 $$

$$ \frac{\partial J(\theta)}{\partial \theta_j} = \sum_{i=1}^m (h_\theta(x^{(i)}) - y^{(i)}) x_j^{(i)} $$
"""
LOGISTIC = r"""The hypothesis is

$$ z = \theta^T x, \qquad h_\theta(x) = \frac{1}{1 + e^{-z}} $$

and the cost

$$ J(\theta) = -\sum_{i=1}^m \left[ y^{(i)} \log h_\theta(x^{(i)})
+ (1 - y^{(i)}) \log (1 - h_\theta(x^{(i)})) \right] $$

$$ \frac{\partial}{\partial \theta_j} J(\theta) = \sum_{i=1}^m (h_\theta(x^{(i)}) - y^{(i)}) x_j^{(i)} $$
"""
SCALARS = r"""The model is $g(t) = a t + c$.

$$ E = \sum_{i=1}^n (g(t_i) - y_i)^2 $$

$$ \frac{\partial E}{\partial a} = 2 \sum_{i=1}^n (g(t_i) - y_i) t_i $$

$$ \frac{\partial g(t)}{\partial t} = a $$
"""
SAMPLES = r"""$$ J = \frac{1}{2} \sum_{i=1}^m (\theta^T x^{(i)} - y^{(i)})^2 $$

$$ \frac{\partial J}{\partial \theta_j} = \sum_{i=1}^m (\theta^T x^{(i)} - y^{(i)}) x_j^{(i)} $$
"""


def verdicts(page: str) -> list[Verdict]:
    return [one.verdict for one in check_text(page, "page.md", ".md")]


@pytest.mark.parametrize(
    ("page", "count"), [(LINEAR, 2), (HYPOTHESIS, 1), (LOGISTIC, 1), (SCALARS, 2), (SAMPLES, 1)]
)
def test_a_function_is_used_at_the_samples(page: str, count: int) -> None:
    assert verdicts(page) == [Verdict.PROVED] * count


@pytest.mark.parametrize(
    ("page", "right", "wrong"),
    [
        (LINEAR, "(f(x_i) - y_i) x_i $$", "(f(x_i) - y_i) $$"),
        (LINEAR, "y_i) $$\n", "y_i) x_i $$\n"),
        (HYPOTHESIS, "y^{(i)}) x_j^{(i)}", "y^{(i)})"),
        (HYPOTHESIS, "y^{(i)}) x_j^{(i)}", "y^{(i)}) x_i^{(j)}"),
        (LOGISTIC, "= \\sum_{i=1}^m (h", "= -\\sum_{i=1}^m (h"),
        (SCALARS, "= 2 \\sum", "= \\sum"),
        (SCALARS, "{\\partial t} = a", "{\\partial t} = a t"),
        (SAMPLES, "y^{(i)}) x_j^{(i)}", "y^{(i)}) x_i^{(j)}"),
    ],
)
def test_a_mistake_in_it_is_never_proved(page: str, right: str, wrong: str) -> None:
    before = verdicts(page)
    assert page.count(right) == 1
    assert verdicts(page.replace(right, wrong)).count(Verdict.PROVED) < len(before)


@pytest.mark.parametrize(
    "page",
    [
        # the array of all z_i, and no input of its own
        "$$ f(z) = z^2 $$\n\n$$ L = \\sum_{i=1}^n f(z_i) $$\n\n$$ \\frac{\\partial L}{\\partial z} = 0 $$\n",
        "Let $z = (z_1, \\dots, z_n)$.\n\n$$ f(z) = z^2 $$\n\n$$ L = \\sum_{i=1}^n f(z_i) + z $$\n\n"
        "$$ \\frac{\\partial L}{\\partial z} = 1 $$\n",
        # as many samples as there are entries
        "Let $x \\in \\mathbb{R}^n$.\n\n$$ f(x) = w^\\top x $$\n\n$$ L = \\sum_{i=1}^n f(x_i) $$\n\n"
        "$$ \\frac{\\partial L}{\\partial w_j} = \\sum_{i=1}^n x_{ij} $$\n",
        # other samples in the function itself
        "$$ f(x) = x + \\sum_{j=1}^n x_j $$\n\n$$ L = \\sum_{i=1}^n f(x_i) $$\n\n"
        "$$ \\frac{\\partial L}{\\partial x_k} = 1 $$\n",
        # at two kinds of places
        "$$ f(x) = x^2 $$\n\n$$ L = \\sum_{i=1}^n (f(x_i) - f(c_i)) $$\n\n"
        "$$ \\frac{\\partial L}{\\partial c_k} = 0 $$\n",
        # another one further down
        "$$ f(x) = 2x $$\n\n$$ L = \\sum_{i=1}^n f(x_i) $$\n\n$$ f(x) = x^2 $$\n\n"
        "$$ \\frac{\\partial L}{\\partial x_k} = 2 x_k $$\n",
    ],
)
def test_what_may_be_meant_otherwise_is_not_proved(page: str) -> None:
    assert verdicts(page)[-1:] != [Verdict.PROVED]
