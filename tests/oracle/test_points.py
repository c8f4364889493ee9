"""Points: each satisfies every declaration and hypothesis, exactly or in a ball proved to hold a solution."""

from __future__ import annotations

import copy
from dataclasses import replace
from fractions import Fraction

import pytest

from derive.oracle import Enclosed, Logarithm, Point, Rational, SearchBudget, Surd, Value, holds
from derive.oracle import quantities as q
from derive.oracle.points import as_value
from derive.oracle.sampling import EntryValues
from derive.oracle.session import Search
from tests.oracle.claims import claim, examined, refuted

F = Fraction


def points(declarations: str, sizes: dict[str, int], strategies: int = 24) -> list[EntryValues]:
    """Return the points drawn for some declarations, as texts by entry."""
    found = claim(f"{declarations}\nclaim 0 = 0")
    context = found.context
    # A claim that mentions nothing needs nothing: draw for every declared variable.
    search = Search(found.equation, context, SearchBudget())
    search.scope = replace(search.scope, variables=tuple(context.variables.values()))
    sampler = search.session(sizes, dict.fromkeys(context.labels, 1)).sampler
    assert sampler is not None
    samples = [sampler.sample(strategy) for strategy in range(strategies)]
    return [sample.values for sample in samples if sample is not None]


def rational(value: Value) -> Fraction:
    assert isinstance(value, Rational)
    return value.value


def test_reals_are_tried_at_0_all_equal_and_all_different() -> None:
    found = [tuple(v.text for v in one.values()) for one in points("size n\nreal x[n]", {"n": 3})]
    assert ("0", "0", "0") in found
    assert any(one[0] == one[1] == one[2] != "0" for one in found)
    assert sum(len(set(one)) == 3 for one in found) > 5
    assert ("0", "0", "log(2)") in found


def test_bounds_hold_and_closed_ends_are_tried() -> None:
    inside = [rational(one["x", ()]) for one in points("real x in [0, 1/3)", {})]
    assert all(0 <= value < F(1, 3) for value in inside)
    assert 0 in inside
    assert len(set(inside)) > 5
    angles = points("real x in (-pi/2, pi/2)", {})
    with q.precision(96):
        assert all(abs(q.ball(one["x", ()].number())) < 1.5708 for one in angles)
    assert all(
        rational(one["x", ()]) != 0 for one in points("real x != 0", {}) if isinstance(one["x", ()], Rational)
    )


def test_simplex_points_are_on_the_boundary_and_inside() -> None:
    found = [tuple(map(rational, one.values())) for one in points("size n\nsimplex q[n]", {"n": 3})]
    assert all(sum(one) == 1 and min(one) >= 0 for one in found)
    assert any(max(one) == 1 for one in found)
    assert sum(min(one) > 0 for one in found) > 4


def test_one_hot_rows_are_one_hot_each() -> None:
    found = points("size N, n\nonehot y[N,n]", {"N": 2, "n": 3})
    assert found
    rows = {tuple(rational(one["y", (a, k)]) for k in (1, 2, 3)) for one in found for a in (1, 2)}
    assert sorted(map(list, rows)) == [[0, 0, 1], [0, 1, 0], [1, 0, 0]]


def test_positive_entries_with_a_given_sum() -> None:
    found = points("size N, n\npositive Y[N,n]\ngiven sum(Y[a,j],j) = 1", {"N": 2, "n": 3})
    assert len(found) > 15
    for one in found:
        for a in (1, 2):
            row = [rational(one["Y", (a, k)]) for k in (1, 2, 3)]
            assert sum(row) == 1
            assert min(row) > 0


def test_linear_hypotheses_are_solved_together() -> None:
    doubly = "size n\nreal A[n,n]\ngiven sum(A[i,j],j) = 1\ngiven sum(A[i,j],i) = 1"
    found = points(doubly, {"n": 3})
    assert len(found) > 15
    both = points("real x, y\ngiven x + y = 1\ngiven x - y = 1/3", {})
    assert {(rational(one["x", ()]), rational(one["y", ()])) for one in both} == {(F(2, 3), F(1, 3))}
    symmetric = points("size d\nreal W[d,d]\ngiven W[i,j] = W[j,i]", {"d": 3})
    assert len(symmetric) > 20
    assert all(one["W", (1, 2)] == one["W", (2, 1)] for one in symmetric)


def test_polynomial_hypotheses_give_exact_or_enclosed_roots() -> None:
    signs = points("size n\nreal t[n]\ngiven t[i]^2 = 1", {"n": 2})
    samples = {tuple(map(rational, one.values())) for one in signs}
    assert sorted(map(list, samples)) == [[-1, -1], [-1, 1], [1, -1], [1, 1]]
    root = points("real x\ngiven x^2 = 2", {})[0]["x", ()]
    assert isinstance(root, Surd)
    assert root.text in ("sqrt(2)", "-sqrt(2)")
    cube = points("real x\ngiven x^3 = 2", {})[0]["x", ()]
    assert isinstance(cube, Enclosed)
    assert cube.low**3 < 2 < cube.high**3
    product = points("real x, y\ngiven x*y = 0", {})
    assert any(one["x", ()] != Rational(F(0)) for one in product)
    assert any(one["y", ()] != Rational(F(0)) for one in product)
    assert points("real x\ngiven x^2 = -1", {}) == []
    assert points("real x\ngiven x^2 = 2\ngiven x > 2", {}) == []


def test_other_hypotheses_give_a_bracket_in_which_the_sign_changes() -> None:
    assert points("real x\ngiven exp(x) = 2", {})[0]["x", ()] == Logarithm(F(2))
    found = points("real x\ngiven tanh(x) = 1/2", {})[0]["x", ()]
    assert isinstance(found, Enclosed)
    assert found.text == "0.5493061443"
    assert found.high - found.low < F(1, 2**q.FINEST)
    assert points("real x\ngiven sign(x) = 1/2", {}) == []  # it jumps over 1/2


@pytest.mark.parametrize(
    "declarations",
    [
        "real x\ngiven abs(x) > 1",
        "size n\nreal A[n], B[n]\ngiven A[i] > B[i]",
        "real x, y\ngiven x != y",
        "real x, y\ngiven x^2 + y^2 = 1",
        "size n\nreal x[n]\ngiven sum(x[j],j) = 0\ngiven sum(x[j]^2,j) = 2",
        "size n\nreal Q[n,n]\ngiven sum(Q[i,k]*Q[j,k],k) = delta(i,j)",
        "size n\nsimplex q[n]\nlabel t: n\ngiven q[t] > 1/2",
        "size N\nreal y[N]\ngiven y[u]^2 = y[u]",
    ],
)
def test_what_is_drawn_satisfies_the_hypotheses(declarations: str) -> None:
    context = claim(f"{declarations}\nclaim 0 = 0").context
    sizes = dict.fromkeys(context.sizes, 2)
    found = points(declarations, sizes)
    assert found
    labels = dict.fromkeys(context.labels, 1)
    for one in found:
        values: dict[str, object] = {}
        for name, variable in context.variables.items():
            if not variable.dims:
                values[name] = one[name, ()]
            elif len(variable.dims) == 1:
                values[name] = tuple(one[name, (k,)] for k in (1, 2))
            else:
                values[name] = tuple(tuple(one[name, (a, k)] for k in (1, 2)) for a in (1, 2))
        point = Point(sizes, labels, values)
        for hypothesis in context.hypotheses:
            outcome = holds(hypothesis.condition, context, point)
            exact = all(isinstance(v, (Rational, Logarithm)) for v in one.values())
            assert outcome is True or (outcome is None and not exact)


def test_a_rounded_root_refutes_nothing_and_a_wrong_digit_is_refuted() -> None:
    assert not refuted("real x\ngiven x^2 = 2\nclaim x^4 = 4")
    assert refuted("real x\ngiven x^2 = 2\nclaim x^4 = 4 + 1/10^15")
    assert refuted("real x\ngiven x^3 = 2\nclaim x^6 = 4 - 1/10^15")


def test_two_hypotheses_that_only_balls_satisfy_are_not_taken_for_true() -> None:
    # The second is false at the root of the first by 10^-90, which no ball of the check sees.
    found = examined("real x\ngiven x^3 = 2\ngiven x^6 = 4 + 1/10^90\nclaim x = 0")
    assert found.counterexample is None
    assert not found.witnesses


def test_plain_numbers_are_values() -> None:
    assert as_value(2) == Rational(F(2))
    assert as_value(F(1, 2)).text == "1/2"
    assert Logarithm(F(1, 2)).text == "-log(2)"
    assert Surd(F(1, 2), F(-3, 2), F(5)).text == "1/2 - 3*sqrt(5)/2"


def test_some_points_keep_a_whole_array_in_one_range() -> None:
    """Σ log(1 - x_i) has a value only where no entry reaches 1: entries drawn one by one rarely do that."""
    samples = [list(one.values()) for one in points("size n\npositive x[n]", {"n": 5}, 48)]
    found = [list(map(rational, one)) for one in samples if all(isinstance(value, Rational) for value in one)]
    assert sum(max(one) < 1 for one in found) >= 2
    assert sum(min(one) > 1 for one in found) >= 2


def test_a_value_is_copied_before_and_after_its_number_was_asked_for() -> None:
    value = Rational(F(1, 3))
    for _ in range(2):
        assert copy.copy(value) == copy.deepcopy(value) == value
        assert {value, Rational(F(1, 3))} == {value}
        value.number()
