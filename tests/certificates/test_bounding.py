"""Inequalities as sums of what is not negative: what the kernel's search found is read, and Coq is asked about it."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive.certificates import nonnegative
from derive.certificates.bounding import ReducedBound
from derive.certificates.certificate import certificate, certificate_under
from derive.certificates.expressions import ONE, ZERO, add, inv, minus, mul, num, opp
from derive.certificates.laurent import expression, laurent, over_one
from derive.certificates.symbols import factored, factors
from tests.certificates.claims import one
from tests.certificates.test_checking import asked, libraries  # noqa: F401 - a fixture of theirs

X, Y = ("ent", "x", ()), ("ent", "y", ())
BOUNDS = {
    "square": "size n\nreal x[n], y[n]\nclaim sum(x[j]*y[j], j)^2 <= sum(x[j]^2, j)*sum(y[j]^2, j)",
    "exponential": "size n\nreal x[n]\nsimplex w[n]\nclaim exp(sum(w[j]*x[j], j)) <= sum(w[j]*exp(x[j]), j)",
    "logarithm": "size n\npositive q[n]\nclaim mean(log(q[j]), j) <= log(mean(q[j], j))",
    "means": "positive x, y\nclaim (2*x + y)/3 >= (x^2*y)^(1/3)",
    "factors": "real x\nclaim D(sigmoid(x), x) <= 1/4",
    "maximum": "size n\nreal s[n]\nclaim max(s[j], j) <= logsumexp(s)",
}
FALSE = {
    "square": BOUNDS["square"].replace("<=", "<"),
    "factors": BOUNDS["factors"].replace("1/4", "1/5"),
    "maximum": BOUNDS["maximum"].replace("max(s[j], j)", "max(s[j], j) + 1/2"),
}


def test_a_sum_of_squares_is_read_with_its_proof() -> None:
    (equation, context, _) = one(BOUNDS["square"])
    text = certificate(equation, context).texts[0]
    assert "apply pow2_ge_0." in text
    assert text.count("apply Sum_nneg") == 2
    assert "apply (of_multiple_le" in text


def test_every_lemma_of_the_kernel_has_a_reading() -> None:
    from derive.kernel.inequalities.certificates import LEMMAS

    read = {"product", "square", "means", "rest", *nonnegative.LEMMAS}
    assert read == set(LEMMAS)


def test_a_reduced_bound_knows_which_side_is_greater() -> None:
    (equation, _, _) = one("real x, y\ngiven x < y\nclaim x < y")
    bound = ReducedBound(equation, X, Y)
    assert (bound.difference, bound.sign) == (minus(Y, X), "<")


def test_factors_multiply_to_the_whole() -> None:
    whole = mul(minus(mul(X, X), mul(Y, Y)), inv(add(X, ONE)))
    product = factored(whole)
    assert product is not None
    assert laurent(minus(whole, product)) == {} or over_one(laurent(minus(whole, product)))[0] == {}
    assert factors(ZERO) == []
    assert factored(add(mul(X, X), add(ONE, mul(num(-2), X)))) == mul(
        ONE, ("pow", expression(laurent(minus(X, ONE))), 2)
    )


def test_what_is_divided_by_is_multiplied_away() -> None:
    above, below = over_one(laurent(add(ONE, mul(X, inv(Y)))))
    assert (above, below) == (laurent(add(X, Y)), Y)
    assert over_one(laurent(opp(X))) == (laurent(opp(X)), ONE)


def test_what_is_one_over_the_rest_of_a_fraction_is_a_sum() -> None:
    """1 / (1 - x / (x + 1)) is x + 1, and holds no inverse of a number in disguise."""
    rest = add(mul(num(-1), mul(X, inv(add(X, ONE)))), ONE)
    assert over_one(laurent(minus(inv(rest), add(X, ONE))))[0] == {}


@pytest.mark.long
@pytest.mark.needs_tool("coqc")
@pytest.mark.parametrize("name", BOUNDS)
def test_coq_accepts_the_certificate_of_a_bound(name: str, libraries: Path) -> None:  # noqa: F811 - the fixture
    equation, context, _ = one(BOUNDS[name])
    answer = asked(libraries, certificate(equation, context).texts[0])
    assert answer.accepted, answer


@pytest.mark.long
@pytest.mark.needs_tool("coqc")
@pytest.mark.parametrize("name", FALSE)
def test_coq_does_not_accept_a_bound_that_is_false(name: str, libraries: Path) -> None:  # noqa: F811 - the fixture
    for text in certificate_under(*one(FALSE[name])).texts:
        assert not asked(libraries, text).accepted
