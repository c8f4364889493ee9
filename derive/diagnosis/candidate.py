"""What a diagnosis is made of: a known mistake, what is said of it, and the equations that must hold to say so."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeAlias, TypeVar

from derive.report.message import Message, Piece, say
from derive.terms import (
    ONE,
    Add,
    Context,
    Delta,
    Derivative,
    Entry,
    Equation,
    Index,
    Multiply,
    Number,
    Term,
    add,
    arrays,
    multiply,
    rebuild,
    unfold,
)


@dataclass(frozen=True, slots=True)
class Through:
    """A chain rule through a defined array that was misused: what of its Jacobian D(entry, by) was left of it.

    Only the part where `at` holds was used: it says which index of the array stands at which index of the claim.
    With `dropped` just that part is missing. `inner` stands where the Jacobian's entries belong, and `outer`
    where D(body, entry) does, if they are not those themselves.
    """

    body: Term
    entry: Entry
    by: Entry
    at: tuple[tuple[Index, Index], ...] = ()
    dropped: bool = False
    inner: Term | None = None
    outer: Term | None = None


@dataclass(frozen=True, slots=True)
class Assertion:
    """What is said of a mistake, and what that asserts.

    That the mistake comes to the claim is the equation of its candidate. What the words assert beside that is
    stated here, an equation or, of a term alone, that it equals what was claimed; without a theorem for each of
    these `otherwise` is said, and if there is none, nothing.
    """

    message: Message
    states: tuple[Equation | Term, ...] = ()
    otherwise: Assertion | None = None

    def __str__(self) -> str:
        return str(self.message)

    def stating(self, *states: Equation | Term, otherwise: Assertion | None = None) -> Assertion:
        """Return the sentence with what it asserts, and with what is said if that is not proved."""
        return replace(self, states=(*self.states, *states), otherwise=otherwise)

    def about(self, claimed: Term) -> Assertion:
        """Return the sentence with all that it asserts as equations, of what was claimed too."""
        states = [one if isinstance(one, Equation) else Equation(one, claimed) for one in self.states]
        other = None if self.otherwise is None else self.otherwise.about(claimed)
        return replace(self, states=tuple(states), otherwise=other)


def sentence(words: str, *of: Piece) -> Assertion:
    """Return a sentence that asserts no more than that the mistake comes to the claim: words, with `{}` for pieces."""
    return Assertion(say(words, *of))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A mistake that may have been made. `equation`, in `context`, is what the kernel must prove to say so.

    For a mistaken derivation it is "mistaken derivative = the claim's right side"; for a mistake in the last
    line it is "left side = right side without the mistake", and `taken_back`.
    """

    mistake: str
    said: Assertion
    equation: Equation
    context: Context
    corrected: Term | None = None
    """The claim's right side as it would stand without the mistake, where the mistake is one in a line as written."""
    through: Through | None = None
    taken_back: bool = False


@dataclass(frozen=True, slots=True)
class Mistake:
    """A term as it comes out with one mistake made, with the mistake's name and a sentence about it.

    `right` is what stands there without the mistake, where that is worth writing out.
    """

    name: str
    said: Assertion
    term: Term
    right: Term | None = None
    through: Through | None = None


Made: TypeAlias = Iterator[tuple[Term, tuple[Piece, ...]]]
"""What comes out, or what belongs in a place, and what the sentence about it speaks of."""

Around = TypeVar("Around")
"""What a row has to know of the place: a scope, or derivatives."""


@dataclass(frozen=True, slots=True)
class KnownMistake(Generic[Around]):
    """A known mistake: its name, what is said of it, and what it makes of a term.

    `states` yields what the words assert, from the term and what they speak of; where that is not proved, `plain`
    is said, which speaks of the first of these alone.

    A new mistake is a new row of a table. This one, a sum for a product, is among those of a line:

        KnownMistake("sum and product confused", "{} stands where {} belongs", edit)
    """

    name: str
    words: str
    edit: Callable[[Term, Around], Made]
    states: Callable[..., Iterable[Equation | Term]] | None = None
    plain: str | None = None

    def mistakes(self, node: Term, around: Around) -> Iterator[Mistake]:
        """Yield the mistake, in each way in which it is made in a term."""
        for made, of in self.edit(node, around):
            said = sentence(self.words, *of)
            if self.states is not None:
                plain = None if self.plain is None else sentence(self.plain, *of[: self.plain.count("{}")])
                said = said.stating(*self.states(node, around, *of), otherwise=plain)
            yield Mistake(self.name, said, made)


def replace_term(node: Term, old: Term, new: Term) -> Term:
    """Return the term with every occurrence of `old` replaced."""
    if node == old:
        return new
    return rebuild(node, lambda child: replace_term(child, old, new))


def mistakes_at(node: Term, edit: Callable[[Term], Iterable[Mistake]]) -> Iterator[Mistake]:
    """Yield the mistakes that an edit makes at each place of a term, each with the whole term in which it is made."""
    yield from edit(node)
    if not isinstance(node, Derivative):
        for number, child in enumerate(parts(node)):
            for one in mistakes_at(child, edit):
                yield replace(one, term=with_part(node, number, one.term))


def parts(node: Term) -> list[Term]:
    """Return the terms directly inside a term, in the order in which `rebuild` visits them."""
    found: list[Term] = []

    def note(child: Term) -> Term:
        found.append(child)
        return child

    rebuild(node, note)
    return found


def with_part(node: Term, number: int, new: Term) -> Term:
    """Return the term with one of its parts, by number, replaced."""
    return with_parts(node, [new if place == number else part for place, part in enumerate(parts(node))])


def with_parts(node: Term, new: Sequence[Term]) -> Term:
    """Return the term with its parts replaced, in their order."""
    following = iter(new)
    if isinstance(node, Add):
        return add(*new)
    if isinstance(node, Multiply) and any(one == ONE or isinstance(one, Multiply) for one in new):
        return multiply(*(one for one in new if one != ONE))
    return rebuild(node, lambda _: next(following))


def set_deltas(node: Term, value: Number, pairs: frozenset[frozenset[Index]]) -> Term:
    """Return the term with the deltas of these pairs of indices replaced by a number."""
    match node:
        case Delta(left, right) if frozenset((left, right)) in pairs:
            return value
        case _:
            return rebuild(node, lambda child: set_deltas(child, value, pairs))


def varies(node: Term, name: str, context: Context) -> bool:
    """Return whether a term depends on an array of this name, through definitions too."""
    return name in arrays(unfold(node, context.definitions, frozenset((name,))))


def letter_for(dim: str, taken: set[str | int]) -> Index:
    """Return an index over a dimension with a letter that is not taken, and take it."""
    letters = [c for c in "jklmabcdefghipqrstuvwxyz" if c not in taken]
    name = letters[0] if letters else next(f"j_{k}" for k in range(1, 1000) if f"j_{k}" not in taken)
    taken.add(name)
    return Index(name, dim)
