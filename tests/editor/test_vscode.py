"""The extension for VS Code: its grammar knows the language as it is, and npm builds it from what is pinned."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from derive.editor import server
from derive.reading.declarations import DECLARATIONS
from derive.reading.text import ASKED
from tests.conftest import ROOT, require_tool

EXTENSION = ROOT / "docs/vscode"
TEXT = """# a comment
problem: two classes
size n = 2
real s[n]
let p[i] = exp(s[i]) / sum(exp(s[k]), k)
claim D(p[j], s[i]) = p[i]*(1 - 0.5) when i = j expect refuted
"""


def data(name: str) -> Any:
    return json.loads((EXTENSION / name).read_text(encoding="utf-8"))


def tokens(line: str) -> list[tuple[str, str]]:
    """Return the words of a line and what the grammar calls them: at each place the first pattern that matches."""
    found, at = [], 0
    patterns = [
        (re.compile(one["match"]), one) for one in data("syntaxes/derive.tmLanguage.json")["patterns"]
    ]
    while at < len(line):
        for pattern, one in patterns:
            match = pattern.match(line, at)
            if match and match.end() > at:
                named = one.get("captures") or {"0": one}
                found += [(match[int(group)], name["name"]) for group, name in named.items()]
                at = match.end()
                break
        else:
            at += 1
    return found


def test_the_grammar_colours_every_statement() -> None:
    for statement in {*DECLARATIONS, *ASKED}:
        assert (statement, "keyword.control.derive") in [
            (word.strip(), name) for word, name in tokens(f"{statement} x")
        ]


def test_words_are_what_the_language_takes_them_for() -> None:
    found = [(word.strip(), name.split(".")[0]) for line in TEXT.splitlines() for word, name in tokens(line)]
    for expected in (
        ("# a comment", "comment"), ("problem:", "keyword"), ("two classes", "entity"), ("size", "keyword"),
        ("exp", "entity"), ("s", "variable"), ("0.5", "constant"), ("when", "keyword"), ("refuted", "constant"),
        ("claim", "keyword"),
    ):  # fmt: skip
        assert expected in found, found


def test_it_starts_the_server_that_there_is() -> None:
    package = data("package.json")
    assert package["contributes"]["configuration"]["properties"]["derive.command"]["default"] == [
        "derive",
        "lsp",
    ]
    assert server.__doc__
    assert {file for one in package["contributes"]["languages"] for file in one["extensions"]} == {".drv"}
    for grammar in package["contributes"]["grammars"]:
        assert data(grammar["path"])["scopeName"] == grammar["scopeName"]


@pytest.mark.long
def test_npm_builds_it(tmp_path: Path) -> None:
    npm = require_tool("npm")
    folder = tmp_path / "vscode"
    shutil.copytree(EXTENSION, folder, ignore=shutil.ignore_patterns("node_modules", "out"))
    fetched = subprocess.run(
        [npm, "ci", "--no-audit", "--no-fund"], cwd=folder, capture_output=True, text=True, check=False
    )
    if fetched.returncode and not os.environ.get("DERIVE_REQUIRE_TOOLS"):
        pytest.skip(f"npm fetches nothing: {fetched.stderr[-300:]}")
    assert fetched.returncode == 0, fetched.stderr
    built = subprocess.run([npm, "run", "build"], cwd=folder, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    assert "derive.command" in (folder / "out/extension.js").read_text(encoding="utf-8")
