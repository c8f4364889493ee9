"""The search for certificates of inequalities: candidates for parts, and which of them add up by linear programming.

Nobody believes it: `certificates` makes every part again.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from fractions import Fraction
from math import ceil

from flint import fmpq

from derive.errors import LimitError
from derive.kernel.inequalities.means import half_of, means_of
from derive.kernel.inequalities.parts import Certificate, Summand
from derive.kernel.inequalities.simplex import combination
from derive.kernel.inequalities.summands import summed
from derive.kernel.normal_form.functions import ExpAtom, LogAtom
from derive.kernel.normal_form.polynomials import (
    UNIT,
    Atom,
    Exponent,
    Monomial,
    Poly,
    in_order,
    merge,
    without,
)
from derive.kernel.normal_form.powers import AbsAtom
from derive.kernel.normal_form.ring import Ring, clear_by
from derive.kernel.normal_form.symbols import EntryAtom, SizeAtom
from derive.kernel.signs.analysis import sign_of_atom, sign_of_factors
from derive.kernel.signs.facts import NONNEGATIVE, NONPOSITIVE, POSITIVE
from derive.limits import deadline

MAX_TERMS = 60  # of a polynomial whose sign is looked for
MAX_COLUMNS = 420
MAX_BASIS = 12
MAX_ROOTS = 4
MAX_OTHERS = 24
MAX_KNOWN = 8

Remade = Callable[[Ring, Summand], tuple[Poly, bool]]


def certificates(ring: Ring, poly: Poly, remade: Remade) -> Iterator[Certificate]:
    """Yield certificates of a polynomial that may not be negative: the parts are to be made again."""
    if not poly or len(poly) > MAX_TERMS:
        return
    multiplier, target = _cleared(ring, poly)
    yield from _found(ring, multiplier, target, remade)
    for size in _sizes_in_exponents(target):
        yield from _found(ring, (*multiplier, size), ring.multiply(target, size), remade)


def _sizes_in_exponents(target: Poly) -> Iterator[Poly]:
    """Yield the sizes by which exponents are divided: means of logarithms are there, and sums are to be met."""
    inner = [a.argument for m in target for a, _ in m if isinstance(a, ExpAtom)]
    sizes = dict.fromkeys(a for m in inner for a, e in m if isinstance(a, SizeAtom) and e == -1)
    for size in sizes:
        yield size.polynomial()


def _found(ring: Ring, multiplier: tuple[Poly, ...], target: Poly, remade: Remade) -> Iterator[Certificate]:
    pool = Collection(ring, target, remade, multiplier)
    for family in (means, squares, known, summed, of_functions, powers):
        before = len(pool.parts)
        for part in family(ring, target):
            pool.take(part)
        pool.weigh()
        for part in means_of(ring, pool.monomials(), only=target):
            pool.take(part)
        found = pool.solved() if len(pool.parts) > before or not before else None
        if found is not None:
            yield Certificate(multiplier, found)


def _cleared(ring: Ring, poly: Poly) -> tuple[tuple[Poly, ...], Poly]:
    """Return by what a polynomial is multiplied to be without denominators, and what it is then."""
    least: dict[Atom, Exponent] = {}
    for monomial in poly:
        for atom, exponent in monomial:
            least[atom] = min(exponent, least.get(atom, exponent))
    for monomial in poly:
        here = dict(monomial)
        least = {atom: min(exponent, here.get(atom, 0)) for atom, exponent in least.items()}
    factors: dict[Atom, Exponent] = {}
    for atom, exponent in least.items():
        sign = sign_of_atom(ring, atom)
        if exponent < 0 and sign == POSITIVE:
            factors[atom] = -exponent
        elif exponent < 0 and 0 not in sign:
            factors[atom] = 2 * ceil(-exponent / 2)
        elif exponent > 0 and sign == POSITIVE:
            factors[atom] = -exponent
    if not factors:
        return (), poly
    monomial = in_order(factors)
    return tuple({((atom, e),): fmpq(1)} for atom, e in monomial), clear_by(ring, poly, monomial)


class Collection:
    """Parts with the polynomials that they stand for, and how a target is made of them."""

    def __init__(self, ring: Ring, target: Poly, remade: Remade, multiplier: tuple[Poly, ...] = ()) -> None:
        self.ring, self.target, self.remade, self.multiplier = ring, target, remade, multiplier
        self.parts: list[tuple[Summand, Poly]] = []
        self.fresh: list[tuple[Summand, Poly]] = []
        self.seen: set[frozenset[tuple[Monomial, fmpq]]] = set()

    def take(self, part: Summand) -> None:
        """Add a part, if it is one and is new."""
        deadline.check()
        if len(self.parts) >= MAX_COLUMNS:
            return
        try:
            poly, _ = self.remade(self.ring, part)
        except (LimitError, ArithmeticError):
            return
        key = frozenset(poly.items())
        if poly and key not in self.seen:
            self.seen.add(key)
            self.parts.append((part, poly))
            self.fresh.append((part, poly))

    def weigh(self) -> None:
        """Add the parts times monomials by which they come to terms of the target."""
        new, self.fresh = self.fresh, []
        for part, poly in new:
            if self.multiplier:
                self.take(_weighted(part, self.multiplier))
            weights: dict[Monomial, None] = {}
            for one, other in itertools.product(poly, self.target):
                ratio = _ratio(other, one)
                if ratio and all(e > 0 for _, e in ratio):
                    weights[ratio] = None
            for weight in weights:
                if sign_of_factors(self.ring, weight) <= NONNEGATIVE:
                    factors = tuple(_factors(((a, e),), fmpq(1))[0] for a, e in weight)
                    self.take(_weighted(part, factors))
        self.fresh = []

    def monomials(self) -> Poly:
        """Return the terms of the target, with a few of those that came up beside them."""
        others = dict.fromkeys(m for _, poly in self.parts for m in poly if m not in self.target)
        return {**self.target, **dict.fromkeys(itertools.islice(others, MAX_OTHERS), fmpq(1))}

    def solved(self) -> tuple[tuple[fmpq, Summand], ...] | None:
        """Return parts with numbers that add up to the target, or to less by what has a sign."""
        monomials = {m for _, poly in self.parts for m in poly} | set(self.target)
        signed: list[tuple[Summand, Poly]] = []
        for monomial in monomials:
            sign = sign_of_factors(self.ring, monomial)
            for wanted, unit in ((NONNEGATIVE, fmpq(1)), (NONPOSITIVE, fmpq(-1))):
                if sign <= wanted:
                    poly = {monomial: unit}
                    signed.append((Summand("product", weight=_factors(monomial, unit)), poly))
        every = [*self.parts, *signed]
        found = combination([poly for _, poly in every], self.target)
        if found is None:
            return None
        return tuple((times, every[place][0]) for place, times in found.items())


def _factors(monomial: Monomial, unit: fmpq) -> tuple[Poly, ...]:
    return ({monomial: unit},)


def _weighted(part: Summand, factors: tuple[Poly, ...]) -> Summand:
    return Summand(
        part.lemma,
        part.arguments,
        (*factors, *part.weight),
        part.indices,
        part.exponents,
        part.bound,
        part.places,
    )


def _ratio(one: Monomial, other: Monomial) -> Monomial:
    return merge(one, tuple((atom, -exponent) for atom, exponent in other))


# families of parts


def means(ring: Ring, target: Poly) -> Iterator[Summand]:
    """Yield inequalities of means between terms of the target."""
    yield from means_of(ring, target)


def squares(ring: Ring, target: Poly) -> Iterator[Summand]:
    """Yield the squares of a quadratic form that is completed, monomial by monomial."""
    basis = [half for m in target if (half := half_of(ring, m)) is not None][:MAX_BASIS]
    if UNIT not in basis:
        basis.append(UNIT)
    for order in (basis, basis[::-1]):
        rest = dict(target)
        for number, monomial in enumerate(order):
            square = merge(monomial, monomial)
            head = rest.get(square, fmpq(0))
            if head <= 0:
                continue
            root: Poly = {monomial: fmpq(1)}
            for other in order[number + 1 :]:
                cross = rest.get(merge(monomial, other), fmpq(0))
                if cross:
                    root[other] = cross / (2 * head)
            if len(root) > 1:
                yield Summand("square", (root,))
            ring.add_to(rest, ring.multiply(root, root), -head)
    roots: list[Poly] = [{monomial: fmpq(1)} for monomial in basis[:MAX_ROOTS] if monomial != UNIT]
    for first, second in itertools.combinations(roots, 2):
        for sign in (1, -1):
            pair = ring.add(first, ring.scale(second, fmpq(sign)))
            yield Summand("square", (pair,))
            for third, share in itertools.product(roots, (2, -2)):
                if third not in (first, second):
                    yield Summand("square", (ring.add(pair, ring.scale(third, fmpq(share))),))


def known(ring: Ring, target: Poly) -> Iterator[Summand]:
    """Yield what is known to be not negative by hypotheses and declarations, and products of two of these."""
    atoms = {atom for m in target for atom, _ in m}
    found: list[Poly] = []
    for atom, sign in ring.facts.signs.items():
        inner = atom.polynomial()
        if len(inner) > 1 and any(a in atoms for m in inner for a, _ in m):
            found += [inner] if sign <= NONNEGATIVE else [ring.negate(inner)] if sign <= NONPOSITIVE else []
    for one in sorted(atoms, key=lambda a: a.uid):
        for relation, value in ring.facts.bounds.get(one.name, []) if isinstance(one, EntryAtom) else []:
            above = ring.subtract(ring.poly(one), value)
            if relation.bounds_below:
                found.append(above)
            elif relation.bounds_above:
                found.append(ring.negate(above))
    found = found[:MAX_KNOWN]
    for first in found:
        yield Summand("product", weight=(first,))
    for first, second in itertools.combinations_with_replacement(found, 2):
        yield Summand("product", weight=(first, second))


def of_functions(ring: Ring, target: Poly) -> Iterator[Summand]:
    """Yield tangents of exponentials and logarithms in the target, and absolute values."""
    atoms = {atom: exponent for m in target for atom, exponent in m}
    outside = {a for atom in atoms if not isinstance(atom, ExpAtom) for a in (atom, *_logged(atom))}
    for atom, exponent in atoms.items():
        if isinstance(atom, ExpAtom):
            if any(a not in outside for a, _ in atom.argument):
                continue  # nothing would cancel what a tangent brings
            number = fmpq(Fraction(exponent).numerator, Fraction(exponent).denominator)
            argument: Poly = {atom.argument: number}
            for shift in (fmpq(0), fmpq(1), fmpq(-1)):
                moved = ring.add(argument, ring.constant(shift))
                yield Summand("exponential", (moved,))
                yield Summand("exponential", (ring.negate(moved),))
        elif isinstance(atom, LogAtom):
            inner = atom.inner.polynomial()
            for scale in (fmpq(1), fmpq(2), fmpq(1, 2)):
                yield Summand("logarithm", (ring.scale(inner, scale),))
                yield Summand("logarithm", (ring.scale(ring.power(inner, -1), scale),))
            for root in (Fraction(1, 2), Fraction(-1, 2)):
                yield Summand("logarithm", (ring.power(inner, root),))
        elif isinstance(atom, AbsAtom):
            yield Summand("absolute", (atom.inner.polynomial(),))
            yield Summand("absolute", (ring.negate(atom.inner.polynomial()),))


def powers(ring: Ring, target: Poly) -> Iterator[Summand]:
    """Yield tangents of powers with exponents that are no numbers, and of logarithms at ratios of what they are of."""
    bases: dict[Monomial, dict[frozenset[tuple[Monomial, fmpq]], Poly]] = {}
    for monomial in target:
        own: dict[Monomial, Poly] = {}
        for atom, power in monomial:
            argument = atom.argument if isinstance(atom, ExpAtom) else ()
            for log, one in argument:
                if isinstance(log, LogAtom) and one == 1:
                    times = without(argument, log)
                    inner = ring.power(log.inner.polynomial(), power)
                    own[times] = ring.multiply(own.get(times, ring.constant(1)), inner)
        for times, base in own.items():
            bases.setdefault(times, {})[frozenset(base.items())] = base
    for exponent, found in bases.items():
        ratios = (ring.multiply(a, ring.power(b, -1)) for a, b in itertools.permutations(found.values(), 2))
        for base in (*found.values(), *ratios):
            yield Summand("bernoulli", (base, {exponent: fmpq(1)}))
    logs = dict.fromkeys(a for m in target for a, _ in m if isinstance(a, LogAtom))
    for first, second in itertools.permutations(logs, 2):
        ratio = ring.multiply(first.inner.polynomial(), ring.power(second.inner.polynomial(), -1))
        yield Summand("logarithm", (ratio,))


def _logged(atom: Atom) -> Iterator[Atom]:
    return (a for part in atom.parts() for m in part for a, _ in m) if isinstance(atom, LogAtom) else iter(())
