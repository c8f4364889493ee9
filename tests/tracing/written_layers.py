"""Layers and activations as people write them in NumPy, in many styles, each with two wrong backward passes."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.tracing.programs import layer

Array = Any

MATRIX = "size N, D\nreal x[N,D]"


def relu(x: Array) -> Any:
    return np.maximum(0, x), x


def relu_backward(dout: Array, cache: Any) -> Array:
    x = cache
    dx = np.array(dout, copy=True)
    dx[x <= 0] = 0
    return dx


def relu_of_gradient(dout: Array, cache: Any) -> Array:
    dx = np.array(dout, copy=True)
    dx[dout <= 0] = 0
    return dx


def relu_scaled(dout: Array, cache: Any) -> Array:
    return dout * cache * (cache > 0)


layer(MATRIX, relu, relu_backward, relu_of_gradient, relu_scaled, cache=True)


def leaky_relu(x: Array, alpha: float = 0.01) -> Array:
    return np.where(x > 0, x, alpha * x)


def leaky_relu_backward(dout: Array, x: Array, alpha: float = 0.01) -> Array:
    dx = np.ones_like(x)
    dx[x < 0] = alpha
    return dout * dx


def leaky_relu_dead(dout: Array, x: Array, alpha: float = 0.01) -> Array:
    return dout * (x > 0).astype(np.float64)


def leaky_relu_tenth(dout: Array, x: Array, alpha: float = 0.1) -> Array:
    return np.where(x > 0, dout, alpha * dout)


layer(MATRIX, leaky_relu, leaky_relu_backward, leaky_relu_dead, leaky_relu_tenth)


def elu(x: Array, alpha: float = 1.5) -> Any:
    out = x.copy()
    neg = x < 0
    out[neg] = alpha * (np.exp(x[neg]) - 1)
    return out, (x, out, alpha)


def elu_backward(dout: Array, cache: Any) -> Array:
    x, out, alpha = cache
    return dout * np.where(x < 0, out + alpha, 1)


def elu_without_alpha(dout: Array, cache: Any) -> Array:
    x, out, _ = cache
    return dout * np.where(x < 0, out + 1, 1)


def elu_output(dout: Array, cache: Any) -> Array:
    x, out, _alpha = cache
    return dout * np.where(x < 0, out, 1)


layer(MATRIX, elu, elu_backward, elu_without_alpha, elu_output, cache=True)


class Sigmoid:
    """A layer that keeps its output, as in hand-written frameworks."""

    def forward(self, x: Array) -> Array:
        self.out = 1.0 / (1.0 + np.exp(-x))
        return self.out

    def backward(self, dout: Array) -> Array:
        return dout * self.out * (1.0 - self.out)


def sigmoid_layer(x: Array) -> Any:
    kept = Sigmoid()
    return kept.forward(x), kept


def sigmoid_backward(dout: Array, cache: Any) -> Array:
    return cache.backward(dout)


def sigmoid_squared(dout: Array, cache: Any) -> Array:
    return dout * (1.0 - cache.out**2)


def sigmoid_half(dout: Array, cache: Any) -> Array:
    return dout * cache.out


layer(MATRIX, sigmoid_layer, sigmoid_backward, sigmoid_squared, sigmoid_half, cache=True)


def mish(x: Array) -> Array:
    return x * np.tanh(np.logaddexp(0, x))


def mish_backward(dy: Array, x: Array) -> Array:
    t = np.tanh(np.logaddexp(0.0, x))
    return dy * (t + x * (1 - t**2) / (1 + np.exp(-x)))


def mish_without_sigmoid(dy: Array, x: Array) -> Array:
    t = np.tanh(np.log1p(np.exp(x)))
    return dy * (t + x * (1 - t * t))


def mish_sign(dy: Array, x: Array) -> Array:
    t = np.tanh(np.log1p(np.exp(x)))
    return dy * (t - x * (1 - t * t) / (1 + np.exp(-x)))


layer(MATRIX, mish, mish_backward, mish_without_sigmoid, mish_sign)


def spatial_batch_norm(x: Array, gamma: Array, beta: Array) -> Any:
    mu = np.mean(x, axis=(0, 2, 3), keepdims=True)
    var = np.var(x, axis=(0, 2, 3), keepdims=True)
    xhat = (x - mu) / np.sqrt(var + 1e-5)
    out = gamma[None, :, None, None] * xhat + beta.reshape(1, -1, 1, 1)
    return out, (xhat, var, gamma)


def spatial_batch_norm_backward(dout: Array, cache: Any) -> Any:
    xhat, var, gamma = cache
    N, _, H, W = dout.shape
    m = N * H * W
    dbeta = np.sum(dout, axis=(0, 2, 3))
    dgamma = np.sum(dout * xhat, axis=(0, 2, 3))
    g = gamma.reshape((1, -1, 1, 1)) / np.sqrt(var + 1e-5)
    dx = g / m * (m * dout - dbeta.reshape(1, -1, 1, 1) - xhat * dgamma.reshape(1, -1, 1, 1))
    return dx, dgamma, dbeta


def spatial_batch_norm_batch_alone(dout: Array, cache: Any) -> Any:
    xhat, var, gamma = cache
    m = dout.shape[0]
    dbeta = np.sum(dout, axis=(0, 2, 3))
    dgamma = np.sum(dout * xhat, axis=(0, 2, 3))
    g = gamma.reshape((1, -1, 1, 1)) / np.sqrt(var + 1e-5)
    dx = g / m * (m * dout - dbeta.reshape(1, -1, 1, 1) - xhat * dgamma.reshape(1, -1, 1, 1))
    return dx, dgamma, dbeta


def spatial_batch_norm_constant(dout: Array, cache: Any) -> Any:
    xhat, var, gamma = cache
    dx = dout * gamma.reshape(1, -1, 1, 1) / np.sqrt(var + 1e-5)
    return dx, np.sum(dout * xhat, axis=(0, 2, 3)), np.sum(dout, axis=(0, 2, 3))


layer(
    "size N, C, H, W\nreal x[N,C,H,W], gamma[C], beta[C]",
    spatial_batch_norm,
    spatial_batch_norm_backward,
    spatial_batch_norm_batch_alone,
    spatial_batch_norm_constant,
    cache=True,
)


def group_norm(x: Array, w: Array) -> Any:
    mu = x.mean(axis=(2, 3), keepdims=True)
    sigma = x.std(axis=(2, 3), keepdims=True)
    xn = (x - mu) / sigma
    return xn * w[np.newaxis, :, :, np.newaxis], (xn, sigma, w)


def group_norm_backward(dy: Array, cache: Any) -> Any:
    xn, sigma, w = cache
    dxn = dy * w[np.newaxis, :, :, np.newaxis]
    first = np.mean(dxn, axis=(2, 3), keepdims=True)
    second = np.mean(dxn * xn, axis=(2, 3), keepdims=True)
    return (dxn - first - xn * second) / sigma, np.einsum("ngcs,ngcs->gc", dy, xn)


def group_norm_over_batch(dy: Array, cache: Any) -> Any:
    xn, sigma, w = cache
    dxn = dy * w[np.newaxis, :, :, np.newaxis]
    first = np.mean(dxn, axis=(0, 2, 3), keepdims=True)
    second = np.mean(dxn * xn, axis=(2, 3), keepdims=True)
    return (dxn - first - xn * second) / sigma, np.einsum("ngcs,ngcs->gc", dy, xn)


def group_norm_plus(dy: Array, cache: Any) -> Any:
    xn, sigma, w = cache
    dxn = dy * w[np.newaxis, :, :, np.newaxis]
    first = np.mean(dxn, axis=(2, 3), keepdims=True)
    second = np.mean(dxn * xn, axis=(2, 3), keepdims=True)
    return (dxn - first + xn * second) / sigma, np.einsum("ngcs,ngcs->gc", dy, xn)


layer(
    "size N, G, C, S\nreal x[N,G,C,S], w[G,C]",
    group_norm,
    group_norm_backward,
    group_norm_over_batch,
    group_norm_plus,
    cache=True,
)


def flattened(x: Array, w: Array, b: Array) -> Any:
    N = x.shape[0]
    return np.dot(x.reshape(N, -1), w.reshape(-1, w.shape[-1])) + b


def flattened_backward(dout: Array, x: Array, w: Array, b: Array) -> Any:
    N = x.shape[0]
    rows = np.reshape(x, (N, -1))
    flat = w.reshape(-1, w.shape[-1])
    dx = np.dot(dout, flat.T).reshape(*x.shape)
    dw = np.dot(rows.T, dout).reshape(w.shape)
    return dx, dw, np.sum(dout, axis=0, keepdims=False)


def flattened_mean(dout: Array, x: Array, w: Array, b: Array) -> Any:
    dx, dw, db = flattened_backward(dout, x, w, b)
    return dx, dw / len(x), db


def flattened_bias(dout: Array, x: Array, w: Array, b: Array) -> Any:
    dx, dw, db = flattened_backward(dout, x, w, b)
    return dx, dw, 2 * db


layer(
    "size N, C, H, M\nreal x[N,C,H], w[C,H,M], b[M]",
    flattened,
    flattened_backward,
    flattened_mean,
    flattened_bias,
)


def heads(q: Array, k: Array, v: Array) -> Array:
    d = q.shape[3]
    scores = np.einsum("bthd,bshd->bhts", q, k) / np.sqrt(d)
    scores = scores - np.max(scores, axis=-1, keepdims=True)
    w = np.exp(scores)
    w = w / np.sum(w, axis=-1, keepdims=True)
    return np.einsum("bhts,bshd->bthd", w, v)


def heads_backward(do: Array, q: Array, k: Array, v: Array) -> Any:
    scale = 1 / np.sqrt(q.shape[-1])
    s = np.einsum("bthd,bshd->bhts", q, k) * scale
    e = np.exp(s - s.max(-1, keepdims=True))
    w = e / e.sum(-1, keepdims=True)
    dv = np.einsum("bhts,bthd->bshd", w, do)
    dw = np.einsum("bthd,bshd->bhts", do, v)
    ds = w * (dw - (dw * w).sum(-1, keepdims=True)) * scale
    return np.einsum("bhts,bshd->bthd", ds, k), np.einsum("bhts,bthd->bshd", ds, q), dv


def heads_scaled_twice(do: Array, q: Array, k: Array, v: Array) -> Any:
    dq, dk, dv = heads_backward(do, q, k, v)
    return dq / np.sqrt(q.shape[-1]), dk, dv


def heads_swapped(do: Array, q: Array, k: Array, v: Array) -> Any:
    dq, dk, dv = heads_backward(do, q, k, v)
    return dk, dq, dv


layer(
    "size B, T, H, d\nreal q[B,T,H,d], k[B,T,H,d], v[B,T,H,d]",
    heads,
    heads_backward,
    heads_scaled_twice,
    heads_swapped,
)


def additive_mask(q: Array, k: Array, v: Array) -> Any:
    T = q.shape[0]
    mask = np.triu(np.full((T, T), -1e9), k=1)
    s = q @ k.T + mask
    s -= s.max(axis=1, keepdims=True)
    p = np.exp(s) / np.exp(s).sum(axis=1, keepdims=True)
    return p @ v, (q, k, v, p)


def additive_mask_backward(do: Array, cache: Any) -> Any:
    q, k, v, p = cache
    dp = do @ v.T
    ds = p * (dp - (p * dp).sum(axis=1, keepdims=True))
    return ds @ k, ds.T @ q, p.T @ do


def additive_mask_columns(do: Array, cache: Any) -> Any:
    q, k, v, p = cache
    dp = do @ v.T
    ds = p * (dp - (p * dp).sum(axis=0, keepdims=True))
    return ds @ k, ds.T @ q, p.T @ do


def additive_mask_untransposed(do: Array, cache: Any) -> Any:
    q, k, v, p = cache
    dp = do @ v.T
    ds = p * (dp - (p * dp).sum(axis=1, keepdims=True))
    return ds @ k, ds.T @ q, p @ do


layer(
    "size T, d\nreal q[T,d], k[T,d], v[T,d]",
    additive_mask,
    additive_mask_backward,
    additive_mask_columns,
    additive_mask_untransposed,
    cache=True,
)


def looped_heads(x: Array, wq: Array, wv: Array) -> Array:
    out = np.zeros_like(x)
    for h in range(wq.shape[0]):
        a = np.tanh(x @ wq[h])
        out += a * (x @ wv[h])
    return out


def looped_heads_backward(dy: Array, x: Array, wq: Array, wv: Array) -> Any:
    dx = np.zeros_like(x)
    dwq = np.zeros_like(wq)
    dwv = np.zeros_like(wv)
    for h in range(wq.shape[0]):
        a = np.tanh(x @ wq[h])
        b = x @ wv[h]
        da = dy * b * (1 - a * a)
        db = dy * a
        dwq[h] = x.T @ da
        dwv[h] += x.T @ db
        dx += da @ wq[h].T + db @ wv[h].T
    return dx, dwq, dwv


def looped_heads_last(dy: Array, x: Array, wq: Array, wv: Array) -> Any:
    _, dwq, dwv = looped_heads_backward(dy, x, wq, wv)
    for h in range(wq.shape[0]):
        a = np.tanh(x @ wq[h])
        dx = (dy * (x @ wv[h]) * (1 - a * a)) @ wq[h].T + (dy * a) @ wv[h].T
    return dx, dwq, dwv


def looped_heads_first(dy: Array, x: Array, wq: Array, wv: Array) -> Any:
    dx, dwq, dwv = looped_heads_backward(dy, x, wq, wv)
    return dx, np.stack([dwq[0], dwq[0]]), dwv


layer(
    "size N, D\nsize H = 2\nreal x[N,D], wq[H,D,D], wv[H,D,D]",
    looped_heads,
    looped_heads_backward,
    looped_heads_last,
    looped_heads_first,
)


def rotary(x: Array, cos: Array, sin: Array) -> Array:
    d = x.shape[-1]
    x1, x2 = x[..., : d // 2], x[..., d // 2 :]
    rotated = np.concatenate([-x2, x1], axis=-1)
    return x * cos + rotated * sin


def rotary_backward(g: Array, x: Array, cos: Array, sin: Array) -> Array:
    d = x.shape[-1]
    gs = g * sin
    g1, g2 = gs[..., : d // 2], gs[..., d // 2 :]
    return g * cos + np.concatenate([g2, -g1], axis=-1)


def rotary_forwards(g: Array, x: Array, cos: Array, sin: Array) -> Array:
    return rotary(g, cos, sin)


def rotary_sine_after(g: Array, x: Array, cos: Array, sin: Array) -> Array:
    d = x.shape[-1]
    g1, g2 = g[..., : d // 2], g[..., d // 2 :]
    return g * cos + np.concatenate([g2, -g1], axis=-1) * sin


layer(
    "size T\nsize D = 4\nreal x[T,D], cos[T,D], sin[T,D]",
    rotary,
    rotary_backward,
    rotary_forwards,
    rotary_sine_after,
    wrt="x",
)


def glu(x: Array) -> Array:
    a, b = np.split(x, 2, axis=-1)
    return a / (1 + np.exp(-b))


def glu_backward(dy: Array, x: Array) -> Array:
    a, b = np.split(x, 2, axis=-1)
    s = 1 / (1 + np.exp(-b))
    return np.concatenate((dy * s, dy * a * s * (1 - s)), axis=-1)


def glu_swapped(dy: Array, x: Array) -> Array:
    a, b = np.split(x, 2, axis=-1)
    s = 1 / (1 + np.exp(-b))
    return np.concatenate((dy * a * s * (1 - s), dy * s), axis=-1)


def glu_slope(dy: Array, x: Array) -> Array:
    a, b = np.split(x, 2, axis=-1)
    s = 1 / (1 + np.exp(-b))
    return np.hstack((dy * s, dy * a * s))


layer("size N\nsize D = 4\nreal x[N,D]", glu, glu_backward, glu_swapped, glu_slope)
