"""Inequalities from textbooks and papers: nearly all that hold are proved, nearly all that do not are refuted."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from derive import Verdict, check

pytestmark = pytest.mark.long

HERE = Path(__file__).parent
LEAST = 150


@pytest.mark.parametrize(
    ("file", "right", "wrong", "share"),
    [
        ("true.drv", Verdict.PROVED, Verdict.REFUTED, 0.95),
        ("false.drv", Verdict.REFUTED, Verdict.PROVED, 0.99),
    ],
)
def test_what_is_decided(file: str, right: Verdict, wrong: Verdict, share: float) -> None:
    results = check((HERE / file).read_text(encoding="utf-8"), explain=0).results
    found = Counter(result.verdict for result in results)
    assert not found[wrong]
    assert not found[Verdict.ERROR]
    assert sum(found.values()) >= LEAST
    assert found[right] >= share * sum(found.values()), [
        one.claim for one in results if one.verdict is not right
    ]
