"""Further losses as people write them in NumPy: of embeddings, of distributions and of images."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy.special import log_softmax, logsumexp, ndtr, softmax

from tests.tracing.programs import layer, loss

Array = Any


def info_nce(u: Array, v: Array, tau: float = 0.07) -> Array:
    logits = u @ v.T / tau
    return np.mean(logsumexp(logits, axis=1) - np.diag(logits))


def info_nce_gradient(u: Array, v: Array, tau: float = 0.07) -> Any:
    n = len(u)
    p = softmax(u @ v.T / tau, axis=1)
    g = (p - np.eye(n)) / (n * tau)
    return g @ v, g.T @ u


def info_nce_untransposed(u: Array, v: Array, tau: float = 0.07) -> Any:
    n = len(u)
    g = (softmax(u @ v.T / tau, axis=1) - np.eye(n)) / (n * tau)
    return g @ v, g @ u


def info_nce_without_temperature(u: Array, v: Array, tau: float = 0.07) -> Any:
    n = len(u)
    g = (softmax(u @ v.T / tau, axis=1) - np.eye(n)) / n
    return g @ v, g.T @ u


loss(
    "size N, D\nreal u[N,D], v[N,D]",
    info_nce,
    info_nce_gradient,
    info_nce_untransposed,
    info_nce_without_temperature,
)


def contrastive_pairs(a: Array, b: Array, t: Array, margin: float = 1.0) -> Array:
    d = np.linalg.norm(a - b, axis=1)
    return np.mean(t * d**2 + (1 - t) * np.maximum(margin - d, 0) ** 2) / 2


def contrastive_pairs_gradient(a: Array, b: Array, t: Array, margin: float = 1.0) -> Array:
    diff = a - b
    d = np.sqrt((diff**2).sum(axis=1, keepdims=True))
    t = t[:, np.newaxis]
    g = t * diff - (1 - t) * np.maximum(margin - d, 0.0) * diff / d
    return g / a.shape[0]


def contrastive_pairs_sign(a: Array, b: Array, t: Array, margin: float = 1.0) -> Array:
    diff = a - b
    d = np.sqrt((diff**2).sum(axis=1, keepdims=True))
    t = t[:, np.newaxis]
    return (t * diff + (1 - t) * np.maximum(margin - d, 0.0) * diff / d) / a.shape[0]


def contrastive_pairs_distance(a: Array, b: Array, t: Array, margin: float = 1.0) -> Array:
    diff = a - b
    d = np.sqrt((diff**2).sum(axis=1, keepdims=True))
    t = t[:, np.newaxis]
    return (t * diff - (1 - t) * np.maximum(margin - d, 0.0) * diff) / a.shape[0]


loss(
    "size N, D\nreal a[N,D], b[N,D], t[N]",
    contrastive_pairs,
    contrastive_pairs_gradient,
    contrastive_pairs_sign,
    contrastive_pairs_distance,
    wrt="a",
)


def kl_of_logits(z: Array, q: Array) -> Array:
    return np.sum(q * (np.log(q) - log_softmax(z, axis=-1))) / z.shape[0]


def kl_of_logits_gradient(z: Array, q: Array) -> Array:
    return (softmax(z, axis=-1) * q.sum(axis=-1, keepdims=True) - q) / z.shape[0]


def kl_of_logits_reverse(z: Array, q: Array) -> Array:
    return (q - softmax(z, axis=-1)) / z.shape[0]


def kl_of_logits_all(z: Array, q: Array) -> Array:
    return (softmax(z, axis=-1) * q.sum(axis=-1, keepdims=True) - q) / z.size


loss(
    "size N, C\nreal z[N,C]\npositive q[N,C]",
    kl_of_logits,
    kl_of_logits_gradient,
    kl_of_logits_reverse,
    kl_of_logits_all,
    wrt="z",
)


def soft_iou(p: Array, t: Array, eps: float = 1e-6) -> Array:
    axes = tuple(range(1, p.ndim))
    inter = np.sum(p * t, axis=axes)
    union = np.sum(p + t - p * t, axis=axes)
    return 1 - np.mean((inter + eps) / (union + eps))


def soft_iou_gradient(p: Array, t: Array, eps: float = 1e-6) -> Array:
    inter = np.sum(p * t, axis=(1, 2), keepdims=True) + eps
    union = np.sum(p + t - p * t, axis=(1, 2), keepdims=True) + eps
    return -(t * union - inter * (1 - t)) / union**2 / p.shape[0]


def soft_iou_union(p: Array, t: Array, eps: float = 1e-6) -> Array:
    inter = np.sum(p * t, axis=(1, 2), keepdims=True) + eps
    union = np.sum(p + t - p * t, axis=(1, 2), keepdims=True) + eps
    return -(t * union - inter) / union**2 / p.shape[0]


def soft_iou_squared(p: Array, t: Array, eps: float = 1e-6) -> Array:
    inter = np.sum(p * t, axis=(1, 2), keepdims=True) + eps
    union = np.sum(p + t - p * t, axis=(1, 2), keepdims=True) + eps
    return -(t * union - inter * (1 - t)) / union / p.shape[0]


loss(
    "size N, H, W\nreal p[N,H,W], t[N,H,W]",
    soft_iou,
    soft_iou_gradient,
    soft_iou_union,
    soft_iou_squared,
    wrt="p",
)


def gaussian_log_likelihood(mu: Array, rho: Array, y: Array) -> Array:
    sigma = np.log1p(np.exp(rho))
    nll = 0.5 * math.log(2 * math.pi) + np.log(sigma) + 0.5 * ((y - mu) / sigma) ** 2
    return nll.mean()


def gaussian_log_likelihood_gradient(mu: Array, rho: Array, y: Array) -> Any:
    sigma = np.log1p(np.exp(rho))
    r = (y - mu) / sigma
    dmu = -r / sigma
    dsigma = (1 - np.square(r)) / sigma
    return dmu / mu.size, dsigma / (1 + np.exp(-rho)) / mu.size


def gaussian_without_softplus(mu: Array, rho: Array, y: Array) -> Any:
    sigma = np.log1p(np.exp(rho))
    r = (y - mu) / sigma
    return -r / sigma / mu.size, (1 - np.square(r)) / sigma / mu.size


def gaussian_of_mean(mu: Array, rho: Array, y: Array) -> Any:
    dmu, drho = gaussian_log_likelihood_gradient(mu, rho, y)
    return -dmu, drho


loss(
    "size N\nreal mu[N], rho[N], y[N]",
    gaussian_log_likelihood,
    gaussian_log_likelihood_gradient,
    gaussian_without_softplus,
    gaussian_of_mean,
)


def probit(z: Array, t: Array) -> Array:
    p = ndtr(z)
    return -np.sum(t * np.log(p) + (1 - t) * np.log(1 - p))


def probit_gradient(z: Array, t: Array) -> Array:
    p = ndtr(z)
    pdf = np.exp(-0.5 * z**2) / np.sqrt(2 * np.pi)
    return pdf * (p - t) / (p * (1 - p))


def probit_logistic(z: Array, t: Array) -> Array:
    return ndtr(z) - t


def probit_density(z: Array, t: Array) -> Array:
    p = ndtr(z)
    return np.exp(-0.5 * z**2) * (p - t) / (p * (1 - p))


loss("size n\nreal z[n], t[n]", probit, probit_gradient, probit_logistic, probit_density, wrt="z")


def two_layer_net(X: Array, W1: Array, b1: Array, W2: Array, b2: Array, y: Array) -> Array:
    hidden = np.maximum(0, np.dot(X, W1) + b1)
    scores = np.dot(hidden, W2) + b2
    exp_scores = np.exp(scores)
    probs = exp_scores / np.sum(exp_scores, axis=1, keepdims=True)
    correct_logprobs = -np.log(probs[range(X.shape[0]), y])
    return np.sum(correct_logprobs) / X.shape[0]


def two_layer_net_gradient(X: Array, W1: Array, b1: Array, W2: Array, b2: Array, y: Array) -> Any:
    num_examples = X.shape[0]
    hidden = np.maximum(0, np.dot(X, W1) + b1)
    scores = np.dot(hidden, W2) + b2
    exp_scores = np.exp(scores)
    dscores = exp_scores / np.sum(exp_scores, axis=1, keepdims=True)
    dscores[range(num_examples), y] -= 1
    dscores /= num_examples
    dW2 = np.dot(hidden.T, dscores)
    db2 = np.sum(dscores, axis=0)
    dhidden = np.dot(dscores, W2.T)
    dhidden[hidden <= 0] = 0
    return {"W1": np.dot(X.T, dhidden), "b1": np.sum(dhidden, axis=0), "W2": dW2, "b2": db2}


def two_layer_net_linear(X: Array, W1: Array, b1: Array, W2: Array, b2: Array, y: Array) -> Any:
    probs = softmax(np.maximum(0, X @ W1 + b1) @ W2 + b2, axis=1)
    probs[range(X.shape[0]), y] -= 1
    probs /= X.shape[0]
    dhidden = probs @ W2.T
    return {"W1": X.T @ dhidden, "b1": dhidden.sum(0)}


def two_layer_net_bias(X: Array, W1: Array, b1: Array, W2: Array, b2: Array, y: Array) -> Any:
    found = two_layer_net_gradient(X, W1, b1, W2, b2, y)
    return {"b2": found["b2"] / X.shape[0]}


loss(
    "size N, D, H, C\nreal X[N,D], W1[D,H], b1[H], W2[H,C], b2[C]\nlabel y[N]: C",
    two_layer_net,
    two_layer_net_gradient,
    two_layer_net_linear,
    two_layer_net_bias,
)


def rnn_step(x: Array, h: Array, Wx: Array, Wh: Array, b: Array) -> Any:
    next_h = np.tanh(x.dot(Wx) + h.dot(Wh) + b)
    return next_h, (x, h, Wx, Wh, next_h)


def rnn_step_backward(dnext: Array, cache: Any) -> Any:
    x, h, Wx, Wh, next_h = cache
    da = (1 - next_h**2) * dnext
    return da.dot(Wx.T), da.dot(Wh.T), x.T.dot(da), h.T.dot(da), da.sum(axis=0)


def rnn_step_slope(dnext: Array, cache: Any) -> Any:
    x, h, Wx, Wh, next_h = cache
    da = next_h * (1 - next_h) * dnext
    return da.dot(Wx.T), da.dot(Wh.T), x.T.dot(da), h.T.dot(da), da.sum(axis=0)


def rnn_step_hidden(dnext: Array, cache: Any) -> Any:
    x, h, Wx, Wh, next_h = cache
    da = (1 - next_h**2) * dnext
    return da.dot(Wx.T), da.dot(Wh), x.T.dot(da), h.T.dot(da), da.sum(axis=0)


layer(
    "size N, D, H\nreal x[N,D], h[N,H], Wx[D,H], Wh[H,H], b[H]",
    rnn_step,
    rnn_step_backward,
    rnn_step_slope,
    rnn_step_hidden,
    cache=True,
)


def stacked_gates(x: Array, w: Array) -> Array:
    gates = np.stack([np.tanh(x @ w[0]), 1 / (1 + np.exp(-(x @ w[1])))], axis=0)
    return np.prod(gates, axis=0)


def stacked_gates_backward(dy: Array, x: Array, w: Array) -> Any:
    a = np.tanh(x @ w[0])
    s = 1 / (1 + np.exp(-(x @ w[1])))
    da = dy * s * (1 - a**2)
    ds = dy * a * s * (1 - s)
    return da @ w[0].T + ds @ w[1].T, np.stack([x.T @ da, x.T @ ds])


def stacked_gates_swapped(dy: Array, x: Array, w: Array) -> Any:
    dx, dw = stacked_gates_backward(dy, x, w)
    return dx, dw[::-1]


def stacked_gates_once(dy: Array, x: Array, w: Array) -> Any:
    a = np.tanh(x @ w[0])
    s = 1 / (1 + np.exp(-(x @ w[1])))
    da, ds = dy * (1 - a**2), dy * a * s * (1 - s)
    return da @ w[0].T + ds @ w[1].T, np.stack([x.T @ da, x.T @ ds])


layer(
    "size N, D\nsize K = 2\nreal x[N,D], w[K,D,D]",
    stacked_gates,
    stacked_gates_backward,
    stacked_gates_swapped,
    stacked_gates_once,
)


def margin_ranking(s: Array, t: Array, y: Array, margin: float = 0.5) -> Array:
    return np.maximum(0, -y * (s - t) + margin).sum() / len(s)


def margin_ranking_gradient(s: Array, t: Array, y: Array, margin: float = 0.5) -> Any:
    active = (-y * (s - t) + margin > 0) * 1.0
    g = -y * active / len(s)
    return g, -g


def margin_ranking_equal(s: Array, t: Array, y: Array, margin: float = 0.5) -> Any:
    active = (-y * (s - t) + margin > 0).astype(int)
    g = -y * active / len(s)
    return g, g


def margin_ranking_all(s: Array, t: Array, y: Array, margin: float = 0.5) -> Any:
    return -y / len(s), y / len(s)


loss(
    "size n\nreal s[n], t[n], y[n]",
    margin_ranking,
    margin_ranking_gradient,
    margin_ranking_equal,
    margin_ranking_all,
    wrt=["s", "t"],
)


def hardest(S: Array) -> Array:
    """The least score of the greatest entry of a row, by its place."""
    best = np.argmax(S, axis=1)
    return -np.sum(S[np.arange(S.shape[0]), best])


def hardest_gradient(S: Array) -> Array:
    g = np.zeros_like(S)
    g[np.arange(len(S)), S.argmax(axis=1)] = -1
    return g


def hardest_least(S: Array) -> Array:
    g = np.zeros_like(S)
    g[np.arange(len(S)), S.argmin(axis=1)] = -1
    return g


def hardest_averaged(S: Array) -> Array:
    g = np.zeros_like(S)
    g[np.arange(len(S)), S.argmax(axis=1)] = -1
    return g / len(S)


loss("size N, C\nreal S[N,C]", hardest, hardest_gradient, hardest_least, hardest_averaged)


def total_variation(x: Array) -> Array:
    return np.sum((x[:, 1:] - x[:, :-1]) ** 2) / 2


def total_variation_gradient(x: Array) -> Array:
    d = x[:, 1:] - x[:, :-1]
    g = np.zeros_like(x)
    g[:, 1:] += d
    g[:, :-1] -= d
    return g


def total_variation_one_side(x: Array) -> Array:
    d = x[:, 1:] - x[:, :-1]
    g = np.zeros_like(x)
    g[:, 1:] += d
    return g


def total_variation_sum(x: Array) -> Array:
    d = np.diff(x, axis=1)
    g = np.zeros_like(x)
    g[:, 1:] += d
    g[:, :-1] += d
    return g


loss(
    "size N\nsize T = 4\nreal x[N,T]",
    total_variation,
    total_variation_gradient,
    total_variation_one_side,
    total_variation_sum,
)


def channel_weighted(x: Array, t: Array) -> Array:
    w = np.array([0.299, 0.587, 0.114])
    return np.mean(((x - t) @ w) ** 2)


def channel_weighted_gradient(x: Array, t: Array) -> Array:
    w = np.array([0.299, 0.587, 0.114])
    r = np.dot(x - t, w)
    return 2 * r[:, None] * w[None, :] / r.size


def channel_weighted_once(x: Array, t: Array) -> Array:
    w = np.array([0.299, 0.587, 0.114])
    return 2 * ((x - t) @ w)[:, None] * np.ones(3) / len(x)


def channel_weighted_swapped(x: Array, t: Array) -> Array:
    w = np.array([0.114, 0.587, 0.299])
    return 2 * ((x - t) @ w)[:, None] * w / len(x)


loss(
    "size N\nsize K = 3\nreal x[N,K], t[N,K]",
    channel_weighted,
    channel_weighted_gradient,
    channel_weighted_once,
    channel_weighted_swapped,
    wrt="x",
)
