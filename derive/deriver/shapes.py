"""Candidate shapes of a term, shortest first: multiplied out, over one line, factored, sums over one index merged.

Untrusted: the kernel decides which of them is the term.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from math import comb, prod

from derive.deriver.algebra import MAX_EXPANDED, Arithmetic, Knowledge
from derive.deriver.factored import rational
from derive.deriver.monomials import (
    Product,
    Sum,
    content,
    factor_of,
    fraction_of,
    monomial,
    order,
    signs_first,
    term_of,
    without,
)
from derive.terms import (
    MINUS_ONE,
    ONE,
    Add,
    Apply,
    Big,
    Binder,
    Delta,
    Entry,
    Index,
    IndexPair,
    Multiply,
    Number,
    Power,
    Term,
    Where,
    add,
    bind_anew,
    free_indices,
    multiply,
    rebuild,
    rename,
)

_counter = itertools.count()


def cost(node: Term) -> float:
    """Return how long a term is to read."""
    match node:
        case Number(value):
            return 1 + (value.denominator != 1) + 0.1 * len(str(value))
        case Entry(_, indices):
            return 1 + 0.01 * len(indices)
        case IndexPair():
            return 1.2
        case Add(terms):
            return sum(map(cost, terms)) + 0.5 * (len(terms) - 1) + 0.3 * _negative(terms[0])
        case Multiply(factors):
            return sum(0.1 if f == MINUS_ONE else cost(f) + 0.2 for f in factors) - 0.2
        case Power(base, exponent):
            return cost(base) + (0.5 if exponent == MINUS_ONE else 0.3 + cost(exponent))
        case Apply(_, arguments):
            return 1 + sum(map(cost, arguments))
        case Big(_, binders, body):
            return (
                2 * len(binders)
                + 0.5 * sum(bool(b.excluded) for b in binders)
                + cost(body)
                + _idle(binders, body)
            )
        case Where(condition, then, otherwise):
            return 2 + cost(condition.left) + cost(condition.right) + cost(then) + cost(otherwise)
    return 1


def _idle(binders: tuple[Binder, ...], body: Term) -> float:
    """Return a little for each factor under a sum that could stand before it."""
    bound = {binder.index for binder in binders}
    factors = body.factors if isinstance(body, Multiply) else ()
    return sum(0.3 for factor in factors if not bound & set(free_indices(factor)))


def _negative(node: Term) -> bool:
    return isinstance(node, Multiply) and isinstance(node.factors[0], Number) and node.factors[0].value < 0


def width(node: Term) -> int:
    """Return how many terms a term has when it is multiplied out; what stands in a function is not counted."""
    match node:
        case Add(terms):
            return sum(map(width, terms))
        case Multiply(factors):
            return prod(map(width, factors))
        case Power(base, Number(value)) if value.denominator == 1 and 0 < value <= MAX_EXPANDED:
            return comb(width(base) + int(value) - 1, int(value))
        case Big(_, _, body):
            return width(body)
    return 1


class Shapes:
    """Finds shapes under given rewrites; remembers what it found."""

    def __init__(self, known: Knowledge | None = None) -> None:
        self.algebra = Arithmetic(known)
        self._best: dict[Term, Term] = {}
        self._atoms: dict[Term, Term] = {}

    def best(self, node: Term) -> Term:
        """Return the shortest shape found of a term."""
        found = self._best.get(node)
        if found is None:
            found = self._best[node] = next(iter(self.ranked(node)))
        return found

    def ranked(self, node: Term, prefer: Index | None = None) -> list[Term]:
        """Return different shapes of a term, the shortest first; of equal ones that which keeps an index."""
        one = self._polished(self.algebra.sum(node))
        shapes: dict[Term, float] = {}
        starts = [one, self._merged(one)]
        starts += [flipped for start in starts for flipped in _flips(start)]
        for start in starts:
            for shape in self._forms(start):
                shapes.setdefault(
                    shape, cost(shape) + (0.0 if prefer is None else 0.01 * _leads_away(shape, prefer))
                )
        return sorted(shapes, key=shapes.__getitem__)

    def _forms(self, one: Sum) -> Iterator[Term]:
        yield term_of(one)
        yield with_joined_powers(horner(one))
        found = rational(one, self.algebra)
        if found is not None:
            yield with_joined_powers(found.factored())
            yield with_joined_powers(found.with_squares().factored())

    def _polished(self, one: Sum) -> Sum:
        """Return the sum with the inside of its atoms in their best shape."""
        out: Sum = {}
        for mono, value in one.items():
            powers = {self._atom(a): e for a, e in mono}
            out[monomial(powers)] = value
        return out

    def _atom(self, atom: Term) -> Term:
        """Return an atom with its inside polished; the same one each time, letters too, so that terms combine."""
        found = self._atoms.get(atom)
        if found is None:
            found = self._atoms[atom] = self._inside(atom)
        return found

    def _inside(self, atom: Term) -> Term:
        match atom:
            case Big():
                opened = _opened(atom)
                return replace(opened, body=self.best(opened.body))
            case Apply() | Where() | Power():
                return rebuild(atom, self.best)
        return atom

    def _merged(self, one: Sum) -> Sum:
        """Return the sum with its sums over one dimension, equal factors before them, under one sign."""
        groups: dict[tuple[Product, str, tuple[Index, ...]], list[tuple[Fraction, Big, Product]]] = {}
        for mono, value in one.items():
            sums = [a for a, e in mono if isinstance(a, Big) and a.operation == "sum" and e == 1]
            if len(sums) == 1 and len(sums[0].binders) == 1:
                atom = sums[0]
                rest = without(mono, ((atom, Fraction(1)),))
                binder = atom.binders[0]
                groups.setdefault((rest, binder.index.dim, binder.excluded), []).append((value, atom, mono))
        out = dict(one)
        for (rest, dim, excluded), members in groups.items():
            if len(members) < 2:
                continue
            index = Index(f"#{next(_counter)}", dim)
            bodies = [multiply(Number(v), rename(a.body, {a.binders[0].index: index})) for v, a, _ in members]
            body = self.best(add(*bodies))
            sign = Fraction(1)
            if _negative(body) or (isinstance(body, Add) and _negative(body.terms[0])):
                body, sign = self.best(-body), Fraction(-1)
            for _, _, mono in members:
                del out[mono]
            number, inner = _numbered(body)
            whole = Big("sum", (Binder(index, excluded),), inner)
            powers = dict(rest)
            powers[whole] = Fraction(1)
            out[monomial(powers)] = sign * number
        return out


def _numbered(body: Term) -> tuple[Fraction, Term]:
    """Return the number in front of a product, and the rest."""
    if isinstance(body, Multiply) and isinstance(body.factors[0], Number):
        return body.factors[0].value, multiply(*body.factors[1:])
    return Fraction(1), body


def _opened(node: Big) -> Big:
    """Return the term with bound letters that occur nowhere else."""
    return bind_anew(node, lambda index: Index(f"#{next(_counter)}", index.dim))


def _flips(one: Sum) -> Iterator[Sum]:
    """Yield the sum with the other index kept beside its deltas: delta(i,j)*p(i) is delta(i,j)*p(j)."""
    out: Sum = {}
    changed = False
    for mono, value in one.items():
        deltas = [a for a, _ in mono if isinstance(a, Delta)]
        powers = dict(mono)
        if len(deltas) == 1 and len(mono) > 1 and not isinstance(deltas[0].right.name, int):
            delta = deltas[0]
            powers = {a if a is delta else rename(a, {delta.left: delta.right}): e for a, e in mono}
            changed = True
        out[monomial(powers)] = value
    if changed:
        yield out


def _leads_away(shape: Term, prefer: Index) -> bool:
    """Tell whether a product begins with another index than the one preferred."""
    if not isinstance(shape, Multiply):
        return True
    entries = [f for f in shape.factors if isinstance(f, Entry) and f.indices]
    return not entries or prefer not in entries[0].indices


def horner(one: Sum) -> Term:
    """Return a sum with shared factors before brackets, the factor that saves most first."""
    if len(one) < 2:
        return term_of(one)
    number, shared = content(one)[0], _shared(one)
    if number != 1 or shared:
        if all(value < 0 for value in one.values()):
            number = -number
        inner = {without(m, shared): v / number for m, v in one.items()}
        return _times(number, shared, horner(inner))
    best: tuple[float, list[Product]] | None = None
    for atom in {a for mono in one for a, _ in mono}:
        for sign in (1, -1):
            group = [m for m in one if dict(m).get(atom, Fraction(0)) * sign > 0]
            if len(group) > 1:
                saved = (len(group) - 1) * (cost(atom) + 0.2)
                if best is None or (saved, order(atom)) > (best[0], order(best[1][0][0][0])):
                    best = saved, group
    if best is None:
        return term_of(one)
    group = best[1]
    inside = {m: one[m] for m in group}
    outside = {m: v for m, v in one.items() if m not in inside}
    if not outside:
        return term_of(one)
    return signs_first([horner(inside), *(_terms(horner(outside)))])


def _shared(one: Sum) -> Product:
    """Return the powers that all terms of a sum have, above the line or below it."""
    first, *rest = (dict(mono) for mono in one)
    shared = {}
    for atom, exponent in first.items():
        exponents = [exponent, *(powers.get(atom, Fraction(0)) for powers in rest)]
        if all(e > 0 for e in exponents) or all(e < 0 for e in exponents):
            shared[atom] = min(exponents, key=abs)
    return monomial(shared)


def with_joined_powers(node: Term) -> Term:
    """Return the term with b^g * b^k written b^(g + k) in its products, for symbolic g."""
    inner = rebuild(node, with_joined_powers)
    if not isinstance(inner, Multiply):
        return inner
    powers: dict[Term, list[Term]] = {}
    for factor in _flat_factors(inner):
        base, exponent = (factor.base, factor.exponent) if isinstance(factor, Power) else (factor, ONE)
        powers.setdefault(base, []).append(exponent)
    if all(
        len(exponents) == 1 or all(isinstance(e, Number) for e in exponents) for exponents in powers.values()
    ):
        return inner
    return multiply(*(_joined(base, exponents) for base, exponents in powers.items()))


def _flat_factors(node: Multiply) -> Iterator[Term]:
    for factor in node.factors:
        match factor:
            case Power(Multiply(inner), Number(value)) if value.denominator == 1:
                yield from (
                    Power(one, factor.exponent) if not isinstance(one, Power) else _raised(one, value)
                    for one in inner
                )
            case _:
                yield factor


def _raised(power: Power, value: Fraction) -> Power:
    """Return a power to a power."""
    exponent = power.exponent
    return Power(
        power.base,
        Number(exponent.value * value) if isinstance(exponent, Number) else multiply(Number(value), exponent),
    )


def _joined(base: Term, exponents: list[Term]) -> Term:
    symbolic = [e for e in exponents if not isinstance(e, Number)]
    number = sum((e.value for e in exponents if isinstance(e, Number)), Fraction(0))
    exponent = add(*symbolic, *([Number(number)] if number else []))
    return base if exponent == ONE else Power(base, exponent)


def _terms(node: Term) -> tuple[Term, ...]:
    return node.terms if isinstance(node, Add) else (node,)


def _times(number: Fraction, shared: Product, inner: Term) -> Term:
    above = [factor_of(a, e) for a, e in shared if e > 0 or _exponential(a)]
    below = [factor_of(a, -e) for a, e in shared if e < 0 and not _exponential(a)]
    sums = [f for f in above if isinstance(f, Big)]
    return fraction_of(number, [f for f in above if f not in sums] + [inner, *sums], below)


def _exponential(atom: Term) -> bool:
    return isinstance(atom, Apply) and atom.function == "exp"
