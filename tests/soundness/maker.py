"""Random terms that are well-typed in a setting: most have a value somewhere, some only at some points."""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction

from derive.terms import (
    HALF,
    MINUS_ONE,
    ONE,
    PI,
    Apply,
    Big,
    Binder,
    Compare,
    Context,
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
    different_index,
    indicator,
    multiply,
    negate,
    same_index,
)
from derive.terms.nodes import BigOperation

Scope = tuple[Index, ...]
LETTERS = "jklrgwz"
SMOOTH = ("exp", "sin", "cos", "tanh", "sigmoid", "softplus", "atan", "sinh", "cosh", "erf")
RELATIONS: tuple[Relation, ...] = tuple(Relation)


class Maker:
    """Makes terms. `scope` are the indices in reach, bound ones last; an inner letter hides an outer one."""

    def __init__(self, rng: random.Random, context: Context, kinks: bool) -> None:
        self.rng = rng
        self.context = context
        self.kinks = kinks

    def index(self, dim: str, scope: Scope) -> Index | None:
        """Return an index in reach over a dimension, rarely a position; `None` if there is none."""
        seen: dict[str | int, Index] = {i.name: i for i in scope}
        found = [i for i in seen.values() if i.dim == dim]
        size = self.context.sizes[dim]
        if self.rng.random() < 0.05 or not found:
            return Index(self.rng.randint(1, size.fixed or size.minimum), dim)
        # The innermost is the likeliest: otherwise most sums would be of constants.
        return found[-1] if self.rng.random() < 0.6 else self.rng.choice(found)

    def entry(self, scope: Scope, name: str | None = None) -> Term:
        """Return an entry of a declared or defined array."""
        dims = {v.name: v.dims for v in self.context.variables.values() if v.kind != "label"}
        dims |= {d.name: tuple(p.dim for p in d.parameters) for d in self.context.definitions.values()}
        chosen = name or self.rng.choice(list(dims))
        indices = [self.index(dim, scope) for dim in dims[chosen]]
        return Entry(chosen, tuple(i for i in indices if i is not None))

    def number(self) -> Term:
        """Return a small number."""
        return Number(Fraction(self.rng.choice((1, 2, 2, 3, -1, -2, 1)), self.rng.choice((1, 1, 1, 2, 3))))

    def leaf(self, scope: Scope) -> Term:
        """Return a term without parts."""
        draw = self.rng.random()
        if draw < 0.78:
            return self.entry(scope)
        if draw < 0.9:
            return self.number()
        pairs = self.pairs(scope)
        if draw < 0.96 and pairs:
            return Delta(*self.rng.choice(pairs))
        if draw < 0.985 and self.context.sizes:
            return SizeNumber(self.rng.choice(list(self.context.sizes)))
        return PI

    def pairs(self, scope: Scope) -> list[tuple[Index, Index]]:
        """Return pairs of different letters of one dimension."""
        seen = {i.name: i for i in scope}.values()
        return [(a, b) for a in seen for b in seen if a != b and a.dim == b.dim]

    def real(self, depth: int, scope: Scope) -> Term:
        """Return a term that nests at most about that deep."""
        if depth <= 0:
            return self.leaf(scope)
        make: Callable[[], Term] = lambda: self.real(depth - 1 - (self.rng.random() < 0.3), scope)  # noqa: E731
        draw = self.rng.random()
        if draw < 0.2:
            return add(make(), negate(make()) if self.rng.random() < 0.4 else make())
        if draw < 0.4:
            return multiply(make(), make())
        if draw < 0.62:
            return self.big(depth, scope)
        if draw < 0.76:
            return self.function(depth, scope)
        if draw < 0.85:
            divisor = self.positive(depth - 1, scope) if self.rng.random() < 0.8 else make()
            return multiply(make(), Power(divisor, MINUS_ONE))
        if draw < 0.92:
            return self.power(depth, scope)
        if self.kinks:
            return self.cases(depth, scope)
        return make()

    def positive(self, depth: int, scope: Scope) -> Term:
        """Return a term that is positive everywhere, or wherever its parts have values."""
        draw = self.rng.random()
        if draw < 0.3 or depth <= 0:
            names = [
                v.name
                for v in self.context.variables.values()
                if v.bounds
                and v.bounds[0].relation == ">"
                and v.bounds[0].value != MINUS_ONE
                and isinstance(v.bounds[0].value, Number)
                and v.bounds[0].value.value >= 0
            ]
            if names and self.rng.random() < 0.6:
                return self.entry(scope, self.rng.choice(names))
            if draw < 0.1:
                return Number(Fraction(self.rng.choice((2, 3))))
            return Apply("exp", (self.real(depth - 1, scope),))
        if draw < 0.55:
            return add(1, Power(self.real(depth - 1, scope), Number(Fraction(2))))
        if draw < 0.7:
            return add(self.positive(depth - 1, scope), self.positive(depth - 1, scope))
        if draw < 0.9:
            return self.big(depth, scope, self.positive, "sum")
        return multiply(self.positive(depth - 1, scope), self.positive(depth - 1, scope))

    def big(
        self,
        depth: int,
        scope: Scope,
        body: Callable[[int, Scope], Term] | None = None,
        operation: BigOperation | None = None,
    ) -> Term:
        """Return a sum, or rarely a product, mean, maximum or minimum, over one or two indices."""
        choices: list[BigOperation] = [*(("sum",) * 9), "mean", "prod"]
        if self.kinks:
            choices += ["max", "min"]
        chosen = self.rng.choice(choices) if operation is None else operation
        dims = list(self.context.sizes)
        if not dims:
            return (body or self.real)(depth - 1, scope)
        binders: list[Binder] = []
        # Letters may hide those of outer sums: what is typed in earnest does so too.
        names = self.rng.sample([c for c in LETTERS if c not in self.context.labels], 2)
        for name in names[: 2 if chosen == "sum" and depth > 1 and self.rng.random() < 0.2 else 1]:
            index = Index(name, self.rng.choice(dims))
            others = [i for i in scope if i.dim == index.dim and i.name not in names]
            others += [b.index for b in binders if b.index.dim == index.dim]
            excluded: tuple[Index, ...] = ()
            if others and body is None and chosen in ("sum", "prod") and self.rng.random() < 0.15:
                excluded = (self.rng.choice(others),)
            binders.append(Binder(index, excluded))
        inner = (*(i for i in scope if i.name not in names), *(b.index for b in binders))
        return Big(chosen, tuple(binders), (body or self.real)(depth - 1, inner))

    def function(self, depth: int, scope: Scope) -> Term:
        """Return a function of a term: its argument is mostly in its domain."""
        draw = self.rng.random()
        if draw < 0.2:
            return Apply("log", (self.positive(depth - 1, scope),))
        if draw < 0.3:
            return Apply("sqrt", (self.positive(depth - 1, scope),))
        if draw < 0.36:
            name = self.rng.choice(("log", "sqrt", "log", "sqrt", "asin", "atanh"))
            return Apply(name, (self.real(depth - 1, scope),))
        if draw < 0.4:
            return Apply(self.rng.choice(("lgamma", "digamma", "gamma")), (self.positive(depth - 1, scope),))
        if draw < 0.5 and self.context.functions:
            return Apply("f", (self.real(depth - 1, scope),), self.rng.choice((0, 0, 1)))
        if draw < 0.6 and self.kinks:
            name = self.rng.choice(("abs", "relu", "sign", "max", "min", "abs"))
            count = 2 if name in ("max", "min") else 1
            return Apply(name, tuple(self.real(depth - 1, scope) for _ in range(count)))
        return Apply(self.rng.choice(SMOOTH[:6] * 3 + SMOOTH), (self.real(depth - 1, scope),))

    def power(self, depth: int, scope: Scope) -> Term:
        """Return a power: whole, fractional or symbolic exponent."""
        draw = self.rng.random()
        if draw < 0.6:
            exponent = self.rng.choice((2, 2, 2, 3, 3, 4, -1, -2))
            return Power(self.real(depth - 1, scope), Number(Fraction(exponent)))
        if draw < 0.8:
            half = Number(Fraction(self.rng.choice((1, 3, -1, 5)), self.rng.choice((2, 2, 3))))
            return Power(self.positive(depth - 1, scope), half)
        if draw < 0.9 and self.context.sizes:
            return Power(self.real(depth - 1, scope), SizeNumber(self.rng.choice(list(self.context.sizes))))
        return Power(self.positive(depth - 1, scope), self.real(0, scope))

    def condition(self, depth: int, scope: Scope) -> Compare:
        """Return a comparison of indices or of terms."""
        pairs = self.pairs(scope)
        if pairs and self.rng.random() < 0.3:
            pair = self.rng.choice(pairs)
            return same_index(*pair) if self.rng.random() < 0.5 else different_index(*pair)
        relation = self.rng.choice((*RELATIONS[:4], *RELATIONS))
        right: Term = self.rng.choice((Number(Fraction(0)), ONE, HALF))
        if self.rng.random() < 0.4:
            right = self.real(0, scope)
        left = self.real(depth - 1, scope) if self.rng.random() < 0.3 else self.entry(scope)
        return Compare(relation, left, right)

    def cases(self, depth: int, scope: Scope) -> Term:
        """Return a term by cases."""
        condition = self.condition(depth, scope)
        if self.rng.random() < 0.4:
            return indicator(condition)
        return Where(condition, self.real(depth - 1, scope), self.real(depth - 1, scope))
