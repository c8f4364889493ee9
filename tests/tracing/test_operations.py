"""What is traced is what NumPy computes: each operation, at points and sizes of its own, in numbers."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import special

from derive import oracle, trace
from derive.objects.expression import Expression
from derive.oracle import Point
from derive.terms import Index, rename
from tests.tracing.programs import PROGRAMS

DECLARE = """size N, D, K
real x[N,D], y[N,D], w[D,K], v[D], u[N], q[N,D,K], A[D,D], t
"""
SIZES = {"N": 3, "D": 2, "K": 4}

Array = Any


def _assigned(x: Array) -> Array:
    out = np.zeros_like(x)
    out[:, 0] = x[:, 1]
    out[x > 0.5] = 7
    out += 1
    out[...] *= 2
    return out


def _emptied(x: Array, u: Array) -> Array:
    out = np.empty_like(x)
    out[:] = u[:, None]
    return out


def _emptied_by_masks(x: Array) -> Array:
    out = np.empty(x.shape)
    out[x > 0] = 1
    out[~(x > 0)] = -1
    return out


def _slices_in_place(x: Array, u: Array) -> Array:
    out = x.copy()
    out[:, 0] += u
    out[:, 1] *= 2
    out[0] -= 3
    return out


def _selected(x: Array) -> Array:
    out = x.copy()
    out[x < 0] *= 3
    return out


def _diagonal_written(A: Array) -> Array:
    out = A.copy()
    k = np.arange(A.shape[0])
    out[k, k] = 0
    return out


def _added_at(x: Array, u: Array) -> Array:
    out = np.zeros(x.shape)
    np.add.at(out, np.arange(len(x)), u[:, None])
    return out


def _out_of(x: Array, y: Array) -> Array:
    out = np.zeros(x.shape)
    np.multiply(x, y, out=out)
    np.divide(x, y, out=out, where=y > 0)
    return out


def x_or_zero(A: Array) -> Array:
    return A * A.astype(bool)


OPERATIONS: dict[str, Callable[..., Any]] = {
    "arithmetic": lambda x, y: 2 * x - y / 3 + x * y - (-x) + 1 / (2 + x**2),
    "power": lambda x: np.power(np.abs(x), 1.5) + x**2 - 2**x,
    "broadcast": lambda x, v, u: x * v + u[:, None],
    "reversed": lambda x: 1 - x + 2 / (3 + x * x),
    "functions": lambda x: np.exp(x) + np.tanh(x) - np.log1p(x**2) + np.sqrt(1 + x**2) + np.expm1(x),
    "trigonometric": lambda x: np.sin(x) + np.cos(x) * np.arctan(x) + np.sinh(x) + np.cosh(x),
    "logs": lambda x: np.log2(2 + x**2) + np.log10(3 + x**2) + np.log(4 + x**2),
    "logaddexp": lambda x, y: np.logaddexp(x, y) + np.hypot(x, y),
    "special": lambda x: (
        special.expit(x) + special.erf(x) + special.gammaln(2 + x**2) + special.psi(2 + x**2)
    ),
    "special_logs": lambda x: special.xlogy(x, 1 + x**2) + special.log_expit(x) + special.ndtr(x),
    "entropies": lambda x, y: special.rel_entr(1 + x**2, 1 + y**2) + special.kl_div(1 + x**2, 2 + y**2),
    "entr": lambda x: special.entr(1 + x**2),
    "maximum": lambda x, y: np.maximum(x, y) - np.minimum(x, 0.2) + np.clip(x, -0.5, 0.5),
    "clip_one_side": lambda x: np.clip(x, 0, None) + x.clip(max=0.3) + np.abs(x) + np.sign(x),
    "heaviside": lambda x: np.heaviside(x, 0.5),
    "where": lambda x, y: np.where(x > y, x, 2 * y),
    "select": lambda x: np.select([x > 1, x > 0], [x**2, x], default=-1),
    "masks": lambda x, y: ((x > 0) & (y <= 0.3)) * x + ((x < 0) | ~(y > 0)) * y + (x != y),
    "mask_numbers": lambda x: (x > 0).astype(float).sum(axis=0) + (x > 0).mean(),
    "logical": lambda x, y: np.logical_and(x > 0, y > 0) * 1.0 + np.logical_not(x > 0),
    "sum": lambda x: np.sum(x) + x.sum(axis=0) + x.sum(-1).sum(),
    "keepdims": lambda x: x - x.mean(axis=1, keepdims=True) + x.max(1, keepdims=True) - np.min(x, axis=0),
    "prod": lambda x: np.prod(x, axis=1),
    "var": lambda x: x.var(axis=0) + np.std(x, axis=0, ddof=1),
    "var_all": lambda q: np.var(q) + np.std(q, axis=(0, 2)).sum(),
    "average": lambda x, y: np.average(x, axis=0, weights=1 + y**2),
    "norm": lambda x: np.linalg.norm(x) + np.linalg.norm(x, axis=1).sum() + np.linalg.norm(x, ord=1, axis=0),
    "count": lambda x: np.count_nonzero(x > 0) + x.size + len(x) / x.shape[1],
    "matmul": lambda x, w: x @ w + np.matmul(x, w) - np.dot(x, w),
    "matvec": lambda x, v, u: (x @ v) * u + (u @ x).sum(),
    "inner": lambda v: v @ v + np.dot(v, v) + np.inner(v, v) + np.vdot(v, v),
    "batched": lambda q, w: np.einsum("ndk,dk->n", q, w) + (q @ w.T).sum(axis=(1, 2)),
    "einsum": lambda x, w: np.einsum("nd,dk->kn", x, w) + np.einsum("ij,jk", x, w).T,
    "einsum_dots": lambda q: np.einsum("...k,...k->...", q, q),
    "einsum_trace": lambda A: np.einsum("ii", A) + np.einsum("ii->i", A).sum(),
    "tensordot": lambda q, w: np.tensordot(q, w, axes=([1, 2], [0, 1])) + np.tensordot(q, w, 2),
    "outer": lambda u, v: np.outer(u, v) + np.multiply.outer(u, v),
    "transpose": lambda q: (
        q.T + q.transpose(2, 1, 0) + np.swapaxes(q, 0, 2) + np.moveaxis(q, 0, -1).transpose(1, 0, 2)
    ),
    "reshape": lambda q, w: (q.reshape(-1, q.shape[-1]) @ w.T).reshape(q.shape[0], q.shape[1], -1),
    "ravel": lambda x, y: x.ravel() @ y.flatten() + np.reshape(x, -1).sum(),
    "new_axes": lambda u, v: u[:, None] * v[None] + np.expand_dims(u, 1) * v[np.newaxis, :],
    "squeeze": lambda x: np.squeeze(x.sum(axis=1, keepdims=True)) + x.sum(1, keepdims=True)[:, 0],
    "entries": lambda x, q: x[:, 1] + x[1, 0] + q[..., 2] @ np.ones(x.shape[1]) + q[0].sum(),
    "broadcast_to": lambda v, x: np.broadcast_to(v, x.shape) + x,
    "identity": lambda A: A @ np.eye(A.shape[0]) + np.eye(len(A)) * 2 + np.identity(A.shape[0]),
    "diag": lambda v, A: np.diag(v) + np.diag(np.diag(A)) + np.diagonal(A) + np.trace(A),
    "made": lambda x: np.ones_like(x) + np.zeros(x.shape) + np.full(x.shape, 2.5) + np.full_like(x, 3),
    "asarray": lambda x: np.asarray(x, dtype=float) + np.array(x) + np.ascontiguousarray(x) + np.copy(x),
    "numbers": lambda x, t: math.sqrt(x.shape[1]) * x + math.exp(t) + np.sqrt(len(x)) + np.log(x.shape[0]),
    "float": lambda x: float(x.mean()) + float(2),
    "assigned": _assigned,
    "emptied": _emptied,
    "emptied_by_masks": _emptied_by_masks,
    "slices_in_place": _slices_in_place,
    "selected": _selected,
    "selected_sum": lambda x: x[x > 0].sum() + np.log(1 + x[x > -5] ** 2).mean(),
    "diagonal_written": _diagonal_written,
    "added_at": _added_at,
    "out": _out_of,
    "positions": lambda A: (np.arange(A.shape[0])[:, None] == np.arange(A.shape[0])) * A,
    "taken_by_range": lambda A: A[range(len(A)), range(A.shape[0])],
    "taken": lambda A: A[np.arange(len(A)), np.arange(len(A))],
    "ordered": lambda A: (
        np.tril(A) + np.triu(A, 1) * 2 + (np.arange(len(A))[:, None] > np.arange(len(A))) * 3
    ),
    "masked": lambda A: np.exp(np.where(np.arange(len(A))[:, None] >= np.arange(len(A)), A, -np.inf)),
    "masked_max": lambda A: (A + np.triu(np.full(A.shape, -np.inf), 1)).max(axis=1),
    "masked_softmax": lambda A: special.softmax(A + np.triu(np.full(A.shape, -np.inf), k=1), axis=1),
    "cumsum": lambda x, u: np.cumsum(x, axis=1) + np.cumsum(u)[:, None],
    "truth": lambda A: np.triu(np.ones(A.shape), k=1).astype(bool) * A + x_or_zero(A),
    "softmax": lambda x: special.softmax(x, axis=-1) + special.log_softmax(x, axis=1),
    "logsumexp": lambda x, y: special.logsumexp(x, axis=1) + special.logsumexp(x, axis=1, b=1 + y**2),
    "reduce": lambda x: np.add.reduce(x) + np.maximum.reduce(x, axis=0) + np.multiply.reduce(x, axis=0),
    "minus_inf_free": lambda x: np.where(x > 0, x, -1000.0).max(axis=1),
}


def _arrays(declare: str, seed: int) -> dict[str, Any]:
    random = np.random.default_rng(seed)
    shapes = {"x": "ND", "y": "ND", "w": "DK", "v": "D", "u": "N", "q": "NDK", "A": "DD", "t": ""}
    return {name: random.normal(size=[SIZES[one] for one in dims]) for name, dims in shapes.items()}


def _exact(value: Any) -> Any:
    if isinstance(value, np.ndarray) and value.ndim:
        return tuple(map(_exact, value))
    from fractions import Fraction

    return Fraction(float(value))


def _agrees(found: Expression, expected: Any, sizes: dict[str, int], values: dict[str, Any]) -> None:
    expected = np.asarray(expected, dtype=float)
    lengths = [1 if axis.dim == "1" else sizes[axis.dim] for axis in found.axes]
    assert expected.shape == tuple(lengths)
    exact = {name: _exact(value) for name, value in values.items()}
    for at in np.ndindex(*lengths):
        places = {axis: Index(k + 1, axis.dim) for axis, k in zip(found.axes, at, strict=True)}
        ball = oracle.evaluate(rename(found.term, places), found.context, Point(sizes, {}, exact), 128)
        assert ball is not None
        assert float(ball.mid()) == pytest.approx(expected[at], rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("name", OPERATIONS)
def test_operations(name: str) -> None:
    function = OPERATIONS[name]
    import inspect

    for seed in (1, 2):
        arrays = _arrays(DECLARE, seed)
        given = {one: arrays[one] for one in inspect.signature(function).parameters}
        expected = function(**{one: np.copy(value) for one, value in given.items()})
        _agrees(trace(function, DECLARE), expected, SIZES, arrays)


FORWARD = [one for one in PROGRAMS if not one.options.get("cache") and "label" not in one.declare]


@pytest.mark.parametrize("program", FORWARD, ids=lambda one: one.name)
def test_programs_compute_what_is_traced(program: Any) -> None:
    import inspect

    random = np.random.default_rng(3)
    found = trace(program.forward, program.declare)
    context = found.context
    sizes = {
        name: size.fixed or 2 + place
        for place, name in enumerate(context.sizes)
        for size in [context.sizes[name]]
    }
    values = {
        name: random.uniform(0.1, 0.9, [sizes[dim] for dim in variable.dims])
        for name, variable in context.variables.items()
    }
    given = {name: values[name] for name in inspect.signature(program.forward).parameters if name in values}
    _agrees(found, program.forward(**given), sizes, values)
