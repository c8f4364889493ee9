"""What number an exponent is, however it is spelled: a rational one, a whole one made of sizes, or neither.

Where a power has a value, and which, hangs on this alone: `x^2`, `x^a` after `let a = 2`, `x^(2^2 - 2)` and
`x^(1/2 + 3/2)` are one term.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import isqrt

from derive.terms import (
    HALF,
    Add,
    Apply,
    Definition,
    Entry,
    Multiply,
    Number,
    Power,
    Size,
    SizeNumber,
    Term,
    instantiate,
)

MAX_TERMS = 200
MAX_BITS = 4096

# A polynomial in sizes: from the sizes of a product, in order and each as often as it stands there, to a coefficient.
Polynomial = dict[tuple[str, ...], Fraction]
NOTHING: Mapping[str, Definition] = {}
NO_SIZES: Mapping[str, Size] = {}


def rational(
    node: Term, definitions: Mapping[str, Definition] = NOTHING, sizes: Mapping[str, Size] = NO_SIZES
) -> Fraction | None:
    """Return the rational number that a term comes to by definitions and arithmetic alone, else `None`."""
    if isinstance(node, Number):
        return node.value
    found = _polynomial(node, definitions, sizes)
    if found is None or any(found):
        return None
    return found.get((), Fraction(0))


def is_whole(
    node: Term, definitions: Mapping[str, Definition] = NOTHING, sizes: Mapping[str, Size] = NO_SIZES
) -> bool:
    """Return whether a term is a polynomial in sizes with whole coefficients."""
    found = _polynomial(node, definitions, sizes)
    return found is not None and all(c.denominator == 1 for c in found.values())


def _polynomial(
    node: Term, definitions: Mapping[str, Definition], sizes: Mapping[str, Size]
) -> Polynomial | None:
    def of(inner: Term) -> Polynomial | None:
        return _polynomial(inner, definitions, sizes)

    match node:
        case Number(value):
            return {(): value} if value else {}
        case SizeNumber(name):
            fixed = sizes[name].fixed if name in sizes else None
            return {(name,): Fraction(1)} if fixed is None else {(): Fraction(fixed)}
        case Entry(name, indices) if name in definitions:
            return of(instantiate(definitions[name], indices))
        case Add(parts) | Multiply(parts):
            total: Polynomial = {} if isinstance(node, Add) else {(): Fraction(1)}
            for part in map(of, parts):
                if part is None:
                    return None
                total = _sum(total, part) if isinstance(node, Add) else _product(total, part)
                if not _in_bounds(total):
                    return None
            return total
        case Power(base, exponent):
            return _power(of(base), of(exponent))
        case Apply("sqrt", (base,)):
            return of(Power(base, HALF))
    return None


def _sum(left: Polynomial, right: Polynomial) -> Polynomial:
    total = dict(left)
    for sizes, coefficient in right.items():
        total[sizes] = total.get(sizes, Fraction(0)) + coefficient
    return {sizes: c for sizes, c in total.items() if c}


def _product(left: Polynomial, right: Polynomial) -> Polynomial:
    total: Polynomial = {}
    for one, coefficient in left.items():
        parts = {tuple(sorted((*one, *other))): coefficient * c for other, c in right.items()}
        total = _sum(total, parts)
    return total


def _power(base: Polynomial | None, exponent: Polynomial | None) -> Polynomial | None:
    if base is None or exponent is None or any(exponent):
        return None
    times = exponent.get((), Fraction(0))
    if not any(base):
        value = _power_of_number(base.get((), Fraction(0)), times)
        return None if value is None else {(): value} if value else {}
    if times.denominator != 1 or not 0 <= times <= MAX_TERMS:
        return None
    total: Polynomial = {(): Fraction(1)}
    for _ in range(int(times)):
        total = _product(total, base)
        if not _in_bounds(total):
            return None
    return total


def _power_of_number(base: Fraction, exponent: Fraction) -> Fraction | None:
    """Return a rational power of a rational number that is one itself, `None` for any other and for none."""
    if (base == 0 and exponent < 0) or (base < 0 and exponent.denominator != 1):
        return None
    roots = [_root(part, exponent.denominator) for part in (base.numerator, base.denominator)]
    if None in roots or abs(exponent.numerator) * max(_bits(base), 1) > MAX_BITS:
        return None
    return Fraction(*roots) ** exponent.numerator  # type: ignore[arg-type]


def _root(value: int, degree: int) -> int | None:
    """Return the whole root of a whole number, `None` if there is none."""
    if degree == 1 or value in (0, 1):
        return value
    if degree > MAX_BITS:
        return None
    if degree == 2:
        near = isqrt(value)
        return near if near * near == value else None
    low, high = 0, 1 << (value.bit_length() // degree + 1)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if middle**degree <= value else (low, middle - 1)
    return low if low**degree == value else None


def _bits(value: Fraction) -> int:
    return max(value.numerator.bit_length(), value.denominator.bit_length())


def _in_bounds(poly: Polynomial) -> bool:
    return len(poly) <= MAX_TERMS and all(_bits(c) <= MAX_BITS for c in poly.values())
