"""Exponentials, logarithms and other functions of normal forms."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial

from flint import fmpq

from derive.kernel.normal_form.division import divided
from derive.kernel.normal_form.polynomials import (
    ANY,
    Atom,
    Exponent,
    Idx,
    Mapping_,
    Monomial,
    Poly,
    Sign,
    as_constant,
    exponent_of,
    merge,
    monomial_key,
    poly_indices,
    poly_key,
    poly_level,
    without,
)
from derive.kernel.normal_form.powers import (
    AbsAtom,
    absolute,
    by_cases,
    factor,
    power,
    prime_atom,
    prime_factors,
    support,
)
from derive.kernel.normal_form.ring import Ring
from derive.kernel.normal_form.symbols import is_in_sizes
from derive.kernel.normal_form.trigonometric import split_angle
from derive.kernel.signs.analysis import in_force, is_nonzero, sign_of, sign_of_atom
from derive.kernel.signs.facts import NONNEGATIVE, NONZERO, POSITIVE, ZERO_SIGN
from derive.terms import Entry, Number, Term
from derive.terms.functions import TABLE, Function


class ExpAtom(Atom):
    """`exp` of one monomial; exponents of the atom are the monomial's coefficients."""

    __slots__ = ("argument",)
    argument: Monomial

    def exponential_argument(self) -> Monomial:
        return self.argument

    def parts(self) -> Iterator[Poly]:
        yield {self.argument: fmpq(1)}

    def renamed(self, ring: Ring, mapping: Mapping_, exponent: Exponent) -> Poly:
        inner = ring.rename_monomial(self.argument, mapping)
        return exponential(ring, ring.scale(inner, fmpq(exponent.numerator, exponent.denominator)))


class LogAtom(Atom):
    """`log |atom|`, 0 where the atom is 0."""

    __slots__ = ("inner",)
    inner: Atom

    def parts(self) -> Iterator[Poly]:
        yield self.inner.polynomial()

    def own_sign(self, ring: Ring) -> Sign:
        inner = sign_of_atom(ring, self.inner)
        if not inner <= NONNEGATIVE:
            return ANY
        sign = sign_of(ring, ring.subtract(ring.poly(self.inner), ring.constant(1)))
        return sign | ZERO_SIGN if 0 in inner else sign

    def renamed(self, ring: Ring, mapping: Mapping_, exponent: Exponent) -> Poly:
        return power(ring, logarithm(ring, self.inner.renamed(ring, mapping, 1)), exponent)


class FunctionAtom(Atom):
    """Any other function, of normal forms; `order` counts the derivatives of a declared function."""

    __slots__ = ("arguments", "name", "order")
    name: str
    order: int
    arguments: tuple[Poly, ...]

    def parts(self) -> Iterator[Poly]:
        return iter(self.arguments)

    def own_sign(self, ring: Ring) -> Sign:
        sign = None if self.order else _SIGNS.get(self.name)
        return ANY if sign is None else sign(*(sign_of(ring, a) for a in self.arguments))

    def bounds(self, ring: Ring) -> list[tuple[Poly, Sign]]:
        if self.order or self.name not in _WITHIN_ONE:
            return []
        one, here = ring.constant(1), self.polynomial()
        return [(ring.subtract(one, here), NONNEGATIVE), (ring.add(one, here), NONNEGATIVE)]

    def renamed(self, ring: Ring, mapping: Mapping_, exponent: Exponent) -> Poly:
        arguments = tuple(ring.rename(a, mapping) for a in self.arguments)
        return power(ring, function(ring, self.name, arguments, self.order), exponent)

    def reduce(self, ring: Ring, monomial: Monomial) -> Poly | None:
        # sin(x)^2 = 1 - cos(x)^2, and (-1)^n squared is 1; no other function is special.
        exponent = dict(monomial)[self]
        if self.name == "^":
            return None if exponent == 1 else self._turns(ring, monomial, exponent)
        if exponent < 2 or not isinstance(exponent, int):
            return None
        cosine = function(ring, "cos", self.arguments)
        square = ring.subtract(ring.constant(1), ring.multiply(cosine, cosine))
        rest = merge(without(monomial, self), ((self, exponent - 2),))
        return ring.multiply(ring.reduced(rest), square)

    def _turns(self, ring: Ring, monomial: Monomial, exponent: Exponent) -> Poly:
        kept = ((self, 1),) if isinstance(exponent, int) and exponent % 2 else ()
        return ring.reduced(merge(without(monomial, self), kept))


_WITHIN_ONE = frozenset(("sin", "cos", "erf"))  # functions with values from -1 to 1


def _sign_of_power(base: Sign) -> Sign:
    return (
        POSITIVE
        if base == POSITIVE
        else NONNEGATIVE
        if base <= NONNEGATIVE
        else ANY
        if 0 in base
        else NONZERO
    )


_SIGNS: dict[str, Callable[..., Sign]] = {
    "^": lambda base, exponent: _sign_of_power(base),
    "gamma": lambda u: POSITIVE if u == POSITIVE else ANY,
}


def exponential(ring: Ring, poly: Poly) -> Poly:
    """Return `exp` of a polynomial: a product of powers, and |B|^c for a summand c*log|B|, which is 1 where B is 0."""
    known = by_cases(ring, poly, lambda p: exponential(ring, p), partial=False)
    if known is not None:
        return known
    result = ring.constant(1)
    for monomial, coefficient in divided(ring, poly).items():
        exponent = exponent_of(coefficient)
        if len(monomial) == 1 and isinstance(monomial[0][0], LogAtom) and monomial[0][1] == 1:
            base = ring.poly(monomial[0][0].inner)
            vanishes = ring.subtract(ring.constant(1), support(ring, base))
            piece = ring.add(absolute(ring, base, exponent), vanishes)
        else:
            indices: frozenset[Idx] = frozenset().union(*(a.indices for a, _ in monomial))
            level = max((a.level for a, _ in monomial), default=0)
            key = ("exp", monomial_key(monomial))
            piece = ring.poly(ring.intern(ExpAtom, key, indices, level, argument=monomial), exponent)
        result = ring.multiply(result, piece)
    return result


def logarithm(ring: Ring, poly: Poly) -> Poly:
    """Return `log |poly|`, split over its factors and the primes of its coefficient; of 0 it is 0.

    log |f g| is log |f| + log |g| where neither is 0, so each summand stands with the support of the others.
    """
    known = by_cases(ring, poly, lambda p: logarithm(ring, p))
    if known is not None:
        return known
    coefficient, factors = factor(ring, poly)
    if not coefficient:
        return {}
    total: Poly = {}
    for prime, times in prime_factors(abs(coefficient)):
        ring.add_to(total, _log_atom(ring, prime_atom(ring, prime)), fmpq(times))
    for atom, exponent in factors:
        ring.add_to(total, _log_of_factor(ring, atom), fmpq(exponent.numerator, exponent.denominator))
    for atom, _ in factors:
        if not is_nonzero(ring, atom):
            total = ring.multiply(total, ring.reduced(((ring.support_atom(atom), 1),)))
    return total


def _log_of_factor(ring: Ring, atom: Atom) -> Poly:
    if isinstance(atom, ExpAtom):
        return ring.reduced(atom.argument)
    if isinstance(atom, AbsAtom):
        return _log_atom(ring, atom.inner)
    known = atom.logarithm(ring)
    return _log_atom(ring, atom) if known is None else known


def _log_atom(ring: Ring, inner: Atom) -> Poly:
    atom = ring.intern(LogAtom, ("log", inner.key), inner.indices, inner.level, inner=inner)
    return ring.poly(atom)


def function(ring: Ring, name: str, arguments: tuple[Poly, ...], order: int = 0) -> Poly:
    """Return a function of normal forms, with conditions inside the arguments split out."""
    if name == "^":
        return whole_power(ring, *arguments)
    for position, argument in enumerate(arguments):

        def at(value: Poly, position: int = position) -> Poly:
            changed = (*arguments[:position], value, *arguments[position + 1 :])
            return function(ring, name, changed, order)

        by_case = by_cases(ring, argument, at)
        if by_case is not None:
            return by_case
    arguments = tuple(divided(ring, argument) for argument in arguments)
    row = TABLE.get(name) if not order else None
    if row is not None and row.parity is not None and arguments[0] and _leading_negative(arguments[0]):
        return ring.scale(function(ring, name, (ring.negate(arguments[0]),)), fmpq(row.parity))
    if row is not None and row.order_parity is not None:
        whole_order = as_constant(arguments[0])
        if whole_order is not None and whole_order.q == 1 and whole_order < 0:
            turned = function(ring, name, (ring.negate(arguments[0]), *arguments[1:]))
            return ring.scale(turned, fmpq(row.order_parity ** int(-whole_order.p)))
    if name in ("sin", "cos") and not order:
        pair = split_angle(ring, arguments[0], lambda part, angle: function(ring, part, (angle,)))
        if pair is not None:
            return pair[name == "cos"]
    inner = _of_inverse(ring, name, arguments[0]) if row is not None else None
    if inner is not None:
        return inner
    if row is not None and row.at_zero is not None and not arguments[0]:
        return ring.constant(row.at_zero)
    return _atom(ring, name, order, arguments, special=name == "sin" and not order)


def whole_power(ring: Ring, base: Poly, exponent: Poly) -> Poly:
    """Return a power with a whole exponent that hangs on sizes: that of each factor, 0^0 being 1."""
    number = as_constant(exponent)
    if number is not None and number.q == 1:
        return power(ring, base, int(number.p))
    cases = by_cases(ring, base, lambda p: whole_power(ring, p, exponent))
    if cases is not None:
        return cases
    coefficient, factors = factor(ring, base)
    if not coefficient:
        return {} if 0 not in sign_of(ring, exponent) else _power_atom(ring, {}, exponent)
    result = _power_of_minus_one(ring, exponent) if coefficient < 0 else ring.constant(1)
    if abs(coefficient) != 1:
        size = ring.constant(abs(coefficient))
        result = ring.multiply(result, exponential(ring, ring.multiply(exponent, logarithm(ring, size))))
    for atom, times in factors:
        if in_force(ring, partial(_is_positive, ring, atom), atom.indices):
            logs = ring.multiply(exponent, logarithm(ring, ring.poly(atom)))
            piece = exponential(ring, ring.scale(logs, fmpq(times.numerator, times.denominator)))
        elif isinstance(atom, FunctionAtom) and atom.name == "^":
            inner, first = atom.arguments
            piece = power(ring, whole_power(ring, inner, ring.multiply(first, exponent)), times)
        else:
            piece = power(ring, _power_atom(ring, atom.polynomial(), exponent), times)
        result = ring.multiply(result, piece)
    return result


def _is_positive(ring: Ring, atom: Atom) -> bool:
    return sign_of_atom(ring, atom) == POSITIVE


def _power_of_minus_one(ring: Ring, exponent: Poly) -> Poly:
    """Return (-1)^e: n^2 is even exactly if n is, and only odd coefficients count."""
    minus = ring.constant(-1)
    if not is_in_sizes(exponent):
        return _power_atom(ring, minus, exponent)
    odd: dict[Monomial, int] = {}
    for monomial, coefficient in exponent.items():
        once = tuple((atom, 1) for atom, _ in monomial)
        odd[once] = (odd.get(once, 0) + int(coefficient.p)) % 2
    result = minus if odd.pop((), 0) else ring.constant(1)
    return ring.product(
        [result, *(_power_atom(ring, minus, {m: fmpq(1)}) for m, is_odd in odd.items() if is_odd)]
    )


def _power_atom(ring: Ring, base: Poly, exponent: Poly) -> Poly:
    return _atom(ring, "^", 0, (base, exponent), special=as_constant(base) == -1)


def _atom(ring: Ring, name: str, order: int, arguments: tuple[Poly, ...], special: bool = False) -> Poly:
    indices: frozenset[Idx] = frozenset().union(*map(poly_indices, arguments))
    level = max(map(poly_level, arguments), default=0)
    key = ("function", name, order, tuple(map(poly_key, arguments)))
    fields = {"name": name, "order": order, "arguments": arguments, "special": special}
    return ring.poly(ring.intern(FunctionAtom, key, indices, level, **fields))


def _of_inverse(ring: Ring, name: str, argument: Poly) -> Poly | None:
    """Return a function of its inverse, or sine or cosine of one, where the argument is exactly that, in its domain."""
    if len(argument) != 1:
        return None
    ((monomial, coefficient),) = argument.items()
    if coefficient != 1 or len(monomial) != 1 or monomial[0][1] != 1:
        return None
    atom = monomial[0][0]
    if not isinstance(atom, FunctionAtom) or atom.order or atom.name not in TABLE:
        return None
    row = TABLE[atom.name]
    (*_, inner) = atom.arguments
    value = _OF_INVERSE.get((name, atom.name))
    if (row.inverse_of != name and value is None) or not _has_value(ring, row, inner):
        return None
    return inner if value is None else value(ring, inner)


def _has_value(ring: Ring, row: Function, argument: Poly) -> bool:
    """Return whether the argument of a function is in its domain: elsewhere it is not what it is inverse to."""
    if row.domain is None:
        return True
    placeholder = Entry("argument")
    values: dict[Term, Poly] = {placeholder: argument}
    asked: list[tuple[Poly, Sign]] = []
    for compare in row.domain(placeholder):
        for side in (compare.left, compare.right):
            if isinstance(side, Number):
                values[side] = ring.constant(fmpq(side.value.numerator, side.value.denominator))
            elif side != placeholder:
                return False
        difference = ring.subtract(values[compare.left], values[compare.right])
        asked.append((difference, compare.relation.signs))
    return in_force(ring, lambda: all(sign_of(ring, p) <= sign for p, sign in asked), poly_indices(argument))


def _root(ring: Ring, x: Poly, sign: int, exponent: Fraction) -> Poly:
    square = ring.scale(ring.multiply(x, x), fmpq(sign))
    return power(ring, ring.add(ring.constant(1), square), exponent)


_OF_INVERSE: dict[tuple[str, str], Callable[[Ring, Poly], Poly]] = {
    ("cos", "asin"): lambda ring, x: _root(ring, x, -1, Fraction(1, 2)),
    ("sin", "atan"): lambda ring, x: ring.multiply(x, _root(ring, x, 1, Fraction(-1, 2))),
    ("cos", "atan"): lambda ring, x: _root(ring, x, 1, Fraction(-1, 2)),
}


def _leading_negative(poly: Poly) -> bool:
    return bool(poly[max(poly, key=monomial_key)] < 0)
