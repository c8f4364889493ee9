"""Whether a normal form is 0: clear denominators, bring rational sums over one base, reduce by equations.

Every step is an equality wherever the formulas have a value, so "yes" is a proof; "no" only means not seen.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from fractions import Fraction
from math import lcm

import flint
from flint import fmpq

from derive.normalform.circular import MAX_MULTIPLE, add_angles, key_of_angle
from derive.normalform.conditions import PositiveAtom
from derive.normalform.extremes import ProductAtom, product_without
from derive.normalform.functions import FunctionAtom, function
from derive.normalform.powers import BaseAtom, factor
from derive.normalform.ring import (
    BOUND,
    Atom,
    Exponent,
    Idx,
    Key,
    Monomial,
    Poly,
    Ring,
    as_constant,
    merge,
    poly_key,
)
from derive.normalform.signs import sign_of_factors
from derive.normalform.sums import SumAtom, open_sum, sum_over
from derive.normalform.symbols import DistinctAtom, NeedPatternError, differ

MAX_ROUNDS = 6


def residual(ring: Ring, poly: Poly) -> Poly:
    """Return what is left of a polynomial that should be 0: nothing, if it is proved to be."""
    for step in (
        products,
        clear,
        common_angles,
        rational_sums,
        clear,
        symmetric_sums,
        recurrences,
        by_equations,
    ):
        if not poly:
            return poly
        poly = step(ring, poly)
    return poly


def clear(ring: Ring, poly: Poly) -> Poly:
    """Multiply by the denominators, until none is left; none of them is 0 where the formula has a value."""
    for _ in range(MAX_ROUNDS):
        least: dict[Atom, Exponent] = {}
        for monomial in poly:
            for atom, exponent in monomial:
                if exponent < least.get(atom, 0):
                    least[atom] = exponent
        if not least:
            return poly
        factor = tuple((atom, -exponent) for atom, exponent in least.items())
        cleared: Poly = {}
        for monomial, coefficient in poly.items():
            ring.add_to(cleared, ring.reduced(merge(monomial, factor)), coefficient)
        poly = cleared
    return poly


# sums of fractions


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
                if isinstance(part, PositiveAtom | DistinctAtom) and index in part.indices:
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
    pairs = tuple(exponents.items())
    denominator = ring.monomial(pairs)
    inverse = ring.monomial((a, -e) for a, e in pairs)
    leading = _leading(ring, denominator, index)
    if leading is None:
        return {}
    found: dict[Atom, Poly] = {}
    for fraction in group:
        numerator = clear_by(ring, fraction.body, pairs)
        quotient, rest = _divide(ring, numerator, denominator, leading, index)
        whole = sum_over(ring, quotient, (index,))
        found[fraction.atom] = ring.add(whole, sum_over(ring, ring.multiply(rest, inverse), (index,)))
    return found


def clear_by(ring: Ring, poly: Poly, factor: Monomial | tuple[tuple[Atom, Exponent], ...]) -> Poly:
    """Return the polynomial times a monomial, exponents added before anything is multiplied out."""
    total: Poly = {}
    for monomial, coefficient in poly.items():
        ring.add_to(total, ring.reduced(merge(monomial, tuple(factor))), coefficient)
    return total


def _leading(ring: Ring, poly: Poly, index: Idx) -> tuple[Monomial, Monomial, fmpq] | None:
    """Return the leading term by the factors that hold the index: that part, its cofactor and coefficient.

    The cofactor must be nonzero, for it is divided by; the part must belong to one term only.
    """
    parts = defaultdict(list)
    for monomial, coefficient in poly.items():
        part = _part(monomial, index)
        if any(not isinstance(e, int) or e < 0 for _, e in part):
            return None
        parts[part].append((tuple(p for p in monomial if p not in part), coefficient))
    part = max(parts, key=_lex)
    if not part or len(parts[part]) > 1:
        return None
    cofactor, coefficient = parts[part][0]
    return (part, cofactor, coefficient) if 0 not in sign_of_factors(ring, cofactor) else None


def _part(monomial: Monomial, index: Idx) -> Monomial:
    return tuple(pair for pair in monomial if index in pair[0].indices)


def _lex(part: Monomial) -> list[tuple[int, Exponent]]:
    return sorted(((atom.uid, exponent) for atom, exponent in part), reverse=True)


def _divide(
    ring: Ring, numerator: Poly, denominator: Poly, leading: tuple[Monomial, Monomial, fmpq], index: Idx
) -> tuple[Poly, Poly]:
    part, cofactor, coefficient = leading
    needed = dict(part)
    inverse = tuple((a, -e) for a, e in (*part, *cofactor))
    quotient: Poly = {}
    rest = dict(numerator)
    for _ in range(200):
        for monomial in sorted(rest, key=lambda m: _lex(_part(m, index)), reverse=True):
            here = dict(monomial)
            if all(here.get(a, 0) >= e for a, e in needed.items()):
                step: Poly = {merge(monomial, inverse): rest[monomial] / coefficient}
                quotient = ring.add(quotient, step)
                rest = ring.subtract(rest, ring.multiply(step, denominator))
                break
        else:
            return quotient, rest
    return {}, numerator


def symmetric_sums(ring: Ring, poly: Poly) -> Poly:
    """Symmetrise fractions over two bound indices of one dimension: Σ p_j/(p_j+p_k) is n²/2."""
    replaced: dict[Atom, Poly] = {}
    for whole in filter(_mixes, _sum_atoms(poly)):
        opened, bound = open_sum(ring, whole)
        swapped = ring.rename(opened, {bound[0]: bound[1], bound[1]: bound[0]})
        both = ring.add(opened, swapped)
        exponents = {a: e for m in both for a, e in m if e < 0}
        pairs = tuple((a, -e) for a, e in exponents.items())
        numerator = clear_by(ring, both, pairs)
        simplified: Poly = {}
        if numerator:
            coefficient, factors = factor(ring, numerator)
            simplified = ring.scale(ring.monomial((*factors, *((a, -e) for a, e in pairs))), coefficient)
        replaced[whole] = ring.scale(sum_over(ring, simplified, bound), fmpq(1, 2))
    return substitute(ring, poly, replaced)


def _mixes(atom: SumAtom) -> bool:
    if len(atom.bound) != 2 or atom.bound[0][1] != atom.bound[1][1]:
        return False
    guarded = any(isinstance(a, PositiveAtom | DistinctAtom) for a, _ in atom.body)
    return not guarded and any(e < 0 and set(atom.bound) <= a.indices for a, e in atom.body)


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


# equations


def recurrences(ring: Ring, poly: Poly) -> Poly:
    """Add the three-term recurrences between functions of orders that differ by whole numbers.

    For J and Y: x (f_{v-1} + f_{v+1}) = 2 v f_v; for I and K with the signs below (DLMF 10.6.1, 10.29.1).
    Multiplied by x, they hold wherever the functions have values.
    """
    families: dict[tuple[str, Key], list[tuple[Poly, Poly]]] = defaultdict(list)
    for monomial in poly:
        for atom, _ in monomial:
            if isinstance(atom, FunctionAtom) and atom.name in RECURRENCES:
                order, argument = atom.arguments
                families[(atom.name, poly_key(argument))].append((order, argument))
    for (name, _), members in families.items():
        least, argument = members[0]
        offsets = [as_constant(ring.subtract(order, least)) for order, _ in members]
        known = [int(o.p) for o in offsets if o is not None and o.q == 1]
        lower, upper, right = RECURRENCES[name]
        for middle in range(min(known) + 1, max(known)):
            orders = [ring.add(least, ring.constant(middle + d)) for d in (-1, 0, 1)]
            below, at, above = (function(ring, name, (order, argument)) for order in orders)
            both = ring.add(ring.scale(below, fmpq(lower)), ring.scale(above, fmpq(upper)))
            twice = ring.scale(ring.multiply(orders[1], at), fmpq(2 * right))
            ring.equations.append(ring.subtract(ring.multiply(argument, both), twice))
            ring.equation_names.append("")
    return poly


# name: a, b, c of the recurrence x (a f_{v-1} + b f_{v+1}) = 2 c v f_v
RECURRENCES = {"besselj": (1, 1, 1), "bessely": (1, 1, 1), "besseli": (1, -1, 1), "besselk": (1, -1, -1)}


def by_equations(ring: Ring, poly: Poly) -> Poly:
    """Reduce by the ideal of the equations in force, without dividing by anything that may be 0."""
    if not ring.equations:
        return poly
    poly = clear(ring, poly)
    equations = [e for e in (clear(ring, e) for e in ring.equations) if e]
    atoms = sorted({a for p in (poly, *equations) for m in p for a, _ in m}, key=lambda a: a.uid)
    if any(e < 0 for p in (poly, *equations) for m in p for _, e in m):
        return poly
    steps = [
        lcm(*(Fraction(dict(m).get(a, 0)).denominator for p in (poly, *equations) for m in p)) for a in atoms
    ]
    context = flint.fmpz_mpoly_ctx.get(("x", len(atoms)), "degrevlex")
    basis = flint.fmpz_mpoly_vec([_to_flint(e, atoms, steps, context) for e in equations], context)
    if len(equations) > 1:
        basis = basis.buchberger_naive()
    rest = _to_flint(poly, atoms, steps, context)
    for _ in range(MAX_ROUNDS):
        for element in basis:
            rest = _pseudo_reduce(rest, element)
        if rest == 0:
            ring.used.update(name for name in ring.equation_names if name)
            return {}
    return poly


def _pseudo_reduce(rest: flint.fmpz_mpoly, element: flint.fmpz_mpoly) -> flint.fmpz_mpoly:
    # Multiplying by the leading coefficient, a nonzero integer, keeps the division exact.
    if element == 0:
        return rest
    scale = element.leading_coefficient() ** max(1, int(rest.total_degree()) + 1) if rest != 0 else 1
    return divmod(rest * scale, element)[1]


def _to_flint(
    poly: Poly, atoms: list[Atom], steps: list[int], context: flint.fmpz_mpoly_ctx
) -> flint.fmpz_mpoly:
    places = {a: k for k, a in enumerate(atoms)}
    common = lcm(*(int(c.q) for c in poly.values())) if poly else 1
    terms: dict[tuple[int, ...], int] = {}
    for monomial, coefficient in poly.items():
        exponents = [0] * len(atoms)
        for atom, exponent in monomial:
            exponents[places[atom]] = int(exponent * steps[places[atom]])
        terms[tuple(exponents)] = int((coefficient * common).p)
    return context.from_dict(terms)


__all__ = ["clear", "residual"]
