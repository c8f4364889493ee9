"""The arrangements of values that points are sampled in: fixed ones for low numbers, pseudo-random ones from there on.

A strategy is a number; the same number gives the same arrangement.
"""

from __future__ import annotations

import random
from fractions import Fraction

from derive.oracle.points import Chosen, ChosenPolynomial
from derive.terms import Entry

SHARE_OF_ONE = 60
STRUCTURED = 8  # strategies below this number are fixed arrangements


def place_among_candidates(
    strategy: int, place: int, array: int, count: int, diagonal: bool, *, vector: bool
) -> int | None:
    """Return which of the simplest values an entry takes; `None` in a pseudo-random strategy.

    `place` counts the entries of an array of `count`, `array` the arrays; `diagonal`: all its indices are equal,
    as they are in a `vector`, of which all entries are at the upper end instead where there are two ends.
    """
    return {
        0: 0,
        1: 2 if place == count - 1 else 0,
        2: place + array,
        3: 1,
        4: 0 if place else 1,
        5: 2 * place + array + 1,
        6: 2 if vector else int(diagonal),
        7: count - place + 2 * array,
    }.get(strategy)


# Where a formula wants all of an array in one range, as log(1 - x) does, values drawn one by one rarely are.
_RANGES = tuple(
    (Fraction(low), Fraction(high))
    for low, high in ((0, 1), (1, 3), (-1, 1), (-1, 0), (0, Fraction(1, 10)), (-3, -1), (3, 30))
)


def range_of_array(strategy: int, array: int) -> tuple[Fraction, Fraction] | None:
    """Return the range from which every entry of an array is drawn in a strategy; `None`: each by itself.

    In the first such strategies all arrays share a range, from there on each has its own.
    """
    number, wanted = divmod(strategy - STRUCTURED, 3)
    if number < 0 or wanted != 1:
        return None
    if number < len(_RANGES):
        return _RANGES[number]
    return random.Random(strategy * 1000 + array).choice(_RANGES)  # noqa: S311 - reproducible, not secret


def hot_place(strategy: int, row: int, count: int, source: random.Random) -> int:
    """Return which entry of a one-hot row is 1."""
    return {0: 0, 1: row, 2: count - 1}.get(strategy, source.randrange(count)) % count


def shares(strategy: int, count: int, may_vanish: bool, source: random.Random) -> list[int]:
    """Return in which proportion entries that are never negative share a total; 0 only if they may vanish."""
    parts = {
        1: [1] * count,
        3: list(range(1, count + 1)),
        4: [count] + [1] * (count - 1),
        5: list(range(count, 0, -1)),
    }.get(strategy)
    if parts is not None:
        return parts
    if strategy == 7 and count > 1 and not may_vanish:  # nearly all of it in one place, as far as that can be
        hot = source.randrange(count)
        return [SHARE_OF_ONE if place == hot else 1 for place in range(count)]
    if may_vanish and (strategy in (0, 2) or (strategy >= STRUCTURED and source.random() < 0.3)):
        hot = {0: 0, 2: count - 1}.get(strategy, source.randrange(count))
        return [int(place == hot) for place in range(count)]
    return [1] * count if strategy == 0 else [source.choice((1, 1, 2, 3, 5)) for _ in range(count)]


_FUNCTIONS = (
    Chosen((Fraction(0), Fraction(0), Fraction(1))),
    Chosen((), Fraction(1), Fraction(1)),
    Chosen((Fraction(1), Fraction(2))),
    Chosen((Fraction(0), Fraction(1), Fraction(0), Fraction(1))),
    Chosen((Fraction(1), Fraction(-1), Fraction(2)), Fraction(1), Fraction(-1)),
)


def chosen_function(strategy: int) -> Chosen:
    """Return a function to stand for a declared one."""
    if strategy < len(_FUNCTIONS):
        return _FUNCTIONS[strategy]
    source = random.Random(strategy)  # noqa: S311 - reproducible, not secret
    coefficients = tuple(Fraction(source.randint(-3, 3), source.randint(1, 3)) for _ in range(5))
    return Chosen(coefficients, Fraction(source.randint(-2, 2)), Fraction(source.choice((1, -1, 2)), 2))


def chosen_polynomial(strategy: int, arguments: tuple[Entry, ...]) -> ChosenPolynomial:
    """Return a polynomial to stand for an unknown function of these arguments, of degree 3 in every one of them."""
    source = random.Random(strategy)  # noqa: S311 - reproducible, not secret
    monomials: dict[tuple[int, ...], Fraction] = {}
    for k in range(len(arguments)):
        monomials[(k,)] = Fraction(source.choice((1, 1, 2, -1)))
        if strategy:
            monomials[(k, k, k)] = Fraction(source.choice((1, -1, 2)))
        for other in range(k, len(arguments)):
            monomials[(k, other)] = Fraction(source.choice((1, 0, 2, -1, 1)))
    return ChosenPolynomial(arguments, tuple((m, c) for m, c in monomials.items() if c))
