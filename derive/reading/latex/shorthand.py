r"""Commands that a page uses and defines nowhere, of names that say one thing alone: `\bx` is a bold letter.

Its site may define them. Such a command is read where it stands for a letter of which the page makes no other use, so
that nothing is lost if it is not bold, or for an array of which the entries stand there; `\sumN` where n is an index;
and `\pdv{y}{x}`, of two arguments, as a derivative. Any other command that is not known is refused.
"""

from __future__ import annotations

import re
from collections import Counter

from derive.reading.latex.symbols import COMMANDS
from derive.terms.greek import GREEK

_LETTER = rf"[a-zA-Z]|{'|'.join(sorted(GREEK, key=len, reverse=True))}"
_BOLD = re.compile(rf"\\(?P<mark>b|bs|bf|bm|mb|v|m)(?P<letter>{_LETTER})")
_SUMMED = re.compile(r"\\(?P<sign>sum|prod)(?P<size>[A-Z])")
_SLOPE = re.compile(r"\\(?:(?P<straight>[td]?dv|deriv|dydx|dod)|[ptd]?pdv|pderiv|parderiv|pfrac|dadb|d?pd)")
r"""Fractions of two differentials, as packages (`\pdv`, `\pderiv`, `\dpd`) and sites (`\dadb`) call them."""
_OPERATORS = frozenset("CDEINOPQRVZ")
"""Capitals that in bold are more often a set, an expectation, a probability or an identity than a name."""
_MATHEMATICS = re.compile(
    r"\$\$.*?\$\$|\$[^$]*\$|\\\[.*?\\\]|\\\(.*?\\\)|```math.*?```"
    r"|\\begin\{(?P<name>(?:align|equation|gather|multline|eqnarray)\*?)\}.*?\\end\{(?P=name)\}",
    re.DOTALL,
)
_WORDS = re.compile(r"\\(?:begin|end|text|textrm|mbox|operatorname|label|tag|mathrm|mathbb)\s*\{[^{}]*\}")
_COMMAND = re.compile(r"\\[A-Za-z]+(?P<taking>\s*[{\[])?")
_FEWEST = 2
"""How many commands of a mark have to be letters of which a page makes no other use, for the mark to say "bold"."""


def slopes(text: str) -> dict[str, str]:
    """Return the commands of a text that can only be derivatives, of two arguments in braces, each with its body."""
    found: dict[str, list[bool]] = {}
    for one in re.finditer(r"\\[A-Za-z]+", text):
        if _SLOPE.fullmatch(one[0]) and one[0] not in COMMANDS:
            first = _braced(text, one.end())
            second = None if first is None else _braced(text, first)
            found.setdefault(one[0], []).append(second is not None and _braced(text, second) is None)
    clear = {one for one, each in found.items() if all(each)} - {one[1] for one in _DEFINED.finditer(text)}
    return {one: rf"\frac{{{_d(one)} #1}}{{{_d(one)} #2}}" for one in clear}


def _d(command: str) -> str:
    told = _SLOPE.fullmatch(command)
    return "d" if told is not None and told["straight"] else r"\partial"


def _braced(text: str, start: int) -> int | None:
    """Return where braces end that open here, None if none do."""
    depth, opening = 0, re.compile(r"\s*\{").match(text, start)
    for one in re.compile(r"\\.|[{}]", re.DOTALL).finditer(text, start) if opening else ():
        depth += (one[0] == "{") - (one[0] == "}")
        if not depth and one[0] == "}":
            return one.end()
    return None


def shorthands(text: str) -> dict[str, str]:
    """Return the commands of a text that can only be a letter or a sum, each with what it stands for."""
    mathematics = _WORDS.sub(" ", " ".join(one[0] for one in _MATHEMATICS.finditer(text)))
    found = Counter(one[0].split("{")[0].split("[")[0].rstrip() for one in _COMMAND.finditer(mathematics))
    taking = {one[0][:-1].rstrip() for one in _COMMAND.finditer(mathematics) if one["taking"]}
    unknown = {one for one in found if one not in COMMANDS} - taking
    defined = {one[1] for one in _DEFINED.finditer(text)}
    letters = set(re.sub(r"\\[A-Za-z]+", " ", mathematics)) | {one[1:] for one in found}
    marked = [
        one for command in sorted(unknown - defined) for one in [_BOLD.fullmatch(command)] if one is not None
    ]
    marks = Counter(one["mark"] for one in marked if one["letter"] not in letters)
    clear = (one["letter"] for one in marked if marks[one["mark"]] >= _FEWEST)
    letters -= {one for one in clear if _has_entries(one, mathematics)}
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


def _has_entries(letter: str, mathematics: str) -> bool:
    r"""Return whether a letter stands nowhere without an index: then `\by` beside `y_n` is the array of these."""
    written = letter if len(letter) == 1 else rf"\\{letter}"
    return not re.search(rf"(?<![A-Za-z\\]){re.escape(written)}(?![A-Za-z])(?!\s*_)", mathematics)


_DEFINED = re.compile(
    r"\\(?:[egx]?def|let|(?:re)?newcommand\*?|providecommand|DeclareMathOperator\*?|NewDocumentCommand)"
    r"\s*\{?\s*(\\[A-Za-z]+)"
)
