"""JAX's primitives on arrays that are minus infinity where a mask says so: rows of a table of their own."""

from __future__ import annotations

from derive.errors import IllPosedError
from derive.terms import ONE, ZERO
from derive.tracing import masks
from derive.tracing.jaxprs.table import (
    MASKED,
    PRIMITIVES,
    JaxValue,
    Parameters,
    PrimitiveRule,
    Unknown,
    real,
)
from derive.tracing.masks import Masked
from derive.tracing.values import ArrayValue, chosen, entrywise


def _masked(x: JaxValue) -> Masked:
    if not isinstance(x, Masked):
        raise IllPosedError("what is subtracted is minus infinity somewhere")
    return x


MASKED["exp"] = lambda parameters, x: masks.exponential(_masked(x))
MASKED["reduce_max"] = lambda parameters, x: masks.greatest(_masked(x), tuple(map(int, parameters["axes"])))
MASKED["sub"] = lambda parameters, left, right: masks.plus(_masked(left), real(right), -1)


def _sum(parameters: Parameters, left: JaxValue, right: JaxValue) -> JaxValue:
    return (
        masks.plus(left, real(right)) if isinstance(left, Masked) else masks.plus(_masked(right), real(left))
    )


MASKED["add"] = MASKED["add_any"] = _sum


def _of_both(name: str) -> PrimitiveRule:
    """Return the rule of a primitive that puts entries elsewhere: it does so with the mask as well."""

    def rule(parameters: Parameters, x: JaxValue) -> JaxValue:
        found = _masked(x)
        # Both over the same indices, so that they stay over the same.
        value, hidden = (PRIMITIVES[name](parameters, one) for one in (found.value, found.hidden))
        return masks.masked(real(value), real(hidden))

    return rule


for _name in ("broadcast_in_dim", "transpose", "squeeze", "reshape", "slice", "copy"):
    MASKED[_name] = _of_both(_name)
MASKED["convert_element_type"] = lambda parameters, x: x


def chosen_from(mask: ArrayValue, then: JaxValue, otherwise: JaxValue) -> Masked:
    """Return what is chosen by a mask where one of the two is minus infinity, everywhere or somewhere."""
    first, second = _with_mask(then), _with_mask(otherwise)
    value = second.value if is_minus_infinity(then) else first.value
    if not (is_minus_infinity(then) or is_minus_infinity(otherwise)):
        value = entrywise(chosen, mask, first.value, second.value)
    return masks.masked(value, entrywise(chosen, mask, first.hidden, second.hidden))


def is_minus_infinity(x: JaxValue) -> bool:
    """Return whether all entries are minus infinity."""
    return isinstance(x, Unknown) and x.what == "-inf"


def _with_mask(x: JaxValue) -> Masked:
    """Return an array with where it is minus infinity: everywhere, somewhere or nowhere."""
    if isinstance(x, Masked):
        return x
    if is_minus_infinity(x):
        return Masked(ArrayValue(ZERO), ArrayValue(ONE))
    return Masked(real(x), ArrayValue(ZERO, real(x).axes))
