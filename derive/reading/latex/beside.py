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


CASE = re.compile(
    rf"\s*(?P<left>{_LETTER})\s*(?P<sign>=|\\neq?(?![A-Za-z])|≠|!=|\\not\s*=)\s*(?P<right>{_LETTER})\s*"
)


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
    found = CASE.fullmatch(inner[1] if inner else text)
    if found is None:
        return None
    condition = condition_in(source, found, offset)
    if any(names.declared.kind(str(one)) not in (None, "label") for one in (condition.left, condition.right)):
        return None
    return condition if condition.left.type == condition.right.type == "NAME" else None


def condition_in(source: Source, found: re.Match[str], offset: int) -> IndexCondition:
    """Return the condition that a match of `CASE` is, at its offset in the text."""
    return IndexCondition(
        _index(source, found, "left", offset), _index(source, found, "right", offset), found["sign"] == "="
    )


def _index(source: Source, found: re.Match[str], side: str, offset: int) -> Token:
    text = found[side]
    text = LETTERS.get(TYPED.get(text, text), text)
    line, column = source.place(offset + found.start(side))
    kind = "NUMBER" if text.isdigit() else "NAME"
    return Token(kind, text, 0, line, column, line, column + len(text), len(text))


def spoken_case(source: Source, word: Lexeme, names: Names) -> list[IndexCondition]:
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
    condition = condition_in(source, match, word.start + found.start(1))
    sides = (condition.left, condition.right)
    if any(one.type != "NAME" or names.declared.kind(str(one)) not in (None, "label") for one in sides):
        raise ReadingError("only a case of two indices is read here: i = j", source.at(word.start))
    return [condition]


def refuse_words(source: Source, word: Lexeme, told: bool) -> None:
    """Refuse words that are not understood: any of them may turn what is said, or restrict it."""
    inside = word.text[word.text.index("{") + 1 : word.text.rindex("}")].replace(r"\rm", " ").strip()
    formulas = re.search(r"\$|\\[A-Za-z]", inside) is not None
    spoken = re.findall(r"[^\W\d_]+", plainly(re.sub(r"\$[^$]*\$|\\[A-Za-z]+", " ", inside)))
    signs = re.sub(r"\$[^$]*\$|\\[A-Za-z]+", " ", inside) if told or formulas else inside
    if told:
        signs = re.sub(CASE.pattern, " ", signs)
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
