"""A fourth opinion, where torch is installed: derivatives of random terms by its automatic differentiation."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

import pytest
from mpmath import mp

from derive.reading.text import read
from derive.terms import (
    Add,
    Apply,
    Big,
    Constant,
    Delta,
    Derivative,
    Entry,
    Equation,
    Index,
    Multiply,
    Number,
    Power,
    SizeNumber,
    Term,
    free_indices,
    unfold,
)
from tests.soundness import opinion
from tests.soundness.opinion import NoValueError, Opinion, Point
from tests.soundness.points import point_at
from tests.soundness.problems import problem
from tests.soundness.settings import Setting

pytestmark = pytest.mark.long

torch = pytest.importorskip("torch", reason="the opinion of torch is optional")

SEED, COUNT, LEAST = 5, 1500, 100


class UnknownError(Exception):
    """A term that is not translated here."""


def test_derivatives_agree_with_autograd() -> None:
    """First derivatives of smooth terms at random points, to ten digits."""
    compared = 0
    for number in range(0, COUNT, 2):
        (group,) = read(problem(SEED, number).text)
        side = group.claims[0].sides[0].term
        if isinstance(side, Derivative) and len(side.variables) == 1:
            compared += _compared(side, Setting(group.claims[0].context, ()))
    assert compared >= LEAST


def _compared(side: Derivative, setting: Setting) -> bool:
    context = setting.context
    (by,) = side.variables
    if by.name in context.definitions or context.hypotheses or context.functions:
        return False
    rng = random.Random(3)  # noqa: S311 - reproducible, not secret
    sizes = {name: size.fixed or size.minimum + 1 for name, size in context.sizes.items()}
    letters = [i for i in free_indices(side) if isinstance(i.name, str)]
    places = {str(i.name): rng.randint(1, sizes[i.dim]) for i in (*letters, *context.labels.values())}
    with mp.workprec(opinion.BITS):
        point = point_at(setting, sizes, places, rng)
        if point is None:
            return False
        try:
            ours = float(Opinion(context, point, opinion.STEP).of(side))
            theirs = _autograd(unfold(side.body, context.definitions), by, point)
        except (NoValueError, UnknownError):
            return False
    if not (math.isfinite(theirs) and abs(ours) < 1e8):
        return False  # out of the reach of double precision
    assert theirs == pytest.approx(ours, rel=1e-8, abs=1e-8), str(Equation(side, side))
    return True


def _autograd(body: Term, by: Entry, point: Point) -> float:
    tensors = Tensors(point)
    whole = tensors.value(body, {})
    if not whole.requires_grad:
        return 0.0
    key = by.name, tuple(tensors.place(i, {}) for i in by.indices)
    (slope,) = torch.autograd.grad(whole, tensors.entries[key], allow_unused=True)
    return 0.0 if slope is None else float(slope)


def _constant(value: float) -> Any:
    return torch.tensor(value, dtype=torch.float64)


class Tensors:
    """The entries at a point as tensors, and the values of terms on them."""

    def __init__(self, point: Point) -> None:
        self.point = point
        self.entries = {key: _constant(float(x)).requires_grad_() for key, x in point.entries.items()}

    def place(self, index: Index, places: dict[Index, int]) -> int:
        """Return the position at which an index stands."""
        if index in places:
            return places[index]
        return index.name if isinstance(index.name, int) else self.point.places[index.name]

    def value(self, node: Term, places: dict[Index, int]) -> Any:
        """Return the value of a term. Raises `UnknownError`."""
        match node:
            case Entry(name, indices):
                return self.entries[name, tuple(self.place(i, places) for i in indices)]
            case Number(number):
                return _constant(float(number))
            case SizeNumber(name):
                return _constant(float(self.point.sizes[name]))
            case Constant():
                return _constant(math.pi)
            case Add(terms):
                return sum(self.value(t, places) for t in terms)
            case Multiply(factors):
                return math.prod(self.value(f, places) for f in factors)
            case Power(base, exponent):
                return self.value(base, places) ** self.value(exponent, places)
            case Delta(left, right):
                return _constant(float(self.place(left, places) == self.place(right, places)))
            case Apply(name, (argument,)) if name in FUNCTIONS:
                return FUNCTIONS[name](self.value(argument, places))
            case Big("sum", (binder,), inner):
                excluded = {self.place(i, places) for i in binder.excluded}
                here = [k for k in range(1, self.point.sizes[binder.index.dim] + 1) if k not in excluded]
                parts = [self.value(inner, {**places, binder.index: k}) for k in here]
                return sum(parts, _constant(0.0))
        raise UnknownError


FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    name: getattr(torch, name)
    for name in ("exp log sqrt sin cos tan atan sinh cosh tanh asinh sigmoid erf erfc digamma lgamma").split()
} | {"softplus": torch.nn.functional.softplus}
