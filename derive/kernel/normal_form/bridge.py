"""The one bridge to python-flint's polynomials, and the factors that it finds, multiplied back here.

Of python-flint sums, products and comparisons are trusted; how it factors is not.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from fractions import Fraction
from math import lcm, prod
from operator import methodcaller
from typing import Any, Generic, TypeAlias, TypeVar

import flint
from flint import fmpq, fmpq_mpoly, fmpz

from derive.kernel.normal_form.polynomials import UNIT, Atom, Exponent, Poly, whole

Generator = TypeVar("Generator", bound=Hashable)
Powers: TypeAlias = tuple[tuple[Generator, Exponent], ...]

MAX_FACTOR_TERMS = 400
MAX_DEGREE = 400  # in one atom, once fractional exponents are made whole; beyond it factoring takes forever


class Variables(Generic[Generator]):
    """Atoms, of whatever kind, as the variables of python-flint's polynomials.

    Each has a step by which its exponents are multiplied, so that fractional ones are whole there.
    """

    def __init__(self, steps: Mapping[Generator, int], order: str = "lex") -> None:
        self.atoms, self.steps = tuple(steps), tuple(steps.values())
        self._places = {atom: place for place, atom in enumerate(steps)}
        self._context = flint.fmpq_mpoly_ctx.get(("x", len(steps)), order)

    def constant(self, value: Fraction | int) -> fmpq_mpoly:
        """Return a number as a polynomial."""
        return self._context.constant(fmpq(value.numerator, value.denominator))

    def generator(self, atom: Generator) -> fmpq_mpoly:
        """Return the variable of an atom, which is the atom to the power of one over its step."""
        return self._context.gen(self._places[atom])

    def into(self, poly: Mapping[Powers[Generator], fmpq]) -> fmpq_mpoly | None:
        """Return a polynomial without negative exponents as python-flint's, `None` if its degree is too great."""
        terms: dict[tuple[int, ...], fmpq] = {}
        for monomial, coefficient in poly.items():
            exponents = [0] * len(self.atoms)
            for atom, exponent in monomial:
                place = self._places[atom]
                whole_exponent = exponent * self.steps[place]
                if whole_exponent.denominator > 1 or not 0 <= whole_exponent <= MAX_DEGREE:
                    return None
                exponents[place] = int(whole_exponent)
            terms[tuple(exponents)] = coefficient
        return self._context.from_dict(terms)

    def back(self, poly: fmpq_mpoly) -> dict[Powers[Generator], fmpq]:
        """Return a polynomial of python-flint's over atoms; its products are not reduced."""
        return {self._powers(exponents): coefficient for exponents, coefficient in poly.to_dict().items()}

    def _powers(self, exponents: tuple[int, ...]) -> Powers[Generator]:
        pairs = zip(self.atoms, exponents, self.steps, strict=True)
        return tuple((a, whole(Fraction(int(e), s)) if s > 1 else int(e)) for a, e, s in pairs if e)


def over(atoms: Sequence[Atom], polys: Iterable[Poly], order: str = "lex") -> Variables[Atom]:
    """Return atoms as variables, with steps that make their exponents in some polynomials whole."""
    steps: dict[Atom, int] = dict.fromkeys(atoms, 1)
    for poly in polys:
        for monomial in poly:
            for atom, exponent in monomial:
                if isinstance(exponent, Fraction):
                    steps[atom] = lcm(steps[atom], exponent.denominator)
    return Variables(steps, order)


def factored(poly: Poly) -> list[tuple[Poly, int]]:
    """Return polynomials with exponents whose product is a polynomial without negative exponents.

    They are irreducible, constants among them, where python-flint is right and the polynomial is not too large.
    """
    alone = [(poly, 1)]
    if len(poly) > MAX_FACTOR_TERMS:
        return alone
    variables = over(sorted({a for m in poly for a, _ in m}, key=lambda a: a.uid), (poly,))
    product = variables.into(poly)
    if product is None:
        return alone
    content, pieces = _factors(product)
    if (len(pieces) == 1 and pieces[0][1] == 1) or not is_product(product, content, pieces):
        return alone
    return [({UNIT: content}, 1), *((variables.back(piece), int(times)) for piece, times in pieces)]


# What is found by others, and looked over before it is used.
_factors: Callable[[Any], Any] = methodcaller("factor")


def integer_factors(number: int) -> list[tuple[int, int]]:
    """Return whole numbers with exponents whose product is a positive one: primes, where python-flint is right."""
    pieces = [(int(prime), int(times)) for prime, times in _factors(fmpz(number))]
    return pieces if is_integer_product(number, pieces) else [(number, 1)]


def is_integer_product(number: int, pieces: Iterable[tuple[int, int]]) -> bool:
    """Return whether a number is the product of powers of others."""
    return bool(prod(prime**times for prime, times in pieces) == number)


def is_product(product: fmpq_mpoly, content: fmpq, pieces: Iterable[tuple[fmpq_mpoly, int]]) -> bool:
    """Return whether a polynomial is the product of a number and powers of others."""
    total = product * 0 + content
    for piece, times in pieces:
        total *= piece ** int(times)
    return bool(total == product)
