"""What a part of a display that is refused takes along: its row, and what stands behind it. Reads no formula."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from lark import Tree

from derive.errors import Position, ReadingError, UnknownNameError
from derive.problem.problems import Displayed, Failure
from derive.problem.problems import ProblemItem as Made
from derive.reading.latex.names import Names
from derive.reading.latex.signs import Place
from derive.reading.latex.structure import Item, begin, is_sign, row_of
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
        self._read: list[tuple[Written, list[Made], int]] = []

    def behind(self, chain: Written) -> list[Failure]:
        """Return a failure for the first part that stands beside or behind one that could not be read."""
        for one, (display, row) in zip(chain.stands, chain.rows, strict=True):
            if display in self._from and self._from[display] <= row and not chain.skipped:
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


def cut_of(chain: Written, failures: Sequence[Failure]) -> Place | None:
    """Return where the first row begins that could not be read; nothing from there on is judged.

    A side of which only a name is unknown was read: it says nothing of the others.
    """
    read = (one for one in failures if not isinstance(one.error, UnknownNameError))
    return min((_row_of(chain, one)[1] for one in read), default=None)


def _row_of(chain: Written, failed: Failure) -> tuple[int, Place]:
    """Return the row of a chain in which a failure stands, with its display."""
    before = [one for one in chain.rows if one[1] <= _place(failed.position)]
    return max(before, key=_where) if before else chain.rows[0]


def is_before(position: Position, cut: Place | None) -> bool:
    """Return whether something stands before the row from which on nothing is judged."""
    return cut is None or _place(position) < cut


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
