"""One case of a claim with one choice of its indices: the points tried, and whether the claim fails there.

It says "different" only of two finite values that exact arithmetic or disjoint balls separate, and "the same" only of
two that are exactly so.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import partial

from derive.oracle import quantities as q
from derive.oracle.constraints import Restriction
from derive.oracle.evaluator import Evaluator
from derive.oracle.examination import Refutation
from derive.oracle.formatting import format_number, format_pair
from derive.oracle.ground import EntryKey
from derive.oracle.guards import Guards
from derive.oracle.patterns import Block
from derive.oracle.points import Chosen, ChosenPolynomial, Place, Point, Rational, Value, nested, texts
from derive.oracle.quantities import Quantity
from derive.oracle.reaching import Reach
from derive.oracle.sampling import Sample
from derive.oracle.session import Search
from derive.oracle.shrink import shrunk
from derive.oracle.strategies import STRUCTURED, chosen_function, chosen_polynomial
from derive.report.message import Message
from derive.report.scope import case_text
from derive.terms import Entry, Index, Relation

WIDE = 2.0**-40  # two balls that meet and are wider than this are computed again, finer
TRIES = 40  # strategies beyond the wanted number, for those that give no point
FEW, CHEAP = 3, 60  # entries up to which twice as many points are tried; nodes up to which a point is cheap
LEAST_POINTS = 5
MOST_BOUNDARIES = 6
MOST_FOR_A_BRANCH = 4
BOUNDARY_STRATEGIES = (0, 2, STRUCTURED, STRUCTURED + 1)


class Trial:
    """One case with one choice of indices."""

    def __init__(self, search: Search, block: Block, choice: Mapping[str | int, int]) -> None:
        self.search = search
        self.case = block.case
        self.among = block.among
        self.choice = choice
        labels = {name: value for name, value in choice.items() if name in search.context.labels}
        self.session = search.session(block.case.sizes, labels)
        self.program = self.session.program
        self.left = self.program.term(search.equation.left, choice)
        self.right = self.program.term(search.equation.right, choice)
        minus = self.program.node("multiply", (self.program.number(-1), self.right))
        self.difference = self.program.node("add", (self.left, minus))
        search.note_unknown_functions(self.program)
        self.reach = self._reach()

    def _reach(self) -> Reach | None:
        """Return what looks for branches that are not taken, `None` where nothing is compared."""
        guards = Guards(self.program, (self.left, self.right))
        if not guards.at or self.session.sampler is None:
            return None
        search = self.search
        return Reach(
            guards,
            self.session.sampler,
            search.coverage,
            lambda strategy: (self.functions(strategy), self.polynomials(strategy)),
            lambda extra: search.sampler(self.session, extra),
            search.greatest,
        )

    def points(self) -> Iterator[tuple[int, Sample]]:
        """Yield points that satisfy everything, simple ones first, with the number of their strategy."""
        if self.session.sampler is None or self.search.spent():
            return
        given: set[tuple[object, ...]] = set()
        enough = self._enough()
        for strategy in range(enough + TRIES):
            if len(given) >= enough or self.search.spent():
                break
            sample = self.session.sample(strategy)
            if sample is not None:
                # With declared functions the same values are another point in another strategy.
                chosen = (*self.functions(strategy).values(), *self.polynomials(strategy).values())
                seen = (*sample.values.values(), *chosen)
                if seen not in given:
                    given.add(seen)
                    yield strategy, sample
            scope = self.search.scope
            if not self.session.sampler.given.entries and not (scope.functions or scope.unknown):
                break
            if strategy == STRUCTURED:
                yield from self._boundaries()
        if self.reach is not None:
            for strategy, sample in self.reach.points(max(1, min(MOST_FOR_A_BRANCH, enough // 2))):
                if self.search.spent():
                    return
                yield strategy, sample
        if not given and not self.search.spent():
            here = Message(" at ", case_text(self.case)) if self.case.sizes or self.case.pattern else ""
            self.search.note(Message("no point was found that satisfies the hypotheses", here))

    def _enough(self) -> int:
        """Return how many points to try: more where there are few entries, fewer where points or patterns are dear."""
        most = self.search.budget.points
        if len(self.program.bits) <= FEW and self.among <= FEW:
            return 2 * most
        dear = max(len(self.program.nodes), CHEAP) * max(self.among, FEW)
        return max(most * CHEAP * FEW // dear, min(most, LEAST_POINTS))

    def _boundaries(self) -> Iterator[tuple[int, Sample]]:
        """Yield points at which a comparison that chooses a branch, outside any D, is an equality."""
        nodes = self.program.nodes
        pairs: dict[tuple[int, int], None] = {}
        for number in dict.fromkeys((*self.program.order(self.left), *self.program.order(self.right))):
            node = nodes[number]
            if node.kind == "where":
                pairs[node.arguments[0], node.arguments[1]] = None
            elif node.kind in ("abs", "sign", "step", "relu"):
                pairs[node.arguments[0], self.program.number(0)] = None
            elif node.kind in ("max", "min"):
                pairs.update(((node.arguments[0], other), None) for other in node.arguments[1:])
        moving = [(a, b) for a, b in pairs if nodes[a].support | nodes[b].support]
        for left, right in moving[:MOST_BOUNDARIES]:
            sampler = self.search.sampler(self.session, Restriction(Relation.EQUAL, left, right), exact=True)
            for strategy in BOUNDARY_STRATEGIES if sampler is not None else ():
                sample = sampler.sample(strategy) if sampler is not None else None
                if sample is not None:
                    yield strategy, sample

    def shrunk(self, sample: Sample, strategy: int) -> Sample:
        """Return a simpler point at which the claim fails, if there is one."""
        return shrunk(sample, self.session.sampler, lambda other: bool(self.fails(other, strategy)))

    def tried(self, sample: Sample, strategy: int) -> bool | None:
        """Return whether the claim fails at a point, and remember which branches it takes."""
        return self.fails(sample, strategy, note=True)

    def fails(self, sample: Sample, strategy: int, note: bool = False) -> bool | None:
        """Return whether the claim certainly fails at a point; `None` if a side has no value there.

        An equation fails where the sides differ; `a < b` fails too where both are exactly the same number.
        """
        for bits in q.PRECISIONS:
            self.search.evaluations += 1
            with q.precision(bits):
                evaluator = self._evaluator(sample, strategy)
                found = self._both(evaluator)
                if found is None:
                    return None
                if note and self.reach is not None:
                    self.reach.note(sample, strategy, evaluator)
                    note = False
                difference = q.subtract(*found)
                sign = q.sign(difference)
                if sign is None:
                    difference = self._cancelled(evaluator, difference)
                    sign = q.sign(difference)
                if sign is not None:
                    return not self.search.equation.relation.holds(sign)
                if q.ball(difference).rad() < WIDE:
                    return False
        return False

    def _cancelled(self, evaluator: Evaluator, difference: Quantity) -> Quantity:
        """Return left minus right without what stands on both sides: balls do not tell exp(x) + 1 from exp(x)."""
        found = evaluator.value(self.difference)
        return difference if found is None else found

    def _evaluator(self, sample: Sample, strategy: int) -> Evaluator:
        entries = {key: value.number() for key, value in sample.values.items()}
        return Evaluator(self.program, entries, self.functions(strategy), self.polynomials(strategy))

    def _both(self, evaluator: Evaluator) -> tuple[Quantity, Quantity] | None:
        """Return the values of both sides at the current precision."""
        left, right = evaluator.value(self.left), evaluator.value(self.right)
        if left is None or right is None or q.finite(left) is None or q.finite(right) is None:
            return None
        return left, right

    def functions(self, strategy: int) -> dict[str, Chosen]:
        """Return what is chosen for the declared functions in a strategy."""
        names = self.search.scope.functions
        return {name: chosen_function(strategy + 3 * k) for k, name in enumerate(names)}

    def polynomials(self, strategy: int) -> dict[str, ChosenPolynomial]:
        """Return what is chosen for the unknown functions of several numbers or arrays."""
        found: dict[str, ChosenPolynomial] = {}
        for number, name in enumerate(self.search.scope.unknown):
            arguments: list[Entry] = []
            for parameter, dims in self.search.context.signatures[name]:
                ranges = (range(1, self.case.sizes[dim] + 1) for dim in dims)
                arguments += [
                    Entry(parameter, tuple(Index(k, dim) for k, dim in zip(at, dims, strict=True)))
                    for at in itertools.product(*ranges)
                ]
            found[name] = chosen_polynomial(strategy + 3 * number, tuple(arguments))
        return found

    def point(self, sample: Sample, strategy: int) -> Point:
        """Return the point with its sizes and indices."""
        sizes = self.case.sizes
        values: dict[str, object] = {}
        for variable in self.search.scope.variables:
            shape = tuple(sizes[dim] for dim in variable.dims)
            at = partial(_at, sample.values, variable.name)
            if variable.kind == "label":
                *shape_, among = shape
                values[variable.name] = nested(tuple(shape_), partial(_label_at, at, among))
            else:
                values[variable.name] = nested(shape, at)
        values.update(self.functions(strategy))
        values.update(self.polynomials(strategy))
        return Point(sizes, {str(name): value for name, value in self.choice.items()}, values)

    def counterexample(self, sample: Sample, strategy: int) -> Refutation:
        """Return the counterexample at a point at which the claim fails."""
        equation = self.search.equation
        point = self.point(sample, strategy)
        left = right = ""
        near: tuple[str, ...] = ()
        for bits in q.PRECISIONS:
            with q.precision(bits):
                evaluator = self._evaluator(sample, strategy)
                found = self._both(evaluator)
                if found is None:
                    continue
                difference = q.subtract(*found)
                if not q.sign(difference):
                    difference = self._cancelled(evaluator, difference)
                sign = q.sign(difference)
                if sign == 0 and equation.is_inequality:
                    left = right = format_number(found[0])
                    break
                if sign:
                    left, right = format_pair(*found, difference)
                    near = tuple(
                        n for n, side in zip(("left", "right"), found, strict=True) if q.sign(side) is None
                    )
                    break
        values = {
            n: v.text if isinstance(v, Chosen | ChosenPolynomial) else texts(v)
            for n, v in point.values.items()
        }
        return Refutation(point.sizes, point.indices, values, left, right, point, near)


def _label_at(entry: Callable[[tuple[int, ...]], Value], among: int, at: tuple[int, ...]) -> Place:
    """Return the label of a sample: the place at which its entry is 1."""
    places = range(1, among + 1)
    return Place(next(k for k in places if entry((*at, k)) == Rational(Fraction(1))), among)


def _at(values: Mapping[EntryKey, Value], name: str, at: tuple[int, ...]) -> Value:
    return values[name, at]
