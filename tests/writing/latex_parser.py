"""The LaTeX that the package writes, taken apart by itself: what tests hold the boxes against."""

from __future__ import annotations

import re

from derive.writing.boxes import Call, Fenced, Fraction, HBox, Node, Script, Symbol, Table, Word

_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\d+(?:\.\d+)?|[^\\]", re.DOTALL)
_VERBATIM = frozenset({r"\text", r"\operatorname", r"\mathrm"})  # their argument is a word, not a formula
_ACCENTS = frozenset({r"\hat", r"\bar", r"\tilde", r"\dot", r"\vec", r"\check", r"\breve"})
_CALLS = _ACCENTS | {r"\sqrt", r"\mathbf", r"\mathbb"}


def parse(latex: str) -> HBox:
    """Return the tree of a formula."""
    return _Parser(latex).row()


class _Parser:
    def __init__(self, latex: str) -> None:
        self.tokens = _TOKEN.findall(latex)
        self.place = 0

    def peek(self) -> str:
        self._skip()
        return self.tokens[self.place] if self.place < len(self.tokens) else ""

    def take(self) -> str:
        sign = self.peek()
        self.place += 1
        return sign

    def _skip(self) -> None:
        while self.place < len(self.tokens) and self.tokens[self.place].isspace():
            self.place += 1

    def row(self, *ends: str) -> HBox:
        items: list[Node] = []
        while (sign := self.peek()) and sign not in ends:
            node = self.node()
            if sign in ("_", "^"):
                items.append(self._script(items.pop() if items else HBox(()), sign, node))
            else:
                items.append(node)
        return HBox(tuple(items))

    def _script(self, base: Node, mark: str, node: Node) -> Script:
        inside = node if isinstance(node, HBox) else HBox((node,))
        old = base if isinstance(base, Script) else Script(base, None, None)
        return Script(old.base, inside, old.above) if mark == "_" else Script(old.base, old.below, inside)

    def node(self) -> Node:
        sign = self.take()
        if sign in ("_", "^"):
            return self.node()
        if sign == "{":
            inside = self.row("}")
            self.take()
            return inside
        if sign in _VERBATIM:
            return Word(sign, self._word())
        if sign in _CALLS:
            return Call(sign, self._argument())
        if sign in (r"\frac", r"\tfrac"):
            return Fraction(self._argument(), self._argument())
        if sign == r"\left":
            opening = self.take()
            inside = self.row(r"\right")
            self.take()
            return Fenced(opening, inside, self.take())
        if sign == r"\begin":
            return self._table()
        return Symbol(sign)

    def _argument(self) -> HBox:
        node = self.node()
        return node if isinstance(node, HBox) else HBox((node,))

    def _word(self) -> str:
        self.take()
        start = self.place
        depth = 1
        while depth:
            depth += {"{": 1, "}": -1}.get(self.tokens[self.place], 0)
            self.place += 1
        return "".join(self.tokens[start : self.place - 1])

    def _table(self) -> Table:
        name = self._word()
        rows: list[tuple[HBox, ...]] = []
        cells: list[HBox] = []
        while True:
            cells.append(self.row("&", r"\\", r"\end"))
            sign = self.take()
            if sign != "&":
                rows.append(tuple(cells))
                cells = []
            if sign in (r"\end", ""):
                self._word()
                return Table(name, tuple(rows))
