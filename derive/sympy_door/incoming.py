"""SymPy expressions converted to terms, node by node. No text is read and nothing is simplified.

What SymPy has rewritten while an expression was built (`x/x` to 1) is gone before this door sees it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import sympy

from derive.errors import IllPosedError
from derive.notation import (
    ONE,
    PI,
    Apply,
    Big,
    Binder,
    Bound,
    Compare,
    Context,
    Delta,
    Derivative,
    Entry,
    Index,
    Number,
    Power,
    Size,
    SizeNumber,
    Term,
    Variable,
    Where,
    add,
    different_index,
    fresh_index,
    multiply,
    same_index,
    term,
)
from derive.notation.terms import RelationName
from derive.sympy_door.names import FUNCTIONS, RELATIONS


def is_statement(value: object) -> bool:
    """Return whether a value is one of SymPy's relations, as `Eq(a, b)`."""
    return isinstance(value, sympy.core.relational.Relational)


def sides(value: Any) -> tuple[RelationName, Any, Any]:
    """Return a SymPy relation's name in the language, and its two sides."""
    return RELATIONS[type(value).__name__], value.lhs, value.rhs


def from_sympy(expressions: Sequence[Any]) -> tuple[tuple[Term, ...], Context]:
    """Return SymPy expressions as terms over common declarations.

    Ranges of sums, ranges of `Idx` and shapes of `IndexedBase` give indices their sizes; a symbol is an
    index if it stands for one anywhere, a size if it is an upper bound, and a real variable otherwise,
    with the bounds that its assumptions give. Ranges may run from 1 to n or from 0 to n - 1, all of them
    alike. Raises `IllPosedError` for what has no meaning here.
    """
    door = _Door()
    for one in expressions:
        if isinstance(one, bool | sympy.logic.boolalg.BooleanAtom):
            raise IllPosedError(
                f"an expression was expected and {one} came: Python or SymPy has already evaluated `==`; "
                "write Eq(a, b)"
            )
        door.survey(one, {})
    return tuple(door.term(one, {}) for one in expressions), door.context()


@dataclass
class _Door:
    """What is known of the symbols: classes of indices and axes that share a size, and the sizes' names."""

    parents: dict[object, object] = field(default_factory=dict)
    sizes: dict[object, str] = field(default_factory=dict)
    declared: dict[str, Size] = field(default_factory=dict)
    arrays: dict[str, tuple[Any, int]] = field(default_factory=dict)
    scalars: dict[str, Any] = field(default_factory=dict)
    functions: set[str] = field(default_factory=set)
    indices: set[str] = field(default_factory=set)
    origins: set[int] = field(default_factory=set)
    positions: list[int] = field(default_factory=list)
    scopes: dict[tuple[int, str], object] = field(default_factory=dict)

    # ------------------------------------------------------------ first pass: which index runs over what

    def survey(self, node: Any, bound: dict[str, object]) -> None:
        """Note the sizes of all indices, and which symbols are indices."""
        if isinstance(node, sympy.Sum | sympy.Product):
            inner = dict(bound)
            for variable, low, high in _limits(node):
                slot = self.scopes.setdefault((id(node), str(variable)), object())
                inner[str(variable)] = slot
                self._range(slot, low, high)
                if isinstance(variable, sympy.Idx) and variable.upper is not None:
                    self._range(slot, variable.lower, variable.upper)
            self.survey(node.function, inner)
        elif isinstance(node, sympy.Indexed):
            name = str(node.base.label)
            self.arrays.setdefault(name, (node.base.label, len(node.indices)))
            if self.arrays[name][1] != len(node.indices):
                raise IllPosedError(
                    f"{name} stands with {self.arrays[name][1]} and with {len(node.indices)} indices"
                )
            for axis, (index, extent) in enumerate(_with_extents(node)):
                self._same((name, axis), self._slot(index, bound))
                if extent is not None:
                    self._size((name, axis), extent)
        elif isinstance(node, sympy.KroneckerDelta):
            left, right = (self._slot(one, bound) for one in node.args[:2])
            self._same(left, right)
        elif self._compares_indices(node, bound):
            left, right = (self._slot(one, bound) for one in node.args)
            self._same(left, right)
        else:
            for child in node.args:
                self.survey(child, bound)

    def _compares_indices(self, node: Any, bound: dict[str, object]) -> bool:
        if not isinstance(node, sympy.Eq | sympy.Ne):
            return False
        return all(
            isinstance(one, sympy.Idx) or str(one) in bound or str(one) in self.indices for one in node.args
        )

    def _slot(self, index: Any, bound: dict[str, object]) -> object:
        """Return what stands for an index: its scope if it is bound, its name if it is free."""
        if index.is_Integer:
            self.positions.append(int(index))
            return object()
        if not isinstance(index, sympy.Symbol | sympy.Idx):
            raise IllPosedError(f"{index} is no index: a letter or a number is")
        name = str(index)
        if isinstance(index, sympy.Idx) and index.upper is not None and name not in bound:
            self._range(name, index.lower, index.upper)
        if name not in bound:
            self.indices.add(name)
        return bound.get(name, name)

    def _range(self, slot: object, low: Any, high: Any) -> None:
        if low not in (0, 1):
            raise IllPosedError(f"an index runs from 1 to n or from 0 to n - 1, not from {low} to {high}")
        self.origins.add(int(low))
        self._size(slot, high if low == 1 else high + 1)

    def _size(self, slot: object, extent: Any) -> None:
        if extent.is_Integer and extent > 0:
            name, size = f"size_{extent}", Size(f"size_{extent}", fixed=int(extent))
        elif isinstance(extent, sympy.Symbol):
            name = str(extent)
            size = Size(name)
        else:
            raise IllPosedError(f"{extent} is no size: a symbol or a positive integer is")
        self.declared[name] = size
        root = self._root(slot)
        if self.sizes.setdefault(root, name) != name:
            raise IllPosedError(f"one index would run over {self.sizes[root]} and over {name}")

    def _root(self, slot: object) -> object:
        while self.parents.get(slot, slot) is not slot and slot in self.parents:
            slot = self.parents[slot]
        return slot

    def _same(self, left: object, right: object) -> None:
        one, other = self._root(left), self._root(right)
        if one == other:
            return
        self.parents[other] = one
        if other in self.sizes:
            name = self.sizes.pop(other)
            if self.sizes.setdefault(one, name) != name:
                raise IllPosedError(f"one index would run over {self.sizes[one]} and over {name}")

    def _dim(self, slot: object, what: str) -> str:
        try:
            return self.sizes[self._root(slot)]
        except KeyError:
            raise IllPosedError(
                f"the size of {what} is not known: give a range to its index, as Idx('i', (1, n)) does, "
                "or a shape to its IndexedBase"
            ) from None

    # ------------------------------------------------------------ second pass: terms

    def term(self, node: Any, bound: dict[str, tuple[object, Index]]) -> Term:
        """Return a SymPy expression as a term."""
        name = type(node).__name__
        if isinstance(node, sympy.Float):
            return Number(Fraction(repr(float(node))))
        if node.is_Rational:
            return Number(Fraction(int(node.p), int(node.q)))
        if name in _CONSTANTS:
            return _CONSTANTS[name]
        if isinstance(node, sympy.Symbol):
            return self._symbol(node, bound)
        if isinstance(node, sympy.Add | sympy.Mul):
            parts = (self.term(one, bound) for one in node.args)
            return add(*parts) if isinstance(node, sympy.Add) else multiply(*parts)
        if isinstance(node, sympy.Pow):
            return Power(self.term(node.base, bound), self.term(node.exp, bound))
        if isinstance(node, sympy.Indexed):
            return self._entry(node, bound)
        if isinstance(node, sympy.KroneckerDelta):
            left, right = node.args[:2]
            return Delta(*self._pair(left, right, bound))
        for kind, convert in self._KINDS:
            if isinstance(node, kind):
                return convert(self, node, bound)
        if name in FUNCTIONS:
            return Apply(FUNCTIONS[name], tuple(self.term(one, bound) for one in node.args))
        raise IllPosedError(
            f"{node} has no meaning here: SymPy's {name} is not among the functions of derive"
        )

    def _symbol(self, node: Any, bound: dict[str, tuple[object, Index]]) -> Term:
        name = str(node)
        if name in self.indices or name in bound:
            raise IllPosedError(f"{name} is an index, and an index is no number")
        if name in self.declared:
            return SizeNumber(name)
        self.scalars.setdefault(name, node)
        return Entry(name)

    def _entry(self, node: Any, bound: dict[str, tuple[object, Index]]) -> Entry:
        name = str(node.base.label)
        indices = []
        for axis, index in enumerate(node.indices):
            dim = self._dim((name, axis), f"{name}, axis {axis + 1},")
            indices.append(self._index(index, dim, bound))
        return Entry(name, tuple(indices))

    def _index(self, index: Any, dim: str, bound: dict[str, tuple[object, Index]]) -> Index:
        if index.is_Integer:
            # Positions count from 1; in expressions whose ranges begin at 0 they count from there.
            return Index(int(index) + (1 if self.origins == {0} else 0), dim)
        name = str(index)
        return bound[name][1] if name in bound else Index(name, dim)

    def _pair(self, left: Any, right: Any, bound: dict[str, tuple[object, Index]]) -> tuple[Index, Index]:
        slots = [
            bound[str(one)][0] if str(one) in bound else str(one)
            for one in (left, right)
            if not one.is_Integer
        ]
        if not slots:
            raise IllPosedError(f"{left} and {right} are both numbers; a delta needs an index")
        dim = self._dim(slots[0], f"{left} and {right}")
        return self._index(left, dim, bound), self._index(right, dim, bound)

    def _big(self, node: Any, bound: dict[str, tuple[object, Index]]) -> Term:
        inner, binders = dict(bound), []
        taken: set[str | int] = {index.name for _, index in bound.values()} | self.indices
        for variable, _, _ in _limits(node):
            slot = self.scopes[id(node), str(variable)]
            index = Index(str(variable), self._dim(slot, str(variable)))
            if index.name in taken:
                index = fresh_index(index, taken)
            inner[str(variable)] = slot, index
            binders.append(Binder(index))
        operation = "sum" if isinstance(node, sympy.Sum) else "prod"
        return Big(operation, tuple(binders), self.term(node.function, inner))  # type: ignore[arg-type]  # one of the two

    def _derivative(self, node: Any, bound: dict[str, tuple[object, Index]]) -> Term:
        variables: list[Entry] = []
        for variable, count in node.variable_count:
            entry = self.term(variable, bound)
            if not isinstance(entry, Entry) or not count.is_Integer:
                raise IllPosedError(f"{node} is no derivative by a variable")
            variables.extend([entry] * int(count))
        body = node.expr
        if isinstance(body, sympy.core.function.AppliedUndef) and list(body.args) == [node.variables[0]]:
            applied = self._unknown(body, bound)
            return Apply(applied.function, applied.arguments, len(variables))
        return Derivative(self.term(body, bound), tuple(variables))

    def _unknown(self, node: Any, bound: dict[str, tuple[object, Index]]) -> Apply:
        if len(node.args) != 1:
            raise IllPosedError(f"{node} has {len(node.args)} arguments; an unknown function has one")
        self.functions.add(type(node).__name__)
        return Apply(type(node).__name__, (self.term(node.args[0], bound),))

    def _piecewise(self, node: Any, bound: dict[str, tuple[object, Index]]) -> Term:
        *cases, (last, always) = node.args
        if always != sympy.true:
            raise IllPosedError(f"{node} has no last branch that always applies")
        result = self.term(last, bound)
        for value, condition in reversed(cases):
            result = self._choose(condition, self.term(value, bound), result, bound)
        return result

    def _choose(
        self, condition: Any, then: Term, other: Term, bound: dict[str, tuple[object, Index]]
    ) -> Term:
        if isinstance(condition, sympy.And | sympy.Or):
            every = isinstance(condition, sympy.And)
            result = then if every else other
            for one in reversed(condition.args):
                result = self._choose(one, *((result, other) if every else (then, result)), bound)
            return result
        if isinstance(condition, sympy.Not):
            return self._choose(condition.args[0], other, then, bound)
        if not is_statement(condition):
            raise IllPosedError(f"{condition} is no condition")
        return Where(self.condition(condition, bound), then, other)

    def condition(self, node: Any, bound: dict[str, tuple[object, Index]]) -> Compare:
        """Return a SymPy relation as a comparison, of numbers or of indices."""
        relation, left, right = sides(node)
        names = {str(left), str(right)}
        if names <= self.indices | bound.keys():
            pair = self._pair(left, right, bound)
            return same_index(*pair) if relation == "=" else different_index(*pair)
        return Compare(relation, self.term(left, bound), self.term(right, bound))

    def _step(self, node: Any, bound: dict[str, tuple[object, Index]]) -> Term:
        if len(node.args) > 1 and node.args[1] != sympy.Rational(1, 2):
            raise IllPosedError(f"{node} has another value than 1/2 at 0")
        return Apply("step", (self.term(node.args[0], bound),))

    _KINDS: tuple[tuple[type, Callable[..., Term]], ...] = (
        (sympy.Sum, _big),
        (sympy.Product, _big),
        (sympy.Derivative, _derivative),
        (sympy.Piecewise, _piecewise),
        (sympy.Heaviside, _step),
        (sympy.core.function.AppliedUndef, _unknown),
    )

    # ------------------------------------------------------------ declarations

    def context(self) -> Context:
        """Return the declarations of everything met, and refuse ranges of two kinds."""
        if len(self.origins) > 1:
            raise IllPosedError("some ranges begin at 0 and others at 1; let them all begin at 1")
        variables = {
            name: Variable(name, tuple(self._dim((name, axis), name) for axis in range(rank)), _bounds(label))
            for name, (label, rank) in self.arrays.items()
        }
        variables |= {name: Variable(name, (), _bounds(symbol)) for name, symbol in self.scalars.items()}
        return Context(sizes=dict(self.declared), variables=variables, functions=frozenset(self.functions))


_CONSTANTS: dict[str, Term] = {"Pi": PI, "Exp1": Apply("exp", (ONE,))}


def _limits(node: Any) -> list[tuple[Any, Any, Any]]:
    """Return the bound variables with their ranges, outermost first, where SymPy has the innermost first."""
    found = []
    for limit in reversed(node.limits):
        if len(limit) == 3:
            found.append(tuple(limit))
        elif isinstance(limit[0], sympy.Idx) and limit[0].upper is not None:
            found.append((limit[0], limit[0].lower, limit[0].upper))
        else:
            raise IllPosedError(f"{node} has no range for {limit[0]}")
    return found


def _with_extents(node: Any) -> list[tuple[Any, Any]]:
    shape = node.base.shape
    return list(zip(node.indices, shape if shape else [None] * len(node.indices), strict=True))


def _bounds(symbol: Any) -> tuple[Bound, ...]:
    """Return the bounds that a symbol's assumptions give; being real is understood."""
    rows: Iterable[tuple[bool | None, Bound]] = (
        (symbol.is_positive, Bound(">", term(0))),
        (symbol.is_negative, Bound("<", term(0))),
        (symbol.is_nonnegative and not symbol.is_positive, Bound(">=", term(0))),
        (symbol.is_nonpositive and not symbol.is_negative, Bound("<=", term(0))),
        (symbol.is_nonzero and not symbol.is_positive and not symbol.is_negative, Bound("!=", term(0))),
    )
    return tuple(bound for holds, bound in rows if holds)
