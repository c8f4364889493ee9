"""Functions as people write them in JAX, with the gradients that they write, right ones and wrong ones."""

from __future__ import annotations

import functools
from typing import Any

import jax
import jax.numpy as jnp

from tests.tracing.programs import Array, Function, Program

JAX_PROGRAMS: list[Program] = []


def loss(
    name: str, declare: str, forward: Function, backward: Function, *wrong: Function, **options: Any
) -> None:
    """Enter a loss, its gradient and wrong versions of it."""
    JAX_PROGRAMS.append(Program(name, declare, forward, backward, wrong, False, options))


def layer(
    name: str, declare: str, forward: Function, backward: Function, *wrong: Function, **options: Any
) -> None:
    """Enter a layer, its backward pass and wrong versions of it."""
    JAX_PROGRAMS.append(Program(name, declare, forward, backward, wrong, True, options))


LOGITS = "size N, C\nreal S[N,C]\nlabel y[N]: C"
VECTOR = "size n\nreal x[n]"


def cross_entropy(S: Array, y: Array) -> Array:
    logp = jax.nn.log_softmax(S, axis=-1)
    return -jnp.mean(logp[jnp.arange(S.shape[0]), y])


def cross_entropy_along(S: Array, y: Array) -> Array:
    logp = jax.nn.log_softmax(S, axis=-1)
    return -jnp.take_along_axis(logp, y[:, None], axis=1).mean()


def cross_entropy_gradient(S: Array, y: Array) -> Array:
    return (jax.nn.softmax(S) - jax.nn.one_hot(y, S.shape[-1])) / S.shape[0]


def cross_entropy_scattered(S: Array, y: Array) -> Array:
    p = jax.nn.softmax(S, axis=-1)
    return p.at[jnp.arange(S.shape[0]), y].add(-1.0) / S.shape[0]


def cross_entropy_summed(S: Array, y: Array) -> Array:
    return jax.nn.softmax(S) - jax.nn.one_hot(y, S.shape[-1])


def cross_entropy_flipped(S: Array, y: Array) -> Array:
    return (jax.nn.softmax(S) + jax.nn.one_hot(y, S.shape[-1])) / S.shape[0]


for _name, _forward in {"labels": cross_entropy, "along": cross_entropy_along}.items():
    loss(
        f"cross entropy by {_name}",
        LOGITS,
        _forward,
        cross_entropy_gradient,
        cross_entropy_summed,
        cross_entropy_flipped,
    )
loss("cross entropy scattered", LOGITS, cross_entropy, cross_entropy_scattered, cross_entropy_summed)
loss(
    "cross entropy differentiated",
    LOGITS,
    cross_entropy_along,
    jax.grad(cross_entropy),
    cross_entropy_flipped,
)


def smoothed(S: Array, y: Array, eps: Array) -> Array:
    logp = jax.nn.log_softmax(S)
    target = jax.nn.one_hot(y, S.shape[1]) * (1 - eps) + eps / S.shape[1]
    return -jnp.sum(target * logp, axis=1).mean()


def smoothed_gradient(S: Array, y: Array, eps: Array) -> Array:
    target = (1 - eps) * jax.nn.one_hot(y, S.shape[1]) + eps / S.shape[1]
    return (jax.nn.softmax(S) - target) / S.shape[0]


def smoothed_by_others(S: Array, y: Array, eps: Array) -> Array:
    hot = jax.nn.one_hot(y, S.shape[1])
    return (jax.nn.softmax(S) - (1 - eps) * hot - eps * (1 - hot) / S.shape[1]) / S.shape[0]


loss(
    "label smoothing",
    LOGITS + "\nreal eps in (0, 1)",
    smoothed,
    smoothed_gradient,
    smoothed_by_others,
    wrt="S",
)


def layer_norm(x: Array, g: Array, b: Array) -> Array:
    mean = jnp.mean(x, -1, keepdims=True)
    var = jnp.var(x, -1, keepdims=True)
    return (x - mean) * jax.lax.rsqrt(var + 1e-5) * g + b


def layer_norm_backward(dy: Array, x: Array, g: Array, b: Array) -> Any:
    r = jax.lax.rsqrt(x.var(-1, keepdims=True) + 1e-5)
    h = (x - x.mean(-1, keepdims=True)) * r
    dh = dy * g
    dx = r * (dh - dh.mean(-1, keepdims=True) - h * (dh * h).mean(-1, keepdims=True))
    return dx, (dy * h).sum(0), dy.sum(0)


def layer_norm_uncentred(dy: Array, x: Array, g: Array, b: Array) -> Any:
    r = jax.lax.rsqrt(x.var(-1, keepdims=True) + 1e-5)
    h = (x - x.mean(-1, keepdims=True)) * r
    dh = dy * g
    return r * (dh - h * (dh * h).mean(-1, keepdims=True)), (dy * h).sum(0), dy.sum(0)


NORM = "size N, D\nreal x[N,D], g[D], b[D]"
layer("layer norm", NORM, layer_norm, layer_norm_backward, layer_norm_uncentred)
layer(
    "layer norm differentiated",
    NORM,
    layer_norm,
    lambda dy, x, g, b: jax.vjp(layer_norm, x, g, b)[1](dy),
    layer_norm_uncentred,
)


def attention(q: Array, k: Array, v: Array) -> Array:
    return jax.nn.softmax(q @ k.T / jnp.sqrt(q.shape[-1]), axis=-1) @ v


def attention_backward(do: Array, q: Array, k: Array, v: Array) -> Any:
    scale = 1 / jnp.sqrt(q.shape[-1])
    p = jax.nn.softmax(q @ k.T * scale, axis=-1)
    dp = do @ v.T
    ds = p * (dp - jnp.sum(dp * p, axis=-1, keepdims=True)) * scale
    return ds @ k, ds.T @ q, p.T @ do


def attention_unscaled(do: Array, q: Array, k: Array, v: Array) -> Any:
    scale = 1 / jnp.sqrt(q.shape[-1])
    p = jax.nn.softmax(q @ k.T * scale, axis=-1)
    dp = do @ v.T
    ds = p * (dp - jnp.sum(dp * p, axis=-1, keepdims=True))
    return ds @ k, ds.T @ q, p.T @ do


layer(
    "attention",
    "size T, M, d, e\nreal q[T,d], k[M,d], v[M,e]",
    attention,
    attention_backward,
    attention_unscaled,
)


def batched(q: Array, k: Array) -> Array:
    return jax.vmap(jax.vmap(lambda a, b: a @ b.T))(q, k)


layer(
    "scores of heads",
    "size B, H, T, d\nreal q[B,H,T,d], k[B,H,T,d]",
    batched,
    lambda g, q, k: (jnp.einsum("bhij,bhjd->bhid", g, k), jnp.einsum("bhij,bhid->bhjd", g, q)),
    lambda g, q, k: (jnp.einsum("bhij,bhjd->bhid", g, k), jnp.einsum("bhij,bhjd->bhid", g, q)),
)


def rms(x: Array, w: Array) -> Array:
    return x * jax.lax.rsqrt(jnp.mean(jnp.square(x), axis=-1, keepdims=True) + 1e-6) * w


def rms_backward(g: Array, x: Array, w: Array) -> Any:
    r = jax.lax.rsqrt(jnp.mean(x**2, axis=-1, keepdims=True) + 1e-6)
    return r * g * w - x * r**3 * jnp.mean(g * w * x, axis=-1, keepdims=True), (g * x * r).sum(0)


layer(
    "RMS norm",
    "size N, D\nreal x[N,D], w[D]",
    rms,
    rms_backward,
    lambda g, x, w: (rms_backward(g, x, w)[0] / w, rms_backward(g, x, w)[1]),
)


def swiglu(x: Array, w: Array, v: Array) -> Array:
    return jax.nn.silu(x @ w) * (x @ v)


def swiglu_backward(g: Array, x: Array, w: Array, v: Array) -> Any:
    a, b = x @ w, x @ v
    s = jax.nn.sigmoid(a)
    da, db = g * b * s * (1 + a * (1 - s)), g * a * s
    return da @ w.T + db @ v.T, x.T @ da, x.T @ db


layer(
    "SwiGLU",
    "size N, D, H\nreal x[N,D], w[D,H], v[D,H]",
    swiglu,
    swiglu_backward,
    lambda g, x, w, v: (swiglu_backward(g, x, w, v)[0], x.T @ (g * (x @ v)), swiglu_backward(g, x, w, v)[2]),
)

ACTIVATIONS: dict[str, Function] = {
    "gelu": jax.nn.gelu,
    "exact gelu": functools.partial(jax.nn.gelu, approximate=False),
    "silu": jax.nn.silu,
    "softplus": jax.nn.softplus,
    "relu": jax.nn.relu,
    "elu": jax.nn.elu,
    "leaky relu": jax.nn.leaky_relu,
    "sigmoid": jax.nn.sigmoid,
    "log sigmoid": jax.nn.log_sigmoid,
    "tanh": jnp.tanh,
    "selu": jax.nn.selu,
    "hard tanh": jax.nn.hard_tanh,
}


def _summed(f: Function) -> Function:
    return lambda x: f(x).sum()


def _halved(f: Function) -> Function:
    return lambda x: 0.5 * jax.grad(_summed(f))(x)


for _name, _function in ACTIVATIONS.items():
    loss(_name, VECTOR, _summed(_function), jax.grad(_summed(_function)), _halved(_function))


def huber(p: Array, t: Array) -> Array:
    r = p - t
    return jnp.where(jnp.abs(r) < 1, 0.5 * r**2, jnp.abs(r) - 0.5).mean()


loss(
    "Huber",
    "size n\nreal p[n], t[n]",
    huber,
    lambda p, t: jnp.clip(p - t, -1, 1) / p.size,
    lambda p, t: jnp.clip(p - t, -1, 1),
)
loss(
    "log sum exp",
    "size n, m\nreal x[n,m]",
    lambda x: jax.nn.logsumexp(x, axis=1).sum(),
    lambda x: jax.nn.softmax(x, axis=1),
    lambda x: jax.nn.softmax(x, axis=0),
)
loss(
    "compiled and mapped",
    "size n, m\nreal w[m], X[n,m], t[n]",
    jax.jit(lambda w, X, t: jnp.mean((jax.vmap(jnp.dot, (None, 0))(w, X) - t) ** 2)),
    lambda w, X, t: 2 * X.T @ (X @ w - t) / t.shape[0],
    lambda w, X, t: X.T @ (X @ w - t) / t.shape[0],
)


def poisson(z: Array, y: Array) -> Array:
    return jnp.sum(jnp.exp(z) - y * z + jax.lax.lgamma(y + 1))


loss(
    "Poisson",
    "size n\nreal z[n]\npositive y[n]",
    poisson,
    lambda z, y: jnp.exp(z) - y,
    lambda z, y: 1 - y * jnp.exp(-z),
)


def contrastive(u: Array, v: Array, t: Array) -> Array:
    s = u @ v.T / t
    return -jnp.mean(jnp.diagonal(jax.nn.log_softmax(s, axis=1)))


def contrastive_gradient(u: Array, v: Array, t: Array) -> Any:
    p = jax.nn.softmax(u @ v.T / t, axis=1)
    d = (p - jnp.eye(u.shape[0])) / (t * u.shape[0])
    return d @ v, d.T @ u


loss(
    "contrastive",
    "size N, d\nreal u[N,d], v[N,d]\npositive t",
    contrastive,
    contrastive_gradient,
    lambda u, v, t: (contrastive_gradient(u, v, t)[0] * t, contrastive_gradient(u, v, t)[1]),
)
