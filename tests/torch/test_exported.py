"""What PyTorch exports is taken as it is: what holds for some sizes alone, and what is not known, is an error."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("torch", reason="PyTorch is an extra: make torch")

import torch

from derive import Report, prove_gradient, prove_vjp, trace
from derive.torch import prove_autograd_function

Array = Any
VECTOR = "size n\nreal x[n]"


def _loss(x: Array) -> Array:
    return 0.5 * (x**2).sum()


def _branch_on_value(x: Array) -> Array:
    if x.sum() > 0:
        return x
    return -x


def _branch_on_size(x: Array) -> Array:
    return x if x.shape[0] > 5 else -x


def _in_place(x: Array) -> Array:
    return x.mul_(1)


def _sorted(x: Array) -> Array:
    return torch.sort(x).values


def _half(x: Array) -> Array:
    return x + x[1:].sum()


def _constants(x: Array) -> Array:
    return x + torch.tensor([1.0, 2.0])


def _rounded(x: Array) -> Array:
    return x.to(torch.int64)


def _checked(x: Array) -> Array:
    torch._check(x.shape[0] > 3)
    return x


LINES = {
    _branch_on_value: "if x.sum() > 0",
    _sorted: "torch.sort",
    _rounded: "torch.int64",
}


def _error(report: Report) -> str:
    (found,) = report.results
    assert found.verdict == "error", report
    return str(found.message)


@pytest.mark.parametrize("function", LINES, ids=lambda one: one.__name__)
def test_the_line_is_named(function: Callable[..., Any]) -> None:
    report = prove_gradient(_loss, function, VECTOR, framework="torch")
    assert _error(report)
    (found,) = report.results
    assert found.source is not None
    lines, start = inspect.getsourcelines(function)
    assert LINES[function] in lines[found.source.line - start]


@pytest.mark.parametrize("function", [_branch_on_size, _half, _in_place, _constants, _checked])
def test_what_is_refused(function: Callable[..., Any]) -> None:
    assert _error(prove_gradient(_loss, function, VECTOR, framework="torch"))


def test_sizes_that_the_example_had_by_chance() -> None:
    declare = "size n, m\nreal x[n], y[m]"

    def gradient(x: Array, y: Array) -> Array:
        return x if x.shape[0] != y.shape[0] else 2 * x

    report = prove_gradient(lambda x, y: _loss(x), gradient, declare, framework="torch")
    assert _error(report) == "Python asks whether n != m, and it may be or not"


def test_sizes_start_at_two() -> None:
    (found,) = prove_gradient(_loss, lambda x: x if len(x) >= 2 else -x, VECTOR, framework="torch").results
    assert found
    assert str(found.scope) == "for all n >= 2"


def test_sizes_are_numbers() -> None:
    declare = "size n, d\nreal x[n,d]"
    assert prove_gradient(
        lambda x: (x**2).sum() / math.sqrt(x.shape[1]) / len(x),
        lambda x, n: 2 * x / (float(n) * x.shape[-1] ** 0.5),
        declare,
        framework="torch",
    )


def test_from_code_to_a_formula() -> None:
    traced = trace(lambda x: torch.logsumexp(x, 0), VECTOR, framework="torch")
    assert str(traced) == "log(sum(exp(x[i]), i))"


class _Swish(torch.autograd.Function):  # type: ignore[misc]
    @staticmethod
    def forward(ctx: Any, x: Array, beta: float = 1.0) -> Array:
        s = torch.sigmoid(beta * x)
        ctx.save_for_backward(x, s)
        ctx.beta = beta
        return x * s

    @staticmethod
    def backward(ctx: Any, g: Array) -> Any:
        x, s = ctx.saved_tensors
        return g * (s + ctx.beta * x * s * (1 - s)), None


class _SwishWithout(_Swish):
    @staticmethod
    def backward(ctx: Any, g: Array) -> Any:
        _, s = ctx.saved_tensors
        return g * s, None


class _Linear(torch.autograd.Function):  # type: ignore[misc]
    @staticmethod
    def forward(x: Array, w: Array) -> Array:
        return x @ w.T

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Array) -> None:
        ctx.save_for_backward(*inputs)

    @staticmethod
    def backward(ctx: Any, g: Array) -> Any:
        x, w = ctx.saved_tensors
        return g @ w if ctx.needs_input_grad[0] else None, g.T @ x


class _TooFew(_Linear):
    @staticmethod
    def backward(ctx: Any, g: Array) -> Any:
        return g @ ctx.saved_tensors[1]


def test_autograd_functions() -> None:
    assert prove_autograd_function(_Swish, "size n, m\nreal x[n,m]")
    (found,) = prove_autograd_function(_SwishWithout, "size n, m\nreal x[n,m]").results
    assert found.verdict == "refuted"
    declare = "size n, d, k\nreal x[n,d], w[k,d]"
    assert [str(one.verdict) for one in prove_autograd_function(_Linear, declare).results] == ["proved"] * 2
    assert "one gradient for each of x, w" in _error(prove_autograd_function(_TooFew, declare))
    with pytest.raises(TypeError):
        prove_autograd_function(_loss, VECTOR)


def test_several_outputs() -> None:
    declare = "size n\nreal x[n], y[n]"
    assert prove_vjp(
        lambda x, y: (x * y, x.sum()),
        lambda gz, gs, x, y: (gz * y + gs, gz * x),
        declare,
        framework="torch",
    )


class _Product(torch.autograd.Function):  # type: ignore[misc]
    @staticmethod
    def forward(ctx: Any, x: Array, w: Array) -> Array:
        ctx.save_for_backward(w)
        return x * w

    @staticmethod
    def backward(ctx: Any, g: Array) -> Any:
        (w,) = ctx.saved_tensors
        return g * w, None


def test_a_gradient_that_is_none_is_told() -> None:
    (result,) = prove_autograd_function(_Product, "size n\nreal x[n], w[n]").results
    assert result
    assert any("nobody asks for a gradient by w" in one for one in result.assumptions or ())
