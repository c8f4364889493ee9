"""The sign analysis of polynomials and atoms: what follows of their signs from what is known. It never guesses."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from functools import partial

from flint import fmpq

from derive.kernel.normal_form.polynomials import (
    ANY,
    GUARDS,
    POSITION,
    Atom,
    Exponent,
    Idx,
    Monomial,
    Poly,
    Sign,
    moved,
    poly_indices,
    without,
)
from derive.kernel.normal_form.ring import Ring
from derive.kernel.signs.facts import (
    NEGATIVE,
    NONNEGATIVE,
    NONPOSITIVE,
    NONZERO,
    POSITIVE,
    ZERO_SIGN,
    EmptyCaseError,
    Guarded,
    plus,
    times,
)
from derive.kernel.signs.linear import Constraint, infeasible
from derive.terms import Relation

MAX_INSTANCES = 36  # of one fact, at the indices of one polynomial

# Kinds of atoms that are positive, or nonnegative, whatever they hold.
_KINDS: dict[str, Sign] = {
    "exp": POSITIVE, "size": POSITIVE, "pi": POSITIVE, "prime": POSITIVE, "abs": NONNEGATIVE,
    "delta": NONNEGATIVE, "before": NONNEGATIVE, "distinct": NONNEGATIVE, "support": NONNEGATIVE,
    "positive": NONNEGATIVE, "nonpositive": NONNEGATIVE,
}  # fmt: skip


def in_force(
    ring: Ring, shown: Callable[[], bool], indices: Iterable[Idx], others: Iterable[Atom] = ()
) -> bool:
    """Return whether something is shown by what is known here, or where the guards in hand hold.

    Those are the guards around the part that is translated and those among other factors: where one does not
    hold, the product is 0 whatever else stands in it, and so it is where a delta among them is 0. Guarded facts are
    used at these indices and at those of the guards.
    """
    if shown():
        return True
    facts = ring.facts
    if facts.asking:
        return False
    others = list(others)
    guards = [atom for atom in others if atom.key[0] in GUARDS]
    if not (guards or facts.assumed or facts.apart or facts.guarded):
        return False
    ring.facts = facts.where_it_counts()
    assumed = list(facts.assumed)
    here = set(indices).union(*facts.apart, *(guard.indices for guard in guards))
    here.update(index for _, poly in assumed for index in poly_indices(poly))
    try:
        for guard in guards:
            fact = guard.guard()
            if fact is None:
                left, right = guard.key[1:]
                ring.facts.different.add(frozenset((left, right)))
            else:
                assumed.append(fact)
        for relation, poly in assumed:
            assume(ring, poly, relation.signs)
        equal: Monomial = tuple((atom, 1) for atom in others if atom.key[0] == "delta")
        for guarded in facts.guarded:
            _instantiate(ring, guarded, sorted(here), equal)
        return shown()
    except EmptyCaseError:
        return True  # the guards hold nowhere
    finally:
        ring.facts = facts


def _instantiate(ring: Ring, fact: Guarded, indices: list[Idx], equal: Monomial) -> None:
    """Take a guarded fact as one at these indices, wherever its guards are known to hold, where these deltas are 1."""
    choices = [[i for i in indices if i[1] == u[1]] for u in fact.universal]
    for choice in itertools.product(*choices):
        mapping = dict(zip(fact.universal, choice, strict=True))
        pairs = (frozenset((moved(a, mapping), moved(b, mapping))) for a, b in fact.apart)
        if not all(_differ(ring, pair) for pair in pairs):
            continue

        def here(poly: Poly, mapping: Mapping[Idx, Idx] = mapping) -> Poly:
            return _where_equal(ring, ring.rename(poly, mapping), equal)

        if all(sign_of(ring, here(p)) <= r.signs for r, p in fact.guards):
            assume(ring, here(fact.poly), fact.sign)


def _where_equal(ring: Ring, poly: Poly, equal: Monomial) -> Poly:
    """Return a polynomial as it is where deltas are 1: times them it is times them."""
    if not equal:
        return poly
    atoms = [atom for atom, _ in equal]
    found = ring.multiply(poly, {equal: fmpq(1)})
    if all(dict(monomial).get(atom) == 1 for monomial in found for atom in atoms):
        return {without(monomial, *atoms): coefficient for monomial, coefficient in found.items()}
    return poly


def _differ(ring: Ring, pair: frozenset[Idx]) -> bool:
    return len(pair) == 2 and (pair in ring.facts.different or all(i[0] == POSITION for i in pair))


def is_nonzero(ring: Ring, atom: Atom, others: Iterable[Atom] = ()) -> bool:
    """Return whether an atom is known not to be 0, wherever the guards among other factors hold."""
    return in_force(ring, lambda: 0 not in sign_of_atom(ring, atom), atom.indices, others)


def sign_in_force(ring: Ring, atom: Atom, others: Iterable[Atom] = ()) -> Sign:
    """Return the possible signs of an atom wherever the guards among other factors hold: as far as 0 and one more."""
    for wanted in (NONNEGATIVE, frozenset((-1, 0))):
        if in_force(ring, partial(_has_sign, ring, atom, wanted), atom.indices, others):
            return wanted
    return ANY


def _has_sign(ring: Ring, atom: Atom, wanted: Sign) -> bool:
    return sign_of_atom(ring, atom) <= wanted


def sign_of(ring: Ring, poly: Poly) -> Sign:
    """Return the possible signs of a polynomial."""
    if not poly:
        return ZERO_SIGN
    if len(poly) > 1:
        quick = _by_terms(ring, poly)
        if len(quick) == 1:
            return quick
    coefficient, factors = ring.factor(poly)
    if not coefficient:
        return ZERO_SIGN
    return times(frozenset((1 if coefficient > 0 else -1,)), sign_of_factors(ring, factors))


def sign_of_factors(ring: Ring, factors: Iterable[tuple[Atom, Exponent]]) -> Sign:
    """Return the possible signs of a product of powers: a negative power of 0 is 0."""
    odd: list[Atom] = []
    sign, joint = POSITIVE, POSITIVE
    for atom, exponent in factors:
        own = sign_of_atom(ring, atom)
        if isinstance(exponent, Fraction):
            own = POSITIVE if 0 not in own else NONNEGATIVE
        elif exponent % 2 == 0:
            own = frozenset(s * s for s in own)
        single = len(own) > 1 and not isinstance(exponent, Fraction) and exponent % 2 == 1
        if single:
            odd.append(atom)
            joint = times(joint, own)
        else:
            sign = times(sign, own)
    if len(odd) > 1:
        # A fact about a product is about its factors alone, whatever else they are multiplied with.
        wanted = frozenset(odd)
        for atoms, known in ring.facts.products:
            if atoms == wanted:
                joint &= known
    return times(sign, joint)


def sign_of_atom(ring: Ring, atom: Atom) -> Sign:
    """Return the possible signs of an atom."""
    facts = ring.facts
    known = facts.cache.get(atom)
    if known is not None:
        return known
    kind = atom.key[0]
    sign = facts.signs.get(atom, ANY) & _KINDS.get(kind, ANY)
    if atom in facts.busy:
        return sign
    facts.busy.add(atom)
    try:
        if len(sign) > 1:
            sign &= _universal(ring, atom)
        if len(sign) > 1:
            sign &= atom.own_sign(ring)
        if len(sign) > 1:
            sign &= _by_products(ring, atom)
    finally:
        facts.busy.discard(atom)
    if not sign:
        raise EmptyCaseError
    if not facts.busy or len(sign) == 1:  # what was found while something else was open may be weaker
        facts.cache[atom] = sign
    return sign


def _by_products(ring: Ring, atom: Atom) -> Sign:
    """Use what is known of a product of this atom and others whose signs are known and not 0."""
    sign = ANY
    for atoms, known in ring.facts.products:
        if atom in atoms:
            others = POSITIVE
            for other in atoms - {atom}:
                others = times(others, sign_of_atom(ring, other))
            if others in (POSITIVE, NEGATIVE):
                sign &= times(known, others)
    return sign


def bounded_sign(ring: Ring, bounds: Iterable[tuple[Relation, Poly]]) -> Sign:
    """Return the sign of what satisfies declared bounds `relation value`."""
    sign = ANY
    for relation, value in bounds:
        at = sign_of(ring, value)
        if relation.bounds_below and at <= NONNEGATIVE:
            sign &= POSITIVE if at == POSITIVE else relation.signs
        elif relation.bounds_above and at <= NONPOSITIVE:
            sign &= NEGATIVE if at == NEGATIVE else relation.signs
        elif relation == Relation.UNEQUAL and at == ZERO_SIGN:
            sign &= NONZERO
    return sign


def _shallow(ring: Ring, monomial: Monomial) -> Sign:
    """Return the sign of a monomial as far as it is known without linear arithmetic, which asks for it."""
    facts = ring.facts
    sign = POSITIVE
    for atom, exponent in monomial:
        own = facts.cache.get(atom, facts.signs.get(atom, ANY) & _KINDS.get(atom.key[0], ANY))
        if len(own) > 1:
            own &= atom.declared_sign(ring)
        if isinstance(exponent, Fraction):
            own = NONNEGATIVE
        elif exponent % 2 == 0:
            own = frozenset(s * s for s in own)
        sign = times(sign, own)
    return sign


def sign_of_sum_of_terms(ring: Ring, poly: Poly) -> Sign:
    """Return the sign of a polynomial of several terms: by its terms, as a sum less own terms, by linear facts."""
    sign = _by_terms(ring, poly)
    if len(sign) > 1:
        sign &= _less_own_terms(ring, poly)
    if len(sign) > 1 and len(poly) == 2:
        sign &= _of_exponentials(ring, poly) & _of_logarithms(ring, poly)
    return sign if len(sign) == 1 else sign & by_linear(ring, poly)


def _by_terms(ring: Ring, poly: Poly) -> Sign:
    sign = ZERO_SIGN
    for monomial, coefficient in poly.items():
        own = times(frozenset((1 if coefficient > 0 else -1,)), sign_of_factors(ring, monomial))
        sign = plus(sign, own)
        if sign == ANY:
            return ANY
    return sign


def _less_own_terms(ring: Ring, poly: Poly) -> Sign:
    """Σ_k f(k) - f(i) is nonnegative where every f(k) is: positive from the size 2 on only."""
    rest, strict = dict(poly), False
    for monomial, coefficient in poly.items():
        found = monomial[0][0].summand() if len(monomial) == 1 and monomial[0][1] == 1 else None
        if coefficient < 0 or found is None:
            continue
        bound, body = found
        if len(bound) != 1 or not sign_of_factors(ring, body) <= NONNEGATIVE:
            continue
        for other, weight in poly.items():
            if weight >= 0 or -weight > coefficient or other not in rest:
                continue
            for index in {i for a, _ in other for i in a.indices if i[1] == bound[0][1]}:
                own = ring.rename_monomial(body, {bound[0]: index})
                if own == {other: fmpq(1)} and monomial in rest:
                    del rest[other], rest[monomial]
                    at_least_two = ring.facts.least.get(bound[0][1], 1) > 1
                    strict |= at_least_two and sign_of_factors(ring, body) == POSITIVE
                    break
    if len(rest) == len(poly):
        return ANY
    return plus(POSITIVE if strict else NONNEGATIVE, _by_terms(ring, rest))


def _of_exponentials(ring: Ring, poly: Poly) -> Sign:
    """The exponential is increasing: the sign of c exp(u) - c exp(v) is that of c (u - v)."""
    (first, weight), (second, other) = poly.items()
    if weight + other != 0:
        return ANY
    left, right = _exponent_of(ring, first), _exponent_of(ring, second)
    if left is None or right is None:
        return ANY
    return sign_of(ring, ring.scale(ring.subtract(left, right), weight))


def _of_logarithms(ring: Ring, poly: Poly) -> Sign:
    """The logarithm is increasing: the sign of c log(u) - c log(v) is that of c (u - v), for positive u and v."""
    (first, weight), (second, other) = poly.items()
    if weight + other != 0:
        return ANY
    left, right = _logarithm_of(ring, first), _logarithm_of(ring, second)
    if left is None or right is None:
        return ANY
    return sign_of(ring, ring.scale(ring.subtract(left, right), weight))


def _logarithm_of(ring: Ring, monomial: Monomial) -> Poly | None:
    """Return the positive polynomial u of a monomial log(u), `None` for any other monomial."""
    if len(monomial) != 1 or monomial[0][1] != 1 or monomial[0][0].key[0] != "log":
        return None
    (inner,) = monomial[0][0].parts()  # of which the absolute value is meant
    sign = sign_of(ring, inner)
    return inner if sign == POSITIVE else ring.negate(inner) if sign == NEGATIVE else None


def _exponent_of(ring: Ring, monomial: Monomial) -> Poly | None:
    """Return the polynomial u of a monomial exp(u), `None` for a monomial that is no exponential."""
    total: Poly = {}
    for atom, exponent in monomial:
        argument = atom.exponential_argument()
        if argument is None:
            return None
        weight = fmpq(exponent.numerator, exponent.denominator)
        ring.add_to(total, ring.reduced(argument), weight)
    return total


def by_linear(ring: Ring, poly: Poly) -> Sign:
    """Decide by linear arithmetic over the facts, every monomial a variable of its own."""
    constraints = _relevant(ring, poly)
    if not constraints:
        return ANY
    sign = set(ANY)
    if infeasible([*constraints, Constraint(poly, strict=True)]):
        sign.discard(1)
    if infeasible([*constraints, Constraint(ring.negate(poly), strict=True)]):
        sign.discard(-1)
    if infeasible([*constraints, Constraint(poly), Constraint(ring.negate(poly))]):
        sign.discard(0)
    if not sign:
        raise EmptyCaseError
    return frozenset(sign)


def _relevant(ring: Ring, poly: Poly) -> list[Constraint]:
    """Collect the facts that share monomials with the polynomial, directly or through others."""
    facts = ring.facts
    pool: list[tuple[Poly, Sign]] = [
        (atom.polynomial(), sign) for atom, sign in facts.signs.items() if sign not in (ANY, NONZERO)
    ]
    pool += _instances(ring, poly_indices(poly))
    seen: set[Monomial] = set()
    todo = [m for m in poly if m]
    found: list[Constraint] = []
    while todo:
        monomial = todo.pop()
        if monomial in seen:
            continue
        seen.add(monomial)
        for fact in (*_bounds(ring, monomial), *pool):
            if monomial in fact[0]:
                if fact in pool:
                    pool.remove(fact)
                found.extend(_constraints(ring, *fact))
                todo.extend(m for m in fact[0] if m)
    return found


def _instances(ring: Ring, indices: frozenset[Idx]) -> Iterator[tuple[Poly, Sign]]:
    """Yield what facts that hold for all values of some indices say at these."""
    for pattern, universal, sign in ring.facts.universal:
        if sign in (ANY, NONZERO):
            continue
        choices = [[i for i in indices if i[1] == u[1]] for u in universal]
        for choice in itertools.islice(itertools.product(*choices), MAX_INSTANCES):
            yield ring.rename(pattern.polynomial(), dict(zip(universal, choice, strict=True))), sign


def _bounds(ring: Ring, monomial: Monomial) -> list[tuple[Poly, Sign]]:
    found: list[tuple[Poly, Sign]] = []
    own = _shallow(ring, monomial)
    if own not in (ANY, NONZERO):
        found.append(({monomial: fmpq(1)}, own))
    if len(monomial) == 1 and monomial[0][1] == 1:
        found += monomial[0][0].bounds(ring)
    return found


def _constraints(ring: Ring, poly: Poly, sign: Sign) -> list[Constraint]:
    if sign <= NONNEGATIVE and sign != ZERO_SIGN:
        return [Constraint(poly, strict=0 not in sign)]
    if sign <= {-1, 0} and sign != ZERO_SIGN:
        return [Constraint(ring.negate(poly), strict=0 not in sign)]
    return [Constraint(poly), Constraint(ring.negate(poly))]


def _universal(ring: Ring, atom: Atom) -> Sign:
    """Match facts that hold for all values of some indices against this atom."""
    sign = ANY
    for pattern, indices, known in ring.facts.universal:
        if pattern.key[0] != atom.key[0] or len(pattern.indices) < len(atom.indices):
            continue
        choices = [[i for i in atom.indices if i[1] == u[1]] for u in indices]
        for choice in itertools.product(*choices):
            renamed = ring.rename(pattern.polynomial(), dict(zip(indices, choice, strict=True)))
            if len(renamed) == 1 and pattern.key[0] == "base":
                continue
            unit, other = ring.base_atom(renamed) if renamed else (fmpq(1), None)
            if other is atom:
                sign &= known if unit > 0 else frozenset(-s for s in known)
    return sign


def assume(ring: Ring, poly: Poly, sign: Sign, universal: frozenset[Idx] = frozenset()) -> None:
    """Take it as a fact that the polynomial's sign is among these, for all values of the universal indices.

    Raises:
        EmptyCaseError: nothing can satisfy it.
    """
    facts = ring.facts
    possible = sign_of(ring, poly) & sign
    if not possible:
        raise EmptyCaseError
    if not poly:
        return
    coefficient, factors = ring.factor(poly)
    if not coefficient:
        return
    sign = possible if coefficient > 0 else frozenset(-s for s in possible)
    unknown: list[Atom] = []
    vanishing = False  # whether a factor of even or fractional exponent may be 0, whatever the others are
    for atom, exponent in factors:
        own = sign_of_atom(ring, atom)
        if 0 not in sign and 0 in own:
            _learn(ring, atom, NONZERO, universal)
        if isinstance(exponent, Fraction) or exponent % 2 == 0:
            vanishing |= 0 in own and 0 in sign
        elif own in (POSITIVE, NEGATIVE):
            sign = times(sign, own)
        else:
            unknown.append(atom)
    if vanishing:
        return
    if len(unknown) == 1:
        _learn(ring, unknown[0], sign, universal)
    elif unknown and not universal:
        facts.products.append((frozenset(unknown), sign))
        facts.cache.clear()


def _learn(ring: Ring, atom: Atom, sign: Sign, universal: frozenset[Idx]) -> None:
    facts = ring.facts
    if universal & atom.indices:
        facts.universal.append((atom, frozenset(universal & atom.indices), sign))
    else:
        facts.signs[atom] = facts.signs.get(atom, ANY) & sign
        if not facts.signs[atom]:
            raise EmptyCaseError
    facts.cache.clear()
