"""Reports as annotations that GitHub's checks show beside the lines of a file. Never computes anything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from derive.errors import visible
from derive.report.evidence import Kind
from derive.report.results import group_verdict
from derive.writing.changes import changed_part
from derive.writing.listing import first_broken, standing
from derive.writing.terminal import details, line_text, summary_line

if TYPE_CHECKING:
    from derive.report.results import Report, Result

_LEVELS = {"refuted": "error", "error": "error", "undecided": "warning"}
_DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_PROPERTY = {**_DATA, ":": "%3A", ",": "%2C"}


def to_annotations(report: Report) -> str:
    """Return an annotation for each claim or line that is not proved, and a summary; one a line.

    A claim that came out as expected has none; one that did not has one that says so. Newlines and the signs
    that GitHub takes for its own are escaped.
    """
    lines = [one for group in report.claims for one in _group(group)]
    if report.results:
        lines.append(line_text(summary_line(report)))
    return "".join(f"{line}\n" for line in lines)


def _group(group: Sequence[Result]) -> Iterator[str]:
    first, found = group[0], group_verdict(group)
    if first.expect is not None and found != "error":
        if first.expect is not found:
            message = f"expected {first.expect}, found {found}: {first.claim or ''}"
            yield _annotation("error", first, f"{found}, not {first.expect}", message)
        return
    for result in group:
        astray = result.verdict == "proved" and result is first_broken(group)
        level = "error" if astray else _LEVELS.get(str(result.verdict))
        if level is not None:
            yield _annotation(level, result, _title(result), _message(result, group))


def _title(result: Result) -> str:
    if result.link is None or result.verdict == "error":
        return str(result.verdict)
    if result.verdict == "proved":
        return "differs from the first side"
    words = "does not follow" if result.verdict == "refuted" else "not shown to follow"
    return f"{words} from the line before"


def _message(result: Result, group: Sequence[Result]) -> str:
    lines = [] if result.claim is None else [result.claim]
    if result.link is not None and result.verdict == "refuted":
        after = result.link.after
        start, end = changed_part(after, *filter(None, (result.correct, result.link.before)))
        if (start, end) != (0, len(after)):
            lines.append(f"changed: {after[start:end]}")
    said = standing(result, group)
    lines += [said] if said is not None else []
    lines += [
        f"{one.label}: {one.text}" if one.label else one.text
        for one in details(result)
        if one.kind is not Kind.FIRST_SIDE
    ]
    return "\n".join(lines)


def _annotation(level: str, result: Result, title: str, message: str) -> str:
    place = {"file": result.file, "line": result.line, "col": result.column, "title": f"derive: {title}"}
    properties = ",".join(f"{k}={_escaped(str(v), _PROPERTY)}" for k, v in place.items() if v is not None)
    return f"::{level} {properties}::{_escaped(message, _DATA)}"


def _escaped(text: str, signs: dict[str, str]) -> str:
    return "".join(signs.get(sign, sign) for sign in visible(text.replace("\r\n", "\n")))
