"""What the tests of certificates share: claims, with the conditions under which both sides have values."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from derive.catalogue import load, names
from derive.kernel.domain import Condition, domain
from derive.reading.text import read
from derive.terms import Context, Equation

Claim = tuple[Equation, Context, tuple[Condition, ...]]


def conditions_of(equation: Equation, context: Context) -> tuple[Condition, ...]:
    """Return all conditions under which both sides have values, those that hold anyway among them."""
    return tuple(dict.fromkeys(domain(equation.left, context) + domain(equation.right, context)))


def claims(text: str) -> list[tuple[Equation, Context]]:
    """Return the claimed equations of a text."""
    return [
        (equation, claim.context)
        for problem in read(text)
        for claim in problem.claims
        for equation in claim.equations
    ]


def one(text: str) -> Claim:
    """Return the only claim of a text."""
    ((equation, context),) = claims(text)
    return equation, context, conditions_of(equation, context)


@cache
def catalogue() -> tuple[tuple[str, Equation, Context, bool], ...]:
    """Return every equation of the catalogue by name, and whether it is said to be refuted."""
    return tuple(_catalogue())


def _catalogue() -> Iterator[tuple[str, Equation, Context, bool]]:
    for name in names():
        number = 0
        for problem in read(load(name).problem):
            for claim in problem.claims:
                for equation in claim.equations:
                    number += 1
                    yield f"{name} {number}", equation, claim.context, claim.expect == "refuted"
