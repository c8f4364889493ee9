"""Claims on whole arrays: rewritten ones, gradients by reverse accumulation, and damaged ones."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction

from mpmath import mp

from derive.problem.declarations import declarations
from derive.terms import Compare, Context, Entry, Hypothesis, Index, Relation, Size, Variable
from tests.soundness import opinion
from tests.soundness.points import point_at, sizes_at
from tests.soundness.problems import TRIES_FALSE, TRIES_TRUE, WITNESSES, Standing
from tests.soundness.reals import NoValueError, Real
from tests.soundness.settings import POSITIVE, Setting
from tests.soundness.templates import symmetric
from tests.soundness.whole import (
    SLOPES,
    Calculator,
    Whole,
    array,
    derivative,
    flat,
    made_of,
    number,
    of,
    size_number,
)
from tests.soundness.whole_rules import damaged, gradient, rewritten, spots

MOST = 60  # operations and names in a side; a larger one is drawn again
FUNCTIONS = tuple(name for name in SLOPES if name not in ("log", "sqrt"))


@dataclass(frozen=True)
class WholeClaim:
    """Two formulas of whole arrays of one shape, claimed to be equal: true, or false if it was damaged."""

    setting: Setting
    left: Whole
    right: Whole
    false: bool = False
    kind: str = ""
    added: frozenset[str] = field(default_factory=frozenset)

    def text(self) -> str:
        """Return the claim as a text of the language."""
        return "\n".join([*declarations(self._used()), f"claim {self.left} = {self.right}", ""])

    def readable(self) -> bool:
        """Return whether it is of a size that a person would write, and no side is the other."""
        sides = str(self.left), str(self.right)
        named = all(any(p.operation == "array" for _, p in spots(one)) for one in (self.left, self.right))
        return sides[0] != sides[1] and max(self.left.size(), self.right.size()) <= MOST and named

    def features(self) -> frozenset[str]:
        """Return what occurs in it."""
        found = {part.operation for one in (self.left, self.right) for _, part in spots(one)}
        shown = found & {"inv", "det", "logdet", "adj", "T", "outer", "diag", "trace", "D"}
        return self.added | {f"whole {name}" for name in shown} | {"whole arrays"}

    def judged(self, rng: random.Random) -> Standing:
        """Return what values at random points say."""
        agreed = 0
        for attempt in range(TRIES_FALSE if self.false else TRIES_TRUE):
            same = self._compared(rng)
            if same is False:
                return "fails"
            agreed += same is True
            if not self.false and agreed >= WITNESSES:
                return "holds"
            if agreed == 0 and attempt >= 10:
                return "unknown"
        return "holds" if agreed else "unknown"

    def _compared(self, rng: random.Random) -> bool | None:
        with mp.workprec(opinion.BITS):
            point = point_at(self.setting, sizes_at(self.setting, rng), {}, rng)
            if point is None:
                return None
            apart = self._apart(point, opinion.STEP)
            if apart is None:
                return None
            if all(abs(d) <= opinion.EQUAL * scale for d, scale in apart):
                return True
            place = max(range(len(apart)), key=lambda k: abs(apart[k][0]) / apart[k][1])
            if not abs(apart[place][0]) > opinion.DIFFERENT * apart[place][1]:
                return None
        bits, step = opinion.FINER
        with mp.workprec(bits):
            again = self._apart(point, step)
            if again is None:
                return None
            steady = abs(again[place][0] - apart[place][0]) <= abs(apart[place][0]) / 1000
            return False if steady else None

    def _apart(self, point: opinion.Point, step: int) -> list[tuple[Real, Real]] | None:
        """Return, entry by entry, how far the sides are apart and how large they are."""
        calculator = Calculator(point.sizes, point.entries, step)
        try:
            sides = [flat(calculator.of(one)) for one in (self.left, self.right)]
        except NoValueError:
            return None
        return [(a - b, 1 + abs(a) + abs(b)) for a, b in zip(*sides, strict=True)]

    def _used(self) -> Context:
        """Return the context without what the claim does not use."""
        parts = [part for one in (self.left, self.right) for _, part in (*spots(one), *_variables(one))]
        names = {part.name for part in parts if part.operation == "array"}
        sizes = {dim for part in parts for dim in part.dims}
        sizes |= {part.name for part in parts if part.operation == "size"}
        context = self.setting.context
        return replace(
            context,
            sizes={name: size for name, size in context.sizes.items() if name in sizes},
            variables={name: v for name, v in context.variables.items() if name in names},
            hypotheses=context.hypotheses if "S" in names else (),
        )


def _variables(node: Whole) -> Iterator[tuple[tuple[int, ...], Whole]]:
    return (((), part.parts[1]) for _, part in spots(node) if part.operation == "D")


class _Maker:
    """Makes formulas of whole arrays over n and m."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        sizes = {"n": Size("n"), "m": Size("m")}
        if rng.random() < 0.2:
            sizes["n"] = Size("n", fixed=rng.choice((1, 2, 3)))
        shapes = {
            "A": ("n", "n"), "B": ("n", "n"), "S": ("n", "n"), "X": ("n", "m"), "Z": ("m", "n"),
            "x": ("n",), "y": ("n",), "w": ("m",), "t": (), "lam": (),
        }  # fmt: skip
        bounds = {"lam": POSITIVE}
        variables = {name: Variable(name, dims, bounds.get(name, ())) for name, dims in shapes.items()}
        i, j = Index("i", "n"), Index("j", "n")
        same = Compare(Relation.EQUAL, Entry("S", (i, j)), Entry("S", (j, i)))
        self.setting = Setting(
            Context(sizes, variables, hypotheses=(Hypothesis(same),)), (), [symmetric("S")]
        )
        self.names = {name: array(name, *dims) for name, dims in shapes.items()}

    def one(self, *choices: Callable[[], Whole]) -> Whole:
        """Return one of several formulas, of which only that is made."""
        return self.rng.choice(choices)()

    def named(self, names: str) -> Whole:
        """Return an array of one of the names, a letter each."""
        return self.names[self.rng.choice(names)]

    def square(self, depth: int) -> Whole:
        """Return a matrix over n and n."""
        if depth <= 0:
            return self.named("AABBS")
        less = depth - 1
        return self.one(
            lambda: self.named("AAB"),
            lambda: self.square(less) @ self.square(less),
            lambda: self.square(less) @ self.square(less),
            lambda: self.square(less) + self.square(less),
            lambda: self.square(less).t,
            lambda: of("inv", self.square(less)),
            lambda: of("inv", self.square(less)),
            lambda: self.rectangle(less) @ self.names["Z"],
            lambda: self.regular(),
            lambda: of("inv", self.regular()),
            lambda: of("outer", self.vector(less), self.vector(less)),
            lambda: of("diag", self.vector(less)),
            lambda: self.number(less) * self.square(less),
            lambda: of("adj", self.square(less)),
        )

    def regular(self) -> Whole:
        """Return a matrix that has an inverse everywhere."""
        x, big = self.names["x"], self.names["X"]
        square = self.one(lambda: big @ big.t, lambda: of("outer", x, x))
        return square + self.names["lam"] * made_of("eye", "n")

    def rectangle(self, depth: int) -> Whole:
        """Return a matrix over n and m."""
        if depth <= 0:
            return self.names["X"]
        return self.one(
            lambda: self.names["X"],
            lambda: self.square(depth - 1) @ self.names["X"],
            lambda: self.names["Z"].t,
            lambda: of("outer", self.vector(depth - 1), self.names["w"]),
            lambda: of(self.rng.choice(FUNCTIONS), self.names["X"]),
        )

    def vector(self, depth: int) -> Whole:
        """Return a vector over n."""
        if depth <= 0:
            return self.named("xxy")
        less = depth - 1
        return self.one(
            lambda: self.named("xy"),
            lambda: self.square(less) @ self.vector(less),
            lambda: self.square(less) @ self.vector(less),
            lambda: self.rectangle(less) @ self.names["w"],
            lambda: self.vector(less) + self.vector(less),
            lambda: self.vector(less) - self.vector(less),
            lambda: self.vector(less) * self.vector(less),
            lambda: of(self.rng.choice(FUNCTIONS), self.vector(less)),
            lambda: of("diag", self.square(less)),
            lambda: self.vector(less) @ self.square(less),
        )

    def number(self, depth: int) -> Whole:
        """Return a number."""
        if depth <= 0:
            return self.one(
                lambda: self.names["t"],
                lambda: self.names["lam"],
                lambda: number(Fraction(self.rng.choice((2, 3)), self.rng.choice((1, 2)))),
            )
        less = depth - 1
        return self.one(
            lambda: of("trace", self.square(less)),
            lambda: of("trace", self.square(less)),
            lambda: of("logdet", self.square(less)),
            lambda: of("det", self.square(less)),
            lambda: self.vector(less) @ self.vector(less),
            lambda: self.vector(less) @ self.square(less) @ self.vector(less),
            lambda: of("sum", self.vector(less)),
            lambda: of("sum", self.rectangle(less)),
            lambda: self.number(less) + self.number(less),
            lambda: self.number(less) * self.number(less),
            lambda: self.number(less) / size_number("n"),
            lambda: of(self.rng.choice(FUNCTIONS), self.number(less)),
        )


def _claim(maker: _Maker, left: Whole, right: Whole) -> WholeClaim:
    if maker.rng.random() < 0.3:
        left, right = right, left
    return WholeClaim(maker.setting, left, right)


def by_whole_rewriting(rng: random.Random) -> WholeClaim:
    """A random formula, and the same rewritten; rarely with a product of a matrix and its inverse at the end."""
    maker = _Maker(rng)
    make = rng.choice((maker.square, maker.square, maker.vector, maker.number, maker.number, maker.rectangle))
    left = make(rng.choice((2, 2, 3)))
    right = rewritten(left, rng, rng.randint(1, 6))
    if right.dims[:1] == ("n",) and rng.random() < 0.25:
        other = maker.square(1)
        right = rng.choice((of("inv", other) @ (other @ right), other @ (of("inv", other) @ right)))
    return _claim(maker, left, right)


def by_whole_gradient(rng: random.Random) -> WholeClaim | None:
    """A derivative by a whole array, and what reverse accumulation says it is, rewritten."""
    maker = _Maker(rng)
    body = maker.number(rng.choice((2, 2, 3)))
    if any(part.operation == "adj" for _, part in spots(body)):
        return None
    names = [name for name in maker.names if body.mentions(name)]
    if not names:
        return None
    by = maker.names[rng.choice(names)]
    right = gradient(body, by, number(1))
    if right is None:
        return None
    return _claim(maker, derivative(body, by), rewritten(right, rng, rng.randint(0, 4)))


def by_whole_damage(rng: random.Random) -> WholeClaim | None:
    """A true claim on whole arrays with one side damaged in one place."""
    make = rng.choice((by_whole_rewriting, by_whole_gradient))
    made = make(rng)
    if made is None:
        return None
    names = {v.name: array(v.name, *v.dims) for v in made.setting.context.variables.values()}
    new, how = damaged(made.right, rng, names)
    if new is None:
        return None
    name = "whole arrays" if make is by_whole_rewriting else "whole gradients"
    return replace(made, right=new, false=True, kind=f"damaged {name}", added=frozenset({f"damage {how}"}))


__all__ = ["WholeClaim", "by_whole_damage", "by_whole_gradient", "by_whole_rewriting"]
