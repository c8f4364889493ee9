"""Inverses and determinants in the text language: what is read, how it is written, and what is refused."""

from __future__ import annotations

import pytest

from derive.problem.declarations import problem_text
from derive.problem.problems import Claim
from derive.reading.text import read
from derive.terms import Big, Binder, Entry, Index, MatrixFunction, free_indices, rename
from derive.terms.sameness import same
from derive.writing.latex import to_latex

DECLARED = "size n, m\nreal A[n,n], S[m,n,n], x[n], y[n], U[n,m]\n"


def _claim(text: str) -> Claim:
    (problem,) = read(DECLARED + text, "matrices.drv")
    assert not problem.failures, problem.failures
    (claim,) = problem.claims
    return claim


def test_an_entry_of_the_inverse() -> None:
    term = _claim("claim inv(A)[i,j] = 0").sides[0].term
    i, j = Index("i", "n"), Index("j", "n")
    assert isinstance(term, MatrixFunction)
    assert (term.operation, term.at) == ("inv", (i, j))
    rows, columns = (binder.index for binder in term.matrix.binders)
    assert term.matrix == Big("array", (Binder(rows), Binder(columns)), Entry("A", (rows, columns)))
    assert set(free_indices(term)) == {i, j}
    assert str(term) == "inv(A)[i,j]"


def test_rows_and_columns_are_not_captured() -> None:
    term = _claim("claim det(x[a]*S[c,a,b], a, b) = 0").sides[0].term
    c, a = Index("c", "m"), Index("a", "n")
    renamed = rename(term, {c: Index("a", "m")})
    assert free_indices(renamed) == (Index("a", "m"),)
    assert rename(term, {a: c}) == term


@pytest.mark.parametrize(
    "claim",
    [
        "inv(A)[i,j] = inv(A.T)[j,i]",
        "det(A + 2*eye(n)) = logdet(U @ U.T)",
        "inv(U.T @ inv(A) @ U)[i,j] = 0",
        "inv(S[c,:,:])[i,j] = adj(A)[1,j]",
        "det(x[a]*y[b], a, b) = 0",
    ],
)
def test_what_is_written_is_read_back(claim: str) -> None:
    one = _claim(f"claim {claim}")
    (problem,) = read(problem_text(one.equations[0], one.context), "again.drv")
    assert not problem.failures, problem.failures
    again = problem.claims[0].equations[0]
    assert same(again.left, one.equations[0].left)
    assert same(again.right, one.equations[0].right)
    assert not same(again.left, again.right)


def test_latex() -> None:
    assert to_latex(_claim("claim inv(A)[i,j] = 0").sides[0].term).endswith("_{ij}")


@pytest.mark.parametrize(
    ("claim", "message"),
    [
        ("claim det(U) = 0", "a square matrix is needed"),
        ("claim inv(x) = 0", "a square matrix is needed"),
        ("claim inv(A, A) = 0", "inv takes one array"),
        ("claim det(x[a]*x[a], a, a) = 0", "binds new letters"),
        ("claim det(U[a,b], a, b) = 0", "a square matrix is needed"),
    ],
)
def test_refused(claim: str, message: str) -> None:
    (problem,) = read(DECLARED + claim, "matrices.drv")
    assert message in problem.failures[0].error.message
