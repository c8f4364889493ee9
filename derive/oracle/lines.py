"""The places on a line, along which one entry moves, where comparisons change, and a number from each part between."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from functools import lru_cache

from derive.oracle import quantities as q
from derive.oracle.points import Rational
from derive.oracle.quantities import Quantity
from derive.oracle.roots import binary, roots

HALVINGS = 24
MOST_DOUBLINGS = 64


def parts(places: Iterable[Fraction]) -> Iterator[Fraction]:
    """Yield every place, and the simplest number from each part into which they divide the line."""
    ordered = sorted(set(places))
    if not ordered:
        return
    yield Fraction(math.floor(ordered[-1]) + 1)
    yield Fraction(math.ceil(ordered[0]) - 1)
    for low, high in itertools.pairwise(ordered):
        yield simplest(low, high)
    yield from ordered


def simplest(low: Fraction, high: Fraction) -> Fraction:
    """Return the rational with the least denominator strictly between two, the least of these in size."""
    if low < 0 < high:
        return Fraction(0)
    if high <= 0:
        return -simplest(-high, -low)
    below = math.floor(low)
    if below + 1 < high:
        return Fraction(below + 1)
    rest = 1 / (high - below)
    if low == below:
        return below + 1 / Fraction(math.floor(rest) + 1)
    return below + 1 / simplest(rest, 1 / (low - below))


def roots_of(polynomial: object) -> Iterator[Fraction]:
    """Yield the real roots of a polynomial that is not constant; of those that are not rational something near."""
    for root in roots(polynomial):
        if isinstance(root, Rational):
            yield root.value
        else:
            middle = binary(q.ball(root.number()).mid())
            yield middle.limit_denominator(10**9)


def changes(function: Callable[[Quantity], Quantity | None], greatest: Fraction) -> Iterator[Fraction]:
    """Yield pairs of places between which a function changes its sign, looked for between numbers of every size."""
    last: tuple[Fraction, int] | None = None
    for place in _scale(greatest):
        sign = _sign(function, place)
        if sign is not None:
            if last is not None and sign != last[1]:
                yield from _halved(function, last[0], place, last[1])
            last = place, sign


@lru_cache(maxsize=64)
def _scale(greatest: Fraction) -> tuple[Fraction, ...]:
    """Return numbers in order: whole ones, then doubled up to what is greatest, and beyond in greater steps."""
    sizes = [Fraction(2) ** -power for power in (40, 20, 10, 5, 2)] + [Fraction(k) for k in range(1, 9)]
    while sizes[-1] < greatest and len(sizes) < MOST_DOUBLINGS:
        sizes.append(2 * sizes[-1])
    sizes += [sizes[-1] * 2**power for power in (10, 30, 100)]
    return (*(-size for size in reversed(sizes)), Fraction(0), *sizes)


def _halved(
    function: Callable[[Quantity], Quantity | None], low: Fraction, high: Fraction, below: int
) -> tuple[Fraction, ...]:
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        sign = _sign(function, middle)
        if sign is None or sign == 0:
            return (middle,)
        low, high = (middle, high) if sign == below else (low, middle)
    return low, high


def _sign(function: Callable[[Quantity], Quantity | None], place: Fraction) -> int | None:
    value = function(q.rational(place))
    return None if value is None else q.sign(value)
