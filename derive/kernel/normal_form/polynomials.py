"""Polynomials with rational coefficients and rational exponents over atoms: the carrier of the normal form.

A polynomial is a dict from monomial to coefficient; a monomial is a tuple of (atom, exponent) in order of the
atoms' numbers. Nothing here knows what an atom means beyond the few hooks that `Atom` declares.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

from flint import fmpq

from derive.errors import LimitError
from derive.terms import Relation

if TYPE_CHECKING:
    from derive.kernel.normal_form.ring import Ring

# (tag, dimension, name, number): a letter or label, a position, a canonical bound index, a temporary one.
# The label y[a] of a sample has for its number the tuple of the indices in brackets, and the tag of the greatest.
Idx: TypeAlias = tuple[int, str, str, Any]
LETTER, POSITION, BOUND, FRESH = range(4)

Exponent: TypeAlias = int | Fraction
Monomial: TypeAlias = tuple[tuple["Atom", Exponent], ...]
Poly: TypeAlias = dict[Monomial, fmpq]
Mapping_: TypeAlias = Mapping[Idx, Idx]
AtomKey: TypeAlias = tuple[Any, ...]

UNIT: Monomial = ()
GUARDS = frozenset(
    ("positive", "nonpositive", "distinct", "before")
)  # the kinds of atoms that a condition makes
MAX_DIGITS = 200_000  # of a number, in the binary system

# The possible signs of a value, among -1, 0 and 1; knowing nothing is knowing all three.
Sign: TypeAlias = frozenset[int]
ANY: Sign = frozenset((-1, 0, 1))


class Atom:
    """An indivisible factor. Subclasses say how one is renamed and which products with it reduce.

    `key` orders and names atoms by structure, bound indices included; `indices` are those that occur free;
    `level` is the greatest number of an index bound inside, so that a new binder is named above it.
    """

    __slots__ = ("indices", "key", "level", "special", "uid")

    uid: int
    key: AtomKey
    indices: frozenset[Idx]
    level: int
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


def label_of(name: str, dim: str, at: tuple[Idx, ...]) -> Idx:
    """Return the label of a sample as an index; it is bound where an index in brackets is."""
    return max((LETTER, *(i[0] for i in at if i[0] != POSITION))), dim, name, at


def moved(index: Idx, mapping: Mapping_) -> Idx:
    """Return an index renamed; of a label `y[a]` the index in brackets is."""
    found = mapping.get(index)
    if found is None and type(index[3]) is tuple:
        return label_of(index[2], index[1], tuple(moved(one, mapping) for one in index[3]))
    return index if found is None else found


def with_letters(slots: Iterable[Idx]) -> frozenset[Idx]:
    """Return indices and, of the labels among them, those in brackets."""
    found = set(slots)
    waiting = [index for index in found if type(index[3]) is tuple]
    while waiting:
        index = waiting.pop()
        found.add(index)
        if type(index[3]) is tuple:
            waiting += index[3]
    return frozenset(found)


def outside(indices: frozenset[Idx], bound: Iterable[Idx]) -> frozenset[Idx]:
    """Return the indices that are free where some are bound: a label of a bound one is not."""
    left = indices.difference(bound)
    if any(type(i[3]) is tuple for i in left):
        left = frozenset(i for i in left if with_letters((i,)).isdisjoint(bound))
    return left


def merge(left: Monomial, right: Monomial) -> Monomial:
    """Return the product of two monomials, exponents added: where x^a meets x^-a, for x other than 0 alone."""
    exponents = dict(left)
    for atom, exponent in right:
        exponents[atom] = exponents.get(atom, 0) + exponent
    return in_order(exponents)


def in_order(exponents: dict[Atom, Exponent]) -> Monomial:
    """Return powers as a monomial: those other than 0, by the numbers of their atoms."""
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


def monomial_key(monomial: Monomial) -> AtomKey:
    """Return the structural key of a monomial, independent of the order in which atoms were made."""
    return tuple(sorted((atom.key, exponent) for atom, exponent in monomial))


def poly_key(poly: Poly) -> AtomKey:
    """Return the structural key of a polynomial."""
    return tuple(sorted((monomial_key(m), int(c.p), int(c.q)) for m, c in poly.items()))


def poly_indices(poly: Poly) -> frozenset[Idx]:
    """Return the free indices of a polynomial."""
    return frozenset().union(*(atom.indices for m in poly for atom, _ in m))


def poly_level(poly: Poly) -> int:
    """Return the greatest binder number inside a polynomial."""
    return max((atom.level for m in poly for atom, _ in m), default=0)


def as_constant(poly: Poly) -> fmpq | None:
    """Return the value of a constant polynomial, else `None`."""
    if not poly:
        return fmpq(0)
    return poly.get(UNIT) if len(poly) == 1 else None
