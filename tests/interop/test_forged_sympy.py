"""False and true claims through SymPy's door: by the name of a thing, its assumptions, its class, its scope.

Each row is a claim and what is right: a verdict, or what the error says.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pytest
import sympy as sp
from sympy import Derivative, Dummy, Eq, Float, KroneckerDelta, Ne, Piecewise, Rational, Sum, Symbol

import derive
from derive import IllPosedError, verify

n, m = Symbol("n", integer=True, positive=True), Symbol("m", integer=True, positive=True)
i, j, k = sp.symbols("i j k", integer=True)
x, y = sp.symbols("x y", real=True)
a, b = sp.IndexedBase("a"), sp.IndexedBase("b")
f = sp.Function("f")
sized = sp.IndexedBase("a", shape=(n,))
three = sp.IndexedBase("v", shape=(3,))


class gamma(sp.Function):  # type: ignore[misc]  # noqa: N801 - somebody's own function of a known name
    """Nothing is known of it."""


class MyExp(sp.exp):  # type: ignore[misc]  # SymPy has no types
    """It may be evaluated in another way."""


def pair(name: str, **marks: bool) -> tuple[Any, Any]:
    first, second = Dummy(name, real=True, **marks), Dummy(name, real=True, **marks)
    return first, second


t, u = pair("t")
Pair = tuple[Any, Any]
u_index, v_index = Dummy("j", integer=True), Dummy("j", integer=True)  # two letters j
label_i = derive.label("i", derive.size("n"))
FORTY = Float("0.1234567890123456789012345678901234567890", 40)


def total(body: Any, index: Any = j, size: Any = n) -> Any:
    return Sum(body, (index, 1, size))


def symbol(name: str = "w", **marks: bool) -> Any:
    return Symbol(name, **marks)


def absolute(**marks: bool) -> Pair:
    entry = sp.IndexedBase("q", shape=(n,), **marks)[j]
    return sp.Abs(entry, evaluate=False), entry


def square_root(w: Any) -> Pair:
    return sp.Pow(w**2, Rational(1, 2), evaluate=False), w


ROWS: list[tuple[str, Callable[[], Pair]]] = [
    # the order of indices
    ("no meaning here: of indices", lambda: (Piecewise((sized[i] * sized[j], i < j), (0, True)), 0)),
    ("no meaning here: of indices", lambda: (Piecewise((sized[i], i <= j), (0, True)), sized[i])),
    ("no meaning here: of indices", lambda: (Piecewise((sized[i], sp.Gt(i, 1)), (0, True)), sized[i])),
    ("no meaning here: of indices", lambda: (Piecewise((sized[i], Eq(i, n - 1)), (0, True)), 0)),
    ("an index, and an index is no number", lambda: (Piecewise((sized[i] * i, x > 0), (0, True)), 0)),
    ("proved", lambda: (Piecewise((sized[i], Eq(i, j)), (0, True)), KroneckerDelta(i, j) * sized[j])),
    ("proved", lambda: (Piecewise((sized[i], Ne(i, j)), (0, True)), (1 - KroneckerDelta(i, j)) * sized[i])),
    ("refuted", lambda: (Piecewise((sized[i], Ne(i, j)), (0, True)), KroneckerDelta(i, j) * sized[i])),
    ("proved", lambda: (total(Piecewise((a[j], Eq(j, 1)), (0, True))), total(KroneckerDelta(1, j) * a[j]))),
    # derivatives of an unknown function by several entries
    (
        "refuted",
        lambda: (Derivative(f(sized[i]), sized[i], sized[j]), Derivative(f(sized[i]), (sized[i], 2))),
    ),
    (
        "proved",
        lambda: (
            Derivative(f(sized[i]), sized[i], sized[j]),
            KroneckerDelta(i, j) * Derivative(f(sized[i]), (sized[i], 2)),
        ),
    ),
    ("proved", lambda: (Derivative(f(x**2), x).doit(), Derivative(f(x**2), x))),
    ("refuted", lambda: (Derivative(f(x**2), x), 2 * x * Derivative(f(x), x))),
    ("proved", lambda: (Derivative(f(x), y, x), 0)),
    ("no meaning here, being no derivative", lambda: (sp.Subs(x * y, x, 2 * y), x * y)),
    ("no meaning here, being no derivative", lambda: (sp.Subs(Derivative(f(x + y), x), x, y), 0)),
    ("no derivative by a variable", lambda: (Derivative(x**3, (x, k)), 0)),
    ("no derivative by a variable", lambda: (Derivative(total(sized[j]) / n, n), 0)),
    ("no derivative by a variable", lambda: (Derivative(f(x) ** 2, f(x)), 2 * f(x))),
    ("2 arguments", lambda: (sp.Function("g")(x, y), 0)),
    # two things of one name
    ("refuted", lambda: (t - u, 0)),
    ("proved", lambda: ((t - u) * (t + u), t**2 - u**2)),
    ("refuted", lambda: (t, Symbol("t", real=True))),
    ("refuted", lambda: (Derivative(t * u, t), t)),
    ("proved", lambda: (Derivative(t * u, t), u)),
    ("two different things are called x", lambda: (Symbol("x", positive=True) - x, 0)),
    ("two different things are called x", lambda: (Symbol("x") - x, 0)),
    ("two different things are called f", lambda: (f(x), sp.Function("f", real=True)(x))),
    ("two different things are called x", lambda: (sp.Function("x")(y) * x, 0)),
    ("two different things are called i", lambda: (sized[i], sized[Symbol("i")])),
    ("two different things are called j", lambda: (total(sized[sp.Idx("j")]), n * sized[sp.Idx("j")])),
    ("two different things are called j", lambda: (total(sized[Symbol("j")]), n * sized[Symbol("j")])),
    ("stands as an array and as a number", lambda: (sp.IndexedBase(x)[i] + total(sp.IndexedBase(x)[j]), x)),
    (
        "stands as an index and as a size|as a size and as an index",
        lambda: (KroneckerDelta(i, n) * sized[i], 0),
    ),
    ("stands as a", lambda: (Sum(sized[j], (j, 1, i)), sized[i])),
    (
        "two arrays, of different shapes",
        lambda: (sp.IndexedBase("A", shape=(n, n))[i, j], sp.IndexedBase("A", shape=(n, m))[i, j]),
    ),
    ("with 2 and with 1|with 1 and with 2", lambda: (total(a[j]), total(a[j, j]))),
    ("offset or strides", lambda: (sp.IndexedBase("A", shape=(n,), offset=1)[i], 0)),
    ("offset or strides", lambda: (sp.IndexedBase("A", shape=(n, n), strides="F")[i, j], 0)),
    ("proved", lambda: (Sum(a[j], (j, 1, 3)) + symbol("size_3"), a[1] + a[2] + a[3] + symbol("size_3"))),
    ("refuted", lambda: (Sum(a[j], (j, 1, 3)), symbol("size_3"))),
    # names and classes of the language
    (
        "gamma is a function of the language",
        lambda: (sp.Function("gamma")(x + 1), x * sp.Function("gamma")(x)),
    ),
    (
        "exp is a function of the language",
        lambda: (Derivative(sp.Function("exp")(x), x), sp.Function("exp")(x)),
    ),
    ("sum is a function of the language", lambda: (sp.Function("sum")(x), x)),
    ("refuted", lambda: (sp.Function("Pi")(x), sp.pi)),
    ("proved", lambda: (sp.Function("Pi")(x) * 2, sp.Function("Pi")(x) + sp.Function("Pi")(x) + 0 * y)),
    ("pi is the number", lambda: (Symbol("pi", real=True), sp.pi)),
    ("pi is the number", lambda: (sp.Function("pi")(x), sp.pi)),
    ("is no name", lambda: (Symbol("x'", real=True), 0)),
    ("is no name", lambda: (Symbol("x+1", real=True), x + 1)),
    ("refuted", lambda: (Symbol("gamma", real=True), sp.EulerGamma.evalf(5).n(3))),
    ("nothing for SymPy's gamma", lambda: (gamma(x + 1), x * gamma(x))),
    ("nothing for SymPy's MyExp", lambda: (MyExp(x), sp.exp(x))),
    (
        "something is assumed",
        lambda: (sp.Abs(sp.Function("g", positive=True)(x)), sp.Function("g", positive=True)(x)),
    ),
    # assumptions
    ("integer=True", lambda: (sp.sin(sp.pi * symbol(integer=True), evaluate=False), 0)),
    ("even=True", lambda: (symbol(even=True) ** 2, 1)),
    ("odd=True", lambda: (sp.Pow(-1, symbol(odd=True), evaluate=False), -1)),
    ("prime=True", lambda: (symbol(prime=True), 1)),
    ("rational=True", lambda: (symbol(rational=True), sp.sqrt(2))),
    ("irrational=True", lambda: (symbol(irrational=True), sp.sqrt(2))),
    ("zero=True", lambda: (symbol(zero=True), 0)),
    ("imaginary=True", lambda: (symbol(imaginary=True) ** 2, -1)),
    ("infinite=True", lambda: (symbol(infinite=True), 1)),
    ("complex=True", lambda: square_root(symbol(complex=True))),
    ("extended_real=True", lambda: square_root(symbol(extended_real=True))),
    (
        "commutative=False",
        lambda: (
            symbol("A", commutative=False) * symbol("B", commutative=False),
            symbol("B", commutative=False) * symbol("A", commutative=False),
        ),
    ),
    ("refuted", lambda: square_root(symbol(real=True))),
    ("refuted", lambda: square_root(symbol(nonpositive=True))),
    ("refuted", lambda: square_root(symbol(finite=True, real=True))),
    ("proved", lambda: square_root(symbol(positive=True))),
    ("proved", lambda: square_root(symbol(nonnegative=True))),
    ("proved", lambda: square_root(symbol(real=True, nonpositive=False))),
    ("proved", lambda: square_root(-symbol(negative=True))),
    ("proved", lambda: (sp.Pow(symbol(nonzero=True), 0, evaluate=False), 1)),
    ("proved", lambda: (sp.sign(symbol(nonzero=True), evaluate=False) ** 2, 1)),
    ("refuted", lambda: (sp.sign(symbol(real=True)) ** 2, 1)),
    (
        "even=True",
        lambda: (Sum(sized[symbol(positive=True, even=True)], (symbol(positive=True, even=True), 1, n)), 0),
    ),
    ("even=True", lambda: (Sum(sized[symbol(even=True)], (symbol(even=True), 1, n)), 0)),
    ("even=True", lambda: (Sum(a[j], (j, 1, symbol(even=True, positive=True))), 0)),
    ("prime=True", lambda: (Sum(a[j], (j, 1, symbol(prime=True))), 0)),
    ("negative=True", lambda: (Sum(a[j], (j, 1, symbol(negative=True, integer=True))), 0)),
    ("proved", lambda: absolute(nonnegative=True)),
    ("refuted", lambda: absolute(real=True)),
    # floats
    ("refuted", lambda: (FORTY * x, Float(float(FORTY)) * x)),
    ("proved", lambda: (FORTY * x, Rational(FORTY) * x)),
    ("refuted", lambda: (Float(0.1) * x, x / 10)),
    ("proved", lambda: (Float(0.1) * x, Rational(0.1) * x)),
    ("refuted", lambda: (Float("0.1", 40) * x, Float("0.1", 41) * x)),
    ("proved", lambda: (Float(0.5) * x, x / 2)),
    ("proved", lambda: (Derivative(Float(0.1) * x**2, x), Float(0.2) * x)),
    ("too big or too small", lambda: (Float("1e-100000") * x, 0)),
    # scopes
    ("refuted", lambda: (sized[j] * total(b[j]), total(sized[j] * b[j]))),
    ("proved", lambda: (sized[j] * total(b[j]), total(sized[j] * b[k], k))),
    ("proved", lambda: (Derivative(total(a[j] ** 2), a[j]), 2 * a[j])),
    ("refuted", lambda: (Derivative(total(a[j] ** 2), a[j]), total(2 * a[j]))),
    ("proved", lambda: (Sum(Sum(a[j], (j, 1, n)), (j, 1, m)), m * total(a[j]))),
    ("refuted", lambda: (Sum(Sum(a[j], (j, 1, n)), (j, 1, n)), total(a[j]))),
    (
        "proved",
        lambda: (
            Sum(Sum(a[u_index] * b[v_index], (v_index, 1, n)), (u_index, 1, n)),
            total(a[j]) * total(b[k], k),
        ),
    ),
    # ranges, positions
    ("is no size", lambda: (Sum(a[j], (j, 1, n - 1)), total(a[j]))),
    ("is no size", lambda: (Sum(a[j], (j, 1, sp.oo)), 0)),
    ("is no size", lambda: (Sum(a[j], (j, 1, 0)), 0)),
    ("from 1 to n or from 0", lambda: (Sum(a[j], (j, 2, n)), 0)),
    ("from 1 to n or from 0", lambda: (Sum(a[j], (j, x, n)), 0)),
    ("no position 4", lambda: (three[4] * x, x)),
    ("no position -1", lambda: (three[-1] * x, x)),
    ("no position 3", lambda: (three[0] * x, three[3] * x)),
    ("no position 0", lambda: (total(a[j]) + a[0], x)),
    ("no position 3", lambda: (Sum(three[j], (j, 0, 2)), three[3])),
    ("proved", lambda: (Sum(three[j], (j, 0, 2)), three[0] + three[1] + three[2])),
    ("proved", lambda: (Sum(three[j], (j, 1, 3)), three[3] + three[1] + three[2])),
    ("is no index", lambda: (Sum(a[j + 1], (j, 1, n)), 0)),
    ("an index, and an index is no number", lambda: (Sum(j * a[j], (j, 1, n)), 0)),
    ("proved", lambda: (KroneckerDelta(i, j, (1, n)), KroneckerDelta(i, j))),
    ("would run over", lambda: (KroneckerDelta(i, j, (1, m)) * sized[i], 0)),
    # a positive integer that is no upper bound is a size too
    ("proved", lambda: (sp.Mul(n, x, evaluate=False) + x, (n + 1) * x)),
    ("refuted", lambda: (n, x)),
    ("refuted", lambda: (sp.Pow(-1, n, evaluate=False), 1)),
    ("integer=True", lambda: (symbol(integer=True) * x, 0)),
    # conventions
    ("proved", lambda: (sp.Heaviside(x), (1 + sp.sign(x)) / 2)),
    ("another value than 1/2", lambda: (sp.Heaviside(x, 0), (1 + sp.sign(x)) / 2)),
    ("proved", lambda: (sp.zeta(x), sp.zeta(x, 1, evaluate=False))),
    ("log takes 1, not 2", lambda: (sp.log(x, 2, evaluate=False), x)),
    ("proved", lambda: (sp.log(x, 2) * sp.log(2), sp.log(x))),
    ("says nothing", lambda: (sp.Pow(-8, Rational(1, 3), evaluate=False) * x, -2 * x)),
    ("says nothing", lambda: (sp.sqrt(-1 - x**2), x)),
    (
        "proved",
        lambda: (
            Piecewise((1, x > 0), (2, x > -1), (3, True)),
            Piecewise((3, x <= -1), (2, x <= 0), (1, True)),
        ),
    ),
    (
        "refuted",
        lambda: (
            Piecewise((1, x > 0), (2, x > -1), (3, True)),
            Piecewise((2, x > -1), (1, x > 0), (3, True)),
        ),
    ),
    ("last branch", lambda: (Piecewise((x, x > 0)), x)),
    # what is not understood
    *[
        (f"nothing for SymPy's {kind}", cast(Callable[[], Pair], lambda node=node: (node(), 1)))
        for kind, node in {
            "ImaginaryUnit": lambda: sp.Mul(sp.I, sp.I, evaluate=False),
            "Infinity": lambda: sp.oo,
            "NegativeInfinity": lambda: -sp.oo,
            "ComplexInfinity": lambda: sp.zoo,
            "NaN": lambda: sp.nan,
            "EulerGamma": lambda: sp.EulerGamma,
            "GoldenRatio": lambda: sp.GoldenRatio,
            "Integral": lambda: sp.Integral(x, (x, 0, 1)),
            "Limit": lambda: sp.Limit(x, x, 0),
            "Order": lambda: sp.Order(x),
            "Mod": lambda: sp.Mod(x, 2),
            "ceiling": lambda: sp.ceiling(x),
            "re": lambda: sp.re(sp.Symbol("z")),
            "conjugate": lambda: sp.conjugate(sp.Symbol("z")),
            "factorial": lambda: sp.factorial(x),
            "binomial": lambda: sp.binomial(x, 2),
            "DiracDelta": lambda: sp.DiracDelta(x),
            "LambertW": lambda: sp.LambertW(x),
            "LeviCivita": lambda: sp.LeviCivita(i, j, k),
            "Wild": lambda: sp.Wild("w"),
            "Tuple": lambda: sp.Tuple(x),
            "MatrixSymbol": lambda: sp.MatrixSymbol("A", 2, 2),
            "MatrixElement": lambda: sp.MatrixSymbol("A", 2, 2)[0, 0],
            "MatMul": lambda: sp.MatrixSymbol("A", 2, 2) * sp.MatrixSymbol("B", 2, 2),
            "Trace": lambda: sp.Trace(sp.MatrixSymbol("A", 2, 2)),
            "Xor": lambda: Piecewise((x, sp.Xor(x > 0, y > 0)), (0, True)),
            "Contains": lambda: Piecewise((x, sp.Contains(x, sp.Interval(0, 1))), (0, True)),
        }.items()
    ],
    # mixed with derive's own objects
    ("the Dummy t is like no other", lambda: (derive.scalar("t") * Dummy("t"), 0)),
    ("refuted", lambda: (derive.scalar("t"), Dummy("t", real=True))),
    ("two different ways", lambda: (derive.scalar("x"), Symbol("x", positive=True))),
    (
        "ranges begin at 1 too",
        lambda: (Sum(a[j], (j, 0, n - 1)) - a[1], derive.vector("a", derive.size("n"))[1]),
    ),
    ("ranges begin at 1 too", lambda: (Sum(a[j], (j, 0, n - 1)) * a[i], derive.scalar("x"))),
    ("proved", lambda: (Sum(a[j], (j, 0, n - 1)), derive.vector("a", derive.size("n")).sum())),
    ("no SymPy expression", lambda: (sp.exp(derive.scalar("x")), 0)),
    ("no SymPy expression", lambda: (sp.Max(derive.scalar("x"), 1), 0)),
    ("proved", lambda: (Symbol("x") * derive.scalar("x"), derive.scalar("x") ** 2)),
    ("proved", lambda: (f(x), derive.function("f")(derive.scalar("x")))),
    ("declared as", lambda: (f(x) + derive.scalar("f"), 0)),
    (
        "of n and of m|of m and of n",
        lambda: (sized[i] * 1, derive.vector("z", derive.size("m"))[derive.index("i", derive.size("m"))]),
    ),
]


@pytest.mark.parametrize(("right", "build"), ROWS, ids=[f"{k} {right}" for k, (right, _) in enumerate(ROWS)])
def test_no_other_claim_is_decided_than_the_one_made(right: str, build: Callable[[], Pair]) -> None:
    if right in ("proved", "refuted"):
        assert verify(*build(), explain=0).verdict.value == right
    else:
        with pytest.raises(IllPosedError, match=right):
            verify(*build(), explain=0)
