"""The text of a document as signs: where each stands, of which kind it is, and which rows of a display they make."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from derive.errors import Position
from derive.reading.latex.symbols import BLANKS, NOTES, RELATION_SIGNS, RELATIONS, SPACES, plainly
from derive.reading.lines import Passage

Place = tuple[int, int]
"""A line and a column."""

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

    def offset(self, line: int, column: int) -> int:
        """Return the offset of a line and column."""
        return self._starts[line - 1] + column - 1

    def at(self, offset: int) -> Position:
        """Return the position of an offset."""
        line, column = self.place(offset)
        return Position(self.file, line, column, self.lines[line - 1])

    def leave_out(self, start: int, end: int) -> None:
        """Leave a stretch, such as the & of a table, out of the pieces around it."""
        bisect.insort(self._left_out, (start, end))

    def piece(self, start: int, end: int) -> Passage:
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
        return Passage(self.file, line, "", column, lines, sources, blank=column - 1)


@dataclass(frozen=True, slots=True)
class Lexeme:
    """One lexeme of a row, with its kind; `depth` says within how many brackets, `script` whether within a script."""

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


def signs_in_rows(source: Source, start: int, end: int) -> Iterator[list[Lexeme]]:
    """Yield the signs of each row, those that say nothing left out."""
    for row in _rows(source, start, end):
        kept = [
            replace(sign, kind="wide") if sign.kind in ("amp", "room") else sign
            for place, sign in enumerate(row)
            if sign.kind not in _MADE or _parts(row, place)
        ]
        if kept:
            yield kept


def _rows(source: Source, start: int, end: int) -> Iterator[list[Lexeme]]:
    """Yield the signs of each row, with marks of columns and room as wide as half an em among them."""
    text = source.text
    scripts: list[bool] = []  # of the brackets that are open, whether they are a script or stand in one
    row: list[Lexeme] = []
    before, room = "", 0.0
    for found in TOKEN.finditer(text, start, end):
        kind = found.lastgroup or "other"
        if kind == "text" and _is_name(text, found):
            kind = "command"
        if kind in ("comment", "note", "blank"):
            room += _room(found[0])
            continue
        if room >= _NARROW and not (kind == "wide" or (kind == "closing" and _is_empty(row, scripts))):
            made_by = "room" if room >= _WIDE else "narrow"
            row.append(Lexeme(made_by, found[0], found.start(), found.start(), len(scripts)))
        if kind == "closing" and _is_empty(row, scripts) and not scripts[-1]:
            made = _only_room(row, found, len(scripts) - 1, room)
            if made is not None:
                scripts.pop()
                row.append(made)
                room = 0.0
                continue
        room = 0.0
        if kind in ("closing", "end") and scripts:
            scripts.pop()
        if kind == "newrow" and not scripts:
            if row:
                yield row
            row = []
        elif not scripts and kind in ("rows", "amp"):
            source.leave_out(found.start(), found.end())
            if kind == "amp":
                row.append(Lexeme(kind, found[0], found.start(), found.end(), 0))
        else:
            script = bool(scripts) and scripts[-1]
            row.append(Lexeme(kind, found[0], found.start(), found.end(), len(scripts), script))
        if kind in ("opening", "begin"):
            scripts.append(before in ("_", "^") or (bool(scripts) and scripts[-1]))
        before = found[0]
    if row:
        yield row


def _is_empty(row: list[Lexeme], scripts: list[bool]) -> bool:
    """Return whether the braces that are open hold room alone."""
    inside = next((sign for sign in reversed(row) if sign.kind not in ("wide", "room")), None)
    return bool(scripts) and inside is not None and inside.text == "{" and inside.depth == len(scripts) - 1


def _only_room(row: list[Lexeme], closing: re.Match[str], depth: int, room: float) -> Lexeme | None:
    """Return braces that hold nothing but wide room as that, and take their beginning from the row."""
    opening = max(place for place, sign in enumerate(row) if sign.kind == "opening")
    if room < _WIDE and opening == len(row) - 1:
        return None
    start = row[opening].start
    del row[opening:]
    return Lexeme("wide", closing[0], start, closing.end(), depth)


_WIDE = 9.0
"""Room from which on what stands on both sides is apart, in eighteenths of an em: half an em."""
_NARROW = 6.0
r"""Room from which on it may be, such as `~` or `\:\:` between what might be two equations."""
_ROOM = {
    r"\,": 3, r"\:": 4, r"\;": 5, r"\ ": 6, "\\\n": 6, "~": 6, r"\!": -3, r"\thinspace": 3, r"\enspace": 9,
    r"\hfill": 99,
}  # fmt: skip
_UNITS = {"em": 18, "ex": 8, "pt": 1.8, "mm": 5.1, "cm": 51, "in": 130, "mu": 1, "pc": 22}


def _room(text: str) -> float:
    r"""Return how much room a blank or a note makes, in eighteenths of an em; `\phantom{x}` makes some."""
    if text.startswith((r"\phantom", r"\hphantom")):
        return 99
    if text.startswith(r"\hspace"):
        found = re.search(r"\{\s*(-?[\d.]+)\s*([a-z]+)\s*\}", text)
        return float(found[1]) * _UNITS.get(found[2], 99) if found and found[1].count(".") < 2 else 99
    return _ROOM.get(text, 0)


APART = ("comma", "wide", "text", "then")
"""Kinds of signs that part what stands on both sides of them."""
OPERATORS = frozenset(("+", "-", "−", "/", "*", "×", "·", r"\cdot", r"\times", r"\odot", r"\pm", r"\mp"))


_MADE = ("amp", "room", "narrow")


def _parts(row: list[Lexeme], place: int) -> bool:
    """Return whether a mark of columns, or room, parts what stands beside it: not beside a relation or an operator."""
    before, after = _beside(reversed(row[:place])), _beside(row[place + 1 :])
    if row[place].depth or before is None or after is None:
        return False
    if {before.kind, after.kind} & {*RELATED, *APART} or before.text in OPERATORS:
        return False
    narrow = row[place].kind == "narrow"
    related = [
        any(one.kind in RELATED and not one.depth for one in part) for part in (row[:place], row[place:])
    ]
    if after.text in OPERATORS:
        return not narrow and after.text in ("-", "−") and all(related)
    return not narrow or all(related)


def _beside(signs: Iterable[Lexeme]) -> Lexeme | None:
    """Return the first sign that shows."""
    rest = [sign for sign in signs if sign.kind not in _MADE]
    while [one.text for one in rest[:2]] in (["{", "}"], ["}", "{"]):
        rest = rest[2:]
    return rest[0] if rest else None


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
