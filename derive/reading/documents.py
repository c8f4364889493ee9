r"""Documents: Markdown and TeX, their `derive` blocks and their displays, to problems. Decides nothing.

Declarations stand in blocks (in TeX, in `% derive:` comments) or are told by use; `read ga as \gamma` in a block says
how a name is spelled. Every display is checked, in the order in which they stand.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from derive.errors import Position, ReadingError
from derive.notation import Context
from derive.problem import Failure, Problem
from derive.reading.fences import fenced_blocks
from derive.reading.lines import Statement, Title, statements
from derive.reading.text import Reader

if TYPE_CHECKING:
    from derive.reading.latex.displays import Display

_READ = re.compile(
    r"\s*(?P<name>[^\W\d]\w*)\s*(?:\[(?P<letters>[\w\s,]*)\])?\s+as\s+(?P<spelling>\S.*)", re.DOTALL
)


def read_document(text: str, file: str, tex: bool) -> list[Problem]:
    """Return the problems of a document: those of its blocks, with every display as a derivation.

    What cannot be read is a `Failure` among the items, at its place; what stands around it is read.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    blocks = _statements_of_tex(text) if tex else fenced_blocks(text)
    if not tex and "$$" not in text and "\\[" not in text and "\\begin" not in text and "math" not in text:
        from derive.reading.text import read

        return read(blocks, file)
    return _Document(text, file, tex).problems(blocks)


def _statements_of_tex(text: str) -> str:
    from derive.reading.latex.displays import statements_of_tex

    return statements_of_tex(text)


class _Document:
    """Reads blocks and displays in the order of their lines."""

    def __init__(self, text: str, file: str, tex: bool) -> None:
        from derive.reading.latex.chains import Chains
        from derive.reading.latex.displays import displays
        from derive.reading.latex.lines import Source

        self.source = Source(text, file)
        self.displays = list(displays(self.source, tex))
        self.size = _size_above(text)
        self.reader = Reader(None)
        self.chains = Chains(self.reader.declared, self.reader.items, self.size)
        self.found: list[Problem] = []

    def problems(self, blocks: str) -> list[Problem]:
        """Return the problems."""
        waiting = list(self.displays)
        gathered: list[Display] = []
        try:
            for statement in statements(blocks, self.source.file):
                line = statement.line
                while waiting and waiting[0].line < line:
                    gathered.append(waiting.pop(0))
                if gathered:
                    self._read_displays(gathered)
                    gathered = []
                self._read_statement(statement)
        except ReadingError as wrong:
            at = wrong.position or Position(self.source.file, 1, 1)
            self.reader.items.append(Failure(wrong, "", at))
        self._read_displays(waiting)
        self.found.append(self.reader.problem())
        return [one for one in self.found if one.title is not None or one.items or one.context != Context()]

    def _read_statement(self, statement: Statement | Title) -> None:
        from derive.reading.latex.chains import Chains

        if isinstance(statement, Title):
            self.found.append(self.reader.problem())
            self.reader = Reader(statement.title)
            self.chains = Chains(self.reader.declared, self.reader.items, self.size)
        elif statement.keyword == "read":
            try:
                self._read_spelling(statement)
            except ReadingError as wrong:
                self.reader.items.append(
                    Failure(wrong, statement.typed, wrong.position or statement.position)
                )
        else:
            self.reader.read(statement)

    def _read_spelling(self, statement: Statement) -> None:
        r"""Read `read ga as \gamma` or `read o[j] as o^{(2)}_j`."""
        from derive.reading.latex.spellings import Spelling
        from derive.reading.latex.structure import structure

        found = _READ.fullmatch(statement.text)
        if found is None:
            message = "expected a name and how it is spelled: read ga as \\gamma"
            raise ReadingError(message, statement.position)
        name = found["name"]
        if self.reader.declared.kind(name) is None:
            hint = self.reader.declared.nearest(name)
            raise ReadingError(f"unknown name {name}{hint}", statement.at(1, found.start("name") + 1))
        letters = tuple(one.strip() for one in (found["letters"] or "").split(",") if one.strip())
        start = found.start("spelling")
        before = statement.text[:start]
        lines = (re.sub(r"[^\n]", " ", before) + statement.text[start:]).split("\n")
        piece = Statement(statement.file, statement.line, "", statement.column, lines, statement.sources)
        pattern = tuple(structure(piece))
        self.chains.names.spellings.append(Spelling(name, letters, pattern))

    def _read_displays(self, gathered: list[Display]) -> None:
        """Read displays that no statement stands between."""
        from derive.reading.latex.chains import Written
        from derive.reading.latex.lines import equations, in_doubt, joined

        chains: list[Written] = []
        for display in gathered:
            for read in equations(self.source, display.start, display.end, self.chains.names):
                one = in_doubt(read, display.doubt)
                if one.wrong is not None:
                    if not chains:
                        chains.append(Written())
                    chains[-1].failures.append(one.wrong)
                    continue
                if not one.continues or not chains:
                    chains.append(Written())
                when = one.when if one.continues else joined(display.when, one.when)
                chains[-1].pieces += one.pieces
                chains[-1].when += [when] * len(one.pieces)
        for place, chain in enumerate(chains):
            self.chains.later = chains[place + 1 :]
            self.chains.read(chain)
        self.chains.later = []
        self.reader.forget()


_ABOVE = re.compile(
    r"\\(?:sum|prod|Sigma)(?:\\n?o?limits|\\limits)?\s*"
    r"(?:_(?:\{[^{}]*\}|\w)\s*\^\s*\{?\s*([A-Za-z])\s*\}?|\^\s*\{?\s*([A-Za-z])\s*\}?\s*_)"
)


def _size_above(text: str) -> str:
    """Return the one name that stands above the sums of a document, for a size that nothing declares."""
    names = {first or second for first, second in _ABOVE.findall(text)}
    return names.pop() if len(names) == 1 else "n"
