"""`derive read`: pages as they were understood, on the terminal, as JSON, and as a block."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from derive.cli.command import command
from derive.cli.read import NOTHING, page_of, page_text

PAGE = r"""$$ p_i = \frac{e^{s_i}}{\sum_k e^{s_k}} $$

$$ \frac{\partial p_i}{\partial s_i} = p_i (1 - p_i) $$
"""
TOLD = r"""1:4 definition: p_i = \frac{e^{s_i}}{\sum_k e^{s_k}}
    let p[i] = exp(s[i])/sum(exp(s[k]), k)
3:4 claim: \frac{\partial p_i}{\partial s_i} = p_i (1 - p_i)
    D(p[i], s[i]) = p[i]*(1 - p[i])

inferred:
    size n
    real s[n]"""


@pytest.fixture
def page(tmp_path: Path) -> str:
    file = tmp_path / "page.md"
    file.write_text(PAGE, encoding="utf-8")
    return str(file)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, ["read", *arguments], catch_exceptions=False)


def test_a_page_for_people(page: str) -> None:
    found = run(page)
    assert found.exit_code == 0
    assert found.stdout == TOLD + "\n"
    assert page_text(page_of(page)) == TOLD


def test_as_json(page: str) -> None:
    told = json.loads(run(page, "--json").stdout)
    assert told["inferred"] == ["size n", "real s[n]"]
    first, second = told["displays"]
    assert (first["kind"], first["line"], first["message"]) == ("definition", 1, None)
    assert second["read"] == ["D(p[i], s[i]) = p[i]*(1 - p[i])"]


def test_the_block_is_printed_as_it_is_to_be_pasted(page: str, tmp_path: Path) -> None:
    block = run(page, "--write-block").stdout
    assert block == "```derive\nsize n\nreal s[n]\n```\n\n"
    other = tmp_path / "other.md"
    other.write_text(block + PAGE, encoding="utf-8")
    again = run(str(other), "--write-block")
    assert again.exit_code == NOTHING
    assert "nothing has to be declared" in again.stderr


def test_what_is_no_page(tmp_path: Path) -> None:
    text = tmp_path / "text.drv"
    text.write_text("claim 1 = 1\n", encoding="utf-8")
    for file in (str(text), str(tmp_path / "missing.md")):
        found = run(file)
        assert found.exit_code == NOTHING
        assert found.stdout == ""
        assert found.stderr
