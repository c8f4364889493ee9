"""Solving one equation for one entry: exact rational roots where there are, else a bracket proved to hold one."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from flint import arb, fmpq, fmpq_poly

from derive.oracle import quantities as q
from derive.oracle.constraints import Affine
from derive.oracle.ground import EntryKey, Program
from derive.oracle.points import Enclosed, Rational, Surd, Value
from derive.oracle.quantities import Quantity, exact_power

MAX_DEGREE = 12
SCALE = 2 ** (q.FINEST + 16)


def polynomial(
    program: Program, node: int, forms: Mapping[EntryKey, Affine], unknown: EntryKey
) -> Any | None:
    """Return a node as a polynomial in one entry, every other entry being rational or affine in that one.

    `forms` gives those others; `None` if the node is not plainly such a polynomial.
    """
    kind, arguments, data, _ = program.nodes[node]
    parts = [polynomial(program, argument, forms, unknown) for argument in arguments]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    match kind:
        case "number":
            return fmpq_poly([data])
        case "entry":
            if data == unknown:
                return fmpq_poly([0, 1])
            form = forms.get(data)
            if form is None or set(form[1]) - {unknown}:
                return None
            return fmpq_poly([form[0], form[1].get(unknown, fmpq(0))])
        case "defined":
            return known[0]
        case "add":
            return sum(known, fmpq_poly([0]))
        case "multiply":
            total = fmpq_poly([1])
            for part in known:
                total *= part
            return total if total.degree() <= MAX_DEGREE else None
        case "power":
            return _power(known[0], data)
    return None


def _power(base: Any, exponent: int) -> Any | None:
    if exponent >= 0:
        if base.degree() < 1:
            whole = exact_power(base[0], exponent)
            return None if whole is None else fmpq_poly([whole])
        return base**exponent if base.degree() * exponent <= MAX_DEGREE else None
    if base.degree() > 0 or base[0] == 0:
        return None
    whole = exact_power(base[0], exponent)
    return None if whole is None else fmpq_poly([whole])


def roots(found: Any) -> list[Value]:
    """Return the real roots of a polynomial that is not 0, rational ones first."""
    exact: list[Value] = []
    others: list[Value] = []
    for factor, _ in found.factor()[1]:
        degree = factor.degree()
        if degree == 1:
            exact.append(Rational(fraction(-factor[0] / factor[1])))
        elif degree == 2:
            others += _quadratic(*(fmpq(factor[k]) for k in range(3)))
        else:
            others += _enclosed(factor)
    return exact + others


def _quadratic(c: fmpq, b: fmpq, a: fmpq) -> list[Value]:
    discriminant = b * b - 4 * a * c
    if discriminant < 0:
        return []
    # sqrt(p/q) = sqrt(p q)/q, with square factors taken out.
    outside, inside = fmpq(1, discriminant.q), 1
    for prime, count in (discriminant.p * discriminant.q).factor():
        outside *= fmpq(prime) ** (count // 2)
        inside *= int(prime) ** (count % 2)
    factor = abs(fraction(outside / (2 * a)))
    return [Surd(fraction(-b / (2 * a)), sign * factor, Fraction(inside)) for sign in (1, -1)]


def _enclosed(factor: Any) -> list[Value]:
    with q.precision(q.FINEST + 64):
        found = [root.real for root, _ in factor.complex_roots() if root.imag.is_zero()]
        return [Enclosed(binary(root.lower()), binary(root.upper())) for root in found]


def bracket(function: Callable[[Quantity], Quantity | None], candidates: list[Fraction]) -> Value | None:
    """Return a root of a function: a candidate where it is exactly 0, else a bracket with a change of sign.

    The function must give a ball or nothing for a ball, and a value for a whole interval only if it is
    continuous there; then a change of sign proves a root (intermediate values).
    """
    with q.precision(q.FINEST + 96):
        signs: dict[Fraction, int] = {}
        for candidate in sorted(set(candidates)):
            value = function(q.rational(candidate))
            sign = None if value is None else q.sign(value)
            if sign == 0:
                return Rational(candidate)
            if sign is not None:
                signs[candidate] = sign
        places = list(signs)
        for low, high in itertools.pairwise(places):
            if signs[low] != signs[high]:
                found = _bisect(function, low, high, signs[low])
                if found is not None:
                    return found
    return None


def _bisect(
    function: Callable[[Quantity], Quantity | None], low: Fraction, high: Fraction, sign_low: int
) -> Value | None:
    while (high - low) * SCALE > 1:
        middle = (low + high) / 2
        value = function(q.rational(middle))
        sign = None if value is None else q.sign(value)
        if sign is None:
            return None
        if sign == 0:
            return Rational(middle)
        low, high = (middle, high) if sign == sign_low else (low, middle)
    whole = function(arb(q.rational(low)).union(arb(q.rational(high))))
    return None if whole is None else Enclosed(low, high)


def fraction(value: fmpq) -> Fraction:
    """Return an exact rational as Python's."""
    return Fraction(int(value.p), int(value.q))


def binary(value: arb) -> Fraction:
    """Return an exact ball as a fraction."""
    mantissa, exponent = value.man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)
