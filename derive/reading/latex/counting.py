r"""Which letters of a page count: those at a delta, in square brackets, below a name, and beside such as do.

Gives nothing a meaning.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from lark import Token, Tree

from derive.reading.latex.names import opened
from derive.reading.latex.spellings import flat
from derive.reading.latex.structure import Item, row_of, shape, word_of
from derive.reading.latex.symbols import TYPED
from derive.reading.latex.uses import Use, parts_of


def of_deltas(items: Sequence[Item]) -> Iterator[str]:
    """Yield the letters at a delta with two indices."""
    for item in items:
        if is_delta(item):
            yield from (str(one) for one in _at_delta(item) if isinstance(one, Token))
        if isinstance(item, Tree):
            for child in item.children:
                yield from of_deltas(row_of(child))


def compared_in(items: Sequence[Item]) -> Iterator[set[str]]:
    r"""Yield the pairs of letters that are compared in the cells of tables and below sums: `k = j`, `i \neq k`."""
    for item in items:
        if isinstance(item, Tree):
            for child in item.children:
                row = row_of(child)
                if item.data in ("line", "script"):
                    yield from _pair(row)
                yield from compared_in(row)


def _pair(row: Sequence[Item]) -> Iterator[set[str]]:
    """Yield the two letters of a comparison that is all that stands in a row, but for words and points."""
    said = [
        one
        for one in row
        if word_of(one) is None and shape(one) != "WIDE" and str(one) not in (",", ".", ";")
    ]
    signs = [TYPED.get(str(one), str(one)) for one in said]
    letters = set(signs[::2])
    if (
        len(said) == 3
        and signs[1] in ("=", r"\neq", r"\ne")
        and all(len(one) == 1 and one.isalpha() for one in letters)
    ):
        yield letters


def is_delta(item: Item) -> bool:
    r"""Return whether an item is a delta at two letters, or at places such as `j^*` and `j'`."""
    base, _ = opened(item)
    if not isinstance(base, Token) or TYPED.get(str(base), str(base)) != r"\delta":
        return False
    places = _at_delta(item)
    return len(places) == 2 and all(
        str(opened(one)[0]).isalpha() and len(str(opened(one)[0])) == 1 for one in places
    )


def _at_delta(item: Item) -> list[Item]:
    return [one for mark in ("SUB", "SUP") for one in flat(opened(item)[1].get(mark))]


def stepping(items: Sequence[Item]) -> Iterator[str]:
    """Yield the letters in scripts to which something is added, as the k of `x_{k+1}`."""
    for item in items:
        if isinstance(item, Tree):
            inside = row_of(item.children[-1]) if item.data == "script" else []
            if any(str(one) in ("+", "-") for one in inside):
                yield from (str(one) for one in inside)
            for child in item.children:
                yield from stepping(row_of(child))


def in_brackets(fence: Item | None) -> list[str]:
    """Return the letters that stand alone between commas in square brackets behind a name: `U[i,k]`."""
    if not isinstance(fence, Tree) or fence.data != "fence" or str(fence.children[0]) not in ("[", r"\left["):
        return []
    return [str(part[0]) for part in parts_of(fence) if len(part) == 1 and str(part[0]).isalpha()]


def columns_in(uses: Iterable[Use]) -> Iterator[str]:
    """Yield the matrices of which columns stand on a page: each letter that stands alone below one is always second."""
    alone: dict[str, set[str]] = {}
    places: dict[str, tuple[set[str], set[str]]] = {}
    for use in uses:
        letters = [str(one) for one in flat(use.marks.get("SUB"))]
        if len(letters) == 1 and letters[0].isalpha():
            alone.setdefault(use.key.name, set()).add(letters[0])
        elif len(letters) == 2:
            first, second = places.setdefault(use.key.name, (set(), set()))
            first.add(letters[0])
            second.add(letters[1])
    for name, (first, second) in places.items():
        if name in alone and alone[name] <= second - first:
            yield name
