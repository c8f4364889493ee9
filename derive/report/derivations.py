"""Derivations on one page: the chains of equalities that they consist of, each to be written once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from derive.report.results import StepShown

Equalities: TypeAlias = tuple[StepShown, ...]
"""Equalities that begin with one left side."""


def chains_of(steps: Sequence[StepShown]) -> list[Equalities]:
    """Return the chains of equalities among the lines of a derivation, in order."""
    found: list[list[StepShown]] = []
    for step in steps:
        if step.before is not None or not found:
            found.append([])
        found[-1].append(step)
    return list(map(tuple, found))


class Derived:
    """What is derived on a page already. A chain stands there if it does line by line, or begins one that does."""

    def __init__(self) -> None:
        self.above: set[tuple[str, ...]] = set()

    def new(self, steps: Sequence[StepShown]) -> list[Equalities]:
        """Return the chains of a derivation that are not on the page yet, and count them as on it."""
        new = []
        for chain in chains_of(steps):
            lines = tuple(step.text for step in chain)
            if lines not in self.above:
                new.append(chain)
                self.above.update(lines[: k + 1] for k in range(len(lines)))
        return new
