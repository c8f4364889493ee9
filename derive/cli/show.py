"""What `derive show` shows: the derivations of an entry or a file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from derive.reading.sources import SourceFile
    from derive.report.results import Report
    from derive.verification.work import Run

# Imported inside functions: the catalogue and what reads, which the command loads when it is to show something.


def shown_report(
    source: SourceFile, sizes: Mapping[str, int], symbols: Mapping[str, str], run: Run
) -> Report:
    """Return the derivations of a text, with some sizes made concrete and some names replaced.

    Raises `DeriveError` for what cannot be read, and for a clash of names.
    """
    from derive.report.results import Report
    from derive.verification.files import derived

    return Report(tuple(derived(source, sizes, symbols, run)))


def title_of(name: str) -> str:
    """Return the heading over a page: an entry's title, or a file's name."""
    from derive import catalogue
    from derive.errors import DeriveError

    if Path(name).is_file():
        return Path(name).name
    try:
        return catalogue.load(name).title
    except DeriveError:  # a formula, or standard input
        return name


def named(name: str) -> SourceFile:
    """Return the text of a file, of standard input for `-`, or else of a catalogue entry.

    Raises `DeriveError` for a name that is neither.
    """
    from derive import catalogue
    from derive.reading.sources import SourceFile, load

    if name == "-" or Path(name).is_file():
        return load(name)
    entry = catalogue.load(name)
    return SourceFile(entry.file, entry.problem)
