"""Running text for LaTeX: whatever characters a user types, it compiles and means those characters."""

from __future__ import annotations

import re
import unicodedata

from derive.terms import Relation
from derive.terms.greek import GREEK

_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": "$<$", ">": "$>$", "|": "$|$", '"': "''",
    "–": "--", "—": "---", "’": "'", "\u2018": "`", "“": "``", "”": "''", "…": r"\dots{}", "·": r"$\cdot$",
    "∂": r"$\partial$", "Σ": r"$\Sigma$", "∑": r"$\sum$", "≥": r"$\ge$", "≤": r"$\le$", "≠": r"$\neq$",
    "×": r"$\times$", "−": "$-$", "ß": r"\ss{}", "ø": r"\o{}", "ł": r"\l{}", "Ø": r"\O{}", "Ł": r"\L{}",
    "æ": r"\ae{}", "œ": r"\oe{}",
} | {sign: rf"$\{name}$" for name, sign in GREEK.items()}  # fmt: skip

# Combining marks, as what TeX calls them.
_MARKS = {
    "\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0304": "=", "\u0306": "u", "\u0307": ".",
    "\u0308": '"', "\u030a": "r", "\u030b": "H", "\u030c": "v", "\u0327": "c", "\u0328": "k",
}  # fmt: skip

_SIGNS = {**{one.value: f"${one.latex}$" for one in Relation if len(one) > 1}, "->": r"$\to$"}
_ANY_SIGN = re.compile("|".join(map(re.escape, _SIGNS)))


def prose(text: str) -> str:
    """Return text for LaTeX; comparisons are set as signs."""
    out, start = "", 0
    for found in _ANY_SIGN.finditer(text):
        out += escaped(text[start : found.start()]) + _SIGNS[found[0]]
        start = found.end()
    return out + escaped(text[start:])


def escaped(text: str) -> str:
    """Return text with every character that means something to TeX written so that it does not."""
    return "".join(map(_character, unicodedata.normalize("NFC", text)))


def code(text: str) -> str:
    """Return text as typewriter text that may be broken after operators, commas and brackets."""
    written = "".join(map(_code_character, unicodedata.normalize("NFC", text)))
    return rf"\texttt{{{written}}}"


# A place to break at that also stretches, so that no broken line is underfull.
_BREAK = r"\hskip0pt plus1pt\relax{}"


def _code_character(one: str) -> str:
    if one in "-+*/,()=":
        return f"{one}{_BREAK}"
    # Typewriter type has every ASCII character at its own place; the usual commands would take other fonts.
    return rf"\char{ord(one)}{{}}" if one.isascii() and one in _SPECIAL else _character(one)


def _character(one: str) -> str:
    if one in _SPECIAL:
        return _SPECIAL[one]
    if one.isascii():
        return one if one.isprintable() else " "
    apart = unicodedata.normalize("NFD", one)
    if apart[0].isascii() and len(apart) == 2 and apart[1] in _MARKS:
        return rf"\{_MARKS[apart[1]]}{{{apart[0]}}}"
    return f"[U+{ord(one):04X}]"
