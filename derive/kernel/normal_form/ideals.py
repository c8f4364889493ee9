"""The search for a polynomial among the combinations of others: Buchberger's algorithm, cofactors carried along.

Nothing believes it: whoever asks multiplies the cofactors out.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flint import fmpq_mpoly

MAX_PAIRS = 300
MAX_TERMS = 3000


@dataclass(frozen=True, slots=True)
class _Member:
    """A polynomial, and by which multiples of generators, known by their places, it differs from what it began as."""

    poly: fmpq_mpoly
    cofactors: Mapping[int, fmpq_mpoly]

    def times(self, factor: fmpq_mpoly) -> _Member:
        """Return a multiple."""
        return _Member(factor * self.poly, {place: factor * one for place, one in self.cofactors.items()})

    def less(self, other: _Member) -> _Member:
        """Return the difference."""
        found = dict(self.cofactors)
        for place, one in other.cofactors.items():
            found[place] = found[place] - one if place in found else -one
        return _Member(self.poly - other.poly, found)


def cofactors(target: fmpq_mpoly, generators: Sequence[fmpq_mpoly]) -> Mapping[int, fmpq_mpoly] | None:
    """Return by what to multiply which generators, known by their places, so that they add up to the target.

    `None` if they do not or if that was too far to look.
    """
    one = target * 0 + 1
    basis = [_Member(poly, {place: one}) for place, poly in enumerate(generators) if poly != 0]
    pairs = list(itertools.combinations(basis, 2))
    rest = _Member(target, {})
    for _ in range(MAX_PAIRS):
        reduced = _reduced(rest, basis)
        if reduced is None:
            return None
        if reduced.poly == 0:
            return {place: -cofactor for place, cofactor in reduced.cofactors.items()}
        found = _next(pairs, basis)
        if found is None:
            return None
        pairs += [(member, found) for member in basis]
        basis.append(found)
        rest = reduced
    return None


def _next(pairs: list[tuple[_Member, _Member]], basis: Sequence[_Member]) -> _Member | None:
    """Return what the next pair, of least degree, adds to the basis; pairs looked at are taken off the list."""
    while pairs:
        least = min(range(len(pairs)), key=lambda k: sum(_common_multiple(*pairs[k])))
        overlap = _overlap(*pairs.pop(least))
        found = None if overlap is None else _reduced(overlap, basis)
        if found is not None and found.poly != 0:
            return found
    return None


def _reduced(member: _Member, basis: Sequence[_Member]) -> _Member | None:
    """Return a member less multiples of the basis, as far as leading terms divide; `None` if it grows too long."""
    changed = True
    while changed and member.poly != 0:
        changed = False
        for element in basis:
            quotient, _ = divmod(member.poly, element.poly)
            if quotient != 0:
                member, changed = member.less(element.times(quotient)), True
        if len(member.poly) > MAX_TERMS:
            return None
    return member


def _common_multiple(left: _Member, right: _Member) -> tuple[int, ...]:
    """Return the exponents of the least common multiple of two leading monomials."""
    return tuple(map(max, left.poly.monomial(0), right.poly.monomial(0)))


def _overlap(left: _Member, right: _Member) -> _Member | None:
    """Return what is left where the leading terms of two members cancel; `None` where it surely reduces to 0."""
    multiple = _common_multiple(left, right)
    degrees = sum(left.poly.monomial(0)) + sum(right.poly.monomial(0))
    if sum(multiple) == degrees:
        return None  # they share no variable
    one, other = (member.times(_up_to(member.poly, multiple)) for member in (left, right))
    return one.less(other)


def _up_to(poly: fmpq_mpoly, multiple: tuple[int, ...]) -> fmpq_mpoly:
    """Return the term that takes a polynomial's leading term to a monomial with the coefficient 1."""
    exponents = tuple(int(m) - int(e) for m, e in zip(multiple, poly.monomial(0), strict=True))
    return poly.context().term(coeff=1 / poly.leading_coefficient(), exp_vec=exponents)
