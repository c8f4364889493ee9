"""The strategies draw what they promise."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, find, given, settings
from hypothesis import strategies as st

from derive import testing
from derive.reading.text import read
from derive.terms import Big, Delta, Derivative, Entry, Term, free_indices, walk
from derive.testing import one_hot, problems, scores, simplex_points
from derive.testing.points import Drawn, points


@given(simplex_points())
def test_a_simplex_point_sums_to_one_exactly(point: list[float]) -> None:
    assert sum(map(Fraction, point)) == 1
    assert min(point) >= 0


@given(simplex_points(3, interior=True))
def test_an_inner_point_has_no_zero(point: list[float]) -> None:
    assert len(point) == 3
    assert min(point) > 0
    assert sum(map(Fraction, point)) == 1


@given(one_hot())
def test_a_target_is_hot_once(target: list[float]) -> None:
    assert sorted(target, reverse=True) == [1.0, *[0.0] * (len(target) - 1)]


def test_scores_may_be_too_much_for_exp() -> None:
    assert find(scores(2), lambda s: max(s) > 710) is not None
    assert find(scores(2), lambda s: s[0] == s[1]) == [0.0, 0.0]


@given(scores(4, extreme=False))
def test_scores_may_be_kept_tame(s: list[float]) -> None:
    assert len(s) == 4
    assert max(map(abs, s)) <= 8


@settings(max_examples=15, suppress_health_check=list(HealthCheck))
@given(problems(depth=1))
def test_a_problem_is_read(text: str) -> None:
    (problem,) = read(text, "<drawn>")
    assert not problem.failures
    assert len(problem.claims) == 1


(PROBLEM,) = read(
    "size n >= 2\nreal x[n]\nreal u in (0, 1)\npositive c[n]\n"
    "given sum(c[j], j) = 1\nsimplex q[n]\nlabel t: n\nlabel r: n\ngiven t != r\n"
    "given sum(x[j], j) = 3\nclaim u = u\n",
    "<context>",
)
CONTEXT = PROBLEM.context


@given(points(CONTEXT))
def test_a_point_satisfies_everything(drawn: Drawn) -> None:
    assert drawn.sizes["n"] >= 2
    assert drawn.labels["t"] != drawn.labels["r"]
    assert sum(map(Fraction, drawn.values["x"])) == 3
    assert sum(map(Fraction, drawn.values["q"])) == 1
    assert sum(map(Fraction, drawn.values["c"])) == 1
    assert min(drawn.values["c"]) > 0
    assert 0 < drawn.values["u"] < 1


def _nested(node: Term) -> bool:
    return any(
        isinstance(outer, Big) and any(isinstance(inner, Big) for inner in walk(outer.body))
        for outer in walk(node)
    )


@pytest.mark.parametrize(
    "wanted",
    [
        _nested,
        lambda node: any(isinstance(part, Delta) for part in walk(node)),
        lambda node: any(isinstance(part, Derivative) and len(part.variables) > 1 for part in walk(node)),
        lambda node: any(isinstance(part, Big) and part.binders[0].excluded for part in walk(node)),
        lambda node: any(
            isinstance(part, Entry) and len(set(part.indices)) < len(part.indices) for part in walk(node)
        ),
    ],
    ids=["a sum in a sum", "a delta", "a second derivative", "an index left out", "a diagonal entry"],
)
def test_expressions_reach_what_engines_break_on(wanted: Callable[[Term], bool]) -> None:
    context = read("size n\nreal x[n], W[n,n]\nclaim x[i] = x[i]")[0].context
    strategy = testing.index_expressions(context)
    assert find(strategy, wanted, settings=settings(max_examples=5000, deadline=None)) is not None


@settings(max_examples=30)
@given(st.data())
def test_a_scalar_expression_has_no_free_index(data: st.DataObject) -> None:
    term = data.draw(testing.scalar_expressions(CONTEXT))
    assert {i.name for i in free_indices(term) if isinstance(i.name, str)} <= {"t", "r"}


def test_all_names_are_there() -> None:
    assert all(getattr(testing, name) is not None for name in testing.__all__)
    with pytest.raises(AttributeError):
        testing.nothing  # noqa: B018 - asking is the test


def test_without_hypothesis_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> object:
        raise ModuleNotFoundError("No module named 'hypothesis'", name="hypothesis")

    monkeypatch.setattr("importlib.import_module", missing)
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'derivation-verifier\[test\]'"):
        testing.scores  # noqa: B018 - asking is the test


def test_points_come_from_a_strategy() -> None:
    assert isinstance(points(CONTEXT), st.SearchStrategy)
