"""The table of JAX's primitives, and the values that its rows take and give."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

import numpy
from jax import export

from derive.errors import IllPosedError
from derive.terms import ONE, ZERO, Number, SizeNumber, Term
from derive.terms.nodes import Multiply
from derive.tracing.known import dims_of
from derive.tracing.masks import Masked
from derive.tracing.positions import Turned
from derive.tracing.proxies.arrays import lift
from derive.tracing.proxies.labels import TracedLabels
from derive.tracing.traces import current
from derive.tracing.values import ArrayValue, Axis, Dims, entrywise


class Unknown:
    """A value that may be computed, and not used: an infinity, `nan`, or what no label is."""

    __slots__ = ("what",)

    def __init__(self, what: str) -> None:
        self.what = what


@dataclass(frozen=True, slots=True)
class Coordinates:
    """Several arrays of positions, side by side along a last axis: where `gather` takes its entries."""

    columns: tuple[TracedLabels, ...]


JaxValue: TypeAlias = ArrayValue | Masked | TracedLabels | Coordinates | Turned | Unknown
Parameters: TypeAlias = Mapping[str, Any]
PrimitiveRule: TypeAlias = Callable[..., JaxValue]


def constant(value: Any) -> JaxValue:
    """Return a literal, or an array of one number."""
    if getattr(value, "size", 1) != 1:
        return lift(numpy.asarray(value)).value
    kind = getattr(value, "dtype", None)
    number = value.item() if hasattr(value, "item") else value
    axes: tuple[Axis, ...] = ((),) * getattr(value, "ndim", 0)
    if isinstance(number, bool):
        return ArrayValue(ONE if number else ZERO, axes)
    if isinstance(number, int):
        return ArrayValue(Number(Fraction(number)), axes)
    if not isinstance(number, float):
        raise IllPosedError(f"{number!r} ({kind}) is no real number")
    if not math.isfinite(number):
        return Unknown(str(number))
    return ArrayValue(current().number(float(number)), axes)


def sizes_of(length: Any) -> Dims:
    """Return a dimension of JAX's as sizes. Raises `IllPosedError` for any but a product of them."""
    if isinstance(length, Sizes):
        return tuple(length)
    if hasattr(length, "__index__") and not export.is_symbolic_dim(length):
        return dims_of(int(length))
    found: list[str] = []
    for factor in str(length).split("*"):
        name, _, power = factor.partition("^")
        if name.isdigit() and not power:
            found += dims_of(int(name))
            continue
        if name not in current().context.sizes or not (power or "1").isdigit():
            raise IllPosedError(f"an axis of length {length} is over no product of declared sizes")
        found += [name] * int(power or "1")
    return tuple(found)


def real(value: JaxValue) -> ArrayValue:
    """Return a value as an array of numbers. Raises `IllPosedError` if it is none."""
    if isinstance(value, ArrayValue):
        return value
    if isinstance(value, Unknown):
        raise IllPosedError(f"{value.what} is calculated with")
    if isinstance(value, TracedLabels):
        return value.lifted().value
    if isinstance(value, Turned):
        return value.lifted().value
    if isinstance(value, Masked):
        raise IllPosedError("an array with entries of -inf is used by what does more than leave them out")
    raise IllPosedError("places of entries are calculated with as numbers")


# ---- primitives


MANY: dict[str, Callable[..., list[JaxValue]]] = {}
"""Primitives with several results."""

PRIMITIVES: dict[str, PrimitiveRule] = {}

MASKED: dict[str, PrimitiveRule] = {}
"""What primitives are of arrays that are minus infinity somewhere."""


def primitive(*names: str) -> Callable[[PrimitiveRule], PrimitiveRule]:
    """Enter a rule in the table, by the names of JAX's primitives."""

    def entered(rule: PrimitiveRule) -> PrimitiveRule:
        for name in names:
            PRIMITIVES[name] = rule
        return rule

    return entered


def on_entries(build: Callable[..., Term]) -> PrimitiveRule:
    """Return the rule of a primitive that makes something of entries."""
    return lambda parameters, *operands: entrywise(build, *map(real, operands))


def is_number(value: JaxValue, number: int) -> bool:
    """Return whether all entries of a value are a number."""
    return isinstance(value, ArrayValue) and value.entry == Number(Fraction(number))


def is_size(node: Term) -> bool:
    """Return whether a term is a product of sizes, which are positive."""
    return isinstance(node, SizeNumber) or (isinstance(node, Multiply) and all(map(is_size, node.factors)))


# ---- parts of axes of known length


def value_of(array: Any) -> ArrayValue:
    """Return the formula of a traced array."""
    value: ArrayValue = array.value
    return value


class Sizes(tuple[str, ...]):
    """The sizes of an axis, where JAX has a length."""

    __slots__ = ()


def length_of(dims: Dims) -> Any:
    """Return sizes as the length of an axis that they are."""
    return Sizes(dims)
