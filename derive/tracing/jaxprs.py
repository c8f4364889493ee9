"""JAX's programs as formulas: jaxprs over symbolic dimensions, read by a table of primitives.

What JAX documents of a primitive is what its row says, in real arithmetic. A primitive without a row is an error that
names it and the line of the code that it comes from.
"""

from __future__ import annotations

import builtins
import inspect
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

import jax
import numpy
from jax import export
from jax.extend.core import ClosedJaxpr

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
from derive.terms.nodes import Add, Multiply
from derive.tracing.indexing import accumulated, put, solved_positions, taken
from derive.tracing.joining import joined, stacked
from derive.tracing.known import MOST, alike, count, dims_of, entries_along, number_of, over, settled
from derive.tracing.operations import COMPARISONS, FUNCTIONS, LOGIC, REAL, compared_positions
from derive.tracing.places import is_library, line_at
from derive.tracing.positions import Turned
from derive.tracing.proxies import Length, TracedArray, TracedLabels, lift
from derive.tracing.replaced import namespaces
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


JaxValue: TypeAlias = ArrayValue | TracedLabels | Coordinates | Turned | Unknown
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
    fixed = {name: size.fixed for name, size in trace.context.sizes.items()}
    free = [name for name in names if fixed[name] is None]
    dimensions = fixed | dict(zip(free, export.symbolic_shape(",".join(free)) if free else (), strict=True))
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
        with _length_of(function):
            closed, shapes = jax.make_jaxpr(positional, return_shape=True)(
                *(_struct(one, dimensions) for one in given)
            )
    except (TypeError, ValueError, NotImplementedError, jax.errors.JAXTypeError) as wrong:
        raise IllPosedError(f"JAX cannot trace it for all shapes: {str(wrong).splitlines()[0]}") from wrong
    results = _evaluated(closed, [one.value if isinstance(one, TracedArray) else one for one in given])
    outputs = [_output(one) for one in results]
    return jax.tree_util.tree_unflatten(jax.tree_util.tree_structure(shapes), outputs)


@contextmanager
def _length_of(function: Callable[..., Any]) -> Iterator[None]:
    """Have `len`, `math.sqrt` and powers take symbolic dimensions as the numbers that they are, in the code traced."""
    places = [space for space in namespaces([function]) if "len" not in space]
    module: Any = math
    dimension: Any = type(export.symbolic_shape("n")[0])
    root, power = math.sqrt, dimension.__pow__
    for space in places:
        space["len"] = _len
    module.sqrt = lambda x, /: jax.numpy.sqrt(x) if isinstance(x, dimension) else root(x)
    dimension.__pow__ = lambda one, by, *rest: (
        jax.numpy.asarray(one, float) ** by if isinstance(by, float) else power(one, by, *rest)
    )
    try:
        yield
    finally:
        module.sqrt, dimension.__pow__ = root, power
        for space in places:
            del space["len"]


def _len(value: Any, /) -> Any:
    return value.shape[0] if isinstance(value, jax.Array) and value.ndim else builtins.len(value)


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
    if isinstance(found, Unknown | Coordinates | Turned):
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
        whole = ["dtype" in dir(one.aval) and one.aval.dtype.kind in "iu" for one in equation.outvars]
        results = [_counted(one) if is_whole else one for one, is_whole in zip(results, whole, strict=True)]
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
    if name in MANY:
        return MANY[name](equation.params, *operands)
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
        return lift(numpy.asarray(value)).value
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
    if isinstance(length, _Sizes):
        return tuple(length)
    if hasattr(length, "__index__") and not export.is_symbolic_dim(length):
        return dims_of(int(length))
    found: list[str] = []
    for factor in str(length).split("*"):
        name, _, power = factor.partition("^")
        if name.isdigit() and not power:
            found += dims_of(int(name))
            continue
        if name not in current().context.sizes or not (power or "1").isdigit():
            raise IllPosedError(f"an axis of length {length} is over no product of declared sizes")
        found += [name] * int(power or "1")
    return tuple(found)


def _real(value: JaxValue) -> ArrayValue:
    if isinstance(value, ArrayValue):
        return value
    if isinstance(value, Unknown):
        raise IllPosedError(f"{value.what} is calculated with")
    if isinstance(value, TracedLabels):
        return value.lifted().value
    if isinstance(value, Turned):
        return value.lifted().value
    raise IllPosedError("places of entries are calculated with as numbers")


# ---- primitives

MANY: dict[str, Callable[..., list[JaxValue]]] = {}
"""Primitives with several results."""

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
        return x if kind in "iu" else _real(x)
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
    return lambda parameters, x: reduced(operation, _real(x), tuple(map(int, parameters["axes"])))


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
        try:
            return TracedLabels(reshaped(ArrayValue(ZERO, x.axes), shape, whole=True).axes, x.position)
        except IllPosedError:
            return reshaped(_real(x), shape)  # as the numbers that they are
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
    return scalar(number_of(_dims(parameters["dim"])))


@primitive("platform_index")
def _platform(parameters: Parameters) -> JaxValue:
    # The branches say the same in other words; the one for all platforms has no name.
    return scalar(Number(Fraction(parameters["platforms"].index(None))))


# ---- parts of axes of known length


def _of_array(array: Any) -> ArrayValue:
    value: ArrayValue = array.value
    return value


def _whole_number(node: Term) -> int | None:
    """Return the whole number that a term of numbers is, as indices are calculated."""
    match settled(node):
        case Number(value) if value.denominator == 1:
            return int(value)
        case Add(terms):
            found = [_whole_number(one) for one in terms]
            return None if None in found else sum(one for one in found if one is not None)
        case Multiply(factors):
            found = [_whole_number(one) for one in factors]
            return None if None in found else math.prod(one for one in found if one is not None)
    return None


def _numbers(indices: JaxValue) -> list[int] | None:
    """Return the numbers at which a part of an array begins, if they are numbers: one for each of some axes."""
    if not isinstance(indices, ArrayValue) or len(indices.axes) != 1:
        return None
    found = [_whole_number(entry) for entry in entries_along(indices.entry, indices.axes[0])]
    return None if None in found else [one for one in found if one is not None]


def _rows_of_numbers(indices: JaxValue) -> list[ArrayValue] | None:
    """Return the rows of a matrix of numbers of known length, if it is one: where several parts of an array begin."""
    if not isinstance(indices, ArrayValue) or len(indices.axes) != 2 or count(indices.shape[0]) is None:
        return None
    rows = [ArrayValue(entry, indices.axes[1:]) for entry in entries_along(indices.entry, indices.axes[0])]
    return None if any(_numbers(row) is None for row in rows) else rows


def _key(
    value: ArrayValue, starts: Mapping[int, int], lengths: Sequence[Any], gone: Sequence[int]
) -> tuple[Any, ...]:
    """Return the part of an array that begins at numbers, with these lengths, as a key in brackets."""
    key: list[Any] = []
    for place, (axis, length) in enumerate(zip(value.axes, lengths, strict=True)):
        dims, wanted = tuple(index.dim for index in axis), _dims(length)
        start, whole = starts.get(place, 0), count(dims)
        if place in gone:
            if wanted:
                raise IllPosedError("an axis is left out that has not the length 1")
            if not 0 <= start < (whole or start + 1):
                raise IllPosedError(f"an entry at {start} is taken, beyond the end of its axis")
            key.append(start)
        elif start == 0 and alike(dims, wanted):
            key.append(slice(None))
        else:
            stop = start + (count(wanted) or 0)
            if start < 0 or whole is None or stop > whole or stop == start:
                raise IllPosedError("a part of an axis of symbolic length is taken, or one beyond its end")
            key.append(slice(start, stop))
    return tuple(key)


def _written_at(
    parameters: Parameters, value: ArrayValue, indices: JaxValue, updates: JaxValue, *, add: bool
) -> JaxValue:
    """Return an array with a part of it, which begins at numbers, written or added to."""
    numbers, new = parameters["dimension_numbers"], _real(updates)
    starts = dict(zip(numbers.scatter_dims_to_operand_dims, _numbers(indices) or (), strict=True))
    waiting = iter(new.shape)
    lengths = [
        1 if place in numbers.inserted_window_dims else _length(next(waiting))
        for place in range(len(value.axes))
    ]
    found = TracedArray(value)
    key = _key(value, starts, lengths, numbers.inserted_window_dims)
    if add:
        accumulated(found, key, TracedArray(new), 1)
    else:
        put(found, key, TracedArray(new))
    return found.value


class _Sizes(tuple[str, ...]):
    """The sizes of an axis, where JAX has a length."""

    __slots__ = ()


def _length(dims: Dims) -> Any:
    return _Sizes(dims)


@primitive("slice")
def _sliced(parameters: Parameters, x: JaxValue) -> JaxValue:
    value = _real(x)
    starts, ends = parameters["start_indices"], parameters["limit_indices"]
    strides = parameters["strides"] or (1,) * len(starts)
    key: list[slice] = []
    for axis, start, end, stride in zip(value.axes, starts, ends, strides, strict=True):
        dims = tuple(index.dim for index in axis)
        if not export.is_symbolic_dim(start) and start == 0 and stride == 1 and alike(dims, _dims(end)):
            key.append(slice(None))
        elif any(export.is_symbolic_dim(one) for one in (start, end, stride)):
            raise IllPosedError("a part of an axis of symbolic length is taken")
        else:
            key.append(slice(int(start), int(end), int(stride)))
    return _of_array(taken(TracedArray(value), tuple(key)))


@primitive("dynamic_slice")
def _dynamic_slice(parameters: Parameters, x: JaxValue, *starts: JaxValue) -> JaxValue:
    value = _real(x)
    given = [_whole_number(_real(one).entry) for one in starts]
    if None in given:
        raise IllPosedError("a part of an array is taken that begins at a symbolic value")
    known = {place: one for place, one in enumerate(given) if one is not None}
    return _of_array(taken(TracedArray(value), _key(value, known, parameters["slice_sizes"], ())))


@primitive("stack")
def _stacked(parameters: Parameters, *parts: JaxValue) -> JaxValue:
    return stacked([TracedArray(_real(one)) for one in parts], int(parameters["axis"])).value


@primitive("rev")
def _reversed(parameters: Parameters, x: JaxValue) -> JaxValue:
    axes = tuple(map(int, parameters["dimensions"]))
    found = FUNCTIONS["flip"](
        x if isinstance(x, Turned) else TracedArray(_real(x)), axes[0] if len(axes) == 1 else axes
    )
    return found if isinstance(found, Turned) else _of_array(found)


def _running_total(name: str) -> PrimitiveRule:
    def rule(parameters: Parameters, x: JaxValue) -> JaxValue:
        axis = int(parameters["axis"])
        if not parameters["reverse"]:
            found = FUNCTIONS[name](x if isinstance(x, Turned) else TracedArray(_real(x)), axis)
            return found if isinstance(found, Turned) else _of_array(found)
        turned = FUNCTIONS["flip"](TracedArray(_real(x)), axis)
        return _of_array(FUNCTIONS["flip"](FUNCTIONS[name](turned, axis), axis))

    return rule


for _name in ("cumsum", "cumprod"):
    PRIMITIVES[_name] = _running_total(_name)


def _split(parameters: Parameters, x: JaxValue) -> list[JaxValue]:
    value, place = _real(x), int(parameters["axis"])
    ends, total = [], 0
    for length in parameters["sizes"]:
        if export.is_symbolic_dim(length):
            return _split_equally(parameters, value, place)
        total += int(length)
        ends.append(total)
    return [_of_array(one) for one in FUNCTIONS["split"](TracedArray(value), ends[:-1], place)]


def _split_equally(parameters: Parameters, value: ArrayValue, place: int) -> list[JaxValue]:
    sizes = parameters["sizes"]
    if any(_dims(one) != _dims(sizes[0]) for one in sizes):
        raise IllPosedError("an axis of symbolic length is split into parts of different lengths")
    return [_of_array(one) for one in FUNCTIONS["split"](TracedArray(value), len(sizes), place)]


MANY["split"] = _split


def _counted(value: JaxValue) -> JaxValue:
    """Return a value, or the whole number that it is: what counts the steps of a loop, and where a part begins."""
    if isinstance(value, ArrayValue) and not value.atoms:
        number = _whole_number(value.entry)
        return value if number is None else ArrayValue(Number(Fraction(number)), value.axes)
    return value


def _scan(parameters: Parameters, *operands: JaxValue) -> list[JaxValue]:
    """Return what a loop over an axis of known length gives, step by step."""
    steps = parameters["length"]
    if export.is_symbolic_dim(steps) or steps > MOST:
        raise IllPosedError(f"a loop of {steps} steps is not followed")
    fixed, carried = parameters["num_consts"], parameters["num_carry"]
    constants, carry, rows = operands[:fixed], operands[fixed : fixed + carried], operands[fixed + carried :]
    results: list[list[JaxValue]] = []
    order = range(steps - 1, -1, -1) if parameters["reverse"] else range(steps)
    for step in order:
        given = [_of_array(taken(TracedArray(_real(one)), step)) if _real(one).axes[0] else
                 _of_array(taken(TracedArray(_real(one)), 0)) for one in rows]  # fmt: skip
        found = _evaluated(parameters["jaxpr"], [*constants, *carry, *given])
        carry = tuple(found[:carried])
        results.append(found[carried:])
    if parameters["reverse"]:
        results.reverse()
    stacks = [
        stacked([TracedArray(_real(one)) for one in column], 0).value for column in zip(*results, strict=True)
    ]
    return [*carry, *stacks]


MANY["scan"] = _scan


# ---- labels


@primitive("concatenate")
def _concatenated(parameters: Parameters, *parts: JaxValue) -> JaxValue:
    last = parameters["dimension"]
    columns = []
    for part in parts:
        if not isinstance(part, TracedLabels) or last != len(part.axes) - 1 or part.axes[last]:
            return joined([TracedArray(_real(one)) for one in parts], int(last)).value
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
    numbers = parameters["dimension_numbers"]
    starts = _numbers(indices)
    if starts is not None:
        key = _key(_real(x), dict(zip(numbers.start_index_map, starts, strict=True)), parameters["slice_sizes"],
                   numbers.collapsed_slice_dims)  # fmt: skip
        return _of_array(taken(TracedArray(_real(x)), key))
    several = _rows_of_numbers(indices)
    if several is not None:
        parts = [_gathered(parameters, x, one) for one in several]
        place = next(k for k in range(len(numbers.offset_dims) + 1) if k not in numbers.offset_dims)
        return stacked([TracedArray(_real(one)) for one in parts], place).value
    value, columns = _real(x), _columns(indices)
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
    if _numbers(indices) is not None:
        return _written_at(parameters, value, indices, updates, add=True)
    entry, positions, across = _updates(parameters, value, indices, updates)
    factors = (delta(position, index) for index, position in positions.items())
    summed = [index for axis in across for index in axis]
    part = over("sum", multiply(*(one for one in factors if one != ONE), entry), summed)
    return ArrayValue(add(value.entry, part), value.axes)


@primitive("scatter")
def _scattered(parameters: Parameters, x: JaxValue, indices: JaxValue, updates: JaxValue) -> JaxValue:
    value = _real(x)
    if _numbers(indices) is not None:
        return _written_at(parameters, value, indices, updates, add=False)
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
