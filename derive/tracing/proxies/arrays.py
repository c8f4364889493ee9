"""Symbolic arrays, which traced NumPy code is given instead of arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

from derive.errors import IllPosedError
from derive.terms import ONE, ZERO, Entry, arrays, term
from derive.tracing.kinds import RANK, Kind, named
from derive.tracing.known import dims_of, pieced, same
from derive.tracing.masks import Masked
from derive.tracing.proxies.lengths import Length, length
from derive.tracing.proxies.symbolic import Symbolic, performed, refuse_operators
from derive.tracing.traces import current, refuse, remember
from derive.tracing.values import ArrayValue, Axis, Dims, axes_over, permuted, scalar, shape_text

# Imported inside functions: brackets and the tables of operations, which are made of these; and NumPy.

UNSET = Entry("@empty")
"""What stands in an array of `numpy.empty`. It is no number, and is refused where it is used."""


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


class Positions(Shaped):
    """Whole numbers that are positions along an axis, one for each place of the `axes`."""

    __slots__ = ("axes",)

    def __init__(self, axes: Sequence[Axis]) -> None:
        self.axes = tuple(axes)

    @property
    def dims(self) -> tuple[Dims, ...]:
        """The length of each axis, as sizes."""
        return tuple(tuple(index.dim for index in axis) for axis in self.axes)

    @property
    def dtype(self) -> Any:
        """The type of the entries, as NumPy has it."""
        import numpy as np

        return np.dtype(int)


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
        from derive.tracing.operations.table import FUNCTIONS

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
        from derive.tracing.operations.universal import cast

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
