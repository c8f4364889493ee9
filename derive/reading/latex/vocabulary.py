"""The words of prose: which say nothing of where a formula holds, and which do. Kept as data, in `vocabulary.toml`."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

FORMULA = "\x01"
"""What stands for an inline formula in masked prose, as often as the formula is long."""

_CJK = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3"
_RAISED = "\u00b2\u00b3\u00b9\u2070-\u209c"
_TOKEN = re.compile(
    rf"{FORMULA}+|[{_CJK}]+|[^\W\d_{_CJK}{_RAISED}]+(?:['’.\-‐‑][^\W\d_{_CJK}{_RAISED}]+)*|\d+(?:[./]\d+)*|\S"  # noqa: RUF001 - signs as pages have them
)
PUNCTUATION = frozenset(",.:;()[]-–—'’\"“”„«»*#_~/&…·|>\\{}^$`+=%、。，：；（）「」『』！")  # noqa: RUF001 - signs as pages have them
_REFERENCE = frozenset(
    "( [ and , - – eq eqs equation equations section step part chapter line lines lemma theorem expression "
    "expressions formula formulas fact property figure table".split()
)
_SHORT = frozenset("eq eqs eqn eqns fig figs sec ch".split())
"""Words of references that are typed short, with a point behind them."""
_EQUATING = frozenset("is are be was were equals equal means denotes as ist sind est es é".split())


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """A word of a sentence, or a sign or formula, in small letters, with its place in the text."""

    text: str
    start: int

    @property
    def is_formula(self) -> bool:
        """Whether it stands for a formula."""
        return self.text.startswith(FORMULA)


def words_in(masked: str, offset: int = 0) -> list[SpokenWord]:
    """Return the words of a piece of prose in which formulas are masked."""
    return [SpokenWord(_plain(one[0]), offset + one.start()) for one in _TOKEN.finditer(masked)]


def _plain(word: str) -> str:
    """Return a word in small letters; a letter in a font of its own is that letter."""
    return (unicodedata.normalize("NFKC", word) if len(word) == 1 else word).lower().replace("’", "'")


# ---- words that count


class Words:
    """A list of words and of groups of words; one that ends with `*` is the beginning of a word."""

    def __init__(self, typed: str) -> None:
        entries = [(one[1] or one[2]).lower().split() for one in re.finditer(r'"([^"]*)"|([^\s"]+)', typed)]
        self.groups: dict[str, list[tuple[str, ...]]] = {}
        self.beginnings = tuple(sorted(one[0][:-1] for one in entries if len(one) == 1 and one[0][-1] == "*"))
        for entry in entries:
            if entry[-1][-1] != "*":
                self.groups.setdefault(entry[0], []).append(tuple(entry))
        for group in self.groups.values():
            group.sort(key=len, reverse=True)
        self.joined = frozenset(one[0] for one in entries if len(one) == 1 and is_joined(one[0]))
        self.longest = max(map(len, self.joined), default=0)

    def at(self, words: Sequence[SpokenWord], place: int) -> int:
        """Return how many words from a place on are one of the list, 0 if none is."""
        first = words[place].text
        for group in self.groups.get(first, ()):
            if tuple(one.text for one in words[place : place + len(group)]) == group:
                return len(group)
        return 1 if self.beginnings and first.startswith(self.beginnings) else 0

    def segmented(self, text: str) -> int:
        """Return how much of unparted text, as Chinese, is made of words of the list, the longest first."""
        place = 0
        while place < len(text):
            length = next(
                (
                    k
                    for k in range(min(self.longest, len(text) - place), 0, -1)
                    if text[place : place + k] in self.joined
                ),
                0,
            )
            if not length:
                return place
            place += length
        return place

    def found(self, words: Sequence[SpokenWord]) -> Iterator[SpokenWord]:
        """Yield what of the list stands among words; in unparted text it may stand anywhere."""
        for place, word in enumerate(words):
            length = self.at(words, place)
            if length:
                yield SpokenWord(" ".join(one.text for one in words[place : place + length]), word.start)
            elif is_joined(word.text):
                yield from (
                    SpokenWord(one, word.start + word.text.index(one))
                    for one in self.joined
                    if one in word.text
                )
            elif "-" in word.text or "'" in word.text:
                parts = [SpokenWord(part, word.start) for part in re.split("[-']", word.text) if part]
                yield from (word for k in range(len(parts)) if len(parts) > 1 and self.at(parts, k))


def is_joined(text: str) -> bool:
    """Return whether a word is Chinese, Japanese or Korean: words are joined there, and the verb comes last."""
    return re.match(rf"[{_CJK}]", text) is not None


@cache
def _data() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = tomllib.loads(
        (files("derive.reading.latex") / "vocabulary.toml").read_text("utf-8")
    )
    return found


@cache
def listed(section: str, name: str) -> Words:
    """Return one list of the data, or a whole section of it with the name `*`."""
    lists = _data()[section]
    return Words(" ".join(lists.values()) if name == "*" else lists[name])


@cache
def word_set(section: str, name: str) -> frozenset[str]:
    """Return one list of the data as a set of single words."""
    return frozenset(_data()[section][name].split())


def kinds(section: str) -> tuple[str, ...]:
    """Return the names of the lists in a section of the data."""
    return tuple(_data()[section])


def unknown(words: Sequence[SpokenWord], also: Iterable[Words] = ()) -> SpokenWord | None:
    """Return the first word that is not known to be harmless, None if all are."""
    harmless = (listed("harmless", "*"), *also)
    place = 0
    while place < len(words):
        word = words[place]
        length = max(one.at(words, place) for one in harmless)
        if length:
            place += length
            continue
        if not _is_plain(words, place, harmless):
            return word
        place += 1
    return None


def _is_plain(words: Sequence[SpokenWord], place: int, harmless: Sequence[Words]) -> bool:
    """Return whether a sign, number, formula or compound says nothing."""
    word = words[place]
    before = words[place - 1].text if place else ""
    if word.is_formula:  # "where y is 2x" says what y is
        return not (before in _EQUATING and any(one.is_formula for one in words[:place]))
    if word.text[0].isdigit():
        if before == "." and place > 1 and words[place - 2].text in _SHORT:
            return True
        if len(before) == 1 and before.isalpha() and word.start - words[place - 1].start == 1 + len("<sub>"):
            return True  # the number of a name
        ranged = before not in ("-", "–") or (place > 1 and words[place - 2].text[0].isdigit())
        return before in _REFERENCE and ranged
    if is_joined(word.text):
        return any(one.segmented(word.text) == len(word.text) for one in harmless)
    if len(word.text) == 1 and word.text in PUNCTUATION:
        return True
    if len(word.text) == 1 and word.text.isascii() and word.text.isalpha():
        return True  # a letter, as a formula that is typed without dollars
    parts = [SpokenWord(part, word.start) for part in re.split(r"[-‐‑']", word.text) if part]  # noqa: RUF001 - signs as pages have them
    return len(parts) > 1 and all(any(one.at(parts, k) for one in harmless) for k in range(len(parts)))
