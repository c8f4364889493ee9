"""Convexity by composition: what the shape of a term says of chords, without derivatives.

A term is convex in some variables if F(t x + (1 - t) u) <= t F(x) + (1 - t) F(u) wherever F has a value at the three
points; then its parts have values there too, so that each rule below follows from the same of the parts. Source: Boyd
and Vandenberghe, Convex Optimization, sections 3.2 and 3.5; Grant, Boyd and Ye, Disciplined convex programming.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from derive.kernel.inequalities.calculus import Prove
from derive.kernel.inequalities.fresh import fresh
from derive.limits import deadline
from derive.terms import (
    ZERO,
    Add,
    Apply,
    Big,
    Context,
    Entry,
    Equation,
    Index,
    Multiply,
    Number,
    Power,
    Relation,
    Term,
    Variable,
    arrays,
    children,
    free_indices,
    multiply,
    negate,
    rebuild,
    rename,
    walk,
)

Curvature = frozenset[int]
CONVEX, CONCAVE = 1, -1
AFFINE: Curvature = frozenset((CONVEX, CONCAVE))
UNKNOWN: Curvature = frozenset()

# What a function of one argument is: its curvature wherever it has values, and whether it is nondecreasing there.
_FUNCTIONS: dict[str, tuple[int, bool]] = {
    "exp": (CONVEX, True), "softplus": (CONVEX, True), "relu": (CONVEX, True), "abs": (CONVEX, False),
    "cosh": (CONVEX, False), "log": (CONCAVE, True), "logsigmoid": (CONCAVE, True),
}  # fmt: skip

ScalarConvexity = Callable[[Term, str, Context], bool]
"""Whether a term is convex in one scalar on its declared interval, by derivatives."""


@dataclass(slots=True)
class Composition:
    """The curvature of terms in the variables `moving`; of parts that the rules do not know, `scalar` is asked."""

    moving: frozenset[str]
    context: Context
    prove: Prove
    scalar: ScalarConvexity
    known: dict[Term, Curvature] = field(default_factory=dict)

    def curvature(self, node: Term) -> Curvature:
        """Return whether a term without definitions and derivatives is convex, concave, both or not known to be."""
        deadline.check()
        found = self.known.get(node)
        if found is None:
            self.known[node] = UNKNOWN
            found = self.known[node] = self._curvature(node)
        return found

    def _curvature(self, node: Term) -> Curvature:
        if not self._moves(node):
            return AFFINE
        found = self._by_shape(node)
        if not found and self._is_log_convex(node):
            found = frozenset((CONVEX,))
        return found or self._along_a_line(node)

    def _moves(self, node: Term) -> bool:
        return not self.moving.isdisjoint(arrays(node))

    def _by_shape(self, node: Term) -> Curvature:
        match node:
            case Entry():
                return AFFINE
            case Add(terms):
                found = AFFINE
                for term in terms:
                    found &= self.curvature(term)
                    if not found:
                        break
                return found
            case Multiply(factors):
                return self._of_product(factors)
            case Power(base, Number(value)):
                return self._of_power(base, value.numerator, value.denominator)
            case Big(operation, _, _):
                own = self.curvature(self._body(node))
                return {"sum": own, "mean": own, "max": own & {CONVEX}, "min": own & {CONCAVE}}.get(
                    operation, UNKNOWN
                )
            case Apply("max", arguments, 0) if all(CONVEX in self.curvature(one) for one in arguments):
                return frozenset((CONVEX,))
            case Apply("min", arguments, 0) if all(CONCAVE in self.curvature(one) for one in arguments):
                return frozenset((CONCAVE,))
            case Apply("sqrt", (inner,), 0):
                return self._of_power(inner, 1, 2)
            case Apply(function, (inner,), 0) if function in _FUNCTIONS:
                return self._of_function(function, inner)
        return UNKNOWN

    def _body(self, node: Big) -> Term:
        """Return the body of a sum at indices of its own."""
        taken = {str(one.name) for one in free_indices(node)}
        own: dict[Index, Index] = {}
        for binder in node.binders:
            name = fresh("along", taken)
            taken.add(name)
            own[binder.index] = Index(name, binder.index.dim)
        return rename(node.body, own)

    def _has_sign(self, node: Term, relation: Relation) -> bool:
        return self.prove(Equation(node, ZERO, relation=relation), self.context)

    def _of_product(self, factors: tuple[Term, ...]) -> Curvature:
        moving = [one for one in factors if self._moves(one)]
        if len(moving) == 1:
            own, rest = self.curvature(moving[0]), multiply(*(one for one in factors if one is not moving[0]))
        else:
            own, rest = self._square_over(moving), multiply(*(one for one in factors if one not in moving))
        if not own or own == AFFINE or rest == multiply():
            return own
        if self._has_sign(rest, Relation.AT_LEAST):
            return own
        return frozenset(-one for one in own) if self._has_sign(rest, Relation.AT_MOST) else UNKNOWN

    def _square_over(self, factors: list[Term]) -> Curvature:
        """The square of what is affine, over what is affine and positive, is convex in both together."""
        match factors:
            case [Power(above, Number(two)), Power(below, Number(minus))] if two == 2 and minus == -1:
                pass
            case [Power(below, Number(minus)), Power(above, Number(two))] if two == 2 and minus == -1:
                pass
            case _:
                return UNKNOWN
        affine = self.curvature(above) == self.curvature(below) == AFFINE
        return frozenset((CONVEX,)) if affine and self._has_sign(below, Relation.GREATER) else UNKNOWN

    def _of_power(self, base: Term, numerator: int, denominator: int) -> Curvature:
        """A power with another exponent than a whole one has a value where its base is not negative, alone."""
        own, convex, concave = self.curvature(base), frozenset((CONVEX,)), frozenset((CONCAVE,))
        whole = denominator == 1
        if numerator > denominator:
            if whole and numerator % 2 == 0 and own == AFFINE:
                return convex
            return (
                convex
                if CONVEX in own and (not whole or self._has_sign(base, Relation.AT_LEAST))
                else UNKNOWN
            )
        if numerator == denominator:
            return own
        if numerator > 0:
            if CONCAVE in own:
                return concave
            return convex if 2 * numerator == denominator and self._is_square(base) else UNKNOWN
        if numerator < 0 and CONCAVE in own and (not whole or self._has_sign(base, Relation.GREATER)):
            return convex
        return UNKNOWN

    def _is_square(self, node: Term) -> bool:
        """Return whether the root of a term is a Euclidean norm of what is affine, or convex and not negative."""
        match node:
            case _ if not self._moves(node):
                return self._has_sign(node, Relation.AT_LEAST)
            case Power(base, Number(value)) if value == 2:
                own = self.curvature(base)
                return own == AFFINE or (CONVEX in own and self._has_sign(base, Relation.AT_LEAST))
            case Add(terms):
                return all(self._is_square(one) for one in terms)
            case Multiply(factors):
                return sum(self._moves(one) for one in factors) == 1 and all(
                    self._is_square(one) for one in factors
                )
            case Big("sum" | "mean"):
                return self._is_square(self._body(node))
        return False

    def _of_function(self, function: str, inner: Term) -> Curvature:
        curved, rising = _FUNCTIONS[function]
        own = self.curvature(inner)
        if own == AFFINE or (rising and curved in own):
            return frozenset((curved,))
        if function == "log" and self._is_log_convex(inner):
            return frozenset((CONVEX,))
        return UNKNOWN

    def _is_log_convex(self, node: Term) -> bool:
        """Return whether F(t x + (1 - t) u) <= F(x)^t F(u)^(1 - t), which sums keep by the inequality of Hölder."""
        match node:
            case _ if not self._moves(node):
                return self._has_sign(node, Relation.AT_LEAST)
            case Apply("exp", (inner,), 0):
                return CONVEX in self.curvature(inner)
            case Apply("cosh", (inner,), 0):
                return self.curvature(inner) == AFFINE
            case Add(parts) | Multiply(parts):
                return all(self._is_log_convex(one) for one in parts)
            case Power(base, Number(value)) if value > 0:
                return self._is_log_convex(base)
            case Big("sum" | "mean" | "prod"):
                return self._is_log_convex(self._body(node))
        return False

    def _along_a_line(self, node: Term) -> Curvature:
        """A function of one affine term is convex in the variables if it is in the number that the term stands for."""
        inner = self._affine_parts(node)
        if inner is not None and len(inner) > 1:  # 2 r - 1 and r are both functions of r
            inner = {part for part in walk(node) if isinstance(part, Entry) and self._moves(part)}
        if inner is None or len(inner) != 1:
            return UNKNOWN
        (argument,) = inner
        if not self._bound_in(node).isdisjoint(free_indices(argument)):
            return UNKNOWN  # w[j] under a sum over j is many numbers
        name = fresh("along a line", self.context.variables)
        bounds = self.context.variables[argument.name].bounds if isinstance(argument, Entry) else ()
        line = Variable(name, (), bounds)
        around = replace(self.context, variables={**self.context.variables, name: line})

        def change(part: Term) -> Term:
            return Entry(name) if part == argument else rebuild(part, change)

        term = change(node)
        for sign, one in ((CONVEX, term), (CONCAVE, negate(term))):
            if not self._moves(one) and self.scalar(one, name, around):
                return frozenset((sign,))
        return UNKNOWN

    @staticmethod
    def _bound_in(node: Term) -> set[Index]:
        return {b.index for part in walk(node) if isinstance(part, Big) for b in part.binders}

    def _affine_parts(self, node: Term) -> set[Term] | None:
        """Return the greatest affine parts that move; `None` if one is under a sum, where it is many."""
        if not self._moves(node):
            return set()
        if self.curvature(node) == AFFINE:
            return {node}
        if isinstance(node, Big):
            return None
        found: set[Term] = set()
        for child in children(node):
            inner = self._affine_parts(child)
            if inner is None:
                return None
            found |= inner
        return found
