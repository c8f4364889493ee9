"""Where formulas stand in a sentence, told by their brackets and operators alone. It reads no formula."""

from __future__ import annotations

import re
from collections.abc import Iterator

_NAME = r"[^\W\d]\w*'*"
_START = re.compile(
    rf"(?<!\w)-?(?:{_NAME}[(\[]|{_NAME}(?= ?[*/^=<>!]=? ?[\w(-])|\((?=\S*[*/^\[]|[^()]*\)[*/^])|\d+(?:/\d+)?[*/^])"
    rf"|(?<![\w'.-])(?:[b-zB-HJ-Z](?![\w'-]|\.\w)|\d+(?= [-+] ))"  # a letter alone, but for words of one letter
    rf"|(?<![^\s(])-{_NAME}(?![\w'-])"
)
_MORE = re.compile(rf"\s?(?:[-+*/^=<>]|!=|<=|>=)\s?-?(?={_NAME}|\d|\()")
_OPERAND = re.compile(rf"{_NAME}|\d+(?:\.\d+)?")


def pieces_of(text: str) -> Iterator[tuple[bool, str]]:
    """Yield the pieces of a text in order, each with whether it is a formula: `D(E, s[i])`, `2*x = y[1]`, `j`."""
    done = 0
    for found in _START.finditer(text):
        if found.start() < done:
            continue
        end = _formula_end(text, found.start())
        if found.start() > done:
            yield False, text[done : found.start()]
        yield True, text[found.start() : end]
        done = end
    if done < len(text):
        yield False, text[done:]


def capital(text: str) -> str:
    """Return a sentence that begins with a capital, unless it begins with a name."""
    return text[:1].upper() + text[1:] if text[1:2].islower() else text


def _formula_end(text: str, place: int) -> int:
    """Return where the formula that begins at a place ends: operands joined by operators, brackets closed."""
    place += text[place] == "-"
    while True:
        place = _operand_end(text, place)
        more = _MORE.match(text, place)
        if more is None:
            return place
        place = more.end()


def _operand_end(text: str, place: int) -> int:
    if found := _OPERAND.match(text, place):
        place = found.end()
    while place < len(text) and text[place] in "([":
        place = _closed(text, place)
    return place


def _closed(text: str, place: int) -> int:
    """Return the place after the bracket that closes the one here, or the end of the text."""
    depth = 0
    for end in range(place, len(text)):
        depth += (text[end] in "([") - (text[end] in ")]")
        if depth == 0:
            return end + 1
    return len(text)


__all__ = ["capital", "pieces_of"]
