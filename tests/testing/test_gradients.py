"""assert_gradient: what is right passes, and each way of being wrong is found, extreme scores included."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from derive.testing import assert_gradient, scores
from derive.testing.shrinking import Bounded

Vector = Sequence[float]

CROSS_ENTROPY = """size n
real s[n], c[n]
given sum(c[j], j) = 1
let p[i] = exp(s[i]) / sum(exp(s[k]), k)
let E = -sum(c[j]*log(p[j]), j)
claim D(E, s[i]) = p[i] - c[i]
"""


def shifted(s: Vector) -> tuple[list[float], float]:
    top = max(s)
    powers = [math.exp(x - top) for x in s]
    return [x / sum(powers) for x in powers], top + math.log(sum(powers))


def loss(s: Vector, c: Vector) -> float:
    _, log_sum = shifted(s)
    return -sum(float(y) * (float(x) - log_sum) for x, y in zip(s, c, strict=True))


def gradient(s: Vector, c: Vector) -> list[float]:
    return [p - float(y) for p, y in zip(shifted(s)[0], c, strict=True)]


def test_a_right_gradient_passes() -> None:
    assert_gradient(loss, gradient, CROSS_ENTROPY, examples=60)


def test_a_wrong_sign_is_found() -> None:
    with pytest.raises(AssertionError, match=r"the gradient by s\[\d\] is .* is right, at n = "):
        assert_gradient(loss, lambda s, c: [-g for g in gradient(s, c)], CROSS_ENTROPY)


def test_an_error_of_one_in_ten_thousand_is_found() -> None:
    with pytest.raises(AssertionError, match="is right"):
        assert_gradient(loss, lambda s, c: [1.0001 * g for g in gradient(s, c)], CROSS_ENTROPY)


def test_a_wrong_loss_is_found() -> None:
    with pytest.raises(AssertionError, match="the loss is"):
        assert_gradient(lambda s, c: 2 * loss(s, c), gradient, CROSS_ENTROPY)


def test_a_softmax_that_overflows_is_found() -> None:
    def naive(s: Vector, c: Vector) -> list[float]:
        powers = [math.exp(x) if x < 709.7 else math.inf for x in s]
        return [x / sum(powers) - y if sum(powers) else math.nan for x, y in zip(powers, c, strict=True)]

    with pytest.raises(AssertionError, match="nan"):
        assert_gradient(loss, naive, CROSS_ENTROPY, examples=400)


def stable(s: Any) -> Any:
    powers = np.exp(s - s.max())
    return powers / powers.sum()


def test_functions_of_numpy_arrays() -> None:
    def value(s: Any, c: Any) -> Any:
        return -np.sum(c * (s - s.max() - np.log(np.exp(s - s.max()).sum())))

    assert_gradient(value, lambda s, c: stable(s) - c, CROSS_ENTROPY, examples=30)
    with pytest.raises(AssertionError, match="is right, at n = "):
        assert_gradient(value, lambda s, c: stable(s) - c**2, CROSS_ENTROPY)


def test_a_gradient_of_another_shape_is_told() -> None:
    with pytest.raises(AssertionError, match=r"has the shape \(\d, 1\), and s has \(\d,\), at n = "):
        assert_gradient(loss, lambda s, c: [[g] for g in gradient(s, c)], CROSS_ENTROPY)
    with pytest.raises(AssertionError, match=r"has the shape \(\), and the vector has \(\d,\), at "):
        assert_gradient(sum, lambda s: 1.0)


def test_the_formula_is_told() -> None:
    with pytest.raises(AssertionError, match=r"= p\[i\] - c\[i\] is right, at n = "):
        assert_gradient(loss, lambda s, c: [g + 1 for g in gradient(s, c)], CROSS_ENTROPY)


def test_a_formula_that_is_false_is_not_tested_against() -> None:
    with pytest.raises(AssertionError, match="the formula itself is not proved"):
        assert_gradient(loss, gradient, CROSS_ENTROPY.replace("p[i] - c[i]", "c[i] - p[i]"))


def test_an_entry_of_the_catalogue_by_its_name() -> None:
    def squares(s: Vector, c: Vector) -> float:
        raise NotImplementedError

    with pytest.raises(NotImplementedError):
        assert_gradient(squares, squares, "cross-entropy", given="sum(c[j], j) = 1", examples=1)


def test_what_cannot_be_tested_is_told() -> None:
    with pytest.raises(ValueError, match="the parameter x is none of c, n, s"):
        assert_gradient(lambda x: 0.0, gradient, CROSS_ENTROPY)
    with pytest.raises(ValueError, match="no claim"):
        assert_gradient(loss, gradient, "size n\nreal s[n]\nclaim sum(s[j], j) = sum(s[k], k)\n")


LABELLED = """size n, m
real w[n,m]
label t: n
positive u
let E = sum(w[t,k]^2, k)/u
claim D(E, w[i,j]) = 2*delta(i,t)*w[t,j]/u
"""


def test_matrices_labels_and_bounds() -> None:
    def value(w: list[list[float]], t: int, u: float) -> float:
        return sum(float(x) ** 2 for x in w[t]) / u

    def slopes(w: list[list[float]], t: int, u: float) -> list[list[float]]:
        return [[2 * float(x) / u if k == t else 0.0 for x in row] for k, row in enumerate(w)]

    assert_gradient(value, slopes, LABELLED, examples=20)
    with pytest.raises(AssertionError, match=r"w\[\d,\d\]"):
        assert_gradient(value, lambda w, t, u: [[2 * x / u for x in row] for row in w], LABELLED)


def test_without_a_formula_differences_tell() -> None:
    def log_sum(s: Vector) -> float:
        return shifted(s)[1]

    assert_gradient(log_sum, lambda s: shifted(s)[0], examples=40)
    with pytest.raises(AssertionError, match="differences give"):
        assert_gradient(log_sum, lambda s: [2 * p for p in shifted(s)[0]])
    with pytest.raises(AssertionError, match="the gradient by entry 0 is nan"):
        assert_gradient(log_sum, lambda s: [math.nan] * len(s), at=scores(2))


# ---- cases, several gradients, Hessians


def test_the_case_of_an_entry_is_chosen_by_its_hypotheses() -> None:
    """Whether the target sums to 1 decides which gradient is right, and no case is taken for the other silently."""
    with pytest.raises(ValueError, match=r"several cases; say by given=(.|\n)*sum\(c\[j\], j\) = 1 given"):
        assert_gradient(loss, gradient, "cross-entropy")
    assert_gradient(loss, gradient, "cross-entropy", given="sum(c[j], j) = 1", examples=30)

    def general(s: Vector, c: Vector) -> list[float]:
        return [p * sum(map(float, c)) - float(y) for p, y in zip(shifted(s)[0], c, strict=True)]

    assert_gradient(loss, general, "cross-entropy", given="", examples=30)
    with pytest.raises(AssertionError, match="the gradient by s"):
        assert_gradient(loss, gradient, "cross-entropy", given="")
    with pytest.raises(ValueError, match="no case has these hypotheses"):
        assert_gradient(loss, gradient, "cross-entropy", given="sum(c[j], j) = 2")


def test_a_hessian() -> None:
    def second(s: Any) -> Any:
        p = stable(s)
        return np.diag(p) - np.outer(p, p)

    options: Any = {"given": "sum(c[j], j) = 1", "examples": 30}
    assert_gradient(loss, gradient, "cross-entropy", hessian=second, **options)
    with pytest.raises(AssertionError, match=r"the Hessian by s\[\d,\d\] is .* is right"):
        assert_gradient(loss, gradient, "cross-entropy", hessian=lambda s: np.diag(stable(s)), **options)
    with pytest.raises(AssertionError, match=r"the Hessian has the shape \(\d,\), and \(\d, \d\) is right"):
        assert_gradient(loss, gradient, "cross-entropy", hessian=stable, **options)
    with pytest.raises(ValueError, match="0 claims"):
        assert_gradient(loss, gradient, CROSS_ENTROPY, hessian=second)


BOOSTED = """size n
real z[n], t[n]
let p[i] = sigmoid(z[i])
let E = sum(log(1 + exp(z[i])) - t[i]*z[i], i)
claim D(E, z[i]) = p[i] - t[i]
claim D(E, z[i], z[i]) = p[i]*(1 - p[i])
"""


def test_the_diagonal_of_a_hessian_and_names_that_are_mapped() -> None:
    def value(margin: Any, label: Any) -> Any:
        return np.sum(np.logaddexp(0, margin) - label * margin)

    def slopes(margin: Any, label: Any) -> Any:
        return np.exp(-np.logaddexp(0, -margin)) - label

    def curvature(margin: Any) -> Any:
        return np.exp(-np.logaddexp(0, -margin) - np.logaddexp(0, margin))

    names = {"margin": "z", "label": "t"}
    assert_gradient(value, slopes, BOOSTED, hessian=curvature, names=names, examples=30)
    with pytest.raises(AssertionError, match=r"the Hessian by z\[\d\] is"):
        assert_gradient(value, slopes, BOOSTED, hessian=lambda margin: 2 * curvature(margin), names=names)
    with pytest.raises(ValueError, match="the parameter label is none of"):
        assert_gradient(value, slopes, BOOSTED, names={"margin": "z"})


LINEAR = """size n, d
real X[n,d], w[d], b, y[n]
let E = sum((sum(X[i,k]*w[k], k) + b - y[i])^2, i)/2
claim D(E, w[j]) = sum((sum(X[i,k]*w[k], k) + b - y[i])*X[i,j], i)
claim D(E, b) = sum(sum(X[i,k]*w[k], k) + b - y[i], i)
"""


def test_several_gradients() -> None:
    def residual(X: Any, w: Any, b: Any, y: Any) -> Any:
        return X @ w + b - y

    def value(X: Any, w: Any, b: Any, y: Any) -> Any:
        return 0.5 * np.sum(residual(X, w, b, y) ** 2)

    def both(X: Any, w: Any, b: Any, y: Any) -> Any:
        r = residual(X, w, b, y)
        return X.T @ r, r.sum()

    options: Any = {"examples": 10, "rtol": 1e-5, "atol": 1e-5}
    assert_gradient(value, both, LINEAR, **options)
    assert_gradient(value, lambda X, w, b, y: both(X, w, b, y)[::-1], LINEAR, wrt=["b", "w"], **options)
    assert_gradient(value, lambda X, w, b, y: both(X, w, b, y)[1], LINEAR, wrt="b", **options)
    assert_gradient(
        value, lambda X, w, b, y: dict(zip("wb", both(X, w, b, y), strict=True)), LINEAR, **options
    )

    def mean(X: Any, w: Any, b: Any, y: Any) -> Any:
        r = residual(X, w, b, y)
        return X.T @ r, r.mean()

    with pytest.raises(
        AssertionError, match=r"the gradient by b is .*(.|\n)*diagnosis: a factor n is missing"
    ):
        assert_gradient(value, mean, LINEAR, **options)
    with pytest.raises(ValueError, match="1 gradients are returned, and the problem has those by w, b"):
        assert_gradient(value, lambda X, w, b, y: both(X, w, b, y)[0], LINEAR, **options)


def test_a_failure_carries_what_is_wrong() -> None:
    def value(s: Any, c: Any) -> Any:
        return -np.sum(c * (s - s.max() - np.log(np.exp(s - s.max()).sum())))

    with pytest.raises(AssertionError, match=r"another formula(.|\n)*diagnosis: the sign is flipped"):
        assert_gradient(value, lambda s, c: c - stable(s), CROSS_ENTROPY)

    def naive(s: Any, c: Any) -> Any:
        powers = np.exp(s)
        return powers / powers.sum() - c

    with (
        np.errstate(all="ignore"),
        pytest.raises(AssertionError, match="is proved: it is rounding or overflow"),
    ):
        assert_gradient(value, naive, CROSS_ENTROPY, examples=400)


def test_a_failure_is_shrunk_for_some_seconds_alone() -> None:
    def slow(s: Vector, c: Vector) -> list[float]:
        time.sleep(0.05)
        return [2 * g for g in gradient(s, c)]

    begun = time.monotonic()
    with pytest.raises(AssertionError, match="is right"):
        assert_gradient(loss, slow, CROSS_ENTROPY)
    assert time.monotonic() - begun < 30  # of which most is the proof, on a machine with much else to do


def test_a_bounded_check_fails_again_where_it_failed() -> None:
    """So that what Hypothesis replays at the end is a failure."""
    calls: list[int] = []

    def check(number: int) -> None:
        calls.append(number)
        raise AssertionError(str(number))

    bounded = Bounded(check, seconds=0.0)
    for _ in range(2):
        with pytest.raises(AssertionError, match="5"):
            bounded(5)
    time.sleep(0.01)
    bounded(3)  # too late
    assert calls == [5]


def test_labels_of_samples_are_drawn() -> None:
    text = """size n, C
real S[n,C]
label y[n]: C
let E = sum(S[i,y[i]]^2, i)
claim D(E, S[i,j]) = 2*S[i,j]*delta(j,y[i])
"""

    def value(S: Any, y: Any) -> Any:
        return np.sum(S[np.arange(len(y)), y] ** 2)

    def slopes(S: Any, y: Any) -> Any:
        found = np.zeros_like(S)
        found[np.arange(len(y)), y] = 2 * S[np.arange(len(y)), y]
        return found

    assert_gradient(value, slopes, text, examples=20)
    with pytest.raises(AssertionError, match="the gradient by S"):
        assert_gradient(value, lambda S, y: 2 * S, text)


def test_a_hessian_by_differences() -> None:
    def value(s: Any) -> Any:
        return float(np.sum(s**3))

    points = scores(2, extreme=False)
    assert_gradient(value, lambda s: 3 * s**2, hessian=lambda s: np.diag(6 * s), at=points, examples=20)
    with pytest.raises(AssertionError, match=r"the Hessian at \d, \d is"):
        assert_gradient(value, lambda s: 3 * s**2, hessian=lambda s: np.diag(3 * s), at=points)
