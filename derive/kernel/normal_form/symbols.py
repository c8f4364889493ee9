"""The simplest atoms: entries of arrays, Kronecker deltas, sizes as numbers, and pi."""

from __future__ import annotations

from fractions import Fraction

from flint import fmpq

from derive.kernel.normal_form.polynomials import (
    BOUND,
    LETTER,
    POSITION,
    Atom,
    Exponent,
    Idx,
    Mapping_,
    Monomial,
    Poly,
    Sign,
    label_of,
    moved,
    with_letters,
    without,
)
from derive.kernel.normal_form.ring import Ring
from derive.kernel.signs.analysis import bounded_sign, by_linear
from derive.kernel.signs.facts import NONNEGATIVE, POSITIVE
from derive.terms import Index, Relation


class NeedPatternError(Exception):
    """The proof must be split by whether two free indices are equal."""

    def __init__(self, left: Idx, right: Idx) -> None:
        super().__init__("split by an index pattern")
        self.pair = (left, right)


class EntryAtom(Atom):
    """An entry `x[i,j]` of a declared array."""

    __slots__ = ("name", "slots")
    name: str
    slots: tuple[Idx, ...]

    def renamed(self, ring: Ring, mapping: Mapping_, exponent: Exponent) -> Poly:
        slots = tuple(moved(i, mapping) for i in self.slots)
        return ring.power(entry(ring, self.name, slots), exponent)

    def declared_sign(self, ring: Ring) -> Sign:
        return bounded_sign(ring, ring.facts.bounds.get(self.name, ()))

    def own_sign(self, ring: Ring) -> Sign:
        sign = self.declared_sign(ring)
        return sign if len(sign) == 1 else sign & by_linear(ring, self.polynomial())

    def bounds(self, ring: Ring) -> list[tuple[Poly, Sign]]:
        return [
            (ring.subtract(self.polynomial(), value), relation.signs)
            for relation, value in ring.facts.bounds.get(self.name, ())
            if relation != Relation.UNEQUAL
        ]

    def reduce(self, ring: Ring, monomial: Monomial) -> Poly | None:
        for rule in ring.rewrites.monomials.get(self.name, ()):
            done = rule(monomial, self)
            if done is not None:
                return done
        return None


def entry(ring: Ring, name: str, slots: tuple[Idx, ...]) -> Poly:
    """Return an entry, or what a hypothesis says it equals."""
    for rule in ring.rewrites.entries.get(name, ()):
        known = rule(slots)
        if known is not None:
            return known
    slots, sign = _least_order(ring, name, slots)
    atom = _entry_atom(ring, name, slots)
    return ring.poly(atom) if sign == 1 else ring.scale(ring.poly(atom), fmpq(sign))


def entry_atom(ring: Ring, name: str, slots: tuple[Idx, ...]) -> Atom:
    """Return the atom of an entry; of an array with symmetries, that of the least order of its indices."""
    return _entry_atom(ring, name, _least_order(ring, name, slots)[0])


def _entry_atom(ring: Ring, name: str, slots: tuple[Idx, ...]) -> Atom:
    atom = ring.intern(EntryAtom, ("entry", name, slots), with_letters(slots), 0, name=name, slots=slots)
    atom.special = name in ring.rewrites.monomials
    return atom


def _least_order(ring: Ring, name: str, slots: tuple[Idx, ...]) -> tuple[tuple[Idx, ...], int]:
    """Return the least order of the slots that the symmetries of an array allow, and the sign that it brings.

    The sign is 0 where two orders give the same slots with different signs: then the entry is 0.
    """
    symmetries = ring.rewrites.symmetries.get(name)
    if not symmetries:
        return slots, 1
    orders = [(tuple(slots[k] for k in order), sign) for order, sign in symmetries]
    least = min(orders)[0]
    signs = {sign for order, sign in orders if order == least}
    return least, signs.pop() if len(signs) == 1 else 0


class DeltaAtom(Atom):
    """`delta(a, b)`, with a before b: it is 0 or 1, and lets b be renamed to a in a product."""

    __slots__ = ("left", "right")
    left: Idx
    right: Idx

    def complement(self, ring: Ring) -> Poly:
        return distinct(ring, self.left, self.right)

    def bounds(self, ring: Ring) -> list[tuple[Poly, Sign]]:
        return [(ring.subtract(ring.constant(1), self.polynomial()), frozenset((0, 1)))]

    def renamed(self, ring: Ring, mapping: Mapping_, exponent: Exponent) -> Poly:
        return delta(ring, moved(self.left, mapping), moved(self.right, mapping))

    def reduce(self, ring: Ring, monomial: Monomial) -> Poly | None:
        exponent = dict(monomial)[self]
        if exponent != 1:
            if exponent < 0 and max(self.left[0], self.right[0]) < BOUND:
                raise NeedPatternError(self.left, self.right)
            return ring.reduced(tuple((a, 1 if a is self else e) for a, e in monomial))
        if not any(self.right in atom.indices for atom, _ in monomial if atom is not self):
            return None
        rest = ring.rename_monomial(without(monomial, self), {self.right: self.left})
        return ring.multiply({((self, 1),): ring.constant(1)[()]}, rest)


def delta(ring: Ring, left: Idx, right: Idx) -> Poly:
    """Return the delta of two indices: 1 for the same one, 0 for two different positions."""
    if left == right:
        return ring.constant(1)
    if differ(ring, left, right):
        return ring.constant(0)
    if right < left:
        left, right = right, left
    if right in with_letters((left,)):  # y[i] = i: in a product i stays and y[i] goes, or this would not end
        left, right = right, left
    slots = (left, right)
    return ring.poly(
        ring.intern(
            DeltaAtom, ("delta", *slots), with_letters(slots), 0,
            left=left, right=right, special=True,
        )
    )  # fmt: skip


class DistinctAtom(Atom):
    """1 where two indices differ, else 0: guards a summand that need not have a value where they are equal."""

    __slots__ = ("left", "right")
    left: Idx
    right: Idx

    def complement(self, ring: Ring) -> Poly:
        return delta(ring, self.left, self.right)

    def renamed(self, ring: Ring, mapping: Mapping_, exponent: Exponent) -> Poly:
        return distinct(ring, moved(self.left, mapping), moved(self.right, mapping))

    def reduce(self, ring: Ring, monomial: Monomial) -> Poly | None:
        exponent = dict(monomial)[self]
        if exponent != 1:
            if exponent < 0 and max(self.left[0], self.right[0]) < BOUND:
                raise NeedPatternError(self.left, self.right)
            return ring.reduced(tuple((a, 1 if a is self else e) for a, e in monomial))
        twin = {self.left, self.right}
        if any(isinstance(a, DeltaAtom) and {a.left, a.right} == twin for a, _ in monomial):
            return {}
        if any(a.key[0] == "before" and set(a.key[1:]) == twin for a, _ in monomial):
            return ring.reduced(without(monomial, self))  # of two in an order it goes without saying
        return None


def distinct(ring: Ring, left: Idx, right: Idx) -> Poly:
    """Return the guard that two indices differ."""
    if left == right:
        return {}
    if differ(ring, left, right):
        return ring.constant(1)
    if left[0] < BOUND and right[0] < BOUND:
        raise NeedPatternError(left, right)
    if right < left:
        left, right = right, left
    slots = (left, right)
    return ring.poly(
        ring.intern(
            DistinctAtom, ("distinct", *slots), with_letters(slots), 0,
            left=left, right=right, special=True,
        )
    )  # fmt: skip


def differ(ring: Ring, left: Idx, right: Idx) -> bool:
    """Return whether two indices are known to differ."""
    positions = left[0] == POSITION and right[0] == POSITION
    return positions or (bool(ring.facts.different) and frozenset((left, right)) in ring.facts.different)


class SizeAtom(Atom):
    """A size as a number: a positive integer."""

    __slots__ = ("name",)
    name: str

    def bounds(self, ring: Ring) -> list[tuple[Poly, Sign]]:
        least = ring.facts.least.get(self.name, 1)
        return [(ring.subtract(self.polynomial(), ring.constant(least)), NONNEGATIVE)]


def size(ring: Ring, name: str) -> Poly:
    """Return a size as a number."""
    return ring.poly(ring.intern(SizeAtom, ("size", name), frozenset(), 0, name=name))


def is_in_sizes(poly: Poly) -> bool:
    """Return whether a polynomial is one in sizes with whole coefficients: whole, and even or odd as its terms are.

    A size that an equation writes otherwise is as whole as before, but what it is written as need not look so.
    """
    return all(
        c.q == 1 and all(isinstance(a, SizeAtom) and isinstance(e, int) and e > 0 for a, e in m)
        for m, c in poly.items()
    )


class PiAtom(Atom):
    """The number pi."""

    __slots__ = ()

    def bounds(self, ring: Ring) -> list[tuple[Poly, Sign]]:
        below, above = ring.constant(Fraction(333, 106)), ring.constant(Fraction(355, 113))
        return [
            (ring.subtract(self.polynomial(), below), POSITIVE),
            (ring.subtract(above, self.polynomial()), POSITIVE),
        ]


def pi(ring: Ring) -> Poly:
    """Return pi."""
    return ring.poly(ring.intern(PiAtom, ("pi",), frozenset(), 0))


def place(index: Index) -> Idx:
    """Return the index of a letter, a label, a position, or the label of a sample."""
    if index.at:
        return label_of(str(index.name), index.dim, tuple(map(place, index.at)))
    return letter(index.name, index.dim)


def index_of(place: Idx) -> Index:
    """Return a letter, a label, a position, or the label of a sample as the index of terms."""
    if type(place[3]) is tuple:
        return Index(place[2], place[1], tuple(map(index_of, place[3])))
    return Index(place[3] if place[0] == POSITION else place[2], place[1])


def letter(name: str | int, dim: str) -> Idx:
    """Return the index of a letter, a label or a position."""
    return (POSITION, dim, "", name) if isinstance(name, int) else (LETTER, dim, name, 0)
