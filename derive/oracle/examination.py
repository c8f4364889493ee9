"""What the oracle reports: a counterexample, witnesses, and the cases about which it can say nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from derive.oracle.points import Nested, Point
from derive.problem.scopes import Configuration
from derive.terms import Compare


@dataclass(frozen=True, slots=True)
class SearchBudget:
    """Bounds on a search: points for each case, evaluations of both sides in all, and seconds.

    With `beyond`, larger sizes are still looked at after a counterexample, for `holds_at`; with `further`, where no
    point is found at the usual sizes.
    """

    points: int = 14
    evaluations: int = 4000
    seconds: float = 4.0
    beyond: bool = True
    further: bool = True


@dataclass(frozen=True, slots=True)
class Witness(Configuration):
    """A case with a point that satisfies everything and at which both sides have a value."""

    point: Point


@dataclass(frozen=True, slots=True)
class Refutation:
    """A point that satisfies every declaration and hypothesis and at which the two sides certainly differ.

    `values` holds short texts (`"1/2"`, `"log(2)"`), in nested lists for arrays, and what was chosen for the
    declared functions. `left` and `right` are exact where exact arithmetic gave them, else certain digits.
    """

    sizes: Mapping[str, int]
    indices: Mapping[str, int]
    values: Mapping[str, Nested]
    left: str
    right: str
    point: Point
    near_zero: tuple[str, ...] = ()
    """The sides, `left` or `right`, of which this arithmetic does not show whether they are exactly 0."""


@dataclass(frozen=True, slots=True)
class Untried:
    """A condition in the claim under which no point was tried, and what has to hold at each place for it to matter."""

    condition: Compare
    paths: tuple[tuple[Compare, ...], ...] = ((),)


@dataclass(frozen=True, slots=True)
class Examination:
    """The outcome of a search.

    `holds_at` are the sizes with a witness in some pattern at which every point tried agreed; `witnesses` has
    at most one for each case; `missing` are cases without any; `reason` says why if something could not be
    examined. `never_tried` are the conditions in the claim under which it was not looked at at any point.
    `least` are the least values of sizes for which there is anything to say: below them indices have no places, or
    a hypothesis on the size alone fails.
    """

    counterexample: Refutation | None
    sizes_tried: tuple[Mapping[str, int], ...]
    holds_at: tuple[Mapping[str, int], ...]
    witnesses: tuple[Witness, ...]
    missing: tuple[Configuration, ...]
    reason: str | None = None
    never_tried: tuple[Untried, ...] = ()
    least: Mapping[str, int] = field(default_factory=dict)
