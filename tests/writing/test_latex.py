"""Terms as LaTeX: a golden table, and names that cannot smuggle TeX in."""

from __future__ import annotations

import re

import pytest

from derive.terms import (
    PI,
    ZERO,
    Apply,
    Big,
    Binder,
    Compare,
    Delta,
    Derivative,
    Entry,
    Equation,
    Index,
    IndexRelation,
    Power,
    Relation,
    SizeNumber,
    Term,
    Where,
    add,
    indicator,
    same_index,
    term,
    total,
)
from derive.terms.functions import exp, log, sqrt
from derive.writing.boxes import show
from derive.writing.latex import box, formula_to_latex, to_latex
from derive.writing.latex_names import name_to_latex
from tests.writing.latex_parser import parse

i, j, k = (Index(name, "n") for name in "ijk")
E, T = Entry("E"), Entry("T")


def s(index: Index) -> Term:
    return Entry("s", (index,))


def p(index: Index) -> Entry:
    return Entry("p", (index,))


def c(index: Index) -> Term:
    return Entry("c", (index,))


si = Entry("s", (i,))

TABLE: list[tuple[Term, str]] = [
    (-total(c(j) * log(p(j)), j), r"-\sum_{j=1}^{n} c_{j} \log p_{j}"),
    (exp(s(i)) / total(exp(s(k)), k), r"\frac{e^{s_{i}}}{\sum_{k=1}^{n} e^{s_{k}}}"),
    (log(total(exp(s(k)), k)), r"\log \sum_{k=1}^{n} e^{s_{k}}"),
    (log(p(j)) * c(j), r"\left(\log p_{j}\right) c_{j}"),
    (log(1 - p(j)), r"\log\left(1 - p_{j}\right)"),
    (Derivative(E, (si,)), r"\frac{\partial E}{\partial s_{i}}"),
    (Derivative(s(j) ** 2, (si,)), r"\frac{\partial}{\partial s_{i}}\left(s_{j}^{2}\right)"),
    (Derivative(E, (si, Entry("s", (j,)))), r"\frac{\partial^{2} E}{\partial s_{i} \partial s_{j}}"),
    (
        total(Derivative(E, (p(j),)) * Derivative(p(j), (si,)), j),
        r"\sum_{j=1}^{n} \frac{\partial E}{\partial p_{j}} \frac{\partial p_{j}}{\partial s_{i}}",
    ),
    (
        total(-c(j) / p(j) * p(j) * (Delta(i, j) - p(i)), j),
        r"\sum_{j=1}^{n} \left(-\frac{c_{j}}{p_{j}} p_{j} \left(\delta_{ij} - p_{i}\right)\right)",
    ),
    (total(c(j), j) * p(i) - c(i), r"\left(\sum_{j=1}^{n} c_{j}\right) p_{i} - c_{i}"),
    (p(i) * total(c(j), j) - c(i), r"p_{i} \sum_{j=1}^{n} c_{j} - c_{i}"),
    (total(s(j) + 1, j), r"\sum_{j=1}^{n} \left(s_{j} + 1\right)"),
    (Big("sum", (Binder(j, (i,)),), s(j)), r"\sum_{j \neq i} s_{j}"),
    (Big("sum", (Binder(j), Binder(k)), s(j)), r"\sum_{j=1}^{n} \sum_{k=1}^{n} s_{j}"),
    (Big("prod", (Binder(j),), s(j) * c(j)), r"\prod_{j=1}^{n} \left(s_{j} c_{j}\right)"),
    (Big("max", (Binder(j),), s(j)), r"\max_{j} s_{j}"),
    (Big("mean", (Binder(j),), s(j) - 1), r"\operatorname{mean}_{j} \left(s_{j} - 1\right)"),
    (Power(term(2), s(i)), r"2^{s_{i}}"),
    (3 * Power(term(2), s(i)), r"3 \cdot 2^{s_{i}}"),
    (Power(Entry("e"), s(i)), r"\left(e\right)^{s_{i}}"),
    (s(i) ** -2, r"\frac{1}{s_{i}^{2}}"),
    (s(i) / 2, r"\frac{s_{i}}{2}"),
    (-(s(i) + 1), r"-\left(s_{i} + 1\right)"),
    (term(1) - (s(i) + 1), r"1 - \left(s_{i} + 1\right)"),
    (exp(s(i)) ** 2, r"\left(e^{s_{i}}\right)^{2}"),
    (exp(-s(i) / T), r"e^{-\frac{s_{i}}{T}}"),
    (sqrt(s(i) ** 2 + 1), r"\sqrt{s_{i}^{2} + 1}"),
    (Apply("abs", (s(i),)), r"\left|s_{i}\right|"),
    (Apply("sigmoid", (s(i),)), r"\sigma\left(s_{i}\right)"),
    (Entry("sigma") * (s(i) + 1), r"\sigma \cdot \left(s_{i} + 1\right)"),
    (Apply("softplus", (s(i),)), r"\operatorname{softplus}\left(s_{i}\right)"),
    (Apply("f", (s(i),), 2), r"f''\left(s_{i}\right)"),
    (indicator(Compare(Relation.GREATER, s(i), ZERO)), r"\mathbf{1}\{s_{i} > 0\}"),
    (
        Where(Compare(Relation.AT_LEAST, s(i), ZERO), s(i), ZERO),
        r"\begin{cases} s_{i} & \text{if } s_{i} \ge 0 \\ 0 & \text{otherwise} \end{cases}",
    ),
    (indicator(same_index(i, j)), r"\mathbf{1}\{i = j\}"),
    (Entry("y_hat", (i,)), r"\hat{y}_{i}"),
    (Entry("W", (Index(1, "n"), Index(12, "n"))), r"W_{1,12}"),
    (Entry("x", (Index("j_1", "n"), k)), r"x_{j_{1},k}"),
    (SizeNumber("n") * PI, r"n \pi"),
    (add(s(i), -2 * c(i)), r"s_{i} - 2 c_{i}"),
    (term(-1) / 2 * s(i), r"-\frac{1}{2} s_{i}"),
]


@pytest.mark.parametrize(("node", "latex"), TABLE, ids=[str(node) for node, _ in TABLE])
def test_a_term_is_written_as_on_paper(node: Term, latex: str) -> None:
    assert box(node) == parse(latex)
    assert to_latex(node) == show(parse(latex))


def test_different_terms_are_written_differently() -> None:
    assert len({latex for _, latex in TABLE}) == len(TABLE)


def test_an_equation_carries_its_cases() -> None:
    equation = Equation(Delta(i, j), ZERO, (IndexRelation(i, j, equal=False),))
    assert formula_to_latex(equation) == r"\delta_{ij} = 0 \quad i \neq j"


NAMES = [
    "x",
    "e",
    "gamma",
    "Gamma",
    "epsilon",
    "y_hat",
    "score",
    "score_hat",
    "_hat",
    "x1",
    "W_out",
    "__",
    "omicron",
]


def test_names_stay_apart() -> None:
    assert len({name_to_latex(name) for name in NAMES}) == len(NAMES)


@pytest.mark.parametrize(
    "name", ["input", "def", "write18", r"\input{x}", "a}b", "a$b", "a%b", "a#b", "x^^M"]
)
def test_no_tex_gets_in_through_a_name(name: str) -> None:
    word = re.fullmatch(r"\\mathrm\{((?:[A-Za-z0-9]|\\_)+)\}", name_to_latex(name))
    assert word is not None
