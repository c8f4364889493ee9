"""The comparisons that choose a branch: as typed, at concrete sizes, and which of their branches a point takes.

It chooses no points; see `reaching` for those that go where no other went.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from derive.oracle import quantities as q
from derive.oracle.evaluator import Evaluator
from derive.oracle.ground import Program
from derive.terms import (
    ZERO,
    Apply,
    Big,
    Compare,
    Context,
    Delta,
    Term,
    Where,
    children,
    free_indices,
    names_of,
    opposite,
    reachable,
    relation_with,
)

Signs: TypeAlias = frozenset[int]
"""Signs of left minus right for which a comparison chooses the same."""

SIDES: tuple[Signs, ...] = (frozenset({1}), frozenset({-1}))
EACH: tuple[Signs, ...] = (*SIDES, frozenset({0}))
_AGAINST_ZERO = {"abs": SIDES, "relu": SIDES, "sign": EACH, "step": EACH}
_AMONG_ARGUMENTS = ("max", "min")


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two terms that are compared, and the signs of their difference that choose the same branch."""

    left: Term
    right: Term
    branches: tuple[Signs, ...]

    def condition(self, branch: Signs) -> Compare:
        """Return the condition under which a branch is taken."""
        return Compare(relation_with(branch), self.left, self.right)


Name: TypeAlias = Comparison | str
"""What stands for a comparison in all its instances: the comparison as typed, or a word for one that nobody typed."""

Taken: TypeAlias = frozenset[tuple[Name, int]]
"""Which comparisons were made at a point, each with the signs of its differences."""


def comparisons(term: Term) -> tuple[Comparison, ...]:
    """Return the comparisons by which a term itself chooses; those of indices are patterns, and left out."""
    match term:
        case Where(Compare(_, Delta(), _)):
            return ()
        case Where(Compare(_, left, right) as condition):
            branches = condition.relation.signs, condition.relation.negation.signs
            return (Comparison(left, right, branches),)
        case Apply(function, (argument,)) if function in _AGAINST_ZERO:
            return (Comparison(argument, ZERO, _AGAINST_ZERO[function]),)
        case Apply(function, (first, *others)) if function in _AMONG_ARGUMENTS:
            return tuple(Comparison(first, other, SIDES) for other in others)
    return ()


Path: TypeAlias = tuple[Compare, ...]
"""The conditions under which a place in a term is come to, from the outside in."""


def typed(terms: Iterable[Term], context: Context) -> dict[Comparison, tuple[Path, ...]]:
    """Return every comparison that chooses a branch in some terms or in the definitions that they use, with its paths.

    Under which conditions a definition is used is not looked at.
    """
    sides = list(terms)
    names = {name for part in reachable(sides, context.definitions) for name in names_of(part)}
    bodies = [one.body for name, one in context.definitions.items() if name in names]
    found: dict[Comparison, dict[Path, None]] = {}
    for side in (*sides, *bodies):
        for one, path in _with_paths(side, ()):
            found.setdefault(one, {})[path] = None
    return {one: tuple(paths) for one, paths in found.items()}


def _with_paths(term: Term, path: Path) -> Iterator[tuple[Comparison, Path]]:
    for one in comparisons(term):
        yield one, path
    match term:
        case Where(Compare(_, left, right) as condition, then, otherwise):
            for child, inside in (
                (left, path), (right, path), (then, (*path, condition)), (otherwise, (*path, opposite(condition))),
            ):  # fmt: skip
                yield from _with_paths(child, inside)
            return
        case Big(_, binders, _):
            # A condition on an index outside says nothing of one inside that has its letter.
            bound = {binder.index for binder in binders}
            path = tuple(one for one in path if bound.isdisjoint(free_indices(one)))
    for child in children(term):
        yield from _with_paths(child, path)


@dataclass(frozen=True, slots=True)
class Guard:
    """A comparison of two nodes of a program, and the names under which it counts."""

    left: int
    right: int
    names: tuple[Name, ...]


class Guards:
    """The comparisons on which some nodes of a program depend."""

    def __init__(self, program: Program, roots: Iterable[int]) -> None:
        self.program = program
        self.roots = tuple(roots)
        needed = _needed(program, self.roots)
        self.at: dict[int, tuple[Guard, ...]] = {}
        for node in needed:
            guards = tuple(self._guards(node))
            if guards:
                self.at[node] = guards
        self._leading = set[int]()  # the nodes in which there is a comparison
        for node in needed if self.at else ():
            if node in self.at or any(below in self._leading for below in _below(program, node)):
                self._leading.add(node)

    def every(self) -> Iterator[Guard]:
        """Yield every comparison that depends on an entry."""
        for guard in dict.fromkeys(itertools.chain.from_iterable(self.at.values())):
            if self.support(guard):
                yield guard

    def support(self, guard: Guard) -> int:
        """Return the bits of the entries on which a comparison depends."""
        return self.program.nodes[guard.left].support | self.program.nodes[guard.right].support

    def taken(self, evaluator: Evaluator) -> Taken:
        """Return which branches a point takes, those within a branch that is not taken left out."""
        found: set[tuple[Name, int]] = set()
        waiting, seen = list(self.roots), set[int]()
        while waiting:
            node = waiting.pop()
            if node in seen or node not in self._leading:
                continue
            seen.add(node)
            kind, arguments, data, _ = self.program.nodes[node]
            sign = None
            for guard in self.at.get(node, ()):
                sign = difference_sign(evaluator, guard)
                if sign is not None:
                    found.update((name, sign) for name in guard.names)
            if kind == "where":
                left, right, then, otherwise = arguments
                waiting += (left, right)
                if sign is None:
                    waiting += (then, otherwise)
                else:
                    waiting.append(then if sign in data.signs else otherwise)
            else:
                waiting += _below(self.program, node)
        return frozenset(found)

    def _guards(self, node: int) -> Iterator[Guard]:
        kind, arguments, data, _ = self.program.nodes[node]
        pairs: list[tuple[int, int]] = []
        if kind == "where":
            pairs = [(arguments[0], arguments[1])]
        elif kind in _AGAINST_ZERO:
            pairs = [(arguments[0], self.program.number(0))]
        elif kind in _AMONG_ARGUMENTS:
            pairs = [(arguments[0], other) for other in arguments[1:]]
        elif kind == "root" or (kind == "function" and data in ("log", "sqrt")):
            # sqrt(x^2) is x on one side of 0 only, though nobody typed a comparison.
            inner, under, exponent, _ = self.program.nodes[arguments[0]]
            if inner == "power" and exponent % 2 == 0:
                yield Guard(under[0], self.program.number(0), (kind,))
        names = [comparisons(term) for term in self.program.origins.get(node, ())]
        for place, (left, right) in enumerate(pairs):
            known = tuple(each[place] for each in names if place < len(each))
            if known or kind != "where":
                yield Guard(left, right, known or (kind,))
            elif node not in self.program.origins:
                yield Guard(left, right, (kind,))


def difference_sign(evaluator: Evaluator, guard: Guard) -> int | None:
    """Return the sign of left minus right, `None` where a side has no value or this precision cannot tell."""
    left, right = evaluator.value(guard.left), evaluator.value(guard.right)
    return None if left is None or right is None else q.compare(left, right)


def _below(program: Program, node: int) -> tuple[int, ...]:
    kind, arguments, data, _ = program.nodes[node]
    return (data[0],) if kind == "derivative" else arguments


def _needed(program: Program, roots: Iterable[int]) -> list[int]:
    """Return the nodes that some nodes need, what is differentiated among them, children before parents."""
    waiting, seen = list(roots), set[int]()
    while waiting:
        node = waiting.pop()
        if node not in seen:
            seen.add(node)
            waiting += _below(program, node)
    return sorted(seen)
