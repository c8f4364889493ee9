r"""What a page writes as depending on something is no constant, and what it defines twice is not taken as it suits."""

from __future__ import annotations

import pytest

from derive.api import check_text

WRITTEN = [
    r"$$\frac{d(x f(x))}{dx} = f(x)$$",
    r"$$\frac{d(x f(x))}{dx} = f(x) + x f'(x)$$",
    r"$$\frac{\partial (x_i f(x_i))}{\partial x_i} = f(x_i)$$",
    r"$$\frac{\partial (x_1 f(x_1, x_2))}{\partial x_1} = f(x_1, x_2)$$",
    "$$L = -\\log p(y | w) + w^2$$\n\n$$\\frac{\\partial L}{\\partial w} = 2w$$",
    "$$x(t) = e^{-t} c(t)$$\n\n$$\\frac{d x}{dt} = -x$$",
    "$$L = (f_\\theta(x) - y)^2 + \\lambda \\theta^2$$\n\n$$\\nabla_\\theta L = 2\\lambda\\theta$$",
    r"$$\frac{d(t x_t)}{dt} = x_t$$",
    "$$\\frac{d}{dx}(xy) = y$$\n\n$$y' = 2x$$",
    "$$\\frac{d}{dx}(xy) = y$$\n\n$$y' > 0$$",
    "$$\\frac{d}{dx}(xy) = y$$\n\n$$\\ddot y = 2$$",
    "$$\\frac{d}{dx}(xy) = y$$\n\n$$y_x = 2x$$",
    r"$$\frac{d(xy)}{dx} = y + x y'$$",
    "```derive\nreal t\nlet x = t^2\n```\n\n$$\\ddot x = 3$$\n\n$$\\ddot{x} + 1 = 4$$",
    "```derive\nreal t\nlet x = t^2\n```\n\n$$\\dot x = 3$$\n\n$$\\dot{x} + 1 = 4$$",
    r"$$\frac{d (x \dot x)}{dx} = \dot x$$",
    r"$$\frac{d(x \bar x)}{dx} = \bar x$$",
    "We subtract the mean $\\mu$.\n\n$$\\frac{\\partial (x_i - \\mu)^2}{\\partial x_i} = 2(x_i - \\mu)$$",
    "The input of the network is $x$. Its output is $y$.\n\n$$\\frac{d}{dx}(xy) = y$$",
    r"$$\vec a \times \vec b = \vec b \times \vec a$$",
]


@pytest.mark.parametrize("page", WRITTEN)
def test_what_is_written_as_depending_on_something_is_no_constant(page: str) -> None:
    assert not {str(one.verdict) for one in check_text(page, "page", ".md")} & {"proved", "refuted"}


CONSTANT = [
    (r"$$\frac{d(x f(y))}{dx} = f(y)$$", "proved"),
    (r"$$\frac{d(x y)}{dx} = y$$", "proved"),
    ("We subtract the number $\\mu$.\n\n$$\\frac{d (x - \\mu)^2}{dx} = 2(x - \\mu)$$", "proved"),
    ("$$f(x) = x^2$$\n\n$$\\frac{d(x f(x))}{dx} = f(x) + x f'(x)$$", "proved"),
]


@pytest.mark.parametrize(("page", "verdict"), CONSTANT)
def test_what_does_not_depend_is_one(page: str, verdict: str) -> None:
    assert [str(one.verdict) for one in check_text(page, "page", ".md")][-1] == verdict


FIRST = "$$V = \\frac{1}{n} \\sum_{i=1}^n x_i^2$$\n\n"
SLOPE = "$$\\frac{\\partial V}{\\partial x_k} = \\frac2n x_k$$"
OTHER = "$$V = \\frac1n \\sum_i x_i$$\n\n"

AGAIN = [
    (FIRST + SLOPE, "proved"),
    (FIRST + "that is,\n\n$$V = \\frac1n \\sum_{j=1}^n x_j x_j$$\n\n" + SLOPE, "proved"),
    (FIRST + "that is,\n\n" + OTHER + SLOPE, "error"),
    (FIRST + "that is,\n\n" + OTHER + "$$\\frac{\\partial V}{\\partial x_k} = \\frac1n$$", "error"),
    (FIRST + "# Means\n\n" + OTHER + "$$\\frac{\\partial V}{\\partial x_k} = \\frac1n$$", "proved"),
    (FIRST + "# Means\n\n" + OTHER + SLOPE, "refuted"),
    (FIRST + "# Means\n\n" + OTHER + "# Slopes\n\n" + SLOPE, "error"),
    (FIRST + "# Volumes\n\nThe volume is $V$.\n\n" + SLOPE, "error"),
    (FIRST + "# Volumes\n\nLet $V, x$ be free.\n\n" + SLOPE, "error"),
    (FIRST + "# Slopes\n\nWe differentiate $V$:\n\n" + SLOPE, "proved"),
    (FIRST + "# Slopes\n\nThe derivative of $V$ is\n\n" + SLOPE, "proved"),
]


@pytest.mark.parametrize(("page", "verdict"), AGAIN)
def test_a_name_is_decided_where_one_meaning_is_in_force(page: str, verdict: str) -> None:
    assert [str(one.verdict) for one in check_text(page, "page", ".md")][-1] == verdict


CONDITIONS = [
    "```derive\nreal x, y\n```\n\n$$x \\ge 0, \\quad y \\ge 0$$\n\n$$\\sqrt{x^2 y^2} = xy$$",
    "```derive\nreal x\n```\n\n$$x \\ll 1$$\n\n$$\\sin x = x$$",
    "```derive\nreal x\n```\n\n$$x \\to 0$$\n\n$$\\sin x = x$$",
]


@pytest.mark.parametrize("page", CONDITIONS)
def test_a_condition_in_a_display_stands_against_a_refutation(page: str) -> None:
    assert "refuted" not in {str(one.verdict) for one in check_text(page, "page", ".md")}
