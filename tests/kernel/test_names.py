"""No verdict hangs on what things are called, on the order of classes, or on how the softmax is written."""

from __future__ import annotations

import re

import pytest

from tests.kernel.asked import proved, refused

SOFTMAX = "exp(s[i])/sum(exp(s[k]), k)"
PROBLEM = """
size n
real s[n], c[n]
given sum(c[j], j) = 1
let p[i] = {softmax}
let E = -sum(c[j]*log(p[j]), j)
"""
TRUE = ("D(E, s[i]) = p[i] - c[i]", "D(E, s[i], s[j]) = p[i]*(delta(i,j) - p[j])", "sum(p[j], j) = 1")
FALSE = ("D(E, s[i]) = c[i] - p[i]", "D(E, s[i], s[j]) = p[i]*delta(i,j)", "sum(p[j], j) = n")

RENAMINGS = (
    {"s": "z", "c": "y", "p": "q", "E": "L", "n": "K", "i": "a", "j": "b", "k": "l"},
    {"s": "c", "c": "s", "p": "E", "E": "p", "n": "m", "i": "j", "j": "k", "k": "i"},
    {"s": "x", "c": "target", "p": "i", "E": "j", "n": "k", "i": "n", "j": "s", "k": "p"},
    {"s": "j_1", "c": "j_2", "p": "i_1", "E": "i_2", "n": "j_3", "i": "k_1", "j": "k_2", "k": "k"},
)

SHIFTED = (
    "exp(s[i] - max(s[k], k))/sum(exp(s[j] - max(s[k], k)), j)",
    "exp(s[i] - 7)/sum(exp(s[j] - 7), j)",
    "exp(s[i] + s[1])/sum(exp(s[j] + s[1]), j)",
    "1/sum(exp(s[j] - s[i]), j)",
    "exp(s[i] - log(sum(exp(s[j]), j)))",
    "softmax(s)[i]",
)


def renamed(text: str, names: dict[str, str]) -> str:
    """Return a text with whole words exchanged, all at once."""
    kept = {"size", "real", "given", "let", "claim", "sum", "exp", "log", "delta", "D", "max", "softmax"}
    return re.sub(r"[A-Za-z_]\w*", lambda m: m[0] if m[0] in kept else names.get(m[0], m[0]), text)


def claims(lines: tuple[str, ...]) -> str:
    return "".join(f"claim {line}\n" for line in lines)


@pytest.mark.parametrize("names", RENAMINGS, ids=lambda names: "".join(names.values()))
def test_every_symbol_renamed(names: dict[str, str]) -> None:
    problem = PROBLEM.format(softmax=SOFTMAX)
    assert proved(renamed(problem + claims(TRUE), names))
    assert refused(renamed(problem + claims(FALSE), names))


@pytest.mark.parametrize("softmax", SHIFTED)
def test_the_softmax_shifted(softmax: str) -> None:
    problem = PROBLEM.format(softmax=softmax)
    assert proved(problem + claims(TRUE))
    assert refused(problem + claims(FALSE))


@pytest.mark.parametrize("order", [(2, 3, 1), (3, 2, 1), (2, 1, 3)])
def test_the_classes_permuted(order: tuple[int, int, int]) -> None:
    """At a fixed size with the places written out: which class is which is the user's."""
    true = "D(E, s[1]) = p[1] - c[1]", "p[1] + p[2] = 1 - p[3]", "D(p[1], s[2]) = -p[1]*p[2]"
    false = "D(E, s[1]) = p[2] - c[2]", "p[1] + p[2] = p[3]", "D(p[1], s[2]) = p[1]*p[2]"
    problem = PROBLEM.format(softmax=SOFTMAX).replace("size n", "size n = 3")

    def permuted(lines: tuple[str, ...]) -> str:
        return re.sub(r"\[(\d)\]", lambda m: f"[{order[int(m[1]) - 1]}]", claims(lines))

    assert proved(problem + permuted(true))
    assert refused(problem + permuted(false))


def test_an_index_bound_and_free() -> None:
    declared = "size n\nreal s[n], W[n,n]\n"
    assert proved(declared + "claim D(sum(s[j]^2, j), s[j]) = 2*s[j]")
    assert proved(declared + "claim sum(s[i], i) + s[i] = s[i] + sum(s[j], j)")
    assert proved(declared + "claim sum(s[i]*sum(s[i], i), i) = sum(s[j], j)^2")
    assert proved(declared + "claim D(sum(W[i,j]*s[j], j), s[j]) = W[i,j]")
    assert refused(declared + "claim D(sum(s[j]^2, j), s[j]) = sum(2*s[j], j)")
    assert refused(declared + "claim sum(s[i]*sum(s[i], i), i) = sum(s[i]^2, i)")
    assert refused(declared + "claim D(sum(W[i,j]*s[j], j), s[j]) = sum(W[i,j], j)")


def test_repeated_indices() -> None:
    declared = "size n\nreal W[n,n], x[n]\n"
    assert proved(declared + "claim sum(W[j,j], j) = sum(W[i,i], i)")
    assert refused(declared + "claim sum(W[j,j], j) = sum(W[i,j], i, j)")
    assert proved(declared + "claim D(W[i,i], W[k,l]) = delta(i,k)*delta(i,l)")
    assert refused(declared + "claim D(W[i,i], W[k,l]) = delta(i,k)")
    assert proved(declared + "claim D(sum(W[j,j]^2, j), W[i,i]) = 2*W[i,i]")
    assert proved(declared + "claim sum(delta(j,k)*W[j,k], j, k) = sum(W[j,j], j)")
    assert refused(declared + "claim sum(delta(j,k)*W[j,k], j, k) = sum(W[j,k], j, k)")


@pytest.mark.parametrize("size", ["size n", "size n = 1"])
def test_one_class(size: str) -> None:
    """At n = 1 the softmax is 1 and the gradient 0; for every n it is not."""
    problem = PROBLEM.format(softmax=SOFTMAX).replace("size n", size)
    lines = claims(("p[i] = 1", "D(E, s[i]) = 0", "c[i] = 1"))
    assert proved(problem + lines) == ("=" in size)
    assert refused(problem + lines) == ("=" not in size)
