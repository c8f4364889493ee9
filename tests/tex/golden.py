"""The LaTeX of every catalogue entry, kept in tests/golden; `python -m tests.tex.golden` writes it anew."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

from derive import catalogue
from derive.api import derivations
from derive.limits.deadline import ASKED_FOR
from derive.writing.latex_document import report_fragment

GOLDEN = Path(__file__).parent.parent / "golden"


def fragment(name: str) -> str:
    """Return an entry as LaTeX to be pasted."""
    entry = catalogue.load(name)
    # What is written must not hang on how fast the machine is; the search for a mistake ends by a count of work.
    patient = replace(ASKED_FOR, mistake=30)
    with patch("derive.verification.verdicts.PROVING", 30.0), patch("derive.api.ASKED_FOR", patient):
        return report_fragment(derivations(entry.problem, entry.file, {}))


def path(name: str) -> Path:
    """Return where the golden file of an entry is."""
    return GOLDEN / f"{name}.tex"


def main() -> None:
    """Write all golden files, and remove those of entries that are gone."""
    GOLDEN.mkdir(exist_ok=True)
    for name in catalogue.names():
        path(name).write_text(fragment(name), encoding="utf-8")
    for old in GOLDEN.glob("*.tex"):
        if old.stem not in catalogue.names():
            old.unlink()


if __name__ == "__main__":
    main()
