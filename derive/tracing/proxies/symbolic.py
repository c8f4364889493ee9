"""What stands for a value in traced code: Python's operators and NumPy's protocols write down what is done to it.

A branch on a symbolic value, and whatever is not understood exactly, is an error that names the line.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from derive.errors import DeriveError
from derive.tracing.traces import asked_by_code, is_running, noted, refuse

if TYPE_CHECKING:
    from derive.tracing.proxies.arrays import TracedArray

# Imported inside functions: the tables of operations, which are made of proxies.


class Symbolic:
    """What arithmetic and NumPy's functions may be applied to in traced code."""

    __slots__ = ()
    __array_priority__ = 1000

    def lifted(self) -> TracedArray:
        """Return the thing as an array of numbers."""
        raise NotImplementedError

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **keywords: Any) -> Any:
        from derive.tracing.operations.universal import universal

        return performed(universal, ufunc.__name__, method, inputs, keywords)

    def __array_function__(self, function: Any, types: Any, args: Any, keywords: Any) -> Any:
        from derive.tracing.operations.table import called

        return performed(called, function, args, keywords)

    def __array__(self, *args: Any, **keywords: Any) -> NoReturn:
        raise refuse(
            "this function takes numbers alone, and the array is symbolic: derive has no row for it, or it does "
            "not go through NumPy's protocols"
        )

    def _do(self, name: str, *inputs: Any) -> Any:
        from derive.tracing.operations.universal import universal

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
