"""Reports for people, as lines of plain or coloured text. Never computes anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from derive.report import Counterexample, Report, Result, StepShown, Verdict

# A line is a list of pieces, each with the name of its style; "" is plain.
Line = list[tuple[str, str]]

STYLES = {
    "proved": "bold green",
    "refuted": "bold red",
    "undecided": "bold yellow",
    "error": "bold red",
    "surprise": "bold magenta",
    "quiet": "dim",
    "heading": "bold",
}
INDENT = " " * 11  # the longest verdict, and two blanks


def plain(result: Result) -> str:
    """Return a result as plain text, without a newline at the end."""
    return "\n".join(line_text(line) for line in result_lines(result))


def line_text(line: Line) -> str:
    """Return a line without its styles."""
    return "".join(text for text, _ in line).rstrip()


def result_lines(result: Result) -> Iterator[Line]:
    """Yield the lines of a result: verdict, claim and scope, and under them what supports the verdict."""
    word = str(result.verdict)
    head: Line = [(word.ljust(len(INDENT)), word), (result.claim or "", "")]
    if result.scope:
        head.append((f"   {result.scope}", "quiet"))
    head.extend(expectation(result.expect, result.verdict))
    yield head
    for label, text in detail_texts(result):
        yield [(INDENT, ""), (f"{label}: " if label else "", "quiet"), (text, "")]


def derivation_lines(result: Result) -> Iterator[Line]:
    """Yield the result and under it its derivation, a line a step, each with the rule and the hypotheses used."""
    yield from result_lines(result)
    yield from step_lines(result.steps or ())


def step_lines(steps: Sequence[StepShown]) -> Iterator[Line]:
    """Yield the lines of a derivation, each with the rule and the hypotheses used beside it."""
    width = min(60, max((len(step.text) for step in steps), default=0))
    for step in steps:
        indent = "      " if step.text.startswith("=") else "    "
        why = step.rule + (f", by {', '.join(step.hypotheses)}" if step.hypotheses else "")
        yield [(indent + step.text.ljust(width + 4 - len(indent)), ""), (f"   {why}", "quiet")]


def heading_lines(
    before: tuple[str | None, str | None], now: tuple[str | None, str | None]
) -> Iterator[Line]:
    """Yield the headings that are new: the file's name, and the problem's title."""
    if before != (None, None):
        yield []
    if now[0] is not None and now[0] != before[0]:
        yield [(now[0], "heading")]
    if now[1] is not None:
        yield [(now[1], "heading")]


def error_text(result: Result) -> str:
    """Return an error with its file, line and column, and the line itself with a caret."""
    place = ":".join(str(part) for part in (result.file, result.line, result.column) if part is not None)
    text = f"{place}: {result.message}" if place else str(result.message)
    if not result.source or result.column is None:
        return text
    pad = "".join("\t" if sign == "\t" else " " for sign in result.source[: result.column - 1])
    return f"{text}\n  {result.source}\n  {pad}^"


# The worst line speaks for a derivation.
_WORST = ("error", "refuted", "undecided", "proved")


def group_verdict(group: Sequence[Result]) -> Verdict:
    """Return the verdict on a claim as a whole: the worst of its links."""
    return min((result.verdict for result in group), key=_WORST.index)


def summary_line(report: Report) -> Line:
    """Return how many claims there are of each verdict, and the time that they took."""
    groups = report.claims
    counts = Counter(map(group_verdict, groups))
    line: Line = []
    for verdict in type(report.results[0].verdict):
        if counts[verdict]:
            line += [(", " if line else "", ""), (f"{counts[verdict]} {verdict}", str(verdict))]
    expected = sum(group[0].expect is group_verdict(group) for group in groups)
    if expected:
        line.append((f", {expected} of them as expected", "quiet"))
    return [*line, (f"   {sum(result.seconds for result in report.results):.2f} s", "quiet")]


def expectation(expected: Verdict | None, found: Verdict) -> Line:
    """Return what is to be said of an expectation: nothing, that it came true, or what was expected."""
    if expected is None:
        return []
    if expected is found:
        return [("   as expected", "quiet")]
    return [(f"   expected: {expected}", "surprise")]


def detail_texts(result: Result) -> Iterator[tuple[str, str]]:
    """Yield what supports a verdict: a label, empty for a bare message, and the text that belongs to it."""
    for label, several in (
        ("uses", result.hypotheses),
        ("where", result.conditions),
        ("only left", result.marked),
    ):
        if several:
            yield label, ", ".join(several)
    if result.counterexample is not None:
        yield from _counterexample(result.counterexample)
    if result.holds_at:
        yield "holds", "at " + ", ".join(map(sizes_text, result.holds_at))
    if result.correct is not None:
        yield "correct", result.correct
    if result.diagnosis is not None:
        yield "mistake", f"{result.diagnosis.mistake}: {result.diagnosis.text}"
    if result.true is not None and result.true is not result.follows:
        yield "against the first side", str(result.true)
    if result.residual is not None:
        yield "left over", result.residual
    if result.reason is not None:
        yield "because", result.reason
    if result.message is not None:
        first, *rest = result.message.splitlines() or [""]
        yield "", first
        yield from (("", line) for line in rest)


def _counterexample(found: Counterexample) -> Iterator[tuple[str, str]]:
    values = [f"{name} = {value_text(value)}" for name, value in found.values.items()]
    indices = [f"{name} = {at}" for name, at in found.indices.items()]
    parts = [sizes_text(found.sizes)] if found.sizes else []
    yield "at", ", ".join(parts + values + indices) or "every point"
    yield "left", found.left
    yield "right", found.right


def sizes_text(sizes: Mapping[str, int]) -> str:
    """Return sizes as `N = 2, n = 3`."""
    return ", ".join(f"{name} = {size}" for name, size in sizes.items()) or "every point tried"


def value_text(value: Any) -> str:
    """Return a number, or an array of them as nested tuples: `(0, log(2))`."""
    if isinstance(value, list | tuple):
        inside = ", ".join(map(value_text, value))
        return f"({inside},)" if len(value) == 1 else f"({inside})"
    return str(value)


def write(lines: Iterator[Line], out: IO[str], colour: bool) -> None:
    """Write lines to a stream, coloured if asked; rich is imported only then."""
    if not colour:
        out.writelines(line_text(line) + "\n" for line in lines)
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(file=out, highlight=False, soft_wrap=True)
    for line in lines:
        console.print(Text.assemble(*((text, STYLES.get(style, "")) for text, style in line)))
