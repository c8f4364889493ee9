"""Conditions under a sum that are complementary but for a tie: p [p > 0] and p [-p > 0] are p together.

At a tie p is 0, and so are all three; so this holds at every point, whatever p is. Where p is known not to be 0, as
away from kinks, [p > 0] and [-p > 0] are 1 together; where that is known of all summands but one, as where a margin
leaves out the label, that one stays as it is. It is no reduction of monomials, for which of the two conditions gives
way hangs on the names of indices, and a summand keeps its shape when these change.
"""

from __future__ import annotations

import itertools

from flint import fmpq

from derive.kernel.normal_form.polynomials import (
    BOUND,
    Atom,
    Idx,
    Monomial,
    Poly,
    merge,
    monomial_key,
    poly_indices,
    with_letters,
    without,
)
from derive.kernel.normal_form.ring import Ring, clear_by, substitute
from derive.kernel.normal_form.sums import SumAtom, open_sum, sum_over
from derive.kernel.normal_form.symbols import delta, distinct
from derive.kernel.signs.analysis import in_force, sign_of
from derive.kernel.signs.conditions import PositiveAtom, indicator, positive
from derive.kernel.signs.facts import NONNEGATIVE
from derive.terms import Relation

MAX_REWRITES = 40


def complementary_conditions(ring: Ring, poly: Poly) -> Poly:
    """Write the summands of sums with one of two complementary conditions alone, as far as they are multiples."""
    written: dict[Atom, Poly] = {}
    for atom in dict.fromkeys(atom for monomial in poly for atom, _ in monomial):
        if isinstance(atom, SumAtom) and any(isinstance(part, PositiveAtom) for part, _ in atom.body):
            body, bound = open_sum(ring, atom)
            again = _with_one_condition(ring, body, bound)
            if again is not body:
                written[atom] = sum_over(ring, again, bound)
    return substitute(ring, poly, written)


def _with_one_condition(ring: Ring, body: Poly, bound: tuple[Idx, ...]) -> Poly:
    for _ in range(MAX_REWRITES):
        for monomial, coefficient in body.items():
            again = _rewritten(ring, monomial) or _turned(ring, monomial, bound)
            if again is not None:
                rest = {m: c for m, c in body.items() if m != monomial}
                ring.add_to(rest, again, coefficient)
                body = rest
                break
        else:
            break
    return body


def _rewritten(ring: Ring, monomial: Monomial) -> Poly | None:
    """Return an equal polynomial for a multiple of u [u > 0] where u is the opposite of another, or not negative."""
    for atom, exponent in monomial:
        if not isinstance(atom, PositiveAtom) or exponent != 1:
            continue
        u = atom.poly
        lead = max(u, key=monomial_key)
        others = without(monomial, atom)
        if not _divides(lead, others):
            continue
        if sign_of(ring, u) <= NONNEGATIVE:
            whole = u  # u [u > 0] is u
        elif u[lead] < 0:
            opposite = ring.negate(u)  # u [u > 0] is u + (-u) [-u > 0]
            whole = ring.add(u, ring.multiply(opposite, indicator(ring, Relation.GREATER, opposite)))
        else:
            continue
        rest = {m: c for m, c in u.items() if m != lead}
        leading = ring.subtract(whole, ring.multiply(rest, ring.poly(atom)))
        factor = merge(others, tuple((a, -e) for a, e in lead))
        return clear_by(ring, ring.scale(leading, 1 / u[lead]), factor)
    return None


def _turned(ring: Ring, monomial: Monomial, bound: tuple[Idx, ...]) -> Poly | None:
    """Return an equal polynomial for a multiple of [u > 0], by [-u > 0] where that is the condition to keep.

    *Precondition:* u is not 0 where the multiple counts, but where a bound index is the excepted one, if there is one.
    """
    for atom, exponent in monomial:
        if not isinstance(atom, PositiveAtom) or exponent != 1:
            continue
        u = atom.poly
        if u[max(u, key=monomial_key)] > 0:
            continue
        others = without(monomial, atom)
        excepted = _excepted(ring, u, others, bound)
        if excepted is not None:
            rest: Poly = {others: fmpq(1)}
            turned = ring.subtract(rest, ring.multiply(rest, positive(ring, ring.negate(u))))
            as_it_is = ring.subtract({monomial: fmpq(1)}, turned)
            return ring.add(turned, ring.multiply(excepted, as_it_is))
    return None


def _excepted(ring: Ring, u: Poly, others: Monomial, bound: tuple[Idx, ...]) -> Poly | None:
    """Return 1 where it is not known that u differs from 0, else 0; `None` where nothing is known."""
    indices = poly_indices(u)
    factors = [atom for atom, _ in others]
    if in_force(ring, lambda: 0 not in sign_of(ring, u), indices, factors):
        return {}
    guards = (poly for fact in ring.facts.guarded for _, poly in fact.guards)
    free = {one for one in indices.union(*map(poly_indices, guards)) if one[0] < BOUND}
    named = sorted(free | indices | {one for atom in factors for one in atom.indices})
    for index, other in itertools.combinations(named, 2):
        if index[1] != other[1] or with_letters((index, other)).isdisjoint(bound):
            continue
        apart = [atom for monomial in distinct(ring, index, other) for atom, _ in monomial]
        if in_force(ring, lambda: 0 not in sign_of(ring, u), indices, [*factors, *apart]):
            return delta(ring, index, other)
    return None


def _divides(lead: Monomial, monomial: Monomial) -> bool:
    exponents = dict(monomial)
    return bool(lead) and all(isinstance(e, int) and 0 < e <= exponents.get(a, 0) for a, e in lead)
