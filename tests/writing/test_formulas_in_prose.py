"""Formulas in sentences: where they stand, how they are set, and that what is none stays text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.api import check
from derive.reading.text import read
from derive.verification.spelled import spelled
from derive.writing.formulas_in_prose import pieces_of

PIECES = [
    ("the sum over j of p is missing", ["j", "p"]),
    ("D(E, p[i])*D(p[i], s[i]) was used", ["D(E, p[i])*D(p[i], s[i])"]),
    ("-(1 - y)/(1 - p) has the wrong sign: -y/p is right", ["-(1 - y)/(1 - p)", "-y/p"]),
    ("it holds if sum(c[j], j) = 1 is given", ["sum(c[j], j) = 1"]),
    ("x[j] != 0 for all j", ["x[j] != 0", "j"]),
    ("the constant factor 1 - delta(i_1,j_1) is missing", ["1 - delta(i_1,j_1)"]),
    ("the derivative of -x where that of exp(-x) belongs", ["-x", "exp(-x)"]),
    ("a factor (free of the index) is missing", []),
    ("A sum is no product, and I see a word-by-word copy.", []),
]

TEXT = """size n
real s[n], c[n], x
label t: n
given sum(c[j], j) = 1
let p[i] = exp(s[i]) / sum(exp(s[k]), k)
let E = -sum(c[j]*log(p[j]), j)
claim D(E, s[i]) = -c[i]*(1 - p[i])
"""
CONTEXT = read(TEXT)[0].context


@pytest.mark.parametrize(("text", "formulas"), PIECES)
def test_where_formulas_stand(text: str, formulas: list[str]) -> None:
    pieces = list(pieces_of(text))
    assert "".join(piece for _, piece in pieces) == text
    assert [piece for formula, piece in pieces if formula] == formulas


@given(st.text(alphabet="abxD()[]*/-+=!<> ,.'^1", max_size=40))
def test_no_sign_is_lost(text: str) -> None:
    assert "".join(piece for _, piece in pieces_of(text)) == text
    spelled(CONTEXT, text)


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("D(E, s[i])", r"\frac{\partial E}{\partial s_{i}}"),
        ("sum(c[j], j) = 1", r"\sum_{j=1}^{n} c_{j} = 1"),
        ("x != 0", r"x \neq 0"),
        ("sum(s[j], j != i)", r"\sum_{j \neq i} s_{j}"),
        ("n = 2", "n = 2"),
        ("j", "j"),
        ("i = t", "i = t"),
        ("p", "p"),
        ("q[i] + 1", None),
        ("this is", None),
        ("(x", None),
        ("", None),
    ],
)
def test_how_a_formula_is_set(text: str, latex: str | None) -> None:
    assert spelled(CONTEXT, text) == latex


def test_a_diagnosis_is_set_as_mathematics() -> None:
    report = check(TEXT)
    (result,) = report.results
    assert result.diagnosis is not None
    page = report.html()
    mistake = page.split("The mistake: ")[1].split("</p>")[0]
    assert mistake.count("<math>") >= 3
    assert "<code>" not in mistake
    latex = report.latex().split("The mistake:")[1].split("Correct is")[0]
    assert r"$\frac{\partial E}{\partial p_{i}} \frac{\partial p_{i}}{\partial s_{i}}$" in latex
    assert r"\texttt" not in latex
    assert "`" in report.markdown()


def test_hypotheses_and_conditions_are_set_as_mathematics() -> None:
    page = check("real x\nreal y\ngiven y = 1\nclaim D(log(x*x), x) = 2*y/x").html()
    details = page.split("<ul>")[1].split("</ul>")[0]
    assert details.count("<math>") == 2
    assert "<code>" not in details
