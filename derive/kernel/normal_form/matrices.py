"""Determinants, inverses and adjugates of square matrices, which are given by their entry at a row and a column.

*Identity:* det(A B) = det A det B, adj(A B) = adj(B) adj(A), and for the inverses of two square factors likewise;
det(c A) = c^n det A; det(A^T) = det A; det(c I_n + U V) = c^(n-m) det(c I_m + V U) for c other than 0. *Total
extension:* the inverse of a singular matrix is 0, and all of these hold as they stand. That A times its inverse is the
identity holds where det A is not 0, and is a rewrite there alone (see `contractions`). *Near miss:* det(c A) = c det A,
and det(U V) for U and V that are not square.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from flint import fmpq

from derive.kernel.normal_form.functions import whole_power
from derive.kernel.normal_form.polynomials import (
    BOUND,
    Atom,
    Exponent,
    Idx,
    Mapping_,
    Monomial,
    Poly,
    Sign,
    outside,
    poly_indices,
    poly_key,
    poly_level,
    without,
)
from derive.kernel.normal_form.powers import power
from derive.kernel.normal_form.reductions import product_over
from derive.kernel.normal_form.ring import Ring
from derive.kernel.normal_form.sums import SumAtom, open_sum, sum_over
from derive.kernel.normal_form.symbols import DeltaAtom, EntryAtom, delta, entry_atom, size
from derive.kernel.signs.analysis import sign_of, sign_of_factors
from derive.kernel.signs.facts import NONNEGATIVE, POSITIVE

Places = tuple[Idx, Idx]
"""A row and a column."""


@dataclass(frozen=True, slots=True)
class SquareMatrix:
    """A square matrix by its entry at a temporary row and column."""

    entry: Poly
    row: Idx
    column: Idx

    def at(self, ring: Ring, row: Idx, column: Idx) -> Poly:
        """Return the entry at a row and a column."""
        return ring.rename(self.entry, {self.row: row, self.column: column})

    @property
    def transposed(self) -> SquareMatrix:
        """The matrix with rows for columns."""
        return SquareMatrix(self.entry, self.column, self.row)

    @property
    def parameters(self) -> tuple[Idx, ...]:
        """The other indices on which it depends."""
        return tuple(sorted(outside(poly_indices(self.entry), (self.row, self.column))))


@dataclass(slots=True)
class NamedInverse:
    """A matrix whose inverse or adjugate is an array by a name, and whether what contracts the two is in force."""

    name: str
    matrix: SquareMatrix
    adjugate: bool
    contracted: bool = False


@dataclass(slots=True)
class KnownInverses:
    """The inverses and adjugates met so far: each an array of its own, found again by the entry of the matrix."""

    named: dict[object, NamedInverse] = field(default_factory=dict)
    by_name: dict[str, NamedInverse] = field(default_factory=dict)


class DeterminantAtom(Atom):
    """The determinant of a matrix that is no product, identity or diagonal."""

    __slots__ = ("body", "places")
    body: Poly
    places: Places

    def parts(self) -> Iterator[Poly]:
        yield self.body

    def matrix(self, ring: Ring) -> SquareMatrix:
        """Return the matrix, with a temporary row and column."""
        row, column = (ring.fresh(index[1]) for index in self.places)
        return SquareMatrix(
            ring.rename(self.body, dict(zip(self.places, (row, column), strict=True))), row, column
        )

    def own_sign(self, ring: Ring) -> Sign:
        return POSITIVE if _is_positive_definite(ring, self.matrix(ring)) else super().own_sign(ring)

    def renamed(self, ring: Ring, mapping: Mapping_, exponent: Exponent) -> Poly:
        matrix = self.matrix(ring)
        entry = ring.rename(matrix.entry, mapping)
        return power(ring, determinant(ring, SquareMatrix(entry, matrix.row, matrix.column)), exponent)


def determinant(ring: Ring, matrix: SquareMatrix) -> Poly:
    """Return the determinant of a matrix."""
    if not matrix.entry:
        return {}
    factor, rest = _scale(ring, matrix)
    if factor is not None:
        scale = whole_power(ring, factor, size(ring, matrix.row[1]))
        return ring.multiply(scale, determinant(ring, rest))
    diagonal = _diagonal(ring, matrix)
    if diagonal is not None:
        return product_over(ring, diagonal, matrix.row)
    inner = _inverted(ring, matrix)
    if inner is not None and not inner[1]:
        return power(ring, determinant(ring, inner[0]), -1)
    pair = _factors(ring, matrix)
    if pair is not None:
        return ring.multiply(*(determinant(ring, one) for one in pair))
    turned = _smaller(ring, matrix)
    return _determinant_atom(ring, matrix) if turned is None else turned


def _determinant_atom(ring: Ring, matrix: SquareMatrix) -> Poly:
    level = poly_level(matrix.entry)
    dim = matrix.row[1]
    places: Places = (BOUND, dim, "", level + 1), (BOUND, dim, "", level + 2)
    bodies = [matrix.at(ring, *order) for order in (places, places[::-1])]
    body = min(bodies, key=poly_key)
    indices = outside(poly_indices(body), places)
    key = ("det", places, poly_key(body))
    return ring.poly(ring.intern(DeterminantAtom, key, indices, level + 2, body=body, places=places))


def inverse(ring: Ring, matrix: SquareMatrix, at: Places, *, adjugate: bool = False) -> Poly:
    """Return an entry of the inverse of a matrix, or of its adjugate."""
    row, column = at
    if not adjugate and not matrix.entry:
        return {}
    factor, rest = _scale(ring, matrix)
    if factor is not None and not adjugate:
        return ring.multiply(power(ring, factor, -1), inverse(ring, rest, at))
    diagonal = _diagonal(ring, matrix)
    if diagonal is not None and not adjugate and 0 not in sign_of(ring, diagonal):
        there = ring.rename(diagonal, {matrix.row: row})
        return ring.multiply(delta(ring, row, column), power(ring, there, -1))
    whole = determinant(ring, matrix)
    invertible = 0 not in sign_of(ring, whole)
    if adjugate and invertible:
        return ring.multiply(whole, inverse(ring, matrix, at))
    inner = _inverted(ring, matrix)
    if inner is not None and not inner[1] and not adjugate and invertible:
        return inner[0].at(ring, row, column)
    pair = _factors(ring, matrix)
    if pair is not None:
        first, second = pair
        middle = ring.fresh(row[1])
        parts = (
            inverse(ring, second, (row, middle), adjugate=adjugate),
            inverse(ring, first, (middle, column), adjugate=adjugate),
        )
        return sum_over(ring, ring.multiply(*parts), (middle,))
    return _entry_of(ring, matrix, at, adjugate=adjugate)


def _entry_of(ring: Ring, matrix: SquareMatrix, at: Places, *, adjugate: bool) -> Poly:
    """Return the entry of the array that stands for the inverse, or the adjugate, of a matrix."""
    dim = matrix.row[1]
    parameters = matrix.parameters
    dims = tuple(index[1] for index in parameters)
    # The entry with every index by its number: found again whatever the indices are.
    numbers: list[Idx] = [(BOUND, one, "@", place) for place, one in enumerate((dim, dim, *dims))]
    named = dict(zip(parameters, numbers[2:], strict=True))
    keys = [
        (
            adjugate,
            dims,
            poly_key(ring.rename(matrix.entry, {first: numbers[0], second: numbers[1], **named})),
        )
        for first, second in ((matrix.row, matrix.column), (matrix.column, matrix.row))
    ]
    least = min(keys, key=repr)
    known = ring.matrices.named.get(least)
    turned = keys[0] != least
    if known is None:
        kept = matrix.transposed if turned else matrix
        name = f"{'adj' if adjugate else 'inv'} {len(ring.matrices.named) + 1}"
        known = ring.matrices.named[least] = ring.matrices.by_name[name] = NamedInverse(name, kept, adjugate)
        if keys[0] == keys[1]:
            slots = tuple(range(2, 2 + len(parameters)))
            ring.rewrites.symmetries[name] = (((0, 1, *slots), 1), ((1, 0, *slots), 1))
    slots_ = (*(at[::-1] if turned else at), *parameters)
    return ring.poly(entry_atom(ring, known.name, slots_))


# ---- what a matrix is made of


def _scale(ring: Ring, matrix: SquareMatrix) -> tuple[Poly | None, SquareMatrix]:
    """Return what all terms of a matrix have in common that hangs on no row or column, and the rest."""
    if not matrix.entry:
        return None, matrix
    own = {matrix.row, matrix.column}
    common: dict[Atom, Exponent] | None = None
    for monomial in matrix.entry:
        free = {a: e for a, e in monomial if own.isdisjoint(a.indices)}
        common = free if common is None else {a: e for a, e in common.items() if free.get(a) == e}
    (first, *_) = sorted(matrix.entry, key=lambda m: poly_key({m: fmpq(1)}))
    number = matrix.entry[first]
    if not common and number == 1:
        return None, matrix
    pairs = tuple((common or {}).items())
    factor = ring.scale(ring.monomial(pairs), number)
    gone = dict(pairs)
    entry = {tuple(p for p in m if p[0] not in gone): c / number for m, c in matrix.entry.items()}
    return factor, SquareMatrix(entry, matrix.row, matrix.column)


def _identity_in(matrix: SquareMatrix, monomial: Monomial) -> Atom | None:
    own = {matrix.row, matrix.column}
    return next((a for a, _ in monomial if isinstance(a, DeltaAtom) and {a.left, a.right} == own), None)


def _diagonal(ring: Ring, matrix: SquareMatrix) -> Poly | None:
    """Return f(row) of a matrix f(row) [row = column]."""
    total: Poly = {}
    for monomial, coefficient in matrix.entry.items():
        identity = _identity_in(matrix, monomial)
        if identity is None:
            return None
        rest: Poly = {without(monomial, identity): coefficient}
        ring.add_to(total, ring.rename(rest, {matrix.column: matrix.row}))
    return total


def _inverted(ring: Ring, matrix: SquareMatrix) -> tuple[SquareMatrix, bool] | None:
    """Return A and whether it is its adjugate, of a matrix that is the inverse or the adjugate of A."""
    if len(matrix.entry) != 1:
        return None
    ((monomial, coefficient),) = matrix.entry.items()
    if len(monomial) != 1 or monomial[0][1] != 1 or coefficient != 1:
        return None
    atom = monomial[0][0]
    named = ring.matrices.by_name.get(atom.name) if isinstance(atom, EntryAtom) else None
    if named is None or not isinstance(atom, EntryAtom) or {*atom.slots[:2]} != {matrix.row, matrix.column}:
        return None
    if {matrix.row, matrix.column} & set(atom.slots[2:]):
        return None
    row, column = (ring.fresh(matrix.row[1]) for _ in range(2))
    mapping = {named.matrix.row: row, named.matrix.column: column}
    mapping |= dict(zip(named.matrix.parameters, atom.slots[2:], strict=True))
    found = SquareMatrix(ring.rename(named.matrix.entry, mapping), row, column)
    return (found if atom.slots[0] == matrix.row else found.transposed), named.adjugate


def _factors(ring: Ring, matrix: SquareMatrix) -> tuple[SquareMatrix, SquareMatrix] | None:
    """Return two square matrices of which a matrix is the product; `None` if it is none that is seen."""
    if len(matrix.entry) != 1:
        return None
    ((monomial, coefficient),) = matrix.entry.items()
    if (
        coefficient != 1
        or len(monomial) != 1
        or monomial[0][1] != 1
        or not isinstance(monomial[0][0], SumAtom)
    ):
        return None
    opened, bound = open_sum(ring, monomial[0][0])
    if len(opened) != 1:
        return None
    ((body, scale),) = opened.items()
    for middle in bound:
        if middle[1] != matrix.row[1]:
            continue
        left = _reached(body, matrix.row, set(bound) - {middle})
        right = tuple(p for p in body if p not in left)
        if not left or not right or any(matrix.column in a.indices for a, _ in left):
            continue
        if any(matrix.row in a.indices for a, _ in right):
            continue
        sides = []
        for part in (left, right):
            inner = tuple(i for i in bound if i != middle and any(i in a.indices for a, _ in part))
            sides.append(sum_over(ring, {part: fmpq(1)}, inner) if inner else {part: fmpq(1)})
        first = SquareMatrix(ring.scale(sides[0], scale), matrix.row, middle)
        return first, SquareMatrix(sides[1], middle, matrix.column)
    return None


def _reached(body: Monomial, start: Idx, joints: set[Idx]) -> Monomial:
    """Return the factors that hang together with an index by these summation indices."""
    reached, found = {start}, list[tuple[Atom, Exponent]]()
    waiting = list(body)
    while joined := [p for p in waiting if not reached.isdisjoint(p[0].indices)]:
        found += joined
        waiting = [p for p in waiting if p not in joined]
        reached |= {i for a, _ in joined for i in a.indices if i in joints}
    return tuple(p for p in body if p in found)


def _smaller(ring: Ring, matrix: SquareMatrix) -> Poly | None:
    """Return det(c I_n + U V) by det(c I_m + V U), of which the one whose size has the lesser name is kept."""
    scale: Poly = {}
    products: list[tuple[Monomial, fmpq]] = []
    for monomial, coefficient in matrix.entry.items():
        identity = _identity_in(matrix, monomial)
        if identity is not None:
            ring.add_to(scale, {without(monomial, identity): coefficient})
        else:
            products.append((monomial, coefficient))
    own = {matrix.row, matrix.column}
    if len(products) != 1 or not own.isdisjoint(poly_indices(scale)) or 0 in sign_of(ring, scale):
        return None
    monomial, coefficient = products[0]
    sums = [a for a, e in monomial if isinstance(a, SumAtom) and e == 1 and own <= a.indices]
    if len(sums) != 1:
        return _rank_one(ring, matrix, scale, monomial, coefficient)
    opened, bound = open_sum(ring, sums[0])
    if len(opened) != 1:
        return None
    ((body, inner),) = opened.items()
    body = (*body, *(p for p in monomial if p[0] is not sums[0]))
    for middle in bound:
        left = _reached(body, matrix.row, set(bound) - {middle})
        right = tuple(p for p in body if p not in left)
        if middle[1] >= matrix.row[1] or any(matrix.column in a.indices for a, _ in left):
            continue
        other = ring.fresh(middle[1])
        turned = ring.multiply(ring.rename_monomial(left, {middle: other}), {right: coefficient * inner})
        rest = tuple(i for i in bound if i != middle)
        joined = ring.rename(turned, {matrix.column: matrix.row})  # V U: summed over what was row and column
        entry = ring.add(
            ring.multiply(scale, delta(ring, middle, other)), sum_over(ring, joined, (*rest, matrix.row))
        )
        exponent = ring.subtract(size(ring, matrix.row[1]), size(ring, middle[1]))
        small = determinant(ring, SquareMatrix(entry, middle, other))
        return ring.multiply(whole_power(ring, scale, exponent), small)
    return None


def _rank_one(
    ring: Ring, matrix: SquareMatrix, scale: Poly, monomial: Monomial, coefficient: fmpq
) -> Poly | None:
    """det(c I + u v^T) = c^(n-1) (c + v . u)."""
    if any({matrix.row, matrix.column} <= a.indices for a, _ in monomial):
        return None
    same = ring.scale(ring.rename_monomial(monomial, {matrix.column: matrix.row}), coefficient)
    inner = ring.add(scale, sum_over(ring, same, (matrix.row,)))
    exponent = ring.subtract(size(ring, matrix.row[1]), ring.constant(1))
    return ring.multiply(whole_power(ring, scale, exponent), inner)


def _is_positive_definite(ring: Ring, matrix: SquareMatrix) -> bool:
    """Return whether a matrix is the sum of Gram matrices and of a positive diagonal."""
    definite = False
    for monomial, coefficient in matrix.entry.items():
        one: Poly = {monomial: coefficient}
        diagonal = _diagonal(ring, SquareMatrix(one, matrix.row, matrix.column))
        if diagonal is not None:
            sign = sign_of(ring, diagonal)
            definite = definite or sign == POSITIVE
            if not sign <= NONNEGATIVE:
                return False
        elif coefficient < 0 or not _is_gram(ring, matrix, monomial):
            return False
    return definite


def _is_gram(ring: Ring, matrix: SquareMatrix, monomial: Monomial) -> bool:
    """Return whether a term is Σ_m w_m f_m(row) f_m(column) for weights of which none is negative."""
    factors: list[tuple[Atom, Exponent]] = []
    for atom, exponent in monomial:
        if isinstance(atom, SumAtom) and exponent == 1:
            opened, _ = open_sum(ring, atom)
            if len(opened) != 1 or next(iter(opened.values())) < 0:
                return False
            factors += next(iter(opened))
        else:
            factors.append((atom, exponent))
    rows = [p for p in factors if matrix.row in p[0].indices]
    columns = [p for p in factors if matrix.column in p[0].indices]
    weights = tuple(p for p in factors if p not in rows and p not in columns)
    if any(p in columns for p in rows) or not sign_of_factors(ring, weights) <= NONNEGATIVE:
        return False
    turned = Counter(poly_key(a.renamed(ring, {matrix.row: matrix.column}, e)) for a, e in rows)
    return bool(rows) and turned == Counter(poly_key({((a, e),): fmpq(1)}) for a, e in columns)


# ---- a matrix times its inverse


def contractions(ring: Ring, named: NamedInverse) -> Iterator[tuple[Poly, frozenset[Idx]]]:
    """Yield what is 0: A A^-1 - I and A^-1 A - I where A is invertible, A adj(A) - det(A) I everywhere.

    With each go the indices for all values of which it is.
    """
    matrix = named.matrix
    whole = determinant(ring, matrix)
    if named.adjugate:
        scale = whole
    elif 0 not in sign_of(ring, whole):
        scale = ring.constant(1)
    else:
        return
    # Of an index that is bound nothing is known but what holds for all its values.
    universal = frozenset(index for index in matrix.parameters if index[0] >= BOUND)
    row, column, middle = (ring.fresh(matrix.row[1]) for _ in range(3))
    for turned in (False, True):
        ends = ((row, middle), (middle, column))
        here, there = ends[::-1] if turned else ends
        inner = ring.poly(entry_atom(ring, named.name, (*there, *matrix.parameters)))
        product = sum_over(ring, ring.multiply(matrix.at(ring, *here), inner), (middle,))
        identity = ring.multiply(scale, delta(ring, row, column))
        yield ring.subtract(product, identity), universal | {row, column}
