"""What is written as LaTeX is read back as the same expression: random terms, and every line of derivations."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import assume, given, settings

from derive import catalogue
from derive.api import derivations
from derive.reading import text
from derive.reading.latex import read_equation
from derive.terms import (
    MINUS_ONE,
    ONE,
    ZERO,
    Big,
    Context,
    Delta,
    Entry,
    Equation,
    Index,
    Multiply,
    Number,
    Power,
    Term,
    Where,
    add,
    canonical,
    indicator,
    multiply,
    same_index,
    walk,
)
from derive.terms.traverse import rebuild
from derive.testing.expressions import free_indices_of
from derive.writing.latex import formula_to_latex
from tests.strategies import CONTEXT, terms


def arranged(node: Term) -> Term:
    """Return the term with what LaTeX writes alike made alike: how products, fractions and nested sums are grouped.

    Nothing else is changed, so two terms that are arranged alike mean the same.
    """
    node = rebuild(node, arranged)
    match node:
        case Big(operation, (first, *rest), body) if rest:
            return arranged(Big(operation, (first,), Big(operation, tuple(rest), body)))
        case Where(condition, then, otherwise) if (then, otherwise) == (ONE, ZERO):
            delta = condition.left
            same = isinstance(delta, Delta) and condition == same_index(delta.left, delta.right)
            return delta if same else node
        case Power(base, Number(value)) if value < 0:
            return _product([_inverse(factor) for factor in _factors(_power(base, -value))])
        case Multiply(factors):
            return _product([part for factor in factors for part in _factors(factor)])
    return node


def _power(base: Term, exponent: object) -> Term:
    return base if exponent == 1 else Power(base, Number(exponent))  # type: ignore[arg-type] # a fraction


def _factors(node: Term) -> list[Term]:
    return [part for one in node.factors for part in _factors(one)] if isinstance(node, Multiply) else [node]


def _inverse(factor: Term) -> Term:
    if isinstance(factor, Number) and factor.value:
        return Number(1 / factor.value)
    return Power(factor, MINUS_ONE)


def _product(factors: list[Term]) -> Term:
    number = ONE.value
    for factor in factors:
        number *= factor.value if isinstance(factor, Number) else 1
    rest = [factor for factor in factors if not isinstance(factor, Number)]
    return multiply(*([] if number == 1 and rest else [Number(number)]), *rest)


def alike(left: Term, right: Term) -> bool:
    """Return whether two terms are the same up to how products, fractions and nested sums are grouped."""
    return canonical(arranged(left)) == canonical(arranged(right))


ANCHOR = add(
    *(
        Entry(
            {"n": "x", "m": "y", "N": "S"}[index.dim],
            (index, Index(1, "n")) if index.dim == "N" else (index,),
        )
        for index in free_indices_of(CONTEXT)
    )
)
"""A term that holds every free index that the random terms may hold, so that each has its size."""


@pytest.mark.long
@settings(max_examples=80, deadline=None)
@given(terms())
def test_a_term_is_read_back(term: Term) -> None:
    assume(
        ZERO not in walk(term)
    )  # `0/2` is written like `0`, and `1/(0*0)` is no number that could be merged
    latex = formula_to_latex(Equation(term, ANCHOR))
    back = read_equation(latex, CONTEXT)
    assert alike(back.left, term), latex


def test_the_comparison_tells_terms_apart() -> None:
    x, y, u = Entry("x", (Index("i", "n"),)), Entry("y", (Index("a", "m"),)), Entry("u")
    assert alike(x / (y * u), multiply(x, 1 / y, 1 / u))
    assert not alike(x / (y * u), x / y * u)
    assert not alike(x - y, y - x)
    assert not alike(x + y * u, (x + y) * u)
    assert not alike(indicator(same_index(Index("i", "n"), Index("t", "n"))), ONE)


def lines_of(name: str) -> Iterator[tuple[Context, str, str]]:
    """Yield the claims of an entry and the lines of their derivations, as LaTeX and as text; continued lines whole."""
    entry = catalogue.load(name)
    for result in derivations(entry.problem, entry.file, {}).results:
        assert result.statement is not None
        assert result.context is not None
        yield result.context, formula_to_latex(result.statement), str(result.statement)
        latex, written = "", ""
        for step in result.steps or ():
            if step.latex.startswith("= "):
                yield result.context, f"{latex} {step.latex}", f"{written} {step.text}"
            else:
                latex, written = step.latex.partition(" = ")[0], step.text.partition(" = ")[0]
                yield result.context, step.latex, step.text


QUICK = (
    "brier-score",
    "hard-sigmoid",
    "laplace-nll",
    "log-softmax",
    "mean-squared-error",
    "poly-1",
    "softplus",
    "sigmoid",
)


@pytest.mark.long
@pytest.mark.parametrize("name", QUICK)
def test_every_line_of_an_entry_is_read_back(name: str) -> None:
    count = 0
    for context, latex, written in lines_of(name):
        if "pmatrix" in latex:
            continue  # a derivation written out for one size has its matrices as tables
        back, meant = read_equation(latex, context), text.read_equation(written, context)
        assert alike(back.left, meant.left), latex
        assert alike(back.right, meant.right), latex
        assert back.when == meant.when
        count += 1
    assert count
