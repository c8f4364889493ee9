"""What a notebook shows of reports and derivations: pieces of HTML with MathML, and LaTeX."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from derive.writing.html import report_body
from derive.writing.latex import step_box
from derive.writing.latex_prose import prose
from derive.writing.mathml import to_mathml
from derive.writing.style import NESTED

if TYPE_CHECKING:
    from derive.report.results import Report, StepShown


def report_html(report: Report) -> str:
    """Return a report as a piece of HTML that brings its own style and disturbs no other."""
    return _piece(report_body(report))


def steps_html(steps: Sequence[StepShown]) -> str:
    """Return a derivation as a table: the lines, and beside each its rule and the hypotheses used."""
    rows = "".join(
        f'<tr><td style="text-align: left">{to_mathml(step_box(step))}</td>'
        f'<td style="text-align: left" class="rule">{escape(_why(step))}</td></tr>'
        for step in steps
    )
    return _piece(f"<table>{rows}</table>")


def steps_latex(steps: Sequence[StepShown]) -> str:
    """Return a derivation as an `aligned` display, the rules beside the lines."""
    rows = (rf"& {step.latex} && \text{{{prose(_why(step))}}}" for step in steps)
    return "$$\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}$$"


def _why(step: StepShown) -> str:
    return step.rule + (f", by {', '.join(step.hypotheses)}" if step.hypotheses else "")


def _piece(inside: str) -> str:
    return f'<div class="derive"><style>{NESTED}</style>\n<div class="sheet">{inside}</div></div>'
