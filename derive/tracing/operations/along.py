"""NumPy's and SciPy's functions along an axis that keep it, or say where along it something is: rows of the table."""

from __future__ import annotations

from typing import Any

from derive.arrays.values import fresh_axes
from derive.errors import IllPosedError
from derive.terms import ONE, ZERO, Relation, divide, multiply
from derive.tracing import masks
from derive.tracing.kinds import of_total
from derive.tracing.known import over
from derive.tracing.operations.entries import applied, minus
from derive.tracing.operations.table import function
from derive.tracing.operations.universal import entry_by_entry
from derive.tracing.positions import TracedPlaces, Turned, extreme_places
from derive.tracing.proxies.arrays import TracedArray, lift
from derive.tracing.values import ArrayValue, axes_over, chosen, entrywise, places, reduced


@function("cumsum")
def _cumsum(a: Any, axis: Any = None) -> Any:
    turned = isinstance(a, Turned)
    array = lift(a.array if turned else a)
    value, kind = array.value, of_total("sum", array.kind, None)
    if axis is None and len(value.axes) > 1:
        raise IllPosedError("cumsum is understood along an axis")
    (place,) = places(value, axis)
    if turned and place != a.place:
        raise IllPosedError("cumsum of an array that is in reverse along another axis")
    if len(value.axes[place]) != 1:
        raise IllPosedError("cumsum is understood along an axis over a declared size")
    ((index,), (last,)) = value.axes[place], fresh_axes((value.axes[place][0].dim,))
    up_to = Relation.AT_LEAST if turned else Relation.AT_MOST
    before = chosen(masks.ordered(up_to, index, last), value.entry, ZERO)
    axes = (*value.axes[:place], (last,), *value.axes[place + 1 :])
    found = TracedArray(ArrayValue(over("sum", before, (index,)), axes), kind)
    return Turned(found, place) if turned else found


@function("argmax")
def _argmax(a: Any, axis: Any = None, out: Any = None, *, keepdims: bool = False) -> TracedPlaces:
    if out is not None:
        raise IllPosedError("argmax is not written into an array")
    return extreme_places(lift(a), axis, "max", keepdims)


@function("argmin")
def _argmin(a: Any, axis: Any = None, out: Any = None, *, keepdims: bool = False) -> TracedPlaces:
    if out is not None:
        raise IllPosedError("argmin is not written into an array")
    return extreme_places(lift(a), axis, "min", keepdims)


# ---- scipy.special


@function("logsumexp")
def _logsumexp(
    a: Any, axis: Any = None, b: Any = None, keepdims: bool = False, return_sign: bool = False
) -> TracedArray:
    if return_sign:
        raise IllPosedError("logsumexp with its sign is not understood")
    terms = entry_by_entry("exp", (a,)).value
    if b is not None:
        terms = entrywise(multiply, lift(b).value, terms)
    return TracedArray(entrywise(applied("log"), reduced("sum", terms, axis, keepdims)))


@function("softmax")
def _softmax(x: Any, axis: Any = None) -> TracedArray:
    terms = entry_by_entry("exp", (x,)).value
    return TracedArray(entrywise(divide, terms, reduced("sum", terms, axis, True)))


@function("log_softmax")
def _log_softmax(x: Any, axis: Any = None) -> TracedArray:
    return TracedArray(entrywise(minus, lift(x).value, _logsumexp(x, axis, keepdims=True).value))


@function("cumprod")
def _cumprod(a: Any, axis: Any = None) -> TracedArray:
    array = lift(a)
    value = array.value
    if axis is None and len(value.axes) > 1:
        raise IllPosedError("cumprod is understood along an axis")
    (place,) = places(value, axis)
    if len(value.axes[place]) != 1 or array.kind != "real":
        raise IllPosedError("cumprod is understood of real numbers along an axis over a declared size")
    (index,) = value.axes[place]
    ((last,),) = axes_over(((index.dim,),))
    before = chosen(masks.ordered(Relation.AT_MOST, index, last), value.entry, ONE)
    axes = (*value.axes[:place], (last,), *value.axes[place + 1 :])
    return TracedArray(ArrayValue(over("prod", before, (index,)), axes))
