"""The search for a counterexample: every case of a claim, at small sizes, at points simple first.

It says "different" only of two finite values that exact arithmetic or disjoint balls separate; it never says "equal".
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from time import perf_counter

from derive.errors import LimitError
from derive.notation import Compare, Context, Equation, Term
from derive.oracle import quantities as q
from derive.oracle.constraints import Condition, Constraints, constraints
from derive.oracle.elementary import ELEMENTARY
from derive.oracle.evaluator import Evaluator
from derive.oracle.examination import Budget, Counterexample, Examination, Witness
from derive.oracle.ground import Key, Program
from derive.oracle.patterns import Block, Range, blocks, range_of, sizes_to_try
from derive.oracle.points import Chosen, Point, Value, nested, texts
from derive.oracle.pools import Pool, constants_of, limits_of, pool, unlimited
from derive.oracle.quantities import Quantity
from derive.oracle.sampling import STRUCTURED, Draw, Sampler
from derive.oracle.shown import pair
from derive.oracle.shrink import shrunk

PRECISIONS = (96, 192, q.FINEST)
WIDE = 2.0**-40  # two balls that meet and are wider than this are computed again, finer
MOST_BOUNDARIES = 6
TRIES = 40


@dataclass(slots=True)
class Scene:
    """One program (sizes and labels) with the points drawn for it so far."""

    program: Program
    sampler: Sampler | None
    drawn: dict[int, Draw | None] = field(default_factory=dict)


class Search:
    """One examination; it counts what it spends."""

    def __init__(self, equation: Equation, context: Context, budget: Budget) -> None:
        self.equation = equation
        self.context = context
        self.budget = budget
        self.scope: Range = range_of(equation, context)
        self.terms: tuple[Term, ...] = (
            equation.left,
            equation.right,
            *(side for h in context.hypotheses for side in (h.condition.left, h.condition.right)),
        )
        self.constants = constants_of(self.terms, context)
        self.started = perf_counter()
        self.evaluations = 0
        self.scenes: dict[tuple[tuple[str, int], ...], Scene] = {}
        self.notes: dict[str, None] = {}

    def run(self) -> Examination:
        """Examine every case within the budget."""
        tried: list[dict[str, int]] = []
        agreed: list[dict[str, int]] = []
        witnesses: list[Witness] = []
        missing = []
        first: Counterexample | None = None
        for sizes in sizes_to_try(self.scope, self.context):
            cases = blocks(self.equation, self.context, self.scope, sizes)
            if not cases:
                continue
            if self.spent():
                self.notes["the search met its bound before every size was tried"] = None
                break
            tried.append(sizes)
            found: Counterexample | None = None
            seen = False
            for block in cases:
                witness, different = self.case(block, first is not None)
                if witness is None:
                    missing.append(block.case)
                else:
                    seen = True
                    witnesses.append(Witness(block.case.sizes, block.case.pattern, witness))
                if different is not None:
                    found = different
                    break
            if found is None and seen:
                agreed.append(sizes)
            first = first or found
        return Examination(
            first, tuple(tried), tuple(agreed), tuple(witnesses), tuple(missing), self.reason(missing)
        )

    def spent(self) -> bool:
        """Return whether the budget is used up."""
        return (
            self.evaluations > self.budget.evaluations or perf_counter() - self.started > self.budget.seconds
        )

    def reason(self, missing: Iterable[object]) -> str | None:
        """Return why something could not be examined."""
        return "; ".join(self.notes) or None

    def case(self, block: Block, quick: bool) -> tuple[Point | None, Counterexample | None]:
        """Return a witness and a counterexample for one case. With `quick` the counterexample is not shrunk."""
        witness: Point | None = None
        for choice in block.choices:
            try:
                trial = Trial(self, block, choice)
            except LimitError as limit:
                self.notes[limit.message] = None
                continue
            for style, draw in trial.points():
                outcome = trial.compare(draw, style)
                if outcome is None:
                    continue
                if witness is None:
                    witness = trial.point(draw, style)
                if outcome:
                    if not quick:
                        draw = trial.shrunk(draw, style)
                    return witness, trial.counterexample(draw, style)
        return witness, None

    def scene(self, sizes: Mapping[str, int], labels: Mapping[str | int, int]) -> Scene:
        """Return the program for these sizes and labels, with a sampler for its points."""
        key = (*sizes.items(), *((str(name), value) for name, value in labels.items()))
        found = self.scenes.get(key)
        if found is None:
            program = Program(self.context, sizes, labels, self.terms)
            found = self.scenes[key] = Scene(program, self.sampler(program))
        return found

    def sampler(self, program: Program, *extra: Condition, exact: bool = False) -> Sampler | None:
        """Return a sampler, `None` if a variable's domain holds nothing that is tried."""
        given = constraints(program, self.scope.variables, self.context)
        pools: dict[str, Pool] = {}
        with q.precision(PRECISIONS[0]):
            for variable in self.scope.variables:
                evaluator = Evaluator(program, {})
                values = [evaluator.value(program.term(bound.value, {})) for bound in variable.bounds]
                if None in values:
                    return None
                limits = limits_of(variable, values)
                one = pool(limits, self.constants) if limits else unlimited(self.constants)
                if one is None:
                    self.notes[f"no value was found for {variable.name}"] = None
                    return None
                pools[variable.name] = one
            both = Constraints(given.entries, (*given.equations, *extra), given.others, given.onehot)
            return Sampler(program, both, self.scope.variables, pools, exact)


class Trial:
    """One case with one choice of indices."""

    def __init__(self, search: Search, block: Block, choice: Mapping[str | int, int]) -> None:
        self.search = search
        self.block = block
        self.choice = choice
        labels = {name: value for name, value in choice.items() if name in search.context.labels}
        self.scene = search.scene(block.case.sizes, labels)
        program = self.scene.program
        self.left = program.term(search.equation.left, choice)
        self.right = program.term(search.equation.right, choice)
        self._note_unknown_functions()

    def _note_unknown_functions(self) -> None:
        from derive.oracle.special import known

        for node in self.scene.program.nodes:
            if node.kind == "function" and node.data not in ELEMENTARY and not known(str(node.data)):
                self.search.notes[f"the function {node.data} is not available"] = None

    def points(self) -> Iterator[tuple[int, Draw]]:
        """Yield points that satisfy everything, simple ones first, with the number of their style."""
        if self.scene.sampler is None:
            return
        given = set[tuple[Value, ...]]()
        enough = self.enough()
        for style in range(enough + TRIES):
            if len(given) >= enough or self.search.spent():
                break
            if style not in self.scene.drawn:
                self.scene.drawn[style] = self.scene.sampler.sample(style)
            draw = self.scene.drawn[style]
            if draw is not None and (self.search.scope.functions or tuple(draw.values.values()) not in given):
                given.add(tuple(draw.values.values()))
                yield style, draw
            if not self.scene.sampler.given.entries:
                break
            if style == STRUCTURED:
                yield from self.boundaries()
        if not given:
            self.search.notes["no point was found that satisfies the hypotheses"] = None

    def enough(self) -> int:
        """Return how many points to try: more where there are few entries, fewer where a point is dear."""
        entries = len(self.search.scope.variables and self.scene.program.bits)
        most = self.search.budget.points
        if entries <= 3:
            return 2 * most
        cost = len(self.scene.program.nodes)
        return max(most * 60 // max(cost, 60), min(most, 5))

    def boundaries(self) -> Iterator[tuple[int, Draw]]:
        """Yield points at which a comparison that chooses a branch, outside any D, is an equality."""
        program = self.scene.program
        pairs: dict[tuple[int, int], None] = {}
        for number in dict.fromkeys((*program.order(self.left), *program.order(self.right))):
            node = program.nodes[number]
            if node.kind == "where":
                pairs[node.arguments[0], node.arguments[1]] = None
            elif node.kind in ("abs", "sign", "step", "relu"):
                pairs[node.arguments[0], program.number(0)] = None
            elif node.kind in ("max", "min"):
                pairs.update(((node.arguments[0], other), None) for other in node.arguments[1:])
        moving = [p for p in pairs if program.nodes[p[0]].support | program.nodes[p[1]].support]
        for left, right in moving[:MOST_BOUNDARIES]:
            sampler = self.search.sampler(program, Condition("=", left, right), exact=True)
            if sampler is None:
                continue
            for style in (0, 2, STRUCTURED, STRUCTURED + 1):
                draw = sampler.sample(style)
                if draw is not None:
                    yield style, draw

    def shrunk(self, draw: Draw, style: int) -> Draw:
        """Return a simpler point at which the sides differ, if there is one."""
        return shrunk(draw, self.scene.sampler, lambda other: bool(self.compare(other, style)))

    def compare(self, draw: Draw, style: int) -> bool | None:
        """Return whether the two sides certainly differ at a point; `None` if one has no value there."""
        for bits in PRECISIONS:
            self.search.evaluations += 1
            with q.precision(bits):
                found = self.both(draw, style)
                if found is None:
                    return None
                difference = q.subtract(*found)
                sign = q.sign(difference)
                if sign is not None:
                    return sign != 0
                if q.ball(difference).rad() < WIDE:
                    return False
        return False

    def both(self, draw: Draw, style: int) -> tuple[Quantity, Quantity] | None:
        """Return the values of both sides at the current precision."""
        evaluator = Evaluator(
            self.scene.program,
            {key: value.number() for key, value in draw.values.items()},
            self.functions(style),
        )
        sides = evaluator.value(self.left), evaluator.value(self.right)
        if any(side is None or q.finite(side) is None for side in sides):
            return None
        return sides

    def functions(self, style: int) -> dict[str, Chosen]:
        """Return what is chosen for the declared functions in a style."""
        return {name: _chosen(style + 3 * k) for k, name in enumerate(self.search.scope.functions)}

    def point(self, draw: Draw, style: int) -> Point:
        """Return the point with its sizes and indices."""
        sizes = self.block.case.sizes
        shown: dict[str, object] = {}
        for variable in self.search.scope.variables:
            shape = tuple(sizes[dim] for dim in variable.dims)
            shown[variable.name] = nested(shape, partial(_at, draw.values, variable.name))
        shown.update(self.functions(style))
        return Point(sizes, {str(name): value for name, value in self.choice.items()}, shown)

    def counterexample(self, draw: Draw, style: int) -> Counterexample:
        """Return the counterexample at a point at which the sides differ."""
        point = self.point(draw, style)
        for bits in PRECISIONS:
            with q.precision(bits):
                found = self.both(draw, style)
                if found is not None and q.sign(q.subtract(*found)):
                    left, right = pair(*found)
                    break
        shown = {
            name: value.text if isinstance(value, Chosen) else texts(value)
            for name, value in point.values.items()
        }
        return Counterexample(point.sizes, point.indices, shown, left, right, point)


def _at(values: Mapping[Key, Value], name: str, at: tuple[int, ...]) -> Value:
    return values[name, at]


def _chosen(style: int) -> Chosen:
    simple = (
        Chosen((Fraction(0), Fraction(0), Fraction(1))),
        Chosen((), Fraction(1), Fraction(1)),
        Chosen((Fraction(1), Fraction(2))),
        Chosen((Fraction(0), Fraction(1), Fraction(0), Fraction(1))),
        Chosen((Fraction(1), Fraction(-1), Fraction(2)), Fraction(1), Fraction(-1)),
    )
    if style < len(simple):
        return simple[style]
    source = random.Random(style)  # noqa: S311 - reproducible, not secret
    coefficients = tuple(Fraction(source.randint(-3, 3), source.randint(1, 3)) for _ in range(5))
    return Chosen(coefficients, Fraction(source.randint(-2, 2)), Fraction(source.choice((1, -1, 2)), 2))


def examine(equation: Equation, context: Context, budget: Budget | None = None) -> Examination:
    """Look for a point that satisfies every declaration and hypothesis and at which the two sides differ.

    Different sizes vary by themselves; every equality pattern of the free indices and labels that `when` and
    `distinct` admit is tried at each. Deterministic, but for the bound in seconds.
    """
    return Search(equation, context, budget or Budget()).run()


def holds(condition: Compare, context: Context, point: Point) -> bool | None:
    """Return whether a condition holds at a point, for all values of the indices that the point leaves out.

    `None` if a side has no value there or the finest precision cannot tell.
    """
    from derive.notation import free_indices
    from derive.oracle.constraints import assignments
    from derive.oracle.evaluator import RELATIONS

    program = Program(context, point.sizes, dict(point.indices), (condition.left, condition.right))
    pairs = [program.compare(condition, choice) for choice in assignments(free_indices(condition), program)]
    outcome: bool | None = True
    for left, right in pairs:
        sign = None
        for bits in PRECISIONS:
            with q.precision(bits):
                evaluator = Evaluator(program, {k: v.number() for k, v in point.entries()}, point.functions())
                sides = evaluator.value(left), evaluator.value(right)
                if None in sides:
                    break
                sign = q.compare(*sides)
                if sign is not None:
                    break
        if sign is None:
            outcome = None
        elif not RELATIONS[condition.relation](sign):
            return False
    return outcome


def evaluate(term: Term, context: Context, point: Point, bits: int = PRECISIONS[0]) -> Quantity | None:
    """Return the value of a term at a point as a ball (`arb`), `None` if it has none or this cannot be decided.

    Every index and label of the term stands in `point.indices`, every variable in `point.values`.
    """
    program = Program(context, point.sizes, dict(point.indices), (term,))
    node = program.term(term, dict(point.indices))
    with q.precision(bits):
        entries = {key: value.number() for key, value in point.entries()}
        value = Evaluator(program, entries, point.functions()).value(node)
        return None if value is None else q.finite(q.ball(value))
