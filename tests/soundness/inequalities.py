"""Inequalities of known truth as texts: made by valid rules, or damaged until a third opinion sees one fail.

A true one is looked at by the third opinion at points of its own; where it fails there, it is kept as disputed.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mpmath import mp

from derive.reading.text import read
from derive.terms import Context, Equation, Index, Relation, free_indices
from tests.soundness import opinion
from tests.soundness.opinion import Key, Point
from tests.soundness.points import admitted
from tests.soundness.problems import Problem
from tests.soundness.reals import NoValueError

INEQUALITIES = 0.1  # how many of the problems are inequalities, unless a campaign says otherwise
TRIES_TRUE, TRIES_FALSE = 6, 60
DECLARED = """size n
real x[n], y[n]
real s, r
positive a[n]
positive c, d
simplex w[n]
real t in [0, 1]
let p[i] = exp(x[i])/sum(exp(x[k]), k)
"""
TURNED = {"<=": ">=", ">=": "<=", "<": ">", ">": "<"}


@dataclass(frozen=True)
class Bound:
    """An inequality as text, whether equality is attained in it, and the rule by which it was made."""

    left: str
    relation: str
    right: str
    rule: str
    attained: bool = False

    def __str__(self) -> str:
        return f"{self.left} {self.relation} {self.right}"


def inequality(seed: int, number: int) -> Problem:
    """Return the inequality of this number; even ones are true, odd ones false."""
    rng = random.Random(f"{seed}:{number}:inequality")  # noqa: S311 - reproducible, not secret
    truth = number % 2 == 0
    for _ in range(400):
        made = rng.choice(RULES)(rng)
        declared = DECLARED
        if not truth:
            made, declared = _damaged(made, rng)
        text = f"{declared}claim {made}\n"
        fails = _fails(text, rng, TRIES_TRUE if truth else TRIES_FALSE)
        kind = made.rule if truth else f"damaged: {made.rule}"
        if truth or fails:
            disputed = text if truth and fails else None
            return Problem(seed, number, text, truth, kind, frozenset({"inequality"}), disputed=disputed)
    raise RuntimeError(f"no inequality {seed}:{number} was found")


def holds_at(equation: Equation, context: Context, point: Point) -> bool | None:
    """Return whether an inequality holds at a point, `None` if a side has no value or nothing is sure."""
    with mp.workprec(opinion.BITS):
        try:
            left, right = opinion.sides(equation, context, point, opinion.STEP)
        except NoValueError:
            return None
        apart, scale = left - right, 1 + abs(left) + abs(right)
        if abs(apart) <= opinion.EQUAL * scale:
            return equation.relation.holds(0)
        if abs(apart) > opinion.DIFFERENT * scale:
            return equation.relation.holds(1 if apart > 0 else -1)
    return None


def _fails(text: str, rng: random.Random, tries: int) -> bool:
    """Return whether the third opinion sees a claim fail at one of so many points."""
    (problem,) = read(text)
    (claim,) = problem.claims
    for equation in claim.equations:
        for attempt in range(tries):
            point = _point(equation, claim.context, rng, attempt)
            if admitted(claim.context, point) and holds_at(equation, claim.context, point) is False:
                return True
    return False


def _point(equation: Equation, context: Context, rng: random.Random, attempt: int) -> Point:
    sizes = {name: size.fixed or rng.choice((1, 2, 2, 3)) for name, size in context.sizes.items()}
    entries: dict[Key, Any] = {}
    pool = ((-2, -1, 0, 1, 2), (-24, -7, -3, 5, 8, 30), (0, 0, 1, 1), (-1, 1))[attempt % 4]
    for variable in context.variables.values():
        places = _places(tuple(sizes[dim] for dim in variable.dims))
        if variable.kind == "simplex":
            shares = [rng.choice((0, 1, 1, 2, 5)) for _ in places]
            shares = shares if any(shares) else [1] * len(places)
            entries |= {
                (variable.name, at): mp.mpf(k) / sum(shares) for at, k in zip(places, shares, strict=True)
            }
            continue
        ends = {bound.relation for bound in variable.bounds}
        for at in places:
            value = mp.mpf(rng.choice(pool)) / rng.choice((1, 1, 2, 4))
            if Relation.AT_MOST in ends:  # an interval from 0 to 1
                value = mp.mpf(rng.randint(0, 4)) / 4
            elif ends:
                value = abs(value) or mp.mpf(1)
            entries[variable.name, at] = value
    free: tuple[Index, ...] = (*free_indices(equation.left), *free_indices(equation.right))
    chosen = {str(index.name): rng.randint(1, sizes[index.dim]) for index in dict.fromkeys(free)}
    return Point(sizes, chosen, entries)


def _places(shape: tuple[int, ...]) -> list[tuple[int, ...]]:
    if not shape:
        return [()]
    return [(k, *rest) for k in range(1, shape[0] + 1) for rest in _places(shape[1:])]


# what is true


def _scalar(rng: random.Random) -> str:
    return rng.choice(("s", "r", "s - r", "2*s", "s*r", "s + 1", "-r", "s^2 - r", "sin(s)", "s/2 - 1"))


def _entry(rng: random.Random, j: str = "j") -> str:
    forms = (f"x[{j}]", f"y[{j}]", f"x[{j}] - y[{j}]", f"2*x[{j}] + 1", f"x[{j}]*y[{j}]", f"s*x[{j}]")
    return rng.choice(forms)


def _positive(rng: random.Random) -> str:
    return rng.choice(("c", "d", "c + d", "c*d", "c/d", "exp(s)", "1 + r^2", "sqrt(c)", "c^2"))


_CONVEX = (
    "exp({})",
    "({})^2",
    "abs({})",
    "softplus({})",
    "relu({})",
    "({})^4",
    "cosh({})",
    "log(1 + exp(2*({})))",
)
_RISING = (
    "exp({})",
    "softplus({})",
    "sigmoid({})",
    "relu({})",
    "tanh({})",
    "atan({})",
    "({})^3",
    "2*({}) + 1",
)


def _squares(rng: random.Random) -> Bound:
    u, v, k = _scalar(rng), _scalar(rng), rng.choice((1, 2, 3))
    left, right = f"({u})^2 + {k * k}*({v})^2", f"{2 * k}*({u})*({v})"
    return rng.choice(
        (
            Bound(left, ">=", right, "squares", True),
            Bound(f"({left})/2", ">=", f"({right})/2", "squares", True),
        )
    )


def _summed_squares(rng: random.Random) -> Bound:
    u, v = _entry(rng), _entry(rng)
    return Bound(f"sum(({u})^2 + ({v})^2, j)", ">=", f"2*sum(({u})*({v}), j)", "squares under a sum", True)


def _tangents(rng: random.Random) -> Bound:
    u, v = _scalar(rng), _positive(rng)
    made = (
        Bound(f"exp({u})", ">=", f"1 + {u}", "tangents", True),
        Bound(f"log({v})", "<=", f"{v} - 1", "tangents", True),
        Bound(f"log({v})", ">=", f"1 - 1/({v})", "tangents", True),
        Bound(f"log(1 + {v})", "<", v, "tangents"),
    )
    return rng.choice(made)


def _means(rng: random.Random) -> Bound:
    u, v = _positive(rng), _positive(rng)
    made = (
        Bound(f"({u} + {v})/2", ">=", f"sqrt(({u})*({v}))", "means", True),
        Bound(f"t*({u}) + (1 - t)*({v})", ">=", f"({u})^t*({v})^(1 - t)", "means", True),
        Bound(f"({u})/({v}) + ({v})/({u})", ">=", "2", "means", True),
        Bound("mean(a[j], j)", ">=", "prod(a[j], j)^(1/n)", "means", True),
        Bound("sum(a[j], j)*sum(1/a[j], j)", ">=", "n^2", "means", True),
    )
    return rng.choice(made)


def _jensen(rng: random.Random) -> Bound:
    f, u = rng.choice(_CONVEX), rng.choice(("x[j]", "y[j]", "2*x[j]", "x[j] - s"))
    weighted = rng.random() < 0.6
    inner = f"sum(w[j]*({u}), j)" if weighted else f"mean({u}, j)"
    outer = f"sum(w[j]*{f.format(u)}, j)" if weighted else f"mean({f.format(u)}, j)"
    return Bound(f.format(inner), "<=", outer, "Jensen", True)


def _cauchy(rng: random.Random) -> Bound:
    u, v = _entry(rng), _entry(rng)
    return Bound(
        f"sum(({u})*({v}), j)^2", "<=", f"sum(({u})^2, j)*sum(({v})^2, j)", "Cauchy and Schwarz", True
    )


def _softmax(rng: random.Random) -> Bound:
    made = (
        Bound("p[i]", "<=", "1", "softmax", True),
        Bound("p[i]", ">", "0", "softmax"),
        Bound("p[i]*(1 - p[i])", "<=", "1/4", "softmax", True),
        Bound("sum(p[j]^2, j)", "<=", "1", "softmax", True),
        Bound("sum(p[j]*y[j]^2, j)", ">=", "sum(p[j]*y[j], j)^2", "softmax", True),
        Bound("logsumexp(x)", ">=", "x[i]", "softmax", True),
        Bound("logsumexp(x)", "<=", "max(x[j], j) + log(n)", "softmax", True),
        Bound("sum(p[j]*y[j], j)", "<=", "max(y[j], j)", "softmax", True),
    )
    return rng.choice(made)


def _extremes(rng: random.Random) -> Bound:
    u, v = _entry(rng), _entry(rng)
    made = (
        Bound(f"mean({u}, j)", "<=", f"max({u}, j)", "extremes", True),
        Bound(f"min({u}, j)", "<=", f"sum(w[j]*({u}), j)", "extremes", True),
        Bound(f"max({u} + {v}, j)", "<=", f"max({u}, j) + max({v}, j)", "extremes", True),
        Bound(f"abs(sum({u}, j))", "<=", f"sum(abs({u}), j)", "extremes", True),
        Bound(f"abs(max({u}, j))", "<=", f"max(abs({u}), j)", "extremes", True),
    )
    return rng.choice(made)


@dataclass(frozen=True)
class Claimed(Bound):
    """A property of a term, `convex(E, s)`: left is its name, right what stands in the brackets."""

    def __str__(self) -> str:
        return f"{self.left}({self.right})"


def _convexity(rng: random.Random) -> Bound:
    f, g = rng.choice(_CONVEX), rng.choice(_CONVEX)
    affine = rng.choice(("s", "2*s - r", "1 - s", "s/2 + c"))
    made = (
        Claimed("convex", "", f"{f.format(affine)}, s", "convexity"),
        Claimed("convex", "", f"{f.format(affine)} + c*{g.format('s')}, s", "convexity"),
        Claimed("convex", "", f"max({f.format(affine)}, {g.format('s')}), s", "convexity"),
        Claimed("convex", "", f"sum({f.format('x[j]')}, j), x", "convexity"),
        Claimed("convex", "", f"logsumexp(x) + d*sum({f.format('x[j]')}, j), x", "convexity"),
        Claimed("convex", "", f"where(s <= 0, 0, {rng.choice(('s^2', 's', '2*s', 's^3'))}), s", "convexity"),
    )
    return rng.choice(made)


def _monotone(rng: random.Random) -> Bound:
    f, g = rng.choice(_RISING), rng.choice(_RISING)
    return Claimed("increasing", "", f"{f.format(g.format('s'))}, s", "monotone")


RULES: tuple[Callable[[random.Random], Bound], ...] = (
    _squares, _summed_squares, _tangents, _means, _jensen, _cauchy, _softmax, _extremes, _convexity, _monotone,
)  # fmt: skip


# what is false


def _damaged(made: Bound, rng: random.Random) -> tuple[Bound, str]:
    """Return an inequality changed so that it may be false, and the declarations, of which a hypothesis may be lost."""
    declared = DECLARED
    if isinstance(made, Claimed):
        other = {"convex": "concave", "increasing": "decreasing"}[made.left]
        term, variable = made.right.rsplit(", ", 1)
        changed = rng.choice(((other, made.right), (made.left, f"-({term}), {variable}")))
        return Claimed(changed[0], "", changed[1], made.rule), declared
    left, relation, right = made.left, made.relation, made.right
    match rng.choice(("turned", "strict", "constant", "shifted", "lost")):
        case "turned":
            relation = TURNED[relation]
        case "strict" if made.attained:
            relation = relation[0]
        case "constant":
            factor = rng.choice(("1/2", "9/10", "11/10", "2"))
            right = f"{factor}*({right})"
        case "shifted":
            right = f"{right} {'+' if relation[0] == '>' else '-'} 1/{rng.choice((2, 5, 20))}"
        case _:
            declared = declared.replace("positive c, d\n", "real c, d\n").replace("simplex w[n]", "real w[n]")
    return Bound(left, relation, right, made.rule), declared
