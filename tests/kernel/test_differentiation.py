"""Differentiation and the removal of D: total, ambient, and without capture."""

from __future__ import annotations

import pytest

from derive.errors import IllPosedError
from derive.kernel.differentiation import differentiate, resolve
from derive.reading.text import read, read_term
from derive.terms import Derivative, Entry, free_indices, same, walk

DECLARED = """
size n, m
real s[n], W[n,m], u, v
function f
let p[i] = exp(s[i])/sum(exp(s[k]), k)
let E = sum(s[j]*p[j], j)
"""
(PROBLEM,) = read(DECLARED)
CONTEXT = PROBLEM.context

RESOLVED = (
    ("D(u, u)", "1"),
    ("D(u, v)", "0"),
    ("D(s[j], s[i])", "delta(j,i)"),
    ("D(s[i], s[i])", "1"),
    ("D(W[j,k], W[i,l])", "delta(j,i)*delta(k,l)"),
    ("D(u^3, u)", "3*u^2"),
    ("D(u^2, u)", "2*u"),
    ("D(1/u, u)", "-1*u^(-2)"),
    ("D(u*v, u)", "v"),
    ("D(u*v, u, v)", "1"),
    ("D(exp(u*v), u)", "exp(u*v)*v"),
    ("D(f(u), u)", "f'(u)"),
    ("D(f(u*v), u, u)", "f''(u*v)*v*v"),
    ("D(sum(s[j], j), s[i])", "sum(delta(j,i), j)"),
    ("D(sum(s[i], i), s[i])", "sum(delta(j,i), j)"),
    ("D(sum(u, j: n), u)", "sum(1, j: n)"),
    ("D(prod(s[j], j), s[i])", "sum(delta(j,i)*prod(s[k], k != j), j)"),
    ("D(max(s[j], j), s[i])", "sum(where(s[j] >= max(s[k], k), delta(j,i), 0), j)"),
    ("D(where(u > 0, u, v), u)", "where(u > 0, 1, 0)"),
    ("D(where(u > 0, v, v), u)", "0"),
    ("D(sum(D(s[j]^2, s[j]), j), s[i])", "sum(2*delta(j,i), j)"),
)


@pytest.mark.parametrize(("derivative", "expected"), RESOLVED)
def test_resolved(derivative: str, expected: str) -> None:
    # An anchor tells the sizes of indices that nothing else does.
    anchor = " + 0*s[i] + 0*s[j] + 0*W[i,k] + 0*W[i,l]"
    left = resolve(read_term(derivative + anchor, CONTEXT), CONTEXT)
    right = resolve(read_term(expected + anchor, CONTEXT), CONTEXT)
    assert same(left, right), f"{left} is not {right}"


@pytest.mark.parametrize(
    "text", ["D(E, s[i])", "D(E, s[j])", "D(E, p[j])", "D(E, p[k], s[j])", "D(D(p[j], s[j]), s[j])"]
)
def test_nothing_remains(text: str) -> None:
    """No D and no defined name is left, and the free indices are those that were."""
    term = read_term(text, CONTEXT)
    done = resolve(term, CONTEXT)
    assert not any(isinstance(node, Derivative) for node in walk(done))
    assert not any(isinstance(node, Entry) and node.name in CONTEXT.definitions for node in walk(done))
    assert set(free_indices(done)) <= set(free_indices(term))


def test_a_defined_name_is_held() -> None:
    """By p everything else is fixed: s itself, on which E depends as well, does not move."""
    done = resolve(read_term("D(E, p[i])", CONTEXT), CONTEXT)
    assert same(done, resolve(read_term("sum(s[j]*delta(j,i), j)", CONTEXT), CONTEXT))


def test_no_rule_is_an_error() -> None:
    with pytest.raises(IllPosedError, match="besselj"):
        resolve(read_term("D(besselj(u, v), u)", CONTEXT), CONTEXT)


@pytest.mark.parametrize(
    "text",
    [
        "D(h*u, u, h)",
        "D(D(h^2, u), h)",
        "D(D(u + h, u), h)",
        "D(E, s[i], p[j])",
        "sum(D(E, s[i], p[j]), j)",
        "D(g*h, h, g)",
    ],
)
def test_what_depends_on_the_variable_within_is_not_held_around_it(text: str) -> None:
    """Held fixed it would give one value, and varied another: nothing is said of either."""
    (problem,) = read(DECLARED + "let h = u^2\nlet g = h + u\n")
    with pytest.raises(IllPosedError, match="two readings"):
        resolve(read_term(text, problem.context), problem.context)


def test_a_variable_is_not_met_by_name_alone() -> None:
    (i, j) = free_indices(read_term("s[i]*s[j]", CONTEXT))
    assert str(differentiate(Entry("s", (j,)), Entry("s", (i,)))) == "delta(j,i)"
    assert str(differentiate(Entry("s", (j,)), Entry("u"))) == "0"


@pytest.mark.parametrize(
    ("derivative", "slope"),
    [("D(sigmoid(u), u)", "sigmoid(u)*(1 - sigmoid(u))"), ("D(tanh(u), u)", "1 - tanh(u)^2")],
)
def test_the_slope_of_a_function_with_a_definition_is_in_its_own_terms(derivative: str, slope: str) -> None:
    """So a page reads sigmoid(u)*(1 - sigmoid(u)) and not the quotient that it stands for."""
    assert str(resolve(read_term(derivative, CONTEXT), CONTEXT)) == slope
