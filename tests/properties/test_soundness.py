"""What the kernel proves the oracle never refutes, and what has no value has no witness."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.errors import DeriveError
from derive.kernel.differentiation import resolve
from derive.kernel.prover import Theorem, has_no_value, prove
from derive.oracle import SearchBudget, examine
from derive.terms import ONE, ZERO, Context, Derivative, Equation, Where, multiply
from tests.properties.claims import WHEN, contexts, equation, random_terms, replaced, scope
from tests.strategies import conditions, entries

pytestmark = pytest.mark.long

BUDGET = SearchBudget(points=8, evaluations=400, seconds=0.5)


def agree(asked: Equation, context: Context) -> None:
    """Fail if the two engines contradict each other."""
    try:
        proved = isinstance(prove(asked, context), Theorem)
        nowhere = has_no_value(asked, context)
        if not (proved or nowhere):
            return
        found = examine(asked, context, BUDGET)
    except DeriveError:
        return
    assert not (proved and found.counterexample), found.counterexample
    assert not (nowhere and (found.counterexample or found.witnesses))


@given(st.data())
def test_rewritten_terms(data: st.DataObject) -> None:
    """A term against itself with one place rewritten by a rule that looks true."""
    context = data.draw(contexts())
    term = data.draw(random_terms(context))
    agree(equation(term, replaced(data.draw, term), data.draw(st.sampled_from(WHEN))), context)


@given(st.data())
def test_conditions(data: st.DataObject) -> None:
    """A comparison decided from declarations, hypotheses, and where a random term has a value."""
    context = data.draw(contexts())
    term = multiply(ZERO, data.draw(random_terms(context)))
    truth = Where(data.draw(conditions(scope(context), 1)), ONE, ZERO)
    asked = equation(term + truth, data.draw(st.sampled_from((ZERO, ONE))), data.draw(st.sampled_from(WHEN)))
    agree(asked, context)


@given(st.data())
def test_conditions_under_conditions(data: st.DataObject) -> None:
    """One comparison says nothing of another that it should not."""
    context = data.draw(contexts())
    first, second = (data.draw(conditions(scope(context), 1)) for _ in range(2))
    term = multiply(ZERO, data.draw(random_terms(context, 1)))
    agree(equation(Where(first, Where(second, ONE, ZERO), ONE) + term, ONE), context)


@given(st.data())
def test_derivatives(data: st.DataObject) -> None:
    """The derivative as the calculus takes it, against that of the oracle, which knows no rule."""
    context = data.draw(contexts())
    body = data.draw(random_terms(context))
    by = data.draw(entries(scope(context, derivatives=False)))
    derivative = Derivative(body, (by,))
    try:
        taken = resolve(derivative, context)
    except DeriveError:
        return
    asked = equation(derivative, taken, data.draw(st.sampled_from(WHEN)))
    found = examine(asked, context, BUDGET)
    assert found.counterexample is None, found.counterexample
    agree(asked, context)


@given(st.data())
def test_second_derivatives(data: st.DataObject) -> None:
    """Their order does not matter, where both have a value."""
    context = data.draw(contexts())
    body = data.draw(random_terms(context))
    first, second = (data.draw(entries(scope(context, derivatives=False))) for _ in range(2))
    agree(equation(Derivative(body, (first, second)), Derivative(body, (second, first))), context)
