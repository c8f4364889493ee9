"""Sums of fractions: brought over one denominator, or symmetrised over their indices."""

from __future__ import annotations

from collections import defaultdict

from flint import fmpq

from derive.kernel.normal_form.long_division import over_an_index
from derive.kernel.normal_form.polynomials import GUARDS, Atom, Exponent, Idx, Poly, without
from derive.kernel.normal_form.powers import BaseAtom, clears, factor
from derive.kernel.normal_form.ring import Ring, clear_by, is_division, substitute
from derive.kernel.normal_form.sums import SumAtom, open_sum, sum_over, written_out


def rational_sums(ring: Ring, poly: Poly) -> Poly:
    """Rewrite sums of fractions over the same index with one denominator and a reduced numerator.

    Σ p/(1-p) and Σ 1/(1-p) differ by a plain sum; after division by the common denominator both are
    combinations of the same sums, and plain ones.
    """
    groups: dict[tuple[str, frozenset[Atom]], list[_Fraction]] = defaultdict(list)
    shared: dict[str, Idx] = {}
    for whole in _sum_atoms(poly):
        fraction = _as_fraction(ring, whole, shared)
        if fraction is not None:
            groups[(fraction.index[1], fraction.guards)].append(fraction)
    replaced: dict[Atom, Poly] = {}
    for group in groups.values():
        replaced.update(_over_one_denominator(ring, group))
    return substitute(ring, poly, replaced)


def _sum_atoms(poly: Poly) -> list[SumAtom]:
    """Return the sums that occur, in the order in which they were made."""
    found = {atom for monomial in poly for atom, _ in monomial if isinstance(atom, SumAtom)}
    return sorted(found, key=lambda atom: atom.uid)


class _Fraction:
    """A sum over one index of a body that has a denominator: further bound indices are summed inside."""

    __slots__ = ("atom", "body", "denominator", "guards", "index")

    def __init__(self, atom: SumAtom, body: Poly, index: Idx) -> None:
        self.atom, self.body, self.index = atom, body, index
        self.denominator: dict[Atom, Exponent] = {}
        guards = set()
        for monomial in body:
            for part, exponent in monomial:
                if part.key[0] in GUARDS and index in part.indices:
                    guards.add(part)
                if exponent < 0 and index in part.indices:
                    least = max(-exponent, self.denominator.get(part, 0))
                    self.denominator[part] = least
        self.guards = frozenset(guards)


def _as_fraction(ring: Ring, atom: SumAtom, shared: dict[str, Idx]) -> _Fraction | None:
    opened, bound = open_sum(ring, atom)
    if len(opened) != 1:
        return None
    ((monomial, coefficient),) = opened.items()
    main = {i for a, e in monomial if e < 0 for i in a.indices if i in bound}
    if len(main) != 1:
        return None
    (index,) = main
    target = shared.setdefault(index[1], ring.fresh(index[1]))
    inner = tuple(i for i in bound if i != index)
    body = sum_over(ring, {monomial: coefficient}, inner) if inner else {monomial: coefficient}
    return _Fraction(atom, ring.rename(body, {index: target}), target)


def _over_one_denominator(ring: Ring, group: list[_Fraction]) -> dict[Atom, Poly]:
    index = group[0].index
    exponents: dict[Atom, Exponent] = {}
    for fraction in group:
        for atom, exponent in fraction.denominator.items():
            exponents[atom] = max(exponent, exponents.get(atom, 0))
    if not any(isinstance(atom, BaseAtom) for atom in exponents):
        return {}
    if not all(ring.is_nonzero(atom, group[0].guards) for atom in exponents):
        return {}
    pairs = tuple(exponents.items())
    denominator = ring.monomial(pairs)
    inverse = ring.monomial((a, -e) for a, e in pairs)
    found: dict[Atom, Poly] = {}
    for fraction in group:
        numerator = clear_by(ring, fraction.body, pairs)
        parts = over_an_index(ring, numerator, denominator, index)
        if parts is None or not is_division(ring, numerator, denominator, *parts):
            return {}
        quotient, rest = parts
        whole = sum_over(ring, quotient, (index,))
        found[fraction.atom] = ring.add(whole, sum_over(ring, ring.multiply(rest, inverse), (index,)))
    return found


def symmetric_sums(ring: Ring, poly: Poly) -> Poly:
    """Symmetrise fractions over two bound indices of one dimension: Σ p_j/(p_j+p_k) is n²/2."""
    replaced: dict[Atom, Poly] = {}
    for whole in filter(_mixes, _sum_atoms(poly)):
        opened, bound = open_sum(ring, whole)
        swapped = ring.rename(opened, {bound[0]: bound[1], bound[1]: bound[0]})
        both = ring.add(opened, swapped)
        exponents = {a: e for m in both for a, e in m if e < 0}
        if not all(clears(ring, both, atom) for atom in exponents):
            continue
        pairs = tuple((a, -e) for a, e in exponents.items())
        numerator = clear_by(ring, both, pairs)
        simplified: Poly = {}
        if numerator:
            coefficient, factors = factor(ring, numerator)
            simplified = ring.scale(ring.monomial((*factors, *((a, -e) for a, e in pairs))), coefficient)
        replaced[whole] = ring.scale(sum_over(ring, simplified, bound), fmpq(1, 2))
    return substitute(ring, poly, replaced)


def without_guards(ring: Ring, poly: Poly) -> Poly:
    """Write the guards [j != i] and [p <= 0] of sums as 1 less the opposite, so that what they add up to is seen."""
    replaced: dict[Atom, Poly] = {}
    for whole in _sum_atoms(poly):
        kinds = {atom.key[0] for atom, _ in whole.body}
        if not kinds.isdisjoint(("distinct", "nonpositive")):
            opened, bound = open_sum(ring, whole)
            for guard in {a for m in opened for a, _ in m if a.key[0] in ("distinct", "nonpositive")}:
                holding = {m: c for m, c in opened.items() if any(a is guard for a, _ in m)}
                rest = {without(m, guard): c for m, c in holding.items()}
                others = {m: c for m, c in opened.items() if m not in holding}
                opened = ring.add(others, ring.multiply(written_out(ring, guard), rest))
            replaced[whole] = sum_over(ring, opened, bound)
    return substitute(ring, poly, replaced)


def _mixes(atom: SumAtom) -> bool:
    if len(atom.bound) != 2 or atom.bound[0][1] != atom.bound[1][1]:
        return False
    guarded = any(a.key[0] in GUARDS for a, _ in atom.body)
    return not guarded and any(e < 0 and set(atom.bound) <= a.indices for a, e in atom.body)
