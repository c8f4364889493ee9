"""Numbers as short text: exact where exact arithmetic gave them, else digits that are certain."""

from __future__ import annotations

from fractions import Fraction

from flint import fmpq

from derive.oracle import quantities as q
from derive.oracle.points import certain_digits, times
from derive.oracle.quantities import Quantity
from derive.oracle.roots import fraction
from derive.report.message import Message
from derive.terms import Apply, Number, Term, add

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
    return texts[0], Message(texts[0], f" {sign} ", format_number(size))


def format_number(number: Quantity, digits: int = 10) -> str:
    """Return a number as text, a message with its term where it is exact."""
    exact = _fitting(number)
    return certain_digits(number, digits) if exact is None else exact


def _fitting(number: Quantity) -> str | None:
    exact = _exact(number)
    told = None if exact is None else Message(exact)
    return told if told is not None and len(told) <= LONGEST else None


def _exact(number: Quantity) -> Term | None:
    if type(number) is fmpq:
        return Number(fraction(number))
    if type(number) is q.Logs:
        logs = sorted(number.logs.items())
        parts = [times(fraction(factor), Apply("log", (Number(Fraction(prime)),))) for prime, factor in logs]
        return add(*parts, *([Number(fraction(number.rest))] if number.rest != 0 else []))
    return None
