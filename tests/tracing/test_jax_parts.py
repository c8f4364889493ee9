"""Parts of arrays, loops of known length and running sums in JAX: what is traced is what JAX computes."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from derive import IllPosedError, trace
from tests.tracing.test_joined import DECLARE, SHAPES, SIZES
from tests.tracing.test_operations import _agrees

Array = Any


def _looped(m: Array) -> Array:
    return jax.lax.fori_loop(0, 4, lambda i, a: a * 0.5 + m[:, i], jnp.zeros(m.shape[0]))


def _recurrent(m: Array, t: Array) -> Array:
    _, rows = jax.lax.scan(lambda h, x: (jnp.tanh(t * h + x),) * 2, m[:, 0], m.T)
    return rows


def _backwards(m: Array) -> Array:
    return jax.lax.scan(lambda h, x: (0.9 * h + x, h), jnp.zeros(m.shape[0]), m.T, reverse=True)[1]


OPERATIONS: dict[str, Callable[..., Any]] = {
    "half": lambda m: m[..., :2] * m[..., 2:],
    "steps": lambda m: m[:, ::2],
    "entry": lambda x, m: x[:, 0] + m[:, 2],
    "split": lambda m: jnp.split(m, 2, axis=-1)[1],
    "concatenate": lambda m, n: jnp.concatenate([n, m], axis=1),
    "stack": lambda x: jnp.stack([x, x**2], axis=1),
    "roll": lambda k: jnp.roll(k, 1),
    "diff": lambda m: jnp.diff(m, axis=1),
    "set": lambda m: m.at[:, 1:3].set(0.5),
    "set_entry": lambda m, u: m.at[:, 2].set(u),
    "added": lambda m: m.at[:, 1:].add(m[:, :-1]),
    "constants": lambda m: m * jnp.array([1.0, 0.5, -2.0, 3.0]),
    "constant_matrix": lambda B: B @ jnp.arange(12.0).reshape(4, 3),
    "reshape": lambda m: m.reshape(m.shape[0], 2, 2).sum(axis=1),
    "cumsum": lambda x: jnp.cumsum(x, axis=0),
    "reversed_sum": lambda u: jax.lax.cumsum(u, reverse=True),
    "flipped_sum": lambda u: jnp.flip(jnp.cumsum(jnp.flip(u))),
    "cumprod": lambda u: jnp.cumprod(u),
    "flip": lambda k: jnp.flip(k),
    "loop": _looped,
    "scan": _recurrent,
    "scan_backwards": _backwards,
    "length": lambda x: x / len(x) * math.sqrt(x.shape[1]) * x.shape[0] ** -0.5,
    "positions": lambda u: u * jnp.arange(u.shape[0]),
    "eye": lambda k: jnp.eye(4) * k,
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_operations(name: str) -> None:
    function = OPERATIONS[name]
    random = np.random.default_rng(1)
    arrays = {one: random.integers(1, 9, shape) / 8 for one, shape in SHAPES.items()}
    given = {one: jnp.array(arrays[one]) for one in inspect.signature(function).parameters}
    with jax.enable_x64(True):
        expected = function(**{one: jnp.asarray(arrays[one]) for one in given})
    found = trace(function, DECLARE, framework="jax")
    sizes = {one: length for one, length in SIZES.items() if one in found.context.sizes}
    _agrees(found, expected, sizes, arrays)


REFUSED: dict[str, Callable[..., Any]] = {
    "part_of_any_length": lambda x: x[1:],
    "loop_of_any_length": lambda u: jax.lax.scan(lambda h, x: (h + x, h), 0.0, u)[0],
    "turned": lambda u: jnp.flip(u) * 2,
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_sure_is_refused(name: str) -> None:
    with pytest.raises(IllPosedError):
        trace(REFUSED[name], DECLARE, framework="jax")
