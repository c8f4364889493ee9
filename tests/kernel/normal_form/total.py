"""The one total meaning of terms and of normal forms, in numbers: every function has a value at every point.

Where a function has no real value it has the one that its row of the table gives. Nothing here rewrites anything:
the value of a term and that of its normal form are computed apart, and compared.
"""

from __future__ import annotations

import itertools
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

from mpmath import mp, mpf

from derive.kernel.domain import Condition
from derive.kernel.exponents import is_whole, rational
from derive.kernel.normal_form.polynomials import Exponent, Idx, Monomial, Poly
from derive.terms import (
    Add,
    Apply,
    Big,
    Compare,
    Constant,
    Delta,
    Entry,
    Index,
    Multiply,
    Number,
    Power,
    SizeNumber,
    Term,
    Where,
)
from derive.terms.functions import TABLE, equal_term, expansion

mp.dps = 50
ZERO = mpf(10) ** -25
LARGE = mpf(10) ** 12
Value = Any

RELATIONS: dict[str, Callable[[Value, Value], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "!=": operator.ne,
}


class OutOfReachError(Exception):
    """A number too large to be compared, or a function that cannot be computed here."""


@dataclass(frozen=True, slots=True)
class Point:
    """Sizes, entries, and the positions of free indices."""

    sizes: Mapping[str, int]
    entries: Mapping[tuple[str, tuple[int, ...]], Value]
    indices: Mapping[str, int]

    def changed(self, entry: tuple[str, tuple[int, ...]], value: Value) -> Point:
        """Return the point with another value of one entry."""
        return Point(self.sizes, {**self.entries, entry: mpf(value)}, self.indices)


def snapped(value: Value) -> Value:
    """Return a real number, a whole one if it is as good as that: many domains end at 0, 1 or -1."""
    value = mpf(value)
    if not mp.isfinite(value) or abs(value) > LARGE:
        raise OutOfReachError
    near = mp.nint(value)
    return near if abs(value - near) < ZERO else value


def exponential(value: Value) -> Value:
    """Return the exponential of a number, which is never 0 and must not be taken for it."""
    found = mp.exp(value)
    if found < ZERO:
        raise OutOfReachError
    return snapped(found)


def power(base: Value, exponent: Value, *, whole: bool) -> Value:
    """A whole power, or that of the absolute value; of 0 it is 0, but for 0^0 = 1."""
    if base == 0:
        return mpf(1 if exponent == 0 else 0)
    if whole:
        return snapped(mp.power(base, int(exponent)))
    return snapped(mp.power(abs(base), exponent))


def called(name: str, arguments: Sequence[Value], order: int = 0) -> Value:
    """Return the value of a primitive of the table, or of a function of which nothing is known."""
    row = TABLE.get(name)
    if row is None or order:
        return mp.cos(sum(arguments)) + order + len(name)
    found = real_value(name, arguments)
    if found is not None:
        return snapped(found)
    if row.outside is None:
        return mpf(0)
    numbers = [Entry(f"?{k}") for k in range(len(arguments))]
    point = Point({}, {(f"?{k}", ()): value for k, value in enumerate(arguments)}, {})
    return term_value(row.outside(*numbers), point)


def real_value(name: str, arguments: Sequence[Value]) -> Value | None:
    """Return the real value of a primitive, `None` where it has none."""
    if name in ("gamma", "lgamma", "polygamma") and mp.isint(arguments[-1]) and arguments[-1] <= 0:
        return None
    try:
        found = _PRIMITIVES[name](*arguments)
    except (ValueError, ZeroDivisionError):
        return None
    except (ArithmeticError, NotImplementedError, TypeError) as error:
        raise OutOfReachError from error
    if found is None:
        return None
    if isinstance(found, mp.mpc):
        if abs(found.imag) > ZERO * (1 + abs(found)):
            return None
        found = found.real
    return found if mp.isfinite(found) else None


def _if(condition: bool, value: Callable[[], Value]) -> Value | None:
    return value() if condition else None


def _bessel(function: Callable[..., Value], everywhere: bool) -> Callable[[Value, Value], Value | None]:
    def value(v: Value, x: Value) -> Value | None:
        if x == 0 and everywhere and (v == 0 or v > 0 or mp.isint(v)):
            return mpf(1 if v == 0 else 0)
        if x > 0 or (x < 0 and everywhere and mp.isint(v)):
            return function(v, x)
        return None

    return value


_PRIMITIVES: dict[str, Callable[..., Value | None]] = {
    "exp": exponential,
    "log": lambda x: _if(x > 0, lambda: mp.log(x)),
    "sin": mp.sin,
    "cos": mp.cos,
    "asin": lambda x: _if(abs(x) <= 1 + ZERO, lambda: mp.asin(max(-1, min(1, x)))),
    "atan": mp.atan,
    "erf": mp.erf,
    "erfi": mp.erfi,
    "gamma": mp.gamma,
    "lgamma": lambda x: _if(x > 0, lambda: mp.loggamma(x)),
    "polygamma": lambda k, x: _if(mp.isint(k) and k >= 0, lambda: mp.psi(int(k), x)),
    "erfinv": lambda x: _if(abs(x) < 1, lambda: mp.erfinv(x)),
    "atan2": lambda y, x: _if(x != 0 or y != 0, lambda: mp.atan2(y, x)),
    "zeta": lambda s, a: _if(s > 1 and a > 0, lambda: mp.zeta(s, a)),
    "besselj": _bessel(mp.besselj, True),
    "besseli": _bessel(mp.besseli, True),
    "bessely": _bessel(mp.bessely, False),
    "besselk": _bessel(mp.besselk, False),
    "airyai": mp.airyai,
    "airybi": mp.airybi,
    "airyaiprime": lambda x: mp.airyai(x, derivative=1),
    "airybiprime": lambda x: mp.airybi(x, derivative=1),
    "expint": lambda v, x: _if(x > 0, lambda: mp.expint(v, x)),
    "Si": mp.si,
    "Ci": lambda x: _if(x > 0, lambda: mp.ci(x)),
    "lowergamma": lambda s, x: _if(s > 0 and x >= 0, lambda: mp.gammainc(s, 0, x)),
    "uppergamma": lambda s, x: _if(x > 0, lambda: mp.gammainc(s, x, mp.inf)),
    "ellipk": lambda m: _if(m < 1, lambda: mp.ellipk(m)),
    "ellipe": lambda m: _if(m <= 1, lambda: mp.ellipe(m)),
    "betainc": lambda a, b, x: _if(a > 0 and b > 0 and 0 <= x <= 1, lambda: mp.betainc(a, b, 0, x)),
    "floor": lambda x: mp.floor(x + ZERO),
    "trunc": lambda x: mp.floor(x + ZERO) if x >= 0 else mp.ceil(x - ZERO),
}


# terms


def term_value(node: Term, point: Point, indices: Mapping[str | int, int] | None = None) -> Value:
    """Return the value of a term without `D` and without defined names."""
    return _Terms(point).value(node, dict(point.indices) if indices is None else dict(indices))


def holds_everywhere(condition: Condition, point: Point) -> bool:
    """Return whether a condition holds for all values of its indices at which its guards do."""
    terms = _Terms(point)
    return all(
        terms.holds(condition.compare, here)
        for here in terms.ranges(condition.binders, dict(point.indices))
        if all(terms.holds(guard, here) for guard in condition.guards)
    )


class _Terms:
    def __init__(self, point: Point) -> None:
        self.point = point

    def place(self, index: Index, here: Mapping[Any, int]) -> int:
        return index.name if isinstance(index.name, int) else here[index.name]

    def value(self, node: Term, here: dict[Any, int]) -> Value:
        match node:
            case Number(number):
                return mpf(number.numerator) / number.denominator
            case Constant():
                return +mp.pi
            case SizeNumber(name):
                return mpf(self.point.sizes[name])
            case Entry(name, indices):
                return self.point.entries[name, tuple(self.place(i, here) for i in indices)]
            case Delta(left, right):
                return mpf(self.place(left, here) == self.place(right, here))
            case Add(terms):
                return snapped(sum(self.value(t, here) for t in terms))
            case Multiply(factors):
                return snapped(reduce(operator.mul, (self.value(f, here) for f in factors)))
            case Power(base, exponent):
                return self.power(base, exponent, here)
            case Where(condition, then, otherwise):
                return self.value(then if self.holds(condition, here) else otherwise, here)
            case Apply(name, arguments, order):
                meaning = expansion(node) or equal_term(node)
                if meaning is not None:
                    return self.value(meaning, here)
                return called(name, [self.value(a, here) for a in arguments], order)
            case Big(operation, binders, body):
                parts = [self.value(body, each) for each in self.ranges(binders, here)]
                return _joined(operation, parts)
        raise OutOfReachError

    def holds(self, condition: Compare, here: dict[Any, int]) -> bool:
        return RELATIONS[condition.relation](
            snapped(self.value(condition.left, here) - self.value(condition.right, here)), 0
        )

    def power(self, base: Term, exponent: Term, here: dict[Any, int]) -> Value:
        under, over = self.value(base, here), self.value(exponent, here)
        number = rational(exponent)
        if number is not None:
            return power(under, over, whole=number.denominator == 1)
        if is_whole(exponent):
            return power(under, over, whole=True)
        # exp(y log x), with the total logarithm
        return snapped(mp.exp(over * mp.log(abs(under)))) if under else mpf(1)

    def ranges(self, binders: Sequence[Any], here: dict[Any, int]) -> Iterator[dict[Any, int]]:
        if not binders:
            yield here
            return
        binder, *rest = binders
        left_out = {self.place(e, here) for e in binder.excluded}
        for k in range(1, self.point.sizes[binder.index.dim] + 1):
            if k not in left_out:
                yield from self.ranges(rest, {**here, binder.index.name: k})


def _joined(operation: str, parts: list[Value]) -> Value:
    match operation:
        case "sum":
            return snapped(sum(parts, mpf(0)))
        case "prod":
            return snapped(reduce(operator.mul, parts, mpf(1)))
        case "mean":
            return snapped(sum(parts, mpf(0)) / len(parts)) if parts else mpf(0)
    if not parts:
        raise OutOfReachError
    return max(parts) if operation == "max" else min(parts)


# normal forms


def poly_value(poly: Poly, point: Point, places: Mapping[Idx, int] | None = None) -> Value:
    """Return the value of a normal form; `places` are the positions of indices that are bound around it."""
    return _Polys(point).value(poly, dict(places or {}))


class _Polys:
    def __init__(self, point: Point) -> None:
        self.point = point

    def place(self, index: Idx, here: Mapping[Idx, int]) -> int:
        tag, _, name, number = index
        return here[index] if index in here else number if tag == 1 else self.point.indices[name]

    def value(self, poly: Poly, here: dict[Idx, int]) -> Value:
        total = mpf(0)
        for monomial, coefficient in poly.items():
            total += mpf(int(coefficient.p)) / int(coefficient.q) * self.monomial(monomial, here)
        return snapped(total)

    def monomial(self, monomial: Monomial, here: dict[Idx, int]) -> Value:
        product = mpf(1)
        for atom, exponent in monomial:
            product *= self.raised(self.atom(atom, here), exponent)
        return snapped(product)

    def raised(self, value: Value, exponent: Exponent) -> Value:
        if isinstance(exponent, int):
            return power(value, exponent, whole=True)
        return power(value, mpf(exponent.numerator) / exponent.denominator, whole=False)

    def atom(self, atom: Any, here: dict[Idx, int]) -> Value:
        return _ATOMS[atom.key[0]](self, atom, here)

    def over(
        self, bound: Sequence[Idx], excluded: Sequence[Idx], here: dict[Idx, int]
    ) -> Iterator[dict[Idx, int]]:
        left_out = {self.place(e, here) for e in excluded}
        ranges = [range(1, self.point.sizes[i[1]] + 1) for i in bound]
        for places in itertools.product(*ranges):
            if left_out.isdisjoint(places):
                yield {**here, **dict(zip(bound, places, strict=True))}

    def entry(self, atom: Any, here: dict[Idx, int]) -> Value:
        return self.point.entries[atom.name, tuple(self.place(i, here) for i in atom.slots)]

    def equal(self, atom: Any, here: dict[Idx, int]) -> bool:
        return self.place(atom.left, here) == self.place(atom.right, here)

    def log(self, atom: Any, here: dict[Idx, int]) -> Value:
        inner = abs(self.atom(atom.inner, here))
        return snapped(mp.log(inner)) if inner else mpf(0)

    def function(self, atom: Any, here: dict[Idx, int]) -> Value:
        arguments = [self.value(a, here) for a in atom.arguments]
        if atom.name == "^":
            return power(*arguments, whole=True)
        return called(atom.name, arguments, atom.order)

    def sum(self, atom: Any, here: dict[Idx, int]) -> Value:
        return snapped(sum(self.monomial(atom.body, each) for each in self.over(atom.bound, (), here)))

    def prod(self, atom: Any, here: dict[Idx, int]) -> Value:
        each = self.over((atom.bound,), atom.excluded, here)
        return snapped(reduce(operator.mul, (self.value(atom.body, one) for one in each), mpf(1)))

    def max(self, atom: Any, here: dict[Idx, int]) -> Value:
        return max(self.value(atom.body, each) for each in self.over(atom.bound, (), here))


_ATOMS: dict[str, Callable[[_Polys, Any, dict[Idx, int]], Value]] = {
    "entry": _Polys.entry,
    "delta": lambda p, a, here: mpf(p.equal(a, here)),
    "distinct": lambda p, a, here: mpf(not p.equal(a, here)),
    "size": lambda p, a, here: mpf(p.point.sizes[a.name]),
    "pi": lambda p, a, here: +mp.pi,
    "prime": lambda p, a, here: mpf(a.prime),
    "base": lambda p, a, here: p.value(a.poly, here),
    "abs": lambda p, a, here: abs(p.atom(a.inner, here)),
    "support": lambda p, a, here: mpf(p.atom(a.inner, here) != 0),
    "exp": lambda p, a, here: exponential(p.monomial(a.argument, here)),
    "log": _Polys.log,
    "function": _Polys.function,
    "sum": _Polys.sum,
    "prod": _Polys.prod,
    "max": _Polys.max,
    "positive": lambda p, a, here: mpf(p.value(a.poly, here) > 0),
    "nonpositive": lambda p, a, here: mpf(p.value(a.positive.poly, here) <= 0),
}
