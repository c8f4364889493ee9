"""How terms are written as text, which is read back as the same term."""

from __future__ import annotations

import pytest

from derive.reading.text import read_term
from derive.terms import MINUS_ONE, ONE, Entry, Multiply, Number, Power, Term
from tests.kernel.normal_form.forms import CONTEXT

U, V = Entry("u"), Entry("v")
TWO = Number(ONE.value * 2)


def over(node: Term) -> Power:
    """Return one over a term."""
    return Power(node, MINUS_ONE)


WRITTEN = (
    (over(U), "1/u"),
    (over(TWO), "2^(-1)"),
    (Multiply((U, over(V))), "u/v"),
    (Multiply((U, over(TWO))), "u/2"),
    (Multiply((TWO, over(U))), "2/u"),
    (Multiply((TWO, over(TWO))), "2*2^(-1)"),
    (Multiply((ONE, over(U))), "1*(1/u)"),
    (Multiply((MINUS_ONE, U, V)), "-u*v"),
    (Multiply((MINUS_ONE, U, TWO)), "-u*2"),
    (Multiply((MINUS_ONE, TWO, U)), "-1*2*u"),
    (Multiply((MINUS_ONE, over(U))), "-1/u"),
    (Number(-ONE.value / 3), "-1/3"),
    (Power(Number(-ONE.value / 3), TWO), "(-1/3)^2"),
    (Multiply((U, Number(-ONE.value / 3))), "u*(-1/3)"),
    (Multiply((U, Number(-TWO.value))), "u*-2"),
)


@pytest.mark.parametrize(("node", "text"), WRITTEN, ids=[text for _, text in WRITTEN])
def test_a_term_as_text(node: Term, text: str) -> None:
    assert str(node) == text


@pytest.mark.parametrize("text", [text for _, text in WRITTEN])
def test_the_text_is_read_back(text: str) -> None:
    assert str(read_term(text, CONTEXT)) == text
