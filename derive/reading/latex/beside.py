r"""What stands beside the equations of a row: cases `i = j`, ranges `i = 1, \dots, n`, and words, all understood."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lark import Token

from derive.errors import ReadingError
from derive.reading.latex.names import Names
from derive.reading.latex.sides import IndexCondition
from derive.reading.latex.signs import CASE_WORDS, PLAIN_WORDS, Lexeme, Source
from derive.reading.latex.symbols import LETTERS, TYPED, plainly

_LETTER = r"(?:[^\W\d_]|\\[A-Za-z]+|\d+)'*"
_LABEL = r"(?:[^\W\d_]|\\[A-Za-z]+)\s*_\s*(?:[A-Za-z\d]|\{\s*[A-Za-z\d]\s*\})"
_SIGN = r"=|\\neq?(?![A-Za-z])|≠|!=|\\not\s*="


def _relation(left: str, right: str) -> re.Pattern[str]:
    return re.compile(rf"\s*(?P<left>{left})\s*(?P<sign>{_SIGN})\s*(?P<right>{right})\s*")


CASE = _relation(_LETTER, _LETTER)
_CASES = (CASE, _relation(_LETTER, _LABEL), _relation(_LABEL, _LETTER))
_EITHER = rf"(?:{_LABEL}|{_LETTER})"


def case_in(text: str) -> re.Match[str] | None:
    """Return the relation of two indices that a text is; one of them may be the label of a sample: `k = y_i`."""
    return next(filter(None, (one.fullmatch(text) for one in _CASES)), None)


CONDITIONAL = frozenset("if when for case".split())


INTRODUCING = frozenset("where with let".split())


_DOTS = (r"\ldots", r"\dots", r"\cdots")


@dataclass(slots=True)
class Part:
    """A stretch of a row between commas, wide spaces and words."""

    start: int
    end: int
    wide: bool
    relations: list[Lexeme] = field(default_factory=list)


def is_letters(source: Source, part: Part) -> bool:
    """Return whether a stretch is a list of letters, as behind "for all"."""
    text = source.text[part.start : part.end].strip()
    return re.fullmatch(r"[A-Za-z](?:\s*,\s*[A-Za-z])*", text) is not None


def case_of(source: Source, part: Part, names: Names) -> IndexCondition | None:
    """Return the relation of two indices that a stretch is, None if it is none."""
    text = source.text[part.start : part.end]
    inner = re.fullmatch(r"\s*\((.*)\)\s*", text, re.DOTALL)
    offset = part.start + (inner.start(1) if inner else 0)
    found = case_in(inner[1] if inner else text)
    if found is None:
        return None
    condition = condition_in(source, found, offset)
    if not all(names.is_index(str(one)) for one in (condition.left, condition.right)):
        return None
    return condition if condition.left.type == condition.right.type == "NAME" else None


def condition_in(source: Source, found: re.Match[str], offset: int) -> IndexCondition:
    """Return the condition that a match of `case_in` is, at its offset in the text."""
    return IndexCondition(
        _index(source, found, "left", offset), _index(source, found, "right", offset), found["sign"] == "="
    )


def _index(source: Source, found: re.Match[str], side: str, offset: int) -> Token:
    text = found[side]
    text = re.sub(r"[\s{}]", "", LETTERS.get(TYPED.get(text, text), text))
    line, column = source.place(offset + found.start(side))
    kind = "NUMBER" if text.isdigit() else "NAME"
    return Token(kind, text, 0, line, column, line, column + len(text), len(text))


def spoken_case(source: Source, word: Lexeme, names: Names) -> list[IndexCondition]:
    r"""Return the relations inside words: `\text{if $i = j$}`, `\text{for i = j}`."""
    inside = word.text
    found = re.search(
        rf"(?:^|[\s{{])(?:(?:if|when|for|case)\s+|[当當若]\s*|如果\s*|(?=\$))\$?(\s*{_EITHER}\s*(?:{_SIGN})\s*{_EITHER}\s*)\$?"
        rf"\s*(?:[时時]|일\s?때|인\s경우|이면)?\s*[,:.\uff0c\uff1a]?\s*\}}$",
        inside,
        re.I,
    )
    if found is None:
        return []
    match = case_in(found[1])
    if match is None:
        return []
    condition = condition_in(source, match, word.start + found.start(1))
    sides = (condition.left, condition.right)
    if any(one.type != "NAME" or not names.is_index(str(one)) for one in sides):
        raise ReadingError("only a case of two indices is read here: i = j", source.at(word.start))
    return [condition]


def refuse_words(source: Source, word: Lexeme, told: bool) -> None:
    """Refuse words that are not understood: any of them may turn what is said, or restrict it."""
    inside = word.text[word.text.index("{") + 1 : word.text.rindex("}")].replace(r"\rm", " ").strip()
    formulas = re.search(r"\$|\\[A-Za-z]", inside) is not None
    spoken = re.findall(r"[^\W\d_]+", plainly(re.sub(r"\$[^$]*\$|\\[A-Za-z]+", " ", inside)))
    signs = re.sub(r"\$[^$]*\$|\\[A-Za-z]+", " ", inside) if told or formulas else inside
    if told:
        signs = re.sub(rf"{_EITHER}\s*(?:{_SIGN})\s*{_EITHER}", " ", signs)
    odd = re.search(r"[^\w\s,.:;()\[\]*'’{}$~\\\uff0c\uff1a-]", signs)
    if odd is not None:
        raise ReadingError(f'what "{inside}" says of this is not clear', source.at(word.start))
    letters = {one for one in spoken if len(one) == 1} if told else set()
    if not set(spoken) <= PLAIN_WORDS | CASE_WORDS | INTRODUCING | letters or (formulas and not told):
        raise ReadingError(f'what "{inside}" says of this is not clear', source.at(word.start))


def is_range(source: Source, part: Part, numbered: bool) -> bool:
    r"""Return whether a stretch belongs to `i = 1, \dots, n` or `\forall i`, which says that an index is free."""
    text = source.text[part.start : part.end].strip()
    if re.fullmatch(r"(?:\\forall|∀)\s*[^\W\d_](?:\s*,\s*[^\W\d_])*", text):
        return True
    if re.fullmatch(r"[^\W\d_]\s*=\s*1", text) and re.match(
        r"\s*,\s*(?:2\s*,\s*)?\\[lc]?dots", source.text[part.end : part.end + 20]
    ):
        return True
    return numbered and (text in (*_DOTS, "2") or re.fullmatch(r"[A-Za-z]", text) is not None)
