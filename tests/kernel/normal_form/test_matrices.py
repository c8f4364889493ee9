"""Determinants and inverses in the normal form, against exact rational matrices, singular ones among them."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
from flint import fmpq, fmpq_mat

from derive.kernel.domain import domain
from derive.kernel.goals import goals_of
from derive.kernel.outermost import multiplied_out
from derive.kernel.prover import Theorem, prove
from derive.oracle.evaluator import Evaluator
from derive.oracle.ground import EntryKey, Program
from tests.oracle.claims import claim

DECLARED = "size n, m\nreal A[n,n], B[n,n], U[n,m], V[m,n], x[n], c\npositive lam\n"


def proves(text: str) -> bool:
    found = claim(DECLARED + f"claim {text}\n")
    return isinstance(prove(found.equation, found.context), Theorem)


@pytest.mark.parametrize(
    "text",
    [
        "det(A @ B @ A) = det(A)^2*det(B)",
        "det(2*A) = 2^n*det(A)",
        "det(inv(A)) = 1/det(A)",
        "inv(A @ B @ A) = inv(A) @ inv(B) @ inv(A)",
        "inv(A.T @ A) = inv(A) @ inv(A).T",
        "V @ inv(U @ V + lam*eye(n)) = inv(V @ U + lam*eye(m)) @ V",
        "abs(det(U @ U.T + lam*eye(n))) = det(U @ U.T + lam*eye(n))",
        "trace(inv(A) @ B @ A) = trace(B)",
    ],
)
def test_true(text: str) -> None:
    assert proves(text)


@pytest.mark.parametrize(
    "text",
    [
        "det(A @ B @ A) = det(A)*det(B)",
        "det(-A) = -det(A)",
        "inv(A.T @ A) = inv(A).T @ inv(A)",
        "V @ inv(U @ V + lam*eye(n)) = inv(V @ U - lam*eye(m)) @ V",
        "abs(det(U @ U.T - lam*eye(n))) = det(U @ U.T - lam*eye(n))",
        "adj(A) @ adj(B) = adj(A @ B)",
        "inv(A)[i,j] = inv(A)[j,i]",
        "[det(A) = 0]*adj(A)[i,j] = 0",
    ],
)
def test_false(text: str) -> None:
    assert not proves(text)


def test_a_goal_is_multiplied_by_what_is_inverted_at_a_free_index() -> None:
    found = claim(DECLARED + "claim sum(inv(A)[i,k]*x[k], k) = x[i]\n")
    conditions = domain(found.equation.left, found.context)
    (goal,) = goals_of(found.equation, found.context, conditions)
    (freed,) = multiplied_out(goal)
    assert "A[?0,i]" in str(freed.left)
    bound = claim(DECLARED + "claim sum(inv(A)[i,k]*x[k], k, i) = c\n")
    (goal,) = goals_of(bound.equation, bound.context, conditions)
    assert not list(multiplied_out(goal))


@pytest.mark.parametrize("seed", range(6))
def test_the_oracle_against_elimination(seed: int) -> None:
    """Minors against python-flint's rational matrices; at a singular matrix the adjugate has a value and no inverse."""
    size, numbers = 1 + seed % 3, random.Random(seed)  # noqa: S311 - no secret
    rows = [[Fraction(numbers.randint(-4, 4)) for _ in range(size)] for _ in range(size)]
    exact = fmpq_mat(size, size, [fmpq(e.numerator) for row in rows for e in row])
    entries: dict[EntryKey, fmpq] = {
        ("A", (i + 1, j + 1)): fmpq(rows[i][j].numerator) for i in range(size) for j in range(size)
    }
    found = claim(DECLARED + "claim det(A) = inv(A)[1,1]*adj(A)[1,1]\n")
    program = Program(found.context, {"n": size, "m": 1}, {}, ())
    evaluator = Evaluator(program, entries)
    assert evaluator.value(program.term(found.equation.left, {})) == exact.det()
    inverse, adjugate = found.equation.right.factors  # type: ignore[attr-defined] # it is a product
    value = evaluator.value(program.term(inverse, {}))
    if exact.det() == 0:
        assert value is None
        assert evaluator.value(program.term(adjugate, {})) is not None
    else:
        assert value == exact.inv()[0, 0]
        assert evaluator.value(program.term(adjugate, {})) == exact.inv()[0, 0] * exact.det()
