"""Known mistakes planted into catalogue entries: `python -m tests.diagnosis.sweep SEED [ENTRY...]` counts them."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from derive import catalogue
from derive.errors import DeriveError
from derive.limits.deadline import Effort
from derive.report.results import Result, Verdict
from derive.terms import Equation
from derive.verification.verdicts import decide_link
from tests.diagnosis.planted import PLANTS, Line, Plant, is_right_name, lines, outcomes
from tests.diagnosis.reread import is_readable, unproved

PATIENCE = Effort(mistake=20)  # what is named is asked for here, not how fast
TRIES = 3  # outcomes of one plant in one line, until one is false


@dataclass(frozen=True, slots=True)
class Planted:
    """A line, a mistake planted in it, and what was found."""

    plant: Plant
    line: Line
    wrong: Line
    result: Result

    @property
    def name(self) -> str | None:
        """The diagnosis: a mistake, or several that all come to this line, joined by "or"."""
        return None if self.result.diagnosis is None else self.result.diagnosis.mistake

    @property
    def is_misnamed(self) -> bool:
        """Whether no mistake of the diagnosis was made, nor makes the same line."""
        names = () if self.name is None else self.name.split(" or ")
        right = (is_right_name(name, self.plant, self.line, self.wrong) for name in names)
        return self.name is not None and not any(right)

    def unproved(self) -> list[str]:
        """Return what is said of the mistake and is not proved from its text alone."""
        diagnosis, claim = self.result.diagnosis, self.result.statement
        assert claim is not None
        if diagnosis is None or not is_readable(claim, self.wrong.context):
            return []
        return list(unproved(diagnosis, claim, self.wrong.context))

    def __str__(self) -> str:
        wrong = self.wrong
        return f"{wrong.entry}: {self.plant.name} called {self.name}: {wrong.before} = {wrong.after}"


def plant_one(plant: Plant, among: Sequence[Line], chance: random.Random) -> Planted | None:
    """Plant a mistake into a random line that it fits and that it makes false."""
    for line in chance.sample(among, len(among)):
        made = outcomes(plant, line)
        for wrong in chance.sample(made, min(TRIES, len(made))):
            try:
                link = Equation(wrong.before, wrong.after, wrong.when)
                found = decide_link(link, link, wrong.context, effort=PATIENCE)
            except DeriveError:
                continue  # it means nothing any more, which is another thing than a mistake
            if found.verdict is not Verdict.PROVED:
                return Planted(plant, line, wrong, found)
    return None


def plant_all(entry: str, seed: int, most: int = len(PLANTS)) -> Iterator[Planted]:
    """Plant so many of the known mistakes in an entry's derivation, one after the other."""
    chance = random.Random(f"{entry} {seed}")  # noqa: S311 - a sample that is always the same, no secret
    among = list(lines([entry]))
    found = (plant_one(plant, among, chance) for plant in chance.sample(PLANTS, len(PLANTS)))
    yield from (one for _, one in zip(range(most), filter(None, found), strict=False))


def main(seed: int, entries: Sequence[str]) -> None:
    """Print what was not refuted, what was named wrongly, what was said without proof, and the counts."""
    planted = [one for entry in entries for one in plant_all(entry, seed)]
    missed = [one for one in planted if one.result.follows is not Verdict.REFUTED]
    misnamed = [one for one in planted if one.is_misnamed]
    loose = [one for one in planted if one.unproved()]
    unnamed = [one for one in planted if one.name is None]
    listed = (
        ("not refuted", missed),
        ("misnamed", misnamed),
        ("said without proof", loose),
        ("unnamed", unnamed),
    )
    for word, which in listed:
        for one in which:
            print(f"{word}: {one}")  # noqa: T201 - this is what it is run for
    named = [one.name for one in planted if one.name is not None]
    several = sum(" or " in name for name in named)
    counts = (
        f"{len(named)} named ({several} as one of several that come to the same), {len(misnamed)} misnamed"
    )
    print(f"{len(planted)} planted, {len(missed)} not refuted, {counts}, {len(loose)} said without proof")  # noqa: T201


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1, sys.argv[2:] or catalogue.names())
