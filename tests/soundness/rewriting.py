"""Valid rewriting at random places. Each rule keeps the value of a term wherever it had one, and may give it more.

So a chain of rewritings from A to B leaves A = B wherever A has a value. The rules are written from the textbook,
without the kernel; that they are valid is the business of each rule's comment and of the third opinion.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from derive.terms import (
    ONE,
    Big,
    Compare,
    Context,
    Derivative,
    Entry,
    Index,
    MatrixFunction,
    Power,
    Term,
    UnknownValue,
    Where,
    add,
    children,
    free_indices,
    multiply,
    negate,
    rebuild,
    rename,
)
from derive.terms.nodes import Add, Apply, Multiply
from tests.soundness.maker import LETTERS, Maker
from tests.soundness.settings import Fact

Path = tuple[int, ...]


@dataclass(frozen=True)
class Here:
    """Where a rule is applied: the indices in reach, and whether a D stands around."""

    rng: random.Random
    context: Context
    maker: Maker
    facts: tuple[Fact, ...]
    scope: tuple[Index, ...]
    inside: bool = False  # a D stands around: hypotheses do not hold there
    held: bool = False  # a D by a defined name stands around: names are not unfolded there

    def fresh(self, dim: str, *terms: Term) -> Index:
        """Return a letter to bind: free in none of the terms, and sometimes one that hides an outer letter."""
        taken = {i.name for one in terms for i in free_indices(one)}
        if self.rng.random() < 0.7:
            taken |= {i.name for i in self.scope}
        taken |= set(self.context.labels)
        free = [c for c in (*LETTERS, "o", "aa", "bb", "cc", "dd", "ee") if c not in taken]
        return Index(self.rng.choice(free[:4]), dim)


Rule = Callable[[Term, Here], "Term | None"]


def places(node: Term, here: Here, path: Path = ()) -> Iterator[tuple[Path, Term, Here]]:
    """Yield every place in a term, with what surrounds it."""
    if not (isinstance(node, Big) and node.operation == "array"):  # which stays one
        yield path, node, here
    inner = here
    parts = children(node)
    if isinstance(node, Big):
        bound = tuple(b.index for b in node.binders)
        names = {b.name for b in bound}
        inner = replace(here, scope=(*(i for i in here.scope if i.name not in names), *bound))
    elif isinstance(node, Derivative):
        held = any(v.name in here.context.definitions for v in node.variables)
        inner = replace(here, inside=True, held=here.held or held)
        parts = (node.body,)
    for k, child in enumerate(parts):
        yield from places(child, inner, (*path, k))


def put(node: Term, path: Path, new: Term) -> Term:
    """Return the term with another one at a place."""
    if not path:
        return new
    first, *rest = path
    parts = list(children(node))
    parts[first] = put(parts[first], tuple(rest), new)
    return with_children(node, parts)


def with_children(node: Term, parts: list[Term]) -> Term:
    """Return a term of the same kind with other terms inside."""
    match node:
        case Add():
            return add(*parts)
        case Multiply():
            return multiply(*parts)
        case Power():
            return Power(parts[0], parts[1])
        case Apply(name, _, order):
            return Apply(name, tuple(parts), order)
        case Where(condition, _, _):
            return Where(Compare(condition.relation, parts[0], parts[1]), parts[2], parts[3])
        case Big(operation, binders, _):
            return Big(operation, binders, parts[0])
        case Derivative(_, variables):
            return Derivative(parts[0], variables)
        case MatrixFunction() | UnknownValue():
            new = iter(parts)
            return rebuild(node, lambda _: next(new))
    return node


def rewritten(
    node: Term, here: Here, rules: tuple[Rule, ...], times: int, most: int = 400
) -> tuple[Term, list[str]]:
    """Return the term rewritten at random places, with the names of the rules that were applied."""
    done: list[str] = []
    for _ in range(times):
        spots = list(places(node, here))
        for _ in range(24):
            path, part, at = here.rng.choice(spots)
            rule = here.rng.choice(rules)
            new = rule(part, at)
            if new is not None and new != part:
                node = put(node, path, new)
                done.append(rule.__name__)
                break
        if len(spots) > most:
            break
    return node, done


def instance(fact: Fact, here: Here) -> Fact | None:
    """Return an instance of a fact at indices in reach; its other indices are local and take any."""
    labels = set(here.context.labels.values())
    renaming: dict[Index, Index] = {}
    for index in dict.fromkeys((*free_indices(fact.left), *free_indices(fact.right))):
        if index in labels or isinstance(index.name, int):
            continue
        chosen = here.maker.index(index.dim, here.scope)
        if chosen is None:
            return None
        renaming[index] = chosen
    return Fact(rename(fact.left, renaming), rename(fact.right, renaming))


def by_hypothesis(node: Term, here: Here) -> Term | None:
    """Use a fact: add a multiple of the difference of its sides, or multiply by sides that are both 1. Not in a D."""
    if here.inside or not here.facts:
        return None
    fact = instance(here.rng.choice(here.facts), here)
    if fact is None:
        return None
    if fact.right == ONE and here.rng.random() < 0.5:
        return multiply(node, fact.left) if here.rng.random() < 0.7 else multiply(node, fact.left**2)
    factor = here.maker.entry(here.scope)
    if isinstance(factor, Entry) and factor.name in here.context.definitions:
        return None
    return add(node, multiply(factor, add(fact.left, negate(fact.right))))


def replaced_by_fact(node: Term, here: Here) -> Term | None:
    """Replace a side of a fact that stands here by the other side. Not in a D."""
    if here.inside:
        return None
    for fact in here.facts:
        for left, right in ((fact.left, fact.right), (fact.right, fact.left)):
            renaming = matched(left, node, here)
            if renaming is None:
                continue
            missing = {i for i in free_indices(right) if not isinstance(i.name, int)}
            missing -= set(here.context.labels.values())
            if missing <= renaming.keys():
                return rename(right, renaming)
    return None


def matched(pattern: Term, node: Term, here: Here) -> dict[Index, Index] | None:
    """Return the renaming of a fact's local indices under which it is the term, for entries alone."""
    if not isinstance(pattern, Entry) or not isinstance(node, Entry) or pattern.name != node.name:
        return None
    renaming: dict[Index, Index] = {}
    labels = set(here.context.labels.values())
    for ours, theirs in zip(pattern.indices, node.indices, strict=True):
        if ours in labels or isinstance(ours.name, int):
            if ours != theirs:
                return None
        elif renaming.setdefault(ours, theirs) != theirs:
            return None
    return renaming
