"""PyTorch's core operators on symbolic arrays, by their names: a row each. What has no row is an error."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

from derive.errors import IllPosedError
from derive.terms import (
    HALF,
    ONE,
    PI,
    ZERO,
    Apply,
    Compare,
    Power,
    Relation,
    Term,
    Where,
    add,
    divide,
    multiply,
    term,
)
from derive.tracing import masks
from derive.tracing.indexing import accumulated, along, put_along
from derive.tracing.joining import joined, stacked
from derive.tracing.kinds import RANK, Kind, named
from derive.tracing.operations import FUNCTIONS, compared_positions, truth, universal
from derive.tracing.proxies import Length, Symbolic, TracedArray, TracedLabels, lift
from derive.tracing.traces import current
from derive.tracing.values import ArrayValue, aligned, axes_over, broadcast, entrywise

# Imported inside functions: PyTorch, for its types.

HARMLESS = frozenset(("layout", "device", "pin_memory", "memory_format", "non_blocking", "generator"))
OWN = ("softplus", "log_sigmoid", "gelu", "silu", "scaled_dot_product_attention")
"""Operators that are not decomposed: PyTorch computes them by cases that differ by rounding alone."""

OPERATORS: dict[str, Callable[..., Any]] = {}


def op(*names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Enter a row in the table, by the names of PyTorch's operators."""

    def entered(row: Callable[..., Any]) -> Callable[..., Any]:
        for name in names:
            OPERATORS[name] = row
        return row

    return entered


def on_entries(name: str, *inputs: Any) -> Any:
    """Return what a universal function of NumPy's makes of arrays and numbers."""
    if not any(isinstance(one, Symbolic) for one in inputs):
        inputs = tuple(map(lift, inputs))
    return universal(name, "__call__", inputs, {})


# ---- entry by entry


def _on_entries_by(name: str) -> Callable[..., Any]:
    return lambda *inputs: on_entries(name, *inputs)


for _name in """exp exp2 expm1 log log2 log10 log1p sqrt sin cos tan sinh cosh tanh erf erfc sign maximum
    minimum square reciprocal logical_and logical_or logical_not logical_xor bitwise_and bitwise_or bitwise_not
    hypot""".split():
    OPERATORS[_name] = _on_entries_by(_name.replace("bitwise_not", "logical_not"))
for _name, _by in {
    "mul": "multiply", "neg": "negative", "abs": "absolute", "sigmoid": "expit", "asin": "arcsin", "acos": "arccos",
    "atan": "arctan", "asinh": "arcsinh", "acosh": "arccosh", "atanh": "arctanh", "lgamma": "gammaln",
    "digamma": "psi", "erfinv": "erfinv", "atan2": "arctan2", "logaddexp": "logaddexp", "xlogy": "xlogy",
    "pow": "power", "truediv": "divide", "fmax": "fmax", "fmin": "fmin",
}.items():  # fmt: skip
    OPERATORS[_name] = _on_entries_by(_by)


@op("add")
def _add(left: Any, right: Any, *, alpha: Any = 1) -> Any:
    return on_entries("add", left, right if alpha == 1 else on_entries("multiply", alpha, right))


@op("sub")
def _sub(left: Any, right: Any, *, alpha: Any = 1) -> Any:
    if isinstance(left, TracedLabels) and isinstance(right, TracedLabels) and alpha == 1:
        return Difference(left, right)
    return on_entries("subtract", left, right if alpha == 1 else on_entries("multiply", alpha, right))


@op("div")
def _div(left: Any, right: Any, *, rounding_mode: Any = None) -> Any:
    if rounding_mode is not None:
        raise IllPosedError("numbers are divided, and rounded")
    return on_entries("divide", left, right)


@op("rsqrt")
def _rsqrt(x: Any) -> Any:
    return on_entries("divide", 1, on_entries("sqrt", x))


@op("relu")
def _relu(x: Any) -> Any:
    return on_entries("maximum", x, 0)


@op("clamp", "clamp_min", "clamp_max", "hardtanh")
def _clamp(x: Any, min: Any = None, max: Any = None) -> Any:
    return FUNCTIONS["clip"](x, min, max)


OPERATORS["clamp_max"] = lambda x, most: on_entries("minimum", x, most)


def _entries(build: Callable[..., Term], *arrays: Any) -> TracedArray:
    return TracedArray(entrywise(build, *(lift(one).value for one in arrays)))


@op("silu")
def _silu(x: Any) -> Any:
    return _entries(lambda a: multiply(a, Apply("sigmoid", (a,))), x)


@op("log_sigmoid")
def _log_sigmoid(x: Any) -> Any:
    return _entries(lambda a: Apply("logsigmoid", (a,)), x)


@op("softplus")
def _softplus(x: Any, beta: Any = 1, threshold: Any = 20) -> Any:
    current().assumptions.setdefault(f"softplus is log(1 + exp(x)) above its threshold of {threshold} too")
    return _entries(lambda a, b: divide(Apply("softplus", (multiply(b, a),)), b), x, beta)


@op("gelu")
def _gelu(x: Any, *, approximate: str = "none") -> Any:
    if approximate == "tanh":
        cubic = current().number(0.044715)
        root = Apply("sqrt", (divide(2, PI),))
        return _entries(
            lambda a: multiply(
                HALF, a, add(1, Apply("tanh", (multiply(root, add(a, multiply(cubic, Power(a, term(3))))),)))
            ),
            x,
        )
    return _entries(
        lambda a: multiply(a, HALF, add(1, Apply("erf", (divide(a, Apply("sqrt", (term(2),))),)))), x
    )


def _positive(a: Term, then: Term, otherwise: Term) -> Term:
    return Where(Compare(Relation.GREATER, a, ZERO), then, otherwise)


@op("elu")
def _elu(x: Any, alpha: Any = 1, scale: Any = 1, input_scale: Any = 1) -> Any:
    return _entries(
        lambda a, al, s, inner: multiply(s, _positive(a, a, multiply(al, Apply("expm1", (multiply(a, inner),))))),
        x, alpha, scale, input_scale,
    )  # fmt: skip


@op("leaky_relu")
def _leaky_relu(x: Any, negative_slope: Any = 0.01) -> Any:
    return _entries(lambda a, slope: _positive(a, a, multiply(slope, a)), x, negative_slope)


# ---- comparisons and choices


class Difference(Symbolic):
    """The difference of two positions along one size, which is compared, and nothing else."""

    __slots__ = ("left", "right")

    def __init__(self, left: TracedLabels, right: TracedLabels) -> None:
        self.left = left
        self.right = right

    def lifted(self) -> TracedArray:
        """Raise `IllPosedError`: positions are no numbers of a formula."""
        raise IllPosedError("positions are calculated with as numbers; derive compares them alone")


_OF_DIFFERENCES = {
    ("ge", 0): "greater_equal", ("ge", 1): "greater", ("gt", 0): "greater", ("gt", -1): "greater_equal",
    ("le", 0): "less_equal", ("le", -1): "less", ("lt", 0): "less", ("lt", 1): "less_equal",
    ("eq", 0): "equal", ("ne", 0): "not_equal",
}  # fmt: skip
_INFINITY = {
    "inf": {"lt", "le", "ne"},
    "-inf": {"gt", "ge", "ne"},
}


def _compared(name: str, by: str) -> None:
    @op(name)
    def row(left: Any, right: Any) -> Any:
        if isinstance(left, Difference):
            if (name, right) not in _OF_DIFFERENCES:
                raise IllPosedError(f"the difference of two positions is compared with {right}")
            axes = axes_over(aligned(left.left.dims, left.right.dims))
            holds = compared_positions(
                _OF_DIFFERENCES[name, right], left.left.over(axes), left.right.over(axes)
            )
            return TracedArray(ArrayValue(holds, axes), "bool")
        if isinstance(right, float) and str(right) in _INFINITY:
            value = lift(left).value
            holds = ONE if name in _INFINITY[str(right)] else ZERO
            return TracedArray(ArrayValue(holds, value.axes), "bool")
        return on_entries(by, left, right)


for _name, _by in {
    "eq": "equal", "ne": "not_equal", "lt": "less", "le": "less_equal", "gt": "greater", "ge": "greater_equal",
}.items():  # fmt: skip
    _compared(_name, _by)


@op("where")
def _where(mask: Any, then: Any, otherwise: Any) -> Any:
    for value, chosen in ((ONE, then), (ZERO, otherwise)):
        if mask.value.entry == value:
            if isinstance(chosen, TracedLabels):
                return chosen
            kept = lift(chosen)
            return TracedArray(broadcast(kept.value, aligned(mask.dims, kept.dims)), kept.kind)
    return FUNCTIONS["where"](mask, then, otherwise)


@op("isnan", "isinf")
def _is_no_number(x: Any) -> Any:
    value = lift(x).value
    return TracedArray(ArrayValue(ZERO, value.axes), "bool")


@op("masked_fill")
def _masked_fill(x: Any, mask: Any, value: Any) -> Any:
    return FUNCTIONS["where"](mask, value, x)


# ---- over axes


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


# ---- shapes


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


# ---- labels


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


# ---- numbers of Python's

OPERATORS["sym_size"] = lambda x, dim: x.shape[dim]
OPERATORS["sym_numel"] = lambda x: x.size
OPERATORS["sym_float"] = lambda x: x
OPERATORS["_sym_sqrt"] = lambda x: on_entries("sqrt", x)
OPERATORS["getitem"] = operator.getitem


@op("mul")
def _mul(left: Any, right: Any) -> Any:
    if isinstance(left, Length) or isinstance(right, Length):
        return left * right
    return on_entries("multiply", left, right)
