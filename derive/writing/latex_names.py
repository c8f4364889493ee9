r"""Names as LaTeX: Greek letters, accents and upright words; whatever a user calls a thing, no TeX gets in.

Different names give different LaTeX, so that what is written can be read back. It knows no terms.
"""

from __future__ import annotations

from collections.abc import Iterable

from derive.terms.greek import GREEK

_ACCENTS = ("hat", "bar", "tilde", "dot", "vec", "check", "breve")


def name_to_latex(name: str) -> str:
    r"""Return a name as LaTeX: `x`, `\gamma`, `\hat{y}` for `y_hat`, `\mathrm{score}`."""
    if len(name) == 1 and name.isascii() and name.isalpha():
        return name
    if name in GREEK:
        return rf"\{name}"
    stem, _, accent = name.rpartition("_")
    if stem and accent in _ACCENTS:
        return rf"\{accent}{{{name_to_latex(stem)}}}"
    return rf"\mathrm{{{_escaped(name)}}}"


def operator_to_latex(name: str) -> str:
    r"""Return the name of a function: a letter as it is, a word as `\operatorname{softplus}`."""
    written = name_to_latex(name)
    word = written.removeprefix(r"\mathrm")
    return written if word == written else rf"\operatorname{word}"


def index_to_latex(name: str | int) -> str:
    r"""Return the name of an index: `i`, `2`, `j_{1}` for `j_1`."""
    if isinstance(name, int):
        return str(name)
    stem, _, number = name.partition("_")
    if len(stem) == 1 and number.isdigit():
        return f"{stem}_{{{number}}}"
    bare = name.rstrip("'")
    return name_to_latex(bare) + name[len(bare) :] if bare else _escaped(name)


def subscript(names: Iterable[str | int]) -> str:
    """Return indices as a subscript: `_{ij}`, with commas where one of several is not a single letter."""
    written = [index_to_latex(name) for name in names]
    if not written:
        return ""
    letters = all(len(one) == 1 and not one.isdigit() for one in written)
    return f"_{{{('' if letters else ',').join(written)}}}"


def _escaped(word: str) -> str:
    """Return a word of letters, digits and underscores for upright setting; nothing else passes."""
    return "".join(r"\_" if c == "_" else c if c.isascii() and c.isalnum() else _code(c) for c in word)


def _code(character: str) -> str:
    # pdfTeX knows no letter outside its encodings; a code point is at least the same name every time.
    return f"U{ord(character):04X}"
