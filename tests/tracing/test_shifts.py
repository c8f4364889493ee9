"""What is subtracted before `exp` cancels where it does for all numbers, and nowhere else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import derive
from derive.terms import Equation, canonical
from derive.tracing.shifts import without_shifts

HERE = "size n, m\nreal x[n,m], s[n,m], q[n,n], u\npositive t\n"

CANCELS = {
    "exp(x[i,j] - max(x[i,k], k))/sum(exp(x[i,l] - max(x[i,k], k)), l)": "exp(x[i,j])/sum(exp(x[i,l]), l)",
    "max(x[i,k], k) + log(sum(exp(x[i,l] - max(x[i,k], k)), l))": "log(sum(exp(x[i,l]), l))",
    "exp(x[i,j]/t - max(x[i,k]/t, k))/sum(exp(x[i,l]/t - max(x[i,k]/t, k)), l)": "exp(x[i,j]/t)/sum(exp(x[i,l]/t), l)",
    "exp(x[i,j] - min(x[i,k], k))^2/sum(exp(x[i,l] - min(x[i,k], k)), l)^2": "exp(x[i,j])^2/sum(exp(x[i,l]), l)^2",
    "sum(where(i < l, 0, exp(q[i,l] - max(q[i,k], k))), l)/exp(u - max(q[i,k], k))": (
        "sum(where(i < l, 0, exp(q[i,l])), l)/exp(u)"
    ),
}
STAYS = (
    "exp(x[i,j] - max(x[i,k], k))",
    "exp(x[i,j] - max(x[i,k], k))/sum(exp(x[l,j] - max(x[l,k], k)), l)",
    "exp(x[i,j] - max(x[i,k], k))/sum(exp(x[i,l] - max(s[i,k], k)), l)",
    "exp(x[i,j] - max(x[i,k], k))/(1 + sum(exp(x[i,l] - max(x[i,k], k)), l))",
    "exp(u - max(log(x[i,k]), k))/exp(t - max(log(x[i,k]), k))",
    "exp(u - max(1/x[i,k], k))/exp(t - max(1/x[i,k], k))",
    "max(x[i,k], k)*exp(x[i,j] - max(x[i,k], k))/sum(exp(x[i,l] - max(x[i,k], k)), l)",
)


def _equation(left: str, right: str) -> Equation:
    (found,) = derive.check(f"{HERE}claim {left} = {right}").results
    assert found, found
    assert found.statement is not None
    return found.statement


@pytest.mark.parametrize("before", CANCELS)
def test_an_extreme_that_cancels(before: str) -> None:
    stated = _equation(before, CANCELS[before])
    assert canonical(without_shifts(stated.left)) == canonical(stated.right)


@pytest.mark.parametrize("text", STAYS)
def test_an_extreme_that_stays(text: str) -> None:
    stated = _equation(text, text)
    assert canonical(without_shifts(stated.left)) == canonical(stated.left)


def test_ties_are_no_kinks_of_a_softmax() -> None:
    def forward(x: Any) -> Any:
        e = np.exp(x - x.max(axis=-1, keepdims=True))
        return e / e.sum(axis=-1, keepdims=True)

    def backward(g: Any, x: Any) -> Any:
        p = forward(x)
        return p * (g - (p * g).sum(axis=-1, keepdims=True))

    (found,) = derive.prove_vjp(forward, backward, "size n, m\nreal x[n,m]").results
    assert found
    assert not found.conditions
