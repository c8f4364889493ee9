"""NumPy's sums, means, extremes, variances and norms over axes: rows of the table."""

from __future__ import annotations

from typing import Any

from derive.errors import IllPosedError
from derive.terms import ONE, ZERO, Compare, Power, Relation, Term, divide, indicator
from derive.terms.nodes import BigOperation
from derive.tracing import masks
from derive.tracing.indexing import Selected
from derive.tracing.kinds import of_total
from derive.tracing.known import number_of, same
from derive.tracing.operations.entries import COMPARISONS, REAL, REDUCTION_OF, TWO, applied, minus
from derive.tracing.operations.table import FUNCTIONS, function
from derive.tracing.operations.universal import entry_by_entry, raised, written
from derive.tracing.proxies.arrays import TracedArray, lift
from derive.tracing.values import ArrayValue, broadcast, chosen, entrywise, places, reduced


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
            return written(TracedArray(masks.greatest(array.masked, axis, keepdims)), out, True)
        kind = of_total(operation, array.kind, dtype)
        return written(TracedArray(reduced(operation, array.value, axis, keepdims), kind), out, True)


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
            return entry_by_entry("divide", (total, FUNCTIONS["sum"](TracedArray(held, "bool"), **options)))
        rest = {"sum": ZERO, "prod": ONE}.get(name, initial if initial is None else lift(initial).value.entry)
        if rest is None:
            raise IllPosedError(f"{name} of no entry has no value: give `initial`")
        array = TracedArray(entrywise(lambda one, x: chosen(one, x, rest), held, array.value), array.kind)
    found = FUNCTIONS[name](array, **options)
    return found if initial is None else entry_by_entry(_REDUCES[name], (found, initial))


for _name, _operation in {"sum": "sum", "prod": "prod", "mean": "mean", "max": "max", "min": "min"}.items():
    _reduction(_name, _operation)  # type: ignore[arg-type]  # the names are those of the operations
_REDUCES = {name: by for by, name in REDUCTION_OF.items()}


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
        total = FUNCTIONS["sum"](entry_by_entry("multiply", (first, raised(second, "real"))), axis)
        return entry_by_entry("divide", (total, FUNCTIONS["sum"](weights)))
    if not same(first.dims, second.dims):
        raise IllPosedError("weights of another shape than the array are not understood")
    first, second = raised(first, "real"), raised(second, "real")
    total = FUNCTIONS["sum"](entry_by_entry("multiply", (first, second)), axis)
    return entry_by_entry("divide", (total, FUNCTIONS["sum"](second, axis)))


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
    squares = entrywise(lambda x, m: Power(minus(x, m), TWO), value, reduced("mean", value, axis, True))
    if correction is not None:
        ddof = correction
    if type(ddof) is int and ddof == 0:
        found = reduced("mean", squares, axis, keepdims)
    else:
        count = entrywise(minus, ArrayValue(_count(value, axis)), lift(ddof).value)
        found = entrywise(divide, reduced("sum", squares, axis, keepdims), count)
    return written(TracedArray(found), out, True)


@function("std")
def _std(*args: Any, **keywords: Any) -> Any:
    return entry_by_entry("sqrt", (_var(*args, **keywords),))


@function("norm")
def _norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> TracedArray:
    value = lift(x).value
    gone = places(value, axis)
    if ord is not None and not (len(gone) == 1 and ord in (1, 2, float("inf"))) and ord != "fro":
        raise IllPosedError(f"the norm of order {ord} is not understood")
    if ord == 1 or (ord is not None and ord == float("inf")):
        return TracedArray(
            reduced("sum" if ord == 1 else "max", entrywise(applied("abs"), value), axis, keepdims)
        )
    squares = reduced("sum", entrywise(REAL["square"], value), axis, keepdims)
    return TracedArray(entrywise(applied("sqrt"), squares))


@function("ptp")
def _ptp(a: Any, axis: Any = None, out: Any = None, keepdims: bool = False) -> Any:
    if out is not None:
        raise IllPosedError("ptp is not written into an array")
    ends = (FUNCTIONS[name](a, axis, keepdims=keepdims) for name in ("max", "min"))
    return entry_by_entry("subtract", tuple(ends))


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
