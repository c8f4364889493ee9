"""Which conditions a theorem lists: all that declarations and shapes do not show, and none that they do."""

from __future__ import annotations

import pytest

from derive.kernel.prover import Residual, Theorem, has_no_value, prove
from tests.kernel.asked import asked, equations

SIZES = "size n, m\nreal x, y, a[n], W[n,n]\n"
CONDITIONS = {
    # powers by sizes: a whole exponent that may be negative asks for a base that is not 0
    SIZES + "x^n": [],
    SIZES + "x^(n-1)": [],
    SIZES + "x^(n+m-2)": [],
    SIZES + "x^(n*m)": [],
    SIZES + "x^((n-1)*(m-1))": [],
    SIZES + "x^((n-1)*(m-2))": ["x != 0 where (n - 1)*(m - 2) < 0"],
    SIZES + "(1/2)^x + 1^y + n^(-x)": [],
    SIZES + "0*x + (-2)^(-1) + (-2)^(-n) + 2^(-1/2)": [],
    SIZES + "x^(n-2)": ["x != 0 where n - 2 < 0"],
    SIZES + "x^(n-m)": ["x != 0 where n - m < 0"],
    SIZES + "x^(-n)": ["x != 0 where -n < 0"],
    SIZES + "2^(n-m)": [],
    SIZES + "n^(n-m)": [],
    SIZES + "x^y": ["x > 0"],
    SIZES + "n^x + 2^y": [],
    SIZES + "(-2)^(1/3) + x": ["-2 >= 0"],
    # one condition that follows from another is not listed, whichever stands first
    SIZES + "sqrt(x)*log(x)": ["x > 0"],
    SIZES + "log(x)*sqrt(x)": ["x > 0"],
    SIZES + "1/(1 - x) + 0*log(y)": ["x != 1", "y > 0"],
    SIZES + "1/(y - x)": ["y - x != 0"],
    SIZES + "log(x)/(x - y)": ["x > 0", "x - y != 0"],
    # declared ranges
    "real x < 1\nsqrt(x)": ["x >= 0"],
    "real x <= 1\n1/x": ["x != 0"],
    "real x < -1\n1/x": [],
    "real x <= 0\n1/x": ["x != 0"],
    "real x < 0\n1/x": [],
    "real x != 1\n1/x": ["x != 0"],
    "real x != 0\n1/x": [],
    "real x >= -1\nsqrt(x)": ["x >= 0"],
    "real x >= 1\nlog(x)": [],
    "real x >= 0\nlog(x)": ["x > 0"],
    "real x > -1\nlog(x)": ["x > 0"],
    # shapes
    SIZES + "sqrt(max(x, y))": ["max(x, y) >= 0"],
    SIZES + "sqrt(max(x^2, y))": [],
    SIZES + "log(max(exp(x), y))": [],
    SIZES + "sqrt(mean(a[j], j))": ["mean(a[j], j) >= 0"],
    SIZES + "sqrt(mean(a[j]^2, j))": [],
    SIZES + "sqrt(sum(a[j], j))": ["sum(a[j], j) >= 0"],
    SIZES + "log(sum(a[j]^2, j))": ["sum(a[j]^2, j) > 0"],
    SIZES + "log(sum(exp(a[j]), j))": [],
    SIZES + "1/mean(exp(a[j]), j)": [],
    SIZES + "log(abs(x))": ["abs(x) > 0"],
    SIZES + "log(abs(exp(x)))": [],
    SIZES + "log(1 + abs(x))": [],
    SIZES + "log(x^2)": ["x^2 > 0"],
    SIZES + "sqrt(x^3)": ["x^3 >= 0"],
    SIZES + "sqrt(sqrt(x) + 1)": ["x >= 0"],
    SIZES + "log(where(x > 0, y^2, 1))": ["where(x > 0, y^2, 1) > 0"],
    SIZES + "log(where(x > 0, exp(y), 1))": [],
    # as typed
    SIZES + "sqrt(-x*2)": ["-x*2 >= 0"],
    # in more cases of signs than are looked at
    "real a, b, c, d\nlog([a > 0] + [b > 0] + [c > 0] + [d > 0])": [
        "[a > 0] + [b > 0] + [c > 0] + [d > 0] > 0"
    ],
    # a sum that leaves an index out is empty at n = 1
    "size n\npositive a[n]\nlog(sum(a[j], j))": [],
    "size n\npositive a[n]\nlog(sum(a[j], j != i)) + 0*a[i]": ["sum(a[j], j != i) > 0"],
    # derivatives: kinks and boundaries at the variable alone
    SIZES + "D(sum(abs(a[j]), j), a[i])": ["a[i] != 0"],
    SIZES + "D(sum(relu(a[j]), j), a[i])": ["a[i] != 0"],
    SIZES + "D(sum(softplus(abs(a[j])), j), a[i])": ["a[i] != 0"],
    SIZES + "D(sum(abs(W[j,k]), j, k), W[i,l])": ["W[i,l] != 0"],
    SIZES + "D(sum(abs(W[j,j]), j), W[i,k])": ["W[i,i] != 0 where i = k"],
    SIZES + "D(sum(abs(W[j,j]), j), W[i,i])": ["W[i,i] != 0"],
    SIZES + "D(sum(abs(W[j,k]), j, k != j), W[i,l])": ["W[i,l] != 0 where l != i"],
    SIZES + "D(where(x > 0, abs(y), 0), y)": ["y != 0 where x > 0"],
    SIZES + "D(where(x > 0, 1, relu(y)), y)": ["y != 0 where x <= 0"],
    SIZES + "D(sum(sqrt(a[j]), j), a[i])": ["a[j] >= 0 for all j", "a[i] > 0"],
    SIZES + "D((x^2)^(3/2), x)": ["x^2 > 0"],
    SIZES + "D(sqrt(x^2 + y^2), x)": ["x^2 + y^2 > 0"],
    SIZES + "D(sqrt(abs(x))^2 + sqrt(1 + y^2), y)": [],
    SIZES + "D(sum(sqrt(a[j]^2), j) + sqrt(exp(x)), a[i])": ["a[i]^2 > 0"],
    SIZES + "D(max(a[j], j), a[i])": [
        "a[i] != a[j_1] for all j_1 != i where a[i] = max(a[j], j)",
        "a[j] != a[i] for all j where i != j and a[j] = max(a[j], j)",
    ],
}


@pytest.mark.parametrize("text", CONDITIONS)
def test_what_is_listed(text: str) -> None:
    *declared, term = text.split("\n")
    (proof,) = asked("\n".join([*declared, f"claim {term} = {term}"]))
    assert isinstance(proof, Theorem)
    assert [str(c) for c in proof.conditions] == CONDITIONS[text]
    assert proof.marked == ()


IMPOSSIBLE = (
    "x > 1\ngiven x < 0",
    "x + y > 1\ngiven x < 0\ngiven y < 1",
    "x*y > 0\ngiven x > 0\ngiven y < 0",
    "x*y = 1\ngiven x > 0\ngiven y < 0",
    "x > y\ngiven y > x + 1",
)
POSSIBLE = (
    "x > 1\ngiven x < 2",
    "x + y > 1\ngiven x < 0\ngiven y < 2",
    "x*y > 0\ngiven x < 0\ngiven y < 0",
    "x*y < 0",
    "x*y*(x + y) < 0",
    "where(x > 0, y, x) > 0",
)


@pytest.mark.parametrize("given", IMPOSSIBLE)
def test_hypotheses_that_hold_nowhere(given: str) -> None:
    """Of no point at all everything is true, and no side has a value: the verdict says that."""
    ((equation, context),) = equations(f"real x, y\ngiven {given}\nclaim x = 17")
    assert isinstance(prove(equation, context), Theorem)
    assert has_no_value(equation, context)


@pytest.mark.parametrize("given", POSSIBLE)
def test_hypotheses_that_hold_somewhere(given: str) -> None:
    ((equation, context),) = equations(f"real x, y\ngiven {given}\nclaim x = 17")
    assert isinstance(prove(equation, context), Residual)
    assert not has_no_value(equation, context)


LEFT_OVER = {
    "real x, y\nclaim x = x - y*x": "x*y",
    "real x, y\nclaim 0 = x/y - 2*x^2 + 1": "-x + 2*y*x^2 - y",
    "real x, y\nclaim -x = 3*y^(1/2)": "-x - 3*y^(1/2)",
    "real x\nclaim x = 5/3": "x - 5/3",
    "real x\nclaim x + x^2 + x^3 + x^4 + x^5 + x^6 = 0": "x + x^2 + x^3 + x^4 + x^5 + x^6",
    "real x\nclaim x + x^2 + x^3 + x^4 + x^5 + x^6 + x^7 + x^8 = 0": (
        "x + x^2 + x^3 + x^4 + x^5 + x^6 + ... (2 more terms)"
    ),
    "size n\nreal x[n]\nclaim sum(x[j]^2, j) = 1/x[i]": "x[i]*sum(x[_1]^2, _1) - 1",
    "size n >= 2\nreal x[n]\nclaim 2*x[1] = x[2]": "2*x[1] - x[2]",
    "size n\nreal x[n], W[n,n]\nclaim sum(W[j,k]*exp(x[j]), j, k) = n": "sum(W[_2,_1]*exp(x[_2]), _1, _2) - n",
    "size n\nreal x[n]\nlabel t: n\nclaim max(x[j], j) = x[t]": "max(x[_1], _1) - x[t]",
    "size n\nreal x[n]\nclaim prod(x[j], j) = log(1 + x[i]^2)": "prod(x[_1], _1) - log((1 + x[i]^2))",
}


@pytest.mark.parametrize("text", LEFT_OVER)
def test_what_is_left_over(text: str) -> None:
    (left,) = asked(text)
    assert isinstance(left, Residual)
    assert left.difference == LEFT_OVER[text]
