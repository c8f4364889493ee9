"""The form in which code is claimed: sigmoids by their name, and choices by the label of a sample outside."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import derive
from derive.reading.text import read_term
from derive.terms import Apply, Where, parts
from derive.tracing.forms import as_formula
from derive.tracing.hoisting import with_choices_outside
from derive.tracing.inputs import declared
from derive.tracing.sigmoids import with_sigmoids

HERE = "size n, C\nreal x[n], u[n], z\nlabel y[n]: C\nlabel t: C\n"
CONTEXT = declared(HERE)

NAMED = {
    "1/(1 + exp(-z))": "sigmoid(z)",
    "1/(exp(-z) + 1)": "sigmoid(z)",
    "exp(z)/(1 + exp(z))": "sigmoid(z)",
    "exp(-z)/(1 + exp(-z))^2": "sigmoid(-z)*sigmoid(z)",
    "1/(1 + exp(2*z))^2": "sigmoid(-2*z)^2",
    "log(1/(1 + exp(-z)))": "log(sigmoid(z))",
    "sum(x[i]/(1 + exp(-x[i])), i)": "sum(x[i]*sigmoid(x[i]), i)",
}
UNNAMED = ("1/(2 + exp(-z))", "1/(1 - exp(-z))", "1 + exp(-z)", "exp(z)/(1 + exp(z))^(1/2)", "exp(z)/(1 + z)")

CHOSEN = (
    "log(where(y[1] = 1, sigmoid(z), 1 - sigmoid(z)))",
    "where(y[1] = 1, z, x[1])^2",
    "exp(where(y[1] = 1, z, x[1]) + 2*where(y[1] = 1, x[1], 1))",
    "(1 - delta(y[1],1)*z)^2*where(y[1] = 1, 1/z, z)",
    "sum(exp(where(y[i] = 1, x[i], u[i])), i)",
    "where(y[1] = 1, log(z), 1/x[1])",
)


def _proved(before: str, after: str) -> bool:
    (found,) = derive.check(f"{HERE}claim {before} = {after}").results
    return str(found.verdict) == "proved"


@pytest.mark.parametrize("written", NAMED)
def test_sigmoids_get_their_name(written: str) -> None:
    found = with_sigmoids(read_term(written, CONTEXT))
    assert str(found) == str(read_term(NAMED[written], CONTEXT))
    assert _proved(written, str(found))


@pytest.mark.parametrize("written", UNNAMED)
def test_what_is_no_sigmoid_has_none(written: str) -> None:
    assert "sigmoid" not in str(with_sigmoids(read_term(written, CONTEXT)))


@pytest.mark.parametrize("written", CHOSEN)
def test_a_choice_by_a_label_is_the_same_outside(written: str) -> None:
    found = with_choices_outside(read_term(written, CONTEXT))
    inside = [one for part in parts(found) if isinstance(part, Apply) for one in parts(part)[1:]]
    assert not any(isinstance(one, Where) for one in inside)
    assert _proved(written, str(found))


def test_a_branch_without_a_value_stays_a_branch() -> None:
    """As a sum with deltas it would ask for a value where the other branch is taken."""
    text = "where(y[1] = 1, log(z), 1/x[1])"
    assert any(isinstance(part, Where) for part in parts(as_formula(read_term(text, CONTEXT))))
    assert not any(
        isinstance(part, Where) for part in parts(as_formula(read_term("where(y[1] = 1, z, x[1])", CONTEXT)))
    )


def test_several_choices_are_not_written_out() -> None:
    written = read_term("exp(where(y[1] = 1, log(z), 0) + where(y[1] = t, log(z), 0))", CONTEXT)
    assert as_formula(written) == written


# ---- what the trace gives on the way


def test_positions_along_a_product_take_the_order_of_the_axis() -> None:
    def swapped(S: Any, y: Any) -> Any:
        N, T, C = S.shape
        flat = np.transpose(S, (1, 0, 2)).reshape(T * N, C)
        return flat[np.arange(N * T), y.reshape(N * T)].sum()

    (found,) = derive.prove_gradient(
        swapped, lambda S, y: S, "size N, T, C\nreal S[N,T,C]\nlabel y[N,T]: C"
    ).results
    assert found.verdict == "error", found  # the labels are in the other order


@pytest.mark.parametrize(
    "use",
    [lambda places: places + 1, lambda places: places[0], lambda places: places * 1.0],
    ids=["sum", "entry", "product"],
)
def test_positions_along_a_product_are_an_index_alone(use: Any) -> None:
    (found,) = derive.prove_gradient(
        lambda x: np.sum(x * use(np.arange(x.shape[0] * x.shape[1]))), lambda x: x, "size n, m\nreal x[n,m]"
    ).results
    assert found.verdict == "error"
    assert "n*m" in str(found.message) or "product" in str(found.message)


def test_known_lengths_are_calculated_with() -> None:
    def windows(x: Any) -> Any:
        length = x.shape[0]
        assert length % 2 == 0
        return sum(np.prod(x[k : k + length // 2]) for k in range(length - length // 2 + 1))

    def gradient(x: Any) -> Any:
        a, b, c, d = x
        return np.stack([b, a + c, b + d, c])

    assert derive.prove_gradient(windows, gradient, "size n = 4\nreal x[n]")
    assert not derive.prove_gradient(windows, lambda x: 2 * gradient(x), "size n = 4\nreal x[n]")


def test_code_that_changes_is_refused_and_the_order_of_a_sum_is_no_change() -> None:
    calls: list[int] = []

    def in_turn(x: Any) -> Any:
        calls.append(1)
        parts_ = [x, np.exp(x)] if len(calls) % 2 else [np.exp(x), x]
        return np.sum(parts_[0] + parts_[1])

    assert derive.prove_gradient(in_turn, lambda x: 1 + np.exp(x), "size n\nreal x[n]")

    def another(x: Any) -> Any:
        calls.append(1)
        return np.sum(x if len(calls) % 2 else 2 * x)

    (found,) = derive.prove_gradient(another, lambda x: x, "size n\nreal x[n]").results
    assert found.verdict == "error"


def test_gradients_under_the_names_that_people_give_them() -> None:
    def loss(w: Any, b: Any, x: Any) -> Any:
        return np.sum((x @ w + b) ** 2) / 2

    def gradients(w: Any, b: Any, x: Any) -> Any:
        r = x @ w + b
        return {"dw": x.T @ r, "grad_b": r.sum()}

    declare = "size n, d\nreal w[d], b, x[n,d]"
    report = derive.prove_gradient(loss, gradients, declare)
    assert report, report
    assert [str(one.statement.left) for one in report.results if one.statement] == [
        "D(loss, w[i])",
        "D(loss, b)",
    ]
    assert not derive.prove_gradient(loss, lambda w, b, x: {"dw": x.T @ (x @ w)}, declare)
    (found,) = derive.prove_gradient(loss, lambda w, b, x: {"dv": w}, declare).results
    assert "there is a gradient by dv" in str(found.message)
    (found,) = derive.prove_gradient(loss, lambda w, b, x: {"dw": w, "d_w": w}, declare).results
    assert "two gradients by w" in str(found.message)
