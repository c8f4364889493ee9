"""Signs of numbers: of what is made of rationals, roots, logarithms and exponentials of them, and pi, by balls."""

from __future__ import annotations

from flint import arb, ctx, fmpq

from derive.kernel.normal_form.functions import ExpAtom, LogAtom
from derive.kernel.normal_form.polynomials import ANY, Atom, Exponent, Poly, Sign
from derive.kernel.normal_form.powers import BaseAtom, PrimeAtom
from derive.kernel.normal_form.symbols import PiAtom
from derive.kernel.signs.facts import NEGATIVE, POSITIVE, ZERO_SIGN

BITS = 128


def constant_sign(poly: Poly) -> Sign:
    """Return the sign of a polynomial that is a number, as far as balls tell it; of any other any sign.

    python-flint's balls are trusted: none leaves out the number that it stands for.
    """
    if not poly:
        return ZERO_SIGN
    before = ctx.prec
    ctx.prec = BITS
    try:
        value = _value(poly)
    finally:
        ctx.prec = before
    if value is None or not value.is_finite():
        return ANY
    return POSITIVE if value > 0 else NEGATIVE if value < 0 else ANY


def _value(poly: Poly) -> arb | None:
    total = arb(0)
    for monomial, coefficient in poly.items():
        product = arb(coefficient)
        for atom, exponent in monomial:
            value = _power(atom, exponent)
            if value is None:
                return None
            product *= value
        total += product
    return total


def _power(atom: Atom, exponent: Exponent) -> arb | None:
    number = fmpq(exponent.numerator, exponent.denominator)
    if isinstance(atom, ExpAtom):
        inner = _value({atom.argument: number})
        return None if inner is None else inner.exp()
    value = _atom(atom)
    if value is None:
        return None
    if number.q == 1 and (number > 0 or not value.contains(0)):
        return value ** int(number.p)
    # Any other power is one of the logarithm, and of what is certainly positive.
    return (value.log() * arb(number)).exp() if value > 0 else None


def _atom(atom: Atom) -> arb | None:
    match atom:
        case PrimeAtom():
            return arb(atom.prime)
        case PiAtom():
            return arb.pi()
        case BaseAtom():
            return _value(atom.poly)
        case LogAtom():
            inner = _atom(atom.inner)
            return inner.log() if inner is not None and inner > 0 else None
    return None
