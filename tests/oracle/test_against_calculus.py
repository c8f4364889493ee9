"""Two engines without common mathematics: derivatives by rules and derivatives by series agree on random terms."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.kernel.differentiation import resolve
from derive.oracle import SearchBudget, examine
from derive.terms import (
    Apply,
    Big,
    Binder,
    Compare,
    Context,
    Definition,
    Delta,
    Derivative,
    Entry,
    Equation,
    Index,
    Number,
    Power,
    Relation,
    Size,
    SizeNumber,
    Term,
    Variable,
    Where,
    add,
    multiply,
    total,
)
from derive.terms.functions import TABLE

i, j, k = (Index(letter, "n") for letter in "ijk")
U = Entry("u")
SINGLE = sorted(name for name, row in TABLE.items() if row.arity == 1)
CONTEXT = Context(
    sizes={"n": Size("n")},
    variables={"x": Variable("x", ("n",)), "u": Variable("u"), "W": Variable("W", ("n", "n"))},
    definitions={
        "p": Definition(
            "p", (i,), Apply("exp", (Entry("x", (i,)),)) / total(Apply("exp", (Entry("x", (k,)),)), k)
        )
    },
)


class Growing:
    """Random terms over x[n], u, W[n,n] and the softmax p of x."""

    def __init__(self, seed: int) -> None:
        self.source = random.Random(seed)  # noqa: S311 - a test

    def term(self, depth: int, indices: tuple[Index, ...]) -> Term:
        if depth == 0 or self.source.random() < 0.15:
            return self.leaf(indices)
        kind = self.source.choice(
            ("add", "multiply", "power", "apply", "where", "extreme", "D", "big", "big")
        )
        return getattr(self, kind)(depth - 1, indices)  # type: ignore[no-any-return]

    def leaf(self, indices: tuple[Index, ...]) -> Term:
        a, b = self.source.choice(indices), self.source.choice(indices)
        number = Number(Fraction(self.source.randint(-3, 3), self.source.randint(1, 3)))
        entries = (Entry("x", (a,)), Entry("x", (a,)), U, Entry("W", (a, b)), Entry("p", (a,)))
        return self.source.choice((*entries, number, Delta(a, b), SizeNumber("n")))

    def add(self, depth: int, indices: tuple[Index, ...]) -> Term:
        return add(self.term(depth, indices), self.term(depth, indices))

    def multiply(self, depth: int, indices: tuple[Index, ...]) -> Term:
        return multiply(self.term(depth, indices), self.term(depth, indices))

    def power(self, depth: int, indices: tuple[Index, ...]) -> Term:
        exponent = Number(Fraction(self.source.choice((2, 3, -1, -2, Fraction(1, 2), Fraction(-3, 2), 0))))
        return Power(self.term(depth, indices), exponent)

    def apply(self, depth: int, indices: tuple[Index, ...]) -> Term:
        return Apply(self.source.choice(SINGLE), (self.term(depth, indices),))

    def where(self, depth: int, indices: tuple[Index, ...]) -> Term:
        left, right, then, otherwise = (self.term(depth, indices) for _ in range(4))
        relation = self.source.choice(tuple(Relation))
        return Where(Compare(relation, left, right), then, otherwise)

    def extreme(self, depth: int, indices: tuple[Index, ...]) -> Term:
        parts = tuple(self.term(depth, indices) for _ in range(3))
        return Apply(self.source.choice(("max", "min")), parts)

    def D(self, depth: int, indices: tuple[Index, ...]) -> Term:
        return Derivative(self.term(depth, indices), (self.variable(indices),))

    def big(self, depth: int, indices: tuple[Index, ...]) -> Term:
        bound = Index(self.source.choice("jklm"), "n")
        others = [index for index in indices if index != bound]
        excluded = (self.source.choice(others),) if others and self.source.random() < 0.3 else ()
        operation = self.source.choice(("sum", "sum", "prod", "mean", "max", "min"))
        body = self.term(depth, tuple(dict.fromkeys((*indices, bound))))
        return Big(operation, (Binder(bound, excluded),), body)  # type: ignore[arg-type]

    def variable(self, indices: tuple[Index, ...]) -> Entry:
        a, b = self.source.choice(indices), self.source.choice(indices)
        return self.source.choice((Entry("x", (a,)), U, Entry("W", (a, b))))


@pytest.mark.long
@given(st.integers(0, 2**32), st.integers(1, 4), st.integers(1, 2))
def test_rules_and_series_give_the_same_derivatives(seed: int, depth: int, order: int) -> None:
    growing = Growing(seed)
    body = growing.term(depth, (i, j))
    slope = Derivative(body, tuple(growing.variable((i, j)) for _ in range(order)))
    found = examine(Equation(slope, resolve(slope, CONTEXT)), CONTEXT, SearchBudget(points=6))
    assert found.counterexample is None, (str(slope), found.counterexample)
