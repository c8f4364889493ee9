"""Numbers as short text: exact where exact arithmetic gave them, else digits that are certain."""

from __future__ import annotations

from fractions import Fraction

from flint import fmpq

from derive.oracle import quantities as q
from derive.oracle.points import certain_digits
from derive.oracle.quantities import Quantity
from derive.oracle.roots import fraction

LONGEST = 24
GLANCE = 4  # digits that one sees to differ


def format_pair(left: Quantity, right: Quantity, difference: Quantity) -> tuple[str, str]:
    """Return two different numbers as texts that differ, given the first minus the second."""
    alike = certain_digits(left, GLANCE) == certain_digits(right, GLANCE)
    for digits in (10, 15, 20, 30, 60):
        if alike and None in (_fitting(left), _fitting(right)):
            # 3/10 beside 0.3000000001 would not be seen to differ, nor to be the same.
            texts = certain_digits(left, digits), certain_digits(right, digits)
        else:
            texts = format_number(left, digits), format_number(right, digits)
        if texts[0] != texts[1]:
            return texts
    more = q.negate(difference)
    sign, size = ("-", difference) if q.sign(more) == -1 else ("+", more)
    return texts[0], f"{texts[0]} {sign} {format_number(size)}"


def format_number(number: Quantity, digits: int = 10) -> str:
    """Return a number as text."""
    exact = _fitting(number)
    return certain_digits(number, digits) if exact is None else exact


def _fitting(number: Quantity) -> str | None:
    exact = _exact(number)
    return exact if exact is not None and len(exact) <= LONGEST else None


def _exact(number: Quantity) -> str | None:
    if type(number) is fmpq:
        return str(number)
    if type(number) is q.Logs:
        parts = [_logarithm(fraction(factor), prime) for prime, factor in sorted(number.logs.items())]
        if number.rest != 0:
            parts.append(str(number.rest))
        return " + ".join(parts).replace("+ -", "- ")
    return None


def _logarithm(factor: Fraction, prime: int) -> str:
    size = abs(factor)
    text = f"log({prime})" if size.numerator == 1 else f"{size.numerator}*log({prime})"
    text = text if size.denominator == 1 else f"{text}/{size.denominator}"
    return text if factor > 0 else f"-{text}"
