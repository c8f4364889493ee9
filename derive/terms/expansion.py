"""Terms at concrete sizes: sums written out, indices made positions, deltas decided. Nothing else is simplified."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from fractions import Fraction

from derive.errors import LimitError
from derive.terms import (
    MINUS_ONE,
    ONE,
    ZERO,
    Add,
    Apply,
    Before,
    Big,
    Binder,
    Compare,
    Delta,
    Index,
    MatrixFunction,
    Number,
    Power,
    SizeNumber,
    Term,
    Where,
    add,
    multiply,
    negate,
    rebuild,
    rename,
    same_index,
)
from derive.terms.nodes import Multiply

MAX_TERMS = 20_000
MAX_MATRIX = 4  # rows of a determinant that is written out


def expand(node: Term, sizes: Mapping[str, int]) -> Term:
    """Return a `D`-free term with everything over the given dimensions written out.

    A sum over an empty range is 0, a product 1; a maximum, minimum or mean has no value.

    Raises:
        LimitError: too many terms.
    """
    return _Expander(sizes).term(node)


class _Expander:
    def __init__(self, sizes: Mapping[str, int]) -> None:
        self.sizes = sizes
        self.terms = 0

    def term(self, node: Term) -> Term:
        match node:
            case SizeNumber(name) if name in self.sizes:
                return Number(Fraction(self.sizes[name]))
            case Delta(left, right) if left == right:
                return ONE
            case Delta(left, right) if isinstance(left.name, int) and isinstance(right.name, int):
                return ONE if left.name == right.name else ZERO
            case Before(left, right) if left == right or right.name == 1:
                return ZERO
            case Before(Index(int(left)), Index(int(right))):
                return ONE if left < right else ZERO
            case MatrixFunction(operation, matrix, at) if matrix.binders[0].index.dim in self.sizes:
                return self._written_matrix(operation, matrix, at)
            case Big("array", binders, body):
                return Big("array", binders, self.term(body))
            case Big(operation, (binder, *rest), body) if binder.index.dim in self.sizes:
                inner = Big(operation, tuple(rest), body) if rest else body
                if operation == "mean" and rest:
                    inner = Big("mean", tuple(rest), body)
                return self._written_out(operation, binder, inner)
            case Big(operation, binders, body) if any(b.index.dim in self.sizes for b in binders[1:]):
                first, *rest = binders
                return Big(operation, (first,), self.term(Big(operation, tuple(rest), body)))
            case _:
                return rebuild(node, self.term)

    def _written_matrix(self, operation: str, matrix: Big, at: tuple[Index, ...]) -> Term:
        """Return a determinant by its Leibniz formula, and an inverse by Cramer's rule."""
        size = self.sizes[matrix.binders[0].index.dim]
        if size > MAX_MATRIX or any(not isinstance(index.name, int) for index in at):
            raise LimitError(f"a determinant of {size} rows is not written out")
        rows, columns = (binder.index for binder in matrix.binders)
        entries = {
            (i, j): self.term(rename(matrix.body, {rows: Index(i, rows.dim), columns: Index(j, rows.dim)}))
            for i, j in itertools.product(range(1, size + 1), repeat=2)
        }
        every = tuple(range(1, size + 1))
        whole = _determinant(entries, every, every)
        if operation == "det":
            return whole
        if operation == "logdet":
            return Apply("log", (Apply("abs", (whole,)),))
        i, j = (int(index.name) for index in at)
        minor = _determinant(entries, tuple(k for k in every if k != j), tuple(k for k in every if k != i))
        cofactor = minor if (i + j) % 2 == 0 else negate(minor)
        return cofactor if operation == "adj" else multiply(cofactor, Power(whole, MINUS_ONE))

    def _written_out(self, operation: str, binder: Binder, body: Term) -> Term:
        size = self.sizes[binder.index.dim]
        skipped = {i.name for i in binder.excluded if not i.at}
        labels = [i for i in binder.excluded if i.at]
        if any(not isinstance(name, int) for name in skipped) or (labels and operation not in _NEUTRAL):
            raise LimitError("an excluded index is still symbolic while its size is concrete")
        for label in labels:
            body = Where(same_index(binder.index, label), _NEUTRAL[operation], body)
        terms = []
        for k in range(1, size + 1):
            if k in skipped:
                continue
            self.terms += 1
            if self.terms > MAX_TERMS:
                raise LimitError("a sum is too long to be written out")
            terms.append(self.term(rename(body, {binder.index: Index(k, binder.index.dim)})))
        return _joined(operation, tuple(terms))


# What a place that is left out is to a sum or product.
_NEUTRAL: Mapping[str, Term] = {"sum": ZERO, "prod": ONE}


def _determinant(
    entries: Mapping[tuple[int, int], Term], rows: tuple[int, ...], columns: tuple[int, ...]
) -> Term:
    """Return the determinant of some rows and columns, expanded along the first row."""
    if not rows:
        return ONE
    first, *rest = rows
    terms = []
    for place, column in enumerate(columns):
        minor = _determinant(entries, tuple(rest), columns[:place] + columns[place + 1 :])
        product = multiply(entries[first, column], minor)
        terms.append(product if place % 2 == 0 else negate(product))
    return add(*terms)


def _joined(operation: str, terms: tuple[Term, ...]) -> Term:
    match operation:
        case "sum":
            return Add(terms) if len(terms) > 1 else terms[0] if terms else ZERO
        case "prod":
            return Multiply(terms) if len(terms) > 1 else terms[0] if terms else ONE
    if not terms:
        return Power(ZERO, MINUS_ONE)  # over nothing these have no value, and neither has 1/0
    if operation == "mean":
        return multiply(Number(Fraction(1, len(terms))), Add(terms) if len(terms) > 1 else terms[0])
    return Apply(operation, terms) if len(terms) > 1 else terms[0]


def assignments(indices: tuple[Index, ...], sizes: Mapping[str, int]) -> Iterator[dict[Index, Index]]:
    """Yield every way to make free indices over concrete dimensions positions."""
    free = [i for i in indices if i.dim in sizes and not isinstance(i.name, int)]
    for choice in itertools.product(*(range(1, sizes[i.dim] + 1) for i in free)):
        yield {i: Index(k, i.dim) for i, k in zip(free, choice, strict=True)}


def compare_at(compare: Compare, sizes: Mapping[str, int]) -> Compare:
    """Return a comparison with both sides written out."""
    return Compare(compare.relation, expand(compare.left, sizes), expand(compare.right, sizes))
