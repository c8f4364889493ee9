"""Reports as Markdown with TeX mathematics: each claim, its verdict, what supports it, and its derivation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from derive.errors import visible
from derive.report.derivations import Derived
from derive.report.message import pieces_of
from derive.writing.latex import formula_to_latex
from derive.writing.terminal import details

if TYPE_CHECKING:
    from derive.report.results import Report, Result, StepShown


def report_to_markdown(report: Report) -> str:
    """Return the report as Markdown; display mathematics stands in `$$` on lines of its own."""
    blocks: list[str] = []
    problem: str | None = None
    derived = Derived()
    for result in report.results:
        if result.problem and result.problem != problem:
            blocks.append(f"## {_plain(result.problem)}")
            derived = Derived()
        problem = result.problem
        blocks.extend(_result(result, derived))
    return visible("\n\n".join(blocks)) + "\n"


def _result(result: Result, derived: Derived) -> Iterator[str]:
    word = f"**{result.verdict}**{f' {_plain(result.scope)}' if result.scope else ''}"
    if result.statement is not None:
        yield _display(formula_to_latex(result.statement))
    elif result.claim:
        yield _code(result.claim)
    yield word + "".join(
        f"\n- {f'{one.label}: ' if one.label else ''}{_said(one.text)}" for one in details(result)
    )
    new = [step for chain in derived.new(result.steps or ()) for step in chain]
    if result.steps and not new:
        yield "The left side is derived above."
    yield from (_step(number, step) for number, step in enumerate(new, 1))


def _step(number: int, step: StepShown) -> str:
    by = f", by {', '.join(map(_said, step.hypotheses))}" if step.hypotheses else ""
    return f"{number}\\. {_plain(step.rule)}{by}\n\n{_display(step.latex)}"


def _display(latex: str) -> str:
    return f"$$\n{latex}\n$$"


def _said(text: str) -> str:
    """Return a message with its formulas as code."""
    pieces = pieces_of(text)
    return "".join(_plain(one) if isinstance(one, str) else _code(str(one)) for one in pieces)


def _code(text: str) -> str:
    """Return text as code; the fence is longer than any run of backticks inside."""
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if text[:1] == "`" or text[-1:] == "`" else ""
    return f"{fence}{pad}{' '.join(text.splitlines())}{pad}{fence}"


def _plain(text: str) -> str:
    """Return text with the signs escaped that Markdown would take for its own."""
    line = " ".join(text.splitlines())
    written = "".join(f"\\{sign}" if sign in "\\`*_[]<#$|&~!" else sign for sign in line)
    return f"\\{written}" if written.startswith((">", "+", "-")) else written
