"""Code that learns that it is traced, or does something else each time, is refused whatever it catches."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from derive import IllPosedError, prove_gradient, prove_vjp, trace

Array = Any
VECTOR = "size N\nreal x[N]"
DRAWN = np.random.default_rng(0)


def _loss(x: Array) -> Array:
    return np.sum(x**2) / 2


# What a symbolic array does not know, and NumPy's array does: each ends the trace even where it is caught.
ASKED: dict[str, Callable[[Array], Any]] = {
    "sort": lambda x: x.sort(),
    "conj": lambda x: x.conj(),
    "round_method": lambda x: x.round(20),
    "view": lambda x: x.view(),
    "size_of_selected": lambda x: x[x > 0].size,
    "shape_of_selected": lambda x: x[x > 0].shape,
    "item_of_selected": lambda x: x[x > 0][0],
    "round": lambda x: round(len(x) / 2),
    "shifted": lambda x: len(x) << 1,
    "halved": lambda x: 8 >> len(x),
    "bits": lambda x: len(x).bit_length(),
    "divmod": lambda x: divmod(x, 2),
    "format": lambda x: f"{x.sum():.3f}",
    "str": lambda x: str(len(x)),
    "repr": lambda x: repr(x),
    "hash": lambda x: len(x) in {1, 2},
    "axis": lambda x: np.transpose(x, (0, 1)),
    "option": lambda x: x.sum(nothing=1),
    "permutation": lambda x: np.random.permutation(len(x)),
    "drawn": lambda x: np.random.rand(),
    "clock": lambda x: time.time(),
    "chance": lambda x: random.random(),  # noqa: S311 - that it is drawn is the point
    "generator": lambda x: DRAWN.random(len(x)),
    "floor_in_place": lambda x: (x > 0).copy().__ifloordiv__(2),
}


@pytest.mark.parametrize("name", ASKED)
def test_what_is_caught_is_refused(name: str) -> None:
    def gradient(x: Array) -> Array:
        try:
            ASKED[name](x)
        except Exception:  # noqa: BLE001 - as people write it
            return x
        return 2 * x

    (found,) = prove_gradient(_loss, gradient, VECTOR).results
    assert found.verdict == "error"
    assert found.source is not None
    assert found.source.file == __file__


def test_types_are_those_of_numpy() -> None:
    assert prove_gradient(_loss, lambda x: x if type(x) is np.ndarray else 2 * x, VECTOR)
    assert prove_gradient(_loss, lambda x: x if type(len(x)) is int else 2 * x, VECTOR)
    assert prove_gradient(_loss, lambda x: x if type(x.sum()) is np.float64 else 2 * x, VECTOR)
    kinds: tuple[Any, ...] = (float, type)
    assert prove_gradient(_loss, lambda x: x if isinstance(kinds[0], type) else 2 * x, VECTOR)


def test_labels_are_not_written_to() -> None:
    def gradient(S: Array, y: Array) -> Array:
        try:
            y[0] = 0
        except TypeError:
            return 2 * S
        return S

    report = prove_gradient(lambda S, y: np.sum(S**2) / 2, gradient, "size N, C\nreal S[N,C]\nlabel y[N]: C")
    assert report.results[0].verdict == "error"


def test_the_same_each_time() -> None:
    calls = [0]

    def counting(x: Array) -> Array:
        calls[0] += 1
        return np.sum(x) * (calls[0] % 2)

    (found,) = prove_gradient(counting, lambda x: np.ones_like(x), VECTOR).results
    assert found.verdict == "error"
    assert "something else each time" in str(found.message)
    with pytest.raises(IllPosedError, match="something else each time"):
        trace(counting, VECTOR)


def test_compiled_code_is_given_no_symbolic_array() -> None:
    program = """
import derive, numpy as np
drawn = np.random.default_rng(0)
for make in (lambda x: np.random.rand(len(x)), lambda x: drawn.normal(size=len(x)), lambda x: drawn.random(x.shape)):
    report = derive.prove_gradient(lambda x: np.sum(x * make(x)), lambda x: np.ones_like(x), "size N\\nreal x[N]")
    print(report.results[0].verdict, "parameter" in str(report.results[0].message))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["error", "False"] * 3


def test_errors_of_the_code_have_their_line() -> None:
    (found,) = prove_gradient(_loss, lambda x: {"yes": x}["no"], VECTOR).results
    assert found.verdict == "error"
    assert "KeyError" in str(found.message)
    assert found.source is not None
    assert found.source.file == __file__


def test_a_gradient_that_nobody_asks_for_is_told() -> None:
    declare = "size N\nreal x[N], w[N]"
    told = "nobody asks for a gradient by w: the backward pass returns None for it"
    found = prove_gradient(lambda x, w: np.sum(x * w), lambda x, w: (w, None), declare)
    assert [told in (one.assumptions or ()) for one in found.results] == [True]
    found = prove_gradient(lambda x, w: np.sum(x * w), lambda x, w: {"x": w, "w": None}, declare)
    assert [told in (one.assumptions or ()) for one in found.results] == [True]
    found = prove_vjp(lambda x, w: x * w, lambda g, x, w: (g * w, None), declare)
    assert [told in (one.assumptions or ()) for one in found.results] == [True]
