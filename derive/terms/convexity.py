"""What convexity, monotonicity and Lipschitz bounds say, written out as inequalities between terms.

`convex(E, s)` is its definition: with a second point u of the same domain and a weight t in [0, 1],
E at t s + (1 - t) u is at most t E(s) + (1 - t) E(u). So no derivative has to exist, and a counterexample is a chord.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from derive.errors import IllPosedError
from derive.terms.contexts import Bound, Context, Equation, Hypothesis, Variable
from derive.terms.nodes import (
    ONE,
    ZERO,
    Apply,
    Big,
    Compare,
    Derivative,
    Entry,
    Index,
    Term,
    add,
    multiply,
    negate,
)
from derive.terms.relations import Relation
from derive.terms.renaming import unfold
from derive.terms.traverse import depends, own_indices, parts, rebuild, walk

Change = Callable[[Entry], Term]

_POINTS = ("u", "v", "w", "y", "z")
_WEIGHTS = ("t", "theta", "tau", "omega")


@dataclass(frozen=True, slots=True)
class Property:
    """A property of a term along variables: its relation, whether it is of chords, and how many constants it takes."""

    relation: Relation
    chord: bool
    bounds: int = 0


PROPERTIES: dict[str, Property] = {
    "convex": Property(Relation.AT_MOST, chord=True),
    "concave": Property(Relation.AT_LEAST, chord=True),
    "increasing": Property(Relation.AT_MOST, chord=False),
    "decreasing": Property(Relation.AT_LEAST, chord=False),
    "lipschitz": Property(Relation.AT_MOST, chord=False, bounds=1),
}
"""The properties that can be claimed, by name; a Lipschitz bound is claimed with its constant."""


def written_out(
    name: str, body: Term, variables: Sequence[str], context: Context, constant: Term = ONE
) -> tuple[Equation, Context]:
    """Return the inequality that a property of a term says, and the context with what it speaks of beside.

    `convex(E, s)` and `concave(E, s)` speak of arrays, jointly of several; `increasing(E, x)`, `decreasing(E, x)`
    (not strictly) and `lipschitz(E, x, K)` of one scalar.

    Raises:
        IllPosedError: a variable is not declared or its domain no convex set, a hypothesis restricts it, or a
            derivative stands in the term.
    """
    what = PROPERTIES[name]
    body = unfold(body, context.definitions)
    if any(isinstance(part, Derivative) for part in walk(body)):
        raise IllPosedError(f"{name} takes a term without derivatives; write the derivative out")
    for one in variables:
        _check(name, one, context, scalar=not what.chord)
    taken = _names(context, body)
    second = {one: _free(_POINTS, one, taken) for one in variables}
    context = replace(
        context,
        variables={
            **context.variables,
            **{second[one]: replace(context.variables[one], name=second[one]) for one in variables},
        },
    )
    there = moved(body, {one: _renamed(second[one]) for one in variables})
    if what.chord:
        weight = _free(_WEIGHTS, "t", taken)
        bounds = (Bound(Relation.AT_LEAST, ZERO), Bound(Relation.AT_MOST, ONE))
        context = replace(context, variables={**context.variables, weight: Variable(weight, (), bounds)})
        between = moved(body, {one: _between(weight, second[one]) for one in variables})
        return Equation(between, mixed(weight, body, there), relation=what.relation), context
    (one,) = variables
    here, other = Entry(one), Entry(second[one])
    if what.bounds:
        left, right = (Apply("abs", (add(a, negate(b)),)) for a, b in ((body, there), (here, other)))
        return Equation(left, multiply(constant, right), relation=what.relation), context
    order = Hypothesis(Compare(Relation.AT_MOST, here, other))
    return (
        Equation(body, there, relation=what.relation),
        replace(context, hypotheses=(*context.hypotheses, order)),
    )


def mixed(weight: str, here: Term, there: Term) -> Term:
    """Return `weight here + (1 - weight) there`."""
    share = Entry(weight)
    return add(multiply(share, here), multiply(add(ONE, negate(share)), there))


def moved(node: Term, changes: Mapping[str, Change]) -> Term:
    """Return a term without definitions and derivatives with the entries of some arrays changed.

    A change keeps the indices of the entry, so none is captured.
    """
    if isinstance(node, Entry) and node.name in changes:
        return changes[node.name](node)
    return rebuild(node, lambda child: moved(child, changes))


def _renamed(name: str) -> Change:
    return lambda entry: Entry(name, entry.indices)


def _between(weight: str, second: str) -> Change:
    return lambda entry: mixed(weight, entry, Entry(second, entry.indices))


def _check(name: str, variable: str, context: Context, *, scalar: bool) -> None:
    declared = context.variables.get(variable)
    if declared is None:
        raise IllPosedError(f"{name} is claimed along declared variables, and {variable} is none")
    if scalar and declared.dims:
        raise IllPosedError(f"{name} is claimed along a scalar, and {variable} is an array")
    if declared.kind == "onehot" or any(b.relation is Relation.UNEQUAL for b in declared.bounds):
        raise IllPosedError(f"the domain of {variable} is no convex set, so {name} says nothing of it")
    for hypothesis in context.hypotheses:
        condition = hypothesis.condition
        if any(depends(side, variable, context.definitions) for side in (condition.left, condition.right)):
            raise IllPosedError(
                f"{name} is claimed along {variable}, which {hypothesis} restricts; declare its domain instead"
            )


def _names(context: Context, body: Term) -> set[str]:
    indices: set[Index] = {index for part in parts(body) for index in own_indices(part)}
    kinds = (context.sizes, context.variables, context.labels, context.definitions, context.functions)
    letters = {str(b.index.name) for part in parts(body) if isinstance(part, Big) for b in part.binders}
    return {str(name) for kind in kinds for name in kind} | {str(i.name) for i in indices} | letters


def _free(wanted: Sequence[str], stem: str, taken: set[str]) -> str:
    numbered = (f"{stem}_{k}" for k in range(1, len(taken) + 2))
    name = next(one for one in (*wanted, *numbered) if one not in taken)
    taken.add(name)
    return name
