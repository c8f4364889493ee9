"""Points that take the branches which the usual points of a trial did not take.

The comparisons of a claim cut a line through a point, along which one entry moves, into parts; a number from each
part reaches every combination of branches that the line meets. A branch that no such line meets is sought by
solving for the difference of the two sides.
"""

from __future__ import annotations

import itertools
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from derive.oracle import quantities as q
from derive.oracle.constraints import Affine, Restriction, substitute
from derive.oracle.evaluator import Evaluator
from derive.oracle.examination import Untried
from derive.oracle.ground import EntryKey, Program
from derive.oracle.guards import SIDES, Comparison, Guard, Guards, Name, Path, Signs, Taken
from derive.oracle.lines import changes, parts, roots_of
from derive.oracle.points import Chosen, ChosenPolynomial, Logarithm, Rational, Value
from derive.oracle.quantities import Quantity
from derive.oracle.roots import polynomial
from derive.oracle.sampling import Sample, Sampler
from derive.oracle.strategies import STRUCTURED
from derive.terms import Relation

Tried = tuple[int, Sample]

MOST_LOOKED = 240  # points of which only the comparisons are evaluated, for a cheap program
MOST_FOUND = 48  # of these, points that are evaluated whole, for a cheap program
MOST_SCANS = 12  # lines along which the zeros of what is no polynomial are looked for
MOST_KEYS = 6
MOST_MISSES = 2  # times that a branch is solved for in vain, before it is left
SHIFTS = tuple(Fraction(p, n) for p, n in ((1, 1), (1, 16), (1, 1024), (1000, 1)))
PINS = tuple(sign * 2**power for power in (11, 21, 41) for sign in (1, -1))
MOST_PINNED = 3
STRATEGIES = (0, STRUCTURED, STRUCTURED + 1, 2)
CHEAP = 60  # nodes


@dataclass(slots=True)
class Coverage:
    """Which branches were taken at points at which both sides have values, in a whole examination."""

    comparisons: Mapping[Comparison, tuple[Path, ...]]
    taken: set[tuple[Name, int]]
    misses: Counter[tuple[Name, Signs]]

    def open(self, comparison: Name) -> list[Signs]:
        """Return the branches of a comparison that were never taken."""
        branches = comparison.branches if isinstance(comparison, Comparison) else ()
        return [branch for branch in branches if not any((comparison, sign) in self.taken for sign in branch)]

    def never_tried(self) -> tuple[Untried, ...]:
        """Return the conditions of the branches that were never taken."""
        return tuple(
            Untried(one.condition(branch), paths)
            for one, paths in self.comparisons.items()
            for branch in self.open(one)
        )


class Reach:
    """The branches taken in one trial, and the search for points that take others."""

    def __init__(
        self,
        guards: Guards,
        sampler: Sampler,
        coverage: Coverage,
        functions: Callable[[int], tuple[dict[str, Chosen], dict[str, ChosenPolynomial]]],
        extended: Callable[[Restriction], Sampler | None],
        greatest: Fraction,
    ) -> None:
        self.guards = guards
        self.program: Program = guards.program
        self.sampler = sampler
        self.coverage = coverage
        self.functions = functions
        self.extended = extended
        self.greatest = greatest
        self.every = list(guards.every())
        self.tried: list[Tried] = []
        self.counts: Counter[Taken] = Counter()
        self.here: Counter[tuple[Name, int]] = Counter()
        self.each = 1
        self.scans = 0

    def note(self, sample: Sample, strategy: int, evaluator: Evaluator) -> None:
        """Remember which branches were taken at a point at which both sides have values."""
        taken = self.guards.taken(evaluator)
        self.counts[taken] += 1
        self.here.update(taken)
        self.coverage.taken |= taken
        self.tried.append((strategy, sample))

    def points(self, each: int) -> Iterator[Tried]:
        """Yield points until every combination of branches that is met has that many, as far as they are found."""
        if not self.every or not self.tried:
            return
        self.each = each
        self.scans = MOST_SCANS
        most = self._affordable(MOST_FOUND)
        yield from itertools.islice(self._rare(self._on_lines(_various(self.tried, each))), most)
        known = len(self.tried)
        for guard in self.every:
            for name in guard.names:
                yield from self._solved(guard, name)
        yield from itertools.islice(self._rare(self._on_lines(_various(self.tried[known:], each))), most)

    def _affordable(self, most: int) -> int:
        return most * CHEAP // max(CHEAP, len(self.program.nodes))

    def _rare(self, found: Iterator[Tried]) -> Iterator[Tried]:
        """Yield those of the points found whose combination of branches has not been taken often enough."""
        attempts: Counter[Taken] = Counter()
        for strategy, sample in found:
            taken = self._taken(sample, strategy)
            if self.counts[taken] >= self.each or attempts[taken] >= 2 * self.each:
                continue
            if self.sampler.holds(sample):
                attempts[taken] += 1
                yield strategy, sample

    def _on_lines(self, starts: Sequence[Tried]) -> Iterator[Tried]:
        waiting, known = deque(starts), len(self.tried)
        keys = self._keys()
        left = self._affordable(MOST_LOOKED)
        tied = {key: self._tied(key) for key in keys}
        while waiting and left > 0:
            strategy, start = waiting.popleft()
            for key in keys:
                for value in parts(self._places(start, key)):
                    left -= 1
                    yield strategy, self.sampler.moved(start, key, Rational(value))
                    if tied[key]:
                        left -= 1
                        yield strategy, self._together(start, key, value, tied[key])
                if left <= 0:
                    break
            waiting += self.tried[known : known + 2 * self.each]  # from there, along other lines
            known = len(self.tried)

    def _tied(self, key: EntryKey) -> list[EntryKey]:
        """Return the movable entries that inequalities of the hypotheses tie to one, directly or through others."""
        nodes = self.program.nodes
        masks = [nodes[one.left].support | nodes[one.right].support for one in self.sampler.given.others]
        reached, before = self.program.bit(key), 0
        while reached != before:
            before = reached
            for mask in masks:
                reached |= mask if mask & before else 0
        movable = self.sampler.movable() - {key}
        return [
            one for one in self.sampler.given.entries if one in movable and self.program.bit(one) & reached
        ]

    def _together(self, start: Sample, key: EntryKey, value: Fraction, tied: Sequence[EntryKey]) -> Sample:
        """Return the point with an entry moved, and those that are tied to it by as much: what is between stays."""
        here, moved = start.values[key], self.sampler.moved(start, key, Rational(value))
        for other in tied:
            there = start.values[other]
            if isinstance(here, Rational) and isinstance(there, Rational):
                moved = self.sampler.moved(moved, other, Rational(there.value + value - here.value))
        return moved

    def _keys(self) -> list[EntryKey]:
        mask = 0
        for guard in self.every:
            mask |= self.guards.support(guard)
        movable = self.sampler.movable()
        keys = [k for k in self.sampler.given.entries if k in movable and self._bits(k) & mask]
        return keys if len(keys) <= MOST_KEYS else [*keys[: MOST_KEYS - 1], keys[-1]]

    def _bits(self, key: EntryKey) -> int:
        """Return the bits of an entry and of those that follow it."""
        pivots = self.sampler.pivots if self.sampler.linear and self.sampler.pivots else {}
        mask = self.program.bit(key)
        for pivot, (_, slopes) in pivots.items():
            if key in slopes:
                mask |= self.program.bit(pivot)
        return mask

    def _taken(self, sample: Sample, strategy: int) -> Taken:
        with q.precision(q.USUAL):
            return self.guards.taken(self._evaluator(sample, strategy))

    def _evaluator(self, sample: Sample, strategy: int) -> Evaluator:
        entries = {key: value.number() for key, value in sample.values.items()}
        return Evaluator(self.program, entries, *self.functions(strategy))

    def _places(self, start: Sample, key: EntryKey) -> list[Fraction]:
        """Return the places on a line where a comparison changes, and the ends of what is declared."""
        mask, found = self._bits(key), list[Fraction]()
        forms = self._forms(start, key)
        with q.precision(q.USUAL):
            for guard in self.every:
                if self.guards.support(guard) & mask:
                    found += self._zeros(guard, start, key, forms)
        candidates = self.sampler.candidates[key[0]]
        return [*found, *candidates.ends()] if found else []

    def _forms(self, start: Sample, key: EntryKey) -> dict[EntryKey, Affine]:
        forms: dict[EntryKey, Affine] = {
            other: (q.rational(value.value), {})
            for other, value in start.values.items()
            if isinstance(value, Rational) and other != key
        }
        if self.sampler.linear and self.sampler.pivots:
            for pivot, form in self.sampler.pivots.items():
                moved = substitute(form, forms)
                if key in moved[1]:
                    forms[pivot] = moved
        return forms

    def _zeros(
        self, guard: Guard, start: Sample, key: EntryKey, forms: dict[EntryKey, Affine]
    ) -> Iterator[Fraction]:
        one, other = (polynomial(self.program, node, forms, key) for node in (guard.left, guard.right))
        if one is not None and other is not None:
            difference = one - other
            if difference.degree() > 0:
                yield from roots_of(difference)
        elif self.scans and any(self._open(name) for name in guard.names):
            self.scans -= 1

            def function(at: Quantity) -> Quantity | None:
                value = Rational(Fraction(int(at.p), int(at.q)))
                evaluator = self._evaluator(self.sampler.moved(start, key, value), 0)
                left, right = evaluator.value(guard.left), evaluator.value(guard.right)
                return None if left is None or right is None else q.subtract(left, right)

            yield from changes(function, self.greatest)

    def _open(self, name: Name) -> list[Signs]:
        """Return the branches of a comparison that this trial has not taken often enough and that are not given up."""
        branches = name.branches if isinstance(name, Comparison) else SIDES
        return [
            branch
            for branch in branches
            if self._count(name, branch) < self.each and self.coverage.misses[name, branch] < MOST_MISSES
        ]

    def _count(self, name: Name, branch: Signs) -> int:
        return sum(self.here[name, sign] for sign in branch)

    def _solved(self, guard: Guard, name: Name) -> Iterator[Tried]:
        """Yield points at which a comparison takes a branch that is still open."""
        for branch in self._open(name):
            for shift in _shifts(branch):
                right = self.program.node("add", (guard.right, self.program.number(shift)))
                sampler = self.extended(Restriction(Relation.EQUAL, guard.left, right))
                for strategy in STRATEGIES[: self.each] if sampler is not None else ():
                    sample = sampler.sample(strategy) if sampler is not None else None
                    if sample is not None:
                        yield strategy, sample
                if self._count(name, branch):
                    break
            else:
                yield from self._pinned(name, branch)
                if not self._count(name, branch):
                    self.coverage.misses[name, branch] += 1

    def _pinned(self, name: Name, branch: Signs) -> Iterator[Tried]:
        """Yield points of a branch at which an entry that equations tie to others has a number of another size."""
        tied = [k for k in self.sampler.given.entries if k not in self.sampler.movable()]
        hot = {key for row in self.sampler.given.onehot for key in row}
        for key in [k for k in tied if k not in hot][:MOST_PINNED]:
            for number in PINS:
                pin = Restriction(Relation.EQUAL, self.program.entry(key), self.program.number(number))
                sampler = self.extended(pin)
                sample = None if sampler is None else sampler.sample(STRATEGIES[0])
                if sample is not None and any(
                    (name, sign) in self._taken(sample, STRATEGIES[0]) for sign in branch
                ):
                    yield STRATEGIES[0], sample
                if self._count(name, branch) >= self.each:
                    return


def _shifts(branch: Signs) -> tuple[Fraction, ...]:
    if 0 in branch and len(branch) == 1:
        return (Fraction(0),)
    sign = 1 if 1 in branch else -1
    return tuple(sign * shift for shift in SHIFTS)


def _various(tried: Sequence[Tried], most: int) -> list[Tried]:
    """Return a few of the points, in which entries have both signs if they had, and values that differ."""
    left = list(tried)
    chosen: list[Tried] = []
    seen: set[tuple[EntryKey, int]] = set()
    while left and len(chosen) < most:
        best = max(left, key=lambda one: (len(_signs(one[1]) - seen), len(set(one[1].values.values()))))
        left.remove(best)
        seen |= _signs(best[1])
        chosen.append(best)
    return chosen


def _signs(sample: Sample) -> set[tuple[EntryKey, int]]:
    """Return the entries that are not 0, with their signs."""
    signs = ((key, _sign(value)) for key, value in sample.values.items())
    return {(key, sign) for key, sign in signs if sign}


def _sign(value: Value) -> int:
    match value:
        case Rational(number):
            return (number > 0) - (number < 0)
        case Logarithm(argument):
            return (argument > 1) - (argument < 1)
    return 2
