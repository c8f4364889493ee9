"""A pytest plugin: every claim and derivation in a project's documents is a test.

Off unless asked for, by `--derive` or by `derive = true` in the configuration.
"""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from derive.report.results import Result
    from derive.verification.questions import Asked

# Imported inside functions: what reads and decides, which every run of pytest would load otherwise.

DEFAULT_FILES = ["*.md", "*.tex", "*.drv"]


class NotAsItShouldBeError(Exception):
    """A claim that did not come out as it should; the message is the listing."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option and the settings."""
    group = parser.getgroup("derive")
    group.addoption("--derive", action="store_true", help="check the mathematics of Markdown and TeX files")
    parser.addini(
        "derive", "check the mathematics of documents, as --derive does", type="bool", default=False
    )
    parser.addini(
        "derive_files", "which documents: patterns of file names", type="args", default=DEFAULT_FILES
    )


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect a document, if documents are to be checked and it is one of them."""
    config = parent.config
    if not (config.getoption("--derive") or config.getini("derive")):
        return None
    if not any(fnmatch(file_path.name, pattern) for pattern in config.getini("derive_files")):
        return None
    return DocumentFile.from_parent(parent, path=file_path)


class DocumentFile(pytest.File):
    """A document; its tests are its claims, its derivations, and what could not be read."""

    def collect(self) -> Iterator[pytest.Item]:
        """Yield a test for each thing that the document asks; they are decided when they are run."""
        from derive.errors import DeriveError
        from derive.verification.questions import asked_in_file

        try:
            found = asked_in_file(str(self.path))
        except DeriveError as wrong:
            raise self.CollectError(str(wrong)) from wrong
        names: dict[str, int] = {}
        for asked in found:
            name = f"line {asked.item.position.line}"
            names[name] = names.get(name, 0) + 1
            if names[name] > 1:
                name = f"{name}, claim {names[name]}"
            yield ClaimItem.from_parent(self, name=name, asked=asked)


class ClaimItem(pytest.Item):
    """One claim or derivation; it passes if its verdict is `proved`, or the one that it expects."""

    def __init__(self, asked: Asked, **rest: Any) -> None:
        super().__init__(**rest)
        self.asked = asked

    def runtest(self) -> None:
        """Decide it. Raises `NotAsItShouldBeError` if it did not come out as it should."""
        from derive.report.results import Verdict, counted_verdict
        from derive.verification.questions import decided

        group = tuple(decided(self.asked))
        if not group or counted_verdict(group) is not Verdict.PROVED:
            raise NotAsItShouldBeError(_listing(group))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Return the listing as the failure's message, without a trace."""
        if isinstance(excinfo.value, NotAsItShouldBeError):
            return f"{excinfo.value}\n{self.path}:{self.asked.item.position.line}"
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return where the test stands: the document, its line (from 0), and what it says."""
        item = self.asked.item
        return self.path, item.position.line - 1, f"line {item.position.line}: {item.text}"


def _listing(group: tuple[Result, ...]) -> str:
    from derive.writing.listing import group_lines
    from derive.writing.terminal import error_text, line_text

    if not group:
        return "nothing was decided"
    errors = [error_text(result) for result in group if result.message is not None]
    if errors and group[0].link is None:
        return "\n".join(errors)
    return "\n".join([*map(line_text, group_lines(group)), *errors])
