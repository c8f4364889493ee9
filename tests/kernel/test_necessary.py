"""Each condition that the kernel takes for granted holds wherever the term has a value, by the oracle.

The kernel proves a claim for the points at which its conditions hold. One that a value does not need would leave
out points at which the claim is false, so random terms with kinks are put to points full of zeros and ties.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction

from hypothesis import example, given
from hypothesis import strategies as st

from derive.errors import DeriveError
from derive.kernel.domain import Condition, domain
from derive.oracle import Point, evaluate, holds
from derive.terms import Context, Index, Term, free_indices
from tests.kernel.asked import equations

DECLARED = """
size n
real x, y, a[n], b[n], W[n,n]
label t: n
let q[i] = abs(a[i]) + sum(W[i,j], j)
let r = max(a[j]*b[j], j)
let g[i,j] = relu(W[i,j] - a[j])
"""
KINKS = (
    *("abs({u})", "relu({u})", "sign({u})*{v}", "[{u} >= 0]*{v}", "max({u}, {v})", "min({u}, 0)"),
    *("sqrt({u})", "log({u})", "1/({u})", "sqrt(abs({u}))", "abs({u})^(3/2)", "({u})^2"),
    *("where({u} > 0, {v}, 0)", "where({u} <= {v}, abs({v}), {u})", "where({u} = 0, {v}, 1/({u}))"),
)
BIG = ("sum", "sum", "sum", "max", "min", "prod", "mean")
VALUES = (*[Fraction(0)] * 3, *[Fraction(1)] * 2, Fraction(-1), Fraction(2), Fraction(1, 2))
POINTS = 10


class _Terms:
    """Random terms as text, with letters that clash as often as chance wants."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.free = ["i", "k", "t"][: rng.randint(1, 3)]

    def derivative(self) -> str:
        variables = ", ".join(self.variable() for _ in range(self.rng.choice((1, 1, 1, 2))))
        return f"D({self.term([])}, {variables})"

    def variable(self) -> str:
        kind = self.rng.choice(("W[{},{}]", "W[{},{}]", "a[{}]", "a[{}]", "b[{}]", "x"))
        return kind.format(*(self.rng.choice([*self.free, "1"]) for _ in range(2)))

    def entry(self, bound: list[str]) -> str:
        kind = self.rng.choice(("a[{}]", "b[{}]", "W[{},{}]", "W[{},{}]", "x", "y", "q[{}]", "r", "g[{},{}]"))
        return kind.format(*(self.index(bound) for _ in range(2)))

    def index(self, bound: list[str]) -> str:
        return "1" if self.rng.random() < 0.15 else self.rng.choice([*bound * 3, *self.free])

    def inner(self, bound: list[str]) -> str:
        kind = self.rng.choice(("{0}",) * 4 + ("({0} - {1})", "{0}*{1}", "({0} - 1)", "delta({2},{3})*{0}"))
        entries = (self.entry(bound), self.entry(bound))
        return kind.format(*entries, *(self.rng.choice([*bound, *self.free]) for _ in range(2)))

    def kink(self, bound: list[str], depth: int) -> str:
        nested = depth < 2 and self.rng.random() < 0.3
        u = self.term(bound, depth + 1) if nested else self.inner(bound)
        return self.rng.choice(KINKS).format(u=u, v=self.inner(bound))

    def term(self, bound: list[str], depth: int = 0) -> str:
        chance = self.rng.random()
        if chance < 0.2:
            return f"({self.kink(bound, depth)})*{self.inner(bound)}"
        letter = self.rng.choice([z for z in "ijk" if z not in bound or len(bound) > 2])
        others = [z for z in [*bound, *self.free] if z != letter]
        excluded = f" != {self.rng.choice(others)}" if others and self.rng.random() < 0.5 else ""
        inside = [*bound, letter]
        body = self.term(inside, depth + 1) if depth < 2 and chance < 0.7 else self.kink(inside, depth)
        return f"{self.rng.choice(BIG)}(({body})*a[{letter}], {letter}{excluded})"


def _points(rng: random.Random, term: Term) -> Iterator[Point]:
    letters = [str(i.name) for i in free_indices(term) if isinstance(i.name, str)]
    for _ in range(POINTS):
        n = rng.randint(1, 3)
        vectors = {name: tuple(rng.choice(VALUES) for _ in range(n)) for name in "ab"}
        matrix = tuple(tuple(rng.choice(VALUES) for _ in range(n)) for _ in range(n))
        values = {"x": rng.choice(VALUES), "y": rng.choice(VALUES), **vectors, "W": matrix}
        yield Point({"n": n}, {letter: rng.randint(1, n) for letter in (*letters, "t")}, values)


def _instances(condition: Condition, point: Point) -> Iterator[Point]:
    """Yield the point with each choice of places for what the condition says of all."""
    places = [dict(point.indices)]
    for binder in condition.binders:
        places = [
            {**one, str(binder.index.name): place}
            for one in places
            for place in range(1, point.sizes["n"] + 1)
            if place not in {_place(e, one) for e in binder.excluded}
        ]
    for one in places:
        yield Point(point.sizes, one, point.values)


def _place(index: Index, places: dict[str, int]) -> int:
    return index.name if isinstance(index.name, int) else places[index.name]


def _fails(condition: Condition, context: Context, point: Point) -> bool:
    return any(
        all(holds(guard, context, one) is True for guard in condition.guards)
        and holds(condition.compare, context, one) is False
        for one in _instances(condition, point)
    )


@given(st.integers(0, 10**9))
@example(42)  # an index outside called like one of the condition's own
@example(119)  # a sum that leaves an index out is empty at n = 1
@example(205)
@example(295)
@example(962)  # two of the condition's own indices called the same
@example(1285)
@example(1430)
def test_where_a_term_has_a_value_its_conditions_hold(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - reproducible, not secret
    text = _Terms(rng).derivative()
    try:
        ((equation, context),) = equations(f"{DECLARED}claim {text} = {text}")
        conditions = domain(equation.left, context)
    except (AssertionError, DeriveError):
        return  # not a term of the language: a size that nothing tells, an index that clashes
    for point in _points(rng, equation.left):
        if evaluate(equation.left, context, point) is None:
            continue
        for condition in conditions:
            assert not _fails(condition, context, point), f"{text}: {condition}, at {point}"
