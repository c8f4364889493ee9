"""Where a line changed: the signs in which two formulas differ, as text alone. It knows nothing of what they mean."""

from __future__ import annotations

import re

_TOKEN = re.compile(r"[^\W\d]\w*'*|\d+(?:\.\d+)?|\*\*|[<>!]=|\S")
_OPENING, _CLOSING = "([", ")]"


def changed_part(text: str, *references: str) -> tuple[int, int]:
    """Return the start and end of the part of `text` that is not in the nearest of some other formulas.

    What both begin and end with is left out. Where something was lost, the part is the sign that stands there
    now; where nothing is alike, it is the whole text. At least one character.
    """
    whole = (0, max(len(text), 1))
    parts = [_against(text, one) for one in references]
    return min(
        (part for part in parts if part is not None), key=lambda part: part[1] - part[0], default=whole
    )


def _against(text: str, other: str) -> tuple[int, int] | None:
    tokens = list(_TOKEN.finditer(text))
    here, there = [one[0] for one in tokens], _TOKEN.findall(other)
    if not here or here == there:
        return None
    first = 0
    while first < min(len(here), len(there)) and here[first] == there[first]:
        first += 1
    last = 0
    while last < min(len(here), len(there)) - first and here[-1 - last] == there[-1 - last]:
        last += 1
    end = max(len(here) - last, min(first, len(here) - 1) + 1)
    start, end = _balanced(here, min(first, len(here) - 1), end)
    return tokens[start].start(), tokens[end - 1].end()


def _balanced(tokens: list[str], start: int, end: int) -> tuple[int, int]:
    """Return the range, extended until every bracket in it is closed in it, with the name before the bracket."""
    while True:
        depth = lowest = 0
        for token in tokens[start:end]:
            depth += (token in _OPENING) - (token in _CLOSING)
            lowest = min(lowest, depth)
        if lowest < 0 and start > 0:
            start -= 1
        elif depth > 0 and end < len(tokens):
            end += 1
        else:
            break
    named = start > 0 and tokens[start] in _OPENING and tokens[start - 1][0].isalpha()
    return start - named, end
