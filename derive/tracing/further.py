"""NumPy's functions that are others put together, or act on matrices: further rows of the table."""

from __future__ import annotations

from functools import reduce
from typing import Any

from derive.errors import IllPosedError
from derive.terms import ONE, ZERO, Apply, Big, Binder, Compare, MatrixFunction, Relation, indicator
from derive.terms.nodes import MatrixOperation
from derive.tracing import masks
from derive.tracing.known import over
from derive.tracing.operations import FUNCTIONS, function, lengths, universal
from derive.tracing.proxies import TracedArray, TracedLabels, lift
from derive.tracing.values import ArrayValue, Dims, axes_over, chosen, entrywise, places, reduced

# Imported inside functions: NumPy, for the tuple that it returns.


def _on_entries(name: str, *inputs: Any) -> Any:
    return universal(name, "__call__", inputs, {})


# ---- matrices


def _of_matrix(operation: MatrixOperation, a: Any) -> TracedArray:
    """Return an inverse or a determinant. Raises `IllPosedError` if it is no square matrix over a size."""
    array = lift(a)
    value = array.value
    if len(value.axes) != 2 or any(len(axis) != 1 for axis in value.axes) or len(set(array.dims)) != 1:
        raise IllPosedError("matrices are inverted that are square over a declared size")
    ((row,), (column,)) = axes = axes_over(array.dims)
    matrix = Big("array", (Binder(row), Binder(column)), value.at(axes))
    left = axes_over(array.dims) if operation == "inv" else ()
    at = tuple(index for axis in left for index in axis)
    return TracedArray(ArrayValue(MatrixFunction(operation, matrix, at), left))


@function("inv")
def _inv(a: Any) -> TracedArray:
    return _of_matrix("inv", a)


@function("det")
def _det(a: Any) -> TracedArray:
    return _of_matrix("det", a)


@function("slogdet")
def _slogdet(a: Any) -> Any:
    from numpy.linalg import slogdet

    found = _of_matrix("det", a).value
    sign, size = (entrywise(lambda x, name=name: Apply(name, (x,)), found) for name in ("sign", "abs"))
    kind = type(slogdet([[1.0]]))  # a tuple with names
    return kind(TracedArray(sign), TracedArray(entrywise(lambda x: Apply("log", (x,)), size)))


@function("solve")
def _solve(a: Any, b: Any) -> Any:
    if lift(b).ndim > 2:
        raise IllPosedError("equations are solved for a vector or a matrix")
    return FUNCTIONS["matmul"](_inv(a), b)


@function("multi_dot")
def _multi_dot(arrays: Any, *, out: Any = None) -> Any:
    if out is not None or len(arrays) < 2:
        raise IllPosedError("multi_dot is of several arrays, and not written into one")
    return reduce(FUNCTIONS["matmul"], arrays)


@function("matrix_power")
def _matrix_power(a: Any, n: Any) -> Any:
    if type(n) is not int or not 1 <= n <= 8:
        raise IllPosedError("powers of matrices are understood from 1 to 8")
    return reduce(FUNCTIONS["matmul"], [lift(a)] * n)


@function("kron")
def _kron(a: Any, b: Any) -> TracedArray:
    one, other = lift(a), lift(b)
    if one.ndim != other.ndim:
        raise IllPosedError("kron is understood of arrays with as many axes")
    axes = axes_over(one.dims), axes_over(other.dims)
    product = _on_entries("multiply", *(TracedArray(ArrayValue(x.value.at(over_), ()), x.kind)
                                        for x, over_ in zip((one, other), axes, strict=True)))  # fmt: skip
    joined = tuple((*first, *second) for first, second in zip(*axes, strict=True))
    return TracedArray(ArrayValue(product.value.entry, joined), product.kind)


@function("fill_diagonal")
def _fill_diagonal(a: Any, val: Any, wrap: bool = False) -> None:
    if not isinstance(a, TracedArray) or a.ndim != 2 or len(set(a.dims)) != 1 or lift(val).ndim or wrap:
        raise IllPosedError("fill_diagonal is understood of a square matrix and one number")
    rows, columns = a.value.axes
    same = FUNCTIONS["eye"](a.shape[0]).value.at((rows, columns))
    number = lift(val)
    a.assign(ArrayValue(chosen(same, number.value.entry, a.value.entry), a.value.axes), number.kind)


@function("tri")
def _tri(N: Any, M: Any = None, k: int = 0, dtype: Any = float) -> Any:
    return FUNCTIONS["tril"](FUNCTIONS["ones"]((N, N if M is None else M), dtype), k)


# ---- repeated entries


def _times(count: Any) -> Dims:
    (found,) = lengths(count)
    if found is None:
        raise IllPosedError("entries are repeated a negative number of times")
    return found


@function("repeat")
def _repeat(a: Any, repeats: Any, axis: Any = None) -> TracedArray:
    array = lift(a)
    value = array.value
    if axis is None:
        array = FUNCTIONS["ravel"](array)
        value, axis = array.value, 0
    (place,) = places(value, axis)
    within = axes_over((_times(repeats),))[0]
    axes = (*value.axes[:place], (*value.axes[place], *within), *value.axes[place + 1 :])
    return TracedArray(ArrayValue(value.entry, axes), array.kind)


@function("tile")
def _tile(A: Any, reps: Any) -> TracedArray:
    array = lift(A)
    times = [_times(one) for one in (reps if isinstance(reps, tuple | list) else (reps,))]
    axes = list(array.value.axes)
    rank = max(len(axes), len(times))
    axes = [()] * (rank - len(axes)) + axes
    times = [()] * (rank - len(times)) + times
    joined = tuple((*before, *axis) for before, axis in zip(axes_over(times), axes, strict=True))
    return TracedArray(ArrayValue(array.value.entry, joined), array.kind)


@function("take")
def _take(a: Any, indices: Any, axis: Any = None, out: Any = None, mode: str = "raise") -> Any:
    array = lift(a)
    if out is not None or mode != "raise":
        raise IllPosedError("take with options is not understood")
    if axis is None and array.ndim != 1:
        raise IllPosedError("take is understood along an axis")
    (place,) = places(array.value, 0 if axis is None else axis)
    return array[(*[slice(None)] * place, indices)]


@function("copyto")
def _copyto(dst: Any, src: Any, casting: str = "same_kind", where: Any = True) -> None:
    if not isinstance(dst, TracedArray) or where is not True or casting != "same_kind":
        raise IllPosedError("copyto is understood of a symbolic array as a whole")
    dst[...] = src


# ---- over axes


@function("ptp")
def _ptp(a: Any, axis: Any = None, out: Any = None, keepdims: bool = False) -> Any:
    if out is not None:
        raise IllPosedError("ptp is not written into an array")
    ends = (FUNCTIONS[name](a, axis, keepdims=keepdims) for name in ("max", "min"))
    return _on_entries("subtract", *ends)


def _truth_along(name: str, holds: Relation, against: Any) -> None:
    @function(name)
    def build(a: Any, axis: Any = None, out: Any = None, keepdims: bool = False) -> TracedArray:
        array = lift(a)
        if out is not None or array.kind != "bool":
            raise IllPosedError(f"{name} is understood of truth values")
        count = reduced("sum", entrywise(lambda one: chosen(one, *against), array.value), axis, keepdims)
        return TracedArray(entrywise(lambda n: indicator(Compare(holds, n, ZERO)), count), "bool")


_truth_along("any", Relation.GREATER, (ONE, ZERO))
_truth_along("all", Relation.EQUAL, (ZERO, ONE))  # none of them fails


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


@function("size")
def _size(a: Any, axis: Any = None) -> Any:
    if isinstance(a, TracedLabels):
        return a.size if axis is None else a.shape[axis]
    array = lift(a)
    return array.size if axis is None else array.shape[axis]


@function("diagflat")
def _diagflat(v: Any, k: int = 0) -> Any:
    return FUNCTIONS["diag"](FUNCTIONS["ravel"](v), k)
