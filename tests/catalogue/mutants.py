"""False claims made from true ones, by slips that know nothing of what a formula means."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from derive.problem.problems import Claim
from derive.terms import (
    ONE,
    ZERO,
    Add,
    Delta,
    Derivative,
    Entry,
    Equation,
    MatrixFunction,
    Term,
    Where,
    add,
    free_indices,
    multiply,
    negate,
    rebuild,
    term,
)


def mutants(claim: Claim, equation: Equation) -> Iterator[tuple[str, Equation]]:
    """Yield three false equations with the name of the slip: the sign, a factor of 2, and a part changed.

    A side that is 0 has no sign and no factor: it becomes 1, -1 and 2. Of an inequality the opposite is false.
    """
    right = equation.right
    if equation.is_inequality:
        yield "relation negated", replace(equation, relation=equation.relation.negation)
        return
    if right == ZERO:
        for wrong in (1, -1, 2):
            yield f"{wrong} for 0", replace(equation, right=term(wrong))
        return
    yield "sign flipped", replace(equation, right=negate(right))
    yield "factor of 2", replace(equation, right=multiply(2, right))
    yield next(_part_changed(claim, equation))


def _part_changed(claim: Claim, equation: Equation) -> Iterator[tuple[str, Equation]]:
    """Yield, best first: a delta dropped, branches exchanged, a summand dropped, an index changed, 1 added."""
    right = equation.right
    if not equation.when:  # else the delta may be 1 in the only case there is
        changed = _first(right, lambda node: ONE if isinstance(node, Delta) else None)
        if changed is not None:
            yield "delta dropped", replace(equation, right=changed)
    changed = _first(right, _other_branch)
    if changed is not None:
        yield "branches exchanged", replace(equation, right=changed)
    changed = _first(right, _shorter)
    if changed is not None:
        yield "summand dropped", replace(equation, right=changed)
    changed = _first(right, lambda node: _elsewhere(node, claim, equation))
    if changed is not None:
        yield "index changed", replace(equation, right=changed)
    yield "1 added", replace(equation, right=right + 1)


def _first(node: Term, change: Callable[[Term], Term | None]) -> Term | None:
    """Return the term with the first place changed that can be, outermost first; a D is left alone.

    So is a matrix that is inverted: with the same entry in all its rows it has no inverse, and there is no value to
    be wrong.
    """
    done = change(node)
    if done is not None:
        return done
    if isinstance(node, Derivative | MatrixFunction):
        return None
    place: list[Term] = []

    def once(child: Term) -> Term:
        if place:
            return child
        changed = _first(child, change)
        if changed is None:
            return child
        place.append(changed)
        return changed

    rebuilt = rebuild(node, once)
    return rebuilt if place else None


def _shorter(node: Term) -> Term | None:
    return add(*node.terms[:-1]) if isinstance(node, Add) else None


def _other_branch(node: Term) -> Term | None:
    return replace(node, then=node.otherwise, otherwise=node.then) if isinstance(node, Where) else None


def _elsewhere(node: Term, claim: Claim, equation: Equation) -> Term | None:
    """Return an entry at another index that is free in the claim."""
    free = [i for i in free_indices(equation.left) if not isinstance(i.name, int)]
    if not isinstance(node, Entry):
        return None
    for place, index in enumerate(node.indices):
        others = [i for i in free if i.dim == index.dim and i != index]
        if others:
            return replace(node, indices=(*node.indices[:place], others[0], *node.indices[place + 1 :]))
    return None
