"""SymPy expressions converted to terms, node by node. No text is read and nothing is simplified.

What SymPy has rewritten while an expression was built (`x/x` to 1) is gone before this door sees it. A node is
converted by its class, a symbol by the object that it is; what stands in neither table is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from fractions import Fraction
from typing import Any, TypeAlias

import sympy
from sympy.logic.boolalg import BooleanAtom

from derive.errors import IllPosedError
from derive.interop.assumptions import bounds, check_index
from derive.interop.dimensions import IndexRanges
from derive.interop.names import FUNCTIONS, RELATIONS
from derive.interop.survey import Survey, is_unknown, nothing_for, ranges, unused
from derive.terms import (
    ONE,
    PI,
    Apply,
    Big,
    Binder,
    Compare,
    Context,
    Delta,
    Derivative,
    Entry,
    Index,
    Number,
    Power,
    Relation,
    Size,
    SizeNumber,
    Term,
    Variable,
    Where,
    add,
    different_index,
    multiply,
    same_index,
)
from derive.terms.functions import TABLE
from derive.terms.numbers import bounded_number, check_exponent

MAX_EXPONENT = 10_000

BoundIndices: TypeAlias = dict[Any, Index]


def is_statement(value: object) -> bool:
    """Return whether a value is one of SymPy's relations, as `Eq(a, b)`."""
    return type(value) in RELATIONS


def sides(value: Any) -> tuple[Relation, Any, Any]:
    """Return a SymPy relation's name in the language, and its two sides."""
    return RELATIONS[type(value)], value.lhs, value.rhs


def from_sympy(
    expressions: Sequence[Any], apart: Collection[str] = (), *, dummies: bool = True
) -> tuple[tuple[Term, ...], Context]:
    """Return SymPy expressions as terms over common declarations.

    Ranges of sums, ranges of `Idx` and shapes of `IndexedBase` give indices their sizes; a symbol is an
    index if it stands for one anywhere, a size if it is an upper bound, and a real variable otherwise,
    with the bounds that its assumptions give. Ranges may run from 1 to n or from 0 to n - 1, all of them
    alike. A `Dummy` gets a name that neither the expressions nor `apart` have; without `dummies` it is refused.

    Raises `IllPosedError` for what has no meaning here.
    """
    for one in expressions:
        if isinstance(one, bool | BooleanAtom):
            raise IllPosedError(
                f"an expression was expected and {one} came: Python or SymPy has already evaluated `==`; "
                "write Eq(a, b)"
            )
    try:
        survey = Survey.of(expressions, CLASSES)
        door = _Door(survey, survey.names(apart, dummies))
        terms = [door.term(one, {}) for one in expressions]
        return door.settled(terms, mixed=bool(apart) or not dummies)
    except RecursionError:
        raise IllPosedError("the expression nests too deeply") from None


class _Door:
    """The second pass, which makes terms of nodes once every object has its role and its name."""

    def __init__(self, survey: Survey, names: dict[Any, str]) -> None:
        self.survey = survey
        self.names = names
        self.dims = IndexRanges(names)

    def settled(self, terms: Sequence[Term], mixed: bool) -> tuple[tuple[Term, ...], Context]:
        """Return the terms with the sizes of all indices, and the declarations."""
        for index in self.survey.indices.values():
            check_index(index.label if type(index) is sympy.Idx else index, self.dims.origin)
        self.dims.check_positions()
        if mixed and self.dims.origin == 0 and (self.dims.positions or self._having("index")):
            raise IllPosedError(
                "beside derive's objects, whose positions count from 1, SymPy's ranges begin at 1 too, not at 0"
            )
        sizes = {self.names[one]: Size(self.names[one]) for one in self._having("size")}
        context = Context(
            sizes=sizes | self.dims.sizes,
            variables={one.name: one for one in map(self._variable, self._having("array", "number"))},
            functions=frozenset(self.names[one] for one in self._having("function")),
        )
        return tuple(map(self.dims.settled, terms)), context

    def _having(self, *roles: str) -> list[Any]:
        return [one for one, role in self.survey.roles.items() if role in roles]

    def _variable(self, symbol: Any) -> Variable:
        axes = (self._axis(symbol, axis) for axis in range(self.survey.ranks.get(symbol, 0)))
        return Variable(self.names[symbol], tuple(map(self.dims.size_of, axes)), bounds(symbol))

    # ------------------------------------------------------------ terms

    def term(self, node: Any, scope: BoundIndices) -> Term:
        """Return a SymPy expression as a term."""
        kind = type(node)
        if is_unknown(node):
            return self._unknown(node, scope)
        if kind in _CONVERT:
            return _CONVERT[kind](self, node, scope)
        if kind in FUNCTIONS:
            return self._function(node, scope)
        raise nothing_for(node)

    def _terms(self, nodes: Sequence[Any], scope: BoundIndices) -> tuple[Term, ...]:
        return tuple(self.term(one, scope) for one in nodes)

    def _number(self, node: Any, _: BoundIndices) -> Term:
        return bounded_number(Fraction(int(node.p), int(node.q)))

    def _float(self, node: Any, _: BoundIndices) -> Term:
        """A float is exactly the binary number that it holds, of whatever precision."""
        sign, mantissa, exponent, _size = node._mpf_
        if abs(exponent) > MAX_EXPONENT:
            raise IllPosedError(f"{node} is too big or too small a float")
        return Number((-1) ** sign * int(mantissa) * Fraction(2) ** exponent)

    def _constant(self, node: Any, _: BoundIndices) -> Term:
        return PI if node is sympy.pi else Apply("exp", (ONE,))

    def _symbol(self, node: Any, scope: BoundIndices) -> Term:
        role = "index" if node in scope else self.survey.roles.get(node)
        if role == "number":
            return Entry(self.names[node])
        if role == "size":
            return SizeNumber(self.names[node])
        raise IllPosedError(f"{node} is an index, and an index is no number")

    def _sum(self, node: Any, scope: BoundIndices) -> Term:
        return add(*self._terms(node.args, scope))

    def _product(self, node: Any, scope: BoundIndices) -> Term:
        return multiply(*self._terms(node.args, scope))

    def _power(self, node: Any, scope: BoundIndices) -> Term:
        base, exponent = self._terms(node.args, scope)
        check_exponent(exponent)
        return Power(base, exponent)

    def _same(self, node: Any, scope: BoundIndices) -> Term:
        return self.term(node.args[0], scope)

    def _function(self, node: Any, scope: BoundIndices) -> Term:
        name = FUNCTIONS[type(node)]
        row, arguments = TABLE[name], self._terms(node.args, scope)
        arity = row.arity
        if arity is not None and len(arguments) < arity:
            arguments += row.sympy_default
        if not arguments or (arity is not None and len(arguments) != arity):
            raise IllPosedError(
                f"{node} has no meaning here: {name} takes {arity}, not {len(node.args)} arguments"
            )
        return Apply(name, arguments)

    def _step(self, node: Any, scope: BoundIndices) -> Term:
        if len(node.args) > 1 and node.args[1] != sympy.Rational(1, 2):
            raise IllPosedError(f"{node} has another value than 1/2 at 0")
        return Apply("step", (self.term(node.args[0], scope),))

    # ------------------------------------------------------------ entries and indices

    def _axis(self, label: Any, axis: int) -> str:
        return self.dims.place((label, axis), f"{self.names[label]}, axis {axis + 1},")

    def _entry(self, node: Any, scope: BoundIndices) -> Entry:
        base, indices = node.base, []
        for axis, index in enumerate(node.indices):
            place = self._axis(base.label, axis)
            if base.shape:
                self.dims.give(place, base.shape[axis])
            indices.append(self._index(index, place, scope))
        return Entry(self.names[base.label], tuple(indices))

    def _index(self, node: Any, place: str, scope: BoundIndices) -> Index:
        """Return an index at a place, which has the size of all other places of that index."""
        if type(node).is_Integer:
            return self.dims.position(int(node), place)
        if node in scope:
            index = scope[node]
        else:
            index = Index(self.names[node], self.dims.place(node, node))
            if type(node) is sympy.Idx and node.upper is not None:
                self.dims.run(index.dim, node.lower, node.upper)
        self.dims.join(index.dim, place)
        return index

    def _pair(self, left: Any, right: Any, scope: BoundIndices) -> tuple[Index, Index]:
        if type(left).is_Integer and type(right).is_Integer:
            raise IllPosedError(f"{left} and {right} are both numbers; a delta needs an index")
        letters = (str(one) for one in (left, right) if not type(one).is_Integer)
        place = self.dims.place(object(), " and ".join(letters))
        return self._index(left, place, scope), self._index(right, place, scope)

    def _delta(self, node: Any, scope: BoundIndices) -> Term:
        pair = self._pair(node.args[0], node.args[1], scope)
        if len(node.args) > 2:
            for index in pair:
                self.dims.run(index.dim, *node.args[2])
        return Delta(*pair)

    def _big(self, node: Any, scope: BoundIndices) -> Term:
        inner, binders = dict(scope), []
        taken = {*self.names.values(), *(str(index.name) for index in scope.values())}
        for variable, low, high in ranges(node):
            name = unused(variable.name, taken)
            taken.add(name)
            index = Index(name, self.dims.place(object(), variable))
            self.dims.run(index.dim, low, high)
            if type(variable) is sympy.Idx and variable.upper is not None:
                self.dims.run(index.dim, variable.lower, variable.upper)
            inner[variable] = index
            binders.append(Binder(index))
        operation = "sum" if type(node) is sympy.Sum else "prod"
        return Big(operation, tuple(binders), self.term(node.function, inner))  # type: ignore[arg-type]  # one of the two

    # ------------------------------------------------------------ derivatives

    def _derivative(self, node: Any, scope: BoundIndices) -> Term:
        variables: list[Entry] = []
        for variable, count in node.variable_count:
            entry = self.term(variable, scope)
            if not isinstance(entry, Entry) or not type(count).is_Integer:
                raise IllPosedError(f"{node} is no derivative by a variable, so many times")
            variables.extend([entry] * int(count))
        body = self.term(node.expr, scope)
        if is_unknown(node.expr) and isinstance(body, Apply) and set(variables) == set(body.arguments):
            return Apply(body.function, body.arguments, len(variables))
        return Derivative(body, tuple(variables))

    def _unknown(self, node: Any, scope: BoundIndices) -> Apply:
        if len(node.args) != 1:
            raise IllPosedError(f"{node} has {len(node.args)} arguments; an unknown function has one")
        return Apply(self.names[type(node)], self._terms(node.args, scope))

    def _substituted(self, node: Any, scope: BoundIndices) -> Term:
        """A derivative of an unknown function at a place, as SymPy writes f'(x**2); there are no other places."""
        inside = node.expr
        whole = type(inside) is sympy.Derivative and is_unknown(inside.expr)
        if not whole or not (inside.expr.args == node.variables == (inside.variables[0],)):
            raise IllPosedError(
                f"{node} has no meaning here, being no derivative of an unknown function of one variable"
            )
        if len(inside.variable_count) != 1 or not type(inside.variable_count[0][1]).is_Integer:
            raise IllPosedError(f"{node} has no meaning here: the order of a derivative is a number")
        name = self.names[type(inside.expr)]
        return Apply(name, self._terms(node.point, scope), int(inside.variable_count[0][1]))

    # ------------------------------------------------------------ cases

    def _piecewise(self, node: Any, scope: BoundIndices) -> Term:
        *cases, (last, always) = node.args
        if always != sympy.true:
            raise IllPosedError(f"{node} has no last branch that always applies")
        result = self.term(last, scope)
        for value, condition in reversed(cases):
            result = self._choose(condition, self.term(value, scope), result, scope)
        return result

    def _choose(self, condition: Any, then: Term, other: Term, scope: BoundIndices) -> Term:
        kind = type(condition)
        if kind in (sympy.And, sympy.Or):
            result = then if kind is sympy.And else other
            for one in reversed(condition.args):
                pair = (result, other) if kind is sympy.And else (then, result)
                result = self._choose(one, *pair, scope)
            return result
        if isinstance(condition, BooleanAtom):
            return then if condition == sympy.true else other
        if kind is sympy.ITE:
            first, *cases = condition.args
            yes, no = (self._choose(one, then, other, scope) for one in cases)
            return self._choose(first, yes, no, scope)
        if kind is sympy.Not:
            return self._choose(condition.args[0], other, then, scope)
        if not is_statement(condition):
            raise IllPosedError(
                f"{condition} has no meaning here: a condition is a comparison, And, Or or Not"
            )
        return Where(self._condition(condition, scope), then, other)

    def _condition(self, node: Any, scope: BoundIndices) -> Compare:
        """Return a SymPy relation as a comparison, of numbers or of indices."""
        relation, left, right = sides(node)
        indices = [one in scope or self.survey.roles.get(one) == "index" for one in (left, right)]
        if not any(indices):
            return Compare(relation, self.term(left, scope), self.term(right, scope))
        if relation not in (Relation.EQUAL, Relation.UNEQUAL) or not all(
            known or type(one).is_Integer for known, one in zip(indices, (left, right), strict=True)
        ):
            raise IllPosedError(
                f"{node} has no meaning here: of indices, Eq and Ne with an index or a number can be said"
            )
        pair = self._pair(left, right, scope)
        return same_index(*pair) if relation == Relation.EQUAL else different_index(*pair)


# A node is converted by its class alone; what is a symbol, a function or a statement has its own table.
_CONVERT: dict[type, Callable[[_Door, Any, BoundIndices], Term]] = {
    **dict.fromkeys(map(type, map(sympy.Rational, (2, 1, 0, -1, Fraction(1, 2), Fraction(1, 3)))), _Door._number),
    sympy.Float: _Door._float,
    type(sympy.pi): _Door._constant,
    type(sympy.E): _Door._constant,
    **dict.fromkeys((sympy.Symbol, sympy.Dummy, sympy.Idx), _Door._symbol),
    sympy.Add: _Door._sum,
    sympy.Mul: _Door._product,
    sympy.Pow: _Door._power,
    sympy.UnevaluatedExpr: _Door._same,
    sympy.Indexed: _Door._entry,
    sympy.KroneckerDelta: _Door._delta,
    sympy.Sum: _Door._big,
    sympy.Product: _Door._big,
    sympy.Derivative: _Door._derivative,
    sympy.Subs: _Door._substituted,
    sympy.Piecewise: _Door._piecewise,
    sympy.Heaviside: _Door._step,
}  # fmt: skip
CLASSES: frozenset[type] = frozenset(_CONVERT) | frozenset(FUNCTIONS)
