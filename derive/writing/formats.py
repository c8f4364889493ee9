"""The formats of reports, in one table: whoever writes a report looks here. Each writer is loaded when it is used."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pkgutil import resolve_name
from typing import TYPE_CHECKING

from derive.errors import SLIPS, DeriveError

if TYPE_CHECKING:
    from derive.report.results import Report


@dataclass(frozen=True, slots=True)
class Format:
    """A format: how its files end, the function that writes it, and whether a derivation stands in it.

    The function, named `module:function`, takes a report, and with `titled` the title of the page too.
    """

    ending: str
    function: str
    titled: bool = False
    steps: bool = True

    def write(self, report: Report, title: str) -> str:
        """Return a report in this format."""
        writer: Callable[..., str] = resolve_name(f"derive.writing.{self.function}")
        return writer(report, title) if self.titled else writer(report)


FORMATS = {
    "text": Format(".txt", "terminal:derivations_text"),
    "latex": Format(".tex", "latex_document:report_document", titled=True),
    "fragment": Format(".tex", "latex_document:report_to_paste"),
    "markdown": Format(".md", "markdown:report_to_markdown"),
    "html": Format(".html", "html:report_to_html", titled=True),
    "json": Format(".json", "json:report_to_json"),
    "github": Format("", "github:to_annotations", steps=False),
}


def written(report: Report, name: str, title: str) -> str:
    """Return a report in a format; a derivation over which the writer falls is left out, and that is said."""
    write = FORMATS[name].write
    try:
        return write(report, title)
    except (DeriveError, *SLIPS) as slip:
        why = f"it cannot be written, a bug in derive: {type(slip).__name__}: {slip}"
        results = (
            replace(one, steps=None).without("derivation", why) if one.steps else one
            for one in report.results
        )
        return write(replace(report, results=tuple(results)), title)
