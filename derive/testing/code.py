"""Assertions for tests that somebody's gradient is proved, for all shapes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from derive.report.results import Report
from derive.testing.paste import pasted
from derive.tracing.code import prove_gradient, prove_vjp


def assert_gradient_proved(
    loss: Callable[..., Any], gradient: Callable[..., Any], declare: str, **options: Any
) -> None:
    """Fail unless `gradient` is proved to compute the gradient of `loss`; `derive.prove_gradient` has the options.

    Raises:
        AssertionError: a gradient is refuted, undecided or cannot be read; the message is the report, and
            the counterexamples and correct gradients as NumPy code.
    """
    _require(prove_gradient(loss, gradient, declare, **options))


def assert_vjp_proved(
    forward: Callable[..., Any], backward: Callable[..., Any], declare: str, **options: Any
) -> None:
    """Fail unless `backward` is proved to be the backward pass of `forward`; `derive.prove_vjp` has the options.

    Raises:
        AssertionError: a gradient is refuted, undecided or cannot be read; the message is the report, and
            the counterexamples and correct gradients as NumPy code.
    """
    _require(prove_vjp(forward, backward, declare, **options))


def _require(report: Report) -> None:
    if not report:
        points = "\n\n".join(filter(None, map(pasted, report.results)))
        told = f"\nto be pasted:\n{points}" if points else ""
        raise AssertionError(f"not every gradient is proved\n{report}{told}")
