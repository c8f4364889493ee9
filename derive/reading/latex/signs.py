"""The text of a document as signs: where each stands, of which kind it is, and which rows of a display they make."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator
from dataclasses import dataclass

from derive.errors import Position
from derive.reading.latex.symbols import BLANKS, NOTES, RELATION_SIGNS, RELATIONS, SPACES, plainly
from derive.reading.lines import Statement

_ROWS = r"align(?:ed|at)?|gather(?:ed)?|split|equation|eqnarray|multline|flalign|displaymath|math"


TOKEN = re.compile(
    rf"""
    (?P<comment>%[^\n]*)
  | (?P<rows>\\(?:begin|end)\s*\{{(?:{_ROWS})\*?\}}(?:\s*\{{\d+\}})?)
  | (?P<begin>\\begin\s*\{{[A-Za-z]+\*?\}})
  | (?P<end>\\end\s*\{{[A-Za-z]+\*?\}})
  | (?P<note>{NOTES}|{SPACES})
  | (?P<text>\\(?:text|textrm|textit|textbf|mbox|intertext|shortintertext)\s*\{{[^{{}}]*\}}
            |\{{\s*\\rm\s+[^{{}}\\]*\}})
  | (?P<defined>:\s*=|=:|[≡≜≔]|\\(?:coloneqq|triangleq|equiv)(?![A-Za-z]))
  | (?P<noted>\\(?:overset|stackrel)\s*\{{(?P<above>[^{{}}]*(?:\{{[^{{}}]*\}})?[^{{}}]*)\}}\s*(?:\{{=\}}|=))
  | (?P<opening>\\left(?![A-Za-z])\s*(?:\\[A-Za-z]+|\\.|.)|[{{(\[]|\\\{{|\\lbrace(?![A-Za-z]))
  | (?P<closing>\\right(?![A-Za-z])\s*(?:\\[A-Za-z]+|\\.|.)|[}})\]]|\\\}}|\\rbrace(?![A-Za-z]))
  | (?P<newrow>\\\\\*?(?:\s*\[\s*-?[\d.]+\s*(?:pt|em|ex|mm|cm|in)\s*\])?)
  | (?P<wide>\\q?quad(?![A-Za-z]))
  | (?P<then>\\(?:therefore|because|implies|Rightarrow|Longrightarrow|iff|Leftrightarrow)(?![A-Za-z])|[∴⇒⟹])
  | (?P<relation>\\(?:{"|".join(RELATIONS)})(?![A-Za-z])|[{"".join(RELATION_SIGNS)}]|\\not\s*=|!=)
  | (?P<blank>{BLANKS})
  | (?P<command>\\[A-Za-z]+|\\.)
  | (?P<equals>=)
  | (?P<comma>[,;])
  | (?P<amp>&)
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)


CASE_WORDS = frozenset("if when for in the case where and with all any every each".split())


class Source:
    """A text with its places: offsets to lines and columns, and pieces of it as statements."""

    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.file = file
        self._left_out: list[tuple[int, int]] = []
        self.lines = text.split("\n")
        self._starts = [0]
        for line in self.lines:
            self._starts.append(self._starts[-1] + len(line) + 1)

    def place(self, offset: int) -> tuple[int, int]:
        """Return the line and column of an offset, both from 1."""
        line = bisect.bisect_right(self._starts, offset, hi=len(self.lines)) - 1
        return line + 1, offset - self._starts[line] + 1

    def at(self, offset: int) -> Position:
        """Return the position of an offset."""
        line, column = self.place(offset)
        return Position(self.file, line, column, self.lines[line - 1])

    def leave_out(self, start: int, end: int) -> None:
        """Leave a stretch, such as the & of a table, out of the pieces around it."""
        bisect.insort(self._left_out, (start, end))

    def piece(self, start: int, end: int) -> Statement:
        """Return a stretch as a statement at its place, blanks around it left out."""
        text = self.text[start:end]
        for first, last in self._left_out[bisect.bisect_left(self._left_out, (start,)) :]:
            if first >= end:
                break
            if last <= end:
                blank = re.sub(r"[^\n]", " ", self.text[first:last])
                text = text[: first - start] + blank + text[last - start :]
        start += len(text) - len(text.lstrip())
        text = text.strip()
        line, column = self.place(start)
        lines = text.split("\n")
        sources = self.lines[line - 1 : line - 1 + len(lines)]
        return Statement(self.file, line, "", column, lines, sources, blank=column - 1)


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign of a row; `depth` says within how many brackets, `script` whether within a script."""

    kind: str
    text: str
    start: int
    end: int
    depth: int
    script: bool = False


PLAIN_WORDS = frozenset(
    "we have get find obtain see then so thus hence therefore and that is this it gives yields which follows from by "
    "using with since as before again becomes now the chain product quotient rule first second".split()
)


RELATED = ("equals", "defined", "noted", "relation")


def signs_in_rows(source: Source, start: int, end: int) -> Iterator[list[Sign]]:
    """Yield the signs of each row, those that say nothing left out."""
    text = source.text
    scripts: list[bool] = []  # of the brackets that are open, whether they are a script or stand in one
    row: list[Sign] = []
    before = ""
    for found in TOKEN.finditer(text, start, end):
        kind = found.lastgroup or "other"
        if kind == "text" and _is_name(text, found):
            kind = "command"
        if kind in ("closing", "end") and scripts:
            scripts.pop()
        if kind == "newrow" and not scripts:
            if row:
                yield row
            row = []
        elif not scripts and kind in ("rows", "amp"):
            source.leave_out(found.start(), found.end())
        elif kind not in ("comment", "note", "blank"):
            script = bool(scripts) and scripts[-1]
            row.append(Sign(kind, found[0], found.start(), found.end(), len(scripts), script))
        if kind in ("opening", "begin"):
            scripts.append(before in ("_", "^") or (bool(scripts) and scripts[-1]))
        before = found[0] if kind not in ("comment", "note", "blank") else before
    if row:
        yield row


def _is_name(text: str, found: re.Match[str]) -> bool:
    r"""Return whether words are a name in a formula, as in `\text{loss} = …` or `\text{softmax}(s)_i`."""
    words = words_of(found[0])
    if len(words) != 1 or set(words) & (CASE_WORDS | PLAIN_WORDS | _NO_NAMES):
        return False
    before, after = text[: found.start()].rstrip()[-1:], text[found.end() :].lstrip()
    return before in ("=", "+", "-", "(") or after.startswith(("(", "_", "^", "=", "+", "-", r"\left"))


_NO_NAMES = frozenset(
    "not no unless except only assuming assume given suppose provided otherwise or nor".split()
)


def words_of(text: str) -> list[str]:
    r"""Return the words of `\text{…}` in small letters, those of cases in English; of others nothing is left."""
    inside = text[text.index("{") + 1 : text.rindex("}")].replace(r"\rm", " ")
    spoken = plainly(re.sub(r"\$[^$]*\$|\\[A-Za-z]+", " ", inside))
    return [word for word in re.split(r"[^a-z]+", spoken) if word]
