"""A property test of somebody's own gradient, against a proved formula or against differences. Extreme scores occur."""

from __future__ import annotations

import inspect
import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from hypothesis import HealthCheck, assume, settings
from hypothesis import given as given_one
from hypothesis import strategies as st

from derive import oracle
from derive.terms import Context, Term, free_indices
from derive.testing.cases import DerivativeFormula, LossCase, chosen_case, required_proof
from derive.testing.diagnosed import diagnosis
from derive.testing.differences import slope
from derive.testing.points import Drawn, nested_get, points
from derive.testing.shrinking import Bounded
from derive.testing.strategies import scores

# Imported inside functions: NumPy, which need not be there.

Function = Callable[..., Any]

BITS = (128, 512, 4096)  # tried in turn, until the value is known better than floats could tell
GREATEST = 1e300  # beyond it a float cannot be expected to hold the value


class WrongGradientError(AssertionError):
    """A gradient is another than the formula says, at a point: its code may say why."""


def assert_gradient(
    loss: Function,
    gradient: Function,
    problem: str | None = None,
    *,
    given: str | Sequence[str] | None = None,
    wrt: str | Sequence[str] | None = None,
    hessian: Function | None = None,
    names: Mapping[str, str] | None = None,
    at: st.SearchStrategy[Sequence[float]] | None = None,
    examples: int = 100,
    rtol: float = 1e-6,
    atol: float = 1e-9,
) -> None:
    """Fail if a loss or its gradient, as somebody programmed them, are not what they should be at some point.

    `problem` is a text in the language, or the name of a catalogue entry, with a claim `D(E, x[i]) = formula`; where
    it has several cases, `given` is the hypotheses of the one that is meant, and empty for none. The claims must be
    proved. Then points are drawn that satisfy declarations and hypotheses, scores among them at which `exp`
    overflows, and `loss` is compared with E and `gradient` with the formula, both evaluated in balls. The functions
    are called by keyword: their parameters are named like the problem's variables, sizes, or labels (which count
    from 0), or `names` maps them. They get NumPy arrays where NumPy is installed, else nested lists.

    `gradient` returns an array of the shape of x, or a tuple or dict of arrays for several: those by `wrt`, else by
    all that the problem has gradients for, in their order. `hessian` returns the second derivatives by one array,
    for a claim `D(E, x[i], x[j]) = formula`; for `D(E, x[i], x[i])` their diagonal.

    Without a problem the functions take one vector, drawn from `at` (by default `scores()`), and `gradient` and
    `hessian` are compared with central differences of `loss` and `gradient`, as far as these can tell.

    Raises:
        AssertionError: the claim is not proved, or at the point that it tells the values are not right; the message
            has the mistake where the code can be traced and there is one that is known.
        ValueError: the problem has no such claim, or several cases, or a parameter no such name.
    """
    tried = [0]
    if problem is None:
        strategy: st.SearchStrategy[Any] = at if at is not None else scores()
        check: Callable[[Any], None] = _AgainstDifferences(loss, gradient, hessian, rtol, atol, tried)
    else:
        test = _against(problem, given, loss, gradient, hessian, wrt, dict(names or {}), (rtol, atol), tried)
        strategy, check = points(test.case.context), test
    try:
        _run(strategy, Bounded(check), examples)
    except WrongGradientError as wrong:
        if not isinstance(check, _AgainstFormulas):
            raise
        raise AssertionError(f"{wrong}{check.diagnosis()}") from None
    if not tried[0]:
        raise AssertionError("no point was found at which the loss and its gradient have values")


def _run(strategy: st.SearchStrategy[Any], check: Callable[[Any], None], examples: int) -> None:
    def tested(example: Any) -> None:
        check(example)

    settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )(given_one(strategy)(tested))()


# against formulas


def _against(
    problem: str,
    hypotheses: str | Sequence[str] | None,
    loss: Function,
    gradient: Function,
    hessian: Function | None,
    wrt: str | Sequence[str] | None,
    names: Mapping[str, str],
    tolerance: tuple[float, float],
    tried: list[int],
) -> _AgainstFormulas:
    """Return the test of functions against the case of a problem. Raises as `assert_gradient` does."""
    functions = [one for one in (loss, gradient, hessian) if one is not None]
    asked = {names.get(name, name) for one in functions for name in _parameters(one)}
    case = chosen_case(problem, hypotheses, sorted(asked))
    by = [wrt] if isinstance(wrt, str) else list(case.gradients) if wrt is None else list(wrt)
    for name in by:
        if name not in case.gradients:
            raise ValueError(
                f"the problem has no claim D(E, {name}[...]) = formula; it has {', '.join(case.gradients)}"
            )
    second = list(case.hessians.values()) if hessian is not None else []
    if hessian is not None and len(second) != 1:
        raise ValueError(
            f"the problem has {len(second)} claims D(E, x[i], x[j]) = formula, and one is needed"
        )
    for formula in (*(case.gradients[name] for name in by), *second):
        required_proof(case, formula)
    return _AgainstFormulas(case, loss, gradient, hessian, tuple(by), names, tolerance, tried)


@dataclass(frozen=True, slots=True)
class _AgainstFormulas:
    """A test of functions at points of a case: where they are wrong, an `AssertionError`."""

    case: LossCase
    loss: Function
    gradient: Function
    hessian: Function | None
    by: tuple[str, ...]
    names: Mapping[str, str]
    tolerance: tuple[float, float]
    tried: list[int]

    def __call__(self, drawn: Drawn) -> None:
        context = self.case.context
        value = _value(self.case.loss, context, drawn, {})
        assume(value is not None)
        expected = [(one, self._entries(one, drawn)) for one in map(self.case.gradients.__getitem__, self.by)]
        expected_second = [(one, self._entries(one, drawn)) for one in self._second()]
        self.tried[0] += 1
        self._compare("the loss", self._called(self.loss, drawn), value, drawn)
        given = self._by_name(self._called(self.gradient, drawn))
        for formula, entries in expected:
            try:
                self._compared("the gradient", given[formula.name], formula, entries, drawn)
            except AssertionError as wrong:
                raise WrongGradientError(str(wrong)) from None
        for formula, entries in expected_second:
            assert self.hessian is not None  # noqa: S101 - there is a formula for it
            self._compared("the Hessian", self._called(self.hessian, drawn), formula, entries, drawn)

    def diagnosis(self) -> str:
        """Return what is known of the mistake in the gradient, as lines."""
        return diagnosis(self.gradient, self.case.loss, self.case.context, list(self.by), self.names)

    def _second(self) -> list[DerivativeFormula]:
        return [] if self.hessian is None else list(self.case.hessians.values())

    def _entries(self, formula: DerivativeFormula, drawn: Drawn) -> dict[tuple[int, ...], float | None]:
        context = self.case.context
        shape = formula.shape(context, drawn.sizes)
        found = {
            place: _value(formula.right, context, drawn, dict(zip(formula.letters, place, strict=True)))
            for place in _all(shape)
        }
        assume(None not in found.values())
        return found

    def _called(self, function: Function, drawn: Drawn) -> Any:
        wanted = _parameters(function)
        given = _arguments([self.names.get(name, name) for name in wanted], drawn)
        return function(**dict(zip(wanted, given, strict=True)))

    def _by_name(self, found: Any) -> Mapping[str, Any]:
        """Return the arrays that a gradient returned, by the names of what they are by."""
        if isinstance(found, Mapping):
            named = {self.names.get(name, name): one for name, one in found.items()}
            if missing := [name for name in self.by if name not in named]:
                raise ValueError(f"no gradient by {missing[0]} is returned")
            return named
        if len(self.by) > 1:
            arrays = found if isinstance(found, tuple) else (found,)
        else:
            rank = len(self.case.gradients[self.by[0]].letters)
            alone = isinstance(found, tuple) and len(found) == 1 and len(_shape(found[0])) == rank
            arrays = found if alone else (found,)
        if len(arrays) != len(self.by):
            told = f"{len(arrays)} gradients are returned, and the problem has those by {', '.join(self.by)}"
            raise ValueError(f"{told}: say by wrt=[...] which they are")
        return dict(zip(self.by, arrays, strict=True))

    def _compared(
        self,
        what: str,
        entries: Any,
        formula: DerivativeFormula,
        expected: Mapping[tuple[int, ...], float | None],
        drawn: Drawn,
    ) -> None:
        shape = formula.shape(self.case.context, drawn.sizes)
        _fits(entries, shape, what, formula.name, _said(drawn))
        for place, one in expected.items():
            where = f"[{','.join(map(str, place))}]" if place else ""
            told = f"{what} by {formula.name}{where}"
            self._compare(told, nested_get(entries, place), one, drawn, f" = {formula.right}")

    def _compare(self, what: str, got: Any, expected: float | None, drawn: Drawn, formula: str = "") -> None:
        number, (rtol, atol) = float(got), self.tolerance
        if expected is not None and not abs(number - expected) <= atol + rtol * abs(expected):  # also for nan
            raise AssertionError(
                f"{what} is {number!r}, and {expected!r}{formula} is right, at {_said(drawn)}"
            )


def _all(shape: Sequence[int]) -> Iterator[tuple[int, ...]]:
    return itertools.product(*(range(1, length + 1) for length in shape))


def _value(term: Term, context: Context, drawn: Drawn, indices: Mapping[str, int]) -> float | None:
    """Return a value as good as a float can hold it, `None` if there is none or it cannot be told."""
    free = {str(index.name) for index in free_indices(term) if not isinstance(index.name, int)}
    point = drawn.point({name: k for name, k in indices.items() if name in free or name in indices})
    for bits in BITS:
        ball = oracle.evaluate(term, context, point, bits)
        if ball is None:
            continue
        middle, radius = float(ball.mid()), float(ball.rad())
        if math.isfinite(middle) and radius <= 1e-14 * abs(middle) + 1e-300:
            return middle if abs(middle) < GREATEST else None
    return None


def _parameters(function: Function) -> list[str]:
    return [
        name
        for name, one in inspect.signature(function).parameters.items()
        if one.default is one.empty and one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD)
    ]


def _arguments(names: Sequence[str], drawn: Drawn) -> list[Any]:
    counted = {**drawn.sizes, **{name: place - 1 for name, place in drawn.labels.items()}}
    return [_argument(name, drawn) if name in drawn.values else counted[name] for name in names]


def _argument(name: str, drawn: Drawn) -> Any:
    """Return an array as a function gets it, in which labels count from 0."""
    if name in drawn.among:
        return _as_array(_less_one(drawn.values[name]), int)
    return _as_array(drawn.values[name])


def _less_one(labels: Any) -> Any:
    return [_less_one(one) for one in labels] if isinstance(labels, list) else labels - 1


def _as_array(value: Any, kind: type = float) -> Any:
    try:
        import numpy as np
    except ModuleNotFoundError:
        return value
    return np.array(value, dtype=kind) if isinstance(value, list) else value


def _fits(entries: Any, shape: Sequence[int], what: str, name: str, where: str) -> None:
    if _shape(entries) != tuple(shape):
        said = f"{what} has the shape {_shape(entries)}, and {name} has {tuple(shape)}"
        if what != "the gradient":
            said = f"{what} has the shape {_shape(entries)}, and {tuple(shape)} is right"
        raise AssertionError(f"{said}, at {where}")


def _shape(value: Any) -> tuple[int, ...]:
    if isinstance(value, list | tuple):
        return (len(value), *(_shape(value[0]) if value else ()))
    return tuple(getattr(value, "shape", ()))


def _said(drawn: Drawn) -> str:
    labels = {name: place - 1 for name, place in drawn.labels.items()}
    values = {
        name: _less_one(value) if name in drawn.among else value for name, value in drawn.values.items()
    }
    parts = {**drawn.sizes, **labels, **values}
    return ", ".join(f"{name} = {value}" for name, value in parts.items())


# against differences


@dataclass(frozen=True, slots=True)
class _AgainstDifferences:
    """A test of functions of one vector at points, by differences."""

    loss: Function
    gradient: Function
    hessian: Function | None
    rtol: float
    atol: float
    tried: list[int]

    def __call__(self, point: Sequence[float]) -> None:
        start = list(map(float, point))
        value = float(self.loss(_as_array(start)))
        where = f"at {start}"
        if not math.isfinite(value):
            raise AssertionError(f"the loss is {value!r} {where}")
        entries = self.gradient(_as_array(start))
        _fits(entries, (len(start),), "the gradient", "the vector", str(start))
        self.tried[0] += 1
        for k in range(len(start)):
            found = slope(lambda at: float(self.loss(_as_array(at))), start, k)
            self._compare(f"the gradient by entry {k}", entries[k], found, where)
        if self.hessian is None:
            return
        second = self.hessian(_as_array(start))
        _fits(second, (len(start), len(start)), "the Hessian", "the vector", str(start))
        for k, m in itertools.product(range(len(start)), repeat=2):
            found = slope(partial(self._entry, k), start, m)
            self._compare(f"the Hessian at {k}, {m}", second[k][m], found, where)

    def _entry(self, k: int, at: list[float]) -> float:
        return float(self.gradient(_as_array(at))[k])

    def _compare(self, what: str, entry: Any, slope_: tuple[float, float], where: str) -> None:
        got, (expected, error) = float(entry), slope_
        if not math.isfinite(got) or abs(got - expected) > self.atol + self.rtol * abs(expected) + error:
            said = f"{what} is {got!r}, and differences give {expected!r}"
            raise AssertionError(f"{said}, give or take {error:.1e}, {where}")
