"""Entries with finitely many values, as hypotheses and one-hot rows leave them: f(y) is Σ f(r) L_r(y) over these.

*Identity:* where y is one of r_1, ..., r_k, each Lagrange polynomial L_r(y) is 1 at y = r and 0 at the others. A
one-hot row has as many values as places, and its own entries are the polynomials. *Precondition:* the list is
complete, and f is total: where it has no value as typed it has the one of its extension. *Near miss:* y^3 = 2*y^2,
which leaves y a third value, 0.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial as applied

from flint import fmpq

from derive.kernel.normal_form.bridge import factored
from derive.kernel.normal_form.polynomials import Atom, Exponent, Idx, Monomial, Poly, without
from derive.kernel.normal_form.powers import power
from derive.kernel.normal_form.ring import Ring
from derive.kernel.normal_form.sums import SumAtom, open_sum, sum_over
from derive.kernel.normal_form.symbols import EntryAtom, delta, entry, letter

MAX_BRANCHES = 64

Coefficients = dict[Exponent, fmpq]
"""A polynomial in one atom, by the exponents."""

Branch = tuple[Poly, Poly]
"""The indicator of one value, and a polynomial with that value put in."""


def matched(
    slots: tuple[Idx, ...], here: tuple[Idx, ...], universal: frozenset[Idx]
) -> dict[Idx, Idx] | None:
    """Return what the universal indices of some slots are where they are these; `None` where they cannot be."""
    found: dict[Idx, Idx] = {}
    for slot, index in zip(slots, here, strict=True):
        if (found.setdefault(slot, index) if slot in universal else slot) != index:
            return None
    return found


@dataclass(frozen=True, slots=True)
class FiniteValues:
    """The entries of an array with these slots, for all universal indices, and the values that they can have."""

    array: str
    slots: tuple[Idx, ...]
    universal: frozenset[Idx]
    roots: tuple[Poly, ...]
    hypothesis: str

    def fits(self, atom: Atom) -> bool:
        """Return whether an atom is one of the entries."""
        if not isinstance(atom, EntryAtom) or atom.name != self.array:
            return False
        return matched(self.slots, atom.slots, self.universal) is not None


def coefficients(poly: Poly) -> Coefficients:
    """Return the coefficients of a polynomial in one atom by its exponents."""
    return {monomial[0][1] if monomial else 0: c for monomial, c in poly.items()}


def _real_factors(poly: Poly) -> list[Coefficients]:
    """Return factors of a polynomial in one atom, each once, but for those that are 0 at no real number."""
    factors = (coefficients(factor) for factor, _ in factored(poly))
    return [factor for factor in factors if not _is_nowhere_0(factor)]


def _is_nowhere_0(factor: Coefficients) -> bool:
    c, b, a = (factor.get(exponent, fmpq(0)) for exponent in range(3))
    return max(factor) == 0 or (max(factor) == 2 and b * b - 4 * a * c < 0)


def real_roots(ring: Ring, poly: Poly) -> tuple[Poly, ...] | None:
    """Return all real roots of a polynomial in one atom, `None` where they cannot be written down."""
    roots: list[Poly] = []
    factors = _real_factors(poly)
    for factor in factors:
        c, b, a = (factor.get(exponent, fmpq(0)) for exponent in range(3))
        degree = max(factor)
        if degree == 1:
            roots.append(ring.constant(-c / b))
        elif degree == 2 and len(factors) == 1:
            root = ring.scale(power(ring, ring.constant(b * b - 4 * a * c), Fraction(1, 2)), 1 / (2 * a))
            middle = ring.constant(-b / (2 * a))
            roots += [ring.add(middle, root), ring.subtract(middle, root)]
        else:
            return None
    # Each once: how python-flint factors is not believed, and two roots that are one would be no list of values.
    return tuple(root for place, root in enumerate(roots) if root not in roots[:place])


def without_squares(poly: Poly) -> Coefficients:
    """Return a polynomial in one atom with the same real roots: each factor once, and no square that cannot be 0."""
    product: Coefficients = {0: fmpq(1)}
    for factor in _real_factors(poly):
        longer: Coefficients = {}
        for (e, c), (f, d) in itertools.product(product.items(), factor.items()):
            longer[e + f] = longer.get(e + f, fmpq(0)) + c * d
        product = longer
    return {exponent: c for exponent, c in product.items() if c}


def split_values(ring: Ring, values: FiniteValues) -> None:
    """Have functions of such entries written by their values."""

    def rule(poly: Poly, function: Callable[[Poly], Poly]) -> Poly | None:
        atoms = {atom: None for monomial in poly for atom, _ in monomial if values.fits(atom)}
        if not atoms or len(values.roots) ** len(atoms) > MAX_BRANCHES:
            return None
        atom = next(iter(atoms))
        ring.rewrites.used.add(values.hypothesis)
        return _joined(ring, _by_roots(ring, poly, atom, values.roots), function)

    ring.rewrites.values.append(rule)


def _by_roots(ring: Ring, poly: Poly, atom: Atom, roots: Sequence[Poly]) -> Iterator[Branch]:
    for root in roots:
        weight = ring.constant(1)
        for other in roots:
            if other is not root:
                apart = power(ring, ring.subtract(root, other), -1)
                weight = ring.multiply(weight, ring.multiply(apart, ring.subtract(ring.poly(atom), other)))
        there: Poly = {}
        for monomial, coefficient in poly.items():
            exponent = dict(monomial).get(atom, 0)
            rest: Poly = {without(monomial, atom): coefficient}
            ring.add_to(there, ring.multiply(rest, power(ring, root, exponent)) if exponent else rest)
        yield weight, there


def split_rows(ring: Ring, array: str, dim: str, size: int | None) -> None:
    """Have functions of a one-hot row written by the place of its 1; a fixed size has its places written out."""

    def rule(poly: Poly, function: Callable[[Poly], Poly]) -> Poly | None:
        row = next(_rows_in(poly, array), None)
        if row is None:
            return None
        ring.rewrites.used.add(f"onehot {array}")
        places = [ring.fresh(dim)] if size is None else [letter(k, dim) for k in range(1, size + 1)]
        branches = ((entry(ring, array, (*row, p)), _at_place(ring, poly, array, (*row, p))) for p in places)
        whole = _joined(ring, branches, function)
        return whole if size is not None else sum_over(ring, whole, tuple(places))

    ring.rewrites.values.append(rule)
    ring.rewrites.rows.append(applied(_one_sum, ring, array))


def _one_sum(ring: Ring, array: str, monomial: Monomial, atom: Atom) -> Poly | None:
    """Return a product of sums over one row as one sum: (Σ y a)(Σ y b) is Σ y a b, for y_c y_d = δ_cd y_c."""
    rows = set(_rows_in({((atom, 1),): fmpq(1)}, array))
    chosen = [(a, e) for a, e in monomial if a is atom or rows & set(_rows_in({((a, 1),): fmpq(1)}, array))]
    count = 0
    poly: Poly = {without(monomial, *(a for a, _ in chosen)): fmpq(1)}
    every: tuple[Idx, ...] = ()
    for factor, exponent in chosen if rows else ():
        if not isinstance(exponent, int) or exponent < 1:
            return None
        for _ in range(exponent):
            body, bound = open_sum(ring, factor) if isinstance(factor, SumAtom) else (factor.polynomial(), ())
            poly, every, count = ring.multiply(poly, body), every + bound, count + 1
    return sum_over(ring, poly, every) if count > 1 else None


def _rows_in(poly: Poly, array: str) -> Iterator[tuple[Idx, ...]]:
    """Yield the rows of which entries stand in a polynomial, under sums over other indices as well."""
    for atom in (atom for monomial in poly for atom, _ in monomial):
        inner = atom.body if isinstance(atom, SumAtom) else ((atom, 1),)
        bound = atom.bound if isinstance(atom, SumAtom) else ()
        for part, exponent in inner:
            row = part.slots[:-1] if isinstance(part, EntryAtom) and part.name == array else None
            if row is not None and exponent == 1 and not set(row) & set(bound):
                yield row


def _at_place(ring: Ring, poly: Poly, array: str, hot: tuple[Idx, ...]) -> Poly:
    """Return the polynomial where the entry `hot` of a one-hot row is 1."""
    total: Poly = {}
    for monomial, coefficient in poly.items():
        term = ring.constant(coefficient)
        for atom, exponent in monomial:
            piece = ring.poly(atom, exponent)
            if isinstance(atom, SumAtom) and any(
                row == hot[:-1] for row in _rows_in({((atom, 1),): fmpq(1)}, array)
            ):
                body, bound = open_sum(ring, atom)
                piece = power(ring, sum_over(ring, _at_place(ring, body, array, hot), bound), exponent)
            elif isinstance(atom, EntryAtom) and atom.name == array and atom.slots[:-1] == hot[:-1]:
                piece = power(ring, delta(ring, atom.slots[-1], hot[-1]), exponent)
            term = ring.multiply(term, piece)
        ring.add_to(total, term)
    return total


def _joined(ring: Ring, branches: Iterator[Branch], function: Callable[[Poly], Poly]) -> Poly:
    """Return the sum of the function's values, each times its indicator."""
    total: Poly = {}
    for weight, there in branches:
        ring.add_to(total, ring.multiply(weight, function(there)))
    return total
