"""Pages written as people post them: which lines are right, which are wrong, and which cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive.api import check_file
from derive.report.results import Verdict

POSTS = Path(__file__).parent / "posts"

# page, lines that are refuted, lines with something that cannot be read, lines with something proved
PAGES = [
    ("softmax-by-cases", [], [], [14, 15, 16, 20, 21, 25, 28]),
    ("layer-in-matrices", [], [], [9, 10, 11, 12]),
    ("layer-with-lost-sign", [9, 10], [], []),
    ("logistic-regression-batch", [11], [], [8, 10]),
    ("softmax-sum-left-over-chinese", [11], [], [10, 13, 15, 16]),
    ("batch-norm-lost-sign", [18], [], [13, 14, 16, 17, 19]),
    ("focal-loss-lost-sign", [9], [], [8, 10]),
    ("recurrent-output", [], [11], []),
    ("softmax-lost-sign-korean", [10], [], [8, 12]),
    ("ridge-factor-of-two", [7], [], [6, 8]),
    ("hessian-sign", [8], [], [6, 7]),
    ("hinge-lost-sign", [8], [], [7]),
    ("nothing-declared", [4], [], [3]),
    ("softmax-by-cases-in-a-table", [], [], [5, 9, 10, 11, 12]),
    ("logistic-one-observation", [23], [], [5, 11, 13, 15, 17, 19, 21]),
    ("line-through-points", [], [14], [7, 12]),
]


@pytest.mark.parametrize(("page", "wrong", "unread", "right"), PAGES)
def test_a_page(page: str, wrong: list[int], unread: list[int], right: list[int]) -> None:
    results = list(check_file(str(POSTS / f"{page}.md")))
    told = {
        verdict: sorted({one.line or 0 for one in results if one.verdict is verdict}) for verdict in Verdict
    }
    assert told[Verdict.REFUTED] == wrong
    assert told[Verdict.ERROR] == unread
    assert told[Verdict.PROVED] == right
    assert not told[Verdict.UNDECIDED]


def test_every_page_is_expected_somehow() -> None:
    assert {one.stem for one in POSTS.iterdir()} == {page for page, *_ in PAGES}
