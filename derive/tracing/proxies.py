"""What traced NumPy code is given instead of arrays: proxies that write down what is done to them.

They answer NumPy's array protocols, so that code runs unchanged. A branch on a symbolic value, and whatever is not
understood exactly, is an error that names the line.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn, TypeVar

from derive.errors import DeriveError, IllPosedError
from derive.terms import ONE, ZERO, Entry, Index, Relation, arrays, renamed, term
from derive.tracing.kinds import RANK, Kind, named
from derive.tracing.known import MOST, count, dims_of, is_own, number_of, over, pieced, same
from derive.tracing.masks import Masked
from derive.tracing.traces import asked_by_code, current, is_running, noted, refuse, remember
from derive.tracing.values import (
    ArrayValue,
    Axis,
    Dims,
    axes_over,
    permuted,
    scalar,
    shape_text,
)

# Imported inside functions: the tables of operations, which are made of proxies; and NumPy.

UNSET = Entry("@empty")
"""What stands in an array of `numpy.empty`. It is no number, and is refused where it is used."""


class Symbolic:
    """What arithmetic and NumPy's functions may be applied to in traced code."""

    __slots__ = ()
    __array_priority__ = 1000

    def lifted(self) -> TracedArray:
        """Return the thing as an array of numbers."""
        raise NotImplementedError

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **keywords: Any) -> Any:
        from derive.tracing.operations import universal

        return performed(universal, ufunc.__name__, method, inputs, keywords)

    def __array_function__(self, function: Any, types: Any, args: Any, keywords: Any) -> Any:
        from derive.tracing.operations import called

        return performed(called, function, args, keywords)

    def __array__(self, *args: Any, **keywords: Any) -> NoReturn:
        raise refuse(
            "this function takes numbers alone, and the array is symbolic: derive has no row for it, or it does "
            "not go through NumPy's protocols"
        )

    def _do(self, name: str, *inputs: Any) -> Any:
        from derive.tracing.operations import universal

        return performed(universal, name, "__call__", inputs, {})

    def __add__(self, other: Any) -> Any:
        return self._do("add", self, other)

    def __radd__(self, other: Any) -> Any:
        return self._do("add", other, self)

    def __sub__(self, other: Any) -> Any:
        return self._do("subtract", self, other)

    def __rsub__(self, other: Any) -> Any:
        return self._do("subtract", other, self)

    def __mul__(self, other: Any) -> Any:
        return self._do("multiply", self, other)

    def __rmul__(self, other: Any) -> Any:
        return self._do("multiply", other, self)

    def __truediv__(self, other: Any) -> Any:
        return self._do("divide", self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return self._do("divide", other, self)

    def __pow__(self, other: Any) -> Any:
        return self._do("power", self, other)

    def __rpow__(self, other: Any) -> Any:
        return self._do("power", other, self)

    def __floordiv__(self, other: Any) -> Any:
        return self._do("floor_divide", self, other)

    def __rfloordiv__(self, other: Any) -> Any:
        return self._do("floor_divide", other, self)

    def __mod__(self, other: Any) -> Any:
        return self._do("remainder", self, other)

    def __matmul__(self, other: Any) -> Any:
        return self._do("matmul", self, other)

    def __rmatmul__(self, other: Any) -> Any:
        return self._do("matmul", other, self)

    def __neg__(self) -> Any:
        return self._do("negative", self)

    def __pos__(self) -> Any:
        return self._do("positive", self)

    def __abs__(self) -> Any:
        return self._do("absolute", self)

    def __invert__(self) -> Any:
        return self._do("invert", self)

    def __and__(self, other: Any) -> Any:
        return self._do("bitwise_and", self, other)

    def __or__(self, other: Any) -> Any:
        return self._do("bitwise_or", self, other)

    def __xor__(self, other: Any) -> Any:
        return self._do("bitwise_xor", self, other)

    __rand__, __ror__, __rxor__ = __and__, __or__, __xor__

    def __eq__(self, other: object) -> Any:
        return self._do("equal", self, other)

    def __ne__(self, other: object) -> Any:
        return self._do("not_equal", self, other)

    def __lt__(self, other: Any) -> Any:
        return self._do("less", self, other)

    def __le__(self, other: Any) -> Any:
        return self._do("less_equal", self, other)

    def __gt__(self, other: Any) -> Any:
        return self._do("greater", self, other)

    def __ge__(self, other: Any) -> Any:
        return self._do("greater_equal", self, other)

    __hash__ = None  # type: ignore[assignment]  # arrays have none

    @property  # type: ignore[misc]  # code that asks whether it has an array is told so
    def __class__(self) -> type:
        return self.stands_for()

    def stands_for(self) -> type:
        """Return the type of which traced code is told that this is an instance."""
        return type(self)

    def __getattr__(self, name: str) -> Any:
        # Only what is not found otherwise comes here. Code that asks whether an array has it must not be misled.
        if hasattr(self.stands_for(), name):
            raise refuse(f"derive does not know what {name} of symbolic values is")
        raise AttributeError(f"a symbolic value has no attribute {name!r}")

    def told(self) -> str:
        """Return what messages say of the thing."""
        return "a symbolic value"

    def __str__(self) -> str:
        if asked_by_code():
            raise refuse(_TEXT)
        return self.told()

    def __repr__(self) -> str:
        if asked_by_code():
            raise refuse(_TEXT)
        return self.told()

    def __format__(self, form: str) -> str:
        if asked_by_code():
            raise refuse(_TEXT)
        return format(self.told(), form)

    def __bool__(self) -> bool:
        raise refuse("Python asks whether a symbolic value is true: both branches are possible; use np.where")

    def __float__(self) -> float:
        raise refuse("Python asks for the number that a symbolic value is; leave it an array")

    def __int__(self) -> int:
        raise refuse("Python asks for the whole number that a symbolic value is")

    def __index__(self) -> int:
        raise refuse("Python asks for the whole number that a symbolic value is")


_TEXT = "text is made of a symbolic value, and what becomes of it is not followed: leave out what is printed"


def _unknown(name: str) -> Callable[..., Any]:
    def method(*_: Any) -> NoReturn:
        raise refuse(f"derive does not know {name} of symbolic values")

    method.__name__ = name
    return method


def refuse_operators(kind: type, names: str) -> None:
    """Have what a class of symbolic values does not define be refused, where Python would raise an error of its own."""
    for name in (f"__{one}__" for one in names.split()):
        if not hasattr(kind, name):
            setattr(kind, name, _unknown(name))


refuse_operators(
    Symbolic,
    """rmod divmod rdivmod lshift rlshift rshift rrshift round trunc floor ceil complex
    ifloordiv imod ilshift irshift imatmul""",
)

T = TypeVar("T")


def performed(action: Callable[..., T], *args: Any) -> T:
    """Return what an operation gives; its refusal gets the line of the user's, and the trace knows of it."""
    try:
        return action(*args)
    except DeriveError as error:
        raise noted(error) from None
    except RecursionError:
        raise refuse("the formula is nested too deeply") from None
    except Exception as wrong:
        if not is_running():
            raise
        # Code that catches what only a symbolic array raises would take a branch that NumPy's arrays do not.
        raise refuse(f"derive does not know how to do this with symbolic arrays: {wrong}") from wrong


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
        return TracedArray(scalar(number_of(self.dims)), "int")

    def __mul__(self, other: Any) -> Any:
        if isinstance(other, Length):
            return Length((*self.dims, *other.dims))
        return self if type(other) is int and other == 1 else super().__mul__(other)

    __rmul__ = __mul__

    def __floordiv__(self, other: Any) -> Any:
        if isinstance(other, Length):
            rest = list(self.dims)
            if all(name in rest and not rest.remove(name) for name in other.dims):  # type: ignore[func-returns-value]
                return length(tuple(rest))
        if self.known is not None and type(other) is int:
            return self.known // other
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


@dataclass(slots=True)
class Memory:
    """What several views share: through which of them it was written to, one after the other."""

    writers: list[TracedArray] = field(default_factory=list)
    argument: str | None = None


class Shaped(Symbolic):
    """What has axes."""

    __slots__ = ()

    @property
    def dims(self) -> tuple[Dims, ...]:
        """The length of each axis, as sizes."""
        raise NotImplementedError

    def stands_for(self) -> type:
        """Return NumPy's type of arrays, or of numbers where there are no axes."""
        import numpy as np

        return np.ndarray if self.dims else self.dtype.type

    @property
    def shape(self) -> tuple[int | Length, ...]:
        """The length of each axis, as numbers."""
        return tuple(map(length, self.dims))

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.dims)

    @property
    def size(self) -> int | Length:
        """The number of entries."""
        return length(tuple(name for dims in self.dims for name in dims))

    def __len__(self) -> int:
        # Python turns what this returns into an int; `replaced` gives traced code a `len` that does not.
        return self.shape[0].__index__()

    def __iter__(self) -> Iterator[Any]:
        if not self.dims:
            raise TypeError("iteration over a 0-d array")
        first = self.shape[0]
        count = first.known if isinstance(first, Length) else first
        if count is None:
            raise refuse(f"a loop over an axis of symbolic length {first} cannot be followed")
        return (self[number] for number in range(count))

    def __getitem__(self, key: Any) -> Any:
        raise NotImplementedError

    def __getattr__(self, name: str) -> Any:
        import numpy as np

        if hasattr(np.ndarray, name):
            raise refuse(f"derive does not know what {name} of an array is for symbolic ones")
        return super().__getattr__(name)

    def __copy__(self) -> Any:
        return self.copy()

    def __deepcopy__(self, memo: Any) -> Any:
        return self.copy()


refuse_operators(Shaped, "contains setitem delitem")


class TracedArray(Shaped):
    """An array of real or whole numbers, or of truth values (1 and 0), with a formula for its entries.

    Assignments in place change what it stands for. Views share their memory: of those that share it, one that was
    not written through is out of date afterwards, and its use an error.
    """

    __slots__ = ("_memory", "_seen", "_value", "hidden", "kind", "made", "part", "read_only")

    def __init__(
        self,
        value: ArrayValue,
        kind: Kind = "real",
        memory: Memory | None = None,
        hidden: ArrayValue | None = None,
    ) -> None:
        from derive.tracing.places import here

        self._value = value
        self.hidden = hidden
        """Truth values that say where the array is minus infinity, if it is anywhere."""
        self.kind: Kind = kind
        self._memory = memory or Memory()
        self._seen = len(self._memory.writers)
        self.made = here()
        remember(value.entry, self.made)
        self.read_only = False
        """Whether NumPy lets nobody write through it."""
        self.part: tuple[TracedArray, ArrayValue] | None = None
        """Of a view that brackets gave: of which array, and its value when it was taken."""

    @property
    def value(self) -> ArrayValue:
        """The formula. Raises `IllPosedError` if there is none, or it was written to through another view."""
        if self.hidden is not None:
            raise refuse("an array with entries of -inf is used by what does more than leave them out")
        return self._current()

    @property
    def masked(self) -> Masked | None:
        """The formula and where the array is minus infinity, if it is anywhere."""
        return None if self.hidden is None else Masked(self._current(), self.hidden)

    def _current(self) -> ArrayValue:
        if self._seen != len(self._memory.writers):
            raise refuse(
                "this array shares its memory with one that was changed in place since; derive does not follow "
                "that: take a copy"
            )
        return self._value

    @property
    def dims(self) -> tuple[Dims, ...]:
        """The length of each axis, as sizes."""
        return self._value.shape

    @property
    def dtype(self) -> Any:
        """The type of the entries, as NumPy has it; a formula has no rounding, so nothing depends on it."""
        import numpy as np

        return np.dtype({"bool": bool, "int": np.int64, "real": float}[self.kind])

    def lifted(self) -> TracedArray:
        """Return the array itself."""
        return self

    def sharing(self, value: ArrayValue) -> TracedArray:
        """Return another array over the same memory."""
        found = TracedArray(value, self.kind, self._memory)
        found.read_only = self.read_only
        return found

    def written_through(self, view: TracedArray) -> bool:
        """Return whether all that was written to the memory since this array was up to date was through a view."""
        since = self._memory.writers[self._seen :]
        return view._memory is self._memory and bool(since) and all(one is view for one in since)

    def renew(self) -> None:
        """Be up to date: what was written through a view of it is about to be written here as well."""
        self._seen = len(self._memory.writers)

    def assign(self, value: ArrayValue, kind: Kind, hidden: ArrayValue | None = None) -> None:
        """Write to the whole array. Raises `IllPosedError` for an argument, which belongs to the caller."""
        self._current()
        if self._memory.argument is not None:
            raise refuse(
                f"the argument {self._memory.argument} is changed in place, so what the next function is given "
                "would not be what is declared: take a copy"
            )
        if self.read_only:
            raise refuse("an array is written to that NumPy lets nobody write to")
        if RANK[kind] > RANK[self.kind]:
            held = {"bool": "truth values", "int": "whole numbers"}[self.kind]
            raise refuse(f"numbers are written into an array of {held}, which rounds them")
        if not same(value.shape, self.dims):
            raise IllPosedError(
                f"what is written has the shape {shape_text(value.shape)}, and the array {shape_text(self.dims)}"
            )
        self._value = value
        self.hidden = hidden
        self._memory.writers.append(self)
        self._seen = len(self._memory.writers)
        from derive.tracing.places import here

        self.made = here()
        remember(value.entry, self.made)

    def _in_place(self, name: str, other: Any) -> Any:
        found = self._do(name, self, other)
        if not self.dims:
            return performed(self._rebound, found)
        masked = found.masked
        if masked is None:
            performed(self.assign, found.value, found.kind)
        else:
            performed(self.assign, masked.value, found.kind, masked.hidden)
        return self

    def _rebound(self, found: TracedArray) -> TracedArray:
        """Return a number that takes the place of this one under one name.

        NumPy's numbers stay what they are under their other names, and arrays without axes change with them: after
        this, the others are out of date.
        """
        self._current()
        if self._memory.argument is not None:
            return found
        fresh = TracedArray(found.value, found.kind, self._memory)
        fresh.part = self.part
        self._memory.writers.append(fresh)
        fresh.renew()
        return fresh

    def __iadd__(self, other: Any) -> Any:
        return self._in_place("add", other)

    def __isub__(self, other: Any) -> Any:
        return self._in_place("subtract", other)

    def __imul__(self, other: Any) -> Any:
        return self._in_place("multiply", other)

    def __itruediv__(self, other: Any) -> Any:
        return self._in_place("divide", other)

    def __ipow__(self, other: Any) -> Any:
        return self._in_place("power", other)

    def __iand__(self, other: Any) -> Any:
        return self._in_place("bitwise_and", other)

    def __ior__(self, other: Any) -> Any:
        return self._in_place("bitwise_or", other)

    def __ixor__(self, other: Any) -> Any:
        return self._in_place("bitwise_xor", other)

    def __getitem__(self, key: Any) -> Any:
        from derive.tracing.indexing import taken

        return performed(taken, self, key)

    def __setitem__(self, key: Any, new: Any) -> None:
        from derive.tracing.indexing import put

        performed(put, self, key, new)

    # ---- methods, by the functions of the same name

    @property
    def T(self) -> TracedArray:  # noqa: N802 - NumPy's name
        """The array with its axes in the opposite order."""
        return self.sharing(permuted(self.value, range(self.ndim)[::-1]))

    mT = property(lambda self: self.swapaxes(-1, -2))  # noqa: N815 - NumPy's name

    def _method(self, name: str, args: Any, keywords: Any) -> Any:
        from derive.tracing.operations import FUNCTIONS

        if name not in FUNCTIONS:
            raise refuse(f"derive does not know what {name} of an array is for symbolic ones")
        return performed(lambda: FUNCTIONS[name](self, *args, **keywords))

    def item(self) -> TracedArray:
        """Return the number that an array without axes holds."""
        if any(self.dims):
            raise refuse(f"an array of shape {shape_text(self.dims)} is no single number")
        return TracedArray(ArrayValue(self.value.entry), self.kind)

    def astype(self, dtype: Any, **keywords: Any) -> TracedArray:
        """Return the entries as another type: a copy, or with `copy=False` what may be the array itself.

        Raises:
            IllPosedError: the type rounds, or there is an option that is not known.
        """
        from derive.tracing.operations import cast

        return performed(lambda: cast(self, dtype, **keywords))

    def tolist(self) -> NoReturn:
        """Raise `IllPosedError`: there are no numbers to list."""
        raise refuse("Python asks for the numbers in a symbolic array")

    def told(self) -> str:
        """Return what it is, and its shape."""
        return f"a symbolic array of shape {shape_text(self.dims)}"


def _method_of(name: str) -> Callable[..., Any]:
    def method(self: TracedArray, *args: Any, **keywords: Any) -> Any:
        return self._method(name, args, keywords)

    method.__name__ = name
    method.__doc__ = f"As `numpy.{name}` of this array."
    return method


for (
    _name
) in """sum prod mean max min var std transpose swapaxes squeeze ravel flatten copy dot trace diagonal clip
    repeat argmax argmin cumsum any all take conj conjugate round""".split():
    setattr(TracedArray, _name, _method_of(_name))


def _reshape(self: TracedArray, *shape: Any, **keywords: Any) -> Any:
    return self._method("reshape", (shape[0] if len(shape) == 1 else shape,), keywords)


def _transpose(self: TracedArray, *axes: Any) -> Any:
    given = axes[0] if len(axes) == 1 and isinstance(axes[0], tuple | list) else axes or None
    return self._method("transpose", (given,), {})


TracedArray.reshape = _reshape  # type: ignore[attr-defined]
TracedArray.transpose = _transpose  # type: ignore[attr-defined]


def of_other_sizes(before: Sequence[Axis], after: Sequence[Axis]) -> None:
    """Raise `IllPosedError` if axes, those of length 1 apart, are not over the same sizes as others."""
    for old, new in zip(before, after, strict=True):
        if old and [index.dim for index in old] != [index.dim for index in new]:
            raise IllPosedError(
                "positions over an axis are used along one over another size of the same length"
            )


class TracedLabels(Shaped):
    """Whole numbers that are positions along a size: labels, and what `numpy.arange` of a size gives.

    `position` is an index of that size: one of the axes, a label, or the label of the sample at indices of the axes.
    """

    __slots__ = ("axes", "position")

    def __init__(self, axes: Sequence[Axis], position: Index) -> None:
        self.axes = tuple(axes)
        self.position = position

    @property
    def dim(self) -> str:
        """The size along which the positions are."""
        return self.position.dim

    @property
    def dims(self) -> tuple[Dims, ...]:
        """The length of each axis, as sizes."""
        return tuple(tuple(index.dim for index in axis) for axis in self.axes)

    @property
    def dtype(self) -> Any:
        """The type of the entries, as NumPy has it."""
        import numpy as np

        return np.dtype(int)

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
        from derive.tracing.operations import lengths
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
        from derive.tracing.operations import cast

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


def defined(value: ArrayValue) -> None:
    """Raise `IllPosedError` if entries are what `numpy.empty` left there."""
    if UNSET.name in arrays(value.entry):
        raise IllPosedError("entries are used that numpy.empty left unset")


def lift(value: Any) -> TracedArray:
    """Return what code calculates with as a traced array. Raises `IllPosedError` for what is no real number."""
    if isinstance(value, Symbolic):
        found = value.lifted()
        if found.hidden is None:
            defined(found.value)
        return found
    if isinstance(value, bool):
        return TracedArray(scalar(ONE if value else ZERO), "bool")
    if isinstance(value, int):
        return TracedArray(scalar(term(value)), "int")
    if isinstance(value, float):
        return TracedArray(scalar(current().number(float(value))))
    import numpy as np

    if isinstance(value, np.ndarray | np.generic):
        return _lifted_array(value)
    if isinstance(value, list | tuple):
        raise IllPosedError("a list is calculated with as an array; derive knows arrays of declared sizes")
    raise IllPosedError(f"a {type(value).__name__} is no real number or array")


def _lifted_array(value: Any) -> TracedArray:
    """Return an array of numbers entry by entry."""
    if value.dtype.kind in "iu":
        performed(named, value.dtype)
    if value.dtype.kind not in "bif" or not value.size:
        raise IllPosedError(f"an array of {value.dtype} of the shape {value.shape} meets symbolic ones")
    axes = axes_over(map(dims_of, value.shape))
    kinds: dict[str, Kind] = {"b": "bool", "i": "int", "f": "real"}
    kind = kinds[value.dtype.kind]
    numbers = (value if kind != "real" else value.astype(float)).ravel().tolist()
    entries = [lift(one).value.entry for one in numbers]
    return TracedArray(ArrayValue(pieced(entries, tuple(i for axis in axes for i in axis)), axes), kind)
