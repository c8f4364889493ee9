"""What no point satisfies is said at once, what few points do is found, and a diagnosis supposes what is possible."""

from time import perf_counter

import pytest

import derive
from derive import Result, Verdict

PATIENCE = 20  # seconds, on a machine that others use; the bound is 3 on one that is free


def only(text: str) -> Result:
    """Return the result of a text with one claim, which must not take long."""
    started = perf_counter()
    (result,) = derive.check(text).results
    assert perf_counter() - started < PATIENCE
    return result


@pytest.mark.parametrize(
    "condition", ["x[i] != x[j]", "x[i] > x[j]", "2*x[i] - x[j] < x[j]", "x[i]^2 != x[j]^2"]
)
def test_a_hypothesis_that_fails_where_its_indices_are_equal_is_refused_at_its_place(condition: str) -> None:
    result = only(f"size n\nreal x[n]\ngiven {condition}\nclaim x[i] = x[i]")
    assert result.verdict is Verdict.ERROR
    assert "fails where i = j" in (result.message or "")
    assert (result.line, result.column) == (3, 7)


def test_what_is_to_be_written_instead_is_read_and_can_be_satisfied() -> None:
    result = only("size n\nreal x[n]\ngiven x[i] - x[j] + delta(i,j) != 0\nclaim x[i] - x[j] = 0 when i != j")
    assert result.verdict is Verdict.REFUTED


@pytest.mark.parametrize("condition", ["x[i] >= x[j]", "x[i] != y[j]", "A[i,j] > A[j,i] - 1"])
def test_a_hypothesis_that_holds_where_its_indices_are_equal_is_none(condition: str) -> None:
    result = only(f"size n\nreal x[n], y[n], A[n,n]\ngiven {condition}\nclaim x[i] + y[i] = y[i] + x[i]")
    assert result.verdict is not Verdict.ERROR


def test_from_python_a_hypothesis_that_fails_at_equal_indices_is_refused_too() -> None:
    n = derive.size("n")
    x, (i, j) = derive.vector("x", n), (derive.index("i", n), derive.index("j", n))
    with pytest.raises(derive.IllPosedError, match="fails where"):
        derive.verify(x[i] == x[i], given=[x[i] > x[j]])


def test_hypotheses_that_contradict_each_other_are_said_to() -> None:
    result = only("size n\nreal x[n]\ngiven sum(x[j],j) = 1\ngiven sum(x[j],j) = 2\nclaim x[i] = x[i]")
    assert result.verdict is Verdict.ERROR
    assert "no point" in (result.message or "")


def test_a_sum_over_a_million_is_said_to_be_too_large() -> None:
    result = only("size n >= 1000000\nreal x[n]\nclaim sum(x[j],j) = sum(x[k],k)")
    assert result.verdict is Verdict.UNDECIDED
    assert "too large" in (result.reason or "")


@pytest.mark.parametrize(
    "text",
    [
        "real x, y\ngiven 1/x = y\ngiven abs(x) = 2\nclaim x = 2",
        "real x, y\ngiven relu(x) = 0\ngiven sign(y) = 1\nclaim x = 0",
        "size n, m\nclaim [n = 7]*[m = 11] = 0",
        "size n\nclaim (n-1)*(n-2)*(n-3)*(n-4)*(n-5)*(n-6)*(n-7)*(n-8) = 0",
        "size n\nreal x[n], a, b\ngiven x[i] > a\ngiven a > b\n"
        "claim sqrt(x[i]*x[j]) = sqrt(abs(x[i]*x[j])) + [x[i] < -1]",
        "real x, a, b, c\ngiven x > a\ngiven a > b\ngiven b > c\nclaim [x < -7] = 0",
    ],
)
def test_what_fails_at_few_points_is_refuted(text: str) -> None:
    assert only(text).verdict is Verdict.REFUTED


@pytest.mark.parametrize(
    "text",
    [
        "size n\nreal x[n]\ngiven x[i] > 1\nclaim sum(x[j]^2, j) = n",
        "size n\nreal A[n,n]\ngiven A[i,j] = -A[j,i]\nclaim A[i,j]*A[i,j] = 1",
        "size n\nreal A[n,n]\ngiven A[i,j] = -A[j,i]\nclaim max(max(A[i,j], i), j) = 0",
        "size n\nreal A[n,n]\nclaim A[i,j]*A[i,j] = 1",
        "real x\nclaim x = 1",
        "claim 0 = 1",
        "real t\nlet a = 3\nclaim 1 = [t != 0]",
    ],
)
def test_what_would_only_be_the_claim_or_nothing_is_no_diagnosis(text: str) -> None:
    result = only(text)
    assert result.verdict is Verdict.REFUTED
    text = "" if result.diagnosis is None else result.diagnosis.text
    assert not any(
        words in text for words in ("is missing: it holds if sum", "^2 = 1 is", "= A[", " is right")
    )


def test_a_hypothesis_that_is_possible_is_still_named() -> None:
    result = only(
        "size n\nreal A[n,n], x[n]\nclaim D(sum(A[i,j]*x[i]*x[j], i, j), x[k]) = 2*sum(A[k,j]*x[j], j)"
    )
    assert result.diagnosis is not None
    assert "A[j,l] = A[l,j]" in result.diagnosis.text


def test_the_left_side_once_more_is_not_what_is_correct() -> None:
    assert only("size n\nreal A[n,n]\nclaim A[i,j]*A[i,j] = 3").correct is None
    assert only("claim 1 - 1 = 1").correct == "0"
