r"""Numbered steps as LaTeX: one equation number a step, the rule beside it, long lines broken at operators."""

from __future__ import annotations

import itertools
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from derive.writing.boxes import HBox, lines, show, sides, width
from derive.writing.latex import step_box
from derive.writing.latex_prose import prose

if TYPE_CHECKING:
    from derive.report.derivations import Equalities
    from derive.report.results import StepShown

TEXT_WIDTH = 45.0  # of the page, in em at 10pt
_NUMBER = 3.2  # an equation number and the space before it
_GAP = 2.0
_RULE_LETTERS = 20  # a longer rule is set in several lines
_MOST_FOR_LEFT = (14.0, 10.0, 6.0, 3.5)  # a wider left side stands on lines of its own
_LEAST_ROOM = 10.0
_APART = "6pt"  # between the chains of one derivation

# Sizes of type, and how much wider a line may be in them; the smallest that is needed is used.
_SIZES = (
    (1.0, ""),
    (1 / 0.9, r"\small"),
    (1 / 0.8, r"\footnotesize"),
    (1 / 0.7, r"\scriptsize"),
    (2.0, r"\tiny"),
)


@dataclass(frozen=True, slots=True)
class _Line:
    """A step ready to be set: left and right side, and the rule's text in one or more lines."""

    left: HBox
    right: HBox
    rule: tuple[str, ...] = ()

    @property
    def rule_width(self) -> float:
        """The estimated width of the rule's text."""
        return max((0.42 * len(words) + 0.5 for words in self.rule), default=0.0)


def derivation_display(found: Sequence[Equalities]) -> str:
    """Return chains of steps as one numbered alignment, a little apart from each other."""
    return _display([tuple(map(_line, chain)) for chain in found], "align")


def equation_display(*formulas: HBox) -> str:
    """Return formulas as one unnumbered display, aligned at their equals signs, broken where they are too wide."""
    return _display([tuple(_Line(*sides(formula)) for formula in formulas)], "align*")


def _line(step: StepShown) -> _Line:
    rule = textwrap.wrap(step.rule, _RULE_LETTERS, break_long_words=False, break_on_hyphens=False)
    return _Line(*sides(step_box(step)), tuple(map(prose, rule)))


def _display(found: Sequence[Sequence[_Line]], environment: str) -> str:
    """Return chains as one alignment; left sides that are too wide stand on lines of their own.

    The fewest of them, and only if that is not enough a smaller type.
    """
    every = [line for chain in found for line in chain]
    numbered = environment == "align"
    beside = max(line.rule_width for line in every) + (_NUMBER + _GAP if numbered else 0.0)
    for (scale, size), most in itertools.product(_SIZES, _MOST_FOR_LEFT):  # noqa: B007 - size is used below
        left = max((wide for line in every if (wide := width(line.left)) <= most), default=0.0)
        room = (TEXT_WIDTH - _GAP - beside) * scale - left
        broken = [[_set(line, room, most) for line in chain] for chain in found]
        if room > _LEAST_ROOM and _fits([one for chain in broken for pair in chain for one in pair], room):
            break
    parts = []
    for chain, pieces in zip(found, broken, strict=True):
        rows: list[str] = []
        for line, (head, right) in zip(chain, pieces, strict=True):
            rows += _rows(head, "", numbered=numbered, last=False) if head else []
            rows += _rows(right, _beside(line), "" if head else show(line.left), numbered)
        parts.append(" \\\\\n".join(rows))
    body = f" \\\\[{_APART}]\n".join(parts)
    return _sized(size, f"\\begin{{{environment}}}\n{body}\n\\end{{{environment}}}")


def _set(line: _Line, room: float, most: float) -> tuple[list[HBox], list[HBox]]:
    """Return the left side in lines of its own, if it is too wide to stand beside, and the right side in lines."""
    return (lines(line.left, room) if width(line.left) > most else []), lines(line.right, room)


def _fits(broken: Sequence[Sequence[HBox]], room: float) -> bool:
    return all(width(one) + 2 * (k > 0) <= room for pieces in broken for k, one in enumerate(pieces))


def _rows(
    pieces: Sequence[HBox], beside: str, left: str = "", numbered: bool = False, last: bool = True
) -> list[str]:
    """Return a formula in its lines; the first carries the rule, the last the number if there is one."""
    first, *rest = map(show, pieces)
    rows = [f"{left} & {first}{beside}", *(f" &\\quad {{}} {one}" for one in rest)]
    silent = (len(rows) - last) if numbered else 0
    return [f"{row} \\notag" if k < silent else row for k, row in enumerate(rows)]


def _beside(line: _Line) -> str:
    if len(line.rule) > 1:
        text = r" \\[-4pt] ".join(rf"\text{{\footnotesize {words}}}" for words in line.rule)
        return rf" && \begin{{array}}{{@{{}}l@{{}}}} {text} \end{{array}}"
    return rf" && \text{{\footnotesize {line.rule[0]}}}" if line.rule else ""


def _sized(size: str, display: str) -> str:
    return f"{{{size}\n{display}\n}}" if size else display
