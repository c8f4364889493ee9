"""JAX's comparisons, choices and conversions: rows of the table."""

from __future__ import annotations

import math

import jax

from derive.errors import IllPosedError
from derive.terms import ONE, ZERO, Apply, Number, Term
from derive.tracing.jaxprs.masked import chosen_from, is_minus_infinity
from derive.tracing.jaxprs.table import (
    PRIMITIVES,
    JaxValue,
    Parameters,
    PrimitiveRule,
    Unknown,
    is_number,
    is_size,
    on_entries,
    primitive,
    real,
)
from derive.tracing.masks import Masked
from derive.tracing.operations.entries import COMPARISONS, LOGIC
from derive.tracing.operations.universal import compared_positions
from derive.tracing.proxies.labels import TracedLabels
from derive.tracing.values import ArrayValue, aligned, axes_over, chosen, entrywise, scalar


def _compared(name: str) -> PrimitiveRule:
    def rule(parameters: Parameters, left: JaxValue, right: JaxValue) -> JaxValue:
        if isinstance(left, TracedLabels) or isinstance(right, TracedLabels):
            return _labels_compared(name, left, right)
        if isinstance(left, Unknown) and isinstance(right, ArrayValue):
            return rule(parameters, right, left) if name in ("equal", "not_equal") else real(left)
        if isinstance(right, Unknown) and right.what in BEYOND and isinstance(left, ArrayValue):
            holds = name in BEYOND[right.what]
            return ArrayValue(ONE if holds else ZERO, left.axes)
        first, second = real(left), real(right)
        if first is second:
            # How one asks for `nan`, which is no real number.
            return ArrayValue(ONE if name in ("equal", "less_equal", "greater_equal") else ZERO, first.axes)
        if name in ("greater", "not_equal") and second.entry == ZERO and is_size(first.entry):
            return ArrayValue(ONE)
        return entrywise(COMPARISONS[name], first, second)

    return rule


# Comparisons of a real number with an infinity that hold.
BEYOND = {"inf": ("less", "less_equal", "not_equal"), "-inf": ("greater", "greater_equal", "not_equal")}


def _labels_compared(name: str, left: JaxValue, right: JaxValue) -> JaxValue:
    if name == "less" and is_number(right, 0):
        return ArrayValue(ZERO, left.axes if isinstance(left, TracedLabels) else ())  # labels count from 0
    if isinstance(left, TracedLabels) and isinstance(right, TracedLabels) and left.dim == right.dim:
        axes = axes_over(aligned(left.dims, right.dims))
        return ArrayValue(compared_positions(name, left.over(axes), right.over(axes)), axes)
    raise IllPosedError(f"the comparison {name} of labels is not understood")


for _name, _by in {
    "eq": "equal", "ne": "not_equal", "lt": "less", "le": "less_equal", "gt": "greater", "ge": "greater_equal",
}.items():  # fmt: skip
    PRIMITIVES[_name] = _compared(_by)
for _name in ("and", "or", "xor", "not"):
    PRIMITIVES[_name] = on_entries(LOGIC[f"logical_{_name}"])


@primitive("is_finite")
def _is_finite(parameters: Parameters, x: JaxValue) -> JaxValue:
    return scalar(ZERO) if isinstance(x, Unknown) else ArrayValue(ONE, real(x).axes)


@primitive("select_n")
def _select(parameters: Parameters, which: JaxValue, *cases: JaxValue) -> JaxValue:
    mask = real(which)
    if mask.entry in (ZERO, ONE):
        return cases[mask.entry == ONE]
    if len(cases) != 2:
        raise IllPosedError("select_n is understood between two cases")
    if any(isinstance(one, Masked) or is_minus_infinity(one) for one in cases):
        return chosen_from(mask, cases[1], cases[0])
    otherwise, then = map(_or_none, cases)
    return entrywise(chosen, mask, then, otherwise)


def _or_none(case: JaxValue) -> ArrayValue:
    """Return a case of a choice; `nan` is a term that has no value."""
    return scalar(Apply("log", (ZERO,))) if isinstance(case, Unknown) and case.what == "nan" else real(case)


@primitive("convert_element_type")
def _converted(parameters: Parameters, x: JaxValue) -> JaxValue:
    dtype = jax.numpy.dtype(parameters["new_dtype"])
    kind = dtype.kind
    if kind in "iu" and dtype.itemsize < 4:
        raise IllPosedError(f"entries are made {dtype}, which holds few whole numbers")
    if isinstance(x, TracedLabels):
        return x if kind in "iu" else real(x)
    if isinstance(x, Unknown):
        return x
    if kind == "b":
        return entrywise(lambda one: COMPARISONS["not_equal"](one, ZERO), real(x))
    whole = is_size(real(x).entry) or isinstance(real(x).entry, Number)
    least = 0 if kind == "u" else -math.inf
    if kind in "iu" and not (whole and _whole(real(x).entry, least)):
        raise IllPosedError(f"numbers are made {parameters['new_dtype']}, which rounds them")
    return x


def _whole(node: Term, least: float) -> bool:
    return not isinstance(node, Number) or (node.value.denominator == 1 and node.value >= least)


@primitive("copy", "copy_p", "optimization_barrier")
def _copied(parameters: Parameters, x: JaxValue) -> JaxValue:
    return x
