"""Declarations from Python: sizes, indices, arrays, labels, unknown functions and definitions."""

from __future__ import annotations

from typing import Any

from derive.arrays.operations import applied
from derive.arrays.values import fresh_axes
from derive.errors import IllPosedError
from derive.objects.declared import Carried, merge
from derive.objects.expression import (
    Expression,
    IndexSymbol,
    Kind,
    combined,
    expression,
    lifted,
    told,
    whole,
)
from derive.problem import names
from derive.terms import (
    Bound,
    Context,
    Definition,
    Entry,
    Index,
    Relation,
    Size,
    SizeNumber,
    Variable,
    free_indices,
    term,
)
from derive.terms.contexts import MAX_SIZE


class SizeSymbol(Expression):
    """A dimension. In arithmetic it is the number of that size."""

    __slots__ = ("name",)

    def __init__(self, declared: Size) -> None:
        super().__init__(SizeNumber(declared.name), (), Context(sizes={declared.name: declared}))
        self.name = declared.name


def size(name: str, fixed: int | None = None, *, minimum: int = 1) -> SizeSymbol:
    """Declare a size: arbitrary from `minimum` up, or `fixed`, in which case proofs are for that size alone."""
    for number in (minimum, *(() if fixed is None else (fixed,))):
        if (found := whole(number)) is None or not 1 <= found <= MAX_SIZE:
            raise IllPosedError(
                f"a size is a whole number, at least 1 and at most {MAX_SIZE}, not {told(number)}"
            )
    if fixed is not None and fixed < minimum:
        raise IllPosedError(f"the size {told(name)} is {fixed}, and less than its minimum {minimum}")
    return SizeSymbol(Size(_checked(name, "size"), whole(minimum) or 1, whole(fixed)))


def index(name: str, over: SizeSymbol) -> IndexSymbol:
    """Declare a free index that runs over a size: a statement about it holds for each of its values."""
    found = Index(_checked(name, "index"), _size(over).name)
    return IndexSymbol(found, merge((over.context, Carried(indices={name: found}))))


def label(name: str, over: SizeSymbol) -> IndexSymbol:
    """Declare one fixed index, as the label of a class; two labels may coincide."""
    found = Index(_checked(name, "label"), _size(over).name)
    return IndexSymbol(found, merge((over.context, Context(labels={name: found}))))


def array(
    name: str, *sizes: SizeSymbol, positive: bool = False, nonnegative: bool = False, nonzero: bool = False
) -> Expression:
    """Declare an array of free reals, one axis for each size; the keywords bound every entry of it."""
    for mark in (positive, nonnegative, nonzero):
        if not isinstance(mark, bool):
            raise IllPosedError(f"positive, nonnegative and nonzero are True or False, not {told(mark)}")
    zero = term(0)
    marks = (
        (positive, Bound(Relation.GREATER, zero)),
        (nonnegative, Bound(Relation.AT_LEAST, zero)),
        (nonzero, Bound(Relation.UNEQUAL, zero)),
    )
    return _declare(name, sizes, "real", tuple(bound for marked, bound in marks if marked))


def scalar(
    name: str, *, positive: bool = False, nonnegative: bool = False, nonzero: bool = False
) -> Expression:
    """Declare a free real number."""
    return array(name, positive=positive, nonnegative=nonnegative, nonzero=nonzero)


def vector(
    name: str, n: SizeSymbol, *, positive: bool = False, nonnegative: bool = False, nonzero: bool = False
) -> Expression:
    """Declare a vector of free reals of shape [n]."""
    return array(name, n, positive=positive, nonnegative=nonnegative, nonzero=nonzero)


def matrix(
    name: str,
    rows: SizeSymbol,
    columns: SizeSymbol,
    *,
    positive: bool = False,
    nonnegative: bool = False,
    nonzero: bool = False,
) -> Expression:
    """Declare a matrix of free reals of shape [rows, columns]."""
    return array(name, rows, columns, positive=positive, nonnegative=nonnegative, nonzero=nonzero)


def simplex(name: str, *sizes: SizeSymbol) -> Expression:
    """Declare an array whose entries are at least 0 and sum to 1 along the last axis."""
    return _declare(name, sizes, "simplex", ())


def onehot(name: str, *sizes: SizeSymbol) -> Expression:
    """Declare an array with one entry 1 and the others 0 along the last axis."""
    return _declare(name, sizes, "onehot", ())


def named(name: str, value: Expression) -> Expression:
    """Return the array of a name that an expression is made of. Raises `IllPosedError` if there is none."""
    declared = value.context.variables.get(name)
    if declared is None:
        raise IllPosedError(f"no array {name} is declared for {value}")
    axes = fresh_axes(declared.dims)
    return Expression(Entry(name, axes), axes, value.context)


def _declare(name: str, sizes: tuple[SizeSymbol, ...], kind: Kind, bounds: tuple[Bound, ...]) -> Expression:
    name = _checked(name, "variable")
    dims = tuple(_size(one).name for one in sizes)
    if kind != "real" and not sizes:
        raise IllPosedError(f"{kind} {name} needs a size")
    declared = Variable(name, dims, bounds, kind)
    axes = fresh_axes(declared.dims)
    own = Context(variables={name: declared})
    return Expression(Entry(name, axes), axes, merge([*(one.context for one in sizes), own]))


def let(name: str, value: Any) -> Expression:
    """Give an expression a name; what is built from the name can be differentiated with respect to it."""
    body = expression(value)
    written, parameters = body.written()
    free = [one for one in free_indices(written) if one not in parameters and _is_free(one, body.context)]
    if free:
        raise IllPosedError(
            f"{free[0]} is free in what {told(name)} is to stand for; give a name to the whole array"
        )
    own = Context(definitions={_checked(name, "definition"): Definition(name, parameters, written)})
    axes = fresh_axes(body.shape)
    return Expression(Entry(name, axes), axes, merge((body.context, own)))


class UnknownFunction:
    """A differentiable function of one real variable about which nothing else is known."""

    __slots__ = ("name", "order")

    def __init__(self, name: str, order: int = 0) -> None:
        self.name = _checked(name, "function")
        self.order = order

    def __call__(self, argument: Any) -> Expression:
        """Return the function's value, entry by entry."""
        value = combined(lambda one: applied(self.name, one, order=self.order), argument)
        own = Context(functions=frozenset({self.name}))
        return lifted(value.value, merge((value.context, own)))

    @property
    def prime(self) -> UnknownFunction:
        """The derivative, itself a function."""
        return UnknownFunction(self.name, self.order + 1)


def function(name: str) -> UnknownFunction:
    """Declare an unknown differentiable function of one real variable."""
    return UnknownFunction(name)


def _checked(name: object, kind: names.Kind) -> str:
    why = names.objection(name, kind) if isinstance(name, str) else f"{told(name)} is no name: text is"
    if why is not None:
        raise IllPosedError(why)
    return str(name)


def _size(value: object) -> SizeSymbol:
    if not isinstance(value, SizeSymbol):
        raise IllPosedError(f"{told(value)} is no size: declare it by size('n')")
    return value


def _is_free(index: Index, context: Context) -> bool:
    return isinstance(index.name, str) and index.name not in context.labels
