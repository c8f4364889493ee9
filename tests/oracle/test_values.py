"""Values of terms, and where there is none."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from derive.oracle import Logarithm, Point, Surd, holds
from derive.terms import Compare, Context, Entry, Number, Relation, Size, Variable
from tests.oracle.claims import CROSS, SOFTMAX, exactly, value

F = Fraction
X = "real x\n"


@pytest.mark.parametrize(
    ("term", "x", "expected"),
    [
        ("x^0", 0, 1),
        ("0^(1/2) + x", 0, 0),
        ("x^(3/2)", 0, 0),
        ("(-2)^3 + x", 0, -8),
        ("x^(-2)", -2, F(1, 4)),
        ("step(x)", 0, F(1, 2)),
        ("sign(x)", 0, 0),
        ("sign(x)", -3, -1),
        ("relu(x)", -3, 0),
        ("abs(x)", -3, 3),
        ("max(x, 2, -1)", 1, 2),
        ("min(x, 2, -1)", 1, -1),
        ("floor(x)", F(-1, 2), -1),
        ("trunc(x)", F(-1, 2), 0),
        ("trunc(x)", -2, -2),
        ("where(x > 0, 1/x, 7)", 0, 7),
        ("[x >= 0]", 0, 1),
        ("sqrt(x)", 0, 0),
        ("sqrt(x)", F(4, 9), F(2, 3)),
        ("exp(log(3)*2 + x)", 0, 9),
        ("sigmoid(x)", 0, F(1, 2)),
        ("gamma(x)", 5, 24),
        ("acosh(x)", 1, 0),
        ("max(x, x)", 1, 1),
        # What cancels is gone exactly: balls alone could not choose these branches.
        ("[pi + x - pi >= x]", 1, 1),
        ("[exp(x) + (2 - exp(x))*1 <= 2]", 1, 1),
        ("[sqrt(2)*x/sqrt(2) = x]", 3, 1),
        ("[sin(x)^2*(cos(x)/sin(x))^2/cos(x)^2 = 1]", 1, 1),
        ("[exp(x)*2^x/exp(x)*exp(2)*exp(-2)/2^x = 1]", 1, 1),
        # One of several against their greatest or least: by comparing it with the others.
        ("[exp(x) = max(exp(x), sin(x))]", 1, 1),
        ("[exp(x) < max(exp(x), sin(x))]", 1, 0),
        ("[sin(x) < max(exp(x), sin(x), 1/3)]", 1, 1),
        ("[min(exp(x), sin(x)) < exp(x)]", 1, 1),
    ],
)
def test_a_value_is_what_the_language_says(term: str, x: int | Fraction, expected: int | Fraction) -> None:
    assert exactly(value(X, term, x=x), expected)


@pytest.mark.parametrize(
    ("term", "x"),
    [
        ("1/x", 0),
        ("x/x", 0),
        ("(x + x*x)/x", 0),
        ("0*log(x)", 0),
        ("log(x)", -1),
        ("log(x)", 0),
        ("x^(1/2)", -1),
        ("x^(-1/2)", 0),
        ("x^x", 0),
        ("x^x", -1),
        ("1/(1 - sin(x)^2 - cos(x)^2)", 1),
        ("tan(x) - tan(x) + 1/(x - x)", 1),
        ("asin(x)", 2),
        ("atanh(x)", 1),
        ("gamma(x)", -3),
        ("lgamma(x)", -1),
        ("acosh(x)", F(1, 2)),
        ("[log(-x) - log(-x) = 0]", 1),
        ("[x/(pi - pi) - x/(pi - pi) = 0]", 1),
        ("[exp(x) = max(exp(x), log(-x))]", 1),
        ("[sin(x)^2 + cos(x)^2 = max(1, sin(x)^2 + cos(x)^2)]", 1),
        ("atan2(x, x)", 0),
        ("besselk(1, x)", 0),
        ("where(x > 0, 1, 1/x)", 0),
        ("log(exp(x) - exp(x))", 1),
    ],
)
def test_there_is_no_value_where_the_language_says_so(term: str, x: int | Fraction) -> None:
    assert value(X, term, x=x) is None


@pytest.mark.parametrize(
    ("term", "x"),
    [
        ("D((x + x*x)/x, x)", 0),
        ("D(x/x, x)", 0),
        ("D(sqrt(x), x)", 0),
        ("D(x^(3/2), x)", 0),
        ("D(abs(x), x)", 0),
        ("D(x*abs(x), x)", 0),
        ("D(max(0, x), x)", 0),
        ("D(max(x, x), x)", 1),
        ("D(relu(x), x)", 0),
        ("D(step(x), x)", 0),
        ("D(sign(x)*x, x)", 0),
        ("D(where(x = 0, 0, x), x)", 0),
        ("D(where(x >= 1, x, x), x)", 1),
        ("D(floor(x), x)", 2),
        ("D(asin(x), x)", 1),
        ("D(acosh(x), x)", 1),
        ("D(log(x), x)", -1),
        ("D(where(abs(x) <= 1, x^2/2, abs(x) - 1/2), x)", 1),
        ("D(where(x^0 >= 1, x, 0), x)", 3),
        ("D(x*0 + log(x - 1), x, x)", 1),
    ],
)
def test_a_derivative_has_no_value_at_a_kink_a_tie_or_an_end(term: str, x: int) -> None:
    assert value(X, term, x=x) is None


def test_an_extreme_of_entries_has_a_derivative_where_no_two_that_move_tie() -> None:
    text = "size n\nreal s[n]\n"
    at: dict[str, Any] = {"n": 3, "s": (1, 3, 3)}
    assert value(text, "D(max(s[j],j), s[i])", i=2, **at) is None
    assert exactly(value(text, "D(max(s[j],j), s[i])", i=1, **at), 0)
    assert exactly(value(text, "D(max(s[j],j), s[i])", n=3, s=(1, 3, 2), i=2), 1)
    assert exactly(value(text, "max(s[j],j)", **at), 3)


def test_a_tie_of_what_stays_is_no_tie() -> None:
    text = "real x, y\n"
    assert exactly(value(text, "D(where(y >= 0, x^2, 0), x)", x=3, y=0), 6)
    assert exactly(value(text, "D(sqrt(y)*x, x)", x=3, y=0), 0)
    assert value(text, "D(where(y >= 0, x^2, 0), y)", x=3, y=0) is None


def test_what_cancels_while_it_moves_still_has_its_kinks() -> None:
    assert value(X, "D(abs(pi + x - pi - x), x)", x=1) is None
    assert value(X, "D([exp(x) = max(exp(x), 1)], x)", x=0) is None


def test_what_cancels_is_looked_for_within_a_bound() -> None:
    """Each doubles the one before: written out, the last has 2^13 parts."""
    lines = ["let a0 = exp(x)"] + [f"let a{k} = (a{k - 1} + a{k - 1})" for k in range(1, 14)]
    assert exactly(value(X + "\n".join(lines) + "\n", "a13 + sin(x) - sin(x)", x=0), 2**13)


def test_empty_ranges() -> None:
    text = "size n\nreal x[n]\n"
    assert exactly(value(text, "sum(x[j], j != i)", n=1, i=1, x=(5,)), 0)
    assert exactly(value(text, "prod(x[j], j != i)", n=1, i=1, x=(5,)), 1)
    for operation in ("mean", "max", "min"):
        assert value(text, f"{operation}(x[j], j != i)", n=1, i=1, x=(5,)) is None
    assert exactly(value(text, "mean(x[j], j != i)", n=3, i=1, x=(5, 1, 2)), F(3, 2))


def test_sizes_are_numbers_and_powers_of_sizes_are_whole() -> None:
    text = "size n\nreal x\n"
    assert exactly(value(text, "x^n", n=3, x=-2), -8)
    assert exactly(value(text, "x^(n-1)", n=3, x=-2), 4)
    assert exactly(value(text, "x^n/n", n=4, x=0), 0)


def test_exact_logarithms_give_exact_exponentials() -> None:
    half = value(SOFTMAX, "p[i]", n=3, i=3, s=(0, 0, Logarithm(F(2))), c=(1, 0, 0))
    assert half is not None
    assert half.is_exact()
    assert exactly(half, F(1, 2))


def test_a_derivative_at_logarithms_is_exact() -> None:
    slope = value(CROSS, "D(E, s[i])", n=3, i=1, s=(0, 0, Logarithm(F(2))), c=(1, 0, 0))
    assert exactly(slope, F(-3, 4))


def test_a_condition_holds_or_not_or_cannot_be_told() -> None:
    context = Context(sizes={"n": Size("n")}, variables={"x": Variable("x"), "y": Variable("y")})
    x, y, two = Entry("x"), Entry("y"), Number(F(2))
    root = Point(values={"x": Surd(F(0), F(1), F(2)), "y": -1})
    assert holds(Compare(Relation.GREATER, x, y), context, root) is True
    assert holds(Compare(Relation.EQUAL, x, y), context, root) is False
    assert (
        holds(Compare(Relation.EQUAL, x**two, two), context, root) is None
    )  # a ball cannot confirm an equality
    assert holds(Compare(Relation.GREATER, 1 / (y + 1), x), context, root) is None


def test_a_condition_is_meant_for_all_indices_that_the_point_leaves_out() -> None:
    from tests.oracle.claims import claim

    found = claim("size n\nreal c[n]\ngiven c[i] >= 0\nclaim c[i] = c[i]")
    (hypothesis,) = found.context.hypotheses
    assert holds(hypothesis.condition, found.context, Point({"n": 2}, {}, {"c": (0, 1)})) is True
    assert holds(hypothesis.condition, found.context, Point({"n": 2}, {}, {"c": (0, -1)})) is False
    assert holds(hypothesis.condition, found.context, Point({"n": 2}, {"i": 1}, {"c": (0, -1)})) is True
