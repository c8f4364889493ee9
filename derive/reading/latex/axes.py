"""Which axes of arrays, and which index letters, run over the same size. Reads nothing."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from derive.terms import Size

_SIZES = ("n", "m", "d", "p", "q", "r", "l")

Node = tuple[str, object] | tuple[str, object, object]


class Axes:
    """Which axes and letters run over the same size."""

    def __init__(self) -> None:
        self._above: dict[Node, Node] = {}
        self._sizes: dict[Node, set[str]] = {}
        self._chosen: dict[Node, str] = {}

    def find(self, node: Node) -> Node:
        """Return what stands for all that run over the same size."""
        while (above := self._above.get(node, node)) != node:
            node = above
        return node

    def join(self, left: Node, right: Node) -> None:
        """Note that two run over the same size."""
        one, other = self.find(left), self.find(right)
        if one == other:
            return
        sizes = self._known(one) | self._known(other)
        if len(sizes) < 2:
            self._above[one] = other
            self._sizes[other] = sizes

    def _known(self, node: Node) -> set[str]:
        return {str(node[1])} if node[0] == "size" else self._sizes.get(node, set())

    def size_of(self, node: Node, fresh: Iterator[str], sizes: dict[str, Size]) -> str:
        """Return the size over which an axis runs, a new one if nothing says which."""
        top = self.find(node)
        known = self._known(top)
        if known:
            return next(iter(known))
        if top not in self._chosen:
            self._chosen[top] = next(fresh)
            sizes[self._chosen[top]] = Size(self._chosen[top])
        return self._chosen[top]


def fresh_names(taken: set[str]) -> Iterator[str]:
    """Yield names of sizes that nothing else has."""
    for number in itertools.count():
        for one in _SIZES:
            name = f"{one}_{number}" if number else one
            if name not in taken:
                yield name
