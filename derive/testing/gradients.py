"""A property test of somebody's own gradient, against a proved formula or against differences. Extreme scores occur."""

from __future__ import annotations

import inspect
import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from derive import catalogue, oracle
from derive.problem.problems import Claim
from derive.terms import Context, Derivative, Entry, Equation, Relation, Term, free_indices
from derive.testing.points import Drawn, nested_get, points
from derive.testing.strategies import scores
from derive.verification.questions import asked_in_text
from derive.verification.verdicts import decide

# Imported inside functions: NumPy, which need not be there.

Function = Callable[..., Any]

BITS = (128, 512, 4096)  # tried in turn, until the value is known better than floats could tell
GREATEST = 1e300  # beyond it a float cannot be expected to hold the value


def assert_gradient(
    loss: Function,
    gradient: Function,
    problem: str | None = None,
    *,
    at: st.SearchStrategy[Sequence[float]] | None = None,
    examples: int = 100,
    rtol: float = 1e-6,
    atol: float = 1e-9,
) -> None:
    """Fail if a loss or its gradient, as somebody programmed them, are not what they should be at some point.

    `problem` is a text in the language, or the name of a catalogue entry, with a claim `D(E, x[i]) = formula`.
    The claim must be proved. Then points are drawn that satisfy its declarations and hypotheses, scores among
    them at which `exp` overflows, and `loss` is compared with E and `gradient`, an array of the shape of x, with
    the formula, both evaluated in balls. The functions are called by keyword: their parameters are named like
    the problem's variables, sizes, or labels (which count from 0). They get NumPy arrays where NumPy is
    installed, else nested lists.

    Without a problem the functions take one vector, drawn from `at` (by default `scores()`), and `gradient` is
    compared with central differences of `loss`, as far as these can tell.

    Raises:
        AssertionError: the claim is not proved, or at the point that it tells the values are not right.
        ValueError: the problem has no such claim, or a parameter no such name.
    """
    tried = [0]
    if problem is None:
        check = _by_differences(loss, gradient, at if at is not None else scores(), rtol, atol, tried)
    else:
        check = _by_formula(loss, gradient, _formula(problem), rtol, atol, tried)
    settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )(check)()
    if not tried[0]:
        raise AssertionError("no point was found at which the loss and its gradient have values")


# against a formula


@dataclass(frozen=True, slots=True)
class _Formula:
    """A proved claim `D(loss, variable) = gradient`."""

    loss: Term
    variable: Entry
    gradient: Term
    context: Context


def _formula(problem: str) -> _Formula:
    claims = [one.item for one in asked_in_text(_text(problem), "<problem>") if isinstance(one.item, Claim)]
    for claim in claims:
        match claim.equation:
            case Equation(Derivative(body, (variable,)), right, (), relation=Relation.EQUAL) if (
                claim.expect is None
            ):
                letters = [index.name for index in variable.indices]
                if variable.name not in claim.context.variables or not _are_letters(letters):
                    continue
                found = decide(claim.equation, claim.context)
                if not found:
                    raise AssertionError(f"the formula itself is not proved:\n{found}")
                return _Formula(body, variable, right, claim.context)
    raise ValueError("the problem has no claim D(E, x[i]) = formula, with x declared and free indices")


def _text(problem: str) -> str:
    return problem if "\n" in problem else catalogue.load(problem).problem


def _are_letters(names: Sequence[str | int]) -> bool:
    return all(isinstance(name, str) for name in names) and len(set(names)) == len(names)


def _by_formula(
    loss: Function, gradient: Function, formula: _Formula, rtol: float, atol: float, tried: list[int]
) -> Callable[[], None]:
    context = formula.context
    wanted = {"loss": _parameters(loss, context), "gradient": _parameters(gradient, context)}

    @given(points(context))
    def check(drawn: Drawn) -> None:
        value = _value(formula.loss, context, drawn, {})
        assume(value is not None)
        shape = [drawn.sizes[dim] for dim in context.variables[formula.variable.name].dims]
        expected = {
            at: _value(formula.gradient, context, drawn, _named(formula.variable, at)) for at in _all(shape)
        }
        assume(None not in expected.values())
        tried[0] += 1
        got = loss(**_arguments(wanted["loss"], drawn))
        _compare("the loss", got, value, drawn, rtol, atol)
        entries = gradient(**_arguments(wanted["gradient"], drawn))
        _fits(entries, shape, formula.variable.name, _said(drawn))
        for at, one in expected.items():
            place = f"[{','.join(map(str, at))}]" if at else ""
            what = f"the gradient by {formula.variable.name}{place}"
            _compare(what, nested_get(entries, at), one, drawn, rtol, atol, f" = {formula.gradient}")

    return check


def _named(variable: Entry, at: Sequence[int]) -> dict[str, int]:
    return {str(index.name): k for index, k in zip(variable.indices, at, strict=True)}


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


def _parameters(function: Function, context: Context) -> list[str]:
    names = [
        name
        for name, one in inspect.signature(function).parameters.items()
        if one.default is one.empty and one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD)
    ]
    known = {*context.variables, *context.sizes, *context.labels}
    for name in names:
        if name not in known:
            raise ValueError(f"the parameter {name} is none of {', '.join(sorted(known))}")
    return names


def _arguments(names: Sequence[str], drawn: Drawn) -> dict[str, Any]:
    labels = {name: place - 1 for name, place in drawn.labels.items()}
    return {
        name: _as_array(drawn.values[name]) if name in drawn.values else {**drawn.sizes, **labels}[name]
        for name in names
    }


def _as_array(value: Any) -> Any:
    try:
        import numpy as np
    except ModuleNotFoundError:
        return value
    return np.array(value, dtype=float) if isinstance(value, list) else value


def _fits(entries: Any, shape: Sequence[int], name: str, where: str) -> None:
    if _shape(entries) != tuple(shape):
        said = f"the gradient has the shape {_shape(entries)}, and {name} has {tuple(shape)}"
        raise AssertionError(f"{said}, at {where}")


def _shape(value: Any) -> tuple[int, ...]:
    if isinstance(value, list | tuple):
        return (len(value), *(_shape(value[0]) if value else ()))
    return tuple(getattr(value, "shape", ()))


def _compare(
    what: str, got: Any, expected: float | None, drawn: Drawn, rtol: float, atol: float, formula: str = ""
) -> None:
    number = float(got)
    if expected is not None and not abs(number - expected) <= atol + rtol * abs(expected):  # also for nan
        raise AssertionError(f"{what} is {number!r}, and {expected!r}{formula} is right, at {_said(drawn)}")


def _said(drawn: Drawn) -> str:
    labels = {name: place - 1 for name, place in drawn.labels.items()}
    parts = {**drawn.sizes, **labels, **drawn.values}
    return ", ".join(f"{name} = {value}" for name, value in parts.items())


# against differences


def _by_differences(
    loss: Function,
    gradient: Function,
    at: st.SearchStrategy[Sequence[float]],
    rtol: float,
    atol: float,
    tried: list[int],
) -> Callable[[], None]:
    @given(at)
    def check(point: Sequence[float]) -> None:
        start = list(map(float, point))
        value = float(loss(_as_array(start)))
        where = f"at {start}"
        if not math.isfinite(value):
            raise AssertionError(f"the loss is {value!r} {where}")
        entries = gradient(_as_array(start))
        _fits(entries, (len(start),), "the vector", str(start))
        tried[0] += 1
        for k in range(len(start)):
            got = float(entries[k])
            slope, error = _slope(loss, start, k)
            if not math.isfinite(got) or abs(got - slope) > atol + rtol * abs(slope) + error:
                said = f"the gradient by entry {k} is {got!r}"
                raise AssertionError(
                    f"{said}, and differences give {slope!r}, give or take {error:.1e}, {where}"
                )

    return check


def _slope(loss: Function, point: list[float], k: int) -> tuple[float, float]:
    """Return the derivative by an entry, extrapolated from differences, and how far off it may be."""
    # Far out numbers are coarse, and yet a loss bends there within a distance of 1 as anywhere.
    step = 1e-4 * math.sqrt(max(1.0, abs(point[k])))
    coarse, scale = _difference(loss, point, k, step)
    fine, _ = _difference(loss, point, k, step / 2)
    rounding = 64 * 2.0**-52 * scale / step
    return (4 * fine - coarse) / 3, abs(fine - coarse) + rounding


def _difference(loss: Function, point: list[float], k: int, step: float) -> tuple[float, float]:
    def moved(by: float) -> float:
        return float(loss(_as_array([x + by if place == k else x for place, x in enumerate(point)])))

    up, down = moved(step), moved(-step)
    return (up - down) / (2 * step), abs(up) + abs(down)
