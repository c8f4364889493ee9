"""Claims about what attacks found: functions outside of their domains, finitely many values, sum rules that overlap.

R10, R12 and R13, each with true claims of the same shape beside the false ones.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mpmath import mp

from tests.soundness.settings import Repair, Values
from tests.soundness.templates import Parts, Template

Draw = Callable[[random.Random], Any]


def _eighths(low: int, high: int) -> Draw:
    return lambda rng: mp.mpf(rng.randint(low, high)) / 8


def _one_of(*values: float) -> Draw:
    return lambda rng: mp.mpf(rng.choice(values))


# What stands under the sum, values inside its domain, a condition outside of it, and values that satisfy that.
PARTIAL: tuple[tuple[str, Draw, str, Draw], ...] = (
    ("asin({})", _eighths(-7, 7), "[{} > 1]", _eighths(9, 40)),
    ("asin({})", _eighths(-7, 7), "[{} > 4^10]", _one_of(2e6, 1.5e6)),
    ("acos({})", _eighths(-7, 7), "[{} < -50]", _one_of(-51, -90)),
    ("atanh({})", _eighths(-7, 7), "[{} >= 1]", _one_of(1, 2, 7)),
    ("log({})", _eighths(1, 30), "[{} <= 0]", _one_of(0, -1, -2.5)),
    ("log({})", _eighths(1, 30), "[{} < -1000]", _one_of(-1001, -4000)),
    ("log(1 - {})", _eighths(-20, 7), "[{} >= 1]", _one_of(1, 2, 9)),
    ("sqrt({})", _eighths(0, 30), "[{} < 0]", _one_of(-1, -4, -2.25)),
    ("{}^(1/3)", _eighths(1, 30), "[{} < 0]", _one_of(-1, -8)),
    ("1/{}", _eighths(1, 30), "[{} = 0]", _one_of(0)),
    ("1/{}^2", _eighths(1, 30), "[{} = 0]", _one_of(0)),
    ("1/({} - 3)", _eighths(1, 20), "[{} = 3]", _one_of(3)),
    ("{}^y", _eighths(1, 30), "[{} < -2]", _one_of(-3, -4)),
    ("{}/sqrt(1 - {}^2)", _eighths(-7, 7), "[{}^2 > 1]", _one_of(-2, 2, 3)),
    ("gamma({})", _eighths(4, 24), "[{} = -2]", _one_of(-2)),
    ("digamma({})", _eighths(4, 24), "[{} = 0]", _one_of(0)),
    ("where({} > 5, 1/({} - 7), log({}))", _eighths(1, 30), "[{} = 7]", _one_of(7)),
)


def _partial(p: Parts, wrong: bool) -> Template:
    body, inside, outside, beyond = p.rng.choice(PARTIAL)
    # No format: a text may hold the entry several times, and nothing else in braces.
    summand, guard = body.replace("{}", "x[j]"), outside.replace("{}", "x[i]")
    operation = p.one("sum", "sum", "sum", "prod", "mean")
    s = f"{operation}({summand}, j != i)"
    plain = p.one("x[j]", "x[j]^2")
    again = f"{operation}({body.replace('{}', 'x[l]')}, l != i)"
    left, right = p.rng.choice((
        (f"sin({s})^2 + cos({s})^2", "1"),
        (f"exp({s})*exp(-({again}))", "1"),
        (f"({s})^2 - ({again} + 1)*({again} - 1)", "1"),
        (f"sin(2*({s}))", f"2*sin({s})*cos({again})"),
        (f"tanh({s})", f"(exp(2*({again})) - 1)/(exp(2*({s})) + 1)"),
        (f"{s}", f"{again}"),
        (f"cosh({s})^2 - sinh({again})^2", "1"),
        (f"sqrt((1 + ({s})^2)^2)", f"1 + ({again})^2"),
        (f"sum((1 - delta(i,j))*{plain}, j)*({s})", f"({again})*sum({plain}, j != i)"),
        (f"abs({s})^2", f"({again})^2"),
    ))  # fmt: skip
    if wrong:
        w = p.one("1", "x[i]", "(2*x[i]^2 - 3)", "sum(x[j], j)", "n", "1/1000", f"({s})")
        right = f"({right}) + {w}"
    declared = f"size n{p.one('', ' >= 2', ' >= 5', ' >= 7')}\nreal x[n], y"

    def repair(values: Values, _: Mapping[str, int], places: Mapping[str, int], rng: random.Random) -> None:
        for key in values:
            if key[0] == "x":
                values[key] = inside(rng)
        values["x", (places["i"],)] = beyond(rng)

    hint = {"n": p.count(2, 3)}
    return Template(declared, f"({left})*{guard}", f"({right})*{guard}", (repair,), hint)


def r10(p: Parts) -> Template:
    """A function outside of its domain, in a place that a sum leaves out."""
    return _partial(p, wrong=True)


def partial_functions(p: Parts) -> Template:
    """True where a sum leaves out a place outside of a function's domain."""
    return _partial(p, wrong=False)


# A hypothesis on an entry, and the values that it leaves.
FINITE: tuple[tuple[str, tuple[int, ...]], ...] = (
    ("{}^2 = 1", (1, -1)), ("{}^2 = {}", (0, 1)), ("({} - 1)*({} - 2) = 0", (1, 2)), ("{}^3 = {}", (-1, 0, 1)),
    ("{}^2 = 4", (2, -2)), ("{}*({} + 3) = 0", (0, -3)),
)  # fmt: skip


def _finite(p: Parts, wrong: bool) -> Template:
    hypothesis, values = p.rng.choice(FINITE)
    array = p.rng.random() < 0.5
    y = "y[i]" if array else "y"
    g = p.bent("x*" + y)
    # Lagrange's interpolation: a function of y is a polynomial in it, equal at every value that is left.
    chosen = list(values)
    if wrong:
        chosen[p.rng.randrange(len(chosen))] += p.rng.choice((3, -5))
    pieces = []
    for value, shown in zip(values, chosen, strict=True):
        others = [v for v in values if v != value]
        basis = "*".join(f"({y} - ({v}))" for v in others)
        scale = 1
        for v in others:
            scale *= value - v
        pieces.append(f"({g.replace('x*' + y, f'x*({shown})')})*({basis})/({scale})")
    left, right = g, " + ".join(pieces)
    if array and p.rng.random() < 0.5:
        left, right = (f"sum({side.replace('y[i]', 'y[j]')}, j)" for side in (left, right))
    declared = f"size n\nreal x, y[n]\ngiven {hypothesis.replace('{}', 'y[i]')}"
    if not array:
        declared = f"real x, y\ngiven {hypothesis.replace('{}', 'y')}"

    def repair(known: Values, _: Mapping[str, int], __: Mapping[str, int], rng: random.Random) -> None:
        for key in known:
            if key[0] == "y":
                known[key] = mp.mpf(rng.choice(values))

    return Template(declared, left, right, (repair,))


def r12(p: Parts) -> Template:
    """A variable with finitely many values, taken for others at one of them."""
    return _finite(p, wrong=True)


def finite_values(p: Parts) -> Template:
    """True at each of the finitely many values that a hypothesis leaves."""
    return _finite(p, wrong=False)


def _orthogonal(values: Values, sizes: Mapping[str, int], _: Mapping[str, int], rng: random.Random) -> None:
    """Make Q a reflection with its rows in another order, which is orthogonal and not symmetric."""
    n = sizes["n"]
    v = [mp.mpf(rng.randint(-3, 3)) or mp.mpf(1) for _ in range(n)]
    whole = sum((a * a for a in v), mp.mpf(0))
    order = rng.sample(range(n), n)
    for row in range(n):
        for column in range(n):
            k = order[row]
            values["Q", (row + 1, column + 1)] = mp.mpf(k == column) - 2 * v[k] * v[column] / whole


def _inverse_pair(values: Values, sizes: Mapping[str, int], _: Mapping[str, int], rng: random.Random) -> None:
    """Make A a unit triangular matrix with its rows in another order, and B its inverse."""
    n = sizes["n"]
    a = mp.matrix(n)
    order = rng.sample(range(n), n)
    for row in range(n):
        for column in range(row + 1):
            a[order[row], column] = mp.mpf(rng.randint(1, 3)) if row == column else mp.mpf(rng.randint(-2, 2))
    b = a**-1
    for row in range(n):
        for column in range(n):
            values["A", (row + 1, column + 1)] = a[row, column]
            values["B", (row + 1, column + 1)] = b[row, column]


@dataclass(frozen=True)
class _Matrices:
    """Matrices under a hypothesis about sums: what follows, what does not, and how to make them so."""

    declared: str
    true: tuple[tuple[str, str], ...]
    false: tuple[tuple[str, str], ...]
    repair: Repair


MATRICES = (
    _Matrices(
        "size n\nreal Q[n,n], x[n], y[n]\ngiven sum(Q[k,i]*Q[k,j], k) = delta(i,j)",
        (
            ("sum(Q[k,i]^2, k)", "1"),
            ("sum(Q[k,i]^2, k, i)", "n"),
            ("sum(Q[i,k]*Q[j,k], k)", "delta(i,j)"),
            ("sum(sum(Q[k,i]*x[i], i)^2, k)", "sum(x[i]^2, i)"),
            ("sum(3*Q[k,i]*sum(Q[k,j]*x[j], j), k)", "3*x[i]"),
            ("sum(sum(Q[k,i]*x[i], i)*sum(Q[k,j]*y[j], j), k)", "sum(x[i]*y[i], i)"),
        ),
        (
            ("sum(Q[k,i]*Q[j,k], k)", "delta(i,j)"),
            ("Q[i,j]", "Q[j,i]"),
            ("sum(Q[k,i]^2, k)", "n"),
            ("sum(Q[k,i], k)^2", "1"),
            ("Q[i,i]^2", "1"),
            ("sum(Q[k,k], k)", "n"),
            ("sum(Q[k,i]*x[k], k)", "sum(Q[i,k]*x[k], k)"),
            ("sum(Q[k,i]^2*x[i], k, i)", "n*x[i]"),
        ),
        _orthogonal,
    ),
    _Matrices(
        "size n\nreal A[n,n], B[n,n], x[n]\ngiven sum(A[i,k]*B[k,j], k) = delta(i,j)",
        (
            ("sum(B[i,k]*A[k,j], k)", "delta(i,j)"),
            ("sum(3*A[i,k]*B[k,j]*x[j], k, j)", "3*x[i]"),
            ("sum(B[i,k]*sum(A[k,j]*x[j], j), k)", "x[i]"),
            ("sum(A[i,k]*B[k,i], k, i)", "n"),
        ),
        (
            ("sum(A[i,k]*B[j,k], k)", "delta(i,j)"),
            ("sum(A[k,i]*B[k,j], k)", "delta(i,j)"),
            ("sum(A[i,k]*A[k,j], k)", "delta(i,j)"),
            ("sum(B[i,k]*sum(A[j,k]*x[j], j), k)", "x[i]"),
            ("A[i,i]*B[i,i]", "1"),
            ("sum(A[i,k]*B[k,i]*x[k], k, i)", "n"),
        ),
        _inverse_pair,
    ),
)


def _overlapping(p: Parts, wrong: bool) -> Template:
    matrices = p.rng.choice(MATRICES)
    left, right = p.rng.choice(matrices.false if wrong else matrices.true)
    hint = {"n": p.count(2, 3)}
    return Template(matrices.declared, left, right, (matrices.repair,), hint, rewrite=wrong)


def r13(p: Parts) -> Template:
    """Hypotheses about sums, taken for more than they say of other sums."""
    return _overlapping(p, wrong=True)


def overlapping_sums(p: Parts) -> Template:
    """What follows from hypotheses about sums of products."""
    return _overlapping(p, wrong=False)


__all__ = ["finite_values", "overlapping_sums", "partial_functions", "r10", "r12", "r13"]
