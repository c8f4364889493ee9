"""What each SymPy object in an expression is: an index, a size, an array, an unknown function or a number.

An object is one of these wherever it stands, and every object has a name of its own.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

import sympy
from sympy.core.function import UndefinedFunction
from sympy.functions.elementary.piecewise import ExprCondPair
from sympy.logic.boolalg import BooleanFalse, BooleanTrue

from derive.errors import IllPosedError
from derive.interop.assumptions import check_function, check_size, is_size
from derive.interop.names import RELATIONS
from derive.problem.names import Kind, objection
from derive.terms.contexts import MAX_SIZE

Role = Literal["index", "size", "array", "function", "number"]

_WORDS: dict[Role, str] = {
    "index": "an index",
    "size": "a size",
    "array": "an array",
    "function": "a function",
    "number": "a number",
}
_KINDS: dict[Role, Kind] = {
    "index": "index",
    "size": "size",
    "array": "variable",
    "function": "function",
    "number": "variable",
}

# What stands in nodes and is no expression itself.
STRUCTURE = frozenset(
    (
        *RELATIONS,
        sympy.And,
        sympy.Or,
        sympy.Not,
        sympy.ITE,
        sympy.Tuple,
        ExprCondPair,
        BooleanTrue,
        BooleanFalse,
    )
)

Bound = frozenset[Any]
NOTHING: Bound = frozenset()


def is_symbol(node: Any) -> bool:
    """Return whether this is a symbol as they come, no subclass of another meaning."""
    return type(node) in (sympy.Symbol, sympy.Dummy)


def is_index(node: Any) -> bool:
    """Return whether this can stand for an index."""
    return is_symbol(node) or (type(node) is sympy.Idx and is_symbol(node.label))


def is_unknown(node: Any) -> bool:
    """Return whether this is a value of an unknown function, as `Function("f")(x)`."""
    return type(type(node)) is UndefinedFunction


def nothing_for(node: Any) -> IllPosedError:
    """Return the error that says what of SymPy's is not understood."""
    return IllPosedError(f"{node} has no meaning here: derive has nothing for SymPy's {type(node).__name__}")


def ranges(node: Any) -> list[tuple[Any, Any, Any]]:
    """Return a sum's bound variables with their ranges, outermost first, where SymPy has the innermost first."""
    found = []
    for limit in reversed(node.limits):
        variable = limit[0]
        if not is_index(variable):
            raise IllPosedError(f"{variable} is no index: a symbol is")
        if len(limit) == 3:
            found.append(tuple(limit))
        elif len(limit) == 1 and type(variable) is sympy.Idx and variable.upper is not None:
            found.append((variable, variable.lower, variable.upper))
        else:
            raise IllPosedError(f"{node} has no range for {variable}")
    return found


def sized(low: Any, high: Any) -> Any:
    """Return the size over which a range runs."""
    if low not in (0, 1):
        raise IllPosedError(f"an index runs from 1 to n or from 0 to n - 1, not from {low} to {high}")
    return high if low == 1 else high + 1


@dataclass
class Survey:
    """The objects of some expressions by their roles, in the order in which they are met.

    `indices` has all that stand for one, bound ones too, by their symbols or, for a Dummy, by themselves.
    """

    known: Container[type]
    roles: dict[Any, Role] = field(default_factory=dict)
    bases: dict[Any, Any] = field(default_factory=dict)
    ranks: dict[Any, int] = field(default_factory=dict)
    indices: dict[Any, Any] = field(default_factory=dict)
    _compared: list[tuple[Any, Any, Bound]] = field(default_factory=list)
    _numbers: list[Any] = field(default_factory=list)

    @classmethod
    def of(cls, expressions: Iterable[Any], known: Container[type]) -> Survey:
        """Return the roles of all that stands in some expressions; what is of no known class is refused."""
        survey = cls(known)
        for one in expressions:
            survey._visit(one, NOTHING)
        survey._settle()
        return survey

    def names(self, apart: Iterable[str], dummies: bool) -> dict[Any, str]:
        """Return a name for each object, no two alike; a `Dummy` gives way.

        Raises `IllPosedError` for two other objects of one name, and for names that cannot be declared.
        """
        found: dict[Any, str] = {}
        owners: dict[str, Any] = {}
        for one in sorted(self.roles, key=lambda one: type(one) is sympy.Dummy):
            name = one.name if hasattr(one, "name") else str(one)
            if type(one) is sympy.Dummy:
                if not dummies:
                    raise IllPosedError(
                        f"the Dummy {one.name} is like no other symbol, so it is known in a claim of SymPy's alone; "
                        "mixed with derive's objects a Symbol can stand for it"
                    )
                name = unused(name, {*owners, *apart})
            why = objection(name, _KINDS[self.roles[one]])
            if why is not None:
                raise IllPosedError(f"{why} (SymPy's {type(one).__name__} {name})")
            if name in owners:
                raise IllPosedError(_two_alike(name, owners[name], one))
            owners[name] = one
            found[one] = name
        return found

    # ------------------------------------------------------------ what stands where

    def _visit(self, node: Any, bound: Bound) -> None:
        if isinstance(node, sympy.Sum | sympy.Product):
            for variable, low, high in ranges(node):
                self._extent(sized(low, high), bound)
                self._meet(variable, bound)
                bound |= {variable}
            self._visit(node.function, bound)
        elif isinstance(node, sympy.Indexed):
            self._array(node, bound)
        elif isinstance(node, sympy.KroneckerDelta):
            for one in node.args[:2]:
                self._index(one, bound)
            if len(node.args) > 2:
                self._extent(sized(*node.args[2]), bound)
        elif is_unknown(node):
            check_function(type(node))
            self._give(type(node), "function")
            self._all(node.args, bound)
        elif type(node) is sympy.Subs:
            inner = bound | set(node.variables)
            self._visit(node.expr, inner)
            self._all(node.point, bound)
        elif is_index(node):
            if type(node) is sympy.Idx:
                self._index(node, bound)
            elif node not in bound:
                self._numbers.append(node)
        elif type(node) in self.known or type(node) in STRUCTURE:
            if type(node) in (sympy.Eq, sympy.Ne):
                self._compared.append((*node.args, bound))
            self._all(node.args, bound)
        else:
            raise nothing_for(node)

    def _all(self, nodes: Iterable[Any], bound: Bound) -> None:
        for one in nodes:
            self._visit(one, bound)

    def _array(self, node: Any, bound: Bound) -> None:
        base = node.base
        label = getattr(base, "label", None)
        if type(base) is not sympy.IndexedBase or not is_symbol(label):
            raise IllPosedError(f"{node} is no entry of an IndexedBase with a name")
        if base.offset != 0 or base.strides is not None:
            raise IllPosedError(f"{label} has an offset or strides, which have no meaning here")
        if self.bases.setdefault(label, base) != base:
            raise IllPosedError(f"{label} is two arrays, of different shapes; give both the same shape")
        rank = len(node.indices)
        if self.ranks.setdefault(label, rank) != rank:
            raise IllPosedError(f"{label} stands with {self.ranks[label]} and with {rank} indices")
        self._give(label, "array")
        for index in node.indices:
            self._index(index, bound)
        for extent in base.shape or ():
            self._extent(extent, bound)

    def _index(self, node: Any, bound: Bound) -> None:
        if type(node).is_Integer:
            return
        if not is_index(node):
            raise IllPosedError(f"{node} is no index: a letter or a number is")
        self._meet(node, bound)
        if node not in bound:
            self._give(node, "index")

    def _meet(self, node: Any, bound: Bound) -> None:
        """Note an index, and refuse another of its name: an `Idx` beside its own label, or one letter twice."""
        symbol = node.label if type(node) is sympy.Idx else node
        key = symbol if type(symbol) is sympy.Dummy else symbol.name
        if self.indices.setdefault(key, node) != node:
            raise IllPosedError(_two_alike(symbol.name, self.indices[key], node))
        if type(node) is sympy.Idx and node.upper is not None:
            self._extent(sized(node.lower, node.upper), bound)

    def _extent(self, extent: Any, bound: Bound) -> None:
        if type(extent).is_Integer and extent > 0:
            if extent > MAX_SIZE:
                raise IllPosedError(f"a size is at most {MAX_SIZE}, not {extent}")
            return
        if not is_symbol(extent):
            raise IllPosedError(f"{extent} is no size: a symbol or a positive integer is")
        if extent in bound:
            raise IllPosedError(f"{extent} is an index, and no index runs up to another")
        check_size(extent)
        self._give(extent, "size")

    def _settle(self) -> None:
        """Take for indices what is compared with indices, then for numbers, or sizes, what is nothing else."""
        before = -1
        while before != len(self.roles):
            before = len(self.roles)
            for left, right, bound in self._compared:
                for one, other in ((left, right), (right, left)):
                    known = other in bound or self.roles.get(other) == "index"
                    if known and is_index(one) and one not in bound and one not in self.roles:
                        self._give(one, "index")
        for one in self._numbers:
            if self.roles.get(one) not in ("size", "index"):
                self._give(one, "size" if is_size(one) else "number")

    def _give(self, one: Any, role: Role) -> None:
        if self.roles.setdefault(one, role) != role:
            raise IllPosedError(f"{one} stands as {_WORDS[self.roles[one]]} and as {_WORDS[role]}")


def unused(wanted: str, taken: Iterable[str]) -> str:
    """Return the name that is wanted, or one like it that is not taken."""
    taken = set(taken)
    name, count = wanted, 0
    while name in taken:
        count += 1
        name = f"{wanted}_{count}"
    return name


def _two_alike(name: str, one: Any, other: Any) -> str:
    return (
        f"two different things are called {name}: {_told(one)} and {_told(other)}; "
        "build it once and use it everywhere, or give one of them another name"
    )


def _told(one: Any) -> str:
    """Return an object with its class and its assumptions, by which it differs from others of its name."""
    if isinstance(one, UndefinedFunction):
        return f"the function {one.name}"
    return sympy.srepr(one) if len(sympy.srepr(one)) < 100 else type(one).__name__
