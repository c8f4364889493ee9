"""The values tried for an entry, simplest first, inside its declared domain. It knows no hypotheses."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from derive.oracle import quantities as q
from derive.oracle.evaluator import Evaluator
from derive.oracle.ground import Program
from derive.oracle.points import Logarithm, Rational, Value
from derive.oracle.quantities import Quantity
from derive.oracle.roots import binary
from derive.terms import (
    Add,
    Apply,
    Constant,
    Context,
    Multiply,
    Number,
    Power,
    Relation,
    Term,
    Variable,
    children,
)

_F = Fraction
# Scores of 0, log 2 and log 3 have exponentials that a person can add up.
PLAIN: tuple[Value, ...] = (
    Rational(_F(0)), Rational(_F(1)), Logarithm(_F(2)), Rational(_F(-1)), Rational(_F(2)), Rational(_F(1, 2)),
    Logarithm(_F(3)), Rational(_F(-2)), Rational(_F(3)), Rational(_F(-1, 2)), Rational(_F(1, 3)),
    Logarithm(_F(1, 2)), Rational(_F(3, 2)), Rational(_F(2, 3)), Rational(_F(-3)), Rational(_F(4)),
    Rational(_F(1, 4)), Rational(_F(3, 4)), Rational(_F(5)),
)  # fmt: skip
INSIDE = tuple(
    _F(p, n)
    for p, n in ((1, 2), (1, 3), (2, 3), (1, 4), (3, 4), (1, 5), (2, 5), (3, 5), (4, 5), (1, 10), (9, 10))
)
MOST_CONSTANTS = 12
MAX_BITS = 20_000  # of a number that is written out
BEYOND = tuple(_F(p, n) for p, n in ((1, 1), (2, 1), (1, 2), (3, 1), (1, 3), (5, 1), (3, 2), (1, 4), (10, 1)))

Limits = Sequence[tuple[Relation, Quantity]]


@dataclass(frozen=True, slots=True)
class Candidates:
    """What an entry may be: `values` simplest first, `rationals` those that are rational, and its limits."""

    values: tuple[Value, ...]
    rationals: tuple[Value, ...]
    limits: tuple[tuple[Relation, Quantity], ...]

    def admits(self, value: Value) -> bool:
        """Return whether a value certainly lies within the limits."""
        return _admits(value.number(), self.limits)

    def admits_number(self, number: Quantity) -> bool:
        """Return whether a number certainly lies within the limits."""
        return _admits(number, self.limits)

    @property
    def never_negative(self) -> bool:
        """Whether the limits keep every value at 0 or above."""
        return any(relation.bounds_below and q.sign(limit) in (0, 1) for relation, limit in self.limits)

    def anywhere(self, source: random.Random) -> Value:
        """Return a pseudo-random rational within the limits, or one of the values if none is hit."""
        spread = source.choice((1, 2, 4))
        low, high = self._interval()
        for _ in range(4):
            n = source.randint(2, 12)
            if low is not None and high is not None:
                value = Rational(low + (high - low) * _F(source.randint(0, n), n))
            elif low is not None or high is not None:
                step = _F(source.randint(0, 4 * n * spread), n)
                value = Rational(low + step if low is not None else (high or 0) - step)
            else:
                value = Rational(_F(source.randint(-2 * n * spread, 2 * n * spread), n))
            if self.admits(value):
                return value
        return source.choice(self.values)

    def between(self, low: Fraction, high: Fraction, source: random.Random) -> Value | None:
        """Return a pseudo-random rational strictly between two numbers; `None` if the limits admit none tried."""
        for _ in range(4):
            n = 1 if high - low > 2 else source.randint(2, 12)  # a wide range has whole numbers enough
            parts = (
                (high - low) * _F(source.randint(1, n - 1), n)
                if n > 1
                else source.randint(1, int(high - low) - 1)
            )
            value = Rational(low + parts)
            if self.admits(value):
                return value
        return None

    def ends(self) -> list[Fraction]:
        """Return the ends of the limits, as far as there are any."""
        return [end for end in self._interval() if end is not None]

    def _interval(self) -> tuple[Fraction | None, Fraction | None]:
        low, high = _ends(self.limits)
        return low, high


def _ends(limits: Limits) -> tuple[Fraction | None, Fraction | None]:
    near = [(relation, end) for relation, limit in limits if (end := _near(limit)) is not None]
    below = (end for relation, end in near if relation.bounds_below)
    above = (end for relation, end in near if relation.bounds_above)
    return max(below, default=None), min(above, default=None)


def _near(limit: Quantity) -> Fraction | None:
    """Return the limit, or a rational near it; `None` for one that memory does not hold, such as exp(exp(40))."""
    exact = getattr(limit, "p", None)
    if exact is not None:
        return _F(int(limit.p), int(limit.q))
    middle = q.ball(limit).mid()
    if abs(middle.man_exp()[1]) > MAX_BITS:
        return None
    near = binary(middle)
    return near.limit_denominator(1000 if abs(near) > 1 else 10**9)


def _admits(number: Quantity, limits: Limits) -> bool:
    for relation, limit in limits:
        sign = q.compare(number, limit)
        if sign is None or not relation.holds(sign):
            return False
    return True


@lru_cache(maxsize=64)
def unlimited(constants: tuple[Fraction, ...]) -> Candidates | None:
    """Return the candidates for an entry that may be any real number."""
    return candidates_within((), constants)


def candidates_within(limits: Limits, constants: Iterable[Fraction]) -> Candidates | None:
    """Return the candidates for an entry with these limits; `None` if no value was found.

    Closed ends come first, then what is simple; `constants` are the numbers that occur in the claim, each
    tried with its neighbours, for a formula may be wrong there alone.
    """
    tried = [*_from_limits(limits), *PLAIN]
    for constant in constants:
        tried += [Rational(constant + shift) for shift in (0, 1, -1)]
    for constant in constants:  # and others of its size, on both sides of 0 and of 1
        tried += [Rational(constant * factor) for factor in (-1, 2, _F(1, 2), -2)]
        tried.append(Rational(1 / constant))
    values = tuple(value for value in dict.fromkeys(tried) if _admits(value.number(), limits))
    rationals = tuple(value for value in values if isinstance(value, Rational))
    return Candidates(values, rationals, tuple(limits)) if rationals else None


def _from_limits(limits: Limits) -> Iterator[Value]:
    low, high = _ends(limits)
    if low is not None and high is not None:
        yield Rational((low + high) / 2)
        yield from (Rational(end) for end in (low, high))
        yield from (Rational(low + (high - low) * part) for part in INSIDE)
    elif low is not None:
        yield from (Rational(low + step) for step in (_F(0), *BEYOND))
    elif high is not None:
        yield from (Rational(high - step) for step in (_F(0), *BEYOND))


def constants_of(terms: Iterable[Term], context: Context) -> tuple[Fraction, ...]:
    """Return the numbers other than 0, 1 and -1 that stand in the terms or in the definitions; 4^10 is one."""
    bodies = (definition.body for definition in context.definitions.values())
    limits = (bound.value for variable in context.variables.values() for bound in variable.bounds)
    found: dict[Fraction, None] = {}
    for body in (*terms, *limits, *bodies):
        numbers: list[Fraction] = []
        if _collect(body, numbers):
            numbers += filter(None, [_worth(body)])
        found.update(dict.fromkeys(numbers))
    return tuple(value for value in found if abs(value) not in (0, 1))[:MOST_CONSTANTS]


def _collect(part: Term, numbers: list[Fraction]) -> bool:
    """Return whether a term is made of numbers alone; the numbers in it are collected, and what such terms come to."""
    if isinstance(part, Number):
        numbers.append(part.value)
        return True
    below = children(part)
    closed = [_collect(child, numbers) for child in below]
    if all(closed) and isinstance(part, Constant | Power | Multiply | Add | Apply):
        return True
    for child, known in zip(below, closed, strict=True):
        if known and not isinstance(child, Number):
            numbers += filter(None, [_worth(child)])
    return False


@lru_cache(maxsize=256)
def _worth(part: Term) -> Fraction | None:
    """Return what a term made of numbers comes to, or a rational near that; `None` if it has no value."""
    with q.precision(q.USUAL):
        program = Program(Context(), {}, {}, (part,))
        value = Evaluator(program, {}).value(program.term(part, {}))
        return None if value is None else _near(value)


def limits_of(variable: Variable, values: Sequence[Quantity]) -> Limits:
    """Return the limits of a variable's entries, given the values of its bounds in order."""
    declared = [(bound.relation, value) for bound, value in zip(variable.bounds, values, strict=True)]
    if variable.kind != "real":
        zero, one = q.rational(0), q.rational(1)
        return [*declared, (Relation.AT_LEAST, zero), (Relation.AT_MOST, one)]
    return declared
