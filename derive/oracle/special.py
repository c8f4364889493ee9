"""The special functions on balls and series; what flint has no series for comes from Cauchy's integral formula.

The coefficients of `g(t) = F(a(t), b(t))` are means over a circle, with Cauchy's bound on a greater disc as
the radius of the error. No derivative of any function is written down.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from flint import acb, arb, arb_series, ctx, fmpq

from derive.oracle import quantities as q
from derive.oracle.elementary import atan
from derive.oracle.quantities import Quantity

NODES = 16
HALVINGS = 24
LOOSE = 2**16

Parts: TypeAlias = list[Any]
"""The arguments as real balls, or as complex ones."""


@dataclass(frozen=True, slots=True)
class Special:
    """A function by its complex values.

    `real` says where it has a real value, `analytic` on which balls of arguments it is analytic; both are
    told the arguments, and say False where they cannot tell.
    """

    value: Callable[..., Any]
    real: Callable[..., bool]
    analytic: Callable[..., bool]


def special(name: str, arguments: list[Quantity], order: int) -> Quantity | None:
    """Return the value or series of a special function; `None` if it has none or the name is not known."""
    direct = _DIRECT.get(name)
    if direct is not None:
        return direct(*arguments) if len(arguments) == _ARITY.get(name, 1) else None
    row = _BY_CAUCHY.get(name)
    if row is None:
        return None
    try:
        if not row.real(*(q.ball(q.constant(a)) for a in arguments)):
            return None
        if not any(map(q.is_series, arguments)):
            value = row.value(*(acb(q.ball(a)) for a in arguments)).real
            return q.finite(value)
        return _cauchy(row, arguments, order)
    except TypeError:  # a wrong number of arguments
        return None


def known(name: str) -> bool:
    """Return whether a name is that of a special function here."""
    return name in _DIRECT or name in _BY_CAUCHY


def _cauchy(row: Special, arguments: list[Quantity], order: int) -> Quantity | None:
    if not all(q.covers(a, order) for a in arguments):
        return None
    parts = [[acb(q.ball(q.coefficient(a, k))) for k in range(order + 1)] for a in arguments]
    bits = ctx.prec
    found = _disc(row, parts)
    if found is None:
        return None
    radius, bound = found
    shrink = bits // NODES + 1
    with q.precision(bits + (shrink + HALVINGS) * (order + 1) + 16):
        circle = radius / arb(2) ** shrink
        turns = [acb.exp_pi_i(acb(fmpq(2 * j, NODES))) for j in range(NODES)]
        values = [row.value(*(_horner(part, circle * turn) for part in parts)) for turn in turns]
        aliased = bound * arb(2) ** (1 - shrink * NODES)
        coefficients = []
        for k in range(order + 1):
            total = sum((v * turns[-j * k % NODES] for j, v in enumerate(values)), acb(0)).real
            error = (aliased / radius**k).abs_upper()
            coefficients.append(total / NODES / circle**k + arb(0, error))
    return q.finite(arb_series(coefficients, prec=order + 1))


def _disc(row: Special, parts: list[Parts]) -> tuple[Any, Any] | None:
    """Return a radius around t = 0 on whose disc the function is analytic, and a bound for it there."""
    radius, found = arb(1), None
    usual = row.value(*(part[0] for part in parts)).abs_upper() + 1
    for _ in range(HALVINGS):
        radius /= 2
        disc = acb(arb(0, radius), arb(0, radius))
        at = [_horner(part, disc) for part in parts]
        if row.analytic(*at):
            bound = row.value(*at).abs_upper()
            if bound.is_finite():
                found = radius, bound
                if (
                    bound < LOOSE * usual
                ):  # wide balls give wide bounds: a smaller disc is then the better one
                    break
    return found


def _horner(coefficients: list[Any], at: Any) -> Any:
    total = acb(0)
    for c in reversed(coefficients):
        total = total * at + c
    return total


def _length(a: Quantity) -> int:
    return int(q.ball(a).prec) if q.is_series(a) else 1


def _coefficients(a: Any, length: int) -> list[Any]:
    return [a[k] for k in range(length)]


def _gamma(a: Quantity) -> Quantity | None:
    if type(a) is fmpq and a.q == 1 and a <= 0:
        return None
    if type(a) is fmpq and a.q == 1 and a <= 20:
        return q.rational(_factorial(int(a.p) - 1))
    return q.finite(q.ball(a).gamma())


def _factorial(n: int) -> int:
    return 1 if n <= 1 else n * _factorial(n - 1)


def _lgamma(a: Quantity) -> Quantity | None:
    return q.finite(q.ball(a).lgamma()) if q.sign(q.constant(a)) == 1 else None


def _polygamma(m: Quantity, a: Quantity) -> Quantity | None:
    """The m-th derivative of `-r'/r`, where r = 1/gamma is entire, as series."""
    if type(m) is not fmpq or m.q != 1 or m < 0 or m > 30:
        return None
    extra, length = int(m.p), _length(a)
    at = q.ball(q.constant(a))
    with q.precision(ctx.prec, length + extra + 4):
        reciprocal = q.finite(arb_series([at, 1], prec=length + extra + 1).rgamma())
        if reciprocal is None or q.sign(reciprocal[0]) in (0, None):
            return None
        found = -reciprocal.derivative() / arb_series(
            _coefficients(reciprocal, length + extra), prec=length + extra
        )
        for _ in range(extra):
            found = found.derivative()
        found = q.finite(found)
        if found is None:
            return None
        return q.compose(_coefficients(found, length), a) if q.is_series(a) else found[0]


def _beta(a: Quantity, b: Quantity) -> Quantity | None:
    parts = _gamma(a), _gamma(b), _gamma(q.add(a, b))
    if None in parts:
        return None
    inverse = q.invert(parts[2])
    return None if inverse is None else q.multiply(q.multiply(parts[0], parts[1]), inverse)


def _atan2(y: Quantity, x: Quantity) -> Quantity | None:
    """The angle of (x, y); on the negative half axis it has the value pi and no derivative."""
    sign_y, sign_x = q.sign(q.constant(y)), q.sign(q.constant(x))
    if sign_x is None or sign_y is None or (sign_x == 0 and sign_y == 0):
        return None
    if sign_y == 0 and sign_x < 0:
        return None if q.is_series(y) or q.is_series(x) else arb.pi()
    if sign_x:
        shift: Quantity = fmpq(0) if sign_x > 0 else arb.pi() * sign_y
        inverse = q.invert(x)
        angle = None if inverse is None else atan(q.multiply(y, inverse))
    else:
        shift = arb.pi() / 2 * sign_y
        inverse = q.invert(y)
        angle = None if inverse is None else atan(q.negate(q.multiply(x, inverse)))
    return None if angle is None else q.add(angle, shift)


def _erfinv(a: Quantity) -> Quantity | None:
    """The inverse of erf, its series by reversion."""
    start = q.ball(q.constant(a))
    if not (start > -1 and start < 1):
        return None
    value = q.finite(start.erfinv())
    if value is None or not q.is_series(a):
        return value
    length = _length(a)
    forward = arb_series([value, 1], prec=length).erf()
    inverse = q.finite(arb_series([0, *_coefficients(forward, length)[1:]], prec=length).reversion())
    return None if inverse is None else q.compose([value, *_coefficients(inverse, length)[1:]], a)


def _entire(name: str) -> Callable[[Quantity], Quantity | None]:
    return lambda a: q.finite(
        getattr(arb_series([q.ball(a)], prec=1), name)()[0]
        if not q.is_series(a)
        else getattr(q.ball(a), name)()
    )


def _cosine_integral(a: Quantity) -> Quantity | None:
    return q.finite(q.ball(a).ci()) if q.sign(q.constant(a)) == 1 else None


_DIRECT: dict[str, Callable[..., Quantity | None]] = {
    "gamma": _gamma,
    "lgamma": _lgamma,
    "loggamma": _lgamma,
    "digamma": lambda a: _polygamma(fmpq(0), a),
    "polygamma": _polygamma,
    "beta": _beta,
    "atan2": _atan2,
    "erfinv": _erfinv,
    "airyai": _entire("airy_ai"),
    "airyaiprime": _entire("airy_ai_prime"),
    "airybi": _entire("airy_bi"),
    "airybiprime": _entire("airy_bi_prime"),
    "Si": _entire("si"),
    "Ci": _cosine_integral,
}
_ARITY = {"polygamma": 2, "beta": 2, "atan2": 2}


def _right(z: Any) -> bool:
    return bool(z.real > 0)


def _whole(v: Any) -> bool:
    """Whether a ball is exactly one whole number."""
    real = v if isinstance(v, arb) else v.real
    exact = isinstance(v, arb) or v.imag.is_zero()
    return bool(exact and real.is_exact() and real.is_integer())


def _not_whole_below(v: Any) -> bool:
    return bool(v > 0) or not v.contains_integer()


def _bessel(value: Callable[..., Any]) -> Special:
    """A Bessel function with a branch cut from 0 to the left, but for whole orders."""
    return Special(value, lambda v, x: bool(x > 0) or _whole(v), lambda v, x: _right(x) or _whole(v))


def _on_the_right(value: Callable[..., Any]) -> Special:
    """A function with a branch cut or a pole at 0: for positive arguments only."""
    return Special(value, lambda v, x: bool(x > 0), lambda v, x: _right(x))


_BY_CAUCHY: dict[str, Special] = {
    "besselj": _bessel(lambda v, x: x.bessel_j(v)),
    "besseli": _bessel(lambda v, x: x.bessel_i(v)),
    "bessely": _on_the_right(lambda v, x: x.bessel_y(v)),
    "besselk": _on_the_right(lambda v, x: x.bessel_k(v)),
    "expint": _on_the_right(lambda v, x: x.expint(v)),
    "uppergamma": _on_the_right(lambda s, x: x.gamma_upper(s)),
    "lowergamma": Special(
        lambda s, x: x.gamma_lower(s),
        lambda s, x: bool(x > 0) and _not_whole_below(s),
        lambda s, x: _right(x),
    ),
    "ellipk": Special(lambda m: m.elliptic_k(), lambda m: bool(m < 1), lambda m: _right(1 - m)),
    "ellipe": Special(lambda m: m.elliptic_e(), lambda m: bool(m < 1 or m == 1), lambda m: _right(1 - m)),
    "betainc": Special(
        lambda a, b, x: x.beta_lower(a, b),
        lambda a, b, x: bool(a > 0 and b > 0 and x > 0 and x < 1),
        lambda a, b, x: _right(x) and _right(1 - x) and _right(a) and _right(b),
    ),
    "zeta": Special(
        lambda s, a=None: s.zeta() if a is None else s.zeta(a),
        lambda s, a=1: bool(a > 0 and (s > 1 or s < 1)),
        lambda s, a=None: (a is None or _right(a)) and (_right(s - 1) or _right(1 - s)),
    ),
}
