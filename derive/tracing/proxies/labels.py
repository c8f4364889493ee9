"""Symbolic labels: whole numbers that are positions along a size."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from derive.errors import IllPosedError
from derive.terms import ZERO, Index, Relation, renamed, term
from derive.tracing.kinds import named
from derive.tracing.known import MOST, count, over, pieced
from derive.tracing.proxies.arrays import Positions, TracedArray
from derive.tracing.proxies.symbolic import performed
from derive.tracing.traces import refuse
from derive.tracing.values import ArrayValue, Axis, Dims, axes_over, shape_text

# Imported inside functions: what is made of labels; and NumPy.


def of_other_sizes(before: Sequence[Axis], after: Sequence[Axis]) -> None:
    """Raise `IllPosedError` if axes, those of length 1 apart, are not over the same sizes as others."""
    for old, new in zip(before, after, strict=True):
        if old and [index.dim for index in old] != [index.dim for index in new]:
            raise IllPosedError(
                "positions over an axis are used along one over another size of the same length"
            )


class TracedLabels(Positions):
    """Whole numbers that are positions along a size: labels, and what `numpy.arange` of a size gives.

    `position` is an index of that size: one of the axes, a label, or the label of the sample at indices of the axes.
    """

    __slots__ = ("position",)

    def __init__(self, axes: Sequence[Axis], position: Index) -> None:
        super().__init__(axes)
        self.position = position

    @property
    def dim(self) -> str:
        """The size along which the positions are."""
        return self.position.dim

    def lifted(self) -> TracedArray:
        """Return the positions as whole numbers, from 0: how many positions come before each."""
        from derive.tracing.masks import ordered

        length = count((self.dim,))
        if length is not None and length <= MOST:
            entry = pieced([term(number) for number in range(length)], (self.position,))
            return TracedArray(ArrayValue(entry, self.axes), "int")
        ((before,),) = axes_over(((self.dim,),))
        earlier = ordered(Relation.LESS, before, self.position)
        return TracedArray(ArrayValue(over("sum", earlier, [before]), self.axes), "int")

    def over(self, axes: Sequence[Axis]) -> Index:
        """Return the position at these indices, to which the labels are broadcast."""
        last = axes[len(axes) - len(self.axes) :]
        of_other_sizes(self.axes, last)
        renaming = {
            old: new
            for before, after in zip(self.axes, last, strict=True)
            for old, new in zip(before, after if before else (), strict=True)
        }
        return renamed(self.position, renaming)

    def __getitem__(self, key: Any) -> Any:
        from derive.tracing.indexing import labels_taken

        return performed(labels_taken, self, key)

    def reshape(self, *shape: Any) -> TracedLabels:
        """Return the same labels over other axes."""
        from derive.tracing.operations.table import lengths
        from derive.tracing.values import reshaped

        given = shape[0] if len(shape) == 1 else shape
        return performed(
            lambda: TracedLabels(
                reshaped(ArrayValue(ZERO, self.axes), lengths(given), whole=True).axes, self.position
            )
        )

    def ravel(self) -> TracedLabels:
        """Return the labels along one axis."""
        return self.reshape(-1)

    def astype(self, dtype: Any, **keywords: Any) -> TracedLabels | TracedArray:
        """Return the labels, or as another type the numbers that they are."""
        from derive.tracing.operations.universal import cast

        if performed(named, dtype) == "int":
            return self
        return performed(lambda: cast(self.lifted(), dtype, **keywords))

    def copy(self) -> TracedLabels:
        """Return the labels, which cannot be written to."""
        return self

    flatten = ravel

    def told(self) -> str:
        """Return what they are, and their shape."""
        return f"labels of shape {shape_text(self.dims)}, positions along {self.dim}"


class JoinedPositions(Positions):
    """All positions along a product of sizes, in order: what `numpy.arange(N*T)` gives, an index and nothing else.

    Which of the sizes is the slower one is said by the axis that is indexed.
    """

    __slots__ = ("sizes",)

    def __init__(self, sizes: Dims) -> None:
        super().__init__(axes_over((sizes,)))
        self.sizes = sizes

    def lifted(self) -> TracedArray:
        """Raise `IllPosedError`: as numbers they are not understood."""
        raise IllPosedError(f"positions along the product {'*'.join(self.sizes)} are calculated with")

    def __getitem__(self, key: Any) -> Any:
        raise refuse(f"positions along the product {'*'.join(self.sizes)} are indexed")

    def along(self, axis: Axis) -> list[tuple[Index, TracedLabels]]:
        """Return each index of an axis with the positions along it. Raises `IllPosedError` if it has other sizes."""
        dims = tuple(index.dim for index in axis)
        if sorted(dims) != sorted(self.sizes):
            told = "*".join(dims) or "1"
            raise IllPosedError(
                f"positions along {'*'.join(self.sizes)} are used along an axis of length {told}"
            )
        (own,) = axes_over((dims,))
        return [(index, TracedLabels((own,), here)) for index, here in zip(axis, own, strict=True)]

    def told(self) -> str:
        """Return what they are."""
        return f"all positions along {'*'.join(self.sizes)}"
