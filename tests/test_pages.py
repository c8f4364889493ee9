"""The pages name what there is: functions and statements of the language, fields of the JSON, names in Python."""

from __future__ import annotations

import re
from pathlib import Path

import derive
from derive.arrays.operations import FUNCTIONS
from derive.reading.calls import CALLS
from derive.reading.declarations import DECLARATIONS
from derive.reading.text import ASKED
from derive.terms.functions import TABLE

ROOT = Path(__file__).parent.parent
LANGUAGE = (ROOT / "docs" / "language.md").read_text(encoding="utf-8")

COMMAND = (ROOT / "docs" / "command.md").read_text(encoding="utf-8")


def quoted(text: str) -> set[str]:
    """Return the words that a page sets in code within its prose."""
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    return {word for code in re.findall(r"`([^`\n]+)`", prose) for word in re.findall(r"[^\W\d]\w*", code)}


def section(title: str) -> str:
    """Return a section of the page on the language."""
    return LANGUAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def test_the_page_on_the_language_names_every_function() -> None:
    """All but what no text can say, since it is no name: what pages write with signs of their own."""
    names = {name for name in (*TABLE, *CALLS, *FUNCTIONS) if name.isidentifier()}
    assert sorted(names - quoted(LANGUAGE)) == []


def test_the_page_on_the_language_names_no_function_that_is_not_there() -> None:
    letters = {"a", "b", "e", "i", "j", "m", "s", "x", "y"}
    assert sorted(quoted(section("Functions")) - {*TABLE, *CALLS, *FUNCTIONS} - letters) == []


def test_the_page_on_the_language_names_every_statement() -> None:
    assert sorted({*DECLARATIONS, *ASKED} - quoted(section("Statements"))) == []


def test_the_page_on_the_command_names_every_field_of_the_json() -> None:
    (found,) = derive.check("real x\nclaim x = 0").results
    rows = re.findall(r"^\| (`[a-z_]+`(?:, `[a-z_]+`)*) \| ", COMMAND.split("## JSON")[1], re.MULTILINE)
    listed = [name for row in rows for name in re.findall(r"\w+", row)]
    assert listed == list(found.json())


def test_the_page_on_the_command_names_every_public_name() -> None:
    types = {name for name in derive.__all__ if name[0].isupper() or name.startswith("__")}
    assert sorted({*derive.__all__} - types - quoted(COMMAND)) == []


def test_words_in_code_are_told_from_prose_and_blocks() -> None:
    assert quoted("exp and `sin cos`\n```derive\nclaim tan(x) = 1\n```\n`log(x)`") == {
        "sin",
        "cos",
        "log",
        "x",
    }


def test_the_page_on_contributing_names_files_that_are_there() -> None:
    page = (ROOT / "docs" / "contributing.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:derive|tests)/[\w/]+(?:\.\w+)?)`", page))
    assert len(named) > 20
    templates = {"derive/catalogue/NAME.md", "tests/golden/NAME.tex"}
    assert sorted(name for name in named - templates if not (ROOT / name).exists()) == []
