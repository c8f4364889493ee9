"""JAX's primitives over axes, and those that change the shape: rows of the table."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from derive.errors import IllPosedError
from derive.terms import ZERO, Number
from derive.tracing.jaxprs.table import (
    PRIMITIVES,
    JaxValue,
    Parameters,
    PrimitiveRule,
    Unknown,
    primitive,
    real,
    sizes_of,
)
from derive.tracing.known import number_of
from derive.tracing.proxies.labels import TracedLabels
from derive.tracing.values import (
    ArrayValue,
    axes_over,
    contracted,
    permuted,
    reduced,
    reshaped,
    scalar,
    squeezed,
)


def _reduction(operation: Any) -> PrimitiveRule:
    return lambda parameters, x: reduced(operation, real(x), tuple(map(int, parameters["axes"])))


for _name in ("sum", "max", "min", "prod"):
    PRIMITIVES[f"reduce_{_name}"] = _reduction(_name)


@primitive("dot_general")
def _dot(parameters: Parameters, left: JaxValue, right: JaxValue) -> JaxValue:
    first, second = real(left), real(right)
    (over, with_), (batch, along) = parameters["dimension_numbers"]
    names = [f"l{k}" for k in range(len(first.axes))], [f"r{k}" for k in range(len(second.axes))]
    for one, other in (*zip(over, with_, strict=True), *zip(batch, along, strict=True)):
        names[1][other] = names[0][one]
    shared = [names[0][k] for k in batch]
    gone = {*shared, *(names[0][k] for k in over)}
    free = [name for one in names for name in one if name not in gone]
    return contracted((first, second), names, [*shared, *free])


@primitive("transpose")
def _transposed(parameters: Parameters, x: JaxValue) -> JaxValue:
    return permuted(real(x), parameters["permutation"])


@primitive("squeeze")
def _squeezed(parameters: Parameters, x: JaxValue) -> JaxValue:
    if isinstance(x, TracedLabels):
        return TracedLabels(squeezed(ArrayValue(ZERO, x.axes), parameters["dimensions"]).axes, x.position)
    return squeezed(real(x), parameters["dimensions"])


@primitive("reshape")
def _reshaped(parameters: Parameters, x: JaxValue) -> JaxValue:
    shape = [sizes_of(length) for length in parameters["new_sizes"]]
    if isinstance(x, TracedLabels):
        try:
            return TracedLabels(reshaped(ArrayValue(ZERO, x.axes), shape, whole=True).axes, x.position)
        except IllPosedError:
            return reshaped(real(x), shape)  # as the numbers that they are
    return reshaped(real(x), shape)


@primitive("broadcast_in_dim")
def _broadcast(parameters: Parameters, x: JaxValue) -> JaxValue:
    if isinstance(x, Unknown):
        return x
    axes = list(axes_over([sizes_of(length) for length in parameters["shape"]]))
    kept = x.axes if isinstance(x, TracedLabels) else real(x).axes
    for place, axis in zip(parameters["broadcast_dimensions"], kept, strict=True):
        axes[place] = axis or axes[place]
    if isinstance(x, TracedLabels):
        return TracedLabels(axes, x.position)
    return ArrayValue(real(x).entry, tuple(axes))


@primitive("iota")
def _iota(parameters: Parameters) -> JaxValue:
    axes = axes_over([sizes_of(length) for length in parameters["shape"]])
    along = axes[parameters["dimension"]]
    if len(along) != 1:
        raise IllPosedError("positions along an axis that is over no single size are not understood")
    return TracedLabels(axes, along[0])


@primitive("dim_as_value")
def _dimension(parameters: Parameters) -> JaxValue:
    return scalar(number_of(sizes_of(parameters["dim"])))


@primitive("platform_index")
def _platform(parameters: Parameters) -> JaxValue:
    # The branches say the same in other words; the one for all platforms has no name.
    return scalar(Number(Fraction(parameters["platforms"].index(None))))
