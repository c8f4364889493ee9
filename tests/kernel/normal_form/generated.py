"""Random terms in which parts recur, so that much cancels, and random points at which much has no value."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from fractions import Fraction
from random import Random

from mpmath import mpf

from derive.terms import (
    PI,
    Apply,
    Big,
    Binder,
    Compare,
    Delta,
    Entry,
    Index,
    Number,
    Power,
    Relation,
    SizeNumber,
    Term,
    Where,
    add,
    free_indices,
    multiply,
    negate,
    same_index,
)
from derive.terms.functions import TABLE
from derive.terms.nodes import BigOperation
from tests.kernel.normal_form.total import Point

SIZE = "n"
FREE = tuple(Index(name, SIZE) for name in "ik")
RELATIONS: tuple[Relation, ...] = tuple(Relation)
EXPONENTS = tuple(
    Number(Fraction(e)) for e in ("-1", "-1", "-2", "2", "3", "1/2", "-1/2", "3/2", "1", "-3/2")
)
WHOLE_ARGUMENTS = {"polygamma": (0, 1), "zeta": (2, 3), "expint": (0, 1, 2)}
ORDERS = (Fraction(0), Fraction(1), Fraction(-1), Fraction(2), Fraction(1, 2), Fraction(-3, 2))
BESSEL = ("besselj", "bessely", "besseli", "besselk")
SLOW = frozenset(("betainc", "zeta", "expint", "erfinv", "uppergamma", "lowergamma"))


class Terms:
    """Makes random terms over x[n], y[n], W[n,n], u, v, and a function f of which nothing is known."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.made: list[Term] = []
        self.names = itertools.count()

    def term(self, depth: int, scope: tuple[Index, ...] = FREE) -> Term:
        """Return a term whose free indices are among those of the scope."""
        random = self.random
        if self.made and random.random() < 0.25:
            known = [t for t in self.made[-12:] if set(free_indices(t)) <= set(scope)]
            if known:
                return random.choice(known)
        found = self.leaf(scope) if depth <= 0 else random.choice(_MAKERS)(self, depth - 1, scope)
        self.made.append(found)
        return found

    def leaf(self, scope: tuple[Index, ...]) -> Term:
        """Return an entry, a number, a size or a delta."""
        random = self.random
        kind = random.random()
        if kind < 0.6:
            name, rank = random.choice((("x", 1), ("x", 1), ("y", 1), ("W", 2), ("u", 0), ("v", 0)))
            return Entry(name, tuple(random.choice(scope) for _ in range(rank)))
        if kind < 0.85:
            return Number(Fraction(random.choice(("0", "1", "-1", "2", "1/2", "3"))))
        return random.choice((SizeNumber(SIZE), PI, Delta(random.choice(scope), random.choice(scope))))

    def some(self, depth: int, scope: tuple[Index, ...]) -> list[Term]:
        """Return two or three terms."""
        return [self.term(depth, scope) for _ in range(self.random.choice((2, 2, 3)))]

    def product(self, depth: int, scope: tuple[Index, ...]) -> Term:
        """Return a product, or a quotient."""
        parts = self.some(depth, scope)
        return multiply(*(Power(p, EXPONENTS[0]) if self.random.random() < 0.3 else p for p in parts))

    def difference(self, depth: int, scope: tuple[Index, ...]) -> Term:
        """Return a sum of terms with signs."""
        return add(*(negate(p) if self.random.random() < 0.4 else p for p in self.some(depth, scope)))

    def power(self, depth: int, scope: tuple[Index, ...]) -> Term:
        """Return a power: of a number, of a size, of anything."""
        random = self.random
        base, kind = self.term(depth, scope), random.random()
        if kind < 0.75:
            return Power(base, random.choice(EXPONENTS))
        if kind < 0.9:
            n = SizeNumber(SIZE)
            return Power(
                base, random.choice((n, add(n, -1), add(n, -2), negate(n), multiply(n, 2), n**2, n * (n + 1)))
            )
        return Power(base, self.term(depth - 1, scope))

    def function(self, depth: int, scope: tuple[Index, ...]) -> Term:
        """Return a function of the table, most often one with rewrites of its own."""
        random = self.random
        common = random.choice(
            ("exp", "log", "log", "sqrt", "abs", "sin", "cos", "asin", "atan", "gamma", "f")
        )
        name = common if random.random() < 0.75 else random.choice(sorted(TABLE))
        if name in SLOW and random.random() < 0.8:
            name = common
        return self.call(name, depth, scope)

    def call(self, name: str, depth: int, scope: tuple[Index, ...]) -> Term:
        """Return a function of random arguments, of those that it can be computed for."""
        random = self.random
        row = TABLE.get(name)
        arity = 1 if row is None else row.arity or 2
        arguments = [self.term(depth, scope) for _ in range(arity)]
        if name in BESSEL:
            arguments[0] = Number(random.choice(ORDERS))
        elif name in WHOLE_ARGUMENTS:
            arguments[0] = Number(Fraction(random.choice(WHOLE_ARGUMENTS[name])))
        return Apply(name, tuple(arguments))

    def inverse(self, depth: int, scope: tuple[Index, ...]) -> Term:
        """Return a function of the inverse of one."""
        outer, inner = self.random.choice(
            (
                ("sin", "asin"),
                ("cos", "asin"),
                ("exp", "log"),
                ("log", "exp"),
                ("tan", "atan"),
                ("sin", "acos"),
            )
        )
        times = Number(Fraction(self.random.choice(("1", "1", "2", "-1", "1/2"))))
        return Apply(outer, (multiply(times, Apply(inner, (self.term(depth, scope),))),))

    def shifted(self, depth: int, scope: tuple[Index, ...]) -> Term:
        """Return a combination of a function at u and at u + 1."""
        u = self.term(depth, scope)
        name = self.random.choice(("gamma", "lgamma", "digamma", "loggamma"))
        at, above = Apply(name, (u,)), Apply(name, (add(u, 1),))
        return self.random.choice(
            (
                add(above, negate(multiply(u, at))),
                add(above, negate(at)),
                multiply(above, Power(at, EXPONENTS[0])),
            )
        )

    def where(self, depth: int, scope: tuple[Index, ...]) -> Term:
        """Return a choice between two terms."""
        random = self.random
        condition = Compare(random.choice(RELATIONS), self.term(depth - 1, scope), self.term(0, scope))
        if random.random() < 0.3:
            condition = same_index(random.choice(scope), random.choice(scope))
        return Where(condition, self.term(depth, scope), self.term(depth, scope))

    def big(self, depth: int, scope: tuple[Index, ...]) -> Term:
        """Return a sum, product, mean or extreme value, a sum or product perhaps without an index."""
        random = self.random
        operation: BigOperation = random.choice(_BIG)
        index = Index(f"j{next(self.names)}", SIZE)
        excluded: tuple[Index, ...] = ()
        if operation in ("sum", "prod", "mean") and random.random() < 0.5:
            excluded = tuple(
                dict.fromkeys(random.choices(scope, k=random.choice((1, 1, 2)) if operation != "mean" else 1))
            )
        return Big(operation, (Binder(index, excluded),), self.term(depth, (*scope, index)))


_BIG: tuple[BigOperation, ...] = ("sum", "sum", "sum", "sum", "prod", "mean", "max", "min")
_MAKERS: tuple[Callable[[Terms, int, tuple[Index, ...]], Term], ...] = (
    Terms.product, Terms.product, Terms.product, Terms.difference, Terms.difference, Terms.power, Terms.power,
    Terms.function, Terms.function, Terms.inverse, Terms.shifted, Terms.where, Terms.big, Terms.big, Terms.big,
)  # fmt: skip


VALUES = (0, 0, 1, 1, -1, 2, -2, 3, Fraction(1, 2), Fraction(-1, 2), Fraction(5, 3), -3)


def point(random: Random, size: int, values: tuple[int | Fraction, ...] = VALUES) -> Point:
    """Return a point in which zeros, ties, negative values and values above 1 are common."""

    def number() -> mpf:
        value = Fraction(random.choice(values))
        return mpf(value.numerator) / value.denominator

    places = range(1, size + 1)
    entries: dict[tuple[str, tuple[int, ...]], mpf] = {
        (name, (k,)): number() for name in "xy" for k in places
    }
    entries |= {("W", pair): number() for pair in itertools.product(places, repeat=2)}
    entries |= {(name, ()): number() for name in "uv"}
    return Point({SIZE: size}, entries, {str(index): random.choice(places) for index in FREE})
