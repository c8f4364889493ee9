"""Whether a claim under one more hypothesis still says something: points that the oracle finds show it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace

from derive import oracle
from derive.diagnosis.candidate import Candidate
from derive.errors import IllPosedError, LimitError
from derive.kernel import prover
from derive.terms import (
    Compare,
    Context,
    Derivative,
    Entry,
    Equation,
    Index,
    Number,
    add,
    arrays,
    free_indices,
    negate,
    rename,
    unfold,
    walk,
)

LOOKING = oracle.SearchBudget(points=3, evaluations=200, seconds=1.0, beyond=False, further=False)
MOST_ENTRIES = 9
MOST_LETTERS = 3


def says_something(candidate: Candidate, outer: Context) -> bool:
    """Return whether a hypothesis under which a claim is true leaves it something to say.

    Where the claim has a point, there is one that satisfies the hypothesis too; what it is about can still vary;
    and it is not the claim itself in other letters.
    """
    conditions = [h.condition for h in candidate.context.hypotheses if h not in outer.hypotheses]
    if any(_is_the_claim(one, candidate.equation, outer) for one in conditions):
        return False
    return leaves_something(candidate, outer)


def leaves_something(candidate: Candidate, outer: Context) -> bool:
    """Return whether a claim has points under one more hypothesis, and what that is about can still vary."""
    inner, equation = candidate.context, candidate.equation
    conditions = [h.condition for h in inner.hypotheses if h not in outer.hypotheses]
    both = add(equation.left, equation.right)
    somewhere = replace(equation, left=both, right=both)
    found = oracle.examine(somewhere, inner, LOOKING).witnesses
    sizes = [one.sizes for one in found]
    if not found or any(
        one.sizes not in sizes for one in oracle.examine(somewhere, outer, LOOKING).witnesses
    ):
        return False
    names = {name for one in conditions for side in (one.left, one.right) for name in arrays(side)}
    names |= {name for name, v in inner.variables.items() if v != outer.variables[name]}
    return all(_varies(name, found[-1].point, inner) for name in names)


def _varies(name: str, point: oracle.Point, context: Context) -> bool:
    """Return whether an array has other entries at another point of the same sizes, as far as a few of them tell."""
    dims, here = context.variables[name].dims, context.with_sizes(point.sizes)
    entries = ((at, value) for (array, at), value in point.entries() if array == name)
    for at, value in itertools.islice(entries, MOST_ENTRIES):
        if not isinstance(value, oracle.Rational):
            return True
        entry = Entry(name, tuple(itertools.starmap(Index, zip(at, dims, strict=True))))
        stays = Equation(entry, Number(value.value))
        if oracle.examine(stays, here, LOOKING).counterexample is not None:
            return True
    return False


def _is_the_claim(condition: Compare, claim: Equation, context: Context) -> bool:
    """Return whether an equation that is supposed says of its sides what the claim says, whatever the letters."""
    sides = (unfold(side, context.definitions) for side in (claim.left, claim.right))
    if condition.relation != "=" or any(
        isinstance(part, Derivative) for side in sides for part in walk(side)
    ):
        return False  # of a derivative it is worth saying what would make it so
    asked = add(claim.left, negate(claim.right))
    for letters in _letters(condition, claim):
        given = add(rename(condition.left, letters), negate(rename(condition.right, letters)))
        for one in (given, negate(given)):
            same = Equation(asked, one, claim.when)
            try:
                if prover.applies(prover.prove(same, context), same, context):
                    return True
            except (LimitError, IllPosedError):
                continue
    return False


def _letters(condition: Compare, claim: Equation) -> Iterator[dict[Index, Index]]:
    """Yield the ways to name the indices of a condition as those of a claim are named."""
    local = list(free_indices(condition))
    free = list(dict.fromkeys((*free_indices(claim.left), *free_indices(claim.right))))
    if len(local) == len(free) <= MOST_LETTERS:
        for order in itertools.permutations(free):
            if all(one.dim == other.dim for one, other in zip(local, order, strict=True)):
                yield dict(zip(local, order, strict=True))
