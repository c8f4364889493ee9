"""Losses and objectives as people write them in NumPy, in many styles, each with two wrong gradients."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special
from scipy.special import expit, gammaln, xlogy

from tests.tracing.programs import loss

Array = Any

LOGITS = "size N, C\nreal S[N,C]\nlabel y[N]: C"
PAIRS = "size n\nreal z[n], t[n]"


def softmax_regression(W: Array, X: Array, y: Array, reg: float = 0.1) -> Array:
    num_train = X.shape[0]
    scores = X.dot(W)
    scores -= np.max(scores, axis=1, keepdims=True)
    probs = np.exp(scores) / np.sum(np.exp(scores), axis=1, keepdims=True)
    data_loss: Array = np.sum(-np.log(probs[np.arange(num_train), y]))
    data_loss /= num_train
    data_loss += reg * np.sum(W * W)
    return data_loss


def softmax_regression_gradient(W: Array, X: Array, y: Array, reg: float = 0.1) -> Array:
    num_train = X.shape[0]
    dW = np.zeros_like(W)
    scores = X.dot(W)
    scores -= np.max(scores, axis=1, keepdims=True)
    probs = np.exp(scores) / np.sum(np.exp(scores), axis=1, keepdims=True)
    dscores = probs.copy()
    dscores[range(num_train), y] -= 1
    dW += X.T.dot(dscores)
    dW /= num_train
    dW += 2 * reg * W
    return dW


def softmax_regression_reg(W: Array, X: Array, y: Array, reg: float = 0.1) -> Array:
    return softmax_regression_gradient(W, X, y, reg) - reg * W


def softmax_regression_sum(W: Array, X: Array, y: Array, reg: float = 0.1) -> Array:
    return (softmax_regression_gradient(W, X, y, 0.0)) * len(X) + 2 * reg * W


loss(
    "size N, D, C\nreal W[D,C], X[N,D]\nlabel y[N]: C",
    softmax_regression,
    softmax_regression_gradient,
    softmax_regression_reg,
    softmax_regression_sum,
    wrt="W",
)


def one_hot_rows(S: Array, y: Array) -> Array:
    onehot = np.eye(S.shape[1])[y]
    logp = S - special.logsumexp(S, axis=1, keepdims=True)
    return -np.sum(onehot * logp) / S.shape[0]


def one_hot_rows_gradient(S: Array, y: Array) -> Array:
    onehot = np.zeros_like(S)
    onehot[np.arange(S.shape[0]), y] = 1.0
    return (special.softmax(S, axis=1) - onehot) / S.shape[0]


def one_hot_rows_by_classes(S: Array, y: Array) -> Array:
    return (special.softmax(S, axis=1) - np.eye(S.shape[1])[y]) / S.shape[1]


def one_hot_rows_wrong_axis(S: Array, y: Array) -> Array:
    return (special.softmax(S, axis=0) - np.eye(S.shape[1])[y]) / S.shape[0]


loss(LOGITS, one_hot_rows, one_hot_rows_gradient, one_hot_rows_by_classes, one_hot_rows_wrong_axis)


def ignored(S: Array, y: Array, m: Array) -> Array:
    z = S - S.max(axis=-1, keepdims=True)
    logp = z - np.log(np.exp(z).sum(axis=-1, keepdims=True))
    nll = -np.take_along_axis(logp, y[:, None], axis=-1).squeeze(-1)
    return (nll * m).sum() / m.sum()


def ignored_gradient(S: Array, y: Array, m: Array) -> Array:
    p = special.softmax(S, -1)
    p[np.arange(len(y)), y] -= 1
    return p * (m / m.sum())[:, None]


def ignored_averaged(S: Array, y: Array, m: Array) -> Array:
    p = special.softmax(S, -1)
    p[np.arange(len(y)), y] -= 1
    return p * m[:, None] / len(m)


def ignored_unmasked(S: Array, y: Array, m: Array) -> Array:
    p = special.softmax(S, -1)
    p[np.arange(len(y)), y] -= 1
    return p / m.sum()


loss(
    "size N, C\nreal S[N,C], m[N]\nlabel y[N]: C",
    ignored,
    ignored_gradient,
    ignored_averaged,
    ignored_unmasked,
    wrt="S",
)


def boosted_logistic(z: Array, t: Array) -> Array:
    p = expit(z)
    return -np.sum(xlogy(t, p) + special.xlog1py(1 - t, -p))


def boosted_logistic_gradient(z: Array, t: Array) -> Array:
    return expit(z) - t


def boosted_logistic_flipped(z: Array, t: Array) -> Array:
    return t - expit(z)


def boosted_logistic_averaged(z: Array, t: Array) -> Array:
    return (expit(z) - t) / z.size


loss(
    PAIRS,
    boosted_logistic,
    boosted_logistic_gradient,
    boosted_logistic_flipped,
    boosted_logistic_averaged,
    wrt="z",
)


def objective(z: Array, t: Array) -> Any:
    """A custom objective of boosted trees: gradient and diagonal of the Hessian."""
    p = 1.0 / (1.0 + np.exp(-z))
    grad = p - t
    hess = np.maximum(p * (1.0 - p), 1e-16)
    return grad, hess


def boosted_gradient_sum(z: Array, t: Array) -> Array:
    return objective(z, t)[0].sum()


def boosted_hessian(z: Array, t: Array) -> Array:
    p = 1.0 / (1.0 + np.exp(-z))
    return p * (1.0 - p)


def boosted_hessian_plus(z: Array, t: Array) -> Array:
    p = 1.0 / (1.0 + np.exp(-z))
    return p * (1.0 + p)


def boosted_hessian_ones(z: Array, t: Array) -> Array:
    return np.ones_like(z)


loss(PAIRS, boosted_gradient_sum, boosted_hessian, boosted_hessian_plus, boosted_hessian_ones, wrt="z")


def weighted_focal(z: Array, t: Array, gamma: float = 2.0, alpha: float = 0.25) -> Array:
    p = np.clip(expit(z), 1e-15, 1 - 1e-15)
    pos = -alpha * (1 - p) ** gamma * np.log(p)
    neg = -(1 - alpha) * p**gamma * np.log(1 - p)
    return np.where(t == 1, pos, neg).sum()


def weighted_focal_gradient(z: Array, t: Array, gamma: float = 2.0, alpha: float = 0.25) -> Array:
    p = expit(z)
    pos = alpha * (1 - p) ** gamma * (gamma * p * np.log(p) + p - 1)
    neg = (1 - alpha) * p**gamma * (p - gamma * (1 - p) * np.log(1 - p))
    inside = (p > 1e-15) & (p < 1 - 1e-15)
    return np.where(t == 1, pos, neg) * inside


def weighted_focal_swapped(z: Array, t: Array) -> Array:
    return weighted_focal_gradient(z, 1 - t)


def weighted_focal_first_power(z: Array, t: Array) -> Array:
    return weighted_focal_gradient(z, t, gamma=1.0)


loss(
    PAIRS,
    weighted_focal,
    weighted_focal_gradient,
    weighted_focal_swapped,
    weighted_focal_first_power,
    wrt="z",
)


def log_cosh(z: Array, t: Array) -> Array:
    return np.mean(np.log(np.cosh(z - t)))


def log_cosh_gradient(z: Array, t: Array) -> Array:
    n = z.shape[0]
    return np.tanh(z - t) / n


def log_cosh_hessian(z: Array, t: Array) -> Array:
    return (1 - np.tanh(z - t) ** 2) / len(z)


def log_cosh_flipped(z: Array, t: Array) -> Array:
    return np.tanh(t - z) / len(z)


loss(PAIRS, log_cosh, log_cosh_gradient, log_cosh_hessian, log_cosh_flipped, wrt="z")


def smooth_l1(z: Array, t: Array, beta: float = 1.0) -> Array:
    d = np.abs(z - t)
    return np.where(d < beta, 0.5 * d**2 / beta, d - 0.5 * beta).mean()


def smooth_l1_gradient(z: Array, t: Array, beta: float = 1.0) -> Array:
    d = z - t
    g = d / beta
    g[d >= beta] = 1.0
    g[d <= -beta] = -1.0
    return g / d.size


def smooth_l1_one_side(z: Array, t: Array, beta: float = 1.0) -> Array:
    d = z - t
    g = d / beta
    g[d >= beta] = 1.0
    return g / d.size


def smooth_l1_sum(z: Array, t: Array) -> Array:
    return np.clip(z - t, -1, 1)


loss(PAIRS, smooth_l1, smooth_l1_gradient, smooth_l1_one_side, smooth_l1_sum, wrt="z")


def tweedie(z: Array, t: Array, rho: float = 1.5) -> Array:
    a = t * np.exp(z * (1 - rho)) / (1 - rho)
    b = np.exp(z * (2 - rho)) / (2 - rho)
    return np.sum(b - a)


def tweedie_gradient(z: Array, t: Array, rho: float = 1.5) -> Array:
    return -t * np.exp((1 - rho) * z) + np.exp((2 - rho) * z)


def tweedie_swapped(z: Array, t: Array, rho: float = 1.5) -> Array:
    return t * np.exp((1 - rho) * z) - np.exp((2 - rho) * z)


def tweedie_power(z: Array, t: Array, rho: float = 1.5) -> Array:
    return -t * np.exp((2 - rho) * z) + np.exp((2 - rho) * z)


loss(PAIRS, tweedie, tweedie_gradient, tweedie_swapped, tweedie_power, wrt="z")


def gamma_nll(z: Array, t: Array, k: Array) -> Array:
    return np.sum(gammaln(k) - k * np.log(k) + k * z - (k - 1) * np.log(t) + k * t * np.exp(-z))


def gamma_nll_gradient(z: Array, t: Array, k: Array) -> Array:
    return k * (1 - t * np.exp(-z))


def gamma_nll_without_shape(z: Array, t: Array, k: Array) -> Array:
    return 1 - t * np.exp(-z)


def gamma_nll_inverse(z: Array, t: Array, k: Array) -> Array:
    return k * (1 - t * np.exp(z))


loss(
    "size n\nreal z[n]\npositive t[n], k",
    gamma_nll,
    gamma_nll_gradient,
    gamma_nll_without_shape,
    gamma_nll_inverse,
    wrt="z",
)


def cox_partial(z: Array, e: Array) -> Array:
    """Partial likelihood of samples in descending order of their times."""
    risk = np.cumsum(np.exp(z))
    return -np.sum(e * (z - np.log(risk)))


def cox_partial_gradient(z: Array, e: Array) -> Array:
    w = np.exp(z)
    risk = np.cumsum(w)
    inverse = np.cumsum((e / risk)[::-1])[::-1]
    return w * inverse - e


def cox_partial_forwards(z: Array, e: Array) -> Array:
    w = np.exp(z)
    return w * np.cumsum(e / np.cumsum(w)) - e


def cox_partial_first(z: Array, e: Array) -> Array:
    w = np.exp(z)
    return w * e / np.cumsum(w) - e


loss(
    "size n\nreal z[n], e[n]",
    cox_partial,
    cox_partial_gradient,
    cox_partial_forwards,
    cox_partial_first,
    wrt="z",
)


def logistic_with_intercept(w: Array, b: Array, X: Array, t: Array) -> Array:
    z = np.dot(X, w) + b
    return np.mean(np.logaddexp(0, z) - t * z) + 0.5 * np.dot(w, w)


def logistic_with_intercept_gradient(w: Array, b: Array, X: Array, t: Array) -> Any:
    r = expit(np.dot(X, w) + b) - t
    m = X.shape[0]
    return (1 / m) * np.dot(X.T, r) + w, (1 / m) * np.sum(r)


def logistic_regularized_twice(w: Array, b: Array, X: Array, t: Array) -> Any:
    r = expit(np.dot(X, w) + b) - t
    return X.T @ r / len(t) + 2 * w, np.mean(r)


def logistic_intercept_summed(w: Array, b: Array, X: Array, t: Array) -> Any:
    r = expit(np.dot(X, w) + b) - t
    return X.T @ r / len(t) + w, np.sum(r)


loss(
    "size N, D\nreal w[D], b, X[N,D], t[N]",
    logistic_with_intercept,
    logistic_with_intercept_gradient,
    logistic_regularized_twice,
    logistic_intercept_summed,
    wrt=["w", "b"],
)
