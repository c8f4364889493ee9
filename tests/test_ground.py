"""The checkers of documents and tools, each shown to reject."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from sybil import Document

from tests.conftest import require_tool
from tests.documents import Documents, arguments, output_matches, sessions

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_an_output_with_other_words_is_refused() -> None:
    assert output_matches("proved  ... s\n", "proved  0.01 s\n")
    assert output_matches("a\n...\nd\n", "a\nb\nc\nd\n")
    assert not output_matches("proved\n", "refuted\n")
    assert not output_matches("proved ...\n", "proved\nmore\n")
    assert not output_matches("", "something\n")


def test_a_session_is_split_at_its_commands() -> None:
    assert list(sessions("$ derive list\na\nb\n$ echo $?\n0\n")) == [
        ("derive list", "a\nb\n"),
        ("echo $?", "0\n"),
    ]


def test_a_session_runs_no_other_programs() -> None:
    with pytest.raises(ValueError, match="not rm"):
        arguments("rm -rf x", ROOT)


def test_a_page_with_a_wrong_output_fails(tmp_path: Path) -> None:
    page = tmp_path / "README.md"
    false = "```derive\nreal x\nclaim x = 2*x\n```\n"
    page.write_text(f"```console\n$ python -c 'print(1)'\n2\n```\n\n```python\nassert 1 == 2\n```\n\n{false}")
    plugin = Documents(tmp_path)
    examples = list(plugin.sybil.parse(page).examples())
    plugin._begin(examples[0].namespace)
    try:
        assert len(examples) == 3
        for example in examples:
            with pytest.raises(AssertionError):
                example.evaluate()
    finally:
        plugin._end(examples[0].namespace)


def test_a_missing_tool_skips_or_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DERIVE_REQUIRE_TOOLS", raising=False)
    with pytest.raises(pytest.skip.Exception):
        require_tool("no-such-program")
    monkeypatch.setenv("DERIVE_REQUIRE_TOOLS", "1")
    with pytest.raises(pytest.fail.Exception):
        require_tool("no-such-program")


# What a page has in other languages, and who looks after it.
ELSEWHERE = {
    "README.md": ["text"],  # how to install it
    "index.md": ["text"],
    "command.md": ["sh"],  # the lines for completion, which tests/cli runs
    "certificates.md": ["coq"],  # tests/certificates compares it with what is written
    "assistants.md": ["json"],  # the configuration of programs that are not here
    "editor.md": ["lua", "lisp"],
}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_code_block_of_the_pages_is_run(page: Path) -> None:
    fences = re.findall(r"^\s*```(.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    opened = [fence for fence in fences[::2] if not fence.startswith("{")]  # directives hold no code
    assert set(opened) <= {"python", "derive", "console", "latex", *ELSEWHERE.get(page.name, ())}
    document: Document = Documents(ROOT).sybil.parse(page)
    covered = "\n".join(document.text[e.start : e.end] for e in document.examples())
    assert len(re.findall(r"^\s*```\w+$", covered, re.MULTILINE)) <= len(opened)
    assert bool(opened) == bool(covered)


def test_every_page_links_only_to_what_is_there() -> None:
    tried = 0
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8")):
            if not target.startswith(("http://", "https://")):
                tried += 1
                made = target.startswith(
                    "catalogue/"
                )  # by the build of the pages, which fails on a broken link
                assert made or (page.parent / target).exists(), f"{page.name} links to {target}"
    assert tried


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    architecture = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    for requirement in project["dependencies"]:
        name = re.split(r"[<>=\[]", requirement)[0]
        assert f"**{name}**" in architecture, f"docs/architecture.md gives no reason for {name}"
