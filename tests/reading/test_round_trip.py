"""What is written as text is read back as the same term, and written again as the same text."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.problem.declarations import declarations
from derive.reading.text import read, read_term
from derive.terms import (
    MINUS_ONE,
    ONE,
    ZERO,
    Big,
    Binder,
    Context,
    Delta,
    Entry,
    Index,
    Number,
    Power,
    Size,
    Term,
    Variable,
    add,
    indicator,
    multiply,
    negate,
    same,
    same_index,
    to_text,
)
from tests.strategies import CONTEXT, contexts, scalar_terms, terms

i, j, k, a = Index("i", "n"), Index("j", "n"), Index("k", "n"), Index("a", "m")
n_j, m_j = Index("j", "n"), Index("j", "m")
u, v = Entry("u"), Entry("T")


def x(index: Index) -> Entry:
    return Entry("x", (index,))


def anchored(term: Term) -> Term:
    """Return the term beside arrays that tell over what its free indices run."""
    over = {"n": lambda index: x(index), "m": lambda index: Entry("y", (index,))}
    over["N"] = lambda index: Entry("S", (index, Index("t", "n")))
    letters = [
        Index(letter, dim) for letter, dim in zip("ikabgh", ("n", "n", "m", "m", "N", "N"), strict=True)
    ]
    return add(term, *(over[index.dim](index) for index in letters))


@given(terms())
def test_term_to_text_to_term(term: Term) -> None:
    written = to_text(anchored(term))
    found = read_term(written, CONTEXT)
    assert found == anchored(term) or same(found, anchored(term)), written
    assert to_text(found) == written


@given(st.data())
def test_terms_of_random_contexts(data: st.DataObject) -> None:
    context = data.draw(contexts())
    term = data.draw(scalar_terms(context, depth=2))
    written = to_text(term)
    found = read_term(written, context)
    assert same(found, term), written
    assert to_text(found) == written


EXACT = [
    Number(Fraction(-1, 2)),
    multiply(Number(Fraction(1, 2)), u),
    multiply(u, Number(Fraction(1, 2))),
    multiply(u, Number(Fraction(-1, 2))),
    multiply(2, Power(Number(Fraction(3)), MINUS_ONE)),
    multiply(1, Power(u, MINUS_ONE)),
    multiply(-1, Power(u, MINUS_ONE)),
    multiply(-1, 3),
    multiply(-1, 3, u),
    multiply(-1, -1, u),
    multiply(-1, Number(Fraction(1, 2)), u),
    multiply(-1, Power(Number(Fraction(3)), MINUS_ONE), u),
    multiply(u, Power(Number(Fraction(3)), MINUS_ONE)),
    multiply(u, Power(Number(Fraction(-3)), MINUS_ONE)),
    multiply(2, 3, Power(v, MINUS_ONE)),
    multiply(Power(u, MINUS_ONE), Power(v, MINUS_ONE)),
    Power(Number(Fraction(3)), MINUS_ONE),
    Power(Power(u, MINUS_ONE), MINUS_ONE),
    Power(multiply(u, v), MINUS_ONE),
    Power(ZERO, MINUS_ONE),
    Power(Power(u, v), u),
    Power(u, Power(v, u)),
    Power(Number(Fraction(-2)), u),
    negate(Power(u, Number(Fraction(2)))),
    add(u, multiply(-2, v)),
    add(u, multiply(-1, 2, v)),
    add(u, Number(Fraction(-1, 3))),
    add(u, multiply(-1, Power(v, MINUS_ONE), u)),
    add(negate(u), negate(add(u, v))),
    multiply(-1, add(u, v), v),
    indicator(same_index(i, j)),
    Delta(a, Index(2, "m")),
    Big("sum", (Binder(j), Binder(k, (j,))), multiply(x(j), x(k))),
    Big("sum", (Binder(j, (i, k)),), x(j)),
    Big("mean", (Binder(j, (i,)),), ONE),
    Big("max", (Binder(j),), u),
    Big("max", (Binder(j),), Big("sum", (Binder(j),), x(j))),
]


@pytest.mark.parametrize("term", EXACT, ids=to_text)
def test_exactly(term: Term) -> None:
    beside = add(term, x(i), x(j), x(k), Entry("y", (a,)))
    assert read_term(to_text(beside), CONTEXT) == beside


CLASHES = [
    # one letter bound over two sizes, and the outer one needed inside
    Big("sum", (Binder(n_j),), Big("sum", (Binder(m_j),), Entry("W", (n_j, m_j)))),
    # what is excluded is free and has the letter that is bound
    Big("sum", (Binder(j, (j,)),), x(j)),
    Big("sum", (Binder(j, (k,)), Binder(k)), multiply(x(j), x(k))),
]


@pytest.mark.parametrize("term", CLASHES, ids=repr)
def test_letters_that_would_be_misread_are_renamed(term: Term) -> None:
    beside = add(term, x(j), x(k))
    assert same(read_term(to_text(beside), CONTEXT), beside)


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("x[i]-2*u", "x[i] - 2*u"),
        ("-x[i]^2", "-x[i]^2"),
        ("2^-u", "2^(-u)"),
        ("u**2**T", "u^(2^T)"),
        ("a/b/c", "a/b/c"),
        ("u/3", "u/3"),
        ("0.25*u", "1/4*u"),
        ("1e-3", "1/1000"),
        ("sum(1,j:n!=i)*x[i]", "sum(1, j: n != i)*x[i]"),
        ("sum(x[j],j!=i,j!=k)*x[i]*x[k]", "sum(x[j], j != i, j != k)*x[i]*x[k]"),
        ("[x[i]>0]", "[x[i] > 0]"),
        ("[i=k]*x[i]", "delta(i,k)*x[i]"),
        ("[i!=k]*x[i]", "[i != k]*x[i]"),
        ("where(delta(i,k)=1,u,T)*x[i]", "where(i = k, u, T)*x[i]"),
        ("f''(u)", "f''(u)"),
        ("+u", "u"),
    ],
)
def test_how_it_is_printed(text: str, printed: str) -> None:
    context = Context(
        CONTEXT.sizes,
        {**CONTEXT.variables, "a": Variable("a"), "b": Variable("b"), "c": Variable("c")},
        CONTEXT.labels,
        CONTEXT.functions,
    )
    assert to_text(read_term(text, context)) == printed
    assert to_text(read_term(printed, context)) == printed


@given(contexts())
def test_a_context_written_as_declarations_is_read_as_itself(context: Context) -> None:
    text = "\n".join(declarations(context))
    (problem,) = read(text)
    assert not problem.failures
    assert problem.context == context


def test_a_size_alone() -> None:
    (problem,) = read("size n >= 2")
    assert problem.context.sizes == {"n": Size("n", minimum=2)}
