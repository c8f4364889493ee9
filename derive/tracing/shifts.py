"""What code subtracts before `exp` so that nothing overflows, cancelled: `exp(a - m)/sum(exp(b - m))` is free of m.

The greatest entry is a kink of the formula as typed, and none of the function that it is: written without it, a
softmax has its derivative at ties too, and a short one. Every step is an identity of real numbers that holds for
all values of m, and m is left out only where it has a value whenever the rest has.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction

from derive.terms import (
    ONE,
    ZERO,
    Add,
    Apply,
    Big,
    Compare,
    Constant,
    Entry,
    IndexPair,
    Multiply,
    Number,
    Power,
    SizeNumber,
    Term,
    Where,
    add,
    canonical,
    free_indices,
    multiply,
    parts,
    rebuild,
)
from derive.terms.functions import TABLE

Shifts = dict[Term, Fraction]
"""How often each extreme stands in an exponent."""


@dataclass(frozen=True, slots=True)
class Factored:
    """A term as `exp(sum of shifts) * rest`."""

    shifts: Shifts
    rest: Term


def without_shifts(node: Term) -> Term:
    """Return an equal term, with a value at the same points, without the extremes that cancel."""
    kept: frozenset[Term] = frozenset()
    while True:
        drawing = _Drawing(kept)
        found = drawing.rewritten(node)
        left = drawing.drawn & {canonical(part) for part in parts(found) if _is_extreme(part)}
        if not left:
            return found if drawing.drawn else node
        kept |= left


def _is_extreme(node: Term) -> bool:
    """Return whether a term is the greatest or the least of entries, or such a one held."""
    match node:
        case Big("max" | "min", binders):
            return not any(binder.excluded for binder in binders)
        case Apply("stop_gradient", (Big() as held,)):
            return _is_extreme(held)
    return False


def _whole(found: Factored) -> Term:
    if not found.shifts:
        return found.rest
    exponent = add(*(multiply(Number(times), extreme) for extreme, times in found.shifts.items()))
    return multiply(Apply("exp", (exponent,)), found.rest)


class _Drawing:
    """Draws extremes out of a term as factors, all but those that are to be kept where they are."""

    def __init__(self, kept: frozenset[Term]) -> None:
        self.kept = kept
        self.drawn: set[Term] = set()

    def rewritten(self, node: Term) -> Term:
        """Return the term, with what was drawn out of its parts and did not cancel as a factor."""
        return _whole(self.factored(node))

    def factored(self, node: Term) -> Factored:
        """Return the term with what was drawn out of it apart."""
        match node:
            case Apply("exp", (argument,)):
                return self._of_exponential(self.rewritten(argument))
            case Apply("log", (argument,)):
                inside = self.factored(argument)
                outside = (multiply(Number(times), extreme) for extreme, times in inside.shifts.items())
                return Factored({}, add(*outside, Apply("log", (inside.rest,))))
            case Multiply(factors):
                return _product([self.factored(one) for one in factors])
            case Power(base, Number(exponent)):
                inside = self.factored(base)
                shifts = {extreme: times * exponent for extreme, times in inside.shifts.items()}
                return Factored(shifts, Power(inside.rest, Number(exponent)))
            case Add(terms):
                return _sum([self.factored(one) for one in terms])
            case Where(condition, then, otherwise):
                changed = condition.changed(self.rewritten)
                return _choice(changed, self.factored(then), self.factored(otherwise))
            case Big("sum" | "mean", binders, body):
                inside = self.factored(body)
                bound = {binder.index for binder in binders}
                free = {m: times for m, times in inside.shifts.items() if bound.isdisjoint(_letters(m))}
                within = {m: times for m, times in inside.shifts.items() if m not in free}
                return Factored(free, Big(node.operation, binders, _whole(Factored(within, inside.rest))))
        return Factored({}, rebuild(node, self.rewritten))

    def _of_exponential(self, argument: Term) -> Factored:
        """Return `exp` of a term with the extremes among its summands drawn out."""
        shifts: Shifts = defaultdict(Fraction)
        rest: list[Term] = []
        for summand in _summands(argument):
            found = _extreme(summand)
            if found is None or found[0] in self.kept:
                rest.append(summand)
            else:
                shifts[found[0]] += found[1]
        exponent = add(*rest)
        if any(not _has_value_with(extreme, exponent) for extreme in shifts):
            return Factored({}, Apply("exp", (argument,)))
        self.drawn.update(shifts)
        return _kept(shifts, Apply("exp", (exponent,)) if rest else ONE)


def _letters(node: Term) -> set[object]:
    return {letter for index in free_indices(node) for letter in (index, *index.letters)}


def _kept(shifts: Shifts, rest: Term) -> Factored:
    return Factored({extreme: times for extreme, times in shifts.items() if times}, rest)


def _extreme(summand: Term) -> tuple[Term, Fraction] | None:
    """Return an extreme, held or not, and how often a summand is it."""
    if _is_extreme(summand):
        return canonical(summand), Fraction(1)
    match summand:
        case Multiply((Number(times), other)) if _is_extreme(other):
            return canonical(other), times
    return None


def _has_value_with(extreme: Term, other: Term) -> bool:
    """Return whether an extreme has a value wherever another term has.

    What may have none, a quotient or a logarithm, must be the same for all entries and stand in the other term too.
    """
    inner = next(part for part in parts(extreme) if isinstance(part, Big))
    bound = {binder.index for binder in inner.binders}
    there = {canonical(part) for part in parts(other)}
    return all(
        _total(part) or (bound.isdisjoint(_letters(part)) and canonical(part) in there)
        for part in parts(inner.body)
    )


def _total(part: Term) -> bool:
    """Return whether a term has a value whenever the terms directly inside it have."""
    match part:
        case Power(base, Number(exponent)):
            return (exponent.denominator == 1 and exponent >= 0) or _is_positive_number(base)
        case Apply("sqrt" | "log", (argument,)):
            return _is_positive_number(argument)
        case Apply(function, _):
            row = TABLE.get(function)
            return row is not None and row.domain is None and row.expansion is None
        case Big("max" | "min" | "sum" | "mean", binders):
            return not any(binder.excluded for binder in binders)
    return isinstance(part, Entry | Number | Constant | SizeNumber | IndexPair | Add | Multiply | Where)


def _is_positive_number(node: Term) -> bool:
    match node:
        case SizeNumber():
            return True
        case Number(value):
            return value > 0
        case Multiply(factors):
            return all(map(_is_positive_number, factors))
        case Power(base, Number()) | Apply("sqrt", (base,)):
            return _is_positive_number(base)
    return False


def _product(factors: list[Factored]) -> Factored:
    shifts: Shifts = defaultdict(Fraction)
    for one in factors:
        for extreme, times in one.shifts.items():
            shifts[extreme] += times
    return _kept(shifts, multiply(*(one.rest for one in factors)))


def _sum(terms: list[Factored]) -> Factored:
    """Return a sum, with shifts that all summands have drawn out and extremes that cancel left out."""
    given = [one for one in terms if one.rest != ZERO]
    shared = given[0].shifts if given and all(one.shifts == given[0].shifts for one in given) else {}
    rest = [one.rest if shared else _whole(one) for one in given]
    return Factored(shared, _cancelled([part for one in rest for part in _summands(one)]))


def _summands(node: Term) -> tuple[Term, ...]:
    return node.terms if isinstance(node, Add) else (node,)


def _cancelled(summands: list[Term]) -> Term:
    times: Shifts = defaultdict(Fraction)
    for one in summands:
        found = _extreme(one)
        if found is not None:
            times[found[0]] += found[1]
    left = [one for one in summands if (found := _extreme(one)) is None or times[found[0]]]
    return add(*left)


def _choice(condition: Compare, then: Factored, otherwise: Factored) -> Factored:
    given = [one for one in (then, otherwise) if one.rest != ZERO]
    if given and all(one.shifts == given[0].shifts for one in given):
        return Factored(given[0].shifts, Where(condition, then.rest, otherwise.rest))
    return Factored({}, Where(condition, _whole(then), _whole(otherwise)))
