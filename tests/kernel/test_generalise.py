"""Parts that recur become entries of unknown arrays: when that is done, and that it says no more than it may."""

from __future__ import annotations

import pytest

from derive.kernel.generalisation import generalisations
from derive.kernel.goals import goals_of
from derive.kernel.prover import Theorem
from tests.kernel.asked import asked, equations, proved, refused

LAYERS = """
size n, m, k
real x[n], W[m,n], V[k,m]
let h[i] = tanh(sum(W[i,j]*x[j], j))
let z[a] = tanh(sum(V[a,i]*h[i], i))
"""
TRUE = (
    "D(z[a], x[l]) = sum((1 - z[a]^2)*V[a,i]*(1 - h[i]^2)*W[i,l], i)",
    "D(z[a], W[i,l]) = (1 - z[a]^2)*V[a,i]*(1 - h[i]^2)*x[l]",
    "D(z[a], V[c,i]) = (1 - z[a]^2)*h[i]*delta(a,c)",
    "sum(tanh(x[j]*tanh(x[j])), j) = sum(tanh(x[i]*tanh(x[i])), i)",
)
FALSE = (
    "D(z[a], x[l]) = sum((1 - z[a]^2)*V[a,i]*(1 - h[i])*W[i,l], i)",
    "D(z[a], W[i,l]) = (1 - z[a]^2)*V[a,i]*(1 - h[i]^2)",
    "D(z[a], V[c,i]) = (1 - z[c]^2)*h[i]",
    "D(z[a], x[l]) = sum((1 - z[a]^2)*V[a,i]*(1 - z[a]^2)*W[i,l], i)",
    "sum(tanh(x[j]*tanh(x[j])), j) = n*tanh(x[i]*tanh(x[i]))",
    "sum(W[i,j]*tanh(x[j]*tanh(W[i,j])), j) = sum(W[i,j]*tanh(x[j]*tanh(W[i,l])), j)",
)


@pytest.mark.parametrize("line", TRUE)
def test_layers(line: str) -> None:
    assert proved(f"{LAYERS}claim {line}")


@pytest.mark.parametrize("line", FALSE)
def test_what_is_false_for_a_layer(line: str) -> None:
    assert refused(f"{LAYERS}claim {line}")


def test_what_holds_only_for_these_parts_is_proved_as_well() -> None:
    """sin(u)^2 + cos(u)^2 = 1 needs no more than u; tanh(v) = 0 needs to know that v is 0."""
    declared = "real x\n"
    assert proved(declared + "claim sin(x*tanh(x))^2 + cos(x*tanh(x))^2 = 1")
    assert proved(declared + "claim tanh(exp(x)*exp(-x) - 1) = 0")
    assert refused(declared + "claim tanh(exp(x)*exp(-x)) = 0")


def test_a_part_keeps_its_indices_apart() -> None:
    declared = "size n\nreal W[n,n]\n"
    inner = "tanh(1 + tanh(W[{}]))"
    same, other = inner.format("j,j"), inner.format("i,j")
    assert proved(declared + f"claim sum({other}, i, j) = sum({inner.format('j,i')}, i, j)")
    assert refused(declared + f"claim sum({same}, j) = sum({other}, j)")
    assert refused(declared + f"claim {other} = {inner.format('j,i')}")


def test_hypotheses_and_conditions_speak_of_the_new_entries_too() -> None:
    declared = "real x, y\ngiven x*tanh(x) = y\n"
    assert proved(declared + "claim tanh(x*tanh(x)) = tanh(y)")
    assert refused(declared + "claim tanh(x*tanh(x)) = tanh(x)")
    (proof,) = asked("real x\nclaim 1/(2 - tanh(1 + tanh(x))) = 1/(2 - tanh(tanh(x) + 1))")
    assert isinstance(proof, Theorem)
    assert [str(c) for c in proof.conditions] in (
        [],
        ["2 - tanh(1 + tanh(x)) != 0"],
        ["tanh(1 + tanh(x)) != 2"],
    )


def test_nothing_is_generalised_where_no_function_is_nested() -> None:
    ((equation, context),) = equations("real x\nclaim tanh(x) = tanh(x + 0)")
    assert not [g for q in goals_of(equation, context, ()) for g in generalisations(q)]
    ((nested, context),) = equations("real x\nclaim tanh(1 + tanh(x)) = tanh(tanh(x) + 1)")
    (goal,) = goals_of(nested, context, ())
    assert len(list(generalisations(goal))) == 2


SHIFTED = """
size N, C
real S[N,C], g[N,C]
let M[a,c] = exp(S[a,c] - max(S[a,k], k))
let P[a,c] = M[a,c]/sum(M[a,k], k)
let L = sum(g[a,c]*P[a,c], a, c)
"""


def test_what_is_subtracted_from_every_score_cancels() -> None:
    assert proved(f"{SHIFTED}claim D(L, S[a,c]) = P[a,c]*(g[a,c] - sum(g[a,k]*P[a,k], k))")
    assert refused(f"{SHIFTED}claim D(L, S[a,c]) = P[a,c]*g[a,c]")


def test_what_is_subtracted_and_does_not_cancel_is_differentiated() -> None:
    declared = "size n\nreal s[n]\nlet m[i] = s[i] - max(s[k], k)\n"
    assert refused(declared + "claim D(sum(m[i]^2, i), s[j]) = 2*m[j]")
    assert proved(
        declared + "claim D(sum(m[i]^2, i), s[j]) = 2*m[j] - 2*sum(m[i], i)*where(s[j] >= max(s[k], k), 1, 0)"
    )
