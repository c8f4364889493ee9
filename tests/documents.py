"""Runs every code block of README.md and docs: Python, problems in the language, and console sessions.

A `derive` block is checked, and every verdict must come out as it should. A `console` block's commands
are run without a shell and their output compared; `...` stands for anything within a line, and alone for
any lines. A comment `<!-- file: NAME -->` before a `derive` block saves it for the sessions that follow; a `latex`
block is a page, and is saved only.
"""

from __future__ import annotations

import doctest
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sybil import Example, Sybil
from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser
from sybil.typing import Parser

NAMED = re.compile(r"<!-- file: ([\w.-]+) -->\s*\Z")
DIRECTORY, STATUS = "_directory", "_status"


def output_matches(expected: str, got: str) -> bool:
    """Tell whether an output is the expected one; `...` is anything within a line, or any whole lines."""
    pattern = "".join(_line_pattern(line) for line in expected.strip("\n").splitlines())
    trimmed = "".join(line.rstrip() + "\n" for line in got.strip("\n").splitlines())
    return re.fullmatch(pattern, trimmed) is not None


def _line_pattern(line: str) -> str:
    if line.strip() == "...":
        return r"(?:.*\n)*?"
    return "[^\n]*?".join(map(re.escape, line.rstrip().split("..."))) + "\n"


def sessions(source: str) -> Iterator[tuple[str, str]]:
    """Yield the commands of a console block, each with the output that should follow it."""
    command, output = "", ""
    for line in source.splitlines():
        if line.startswith("$ "):
            if command:
                yield command, output
            command, output = line[2:], ""
        else:
            output += line + "\n"
    if command:
        yield command, output


def arguments(command: str, root: Path) -> list[str]:
    """Return what to run for a command: `derive` of this tree, and of `make` only the plan."""
    words = shlex.split(command)
    match words[0]:
        case "derive":
            return [sys.executable, "-m", "derive", *words[1:]]
        case "python":
            return [sys.executable, *words[1:]]
        case "make":
            return ["make", "--dry-run", "-C", str(root), *words[1:]]
    raise ValueError(f"a console block may run derive, python or make, not {words[0]}")


class Documents:
    """A pytest plugin that collects the examples of README.md and docs."""

    def __init__(self, root: Path) -> None:
        """Read documents under this root."""
        self.root = root
        parsers: list[Parser] = [
            PythonCodeBlockParser(doctest_optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE),
            CodeBlockParser("derive", self.check_problem),
            CodeBlockParser("latex", self.save),
            CodeBlockParser("console", self.run_session),
        ]
        # An absolute path: sybil would else count from this file.
        self.sybil = Sybil(
            parsers,
            patterns=["README.md", "docs/*.md", "docs/how-to/*.md"],
            path=str(root),
            setup=self._begin,
            teardown=self._end,
        )
        self._collect: Callable[[Path, Any], Any] = self.sybil.pytest()

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        """Collect a document, `None` for any other file."""
        collected: pytest.Collector | None = self._collect(file_path, parent)
        return collected

    @pytest.hookimpl(tryfirst=True)  # before the marks are asked for
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Mark the examples of docs as long; those of README.md are for everybody."""
        for item in items:
            if item.path.is_relative_to(self.root / "docs"):
                item.add_marker("long")

    def _begin(self, namespace: dict[str, Any]) -> None:
        namespace[DIRECTORY] = Path(tempfile.mkdtemp(prefix="derive-docs-"))

    def _end(self, namespace: dict[str, Any]) -> None:
        shutil.rmtree(namespace[DIRECTORY], ignore_errors=True)

    def save(self, example: Example) -> None:
        """Save a block for the sessions that follow, if it is given a name."""
        named = NAMED.search(example.document.text[: example.start])
        if named:
            (example.namespace[DIRECTORY] / named[1]).write_text(str(example.parsed), encoding="utf-8")

    def check_problem(self, example: Example) -> str | None:
        """Check a `derive` block; return what did not come out as it should."""
        import derive

        source = str(example.parsed)
        self.save(example)
        report = derive.check(source)
        if report:
            return None
        return "not as it should be: " + ("; ".join(map(str, report.results)) or "no claim found")

    def run_session(self, example: Example) -> str | None:
        """Run a `console` block; return the first output that differs."""
        directory: Path = example.namespace[DIRECTORY]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
        environment |= {"COLUMNS": "110", "NO_COLOR": "1", "PYTHONPATH": str(self.root)}
        for command, expected in sessions(str(example.parsed)):
            if command == "echo $?":
                got = f"{example.namespace[STATUS]}\n"
            else:
                run = subprocess.run(
                    arguments(command, self.root),
                    cwd=directory,
                    env=environment,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    text=True,
                    timeout=120,
                    check=False,
                )
                got, example.namespace[STATUS] = run.stdout, run.returncode
            if command.startswith("make ") and example.namespace[STATUS] == 0:
                continue
            if not output_matches(expected, got):
                return f"$ {command}\nexpected:\n{expected}\ngot:\n{got}"
        return None
