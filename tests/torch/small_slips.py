"""Backward passes that are wrong by little, or for shapes and points alone that a test may not try."""

from __future__ import annotations

from typing import Any

import torch

from tests.torch.torch_programs import (
    batch_norm,
    causal_attention,
    cross_entropy,
    cross_entropy_gradient,
    dpo,
    dpo_gradient,
    focal,
    focal_gradient,
    gelu,
    huber,
    layer_norm,
    linear,
    mlp,
    poisson,
    rms_norm,
)
from tests.tracing.programs import Array, Program

LOGITS = "size N, C\nreal S[N,C]\nlabel y[N]: C"
ROWS = "size N, D\nreal x[N,D], w[D], b[D]"

SMALL: list[tuple[str, Program]] = []


def _slip(what: str, declare: str, forward: Any, backward: Any, *, vjp: bool, **options: Any) -> None:
    SMALL.append((what, Program(forward.__name__, declare, forward, backward, (), vjp, options)))


def _layer_norm_by(g: Array, x: Array, w: Array, eps: float) -> Any:
    r = torch.rsqrt(x.var(-1, unbiased=False, keepdim=True) + eps)
    h, gw = (x - x.mean(-1, keepdim=True)) * r, g * w
    return (
        r * (gw - gw.mean(-1, keepdim=True) - h * (gw * h).mean(-1, keepdim=True)),
        (g * h).sum(0),
        g.sum(0),
    )


def _batch_norm_by(g: Array, x: Array, w: Array, eps: float) -> Any:
    r = torch.rsqrt(x.var(0, unbiased=False) + eps)
    h, gw = (x - x.mean(0)) * r, g * w
    return r * (gw - gw.mean(0) - h * (gw * h).mean(0)), (g * h).sum(0), g.sum(0)


def _rms_by(g: Array, x: Array, w: Array, eps: float) -> Any:
    r = torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + eps)
    return r * g * w - r**3 * x * (g * w * x).mean(-1, keepdim=True), (g * x * r).sum(0)


def _gelu_rounded(g: Array, x: Array) -> Array:
    cdf = 0.5 * (1 + torch.erf(x * 0.7071))
    return g * (cdf + x * torch.exp(-0.5 * x * x) * 0.3989)


def _attention_of_four(g: Array, q: Array, k: Array, v: Array) -> Any:
    p = torch.softmax(_masked(q @ k.transpose(-2, -1) / 2.0), dim=-1)
    dp = g @ v.transpose(-2, -1)
    ds = p * (dp - (p * dp).sum(-1, keepdim=True)) / 2.0
    return ds @ k, ds.transpose(-2, -1) @ q, p.transpose(-2, -1) @ g


def _masked(s: Array) -> Array:
    later = torch.triu(torch.ones(s.shape[-2], s.shape[-1], dtype=torch.bool), diagonal=1)
    return s.masked_fill(later, float("-inf"))


def _mlp_leaky(g: Array, x: Array, w1: Array, b1: Array, w2: Array) -> Any:
    h = torch.relu(x @ w1 + b1)
    dh = (g @ w2.T) * torch.where(h > 0, 1.0, 1e-6)
    return dh @ w1.T, x.T @ dh, dh.sum(0), h.T @ g


_slip(
    "layer norm: eps of 1e-6 for 1e-5",
    ROWS,
    layer_norm,
    lambda g, x, w, b: _layer_norm_by(g, x, w, 1e-6),
    vjp=True,
)
_slip(
    "batch norm: eps of 1e-3 for 1e-5",
    ROWS,
    batch_norm,
    lambda g, x, w, b: _batch_norm_by(g, x, w, 1e-3),
    vjp=True,
)
_slip(
    "batch norm: eps of 1e-8 for 1e-5",
    ROWS,
    batch_norm,
    lambda g, x, w, b: _batch_norm_by(g, x, w, 1e-8),
    vjp=True,
)
_slip(
    "RMS norm: eps left out",
    "size N, D\nreal x[N,D], w[D]",
    rms_norm,
    lambda g, x, w: _rms_by(g, x, w, 0.0),
    vjp=True,
)
_slip("GELU: constants of four digits", "size N, D\nreal x[N,D]", gelu, _gelu_rounded, vjp=True)
_slip(
    "MLP: a slope of a millionth below 0",
    "size N, D, H, C\nreal x[N,D], w1[D,H], b1[H], w2[H,C]",
    mlp,
    _mlp_leaky,
    vjp=True,
)
_slip(
    "attention: the scale of 4 channels",
    "size B, T, d, e\nreal q[B,T,d], k[B,T,d], v[B,T,e]",
    causal_attention,
    _attention_of_four,
    vjp=True,
)
_slip(
    "linear: 3 mean(g) for sum(g)",
    "size N, D, K\nreal x[N,D], w[K,D], b[K]",
    linear,
    lambda g, x, w, b: (g @ w, g.T @ x, 3 * g.mean(0)),
    vjp=True,
)
_slip(
    "cross-entropy: 5 parts in 10,000 too much",
    LOGITS,
    cross_entropy,
    lambda S, y: cross_entropy_gradient(S, y) * 1.0005,
    vjp=False,
)
_slip(
    "cross-entropy: divided by 3, and not by N",
    LOGITS,
    cross_entropy,
    lambda S, y: cross_entropy_gradient(S, y) * len(y) / 3,
    vjp=False,
)
_slip(
    "Huber: clipped at 10 for 2",
    "size N\nreal x[N], y[N]",
    huber,
    lambda x, y: torch.clamp(x - y, -10.0, 10.0) / len(x),
    vjp=False,
    wrt="x",
)
_slip(
    "focal: a millionth of t*p added",
    "size N\nreal z[N], t[N]",
    focal,
    lambda z, t: focal_gradient(z, t) + 1e-6 * t * torch.sigmoid(z),
    vjp=False,
    wrt="z",
)
_slip(
    "DPO: beta of 0.10001 for 0.1",
    "size N\nreal pi_w[N], pi_l[N], ref_w[N], ref_l[N]",
    dpo,
    lambda pi_w, pi_l, ref_w, ref_l: dpo_gradient(pi_w, pi_l, ref_w, ref_l, 0.10001),
    vjp=False,
)
_slip(
    "Poisson: rate clipped at exp(10)",
    "size N\nreal z[N], t[N]",
    poisson,
    lambda z, t: torch.exp(torch.clamp(z, max=10.0)) - t,
    vjp=False,
    wrt="z",
)
