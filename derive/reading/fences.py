"""The fenced blocks of Markdown, at their own lines. Reads no mathematics."""

from __future__ import annotations

import re

_FENCE = re.compile(r"^(?P<indent> {0,3})(?P<fence>`{3,}|~{3,})[ \t]*(?P<language>[\w.+-]*)[^`]*$")


def fenced_blocks(text: str, language: str = "derive") -> str:
    """Return the document with everything blank that is not in a fenced block of this language.

    Line numbers stay those of the document. A block that is never closed reaches to its end, as in
    CommonMark; indentation of the fence is taken off its lines.
    """
    kept: list[str] = []
    fence, indent, wanted = "", 0, False
    for line in text.splitlines():
        found = _FENCE.match(line)
        if not fence:
            if found:
                fence, indent = found["fence"], len(found["indent"])
                wanted = found["language"] == language
            kept.append("")
        elif found and _closes(found, fence):
            fence, wanted = "", False
            kept.append("")
        else:
            kept.append(_without_indent(line, indent) if wanted else "")
    return "\n".join(kept) + "\n"


def _closes(found: re.Match[str], fence: str) -> bool:
    """A fence is closed by at least as many of the same sign, and nothing after them."""
    return found["fence"][0] == fence[0] and len(found["fence"]) >= len(fence) and not found["language"]


def _without_indent(line: str, indent: int) -> str:
    blank = len(line) - len(line.lstrip(" "))
    return line[min(indent, blank) :]
