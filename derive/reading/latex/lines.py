r"""Displays cut into equations, sides and cases: rows of `align`, `=` outside brackets, a trailing `\quad i = j`.

It reads no formula; what it cannot tell apart is a failure, and the rows around it stand.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from derive.errors import ReadingError
from derive.problem.problems import Failure
from derive.reading.latex.beside import (
    CASE,
    CONDITIONAL,
    INTRODUCING,
    Part,
    case_of,
    is_letters,
    is_range,
    refuse_words,
    spoken_case,
)
from derive.reading.latex.introduced import Introduced, introduced
from derive.reading.latex.names import Names, signs_of
from derive.reading.latex.opened import restricts
from derive.reading.latex.sides import IndexCondition
from derive.reading.latex.signs import (
    APART,
    OPERATORS,
    PLAIN_WORDS,
    RELATED,
    TOKEN,
    Lexeme,
    Place,
    Source,
    signs_in_rows,
    words_of,
)
from derive.reading.latex.symbols import BOUNDS, LETTERS, OUTSIDE, RESTRICTING
from derive.reading.latex.written import STEP
from derive.reading.lines import MAX_STATEMENT, Passage
from derive.terms import Relation


@dataclass(slots=True)
class DisplayedEquation:
    """One equation of a display: sides joined by `=`, with the cases beside them.

    `continues` says that it begins with `=`, or only goes on. `wrong` is what cannot be read of it as a whole, and
    `heads` what that might have defined; `defines` says that it can only be a definition, `outside` what it says that
    is not decided, `reserved` why it is not refuted. `trailing` says that it ends with a sign of equality, `start` and
    `end` are where it stands, and `row` where its row begins. `bounds` are the relations of pieces to the one before,
    where they are not equal, by the places of the pieces. `introduced` are the names to which it gives meanings.
    """

    pieces: list[Passage]
    continues: bool
    when: list[IndexCondition] = field(default_factory=list)
    defines: bool = False
    wrong: Failure | None = None
    heads: list[Passage] = field(default_factory=list)
    outside: str = ""
    restricts: bool = False
    reserved: str = ""
    trailing: bool = False
    start: int = 0
    end: int = 0
    row: int = 0
    bounds: dict[Place, Relation] = field(default_factory=dict)
    introduced: list[Introduced] = field(default_factory=list)


def equations(source: Source, start: int, end: int, names: Names) -> list[DisplayedEquation]:
    """Return the equations of a display, row by row; what is too long, or cannot be cut up, is one that is wrong.

    Every sign of the display belongs to one of them, or is ignored by name.
    """
    if end - start > MAX_STATEMENT:
        return [_wrong(source, f"the display is longer than {MAX_STATEMENT} characters", start, start)]
    tag = next((one for one in _TAG.finditer(source.text, start, end) if not _is_label(one["inside"])), None)
    if tag is not None:
        return [refused(source, f'what "{tag[0]}" says of this is not clear', start, end)]
    number = _number_of(source.text[start:end])
    if number is not None:
        message = f"is {number[0]} the number of this equation, or a factor? Write \\tag{{…}} or \\cdot"
        return [refused(source, message, start, end, start + number.start())]
    found: list[DisplayedEquation] = []
    standing: list[IndexCondition] = []
    unclear: list[IndexCondition] = []
    rows = list(signs_in_rows(source, start, end))
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
            found.append(replace(_wrong_row(source, row, wrong), row=row[0].start))
            if not _says_nothing(row):  # of the case that stood
                standing, unclear = [], [*standing, *unclear]
            continue
        if cases and not made:
            standing, unclear = cases, []
        elif not made and not _says_nothing(row):
            standing, unclear = [], [*standing, *unclear]
        for one in made:
            one.when = joined(standing, one.when)
            one.row = row[0].start
        found += [in_doubt(one, unclear) for one in made]
    return found


def upright(text: str) -> tuple[int, int]:
    r"""Return where the inside of a display begins and ends that is all set upright: `\mathrm{a = b}`."""
    found = re.match(r"\s*\\math(?:rm|it|sf)\s*\{", text)
    closing = len(text.rstrip()) - 1
    if found is None or text[closing] != "}":
        return 0, len(text)
    depth = 1
    for place in range(found.end(), closing):
        depth += (text[place] == "{") - (text[place] == "}")
        if not depth:
            return 0, len(text)
    return found.end(), closing


def listed_rows(text: str) -> tuple[int, int]:
    r"""Return where the inside of a display begins and ends that is a table of equations: `\begin{array}{l} a = b`."""
    found = _LISTED.fullmatch(text)
    if found is None or r"\begin" in found["rows"] or not re.search(r"=", found["rows"]):
        return 0, len(text)
    return found.span("rows")


_LISTED = re.compile(r"\s*\\begin\s*\{array\}\s*\{[lcr\s]+\}(?P<rows>.*?)\\end\s*\{array\}\s*", re.DOTALL)


def _number_of(text: str) -> re.Match[str] | None:
    r"""Return a number in brackets that stands apart at the edge of a row: `(2)\; x = y`, `x = y \quad (3)`."""
    for found in _BRACKETED.finditer(text):
        before, behind = text[: found.start()], text[found.end() :]
        if _ROW_BEGINS.search(before) and _APART.match(behind) and not _JOINED_BEHIND.match(behind):
            return found
        if _ROW_ENDS.match(behind) and _APART_BEFORE.search(before) and not _JOINED_BEFORE.search(before):
            return found
    return None


_ROOM = r"(?:\s|~|\\[,;:! ]|\\q?quad(?![A-Za-z])|\\hfill(?![A-Za-z])|\\hspace\*?\{[^{}]*\})"
_BRACKETED = re.compile(r"\(\d+[a-z]?\)")
_ROW_BEGINS = re.compile(rf"(?:\A|\\\\){_ROOM}*\Z")
_APART = re.compile(rf"{_ROOM}+(?=\S)")
_JOINED_BEHIND = re.compile(
    rf"{_ROOM}*(?:[-+*/=<>^_,.&]|\\(?:cdot|times|odot|le|leq|ge|geq|ne|neq|in|approx)(?![A-Za-z])|\\\\)"
)
_ROW_ENDS = re.compile(rf"(?:{_ROOM}|[.,;])*(?:\\\\|\Z)")
_APART_BEFORE = re.compile(rf"{_ROOM}\Z")
_JOINED_BEFORE = re.compile(
    rf"(?:[-+*/=<>^_,(&]|(?<!\\)\\(?!q?quad(?![A-Za-z])|hfill(?![A-Za-z]))[A-Za-z]+|\A|\\\\){_ROOM}*\Z"
)

_TAG = re.compile(r"\\tag\s*\*?\s*\{(?P<inside>[^{}]*(?:\{[^{}]*\}[^{}]*)*)\}")


def _is_label(inside: str) -> bool:
    """Return whether what stands in a tag only names or numbers a formula."""
    if _TITLE.fullmatch(inside) and not set(inside.lower().split()) & _SAYING:
        return True
    return re.fullmatch(r"\s*\$?\(?[\w.*'†‡\u2019-]+\)?\$?\s*", inside) is not None and bool(
        re.search(r"\d|^\W*\w{0,3}\W*$", inside)
    )


_TITLE = re.compile(r"[A-Z][a-z]+(?: [A-Za-z][a-z]*)*")
_SAYING = frozenset(
    "if when for only unless not no wrong false incorrect assuming assumed assumption given where except sometimes "
    "approximately approximation hypothesis constraint condition never except provided with suppose small large".split()
)


def _wrong(source: Source, message: str, start: int, end: int) -> DisplayedEquation:
    failed = Failure(
        ReadingError(message, source.at(start)), source.piece(start, end).typed, source.at(start)
    )
    return DisplayedEquation([], continues=False, wrong=failed, start=start, end=end)


def refused(source: Source, message: str, start: int, end: int, at: int | None = None) -> DisplayedEquation:
    """Return a stretch as an equation that cannot be read for what stands at a place of it, or at its beginning.

    Whatever it might have defined is kept with it.
    """
    rows = list(signs_in_rows(source, start, end))
    first = rows[0][0].start if rows else start
    place = first if at is None else at
    failed = Failure(
        ReadingError(message, source.at(place)), source.piece(first, end).typed, source.at(place)
    )
    found = DisplayedEquation([], continues=False, wrong=failed, start=first, end=end, row=first)
    found.heads = [head for row in rows for head in _heads_in(source, row)]
    return found


def _wrong_row(source: Source, row: list[Lexeme], wrong: ReadingError) -> DisplayedEquation:
    piece = source.piece(row[0].start, row[-1].end)
    failed = Failure(wrong, piece.typed, wrong.position or piece.position)
    goes_on = next((one.kind == "equals" for one in row if one.kind != "wide"), False)
    heads = _heads_in(source, row)
    return DisplayedEquation(
        [], continues=goes_on, wrong=failed, heads=heads, start=row[0].start, end=row[-1].end
    )


def _heads_in(source: Source, row: list[Lexeme]) -> list[Passage]:
    """Return what stands before a sign of equality at any depth: a row that cannot be read may define that."""
    begins: dict[int, int] = {}
    found: list[Passage] = []
    for sign in row:
        begins.setdefault(sign.depth, sign.start)
        if (
            sign.kind in ("equals", "defined", "noted")
            and not sign.script
            and begins[sign.depth] < sign.start
        ):
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


def _implication(rows: list[list[Lexeme]]) -> Lexeme | None:
    """Return the sign of an implication behind an equation: neither is claimed, only that one gives the other."""
    related = False
    for sign in (sign for row in rows for sign in row if sign.depth == 0):
        if sign.kind == "then" and sign.text not in _SO and related:
            return sign
        related = related or sign.kind in RELATED
    return None


_SO = (r"\therefore", "∴")
_IMPLIED = "an implication claims neither of its sides; write what is claimed by itself"


def _check_beside(source: Source, before: list[DisplayedEquation], made: list[DisplayedEquation]) -> None:
    """Refuse a row that goes on with one of several equations, or with one that could not be read."""
    if not made or not made[0].continues or not before:
        return
    last = before[-1]
    beside = len(before) > 1 and source.place(before[-2].start)[0] == source.place(last.start)[0]
    if last.wrong is not None and not last.continues:
        raise ReadingError("this goes on with an equation that could not be read", source.at(made[0].start))
    if beside and r"\\" not in source.text[before[-2].end : last.start]:
        raise ReadingError("with which of the equations before does this go on?", source.at(made[0].start))


def in_doubt(equation: DisplayedEquation, cases: Sequence[IndexCondition]) -> DisplayedEquation:
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


def _says_nothing(row: list[Lexeme]) -> bool:
    """Return whether the words of a row leave a case as it stood."""
    return all(set(words_of(sign.text)) <= PLAIN_WORDS for sign in row if sign.kind == "text")


def _whole_rows(source: Source, rows: list[list[Lexeme]]) -> Iterator[tuple[list[Lexeme], Lexeme | None]]:
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
            broken = any(sign.depth == 0 and sign.kind in APART for sign in whole)
            if goes_on is None or broken:
                doubt = doubt or row[0]
            row = row[_blanks(row) :] or row
            source.leave_out(whole[-1].end, row[0].start)
            whole = [*whole, *row]
            place += 1
        yield whole, doubt


def _goes_on_with(
    source: Source, before: list[Lexeme], row: list[Lexeme], after: list[Lexeme]
) -> bool | None:
    """Return whether a row goes on with the one before it; `None` if that is not clear."""
    start = _blanks(row)
    first = row[start].text if start < len(row) else ""
    related = any(sign.depth == 0 and sign.kind in RELATED for sign in row)
    if before[-1].text in OPERATORS or before[-1].kind == "equals" or first in OPERATORS - {"-", "−"}:
        return True
    if first in OPERATORS:
        between = source.text[before[-1].end : row[start].start].rpartition(r"\\")[2]
        return not related or "&" in between
    said = all(sign.kind in ("wide", "text", "comma", "then") or sign.text in _POINTS for sign in row)
    if related or said or first in (r"\forall", "∀") or (after and after[0].kind in RELATED):
        return False
    return None if any(sign.depth == 0 and sign.kind in RELATED for sign in before) else False


def _blanks(row: list[Lexeme]) -> int:
    r"""Return how many signs at the beginning of a row only make room: `\quad` and `{}`."""
    texts = [one.text for one in row]
    start = 0
    while start < len(row) and (row[start].kind == "wide" or texts[start : start + 2] == ["{", "}"]):
        start += 1 if row[start].kind == "wide" else 2
    return start


_POINTS = (".", ":", r"\vdots", r"\ldots", r"\dots", r"\cdots")
_GOES_ON = "does this go on with the row before? Begin it with an operator, and with no case or words between"


def begins_inside(source: Source, one: DisplayedEquation) -> bool:
    """Return whether an equation begins with an operator, so that what stands before it is not all of that."""
    text = source.text[one.start : one.end].lstrip("{}& \t\n")
    first = next((sign for sign in OPERATORS if text.startswith(sign)), "")
    return bool(first) and not (first in ("-", "−") and (len(one.pieces) > 1 or one.outside))


def ends_inside(source: Source, one: DisplayedEquation) -> bool:
    """Return whether an equation ends with an operator, so that it is not whole; a star above is none."""
    text = source.text[one.start : one.end].rstrip("{}& \t\n.,;")
    return text.endswith(tuple(OPERATORS)) and not re.search(r"\^\s*\{?\s*\*\Z", text)


def joined(standing: Sequence[IndexCondition], own: Sequence[IndexCondition]) -> list[IndexCondition]:
    """Return conditions with those that stand around them; about the same two indices their own hold."""
    told = {frozenset((str(one.left), str(one.right))) for one in own}
    return [*own, *(one for one in standing if frozenset((str(one.left), str(one.right))) not in told)]


def _equations_of(
    source: Source, row: list[Lexeme], names: Names
) -> tuple[list[DisplayedEquation], list[IndexCondition]]:
    _check_hidden(source, row)
    _check_points(source, row)
    parts, words = _parts(row)
    cases: list[IndexCondition] = []
    spoken: set[int] = set()
    for word in words:
        told = spoken_case(source, word, names)
        cases += told
        said = set(words_of(word.text))
        refuse_words(source, word, bool(told))
        if said & CONDITIONAL and not told:
            spoken.add(next((one.start for one in parts if one.start > word.start), -1))
    if parts and not cases and not any(part.relations for part in parts):
        whole = Part(parts[0].start, parts[-1].end, False)
        return [_single(source, whole)], cases
    stretches: list[Part] = []
    beside: list[Part] = []
    numbered = False
    others = len(parts) > 1 or bool(words)
    for part in parts:
        case = case_of(source, part, names)
        if case is not None and others and (part.start in spoken or _has_equation(parts, part)):
            cases.append(case)
            beside.append(part)
        elif is_range(source, part, numbered) or (part.start in spoken and is_letters(source, part)):
            numbered = True
            beside.append(part)
        elif part.start in spoken:
            raise ReadingError("what this restricts is not clear", source.at(part.start))
        elif part.relations and not _goes_on(source, part):
            _refuse_letters(source, part, stretches)
            stretches.append(part)
        elif part.wide and stretches and _goes_on_wide(source, stretches[-1], part):
            _refuse_number(source, part)
            stretches[-1].end = part.end
            stretches[-1].relations += part.relations
        elif part.relations and not stretches:
            stretches.append(part)
        else:
            _refuse_number(source, part)
            raise ReadingError(_no_equation(source, part), source.at(part.start))
    if -1 in spoken and stretches:
        word = next(one for one in words if set(words_of(one.text)) & CONDITIONAL)
        raise ReadingError("nothing follows that would be a condition", source.at(word.start))
    made = [_equation(source, part) for part in stretches]
    _refuse_bounds_beside(source, made)
    _check_accounted(source, row, [*stretches, *beside])
    for one, following in itertools.pairwise(made):
        reserved = _restricted(source, one, following, names, words)
        one.reserved = one.reserved or reserved
        following.reserved = reserved  # it may be a condition, and no claim
    for one in made:
        before = [word for word in words if word.start < one.start]
        one.defines = one.defines or any(set(words_of(word.text)) & INTRODUCING for word in before)
        one.when = list(cases)
    return made, cases


def _refuse_bounds_beside(source: Source, made: Sequence[DisplayedEquation]) -> None:
    """Refuse an inequality beside something else in its row: it may say when that holds."""
    if len(made) > 1 and any(one.bounds for one in made):
        raise ReadingError(
            "is this inequality claimed, or does it say when what stands beside it holds? Write a display for each",
            source.at(next(one.start for one in made if one.bounds)),
        )


def _refuse_letters(source: Source, part: Part, before: list[Part]) -> None:
    """Refuse letters and numbers that are set equal behind an equation: they may say when it holds."""
    text = source.text[part.start : part.end].strip()
    if before and _LETTERS_EQUAL.fullmatch(text):
        message = f'may "{text}" say when the equation before holds? Only a case of two indices is read there'
        raise ReadingError(message, source.at(part.start))


def _restricted(
    source: Source, one: DisplayedEquation, following: DisplayedEquation, names: Names, words: list[Lexeme]
) -> str:
    """Return why an equation is not refuted before another one in its row: that may say when it holds.

    It does not where "and" stands between, or where it is told to be what defines a new name.
    """
    text = source.text[following.start : following.end].strip()
    between = [word for word in words if one.end <= word.start < following.start]
    said = {said for word in between for said in words_of(word.text)}
    introduced = said & INTRODUCING and _is_new(text, names)
    if said == {"and"} or introduced or not restricts(text):
        return ""
    return f'may "{text}" say when this holds? Write it in a display of its own'


def _is_new(text: str, names: Names) -> bool:
    """Return whether what an equation begins with is declared or spelled by nothing."""
    found = re.match(r"[({\s]*(\\?[A-Za-z]+|[^\W\d_])", text)
    if found is None or any(found[1] in signs_of(one.pattern) for one in names.spellings):
        return False
    letter = LETTERS.get(found[1], found[1])
    return all(names.declared.kind(one) in (None, "definition", "name") for one in (letter, letter[0]))


def _check_accounted(source: Source, row: list[Lexeme], read: list[Part]) -> None:
    """Refuse a row of which a sign belongs to nothing that was read, and is not ignored by name."""
    ends = row[-1].end
    for sign in row:
        known = sign.kind in APART or (sign.text in ".:" and sign.end == ends)
        if not known and not any(one.start <= sign.start < one.end for one in read):
            raise ReadingError(f'"{sign.text}" was not read', source.at(sign.start))


def _check_points(source: Source, row: list[Lexeme]) -> None:
    """Refuse a point between two equations: the end of one, or a product?"""
    related = [sign.start for sign in row if sign.depth == 0 and sign.kind in RELATED]
    for sign in row:
        inside = related and sign.depth == 0 and related[0] < sign.start < related[-1]
        decimal = sign.text == "." and source.text[sign.end : sign.end + 1].isdigit()
        if sign.kind == "narrow":
            raise ReadingError(
                "does this room part two equations, or is it a product?", source.at(sign.start)
            )
        if inside and sign.text in _DOTS and not decimal:
            raise ReadingError("does this end an equation, or is it a product?", source.at(sign.start))


_DOTS = (".", r"\bullet", "•", "∙")


def _check_hidden(source: Source, row: list[Lexeme]) -> None:
    """Refuse an equation inside of brackets, boxes or tables in a row that is none itself."""
    if not any(sign.depth == 0 and sign.kind in RELATED for sign in row):
        for sign in row:
            if sign.depth and not sign.script and sign.kind in RELATED:
                message = "an equation inside brackets, a box or a table is not read; write it by itself"
                raise ReadingError(message, source.at(sign.start))


def _single(source: Source, part: Part) -> DisplayedEquation:
    piece = source.piece(part.start, part.end)
    return DisplayedEquation([piece], continues=False, start=part.start, end=part.end)


def _goes_on_wide(source: Source, before: Part, part: Part) -> bool:
    """Return whether a stretch behind a wide blank goes on with what stands before it: an operator says so."""
    text = source.text[part.start : part.end].lstrip("{} \n")
    behind = source.text[before.start : before.end].rstrip()
    return _goes_on(source, part) or text.startswith(tuple(OPERATORS)) or behind.endswith(("=", *OPERATORS))


def _parts(row: list[Lexeme]) -> tuple[list[Part], list[Lexeme]]:
    """Return the stretches of mathematics in a row, and its words."""
    parts: list[Part] = []
    words: list[Lexeme] = []
    fresh, wide = True, False
    for sign in row:
        if sign.depth == 0 and sign.kind in APART:
            wide = sign.kind == "wide" and (wide if fresh else True)
            fresh = True
            if sign.kind == "text":
                words.append(sign)
            continue
        if fresh:
            parts.append(Part(sign.start, sign.end, wide))
            fresh, wide = False, False
        parts[-1].end = sign.end
        if sign.depth == 0 and sign.kind in RELATED:
            parts[-1].relations.append(sign)
    return [_without_point(part, row) for part in parts if not _only_points(part, row)], words


def _inside(part: Part, row: list[Lexeme]) -> list[Lexeme]:
    return [sign for sign in row if part.start <= sign.start < part.end]


def _only_points(part: Part, row: list[Lexeme]) -> bool:
    return all(sign.text in ".:" for sign in _inside(part, row))


def _without_point(part: Part, row: list[Lexeme]) -> Part:
    """A row may end with a full stop or a colon."""
    last = [sign for sign in _inside(part, row) if sign.kind != "comment"][-1]
    if last.depth == 0 and last.text in ".:":
        part.end = last.start
    return part


def _goes_on(source: Source, part: Part) -> bool:
    return bool(part.relations) and not source.text[part.start : part.relations[0].start].strip()


def _has_equation(parts: list[Part], but: Part) -> bool:
    return any(one is not but and one.relations for one in parts)


def _no_equation(source: Source, part: Part) -> str:
    """Return why a stretch belongs to no equation: a number before a comma may go on behind it."""
    before, behind = source.text[part.end - 1 : part.end], source.text[part.end : part.end + 2]
    if before.isdigit() and re.fullmatch(r",\d", behind):
        return "a comma inside a number may part thousands or decimals: write 1000 or 2.5"
    return "this belongs to no equation that can be told"


def _refuse_number(source: Source, part: Part) -> None:
    text = source.text[part.start : part.end].strip()
    if re.fullmatch(r"\(\s*[\w.]+\s*\)", text):
        raise ReadingError(f"{text} may be a factor or the number of the equation", source.at(part.start))


# ---- cases


# ---- sides


def _equation(source: Source, part: Part) -> DisplayedEquation:
    edges = [part.start]
    for sign in part.relations:
        if sign.kind == "relation" and sign.text not in BOUNDS:
            return _outside(source, part, sign)
        edges += [sign.start, sign.end]
    edges.append(part.end)
    stretches = list(zip(edges[::2], edges[1::2], strict=True))
    continues = bool(part.relations) and not source.text[slice(*stretches[0])].strip(" \n\t&{}")
    defining = [place for place, sign in enumerate(part.relations) if _is_definition(source, sign)]
    defines = defining[:1] == [0] and not continues and part.relations[0].text != "=:"
    named, apart = introduced(source, stretches, part.relations, defining[defines:])
    stretches = [
        one for place, one in enumerate(stretches) if place not in apart and (place or not continues)
    ]
    pieces = [source.piece(*stretch) for stretch in stretches]
    if defines and _is_step(pieces):
        whole = source.piece(part.start, part.end)
        heads = pieces[:1]
        return DisplayedEquation([whole], False, outside=STEP, heads=heads, start=part.start, end=part.end)
    ends = len(pieces) > 1 - continues and not pieces[-1].typed and part.end == part.relations[-1].end
    trailing = ends and part.relations[-1].kind != "relation"
    if trailing:
        pieces, stretches = pieces[:-1], stretches[:-1]
    for piece, stretch in zip(pieces, stretches, strict=True):
        if not piece.typed:
            raise ReadingError("nothing stands beside this sign", source.at(max(stretch[0] - 1, 0)))
    signs = {sign.end: BOUNDS[sign.text] for sign in part.relations if sign.kind == "relation"}
    bounds = {
        (piece.line, piece.column): signs[start]
        for piece, (start, _) in zip(pieces, stretches, strict=True)
        if start in signs
    }
    return DisplayedEquation(
        pieces,
        continues,
        defines=defines,
        start=part.start,
        end=part.end,
        trailing=trailing,
        bounds=bounds,
        introduced=named,
    )


def _is_definition(source: Source, sign: Lexeme) -> bool:
    """Return whether a sign of equality defines; what stands above one must be a name for its reason."""
    if sign.kind != "noted":
        return sign.kind == "defined"
    above = TOKEN.match(source.text, sign.start)
    note = re.sub(
        r"\\(?:text|mathrm|rm|textrm|operatorname)\b|[{}\s]", "", above["above"] or "" if above else ""
    )
    if note in _DEFINING:
        return True
    if not re.fullmatch(r"\(?(?:[a-zA-Z]|[ivx]+|\d+)\)?|\*+|\\(?:star|dagger)", note):
        raise ReadingError(f'what "{note}" says of this sign is not clear', source.at(sign.start))
    return False


_DEFINING = ("def", "def.", "Def", "definition", r"\Delta", r"\triangle", r"\mathrmdef", "△", ".", r"\cdot")


_LETTERS_EQUAL = re.compile(rf"[(\[]?(?:{CASE.pattern}|[A-Za-z](?:\s*=\s*[A-Za-z\d]+)+)[)\]]?")
_UPDATE = "an update"


def _is_step(sides: Sequence[Passage]) -> bool:
    r"""Return whether a name is set anew to what is made of it: `w := w - \alpha g` says nothing of what w is."""
    left, *right = (one.typed.strip(" &") for one in sides)
    name = re.compile(rf"(?<![A-Za-z\\]){re.escape(left)}(?![A-Za-z]|\s*[_^'(])")
    return len(right) == 1 and bool(re.fullmatch(_NAME, left)) and name.search(right[0]) is not None


_NAME = r"\\?[A-Za-z]+(?:_(?:\w|\{\w+\}))?|\\(?:mathbf|boldsymbol|bm)\s*\{\s*\\?[A-Za-z]+\s*\}"


def _outside(source: Source, part: Part, sign: Lexeme) -> DisplayedEquation:
    """Return what relates two sides otherwise than by equality, if it is outside of what is decided."""
    if all(one.text in OUTSIDE for one in part.relations):
        restricts = any(one.text in RESTRICTING for one in part.relations)
        piece = source.piece(part.start, part.end)
        said = OUTSIDE[sign.text]
        if said == _UPDATE and len(part.relations) == 1:
            sides = [source.piece(part.start, sign.start), source.piece(sign.end, part.end)]
            said = STEP if _is_step(sides) else said
        heads = [source.piece(part.start, sign.start)] if said in (_UPDATE, STEP) else []
        return DisplayedEquation(
            [piece], False, outside=said, restricts=restricts, heads=heads, start=part.start, end=part.end
        )
    message = f"a claim is an equation or an inequality; {sign.text} cannot be claimed"
    raise ReadingError(message, source.at(sign.start))
