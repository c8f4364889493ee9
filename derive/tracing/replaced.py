"""What NumPy's protocols do not reach, replaced while a trace runs: makers of arrays, `math`, `len` and `float`.

A replacement does what the original does unless one of its arguments is symbolic. Modules are put back afterwards,
and one trace runs at a time.
"""

from __future__ import annotations

import builtins
import inspect
import math
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from importlib import import_module
from threading import RLock, get_ident
from types import BuiltinFunctionType, CodeType, FunctionType, MethodType, ModuleType
from typing import Any

from derive.errors import IllPosedError
from derive.tracing.indexing import Selected
from derive.tracing.operations.table import FUNCTIONS, told
from derive.tracing.places import calls_by_name, is_library, is_standard
from derive.tracing.proxies.arrays import Shaped, TracedArray
from derive.tracing.proxies.lengths import Length
from derive.tracing.proxies.symbolic import Symbolic, performed
from derive.tracing.traces import refuse

# Imported inside functions: NumPy, whose functions are replaced.

_MAKERS = """zeros ones empty full eye identity arange array asarray asanyarray ascontiguousarray
    atleast_1d tri""".split()
_REDUCTIONS = "sum prod mean max min".split()
"""What is given a list of symbolic numbers or arrays too; of one array it goes through the protocols."""
_SPECIAL = "softmax log_softmax logsumexp".split()
_MATH = {
    "sqrt": "sqrt", "exp": "exp", "log": "log", "log1p": "log1p", "expm1": "expm1", "log2": "log2",
    "log10": "log10", "sin": "sin", "cos": "cos", "tan": "tan", "sinh": "sinh", "cosh": "cosh", "tanh": "tanh",
    "asin": "arcsin", "acos": "arccos", "atan": "arctan", "fabs": "absolute", "erf": "erf", "erfc": "erfc",
    "gamma": "gamma", "lgamma": "gammaln", "pow": "power", "cbrt": "cbrt",
}  # fmt: skip

_one_at_a_time = RLock()


@contextmanager
def replaced(functions: Sequence[Callable[..., Any]]) -> Iterator[None]:
    """Have symbolic arrays understood by what functions, and those that they call, find under these names."""
    with _one_at_a_time:
        replacements = _replacements()
        places = [*_modules(), *namespaces(functions)]
        undo: list[tuple[dict[str, Any], str, Any]] = []
        try:
            for namespace in places:
                for name, value in list(namespace.items()):
                    if id(value) in replacements:
                        undo.append((namespace, name, value))
                        namespace[name] = replacements[id(value)]
            for namespace in places[len(_modules()) :]:
                for name, value in _BUILTINS.items():
                    if name not in namespace:
                        undo.append((namespace, name, _MISSING))
                        namespace[name] = value
            yield
        finally:
            for namespace, name, value in reversed(undo):
                if value is _MISSING:
                    namespace.pop(name, None)
                else:
                    namespace[name] = value


_MISSING = object()
_DRAWN = ("numpy.random", "random", "time", "secrets")


def _drawn() -> list[ModuleType]:
    return [import_module(name) for name in _DRAWN]


def _modules() -> list[dict[str, Any]]:
    """Return the namespaces of the modules whose functions are replaced."""
    import numpy as np

    special = sys.modules.get("scipy.special")
    drawn = [module.__dict__ for module in _drawn()]
    return [np.__dict__, math.__dict__, *([special.__dict__] if special is not None else []), *drawn]


def _replacements() -> dict[int, Callable[..., Any]]:
    """Return what replaces each function, by its identity."""
    import numpy as np

    found: dict[int, Callable[..., Any]] = {}
    for name in _MAKERS:
        found[id(getattr(np, name))] = _either(getattr(np, name), FUNCTIONS[name])
    for name in _REDUCTIONS:
        found[id(getattr(np, name))] = _of_lists(getattr(np, name), FUNCTIONS[name])
    for name, universal in _MATH.items():
        found[id(getattr(math, name))] = _either(getattr(math, name), _entry_by_entry(universal))
    special = sys.modules.get("scipy.special")
    for module in _drawn():
        for name, value in vars(module).items():
            if not name.startswith("_") and callable(value) and not isinstance(value, type):
                found[id(value)] = _drawing(value)
    for name in _SPECIAL if special is not None else ():
        found[id(getattr(special, name))] = _either(getattr(special, name), FUNCTIONS[name])
    return found


def _entry_by_entry(name: str) -> Callable[..., Any]:
    from derive.tracing.operations.universal import universal

    def build(*inputs: Any) -> Any:
        if name == "log" and len(inputs) == 2:
            return universal("divide", "__call__", (build(inputs[0]), build(inputs[1])), {})
        return universal(name, "__call__", inputs, {})

    return build


def _either(original: Callable[..., Any], symbolic: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that is the original unless an argument is symbolic."""

    def known(*args: Any, **keywords: Any) -> Any:
        try:
            return symbolic(*args, **keywords)
        except TypeError as wrong:
            raise IllPosedError(
                f"derive does not know these options of {original.__name__}: {told(wrong)}"
            ) from None

    @wraps(original)
    def build(*args: Any, **keywords: Any) -> Any:
        if not any(map(_is_symbolic, (*args, *keywords.values()))):
            return original(*map(_own_type, args), **{key: _own_type(one) for key, one in keywords.items()})
        if not calls_by_name(sys._getframe(1), original.__name__, build):
            # Compiled code takes what it is given for NumPy's array without a look at it.
            raise refuse(f"compiled code asks {original.__name__} for an array of symbolic shape")
        return performed(lambda: known(*args, **keywords))

    return build


def _of_lists(original: Callable[..., Any], symbolic: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that is the original unless its first argument is a list with something symbolic in it."""

    @wraps(original)
    def build(*args: Any, **keywords: Any) -> Any:
        if args and not isinstance(args[0], Symbolic) and _is_symbolic(args[0]):
            return performed(lambda: symbolic(*args, **keywords))
        return original(*map(_own_type, args), **{key: _own_type(one) for key, one in keywords.items()})

    return build


def _drawing(original: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that is refused to traced code, and is the original for all other code."""
    thread = get_ident()

    @wraps(original)
    def draw(*args: Any, **keywords: Any) -> Any:
        file = sys._getframe(1).f_code.co_filename
        if get_ident() != thread or is_library(file) or is_standard(file):
            return original(*args, **keywords)
        raise refuse(f"{original.__name__} gives something else each time, and a proof is about one run")

    return draw


def _own_type(value: Any) -> Any:
    """Return Python's type for what traced code finds under its name."""
    return next((type_ for type_, standing in _STANDING.items() if value is standing), value)


def _is_symbolic(value: Any) -> bool:
    return isinstance(value, Symbolic) or (type(value) in (tuple, list) and any(map(_is_symbolic, value)))


def _len(value: Any, /) -> Any:
    """Return the length, which of a symbolic array is a size."""
    if isinstance(value, Shaped) and value.dims:
        return value.shape[0]
    if isinstance(value, Selected):
        raise refuse("how many entries truth values select is not known")
    return builtins.len(value)


class _FloatMeta(type):
    def __call__(cls, value: Any = 0.0, /) -> Any:
        return (
            performed(lambda: TracedArray(value.lifted().item().value))
            if isinstance(value, Symbolic)
            else builtins.float(value)
        )

    def __instancecheck__(cls, value: object) -> bool:
        return isinstance(value, builtins.float)

    def __subclasscheck__(cls, other: type) -> bool:
        return issubclass(other, builtins.float)

    def __eq__(cls, other: object) -> bool:
        return other is cls or other is builtins.float

    def __hash__(cls) -> int:
        return hash(builtins.float)

    def __getattr__(cls, name: str) -> Any:
        return getattr(builtins.float, name)


class Float(metaclass=_FloatMeta):
    """`float`, which leaves a symbolic number what it is."""


class _IntMeta(type):
    def __call__(cls, *args: Any, **keywords: Any) -> Any:
        if len(args) == 1 and isinstance(args[0], Length):
            return args[0]
        return builtins.int(*args, **keywords)

    def __instancecheck__(cls, value: object) -> bool:
        return isinstance(value, builtins.int)

    def __subclasscheck__(cls, other: type) -> bool:
        return issubclass(other, builtins.int)

    def __eq__(cls, other: object) -> bool:
        return other is cls or other is builtins.int

    def __hash__(cls) -> int:
        return hash(builtins.int)

    def __getattr__(cls, name: str) -> Any:
        return getattr(builtins.int, name)


class Int(metaclass=_IntMeta):
    """`int`, which leaves the length of an axis what it is."""


class _RangeMeta(type):
    def __call__(cls, *args: Any) -> Any:
        if len(args) == 1 and isinstance(args[0], Length) and args[0].known is None:
            return performed(FUNCTIONS["arange"], args[0])
        return builtins.range(*args)

    def __instancecheck__(cls, value: object) -> bool:
        return isinstance(value, builtins.range)


class SymbolicRange(metaclass=_RangeMeta):
    """`range`, which of a size is all positions along it: an index of arrays, and nothing to loop over."""


class _TypeMeta(type):
    def __call__(cls, *args: Any, **keywords: Any) -> Any:
        if len(args) != 1:
            return builtins.type(*args, **keywords)
        found = args[0].stands_for() if isinstance(args[0], Symbolic) else builtins.type(args[0])
        return _STANDING.get(found, found)

    def __instancecheck__(cls, value: object) -> bool:
        return isinstance(value, builtins.type)

    def __subclasscheck__(cls, other: type) -> bool:
        return issubclass(other, builtins.type)

    def __eq__(cls, other: object) -> bool:
        return other is cls or other is builtins.type

    def __hash__(cls) -> int:
        return hash(builtins.type)


class Type(metaclass=_TypeMeta):
    """`type`, which of a symbolic value is what it stands for."""


_STANDING: dict[Any, Any] = {builtins.float: Float, builtins.int: Int, builtins.range: SymbolicRange}
"""What traced code finds under the names of types, so that `type(n) is int` holds of what it holds of in Python."""

_BUILTINS: dict[str, Any] = {
    "len": _len, "float": Float, "int": Int, "range": SymbolicRange, "type": Type,
}  # fmt: skip


def namespaces(functions: Sequence[Callable[..., Any]]) -> list[dict[str, Any]]:
    """Return the global names of functions, and of those of the user's that they call."""
    found: dict[int, dict[str, Any]] = {}
    waiting: list[Any] = list(functions)
    seen = set[int]()
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, MethodType):
            waiting.append(one.__func__)
        elif isinstance(one, FunctionType):
            if is_library(one.__code__.co_filename):
                continue
            found.setdefault(id(one.__globals__), one.__globals__)
            inside = [one.__globals__[name] for name in _names(one.__code__) if name in one.__globals__]
            inside += inspect.getclosurevars(one).nonlocals.values()
            inside.append(getattr(one, "__wrapped__", None))
            waiting += [thing for thing in inside if isinstance(thing, _CALLED)]
        elif isinstance(one, type):
            waiting += [thing for thing in vars(one).values() if isinstance(thing, _CALLED)]
        elif isinstance(one, ModuleType):
            if getattr(one, "__file__", None) and not is_library(str(one.__file__)) and not _standard(one):
                found.setdefault(id(one.__dict__), one.__dict__)
        elif not isinstance(one, BuiltinFunctionType):
            waiting.append(type(one))
    return list(found.values())


_CALLED = (FunctionType, MethodType, type, ModuleType)


def _standard(module: ModuleType) -> bool:
    return module.__name__.partition(".")[0] in sys.stdlib_module_names


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)
