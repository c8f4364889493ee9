"""What an editor has open, as texts to be checked: a file, or the cells of a notebook one after the other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Literal
from urllib.parse import unquote, urlsplit

from derive.reading.sources import SourceFile

Notation = Literal["", ".md", ".tex"]
"""In what a text is written: the language of `derive`, or a page, by its usual ending."""

BY_ENDING: dict[str, Notation] = {".drv": "", ".md": ".md", ".markdown": ".md", ".tex": ".tex"}
BY_LANGUAGE: dict[str, Notation] = {"derive": "", "markdown": ".md", "latex": ".tex", "tex": ".tex"}


def notation_of(uri: str, language: str | None) -> Notation | None:
    """Return in what a text is written, by the ending of its name or else by its language; `None` if in neither.

    >>> notation_of("file:///home/a/loss.drv", "plaintext"), notation_of("untitled:1", "latex")
    ('', '.tex')
    """
    ending = PurePosixPath(unquote(urlsplit(uri).path)).suffix.lower()
    return BY_ENDING.get(ending, BY_LANGUAGE.get(language or ""))


def lines_of(text: str) -> tuple[str, ...]:
    """Return the lines of a text as editors count them."""
    return tuple(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))


@dataclass(frozen=True, slots=True)
class PagePart:
    """A document of the editor in a certain version; the first of its lines has the number `first` on the page."""

    uri: str
    version: int | None
    first: int
    lines: tuple[str, ...]

    def line(self, number: int) -> str:
        """Return a line by its number on the page, empty behind the last."""
        return self.lines[number - self.first] if self.holds(number) else ""

    def holds(self, number: int) -> bool:
        """Return whether a line of the page is one of this part."""
        return self.first <= number < self.first + len(self.lines)


@dataclass(frozen=True, slots=True)
class OpenPage:
    """Documents that are read as one text, under a key that stays when they change."""

    key: str
    notation: Notation
    parts: tuple[PagePart, ...] = field(default=())

    @classmethod
    def of(cls, key: str, notation: Notation, documents: Iterable[tuple[str, int | None, str]]) -> OpenPage:
        """Return the page of documents, each its address, version and text, with an empty line between two."""
        parts: list[PagePart] = []
        first = 1
        for uri, version, text in documents:
            lines = lines_of(text)
            parts.append(PagePart(uri, version, first, lines))
            first += len(lines) + 1
        return cls(key, notation, tuple(parts))

    @property
    def source(self) -> SourceFile:
        """The page as a text to read."""
        text = "\n\n".join("\n".join(part.lines) for part in self.parts)
        return SourceFile(PurePosixPath(unquote(urlsplit(self.key).path)).name, text, self.notation or None)

    def part(self, line: int) -> PagePart | None:
        """Return the part on which a line of the page stands."""
        return next((part for part in self.parts if part.holds(line)), None)
