"""Sums of products over many indices, taken index by index: the same values, and none where there was none."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import product
from typing import Any

import pytest

from derive.oracle import elimination, ground
from derive.problem.problems import Show
from derive.reading.text import read
from derive.terms import Big
from tests.oracle.claims import agrees, exactly, refuted, value

HEAD = "size n, m\nreal x[n], W[n,n], V[n,m], y\n"
TERMS = (
    "sum(W[i,j]*W[j,k]*W[k,i], i, j, k)",
    "sum(W[i,j]*x[j]*V[k,l]*y, i, j, k, l)",
    "sum(W[i,j]*W[j,k]/x[k]*V[k,l], i, j, k, l)",
    "sum(x[i]*sum(W[j,i]*x[k], i)*V[k,l], i, j, k, l)",
    "sum(W[i,j]*where(x[k] > 0, V[k,l], 1/y), i, j, k, l)",
    "sum(log(x[i])*W[j,k]*W[k,l], i, j, k, l)",
    "sum(2*W[i,j]*W[i,j], i, j, k: n, l: m)",
    "sum(delta(i,j)*delta(j,k)*W[i,k]*V[l,a], i, j, k, l, a)",
    "D(sum(W[i,j]*x[j]*x[k]*abs(x[l]), i, j, k, l), x[1])",
    "sum(x[i]*W[i,j]*max(W[j,k], k)*W[k,l], i, j, k, l)",
    "sum(W[i,j]*W[j,k]*W[k,l], i, j, k, l != i)",
)


def some(draw: random.Random, *sizes: int) -> Any:
    """Return an array of small numbers, 0 among them, or one of them."""
    if not sizes:
        return Fraction(draw.choice((-2, -1, 0, 1, 1, 2, 3)))
    return [some(draw, *sizes[1:]) for _ in range(sizes[0])]


@pytest.mark.parametrize("term", TERMS)
def test_the_value_is_the_same(term: str, monkeypatch: pytest.MonkeyPatch) -> None:
    draw = random.Random(term)  # noqa: S311 - the same points each time
    seen = set()
    for n, m in [*product((1, 2, 3), (1, 2))] * 6:
        arrays = {"x": some(draw, n), "W": some(draw, n, n), "V": some(draw, n, m), "y": some(draw)}
        monkeypatch.setattr(ground, "MANY", 10**9)
        whole = value(HEAD, term, n=n, m=m, **arrays)
        monkeypatch.setattr(ground, "MANY", 1)
        apart = value(HEAD, term, n=n, m=m, **arrays)
        assert (whole is None) == (apart is None), arrays
        if whole is not None and apart is not None:
            assert exactly(apart - whole, 0), arrays
        seen.add(whole is None)
    assert seen == ({True, False} if any(part in term for part in ("/", "log", "D(")) else {False})


def test_each_index_has_a_sum_of_its_own() -> None:
    (problem,) = read(HEAD + "show sum(W[i,j]*W[j,k]*V[k,l]*x[i], i, j, k, l)")
    (shown,) = (item for item in problem.items if isinstance(item, Show))
    assert isinstance(shown.term, Big)
    assert str(elimination.nested(shown.term)) == "sum(sum(V[k,l]*sum(W[j,k]*sum(W[i,j]*x[i], i), j), k), l)"


def test_a_chain_of_twenty_matrices() -> None:
    indices = [f"i{k}" for k in range(21)]
    chain = "*".join(f"W{k}[{indices[k]},{indices[k + 1]}]" for k in range(20))
    head = f"size n\nreal {', '.join(f'W{k}[n,n]' for k in range(20))}\n"
    total = f"sum({chain}, {', '.join(indices)})"
    assert agrees(f"{head}claim {total} = {total}")
    assert refuted(f"{head}claim {total} = 2*{total}")
