"""Changes to an input word by word, which keep most of it readable where changes of single bytes would not."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence

_WORD = re.compile(r"\\[A-Za-z]+|\w+|\s+|.", re.DOTALL)
_KINDS = tuple(map(re.compile, (r"\\[A-Za-z]+", r"\d+", r"[^\W\d]\w*", r"[-+*/^]", r"[=<>]")))
Words = list[str]


def mutated(typed: str, words: Sequence[str], others: Sequence[str], chance: random.Random) -> str:
    """Return a text with one to four changes drawn by `chance`: from `words`, or from a stretch of another text."""
    found = _WORD.findall(typed)
    for _ in range(chance.randint(1, 4)):
        change = chance.choice(_CHANGES)
        source = _WORD.findall(chance.choice(others)) if change is _grafted and others else list(words)
        found = change(found, source, chance)
    return "".join(found)


def exchanged(typed: str, others: Sequence[str], chance: random.Random) -> str:
    """Return a text with one to three words changed for words of their kind: most of these can still be read."""
    found = _WORD.findall(typed)
    for _ in range(chance.randint(1, 3)):
        kind = chance.choice(_KINDS)
        places = [place for place, word in enumerate(found) if kind.fullmatch(word)]
        words = [word for text in (typed, *others) for word in _WORD.findall(text) if kind.fullmatch(word)]
        if places and words:
            found[chance.choice(places)] = chance.choice(words)
    return "".join(found)


def _stretch(words: Sequence[str], chance: random.Random, longest: int = 8) -> tuple[int, int]:
    start = chance.randint(0, len(words))
    return start, min(len(words), start + chance.randint(1, longest))


def _dropped(found: Words, _: Sequence[str], chance: random.Random) -> Words:
    start, end = _stretch(found, chance)
    return found[:start] + found[end:]


def _repeated(found: Words, _: Sequence[str], chance: random.Random) -> Words:
    start, end = _stretch(found, chance)
    at = chance.randint(0, len(found))
    return found[:at] + found[start:end] + found[at:]


def _inserted(found: Words, words: Sequence[str], chance: random.Random) -> Words:
    at = chance.randint(0, len(found))
    return [*found[:at], chance.choice(words), *found[at:]]


def _replaced(found: Words, words: Sequence[str], chance: random.Random) -> Words:
    start, end = _stretch(found, chance, 2)
    return [*found[:start], chance.choice(words), *found[end:]]


def _swapped(found: Words, _: Sequence[str], chance: random.Random) -> Words:
    if not found:
        return found
    one, other = chance.randrange(len(found)), chance.randrange(len(found))
    result = list(found)
    result[one], result[other] = found[other], found[one]
    return result


def _grafted(found: Words, words: Sequence[str], chance: random.Random) -> Words:
    start, end = _stretch(words, chance, 30)
    at, until = _stretch(found, chance)
    return [*found[:at], *words[start:end], *found[until:]]


_CHANGES: tuple[Callable[[Words, Sequence[str], random.Random], Words], ...] = (
    *(_dropped, _repeated, _inserted, _replaced, _replaced, _swapped),
    *(_grafted, _grafted),
)
