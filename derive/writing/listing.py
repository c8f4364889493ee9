"""A derivation as a marked listing: each line with its verdict, and under a wrong one why. Never computes anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from derive.report.derivations import Derived
from derive.report.evidence import Kind, Remark, worded
from derive.report.message import Message, say
from derive.report.results import group_verdict
from derive.terms import Relation
from derive.writing.changes import changed_part
from derive.writing.signs import with_signs
from derive.writing.statements import Statements
from derive.writing.terminal import (
    INDENT,
    Line,
    derivation_lines,
    details,
    expectation,
    heading_lines,
    line_text,
    result_lines,
    told,
)

if TYPE_CHECKING:
    from derive.report.results import Link, Report, Result

OWN = "derivation"  # the kind of link that a user's own lines are

# What the two verdicts on a line say together, where they differ; `{}` is the first side.
_BOTH = {
    ("proved", "refuted"): "follows from the line before, but is not equal to {}",
    ("proved", "undecided"): "follows from the line before; whether it is {} is open",
    ("refuted", "proved"): "does not follow from the line before, but is equal to {}",
    ("undecided", "proved"): "is equal to {}; whether it follows from the line before is open",
    ("error", "proved"): "is equal to {}",
}


def group_lines(group: Sequence[Result], signs: bool = False) -> Iterator[Line]:
    """Yield the lines of a claim: of one that stands alone its result, of a chain its listing.

    With `signs` the marks of a listing stand under its formulas as they are written with mathematical signs.
    """
    link = group[0].link
    if link is None:
        for result in group:
            yield from result_lines(result)
        return
    yield from _listing(group, link, with_signs if signs else str)


def report_text(report: Report) -> str:
    """Return a report as plain text, without derivations."""
    return "\n".join(line_text(line) for group in report.claims for line in group_lines(group))


def derivations_text(report: Report) -> str:
    """Return every claim of a report with its derivation as plain text."""
    return "\n".join(map(line_text, report_lines(report)))


def report_lines(report: Report, signs: bool = False) -> Iterator[Line]:
    """Yield every claim of a report with its derivation, under the title of its problem where that is new.

    Each problem begins with what it is about; what is said or derived once is not repeated. A derivation of the
    user's own stays as it was written, each line marked.
    """
    before: tuple[str | None, str | None] = (None, None)
    said, derived = Statements(), Derived()
    for group in report.claims:
        first = group[0]
        now = (None, first.problem)
        if now != before:
            yield from heading_lines(before, now)
            before, said, derived = now, Statements(), Derived()
        if first.context is not None:
            for label, text in said.new(first.context):
                yield [(label.ljust(len(INDENT)), "quiet"), (text, "formula")]
        if first.link is not None and first.link.kind == OWN:
            yield from group_lines(group, signs)
            continue
        for result in group:
            yield from derivation_lines(result, derived)


def first_broken(group: Sequence[Result]) -> Result | None:
    """Return the first line of a chain that was not proved to follow from the one before, `None` if all were.

    Where all were, it is the first that differs from the chain's first side.
    """
    loose = [result for result in group if result.verdict != "proved"]
    return next(iter([*loose, *(result for result in group if result.true == "refuted")]), None)


def broken_text(result: Result) -> str:
    """Return in words what is wrong with the first line that does not follow, or that differs from the first side."""
    words = {
        "refuted": "does not follow",
        "undecided": "was not shown to follow",
        "proved": "does not equal the first side",
    }
    return f"line {result.line} {words.get(str(result.verdict), 'means nothing')}"


def standing(result: Result, group: Sequence[Result]) -> Message | None:
    """Return in words how a line stands to the one before and to the first side, where the two differ.

    A line that is right after one that is not has no mistake in it: that is in the first that is not.
    """
    if result.link is None:
        return None
    text = _BOTH.get((str(result.follows), str(result.true)))
    if text is None:
        return None
    first = group[0].statement
    said = say(text, result.link.first if first is None else first.left)
    left = next((one for one in group[: group.index(result)] if one.true == "refuted"), None)
    if left is None or (result.follows, result.true) != ("refuted", "proved"):
        return said
    return Message(said, f": the mistake is above, in line {left.line}")


def _listing(group: Sequence[Result], link: Link, spell: Callable[[str], str]) -> Iterator[Line]:
    verdict, broken = group_verdict(group), first_broken(group)
    said = f": {broken_text(broken)}" if broken is not None else ""
    head: Line = [(str(verdict).ljust(len(INDENT)), str(verdict))]
    yield [*head, (f"{link.kind} of {spell(link.first)}{said}", ""), *expectation(group[0].expect, verdict)]
    width = max(len(str(one.line)) for one in group)
    gap = " " * (len(INDENT) + width + 2)
    yield [(INDENT, ""), (str(link.start).rjust(width), "quiet"), (f"  {spell(link.first)}", "")]
    for result in group:
        yield from _line(result, group, width, gap, spell)


def _line(
    result: Result, group: Sequence[Result], width: int, gap: str, spell: Callable[[str], str]
) -> Iterator[Line]:
    after = spell(result.link.after) if result.link is not None else ""
    relation = Relation.EQUAL if result.link is None else result.link.relation
    word = str(result.verdict)
    yield [
        (word.ljust(len(INDENT)), word),
        (str(result.line).rjust(width), "quiet"),
        (f"  {relation} {after}", ""),
        *_aside(result, spell),
    ]
    if word == "refuted" and result.link is not None:
        start, end = changed_part(after, *map(spell, filter(None, (result.correct, result.link.before))))
        yield [(gap, ""), ("  " + " " * start + "^" * (end - start), word)]
    for one in _details(result, group):
        yield [(gap, ""), *told(one)]


def _aside(result: Result, spell: Callable[[str], str]) -> Line:
    cases = result.statement.when if result.statement is not None else ()
    parts = [f"when {', '.join(spell(str(case)) for case in cases)}"] if cases else []
    parts += [result.scope] if result.scope else []
    parts += [f"by {', '.join(map(spell, result.hypotheses))}"] if result.hypotheses else []
    parts += [f"where {', '.join(map(spell, worded(result.conditions)))}"] if result.conditions else []
    return [(f"   {', '.join(parts)}", "quiet")] if parts else []


def _details(result: Result, group: Sequence[Result]) -> Iterator[Remark]:
    """Yield what supports the verdict on a line, but for what stands beside it."""
    said = standing(result, group)
    if said is not None:
        yield Remark(Kind.MESSAGE, (said,))
    for one in details(result):
        if one.kind not in (Kind.USES, Kind.WHERE, Kind.FIRST_SIDE):
            yield one
