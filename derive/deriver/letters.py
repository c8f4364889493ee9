"""Readable letters for bound indices: the user's own where they are free, never one that captures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from derive.terms import Big, Context, Derivative, Index, Term, bind_anew, free_indices, rebuild, walk

_USUAL = "jklmabdhquvw"


class Letters:
    """Chooses bound letters for one context."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self._own: dict[str, dict[str, None]] = {}
        for definition in reversed(list(context.definitions.values())):
            self._collect(definition.body)
            for index in definition.parameters:
                self._own.setdefault(index.dim, {}).setdefault(str(index.name))
        self._taken = frozenset(
            {*context.variables, *context.definitions, *context.labels, *context.sizes, *context.functions}
        )

    def _collect(self, node: Term) -> None:
        for part in walk(node):
            if isinstance(part, Big):
                for binder in part.binders:
                    self._own.setdefault(binder.index.dim, {}).setdefault(str(binder.index.name))

    def candidates(self, dim: str) -> Iterator[str]:
        """Yield letters for an index of a dimension, the best first."""
        own = self._own.get(dim, {})
        yield from (name for name in own if name.isidentifier() and len(name) == 1)
        others = {name for d, names in self._own.items() if d != dim for name in names}
        yield from (
            name for name in _USUAL if name not in own and name not in others and name not in self._taken
        )
        yield from (f"{name}_{k}" for k in range(1, 100) for name in "jk")

    def fresh(self, dim: str, taken: set[str]) -> Index:
        """Return an index whose letter is not taken, and take it."""
        name = next(one for one in self.candidates(dim) if one not in taken)
        taken.add(name)
        return Index(name, dim)

    def relabel(self, node: Term, outside: frozenset[str] = frozenset()) -> Term:
        """Return the term with readable bound letters, each different from those free or bound around it."""
        return self._renamed(node, outside | {str(i.name) for i in mentioned(node)}, self._readable)

    def apart(self, node: Term) -> Term:
        """Return the term with every bound letter different from those free or bound around it, others as they are."""
        return self._renamed(node, frozenset(str(i.name) for i in mentioned(node)), lambda index: True)

    def _readable(self, index: Index) -> bool:
        name = str(index.name)
        return name in self._own.get(index.dim, ()) or (len(name) == 1 and name.isalpha())

    def _renamed(self, node: Term, outside: frozenset[str], good: Callable[[Index], bool]) -> Term:
        if not isinstance(node, Big):
            return rebuild(node, lambda child: self._renamed(child, outside, good))
        taken = set(outside)

        def letter(index: Index) -> Index:
            name = str(index.name)
            chosen = self.fresh(index.dim, taken) if name in taken or not good(index) else index
            taken.add(name)
            return chosen

        node = bind_anew(node, letter)
        inner = outside | {str(b.index.name) for b in node.binders}
        return replace(node, body=self._renamed(node.body, inner, good))


def mentioned(node: Term) -> Iterator[Index]:
    """Yield the free indices of a term, those of the variables of its derivatives among them."""
    yield from free_indices(node)
    bound = {b.index for part in walk(node) if isinstance(part, Big) for b in part.binders}
    for part in walk(node):
        if isinstance(part, Derivative):
            yield from (i for variable in part.variables for i in variable.indices if i not in bound)
