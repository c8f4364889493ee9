"""Pages that give a sign, a constant, or the numbers another sense: what is false there is not proved.

Behind those that slipped through stand others of the kind, and prose that leaves the usual sense: beside it what is true
is proved.
"""

# ruff: noqa: E501 - pages are written in long lines

from __future__ import annotations

import pytest

from derive.limits.deadline import Effort
from derive.reading.latex.senses import sign_alone, sign_defined
from derive.verification.questions import answer, asked_in_problems, problems_of, questions
from tests.reading.latex.test_surroundings import SCALARS, display, verdicts

VECTORS = "size n\nreal x[n], y[n], w[n]\n"
NORM = display(r"\|x\|^2 = \sum_i x_i^2")
SLOPE = display(r"\frac{df}{dx} = 2x")
SQUARE = "real x\nlet f = x^2\n"


def as_it_stands(page: str) -> list[str]:
    """Return the verdicts on a page without declarations."""
    return [
        answer(question, Effort(0, 0, 0)).verdict.value
        for asked in asked_in_problems(problems_of(page, "page", ".md"), "page")
        for question in questions(asked)
    ]


NUMBERS = [
    ("Let $z$ be a complex number. Then", "|z|^2 = z^2"),
    ("We work over the complex numbers.", "|z|^2 = z^2"),
    ("# Complex analysis", r"\sqrt{z^2} = |z|"),
    (r"Let $z \in \mathbb{C}$.", "|z|^2 = z^2"),
    ("$z = x + iy$", "|z|^2 = z^2"),
    ("Let $z = x + iy$ be a complex number. Its modulus satisfies", "|z|^2 = z^2"),
    ("Let $a$ and $b$ be quaternions.", "ab = ba"),
    ("Let $a$ and $b$ be elements of a group.", "ab = ba"),
    ("In any ring,", "(x+y)(x-y) = x^2 - y^2"),
    ("Let $a$, $b$ be permutations.", "(ab)^2 = a^2b^2"),
    ("Fermions:", "ab = ba"),
    ("Operators:", "xy = yx"),
    ("$[a, b] = 1$", "ab = ba"),
    ("Assume $ab = -ba$.", "ab = ba"),
    (r"Note that $ab \ne ba$ in general.", "(a+b)^2 = a^2 + 2ab + b^2"),
    ("Multiplication does not commute.", "(a+b)^2 = a^2 + 2ab + b^2"),
    ("Numbers are octal.", "7 + x = x + 6 + 1"),
    # fresh
    ("All amplitudes are complex.", "|a|^2 = a^2"),
    ("Here $a$ and $b$ are octonions.", "ab = ba"),
    ("Let $p$ and $q$ be strings.", "pq = qp"),
    (r"Take $q \in \mathbb{H}$.", "|q|^2 = q^2"),
    ("The symbols anticommute.", "ab = ba"),
    (r"$\{a, b\} = 0$", "ab = ba"),
    ("Let $u$ and $v$ be rotations of space.", "uv = vu"),
    ("We compute in the finite field with eight elements.", "(a+b)^2 = a^2 + 2ab + b^2"),
]


@pytest.mark.parametrize(("said", "formula"), NUMBERS)
def test_numbers_that_nothing_declares_may_be_no_real_ones(said: str, formula: str) -> None:
    assert "proved" not in as_it_stands(f"{said}\n\n{display(formula)}")


PLAIN_NUMBERS = [
    ("Let $x$ be the input and $y$ the label.", "(x-y)^2 = x^2 - 2xy + y^2"),
    ("# Binomial formula", "(a+b)^2 = a^2 + 2ab + b^2"),
    (r"Let $x \in \mathbb{R}$.", "(x+1)^2 = x^2 + 2x + 1"),
    ("Note that $ab = ba$.", "(a+b)^2 = a^2 + 2ab + b^2"),
    ("Group the terms:", "ax + bx = (a+b)x"),
]


@pytest.mark.parametrize(("said", "formula"), PLAIN_NUMBERS)
def test_plain_prose_leaves_numbers_real(said: str, formula: str) -> None:
    assert as_it_stands(f"{said}\n\n{display(formula)}") == ["proved"]


def test_what_a_block_declares_is_real_whatever_a_heading_is_about() -> None:
    assert verdicts("# Complex analysis\n\n" + display("(x+y)^2 = x^2 + 2xy + y^2"), SCALARS) == ["proved"]


NORMS = [
    r"$\|x\|$ is the 1-norm of $x$.",
    "The norm is the maximum norm.",
    "All norms are 1-norms.",
    r"$\|\cdot\|$ denotes the maximum norm.",
    "We use the maximum norm.",
    "Norms are L1.",
    "# The 1-norm",
    r"Let $\|x\| = \max_i |x_i|$.",
    r"The norm $\|x\|$ is the $\ell_1$ norm.",
    r"We write $\|x\|$ for the $\ell_\infty$ norm of $x$.",
    r"Throughout, $\|x\| = \sqrt{x^\top M x}$.",
    r"$$\|x\| = \max_i |x_i|$$",
    r"$$\|x\| := \sum_i |x_i|$$",
    # fresh
    "# Taxicab norm",
    r"The norm is weighted by the matrix $M$.",
    r"By $\|\cdot\|$ we denote the $p$-norm.",
    "This page measures with the $L^1$-norm.",
    r"$$\left\| x \right\| \equiv \max_k |x_k|$$",
]


@pytest.mark.parametrize("said", NORMS)
def test_a_norm_may_be_another_one(said: str) -> None:
    assert set(verdicts(f"{said}\n\n{NORM}", VECTORS)) <= {"error"}


@pytest.mark.parametrize(
    "said",
    [
        r"$\|x\|$ is the Euclidean norm of $x$.",
        r"Here $\|\cdot\|$ denotes the $\ell_2$ norm.",
        "The squared norm is a sum of squares.",
        "# The norm of a vector",
        r"$$\|x\| = \sqrt{\sum_i x_i^2}$$",
    ],
)
def test_the_usual_norm_is_the_one_that_is_read(said: str) -> None:
    assert verdicts(f"{said}\n\n{NORM}", VECTORS)[-1] == "proved"


SIGNS = [
    (r"$\odot$ is the outer product.", r"x \odot y = y \odot x"),
    (r"Let $\odot$ denote the Kronecker product.", r"x\odot y = y\odot x"),
    ("The inner product is weighted by $w$.", r"x \cdot y = \sum_i x_iy_i"),
    (r"$$x \cdot y := 2\sum_i x_i y_i$$", r"x \cdot y = \sum_i x_iy_i"),
    (r"$$x^\top y := 2\sum_i x_i y_i$$", r"x^\top y = \sum_i x_iy_i"),
    (r"$x^\top y$ is the inner product for the metric $M$.", r"x^\top y = \sum_i x_iy_i"),
    (r"$\sum$ has weights.", r"\sum_i x_i + \sum_i y_i = \sum_i (x_i + y_i)"),
    ("Each summand has a weight.", r"\sum_i 2 x_i = 2\sum_i x_i"),
    ("The last class is dropped.", r"\sum_i 2 x_i = 2\sum_i x_i"),
    (r"Summation is over $j \neq i$.", r"\sum_{j} \delta_{ij} x_j = x_i"),
    (r"The backward pass uses the errors $\delta_{ij}$.", r"\sum_j \delta_{ij}x_j = x_i"),
    (r"Let $\delta_{ij}$ be the distance between points $i$ and $j$.", r"\delta_{ij}^2 = \delta_{ij}"),
    (r"$\delta$ is the Dirac delta.", r"\delta_{ij}\delta_{ij} = \delta_{ij}"),
    (r"The gradient is $\delta$.", r"\delta_{ij}^2 = \delta_{ij}"),
    # fresh
    (r"By $\odot$ we mean matrix multiplication.", r"x\odot y = y\odot x"),
    (r"Outliers are removed from the sum, that is they are excluded.", r"\sum_i 2 x_i = 2\sum_i x_i"),
    (r"Let $\delta_{ij}$ be a learnable offset.", r"\delta_{ij}^2 = \delta_{ij}"),
]


@pytest.mark.parametrize(("said", "formula"), SIGNS)
def test_a_sign_may_mean_something_else_for_arrays(said: str, formula: str) -> None:
    assert set(verdicts(f"{said}\n\n{display(formula)}", VECTORS)) <= {"error"}


NUMBER_SIGNS = [
    ("Square brackets denote the floor.", "[x] = x"),
    ("$[x]$ is the integer part of $x$.", "[x] = x"),
    (r"$$[x] := \lfloor x \rfloor$$", "[x] = x"),
    (r"$$[x] = \lfloor x \rfloor$$", "[x] = x"),
    ("$(x)$ is the fractional part.", "(x) + 1 = x + 1"),
    (r"$\{x\}$ denotes the fractional part of $x$.", r"\{x\} = x"),
    (r"$|x|$ is the determinant.", "|-x| = |x|"),
    ("Bars denote determinants.", "|-x| = |x|"),
    (r"$$|x| := x^2$$", r"|x| = \max(x, -x)"),
    (r"$\sqrt{x}$ is the negative root.", r"\sqrt{4} = 2"),
    (r"$$\sqrt{x} := -x^{1/2}$$", r"\sqrt{4} = 2"),
    (r"$\times$ denotes the Cartesian product.", r"x\times y = y\times x"),
    ("$x/y$ denotes integer division.", r"\frac{x}{2}2 = x"),
    ("All divisions are rounded down.", r"\frac{x}{2}2 = x"),
    (r"$\cdot$ is the convolution.", r"x \cdot y = xy"),
    ("$+$ is the exclusive or.", "x + x = 2x"),
    ("$x + y$ is the larger of both.", "x + x = 2x"),
    (r"$\max$ means the minimum.", r"\max(0, 1) = 1"),
    (r"Let $\max$ denote the smooth maximum.", r"\max(x,x) = x"),
    (r"$$x \odot y := x + y$$", r"x \odot y = xy"),
    (r"$$x * y := x + y$$", r"x * y = xy"),
    (r"$\pi$ is the policy.", r"\sin \pi = 0"),
    (r"A mixture has the weights $\pi$ and $1 - \pi$.", r"\cos \pi = -1"),
    (r"The prior is $\pi$.", r"\cos\pi = -1"),
    # fresh
    (r"Here $x \circ y$ stands for the composition.", r"x \circ y = y \circ x"),
    ("By $[y]$ we denote rounding.", "[x] = x"),
    (r"Players follow $\pi$.", r"\sin \pi = 0"),
    ("Bars mean cardinality.", "|-x| = |x|"),
]


@pytest.mark.parametrize(("said", "formula"), NUMBER_SIGNS)
def test_a_sign_may_mean_something_else_for_numbers(said: str, formula: str) -> None:
    assert set(verdicts(f"{said}\n\n{display(formula)}", SCALARS)) <= {"error"}


DERIVATIVES = [
    "The gradients are evaluated at $x = 0$.",
    "Derivatives are at $x = 0$.",
    "The derivative is taken at the minimum.",
    r"The derivative by $\log x$ is",
    "All derivatives are logarithmic.",
    r"$\frac{df}{dx}$ is the derivative at zero.",
    r"$\partial$ is the boundary.",
    r"$\nabla$ is the natural gradient.",
    # fresh
    r"The derivative with respect to $x^2 + 1$ is",
    "Here the slope is always computed at the origin.",
    r"$\frac{df}{dx}$ is the symmetrised difference quotient.",
]


@pytest.mark.parametrize("said", DERIVATIVES)
def test_a_derivative_may_be_taken_elsewhere(said: str) -> None:
    assert verdicts(f"{said}\n\n{SLOPE}", SQUARE) == ["error"]


@pytest.mark.parametrize(
    "said",
    [
        "The derivative is evaluated as follows.",
        "The derivative of $f$ with respect to $x$ is",
        r"where $\frac{df}{dx}$ is the derivative of the loss.",
        r"The gradient is computed at each step.",
        "Multiply the derivative by $x^2$ later.",
    ],
)
def test_a_derivative_is_taken_as_written(said: str) -> None:
    assert verdicts(f"{said}\n\n{SLOPE}", SQUARE) == ["proved"]


USUAL = [
    (r"Here $\odot$ is the elementwise product.", r"x\odot y = y\odot x"),
    (r"where $\delta_{ij}$ is the Kronecker delta", r"\sum_j \delta_{ij}x_j = x_i"),
    (r"The error of unit $i$ is $\delta_i$.", r"\sum_j \delta_{ij}x_j = x_i"),
    (r"The dot product is symmetric.", r"x \cdot y = \sum_i x_iy_i"),
    (r"$\pi$ is the ratio of circumference and diameter.", r"\cos\pi = -1"),
    (r"$x_i - y_i$ is the residual.", r"\sum_i (x_i - x_i) = 0"),
    (r"$x^\top y$ is the score.", r"x^\top y = \sum_i x_iy_i"),
    (r"$$x \cdot y := \sum_i x_i y_i$$", r"x^\top y = \sum_i x_iy_i"),
]


@pytest.mark.parametrize(("said", "formula"), USUAL)
def test_a_sign_that_is_said_to_be_the_usual_one_stays_it(said: str, formula: str) -> None:
    assert verdicts(f"{said}\n\n{display(formula)}", VECTORS)[-1] == "proved"


@pytest.mark.parametrize(
    "said", ["$y$ is also $x$.", "```python\ny = x.mean()\n```", "```python\ndef y(x):\n    return x**2\n```"]
)
def test_code_and_words_say_what_depends_on_what(said: str) -> None:
    assert verdicts(f"{said}\n\n" + display(r"\frac{d}{dx}(xy) = y"), SCALARS) == ["error"]


def test_a_formula_that_is_hardly_more_than_a_sign() -> None:
    assert sign_alone(r"\left\| \mathbf{x} \right\|") == "norm"
    assert sign_alone(r"\frac{\partial L}{\partial w}") == "derivative"
    assert sign_alone(r"\|x - y\|^2") == ""
    assert sign_defined(r"x \cdot y := 2 \sum_i x_i y_i") == "dot"
    assert sign_defined(r"x \cdot y = \sum_i x_i y_i") == ""
    assert sign_defined(r"[x] = \lfloor x \rfloor") == "squares"
