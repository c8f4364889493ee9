"""Which index runs over what: places that share a size, joined as they meet, and put in at the end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from derive.errors import IllPosedError
from derive.interop.survey import is_symbol, sized, unused
from derive.terms import Big, Binder, Delta, Derivative, Entry, Index, Size, Term, rebuild


@dataclass
class IndexRanges:
    """Places of indices, the sizes that they run over, and where their ranges begin.

    A place is written as an index's dimension until all are known.
    """

    names: dict[Any, str]
    sizes: dict[str, Size] = field(default_factory=dict)
    _fixed: dict[int, str] = field(default_factory=dict)
    _parents: dict[str, str] = field(default_factory=dict)
    _known: dict[str, str] = field(default_factory=dict)
    _labels: dict[str, str] = field(default_factory=dict)
    _places: dict[object, str] = field(default_factory=dict)
    _origins: set[int] = field(default_factory=set)
    positions: set[tuple[int, str]] = field(default_factory=set)

    def place(self, key: object, label: object) -> str:
        """Return the place of a thing, the same one for the same thing."""
        if key not in self._places:
            self._places[key] = f"@{len(self._places)}"
            self._labels[self._places[key]] = str(label)
        return self._places[key]

    def position(self, number: int, place: str) -> Index:
        """Return a position at a place, as SymPy counts."""
        self.positions.add((number, place))
        return Index(number, place)

    def run(self, place: str, low: Any, high: Any) -> None:
        """Note the range of what stands at a place."""
        extent = sized(low, high)
        self._origins.add(int(low))
        self.give(place, extent)

    def give(self, place: str, extent: Any) -> None:
        """Note the size of a place."""
        name = self.names[extent] if is_symbol(extent) else self._name_of(int(extent))
        self.sizes[name] = Size(name, fixed=None if is_symbol(extent) else int(extent))
        self._agree(self._root(place), name)

    def join(self, left: str, right: str) -> None:
        """Note that two places have the same size."""
        one, other = self._root(left), self._root(right)
        if one != other:
            self._parents[other] = one
            if other in self._known:
                self._agree(one, self._known.pop(other))

    @property
    def origin(self) -> int:
        """Where indices begin: 0 or 1, as the ranges say; where there are none, 0 only if a position is 0."""
        if len(self._origins) > 1:
            raise IllPosedError("some ranges begin at 0 and others at 1; let them all begin at 1")
        counted = 0 if any(number == 0 for number, _ in self.positions) else 1
        return next(iter(self._origins), counted)

    def size_of(self, place: str) -> str:
        """Return the size of a place."""
        root = self._root(place)
        if root not in self._known:
            raise IllPosedError(
                f"the size of {self._labels[place]} is not known: give a range to its index, as Idx('i', (1, n)) "
                "does, or a shape to its IndexedBase"
            )
        return self._known[root]

    def check_positions(self) -> None:
        """Raise `IllPosedError` for a position at which no array has an entry."""
        for number, place in self.positions:
            size = self.sizes[self.size_of(place)]
            beyond = size.fixed is not None and number > size.fixed - 1 + self.origin
            if number < self.origin or beyond:
                until = f" to {size.fixed - 1 + self.origin}" if size.fixed is not None else ""
                raise IllPosedError(
                    f"there is no position {number}, where {self._labels[place]} runs from {self.origin}{until}"
                )

    def settled(self, node: Term) -> Term:
        """Return a term with the sizes of its indices put in."""
        match node:
            case Entry():
                return self._entry(node)
            case Delta(left, right):
                return Delta(self._index(left), self._index(right))
            case Big(operation, binders, body):
                bound = tuple(Binder(self._index(one.index)) for one in binders)
                return Big(operation, bound, self.settled(body))
            case Derivative(body, variables):
                return Derivative(self.settled(body), tuple(map(self._entry, variables)))
        return rebuild(node, self.settled)

    def _entry(self, node: Entry) -> Entry:
        return Entry(node.name, tuple(map(self._index, node.indices)))

    def _index(self, index: Index) -> Index:
        name = index.name + 1 - self.origin if isinstance(index.name, int) else index.name
        return Index(name, self.size_of(index.dim))

    def _name_of(self, fixed: int) -> str:
        if fixed not in self._fixed:
            self._fixed[fixed] = unused(f"size_{fixed}", self.names.values())
        return self._fixed[fixed]

    def _agree(self, root: str, name: str) -> None:
        if self._known.setdefault(root, name) != name:
            raise IllPosedError(f"one index would run over {self._known[root]} and over {name}")

    def _root(self, place: str) -> str:
        while place in self._parents:
            place = self._parents[place]
        return place
