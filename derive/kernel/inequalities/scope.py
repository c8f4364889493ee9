"""What the proofs of inequalities were made for: of anything else they say nothing, and nothing is assumed of it."""

from __future__ import annotations

from derive.terms import (
    Add,
    Apply,
    Big,
    Constant,
    Context,
    Delta,
    Derivative,
    Entry,
    Equation,
    Multiply,
    Number,
    Power,
    SizeNumber,
    Where,
    own_indices,
    reachable,
)

_TERMS = (Add, Apply, Big, Constant, Delta, Derivative, Entry, Multiply, Number, Power, SizeNumber, Where)
_KINDS = ("real", "simplex", "onehot")
_BIG = ("sum", "prod", "mean", "max", "min")


def is_within(equation: Equation, context: Context) -> bool:
    """Return whether an inequality consists of scalars and entries, without matrices, orders and labels of samples."""
    if context.signatures or any(one.before for one in equation.when):
        return False
    if any(variable.kind not in _KINDS for variable in context.variables.values()):
        return False
    given = [side for h in context.hypotheses for side in (h.condition.left, h.condition.right)]
    bodies = [definition.body for definition in context.definitions.values()]
    for part in reachable((equation.left, equation.right, *given, *bodies), context.definitions):
        if type(part) not in _TERMS or (isinstance(part, Big) and part.operation not in _BIG):
            return False
        if any(index.at for index in own_indices(part)):
            return False
    return True
