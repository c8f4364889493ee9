"""What `derive show` writes: the derivations of an entry or a file, in one of five forms. Derives nothing itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from derive.errors import visible

if TYPE_CHECKING:
    from derive.reading.sources import Source
    from derive.report.results import Report
    from derive.verification.work import Run
    from derive.writing.terminal import Line

# Imported inside functions: the writer of the form that is asked for, and no other.


def shown_report(name: str, sizes: Mapping[str, int], symbols: Mapping[str, str], run: Run) -> Report:
    """Return the derivations of an entry or a file, with some sizes made concrete and some names replaced.

    Raises `DeriveError` for a name that is neither, for what cannot be read, and for a clash of names.
    """
    from derive.report.results import Report
    from derive.verification.files import derived

    return Report(tuple(derived(named(name), sizes, symbols, run)))


def shown_text(report: Report, form: str, title: str) -> str:
    """Return derivations in a form: text, latex, fragment, markdown, html or json."""
    return report.written(lambda one: _FORMS[form](one, title))


def title_of(name: str) -> str:
    """Return the heading over a page: an entry's title, or a file's name."""
    from derive import catalogue

    return catalogue.load(name).title if name in catalogue.names() else Path(name).name


def named(name: str) -> Source:
    """Return the text of a file, of standard input for `-`, or else of a catalogue entry.

    Raises `DeriveError` for a name that is neither.
    """
    from derive import catalogue
    from derive.reading.sources import Source, load

    if name == "-" or Path(name).is_file():
        return load(name)
    entry = catalogue.load(name)
    return Source(entry.file, entry.problem)


def _text(report: Report, title: str) -> str:
    from derive.writing.terminal import line_text

    return "\n".join(map(line_text, shown_lines(report)))


def shown_lines(report: Report) -> list[Line]:
    """Return derivations as lines for a terminal."""
    from derive.writing.terminal import derivation_lines, heading_lines

    lines, before = [], (None, None)  # type: tuple[list[Line], tuple[str | None, str | None]]
    for result in report.results:
        now = (None, result.problem)
        if now != before:
            lines += heading_lines(before, now)
            before = now
        lines += derivation_lines(result)
    return lines


def _json(report: Report, title: str) -> str:
    import json

    return visible(json.dumps(report.json(), ensure_ascii=False, indent=1))


def _latex(report: Report, title: str) -> str:
    from derive.writing.latex_document import report_document

    return report_document(report, title)


def _fragment(report: Report, title: str) -> str:
    from derive.writing.latex_document import report_fragment

    return "% needs \\usepackage{amsmath,amssymb}\n" + report_fragment(report)


def _html(report: Report, title: str) -> str:
    from derive.writing.html import report_to_html

    return report_to_html(report, title)


_FORMS: dict[str, Callable[[Report, str], str]] = {
    "text": _text,
    "json": _json,
    "latex": _latex,
    "fragment": _fragment,
    "markdown": lambda report, title: report.markdown(),
    "html": _html,
}

__all__ = ["named", "shown_lines", "shown_report", "shown_text", "title_of"]
