"""Random terms with what arrays bring: labels of samples, orders of indices, inverses, unknown functions of arrays."""

from __future__ import annotations

import random
from collections.abc import Callable

from derive.terms import (
    ONE,
    ZERO,
    Apply,
    Before,
    Big,
    Binder,
    Context,
    Delta,
    Entry,
    Index,
    MatrixFunction,
    Relation,
    Term,
    UnknownValue,
    Where,
    add,
    index_condition,
    multiply,
)
from tests.soundness.maker import LETTERS, Maker, Scope

ORDERS = (Relation.LESS, Relation.LESS, Relation.AT_MOST, Relation.GREATER, Relation.AT_LEAST)
ROW, COLUMN = "aa", "bb"  # of a matrix; nothing else in a random term is called so
OFTEN = 0.35


class ArrayMaker(Maker):
    """Makes terms, about one part in three of which is of a kind that arrays bring."""

    def __init__(self, rng: random.Random, context: Context, kinks: bool) -> None:
        super().__init__(rng, context, kinks)
        self.labels = [v for v in context.variables.values() if v.kind == "label"]
        self.square = [
            v
            for v in context.variables.values()
            if v.kind == "real" and len(v.dims) == 2 and v.dims[0] == v.dims[1]
        ]

    def index(self, dim: str, scope: Scope) -> Index | None:
        """Return an index in reach, or the label of a sample among those that run over the dimension."""
        fitting = [v for v in self.labels if v.dims[-1] == dim]
        if fitting and self.rng.random() < 0.3:
            chosen = self.rng.choice(fitting)
            at = super().index(chosen.dims[0], scope)
            if at is not None and not at.at:
                return Index(chosen.name, dim, (at,))
        return super().index(dim, scope)

    def real(self, depth: int, scope: Scope) -> Term:
        """Return a term that nests at most about that deep."""
        if depth > 0 and self.rng.random() < OFTEN:
            found = self.rng.choice(self.ways())(depth, scope)
            if found is not None:
                return found
        return super().real(depth, scope)

    def ways(self) -> list[Callable[[int, Scope], Term | None]]:
        """Return what can be made in the context."""
        found: list[Callable[[int, Scope], Term | None]] = [self.ordered, self.partial_sum, self.stopped]
        if self.labels:
            found += [self.at_label, self.at_label]
        if self.square:
            found += [self.of_matrix, self.of_matrix]
        return found + [self.unknown] * len(self.context.signatures)

    def ordered(self, depth: int, scope: Scope) -> Term | None:
        """Return a term by the order of two positions."""
        pairs = self.pairs(scope)
        if not pairs:
            return None
        left, right = self.rng.choice(pairs)
        if self.rng.random() < 0.5:
            return multiply(Before(left, right), self.real(depth - 1, scope))
        condition = index_condition(self.rng.choice(ORDERS), left, right)
        return Where(condition, self.real(depth - 1, scope), self.real(depth - 1, scope))

    def partial_sum(self, depth: int, scope: Scope) -> Term | None:
        """Return a sum up to an index, or from one on; rarely a product."""
        ends = [i for i in scope if isinstance(i.name, str)]
        if not ends:
            return None
        end = self.rng.choice(ends)
        letters = [c for c in LETTERS if c != end.name and c not in self.context.labels]
        bound = Index(self.rng.choice(letters), end.dim)
        inner = (*(i for i in scope if i.name != bound.name), bound)
        condition = index_condition(self.rng.choice(ORDERS), bound, end)
        body = self.real(depth - 1, inner)
        if self.rng.random() < 0.15:
            return Big("prod", (Binder(bound),), Where(condition, body, ONE))
        return Big("sum", (Binder(bound),), Where(condition, body, ZERO))

    def stopped(self, depth: int, scope: Scope) -> Term:
        """Return a term that does not move."""
        return Apply("stop_gradient", (self.real(depth - 1, scope),))

    def at_label(self, depth: int, scope: Scope) -> Term | None:
        """Return an entry at the label of a sample, or whether an index is that label."""
        variable = self.rng.choice(self.labels)
        samples, among = variable.dims
        at = super().index(samples, scope)
        if at is None or at.at or isinstance(at.name, int):
            return None
        label = Index(variable.name, among, (at,))
        others = [i for i in scope if i.dim == among and isinstance(i.name, str)]
        if others and self.rng.random() < 0.4:
            return multiply(Delta(self.rng.choice(others), label), self.real(depth - 1, scope))
        return Entry("P", (at, label)) if "P" in self.context.variables else None

    def of_matrix(self, depth: int, scope: Scope) -> Term | None:
        """Return a determinant, its logarithm, or an entry of an inverse or adjugate."""
        variable = self.rng.choice(self.square)
        dim = variable.dims[0]
        row, column = Index(ROW, dim), Index(COLUMN, dim)
        body: Term = Entry(variable.name, (row, column))
        draw = self.rng.random()
        if draw < 0.2:
            body = Entry(variable.name, (column, row))
        elif draw < 0.45:
            body = add(body, multiply(self.entry((row,)), Delta(row, column)))
        elif draw < 0.6:
            body = add(multiply(self.rng.choice((2, 3)), body), multiply(self.entry(()), Delta(row, column)))
        matrix = Big("array", (Binder(row), Binder(column)), body)
        operation = self.rng.choice(("inv", "inv", "inv", "det", "logdet", "adj"))
        if operation in ("det", "logdet"):
            return MatrixFunction(operation, matrix)  # type: ignore[arg-type]
        at = self.index(dim, scope), self.index(dim, scope)
        return MatrixFunction(operation, matrix, tuple(i for i in at if i is not None))  # type: ignore[arg-type]

    def unknown(self, depth: int, scope: Scope) -> Term | None:
        """Return an unknown function of several numbers or of arrays, or a partial derivative of it."""
        name = self.rng.choice(list(self.context.signatures))
        arguments: list[Term] = []
        places: list[tuple[int, tuple[Index, ...]]] = []
        for k, (_, dims) in enumerate(self.context.signatures[name]):
            if not dims:
                arguments.append(self.real(depth - 1, scope))
                places.append((k, ()))
                continue
            (dim,) = dims
            along = Index(ROW, dim)
            vectors = [v.name for v in self.context.variables.values() if v.dims == dims and v.kind == "real"]
            if not vectors:
                return None
            body: Term = Entry(self.rng.choice(vectors), (along,))
            if self.rng.random() < 0.5:
                body = self.rng.choice((multiply, add))(body, self.real(depth - 1, (*scope, along)))
            arguments.append(Big("array", (Binder(along),), body))
            at = self.index(dim, scope)
            if at is None:
                return None
            places.append((k, (at,)))
        chosen = [self.rng.choice(places)] if self.rng.random() < 0.45 else []
        return UnknownValue(name, tuple(arguments), tuple(chosen))
