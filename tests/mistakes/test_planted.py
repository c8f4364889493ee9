"""Known mistakes planted into lines of the catalogue's derivations: found at the line, and named."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from derive import catalogue
from derive.errors import DeriveError
from derive.mistakes import search
from derive.report import Result, Verdict
from derive.verdicts import decide_link
from tests.mistakes.planted import PLANTS, Line, Plant, lines

ENTRIES = 7
SEED = 1
ENOUGH = 0.9


@dataclass(frozen=True, slots=True)
class Planted:
    """A line with a mistake planted in it, and what was found."""

    plant: Plant
    line: Line
    result: Result

    @property
    def name(self) -> str | None:
        """The diagnosis."""
        return None if self.result.diagnosis is None else self.result.diagnosis.mistake

    def __str__(self) -> str:
        return (
            f"{self.line.entry}: {self.plant.name} called {self.name}: {self.line.before} = {self.line.after}"
        )


def plant_one(plant: Plant, among: list[Line], chance: random.Random) -> Planted | None:
    """Plant a mistake into a random line that it fits and that it makes false."""
    for line in chance.sample(among, len(among)):
        made = plant.make(line, chance)
        if made is None:
            continue
        try:
            found = decide_link(made.before, made.before, made.after, made.when, made.context)
        except DeriveError:
            continue  # it means nothing any more, which is another thing than a mistake
        if found.verdict is not Verdict.PROVED:
            return Planted(plant, made, found)
    return None


@pytest.fixture(scope="module")
def planted() -> Iterator[list[Planted]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "MAX_SECONDS", 60)  # counted in candidates: a slow machine finds the same
        yield plants()


def plants() -> list[Planted]:
    """Plant each mistake once in each entry of the sample."""
    chance = random.Random(SEED)  # noqa: S311 - a sample that is always the same, no secret
    names = chance.sample(list(catalogue.names()), ENTRIES)
    by_entry = [list(lines([name])) for name in names]
    found = [plant_one(plant, among, chance) for among in by_entry for plant in PLANTS]
    return [one for one in found if one is not None]


def test_mistakes_were_planted(planted: list[Planted]) -> None:
    assert len(planted) >= 4 * ENTRIES
    assert {one.plant.name for one in planted} >= {"sign flipped", "factor", "term lost", "inner derivative"}


def test_each_is_found_at_its_line(planted: list[Planted]) -> None:
    assert [str(one) for one in planted if one.result.follows is not Verdict.REFUTED] == []


def test_nine_of_ten_are_named(planted: list[Planted]) -> None:
    unnamed = [str(one) for one in planted if one.name is None]
    assert len(unnamed) <= (1 - ENOUGH) * len(planted), "\n".join(unnamed)


def test_none_is_named_wrongly(planted: list[Planted]) -> None:
    wrong = [str(one) for one in planted if one.name is not None and one.name not in one.plant.fitting]
    assert wrong == []


def test_a_line_that_is_right_is_found_right() -> None:
    for line in list(lines(["softmax"])):
        found = decide_link(line.before, line.before, line.after, line.when, line.context)
        assert found.verdict is Verdict.PROVED
