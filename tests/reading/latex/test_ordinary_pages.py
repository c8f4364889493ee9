"""Whole pages as they are written in courses and posts: what they say in sentences is taken in, and nothing refused."""

from __future__ import annotations

import pytest

from derive import Verdict
from derive.api import check_text

RIDGE = r"""# Ridge regression

Let $X \in \mathbb{R}^{n \times d}$ and $y \in \mathbb{R}^n$, and let $\lambda > 0$. We minimise

$$ J(w) = \frac{1}{2n} \|Xw - y\|_2^2 + \frac{\lambda}{2} \|w\|_2^2 $$

over $w \in \mathbb{R}^d$. The gradient is

$$ \nabla J(w) = \frac{1}{n} X^\top (Xw - y) + \lambda w $$

and the Hessian

$$ \nabla^2 J(w) = \frac{1}{n} X^\top X + \lambda I. $$
"""
LOGISTIC = r"""# Logistic regression

Given $x_i \in \mathbb{R}^d$ and labels $y_i \in \{0, 1\}$ for $i = 1, \dots, n$,
define $p_i = \sigma(w^\top x_i + b)$ where $\sigma(z) = \frac{1}{1+e^{-z}}$.
The loss is

$$ L(w, b) = -\sum_{i=1}^n \left[ y_i \log p_i + (1-y_i) \log(1 - p_i) \right]. $$

Hence

$$ \frac{\partial L}{\partial w_j} = \sum_{i=1}^n (p_i - y_i) x_{ij},
\qquad \frac{\partial L}{\partial b} = \sum_{i=1}^n (p_i - y_i). $$
"""
NEURON = r"""# Backpropagation through a sigmoid neuron

A neuron computes $z = w^T x + b$ and $a = \sigma(z)$, with the squared error $C = \frac{1}{2}(a - y)^2$.

By the chain rule,

$$ \frac{\partial C}{\partial w_j} = (a - y) \sigma'(z) x_j $$

$$ \frac{\partial C}{\partial b} = (a - y) \sigma'(z) $$

Since $\sigma'(z) = \sigma(z)(1-\sigma(z))$, we get

$$ \frac{\partial C}{\partial b} = (a - y) a (1 - a). $$
"""
GAUSSIANS = r"""# The divergence between Gaussians

For $p = \mathcal{N}(\mu, \sigma^2)$ and the standard normal, the KL divergence is

$$ D = \frac{1}{2}\left( \sigma^2 + \mu^2 - 1 - \log \sigma^2 \right) $$

so

$$ \frac{\partial D}{\partial \mu} = \mu, \qquad \frac{\partial D}{\partial \sigma} = \sigma - \frac{1}{\sigma}. $$
"""
LAYERS = r"""# A network with two layers

The forward pass is
$$ h = \tanh(W_1 x + b_1), \qquad \hat y = W_2 h + b_2 $$
with $x \in \mathbb{R}^d$, $b_1 \in \mathbb{R}^m$, $b_2 \in \mathbb{R}^k$,
$W_1 \in \mathbb{R}^{m \times d}$, $W_2 \in \mathbb{R}^{k \times m}$
and the loss $L = \frac12 \|\hat y - y\|^2$ for a target $y \in \mathbb{R}^k$.
Let $\delta = \hat y - y$. Then
$$ \frac{\partial L}{\partial W_2} = \delta h^\top, \quad \frac{\partial L}{\partial b_2} = \delta, $$
$$ \frac{\partial L}{\partial W_1} = \left( W_2^\top \delta \odot (1 - h^2) \right) x^\top $$
and
$$ \frac{\partial L}{\partial b_1} = (1 - h^2) \odot W_2^\top \delta. $$
"""

WEIGHTED = r"""# The weighted mean

Let $S(m) = \sum_{i=1}^{n} w_i (x_i - m)^2$. Differentiating,

$$ S'(m) = -2 \sum_{i=1}^{n} w_i (x_i - m). $$

Setting $S'(m) = 0$ gives

$$ m = \frac{\sum_{i=1}^{n} w_i x_i}{\sum_{i=1}^{n} w_i}. $$

The second derivative is

$$ S''(m) = 2 \sum_{i=1}^{n} w_i. $$
"""
SQUARES = r"""# Least squares

Let $A \in \mathbb{R}^{m \times n}$ and $b \in \mathbb{R}^m$. Define
$$ f(x) = \frac{1}{2} \left\lVert Ax - b \right\rVert^2 . $$
Its gradient and Hessian are
$$ \nabla f(x) = A^\top (Ax - b), $$
$$ \nabla^2 f(x) = A^\top A . $$
"""
CLOSED = r"""# Ridge in closed form

Let $X \in \mathbb{R}^{n \times d}$, $y \in \mathbb{R}^n$, and let
$$ f(w) = \|y - Xw\|^2 + \lambda w^\top w. $$
Expanding,
$$ f(w) = y^\top y - 2 w^\top X^\top y + w^\top X^\top X w + \lambda w^\top w, $$
so
$$ \nabla f(w) = -2 X^\top y + 2 X^\top X w + 2 \lambda w. $$
Setting the gradient to zero, $w^* = (X^\top X + \lambda I)^{-1} X^\top y$.
"""

NORMAL = r"""# Linear regression

Let $X \in \mathbb{R}^{n \times d}$ and $y \in \mathbb{R}^n$. The loss of the weights $w$ is

$$ L(w) = \frac{1}{2} \|Xw - y\|^2 $$

and its gradient

$$ \nabla_w L(w) = X^\top (Xw - y). $$

Setting the gradient to zero gives the normal equations $X^\top X w = X^\top y$.
"""
SOLUTION = r"""# Linear regression

Let $X \in \mathbb{R}^{n \times d}$ and $y \in \mathbb{R}^n$, and

$$ J(w) = (y - Xw)^\top (y - Xw). $$

Then

$$ \frac{\partial J}{\partial w} = -2 X^\top y + 2 X^\top X w $$

Setting this to zero, $w = (X^\top X)^{-1} X^\top y$.
"""


def verdicts(page: str) -> list[Verdict]:
    return [one.verdict for one in check_text(page, "page.md", ".md")]


@pytest.mark.parametrize(
    ("page", "count"),
    [
        (RIDGE, 2),
        (LOGISTIC, 2),
        (NEURON, 3),
        (GAUSSIANS, 2),
        (LAYERS, 4),
        (WEIGHTED, 2),
        (SQUARES, 2),
        (CLOSED, 2),
        (NORMAL, 1),
        (SOLUTION, 1),
    ],
    ids=[
        "ridge",
        "logistic",
        "neuron",
        "gaussians",
        "layers",
        "weighted mean",
        "least squares",
        "closed form",
        "normal equations",
        "solution",
    ],
)
def test_a_page_is_proved_as_it_stands(page: str, count: int) -> None:
    assert verdicts(page) == [Verdict.PROVED] * count


@pytest.mark.parametrize(
    ("page", "right", "wrong"),
    [
        (RIDGE, r"\frac{1}{n} X^\top (Xw - y) + \lambda w", r"\frac{2}{n} X^\top (Xw - y) + \lambda w"),
        (RIDGE, r"+ \lambda I.", r"+ 2\lambda I."),
        (LOGISTIC, r"(p_i - y_i) x_{ij}", r"(y_i - p_i) x_{ij}"),
        (NEURON, r"(a - y) \sigma'(z) x_j", r"(a - y) \sigma'(z)"),
        (GAUSSIANS, r"\sigma - \frac{1}{\sigma}", r"\sigma - \frac{1}{2\sigma}"),
        (LAYERS, r"(1 - h^2) \odot W_2^\top", r"(1 - h^3) \odot W_2^\top"),
        (WEIGHTED, r"S''(m) = 2", r"S''(m) = -2"),
        (SQUARES, r"\nabla f(x) = A^\top", r"\nabla f(x) = 2A^\top"),
        (CLOSED, r"-2 X^\top y +", r"2 X^\top y +"),
        (NORMAL, r"= X^\top (Xw - y)", r"= 2X^\top (Xw - y)"),
        (SOLUTION, r"+ 2 X^\top X w", r"+ X^\top X w"),
    ],
)
def test_a_mistake_in_it_is_never_proved(page: str, right: str, wrong: str) -> None:
    assert page.count(right) == 1
    before, after = verdicts(page), verdicts(page.replace(right, wrong))
    assert len(after) == len(before)
    assert after.count(Verdict.PROVED) == len(before) - 1


def test_the_values_of_a_name_are_a_hypothesis() -> None:
    page = r"Let $y_i \in \{0, 1\}$ for $i = 1, \dots, n$ and $p_i = y_i^2$." + "\n\n$$ p_i = y_i $$\n"
    assert verdicts(page) == [Verdict.PROVED]
    assert verdicts(page.replace("0, 1", "0, 2")) != [Verdict.PROVED]
    assert verdicts(page.replace(r"\{0, 1\}", r"\{\pm 1\}").replace("y_i^2", "y_i^3")) == [Verdict.PROVED]


def test_what_the_claimed_side_alone_holds_is_not_refuted() -> None:
    page = LOGISTIC + "\nor in matrix form\n\n$$ \\nabla_w L = X^\\top (p - y). $$\n"
    assert Verdict.REFUTED not in verdicts(page)


def test_i_is_the_identity_only_where_nothing_else_is_called_so() -> None:
    page = r"Let $A \in \mathbb{R}^{n \times n}$ and $x \in \mathbb{R}^n$." + "\n\n$$ y = (A + c I) x $$\n\n"
    assert verdicts(page + r"$$ \frac{\partial y_i}{\partial x_j} = A_{ij} + c \delta_{ij} $$") == [
        Verdict.PROVED
    ]
    named = page.replace("Let $A", r"Let $I = c^2$ and $A")
    assert Verdict.PROVED not in verdicts(
        named + r"$$ \frac{\partial y_i}{\partial x_j} = A_{ij} + c \delta_{ij} $$"
    )


def test_what_stands_behind_a_product_by_entries_is_ambiguous_where_both_fit() -> None:
    page = r"Let $A, B, C \in \mathbb{R}^{n \times n}$." + "\n\n$$ Y = A \\odot B C $$\n\n"
    assert Verdict.PROVED not in verdicts(page + r"$$ Y_{ij} = \sum_k A_{ik} B_{ik} C_{kj} $$")
    assert Verdict.PROVED not in verdicts(page + r"$$ Y_{ij} = A_{ij} \sum_k B_{ik} C_{kj} $$")


def test_what_solves_an_equation_for_a_variable_does_not_define_it() -> None:
    """Its derivative by the data is not that of a free variable either."""
    page = WEIGHTED + "\nHence\n\n$$ \\frac{\\partial m}{\\partial x_i} = 0 $$\n"
    assert verdicts(page)[-1] is not Verdict.PROVED
    right = page.replace("= 0 $$\n", "= \\frac{w_i}{\\sum_{i=1}^{n} w_i} $$\n")
    assert verdicts(right)[-1] is not Verdict.REFUTED


NEVER = [
    (
        (
            r"Setting the gradient to zero gives $v = 2 w$.",
            r"$$ f = v w $$",
            r"$$ \frac{\partial f}{\partial w} = v $$",
        ),
        Verdict.PROVED,
    ),
    (
        (
            r"$$ f = v w $$",
            r"$$ \frac{\partial f}{\partial w} = v $$",
            r"We set $v$ to be twice the number $w$ and solve.",
        ),
        Verdict.PROVED,
    ),
    (
        (
            r"$$ f = v w $$",
            r"$$ \frac{\partial f}{\partial w} = v $$",
            r"Setting $u$ to zero, $v = 2 w$.",
        ),
        Verdict.PROVED,
    ),
    (
        (
            r"Let $X \in \mathbb{R}^{n \times d}$ and $y \in \mathbb{R}^n$. The weight $w$ is a number.",
            r"$$ L = \|Xw - y\|^2 $$",
            r"$$ \nabla_w L = 2 X^\top (Xw - y) $$",
        ),
        Verdict.PROVED,
    ),
    (
        (
            r"Let $X \in \mathbb{R}^{n \times d}$, $y \in \mathbb{R}^n$ and $w \in \mathbb{R}$.",
            r"$$ L = \|Xw - y\|^2 $$",
            r"$$ \nabla_w L = 2 X^\top (Xw - y) $$",
        ),
        Verdict.PROVED,
    ),
    # (what the text says, the displays below it, what the last of them must not be)
    (
        (
            r"Let $c$ be the cost, and the doubles $d$ of it.",
            r"$$ f = c d $$",
            r"$$ \frac{\partial f}{\partial c} = d $$",
        ),
        Verdict.PROVED,
    ),
    (
        (
            r"The probability is $p$ and the complement $q$.",
            r"$$ f = p q $$",
            r"$$ \frac{\partial f}{\partial p} = q $$",
        ),
        Verdict.PROVED,
    ),
    (
        (
            r"The key $k$ is the query $q$ rotated.",
            r"$$ f = k q $$",
            r"$$ \frac{\partial f}{\partial q} = k $$",
        ),
        Verdict.PROVED,
    ),
    (
        (
            r"Every observation $y$ doubles the response $x$.",
            r"$$ f = x y $$",
            r"$$ \frac{\partial f}{\partial x} = y $$",
        ),
        Verdict.PROVED,
    ),
    (
        (
            r"We have $u = v w$ and $v$ grows with $w$.",
            r"$$ \frac{\partial u}{\partial w} = v $$",
        ),
        Verdict.PROVED,
    ),
    (
        (
            r"Let $p = q^2$ and $r = s^3$, which are the same number.",
            r"$$ f = p s $$",
            r"$$ \frac{\partial f}{\partial s} = q^2 $$",
        ),
        Verdict.PROVED,
    ),
    (
        (
            r"Setting $b = 0$ gives",
            r"$$ L = w^2 $$",
            r"in general $L = (w + b)^2$.",
            r"$$ \frac{\partial L}{\partial w} = 2 w $$",
        ),
        Verdict.REFUTED,
    ),
    (
        (
            r"Let $L = (w + b)^2$. Setting $b = 0$,",
            r"$$ \frac{\partial L}{\partial w} = 2 w $$",
        ),
        Verdict.REFUTED,
    ),
    (
        (
            r"Let $L = (w - b)^2$. Setting $\frac{\partial L}{\partial w} = 0$ gives",
            r"$$ w = b $$",
            r"so that",
            r"$$ \frac{\partial w}{\partial b} = 0 $$",
        ),
        Verdict.PROVED,
    ),
    (
        (
            r"Let $L = (w - b)^2$. Setting $\frac{\partial L}{\partial w} = 0$ gives",
            r"$$ w = b $$",
            r"so that",
            r"$$ \frac{\partial w}{\partial b} = 1 $$",
        ),
        Verdict.REFUTED,
    ),
    (
        (
            r"Let $L = (w - b)^2$. Setting $\frac{\partial L}{\partial w} = 0$ gives",
            r"$$ w = b $$",
            r"and then",
            r"$$ L = 0 $$",
        ),
        Verdict.REFUTED,
    ),
    (
        (
            r"Let $L = (w - b)^2$. Setting $\frac{\partial L}{\partial w} = 0$ gives",
            r"$$ w = b $$",
            r"where",
            r"$$ g = w b $$",
            r"$$ \frac{\partial g}{\partial b} = w $$",
        ),
        Verdict.PROVED,
    ),
    (
        (
            r"Let $y \in \{0, 1\}$ unless said otherwise. Here $y = 3$.",
            r"$$ f = y^2 $$ $$ f = y $$",
        ),
        Verdict.PROVED,
    ),
    (
        (
            r"It is not true that $y_i \in \{0, 1\}$.",
            r"$$ f_i = y_i^2 $$",
            r"$$ f_i = y_i $$",
        ),
        Verdict.PROVED,
    ),
    (
        (
            r"Labels are mostly $y_i \in \{0, 1\}$.",
            r"$$ f_i = y_i^2 $$",
            r"$$ f_i = y_i $$",
        ),
        Verdict.PROVED,
    ),
    (
        (
            r"Some have $y_i \in \{0, 1\}$.",
            r"$$ f_i = y_i^2 $$",
            r"$$ f_i = y_i $$",
        ),
        Verdict.PROVED,
    ),
    (
        (
            r"Except for $y_1$ we have $y_i \in \{0, 1\}$.",
            r"$$ f_i = y_i^2 $$",
            r"$$ f_i = y_i $$",
        ),
        Verdict.PROVED,
    ),
    (
        (
            r"Later we take $y_i \in \{0, 1\}$; now $y_i \in \mathbb{R}$.",
            r"$$ f_i = y_i^2 $$",
            r"$$ f_i = y_i $$",
        ),
        Verdict.PROVED,
    ),
    (
        (
            r"Labels are $y_i \in \{0, 1\}$.",
            r"$$ f_i = y_i^2 $$",
            r"$$ f_i = y_i $$",
        ),
        Verdict.REFUTED,
    ),
    (
        (
            r"Let $A \in \mathbb{R}^{n \times n}$, and let $I$ be the current.",
            r"$$ B = A + I $$",
            r"$$ \frac{\partial B_{ij}}{\partial A_{kl}} = \delta_{ik} \delta_{jl} $$",
        ),
        Verdict.REFUTED,
    ),
    (
        (
            r"Let $A \in \mathbb{R}^{n \times n}$, where $I$ is the matrix of ones.",
            r"$$ B = A + I $$",
            r"$$ B_{ij} = A_{ij} + 1 $$",
        ),
        Verdict.REFUTED,
    ),
    (
        (
            r"Let $A \in \mathbb{R}^{n \times n}$, where $I$ is the matrix of ones.",
            r"$$ B = A + I $$",
            r"$$ B_{ij} = A_{ij} + \delta_{ij} $$",
        ),
        Verdict.PROVED,
    ),
    (
        (
            r"Let $w^* = 2 w$ and $L = w w^*$.",
            r"$$ \frac{\partial L}{\partial w} = w^* $$",
        ),
        Verdict.PROVED,
    ),
    (
        (
            r"At the optimum $w = w^*$. Let $L = w w^*$.",
            r"$$ \frac{\partial L}{\partial w} = w^* $$",
        ),
        Verdict.REFUTED,
    ),
    (
        (
            r"Let $A \in \mathbb{R}^{m \times n}$ and $b \in \mathbb{R}^m$ and a number $x$.",
            r"$$ f = \|A x - b\|^2 $$",
            r"$$ \nabla_x f = 2 A^\top (A x - b) $$",
        ),
        Verdict.PROVED,
    ),
    (
        (
            r"Data $x_{ij}$ with weights $w_j$; $X$ is the matrix of the $x_{ij}^2$.",
            r"$$ L = \sum_{i=1}^n \sum_{j=1}^d x_{ij} w_j $$",
            r"$$ \nabla_w L = X^\top 1 $$",
        ),
        Verdict.PROVED,
    ),
    (
        (
            r"The rows of $X$ are the standardised $x_i$, with $x_i \in \mathbb{R}^d$ for $i = 1, \dots, n$.",
            r"$$ L = \frac12 \sum_{i=1}^n (w^\top x_i - y_i)^2 $$",
            r"$$ \nabla_w L = X^\top (X w - y) $$",
        ),
        Verdict.PROVED,
    ),
    (
        (
            r"The columns of $X$ are the $x_i$.",
            r"$$ L = \frac12 \sum_{i=1}^n (\sum_{j=1}^n w_j x_{ij} - y_i)^2 $$",
            r"$$ \nabla_w L = X^\top (X w - y) $$",
        ),
        Verdict.PROVED,
    ),
    (
        (
            r"We start from $w = 1$.",
            r"$$ w := 2 w $$",
            r"$$ w^2 = 4 w $$",
        ),
        Verdict.PROVED,
    ),
    (
        (
            r"Let $f = w^2$.",
            r"$$ f := f + w $$",
            r"$$ \frac{\partial f}{\partial w} = 2 w $$",
        ),
        Verdict.PROVED,
    ),
    (
        (
            r"Let $f = w^2$.",
            r"$$ f \gets f + w $$",
            r"$$ \frac{\partial f}{\partial w} = 2 w $$",
        ),
        Verdict.PROVED,
    ),
    (
        (
            r"Here",
            r"$$ f = w^2 $$",
            r"$$ f_i = w_i^3 $$",
            r"$$ f = \sum_i f_i $$",
            r"$$ \frac{\partial f}{\partial w} = 2w $$",
        ),
        Verdict.PROVED,
    ),
    (
        (
            r"The model is $h(x) = w x$, and $h_w$ is its derivative by $w$.",
            r"$$ f = h_w(x)^2 $$",
            r"$$ \frac{\partial f}{\partial w} = 2 w x^2 $$",
        ),
        Verdict.PROVED,
    ),
    (
        (
            r"The model is $h(x) = \theta^2 x$, where $h_\theta(x)$ is its slope.",
            r"$$ h_\theta(x) = 2 \theta x $$",
        ),
        Verdict.REFUTED,
    ),
    (
        (
            r"A sum over even places:",
            r"$$ s = x_2 + x_4 + \dots + x_n $$",
            r"$$ \frac{\partial s}{\partial x_1} = 1 $$",
        ),
        Verdict.PROVED,
    ),
    (
        (
            r"Let",
            r"$$ s = x_1 - x_2 + x_3 - \dots + x_n $$",
            r"$$ s = \sum_{i=1}^n x_i $$",
        ),
        Verdict.PROVED,
    ),
    (
        (
            r"Let",
            r"$$ s = x_1 + 2 x_2 + \dots + n x_n $$",
            r"$$ s = \sum_{i=1}^n i x_i $$",
        ),
        Verdict.REFUTED,
    ),
    (
        (
            r"Let",
            r"$$ s = x_1 + 2 x_2 + \dots + n x_n $$",
            r"$$ s = \sum_{i=1}^n x_i $$",
        ),
        Verdict.PROVED,
    ),
    (
        (
            r"Repeated indices are not summed.",
            r"$$ E = a_i b_i $$",
            r"$$ \frac{\partial E}{\partial a_j} = b_j $$",
        ),
        Verdict.PROVED,
    ),
    (
        (
            r"Unless said so, indices that stand twice are summed over.",
            r"$$ E = a_i b_i $$",
            r"$$ \frac{\partial E}{\partial a_j} = b_j $$",
        ),
        Verdict.REFUTED,
    ),
    (
        (
            r"If $k = y_i$ then",
            r"$$ \frac{\partial p_k}{\partial s_k} = p_k $$",
            r"with",
            r"$$ p_k = \frac{e^{s_k}}{\sum_j e^{s_j}} $$",
        ),
        Verdict.PROVED,
    ),
    (
        (
            r"Policies: $\pi_i = e^{s_i}$ and the circle has $\pi$.",
            r"$$ A = \pi r^2 $$",
            r"$$ \frac{\partial A}{\partial r} = 2 \pi r $$",
        ),
        Verdict.REFUTED,
    ),
    (
        (
            r"Let $z = a^2$ where $a$ is the mean of $x$.",
            r"$$ f = a x $$",
            r"$$ \frac{\partial f}{\partial x} = a $$",
        ),
        Verdict.PROVED,
    ),
    (
        (
            r"The layer computes $z = w x$ with $w$ tied to $x$.",
            r"$$ \frac{\partial z}{\partial x} = w $$",
        ),
        Verdict.PROVED,
    ),
    (
        (
            r"The layer computes $z = w x$ and $w = v x$, so",
            r"$$ \frac{\partial z}{\partial x} = w $$",
        ),
        Verdict.PROVED,
    ),
    (
        (
            r"The layer computes $z = w x$, where $u = w^2$ and $x = u$, so",
            r"$$ \frac{\partial z}{\partial w} = x $$",
        ),
        Verdict.PROVED,
    ),
    (
        (
            r"Use $a = b$ in what follows, with $c = a b$, so",
            r"$$ \frac{\partial c}{\partial b} = a $$",
        ),
        Verdict.PROVED,
    ),
    (
        (
            r"Let $\|v\|$ be the 1-norm.",
            r"$$ f = \|v\|^2 $$",
            r"$$ f = \sum_i v_i^2 $$",
        ),
        Verdict.PROVED,
    ),
    (
        (
            r"Let $v \in \mathbb{R}^n$ and $\|v\|$ the maximum norm.",
            r"$$ f = \|v\|^2 $$",
            r"$$ \frac{\partial f}{\partial v_i} = 2 v_i $$",
        ),
        Verdict.PROVED,
    ),
    (
        (
            r"With $q = 2 v$ the scores are $s = 2 u$ tripled.",
            r"$$ f = u v $$",
            r"$$ \frac{\partial f}{\partial v} = u $$",
        ),
        Verdict.PROVED,
    ),
    (
        (
            r"The response $r$ to $x$.",
            r"$$ f = r x $$",
            r"$$ \frac{\partial f}{\partial x} = r $$",
        ),
        Verdict.PROVED,
    ),
    (
        (
            r"The tokens $t$ have embeddings $u$.",
            r"$$ f = u t $$",
            r"$$ \frac{\partial f}{\partial t} = u $$",
        ),
        Verdict.PROVED,
    ),
    (
        (
            r"Let $x, y \in \mathbb{R}^n$.",
            r"$$ f = x_1 + \dots + x_n + y_i $$",
            r"$$ \frac{\partial f}{\partial y_k} = 1 $$",
        ),
        Verdict.PROVED,
    ),
    (
        (
            r"Let $A \in \mathbb{R}^{m \times n}$ and $b \in \mathbb{R}^m$. Let $x$ be a scalar.",
            r"$$ f = \|A x - b\|^2 $$",
            r"$$ \nabla_x f = 2 A^\top (A x - b) $$",
        ),
        Verdict.PROVED,
    ),
    (
        (
            r"Set $w$ equal to $b$ where the gradient is zero.",
            r"$$ f = w b $$",
            r"$$ \frac{\partial f}{\partial b} = w $$",
        ),
        Verdict.PROVED,
    ),
    (
        (
            r"The standard deviation $s$ is computed from $x$.",
            r"$$ f = s x $$",
            r"$$ \frac{\partial f}{\partial x} = s $$",
        ),
        Verdict.PROVED,
    ),
]


@pytest.mark.parametrize(("parts", "never"), NEVER)
def test_what_a_sentence_says_is_not_taken_for_more(parts: tuple[str, ...], never: Verdict) -> None:
    found = verdicts("\n\n".join(parts))
    assert not found or found[-1] is not never
