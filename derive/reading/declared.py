"""What a problem has declared so far, what it failed to declare, and suggestions for misspelt names.

It holds data and answers questions about names; it reads no text.
"""

from __future__ import annotations

import difflib
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from derive.errors import Position
from derive.terms import (
    ZERO,
    Apply,
    Compare,
    Context,
    Definition,
    Derivative,
    Entry,
    Hypothesis,
    Index,
    Number,
    Relation,
    Size,
    Term,
    UnknownValue,
    Variable,
    add,
    children,
    free_indices,
    multiply,
    negate,
    own_indices,
    walk,
)
from derive.terms.contexts import FunctionParameter

MAX_NAMES = 1000
MAX_HYPOTHESES = 1000
MAX_UNFOLDED = 200_000
MAX_UNFOLDED_DEPTH = 200
MAX_RANK = 16
MAX_UNREAD = 100
_SUGGESTED_FROM = 200


@dataclass(frozen=True, slots=True)
class Weight:
    """How big a definition is once everything in it is unfolded: its terms, and how deep it nests."""

    terms: int
    depth: int


@dataclass(frozen=True, slots=True)
class Lost:
    """A statement that may restrict what it mentions and could not be read: its line, and its names."""

    line: int
    names: frozenset[str]


@dataclass(slots=True)
class Declared:
    """The names of a problem. `aliases` are sizes that are other sizes; `lost` names failed, at a line.

    `columns` are the matrices of which a page writes the columns with one index.
    """

    sizes: dict[str, Size] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    variables: dict[str, Variable] = field(default_factory=dict)
    labels: dict[str, Index] = field(default_factory=dict)
    functions: set[str] = field(default_factory=set)
    signatures: dict[str, tuple[FunctionParameter, ...]] = field(default_factory=dict)
    definitions: dict[str, Definition] = field(default_factory=dict)
    hypotheses: list[Hypothesis] = field(default_factory=list)
    distinct: list[tuple[Index, Index]] = field(default_factory=list)
    lost: dict[str, int] = field(default_factory=dict)
    unread: list[Lost] = field(default_factory=list)
    weights: dict[str, Weight] = field(default_factory=dict)
    clashes: list[tuple[str, str]] = field(default_factory=list)
    lifts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    columns: frozenset[str] = frozenset()
    _reached: dict[int, set[str] | None] = field(default_factory=dict)
    _reached_at: tuple[int, ...] = ()

    @classmethod
    def of(cls, context: Context) -> Declared:
        """Return the names of a context."""
        return cls(
            sizes=dict(context.sizes),
            variables=dict(context.variables),
            labels=dict(context.labels),
            functions=set(context.functions),
            signatures=dict(context.signatures),
            definitions=dict(context.definitions),
            hypotheses=list(context.hypotheses),
            distinct=list(context.distinct),
        )

    def context(self) -> Context:
        """Return the context in force at this place."""
        return Context(
            dict(self.sizes),
            dict(self.variables),
            dict(self.labels),
            frozenset(self.functions),
            dict(self.signatures),
            dict(self.definitions),
            tuple(self.hypotheses),
            tuple(self.distinct),
        )

    def kind(self, name: str) -> str | None:
        """Return what a name is declared as, in words, `None` if it is not."""
        if name in self.lost:
            return "name"
        if name in self.labels_of_samples():
            return "label"
        kinds = (
            (self.variables, "variable"),
            (self.definitions, "definition"),
            (self.sizes, "size"),
            (self.aliases, "size"),
            (self.labels, "label"),
            (self.functions, "function"),
            (self.signatures, "function"),
        )
        return next((word for names, word in kinds if name in names), None)

    def labels_of_samples(self) -> set[str]:
        """Return the names of the arrays of labels, one a sample."""
        return {name for name, variable in self.variables.items() if variable.kind == "label"}

    def names(self) -> list[str]:
        """Return every declared name."""
        groups: tuple[Iterable[str], ...] = (
            self.variables, self.definitions, self.sizes, self.aliases, self.labels, self.functions,
            self.signatures,
        )  # fmt: skip
        return [name for group in groups for name in group]

    def axes(self, dims: Sequence[str]) -> tuple[Index, ...]:
        """Return indices over these sizes, with letters that name nothing else."""
        taken = {*self.names()}
        letters = (one for one in "ijklmnabcd" if one not in taken)
        spare = itertools.chain(letters, (f"i_{k}" for k in itertools.count() if f"i_{k}" not in taken))
        return tuple(Index(letter, dim) for letter, dim in zip(spare, dims, strict=False))

    def one_of(self, name: str, values: Sequence[Number], position: Position | None = None) -> Hypothesis:
        """Return that every entry of a variable is one of these values: the product of its distances from them is 0."""
        entry = Entry(name, self.axes(self.dims(name)))
        distances = multiply(*(entry if one == ZERO else add(entry, negate(one)) for one in values))
        text = f"{name} in {{{', '.join(map(str, values))}}}"
        return Hypothesis(Compare(Relation.EQUAL, distances, ZERO), text, position)

    def dims(self, name: str) -> tuple[str, ...]:
        """Return the dimensions of a variable or definition; what is neither, or could not be read, has none."""
        if name in self.variables:
            return self.variables[name].dims
        made = self.definitions.get(name)
        return () if made is None else tuple(index.dim for index in made.parameters)

    def size(self, name: str) -> str | None:
        """Return the size that a name stands for, other names for it replaced; `None` if it is no size."""
        name = self.aliases.get(name, name)
        return name if name in self.sizes else None

    def nearest(self, name: str, names: Iterable[str] | None = None) -> str:
        """Return a suggestion for a misspelt name, as the end of a message; empty if nothing is near."""
        known = self.names() if names is None else list(names)
        if len(known) > _SUGGESTED_FROM or len(name) > 50:
            return ""
        # A single letter is near every other one, so only its case is taken for a slip.
        near = [one for one in known if one.lower() == name.lower()]
        near = near or (difflib.get_close_matches(name, known, n=1, cutoff=0.6) if len(name) > 1 else [])
        return f"; did you mean {near[0]}?" if near else ""

    def mentioned(self, *terms: Term, keep: frozenset[str] = frozenset()) -> set[str]:
        """Return all names that terms mention, those that their definitions mention included.

        Definitions that are kept are mentioned and not looked into.
        """
        found: set[str] = set()
        pending = list(terms)
        while pending:
            for name in names_in(pending.pop()):
                if name not in found:
                    found.add(name)
                    if name in self.definitions and name not in keep:
                        pending.append(self.definitions[name].body)
        return found

    def weigh(self, node: Term) -> Weight:
        """Return how big a term is once everything in it is unfolded."""
        total, deepest = 0, 0
        pending = [(node, 1)]
        while pending:
            one, depth = pending.pop()
            total += 1
            deepest = max(deepest, depth)
            if isinstance(one, Entry) and one.name in self.definitions:
                inner = self._weight_of(one.name)
                total += inner.terms
                deepest = max(deepest, depth + inner.depth)
            pending.extend((child, depth + 1) for child in children(one))
        return Weight(total, deepest)

    def _weight_of(self, name: str) -> Weight:
        if name not in self.weights:
            self.weights[name] = self.weigh(self.definitions[name].body)
        return self.weights[name]

    def unread_about(self, *terms: Term) -> int | None:
        """Return the line of an unread statement that may restrict what these terms mention."""
        if not self.unread:
            return None
        state = len(self.unread), len(self.hypotheses), len(self.distinct), len(self.definitions)
        if self._reached_at != state:
            self._reached = {lost.line: self._reach(lost) for lost in self.unread}
            self._reached_at = state
        names = self.mentioned(*terms)
        for line, reached in self._reached.items():
            if reached is None or reached & names:
                return line
        return None

    def leave_unread(self, line: int, names: frozenset[str]) -> None:
        """Note a statement that could not be read and may restrict what it mentions; of very many, everything."""
        if len(self.unread) < MAX_UNREAD:
            self.unread.append(Lost(line, names))
        elif len(self.unread) == MAX_UNREAD:
            self.unread.append(Lost(line, frozenset()))

    def _reach(self, lost: Lost) -> set[str] | None:
        """Return the names that a statement may restrict, through other hypotheses too; `None` for all."""
        known = (self.variables, self.definitions, self.labels)
        names = {name for name in lost.names if any(name in group for group in known)}
        if not names:
            return None
        names |= self.mentioned(*(self.definitions[name].body for name in names if name in self.definitions))
        groups = [self.mentioned(one.condition.left, one.condition.right) for one in self.hypotheses]
        groups += [{str(left.name), str(right.name)} for left, right in self.distinct]
        while more := [group for group in groups if group & names and not group <= names]:
            names.update(*more)
        return names


def names_in(node: Term) -> set[str]:
    """Return the names of arrays, functions and indices in a term; definitions are not looked into."""
    found = {str(index.name) for index in free_indices(node)}
    for one in walk(node):
        found.update(str(index.name) for index in own_indices(one) if index.at)
        match one:
            case Entry(name, _):
                found.add(name)
            case Apply(name, _) | UnknownValue(name, _):
                found.add(name)
            case Derivative(_, variables):
                found.update(variable.name for variable in variables)
            case _:
                pass
    return found
