"""NumPy's functions of matrices: rows of the table."""

from __future__ import annotations

from functools import reduce
from typing import Any

from derive.errors import IllPosedError
from derive.terms import Apply, Big, Binder, MatrixFunction
from derive.terms.nodes import MatrixOperation
from derive.tracing.operations.table import FUNCTIONS, function
from derive.tracing.operations.universal import universal
from derive.tracing.proxies.arrays import TracedArray, lift
from derive.tracing.values import ArrayValue, axes_over, chosen, entrywise

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
