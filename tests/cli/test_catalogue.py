"""The catalogue as pages: every entry loads, and a name is found or suggested (verdicts: tests/catalogue)."""

from __future__ import annotations

import re

import pytest

from derive import catalogue, check
from derive.errors import DeriveError

NAMES = catalogue.names()


def test_there_are_entries() -> None:
    assert {"softmax", "cross-entropy", "binary-form-softmax", "binary-form-sigmoid"} <= set(NAMES)


@pytest.mark.long
@pytest.mark.parametrize("name", NAMES)
def test_an_entry_is_a_page(name: str) -> None:
    entry = catalogue.load(name)
    assert entry.title != name
    assert re.search(r"^Source: .{10,}", entry.page, re.MULTILINE)
    assert len(re.findall(r"^```derive$", entry.page, re.MULTILINE)) == 1
    prose = entry.page.split("Source:")[0].split("\n", 1)[1]
    assert 40 < len(prose.strip()) < 600
    assert entry.claims


def test_an_entry_with_a_false_claim_would_be_noticed() -> None:
    page = catalogue.load("softmax").page.replace("sum(p[i], i) = 1", "sum(p[i], i) = 2")
    entry = catalogue.CatalogueEntry("softmax", page)
    assert not check(entry.problem, entry.file)


def test_a_claim_over_several_lines_is_one() -> None:
    entry = catalogue.CatalogueEntry("x", "```derive\nclaim a\n  = b   # why\n  = c\nclaim d = e\n```\n")
    assert entry.claims == ("a = b = c", "d = e")


@pytest.mark.parametrize(("typed", "meant"), [("sofmax", "softmax"), ("hubber-los", "huber")])
def test_a_misspelt_name_suggests_the_nearest(typed: str, meant: str) -> None:
    with pytest.raises(DeriveError, match=f"did you mean {meant}"):
        catalogue.load(typed)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("mse", "mean-squared-error"), ("BCE", "binary-cross-entropy"), ("cross_entropy", "cross-entropy")],
)
def test_an_entry_is_found_under_what_people_call_it(typed: str, meant: str) -> None:
    assert catalogue.load(typed).name == meant


def test_no_two_entries_are_called_the_same() -> None:
    entries = [catalogue.load(name) for name in catalogue.names()]
    called = [one for entry in entries for one in (entry.name, *entry.aliases)]
    assert len(set(called)) == len(called)


def test_a_name_like_nothing_suggests_nothing() -> None:
    with pytest.raises(DeriveError) as raised:
        catalogue.load("zzzzzz")
    assert "did you mean" not in str(raised.value)
