"""Identities between atoms of a difference: commensurable angles, products without places, recurrences."""

from __future__ import annotations

import itertools
from collections import defaultdict
from math import lcm

from flint import fmpq

from derive.normalform.circular import MAX_MULTIPLE, add_angles, key_of_angle
from derive.normalform.extremes import ProductAtom, product_without
from derive.normalform.functions import FunctionAtom, function
from derive.normalform.ring import BOUND, Atom, Key, Poly, Ring, poly_key, substitute
from derive.normalform.symbols import NeedPatternError, differ


def common_angles(ring: Ring, poly: Poly) -> Poly:
    """Write sines and cosines of x/2 and x/3, say, in those of x/6: commensurable angles by their common part."""
    angles: dict[Key, list[tuple[FunctionAtom, int]]] = defaultdict(list)
    for atom in dict.fromkeys(atom for monomial in poly for atom, _ in monomial):
        if isinstance(atom, FunctionAtom) and atom.name in ("sin", "cos") and len(atom.arguments[0]) == 1:
            ((_, coefficient),) = atom.arguments[0].items()
            angles[key_of_angle(atom.arguments[0])].append((atom, int(coefficient.q)))
    written: dict[Atom, Poly] = {}
    for group in angles.values():
        common = lcm(*(q for _, q in group))
        for atom, q in group:
            if q != common and common // q <= MAX_MULTIPLE:
                single = ring.scale(atom.arguments[0], fmpq(q, common))
                written[atom] = multiple_angle(ring, atom.name, single, common // q)
    return substitute(ring, poly, written)


def multiple_angle(ring: Ring, name: str, single: Poly, count: int) -> Poly:
    """Return sine or cosine of a whole multiple of an angle in powers of those of the angle."""
    one = function(ring, "sin", (single,)), function(ring, "cos", (single,))
    pair = ring.constant(0), ring.constant(1)
    for _ in range(count):
        pair = add_angles(ring, pair, one)
    return pair[name == "cos"]


def products(ring: Ring, poly: Poly) -> Poly:
    """Write products over an index without some places in those without all places that occur.

    Raises:
        NeedPatternError: two of the places may be the same.
    """
    groups: dict[tuple[str, Key], list[ProductAtom]] = defaultdict(list)
    for atom in dict.fromkeys(atom for monomial in poly for atom, _ in monomial):
        if isinstance(atom, ProductAtom):
            groups[(atom.bound[1], poly_key(atom.body))].append(atom)
    written: dict[Atom, Poly] = {}
    for group in groups.values():
        places = sorted({place for atom in group for place in atom.excluded})
        if len({atom.excluded for atom in group}) == 1 or any(p[0] >= BOUND for p in places):
            continue
        for left, right in itertools.combinations(places, 2):
            if not differ(ring, left, right):
                raise NeedPatternError(left, right)
        for atom in group:
            missing = [p for p in places if p not in atom.excluded]
            if missing:
                factors = [ring.rename(atom.body, {atom.bound: p}) for p in missing]
                written[atom] = ring.product([product_without(ring, atom, tuple(places)), *factors])
    return substitute(ring, poly, written)
