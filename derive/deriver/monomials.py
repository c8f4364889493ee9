"""Sums of products, as the search for textbook shapes writes terms: a dictionary from monomials to rationals.

Nothing here is trusted: what the search finds is proved by the kernel before anybody sees it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import lru_cache
from math import gcd, lcm, prod
from typing import TypeAlias

from derive.errors import LimitError
from derive.terms import (
    MINUS_ONE,
    ZERO,
    Add,
    Apply,
    Big,
    Constant,
    Delta,
    Derivative,
    Entry,
    Multiply,
    Number,
    Power,
    SizeNumber,
    Term,
    Where,
    add,
    multiply,
    negate,
    rebuild,
)

Product: TypeAlias = tuple[tuple[Term, Fraction], ...]
Sum: TypeAlias = dict[Product, Fraction]
"""A sum of monomials with their coefficients; the empty monomial is 1."""

MAX_MONOMIALS = 1500


def monomial(powers: Mapping[Term, Fraction]) -> Product:
    """Return powers as a monomial, in the one order of its factors."""
    return tuple(sorted(((a, e) for a, e in powers.items() if e), key=lambda pair: order(pair[0])))


def plus(*sums: Mapping[Product, Fraction]) -> Sum:
    """Return the sum of sums."""
    out: Sum = {}
    for one in sums:
        for mono, coefficient in one.items():
            value = out.get(mono, Fraction(0)) + coefficient
            if value:
                out[mono] = value
            else:
                out.pop(mono, None)
    if len(out) > MAX_MONOMIALS:
        raise LimitError("too many terms while looking for a short form")
    return out


def scaled(one: Sum, factor: Fraction) -> Sum:
    """Return a sum times a number."""
    return {mono: value * factor for mono, value in one.items()} if factor else {}


def times(left: Product, right: Product) -> Product:
    """Return the product of two monomials."""
    powers = dict(left)
    for atom, exponent in right:
        powers[atom] = powers.get(atom, Fraction(0)) + exponent
    return monomial(powers)


def without(mono: Product, part: Product) -> Product:
    """Return a monomial divided by another."""
    return times(mono, tuple((a, -e) for a, e in part))


def content(one: Sum) -> tuple[Fraction, Product]:
    """Return the rational and the monomial that all terms of a sum share."""
    shared = dict(next(iter(one)))
    for mono in one:
        powers = dict(mono)
        for atom in {*shared, *powers}:
            here, there = shared.get(atom, Fraction(0)), powers.get(atom, Fraction(0))
            shared[atom] = min(here, there)
    top, bottom = 0, 1
    for value in one.values():
        top, bottom = gcd(top, value.numerator), lcm(bottom, value.denominator)
    return Fraction(top, bottom), monomial(shared)


# The order in which factors stand in a product, and terms of one kind among themselves.
_KINDS: tuple[type[Term], ...] = (
    Number, SizeNumber, Constant, Entry, Delta, Derivative, Apply, Power, Add, Multiply, Where, Big,
)  # fmt: skip


@lru_cache(maxsize=20_000)
def order(node: Term) -> tuple[int, int, str]:
    """Return a key that sorts factors as people write them: sizes, scalars, entries, functions, sums."""
    kind = next((n for n, one in enumerate(_KINDS) if isinstance(node, one)), len(_KINDS))
    rank = len(node.indices) if isinstance(node, Entry) else 0
    return kind, rank, str(node)


def factor_of(atom: Term, exponent: Fraction) -> Term:
    """Return a power of an atom as a term; exponents of exponentials move inside."""
    if exponent == 1:
        return atom
    if isinstance(atom, Apply) and atom.function == "exp" and exponent.denominator == 1:
        inside = atom.arguments[0]
        return Apply("exp", (multiply(Number(exponent), inside) if exponent != -1 else -inside,))
    if abs(exponent) == Fraction(1, 2):
        root = Apply("sqrt", (atom,))
        return root if exponent > 0 else Power(root, MINUS_ONE)
    if exponent < 0 and exponent != -1:
        return Power(Power(atom, Number(-exponent)), MINUS_ONE)
    if isinstance(atom, Power):
        return Power(atom.base, multiply(Number(exponent), atom.exponent))
    return Power(atom, Number(exponent))


def term_of(one: Sum) -> Term:
    """Return a sum as a term, terms with a plus first."""
    if not one:
        return ZERO
    ordered = sorted(one.items(), key=lambda pair: _place(pair[0]))
    return signs_first([term_of_monomial(mono, coefficient) for mono, coefficient in ordered])


def signs_first(terms: list[Term]) -> Term:
    """Return the sum of terms, those with a plus first, sums over an index after single terms; stable."""
    ranked = sorted(terms, key=lambda t: (_has_big(t), is_negative(t)))
    lead = next((t for t in ranked if not is_negative(t)), ranked[0])
    return add(lead, *(t for t in ranked if t is not lead))


def is_negative(node: Term) -> bool:
    """Tell whether a term is written with a minus in front."""
    if isinstance(node, Number):
        return node.value < 0
    return isinstance(node, Multiply) and isinstance(node.factors[0], Number) and node.factors[0].value < 0


def _has_big(node: Term) -> bool:
    return isinstance(node, Big) or (
        isinstance(node, Multiply) and any(isinstance(f, Big) for f in node.factors)
    )


def _place(mono: Product) -> tuple[int, int, list[tuple[int, int, str]]]:
    # Shorter products first, constants first of all; sums over an index last.
    return sum(isinstance(a, Big) for a, _ in mono), len(mono), [order(a) for a, _ in mono]


def term_of_monomial(mono: Product, coefficient: Fraction) -> Term:
    """Return a coefficient times a monomial as a term: one fraction, the factors in their order."""
    above = [factor_of(a, e) for a, e in mono if e > 0 or _written_above(a)]
    below = [factor_of(a, -e) for a, e in mono if e < 0 and not _written_above(a)]
    return fraction_of(coefficient, above, below)


def fraction_of(coefficient: Fraction, above: Iterable[Term], below: Iterable[Term]) -> Term:
    """Return coefficient * above / below as a term, the number split over and under the line."""
    above, below = list(above), list(below)
    top, bottom = abs(coefficient.numerator), coefficient.denominator
    if below or above:
        if bottom != 1:
            below.insert(0, Number(Fraction(bottom)))
        if top != 1:
            above.insert(0, Number(Fraction(top)))
    else:
        above = [Number(abs(coefficient))]
    under = [Power(multiply(*below), MINUS_ONE)] if below else []
    out = multiply(*above, *under) if above else under[0]
    return out if coefficient >= 0 else negate(out)


def with_one_number(node: Term) -> Term:
    """Return a term with one number in each product, however many a rule left there: -2, not -1*2, and 1/2, not 2^(-1).

    What is still to be differentiated stays as it was written.
    """
    match node:
        case Derivative():
            return node
        case Multiply():
            return _one_number(multiply(*(rebuild(one, with_one_number) for one in node.factors)))
        case Power():
            inner = rebuild(node, with_one_number)
            value = _number(inner)
            return inner if value is None else Number(value)
    return rebuild(node, with_one_number)


def _one_number(product: Term) -> Term:
    factors = _factors(product)
    numbers = [value for one in factors if (value := _number(one)) is not None]
    if len(numbers) <= 1:
        return product
    others = [one for one in factors if _number(one) is None]
    under = [(one, denominator(one)) for one in others]
    above = [one for one, below in under if below is None]
    below = [below for _, below in under if below is not None]
    return fraction_of(prod(numbers, start=Fraction(1)), above, below)


def _factors(node: Term) -> tuple[Term, ...]:
    return node.factors if isinstance(node, Multiply) else (node,)


def _number(node: Term) -> Fraction | None:
    match node:
        case Number(value):
            return value
        case Power(Number(base), Number(exponent)) if (
            base and exponent.denominator == 1 and abs(exponent) <= 2
        ):
            return base ** int(exponent)
    return None


def denominator(factor: Term) -> Term | None:
    """Return what a factor divides by, `None` if it multiplies."""
    match factor:
        case Power(base, Number(value)) if value < 0:
            return base if value == -1 else Power(base, Number(-value))
    return None


def _written_above(atom: Term) -> bool:
    """Tell whether a negative power is written without a fraction line: e^{-x}."""
    return isinstance(atom, Apply) and atom.function == "exp"


def atom_sum(atom: Term, exponent: Fraction = Fraction(1)) -> Sum:
    """Return an atom to a power as a sum of one monomial."""
    return {((atom, exponent),): Fraction(1)} if exponent else {(): Fraction(1)}


def constant(value: Fraction | int) -> Sum:
    """Return a number as a sum."""
    return {(): Fraction(value)} if value else {}


def value_of(one: Sum) -> Fraction | None:
    """Return the number that a sum is, if it is one."""
    if not one:
        return Fraction(0)
    return one.get(()) if len(one) == 1 else None
