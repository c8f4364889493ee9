"""Every diagnosis is taken at its word: all that it asserts is proved again, from its printed text alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from derive.diagnosis import explain
from derive.diagnosis.candidate import sentence
from derive.diagnosis.search import Named
from derive.kernel import prover
from derive.terms import ONE, ZERO, Derivative, Equation
from tests.diagnosis.planted import PLANTS
from tests.diagnosis.problems import CROSS_ENTROPY, E, c, i, p, s
from tests.diagnosis.reread import KINDS, is_readable, kind_of, unproved
from tests.diagnosis.sweep import Planted, plant_all
from tests.diagnosis.test_mistakes import CASES, Case, name

ENTRIES = ("softmax", "layer-norm")
SEED = 5


@pytest.mark.long
@pytest.mark.parametrize("case", CASES, ids=map(name, CASES))
def test_what_is_said_of_each_known_mistake_is_proved(case: Case) -> None:
    _, _, context, left, wrong, _ = case
    equation = Equation(left, wrong)
    found = explain(equation, context)
    assert found is not None
    assert list(unproved(found.diagnosis(), equation, context)) == []


@pytest.fixture(scope="module")
def planted() -> list[Planted]:
    return [one for entry in ENTRIES for one in plant_all(entry, SEED)]


@pytest.mark.long
def test_what_is_said_of_planted_mistakes_is_proved(planted: list[Planted]) -> None:
    assert len(planted) > len(PLANTS)
    told = [one for one in planted if one.result.diagnosis is not None]
    assert len(told) > len(planted) / 2
    unread = [
        one
        for one in told
        if not is_readable(Equation(one.wrong.before, one.wrong.after, one.wrong.when), one.wrong.context)
    ]
    assert len(unread) < len(told) / 20
    assert [f"{one}: {found}" for one in told for found in one.unproved()] == []


def test_a_sentence_needs_the_theorems_of_what_it_states() -> None:
    equation = Equation(Derivative(E, (s(i),)), c(i) - p(i))
    found = explain(equation, CROSS_ENTROPY)
    assert found is not None
    (first, *_) = found.named
    (theorem, *_) = first.theorems
    other = prover.prove(Equation(ONE, ONE), CROSS_ENTROPY)
    assert isinstance(theorem, prover.Theorem)
    assert isinstance(other, prover.Theorem)
    stating = sentence("this is {}", p(i)).stating(Equation(p(i), c(i) - p(i)))
    context = CROSS_ENTROPY
    for said, theorems in (
        (first.said, ()),
        (first.said, (other,)),
        (first.said, (theorem, other)),
        (stating, (theorem,)),
        (stating, (theorem, other)),
        (stating, (theorem, stating.states[0])),
        (sentence("this is {}", p(i)).stating(p(i)), (theorem,)),
    ):
        with pytest.raises(ValueError, match="a theorem for each"):
            Named(first.candidate, said, theorems, context)  # type: ignore[arg-type]
    assert Named(first.candidate, first.said, (theorem,), context).said == first.said


def test_what_is_not_proved_is_noticed() -> None:
    equation = Equation(Derivative(E, (s(i),)), c(i) * (p(i) - 1))
    found = explain(equation, CROSS_ENTROPY)
    assert found is not None
    right = found.diagnosis()
    assert list(unproved(right, equation, CROSS_ENTROPY)) == []
    for wrong in (
        replace(right, statements=()),
        replace(right, statements=(*right.statements, "claim D(E, p[i]) = s[i]")),
        replace(right, text="this is D(E, p[i]), and the factor D(p[i], s[i]) of the chain rule is missing"),
        replace(right, text="the sign is flipped: D(E, s[i]) is minus this"),
        replace(right, text="a factor 2 is missing: 2*p[i] is right"),
        replace(right, text="the moon is full"),
        replace(right, text=right.text.replace("D(E, p[i])", "D(E, p[j])")),
    ):
        assert list(unproved(wrong, equation, CROSS_ENTROPY)) != [], wrong.text


def test_a_sentence_that_is_not_proved_gives_way_to_one_that_is() -> None:
    plain = sentence("it is so")
    said = sentence("it is {}", ZERO).stating(ONE, otherwise=plain).about(ZERO)
    assert said.states == (Equation(ONE, ZERO),)
    assert said.otherwise == plain


def test_every_kind_of_sentence_can_be_read() -> None:
    for kind in KINDS:
        filled = kind.words.replace("{}", "x[i]")
        assert kind_of(filled)[0] is kind, filled
