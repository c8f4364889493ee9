"""Primes, dots and subscripts on names that have a definition: they may be derivatives."""

from __future__ import annotations

import pytest

from derive.api import check_text

P, R, E = "proved", "refuted", "error"
REFUSED = [
    "$$ f(x) = x^3 $$\n$$ f' = 2x^2 $$\n$$ f' + 1 = 2x^2 + 1 $$\n",
    "$$ f(x) = x^3 $$\n$$ f'(0) = 1 $$\n$$ f'(y) = 2y $$\n",
    "$$ f(x, y) = x^2y $$\n$$ f_x(x, y) = xy $$\n$$ f_{xy}(x,y) = 3x $$\n$$ f'(x, y) = 3x $$\n",
    "$$ f = x^2y $$\n$$ f_x = xy $$\n$$ f_x/x = y $$\n",
    "$$ u_y = 6x^2 $$\n$$ u = 3x^2y $$\n$$ u_x u_y = 36x^3y $$\n",
    "$$ v = xy $$\n$$ u = 3v $$\n$$ u_y = 6x^2 $$\n$$ u_y/x = 6x $$\n",
    "$$ x = t^2 $$\n$$ \\dot x = 3t $$\n$$ \\dot{x}/t = 3 $$\n",
    "$$ \\sigma(x) = \\frac{1}{1+e^{-x}} $$\n$$ \\sigma' = \\sigma^2 $$\n$$ \\sigma' - \\sigma^2 = 0 $$\n",
    "$$ p_i = x_i^2 $$\n$$ p'_i = 3x_i $$\n$$ p'_i/3 = x_i $$\n",
    "$$ f = \\sin 3x $$\n$$ f' = \\cos 3x $$\n$$ f^2 + (f')^2 = 1 $$\n",
    "```derive\nreal x\nlet y = x^3\n```\n$$ y' = 2x^2 $$\n$$ y' - 2x^2 = 0 $$\n",
    "```derive\nreal w\nlet L = w^2\n```\n$$ L^\\prime = 3w $$\n$$ L'/w = 3 $$\n",
    "```derive\nreal t\nlet x = t^2\n```\n$$ \\dot x = 3t $$\n$$ \\dot{x}/t = 3 $$\n",
    "```derive\nreal x, y\nlet u = 3*x^2*y\n```\n$$ u_y = 6x^2 $$\n$$ u_y/x = 6x $$\n",
]
FUNCTIONS = [
    ("$$ f(x) = x^2 $$\n$$ f'(x) = 2x $$\n$$ f'(x) = 3x $$\n$$ f'(x)^2 = 4x^2 $$\n", [P, R, P]),
    ("$$ f'(x) = 2x $$\n$$ f(x) = x^2 $$\n", [P]),
    ("$$ h(x) = e^{2x} $$\n$$ h'(x) = e^{2x} $$\n$$ h'(x) = h(x) $$\n$$ h''(x) = 4h(x) $$\n", [R, R, P]),
    ("$$ f(x) = ax^3 $$\n$$ f^\\prime(x) = 3ax^2 $$\n$$ f''(x) = 3ax $$\n$$ f'''(x) = 6a $$\n", [P, R, P]),
    ("$$ f(x) = x^2 $$\n$$ g(x) = f'(x) $$\n$$ g(x) = 2x $$\n", [P]),
    ("```derive\nreal x\n```\n$$ f(x) = x^2 $$\n$$ f'(x) = 2x $$\n$$ f'(x) = x $$\n", [P, R]),
]
NAMES = [
    "$$ \\theta' = \\theta - \\eta g $$\n$$ \\theta' + \\eta g = \\theta $$\n",
    "$$ X'_i = \\frac{X_i - \\mu}{\\sigma} $$\n$$ \\sigma X'_i = X_i - \\mu $$\n",
    "$$ \\mu = \\frac{1}{n}\\sum_{i=1}^n X_i $$\n$$ X'_i = X_i - \\mu $$\n$$ \\sum_{i=1}^n X'_i = 0 $$\n",
    "$$ S = \\sum_{i=1}^n x_i $$\n$$ S_n = S/n $$\n$$ n S_n = S $$\n",
    "```derive\nreal t, x_dot\nlet x = t^2\n```\n$$ \\dot x + \\dot x = 2\\dot x $$\n",
]


def verdicts(page: str) -> list[str]:
    """Return the verdicts on a page in the order of its lines."""
    return [one.verdict.value for one in check_text(page, "page", ".md")]


@pytest.mark.parametrize("page", REFUSED)
def test_what_may_be_a_derivative_is_refused_with_what_to_write(page: str) -> None:
    found = list(check_text(page, "page", ".md"))
    assert {one.verdict.value for one in found} == {E}
    told = ("may be a derivative of", "only a declared function has primes")
    assert any(one in (result.message or "") for one in told for result in found)


@pytest.mark.parametrize(("page", "expected"), FUNCTIONS)
def test_a_prime_before_the_argument_of_a_function_is_the_derivative(page: str, expected: list[str]) -> None:
    assert verdicts(page) == expected


@pytest.mark.parametrize("page", NAMES)
def test_a_mark_on_a_free_name_makes_another_name(page: str) -> None:
    assert verdicts(page) == [P]


HYPOTHESIS = "$$ h(x) = \\sum_i \\theta_i x_i $$\n$$ J = \\frac{1}{2}(h_\\theta(x) - y)^2 $$\n"


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        ("\\frac{\\partial J}{\\partial \\theta_i} = (h_\\theta(x) - y) x_i", P),
        ("\\frac{\\partial J}{\\partial \\theta_i} = (h(x) - y) x_i", P),
        (
            "\\frac{\\partial J}{\\partial \\theta_i} = h_\\theta(x) - y",
            E,
        ),  # h_θ may be a derivative after all
        ("\\frac{\\partial J}{\\partial \\theta_i} = (h_\\theta(z) - y) x_i", E),
        ("\\frac{\\partial J}{\\partial \\theta_i} = (h_x(x) - y) x_i", E),
    ],
)
def test_a_parameter_below_a_function_of_it(line: str, verdict: str) -> None:
    assert verdicts(f"{HYPOTHESIS}$$ {line} $$\n") == [verdict]


def test_a_parameter_below_what_may_be_claimed_to_be_the_derivative() -> None:
    page = "$$ h(x) = \\sum_i \\theta_i x_i $$\n$$ h_\\theta(x) = x $$\n$$ h_\\theta(x) - x = 0 $$\n"
    assert set(verdicts(page)) == {E}
    page = "$$ h(x) = \\theta x $$\n$$ g = h_\\theta(x) $$\n$$ g = \\theta x $$\n"
    assert P not in verdicts(page)
