"""What `derive show` writes: the derivations of an entry or a file, in one of five forms. Derives nothing itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from derive.errors import DeriveError, visible

if TYPE_CHECKING:
    from derive.report import Report
    from derive.sources import Source
    from derive.writing.terminal import Line


def shown_text(name: str, form: str, sizes: Mapping[str, int]) -> str:
    """Return the derivations of an entry or a file in a form: text, latex, markdown, html or json.

    Raises `DeriveError` for a name that is neither, for what cannot be read, and for a form that cannot be
    written yet.
    """
    from derive.api import derivations

    source = named(name)
    report = derivations(source.text, source.file, sizes, source.document)
    return _FORMS[form](report)


def shown_lines(name: str, sizes: Mapping[str, int]) -> list[Line]:
    """Return the same derivations as lines for a terminal."""
    from derive.api import derivations

    source = named(name)
    return _lines(derivations(source.text, source.file, sizes, source.document))


def named(name: str) -> Source:
    """Return the text of a file, of standard input for `-`, or else of a catalogue entry.

    Raises `DeriveError` for a name that is neither.
    """
    from derive import catalogue
    from derive.sources import Source, load

    if name == "-" or Path(name).is_file():
        return load(name)
    entry = catalogue.load(name)
    return Source(entry.file, entry.problem)


def _text(report: Report) -> str:
    from derive.writing.terminal import line_text

    return "\n".join(map(line_text, _lines(report)))


def _lines(report: Report) -> list[Line]:
    from derive.writing.terminal import derivation_lines, heading_lines

    lines, before = [], (None, None)  # type: tuple[list[Line], tuple[str | None, str | None]]
    for result in report.results:
        now = (None, result.problem)
        if now != before:
            lines += heading_lines(before, now)
            before = now
        lines += derivation_lines(result)
    return lines


def _json(report: Report) -> str:
    import json

    return visible(json.dumps(report.json(), ensure_ascii=False, indent=1))


_FORMS: dict[str, Callable[[Report], str]] = {
    "text": _text,
    "json": _json,
    "latex": lambda report: report.latex(),
    "markdown": lambda report: report.markdown(),
    "html": lambda report: report.html(),
}

__all__ = ["DeriveError", "named", "shown_lines", "shown_text"]
