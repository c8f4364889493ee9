"""What traced code computes with: arrays whose axes may be several sizes multiplied, as `reshape` makes them.

Every operation is one on entries, in index notation. Nothing is simplified; shapes that do not go together, or may
not, are errors.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from derive.arrays.values import MAX_RANK, fresh_axes
from derive.errors import IllPosedError
from derive.terms import (
    ONE,
    ZERO,
    Compare,
    Delta,
    Index,
    Relation,
    Term,
    Where,
    delta,
    multiply,
    rename,
    same_index,
)
from derive.terms.nodes import BigOperation
from derive.tracing.known import Axis as Axis
from derive.tracing.known import Dims as Dims
from derive.tracing.known import alike, count, dims_of, over, respelled, same


@dataclass(frozen=True, slots=True)
class ArrayValue:
    """A real array: `entry` is a term of the indices of its axes, and of no other index but labels."""

    entry: Term
    axes: tuple[Axis, ...] = ()

    def __post_init__(self) -> None:
        if sum(map(len, self.axes)) > MAX_RANK:
            raise IllPosedError(f"an array has at most {MAX_RANK} axes")

    @property
    def shape(self) -> tuple[Dims, ...]:
        """The length of each axis."""
        return tuple(tuple(index.dim for index in axis) for axis in self.axes)

    @property
    def atoms(self) -> Axis:
        """The indices of all axes, in the order of the entries in memory."""
        return tuple(index for axis in self.axes for index in axis)

    def at(self, axes: Sequence[Axis]) -> Term:
        """Return the entry at these indices."""
        entry, renaming = self.entry, dict[Index, Index]()
        for before, after in zip(self.axes, axes, strict=True):
            if [index.dim for index in before] == [index.dim for index in after]:
                renaming |= {old: new for old, new in zip(before, after, strict=True) if old != new}
            else:
                own = fresh_axes(index.dim for index in after)
                entry = respelled(entry, before, own)
                renaming |= zip(own, after, strict=True)
        return rename(entry, renaming)


def scalar(entry: Term) -> ArrayValue:
    """Return a number as an array without axes."""
    return ArrayValue(entry)


def axes_over(shape: Iterable[Dims]) -> tuple[Axis, ...]:
    """Return axes of these lengths that no other array has."""
    return tuple(fresh_axes(dims) for dims in shape)


def shape_text(shape: Sequence[Dims]) -> str:
    """Return a shape as Python writes one: `(N, 1, C)`."""
    told = ["*".join(dims) or "1" for dims in shape]
    return f"({', '.join(told)}{',' if len(told) == 1 else ''})"


# ---- entry by entry


def aligned(*shapes: tuple[Dims, ...]) -> tuple[Dims, ...]:
    """Return the shape to which all are broadcast. Raises `IllPosedError` if that is not sure to exist."""
    rank = max(map(len, shapes), default=0)
    found: list[Dims] = []
    for place in range(-rank, 0):
        lengths = {shape[place]: None for shape in shapes if len(shape) >= -place and shape[place]}
        if not all(alike(one, next(iter(lengths))) for one in lengths):
            told = " and ".join(shape_text(shape) for shape in dict.fromkeys(shapes))
            raise IllPosedError(f"shapes {told} do not broadcast for all sizes")
        found.append(next(iter(lengths), ()))
    return tuple(found)


def entrywise(build: Callable[..., Term], *parts: ArrayValue) -> ArrayValue:
    """Return what `build` makes of the entries of arrays that are broadcast together."""
    shape = aligned(*(one.shape for one in parts))
    same = next((one.axes for one in parts if one.shape == shape), None)
    axes = axes_over(shape) if same is None else same
    return ArrayValue(build(*(under(one, axes) for one in parts)), axes)


def under(value: ArrayValue, axes: Sequence[Axis]) -> Term:
    """Return the entry of an array that is broadcast to these axes, at them."""
    last = axes[len(axes) - len(value.axes) :]
    return value.at([new if old else () for old, new in zip(value.axes, last, strict=True)])


def broadcast(value: ArrayValue, shape: tuple[Dims, ...]) -> ArrayValue:
    """Return an array repeated to a shape. Raises `IllPosedError` if it does not fit it."""
    if len(value.shape) > len(shape) or not same(aligned(value.shape, shape), shape):
        raise IllPosedError(f"shape {shape_text(value.shape)} cannot be broadcast to {shape_text(shape)}")
    axes = axes_over(shape)
    return ArrayValue(under(value, axes), axes)


def chosen(mask: Term, then: Term, otherwise: Term) -> Term:
    """Return `then` where a mask is 1 and `otherwise` where it is 0, by the comparisons that it is made of."""
    if mask == ONE:
        return then
    if mask == ZERO:
        return otherwise
    if isinstance(mask, Where):
        condition = mask.condition
        yes, no = chosen(mask.then, then, otherwise), chosen(mask.otherwise, then, otherwise)
        # A branch that asks the same again knows the answer.
        yes = yes.then if isinstance(yes, Where) and yes.condition == condition else yes
        no = no.otherwise if isinstance(no, Where) and no.condition == condition else no
        return Where(condition, yes, no)
    if isinstance(mask, Delta):
        return Where(same_index(mask.left, mask.right), then, otherwise)
    return Where(Compare(Relation.EQUAL, mask, ONE), then, otherwise)


# ---- over axes


def places(value: ArrayValue, axis: object) -> tuple[int, ...]:
    """Return the places of axes as NumPy counts them, all of them for `None`. Raises `IllPosedError`."""
    if axis is None:
        return tuple(range(len(value.axes)))
    given = axis if isinstance(axis, tuple | list) else (axis,)
    found = []
    for one in given:
        if type(one) is not int or not -len(value.axes) <= one < len(value.axes):
            raise IllPosedError(f"there is no axis {one} in the shape {shape_text(value.shape)}")
        found.append(one % len(value.axes))
    if len(set(found)) < len(found):
        raise IllPosedError("an axis is named twice")
    return tuple(found)


def without(value: ArrayValue, gone: Sequence[int], keepdims: bool) -> tuple[Axis, ...]:
    """Return the axes that a reduction leaves."""
    if keepdims:
        return tuple(() if place in gone else axis for place, axis in enumerate(value.axes))
    return tuple(axis for place, axis in enumerate(value.axes) if place not in gone)


def reduced(
    operation: BigOperation, value: ArrayValue, axis: object = None, keepdims: bool = False
) -> ArrayValue:
    """Return the sum, product, mean, maximum or minimum over axes."""
    gone = places(value, axis)
    indices = [index for place in gone for index in value.axes[place]]
    return ArrayValue(over(operation, value.entry, indices), without(value, gone, keepdims))


def contracted(
    operands: Sequence[ArrayValue], labels: Sequence[Sequence[Hashable]], output: Sequence[Hashable]
) -> ArrayValue:
    """Return the sum of products of entries, as `einsum` says it: an axis for each label, those not put out summed.

    Raises:
        IllPosedError: one label stands for different lengths.
    """
    lengths: dict[Hashable, Dims] = {}
    for value, names in zip(operands, labels, strict=True):
        if len(names) != len(value.axes):
            raise IllPosedError(f"{len(names)} axes are named, and the shape is {shape_text(value.shape)}")
        for name, dims in zip(names, value.shape, strict=True):
            known = lengths.get(name, ())
            if dims and known and not alike(dims, known):
                raise IllPosedError(
                    f"the lengths {'*'.join(known)} and {'*'.join(dims)} would have to be equal"
                )
            lengths[name] = known or dims
    axes: Mapping[Hashable, Axis] = {name: fresh_axes(dims) for name, dims in lengths.items()}
    factors = [
        value.at([axes[name] if old else () for name, old in zip(names, value.axes, strict=True)])
        for value, names in zip(operands, labels, strict=True)
    ]
    gone = [index for name, axis in axes.items() if name not in output for index in axis]
    return ArrayValue(over("sum", multiply(*factors), gone), tuple(axes[name] for name in output))


# ---- shapes


def permuted(value: ArrayValue, order: Sequence[int]) -> ArrayValue:
    """Return the array with its axes in another order."""
    if sorted(order) != list(range(len(value.axes))):
        raise IllPosedError(f"{tuple(order)} is no order of the axes of {shape_text(value.shape)}")
    return ArrayValue(value.entry, tuple(value.axes[place] for place in order))


def reshaped(value: ArrayValue, shape: Sequence[Dims | None], *, whole: bool = False) -> ArrayValue:
    """Return the entries in the same order over other axes; the length `None` is what is left.

    With `whole`, the indices stay what they are, and axes are joined and split along whole sizes only.

    Raises:
        IllPosedError: that the lengths multiply to the same, size by size, does not show.
    """
    found = _along_whole_sizes(value.atoms, shape)
    if found is None and not whole:
        value = _numbered(value, shape) or value
        found = _along_whole_sizes(value.atoms, shape)
    if found is None:
        told = shape_text([("-1",) if dims is None else dims for dims in shape])
        raise IllPosedError(
            f"{shape_text(value.shape)} cannot be shown to go into the shape {told}: an axis is split or joined "
            "along whole sizes only"
        )
    return ArrayValue(value.entry, found)


def _along_whole_sizes(atoms: Axis, shape: Sequence[Dims | None]) -> tuple[Axis, ...] | None:
    """Return axes of a shape with these indices in their order, if each has whole sizes of them."""
    rest = len(atoms) - sum(len(dims) for dims in shape if dims is not None)
    if shape.count(None) > 1:
        raise IllPosedError("only one length may be -1")
    axes: list[Axis] = []
    start = 0
    for dims in shape:
        end = start + (rest if dims is None else len(dims))
        taken = atoms[start:end] if end >= start else ()
        if end < start or (dims is not None and sorted(index.dim for index in taken) != sorted(dims)):
            return None
        axes.append(taken)
        start = end
    return tuple(axes) if start == len(atoms) else None


def _numbered(value: ArrayValue, shape: Sequence[Dims | None]) -> ArrayValue | None:
    """Return the entries over other sizes of known length: those that a shape asks for, in the same order.

    Between sizes that are not known, which stay, as many entries must be in a row before and after.
    """
    atoms, wanted = value.atoms, [dim for dims in shape for dim in dims or ()]
    if None in shape:
        wanted = _filled(atoms, shape)
    before, after = _runs(tuple(index.dim for index in atoms)), _runs(tuple(wanted))
    if [name for name, _ in before] != [name for name, _ in after]:
        return None
    entry, start, found = value.entry, 0, list[Index]()
    for (name, old), (_, new) in zip(before, after, strict=True):
        if count(old) != count(new):
            return None
        axis = fresh_axes(new)
        entry = respelled(entry, atoms[start : start + len(old)], axis)
        start += len(old)
        found += axis
        if name:
            found.append(atoms[start])
            start += 1
    return ArrayValue(entry, (tuple(found),))


def _runs(dims: Dims) -> list[tuple[str, Dims]]:
    """Return the sizes that are not known, each with those of known length before it, and what comes last."""
    found: list[tuple[str, Dims]] = []
    known: Dims = ()
    for dim in dims:
        if count((dim,)) is None:
            found.append((dim, known))
            known = ()
        else:
            known = (*known, dim)
    return [*found, ("", known)]


def _filled(atoms: Axis, shape: Sequence[Dims | None]) -> list[str]:
    """Return the sizes of a shape in order, with what is left for -1 where it stands."""
    place = shape.index(None)
    head = [dim for dims in shape[:place] for dim in dims or ()]
    tail = [dim for dims in shape[place + 1 :] for dim in dims or ()]
    left = [index.dim for index in atoms]
    known = count(tuple(dim for dim in left if count((dim,)) is not None)) or 1
    used = count(tuple(dim for dim in (*head, *tail) if count((dim,)) is not None)) or 1
    unknown = [dim for dim in left if count((dim,)) is None]
    first = sum(count((dim,)) is None for dim in head)
    last = len(unknown) - sum(count((dim,)) is None for dim in tail)
    middle = unknown[first:last]
    if known % used:
        return left
    rest = list(dims_of(known // used)) if known > used else []
    return [*head, *middle, *rest, *tail]


def expanded(value: ArrayValue, place: int) -> ArrayValue:
    """Return the array with an axis of length 1 more, at a place in the result."""
    return ArrayValue(value.entry, (*value.axes[:place], (), *value.axes[place:]))


def squeezed(value: ArrayValue, axis: object = None) -> ArrayValue:
    """Return the array without axes of length 1: those given, by default all that are sure to have it."""
    gone = [place for place in places(value, axis) if not value.axes[place]]
    if axis is not None and len(gone) < len(places(value, axis)):
        raise IllPosedError(f"not every axis to be left out of {shape_text(value.shape)} has length 1")
    return ArrayValue(value.entry, without(value, gone, keepdims=False))


def diagonal(value: ArrayValue, first: int = 0, second: int = 1) -> ArrayValue:
    """Return the entries at which two axes of equal length have the same index, along a last axis."""
    first, second = places(value, (first, second))
    rows, columns = value.axes[first], value.axes[second]
    if value.shape[first] != value.shape[second]:
        raise IllPosedError(f"a diagonal needs equal lengths, and the shape is {shape_text(value.shape)}")
    entry = rename(value.entry, dict(zip(columns, rows, strict=True)))
    kept = tuple(axis for place, axis in enumerate(value.axes) if place not in (first, second))
    return ArrayValue(entry, (*kept, rows))


def on_diagonal(value: ArrayValue) -> ArrayValue:
    """Return the matrix with a vector on its diagonal."""
    rows, columns = axes_over((value.shape[0], value.shape[0]))
    return ArrayValue(multiply(identity_at(rows, columns), value.at((rows,))), (rows, columns))


def identity_at(rows: Axis, columns: Axis) -> Term:
    """Return the entry of the identity matrix at two positions of equal length."""
    return multiply(*(delta(row, column) for row, column in zip(rows, columns, strict=True)))
