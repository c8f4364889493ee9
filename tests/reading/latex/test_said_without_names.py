"""Sentences, headings and notes that name nothing, and still say what the names or signs of a display mean."""

from __future__ import annotations

import pytest

from derive import Verdict
from derive.api import check_text


def verdicts(page: str) -> list[Verdict]:
    return [one.verdict for one in check_text(page, "page.md", document=".md")]


SQUARES = "$$E = w^2 + v^2$$\n\n"
TIED = [
    "The weights are tied.",
    "All parameters are tied to each other.",
    "The second weight is minus the first.",
    "Both are equal.",
    "Both weights are the same.",
    "They are equal.",
    "The weights of layer $l$ are tied.",
    "(the same)",
    "The former equals the latter.",
    "These are one and the same number.",
    "With weight sharing,",
    "# Tied weights",
    "Encoder and decoder share their weight.",
    "The variables coincide.",
    "Beide Gewichte sind gleich.",
    "Les deux poids sont égaux.",
    "Los dos pesos son iguales.",
    "Оба веса равны.",  # noqa: RUF001 - Russian
    "&#118; equals &#119;.",
    r"$\text{v equals w}$",
    r"$$\text{v equals w}$$",
    r"See \cite[v equals w]{a}.",
    "See[^1].\n\n[^1]: They are equal.",
]


@pytest.mark.parametrize("said", TIED)
def test_variables_that_words_tie_to_each_other_are_not_free(said: str) -> None:
    found = verdicts(f"{said}\n\n{SQUARES}$$\\frac{{\\partial E}}{{\\partial w}} = 2w$$")
    assert Verdict.PROVED not in found
    found = verdicts(f"{said}\n\n{SQUARES}$$\\frac{{dE}}{{dw}} = 4w$$")
    assert Verdict.REFUTED not in found


IN_TEX = [
    r"\footnote{They are equal.}",
    r"\footnote[1]{They are equal.}",
    r"\footnote[1]{v equals w}",
    r"\begin{figure}\caption[short]{Both weights are equal}\end{figure}",
    r"\section[x]{Tied weights}",
    r"\item[a]{v equals w}",
    r"\citep[see][v equals w]{a}",
]


@pytest.mark.parametrize("said", IN_TEX)
def test_what_stands_behind_an_optional_argument_is_read(said: str) -> None:
    page = (
        f"\\begin{{document}}\n{said}\n\\[E = w^2 + v^2\\]\n\\[\\frac{{dE}}{{dw}} = 2w\\]\n\\end{{document}}"
    )
    assert [one.verdict for one in check_text(page, "page.tex", document=".tex")] == [Verdict.ERROR]


@pytest.mark.parametrize("said", [r"See \cite[p. 3]{x}.", r"See \citep[see][p. 3]{x} and \cite{y}."])
def test_a_citation_says_nothing(said: str) -> None:
    page = (
        f"\\begin{{document}}\n{said}\n\\[E = w^2 + v^2\\]\n\\[\\frac{{dE}}{{dw}} = 2w\\]\n\\end{{document}}"
    )
    assert [one.verdict for one in check_text(page, "page.tex", document=".tex")] == [Verdict.PROVED]


def test_a_character_that_is_markup_where_it_is_typed_is_text() -> None:
    slope = f"{SQUARES}$$\\frac{{dE}}{{dw}} = 2w$$"
    assert Verdict.PROVED not in verdicts(f"&#36; v equals w &#36;.\n\n{slope}")
    assert verdicts(f"The price is &#36;5 and &#36;6.\n\n{slope}") == [Verdict.PROVED]


PLAIN = [
    "The weights are initialised randomly.",
    "Both sides are equal, as we will see.",
    "We differentiate with respect to the weights.",
    "# Gradient of the energy",
    "The parameters are updated by gradient descent.",
]


@pytest.mark.parametrize("said", PLAIN)
def test_what_says_nothing_of_them_is_passed_over(said: str) -> None:
    page = f"{said}\n\n{SQUARES}$$\\frac{{\\partial E}}{{\\partial w}} = 2w$$"
    assert verdicts(page) == [Verdict.PROVED]


NOTES = [
    r"$$\underbrace{\frac{dE}{dw}}_{\text{with v equal to w}} = 4w$$",
    r"$$\frac{dE}{dw} = \underbrace{4w}_{\text{v is w}}$$",
    r"$$\frac{dE}{dw} = \underbrace{4w}_{\text{v=w}}$$",
]


@pytest.mark.parametrize("display", NOTES)
def test_notes_of_braces_are_heard(display: str) -> None:
    assert Verdict.REFUTED not in verdicts(SQUARES + display)
    assert Verdict.PROVED not in verdicts(SQUARES + display.replace("4w", "2w"))


def test_a_note_that_says_nothing_of_names_is_passed_over() -> None:
    display = r"$$\frac{dE}{dw} = \underbrace{2w}_{\text{by the power rule}}$$"
    assert verdicts(SQUARES + display) == [Verdict.PROVED]
    assert verdicts(SQUARES + display.replace("2w", "3w")) == [Verdict.REFUTED]


UNITS = [
    "We use tanh.",
    "# Backpropagation with tanh units",
    "# ReLU",
    "The neuron is linear.",
    "The neuron is a threshold.",
    "Each unit squashes to the range from -1 to 1.",
]


@pytest.mark.parametrize("said", UNITS)
def test_sigma_is_the_sigmoid_only_where_no_other_function_is_spoken_of(said: str) -> None:
    slope = "$$a = \\sigma(z)$$\n\n$$\\frac{da}{dz} = a(1-a)$$"
    assert verdicts(slope) == [Verdict.PROVED]
    assert Verdict.PROVED not in verdicts(f"{said}\n\n{slope}")
    assert Verdict.REFUTED not in verdicts(f"{said}\n\n{slope.replace('a(1-a)', '1 - a^2')}")


def test_a_page_that_names_the_sigmoid_may_speak_of_other_functions() -> None:
    slope = "$$a = \\sigma(z)$$\n\n$$\\frac{da}{dz} = a(1-a)$$"
    assert verdicts(f"Here $\\sigma$ is the sigmoid.\n\n{slope}\n\n# ReLU\n") == [Verdict.PROVED]


def test_what_a_comment_says_is_not_on_the_page() -> None:
    slope = "$$a = \\sigma(z)$$\n\n$$\\frac{da}{dz} = a(1-a)$$"
    assert Verdict.PROVED not in verdicts(f"<!-- the sigmoid -->\n\nWe use tanh.\n\n{slope}")
    loss = "## Squared loss\n\n$$L = (y-t)^2$$\n\n## Absolute loss\n\n<!-- L -->\n\n$$\\frac{dL}{dy} = 1$$"
    assert verdicts(loss) == [Verdict.ERROR]


SENSES = [
    ("Lengths are taken in the taxicab metric.", r"\|x\|^2 = \sum_{i=1}^n x_i^2"),
    ("Distances are Manhattan ones.", r"\|x\|^2 = \sum_{i=1}^n x_i^2"),
    ("Length is the greatest entry.", r"\|x\|^2 = \sum_{i=1}^n x_i^2"),
    ("The inner product is weighted.", r"\|x\|^2 = \sum_{i=1}^n x_i^2"),
    ("Totals are averaged.", r"\sum_{i=1}^n x_i + \sum_{i=1}^n x_i = 2\sum_{i=1}^n x_i"),
    ("Arithmetic is modulo five.", r"\sum_{i=1}^n 2x_i = 2\sum_{i=1}^n x_i"),
]


@pytest.mark.parametrize(("said", "claim"), SENSES)
def test_operations_of_which_words_say_something_else_are_left(said: str, claim: str) -> None:
    page = f"Let $x \\in \\mathbb{{R}}^n$.\n\n$${claim}$$"
    assert verdicts(page) == [Verdict.PROVED]
    assert Verdict.PROVED not in verdicts(page.replace("$.", f"$. {said}", 1))


@pytest.mark.parametrize(
    "said", ["We use bits.", "Entropy is measured in bits.", "- the base is two", "Base 10."]
)
def test_logarithms_to_another_base(said: str) -> None:
    slope = r"$$\frac{d \log x}{dx} = \frac{1}{x}$$"
    assert verdicts(slope) == [Verdict.PROVED]
    assert Verdict.PROVED not in verdicts(f"{said}\n\n{slope}")


TURNS = [
    "## Absolute loss",
    "## Cross-entropy",
    "Exponential loss:",
    "**Huber loss**",
    "- Log-cosh:",
    "## Monopoly",
]


@pytest.mark.parametrize("turn", TURNS)
def test_behind_a_heading_of_another_subject_nothing_is_decided_by_what_is_above_it(turn: str) -> None:
    above = "## Squared loss\n\n$$L = (y-t)^2$$\n\n$$\\frac{dL}{dy} = 2(y-t)$$\n\n"
    claim = "$$\\frac{dL}{dy} = \\operatorname{sign}(y-t)$$"
    assert verdicts(f"{above}{turn}\n\n{claim}")[-1] is Verdict.ERROR
    same = "$$\\frac{dL}{dy} = 2(y-t)$$"
    assert verdicts(f"{above}{turn}\n\n{same}")[-1] is Verdict.ERROR
    assert verdicts(f"{above}## Gradient\n\n{claim}") == [Verdict.PROVED, Verdict.REFUTED]


def test_what_is_not_differentiated_through_may_be_said_in_a_heading() -> None:
    page = "# Semi-gradient\n\n$$t = r + g w$$\n\n$$L = \\frac12(t - w)^2$$\n\n$$\\frac{dL}{dw} = -(t - w)$$"
    assert Verdict.REFUTED not in verdicts(page)


QUALIFIED = [
    "Let $x > 0$ or $x < 0$.",
    "Both for $x > 0$ and $x < 0$.",
    "Let $x > 0$ or $y > 0$.",
    "Usually $x > 0$.",
    "Let $x > 0$ in the first example.",
    "Let $x > 0$ when $t = 1$.",
    "Let $x > 0$, possibly after a change of sign.",
    "Sei $x > 0$ oder $x < 0$.",
    r"Let $x > 0$. Let $x \leq 0$.",
    r"Let $x \gt 0$. Let $x \lt 0$.",
]


def test_a_sign_that_a_sentence_tells_is_taken() -> None:
    for sign in (">", r"\gt"):
        assert verdicts(f"Let $x {sign} 0$.\n\n$$s = |x| + x$$\n\n$$s = 2x$$") == [Verdict.PROVED]


@pytest.mark.parametrize("said", QUALIFIED)
def test_a_sign_that_holds_in_places_is_not(said: str) -> None:
    assert Verdict.PROVED not in verdicts(f"{said}\n\n$$s = |x| + x$$\n\n$$s = 2x$$")
