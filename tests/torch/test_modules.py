"""Modules: their forward passes are functions of what they are called with and of their parameters."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("torch", reason="PyTorch is an extra: make torch")

import torch

from derive import prove_vjp

Tensor = Any


class RMSNorm(torch.nn.Module):  # type: ignore[misc]  # PyTorch's types are not looked at
    def __init__(self, width: int) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.ones(width))

    def forward(self, x: Tensor) -> Tensor:
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6) * self.weight


def rms_norm_backward(g: Tensor, x: Tensor, weight: Tensor) -> Any:
    r = torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6)
    gw = g * weight
    return r * gw - x * r**3 * (gw * x).mean(-1, keepdim=True), (g * x * r).sum(0)


def rms_norm_without_weight(g: Tensor, x: Tensor, weight: Tensor) -> Any:
    r = torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6)
    return r * g * weight - x * r**3 * (g * x).mean(-1, keepdim=True), (g * x * r).sum(0)


class TwoLayers(torch.nn.Module):  # type: ignore[misc]  # PyTorch's types are not looked at
    def __init__(self) -> None:
        super().__init__()
        self.first = torch.nn.Linear(4, 5)
        self.second = torch.nn.Linear(5, 2)

    def forward(self, x: Tensor) -> Tensor:
        return self.second(torch.tanh(self.first(x)))


def two_layers_backward(g: Tensor, x: Tensor, v: Tensor, a: Tensor, w: Tensor, b: Tensor) -> Any:
    h = torch.tanh(x @ v.T + a)
    d = (g @ w) * (1 - h * h)
    return d @ v, d.T @ x, d.sum(0), g.T @ h, g.sum(0)


def rotated(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    half = x.shape[-1] // 2
    return x * cos + torch.cat([-x[..., half:], x[..., :half]], -1) * sin


def rotated_backward(g: Tensor, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    a, b = (g * sin).chunk(2, dim=-1)
    return g * cos + torch.cat([b, -a], -1)


def test_parameters_of_a_module_are_declared_by_their_names() -> None:
    declare = "size N, D\nreal x[N,D], weight[D]"
    assert prove_vjp(RMSNorm(8), rms_norm_backward, declare, framework="torch")
    report = prove_vjp(RMSNorm(8), rms_norm_without_weight, declare, framework="torch")
    assert [str(one.verdict) for one in report.results] == ["refuted", "proved"]


def test_modules_within_a_module() -> None:
    names = {"first_weight": "v", "first_bias": "a", "second_weight": "w", "second_bias": "b"}
    declare = "size N, D, H, K\nreal x[N,D], v[H,D], a[H], w[K,H], b[K]"
    assert prove_vjp(TwoLayers(), two_layers_backward, declare, names=names, framework="torch")


def test_a_module_of_fixed_width() -> None:
    declare = "size N\nsize D = 4\nreal x[N,D], weight[D], bias[D]"

    def backward(g: Tensor, x: Tensor, weight: Tensor, bias: Tensor) -> Any:
        mean = x.mean(-1, keepdim=True)
        r = torch.rsqrt(x.var(-1, keepdim=True, unbiased=False) + 1e-5)
        xhat, gw = (x - mean) * r, g * weight
        dx = r * (gw - gw.mean(-1, keepdim=True) - xhat * (gw * xhat).mean(-1, keepdim=True))
        return dx, (g * xhat).sum(0), g.sum(0)

    assert prove_vjp(torch.nn.LayerNorm(4), backward, declare, names={"input": "x"}, framework="torch")
    free = declare.replace("D = 4", "D")
    (found,) = prove_vjp(
        torch.nn.LayerNorm(4), backward, free, names={"input": "x"}, framework="torch"
    ).results
    assert found.verdict == "error"


def test_halves_put_together() -> None:
    declare = "size T\nsize D = 4\nreal x[T,D], cos[T,D], sin[T,D]"
    assert prove_vjp(rotated, rotated_backward, declare, wrt="x", framework="torch")
    forwards = prove_vjp(
        rotated, lambda g, x, cos, sin: rotated(g, cos, sin), declare, wrt="x", framework="torch"
    )
    assert [str(one.verdict) for one in forwards.results] == ["refuted"]
