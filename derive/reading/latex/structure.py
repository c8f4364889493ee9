"""A piece of LaTeX to its structure: rows of items with scripts, fractions, brackets, tables. Gives no meanings."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import TypeAlias

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken
from lark.tree import Meta

from derive.errors import ReadingError
from derive.reading.latex.symbols import BIG, BLANKS, COMMANDS, NOTES, SPACES, TIMES, TYPED
from derive.reading.lines import MAX_STATEMENT, Passage

# Imported inside functions: what writes out sums with dots, which walks the structures made here.

Item: TypeAlias = Tree[Token] | Token

MAX_NESTING = 60
"""How deep a formula may nest; what is made of it nests deeper still, and is walked by recursion."""

_CLOSERS = {
    "RBRACE": '"}"',
    "RPAR": '")"',
    "RSQB": '"]"',
    "RSET": r'"\}"',
    "RIGHT": r'"\right"',
    "END": r'"\end"',
}


@cache
def grammar() -> Lark:
    """Return the grammar of structures, ready to parse."""
    source = files(__package__).joinpath("grammar.lark").read_text(encoding="utf-8")
    ignored = {"BLANK": BLANKS, "SPACE.4": SPACES, "NOTE.4": NOTES}
    source += "".join(f"\n{name}: /{pattern}/" for name, pattern in ignored.items())
    return Lark(source, parser="lalr", start="row", propagate_positions=True, maybe_placeholders=False)


def structure(piece: Passage) -> list[Item]:
    """Return the items of a piece of mathematics.

    Raises:
        ReadingError: its brackets do not match, a sign means nothing, or it is too long or too deep.
    """
    text = piece.text
    if len(text) - piece.blank > MAX_STATEMENT:
        raise ReadingError(f"the formula is longer than {MAX_STATEMENT} characters", piece.position)
    try:
        return list(_of_text(text))
    except ReadingError:
        return _structure(piece)  # which says where


@lru_cache(maxsize=4096)  # a page is read until no reading tells more of another
def _of_text(text: str) -> tuple[Item, ...]:
    return tuple(_structure(Passage("", 1, "", 1, text.split("\n"), [])))


def refuse_unknown(piece: Passage) -> None:
    """Refuse a command that is in no table: what it shows is not known, and it might be a relation."""
    for line, text in enumerate(piece.text.split("\n"), 1):
        for found in re.finditer(r"\\\\|\\[A-Za-z]+", re.sub(r"(?<!\\)%.*", "", text)):
            if found[0] not in COMMANDS and found[0] != r"\\":
                raise ReadingError(f"unknown command {found[0]}", piece.at(line, found.start() + 1))


_CASED = re.compile(
    r"(?P<before>\\(?:text|textrm|mbox)\s*\{\s*(?:if|when|for))\s(?P<inside>[^{}]*(?:[=<>]|\\n?eq?(?![a-z])|\$)[^{}]*)\}"
)


def _with_conditions(text: str) -> str:
    r"""Return a table with what stands in words as mathematics: `\text{if $i = j$}` is `\text{if} i = j`, as long."""
    if "\\begin" not in text:
        return text
    return _CASED.sub(lambda one: one["before"] + "}" + one["inside"].replace("$", " ") + " ", text)


def _structure(piece: Passage) -> list[Item]:
    try:
        tree = grammar().parse(_with_conditions(piece.text))
    except UnexpectedInput as wrong:
        raise _unexpected(wrong, piece) from None
    _limit_nesting(tree, piece)
    from derive.reading.latex.dotted import written_out

    return written_out(row_of(_plain(tree, piece)))


def _plain(item: Item, piece: Passage, keep: bool = False) -> Item:
    r"""Return an item without what only says how it looks or what it is called.

    `\underbrace{x}_{note}` is x as a unit, `{a \over b}` a fraction, `f^\prime` a prime, `\substack` a list.
    A wide blank is kept in the cells of tables alone, where it may stand before a condition.
    """
    if isinstance(item, Token):
        return item
    if item.data == "table":
        _check_table(item, piece)
    note = _note_of(item)
    inside = item.data == "line" or (keep and item.data == "row")
    if not inside:
        _check_room(item, piece)
    item.children = [
        _plain(one, piece, item.data == "line") for one in item.children if inside or shape(one) != "WIDE"
    ]
    if item.data == "scripted":
        return _plain_scripts(item, note, piece)
    if item.data == "noted":
        return tree("unit", [tree("row", row_of(item.children[1]), item)], item)
    if item.data == "row" and any(is_sign(one, r"\over") for one in item.children):
        return _over(item, piece)
    if item.data == "stack":
        rows = [one for one in item.children if shape(one) == "row"]
        parts = [part for row in rows for part in (*row_of(row), token("OPERATOR", ",", row))]
        return tree("group", [tree("row", parts[:-1], item)], item)
    return item


def _check_room(row: Tree[Token], piece: Passage) -> None:
    """Refuse a wide blank between factors: what stands on both sides of it is apart, and no product."""
    shown = [one for one in row.children if shape(one) != "WIDE"]
    for place, one in enumerate(row.children):
        before = sum(shape(other) != "WIDE" for other in row.children[:place])
        if shape(one) != "WIDE" or not 0 < before < len(shown):
            continue
        if not any(is_sign(other, "+", "-", "/", "=", *TIMES) for other in shown[before - 1 : before + 1]):
            line, column, _ = begin(one)
            raise ReadingError(
                "a wide blank inside a formula: a product, or two things?", piece.at(line, column)
            )


def _check_table(table: Tree[Token], piece: Passage) -> None:
    """Refuse a table that ends otherwise than it begins."""
    first, last = (
        str(one).partition("{")[2].partition("}")[0] for one in (table.children[0], table.children[-1])
    )
    opened = str(table.children[0])
    began = "array" if first == "array" or re.match(r"\\begin\s*\{array\}", opened) else first
    if began != last:
        line, column, _ = begin(table.children[-1])
        raise ReadingError(f"{began} begins here, and {last} ends", piece.at(line, column))


def _note_of(item: Tree[Token]) -> str | None:
    """Return the script that is only a note on what it stands at."""
    base = item.children[0] if item.children else None
    return _NOTES.get(str(base.children[0])) if isinstance(base, Tree) and base.data == "noted" else None


def _plain_scripts(item: Tree[Token], note: str | None, piece: Passage) -> Item:
    base, *found = item.children
    kept: list[Tree[Token]] = []
    for one in found:
        assert isinstance(one, Tree)  # noqa: S101 - the grammar says so; this is for the type checker
        if note is not None and shape(one.children[0]) == note:
            _check_note(one.children[-1], piece)
            continue
        marks = row_of(one.children[-1])
        if shape(one.children[-1]) == "OPERATOR" and not is_sign(one.children[-1], "*"):
            line, column, _ = begin(one.children[-1])
            raise ReadingError(f'"{one.children[-1]}" cannot stand here', piece.at(line, column))
        if marks and all(is_sign(mark, r"\prime") for mark in marks):
            one = tree("script", [token("PRIMES", "'" * len(marks), one)], one)
        if any(str(one.children[0])[0] == str(other.children[0])[0] for other in kept):
            line, column, _ = begin(one)
            raise ReadingError("a second script of one kind; write braces", piece.at(line, column))
        kept.append(one)
    return tree("scripted", [base, *kept], item) if kept else base


def _check_note(note: Item, piece: Passage) -> None:
    r"""Refuse `\underbrace{…}_{= 1}`: what the note says is a claim of its own, which nobody would check."""
    inside = row_of(note)
    words = " ".join(word_of(one) or "" for one in inside).lower()
    if [str(one) for one in inside] == ["0"] or _VANISHING.search(words):
        line, column, _ = begin(note)
        raise ReadingError(
            "what this note says is a claim of its own; write it beside", piece.at(line, column)
        )
    for one in inside:
        if is_sign(
            one,
            "=",
            "<",
            ">",
            r"\to",
            r"\rightarrow",
            r"\approx",
            r"\le",
            r"\leq",
            r"\ge",
            r"\geq",
            r"\neq",
            r"\equiv",
        ):
            line, column, _ = begin(one)
            message = "what this note says is a claim of its own; write it as an equation beside"
            raise ReadingError(message, piece.at(line, column))


_VANISHING = re.compile(r"\b(?:vanish\w*|zero|negligible|ignored?|small|cancels?|dropped|constant)\b")
_NOTES = {r"\underbrace": "SUB", r"\overbrace": "SUP"}


def _over(row: Tree[Token], piece: Passage) -> Item:
    places = [place for place, one in enumerate(row.children) if is_sign(one, r"\over")]
    sign = row.children[places[0]]
    if len(places) > 1:
        line, column, _ = begin(row.children[places[1]])
        raise ReadingError(r"\over stands twice here; write \frac", piece.at(line, column))
    above, below = row.children[: places[0]], row.children[places[0] + 1 :]
    parts = [tree("row", one, one[0] if one else sign, one[-1] if one else sign) for one in (above, below)]
    fraction = tree("fraction", [token("FRAC", r"\frac", sign), *parts], row)
    return tree("row", [fraction], row)


def _limit_nesting(tree: Tree[Token], piece: Passage) -> None:
    level: list[Tree[Token]] = [tree]
    for _ in range(3 * MAX_NESTING):
        level = [child for node in level for child in node.children if isinstance(child, Tree)]
        if not level:
            return
    raise ReadingError(f"the formula nests deeper than {MAX_NESTING} levels", piece.position)


def _unexpected(wrong: UnexpectedInput, piece: Passage) -> ReadingError:
    if isinstance(wrong, UnexpectedCharacters):
        shown = f'"{wrong.char}"' if wrong.char.isprintable() else f"U+{ord(wrong.char):04X}"
        return ReadingError(f"{shown} has no meaning here", piece.at(wrong.line, wrong.column))
    if not isinstance(wrong, UnexpectedToken):
        return ReadingError("the formula is incomplete", piece.end())
    token, accepted = wrong.token, set(wrong.accepts)
    wanted = " or ".join(word for name, word in _CLOSERS.items() if name in accepted)
    if token.type == "$END":
        return ReadingError(f"expected {wanted or 'more'}, but the formula ends here", piece.end())
    at = piece.at(token.line or 1, token.column or 1)
    if token.type in ("SUB", "SUP", "PRIMES"):
        return ReadingError(f'"{token}" has nothing before it, or stands twice', at)
    if wanted:
        return ReadingError(f'expected {wanted}, found "{token}"', at)
    if token.type in _CLOSERS:
        return ReadingError(f'"{token}" closes nothing', at)
    return ReadingError(f'"{token}" cannot stand here', at)


# ---- places


def begin(item: Item) -> tuple[int, int, int]:
    """Return where an item begins: line, column, offset."""
    if isinstance(item, Token):
        return item.line or 1, item.column or 1, item.start_pos or 0
    meta = item.meta
    return (1, 1, 0) if meta.empty else (meta.line, meta.column, meta.start_pos)


def finish(item: Item) -> tuple[int, int, int]:
    """Return where an item ends: line, column, offset."""
    if isinstance(item, Token):
        return item.end_line or 1, item.end_column or 1, item.end_pos or 0
    meta = item.meta
    return (1, 1, 0) if meta.empty else (meta.end_line, meta.end_column, meta.end_pos)


def tree(data: str, children: Sequence[Item], first: Item, last: Item | None = None) -> Tree[Token]:
    """Return a tree that stands from one item to another."""
    meta = Meta()  # type: ignore[no-untyped-call] # of lark
    meta.empty = False
    meta.line, meta.column, meta.start_pos = begin(first)
    meta.end_line, meta.end_column, meta.end_pos = finish(first if last is None else last)
    return Tree(data, list(children), meta)


def token(kind: str, text: str, like: Item) -> Token:
    """Return a token of the text language at an item's place."""
    line, column, start = begin(like)
    end_line, end_column, end = finish(like)
    return Token(kind, text, start, line, column, end_line, end_column, end)


def adjacent(left: Item, right: Item) -> bool:
    """Return whether nothing, not even a blank, stands between two items."""
    return finish(left)[2] == begin(right)[2]


def account(read: set[int], *items: Item | None) -> None:
    """Add the places of all signs of items to those that were read."""
    for item in items:
        if isinstance(item, Token):
            read.update(range(item.start_pos or 0, item.end_pos or 0))
        elif item is not None:
            account(read, *item.children)


# ---- shapes


def is_sign(item: Item, *signs: str) -> bool:
    """Return whether an item is one of these signs or commands."""
    return isinstance(item, Token) and str(item) in signs


def shape(item: Item) -> str:
    """Return what an item is: the kind of a token, the name of a tree."""
    return item.type if isinstance(item, Token) else str(item.data)


def row_of(item: Item) -> list[Item]:
    """Return what stands inside a group, or the item alone."""
    if isinstance(item, Token):
        return [item]
    if item.data == "group":
        return row_of(item.children[0])
    if item.data == "row":
        return list(item.children)
    return [item]


def scripts(item: Tree[Token]) -> dict[str, Item]:
    """Return the scripts of a scripted item by their mark: SUB, SUP and PRIMES."""
    found: dict[str, Item] = {}
    for one in item.children[1:]:
        assert isinstance(one, Tree)  # noqa: S101 - the grammar says so; this is for the type checker
        mark = one.children[0]
        assert isinstance(mark, Token)  # noqa: S101 - the same
        found[mark.type] = mark if mark.type == "PRIMES" else one.children[1]
    return found


def word_of(item: Item) -> str | None:
    r"""Return the word of `\text{word}`, `\operatorname{word}`, `\mathrm{word}`, else None."""
    if isinstance(item, Token):
        return " ".join(item[item.index("{") + 1 : -1].split()) if item.type == "TEXT" else None
    if item.data != "font" or is_sign(item.children[0], r"\boxed"):
        return None
    letters = [str(one) for one in row_of(item.children[1]) if isinstance(one, Token)]
    if len(letters) < len(row_of(item.children[1])) or len(letters) < 2:
        return None
    word = "".join(letters).replace(r"\_", "_")
    return word if word.replace("_", "").isalnum() else None


def operation_of(base: Item, marks: Mapping[str, Item]) -> str | None:
    r"""Return the operation that `\sum`, `\max_j` or `\operatorname{mean}_j` begins, None for anything else."""
    if isinstance(base, Token) and TYPED.get(str(base), str(base)) in BIG:
        operation = BIG[TYPED.get(str(base), str(base))]
        return None if operation in ("max", "min") and "SUB" not in marks else operation
    word = word_of(base)
    return word if word in ("mean", "max", "min") and "SUB" in marks else None
