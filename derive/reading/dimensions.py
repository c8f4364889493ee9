"""Over which size each index of a statement runs: found from its uses, in any order. Knows no declarations.

While a statement is read every index has a placeholder for its dimension; once all of it has been read the
placeholders are settled, and `settled` puts the sizes in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lark import Token

from derive.errors import Position, ReadingError
from derive.reading.lines import Passage
from derive.terms import (
    Big,
    Binder,
    Compare,
    Derivative,
    Entry,
    Index,
    IndexPair,
    MatrixFunction,
    Size,
    Term,
    UnknownValue,
    Where,
    rebuild,
)

MAX_FREE = 16
"""Every way in which free indices can coincide is looked at, and of these there are very many."""


@dataclass(frozen=True, slots=True)
class _Link:
    """Two indices that must run over the same size, and where that is said."""

    left: Index
    right: Index
    text: str
    at: Position


class Dimensions:
    """The dimensions of one statement's indices."""

    def __init__(self, statement: Passage) -> None:
        self.statement = statement
        self._leader: dict[str, str] = {}
        self._reason: dict[str, str] = {}
        self._links: list[_Link] = []
        self._places: list[tuple[Index, Position]] = []
        self._free: list[tuple[Index, Position]] = []
        self._bound: list[tuple[Index, Position, str]] = []

    def at(self, token: Token) -> Position:
        """Return a token's place."""
        return self.statement.at(token.line or 1, token.column or 1)

    def free(self, token: Token) -> Index:
        """Return a new free index, to be settled. Raises `ReadingError` if there are too many."""
        if len(self._free) >= MAX_FREE:
            raise ReadingError(f"a statement has at most {MAX_FREE} free indices", self.at(token))
        index = self._new(str(token))
        self._free.append((index, self.at(token)))
        return index

    def bound(self, name: str, at: Position, operation: str) -> Index:
        """Return a new bound index, to be settled."""
        index = self._new(name)
        self._bound.append((index, at, operation))
        return index

    def place(self, token: Token) -> Index:
        """Return a position, such as the 2 of `x[2]`; it must exist at every size in question."""
        if not token.isdecimal() or len(token) > 9 or int(token) < 1:
            raise ReadingError("a position is a whole number from 1 up", self.at(token))
        index = Index(int(token), self._placeholder())
        self._places.append((index, self.at(token)))
        return index

    def require(self, index: Index, dim: str, reason: str, at: Position) -> None:
        """Note that an index runs over a size, because of `reason`: the text in which it does."""
        leader = self._find(index.dim)
        if leader.startswith("?"):
            self._leader[leader] = dim
            self._reason[index.dim] = self._reason[leader] = reason
        elif leader != dim:
            raise ReadingError(
                f"{index} runs over {leader}{self._because(index)} and over {dim} in {reason}", at
            )

    def link(self, left: Index, right: Index, text: str, at: Position) -> None:
        """Note that two indices run over the same size, as `text` says."""
        self._links.append(_Link(left, right, text, at))

    def settle(self, sizes: Mapping[str, Size]) -> None:
        """Find every dimension.

        Raises:
            ReadingError: two sizes clash, nothing says over what an index runs, or a position is too great.
        """
        for link in self._links:
            self._join(link)
        for index, at in self._free:
            if self._find(index.dim).startswith("?"):
                if len(sizes) != 1:
                    message = f"nothing says over which size {index} runs: it indexes no array here"
                    raise ReadingError(message, at)
                self._leader[self._find(index.dim)] = next(iter(sizes))
        for index, at, operation in self._bound:
            if self._find(index.dim).startswith("?"):
                size = next(iter(sizes), "n")
                message = f"nothing says over which size {index} runs; write {operation}(…, {index}: {size})"
                raise ReadingError(message, at)
        for index, at in self._places:
            self._check_place(index, sizes, at)

    def dim(self, index: Index) -> str:
        """Return the size over which an index runs, once settled."""
        return self._find(index.dim)

    def settled(self, node: Term) -> Term:
        """Return the term with the sizes put in for the placeholders."""
        match node:
            case Entry(name, indices):
                return Entry(name, tuple(map(self.index, indices))) if indices else node
            case IndexPair(left, right):
                return type(node)(self.index(left), self.index(right))
            case Big(operation, binders, body):
                named = tuple(
                    Binder(self.index(one.index), tuple(map(self.index, one.excluded))) for one in binders
                )
                return Big(operation, named, self.settled(body))
            case MatrixFunction(operation, matrix, at):
                inside = self.settled(matrix)
                assert isinstance(inside, Big)  # noqa: S101 - settled as it was
                return MatrixFunction(operation, inside, tuple(map(self.index, at)))
            case UnknownValue(name, arguments, partials):
                places = tuple((k, tuple(map(self.index, at))) for k, at in partials)
                return UnknownValue(name, tuple(map(self.settled, arguments)), places)
            case Derivative(body, variables):
                entries = tuple(Entry(one.name, tuple(map(self.index, one.indices))) for one in variables)
                return Derivative(self.settled(body), entries)
            case Where(condition, then, otherwise):
                return Where(self.settled_condition(condition), self.settled(then), self.settled(otherwise))
            case _:
                return rebuild(node, self.settled)

    def settled_condition(self, condition: Compare) -> Compare:
        """Return the comparison with the sizes put in for the placeholders."""
        return Compare(condition.relation, self.settled(condition.left), self.settled(condition.right))

    def index(self, index: Index) -> Index:
        """Return an index with its size put in."""
        return Index(index.name, self._find(index.dim), tuple(map(self.index, index.at)))

    def _new(self, name: str) -> Index:
        return Index(name, self._placeholder())

    def _placeholder(self) -> str:
        name = f"?{len(self._leader)}"
        self._leader[name] = name
        return name

    def _find(self, dim: str) -> str:
        while (above := self._leader.get(dim, dim)) != dim:
            dim = above
        return dim

    def _because(self, index: Index) -> str:
        reason = self._reason.get(index.dim)
        return f" in {reason}" if reason else ""

    def _join(self, link: _Link) -> None:
        left, right = self._find(link.left.dim), self._find(link.right.dim)
        if left == right:
            return
        if left.startswith("?"):
            self._leader[left] = right
        elif right.startswith("?"):
            self._leader[right] = left
        else:
            sides = [
                f"{index} over {dim}{self._because(index)}"
                for index, dim in ((link.left, left), (link.right, right))
            ]
            message = f"{link.text} is between different sizes: {sides[0]}, {sides[1]}"
            raise ReadingError(message, link.at)

    def _check_place(self, index: Index, sizes: Mapping[str, Size], at: Position) -> None:
        dim, place = self._find(index.dim), int(index.name)
        if dim.startswith("?"):
            raise ReadingError(f"nothing says over which size the position {place} runs", at)
        size = sizes[dim]
        if size.fixed is not None and place > size.fixed:
            raise ReadingError(f"there is no position {place}: {dim} is {size.fixed}", at)
        if size.fixed is None and place > size.minimum:
            message = f"there is no position {place} where {dim} is less; write size {dim} >= {place}"
            raise ReadingError(message, at)
