"""The catalogue and the documents in docs compile with pdflatex: no error, no warning, nothing overfull."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from derive import catalogue
from derive.api import derivations
from derive.errors import DeriveError
from derive.reading.sources import load
from derive.writing.latex_document import document, report_fragment
from tests.tex.golden import path
from tests.writing.test_latex_document import compiled, complaints

pytestmark = pytest.mark.long

ROOT = Path(__file__).parent.parent.parent


def pages(body: str, folder: Path, needs_tool: Callable[[str], str]) -> int:
    """Compile a document that may hold no complaint; return the number of its pages."""
    assert complaints(compiled(document(body, "All"), folder, needs_tool("pdflatex"))) == []
    run = [needs_tool("pdfinfo"), "it.pdf"]
    told = subprocess.run(run, cwd=folder, capture_output=True, text=True, check=True).stdout
    return next(int(line.split()[1]) for line in told.splitlines() if line.startswith("Pages:"))


def test_the_whole_catalogue_compiles(tmp_path: Path, needs_tool: Callable[[str], str]) -> None:
    body = "".join(path(name).read_text(encoding="utf-8") for name in catalogue.names())
    assert pages(body, tmp_path, needs_tool) > len(catalogue.names())


def test_every_document_in_docs_compiles(tmp_path: Path, needs_tool: Callable[[str], str]) -> None:
    bodies = []
    for file in sorted((ROOT / "docs").rglob("*.md")):
        source = load(str(file))
        try:
            report = derivations(source.text, source.file, {}, source.document)
        except DeriveError:  # a page without a problem, or with one that shows an error
            continue
        bodies.append(report_fragment(report))
    assert len(bodies) >= 5
    assert pages("".join(bodies), tmp_path, needs_tool) > len(bodies)


@pytest.mark.parametrize("package", ["lmodern", "mathtools", "microtype", "xcolor"])
def test_the_preamble_asks_for_no_more_than_amsmath(package: str) -> None:
    assert package not in document("", "")
