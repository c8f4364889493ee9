"""Polynomials with rational coefficients and rational exponents over atoms: the carrier of the normal form.

A polynomial is a dict from monomial to coefficient; a monomial is a tuple of (atom, exponent) in order of the
atoms' numbers. Nothing here knows what an atom means beyond the few hooks that `Atom` declares.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any, TypeAlias

from flint import fmpq

from derive.errors import LimitError
from derive.limits import deadline
from derive.terms import Relation

# (tag, dimension, name, number): a letter or label, a position, a canonical bound index, a temporary one.
Idx: TypeAlias = tuple[int, str, str, int]
LETTER, POSITION, BOUND, FRESH = range(4)

Exponent: TypeAlias = int | Fraction
Monomial: TypeAlias = tuple[tuple["Atom", Exponent], ...]
Poly: TypeAlias = dict[Monomial, fmpq]
Mapping_: TypeAlias = Mapping[Idx, Idx]
Key: TypeAlias = tuple[Any, ...]

ValueRule: TypeAlias = Callable[[Poly, Callable[[Poly], Poly]], Poly | None]

UNIT: Monomial = ()
GUARDS = frozenset(("positive", "nonpositive", "distinct"))  # the kinds of atoms that a condition makes
MAX_TERMS = 60_000
MAX_STEPS = 400_000
MAX_DIGITS = 200_000  # of a number, in the binary system


# The possible signs of a value, among -1, 0 and 1; knowing nothing is knowing all three.
Sign: TypeAlias = frozenset[int]
ANY: Sign = frozenset((-1, 0, 1))


class Atom:
    """An indivisible factor. Subclasses say how one is renamed and which products with it reduce.

    `key` orders and names atoms by structure, bound indices included; `indices` are those that occur free;
    `height` is the greatest number of an index bound inside, so that a new binder is named above it.
    """

    __slots__ = ("height", "indices", "key", "special", "uid")

    uid: int
    key: Key
    indices: frozenset[Idx]
    height: int
    special: bool  # whether a product with this atom may have to be reduced

    def renamed(self, ring: Ring, mapping: Mapping_, exponent: Exponent) -> Poly:
        """Return this atom to the exponent with free indices renamed."""
        raise NotImplementedError

    def reduce(self, ring: Ring, monomial: Monomial) -> Poly | None:
        """Return what a monomial holding this atom reduces to, `None` if it stays."""
        return None

    def polynomial(self) -> Poly:
        """Return what the atom stands for: itself, unless it is the base of a power."""
        return {((self, 1),): fmpq(1)}

    def parts(self) -> Iterator[Poly]:
        """Yield the polynomials inside."""
        return iter(())

    def summand(self) -> tuple[tuple[Idx, ...], Monomial] | None:
        """Return the bound indices and the body of a sum, `None` for any other atom."""
        return None

    def logarithm(self, ring: Ring) -> Poly | None:
        """Return the logarithm of the atom's absolute value where it is no atom itself."""
        return None

    def exponential_argument(self) -> Monomial | None:
        """Return u of the atom exp(u), `None` for any other atom."""
        return None

    def guard(self) -> tuple[Relation, Poly] | None:
        """Return `relation, p` of an atom that is 1 where `p relation 0`, else 0; `None` for any other atom."""
        return None

    def complement(self, ring: Ring) -> Poly:
        """Return 1 less an atom that is 0 or 1, as one factor if there is such a guard."""
        return ring.subtract(ring.constant(1), ring.poly(self))

    def declared_sign(self, ring: Ring) -> Sign:
        """Return the sign as declarations say it, without any search."""
        return ANY

    def own_sign(self, ring: Ring) -> Sign:
        """Return the sign that follows from what is inside."""
        return self.declared_sign(ring)

    def bounds(self, ring: Ring) -> list[tuple[Poly, Sign]]:
        """Return linear facts that hold of the atom wherever it occurs."""
        return []

    def __repr__(self) -> str:
        return f"<{self.key}>"


class Ring:
    """Interns atoms and computes with polynomials over them."""

    def __init__(self) -> None:
        self._atoms: dict[tuple[type[Atom], Key], Atom] = {}
        self._fresh = 0
        self.steps = 0
        self.replacements: dict[Atom, Poly] = {}
        # polynomials that are 0, for the reduction of numerators
        self.equations: list[Poly] = []
        self.equation_names: list[str] = []
        # pairs of free indices that differ in the case in hand
        self.different: set[frozenset[Idx]] = set()
        # signs chosen, with what they are the signs of, in the order in which they are asked for
        # (see `conditions.choose_sign`)
        self.choices: list[tuple[Key, int]] = []
        self.chosen = 0
        # hypotheses that a rewrite has used
        self.used: set[str] = set()
        # array name -> what an entry of it is equal to, as hypotheses say; None where nothing applies
        self.entry_rules: dict[str, list[Callable[[tuple[Idx, ...]], Poly | None]]] = {}
        # array name -> the orders of its indices that name the same entry (a symmetric matrix: (0,1), (1,0))
        self.symmetries: dict[str, tuple[tuple[tuple[int, ...], int], ...]] = {}
        self.facts: Any = None  # what is known of signs, see `signs`
        # what holds where the part in hand counts, which is multiplied with a guard: see `signs.in_force`
        self.assumed: list[tuple[Relation, Poly]] = []
        self.apart: list[frozenset[Idx]] = []
        self.asking = (
            False  # whether it is being found out what is in force, so that nothing is asked in circles
        )
        # what a sum is equal to, as hypotheses say
        self.sum_rules: list[Callable[[Atom], Poly | None]] = []
        # what functions of entries with finitely many values are, as hypotheses say (see `finite`)
        self.value_rules: list[ValueRule] = []
        # whether conditions are written by values as well, and whether one was not
        self.conditions_by_values = False
        self.conditions_kept = False
        # what products of sums over the same row are, as one-hot rows say
        self.row_rules: list[Callable[[Monomial, Atom], Poly | None]] = []
        # array name -> what a monomial with an entry of it reduces to (y^2 = 1, y one-hot)
        self.monomial_rules: dict[str, list[Callable[[Monomial, Atom], Poly | None]]] = {}

    # atoms

    def intern(self, kind: type[Atom], key: Key, indices: frozenset[Idx], height: int, **fields: Any) -> Atom:
        """Return the one atom of this kind and key, made on first use with the given fields."""
        atom = self._atoms.get((kind, key))
        if atom is None:
            atom = kind()
            atom.uid, atom.key, atom.indices, atom.height = len(self._atoms), key, indices, height
            atom.special = False
            for name, value in fields.items():
                setattr(atom, name, value)
            self._atoms[(kind, key)] = atom
        return atom

    def poly(self, atom: Atom, exponent: Exponent = 1) -> Poly:
        """Return the atom to the exponent, replaced where an equation in force says so."""
        known = self.replacements.get(atom)
        if known is not None and isinstance(exponent, int):
            return self.power(known, exponent)
        return self.reduced(((atom, exponent),))

    def fresh(self, dim: str) -> Idx:
        """Return a temporary index that occurs nowhere else."""
        self._fresh += 1
        return (FRESH, dim, "", self._fresh)

    # arithmetic

    def constant(self, value: Fraction | int | fmpq) -> Poly:
        """Return a rational number as a polynomial."""
        if not isinstance(value, fmpq):
            value = fmpq(value.numerator, value.denominator)
        return {UNIT: value} if value else {}

    def add(self, *polys: Poly) -> Poly:
        """Return the sum."""
        if len(polys) == 1:
            return polys[0]
        total: Poly = {}
        for poly in polys:
            self.add_to(total, poly)
        return total

    @staticmethod
    def add_to(total: Poly, poly: Poly, scale: fmpq | None = None) -> None:
        """Add a multiple of a polynomial to another in place."""
        for monomial, coefficient in poly.items():
            if scale is not None:
                coefficient = coefficient * scale
            old = total.get(monomial)
            if old is None:
                total[monomial] = coefficient
            else:
                new = old + coefficient
                if new:
                    total[monomial] = new
                else:
                    del total[monomial]

    def scale(self, poly: Poly, factor: fmpq) -> Poly:
        """Return a rational multiple."""
        return {m: c * factor for m, c in poly.items()} if factor else {}

    def negate(self, poly: Poly) -> Poly:
        """Return minus the polynomial."""
        return {m: -c for m, c in poly.items()}

    def subtract(self, left: Poly, right: Poly) -> Poly:
        """Return the difference."""
        total = dict(left)
        self.add_to(total, right, fmpq(-1))
        return total

    def multiply(self, left: Poly, right: Poly) -> Poly:
        """Return the product, reduced."""
        deadline.check()
        self.steps += len(left) * len(right)
        if len(left) * len(right) > MAX_TERMS or self.steps > MAX_STEPS:
            raise LimitError("the formula has too many terms when it is multiplied out")
        total: Poly = {}
        for m1, c1 in left.items():
            for m2, c2 in right.items():
                if not m1:
                    self.add_to(total, {m2: c1 * c2})
                elif not m2:
                    self.add_to(total, {m1: c1 * c2})
                else:
                    self.add_to(total, self.reduced(self.times(m1, m2)), c1 * c2)
        return total

    def times(self, left: Monomial, right: Monomial) -> Monomial:
        """Return the product of two monomials as it is at every point, also where a factor is 0."""
        exponents = dict(left)
        for atom, exponent in right:
            exponents[atom] = exponents.get(atom, 0) + exponent
        return self.collected(exponents)

    def collected(self, exponents: dict[Atom, Exponent]) -> Monomial:
        """Return a product of powers whose exponents were added up, from exponents other than 0.

        0 to any exponent but 0 is 0, so x^a x^b is x^(a+b) at x = 0 too, unless a + b is 0: then it is 1 where
        x is not 0, and else the support of x.
        """
        for atom in [atom for atom, exponent in exponents.items() if not exponent]:
            del exponents[atom]
            if not self.is_nonzero(atom, exponents):
                exponents[self.support_atom(atom)] = 1
        return _sorted(exponents)

    def product(self, polys: Iterable[Poly]) -> Poly:
        """Return the product of several polynomials: those of one term are multiplied all at once, and first."""
        exponents: dict[Atom, Exponent] = {}
        scale, longer = fmpq(1), []
        for poly in polys:
            if len(poly) != 1:
                longer.append(poly)
                continue
            ((monomial, coefficient),) = poly.items()
            scale *= coefficient
            for atom, exponent in monomial:
                exponents[atom] = exponents.get(atom, 0) + exponent
        total = self.reduced(self.collected(exponents))
        if scale != 1:
            total = self.scale(total, scale)
        for poly in longer:
            total = self.multiply(total, poly)
        return total

    def monomial(self, factors: Iterable[tuple[Atom, Exponent]]) -> Poly:
        """Return the reduced product of atoms with exponents; an atom may occur more than once."""
        exponents: dict[Atom, Exponent] = {}
        for atom, exponent in factors:
            if exponent:
                exponents[atom] = exponents.get(atom, 0) + exponent
        return self.reduced(self.collected(exponents))

    def multiplied_out(self, poly: Poly, count: int) -> Poly:
        """Return a power with a whole exponent, 0 or more."""
        result = {UNIT: fmpq(1)}
        for _ in range(count):
            result = self.multiply(result, poly)
        return result

    # What needs atoms that are made elsewhere: `powers.Algebra` has it.

    def power(self, poly: Poly, exponent: Exponent) -> Poly:
        """Return a rational power; where it is no integer, that of the absolute value."""
        raise NotImplementedError

    def factor(self, poly: Poly) -> tuple[fmpq, list[tuple[Atom, Exponent]]]:
        """Return a polynomial as coefficient times atoms with exponents."""
        raise NotImplementedError

    def base_atom(self, poly: Poly) -> tuple[fmpq, Atom | None]:
        """Return a coefficient and the atom of the polynomial made primitive, `None` for a constant."""
        raise NotImplementedError

    def is_nonzero(self, atom: Atom, others: Iterable[Atom] = ()) -> bool:
        """Return whether an atom is known not to be 0 wherever the guards among the others hold."""
        raise NotImplementedError

    def support_atom(self, atom: Atom) -> Atom:
        """Return the atom that is 1 where another is not 0, else 0."""
        raise NotImplementedError

    def by_values(self, poly: Poly, function: Callable[[Poly], Poly]) -> Poly | None:
        """Return a function of a polynomial by the finitely many values of an entry in it, `None` if none has such."""
        found = (rule(poly, function) for rule in self.value_rules)
        return next((value for value in found if value is not None), None)

    def reduced(self, monomial: Monomial) -> Poly:
        """Return the monomial with the reductions of its special atoms carried out."""
        for atom, _ in monomial:
            if atom.special:
                done = atom.reduce(self, monomial)
                if done is not None:
                    return done
        return {monomial: fmpq(1)}

    # renaming

    def rename(self, poly: Poly, mapping: Mapping_) -> Poly:
        """Return the polynomial with free indices renamed; atoms rename themselves."""
        total: Poly = {}
        names = mapping.keys()
        for monomial, coefficient in poly.items():
            if any(not names.isdisjoint(atom.indices) for atom, _ in monomial):
                self.add_to(total, self.rename_monomial(monomial, mapping), coefficient)
            else:
                self.add_to(total, {monomial: coefficient})
        return total

    def rename_monomial(self, monomial: Monomial, mapping: Mapping_) -> Poly:
        """Return one monomial renamed; the result may have more terms or none."""
        names = mapping.keys()
        kept = tuple(pair for pair in monomial if names.isdisjoint(pair[0].indices))
        moved = [pair for pair in monomial if not names.isdisjoint(pair[0].indices)]
        return self.product([{kept: fmpq(1)}, *(a.renamed(self, mapping, e) for a, e in moved)])


def substitute(ring: Ring, poly: Poly, written: dict[Atom, Poly]) -> Poly:
    """Write some atoms, under positive whole exponents, as the polynomials that they equal."""
    if not written:
        return poly
    total: Poly = {}
    for monomial, coefficient in poly.items():
        kept = tuple(p for p in monomial if p[0] not in written or not isinstance(p[1], int) or p[1] < 0)
        term: Poly = {kept: fmpq(1)}
        for atom, exponent in monomial:
            if atom in written and isinstance(exponent, int) and exponent > 0:
                term = ring.multiply(term, ring.power(written[atom], exponent))
        ring.add_to(total, term, coefficient)
    return total


def is_division(ring: Ring, numerator: Poly, divisor: Poly, quotient: Poly, rest: Poly) -> bool:
    """Return whether a numerator is a quotient times the divisor and a rest; whoever found them is not believed."""
    return not ring.subtract(numerator, ring.add(ring.multiply(quotient, divisor), rest))


def clear_by(ring: Ring, poly: Poly, factor: Monomial) -> Poly:
    """Return the polynomial times a monomial that is not 0, exponents added before anything is multiplied out."""
    total: Poly = {}
    for monomial, coefficient in poly.items():
        ring.add_to(total, ring.reduced(merge(monomial, factor)), coefficient)
    return total


def merge(left: Monomial, right: Monomial) -> Monomial:
    """Return the product of two monomials, exponents added: where x^a meets x^-a, for x other than 0 alone."""
    exponents = dict(left)
    for atom, exponent in right:
        exponents[atom] = exponents.get(atom, 0) + exponent
    return _sorted(exponents)


def _sorted(exponents: dict[Atom, Exponent]) -> Monomial:
    items = [(a, whole(e)) for a, e in exponents.items() if e]
    items.sort(key=_uid)
    return tuple(items)


def _uid(pair: tuple[Atom, Exponent]) -> int:
    return pair[0].uid


def whole(exponent: Exponent) -> Exponent:
    """Return an integral exponent as an int, so that equal exponents are equal keys."""
    return exponent if type(exponent) is int or exponent.denominator != 1 else exponent.numerator


def number_power(value: fmpq, exponent: int) -> fmpq:
    """Return a whole power of a number other than 0.

    Raises:
        LimitError: it has too many digits; what is asked for them all the same ends the process.
    """
    bits = max(int(value.p).bit_length(), int(value.q).bit_length())
    if abs(exponent) * (bits - 1) > MAX_DIGITS:
        raise LimitError("a power of a number has too many digits")
    return value**exponent


def exponent_of(number: fmpq) -> Exponent:
    """Return a rational number as an exponent."""
    return int(number.p) if number.q == 1 else Fraction(int(number.p), int(number.q))


def without(monomial: Monomial, *atoms: Atom) -> Monomial:
    """Return the monomial without these atoms."""
    return tuple(pair for pair in monomial if pair[0] not in atoms)


def monomial_key(monomial: Monomial) -> Key:
    """Return the structural key of a monomial, independent of the order in which atoms were made."""
    return tuple(sorted((atom.key, exponent) for atom, exponent in monomial))


def poly_key(poly: Poly) -> Key:
    """Return the structural key of a polynomial."""
    return tuple(sorted((monomial_key(m), int(c.p), int(c.q)) for m, c in poly.items()))


def poly_indices(poly: Poly) -> frozenset[Idx]:
    """Return the free indices of a polynomial."""
    return frozenset().union(*(atom.indices for m in poly for atom, _ in m))


def poly_height(poly: Poly) -> int:
    """Return the greatest binder number inside a polynomial."""
    return max((atom.height for m in poly for atom, _ in m), default=0)


def as_constant(poly: Poly) -> fmpq | None:
    """Return the value of a constant polynomial, else `None`."""
    if not poly:
        return fmpq(0)
    return poly.get(UNIT) if len(poly) == 1 else None
