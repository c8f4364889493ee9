"""Real expressions as Coq has them: nested tuples, binary operations, and nothing that rewrites itself.

An expression is a tuple that begins with its kind: `("num", q)`, `("pi",)`, `("size", n)`, `("ent", name, indices)`,
`("def", name, indices)`, `("add", a, b)`, `("mul", a, b)`, `("opp", a)`, `("inv", a)`, `("pow", a, k)`,
`("npow", a, n)`, `("rpow", a, e)`, `("sqrt", a)`, `("fn", f, a)`, `("delta", i, j)`, `("before", i, j)`,
`("upto", i, j)`, `("sum", j, n, a)`,
`("big", F, j, n, a)` for `Prod` and `Max`, `("where_gt", u, v, a, b)`, and `("D", body, name, indices, defined)`.
`("mat", F, n, r, c, a, at)` is a function F of the matrix with the entry a at the row r and the column c, both over n:
`Det` and `Logdet`, or the entry `at` two indices of `Inv` and `Adj`.
Statements have kinds of their own beside these, which `lowering` replaces: differences, quotients, other comparisons,
and functions by their names. An index is a name, a position as a number, or the label of a sample: `y a`, with a space.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from functools import reduce
from typing import Any, TypeAlias

Real: TypeAlias = tuple[Any, ...]
"""A real expression; see the module."""
IndexNames: TypeAlias = Mapping[str, str]

LEAVES = ("num", "pi", "size", "ent", "def", "delta", "before", "upto", "par")
PAIRS = ("delta", "before", "upto")
"""What two indices are to each other, 1 or 0: equal, one before the other, one not after the other."""
BRANCHES_OF_PAIRS = ("except", "where_same", "where_before")


class UnsupportedError(Exception):
    """What a certificate cannot say, or its proof is not looked for; the message says what."""


def num(value: Fraction | int) -> Real:
    """Return an exact number."""
    return "num", Fraction(value)


ZERO, ONE = num(0), num(1)


def add(a: Real, b: Real) -> Real:
    """Return a sum of two."""
    return "add", a, b


def mul(a: Real, b: Real) -> Real:
    """Return a product of two."""
    return "mul", a, b


def opp(a: Real) -> Real:
    """Return minus an expression."""
    return "opp", a


def inv(a: Real) -> Real:
    """Return one over an expression."""
    return "inv", a


def minus(a: Real, b: Real) -> Real:
    """Return a difference, as a sum."""
    return add(a, opp(b))


def power(a: Real, k: int) -> Real:
    """Return a whole power, k at least 0, by squares and cubes, whose derivatives have lemmas of their own."""
    if k == 0:
        return ONE
    if k == 1:
        return a
    return ("pow", a, k) if k <= 3 else mul(("pow", a, 3), power(a, k - 3))


def fold(operation: Callable[[Real, Real], Real], parts: Iterable[Real]) -> Real:
    """Return the parts joined from the left."""
    return reduce(operation, parts)


def inside(e: Real) -> tuple[Real, ...]:
    """Return the expressions directly inside one."""
    kind = e[0]
    if kind in LEAVES:
        return ()
    if kind == "sum":
        return (e[3],)
    if kind in ("D", "pow", "npow"):
        return (e[1],)
    if kind in ("fn", "call"):
        return tuple(e[2:])
    if kind in BRANCHES_OF_PAIRS:
        return tuple(e[3:])
    if kind == "big":
        return (e[4],)
    return (e[5],) if kind == "mat" else tuple(e[1:])


def rebuild(e: Real, change: Callable[[Real], Real]) -> Real:
    """Return the expression with each one directly inside it changed."""
    kind = e[0]
    if kind in LEAVES:
        return e
    if kind == "sum":
        return kind, e[1], e[2], change(e[3])
    if kind in ("D", "pow", "npow"):
        return kind, change(e[1]), *e[2:]
    if kind in ("fn", "call"):
        return kind, e[1], *map(change, e[2:])
    if kind in BRANCHES_OF_PAIRS:
        return kind, e[1], e[2], *map(change, e[3:])
    if kind == "big":
        return (*e[:4], change(e[4]))
    if kind == "mat":
        return (*e[:5], change(e[5]), e[6])
    return kind, *map(change, e[1:])


def letters_of(index: str) -> list[str]:
    """Return the letters of which an index is made: itself, or of the label of a sample those in it."""
    head, *at = index.split(" ")
    return at or [head]


def renamed_index(index: str, names: Mapping[str, object]) -> str:
    """Return an index renamed, or the label of a sample with the letters in it renamed."""
    if " " not in index:
        return names.get(index, index)  # type: ignore[return-value] # numbers where `unnamed` compares
    head, *at = index.split(" ")
    return " ".join([head, *(str(names.get(i, i)) for i in at)])


def indices_at(e: Real) -> tuple[str, ...]:
    """Return the indices that stand in an expression itself, labels of samples as a whole."""
    kind = e[0]
    if kind in ("ent", "def"):
        return tuple(e[2])
    if kind in PAIRS or kind in BRANCHES_OF_PAIRS:
        return e[1], e[2]
    if kind == "mat":
        return tuple(e[6])
    return tuple(e[3]) if kind == "D" else ()


def indices_of(e: Real) -> tuple[str, ...]:
    """Return the letters of the indices that stand in an expression itself."""
    return tuple(letter for index in indices_at(e) for letter in letters_of(index))


def walk(e: Real) -> Iterator[Real]:
    """Yield an expression and all that is in it, outermost first."""
    yield e
    for part in inside(e):
        yield from walk(part)


def count(e: Real) -> int:
    """Return how many expressions stand in one, itself included."""
    return 1 + sum(map(count, inside(e)))


def renamed(e: Real, names: IndexNames) -> Real:
    """Return the expression with free indices renamed; bound ones have names of their own, so none captures."""
    if not names:
        return e
    kind = e[0]
    if kind in ("ent", "def"):
        return kind, e[1], tuple(renamed_index(i, names) for i in e[2])
    if kind in PAIRS or kind in BRANCHES_OF_PAIRS:
        rest = (renamed(part, names) for part in e[3:])
        return kind, renamed_index(e[1], names), renamed_index(e[2], names), *rest
    if kind == "mat":
        own = {old: new for old, new in names.items() if old not in e[3:5]}
        return (*e[:5], renamed(e[5], own), tuple(renamed_index(i, names) for i in e[6]))
    if kind == "sum" and e[1] in names:
        names = {old: new for old, new in names.items() if old != e[1]}
    if kind == "D":
        return kind, renamed(e[1], names), e[2], tuple(renamed_index(i, names) for i in e[3]), e[4]
    return rebuild(e, lambda part: renamed(part, names))


def holds_index(e: Real, index: str) -> bool:
    """Return whether an index occurs in an expression."""
    return index in indices_of(e) or any(holds_index(part, index) for part in inside(e))


def free(e: Real, bound: frozenset[str] = frozenset()) -> set[str]:
    """Return the free indices of an expression."""
    if e[0] == "sum":
        return free(e[3], bound | {e[1]})
    if e[0] == "big":
        return free(e[4], bound | {e[2]})
    found = {i for i in indices_of(e) if i not in bound}
    if e[0] == "mat":
        return found | free(e[5], bound | {e[3], e[4]})
    return found.union(*(free(part, bound) for part in inside(e)))


def depends(e: Real, name: str) -> bool:
    """Return whether entries of an array occur in an expression."""
    return any(part[0] == "ent" and part[1] == name for part in walk(e))


def unnamed(e: Real, names: Mapping[str, object] | None = None, depth: int = 0) -> Real:
    """Return the expression with bound indices by their number, for comparison."""
    names = names or {}
    kind = e[0]
    if kind in ("ent", "def"):
        return kind, e[1], tuple(renamed_index(i, names) for i in e[2])
    if kind in PAIRS:
        return kind, renamed_index(e[1], names), renamed_index(e[2], names)
    if kind == "sum":
        return kind, e[2], unnamed(e[3], {**names, e[1]: depth}, depth + 1)
    if kind == "big":
        return kind, e[1], e[3], unnamed(e[4], {**names, e[2]: depth}, depth + 1)
    if kind == "mat":
        body = unnamed(e[5], {**names, e[3]: depth, e[4]: depth + 1}, depth + 2)
        return *e[:3], body, tuple(renamed_index(i, names) for i in e[6])
    if kind == "D":
        return kind, unnamed(e[1], names, depth), e[2], tuple(renamed_index(i, names) for i in e[3]), e[4]
    return rebuild(e, lambda part: unnamed(part, names, depth))
