"""Each rewrite of the normal form: that it is made, and that it is not on the near miss."""

from __future__ import annotations

import pytest

from derive.errors import LimitError
from derive.kernel.normal_form import labelling
from derive.kernel.normal_form.powers import PowerRing
from derive.kernel.signs.analysis import sign_of
from derive.kernel.signs.facts import NONNEGATIVE
from tests.kernel.normal_form.forms import form, same, term

EQUAL = (
    # sums: sifting, factors that move out, splitting, flattening, counting
    ("sum(delta(i,j)*x[j], j)", "x[i]"),
    ("sum(u*x[j], j)", "u*sum(x[k], k)"),
    ("sum(x[j]*y[k], j, k)", "sum(x[j], j)*sum(y[j], j)"),
    ("sum(sum(W[j,k]*x[k], k)*y[j], j)", "sum(W[j,k]*x[k]*y[j], k, j)"),
    ("sum(1, j: n)", "n"),
    ("sum(x[i], j: m)", "m*x[i]"),
    ("sum(W[j,k]*W[k,j], j, k)", "sum(W[k,j]*W[j,k], j, k)"),
    ("sum(W[i,j]*W[j,k]*W[k,i], i, j, k)", "sum(W[k,i]*W[j,k]*W[i,j], j, k, i)"),
    ("sum(x[j]*delta(j,k)*W[j,k], j, k)", "sum(x[j]*W[j,j], j)"),
    ("sum(sin(x[j] - x[k]), j, k)", "0"),
    ("sum(x[j], j != i)", "sum(x[j], j) - x[i]"),
    ("sum(exp(x[j]), j)/sum(exp(x[k]), k)", "1"),
    ("sum(exp(x[j] + u), j)", "exp(u)*sum(exp(x[j]), j)"),
    ("sum(exp(x[j])/sum(exp(x[k]), k), j)", "1"),
    ("sum(exp(W[k,i])/sum(exp(W[k,j]), j), i, k)", "n"),
    # deltas
    ("delta(i,j)*x[j]", "delta(i,j)*x[i]"),
    ("delta(i,j)^2*x[i]*y[j]", "delta(j,i)*x[i]*y[i]"),
    ("x[i]*delta(i,j)*delta(j,k)", "x[k]*delta(i,k)*delta(k,j)"),
    ("exp(delta(i,j)*x[i])", "delta(i,j)*exp(x[j]) + 1 - delta(i,j)"),
    # exponentials, logarithms, powers
    ("exp(u + v)", "exp(u)*exp(v)"),
    ("exp(2*u)", "exp(u)^2"),
    ("f(u^2/(1 + u^2))", "f(1 - 1/(1 + u^2))"),
    ("log(exp(u)*2)", "u + log(2)"),
    ("log(6)", "log(2) + log(3)"),
    ("sqrt(12)", "2*sqrt(3)"),
    ("(u^2)^(3/2)", "sqrt(u^2)*u^2"),
    ("log(1 - sigmoid(u))", "-log(1 + exp(u))"),
    ("1/(1 - 1/(1 + exp(-u)))", "1 + exp(u)"),
    ("sin(u)^2 + cos(u)^2", "1"),
    ("sin(-u)", "-sin(u)"),
    # products, extreme values
    ("exp(v*u^2/(1 + u^2))", "exp(v)/exp(v/(1 + u^2))"),
    ("prod(exp(x[j]), j)", "exp(sum(x[k], k))"),
    ("prod(x[j]*y[j], j)", "prod(y[k], k)*prod(x[k], k)"),
    ("max(x[j] + u, j)", "u + max(x[k], k)"),
    ("prod(1, j: n) + prod(0, j: m)", "1"),
)

DIFFERENT = (
    ("sum(delta(i,j)*x[j], j)", "sum(x[j], j)"),
    ("sum(x[j]*y[j], j)", "sum(x[j], j)*sum(y[j], j)"),
    ("sum(sum(W[j,k]*x[k], k)*y[j], j)", "sum(W[k,j]*x[k]*y[j], k, j)"),
    ("sum(x[i], j: m)", "n*x[i]"),
    ("sum(W[j,k]*W[k,j], j, k)", "sum(W[j,k]*W[j,k], j, k)"),
    ("sum(W[i,j]*W[j,k]*W[k,i], i, j, k)", "sum(W[i,j]*W[k,j]*W[k,i], i, j, k)"),
    ("sum(exp(sum(W[j,k]*x[k], k)), j)", "sum(exp(sum(W[k,j]*x[k], k)), j)"),
    ("sum(exp(sum(W[j,k]*x[k], k)), j)", "sum(exp(sum(W[j,k]*x[j], k)), j)"),
    ("sum(sin(x[j] - x[k])*x[j], j, k)", "0"),
    ("sum(cos(x[j] - x[k]), j, k)", "n^2"),
    ("sum(x[j], j != i)", "sum(x[j], j)"),
    ("delta(i,j)*x[j]", "x[i]"),
    ("delta(i,j)*x[i]*delta(k,l)*y[l]", "delta(i,j)*x[i]*delta(j,k)*y[l]"),
    ("exp(u*v)", "exp(u)*exp(v)"),
    ("f(u^2/(1 + u^2))", "f(1 + 1/(1 + u^2))"),
    ("log(u + v)", "log(u) + log(v)"),
    ("sqrt(u^2)", "u"),
    ("(u^2)^(1/4)", "u^2"),
    ("sqrt(u + v)", "sqrt(u) + sqrt(v)"),
    ("sin(u)^2 - cos(u)^2", "1"),
    ("cos(-u)", "-cos(u)"),
    ("prod(x[j] + y[j], j)", "prod(x[j], j) + prod(y[j], j)"),
    ("prod(W[i,j], j)", "prod(W[j,i], j)"),
    ("prod(2, j: n)", "2"),
    ("exp(v*u^2/(1 + u^2))", "exp(v)/exp(v*(1 + u^2))"),
    ("prod(-1, j: n)", "-1"),
    ("sqrt(u^1000 + u^2 + 2)", "u^1000 + u^2 + 2"),
    ("prod(sum(W[j,k], k), j)", "prod(sum(W[k,j], k), j)"),
    ("max(u*x[j], j)", "u*max(x[j], j)"),
    ("max(x[j], j)", "min(x[j], j)"),
    ("max(W[i,j], j)", "max(W[j,i], j)"),
    ("f(x[i])", "f(x[j])"),
    ("f(u)", "f'(u)"),
    ("n", "m"),
)


@pytest.mark.parametrize(("left", "right"), EQUAL)
def test_equal(left: str, right: str) -> None:
    assert same(left, right)


@pytest.mark.parametrize(("left", "right"), DIFFERENT)
def test_different(left: str, right: str) -> None:
    assert not same(left, right)


@pytest.mark.parametrize("text", [text for pair in EQUAL for text in pair])
def test_nothing_is_left_to_reduce(text: str) -> None:
    """Each monomial is its own normal form, and so is the sum of them."""
    ring = PowerRing()
    poly = form(term(text), ring)
    again = ring.add(*(ring.scale(ring.monomial(m), c) for m, c in poly.items()), {})
    assert again == poly


def test_a_binder_is_numbered_above_those_inside() -> None:
    ring = PowerRing()
    ((monomial, _),) = form(term("sum(exp(sum(W[j,k]*x[k], k))*y[j], j)"), ring).items()
    ((outer, _),) = monomial
    inner = max(atom.level for atom, _ in outer.body)  # type: ignore[attr-defined]
    assert [index[3] for index in outer.bound] == [inner + 1]  # type: ignore[attr-defined]
    assert inner == 1


def test_a_constant_binds_nothing() -> None:
    ring = PowerRing()
    ((monomial, _),) = form(term("sum(f(exp(1) + x[j]), j)"), ring).items()
    ((outer, _),) = monomial
    assert [index[3] for index in outer.bound] == [1]  # type: ignore[attr-defined]


@pytest.mark.parametrize("text", ["delta(i,j)", "delta(j,i)", "delta(1,i)"])
def test_a_delta_names_its_indices_in_order(text: str) -> None:
    """In a product with it the later of the two is written as the earlier."""
    ((monomial, _),) = form(term(f"{text}*x[1]*x[i]*x[j]")).items()
    delta, *entries = sorted(atom.key for atom, _ in monomial)
    assert delta[1] < delta[2]
    assert not any(delta[2] in slots for _, _, slots in entries)


def test_as_many_orders_of_indices_are_compared_as_are_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "sum(W[j,k]*W[k,j], j, k)"
    monkeypatch.setattr(labelling, "MAX_LABELLINGS", 2)
    assert form(term(text))
    monkeypatch.setattr(labelling, "MAX_LABELLINGS", 1)
    with pytest.raises(LimitError):
        form(term(text))


def test_a_size_of_which_nothing_is_declared_may_be_1() -> None:
    ring = PowerRing()
    assert sign_of(ring, form(term("sum(exp(x[j]), j) - exp(x[i])"), ring)) == NONNEGATIVE
