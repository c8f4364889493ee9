"""What a float of somebody's code stands for: decimals as typed, closed forms as computed, and nothing else."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from derive import prove_gradient
from derive.terms import Number
from derive.tracing.constants import meaning

TYPED = [0.5, 0.1, 1e-5, 0.044715, 0.7978845608, 3.0, 2.0**-52, 1e-12, 123456.789, 1e300, 0.3989422804]
COMPUTED = {
    1 / 3: "1/3",
    2 / 7: "2/7",
    math.pi: "pi",
    -math.pi / 6: "-pi/6",
    math.e: "exp(1)",
    math.exp(-1): "1/exp(1)",
    math.sqrt(2 / math.pi): "2/sqrt(2*pi)",
    1 / math.sqrt(2): "1/sqrt(2)",
    math.sqrt(0.3): "sqrt(3/10)",
    0.5 * math.log(2 * math.pi): "log(2*pi)/2",
    1 / math.sqrt(2 * math.pi): "1/sqrt(2*pi)",
    math.log(2): "log(2)",
    1 / math.log(2): "1/log(2)",
    2 / math.sqrt(math.pi): "2/sqrt(pi)",
    3 * math.sqrt(7) / 5: "sqrt(63/25)",
}
NEITHER = [math.nextafter(math.pi, 4), math.nextafter(1 / 3, 0), 1.6732632423543772, 0.30000000000000004]


@pytest.mark.parametrize("value", TYPED)
def test_a_decimal_is_what_was_typed(value: float) -> None:
    found, assumed = meaning(value)
    assert isinstance(found, Number)
    assert found.value in (Fraction(repr(value)), Fraction(value))
    assert assumed is None


@pytest.mark.parametrize("value", COMPUTED)
def test_a_computed_float_is_its_closed_form_and_that_is_said(value: float) -> None:
    found, assumed = meaning(value)
    assert str(found) == COMPUTED[value]
    assert assumed == f"the float {value!r} is taken for {found}"


@pytest.mark.parametrize("value", NEITHER)
def test_a_float_beside_a_closed_form_is_the_decimal_that_it_is_written_as(value: float) -> None:
    assert meaning(value) == (Number(Fraction(repr(value))), None)


def test_single_precision() -> None:
    assert str(meaning(float(np.float32(math.pi)))[0]) == "pi"
    assert str(meaning(float(np.float32(math.sqrt(2 / math.pi))))[0]) == "2/sqrt(2*pi)"
    assert meaning(float(np.float32(0.1))) == (Number(Fraction(1, 10)), None)
    assert meaning(float(np.float32(0.044715))) == (Number(Fraction("0.044715")), None)


def test_exactly_the_binary_number() -> None:
    assert meaning(0.1, exact=True) == (Number(Fraction(0.1)), None)
    assert meaning(math.pi, exact=True) == (Number(Fraction(math.pi)), None)


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan])
def test_what_is_no_number(value: float) -> None:
    with pytest.raises(ValueError, match="no real number"):
        meaning(value)


def _scaled(x: Any) -> Any:
    return np.sum(x) / math.sqrt(2)


def test_the_result_says_what_was_taken_for_what() -> None:
    declare = "size n\nreal x[n]"
    right = prove_gradient(_scaled, lambda x: np.full(x.shape, math.sqrt(0.5)), declare)
    assert right
    assert any("is taken for" in one for one in right.results[0].assumptions or ())
    exact = prove_gradient(_scaled, lambda x: np.full(x.shape, math.sqrt(0.5)), declare, constants="exact")
    assert not exact  # 1/math.sqrt(2) and math.sqrt(0.5) are two floats
    assert not any("is taken for" in one for one in exact.results[0].assumptions or ())
    short = prove_gradient(_scaled, lambda x: np.full(x.shape, 0.70710678), declare)
    assert [str(one.verdict) for one in short.results] == ["refuted"]
