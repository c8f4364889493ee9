"""Bound letters: no sum reuses the letter of a sum around it, and nothing is captured when one gives way."""

from __future__ import annotations

import pytest
from hypothesis import given

from derive.deriver import derive_steps
from derive.deriver.letters import Letters
from derive.reading.text import read
from derive.terms import Big, Binder, Context, Term, children, same, total
from tests.deriver.problems import c, context, i, j, k, p, s
from tests.strategies import CONTEXT, terms

CHAIN = """size K, d
real m[K,d], x[d]
let g[k] = exp(sum(m[k,a]*x[a], a))
let L = log(sum(g[k], k))
claim D(L, x[a]) = sum(g[k]*m[k,a], k)/sum(g[k], k)
"""


def reuses(node: Term, around: frozenset[str] = frozenset()) -> bool:
    """Tell whether a sum within a term binds the letter of a sum around it."""
    if isinstance(node, Big):
        bound = {str(binder.index.name) for binder in node.binders}
        if bound & around:
            return True
        around |= bound
    return any(reuses(child, around) for child in children(node))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (total(c(j) * total(s(j), j), j), "sum(c[j]*sum(s[k], k), j)"),
        (total(c(j), j) * total(s(j), j), "sum(c[j], j)*sum(s[j], j)"),
        (total(c(j) * total(s(j) * p(k), j), j), "sum(c[j]*sum(s[l]*p[k], l), j)"),
        (total(c(j) * total(s(j) * total(c(j), j), j), j), "sum(c[j]*sum(s[k]*sum(c[l], l), k), j)"),
        (Big("sum", (Binder(j),), total(s(j), j)), "sum(sum(s[k], k), j: n)"),
        (total(c(j) * Big("sum", (Binder(j, (i,)),), s(j)), j), "sum(c[j]*sum(s[k], k != i), j)"),
        (s(j) * total(s(j), j), "s[j]*sum(s[k], k)"),
    ],
)
def test_an_inner_letter_gives_way_and_no_other(before: Term, after: str) -> None:
    done = Letters(context()).apart(before)
    assert str(done) == after
    assert same(before, done)


@given(terms(CONTEXT))
def test_every_term_keeps_its_meaning(node: Term) -> None:
    done = Letters(CONTEXT).apart(node)
    assert same(node, done)
    assert not reuses(done)
    assert Letters(CONTEXT).apart(done) == done


def test_no_line_of_a_derivation_reuses_a_letter() -> None:
    (problem,) = read(CHAIN, "chain")
    (claim,) = problem.claims
    found = derive_steps(claim.equations[0].left, claim.context)
    sums = [step for step in found.steps if "sum(" in str(step.after)]
    assert len(sums) > 3
    assert not any(reuses(step.after) for step in found.steps)


def test_letters_differ_from_names_that_are_declared() -> None:
    given_k = Context(context().sizes, {**context().variables, "k": context().variables["s"]})
    inner = total(c(j) * total(s(j), j), j)
    assert str(Letters(given_k).apart(inner)) == "sum(c[j]*sum(s[l], l), j)"
