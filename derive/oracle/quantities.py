"""Exact numbers, balls, and truncated power series of both: the arithmetic in which the oracle computes.

A quantity is exact for as long as it can be (rationals, logarithms of rationals, series with such coefficients)
and a ball otherwise. Nothing here ever rounds without a radius, and nothing is cancelled at a zero.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import Any, TypeAlias

from flint import arb, arb_series, ctx, fmpq, fmpq_series, fmpz

Quantity: TypeAlias = Any
"""`fmpq`, `fmpq_series` or `Logs` (exact), `arb` or `arb_series` (balls). `None` stands for: no value."""

SMALL_BITS = (
    32  # logarithms and roots of rationals with more bits are taken as balls: factoring must stay cheap
)
PRECISIONS = (96, 192, 384)  # bits: a comparison that the first cannot settle is made again with the next
USUAL, FINEST = PRECISIONS[0], PRECISIONS[-1]
MAX_DIGITS = 100_000  # of an exact power, in the binary system
LARGE_POWER = 64  # exact powers beyond this are taken as balls: they would only grow


class Logs:
    """An exact number `Σ q_p log(p) + rest`, over primes p with rational q_p not 0; `rest` is exact.

    Logarithms of primes are independent over the rationals, so two of these are equal exactly if they
    look equal, and none that has a logarithm in it is rational.
    """

    __slots__ = ("logs", "rest")

    def __init__(self, logs: dict[int, fmpq], rest: Quantity) -> None:
        self.logs = logs
        self.rest = rest

    def ball(self) -> Quantity:
        """Return an enclosure at the current precision."""
        total = sum((arb(q) * arb(p).log() for p, q in self.logs.items()), arb(0))
        return total + (arb_series(self.rest) if type(self.rest) is fmpq_series else self.rest)


@contextmanager
def precision(bits: int, cap: int = 32) -> Iterator[None]:
    """Set the precision of balls and the greatest length of series; what was set before comes back."""
    before = ctx.prec, ctx.cap
    ctx.prec, ctx.cap = bits, cap
    try:
        yield
    finally:
        ctx.prec, ctx.cap = before


def rational(value: int | Fraction) -> fmpq:
    """Return a Python rational as an exact quantity."""
    return fmpq(value.numerator, value.denominator)


def ball(a: Quantity) -> Quantity:
    """Return an enclosure of a quantity: an `arb`, or an `arb_series` for a series."""
    kind = type(a)
    if kind is fmpq:
        return arb(a)
    if kind is fmpq_series:
        return arb_series(a)
    return a.ball() if kind is Logs else a


def is_series(a: Quantity) -> bool:
    """Return whether a quantity is a series in the perturbation."""
    kind = type(a)
    return kind is arb_series or kind is fmpq_series or (kind is Logs and type(a.rest) is fmpq_series)


def constant(a: Quantity) -> Quantity:
    """Return the value without the perturbation."""
    kind = type(a)
    if kind is arb_series or kind is fmpq_series:
        return a[0]
    return Logs(a.logs, constant(a.rest)) if kind is Logs else a


def coefficient(a: Quantity, order: int) -> Quantity:
    """Return a coefficient of a series; a plain number has only the one of order 0."""
    kind = type(a)
    if order == 0:
        return constant(a)
    if kind is arb_series or kind is fmpq_series:
        return a[order]
    return coefficient(a.rest, order) if kind is Logs else fmpq(0)


def series(a: Quantity, slope: int, length: int) -> Quantity:
    """Return the series `a + slope t` of the given length, for a plain number a."""
    kind = type(a)
    if kind is fmpq:
        return fmpq_series([a, slope], prec=length)
    return (
        Logs(a.logs, series(a.rest, slope, length)) if kind is Logs else arb_series([a, slope], prec=length)
    )


def from_coefficients(coefficients: list[Quantity]) -> Quantity:
    """Return the series with these plain numbers as coefficients."""
    first, *rest = coefficients
    length = len(coefficients)
    if all(type(c) is fmpq for c in rest):
        if type(first) is fmpq:
            return fmpq_series(coefficients, prec=length)
        if type(first) is Logs:
            return Logs(first.logs, fmpq_series([first.rest, *rest], prec=length))
    return arb_series([ball(c) for c in coefficients], prec=length)


def covers(a: Quantity, order: int) -> bool:
    """Return whether the coefficient of that order is known: a truncated series says nothing beyond its end."""
    kind = type(a)
    if kind is arb_series or kind is fmpq_series:
        return bool(a.prec > order)
    return covers(a.rest, order) if kind is Logs else True


def add(a: Quantity, b: Quantity) -> Quantity:
    """Return the sum."""
    first, second = type(a), type(b)
    if first is Logs or second is Logs:
        return _add_logs(a, b)
    if first is fmpq_series and (second is arb or second is arb_series):
        a = arb_series(a)
    elif second is fmpq_series and first is arb:
        b = arb_series(b)
    return a + b


def multiply(a: Quantity, b: Quantity) -> Quantity:
    """Return the product."""
    first, second = type(a), type(b)
    if first is Logs or second is Logs:
        return _multiply_logs(a, b)
    if first is fmpq_series and (second is arb or second is arb_series):
        a = arb_series(a)
    elif second is fmpq_series and first is arb:
        b = arb_series(b)
    return a * b


def negate(a: Quantity) -> Quantity:
    """Return minus the quantity."""
    return Logs({p: -q for p, q in a.logs.items()}, -a.rest) if type(a) is Logs else -a


def subtract(a: Quantity, b: Quantity) -> Quantity:
    """Return the difference."""
    return add(a, negate(b))


def _add_logs(a: Quantity, b: Quantity) -> Quantity:
    if type(a) is not Logs:
        a, b = b, a
    if type(b) is Logs:
        logs = dict(a.logs)
        for prime, q in b.logs.items():
            logs[prime] = logs.get(prime, fmpq(0)) + q
        rest = a.rest + b.rest
    elif type(b) is fmpq or type(b) is fmpq_series:
        logs, rest = a.logs, a.rest + b
    else:
        return a.ball() + b
    logs = {prime: q for prime, q in logs.items() if q != 0}
    return Logs(logs, rest) if logs else rest


def _multiply_logs(a: Quantity, b: Quantity) -> Quantity:
    if type(a) is not Logs:
        a, b = b, a
    if type(b) is fmpq:
        return Logs({p: q * b for p, q in a.logs.items()}, a.rest * b) if b != 0 else a.rest * b
    return a.ball() * ball(b)


def sign(a: Quantity) -> int | None:
    """Return -1, 0 or 1 for a plain number, `None` if this precision cannot tell."""
    kind = type(a)
    if kind is fmpq:
        return 1 if a > 0 else -1 if a < 0 else 0
    if kind is Logs:
        a = a.ball()
    if a > 0:
        return 1
    if a < 0:
        return -1
    return 0 if a.is_zero() else None


def compare(a: Quantity, b: Quantity) -> int | None:
    """Return the sign of a - b for two plain numbers, `None` if this precision cannot tell."""
    return sign(subtract(a, b))


def finite(a: Quantity) -> Quantity | None:
    """Return the quantity if all its coefficients are finite, else `None`."""
    kind = type(a)
    if kind is arb:
        return a if a.is_finite() else None
    if kind is arb_series:
        return a if all(c.is_finite() for c in a.coeffs()) else None
    return a


def compose(coefficients: list[Quantity], a: Quantity) -> Quantity | None:
    """Return the function with these Taylor coefficients at the constant of a, at the series a."""
    step = ball(a) - ball(constant(a))
    length = step.prec
    step = arb_series([arb(0), *step.coeffs()[1:]], prec=length)
    total = arb_series([0], prec=length)
    for c in reversed(coefficients):
        total = total * step + ball(c)
    return finite(total)


def invert(a: Quantity) -> Quantity | None:
    """Return 1/a; `None` unless the constant of a is certainly not 0. Nothing is cancelled."""
    if not sign(constant(a)):
        return None
    if type(a) is Logs:
        a = a.ball()
    return finite(1 / a)


def power(a: Quantity, exponent: int) -> Quantity | None:
    """Return a whole power; 1 for exponent 0; `None` for a negative power of what may be 0."""
    if exponent == 0:
        return fmpq(1)
    if exponent < 0:
        inverse = invert(a)
        return None if inverse is None else power(inverse, -exponent)
    if exponent == 1:
        return a
    if type(a) is Logs or exponent > LARGE_POWER:
        a = ball(a)
    return finite(a**exponent)


def exact_power(base: fmpq, exponent: int) -> fmpq | None:
    """Return a whole power of a number, `None` if it has too many digits, or none for 0 to a negative one."""
    if exponent < 0 and base == 0:
        return None
    bits = max(int(base.p).bit_length(), int(base.q).bit_length())
    return base**exponent if abs(exponent) * bits <= MAX_DIGITS else None


def exp(a: Quantity) -> Quantity | None:
    """Return the exponential, exact for 0 and for whole multiples of logarithms."""
    kind = type(a)
    if kind is fmpq:
        return fmpq(1) if a == 0 else finite(arb(a).exp())
    if kind is fmpq_series and a[0] == 0:
        return a.exp()
    if kind is Logs and all(q.q == 1 and abs(q) <= LARGE_POWER for q in a.logs.values()):
        factor = fmpq(1)
        for prime, q in a.logs.items():
            factor *= fmpq(prime) ** int(q.p)
        rest = exp(a.rest)
        return None if rest is None else multiply(rest, factor)
    return finite(ball(a).exp())


def log(a: Quantity) -> Quantity | None:
    """Return the logarithm; `None` unless the argument is certainly positive."""
    kind = type(a)
    if kind is fmpq:
        return _log_of_rational(a) if a > 0 else None
    if kind is fmpq_series and a[0] > 0:
        return add(_log_of_rational(a[0]), (a / a[0]).log())
    if sign(constant(a)) != 1:
        return None
    return finite(ball(a).log())


def _log_of_rational(a: fmpq) -> Quantity:
    if a == 1:
        return fmpq(0)
    if a.height_bits() > SMALL_BITS:
        return arb(a).log()
    logs: dict[int, fmpq] = {}
    for part, direction in ((a.p, 1), (a.q, -1)):
        for prime, count in part.factor():
            logs[int(prime)] = fmpq(direction * count)
    return Logs(logs, fmpq(0))


def root_power(a: Quantity, exponent: fmpq) -> Quantity | None:
    """Return `a^exponent` for an exponent that is not whole.

    The base must be certainly positive, or exactly 0 with a positive exponent and without a perturbation.
    """
    base = sign(constant(a))
    if base == 0 and exponent > 0 and not is_series(a):
        return fmpq(0)
    if base != 1:
        return None
    exact = _exact_root(a, exponent)
    if exact is not None:
        return exact
    enclosed = ball(a)
    if exponent.q == 2:
        root = finite(enclosed.sqrt())
        return None if root is None else power(root, int(exponent.p))
    return finite((enclosed.log() * arb(exponent)).exp())


def _exact_root(a: Quantity, exponent: fmpq) -> Quantity | None:
    if type(a) is fmpq_series:
        factor = _exact_root(a[0], exponent)
        return None if factor is None else ((a / a[0]).log() * exponent).exp() * factor
    if type(a) is not fmpq or a.height_bits() > SMALL_BITS or abs(exponent.p) > LARGE_POWER:
        return None
    degree = int(exponent.q)
    parts = [_whole_root(part, degree) for part in (a.p, a.q)]
    if None in parts:
        return None
    return fmpq(*parts) ** int(exponent.p)


def _whole_root(value: fmpz, degree: int) -> fmpz | None:
    root = round(float(value) ** (1 / degree))
    return fmpz(root) if fmpz(root) ** degree == value else None


def symbolic_power(a: Quantity, exponent: Quantity) -> Quantity | None:
    """Return `exp(exponent log a)`; `None` unless the base is certainly positive."""
    if type(exponent) is fmpq:
        if sign(constant(a)) != 1:
            return None
        return power(a, int(exponent.p)) if exponent.q == 1 else root_power(a, exponent)
    logarithm = log(a)
    return None if logarithm is None else exp(multiply(exponent, logarithm))
