"""PyTorch's reductions, normalisations, products and attention: rows of the table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from derive.errors import IllPosedError
from derive.terms import Relation
from derive.tracing import masks
from derive.tracing.operations.table import FUNCTIONS
from derive.tracing.operators.table import OPERATORS, on_entries, op
from derive.tracing.proxies.arrays import TracedArray, lift
from derive.tracing.values import ArrayValue


def _axes(dim: Any) -> Any:
    """Return axes as NumPy takes them: all for none, or for an empty list."""
    return tuple(dim) if isinstance(dim, list | tuple) and dim else None if dim in (None, [], ()) else dim


for _name, _by in {"sum": "sum", "mean": "mean", "amax": "max", "amin": "min"}.items():
    OPERATORS[_name] = lambda x, dim=None, keepdim=False, *, dtype=None, _by=_by: FUNCTIONS[_by](
        x, _axes(dim), keepdims=keepdim
    )
for _name in ("max", "min"):
    OPERATORS[_name] = lambda x, dim=None, keepdim=False, _by=_name: (
        FUNCTIONS[_by](x) if dim is None else (FUNCTIONS[_by](x, dim, keepdims=keepdim), None)
    )
OPERATORS["prod"] = lambda x, dim=None, keepdim=False, *, dtype=None: FUNCTIONS["prod"](
    x, dim, keepdims=keepdim
)
OPERATORS["cumsum"] = lambda x, dim: FUNCTIONS["cumsum"](x, dim)
OPERATORS["logsumexp"] = lambda x, dim, keepdim=False: FUNCTIONS["logsumexp"](x, _axes(dim), keepdims=keepdim)
OPERATORS["_softmax"] = lambda x, dim, half=False: FUNCTIONS["softmax"](x, dim)
OPERATORS["_log_softmax"] = lambda x, dim, half=False: FUNCTIONS["log_softmax"](x, dim)


@op("var")
def _var(x: Any, dim: Any = None, *, correction: Any = 1, keepdim: bool = False) -> Any:
    return FUNCTIONS["var"](
        x, _axes(dim), ddof=int(1 if correction is None else correction), keepdims=keepdim
    )


@op("linalg_vector_norm")
def _vector_norm(x: Any, ord: Any = 2, dim: Any = None, keepdim: bool = False) -> Any:
    if ord == 1:
        return FUNCTIONS["sum"](on_entries("absolute", x), _axes(dim), keepdims=keepdim)
    if ord != 2:
        raise IllPosedError(f"the norm of order {ord} is not understood")
    return on_entries("sqrt", FUNCTIONS["sum"](on_entries("square", x), _axes(dim), keepdims=keepdim))


# ---- normalisation


def _normalised(
    x: TracedArray, axes: Sequence[int], weight: Any, bias: Any, eps: float
) -> tuple[Any, Any, Any]:
    mean = FUNCTIONS["mean"](x, tuple(axes), keepdims=True)
    spread = FUNCTIONS["var"](x, tuple(axes), keepdims=True)
    inverse = on_entries("divide", 1, on_entries("sqrt", spread + eps))
    found = (x - mean) * inverse
    if weight is not None:
        found = found * weight
    return (found if bias is None else found + bias), mean, inverse


@op("native_layer_norm")
def _layer_norm(x: Any, shape: Any, weight: Any, bias: Any, eps: float) -> Any:
    return _normalised(x, range(-len(shape), 0), weight, bias, eps)


@op("_native_batch_norm_legit")
def _batch_norm(x: Any, weight: Any, bias: Any, training: bool, momentum: float, eps: float) -> Any:
    if not training:
        raise IllPosedError("batch norm is understood in training, and without running means")
    others = [place for place in range(x.ndim) if place != 1]
    scale, shift = (None if one is None else _over_channels(one, x.ndim) for one in (weight, bias))
    return _normalised(x, others, scale, shift, eps)


def _over_channels(one: TracedArray, rank: int) -> TracedArray:
    found: TracedArray = one[(None, slice(None), *[None] * (rank - 2))]
    return found


# ---- products


for _name in ("mm", "bmm", "mv", "dot", "vdot", "matmul"):
    OPERATORS[_name] = FUNCTIONS["matmul"]


@op("addmm", "baddbmm", "addmv")
def _addmm(bias: Any, left: Any, right: Any, *, beta: Any = 1, alpha: Any = 1) -> Any:
    product = FUNCTIONS["matmul"](left, right)
    product = product if alpha == 1 else on_entries("multiply", alpha, product)
    return on_entries("add", bias if beta == 1 else on_entries("multiply", beta, bias), product)


@op("scaled_dot_product_attention")
def _attention(
    query: Any, key: Any, value: Any, attn_mask: Any = None, dropout_p: float = 0.0, is_causal: bool = False,
    *, scale: Any = None, enable_gqa: bool = False,
) -> Any:  # fmt: skip
    if dropout_p or enable_gqa:
        raise IllPosedError("attention is understood without dropout, and with as many heads of each kind")
    factor = on_entries("divide", 1, on_entries("sqrt", query.shape[-1])) if scale is None else lift(scale)
    scores = FUNCTIONS["matmul"](query, FUNCTIONS["swapaxes"](key, -1, -2)) * factor
    if is_causal:
        rows, columns = scores.value.axes[-2:]
        if len(rows) != 1 or len(columns) != 1 or rows[0].dim != columns[0].dim:
            raise IllPosedError("causal attention is understood with as many keys as queries")
        later = ArrayValue(masks.ordered(Relation.LESS, rows[0], columns[0]), (rows, columns))
        hidden = masks.masked(scores.value, later)
        scores = TracedArray(hidden.value, hidden=hidden.hidden)
    if attn_mask is not None:
        if isinstance(attn_mask, TracedArray) and attn_mask.kind == "bool":
            scores = FUNCTIONS["where"](attn_mask, scores, float("-inf"))
        else:
            scores = scores + attn_mask
    return FUNCTIONS["matmul"](FUNCTIONS["softmax"](scores, -1), value)
