"""Powers, inverses, roots and absolute values: products over a coprime base of irreducible factors.

A power that is not an integer is that of the absolute value, which is right wherever the formula as typed has a
value; an absolute value disappears only where the sign is known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from math import floor, gcd, lcm

import flint
from flint import fmpq, fmpz

from derive.errors import LimitError
from derive.normalform.ring import (
    BOUND,
    UNIT,
    Atom,
    Exponent,
    Idx,
    Key,
    Mapping_,
    Monomial,
    NoValueError,
    Poly,
    Ring,
    Sign,
    merge,
    monomial_key,
    poly_height,
    poly_indices,
    poly_key,
    whole,
    without,
)
from derive.normalform.signs import sign_of_atom, sign_of_sum_of_terms
from derive.normalform.symbols import DeltaAtom, DistinctAtom, NeedPatternError, distinct

MAX_POWER = 64
MAX_FACTOR_TERMS = 400
MAX_DEGREE = 400  # in one atom, once fractional exponents are made whole; beyond it factoring takes forever
Factors = list[tuple[Atom, Exponent]]


class BaseAtom(Atom):
    """An irreducible polynomial of more than one term, as a base for negative and fractional exponents."""

    __slots__ = ("poly",)
    poly: Poly

    def polynomial(self) -> Poly:
        return self.poly

    def parts(self) -> Iterator[Poly]:
        yield self.poly

    def own_sign(self, ring: Ring) -> Sign:
        return sign_of_sum_of_terms(ring, self.poly)

    def renamed(self, ring: Ring, mapping: Mapping_, exponent: Exponent) -> Poly:
        return power(ring, ring.rename(self.poly, mapping), exponent)

    def reduce(self, ring: Ring, monomial: Monomial) -> Poly | None:
        exponent = dict(monomial)[self]
        if exponent < 1:
            return None
        # An exponent of 1 or more is multiplied out, which leaves a fraction in [0, 1).
        count = floor(exponent)
        rest = merge(without(monomial, self), ((self, whole(exponent - count)),))
        return ring.multiply(ring.reduced(rest), ring.multiplied_out(self.poly, count))


class AbsAtom(Atom):
    """The absolute value of an atom whose sign is not known to be nonnegative; exponents stay in [0, 2)."""

    __slots__ = ("inner",)
    inner: Atom

    def parts(self) -> Iterator[Poly]:
        yield self.inner.polynomial()

    def own_sign(self, ring: Ring) -> Sign:
        return frozenset(abs(sign) for sign in sign_of_atom(ring, self.inner))

    def renamed(self, ring: Ring, mapping: Mapping_, exponent: Exponent) -> Poly:
        return absolute(ring, self.inner.renamed(ring, mapping, 1), exponent)

    def reduce(self, ring: Ring, monomial: Monomial) -> Poly | None:
        exponent = dict(monomial)[self]
        sign = sign_of_atom(ring, self.inner)
        if sign <= {0, 1}:
            return _replace(ring, monomial, self, ((self.inner, exponent),), 1)
        if sign <= {0, -1} and not 0 < exponent < 1:
            count = floor(exponent)
            pairs = ((self.inner, count), (self, exponent - count))
            return _replace(ring, monomial, self, pairs, -1 if count % 2 else 1)
        if 0 < exponent < 2:
            return None
        twice = 2 * floor(exponent / 2)
        return _replace(ring, monomial, self, ((self.inner, twice), (self, exponent - twice)), 1)


def _replace(
    ring: Ring, monomial: Monomial, atom: Atom, pairs: tuple[tuple[Atom, Exponent], ...], sign: int
) -> Poly:
    poly = ring.monomial((*without(monomial, atom), *pairs))
    return ring.negate(poly) if sign < 0 else poly


class PrimeAtom(Atom):
    """A prime number under a fractional exponent in (0, 1)."""

    __slots__ = ("prime",)
    prime: int

    def reduce(self, ring: Ring, monomial: Monomial) -> Poly | None:
        exponent = dict(monomial)[self]
        if 0 < exponent < 1:
            return None
        count = floor(exponent)
        rest = merge(without(monomial, self), ((self, whole(exponent - count)),))
        return ring.scale(ring.reduced(rest), fmpq(self.prime) ** count)


class Algebra(Ring):
    """The ring with powers, roots and factors."""

    def power(self, poly: Poly, exponent: Exponent) -> Poly:
        if isinstance(exponent, int) and exponent >= 0:
            return self.multiplied_out(poly, exponent)
        return power(self, poly, exponent)

    def factor(self, poly: Poly) -> tuple[fmpq, Factors]:
        return factor(self, poly)

    def base_atom(self, poly: Poly) -> tuple[fmpq, Atom | None]:
        return base_atom(self, poly)


def prime_atom(ring: Ring, prime: int) -> Atom:
    """Return the atom of a prime number, for roots and logarithms of it."""
    return ring.intern(PrimeAtom, ("prime", prime), frozenset(), 0, prime=prime, special=True)


def power(ring: Ring, poly: Poly, exponent: Exponent) -> Poly:
    """Return a rational power; where it is no integer, that of the absolute value.

    Raises:
        NoValueError: a negative power of zero.
        NeedPatternError: the base depends on whether two free indices are equal.
        LimitError: a power too large to multiply out.
    """
    exponent = whole(exponent)
    if exponent == 0:
        return ring.constant(1)
    if not poly:
        if exponent < 0:
            raise NoValueError("a division by zero")
        return {}
    if isinstance(exponent, int) and exponent > 0 and len(poly) > 1:
        if exponent > MAX_POWER:
            raise LimitError(f"a power {exponent} is too large to be multiplied out")
        return ring.power(poly, exponent)
    if isinstance(exponent, int) and exponent > 0:
        ((monomial, scale),) = poly.items()
        return ring.scale(ring.monomial((a, e * exponent) for a, e in monomial), scale**exponent)
    split = split_conditions(ring, poly)
    if split is not None:
        guard, inside, outside = split
        return split_by(ring, guard, lambda p: power(ring, p, exponent), inside, outside)
    coefficient, factors = factor(ring, poly)
    if not coefficient:
        return power(ring, {}, exponent)
    result = _power_of_number(ring, coefficient, exponent)
    for atom, times in factors:
        whole_power = whole(exponent * times)
        if isinstance(exponent, int) or sign_of_atom(ring, atom) <= {0, 1}:
            piece = ring.poly(atom, whole_power)
        else:
            piece = absolute_atom(ring, atom, times * exponent)
        result = ring.multiply(result, piece)
    return result


def absolute(ring: Ring, poly: Poly, exponent: Exponent = 1) -> Poly:
    """Return a power of the absolute value."""
    coefficient, factors = factor(ring, poly)
    if not coefficient:
        return power(ring, {}, exponent)
    result = _power_of_number(ring, abs(coefficient), exponent)
    for atom, times in factors:
        if sign_of_atom(ring, atom) <= {0, 1}:
            result = ring.multiply(result, ring.poly(atom, whole(times * exponent)))
        else:
            result = ring.multiply(result, absolute_atom(ring, atom, times * exponent))
    return result


def absolute_atom(ring: Ring, atom: Atom, exponent: Exponent) -> Poly:
    """Return |atom| to the exponent."""
    kept = ring.intern(AbsAtom, ("abs", atom.key), atom.indices, atom.height, inner=atom, special=True)
    return ring.reduced(((kept, whole(exponent)),))


def _power_of_number(ring: Ring, value: fmpq, exponent: Exponent) -> Poly:
    if isinstance(exponent, int):
        return ring.constant(value**exponent)
    result = ring.constant(1)
    for prime, times in prime_factors(abs(value)):
        result = ring.multiply(result, ring.reduced(((prime_atom(ring, prime), whole(times * exponent)),)))
    return result


def prime_factors(value: fmpq) -> list[tuple[int, int]]:
    """Return the primes of a positive rational with their exponents."""
    above, below = fmpz(value.p).factor(), fmpz(value.q).factor()
    return [(int(p), int(e)) for p, e in above] + [(int(p), -int(e)) for p, e in below]


# conditions inside functions: f(delta) = delta f(1) + (1 - delta) f(0)


def split_conditions(ring: Ring, poly: Poly) -> tuple[Atom, Poly, Poly] | None:
    """Return an atom of value 0 or 1 that occurs in the polynomial, with the polynomial where it is 1 and 0."""
    for monomial in poly:
        for atom, _ in monomial:
            if isinstance(atom, DeltaAtom | DistinctAtom) or atom.key[0] == "positive":
                return (atom, *fix_condition(ring, poly, atom))
    return None


def fix_condition(ring: Ring, poly: Poly, guard: Atom) -> tuple[Poly, Poly]:
    """Return the polynomial where the guard is 1 and where it is 0."""
    inside: Poly = {}
    outside: Poly = {}
    for monomial, coefficient in poly.items():
        rest = without(monomial, guard)
        ring.add_to(inside, {rest: coefficient})
        if len(rest) == len(monomial):
            ring.add_to(outside, {rest: coefficient})
    if isinstance(guard, DeltaAtom):
        return _where_equal(ring, inside, guard), _where_distinct(outside, guard)
    if isinstance(guard, DistinctAtom):
        return _where_distinct(inside, guard), _where_equal(ring, outside, guard)
    return inside, outside


def _where_equal(ring: Ring, poly: Poly, pair: DeltaAtom | DistinctAtom) -> Poly:
    """Return the polynomial where the two indices are one."""
    return ring.rename(poly, {pair.right: pair.left})


def _where_distinct(poly: Poly, pair: DeltaAtom | DistinctAtom) -> Poly:
    """Return the polynomial where the two indices differ: the other kind of guard on them is decided as well."""
    total: Poly = {}
    for monomial, coefficient in poly.items():
        twins = [a for a, _ in monomial if isinstance(a, DeltaAtom | DistinctAtom) and _same_pair(a, pair)]
        if not any(isinstance(a, DeltaAtom) for a in twins):
            Ring.add_to(total, {without(monomial, *twins): coefficient})
    return total


def _same_pair(left: DeltaAtom | DistinctAtom, right: DeltaAtom | DistinctAtom) -> bool:
    return (left.left, left.right) == (right.left, right.right)


def split_by(
    ring: Ring,
    guard: Atom,
    function: Callable[[Poly], Poly],
    inside: Poly,
    outside: Poly,
    partial: bool = True,
) -> Poly:
    """Return guard * function(inside) + (1 - guard) * function(outside).

    A `partial` function need not have a value at both. Under a free delta the cases are then proved one
    by one, and under a bound one each keeps its guard, unless it has a value without it.
    """
    from derive.normalform.regular import regular  # it knows the functions, which are built on powers

    yes: Poly = {((guard, 1),): fmpq(1)}
    no = ring.subtract(ring.constant(1), yes)
    free = isinstance(guard, DeltaAtom) and guard.left[0] < BOUND and guard.right[0] < BOUND
    if partial and free and isinstance(guard, DeltaAtom):
        raise NeedPatternError(guard.left, guard.right)
    elsewhere = function(outside)
    if partial and isinstance(guard, DeltaAtom) and not regular(ring, elsewhere):
        no = distinct(ring, guard.left, guard.right)
    return ring.add(ring.multiply(yes, function(inside)), ring.multiply(no, elsewhere))


# factoring


def factor(ring: Ring, poly: Poly) -> tuple[fmpq, Factors]:
    """Return a polynomial as coefficient times atoms with exponents, irreducible factors among them.

    Compound fractions are cleared first, so what is 0 in disguise has the coefficient 0.
    """
    exponents: dict[Atom, Exponent] = {}
    while len(poly) > 1:
        common = _common(poly)
        if not common:
            break
        lowered: Poly = {}
        for monomial, coefficient in poly.items():
            rest = merge(monomial, tuple((a, -e) for a, e in common.items()))
            ring.add_to(lowered, ring.reduced(rest), coefficient)
        for atom, exponent in common.items():
            exponents[atom] = exponents.get(atom, 0) + exponent
        poly = lowered
    if not poly:
        return fmpq(0), []
    if len(poly) == 1:
        ((monomial, coefficient),) = poly.items()
        for atom, exponent in monomial:
            exponents[atom] = exponents.get(atom, 0) + exponent
        return coefficient, [(a, whole(e)) for a, e in exponents.items() if e]
    coefficient = fmpq(1)
    for piece, times in _irreducible(poly):
        unit, base = base_atom(ring, piece)
        coefficient *= unit**times
        if base is not None:
            exponents[base] = exponents.get(base, 0) + times
    return coefficient, [(a, whole(e)) for a, e in exponents.items() if e]


def _common(poly: Poly) -> dict[Atom, Exponent]:
    """Return the greatest monomial that divides every term, with negative exponents where some term has one."""
    least: dict[Atom, Exponent] = {}
    for position, monomial in enumerate(poly):
        here = dict(monomial)
        for atom in here.keys() | least.keys():
            exponent = here.get(atom, 0)
            least[atom] = min(exponent, least.get(atom, exponent if position == 0 else 0))
    return {a: e for a, e in least.items() if e}


def _irreducible(poly: Poly) -> list[tuple[Poly, int]]:
    """Return the irreducible factors, constants included, of a polynomial with nonnegative exponents."""
    if _linear_somewhere(poly):
        return [(poly, 1)]
    if len(poly) > MAX_FACTOR_TERMS:
        return [(poly, 1)]
    atoms = sorted({a for m in poly for a, _ in m}, key=lambda a: a.uid)
    steps = [lcm(*(Fraction(dict(m).get(a, 0)).denominator for m in poly)) for a in atoms]
    places = {a: k for k, a in enumerate(atoms)}
    context = flint.fmpq_mpoly_ctx.get(("x", len(atoms)), "lex")
    terms: dict[tuple[int, ...], fmpq] = {}
    for monomial, coefficient in poly.items():
        exponents = [0] * len(atoms)
        for atom, exponent in monomial:
            exponents[places[atom]] = int(exponent * steps[places[atom]])
        if max(exponents) > MAX_DEGREE:
            return [(poly, 1)]
        terms[tuple(exponents)] = coefficient
    content, pieces = context.from_dict(terms).factor()
    if len(pieces) == 1 and pieces[0][1] == 1:
        return [(poly, 1)]
    found = [({UNIT: content}, 1)]
    for piece, times in pieces:
        back: Poly = {}
        for exponents, coefficient in piece.to_dict().items():
            pairs = zip(atoms, exponents, steps, strict=True)
            back[tuple((a, whole(Fraction(int(e), s))) for a, e, s in pairs if e)] = coefficient
        found.append((back, int(times)))
    return found


def _linear_somewhere(poly: Poly) -> bool:
    """Whether some atom stands in one term only, alone and to the first power: then nothing can be factored."""
    counts: dict[Atom, int] = {}
    for monomial in poly:
        for atom, _ in monomial:
            counts[atom] = counts.get(atom, 0) + 1
    return any(len(m) == 1 and m[0][1] == 1 and counts[m[0][0]] == 1 for m in poly)


def base_atom(ring: Ring, poly: Poly) -> tuple[fmpq, Atom | None]:
    """Return a coefficient and the atom of the polynomial made primitive, `None` for a constant."""
    if len(poly) == 1:
        ((monomial, coefficient),) = poly.items()
        if not monomial:
            return coefficient, None
        if len(monomial) == 1 and monomial[0][1] == 1:
            return coefficient, monomial[0][0]
    leading = poly[max(poly, key=_leading_key)]
    numerator, denominator = 0, 1
    for value in poly.values():
        numerator, denominator = gcd(numerator, int(value.p)), lcm(denominator, int(value.q))
    unit = fmpq(numerator, denominator)
    if leading < 0:
        unit = -unit
    monic = ring.scale(poly, 1 / unit)
    key: Key = ("base", poly_key(monic))
    indices: frozenset[Idx] = poly_indices(monic)
    atom = ring.intern(BaseAtom, key, indices, poly_height(monic), poly=monic, special=True)
    return unit, atom


def _leading_key(monomial: Monomial) -> Key:
    return monomial_key(monomial)
