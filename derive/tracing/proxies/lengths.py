"""The length of an axis of symbolic shape, as the number that traced code sees."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from derive.tracing.known import is_own, number_of
from derive.tracing.proxies.symbolic import Symbolic
from derive.tracing.traces import asked_by_code, current, refuse
from derive.tracing.values import Dims, scalar

if TYPE_CHECKING:
    from derive.tracing.proxies.arrays import TracedArray

# Imported inside functions: arrays, which have lengths.


class Length(Symbolic):
    """The length of an axis: a product of sizes. It is a number, and compares where the answer is sure."""

    __slots__ = ("dims",)

    def __init__(self, dims: Dims) -> None:
        self.dims = tuple(sorted(dims))

    @property
    def known(self) -> int | None:
        """The number that it is, if every size is fixed."""
        fixed = [current().size(name).fixed for name in self.dims]
        return None if None in fixed else math.prod(one for one in fixed if one is not None)

    @property
    def least(self) -> int:
        """The least number that it may be."""
        return math.prod(current().size(name).minimum for name in self.dims)

    def stands_for(self) -> type:
        """Return the type of whole numbers."""
        return int

    def lifted(self) -> TracedArray:
        """Return the number."""
        from derive.tracing.proxies.arrays import TracedArray

        return TracedArray(scalar(number_of(self.dims)), "int")

    def _counted(self, other: Any) -> tuple[int, int] | None:
        """Return both numbers, where both are known: arithmetic with them gives a number of Python's."""
        number = other.known if isinstance(other, Length) else other if type(other) is int else None
        return None if self.known is None or number is None else (self.known, number)

    def __mul__(self, other: Any) -> Any:
        if isinstance(other, Length):
            return Length((*self.dims, *other.dims))
        if type(other) is int and other == 1:
            return self
        both = self._counted(other)
        return super().__mul__(other) if both is None else both[0] * both[1]

    __rmul__ = __mul__

    def __add__(self, other: Any) -> Any:
        both = self._counted(other)
        return super().__add__(other) if both is None else both[0] + both[1]

    __radd__ = __add__

    def __sub__(self, other: Any) -> Any:
        both = self._counted(other)
        return super().__sub__(other) if both is None else both[0] - both[1]

    def __rsub__(self, other: Any) -> Any:
        both = self._counted(other)
        return super().__rsub__(other) if both is None else both[1] - both[0]

    def __mod__(self, other: Any) -> Any:
        both = self._counted(other)
        return super().__mod__(other) if both is None else both[0] % both[1]

    def __floordiv__(self, other: Any) -> Any:
        if isinstance(other, Length):
            rest = list(self.dims)
            if all(name in rest and not rest.remove(name) for name in other.dims):  # type: ignore[func-returns-value]
                return length(tuple(rest))
        both = self._counted(other)
        if both is not None:
            return both[0] // both[1]
        raise refuse(f"{self} cannot be shown to be divisible by {other}")

    def __index__(self) -> int:
        if self.known is None:
            raise refuse(
                f"Python asks which whole number {self} is, and it may be any: a loop over it, or a function "
                "that takes numbers alone, cannot be followed"
            )
        return self.known

    __int__ = __index__

    def __bool__(self) -> bool:
        return True

    def _ordered(self, other: Any) -> tuple[int, int | None] | None:
        """Return the least and the greatest that this may be, where the other is a whole number."""
        return (self.least, self.known) if type(other) is int else None

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Length) and other.dims == self.dims:
            return True
        number = other.known if isinstance(other, Length) else other if type(other) is int else None
        if number is not None and self.known is not None:
            return self.known == number
        if number is not None and number < self.least:
            return False
        raise refuse(f"Python asks whether {self} is {other}, and it may be or not")

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __gt__(self, other: Any) -> bool:
        return self._compared(other, lambda a, b: a > b, at_least=True, by=">")

    def __ge__(self, other: Any) -> bool:
        return self._compared(other, lambda a, b: a >= b, at_least=True, by=">=")

    def __lt__(self, other: Any) -> bool:
        return self._compared(other, lambda a, b: a < b, at_least=False, by="<")

    def __le__(self, other: Any) -> bool:
        return self._compared(other, lambda a, b: a <= b, at_least=False, by="<=")

    def _compared(self, other: Any, holds: Callable[[int, int], bool], at_least: bool, by: str) -> bool:
        """Return what a comparison gives for the least that this may be, if that is what it gives for all."""
        if type(other) in (int, float):
            if self.known is not None:
                return holds(self.known, other)
            if holds(self.least, other) is at_least:
                return at_least
        raise refuse(f"Python asks whether {self} {by} {other}, and it may be or not")

    def __hash__(self) -> int:  # type: ignore[override]  # it is a number, and no array
        if asked_by_code():
            return hash(self.__index__())
        return hash(self.dims)

    def told(self) -> str:
        """Return the sizes."""
        return "*".join(self.dims)


def length(dims: Dims) -> int | Length:
    """Return the length of an axis as traced code sees it."""
    return math.prod(map(int, dims)) if all(map(is_own, dims)) else Length(dims)
