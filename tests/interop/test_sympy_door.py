"""SymPy expressions in and out, as they are."""

from __future__ import annotations

import re
from typing import Any

import pytest
import sympy as sp

from derive.errors import IllPosedError
from derive.interop import from_sympy, to_sympy
from derive.terms import Bound, Context, Relation, Size, term

n, m = sp.Symbol("n", integer=True, positive=True), sp.Symbol("m", integer=True, positive=True)
i, j, k = sp.symbols("i j k", integer=True)
s, c, W = (sp.IndexedBase(name) for name in "scW")
x, y = sp.symbols("x y", real=True)
T = sp.Symbol("T", positive=True)
f = sp.Function("f")


def total(body: Any, *indices: Any) -> Any:
    return sp.Sum(body, *((index, 1, n) for index in indices))


p_j = sp.exp(s[j]) / total(sp.exp(s[k]), k)


def texts(*expressions: Any) -> list[str]:
    return [str(one) for one in from_sympy(expressions)[0]]


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (x**2 + sp.Rational(1, 3), "x^2 + 1/3"),
        (sp.Float("0.125") * x, "1/8*x"),
        (sp.Float(0.1) * x, "3602879701896397/36028797018963968*x"),
        (sp.sqrt(x), "x^(1/2)"),
        (sp.pi * sp.E, "pi*exp(1)"),
        (total(s[j], j), "sum(s[j], j)"),
        (sp.Product(s[j], (j, 1, n)), "prod(s[j], j)"),
        (sp.Sum(s[j], (j, 1, n)) / n, "1/n*sum(s[j], j)"),
        (sp.Sum(W[i, j], (j, 1, m), (i, 1, n)), "sum(W[i,j], i, j)"),
        (total(sp.KroneckerDelta(i, j) * s[j], j), "sum(s[j]*delta(i,j), j)"),
        (
            sp.Piecewise((x, x > 0), (y, sp.And(x < 0, y > 1)), (0, True)),
            "where(x > 0, x, where(x < 0, where(y > 1, y, 0), 0))",
        ),
        (sp.Piecewise((x, sp.Or(x > 1, y > 1)), (0, True)), "where(x > 1, x, where(y > 1, x, 0))"),
        (sp.Max(x, 0), "max(0, x)"),
        (sp.Abs(x), "abs(x)"),
        (sp.sign(x), "sign(x)"),
        (sp.Heaviside(x), "step(x)"),
        (sp.polygamma(1, x), "polygamma(1, x)"),
        (sp.tanh(x), "tanh(x)"),
        (f(x), "f(x)"),
        (sp.Derivative(f(x), (x, 2)), "f''(x)"),
        (sp.Derivative(sp.sin(x) * y, x, y), "D(sin(x)*y, x, y)"),
        (sp.Derivative(total(s[j] ** 2, j), s[i]), "D(sum(s[j]^2, j), s[i])"),
    ],
)  # fmt: skip
def test_an_expression_comes_in(given: Any, text: str) -> None:
    (found,), _ = from_sympy([given])
    # SymPy orders terms and factors by a rule of its own.
    assert sorted(re.findall(r"\w+|[^\w\s]", str(found))) == sorted(re.findall(r"\w+|[^\w\s]", text))


def test_the_range_of_one_index_is_that_of_all_that_meet_it() -> None:
    (left, right), context = from_sympy([-total(c[j] * sp.log(p_j), j), s[i] - c[i]])
    assert str(right) in {"s[i] - c[i]", "-c[i] + s[i]"}
    assert {name: one.dims for name, one in context.variables.items()} == {"s": ("n",), "c": ("n",)}
    assert str(left).startswith("-sum(")


def test_ranges_come_from_idx_and_shapes_too() -> None:
    a = sp.Idx("a", (1, m))
    assert from_sympy([sp.IndexedBase("z")[a]])[1].variables["z"].dims == ("m",)
    assert from_sympy([sp.IndexedBase("z", shape=(m, n))[i, j]])[1].variables["z"].dims == ("m", "n")


def test_ranges_from_zero_are_the_same_dimension() -> None:
    a = sp.Idx("a", n)
    ((found, first), context) = from_sympy([sp.Sum(s[a], (a, 0, n - 1)), s[0]])
    assert str(found) == "sum(s[a], a)"
    assert str(first) == "s[1]"
    assert set(context.sizes) == {"n"}


def test_a_number_as_range_is_a_fixed_size() -> None:
    _, context = from_sympy([sp.Sum(s[j], (j, 1, 3))])
    assert [(one.fixed) for one in context.sizes.values()] == [3]


def test_assumptions_are_declarations() -> None:
    z = sp.Symbol("z", real=True, nonzero=True)
    q = sp.IndexedBase(sp.Symbol("q", nonnegative=True))
    _, context = from_sympy([T * z * x * total(q[j], j)])
    bounds = {name: [one.relation for one in variable.bounds] for name, variable in context.variables.items()}
    assert bounds == {"T": [">"], "z": ["!="], "x": [], "q": [">="]}


def test_a_letter_bound_twice_is_two_indices() -> None:
    nested = total(total(s[j], j) * c[j], j)
    (found,), _ = from_sympy([nested])
    assert str(found) in {"sum(c[j]*sum(s[j_1], j_1), j)", "sum(sum(s[j_1], j_1)*c[j], j)"}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([s[i]], "size of s"),
        ([total(j * s[j], j)], "no number"),
        ([sp.true], "already evaluated"),
        ([sp.I * x], "no meaning"),
        ([sp.oo], "no meaning"),
        ([sp.Sum(s[j], (j, 2, n))], "from 1 to n"),
        ([sp.Sum(s[j], (j, 1, n)), sp.Sum(c[j], (j, 0, n - 1))], "begin at"),
        ([sp.Sum(s[j] * c[i], (j, 1, n)), sp.Sum(c[j], (j, 1, m)) + s[i]], "would run over"),
        ([s[i + 1] + total(s[j], j)], "is no index"),
        ([sp.Integral(x, x)], "Integral"),
        ([sp.Piecewise((x, x > 0))], "last branch"),
        ([sp.Heaviside(x, 0)], "1/2"),
        ([sp.Function("g")(x, y)], "2 arguments"),
        ([sp.Sum(s[j], (j, 1, 1_000_001))], "at most 1000000"),
        ([sp.Sum(s[j], (j, 0, 1_000_000))], "at most 1000000"),
        ([s[sp.Idx("j", (1, 1_000_001))]], "at most 1000000"),
        ([sp.IndexedBase("b", shape=(1_000_001,))[i]], "at most 1000000"),
        ([sp.Sum(sp.KroneckerDelta(i, 3), (i, 0, 2))], "no position 3, where i runs from 0 to 2"),
        ([sp.Sum(sp.KroneckerDelta(i, 0), (i, 1, n))], "no position 0, where i runs from 1"),
    ],
)
def test_what_has_no_meaning_is_refused(given: list[Any], message: str) -> None:
    with pytest.raises(IllPosedError, match=message):
        from_sympy(given)


@pytest.mark.parametrize(
    "expression",
    [
        total(c[j] * sp.log(p_j), j),
        sp.Derivative(total(s[j] ** 2, j), s[i]) - 2 * s[i],
        total(sp.KroneckerDelta(i, j) * s[j], j),
        sp.Piecewise((x, x > 0), (0, True)),
        sp.Product(s[j], (j, 1, n)) / n,
        sp.sqrt(T) * sp.besselj(1, x),
        f(x) ** 2,
    ],
)
def test_there_and_back(expression: Any) -> None:
    (found,), context = from_sympy([expression])
    (again,), back = from_sympy([to_sympy(found, context)])
    assert to_sympy(again, back) == to_sympy(found, context)
    assert set(back.variables) == set(context.variables)


def test_what_goes_out_has_the_assumptions() -> None:
    context = Context(variables=dict(from_sympy([T])[1].variables), sizes={"n": Size("n", fixed=3)})
    symbol = to_sympy(from_sympy([T])[0][0], context)
    assert symbol.is_positive
    assert context.variables["T"].bounds == (Bound(Relation.GREATER, term(0)),)


def test_a_maximum_over_an_index_has_no_form_in_sympy() -> None:
    from derive import size, vector

    with pytest.raises(IllPosedError, match="no form"):
        vector("s", size("n")).max().sympy()


def test_a_result_goes_out_as_an_equation() -> None:
    from derive.report.results import Result, Verdict
    from derive.terms import Equation

    (left, right), context = from_sympy([total(s[j], j), total(s[k], k)])
    result = Result(Verdict.PROVED, statement=Equation(left, right), context=context)
    found = result.sympy()
    assert isinstance(found, sp.Eq)
    assert (found.lhs, found.rhs) == (to_sympy(left, context), to_sympy(right, context))
    assert Result(Verdict.ERROR).sympy() is None


def test_text_is_never_read() -> None:
    from derive import scalar, verify

    with pytest.raises(IllPosedError, match="no expression"):
        verify(scalar("x"), "x")


def test_definitions_are_unfolded_on_the_way_out() -> None:
    from derive import gradient, let, scalar, size, vector

    z = vector("z", size("n"))
    square = let("q", z**2)
    found = (square.sum() * scalar("x")).sympy()
    assert not found.has(sp.IndexedBase("q"))
    assert from_sympy([found])[1].variables.keys() == {"x", "z"}
    with pytest.raises(IllPosedError, match="which is defined"):
        gradient(square.sum(), square).sympy()


def test_what_a_sum_leaves_out_is_left_out_in_sympy() -> None:
    from derive.reading.text import read_term

    context = Context(
        sizes={"n": Size("n", fixed=3)},
        variables=dict(from_sympy([sp.IndexedBase("z", shape=(n,))[i]])[1].variables),
    )
    z = sp.IndexedBase("z", shape=(3,), real=True)
    for text, value in {
        "sum(z[j], j != i)": z[1] + z[3],
        "prod(1/z[j], j != i)": 1 / (z[1] * z[3]),
        "mean(z[j], j != i)": (z[1] + z[3]) / 2,
    }.items():
        gone = to_sympy(read_term(text, context), context).subs(sp.Symbol("i", integer=True), 2).doit()
        assert sp.simplify(gone - value) == 0


def test_two_arrays_whose_names_are_dummies_are_two() -> None:
    first, second = (sp.IndexedBase(sp.Dummy("a", real=True), shape=(n,)) for _ in range(2))
    ((one, other), context) = from_sympy([first[i], second[i]])
    assert str(one) != str(other)
    assert len(context.variables) == 2


@pytest.mark.parametrize(
    "huge", [sp.Integer(2) ** (10**5), sp.Pow(2, 10**5, evaluate=False)], ids=["number", "power"]
)
def test_a_number_that_no_text_would_hold_is_refused(huge: Any) -> None:
    with pytest.raises(IllPosedError, match=r"more than 1000 digits|an exponent beyond 1000"):
        from_sympy([huge * x])
