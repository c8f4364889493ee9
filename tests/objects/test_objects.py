"""Python objects build the terms that one would type, and refuse what means nothing."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

import derive
from derive import (
    IllPosedError,
    delta,
    derivative,
    dot,
    exp,
    function,
    gradient,
    hessian,
    identity,
    index,
    indicator,
    jacobian,
    label,
    let,
    log,
    logsumexp,
    matrix,
    maximum,
    norm,
    onehot,
    scalar,
    simplex,
    size,
    softmax,
    vector,
    where,
)
from derive.terms import Bound, Number, Relation, free_indices

n, m = size("n"), size("m")
s, c = vector("s", n), vector("c", n)
W = matrix("W", m, n)
i, j, t = index("i", n), index("j", n), label("t", n)
p = softmax(s)
f = function("f")

WRITTEN = [
    (s, "s[i]"),
    (s + 1, "s[i] + 1"),
    (2 * s - c, "2*s[i] - c[i]"),
    (1 / s, "1/s[i]"),
    (s**2, "s[i]^2"),
    (2**s, "2^s[i]"),
    (-s, "-s[i]"),
    (abs(s), "abs(s[i])"),
    (p, "exp(s[i])/sum(exp(s[j]), j)"),
    (p.sum(), "sum(exp(s[i])/sum(exp(s[j]), j), i)"),
    (s.mean(), "mean(s[i], i)"),
    ((c * log(p)).sum(), "sum(c[i]*log(exp(s[i])/sum(exp(s[j]), j)), i)"),
    (W @ s, "sum(W[i,j]*s[j], j)"),
    (W.T @ W, "sum(W[k,i]*W[k,j], k)"),
    (W.sum(0), "sum(W[j,i], j)"),
    (W.sum(), "sum(W[i,j], i, j)"),
    (s[i] * s[i].sum(i), "s[i]*sum(s[j], j)"),
    (s[t], "s[t]"),
    (s[2], "s[2]"),
    (W[1], "W[1,i]"),
    (W[:, i], "W[j,i]"),
    (s * W, "s[j]*W[i,j]"),
    (s.sum() / n, "sum(s[i], i)/n"),
    (dot(s, c), "sum(s[i]*c[i], i)"),
    (norm(s), "sqrt(sum(s[i]^2, i))"),
    (logsumexp(s), "log(sum(exp(s[i]), i))"),
    (maximum(s, 0), "max(s[i], 0)"),
    (2 * derive.pi * s, "2*pi*s[i]"),
    (derive.e**s, "exp(1)^s[i]"),
    (delta(i, t), "delta(i,t)"),
    (identity(n), "delta(i,j)"),
    (where(s > 0, s, 0), "where(s[i] > 0, s[i], 0)"),
    (where(i == j, 1, s[i]), "where(i = j, 1, s[i])"),
    (where(i != j, s[i], 0), "where(i = j, 0, s[i])"),
    (indicator(s[i] >= 0), "[s[i] >= 0]"),
    (f(s), "f(s[i])"),
    (f.prime.prime(s[i]), "f''(s[i])"),
    (gradient(s.sum(), s), "D(sum(s[j], j), s[i])"),
    (gradient(s.sum(), s[i]), "D(sum(s[j], j), s[i])"),
    (hessian(s.sum(), s), "D(sum(s[k], k), s[i], s[j])"),
    (jacobian(exp(s), s), "D(exp(s[i]), s[j])"),
    (gradient(log(let("q", p)[t]), s), "D(log(q[t]), s[i])"),
]


@pytest.mark.parametrize(("built", "text"), WRITTEN, ids=[text for _, text in WRITTEN])
def test_what_is_built_reads_as_typed(built: Any, text: str) -> None:
    assert str(built) == text


def test_a_sum_never_captures_a_free_index() -> None:
    total = (s[i] * s).sum()
    assert str(total) == "sum(s[i]*s[j], j)"
    assert [one.name for one in free_indices(total.term)] == ["i"]
    assert str((total * s[j]).sum(j)) == "sum(sum(s[i]*s[k], k)*s[j], j)"


def test_the_same_array_twice_in_one_product() -> None:
    assert str((W * W).sum()) == "sum(W[i,j]*W[i,j], i, j)"
    square = matrix("A", n, n)
    assert str((square * square.T).sum()) == "sum(A[i,j]*A[j,i], i, j)"
    assert str(square @ square) == "sum(A[i,k]*A[k,j], k)"


def test_declarations_come_along() -> None:
    context = (scalar("T", positive=True) * (simplex("q", n) * onehot("y", n)).sum() + f(s[t])).context
    assert set(context.sizes) == {"n"}
    assert {name: one.kind for name, one in context.variables.items()} == {
        "T": "real", "q": "simplex", "y": "onehot", "s": "real",
    }  # fmt: skip
    assert context.variables["T"].bounds == (Bound(Relation.GREATER, Number(Fraction(0))),)
    assert set(context.labels) == {"t"}
    assert context.functions == {"f"}


def test_a_float_is_the_decimal_that_was_written() -> None:
    assert (s * 0.1).term == (s * Fraction(1, 10)).term


@pytest.mark.parametrize("value", [s == c, s != c, s < c, s >= 1, i == j, i != j, s])
def test_nothing_is_true_or_false_by_itself(value: object) -> None:
    with pytest.raises(TypeError, match="neither true nor false"):
        bool(value)


REFUSED: list[tuple[str, Any]] = [
    ("do not fit", lambda: s + vector("x", m)),
    ("do not fit", lambda: W + W.T),
    ("contracts equal sizes", lambda: s @ W),
    ("2 indices", lambda: s[i, j]),
    ("runs over n", lambda: vector("x", m)[i]),
    ("count from 1", lambda: s[0]),
    ("no axis 1", lambda: s.sum(1)),
    ("no axis", lambda: s[i].sum()),
    ("ranges", lambda: s[1:2]),
    ("two different ways", lambda: s + vector("s", n, positive=True)),
    ("declared as", lambda: s[label("s", n)]),
    ("is a scalar", lambda: softmax(s[i])),
    ("use jacobian", lambda: gradient(p, s)),
    ("neither", lambda: derivative(s.sum(), s + 1)),
    ("already evaluated", lambda: s + True),
    ("no expression", lambda: s + "x"),
    ("not a real number", lambda: s * float("nan")),
    ("no name", lambda: size("2n")),
    ("no name", lambda: vector("s;", n)),
    ("at least 1", lambda: size("n", 0)),
    ("less than its minimum 5", lambda: size("n5", 3, minimum=5)),
    ("no order", lambda: i < j),
    ("no order", lambda: i >= j),
    ("no order", lambda: i > 1),
    ("without a keyword", lambda: s.sum(axis=0)),
    ("without a keyword", lambda: W.max(0, keepdims=True)),
    ("is no size", lambda: vector("s", 3)),  # type: ignore[arg-type]  # what is refused
    ("needs a size", lambda: simplex("q")),
]


@pytest.mark.parametrize(
    ("message", "attempt"), REFUSED, ids=[f"{k} {m}" for k, (m, _) in enumerate(REFUSED)]
)
def test_what_means_nothing_is_refused(message: str, attempt: Any) -> None:
    with pytest.raises(IllPosedError, match=message):
        attempt()


def test_an_array_cannot_be_listed() -> None:
    with pytest.raises(TypeError, match="no list"):
        list(s)


def test_the_package_has_every_name_that_it_offers() -> None:
    assert all(hasattr(derive, name) for name in derive.__all__)
    assert set(derive.__all__) <= set(dir(derive))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        derive.nothing  # noqa: B018 - what is refused
