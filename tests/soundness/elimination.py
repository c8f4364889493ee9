"""Determinants and adjugates by expansion, inverses by elimination, for the third opinion: nothing shared, no rule."""

from __future__ import annotations

from typing import TypeAlias

from mpmath import mp

from tests.soundness.reals import NEAR, NoValueError, Real

Rows: TypeAlias = "list[list[Real]]"

MOST_ROWS = 9
LARGEST = 2.0**40  # beyond it, too few digits of a determinant are left


def determinant(rows: Rows) -> Real:
    """Return the determinant: row by row, of the minors on every set of columns. Nothing is divided.

    So it has its value at singular matrices too. Raises `NoValueError` where too few digits would be left.
    """
    if len(rows) > MOST_ROWS or any(abs(x) > LARGEST for row in rows for x in row):
        raise NoValueError
    minors: dict[int, Real] = {0: mp.mpf(1)}
    for row in rows:
        found: dict[int, Real] = {}
        for columns, minor in minors.items():
            for k, x in enumerate(row):
                if not columns >> k & 1:
                    sign = -1 if (columns >> k).bit_count() % 2 else 1  # the columns to the right of k
                    into = columns | 1 << k
                    found[into] = found.get(into, mp.mpf(0)) + sign * x * minor
        minors = found
    (whole,) = minors.values()
    return whole


def adjugate(rows: Rows, row: int, column: int) -> Real:
    """Return an entry of the adjugate: the cofactor of the column and the row. Raises `NoValueError`."""
    rest = [[*one[:row], *one[row + 1 :]] for k, one in enumerate(rows) if k != column]
    return (-1) ** (row + column) * determinant(rest)


def inverse(rows: Rows) -> Rows:
    """Return the inverse, by Gauss and Jordan with the greatest pivot. Raises `NoValueError` near a singular matrix."""
    size = len(rows)
    wide = [[*row, *(mp.mpf(k == column) for column in range(size))] for k, row in enumerate(rows)]
    for k in range(size):
        best = max(range(k, size), key=lambda row: abs(wide[row][k]))
        wide[k], wide[best] = wide[best], wide[k]
        pivot = wide[k][k]
        if abs(pivot) < NEAR or abs(pivot) > LARGEST:
            raise NoValueError
        wide[k] = [x / pivot for x in wide[k]]
        for row in range(size):
            if row != k and wide[row][k]:
                factor = wide[row][k]
                wide[row] = [a - factor * b for a, b in zip(wide[row], wide[k], strict=True)]
    return [row[size:] for row in wide]


__all__ = ["adjugate", "determinant", "inverse"]
