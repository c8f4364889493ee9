"""Where a page defines each name, and where it says something else of it: then it is not clear which is meant.

Reads nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from derive.errors import ReadingError
from derive.problem.problems import Saying
from derive.terms import Equation


@dataclass(frozen=True, slots=True)
class _Other:
    """A definition that differs from one before it, as written; `equation` says that the two mean the same."""

    before: int
    line: int
    equation: Equation | None


@dataclass(slots=True)
class DefinedAgain:
    """The definitions of the names of a page, each with its line and the section in which it stands."""

    _sections: dict[str, dict[int, int]] = field(default_factory=dict)
    _others: dict[str, list[_Other]] = field(default_factory=dict)
    _made_of: dict[str, str] = field(default_factory=dict)

    def note_made(self, name: str, of: str) -> None:
        """Note that the definition of a name is that of another one, put in: it changes with that."""
        self._made_of[name] = of

    def note(self, name: str, line: int, section: int) -> None:
        """Note that a line defines a name."""
        self._sections.setdefault(name, {})[line] = section

    def note_other(self, name: str, before: int, line: int, equation: Equation | None) -> None:
        """Note that a line defines a name otherwise than one before; no equation says that they cannot be the same."""
        self._others.setdefault(name, []).append(_Other(before, line, equation))

    def sayings(self, names: Collection[str], section: int) -> Iterator[Saying]:
        """Yield what stands against a verdict on names in a section that does not itself say which meaning is meant.

        In a section with one definition that one is in force.
        """
        for name in sorted({*names, *(self._made_of[one] for one in names if one in self._made_of)}):
            if list(self._sections.get(name, {}).values()).count(section) == 1:
                continue
            for one in self._others.get(name, ()):
                told = f"{name} is defined in line {one.before} and differently in line {one.line}"
                yield Saying(ReadingError(f"{told}: which is meant here?"), one.equation, anew=True)
