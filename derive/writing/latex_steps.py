r"""Numbered steps as LaTeX: one equation number a step, the rule beside it, long lines broken at operators."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from derive.writing.latex_prose import prose
from derive.writing.latex_tree import Row, lines, parse, show, sides, width

if TYPE_CHECKING:
    from derive.report import StepShown

TEXT_WIDTH = 45.0  # of the page, in em at 10pt
_NUMBER = 3.2  # an equation number and the space before it
_GAP = 2.0
_MOST_FOR_RULE = 13.0  # a longer rule is set in several lines, at its commas
_MOST_FOR_LEFT = 14.0  # a wider left side stands on lines of its own
_LEAST_ROOM = 10.0

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

    left: Row
    right: Row
    rule: tuple[str, ...] = ()

    @property
    def rule_width(self) -> float:
        """The estimated width of the rule's text."""
        return max((0.42 * len(words) + 0.5 for words in self.rule), default=0.0)


def steps_to_latex(steps: Sequence[StepShown]) -> Iterator[str]:
    """Yield displays, one for each chain of equalities among the steps."""
    chain: list[_Line] = []
    for step in steps:
        line = _line(step)
        if line.left.items and chain:
            yield _display(chain, "align")
            chain = []
        chain.append(line)
    if chain:
        yield _display(chain, "align")


def equation_display(*formulas: str) -> str:
    """Return formulas as one unnumbered display, aligned at their equals signs, broken where they are too wide."""
    return _display([_Line(*sides(parse(latex))) for latex in formulas], "align*")


def _line(step: StepShown) -> _Line:
    short = 0.42 * len(step.rule) + 0.5 <= _MOST_FOR_RULE
    rule = (step.rule,) if short else tuple(step.rule.split(", "))
    return _Line(*sides(parse(step.latex)), tuple(map(prose, rule)))


def _display(chain: Sequence[_Line], environment: str) -> str:
    """Return a chain in the largest type in which its lines fit; a wide left side stands on lines of its own."""
    left = max(width(line.left) for line in chain)
    apart = left > _MOST_FOR_LEFT
    numbered = environment == "align"
    beside = max(line.rule_width for line in chain) + (_NUMBER + _GAP if numbered else 0.0)
    for scale, size in _SIZES:
        room = (TEXT_WIDTH - _GAP - beside) * scale - (0.0 if apart else left)
        heads = [lines(line.left, room) if apart and line.left.items else [] for line in chain]
        broken = [lines(line.right, room) for line in chain]
        if (_fits([*broken, *heads], room) and room > _LEAST_ROOM) or size == _SIZES[-1][1]:
            break
    rows: list[str] = []
    for line, head, pieces in zip(chain, heads, broken, strict=True):
        rows += _rows(head, "") if head else []
        rows += _rows(pieces, _beside(line), "" if apart else show(line.left), numbered)
    body = " \\\\\n".join(rows)
    return _sized(size, f"\\begin{{{environment}}}\n{body}\n\\end{{{environment}}}")


def _fits(broken: Sequence[Sequence[str]], room: float) -> bool:
    return all(width(parse(one)) + 2 * (k > 0) <= room for pieces in broken for k, one in enumerate(pieces))


def _rows(pieces: Sequence[str], beside: str, left: str = "", numbered: bool = False) -> list[str]:
    """Return a formula in its lines; the first carries the rule, the last the number if there is one."""
    first, *rest = pieces
    rows = [f"{left} & {first}{beside}", *(f" &\\quad {{}} {one}" for one in rest)]
    silent = len(rows) - 1 if numbered else len(rows)
    return [f"{row} \\notag" if k < silent else row for k, row in enumerate(rows)]


def _beside(line: _Line) -> str:
    if len(line.rule) > 1:
        text = r" \\ ".join(rf"\text{{\footnotesize {words}}}" for words in line.rule)
        return rf" && \begin{{array}}{{@{{}}l@{{}}}} {text} \end{{array}}"
    return rf" && \text{{\footnotesize {line.rule[0]}}}" if line.rule else ""


def _sized(size: str, display: str) -> str:
    return f"{{{size}\n{display}\n}}" if size else display


__all__ = ["TEXT_WIDTH", "equation_display", "steps_to_latex"]
