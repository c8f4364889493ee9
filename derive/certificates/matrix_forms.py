"""Matrices by their names, and why a determinant is not 0: squares plus a positive multiple of the identity."""

from __future__ import annotations

from dataclasses import dataclass

from derive.certificates.contraction_rules import nested, opened
from derive.certificates.expressions import Real, UnsupportedError, add, holds_index, minus, mul, num, renamed
from derive.certificates.laurent import LaurentMonomial, laurent, of_monomial, summed
from derive.certificates.normaliser import Normaliser
from derive.certificates.printing import NOWHERE
from derive.certificates.rules import CoqLines

NAMES = {"Inv": "HV", "Det": "HD", "Logdet": "HL", "Adj": "HJ"}


@dataclass(frozen=True, slots=True)
class NamedMatrix:
    """A matrix by its number, its size, its row and column, and its entry there."""

    number: int
    size: str
    row: str
    column: str
    entry: Real

    def named(self, function: str) -> str:
        """Return the name of a function of it."""
        return f"{NAMES[function]}{self.number}"

    def at(self, i: str, j: str) -> Real:
        """Return its entry at a row and a column."""
        return renamed(self.entry, {self.row: i, self.column: j})

    def inverse(self, i: str, j: str) -> Real:
        """Return the entry of its inverse."""
        return "ent", self.named("Inv"), (i, j)

    @property
    def determinant(self) -> Real:
        """Its determinant."""
        return "ent", self.named("Det"), ()


def positive_form(search: Normaliser, matrix: NamedMatrix, shown: str) -> CoqLines | None:
    """Return the proof that a matrix is positive definite, so that its determinant is not 0, if it looks so.

    The entry at a and b has to be a sum of products of what hangs on a and the same of b, and of a positive multiple
    of the delta of both.
    """
    a, b, vector = search.fresh(), search.fresh(), "Hx"
    try:
        z, _ = search.ordered(matrix.at(a, b), NOWHERE)
    except UnsupportedError:
        return None
    diagonal, squares = [], []
    for m, c in laurent(z).items():
        delta = ("delta", *sorted((a, b)))
        if (delta, 1) in m:
            diagonal.append(of_monomial(tuple(pair for pair in m if pair[0] != delta), c))
            continue
        root = _root(m, a, b) if c > 0 else None
        if root is None:
            return None
        binders, factor = root
        inner = ("sum", a, matrix.size, mul(factor, ("ent", vector, (a,))))
        square = nested(binders, ("pow", inner, 2))
        squares.append(square if c == 1 else mul(num(c), square))
    if not diagonal or not all(map(search.is_positive, diagonal)):
        return None
    return _proof(search, matrix, shown, (summed(diagonal), summed(squares)), (a, b, vector))


def _root(m: LaurentMonomial, a: str, b: str) -> tuple[list[tuple[str, str]], Real] | None:
    """Return of what a product is the square, with the indices that it is summed over, if it is one."""
    binders: list[tuple[str, str]] = []
    if len(m) == 1 and m[0][0][0] == "sum" and m[0][1] == 1:
        binders, m = opened(m[0][0])
    first = tuple(pair for pair in m if holds_index(pair[0], a))
    second = tuple(pair for pair in m if not holds_index(pair[0], a))
    if not first or laurent(renamed(of_monomial(first), {a: b})) != laurent(of_monomial(second)):
        return None
    return binders, of_monomial(first)


def _proof(
    search: Normaliser, matrix: NamedMatrix, shown: str, parts: tuple[Real, Real], names: tuple[str, str, str]
) -> CoqLines | None:
    (c, squares), (a, b, vector), n = parts, names, matrix.size
    x, y = ("ent", vector, (a,)), ("ent", vector, (b,))
    form = ("sum", a, n, mul(x, ("sum", b, n, mul(matrix.at(a, b), y))))
    (z, first), (other, second) = (
        search.ordered(e, NOWHERE) for e in (minus(form, mul(c, ("sum", a, n, mul(x, x)))), squares)
    )
    if z != other:
        return None
    return [
        f"apply (regular_form {search.index(n)} {shown} {search.show(c)}); [pos|]. intros {vector}; cbv beta.",
        f"apply (le_same {search.show(squares)}); [nneg|]. transitivity {search.show(z)}.",
        "{ ", *first, "alg. }", "symmetry.", *second, "alg.",
    ]  # fmt: skip


def turned_form(
    search: Normaliser, matrix: NamedMatrix, other: NamedMatrix, shown: tuple[str, str]
) -> CoqLines | None:
    """Return the proof that V U + c I can be inverted since U V + c I can, the other matrix, if they look so."""
    i, j = search.fresh(), search.fresh()
    mine, theirs = _product_and_diagonal(search, matrix, i, j), _product_and_diagonal(search, other, i, j)
    if (
        mine is None
        or theirs is None
        or mine.diagonal != theirs.diagonal
        or not search.is_positive(mine.diagonal)
    ):
        return None
    q, there = mine.index, theirs.index
    first = renamed(theirs.second, {there: i, j: q})
    second = renamed(theirs.first, {i: q, there: j})
    sizes = mine.size == other.size and theirs.size == matrix.size
    if not sizes or (laurent(first), laurent(second)) != (laurent(mine.first), laurent(mine.second)):
        return None
    n, m = search.index(other.size), search.index(matrix.size)
    left, right = (
        f"(fun {i} {there} => {search.show(theirs.first)})",
        f"(fun {there} {j} => {search.show(theirs.second)})",
    )
    lines = [
        f"apply (regular_turned {n} {m} {left} {right} {shown[1]} {shown[0]} {search.show(mine.diagonal)}).",
        "{ nz. }",
    ]
    for one, shape in ((other, theirs), (matrix, mine)):
        (z, proof), (_, again) = (search.ordered(e, NOWHERE) for e in (one.at(i, j), shape.entry(i, j)))
        lines += [f"{{ intros {i} H{i} {j} H{j}; cbv beta. transitivity {search.show(z)}."]
        lines += ["{ ", *proof, "alg. }", "symmetry.", *again, "alg. }"]
    return [*lines, f"rewrite HX{other.number}; exact HR{other.number}."]


@dataclass(frozen=True, slots=True)
class _ProductAndDiagonal:
    """The entry of a matrix as a sum over an index of a factor of the row and one of the column, and a diagonal."""

    index: str
    size: str
    first: Real
    second: Real
    diagonal: Real

    def entry(self, i: str, j: str) -> Real:
        product = "sum", self.index, self.size, mul(self.first, self.second)
        return add(product, mul(self.diagonal, ("delta", i, j)))


def _product_and_diagonal(
    search: Normaliser, matrix: NamedMatrix, i: str, j: str
) -> _ProductAndDiagonal | None:
    z, _ = search.ordered(matrix.at(i, j), NOWHERE)
    found, delta, diagonal = None, ("delta", *sorted((i, j))), []
    for m, c in laurent(z).items():
        if (delta, 1) in m:
            diagonal.append(of_monomial(tuple(pair for pair in m if pair[0] != delta), c))
        elif found is None and c == 1 and len(m) == 1 and m[0][0][0] == "sum" and m[0][1] == 1:
            found = opened(m[0][0])
        else:
            return None
    if found is None or len(found[0]) != 1 or not diagonal:
        return None
    ((index, size),), body = found
    first = tuple(pair for pair in body if holds_index(pair[0], i))
    second = tuple(pair for pair in body if not holds_index(pair[0], i))
    if not first or not second or any(holds_index(a, j) for a, _ in first):
        return None
    return _ProductAndDiagonal(index, size, of_monomial(first), of_monomial(second), summed(diagonal))
