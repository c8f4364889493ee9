"""Functions as people write them in NumPy, with the gradients that they write, right ones and wrong ones."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.special import expit, gammaln, log_softmax, logsumexp, psi, softmax, xlogy

Array = Any
Function = Callable[..., Any]


@dataclass(frozen=True)
class Program:
    """A loss and its gradient, or with `vjp` a layer and its backward pass; what is declared; and wrong versions."""

    name: str
    declare: str
    forward: Function
    backward: Function
    wrong: Sequence[Function]
    vjp: bool = False
    options: dict[str, Any] = field(default_factory=dict)


PROGRAMS: list[Program] = []


def loss(declare: str, forward: Function, backward: Function, *wrong: Function, **options: Any) -> None:
    """Enter a loss, its gradient and wrong versions of it."""
    PROGRAMS.append(Program(forward.__name__, declare, forward, backward, wrong, False, options))


def layer(declare: str, forward: Function, backward: Function, *wrong: Function, **options: Any) -> None:
    """Enter a layer, its backward pass and wrong versions of it."""
    PROGRAMS.append(Program(forward.__name__, declare, forward, backward, wrong, True, options))


# ---------------------------------------------------------------- layers


def linear(x: Array, w: Array, b: Array) -> Array:
    return x @ w + b


def linear_backward(dout: Array, x: Array, w: Array, b: Array) -> Any:
    return dout @ w.T, x.T @ dout, np.sum(dout, axis=0)


def linear_mean_bias(dout: Array, x: Array, w: Array, b: Array) -> Any:
    return dout @ w.T, x.T @ dout, dout.mean(axis=0)


def linear_untransposed(dout: Array, x: Array, w: Array, b: Array) -> Any:
    return dout @ w, x.T @ dout, dout.sum(axis=0)


layer("size N, D\nreal x[N,D], w[D,D], b[D]", linear, linear_backward, linear_mean_bias, linear_untransposed)


def affine_3d(x: Array, w: Array, b: Array) -> Any:
    out = x.reshape(-1, x.shape[-1]).dot(w) + b
    return out.reshape(x.shape[0], x.shape[1], -1), (x, w)


def affine_3d_backward(dout: Array, cache: Any) -> Any:
    x, w = cache
    dflat = dout.reshape(-1, dout.shape[-1])
    xflat = x.reshape(-1, x.shape[-1])
    dx = dflat.dot(w.T).reshape(x.shape)
    return dx, xflat.T.dot(dflat), dflat.sum(axis=0)


def affine_3d_divided(dout: Array, cache: Any) -> Any:
    dx, dw, db = affine_3d_backward(dout, cache)
    return dx, dw / dout.shape[0], db


layer(
    "size B, T, D, M\nreal x[B,T,D], w[D,M], b[M]",
    affine_3d,
    affine_3d_backward,
    affine_3d_divided,
    cache=True,
)


def layer_norm(x: Array, gamma: Array, beta: Array, eps: float = 1e-5) -> Any:
    mu = x.mean(axis=-1, keepdims=True)
    var = x.var(axis=-1, keepdims=True)
    inv = 1.0 / np.sqrt(var + eps)
    xhat = (x - mu) * inv
    return gamma * xhat + beta, (xhat, inv, gamma)


def layer_norm_backward(dout: Array, cache: Any) -> Any:
    xhat, inv, gamma = cache
    n = dout.shape[-1]
    dgamma = (dout * xhat).sum(axis=0)
    dbeta = dout.sum(axis=0)
    dxhat = dout * gamma
    dx = inv / n * (n * dxhat - dxhat.sum(-1, keepdims=True) - xhat * (dxhat * xhat).sum(-1, keepdims=True))
    return dx, dgamma, dbeta


def layer_norm_without_gamma(dout: Array, cache: Any) -> Any:
    xhat, inv, _ = cache
    dx = inv * (dout - dout.mean(-1, keepdims=True) - xhat * (dout * xhat).mean(-1, keepdims=True))
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


def layer_norm_without_mean(dout: Array, cache: Any) -> Any:
    xhat, inv, gamma = cache
    dxhat = dout * gamma
    dx = inv * (dxhat - xhat * (dxhat * xhat).mean(-1, keepdims=True))
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


def layer_norm_wrong_axis(dout: Array, cache: Any) -> Any:
    xhat, inv, gamma = cache
    dxhat = dout * gamma
    dx = inv * (dxhat - dxhat.mean(0, keepdims=True) - xhat * (dxhat * xhat).mean(-1, keepdims=True))
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


layer(
    "size N, D\nreal x[N,D], gamma[D], beta[D]",
    layer_norm,
    layer_norm_backward,
    layer_norm_without_gamma,
    layer_norm_without_mean,
    layer_norm_wrong_axis,
    cache=True,
)


def batch_norm(x: Array, gamma: Array, beta: Array, eps: float) -> Any:
    mean = np.mean(x, axis=0)
    xc = x - mean
    var = np.mean(xc**2, axis=0)
    std = np.sqrt(var + eps)
    xn = xc / std
    return gamma * xn + beta, (gamma, xc, std, xn)


def batch_norm_backward(dout: Array, cache: Any) -> Any:
    gamma, xc, std, xn = cache
    size = len(dout)
    dbeta = dout.sum(axis=0)
    dgamma = np.sum(xn * dout, axis=0)
    dxn = gamma * dout
    dxc = dxn / std
    dstd = -np.sum((dxn * xc) / (std * std), axis=0)
    dvar = 0.5 * dstd / std
    dxc += (2.0 / size) * xc * dvar
    dmu = np.sum(dxc, axis=0)
    return dxc - dmu / size, dgamma, dbeta


def batch_norm_forgotten_mean(dout: Array, cache: Any) -> Any:
    gamma, xc, std, xn = cache
    dxn = gamma * dout
    dvar = -0.5 * np.sum(dxn * xc, axis=0) / std**3
    return dxn / std + 2.0 / dout.shape[0] * xc * dvar, (xn * dout).sum(0), dout.sum(0)


def batch_norm_unbiased(dout: Array, cache: Any) -> Any:
    gamma, xc, std, xn = cache
    size = len(dout)
    dxn = gamma * dout
    dvar = -0.5 * np.sum(dxn * xc, axis=0) / std**3
    dxc = dxn / std + 2.0 / (size + 1) * xc * dvar
    return dxc - dxc.mean(axis=0), (xn * dout).sum(0), dout.sum(0)


layer(
    "size N, D\nreal x[N,D], gamma[D], beta[D]\npositive eps",
    batch_norm,
    batch_norm_backward,
    batch_norm_forgotten_mean,
    batch_norm_unbiased,
    cache=True,
)


def rms_norm(x: Array, w: Array, eps: float = 1e-6) -> Array:
    rms = np.sqrt(np.mean(np.square(x), axis=-1, keepdims=True) + eps)
    return x / rms * w


def rms_norm_backward(dy: Array, x: Array, w: Array, eps: float = 1e-6) -> Any:
    d = x.shape[-1]
    rms = np.sqrt(np.mean(x**2, -1, keepdims=True) + eps)
    g = dy * w
    dx = g / rms - x * np.sum(g * x, axis=-1, keepdims=True) / (d * rms**3)
    return dx, np.sum(dy * x / rms, axis=0)


def rms_norm_without_weight(dy: Array, x: Array, w: Array, eps: float = 1e-6) -> Any:
    rms = np.sqrt(np.mean(x**2, -1, keepdims=True) + eps)
    return dy * w / rms - x * np.mean(dy * x, axis=-1, keepdims=True) / rms**3, (dy * x / rms).sum(0)


def rms_norm_square(dy: Array, x: Array, w: Array, eps: float = 1e-6) -> Any:
    rms = np.sqrt(np.mean(x**2, -1, keepdims=True) + eps)
    g = dy * w
    return g / rms - x * np.mean(g * x, axis=-1, keepdims=True) / rms**2, (dy * x / rms).sum(0)


layer(
    "size N, D\nreal x[N,D], w[D]",
    rms_norm,
    rms_norm_backward,
    rms_norm_without_weight,
    rms_norm_square,
)


def stable_softmax(x: Array) -> Array:
    e = np.exp(x - np.max(x, axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def softmax_backward(dp: Array, x: Array) -> Array:
    p = stable_softmax(x)
    return p * (dp - np.sum(dp * p, axis=-1, keepdims=True))


def softmax_diagonal(dp: Array, x: Array) -> Array:
    p = stable_softmax(x)
    return dp * p * (1 - p)


def softmax_summed_rows(dp: Array, x: Array) -> Array:
    p = stable_softmax(x)
    return p * (dp - np.sum(dp * p))


layer("size N, C\nreal x[N,C]", stable_softmax, softmax_backward, softmax_diagonal, softmax_summed_rows)


def attention(q: Array, k: Array, v: Array) -> Any:
    s = q @ k.T / math.sqrt(q.shape[-1])
    s -= s.max(axis=-1, keepdims=True)
    p = np.exp(s)
    p /= p.sum(axis=-1, keepdims=True)
    return p @ v, (q, k, v, p)


def attention_backward(do: Array, cache: Any) -> Any:
    q, k, v, p = cache
    dv = p.T @ do
    dp = do @ v.T
    ds = p * (dp - (p * dp).sum(axis=-1, keepdims=True))
    ds *= 1 / math.sqrt(q.shape[-1])
    return ds @ k, ds.T @ q, dv


def attention_unscaled(do: Array, cache: Any) -> Any:
    q, k, v, p = cache
    dp = do @ v.T
    ds = p * (dp - (p * dp).sum(axis=-1, keepdims=True))
    return ds @ k, ds.T @ q, p.T @ do


def attention_rowwise_delta(do: Array, cache: Any) -> Any:
    q, k, v, p = cache
    dp = do @ v.T
    ds = p * (dp - (p * dp).mean(axis=-1, keepdims=True)) / math.sqrt(q.shape[-1])
    return ds @ k, ds.T @ q, p.T @ do


layer(
    "size T, M, d, e\nreal q[T,d], k[M,d], v[M,e]",
    attention,
    attention_backward,
    attention_unscaled,
    attention_rowwise_delta,
    cache=True,
)


def batched_heads(q: Array, k: Array, v: Array) -> Array:
    s = np.einsum("bhid,bhjd->bhij", q, k) * q.shape[-1] ** -0.5
    return np.einsum("bhij,bhjd->bhid", softmax(s, axis=-1), v)


def batched_heads_backward(do: Array, q: Array, k: Array, v: Array) -> Any:
    scale = q.shape[-1] ** -0.5
    p = softmax(np.matmul(q, k.transpose(0, 1, 3, 2)) * scale, axis=-1)
    dp = np.matmul(do, np.swapaxes(v, -1, -2))
    ds = p * (dp - np.einsum("bhij,bhij->bhi", p, dp)[..., None]) * scale
    return ds @ k, ds.swapaxes(2, 3) @ q, p.swapaxes(2, 3) @ do


def batched_heads_untransposed(do: Array, q: Array, k: Array, v: Array) -> Any:
    dq, _, dv = batched_heads_backward(do, q, k, v)
    return dq, dq, dv


layer(
    "size B, H, T, d\nreal q[B,H,T,d], k[B,H,T,d], v[B,H,T,d]",
    batched_heads,
    batched_heads_backward,
    batched_heads_untransposed,
)


def gelu(x: Array) -> Array:
    return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))


def gelu_backward(dy: Array, x: Array) -> Array:
    c = np.sqrt(2 / np.pi)
    t = np.tanh(c * (x + 0.044715 * x**3))
    return dy * (0.5 * (1 + t) + 0.5 * x * (1 - t**2) * c * (1 + 3 * 0.044715 * x**2))


def gelu_without_cube(dy: Array, x: Array) -> Array:
    c = np.sqrt(2 / np.pi)
    t = np.tanh(c * (x + 0.044715 * x**3))
    return dy * (0.5 * (1 + t) + 0.5 * x * (1 - t**2) * c)


def gelu_other_constant(dy: Array, x: Array) -> Array:
    c = 0.7978845608
    t = np.tanh(c * (x + 0.044715 * x**3))
    return dy * (0.5 * (1 + t) + 0.5 * x * (1 - t**2) * c * (1 + 3 * 0.044715 * x**2))


layer("size N, D\nreal x[N,D]", gelu, gelu_backward, gelu_without_cube, gelu_other_constant)


def swiglu(x: Array, w: Array, v: Array) -> Array:
    a, b = x @ w, x @ v
    return a * expit(a) * b


def swiglu_backward(dy: Array, x: Array, w: Array, v: Array) -> Any:
    a, b = x @ w, x @ v
    s = 1 / (1 + np.exp(-a))
    da = dy * b * s * (1 + a * (1 - s))
    db = dy * a * s
    return da @ w.T + db @ v.T, x.T @ da, x.T @ db


def swiglu_sigmoid_slope(dy: Array, x: Array, w: Array, v: Array) -> Any:
    a, b = x @ w, x @ v
    s = expit(a)
    da, db = dy * b * s * (1 - s), dy * a * s
    return da @ w.T + db @ v.T, x.T @ da, x.T @ db


layer("size N, D, H\nreal x[N,D], w[D,H], v[D,H]", swiglu, swiglu_backward, swiglu_sigmoid_slope)


def dropout(x: Array, mask: Array, keep: float = 0.9) -> Array:
    return x * mask / keep


def dropout_backward(dy: Array, x: Array, mask: Array, keep: float = 0.9) -> Array:
    return dy * mask / keep


def dropout_unscaled(dy: Array, x: Array, mask: Array, keep: float = 0.9) -> Array:
    return dy * mask


layer("size N, D\nreal x[N,D], mask[N,D]", dropout, dropout_backward, dropout_unscaled)


def two_layers(x: Array, w1: Array, b1: Array, w2: Array, b2: Array) -> Any:
    h = np.maximum(0, x @ w1 + b1)
    return h @ w2 + b2, (x, w1, w2, h)


def two_layers_backward(dy: Array, cache: Any) -> Any:
    x, w1, w2, h = cache
    dh = dy @ w2.T
    dh[h <= 0] = 0
    return dh @ w1.T, x.T @ dh, dh.sum(0), h.T @ dy, dy.sum(0)


def two_layers_unmasked(dy: Array, cache: Any) -> Any:
    x, w1, w2, h = cache
    dh = dy @ w2.T
    return dh @ w1.T, x.T @ dh, dh.sum(0), h.T @ dy, dy.sum(0)


layer(
    "size N, D, H, C\nreal x[N,D], w1[D,H], b1[H], w2[H,C], b2[C]",
    two_layers,
    two_layers_backward,
    two_layers_unmasked,
    cache=True,
)


def cosine(a: Array, b: Array) -> Array:
    return (a * b).sum(1) / (np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1))


def cosine_backward(g: Array, a: Array, b: Array) -> Any:
    na, nb = np.linalg.norm(a, axis=1, keepdims=True), np.linalg.norm(b, axis=1, keepdims=True)
    c = (a * b).sum(1, keepdims=True) / (na * nb)
    g = g[:, None]
    return g * (b / (na * nb) - c * a / na**2), g * (a / (na * nb) - c * b / nb**2)


def cosine_unprojected(g: Array, a: Array, b: Array) -> Any:
    na, nb = np.linalg.norm(a, axis=1, keepdims=True), np.linalg.norm(b, axis=1, keepdims=True)
    return g[:, None] * b / (na * nb), g[:, None] * a / (na * nb)


layer("size N, D\nreal a[N,D], b[N,D]", cosine, cosine_backward, cosine_unprojected)


# ---------------------------------------------------------------- losses of labels

LOGITS = "size N, C\nreal S[N,C]\nlabel y[N]: C"


def cross_entropy(S: Array, y: Array) -> Any:
    z = S - S.max(axis=1, keepdims=True)
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    return -np.log(p[np.arange(len(y)), y]).mean()


def cross_entropy_gradient(S: Array, y: Array) -> Array:
    n = S.shape[0]
    e = np.exp(S - S.max(axis=1, keepdims=True))
    d = e / e.sum(axis=1, keepdims=True)
    d[np.arange(n), y] -= 1
    return d / n


def cross_entropy_summed(S: Array, y: Array) -> Array:
    d = softmax(S, axis=1)
    d[np.arange(len(S)), y] -= 1
    return d


def cross_entropy_flipped(S: Array, y: Array) -> Array:
    d = softmax(S, axis=1)
    d[np.arange(len(S)), y] += 1
    return d / len(S)


loss(LOGITS, cross_entropy, cross_entropy_gradient, cross_entropy_summed, cross_entropy_flipped)


def one_hot_cross_entropy(S: Array, y: Array) -> Any:
    hot = np.zeros_like(S)
    hot[np.arange(S.shape[0]), y] = 1
    return np.sum(logsumexp(S, axis=1) - (hot * S).sum(1))


def one_hot_gradient(S: Array, y: Array) -> Array:
    return softmax(S, axis=1) - np.eye(S.shape[1])[y]


def one_hot_averaged(S: Array, y: Array) -> Array:
    return (softmax(S, axis=1) - (y[:, None] == np.arange(S.shape[1]))) / S.shape[0]


loss(LOGITS, one_hot_cross_entropy, one_hot_gradient, one_hot_averaged)


def label_smoothing(S: Array, y: Array, eps: float) -> Any:
    logp = S - logsumexp(S, axis=1, keepdims=True)
    n = np.arange(len(S))
    return -np.mean((1 - eps) * logp[n, y] + eps * logp.mean(axis=1))


def label_smoothing_gradient(S: Array, y: Array, eps: float) -> Array:
    p = softmax(S, axis=1)
    t = np.full_like(p, eps / S.shape[1])
    t[np.arange(len(S)), y] += 1 - eps
    return (p - t) / len(S)


def label_smoothing_by_others(S: Array, y: Array, eps: float) -> Array:
    p = softmax(S, axis=1)
    t = np.full_like(p, eps / (S.shape[1] - 1))
    t[np.arange(len(S)), y] = 1 - eps
    return (p - t) / len(S)


loss(
    LOGITS + "\nreal eps in (0, 1)",
    label_smoothing,
    label_smoothing_gradient,
    label_smoothing_by_others,
    wrt="S",
)


def weighted_cross_entropy(S: Array, y: Array, w: Array) -> Any:
    logp = S - logsumexp(S, axis=1, keepdims=True)
    return -(w[y] * logp[np.arange(len(S)), y]).sum() / w[y].sum()


def weighted_gradient(S: Array, y: Array, w: Array) -> Array:
    p = softmax(S, axis=1)
    p[np.arange(len(S)), y] -= 1
    return p * w[y][:, None] / w[y].sum()


def weighted_by_class(S: Array, y: Array, w: Array) -> Array:
    p = softmax(S, axis=1)
    p[np.arange(len(S)), y] -= 1
    return p * w / w.sum()


loss(LOGITS + "\npositive w[C]", weighted_cross_entropy, weighted_gradient, weighted_by_class, wrt="S")


def focal(S: Array, y: Array, gamma: float) -> Any:
    p = softmax(S, axis=-1)[np.arange(len(y)), y]
    return -np.sum((1 - p) ** gamma * np.log(p))


def focal_gradient(S: Array, y: Array, gamma: float) -> Array:
    P = softmax(S, axis=-1)
    p = P[np.arange(len(y)), y][:, None]
    factor = gamma * (1 - p) ** (gamma - 1) * np.log(p) * p - (1 - p) ** gamma
    return factor * (np.eye(S.shape[1])[y] - P)


def focal_detached(S: Array, y: Array, gamma: float) -> Array:
    P = softmax(S, axis=-1)
    p = P[np.arange(len(y)), y][:, None]
    return -((1 - p) ** gamma) * (np.eye(S.shape[1])[y] - P)


loss(LOGITS + "\npositive gamma", focal, focal_gradient, focal_detached, wrt="S")


def embedding(W: Array, idx: Array) -> Array:
    return W[idx]


def embedding_backward(dout: Array, W: Array, idx: Array) -> Array:
    dW = np.zeros_like(W)
    np.add.at(dW, idx, dout)
    return dW


def embedding_averaged(dout: Array, W: Array, idx: Array) -> Array:
    return embedding_backward(dout, W, idx) / len(idx)


layer("size N, V, d\nreal W[V,d]\nlabel idx[N]: V", embedding, embedding_backward, embedding_averaged)


# ---------------------------------------------------------------- positions in order


def causal_attention(q: Array, k: Array, v: Array) -> Any:
    s = q @ k.T / np.sqrt(q.shape[1]) + np.triu(np.full((len(q), len(q)), -np.inf), 1)
    p = softmax(s, axis=-1)
    return p @ v, (q, k, v, p)


def causal_attention_backward(do: Array, cache: Any) -> Any:
    q, k, v, p = cache
    dp = do @ v.T
    ds = p * (dp - (p * dp).sum(-1, keepdims=True)) / np.sqrt(q.shape[-1])
    return ds @ k, ds.T @ q, p.T @ do


def causal_attention_untransposed(do: Array, cache: Any) -> Any:
    dq, dk, _ = causal_attention_backward(do, cache)
    return dq, dk, cache[3] @ do


layer(
    "size T, d, e\nreal q[T,d], k[T,d], v[T,e]",
    causal_attention,
    causal_attention_backward,
    causal_attention_untransposed,
    cache=True,
)


def running_totals(x: Array) -> Any:
    return np.sum(np.cumsum(x) ** 2)


def running_totals_gradient(x: Array) -> Array:
    c = 2 * np.cumsum(x)
    return c.sum() - np.cumsum(c) + c


def running_totals_forwards(x: Array) -> Array:
    return 2 * np.cumsum(np.cumsum(x))


loss("size n\nreal x[n]", running_totals, running_totals_gradient, running_totals_forwards)


# ---------------------------------------------------------------- losses


def mse(w: Array, b: float, X: Array, t: Array) -> Any:
    r = X @ w + b - t
    return float(np.mean(r**2))


def mse_gradient(w: Array, b: float, X: Array, t: Array) -> Any:
    n = X.shape[0]
    r = X.dot(w) + b - t
    return 2 / n * X.T.dot(r), 2 * r.mean()


def mse_without_two(w: Array, b: float, X: Array, t: Array) -> Any:
    r = X.dot(w) + b - t
    return X.T.dot(r) / len(X), r.mean()


def mse_not_averaged(w: Array, b: float, X: Array, t: Array) -> Any:
    r = X.dot(w) + b - t
    return 2 * X.T.dot(r), 2 * r.mean()


loss(
    "size N, D\nreal w[D], b, X[N,D], t[N]",
    mse,
    mse_gradient,
    mse_without_two,
    mse_not_averaged,
    wrt=["w", "b"],
)


def ridge(w: Array, X: Array, y: Array, lam: float) -> Any:
    return np.sum((X @ w - y) ** 2) / (2 * len(y)) + 0.5 * lam * np.dot(w, w)


def ridge_gradient(w: Array, X: Array, y: Array, lam: float) -> Array:
    return X.T @ (X @ w - y) / len(y) + lam * w


def ridge_twice(w: Array, X: Array, y: Array, lam: float) -> Array:
    return X.T @ (X @ w - y) / len(y) + 2 * lam * w


loss("size N, D\nreal w[D], X[N,D], y[N]\npositive lam", ridge, ridge_gradient, ridge_twice)


def bce_with_logits(z: Array, y: Array) -> Any:
    return np.mean(np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z))))


def bce_gradient(z: Array, y: Array) -> Array:
    return (1 / (1 + np.exp(-z)) - y) / z.size


def bce_of_probability(z: Array, y: Array) -> Array:
    p = 1 / (1 + np.exp(-z))
    return (p - y) / (p * (1 - p)) / z.size


def bce_summed(z: Array, y: Array) -> Array:
    return expit(z) - y


loss("size N\nreal z[N], y[N]", bce_with_logits, bce_gradient, bce_of_probability, bce_summed)


def soft_cross_entropy(logits: Array, targets: Array) -> Any:
    return -(targets * log_softmax(logits, axis=1)).sum() / logits.shape[0]


def soft_cross_entropy_gradient(logits: Array, targets: Array) -> Array:
    p = softmax(logits, axis=1)
    return (p - targets) / logits.shape[0]


def soft_cross_entropy_by_classes(logits: Array, targets: Array) -> Array:
    return (softmax(logits, axis=1) - targets) / logits.shape[1]


def soft_cross_entropy_swapped(logits: Array, targets: Array) -> Array:
    return (targets - softmax(logits, axis=1)) / len(logits)


loss(
    "size N, C\nreal logits[N,C]\nsimplex targets[N,C]",
    soft_cross_entropy,
    soft_cross_entropy_gradient,
    soft_cross_entropy_by_classes,
    soft_cross_entropy_swapped,
)


def distillation(s: Array, t: Array, T: float) -> Any:
    p = softmax(t / T, axis=-1)
    log_q = s / T - logsumexp(s / T, axis=-1, keepdims=True)
    return T**2 * np.mean(np.sum(p * (np.log(p) - log_q), axis=-1))


def distillation_gradient(s: Array, t: Array, T: float) -> Array:
    return T * (softmax(s / T, axis=-1) - softmax(t / T, axis=-1)) / s.shape[0]


def distillation_once(s: Array, t: Array, T: float) -> Array:
    return (softmax(s / T, axis=-1) - softmax(t / T, axis=-1)) / s.shape[0]


loss(
    "size N, C\nreal s[N,C], t[N,C]\npositive T",
    distillation,
    distillation_gradient,
    distillation_once,
    wrt="s",
)


def huber(pred: Array, target: Array, delta: float = 1.0) -> Any:
    r = pred - target
    small = np.abs(r) <= delta
    return np.where(small, 0.5 * r**2, delta * (np.abs(r) - 0.5 * delta)).mean()


def huber_gradient(pred: Array, target: Array, delta: float = 1.0) -> Array:
    return np.clip(pred - target, -delta, delta) / pred.shape[0]


def huber_unclipped(pred: Array, target: Array, delta: float = 1.0) -> Array:
    return (pred - target) / pred.shape[0]


def huber_sign_alone(pred: Array, target: Array, delta: float = 1.0) -> Array:
    r = pred - target
    return np.where(np.abs(r) <= delta, r, np.sign(r) * delta**2 * 2) / len(r)


loss(
    "size N\nreal pred[N], target[N]\npositive delta",
    huber,
    huber_gradient,
    huber_unclipped,
    huber_sign_alone,
    wrt="pred",
)


def pinball(q: Array, y: Array, tau: float) -> Any:
    e = y - q
    return np.mean(np.maximum(tau * e, (tau - 1) * e))


def pinball_gradient(q: Array, y: Array, tau: float) -> Array:
    return np.where(y > q, -tau, 1 - tau) / y.shape[0]


def pinball_flipped(q: Array, y: Array, tau: float) -> Array:
    return np.where(y > q, tau - 1, tau) / y.shape[0]


loss("size N\nreal q[N], y[N]\nreal tau in (0, 1)", pinball, pinball_gradient, pinball_flipped)


def poisson(log_rate: Array, y: Array) -> Any:
    return np.sum(np.exp(log_rate) - y * log_rate + gammaln(y + 1))


def poisson_gradient(log_rate: Array, y: Array) -> Array:
    return np.exp(log_rate) - y


def poisson_of_rate(log_rate: Array, y: Array) -> Array:
    return 1 - y / np.exp(log_rate)


loss("size N\nreal log_rate[N]\npositive y[N]", poisson, poisson_gradient, poisson_of_rate)


def negative_binomial(mu: Array, y: Array, r: float) -> Any:
    return -np.sum(
        gammaln(y + r) - gammaln(r) - gammaln(y + 1) + r * np.log(r / (r + mu)) + xlogy(y, mu / (r + mu))
    )


def negative_binomial_gradient(mu: Array, y: Array, r: float) -> Any:
    dmu = (y + r) / (r + mu) - y / mu
    dr: Any = -np.sum(psi(y + r) - psi(r) + np.log(r / (r + mu)) + 1 - (y + r) / (r + mu))
    return {"mu": dmu, "r": dr}


def negative_binomial_half(mu: Array, y: Array, r: float) -> Any:
    return {"mu": r / (r + mu) - y / mu, "r": negative_binomial_gradient(mu, y, r)["r"]}


loss(
    "size N\npositive mu[N], y[N], r",
    negative_binomial,
    negative_binomial_gradient,
    negative_binomial_half,
)


def gaussian_nll(mu: Array, log_sigma: Array, y: Array) -> Any:
    return np.mean(0.5 * math.log(2 * math.pi) + log_sigma + 0.5 * ((y - mu) / np.exp(log_sigma)) ** 2)


def gaussian_nll_gradient(mu: Array, log_sigma: Array, y: Array) -> Any:
    var = np.exp(2 * log_sigma)
    return (mu - y) / var / y.size, (1 - (y - mu) ** 2 / var) / y.size


def gaussian_nll_halved(mu: Array, log_sigma: Array, y: Array) -> Any:
    var = np.exp(2 * log_sigma)
    return (mu - y) / var / y.size, 0.5 * (1 - (y - mu) ** 2 / var) / y.size


loss(
    "size N\nreal mu[N], log_sigma[N], y[N]",
    gaussian_nll,
    gaussian_nll_gradient,
    gaussian_nll_halved,
)


def vae_kl(mu: Array, logvar: Array) -> Any:
    return -0.5 * np.sum(1 + logvar - mu**2 - np.exp(logvar)) / mu.shape[0]


def vae_kl_gradient(mu: Array, logvar: Array) -> Any:
    n = mu.shape[0]
    return mu / n, 0.5 * (np.exp(logvar) - 1) / n


def vae_kl_of_variance(mu: Array, logvar: Array) -> Any:
    n = mu.shape[0]
    return mu / n, 0.5 * (1 - np.exp(-logvar)) / n


loss("size N, D\nreal mu[N,D], logvar[N,D]", vae_kl, vae_kl_gradient, vae_kl_of_variance)


def binary_focal(z: Array, y: Array, gamma: float) -> Any:
    p = expit(z)
    return -np.sum(y * (1 - p) ** gamma * np.log(p) + (1 - y) * p**gamma * np.log(1 - p))


def binary_focal_gradient(z: Array, y: Array, gamma: float) -> Array:
    p = expit(z)
    ones = y * (1 - p) ** gamma * (gamma * p * np.log(p) - (1 - p))
    zeros = (1 - y) * p**gamma * (p - gamma * (1 - p) * np.log(1 - p))
    return ones + zeros


def binary_focal_detached(z: Array, y: Array, gamma: float) -> Array:
    p = expit(z)
    return -y * (1 - p) ** (gamma + 1) + (1 - y) * p ** (gamma + 1)


loss("size N\nreal z[N], y[N]\npositive gamma", binary_focal, binary_focal_gradient, binary_focal_detached)


def dice(p: Array, t: Array, eps: float = 1.0) -> Any:
    return 1 - (2 * np.sum(p * t) + eps) / (np.sum(p) + np.sum(t) + eps)


def dice_gradient(p: Array, t: Array, eps: float = 1.0) -> Array:
    num, den = 2 * np.sum(p * t) + eps, np.sum(p) + np.sum(t) + eps
    return -(2 * t * den - num) / den**2


def dice_precedence(p: Array, t: Array, eps: float = 1.0) -> Array:
    num, den = 2 * np.sum(p * t) + eps, np.sum(p) + np.sum(t) + eps
    return -(2 * t * den - num) / den * den


loss("size N, M\nreal p[N,M], t[N,M]", dice, dice_gradient, dice_precedence)


def hinge(w: Array, X: Array, y: Array, C: float) -> Any:
    margins = 1 - y * (X @ w)
    return 0.5 * w @ w + C * np.maximum(margins, 0).sum()


def hinge_gradient(w: Array, X: Array, y: Array, C: float) -> Array:
    active = (1 - y * (X @ w) > 0).astype(float)
    return w - C * X.T @ (active * y)


def hinge_all_active(w: Array, X: Array, y: Array, C: float) -> Array:
    return w - C * X.T @ y


loss("size N, D\nreal w[D], X[N,D], y[N]\npositive C", hinge, hinge_gradient, hinge_all_active)


def triplet(a: Array, p: Array, n: Array, margin: float = 0.2) -> Any:
    dp = ((a - p) ** 2).sum(axis=1)
    dn = ((a - n) ** 2).sum(axis=1)
    return np.clip(dp - dn + margin, 0, None).mean()


def triplet_gradient(a: Array, p: Array, n: Array, margin: float = 0.2) -> Any:
    dp = ((a - p) ** 2).sum(axis=1)
    dn = ((a - n) ** 2).sum(axis=1)
    on = (dp - dn + margin > 0)[:, np.newaxis] / a.shape[0]
    return 2 * on * (n - p), 2 * on * (p - a), 2 * on * (a - n)


def triplet_sign(a: Array, p: Array, n: Array, margin: float = 0.2) -> Any:
    da, dp, dn = triplet_gradient(a, p, n, margin)
    return -da, dp, dn


loss("size N, D\nreal a[N,D], p[N,D], n[N,D]", triplet, triplet_gradient, triplet_sign)


def dpo(pi_w: Array, pi_l: Array, ref_w: Array, ref_l: Array, beta: float = 0.1) -> Any:
    logits = beta * ((pi_w - ref_w) - (pi_l - ref_l))
    return -np.mean(np.log(expit(logits)))


def dpo_gradient(pi_w: Array, pi_l: Array, ref_w: Array, ref_l: Array, beta: float = 0.1) -> Any:
    logits = beta * (pi_w - pi_l - ref_w + ref_l)
    g = beta * expit(-logits) / len(pi_w)
    return -g, g


def dpo_without_beta(pi_w: Array, pi_l: Array, ref_w: Array, ref_l: Array, beta: float = 0.1) -> Any:
    g = expit(-beta * (pi_w - pi_l - ref_w + ref_l)) / len(pi_w)
    return -g, g


loss("size N\nreal pi_w[N], pi_l[N], ref_w[N], ref_l[N]", dpo, dpo_gradient, dpo_without_beta)


# ------------------------------------------------- objectives of boosted trees: the Hessian as a gradient


def logistic_sum_of_gradients(pred: Array, y: Array) -> Any:
    return np.sum(expit(pred) - y)


def logistic_hessian(pred: Array, y: Array) -> Array:
    p = expit(pred)
    return p * (1 - p)


def logistic_hessian_of_labels(pred: Array, y: Array) -> Array:
    return y * (1 - y)


loss("size N\nreal pred[N], y[N]", logistic_sum_of_gradients, logistic_hessian, logistic_hessian_of_labels)


def squared_log_error(pred: Array, y: Array) -> Any:
    return 0.5 * np.sum((np.log1p(pred) - np.log1p(y)) ** 2)


def squared_log_error_gradient(pred: Array, y: Array) -> Array:
    return (np.log1p(pred) - np.log1p(y)) / (pred + 1)


def squared_log_error_slip(pred: Array, y: Array) -> Array:
    return (np.log(pred) - np.log1p(y)) / (pred + 1)


loss("size N\nreal pred[N], y[N] > -1", squared_log_error, squared_log_error_gradient, squared_log_error_slip)
