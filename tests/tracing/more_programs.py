"""More functions as people write them in NumPy: masked and causal attention, margins, and what moves entries about."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tests.tracing.programs import layer, loss

Array = Any


def causal_attention(q: Array, k: Array, v: Array) -> Any:
    t = q.shape[0]
    s = q @ k.T / math.sqrt(q.shape[1])
    s = np.where(np.tril(np.ones((t, t), dtype=bool)), s, -np.inf)
    s = s - s.max(axis=-1, keepdims=True)
    p = np.exp(s)
    p /= p.sum(axis=-1, keepdims=True)
    return p @ v, (q, k, v, p)


def causal_attention_backward(do: Array, cache: Any) -> Any:
    q, k, v, p = cache
    dv = p.T @ do
    dp = do @ v.T
    ds = p * (dp - np.sum(dp * p, axis=-1, keepdims=True)) / math.sqrt(q.shape[1])
    return ds @ k, ds.T @ q, dv


def causal_attention_untransposed(do: Array, cache: Any) -> Any:
    q, k, v, p = cache
    dp = do @ v.T
    ds = p * (dp - np.sum(dp * p, axis=-1, keepdims=True)) / math.sqrt(q.shape[1])
    return ds @ k, ds @ q, p.T @ do


def causal_attention_unmasked(do: Array, cache: Any) -> Any:
    q, k, v, _ = cache
    s = q @ k.T / math.sqrt(q.shape[1])
    p = np.exp(s - s.max(axis=-1, keepdims=True))
    p /= p.sum(axis=-1, keepdims=True)
    return causal_attention_backward(do, (q, k, v, p))


layer(
    "size T, d, e\nreal q[T,d], k[T,d], v[T,e]",
    causal_attention,
    causal_attention_backward,
    causal_attention_untransposed,
    causal_attention_unmasked,
    cache=True,
)


def multiclass_hinge(W: Array, X: Array, y: Array) -> Any:
    scores = X @ W
    correct = scores[np.arange(len(X)), y][:, np.newaxis]
    margins = np.maximum(0, scores - correct + 1)
    margins[np.arange(len(X)), y] = 0
    return margins.sum() / len(X)


def multiclass_hinge_gradient(W: Array, X: Array, y: Array) -> Array:
    n = np.arange(len(X))
    scores = X @ W
    margins = np.maximum(0, scores - scores[n, y][:, None] + 1)
    margins[n, y] = 0
    active = (margins > 0).astype(float)
    active[n, y] = -active.sum(axis=1)
    return X.T @ active / len(X)


def multiclass_hinge_once(W: Array, X: Array, y: Array) -> Array:
    n = np.arange(len(X))
    scores = X @ W
    margins = np.maximum(0, scores - scores[n, y][:, None] + 1)
    margins[n, y] = 0
    active = (margins > 0).astype(float)
    active[n, y] = -1
    return X.T @ active / len(X)


def multiclass_hinge_with_label(W: Array, X: Array, y: Array) -> Array:
    n = np.arange(len(X))
    scores = X @ W
    active = (scores - scores[n, y][:, None] + 1 > 0).astype(float)
    active[n, y] = -active.sum(axis=1)
    return X.T @ active / len(X)


loss(
    "size N, D, C\nreal W[D,C], X[N,D]\nlabel y[N]: C",
    multiclass_hinge,
    multiclass_hinge_gradient,
    multiclass_hinge_once,
    multiclass_hinge_with_label,
)
