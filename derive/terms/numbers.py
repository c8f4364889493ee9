"""How large a number may be that a claim brings, by whatever door, and about how large a closed term is."""

from __future__ import annotations

import math
from fractions import Fraction

from derive.errors import IllPosedError
from derive.terms.nodes import Add, Multiply, Number, Power, Term

MAX_DIGITS = 1000
MAX_EXPONENT = 1000
_HUGE = 10**300


def bounded_number(value: Fraction) -> Number:
    """Return a number as a term.

    Raises:
        IllPosedError: it has more than `MAX_DIGITS` digits.
    """
    if max(abs(value.numerator), value.denominator) >= 10**MAX_DIGITS:
        raise IllPosedError(f"the number has more than {MAX_DIGITS} digits")
    return Number(value)


def check_exponent(exponent: Term) -> None:
    """Raise `IllPosedError` for an exponent that is a number beyond `MAX_EXPONENT`."""
    size = approximate(exponent)
    if size is not None and abs(size) > MAX_EXPONENT:
        raise IllPosedError(f"an exponent beyond {MAX_EXPONENT}")


def approximate(node: Term) -> float | None:
    """Return about the value of a closed term of numbers, infinite if it is huge, `None` for any other term."""
    match node:
        case Number(value):
            return float(value) if abs(value) < _HUGE else math.inf
        case Add(terms) | Multiply(terms):
            parts = [approximate(one) for one in terms]
            known = [one for one in parts if one is not None]
            if len(known) < len(parts):
                return None
            found = sum(known) if isinstance(node, Add) else math.prod(known)
            return math.inf if math.isnan(found) else found
        case Power(base, exponent):
            below, above = approximate(base), approximate(exponent)
            return None if below is None or above is None else _power_of(below, above)
        case _:
            return None


def _power_of(base: float, exponent: float) -> float | None:
    try:
        found = base**exponent
    except OverflowError:
        return math.inf
    except ZeroDivisionError:
        return None
    return found if isinstance(found, float) else None
