"""The server itself: what an editor says goes to the decider, and what that finds goes to the editor."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer

from derive import __version__
from derive.editor import actions, marks
from derive.editor.decider import Decider
from derive.editor.findings import Findings
from derive.editor.pages import OpenPage, PagePart, lines_of, notation_of
from derive.limits.deadline import Effort
from derive.verification.budget import Budget

DELAY = 0.25
"""Seconds without a key after which a page is read."""

BROKEN = "derive decides nothing any more, which is a bug: please report it with the server's log, and start it anew"

CELLS = [lsp.NotebookCellLanguage("markdown"), lsp.NotebookCellLanguage("latex")]
NOTEBOOKS = lsp.NotebookDocumentSyncOptions([lsp.NotebookDocumentFilterWithCells(CELLS)])


@dataclass(slots=True)
class Editor:
    """What an editor has open, with what was found of it; all of it in the thread that talks to the editor."""

    server: LanguageServer
    found: dict[str, Findings] = field(default_factory=dict)
    pages: dict[str, str] = field(default_factory=dict)
    """By the address of a document, the key of its page."""
    told: dict[str, lsp.PublishDiagnosticsParams] = field(default_factory=dict)

    def units(self, text: str) -> int:
        """Return how long a text is as the editor counts."""
        return int(self.server.workspace.position_codec.client_num_units(text))

    def page(self, uri: str) -> OpenPage | None:
        """Return the page of a document as it is now, `None` if it is of no concern here."""
        document = self.server.workspace.get_text_document(uri)
        notation = notation_of(uri, document.language_id)
        if notation is None:
            return None
        self.pages[uri] = uri
        return OpenPage.of(uri, notation, [(uri, document.version, document.source)])

    def notebook(self, uri: str) -> OpenPage | None:
        """Return the cells of prose of a notebook as one page."""
        notebook = self.server.workspace.get_notebook_document(notebook_uri=uri)
        if notebook is None:
            return None
        cells = [
            self.server.workspace.get_text_document(cell.document)
            for cell in notebook.cells
            if cell.kind is lsp.NotebookCellKind.Markup
        ]
        self.pages |= dict.fromkeys((cell.uri for cell in cells), uri)
        return OpenPage.of(uri, ".md", [(cell.uri, cell.version, cell.source) for cell in cells])

    def take(self, findings: Findings) -> None:
        """Show what was found, unless the page is closed by now."""
        if findings.page.key not in self.pages.values():
            return
        self.found[findings.page.key] = findings
        for part in findings.page.parts:
            told = lsp.PublishDiagnosticsParams(
                part.uri, marks.diagnostics(findings, part, self.units), version=part.version
            )
            if self.told.get(part.uri) != told:
                self.told[part.uri] = told
                self.server.text_document_publish_diagnostics(told)
        workspace = self.server.client_capabilities.workspace
        if workspace and workspace.inlay_hint and workspace.inlay_hint.refresh_support:
            self.server.workspace_inlay_hint_refresh(None)

    def close(self, key: str) -> None:
        """Forget a page, and take away what was shown of it."""
        for uri in [uri for uri, page in self.pages.items() if page == key]:
            del self.pages[uri]
            self.told.pop(uri, None)
            self.server.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri, []))
        self.found.pop(key, None)

    def known(self, uri: str) -> tuple[Findings, PagePart] | None:
        """Return what was found of a document, with the document as it was then."""
        findings = self.found.get(self.pages.get(uri, ""))
        part = next((one for one in findings.page.parts if one.uri == uri), None) if findings else None
        return None if findings is None or part is None else (findings, part)

    def lines(self, uri: str) -> tuple[str, ...]:
        """Return the lines of a document as it is now."""
        return lines_of(self.server.workspace.get_text_document(uri).source)

    def hover(self, uri: str, at: lsp.Position) -> lsp.Hover | None:
        """Return what is told of a place, if its line is the one that was read."""
        known, lines = self.known(uri), self.lines(uri)
        if known is None or at.line >= len(lines):
            return None
        findings, part = known
        line = part.first + at.line
        if part.line(line) != lines[at.line]:
            return None
        place = self.server.workspace.position_codec.position_from_client_units(lines, at)
        return marks.hover(findings, part, line, place.character + 1, self.units)

    def hints(self, uri: str, where: lsp.Range) -> Iterator[lsp.InlayHint]:
        """Yield the marks of lines that are still those that were read."""
        known, lines = self.known(uri), self.lines(uri)
        if known is None:
            return
        findings, part = known
        for number, hint in marks.hints(findings, part, self.units):
            at = hint.position.line
            if (
                where.start.line <= at <= where.end.line
                and at < len(lines)
                and part.line(number) == lines[at]
            ):
                yield hint

    def actions(self, params: lsp.CodeActionParams) -> Iterator[lsp.CodeAction]:
        """Yield what can be done about lines, if the document is the one that was read."""
        uri = params.text_document.uri
        known = self.known(uri)
        if known is None or known[1].lines != self.lines(uri):
            return
        findings, part = known
        first, last = (part.first + one.line for one in (params.range.start, params.range.end))
        about = [one for one in params.context.diagnostics if one.source == "derive"]
        for change in actions.changes(findings, part, self.units, first, last):
            yield change.action(part, about)


def server(budget: Budget, jobs: int, folder: Path | None) -> tuple[LanguageServer, Decider]:
    """Return the server, and the decider that works for it; verdicts are kept in a folder, unless it is `None`."""
    made = LanguageServer("derive", __version__, notebook_document_sync=NOTEBOOKS)
    editor = Editor(made)
    loops: list[asyncio.AbstractEventLoop] = []

    def tell(findings: Findings) -> None:
        loops[0].call_soon_threadsafe(editor.take, findings)

    def broken(trace: str) -> None:
        sys.stderr.write(f"{trace}\n{BROKEN}\n")
        said = lsp.ShowMessageParams(lsp.MessageType.Error, BROKEN)
        loops[0].call_soon_threadsafe(made.window_show_message, said)

    decider = Decider(tell, broken, budget, jobs, Effort(), folder)

    def changed(page: OpenPage | None) -> None:
        loops[:] = [asyncio.get_running_loop()]
        if page is not None:
            decider.update(page, DELAY)

    def closed(key: str) -> None:
        decider.forget(key)
        editor.close(key)

    _listen(made, editor, changed, closed)
    return made, decider


def _listen(
    made: LanguageServer,
    editor: Editor,
    changed: Callable[[OpenPage | None], None],
    closed: Callable[[str], None],
) -> None:
    """Say what is done for each message of the editor."""

    def text(
        params: lsp.DidOpenTextDocumentParams | lsp.DidChangeTextDocumentParams,
    ) -> None:
        changed(editor.page(params.text_document.uri))

    def notebook(
        params: lsp.DidOpenNotebookDocumentParams | lsp.DidChangeNotebookDocumentParams,
    ) -> None:
        changed(editor.notebook(params.notebook_document.uri))

    def text_closed(params: lsp.DidCloseTextDocumentParams) -> None:
        closed(params.text_document.uri)

    def notebook_closed(params: lsp.DidCloseNotebookDocumentParams) -> None:
        closed(params.notebook_document.uri)

    def hover(params: lsp.HoverParams) -> lsp.Hover | None:
        return editor.hover(params.text_document.uri, params.position)

    def hints(params: lsp.InlayHintParams) -> list[lsp.InlayHint]:
        return list(editor.hints(params.text_document.uri, params.range))

    def offered(params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
        return list(editor.actions(params))

    quick = lsp.CodeActionOptions([lsp.CodeActionKind.QuickFix])
    made.feature(lsp.TEXT_DOCUMENT_DID_OPEN)(text)
    made.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)(text)
    made.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)(text_closed)
    made.feature(lsp.NOTEBOOK_DOCUMENT_DID_OPEN)(notebook)
    made.feature(lsp.NOTEBOOK_DOCUMENT_DID_CHANGE)(notebook)
    made.feature(lsp.NOTEBOOK_DOCUMENT_DID_CLOSE)(notebook_closed)
    made.feature(lsp.TEXT_DOCUMENT_HOVER)(hover)
    made.feature(lsp.TEXT_DOCUMENT_INLAY_HINT)(hints)
    made.feature(lsp.TEXT_DOCUMENT_CODE_ACTION, quick)(offered)


def serve(budget: Budget, jobs: int, folder: Path | None) -> None:
    """Serve an editor over standard input and output, until it says goodbye."""
    made, decider = server(budget, jobs, folder)
    try:
        made.start_io()
    finally:
        decider.end()
