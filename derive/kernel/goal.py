"""A goal: two terms asked to be equal, with what is known at their points."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from derive.kernel.domain import Condition
from derive.terms import Hypothesis, Index, Relation, Term, rename, renamed, renamed_pairs

# Begins the names of the indices of hypotheses, so that none of them is ever one of the claim's.
LOCAL = "given "


@dataclass(frozen=True, slots=True)
class Goal:
    """Two terms without `D` and definitions, asked to be equal or in another relation, with what is known there."""

    left: Term
    right: Term
    conditions: tuple[Condition, ...] = ()
    hypotheses: tuple[Hypothesis, ...] = ()
    different: frozenset[frozenset[Index]] = frozenset()
    rows: tuple[tuple[str, Index], ...] = ()  # one-hot vectors, with the index at which each is 1
    order: frozenset[tuple[Index, Index]] = frozenset()  # free indices, the first at the earlier position
    relation: Relation = Relation.EQUAL
    effort: int = 2  # of the search for the sign of a difference
    by_values: bool = False  # whether conditions too are split by the values that hypotheses leave to entries

    def renamed(self, mapping: Mapping[Index, Index]) -> Goal:
        """Return the goal with free indices renamed; pairs that must differ and become one stay as such."""
        return Goal(
            rename(self.left, mapping),
            rename(self.right, mapping),
            tuple(c.renamed(mapping) for c in self.conditions),
            tuple(
                # Labels and positions only: the indices of a hypothesis are its own (see `LOCAL`).
                replace(h, condition=rename(h.condition, mapping))
                for h in self.hypotheses
            ),
            frozenset(renamed_pairs(self.different, mapping)),
            tuple((name, renamed(index, mapping)) for name, index in self.rows),
            frozenset((renamed(left, mapping), renamed(right, mapping)) for left, right in self.order),
            self.relation,
            self.effort,
            self.by_values,
        )

    @property
    def holds_somewhere(self) -> bool:
        """Whether indices can differ as it is said of them, and stand in this order."""
        order = transitive(self.order)
        return all(len(pair) == 2 for pair in self.different) and all(
            left != right and (right.name != 1) for left, right in order
        )

    def changed(self, change: Callable[[Term], Term]) -> Goal:
        """Return the goal with every term in it changed."""
        return replace(
            self,
            left=change(self.left),
            right=change(self.right),
            conditions=tuple(condition.changed(change) for condition in self.conditions),
            hypotheses=tuple(replace(h, condition=h.condition.changed(change)) for h in self.hypotheses),
        )


def transitive(order: Iterable[tuple[Index, Index]]) -> frozenset[tuple[Index, Index]]:
    """Return all that follows of the order of indices from a part of it; of positions it is known."""
    found = set(order)
    places = [i for i in {i for pair in found for i in pair} if isinstance(i.name, int)]
    found |= {(a, b) for a in places for b in places if int(a.name) < int(b.name)}
    while True:
        more = {(a, d) for a, b in found for c, d in found if b == c} - found
        if not more:
            return frozenset(found)
        found |= more
