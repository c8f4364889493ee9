"""`jax.custom_vjp` functions: their backward pass is proved, and that their forward pass returns what they do."""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import pytest

from derive.jax import prove_custom_vjp

Array = Any


@jax.custom_vjp
def _rms(x: Array, w: Array) -> Array:
    return x / jnp.sqrt(jnp.mean(x**2, -1, keepdims=True) + 1e-6) * w


def _rms_forward(x: Array, w: Array) -> Any:
    r = jax.lax.rsqrt(jnp.mean(x**2, -1, keepdims=True) + 1e-6)
    return x * r * w, (x, w, r)


def _rms_backward(kept: Any, g: Array) -> Any:
    x, w, r = kept
    h = g * w
    return r * h - x * r**3 * jnp.mean(h * x, -1, keepdims=True), jnp.sum(g * x * r, 0)


_rms.defvjp(_rms_forward, _rms_backward)
RMS = "size N, D\nreal x[N,D], w[D]"


@jax.custom_vjp
def _cross_entropy(S: Array, y: Array) -> Array:
    return -jnp.mean(jax.nn.log_softmax(S)[jnp.arange(S.shape[0]), y])


def _cross_entropy_forward(S: Array, y: Array) -> Any:
    logp = jax.nn.log_softmax(S)
    return -jnp.mean(logp[jnp.arange(S.shape[0]), y]), (logp, y)


def _cross_entropy_backward(kept: Any, g: Array) -> Any:
    logp, y = kept
    return g * (jnp.exp(logp) - jax.nn.one_hot(y, logp.shape[1])) / logp.shape[0], None


_cross_entropy.defvjp(_cross_entropy_forward, _cross_entropy_backward)


@partial(jax.custom_vjp, nondiff_argnums=(1,))
def _scaled(x: Array, k: Array) -> Array:
    return x * k


_scaled.defvjp(lambda x, k: (x * k, None), lambda k, kept, g: (g * k,))


def _verdicts(report: Any) -> list[str]:
    return [str(one.verdict) for one in report.results]


def test_what_is_right() -> None:
    assert _verdicts(prove_custom_vjp(_rms, RMS)) == ["proved"] * 3
    assert prove_custom_vjp(_cross_entropy, "size N, C\nreal S[N,C]\nlabel y[N]: C")
    assert prove_custom_vjp(_scaled, "size n\nreal x[n], k")


def test_a_wrong_backward_pass() -> None:
    wrong = jax.custom_vjp(_rms.fun)
    wrong.defvjp(_rms_forward, lambda kept, g: (kept[2] * g * kept[1], jnp.sum(g * kept[0] * kept[2], 0)))
    assert _verdicts(prove_custom_vjp(wrong, RMS)) == ["refuted", "proved", "proved"]


def test_a_forward_pass_of_another_function() -> None:
    wrong = jax.custom_vjp(lambda x: x**2)
    wrong.defvjp(lambda x: (x**3, x), lambda x, g: (3 * g * x**2,))
    assert _verdicts(prove_custom_vjp(wrong, "size n\nreal x[n]")) == ["proved", "refuted"]


def test_gradients_that_are_missing() -> None:
    wrong = jax.custom_vjp(lambda x, y: x * y)
    wrong.defvjp(lambda x, y: (x * y, y), lambda y, g: (g * y,))
    report = prove_custom_vjp(wrong, "size n\nreal x[n], y[n]")
    assert _verdicts(report) == ["error"]
    assert "one gradient for each of x, y" in str(report)


def test_a_gradient_that_is_none_is_told() -> None:
    half = jax.custom_vjp(lambda x, y: x * y)
    half.defvjp(lambda x, y: (x * y, y), lambda y, g: (g * y, None))
    first, *_ = prove_custom_vjp(half, "size n\nreal x[n], y[n]").results
    assert first
    assert any("nobody asks for a gradient by y" in one for one in first.assumptions or ())


def test_what_is_no_such_function() -> None:
    with pytest.raises(TypeError, match="defvjp"):
        prove_custom_vjp(jnp.sin, "real x")
    with pytest.raises(TypeError, match="defvjp"):
        prove_custom_vjp(jax.custom_vjp(jnp.sin), "real x")
