"""Sigmoids as code writes them, by their name: `1/(1 + exp(-x))` and `exp(x)/(1 + exp(x))` are `sigmoid(x)`.

Both are identities of real numbers that hold for all x, and no side of them is ever without a value. With the name, a
derivative is the short `sigmoid(x)*(1 - sigmoid(x))` that code writes, and no quotient of exponentials.
"""

from __future__ import annotations

import math
from fractions import Fraction

from derive.terms import ONE, Add, Apply, Multiply, Number, Power, Term, multiply, rebuild


def with_sigmoids(node: Term) -> Term:
    """Return an equal term, with a value at the same points, in which sigmoids have their name."""
    found = rebuild(node, with_sigmoids)
    match found:
        case Power(base, Number(exponent)) if exponent.denominator == 1 and exponent < 0:
            base, times = _as_power(base)
            argument = _above_one(base)
            if argument is not None and times > 0:
                return _power(Apply("sigmoid", (_opposite(argument),)), times * int(-exponent))
        case Multiply(factors):
            return _absorbed(list(factors))
    return found


def _above_one(base: Term) -> Term | None:
    """Return `u` of the sum `1 + exp(u)`."""
    match base:
        case Add((Number(value), Apply("exp", (argument,)))) | Add(
            (Apply("exp", (argument,)), Number(value))
        ):
            return argument if value == 1 else None
    return None


def _opposite(node: Term) -> Term:
    """Return minus a term, with one number before it at most, so that it is the term again where this is done twice."""
    factors = node.factors if isinstance(node, Multiply) else (node,)
    before = math.prod((one.value for one in factors if isinstance(one, Number)), start=Fraction(-1))
    rest = [one for one in factors if not isinstance(one, Number)]
    return multiply(*([] if before == 1 and rest else [Number(before)]), *rest)


def _power(base: Term, exponent: int) -> Term:
    return base if exponent == 1 else ONE if exponent == 0 else Power(base, Number(Fraction(exponent)))


def _absorbed(factors: list[Term]) -> Term:
    """Return a product in which each `exp(x)*sigmoid(-x)` has become `sigmoid(x)`."""
    for place, factor in enumerate(factors):
        match factor:
            case Apply("exp", (argument,)):
                for other, (base, exponent) in enumerate(map(_as_power, factors)):
                    if exponent >= 1 and _is_sigmoid_of_opposite(base, argument):
                        rest = [one for k, one in enumerate(factors) if k not in (place, other)]
                        again = [*rest, Apply("sigmoid", (argument,)), _power(base, exponent - 1)]
                        return _absorbed([one for one in again if one != ONE])
    return multiply(*factors)


def _is_sigmoid_of_opposite(node: Term, argument: Term) -> bool:
    match node:
        case Apply("sigmoid", (other,)):
            return _opposite(other) == _opposite(_opposite(argument))
    return False


def _as_power(node: Term) -> tuple[Term, int]:
    """Return a base and a whole exponent that a factor is."""
    match node:
        case Power(base, Number(exponent)) if exponent.denominator == 1:
            return base, int(exponent)
    return node, 1
