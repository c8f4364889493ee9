"""Formulas as MathML, which browsers set without any script, from the LaTeX that this package writes.

It reads no other LaTeX.
"""

from __future__ import annotations

from html import escape

from derive.terms import Relation
from derive.terms.functions import COMMANDS
from derive.terms.greek import GREEK
from derive.writing.boxes import (
    Call,
    Fenced,
    Fraction,
    HBox,
    Node,
    Script,
    Symbol,
    Table,
    Word,
    lines,
    row,
    width,
)

_OPERATORS = {
    "+": "+", "-": "−", **{one.latex: one.unicode for one in Relation}, r"\cdot": "⋅",
    r"\times": "×", r"\in": "∈", ",": ",", "'": "′", "(": "(", ")": ")", r"\{": "{", r"\}": "}", "|": "|",
    r"\lfloor": "⌊", r"\rfloor": "⌋", "/": "/",
}  # fmt: skip
_BIG = {r"\sum": "∑", r"\prod": "∏"}
_LIMITS = {r"\max": "max", r"\min": "min"}
_FUNCTIONS = frozenset(COMMANDS.values())
_SIZED = (r"\Bigl", r"\Bigr")  # a bracket behind one of these has a fixed size
_SPACES = {r"\quad": "1em", r"\qquad": "2em", r"\,": "0.17em"}
_LETTERS = GREEK | {"partial": "∂"}
_ACCENTS = {
    r"\hat": "^", r"\bar": "¯", r"\tilde": "~", r"\dot": "˙", r"\vec": "→", r"\check": "ˇ", r"\breve": "˘",
}  # fmt: skip


def to_mathml(formula: HBox, *, block: bool = True) -> str:
    """Return a formula as a `math` element, set as a display or within a line."""
    display = "block" if block else "inline"
    return f'<math display="{display}">{_node(formula)}</math>'


def inline(formula: HBox) -> str:
    """Return a formula within a line of text, in pieces between which a browser may begin a new line."""
    return _pieces(lines(formula, PHONE), "<math>")


PHONE, PAGE = 17.0, 42.0  # em: what stands side by side on a phone, and on the page where it is wide


def wrapping(formula: HBox, most: float = PAGE) -> str:
    """Return a formula in pieces, between which a browser may begin a new line where the page is narrow.

    Where a phone needs brackets opened and fractions written in line, that is written beside what a page of
    `most` em has room for, and the style shows one of them. What cannot be broken scrolls, and then it can be
    reached by the keyboard.
    """
    phone, page = lines(formula, PHONE), lines(formula, most)
    if row(*phone) == row(*page):
        return _formula(phone, PHONE)
    return f"{_formula(page, most, ' on-page')}{_formula(phone, PHONE, ' on-phone')}"


def _formula(pieces: list[HBox], room: float, kind: str = "") -> str:
    maths = _pieces(pieces, '<math displaystyle="true">')
    wide = max(map(width, pieces)) > room + 2
    scrolls = ' tabindex="0" role="group" aria-label="formula"' if wide else ""
    return f'<div class="formula{kind}"{scrolls}>{maths}</div>'


def _pieces(pieces: list[HBox], start: str) -> str:
    first, *rest = (f"{start}{_node(piece)}</math>" for piece in pieces)
    # What a later piece begins with is between two terms still, and no sign of the term behind it.
    return " ".join((first, *(one.replace("<mo>", '<mo form="infix">', 1) for one in rest)))


def _node(node: Node) -> str:
    match node:
        case Symbol(latex):
            return _symbol(latex)
        case Word(r"\text", text):
            return f"<mtext>{escape(text)}</mtext>"
        case Word(_, text):
            word = escape(text.replace(chr(92), ""))
            return f'<mi mathvariant="normal">{word}</mi>'
        case Call(r"\sqrt", inside):
            return f"<msqrt>{_node(inside)}</msqrt>"
        case Call(command, inside) if command in _ACCENTS:
            return f'<mover accent="true">{_node(inside)}<mo>{_ACCENTS[command]}</mo></mover>'
        case Call(r"\mathbb", HBox((Symbol("R"),))):
            return "<mi>\u211d</mi>"
        case Call(_, inside):
            return f'<mrow style="font-weight: bold">{_node(inside)}</mrow>'
        case Fraction(above, below):
            return f"<mfrac>{_node(above)}{_node(below)}</mfrac>"
        case Script(base, below, above):
            return _script(base, below, above)
        case Fenced(opening, inside, closing):
            return f"<mrow>{_fence(opening)}{_node(inside)}{_fence(closing)}</mrow>"
        case Table(name, rows):
            return _table(name, rows)
        case HBox(items):
            return f"<mrow>{''.join(map(_node, items))}</mrow>"


def _symbol(latex: str) -> str:
    if latex.startswith(_SIZED):
        sign = escape(_OPERATORS.get(latex[len(_SIZED[0]) :], latex[len(_SIZED[0]) :]))
        return f'<mo stretchy="true" symmetric="true" minsize="1.8em" maxsize="1.8em">{sign}</mo>'
    if latex in _OPERATORS:
        return f"<mo>{escape(_OPERATORS[latex])}</mo>"
    if latex in _BIG:
        return f"<mo>{_BIG[latex]}</mo>"
    if latex in _LIMITS or latex in _FUNCTIONS:
        return f'<mo form="prefix" lspace="0.1667em" rspace="0.1667em" movablelimits="false">{latex[1:]}</mo>'
    if latex in _SPACES:
        return f'<mspace width="{_SPACES[latex]}"></mspace>'
    if latex[0].isdigit():
        return f"<mn>{latex}</mn>"
    name = latex.removeprefix("\\")
    if name in _LETTERS:
        return f"<mi>{_LETTERS[name]}</mi>"
    variant = ' mathvariant="normal"' if latex != name else ""
    return f"<mi{variant}>{escape(name)}</mi>"


def _script(base: Node, below: HBox | None, above: HBox | None) -> str:
    limits = isinstance(base, Symbol) and (base.latex in _BIG or base.latex in _LIMITS)
    under, over = ("munder", "mover") if limits else ("msub", "msup")
    both = "munderover" if limits else "msubsup"
    parts = "".join(_node(one) for one in (base, below, above) if one is not None)
    tag = both if below is not None and above is not None else under if below is not None else over
    return f"<{tag}>{parts}</{tag}>"


def _fence(sign: str) -> str:
    return "" if sign == "." else f'<mo stretchy="true">{escape(_OPERATORS.get(sign, sign))}</mo>'


def _table(name: str, rows: tuple[tuple[HBox, ...], ...]) -> str:
    side = ' style="text-align: left"' if name == "cases" else ""
    body = "".join(f"<mtr>{''.join(f'<mtd{side}>{_node(cell)}</mtd>' for cell in row)}</mtr>" for row in rows)
    opening, closing = ("{", "") if name == "cases" else ("(", ")")
    ends = (f'<mo stretchy="true">{sign}</mo>' if sign else "" for sign in (opening, closing))
    before, after = ends
    return f"<mrow>{before}<mtable>{body}</mtable>{after}</mrow>"
