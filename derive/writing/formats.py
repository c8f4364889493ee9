"""The formats of reports, in one table: whoever writes a report looks here. Each writer is loaded when it is used."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib import import_module
from typing import TYPE_CHECKING

from derive.errors import SLIPS, DeriveError

if TYPE_CHECKING:
    from derive.report.results import Report


@dataclass(frozen=True, slots=True)
class Format:
    """A format: how its files end, the function that writes it, and whether a derivation stands in it.

    The function, named `module:function`, takes a report, and with `titled` the title of the page too. `asked_of` are
    the commands that have the format as an option.
    """

    ending: str
    function: str
    asked_of: tuple[str, ...]
    titled: bool = False
    steps: bool = True

    def write(self, report: Report, title: str) -> str:
        """Return a report in this format."""
        module, _, function = self.function.partition(":")
        writer: Callable[..., str] = getattr(import_module(f"derive.writing.{module}"), function)
        return writer(report, title) if self.titled else writer(report)


CHECK, SHOW = "check", "show"
FORMATS = {
    "text": Format(".txt", "listing:derivations_text", (CHECK, SHOW)),
    "latex": Format(".tex", "latex_document:report_document", (SHOW,), titled=True),
    "fragment": Format(".tex", "latex_document:report_to_paste", ()),
    "markdown": Format(".md", "markdown:report_to_markdown", (SHOW,)),
    "html": Format(".html", "html:report_to_html", (CHECK, SHOW), titled=True),
    "json": Format(".json", "json:report_to_json", (CHECK, SHOW)),
    "github": Format("", "github:to_annotations", (CHECK,), steps=False),
}


def formats_of(command: str) -> tuple[str, ...]:
    """Return the names of the formats that a command has."""
    return tuple(name for name, form in FORMATS.items() if command in form.asked_of)


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
