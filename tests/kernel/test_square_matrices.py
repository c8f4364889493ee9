"""R13: inverses work both ways round, and what is left is a combination of instances, in whatever order rules apply."""

from __future__ import annotations

import itertools
import random
from fractions import Fraction
from functools import partial

import pytest

from derive.kernel.differentiation import Resolver
from derive.kernel.goal import LOCAL
from derive.kernel.goals import _unfolded  # the hypotheses as the kernel has them
from derive.kernel.inverses import ranks, two_sided
from derive.kernel.prover import Theorem, prove
from derive.oracle import Point, holds
from derive.oracle.families import members
from derive.oracle.points import Value
from derive.oracle.sampling import EntryValues
from tests.oracle.claims import claim
from tests.oracle.test_points import points

INVERSES = """
size n
real A[n,n], B[n,n], C[n,n], D[n,n]
given sum(A[i,k]*B[k,j], k) = delta(i,j)
given sum(C[i,k]*D[k,j], k) = delta(i,j)
"""
OPPOSITE = {"A": "B", "B": "A", "C": "D", "D": "C"}


def proves(text: str) -> bool:
    found = claim(text)
    return isinstance(prove(found.equation, found.context), Theorem)


def product(word: str) -> str:
    """Return a product of matrices as its entry (i,j)."""
    if not word:
        return "delta(i,j)"
    inner = [f"u{k}" for k in range(1, len(word))]
    steps = itertools.pairwise(["i", *inner, "j"])
    factors = "*".join(f"{m}[{a},{b}]" for m, (a, b) in zip(word, steps, strict=True))
    return f"sum({factors}, {', '.join(inner)})" if inner else factors


def reduced(word: str) -> str:
    """Return a word of the free group, letters beside their inverses cancelled."""
    out: list[str] = []
    for letter in word:
        if out and out[-1] == OPPOSITE[letter]:
            out.pop()
        else:
            out.append(letter)
    return "".join(out)


@pytest.mark.parametrize("seed", range(30))
def test_words_in_matrices_and_inverses_are_those_of_the_free_group(seed: int) -> None:
    """Two words are proved equal exactly if they are equal in the free group."""
    source = random.Random(seed)  # noqa: S311 - reproducible, not secret
    left, right = ("".join(source.choices("ABCD", k=source.randint(1, 4))) for _ in range(2))
    place = source.randint(0, len(left))
    letter = source.choice("ABCD")
    longer = left[:place] + letter + OPPOSITE[letter] + left[place:]
    assert proves(f"{INVERSES}claim {product(longer)} = {product(left)}"), (longer, left)
    same = reduced(left) == reduced(right)
    assert proves(f"{INVERSES}claim {product(left)} = {product(right)}") == same, (left, right)


@pytest.mark.parametrize("length", [2, 3, 4])
@pytest.mark.parametrize("size", [1, 2, 3])
def test_what_is_said_of_a_product_the_other_way_round_holds_at_exact_points(length: int, size: int) -> None:
    """Rotated products of random matrices, the last of which is the inverse of the others: all are the identity."""
    names = "ABCD"[:length]
    steps = ["i", *(f"k{n}" for n in range(1, length)), "j"]
    factors = "*".join(f"{m}[{a},{b}]" for m, (a, b) in zip(names, itertools.pairwise(steps), strict=True))
    arrays = ", ".join(f"{m}[n,n]" for m in names)
    found = claim(
        f"size n\nreal {arrays}\ngiven 2*sum({factors}, {', '.join(steps[1:-1])}) = delta(i,j)\nclaim n = n"
    )
    (given,) = (_unfolded(h, Resolver(found.context), {}) for h in found.context.hypotheses)
    turned = list(two_sided(given, LOCAL))
    assert len(turned) == length - 1
    values = _matrices(names, size, random.Random(10 * length + size))  # noqa: S311 - reproducible, not secret
    for hypothesis in (given, *turned):
        assert holds(hypothesis.condition, found.context, Point({"n": size}, {}, values))
    wrong = dict(values) | {names[0]: _scaled(values[names[0]], 2)}
    for hypothesis in (given, *turned):
        assert not holds(hypothesis.condition, found.context, Point({"n": size}, {}, wrong))


Rows = tuple[tuple[Fraction, ...], ...]


def _matrices(names: str, size: int, source: random.Random) -> dict[str, Rows]:
    """Return random matrices with half the identity as their product."""
    found: dict[str, Rows] = {}
    whole = _rows(size, lambda i, j: Fraction(i == j))
    for name in names[:-1]:
        lower = _rows(size, lambda i, j: Fraction(source.randint(-2, 2) if i > j else int(i == j)))
        upper = _rows(size, lambda i, j: Fraction(source.randint(-2, 2) if i < j else int(i == j)))
        found[name] = _times(lower, upper)
        whole = _times(whole, found[name])
    found[names[-1]] = _scaled(_inverse(whole), Fraction(1, 2))
    return found


def _rows(size: int, value: object) -> Rows:
    assert callable(value)
    return tuple(tuple(value(i, j) for j in range(size)) for i in range(size))


def _times(left: Rows, right: Rows) -> Rows:
    size = len(left)
    return _rows(size, lambda i, j: sum((left[i][k] * right[k][j] for k in range(size)), Fraction(0)))


def _scaled(matrix: Rows, factor: Fraction | int) -> Rows:
    return tuple(tuple(factor * value for value in row) for row in matrix)


def _inverse(matrix: Rows) -> Rows:
    size = len(matrix)
    rows = [[*row, *(Fraction(i == j) for j in range(size))] for i, row in enumerate(matrix)]
    for at in range(size):
        pivot = next(r for r in range(at, size) if rows[r][at])
        rows[at], rows[pivot] = rows[pivot], rows[at]
        rows[at] = [value / rows[at][at] for value in rows[at]]
        for r in range(size):
            if r != at:
                rows[r] = [a - rows[r][at] * b for a, b in zip(rows[r], rows[at], strict=True)]
    return tuple(tuple(row[size:]) for row in rows)


@pytest.mark.parametrize(
    "given",
    [
        "sum(A[i,k]*B[k,j], k) = 0",  # no multiple of the identity
        "sum(A[i,k]*B[k,j], k) = c*delta(i,j)",  # c may be 0
        "sum(A[i,k]*B[k,j], k) = delta(i,j) + A[i,j]",  # something else as well
        "sum(A[i,k]*B[k,i], k) = 1",  # the diagonal alone
        "sum(R[i,r]*T[r,j], r) = delta(i,j)",  # not square
        "sum(A[i,k]*B[k,j], k != i) = delta(i,j)",  # not every k
        "sum(A[i,k]*B[k,j]*A[i,j], k) = delta(i,j)",  # no product of matrices
        "sum(A[i,k]*B[k,j], k) >= delta(i,j)",  # no equation
    ],
)
def test_the_near_misses_say_nothing_the_other_way_round(given: str) -> None:
    found = claim(f"size n, m\nreal A[n,n], B[n,n], R[n,m], T[m,n], c\ngiven {given}\nclaim n = n")
    (hypothesis,) = (_unfolded(h, Resolver(found.context), {}) for h in found.context.hypotheses)
    assert not list(two_sided(hypothesis, LOCAL))


def test_the_rank_of_a_product_relates_sizes() -> None:
    """R14: n <= m where a product through m places is the identity of n; nothing of the size of a square one."""
    found = claim(
        "size n, m\nreal R[n,m], T[m,n], A[n,n]\ngiven sum(R[i,r]*T[r,j], r) = delta(i,j)\nclaim n = n"
    )
    (hypothesis,) = (_unfolded(h, Resolver(found.context), {}) for h in found.context.hypotheses)
    assert list(ranks(hypothesis, LOCAL)) == [("n", "m")]


@pytest.mark.parametrize("shape", [(), (3,), (2, 2), (2, 3), (3, 2)])
def test_arrays_of_special_shape_fill_their_shape(shape: tuple[int, ...]) -> None:
    """Every position has a value, and strategies give different arrays."""
    places = set(itertools.product(*(range(1, size + 1) for size in shape)))
    seen = []
    for style in range(4):
        for member in members(shape, style, random.Random(style)):  # noqa: S311 - reproducible, not secret
            assert set(member) == places
            seen.append(tuple(member.values()))
    assert len(set(seen)) > 4


WITNESSES = {
    "inverse": "real A[n,n], B[n,n]\ngiven sum(A[i,k]*B[k,j], k) = delta(i,j)",
    "orthogonal": "real Q[n,n]\ngiven sum(Q[k,i]*Q[k,j], k) = delta(i,j)",
    "projection": "real P[n,n]\ngiven sum(P[i,k]*P[k,j], k) = P[i,j]",
    "symmetric projection": "real P[n,n]\ngiven P[i,j] = P[j,i]\ngiven sum(P[i,k]*P[k,j], k) = P[i,j]",
    "involution": "real A[n,n]\ngiven sum(A[i,k]*A[k,j], k) = delta(i,j)",
    "unit vectors": "real u[n], v[n]\ngiven sum(u[k]^2, k) = 1\ngiven sum(v[k]^2, k) = 1\ngiven sum(u[k]*v[k], k) = 0",
    "commuting": "real A[n,n], B[n,n]\ngiven sum(A[i,k]*B[k,j], k) = sum(B[i,k]*A[k,j], k)",
    "eigenvector": "real A[n,n], v[n], l\ngiven sum(v[k]^2, k) = 1\ngiven sum(A[i,k]*v[k], k) = l*v[i]",
    "symmetric inverse": "real A[n,n], B[n,n]\ngiven A[i,j] = A[j,i]\ngiven sum(A[i,k]*B[k,j], k) = delta(i,j)",
    "orthonormal columns": "real Q[n,m]\ngiven sum(Q[k,i]*Q[k,j], k) = delta(i,j)",
}


@pytest.mark.parametrize("name", WITNESSES)
@pytest.mark.parametrize("size", [2, 3, 4])
def test_witnesses_by_construction(name: str, size: int) -> None:
    """There are several at every size, and each satisfies what it was made for, exactly."""
    found = claim(f"size n, m\n{WITNESSES[name]}\nclaim n = n")
    context = found.context
    sizes = {"n": size, "m": size - 1}
    drawn = points(f"size n, m\n{WITNESSES[name]}", sizes, strategies=12)
    assert len({tuple(v.text for v in values.values()) for values in drawn}) >= 4
    for values in drawn:
        arrays: dict[str, object] = {}
        for variable in context.variables.values():
            shape = [range(1, sizes[dim] + 1) for dim in variable.dims]
            arrays[variable.name] = _nested(partial(_value, values, variable.name), shape, ())
        for hypothesis in context.hypotheses:
            # Exactly, but for roots, which are balls.
            assert holds(hypothesis.condition, context, Point(sizes, {}, arrays)) is not False, (
                name,
                hypothesis,
            )


def _value(values: EntryValues, name: str, at: tuple[int, ...]) -> Value:
    return values[name, at]


def _nested(value: object, shape: list[range], at: tuple[int, ...]) -> object:
    assert callable(value)
    return tuple(_nested(value, shape[1:], (*at, k)) for k in shape[0]) if shape else value(at)
