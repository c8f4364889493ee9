"""Powers, inverses, roots and absolute values: products over a coprime base of irreducible factors.

A power that is not an integer is that of the absolute value, which is right wherever the formula as typed has a
value; an absolute value disappears only where the sign is known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from math import floor, gcd, lcm

from flint import fmpq

from derive.errors import LimitError
from derive.kernel.normal_form.bridge import factored, integer_factors
from derive.kernel.normal_form.polynomials import (
    BOUND,
    GUARDS,
    Atom,
    AtomKey,
    Exponent,
    Idx,
    Mapping_,
    Monomial,
    Poly,
    Sign,
    merge,
    monomial_key,
    number_power,
    poly_indices,
    poly_key,
    poly_level,
    whole,
    without,
)
from derive.kernel.normal_form.ring import Ring
from derive.kernel.normal_form.symbols import DeltaAtom, DistinctAtom, NeedPatternError
from derive.kernel.signs.analysis import (
    is_nonzero,
    sign_in_force,
    sign_of,
    sign_of_atom,
    sign_of_sum_of_terms,
)

MAX_POWER = 64
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
        found = sign_of_sum_of_terms(ring, self.poly)
        ordered = next((a for m in self.poly for a, _ in m if a.key[0] == "before"), None)
        if len(found) > 1 and ordered is not None:
            inside, outside = fix_condition(ring, self.poly, ordered)
            found &= sign_of(ring, inside) | sign_of(ring, outside)
        return found

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
        exponents = dict(monomial)
        exponent = exponents.pop(self)
        sign = sign_of_atom(ring, self.inner)
        if len(sign) > 1 and exponent == 1:
            sign = sign_in_force(ring, self.inner, exponents)
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
        return ring.scale(ring.reduced(rest), number_power(fmpq(self.prime), count))


class SupportAtom(Atom):
    """1 where an atom is not 0, else 0: what x^a x^-a is where x is not known to be other than 0."""

    __slots__ = ("inner",)
    inner: Atom

    def parts(self) -> Iterator[Poly]:
        yield self.inner.polynomial()

    def own_sign(self, ring: Ring) -> Sign:
        return frozenset(sign * sign for sign in sign_of_atom(ring, self.inner))

    def renamed(self, ring: Ring, mapping: Mapping_, exponent: Exponent) -> Poly:
        return support(ring, self.inner.renamed(ring, mapping, 1))

    def reduce(self, ring: Ring, monomial: Monomial) -> Poly | None:
        others = dict(monomial)
        exponent = others.pop(self)
        if any(a is self.inner or a.key == ("log", self.inner.key) for a in others):
            return ring.reduced(without(monomial, self))  # they are 0 where the support is
        if is_nonzero(ring, self.inner, others):
            return ring.reduced(without(monomial, self))
        if exponent != 1:
            return ring.reduced(tuple((a, 1 if a is self else e) for a, e in monomial))
        return None


def support(ring: Ring, poly: Poly) -> Poly:
    """Return 1 where the polynomial is not 0, else 0: the product of that of its factors."""
    known = by_cases(ring, poly, lambda p: support(ring, p))
    if known is not None:
        return known
    coefficient, factors = factor(ring, poly)
    if not coefficient:
        return {}
    return ring.product(ring.reduced(((ring.support_atom(atom), 1),)) for atom, _ in factors)


class PowerRing(Ring):
    """The ring with powers, roots and factors."""

    def is_nonzero(self, atom: Atom, others: Iterable[Atom] = ()) -> bool:
        return is_nonzero(self, atom, others)

    def support_atom(self, atom: Atom) -> Atom:
        inner = atom.inner if isinstance(atom, AbsAtom) else atom
        key = ("support", inner.key)
        return self.intern(SupportAtom, key, inner.indices, inner.level, inner=inner, special=True)

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
    """Return a rational power; where it is no integer, that of the absolute value; of 0 it is 0, but for 0^0 = 1.

    Raises:
        NeedPatternError: the base depends on whether two free indices are equal.
        LimitError: a power too large to multiply out.
    """
    exponent = whole(exponent)
    if exponent == 0:
        return ring.constant(1)
    if not poly:
        return {}
    if isinstance(exponent, int) and exponent > 0 and len(poly) > 1:
        if exponent > MAX_POWER:
            raise LimitError(f"a power {exponent} is too large to be multiplied out")
        return ring.power(poly, exponent)
    if isinstance(exponent, int) and exponent > 0:
        ((monomial, scale),) = poly.items()
        return ring.scale(
            ring.monomial((a, e * exponent) for a, e in monomial), number_power(scale, exponent)
        )
    known = by_cases(ring, poly, lambda p: power(ring, p, exponent))
    if known is not None:
        return known
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
    kept = ring.intern(AbsAtom, ("abs", atom.key), atom.indices, atom.level, inner=atom, special=True)
    return ring.reduced(((kept, whole(exponent)),))


def _power_of_number(ring: Ring, value: fmpq, exponent: Exponent) -> Poly:
    if isinstance(exponent, int):
        return ring.constant(number_power(value, exponent))
    result = ring.constant(1)
    for prime, times in prime_factors(abs(value)):
        result = ring.multiply(result, ring.reduced(((prime_atom(ring, prime), whole(times * exponent)),)))
    return result


def prime_factors(value: fmpq) -> list[tuple[int, int]]:
    """Return the primes of a positive rational with their exponents."""
    above, below = integer_factors(int(value.p)), integer_factors(int(value.q))
    return above + [(prime, -times) for prime, times in below]


# conditions inside functions: f(delta) = delta f(1) + (1 - delta) f(0)


def split_conditions(ring: Ring, poly: Poly) -> tuple[Atom, Poly, Poly] | None:
    """Return an atom of value 0 or 1 that occurs in the polynomial, with the polynomial where it is 1 and 0."""
    for monomial in poly:
        for atom, _ in monomial:
            if atom.key[0] in _CONDITIONS:
                return (atom, *fix_condition(ring, poly, atom))
    return None


_CONDITIONS = GUARDS | {"delta", "support"}


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
    twin = _TWINS.get(guard.key[0])
    inside, outside = _without_twin(inside, guard, twin, 0), _without_twin(outside, guard, twin, 1)
    if guard.key[0] == "before":
        return _where_one(ring, inside, {((guard, 1),): fmpq(1)}), outside
    if twin is None:
        return inside, outside
    return _where_one(ring, inside, {((guard, 1),): fmpq(1)}), _where_one(
        ring, outside, guard.complement(ring)
    )


_TWINS = {"positive": "nonpositive", "nonpositive": "positive"}


def _where_one(ring: Ring, poly: Poly, guard: Poly) -> Poly:
    """Return a polynomial with what is known where a guard is 1: |x| is x where x > 0."""
    atoms = [atom for monomial in guard for atom, _ in monomial]
    if len(guard) != 1 or len(atoms) != 1:
        return poly
    total: Poly = {}
    for monomial, coefficient in ring.multiply(guard, poly).items():
        ring.add_to(total, {without(monomial, *atoms): coefficient})
    return total


def _without_twin(poly: Poly, guard: Atom, twin: str | None, value: int) -> Poly:
    """Return the polynomial with the opposite of a condition, which is decided with it, as 0 or 1."""
    total: Poly = {}
    for monomial, coefficient in poly.items():
        twins = [a for a, _ in monomial if a.key[0] == twin and a.key[1:] == guard.key[1:]]
        if value or not twins:
            Ring.add_to(total, {without(monomial, *twins): coefficient})
    return total


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

    Of a `partial` function one of the two may be at a place without a value. Under a free delta the cases are
    then proved one by one, and under a bound one a fraction keeps its guard (see `keeps_guard`).
    """
    yes: Poly = {((guard, 1),): fmpq(1)}
    free = isinstance(guard, DeltaAtom) and guard.left[0] < BOUND and guard.right[0] < BOUND
    if partial and free and isinstance(guard, DeltaAtom):
        raise NeedPatternError(guard.left, guard.right)
    elsewhere = function(outside)
    no = ring.subtract(ring.constant(1), yes)
    if partial and keeps_guard(ring, elsewhere):
        no = guard.complement(ring)
    return ring.add(ring.multiply(yes, function(inside)), ring.multiply(no, elsewhere))


def by_cases(ring: Ring, poly: Poly, function: Callable[[Poly], Poly], partial: bool = True) -> Poly | None:
    """Return a function of a polynomial by the conditions and the entries with few values in it, if there are any."""
    split = split_conditions(ring, poly)
    if split is None:
        return ring.by_values(poly, function)
    guard, inside, outside = split
    return split_by(ring, guard, function, inside, outside, partial)


def keeps_guard(ring: Ring, poly: Poly) -> bool:
    """Return whether a part of a sum is kept whole with its guard, and not written as all terms less the own.

    Either is right. A denominator that is 0 where two indices are equal can be cleared where they differ.
    """
    for monomial in poly:
        for atom, exponent in monomial:
            kind = atom.key[0]
            if kind == "support" or (exponent < 0 and 0 in sign_of_atom(ring, atom)):
                return True
            if any((kind == "log" and 0 in sign_of(ring, p)) or keeps_guard(ring, p) for p in atom.parts()):
                return True
    return False


# factoring


def factor(ring: Ring, poly: Poly) -> tuple[fmpq, Factors]:
    """Return a polynomial as coefficient times atoms with exponents, irreducible factors among them.

    Compound fractions are cleared first, so what is 0 in disguise has the coefficient 0.
    """
    exponents: dict[Atom, Exponent] = {}
    while len(poly) > 1:
        common = _common(ring, poly)
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
        return coefficient, list(ring.collected(exponents))
    coefficient = fmpq(1)
    for piece, times in _irreducible(poly):
        unit, base = base_atom(ring, piece)
        coefficient *= unit**times
        if base is not None:
            exponents[base] = exponents.get(base, 0) + times
    return coefficient, list(ring.collected(exponents))


def _common(ring: Ring, poly: Poly) -> dict[Atom, Exponent]:
    """Return the greatest monomial that divides every term, with negative exponents where some term has one.

    What may be 0 is taken out only if every term holds it, so that all are 0 where it is: 1 + 1/x stays.
    """
    least: dict[Atom, Exponent] = {}
    counts: dict[Atom, int] = {}
    for position, monomial in enumerate(poly):
        here = dict(monomial)
        for atom in here.keys() | least.keys():
            exponent = here.get(atom, 0)
            counts[atom] = counts.get(atom, 0) + (atom in here)
            least[atom] = min(exponent, least.get(atom, exponent if position == 0 else 0))
    return {a: e for a, e in least.items() if e > 0 or (e < 0 and clears(ring, poly, a, counts[a]))}


def clears(ring: Ring, poly: Poly, atom: Atom, count: int | None = None) -> bool:
    """Return whether a polynomial times a power of an atom is 0 only where the polynomial is.

    So it is where the atom is not 0; and where it is 0, if every term holds it, they all are 0.
    """
    if count is None:
        count = sum(any(a is atom for a, _ in monomial) for monomial in poly)
    if count == len(poly):
        return True
    guards = set.intersection(*({a for a, _ in monomial} for monomial in poly))
    return is_nonzero(ring, atom, guards)


def _irreducible(poly: Poly) -> list[tuple[Poly, int]]:
    """Return the irreducible factors, constants included, of a polynomial with nonnegative exponents."""
    if _linear_somewhere(poly) or any(e < 0 for m in poly for _, e in m):
        return [(poly, 1)]
    return factored(poly)


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
    leading = poly[max(poly, key=monomial_key)]
    numerator, denominator = 0, 1
    for value in poly.values():
        numerator, denominator = gcd(numerator, int(value.p)), lcm(denominator, int(value.q))
    unit = fmpq(numerator, denominator)
    if leading < 0:
        unit = -unit
    monic = ring.scale(poly, 1 / unit)
    key: AtomKey = ("base", poly_key(monic))
    indices: frozenset[Idx] = poly_indices(monic)
    atom = ring.intern(BaseAtom, key, indices, poly_level(monic), poly=monic, special=True)
    return unit, atom
