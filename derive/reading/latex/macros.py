r"""A page's own commands, `\newcommand{\bx}{\mathbf{x}}`, written out, and where each place of that stood before.

Of those that it defines nowhere, those are written out that can only be one thing. Commands that are given several
meanings, that hide known ones, or that take what is left out are left as they stand.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from derive.errors import DeriveError, Position, ReadingError
from derive.problem.problems import Claim, Displayed, Failure, Problem, ProblemItem
from derive.reading.latex.shorthand import shorthands, slopes
from derive.reading.latex.symbols import COMMANDS

_DEFINING = re.compile(
    r"\\(?P<how>(?:re)?newcommand|providecommand|DeclareMathOperator|def)(?P<star>\*)?\s*"
    r"(?:\{\s*(?P<braced>\\[A-Za-z]+)\s*\}|(?P<bare>\\[A-Za-z]+))\s*(?:\[(?P<count>\d)\]|(?P<marks>(?:#\d)+))?\s*\{"
)
_COMMENT = re.compile(r"(?<!\\)%[^\n]*")
_CONDITIONAL = re.compile(r"\\if[A-Za-z@]*(?![A-Za-z])")
_CALL = re.compile(r"\\[A-Za-z]+")
_SHOWN = re.compile(r"\$\$|\\\[|\\begin\s*\{")
_DEPTH = 10
_LONGEST = 400_000


@dataclass(frozen=True, slots=True)
class Macro:
    """A command with how many arguments it takes and what it stands for, from an offset on."""

    name: str
    count: int
    body: str
    start: int
    end: int


@dataclass(slots=True)
class Expanded:
    """A text with its macros written out; `edges` are pairs of offsets, there and in the text before."""

    text: str
    before: str
    file: str
    edges: list[tuple[int, int, bool]]

    def offset(self, there: int) -> int:
        """Return where something stood before; what a macro stands for stood where the macro is."""
        place = bisect.bisect_right(self.edges, (there, _LONGEST, True)) - 1
        start, original, same = self.edges[place]
        return original + (there - start if same else 0)

    def position(self, at: Position) -> Position:
        """Return a position in the text before."""
        line, column = self._place((at.line or 1, at.column or 1))
        lines = self.before.split("\n")
        return Position(at.file, line, column, lines[line - 1])

    def _place(self, place: tuple[int, int]) -> tuple[int, int]:
        starts = _starts(self.text)
        line = min(place[0], len(starts)) - 1
        original = self.offset(starts[line] + place[1] - 1)
        before = _starts(self.before)
        found = bisect.bisect_right(before, original) - 1
        return found + 1, original - before[found] + 1

    # ---- problems

    def problem(self, problem: Problem) -> Problem:
        """Return a problem with its places in the text before."""
        items = tuple(map(self._item, problem.items))
        return replace(problem, items=items, displays=tuple(map(self._displayed, problem.displays)))

    def _item(self, item: ProblemItem) -> ProblemItem:
        if isinstance(item, Failure):
            wrong = self._error(item.error)
            return replace(item, error=wrong, position=self.position(item.position))
        if isinstance(item, Claim):
            sides = tuple(replace(one, position=self.position(one.position)) for one in item.sides)
            error = None if item.error is None else self._error(item.error)
            return replace(item, sides=sides, position=self.position(item.position), error=error)
        return replace(item, position=self.position(item.position))

    def _error(self, error: DeriveError) -> DeriveError:
        at = getattr(error, "position", None)
        if not isinstance(error, ReadingError) or at is None:
            return error
        return ReadingError(error.message, self.position(at))

    def _displayed(self, one: Displayed) -> Displayed:
        return replace(one, position=self.position(one.position), end=self._place(one.end))


@lru_cache(maxsize=4)
def _starts(text: str) -> list[int]:
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    return starts[:-1]


def expanded(text: str, file: str) -> Expanded | None:
    """Return a text with the macros that it defines or needs written out, None if there is nothing to write out."""
    shown = _COMMENT.sub(lambda one: " " * len(one[0]), text)
    macros = _macros(shown)
    macros |= {name: Macro(name, 0, body, 0, 0) for name, body in shorthands(shown).items()}
    macros |= {name: Macro(name, 2, body, 0, 0) for name, body in slopes(shown).items()}
    if not macros:
        return None
    made: list[str] = []
    edges: list[tuple[int, int, bool]] = [(0, 0, True)]
    length = place = 0

    def put(piece: str, original: int, same: bool) -> None:
        nonlocal length
        if piece:
            edges.append((length, original, same))
            made.append(piece)
            length += len(piece)

    stretches = sorted((one.start, one.end) for one in macros.values())
    for call in _CALL.finditer(shown):
        one = macros.get(call[0])
        if one is None or call.start() < max(place, one.end):
            continue
        if any(start <= call.start() < end for start, end in stretches):
            continue
        written = _written(call, one, shown, macros, 0)
        if written is None:
            return None
        body, end = written
        put(text[place : call.start()], place, True)
        put(body, call.start(), False)
        place = end
        if length > _LONGEST:
            return None
    put(text[place:], place, True)
    return Expanded("".join(made), text, file, edges) if place else None


def _macros(text: str) -> dict[str, Macro]:
    found: dict[str, list[Macro]] = {}
    hidden = _CONDITIONAL.search(text)
    for one in _DEFINING.finditer(text):
        name = one["braced"] or one["bare"]
        end = _closing(text, one.end())
        if end is None:
            continue
        body = " ".join(text[one.end() : end].split("\n"))
        count = int(one["count"] or 0) if one["marks"] is None else one["marks"].count("#")
        if one["how"] == "DeclareMathOperator":
            body = f"\\operatorname{{{body}}}"
        found.setdefault(name, []).append(Macro(name, count, body, one.start(), end + 1))
    for one in re.finditer(
        r"\\(?:let|[egx]def|NewDocumentCommand|newcommand\*?\s*\{?\s*(\\[A-Za-z]+)\s*\}?\s*\[\d\]\s*\[)", text
    ):
        name = re.search(r"\\[A-Za-z]+", text[one.end() if one[1] is None else one.start(1) :])
        found.pop(name[0] if name else "", None)
    clear = {name: every for name, every in found.items() if len({(k.body, k.count) for k in every}) == 1}
    return {
        name: every[0]
        for name, every in clear.items()
        if name not in COMMANDS and (hidden is None or hidden.start() > every[0].end)
    }


def _closing(text: str, start: int) -> int | None:
    """Return where the brace closes that is open at an offset."""
    depth = 1
    for found in re.compile(r"\\.|[{}]", re.DOTALL).finditer(text, start):
        depth += (found[0] == "{") - (found[0] == "}")
        if not depth:
            return found.start()
    return None


def _written(
    call: re.Match[str], macro: Macro, text: str, macros: dict[str, Macro], depth: int
) -> tuple[str, int] | None:
    """Return what a call stands for, and where it ends."""
    if depth > _DEPTH:
        return None
    place = call.end()
    arguments: list[str] = []
    for _ in range(macro.count):
        blank = re.compile(r"\s*").match(text, place)
        place = blank.end() if blank else place
        if text[place : place + 1] == "{":
            end = _closing(text, place + 1)
            if end is None:
                return None
            arguments.append(text[place + 1 : end])
            place = end + 1
        else:
            single = re.compile(r"\\[A-Za-z]+|\\.|[^\s{}]", re.DOTALL).match(text, place)
            if single is None:
                return None
            arguments.append(single[0])
            place = single.end()
    if any(f"#{k + 1}" not in macro.body and _SHOWN.search(one) for k, one in enumerate(arguments)):
        return None  # a display that the page leaves out is told, and not left out in silence
    body = re.sub(
        r"#(\d)",
        lambda one: arguments[int(one[1]) - 1] if int(one[1]) <= len(arguments) else one[0],
        macro.body,
    )
    inner = _inside(body, macros, depth + 1)
    if inner is None or len(inner) > _LONGEST:
        return None
    follows = re.search(r"\\[A-Za-z]+$", inner) is not None and text[place : place + 1].isalpha()
    return inner + (" " if follows else ""), place


def _inside(body: str, macros: dict[str, Macro], depth: int) -> str | None:
    made: list[str] = []
    place = 0
    for call in _CALL.finditer(body):
        one = macros.get(call[0])
        if one is None or call.start() < place:
            continue
        written = _written(call, one, body, macros, depth)
        if written is None:
            return None
        made += [body[place : call.start()], written[0]]
        place = written[1]
    return "".join([*made, body[place:]])


def restored(problems: Iterable[Problem], page: Expanded | None) -> list[Problem]:
    """Return problems with their places in the text before its macros were written out."""
    return [one if page is None else page.problem(one) for one in problems]
