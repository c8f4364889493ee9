"""Notation that may mean two things, and is refused: functions at a place or of matrices, and numbers beside."""

from __future__ import annotations

import pytest

from derive.api import check_text

NUMBERS = "```derive\nreal x, y, t, a, b, c\n```\n\n"
LET = "```derive\nreal x, y, t, a, b, c\nlet f = x^2\n```\n\n"
MATRICES = "```derive\nsize n\nreal A[n,n], B[n,n], x[n], t\n```\n\n"


def verdicts(block: str, *displays: str) -> list[str]:
    """Return the verdicts of a page of displays."""
    page = block + "Then\n\n".join(f"$$ {one} $$\n\n" for one in displays)
    return [one.verdict.value for one in check_text(page, "page", ".md")]


def is_refused(block: str, *displays: str) -> bool:
    """Return whether the last display of a page is refused, and nothing else is judged."""
    return set(verdicts(block, *displays)) == {"error"}


FUNCTION = "f(x) = x^2"


@pytest.mark.parametrize(
    "claim",
    [
        "f^2(x) = x^5", "f^2(x) = x^4", "f^{1}(x+1) = x^3 + x^2", r"(f \circ f)(x) = x^5", r"(f \circ f)(x) = x^4",
        "(f + f)(x) = 2x^3", "(f + f)(x) = 2x^2", "(2f)(x) = 2x^3", "(f)(x) = x^3", "e^{f}(x) = x e^{x^2}",
        r"\frac{f}{2}(x) = \frac{x^3}{2}", r"f{\left(x+1\right)} = x^3 + x^2", r"f \circ f = x^4",
    ],
)  # fmt: skip
def test_a_function_of_the_page_is_no_factor_before_a_bracket(claim: str) -> None:
    assert is_refused(NUMBERS, FUNCTION, claim)


@pytest.mark.parametrize(
    "claim",
    [
        "f(x+1) = x^3 + x^2",
        "f(x+1) = (x+1)^2",
        r"f\left(2x\right) = 2x^3",
        "2f(-1) = 2",
        "f^2(x+1) = (x+1)^4",
    ],
)
def test_nor_is_a_name_that_depends_on_what_stands_in_the_bracket(claim: str) -> None:
    assert is_refused(LET, claim)


def test_an_operator_of_the_page_without_brackets_is_refused() -> None:
    assert is_refused(
        MATRICES, r"\operatorname{tr}(A) = \sum_i A_{ii}", r"\operatorname{tr} AB = \operatorname{tr} BA"
    )


@pytest.mark.parametrize(
    "displays",
    [
        (FUNCTION, "f(x) + 0 = x^2"), (FUNCTION, "f(x)(x+1) = x^3 + x^2"), (FUNCTION, "f{(x)} + 0 = x^2"),
        (FUNCTION, r"f \cdot (x+1) = x^3 + x^2"), ("a(b+c) = ab + ac",), ("2(x+1) = 2x + 2",),
        (r"\sin^2 x + \cos^2 x = 1",), ("(a+b)(a-b) = a^2 - b^2",),
        (FUNCTION, r"\log(f(x) + 1)(x + 1) = (1 + x)\log(x^2 + 1)"),
    ],
)  # fmt: skip
def test_what_is_plain_is_read(displays: tuple[str, ...]) -> None:
    assert verdicts(NUMBERS, *displays) == ["proved"]


@pytest.mark.parametrize("claim", [r"\frac{\partial r}{\partial x} = 1", r"\partial r/\partial x = 1 + t"])
def test_a_partial_derivative_by_one_of_two_arguments_that_hang_together_is_refused(claim: str) -> None:
    assert is_refused(NUMBERS, "q = xt", "r(q, x) = q + x", claim)


def test_so_is_one_beside_the_total_derivative() -> None:
    chain_rule = (
        r"\frac{dr}{dx} = \frac{\partial r}{\partial q} \frac{dq}{dx} + \frac{\partial r}{\partial x}"
    )
    assert is_refused(NUMBERS, "q = xt", "r = q + x", chain_rule)
    assert verdicts(
        NUMBERS, "q = xt", "r = q^2", r"\frac{dr}{dx} = \frac{\partial r}{\partial q} \frac{dq}{dx}"
    ) == ["proved"]


@pytest.mark.parametrize(
    "claim",
    [
        r"\frac{d}{dt} e^{tA} = A e^{tA}", r"e^{A+B} = e^A \odot e^B", "e^{2A} = e^A e^A", r"\exp(A) = \exp(A) + 0",
        r"\sqrt{A} = \sqrt{A} + 0", r"\log A = \log A + 0", r"\sin(A) = \sin(A) + 0", "A + 1 = 1 + A", "A + t = t + A",
    ],
)  # fmt: skip
def test_a_function_of_a_square_matrix_is_refused(claim: str) -> None:
    assert is_refused(MATRICES, claim)


@pytest.mark.parametrize(
    "claim",
    [
        "e^{A_{ij} + B_{ij}} = e^{A_{ij}} e^{B_{ij}}",
        r"\log(x) + 0 = \log(x)",
        "A_{ij} + t = t + A_{ij}",
        "A + B = B + A",
    ],
)
def test_of_entries_and_vectors_it_is_read(claim: str) -> None:
    assert verdicts(MATRICES, claim) == ["proved"]


@pytest.mark.parametrize(
    "display",
    [r"(2)\; x + y = y + x", r"(x+y)^2 = x^2 + 2xy + y^2 \;(3)", "(2) x = 2x", r"x + y = y + x \quad (4a)."],
)
def test_a_number_that_stands_apart_at_the_edge_is_no_factor(display: str) -> None:
    assert is_refused(NUMBERS, display)


@pytest.mark.parametrize("display", ["(2)(x+1) = 2x + 2", "(2)^3 = 8", "6x = x \\cdot 2 \\cdot (3)"])
def test_a_number_in_brackets_is_a_factor_elsewhere(display: str) -> None:
    assert verdicts(NUMBERS, display) == ["proved"]


@pytest.mark.parametrize("tex", [r"\verb|$$ a + a = 3a $$| and", "\\end{document}\n\n$$ a + a = 3a $$\n"])
def test_what_tex_does_not_set_is_no_claim(tex: str) -> None:
    page = "% derive: real a\n\\begin{document}\n$$ a + a = 2a $$\n\n" + tex + "\n"
    assert [one.verdict.value for one in check_text(page, "page", ".tex")] == ["proved"]
