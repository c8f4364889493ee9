"""Powers with more digits than any memory holds: an answer or a reason, and never the end of the process."""

from __future__ import annotations

import pytest

from derive import check

CLAIMS = [
    ("given x = 2^40\nclaim 2^x + [x < -4^10] = 2^x", "undecided"),
    ("given x = 2^40\nclaim 2^(x*a) = 2^(a*x)", "proved"),
    ("given x = 2^40\nclaim x^x = 1", "refuted"),
    ("given x = 2^40\nclaim (1/3)^x*3^x = 1", "undecided"),
    ("claim 2^x*[x > 2^45] = 3^x*[x > 2^45]", "refuted"),
    ("claim 2^x*[x < -2^45] = 3^x*[x < -2^45]", "refuted"),
    ("claim exp(exp(40))*x = exp(exp(40))*a", "refuted"),
    ("claim exp(-exp(40)) > 0", "proved"),
    ("claim x <= exp(exp(exp(10)))", "undecided"),
]


@pytest.mark.parametrize(("text", "verdict"), CLAIMS)
def test_there_is_an_answer(text: str, verdict: str) -> None:
    (*_, result) = check(f"real x, a\n{text}\n", explain=0).results
    assert result.verdict.value == verdict, str(result)
