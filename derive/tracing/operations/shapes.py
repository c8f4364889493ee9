"""NumPy's functions that change the shape, and no entry: rows of the table."""

from __future__ import annotations

from typing import Any

from derive.errors import IllPosedError
from derive.tracing.operations.products import listed
from derive.tracing.operations.table import FUNCTIONS, function, lengths, shape_of
from derive.tracing.proxies.arrays import TracedArray, lift
from derive.tracing.proxies.labels import TracedLabels
from derive.tracing.values import (
    ArrayValue,
    broadcast,
    diagonal,
    expanded,
    on_diagonal,
    permuted,
    places,
    reshaped,
    squeezed,
)


def viewed(a: Any, value: ArrayValue) -> TracedArray:
    """Return a view of an array, which shares its memory."""
    return a.sharing(value) if isinstance(a, TracedArray) else TracedArray(value, lift(a).kind)


def read_only(a: Any, value: ArrayValue) -> TracedArray:
    """Return a view of an array through which nobody writes."""
    view = viewed(a, value)
    view.read_only = True
    return view


@function("reshape")
def _reshape(a: Any, shape: Any, order: str = "C", copy: Any = None) -> Any:
    if order != "C":
        raise IllPosedError(f"reshape in the order {order} is not understood")
    if isinstance(a, TracedLabels):
        return a.reshape(shape)
    array = lift(a)
    return viewed(a, reshaped(array.value, lengths(shape)))


@function("ravel", "flatten")
def _ravel(a: Any, order: str = "C") -> Any:
    return _reshape(a, -1, order)


@function("transpose", "permute_dims")
def _transpose(a: Any, axes: Any = None) -> TracedArray:
    value = lift(a).value
    order = range(len(value.axes))[::-1] if axes is None else [one % len(value.axes) for one in axes]
    return viewed(a, permuted(value, list(order)))


@function("matrix_transpose")
def _matrix_transpose(x: Any) -> Any:
    return _swapaxes(x, -1, -2)


@function("swapaxes")
def _swapaxes(a: Any, axis1: int, axis2: int) -> TracedArray:
    value = lift(a).value
    first, second = places(value, (axis1, axis2)) if axis1 != axis2 else (0, 0)
    order = list(range(len(value.axes)))
    order[first], order[second] = order[second], order[first]
    return viewed(a, permuted(value, order))


@function("moveaxis")
def _moveaxis(a: Any, source: Any, destination: Any) -> TracedArray:
    value = lift(a).value
    come = places(value, list(listed(source)))
    go = places(value, list(listed(destination)))
    order = [place for place in range(len(value.axes)) if place not in come]
    for where, place in sorted(zip(go, come, strict=True)):
        order.insert(where, place)
    return viewed(a, permuted(value, order))


@function("expand_dims")
def _expand_dims(a: Any, axis: Any) -> TracedArray:
    value = lift(a).value
    rank = len(value.axes) + len(listed(axis))
    for place in sorted(one % rank for one in listed(axis)):
        value = expanded(value, place)
    return viewed(a, value)


@function("squeeze")
def _squeeze(a: Any, axis: Any = None) -> TracedArray:
    return viewed(a, squeezed(lift(a).value, axis))


@function("broadcast_to")
def _broadcast_to(array: Any, shape: Any, subok: bool = False) -> TracedArray:
    return read_only(array, broadcast(lift(array).value, shape_of(shape)))


@function("atleast_1d")
def _atleast_1d(a: Any) -> Any:
    return a if lift(a).dims else _expand_dims(a, 0)


@function("shape")
def _shape_of(a: Any) -> Any:
    return a.shape


@function("ndim")
def _ndim_of(a: Any) -> Any:
    return a.ndim


@function("diag")
def _diag(v: Any, k: int = 0) -> TracedArray:
    if k:
        raise IllPosedError("only the main diagonal is understood")
    array = lift(v)
    if array.ndim == 1:
        return TracedArray(on_diagonal(array.value), array.kind)
    return read_only(v, diagonal(array.value))


@function("diagonal")
def _diagonal(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> TracedArray:
    if offset:
        raise IllPosedError("only the main diagonal is understood")
    return read_only(a, diagonal(lift(a).value, axis1, axis2))


@function("trace")
def _trace(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    return FUNCTIONS["sum"](_diagonal(a, offset, axis1, axis2), -1)


@function("size")
def _size(a: Any, axis: Any = None) -> Any:
    if isinstance(a, TracedLabels):
        return a.size if axis is None else a.shape[axis]
    array = lift(a)
    return array.size if axis is None else array.shape[axis]


@function("diagflat")
def _diagflat(v: Any, k: int = 0) -> Any:
    return FUNCTIONS["diag"](FUNCTIONS["ravel"](v), k)
