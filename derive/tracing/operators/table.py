"""The table of PyTorch's core operators on symbolic arrays, by their names. What has no row is an error."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from derive.terms import Term
from derive.tracing.operations.universal import universal
from derive.tracing.proxies.arrays import TracedArray, lift
from derive.tracing.proxies.symbolic import Symbolic
from derive.tracing.values import entrywise

HARMLESS = frozenset(("layout", "device", "pin_memory", "memory_format", "non_blocking", "generator"))
OWN = ("softplus", "log_sigmoid", "gelu", "silu", "scaled_dot_product_attention")
"""Operators that are not decomposed: PyTorch computes them by cases that differ by rounding alone."""

OPERATORS: dict[str, Callable[..., Any]] = {}


def op(*names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Enter a row in the table, by the names of PyTorch's operators."""

    def entered(row: Callable[..., Any]) -> Callable[..., Any]:
        for name in names:
            OPERATORS[name] = row
        return row

    return entered


def on_entries(name: str, *inputs: Any) -> Any:
    """Return what a universal function of NumPy's makes of arrays and numbers."""
    if not any(isinstance(one, Symbolic) for one in inputs):
        inputs = tuple(map(lift, inputs))
    return universal(name, "__call__", inputs, {})


def entry_by_entry(build: Callable[..., Term], *arrays: Any) -> TracedArray:
    """Return what is made of the entries of arrays, as a term."""
    return TracedArray(entrywise(build, *(lift(one).value for one in arrays)))
