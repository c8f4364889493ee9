"""The signs that a shape shows, wherever the term has a value."""

from __future__ import annotations

import pytest

from derive.kernel.signs.syntactic import syntactic_sign
from tests.kernel.normal_form.forms import context_of, term

CONTEXT = context_of(
    "size n, m\nreal x[n], u, v\npositive a\nreal low >= -1\nreal high < 1\nreal less < 0\nreal some != 0\n"
    "real other != 1\nreal most <= 0\nfunction f\n"
)
SIGNS = {
    "1": {1},
    "1/2": {1},
    "0": {0},
    "-1": {-1},
    "-1/3": {-1},
    "n": {1},
    "delta(i,j)*x[i]^2": {0, 1},
    "a": {1},
    "low": {-1, 0, 1},
    "high": {-1, 0, 1},
    "less": {-1},
    "some": {-1, 1},
    "other": {-1, 0, 1},
    "most": {-1, 0},
    "u": {-1, 0, 1},
    "u^2": {0, 1},
    "u^3": {-1, 0, 1},
    "a^3": {1},
    "less^3": {-1},
    "u^2 + 1/2": {1},
    "u^2 - 1/2": {-1, 0, 1},
    "less - a": {-1},
    "a*less": {-1},
    "exp(u)": {1},
    "abs(u)": {0, 1},
    "sum(exp(x[j]), j)": {1},
    "sum(exp(x[j]), j != i)": {0, 1},
    "where(u > 0, 1, 0)": {0, 1},
    "where(u > 0, a, less)": {-1, 1},
    "max(u, 1/2)": {1},
    "f(u)": {-1, 0, 1},
}


@pytest.mark.parametrize("text", SIGNS)
def test_the_sign_that_a_shape_shows(text: str) -> None:
    assert set(syntactic_sign(term(text, CONTEXT), CONTEXT)) == SIGNS[text]
