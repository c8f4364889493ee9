"""Points that satisfy every declaration and hypothesis: simple ones first, then pseudo-random ones.

Every point is checked rigorously before it is handed out; one that cannot be shown to satisfy everything is dropped.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from flint import fmpq

from derive.oracle import quantities as q
from derive.oracle.candidates import Candidates
from derive.oracle.constraints import Affine, Constraints, Restriction, affine, eliminate, substitute
from derive.oracle.construction import Construction
from derive.oracle.evaluator import Evaluator
from derive.oracle.ground import EntryKey, Program
from derive.oracle.points import Combined, Rational, Value
from derive.oracle.quantities import Quantity
from derive.oracle.roots import bracket, fraction, polynomial, roots
from derive.oracle.strategies import STRUCTURED, hot_place, place_among_candidates, range_of_array, shares
from derive.terms import Variable

EntryValues: TypeAlias = dict[EntryKey, Value]

BITS = 128
COLD, HOT = Rational(Fraction(0)), Rational(Fraction(1))  # the entries of a one-hot row
MOST_SOLUTIONS = 4  # of an equation that is no polynomial, among the values tried


@dataclass(frozen=True, slots=True)
class Sample:
    """A point, and the equations that hold at it by construction: solved, where a ball cannot confirm it."""

    values: EntryValues
    proved: frozenset[Restriction]


class Sampler:
    """Samples points for one program. Deterministic: the same strategy gives the same point.

    With `exact`, equations are solved by exact rationals or not at all.
    """

    def __init__(
        self,
        program: Program,
        given: Constraints,
        variables: Sequence[Variable],
        candidates: Mapping[str, Candidates],
        exact: bool = False,
    ) -> None:
        self.exact = exact
        self.program = program
        self.given = given
        self.candidates = candidates
        self.places = _places(given.entries, [v.name for v in variables])
        hot = {key for row in given.onehot for key in row}
        # Free entries come first in each array, and one-hot entries are pivots only if nothing else can be.
        self.rank = {
            key: number + (0 if key in hot else len(given.entries))
            for number, key in enumerate(given.entries)
        }
        self.keys: list[EntryKey] = []
        self.numbers = {key: number for number, key in enumerate(given.entries)}
        self.moving = [e for e in given.equations if self._support(e)]
        forms = [self._affine(e, {}) for e in self.moving]
        self.pivots = None if None in forms else eliminate([f for f in forms if f is not None], self.rank)
        self.linear = None not in forms
        self.leading = _leading(self.pivots or {}, self.rank)
        supports = {equation: self._support(equation) for equation in self.moving}
        self.construction = Construction(given.entries, supports, candidates, self._affine, self.rank)
        self.shares = self._shares()

    def sample(self, strategy: int) -> Sample | None:
        """Return a point in the given strategy, `None` if this strategy gives none."""
        source = random.Random(strategy)  # noqa: S311 - not for secrets: reproducible points are the aim
        values: EntryValues = {}
        for number, row in enumerate(self.given.onehot):
            hot = hot_place(strategy, number, len(row), source)
            values.update({key: HOT if place == hot else COLD for place, key in enumerate(row)})
        proved = set(self.moving) if self.linear else set[Restriction]()
        solved = (
            self._fill(values, self.pivots, strategy, source)
            if self.linear
            else self._constructed(values, proved, strategy, source)
            or self._solve(values, proved, strategy, source)
        )
        sample = Sample(values, frozenset(proved))
        return sample if solved and self.holds(sample) else None

    def holds(self, sample: Sample) -> bool:
        """Return whether a point certainly satisfies everything."""
        values = sample.values
        for row in self.given.onehot:
            marks = [values[key] for key in row]
            if marks.count(HOT) != 1 or marks.count(COLD) != len(row) - 1:
                return False
        with q.precision(BITS):
            evaluator = Evaluator(self.program, {key: value.number() for key, value in values.items()})
            return all(
                self._satisfied(evaluator, condition, condition in sample.proved)
                for condition in (*self.given.equations, *self.given.others)
            )

    def _satisfied(self, evaluator: Evaluator, condition: Restriction, proved: bool) -> bool:
        left, right = evaluator.value(condition.left), evaluator.value(condition.right)
        if left is None or right is None:
            return False
        sign = q.compare(left, right)
        return proved if sign is None else condition.relation.holds(sign)

    def _support(self, condition: Restriction) -> list[EntryKey]:
        mask = self.program.nodes[condition.left].support | self.program.nodes[condition.right].support
        if len(self.keys) < len(self.program.bits):
            self.keys = list(self.program.bits)  # each at the place of its bit
        mentioned = (self.keys[place] for place in _bits(mask))
        return sorted((key for key in mentioned if key in self.numbers), key=self.numbers.__getitem__)

    def _affine(self, equation: Restriction, known: Mapping[EntryKey, fmpq]) -> Affine | None:
        left = affine(self.program, equation.left, known)
        right = affine(self.program, equation.right, known)
        if left is None or right is None:
            return None
        slopes = dict(left[1])
        for key, slope in right[1].items():
            slopes[key] = slopes.get(key, fmpq(0)) - slope
        return left[0] - right[0], {key: slope for key, slope in slopes.items() if slope != 0}

    # Linear systems: free entries are chosen, pivots computed.

    def _shares(self) -> dict[EntryKey, Affine]:
        """Return the pivots whose row says that entries which are never negative share a positive total."""
        if not self.pivots:
            return {}
        uses: dict[EntryKey, int] = {}
        for _, slopes in self.pivots.values():
            for key in slopes:
                uses[key] = uses.get(key, 0) + 1
        return {
            pivot: (total, slopes)
            for pivot, (total, slopes) in self.pivots.items()
            if total > 0
            and slopes
            and all(slope < 0 and uses[key] == 1 for key, slope in slopes.items())
            and all(self.candidates[key[0]].never_negative for key in (pivot, *slopes))
        }

    def _fill(
        self, values: EntryValues, pivots: dict[EntryKey, Affine] | None, strategy: int, source: random.Random
    ) -> bool:
        if pivots is None:
            return False
        for pivot, (total, slopes) in self.shares.items():
            if pivot in pivots and not any(key in values for key in (pivot, *slopes)):
                self._share(
                    values,
                    [pivot, *slopes],
                    {pivot: fmpq(1), **{k: -s for k, s in slopes.items()}},
                    total,
                    strategy,
                    source,
                )
        leading, plain = self.leading if pivots is self.pivots else _leading(pivots, self.rank)
        for key in self.given.entries:
            if key in values or key in pivots:
                continue
            if strategy == 0 and key in leading:
                values[key] = leading[key]
            else:
                values[key] = self._pick(key, strategy, source, key in plain)
        for pivot, form in pivots.items():
            if pivot not in values:
                values[pivot] = _combined(form, values)
        return True

    def _share(
        self,
        values: EntryValues,
        keys: list[EntryKey],
        weights: Mapping[EntryKey, fmpq],
        total: fmpq,
        strategy: int,
        source: random.Random,
    ) -> None:
        keys = sorted(keys, key=lambda key: self.rank[key])
        may_vanish = all(self.candidates[key[0]].admits(COLD) for key in keys)
        parts = shares(strategy, len(keys), may_vanish, source)
        whole = sum((weights[key] * part for key, part in zip(keys, parts, strict=True)), fmpq(0))
        for key, part in zip(keys, parts, strict=True):
            values[key] = Rational(fraction(total * part / whole))

    def _pick(self, key: EntryKey, strategy: int, source: random.Random, rational: bool) -> Value:
        candidates = self.candidates[key[0]]
        values = candidates.rationals if rational else candidates.values
        place, array, count = self.places[key]
        diagonal = len(set(key[1])) == 1
        at = place_among_candidates(strategy, place, array, count, diagonal, vector=len(key[1]) == 1)
        if len(self.given.entries) == 1 and strategy < len(values):
            return values[strategy]
        if at is not None:
            return values[at % len(values)]
        within = range_of_array(strategy, array)
        found = None if within is None else candidates.between(*within, source)
        if found is not None:
            return found
        chance = source.random()
        if chance < 0.3:
            return values[source.randrange(min(4, len(values)))]
        return source.choice(values) if chance < 0.65 else candidates.anywhere(source)

    def movable(self) -> set[EntryKey]:
        """Return the entries that may change while every equation stays true: others follow them, or none has to."""
        if not self.linear or self.pivots is None:
            fixed = {key for equation in self.moving for key in self._support(equation)}
        else:
            fixed = set(self.pivots)
        for row in self.given.onehot:
            fixed.update(row)
        return {key for key in self.given.entries if key not in fixed}

    def moved(self, sample: Sample, key: EntryKey, value: Value) -> Sample:
        """Return the point with another value for a movable entry, and for those that follow it."""
        changed = {**sample.values, key: value}
        if self.linear and self.pivots:
            changed.update({pivot: _combined(form, changed) for pivot, form in self.pivots.items()})
        return Sample(changed, sample.proved)

    def simpler(self, sample: Sample, weight: Callable[[Value], int]) -> Iterator[Sample]:
        """Yield the points that differ in one free entry, which is simpler, and in the pivots that follow it."""
        values = sample.values
        movable = self.movable()
        plain = self.leading[1]
        for key in self.given.entries:
            if key not in movable:
                continue
            candidates = self.candidates[key[0]]
            better = [
                v
                for v in (candidates.rationals if key in plain else candidates.values)
                if weight(v) < weight(values[key])
            ]
            for value in sorted(better, key=weight)[:4]:
                changed = self.moved(sample, key, value)
                moved = [(one, values[at]) for at, one in changed.values.items() if one is not values[at]]
                if sum(weight(new) - weight(old) for new, old in moved) < 0:
                    yield changed

    # Other systems: arrays of special shape are chosen, until the rest is linear.

    def _constructed(
        self, values: EntryValues, proved: set[Restriction], strategy: int, source: random.Random
    ) -> bool:
        chosen = dict(values)
        if not self.construction.choose(chosen, strategy, source):
            return False
        known = {key: q.rational(v.value) for key, v in chosen.items() if isinstance(v, Rational)}
        forms = [self._affine(equation, known) for equation in self.moving]
        pivots = eliminate([form for form in forms if form is not None], self.rank)
        if pivots is None or None in forms or not self._fill(chosen, pivots, strategy, source):
            return False
        values.update(chosen)
        proved.update(self.moving)
        return True

    # What is left: entries are chosen one by one, and what an equation then determines is solved for.

    def _solve(
        self, values: EntryValues, proved: set[Restriction], strategy: int, source: random.Random
    ) -> bool:
        pending = list(self.moving)
        while True:
            known = {key: q.rational(v.value) for key, v in values.items() if isinstance(v, Rational)}
            rank = {key: (-1 if key in values else rank) for key, rank in self.rank.items()}
            forms = [(equation, self._affine(equation, known)) for equation in pending]
            pivots = eliminate([form for _, form in forms if form is not None], rank)
            if pivots is None or any(pivot in values for pivot in pivots):
                return False  # no solution, or a ball that would have to equal something
            hard = [equation for equation, form in forms if form is None]
            open_ = [(equation, self._unknown(equation, values, pivots)) for equation in hard]
            settled = [equation for equation, unknown in open_ if not unknown]
            pending = [equation for equation in pending if equation not in settled]
            open_ = [(equation, unknown) for equation, unknown in open_ if unknown]
            if not open_:
                proved.update(equation for equation, form in forms if form is not None)
                return self._fill(values, pivots, strategy, source)
            equation, unknown = min(open_, key=lambda item: len(item[1]))
            if len(unknown) > 1:
                chosen = unknown[0] if strategy < STRUCTURED else source.choice(unknown)
                values[chosen] = self._pick(chosen, strategy, source, True)
                continue
            found = self._root(equation, unknown[0], values, pivots, strategy, source)
            if found is None:
                return False
            values[unknown[0]] = found
            proved.add(equation)
            pending = [other for other in pending if other != equation]

    def _unknown(
        self, equation: Restriction, values: EntryValues, pivots: Mapping[EntryKey, Affine]
    ) -> list[EntryKey]:
        found: dict[EntryKey, None] = {}
        for key in self._support(equation):
            if key in pivots:
                found.update(dict.fromkeys(k for k in pivots[key][1] if k not in values))
            elif key not in values:
                found[key] = None
        return list(found)

    def _root(
        self,
        equation: Restriction,
        unknown: EntryKey,
        values: EntryValues,
        pivots: Mapping[EntryKey, Affine],
        strategy: int,
        source: random.Random,
    ) -> Value | None:
        forms: dict[EntryKey, Affine] = {
            key: (q.rational(v.value), {}) for key, v in values.items() if isinstance(v, Rational)
        }
        forms |= {key: substitute(form, forms) for key, form in pivots.items()}
        left = polynomial(self.program, equation.left, forms, unknown)
        right = polynomial(self.program, equation.right, forms, unknown)
        candidates = self.candidates[unknown[0]]
        if left is None or right is None:
            return (
                None
                if self.exact
                else self._bracketed(equation, unknown, values, pivots, candidates, strategy)
            )
        difference = left - right
        if difference.degree() < 0:
            return self._pick(unknown, strategy, source, True)
        if difference.degree() == 0:
            return None
        found = [
            r
            for r in roots(difference)
            if candidates.admits(r) and (isinstance(r, Rational) or not self.exact)
        ]
        if not found:
            return None
        place = self.places[unknown][0]
        return found[{0: 0, 1: 1, 2: place}.get(strategy, source.randrange(len(found))) % len(found)]

    def _bracketed(
        self,
        equation: Restriction,
        unknown: EntryKey,
        values: EntryValues,
        pivots: Mapping[EntryKey, Affine],
        candidates: Candidates,
        strategy: int,
    ) -> Value | None:
        def function(at: Quantity) -> Quantity | None:
            entries = {key: value.number() for key, value in values.items()}
            entries[unknown] = at
            for key, (constant, slopes) in pivots.items():
                if all(k in entries for k in slopes):
                    entries[key] = _total(constant, slopes, entries)
            evaluator = Evaluator(self.program, entries)
            left, right = evaluator.value(equation.left), evaluator.value(equation.right)
            return None if left is None or right is None else q.subtract(left, right)

        def solves(value: Value) -> bool:
            with q.precision(BITS):
                difference = function(value.number())
                return difference is not None and q.sign(difference) == 0

        # Another strategy, another solution: |x| = 2 has two, and relu(x) = 0 a half-line.
        simplest = list(itertools.islice(filter(solves, candidates.values), 1 + strategy % MOST_SOLUTIONS))
        if simplest:
            return simplest[-1]
        found = bracket(function, [v.value for v in candidates.rationals if isinstance(v, Rational)])
        return found if found is not None and candidates.admits(found) else None


def _bits(mask: int) -> Iterator[int]:
    """Yield the places of the bits that are set; many entries of a large array are in no condition."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


def _total(constant: fmpq, slopes: Mapping[EntryKey, fmpq], entries: Mapping[EntryKey, Quantity]) -> Quantity:
    total: Quantity = constant
    for key, slope in slopes.items():
        total = q.add(total, q.multiply(entries[key], slope))
    return total


def _combined(form: Affine, values: Mapping[EntryKey, Value]) -> Value:
    """Return the value of an affine function: a copy, a rational, or a combination."""
    constant, slopes = form
    parts = [(fraction(slope), values[key]) for key, slope in slopes.items()]
    if constant == 0 and len(parts) == 1 and parts[0][0] == 1:
        return parts[0][1]
    if all(isinstance(value, Rational) for _, value in parts):
        total = sum(
            (slope * value.value for slope, value in parts if isinstance(value, Rational)), fraction(constant)
        )
        return Rational(total)
    return Combined(fraction(constant), tuple(parts))


def _leading(
    pivots: Mapping[EntryKey, Affine], rank: Mapping[EntryKey, int]
) -> tuple[dict[EntryKey, Rational], set[EntryKey]]:
    """Return what strategy 0 gives the first entry of each row if the others are 0, and which must be rational."""
    leading: dict[EntryKey, Rational] = {}
    plain: set[EntryKey] = set()
    for constant, slopes in pivots.values():
        if constant != 0 or len(slopes) > 1 or any(slope != 1 for slope in slopes.values()):
            plain.update(slopes)
        if slopes:
            first = min(slopes, key=rank.__getitem__)
            if first not in leading:
                leading[first] = Rational(fraction(-constant / slopes[first]))
    return leading, plain


def _places(entries: Sequence[EntryKey], names: Sequence[str]) -> dict[EntryKey, tuple[int, int, int]]:
    """Return for each entry its place in its array, the number of the array, and the array's length."""
    counts = {name: sum(key[0] == name for key in entries) for name in names}
    seen = dict.fromkeys(names, 0)
    found = {}
    for key in entries:
        found[key] = seen[key[0]], names.index(key[0]), counts[key[0]]
        seen[key[0]] += 1
    return found
