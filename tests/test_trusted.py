"""What is trusted: the page says which lines and how many, and what is not trusted is asked by its check alone."""

from __future__ import annotations

import re
import tomllib

import pytest

from tests.test_architecture import MODULES, ROOT, imports, name_of, parse
from tests.trusted import (
    LOOKED_OVER,
    PARTS,
    WITHOUT_A_SAY,
    lines,
    lines_of_code,
    part_of_trust,
    reached,
    trusted,
)

PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
ROUNDING = 150  # the page counts in hundreds, and need not change with every line


def test_the_page_counts_what_is_trusted() -> None:
    hint = "run python -m tests.architecture_page"
    modules = trusted()
    for title in (*PARTS, "**all**"):
        found = re.search(rf"^\| {re.escape(title)} \| (\d+) \| ([\d,]+) \| ([\d,]+) \|$", PAGE, re.MULTILINE)
        assert found, f"{title} is missing: {hint}"
        mine = [path for name, path in modules.items() if title == "**all**" or part_of_trust(name) == title]
        number, whole, code = (int(count.replace(",", "")) for count in found.groups())
        assert number == len(mine), hint
        assert abs(whole - sum(map(lines, mine))) <= ROUNDING, hint
        assert abs(code - sum(map(lines_of_code, mine))) <= ROUNDING, hint


def test_every_search_is_named_on_the_page() -> None:
    for search, (checks, how) in LOOKED_OVER.items():
        found = re.search(
            rf"^\| `{re.escape(search)}` \| (\d+) \| (.*) \| {re.escape(how)} \|$", PAGE, re.MULTILINE
        )
        assert found, "run python -m tests.architecture_page"
        assert found[2] == ", ".join(f"`{check}`" for check in checks)
        assert abs(int(found[1]) - lines(reached()[search])) <= ROUNDING


@pytest.mark.parametrize("search", LOOKED_OVER)
def test_a_search_is_asked_by_its_check_alone(search: str) -> None:
    checks, _ = LOOKED_OVER[search]
    assert [name_of(path) for path in MODULES if search in set(imports(parse(path)))] == list(checks)
    assert set(checks) <= trusted().keys()
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    kept = [one["allowed_importers"] for one in contracts if one.get("protected_modules") == [search]]
    assert kept == [list(checks)]


def test_nothing_else_is_left_out() -> None:
    assert {*LOOKED_OVER, *WITHOUT_A_SAY} <= reached().keys()
    assert all(map(part_of_trust, trusted()))
