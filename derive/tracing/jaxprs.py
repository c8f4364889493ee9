"""JAX's programs as formulas: jaxprs over symbolic dimensions, read by a table of primitives.

What JAX documents of a primitive is what its row says, in real arithmetic. A primitive without a row is an error that
names it and the line of the code that it comes from.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

import jax
from jax import export
from jax.extend.core import ClosedJaxpr

from derive.arrays.operations import bound
from derive.errors import DeriveError, IllPosedError, Position
from derive.terms import (
    ONE,
    ZERO,
    Apply,
    Index,
    Number,
    Power,
    SizeNumber,
    Term,
    add,
    delta,
    divide,
    multiply,
    negate,
    rename,
    renamed,
)
from derive.terms.nodes import Multiply
from derive.tracing.indexing import solved_positions
from derive.tracing.operations import COMPARISONS, LOGIC, REAL, compared_positions
from derive.tracing.places import is_library, line_at
from derive.tracing.proxies import Length, TracedArray, TracedLabels
from derive.tracing.traces import Trace, current, noted, remember
from derive.tracing.values import (
    ArrayValue,
    Axis,
    Dims,
    aligned,
    axes_over,
    chosen,
    contracted,
    entrywise,
    permuted,
    reduced,
    reshaped,
    scalar,
    squeezed,
)


class Unknown:
    """A value that may be computed, and not used: an infinity, `nan`, or what no label is."""

    __slots__ = ("what",)

    def __init__(self, what: str) -> None:
        self.what = what


@dataclass(frozen=True, slots=True)
class Coordinates:
    """Several arrays of positions, side by side along a last axis: where `gather` takes its entries."""

    columns: tuple[TracedLabels, ...]


JaxValue: TypeAlias = ArrayValue | TracedLabels | Coordinates | Unknown
Parameters: TypeAlias = Mapping[str, Any]
PrimitiveRule: TypeAlias = Callable[..., JaxValue]

# ---- running a function


def run(
    trace: Trace, function: Callable[..., Any], before: Sequence[Any], arguments: Mapping[str, Any]
) -> Any:
    """Return what a function written in JAX returns for symbolic arguments: its tree, with traced arrays as leaves.

    Raises:
        IllPosedError: JAX cannot trace it over symbolic dimensions, or a primitive has no row.
    """
    names = list(trace.context.sizes)
    dimensions = dict(zip(names, export.symbolic_shape(",".join(names)) if names else (), strict=True))
    # By position where that can be: functions that `jax.grad` made take nothing else.
    bound = inspect.signature(function).bind(*before, **arguments)
    leaves, tree = jax.tree_util.tree_flatten((bound.args, bound.kwargs), is_leaf=_is_traced)
    given = [leaf for leaf in leaves if isinstance(leaf, TracedArray | TracedLabels)]

    def positional(*arrays: Any) -> Any:
        waiting = iter(arrays)
        filled = [_argument(leaf, waiting, dimensions) for leaf in leaves]
        first, named = jax.tree_util.tree_unflatten(tree, filled)
        return function(*first, **named)

    try:
        closed, shapes = jax.make_jaxpr(positional, return_shape=True)(
            *(_struct(one, dimensions) for one in given)
        )
    except (TypeError, ValueError, NotImplementedError, jax.errors.JAXTypeError) as wrong:
        raise IllPosedError(f"JAX cannot trace it for all shapes: {str(wrong).splitlines()[0]}") from wrong
    results = _evaluated(closed, [one.value if isinstance(one, TracedArray) else one for one in given])
    outputs = [_output(one) for one in results]
    return jax.tree_util.tree_unflatten(jax.tree_util.tree_structure(shapes), outputs)


def _is_traced(leaf: Any) -> bool:
    return isinstance(leaf, TracedArray | TracedLabels | Length)


def _argument(leaf: Any, waiting: Any, dimensions: Mapping[str, Any]) -> Any:
    if isinstance(leaf, Length):
        return _product(leaf.dims, dimensions)
    return next(waiting) if isinstance(leaf, TracedArray | TracedLabels) else leaf


def _product(dims: Dims, dimensions: Mapping[str, Any]) -> Any:
    return math.prod((dimensions[name] for name in dims), start=1)


def _struct(leaf: TracedArray | TracedLabels, dimensions: Mapping[str, Any]) -> Any:
    kind = "int32" if isinstance(leaf, TracedLabels) else "bool" if leaf.kind == "bool" else "float32"
    return jax.ShapeDtypeStruct(  # type: ignore[no-untyped-call]
        tuple(_product(dims, dimensions) for dims in leaf.dims), kind
    )


def _output(found: JaxValue) -> Any:
    if isinstance(found, Unknown | Coordinates):
        raise IllPosedError(f"what is returned is {found.what if isinstance(found, Unknown) else 'no array'}")
    return TracedArray(found) if isinstance(found, ArrayValue) else found


# ---- evaluating a jaxpr


def _evaluated(closed: Any, inputs: Sequence[JaxValue]) -> list[JaxValue]:
    jaxpr = closed.jaxpr
    known: dict[Any, JaxValue] = dict(zip(jaxpr.invars, inputs, strict=True))
    known |= zip(jaxpr.constvars, map(_constant, closed.consts), strict=True)
    for equation in jaxpr.eqns:
        if all(type(one).__name__ == "DropVar" for one in equation.outvars):
            continue
        operands = [_constant(one.val) if hasattr(one, "val") else known[one] for one in equation.invars]
        try:
            results = _applied(equation, operands)
        except DeriveError as wrong:
            # What is inside a compiled function remembers where it was compiled, not from where it is called.
            wrong.position = _position(equation) or wrong.position
            raise noted(wrong) from None
        known |= zip(equation.outvars, results, strict=True)
        if equation.primitive.name not in CALLS and isinstance(results[0], ArrayValue):
            remember(results[0].entry, _position(equation))
    return [_constant(one.val) if hasattr(one, "val") else known[one] for one in jaxpr.outvars]


def _applied(equation: Any, operands: list[JaxValue]) -> list[JaxValue]:
    name = equation.primitive.name
    for inside in ("jaxpr", "call_jaxpr", "fun_jaxpr"):
        if name in CALLS and inside in equation.params:
            called = equation.params[inside]
            return _evaluated(called if hasattr(called, "consts") else ClosedJaxpr(called, ()), operands)
    if name == "cond" and isinstance(operands[0], ArrayValue) and isinstance(operands[0].entry, Number):
        return _evaluated(equation.params["branches"][int(operands[0].entry.value)], operands[1:])
    if name not in PRIMITIVES:
        raise IllPosedError(f"derive does not know the primitive {name} of JAX")
    _require_real(name, equation)
    return [PRIMITIVES[name](equation.params, *operands)]


def _require_real(name: str, equation: Any) -> None:
    """Raise `IllPosedError` if an operation on entries is not what it is of real numbers: NumPy's kinds are JAX's."""
    if name not in CALCULATED:
        return
    dtype = jax.numpy.dtype(equation.outvars[0].aval.dtype)
    kinds = {"b": (), "i": OF_WHOLE_NUMBERS} if dtype.itemsize >= 4 or dtype.kind == "b" else {}
    power = name == "integer_pow" and equation.params["y"] < 0
    if dtype.kind not in "fV" and (name not in kinds.get(dtype.kind, ()) or power):
        raise IllPosedError(f"{name} of entries of the type {dtype} is not that of real numbers")


# What calculates with entries, and of whole numbers what is the same as of real ones.
OF_WHOLE_NUMBERS = frozenset(
    """add add_any sub mul neg max min abs sign square integer_pow clamp dot_general scatter-add scatter_add
    reduce_sum reduce_prod reduce_max reduce_min dim_as_value""".split()
)
CALCULATED = OF_WHOLE_NUMBERS | {"pow", "div"}

CALLS = frozenset(
    ("jit", "pjit", "closed_call", "core_call", "custom_jvp_call", "custom_vjp_call", "remat", "checkpoint")
)


def _position(equation: Any) -> Position | None:
    """Return the innermost line of the user's that an equation comes from."""
    trace = equation.source_info.traceback
    for frame in trace.frames if trace is not None else ():
        if not is_library(frame.file_name):
            return line_at(frame.file_name, frame.line_num)
    return None


def _constant(value: Any) -> JaxValue:
    """Return a literal, or an array of one number."""
    if getattr(value, "size", 1) != 1:
        raise IllPosedError(
            f"an array of numbers of shape {value.shape} is a constant; derive knows declared sizes"
        )
    kind = getattr(value, "dtype", None)
    number = value.item() if hasattr(value, "item") else value
    axes: tuple[Axis, ...] = ((),) * getattr(value, "ndim", 0)
    if isinstance(number, bool):
        return ArrayValue(ONE if number else ZERO, axes)
    if isinstance(number, int):
        return ArrayValue(Number(Fraction(number)), axes)
    if not isinstance(number, float):
        raise IllPosedError(f"{number!r} ({kind}) is no real number")
    if not math.isfinite(number):
        return Unknown(str(number))
    return ArrayValue(current().number(float(number)), axes)


def _dims(length: Any) -> Dims:
    """Return a dimension of JAX's as sizes. Raises `IllPosedError` for any but a product of them."""
    if isinstance(length, int):
        if length == 1:
            return ()
        raise IllPosedError(f"an axis of length {length} is over no declared size")
    found: list[str] = []
    for factor in str(length).split("*"):
        name, _, power = factor.partition("^")
        if name not in current().context.sizes or not (power or "1").isdigit():
            raise IllPosedError(f"an axis of length {length} is over no product of declared sizes")
        found += [name] * int(power or "1")
    return tuple(found)


def _real(value: JaxValue) -> ArrayValue:
    if isinstance(value, ArrayValue):
        return value
    if isinstance(value, Unknown):
        raise IllPosedError(f"{value.what} is calculated with")
    raise IllPosedError("labels are calculated with as numbers; derive knows them as positions alone")


# ---- primitives

PRIMITIVES: dict[str, PrimitiveRule] = {}


def primitive(*names: str) -> Callable[[PrimitiveRule], PrimitiveRule]:
    """Enter a rule in the table, by the names of JAX's primitives."""

    def entered(rule: PrimitiveRule) -> PrimitiveRule:
        for name in names:
            PRIMITIVES[name] = rule
        return rule

    return entered


def _on_entries(build: Callable[..., Term]) -> PrimitiveRule:
    return lambda parameters, *operands: entrywise(build, *map(_real, operands))


def _apply(name: str) -> Callable[..., Term]:
    return lambda *arguments: Apply(name, arguments)


# Primitives that are universal functions of NumPy under another name, or others.
_ENTRY_BY_ENTRY: dict[str, Callable[..., Term]] = {
    **{
        name: REAL[name]
        for name in "exp exp2 expm1 log log1p sqrt tanh sin cos tan sinh cosh square sign erf erfc cbrt".split()
    },
    "neg": negate,
    "div": divide,
    "abs": REAL["absolute"],
    "pow": Power,
    "logistic": _apply("sigmoid"),
    "rsqrt": lambda x: divide(ONE, Apply("sqrt", (x,))),
    "erf_inv": _apply("erfinv"),
    "lgamma": _apply("lgamma"),
    "digamma": _apply("digamma"),
    "asin": _apply("asin"),
    "acos": _apply("acos"),
    "atan": _apply("atan"),
    "asinh": _apply("asinh"),
    "acosh": _apply("acosh"),
    "atanh": _apply("atanh"),
    "atan2": _apply("atan2"),
    "clamp": lambda low, x, high: Apply("clip", (x, low, high)),
}
for _name, _build in _ENTRY_BY_ENTRY.items():
    PRIMITIVES[_name] = _on_entries(_build)


@primitive("stop_gradient")
def _held(parameters: Parameters, x: JaxValue) -> JaxValue:
    return entrywise(_apply("stop_gradient"), _real(x))


@primitive("integer_pow")
def _integer_power(parameters: Parameters, x: JaxValue) -> JaxValue:
    return entrywise(lambda base: Power(base, Number(Fraction(parameters["y"]))), _real(x))


def _is(value: JaxValue, number: int) -> bool:
    return isinstance(value, ArrayValue) and value.entry == Number(Fraction(number))


@primitive("add", "add_any")
def _add(parameters: Parameters, left: JaxValue, right: JaxValue) -> JaxValue:
    for one, other in ((left, right), (right, left)):
        if isinstance(one, TracedLabels):
            # From the end, as negative labels count; what is no label is not used.
            return one if _is(other, 0) else Unknown("a label with something added")
    return entrywise(add, _real(left), _real(right))


@primitive("sub")
def _subtract(parameters: Parameters, left: JaxValue, right: JaxValue) -> JaxValue:
    if _is(right, 0):
        return left
    return entrywise(lambda a, b: add(a, negate(b)), _real(left), _real(right))


@primitive("mul")
def _multiply(parameters: Parameters, left: JaxValue, right: JaxValue) -> JaxValue:
    for one, other in ((left, right), (right, left)):
        if isinstance(one, TracedLabels) and _is(other, 1):
            return one
    return entrywise(multiply, _real(left), _real(right))


def _extreme(name: str, least: str) -> PrimitiveRule:
    def rule(parameters: Parameters, left: JaxValue, right: JaxValue) -> JaxValue:
        for one, other in ((left, right), (right, left)):
            if isinstance(one, Unknown) and one.what == least:
                return other
        return entrywise(_apply(name), _real(left), _real(right))

    return rule


PRIMITIVES["max"] = _extreme("max", "-inf")
PRIMITIVES["min"] = _extreme("min", "inf")


# ---- comparisons and choices


def _compared(name: str) -> PrimitiveRule:
    def rule(parameters: Parameters, left: JaxValue, right: JaxValue) -> JaxValue:
        if isinstance(left, TracedLabels) or isinstance(right, TracedLabels):
            return _labels_compared(name, left, right)
        if isinstance(left, Unknown) and isinstance(right, ArrayValue):
            return rule(parameters, right, left) if name in ("equal", "not_equal") else _real(left)
        if isinstance(right, Unknown) and right.what in BEYOND and isinstance(left, ArrayValue):
            holds = name in BEYOND[right.what]
            return ArrayValue(ONE if holds else ZERO, left.axes)
        first, second = _real(left), _real(right)
        if first is second:
            # How one asks for `nan`, which is no real number.
            return ArrayValue(ONE if name in ("equal", "less_equal", "greater_equal") else ZERO, first.axes)
        if name in ("greater", "not_equal") and second.entry == ZERO and _is_size(first.entry):
            return ArrayValue(ONE)
        return entrywise(COMPARISONS[name], first, second)

    return rule


# Comparisons of a real number with an infinity that hold.
BEYOND = {"inf": ("less", "less_equal", "not_equal"), "-inf": ("greater", "greater_equal", "not_equal")}


def _is_size(node: Term) -> bool:
    """Return whether a term is a product of sizes, which are positive."""
    return isinstance(node, SizeNumber) or (isinstance(node, Multiply) and all(map(_is_size, node.factors)))


def _labels_compared(name: str, left: JaxValue, right: JaxValue) -> JaxValue:
    if name == "less" and _is(right, 0):
        return ArrayValue(ZERO, left.axes if isinstance(left, TracedLabels) else ())  # labels count from 0
    if isinstance(left, TracedLabels) and isinstance(right, TracedLabels) and left.dim == right.dim:
        axes = axes_over(aligned(left.dims, right.dims))
        return ArrayValue(compared_positions(name, left.over(axes), right.over(axes)), axes)
    raise IllPosedError(f"the comparison {name} of labels is not understood")


for _name, _by in {
    "eq": "equal", "ne": "not_equal", "lt": "less", "le": "less_equal", "gt": "greater", "ge": "greater_equal",
}.items():  # fmt: skip
    PRIMITIVES[_name] = _compared(_by)
for _name in ("and", "or", "xor", "not"):
    PRIMITIVES[_name] = _on_entries(LOGIC[f"logical_{_name}"])


@primitive("is_finite")
def _is_finite(parameters: Parameters, x: JaxValue) -> JaxValue:
    return scalar(ZERO) if isinstance(x, Unknown) else ArrayValue(ONE, _real(x).axes)


@primitive("select_n")
def _select(parameters: Parameters, which: JaxValue, *cases: JaxValue) -> JaxValue:
    mask = _real(which)
    if mask.entry in (ZERO, ONE):
        return cases[mask.entry == ONE]
    if len(cases) != 2:
        raise IllPosedError("select_n is understood between two cases")
    otherwise, then = map(_or_none, cases)
    return entrywise(chosen, mask, then, otherwise)


def _or_none(case: JaxValue) -> ArrayValue:
    """Return a case of a choice; `nan` is a term that has no value."""
    return scalar(Apply("log", (ZERO,))) if isinstance(case, Unknown) and case.what == "nan" else _real(case)


@primitive("convert_element_type")
def _converted(parameters: Parameters, x: JaxValue) -> JaxValue:
    dtype = jax.numpy.dtype(parameters["new_dtype"])
    kind = dtype.kind
    if kind in "iu" and dtype.itemsize < 4:
        raise IllPosedError(f"entries are made {dtype}, which holds few whole numbers")
    if isinstance(x, TracedLabels):
        if kind not in "iu":
            raise IllPosedError("labels are made numbers; derive knows them as positions alone")
        return x
    if isinstance(x, Unknown):
        return x
    if kind == "b":
        return entrywise(lambda one: COMPARISONS["not_equal"](one, ZERO), _real(x))
    whole = _is_size(_real(x).entry) or isinstance(_real(x).entry, Number)
    least = 0 if kind == "u" else -math.inf
    if kind in "iu" and not (whole and _whole(_real(x).entry, least)):
        raise IllPosedError(f"numbers are made {parameters['new_dtype']}, which rounds them")
    return x


def _whole(node: Term, least: float) -> bool:
    return not isinstance(node, Number) or (node.value.denominator == 1 and node.value >= least)


@primitive("copy", "copy_p", "optimization_barrier")
def _copied(parameters: Parameters, x: JaxValue) -> JaxValue:
    return x


# ---- axes


def _reduction(operation: Any) -> PrimitiveRule:
    return lambda parameters, x: reduced(operation, _real(x), tuple(parameters["axes"]))


for _name in ("sum", "max", "min", "prod"):
    PRIMITIVES[f"reduce_{_name}"] = _reduction(_name)


@primitive("dot_general")
def _dot(parameters: Parameters, left: JaxValue, right: JaxValue) -> JaxValue:
    first, second = _real(left), _real(right)
    (over, with_), (batch, along) = parameters["dimension_numbers"]
    names = [f"l{k}" for k in range(len(first.axes))], [f"r{k}" for k in range(len(second.axes))]
    for one, other in (*zip(over, with_, strict=True), *zip(batch, along, strict=True)):
        names[1][other] = names[0][one]
    shared = [names[0][k] for k in batch]
    gone = {*shared, *(names[0][k] for k in over)}
    free = [name for one in names for name in one if name not in gone]
    return contracted((first, second), names, [*shared, *free])


@primitive("transpose")
def _transposed(parameters: Parameters, x: JaxValue) -> JaxValue:
    return permuted(_real(x), parameters["permutation"])


@primitive("squeeze")
def _squeezed(parameters: Parameters, x: JaxValue) -> JaxValue:
    if isinstance(x, TracedLabels):
        return TracedLabels(squeezed(ArrayValue(ZERO, x.axes), parameters["dimensions"]).axes, x.position)
    return squeezed(_real(x), parameters["dimensions"])


@primitive("reshape")
def _reshaped(parameters: Parameters, x: JaxValue) -> JaxValue:
    shape = [_dims(length) for length in parameters["new_sizes"]]
    if isinstance(x, TracedLabels):
        return TracedLabels(reshaped(ArrayValue(ZERO, x.axes), shape).axes, x.position)
    return reshaped(_real(x), shape)


@primitive("broadcast_in_dim")
def _broadcast(parameters: Parameters, x: JaxValue) -> JaxValue:
    if isinstance(x, Unknown):
        return x
    axes = list(axes_over([_dims(length) for length in parameters["shape"]]))
    kept = x.axes if isinstance(x, TracedLabels) else _real(x).axes
    for place, axis in zip(parameters["broadcast_dimensions"], kept, strict=True):
        axes[place] = axis or axes[place]
    if isinstance(x, TracedLabels):
        return TracedLabels(axes, x.position)
    return ArrayValue(_real(x).entry, tuple(axes))


@primitive("iota")
def _iota(parameters: Parameters) -> JaxValue:
    axes = axes_over([_dims(length) for length in parameters["shape"]])
    along = axes[parameters["dimension"]]
    if len(along) != 1:
        raise IllPosedError("positions along an axis that is over no single size are not understood")
    return TracedLabels(axes, along[0])


@primitive("dim_as_value")
def _dimension(parameters: Parameters) -> JaxValue:
    return scalar(multiply(*map(SizeNumber, _dims(parameters["dim"]))))


@primitive("platform_index")
def _platform(parameters: Parameters) -> JaxValue:
    # The branches say the same in other words; the one for all platforms has no name.
    return scalar(Number(Fraction(parameters["platforms"].index(None))))


# ---- labels


@primitive("concatenate")
def _concatenated(parameters: Parameters, *parts: JaxValue) -> JaxValue:
    last = parameters["dimension"]
    columns = []
    for part in parts:
        if not isinstance(part, TracedLabels) or last != len(part.axes) - 1 or part.axes[last]:
            raise IllPosedError(
                "arrays are put one behind the other; derive knows arrays over declared sizes"
            )
        columns.append(TracedLabels(part.axes[:last], part.position))
    return Coordinates(tuple(columns))


def _columns(indices: JaxValue) -> tuple[TracedLabels, ...]:
    if isinstance(indices, Coordinates):
        return indices.columns
    if isinstance(indices, TracedLabels) and indices.axes and not indices.axes[-1]:
        return (TracedLabels(indices.axes[:-1], indices.position),)
    raise IllPosedError("entries are taken at what is no array of labels")


@primitive("gather")
def _gathered(parameters: Parameters, x: JaxValue, indices: JaxValue) -> JaxValue:
    value, columns = _real(x), _columns(indices)
    numbers = parameters["dimension_numbers"]
    across = axes_over(aligned(*(one.dims for one in columns)))
    at = dict(zip(numbers.start_index_map, (one.over(across) for one in columns), strict=True))
    along = dict(zip(numbers.operand_batching_dims, numbers.start_indices_batching_dims, strict=True))
    renaming: list[Axis] = []
    kept: list[Axis] = []
    for place, axis in enumerate(value.axes):
        if place in along:
            renaming.append(across[along[place]])
        elif place in at:
            if place not in numbers.collapsed_slice_dims or len(axis) != 1 or axis[0].dim != at[place].dim:
                raise IllPosedError("a part of an axis of symbolic length is taken")
            renaming.append((at[place],))
        elif _dims(parameters["slice_sizes"][place]) == tuple(index.dim for index in axis):
            renaming.append(axis)
            kept.append(axis)
        else:
            raise IllPosedError("a part of an axis of symbolic length is taken")
    waiting, offset = iter(across), iter(kept)
    rank = len(across) + len(kept)
    axes = tuple(next(offset) if place in numbers.offset_dims else next(waiting) for place in range(rank))
    return ArrayValue(value.at(renaming), axes)


@primitive("scatter-add", "scatter_add")
def _scattered_sum(parameters: Parameters, x: JaxValue, indices: JaxValue, updates: JaxValue) -> JaxValue:
    value = _real(x)
    entry, positions, across = _updates(parameters, value, indices, updates)
    factors = (delta(position, index) for index, position in positions.items())
    summed = [index for axis in across for index in axis]
    part = bound("sum", multiply(*(one for one in factors if one != ONE), entry), summed)
    return ArrayValue(add(value.entry, part), value.axes)


@primitive("scatter")
def _scattered(parameters: Parameters, x: JaxValue, indices: JaxValue, updates: JaxValue) -> JaxValue:
    value = _real(x)
    entry, positions, across = _updates(parameters, value, indices, updates)
    solved = solved_positions(positions, across)
    found = rename(entry, solved)
    for index, position in positions.items():
        found = chosen(delta(renamed(position, solved), index), found, value.entry)
    return ArrayValue(found, value.axes)


def _updates(
    parameters: Parameters, value: ArrayValue, indices: JaxValue, updates: JaxValue
) -> tuple[Term, dict[Index, Index], tuple[Axis, ...]]:
    """Return what is written, over the axes of the array and those of the labels; where; and the latter axes."""
    numbers, columns, new = parameters["dimension_numbers"], _columns(indices), _real(updates)
    across = list(axes_over(aligned(*(one.dims for one in columns))))
    for place, along in zip(
        numbers.operand_batching_dims, numbers.scatter_indices_batching_dims, strict=True
    ):
        across[along] = value.axes[place]
    held = {*numbers.inserted_window_dims, *numbers.operand_batching_dims}
    window = iter([axis for place, axis in enumerate(value.axes) if place not in held])
    batch = iter(across)
    axes = [
        next(window) if place in numbers.update_window_dims else next(batch) for place in range(len(new.axes))
    ]
    positions: dict[Index, Index] = {}
    for place, column in zip(numbers.scatter_dims_to_operand_dims, columns, strict=True):
        axis, position = value.axes[place], column.over(across)
        if place not in numbers.inserted_window_dims or len(axis) != 1 or axis[0].dim != position.dim:
            raise IllPosedError("a part of an axis of symbolic length is written")
        positions[axis[0]] = position
    free = tuple(axis for axis in across if axis not in value.axes)
    return new.at([one if old else () for one, old in zip(axes, new.axes, strict=True)]), positions, free
