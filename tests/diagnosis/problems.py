"""Losses of several kinds, built by hand, for claims about them that hold but for one mistake."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from derive.terms import (
    ONE,
    Bound,
    Compare,
    Context,
    Definition,
    Delta,
    Derivative,
    Entry,
    Hypothesis,
    Index,
    Number,
    Relation,
    Size,
    SizeNumber,
    Term,
    Variable,
    negate,
    total,
)
from derive.terms.contexts import VariableKind
from derive.terms.functions import exp, log

i, j, k, l, t = (Index(name, "n") for name in "ijklt")
a, b = Index("a", "N"), Index("b", "N")
f, h = Index("f", "d"), Index("h", "d")
n, N = SizeNumber("n"), SizeNumber("N")
x, y, T = Entry("x"), Entry("y"), Entry("T")
E = Entry("E")


def at(name: str, *indices: Index) -> Entry:
    return Entry(name, indices)


def number(value: str) -> Number:
    return Number(Fraction(value))


def delta(one: Index, other: Index) -> Delta:
    return Delta(one, other)


def d(body: Term, *variables: Entry) -> Derivative:
    return Derivative(body, variables)


def s(index: Index) -> Entry:
    return at("s", index)


def c(index: Index) -> Entry:
    return at("c", index)


def p(index: Index) -> Entry:
    return at("p", index)


def given(context: Context, left: Term, right: Term) -> Context:
    return replace(
        context, hypotheses=(*context.hypotheses, Hypothesis(Compare(Relation.EQUAL, left, right)))
    )


def loss(context: Context, body: Term) -> Context:
    return replace(context, definitions={**context.definitions, "E": Definition("E", (), body)})


def arrays(sizes: str, kind: VariableKind = "real", **shapes: str) -> Context:
    variables = {name: Variable(name, tuple(dims), kind=kind) for name, dims in shapes.items()}
    return Context(sizes={name: Size(name) for name in sizes}, variables=variables)


SCALARS = arrays("", x="", y="")
POSITIVE = replace(SCALARS, variables={"x": Variable("x", (), (Bound(Relation.GREATER, number("0")),))})


def softmax(array: Callable[[Index], Term], at: Index, bound: Index) -> Term:
    """Return `exp(x_i) / Σ_k exp(x_k)`."""
    return exp(array(at)) / total(exp(array(bound)), bound)


SOFTMAX = replace(arrays("n", s="n", c="n"), definitions={"p": Definition("p", (i,), softmax(s, i, k))})
FREE = loss(SOFTMAX, negate(total(c(j) * log(p(j)), j)))
CROSS_ENTROPY = given(FREE, total(c(j), j), ONE)
BINARY = loss(CROSS_ENTROPY, negate(total(c(j) * log(p(j)) + (1 - c(j)) * log(1 - p(j)), j)))
SQUARES = loss(SOFTMAX, total((p(j) - c(j)) ** 2, j))
LABEL = replace(SOFTMAX, labels={"t": t})

TEMPERATURE = loss(
    replace(
        SOFTMAX,
        variables={**SOFTMAX.variables, "T": Variable("T", (), (Bound(Relation.GREATER, number("0")),))},
        definitions={"p": Definition("p", (i,), softmax(lambda m: s(m) / T, i, k))},
    ),
    negate(total(c(j) * log(p(j)), j)),
)
TEMPERED = given(TEMPERATURE, total(c(j), j), ONE)

FORM = arrays("n", x="n", A="nn")
QUADRATIC = total(at("x", i) * at("A", i, j) * at("x", j), i, j)

REGRESSION = replace(
    arrays("Nd", X="Nd", w="d", y="N"),
    definitions={"r": Definition("r", (a,), total(at("X", a, f) * at("w", f), f) - at("y", a))},
)
SQUARED_RESIDUALS = total(at("r", a) ** 2, a) / N
