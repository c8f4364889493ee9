"""Messages: sentences and lists with formulas in them, as pieces that each writer puts in its own notation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Self, TypeAlias

from derive.terms import Compare, Context, Entry, Equation, Hypothesis, Index, IndexRelation, Term


@dataclass(frozen=True, slots=True)
class Matrix:
    """Terms set side by side: a gradient as a column, or the rows of a Jacobian."""

    rows: tuple[tuple[Term, ...], ...]

    def __str__(self) -> str:
        rows = [", ".join(map(str, row)) for row in self.rows]
        return f"({', '.join(rows if len(self.rows[0]) == 1 else (f'({row})' for row in rows))})"


Formula: TypeAlias = Term | Equation | Compare | Hypothesis | Index | IndexRelation
"""What a writer puts in mathematical notation."""

Piece: TypeAlias = str | Formula
"""Words as they are said, or a formula."""


class Message(str):
    """A sentence, or a part of one, with formulas in it: a string, which remembers what it was made of.

    As a string it has its formulas in the notation of the text language. Writers go by `pieces`: words, and formulas
    as the terms that they are. Whatever is cut out of the string is words alone.

    >>> from derive.terms import Entry, Index
    >>> told = say("the derivative by {} is left out", Entry("s", (Index("i", "n"),)))
    >>> told
    'the derivative by s[i] is left out'
    >>> told.pieces[1]
    Entry(name='s', indices=(Index(name='i', dim='n'),))
    """

    __slots__ = ("pieces",)
    pieces: tuple[Piece, ...]

    def __new__(cls, *pieces: Piece) -> Self:
        """Return the message of these pieces in a row; a message among them counts as its own pieces."""
        flat: list[Piece] = []
        for piece in _flattened(pieces):
            if isinstance(piece, str) and flat and isinstance(flat[-1], str):
                flat[-1] += piece
            elif piece != "":
                flat.append(piece)
        message = super().__new__(cls, "".join(map(str, flat)))
        message.pieces = tuple(flat)
        return message

    def __getnewargs__(self) -> tuple[Piece, ...]:  # type: ignore[override] # a string has one part, this has several
        return self.pieces

    def sentence(self) -> Message:
        """Return the message as a sentence of its own: with a capital, unless a formula begins it, and a full stop."""
        first, *rest = self.pieces or ("",)
        if isinstance(first, str) and (
            first[1:2].islower() or first[:2] == "a "
        ):  # a name of one letter stays
            first = first[0].upper() + first[1:]
        *rest, last = first, *rest
        return Message(*rest, last.rstrip(" .") + "." if isinstance(last, str) else Message(last, "."))


def say(words: str, *of: Piece) -> Message:
    """Return words as a message, with something in the place of each `{}`.

    Raises `ValueError` if there are not as many places as there is to put in.
    """
    first, *rest = words.split("{}")
    if len(rest) != len(of):
        raise ValueError(f"{len(rest)} places for {len(of)} pieces: {words}")
    between = (piece for pair in zip(of, rest, strict=True) for piece in pair)
    return Message(first, *between)


def joined(messages: Iterable[Piece], between: str = ", ") -> Message:
    """Return messages one after the other, with words between them."""
    first, *rest = [*messages] or [""]
    return Message(first, *(piece for one in rest for piece in (between, one)))


def hypotheses_told(names: Iterable[str], context: Context) -> tuple[Message, ...]:
    """Return hypotheses as messages, of the names that a theorem has for them: as typed, or `simplex q` as declared."""
    given = {str(one): Message(one) for one in context.hypotheses}
    declared = {
        f"{one.kind} {one.name}": Message(f"{one.kind} ", Entry(one.name))
        for one in context.variables.values()
    }
    return tuple(given.get(name) or declared.get(name) or Message(name) for name in names)


def pieces_of(text: str) -> tuple[Piece, ...]:
    """Return the pieces of a message, of plain text itself."""
    return text.pieces if isinstance(text, Message) else (text,)


def _flattened(pieces: Iterable[Piece]) -> Iterator[Piece]:
    for piece in pieces:
        if isinstance(piece, Message):
            yield from piece.pieces
        else:
            yield piece
