r"""Displays cut into equations, sides and cases: rows of `align`, `=` outside brackets, a trailing `\quad i = j`.

It reads no formula; what it cannot tell apart is a failure, and the rows around it stand.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from lark import Token

from derive.errors import Position, ReadingError
from derive.problem import Failure
from derive.reading.latex.names import Names
from derive.reading.latex.sides import Condition
from derive.reading.latex.symbols import (
    BLANKS,
    LETTERS,
    NOTES,
    OUTSIDE,
    RELATION_SIGNS,
    RELATIONS,
    RESTRICTING,
    SPACES,
    TYPED,
    plainly,
)
from derive.reading.lines import MAX_STATEMENT, Statement

_ROWS = r"align(?:ed|at)?|gather(?:ed)?|split|equation|eqnarray|multline|flalign|displaymath|math"
_TOKEN = re.compile(
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
  | (?P<opening>\\left\s*(?:\\[A-Za-z]+|\\.|.)|[{{(\[]|\\\{{|\\lbrace(?![A-Za-z]))
  | (?P<closing>\\right\s*(?:\\[A-Za-z]+|\\.|.)|[}})\]]|\\\}}|\\rbrace(?![A-Za-z]))
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
_LETTER = r"(?:[^\W\d_]|\\[A-Za-z]+|\d+)'*"
CASE = re.compile(
    rf"\s*(?P<left>{_LETTER})\s*(?P<sign>=|\\neq?(?![A-Za-z])|≠|!=|\\not\s*=)\s*(?P<right>{_LETTER})\s*"
)
_CASE_WORDS = frozenset("if when for in the case where and with all any every each".split())
_CONDITIONAL = frozenset("if when for case".split())
_INTRODUCING = frozenset("where with let".split())
_DOTS = (r"\ldots", r"\dots", r"\cdots")


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


@dataclass(slots=True)
class Equation:
    """Sides joined by `=`, with the cases beside them. `continues`: it begins with `=`, or only goes on.

    `wrong` is what cannot be read of it as a whole, and `heads` what that might have defined; `defines` says that it
    can only be a definition, `outside` what it says that is not decided. `start` and `end` are where it stands.
    """

    pieces: list[Statement]
    continues: bool
    when: list[Condition] = field(default_factory=list)
    defines: bool = False
    wrong: Failure | None = None
    heads: list[Statement] = field(default_factory=list)
    outside: str = ""
    restricts: bool = False
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class _Sign:
    """One sign of a row; `depth` says within how many brackets, `script` whether within a script."""

    kind: str
    text: str
    start: int
    end: int
    depth: int
    script: bool = False


@dataclass(slots=True)
class _Part:
    """A stretch of a row between commas, wide spaces and words."""

    start: int
    end: int
    wide: bool
    relations: list[_Sign] = field(default_factory=list)


def equations(source: Source, start: int, end: int, names: Names) -> list[Equation]:
    """Return the equations of a display, row by row; what is too long, or cannot be cut up, is one that is wrong.

    Every sign of the display belongs to one of them, or is ignored by name.
    """
    if end - start > MAX_STATEMENT:
        return [_wrong(source, f"the display is longer than {MAX_STATEMENT} characters", start, start)]
    found: list[Equation] = []
    standing: list[Condition] = []
    unclear: list[Condition] = []
    rows = list(_rows(source, start, end))
    implied = _implication(rows)
    for row, doubt in _whole_rows(source, rows):
        try:
            if doubt is not None:
                raise ReadingError(_GOES_ON, source.at(doubt.start))
            if implied is not None:
                raise ReadingError(_IMPLIED, source.at(implied.start))
            made, cases = _equations_of(source, row, names)
            _check_beside(source, found, made)
        except ReadingError as wrong:
            found.append(_wrong_row(source, row, wrong))
            if not _says_nothing(row):  # of the case that stood
                standing, unclear = [], [*standing, *unclear]
            continue
        if cases and not made:
            standing, unclear = cases, []
        elif not made and not _says_nothing(row):
            standing, unclear = [], [*standing, *unclear]
        for one in made:
            one.when = joined(standing, one.when)
        found += [in_doubt(one, unclear) for one in made]
    return found


def _wrong(source: Source, message: str, start: int, end: int) -> Equation:
    failed = Failure(
        ReadingError(message, source.at(start)), source.piece(start, end).typed, source.at(start)
    )
    return Equation([], continues=False, wrong=failed, start=start, end=end)


def refused(source: Source, message: str, start: int, end: int) -> Equation:
    """Return a stretch as an equation that cannot be read, with whatever it might have defined."""
    rows = list(_rows(source, start, end))
    first = rows[0][0].start if rows else start
    found = _wrong(source, message, first, end)
    found.heads = [head for row in rows for head in _heads_in(source, row)]
    return found


def _wrong_row(source: Source, row: list[_Sign], wrong: ReadingError) -> Equation:
    piece = source.piece(row[0].start, row[-1].end)
    failed = Failure(wrong, piece.typed, wrong.position or piece.position)
    goes_on = next((one.kind == "equals" for one in row if one.kind != "wide"), False)
    heads = _heads_in(source, row)
    return Equation([], continues=goes_on, wrong=failed, heads=heads, start=row[0].start, end=row[-1].end)


def _heads_in(source: Source, row: list[_Sign]) -> list[Statement]:
    """Return what stands before a sign of equality at any depth: a row that cannot be read may define that."""
    begins: dict[int, int] = {}
    found: list[Statement] = []
    for sign in row:
        begins.setdefault(sign.depth, sign.start)
        if sign.kind in ("equals", "defined", "noted") and begins[sign.depth] < sign.start:
            found.append(source.piece(begins[sign.depth], sign.start))
        if sign.kind in ("opening", "begin"):
            begins[sign.depth + 1] = sign.end
        elif sign.kind in _SEPARATING:
            begins[sign.depth] = sign.end
    return found


_SEPARATING = (
    "comma",
    "wide",
    "text",
    "then",
    "equals",
    "defined",
    "noted",
    "newrow",
    "amp",
    "relation",
    "rows",
)


def _implication(rows: list[list[_Sign]]) -> _Sign | None:
    """Return the sign of an implication behind an equation: neither is claimed, only that one gives the other."""
    related = False
    for sign in (sign for row in rows for sign in row if sign.depth == 0):
        if sign.kind == "then" and sign.text not in _SO and related:
            return sign
        related = related or sign.kind in _RELATED
    return None


_SO = (r"\therefore", "∴")
_IMPLIED = "an implication claims neither of its sides; write what is claimed by itself"


def _check_beside(source: Source, before: list[Equation], made: list[Equation]) -> None:
    """Refuse a row that goes on with one of several equations, or with one that could not be read."""
    if not made or not made[0].continues or not before:
        return
    last = before[-1]
    beside = len(before) > 1 and source.place(before[-2].start)[0] == source.place(last.start)[0]
    if last.wrong is not None and not last.continues:
        raise ReadingError("this goes on with an equation that could not be read", source.at(made[0].start))
    if beside and r"\\" not in source.text[before[-2].end : last.start]:
        raise ReadingError("with which of the equations before does this go on?", source.at(made[0].start))


def in_doubt(equation: Equation, cases: Sequence[Condition]) -> Equation:
    """Return an equation, or one that is wrong if it holds both letters of a case that may be meant or not."""
    told = {frozenset((str(one.left), str(one.right))) for one in equation.when}
    text = re.sub(r"\\[A-Za-z]+", " ", " ".join(piece.text for piece in equation.pieces))
    for case in cases:
        pair = {str(case.left), str(case.right)}
        if len(equation.pieces) > 1 and pair not in told and all(letter in text for letter in pair):
            piece = equation.pieces[0]
            sign = "=" if case.equal else "!="
            message = f"is {case.left} {sign} {case.right} meant here? Write the case beside the line"
            failed = Failure(ReadingError(message, piece.position), piece.typed, piece.position)
            heads = [] if equation.continues else equation.pieces[:1]
            return replace(equation, pieces=[], when=[], wrong=failed, heads=heads)
    return equation


_PLAIN_WORDS = frozenset(
    "we have get find obtain see then so thus hence therefore and that is this it gives yields which follows from by "
    "using with since as before again becomes now the chain product quotient rule first second".split()
)


def _says_nothing(row: list[_Sign]) -> bool:
    """Return whether the words of a row leave a case as it stood."""
    return all(set(_words(sign.text)) <= _PLAIN_WORDS for sign in row if sign.kind == "text")


def _whole_rows(source: Source, rows: list[list[_Sign]]) -> Iterator[tuple[list[_Sign], _Sign | None]]:
    """Yield rows, each with those that go on with it, and with the sign at which it is not clear whether one does."""
    place = 0
    while place < len(rows):
        whole, doubt = rows[place], None
        place += 1
        while place < len(rows):
            row, following = rows[place], rows[place + 1] if place + 1 < len(rows) else []
            goes_on = _goes_on_with(source, whole, row, following)
            if goes_on is False:
                break
            broken = any(sign.depth == 0 and sign.kind in ("comma", "wide", "text", "then") for sign in whole)
            if goes_on is None or broken:
                doubt = doubt or row[0]
            row = row[_blanks(row) :] or row
            source.leave_out(whole[-1].end, row[0].start)
            whole = [*whole, *row]
            place += 1
        yield whole, doubt


def _goes_on_with(source: Source, before: list[_Sign], row: list[_Sign], after: list[_Sign]) -> bool | None:
    """Return whether a row goes on with the one before it; `None` if that is not clear."""
    start = _blanks(row)
    first = row[start].text if start < len(row) else ""
    related = any(sign.depth == 0 and sign.kind in _RELATED for sign in row)
    if before[-1].text in _OPERATORS or before[-1].kind == "equals" or first in _OPERATORS - {"-", "−"}:
        return True
    if first in _OPERATORS:
        between = source.text[before[-1].end : row[start].start].rpartition(r"\\")[2]
        return not related or "&" in between
    said = all(sign.kind in ("wide", "text", "comma", "then") or sign.text in _POINTS for sign in row)
    if related or said or first in (r"\forall", "∀") or (after and after[0].kind in _RELATED):
        return False
    return None if any(sign.depth == 0 and sign.kind in _RELATED for sign in before) else False


def _blanks(row: list[_Sign]) -> int:
    r"""Return how many signs at the beginning of a row only make room: `\quad` and `{}`."""
    texts = [one.text for one in row]
    start = 0
    while start < len(row) and (row[start].kind == "wide" or texts[start : start + 2] == ["{", "}"]):
        start += 1 if row[start].kind == "wide" else 2
    return start


_RELATED = ("equals", "defined", "noted", "relation")
_OPERATORS = frozenset(("+", "-", "−", "/", "*", "×", "·", r"\cdot", r"\times", r"\odot", r"\pm", r"\mp"))
_POINTS = (".", ":", r"\vdots", r"\ldots", r"\dots", r"\cdots")
_GOES_ON = "does this go on with the row before? Begin it with an operator, and with no case or words between"


def joined(standing: Sequence[Condition], own: Sequence[Condition]) -> list[Condition]:
    """Return conditions with those that stand around them; about the same two indices their own hold."""
    told = {frozenset((str(one.left), str(one.right))) for one in own}
    return [*own, *(one for one in standing if frozenset((str(one.left), str(one.right))) not in told)]


def _rows(source: Source, start: int, end: int) -> Iterator[list[_Sign]]:
    """Yield the signs of each row, those that say nothing left out."""
    text = source.text
    scripts: list[bool] = []  # of the brackets that are open, whether they are a script or stand in one
    row: list[_Sign] = []
    before = ""
    for found in _TOKEN.finditer(text, start, end):
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
            row.append(_Sign(kind, found[0], found.start(), found.end(), len(scripts), script))
        if kind in ("opening", "begin"):
            scripts.append(before in ("_", "^") or (bool(scripts) and scripts[-1]))
        before = found[0] if kind not in ("comment", "note", "blank") else before
    if row:
        yield row


def _is_name(text: str, found: re.Match[str]) -> bool:
    r"""Return whether words are a name in a formula, as in `\text{loss} = …` or `\text{softmax}(s)_i`."""
    words = _words(found[0])
    if len(words) != 1 or set(words) & (_CASE_WORDS | _PLAIN_WORDS | _NO_NAMES):
        return False
    before, after = text[: found.start()].rstrip()[-1:], text[found.end() :].lstrip()
    return before in ("=", "+", "-", "(") or after.startswith(("(", "_", "^", "=", "+", "-", r"\left"))


_NO_NAMES = frozenset(
    "not no unless except only assuming assume given suppose provided otherwise or nor".split()
)


def _equations_of(source: Source, row: list[_Sign], names: Names) -> tuple[list[Equation], list[Condition]]:
    _check_hidden(source, row)
    parts, words = _parts(row)
    cases: list[Condition] = []
    spoken: set[int] = set()
    for word in words:
        told = _spoken_case(source, word)
        cases += told
        said = set(_words(word.text))
        _refuse_words(source, word, bool(told))
        if said & _CONDITIONAL and not told:
            spoken.add(next((one.start for one in parts if one.start > word.start), -1))
    if parts and not cases and not any(part.relations for part in parts):
        whole = _Part(parts[0].start, parts[-1].end, False)
        return [_single(source, whole)], cases
    stretches: list[_Part] = []
    beside: list[_Part] = []
    numbered = False
    others = len(parts) > 1 or bool(words)
    for part in parts:
        case = _case(source, part, names)
        if case is not None and others and (part.start in spoken or _has_equation(parts, part)):
            cases.append(case)
            beside.append(part)
        elif _is_range(source, part, numbered) or (part.start in spoken and _is_letters(source, part)):
            numbered = True
            beside.append(part)
        elif part.start in spoken:
            raise ReadingError("what this restricts is not clear", source.at(part.start))
        elif part.relations and not _goes_on(source, part):
            stretches.append(part)
        elif part.wide and stretches and _goes_on_wide(source, stretches[-1], part):
            _refuse_number(source, part)
            stretches[-1].end = part.end
            stretches[-1].relations += part.relations
        elif part.relations and not stretches:
            stretches.append(part)
        else:
            _refuse_number(source, part)
            raise ReadingError("this belongs to no equation that can be told", source.at(part.start))
    made = [_equation(source, part) for part in stretches]
    _check_accounted(source, row, [*stretches, *beside])
    for one in made:
        before = [word for word in words if word.start < one.start]
        one.defines = one.defines or any(set(_words(word.text)) & _INTRODUCING for word in before)
        one.when = list(cases)
    return made, cases


def _check_accounted(source: Source, row: list[_Sign], read: list[_Part]) -> None:
    """Refuse a row of which a sign belongs to nothing that was read, and is not ignored by name."""
    ends = row[-1].end
    for sign in row:
        known = sign.kind in ("comma", "wide", "text", "then") or (sign.text in ".:" and sign.end == ends)
        if not known and not any(one.start <= sign.start < one.end for one in read):
            raise ReadingError(f'"{sign.text}" was not read', source.at(sign.start))


def _check_hidden(source: Source, row: list[_Sign]) -> None:
    """Refuse an equation inside of brackets, boxes or tables in a row that is none itself."""
    if not any(sign.depth == 0 and sign.kind in _RELATED for sign in row):
        for sign in row:
            if sign.depth and not sign.script and sign.kind in _RELATED:
                message = "an equation inside brackets, a box or a table is not read; write it by itself"
                raise ReadingError(message, source.at(sign.start))


def _single(source: Source, part: _Part) -> Equation:
    piece = source.piece(part.start, part.end)
    return Equation([piece], continues=False, start=part.start, end=part.end)


def _is_letters(source: Source, part: _Part) -> bool:
    """Return whether a stretch is a list of letters, as behind "for all"."""
    text = source.text[part.start : part.end].strip()
    return re.fullmatch(r"[A-Za-z](?:\s*,\s*[A-Za-z])*", text) is not None


def _goes_on_wide(source: Source, before: _Part, part: _Part) -> bool:
    """Return whether a stretch behind a wide blank goes on with what stands before it: an operator says so."""
    text = source.text[part.start : part.end].lstrip("{} \n")
    behind = source.text[before.start : before.end].rstrip()
    return _goes_on(source, part) or text.startswith(tuple(_OPERATORS)) or behind.endswith(("=", *_OPERATORS))


def _parts(row: list[_Sign]) -> tuple[list[_Part], list[_Sign]]:
    """Return the stretches of mathematics in a row, and its words."""
    parts: list[_Part] = []
    words: list[_Sign] = []
    fresh, wide = True, False
    for sign in row:
        if sign.depth == 0 and sign.kind in ("comma", "wide", "text", "then"):
            wide = sign.kind == "wide" and (wide if fresh else True)
            fresh = True
            if sign.kind == "text":
                words.append(sign)
            continue
        if fresh:
            parts.append(_Part(sign.start, sign.end, wide))
            fresh, wide = False, False
        parts[-1].end = sign.end
        if sign.depth == 0 and sign.kind in _RELATED:
            parts[-1].relations.append(sign)
    return [_without_point(part, row) for part in parts if not _only_points(part, row)], words


def _inside(part: _Part, row: list[_Sign]) -> list[_Sign]:
    return [sign for sign in row if part.start <= sign.start < part.end]


def _only_points(part: _Part, row: list[_Sign]) -> bool:
    return all(sign.text in ".:" for sign in _inside(part, row))


def _without_point(part: _Part, row: list[_Sign]) -> _Part:
    """A row may end with a full stop or a colon."""
    last = [sign for sign in _inside(part, row) if sign.kind != "comment"][-1]
    if last.depth == 0 and last.text in ".:":
        part.end = last.start
    return part


def _goes_on(source: Source, part: _Part) -> bool:
    return bool(part.relations) and not source.text[part.start : part.relations[0].start].strip()


def _has_equation(parts: list[_Part], but: _Part) -> bool:
    return any(one is not but and one.relations for one in parts)


def _refuse_number(source: Source, part: _Part) -> None:
    text = source.text[part.start : part.end].strip()
    if re.fullmatch(r"\(\s*[\w.]+\s*\)", text):
        raise ReadingError(f"{text} may be a factor or the number of the equation", source.at(part.start))


# ---- cases


def _case(source: Source, part: _Part, names: Names) -> Condition | None:
    """Return the relation of two indices that a stretch is, None if it is none."""
    text = source.text[part.start : part.end]
    inner = re.fullmatch(r"\s*\((.*)\)\s*", text, re.DOTALL)
    offset = part.start + (inner.start(1) if inner else 0)
    found = CASE.fullmatch(inner[1] if inner else text)
    if found is None:
        return None
    condition = condition_in(source, found, offset)
    if any(names.declared.kind(str(one)) not in (None, "label") for one in (condition.left, condition.right)):
        return None
    return condition if condition.left.type == condition.right.type == "NAME" else None


def condition_in(source: Source, found: re.Match[str], offset: int) -> Condition:
    """Return the condition that a match of `CASE` is, at its offset in the text."""
    return Condition(
        _index(source, found, "left", offset), _index(source, found, "right", offset), found["sign"] == "="
    )


def _index(source: Source, found: re.Match[str], side: str, offset: int) -> Token:
    text = found[side]
    text = LETTERS.get(TYPED.get(text, text), text)
    line, column = source.place(offset + found.start(side))
    kind = "NUMBER" if text.isdigit() else "NAME"
    return Token(kind, text, 0, line, column, line, column + len(text), len(text))


def _words(text: str) -> list[str]:
    inside = text[text.index("{") + 1 : text.rindex("}")].replace(r"\rm", " ")
    spoken = plainly(re.sub(r"\$[^$]*\$|\\[A-Za-z]+", " ", inside))
    return [word for word in re.split(r"[^a-z]+", spoken) if word]


def _spoken_case(source: Source, word: _Sign) -> list[Condition]:
    r"""Return the relations inside words: `\text{if $i = j$}`, `\text{for i = j}`."""
    inside = word.text
    start = inside.index("{") + 1
    found = re.search(
        rf"(?:^|[\s{{])(?:(?:if|when|for|case)\s+|[当當若]\s*|如果\s*|(?=\$))\$?({CASE.pattern})\$?"
        rf"\s*(?:[时時]|일\s?때|인\s경우|이면)?\s*[,:.\uff0c\uff1a]?\s*\}}$",
        inside,
        re.I,
    )
    if found is None:
        return []
    match = CASE.fullmatch(found[1])
    assert match is not None and start  # noqa: S101, PT018 - it is the same pattern; this is for the type checker
    return [condition_in(source, match, word.start + found.start(1))]


def _refuse_words(source: Source, word: _Sign, told: bool) -> None:
    """Refuse words that are not understood: any of them may turn what is said, or restrict it."""
    inside = word.text[word.text.index("{") + 1 : word.text.rindex("}")].replace(r"\rm", " ").strip()
    formulas = re.search(r"\$|\\[A-Za-z]", inside) is not None
    spoken = re.findall(r"[^\W\d_]+", plainly(re.sub(r"\$[^$]*\$|\\[A-Za-z]+", " ", inside)))
    letters = {one for one in spoken if len(one) == 1} if told else set()
    if not set(spoken) <= _PLAIN_WORDS | _CASE_WORDS | _INTRODUCING | letters or (formulas and not told):
        raise ReadingError(f'what "{inside}" says of this is not clear', source.at(word.start))


def _is_range(source: Source, part: _Part, numbered: bool) -> bool:
    r"""Return whether a stretch belongs to `i = 1, \dots, n` or `\forall i`, which says that an index is free."""
    text = source.text[part.start : part.end].strip()
    if re.fullmatch(r"(?:\\forall|∀)\s*[^\W\d_](?:\s*,\s*[^\W\d_])*", text):
        return True
    if re.fullmatch(r"[^\W\d_]\s*=\s*1", text) and re.match(
        r"\s*,\s*(?:2\s*,\s*)?\\[lc]?dots", source.text[part.end : part.end + 20]
    ):
        return True
    return numbered and (text in (*_DOTS, "2") or re.fullmatch(r"[A-Za-z]", text) is not None)


# ---- sides


def _equation(source: Source, part: _Part) -> Equation:
    edges = [part.start]
    for place, sign in enumerate(part.relations):
        if sign.kind == "relation":
            return _outside(source, part, sign)
        if _is_definition(source, sign) and place:
            message = "a definition inside a chain: write what is defined first, and by itself"
            raise ReadingError(message, source.at(sign.start))
        edges += [sign.start, sign.end]
    edges.append(part.end)
    stretches = list(zip(edges[::2], edges[1::2], strict=True))
    continues = bool(part.relations) and not source.text[slice(*stretches[0])].strip(" \n\t&{}")
    defines = bool(part.relations) and _is_definition(source, part.relations[0])
    if continues:
        stretches = stretches[1:]
    pieces = [source.piece(*stretch) for stretch in stretches]
    for piece, stretch in zip(pieces, stretches, strict=True):
        if not piece.typed:
            raise ReadingError("nothing stands beside this sign", source.at(max(stretch[0] - 1, 0)))
    return Equation(pieces, continues, defines=defines, start=part.start, end=part.end)


def _is_definition(source: Source, sign: _Sign) -> bool:
    """Return whether a sign of equality defines; what stands above one must be a name for its reason."""
    if sign.kind != "noted":
        return sign.kind == "defined"
    above = _TOKEN.match(source.text, sign.start)
    note = re.sub(
        r"\\(?:text|mathrm|rm|textrm|operatorname)\b|[{}\s]", "", above["above"] or "" if above else ""
    )
    if note in _DEFINING:
        return True
    if not re.fullmatch(r"\(?(?:[a-zA-Z]|[ivx]+|\d+)\)?|\*+|\\(?:star|dagger)", note):
        raise ReadingError(f'what "{note}" says of this sign is not clear', source.at(sign.start))
    return False


_DEFINING = ("def", "def.", "Def", "definition", r"\Delta", r"\triangle", r"\mathrmdef", "△", ".", r"\cdot")


def _outside(source: Source, part: _Part, sign: _Sign) -> Equation:
    """Return what relates two sides otherwise than by equality, if it is outside of what is decided."""
    if all(one.text in OUTSIDE for one in part.relations):
        restricts = any(one.text in RESTRICTING for one in part.relations)
        piece = source.piece(part.start, part.end)
        said = OUTSIDE[sign.text]
        return Equation([piece], False, outside=said, restricts=restricts, start=part.start, end=part.end)
    raise ReadingError(f"a claim is an equation; {sign.text} cannot be claimed", source.at(sign.start))
