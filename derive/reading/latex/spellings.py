r"""How a document spells its names: `read ga as \gamma`, `read dx as d\hat{x}`, `read o[j] as o^{(2)}_j`.

It compares the structure of what is written; it knows no declarations and gives nothing a meaning.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from lark import Token, Tree

from derive.reading.latex.structure import Item, row_of, scripts, shape, token, tree, word_of
from derive.reading.latex.symbols import BARS, CLOSING, LETTERS, OPENING, TYPED


@dataclass(frozen=True, slots=True)
class Spelling:
    """A name with how it is written; `letters` stand for any index there, in the order of the name's indices."""

    name: str
    letters: tuple[str, ...]
    pattern: tuple[Item, ...]

    @property
    def fixed(self) -> frozenset[str]:
        """The letters in scripts that are part of the name, and stand for no index."""
        return frozenset(_letters_in_scripts(self.pattern)) - set(self.letters)


def _letters_in_scripts(items: Sequence[Item], inside: bool = False) -> Iterator[str]:
    for item in items:
        if is_set(_opened(item)[0]):
            continue  # what a family such as `\{x_n\}_{n=1}^N` binds
        if isinstance(item, Tree):
            yield from _letters_in_scripts(item.children, inside or item.data == "script")
        elif inside and item.type == "LETTER":
            yield str(item)


def is_set(item: Item) -> bool:
    """Return whether an item is what stands in braces that show."""
    if not isinstance(item, Tree) or item.data != "fence":
        return False
    opening = item.children[0]
    return isinstance(opening, Token) and _sign(opening) == OPENING[r"\{"]


@dataclass(frozen=True, slots=True)
class Match:
    """A spelling found among items: which, what its letters stand for, what is left of the last item, its length."""

    spelling: Spelling
    indices: tuple[Item, ...]
    rest: tuple[Item, ...]
    above: Item | None
    primes: Item | None
    length: int


def find(
    spelling: Spelling, items: Sequence[Item], at: int, label: Callable[[Item], Token | None] | None = None
) -> Match | None:
    """Return the match of a spelling at a place among items; `label` tells which label an index is."""
    *before, last = spelling.pattern
    length = len(spelling.pattern)
    if at + length > len(items):
        return None
    bound: dict[str, Item] = {}
    letters = spelling.letters
    if not all(_same(one, items[at + k], letters, bound) for k, one in enumerate(before)):
        return None
    base, wanted = _opened(last)
    found, given = _opened(items[at + length - 1])
    if not _same(base, found, letters, bound):
        return None
    primes = given.get("PRIMES")
    if "PRIMES" in wanted:
        if str(primes or "") != str(wanted["PRIMES"]):
            return None
        primes = None
    above = given.get("SUP")
    if "SUP" in wanted:
        if above is None or not _same(wanted["SUP"], above, letters, bound):
            return None
        above = None
    pattern, subs = flat(wanted.get("SUB")), flat(given.get("SUB"), label)
    if len(pattern) > len(subs) or not all(
        _same(one, sub, letters, bound) for one, sub in zip(pattern, subs, strict=False)
    ):
        return None
    if any(letter not in bound for letter in letters):
        return None
    indices = tuple(bound[letter] for letter in letters)
    rest = tuple(subs[len(pattern) :])
    return Match(spelling, indices, rest, above, primes, length)


def flat(item: Item | None, label: Callable[[Item], Token | None] | None = None) -> list[Item]:
    """Return the parts of a subscript: commas left out, `t_k` inside it as t and k, digits side by side as one.

    What `label` knows as a label is that label.
    """
    if item is None:
        return []
    return list(_parts(row_of(item), label))


def _parts(items: Sequence[Item], label: Callable[[Item], Token | None] | None = None) -> Iterator[Item]:
    place = 0
    while place < len(items):
        item = items[place]
        place += 1
        if shape(item) == "DIGIT":
            digits = [item]
            while place < len(items) and shape(items[place]) == "DIGIT":
                digits.append(items[place])
                place += 1
            text = "".join(map(str, digits))
            yield token("NUMBER", text, tree("digits", digits, item, digits[-1])) if len(digits) > 1 else item
        elif shape(item) == "group":
            yield from _parts(row_of(item), label)
        elif label is not None and (known := label(item)) is not None:
            yield known
        elif isinstance(item, Tree) and item.data == "scripted":
            marks = scripts(item)
            inner = flat(marks.get("SUB"))
            if set(marks) == {"SUB"} and not all(shape(one) in ("DIGIT", "NUMBER") for one in inner):
                yield from _parts([item.children[0]])
                yield from inner
            else:
                yield item
        elif str(item) != ",":
            yield item


def _opened(item: Item) -> tuple[Item, dict[str, Item]]:
    if isinstance(item, Tree) and item.data == "scripted":
        return item.children[0], scripts(item)
    if isinstance(item, Tree) and item.data == "group" and len(row_of(item)) == 1:
        return _opened(row_of(item)[0])
    return item, {}


def _same(pattern: Item, item: Item, letters: tuple[str, ...], bound: dict[str, Item]) -> bool:
    """Return whether an item is what the pattern says; its letters are bound on the way."""
    pattern, item = _bare(pattern), _bare(item)
    if isinstance(pattern, Tree) and _place(pattern) in letters:
        if not _is_letter(item):
            return False
        return str(bound.setdefault(_place(pattern), item)) == str(item)
    if isinstance(pattern, Token) and str(pattern) in letters:
        if not _is_letter(item):
            return False
        earlier = bound.setdefault(str(pattern), item)
        return str(earlier) == str(item)
    if word_of(pattern) is not None or word_of(item) is not None:
        return word_of(pattern) == word_of(item)
    if isinstance(pattern, Token) or isinstance(item, Token):
        return isinstance(pattern, Token) and isinstance(item, Token) and _sign(pattern) == _sign(item)
    if pattern.data != item.data:
        return False
    if pattern.data == "scripted":
        wanted, given = scripts(pattern), scripts(item)
        return (
            _same(pattern.children[0], item.children[0], letters, bound)
            and wanted.keys() == given.keys()
            and all(_all_same(flat(wanted[mark]), flat(given[mark]), letters, bound) for mark in wanted)
        )
    return _all_same(_inside(pattern), _inside(item), letters, bound)


def _all_same(
    pattern: Sequence[Item], items: Sequence[Item], letters: tuple[str, ...], bound: dict[str, Item]
) -> bool:
    return len(pattern) == len(items) and all(
        _same(one, item, letters, bound) for one, item in zip(pattern, items, strict=True)
    )


def _place(item: Tree[Token]) -> str:
    r"""Return `y_1` for a letter with a number, empty for anything else."""
    base, marks = _opened(item)
    numbers = flat(marks["SUB"]) if set(marks) == {"SUB"} else []
    return f"{base}_{''.join(map(str, numbers))}" if numbers and _is_letter(item) else ""


def _inside(item: Tree[Token]) -> list[Item]:
    return [part for child in item.children for part in row_of(child)]


def _bare(item: Item) -> Item:
    """Return what stands alone in braces."""
    while isinstance(item, Tree) and item.data in ("group", "row") and len(row_of(item)) == 1:
        item = row_of(item)[0]
    return item


def _is_letter(item: Item) -> bool:
    if isinstance(item, Tree):
        base, marks = _opened(item)
        kinds = ("DIGIT", "NUMBER", "LETTER")
        plain = set(marks) == {"SUB"} and all(shape(one) in kinds for one in flat(marks["SUB"]))
        return plain and isinstance(base, Token) and _is_letter(base)
    return item.type in ("LETTER", "DIGIT", "NUMBER") or _sign(item) in LETTERS


def _sign(item: Token) -> str:
    r"""Return a sign as it is compared: σ is \sigma, and a bracket is the same with \left."""
    text = "".join(str(item).split())
    text = text.removeprefix(r"\left").removeprefix(r"\right") if item.type in ("LEFT", "RIGHT") else text
    text = BARS.get(text, text)
    return OPENING.get(text) or CLOSING.get(text) or TYPED.get(text, text)
