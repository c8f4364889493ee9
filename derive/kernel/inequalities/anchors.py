"""The search for a point to start from: along which scalar, and from where, a term may be seen to grow.

Nobody believes it: what it suggests is tried. Floating point at a few points spares most of what would fail.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import reduce
from itertools import islice, pairwise, product

from derive.terms import (
    Add,
    Apply,
    Constant,
    Context,
    Entry,
    Multiply,
    Number,
    Power,
    SizeNumber,
    Term,
    arrays,
    walk,
)
from derive.terms.functions import expansion

_USUAL = (Fraction(0), Fraction(1), Fraction(-1), Fraction(1, 2), Fraction(2))
_VALUES = (0.3, 1.7, -0.6, -2.2, 0.05, 5.0, -6.0, 0.8, -0.1, 12.0)
_MOST = 60  # points
_SLACK = 1e-9
_ROUNDS = 8
_STEPS = (0.02, 0.1, 0.3, 0.7, 1.5, 4.0, 9.0)

_FUNCTIONS: Mapping[str, Callable[..., float]] = {
    "exp": math.exp, "log": math.log, "sqrt": math.sqrt, "sin": math.sin, "cos": math.cos, "tan": math.tan,
    "asin": math.asin, "acos": math.acos, "atan": math.atan, "erf": math.erf, "sinh": math.sinh, "cosh": math.cosh,
    "tanh": math.tanh, "abs": abs, "gamma": math.gamma, "lgamma": math.lgamma, "max": max, "min": min,
}  # fmt: skip
_COMPARED: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "!=": operator.ne,
    "=": lambda a, b: abs(a - b) < _SLACK,
}  # fmt: skip
Values = Mapping[str, float]


def suggestions(node: Term, context: Context) -> Iterator[tuple[str, Term]]:
    """Yield scalars of a term with terms that they may start from: ends of their domains, bounds, simple numbers."""
    points = list(_points(node, context))
    seen = [value for at in points if (value := about(node, at)) is not None]
    if any(value < -_SLACK * (1 + abs(value)) for value in seen):
        return
    for name in sorted(arrays(node)):
        variable = context.variables.get(name)
        if variable is None or variable.dims:
            continue
        found: dict[Term, None] = {bound.value: None for bound in variable.bounds}
        for hypothesis in context.hypotheses:
            condition = hypothesis.condition
            for one, other in ((condition.left, condition.right), (condition.right, condition.left)):
                if one == Entry(name) and name not in arrays(other):
                    found[other] = None
        others = sorted(arrays(node) - {name})
        found.update((Entry(one), None) for one in others if _is_scalar(one, context))
        least = _lowest(node, name, points)
        found.update(dict.fromkeys(Number(value) for value in (*_USUAL, *least)))
        yield from ((name, anchor) for anchor in found if _grows(node, name, anchor, points))


def is_plausible(node: Term, context: Context) -> bool:
    """Return whether a term is not negative at the points that are looked at."""
    seen = (about(node, at) for at in _points(node, context))
    return all(value is None or value > -_SLACK * (1 + abs(value)) for value in seen)


def _lowest(node: Term, name: str, points: Sequence[Values]) -> Iterator[Fraction]:
    """Yield simple numbers near the place at which a term of one scalar is lowest."""
    if any(arrays(node) - {name}) or not points:
        return
    places = sorted(at[name] for at in points)
    low, high = places[0], places[-1]
    for _ in range(_ROUNDS):
        every = [low + (high - low) * k / 12 for k in range(13)]
        valued = [(value, place) for place in every if (value := about(node, {name: place})) is not None]
        if not valued:
            return
        at = min(valued)[1]
        width = (high - low) / 12
        low, high = max(low, at - width), min(high, at + width)
    for most in (1, 4, 12):
        yield Fraction((low + high) / 2).limit_denominator(most)


def _grows(node: Term, name: str, anchor: Term, points: Sequence[Values]) -> bool:
    """Return whether a term does not fall on the way from an anchor to points."""
    for at in points[:12]:
        start = about(anchor, at)
        if start is None:
            continue
        ways = [[start + share * (at[name] - start) for share in (0.0, 0.05, 0.2, 0.5, 0.8, 1.0)]]
        for way in ways:
            values = [about(node, {**at, name: place}) for place in way]
            known = [value for value in values if value is not None]
            if any(later < earlier - _SLACK * (1 + abs(earlier)) for earlier, later in pairwise(known)):
                return False
    return True


def _points(node: Term, context: Context) -> Iterator[Values]:
    """Yield points of the scalars of a term that satisfy what is declared and given, as far as it can be told."""
    names = sorted(name for part in walk(node) for name in arrays(part))
    names = sorted(
        set(names)
        | {n for h in context.hypotheses for n in arrays(h.condition.left) | arrays(h.condition.right)}
    )
    if not names or not all(_is_scalar(name, context) for name in names):
        return
    choices = [[*_VALUES[k % 3 :], *_VALUES[: k % 3]] for k in range(len(names))]
    found = 0
    candidates = (dict(zip(names, one, strict=True)) for one in product(*choices))
    for at in islice(candidates, 4000):
        if found >= _MOST:
            return
        if all(_satisfies(name, at, context) for name in names) and all(
            _holds(h.condition.relation, about(h.condition.left, at), about(h.condition.right, at))
            for h in context.hypotheses
        ):
            found += 1
            yield at


def _satisfies(name: str, at: Values, context: Context) -> bool:
    return all(
        _holds(bound.relation, at[name], about(bound.value, {})) for bound in context.variables[name].bounds
    )


def _holds(relation: str, left: float | None, right: float | None) -> bool:
    return left is not None and right is not None and _COMPARED[str(relation)](left, right)


def _is_scalar(name: str, context: Context) -> bool:
    variable = context.variables.get(name)
    return variable is not None and not variable.dims


def about(node: Term, at: Values) -> float | None:
    """Return about the value of a term of scalars, `None` for what has none or is not known here."""
    try:
        value = _value(node, at)
    except (ValueError, OverflowError, ZeroDivisionError, KeyError, TypeError):
        return None
    return value if math.isfinite(value) else None


def _value(node: Term, at: Values) -> float:
    match node:
        case Number(value):
            return float(value)
        case Constant():
            return math.pi
        case Entry(name, ()):
            return at[name]
        case Add(terms):
            return sum(_value(one, at) for one in terms)
        case Multiply(factors):
            return reduce(operator.mul, (_value(one, at) for one in factors), 1.0)
        case Power(base, exponent):
            found = _value(base, at) ** _value(exponent, at)
            if isinstance(found, complex):
                raise ValueError
            return float(found)
        case Apply(function, arguments, 0):
            known = _FUNCTIONS.get(function)
            if known is not None:
                return float(known(*(_value(one, at) for one in arguments)))
            meaning = expansion(node)
            if meaning is not None:
                return _value(meaning, at)
    raise ValueError(SizeNumber)
