"""What NumPy does to truth values and whole numbers is not what it does to real numbers: it is modelled, or refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from derive import prove_gradient

Array = Any
VECTOR = "size N\nreal x[N]"
LABELS = "size N, C\nreal S[N,C]\nlabel y[N]: C"


def _count(x: Array) -> Array:
    return np.sum(x) * np.sum(x > 0)


def _half(x: Array) -> Array:
    return np.sum(x) / 2


def _filled(make: Callable[[Array], Array]) -> Callable[[Array], Array]:
    def gradient(x: Array) -> Array:
        array = make(x)
        array[...] = 0.5
        return array

    return gradient


def _added_at(x: Array) -> Array:
    array = np.zeros(x.shape, dtype=bool)
    np.add.at(array, np.arange(len(x)), x > 0)
    return array


REFUSED: dict[str, Callable[[Array], Array]] = {
    "matmul": lambda x: (x > 0) @ (x > 0) * np.ones_like(x),
    "dot": lambda x: np.dot(x > 0, x > 0) * np.ones_like(x),
    "dot_method": lambda x: (x > 0).dot(x > 0) * np.ones_like(x),
    "inner": lambda x: np.inner(x > 0, x > 0) * np.ones_like(x),
    "vdot": lambda x: np.vdot(x > 0, x > 0) * np.ones_like(x),
    "tensordot": lambda x: np.tensordot(x > 0, x > 0, 1) * np.ones_like(x),
    "einsum": lambda x: np.einsum("i,i->", x > 0, x > 0) * np.ones_like(x),
    "einsum_of_one": lambda x: np.einsum("i->", x > 0) * np.ones_like(x),
    "sum_as_bool": lambda x: np.sum(x > 0, dtype=bool) * np.ones_like(x),
    "sum_method_as_bool": lambda x: (x > 0).sum(dtype=bool) * np.ones_like(x),
    "mean_as_bool": lambda x: np.mean(x > 0, dtype=bool) * np.ones_like(x),
    "mean_as_int": lambda x: np.mean(x > 0, dtype=int) * np.ones_like(x),
    "variance_as_int": lambda x: np.var(x, dtype=int) * np.ones_like(x),
    "of_what_is_selected": lambda x: (x > 0)[x > 0].sum(dtype=bool) * np.ones_like(x),
    "fill_like_where": lambda x: np.full_like(np.where(x > 0, 1, 0), 0.5),
    "fill_like_product": lambda x: np.full_like((x > 0) * 1, 0.5),
    "write_product": _filled(lambda x: (x > 0) * 1),
    "write_where": _filled(lambda x: np.where(x > 0, 1, 2)),
    "write_full": _filled(lambda x: np.full(x.shape, 1)),
    "write_cumsum": _filled(lambda x: np.cumsum(x > 0)),
    "write_like_positions": _filled(lambda x: np.zeros_like(np.arange(len(x)))),
    "write_count": _filled(lambda x: np.full(x.shape, np.count_nonzero(x > 0))),
    "add_at": _added_at,
    "reciprocal": lambda x: np.reciprocal(np.full(x.shape, 2)),
    "power": lambda x: np.full(x.shape, 2) ** ((x > 0) * 1) + x,
    "unsigned": lambda x: (x > 0) * np.uint8(1) - np.uint8(1),
    "as_unsigned": lambda x: (x > 0).astype("uint8") - 1,
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    (found,) = prove_gradient(_count, REFUSED[name], VECTOR).results
    assert found.verdict == "error"
    assert found.source is not None
    assert found.source.file == __file__


def test_labels_are_whole_numbers() -> None:
    def gradient(S: Array, y: Array) -> Array:
        return np.full_like(y, 0.5)[:, None] + 0 * S

    (found,) = prove_gradient(lambda S, y: np.sum(S) / 2, gradient, LABELS).results
    assert found.verdict == "error"

    def written(S: Array, y: Array) -> Array:
        return _filled(lambda S: np.eye(S.shape[1], dtype=int)[y])(S)

    (found,) = prove_gradient(lambda S, y: np.sum(S) / 2, written, LABELS).results
    assert found.verdict == "error"


def test_pairs_of_equal_labels_are_not_counted() -> None:
    def gradient(S: Array, y: Array) -> Array:
        same = y[:, None] == y
        return np.sum((same @ same) * 1.0) * np.ones_like(S)

    def loss(S: Array, y: Array) -> Array:
        same = (y[:, None] == y) * 1.0
        return np.sum(S) * np.sum(same @ same)

    assert prove_gradient(loss, gradient, LABELS).results[0].verdict == "error"
    right = prove_gradient(
        loss, lambda S, y: np.sum(((y[:, None] == y) * 1.0) @ (y[:, None] == y)) * np.ones_like(S), LABELS
    )
    assert right


MODELLED: dict[str, tuple[Callable[[Array], Array], Callable[[Array], Array]]] = {
    "outer": (
        lambda x: np.sum(np.outer(x > 0, x > 0) + np.outer(x > 0, x > 0)),
        lambda x: np.sum(x > 0) ** 2,
    ),
    "eye": (
        lambda x: np.sum(np.eye(len(x), dtype=bool) + np.eye(len(x), dtype=bool)),
        lambda x: len(x),
    ),
    "ones": (lambda x: np.sum(np.ones(x.shape, bool) + np.ones(x.shape, bool)), lambda x: len(x)),
    "einsum_and": (lambda x: np.sum(np.einsum("i,i->i", x > 0, x > 1)), lambda x: np.sum((x > 0) & (x > 1))),
    "fill_like_mask": (lambda x: np.sum(np.full_like(x > 0, 2) * 1.0), lambda x: len(x)),
    "fill_as_bool": (lambda x: np.sum(np.full(x.shape, 0.5, dtype=bool)), lambda x: len(x)),
    "sum_as_float": (lambda x: np.sum(x > 0, dtype=float), lambda x: np.sum(x > 0)),
    "ufunc_as_bool": (
        lambda x: np.sum(np.add(x > 0, x > 1, dtype=bool)),
        lambda x: np.sum((x > 0) | (x > 1)),
    ),
    "ufunc_as_int": (lambda x: np.sum(np.add(x > 0, x > 0, dtype=int)), lambda x: 2 * np.sum(x > 0)),
    "integers": (lambda x: np.sum(np.zeros(len(x), dtype=int) + (x > 0)), lambda x: np.sum(x > 0)),
    "inverse": (lambda x: np.sum(x > 0) / len(x) ** 2, lambda x: np.mean(x > 0) * len(x) ** -1),
    "integer_as_float": (
        lambda x: np.sum(1 / np.full(x.shape, 2).astype(float)),
        lambda x: len(x) / 2,
    ),
}


@pytest.mark.parametrize("name", MODELLED)
def test_modelled(name: str) -> None:
    number, same = MODELLED[name]
    at = np.array([0.5, -1.0, 2.0])
    assert number(at) == same(at)
    report = prove_gradient(lambda x, t: t * number(x), lambda x, t: same(x) * 1.0, VECTOR + ", t", wrt="t")
    assert report, report
    doubled = prove_gradient(lambda x, t: t * number(x), lambda x, t: same(x) * 2.0, VECTOR + ", t", wrt="t")
    assert doubled.results[0].verdict == "refuted"
