"""Axes of known length, which go entry by entry: what slices, lists of arrays and constants are made of.

Such an axis is over a declared size that is fixed, or over one that has its number for a name, `"3"`, where none is
declared. Sums over the latter are written out, so that no claim mentions it.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from functools import reduce

from derive.arrays.operations import bound
from derive.errors import IllPosedError
from derive.terms import (
    ONE,
    ZERO,
    Apply,
    Before,
    Compare,
    Delta,
    Index,
    Number,
    SizeNumber,
    Term,
    Where,
    add,
    delta,
    divide,
    multiply,
    rebuild,
    rename,
    same_index,
    term,
)
from derive.terms.nodes import BigOperation
from derive.tracing.traces import current

Axis = tuple[Index, ...]
"""The indices of an axis, the slowest first: none for the length 1, several for a product of sizes."""

Dims = tuple[str, ...]
"""The sizes whose product is the length of an axis."""

MOST = 64
"""The greatest length of an axis that goes entry by entry."""


def is_own(dim: str) -> bool:
    """Return whether a size has its number for a name."""
    return dim.isdigit()


def number_of(dims: Dims) -> Term:
    """Return the number that a product of sizes is."""
    return multiply(*(term(int(one)) if is_own(one) else SizeNumber(one) for one in dims))


def count(dims: Dims) -> int | None:
    """Return the length of an axis over these sizes, if it is known."""
    found = 1
    for one in dims:
        fixed = current().size(one).fixed
        if fixed is None:
            return None
        found *= fixed
    return found


def dims_of(length: int) -> Dims:
    """Return the sizes of an axis of a length: a declared size that is fixed to it, if there is one.

    Raises:
        IllPosedError: the length is not positive, or too great to go entry by entry.
    """
    if length == 1:
        return ()
    declared = [name for name, size in current().context.sizes.items() if size.fixed == length]
    if declared:
        return (declared[0],)
    if not 1 < length <= MOST:
        raise IllPosedError(f"an axis of length {length} is over no declared size, and not among 1 to {MOST}")
    return (str(length),)


def alike(one: Dims, other: Dims) -> bool:
    """Return whether two axes are sure to have the same length."""
    return one == other or (count(one) is not None and count(one) == count(other))


def same(one: Sequence[Dims], other: Sequence[Dims]) -> bool:
    """Return whether two shapes are sure to be the same."""
    return len(one) == len(other) and all(map(alike, one, other))


def places_along(axis: Axis) -> Iterator[dict[Index, Index]]:
    """Yield, for each position along an axis of known length, the positions of its indices.

    Raises:
        IllPosedError: the axis is too long to go entry by entry.
    """
    dims = tuple(index.dim for index in axis)
    if (count(dims) or 0) > MOST:
        raise IllPosedError(f"an axis of length {count(dims)} is too long to go entry by entry")
    lengths = [range(1, (count((index.dim,)) or 0) + 1) for index in axis]
    for numbers in itertools.product(*lengths):
        yield {index: Index(number, index.dim) for index, number in zip(axis, numbers, strict=True)}


def entries_along(entry: Term, axis: Axis) -> list[Term]:
    """Return an entry at each position of an axis of known length."""
    return [settled(rename(entry, there)) for there in places_along(axis)]


def pieced(pieces: Sequence[Term], axis: Axis) -> Term:
    """Return the entry along an axis that has these pieces at its positions, one after the other."""
    if not axis or all(one == pieces[0] for one in pieces):
        return pieces[0]
    first, rest = axis[:1], axis[1:]
    if rest:
        length = count(tuple(index.dim for index in rest)) or 1
        parts = [pieces[start : start + length] for start in range(0, len(pieces), length)]
        return pieced([pieced(part, rest) for part in parts], first)
    *before, last = zip(pieces, places_along(first), strict=True)
    entry = last[0]
    for piece, there in reversed(before):
        entry = where_there(there, piece, entry)
    return entry


def where_there(there: dict[Index, Index], then: Term, otherwise: Term) -> Term:
    """Return one term where indices are held at positions, and another where they are not."""
    found = then
    for index, position in there.items():
        if delta(index, position) == ZERO:
            return otherwise
        if index != position:
            found = Where(same_index(index, position), found, otherwise)
    return found


def respelled(entry: Term, before: Axis, after: Axis) -> Term:
    """Return an entry along an axis of the same length: with other indices, or over other sizes."""
    if tuple(one.dim for one in before) == tuple(one.dim for one in after):
        return rename(entry, {old: new for old, new in zip(before, after, strict=True) if old != new})
    return pieced(entries_along(entry, before), after)


def settled(mask: Term) -> Term:
    """Return a term with the comparisons of indices decided that are decided by what they are."""
    if isinstance(mask, Delta):
        return delta(mask.left, mask.right)
    if isinstance(mask, Before):
        if mask.left == mask.right:
            return ZERO
        if isinstance(mask.left.name, int) and isinstance(mask.right.name, int):
            return ONE if mask.left.name < mask.right.name else ZERO
    found = rebuild(mask, settled)
    match found:
        case Where(Compare(relation, Number(left), Number(right)), then, otherwise):
            return then if relation.holds((left > right) - (left < right)) else otherwise
    return found


_WRITTEN_OUT: dict[BigOperation, Callable[[Sequence[Term]], Term]] = {
    "sum": lambda terms: add(*terms),
    "prod": lambda terms: multiply(*terms),
    "mean": lambda terms: divide(add(*terms), term(len(terms))),
    "max": lambda terms: reduce(lambda a, b: Apply("max", (a, b)), terms),
    "min": lambda terms: reduce(lambda a, b: Apply("min", (a, b)), terms),
}


def over(operation: BigOperation, entry: Term, indices: Sequence[Index]) -> Term:
    """Return the sum, product, mean, maximum or minimum over indices; written out along sizes that are numbers."""
    own = [index for index in indices if is_own(index.dim)]
    for index in own:
        entry = _WRITTEN_OUT[operation](entries_along(entry, (index,)))
    return bound(operation, entry, [index for index in indices if index not in own])
