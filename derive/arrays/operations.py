"""Operations on arrays as operations on their entries. Nothing is simplified, and no index is captured.

Ranks are aligned at the last axis, as in NumPy; but an axis goes with one over the same size, never with one whose
size happens to be 1. `FUNCTIONS` is the table of what is called by a name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from derive.arrays.values import UNIT, Array, ShapeError, fresh_axes, fresh_axis
from derive.errors import IllPosedError
from derive.terms import (
    ONE,
    ZERO,
    Apply,
    Big,
    Binder,
    Compare,
    Delta,
    Derivative,
    Entry,
    Index,
    MatrixFunction,
    Number,
    Power,
    Relation,
    Term,
    Where,
    add,
    divide,
    multiply,
    negate,
    rename,
    term,
)
from derive.terms.nodes import BigOperation, MatrixOperation
from derive.terms.numbers import check_exponent

# ---- entry by entry


def entrywise(build: Callable[..., Term], *parts: Array) -> Array:
    """Return what `build` makes of the entries of arrays that stand over one another, an axis repeated where one
    has none or the length 1.

    Raises:
        ShapeError: two sizes that stand over one another differ.
    """
    shape = aligned(*(one.shape for one in parts))
    widest = max(parts, key=lambda one: len(one.axes))
    # The axes of one part may serve all: what is free in the others besides their own axes has a name.
    axes = widest.axes if widest.shape == shape else fresh_axes(shape)
    return Array(build(*(_under(one, axes) for one in parts)), axes)


def aligned(*shapes: tuple[str, ...]) -> tuple[str, ...]:
    """Return the shape over which all these stand. Raises `ShapeError` if there is none."""
    rank = max(map(len, shapes), default=0)
    found = []
    for place in range(-rank, 0):
        sizes = {shape[place]: None for shape in shapes if len(shape) >= -place and shape[place] != UNIT.dim}
        if len(sizes) > 1:
            raise ShapeError("entry by entry, sizes are equal from the last axis on", *shapes)
        found.append(next(iter(sizes), UNIT.dim))
    return tuple(found)


def _under(array: Array, axes: tuple[Index, ...]) -> Term:
    """Return the entry of an array at the last of these axes."""
    return array.at(axes[len(axes) - len(array.axes) :])


def plus(left: Array, right: Array) -> Array:
    """Return the sum, entry by entry."""
    return entrywise(add, left, right)


def minus(left: Array, right: Array) -> Array:
    """Return the difference, entry by entry."""
    return entrywise(lambda a, b: add(a, negate(b)), left, right)


def times(left: Array, right: Array) -> Array:
    """Return the product, entry by entry."""
    return entrywise(multiply, left, right)


def divided(left: Array, right: Array) -> Array:
    """Return the quotient, entry by entry."""
    return entrywise(divide, left, right)


def power(base: Array, exponent: Array) -> Array:
    """Return the power, entry by entry. Raises `IllPosedError` for an exponent that is a huge number."""
    check_exponent(exponent.entry)
    return entrywise(_raised, base, exponent)


def _raised(base: Term, exponent: Term) -> Term:
    """Return a power; the square of a norm is the sum of squares itself, which has a derivative at 0 too."""
    match base, exponent:
        case Apply("sqrt", (Big("sum", _, Power(_, Number(two))) as squares,)), Number(square):
            return squares if two == square == 2 else Power(base, exponent)
    return Power(base, exponent)


def negative(array: Array) -> Array:
    """Return minus an array."""
    return Array(negate(array.entry), array.axes)


def applied(function: str, *arguments: Array, order: int = 0) -> Array:
    """Return a scalar function of every entry."""
    return entrywise(lambda *terms: Apply(function, terms, order), *arguments)


def where(relation: Relation, left: Array, right: Array, then: Array, otherwise: Array) -> Array:
    """Return `then` at the entries for which the comparison holds, else `otherwise`."""
    return entrywise(
        lambda a, b, yes, no: Where(Compare(relation, a, b), yes, no), left, right, then, otherwise
    )


# ---- axes


def transposed(array: Array) -> Array:
    """Return the array with its axes in the opposite order."""
    return Array(array.entry, array.axes[::-1])


def part(array: Array, indices: Sequence[Index | None]) -> Array:
    """Return the array at indices of its leading axes; where there is `None`, and behind them, an axis stays.

    Raises:
        ShapeError: there are more indices than axes.
    """
    if len(indices) > len(array.axes):
        count = f"{len(indices)} {'index is' if len(indices) == 1 else 'indices are'}"
        raise ShapeError(f"{count} too many", array.shape)
    pairs = list(zip(array.axes, indices, strict=False))
    kept = tuple(axis for axis, index in pairs if index is None) + array.axes[len(indices) :]
    named = {axis: index for axis, index in pairs if index is not None}
    return Array(rename(array.entry, named), kept)


def kept(array: Array, place: int = -1) -> Array:
    """Return the array with an axis of length 1 more, at a place in the result."""
    place %= len(array.axes) + 1
    return Array(array.entry, (*array.axes[:place], UNIT, *array.axes[place:]))


def diagonal(array: Array) -> Array:
    """Return the entries `A[i,i]` of a square matrix. Raises `ShapeError`."""
    _require_square(array)
    axis = fresh_axis(array.shape[0])
    return Array(array.at((axis, axis)), (axis,))


def diag(array: Array) -> Array:
    """Return the diagonal of a square matrix, or of a vector the matrix with it on the diagonal."""
    if len(array.axes) != 1:
        return diagonal(array)
    rows, columns = fresh_axes(array.shape * 2)
    return Array(multiply(Delta(rows, columns), array.at((rows,))), (rows, columns))


def _require_square(array: Array) -> None:
    if len(array.axes) != 2 or len(set(array.shape)) != 1:
        raise ShapeError("a square matrix is needed", array.shape)


def _require_vectors(*arrays: Array) -> None:
    if any(len(one.axes) != 1 for one in arrays):
        need = "a vector is needed" if len(arrays) == 1 else "vectors are needed"
        raise ShapeError(need, *(one.shape for one in arrays))


# ---- over axes


def reduced(operation: BigOperation, array: Array, axes: Sequence[int] | None = None) -> Array:
    """Return the sum, product, mean, maximum or minimum over axes by their places, over all of them by default.

    Raises:
        ShapeError: a number has no axis.
    """
    places = range(len(array.axes)) if axes is None else [one % len(array.axes) for one in axes]
    if not places:
        raise ShapeError(f"{operation} needs an array")
    gone = [array.axes[place] for place in places if array.axes[place] != UNIT]
    left = tuple(axis for place, axis in enumerate(array.axes) if place not in places)
    return Array(bound(operation, array.entry, gone), left)


def bound(operation: BigOperation, body: Term, indices: Sequence[Index]) -> Term:
    """Return the sum, or the like, of a term over free indices of it, which become bound ones of their own."""
    if not indices:
        return body
    renaming = {index: fresh_axis(index.dim) for index in indices}
    return Big(operation, tuple(map(Binder, renaming.values())), rename(body, renaming))


def product(left: Array, right: Array) -> Array:
    """Return `left @ right` as Python has it: the last axis of the left is contracted with the last but one of the
    right, or with the only one of a vector; axes before these are aligned.

    Raises:
        ShapeError: these two axes are over different sizes, or one side is a number.
    """
    inner = -2 if len(right.axes) > 1 else -1
    if not left.axes or not right.axes or left.shape[-1] != right.shape[inner]:
        raise ShapeError("@ contracts equal sizes", left.shape, right.shape)
    axis = fresh_axis(left.shape[-1])
    columns = fresh_axes(right.shape[-1:]) if inner == -2 else ()
    rows = fresh_axes(left.shape[-2:-1])
    outer = fresh_axes(aligned(left.shape[:-2], right.shape[:-2]))
    first = left.at((*outer[len(outer) - len(left.axes[:-2]) :], *rows, axis))
    second = right.at((*outer[len(outer) - len(right.axes[:-2]) :], axis, *columns))
    contracted = () if axis == UNIT else (axis,)
    return Array(bound("sum", multiply(first, second), contracted), (*outer, *rows, *columns))


def outer(left: Array, right: Array) -> Array:
    """Return `x[i]*y[j]` of two vectors. Raises `ShapeError`."""
    _require_vectors(left, right)
    axes = fresh_axes((*left.shape, *right.shape))
    return Array(multiply(left.at(axes[:1]), right.at(axes[1:])), axes)


def derivative(body: Array, *variables: Array) -> Array:
    """Return the derivative by each variable in turn; the axes of each come behind those of the body.

    Each entry of a variable is an entry of an array, declared or defined. Entries vary independently.
    """
    entries: list[Entry] = []
    axes = body.axes
    for variable in variables:
        varied = variable.anew()
        if not isinstance(varied.entry, Entry):
            raise IllPosedError(f"a derivative is by an array or an entry of one, not by {variable.entry}")
        entries.append(varied.entry)
        axes += varied.axes
    return Array(Derivative(body.entry, tuple(entries)), axes)


# ---- square matrices


def matrix_function(operation: MatrixOperation, array: Array) -> Array:
    """Return the determinant, its logarithm, the inverse or the adjugate of a square matrix. Raises `ShapeError`."""
    _require_square(array)
    rows, columns = fresh_axes(array.shape)
    matrix = Big("array", (Binder(rows), Binder(columns)), array.at((rows, columns)))
    axes = fresh_axes(array.shape) if operation in ("inv", "adj") else ()
    return Array(MatrixFunction(operation, matrix, axes), axes)


# ---- constant arrays


def eye(dim: str) -> Array:
    """Return the identity matrix over a size."""
    axes = fresh_axes((dim, dim))
    return Array(Delta(*axes), axes)


def full(value: Term, *shape: str) -> Array:
    """Return an array of a shape with one number everywhere."""
    return Array(value, fresh_axes(shape))


# ---- functions by their definitions


def trace(array: Array) -> Array:
    """Return `Σ_i A[i,i]` of a square matrix. Raises `ShapeError`."""
    return reduced("sum", diagonal(array))


def dot(left: Array, right: Array) -> Array:
    """Return `Σ_k x[k]*y[k]` of two vectors. Raises `ShapeError`."""
    _require_vectors(left, right)
    return product(left, right)


def norm(array: Array, axes: Sequence[int] | None = None) -> Array:
    """Return `sqrt(Σ x²)` over axes, over all of them by default: the 2-norm, and that of Frobenius."""
    return applied("sqrt", reduced("sum", _squared(array), axes))


def logsumexp(array: Array, axes: Sequence[int] | None = None) -> Array:
    """Return `log Σ exp(x)` over axes, over all of them by default."""
    return applied("log", reduced("sum", applied("exp", array), axes))


def softmax(array: Array) -> Array:
    """Return `exp(x_i) / Σ_k exp(x_k)` along the last axis."""
    raised = applied("exp", array)
    return divided(raised, kept(reduced("sum", raised, (-1,))))


def log_softmax(array: Array) -> Array:
    """Return `log(exp(x_i) / Σ_k exp(x_k))` along the last axis, written as `x_i - log Σ_k exp(x_k)`."""
    return minus(array, kept(logsumexp(array, (-1,))))


def var(array: Array) -> Array:
    """Return the mean of the squares of the distances from the mean, over all entries: divided by their number."""
    return reduced("mean", _squared(minus(array, reduced("mean", array))))


def std(array: Array) -> Array:
    """Return the square root of `var`."""
    return applied("sqrt", var(array))


def _squared(array: Array) -> Array:
    return Array(Power(array.entry, term(2)), array.axes)


@dataclass(frozen=True, slots=True)
class ArrayFunction:
    """What is called by a name: of how many arrays, or over how many sizes, and what it makes of them."""

    name: str
    arity: int | None
    build: Callable[..., Array]
    of_sizes: bool = False


F = ArrayFunction
MATRIX: tuple[MatrixOperation, ...] = ("inv", "det", "logdet", "adj")
_ROWS = (
    F("softmax", 1, softmax),
    F("log_softmax", 1, log_softmax),
    F("logsumexp", 1, logsumexp),
    F("norm", 1, norm),
    F("dot", 2, dot),
    F("trace", 1, trace),
    F("diag", 1, diag),
    F("outer", 2, outer),
    F("var", 1, var),
    F("std", 1, std),
    *(F(name, 1, partial(matrix_function, name)) for name in MATRIX),
    F("eye", 1, eye, of_sizes=True),
    F("ones", None, lambda *shape: full(ONE, *shape), of_sizes=True),
    F("zeros", None, lambda *shape: full(ZERO, *shape), of_sizes=True),
)
FUNCTIONS: dict[str, ArrayFunction] = {row.name: row for row in _ROWS}

# How two arrays are joined by a sign of the grammar.
SIGNS: dict[str, Callable[[Array, Array], Array]] = {"*": times, "/": divided, "@": product}
