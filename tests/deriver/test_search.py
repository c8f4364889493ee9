"""The search on random formulas: it raises nothing unexpected, and what it gives is proved; its parts one by one."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive import deriver
from derive.deriver.algebra import Arithmetic
from derive.deriver.factored import rational
from derive.deriver.folding import folds
from derive.deriver.letters import Letters
from derive.deriver.matching import match
from derive.deriver.shapes import Shapes
from derive.errors import DeriveError
from derive.kernel import prover
from derive.terms import (
    ONE,
    ZERO,
    Big,
    Compare,
    Context,
    Definition,
    Delta,
    Derivative,
    Entry,
    Equation,
    Index,
    Power,
    Relation,
    Term,
    Variable,
    Where,
    free_indices,
    same,
    term,
    total,
)
from derive.terms.functions import absolute, exp, log
from tests.deriver.problems import SIGMOIDS, SOFTMAX, c, context, i, j, k, p, s

LEAVES = st.sampled_from(
    [s(i), s(j), c(i), c(j), p(i), p(j), Delta(i, j), term(2), term(Fraction(-1, 3)), ONE]
)


def grown(inner: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
    return st.one_of(
        st.tuples(inner, inner).map(lambda ab: ab[0] + ab[1]),
        st.tuples(inner, inner).map(lambda ab: ab[0] - ab[1]),
        st.tuples(inner, inner).map(lambda ab: ab[0] * ab[1]),
        inner.map(exp),
        inner.map(lambda a: log(1 + exp(a))),
        inner.map(lambda a: a**2),
        inner.map(lambda a: 1 / (1 + a**2)),
        inner.map(lambda a: total(a, j)),
        inner.map(lambda a: Where(Compare(Relation.GREATER, s(i), ZERO), a, ZERO)),
    )


TERMS = st.recursive(LEAVES, grown, max_leaves=5)
GIVEN = context(SOFTMAX)


@settings(max_examples=25)
@given(TERMS)
def test_what_the_search_gives_is_proved(body: Term) -> None:
    goal = Derivative(body, (s(i),))
    try:
        short = deriver.simplify(goal, GIVEN)
    except DeriveError:
        return
    if not same(short, goal):
        assert isinstance(prover.prove(Equation(goal, short), GIVEN), prover.Theorem)


@settings(max_examples=15)
@given(TERMS)
def test_the_lines_of_a_random_derivation_join(body: Term) -> None:
    goal = Derivative(body, (s(i),))
    try:
        found = deriver.derive_steps(goal, GIVEN)
    except DeriveError:
        return
    for above, step in zip(found.steps, found.steps[1:], strict=False):
        assert not step.continues or same(above.after, step.before)
    if found.steps:
        assert found.steps[0].before == goal


# ---------------------------------------------------------------- parts

Z = total(exp(s(k)), k)


@pytest.mark.parametrize(
    ("node", "expanded"),
    [
        (total(-c(j) / p(j) * p(j) * (Delta(i, j) - p(i)), j), "p[i]*sum(c[k], k) - c[i]"),
        ((-c(i) / p(i) + (1 - c(i)) / (1 - p(i))) * p(i) * (1 - p(i)), "p[i] - c[i]"),
        (total(exp(s(i)) / Z, i), "1"),
        (exp(s(i) - s(i)), "1"),
        (total(ONE, j), "n"),
        (Big("sum", total(ONE, j).binders, Delta(i, j)), "1"),  # type: ignore[attr-defined]  # total gives a Big
    ],
    ids=str,
)
def test_multiplied_out(node: Term, expanded: str) -> None:
    assert str(Letters(GIVEN).relabel(Arithmetic().term(node))) == expanded


@pytest.mark.parametrize(
    ("node", "best"),
    [
        (Delta(i, j) * p(j) - p(i) * p(j), "p[j]*(delta(i,j) - p[i])"),
        (2 * p(i) ** 2 - 2 * p(i) * c(i), "2*p[i]*(p[i] - c[i])"),
        (p(i) / (p(i) + p(j)) + p(j) / (p(i) + p(j)), "1"),
        (Power(1 - c(i), Entry("g")) / (1 - c(i)), "(1 - c[i])^(g - 1)"),
        (1 - c(i) ** 2 - c(j) + c(j) * c(i) ** 2, "(1 - c[i]^2)*(1 - c[j])"),
        (total(p(j) ** 2, j) - total(p(j) * c(j), j), "sum(p[k]*(p[k] - c[k]), k)"),
    ],
    ids=str,
)
def test_the_shortest_shape(node: Term, best: str) -> None:
    shape = Letters(GIVEN).relabel(Shapes().ranked(node, j)[0])
    assert str(shape) == best


def test_over_one_line() -> None:
    algebra = Arithmetic()
    found = rational(algebra.sum(1 / p(i) - 1 / p(j)), algebra)
    assert found is not None
    assert str(found.factored()) == "(p[j] - p[i])/(p[i]*p[j])"


@pytest.mark.parametrize(
    ("given_", "node", "folded"),
    [
        (context(SOFTMAX), exp(s(i)) * exp(s(j)) / Z**2, "p[i]*p[j]"),
        (context(SIGMOIDS), exp(-s(i)) / (1 + exp(-s(i))) ** 2, "p[i] - p[i]^2"),
        (context(SOFTMAX), total(exp(s(j)) * c(j), j) / Z, "sum(c[k]*p[k], k)"),
    ],
    ids=["softmax", "sigmoid", "inside a sum"],
)
def test_a_definition_read_backwards(given_: object, node: Term, folded: str) -> None:
    (fold,) = folds(given_)  # type: ignore[arg-type]  # a Context, as the rows say
    done = fold.apply(node)
    assert done is not None
    assert str(Letters(GIVEN).relabel(done)) == folded


def test_nothing_to_fold_is_said() -> None:
    (fold,) = folds(context(SOFTMAX))
    assert fold.apply(c(i) * s(i)) is None


def test_a_definition_that_leads_back_to_itself_is_not_read_backwards() -> None:
    """`y = x/(1 + |x|)` is `x = y (1 + |x|)`, which would be put into itself for ever."""
    x = Entry("x")
    y = Definition("y", (), x / (1 + absolute(x)))
    scalar = Context(variables={"x": Variable("x", ())}, definitions={"y": y})
    assert folds(scalar) == []
    assert deriver.derive_steps(Derivative(Entry("y"), (x,)), scalar).steps
    (fold,) = folds(replace(scalar, definitions={"y": replace(y, body=exp(x) / (1 + exp(x)))}))
    assert str(fold.apply(1 / (1 + exp(x)))) == "1 - y"


def test_matching_finds_the_indices() -> None:
    a = Index("a", "n")
    assert match(exp(s(a)), exp(s(j)), frozenset({a})) == {a: j}
    assert match(exp(s(a)), exp(c(j)), frozenset({a})) is None
    assert match(s(a) * c(a), s(i) * c(j), frozenset({a})) is None


def test_letters_never_capture() -> None:
    node = total(s(Index("@0", "n")) * c(j), Index("@0", "n"))
    shown = Letters(GIVEN).relabel(node)
    assert set(free_indices(shown)) == {j}
    assert same(shown, node)
