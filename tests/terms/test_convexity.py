"""Convexity, monotonicity and Lipschitz bounds as the inequalities that they say."""

from __future__ import annotations

import pytest

from derive.errors import IllPosedError
from derive.reading.text import read, read_term
from derive.terms import Context, Relation
from derive.terms.convexity import written_out


def _context(text: str) -> Context:
    return read(text)[0].context


@pytest.mark.parametrize(
    ("name", "relation", "left", "right"),
    [
        ("convex", "<=", "(t*x + (1 - t)*u)^2", "t*x^2 + (1 - t)*u^2"),
        ("concave", ">=", "(t*x + (1 - t)*u)^2", "t*x^2 + (1 - t)*u^2"),
        ("increasing", "<=", "x^2", "u^2"),
        ("decreasing", ">=", "x^2", "u^2"),
    ],
)
def test_a_property_is_written_out(name: str, relation: str, left: str, right: str) -> None:
    context = _context("positive x")
    equation, around = written_out(name, read_term("x^2", context), ["x"], context)
    assert (str(equation.left), equation.relation, str(equation.right)) == (left, Relation(relation), right)
    assert around.variables["u"].bounds == context.variables["x"].bounds


def test_the_second_point_takes_names_that_are_free() -> None:
    context = _context("size n\nreal x[n], u[n], t\nlet E = sum(t*x[v]^2 + u[v], v)")
    equation, around = written_out("convex", read_term("E", context), ["x"], context)
    assert str(equation.left) == "sum(t*(theta*x[v] + (1 - theta)*w[v])^2 + u[v], v)"
    assert around.variables["w"].dims == ("n",)


@pytest.mark.parametrize(
    ("text", "term", "variable", "said"),
    [
        ("real x != 0", "x^2", "x", "no convex set"),
        ("size n\nonehot y[n]", "sum(y[j], j)", "y", "no convex set"),
        ("real x\ngiven x^2 = 1", "x^2", "x", "restricts"),
        ("real x", "D(x^2, x)", "x", "without derivatives"),
        ("real x\nlet y = 2*x", "y", "y", "declared variables"),
    ],
)
def test_where_a_property_says_nothing_clear_it_is_refused(
    text: str, term: str, variable: str, said: str
) -> None:
    context = _context(text)
    with pytest.raises(IllPosedError, match=said):
        written_out("convex", read_term(term, context), [variable], context)


def test_monotone_is_said_of_scalars() -> None:
    context = _context("size n\nreal x[n]")
    with pytest.raises(IllPosedError, match="scalar"):
        written_out("increasing", read_term("sum(x[j], j)", context), ["x"], context)
