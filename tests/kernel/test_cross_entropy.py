"""The cross-entropy, and what its gradient is not: the kernel proves none of it, the oracle refutes all of it."""

from __future__ import annotations

import pytest

from derive.kernel.prover import Theorem, prove
from derive.oracle import examine, holds
from tests.kernel.asked import equations

DECLARED = """
size n
real s[n], c[n]
let p[i] = exp(s[i])/sum(exp(s[k]), k)
let E = -sum(c[j]*log(p[j]), j)
"""
SUMS_TO_ONE = "given sum(c[j], j) = 1\n"

WRONG = {
    "the sign": "claim D(E, s[i]) = c[i] - p[i]",
    "added": "claim D(E, s[i]) = p[i] + c[i]",
    "a square": "claim D(E, s[i]) = p[i]^2 - c[i]",
    "twice p": "claim D(E, s[i]) = 2*p[i] - c[i]",
    "twice": "claim D(E, s[i]) = 2*(p[i] - c[i])",
    "off by one in ten thousand": "claim D(E, s[i]) = (p[i] - c[i])*1.0001",
    "off by one in a million": "claim D(E, s[i]) = (p[i] - c[i])*1.000001",
    "a product": "claim D(E, s[i]) = p[i]*c[i]",
    "only the diagonal": "claim D(E, s[i]) = D(E, p[i])*D(p[i], s[i])",
    "the mean": "claim D(E, s[i]) = (p[i] - c[i])/n",
    "logits": "claim D(E, s[i]) = s[i] - c[i]",
    "another class": "claim D(E, s[i]) = p[k] - c[k]",
    "another class, apart": "claim D(E, s[i]) = p[k] - c[k] when i != k",
    "the Hessian's sign": "claim D(E, s[j], s[i]) = p[j]*(p[i] - delta(i,j))",
    "the Hessian's diagonal": "claim D(E, s[i], s[j]) = p[i]*delta(i,j)",
    "the Hessian without it": "claim D(E, s[i], s[j]) = -p[i]*p[j]",
    "the Jacobian's sign": "claim D(p[j], s[i]) = p[j]*(p[i] - delta(i,j))",
    "the Jacobian's diagonal": "claim D(p[j], s[i]) = p[j]*(1 - p[j])*delta(i,j)",
    "the Jacobian off its diagonal": "claim D(p[j], s[i]) = p[j]*p[i] when i != j",
    "the sum is p's": "claim D(E, s[i]) = p[i]*sum(p[j], j) - c[i] + delta(i,i) - p[i]",
}

TRUE = {
    "gradient": "claim D(E, s[i]) = p[i] - c[i]",
    "Hessian": "claim D(E, s[i], s[j]) = p[i]*(delta(i,j) - p[j])",
    "Hessian, transposed": "claim D(E, s[j], s[i]) = p[j]*(delta(i,j) - p[i])",
    "Jacobian": "claim D(p[j], s[i]) = p[j]*(delta(i,j) - p[i])",
    "chain rule": "claim D(E, s[i]) = sum(D(E, p[j])*D(p[j], s[i]), j)",
    "both cases": "claim D(p[j], s[i]) = -p[i]*p[j] when i != j\nclaim D(p[i], s[i]) = p[i]*(1 - p[i])",
    "a sum": "claim sum(p[j], j) = 1",
    "gradients sum to 0": "claim sum(D(E, s[i]), i) = 0",
}


@pytest.mark.parametrize("line", WRONG.values(), ids=WRONG)
def test_a_wrong_claim(line: str) -> None:
    ((equation, context),) = equations(DECLARED + SUMS_TO_ONE + line)
    assert not isinstance(prove(equation, context), Theorem)
    found = examine(equation, context).counterexample
    assert found is not None
    assert all(holds(given.condition, context, found.point) for given in context.hypotheses)


@pytest.mark.parametrize("line", TRUE.values(), ids=TRUE)
def test_a_true_claim(line: str) -> None:
    for equation, context in equations(DECLARED + SUMS_TO_ONE + line):
        assert isinstance(prove(equation, context), Theorem)
        assert examine(equation, context).counterexample is None


def test_without_the_hypothesis() -> None:
    """It is p times the sum of c, less c; a theorem names the hypothesis exactly if it was used."""
    ((claim, context),) = equations(DECLARED + "claim D(E, s[i]) = p[i] - c[i]")
    assert not isinstance(prove(claim, context), Theorem)
    assert examine(claim, context).counterexample is not None
    ((claim, context),) = equations(DECLARED + "claim D(E, s[i]) = p[i]*sum(c[j], j) - c[i]")
    proof = prove(claim, context)
    assert isinstance(proof, Theorem)
    assert proof.hypotheses == ()
    ((claim, context),) = equations(DECLARED + SUMS_TO_ONE + "claim D(E, s[i]) = p[i] - c[i]")
    proof = prove(claim, context)
    assert isinstance(proof, Theorem)
    assert proof.hypotheses == ("sum(c[j], j) = 1",)
