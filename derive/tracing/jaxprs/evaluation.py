"""A jaxpr, equation by equation: each primitive by its row of the table, and by the line that it comes from."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import jax
from jax.extend.core import ClosedJaxpr

from derive.errors import DeriveError, IllPosedError, Position
from derive.terms import Number
from derive.tracing.jaxprs.parts import whole_number
from derive.tracing.jaxprs.table import MANY, MASKED, PRIMITIVES, JaxValue, constant
from derive.tracing.masks import Masked
from derive.tracing.places import is_library, line_at
from derive.tracing.traces import noted, remember
from derive.tracing.values import ArrayValue


def evaluated(closed: Any, inputs: Sequence[JaxValue]) -> list[JaxValue]:
    """Return what a jaxpr makes of values. Raises `DeriveError` at the line of the code that is not understood."""
    jaxpr = closed.jaxpr
    known: dict[Any, JaxValue] = dict(zip(jaxpr.invars, inputs, strict=True))
    known |= zip(jaxpr.constvars, map(constant, closed.consts), strict=True)
    for equation in jaxpr.eqns:
        if all(type(one).__name__ == "DropVar" for one in equation.outvars):
            continue
        operands = [constant(one.val) if hasattr(one, "val") else known[one] for one in equation.invars]
        try:
            results = _applied(equation, operands)
        except DeriveError as wrong:
            # What is inside a compiled function remembers where it was compiled, not from where it is called.
            wrong.position = _position(equation) or wrong.position
            raise noted(wrong) from None
        whole = ["dtype" in dir(one.aval) and one.aval.dtype.kind in "iu" for one in equation.outvars]
        results = [counted(one) if is_whole else one for one, is_whole in zip(results, whole, strict=True)]
        known |= zip(equation.outvars, results, strict=True)
        if equation.primitive.name not in CALLS and isinstance(results[0], ArrayValue):
            remember(results[0].entry, _position(equation))
    return [constant(one.val) if hasattr(one, "val") else known[one] for one in jaxpr.outvars]


def _applied(equation: Any, operands: list[JaxValue]) -> list[JaxValue]:
    name = equation.primitive.name
    for inside in ("jaxpr", "call_jaxpr", "fun_jaxpr"):
        if name in CALLS and inside in equation.params:
            called = equation.params[inside]
            return evaluated(called if hasattr(called, "consts") else ClosedJaxpr(called, ()), operands)
    if name == "cond" and isinstance(operands[0], ArrayValue) and isinstance(operands[0].entry, Number):
        return evaluated(equation.params["branches"][int(operands[0].entry.value)], operands[1:])
    if name in MANY:
        return MANY[name](equation.params, *operands)
    if any(isinstance(one, Masked) for one in operands) and name != "select_n":
        if name not in MASKED:
            raise IllPosedError(f"the primitive {name} of an array with entries of -inf is not understood")
        return [MASKED[name](equation.params, *operands)]
    if name not in PRIMITIVES:
        raise IllPosedError(f"derive does not know the primitive {name} of JAX")
    _require_real(name, equation)
    return [PRIMITIVES[name](equation.params, *operands)]


def _require_real(name: str, equation: Any) -> None:
    """Raise `IllPosedError` if an operation on entries is not what it is of real numbers: NumPy's kinds are JAX's."""
    if name not in CALCULATED:
        return
    dtype = jax.numpy.dtype(equation.outvars[0].aval.dtype)
    kinds = {"b": (), "i": OF_WHOLE_NUMBERS} if dtype.itemsize >= 4 or dtype.kind == "b" else {}
    power = name == "integer_pow" and equation.params["y"] < 0
    if dtype.kind not in "fV" and (name not in kinds.get(dtype.kind, ()) or power):
        raise IllPosedError(f"{name} of entries of the type {dtype} is not that of real numbers")


# What calculates with entries, and of whole numbers what is the same as of real ones.
OF_WHOLE_NUMBERS = frozenset(
    """add add_any sub mul neg max min abs sign square integer_pow clamp dot_general scatter-add scatter_add
    reduce_sum reduce_prod reduce_max reduce_min dim_as_value""".split()
)
CALCULATED = OF_WHOLE_NUMBERS | {"pow", "div"}

CALLS = frozenset(
    ("jit", "pjit", "closed_call", "core_call", "custom_jvp_call", "custom_vjp_call", "remat", "checkpoint")
)


def _position(equation: Any) -> Position | None:
    """Return the innermost line of the user's that an equation comes from."""
    trace = equation.source_info.traceback
    for frame in trace.frames if trace is not None else ():
        if not is_library(frame.file_name):
            return line_at(frame.file_name, frame.line_num)
    return None


def counted(value: JaxValue) -> JaxValue:
    """Return a value, or the whole number that it is: what counts the steps of a loop, and where a part begins."""
    if isinstance(value, ArrayValue) and not value.atoms:
        number = whole_number(value.entry)
        return value if number is None else ArrayValue(Number(Fraction(number)), value.axes)
    return value
