r"""Names that a chain introduces on its way: `a = b =: c`, `\log y = u - v := -E`. Reads no formula.

What stands behind such a sign is no link of the chain: it says what a name means, or a name stands before the sign.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from derive.errors import ReadingError
from derive.reading.latex.names import key_of, opened
from derive.reading.latex.signs import Lexeme, Source
from derive.reading.latex.structure import shape, structure
from derive.reading.latex.uses import is_mark
from derive.reading.lines import Passage

Stretch = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Introduced:
    """A name with what it is said to mean; with `negative` that is its negative. No value is the side before the row.

    `start` and `end` are where it stands.
    """

    name: Passage
    value: Passage | None
    negative: bool
    start: int
    end: int

    def values(self, before: Sequence[Passage]) -> list[Passage]:
        """Return the value, which is the last of the sides before if none stands beside the name."""
        return [self.value] if self.value is not None else list(before[-1:])


def introduced(
    source: Source, stretches: Sequence[Stretch], signs: Sequence[Lexeme], defining: Sequence[int]
) -> tuple[list[Introduced], set[int]]:
    """Return the names that signs inside a chain introduce, and the stretches that are no sides of it.

    Signs are numbered as the stretches before them; the first stretch is empty where a row above goes on.

    Raises:
        ReadingError: what stands beside such a sign is no name, or two names of which either might be meant.
    """
    found: list[Introduced] = []
    apart: set[int] = set()
    for place in defining:
        before, behind = stretches[place], stretches[place + 1]
        value = source.piece(*before)
        name = _name(source, behind)
        other = _name(source, before) if place and signs[place].text != "=:" else None
        if name is None and signs[place].text == "=:":
            name = source.piece(*behind), False  # a formula with new names: it is refused by itself
        if (name is None) == (other is None):
            message = "a definition inside a chain: write what is defined first, and by itself"
            raise ReadingError(message, source.at(signs[place].start))
        if name is not None:
            apart.add(place + 1)
            piece, negative = name
            found.append(
                Introduced(piece, value if value.typed else None, negative, signs[place].start, behind[1])
            )
        elif other is not None and not other[1]:
            found.append(Introduced(other[0], source.piece(*behind), False, *before))
    return found, apart


def _name(source: Source, stretch: Stretch) -> tuple[Passage, bool] | None:
    """Return the name that stands alone in a stretch, and whether a minus is before it; brackets may be behind it."""
    text = source.text[slice(*stretch)]
    sign = re.match(r"[\s{}&]*[-−]", text)
    piece = source.piece(stretch[0] + (sign.end() if sign else 0), stretch[1])
    try:
        items = structure(piece)
    except ReadingError:
        return None
    base, marks = opened(items[0]) if items else (None, {})
    power = "SUP" in marks and not is_mark(marks["SUP"])
    named = base is not None and key_of(base) is not None and not power
    alone = len(items) == 1 or (len(items) == 2 and shape(items[1]) == "fence")
    return (piece, sign is not None) if named and alone else None
