"""What number a float of somebody's code stands for: a decimal as typed, or the closed form that it was rounded from.

A float with at most 15 digits is the decimal that it is written as. One with more was computed; it is taken for a
simple closed form where that, correctly rounded or computed in floats as it is written, is exactly this float: a
rational number, a rational multiple of pi or e, a root or logarithm, or a quotient of these. What is taken for
something is said. Any other float is the decimal that Python shows for it.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache

from flint import arb, ctx, fmpq

from derive.terms import ONE, PI, Apply, Multiply, Number, Power, Term, divide, multiply, term

TYPED = 15  # digits: as many as every double keeps
TYPED_SINGLE = 6
MAX_DENOMINATOR = 1000
BITS = 160

MAX_ARGUMENT = 100.0
_OF_RATIONALS: tuple[tuple[str, Callable[[Fraction], float], Callable[[float], float]], ...] = (
    ("sqrt", lambda q: math.sqrt(float(q)), lambda x: x * x),
    ("log", lambda q: math.log(float(q)), math.exp),
)
"""Functions of rational numbers: their names, themselves and their inverses in floats."""

DENOMINATORS = (1, 2, 3, 4, 5, 6, 8, 9, 10, 12, 16, 20)
SIMPLE_DENOMINATORS = (1, 2, 3, 4)
MAX_NUMERATOR = 100
MAX_SIMPLE_NUMERATOR = 8


@dataclass(frozen=True, slots=True)
class Known:
    """A number that forms are made of: its term, its value in floats and as a ball."""

    term: Term
    value: float
    simple: bool = False

    @property
    def ball(self) -> arb:
        """The value, rigorously."""
        return _evaluated(self.term)


def meaning(value: float, *, exact: bool = False) -> tuple[Term, str | None]:
    """Return the number that a float stands for, and what is assumed by that, if anything is.

    With `exact` it is the binary number that it is. A NumPy scalar of single precision is given as a double.

    Raises:
        ValueError: it is infinite, or no number.
    """
    value = float(value)
    if not math.isfinite(value):
        raise ValueError(f"{value} is no real number")
    if exact:
        return Number(Fraction(value)), None
    if (
        value == int(value) or Fraction(value).numerator.bit_length() <= 10
    ):  # 3.0, 2**-52: nothing was rounded
        return Number(Fraction(value)), None
    if _digits(value) <= TYPED:
        return Number(Fraction(repr(value))), None
    found = closed_form(abs(value))
    if found is None and _is_single(value):
        shortest = _single_decimal(value)
        if _digits(float(shortest)) <= TYPED_SINGLE:
            return Number(Fraction(shortest)), None
        found = closed_form(abs(value), single=True)
        if found is None:
            return Number(Fraction(shortest)), None
    if found is None:
        return Number(Fraction(repr(value))), None
    form = found if value > 0 else multiply(-1, found)
    return form, f"the float {value!r} is taken for {form}"


def _digits(value: float) -> int:
    return len(Decimal(repr(value)).normalize().as_tuple().digits)


def _is_single(value: float) -> bool:
    try:
        return bool(struct.unpack("f", struct.pack("f", value))[0] == value)
    except OverflowError:
        return False


def _single_decimal(value: float) -> str:
    """Return the shortest decimal that single precision rounds to this value."""
    for digits in range(1, 10):
        text = f"{value:.{digits}g}"
        if struct.unpack("f", struct.pack("f", float(text)))[0] == value:
            return text
    return repr(value)


@cache
def closed_form(value: float, *, single: bool = False) -> Term | None:
    """Return the simple closed form that a positive float is the value of, to a float's precision."""
    before = ctx.prec
    ctx.prec = BITS
    try:
        return _closed_form(value, single)
    finally:
        ctx.prec = before


def _closed_form(value: float, single: bool) -> Term | None:
    rational = Fraction(value).limit_denominator(MAX_DENOMINATOR if not single else 32)
    if rational and _rounds_to(rational, value, single):
        return Number(rational)
    for name, inner, back in () if single else _OF_RATIONALS:
        argument = (
            Fraction(back(value)).limit_denominator(MAX_DENOMINATOR) if value < MAX_ARGUMENT else Fraction(0)
        )
        if argument > 0 and inner(argument) == value:
            return Apply(name, (Number(argument),))
    for numerator, denominator, above, below in _candidates(value, single):
        factor = Fraction(numerator, denominator)
        ball = arb(fmpq(factor.numerator, factor.denominator)) * above.ball / below.ball
        if _ball_rounds_to(ball, value, single) or (
            not single and value in _as_computed(numerator, denominator, above.value, below.value)
        ):
            return _written(factor, above, below)
    return None


def _written(factor: Fraction, above: Known, below: Known) -> Term:
    top = [one for one in (term(factor.numerator), above.term) if one != ONE]
    under = [one for one in (term(factor.denominator), below.term) if one != ONE]
    return divide(multiply(*top), multiply(*under)) if under else multiply(*top)


def _candidates(value: float, single: bool) -> Iterator[tuple[int, int, Known, Known]]:
    close = 1e-6 if single else 1e-14
    denominators = SIMPLE_DENOMINATORS if single else DENOMINATORS
    most = MAX_SIMPLE_NUMERATOR if single else MAX_NUMERATOR
    known = [one for one in _known() if one.simple or not single]
    for above in known:
        for below in known:
            if above is below or (single and ONE not in (above.term, below.term)):
                continue
            ratio = value * below.value / above.value
            for denominator in denominators:
                numerator = round(ratio * denominator)
                near = abs(ratio * denominator - numerator) <= close * numerator
                if near and 0 < numerator <= most and math.gcd(numerator, denominator) == 1:
                    yield numerator, denominator, above, below


def _as_computed(numerator: int, denominator: int, above: float, below: float) -> set[float]:
    """Return what comes out where such a form is computed in floats, in the orders in which people write it."""
    factor = numerator / denominator
    return {factor * above / below, factor * (above / below), (numerator * above) / (denominator * below)}


def _rounds_to(number: Fraction, value: float, single: bool) -> bool:
    if single:
        return bool(struct.unpack("f", struct.pack("f", float(number)))[0] == value)
    return float(number) == value


def _ball_rounds_to(ball: arb, value: float, single: bool) -> bool:
    """Return whether a number lies within half a unit in the last place of a float."""
    unit = math.ulp(value) * (2.0**29 if single else 1.0)
    half = arb(fmpq(*Fraction(unit / 2).as_integer_ratio()))
    return bool(abs(ball - arb(fmpq(*Fraction(value).as_integer_ratio()))) < half)


@cache
def _known() -> tuple[Known, ...]:
    def root(number: int | Term) -> Term:
        return Apply("sqrt", (term(number),))

    def log(number: int | Term) -> Term:
        return Apply("log", (term(number),))

    two_pi = multiply(2, PI)
    found = [
        Known(ONE, 1.0, simple=True),
        Known(PI, math.pi, simple=True),
        Known(Apply("exp", (ONE,)), math.e, simple=True),
        Known(root(PI), math.sqrt(math.pi), simple=True),
        Known(root(divide(2, PI)), math.sqrt(2 / math.pi), simple=True),
        Known(root(two_pi), math.sqrt(2 * math.pi), simple=True),
        Known(log(PI), math.log(math.pi)),
        Known(log(two_pi), math.log(2 * math.pi), simple=True),
        Known(Power(PI, Number(Fraction(2))), math.pi**2),
        Known(Apply("exp", (Number(Fraction(1, 2)),)), math.exp(0.5)),
    ]
    found += [
        Known(root(number), math.sqrt(number), simple=number in (2, 3))
        for number in (2, 3, 5, 6, 7, 10, 11, 13, 14, 15, 17, 19)
    ]
    found += [
        Known(log(number), math.log(number), simple=number in (2, 10)) for number in (2, 3, 5, 6, 7, 10)
    ]
    for number in (2, 3, 4):
        third = Power(Number(Fraction(number)), Number(Fraction(1, 3)))
        found.append(Known(third, number ** (1 / 3)))
    return tuple(found)


def _evaluated(form: Term) -> arb:
    match form:
        case Number(value):
            return arb(fmpq(value.numerator, value.denominator))
        case Apply("sqrt", (inner,)):
            return _evaluated(inner).sqrt()
        case Apply("log", (inner,)):
            return _evaluated(inner).log()
        case Apply("exp", (inner,)):
            return _evaluated(inner).exp()
        case Power(base, Number(exponent)):
            return _evaluated(base) ** arb(fmpq(exponent.numerator, exponent.denominator))
        case Multiply(factors):
            product = arb(1)
            for factor in factors:
                product *= _evaluated(factor)
            return product
    return arb.pi()
