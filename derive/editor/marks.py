"""What an editor shows of findings: squiggles, what is told on hover, and marks behind lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lsprotocol.types import (
    Diagnostic,
    DiagnosticSeverity,
    Hover,
    InlayHint,
    MarkupContent,
    MarkupKind,
    Position,
    Range,
)

from derive.editor.findings import Answered, Findings
from derive.editor.pages import PagePart
from derive.problem.problems import Displayed
from derive.report.evidence import Remark, statements
from derive.report.message import pieces_of
from derive.report.results import Result, Verdict

Units = Callable[[str], int]
"""How many units of the editor's own counting a text has."""

SEVERITIES = {
    Verdict.REFUTED: DiagnosticSeverity.Error,
    Verdict.ERROR: DiagnosticSeverity.Error,
    Verdict.UNDECIDED: DiagnosticSeverity.Warning,
}
SIGNS = {Verdict.PROVED: "✓", Verdict.REFUTED: "✗", Verdict.UNDECIDED: "?", Verdict.ERROR: "!"}
WORST = (Verdict.ERROR, Verdict.REFUTED, Verdict.UNDECIDED, Verdict.PROVED)
PENDING = "…"
_TOKEN = re.compile(r"\\[A-Za-z]+|[^\W\d][\w']*|\d+|\S")


@dataclass(frozen=True, slots=True)
class Ruler:
    """Places of a part as the editor counts them, from 0 and in its own units."""

    part: PagePart
    units: Units

    def position(self, line: int, column: int) -> Position:
        """Return a place of the page that stands in the part."""
        return Position(line - self.part.first, self.units(self.part.line(line)[: column - 1]))

    def span(self, start: tuple[int, int], end: tuple[int, int]) -> Range:
        """Return what stands between two places of the page."""
        return Range(self.position(*start), self.position(*end))

    def end(self, line: int) -> Position:
        """Return the place behind a line."""
        return self.position(line, len(self.part.line(line)) + 1)


def details(result: Result) -> list[str]:
    """Return all that is said of a result beside its verdict, each as a line."""
    return [f"{one.label}: {one.text}" if one.label else str(one.text) for one in statements(result)]


def as_expected(result: Result) -> bool:
    """Return whether a claim came out as it should: as its `expect` says, else proved."""
    return result.verdict is (result.expect or Verdict.PROVED)


def diagnostics(findings: Findings, part: PagePart, units: Units) -> list[Diagnostic]:
    """Return what is wrong in one part of a page."""
    ruler = Ruler(part, units)
    return [
        _diagnostic(one.result, _underlined(findings, one, ruler))
        for one in findings.answered
        if one.result is not None and not as_expected(one.result) and part.holds(one.place[0])
    ]


def _diagnostic(result: Result, where: Range) -> Diagnostic:
    severity = SEVERITIES.get(
        result.verdict, DiagnosticSeverity.Error
    )  # proved, where something else is expected
    if result.refused:
        severity = DiagnosticSeverity.Warning
    told = [result.message] if result.message is not None else [_verdict(result), *details(result)]
    return Diagnostic(where, "\n".join(told), severity=severity, code=str(result.verdict), source="derive")


def _verdict(result: Result) -> str:
    if result.expect is None:
        return str(result.verdict)
    return (
        f"{result.verdict}, as expected"
        if as_expected(result)
        else f"{result.verdict}, and {result.expect} was expected"
    )


def _underlined(findings: Findings, one: Answered, ruler: Ruler) -> Range:
    """Return what is underlined: of an error the word that it is about, else the right side, or all of the claim."""
    line, column = one.place
    unread = one.result is not None and one.result.message is not None
    right = right_side(one, ruler.part)
    if right is not None and (not unread or right[0] == one.place):
        return ruler.span(*right)
    if unread:
        found = _TOKEN.match(ruler.part.line(line), column - 1)
        return ruler.span((line, column), (line, found.end() + 1 if found else column + 1))
    display = findings.display(line, column)
    if display is not None and ruler.part.holds(display.end[0]):
        return ruler.span((display.position.line, display.position.column), display.end)
    text = ruler.part.line(line).partition("#")[0].rstrip()
    return ruler.span((line, column), (line, max(len(text), column) + 1))


def right_side(one: Answered, part: PagePart) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """Return where the right side of a claim begins and ends on the page; `None` if it does not stand there as told."""
    side = one.question.right
    if side is None or not side.text.strip() or not part.holds(side.position.line):
        return None
    line, column = side.position.line, side.position.column
    rest = [part.line(line)[column - 1 :], *part.lines[line - part.first + 1 :]]
    pattern = r"\s*".join(map(re.escape, _TOKEN.findall(side.text)))
    found = re.match(pattern, "\n".join(rest))
    if found is None:
        return None
    down, across = found[0].count("\n"), len(found[0].rpartition("\n")[2])
    return (line, column), (line + down, (across if down else column - 1 + across) + 1)


def hover(findings: Findings, part: PagePart, line: int, column: int, units: Units) -> Hover | None:
    """Return what is told of a place: verdicts with what explains them, and how a display was read."""
    display = findings.display(line, column)
    answered = [one for one in findings.at(line) if display is None or display.holds(*one.place)]
    told = [*(_display(display) if display else ()), *(text for one in answered for text in _told(one))]
    if not told:
        return None
    ruler = Ruler(part, units)
    where = None
    if display is not None and part.holds(display.end[0]):
        where = ruler.span((display.position.line, display.position.column), display.end)
    return Hover(MarkupContent(MarkupKind.Markdown, "\n\n".join(told)), where)


def _display(display: Displayed) -> Iterator[str]:
    reads = "\n".join(display.read)
    yield f"*{display.kind}*" + (f", read as\n```derive\n{reads}\n```" if reads else "")
    if display.message:
        yield _plain(display.message)


def _told(one: Answered) -> Iterator[str]:
    result = one.result
    if result is None:
        yield f"{PENDING} `{one.question.claim}`"
    elif result.message is not None:
        yield _plain(result.message)
    else:
        claim = f" `{result.claim}`" if result.claim else ""
        lines = [f"{SIGNS[result.verdict]} **{_verdict(result)}**{claim}"]
        lines += [f"- {_remark(remark)}" for remark in statements(result)]
        yield "\n".join(lines)


def _remark(remark: Remark) -> str:
    """Return a statement as Markdown, the formulas in it as code."""
    parts = (_plain(one) if isinstance(one, str) else f"`{one}`" for one in pieces_of(remark.text))
    return f"{remark.label}: {''.join(parts)}" if remark.label else "".join(parts)


def _plain(text: str) -> str:
    """Return words as Markdown that shows them as they are."""
    return re.sub(r"([\\`*_{}\[\]<>#|$])", r"\\\1", text)


def hints(findings: Findings, part: PagePart, units: Units) -> Iterator[tuple[int, InlayHint]]:
    """Yield the marks of a part, each with the line behind which it stands."""
    lines: dict[int, list[Result | None]] = {}
    for one in findings.answered:
        line, column = one.place
        display = findings.display(line, column)
        lines.setdefault(display.end[0] if display else line, []).append(one.result)
    ruler = Ruler(part, units)
    for line, results in lines.items():
        if part.holds(line):
            yield line, _hint(results, ruler.end(line))


def _hint(results: list[Result | None], where: Position) -> InlayHint:
    known = [one for one in results if one is not None]
    if len(known) < len(results):
        return InlayHint(where, PENDING, padding_left=True)
    worst = min(known, key=lambda one: (as_expected(one), WORST.index(one.verdict)))
    told = worst.scope if worst.verdict is Verdict.PROVED and worst.scope else ""
    label = " ".join(filter(None, (SIGNS[worst.verdict], _verdict(worst), told)))
    return InlayHint(where, label, tooltip="\n".join(details(worst)) or None, padding_left=True)
