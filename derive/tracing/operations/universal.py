"""A universal function of NumPy's on symbolic arrays: of labels, of what is masked or selected, and of kinds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from derive.errors import IllPosedError
from derive.terms import ONE, ZERO, Compare, Index, Number, Relation, Term, Where, delta, indicator
from derive.tracing import masks
from derive.tracing.indexing import Selected, accumulated
from derive.tracing.kinds import RANK, Kind, named, of_power, resolved
from derive.tracing.operations.entries import (
    COMPARISONS,
    LOGIC,
    MIRRORED,
    OF_TRUTH_VALUES,
    REAL,
    REDUCTION_OF,
    RELATIONS,
    negated,
)
from derive.tracing.operations.table import FUNCTIONS
from derive.tracing.proxies.arrays import TracedArray, lift
from derive.tracing.proxies.labels import TracedLabels
from derive.tracing.values import ArrayValue, aligned, axes_over, broadcast, chosen, entrywise, expanded

HARMLESS = frozenset({"order", "subok"})


def universal(name: str, method: str, inputs: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
    """Return what a universal function makes of arrays, one of them symbolic; or what a method of it does."""
    if method == "at" and name in ("add", "subtract") and isinstance(inputs[0], TracedArray):
        accumulated(inputs[0], inputs[1], inputs[2], 1 if name == "add" else -1)
        return None
    if method == "reduce" and name in REDUCTION_OF:
        return FUNCTIONS[REDUCTION_OF[name]](*inputs, **{"axis": 0, **keywords})
    if method == "outer" and name in REAL:
        return _outer_of(name, *inputs)
    if method != "__call__":
        raise IllPosedError(f"derive does not know {name}.{method} of symbolic arrays")
    out, where = keywords.pop("out", None), keywords.pop("where", True)
    dtype = keywords.pop("dtype", None)
    if keywords.keys() - HARMLESS:
        raise IllPosedError(f"derive does not know the options {', '.join(keywords)} of {name}")
    if dtype is not None:
        inputs = tuple(raised(one, named(dtype)) for one in inputs)
        if (
            name in COMPARISONS
            or name in LOGIC
            or resolved(name, [one.kind for one in inputs]) != named(dtype)
        ):
            raise IllPosedError(f"derive does not know {name} with a dtype that is not that of its result")
    found = FUNCTIONS["matmul"](*inputs) if name in ("matmul", "vecdot") else entry_by_entry(name, inputs)
    return written(found, out[0] if isinstance(out, tuple) else out, where)


def raised(value: Any, kind: Kind) -> TracedArray:
    """Return an array with its entries as another kind, which loses nothing. Raises `IllPosedError`."""
    array = lift(value)
    if RANK[array.kind] > RANK[kind]:
        raise IllPosedError("numbers are calculated with in a type that rounds them")
    return TracedArray(array.value, kind)


def written(found: Any, out: Any, where: Any) -> Any:
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


def entry_by_entry(name: str, inputs: Sequence[Any]) -> Any:
    """Return what a universal function makes of arrays, numbers, labels and what truth values select."""
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
    return same if name == "equal" else negated(same)


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
    return entry_by_entry(name, (TracedArray(value, first.kind), second))


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
