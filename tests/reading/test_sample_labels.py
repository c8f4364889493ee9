"""Labels of samples, `label y[N]: C`: read as indices, written as they are read, and told in words where misplaced."""

from __future__ import annotations

import pytest

import derive
from derive.problem.declarations import problem_text
from derive.problem.problems import Claim
from derive.reading.text import read
from derive.report.results import Verdict
from derive.terms import Delta, Entry, Index, free_indices, rename
from derive.writing.latex import to_latex

DECLARED = "size N, C\nreal P[N,C], w[C]\nlabel y[N]: C\n"


def _claim(text: str) -> Claim:
    (problem,) = read(DECLARED + text, "labels.drv")
    assert not problem.failures, problem.failures
    (claim,) = problem.claims
    return claim


def test_a_label_is_an_index() -> None:
    left, right = (side.term for side in _claim("claim P[a,y[a]] = delta(c,y[a])").sides)
    a, c = Index("a", "N"), Index("c", "C")
    label = Index("y", "C", (a,))
    assert left == Entry("P", (a, label))
    assert right == Delta(c, label)
    assert free_indices(left) == (a,)
    assert rename(left, {a: Index(2, "N")}) == Entry("P", (Index(2, "N"), Index("y", "C", (Index(2, "N"),))))


def test_a_bound_sample_is_not_captured() -> None:
    body = _claim("claim sum(w[y[a]]*P[a,c], a) = 0").sides[0].term
    renamed = rename(body, {Index("c", "C"): Index("y", "C", (Index("a", "N"),))})
    assert free_indices(renamed) == (Index("a", "N"),)
    assert str(renamed) == "sum(w[y[a_1]]*P[a_1,y[a]], a_1)"


@pytest.mark.parametrize(
    "claim",
    [
        "claim P[a,y[a]] = w[y[a]]",
        "claim sum(P[a,c], c != y[a]) = [y[a] = c]*w[c]",
        "claim D(P[a,y[b]], P[c,y[c]]) = delta(y[a],y[b])",
    ],
)
def test_what_is_written_is_read_back(claim: str) -> None:
    one = _claim(claim)
    (problem,) = read(problem_text(one.equations[0], one.context), "again.drv")
    assert not problem.failures
    assert problem.claims[0].equations[0].left == one.equations[0].left
    assert problem.claims[0].equations[0].right == one.equations[0].right


def test_latex() -> None:
    assert to_latex(_claim("claim P[a,y[a]] = 0").sides[0].term) == "P_{a,y_{a}}"


@pytest.mark.parametrize(
    ("claim", "message"),
    [
        ("claim y[a] = 1", "y[a] is an index and not a number"),
        ("claim w[y] = 1", "y has one label a sample; write y[i]"),
        ("claim w[y[a,b]] = 1", "y has 1 index; write y[i]"),
        ("claim P[y[a],a] = 1", "runs over"),
        ("claim w[c] = 1 when c = y[a]", "y[a] is not a free index of this claim, nor a label"),
        ("given y[a] != y[b]\nclaim w[1] = 1", "the indices of a given are local"),
    ],
)
def test_misplaced(claim: str, message: str) -> None:
    (problem,) = read(DECLARED + claim, "labels.drv")
    assert message in problem.failures[0].error.message


def test_a_counterexample_names_the_labels() -> None:
    (result,) = derive.check(DECLARED + "claim w[y[a]] = w[c]").results
    assert result.verdict is Verdict.REFUTED
    assert result.counterexample is not None
    assert set(result.counterexample.values["y"]) <= {"1", "2"}


def test_true_look_alikes() -> None:
    text = """
claim sum(sum([y[a] = c]*P[a,c], c), a) = sum(P[a,y[a]], a)
claim exp(w[y[a]]) = sum([y[a] = c]*exp(w[c]), c)
claim sum(w[y[a]]^2, a) = sum(w[c]^2*sum([y[a] = c], a), c)
"""
    assert [one.verdict for one in derive.check(DECLARED + text).results] == [Verdict.PROVED] * 3
