"""Certificates of inequalities: a polynomial as a sum of parts that are not negative, each for a reason given here.

Whoever finds a certificate is not believed: every part is made again, its side conditions are asked of the analysis of
signs, and what the parts add up to is compared with the polynomial.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import lcm

from flint import fmpq

from derive.errors import LimitError
from derive.kernel.decide import residual
from derive.kernel.inequalities.constants import constant_sign
from derive.kernel.inequalities.parts import Certificate, Summand
from derive.kernel.inequalities.search import certificates
from derive.kernel.inequalities.shapes import compares_by_logarithms, has_roots, weights_of_logarithms
from derive.kernel.normal_form.functions import exponential, logarithm
from derive.kernel.normal_form.polynomials import FRESH, Atom, Poly, Sign, without
from derive.kernel.normal_form.powers import absolute, power
from derive.kernel.normal_form.reductions import MaximumAtom
from derive.kernel.normal_form.ring import Ring, substitute
from derive.kernel.normal_form.sums import sum_over
from derive.kernel.normal_form.symbols import differ
from derive.kernel.signs.analysis import sign_of, sign_of_factors
from derive.kernel.signs.facts import NONNEGATIVE, NONPOSITIVE, POSITIVE, times
from derive.terms import Relation

_STRICT, _WEAK = (Relation.GREATER, Relation.LESS), (Relation.AT_LEAST, Relation.AT_MOST)
DEPTH = 2  # of steps from a polynomial to others that have its sign


class _RejectedError(LimitError):
    """A side condition of a part is not seen to hold."""


def holds(ring: Ring, poly: Poly, relation: Relation, depth: int = DEPTH) -> bool:
    """Return whether it is proved that `poly relation 0`, at every point of the case in hand."""
    if sign_of(ring, poly) <= relation.signs or constant_sign(poly) <= relation.signs:
        return True
    if depth < 0:
        return False
    ways = [(poly, relation), (ring.negate(poly), relation.mirrored)]
    if relation is Relation.UNEQUAL:
        return any(holds(ring, one, Relation.GREATER, depth) for one, _ in ways)
    ((positive, wanted),) = [(one, kind) for one, kind in ways if kind.bounds_below]
    strict = wanted is Relation.GREATER
    if certificate_of(ring, positive, strict=strict) is not None:
        return True
    if depth == 0:
        return False
    if _by_factors(ring, positive, wanted, depth - 1):
        return True
    return any(holds(ring, one, wanted, depth - 1) for one in _of_the_same_sign(ring, positive))


def certificate_of(ring: Ring, poly: Poly, *, strict: bool = False) -> Certificate | None:
    """Return a certificate that a polynomial is not negative, or `strict` positive, if one is found that proves it."""
    every = certificates(ring, poly, remade)
    return next((one for one in every if proves(ring, poly, one, strict=strict)), None)


def _by_factors(ring: Ring, poly: Poly, relation: Relation, depth: int) -> bool:
    """Return whether the signs of the factors, each proved by itself, give that of the product."""
    coefficient, factors = ring.factor(poly)
    if not coefficient or (len(factors) == 1 and factors[0][1] == 1):
        return False
    total: Sign = frozenset((1 if coefficient > 0 else -1,))
    for atom, exponent in factors:
        sign = sign_of_factors(ring, [(atom, exponent)])
        if len(sign) > 1 and not sign <= NONNEGATIVE and not sign <= NONPOSITIVE:
            inner = atom.polynomial()
            for one in _STRICT if 0 not in relation.signs else _WEAK:
                if holds(ring, inner, one, depth):
                    sign = one.signs
                    break
            else:
                return False
        total = times(total, sign)
    return total <= relation.signs


def _of_the_same_sign(ring: Ring, poly: Poly) -> Iterator[Poly]:
    """Yield polynomials of which another one is not negative, or positive, wherever they are, at any index anew."""
    try:
        yield from _attained(ring, poly)
        for weight in weights_of_logarithms(poly):
            if sign_of(ring, weight) == POSITIVE:
                inner = ring.multiply(poly, power(ring, weight, -1))
                yield ring.subtract(exponential(ring, inner), ring.constant(1))
        above = {m: c for m, c in poly.items() if c > 0}
        below = {m: -c for m, c in poly.items() if c < 0}
        signs = [sign_of(ring, one) for one in (above, below)]
        if not (above and below and signs[0] <= NONNEGATIVE):
            return
        if all(one == POSITIVE for one in signs) and compares_by_logarithms(above, below):
            yield ring.subtract(logarithm(ring, above), logarithm(ring, below))
        if has_roots(poly):  # a >= 0 and a^2 >= b^2 say a >= |b|
            yield ring.subtract(ring.multiply(above, above), ring.multiply(below, below))
    except LimitError:
        return


def _attained(ring: Ring, poly: Poly) -> Iterator[Poly]:
    """Yield a polynomial with a maximum in it as what is maximal, at an index anew: at one index it is attained."""
    for monomial in poly:
        for atom, exponent in monomial:
            if (
                isinstance(atom, MaximumAtom)
                and exponent == 1
                and 1 not in _sign_of_coefficient(ring, poly, atom)
            ):
                fresh = {index: ring.fresh(index[1]) for index in atom.bound}
                yield substitute(ring, poly, {atom: ring.rename(atom.body, fresh)})
                return


def _sign_of_coefficient(ring: Ring, poly: Poly, atom: Atom) -> Sign:
    """Return the possible signs of what an atom is multiplied with; a maximum below is replaced, none above."""
    slope = {without(m, atom): c for m, c in poly.items() if any(a is atom for a, _ in m)}
    return sign_of(ring, slope)


def proves(ring: Ring, poly: Poly, certificate: Certificate, *, strict: bool) -> bool:
    """Return whether a certificate shows that a polynomial is not negative, or `strict`, that it is positive."""
    try:
        target = poly
        for factor in certificate.multiplier:
            if sign_of(ring, factor) != POSITIVE:
                return False
            target = ring.multiply(target, factor)
        surely = False
        for number, part in certificate.parts:
            made, positive = remade(ring, part)
            if number < 0:
                return False
            surely |= positive and number > 0
            target = ring.subtract(target, ring.scale(made, number))
    except LimitError:
        return False
    rest = target and residual(ring, target)
    sign: Sign = sign_of(ring, rest)
    if not sign <= NONNEGATIVE:
        sign &= constant_sign(rest)
    return sign == POSITIVE or (sign <= NONNEGATIVE and (surely or not strict))


def remade(ring: Ring, part: Summand) -> tuple[Poly, bool]:
    """Return the polynomial of a part, and whether it is positive and not only not negative.

    Raises:
        _RejectedError: a condition of its lemma, or of its weight, is not seen to hold.
    """
    core, positive = LEMMAS[part.lemma](ring, part)
    total = core
    for factor in part.weight:
        sign = sign_of(ring, factor)
        if not sign <= NONNEGATIVE:
            raise _RejectedError("a condition is not seen to hold")
        positive &= sign == POSITIVE
        total = ring.multiply(total, factor)
    if any(index[0] != FRESH for index in part.indices) or len(set(part.indices)) < len(part.indices):
        raise _RejectedError("a condition is not seen to hold")
    # What is known of temporary indices is known of all values that they may take.
    return (sum_over(ring, total, part.indices) if part.indices else total), positive


def _product(ring: Ring, _: Summand) -> tuple[Poly, bool]:
    return ring.constant(1), True


def _square(ring: Ring, part: Summand) -> tuple[Poly, bool]:
    (root,) = part.arguments
    return ring.multiply(root, root), False


def _exponential(ring: Ring, part: Summand) -> tuple[Poly, bool]:
    (u,) = part.arguments
    return ring.subtract(exponential(ring, u), ring.add(ring.constant(1), u)), False


def _logarithm(ring: Ring, part: Summand) -> tuple[Poly, bool]:
    (u,) = part.arguments
    if sign_of(ring, u) != POSITIVE:
        raise _RejectedError("a condition is not seen to hold")
    return ring.subtract(ring.subtract(u, ring.constant(1)), logarithm(ring, u)), False


def _absolute(ring: Ring, part: Summand) -> tuple[Poly, bool]:
    (u,) = part.arguments
    return ring.subtract(absolute(ring, u), u), False


def _means(ring: Ring, part: Summand) -> tuple[Poly, bool]:
    """The inequality of weighted means: Σ a_k u_k >= Π u_k^a_k, which is |w| if the squares are equal."""
    *terms, mean = part.arguments
    weights = part.exponents
    if len(weights) != len(terms) or sum(weights, fmpq(0)) != 1 or any(one <= 0 for one in weights):
        raise _RejectedError("a condition is not seen to hold")
    whole_power = lcm(*(int(one.q) for one in weights))
    product = ring.constant(1)
    whole: Poly = {}
    for weight, term in zip(weights, terms, strict=True):
        if not sign_of(ring, term) <= NONNEGATIVE:
            raise _RejectedError("a condition is not seen to hold")
        product = ring.multiply(product, power(ring, term, 2 * int(weight * whole_power)))
        ring.add_to(whole, term, weight)
    # Π u_k^(2 a_k t) against w^(2 t): of numbers that are not negative the roots compare as they do.
    above = ring.subtract(product, power(ring, mean, 2 * whole_power))
    if above and not (sign_of(ring, above) <= NONNEGATIVE):
        raise _RejectedError("a condition is not seen to hold")
    return ring.subtract(whole, mean), False


def _bernoulli(ring: Ring, part: Summand) -> tuple[Poly, bool]:
    """The tangent at 1 of a power, which is convex in its base from the exponent 1 on."""
    base, exponent = part.arguments
    one = ring.constant(1)
    if sign_of(ring, base) != POSITIVE or not sign_of(ring, ring.subtract(exponent, one)) <= NONNEGATIVE:
        raise _RejectedError("a condition is not seen to hold")
    whole = exponential(ring, ring.multiply(exponent, logarithm(ring, base)))
    line = ring.add(one, ring.multiply(exponent, ring.subtract(base, one)))
    return ring.subtract(whole, line), False


def _rest(ring: Ring, part: Summand) -> tuple[Poly, bool]:
    """A sum of what is not negative, less some of its terms."""
    (body,), bound = part.arguments, part.bound
    if bound is None or bound[0] != FRESH or not sign_of(ring, body) <= NONNEGATIVE:
        raise _RejectedError("a condition is not seen to hold")
    for number, place in enumerate(part.places):
        if place[1] != bound[1] or not all(differ(ring, place, other) for other in part.places[:number]):
            raise _RejectedError("a condition is not seen to hold")
    total = sum_over(ring, body, (bound,))
    for place in part.places:
        total = ring.subtract(total, ring.rename(body, {bound: place}))
    return total, False


LEMMAS: dict[str, Callable[[Ring, Summand], tuple[Poly, bool]]] = {
    "product": _product,
    "square": _square,
    "exponential": _exponential,
    "logarithm": _logarithm,
    "absolute": _absolute,
    "means": _means,
    "rest": _rest,
    "bernoulli": _bernoulli,
}
"""What is not negative whatever its arguments are, and whether it is positive."""
