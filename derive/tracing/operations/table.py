"""The table of NumPy's functions on symbolic arrays, by NumPy's name, and how one of its rows is called."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from derive.errors import IllPosedError
from derive.tracing.known import dims_of
from derive.tracing.proxies.lengths import Length
from derive.tracing.proxies.symbolic import Symbolic
from derive.tracing.values import Dims

FUNCTIONS: dict[str, Callable[..., Any]] = {}


def function(*names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Enter a function in the table, by its names in NumPy or SciPy."""

    def entered(build: Callable[..., Any]) -> Callable[..., Any]:
        for name in names:
            FUNCTIONS[name] = build
        return build

    return entered


def called(function: Any, args: Sequence[Any], keywords: dict[str, Any]) -> Any:
    """Return what a function of NumPy's makes of arrays, one of them symbolic."""
    name = function.__name__
    module = str(function.__module__).removeprefix("numpy").strip(".")
    if name not in FUNCTIONS or module not in ("", "linalg", "_core.multiarray", "_core.einsumfunc"):
        raise IllPosedError(f"derive does not know {function.__module__}.{name} of symbolic arrays")
    try:
        return FUNCTIONS[name](*args, **keywords)
    except TypeError as wrong:
        if "argument" not in str(wrong):
            raise
        raise IllPosedError(f"derive does not know these options of numpy.{name}: {told(wrong)}") from None


def told(wrong: TypeError) -> str:
    """Return what Python says of arguments, without the name of the function that stands for NumPy's."""
    return str(wrong).partition("() ")[2] or str(wrong)


def lengths(shape: Any) -> tuple[Dims | None, ...]:
    """Return a shape as traced code gives one: lengths, 1, and -1 for what is left."""
    given = tuple(shape) if isinstance(shape, tuple | list) else (shape,)
    return tuple(map(_length, given))


def _length(one: Any) -> Dims | None:
    if isinstance(one, Length):
        return one.dims
    if isinstance(one, bool) or not hasattr(one, "__index__") or isinstance(one, Symbolic):
        raise IllPosedError(f"{one!r} is no length of an axis that is the same for all sizes")
    number = int(one)
    if number == -1:
        return None
    return dims_of(number)


def shape_of(shape: Any) -> tuple[Dims, ...]:
    """Return a shape as traced code gives one. Raises `IllPosedError` if not every length is given."""
    found = lengths(shape)
    if None in found:
        raise IllPosedError("a length is negative")
    return tuple(one for one in found if one is not None)
