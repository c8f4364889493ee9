"""What templates of false claims are made of: declarations, an equation with random parts, repairs of hypotheses."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mpmath import mp

from tests.soundness.settings import Repair, Values


@dataclass(frozen=True)
class Template:
    """Declarations, a false equation, repairs for its hypotheses, and the sizes at which it may fail."""

    declared: str
    left: str
    right: str
    repairs: tuple[Repair, ...] = ()
    hint: dict[str, int] = field(default_factory=dict)
    when: str = ""
    rewrite: bool = True


class Parts:
    """Random parts of templates."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng

    def one(self, *choices: str) -> str:
        """Return one of several texts."""
        return self.rng.choice(choices)

    def count(self, low: int, high: int) -> int:
        """Return a whole number."""
        return self.rng.randint(low, high)

    def number(self) -> str:
        """Return a small positive number that is not 1."""
        return self.rng.choice(("2", "3", "1/2", "5", "3/2", "1/3", "7"))

    def bent(self, argument: str) -> str:
        """Return a function of a text that is neither linear nor even."""
        name = self.rng.choice(("exp", "sigmoid", "tanh", "softplus", "sinh", "atan", "cube", "affine"))
        if name == "cube":
            return f"(({argument})^3 + {argument})"
        if name == "affine":
            return f"exp({self.number()}*({argument}) + {self.number()})"
        return f"{name}({argument})"

    def scalar(self) -> str:
        """Return an expression in x and y that takes both signs, and 0 on a grid of halves."""
        return self.one(
            "x",
            "x",
            "(x - 1/2)",
            "(x*y)",
            "(x - y)",
            "(x + y)",
            "(2*x - 1)",
            "(x^3)",
            "(x - y + 1)",
            "(x*y - 1/4)",
        )

    def moving(self) -> str:
        """Return an expression in x and y that takes both signs."""
        return self.one(self.scalar(), "sin(x)", "(exp(x) - 2)", "(x^2 - y)", "tanh(x - y)", "(x*exp(y))")


def at(name: str, value: Callable[[Values, random.Random], Any]) -> Repair:
    """Return the repair that gives a scalar a value."""

    def repair(values: Values, _: Mapping[str, int], __: Mapping[str, int], rng: random.Random) -> None:
        values[name, ()] = value(values, rng)

    return repair


def sums_to(name: str, aim: int) -> Repair:
    """Return the repair that makes the entries of a vector, or of each row of a matrix, sum to a number."""

    def repair(values: Values, _: Mapping[str, int], __: Mapping[str, int], ___: random.Random) -> None:
        rows: dict[tuple[int, ...], list[tuple[int, ...]]] = {}
        for key in values:
            if key[0] == name:
                rows.setdefault(key[1][:-1], []).append(key[1])
        for places in rows.values():
            *rest, last = places
            values[name, last] = aim - sum((values[name, p] for p in rest), mp.mpf(0))

    return repair


def label_positive(name: str, label: str) -> Repair:
    """Return the repair that makes an entry at a label positive."""

    def repair(values: Values, _: Mapping[str, int], places: Mapping[str, int], __: random.Random) -> None:
        key = (name, (places[label],))
        values[key] = abs(values[key]) or mp.mpf(1)

    return repair


def symmetric(name: str) -> Repair:
    """Return the repair that makes a matrix symmetric."""

    def repair(values: Values, _: Mapping[str, int], __: Mapping[str, int], ___: random.Random) -> None:
        for key in values:
            if key[0] == name:
                values[key] = values[name, tuple(sorted(key[1]))]

    return repair
