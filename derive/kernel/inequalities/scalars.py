"""An inequality between entries and sums as one between scalars: what holds for any numbers holds for these."""

from __future__ import annotations

from dataclasses import replace

from derive.kernel.inequalities.fresh import fresh
from derive.terms import (
    ONE,
    ZERO,
    Apply,
    Big,
    Bound,
    Context,
    Derivative,
    Entry,
    Equation,
    Number,
    Power,
    Relation,
    SizeNumber,
    Term,
    Variable,
    arrays,
    children,
    rebuild,
    walk,
)


def of_scalars(equation: Equation, context: Context) -> tuple[Equation, Context] | None:
    """Return an inequality with every entry and every sum in it made a scalar of its own; `None` if none is there.

    The scalars have the bounds that are declared of the entries, and no hypothesis speaks of them. A power whose
    exponent is no number is left to others: x^n has values that a real exponent would not leave it. Whoever uses
    what is returned asks that its sides have values for all numbers.
    """
    found: dict[Term, Variable] = {}

    def change(node: Term) -> Term:
        if isinstance(node, Big | SizeNumber) or (isinstance(node, Entry) and node.indices):
            if node not in found:
                taken = {*context.variables, *(one.name for one in found.values())}
                found[node] = Variable(fresh("scalar", taken), (), _bounds(node, context))
            return Entry(found[node].name)
        return rebuild(node, change)

    sides = change(equation.left), change(equation.right)
    every = [part for side in (equation.left, equation.right) for part in walk(side)]
    powers = (part.exponent for part in every if isinstance(part, Power))
    if not found or any(isinstance(part, Derivative) for part in every):
        return None
    if not all(isinstance(exponent, Number) for exponent in powers):
        return None
    scalars = {name: one for name, one in context.variables.items() if not one.dims}
    named = {one.name: one for one in found.values()}
    return (
        Equation(*sides, relation=equation.relation),
        replace(
            context,
            variables={**scalars, **named},
            definitions={},
            labels={},
            hypotheses=(),
            distinct=(),
        ),
    )


def without_signs(equation: Equation, context: Context) -> tuple[Equation, Context] | None:
    """Return an inequality with arrays taken as not negative, of which it sees the absolute values alone.

    Those are arrays without bounds that stand in absolute values and under even powers only: then the sides are the
    same for x as for |x|. `None` if there is none. The sides have no definitions in them.
    """
    supposed = [side for h in context.hypotheses for side in (h.condition.left, h.condition.right)]
    free = {
        name: one
        for name, one in context.variables.items()
        if one.kind == "real" and not one.bounds and not any(name in arrays(side) for side in supposed)
    }
    found = {
        name
        for name in free
        if any(name in arrays(side) for side in (equation.left, equation.right))
        and _is_unsigned(equation.left, name)
        and _is_unsigned(equation.right, name)
    }
    if not found or context.definitions:
        return None

    def change(node: Term) -> Term:
        if isinstance(node, Apply) and node.function == "abs":
            (inner,) = node.arguments
            if isinstance(inner, Entry) and inner.name in found:
                return inner
        return rebuild(node, change)

    below = (Bound(Relation.AT_LEAST, ZERO),)
    variables = {
        name: replace(one, bounds=below) if name in found else one for name, one in context.variables.items()
    }
    return (
        Equation(change(equation.left), change(equation.right), relation=equation.relation),
        replace(context, variables=variables),
    )


def _is_unsigned(node: Term, name: str) -> bool:
    """Return whether a term is the same for x and |x|, entry by entry, as its shape shows."""
    match node:
        case Entry():
            return node.name != name
        case Derivative():
            return name not in arrays(node)
        case Apply("abs", (Entry(),)):
            return True
        case Power(Entry(), Number(value)) if value.denominator == 1 and value % 2 == 0:
            return True
    return all(_is_unsigned(child, name) for child in children(node))


def _bounds(node: Term, context: Context) -> tuple[Bound, ...]:
    if isinstance(node, SizeNumber):
        return (Bound(Relation.AT_LEAST, ONE),)
    variable = context.variables.get(node.name) if isinstance(node, Entry) else None
    if variable is None:
        return ()
    if variable.kind == "real":
        return variable.bounds
    return (*variable.bounds, Bound(Relation.AT_LEAST, ZERO), Bound(Relation.AT_MOST, ONE))
