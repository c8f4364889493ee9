"""Formulas of whole arrays as trees: how each is typed, and its value at a point, computed on matrices of numbers.

Nothing here knows index notation: that a formula of whole arrays means what it means is not taken from the reader.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

from mpmath import mp

from tests.soundness.elimination import adjugate, determinant, inverse
from tests.soundness.reals import NEAR, NoValueError, Real, small

Dims: TypeAlias = tuple[str, ...]
Value: TypeAlias = Any  # a number, a list of them, or a list of rows
Values: TypeAlias = "Mapping[tuple[str, tuple[int, ...]], Real]"


@dataclass(frozen=True)
class Whole:
    """A number, a vector or a matrix: an operation, its parts, and over which sizes it runs."""

    operation: str
    parts: tuple[Whole, ...]
    dims: Dims
    name: str = ""  # of an array, a size or a function; the text of a number

    def __matmul__(self, other: Whole) -> Whole:
        return Whole("@", (self, other), (*self.dims[:-1], *other.dims[1:]))

    def __add__(self, other: Whole) -> Whole:
        return Whole("+", (self, other), self.dims or other.dims)

    def __sub__(self, other: Whole) -> Whole:
        return Whole("-", (self, other), self.dims or other.dims)

    def __mul__(self, other: Whole) -> Whole:
        return Whole("*", (self, other), self.dims or other.dims)

    def __truediv__(self, other: Whole) -> Whole:
        return Whole("/", (self, other), self.dims or other.dims)

    def __neg__(self) -> Whole:
        return Whole("neg", (self,), self.dims)

    @property
    def t(self) -> Whole:
        """The transpose."""
        return Whole("T", (self,), self.dims[::-1])

    @property
    def square(self) -> bool:
        """Whether it is a square matrix."""
        return len(self.dims) == 2 and self.dims[0] == self.dims[1]

    def with_parts(self, parts: tuple[Whole, ...]) -> Whole:
        """Return the same operation on parts of the same shapes."""
        return Whole(self.operation, parts, self.dims, self.name)

    def size(self) -> int:
        """Return of how many operations and names it is made."""
        return 1 + sum(one.size() for one in self.parts)

    def mentions(self, name: str) -> bool:
        """Return whether an array occurs in it."""
        return (self.operation == "array" and self.name == name) or any(p.mentions(name) for p in self.parts)

    def __str__(self) -> str:
        return typed(self)


def array(name: str, *dims: str) -> Whole:
    """Return a declared array."""
    return Whole("array", (), dims, name)


def number(value: int | Fraction) -> Whole:
    """Return a number."""
    return Whole("number", (), (), str(value))


def size_number(name: str) -> Whole:
    """Return a size as a number."""
    return Whole("size", (), (), name)


def of(operation: str, *parts: Whole) -> Whole:
    """Return a function of arrays by its name, as `inv`, `det`, `trace`, `sum`, `diag`, `outer`, `exp`."""
    (first, *_) = parts
    match operation:
        case "det" | "logdet" | "trace" | "sum" | "prod":
            dims: Dims = ()
        case "diag":
            dims = first.dims[:1] if len(first.dims) == 2 else (first.dims[0], first.dims[0])
        case "outer":
            dims = (first.dims[0], parts[1].dims[0])
        case _:
            dims = first.dims
    return Whole(operation, parts, dims)


def made_of(operation: str, *dims: str) -> Whole:
    """Return `eye(n)`, `ones(n)`, `ones(n, m)` or `zeros(n)`."""
    return Whole(operation, (), (dims[0], dims[0]) if operation == "eye" else dims)


def derivative(body: Whole, by: Whole) -> Whole:
    """Return `D(body, by)`, of a number by a declared array."""
    return Whole("D", (body, by), by.dims)


_STRENGTH = {"+": 0, "-": 0, "neg": 1, "*": 1, "/": 1, "@": 1, "T": 3}


def typed(node: Whole) -> str:
    """Return a formula as it is typed."""
    return _text(node, 0)


def _text(node: Whole, strength: int) -> str:
    own = _STRENGTH.get(node.operation, 4)
    match node.operation:
        case "array" | "number" | "size":
            text = node.name
            own = 0 if "/" in text or text.startswith("-") else 4
        case "+" | "-" | "*" | "/" | "@":
            left, right = node.parts
            text = f"{_text(left, own)} {node.operation} {_text(right, own + 1)}"
        case "neg":
            text, own = f"-{_text(node.parts[0], 2)}", 0
        case "T":
            text = f"{_text(node.parts[0], 4)}.T"
        case "eye" | "ones" | "zeros":
            dims = node.dims[:1] if node.operation == "eye" else node.dims
            text = f"{node.operation}({', '.join(dims)})"
        case name:
            text = f"{name}({', '.join(_text(one, 0) for one in node.parts)})"
    return f"({text})" if own < strength else text


class Calculator:
    """The values of formulas at one point: the sizes, and a number for every entry of every array."""

    def __init__(self, sizes: Mapping[str, int], entries: Values, step: int) -> None:
        self.sizes, self.entries, self.step = sizes, entries, step

    def of(self, node: Whole) -> Value:
        """Return the value of a formula. Raises `NoValueError`."""
        shape = [self.sizes[dim] for dim in node.dims]
        match node.operation:
            case "array":
                return _filled(shape, lambda *at: self.entries[node.name, tuple(k + 1 for k in at)])
            case "number":
                value = Fraction(node.name)
                return mp.mpf(value.numerator) / value.denominator
            case "size":
                return mp.mpf(self.sizes[node.name])
            case "eye":
                return _filled(shape, lambda i, j: mp.mpf(i == j))
            case "ones" | "zeros":
                return _filled(shape, lambda *_: mp.mpf(node.operation == "ones"))
            case "D":
                return self.slope(*node.parts)
        values = [self.of(one) for one in node.parts]
        if node.operation in _ENTRYWISE:
            found = [one if isinstance(one, list) else _filled(shape, lambda *_, x=one: x) for one in values]
            return _together(_ENTRYWISE[node.operation], *found)
        return _WHOLE[node.operation](*values)

    def slope(self, body: Whole, by: Whole) -> Value:
        """Return the derivative of a number by every entry of an array, by four values at both sides."""

        def at(*place: int) -> Real:
            key = (by.name, tuple(k + 1 for k in place))
            found = []
            for k in (1, -1, 2, -2):
                moved = {**self.entries, key: self.entries[key] + mp.ldexp(k, -self.step)}
                found.append(Calculator(self.sizes, moved, self.step).of(body))
            up, down, further, back = found
            return mp.ldexp((8 * (up - down) - (further - back)) / 12, self.step)

        self.of(body)  # it must have a value itself
        return _filled([self.sizes[dim] for dim in by.dims], at)


def _filled(shape: list[int], entry: Callable[..., Real]) -> Value:
    match shape:
        case []:
            return entry()
        case [length]:
            return [entry(k) for k in range(length)]
    rows, columns = shape
    return [[entry(i, j) for j in range(columns)] for i in range(rows)]


def _together(function: Callable[..., Real], *values: Value) -> Value:
    if isinstance(values[0], list):
        return [_together(function, *inner) for inner in zip(*values, strict=True)]
    return function(*values)


def flat(value: Value) -> list[Real]:
    """Return the entries of an array, row by row."""
    return [x for inner in value for x in flat(inner)] if isinstance(value, list) else [value]


def _product(left: Value, right: Value) -> Value:
    if not isinstance(left[0], list):
        if isinstance(right[0], list):
            return [_inner(left, column) for column in zip(*right, strict=True)]
        return _inner(left, right)
    if not isinstance(right[0], list):
        return [_inner(row, right) for row in left]
    columns = list(zip(*right, strict=True))
    return [[_inner(row, column) for column in columns] for row in left]


def _inner(left: Value, right: Value) -> Real:
    return mp.fsum(a * b for a, b in zip(left, right, strict=True))


def _nonzero(x: Real) -> Real:
    if abs(x) < NEAR:
        raise NoValueError
    return x


def _positive(x: Real) -> Real:
    if x < NEAR:
        raise NoValueError
    return x


def _diagonal(value: Value) -> Value:
    if isinstance(value[0], list):
        return [row[k] for k, row in enumerate(value)]
    return [[x if i == j else mp.mpf(0) for j in range(len(value))] for i, x in enumerate(value)]


_ENTRYWISE: dict[str, Callable[..., Real]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / _nonzero(b),
    "neg": lambda a: -a,
    "exp": lambda a: mp.exp(small(a)),
    "log": lambda a: mp.log(_positive(a)),
    "sqrt": lambda a: mp.sqrt(_positive(a)),
    "tanh": lambda a: mp.tanh(small(a)),
    "sin": lambda a: mp.sin(small(a)),
    "cos": lambda a: mp.cos(small(a)),
    "sigmoid": lambda a: 1 / (1 + mp.exp(-small(a))),
    "softplus": lambda a: mp.log(1 + mp.exp(small(a))),
}
_WHOLE: dict[str, Callable[..., Value]] = {
    "@": _product,
    "T": lambda a: [list(column) for column in zip(*a, strict=True)],
    "inv": inverse,
    "adj": lambda a: [[adjugate(a, i, j) for j in range(len(a))] for i in range(len(a))],
    "det": determinant,
    "logdet": lambda a: mp.log(abs(_nonzero(determinant(a)))),
    "trace": lambda a: mp.fsum(_diagonal(a)),
    "sum": lambda a: mp.fsum(flat(a)),
    "prod": lambda a: mp.fprod(flat(a)),
    "diag": _diagonal,
    "outer": lambda a, b: [[x * y for y in b] for x in a],
}
SLOPES: dict[str, Callable[[Whole], Whole]] = {
    "exp": lambda a: of("exp", a),
    "log": lambda a: number(1) / a,
    "sqrt": lambda a: number(Fraction(1, 2)) / of("sqrt", a),
    "tanh": lambda a: number(1) - of("tanh", a) * of("tanh", a),
    "sin": lambda a: of("cos", a),
    "cos": lambda a: -of("sin", a),
    "sigmoid": lambda a: of("sigmoid", a) * (number(1) - of("sigmoid", a)),
    "softplus": lambda a: of("sigmoid", a),
}
"""The functions that are applied entry by entry, with their derivatives."""

__all__ = [
    "SLOPES", "Calculator", "Whole", "array", "derivative", "flat", "made_of", "number", "of", "size_number", "typed",
]  # fmt: skip
