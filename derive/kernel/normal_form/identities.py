"""Identities between atoms of a difference: commensurable angles, products without places, recurrences."""

from __future__ import annotations

import itertools
from collections import defaultdict
from math import factorial, lcm

from flint import fmpq

from derive.kernel.normal_form.functions import FunctionAtom, LogAtom, function, logarithm, whole_power
from derive.kernel.normal_form.polynomials import BOUND, UNIT, Atom, AtomKey, Poly, as_constant, poly_key
from derive.kernel.normal_form.powers import power
from derive.kernel.normal_form.reductions import ProductAtom, product_without
from derive.kernel.normal_form.ring import Ring, substitute
from derive.kernel.normal_form.symbols import NeedPatternError, differ, is_in_sizes
from derive.kernel.normal_form.trigonometric import MAX_MULTIPLE, add_angles, key_of_angle
from derive.kernel.signs.analysis import assume, sign_of
from derive.kernel.signs.facts import NONZERO


def common_angles(ring: Ring, poly: Poly) -> Poly:
    """Write sines and cosines of x/2 and x/3, say, in those of x/6: commensurable angles by their common part."""
    angles: dict[AtomKey, list[tuple[FunctionAtom, int]]] = defaultdict(list)
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
    groups: dict[tuple[str, AtomKey], list[ProductAtom]] = defaultdict(list)
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


def recurrences(ring: Ring, poly: Poly) -> Poly:
    """Add the three-term recurrences between functions of orders that differ by whole numbers.

    For J and Y: x (f_{v-1} + f_{v+1}) = 2 v f_v; for I and K with the signs below (DLMF 10.6.1, 10.29.1).
    Multiplied by x, they hold everywhere: where the functions have no value all of them are 0.
    """
    families: dict[tuple[str, AtomKey, AtomKey], dict[int, tuple[Poly, Poly]]] = defaultdict(dict)
    for atom in dict.fromkeys(atom for monomial in poly for atom, _ in monomial):
        if isinstance(atom, FunctionAtom) and atom.name in RECURRENCES:
            order, argument = atom.arguments
            place = int(order.get(UNIT, fmpq(0)).floor())
            start = ring.subtract(order, ring.constant(place))
            families[(atom.name, poly_key(argument), poly_key(start))][place] = start, argument
    for (name, _, _), members in families.items():
        first, last = min(members), max(members)
        if last - first > MAX_SHIFT:
            continue
        start, argument = members[first]
        lower, upper, right = RECURRENCES[name]
        for middle in range(first + 1, last):
            orders = [ring.add(start, ring.constant(middle + d)) for d in (-1, 0, 1)]
            below, at, above = (function(ring, name, (order, argument)) for order in orders)
            both = ring.add(ring.scale(below, fmpq(lower)), ring.scale(above, fmpq(upper)))
            twice = ring.scale(ring.multiply(orders[1], at), fmpq(2 * right))
            ring.rewrites.equations.append(ring.subtract(ring.multiply(argument, both), twice))
            ring.rewrites.equation_names.append("")
    return poly


# name: a, b, c of the recurrence x (a f_{v-1} + b f_{v+1}) = 2 c v f_v
RECURRENCES = {"besselj": (1, 1, 1), "bessely": (1, 1, 1), "besseli": (1, -1, 1), "besselk": (1, -1, -1)}


def shifts(ring: Ring, poly: Poly) -> Poly:
    """Write gamma, log gamma and polygamma at u in those at u + k, the greatest such place that occurs.

    gamma(u) = gamma(u+1)/u (DLMF 5.5.1), at poles too, for there both sides are 0. The other two (DLMF 5.5.2,
    5.15.5) hold where gamma has a value at u, that is, where it is not 0.
    """
    families: dict[tuple[str, AtomKey], list[tuple[Atom, Poly]]] = defaultdict(list)
    for atom in dict.fromkeys(atom for monomial in poly for atom, _ in monomial):
        found = _shifted(atom)
        if found is not None:
            name, argument = found
            families[(name, poly_key(without_constant(argument)))].append((atom, argument))
    written: dict[Atom, Poly] = {}
    for (name, _), members in families.items():
        offsets = [as_constant(ring.subtract(u, members[0][1])) for _, u in members]
        for remainder in {o - o.floor() for o in offsets if o is not None}:
            group = [
                (o, *m)
                for o, m in zip(offsets, members, strict=True)
                if o is not None and o - o.floor() == remainder
            ]
            top = max(o for o, _, _ in group)
            for offset, atom, argument in group:
                count = int((top - offset).p)
                if 0 < count <= MAX_SHIFT and (_no_pole(ring, argument, count) or name == "gamma"):
                    written[atom] = _at_shift(ring, name, argument, count)
    return substitute(ring, poly, written)


def _no_pole(ring: Ring, argument: Poly, count: int) -> bool:
    """Return whether gamma is known to have a value at u: then u, u+1, ... are not 0, which is taken as a fact."""
    if 0 in sign_of(ring, function(ring, "gamma", (argument,))):
        return False
    for k in range(count):
        assume(ring, ring.add(argument, ring.constant(k)), NONZERO)
    return True


def powers_of_sizes(ring: Ring, poly: Poly) -> Poly:
    """Write x^(n+2) and x^(n-1), say, in the lowest of them.

    x^(a+b) = x^a x^b for whole a > 0 and b, unless x = 0 and a + b = 0. Exponents are whole, however they look.
    """
    families: dict[tuple[AtomKey, AtomKey], list[tuple[FunctionAtom, Poly]]] = defaultdict(list)
    for atom in dict.fromkeys(atom for monomial in poly for atom, _ in monomial):
        if isinstance(atom, FunctionAtom) and atom.name == "^":
            base, exponent = atom.arguments
            families[(poly_key(base), poly_key(without_constant(exponent)))].append((atom, exponent))
    written: dict[Atom, Poly] = {}
    for members in families.values():
        constants = [exponent.get(UNIT, fmpq(0)) for _, exponent in members]
        lowest = min(range(len(members)), key=constants.__getitem__)
        for (atom, _), constant in zip(members, constants, strict=True):
            count = constant - constants[lowest]
            if 0 < count <= MAX_SHIFT and count.q == 1 and not _zero_to_the_zero(ring, atom):
                times = ring.power(atom.arguments[0], int(count.p))
                written[atom] = ring.multiply(times, members[lowest][0].polynomial())
    return substitute(ring, poly, written)


def powers_of_products(ring: Ring, poly: Poly) -> Poly:
    """Write x^(n^2 + n) as x^(n^2) x^n: right unless x and the exponent are 0, for no size is."""
    written: dict[Atom, Poly] = {}
    for atom in dict.fromkeys(atom for monomial in poly for atom, _ in monomial):
        if isinstance(atom, FunctionAtom) and atom.name == "^" and not _zero_to_the_zero(ring, atom):
            base, exponent = atom.arguments
            parts = [(m, c) for m, c in exponent.items() if m]
            if is_in_sizes(exponent) and (len(exponent) > 1 or any(c != 1 for _, c in parts)):
                factors = [power(ring, whole_power(ring, base, {m: fmpq(1)}), int(c.p)) for m, c in parts]
                written[atom] = ring.product(
                    [power(ring, base, int(exponent.get(UNIT, fmpq(0)).p)), *factors]
                )
    return substitute(ring, poly, written)


MAX_SHIFT = 12


def _zero_to_the_zero(ring: Ring, atom: FunctionAtom) -> bool:
    """Return whether base and exponent of a power may both be 0."""
    base, exponent = atom.arguments
    return 0 in sign_of(ring, base) and 0 in sign_of(ring, exponent)


def _shifted(atom: Atom) -> tuple[str, Poly] | None:
    """Return the name of the shift rule for an atom, and its argument."""
    if isinstance(atom, LogAtom):
        inner = atom.inner
        if isinstance(inner, FunctionAtom) and inner.name == "gamma" and not inner.order:
            return "log", inner.arguments[0]
    if isinstance(atom, FunctionAtom) and not atom.order:
        if atom.name == "gamma":
            return "gamma", atom.arguments[0]
        if atom.name == "polygamma":
            order = as_constant(atom.arguments[0])
            if order is not None and order.q == 1 and order >= 0:
                return f"polygamma {order}", atom.arguments[1]
    return None


def _at_shift(ring: Ring, name: str, argument: Poly, count: int) -> Poly:
    places = [ring.add(argument, ring.constant(k)) for k in range(count)]
    top = ring.add(argument, ring.constant(count))
    if name == "gamma":
        inverses = [power(ring, place, -1) for place in places]
        return ring.product([function(ring, "gamma", (top,)), *inverses])
    if name == "log":
        whole = logarithm(ring, function(ring, "gamma", (top,)))
        for place in places:
            whole = ring.subtract(whole, logarithm(ring, place))
        return whole
    order = int(name.split()[1])
    whole = function(ring, "polygamma", (ring.constant(order), top))
    weight = fmpq((-1) ** order * factorial(order))
    for place in places:
        whole = ring.subtract(whole, ring.scale(power(ring, place, -order - 1), weight))
    return whole


def without_constant(poly: Poly) -> Poly:
    """Return a polynomial without its constant term."""
    return {m: c for m, c in poly.items() if m}
