"""Derivatives from series: against closed forms written by hand, and against difference quotients."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.oracle import Chosen, Point, evaluate
from derive.oracle import quantities as q
from derive.oracle.quantities import Quantity
from derive.terms import Apply, Context, Derivative, Entry, Term, Variable
from derive.terms.nodes import add, multiply
from tests.oracle.claims import SOFTMAX, agrees, exactly, refuted, value

F = Fraction


@pytest.mark.parametrize(
    ("term", "closed"),
    [
        ("exp(x^2)", "2*x*exp(x^2)"),
        ("log(x)", "1/x"),
        ("sin(x)*cos(x)", "cos(x)^2 - sin(x)^2"),
        ("tan(x)", "1/cos(x)^2"),
        ("tanh(x)", "1 - tanh(x)^2"),
        ("sigmoid(x)", "sigmoid(x)*(1 - sigmoid(x))"),
        ("softplus(x)", "sigmoid(x)"),
        ("sqrt(x)", "1/(2*sqrt(x))"),
        ("x^x", "x^x*(log(x) + 1)"),
        ("asin(x/3)", "1/sqrt(9 - x^2)"),
        ("acos(x/3)", "-1/sqrt(9 - x^2)"),
        ("atan(x)", "1/(1 + x^2)"),
        ("asinh(x)", "1/sqrt(1 + x^2)"),
        ("acosh(x + 1)", "1/sqrt((x + 1)^2 - 1)"),
        ("atanh(x/3)", "3/(9 - x^2)"),
        ("erf(x)", "2/sqrt(pi)*exp(-x^2)"),
        ("relu(x) + abs(x)", "2"),
        ("lgamma(x)", "digamma(x)"),
        ("digamma(x)", "polygamma(1, x)"),
        ("besselj(1, x)", "(besselj(0, x) - besselj(2, x))/2"),
        ("besselk(1/2, x)", "-(besselk(-1/2, x) + besselk(3/2, x))/2"),
        ("airyaiprime(x)", "x*airyai(x)"),
        ("expint(1, x)", "-exp(-x)/x"),
        ("Si(x)", "sin(x)/x"),
        ("Ci(x)", "cos(x)/x"),
        ("lowergamma(3/2, x)", "sqrt(x)*exp(-x)"),
        ("uppergamma(3/2, x)", "-sqrt(x)*exp(-x)"),
        ("ellipe(x/3)", "(ellipe(x/3) - ellipk(x/3))/(2*x)"),
        ("betainc(2, 3, x/3)", "(x/3)*(1 - x/3)^2/3"),
        ("zeta(3, x)", "-3*zeta(4, x)"),
        ("erfinv(x/3)", "sqrt(pi)/6*exp(erfinv(x/3)^2)"),
        ("atan2(x, -2)", "-2/(x^2 + 4)"),
        ("beta(x, 2)", "beta(x, 2)*(digamma(x) - digamma(x + 2))"),
    ],
)
def test_the_derivative_is_the_closed_form(term: str, closed: str) -> None:
    difference = value("real x\n", f"D({term}, x) - ({closed})", x=F(5, 7))
    assert exactly(difference, 0)


@pytest.mark.parametrize("factor", ["1000001/1000000", "(1 + 1/10^9)"])
def test_a_derivative_wrong_by_a_little_is_refuted(factor: str) -> None:
    assert refuted(f"{SOFTMAX}claim D(logsumexp(s), s[i]) = p[i]*{factor}")


def test_a_bound_index_is_not_the_free_one_of_the_same_name() -> None:
    text = "size n\nreal s[n]\n"
    assert agrees(f"{text}claim D(sum(s[j]^2, j), s[j]) = 2*s[j]")
    assert refuted(f"{text}claim D(sum(s[j]^2, j), s[j]) = sum(2*s[j], j)")


def test_mixed_and_repeated_derivatives() -> None:
    text = "real x, y\n"
    assert exactly(value(text, "D(x^2*y^3, x, y)", x=2, y=3), 2 * 2 * 27)
    assert exactly(value(text, "D(x^5, x, x, x)", x=2, y=0), 60 * 4)
    assert exactly(value(text, "D(x^2*y^3, x, y, y, x)", x=2, y=3), 2 * 6 * 3)


def test_nested_derivatives() -> None:
    text = "real x, y\n"
    assert exactly(value(text, "D(D(x^3*y, x)*y, y)", x=2, y=3), 2 * 12 * 3)
    assert exactly(value(text, "D(x*D(x^3*y^2, x)^2, x, y)", x=1, y=2), 5 * 9 * 4 * 8)
    assert exactly(value(text, "D(D(D(exp(x*y), x)*x, y)*y, x)", x=0, y=2), 2)


def test_derivatives_of_many_orders_are_read_only_where_the_series_reaches() -> None:
    assert exactly(value("real x\n", "D(x^12, x, x, x, x, x, x, x, x, x, x, x, x)", x=0), 479001600)


def test_a_definition_as_variable_is_held_apart_from_everything_else() -> None:
    text = SOFTMAX + "let E = sum(s[k]*p[k], k)\n"
    at: dict[str, Any] = {"n": 2, "s": (3, 5), "c": (0, 0)}
    assert exactly(value(text, "D(E, p[j])", j=2, **at), 5)
    assert agrees(f"{text}claim D(E, s[i]) = p[i] + sum(D(E, p[j])*D(p[j], s[i]), j)")


def test_a_use_further_down_sees_the_change_of_a_definition() -> None:
    text = "real x\nlet p = x^2\nlet q = p*x\nlet E = q + p\n"
    assert exactly(value(text, "D(E, p)", x=3), 4)
    assert exactly(value(text, "D(E, q)", x=3), 1)
    assert exactly(value(text, "D(E, x)", x=3), 27 + 6)
    assert exactly(value(text, "D(D(q*p, p), x)", x=3), 6 * 9)  # 2 p x = 2 x^3


def test_a_derivative_by_a_definition_after_a_total_one_has_two_readings_and_no_value() -> None:
    text = "real x\nlet p = x^2\nlet E = p*x\n"
    assert value(text, "D(D(E, x), p)", x=3) is None
    assert value(text, "D(E, x, p)", x=3) is None


def test_what_does_not_occur_has_the_derivative_0() -> None:
    assert exactly(value("real x, y\n", "D(x^2, y)", x=3, y=0), 0)
    assert value("real x, y\n", "D(log(x), y)", x=-3, y=0) is None


def test_entries_move_independently_whatever_the_hypotheses_say() -> None:
    assert agrees("real x, y\ngiven x = y\nclaim D(x*y, x) = y")
    assert agrees("size n\nreal c[n]\ngiven sum(c[j],j) = 1\nclaim D(sum(c[j],j), c[i]) = 1")
    assert refuted("size n\nreal c[n]\ngiven sum(c[j],j) = 1\nclaim D(sum(c[j],j), c[i]) = 0")
    assert agrees("size n\nonehot y[n]\nclaim D(y[k]^2, y[i]) = 2*y[k]*delta(i,k)")
    symmetric = "size d\nreal x[d], W[d,d]\ngiven W[i,j] = W[j,i]\n"
    assert agrees(f"{symmetric}claim D(sum(x[i]*W[i,j]*x[j],i,j), W[k,l]) = x[k]*x[l]")


def test_a_product_has_its_derivative_at_0_too() -> None:
    product = "D(prod(x[j],j), x[i])"
    assert exactly(value("size n\nreal x[n]\n", product, n=3, i=1, x=(0, 2, 3)), 6)
    assert agrees(f"size n\nreal x[n]\nclaim {product} = prod(x[j], j != i)")


def test_declared_functions_have_derivatives_of_every_order() -> None:
    f = Chosen((F(1), F(0), F(2)), F(3), F(2))
    text = "function f\nreal x\n"
    assert exactly(value(text, "D(f(x^2), x) - 2*x*f'(x^2)", x=F(1, 3), f=f), 0)
    assert exactly(value(text, "D(f(x), x, x) - f''(x)", x=F(1, 3), f=f), 0)
    assert exactly(value(text, "f''(x)", x=0, f=f), 4 + 12)
    assert f.text == "x -> 1 + 2*x^2 + 3*exp(2*x)"


def test_a_function_of_the_table_with_primes_is_its_derivative() -> None:
    at_zero = Point(values={"x": 0, "y": 0})
    for primes, expected in ((1, F(1)), (2, F(0)), (3, F(-1, 3))):
        assert exactly(evaluate(Apply("Si", (x,), primes), CONTEXT, at_zero), expected)
    slope = Derivative(Apply("Si", (x * x + x,), 1), (x, x))
    direct = Derivative(Apply("Si", (x * x + x,)), (x,)) / (2 * x + 1)
    difference = evaluate(
        add(slope, -Derivative(direct, (x, x))), CONTEXT, Point(values={"x": F(2, 3), "y": 0})
    )
    assert exactly(difference, 0)
    assert evaluate(Apply("abs", (x,), 1), CONTEXT, Point(values={"x": 1, "y": 0})) is None


x, y = Entry("x"), Entry("y")
CONTEXT = Context(variables={"x": Variable("x"), "y": Variable("y")})


def _wrapped(name: str) -> st.SearchStrategy[Term]:
    return terms.map(lambda a: Apply(name, (a,)))


terms: st.SearchStrategy[Term] = st.deferred(
    lambda: (
        st.sampled_from((x, y, x * y, x**2, x + 1))
        | st.builds(lambda a, b: add(a, b), terms, terms)
        | st.builds(lambda a, b: multiply(a, b), terms, terms)
        | st.builds(lambda a: 1 / (2 + a**2), terms)
        | st.sampled_from(("sin", "cos", "sigmoid", "tanh", "atan", "erf", "softplus")).flatmap(_wrapped)
    )
)


@given(terms, st.fractions(-1, 1, max_denominator=9), st.fractions(-1, 1, max_denominator=9))
def test_a_derivative_is_the_limit_of_difference_quotients(term: Term, a: Fraction, b: Fraction) -> None:
    step = F(1, 2**40)

    def at(node: Term, shift: Fraction) -> Quantity:
        found = evaluate(node, CONTEXT, Point(values={"x": a + shift, "y": b}), bits=q.FINEST)
        assert found is not None
        return found

    slope = at(Derivative(term, (x,)), F(0))
    quotient = (at(term, step) - at(term, -step)) / (2 * q.ball(q.rational(step)))
    assert abs(slope - quotient) < 1e-9 * (1 + abs(at(Derivative(term, (x, x, x)), F(0))))
