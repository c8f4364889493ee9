"""One random formula, written in SymPy, in derive's objects and as Python numbers, has one value by all three.

The letters of sums are few, so that they hide each other and those that are free.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pytest
import sympy as sp

import derive
from derive.interop import from_sympy
from derive.oracle.asking import evaluate
from derive.oracle.points import Point
from derive.terms import Context, Term

SIZE = 3
LETTERS = "ij"
n, ours = sp.Symbol("n", integer=True, positive=True), derive.size("n")
s, W = sp.IndexedBase("s", shape=(n,)), sp.IndexedBase("W", shape=(n, n))
s_, W_ = derive.vector("s", ours), derive.matrix("W", ours, ours)
theirs = {letter: sp.Symbol(letter, integer=True) for letter in LETTERS}
named = {letter: derive.index(letter, ours) for letter in LETTERS}
VALUES: dict[str, Any] = {
    "x": Fraction(-3, 4),
    "s": tuple(Fraction(number, 5) for number in (-7, 2, 4)),
    "W": tuple(tuple(Fraction(3 * row - 5 * column + 1, 7) for column in range(SIZE)) for row in range(SIZE)),
}


@dataclass(frozen=True)
class Thrice:
    """A formula in SymPy, in objects, and as a function of the free letters' values, from 1."""

    sympy: Any
    objects: Any
    value: Callable[[dict[str, int]], float]


def leaf(draw: random.Random) -> Thrice:
    a, b = draw.choice(LETTERS), draw.choice(LETTERS)
    number = Fraction(draw.randint(-3, 3), draw.randint(1, 3))
    return draw.choice(
        [
            Thrice(sp.Symbol("x", real=True), derive.scalar("x"), lambda _: float(VALUES["x"])),
            Thrice(sp.Rational(number), derive.scalar("x") * 0 + number, lambda _: float(number)),
            Thrice(s[theirs[a]], s_[named[a]], lambda at: float(VALUES["s"][at[a] - 1])),
            Thrice(
                W[theirs[a], theirs[b]],
                W_[named[a], named[b]],
                lambda at: float(VALUES["W"][at[a] - 1][at[b] - 1]),
            ),
            Thrice(
                sp.KroneckerDelta(theirs["i"], theirs["j"]),
                derive.delta(named["i"], named["j"]),
                lambda at: float(at["i"] == at["j"]),
            ),
        ]
    )


def formula(draw: random.Random, depth: int) -> Thrice:
    if depth == 0:
        return leaf(draw)
    one, other = formula(draw, depth - 1), formula(draw, depth - 1)
    letter = draw.choice(LETTERS)
    # No Piecewise: SymPy takes its cases out of sums over a letter of their conditions, before any door sees it.
    together = sp.KroneckerDelta(theirs["i"], theirs["j"])

    def total(at: dict[str, int]) -> float:
        return math.fsum(one.value({**at, letter: place}) for place in range(1, SIZE + 1))

    def product(at: dict[str, int]) -> float:
        return math.prod(one.value({**at, letter: place}) for place in range(1, SIZE + 1))

    return draw.choice(
        [
            Thrice(
                one.sympy + other.sympy,
                one.objects + other.objects,
                lambda at: one.value(at) + other.value(at),
            ),
            Thrice(
                one.sympy * other.sympy,
                one.objects * other.objects,
                lambda at: one.value(at) * other.value(at),
            ),
            Thrice(sp.tanh(one.sympy), derive.tanh(one.objects), lambda at: math.tanh(one.value(at))),
            Thrice(sp.Sum(one.sympy, (theirs[letter], 1, n)), one.objects.sum(named[letter]), total),
            Thrice(sp.Product(one.sympy, (theirs[letter], 1, n)), one.objects.prod(named[letter]), product),
            Thrice(
                together * one.sympy + (1 - together) * other.sympy,
                derive.where(named["i"] == named["j"], one.objects, other.objects),
                lambda at: (one if at["i"] == at["j"] else other).value(at),
            ),
        ]
    )


def value(term: Term, context: Context, places: dict[str, int]) -> float:
    known = {name: VALUES[name] for name in context.variables}
    found = evaluate(term, context, Point(dict.fromkeys(context.sizes, SIZE), places, known))
    assert found is not None
    return float(found.mid())


@pytest.mark.parametrize("seed", range(150))
def test_three_ways_of_writing_have_one_value(seed: int) -> None:
    draw = random.Random(seed)  # noqa: S311 - no secret
    written = formula(draw, draw.choice((2, 3, 4)))
    # A letter that stands nowhere but in a delta has its size from the second expression.
    (term, _), context = from_sympy([written.sympy, s[theirs["i"]] + s[theirs["j"]]])
    for i in range(1, SIZE + 1):
        for j in range(1, SIZE + 1):
            places = {"i": i, "j": j}
            right = pytest.approx(written.value(places), rel=1e-9, abs=1e-9)
            assert value(term, context, places) == right
            assert value(written.objects.term, written.objects.context, places) == right
