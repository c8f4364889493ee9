"""Rows of items to formulas of the text language: sums, products, powers, and what stands side by side.

What can be read in two ways is an error at its place. Names are not resolved here beyond which name is meant.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from lark import Token, Tree

from derive.errors import Position, ReadingError
from derive.reading.latex.names import Found, Names, opened
from derive.reading.latex.reach import OpenSum, sums_at_end
from derive.reading.latex.structure import (
    Item,
    account,
    adjacent,
    begin,
    finish,
    is_sign,
    row_of,
    scripts,
    shape,
    structure,
    token,
    tree,
)
from derive.reading.latex.symbols import AMONG_NUMBERS, ENTRYWISE, ORDER, SWITCHES, TIMES, TYPED
from derive.reading.latex.uses import is_mark
from derive.reading.lines import Passage

# Imported inside functions: what reads the parts of a row, which are rows again.

Node = Tree[Token] | Token

STOPS = frozenset({"+", "-", ",", ";", ":", "!", "?", "&", ".", *ORDER})


@dataclass(slots=True)
class Chain:
    r"""What the sides of one chain have in common: the names, and what is settled when all sides are known.

    `bound` holds what the sums around bind, `left_out` what sums so far leave out, `unbound` the sums without an
    index, `doubtful` those of which two letters might be the bound one; `open` are sums that may reach further than
    over the product behind them, and `braced` is what stands last in braces, which do not show, around what is
    behind a sum; `from_zero` says that a sum counts its terms from 0, `mixed` are whole numbers with a fraction
    behind. `straight` are the names of which a `dr/dx` is taken, and `partial` those with a derivative by \partial
    that is another if what lies between is kept fixed.
    """

    names: Names
    component: Token | None = None
    bound: list[str] = field(default_factory=list)
    left_out: set[str] = field(default_factory=set)
    unbound: list[Tree[Token]] = field(default_factory=list)
    doubtful: list[tuple[Tree[Token], Token, Token, Position]] = field(default_factory=list)
    open: list[OpenSum] = field(default_factory=list)
    braced: list[tuple[Tree[Token], Item]] = field(default_factory=list)
    mixed: list[Position] = field(default_factory=list)
    from_zero: bool = False
    straight: set[str] = field(default_factory=set)
    partial: set[str] = field(default_factory=set)


def read_formula(piece: Passage, chain: Chain) -> Node:
    """Return a side of a chain as a formula of the text language, at its own place.

    Raises:
        ReadingError: it cannot be read, or only in several ways.
    """
    items = structure(piece)
    reading = Reading(piece, chain)
    around, chain.names.read = chain.names.read, reading.read
    try:
        node = formula(items, reading, None)
    finally:
        chain.names.read = around
    for sign in _signs(items):
        if sign.start_pos not in reading.read:
            raise reading.error(f'"{sign}" was not read', sign)
    return node


def _signs(items: Sequence[Item], below: bool = False) -> Iterator[Token]:
    """Yield all signs of items but those that only hold others, such as brackets, and commas between indices."""
    for item in items:
        if isinstance(item, Tree):
            script = item.data == "script" and shape(item.children[0]) == "SUB"
            yield from _signs(item.children, below or script)
        elif item.type in _CARRYING and not (below and item == ","):
            yield item


_CARRYING = frozenset(
    {"LETTER", "DIGIT", "COMMAND", "TEXT", "OPERATOR", "BAR", "UNEQUAL", "PRIMES", "ACCENT", "FONT"}
)


@dataclass(slots=True)
class Reading:
    """One side being read: where it stands, and the chain that it belongs to; `read` are the places of its signs.

    `reaching` are derivatives that may reach over what follows, `differentiating` the row in which one begins, and
    `applied` the places of the names that have their arguments behind them, or stand in the brackets of a function.
    """

    piece: Passage
    chain: Chain
    read: set[int] = field(default_factory=set)
    reaching: list[Tree[Token]] = field(default_factory=list)
    differentiating: Row | None = None
    applied: set[int] = field(default_factory=set)

    def account(self, *items: Item | None) -> None:
        """Note that items were read, with everything in them."""
        account(self.read, *items)

    def at(self, item: Item) -> Position:
        """Return where an item stands."""
        line, column, _ = begin(item)
        return self.piece.at(line, column)

    def error(self, message: str, item: Item) -> ReadingError:
        """Return an error at an item's place."""
        return ReadingError(message, self.at(item))

    def text(self, item: Item) -> str:
        """Return an item as typed."""
        return " ".join(self.piece.text[begin(item)[2] : finish(item)[2]].split())


def formula(items: Sequence[Item], reading: Reading, around: Item | None) -> Node:
    """Return all of a row as one formula; `around` is what it stands in, for the place of an error."""
    row = Row(list(items), reading, around)
    open_ = len(reading.reaching)
    node = row.sum()
    left = row.peek()
    if left is not None:
        raise reading.error(f'"{reading.text(left)}" cannot stand here', left)
    del reading.reaching[open_:]  # what stands around these items is out of their reach
    return node


class Row:
    """A row being read from left to right."""

    def __init__(self, items: list[Item], reading: Reading, around: Item | None = None) -> None:
        from derive.reading.latex.brackets import paired_bars

        self.items = paired_bars(items, reading)
        self.reading = reading
        self.names = reading.chain.names
        self.around = around
        self.ends: dict[int, int] = {}  # of the sums that no brackets hold: where each ends
        self._place = 0

    @property
    def place(self) -> int:
        """Where the cursor stands among the items; the single signs that it passes are read."""
        return self._place

    @place.setter
    def place(self, place: int) -> None:
        for item in self.items[self._place : place]:
            base, marks = opened(item)
            if isinstance(base, Token):
                self.reading.account(base)
            elif base.data == "font" and is_sign(base.children[0], r"\boxed"):
                self.reading.account(base.children[0])
            self.reading.account(*(one for mark, one in marks.items() if mark == "PRIMES"))
        self._place = place

    # ---- the cursor

    def peek(self) -> Item | None:
        """The item at the cursor; braces that only group are opened."""
        while self.place < len(self.items):
            item = self.items[self.place]
            if shape(item) != "group" or _is_switched(item):
                return item
            from derive.reading.latex.brackets import paired_bars

            self.items[self.place : self.place + 1] = paired_bars(row_of(item), self.reading)
        return None

    def sign(self) -> str:
        """Return the sign at the cursor, empty if no single sign stands there."""
        item = self.peek()
        return TYPED.get(str(item), str(item)) if isinstance(item, Token) else ""

    def take(self) -> Item:
        """Return the item at the cursor and go on; it is there."""
        item = self.peek()
        assert item is not None  # noqa: S101 - callers look first; this is for the type checker
        self.place += 1
        return item

    def missing(self, what: str) -> ReadingError:
        """Return the error that something is missing at the cursor."""
        reading = self.reading
        item = self.peek()
        if item is not None:
            return reading.error(f'expected {what}, found "{reading.text(item)}"', item)
        if self.items:
            line, column, _ = finish(self.items[-1])
        elif self.around is not None:
            line, column, _ = begin(self.around)
            column += 1
        else:
            return ReadingError(f"expected {what}, but nothing stands here", reading.piece.position)
        return ReadingError(f"expected {what} here", reading.piece.at(line, column))

    # ---- sums and products

    def sum(self) -> Node:
        """Read terms up to what is neither plus nor minus."""
        parts: list[Node] = [self.signed()]
        open_ = [(0, sums)] if (sums := self._open_sums(parts[0])) else []
        while self.sign() in ("+", "-"):
            sign = token("SIGN", self.sign(), self.take())
            parts += [sign, self.product()[0]]
            if sums := self._open_sums(parts[-1]):
                open_.append((len(parts) // 2, sums))
        if len(parts) == 1:
            return parts[0]
        terms = tree("sum", parts, parts[0], parts[-1])
        self.reading.chain.open += [OpenSum(terms, place, sums) for place, sums in open_]
        return terms

    def _open_sums(self, term: Node) -> tuple[Tree[Token], ...]:
        """Return the sums with which a term ends, outermost first, up to brackets."""
        return tuple(itertools.takewhile(lambda one: self.ends.get(id(one)) == self.place, sums_at_end(term)))

    def signed(self) -> Node:
        """Read a product that may begin with a sign."""
        if self.sign() not in ("+", "-"):
            return self.product()[0]
        sign = token("SIGN", self.sign(), self.take())
        node = self.product()[0]
        return tree("signed", [sign, node], sign, node)

    def product(self, *, bare: str = "") -> tuple[Node, int]:
        """Read factors up to a sign, and say how many; `bare` is the function without brackets that they follow."""
        from derive.reading.latex.applications import check_application, check_composition

        parts: list[Node] = [self.factor()]
        while (item := self.peek()) is not None and (self.sign() not in STOPS or self._is_dot()):
            if self.sign() in TIMES or self._is_dot():
                if bare:
                    raise self._doubt(bare, item)
                self.place += 1
                kind = "CROSS" if TYPED.get(str(item), str(item)) in AMONG_NUMBERS else "TIMES"
                parts += [token(kind, "*" if self._is_plain(item) else ".", item), self._signed_factor()]
                check_composition(self, item, parts[-3], parts[-1])
            elif self.sign() == "/":
                if bare:
                    raise self._doubt(bare, item)
                self.place += 1
                parts += [token("TIMES", "/", item), self.factor()]
                self._refuse_after_slash()
            else:
                self._check_beside(item, bare)
                self._check_value(parts[-1], item)
                before = self.items[self.place - 1]
                parts += [token("BESIDE", "*", item), self.factor()]
                check_application(self, before, parts[-3], item, parts[-1])
        self._check_reach(parts)
        count = (len(parts) + 1) // 2
        return (parts[0] if count == 1 else tree("product", parts, parts[0], parts[-1])), count

    def _check_reach(self, parts: list[Node]) -> None:
        r"""Refuse `\frac{d}{dz}(z+1)(z+2)`: does the derivative reach over the second factor, which depends on z?"""
        for place, part in enumerate(parts):
            if not any(part is one for one in self.reading.reaching) or not isinstance(part, Tree):
                continue
            variables = {str(_name_in(one)) for one in _arguments(part)[1:]}
            for other in parts[place + 1 :]:
                if self.depends(other, variables):
                    message = (
                        "does the derivative reach over what follows it, or is that a factor beside it? "
                    )
                    raise self.reading.error(message + "Write brackets around what is differentiated", other)

    def depends(self, node: Node, variables: set[str]) -> bool:
        """Return whether one of these names stands in a formula, or in what its names are defined by."""
        declared = self.names.declared
        names = {str(one) for one in names_in(node) if self.names.known(str(one))}
        bodies = [declared.definitions[one].body for one in names if one in declared.definitions]
        return bool((names | declared.mentioned(*bodies)) & variables)

    def _is_plain(self, item: Item) -> bool:
        return TYPED.get(str(item), str(item)) not in ENTRYWISE

    def _signed_factor(self) -> Node:
        if self.sign() not in ("+", "-"):
            return self.factor()
        sign = token("SIGN", self.sign(), self.take())
        node = self.factor()
        return tree("signed", [sign, node], sign, node)

    def _is_dot(self) -> bool:
        """Return whether a point stands for a product: blanks on both sides, and something after it."""
        if self.sign() != "." or self.place + 1 >= len(self.items):
            return False
        before, point, after = self.items[self.place - 1 : self.place + 2]
        return not adjacent(before, point) and not adjacent(point, after)

    def _doubt(self, bare: str, item: Item) -> ReadingError:
        return self.reading.error(f"how far {bare} reaches is not clear; write brackets after it", item)

    def _refuse_after_slash(self) -> None:
        item = self.peek()
        if item is not None and self.sign() not in STOPS and self.sign() not in TIMES and self.sign() != "/":
            message = "what stands under the slash is not clear; write brackets or \\frac"
            raise self.reading.error(message, item)

    def _check_beside(self, item: Item, bare: str) -> None:
        """Refuse what cannot stand side by side with the factor before it, or only in doubt."""
        before = self.items[self.place - 1]
        base, _ = opened(item)
        if shape(base) == "DIGIT":
            raise self.reading.error(
                f"a number directly behind {self._named(before)}; write \\cdot between", item
            )
        if shape(before) == "DIGIT" and _is_number_fraction(base):
            following = self.items[self.place + 1 : self.place + 2]
            if (
                not following or shape(opened(following[0])[0]) != "fence"
            ):  # 2 1/2 is two and a half to most readers
                raise self.reading.error(
                    "a whole number with a fraction, or a product? Write + or \\cdot between", item
                )
            self.reading.chain.mixed.append(self.reading.at(item))
        if bare and _opens_anew(base):
            raise self._doubt(bare, item)

    def _check_value(self, factor: Node, item: Item) -> None:
        r"""Refuse a name or number in brackets behind a derivative: `\frac{dE}{dx}(0)` may be its value at 0."""
        if not isinstance(factor, Tree) or factor.data != "call" or factor.children[0] != "D":
            return
        from derive.reading.latex.brackets import kind_of_fence

        base, _ = opened(item)
        if not isinstance(base, Tree) or kind_of_fence(base) not in ("round", "square"):
            return
        inside = row_of(base.children[1])
        if all(shape(one) == "DIGIT" for one in inside) or self.names.alone(inside, self.reading.piece):
            message = "a product, or the value of the derivative there? Write \\cdot between"
            raise self.reading.error(message, item)

    def _named(self, before: Item) -> str:
        return "a number" if shape(opened(before)[0]) == "DIGIT" else self.reading.text(before)

    # ---- factors

    def factor(self) -> Node:
        """Read one factor with its scripts."""
        item = self.peek()
        if item is None or self.sign() in STOPS:
            raise self.missing("an expression")
        base, marks = opened(item)
        if shape(base) == "DIGIT":
            return _indicator(self, base, marks) or self._number()
        if shape(base) == "group" and not _is_switched(base):
            return self._grouped(item)
        if shape(base) == "unit":
            return self._unit(base, marks)
        found = self.names.spelled(self.items, self.place, self.reading.piece)
        for read in _heads() if found is None else ():
            node = read(self, base, marks)
            if node is not None:
                return node
        if found is not None and shape(opened(self.items[found.after - 1])[0]) == "fence":
            self.reading.applied.add(begin(found.name)[2])
        found = found or self.names.find(self.items, self.place, self.reading.piece)
        if found is not None:
            self.place = found.after
            return self._named_factor(found, item)
        word = "command" if shape(base) == "COMMAND" else "sign"
        raise self.reading.error(f"unknown {word} {self.reading.text(base)}", item)

    def _number(self) -> Node:
        """Read digits that stand side by side, with a decimal point or without."""
        first = last = self.take()
        text = str(opened(first)[0])
        while (item := self.peek()) is not None and not opened(last)[1]:
            base, _ = opened(item)
            point = shape(base) == "OPERATOR" and str(base) == "." and "." not in text and self._digit_after()
            if not (shape(base) == "DIGIT" or point) or not adjacent(last, item):
                break
            text += str(base)
            last = self.take()
        if len(text) > 1 and text[0] == "0" and text[1] != ".":
            raise self.reading.error(f"{text} begins with a 0: is it a number?", first)
        base, marks = opened(last)
        number = token("NUMBER", text, first)
        number.end_line, number.end_column, number.end_pos = finish(base)
        return self.powered(number, marks, first)

    def _digit_after(self) -> bool:
        if self.place + 1 >= len(self.items):
            return False
        point, after = self.items[self.place], self.items[self.place + 1]
        return shape(opened(after)[0]) == "DIGIT" and adjacent(point, after)

    def _grouped(self, item: Item) -> Node:
        r"""Read `{(a)}^2`: scripts on braces that hold one item."""
        base, marks = opened(item)
        inside = row_of(base)
        if len(inside) != 1:
            raise self.reading.error("what the script stands on is not clear; write brackets", item)
        if isinstance(inside[0], Tree) and inside[0].data == "scripted":
            above = scripts(inside[0]).get("SUP")
            if (
                set(marks) == {"SUP"} and above is not None and is_mark(above)
            ):  # `{x^{(i)}}^2` is a power of an entry
                self.take()
                return self.powered(formula(inside, self.reading, base), marks, item)
            if set(scripts(inside[0])) & set(marks):
                raise self.reading.error("what the script stands on is not clear; write brackets", item)
            inner = inside[0].children
        else:
            inner = [inside[0]]
        assert isinstance(item, Tree)  # noqa: S101 - it has scripts; this is for the type checker
        self.items[self.place] = tree("scripted", [*inner, *item.children[1:]], item)
        return self.factor()

    def _unit(self, base: Item, marks: dict[str, Item]) -> Node:
        r"""Read what `\underbrace` or a stroke holds together; what it would mean as in brackets must be the same."""
        before = str(self.items[self.place - 1]) if self.place else "+"
        item = self.take()
        node = formula(row_of(base.children[0]) if isinstance(base, Tree) else [], self.reading, base)
        kind, first = (str(node.data), str(node.children[0])) if isinstance(node, Tree) else ("", "")
        added = kind in ("sum", "signed")
        reaching = added or (kind == "call" and first in ("sum", "prod"))
        beside = self.peek() is not None and self.sign() not in STOPS
        behind = before not in STOPS or before == "-"
        raised = bool(marks) and (reaching or kind in ("product", "power"))
        if raised or (reaching and beside) or (added and behind):
            raise self.reading.error("does this hold together as brackets do? Write brackets", item)
        return self.powered(node, marks, item)

    def powered(self, node: Node, marks: dict[str, Item], item: Item) -> Node:
        """Return a factor with its superscript; no other script may be left."""
        if "PRIMES" in marks:
            raise self.reading.error("only a declared function has primes", marks["PRIMES"])
        if "SUB" in marks:
            raise self.reading.error("a subscript that nothing takes", marks["SUB"])
        above = marks.get("SUP")
        if above is None:
            return node
        following = self.items[self.place] if self.place < len(self.items) else None
        if shape(above) == "DIGIT" and following is not None and adjacent(above, following):
            self._refuse_digit(following, above)
        exponent = formula(row_of(above), self.reading, above)
        return tree("power", [node, token("POWER", "^", above), exponent], node, item)

    def _refuse_digit(self, following: Item, above: Item) -> None:
        if shape(opened(following)[0]) == "DIGIT":
            raise self.reading.error("a superscript of several digits needs braces", above)

    def _named_factor(self, found: Found, item: Item) -> Node:
        from derive.reading.latex.calls import applied

        marks = {"SUP": found.above, "PRIMES": found.primes}
        return applied(self, found, {mark: one for mark, one in marks.items() if one is not None}, item)


def names_in(node: Node) -> Iterator[Token]:
    """Yield the names in a formula, those of functions and indices included."""
    if isinstance(node, Token):
        if node.type == "NAME":
            yield node
    else:
        for one in node.children:
            yield from names_in(one)


def _arguments(node: Tree[Token]) -> list[Node]:
    inside = node.children[1]
    return list(inside.children) if isinstance(inside, Tree) else [inside]


def _name_in(node: Node) -> Node:
    return node if isinstance(node, Token) else node.children[0]


def _is_switched(item: Item) -> bool:
    r"""Return whether braces hold a change of font, as in `{\rm if}`."""
    inside = row_of(item)
    return len(inside) > 1 and str(inside[0]) in SWITCHES


def _is_number_fraction(item: Item) -> bool:
    if not isinstance(item, Tree) or item.data != "fraction":
        return False
    return all(all(shape(part) == "DIGIT" for part in row_of(one)) for one in item.children[1:])


def _opens_anew(base: Item) -> bool:
    from derive.reading.latex.bigs import is_big
    from derive.reading.latex.calls import function_name
    from derive.reading.latex.derivatives import is_derivative

    return is_big(base) or function_name(base) is not None or is_derivative(base)


def _indicator(row: Row, base: Item, marks: dict[str, Item]) -> Node | None:
    from derive.reading.latex.brackets import read_indicator

    return read_indicator(row, base, marks)


def _heads() -> Sequence[Callable[[Row, Item, dict[str, Item]], Node | None]]:
    from derive.reading.latex.bigs import read_big
    from derive.reading.latex.brackets import read_fence, read_fraction, read_indicator, read_table
    from derive.reading.latex.calls import read_call, read_delta, read_exponential
    from derive.reading.latex.derivatives import read_nabla, read_slash

    return (
        read_indicator, read_fence, read_fraction, read_table, read_slash, read_nabla, read_big, read_call,
        read_exponential, read_delta,
    )  # fmt: skip
