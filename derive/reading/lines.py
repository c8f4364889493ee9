"""A text cut into statements: comments off, continuations joined, blocks gathered. Parses no formula."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from derive.errors import Position, ReadingError

MAX_TEXT = 1_000_000
MAX_STATEMENT = 50_000

_PROBLEM = re.compile(r"\s*problem\s*:(.*)")
_WORD = re.compile(r"\s*([^\W\d]\w*)?")
# Signs that would disturb a terminal or cannot be encoded are shown as U+FFFD.
_UNSHOWN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


@lru_cache(maxsize=16)  # many places may be on one long line
def _shown(source: str) -> str:
    return _UNSHOWN.sub("\ufffd", source)


@dataclass(slots=True)
class Passage:
    """A statement, or a part of a display, with its lines.

    `text` keeps every character at its line and column, its keyword blanked. `line` is the number of the first line,
    before which `blank` columns are left out: of a long line with many statements each would keep them. `block` holds
    the lines of a derivation.
    """

    file: str
    line: int
    keyword: str
    column: int
    lines: list[str]
    sources: list[str]
    block: list[Passage] = field(default_factory=list)
    blank: int = 0

    @property
    def text(self) -> str:
        """The statement without its keyword and without comments."""
        return " " * self.blank + "\n".join(self.lines)

    @property
    def typed(self) -> str:
        """The statement without its keyword, on one line."""
        return " ".join(self.text.split())

    @property
    def position(self) -> Position:
        """The place of the keyword, or of the first sign where there is none."""
        return self.at(1, self.column)

    def at(self, line: int, column: int) -> Position:
        """Return a place given by a line and column of `text`, both from 1."""
        source = self.sources[line - 1] if line <= len(self.sources) else ""
        return Position(self.file, self.line + line - 1, column, _shown(source))

    def end(self) -> Position:
        """Return the place behind the last sign of the statement."""
        last = self.text.split("\n")[-1].rstrip()
        keyword = self.column + len(self.keyword) - 1 if len(self.lines) == 1 else 0
        return self.at(len(self.lines), max(len(last), keyword) + 1)

    def extend(self, number: int, line: str, source: str) -> None:
        """Append a line of the file; blank lines in between are kept as such."""
        missing = number - self.line - len(self.lines)
        self.lines += [""] * missing + [line]
        self.sources += [""] * missing + [source]


@dataclass(slots=True)
class Title:
    """A line `problem: TITLE`, and its number."""

    title: str | None
    line: int = 0


def statements(text: str, file: str) -> Iterator[Passage | Title]:
    """Yield the statements of a text in their order.

    Raises:
        ReadingError: the text is longer than a problem can sensibly be.
    """
    if len(text) > MAX_TEXT:
        raise ReadingError(f"the text is longer than {MAX_TEXT} characters", Position(file, 1, 1))
    last: Passage | None = None
    for number, source in enumerate(_physical(text), 1):
        line = source.partition("#")[0].rstrip()
        if not line.strip():
            continue
        indent = len(line) - len(line.lstrip())
        if last is not None and _belongs_to_block(last, line, indent):
            _extend_block(last, number, line, source)
        elif last is not None and line[indent] == "=":
            last.extend(number, line, source)
        else:
            if last is not None:
                yield last
            found = _PROBLEM.fullmatch(line)
            last = None if found else _begin(file, number, line, source)
            if found:
                yield Title(found[1].strip() or None, number)
    if last is not None:
        yield last


def whole(text: str, file: str) -> Passage:
    """Return a text that is one formula as a statement without a keyword."""
    if len(text) > MAX_STATEMENT:
        raise ReadingError(f"the formula is longer than {MAX_STATEMENT} characters", Position(file, 1, 1))
    sources = list(_physical(text)) or [""]
    lines = [source.partition("#")[0].rstrip() for source in sources]
    return Passage(file, 1, "", 1, lines, sources)


def _physical(text: str) -> list[str]:
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _begin(file: str, number: int, line: str, source: str) -> Passage:
    found = _WORD.match(line)
    word = found[1] or "" if found else ""
    start = len(line) - len(line.lstrip())
    rest = line[:start] + " " * len(word) + line[start + len(word) :]
    return Passage(file, number, word, start + 1, [rest], [source])


def _belongs_to_block(last: Passage, line: str, indent: int) -> bool:
    return last.keyword == "derivation" and (indent + 1 > last.column or line[indent] == "=")


def _extend_block(last: Passage, number: int, line: str, source: str) -> None:
    indent = len(line) - len(line.lstrip())
    last.block.append(Passage(last.file, number, "", indent + 1, [line], [source]))
