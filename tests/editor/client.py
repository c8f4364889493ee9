"""An editor: a client of the Language Server Protocol that starts `derive lsp` and remembers what it was told."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

from lsprotocol import types as lsp
from pygls.lsp.client import LanguageClient

ROOT = Path(__file__).parent.parent.parent
PATIENCE = 120
"""Seconds until a test gives up: for what never comes, not for what is slow."""

T = TypeVar("T")


class Editor:
    """What a test does as somebody at a keyboard would."""

    def __init__(self, client: LanguageClient) -> None:
        self.client = client
        self.told: list[lsp.PublishDiagnosticsParams] = []
        self.refreshed = 0
        self.news = asyncio.Event()

    def open(self, uri: str, text: str, language: str = "derive") -> None:
        """Open a document."""
        item = lsp.TextDocumentItem(uri, language, 1, text)
        self.client.text_document_did_open(lsp.DidOpenTextDocumentParams(item))

    def type(self, uri: str, version: int, text: str, where: lsp.Range | None = None) -> None:
        """Put text in the place of a range, or of everything."""
        change = (
            lsp.TextDocumentContentChangeWholeDocument(text)
            if where is None
            else lsp.TextDocumentContentChangePartial(where, text)
        )
        document = lsp.VersionedTextDocumentIdentifier(version, uri)
        self.client.text_document_did_change(lsp.DidChangeTextDocumentParams(document, [change]))

    def diagnostics(self, uri: str) -> list[lsp.Diagnostic] | None:
        """Return what is underlined in a document, `None` if nothing was said of it yet."""
        told = [one for one in self.told if one.uri == uri]
        return list(told[-1].diagnostics) if told else None

    async def until(self, wanted: Callable[[], T]) -> T:
        """Wait until something is there, which is asked again at each message."""

        async def there() -> T:
            while not (found := wanted()):
                self.news.clear()
                await self.news.wait()
            return found

        return await asyncio.wait_for(there(), PATIENCE)

    async def marks(self, uri: str, ready: Callable[[dict[int, str]], bool] | None = None) -> dict[int, str]:
        """Return the marks behind lines, as soon as none says that it waits."""
        ready = ready or (lambda marks: bool(marks) and "…" not in marks.values())
        where = lsp.Range(lsp.Position(0, 0), lsp.Position(1000, 0))
        while True:
            found = await self.client.text_document_inlay_hint_async(
                lsp.InlayHintParams(lsp.TextDocumentIdentifier(uri), where)
            )
            marks = {one.position.line: str(one.label) for one in found or ()}
            if ready(marks):
                return marks
            await asyncio.sleep(0.1)

    async def hover(self, uri: str, line: int, character: int) -> str:
        """Return what is told of a place, empty if nothing is."""
        place = lsp.HoverParams(lsp.TextDocumentIdentifier(uri), lsp.Position(line, character))
        found = await self.client.text_document_hover_async(place)
        return "" if found is None else found.contents.value  # type: ignore[union-attr] # Markdown it is

    async def offered(self, uri: str, line: int) -> dict[str, lsp.TextEdit]:
        """Return what is offered for a line, by title."""
        where = lsp.Range(lsp.Position(line, 0), lsp.Position(line, 0))
        asked = lsp.CodeActionParams(lsp.TextDocumentIdentifier(uri), where, lsp.CodeActionContext([]))
        found = await self.client.text_document_code_action_async(asked)
        actions = [one for one in found or () if isinstance(one, lsp.CodeAction)]
        return {one.title: one.edit.changes[uri][0] for one in actions if one.edit and one.edit.changes}


@asynccontextmanager
async def started(*options: str) -> AsyncIterator[Editor]:
    """Start a server, and end it as an editor does."""
    client = LanguageClient("test", "1")
    editor = Editor(client)

    def told(params: lsp.PublishDiagnosticsParams) -> None:
        editor.told.append(params)
        editor.news.set()

    def refresh(_: None) -> None:
        editor.refreshed += 1
        editor.news.set()

    client.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(told)
    client.feature(lsp.WORKSPACE_INLAY_HINT_REFRESH)(refresh)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "DERIVE_CACHE": ""}
    await client.start_io(sys.executable, "-m", "derive", "lsp", *options, env=environment)
    hints = lsp.InlayHintWorkspaceClientCapabilities(refresh_support=True)
    able = lsp.ClientCapabilities(workspace=lsp.WorkspaceClientCapabilities(inlay_hint=hints))
    await client.initialize_async(lsp.InitializeParams(able, process_id=None, root_uri=None))
    client.initialized(lsp.InitializedParams())
    try:
        yield editor
        await asyncio.wait_for(client.shutdown_async(None), PATIENCE)
    finally:
        client.exit(None)
        await client.stop()  # type: ignore[no-untyped-call] # it has no types


def session(talk: Callable[[Editor], Coroutine[Any, Any, None]], *options: str) -> None:
    """Have a test talk to a server of its own."""

    async def whole() -> None:
        async with started(*options) as editor:
            await asyncio.wait_for(talk(editor), 3 * PATIENCE)

    asyncio.run(whole())
