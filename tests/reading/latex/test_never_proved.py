"""What a page leaves open is never proved: what stands before a bracket, how long an array is, what is held fixed."""

from __future__ import annotations

import pytest

from derive import Verdict
from derive.api import check_text


def verdicts(page: str) -> list[Verdict]:
    return [one.verdict for one in check_text(page, "page.md", ".md")]


FUNCTIONS = [
    r"f(x - c t)",
    r"f_\theta(x - c t)",
    r"\hat f(x - c t)",
    r"\operatorname{act}(x - c t)",
    r"\mathrm{act}[x - c t]",
    r"\psi\left(\sum_j x_j - c t\right)",
    r"u(x - c t)",
]


@pytest.mark.parametrize("call", FUNCTIONS)
def test_a_name_before_a_bracket_that_may_be_a_function_is_no_factor(call: str) -> None:
    name = call.partition("(")[0].partition("[")[0].removesuffix(r"\left")
    page = f"$$ y = {call} $$\n\n$$ \\frac{{\\partial y}}{{\\partial t}} = -c {name} $$\n"
    assert not {Verdict.PROVED, Verdict.REFUTED} & set(verdicts(page))


@pytest.mark.parametrize(
    "said",
    [
        "Let $a$ be differentiable.",
        "A nonlinearity $a$.",
        "The kernel $a$ is smooth.",
        "Sei $a$ eine Funktion.",
    ],
)
def test_a_coefficient_that_the_text_calls_a_function_is_no_factor(said: str) -> None:
    page = "$$ y = a(x - 1) $$\n\n$$ \\frac{dy}{dx} = a $$\n"
    assert verdicts(page) == [Verdict.PROVED]
    assert Verdict.PROVED not in verdicts(f"{said}\n\n{page}")


@pytest.mark.parametrize(
    "page",
    [
        "$$ y = p(1 - p) $$\n\n$$ \\frac{dy}{dp} = 1 - 2p $$\n",
        "$$ y = f(1 - f) $$\n\n$$ \\frac{dy}{df} = 1 - 2f $$\n",
        "Let $f \\in \\mathbb{R}$.\n\n$$ y = f(x - 1) $$\n\n$$ \\frac{dy}{dx} = f $$\n",
        "$$ L = r x + s $$\n\n$$ M = r(x - s) $$\n\n$$ \\frac{dM}{dx} = r $$\n",
    ],
)
def test_what_the_page_shows_to_be_a_number_is_a_factor(page: str) -> None:
    assert verdicts(page) == [Verdict.PROVED]


LENGTHS = [
    r"Let $x \in \mathbb{R}^n$.",
    r"Let $x, y \in \mathbb{R}^n$.",
    r"Let $x = (x_1, \dots, x_n)$.",
    r"Let $x_1, \dots, x_n$ be numbers.",
    r"For $i = 1, \dots, n$:",
    r"For $1 \le i \le n$:",
]


@pytest.mark.parametrize("said", LENGTHS)
@pytest.mark.parametrize("end", ["m", "3"])
def test_a_sum_over_a_part_is_not_one_over_all(said: str, end: str) -> None:
    page = (
        f"$$ s = \\sum_{{i=1}}^{{{end}}} x_i^2 $$\n\n$$ \\frac{{\\partial s}}{{\\partial x_i}} = 2 x_i $$\n"
    )
    assert verdicts(page) == [Verdict.PROVED]
    assert Verdict.PROVED not in verdicts(f"{said}\n\n{page}")
    whole = verdicts(f"{said}\n\n{page.replace('{' + end + '}', 'n')}")
    assert whole == [Verdict.PROVED] or r"\le" in said


RECURRENCES = [
    (r"h_t = \tanh(w h_{t-1} + u x_t)", r"\frac{d h_t}{dw} = (1 - h_t^2) h_{t-1}"),
    (r"s_{n+1} = a s_n + b", r"\frac{d s_{n+1}}{d a} = s_n"),
    (r"c_t = f c_{t-1} + g", r"\frac{d c_t}{d f} = c_{t-1}"),
]


@pytest.mark.parametrize(("equation", "slope"), RECURRENCES)
@pytest.mark.parametrize("said", ["", r"For $t = 1, \dots, T$:"])
def test_an_earlier_step_is_not_held_fixed(equation: str, slope: str, said: str) -> None:
    assert Verdict.PROVED not in verdicts(f"{said}\n\n$$ {equation} $$\n\n$$ {slope} $$\n")


@pytest.mark.parametrize("said", ["", r"For $t = 1, \dots, T$:"])
@pytest.mark.parametrize("claim", [r"{h_{t-1}} = w", r"{x_t} = u"])
def test_a_step_is_differentiated_by_what_stands_in_it(said: str, claim: str) -> None:
    page = f"{said}\n\n$$ h_t = \\tanh(w h_{{t-1}} + u x_t) $$\n\n"
    assert verdicts(f"{page}$$ \\frac{{\\partial h_t}}{{\\partial {claim[1:]} (1 - h_t^2) $$\n") == [
        Verdict.PROVED
    ]


@pytest.mark.parametrize(
    "said", ["Let $T = 3$.", "A temperature $T > 0$.", "T is the number of steps.", r"For $t = 1, \dots, T$:"]
)
def test_what_stands_above_may_be_a_power_where_it_is_a_number(said: str) -> None:
    page = "$$ y = x^T x $$\n\n$$ \\frac{dy}{dx} = 2x $$\n"
    assert verdicts(page) == [Verdict.PROVED]
    assert Verdict.PROVED not in verdicts(f"{said}\n\n{page}")
    declared = r"Let $x \in \mathbb{R}^n$."
    assert verdicts(f"{said} {declared}\n\n{page}") != [Verdict.REFUTED]


@pytest.mark.parametrize(
    "said",
    [
        "Both for $x > 0$ and $x < 0$.",
        "Either $x > 0$ or $x < 0$.",
        "Often $x > 0$.",
        "Let $x > 0$, or zero.",
    ],
)
def test_a_sign_is_taken_from_a_sentence_that_says_it_of_all(said: str) -> None:
    page = "$$ s = |x| + x $$\n\n$$ s = 2x $$\n"
    assert verdicts(f"Let $x > 0$.\n\n{page}") == [Verdict.PROVED]
    assert Verdict.PROVED not in verdicts(f"{said}\n\n{page}")
