"""Numbers of the third opinion: what is surely not 0, sums that keep enough digits, and declared functions."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, TypeAlias

from mpmath import mp

Real: TypeAlias = Any  # mpmath's mpf, which has no types
Slot: TypeAlias = tuple[int, tuple[int, ...]]
"""One number among the arguments of an unknown function: which argument, and the place in it."""

NEAR = 2.0**-110  # closer to 0 than this and not 0: nobody knows on which side
LARGE = 2.0**100  # of terms larger than this by which a sum is smaller, too few digits are left
KEPT = 120  # bits of the smallest term that a sum must keep
MOST = 20_000.0  # an exponent above this, and a value may be too large to compare


class NoValueError(Exception):
    """The term has no value at the point, or none that this opinion is sure of."""


def total(terms: list[Real]) -> Real:
    """Return a sum.

    Raises `NoValueError` where so much cancels that what is left is rounding, or a wrong 0, and where a term is so
    small beside another that too little of it is left.
    """
    found = mp.fsum(terms)
    largest = max(map(abs, terms), default=mp.mpf(0))
    smallest = min((abs(one) for one in terms if one), default=largest)
    if smallest < mp.ldexp(largest, KEPT - mp.prec):
        raise NoValueError
    if largest > LARGE and abs(found) < largest / LARGE:
        raise NoValueError
    return found


def small(x: Real) -> Real:
    """Return an exponent that is not too large."""
    if abs(x) > MOST:
        raise NoValueError
    return x


def function_value(
    coefficients: tuple[Fraction, ...], factor: Fraction, rate: Fraction
) -> Callable[..., Real]:
    """Return a function for a declared one, a polynomial plus `factor*exp(rate*x)`, with all its derivatives."""

    def at(x: Real, primes: int) -> Real:
        total = mp.mpf(0)
        for power, c in enumerate(coefficients):
            if power >= primes:
                falling = math.perm(power, primes)
                total += mp.mpf(c.numerator) / c.denominator * falling * x ** (power - primes)
        r = mp.mpf(rate.numerator) / rate.denominator
        return total + mp.mpf(factor.numerator) / factor.denominator * r**primes * mp.exp(small(r * x))

    return at


def function_of_several(rng: random.Random) -> Callable[[Mapping[Slot, Real], tuple[Slot, ...]], Real]:
    """Return a function for a declared one of several numbers or arrays, with all its partial derivatives.

    It is a sum of powers and an exponential of linear forms, each with weights of its own for every number among the
    arguments: so no two of its slots play the same part.
    """
    key = rng.random()
    powers = [(Fraction(rng.randint(-4, 4), 2), power) for power in (1, 2, 3)]
    factor = Fraction(rng.choice((0, 1, -1)), 2)

    def weight(form: int, slot: Slot) -> Real:
        draw = random.Random(f"{key}:{form}:{slot}")  # noqa: S311 - reproducible, not secret
        return mp.mpf(draw.randint(-5, 5)) / 4

    def at(arguments: Mapping[Slot, Real], by: tuple[Slot, ...]) -> Real:
        found = []
        for form, (coefficient, power) in enumerate((*powers, (factor, 0))):
            inner = mp.fsum(weight(form, slot) * x for slot, x in arguments.items())
            outer = mp.exp(small(inner)) if not power else mp.mpf(0)
            if power >= len(by) and power:
                outer = math.perm(power, len(by)) * (inner + 1) ** (power - len(by))
            scale = mp.mpf(coefficient.numerator) / coefficient.denominator
            found.append(scale * outer * mp.fprod(weight(form, slot) for slot in by))
        return mp.fsum(found)

    return at
