"""The order of positions: [a < b] of two indices as an atom, and sums over it in one orientation.

*Identity:* of a before b, a = b and b before a exactly one holds, and "before" is transitive. *Precondition:* indices
of one size. *Near miss:* [a < b] = 1 - [b < a], which forgets a = b.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator

from flint import fmpq

from derive.kernel.normal_form.polynomials import (
    BOUND,
    POSITION,
    Atom,
    Exponent,
    Idx,
    Mapping_,
    Monomial,
    Poly,
    moved,
    with_letters,
    without,
)
from derive.kernel.normal_form.ring import Ring, substitute
from derive.kernel.normal_form.sums import SumAtom, open_sum, sum_over
from derive.kernel.normal_form.symbols import NeedPatternError, delta, distinct

MAX_CHAIN = 4  # indices that change places for a sum over all their orders to be seen

Edge = tuple[Idx, Idx]


class BeforeAtom(Atom):
    """1 where the left index is at an earlier position than the right one, else 0; one of them is bound."""

    __slots__ = ("left", "right")
    left: Idx
    right: Idx

    def complement(self, ring: Ring) -> Poly:
        return not_before(ring, self.left, self.right)

    def renamed(self, ring: Ring, mapping: Mapping_, exponent: Exponent) -> Poly:
        return before(ring, moved(self.left, mapping), moved(self.right, mapping))

    def reduce(self, ring: Ring, monomial: Monomial) -> Poly | None:
        exponent = dict(monomial)[self]
        if exponent != 1:
            return ring.reduced(tuple((a, 1 if a is self else e) for a, e in monomial))
        others = [(a.left, a.right) for a, _ in monomial if isinstance(a, BeforeAtom) and a is not self]
        if not others and not ring.facts.before:
            return None
        edges = {*others, *_known(ring, (*others, (self.left, self.right)))}
        if _leads(edges, self.right, self.left):
            return {}
        return ring.reduced(without(monomial, self)) if _leads(edges, self.left, self.right) else None


def _known(ring: Ring, edges: Iterable[Edge]) -> Iterator[Edge]:
    """Yield what is known of the order of the free indices in some edges."""
    free = sorted({index for edge in edges for index in edge if index[0] < BOUND})
    return (pair for pair in itertools.permutations(free, 2) if is_before(ring, *pair))


def _leads(edges: Iterable[Edge], start: Idx, goal: Idx) -> bool:
    """Return whether a way along the edges leads from one index to another."""
    reached, waiting = {start}, [start]
    while waiting:
        here = waiting.pop()
        for left, right in edges:
            if left == here and right not in reached:
                reached.add(right)
                waiting.append(right)
    return goal in reached and goal != start


def is_before(ring: Ring, left: Idx, right: Idx) -> bool:
    """Return whether a free index is known to be at an earlier position than another."""
    if left[0] == POSITION and right[0] == POSITION:
        return bool(left[3] < right[3])
    return (left, right) in ring.facts.before


def before(ring: Ring, left: Idx, right: Idx) -> Poly:
    """Return 1 where an index is at an earlier position than another, else 0.

    Raises:
        NeedPatternError: both are free, and it is not known how they stand.
    """
    if left == right or is_before(ring, right, left) or (right[0] == POSITION and right[3] == 1):
        return {}
    if is_before(ring, left, right):
        return ring.constant(1)
    if left[0] < BOUND and right[0] < BOUND:
        raise NeedPatternError(left, right)
    slots = (left, right)
    return ring.poly(
        ring.intern(
            BeforeAtom, ("before", *slots), with_letters(slots), 0,
            left=left, right=right, special=True,
        )
    )  # fmt: skip


def not_before(ring: Ring, left: Idx, right: Idx) -> Poly:
    """Return 1 where an index is not at an earlier position than another: they are equal, or stand the other way."""
    return ring.add(delta(ring, left, right), before(ring, right, left))


# ---- sums in one orientation


def ordered_sums(ring: Ring, poly: Poly) -> Poly:
    """Write sums over the order of positions in one orientation, and those over all orders without it.

    Σ_j [i < j] x_j is the whole sum without x_i and Σ_j [j < i] x_j; what changes places in a sum over j < k without
    being changed makes it half of the one over j != k.
    """
    atoms = dict.fromkeys(atom for monomial in poly for atom, _ in monomial)
    written = {atom: found for atom in atoms if (found := _oriented(ring, atom)) is not None}
    return substitute(ring, poly, written)


def _oriented(ring: Ring, atom: Atom) -> Poly | None:
    """Return a sum with every order in it in the orientation that is kept; `None` where it is so already."""
    if not isinstance(atom, SumAtom) or not any(isinstance(a, BeforeAtom) for a, _ in atom.body):
        return None
    opened, bound = open_sum(ring, atom)
    if len(opened) != 1:
        return None
    ((monomial, coefficient),) = opened.items()
    again = _over_all_orders(ring, monomial, bound) or _turned(ring, monomial, bound)
    if again is None:
        return None
    return ordered_sums(ring, sum_over(ring, ring.scale(again, coefficient), bound))


def _over_all_orders(ring: Ring, monomial: Monomial, bound: tuple[Idx, ...]) -> Poly | None:
    """Σ [a < b] ... [y < z] f for an f in which a, ..., z may change places: f over all that differ, over k!."""
    orders = [a for a, _ in monomial if isinstance(a, BeforeAtom)]
    for count in range(min(MAX_CHAIN, len(orders) + 1), 1, -1):
        for chain in itertools.permutations(bound, count):
            links = set(itertools.pairwise(chain))
            used = [a for a in orders if (a.left, a.right) in links]
            rest = without(monomial, *used)
            if len(used) < count - 1:
                continue
            turns = [{left: right, right: left} for left, right in itertools.pairwise(chain)]
            if all(ring.rename_monomial(rest, turn) == {rest: fmpq(1)} for turn in turns):
                apart = ring.product(distinct(ring, *pair) for pair in itertools.combinations(chain, 2))
                return ring.scale(ring.multiply(apart, {rest: fmpq(1)}), fmpq(1, math.factorial(count)))
    return None


def _turned(ring: Ring, monomial: Monomial, bound: tuple[Idx, ...]) -> Poly | None:
    """Write [l < r] as 1 - [l = r] - [r < l] where that is the orientation to keep: the bound index before the free
    one, and of two bound ones the first, as the sum numbers them.
    """
    for atom, _ in monomial:
        if not isinstance(atom, BeforeAtom):
            continue
        left, right = atom.left, atom.right
        places = [bound.index(i) if i in bound else len(bound) for i in (left, right)]
        if places[0] > places[1]:
            rest: Poly = {without(monomial, atom): fmpq(1)}
            apart = distinct(ring, left, right)
            return ring.subtract(ring.multiply(apart, rest), ring.multiply(before(ring, right, left), rest))
    return None
