"""Writes derivations: searches for lines as a person would write them, and keeps those that the kernel proves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from derive.deriver.bounds import bound_steps
from derive.deriver.explicit import is_explicit, written_out
from derive.deriver.finish import Finisher
from derive.deriver.letters import Letters
from derive.deriver.merging import merged
from derive.deriver.patterns import decided
from derive.deriver.steps import Derivation, Step, prove_step, shown
from derive.deriver.walk import Deriver
from derive.errors import LimitError
from derive.kernel import prover
from derive.kernel.differentiation import resolve
from derive.report.results import StepShown
from derive.terms import Context, Derivative, Equation, IndexRelation, Term, has_derivative, same


@contextmanager
def _bounded() -> Iterator[None]:
    """Turn a recursion too deep for Python into the bound that it is."""
    try:
        yield
    except RecursionError as deep:
        raise LimitError("the search for it went too deep") from deep


MOST_SHAPES = 3  # sent to the kernel, of each kind


def derive_steps(goal: Term, context: Context, target: Term | None = None) -> Derivation:
    """Return the derivation of a term: from its definitions to a short form in the user's own names.

    `target` is what somebody claims it to be; if that follows, the derivation ends with it. Every step is
    proved by the kernel. Raises `IllPosedError` for a derivative that the table of functions does not have.
    """
    with _bounded():
        return Deriver(context).run(goal, target)


def simplify(node: Term, context: Context) -> Term:
    """Return the shortest textbook shape found that is proved equal, without derivatives.

    Its conditions are no narrower than the term's own wherever such a shape is found. Falls back to the
    derivative as it comes out of the rules, if no shape is proved.
    """
    with _bounded():
        found = _simplified(node, context, ())
    return node if found is None else found


def correct(equation: Equation, context: Context) -> Term | None:
    """Return the right-hand side that makes an equation true: its left side, derived. None if none is proved."""
    with _bounded():
        found = _simplified(equation.left, context, equation.when)
    return None if found is None or has_derivative(found) else found


def steps(equation: Equation, context: Context, *, true: bool = True) -> tuple[StepShown, ...]:
    """Return the derivation of an equation's left side as it is shown, line by line; empty if it has no lines.

    It leads to the right side, unless the equation is known not to be true. Of an inequality it is a proof. What a
    reader takes in one go is one line, with its lines inside it.
    """
    if equation.is_inequality:
        return bound_steps(equation, context) if true else ()
    goal = equation.left
    if (
        isinstance(goal, Derivative)
        and is_explicit(goal, context)
        and (explicit := written_out(goal, context))
    ):
        return explicit
    found = derive_steps(equation.left, context, equation.right if true and not equation.when else None)
    lines = list(found.steps)
    if equation.when and true:
        last = prove_step("as claimed", equation.left, equation.right, context, when=equation.when)
        lines += [last] if last is not None else []
    return merged(lines, context)


def _simplified(node: Term, context: Context, when: tuple[IndexRelation, ...]) -> Term | None:
    """Return the first shape that is proved without new conditions, else that with the fewest."""
    for found in (_derived, _resolved):
        proved: list[tuple[int, Term]] = []
        for shape in found(node, context, when):
            if same(shape, node):
                return shape
            equation = Equation(node, shape, when)
            theorem = prover.prove(equation, context)
            if prover.applies(theorem, equation, context):
                if not theorem.marked:
                    return shape
                proved.append((len(theorem.marked), shape))
        if proved:
            return min(proved, key=lambda pair: pair[0])[1]
    return None


def _derived(node: Term, context: Context, when: tuple[IndexRelation, ...]) -> list[Term]:
    """Return what the deriver comes to and other shapes of it, the most promising first."""
    try:
        search = Deriver(context, prove=False)
        result = decided(search.run(node).result, when)
        if has_derivative(result):
            return [result] if when else []
        shapes = list(search.finisher.shortest(result))[:MOST_SHAPES]
        return list(dict.fromkeys([*shapes, result] if when else [result, *shapes]))
    except LimitError:
        return []


def _resolved(node: Term, context: Context, when: tuple[IndexRelation, ...]) -> list[Term]:
    """Return shapes of the derivative taken in one go, with every definition unfolded."""
    try:
        plain = decided(resolve(node, context), when)
        finisher = Finisher(context, Letters(context))
        return [*list(finisher.shortest(plain))[:MOST_SHAPES], finisher.letters.relabel(plain)]
    except LimitError:
        return []


__all__ = ["Derivation", "Step", "correct", "derive_steps", "shown", "simplify", "steps"]
