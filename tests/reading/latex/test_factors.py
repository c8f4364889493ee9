r"""A name directly before a bracket, `g(wx + b)`: a factor, or a function? It is multiplied only if it is a number."""

from __future__ import annotations

import pytest

from derive.api import check_text
from derive.report.results import Verdict


def verdicts(text: str, displays: tuple[str, ...], suffix: str = ".md") -> list[Verdict]:
    """Return the verdicts on a page with some text above its displays."""
    page = "\n\n".join([text, *(f"$$ {one} $$" for one in displays)])
    return [one.verdict for one in check_text(page, f"page{suffix}", suffix)]


NEURON = (r"y = g(w x + b)", r"\frac{dy}{dx} = g w")
WAVE = (r"y = f(x - c t)", r"\frac{dy}{dt} = -c f")
LOGIT = (r"v = \operatorname{logit}(x + 1)", r"\frac{d^2v}{dx^2} = 0")

FUNCTIONS = [
    ("Let $g$ be differentiable.", NEURON),
    ("A nonlinearity $g$ and a bias $b$.", NEURON),
    ("$g$ is convex.", NEURON),
    ("$g$ is smooth.", NEURON),
    ("A network $g$.", NEURON),
    ("A policy $g$.", NEURON),
    ("# Generalised activation", NEURON),
    ("", NEURON),
    ("A bandwidth $h$ and a kernel $k$.", (r"y = k(x/h)", r"\frac{dy}{dx} = \frac{k}{h}")),
    ("A kernel $c$.", (r"y = c(x/h)", r"\frac{dy}{dx} = \frac{c}{h}")),
    (r"Let $\alpha$ be differentiable.", (r"y = \alpha(wx + b)", r"\frac{dy}{dx} = \alpha w")),
    (r"$\lambda$ is a nonlinearity.", (r"y = \lambda(wx + b)", r"\frac{dy}{dx} = \lambda w")),
    ("The layer $a$ squashes.", (r"y = a(wx + b)", r"\frac{dy}{dx} = a w")),
    ("", (r"y = g(x - 1)^2", r"\frac{dy}{dx} = 2g(x-1)")),
    ("", (r"y = g(x-1) + g(x+1)", r"y = 2 g x")),
    ("", (r"y = \sum_i g(x_i + c)", r"\frac{\partial y}{\partial x_i} = g")),
    ("", (r"y = g(-x)", r"y = -g x")),
    ("", (r"y = g(x^2)", r"\frac{dy}{dx} = 2 g x")),
    ("", (r"y = g[wx+b]", r"\frac{dy}{dx} = gw")),
    ("", (r"y = g\left(\sum_j w_j x_j\right)", r"\frac{\partial y}{\partial x_j} = g w_j")),
    ("", (r"z = w x + b", r"y = g(z + 1)", r"\frac{dy}{dx} = g w")),
    ("", (r"y = g \! (2x)", r"\frac{dy}{dx} = 2g")),
    ("", (r"y = 3 g (2x)", r"\frac{dy}{dx} = 6g")),
    ("", (r"y = (f + g)(x - 1)", r"\frac{dy}{dx} = f + g")),
    ("", (r"y = \mathbf{g}(2x)", r"\frac{dy}{dx} = 2\mathbf{g}")),
    ("", (r"y = g\underbrace{(2x)}_{a}", r"\frac{dy}{dx} = 2g")),
    ("", (r"y = g \circ (2x)", r"\frac{dy}{dx} = 2g")),
    ("", (r"\frac{d}{dx} g(2x) = 2g",)),
    ("", WAVE),
    ("Let $f$ be differentiable.", WAVE),
    ("", (r"y = f_\theta(x - c t)", r"\frac{dy}{dt} = -c f_\theta")),
    ("", (r"y = f_i(x - c t)", r"\frac{dy}{dt} = -c f_i")),
    ("", (r"y = \hat f(x - c t)", r"\frac{dy}{dt} = -c \hat f")),
    ("", (r"y = \psi(x - c t) + \psi(x + c t)", r"y = 2 x \psi")),
    ("", (r"v = \delta(x + 1)", r"\frac{d^2v}{dx^2} = 0")),
    ("", (r"v = \Gamma(2x)", r"\frac{dv}{dx} = 2\Gamma")),
    ("", (r"v = \zeta(2x)", r"\frac{dv}{dx} = 2\zeta")),
    ("", (r"y = x(t - 1)", r"\frac{dy}{dt} = x")),
    ("", LOGIT),
    ("", (r"y = \mathrm{act}(x - c t) + \mathrm{act}(x + c t)", r"y = 2 x \mathrm{act}")),
    ("", (r"v = \operatorname{logit} x", r"\frac{d^2v}{dx^2} = 0")),
    ("", (r"v = \operatorname{logit}\, x", r"\frac{d^2v}{dx^2} = 0")),
    ("", (r"v = \operatorname{logit}[x+1]", r"\frac{d^2v}{dx^2} = 0")),
    (
        r"Let $x\in\mathbb{R}^n$.",
        (
            r"v = \sum_i \operatorname{logit}(w x_i)",
            r"\frac{\partial v}{\partial x_i} = w\operatorname{logit}",
        ),
    ),
    ("", (r"v = \operatorname{logit}(\frac{x}{2})", r"v = \frac12 \operatorname{logit} x")),
    ("", (r"v = \operatorname{act}\sin(x)", r"\frac{dv}{dx} = \operatorname{act}\cos x")),
    ("", (r"v = \mathrm{lb} x", r"\frac{d^2v}{dx^2} = 0")),
    ("", (r"v = x \operatorname{logit}(-x)", r"\frac{dv}{dx} = -2x\operatorname{logit}")),
]


@pytest.mark.parametrize(("text", "displays"), FUNCTIONS)
def test_what_may_be_a_function_is_not_multiplied(text: str, displays: tuple[str, ...]) -> None:
    assert not {Verdict.PROVED, Verdict.REFUTED} & set(verdicts(text, displays))


NUMBERS = [
    ("", (r"y = c(w x + b)", r"\frac{dy}{dx} = c w")),
    (r"The learning rate is $\alpha$.", (r"y = \alpha(wx + b)", r"\frac{dy}{dx} = \alpha w")),
    ("Let $g$ be a positive number.", NEURON),
    ("Let $g$ be a constant.", NEURON),
    ("The scalar $g$ and the bias $b$.", NEURON),
    (r"Let $g \in \mathbb{R}$.", NEURON),
    ("", (r"y = g \cdot (w x + b)", r"\frac{dy}{dx} = g w")),
    ("", (r"y = g(w x + b)", r"\frac{dy}{dg} = w x + b")),
    ("", (r"q = g x", r"y = g(w x + b)", r"\frac{dy}{dx} = g w")),
    ("", (r"y = p(1 - p)", r"\frac{dy}{dp} = 1 - 2p")),
    ("", (r"L = (1-p)^k + k(2 - x)", r"\frac{dL}{dx} = -k")),
    ("", (r"y = \operatorname{rate} \cdot (w x + b)", r"\frac{dy}{dx} = \operatorname{rate} w")),
]


@pytest.mark.parametrize(("text", "displays"), NUMBERS)
def test_what_is_a_number_is_multiplied(text: str, displays: tuple[str, ...]) -> None:
    assert verdicts(text, displays)[-1] is Verdict.PROVED


def test_the_message_says_both_readings() -> None:
    page = "$$ y = g(w x + b) $$\n\n$$ \\frac{dy}{dx} = g w $$"
    messages = [one.message or "" for one in check_text(page, "page.md", ".md")]
    assert any("g at" in one and r"\cdot" in one for one in messages)
