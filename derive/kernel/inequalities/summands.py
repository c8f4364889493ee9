"""The search for parts of certificates under sums: what is not negative term by term, or in pairs of terms.

Nobody believes it: `certificates` makes every part again.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from flint import fmpq

from derive.errors import LimitError
from derive.kernel.inequalities.means import half_of, means_of
from derive.kernel.inequalities.parts import Summand
from derive.kernel.normal_form.functions import ExpAtom, LogAtom, exponential, logarithm
from derive.kernel.normal_form.polynomials import (
    BOUND,
    UNIT,
    Atom,
    Exponent,
    Idx,
    Monomial,
    Poly,
    as_constant,
    exponent_of,
    poly_indices,
    without,
)
from derive.kernel.normal_form.powers import AbsAtom
from derive.kernel.normal_form.reductions import MaximumAtom
from derive.kernel.normal_form.ring import Ring, substitute
from derive.kernel.normal_form.sums import SumAtom, sum_over
from derive.kernel.normal_form.symbols import EntryAtom, SizeAtom, delta, entry
from derive.kernel.signs.analysis import sign_of, sign_of_factors
from derive.kernel.signs.facts import NONNEGATIVE, POSITIVE

MAX_BODIES = 8


class Level:
    """The sums of a target over one dimension, at one temporary index: their bodies, and what else hangs on it."""

    def __init__(self, ring: Ring, target: Poly, dim: str) -> None:
        self.ring, self.target, self.dim = ring, target, dim
        self.index = ring.fresh(dim)
        self.other = ring.fresh(dim)
        atoms = dict.fromkeys(atom for m in target for atom in _inside(ring, m))
        self.sums = [
            a for a in atoms if isinstance(a, SumAtom) and len(a.bound) == 1 and a.bound[0][1] == dim
        ]
        self.bodies: dict[Monomial, None] = {}
        for atom in self.sums:
            self._add(self._here(atom))
        if any(isinstance(a, SizeAtom) and a.name == dim for a in atoms):
            self.bodies[UNIT] = None
        self.maxima = [
            a for a in atoms if isinstance(a, MaximumAtom) and len(a.bound) == 1 and a.bound[0][1] == dim
        ]
        self.free = sorted(i for i in poly_indices(target) if i[1] == dim and i[0] != BOUND)
        for name in dict.fromkeys(a.name for a in self._entries(atoms)):
            self._unit(name)

    def _here(self, atom: SumAtom) -> Poly:
        return self.ring.rename_monomial(atom.body, {atom.bound[0]: self.index})

    def _add(self, poly: Poly) -> None:
        for monomial in poly:
            if len(self.bodies) < MAX_BODIES:
                self.bodies[monomial] = None

    def _entries(self, atoms: dict[Atom, None]) -> Iterator[EntryAtom]:
        for atom in (*atoms, *(a for body in self.bodies for a, _ in body)):
            if isinstance(atom, EntryAtom) and len(atom.slots) == 1 and atom.slots[0][1] == self.dim:
                yield atom

    def _unit(self, name: str) -> None:
        """Take the entries of an array that sum to a number as a body."""
        here = entry(self.ring, name, (self.index,))
        if as_constant(sum_over(self.ring, here, (self.index,))) is not None:
            self._add(here)

    def nonnegative(self) -> list[Monomial]:
        """Return the bodies that are not negative."""
        return [body for body in self.bodies if sign_of_factors(self.ring, body) <= NONNEGATIVE]


def summed(ring: Ring, target: Poly) -> Iterator[Summand]:
    """Yield parts under sums over each dimension of the target."""
    dims = dict.fromkeys(
        dim
        for m in target
        for a in _inside(ring, m)
        for dim in (
            [i[1] for i in a.bound]
            if isinstance(a, SumAtom | MaximumAtom)
            else [a.name]
            if isinstance(a, SizeAtom)
            else [a.slots[0][1]]
            if isinstance(a, EntryAtom) and len(a.slots) == 1
            else []
        )
    )
    for dim in dims:
        level = Level(ring, target, dim)
        for family in _FAMILIES:
            yield from family(ring, level)


def _inside(ring: Ring, monomial: Monomial) -> Iterator[Atom]:
    """Yield the atoms of a monomial, and those at the top of logarithms and bases in it."""
    for atom, _ in monomial:
        yield atom
        for part in (
            atom.parts() if isinstance(atom, LogAtom | AbsAtom) or atom.key[0] in ("base", "exp") else ()
        ):
            for inner in part:
                yield from _inside(ring, inner)


def _rests(_: Ring, level: Level) -> Iterator[Summand]:
    """Yield sums less some of their terms, at the free indices, and under a sum at the index summed over."""
    for body, weight in itertools.product(level.nonnegative(), repeat=2):
        if body != UNIT:
            moved = level.ring.rename_monomial(body, {level.index: level.other})
            yield Summand(
                "rest", (moved,), ({weight: fmpq(1)},), (level.index,), (), level.other, (level.index,)
            )
    for body in level.nonnegative():
        if body == UNIT:
            continue
        for count in (1, 2):
            for places in itertools.combinations(level.free, count):
                yield Summand("rest", ({body: fmpq(1)},), bound=level.index, places=places)


def _products(ring: Ring, level: Level) -> Iterator[Summand]:
    """Yield products of bounds of entries, times bodies."""
    entries = dict.fromkeys(level._entries({}))
    factors: list[Poly] = []
    for atom in entries:
        if atom.slots != (level.index,):
            continue
        for relation, value in ring.facts.bounds.get(atom.name, []):
            above = ring.subtract(ring.poly(atom), value)
            if relation.bounds_below:
                factors.append(above)
            elif relation.bounds_above:
                factors.append(ring.negate(above))
    factors += [
        ring.subtract(ring.poly(atom), ring.rename(atom.body, {atom.bound[0]: level.index}))
        for atom in level.maxima
    ]
    weights: list[Poly] = [{body: fmpq(1)} for body in level.nonnegative() if body != UNIT]
    for one, other in itertools.combinations_with_replacement(factors, 2):
        yield Summand("product", weight=(one, other), indices=(level.index,))
        if level.maxima:
            yield from (
                Summand("product", weight=(weight, one, other), indices=(level.index,)) for weight in weights
            )
    for one in factors:
        yield Summand("product", weight=(one,), indices=(level.index,))


def _maxima(ring: Ring, level: Level) -> Iterator[Summand]:
    """Yield what maxima are above their entries, under sums with weights and at the free indices."""
    for atom in level.maxima:
        for exponent in _with_maximum(ring, level, atom):
            here = ring.rename(atom.body, {atom.bound[0]: level.index})
            gap = ring.subtract(
                exponential(ring, exponent), exponential(ring, substitute(ring, exponent, {atom: here}))
            )
            for body in dict.fromkeys((*level.nonnegative(), UNIT)):
                yield Summand("product", weight=({body: fmpq(1)}, gap), indices=(level.index,))
        whole = ring.poly(atom)
        below = ring.subtract(whole, ring.rename(atom.body, {atom.bound[0]: level.index}))
        steps = ring.subtract(
            exponential(ring, whole), exponential(ring, ring.rename(atom.body, {atom.bound[0]: level.index}))
        )
        for gap in (below, steps):
            for body in dict.fromkeys((*level.nonnegative(), UNIT)):
                weight: Poly = {body: fmpq(1)}
                yield Summand("product", weight=(weight, gap), indices=(level.index,))
            for place in level.free:
                yield Summand("product", weight=(ring.rename(gap, {level.index: place}),))


def _with_maximum(ring: Ring, level: Level, maximum: MaximumAtom) -> Iterator[Poly]:
    """Yield the exponents in the target in which a maximum stands with something else."""
    for monomial in level.target:
        exponent = dict(_exponent(ring, monomial))
        if len(exponent) == 1 and any(a is maximum for m in exponent for a, e in m if e == 1):
            yield exponent


def _pairs(ring: Ring, level: Level) -> Iterator[Summand]:
    """Yield squares under double sums: those of the inequality of Cauchy and Schwarz, for each two sums."""
    halves = [half for body in level.bodies if (half := half_of(ring, body)) is not None]
    swap = {level.index: level.other}
    for one, other in itertools.combinations(halves, 2):
        left: Poly = ring.multiply({one: fmpq(1)}, ring.rename_monomial(other, swap))
        right = ring.multiply({other: fmpq(1)}, ring.rename_monomial(one, swap))
        square = (ring.subtract(left, right),)
        yield Summand("square", square, indices=(level.index, level.other))
        for place in level.free:
            apart = tuple(_apart(ring, index, place) for index in (level.index, level.other))
            yield Summand("square", square, apart, (level.index, level.other))


def _apart(ring: Ring, one: Idx, other: Idx) -> Poly:
    return ring.subtract(ring.constant(1), delta(ring, one, other))


def _means(ring: Ring, level: Level) -> Iterator[Summand]:
    """Yield inequalities of means between the bodies."""
    terms: Poly = {body: fmpq(1) for body in level.bodies}
    for atom in level.sums:
        times = [c for m, c in level.target.items() if m == ((atom, 1),)]
        for body, coefficient in level._here(atom).items():
            terms[body] = (times[0] if times else fmpq(1)) * coefficient
    for part in means_of(ring, terms):
        yield Summand(part.lemma, part.arguments, (), (level.index,), part.exponents)


def _absolutes(ring: Ring, level: Level) -> Iterator[Summand]:
    for body in level.bodies:
        for atom, _ in body:
            if isinstance(atom, AbsAtom):
                rest: Poly = {without(body, atom): fmpq(1)}
                for inner in (atom.inner.polynomial(), ring.negate(atom.inner.polynomial())):
                    yield Summand("absolute", (inner,), (rest,), (level.index,))


def _of_products(ring: Ring, level: Level) -> Iterator[Summand]:
    """Yield what the absolute value of a product of two terms is above it, for terms at different places."""
    swap = {level.index: level.other}
    apart = _apart(ring, level.index, level.other)
    for atom in dict.fromkeys(a for body in level.bodies for a, _ in body if isinstance(a, AbsAtom)):
        inner = atom.inner.polynomial()
        product = ring.multiply(inner, ring.rename(inner, swap))
        for one in (product, ring.negate(product)):
            yield Summand("absolute", (one,), (apart,), (level.index, level.other))


def _exponentials(ring: Ring, level: Level) -> Iterator[Summand]:
    """Yield tangents of the exponential under sums, at the exponents that stand outside them."""
    outside = dict.fromkeys(
        _exponent(ring, m) for m in level.target if any(isinstance(a, ExpAtom) for a, _ in m)
    )
    for body in level.bodies:
        inner = tuple(pair for pair in body if isinstance(pair[0], ExpAtom))
        if not inner:
            continue
        weight: Poly = {tuple(pair for pair in body if pair not in inner): fmpq(1)}
        argument = dict(_exponent(ring, inner))
        for point in (*outside, ()):
            middle = dict(point)
            yield Summand(
                "exponential",
                (ring.subtract(argument, middle),),
                (weight, exponential(ring, middle)),
                (level.index,),
            )


def _exponent(ring: Ring, monomial: Monomial) -> tuple[tuple[Monomial, fmpq], ...]:
    """Return u of the factors exp(u) of a monomial, as pairs."""
    total: Poly = {}
    for atom, exponent in monomial:
        if isinstance(atom, ExpAtom):
            ring.add_to(total, {atom.argument: _number(exponent)})
    return tuple(total.items())


def _number(exponent: Exponent) -> fmpq:
    return fmpq(exponent.numerator, exponent.denominator)


def _logarithms(ring: Ring, level: Level) -> Iterator[Summand]:
    """Yield tangents of the logarithm under sums: u - 1 - log u with weights, at ratios of what is summed."""
    weights: dict[Monomial, dict[Atom, fmpq]] = {}
    for atom in level.sums:
        times = next((c for m, c in level.target.items() if m == ((atom, 1),)), fmpq(1))
        for body, coefficient in level._here(atom).items():
            for log, exponent in body:
                if isinstance(log, LogAtom) and exponent == 1:
                    logs = weights.setdefault(without(body, log), {})
                    logs[log.inner] = logs.get(log.inner, fmpq(0)) + times * coefficient
    powers = [
        {m: c}
        for one in level.target
        if (e := dict(_exponent(ring, one)))
        for m, c in exponential(ring, e).items()
    ]
    for weight, logs in weights.items():
        for inner, whole in itertools.product(logs, powers):
            ratio = ring.multiply(inner.polynomial(), ring.power(whole, -1))
            if sign_of(ring, ratio) == POSITIVE:
                yield Summand("logarithm", (ratio,), ({weight: fmpq(1)}, whole), (level.index,))
    top: Poly = {
        m: c for m, c in level.target.items() if len(m) == 1 and isinstance(m[0][0], LogAtom) and m[0][1] == 1
    }
    for weight, logs in weights.items():
        if not sign_of_factors(ring, weight) <= NONNEGATIVE:
            continue
        scale = max(abs(c) for c in logs.values())
        argument = ring.constant(1)
        for inner, times in logs.items():
            share = -times / scale
            argument = ring.multiply(argument, ring.power(inner.polynomial(), exponent_of(share)))
        for share in (fmpq(1), fmpq(1, 2), fmpq(2)):
            raised = ring.power(argument, exponent_of(share))
            for factor in _factors_of(ring, level, weight, raised, top, scale / share):
                scaled = ring.multiply(raised, factor)
                if sign_of(ring, scaled) == POSITIVE:
                    yield Summand("logarithm", (scaled,), ({weight: fmpq(1)},), (level.index,))


def _of_extremes(ring: Ring, level: Level) -> Iterator[Summand]:
    """Yield what logarithms of entries are above, or below, the logarithm of their least, or greatest."""
    logs = [a for m in level.target for a, _ in m if isinstance(a, LogAtom)]
    for log, maximum in itertools.product(dict.fromkeys(logs), level.maxima):
        here = ring.rename(maximum.body, {maximum.bound[0]: level.index})
        whole = ring.poly(maximum)
        for sign in (fmpq(1), fmpq(-1)):
            if ring.poly(log) == logarithm(ring, ring.scale(whole, sign)):
                gap = ring.subtract(ring.poly(log), logarithm(ring, ring.scale(here, sign)))
                yield Summand("product", weight=(ring.scale(gap, sign),), indices=(level.index,))


def _factors_of(
    ring: Ring, level: Level, weight: Monomial, argument: Poly, top: Poly, scale: fmpq
) -> Iterator[Poly]:
    """Yield what an argument of logarithms may be multiplied with so that what stands outside sums is met."""
    yield ring.constant(1)
    whole = sum_over(ring, {weight: fmpq(1)}, (level.index,))
    try:
        yield ring.power(sum_over(ring, ring.multiply({weight: fmpq(1)}, argument), (level.index,)), -1)
        yield ring.multiply(
            whole,
            ring.power(sum_over(ring, ring.multiply({weight: fmpq(1)}, argument), (level.index,)), -1),
        )
    except LimitError:
        pass
    number = as_constant(whole)
    if top and (number is not None or len(whole) == 1):
        ratio = ring.power(whole, -1)
        yield exponential(ring, ring.scale(ring.multiply(top, ratio), -1 / scale))
        yield exponential(ring, ring.scale(top, -1 / scale))


_FAMILIES = (
    _rests, _products, _maxima, _pairs, _means, _absolutes, _of_products, _exponentials, _logarithms, _of_extremes,
)  # fmt: skip
