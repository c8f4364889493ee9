"""Sine and cosine of sums, multiples and special angles, brought to powers of sines and cosines of single angles.

Each rewrite is an identity of entire functions, so none has a condition.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from flint import fmpq

from derive.kernel.normal_form.polynomials import Monomial, Poly, poly_key
from derive.kernel.normal_form.ring import Ring

MAX_ANGLES = 4
MAX_MULTIPLE = 8

Pair = tuple[Poly, Poly]  # sine and cosine
Leaf = Callable[[str, Poly], Poly]


def split_angle(ring: Ring, poly: Poly, leaf: Leaf) -> Pair | None:
    """Return sine and cosine of an angle by the addition theorems, `None` if it is a single angle already.

    `leaf(name, angle)` makes the atoms of single angles.
    """
    if len(poly) > MAX_ANGLES:
        return None
    parts = [_part(ring, m, c, leaf) for m, c in poly.items()]
    if len(parts) == 1 and parts[0] is None:
        return None
    sine, cosine = ring.constant(0), ring.constant(1)
    for part, (monomial, coefficient) in zip(parts, poly.items(), strict=True):
        angle: Poly = {monomial: coefficient}
        pair = part if part is not None else (leaf("sin", angle), leaf("cos", angle))
        sine, cosine = add_angles(ring, (sine, cosine), pair)
    return sine, cosine


def add_angles(ring: Ring, left: Pair, right: Pair) -> Pair:
    """Return sine and cosine of the sum of two angles."""
    s = ring.add(ring.multiply(left[0], right[1]), ring.multiply(left[1], right[0]))
    c = ring.subtract(ring.multiply(left[1], right[1]), ring.multiply(left[0], right[0]))
    return s, c


def _part(ring: Ring, monomial: Monomial, coefficient: fmpq, leaf: Leaf) -> Pair | None:
    """Return sine and cosine of one term of an angle, `None` if it is a single angle."""
    if len(monomial) == 1 and monomial[0][0].key == ("pi",) and monomial[0][1] == 1:
        return _of_pi(ring, coefficient)
    count = int(coefficient.p)
    if count == 1 or abs(count) > MAX_MULTIPLE:
        return None
    single: Poly = {monomial: fmpq(1, int(coefficient.q))}
    one = leaf("sin", single), leaf("cos", single)
    sine, cosine = ring.constant(0), ring.constant(1)
    for _ in range(abs(count)):
        sine, cosine = add_angles(ring, (sine, cosine), one)
    return (sine, cosine) if count > 0 else (ring.negate(sine), cosine)


# The sine of p/q of a half turn, as (rational, radicand): the rational times the root of the radicand.
_SINES: dict[Fraction, tuple[Fraction, int]] = {
    Fraction(0): (Fraction(0), 1),
    Fraction(1, 6): (Fraction(1, 2), 1),
    Fraction(1, 4): (Fraction(1, 2), 2),
    Fraction(1, 3): (Fraction(1, 2), 3),
    Fraction(1, 2): (Fraction(1), 1),
}


def _of_pi(ring: Ring, coefficient: fmpq) -> Pair | None:
    turn = Fraction(int(coefficient.p), int(coefficient.q))
    sine, cosine = _sine(ring, turn), _sine(ring, turn + Fraction(1, 2))
    return None if sine is None or cosine is None else (sine, cosine)


def _sine(ring: Ring, turn: Fraction) -> Poly | None:
    turn %= 2
    sign = 1
    if turn > 1:
        turn, sign = turn - 1, -1
    if turn > Fraction(1, 2):
        turn = 1 - turn
    if turn not in _SINES:
        return None
    value, radicand = _SINES[turn]
    root = ring.power(ring.constant(radicand), Fraction(1, 2))
    return ring.scale(root, fmpq(value.numerator * sign, value.denominator))


def key_of_angle(poly: Poly) -> tuple[object, ...]:
    """Return the key of an angle without its coefficient, under which angles are commensurable."""
    ((monomial, _),) = poly.items()
    return poly_key({monomial: fmpq(1)})
