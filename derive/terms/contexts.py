"""What a claim is about: the sizes, variables, labels, definitions and hypotheses in force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Literal, TypeAlias

from derive.errors import Position
from derive.terms.nodes import Compare, Index, Number, SizeNumber, Term
from derive.terms.relations import Relation

VariableKind = Literal["real", "simplex", "onehot", "label"]


MAX_SIZE = 1_000_000
"""The greatest concrete size, at every door."""


@dataclass(frozen=True, slots=True)
class Size:
    """A dimension. `fixed` is a concrete size; `minimum` is the least admitted one, at least 1.

    `size m = n` gives no size of its own: readers replace m by n.
    """

    name: str
    minimum: int = 1
    fixed: int | None = None


@dataclass(frozen=True, slots=True)
class Bound:
    """One declared bound on every entry of a variable: `entry relation value`, the value closed (no variables).

    The relation is any but `=`.
    """

    relation: Relation
    value: Term


@dataclass(frozen=True, slots=True)
class Variable:
    """A free real array (a scalar if `dims` is empty) with the bounds on its entries.

    `simplex`: entries >= 0 that sum to 1 along the last axis. `onehot`: along the last axis one entry
    is 1 and the others are 0. `label`: an array of labels, one a sample; its last axis is what they are labels of,
    and along it the entry at the label is 1 and the others are 0. No such entry stands in a term: the label itself
    does, as an index (see `Index`).
    """

    name: str
    dims: tuple[str, ...] = ()
    bounds: tuple[Bound, ...] = ()
    kind: VariableKind = "real"

    @property
    def hot(self) -> bool:
        """Whether along the last axis one entry is 1 and the others are 0."""
        return self.kind in ("onehot", "label")


@dataclass(frozen=True, slots=True)
class Definition:
    """`let name[parameters] = body`; the body's free indices are the parameters and labels."""

    name: str
    parameters: tuple[Index, ...]
    body: Term


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """`given condition`. Its indices that are not labels are local and universal; `text` is as typed, and
    `position` where.

    Defined names stand in it unfolded or not; there is no derivative and no declared function in it.
    """

    condition: Compare
    text: str = ""
    position: Position | None = field(default=None, compare=False, repr=False)

    def __str__(self) -> str:
        return self.text or str(self.condition)


@dataclass(frozen=True, slots=True)
class IndexRelation:
    """One part of `when`: two indices (free or labels) that are equal, or differ, or the left is before the right."""

    left: Index
    right: Index
    equal: bool
    before: bool = False  # of two that differ, the left is at the earlier position

    def __str__(self) -> str:
        return f"{self.left} {self.relation} {self.right}"

    @property
    def relation(self) -> Relation:
        """The relation as such: `=`, `!=` or `<`."""
        return Relation.EQUAL if self.equal else Relation.LESS if self.before else Relation.UNEQUAL

    def holds(self, left: int, right: int) -> bool:
        """Return whether it holds of two positions."""
        return left < right if self.before else (left == right) == self.equal


FunctionParameter: TypeAlias = tuple[str, tuple[str, ...]]
"""A parameter of an unknown function: its name, and over which sizes it is an array."""


@dataclass(frozen=True, slots=True)
class Context:
    """Declarations, definitions and hypotheses: everything that a claim takes for granted.

    `functions` are the unknown ones of one real variable, `signatures` those of several numbers or of arrays.

    `labels` maps a label's name to its index. `distinct` lists `given t != u` between labels.
    """

    sizes: Mapping[str, Size] = field(default_factory=dict)
    variables: Mapping[str, Variable] = field(default_factory=dict)
    labels: Mapping[str, Index] = field(default_factory=dict)
    functions: frozenset[str] = frozenset()
    signatures: Mapping[str, tuple[FunctionParameter, ...]] = field(default_factory=dict)
    definitions: Mapping[str, Definition] = field(default_factory=dict)
    hypotheses: tuple[Hypothesis, ...] = ()
    distinct: tuple[tuple[Index, Index], ...] = ()

    def with_sizes(self, fixed: Mapping[str, int]) -> Context:
        """Return the same context with some sizes made concrete."""
        sizes = {
            name: replace(size, fixed=fixed[name]) if name in fixed else size
            for name, size in self.sizes.items()
        }
        return replace(self, sizes=sizes)

    def from_sizes(self, least: Mapping[str, int]) -> Context:
        """Return the same context where some sizes are at least so great, which is a hypothesis too."""
        sizes = {
            name: replace(size, minimum=max(size.minimum, least[name])) if name in least else size
            for name, size in self.sizes.items()
        }
        given = [
            Hypothesis(Compare(Relation.AT_LEAST, SizeNumber(name), Number(Fraction(number))))
            for name, number in least.items()
        ]
        return replace(self, sizes=sizes, hypotheses=(*self.hypotheses, *given))


@dataclass(frozen=True, slots=True)
class Equation:
    """A statement to decide: left = right at every point of the context, for the index patterns of `when`.

    With another relation it is an inequality. Whoever takes it for an equation asks `is_inequality` first.
    """

    left: Term
    right: Term
    when: tuple[IndexRelation, ...] = ()
    position: Position | None = None
    relation: Relation = Relation.EQUAL

    @property
    def is_inequality(self) -> bool:
        """Whether something else than equality is asked of the sides."""
        return self.relation is not Relation.EQUAL

    def __str__(self) -> str:
        cases = f" when {', '.join(map(str, self.when))}" if self.when else ""
        return f"{self.left} {self.relation} {self.right}{cases}"
