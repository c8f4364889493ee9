r"""Sums with dots, `w_1 x_1 + \dots + w_n x_n`, as sums over an index: what changes from term to term is the index.

That is done where the terms agree but for places in scripts, at which those before the dots have numbers that count up
from 0 or 1, and the last has the end. Dots of any other kind stay as they stand, and are refused by whoever reads them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from lark import Token, Tree

from derive.reading.latex.structure import Item, row_of, shape, token, tree

_DOTS = ([r"\dots"], [r"\ldots"], [r"\cdots"], [r"\dotsb"], [".", ".", "."])
_PARTING = ("+", "-", "−", "=", "<", ">", ",", ";", ":")
_STARTS = (0, 1)
_LETTERS = "ijklmnabcd"


@dataclass(slots=True)
class _Term:
    """What stands between signs of a row, with the sign before it."""

    sign: Item | None = None
    items: list[Item] = field(default_factory=list)

    @property
    def is_added(self) -> bool:
        """Whether it is a term with a plus before it, or the first one."""
        return self.sign is None or str(self.sign) == "+"


def written_out(items: Sequence[Item]) -> list[Item]:
    """Return a row with its sums with dots as sums over an index, those inside of its items, too."""
    return _written_out(items, frozenset(map(str, _tokens(items))))


def _written_out(items: Sequence[Item], used: frozenset[str]) -> list[Item]:
    """Return a row with its sums written out over letters that stand nowhere around: none of theirs is bound."""
    terms = [_Term()]
    for one in items:
        if isinstance(one, Token) and str(one) in _PARTING:
            terms.append(_Term(one))
        else:
            terms[-1].items.append(_inside(one, used))
    place = 1
    while place + 1 < len(terms):
        dotted = [str(one) for one in terms[place].items] in _DOTS
        found = _sum_around(terms, place, used) if dotted else None
        if found is not None:
            start, total = found
            terms[start : place + 2] = [_Term(terms[start].sign, total)]
            place = start
        place += 1
    return [one for term in terms for one in ([] if term.sign is None else [term.sign]) + term.items]


def _inside(item: Item, used: frozenset[str]) -> Item:
    """Return an item with the sums inside of it written out; the item itself where there are none."""
    if isinstance(item, Token):
        return item
    row = item.data == "row"
    children = _written_out(item.children, used) if row else [_inside(one, used) for one in item.children]
    same = len(children) == len(item.children) and all(map(_is, children, item.children))
    return item if same else tree(item.data, children, item)


def _is(one: Item, other: Item) -> bool:
    return one is other


def _sum_around(terms: Sequence[_Term], place: int, used: frozenset[str]) -> tuple[int, list[Item]] | None:
    """Return the sum of which the dots at a place are a part: with which term it starts, and what it is."""
    before, last = terms[place - 1], terms[place + 1]
    ends = _changes(before.items, last.items)
    if ends is None or not (terms[place].is_added and last.is_added):
        return None
    (number, end), start = ends, place - 1
    while start and terms[start].is_added:
        earlier = _changes(terms[start - 1].items, terms[start].items)
        if earlier is None or earlier[0] != number - 1 or str(earlier[1]) != str(number):
            break
        start, number = start - 1, number - 1
    if number not in _STARTS or not terms[start].is_added:
        return None
    whole = tree("row", [], before.items[0] if start == place - 1 else terms[start].items[0], last.items[-1])
    letter = next((one for one in _LETTERS if one not in used), None)
    if letter is None:
        return None
    below = [
        token("LETTER", letter, whole),
        token("OPERATOR", "=", whole),
        token("DIGIT", str(number), whole),
    ]
    scripts = [_script("SUB", "_", below, whole), _script("SUP", "^", row_of(end), whole)]
    sign = tree("scripted", [token("COMMAND", r"\sum", whole), *scripts], whole)
    return start, [sign, *(_general(*pair, letter) for pair in zip(before.items, last.items, strict=True))]


def _script(kind: str, sign: str, items: Sequence[Item], like: Item) -> Tree[Token]:
    group = tree("group", [tree("row", items, like)], like)
    return tree("script", [token(kind, sign, like), group], like)


def _changes(before: Sequence[Item], behind: Sequence[Item]) -> tuple[int, Item] | None:
    """Return the number in scripts of one term where the other has something else, and what; None if more differs."""
    found = list(_differences(before, behind, scripted=False))
    if not found or any(one is None for one in found):
        return None
    told = [one for one in found if one is not None]
    alike = {(str(left), _text(right)) for left, right in told}
    left, right = told[0]
    return (int(str(left)), right) if len(alike) == 1 else None


def _differences(
    before: Sequence[Item], behind: Sequence[Item], scripted: bool
) -> Iterator[tuple[Token, Item] | None]:
    """Yield where two rows differ: a digit in a script, and what the other has there; `None` for anything else."""
    if len(before) != len(behind):
        yield None
        return
    for left, right in zip(before, behind, strict=True):
        left, right = _bare(left), _bare(right)
        if isinstance(left, Token) and isinstance(right, Token) and str(left) == str(right):
            continue
        if isinstance(left, Token) or isinstance(right, Token):
            yield (left, right) if scripted and isinstance(left, Token) and shape(left) == "DIGIT" else None
        elif left.data != right.data:
            yield None
        else:
            yield from _differences(left.children, right.children, scripted or left.data == "script")


def _general(before: Item, behind: Item, letter: str) -> Item:
    """Return a term with the letter where it differs from another one."""
    left, right = _bare(before), _bare(behind)
    if isinstance(left, Token):
        same = isinstance(right, Token) and str(left) == str(right)
        return before if same else token("LETTER", letter, left)
    assert isinstance(right, Tree)  # noqa: S101 - they differ in numbers alone; this is for the type checker
    pairs = zip(left.children, right.children, strict=True)
    return tree(left.data, [_general(*pair, letter) for pair in pairs], left)


def _bare(item: Item) -> Item:
    """Return what stands alone in braces."""
    while isinstance(item, Tree) and item.data in ("group", "row") and len(row_of(item)) == 1:
        item = row_of(item)[0]
    return item


def _tokens(items: Sequence[Item]) -> Iterator[Token]:
    for item in items:
        if isinstance(item, Token):
            yield item
        else:
            yield from _tokens(item.children)


def _text(item: Item) -> str:
    return " ".join(map(str, _tokens([item])))
