"""Proofs of inequalities: the sides differ by terms that are not negative, which the kernel's search found.

Each term is proved not negative by a lemma of Lemmas.v. That the difference of the sides, times something positive, is
their sum is an equation like any other. Where the kernel finds none, the difference is taken apart into factors.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from derive.certificates.closing import EquationGiven, closed
from derive.certificates.expressions import ZERO, Real, add, fold, minus, mul, num, rebuild, renamed, walk
from derive.certificates.laurent import expression, laurent, together
from derive.certificates.nonnegative import SumOfNonnegatives, found_sum
from derive.certificates.printing import NOWHERE
from derive.certificates.rules import CoqLines
from derive.certificates.symbols import factored
from derive.terms import Apply, Big, Context, Equation, Index, Term, rename
from derive.terms import rebuild as rebuilt
from derive.terms import walk as parts_of

if TYPE_CHECKING:
    from derive.certificates.normaliser import Normaliser


@dataclass(frozen=True, slots=True)
class ReducedBound:
    """An inequality from which the one that is claimed follows by some lines of Coq, and its sides."""

    equation: Equation
    left: Real
    right: Real
    lines: CoqLines = field(default_factory=list)
    fresh: tuple[tuple[str, str], ...] = ()  # indices that the lines bring in, with their sizes

    @property
    def difference(self) -> Real:
        """The greater side less the other one."""
        return (
            minus(self.right, self.left)
            if self.equation.relation.bounds_above
            else minus(self.left, self.right)
        )

    @property
    def sign(self) -> str:
        """What 0 is to the difference."""
        return "<=" if 0 in self.equation.relation.signs else "<"


class Bounding:
    """The ways to prove the inequality of a statement, once its hypotheses are taken."""

    def __init__(
        self,
        search: Normaliser,
        context: Context,
        equations: list[EquationGiven],
        indices: dict[str, str],
        apart: set[frozenset[str]],
    ) -> None:
        self.search, self.context = search, context
        self.equations, self.indices, self.apart = equations, indices, apart

    def lines(self, equation: Equation, left: Real, right: Real) -> CoqLines | None:
        """Return a proof by a sum of terms that are not negative, or by factors; `None` if neither is found."""
        given = ReducedBound(equation, left, right)
        for goal in self._reductions(given):
            found = found_sum(self.search, goal.equation, self.context)
            if found is not None:
                return [*goal.lines, *self._by_sum(goal, found)]
        return self._by_factors(given)

    def _reductions(self, goal: ReducedBound) -> Iterator[ReducedBound]:
        """Yield inequalities that say at least as much: with exponentials of the sides, with a maximum attained."""
        yield goal
        for one in (goal, *self._attained(goal)):
            if one is not goal:
                yield one
            if any(part[:2] == ("fn", "ln") for side in (one.left, one.right) for part in walk(side)):
                yield self._exponentials(one)

    def _exponentials(self, goal: ReducedBound) -> ReducedBound:
        equation = goal.equation
        sides = [Apply("exp", (side,)) for side in (equation.left, equation.right)]
        lemma = "exp_le_inv" if 0 in equation.relation.signs else "exp_lt_inv"
        turned = (
            "" if equation.relation.bounds_above else "apply Rle_ge. " if "le" in lemma else "apply Rlt_gt. "
        )
        return replace(
            goal,
            equation=replace(equation, left=sides[0], right=sides[1]),
            left=("fn", "exp", goal.left),
            right=("fn", "exp", goal.right),
            lines=[*goal.lines, f"{turned}apply {lemma}."],
        )

    def _attained(self, goal: ReducedBound) -> Iterator[ReducedBound]:
        """Yield the inequality with a maximum replaced by what is greatest: at some index it is attained."""
        equation = goal.equation
        for side in (equation.left, equation.right):
            for part in parts_of(side):
                if isinstance(part, Big) and part.operation == "max" and len(part.binders) == 1:
                    yield self._attained_at(goal, part)
                    return

    def _attained_at(self, goal: ReducedBound, greatest: Big) -> ReducedBound:
        dim, t = greatest.binders[0].index.dim, self.search.fresh("m")
        there = rename(greatest.body, {greatest.binders[0].index: Index(t, dim)})
        equation = goal.equation

        def put(node: Term) -> Term:
            return there if node == greatest else rebuilt(node, put)

        def placed(e: Real) -> Real:
            return renamed(e[4], {e[2]: t}) if e[:2] == ("big", "Max") else rebuild(e, placed)

        line = f"attained {t} H{t}."
        return replace(
            goal,
            equation=replace(equation, left=put(equation.left), right=put(equation.right)),
            left=placed(goal.left),
            right=placed(goal.right),
            lines=[*goal.lines, line],
            fresh=(*goal.fresh, (t, dim)),
        )

    def _by_sum(self, goal: ReducedBound, found: SumOfNonnegatives) -> CoqLines:
        """Return the proof that a multiple of the difference is the sum of what is not negative."""
        show = self.search.show
        lines: CoqLines = []
        terms: list[Real] = []
        for one in found.terms:
            h = self.search.fresh("HP")
            strict = goal.sign == "<" and not one.binders and self.search.is_positive(one.expression)
            proof = ["pos."] if strict else one.lines
            lines += [
                f"assert ({h} : 0 {'<' if strict else '<='} {show(one.expression)}).",
                "{ ",
                *proof,
                "}",
            ]
            terms.append(mul(num(one.number), one.expression))
        whole, multiple = fold(add, [ZERO, *terms]), mul(found.multiplier, goal.difference)
        rest, _ = self.search.ordered(minus(multiple, whole), NOWHERE)
        if together(laurent(rest))[0] and self.search.is_nonnegative(rest):
            h = self.search.fresh("HP")
            lines += [
                f"assert ({h} : 0 {goal.sign} {show(rest)}).",
                "{ nneg. }" if goal.sign == "<=" else "{ pos. }",
            ]
            whole = add(whole, rest)
        (_, left, right), rewriting = self.search.normal(("add", multiple, whole), NOWHERE)
        indices = {**self.indices, **dict(goal.fresh)}
        return [
            *lines,
            f"assert (HB : 0 {goal.sign} {show(goal.difference)}).",
            f"{{ apply (of_multiple_{'le' if goal.sign == '<=' else 'lt'} {show(found.multiplier)} {show(whole)}).",
            "{ pos. }", "{ lra. }", *rewriting,
            *closed(self.search, left, right, self.equations, indices, self.apart), "}", "bounded.",
        ]  # fmt: skip

    def _by_factors(self, goal: ReducedBound) -> CoqLines | None:
        """Return the proof that the difference is a product of what is not negative."""
        found, lines = self.search.normal(goal.difference, NOWHERE)
        product = factored(expression(laurent(found)))
        positive = self.search.is_positive if goal.sign == "<" else self.search.is_nonnegative
        if product is None or not positive(product):
            return None
        show = self.search.show
        return [
            f"assert (HB : 0 {goal.sign} {show(goal.difference)}).",
            "{ ", *lines, f"apply ({'le' if goal.sign == '<=' else 'lt'}_same {show(product)}).",
            "{ nneg. }" if goal.sign == "<=" else "{ pos. }", "alg. }", "bounded.",
        ]  # fmt: skip
