"""One case of a claim with one choice of its indices: the points tried, and whether the two sides differ there.

It says "different" only of two finite values that exact arithmetic or disjoint balls separate.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from derive.oracle import quantities as q
from derive.oracle.constraints import Condition
from derive.oracle.evaluator import Evaluator
from derive.oracle.examination import Counterexample
from derive.oracle.ground import Key
from derive.oracle.guards import Guards
from derive.oracle.patterns import Block
from derive.oracle.points import Chosen, Point, Value, nested, texts
from derive.oracle.quantities import Quantity
from derive.oracle.reaching import Reach
from derive.oracle.sampling import Draw
from derive.oracle.session import Question
from derive.oracle.shown import pair
from derive.oracle.shrink import shrunk
from derive.oracle.strategies import STRUCTURED, chosen_function
from derive.problem.scopes import case_text
from derive.terms import Relation

WIDE = 2.0**-40  # two balls that meet and are wider than this are computed again, finer
TRIES = 40  # styles beyond the wanted number, for those that give no point
FEW, CHEAP = 3, 60  # entries up to which twice as many points are tried; nodes up to which a point is cheap
LEAST_POINTS = 5
MOST_BOUNDARIES = 6
MOST_FOR_A_BRANCH = 4
BOUNDARY_STYLES = (0, 2, STRUCTURED, STRUCTURED + 1)


class Trial:
    """One case with one choice of indices."""

    def __init__(self, question: Question, block: Block, choice: Mapping[str | int, int]) -> None:
        self.question = question
        self.case = block.case
        self.among = block.among
        self.choice = choice
        labels = {name: value for name, value in choice.items() if name in question.context.labels}
        self.scene = question.scene(block.case.sizes, labels)
        self.program = self.scene.program
        self.left = self.program.term(question.equation.left, choice)
        self.right = self.program.term(question.equation.right, choice)
        minus = self.program.node("multiply", (self.program.number(-1), self.right))
        self.difference = self.program.node("add", (self.left, minus))
        question.note_unknown_functions(self.program)
        self.reach = self._reach()

    def _reach(self) -> Reach | None:
        """Return what looks for branches that are not taken, `None` where nothing is compared."""
        guards = Guards(self.program, (self.left, self.right))
        if not guards.at or self.scene.sampler is None:
            return None
        question = self.question
        return Reach(
            guards,
            self.scene.sampler,
            question.coverage,
            self.functions,
            lambda extra: question.sampler(self.program, extra),
            question.greatest,
        )

    def points(self) -> Iterator[tuple[int, Draw]]:
        """Yield points that satisfy everything, simple ones first, with the number of their style."""
        if self.scene.sampler is None or self.question.spent():
            return
        given: set[tuple[object, ...]] = set()
        enough = self._enough()
        for style in range(enough + TRIES):
            if len(given) >= enough or self.question.spent():
                break
            draw = self.scene.draw(style)
            if draw is not None:
                # With declared functions the same values are another point in another style.
                seen = (*draw.values.values(), *self.functions(style).values())
                if seen not in given:
                    given.add(seen)
                    yield style, draw
            if not self.scene.sampler.given.entries and not self.question.scope.functions:
                break
            if style == STRUCTURED:
                yield from self._boundaries()
        if self.reach is not None:
            for style, draw in self.reach.points(max(1, min(MOST_FOR_A_BRANCH, enough // 2))):
                if self.question.spent():
                    return
                yield style, draw
        if not given and not self.question.spent():
            here = f" at {case_text(self.case)}" if self.case.sizes or self.case.pattern else ""
            self.question.note(f"no point was found that satisfies the hypotheses{here}")

    def _enough(self) -> int:
        """Return how many points to try: more where there are few entries, fewer where points or patterns are dear."""
        most = self.question.budget.points
        if len(self.program.bits) <= FEW and self.among <= FEW:
            return 2 * most
        dear = max(len(self.program.nodes), CHEAP) * max(self.among, FEW)
        return max(most * CHEAP * FEW // dear, min(most, LEAST_POINTS))

    def _boundaries(self) -> Iterator[tuple[int, Draw]]:
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
            sampler = self.question.sampler(self.program, Condition(Relation.EQUAL, left, right), exact=True)
            for style in BOUNDARY_STYLES if sampler is not None else ():
                draw = sampler.sample(style) if sampler is not None else None
                if draw is not None:
                    yield style, draw

    def shrunk(self, draw: Draw, style: int) -> Draw:
        """Return a simpler point at which the sides differ, if there is one."""
        return shrunk(draw, self.scene.sampler, lambda other: bool(self.differ(other, style)))

    def tried(self, draw: Draw, style: int) -> bool | None:
        """Return whether the two sides differ at a point, and remember which branches it takes."""
        return self.differ(draw, style, note=True)

    def differ(self, draw: Draw, style: int, note: bool = False) -> bool | None:
        """Return whether the two sides certainly differ at a point; `None` if one has no value there."""
        for bits in q.PRECISIONS:
            self.question.evaluations += 1
            with q.precision(bits):
                evaluator = self._evaluator(draw, style)
                found = self._both(evaluator)
                if found is None:
                    return None
                if note and self.reach is not None:
                    self.reach.note(draw, style, evaluator)
                    note = False
                difference = q.subtract(*found)
                sign = q.sign(difference)
                if sign is None:
                    difference = self._cancelled(evaluator, difference)
                    sign = q.sign(difference)
                if sign is not None:
                    return sign != 0
                if q.ball(difference).rad() < WIDE:
                    return False
        return False

    def _cancelled(self, evaluator: Evaluator, difference: Quantity) -> Quantity:
        """Return left minus right without what stands on both sides: balls do not tell exp(x) + 1 from exp(x)."""
        found = evaluator.value(self.difference)
        return difference if found is None else found

    def _evaluator(self, draw: Draw, style: int) -> Evaluator:
        entries = {key: value.number() for key, value in draw.values.items()}
        return Evaluator(self.program, entries, self.functions(style))

    def _both(self, evaluator: Evaluator) -> tuple[Quantity, Quantity] | None:
        """Return the values of both sides at the current precision."""
        left, right = evaluator.value(self.left), evaluator.value(self.right)
        if left is None or right is None or q.finite(left) is None or q.finite(right) is None:
            return None
        return left, right

    def functions(self, style: int) -> dict[str, Chosen]:
        """Return what is chosen for the declared functions in a style."""
        names = self.question.scope.functions
        return {name: chosen_function(style + 3 * k) for k, name in enumerate(names)}

    def point(self, draw: Draw, style: int) -> Point:
        """Return the point with its sizes and indices."""
        sizes = self.case.sizes
        values: dict[str, object] = {}
        for variable in self.question.scope.variables:
            shape = tuple(sizes[dim] for dim in variable.dims)
            values[variable.name] = nested(shape, partial(_at, draw.values, variable.name))
        values.update(self.functions(style))
        return Point(sizes, {str(name): value for name, value in self.choice.items()}, values)

    def counterexample(self, draw: Draw, style: int) -> Counterexample:
        """Return the counterexample at a point at which the sides differ."""
        point = self.point(draw, style)
        left = right = ""
        near: tuple[str, ...] = ()
        for bits in q.PRECISIONS:
            with q.precision(bits):
                evaluator = self._evaluator(draw, style)
                found = self._both(evaluator)
                if found is None:
                    continue
                difference = q.subtract(*found)
                if not q.sign(difference):
                    difference = self._cancelled(evaluator, difference)
                if q.sign(difference):
                    left, right = pair(*found, difference)
                    near = tuple(
                        n for n, side in zip(("left", "right"), found, strict=True) if q.sign(side) is None
                    )
                    break
        values = {n: v.text if isinstance(v, Chosen) else texts(v) for n, v in point.values.items()}
        return Counterexample(point.sizes, point.indices, values, left, right, point, near)


def _at(values: Mapping[Key, Value], name: str, at: tuple[int, ...]) -> Value:
    return values[name, at]
