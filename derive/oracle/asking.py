"""The value of a term, or the truth of a condition, at one given point; for examples in numbers and for tests."""

from __future__ import annotations

from derive.oracle import quantities as q
from derive.oracle.constraints import assignments
from derive.oracle.evaluator import Evaluator
from derive.oracle.formatting import format_number
from derive.oracle.ground import Indices, Program
from derive.oracle.points import Point
from derive.oracle.quantities import Quantity
from derive.terms import Compare, Context, Term, free_indices


def holds(condition: Compare, context: Context, point: Point) -> bool | None:
    """Return whether a condition holds at a point, for all values of the indices that the point leaves out.

    `None` if a side has no value there or the finest precision cannot tell.
    """
    program = Program(context, point.sizes, _indices(point), (condition.left, condition.right))
    pairs = [program.compare(condition, choice) for choice in assignments(free_indices(condition), program)]
    outcome: bool | None = True
    for left, right in pairs:
        sign = None
        for bits in q.PRECISIONS:
            with q.precision(bits):
                evaluator = Evaluator(
                    program,
                    {k: v.number() for k, v in point.entries()},
                    point.functions(),
                    point.polynomials(),
                )
                sides = evaluator.value(left), evaluator.value(right)
                if None in sides:
                    break
                sign = q.compare(*sides)
                if sign is not None:
                    break
        if sign is None:
            outcome = None
        elif not condition.relation.holds(sign):
            return False
    return outcome


def evaluate(term: Term, context: Context, point: Point, bits: int = q.USUAL) -> Quantity | None:
    """Return the value of a term at a point as a ball (`arb`), `None` if it has none or this cannot be decided.

    Every index and label of the term stands in `point.indices`, every variable in `point.values`.
    """
    with q.precision(bits):
        value = _value(term, context, point)
        return None if value is None else q.finite(q.ball(value))


def format_value(term: Term, context: Context, point: Point) -> str | None:
    """Return the value of a term at a point as short text, exact where it can be, `None` if it has none."""
    with q.precision(q.USUAL):
        value = _value(term, context, point)
        return None if value is None else format_number(value)


def _value(term: Term, context: Context, point: Point) -> Quantity | None:
    """Return the value of a term at the current precision, `None` if it has none or this cannot be decided."""
    program = Program(context, point.sizes, _indices(point), (term,))
    entries = {key: value.number() for key, value in point.entries()}
    return Evaluator(program, entries, point.functions(), point.polynomials()).value(program.term(term, {}))


def _indices(point: Point) -> Indices:
    return dict(point.indices.items())
