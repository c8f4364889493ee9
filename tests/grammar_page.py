"""Writes docs/grammar.md from the grammar of the text language: `python -m tests.grammar_page`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
GRAMMAR = ROOT / "derive" / "reading" / "grammar.lark"
PAGE = ROOT / "docs" / "grammar.md"

HEAD = (
    "# The grammar\n\n"
    "This page is written from the grammar that the reader uses, by `python -m tests.grammar_page`. "
    "Words in capitals are the signs and words at the end. `?` means that something may be left out, "
    "`*` any number of times, `+` at least once, and each line of a cell is an alternative. A "
    "statement is its keyword and then the rule of that name. What names mean is settled after "
    "parsing; [the language](language.md) says how.\n"
)
_RULE = re.compile(r"^[?!]?([a-zA-Z]+): (.+)$")


def sections(grammar: str) -> Iterator[tuple[str, list[tuple[str, list[str]]]]]:
    """Yield the sections of a grammar, each with its rules and their alternatives, in order."""
    title = "Signs and words"
    rules: list[tuple[str, list[str]]] = []
    for line in grammar.splitlines():
        if line.startswith("// ----"):
            if rules:
                yield title, rules
            title, rules = line.removeprefix("// ----").strip().capitalize(), []
        elif found := _RULE.match(line):
            if found[1].isupper() and not rules[-1][0].isupper():
                yield title, rules
                title, rules = "Signs and words", []
            rules.append((found[1], [found[2]]))
        elif line.strip().startswith("|"):
            rules[-1][1].append(line.strip().removeprefix("|").strip())
    yield title, rules


def page(grammar: str) -> str:
    """Return the page as Markdown: a table for each section."""
    parts = [HEAD]
    for title, rules in sections(grammar):
        parts.append(f"\n## {title}\n\n| rule | is |\n|---|---|\n")
        for name, alternatives in rules:
            cells = "<br>".join(f"`{cell(one)}`" for one in alternatives)
            parts.append(f"| `{name}` | {cells} |\n")
    return "".join(parts)


def cell(alternative: str) -> str:
    """Return an alternative without the name of its node, fit for a table."""
    bare = re.sub(r"\s+->\s+\w+$", "", alternative)
    return re.sub(r"\s+", " ", bare).replace("|", r"\|")


def main() -> None:
    """Write the page anew."""
    PAGE.write_text(page(GRAMMAR.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
