"""Programs in styles of public repositories: cells, flattened batches, boosting by label, autograd by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tests.tracing.programs import layer, loss

Array = Any


def sigmoid(x: Array) -> Array:
    return 1 / (1 + np.exp(-x))


# ---- a cell over time


def gru(x: Array, h: Array, Wz: Array, Uz: Array, Wr: Array, Ur: Array, Wh: Array, Uh: Array) -> Any:
    z = sigmoid(x @ Wz + h @ Uz)
    r = sigmoid(x @ Wr + h @ Ur)
    new = np.tanh(x @ Wh + (r * h) @ Uh)
    return (1 - z) * h + z * new, (x, h, z, r, new, Wz, Uz, Wr, Ur, Wh, Uh)


def gru_backward(dout: Array, cache: Any) -> Any:
    x, h, z, r, new, Wz, Uz, Wr, Ur, Wh, Uh = cache
    dz = dout * (new - h) * z * (1 - z)
    dnew = dout * z * (1 - new**2)
    dgated = dnew @ Uh.T
    dr = dgated * h * r * (1 - r)
    dh = dout * (1 - z) + dgated * r + dr @ Ur.T + dz @ Uz.T
    dx = dnew @ Wh.T + dr @ Wr.T + dz @ Wz.T
    return dx, dh, x.T @ dz, h.T @ dz, x.T @ dr, h.T @ dr, x.T @ dnew, (r * h).T @ dnew


def gru_without_the_gate(dout: Array, cache: Any) -> Any:
    _, h, z, _, new, *_ = cache
    *others, _ = gru_backward(dout, cache)
    return *others, h.T @ (dout * z * (1 - new**2))


def gru_with_swapped_gates(dout: Array, cache: Any) -> Any:
    _, h, z, _, new, *_ = cache
    dx, dh, dWz, _, *others = gru_backward(dout, cache)
    return dx, dh, dWz, h.T @ (dout * (h - new) * z * (1 - z)), *others


layer(
    "size N, D, H\nreal x[N,D], h[N,H], Wz[D,H], Uz[H,H], Wr[D,H], Ur[H,H], Wh[D,H], Uh[H,H]",
    gru,
    gru_backward,
    gru_without_the_gate,
    gru_with_swapped_gates,
    cache=True,
)


# ---- a batch and its time flattened together


def _over_time(x: Array, y: Array, mask: Array) -> tuple[Array, Array]:
    N, T, V = x.shape
    flat = x.reshape(N * T, V)
    labels, weights = y.reshape(N * T), mask.reshape(N * T)
    probs = np.exp(flat - np.max(flat, axis=1, keepdims=True))
    probs /= np.sum(probs, axis=1, keepdims=True)
    total = -np.sum(weights * np.log(probs[np.arange(N * T), labels])) / N
    grad = probs.copy()
    grad[range(N * T), labels] -= 1
    grad *= weights[:, None]
    return total, (grad / N).reshape(N, T, V)


def temporal_softmax(x: Array, y: Array, mask: Array) -> Array:
    return _over_time(x, y, mask)[0]


def temporal_softmax_gradient(x: Array, y: Array, mask: Array) -> Array:
    return _over_time(x, y, mask)[1]


def temporal_softmax_unmasked(x: Array, y: Array, mask: Array) -> Array:
    return _over_time(x, y, np.ones_like(mask))[1]


def temporal_softmax_per_step(x: Array, y: Array, mask: Array) -> Array:
    return _over_time(x, y, mask)[1] / x.shape[1]


loss(
    "size N, T, V\nreal x[N,T,V], mask[N,T]\nlabel y[N,T]: V",
    temporal_softmax,
    temporal_softmax_gradient,
    temporal_softmax_unmasked,
    temporal_softmax_per_step,
    wrt="x",
)


# ---- boosting, with a choice by the label


class FocalObjective:
    def __init__(self, alpha: float = 0.25) -> None:
        self.alpha = alpha

    def parts(self, z: Array, y: Array) -> tuple[Array, Array, Array]:
        p = sigmoid(z)
        return np.where(y, self.alpha, 1 - self.alpha), np.where(y, p, 1 - p), 2 * y - 1

    def loss(self, z: Array, y: Array) -> Array:
        at, pt, _ = self.parts(z, y)
        return -np.sum(at * (1 - pt) ** 2 * np.log(pt))

    def gradient(self, z: Array, y: Array) -> Array:
        at, pt, sign = self.parts(z, y)
        return at * sign * (1 - pt) ** 2 * (2 * pt * np.log(pt) + pt - 1)


def boosted_focal(z: Array, y: Array) -> Array:
    return FocalObjective().loss(z, y)


def boosted_focal_gradient(z: Array, y: Array) -> Array:
    return FocalObjective().gradient(z, y)


def boosted_focal_without_probability(z: Array, y: Array) -> Array:
    at, pt, sign = FocalObjective().parts(z, y)
    return at * sign * (1 - pt) ** 2 * (2 * np.log(pt) + pt - 1)


def boosted_focal_of_the_other_label(z: Array, y: Array) -> Array:
    return FocalObjective(0.75).gradient(z, y)


loss(
    "size n\nsize B = 2\nreal z[n]\nlabel y[n]: B",
    boosted_focal,
    boosted_focal_gradient,
    boosted_focal_without_probability,
    boosted_focal_of_the_other_label,
    wrt="z",
)


# ---- a convolution by a loop over a known number of places


def convolution(x: Array, w: Array, b: Array) -> Any:
    N, _, L = x.shape
    F, _, K = w.shape
    out = np.zeros((N, F, L - K + 1))
    for t in range(L - K + 1):
        out[:, :, t] = np.tensordot(x[:, :, t : t + K], w, axes=([1, 2], [1, 2])) + b
    return out, (x, w)


def convolution_backward(dout: Array, cache: Any) -> Any:
    x, w = cache
    L, K = x.shape[2], w.shape[2]
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    for t in range(L - K + 1):
        dw += np.einsum("nf,nck->fck", dout[:, :, t], x[:, :, t : t + K])
        dx[:, :, t : t + K] += np.einsum("nf,fck->nck", dout[:, :, t], w)
    return dx, dw, dout.sum(axis=(0, 2))


def convolution_overwriting(dout: Array, cache: Any) -> Any:
    x, w = cache
    L, K = x.shape[2], w.shape[2]
    dx = np.zeros_like(x)
    for t in range(L - K + 1):
        dx[:, :, t : t + K] = np.einsum("nf,fck->nck", dout[:, :, t], w)
    return dx, *convolution_backward(dout, cache)[1:]


def convolution_flipped(dout: Array, cache: Any) -> Any:
    x, w = cache
    return convolution_backward(dout, (x, w[:, :, ::-1]))


layer(
    "size N, C, F\nsize L = 4\nsize K = 2\nreal x[N,C,L], w[F,C,K], b[F]",
    convolution,
    convolution_backward,
    convolution_overwriting,
    convolution_flipped,
    cache=True,
)


# ---- parameters with axes of length 1


def channel_scale(x: Array, gamma: Array, beta: Array) -> Any:
    return x * gamma + beta, (x, gamma)


def channel_scale_backward(dout: Array, cache: Any) -> Any:
    x, gamma = cache
    over = (0, 2)
    return dout * gamma, np.sum(dout * x, axis=over, keepdims=True), np.sum(dout, axis=over, keepdims=True)


def channel_scale_by_means(dout: Array, cache: Any) -> Any:
    x, gamma = cache
    return (
        dout * gamma,
        np.sum(dout * x, axis=(0, 2), keepdims=True),
        np.mean(dout, axis=(0, 2), keepdims=True),
    )


def channel_scale_unscaled(dout: Array, cache: Any) -> Any:
    return dout, *channel_scale_backward(dout, cache)[1:]


layer(
    "size N, C, H\nsize one = 1\nreal x[N,C,H], gamma[one,C,one], beta[one,C,one]",
    channel_scale,
    channel_scale_backward,
    channel_scale_by_means,
    channel_scale_unscaled,
    cache=True,
)


# ---- automatic differentiation by hand, over a graph that a set holds


class Value:
    def __init__(self, data: Array, children: tuple[Value, ...] = ()) -> None:
        self.data = data
        self.grad: Array = 0
        self.step: Callable[[], None] = lambda: None
        self.children = set(children)

    def __add__(self, other: Value) -> Value:
        out = Value(self.data + other.data, (self, other))

        def step() -> None:
            self.grad += out.grad
            other.grad += out.grad

        out.step = step
        return out

    def __mul__(self, other: Value) -> Value:
        out = Value(self.data * other.data, (self, other))

        def step() -> None:
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out.step = step
        return out

    def tanh(self, slope: Callable[[Array, Array], Array]) -> Value:
        t = np.tanh(self.data)
        out = Value(t, (self,))

        def step() -> None:
            self.grad += slope(self.data, t) * out.grad

        out.step = step
        return out

    def backward(self) -> None:
        order: list[Value] = []
        visited: set[Value] = set()

        def build(value: Value) -> None:
            if value not in visited:
                visited.add(value)
                for child in value.children:
                    build(child)
                order.append(value)

        build(self)
        self.grad = 1
        for value in reversed(order):
            value.step()


def _neuron(slope: Callable[[Array, Array], Array], *data: Array) -> tuple[Value, list[Value]]:
    x1, x2, w1, w2, b = leaves = [Value(one) for one in data]
    out = (x1 * w1 + x2 * w2 + b).tanh(slope)
    return out * w1 + b * out, leaves


def neuron(x1: Array, x2: Array, w1: Array, w2: Array, b: Array) -> Array:
    return _neuron(lambda _, t: 1 - t**2, x1, x2, w1, w2, b)[0].data


def _gradients(slope: Callable[[Array, Array], Array], *data: Array) -> Any:
    out, leaves = _neuron(slope, *data)
    out.backward()
    return tuple(one.grad for one in leaves)


def neuron_gradient(x1: Array, x2: Array, w1: Array, w2: Array, b: Array) -> Any:
    return _gradients(lambda _, t: 1 - t**2, x1, x2, w1, w2, b)


def neuron_with_the_argument(x1: Array, x2: Array, w1: Array, w2: Array, b: Array) -> Any:
    return _gradients(lambda x, _: 1 - x**2, x1, x2, w1, w2, b)


def neuron_without_square(x1: Array, x2: Array, w1: Array, w2: Array, b: Array) -> Any:
    return _gradients(lambda _, t: 1 - t, x1, x2, w1, w2, b)


loss(
    "real x1, x2, w1, w2, b",
    neuron,
    neuron_gradient,
    neuron_with_the_argument,
    neuron_without_square,
)
