"""Claims from Python, on paper's own terms: proved, refuted, or refused."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp

import derive
from derive import (
    IllPosedError,
    Verdict,
    delta,
    derivative,
    function,
    gradient,
    hessian,
    index,
    jacobian,
    label,
    let,
    log,
    logsumexp,
    matrix,
    onehot,
    scalar,
    simplex,
    size,
    softmax,
    vector,
    verify,
)

n = size("n")
s, c = vector("s", n), vector("c", n)
p = softmax(s)
E = -(c * log(p)).sum()
i, j = index("i", n), index("j", n)


def test_the_gradient_of_cross_entropy() -> None:
    result = verify(gradient(E, s), p - c, given=[c.sum() == 1])
    assert result
    assert result.verdict is Verdict.PROVED
    assert result.scope == "for all n >= 1"
    assert result.hypotheses == ("sum(c[i], i) = 1",)


def test_without_the_hypothesis_it_is_refuted() -> None:
    result = verify(gradient(E, s), p - c)
    assert not result
    assert result.verdict is Verdict.REFUTED
    assert result.counterexample is not None
    assert verify(gradient(E, s), p * c.sum() - c)


def test_a_statement_is_a_claim_too() -> None:
    assert verify(p.sum() == 1)
    assert verify(hessian(logsumexp(s), s)[i, j] == p[i] * (delta(i, j) - p[j]))
    assert verify(jacobian(p, s)[i, j], p[i] * (delta(i, j) - p[j]))


def test_cases_and_labels() -> None:
    assert verify(jacobian(p, s)[i, j], -p[i] * p[j], when=i != j)
    assert not verify(jacobian(p, s)[i, j], -p[i] * p[j])
    t, u = label("t", n), label("u", n)
    assert verify(gradient(-log(p[t]), s)[i], p[i] - delta(i, t))
    assert verify(delta(t, u) == 0, given=[t != u])
    assert not verify(delta(t, u) == 0)


def test_what_went_out_to_sympy_is_the_same_beside_what_it_came_from() -> None:
    t, x = label("t", n), derive.scalar("x")
    for one in (
        s[t] * x,
        delta(i, j) * x,
        delta(i, t) * x,
        derive.identity(n)[i, j] * x,
        (derive.identity(n) @ derive.identity(n))[i, j],
        derive.where(i == j, x, 2 * x),
        delta(i, j) * s[i],
    ):
        assert verify(one, one.sympy()), one
    assert verify(s[t], 0, given=[sp.Eq(s[t].sympy(), 0)])
    assert not verify(s[i], 0 * s[t], given=[sp.Eq(s[t].sympy(), 0)])  # of the label, not of all indices


def test_simplex_and_onehot_bring_their_hypotheses() -> None:
    q, y = simplex("q", n), onehot("y", n)
    assert verify(gradient(-(q * log(p)).sum(), s), p - q)
    assert verify(y[i] * y[j], delta(i, j) * y[i])


def test_a_named_array_can_be_differentiated_by() -> None:
    q = let("q", softmax(s))
    loss = -(c * log(q)).sum()
    assert verify(gradient(loss, q), -c / q)
    assert (
        str(verify(gradient(loss, s), q - c, given=[c.sum() == 1]).claim)
        == "D(-sum(c[j]*log(q[j]), j), s[i]) = q[i] - c[i]"
    )


def test_a_linear_layer() -> None:
    m = size("m")
    weights, x, g = matrix("W", m, n), vector("x", n), vector("g", m)
    loss = (g * (weights @ x)).sum()
    assert verify(gradient(loss, x), weights.T @ g)
    k = index("k", m)
    assert verify(derivative(loss, weights[k, i]), g[k] * x[i])


def test_an_unknown_function() -> None:
    f, x = function("f"), scalar("x")
    assert verify(derivative(f(x**2), x), 2 * x * f.prime(x**2))


def test_inequalities_as_hypotheses() -> None:
    x = scalar("x")
    assert verify(abs(x), x, given=[x > 0])
    assert not verify(abs(x), x)


def test_a_fixed_size() -> None:
    two = size("n", 2)
    x = vector("x", two)
    result = verify(x.sum(), x[1] + x[2])
    assert result
    assert result.scope == "at n = 2"


REFUSED: list[tuple[str, Any]] = [
    ("already evaluated", lambda: verify(p.sum(), 1, given=[True])),
    ("already evaluated", lambda: verify(p.sum(), 1, given=[sp.Symbol("a") == sp.Symbol("b")])),
    ("already evaluated", lambda: verify(p.sum(), 1, given=[sp.Eq(1, 1)])),
    ("already evaluated", lambda: verify(False)),
    ("no statement", lambda: verify(p)),
    ("no statement", lambda: verify(p, p, given=[p])),
    ("do not fit", lambda: verify(p, other_size())),
    ("belongs in `when`", lambda: verify(p, p, given=[i != j])),
    ("not in the claim", lambda: verify(p[i], p[i], when=i != j)),
    ("relations between indices", lambda: verify(p, p, when=[p == 1])),  # type: ignore[list-item]  # what is refused
    ("no derivative", lambda: verify(p, p, given=[gradient(E, s) == 0])),
    ("says nothing", lambda: verify(log(-(s * s)), s)),
]


def other_size() -> Any:
    return vector("z", size("m"))


@pytest.mark.parametrize(
    ("message", "attempt"), REFUSED, ids=[f"{k} {m}" for k, (m, _) in enumerate(REFUSED)]
)
def test_what_is_ill_posed_is_raised(message: str, attempt: Any) -> None:
    with pytest.raises(IllPosedError, match=message):
        attempt()


# SymPy's own expressions.

m_ = sp.Symbol("n", integer=True, positive=True)
a, b, k_ = sp.symbols("i j k", integer=True)
S, C = sp.IndexedBase("s"), sp.IndexedBase("c")
P = {x: sp.exp(S[x]) / sp.Sum(sp.exp(S[k_]), (k_, 1, m_)) for x in (a, b)}
LOSS = -sp.Sum(C[b] * sp.log(P[b]), (b, 1, m_))
SUMS_TO_1 = sp.Eq(sp.Sum(C[b], (b, 1, m_)), 1)


def test_sympy_expressions_are_accepted_as_they_are() -> None:
    claim = sp.Eq(sp.Derivative(LOSS, S[a]), P[a] - C[a])
    assert verify(claim, given=[SUMS_TO_1])
    assert verify(claim.lhs, claim.rhs, given=SUMS_TO_1)
    assert verify(claim).verdict is Verdict.REFUTED


def test_what_sympy_captures_is_caught() -> None:
    squares = sp.Sum(S[b] ** 2, (b, 1, m_))
    captured = sp.diff(squares, S[b])
    assert verify(derivative((s * s).sum(), s[j]), 2 * s[j])
    # SymPy differentiates by the bound letter itself and keeps the sum.
    assert not verify(sp.Derivative(squares, S[a]), captured)


def test_a_result_goes_back_to_sympy() -> None:
    result = verify(p.sum() == 1)
    found = result.sympy()
    assert isinstance(found, sp.Eq)
    assert found.rhs == 1


def test_results_and_expressions_show_themselves_in_a_notebook() -> None:
    result = verify(p.sum() == 1)
    shown = result._repr_latex_()
    assert shown is not None
    assert shown.startswith("$")
    assert r"\sum" in shown
    assert "proved" in shown
    assert gradient(E, s)._repr_latex_().count(r"\partial") == 2
    assert r"\sum" in (c.sum() == 1)._repr_latex_()


def test_check_never_raises_for_what_cannot_be_read() -> None:
    report = derive.check("claim 1 = \nclaim 2 = 2\nclaim x = 1\n")
    assert [result.verdict.value for result in report.results] == ["error", "proved", "error"]
    assert not report
    assert derive.check("claim 1 = 1\n")
    assert not derive.check("")


def test_one_letter_for_indices_of_two_sizes_is_an_error() -> None:
    """By name alone the oracle would take them for one index, and refute what is true."""
    n, h = size("n"), size("h")
    table, x, y = matrix("V", n, h), vector("x", n), vector("y", h)
    row, column = index("k", n), index("k", h)
    with pytest.raises(IllPosedError, match="k is an index of n and of h"):
        verify(table[row, column] * x[row], x[row] * table[row, column])
    with pytest.raises(IllPosedError, match="k is an index of"):
        verify(x[row] + 0 * y[column], x[row])
