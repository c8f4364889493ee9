"""Equality of terms up to the names of bound indices, and up to what names of parts stand for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from derive.terms.contexts import Definition
from derive.terms.nodes import (
    Apply,
    Big,
    Derivative,
    Entry,
    Index,
    IndexPair,
    MatrixFunction,
    Term,
    UnknownValue,
    Where,
)
from derive.terms.traverse import children, free_indices

# A bound index by its number from the outside, a parameter by its value.
Numbers: TypeAlias = Mapping[Index, object]
Pairs: TypeAlias = set[tuple[int, int]]


def same(left: Term, right: Term, parts: Mapping[str, Definition] | None = None) -> bool:
    """Return whether two terms are the same up to the names of bound indices, with `parts` unfolded in the left one.

    A part says what it depends on: its body has no free indices but its parameters.
    """
    return _Sameness(parts or {}).holds(left, right, {}, {}, 0, set())


class _Sameness:
    """Two terms compared side by side, without anything being built.

    `seen` are pairs found to be the same where the indices have the numbers they have; what recurs is seen once.
    """

    def __init__(self, parts: Mapping[str, Definition]) -> None:
        self.parts = parts

    def holds(self, left: Term, right: Term, mine: Numbers, theirs: Numbers, depth: int, seen: Pairs) -> bool:
        """Return whether two terms are the same where their indices have these numbers."""
        if left is right and all(mine.get(i, i) == theirs.get(i, i) for i in free_indices(left)):
            return True
        if isinstance(left, Entry) and left.name in self.parts:
            part = self.parts[left.name]
            if len(part.parameters) != len(left.indices):
                return False
            values = dict(zip(part.parameters, _numbers(left.indices, mine), strict=True))
            return self.holds(part.body, right, values, theirs, depth, set())
        match left, right:
            case Entry(), Entry():
                places = _numbers(left.indices, mine) == _numbers(right.indices, theirs)
                return left.name == right.name and places
            case IndexPair(), IndexPair():
                pairs = (left.left, left.right), (right.left, right.right)
                alike = _numbers(pairs[0], mine) == _numbers(pairs[1], theirs)
                return type(left) is type(right) and alike
            case MatrixFunction(), MatrixFunction():
                places = _numbers(left.at, mine) == _numbers(right.at, theirs)
                alike = places and left.operation == right.operation
                return alike and self.holds(left.matrix, right.matrix, mine, theirs, depth, seen)
            case UnknownValue(), UnknownValue():
                mine_at = [(k, _numbers(at, mine)) for k, at in left.partials]
                theirs_at = [(k, _numbers(at, theirs)) for k, at in right.partials]
                if (
                    left.name != right.name
                    or mine_at != theirs_at
                    or len(left.arguments) != len(right.arguments)
                ):
                    return False
                pairs_ = zip(left.arguments, right.arguments, strict=True)
                return all(self.holds(one, other, mine, theirs, depth, seen) for one, other in pairs_)
            case Big(), Big():
                return left.operation == right.operation and self._under(left, right, mine, theirs, depth)
        inside, others, pair = children(left), children(right), (id(left), id(right))
        if pair in seen:
            return True
        if type(left) is not type(right) or len(inside) != len(others) or _itself(left) != _itself(right):
            return False
        for one, other in zip(inside, others, strict=True):
            if not self.holds(one, other, mine, theirs, depth, seen):
                return False
        seen.add(pair)
        return True

    def _under(self, left: Big, right: Big, mine: Numbers, theirs: Numbers, depth: int) -> bool:
        if len(left.binders) != len(right.binders):
            return False
        mine, theirs = dict(mine), dict(theirs)
        for one, other in zip(left.binders, right.binders, strict=True):
            excluded = _numbers(one.excluded, mine) == _numbers(other.excluded, theirs)
            if one.index.dim != other.index.dim or not excluded:
                return False
            depth += 1
            mine[one.index] = theirs[other.index] = depth
        return self.holds(left.body, right.body, mine, theirs, depth, set())


def _numbers(indices: tuple[Index, ...], names: Numbers) -> tuple[object, ...]:
    return tuple([(i.name, _numbers(i.at, names)) if i.at else names.get(i, i) for i in indices])


def _itself(node: Term) -> object:
    """Return what a term says beside the terms inside it, where it binds nothing."""
    match node:
        case Apply(function, _, order):
            return function, order
        case Where(condition):
            return condition.relation
        case Derivative(_, variables):
            return len(variables)
        case _:
            return None if children(node) else node
