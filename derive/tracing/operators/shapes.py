"""PyTorch's core operators that change shapes and types, and that make arrays: rows of the table."""

from __future__ import annotations

from typing import Any

from derive.errors import IllPosedError
from derive.tracing.kinds import RANK, Kind, named
from derive.tracing.operations.joining import joined, stacked
from derive.tracing.operations.table import FUNCTIONS
from derive.tracing.operations.universal import truth
from derive.tracing.operators.table import op
from derive.tracing.proxies.arrays import TracedArray, lift
from derive.tracing.proxies.labels import TracedLabels
from derive.tracing.proxies.symbolic import Symbolic
from derive.tracing.values import entrywise

# Imported inside functions: NumPy, for its types.


@op("view", "reshape", "_unsafe_view")
def _view(x: Any, shape: Any) -> Any:
    return (
        x.reshape(tuple(shape))
        if isinstance(x, TracedLabels)
        else FUNCTIONS["reshape"](x, tuple(shape)).copy()
    )


@op("permute")
def _permute(x: Any, dims: Any) -> Any:
    return FUNCTIONS["transpose"](x, dims).copy()


@op("transpose")
def _transpose(x: Any, first: int, second: int) -> Any:
    return FUNCTIONS["swapaxes"](x, first, second).copy()


@op("t")
def _t(x: Any) -> Any:
    return FUNCTIONS["transpose"](x).copy()


@op("unsqueeze")
def _unsqueeze(x: Any, dim: int) -> Any:
    place = dim % (x.ndim + 1)
    return x[(*[slice(None)] * place, None)]


@op("squeeze")
def _squeeze(x: Any, dim: Any = None) -> Any:
    if isinstance(x, TracedLabels):
        gone = {one % x.ndim for one in (dim if isinstance(dim, list) else [dim])}
        return x[tuple(0 if place in gone and not x.dims[place] else slice(None) for place in range(x.ndim))]
    axes = [one for one in (dim if isinstance(dim, list) else [dim]) if not x.dims[one]]
    return FUNCTIONS["squeeze"](x, tuple(axes)).copy() if axes else x


@op("expand")
def _expand(x: Any, shape: Any, *, implicit: bool = False) -> Any:
    new = len(shape) - x.ndim
    own = [None] * new + list(x.shape)
    wanted = tuple(
        given if type(one) is int and one == -1 else one for one, given in zip(shape, own, strict=True)
    )
    if isinstance(x, TracedLabels):
        raise IllPosedError("labels are repeated along an axis; index with them as they are")
    return FUNCTIONS["broadcast_to"](x, wanted)


@op("slice")
def _slice(x: Any, dim: int = 0, start: Any = None, end: Any = None, step: int = 1) -> Any:
    stop = None if type(end) is int and end >= 2**62 else end
    return x[(*[slice(None)] * (dim % x.ndim), slice(start, stop, step))]


@op("cat")
def _cat(tensors: Any, dim: int = 0) -> Any:
    return joined(list(map(lift, tensors)), dim)


@op("stack")
def _stack(tensors: Any, dim: int = 0) -> Any:
    return stacked(list(map(lift, tensors)), dim)


@op("split_with_sizes")
def _split_with_sizes(x: Any, sizes: Any, dim: int = 0) -> Any:
    lengths = [one.__index__() for one in sizes]
    ends = [sum(lengths[:place]) for place in range(1, len(lengths))]
    return [one.copy() for one in FUNCTIONS["split"](x, ends, dim)]


@op("flip")
def _flip(x: Any, dims: Any) -> Any:
    return FUNCTIONS["flip"](x, tuple(dims) if len(dims) > 1 else dims[0])


@op("select")
def _select(x: Any, dim: int, index: Any) -> Any:
    return x[(*[slice(None)] * (dim % x.ndim), index)]


@op("clone", "alias", "detach", "lift_fresh_copy", "contiguous")
def _clone(x: Any, **_: Any) -> Any:
    return x.copy() if isinstance(x, TracedArray) else x


@op("_to_copy")
def _to_copy(x: Any, *, dtype: Any = None) -> Any:
    if isinstance(x, TracedLabels):
        if dtype is not None and dtype.is_floating_point:
            raise IllPosedError("labels are made numbers; derive knows them as positions alone")
        return x
    return _converted(x, dtype)


def _converted(x: Any, dtype: Any) -> Any:
    if dtype is None or not isinstance(x, TracedArray):
        return x
    kind = _kind(dtype)
    if kind == "bool" and x.kind != "bool":
        return TracedArray(entrywise(truth, x.value), "bool")
    if RANK[kind] < RANK[x.kind]:
        raise IllPosedError(f"numbers are made {dtype}, which rounds them")
    return TracedArray(x.value, kind, hidden=x.hidden) if kind != x.kind else x


def _kind(dtype: Any) -> Kind:
    """Return the kind of entries of a type of PyTorch's. Raises `IllPosedError` for small whole numbers."""
    import numpy as np

    return "real" if dtype.is_floating_point else named(np.dtype(str(dtype).removeprefix("torch.")))


_TYPES: dict[Kind, type] = {"bool": bool, "int": int, "real": float}


# ---- makers


@op("full", "scalar_tensor")
def _full(shape: Any, value: Any = None, *, dtype: Any = None) -> Any:
    if value is None:
        shape, value = (), shape
    made = value if dtype is None or isinstance(value, Symbolic) else _TYPES[_kind(dtype)](value)
    return (
        made
        if not shape
        else FUNCTIONS["full"](tuple(shape), made, None if dtype is None else _TYPES[_kind(dtype)])
    )


@op("full_like")
def _full_like(x: Any, value: Any, *, dtype: Any = None) -> Any:
    return FUNCTIONS["full_like"](x, value, None if dtype is None else _TYPES[_kind(dtype)])


@op("arange")
def _arange(start: Any, end: Any = None, step: Any = 1, *, dtype: Any = None) -> Any:
    if dtype is not None and dtype.is_floating_point:
        raise IllPosedError("positions are made numbers; derive knows them as positions alone")
    return FUNCTIONS["arange"](start, end, step) if end is not None else FUNCTIONS["arange"](start)


@op("eye")
def _eye(n: Any, m: Any = None, *, dtype: Any = None) -> Any:
    return FUNCTIONS["eye"](n, m)
