"""What is known of signs: from declarations, hypotheses, the domain, and the case in hand.

A sign is a set of possible values among -1, 0, 1; knowing nothing is knowing all three.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from derive.kernel.normal_form.polynomials import ANY, Atom, Idx, Poly, Sign
from derive.terms import Relation

POSITIVE, NEGATIVE, ZERO_SIGN = frozenset((1,)), frozenset((-1,)), frozenset((0,))
NONNEGATIVE, NONPOSITIVE, NONZERO = frozenset((0, 1)), frozenset((0, -1)), frozenset((-1, 1))


class EmptyCaseError(Exception):
    """The case in hand holds nowhere."""


@dataclass(frozen=True, slots=True)
class Guarded:
    """A sign fact for all values of some indices, where these pairs of indices differ and the guards hold."""

    poly: Poly
    sign: Sign
    universal: tuple[Idx, ...]
    apart: tuple[tuple[Idx, Idx], ...] = ()
    guards: tuple[tuple[Relation, Poly], ...] = ()


@dataclass(slots=True)
class Facts:
    """Signs of atoms, and sign facts that hold for every value of some indices; which pairs of free indices differ.

    `assumed` and `apart` hold where the part in hand counts, which is multiplied with a guard, and `asking` is
    whether it is being found out what is in force there, so that nothing is asked in circles (see `in_force`).
    """

    signs: dict[Atom, Sign] = field(default_factory=dict)
    bounds: dict[str, list[tuple[Relation, Poly]]] = field(default_factory=dict)
    universal: list[tuple[Atom, frozenset[Idx], Sign]] = field(default_factory=list)
    products: list[tuple[frozenset[Atom], Sign]] = field(default_factory=list)
    cache: dict[Atom, Sign] = field(default_factory=dict)
    busy: set[Atom] = field(default_factory=set)
    zeros: set[Atom] = field(default_factory=set)  # those known to be 0 that are written so
    least: dict[str, int] = field(default_factory=dict)  # what each size is at least
    guarded: list[Guarded] = field(default_factory=list)
    different: set[frozenset[Idx]] = field(default_factory=set)
    before: frozenset[tuple[Idx, Idx]] = (
        frozenset()
    )  # free indices of which the first is at the earlier position
    assumed: list[tuple[Relation, Poly]] = field(default_factory=list)
    apart: list[frozenset[Idx]] = field(default_factory=list)
    asking: bool = False

    def where_it_counts(self) -> Facts:
        """Return the same facts with those pairs apart that are where the part in hand counts, to be added to."""
        return replace(
            self,
            signs=dict(self.signs),
            universal=list(self.universal),
            products=list(self.products),
            cache={},
            busy=set(),
            zeros=set(self.zeros),
            guarded=[],
            different={*self.different, *self.apart},
            asking=True,
        )


def times(left: Sign, right: Sign) -> Sign:
    """Return the possible signs of a product."""
    return frozenset(a * b for a in left for b in right)


def plus(left: Sign, right: Sign) -> Sign:
    """Return the possible signs of a sum."""
    found: set[int] = set()
    for a in left:
        for b in right:
            found |= {a} if a == b or b == 0 else {b} if a == 0 else ANY
    return frozenset(found)
