"""Terms converted to SymPy expressions, unevaluated. Nothing is simplified."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy

from derive.errors import IllPosedError
from derive.interop.assumptions import ASSUMED
from derive.interop.names import CLASSES_OF, RELATIONS
from derive.terms import (
    ONE,
    ZERO,
    Apply,
    Before,
    Big,
    Compare,
    Constant,
    Context,
    Delta,
    Derivative,
    Entry,
    Equation,
    Index,
    MatrixFunction,
    Number,
    Power,
    SizeNumber,
    Term,
    UnknownValue,
    Where,
    instantiate,
    term,
    unfold,
    walk,
)
from derive.terms.functions import expansion

_RELATIONS = {ours: theirs for theirs, ours in RELATIONS.items()}


def to_sympy(node: Term, context: Context) -> Any:
    """Return a term as a SymPy expression: `Sum` from 1 to n, `Indexed`, `KroneckerDelta`, all unevaluated.

    Definitions are unfolded. Of the declarations, symbols keep what SymPy can assume: the sign of a number, not
    another bound, a simplex or a hypothesis.

    Raises `IllPosedError` for what SymPy has no form for, as a maximum over an index.
    """
    return _back(context, node).convert(node)


def equation_to_sympy(equation: Equation, context: Context) -> Any:
    """Return an equation as SymPy's `Eq`, or an inequality as its class, unevaluated."""
    back = _back(context, equation.left, equation.right)
    kind = getattr(sympy, equation.relation.sympy)
    return kind(back.convert(equation.left), back.convert(equation.right), evaluate=False)


def _back(context: Context, *nodes: Term) -> _Back:
    """Return the way out for terms, whose indices have their ranges from sums and from the shapes of arrays."""
    inside = [part for node in nodes for part in walk(unfold(node, context.definitions))]
    bound = {binder.index for part in inside if isinstance(part, Big) for binder in part.binders}
    shaped = {index for part in inside if isinstance(part, Entry) for index in part.indices}
    return _Back(context, frozenset(bound | shaped))


@dataclass(frozen=True)
class _Back:
    context: Context
    ranged: frozenset[Index]

    def symbol(self, name: str) -> Any:
        """Return a scalar or an array's name as a symbol with the assumptions that its bounds give."""
        declared = self.context.variables.get(name)
        relations = (
            {bound.relation for bound in declared.bounds if bound.value == term(0)} if declared else set()
        )
        return sympy.Symbol(name, real=True, **{ASSUMED[relation]: True for relation in relations})

    def array(self, name: str) -> Any:
        """Return an array with its shape, from which its indices have their ranges."""
        declared = self.context.variables.get(name)
        shape = tuple(map(self.size, declared.dims)) if declared else None
        return sympy.IndexedBase(self.symbol(name), shape=shape)

    def size(self, name: str) -> Any:
        """Return a size as a number or as a positive integer symbol."""
        declared = self.context.sizes.get(name)
        if declared is not None and declared.fixed is not None:
            return sympy.Integer(declared.fixed)
        return sympy.Symbol(name, integer=True, positive=True)

    def index(self, index: Index) -> Any:
        """Return an index as an integer or an integer symbol."""
        if isinstance(index.name, int):
            return sympy.Integer(index.name)
        return sympy.Symbol(index.name, integer=True)

    def convert(self, node: Term) -> Any:
        """Return a term as a SymPy expression."""
        match node:
            case Number(value):
                return sympy.Rational(value.numerator, value.denominator)
            case Constant():
                return sympy.pi
            case SizeNumber(name):
                return self.size(name)
            case Entry(name, indices) if name in self.context.definitions:
                return self.convert(instantiate(self.context.definitions[name], indices))
            case Entry(name, indices):
                return self.array(name)[tuple(map(self.index, indices))] if indices else self.symbol(name)
            case Delta():
                return self._delta(node)
            case MatrixFunction() | UnknownValue() | Before():
                raise IllPosedError(
                    f"{node} is not handed to SymPy, which has no entry of it in index notation"
                )
            case Power(base, exponent):
                return sympy.Pow(self.convert(base), self.convert(exponent), evaluate=False)
            case Apply():
                return self._apply(node)
            case Where(condition, then, otherwise):
                branch = self.convert(then), self._condition(condition)
                return sympy.Piecewise(branch, (self.convert(otherwise), True), evaluate=False)
            case Big():
                return self._big(node)
            case Derivative(body, variables):
                defined = next((one for one in variables if one.name in self.context.definitions), None)
                if defined is not None:
                    raise IllPosedError(f"SymPy has no derivative by {defined}, which is defined")
                return sympy.Derivative(self.convert(body), *map(self.convert, variables))
        build = sympy.Add if hasattr(node, "terms") else sympy.Mul
        parts: tuple[Term, ...] = getattr(node, "terms", ()) or getattr(node, "factors", ())
        return build(*map(self.convert, parts), evaluate=False)

    def _apply(self, node: Apply) -> Any:
        arguments = list(map(self.convert, node.arguments))
        if node.function in self.context.functions:
            x = sympy.Dummy("x")
            applied = sympy.Function(node.function)
            if not node.order:
                return applied(*arguments)
            return sympy.Subs(sympy.Derivative(applied(x), (x, node.order)), x, arguments[0])
        if node.order:
            raise IllPosedError(f"SymPy has no form for {node}")
        if node.function in CLASSES_OF:
            return CLASSES_OF[node.function](*arguments, evaluate=False)
        defined = expansion(node)
        if defined is None:
            raise IllPosedError(f"SymPy has no function {node.function}")
        return self.convert(defined)

    def _delta(self, node: Delta) -> Any:
        """Return a delta, with the range of its indices where nothing else in the expression has it."""
        pair = self.index(node.left), self.index(node.right)
        if self._has_range(node):
            return sympy.KroneckerDelta(*pair, evaluate=False)
        return sympy.KroneckerDelta(*pair, (1, self.size(node.left.dim)), evaluate=False)

    def _has_range(self, node: Delta) -> bool:
        return node.left in self.ranged or node.right in self.ranged

    def _condition(self, condition: Compare) -> Any:
        left, right = condition.left, condition.right
        decided = condition.relation == "=" and right in (ZERO, ONE)
        if isinstance(left, Delta) and decided and self._has_range(left):
            relation = sympy.Eq if right == ONE else sympy.Ne
            return relation(self.index(left.left), self.index(left.right), evaluate=False)
        return _RELATIONS[condition.relation](self.convert(left), self.convert(right), evaluate=False)

    def _big(self, node: Big) -> Any:
        if node.operation in {"max", "min"}:
            raise IllPosedError(f"SymPy has no form for {node}")
        body, count = self.convert(node.body), sympy.Integer(1)
        for binder in node.binders:
            index = self.index(binder.index)
            count *= self.size(binder.index.dim) - len(binder.excluded)
            for other in binder.excluded:
                excluded = sympy.Eq(index, self.index(other), evaluate=False)
                unit = 1 if node.operation == "prod" else 0
                body = sympy.Piecewise((unit, excluded), (body, True), evaluate=False)
        # SymPy's limits stand innermost first.
        limits = [(self.index(b.index), 1, self.size(b.index.dim)) for b in reversed(node.binders)]
        if node.operation == "prod":
            return sympy.Product(body, *limits)
        return sympy.Sum(body, *limits) / count if node.operation == "mean" else sympy.Sum(body, *limits)
