"""assert_gradient: what is right passes, and each way of being wrong is found, extreme scores included."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from derive.testing import assert_gradient, scores

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
        assert_gradient(squares, squares, "cross-entropy", examples=1)


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
