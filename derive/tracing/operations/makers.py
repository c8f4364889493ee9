"""NumPy's functions that make arrays of a shape: rows of the table."""

from __future__ import annotations

from typing import Any

from derive.errors import IllPosedError
from derive.terms import ONE, ZERO, Term
from derive.tracing.indexing import is_minus_infinity
from derive.tracing.kinds import Kind, named
from derive.tracing.operations.table import FUNCTIONS, function, shape_of
from derive.tracing.operations.universal import cast, converted, entry_by_entry
from derive.tracing.proxies.arrays import UNSET, Shaped, TracedArray, lift
from derive.tracing.proxies.labels import JoinedPositions, TracedLabels
from derive.tracing.proxies.lengths import Length
from derive.tracing.traces import current
from derive.tracing.values import ArrayValue, Dims, axes_over, broadcast, identity_at


def _full(shape: tuple[Dims, ...], entry: Term, dtype: Any = None) -> TracedArray:
    return TracedArray(ArrayValue(entry, axes_over(shape)), "real" if dtype is None else named(dtype))


def _constant(name: str, entry: Term) -> None:
    @function(name)
    def build(shape: Any, dtype: Any = None, order: str = "C") -> TracedArray:
        return _full(shape_of(shape), entry, dtype)

    @function(f"{name}_like")
    def build_like(
        a: Any, dtype: Any = None, order: str = "K", subok: bool = True, shape: Any = None
    ) -> TracedArray:
        if not isinstance(a, Shaped):
            raise IllPosedError(f"{name}_like is of a symbolic array")
        return _full(a.dims if shape is None else shape_of(shape), entry, a.dtype if dtype is None else dtype)


_constant("zeros", ZERO)
_constant("ones", ONE)
_constant("empty", UNSET)


@function("full")
def _filled(shape: Any, fill_value: Any, dtype: Any = None, order: str = "C") -> TracedArray:
    if is_minus_infinity(fill_value):
        empty = _full(shape_of(shape), ZERO).value
        return TracedArray(empty, hidden=ArrayValue(ONE, empty.axes))
    value = lift(fill_value)
    kind = value.kind if dtype is None else named(dtype)
    return TracedArray(broadcast(converted(value, kind), shape_of(shape)), kind)


@function("full_like")
def _full_like(
    a: Any, fill_value: Any, dtype: Any = None, order: str = "K", subok: bool = True
) -> TracedArray:
    if not isinstance(a, Shaped):
        raise IllPosedError("full_like is of a symbolic array")
    kind = named(a.dtype if dtype is None else dtype)
    return TracedArray(broadcast(converted(lift(fill_value), kind), a.dims), kind)


@function("eye", "identity")
def _eye(N: Any, M: Any = None, k: int = 0, dtype: Any = None, order: str = "C") -> TracedArray:
    if k or (M is not None and shape_of(M) != shape_of(N)):
        raise IllPosedError("eye is understood square, with its ones on the main diagonal")
    rows, columns = axes_over(shape_of((N, N)))
    kind: Kind = "real" if dtype is None else named(dtype)
    return TracedArray(ArrayValue(identity_at(rows, columns), (rows, columns)), kind)


@function("arange")
def _arange(start: Any, stop: Any = None, step: Any = None, dtype: Any = None) -> Any:
    if stop is not None and type(start) is int and start == 0:
        start, stop = stop, None
    if type(start) is int and start > 0 and step in (None, 1):
        return FUNCTIONS["astype"](entry_by_entry("add", (_arange(_less(stop, start)), start)), dtype)
    if not isinstance(start, Length) or stop is not None or step not in (None, 1):
        raise IllPosedError("arange is understood over a size, in steps of 1")
    if len(start.dims) != 1:
        if dtype is not None and named(dtype) != "int":
            raise IllPosedError(f"positions along the product {start} are made numbers")
        return JoinedPositions(start.dims)
    (axis,) = axes_over((start.dims,))
    labels = TracedLabels((axis,), axis[0])
    return labels if dtype is None else labels.astype(dtype)


def _less(stop: Any, start: int) -> Length:
    """Return the size that a stop is more than a start. Raises `IllPosedError` if that is not how it is written."""
    if isinstance(stop, TracedArray) and not stop.dims:
        for name in current().context.sizes:
            size = Length((name,))
            if (size + start).value.entry == stop.value.entry:
                return size
    raise IllPosedError("arange is understood over a size, in steps of 1")


@function("astype")
def _astype(x: Any, dtype: Any, *, copy: Any = True) -> TracedArray:
    return cast(lift(x), dtype, copy=copy)
