r"""Names directly before a bracket, as in `g(wx + b)`: which of them are numbers, and so factors.

A page multiplies by a number and applies a function, and writes both in the same way. A name that nothing declares is
taken for a number if the page uses or calls it so, or if its letter is one that is seldom a function. Anything else is
left open. Reads no formula.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from derive.reading.latex.symbols import ACCENTS
from derive.reading.latex.vocabulary import word_set

_NUMBERS = word_set("joining", "letters_of_numbers")


@dataclass(slots=True)
class Factors:
    """What a page tells of the names that it may multiply by.

    `inferred` are those that nothing declares, `sure` those that are numbers by their use and `likely` those that are
    unless the text says otherwise. By their letters `told` are those that the text calls numbers, and `doubted` those
    of which it says what may be said of a function, each with the word.
    """

    inferred: AbstractSet[str] = frozenset()
    sure: AbstractSet[str] = frozenset()
    likely: AbstractSet[str] = frozenset()
    told: AbstractSet[str] = frozenset()
    doubted: dict[str, str] = field(default_factory=dict)

    def why_open(self, name: str, step: bool = False) -> str | None:
        """Return why a name may be a function, "" if nothing tells, None if it is a number.

        With a `step` such as `t - 1` in the bracket it may be a sequence, whatever its letter.
        """
        if name not in self.inferred or name in self.sure:
            return None
        letter = _written(name)
        if letter in self.doubted:
            return f', of which the text says "{self.doubted[letter]}",'
        if name in self.likely or letter in self.told:
            return None
        return None if letter.partition(" ")[0] in _NUMBERS and not step else ""


def _written(name: str) -> str:
    """Return the letter with which a page writes a name, with its accent."""
    base, _, accent = name.rpartition("_")
    return f"{base} {accent}" if accent in ACCENTS.values() else name.partition("_")[0]
