"""The documentation builds without a warning, its notebook runs, and what is generated for it is current."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Literal

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from nbclient import NotebookClient
from playwright.sync_api import sync_playwright

from tests.conftest import require_tool
from tests.grammar_page import GRAMMAR, PAGE, page

pytestmark = pytest.mark.long

ROOT = Path(__file__).parent.parent
NOTEBOOK = ROOT / "docs" / "how-to" / "notebook.ipynb"


def test_the_page_on_the_grammar_is_that_of_the_grammar() -> None:
    grammar = GRAMMAR.read_text(encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page(grammar)
    assert page(grammar.replace('POWER: "^"', 'POWER: "%"')) != page(grammar)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the pages from a copy, with a gallery of three entries."""
    folder = tmp_path_factory.mktemp("docs")
    source = folder / "docs"
    tracked = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "docs"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.splitlines() or [
        str(one.relative_to(ROOT))
        for one in (ROOT / "docs").rglob("*")
        if one.is_file() and "catalogue" not in one.parts
    ]
    for name in tracked:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes((ROOT / name).read_bytes())
    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "sphinx",
            "-W",
            "--keep-going",
            "-q",
            "-b",
            "html",
            str(source),
            str(folder / "out"),
        ],
        env={**os.environ, "DERIVE_GALLERY": "softmax binary-form-softmax huber", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return folder / "out"


def test_the_gallery_shows_claim_verdict_and_derivation(built: Path) -> None:
    html = (built / "catalogue" / "binary-form-softmax.html").read_text(encoding="utf-8")
    assert '<span class="verdict refuted">refuted</span>' in html
    assert html.count("<math") > 20
    assert "chain rule" in html
    index = (built / "catalogue" / "index.html").read_text(encoding="utf-8")
    assert all(f"{name}.html" in index for name in ("softmax", "binary-form-softmax", "huber"))


def test_displays_are_mathml_and_nothing_is_fetched(built: Path) -> None:
    html = (built / "examples" / "cross-entropy-display.html").read_text(encoding="utf-8")
    assert "<msub>" in html
    assert 'src="http' not in html
    assert "mathjax.js" not in html.lower()


PAGES = ["index", "theory", "command", "catalogue/index", "catalogue/binary-form-softmax"]


@pytest.mark.parametrize(("scheme", "width"), [("light", 1100), ("dark", 360)])
def test_the_pages_are_whole_in_a_browser(built: Path, scheme: Literal["light", "dark"], width: int) -> None:
    chromium = require_tool("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--headless", "--no-sandbox"])
        page = browser.new_page(color_scheme=scheme, viewport={"width": width, "height": 800})
        asked: list[str] = []
        said: list[str] = []
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        for name in PAGES:
            page.goto((built / f"{name}.html").as_uri())
            assert page.evaluate("document.documentElement.scrollWidth") <= width, name
            found = Axe().run(page)
            assert found.violations_count == 0, f"{name}: {found.generate_report()}"
        assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
        assert said == []
        browser.close()


def test_the_gallery_is_grouped_by_kind(built: Path) -> None:
    index = (built / "catalogue" / "index.html").read_text(encoding="utf-8")
    kinds = [index.index(kind) for kind in ("<h2>Softmax and cross-entropy", "<h2>Regression")]
    assert kinds == sorted(kinds)


def test_the_notebook_runs_and_every_cell_shows_formulas() -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute(cwd=str(ROOT))
    shown = [
        set(output["data"])
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type == "execute_result"
    ]
    assert len(shown) == sum(cell.cell_type == "code" for cell in notebook.cells)
    assert all("text/latex" in kinds for kinds in shown)
    assert sum("text/html" in kinds for kinds in shown) == 4
