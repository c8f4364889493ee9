"""Points: sizes, indices and exact values (or balls proved to hold a solution) for every entry, with their text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Protocol, TypeAlias

from flint import arb, fmpq

from derive.oracle import quantities as q
from derive.oracle.ground import EntryKey
from derive.oracle.quantities import Quantity
from derive.report.message import Message
from derive.terms import MINUS_ONE, ZERO, Apply, Entry, Multiply, Number, Power, Term, add, multiply, negate


class Value(Protocol):
    """A real number that can be enclosed at any precision up to `q.FINEST` bits."""

    @property
    def text(self) -> str:
        """The number as a person writes it."""

    def number(self) -> Quantity:
        """Return it as a quantity at the current precision."""


class _Kept:
    """Room for a number as it is computed with: a value is asked for it at every point that has it."""

    __slots__ = ("_exact",)
    _exact: fmpq


@dataclass(frozen=True, slots=True)
class Rational(_Kept):
    """An exact rational number."""

    value: Fraction

    @property
    def text(self) -> str:
        """The fraction, in lowest terms."""
        return Message(Number(self.value))

    def number(self) -> Quantity:
        """Return it exactly."""
        found: fmpq | None = getattr(self, "_exact", None)
        if found is None:
            found = q.rational(self.value)
            object.__setattr__(self, "_exact", found)
        return found

    def __hash__(self) -> int:
        # The hash of a fraction costs a modular inverse.
        return hash((self.value.numerator, self.value.denominator))


@dataclass(frozen=True, slots=True)
class Place:
    """The label of a sample: one of the places from 1 to `among`."""

    place: int
    among: int

    @property
    def text(self) -> str:
        """The place."""
        return Message(Number(Fraction(self.place)))

    def number(self) -> Quantity:
        """Return the place as a number."""
        return q.rational(self.place)


@dataclass(frozen=True, slots=True)
class Logarithm:
    """The logarithm of a positive rational, exact."""

    argument: Fraction

    @property
    def text(self) -> str:
        """`log(2)`, or `-log(2)` for log(1/2)."""
        if self.argument.numerator == 1 and self.argument != 1:
            return Message(negate(Apply("log", (Number(1 / self.argument),))))
        return Message(Apply("log", (Number(self.argument),)))

    def number(self) -> Quantity:
        """Return it exactly."""
        return q.log(q.rational(self.argument))


@dataclass(frozen=True, slots=True)
class Surd:
    """`rational + factor * sqrt(radicand)`."""

    rational: Fraction
    factor: Fraction
    radicand: Fraction

    @property
    def text(self) -> str:
        """`1/2 - 3*sqrt(5)/2`."""
        root = times(self.factor, Apply("sqrt", (Number(self.radicand),)))
        return Message(add(Number(self.rational), root) if self.rational else root)

    def number(self) -> Quantity:
        """Return a ball."""
        return q.rational(self.rational) + q.rational(self.factor) * arb(q.rational(self.radicand)).sqrt()


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A number between two rationals, proved to exist there: the solution of a hypothesis."""

    low: Fraction
    high: Fraction

    @property
    def text(self) -> str:
        """Its digits, as far as they are certain, at most ten."""
        return certain_digits(self.number())

    def number(self) -> Quantity:
        """Return a ball."""
        return arb(q.rational(self.low)).union(arb(q.rational(self.high)))


@dataclass(frozen=True, slots=True)
class Combined:
    """`constant + Σ slope * value`: an entry that a linear hypothesis expresses by others."""

    constant: Fraction
    parts: tuple[tuple[Fraction, Value], ...]

    @property
    def text(self) -> str:
        """Its digits."""
        return certain_digits(self.number())

    def number(self) -> Quantity:
        """Return the combination, exact if every part is."""
        total: Quantity = q.rational(self.constant)
        for slope, value in self.parts:
            total = q.add(total, q.multiply(value.number(), q.rational(slope)))
        return total


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was chosen for a declared function: a polynomial, plus `factor * exp(rate * x)`."""

    polynomial: tuple[Fraction, ...]
    factor: Fraction = Fraction(0)
    rate: Fraction = Fraction(0)

    @property
    def text(self) -> str:
        """The function of x, as `x -> 1 + 2*x`."""
        x = Entry("x")
        parts = [
            times(c, x if exponent == 1 else Power(x, Number(Fraction(exponent)))) if exponent else Number(c)
            for exponent, c in enumerate(self.polynomial)
            if c
        ]
        if self.factor:
            parts.append(times(self.factor, Apply("exp", (times(self.rate, x),))))
        return Message(x, " -> ", add(*parts) if parts else ZERO)

    def __call__(self, argument: Quantity, primes: int) -> Quantity | None:
        """Return the value of the derivative with that many primes."""
        coefficients = [q.rational(c) for c in self.polynomial]
        for _ in range(primes):
            coefficients = [k * c for k, c in enumerate(coefficients)][1:]
        total: Quantity = fmpq(0)
        for c in reversed(coefficients):
            total = q.add(q.multiply(total, argument), c)
        if self.factor:
            growth = q.exp(q.multiply(argument, q.rational(self.rate)))
            if growth is None:
                return None
            total = q.add(total, q.multiply(growth, q.rational(self.factor * self.rate**primes)))
        return total


@dataclass(frozen=True, slots=True)
class ChosenPolynomial:
    """What was chosen for an unknown function of several numbers or arrays: a polynomial in all their entries.

    `arguments` are the entries, by the names of the parameters; a monomial is the numbers of its factors, in order.
    """

    arguments: tuple[Entry, ...]
    monomials: tuple[tuple[tuple[int, ...], Fraction], ...]

    @property
    def text(self) -> str:
        """The function, as `y -> y[1] + 2*y[1]*y[2]`."""
        names = ", ".join(dict.fromkeys(one.name for one in self.arguments))
        parts = [times(c, self._product(m)) for m, c in self.monomials]
        return Message(f"{names} -> ", add(*parts))

    def _product(self, monomial: tuple[int, ...]) -> Term:
        powers = {k: monomial.count(k) for k in monomial}
        factors = [
            self.arguments[k] if exponent == 1 else Power(self.arguments[k], Number(Fraction(exponent)))
            for k, exponent in powers.items()
        ]
        return multiply(*factors)

    def __call__(self, values: list[Quantity], partials: tuple[int, ...]) -> Quantity:
        """Return the value of the derivative by these arguments in turn."""
        monomials = dict(self.monomials)
        for by in partials:
            slopes: dict[tuple[int, ...], Fraction] = {}
            for monomial, c in monomials.items():
                if by in monomial:
                    place = monomial.index(by)
                    rest = monomial[:place] + monomial[place + 1 :]
                    slopes[rest] = slopes.get(rest, Fraction(0)) + c * monomial.count(by)
            monomials = slopes
        total: Quantity = fmpq(0)
        for monomial, c in monomials.items():
            product: Quantity = q.rational(c)
            for k in monomial:
                product = q.multiply(product, values[k])
            total = q.add(total, product)
        return total


def times(factor: Fraction, term: Term) -> Term:
    """Return a multiple of a term as a person writes it: `-3*sqrt(5)/2`."""
    over, under = factor.numerator, factor.denominator
    above = term if over == 1 else negate(term) if over == -1 else Multiply((Number(Fraction(over)), term))
    return above if under == 1 else multiply(above, Power(Number(Fraction(under)), MINUS_ONE))


Nested: TypeAlias = Any
"""A value, or a tuple of these: `(x[1], x[2])`. Integers and fractions count as values."""


@dataclass(frozen=True, slots=True)
class Point:
    """A choice of sizes, of free indices and labels (from 1), and of values for arrays and declared functions.

    `values` maps a name to a number for a scalar, to nested tuples for an array (`W[2,1]` is
    `values["W"][1][0]`), and to a `Chosen` for a declared function. A number is an `int`, a `Fraction` or
    one of the classes of this module.
    """

    sizes: Mapping[str, int] = field(default_factory=dict)
    indices: Mapping[str, int] = field(default_factory=dict)
    values: Mapping[str, Nested] = field(default_factory=dict)

    def entries(self) -> Iterator[tuple[EntryKey, Value]]:
        """Yield every entry with its value."""
        for name, nested in self.values.items():
            if not isinstance(nested, Chosen | ChosenPolynomial):
                yield from _entries(name, (), nested)

    def rounded(self) -> dict[EntryKey, float]:
        """Return every entry in floating point, for a look that no verdict rests on."""
        return {key: float(q.ball(value.number()).mid()) for key, value in self.entries()}

    def functions(self) -> dict[str, Callable[[Quantity, int], Quantity | None]]:
        """Return what was chosen for the declared functions."""
        return {name: chosen for name, chosen in self.values.items() if isinstance(chosen, Chosen)}

    def polynomials(self) -> dict[str, ChosenPolynomial]:
        """Return what was chosen for the unknown functions of several numbers or arrays."""
        return {name: one for name, one in self.values.items() if isinstance(one, ChosenPolynomial)}


def _entries(name: str, at: tuple[int, ...], nested: Nested) -> Iterator[tuple[EntryKey, Value]]:
    if isinstance(nested, (tuple, list)):
        for k, inner in enumerate(nested, start=1):
            yield from _entries(name, (*at, k), inner)
    elif isinstance(nested, Place):
        for k in range(1, nested.among + 1):
            yield (name, (*at, k)), Rational(Fraction(int(k == nested.place)))
    else:
        yield (name, at), as_value(nested)


def as_value(number: Nested) -> Value:
    """Return a plain Python number as a value; a value is returned as it is."""
    if isinstance(number, (int, Fraction)):
        return Rational(Fraction(number))
    return number  # type: ignore[no-any-return]


def nested(
    shape: tuple[int, ...], value: Callable[[tuple[int, ...]], Nested], at: tuple[int, ...] = ()
) -> Nested:
    """Return the nested tuples of that shape with the values at each position."""
    if not shape:
        return value(at)
    return tuple(nested(shape[1:], value, (*at, k)) for k in range(1, shape[0] + 1))


def texts(value: Nested) -> Nested:
    """Return the texts of values, nested lists for arrays."""
    if isinstance(value, (tuple, list)):
        return [texts(inner) for inner in value]
    return as_value(value).text


def certain_digits(number: Quantity, most: int = 10) -> str:
    """Return the decimal digits of a ball, rounded, as many as both its ends agree on, at most ten."""
    enclosed = q.ball(number)
    low, high = enclosed.lower(), enclosed.upper()
    for digits in range(most, 0, -1):
        ends = {end.str(digits, radius=False) for end in (low, high)}
        if len(ends) == 1:
            return _tidied(ends.pop())
    if enclosed.contains(0):  # no digit of it is known, but how many would be 0
        return f"0 to {zeros(enclosed)} digits"
    return f"about {_tidied(enclosed.mid().str(1, radius=False))}"


def zeros(enclosed: arb) -> int:
    """Return how many decimal places of every number in a ball about 0 are 0."""
    greatest = enclosed.abs_upper()
    return max(0, int((-(greatest.log() / arb(10).log())).floor().unique_fmpz() or 0))


def _tidied(text: str) -> str:
    """Return a decimal number without zeros at its end."""
    mantissa, mark, exponent = text.partition("e")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return mantissa + mark + exponent
