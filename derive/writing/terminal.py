"""Reports for people, as lines of plain or coloured text. Never computes anything."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, TYPE_CHECKING

from derive.errors import Position, visible
from derive.report.derivations import Derived
from derive.report.evidence import Kind, Remark, statements
from derive.report.message import pieces_of
from derive.report.results import Verdict, group_verdict

if TYPE_CHECKING:
    from rich.text import Text

    from derive.problem.problems import DisplayKind
    from derive.report.results import Report, Result, StepShown

# Imported inside functions: Rich, which is loaded only where something is coloured.

# A line is a list of pieces, each with the name of its style; "" is plain, "formula" may be written with signs.
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
    return visible("".join(text for text, _ in line)).rstrip()


def result_lines(result: Result) -> Iterator[Line]:
    """Yield the lines of a result: verdict, claim and scope, and under them what supports the verdict."""
    word = str(result.verdict)
    head: Line = [(word.ljust(len(INDENT)), word), (result.claim or "", "formula")]
    if result.scope:
        head.append((f"   {result.scope}", "quiet"))
    head.extend(expectation(result.expect, result.verdict))
    yield head
    for one in details(result):
        yield [(INDENT, ""), *told(one)]


def told(one: Remark) -> Line:
    """Return a statement behind its label: a formula, or a sentence in which there are some."""
    said = ((str(piece), "" if isinstance(piece, str) else "formula") for piece in pieces_of(one.text))
    return [(f"{one.label}: " if one.label else "", "quiet"), *said]


ABOVE = "derived above"


def derivation_lines(result: Result, derived: Derived | None = None) -> Iterator[Line]:
    """Yield the result and under it its derivation, a line a step, each with the rule and the hypotheses used.

    What is `derived` above already is not repeated.
    """
    yield from result_lines(result)
    new = (derived or Derived()).new(result.steps or ())
    if result.steps and not new:
        yield [("    ", ""), (ABOVE, "quiet")]
    yield from step_lines([step for chain in new for step in chain])


def step_lines(steps: Sequence[StepShown]) -> Iterator[Line]:
    """Yield the lines of a derivation, each with the rule and the hypotheses used beside it."""
    width = min(60, max((len(step.text) for step in steps), default=0))
    for step in steps:
        indent = "      " if step.before is None else "    "
        why = step.rule + (f", by {', '.join(step.hypotheses)}" if step.hypotheses else "")
        pad = " " * (width + 4 - len(indent) - len(step.text))
        yield [(indent, ""), (step.text, "formula"), (pad, "pad"), (f"   {why}", "quiet")]


def steps_text(steps: Sequence[StepShown]) -> str:
    """Return a derivation as plain text."""
    return "\n".join(map(line_text, step_lines(steps)))


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
    if not result.source_line or result.column is None:
        return visible(text)
    return visible(f"{text}\n{Position('', 1, result.column, result.source_line).caret()}")


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


def displays_line(report: Report) -> Line:
    """Return how many displays of pages there are of each kind."""
    counts = Counter(one.kind for one in report.displays)
    told = ", ".join(f"{counts[kind]} {_plural(kind, counts[kind])}" for kind in _KINDS if counts[kind])
    return [(f"displays: {told}", "error" if counts["refused"] and not report.lenient else "quiet")]


_KINDS: tuple[DisplayKind, ...] = ("claim", "definition", "assumption", "outside", "skipped", "refused")


def _plural(kind: DisplayKind, count: int) -> str:
    counted = kind in ("claim", "definition", "assumption")
    return f"{kind}s" if counted and count != 1 else kind


def expectation(expected: Verdict | None, found: Verdict) -> Line:
    """Return what is to be said of an expectation: nothing, that it came true, or what was expected."""
    if expected is None:
        return []
    if expected is found:
        return [("   as expected", "quiet")]
    return [(f"   expected: {expected}", "surprise")]


def details(result: Result) -> Iterator[Remark]:
    """Yield what is said under a claim: all but the scope, which stands beside it."""
    return (one for one in statements(result) if one.kind is not Kind.SCOPE)


def write(lines: Iterable[Line], out: IO[str], colour: bool, signs: bool = False) -> None:
    """Write lines to a stream: coloured if asked, formulas with signs if asked, as wide as the terminal if it is one.

    rich is imported only for colours.
    """
    shown = laid_out(lines, shutil.get_terminal_size().columns if out.isatty() else 0, signs)
    if not colour:
        out.writelines(line_text(line) + "\n" for line in shown)
        return
    from rich.console import Console

    console = Console(file=out, highlight=False, soft_wrap=True)
    for line in shown:
        console.print(styled(line))


def laid_out(lines: Iterable[Line], width: int, signs: bool) -> Iterator[Line]:
    """Yield lines as they are shown: broken at a width if it is more than 0, formulas with signs if asked."""
    for line in lines:
        safe = [(visible(text), style) for text, style in line]
        yield from folded(_signed(safe) if signs else safe, width)


def styled(line: Line) -> Text:
    """Return a line with its styles as rich has them."""
    from rich.text import Text

    return Text.assemble(*((text, STYLES.get(style, "")) for text, style in line))


def _signed(line: Line) -> Line:
    """Return a line with its formulas in signs; what is padded behind one keeps its column."""
    from derive.writing.signs import with_signs

    out: Line = []
    saved = 0
    for text, style in line:
        written = with_signs(text) if style == "formula" else text + " " * saved if style == "pad" else text
        saved = len(text) - len(written) if style == "formula" else 0
        out.append((written, style))
    return out


_BREAK = re.compile(r" (?=[-+=−] )|, | ")
_OPEN = re.compile(r"[ΣΠ][^\s·()]*\Z")  # the sign of a sum or product, whose body follows on the same line
NARROWEST = 40  # columns; below, lines are left to the terminal


def folded(line: Line, width: int) -> Iterator[Line]:
    """Yield a line broken to a width, at its outermost operators rather than within brackets, with hanging indent."""
    text = line_text(line)
    if width < NARROWEST or len(text) <= width:
        yield line
        return
    indent = len(text) - len(text.lstrip())
    indent = max(indent, len(INDENT) if text[: len(INDENT)].strip() in tuple(Verdict) else indent)
    hanging = " " * min(indent + 4, width // 2)
    pads = [place for place, (_, style) in enumerate(line) if style == "pad"]
    if pads:  # what stands beside a formula goes under it
        yield from folded(line[: pads[0]], width)
        beside = "".join(text for text, _ in line[pads[0] :]).strip()
        yield from folded([(hanging + " " * 4, ""), (beside, line[-1][1])], width)
        return
    while len(line_text(line)) > width:
        text = line_text(line)
        at = _break_at(text, width, len(text) - len(text.lstrip()))
        if at is None:
            break
        yield _cut(line, 0, at)
        line = [(hanging, ""), *_cut(line, at + 1, len(text))]
    yield line


def _break_at(text: str, width: int, indent: int) -> int | None:
    """Return the blank to break at: of those in the outermost brackets the last that leaves the line in its width."""
    best, depth = None, 0
    depths = []
    for sign in text:
        depth += (sign in "([") - (sign in ")]")
        depths.append(depth)
    for found in _BREAK.finditer(text, indent + 1, width + 1):
        at = found.end() - 1
        if _OPEN.search(text, 0, at):
            continue
        operator = text[at + 1 : at + 3] in ("- ", "+ ", "= ", "− ")
        # Past the middle of the line, brackets matter most, then operators, then how much is on the line.
        rank = (at > width // 3, -depths[at], operator, at)
        if best is None or rank > best[0]:
            best = rank, at
    return None if best is None else best[1]


def _cut(line: Line, start: int, end: int) -> Line:
    """Return the pieces of a line between two columns."""
    out: Line = []
    column = 0
    for text, style in line:
        out.append((text[max(start - column, 0) : max(end - column, 0)], style))
        column += len(text)
    return [(text, style) for text, style in out if text]
