"""`derive lsp`, asked over standard input and output by a client of the protocol."""

from __future__ import annotations

import asyncio

import pytest

pytest.importorskip("pygls")

from lsprotocol import types as lsp

from tests.cli.test_progress import SLOW
from tests.editor.client import Editor, session

FILE, PAGE, PAPER, BOOK = (
    f"file:///work/{name}" for name in ("loss.drv", "notes.md", "paper.tex", "book.ipynb")
)
TEXT = """size n
real x[n]
claim D(mean(x[j]^2, j), x[i]) = 2*x[i]/n
claim D(mean(x[j]^2, j), x[i]) = 2*x[i]   # it is not
claim sum(w[j]*x[j], j) = 0
"""
RIGHT = "2*x[i]/n"


def place(line: int, start: int, end: int) -> lsp.Range:
    return lsp.Range(lsp.Position(line, start), lsp.Position(line, end))


def edited(text: str, edit: lsp.TextEdit) -> str:
    """Return a text after an edit, as an editor makes it."""
    lines = text.splitlines(keepends=True)
    start, end = edit.range.start, edit.range.end
    before = "".join(lines[: start.line]) + lines[start.line][: start.character]
    return before + edit.new_text + lines[end.line][end.character :] + "".join(lines[end.line + 1 :])


def test_a_text_of_the_language() -> None:
    async def talk(editor: Editor) -> None:
        editor.open(FILE, TEXT)
        marks = await editor.marks(FILE)
        assert marks == {2: "✓ proved for all n >= 1", 3: "✗ refuted", 4: "! error"}
        await editor.until(lambda: "correct: " in str(editor.diagnostics(FILE)))
        wrong, unread = editor.diagnostics(FILE) or []
        assert wrong.range == place(3, 33, 39)
        assert (wrong.severity, wrong.code) == (lsp.DiagnosticSeverity.Error, "refuted")
        assert "at: n = 2, x = (1, 0), i = 1" in wrong.message
        assert "mistake: factor lost" in wrong.message
        assert (unread.range, unread.message) == (place(4, 10, 11), "unknown name w")
        assert "✗ **refuted**" in (told := await editor.hover(FILE, 3, 10))
        assert f"- correct: `{RIGHT}`" in told
        assert "**proved**" in await editor.hover(FILE, 2, 10)
        assert await editor.hover(FILE, 0, 0) == ""
        (title, edit), *others = (await editor.offered(FILE, 3)).items()
        assert (title, others) == (f"Replace by the right formula: {RIGHT}", [])
        text = edited(TEXT, edit)
        assert text.splitlines()[3] == f"claim D(mean(x[j]^2, j), x[i]) = {RIGHT}   # it is not"
        ((title, edit),) = (await editor.offered(FILE, 4)).items()
        assert title == "Declare w: real w[n]"
        text = edited(edited(TEXT, edit), (await editor.offered(FILE, 3)).popitem()[1])
        editor.type(FILE, 2, text)
        marks = await editor.marks(
            FILE, lambda marks: len(marks) == 3 and "…" not in marks.values() and 5 in marks
        )
        assert marks[3] == "✓ proved for all n >= 1"
        assert marks[5] == "✗ refuted"
        assert await editor.offered(FILE, 2) == {}
        editor.client.text_document_did_close(
            lsp.DidCloseTextDocumentParams(lsp.TextDocumentIdentifier(FILE))
        )
        await editor.until(lambda: editor.diagnostics(FILE) == [])

    session(talk)


def test_pages() -> None:
    page = "# Notes 𝛁\n\n$$ E = \\sum_i x_i^2 $$\n\n<!-- 🙂 --> $$ \\frac{\\partial E}{\\partial x_k} = 3 x_k. $$\n"
    paper = (
        "\\documentclass{article}\n\\begin{document}\n\\begin{align}\nE &= \\sum_i x_i^2 \\\\\n"
        "\\frac{\\partial E}{\\partial x_k} &= 3 x_k\n\\end{align}\n\\end{document}\n"
    )

    async def talk(editor: Editor) -> None:
        editor.open(PAGE, page, "markdown")
        assert (await editor.marks(PAGE))[4] == "✗ refuted"
        await editor.until(lambda: "correct: " in str(editor.diagnostics(PAGE)))
        (wrong,) = editor.diagnostics(PAGE) or []
        start = page.splitlines()[4].index("3 x_k. ") + 1  # one sign before it has two units
        assert wrong.range == place(4, start, start + 5)
        told = await editor.hover(PAGE, 4, 25)
        assert "*claim*, read as\n```derive\nD(E, x[k]) = 3*x[k]\n```" in told
        assert "- mistake: wrong constant factor" in told
        assert "let E = sum(x[i]^2, i)" in await editor.hover(PAGE, 2, 5)
        ((title, edit),) = (await editor.offered(PAGE, 4)).items()
        assert (title, edit.new_text) == ("Replace by the right formula: 2 x_{k}", "2 x_{k}")
        editor.type(PAGE, 2, edit.new_text, edit.range)
        assert await editor.marks(PAGE, lambda marks: marks.get(4, "").startswith("✓"))
        await editor.until(lambda: editor.diagnostics(PAGE) == [])

        editor.open(PAPER, paper, "latex")
        assert (await editor.marks(PAPER))[4] == "✗ refuted"
        assert "D(E, x[k]) = 3*x[k]" in await editor.hover(PAPER, 4, 3)

        editor.open("file:///work/doubt.md", page.replace("<!-- 🙂 -->", "🙂"), "markdown")
        (doubt,) = await editor.until(lambda: editor.diagnostics("file:///work/doubt.md")) or []
        assert (doubt.severity, doubt.range) == (lsp.DiagnosticSeverity.Warning, place(4, 40, 45))
        assert "as it was read it is false at n = 1" in doubt.message

        editor.open("file:///work/program.py", "$$ x^2 = x $$", "python")
        editor.open("untitled:1", "real x\nclaim x = x + 1\n", "derive")
        assert await editor.marks("untitled:1") == {1: "✗ refuted"}
        assert editor.diagnostics("file:///work/program.py") is None

    session(talk)


def test_the_cells_of_a_notebook_are_one_page() -> None:
    first, code, second = (f"vscode-notebook-cell:/work/book.ipynb#{name}" for name in "abc")
    texts = {
        first: "$$ E = \\sum_i x_i^2 $$",
        second: "Hence\n\n$$ \\frac{\\partial E}{\\partial x_k} = 3 x_k $$",
    }

    async def talk(editor: Editor) -> None:
        kinds = {
            first: lsp.NotebookCellKind.Markup,
            code: lsp.NotebookCellKind.Code,
            second: lsp.NotebookCellKind.Markup,
        }
        cells = [lsp.NotebookCell(kind, uri) for uri, kind in kinds.items()]
        items = [lsp.TextDocumentItem(uri, "markdown", 1, text) for uri, text in texts.items()]
        items.append(lsp.TextDocumentItem(code, "python", 1, "x = 1"))
        book = lsp.NotebookDocument(BOOK, "jupyter-notebook", 1, cells)
        editor.client.notebook_document_did_open(lsp.DidOpenNotebookDocumentParams(book, items))
        (wrong,) = await editor.until(lambda: editor.diagnostics(second)) or []
        assert wrong.range.start.line == 2
        assert wrong.code == "refuted"
        assert editor.diagnostics(first) == []
        assert editor.diagnostics(code) is None
        assert "D(E, x[k]) = 3*x[k]" in await editor.hover(second, 2, 5)
        assert "let E" in await editor.hover(first, 0, 5)

    session(talk)


def test_it_answers_while_a_claim_is_decided_and_stops_when_that_is_gone() -> None:
    """With one job, the second text would wait ten minutes for the first claim, which is there no more."""

    async def talk(editor: Editor) -> None:
        editor.open(FILE, SLOW)
        assert await editor.marks(FILE, bool) == {1: "…"}
        assert "…" in await asyncio.wait_for(editor.hover(FILE, 1, 3), 30)
        editor.type(FILE, 2, "real x\nclaim D(x^2, x) = x\n")
        (wrong,) = await editor.until(lambda: editor.diagnostics(FILE)) or []
        assert "right: " in wrong.message

    session(talk, "--timeout", "600", "--jobs", "1")


def test_a_claim_that_takes_too_long_is_undecided() -> None:
    async def talk(editor: Editor) -> None:
        editor.open(FILE, SLOW)
        assert await editor.marks(FILE) == {1: "? undecided"}
        (late,) = editor.diagnostics(FILE) or []
        assert late.severity is lsp.DiagnosticSeverity.Warning
        assert "out of time: no answer within 3 s" in late.message

    session(talk, "--timeout", "3")
