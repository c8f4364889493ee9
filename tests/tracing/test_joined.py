"""Slices of known length, arrays put together and taken apart, and other rows: what is traced is what NumPy does."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import special

from derive import IllPosedError, prove_gradient, trace
from tests.tracing.test_operations import _agrees

Array = Any

DECLARE = """size N, D
size K = 4
size H = 2
real x[N,D], u[N], v[D], A[D,D], k[K], m[N,K], n[N,H], B[H,K], t
"""
SIZES = {"N": 3, "D": 2, "K": 4, "H": 2, "n3": 3, "n5": 5, "n6": 6, "n8": 8}
SHAPES: dict[str, tuple[int, ...]] = {
    "x": (3, 2), "u": (3,), "v": (2,), "A": (2, 2), "k": (4,), "m": (3, 4), "n": (3, 2), "B": (2, 4), "t": (),
}  # fmt: skip


def _assigned(m: Array) -> Array:
    out = np.zeros_like(m)
    out[:, 1:] += m[:, :-1]
    out[:, ::2] = m[:, 1::2] * 3
    out[..., -1] -= 7
    return out


def _every_row(B: Array) -> Array:
    return np.array([row.sum() * row for row in B])


def _added_at(k: Array) -> Array:
    out = np.ones(4) * k
    np.add.at(out, slice(1, 3), k[2:])
    return out


def _best_written(x: Array) -> Array:
    out = np.zeros_like(x)
    out[np.arange(len(x)), np.argmax(x, axis=1)] += x.min(axis=1)
    return out


def _diagonal(A: Array) -> Array:
    out = A.copy()
    np.fill_diagonal(out, 5.0)
    return out


def _rows(x: Array, u: Array) -> Array:
    out = x.copy()
    out[u > 0.5] = 2 * x[u > 0.5]
    return out


OPERATIONS: dict[str, Callable[..., Any]] = {
    "half": lambda m: m[..., :2] * m[..., 2:],
    "from_end": lambda k: k[-3:],
    "steps": lambda k: k[::-2],
    "reversed": lambda m: m[:, ::-1],
    "two_at_once": lambda B: B[::-1, 1:3],
    "neighbours": lambda m: np.diff(m, axis=1),
    "assigned": _assigned,
    "added_at": _added_at,
    "rows": _every_row,
    "list": lambda k: np.array([k[1], 2.0, k[0] * k[3]]),
    "nested_list": lambda k: np.array([[k[1], 2.0], [0.0, k[0]]]),
    "stack": lambda x: np.stack([x, 2 * x, x**2], axis=1),
    "stack_last": lambda x: np.stack((x, -x), axis=-1),
    "concatenate": lambda m, n: np.concatenate([n, m], axis=1),
    "concatenate_negative": lambda m: np.concatenate((-m[:, 2:], m[:, :2]), axis=-1),
    "hstack": lambda k: np.hstack([k[:1], k]),
    "vstack": lambda B, k: np.vstack([B, k]),
    "column_stack": lambda u: np.column_stack([u, u**2]),
    "append_scalar": lambda k, t: np.hstack([k, t]),
    "split": lambda m: np.split(m, 2, axis=1)[1],
    "split_at": lambda m: np.split(m, [1, 3], axis=-1)[1],
    "roll": lambda k: np.roll(k, 1) - np.roll(k, -2),
    "flip": lambda B: np.flip(B, axis=1) + np.flip(B),
    "constants": lambda m: m * np.array([1.0, 0.5, -2.0, 3.0]) + np.array([1, 0, 0, 1]),
    "constant_mask": lambda k: np.where(np.array([True, False, True, False]), k, -k),
    "constant_matrix": lambda B: B @ np.arange(12.0).reshape(4, 3),
    "constant_of_sizes": lambda m: m @ np.eye(4),
    "same_length": lambda B: B @ np.stack([B[0], B[1]]).T,
    "split_axis": lambda m: m.reshape(m.shape[0], 2, 2).sum(axis=1),
    "split_by_size": lambda m, B: m.reshape(-1, B.shape[0], 2)[:, :, 0],
    "join_axes": lambda B: B.reshape(-1)[3:5],
    "other_order": lambda B: B.reshape(4, 2),
    "zeros": lambda x: np.zeros((x.shape[0], 3)) + x.sum(),
    "python_sum": lambda k: sum(i * one for i, one in enumerate(k)),
    "sum_of_list": lambda x: np.sum([x.sum(), x.mean()]),
    "size": lambda x: x * np.prod(x.shape) / np.size(x, 0),
    "integer": lambda x: x / int(x.shape[0]),
    "reversed_sum": lambda u: np.cumsum(u[::-1])[::-1],
    "flipped_sum": lambda x: np.flip(np.cumsum(np.flip(x, 0), axis=0), 0),
    "reversed_method": lambda x: x[:, ::-1].cumsum(axis=1)[:, ::-1],
    "cumprod": lambda x: np.cumprod(x, axis=0),
    "positions": lambda u: np.arange(len(u)) * u,
    "positions_from_one": lambda u: u / np.arange(1, len(u) + 1),
    "discounted": lambda u: 0.9 ** np.arange(len(u)) * u,
    "argmax": lambda x: x[np.arange(len(x)), x.argmax(1)],
    "argmin": lambda x, v: (x * v)[np.arange(len(x)), np.argmin(x, axis=1)],
    "best_written": _best_written,
    "where": lambda x: np.sum(x, axis=0, where=x > 0.5) + np.max(x, initial=0.7),
    "mean_where": lambda x: np.mean(x, axis=1, where=x > -1),
    "rows_selected": lambda x, u: x[u > 0.5].sum(axis=0) + x[u > 0.5].sum(),
    "mean_selected": lambda x, u: x[u > 0.0].mean(axis=0) - x[u > 0.0].mean(),
    "rows_written": _rows,
    "any": lambda x: np.any(x > 0.5, axis=1) * 1.0,
    "all": lambda x: (x > 0.5).all(axis=0) * 1.0,
    "ptp": lambda x: np.ptp(x, axis=1),
    "norm_inf": lambda x: np.linalg.norm(x, np.inf, axis=1),
    "inv": lambda A: np.linalg.inv(A),
    "solve": lambda A, v: np.linalg.solve(A, v),
    "det": lambda A: np.linalg.det(A) + np.linalg.slogdet(A)[1] + np.linalg.slogdet(A).sign,
    "matrix_power": lambda A: np.linalg.matrix_power(A, 3),
    "multi_dot": lambda x, A: np.linalg.multi_dot([x, A, A.T]),
    "fill_diagonal": _diagonal,
    "tri": lambda A: np.tri(len(A)) * A,
    "repeat": lambda u, v: np.repeat(u[:, None], len(v), axis=1),
    "repeat_entries": lambda k: np.repeat(k, 2)[1:3],
    "tile": lambda u, v: np.tile(v, (len(u), 1)),
    "tile_entries": lambda k: np.tile(k, 2)[2:6],
    "average": lambda x, u: np.average(x, axis=0, weights=u),
    "average_last": lambda x, v: np.average(x, axis=-1, weights=v),
    "logaddexp": lambda x: np.logaddexp.reduce(x, axis=1),
    "huber": lambda x: special.huber(0.5, x) + special.pseudo_huber(0.5, x),
    "betaln": lambda x: special.betaln(x, x + 1),
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_operations(name: str) -> None:
    function = OPERATIONS[name]
    for seed in (1, 2):
        random = np.random.default_rng(seed)
        arrays = {one: random.uniform(0.1, 0.9, shape) for one, shape in SHAPES.items()}
        given = {one: np.copy(arrays[one]) for one in inspect.signature(function).parameters}
        expected = function(**given)
        found = trace(function, DECLARE)
        sizes = {one: length for one, length in SIZES.items() if one in found.context.sizes}
        _agrees(found, expected, sizes, arrays)


REFUSED: dict[str, Callable[..., Any]] = {
    "part_of_any_length": lambda x: x[1:],
    "beyond_the_end": lambda k: k[4:],
    "other_lengths": lambda m, n: m[:, :3] + n,
    "one_behind_another": lambda x, u: np.concatenate([x, u[:, None]], axis=1),
    "odd": lambda m: np.split(m, 3, axis=1),
    "argmax_as_number": lambda x: x.argmax(axis=1) * 2.0,
    "max_of_none": lambda x: np.max(x, where=x > 0),
    "turned": lambda u: u[::-1] + u,
    "turned_out_of_date": lambda u: [
        whole := u.copy(),
        back := whole[::-1],
        whole.__imul__(2),
        back.cumsum(),
    ][-1][::-1],
    "rest_of_turned": lambda u: u[::-1].cumsum()[0],
    "rounded_list": lambda k: np.array([1, 2, 3], dtype="int8") * k[:3],
    "sliced_at_entry": lambda k: k[: k[0]],
    "view_out_of_date": lambda m: [half := m.copy(), first := half[:, :2], first.__iadd__(1), half][-1],
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_sure_is_refused(name: str) -> None:
    with pytest.raises(IllPosedError):
        trace(REFUSED[name], DECLARE)


def test_types_are_those_of_python() -> None:
    declare = "size n\nreal x[n]"
    assert str(trace(lambda x: x if float is float and int is int else 2 * x, declare)) == "x[i]"
    assert str(trace(lambda x: x if type(len(x)) is int else 2 * x, declare)) == "x[i]"
    assert str(trace(lambda x: x if np.zeros(2, dtype=int).dtype.kind == "i" else 2 * x, declare)) == "x[i]"


def test_labels_stay_where_they_are() -> None:
    """Labels over an axis of known length are not taken apart: their positions would be those of another axis."""
    with pytest.raises(IllPosedError):
        trace(lambda k: k[np.arange(len(k)).reshape(2, 2)], "size K = 4\nreal k[K]")
    found = trace(lambda k: k[np.arange(len(k)).reshape(4, 1)], "size K = 4\nreal k[K]")
    assert str(found) == "k[i]"


def test_where_extremes_tie_nothing_is_claimed() -> None:
    """NumPy's argmax is one position at ties too: what is right there must not be refuted."""

    def ones(x: Array) -> Array:
        hot = np.zeros_like(x)
        hot[np.arange(len(x)), x.argmax(axis=1)] = 1
        return hot.sum(axis=1, keepdims=True) * np.ones_like(x)

    report = prove_gradient(lambda x: x.sum(), ones, "size N, D\nreal x[N,D]")
    assert str(report.results[0].verdict) != "refuted"
    report = prove_gradient(lambda x: x.sum(), lambda x: 2 * ones(x), "size N, D\nreal x[N,D]")
    assert str(report.results[0].verdict) != "proved"
