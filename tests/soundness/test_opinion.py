"""The third opinion has values where the language says so, and none at kinks, poles and boundaries under D."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

import pytest
from mpmath import mp

from derive.problem.problems import Claim
from derive.reading.text import read
from tests.soundness.opinion import BITS, Key, Point, compare, function_value
from tests.soundness.reals import function_of_several


def _opinion(text: str, **values: object) -> bool | None:
    """Return the opinion on the text's claim: numbers for scalars, lists for vectors, `i=2` for indices."""
    (claim,) = (item for item in read(text)[0].items if isinstance(item, Claim))
    entries: dict[Key, Any] = {}
    places: dict[str, int] = {}
    sizes = {name: size.fixed or 3 for name, size in claim.context.sizes.items()}
    with mp.workprec(BITS):
        for name, value in values.items():
            if name not in claim.context.variables:
                places[name] = int(str(value))
            elif isinstance(value, list) and isinstance(value[0], list):
                cells = [(j, k, x) for j, row in enumerate(value, 1) for k, x in enumerate(row, 1)]
                entries.update({(name, (j, k)): mp.mpf(x) for j, k, x in cells})
            elif isinstance(value, list):
                entries.update({(name, (k,)): mp.mpf(x) for k, x in enumerate(value, 1)})
            else:
                entries[name, ()] = mp.mpf(value)
        chosen = function_value((Fraction(1), Fraction(2), Fraction(3)), Fraction(1), Fraction(1, 2))
        functions: dict[str, Any] = dict.fromkeys(claim.context.functions, chosen)
        several = function_of_several(random.Random(4))  # noqa: S311 - reproducible, not secret
        functions |= dict.fromkeys(claim.context.signatures, several)
        return compare(claim.equation, claim.context, Point(sizes, places, entries, functions))


X = [0.5, -1.25, 2.0]
A = [[2.0, 1.0, -1.0], [0.5, 3.0, 1.0], [1.0, -2.0, 0.25]]
SINGULAR = [[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [0.5, 3.0, -1.0]]
SQUARE = "size n\nreal A[n,n], x[n]\nlabel y[n]: n\nfunction L(v[n])\nfunction f(a, b)\nclaim "
HOLD = (
    ("size n\nreal x[n]\nclaim D(sum(exp(x[j]), j), x[i]) = exp(x[i])", {"x": X, "i": 2}),
    ("size n\nreal x[n]\nclaim D(prod(x[j], j), x[i], x[k]) = prod(x[j], j != i, j != k)", {"x": X, "i": 1, "k": 3}),
    ("size n\nreal x[n]\nclaim D(max(x[j], j), x[i]) = [x[i] = max(x[j], j)]", {"x": X, "i": 3}),
    ("real u\nclaim D(u^3*log(u), u, u) = 6*u*log(u) + 5*u", {"u": 0.75}),
    ("real u\nclaim D(abs(u), u) = sign(u)", {"u": -0.5}),
    ("real u\nfunction f\nclaim D(f(u^2), u) = 2*u*f'(u^2)", {"u": 0.5}),
    ("size n\nreal x[n]\nlet p[i] = x[i]^2\nlet E = sum(p[j]*x[j], j)\nclaim D(E, p[i]) = x[i]", {"x": X, "i": 2}),
    ("size n\nreal x[n]\nlet p[i] = x[i]^2\nlet E = sum(p[j]*x[j], j)\nclaim D(E, x[i]) = 3*x[i]^2", {"x": X, "i": 2}),
    ("size n\nreal x[n]\nlet p[i] = x[i]^2\nclaim D(sum(p[j]^2, j), p[i], x[k]) = 4*x[i]*delta(i,k)",
     {"x": X, "i": 2, "k": 2}),
    ("real u\nclaim where(u = 0, 1, log(u)) = 1", {"u": 0}),
    ("size n\nreal x[n]\nclaim mean(x[j], j != i) = (sum(x[j], j) - x[i])/(n - 1)", {"x": X, "i": 1}),
    (f"{SQUARE}A @ inv(A) = eye(n)", {"A": A, "i": 1, "j": 1}),
    (f"{SQUARE}D(inv(A)[i,j], A[k,l]) = -inv(A)[i,k]*inv(A)[l,j]", {"A": A, "i": 1, "j": 2, "k": 3, "l": 1}),
    (f"{SQUARE}D(det(A), A[k,l]) = adj(A)[l,k]", {"A": SINGULAR, "k": 1, "l": 2}),
    (f"{SQUARE}D(logdet(A), A[k,l], A[i,j]) = -inv(A)[l,i]*inv(A)[j,k]", {"A": A, "i": 1, "j": 2, "k": 3, "l": 1}),
    (f"{SQUARE}exp(2*logdet(A)) = det(A)^2", {"A": A}),
    (f"{SQUARE}det(A) = sum(A[i,k]*adj(A)[k,i], k)", {"A": A, "i": 2}),
    (f"{SQUARE}D(A[i,y[i]], A[k,l]) = delta(i,k)*delta(l,y[i])", {"A": A, "y": [3, 1, 1], "i": 2, "k": 2, "l": 1}),
    (f"{SQUARE}sum(x[j], j < i) = sum(x[j], j != i)", {"x": X, "i": 3}),
    (f"{SQUARE}D(L(2*x), x[i]) = 2*partial(L(2*x), 1, i)", {"x": X, "i": 3}),
    (f"{SQUARE}D(L(x), x[i], x[k]) = D(L(x), x[k], x[i])", {"x": X, "i": 3, "k": 1}),
    (f"{SQUARE}D(f(x[i]^2, x[k]), x[i]) = 2*x[i]*partial(f(x[i]^2, x[k]), 1)", {"x": X, "i": 3, "k": 1}),
    (f"{SQUARE}D(x[i]*stop_gradient(x[i]), x[i]) = x[i]", {"x": X, "i": 3}),
)  # fmt: skip
FAIL = (
    ("real u\nclaim D(sqrt(u^2), u) = 1", {"u": -0.5}),
    ("real u\nclaim u*(1 + 1/100000000) = u", {"u": 0.5}),
    ("real u\nclaim where(u = 0, 1, 0) = 0", {"u": 0}),
    ("size n\nreal x[n]\nlet p[i] = x[i]^2\nlet E = sum(p[j]*x[j], j)\nclaim D(E, x[i]) = 2*x[i]^2", {"x": X, "i": 2}),
    ("size n\nreal x[n]\nclaim D(prod(x[j], j), x[i]) = 0", {"x": X, "i": 1}),
    (f"{SQUARE}D(inv(A)[i,j], A[k,l]) = -inv(A)[i,k]*inv(A)[j,l]", {"A": A, "i": 1, "j": 2, "k": 3, "l": 1}),
    (f"{SQUARE}D(det(A), A[k,l]) = adj(A)[k,l]", {"A": SINGULAR, "k": 1, "l": 2}),
    (f"{SQUARE}logdet(A) = log(det(A)^2)", {"A": A}),
    (f"{SQUARE}A[i,y[i]] = A[i,y[k]]", {"A": A, "y": [3, 1, 1], "i": 1, "k": 2}),
    (f"{SQUARE}sum(x[j], j <= i) = sum(x[j], j < i)", {"x": X, "i": 3}),
    (f"{SQUARE}partial(L(x), 1, i) = partial(L(x), 1, k)", {"x": X, "i": 3, "k": 1}),
    (f"{SQUARE}D(x[i]*stop_gradient(x[i]), x[i]) = 2*x[i]", {"x": X, "i": 3}),
)  # fmt: skip
NOTHING = (
    ("real u\nclaim D(abs(u), u) = 0", {"u": 0}),
    ("real u\nclaim D(sqrt(u^2), u) = 0", {"u": 0}),
    ("real u\nclaim D(sqrt(u), u) = 7", {"u": 0}),
    ("real u\nclaim 1/u = 0", {"u": 0}),
    ("real u\nclaim log(u) = 0", {"u": -1}),
    ("real u\nclaim u^u = 1", {"u": -1}),
    (f"{SQUARE}inv(A)[1,1] + 0*x[i] = 0", {"A": SINGULAR, "x": X, "i": 1}),
    (f"{SQUARE}logdet(A) = 0", {"A": SINGULAR}),
    (f"{SQUARE}D(x[i]*stop_gradient(abs(x[k])), x[k]) = 0", {"x": [0, 1, 1], "i": 2, "k": 1}),
    ("size n\nreal x[n]\nclaim D(max(x[j], j), x[i]) = 1/2", {"x": [1, 1, 0], "i": 1}),
    ("size n = 1\nreal x[n]\nclaim mean(x[j], j != i) = 0", {"x": [1], "i": 1}),
)


@pytest.mark.parametrize(("text", "values"), HOLD)
def test_it_agrees(text: str, values: dict[str, object]) -> None:
    assert _opinion(text, **values) is True


@pytest.mark.parametrize(("text", "values"), FAIL)
def test_it_refutes(text: str, values: dict[str, object]) -> None:
    assert _opinion(text, **values) is False


@pytest.mark.parametrize(("text", "values"), NOTHING)
def test_it_has_no_opinion(text: str, values: dict[str, object]) -> None:
    assert _opinion(text, **values) is None


def test_what_cancels_beyond_its_digits_has_no_opinion() -> None:
    """At 90 digits cosh and sinh of 8103 are one number: a difference of 0 there is not to be believed."""
    for x, expected in ((2, True), (60, None), (8103, None)):
        assert _opinion("real x\nclaim cosh(x)^2 - sinh(x)^2 = 1", x=x) is expected
