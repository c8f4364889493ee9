"""Layers and losses as people write them in JAX, in many styles, each with two wrong gradients."""

from __future__ import annotations

import functools
from typing import Any

import jax
import jax.numpy as jnp
from jax.scipy.special import logsumexp, xlogy

from tests.tracing.jax_programs import layer, loss
from tests.tracing.programs import Array, Function

MATRIX = "size N, D\nreal x[N,D]"
PAIRS = "size n\nreal z[n], t[n]"
LOGITS = "size N, C\nreal S[N,C]\nlabel y[N]: C"


def twice(gradient: Function) -> Function:
    """Return a gradient that is twice another."""

    @functools.wraps(gradient)
    def wrong(*args: Any, **keywords: Any) -> Any:
        return jax.tree.map(lambda one: 2 * one, gradient(*args, **keywords))

    return wrong


def negated(gradient: Function) -> Function:
    """Return a gradient of the opposite sign."""

    @functools.wraps(gradient)
    def wrong(*args: Any, **keywords: Any) -> Any:
        return jax.tree.map(jnp.negative, gradient(*args, **keywords))

    return wrong


def relu_backward(g: Array, x: Array) -> Array:
    return jnp.where(x > 0, g, jnp.zeros_like(g))


def relu_leaking(g: Array, x: Array) -> Array:
    return jnp.where(x > 0, g, 0.01 * g)


layer("relu", MATRIX, jax.nn.relu, relu_backward, relu_leaking, negated(relu_backward))


def gelu(x: Array) -> Array:
    return jax.nn.gelu(x, approximate=False)


def gelu_backward(g: Array, x: Array) -> Array:
    cdf = 0.5 * (1 + jax.lax.erf(x / jnp.sqrt(2)))
    pdf = jnp.exp(-0.5 * x**2) / jnp.sqrt(2 * jnp.pi)
    return g * (cdf + x * pdf)


def gelu_without_density(g: Array, x: Array) -> Array:
    return g * 0.5 * (1 + jax.lax.erf(x / jnp.sqrt(2)))


layer("gelu", MATRIX, gelu, gelu_backward, gelu_without_density, twice(gelu_backward))


def silu(x: Array) -> Array:
    return x * jax.nn.sigmoid(x)


def silu_backward(g: Array, x: Array) -> Array:
    s = jax.nn.sigmoid(x)
    return g * s * (1 + x * (1 - s))


def silu_short(g: Array, x: Array) -> Array:
    s = jax.nn.sigmoid(x)
    return g * s * (1 - s)


layer("silu", MATRIX, silu, silu_backward, silu_short, negated(silu_backward))


def dense(params: Any, x: Array) -> Array:
    return jnp.tanh(x @ params["w"] + params["b"])


def dense_layer(x: Array, w: Array, b: Array) -> Array:
    return dense({"w": w, "b": b}, x)


def dense_backward(g: Array, x: Array, w: Array, b: Array) -> Any:
    y = jnp.tanh(jnp.dot(x, w) + b)
    dz = g * (1 - y**2)
    return dz @ w.T, jnp.einsum("nd,nk->dk", x, dz), dz.sum(axis=0)


def dense_averaged(g: Array, x: Array, w: Array, b: Array) -> Any:
    dx, dw, db = dense_backward(g, x, w, b)
    return dx, dw / x.shape[0], db


layer(
    "dense",
    "size N, D, K\nreal x[N,D], w[D,K], b[K]",
    dense_layer,
    dense_backward,
    dense_averaged,
    twice(dense_backward),
)


def batch_norm(x: Array, gamma: Array, beta: Array) -> Array:
    mean = jnp.mean(x, axis=0)
    var = jnp.var(x, axis=0)
    return gamma * (x - mean) * jax.lax.rsqrt(var + 1e-5) + beta


def batch_norm_backward(g: Array, x: Array, gamma: Array, beta: Array) -> Any:
    r = jax.lax.rsqrt(x.var(0) + 1e-5)
    xhat = (x - x.mean(0)) * r
    dxhat = g * gamma
    dx = r * (dxhat - dxhat.mean(0) - xhat * (dxhat * xhat).mean(0))
    return dx, (g * xhat).sum(0), g.sum(0)


def batch_norm_uncentred(g: Array, x: Array, gamma: Array, beta: Array) -> Any:
    r = jax.lax.rsqrt(x.var(0) + 1e-5)
    xhat = (x - x.mean(0)) * r
    return r * (g * gamma - xhat * (g * gamma * xhat).mean(0)), (g * xhat).sum(0), g.sum(0)


layer(
    "batch_norm",
    "size N, D\nreal x[N,D], gamma[D], beta[D]",
    batch_norm,
    batch_norm_backward,
    batch_norm_uncentred,
    negated(batch_norm_backward),
)


def softmax_rows(x: Array) -> Array:
    return jax.nn.softmax(x, axis=-1)


def softmax_rows_backward(g: Array, x: Array) -> Array:
    p = jax.nn.softmax(x, axis=-1)
    return p * (g - jnp.sum(p * g, axis=-1, keepdims=True))


def softmax_diagonal(g: Array, x: Array) -> Array:
    p = jax.nn.softmax(x, axis=-1)
    return p * (1 - p) * g


layer("softmax", MATRIX, softmax_rows, softmax_rows_backward, softmax_diagonal, twice(softmax_rows_backward))


def heads(q: Array, k: Array, v: Array) -> Array:
    def head(q: Array, k: Array, v: Array) -> Array:
        w = jax.nn.softmax(q @ k.T / jnp.sqrt(q.shape[-1]), axis=-1)
        return w @ v

    return jax.vmap(head)(q, k, v)


def heads_backward(g: Array, q: Array, k: Array, v: Array) -> Any:
    scale = q.shape[-1] ** -0.5
    p = jax.nn.softmax(jnp.einsum("htd,hsd->hts", q, k) * scale, axis=-1)
    dp = jnp.einsum("htd,hsd->hts", g, v)
    ds = p * (dp - (dp * p).sum(-1, keepdims=True)) * scale
    return ds @ k, jnp.swapaxes(ds, 1, 2) @ q, jnp.einsum("hts,htd->hsd", p, g)


def heads_untransposed(g: Array, q: Array, k: Array, v: Array) -> Any:
    dq, _, dv = heads_backward(g, q, k, v)
    return dq, dq, dv


layer(
    "heads",
    "size H, T, d\nreal q[H,T,d], k[H,T,d], v[H,T,d]",
    heads,
    heads_backward,
    heads_untransposed,
    twice(heads_backward),
)


def causal(q: Array, k: Array, v: Array) -> Array:
    T = q.shape[0]
    scores = q @ k.T
    mask = jnp.tril(jnp.ones((T, T), dtype=bool))
    scores = jnp.where(mask, scores, -1e9)
    return jax.nn.softmax(scores, axis=-1) @ v


def causal_backward(g: Array, q: Array, k: Array, v: Array) -> Any:
    i = jnp.arange(q.shape[0])
    mask = i[:, None] >= i[None, :]
    p = jax.nn.softmax(jnp.where(mask, q @ k.T, -1e9), axis=-1)
    dp = g @ v.T
    ds = jnp.where(mask, p * (dp - (dp * p).sum(-1, keepdims=True)), 0.0)
    return ds @ k, ds.T @ q, p.T @ g


def causal_unmasked(g: Array, q: Array, k: Array, v: Array) -> Any:
    p = jax.nn.softmax(q @ k.T, axis=-1)
    dp = g @ v.T
    ds = p * (dp - (dp * p).sum(-1, keepdims=True))
    return ds @ k, ds.T @ q, p.T @ g


layer(
    "causal",
    "size T, d\nreal q[T,d], k[T,d], v[T,d]",
    causal,
    causal_backward,
    causal_unmasked,
    negated(causal_backward),
)


def rotary(x: Array, cos: Array, sin: Array) -> Array:
    half = x.shape[-1] // 2
    x1, x2 = x[..., :half], x[..., half:]
    return x * cos + jnp.concatenate([-x2, x1], axis=-1) * sin


def rotary_backward(g: Array, x: Array, cos: Array, sin: Array) -> Array:
    a, b = jnp.split(g * sin, 2, axis=-1)
    return g * cos + jnp.concatenate([b, -a], axis=-1)


def rotary_forwards(g: Array, x: Array, cos: Array, sin: Array) -> Array:
    return rotary(g, cos, sin)


layer(
    "rotary",
    "size T\nsize D = 4\nreal x[T,D], cos[T,D], sin[T,D]",
    rotary,
    rotary_backward,
    rotary_forwards,
    twice(rotary_backward),
    wrt="x",
)


def gated(x: Array) -> Array:
    a, b = jnp.split(x, 2, axis=-1)
    return a * jax.nn.sigmoid(b)


def gated_backward(g: Array, x: Array) -> Array:
    a, b = jnp.split(x, 2, axis=-1)
    s = jax.nn.sigmoid(b)
    return jnp.concatenate([g * s, g * a * s * (1 - s)], axis=-1)


def gated_swapped(g: Array, x: Array) -> Array:
    a, b = jnp.split(x, 2, axis=-1)
    s = jax.nn.sigmoid(b)
    return jnp.concatenate([g * a * s * (1 - s), g * s], axis=-1)


layer("gated", "size N\nsize D = 6\nreal x[N,D]", gated, gated_backward, gated_swapped, twice(gated_backward))


def smooth_l1(z: Array, t: Array) -> Array:
    d = jnp.abs(z - t)
    return jnp.mean(jnp.where(d < 1.0, 0.5 * d**2, d - 0.5))


def smooth_l1_gradient(z: Array, t: Array) -> Array:
    return jnp.clip(z - t, -1.0, 1.0) / z.size


def smooth_l1_unclipped(z: Array, t: Array) -> Array:
    return (z - t) / z.size


loss(
    "smooth_l1", PAIRS, smooth_l1, smooth_l1_gradient, smooth_l1_unclipped, twice(smooth_l1_gradient), wrt="z"
)


def binary(z: Array, t: Array) -> Array:
    return jnp.mean(-t * jax.nn.log_sigmoid(z) - (1 - t) * jax.nn.log_sigmoid(-z))


def binary_gradient(z: Array, t: Array) -> Array:
    return (jax.nn.sigmoid(z) - t) / len(z)


def binary_slope(z: Array, t: Array) -> Array:
    p = jax.nn.sigmoid(z)
    return (p - t) * p * (1 - p) / len(z)


loss("binary", PAIRS, binary, binary_gradient, binary_slope, negated(binary_gradient), wrt="z")


def masked_cross_entropy(S: Array, y: Array, m: Array) -> Array:
    nll = -jnp.take_along_axis(jax.nn.log_softmax(S), y[:, None], axis=-1)[:, 0]
    return jnp.sum(nll * m) / jnp.sum(m)


def masked_cross_entropy_gradient(S: Array, y: Array, m: Array) -> Array:
    d = jax.nn.softmax(S) - jax.nn.one_hot(y, S.shape[1])
    return d * m[:, None] / m.sum()


def masked_cross_entropy_mean(S: Array, y: Array, m: Array) -> Array:
    d = jax.nn.softmax(S) - jax.nn.one_hot(y, S.shape[1])
    return d * m[:, None] / m.shape[0]


loss(
    "masked_cross_entropy",
    "size N, C\nreal S[N,C], m[N]\nlabel y[N]: C",
    masked_cross_entropy,
    masked_cross_entropy_gradient,
    masked_cross_entropy_mean,
    twice(masked_cross_entropy_gradient),
    wrt="S",
)


def focal(S: Array, y: Array) -> Array:
    logp = jax.nn.log_softmax(S, axis=-1)
    onehot = jax.nn.one_hot(y, S.shape[-1])
    lp = jnp.sum(onehot * logp, axis=-1)
    return -jnp.sum((1 - jnp.exp(lp)) ** 2 * lp)


def focal_gradient(S: Array, y: Array) -> Array:
    p = jax.nn.softmax(S, axis=-1)
    onehot = jax.nn.one_hot(y, S.shape[-1])
    py = jnp.sum(onehot * p, axis=-1, keepdims=True)
    return (2 * (1 - py) * py * jnp.log(py) - (1 - py) ** 2) * (onehot - p)


def focal_detached(S: Array, y: Array) -> Array:
    p = jax.nn.softmax(S, axis=-1)
    onehot = jax.nn.one_hot(y, S.shape[-1])
    py = jnp.sum(onehot * p, axis=-1, keepdims=True)
    return -((1 - py) ** 2) * (onehot - p)


loss("focal", LOGITS, focal, focal_gradient, focal_detached, negated(focal_gradient))


def triplet(a: Array, p: Array, n: Array) -> Array:
    near = jnp.sum((a - p) ** 2, axis=-1)
    far = jnp.sum((a - n) ** 2, axis=-1)
    return jnp.maximum(near - far + 0.2, 0.0).mean()


def triplet_gradient(a: Array, p: Array, n: Array) -> Any:
    near, far = ((a - p) ** 2).sum(-1), ((a - n) ** 2).sum(-1)
    on = (near - far + 0.2 > 0).astype(jnp.float32)[:, None] / a.shape[0]
    return 2 * on * (n - p), 2 * on * (p - a), 2 * on * (a - n)


def triplet_swapped(a: Array, p: Array, n: Array) -> Any:
    da, dp, dn = triplet_gradient(a, p, n)
    return da, dn, dp


loss(
    "triplet",
    "size N, D\nreal a[N,D], p[N,D], n[N,D]",
    triplet,
    triplet_gradient,
    triplet_swapped,
    twice(triplet_gradient),
)


def kl_gaussians(mu: Array, logvar: Array) -> Array:
    return -0.5 * jnp.sum(1 + logvar - jnp.square(mu) - jnp.exp(logvar)) / mu.shape[0]


def kl_gaussians_gradient(mu: Array, logvar: Array) -> Any:
    n = mu.shape[0]
    return mu / n, -0.5 * (1 - jnp.exp(logvar)) / n


def kl_gaussians_plus(mu: Array, logvar: Array) -> Any:
    n = mu.shape[0]
    return mu / n, -0.5 * (1 + jnp.exp(logvar)) / n


loss(
    "kl_gaussians",
    "size N, D\nreal mu[N,D], logvar[N,D]",
    kl_gaussians,
    kl_gaussians_gradient,
    kl_gaussians_plus,
    twice(kl_gaussians_gradient),
)


def entropy(x: Array) -> Array:
    logp = x - logsumexp(x, axis=-1, keepdims=True)
    return -jnp.sum(jnp.exp(logp) * logp)


def entropy_gradient(x: Array) -> Array:
    logp = jax.nn.log_softmax(x)
    p = jnp.exp(logp)
    return -p * (logp - jnp.sum(p * logp, axis=-1, keepdims=True))


def entropy_short(x: Array) -> Array:
    logp = jax.nn.log_softmax(x)
    return -jnp.exp(logp) * (logp + 1)


loss("entropy", MATRIX, entropy, entropy_gradient, entropy_short, negated(entropy_gradient))


def cox(z: Array, e: Array) -> Array:
    risk = jnp.cumsum(jnp.exp(z))
    return -jnp.sum(e * (z - jnp.log(risk)))


def cox_gradient(z: Array, e: Array) -> Array:
    w = jnp.exp(z)
    inverse = jnp.flip(jnp.cumsum(jnp.flip(e / jnp.cumsum(w))))
    return w * inverse - e


def cox_forwards(z: Array, e: Array) -> Array:
    w = jnp.exp(z)
    return w * jnp.cumsum(e / jnp.cumsum(w)) - e


loss(
    "cox",
    "size n\nreal z[n], e[n]",
    cox,
    cox_gradient,
    cox_forwards,
    negated(cox_gradient),
    wrt="z",
)


def quadratic(w: Array, X: Array, t: Array) -> Array:
    r = jax.vmap(lambda row, target: jnp.vdot(row, w) - target)(X, t)
    return 0.5 * jnp.mean(r**2) + 0.01 * jnp.linalg.norm(w) ** 2


def quadratic_gradient(w: Array, X: Array, t: Array) -> Array:
    return X.T @ (X @ w - t) / t.shape[0] + 0.02 * w


def quadratic_decay(w: Array, X: Array, t: Array) -> Array:
    return X.T @ (X @ w - t) / t.shape[0] + 0.01 * w


loss(
    "quadratic",
    "size N, D\nreal w[D], X[N,D], t[N]",
    quadratic,
    quadratic_gradient,
    quadratic_decay,
    twice(quadratic_gradient),
    wrt="w",
)


def poisson(z: Array, t: Array) -> Array:
    rate = jnp.exp(z)
    return jnp.sum(rate - xlogy(t, rate))


def poisson_gradient(z: Array, t: Array) -> Array:
    return jnp.exp(z) - t


def poisson_of_rate(z: Array, t: Array) -> Array:
    return 1 - t / jnp.exp(z)


loss("poisson", PAIRS, poisson, poisson_gradient, poisson_of_rate, twice(poisson_gradient), wrt="z")


def pooled(x: Array) -> Array:
    return jnp.sum(jnp.max(x, axis=1) ** 2) / 2


def pooled_gradient(x: Array) -> Array:
    m = x.max(axis=1, keepdims=True)
    return jnp.where(x == m, m, 0.0)


def pooled_first(x: Array) -> Array:
    m = x.max(axis=1, keepdims=True)
    return jnp.where(x == m, 1.0, 0.0)


loss("pooled", MATRIX, pooled, pooled_gradient, pooled_first, twice(pooled_gradient))


# ---- masked by minus infinity


def _scores(q: Array, k: Array) -> Array:
    allowed = jnp.tril(jnp.ones((q.shape[0], k.shape[0]), dtype=bool))
    return jnp.where(allowed, q @ k.T / jnp.sqrt(q.shape[-1]), -jnp.inf)


def causal_heads(q: Array, k: Array, v: Array) -> Array:
    return jax.vmap(lambda q, k, v: jax.nn.softmax(_scores(q, k), axis=-1) @ v)(q, k, v)


def _one_head(g: Array, q: Array, k: Array, v: Array, axis: int = -1) -> Any:
    p = jax.nn.softmax(_scores(q, k), axis=-1)
    dp = g @ v.T
    ds = p * (dp - jnp.sum(dp * p, axis=axis, keepdims=True)) / jnp.sqrt(q.shape[-1])
    return ds @ k, ds.T @ q, p.T @ g


def causal_heads_backward(g: Array, q: Array, k: Array, v: Array) -> Any:
    return jax.vmap(_one_head)(g, q, k, v)


def causal_heads_over_queries(g: Array, q: Array, k: Array, v: Array) -> Any:
    return jax.vmap(functools.partial(_one_head, axis=0))(g, q, k, v)


def causal_heads_untransposed(g: Array, q: Array, k: Array, v: Array) -> Any:
    dq, dk, _ = jax.vmap(_one_head)(g, q, k, v)
    return dq, dk, jax.vmap(lambda q, k, g: jax.nn.softmax(_scores(q, k), axis=-1) @ g)(q, k, g)


layer(
    "causal heads",
    "size H, T, D\nreal q[H,T,D], k[H,T,D], v[H,T,D]",
    causal_heads,
    causal_heads_backward,
    causal_heads_over_queries,
    causal_heads_untransposed,
)
