"""LaTeX to PDF, by the TeX of this machine."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from derive.errors import DeriveError

HOW_TO_INSTALL = "Debian, Ubuntu: apt install texlive-latex-recommended"


def has_tex() -> bool:
    """Return whether there is a `pdflatex` here."""
    return shutil.which("pdflatex") is not None


def write_pdf(document: str, target: Path) -> None:
    """Have `pdflatex` set a whole document, and write what it makes to `target`.

    Raises:
        DeriveError: there is no `pdflatex` here, or it refuses the document.
        OSError: `target` cannot be written.
    """
    program = shutil.which("pdflatex")
    if program is None:
        raise DeriveError(f"for a PDF, pdflatex is needed, and there is none here ({HOW_TO_INSTALL})")
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "derivation.tex"
        source.write_text(document, encoding="utf-8")
        options = ["-no-shell-escape", "-interaction=nonstopmode", "-halt-on-error", source.name]
        run = subprocess.run(  # noqa: S603 - a fixed program, which may run no other, on our own file
            [program, *options], cwd=folder, capture_output=True, text=True, errors="replace", check=False
        )
        if run.returncode:
            raise DeriveError(f"pdflatex refuses {target.name}: {_complaint(run.stdout)}")
        shutil.copyfile(source.with_suffix(".pdf"), target)


def _complaint(log: str) -> str:
    """Return the lines of a log that tell what is wrong."""
    return " ".join(line for line in log.splitlines() if line.startswith(("!", "l.")))
