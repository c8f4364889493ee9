"""PyTorch's core operators that take and put entries at labels: rows of the table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from derive.tracing.indexing import accumulated, along, put_along
from derive.tracing.operators.table import on_entries, op
from derive.tracing.proxies.arrays import lift


def _key(indices: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(slice(None) if one is None else one for one in indices)


@op("index")
def _index(x: Any, indices: Any) -> Any:
    return x[_key(indices)]


@op("embedding")
def _embedding(weight: Any, indices: Any, padding_idx: int = -1, *_: Any) -> Any:
    return weight[indices]


@op("index_select")
def _index_select(x: Any, dim: int, index: Any) -> Any:
    return x[(*[slice(None)] * (dim % x.ndim), index)]


@op("gather")
def _gather(x: Any, dim: int, index: Any, *, sparse_grad: bool = False) -> Any:
    return along(lift(x), index, dim)


@op("index_put", "_unsafe_index_put")
def _index_put(x: Any, indices: Any, values: Any, accumulate: bool = False) -> Any:
    found = x.copy()
    if accumulate:
        accumulated(found, _key(indices), values, 1)
    else:
        found[_key(indices) if len(indices) > 1 else indices[0]] = values
    return found


@op("index_add")
def _index_add(x: Any, dim: int, index: Any, source: Any, *, alpha: Any = 1) -> Any:
    found = x.copy()
    key = (*[slice(None)] * (dim % x.ndim), index)
    accumulated(found, key, source if alpha == 1 else on_entries("multiply", alpha, source), 1)
    return found


@op("scatter")
def _scatter(x: Any, dim: int, index: Any, value: Any) -> Any:
    return put_along(x.copy(), index, value, dim)


@op("scatter_add")
def _scatter_add(x: Any, dim: int, index: Any, source: Any) -> Any:
    return put_along(x.copy(), index, source, dim, add=True)
