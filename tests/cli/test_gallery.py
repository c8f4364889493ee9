"""`derive gallery`: the catalogue as pages in a directory, chosen by words, and what cannot be written."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from click.testing import CliRunner

from derive import catalogue
from derive.cli import gallery
from derive.cli.command import command
from derive.errors import DeriveError
from derive.verification.budget import Budget
from derive.writing.html_index import Claimed, IndexRow, index_to_html
from tests.writing.latex_parser import parse


def test_the_entries_that_hold_a_word_are_written(tmp_path: Path) -> None:
    run = CliRunner().invoke(command, ["gallery", "relu", "leaky", "-o", str(tmp_path / "new" / "pages")])
    assert run.exit_code == 0, run.output
    written = {one.name for one in (tmp_path / "new" / "pages").iterdir()}
    names = {entry.name for entry in catalogue.matching(["relu", "leaky"])}
    assert len(names) >= 2
    assert written == {"index.html", *(f"{name}.html" for name in names)}
    page = (tmp_path / "new" / "pages" / "prelu.html").read_text(encoding="utf-8")
    assert "Parametric ReLU" in page
    assert catalogue.load("prelu").source.split(",")[0] in page


@pytest.mark.parametrize(
    ("words", "where", "why"),
    [
        (["no-such-word"], "here", "nothing in the catalogue matches"),
        (["mish"], "file/below", "cannot write"),
    ],
)
def test_what_cannot_be_done_is_said(tmp_path: Path, words: list[str], where: str, why: str) -> None:
    (tmp_path / "file").touch()
    run = CliRunner().invoke(command, ["gallery", *words, "-o", str(tmp_path / where)])
    assert run.exit_code == 2
    assert why in run.output


def test_an_entry_that_takes_too_long_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gallery, "PATIENCE", Budget(0.01))
    with pytest.raises(DeriveError, match="mish cannot be derived: out of time"):
        list(gallery.write_pages(tmp_path, ["mish"], 1))


def test_nothing_on_the_index_becomes_markup() -> None:
    hostile = IndexRow("a&b", "<b>", "x & y, <z>", "`<i>` *&*", (Claimed(parse("x = y"), "proved", " <u>"),))
    page = index_to_html([hostile], ["x & y, <z>"], "<title>")
    tree = ET.fromstring(page.removeprefix("<!DOCTYPE html>\n"))  # noqa: S314 - our own output
    assert [one.tag for one in tree.iter() if one.tag in ("b", "i", "u", "z")] == []
    (link,) = tree.findall(".//h3/a")
    assert link.get("href") == "a&b.html"
    (nav,) = tree.findall(".//nav/a")
    assert tree.find(f".//section[@id='{(nav.get('href') or '')[1:]}']") is not None
