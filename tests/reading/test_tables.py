"""The stored parse tables are those of the grammar, and parse as the grammar does."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import lark
import pytest

from derive.reading import tables

TEXTS = [
    ("claim", "D(E, s[i]) = p[i] - c[i] when i != j, k = t expect refuted"),
    ("variables", "x[n,m], t in (0, 1] != 1/2"),
    ("let", "p[i] = exp(s[i]/T)^-2 / sum(exp(s[k]), k: n != i)"),
    ("given", "where(x > 0, f''(x), [x = 1]) >= softmax(s)[i]"),
    ("size", "n, m >= 2"),
    ("label", "t, u: n"),
    ("line", "= a*b - c**d"),
]


def stored() -> dict[str, str]:
    return json.loads(files("derive.reading").joinpath(tables.STORED).read_text("utf-8"))  # type: ignore[no-any-return] # JSON


def test_the_stored_tables_are_current() -> None:
    if stored()["lark"] != lark.__version__:
        pytest.skip(f"made with lark {stored()['lark']}, so they are not used with {lark.__version__}")
    assert stored()["key"] == tables.key(), "run python -m derive.reading.tables"


@pytest.mark.parametrize(("rule", "text"), TEXTS)
def test_stored_and_built_parse_alike(rule: str, text: str) -> None:
    found, expected = (one.parse(text, start=rule) for one in (tables.grammar(), tables.built()))
    assert found == expected
    assert [one.meta.column for one in found.iter_subtrees()] == [
        one.meta.column for one in expected.iter_subtrees()
    ]


def test_writing_them_anew_gives_tables_with_the_same_key(tmp_path: Path) -> None:
    tables.write(tmp_path)
    assert json.loads((tmp_path / tables.STORED).read_text("utf-8"))["key"] == tables.key()


def test_tables_of_another_grammar_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "key", lambda: "another")
    calls: list[str] = []
    monkeypatch.setattr(tables, "built", lambda: calls.append("built"))
    tables.grammar.cache_clear()
    try:
        tables.grammar()
        assert calls == ["built"]
    finally:
        tables.grammar.cache_clear()
