"""Arrays, indices and statements as Python objects: thin wrappers that build terms and never simplify them."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal, NoReturn

from derive.errors import IllPosedError
from derive.notation import (
    Apply,
    Big,
    Binder,
    Context,
    Entry,
    Index,
    IndexRelation,
    Number,
    Power,
    Term,
    add,
    divide,
    free_indices,
    multiply,
    negate,
    rename,
)
from derive.notation.terms import BigOperation, RelationName
from derive.objects.declared import EMPTY, merge
from derive.objects.letters import lettered

if TYPE_CHECKING:
    from derive.notation import Equation

_fresh = itertools.count(1)


def fresh_axis(dim: str) -> Index:
    """Return an index that no other has; it gets a letter when the expression is written."""
    return Index(f"@{next(_fresh)}", dim)


@dataclass(frozen=True, slots=True, eq=False)
class IndexSymbol:
    """A named index of one dimension, free or a label; `==` and `!=` between two make the conditions of `when`."""

    index: Index
    context: Context

    def __eq__(self, other: object) -> IndexStatement:  # type: ignore[override]  # a statement, not a truth
        return self._relation(other, equal=True)

    def __ne__(self, other: object) -> IndexStatement:  # type: ignore[override]  # likewise
        return self._relation(other, equal=False)

    __hash__ = object.__hash__

    def _relation(self, other: object, equal: bool) -> IndexStatement:
        if not isinstance(other, IndexSymbol):
            raise IllPosedError(f"an index is compared with an index, not with {other!r}")
        if self.index.dim != other.index.dim:
            raise IllPosedError(
                f"{self.index} runs over {self.index.dim} and {other.index} over {other.index.dim}"
            )
        relation = IndexRelation(self.index, other.index, equal)
        return IndexStatement(relation, merge((self.context, other.context)))

    def __str__(self) -> str:
        return str(self.index)

    __repr__ = __str__


@dataclass(frozen=True, slots=True)
class IndexStatement:
    """`i == j` or `i != j` between indices; never true or false by itself."""

    relation: IndexRelation
    context: Context

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
    __array_ufunc__ = None  # so that NumPy scalars leave the operators to us

    def __init__(self, term: Term, axes: tuple[Index, ...], context: Context) -> None:
        self.term = term
        self.axes = axes
        self.context = context

    @property
    def shape(self) -> tuple[str, ...]:
        """The names of the sizes along the axes."""
        return tuple(axis.dim for axis in self.axes)

    # ------------------------------------------------------------ arithmetic

    def __add__(self, other: Any) -> Expression:
        return _combine(add, self, other)

    def __radd__(self, other: Any) -> Expression:
        return _combine(add, other, self)

    def __sub__(self, other: Any) -> Expression:
        return _combine(lambda a, b: add(a, negate(b)), self, other)

    def __rsub__(self, other: Any) -> Expression:
        return _combine(lambda a, b: add(a, negate(b)), other, self)

    def __mul__(self, other: Any) -> Expression:
        return _combine(multiply, self, other)

    def __rmul__(self, other: Any) -> Expression:
        return _combine(multiply, other, self)

    def __truediv__(self, other: Any) -> Expression:
        return _combine(divide, self, other)

    def __rtruediv__(self, other: Any) -> Expression:
        return _combine(divide, other, self)

    def __pow__(self, other: Any) -> Expression:
        return _combine(Power, self, other)

    def __rpow__(self, other: Any) -> Expression:
        return _combine(Power, other, self)

    def __neg__(self) -> Expression:
        return Expression(negate(self.term), self.axes, self.context)

    def __abs__(self) -> Expression:
        return apply("abs", self)

    def __matmul__(self, other: Any) -> Expression:
        """Contract the last axis of the left with the first of the right: `W @ x`, `x @ y`."""
        right = expression(other)
        if not self.axes or not right.axes or self.axes[-1].dim != right.axes[0].dim:
            raise IllPosedError(f"@ contracts equal sizes, not shapes {_shape(self)} and {_shape(right)}")
        bound, rest = fresh_axis(self.axes[-1].dim), tuple(fresh_axis(axis.dim) for axis in right.axes[1:])
        left_term = rename(self.term, {self.axes[-1]: bound})
        right_term = rename(right.term, dict(zip(right.axes, (bound, *rest), strict=True)))
        body = Big("sum", (Binder(bound),), multiply(left_term, right_term))
        return Expression(body, self.axes[:-1] + rest, merge((self.context, right.context)))

    @property
    def T(self) -> Expression:  # noqa: N802 - the transpose is written so everywhere
        """The transpose: the axes in the opposite order."""
        return Expression(self.term, self.axes[::-1], self.context)

    # ------------------------------------------------------------ comparisons

    def __eq__(self, other: object) -> Statement:  # type: ignore[override]  # a statement, not a truth
        return statement("=", self, other)

    def __ne__(self, other: object) -> Statement:  # type: ignore[override]  # likewise
        return statement("!=", self, other)

    def __lt__(self, other: Any) -> Statement:
        return statement("<", self, other)

    def __le__(self, other: Any) -> Statement:
        return statement("<=", self, other)

    def __gt__(self, other: Any) -> Statement:
        return statement(">", self, other)

    def __ge__(self, other: Any) -> Statement:
        return statement(">=", self, other)

    __hash__ = object.__hash__

    def __bool__(self) -> NoReturn:
        raise TypeError("an expression is neither true nor false")

    # ------------------------------------------------------------ axes

    def __getitem__(self, key: Any) -> Expression:
        """Put indices in for the leading axes; `:` leaves an axis open, an integer is a position from 1."""
        keys = key if isinstance(key, tuple) else (key,)
        if len(keys) > len(self.axes):
            raise IllPosedError(f"{len(keys)} indices for an array of shape {_shape(self)}")
        contexts, renaming, kept = [self.context], {}, []
        for axis, one in itertools.zip_longest(self.axes, keys, fillvalue=slice(None)):
            assert isinstance(axis, Index)  # noqa: S101 - there are no more keys than axes
            if isinstance(one, slice):
                if one != slice(None):
                    raise IllPosedError("an array is cut by `:` alone; there are no ranges of indices")
                kept.append(axis)
                continue
            index, context = _as_index(one, axis.dim)
            renaming[axis] = index
            contexts.append(context)
        return Expression(rename(self.term, renaming), tuple(kept), merge(contexts))

    def __iter__(self) -> NoReturn:
        raise TypeError("an array of symbolic size has no list of entries")

    def sum(self, *over: int | IndexSymbol) -> Expression:
        """Return the sum over the given axes (numbers from 0) or free indices; over all axes if none is given."""
        return self._big("sum", over)

    def prod(self, *over: int | IndexSymbol) -> Expression:
        """Return the product, over the same choices as `sum`."""
        return self._big("prod", over)

    def mean(self, *over: int | IndexSymbol) -> Expression:
        """Return the mean, over the same choices as `sum`."""
        return self._big("mean", over)

    def max(self, *over: int | IndexSymbol) -> Expression:
        """Return the greatest entry, over the same choices as `sum`."""
        return self._big("max", over)

    def min(self, *over: int | IndexSymbol) -> Expression:
        """Return the least entry, over the same choices as `sum`."""
        return self._big("min", over)

    def _big(self, operation: BigOperation, over: tuple[int | IndexSymbol, ...]) -> Expression:
        indices = tuple(self._bound(one) for one in over) if over else self.axes
        if not indices:
            raise IllPosedError(f"a scalar has no axis for {operation}; name a free index")
        renaming = {index: fresh_axis(index.dim) for index in indices}
        binders = tuple(Binder(renaming[index]) for index in indices)
        kept = tuple(axis for axis in self.axes if axis not in renaming)
        return Expression(Big(operation, binders, rename(self.term, renaming)), kept, self.context)

    def _bound(self, one: int | IndexSymbol) -> Index:
        if isinstance(one, IndexSymbol):
            return one.index
        try:
            return self.axes[one]
        except IndexError:
            raise IllPosedError(f"no axis {one} in shape {_shape(self)}") from None

    # ------------------------------------------------------------ writing

    def written(self) -> tuple[Term, tuple[Index, ...]]:
        """Return the term with letters for its axes and bound indices, and the letters of the axes."""
        return lettered(self.term, self.axes, self.context)

    def __str__(self) -> str:
        term, _ = self.written()
        return str(term)

    __repr__ = __str__

    def sympy(self) -> Any:
        """Return the expression as SymPy's `Sum`, `Indexed`, `KroneckerDelta` and functions, unevaluated."""
        from derive.sympy_door import to_sympy

        return to_sympy(self.written()[0], self.context)

    def latex(self) -> str:
        """Return the expression as LaTeX mathematics."""
        from derive.writing.latex import to_latex

        return to_latex(self.written()[0])

    def _repr_latex_(self) -> str:
        return rf"$\displaystyle {self.latex()}$"


@dataclass(frozen=True, slots=True)
class Statement:
    """A relation between two expressions, entry by entry; never true or false by itself."""

    relation: RelationName
    left: Expression
    right: Expression

    def __bool__(self) -> NoReturn:
        raise TypeError(
            f"{self} is a statement, neither true nor false; `verify` decides it, `given` assumes it"
        )

    def written(self) -> tuple[Term, Term]:
        """Return both sides with letters for indices, the same letters for the same axes."""
        whole = _combine(lambda a, b: Apply("", (a, b)), self.left, self.right)
        term, _ = whole.written()
        assert isinstance(term, Apply)  # noqa: S101 - built two lines above
        return term.arguments[0], term.arguments[1]

    @property
    def context(self) -> Context:
        """The declarations of both sides."""
        return merge((self.left.context, self.right.context))

    @property
    def equation(self) -> Equation:
        """The statement as the engine's equation; an `IllPosedError` if it is an inequality."""
        from derive.notation import Equation

        if self.relation != "=":
            raise IllPosedError(f"only equations are decided, and {self} is none")
        return Equation(*self.written())

    def __str__(self) -> str:
        left, right = self.written()
        return f"{left} {self.relation} {right}"

    __repr__ = __str__

    def _repr_latex_(self) -> str:
        from derive.writing.latex import to_latex

        left, right = self.written()
        relation = {"!=": r"\neq", "<=": r"\leq", ">=": r"\geq"}.get(self.relation, self.relation)
        return rf"$\displaystyle {to_latex(left)} {relation} {to_latex(right)}$"


def statement(relation: RelationName, left: object, right: object) -> Statement:
    """Return the statement that a relation holds between two things that are or become expressions."""
    return Statement(relation, expression(left), expression(right))


def expression(value: Any) -> Expression:
    """Return a value as an expression: one already, a number, or a SymPy expression.

    A Python float stands for the decimal it is written as. Raises `IllPosedError` for anything else;
    text is never read as an expression, and a bool is no number.
    """
    if isinstance(value, Expression):
        return value
    if isinstance(value, bool):
        raise IllPosedError(
            f"a statement was expected and {value} came: Python or SymPy has already evaluated `==`; "
            "write Eq(a, b) for SymPy expressions"
        )
    if isinstance(value, int | Fraction):
        return Expression(Number(Fraction(value)), (), EMPTY)
    if isinstance(value, float):
        return Expression(Number(_decimal(value)), (), EMPTY)
    if type(value).__module__.partition(".")[0] == "sympy":
        from derive.sympy_door import from_sympy

        (term,), context = from_sympy([value])
        return Expression(term, (), context)
    raise IllPosedError(f"{value!r} is no expression: numbers, derive's arrays and SymPy expressions are")


def _decimal(value: float) -> Fraction:
    try:
        return Fraction(repr(value))
    except ValueError:
        raise IllPosedError(f"{value!r} is not a real number") from None


def apply(function: str, *arguments: Any) -> Expression:
    """Return a scalar function entry by entry, arrays aligned as in arithmetic."""
    inside = list(map(expression, arguments))
    axes, terms = _aligned(inside)
    return Expression(Apply(function, terms), axes, merge(one.context for one in inside))


def _combine(build: Callable[[Term, Term], Term], left: Any, right: Any) -> Expression:
    both = [expression(left), expression(right)]
    axes, (left_term, right_term) = _aligned(both)
    return Expression(build(left_term, right_term), axes, merge(one.context for one in both))


def _aligned(parts: list[Expression]) -> tuple[tuple[Index, ...], tuple[Term, ...]]:
    """Return common axes and the terms over them; ranks are aligned at the last axis."""
    widest = max(parts, key=lambda one: len(one.axes))
    # An axis of one part may be free in another part's term only by chance of reuse: open fresh ones.
    axes = widest.axes if len({one.axes for one in parts if one.axes}) <= 1 else _renewed(widest.axes)
    terms = []
    for one in parts:
        own = axes[len(axes) - len(one.axes) :]
        if tuple(axis.dim for axis in own) != one.shape:
            raise IllPosedError(f"shapes {_shape(widest)} and {_shape(one)} do not fit")
        terms.append(rename(one.term, {a: b for a, b in zip(one.axes, own, strict=True) if a != b}))
    return axes, tuple(terms)


def _renewed(axes: Iterable[Index]) -> tuple[Index, ...]:
    return tuple(fresh_axis(axis.dim) for axis in axes)


def _as_index(value: Any, dim: str) -> tuple[Index, Context]:
    if isinstance(value, IndexSymbol):
        if value.index.dim != dim:
            raise IllPosedError(f"{value} runs over {value.index.dim}, and this axis over {dim}")
        return value.index, value.context
    if isinstance(value, int) and not isinstance(value, bool):
        if value < 1:
            raise IllPosedError(f"positions count from 1, so {value} is none")
        return Index(value, dim), EMPTY
    raise IllPosedError(f"{value!r} is no index: use index('i', n), a label, or a position from 1")


def _shape(value: Expression) -> str:
    return f"[{', '.join(value.shape)}]"


def entry_of(value: Expression) -> Entry | None:
    """Return the entry that an expression is, with its own axes in order; `None` if it is anything else."""
    return value.term if isinstance(value.term, Entry) else None


Kind = Literal["real", "simplex", "onehot"]

__all__ = [
    "Expression", "IndexStatement", "IndexSymbol", "Kind", "Statement", "apply", "entry_of", "expression",
    "free_indices", "fresh_axis", "statement",
]  # fmt: skip
