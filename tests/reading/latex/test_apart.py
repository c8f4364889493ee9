"""What stands side by side, one below the other, or in two meanings: no verdict comes from a part of a display."""

from __future__ import annotations

import pytest

from derive.api import check_text
from derive.report.results import Verdict
from derive.verification.questions import displays_of, problems_of, with_verdicts

NUMBERS = "```derive\nreal a, b\n```\n\n"
ARRAYS = "```derive\nsize n\nreal x[n], y[n], A[n,n], B[n,n]\n```\n\n"
P, R, E = "proved", "refuted", "error"


def read(page: str, block: str) -> tuple[list[str], list[str]]:
    """Return the kinds of the displays of a page, and its verdicts in the order of their lines."""
    results = list(check_text(block + page, "page", ".md"))
    displays = with_verdicts(displays_of(problems_of(block + page, "page", ".md")), results)
    return [one.kind for one in displays], [one.verdict.value for one in results]


def page_of(*displays: str) -> str:
    """Return a page of displays; what begins an environment of its own, or with !, stands as it is."""
    bare = (r"\begin{align", r"\begin{flalign", r"\begin{gather", r"\begin{eqnarray")
    return "".join(
        f"{one.removeprefix('!')}\n\n" if one.startswith((*bare, "!")) else f"$$ {one} $$\n\n"
        for one in displays
    )


REFUSED = [
    # a prime of a function without brackets is the derivative of no argument that can be told
    r"\tanh' a = \tanh a", r"\sin'^2 a = \sin^2 a", r"\log' a = \log a", r"\sin^{\prime} a = \sin a",
    r"\tanh'{a} = \tanh a", r"\mathrm{ReLU}' a = \mathrm{ReLU}(a)", r"tanh' a = \tanh a",
    # what is apart is no product
    r"\begin{align} ab + 0 &= a & b &= ab \end{align}", r"\begin{align} ab + 0 &= a && b &= ab \end{align}",
    r"\begin{flalign} && ab + 0 &= a & b &= ab && \end{flalign}", r"\begin{align} ab + 0 &= a & b \end{align}",
    r"\begin{align} a & b = ab \end{align}", r"\begin{align} ab + 0 &= ab && \text{remark} \end{align}",
    r"ab + 0 = a \hspace{2em} b = ab", r"ab + 0 = a ~~~~ b = ab", r"ab + 0 = a \;\; b = ab",
    r"ab + 0 = a \enspace b = ab", r"ab + 0 = a \hfill b = ab", r"ab + 0 = a \phantom{x} b = ab",
    r"ab + 0 = a {\quad} b = ab", r"ab + 0 = a {~~~~} b = ab", r"ab + 0 = {a \quad b} = ab", "ab + 0 = a . b = ab",
    "ab + 0 = a ~ b = ab", r"ab + 0 = a \: \: b = ab", r"ab + 0 = a \ b = ab", r"\sum_{k=1}^2 {a + b} = 2a + b",
    r"ab + 0 = a \bullet b = ab", r"ab + 0 = a \hskip 1cm b = ab", r"ab + 0 = a \kern 1em b = ab", r"ab = a ~~~~ b",
    # an unreadable member of a chain
    *(
        rf"a + a = 2a {sign} b + b = 2b"
        for sign in (
            r"\land", r"\wedge", r"\lor", r"\vee", r"\&", r"\cr", r"\newline", r"\hskip 1cm", r"\kern 1em", r"\|", "|",
            ":", r"\longrightarrow", r"\oplus",
        )
    ),
    r"a + a = \int_0^1 2a\,dt = 2a", r"a + a = 2a, \quad b + b = \foo", r"b + b = \foo, \quad a + a = 2a",
    # what relates its sides by a command that is not known, or inside of a script
    r"a \unknown b", r"a + a \eq 3a", r"\sum_{a = 3b} a", r"a \approx \unknown b",
    r"\underline{a} + 0 = a",
]  # fmt: skip


@pytest.mark.parametrize("display", REFUSED)
def test_what_is_not_read_as_a_whole_gets_no_verdict(display: str) -> None:
    kinds, verdicts = read(page_of(display), NUMBERS)
    assert set(kinds) == {"refused"}
    assert set(verdicts) == {E}


READ = [
    (r"\begin{align} a + a &= 2a & b + b &= 2b \end{align}", 2),
    (r"\begin{align} a + a &= 2a && b + b &= 2b \end{align}", 2),
    (r"\begin{align} ab + 0 &= ab & -a &= -a \end{align}", 2),
    (r"\begin{align} ab + 0 &= ab && \text{by the chain rule} \end{align}", 1),
    (r"\begin{align} a + a = & 2a \\ = & a + a \end{align}", 2),
    (r"\begin{align} a + a &= a \\ & + a \end{align}", 1),
    (r"\begin{align} & a + a = 2a \\ &\quad = a + a \end{align}", 2),
    (r"\begin{eqnarray} a + a &=& 2a \\ &=& a + a \end{eqnarray}", 2),
    (r"a~~+~~b ~~=~~ b + a", 1), (r"a \, b = b\, a", 1), ("a . b = ab", 1), (r"a \; b = ab", 1),
    (r"a \bullet b = ab", 1),
    ("a ~ b = ab", 1), (r"|a|^2 = a^2", 1), (r"|a - b|^2 = |a-b| |b-a|", 1), (r"|a|^2 |b|^2 = (ab)^2", 1),
    (r"\tanh'(a) = 1 - (\tanh a)^2", 1), (r"\sigma(a+b) = \frac{1}{1+e^{-a-b}}", 1),
]  # fmt: skip


@pytest.mark.parametrize(("display", "count"), READ)
def test_what_only_aligns_parts_nothing(display: str, count: int) -> None:
    kinds, verdicts = read(page_of(display), NUMBERS)
    assert kinds == ["claim"] * count
    assert set(verdicts) == {P}


PAGES = [
    # a display that begins with an operator goes on with the one before it
    *((("a + a = 2a", f"{sign} b"), ["refused"] * 2, [E] * 2) for sign in ("+", "-", r"\cdot", r"\times", "/")),
    (("a + b + a = 2a", "+ b"), ["refused"] * 2, [E] * 2),
    (("a + b + a = 2a +", "b = b"), ["refused"] * 2, [E] * 2),
    (("a + a = 2a", r"\times b = 2ab"), ["refused"] * 2, [E] * 2),
    (("q = a^2", "+ b", "q + 0 = a^2"), ["refused"] * 3, [E] * 3),
    (("a + a = 2a", "-a = 0 - a"), ["claim"] * 2, [P] * 2),
    (("a + a = 2a", "!# Next", "+ b"), ["claim", "refused"], [P, E]),
    # a verdict on what lies wholly before the part that is refused, in rows that are whole, and on nothing else
    ((r"\begin{align} a + a &= 2a \\ &= \foo \\ &= 3a \end{align}",), ["claim", "refused", "refused"], [E, P]),
    ((r"\begin{align} a + a &= 3a \\ &= \foo \\ &= 2a \end{align}",), ["claim", "refused", "refused"], [E, R]),
    ((r"\begin{align} a + a &= \foo \\ &= 3a \\ &= 2a \end{align}",), ["refused"] * 3, [E]),
    ((r"\begin{gather} a + a = 2a \\ b + b = \foo \\ ab = ba \end{gather}",),
     ["claim", "refused", "refused"], [P, E, E]),
    ((r"q = a^2, \quad b + b = \foo", "q + 0 = a^2"), ["refused"] * 3, [E] * 2),
    ((r"q = \foo = a^2", "q + 0 = a^2"), ["refused"] * 2, [E] * 2),
    # a name that the language gives a meaning, and a page another one
    ((r"\mathrm{ReLU}(a) = \max(0,a)+1", r"\mathrm{ReLU}(a) + 0 = \max(0, a)"), ["definition", "claim"], [R]),
    ((r"\mathrm{ReLU}(a) = \max(0,a)+1", r"\mathrm{relu}(a) + 0 = \max(0, a)"), ["definition", "refused"], [E]),
    ((r"\operatorname{sgn}(a) = \frac{a}{1+|a|}", r"\operatorname{sgn}(a) + 0 = \frac{a}{1+|a|}"),
     ["definition", "claim"], [P]),
    ((r"\operatorname{sgn}(a) = \frac{a}{1+|a|}", r"\operatorname{sgn}(b) + 0 = \operatorname{sign}(b)"),
     ["definition", "refused"], [E, E]),
    ((r"\mathrm{Sigmoid}(a) = 2a", r"\mathrm{Sigmoid}(a) + 0 = \frac{1}{1+e^{-a}}"), ["definition", "claim"], [R]),
    ((r"\mathrm{Tanh}(a) = 2a", r"\mathrm{Tanh}(a) + 0 = \tanh(a)"), ["definition", "claim"], [R]),
    ((r"\mathrm{ln}(a) = 2a", r"\mathrm{ln}(a) + 0 = \log(a)"), ["definition", "claim"], [R]),
    ((r"\text{relu}(z) = 2z", r"\text{relu}(b) + 0 = \max(0,b)"), ["refused"] * 2, [E] * 2),
    # a letter that is a function before a bracket, and something else as well
    ((r"!$\sigma$ is the standard deviation.", r"\sigma(a+b) = \frac{1}{1+e^{-a-b}}"), ["refused"], [E]),
    ((r"\sigma^2 = \foo", r"\sigma(a+b) = \frac{1}{1+e^{-a-b}}"), ["refused"] * 2, [E] * 2),
    ((r"!Divided by $2σ$,", r"\sigma(a+b) = \frac{1}{1+e^{-a-b}}"), ["refused"], [E]),
    ((r"!The logistic function $\sigma$ is used.", r"\sigma(a+b) = \frac{1}{1+e^{-a-b}}"), ["claim"], [P]),
    ((r"!With $\sigma'(a) = \sigma(a)(1 - \sigma(a))$:", r"\sigma(a+b) = \frac{1}{1+e^{-a-b}}"), ["claim"], [P]),
]  # fmt: skip


@pytest.mark.parametrize(("displays", "kinds", "verdicts"), PAGES)
def test_a_page(displays: tuple[str, ...], kinds: list[str], verdicts: list[str]) -> None:
    assert read(page_of(*displays), NUMBERS) == (kinds, verdicts)


BARS = [
    r"\Big| a \big| b \big| c \Big| = |a||b||c|",
    "| a |b| c | = |a| b |c|",
    r"a + \underbrace{b}_{0} = a + b",
    r"a + \underbrace{b}_{\text{vanishes}} = a",
    r"a + \underbrace{b}_{\to 0} = a",
    r"a + \overbrace{b}^{\to 0} = a + b",
]


@pytest.mark.parametrize("display", BARS)
def test_bars_and_notes_that_do_not_say_what_they_hold_are_refused(display: str) -> None:
    kinds, verdicts = read(page_of(display), NUMBERS.replace("a, b", "a, b, c"))
    assert kinds == ["refused"]
    assert set(verdicts) == {E}


def test_bars_with_sides_are_read() -> None:
    display = r"\bigl| a\, \bigl|b\bigr| \bigr| = |a||b|"
    assert read(page_of(display), NUMBERS) == (["claim"], [P])
    display = r"\bigl| a |b| \bigr| = a |b| - 1"
    assert read(page_of(display), NUMBERS) == (["claim"], [R])


SEVERAL = [
    r"x \times y = \sum_i x_i y_i", r"x * y = \sum_i x_i y_i", r"x \ast y = \sum_i x_i y_i",
    r"x \circ y = x \odot y", r"\sum_i (x \circ y)_i = x^\top y", "|AB| = |A||B|", "|x| = |x| + 0",
]  # fmt: skip


@pytest.mark.parametrize("display", SEVERAL)
def test_what_has_several_meanings_for_arrays_is_refused(display: str) -> None:
    kinds, verdicts = read(page_of(display), ARRAYS)
    assert kinds == ["refused"]
    assert set(verdicts) == {E}


@pytest.mark.parametrize(
    "display", [r"x_i \circ y_i = x_i y_i", r"|x_i| |y_i| = |x_i y_i|", r"x_i \times y_i = y_i x_i"]
)
def test_between_numbers_it_has_one(display: str) -> None:
    assert read(page_of(display), ARRAYS) == (["claim"], [P])


@pytest.mark.parametrize("unread", [r"\delta_j = \foo", r"\delta = \foo", r"\delta_{j} = x_j = \foo"])
def test_a_delta_that_could_not_be_read_is_no_kronecker_delta(unread: str) -> None:
    kinds, verdicts = read(page_of(unread, r"\sum_i \delta_{ij} x_i = x_j"), ARRAYS)
    assert kinds == ["refused"] * 2
    assert Verdict.PROVED.value not in verdicts
    assert Verdict.REFUTED.value not in verdicts


@pytest.mark.parametrize("right", [r"\sum_{i=0}^n x_i - n a", r"\sum_{i=0}^n x_i - (n + 1) a"])
def test_a_sum_from_0_over_a_declared_size_is_refused(right: str) -> None:
    """It has a term more than the array has entries: which of the two is meant decides what n times is."""
    page = page_of(rf"\sum_{{i=0}}^n (x_i - a) = {right}")
    assert set(read(page, "size n\nreal x[n], a")[1]) == {E}
