"""NumPy's functions on symbolic arrays: a row each, by NumPy's name. A function without a row is an error.

What a row says is what NumPy documents, in real arithmetic: no rounding, no overflow, no `nan`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from fractions import Fraction
from typing import Any

from derive.arrays.values import fresh_axes
from derive.errors import IllPosedError
from derive.terms import (
    ONE,
    PI,
    ZERO,
    Apply,
    Compare,
    Index,
    Number,
    Power,
    Relation,
    Term,
    Where,
    add,
    delta,
    divide,
    indicator,
    multiply,
    negate,
    term,
)
from derive.terms.nodes import BigOperation
from derive.tracing import masks
from derive.tracing.indexing import Selected, accumulated, along, is_minus_infinity, put_along
from derive.tracing.kinds import RANK, Kind, named, of_power, of_total, promoted, resolved
from derive.tracing.known import dims_of, number_of, over, same
from derive.tracing.positions import TracedPlaces, Turned, extreme_places
from derive.tracing.proxies import (
    UNSET,
    Length,
    Shaped,
    Symbolic,
    TracedArray,
    TracedLabels,
    lift,
)
from derive.tracing.traces import current
from derive.tracing.values import (
    ArrayValue,
    Dims,
    aligned,
    axes_over,
    broadcast,
    chosen,
    contracted,
    diagonal,
    entrywise,
    expanded,
    identity_at,
    on_diagonal,
    permuted,
    places,
    reduced,
    reshaped,
    squeezed,
)

TWO = Number(Fraction(2))

# ---- entry by entry


def _apply(name: str) -> Callable[..., Term]:
    return lambda *arguments: Apply(name, arguments)


def _compare(relation: Relation) -> Callable[[Term, Term], Term]:
    return lambda left, right: indicator(Compare(relation, left, right))


def _minus(left: Term, right: Term) -> Term:
    return add(left, negate(right))


def _both(left: Term, right: Term) -> Term:
    return chosen(left, right, ZERO)


def _either(left: Term, right: Term) -> Term:
    return chosen(left, ONE, right)


def _not(mask: Term) -> Term:
    return chosen(mask, ZERO, ONE)


def _heaviside(x: Term, at: Term) -> Term:
    return Where(Compare(Relation.GREATER, x, ZERO), ONE, Where(Compare(Relation.LESS, x, ZERO), ZERO, at))


def _zero_times(x: Term, product: Term) -> Term:
    """`xlogy` and the like are 0 where their first argument is 0, whatever the other is."""
    return Where(Compare(Relation.EQUAL, x, ZERO), ZERO, product)


def _log(base: int) -> Callable[[Term], Term]:
    return lambda x: divide(Apply("log", (x,)), Apply("log", (term(base),)))


def _normal(x: Term) -> Term:
    """The distribution function of the normal distribution."""
    return divide(add(ONE, Apply("erf", (divide(x, Apply("sqrt", (TWO,))),))), TWO)


def _huber(delta_: Term, r: Term) -> Term:
    size = Apply("abs", (r,))
    far = multiply(delta_, _minus(size, divide(delta_, TWO)))
    return Where(Compare(Relation.AT_MOST, size, delta_), divide(Power(r, TWO), TWO), far)


def _positive_or_none(number: Term, value: Term) -> Term:
    """Return a value that there is where a number is positive; what SciPy gives elsewhere is left open."""
    return Where(Compare(Relation.GREATER, number, ZERO), value, Apply("log", (ZERO,)))


# The universal functions of NumPy and SciPy, by their names, on the entries.
REAL: dict[str, Callable[..., Term]] = {
    "add": add,
    "subtract": _minus,
    "multiply": multiply,
    "divide": divide,
    "true_divide": divide,
    "power": Power,
    "float_power": Power,
    "negative": negate,
    "positive": lambda x: x,
    "conjugate": lambda x: x,
    "square": lambda x: Power(x, TWO),
    "reciprocal": lambda x: divide(ONE, x),
    "sqrt": _apply("sqrt"),
    "absolute": _apply("abs"),
    "fabs": _apply("abs"),
    "sign": _apply("sign"),
    "heaviside": _heaviside,
    "maximum": _apply("max"),
    "minimum": _apply("min"),
    "fmax": _apply("max"),
    "fmin": _apply("min"),
    "clip": _apply("clip"),
    "exp": _apply("exp"),
    "exp2": lambda x: Power(TWO, x),
    "expm1": _apply("expm1"),
    "log": _apply("log"),
    "log2": _log(2),
    "log10": _log(10),
    "log1p": _apply("log1p"),
    "logaddexp": lambda a, b: Apply("log", (add(Apply("exp", (a,)), Apply("exp", (b,))),)),
    "hypot": lambda a, b: Apply("sqrt", (add(Power(a, TWO), Power(b, TWO)),)),
    "deg2rad": lambda x: divide(multiply(x, PI), 180),
    "rad2deg": lambda x: divide(multiply(x, 180), PI),
    "arctan2": _apply("atan2"),
    "arcsin": _apply("asin"),
    "arccos": _apply("acos"),
    "arctan": _apply("atan"),
    "arcsinh": _apply("asinh"),
    "arccosh": _apply("acosh"),
    "arctanh": _apply("atanh"),
    **{name: _apply(name) for name in "sin cos tan sinh cosh tanh".split()},
    # scipy.special
    "expit": _apply("sigmoid"),
    "log_expit": _apply("logsigmoid"),
    "logit": lambda p: Apply("log", (divide(p, _minus(ONE, p)),)),
    "xlogy": lambda x, y: _zero_times(x, multiply(x, Apply("log", (y,)))),
    "xlog1py": lambda x, y: _zero_times(x, multiply(x, Apply("log1p", (y,)))),
    "entr": lambda x: negate(_zero_times(x, multiply(x, Apply("log", (x,))))),
    "rel_entr": lambda x, y: _zero_times(x, multiply(x, Apply("log", (divide(x, y),)))),
    "kl_div": lambda x, y: add(_zero_times(x, multiply(x, Apply("log", (divide(x, y),)))), negate(x), y),
    "ndtr": _normal,
    "log_ndtr": lambda x: Apply("log", (_normal(x),)),
    "huber": lambda d, r: _positive_or_none(d, _huber(d, r)),
    "pseudo_huber": lambda d, r: _positive_or_none(
        d,
        multiply(
            Power(d, TWO),
            _minus(Apply("sqrt", (add(ONE, Power(divide(r, d), TWO)),)), ONE),
        ),
    ),
    "betaln": lambda a, b: Apply("log", (Apply("abs", (Apply("beta", (a, b)),)),)),
    "gammaln": _apply("lgamma"),
    "psi": _apply("digamma"),
    "cbrt": lambda x: multiply(Apply("sign", (x,)), Power(Apply("abs", (x,)), Number(Fraction(1, 3)))),
    **{name: _apply(name) for name in "erf erfc erfi erfinv gamma beta".split()},
}

COMPARISONS: dict[str, Callable[[Term, Term], Term]] = {
    "equal": _compare(Relation.EQUAL),
    "not_equal": _compare(Relation.UNEQUAL),
    "less": _compare(Relation.LESS),
    "less_equal": _compare(Relation.AT_MOST),
    "greater": _compare(Relation.GREATER),
    "greater_equal": _compare(Relation.AT_LEAST),
}

RELATIONS = {
    "less": Relation.LESS,
    "less_equal": Relation.AT_MOST,
    "greater": Relation.GREATER,
    "greater_equal": Relation.AT_LEAST,
}
MIRRORED = {
    "less": "greater",
    "less_equal": "greater_equal",
    "greater": "less",
    "greater_equal": "less_equal",
}

LOGIC: dict[str, Callable[..., Term]] = {
    "logical_and": _both,
    "logical_or": _either,
    "logical_not": _not,
    "logical_xor": lambda a, b: chosen(a, _not(b), b),
    "bitwise_and": _both,
    "bitwise_or": _either,
    "bitwise_xor": lambda a, b: chosen(a, _not(b), b),
    "invert": _not,
}

# What truth values give in arithmetic, where that is a truth value again.
OF_TRUTH_VALUES = {"multiply": _both, "add": _either, "maximum": _either, "minimum": _both}

HARMLESS = frozenset({"order", "subok"})


def universal(name: str, method: str, inputs: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
    """Return what a universal function makes of arrays, one of them symbolic; or what a method of it does."""
    if method == "at" and name in ("add", "subtract") and isinstance(inputs[0], TracedArray):
        accumulated(inputs[0], inputs[1], inputs[2], 1 if name == "add" else -1)
        return None
    if method == "reduce" and name in _REDUCTIONS_OF:
        return FUNCTIONS[_REDUCTIONS_OF[name]](*inputs, **{"axis": 0, **keywords})
    if method == "outer" and name in REAL:
        return _outer_of(name, *inputs)
    if method != "__call__":
        raise IllPosedError(f"derive does not know {name}.{method} of symbolic arrays")
    out, where = keywords.pop("out", None), keywords.pop("where", True)
    dtype = keywords.pop("dtype", None)
    if keywords.keys() - HARMLESS:
        raise IllPosedError(f"derive does not know the options {', '.join(keywords)} of {name}")
    if dtype is not None:
        inputs = tuple(_raised(one, named(dtype)) for one in inputs)
        if (
            name in COMPARISONS
            or name in LOGIC
            or resolved(name, [one.kind for one in inputs]) != named(dtype)
        ):
            raise IllPosedError(f"derive does not know {name} with a dtype that is not that of its result")
    found = FUNCTIONS["matmul"](*inputs) if name in ("matmul", "vecdot") else _entry_by_entry(name, inputs)
    return _written(found, out[0] if isinstance(out, tuple) else out, where)


def _raised(value: Any, kind: Kind) -> TracedArray:
    """Return an array with its entries as another kind, which loses nothing. Raises `IllPosedError`."""
    array = lift(value)
    if RANK[array.kind] > RANK[kind]:
        raise IllPosedError("numbers are calculated with in a type that rounds them")
    return TracedArray(array.value, kind)


def _written(found: Any, out: Any, where: Any) -> Any:
    """Return a result as it is asked for: in an array that is given, and only where truth values hold."""
    if out is None:
        if where is not True:
            raise IllPosedError("`where` without `out` leaves entries unset")
        return found
    if not isinstance(out, TracedArray):
        raise IllPosedError("a symbolic result is written into an array of numbers")
    value = found.value
    if where is not True:
        value = entrywise(chosen, lift(where).value, value, out.value)
    shape = out.dims
    out.assign(broadcast(value, shape), found.kind)
    return out


def _entry_by_entry(name: str, inputs: Sequence[Any]) -> Any:
    if name in COMPARISONS and any(isinstance(one, TracedLabels) for one in inputs):
        return _labels_compared(name, *inputs)
    if any(isinstance(one, Selected) for one in inputs):
        return _of_selected(name, inputs)
    arrays = [lift(one) for one in inputs]
    if any(one.hidden is not None for one in arrays):
        return _of_masked(name, arrays)
    build, kind = _row(name, [one.kind for one in arrays], arrays[-1].value.entry)
    return TracedArray(entrywise(build, *(one.value for one in arrays)), kind)


def _row(name: str, kinds: Sequence[Kind], last: Term) -> tuple[Callable[..., Term], Kind]:
    """Return what a function makes of entries of these kinds, of which this is the last, and of which kind that is."""
    if name in COMPARISONS:
        return COMPARISONS[name], "bool"
    truths = all(kind == "bool" for kind in kinds)
    if name in LOGIC:
        if truths:
            return LOGIC[name], "bool"
        if name.startswith("logical"):
            return lambda *parts: LOGIC[name](
                *(
                    part if kind == "bool" else indicator(Compare(Relation.UNEQUAL, part, ZERO))
                    for part, kind in zip(parts, kinds, strict=True)
                )
            ), "bool"
        raise IllPosedError(f"{name} is understood of truth values alone")
    if name not in REAL:
        raise IllPosedError(f"derive does not know the function {name} of symbolic arrays")
    kind = resolved(name, kinds)
    if kind == "int" and name == "power":
        kind = of_power(last)
    return OF_TRUTH_VALUES.get(name, REAL[name]) if truths else REAL[name], kind


def _labels_compared(name: str, left: Any, right: Any) -> TracedArray:
    """Return where two arrays of positions agree, or a position and a number."""
    if not isinstance(left, TracedLabels):
        left, right = right, left
        name = MIRRORED.get(name, name)
    if isinstance(right, TracedLabels) and right.dim == left.dim:
        other = right
    elif type(right) is int and right >= 0:
        other = TracedLabels((), Index(right + 1, left.dim))
    elif type(right) is int:  # no label is: they count from 0
        holds = name in ("not_equal", "greater", "greater_equal")
        return TracedArray(ArrayValue(ONE if holds else ZERO, axes_over(left.dims)), "bool")
    else:
        raise IllPosedError(f"labels along {left.dim} are compared with {right}")
    axes = axes_over(aligned(left.dims, other.dims))
    found = compared_positions(name, left.over(axes), other.over(axes))
    return TracedArray(ArrayValue(found, axes), "bool")


def compared_positions(name: str, left: Index, right: Index) -> Term:
    """Return 1 where two positions compare as a function of NumPy's says, else 0."""
    if name in RELATIONS:
        return masks.ordered(RELATIONS[name], left, right)
    same = delta(left, right)
    return same if name == "equal" else _not(same)


def _of_masked(name: str, arrays: Sequence[TracedArray]) -> TracedArray:
    """Return what a function makes of an array that is minus infinity somewhere, and of finite ones."""
    first, *rest = arrays
    found = first.masked
    if name == "exp" and found is not None:
        return TracedArray(masks.exponential(found))
    if name == "add" and found is None:
        first, rest = rest[0], [first]
        found = first.masked
    if name in ("add", "subtract") and found is not None:
        sum_ = masks.plus(found, rest[0].value, 1 if name == "add" else -1)
        return TracedArray(sum_.value, hidden=sum_.hidden)
    raise IllPosedError(f"{name} of an array with entries of -inf is not understood")


def _of_selected(name: str, inputs: Sequence[Any]) -> Selected:
    selected = [one for one in inputs if isinstance(one, Selected)]
    mask = selected[0].mask
    arrays, kinds = [], []
    for one in inputs:
        if isinstance(one, Selected):
            if one.axes != selected[0].axes or one.mask.at(mask.axes) != mask.entry:
                raise IllPosedError("what was selected by different truth values is put together")
            arrays.append(one.whole)
            kinds.append(one.kind)
            continue
        number = lift(one)
        if number.dims:
            raise IllPosedError(
                "what was selected by truth values is put together with an array of another shape"
            )
        arrays.append(number.value)
        kinds.append(number.kind)
    build, kind = _row(name, kinds, arrays[-1].entry)
    return Selected(entrywise(build, *arrays), mask, kind, selected[0].axes)


def _outer_of(name: str, left: Any, right: Any) -> Any:
    first, second = lift(left), lift(right)
    value = first.value
    for _ in second.dims:
        value = expanded(value, len(value.axes))
    return _entry_by_entry(name, (TracedArray(value, first.kind), second))


def truth(node: Term) -> Term:
    """Return 1 where a number is not 0, else 0."""
    match node:
        case Number(value):
            return ONE if value else ZERO
        case Where(condition, then, otherwise):
            return Where(condition, truth(then), truth(otherwise))
    return indicator(Compare(Relation.UNEQUAL, node, ZERO))


def converted(array: TracedArray, kind: Kind) -> ArrayValue:
    """Return the entries as NumPy stores them among others of a kind. Raises `IllPosedError` if that rounds."""
    if kind == "bool" and array.kind != "bool":
        return entrywise(truth, array.value)
    if RANK[array.kind] > RANK[kind]:
        raise IllPosedError("numbers are made whole ones, which rounds them")
    return array.value


def cast(
    array: TracedArray, dtype: Any, copy: Any = True, subok: bool = True, order: str = "K"
) -> TracedArray:
    """Return the entries as another type. Without `copy`, the result may share its memory with the array."""
    kind = array.kind if dtype is None else named(dtype)
    value = converted(array, kind)
    return TracedArray(value, kind) if copy or kind != array.kind else array.sharing(value)


# ---- functions, by NumPy's name

FUNCTIONS: dict[str, Callable[..., Any]] = {}


def function(*names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Enter a function in the table, by its names in NumPy or SciPy."""

    def entered(build: Callable[..., Any]) -> Callable[..., Any]:
        for name in names:
            FUNCTIONS[name] = build
        return build

    return entered


def called(function: Any, args: Sequence[Any], keywords: dict[str, Any]) -> Any:
    """Return what a function of NumPy's makes of arrays, one of them symbolic."""
    name = function.__name__
    module = str(function.__module__).removeprefix("numpy").strip(".")
    if name not in FUNCTIONS or module not in ("", "linalg", "_core.multiarray", "_core.einsumfunc"):
        raise IllPosedError(f"derive does not know {function.__module__}.{name} of symbolic arrays")
    try:
        return FUNCTIONS[name](*args, **keywords)
    except TypeError as wrong:
        if "argument" not in str(wrong):
            raise
        raise IllPosedError(f"derive does not know these options of numpy.{name}: {told(wrong)}") from None


def told(wrong: TypeError) -> str:
    """Return what Python says of arguments, without the name of the function that stands for NumPy's."""
    return str(wrong).partition("() ")[2] or str(wrong)


def lengths(shape: Any) -> tuple[Dims | None, ...]:
    """Return a shape as traced code gives one: lengths, 1, and -1 for what is left."""
    given = tuple(shape) if isinstance(shape, tuple | list) else (shape,)
    return tuple(map(_length, given))


def _length(one: Any) -> Dims | None:
    if isinstance(one, Length):
        return one.dims
    if isinstance(one, bool) or not hasattr(one, "__index__") or isinstance(one, Symbolic):
        raise IllPosedError(f"{one!r} is no length of an axis that is the same for all sizes")
    number = int(one)
    if number == -1:
        return None
    return dims_of(number)


def _shape(shape: Any) -> tuple[Dims, ...]:
    found = lengths(shape)
    if None in found:
        raise IllPosedError("a length is negative")
    return tuple(one for one in found if one is not None)


def _reduction(name: str, operation: BigOperation) -> None:
    @function(name, f"a{name}" if name in ("max", "min") else name)
    def build(
        a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: bool = False,
        *, initial: Any = None, where: Any = True,
    ) -> Any:  # fmt: skip
        if initial is not None or where is not True:
            if out is not None:
                raise IllPosedError(f"{name} with `out` and other options is not understood")
            return _reduced_among(name, lift(a), where, initial, axis=axis, dtype=dtype, keepdims=keepdims)
        if isinstance(a, list | tuple):
            a = FUNCTIONS["array"](a)
        if isinstance(a, Selected):
            if dtype is not None or out is not None or keepdims:
                raise IllPosedError(f"the options of {name} are not understood of what truth values select")
            return _selected_total(operation, a, axis)
        array = lift(a)
        if array.masked is not None and operation == "max":
            return _written(TracedArray(masks.greatest(array.masked, axis, keepdims)), out, True)
        kind = of_total(operation, array.kind, dtype)
        return _written(TracedArray(reduced(operation, array.value, axis, keepdims), kind), out, True)


def _reduced_among(name: str, array: TracedArray, where: Any, initial: Any, **options: Any) -> Any:
    """Return a reduction of the entries at which truth values hold, and of one number more."""
    if where is not True:
        mask = lift(where)
        if mask.kind != "bool":
            raise IllPosedError(f"`where` of {name} is of truth values")
        held = broadcast(mask.value, array.dims)
        if name == "mean" and initial is None:
            total = _reduced_among("sum", array, where, None, **options)
            options.pop("dtype")
            return _entry_by_entry("divide", (total, FUNCTIONS["sum"](TracedArray(held, "bool"), **options)))
        rest = {"sum": ZERO, "prod": ONE}.get(name, initial if initial is None else lift(initial).value.entry)
        if rest is None:
            raise IllPosedError(f"{name} of no entry has no value: give `initial`")
        array = TracedArray(entrywise(lambda one, x: chosen(one, x, rest), held, array.value), array.kind)
    found = FUNCTIONS[name](array, **options)
    return found if initial is None else _entry_by_entry(_REDUCES[name], (found, initial))


for _name, _operation in {"sum": "sum", "prod": "prod", "mean": "mean", "max": "max", "min": "min"}.items():
    _reduction(_name, _operation)  # type: ignore[arg-type]  # the names are those of the operations
_REDUCTIONS_OF = {
    "add": "sum",
    "multiply": "prod",
    "maximum": "max",
    "minimum": "min",
    "logaddexp": "logsumexp",
}
_REDUCES = {name: by for by, name in _REDUCTIONS_OF.items()}


def _selected_total(operation: BigOperation, selected: Selected, axis: Any) -> TracedArray:
    gone = None if axis is None else tuple(range(selected.axes))
    if operation not in ("sum", "mean") or (axis is not None and (type(axis) is not int or axis != 0)):
        raise IllPosedError(f"{operation} of what truth values select is not understood")
    total = reduced("sum", selected.filled(ZERO), gone)
    if operation == "sum":
        return TracedArray(total, of_total("sum", selected.kind, None))
    count = reduced("sum", entrywise(lambda mask: chosen(mask, ONE, ZERO), selected.mask), gone)
    return TracedArray(entrywise(divide, total, count))


@function("count_nonzero")
def _count_nonzero(a: Any, axis: Any = None, *, keepdims: bool = False) -> TracedArray:
    array = lift(a)
    build = COMPARISONS["not_equal"]
    mask = array.value if array.kind == "bool" else entrywise(lambda x: build(x, ZERO), array.value)
    return TracedArray(reduced("sum", mask, axis, keepdims), "int")


@function("average")
def _average(a: Any, axis: Any = None, weights: Any = None) -> Any:
    if weights is None:
        return FUNCTIONS["mean"](a, axis)
    first, second = lift(a), lift(weights)
    if type(axis) is int and second.ndim == 1 and -first.ndim <= axis < first.ndim:
        rest = first.ndim - 1 - axis % first.ndim
        second = FUNCTIONS["expand_dims"](second, tuple(range(1, rest + 1))) if rest else second
        if not same((first.dims[axis],), second.dims[:1]):
            raise IllPosedError("weights of another length than the axis")
        total = FUNCTIONS["sum"](_entry_by_entry("multiply", (first, _raised(second, "real"))), axis)
        return _entry_by_entry("divide", (total, FUNCTIONS["sum"](weights)))
    if not same(first.dims, second.dims):
        raise IllPosedError("weights of another shape than the array are not understood")
    first, second = _raised(first, "real"), _raised(second, "real")
    total = FUNCTIONS["sum"](_entry_by_entry("multiply", (first, second)), axis)
    return _entry_by_entry("divide", (total, FUNCTIONS["sum"](second, axis)))


def _count(value: ArrayValue, axis: Any) -> Term:
    return number_of(tuple(index.dim for place in places(value, axis) for index in value.axes[place]))


@function("var")
def _var(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, ddof: Any = 0, keepdims: bool = False,
    *, correction: Any = None,
) -> Any:  # fmt: skip
    of_total("mean", "real", dtype)
    array = lift(a)
    value = array.value
    squares = entrywise(lambda x, m: Power(_minus(x, m), TWO), value, reduced("mean", value, axis, True))
    if correction is not None:
        ddof = correction
    if type(ddof) is int and ddof == 0:
        found = reduced("mean", squares, axis, keepdims)
    else:
        count = entrywise(_minus, ArrayValue(_count(value, axis)), lift(ddof).value)
        found = entrywise(divide, reduced("sum", squares, axis, keepdims), count)
    return _written(TracedArray(found), out, True)


@function("std")
def _std(*args: Any, **keywords: Any) -> Any:
    return _entry_by_entry("sqrt", (_var(*args, **keywords),))


@function("norm")
def _norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> TracedArray:
    value = lift(x).value
    gone = places(value, axis)
    if ord is not None and not (len(gone) == 1 and ord in (1, 2, float("inf"))) and ord != "fro":
        raise IllPosedError(f"the norm of order {ord} is not understood")
    if ord == 1 or (ord is not None and ord == float("inf")):
        return TracedArray(
            reduced("sum" if ord == 1 else "max", entrywise(_apply("abs"), value), axis, keepdims)
        )
    squares = reduced("sum", entrywise(REAL["square"], value), axis, keepdims)
    return TracedArray(entrywise(_apply("sqrt"), squares))


# ---- products


@function("matmul")
def _matmul(a: Any, b: Any, out: Any = None) -> Any:
    one, other = lift(a), lift(b)
    left, right = one.value, other.value
    if not left.axes or not right.axes:
        raise IllPosedError("@ is between arrays, and one side is a number")
    rank = max(len(left.axes), len(right.axes))
    batch = [f"batch{place}" for place in range(rank)]
    second = ["in"] if len(right.axes) == 1 else [*_last(batch, len(right.axes) - 2), "in", "column"]
    first = ["in"] if len(left.axes) == 1 else [*_last(batch, len(left.axes) - 2), "row", "in"]
    outer = _last(batch, max(len(left.axes), len(right.axes), 2) - 2)
    output = [*outer, *(["row"] if "row" in first else []), *(["column"] if "column" in second else [])]
    return _written(_product((one, other), (first, second), output), out, True)


def _product(
    arrays: Sequence[TracedArray], labels: Sequence[Sequence[Hashable]], output: Sequence[Hashable]
) -> TracedArray:
    """Return the sum of products of entries, which of truth values is whether one of the products holds."""
    kind = promoted([one.kind for one in arrays])
    if kind == "bool" and any(name not in output for names in labels for name in names):
        raise IllPosedError(
            "a sum of products of truth values is a truth value in NumPy: make them numbers by astype(float)"
        )
    return TracedArray(contracted([one.value for one in arrays], labels, output), kind)


def _last(names: Sequence[str], count: int) -> list[str]:
    return list(names[len(names) - count :])


@function("dot")
def _dot(a: Any, b: Any, out: Any = None) -> Any:
    left, right = lift(a), lift(b)
    if not left.dims or not right.dims:
        return _entry_by_entry("multiply", (left, right))
    if left.ndim <= 2 and right.ndim <= 2:
        return _matmul(left, right, out)
    places_of = [-1], [-2 if right.ndim > 1 else -1]
    return _written(_tensordot(left, right, places_of), out, True)


@function("inner")
def _inner(a: Any, b: Any) -> Any:
    return _tensordot(a, b, ([-1], [-1]))


@function("vdot")
def _vdot(a: Any, b: Any) -> Any:
    left, right = (lift(one) for one in (a, b))
    if not same(left.dims, right.dims):
        raise IllPosedError("vdot is understood of arrays of the same shape")
    names = [f"in{place}" for place in range(left.ndim)]
    return _product((left, right), (names, names), [])


@function("outer")
def _outer(a: Any, b: Any, out: Any = None) -> Any:
    left, right = (TracedArray(reshaped(lift(one).value, (None,)), lift(one).kind) for one in (a, b))
    return _written(_product((left, right), (["i"], ["j"]), ["i", "j"]), out, True)


@function("tensordot")
def _tensordot(a: Any, b: Any, axes: Any = 2) -> TracedArray:
    one, other = lift(a), lift(b)
    left, right = one.value, other.value
    if type(axes) is int:
        axes = list(range(-axes, 0)), list(range(axes))
    first, second = places(left, list(_listed(axes[0]))), places(right, list(_listed(axes[1])))
    names = (
        [f"l{place}" for place in range(len(left.axes))],
        [f"r{place}" for place in range(len(right.axes))],
    )
    for here, there in zip(first, second, strict=True):
        names[1][there] = names[0][here]
    gone = {names[0][place] for place in first}
    return _product((one, other), names, [name for part in names for name in part if name not in gone])


def _listed(one: Any) -> Sequence[Any]:
    return one if isinstance(one, tuple | list) else (one,)


@function("einsum")
def _einsum(subscripts: Any, *operands: Any, out: Any = None, optimize: Any = False) -> Any:
    if not isinstance(subscripts, str):
        raise IllPosedError("einsum is understood with subscripts as text")
    arrays = [lift(one) for one in operands]
    values = [one.value for one in arrays]
    inputs, arrow, output = subscripts.replace(" ", "").partition("->")
    names = inputs.split(",")
    if len(names) != len(values):
        raise IllPosedError(f"{subscripts} names {len(names)} arrays, and {len(values)} are given")
    ranks = [
        len(value.axes) - len(name.replace("...", "")) for name, value in zip(names, values, strict=True)
    ]
    dots = max([rank for rank, name in zip(ranks, names, strict=True) if "..." in name], default=0)
    labels = [
        _subscripts(name, rank) if "..." in name else list(name)
        for name, rank in zip(names, ranks, strict=True)
    ]
    if not arrow:
        letters = [letter for name in names for letter in name.replace("...", "")]
        output = "..." * any("..." in name for name in names)
        output += "".join(sorted(letter for letter in set(letters) if letters.count(letter) == 1))
    return _written(_repeated(arrays, labels, _subscripts(output, dots)), out, True)


def _subscripts(name: str, dots: int) -> list[str]:
    head, found, tail = name.partition("...")
    return [*head, *(f"...{place}" for place in range(-dots, 0) if found), *tail]


def _repeated(arrays: Sequence[TracedArray], labels: Sequence[list[str]], output: list[str]) -> TracedArray:
    """Contract arrays after a label that stands twice in one of them has become a diagonal.

    Of one array nothing of which is summed, that is a view.
    """
    done, names = [], []
    for array, label in zip(arrays, labels, strict=True):
        value, label = array.value, list(label)
        twice = next((one for one in label if label.count(one) > 1), None)
        while twice is not None:
            first = label.index(twice)
            second = label.index(twice, first + 1)
            value = diagonal(value, first, second)
            label = [one for place, one in enumerate(label) if place not in (first, second)] + [twice]
            twice = next((one for one in label if label.count(one) > 1), None)
        done.append(TracedArray(value, array.kind))
        names.append(label)
    found = _product(done, names, output)
    viewed = len(arrays) == 1 and set(names[0]) == set(output)
    return arrays[0].sharing(found.value) if viewed else found


# ---- shapes


def _viewed(a: Any, value: ArrayValue) -> TracedArray:
    return a.sharing(value) if isinstance(a, TracedArray) else TracedArray(value, lift(a).kind)


def _read_only(a: Any, value: ArrayValue) -> TracedArray:
    view = _viewed(a, value)
    view.read_only = True
    return view


@function("reshape")
def _reshape(a: Any, shape: Any, order: str = "C", copy: Any = None) -> Any:
    if order != "C":
        raise IllPosedError(f"reshape in the order {order} is not understood")
    if isinstance(a, TracedLabels):
        return a.reshape(shape)
    array = lift(a)
    return _viewed(a, reshaped(array.value, lengths(shape)))


@function("ravel", "flatten")
def _ravel(a: Any, order: str = "C") -> Any:
    return _reshape(a, -1, order)


@function("transpose", "permute_dims")
def _transpose(a: Any, axes: Any = None) -> TracedArray:
    value = lift(a).value
    order = range(len(value.axes))[::-1] if axes is None else [one % len(value.axes) for one in axes]
    return _viewed(a, permuted(value, list(order)))


@function("matrix_transpose")
def _matrix_transpose(x: Any) -> Any:
    return _swapaxes(x, -1, -2)


@function("swapaxes")
def _swapaxes(a: Any, axis1: int, axis2: int) -> TracedArray:
    value = lift(a).value
    first, second = places(value, (axis1, axis2)) if axis1 != axis2 else (0, 0)
    order = list(range(len(value.axes)))
    order[first], order[second] = order[second], order[first]
    return _viewed(a, permuted(value, order))


@function("moveaxis")
def _moveaxis(a: Any, source: Any, destination: Any) -> TracedArray:
    value = lift(a).value
    come = places(value, list(_listed(source)))
    go = places(value, list(_listed(destination)))
    order = [place for place in range(len(value.axes)) if place not in come]
    for where, place in sorted(zip(go, come, strict=True)):
        order.insert(where, place)
    return _viewed(a, permuted(value, order))


@function("expand_dims")
def _expand_dims(a: Any, axis: Any) -> TracedArray:
    value = lift(a).value
    rank = len(value.axes) + len(_listed(axis))
    for place in sorted(one % rank for one in _listed(axis)):
        value = expanded(value, place)
    return _viewed(a, value)


@function("squeeze")
def _squeeze(a: Any, axis: Any = None) -> TracedArray:
    return _viewed(a, squeezed(lift(a).value, axis))


@function("broadcast_to")
def _broadcast_to(array: Any, shape: Any, subok: bool = False) -> TracedArray:
    return _read_only(array, broadcast(lift(array).value, _shape(shape)))


@function("atleast_1d")
def _atleast_1d(a: Any) -> Any:
    return a if lift(a).dims else _expand_dims(a, 0)


@function("shape")
def _shape_of(a: Any) -> Any:
    return a.shape


@function("ndim")
def _ndim_of(a: Any) -> Any:
    return a.ndim


@function("diag")
def _diag(v: Any, k: int = 0) -> TracedArray:
    if k:
        raise IllPosedError("only the main diagonal is understood")
    array = lift(v)
    if array.ndim == 1:
        return TracedArray(on_diagonal(array.value), array.kind)
    return _read_only(v, diagonal(array.value))


@function("diagonal")
def _diagonal(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> TracedArray:
    if offset:
        raise IllPosedError("only the main diagonal is understood")
    return _read_only(a, diagonal(lift(a).value, axis1, axis2))


@function("trace")
def _trace(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    return FUNCTIONS["sum"](_diagonal(a, offset, axis1, axis2), -1)


# ---- choices and copies


@function("where")
def _where(condition: Any, x: Any = None, y: Any = None) -> TracedArray:
    if x is None or y is None:
        raise IllPosedError("where of a condition alone gives positions, and how many is not known")
    mask = lift(condition)
    condition = mask.value
    if mask.kind != "bool":
        condition = entrywise(lambda one: COMPARISONS["not_equal"](one, ZERO), condition)
    for value, other, hidden in ((x, y, condition), (y, x, entrywise(_not, condition))):
        if is_minus_infinity(value):
            found = masks.masked(lift(other).value, hidden)
            return TracedArray(found.value, hidden=found.hidden)
    then, otherwise = lift(x), lift(y)
    kind = promoted((then.kind, otherwise.kind))
    return TracedArray(entrywise(chosen, condition, then.value, otherwise.value), kind)


@function("clip")
def _clip(
    a: Any, a_min: Any = None, a_max: Any = None, out: Any = None, *, min: Any = None, max: Any = None
) -> Any:
    low, high = (a_min if min is None else min), (a_max if max is None else max)
    if low is None and high is None:
        raise IllPosedError("clip has no bound")
    if low is None:
        return _written(_entry_by_entry("minimum", (a, high)), out, True)
    if high is None:
        return _written(_entry_by_entry("maximum", (a, low)), out, True)
    return _written(_entry_by_entry("clip", (a, low, high)), out, True)


@function("select")
def _select(condlist: Any, choicelist: Any, default: Any = 0) -> Any:
    found = default
    for condition, choice in reversed(list(zip(condlist, choicelist, strict=True))):
        found = _where(condition, choice, found)
    return found


@function("copy")
def _copy(a: Any, order: Any = None, subok: bool = False) -> Any:
    return cast(lift(a), None)


def _full(shape: tuple[Dims, ...], entry: Term, dtype: Any = None) -> TracedArray:
    return TracedArray(ArrayValue(entry, axes_over(shape)), "real" if dtype is None else named(dtype))


def _constant(name: str, entry: Term) -> None:
    @function(name)
    def build(shape: Any, dtype: Any = None, order: str = "C") -> TracedArray:
        return _full(_shape(shape), entry, dtype)

    @function(f"{name}_like")
    def build_like(
        a: Any, dtype: Any = None, order: str = "K", subok: bool = True, shape: Any = None
    ) -> TracedArray:
        if not isinstance(a, Shaped):
            raise IllPosedError(f"{name}_like is of a symbolic array")
        return _full(a.dims if shape is None else _shape(shape), entry, a.dtype if dtype is None else dtype)


_constant("zeros", ZERO)
_constant("ones", ONE)
_constant("empty", UNSET)


@function("full")
def _filled(shape: Any, fill_value: Any, dtype: Any = None, order: str = "C") -> TracedArray:
    if is_minus_infinity(fill_value):
        empty = _full(_shape(shape), ZERO).value
        return TracedArray(empty, hidden=ArrayValue(ONE, empty.axes))
    value = lift(fill_value)
    kind = value.kind if dtype is None else named(dtype)
    return TracedArray(broadcast(converted(value, kind), _shape(shape)), kind)


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
    if k or (M is not None and _shape(M) != _shape(N)):
        raise IllPosedError("eye is understood square, with its ones on the main diagonal")
    rows, columns = axes_over(_shape((N, N)))
    kind: Kind = "real" if dtype is None else named(dtype)
    return TracedArray(ArrayValue(identity_at(rows, columns), (rows, columns)), kind)


def _triangle(name: str, hides: dict[int, Relation]) -> None:
    """Enter `tril` or `triu`: what they leave is where the row and the column do not stand in a relation."""

    @function(name)
    def build(m: Any, k: int = 0) -> TracedArray:
        array = lift(m)
        found = array.masked
        value = array.value if found is None else found.value
        if k not in hides or len(value.axes) < 2 or any(len(axis) != 1 for axis in value.axes[-2:]):
            raise IllPosedError(
                f"{name} is understood of matrices over declared sizes, for k = {list(hides)}"
            )
        (row,), (column,) = value.axes[-2:]
        if row.dim != column.dim:
            raise IllPosedError(f"{name} is understood of matrices with as many rows as columns")
        gone = masks.ordered(hides[k], row, column)
        left = ArrayValue(chosen(gone, ZERO, value.entry), value.axes)
        if found is None:
            return TracedArray(left, array.kind)
        return TracedArray(
            left, hidden=ArrayValue(chosen(gone, ZERO, found.hidden.at(value.axes)), value.axes)
        )


_triangle("tril", {0: Relation.LESS, -1: Relation.AT_MOST})
_triangle("triu", {0: Relation.GREATER, 1: Relation.AT_LEAST})


@function("cumsum")
def _cumsum(a: Any, axis: Any = None) -> Any:
    turned = isinstance(a, Turned)
    array = lift(a.array if turned else a)
    value, kind = array.value, of_total("sum", array.kind, None)
    if axis is None and len(value.axes) > 1:
        raise IllPosedError("cumsum is understood along an axis")
    (place,) = places(value, axis)
    if turned and place != a.place:
        raise IllPosedError("cumsum of an array that is in reverse along another axis")
    if len(value.axes[place]) != 1:
        raise IllPosedError("cumsum is understood along an axis over a declared size")
    ((index,), (last,)) = value.axes[place], fresh_axes((value.axes[place][0].dim,))
    up_to = Relation.AT_LEAST if turned else Relation.AT_MOST
    before = chosen(masks.ordered(up_to, index, last), value.entry, ZERO)
    axes = (*value.axes[:place], (last,), *value.axes[place + 1 :])
    found = TracedArray(ArrayValue(over("sum", before, (index,)), axes), kind)
    return Turned(found, place) if turned else found


@function("argmax")
def _argmax(a: Any, axis: Any = None, out: Any = None, *, keepdims: bool = False) -> TracedPlaces:
    if out is not None:
        raise IllPosedError("argmax is not written into an array")
    return extreme_places(lift(a), axis, "max", keepdims)


@function("argmin")
def _argmin(a: Any, axis: Any = None, out: Any = None, *, keepdims: bool = False) -> TracedPlaces:
    if out is not None:
        raise IllPosedError("argmin is not written into an array")
    return extreme_places(lift(a), axis, "min", keepdims)


@function("take_along_axis")
def _take_along_axis(arr: Any, indices: Any, axis: Any = -1) -> TracedArray:
    if axis is None:
        raise IllPosedError("take_along_axis is understood along an axis")
    return along(lift(arr), indices, axis)


@function("put_along_axis")
def _put_along_axis(arr: Any, indices: Any, values: Any, axis: int) -> None:
    put_along(arr, indices, values, axis)


@function("arange")
def _arange(start: Any, stop: Any = None, step: Any = None, dtype: Any = None) -> Any:
    if stop is not None and type(start) is int and start == 0:
        start, stop = stop, None
    if type(start) is int and start > 0 and step in (None, 1):
        return FUNCTIONS["astype"](_entry_by_entry("add", (_arange(_less(stop, start)), start)), dtype)
    if not isinstance(start, Length) or stop is not None or step not in (None, 1):
        raise IllPosedError("arange is understood over a size, in steps of 1")
    if len(start.dims) != 1:
        raise IllPosedError(f"positions along the product {start} are not understood")
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


# ---- scipy.special


@function("logsumexp")
def _logsumexp(
    a: Any, axis: Any = None, b: Any = None, keepdims: bool = False, return_sign: bool = False
) -> TracedArray:
    if return_sign:
        raise IllPosedError("logsumexp with its sign is not understood")
    terms = _entry_by_entry("exp", (a,)).value
    if b is not None:
        terms = entrywise(multiply, lift(b).value, terms)
    return TracedArray(entrywise(_apply("log"), reduced("sum", terms, axis, keepdims)))


@function("softmax")
def _softmax(x: Any, axis: Any = None) -> TracedArray:
    terms = _entry_by_entry("exp", (x,)).value
    return TracedArray(entrywise(divide, terms, reduced("sum", terms, axis, True)))


@function("log_softmax")
def _log_softmax(x: Any, axis: Any = None) -> TracedArray:
    return TracedArray(entrywise(_minus, lift(x).value, _logsumexp(x, axis, keepdims=True).value))
