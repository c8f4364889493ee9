r"""Commands that a page uses and defines nowhere, of names that say one thing alone: `\bx` is a bold letter.

Its site may define them. Such a command is read where it stands for a letter of which the page makes no other use, so
that nothing is lost if it is not bold, and `\sumN` where n is an index. Any other command that is not known is refused.
"""

from __future__ import annotations

import re
from collections import Counter

from derive.reading.latex.symbols import COMMANDS
from derive.terms.greek import GREEK

_LETTER = rf"[a-zA-Z]|{'|'.join(sorted(GREEK, key=len, reverse=True))}"
_BOLD = re.compile(rf"\\(?P<mark>b|bs|bf|bm|mb|v|m)(?P<letter>{_LETTER})")
_SUMMED = re.compile(r"\\(?P<sign>sum|prod)(?P<size>[A-Z])")
_OPERATORS = frozenset("CDEINOPQRVZ")
"""Capitals that in bold are more often a set, an expectation, a probability or an identity than a name."""
_MATHEMATICS = re.compile(
    r"\$\$.*?\$\$|\$[^$]*\$|\\\[.*?\\\]|\\\(.*?\\\)|```math.*?```"
    r"|\\begin\{(?P<name>(?:align|equation|gather|multline|eqnarray)\*?)\}.*?\\end\{(?P=name)\}",
    re.DOTALL,
)
_WORDS = re.compile(r"\\(?:begin|end|text|textrm|mbox|operatorname|label|tag|mathrm|mathbb)\s*\{[^{}]*\}")
_COMMAND = re.compile(r"\\[A-Za-z]+(?P<taking>\s*[{\[])?")


def shorthands(text: str) -> dict[str, str]:
    """Return the commands of a text that can only be a letter or a sum, each with what it stands for."""
    mathematics = _WORDS.sub(" ", " ".join(one[0] for one in _MATHEMATICS.finditer(text)))
    found = Counter(one[0].split("{")[0].split("[")[0].rstrip() for one in _COMMAND.finditer(mathematics))
    taking = {one[0][:-1].rstrip() for one in _COMMAND.finditer(mathematics) if one["taking"]}
    unknown = {one for one in found if one not in COMMANDS} - taking
    defined = {one[1] for one in _DEFINED.finditer(text)}
    letters = set(re.sub(r"\\[A-Za-z]+", " ", mathematics)) | {one[1:] for one in found}
    made: dict[str, str] = {}
    for command in sorted(unknown - defined):
        bold, summed = _BOLD.fullmatch(command), _SUMMED.fullmatch(command)
        if bold is not None and _is_letter(bold["mark"], bold["letter"]):
            opposite = "\\e" + command[2:]  # `\be … \ee` are the ends of an equation
            if bold["letter"] not in letters and opposite not in found:
                letter = bold["letter"]
                made[command] = rf"\boldsymbol{{{letter if len(letter) == 1 else chr(92) + letter}}}"
        elif summed is not None and re.search(rf"_\s*\{{?\s*{summed['size'].lower()}(?![a-z])", mathematics):
            made[command] = rf"\{summed['sign']}_{{{summed['size'].lower()}=1}}^{{{summed['size']}}}"
    several = Counter(made.values())
    return {command: body for command, body in made.items() if several[body] == 1}


def _is_letter(mark: str, letter: str) -> bool:
    """Return whether a mark says that a letter is a vector or a matrix."""
    capital = letter[0].isupper()
    return letter not in _OPERATORS and (mark not in "vm" or capital == (mark == "m"))


_DEFINED = re.compile(
    r"\\(?:[egx]?def|let|(?:re)?newcommand\*?|providecommand|DeclareMathOperator\*?|NewDocumentCommand)"
    r"\s*\{?\s*(\\[A-Za-z]+)"
)
