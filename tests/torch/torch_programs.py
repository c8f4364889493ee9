"""Functions as people write them in PyTorch, with the gradients that they write, right ones and wrong ones."""

from __future__ import annotations

import math
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812 - as everybody calls it

from tests.tracing.programs import Array, Function, Program

TORCH_PROGRAMS: list[Program] = []


def loss(declare: str, forward: Function, backward: Function, *wrong: Function, **options: Any) -> None:
    """Enter a loss, its gradient and wrong versions of it."""
    TORCH_PROGRAMS.append(Program(forward.__name__, declare, forward, backward, wrong, False, options))


def layer(declare: str, forward: Function, backward: Function, *wrong: Function, **options: Any) -> None:
    """Enter a layer, its backward pass and wrong versions of it."""
    TORCH_PROGRAMS.append(Program(forward.__name__, declare, forward, backward, wrong, True, options))


# ---------------------------------------------------------------- layers


def linear(x: Array, w: Array, b: Array) -> Array:
    return F.linear(x, w, b)


layer(
    "size N, D, K\nreal x[N,D], w[K,D], b[K]",
    linear,
    lambda g, x, w, b: (g @ w, g.T @ x, g.sum(0)),
    lambda g, x, w, b: (g @ w, g.T @ x, g.mean(0)),
    lambda g, x, w, b: (g @ w, g.T @ x / len(x), g.sum(0)),
)


def layer_norm(x: Array, w: Array, b: Array) -> Array:
    return F.layer_norm(x, (x.shape[-1],), w, b)


def _hat(x: Array, eps: float = 1e-5) -> Any:
    r = torch.rsqrt(x.var(-1, unbiased=False, keepdim=True) + eps)
    return (x - x.mean(-1, keepdim=True)) * r, r


def layer_norm_backward(g: Array, x: Array, w: Array, b: Array) -> Any:
    h, r = _hat(x)
    gw = g * w
    dx = r * (gw - gw.mean(-1, keepdim=True) - h * (gw * h).mean(-1, keepdim=True))
    return dx, (g * h).sum(0), g.sum(0)


def layer_norm_without_weight(g: Array, x: Array, w: Array, b: Array) -> Any:
    h, r = _hat(x)
    dx = r * (g - g.mean(-1, keepdim=True) - h * (g * h).mean(-1, keepdim=True))
    return dx, (g * h).sum(0), g.sum(0)


def layer_norm_unbiased(g: Array, x: Array, w: Array, b: Array) -> Any:
    r = torch.rsqrt(x.var(-1, keepdim=True) + 1e-5)
    h = (x - x.mean(-1, keepdim=True)) * r
    gw = g * w
    dx = r * (gw - gw.mean(-1, keepdim=True) - h * (gw * h).mean(-1, keepdim=True))
    return dx, (g * h).sum(0), g.sum(0)


layer(
    "size N, D\nreal x[N,D], w[D], b[D]",
    layer_norm,
    layer_norm_backward,
    layer_norm_without_weight,
    layer_norm_unbiased,
)


def batch_norm(x: Array, w: Array, b: Array) -> Array:
    return F.batch_norm(x, None, None, w, b, training=True)


def batch_norm_backward(g: Array, x: Array, w: Array, b: Array) -> Any:
    r = torch.rsqrt(x.var(0, unbiased=False) + 1e-5)
    h = (x - x.mean(0)) * r
    gw = g * w
    return r * (gw - gw.mean(0) - h * (gw * h).mean(0)), (g * h).sum(0), g.sum(0)


layer(
    "size N, D\nreal x[N,D], w[D], b[D]",
    batch_norm,
    batch_norm_backward,
    lambda g, x, w, b: (batch_norm_backward(g, x, w, b)[0] * len(x), (g * x).sum(0), g.sum(0)),
    lambda g, x, w, b: (g * w * torch.rsqrt(x.var(0, unbiased=False) + 1e-5), (g * x).sum(0), g.sum(0)),
)


def rms_norm(x: Array, w: Array) -> Array:
    return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6) * w


def rms_norm_backward(g: Array, x: Array, w: Array) -> Any:
    r = torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6)
    gw = g * w
    return r * gw - r**3 * x * (gw * x).mean(-1, keepdim=True), (g * x * r).sum(0)


layer(
    "size N, D\nreal x[N,D], w[D]",
    rms_norm,
    rms_norm_backward,
    lambda g, x, w: (rms_norm_backward(g, x, torch.ones_like(w))[0] * w, rms_norm_backward(g, x, w)[1]),
    lambda g, x, w: (g * w * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6), (g * x).sum(0)),
)


def softmax(x: Array) -> Array:
    return torch.softmax(x, dim=-1)


layer(
    "size N, C\nreal x[N,C]",
    softmax,
    lambda g, x: softmax(x) * (g - (g * softmax(x)).sum(-1, keepdim=True)),
    lambda g, x: softmax(x) * (1 - softmax(x)) * g,
    lambda g, x: softmax(x) * (g - (g * softmax(x)).mean(-1, keepdim=True)),
)


def causal_attention(q: Array, k: Array, v: Array) -> Array:
    return F.scaled_dot_product_attention(q, k, v, is_causal=True)


def _weights(q: Array, k: Array) -> Array:
    t = q.shape[-2]
    s = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    later = torch.triu(torch.ones(t, t, dtype=torch.bool), diagonal=1)
    return torch.softmax(s.masked_fill(later, float("-inf")), dim=-1)


def causal_attention_backward(g: Array, q: Array, k: Array, v: Array) -> Any:
    p = _weights(q, k)
    dp = g @ v.transpose(-2, -1)
    ds = p * (dp - (p * dp).sum(-1, keepdim=True)) / math.sqrt(q.shape[-1])
    return ds @ k, ds.transpose(-2, -1) @ q, p.transpose(-2, -1) @ g


def causal_attention_unscaled(g: Array, q: Array, k: Array, v: Array) -> Any:
    p = _weights(q, k)
    dp = g @ v.transpose(-2, -1)
    ds = p * (dp - (p * dp).sum(-1, keepdim=True))
    return ds @ k, ds.transpose(-2, -1) @ q, p.transpose(-2, -1) @ g


def causal_attention_unmasked(g: Array, q: Array, k: Array, v: Array) -> Any:
    p = torch.softmax(q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1]), dim=-1)
    dp = g @ v.transpose(-2, -1)
    ds = p * (dp - (p * dp).sum(-1, keepdim=True)) / math.sqrt(q.shape[-1])
    return ds @ k, ds.transpose(-2, -1) @ q, p.transpose(-2, -1) @ g


layer(
    "size B, T, d, e\nreal q[B,T,d], k[B,T,d], v[B,T,e]",
    causal_attention,
    causal_attention_backward,
    causal_attention_unscaled,
    causal_attention_unmasked,
)


def swiglu(x: Array, w: Array, v: Array) -> Array:
    return F.silu(x @ w) * (x @ v)


def swiglu_backward(g: Array, x: Array, w: Array, v: Array) -> Any:
    a, b = x @ w, x @ v
    s = torch.sigmoid(a)
    da, db = g * b * s * (1 + a * (1 - s)), g * a * s
    return da @ w.T + db @ v.T, x.T @ da, x.T @ db


def swiglu_sigmoid_slope(g: Array, x: Array, w: Array, v: Array) -> Any:
    a, b = x @ w, x @ v
    s = torch.sigmoid(a)
    da, db = g * b * s * (1 - s), g * a * s
    return da @ w.T + db @ v.T, x.T @ da, x.T @ db


layer(
    "size N, D, H\nreal x[N,D], w[D,H], v[D,H]",
    swiglu,
    swiglu_backward,
    swiglu_sigmoid_slope,
    lambda g, x, w, v: (swiglu_backward(g, x, w, v)[0], *swiglu_backward(g, x, w, v)[:0:-1]),
)


def gelu(x: Array) -> Array:
    return F.gelu(x)


def gelu_backward(g: Array, x: Array) -> Array:
    cdf = 0.5 * (1 + torch.erf(x / math.sqrt(2)))
    return g * (cdf + x * torch.exp(-0.5 * x * x) / math.sqrt(2 * math.pi))


layer(
    "size N, D\nreal x[N,D]",
    gelu,
    gelu_backward,
    lambda g, x: g * 0.5 * (1 + torch.erf(x / math.sqrt(2))),
    lambda g, x: g * (0.5 * (1 + torch.erf(x / math.sqrt(2))) + x * torch.exp(-0.5 * x * x)),
)


def dropout(x: Array, mask: Array) -> Array:
    return x * mask / 0.9


layer(
    "size N, D\nreal x[N,D], mask[N,D]",
    dropout,
    lambda g, x, mask: g * mask / 0.9,
    lambda g, x, mask: g * mask,
    lambda g, x, mask: g / 0.9,
)


def embedding(w: Array, y: Array) -> Array:
    return F.embedding(y, w)


layer(
    "size N, V, D\nreal w[V,D]\nlabel y[N]: V",
    embedding,
    lambda g, w, y: torch.zeros_like(w).index_add_(0, y, g),
    lambda g, w, y: torch.zeros_like(w).index_add_(0, y, g) / g.shape[0],
    lambda g, w, y: g.sum(0) * torch.ones_like(w),
)


def mlp(x: Array, w1: Array, b1: Array, w2: Array) -> Array:
    return torch.relu(x @ w1 + b1) @ w2


def mlp_backward(g: Array, x: Array, w1: Array, b1: Array, w2: Array) -> Any:
    h = torch.relu(x @ w1 + b1)
    dh = (g @ w2.T) * (h > 0)
    return dh @ w1.T, x.T @ dh, dh.sum(0), h.T @ g


def mlp_unmasked(g: Array, x: Array, w1: Array, b1: Array, w2: Array) -> Any:
    h = torch.relu(x @ w1 + b1)
    dh = g @ w2.T
    return dh @ w1.T, x.T @ dh, dh.sum(0), h.T @ g


layer("size N, D, H, C\nreal x[N,D], w1[D,H], b1[H], w2[H,C]", mlp, mlp_backward, mlp_unmasked)

# ---------------------------------------------------------------- losses

LOGITS = "size N, C\nreal S[N,C]\nlabel y[N]: C"


def cross_entropy(S: Array, y: Array) -> Array:
    return F.cross_entropy(S, y)


def cross_entropy_gradient(S: Array, y: Array) -> Array:
    d = torch.softmax(S, dim=1)
    d[torch.arange(len(y)), y] -= 1
    return d / len(y)


loss(
    LOGITS,
    cross_entropy,
    cross_entropy_gradient,
    lambda S, y: cross_entropy_gradient(S, y) * len(y),
    lambda S, y: torch.softmax(S, dim=0) / len(y),
)


def smoothed_cross_entropy(S: Array, y: Array) -> Array:
    return F.cross_entropy(S, y, label_smoothing=0.1)


def smoothed_as_one_hot(S: Array, y: Array) -> Array:
    return (torch.softmax(S, dim=1) - 0.9 * torch.zeros_like(S).scatter(1, y[:, None], 1.0)) / S.shape[0]


def smoothed_written(S: Array, y: Array) -> Array:
    t = torch.zeros_like(S).scatter(1, y[:, None], 1.0) * 0.9 + 0.1 / S.shape[1]
    return (torch.softmax(S, dim=1) - t) / S.shape[0]


def smoothed_by_others(S: Array, y: Array) -> Array:
    t = torch.full_like(S, 0.1 / (S.shape[1] - 1)).scatter(1, y[:, None], 0.9)
    return (torch.softmax(S, dim=1) - t) / S.shape[0]


loss(LOGITS, smoothed_cross_entropy, smoothed_written, smoothed_as_one_hot, smoothed_by_others)


def weighted_cross_entropy(S: Array, y: Array, w: Array) -> Array:
    return F.cross_entropy(S, y, weight=w)


def weighted_gradient(S: Array, y: Array, w: Array) -> Array:
    hot = (y[:, None] == torch.arange(S.shape[1])).float()
    return w[y][:, None] * (torch.softmax(S, dim=1) - hot) / w[y].sum()


loss(
    LOGITS + "\npositive w[C]",
    weighted_cross_entropy,
    weighted_gradient,
    lambda S, y, w: weighted_gradient(S, y, w) * w[y].sum() / len(y),
    lambda S, y, w: weighted_gradient(S, y, torch.ones_like(w)),
    wrt="S",
)


def binary_cross_entropy(z: Array, t: Array) -> Array:
    return F.binary_cross_entropy_with_logits(z, t)


loss(
    "size N\nreal z[N], t[N]",
    binary_cross_entropy,
    lambda z, t: (torch.sigmoid(z) - t) / z.numel(),
    lambda z, t: torch.sigmoid(z) - t,
    lambda z, t: (t - torch.sigmoid(z)) / z.numel(),
    wrt="z",
)


def focal(z: Array, t: Array) -> Array:
    p = torch.sigmoid(z)
    return -(t * (1 - p) ** 2 * torch.log(p) + (1 - t) * p**2 * torch.log(1 - p)).sum()


def focal_gradient(z: Array, t: Array) -> Array:
    p = torch.sigmoid(z)
    ones = t * (1 - p) ** 2 * (2 * p * torch.log(p) - (1 - p))
    return ones + (1 - t) * p**2 * (p - 2 * (1 - p) * torch.log(1 - p))


loss(
    "size N\nreal z[N], t[N]",
    focal,
    focal_gradient,
    lambda z, t: -t * (1 - torch.sigmoid(z)) ** 3 + (1 - t) * torch.sigmoid(z) ** 3,
    wrt="z",
)


def huber(x: Array, y: Array) -> Array:
    return F.huber_loss(x, y, delta=2.0)


loss(
    "size N\nreal x[N], y[N]",
    huber,
    lambda x, y: torch.clamp(x - y, -2.0, 2.0) / len(x),
    lambda x, y: torch.clamp(x - y, -1.0, 1.0) / len(x),
    lambda x, y: torch.clamp(x - y, -2.0, 2.0),
    wrt="x",
)


def triplet(a: Array, p: Array, n: Array) -> Array:
    return torch.relu(((a - p) ** 2).sum(1) - ((a - n) ** 2).sum(1) + 0.2).mean()


def triplet_gradient(a: Array, p: Array, n: Array) -> Any:
    on = (((a - p) ** 2).sum(1) - ((a - n) ** 2).sum(1) + 0.2 > 0)[:, None] / a.shape[0]
    return 2 * on * (n - p), 2 * on * (p - a), 2 * on * (a - n)


loss(
    "size N, D\nreal a[N,D], p[N,D], n[N,D]",
    triplet,
    triplet_gradient,
    lambda a, p, n: tuple(-one for one in triplet_gradient(a, p, n)),
)


def kl(logp: Array, q: Array) -> Array:
    return F.kl_div(torch.log_softmax(logp, -1), q, reduction="batchmean")


loss(
    "size N, C\nreal logp[N,C]\nreal q[N,C] > 0",
    kl,
    lambda logp, q: (q.sum(-1, keepdim=True) * torch.softmax(logp, -1) - q) / q.shape[0],
    lambda logp, q: (torch.softmax(logp, -1) - q) / q.shape[0],
    lambda logp, q: (q.sum(-1, keepdim=True) * torch.softmax(logp, -1) - q) / q.numel(),
    wrt="logp",
)


def dpo(pi_w: Array, pi_l: Array, ref_w: Array, ref_l: Array, beta: float = 0.1) -> Array:
    return -F.logsigmoid(beta * ((pi_w - ref_w) - (pi_l - ref_l))).mean()


def dpo_gradient(pi_w: Array, pi_l: Array, ref_w: Array, ref_l: Array, beta: float = 0.1) -> Any:
    g = beta * torch.sigmoid(-beta * (pi_w - pi_l - ref_w + ref_l)) / len(pi_w)
    return -g, g


loss(
    "size N\nreal pi_w[N], pi_l[N], ref_w[N], ref_l[N]",
    dpo,
    dpo_gradient,
    lambda pi_w, pi_l, ref_w, ref_l: tuple(10 * one for one in dpo_gradient(pi_w, pi_l, ref_w, ref_l)),
    lambda pi_w, pi_l, ref_w, ref_l: dpo_gradient(pi_w, pi_l, ref_w, ref_l)[::-1],
)


def poisson(z: Array, t: Array) -> Array:
    return F.poisson_nll_loss(z, t, log_input=True, reduction="sum")


loss(
    "size N\nreal z[N], t[N]",
    poisson,
    lambda z, t: torch.exp(z) - t,
    lambda z, t: 1 - t / z,
    wrt="z",
)
