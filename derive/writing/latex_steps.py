r"""Numbered steps as LaTeX: one equation number a step, the rule beside it, long lines broken at operators."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from derive.writing.latex_prose import prose
from derive.writing.latex_tree import lines, parse, show, sides, width

if TYPE_CHECKING:
    from derive.report import StepShown

TEXT_WIDTH = 45.0  # of the page, in em at 10pt
_NUMBER = 3.2  # an equation number and the space before it
_GAP = 2.0
_MOST_FOR_RULE = 13.0  # a longer rule goes on a line of its own

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
    """A step ready to be set: left and right side, the rule's text, and its estimated width."""

    left: str
    left_width: float
    right: str
    rule: str
    rule_width: float


def steps_to_latex(steps: Sequence[StepShown]) -> Iterator[str]:
    """Yield displays, one for each chain of equalities among the steps."""
    chain: list[_Line] = []
    for step in steps:
        line = _line(step)
        if line.left and chain:
            yield _display(chain)
            chain = []
        chain.append(line)
    if chain:
        yield _display(chain)


def equation_display(*formulas: str) -> str:
    """Return formulas as one unnumbered display, aligned at their equals signs, broken where they are too wide."""
    halves = [sides(parse(latex)) for latex in formulas]
    left = max(width(half) for half, _ in halves)
    for scale, size in _SIZES:
        room = (TEXT_WIDTH - _GAP) * scale - left
        broken = [lines(right, room) for _, right in halves]
        if _fits(broken, room) or size == _SIZES[-1][1]:
            break
    rows = [f"{show(half)} &{_broken(pieces, '')}" for (half, _), pieces in zip(halves, broken, strict=True)]
    body = " \\\\\n".join(rows)
    return _sized(size, f"\\begin{{align*}}\n{body}\n\\end{{align*}}")


def _fits(broken: Sequence[Sequence[str]], room: float) -> bool:
    return all(width(parse(one)) + 2 * (k > 0) <= room for pieces in broken for k, one in enumerate(pieces))


def _line(step: StepShown) -> _Line:
    left, right = sides(parse(step.latex))
    rule = prose(step.rule)
    return _Line(show(left), width(left), show(right), rule, 0.42 * len(step.rule) + 0.5)


def _display(chain: Sequence[_Line]) -> str:
    left = max(line.left_width for line in chain)
    rule = max((line.rule_width for line in chain if line.rule_width <= _MOST_FOR_RULE), default=0.0)
    for scale, size in _SIZES:
        room = (TEXT_WIDTH - _NUMBER - 2 * _GAP - rule) * scale - left
        broken = [lines(parse(line.right), room) for line in chain]
        if (_fits(broken, room) and room > 10) or size == r"\tiny":
            break
    rows = [
        f"{line.left} &{_broken(pieces, _beside(line))}" for line, pieces in zip(chain, broken, strict=True)
    ]
    body = " \\\\\n".join(rows)
    return _sized(size, f"\\begin{{align}}\n{body}\n\\end{{align}}")


def _beside(line: _Line) -> str:
    if line.rule_width > _MOST_FOR_RULE:
        words = line.rule.split(", ")
        text = r" \\ ".join(rf"\text{{\footnotesize {word}}}" for word in words)
        return rf" && \begin{{array}}{{@{{}}l@{{}}}} {text} \end{{array}}"
    return rf" && \text{{\footnotesize {line.rule}}}"


def _broken(pieces: Sequence[str], beside: str) -> str:
    r"""Return a right side in its lines; only the first carries the rule, only the last the number."""
    first, *rest = pieces
    if not rest:
        return f" {first}{beside}"
    rows = [f" {first}{beside} \\notag", *(f" &\\quad {{}} {one} \\notag" for one in rest)]
    rows[-1] = rows[-1].removesuffix(" \\notag")
    return " \\\\\n".join(rows) if beside else " \\\\\n".join(row.replace(" \\notag", "") for row in rows)


def _sized(size: str, display: str) -> str:
    return f"{{{size}\n{display}\n}}" if size else display


__all__ = ["TEXT_WIDTH", "equation_display", "steps_to_latex"]
