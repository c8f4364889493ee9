"""A term made of numbers, sizes and definitions, as a polynomial in the sizes with exact coefficients."""

from __future__ import annotations

from collections.abc import Sequence

from flint import fmpq, fmpq_mpoly, fmpq_mpoly_ctx, fmpz

from derive.terms import Add, Apply, Context, Entry, Multiply, Number, Power, SizeNumber, Term, instantiate

MAX_BITS = 4096
MAX_TERMS = 200


class NotANumberError(Exception):
    """A term is no number by arithmetic alone, or one that is too long."""


class SizePolynomials:
    """Reads terms as polynomials in the sizes that are not fixed."""

    def __init__(self, context: Context, sizes: Sequence[str]) -> None:
        self.context = context
        self.ring = fmpq_mpoly_ctx.get(tuple(sizes), "lex")

    def polynomial(self, node: Term) -> fmpq_mpoly:
        """Return the polynomial that a term is. Raises `NotANumberError`."""
        match node:
            case Number(value):
                found = self.ring.constant(fmpq(value.numerator, value.denominator))
            case SizeNumber(name):
                fixed = self.context.sizes[name].fixed
                found = (
                    self.ring.constant(fixed) if fixed is not None else self.ring.gens()[self._place(name)]
                )
            case Entry(name, indices) if name in self.context.definitions:
                found = self.polynomial(instantiate(self.context.definitions[name], indices))
            case Add(terms):
                found = self.ring.constant(0)
                for term in terms:
                    found += self.polynomial(term)
            case Multiply(factors):
                found = self.ring.constant(1)
                for factor in factors:
                    found *= self.polynomial(factor)
            case Power(base, exponent):
                found = self._power(self.polynomial(base), self.polynomial(exponent))
            case Apply("sqrt", (inside,)):
                found = self._power(self.polynomial(inside), self.ring.constant(fmpq(1, 2)))
            case _:
                raise NotANumberError
        if len(found) > MAX_TERMS or any(_length(c) > MAX_BITS for c in found.coeffs()):
            raise NotANumberError
        return found

    def _place(self, name: str) -> int:
        names: tuple[str, ...] = self.ring.names()
        return names.index(name)

    def _power(self, base: fmpq_mpoly, exponent: fmpq_mpoly) -> fmpq_mpoly:
        if not exponent.is_constant():
            raise NotANumberError
        times = exponent.leading_coefficient() if exponent else fmpq(0)
        if base.is_constant():
            return self.ring.constant(
                _power_of_number(base.leading_coefficient() if base else fmpq(0), times)
            )
        if times.q != 1 or not 0 <= times <= MAX_TERMS:
            raise NotANumberError
        found = self.ring.constant(1)
        for _ in range(int(times.p)):
            found *= base
            if len(found) > MAX_TERMS:
                raise NotANumberError
        return found


def _power_of_number(base: fmpq, exponent: fmpq) -> fmpq:
    if (base == 0 and exponent < 0) or (base < 0 and exponent.q != 1):
        raise NotANumberError
    above, below = _root(base.p, int(exponent.q)), _root(base.q, int(exponent.q))
    if abs(exponent.p) * max(_length(base), 1) > MAX_BITS:
        raise NotANumberError
    return fmpq(above, below) ** int(exponent.p)


def _root(value: fmpz, degree: int) -> fmpz:
    if degree == 1 or value in (0, 1):
        return value
    if degree > MAX_BITS:
        raise NotANumberError
    root = value.root(degree)
    if root**degree != value:
        raise NotANumberError
    return root


def _length(value: fmpq) -> int:
    return max(int(value.p).bit_length(), int(value.q).bit_length())
