"""Formulas as boxes: rows of signs, words, fractions, scripts, brackets and tables; their LaTeX, widths and lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from derive.terms import Relation


@dataclass(frozen=True, slots=True)
class Symbol:
    """One sign: a letter, a digit, an operator, a command without argument."""

    latex: str


@dataclass(frozen=True, slots=True)
class Word:
    r"""A command with a word as its argument: `\operatorname{softplus}`, `\text{if }`."""

    command: str
    text: str


@dataclass(frozen=True, slots=True)
class Call:
    r"""A command around a formula: `\hat{y}`, `\sqrt{x}`."""

    command: str
    inside: HBox


@dataclass(frozen=True, slots=True)
class Fraction:
    r"""`\frac{above}{below}`."""

    above: HBox
    below: HBox


@dataclass(frozen=True, slots=True)
class Script:
    """A base with a subscript, a superscript, or both."""

    base: Node
    below: HBox | None
    above: HBox | None


@dataclass(frozen=True, slots=True)
class Fenced:
    r"""`\left( inside \right)`, with the delimiters as written."""

    opening: str
    inside: HBox
    closing: str


@dataclass(frozen=True, slots=True)
class Table:
    r"""`\begin{cases} ... \end{cases}` or a matrix: rows of cells."""

    name: str
    rows: tuple[tuple[HBox, ...], ...]


@dataclass(frozen=True, slots=True)
class HBox:
    """Nodes side by side, as in TeX's horizontal box."""

    items: tuple[Node, ...]


Node: TypeAlias = Symbol | Word | Call | Fraction | Script | Fenced | Table | HBox


def row(*parts: Node) -> HBox:
    """Return boxes side by side; a row among them counts as its own boxes."""
    return HBox(tuple(one for part in parts for one in (part.items if isinstance(part, HBox) else (part,))))


def signs(*latex: str) -> HBox:
    """Return signs side by side."""
    return HBox(tuple(map(Symbol, latex)))


def show(node: Node) -> str:
    """Return a box as LaTeX for math mode."""
    match node:
        case Symbol(latex):
            return latex
        case Word(command, text):
            return f"{command}{{{text}}}"
        case Call(command, inside):
            return f"{command}{{{show(inside)}}}"
        case Fraction(above, below):
            return rf"\frac{{{show(above)}}}{{{show(below)}}}"
        case Script(base, below, above):
            under = "" if below is None else f"_{{{_tight(below)}}}"
            over = "" if above is None else f"^{{{_tight(above)}}}"
            return f"{show(base)}{under}{over}"
        case Fenced(opening, inside, closing):
            return rf"\left{opening}{_spaced(opening)}{show(inside)} \right{closing}"
        case Table(name, rows):
            lines = r" \\ ".join(" & ".join(map(show, cells)) for cells in rows)
            return rf"\begin{{{name}}} {lines} \end{{{name}}}"
        case HBox(items):
            return _joined(items)


def _tight(row: HBox) -> str:
    """Return a row without spaces but those that end a command's name: scripts are indices and bounds."""
    latex = ""
    for item in row.items:
        one = f"{{{show(item)}}}" if isinstance(item, HBox) else show(item)
        latex += f" {one}" if re.search(r"\\[A-Za-z]+$", latex) and one[0].isalnum() else one
    return latex


def _spaced(opening: str) -> str:
    return " " if opening.startswith("\\") else ""


def _joined(items: tuple[Node, ...]) -> str:
    latex = ""
    for item in items:
        one = f"{{{show(item)}}}" if isinstance(item, HBox) else show(item)
        # TeX sets primes as one superscript only if nothing stands between them.
        latex += one if not latex or (one == "'" and latex.endswith("'")) else f" {one}"
    return latex


# ---------------------------------------------------------------- measuring

_BIG = {r"\sum": 1.45, r"\prod": 1.3, r"\max": 1.9, r"\min": 1.7}
_WIDE = {
    "+": 1.25, "-": 1.25, "=": 1.4, "<": 1.4, ">": 1.4, r"\le": 1.4, r"\ge": 1.4, r"\neq": 1.4, r"\in": 1.3,
    r"\cdot": 0.75, r"\quad": 1.0, r"\qquad": 2.0, ",": 0.45, "'": 0.3, r"\log": 1.5, r"\left": 0.0,
    r"\partial": 0.6, "(": 0.42, ")": 0.42, r"\dots": 1.3, r"\cdots": 1.3, r"\notag": 0.0,
}  # fmt: skip
_SCRIPT = 0.72


def width(node: Node) -> float:
    """Return an upper estimate of the width of a formula in display style, in em of its size."""
    match node:
        case Symbol(latex) if latex.isdigit():
            return 0.53 * len(latex)
        case Symbol(latex) if latex.startswith((r"\Bigl", r"\Bigr")):
            return 1.56
        case Symbol(latex):
            return (
                _WIDE.get(latex) or _BIG.get(latex) or (0.65 if len(latex) < 3 else 0.14 * len(latex) + 0.3)
            )
        case Word(_, text):
            return 0.53 * len(text) + 0.2
        case Call(command, inside):
            return width(inside) + (0.95 if command == r"\sqrt" else 0.05)
        case Fraction(above, below):
            return max(width(above), width(below)) + 0.3
        case Script(base, below, above):
            scripts = max((_SCRIPT * width(part) for part in (below, above) if part is not None), default=0.0)
            limits = isinstance(base, Symbol) and base.latex in _BIG
            return max(width(base), scripts) + 0.2 if limits else width(base) + scripts + 0.05
        case Fenced(_, inside, _):
            return width(inside) + (1.5 if any(_tall(one) for one in inside.items) else 0.95)
        case Table(name, rows):
            columns = max(map(len, rows))
            cells = [max((width(r[k]) for r in rows if k < len(r)), default=0.0) for k in range(columns)]
            return sum(cells) + columns - 1 + (1.6 if name != "cases" else 1.2)
        case HBox(items):
            return sum(map(width, items))


def _tall(node: Node) -> bool:
    return isinstance(node, Fraction | Table) or (
        isinstance(node, Script) and isinstance(node.base, Symbol) and node.base.latex in _BIG
    )


# ---------------------------------------------------------------- breaking at operators

_BREAKS = frozenset({"+", "-"})
_RELATIONS = frozenset(one.latex for one in Relation)


def sides(row: HBox) -> tuple[HBox, HBox]:
    """Return what stands before the first top-level equals sign, and the rest with it."""
    for place, item in enumerate(row.items):
        if item == Symbol("="):
            return HBox(row.items[:place]), HBox(row.items[place:])
    return HBox(()), row


def lines(row: HBox, limit: float) -> list[HBox]:
    """Return a formula in lines no wider than the limit where its operators allow that.

    Every line but the first begins with the operator it is broken at. Brackets that a break falls into are
    set in a fixed size.
    """
    out: list[HBox] = []
    room = limit
    for piece in _chunks(row, limit):
        size = width(HBox(piece))
        if out and size <= room:
            out[-1] = HBox((*out[-1].items, *piece))
            room -= size
        else:
            out.append(HBox(piece))
            room = limit - 2 - size
    return out


def _chunks(row: HBox, limit: float) -> Iterator[tuple[Node, ...]]:
    """Yield the pieces between which a line may be broken."""
    for piece in _pieces(row):
        if width(HBox(piece)) > limit - 2:
            yield from _opened(piece, limit)
        else:
            yield piece


def _pieces(row: HBox) -> Iterator[tuple[Node, ...]]:
    piece: list[Node] = []
    for item in row.items:
        if isinstance(item, Symbol) and item.latex in _BREAKS and piece and not _begins(piece):
            yield tuple(piece)
            piece = []
        piece.append(item)
    if piece:
        yield tuple(piece)


def _begins(piece: list[Node]) -> bool:
    """Tell whether a piece is only a relation so far, so that a sign after it is no place to break."""
    return all(isinstance(one, Symbol) and one.latex in _RELATIONS for one in piece)


def _opened(piece: tuple[Node, ...], limit: float) -> Iterator[tuple[Node, ...]]:
    """Yield a wide piece in parts, its widest bracket opened; or else broken between its factors."""
    fences = [k for k, one in enumerate(piece) if isinstance(one, Fenced) and _breakable(one)]
    wide = next(
        (k for k, one in enumerate(piece) if isinstance(one, Fraction) and width(one) > limit - 4), None
    )
    if wide is not None:
        yield from _chunks(HBox((*piece[:wide], *_in_line(piece[wide]), *piece[wide + 1 :])), limit)
        return
    if not fences:
        yield from _factors(piece, limit)
        return
    place = max(fences, key=lambda k: width(piece[k]))
    fence = piece[place]
    assert isinstance(fence, Fenced)  # noqa: S101 - chosen among fences; this is for the type checker
    opening, closing = Symbol(rf"\Bigl{fence.opening}"), Symbol(rf"\Bigr{fence.closing}")
    inner = list(_chunks(fence.inside, limit - 2))
    before, after = piece[:place], piece[place + 1 :]
    inner[0] = (*before, opening, *inner[0])
    inner[-1] = (*inner[-1], closing, *after)
    yield from inner


def _breakable(fence: Fenced) -> bool:
    """Return whether there is a sum inside a bracket, or inside a bracket of it, to break a line at."""
    inner = (one for one in fence.inside.items if isinstance(one, Fenced))
    return len(list(_pieces(fence.inside))) > 1 or any(map(_breakable, inner))


def _in_line(fraction: Node) -> tuple[Node, ...]:
    """Return a fraction as two brackets and a slash, which can be broken."""
    assert isinstance(fraction, Fraction)  # noqa: S101 - chosen among fractions; this is for the type checker
    return Fenced("(", fraction.above, ")"), Symbol("/"), Fenced("(", fraction.below, ")")


def _factors(piece: tuple[Node, ...], limit: float) -> Iterator[tuple[Node, ...]]:
    """Yield a product in parts; the parts after the first begin with a multiplication sign."""
    part: list[Node] = []
    size = 0.0
    for item in piece:
        wide = width(item)
        breakable = isinstance(item, Fenced | Fraction) or (
            isinstance(item, Script) and isinstance(item.base, Symbol) and item.base.latex in _BIG
        )
        if part and size + wide > limit - 3 and breakable and not _begins(part) and not _operator(part[-1]):
            yield tuple(part)
            part, size = [Symbol(r"\times")], 1.25
        part.append(item)
        size += wide
    yield tuple(part)


def _operator(node: Node) -> bool:
    r"""Return whether a node is an operator, `\frac{\partial}{\partial x}`, that acts on what follows it."""
    return (
        isinstance(node, Fraction)
        and node.above.items[0] == Symbol(r"\partial")
        and len(node.above.items) == 1
    )
