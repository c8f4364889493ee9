"""Arithmetic of polynomials over atoms: atoms interned, products reduced by what they mean and by what is known."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any

from flint import fmpq

from derive.errors import LimitError
from derive.kernel.normal_form.polynomials import (
    FRESH,
    UNIT,
    Atom,
    AtomKey,
    Exponent,
    Idx,
    Mapping_,
    Monomial,
    Poly,
    in_order,
    merge,
)
from derive.kernel.normal_form.rewrites import Rewrites
from derive.kernel.signs.choices import Choices
from derive.kernel.signs.facts import Facts
from derive.limits import deadline

MAX_TERMS = 60_000
MAX_STEPS = 400_000


class Ring:
    """Interns atoms and computes with polynomials over them."""

    def __init__(self) -> None:
        self._atoms: dict[tuple[type[Atom], AtomKey], Atom] = {}
        self._fresh = 0
        self.steps = 0
        # the state of the proof: what hypotheses rewrite, what is known of signs, and the case in hand
        self.rewrites = Rewrites()
        self.facts = Facts()
        self.choices = Choices()
        self.matrices: Any = (
            None  # the inverses met so far (see `matrices`), which need atoms that are made elsewhere
        )

    # atoms

    def intern(
        self, kind: type[Atom], key: AtomKey, indices: frozenset[Idx], level: int, **fields: Any
    ) -> Atom:
        """Return the one atom of this kind and key, made on first use with the given fields."""
        atom = self._atoms.get((kind, key))
        if atom is None:
            atom = kind()
            atom.uid, atom.key, atom.indices, atom.level = len(self._atoms), key, indices, level
            atom.special = False
            for name, value in fields.items():
                setattr(atom, name, value)
            self._atoms[(kind, key)] = atom
        return atom

    def poly(self, atom: Atom, exponent: Exponent = 1) -> Poly:
        """Return the atom to the exponent, replaced where an equation in force says so."""
        known = self.rewrites.atoms.get(atom)
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
        return in_order(exponents)

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

    # What needs atoms that are made elsewhere: `powers.PowerRing` has it.

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
        found = (rule(poly, function) for rule in self.rewrites.values)
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
