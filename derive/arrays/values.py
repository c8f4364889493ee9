"""The value of an array of symbolic shape: an index for each axis, and the entry there as a term.

Every operation on arrays becomes one on entries, so what reads arrays hands the engines index notation and nothing
else. The index of an axis has a name that nobody can type; `letters` gives it a letter once an expression is complete.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from derive.errors import IllPosedError
from derive.terms import Index, Term, rename

MAX_RANK = 16

UNIT = Index(1, "1")
"""The index of an axis of length 1 that was put in to be repeated: NumPy's `keepdims` and `x[:, None]`."""

_numbers = itertools.count(1)


def fresh_axis(dim: str) -> Index:
    """Return an index over a size that no other array has; over the length 1 there is only one."""
    return UNIT if dim == UNIT.dim else Index(f"@{next(_numbers)}", dim)


def is_fresh(index: Index) -> bool:
    """Return whether an index is that of an axis, or was one, and has no letter yet."""
    return isinstance(index.name, str) and index.name.startswith("@")


@dataclass(frozen=True, slots=True)
class Array:
    """A real array: `entry` is a term of the indices `axes`, one for each axis; a number has no axes.

    Its other free indices are those that somebody named. So nothing that is put beside it captures an axis.
    """

    entry: Term
    axes: tuple[Index, ...] = ()

    def __post_init__(self) -> None:
        if len(self.axes) > MAX_RANK:
            raise IllPosedError(f"an array has at most {MAX_RANK} axes")

    @property
    def shape(self) -> tuple[str, ...]:
        """The names of the sizes along the axes."""
        return tuple(axis.dim for axis in self.axes)

    def at(self, indices: Sequence[Index]) -> Term:
        """Return the entry at these indices, one for each axis."""
        return rename(self.entry, dict(zip(self.axes, indices, strict=True)))

    def anew(self) -> Array:
        """Return the same array over axes that no other has."""
        axes = fresh_axes(self.shape)
        return Array(self.at(axes), axes)


def fresh_axes(shape: Iterable[str]) -> tuple[Index, ...]:
    """Return an index for each size that no other array has."""
    return tuple(map(fresh_axis, shape))


def shape_text(shape: Sequence[str]) -> str:
    """Return a shape in words: `N x d`; a number has none."""
    return " x ".join(shape) if shape else "no axes"


class ShapeError(IllPosedError):
    """Arrays whose shapes do not go together: `need` says what was needed, `shapes` what there was, in order."""

    def __init__(self, need: str, *shapes: tuple[str, ...]) -> None:
        told = " and ".join(map(shape_text, shapes))
        fit = "shape {} does not fit: " if len(shapes) == 1 else "shapes {} do not fit: "
        super().__init__((fit.format(told) if shapes else "") + need)
        self.need = need
        self.shapes = shapes
