r"""Names as LaTeX: Greek letters, accents and upright words; whatever a user calls a thing, no TeX gets in.

Different names give different LaTeX, so that what is written can be read back. Of terms it knows the indices.
"""

from __future__ import annotations

from collections.abc import Iterable

from derive.terms import Index
from derive.terms.greek import GREEK
from derive.writing.boxes import Call, HBox, Node, Script, Symbol, Word, row, show, signs

_ACCENTS = ("hat", "bar", "tilde", "dot", "vec", "check", "breve")


def name_box(name: str) -> Node:
    r"""Return a name: `x`, `\\gamma`, `\\hat{y}` for `y_hat`, `\\mathrm{score}`."""
    if len(name) == 1 and name.isascii() and name.isalpha():
        return Symbol(name)
    if name in GREEK:
        return Symbol(rf"\{name}")
    stem, _, accent = name.rpartition("_")
    if stem and accent in _ACCENTS:
        return Call(rf"\{accent}", row(name_box(stem)))
    return Word(r"\mathrm", _escaped(name))


def operator_box(name: str) -> Node:
    r"""Return the name of a function: a letter as it is, a word as `\operatorname{softplus}`."""
    written = name_box(name)
    return Word(r"\operatorname", written.text) if isinstance(written, Word) else written


def index_box(name: str | int | Index) -> HBox:
    r"""Return an index or the name of one: `i`, `2`, `j_{1}` for `j_1`, and `y_{a}` for the label `y[a]`."""
    if isinstance(name, Index):
        if name.at:
            return row(indexed(name_box(str(name.name)), name.at))
        name = name.name
    if isinstance(name, int):
        return signs(str(name))
    stem, _, number = name.partition("_")
    if len(stem) == 1 and number.isdigit():
        return row(Script(Symbol(stem), signs(number), None))
    bare = name.rstrip("'")
    primes = signs(*name[len(bare) :])
    return row(name_box(bare), primes) if bare else primes


def indexed(base: Node, names: Iterable[str | int | Index]) -> Node:
    """Return a base with indices as its subscript: `_{ij}`, with commas where one of several is not a single letter."""
    written = list(map(index_box, names))
    if not written:
        return base
    plain = [
        one.items[0].latex for one in written if len(one.items) == 1 and isinstance(one.items[0], Symbol)
    ]
    letters = len(plain) == len(written) and all(len(one) == 1 and not one.isdigit() for one in plain)
    first, *rest = written
    between: list[Node] = [] if letters else [Symbol(",")]
    return Script(base, row(first, *(part for one in rest for part in (*between, one))), None)


def name_to_latex(name: str) -> str:
    """Return a name as LaTeX."""
    return show(name_box(name))


def _escaped(word: str) -> str:
    """Return a word of letters, digits and underscores for upright setting; nothing else passes."""
    return "".join(r"\_" if c == "_" else c if c.isascii() and c.isalnum() else _code(c) for c in word)


def _code(character: str) -> str:
    # pdfTeX knows no letter outside its encodings; a code point is at least the same name every time.
    return f"U{ord(character):04X}"
