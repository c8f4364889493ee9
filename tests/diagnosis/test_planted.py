"""Known mistakes planted into lines of the catalogue's derivations: found at the line, and named."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from derive.report.results import Verdict
from derive.terms import Equation
from derive.verification.verdicts import decide_link
from tests.diagnosis.planted import PLANTS, Line, is_right_name, lines, outcomes
from tests.diagnosis.sweep import Planted, plant_all, plant_one

pytestmark = pytest.mark.long

# Drawn once, so that an entry more in the catalogue draws no others; the sweep below takes them all.
ENTRIES = """
    cross-entropy-label-smoothing poly-1 z-loss triplet bradley-terry gaussian-nll
    cross-entropy-class-weights mean-squared-error logistic-regression matrix-factorisation sinc
    leaky-relu vae-kl focal
""".split()
EACH = 4  # mistakes an entry; `python -m tests.diagnosis.sweep` plants all into all
SEED = 1
ENOUGH = 0.9


@pytest.fixture(scope="module")
def planted() -> list[Planted]:
    return [one for entry in ENTRIES for one in plant_all(entry, SEED, EACH)]


def test_mistakes_were_planted(planted: list[Planted]) -> None:
    assert len(planted) >= 3 * len(ENTRIES)
    assert len({one.plant.name for one in planted}) >= len(PLANTS) / 2


def test_each_is_found_at_its_line(planted: list[Planted]) -> None:
    assert [str(one) for one in planted if one.result.follows is not Verdict.REFUTED] == []


def test_nine_of_ten_are_named(planted: list[Planted]) -> None:
    unnamed = [str(one) for one in planted if one.name is None]
    assert len(unnamed) <= (1 - ENOUGH) * len(planted), "\n".join(unnamed)


def test_none_is_named_wrongly(planted: list[Planted]) -> None:
    assert [str(one) for one in planted if one.is_misnamed] == []


@pytest.fixture(scope="module")
def among() -> list[Line]:
    """The lines into which each mistake is planted; derived once."""
    return list(
        lines(["cross-entropy", "linear-softmax-cross-entropy", "attention-backward", "layer-norm", "huber"])
    )


@pytest.mark.parametrize("name", [plant.name for plant in PLANTS])
def test_each_mistake_can_be_planted_and_named(name: str, among: list[Line]) -> None:
    (plant,) = [one for one in PLANTS if one.name == name]
    found = plant_one(plant, among, random.Random(SEED))  # noqa: S311 - no secret
    assert found is not None
    assert found.result.follows is Verdict.REFUTED
    assert found.name is not None


def test_a_name_that_does_not_fit_is_found_wrong() -> None:
    (line, *_) = lines(["softmax"])
    sign = next(plant for plant in PLANTS if plant.name == "sign flipped")
    (wrong,) = outcomes(sign, line)
    assert is_right_name("sign flipped", sign, line, wrong)
    for other in ("factor lost", "dummy index reused", "logits for probabilities", "no such mistake"):
        assert not is_right_name(other, sign, line, wrong)
    assert outcomes(sign, replace(line, after=-line.after)) != outcomes(sign, line)


def test_a_line_that_is_right_is_found_right() -> None:
    for line in list(lines(["softmax"])):
        link = Equation(line.before, line.after, line.when)
        found = decide_link(link, link, line.context)
        assert found.verdict is Verdict.PROVED
