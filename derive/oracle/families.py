"""Arrays of special shape, exact: identities, permutations, rotations, projections, shares. For equations to pick from.

Nothing here is believed: a point made of them is used only if every hypothesis is seen to hold at it.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator

from flint import fmpq

Matrix = list[list[fmpq]]
Entries = dict[tuple[int, ...], fmpq]

Maker = Callable[[int, int, random.Random], Matrix]
_ZERO = fmpq(0)


def members(shape: tuple[int, ...], strategy: int, source: random.Random) -> Iterator[Entries]:
    """Yield arrays of a shape by their positions from 1: strategy 0 has a fixed order, any other its own."""
    rows, columns = (*shape, 1, 1)[:2]
    makers = list(_MAKERS.get(len(shape), ()))
    if len(shape) == 2 and rows == columns:
        makers += _SQUARE
    if strategy:
        source.shuffle(makers)
    found: Iterable[Matrix] = (make(rows, columns, source) for make in makers)
    if strategy % 4:  # what fits everywhere comes last, or nothing else would be seen
        found = sorted(found, key=_plain)
    for matrix in found:
        yield {
            (i, j)[: len(shape)]: value
            for i, row in enumerate(matrix, start=1)
            for j, value in enumerate(row, start=1)
        }


def _plain(matrix: Matrix) -> bool:
    return all(abs(value) in (0, 1) for row in matrix for value in row)


def _filled(rows: int, columns: int, value: Callable[[int, int], int | fmpq]) -> Matrix:
    return [[fmpq(value(i, j)) for j in range(columns)] for i in range(rows)]


def _product(left: Matrix, right: Matrix) -> Matrix:
    return [
        [sum((a * row[j] for a, row in zip(line, right, strict=True)), _ZERO) for j in range(len(right[0]))]
        for line in left
    ]


def _transposed(matrix: Matrix) -> Matrix:
    return [list(column) for column in zip(*matrix, strict=True)]


def _identity(rows: int, columns: int, _source: random.Random) -> Matrix:
    return _filled(rows, columns, lambda i, j: i == j)


def _zeros(rows: int, columns: int, _source: random.Random) -> Matrix:
    return _filled(rows, columns, lambda i, j: 0)


def _ones(rows: int, columns: int, _source: random.Random) -> Matrix:
    return _filled(rows, columns, lambda i, j: 1)


def _shares(rows: int, columns: int, _source: random.Random) -> Matrix:
    return _filled(rows, columns, lambda i, j: fmpq(1, columns))


def _shares_of_rows(rows: int, columns: int, _source: random.Random) -> Matrix:
    return _filled(rows, columns, lambda i, j: fmpq(1, rows))


def _signs(rows: int, columns: int, source: random.Random) -> Matrix:
    return _filled(rows, columns, lambda i, j: source.choice((1, -1)))


def _bits(rows: int, columns: int, source: random.Random) -> Matrix:
    return _filled(rows, columns, lambda i, j: source.choice((0, 1)))


def _whole(rows: int, columns: int, source: random.Random) -> Matrix:
    return _filled(rows, columns, lambda i, j: source.randint(-2, 3))


def _permuted(rows: int, columns: int, source: random.Random) -> Matrix:
    order = list(range(max(rows, columns)))
    source.shuffle(order)
    return _filled(rows, columns, lambda i, j: order[i] == j)


def _rotation(rows: int, columns: int, source: random.Random) -> Matrix:
    """Return orthonormal columns, or rows where these are fewer: a part of a product of reflections."""
    size = max(rows, columns)
    whole = _permuted(size, size, source)
    for _ in range(source.choice((1, 2))):
        whole = _product(_reflection(size, source), whole)
    return [line[:columns] for line in whole[:rows]]


def _reflection(size: int, source: random.Random) -> Matrix:
    """Return 1 - 2 v v'/|v|^2 for a small vector of whole numbers (Householder)."""
    v = [source.choice((0, 1, -1, 2, 3)) for _ in range(size)]
    v[source.randrange(size)] = 1
    square = sum(a * a for a in v)
    return _filled(size, size, lambda i, j: int(i == j) - fmpq(2 * v[i] * v[j], square))


def _unit(rows: int, _columns: int, source: random.Random) -> Matrix:
    """Return one column of a rotation, which has the norm 1."""
    return [line[:1] for line in _rotation(rows, rows, source)]


def _mixture(rows: int, columns: int, source: random.Random) -> Matrix:
    """Return a mean of permutations: every row and every column sums to 1."""
    parts = [_permuted(rows, columns, source) for _ in range(3)]
    weights = fmpq(1, 2), fmpq(1, 3), fmpq(1, 6)
    return _filled(
        rows, columns, lambda i, j: sum((w * p[i][j] for w, p in zip(weights, parts, strict=True)), _ZERO)
    )


def _symmetric(rows: int, columns: int, source: random.Random) -> Matrix:
    half = _whole(rows, columns, source)
    return _filled(rows, columns, lambda i, j: half[min(i, j)][max(i, j)])


def _antisymmetric(rows: int, columns: int, source: random.Random) -> Matrix:
    half = _whole(rows, columns, source)
    return _filled(rows, columns, lambda i, j: 0 if i == j else half[i][j] if i < j else -half[j][i])


def _upper(rows: int, columns: int, source: random.Random) -> Matrix:
    half = _whole(rows, columns, source)
    return _filled(rows, columns, lambda i, j: half[i][j] if i < j else 0)


def _outer(rows: int, columns: int, source: random.Random) -> Matrix:
    left, right = _whole(rows, 1, source), _whole(1, columns, source)
    return _product(left, right)


def _definite(rows: int, columns: int, source: random.Random) -> Matrix:
    half = _whole(rows, columns, source)
    whole = _product(half, _transposed(half))
    return _filled(rows, columns, lambda i, j: whole[i][j] + int(i == j))


def _turned(values: tuple[int, ...], skew: bool) -> Maker:
    """Return matrices with these eigenvalues: symmetric ones, or in a skew basis."""

    def make(rows: int, _columns: int, source: random.Random) -> Matrix:
        middle = [source.choice(values) for _ in range(rows)]
        basis, inverse = _skew(rows, source) if skew else _both_ways(_rotation(rows, rows, source))
        scaled = [[a * m for a, m in zip(line, middle, strict=True)] for line in basis]
        return _product(scaled, inverse)

    return make


def _both_ways(rotation: Matrix) -> tuple[Matrix, Matrix]:
    return rotation, _transposed(rotation)


def _skew(size: int, source: random.Random) -> tuple[Matrix, Matrix]:
    """Return 1 + N and its inverse 1 - N, where N has entries in the first row alone, and N N = 0."""
    first = [source.randint(-2, 2) for _ in range(size)]
    part = _filled(size, size, lambda i, j: first[j] if i == 0 < j else 0)
    basis = _filled(size, size, lambda i, j: int(i == j) + part[i][j])
    return basis, _filled(size, size, lambda i, j: int(i == j) - part[i][j])


def _number(value: int) -> Maker:
    return lambda rows, columns, source: [[fmpq(value)]]


_MAKERS: dict[int, tuple[Maker, ...]] = {
    0: tuple(map(_number, (0, 1, -1, 2, 3))),
    1: (_identity, _unit, _shares_of_rows, _signs, _bits, _zeros, _ones, _whole, _whole),
    2: (_identity, _rotation, _rotation, _permuted, _shares, _whole, _bits, _signs, _outer, _zeros, _ones),
}
_SQUARE: tuple[Maker, ...] = (
    _symmetric, _antisymmetric, _definite, _mixture, _upper,
    _turned((0, 1), False), _turned((0, 1), True), _turned((1, -1), True), _turned((1, -1), False),
    _turned((1, 2, 3), False), _turned((-1, 1, 2), True),
)  # fmt: skip
