"""The elementary functions on exact numbers, balls and series; each says itself where it has a value.

No derivative is written down anywhere: on a series a function is computed as power series arithmetic.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from flint import arb, fmpq, fmpq_series

from derive.oracle import quantities as q
from derive.oracle.quantities import Quantity

Evaluation: TypeAlias = Callable[..., Quantity | None]
HALF = fmpq(1, 2)


def _chain(*functions: Evaluation) -> Evaluation:
    """Return the functions applied one after another, the last one named first; `None` stays `None`."""

    def composed(a: Quantity) -> Quantity | None:
        for function in reversed(functions):
            if a is None:
                return None
            a = function(a)
        return a

    return composed


def _entire(name: str, at_zero: int, exact: bool = True) -> Evaluation:
    """A function that has a value everywhere; at 0 it is rational, and with `exact` its series there too."""

    def evaluate(a: Quantity) -> Quantity | None:
        kind = type(a)
        if kind is fmpq and a == 0:
            return fmpq(at_zero)
        if exact and kind is fmpq_series and a[0] == 0:
            return getattr(a, name)()
        return q.finite(getattr(q.ball(a), name)())

    return evaluate


sin, cos, atan = _entire("sin", 0), _entire("cos", 1), _entire("atan", 0)
erf, erfc, erfi = _entire("erf", 0, False), _entire("erfc", 1, False), _entire("erfi", 0, False)


def _divide(a: Quantity | None, b: Quantity | None) -> Quantity | None:
    inverse = None if b is None else q.invert(b)
    return None if a is None or inverse is None else q.multiply(a, inverse)


def sqrt(a: Quantity) -> Quantity | None:
    """The square root; at 0 it is 0, with no derivative."""
    return q.root_power(a, HALF)


def asin(a: Quantity) -> Quantity | None:
    """On [-1, 1], with derivatives strictly inside."""
    kind = type(a)
    if kind is fmpq_series and a[0] == 0:
        return a.asin()
    if kind is fmpq and a == 0:
        return a
    inside = q.sign(q.subtract(fmpq(1), q.multiply(q.constant(a), q.constant(a))))
    if inside == 0 and not q.is_series(a):
        at_end = arb.pi() / 2
        return at_end if q.sign(a) == 1 else -at_end
    return q.finite(q.ball(a).asin()) if inside == 1 else None


def acos(a: Quantity) -> Quantity | None:
    """On [-1, 1], with derivatives strictly inside."""
    if type(a) is fmpq and a == 1:
        return fmpq(0)
    value = asin(a)
    return None if value is None else q.subtract(arb.pi() / 2, value)


def _exponentials(combine: Callable[[Quantity, Quantity], Quantity | None]) -> Evaluation:
    def evaluate(a: Quantity) -> Quantity | None:
        up, down = q.exp(a), q.exp(q.negate(a))
        return None if up is None or down is None else combine(up, down)

    return evaluate


sinh = _exponentials(lambda up, down: q.multiply(q.subtract(up, down), HALF))
cosh = _exponentials(lambda up, down: q.multiply(q.add(up, down), HALF))
_reciprocal_sinh, _reciprocal_cosh = _chain(q.invert, sinh), _chain(q.invert, cosh)


def tanh(a: Quantity) -> Quantity | None:
    """`1 - 2/(exp(2a) + 1)`."""
    up = q.exp(q.multiply(a, fmpq(2)))
    part = None if up is None else q.invert(q.add(up, fmpq(1)))
    return None if part is None else q.subtract(fmpq(1), q.multiply(part, fmpq(2)))


def sigmoid(a: Quantity) -> Quantity | None:
    """`1/(1 + exp(-a))`."""
    down = q.exp(q.negate(a))
    return None if down is None else q.invert(q.add(fmpq(1), down))


def softplus(a: Quantity) -> Quantity | None:
    """`log(1 + exp(a))`."""
    up = q.exp(a)
    return None if up is None else q.log(q.add(fmpq(1), up))


def asinh(a: Quantity) -> Quantity | None:
    """`log(a + sqrt(a² + 1))`, from the side without cancellation."""
    if q.sign(q.constant(a)) == -1:
        value = asinh(q.negate(a))
        return None if value is None else q.negate(value)
    root = sqrt(q.add(q.multiply(a, a), fmpq(1)))
    return None if root is None else q.log(q.add(a, root))


def acosh(a: Quantity) -> Quantity | None:
    """`log(a + sqrt(a² - 1))` for a >= 1, with derivatives for a > 1."""
    if q.sign(q.constant(a)) != 1:
        return None
    root = sqrt(q.subtract(q.multiply(a, a), fmpq(1)))
    return None if root is None else q.log(q.add(a, root))


def atanh(a: Quantity) -> Quantity | None:
    """On (-1, 1)."""
    above, below = q.log(q.add(fmpq(1), a)), q.log(q.subtract(fmpq(1), a))
    return None if above is None or below is None else q.multiply(q.subtract(above, below), HALF)


def acoth(a: Quantity) -> Quantity | None:
    """Where |a| > 1."""
    ratio = _divide(q.add(a, fmpq(1)), q.subtract(a, fmpq(1)))
    value = None if ratio is None else q.log(ratio)
    return None if value is None else q.multiply(value, HALF)


def asech(a: Quantity) -> Quantity | None:
    """On (0, 1], with derivatives strictly inside."""
    inverse = q.invert(a)
    return None if inverse is None else acosh(inverse)


def tan(a: Quantity) -> Quantity | None:
    """Where the cosine is not 0."""
    return _divide(sin(a), cos(a))


def cot(a: Quantity) -> Quantity | None:
    """Where the sine is not 0."""
    return _divide(cos(a), sin(a))


ELEMENTARY: dict[str, Evaluation] = {
    "exp": q.exp,
    "log": q.log,
    "sqrt": sqrt,
    "sin": sin,
    "cos": cos,
    "tan": tan,
    "cot": cot,
    "sec": _chain(q.invert, cos),
    "csc": _chain(q.invert, sin),
    "asin": asin,
    "acos": acos,
    "atan": atan,
    "asec": _chain(acos, q.invert),
    "acsc": _chain(asin, q.invert),
    "acot": _chain(atan, q.invert),
    "sinh": sinh,
    "cosh": cosh,
    "tanh": tanh,
    "coth": _chain(q.invert, tanh),
    "sech": _reciprocal_cosh,
    "csch": _reciprocal_sinh,
    "asinh": asinh,
    "acosh": acosh,
    "atanh": atanh,
    "acoth": acoth,
    "asech": asech,
    "acsch": _chain(asinh, q.invert),
    "sigmoid": sigmoid,
    "softplus": softplus,
    "erf": erf,
    "erfc": erfc,
    "erfi": erfi,
}
