"""What `derive read` shows: the displays of a page with how each was read, what was inferred, and the block for it."""

from __future__ import annotations

import json
from typing import Any

from derive.errors import DeriveError
from derive.reading.sources import load
from derive.reading.understood import Understood, understood
from derive.writing.json import display_to_data

NOTHING = 2
"""The status where there is no block to write."""


def page_of(file: str) -> Understood:
    """Return a page as it was read. Raises `DeriveError` for a file that cannot be read or is no page."""
    source = load(file)
    if source.document is None:
        raise DeriveError(
            f"{file} is no page: read is for Markdown and TeX, and derive check for the language"
        )
    return understood(source.text, source.file, tex=source.document == ".tex")


def page_text(page: Understood) -> str:
    """Return a page as it was read, for people."""
    lines: list[str] = []
    for one in page.displays:
        lines.append(f"{one.position.line}:{one.position.column} {one.kind}: {one.text}")
        lines += [f"    {read}" for read in one.read]
        if one.message:
            lines.append(f"    {one.message}")
    if not page.displays:
        lines.append("no displays")
    if page.inferred:
        lines += ["", "inferred:", *(f"    {one}" for one in page.inferred)]
    if page.help:
        lines += ["", f"what would help most: {page.help}"]
    return "\n".join(lines)


def page_json(page: Understood) -> str:
    """Return a page as it was read, as JSON."""
    return json.dumps(page_data(page), ensure_ascii=False, indent=2)


def page_data(page: Understood) -> dict[str, Any]:
    """Return a page as plain data: the displays as `derive check --json` has them, and what was read."""
    displays = [{**display_to_data(one), "read": list(one.read)} for one in page.displays]
    return {"displays": displays, "inferred": list(page.inferred), "block": page.block, "help": page.help}


def block_text(page: Understood) -> tuple[str, int]:
    """Return the block that declares what was inferred, or why there is none, and the status."""
    if page.block:
        return page.block, 0
    if page.inferred:
        return f"{page.file} is read otherwise with a block than without, so none is written", NOTHING
    return f"{page.file}: nothing was inferred, and nothing has to be declared", NOTHING
