"""What a text says: its problems, each a list of claims, shown terms, derivations and failures."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Literal, TypeAlias

from derive.errors import DeriveError, Position
from derive.terms import Context, Equation, IndexRelation, Relation, Term

Expected: TypeAlias = Literal["proved", "refuted", "undecided"]


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a chain of equalities or inequalities, as a term and as it was typed."""

    term: Term
    text: str
    position: Position


@dataclass(frozen=True, slots=True)
class Saying:
    """What a page says of a claim beside it, and that nothing was read as saying: `error` tells where and what.

    Unless `equation`, which is what it was understood to say, is proved, it may decide what the claim means. Then the
    claim is not refuted and, where it may be about something else altogether (`anew`), not proved either.
    """

    error: DeriveError
    equation: Equation | None = None
    anew: bool = False


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the page of a claim says beside it; `compares` tells whether it ever says that two indices agree or differ.

    What holds under a condition that people state in words is not refuted on a page: it may be stated there.
    """

    sayings: tuple[Saying, ...] = ()
    compares: bool = False


@dataclass(frozen=True, slots=True)
class Claim:
    """`claim A = B = C when … expect …`, with the context in force at its place.

    `text` is the statement as typed, without the word `claim`, comments and what is expected. `error` is what is told
    instead where it is not proved: something that the page says and that was not read may decide it. `page` is what a
    page says beside it, if it stands on one. `relations` stand between the sides, and all lead one way.
    """

    sides: tuple[Side, ...]
    context: Context
    text: str
    position: Position
    when: tuple[IndexRelation, ...] = ()
    expect: Expected | None = None
    error: DeriveError | None = None
    page: Surroundings | None = None
    relations: tuple[Relation, ...] = ()

    @property
    def links(self) -> tuple[tuple[Side, Relation, Side], ...]:
        """The links of the chain; where no relations are given, they are equalities."""
        relations = self.relations or (Relation.EQUAL,) * (len(self.sides) - 1)
        return tuple(zip(self.sides, relations, self.sides[1:], strict=False))

    @property
    def equations(self) -> tuple[Equation, ...]:
        """The links of the chain, each at the place of its right side; at least one."""
        return tuple(
            Equation(left.term, right.term, self.when, right.position, relation)
            for left, relation, right in self.links
        )

    @property
    def equation(self) -> Equation:
        """The chain's first side against its last, at the place of the statement."""
        relation = self.reaching[-1]
        return Equation(self.sides[0].term, self.sides[-1].term, self.when, self.position, relation)

    @property
    def reaching(self) -> tuple[Relation, ...]:
        """What the chain up to each side says of its first side and that one."""
        return tuple(itertools.accumulate((relation for _, relation, _ in self.links), _composed))


def _composed(relation: Relation, following: Relation) -> Relation:
    found = relation.then(following)
    if found is None:
        raise ValueError(f"a chain with {relation} and then {following} says nothing of its ends")
    return found


@dataclass(frozen=True, slots=True)
class DerivationClaim(Claim):
    """`derivation` and its indented lines: a chain of which every line is checked; `lines` are its sides."""

    @property
    def lines(self) -> tuple[Side, ...]:
        """The lines, the chain's first side first; at least two."""
        return self.sides


@dataclass(frozen=True, slots=True)
class Redefinition(Claim):
    """A name of a document that is defined once more, and differently as written: one link, from name to meaning.

    If the two are provably equal nothing is wrong; otherwise `error` says that the name has a new meaning.
    """


@dataclass(frozen=True, slots=True)
class Show:
    """`show A`: a term to be derived, simplified and printed, with the context in force at its place."""

    term: Term
    context: Context
    text: str
    position: Position


@dataclass(frozen=True, slots=True)
class Failure:
    """A statement that cannot be read or says something ill-typed; `text` is the statement as typed.

    `error` has a position. A claim that needs what a failed declaration would have said is a failure too. `refused`
    says that it stands in a display, and not in a statement, and `side` that it is one side of a chain.
    """

    error: DeriveError
    text: str
    position: Position
    refused: bool = False
    side: bool = False

    def __post_init__(self) -> None:
        self.error.without_trace()


DisplayKind: TypeAlias = Literal["claim", "definition", "assumption", "outside", "skipped", "refused"]


@dataclass(frozen=True, slots=True)
class Displayed:
    """One piece of a page's displays, with how it was understood; `end` is the line and column behind it.

    `read` is what was read, in the language: what is claimed, or the definition.
    """

    position: Position
    end: tuple[int, int]
    kind: DisplayKind
    text: str
    message: str | None = None
    read: tuple[str, ...] = ()

    def holds(self, line: int, column: int) -> bool:
        """Return whether a place stands in it."""
        return (self.position.line, self.position.column) <= (line, column) <= self.end


ProblemItem: TypeAlias = Claim | DerivationClaim | Show | Failure


@dataclass(frozen=True, slots=True)
class Problem:
    """What stands between two `problem:` lines: its items in their order, and the context at its end."""

    title: str | None
    items: tuple[ProblemItem, ...]
    context: Context
    displays: tuple[Displayed, ...] = ()

    @property
    def claims(self) -> tuple[Claim, ...]:
        """The claims, derivations among them."""
        return tuple(item for item in self.items if isinstance(item, Claim))

    @property
    def shows(self) -> tuple[Show, ...]:
        """The terms to be shown."""
        return tuple(item for item in self.items if isinstance(item, Show))

    @property
    def failures(self) -> tuple[Failure, ...]:
        """The statements that could not be read."""
        return tuple(item for item in self.items if isinstance(item, Failure))
