"""The terms of the language: index notation, exactly as typed. Nothing here is ever evaluated or simplified.

SymPy's own expressions rewrite themselves while they are built (`x/x` is 1 at once, `sqrt(x**2)` is `Abs(x)`),
and so forget where they had a value. A verdict is about the formula as typed, so terms are plain data.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from operator import attrgetter
from typing import ClassVar, Literal, TypeAlias

from derive.terms.relations import Relation

# Imported inside functions: the text form, which is made of terms and so imports them.

BigOperation: TypeAlias = Literal["sum", "prod", "mean", "max", "min", "array"]
MatrixOperation: TypeAlias = Literal["inv", "det", "logdet", "adj"]


@dataclass(frozen=True, slots=True)
class Index:
    """An index of one dimension: a letter (free, bound or a label), or a position such as the 2 of `x[2]`.

    `dim` is the name of the size over which it runs. With `at` it is the label of a sample, `y[a]`: an entry of an
    array of labels, at the indices in `at`.
    """

    name: str | int
    dim: str
    at: tuple[Index, ...] = ()

    def __str__(self) -> str:
        return f"{self.name}[{','.join(map(str, self.at))}]" if self.at else str(self.name)

    @property
    def letters(self) -> tuple[Index, ...]:
        """The indices of which it is made that are no labels of samples: itself, or those in brackets."""
        return tuple(letter for one in self.at for letter in one.letters) if self.at else (self,)


class Term:
    """A real-valued expression. Terms are immutable; operators build bigger terms and never simplify.

    Each keeps its hash, its free indices and the arrays in it (see `traverse`) once they were asked for.
    """

    __slots__ = ("_arrays", "_free", "_hash")
    __match_args__: ClassVar[tuple[str, ...]] = ()
    _arrays: frozenset[str]
    _free: tuple[Index, ...]
    _hash: int

    def __add__(self, other: Term | int | Fraction) -> Term:
        return add(self, other)

    def __radd__(self, other: int | Fraction) -> Term:
        return add(other, self)

    def __sub__(self, other: Term | int | Fraction) -> Term:
        return add(self, negate(other))

    def __rsub__(self, other: int | Fraction) -> Term:
        return add(other, negate(self))

    def __mul__(self, other: Term | int | Fraction) -> Term:
        return multiply(self, other)

    def __rmul__(self, other: int | Fraction) -> Term:
        return multiply(other, self)

    def __truediv__(self, other: Term | int | Fraction) -> Term:
        return divide(self, other)

    def __rtruediv__(self, other: int | Fraction) -> Term:
        return divide(other, self)

    def __pow__(self, other: Term | int | Fraction) -> Term:
        return Power(self, term(other))

    def __neg__(self) -> Term:
        return negate(self)

    def __hash__(self) -> int:
        found: int | None = getattr(self, "_hash", None)
        if found is None:
            found = hash((type(self), attrgetter(*self.__match_args__)(self)))
            object.__setattr__(self, "_hash", found)
        return found

    def __str__(self) -> str:
        from derive.terms.text import to_text

        return to_text(self)


@dataclass(frozen=True, slots=True)
class Number(Term):
    """An exact rational number."""

    value: Fraction

    __hash__ = Term.__hash__


@dataclass(frozen=True, slots=True)
class Constant(Term):
    """A named real constant; `pi` is the only one."""

    name: str

    __hash__ = Term.__hash__


@dataclass(frozen=True, slots=True)
class SizeNumber(Term):
    """A size used as a number, as the n of `sum(x[j], j)/n`."""

    name: str

    __hash__ = Term.__hash__


@dataclass(frozen=True, slots=True)
class Entry(Term):
    """An entry of an array, declared or defined: `x[i]`, `W[i,k]`; a scalar has no indices."""

    name: str
    indices: tuple[Index, ...] = ()

    __hash__ = Term.__hash__


@dataclass(frozen=True, slots=True)
class Add(Term):
    """A sum of finitely many terms. Subtraction is adding `-1 * x`."""

    terms: tuple[Term, ...]

    __hash__ = Term.__hash__


@dataclass(frozen=True, slots=True)
class Multiply(Term):
    """A product of finitely many factors. Division is multiplying with a power of exponent -1."""

    factors: tuple[Term, ...]

    __hash__ = Term.__hash__


@dataclass(frozen=True, slots=True)
class Power(Term):
    """`base ^ exponent`."""

    base: Term
    exponent: Term

    __hash__ = Term.__hash__


@dataclass(frozen=True, slots=True)
class Apply(Term):
    """A function of scalars, from the table in `derive.terms.functions` or declared by `function f`.

    `order` counts the primes of a declared function: `f''(x)` has order 2.
    """

    function: str
    arguments: tuple[Term, ...]
    order: int = 0

    __hash__ = Term.__hash__


@dataclass(frozen=True, slots=True)
class IndexPair(Term):
    """What two indices of the same dimension are to each other, as a number: 1 or 0."""

    left: Index
    right: Index

    __hash__ = Term.__hash__


@dataclass(frozen=True, slots=True)
class Delta(IndexPair):
    """The Kronecker delta: 1 where two indices are equal."""

    __hash__ = Term.__hash__


@dataclass(frozen=True, slots=True)
class Before(IndexPair):
    """`[j < i]`: 1 where the left index is at an earlier position than the right one."""

    __hash__ = Term.__hash__


@dataclass(frozen=True, slots=True)
class Compare:
    """A comparison of two terms. `i = j` of indices is `delta(i,j) = 1`, and `i != j` is `delta(i,j) = 0`."""

    relation: Relation
    left: Term
    right: Term

    def changed(self, change: Callable[[Term], Term]) -> Compare:
        """Return the comparison with both sides changed."""
        return Compare(self.relation, change(self.left), change(self.right))

    def __str__(self) -> str:
        from derive.terms.text import condition_to_text

        return condition_to_text(self)


@dataclass(frozen=True, slots=True)
class Where(Term):
    """`then` where the condition holds, else `otherwise`; only the branch taken must have a value."""

    condition: Compare
    then: Term
    otherwise: Term

    __hash__ = Term.__hash__


@dataclass(frozen=True, slots=True)
class Binder:
    """A bound index, running over its dimension without the excluded indices: the `j != i` of a sum."""

    index: Index
    excluded: tuple[Index, ...] = ()


@dataclass(frozen=True, slots=True)
class Big(Term):
    """A sum, product, mean, maximum or minimum over one or more bound indices, outermost first.

    An "array" binds the indices of its axes, and is the array with these entries; it stands in a `MatrixFunction` or
    as an argument of an `UnknownValue`, and nowhere else.
    """

    operation: BigOperation
    binders: tuple[Binder, ...]
    body: Term

    __hash__ = Term.__hash__


@dataclass(frozen=True, slots=True)
class MatrixFunction(Term):
    """What linear algebra makes of a square matrix: its determinant, the log of the absolute value of that, or the
    entry `at` a row and a column of its inverse or adjugate.

    The matrix is given by its entry at a row and a column, which a `Big` binds.
    """

    operation: MatrixOperation
    matrix: Big
    at: tuple[Index, ...] = ()

    __hash__ = Term.__hash__

    def of(self, operation: MatrixOperation, *at: Index) -> MatrixFunction:
        """Return another function of the same matrix."""
        return MatrixFunction(operation, self.matrix, at)

    def entry(self, row: Index, column: Index) -> tuple[Term, dict[Index, Index]]:
        """Return the entry of the matrix and what its own row and column are to be renamed to."""
        rows, columns = (binder.index for binder in self.matrix.binders)
        return self.matrix.body, {rows: row, columns: column}


@dataclass(frozen=True, slots=True)
class UnknownValue(Term):
    """An unknown function of several numbers or arrays, `L(y)` or `f(a, b)`, or a partial derivative of it.

    An argument that is an array is a `Big` of its entries. `partials` are what it is differentiated by, in turn: the
    place of an argument, and the indices of the entry in it.
    """

    name: str
    arguments: tuple[Term, ...]
    partials: tuple[tuple[int, tuple[Index, ...]], ...] = ()

    __hash__ = Term.__hash__


@dataclass(frozen=True, slots=True)
class Derivative(Term):
    """`D(body, x, y)`: the derivative by each variable in turn; a variable is an entry, declared or defined."""

    body: Term
    variables: tuple[Entry, ...]

    __hash__ = Term.__hash__


ZERO, ONE, MINUS_ONE = Number(Fraction(0)), Number(Fraction(1)), Number(Fraction(-1))
HALF = Number(Fraction(1, 2))
PI = Constant("pi")


def term(value: Term | int | Fraction) -> Term:
    """Return the value as a term."""
    return value if isinstance(value, Term) else Number(Fraction(value))


def add(*terms: Term | int | Fraction) -> Term:
    """Return the sum, with nested sums flattened and nothing else done."""
    flat: list[Term] = []
    for one in map(term, terms):
        flat.extend(one.terms if isinstance(one, Add) else (one,))
    return flat[0] if len(flat) == 1 else Add(tuple(flat)) if flat else ZERO


def multiply(*factors: Term | int | Fraction) -> Term:
    """Return the product, with nested products flattened and nothing else done."""
    flat: list[Term] = []
    for one in map(term, factors):
        flat.extend(one.factors if isinstance(one, Multiply) else (one,))
    return flat[0] if len(flat) == 1 else Multiply(tuple(flat)) if flat else ONE


def negate(value: Term | int | Fraction) -> Term:
    """Return minus the value: a number changes its sign, as does the positive number that a product begins with.

    Anything else is multiplied with -1.
    """
    match term(value):
        case Number(number):
            return Number(-number)
        case Multiply((Number(number), *factors)) if number > 0:
            return Multiply((Number(-number), *factors))
        case other:
            return multiply(MINUS_ONE, other)


def divide(left: Term | int | Fraction, right: Term | int | Fraction) -> Term:
    """Return the quotient: of two numbers, the second not 0, a number; else left times right to the -1."""
    left, right = term(left), term(right)
    if isinstance(right, Number) and right.value and isinstance(left, Number):
        return Number(left.value / right.value)
    inverse = Power(right, MINUS_ONE)
    return inverse if left == ONE else multiply(left, inverse)


def total(body: Term, *indices: Index) -> Term:
    """Return the sum of the body over the indices."""
    return Big("sum", tuple(Binder(index) for index in indices), body)


def indicator(condition: Compare) -> Term:
    """Return 1 where the condition holds, else 0."""
    return Where(condition, ONE, ZERO)


def opposite(condition: Compare) -> Compare:
    """Return the condition that holds exactly where another does not."""
    return Compare(condition.relation.negation, condition.left, condition.right)


def delta(left: Index, right: Index) -> Term:
    """Return the Kronecker delta of two indices, letters in order before positions; 1 or 0 where it is known."""
    if left == right:
        return ONE
    if isinstance(left.name, int) and isinstance(right.name, int):
        return ZERO
    first, second = sorted((left, right), key=lambda index: (isinstance(index.name, int), str(index.name)))
    return Delta(first, second)


def same_index(left: Index, right: Index) -> Compare:
    """Return the condition that two indices are equal."""
    return Compare(Relation.EQUAL, Delta(left, right), ONE)


def different_index(left: Index, right: Index) -> Compare:
    """Return the condition that two indices differ."""
    return Compare(Relation.EQUAL, Delta(left, right), ZERO)


def index_condition(relation: Relation, left: Index, right: Index) -> Compare:
    """Return the condition that two indices are equal or differ, or that their positions stand in an order."""
    match relation:
        case Relation.EQUAL:
            return same_index(left, right)
        case Relation.UNEQUAL:
            return different_index(left, right)
        case Relation.GREATER | Relation.AT_MOST:  # j <= i says that i is not before j
            left, right = right, left
    holds = ONE if relation in (Relation.LESS, Relation.GREATER) else ZERO
    return Compare(Relation.EQUAL, Before(left, right), holds)
