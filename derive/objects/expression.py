"""Arrays, indices and statements as Python objects: thin wrappers that build terms and never simplify them."""

from __future__ import annotations

import numbers
import operator
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal, NoReturn

from derive.arrays import operations
from derive.arrays.letters import lettered
from derive.arrays.values import Array
from derive.errors import IllPosedError
from derive.objects.declared import EMPTY, Carried, merge
from derive.reading.declared import MAX_UNFOLDED, MAX_UNFOLDED_DEPTH, Declared
from derive.terms import Apply, Context, Entry, Index, IndexRelation, Relation, Term, free_indices
from derive.terms.nodes import BigOperation
from derive.terms.numbers import bounded_number

if TYPE_CHECKING:
    from derive.terms import Equation

# Imported inside functions: SymPy and the writers, which many programs do without.


@dataclass(frozen=True, slots=True, eq=False)
class IndexSymbol:
    """A named index of one dimension, free or a label; `==` and `!=` between two make the conditions of `when`."""

    index: Index
    context: Carried

    def __eq__(self, other: object) -> IndexStatement:  # type: ignore[override]  # a statement, not a truth
        return self._relation(other, equal=True)

    def __ne__(self, other: object) -> IndexStatement:  # type: ignore[override]  # likewise
        return self._relation(other, equal=False)

    def __lt__(self, other: object) -> NoReturn:
        raise IllPosedError(f"indices have no order: of {self} and {told(other)} only == and != can be said")

    __le__ = __gt__ = __ge__ = __lt__
    __hash__ = object.__hash__

    def _relation(self, other: object, equal: bool) -> IndexStatement:
        if not isinstance(other, IndexSymbol):
            raise IllPosedError(f"an index is compared with an index, not with {told(other)}")
        if self.index.dim != other.index.dim:
            raise IllPosedError(
                f"{self.index} runs over {self.index.dim} and {other.index} over {other.index.dim}"
            )
        relation = IndexRelation(self.index, other.index, equal)
        return IndexStatement(relation, merge((self.context, other.context)))

    def __str__(self) -> str:
        return str(self.index)

    __repr__ = __str__


@dataclass(frozen=True, slots=True, eq=False)
class IndexStatement:
    """`i == j` or `i != j` between indices; never true or false by itself."""

    relation: IndexRelation
    context: Carried

    def __bool__(self) -> NoReturn:
        raise TypeError(
            f"{self.relation} is a statement about indices, neither true nor false; pass it as `when`"
        )

    def __str__(self) -> str:
        return str(self.relation)

    __repr__ = __str__


class Expression:
    """A real array in index notation: a term with one open index for each axis; a scalar has no axes.

    Operators work entry by entry; arrays of lower rank are repeated along the leading axes, as in NumPy,
    but only over equal sizes. Comparisons build statements. Positions in `x[2]` count from 1, as on paper.
    """

    __slots__ = ("axes", "context", "term")
    context: Carried
    __array_ufunc__ = None  # so that NumPy scalars leave the operators to us

    def __init__(self, term: Term, axes: tuple[Index, ...], context: Context) -> None:
        array = Array(term, axes)
        self.term = array.entry
        self.axes = array.axes
        self.context = merge((context,))

    @property
    def value(self) -> Array:
        """The array without its declarations."""
        return Array(self.term, self.axes)

    @property
    def shape(self) -> tuple[str, ...]:
        """The names of the sizes along the axes."""
        return tuple(axis.dim for axis in self.axes)

    # ------------------------------------------------------------ arithmetic

    def __add__(self, other: Any) -> Expression:
        return combined(operations.plus, self, other)

    def __radd__(self, other: Any) -> Expression:
        return combined(operations.plus, other, self)

    def __sub__(self, other: Any) -> Expression:
        return combined(operations.minus, self, other)

    def __rsub__(self, other: Any) -> Expression:
        return combined(operations.minus, other, self)

    def __mul__(self, other: Any) -> Expression:
        return combined(operations.times, self, other)

    def __rmul__(self, other: Any) -> Expression:
        return combined(operations.times, other, self)

    def __truediv__(self, other: Any) -> Expression:
        return combined(operations.divided, self, other)

    def __rtruediv__(self, other: Any) -> Expression:
        return combined(operations.divided, other, self)

    def __pow__(self, other: Any) -> Expression:
        return combined(operations.power, self, other)

    def __rpow__(self, other: Any) -> Expression:
        return combined(operations.power, other, self)

    def __neg__(self) -> Expression:
        return combined(operations.negative, self)

    def __abs__(self) -> Expression:
        return apply("abs", self)

    def __matmul__(self, other: Any) -> Expression:
        """Contract the last axis of the left with the last but one of the right: `W @ x`, `x @ y`, `A @ B`."""
        return combined(operations.product, self, other)

    def __rmatmul__(self, other: Any) -> Expression:
        return combined(operations.product, other, self)

    @property
    def T(self) -> Expression:  # noqa: N802 - the transpose is written so everywhere
        """The transpose: the axes in the opposite order."""
        return combined(operations.transposed, self)

    # ------------------------------------------------------------ comparisons

    def __eq__(self, other: object) -> Statement:  # type: ignore[override]  # a statement, not a truth
        return statement(Relation.EQUAL, self, other)

    def __ne__(self, other: object) -> Statement:  # type: ignore[override]  # likewise
        return statement(Relation.UNEQUAL, self, other)

    def __lt__(self, other: Any) -> Statement:
        return statement(Relation.LESS, self, other)

    def __le__(self, other: Any) -> Statement:
        return statement(Relation.AT_MOST, self, other)

    def __gt__(self, other: Any) -> Statement:
        return statement(Relation.GREATER, self, other)

    def __ge__(self, other: Any) -> Statement:
        return statement(Relation.AT_LEAST, self, other)

    __hash__ = object.__hash__

    def __bool__(self) -> NoReturn:
        raise TypeError("an expression is neither true nor false")

    # ------------------------------------------------------------ axes

    def __getitem__(self, key: Any) -> Expression:
        """Put indices in for the leading axes; `:` leaves an axis open, an integer is a position from 1."""
        keys = key if isinstance(key, tuple) else (key,)
        if len(keys) > len(self.axes):
            raise IllPosedError(f"{len(keys)} indices for an array of shape {_shape(self)}")
        contexts: list[Context] = [self.context]
        indices: list[Index | None] = []
        for axis, one in zip(self.axes, keys, strict=False):
            if isinstance(one, slice):
                if one != slice(None):
                    raise IllPosedError("an array is cut by `:` alone; there are no ranges of indices")
                indices.append(None)
                continue
            index, context = _as_index(one, axis.dim, self.context)
            indices.append(index)
            contexts.append(context)
        return lifted(operations.part(self.value, indices), merge(contexts))

    def __iter__(self) -> NoReturn:
        raise TypeError("an array of symbolic size has no list of entries")

    def sum(self, *over: int | IndexSymbol, **keywords: object) -> Expression:
        """Return the sum over the given axes (numbers from 0) or free indices; over all axes if none is given."""
        return self._big("sum", over, keywords)

    def prod(self, *over: int | IndexSymbol, **keywords: object) -> Expression:
        """Return the product, over the same choices as `sum`."""
        return self._big("prod", over, keywords)

    def mean(self, *over: int | IndexSymbol, **keywords: object) -> Expression:
        """Return the mean, over the same choices as `sum`."""
        return self._big("mean", over, keywords)

    def max(self, *over: int | IndexSymbol, **keywords: object) -> Expression:
        """Return the greatest entry, over the same choices as `sum`."""
        return self._big("max", over, keywords)

    def min(self, *over: int | IndexSymbol, **keywords: object) -> Expression:
        """Return the least entry, over the same choices as `sum`."""
        return self._big("min", over, keywords)

    def _big(
        self, operation: BigOperation, over: tuple[int | IndexSymbol, ...], keywords: Mapping[str, object]
    ) -> Expression:
        if keywords:
            raise IllPosedError(
                f"{operation} takes its axes without a keyword, as A.{operation}(0), not {next(iter(keywords))}="
            )
        indices = tuple(self._bound(one) for one in over) if over else self.axes
        if not indices:
            raise IllPosedError(f"a scalar has no axis for {operation}; name a free index")
        if len(set(indices)) < len(indices):
            raise IllPosedError(f"{operation} takes each axis once")
        kept = tuple(axis for axis in self.axes if axis not in indices)
        named = (one.context for one in over if isinstance(one, IndexSymbol))
        body = operations.bound(operation, self.term, indices)
        return Expression(body, kept, merge((self.context, *named)))

    def _bound(self, one: int | IndexSymbol) -> Index:
        if isinstance(one, IndexSymbol):
            if str(one) in one.context.labels:
                raise IllPosedError(f"{one} is a label, one fixed index, and nothing runs over it")
            return one.index
        number = whole(one)
        if number is None or not -len(self.axes) <= number < len(self.axes):
            raise IllPosedError(f"no axis {told(one)} in shape {_shape(self)}")
        return self.axes[number]

    # ------------------------------------------------------------ writing

    def written(self) -> tuple[Term, tuple[Index, ...]]:
        """Return the term with letters for its axes and bound indices, and the letters of the axes."""
        weight = Declared.of(self.context).weigh(self.term)
        if weight.terms > MAX_UNFOLDED or weight.depth > MAX_UNFOLDED_DEPTH:
            raise IllPosedError(
                f"with its definitions unfolded this has more than {MAX_UNFOLDED} terms, or nests deeper than "
                f"{MAX_UNFOLDED_DEPTH} levels"
            )
        (term,), axes = lettered([self.term], self.axes, Declared.of(self.context).names())
        return term, axes

    def __str__(self) -> str:
        term, _ = self.written()
        return str(term)

    __repr__ = __str__

    def _sympy_(self) -> NoReturn:
        """SymPy's own functions would rewrite what they are given and forget its declarations, so they get nothing."""
        from derive.interop import NotSymPyError

        raise NotSymPyError(
            f"{self} is no SymPy expression; derive has functions of its own, or take {self}.sympy()"
        )

    def sympy(self) -> Any:
        """Return the expression as SymPy's `Sum`, `Indexed`, `KroneckerDelta` and functions, unevaluated."""
        from derive.interop import to_sympy

        return to_sympy(self.written()[0], self.context)

    def latex(self) -> str:
        """Return the expression as LaTeX mathematics."""
        from derive.writing.latex import to_latex

        return to_latex(self.written()[0])

    def _repr_latex_(self) -> str:
        return rf"$\displaystyle {self.latex()}$"


@dataclass(frozen=True, slots=True, eq=False)
class Statement:
    """A relation between two expressions, entry by entry; never true or false by itself."""

    relation: Relation
    left: Expression
    right: Expression

    def __bool__(self) -> NoReturn:
        raise TypeError(
            f"{self} is a statement, neither true nor false; `verify` decides it, `given` assumes it"
        )

    def written(self) -> tuple[Term, Term]:
        """Return both sides with letters for indices, the same letters for the same axes."""
        term, _ = apply("", self.left, self.right).written()
        assert isinstance(term, Apply)  # noqa: S101 - built two lines above
        return term.arguments[0], term.arguments[1]

    @property
    def context(self) -> Carried:
        """The declarations of both sides."""
        return merge((self.left.context, self.right.context))

    @property
    def equation(self) -> Equation:
        """The statement as the engines' equation, or inequality."""
        from derive.terms import Equation

        return Equation(*self.written(), relation=self.relation)

    def __str__(self) -> str:
        left, right = self.written()
        return f"{left} {self.relation} {right}"

    __repr__ = __str__

    def _repr_latex_(self) -> str:
        from derive.writing.latex import to_latex

        left, right = self.written()
        return rf"$\displaystyle {to_latex(left)} {self.relation.latex} {to_latex(right)}$"


def statement(relation: Relation, left: object, right: object) -> Statement:
    """Return the statement that a relation holds between two things that are or become expressions."""
    return Statement(relation, expression(left), expression(right))


def expression(value: Any) -> Expression:
    """Return a value as an expression: one already, a number, or a SymPy expression.

    A Python float stands for the decimal that Python shows for it. Raises `IllPosedError` for anything else;
    text is never read as an expression, and a bool is no number.
    """
    if isinstance(value, Expression):
        return value
    if isinstance(value, bool):
        raise IllPosedError(
            f"a statement was expected and {value} came: Python or SymPy has already evaluated `==`; "
            "write Eq(a, b) for SymPy expressions"
        )
    if is_sympy(value):
        from derive.interop import from_sympy

        (term,), context = from_sympy([value], dummies=False)
        return joined(term, context)
    if isinstance(value, numbers.Rational):
        exact = Fraction(int(value.numerator), int(value.denominator))
        return Expression(bounded_number(exact), (), EMPTY)
    if isinstance(value, float):
        return Expression(bounded_number(_decimal(value)), (), EMPTY)
    raise IllPosedError(f"{told(value)} is no expression: numbers, derive's arrays and SymPy expressions are")


def joined(term: Term, context: Context) -> Expression:
    """Return a term that was converted from SymPy as an expression, whose free indices are named ones."""
    indices = {str(one.name): one for one in free_indices(term) if isinstance(one.name, str)}
    return Expression(term, (), merge((context, Carried(met=indices))))


def is_sympy(value: object) -> bool:
    """Return whether a value is SymPy's; nothing is as long as SymPy has not been loaded."""
    sympy = sys.modules.get("sympy")
    return sympy is not None and isinstance(value, sympy.Basic)


def told(value: object) -> str:
    """Return what a message calls a value, whatever it is."""
    try:
        text = repr(value)
    except Exception:  # noqa: BLE001 - somebody else's object
        text = ""
    return text if 0 < len(text) <= 60 and text.isprintable() else f"a {type(value).__name__}"


def whole(value: object) -> int | None:
    """Return a value as a whole number, also one of NumPy's; `None` for anything else, a bool too."""
    if isinstance(value, bool) or not isinstance(value, numbers.Integral):
        return None
    return operator.index(value)


def _decimal(value: float) -> Fraction:
    try:
        return Fraction(float.__repr__(value))
    except ValueError:
        raise IllPosedError(f"{told(value)} is not a real number") from None


def apply(function: str, *arguments: Any) -> Expression:
    """Return a scalar function entry by entry, arrays aligned as in arithmetic."""
    if not arguments:
        raise IllPosedError("a function needs an argument")
    return combined(lambda *parts: operations.applied(function, *parts), *arguments)


def combined(operation: Callable[..., Array], *parts: Any) -> Expression:
    """Return what an operation on arrays makes of expressions, with the declarations of all."""
    found = list(map(expression, parts))
    return lifted(operation(*(one.value for one in found)), merge(one.context for one in found))


def lifted(array: Array, context: Context) -> Expression:
    """Return an array with its declarations."""
    return Expression(array.entry, array.axes, context)


def _as_index(value: Any, dim: str, context: Context) -> tuple[Index, Context]:
    if isinstance(value, IndexSymbol):
        if value.index.dim != dim:
            raise IllPosedError(f"{value} runs over {value.index.dim}, and this axis over {dim}")
        return value.index, value.context
    position = whole(value)
    if position is None:
        raise IllPosedError(f"{told(value)} is no index: use index('i', n), a label, or a position from 1")
    if position < 1:
        raise IllPosedError(f"positions count from 1, so {position} is none")
    last = context.sizes[dim].fixed
    if last is not None and position > last:
        raise IllPosedError(f"{dim} is {last}, so there is no position {position}")
    return Index(position, dim), EMPTY


def _shape(value: Expression) -> str:
    return f"[{', '.join(value.shape)}]"


def entry_of(value: Expression) -> Entry | None:
    """Return the entry that an expression is, with its own axes in order; `None` if it is anything else."""
    return value.term if isinstance(value.term, Entry) else None


Kind = Literal["real", "simplex", "onehot"]
