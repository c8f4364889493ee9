r"""Brackets, fractions, roots, cases and indicators on the page."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING

from lark import Token, Tree

from derive.reading.latex.calls import split
from derive.reading.latex.names import opened
from derive.reading.latex.structure import (
    Item,
    adjacent,
    finish,
    is_sign,
    row_of,
    shape,
    token,
    tree,
    word_of,
)
from derive.reading.latex.symbols import CLOSING, OPENING, ORDER, TYPED, plainly
from derive.terms import Relation

if TYPE_CHECKING:
    from derive.reading.latex.rows import Node, Reading, Row

# Imported inside functions: what reads the rows in brackets.

_BARS = {"|": "|", r"\|": r"\|"}
_AROUND = {"bar": "abs", "norm": "norm", "floor": "floor"}
_CASES = ("cases", "dcases", "array", "matrix", "aligned")
_OTHERWISE = ("otherwise", "else", "elsewhere")
_IF = ("if", "when", "for", "where")


def _fence_sign(item: Item) -> str:
    text = "".join(str(item).split())
    if shape(item) in ("LVERT", "RVERT"):
        return text[-1] if text.endswith("|") else text
    return text.removeprefix(r"\left").removeprefix(r"\right") if shape(item) in ("LEFT", "RIGHT") else text


def kind_of_fence(item: Item) -> str | None:
    """Return what brackets an item is: round, square, set, bar, norm or floor; None if it is no bracket."""
    if not isinstance(item, Tree) or item.data != "fence":
        return None
    left, right = OPENING.get(_fence_sign(item.children[0])), CLOSING.get(_fence_sign(item.children[2]))
    return left if left == right else f"{left} to {right}"


def paired_bars(items: list[Item], reading: Reading) -> list[Item]:
    """Return a row with what stands between two bars as one item."""
    found: list[Item] = []
    opening: list[tuple[int, str]] = []
    items = _doubled(items)
    for item in items:
        base, _ = opened(item)
        sign = str(base) if isinstance(base, Token) else ""
        if sign not in _BARS:
            found.append(item)
        elif opening and opening[-1][1] == sign and len(found) > opening[-1][0] + 1:
            start, _ = opening.pop()
            first, inside = found[start], found[start + 1 :]
            reading.account(first, base)
            row = tree("row", inside, inside[0], inside[-1])
            fence = tree("fence", [first, row, base], first, base)
            whole = item if base is item else tree("scripted", [fence, *_scripts(item)], first, item)
            found[start:] = [fence if base is item else whole]
        elif base is not item or (opening and opening[-1][1] == sign):
            raise reading.error(
                f'which "{sign}" belongs to this one is not clear; write \\left and \\right', item
            )
        else:
            opening.append((len(found), sign))
            found.append(item)
    if opening:
        raise reading.error(f'the "{opening[-1][1]}" has no other', found[opening[-1][0]])
    _refuse_between_bars(found, items, reading)
    return found


def _doubled(items: list[Item]) -> list[Item]:
    """Return a row in which `||` is the sign of a norm, where no bar stands by itself, and no pair is alone."""
    bars = [place for place, one in enumerate(items) if str(opened(one)[0]) == "|"]
    pairs = list(zip(bars[::2], bars[1::2], strict=False))
    joined = all(
        isinstance(items[one], Token) and other == one + 1 and adjacent(items[one], items[other])
        for one, other in pairs
    )
    if not bars or len(bars) % 4 or not joined:
        return items
    made = list(items)
    for one, other in reversed(pairs):
        base, _ = opened(items[other])
        sign = token("BAR", r"\|", items[one])
        sign.end_line, sign.end_column, sign.end_pos = finish(base)
        behind = _scripts(items[other])
        made[one : other + 1] = [tree("scripted", [sign, *behind], sign, items[other]) if behind else sign]
    return made


def _refuse_between_bars(found: list[Item], items: list[Item], reading: Reading) -> None:
    """Refuse `|a| b |x|`: what stands between two pairs of bars might be inside of bars itself, as in `|a |b| x|`."""
    pairs = [place for place, item in enumerate(found) if _is_bars(opened(item)[0], items)]
    for left, right in itertools.pairwise(pairs):
        between = found[left + 1 : right]
        closed = opened(found[left])[0] is not found[left]  # a script tells that the bar before it closes
        inside = between and str(between[0]) not in _JOINING and str(between[-1]) not in (*_JOINING, "-")
        if inside and not closed:
            message = "which bars belong together is not clear; write \\left| and \\right|"
            raise reading.error(message, between[0])


_JOINING = ("+", "/", "*", "=", ",", r"\cdot", r"\times", "<", ">", r"\le", r"\ge", r"\leq", r"\geq")


def _is_bars(item: Item, items: list[Item]) -> bool:
    """Return whether an item is what stands between two plain bars, which do not say which of them opens."""
    return isinstance(item, Tree) and item.data == "fence" and any(item.children[0] is one for one in items)


def _scripts(item: Item) -> list[Item]:
    return list(item.children[1:]) if isinstance(item, Tree) else []


def read_fence(row: Row, base: Item, marks: dict[str, Item]) -> Node | None:
    """Read brackets and what they hold."""
    kind = kind_of_fence(base)
    if kind is None or not isinstance(base, Tree):
        return None
    item, inside = row.take(), row_of(base.children[1])
    if kind.startswith("set to nothing"):
        return _cases_in(row, inside, base)
    if kind not in ("round", "square", "set", "bar", "norm", "floor"):
        raise row.reading.error("these brackets do not belong together", base)
    if kind == "square" and _relation(inside) is not None:
        return row.powered(indicator(row, inside, base), marks, item)
    if kind == "norm" and str(marks.get("SUB")) == "2":
        row.reading.account(marks["SUB"])
        marks = {mark: one for mark, one in marks.items() if mark != "SUB"}
    if kind == "round" and "SUB" in marks:
        return _component(row, inside, base, marks, item)
    node = _formula(row, inside, base)
    if kind in _AROUND:
        node = tree("call", [token("NAME", _AROUND[kind], base), tree("arguments", [node], base)], base)
    return row.powered(node, marks, item)


def _formula(row: Row, items: Sequence[Item], around: Item) -> Node:
    from derive.reading.latex.rows import formula

    return formula(items, row.reading, around)


def _component(row: Row, inside: list[Item], base: Item, marks: dict[str, Item], item: Item) -> Node:
    r"""Read `(\nabla_s E)_i`."""
    chain = row.reading.chain
    first = opened(inside[0])[0] if inside else None
    if first is None or TYPED.get(str(first), str(first)) != r"\nabla":
        raise row.reading.error("a subscript that nothing takes", marks["SUB"])
    index = row.names.index(_only(row, marks["SUB"]), row.reading.piece)
    chain.component = index
    try:
        node = _formula(row, inside, base)
    finally:
        chain.component = None
    return row.powered(node, {mark: one for mark, one in marks.items() if mark != "SUB"}, item)


def _only(row: Row, item: Item) -> Item:
    inside = row_of(item)
    if len(inside) != 1:
        raise row.reading.error("a component is one index", item)
    return inside[0]


def read_fraction(row: Row, base: Item, marks: dict[str, Item]) -> Node | None:
    """Read a fraction, which may be a derivative, or a root."""
    from derive.reading.latex.derivatives import read_derivative

    if not isinstance(base, Tree):
        return None
    if base.data == "fraction":
        node = read_derivative(row, base, marks)
        if node is not None:
            return node
        item = row.take()
        over, under = (_formula(row, row_of(one), one) for one in base.children[1:])
        quotient = tree("product", [over, token("TIMES", "/", base), under], base)
        return row.powered(quotient, marks, item)
    if base.data == "root":
        item = row.take()
        if len(base.children) > 2:
            raise row.reading.error("only square roots are read; write a power", base)
        inside = _formula(row, row_of(base.children[-1]), base)
        node = tree("call", [token("NAME", "sqrt", base), tree("arguments", [inside], base)], base)
        return row.powered(node, marks, item)
    if base.data == "font" and is_sign(base.children[0], r"\boxed"):
        item = row.take()
        return row.powered(_formula(row, row_of(base.children[1]), base), marks, item)
    return None


# ---- cases


def read_table(row: Row, base: Item, marks: dict[str, Item]) -> Node | None:
    r"""Read `\begin{cases}`; None if no table stands here."""
    if not isinstance(base, Tree) or base.data != "table":
        return None
    item = row.take()
    name = str(base.children[0]).partition("{")[2].partition("}")[0]
    if name not in ("cases", "dcases"):
        raise row.reading.error(f"{name} is not read here", base)
    return row.powered(_cases(row, base), marks, item)


def _cases_in(row: Row, inside: list[Item], base: Item) -> Node:
    r"""Read `\left\{ \begin{array} … \right.`."""
    table = inside[0] if len(inside) == 1 else None
    if not isinstance(table, Tree) or table.data != "table":
        raise row.reading.error("these brackets do not belong together", base)
    name = str(table.children[0]).partition("{")[2].partition("}")[0]
    if name not in _CASES:
        raise row.reading.error(f"{name} is not read here", table)
    return _cases(row, table)


def _cases(row: Row, table: Tree[Token]) -> Node:
    lines = [one for one in table.children if isinstance(one, Tree) and one.data == "line"]
    cases = [_case(row, one) for one in lines if any(row_of(cell) for cell in _cells(one))]
    if len(cases) < 2:
        raise row.reading.error("cases are two or more", table)
    *before, (last, condition) = cases
    if condition is not None and not (before and _opposite(before[-1][1], condition)):
        message = "the cases might leave something out; write the last one as otherwise"
        raise row.reading.error(message, condition)
    node = last
    for value, when in reversed(before):
        if when is None:
            raise row.reading.error("otherwise is the last of the cases", value)
        node = tree(
            "call", [token("NAME", "where", table), tree("arguments", [when, value, node], table)], table
        )
    return node


def _cells(line: Tree[Token]) -> list[Item]:
    return [one for one in line.children if isinstance(one, Tree)]


def _case(row: Row, line: Tree[Token]) -> tuple[Node, Tree[Token] | None]:
    """Return the value of a case and its condition, None for otherwise."""
    cells = [cell for cell in _cells(line) if any(shape(item) != "WIDE" for item in row_of(cell))]
    items = [item for cell in cells for item in (*row_of(cell), _END)]
    ends = [place for place, item in enumerate(items) if _ends_value(item, items[place + 1 :])]
    value = [item for item in items[: ends[0]] if shape(item) != "WIDE"]
    rest = [item for item in items[ends[0] :] if shape(item) != "WIDE"]
    node = _formula(row, value, line)
    words = [word for item in rest if (word := _spoken(item)) is not None]
    _check_words(row, rest)
    after = [item for item in rest if item is not _END and _spoken(item) is None]
    while after and (str(after[0]) in (",", ":") or str(after[-1]) in (",", ".", ";")):
        after = after[1:] if str(after[0]) in (",", ":") else after[:-1]
    whole, after = after, _without_if(after)
    row.reading.account(*whole[: len(whole) - len(after)])
    spoken = plainly(" ".join(words)).strip(" ,.:")
    row.reading.account(
        *(one for one in rest if _spoken(one) is not None or str(one) in (",", ":", ".", ";"))
    )
    if not after and spoken in _OTHERWISE:
        return node, None
    if "".join(map(str, after)) in _OTHERWISE:
        row.reading.account(*after)
        return node, None
    if not after or not set(spoken.split()) <= set(_IF):
        raise row.reading.error("this case has no condition that can be read", line)
    return node, comparison(row, after, line)


def _check_words(row: Row, rest: Sequence[Item]) -> None:
    """Refuse a word inside of a condition, or one behind it in a language in which it stands before."""
    begun = False
    for item in rest:
        word = _spoken(item)
        if word is None:
            begun = begun or (item is not _END and str(item) not in (",", ":", ".", ";"))
        elif begun and word.isascii():
            raise row.reading.error(f'what "{word}" says of this case is not clear', item)


_END = Token("END", "&")


def _ends_value(item: Item, after: Sequence[Item]) -> bool:
    word = plainly(_spoken(item) or "").split()
    if shape(item) == "WIDE":
        return _relation(after) is not None and not any(one is _END or _spoken(one) for one in after[:-1])
    return item is _END or str(item) == "," or (bool(word) and word[0] in (*_IF, *_OTHERWISE))


def _spoken(item: Item) -> str | None:
    r"""Return the words that an item is: those of `\text{if }`, not the name that an upright word is."""
    word = word_of(item)
    if word is None or (isinstance(item, Token) and not item.startswith(r"\operatorname")):
        return word
    return word if plainly(word).strip() in (*_IF, *_OTHERWISE) else None


def _without_if(items: list[Item]) -> list[Item]:
    """Return a condition without its `if`, typed as letters."""
    for word in _IF:
        if "".join(map(str, items[: len(word)])) == word and len(items) > len(word) + 2:
            return items[len(word) :]
    return items


def _opposite(left: Tree[Token] | None, right: Tree[Token]) -> bool:
    """Return whether two comparisons leave nothing out between them."""
    if left is None:
        return False
    first, second = (_plain(one) for one in (left, right))
    same = first[::2] == second[::2] or (first[1] in ("=", "!=") and first[::2] == second[::-2])
    return same and Relation(first[1]).negation == second[1]


def _plain(node: Tree[Token]) -> tuple[str, str, str]:
    left, relation, right = node.children
    return _words(left), _words(relation), _words(right)


def _words(node: Node) -> str:
    return str(node) if isinstance(node, Token) else " ".join(map(str, node.scan_values(lambda _: True)))


# ---- conditions and indicators


def _relation(items: Sequence[Item]) -> int | None:
    """Return the place of the comparison sign in a row, None if there is none."""
    signs = [TYPED.get(str(one), str(one)) if isinstance(one, Token) else "" for one in items]
    return next((place for place, sign in enumerate(signs) if sign in ORDER), None)


def comparison(row: Row, items: Sequence[Item], around: Item) -> Tree[Token]:
    """Read a comparison of two terms or indices."""
    place = _relation(items)
    if place is None or _relation(items[place + 1 :]) is not None:
        raise row.reading.error("a condition is one comparison", items[0] if items else around)
    sign = ORDER[TYPED.get(str(items[place]), str(items[place]))]
    kind = {"=": "EQUAL", "!=": "UNEQUAL"}.get(sign, "ORDER")
    row.reading.account(items[place])
    relation = tree("relation", [token(kind, sign, items[place])], items[place])
    left, right = (_formula(row, one, around) for one in (items[:place], items[place + 1 :]))
    return tree("comparison", [left, relation, right], items[0], items[-1])


def indicator(row: Row, items: Sequence[Item], around: Item) -> Node:
    """Return the indicator of a comparison."""
    if len(split(items)) > 1:
        raise row.reading.error("an indicator is of one comparison", around)
    return tree("indicator", [comparison(row, items, around)], around)


def read_indicator(row: Row, base: Item, marks: dict[str, Item]) -> Node | None:
    r"""Read `\mathbf{1}\{i = j\}`, `\mathbb{1}_{i=j}`, `1\{i = j\}`; None if no indicator stands here."""
    styled = _is_styled_one(base)
    plain = str(base) == "1" or (str(base) == "I" and not row.names.known("I"))
    if not styled and not plain:
        return None
    start = row.place
    item = row.take()
    row.reading.account(base if styled else None)
    inside = row_of(marks["SUB"]) if "SUB" in marks else []
    while len(inside) == 1 and kind_of_fence(inside[0]) is not None:
        inside = row_of(inside[0].children[1])  # type: ignore[union-attr] # it is brackets
    if inside and (styled or _relation(inside) is not None):
        rest = {mark: one for mark, one in marks.items() if mark != "SUB"}
        return row.powered(indicator(row, inside, item), rest, item)
    following = row.items[row.place] if row.place < len(row.items) else None
    fence, after = opened(following) if following is not None else (None, {})
    kind = kind_of_fence(fence) if fence is not None else None
    brackets = ("set", "square", "round")
    if (
        not marks
        and kind in brackets
        and isinstance(fence, Tree)
        and _relation(row_of(fence.children[1])) is not None
    ):
        row.place += 1
        return row.powered(indicator(row, row_of(fence.children[1]), fence), after, item)
    if styled:
        raise row.reading.error("an indicator needs its condition, as in \\mathbf{1}\\{i = j\\}", item)
    row.place = start
    return None


def _is_styled_one(base: Item) -> bool:
    if not isinstance(base, Tree) or base.data != "font":
        return False
    inside = row_of(base.children[1])
    blackboard = is_sign(base.children[0], r"\mathbb") and len(inside) == 1 and str(inside[0]) == "I"
    return blackboard or (len(inside) == 1 and str(inside[0]) == "1")
