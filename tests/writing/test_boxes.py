"""LaTeX taken apart: nothing is lost, lines are no wider than asked, breaks fall at operators."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.terms import Delta, Entry, Index, Term, add, total
from derive.writing.boxes import lines, show, sides, width
from derive.writing.latex import to_latex
from derive.writing.latex_prose import code, escaped, prose
from tests.writing.latex_parser import parse
from tests.writing.test_latex import TABLE


def squeezed(latex: str) -> str:
    return latex.replace(" ", "")


@pytest.mark.parametrize("latex", [latex for _, latex in TABLE])
def test_taken_apart_and_put_together(latex: str) -> None:
    assert squeezed(show(parse(latex))) == squeezed(latex)
    assert parse(show(parse(latex))) == parse(latex)


def long_sum(count: int) -> Term:
    i, j = Index("i", "n"), Index("j", "n")
    inner = add(*(Entry(f"x_{k}", (j,)) * (Delta(i, j) - Entry("p", (i,))) for k in range(count)))
    return Entry("c", (i,)) * total(inner, j) - Entry("d", (i,))


@pytest.mark.parametrize("limit", [20.0, 30.0, 45.0])
def test_long_lines_are_broken_even_inside_brackets(limit: float) -> None:
    row = parse(to_latex(long_sum(12)))
    assert width(row) > limit
    pieces = lines(row, limit)
    written = list(map(show, pieces))
    assert len(pieces) > 1
    assert all(width(piece) <= limit for piece in pieces)
    assert all(piece.startswith(("+", "-")) for piece in written[1:])


def test_breaking_loses_nothing() -> None:
    latex = to_latex(long_sum(12))
    joined = squeezed(" ".join(map(show, lines(parse(latex), 25))))
    for sized, plain in ((r"\Bigl(", r"\left("), (r"\Bigr)", r"\right)")):
        joined = joined.replace(sized, plain)
    assert joined == squeezed(latex)


def test_a_short_line_is_left_alone() -> None:
    row = parse(r"p_{i} - c_{i}")
    assert lines(row, 20) == [row]


def test_the_sides_of_an_equation() -> None:
    left, right = sides(parse(r"\frac{\partial E}{\partial s_{i}} = p_{i}"))
    assert show(left) == r"\frac{\partial E}{\partial s_{i}}"
    assert show(right) == "= p_{i}"
    assert show(sides(parse("= p_{i}"))[0]) == ""


@given(st.text(max_size=40))
def test_no_text_means_anything_to_tex(text: str) -> None:
    for written in (escaped(text), prose(text), code(text)):
        assert written.isascii()
        for mark in ("&", "%", "#"):
            assert written.count(mark) == written.count(f"\\{mark}")
        assert written.replace(r"\{", "").replace(r"\}", "").count("{") == written.replace(r"\{", "").replace(
            r"\}", ""
        ).count("}")


def test_prose_keeps_its_words() -> None:
    assert prose("for all n >= 1, é & 50%") == r"for all n $\ge$ 1, \'{e} \& 50\%"
    assert escaped(r"\input{x}") == r"\textbackslash{}input\{x\}"
