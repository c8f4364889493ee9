"""Problems that the tests of the deriver share, built by hand."""

from __future__ import annotations

from derive.terms import (
    ONE,
    Compare,
    Context,
    Definition,
    Derivative,
    Entry,
    Hypothesis,
    Index,
    Relation,
    Size,
    Term,
    Variable,
    total,
)
from derive.terms.functions import exp, log

i, j, k, l = (Index(name, "n") for name in "ijkl")
t = Index("t", "n")
E = Entry("E")


def entry(name: str, *indices: Index) -> Entry:
    return Entry(name, indices)


def s(index: Index) -> Entry:
    return entry("s", index)


def p(index: Index) -> Entry:
    return entry("p", index)


def c(index: Index) -> Entry:
    return entry("c", index)


def slope(body: Term, *by: Entry) -> Derivative:
    return Derivative(body, by)


SUMS_TO_ONE = Hypothesis(Compare(Relation.EQUAL, total(c(j), j), ONE), "sum(c[j], j) = 1")
SOFTMAX = Definition("p", (i,), exp(s(i)) / total(exp(s(k)), k))
SIGMOIDS = Definition("p", (i,), 1 / (1 + exp(-s(i))))
CROSS_ENTROPY = Definition("E", (), -total(c(j) * log(p(j)), j))
BINARY_FORM = Definition("E", (), -total(c(j) * log(p(j)) + (1 - c(j)) * log(1 - p(j)), j))
ONE_LABEL = Definition("E", (), -log(p(t)))
SQUARED = Definition("E", (), total((p(j) - c(j)) ** 2, j))
LOG_SUM_EXP = Definition("E", (), log(total(exp(s(k)), k)) - total(c(j) * s(j), j))


def context(*definitions: Definition, given: tuple[Hypothesis, ...] = (), size: int | None = None) -> Context:
    return Context(
        sizes={"n": Size("n", fixed=size)},
        variables={name: Variable(name, ("n",)) for name in "sc"},
        labels={"t": t},
        definitions={one.name: one for one in definitions},
        hypotheses=given,
    )


def cross_entropy(size: int | None = None) -> Context:
    return context(SOFTMAX, CROSS_ENTROPY, given=(SUMS_TO_ONE,), size=size)


def binary_form(size: int | None = None) -> Context:
    return context(SOFTMAX, BINARY_FORM, given=(SUMS_TO_ONE,), size=size)
