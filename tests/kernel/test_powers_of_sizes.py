"""Claims about sizes alone, whose powers hang on whether a size is even."""

from __future__ import annotations

import pytest

from derive import check

CLAIMS = [
    ("(-1)^(n^2) = (-1)^n", "proved"),
    ("(-1)^(n^2 + n) = 1", "proved"),
    ("(-1)^(n^3 + n^2) = 1", "proved"),
    ("(-1)^(2*n^2 + 1) = -1", "proved"),
    ("(-1)^(n^2) = 1", "refuted"),
    ("(-1)^(n^2 + n) = (-1)^n", "refuted"),
]


@pytest.mark.parametrize(("claim", "verdict"), CLAIMS)
def test_a_power_of_minus_one_is_decided_for_every_size(claim: str, verdict: str) -> None:
    (result,) = check(f"size n\nclaim {claim}\n", explain=0).results
    assert result.verdict.value == verdict, str(result)
