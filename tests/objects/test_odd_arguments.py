"""Whatever a public function or an operator is handed, it is taken for what it is, or an error of ours says why."""

from __future__ import annotations

import contextlib
import datetime
import decimal
import inspect
import math
import operator
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any, NoReturn

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

import derive
from derive import DeriveError, function, gradient, index, label, matrix, scalar, size, softmax, vector


class Hostile:
    """An object that cannot even be shown."""

    def __repr__(self) -> NoReturn:
        raise RuntimeError


class Listless:
    """An object that says it can be listed."""

    def __iter__(self) -> Iterator[Any]:
        raise TypeError("no")


n, m = size("n"), size("m")
s, W, x = vector("s", n), matrix("W", m, n), scalar("x")
i, t, f = index("i", n), label("t", n), function("f")

OURS = [n, m, s, W, x, i, t, f, s == s, s > 0, i == t, i != t, s.sum(), gradient(s.sum(), s), softmax(s)]
FOREIGN = [
    None, True, False, 0, 1, -1, 10**30, 0.5, float("nan"), float("inf"), -0.0, 1j, "", "x", "pi", "exp", "2n", b"x",
    [], [1], (), (1, 2), {}, {"a": 1}, set(), slice(None), slice(1, 2), slice(s, None), ..., object(), Hostile(),
    Listless(), int, derive, math.sin, np.float64(0.5), np.float32(0.1), np.int64(2), np.bool_(True), np.array([1, 2]),
    np.array(3), Fraction(1, 3), decimal.Decimal("0.1"), range(3), NotImplemented, datetime.date(2020, 1, 1),
    ValueError("x"), derive.Verdict.PROVED, derive.check("claim 1 = 1"),
]  # fmt: skip
SYMPYS = [
    sp.Symbol("x"), sp.Symbol("y"), sp.Symbol("q", prime=True), sp.Eq(sp.Symbol("x"), 1), sp.true, sp.I, sp.oo,
    sp.nan, sp.Matrix([[1]]), sp.exp, sp.Function("f"), sp.Function("f")(sp.Symbol("y")),
    sp.Function("x")(sp.Symbol("x")),
    sp.Dummy("x"), sp.Symbol("i", integer=True), sp.IndexedBase("s"), sp.IndexedBase("s")[sp.Symbol("i")], sp.Idx("i"),
    sp.MatrixSymbol("M", 2, 2), sp.Tuple(1), sp.Interval(0, 1),
]  # fmt: skip
ANYTHING = st.sampled_from([*OURS, *FOREIGN, *SYMPYS])

# Those that take texts and paths, the classes, and the numbers.
OTHERS = {"check_many", "__version__", "Expression", "Statement", "Report", "Result", "Verdict", "e", "pi"}
CALLABLES = [one for one in sorted(derive.__all__) if one not in OTHERS and not one.endswith("Error")]
METHODS = ("sum", "prod", "mean", "max", "min", "__getitem__", "__matmul__", "__pow__", "__rtruediv__")
ENOUGH = settings(max_examples=60, deadline=None)


def ours_or_right(call: Callable[[], Any]) -> None:
    """Call; what is raised is an error of ours."""
    with contextlib.suppress(DeriveError):
        call()


@pytest.mark.parametrize("name", CALLABLES)
@ENOUGH
@given(data=st.data())
def test_a_function_takes_it_or_says_why_not(name: str, data: st.DataObject) -> None:
    called = getattr(derive, name)
    parameters = inspect.signature(called).parameters.values()
    positional = [one for one in parameters if one.kind is one.POSITIONAL_OR_KEYWORD]
    least = sum(one.default is one.empty for one in positional)
    most = len(positional) if all(one.kind is not one.VAR_POSITIONAL for one in parameters) else least + 2
    if name == "check":
        most = 1  # what follows is no matter of mathematics
    arguments = data.draw(st.lists(ANYTHING, min_size=least, max_size=min(most, 4)))
    ours_or_right(lambda: called(*arguments))


@pytest.mark.parametrize("keyword", ["positive", "nonnegative", "nonzero"])
@pytest.mark.parametrize("value", [*FOREIGN, *OURS], ids=lambda one: type(one).__name__)
def test_a_mark_is_true_or_false(keyword: str, value: Any) -> None:
    ours_or_right(lambda: scalar("z", **{keyword: value}))


@pytest.mark.parametrize("method", METHODS)
@ENOUGH
@given(value=st.sampled_from([s, W, x, n, softmax(W)]), arguments=st.lists(ANYTHING, min_size=1, max_size=2))
def test_a_method_takes_it_or_says_why_not(method: str, value: Any, arguments: list[Any]) -> None:
    few = arguments if method in METHODS[:5] else arguments[:1]
    ours_or_right(lambda: getattr(value, method)(*few))


OPERATORS = [
    operator.add, operator.sub, operator.mul, operator.truediv, operator.pow, operator.matmul, operator.eq,
    operator.ne, operator.lt, operator.ge, operator.getitem,
]  # fmt: skip


@pytest.mark.parametrize("operate", OPERATORS, ids=lambda one: one.__name__)
@ENOUGH
@given(left=st.sampled_from([n, s, W, x]), right=st.sampled_from([*OURS, *FOREIGN, *SYMPYS]))
def test_an_operator_takes_it_or_says_why_not(
    operate: Callable[[Any, Any], Any], left: Any, right: Any
) -> None:
    ours_or_right(lambda: operate(left, right))


@pytest.mark.parametrize("operate", OPERATORS[:10], ids=lambda one: one.__name__)
@ENOUGH
@given(left=st.sampled_from(FOREIGN), right=st.sampled_from([n, s, W, x]))
def test_so_it_does_on_the_right_of_one(operate: Callable[[Any, Any], Any], left: Any, right: Any) -> None:
    ours_or_right(lambda: operate(left, right))


@pytest.mark.parametrize("huge", [10**5000, 2**20_000, Fraction(1, 3**9000)], ids=["ten", "two", "small"])
def test_a_number_that_no_text_would_hold_is_refused(huge: Any) -> None:
    s = derive.array("s")
    with pytest.raises(derive.IllPosedError, match="more than 1000 digits"):
        derive.verify(s * huge, s)


def test_an_exponent_that_no_text_would_hold_is_refused() -> None:
    s = derive.array("s")
    with pytest.raises(derive.IllPosedError, match="an exponent beyond 1000"):
        derive.verify(s ** (10**6), s)
