"""What a rewrite relies on is in force: at every point that satisfies it, term and normal form have the same value.

Nothing else holds at the points: a summand that is left out has no value at many of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest

from derive.kernel.cases import Case
from derive.kernel.decide import clear
from derive.kernel.domain import domain
from derive.kernel.goals import goals_of
from derive.kernel.signs.conditions import recheck
from derive.terms import (
    ZERO,
    Bound,
    Context,
    Derivative,
    Entry,
    Equation,
    Relation,
    Size,
    Term,
    Variable,
    arrays,
)
from tests.kernel.normal_form.generated import FREE, SIZE, Terms, point
from tests.kernel.normal_form.test_total import EQUAL, UNFIT, at_pattern, close, use_the_case_of
from tests.kernel.normal_form.total import RELATIONS, Point, holds_everywhere, poly_value, term_value

MANY = 25
BOUNDS = (
    (),
    (),
    (),
    (Bound(Relation.GREATER, ZERO),),
    (Bound(Relation.AT_LEAST, ZERO),),
    (Bound(Relation.UNEQUAL, ZERO),),
)
ARRAYS = {"x": (SIZE,), "y": (SIZE,), "W": (SIZE, SIZE), "u": (), "v": ()}


def context_of(random: Random) -> Context:
    variables = {name: Variable(name, dims, random.choice(BOUNDS)) for name, dims in ARRAYS.items()}
    return Context({SIZE: Size(SIZE)}, variables, functions=frozenset("f"))


def claims(seed: int) -> tuple[Term, Context]:
    """Return a random term, one in five differentiated, with declarations."""
    random = Random(seed)  # noqa: S311 - a test that can be repeated
    context = context_of(random)
    term = Terms(random).term(random.choice((2, 3, 3, 4)))
    names = sorted(set(arrays(term)) & {"x", "u"})
    if names and random.random() < 0.2:
        by = random.choice(names)
        term = Derivative(term, (Entry(by, FREE[: len(ARRAYS[by])]),))
    return term, context


def points(seed: int, context: Context) -> Iterator[Point]:
    """Yield points that satisfy the declarations."""
    random = Random(seed)  # noqa: S311 - a test that can be repeated
    for number in range(24):
        at = point(random, 1 + number % 3)
        for (name, place), value in at.entries.items():
            bounds = context.variables[name].bounds
            if not all(RELATIONS[b.relation](value, 0) for b in bounds):
                at = at.changed((name, place), abs(value) or 1)
        yield at


def disagreement(term: Term, context: Context, at: Point, patch: pytest.MonkeyPatch) -> str | None:
    """Return the step at which a value changes, `None` where none does.

    Raises:
        ValueError: the point does not satisfy what is in force.
    """
    fixed, apart = at_pattern(term, at)
    (goal,) = goals_of(Equation(fixed, ZERO), context, domain(fixed, context))
    if not all(holds_everywhere(c, at) for c in goal.conditions):
        raise ValueError
    use_the_case_of(at, patch)
    run = Case(goal, context)
    ring = run.ring
    ring.facts.different = apart
    run.install()
    if run._take_conditions() is not None:
        raise ValueError
    recheck(ring)
    form = run.translator.difference(goal.left, goal.right)
    value = poly_value(form, at)
    if not close(value, term_value(goal.left, at)):
        return "translation"
    for step in (clear, *EQUAL[:3], clear, *EQUAL[3:5], clear, *EQUAL[5:]):
        form, before = step(ring, form), value
        value = poly_value(form, at)
        same = close(value, before) if step in EQUAL else bool(value) or not before
        if not same or any(poly_value(equation, at) for equation in ring.rewrites.equations):
            return step.__name__
    return None


def found(seeds: range, patch: pytest.MonkeyPatch, enough: int = 2) -> tuple[int, list[str]]:
    """Return how many points were compared, and where a value changed."""
    compared, wrong = 0, []
    for seed in seeds:
        term, context = claims(seed)
        done = 0
        for at in points(seed, context):
            if done == enough:
                break
            try:
                step = disagreement(term, context, at, patch)
            except (ValueError, *UNFIT):
                continue
            done += 1
            if step is not None:
                wrong.append(f"{step}, seed {seed}: {term} at {at}")
        compared += done
    return compared, wrong


@pytest.mark.parametrize("block", range(6))
def test_every_step_keeps_the_value(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    compared, wrong = found(range(block * MANY, (block + 1) * MANY), monkeypatch)
    assert not wrong, wrong[0]
    assert compared > MANY
