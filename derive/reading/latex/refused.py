"""What a part of a display that is refused takes along: its row, and what stands behind it, unless it is a side alone.

A side that is cut off at both ends, and of which only the meaning is not clear, says nothing of the rows below. Reads
no formula.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from lark import Token, Tree

from derive.errors import Position, ReadingError, UnknownNameError
from derive.problem.problems import Displayed, Failure
from derive.problem.problems import ProblemItem as Made
from derive.reading.latex.names import Names, opened
from derive.reading.latex.signs import Place
from derive.reading.latex.structure import (
    Item,
    begin,
    is_sign,
    operation_of,
    refuse_unknown,
    row_of,
    structure,
)
from derive.reading.latex.written import Written
from derive.reading.lines import Passage

_BEHIND = "a part of this display before it could not be read"
_BESIDE = "another part of this row could not be read"


class Refused:
    """The displays of which a part was refused, from which row on; chains beside such a part are taken back."""

    def __init__(self, items: list[Made], displays: list[Displayed], lose: Callable[[Passage], None]) -> None:
        self.items = items
        self.displays = displays
        self.lose = lose
        self._from: dict[int, Place] = {}
        self._rows: set[tuple[int, Place]] = set()
        self._read: list[tuple[Written, list[Made], int]] = []

    def behind(self, chain: Written) -> list[Failure]:
        """Return a failure for the first part that stands beside or behind one that could not be read."""
        for one, (display, row) in zip(chain.stands, chain.rows, strict=True):
            gone = (display, row) in self._rows or (display in self._from and self._from[display] <= row)
            if gone and not chain.skipped:
                return [Failure(ReadingError(_BEHIND, one.position), one.text, one.position)]
        return []

    def note(self, chain: Written, made: list[Made]) -> None:
        """Note what was made of a chain, which is listed next; what ends in other displays is never taken back."""
        displays = {display for display, _ in chain.rows}
        self._read = [one for one in self._read if one[0].rows[-1][0] in displays]
        self._read.append((chain, made, len(self.displays)))

    def beside(self, chain: Written, failures: Sequence[Failure]) -> None:
        """Refuse the chains of which a part stands in the same row as one that could not be read."""
        for failed in failures:
            display, row = _row_of(chain, failed)
            if _is_one_side(chain, failed):
                self._rows.add((display, row))
            else:
                self._from[display] = min(row, self._from.get(display, row))
            for other, made, first in self._read:
                if other is not chain and (display, row) in other.rows:
                    self._take_back(other, made, first)

    def _take_back(self, chain: Written, made: list[Made], first: int) -> None:
        self.items[:] = [one for one in self.items if not any(one is other for other in made)]
        if chain.pieces:
            self.lose(chain.pieces[0])
        for place in range(first, first + len(chain.stands)):
            if self.displays[place].kind not in ("refused", "outside", "skipped"):
                self.displays[place] = replace(self.displays[place], kind="refused", message=_BESIDE)


@dataclass(frozen=True, slots=True)
class Cut:
    """What of a chain is not judged: all from one place on, and single rows above it."""

    place: Place | None
    rows: frozenset[tuple[int, Place]]
    chain: Written

    def judges(self, position: Position) -> bool:
        """Return whether what stands at a place is judged."""
        return self.judges_row(_row_at(self.chain, position))

    def judges_row(self, row: tuple[int, Place]) -> bool:
        """Return whether what stands in a row is judged."""
        return (self.place is None or row[1] < self.place) and row not in self.rows

    def parts(self, one: Position, other: Position) -> bool:
        """Return whether a row that is not judged stands between two places."""
        return any(_place(one) < row < _place(other) for _, row in self.rows)


def cut_of(chain: Written, failures: Sequence[Failure], whole: bool = False) -> Cut:
    """Return what of a chain is not judged; with `whole` all is left out that stands behind a failure of any kind.

    A side of which only a name is unknown was read: it says nothing of the others.
    """
    failures = [one for one in failures if not isinstance(one.error, UnknownNameError)]
    whole = whole or bool(chain.bounds)
    alone = [one for one in failures if not whole and _is_one_side(chain, one)]
    place = min((_row_of(chain, one)[1] for one in failures if one not in alone), default=None)
    return Cut(place, frozenset(_row_of(chain, one) for one in alone), chain)


def _is_one_side(chain: Written, failed: Failure) -> bool:
    r"""Return whether a failure is that of a side of which only the meaning is not clear.

    What a bar or a limit says of it, as in `2x|_{x=1} = 2`, may hold for what stands behind it.
    """
    before = [one for one in chain.pieces if _place(one.position) <= _place(failed.position)]
    if not failed.side or not before:
        return False
    piece = before[-1]
    try:
        refuse_unknown(piece)
        return not any(_RESTRICTS & set(_signs_in(one)) for one in structure(piece))
    except ReadingError:
        return False


_RESTRICTS = frozenset(
    ("|", r"\vert", r"\mid", r"\rvert", r"\lvert", "=", r"\lim", r"\to", r"\rightarrow", r"\text")
)


def _signs_in(item: Item) -> Iterator[str]:
    """Yield the signs of an item, but those below a sum."""
    if isinstance(item, Token):
        yield str(item).partition("{")[0]
        return
    base, marks = opened(item)
    kept = [base, *(one for mark, one in marks.items() if mark != "SUB")]
    for one in kept if operation_of(base, marks) is not None else item.children:
        yield from _signs_in(one)


def _row_of(chain: Written, failed: Failure) -> tuple[int, Place]:
    """Return the row of a chain in which a failure stands, with its display."""
    return _row_at(chain, failed.position)


def _row_at(chain: Written, position: Position) -> tuple[int, Place]:
    before = [one for one in chain.rows if one[1] <= _place(position)]
    return max(before, key=_where) if before else chain.rows[0]


def _where(row: tuple[int, Place]) -> Place:
    return row[1]


def _place(position: Position) -> Place:
    return position.line or 1, position.column or 1


def refuse_relations(items: Sequence[Item], piece: Passage, names: Names) -> None:
    r"""Refuse a relation in a script that is more than what a sum runs over: `\sum_{a = 3b} a`."""
    for item in items:
        if not isinstance(item, Tree):
            continue
        inside = row_of(item.children[-1]) if item.data == "script" else []
        place = next((place for place, one in enumerate(inside) if is_sign(one, "=")), None)
        if place is not None:
            found = names.alone(inside[:place], piece)
            if found is None or names.declared.kind(str(found.name)) not in (None, "label"):
                line, column, _ = begin(inside[place])
                message = "this relates more than an index, and is read nowhere; write it by itself"
                raise ReadingError(message, piece.at(line, column))
        refuse_relations(item.children, piece, names)
