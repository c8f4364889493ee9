"""Who makes theorems, what they say of conditions, and when a claim has no value anywhere."""

from __future__ import annotations

from dataclasses import is_dataclass, replace

import pytest

from derive import terms
from derive.kernel import prover
from derive.kernel.prover import Residual, Theorem, has_no_value, prove
from derive.terms import (
    Big,
    Binder,
    Context,
    Entry,
    Equation,
    Index,
    IndexRelation,
    Size,
    Variable,
    add,
    multiply,
)
from tests.kernel.asked import asked, equations, proved


def test_a_residual_says_what_is_left() -> None:
    (left,) = asked("real x\nclaim x = x + 1")
    assert isinstance(left, Residual)
    assert left.difference == "-1"


CONDITIONS = {
    "real x\nclaim log(x^2) = 2*log(x)": (("x > 0",), ("x > 0",)),
    "real y, z\nclaim sqrt(y*z) = sqrt(y)*sqrt(z)": (("y >= 0", "z >= 0"), ("y >= 0", "z >= 0")),
    "real x\nclaim x/x = 1": (("x != 0",), ()),
    "positive x\nclaim x/x = 1": ((), ()),
    "real x\nclaim 1 = x/x": (("x != 0",), ("x != 0",)),
    "real x\ngiven x > 1\nclaim log(x)/x = log(x)/x": ((), ()),
    "real x\nclaim D(abs(x), x) = sign(x)": (("x != 0",), ()),
}


@pytest.mark.parametrize("text", CONDITIONS)
def test_conditions(text: str) -> None:
    """What stays open is where both sides have values; marked is where the left has one and the right has none."""
    (proof,) = asked(text)
    assert isinstance(proof, Theorem)
    shown = {str(c) for c in proof.conditions}, {str(c) for c in proof.marked}
    kept, marked = CONDITIONS[text]
    assert set(kept) <= shown[0]
    assert set(marked) <= shown[1]
    assert bool(kept) == bool(shown[0])
    assert bool(marked) == bool(shown[1])


USED = {
    "real x\ngiven x = 1\ngiven x^2 = 1\nclaim x^2 = 1": {"x = 1"},
    "real x, y\ngiven x = y\ngiven x^2 = y^2\nclaim x^2 = y^2": {"x = y"},
    "real x, y\ngiven y^2 = 4\ngiven x*y = 0\nclaim [x = 0] = 1": {"y^2 = 4", "x*y = 0"},
    "real x, y\ngiven x*exp(y) = 0\nclaim [x > 0] = 0": {"x*exp(y) = 0"},
    "real x, y\ngiven x > 0\ngiven y > 0\nclaim [x + 1 > 0] = 1": {"x > 0"},
    "size n\nsimplex q[n]\nclaim sum(q[j], j) = 1": {"simplex q"},
    "size n\nsimplex q[n]\nclaim [q[i] >= 0] = 1": set(),
    "size n\nonehot y[n]\nclaim y[i]^2 = y[i]": {"onehot y"},
    "real x\ngiven x = 1\nclaim x - x = 0": set(),
}


@pytest.mark.parametrize("text", USED)
def test_the_hypotheses_named_are_enough(text: str) -> None:
    """Hypotheses that a theorem does not name are not needed: without them it is proved as well."""
    (proof,) = asked(text)
    assert isinstance(proof, Theorem)
    assert set(proof.hypotheses) == USED[text]
    ((equation, context),) = equations(text)
    fewer = replace(context, hypotheses=tuple(h for h in context.hypotheses if str(h) in proof.hypotheses))
    assert isinstance(prove(equation, fewer), Theorem)


def test_a_hypothesis_without_which_the_proof_is_nested_too_deeply(monkeypatch: pytest.MonkeyPatch) -> None:
    """It counts as needed: what is asked last may be asked with little of the stack left."""
    (proof,) = asked("real x\ngiven x = 1\nclaim x - x = 0")
    assert isinstance(proof, Theorem)

    def too_deep(*_: object) -> None:
        raise RecursionError

    monkeypatch.setattr(prover, "_attempt", too_deep)
    assert proof.hypotheses == ("x = 1",)


NOWHERE = (
    "size n\nreal x[n]\nclaim sum(1/(x[j] - x[k]), j, k) = 0",
    "real u\nclaim 1/(1 - sin(u)^2 - cos(u)^2) = 1",
    "real x\nclaim log(-exp(x)) = x",
    "real x\nclaim log(-x^2) = x",
    "real x < 0\nclaim sqrt(x) = x",
    "size n\nreal x[n]\nclaim 1/(x[i] - x[j]) = 1 when i = j",
    "size n = 1\nreal x[n]\nclaim mean(x[j], j != i) = x[i]",
    "real x\nclaim 1/0 = x",
)
SOMEWHERE = (
    "size n\nreal x[n]\nclaim 1/(x[i] - x[j]) = 1",
    "size n\nreal x[n]\nclaim 1/(x[i] - x[j]) = 1 when i != j",
    "size n\nreal x[n]\nclaim sum(1/(x[j] - x[k]), j, k != j) = 0",
    "size n = 2\nreal x[n]\nclaim mean(x[j], j != i) = x[i]",
    "size n\nreal x[n], u\ngiven u = 0\nclaim sum(where(x[j] > 0, 1/u, 0), j) = 0",
    "size n\nreal s[n]\nlabel t: n\ngiven s[t] = 0\nclaim D(abs(s[t]), s[i]) = 0 when i != t",
    "real x\ngiven x = 0\nclaim where(x = 0, 1, 1/x) = 1",
    "size n\nreal x\nclaim x^(n-2) = x",
    "real x\nclaim D(Si(x), x) = 1",
    "size n\nreal c[n]\nlet p[i] = exp(c[i])/sum(exp(c[k]), k)\nclaim log(1 - p[i]) = 0",
)


@pytest.mark.parametrize("text", NOWHERE)
def test_no_value_anywhere(text: str) -> None:
    ((equation, context),) = equations(text)
    assert has_no_value(equation, context)


@pytest.mark.parametrize("text", SOMEWHERE)
def test_a_value_somewhere(text: str) -> None:
    ((equation, context),) = equations(text)
    assert not has_no_value(equation, context)


def test_two_excluded_indices_that_may_be_the_same() -> None:
    """The mean over j != i, j != k has a value at n = 2 if i = k; that it has none otherwise is no fact there."""
    i, j, k = (Index(name, "n") for name in "ijk")
    context = Context(sizes={"n": Size("n", fixed=2)}, variables={"x": Variable("x", ("n",))})
    x = Entry("x", (j,))
    mean = Big("mean", (Binder(j, (i, k)),), x)
    anchor = multiply(0, Entry("x", (i,)), Entry("x", (k,)))
    wrong = Equation(mean, add(17, anchor))
    same = (IndexRelation(i, k, True),)
    assert not isinstance(prove(replace(wrong, when=same), context), Theorem)
    assert not has_no_value(replace(wrong, when=same), context)
    right = Equation(mean + anchor, Big("sum", (Binder(j, (i,)),), x), same)
    assert isinstance(prove(right, context), Theorem)


def test_a_claim_at_one_size() -> None:
    """Of two places three indices cannot all be different ones."""
    declared = "size n, m\nreal x[n], y[m]\n"
    product = "(1 - delta(i,j))*(1 - delta(j,k))*(1 - delta(i,k))*x[i]*sum(y[l], l)"
    ((equation, context),) = equations(declared + f"claim {product} = 0")
    assert isinstance(prove(equation, context), Residual)
    assert isinstance(prove(equation, context.with_sizes({"n": 3})), Residual)
    assert isinstance(prove(equation, context.with_sizes({"m": 2})), Residual)
    assert isinstance(prove(equation, context.with_sizes({"n": 2})), Theorem)


def test_a_one_hot_vector_and_a_place() -> None:
    """Whether y[1] is the 1 is a case like any other."""
    declared = "size n\nonehot y[n]\nlabel t: n\n"
    assert proved(declared + "claim where(y[1] = 1, 2, 3) = 3 - y[1]")
    assert proved(declared + "claim where(y[t] = 1, y[1], 1) = 1 - y[t] + delta(t,1)*y[t]")


def test_what_a_theorem_speaks_of_cannot_be_changed() -> None:
    """A term that changed after a proof would still be called proved."""
    described = [c for c in vars(terms).values() if isinstance(c, type) and is_dataclass(c)]
    assert len(described) > 15
    for one in described:
        assert one.__dataclass_params__.frozen, one  # type: ignore[attr-defined]
        assert "__slots__" in vars(one), one
