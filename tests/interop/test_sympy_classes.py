"""Every class of SymPy's that is accepted: out and in again it is the same, and at points it has SymPy's own value."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import Any

import pytest
import sympy as sp

from derive.interop import from_sympy, to_sympy
from derive.interop.incoming import CLASSES
from derive.interop.names import FUNCTIONS
from derive.oracle.asking import evaluate
from derive.oracle.points import Point
from derive.terms import Context, Term, canonical
from derive.terms.functions import TABLE

x, y, z = sp.symbols("x y z", real=True)
n = sp.Symbol("n", integer=True, positive=True)
i, j, k = sp.symbols("i j k", integer=True)
a = sp.IndexedBase("a", shape=(n,))
W = sp.IndexedBase("W", shape=(n, n))
f = sp.Function("f")
dummy = sp.Dummy("t", real=True)

NUMBERS = [Fraction(text) for text in ("-7/3", "-1", "-1/2", "0", "1/3", "1", "2", "5/2")]
SIZE = 3
ENTRIES = [Fraction(text) for text in ("-3/2", "1/3", "2")]
TABLEAU = [[Fraction(r - 2 * c, 3) for c in range(SIZE)] for r in range(SIZE)]


def of(kind: Any) -> Any:
    """Return a function of SymPy's, of as many arguments as it takes here."""
    return kind(*(x, y, z)[: TABLE[FUNCTIONS[kind]].arity or 2], evaluate=False)


# One row a class. Values that rows without a letter have are constants.
ROWS: dict[Any, list[Any]] = {kind: [of(kind)] for kind in FUNCTIONS} | {
    type(sp.Integer(0)): [sp.Integer(0)],
    type(sp.Integer(1)): [sp.Integer(1)],
    type(sp.Integer(-1)): [sp.Integer(-1)],
    type(sp.Rational(1, 2)): [sp.Rational(1, 2)],
    sp.Integer: [sp.Integer(12) * x],
    sp.Rational: [sp.Rational(-22, 7) * x],
    sp.Float: [sp.Float(0.1), sp.Float("-1e-30", 60) * x, sp.Float("123456789.125", 40)],
    type(sp.pi): [sp.pi],
    type(sp.E): [sp.E, sp.Pow(sp.E, x, evaluate=False)],
    sp.Symbol: [x],
    sp.Dummy: [dummy * x],
    sp.Idx: [sp.Sum(a[sp.Idx("p")] ** 2, (sp.Idx("p"), 1, n)) * x],
    sp.Add: [x + y + 1],
    sp.Mul: [x * y * -2],
    sp.Pow: [
        x**2,
        x**y,
        x**-1,
        x ** sp.Rational(1, 3),
        x ** sp.Rational(-2, 3),
        sp.Pow(x, 0, evaluate=False),
        2**x,
        1 / (x * y),
    ],
    sp.UnevaluatedExpr: [sp.UnevaluatedExpr(x + 1) * y],
    sp.Indexed: [a[i], W[i, j] * a[2], W[j, j]],
    sp.KroneckerDelta: [
        sp.KroneckerDelta(i, j) * a[i],
        sp.KroneckerDelta(i, 2) * a[i],
        sp.KroneckerDelta(i, j, (1, n)) * a[j],
    ],
    sp.Sum: [
        sp.Sum(a[j] ** 2, (j, 1, n)),
        sp.Sum(W[j, k] * a[k], (k, 1, n), (j, 1, n)),
        a[j] * sp.Sum(a[j], (j, 1, n)),
        sp.Sum(a[j] * sp.Sum(a[j], (j, 1, n)), (j, 1, n)),
        sp.Sum(x, (j, 1, n)) / n,
        sp.Sum(sp.KroneckerDelta(i, j) * W[j, i], (j, 1, n)),
    ],
    sp.Product: [sp.Product(a[j] + i_free, (j, 1, n)) for i_free in (0, x)],
    sp.Derivative: [
        sp.Derivative(sp.sin(x) * y**2, x, (y, 2)),
        sp.Derivative(sp.Sum(a[j] ** 3, (j, 1, n)), a[i]).subs(i, 2),
        sp.Derivative(sp.exp(x * y), x),
    ],
    sp.Subs: [sp.Derivative(f(x**2), x).doit()],
    sp.Piecewise: [
        sp.Piecewise((x, x > 1), (y, x >= 0), (-1, True)),
        sp.Piecewise(
            (1, sp.And(x > 0, y > 0)), (2, sp.Or(x < -1, y < -1)), (3, sp.Not(sp.Eq(x, y))), (4, True)
        ),
        sp.Piecewise((a[i], sp.Ne(i, j)), (x, sp.Eq(i, 2)), (y, True)),
        sp.Piecewise((1, sp.Ne(x, y)), (2, sp.Le(x, 0)), (3, True)),
        sp.Piecewise((x, sp.ITE(x > 0, y > 1, x + y < -1)), (y, sp.ITE(y > 0, x > -1, False)), (3, True)),
    ],
    sp.Heaviside: [sp.Heaviside(x), sp.Heaviside(x * y, sp.Rational(1, 2))],
}
CASES = [(kind.__name__, one) for kind, expressions in ROWS.items() for one in expressions]


def test_every_class_that_is_accepted_has_a_row() -> None:
    assert ROWS.keys() == CLASSES
    for kind, expressions in ROWS.items():
        assert all(any(type(node) is kind for node in sp.preorder_traversal(one)) for one in expressions)


@pytest.mark.parametrize(("kind", "expression"), CASES, ids=[f"{kind} {one}" for kind, one in CASES])
def test_out_and_in_again_it_is_the_same(kind: str, expression: Any) -> None:
    (term,), context = from_sympy([expression])
    (again,), back = from_sympy([to_sympy(term, context)])
    assert ordered(canonical(again)) == ordered(canonical(term))
    assert back == Context(sizes=context.sizes, variables=context.variables, functions=context.functions)


def ordered(node: Term) -> str:
    """Return the text of a term, whose signs stand in the order in which they are."""
    return str(sorted(str(node).replace(" ", "")))


VALUED = [(kind, one) for kind, one in CASES if not one.has(f)]


@pytest.mark.parametrize(("kind", "expression"), VALUED, ids=[f"{kind} {one}" for kind, one in VALUED])
def test_it_has_the_value_that_sympy_gives(kind: str, expression: Any) -> None:
    (term,), context = from_sympy([expression])
    symbols = {one.name: one for one in expression.free_symbols if isinstance(one, sp.Symbol)}
    scalars = [name for name in context.variables if not context.variables[name].dims]
    letters = [name for name in ("i", "j") if name in symbols and name not in context.sizes]
    compared = 0
    for numbers in itertools.product(NUMBERS, repeat=len(scalars)):
        for places in itertools.product(range(1, SIZE + 1), repeat=len(letters)):
            values: dict[str, Any] = {**dict(zip(scalars, numbers, strict=True)), "a": ENTRIES, "W": TABLEAU}
            known = {name: values[name] for name in context.variables}
            point = Point(dict.fromkeys(context.sizes, SIZE), dict(zip(letters, places, strict=True)), known)
            ours = evaluate(term, context, point, 200)
            if ours is None:
                continue
            at = {symbols[name]: sp.Rational(values[name]) for name in scalars}
            theirs = sympys(
                expression, {**at, **{symbols[name]: p for name, p in zip(letters, places, strict=True)}}
            )
            assert theirs.is_real, (numbers, places, ours, theirs)
            gap = abs(sp.Float(ours.mid().str(40, radius=False), 40) - theirs)
            assert gap <= sp.Float("1e-20") * (1 + abs(theirs)), (numbers, places, ours, theirs)
            compared += 1
    assert compared > 0


def sympys(expression: Any, at: dict[Any, Any]) -> Any:
    """Return SymPy's own value at a point; bound letters are summed out before free ones are put in."""
    entries: dict[tuple[Any, ...], Fraction] = {("a", p): ENTRIES[p - 1] for p in range(1, SIZE + 1)}
    entries |= {("W", p, q): TABLEAU[p - 1][q - 1] for p in range(1, SIZE + 1) for q in range(1, SIZE + 1)}
    closed = expression.subs(n, SIZE).doit().subs(at).doit()
    places = {one: entries[(str(one.base.label), *map(int, one.indices))] for one in closed.atoms(sp.Indexed)}
    return sp.N(closed.subs({one: sp.Rational(value) for one, value in places.items()}), 40)
