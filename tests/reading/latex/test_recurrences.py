r"""Recurrences, `h_t = w h_{t-1}`: an entry at another step is made by the same equation, and is no free number."""

from __future__ import annotations

import pytest

from derive import Verdict
from derive.api import check_text


def verdicts(*parts: str) -> list[Verdict]:
    return [one.verdict for one in check_text("\n\n".join(f"$$ {one} $$" for one in parts), "page.md", ".md")]


NEVER = [
    # (what the page defines, what is differentiated, by what, to what it would come if the entry before were free)
    (r"h_t = \tanh(w h_{t-1} + u x_t)", r"h_t", r"w", r"(1-h_t^2)h_{t-1}"),
    (r"h_t = w h_{t-1} + x_t \qquad t = 1, \dots, T", r"h_t", r"w", r"h_{t-1}"),
    (r"s_{n+1} = a s_n + b", r"s_{n+1}", r"a", r"s_n"),
    (r"s_{n+1} = a s_n + b", r"s_{n+1}", r"b", r"1"),
    (r"c_t = f c_{t-1} + g", r"c_t", r"f", r"c_{t-1}"),
    (r"x_{k+1} = x_k - \eta x_k", r"x_{k+1}", r"\eta", r"-x_k"),
    (r"v_t = \beta v_{t-1} + (1-\beta) g_t", r"v_t", r"\beta", r"v_{t-1}-g_t"),
    (r"F_{n+1} = F_n + F_{n-1}", r"F_{n+1}", r"F_{n-1}", r"1"),
    (r"F_{n+1} = F_n + F_{n-1}", r"F_{n+1}", r"F_{n-1}", r"2"),
    (r"h_t = w h_{t-1} + u x_t + v x_{t-1}", r"h_t", r"x_{t-1}", r"v"),
    (r"a^{(l)} = \sigma(w a^{(l-1)} + b)", r"a^{(l)}", r"b", r"a^{(l)}(1-a^{(l)})"),
    (r"a^{[l]} = w a^{[l-1]}", r"a^{[l]}", r"w", r"a^{[l-1]}"),
    (r"h_{t,i} = w h_{t-1,i}", r"h_{t,i}", r"w", r"h_{t-1,i}"),
    (r"h_t = w h_{t-k}", r"h_t", r"w", r"h_{t-k}"),
    (r"h_{t-1} = w h_t", r"h_{t-1}", r"w", r"h_t"),
    (r"s = \sum_{i=1}^n (x_i - x_{i-1})^2", r"s", r"x_i", r"2(x_i - x_{i-1})"),
    (r"s = \sum_{i=1}^n x_i x_{i-1}", r"s", r"x_i", r"x_{i-1}"),
    (r"s = \sum_{i=1}^n x_i x_{i+1}", r"s", r"x_k", r"x_{k+1}"),
    (r"y_i = x_i x_{i-1} \qquad i = 1, \dots, n", r"y_i", r"x_k", r"\delta_{ik} x_{i-1}"),
]


@pytest.mark.parametrize("sign", ["d", r"\partial "])
@pytest.mark.parametrize(("definition", "of", "by", "value"), NEVER)
def test_an_entry_at_another_step_is_not_kept_fixed(
    definition: str, of: str, by: str, value: str, sign: str
) -> None:
    found = verdicts(definition, rf"\frac{{{sign}{of}}}{{{sign}{by}}} = {value}")
    assert not set(found) & {Verdict.PROVED, Verdict.REFUTED}


CHAINS = [
    (r"h_t = w c_{t-1} + u", r"c_t = u h_{t-1}", r"\frac{dh_t}{du} = 1"),
    (r"a_t = w x_t", r"y = w + a_{t-1}", r"\frac{dy}{dw} = 1"),
    (r"a_t = w x_t", r"y = w + a_5", r"\frac{dy}{dw} = 1"),
    (r"h_n = w h_{n-1}", r"h_{n-1} = w h_{n-2}", r"\frac{dh_n}{dw} = 2w h_{n-2}"),
    (r"\Delta_t = x_t - x_{t-1}", r"x_t = a t", r"\frac{d\Delta_t}{da} = t"),
    (r"h_t = w h_{t-1} + b", r"L = (h_t - y)^2", r"\frac{\partial L}{\partial b} = 2(h_t - y)"),
    (r"z_t = w h_{t-1} + b", r"h_t = \tanh(z_t)", r"\frac{\partial h_t}{\partial b} = 1 - h_t^2"),
    (r"h_t = w h_{t-1}", r"L = \sum_t h_t", r"\frac{\partial L}{\partial w} = \sum_t h_{t-1}"),
    (r"h_{t+1} = w h_t", r"y = w h_t", r"\frac{dy}{dw} = h_t"),
    (r"h_t = w h_{t-1}", r"\frac{d}{dw} (w h_{t-1}) = h_{t-1}"),
    (r"h_t = w h_{t-1}", r"\nabla_w h_t = h_{t-1}"),
    (r"h_t = w h_{t-1}", r"\frac{d^2 h_t}{dw^2} = 0"),
    (r"m_t = \beta m_{t-1} + g", r"\hat m_t = 2 m_t", r"\frac{d\hat m_t}{d\beta} = 2 m_{t-1}"),
]


@pytest.mark.parametrize("parts", CHAINS)
def test_what_it_depends_on_is_followed_through_definitions(parts: tuple[str, ...]) -> None:
    assert not set(verdicts(*parts)) & {Verdict.PROVED, Verdict.REFUTED}


ALWAYS = [
    (r"h_t = \tanh(w h_{t-1} + u x_t)", r"\frac{\partial h_t}{\partial x_t} = u (1 - h_t^2)"),
    (r"h_t = \tanh(w h_{t-1} + u x_t)", r"\frac{\partial h_t}{\partial h_{t-1}} = w (1 - h_t^2)"),
    (r"F_{n+1} = F_n + F_{n-1}", r"\frac{dF_{n+1}}{dF_n} = 1"),
    (
        r"z_l = w_l a_{l-1} + b_l",
        r"a_l = \sigma(z_l)",
        r"\frac{\partial a_l}{\partial w_l} = a_l (1 - a_l) a_{l-1}",
    ),
    (r"h_1 = w h_0", r"h_2 = w h_1", r"\frac{dh_2}{dw} = 2 w h_0"),
    (
        r"L = \sum_{t=1}^T (y_t - w y_{t-1})^2",
        r"\frac{\partial L}{\partial w} = -2 \sum_{t=1}^T (y_t - w y_{t-1}) y_{t-1}",
    ),
]


@pytest.mark.parametrize("parts", ALWAYS)
def test_what_no_earlier_step_depends_on_is_differentiated(parts: tuple[str, ...]) -> None:
    assert verdicts(*parts) == [Verdict.PROVED]


def test_the_message_says_how_it_depends() -> None:
    page = "\n\n".join((r"$$ h_t = w h_{t-1} $$", r"$$ \frac{dh_t}{dw} = h_{t-1} $$"))
    (found,) = check_text(page, "page.md", ".md")
    assert "depends on w" in str(found.message)
