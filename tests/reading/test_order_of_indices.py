"""The order of positions in the text language: what is read, how it is written, and what is refused."""

from __future__ import annotations

import pytest

from derive.problem.declarations import problem_text
from derive.problem.problems import Claim
from derive.reading.text import read
from derive.terms import ONE, ZERO, Before, Big, Index, IndexRelation, Where, index_condition
from derive.terms.relations import Relation

DECLARED = "size n, m\nreal x[n], y[n], z[m], A[n,n]\n"
I, J = Index("i", "n"), Index("j", "n")


def _claim(text: str) -> Claim:
    (problem,) = read(DECLARED + text, "order.drv")
    assert not problem.failures, problem.failures
    (claim,) = problem.claims
    return claim


@pytest.mark.parametrize(
    ("sign", "pair", "holds"),
    [("<", (J, I), ONE), (">", (I, J), ONE), ("<=", (I, J), ZERO), (">=", (J, I), ZERO)],
)
def test_conditions(sign: str, pair: tuple[Index, Index], holds: object) -> None:
    """`j <= i` says that i is not before j."""
    condition = index_condition(Relation(sign), J, I)
    assert (condition.left, condition.right) == (Before(*pair), holds)
    term = _claim(f"claim sum(x[j], j {sign} i) = x[i]").sides[0].term
    assert isinstance(term, Big)
    assert isinstance(term.body, Where)
    assert term.body.condition == condition


@pytest.mark.parametrize(
    "claim",
    [
        "sum(x[j], j < i) = [j <= i]*y[i]",
        "prod(1 - x[j], j >= i) = where(j > i, x[i], y[j])",
        "sum(x[i]*y[j], i, j: i < j) = sum(x[i], i)",
        "sum(x[i]*x[j]*x[k], i, j: i < j, k: j < k) = x[1]",
        "sum(A[i,j], j != i, j > k) = [1 < i]",
        "mean(x[j], j <= i) = 0",
        "x[i] = x[j] when i < j",
    ],
)
def test_what_is_written_is_read_back(claim: str) -> None:
    one = _claim(f"claim {claim}")
    (problem,) = read(problem_text(one.equations[0], one.context), "again.drv")
    assert not problem.failures, problem.failures
    assert problem.claims[0].equations[0].left == one.equations[0].left
    assert problem.claims[0].equations[0].right == one.equations[0].right
    assert problem.claims[0].equations[0].when == one.equations[0].when


def test_when() -> None:
    assert _claim("claim x[i] = x[j] when i > j").equations[0].when == (
        IndexRelation(J, I, False, before=True),
    )


@pytest.mark.parametrize(
    ("claim", "message"),
    [
        ("claim [i < k]*x[i]*z[k] = 0", "between different sizes"),
        ("claim x[i] = x[j] when i <= j", "when relates two indices: i = j, i != j, i < j or i > j"),
        ("claim max(x[j], j < i) = 0", "max is not taken over a part of the positions"),
        ("claim sum(x[j], j = i) = 0", "an index is bound as j, j: n, j != i or j < i"),
    ],
)
def test_refused(claim: str, message: str) -> None:
    (problem,) = read(DECLARED + claim, "order.drv")
    assert message in problem.failures[0].error.message
