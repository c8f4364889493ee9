"""NumPy's products that sum over an axis: rows of the table."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

from derive.errors import IllPosedError
from derive.tracing.kinds import promoted
from derive.tracing.known import same
from derive.tracing.operations.table import function
from derive.tracing.operations.universal import entry_by_entry, written
from derive.tracing.proxies.arrays import TracedArray, lift
from derive.tracing.values import contracted, diagonal, places, reshaped


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
    return written(sum_of_products((one, other), (first, second), output), out, True)


def sum_of_products(
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
        return entry_by_entry("multiply", (left, right))
    if left.ndim <= 2 and right.ndim <= 2:
        return _matmul(left, right, out)
    places_of = [-1], [-2 if right.ndim > 1 else -1]
    return written(_tensordot(left, right, places_of), out, True)


@function("inner")
def _inner(a: Any, b: Any) -> Any:
    return _tensordot(a, b, ([-1], [-1]))


@function("vdot")
def _vdot(a: Any, b: Any) -> Any:
    left, right = (lift(one) for one in (a, b))
    if not same(left.dims, right.dims):
        raise IllPosedError("vdot is understood of arrays of the same shape")
    names = [f"in{place}" for place in range(left.ndim)]
    return sum_of_products((left, right), (names, names), [])


@function("outer")
def _outer(a: Any, b: Any, out: Any = None) -> Any:
    left, right = (TracedArray(reshaped(lift(one).value, (None,)), lift(one).kind) for one in (a, b))
    return written(sum_of_products((left, right), (["i"], ["j"]), ["i", "j"]), out, True)


@function("tensordot")
def _tensordot(a: Any, b: Any, axes: Any = 2) -> TracedArray:
    one, other = lift(a), lift(b)
    left, right = one.value, other.value
    if type(axes) is int:
        axes = list(range(-axes, 0)), list(range(axes))
    first, second = places(left, list(listed(axes[0]))), places(right, list(listed(axes[1])))
    names = (
        [f"l{place}" for place in range(len(left.axes))],
        [f"r{place}" for place in range(len(right.axes))],
    )
    for here, there in zip(first, second, strict=True):
        names[1][there] = names[0][here]
    gone = {names[0][place] for place in first}
    return sum_of_products((one, other), names, [name for part in names for name in part if name not in gone])


def listed(one: Any) -> Sequence[Any]:
    """Return one axis, or several, as a sequence."""
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
    return written(_repeated(arrays, labels, _subscripts(output, dots)), out, True)


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
    found = sum_of_products(done, names, output)
    viewed = len(arrays) == 1 and set(names[0]) == set(output)
    return arrays[0].sharing(found.value) if viewed else found
