"""Hypothesis strategies for expressions with indices, and for the contexts in which they are well-typed.

Terms are built with the smart constructors, as the reader and every engine build them, so that nested sums and
products are flat. Nothing promises that a term has a value anywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from hypothesis import strategies as st

from derive.terms import (
    MINUS_ONE,
    ONE,
    PI,
    ZERO,
    Apply,
    Big,
    Binder,
    Bound,
    Compare,
    Context,
    Delta,
    Derivative,
    Entry,
    Index,
    Number,
    Power,
    Relation,
    Size,
    SizeNumber,
    Term,
    Variable,
    Where,
    add,
    different_index,
    indicator,
    multiply,
    negate,
    same_index,
)
from derive.terms.nodes import BigOperation

LETTERS = tuple("ijklab")
UNARY = ("exp", "log", "sqrt", "abs", "tanh", "sin", "relu", "sigmoid")

numbers = st.builds(
    lambda top, bottom: Number(Fraction(top, bottom)), st.integers(-4, 4), st.sampled_from((1, 1, 1, 2, 3))
)
"""Small rational numbers, most of them whole."""

booleans = st.booleans()


@dataclass(frozen=True, slots=True)
class IndexScope:
    """What indices a term may use: for each dimension the letters in reach, bound ones last."""

    context: Context
    indices: tuple[Index, ...]
    derivatives: bool = True

    def over(self, dim: str) -> list[Index]:
        """Return the indices in reach over a dimension: an inner letter hides an outer one of the same name."""
        seen: dict[str | int, Index] = {index.name: index for index in self.indices}
        return [index for index in seen.values() if index.dim == dim]

    def bind(self, *bound: Index) -> IndexScope:
        """Return the scope inside binders."""
        return IndexScope(self.context, (*self.indices, *bound), self.derivatives)


def free_indices_of(context: Context) -> tuple[Index, ...]:
    """Return some free indices and the labels of a context: two letters over each of its sizes, no letter twice."""
    letters = iter(
        letter for letter in ("i", "k", "a", "b", "g", "h", "r", "v") if letter not in context.labels
    )
    free = [Index(letter, size) for size in context.sizes for letter in (next(letters), next(letters))]
    return (*free, *context.labels.values())


@st.composite
def indices(draw: st.DrawFn, scope: IndexScope, dim: str) -> Index:
    """Draw an index over a dimension: a letter in reach, or a position that exists at every size."""
    size = scope.context.sizes[dim]
    places = [Index(place, dim) for place in range(1, min(size.fixed or size.minimum, 3) + 1)]
    letters = scope.over(dim)
    return draw(st.sampled_from([*letters, *letters, *places] if letters else places))


@st.composite
def entries(draw: st.DrawFn, scope: IndexScope) -> Entry:
    """Draw an entry of a variable or definition."""
    context = scope.context
    dims = {name: one.dims for name, one in context.variables.items()}
    dims |= {name: tuple(i.dim for i in one.parameters) for name, one in context.definitions.items()}
    name = draw(st.sampled_from(sorted(dims)))
    return Entry(name, tuple(draw(indices(scope, dim)) for dim in dims[name]))


@st.composite
def conditions(draw: st.DrawFn, scope: IndexScope, depth: int) -> Compare:
    """Draw a comparison of two terms or of two indices."""
    pairs = _pairs(scope)
    of_indices: bool = draw(booleans)
    if pairs and of_indices:
        left, right = draw(st.sampled_from(pairs))
        return same_index(left, right) if draw(booleans) else different_index(left, right)
    relation: Relation = draw(st.sampled_from(tuple(Relation)))
    return Compare(relation, draw(terms_in(scope, depth)), draw(terms_in(scope, depth)))


def _pairs(scope: IndexScope) -> list[tuple[Index, Index]]:
    """Return pairs of letters over the same size of which an array elsewhere or a binder tells the size."""
    by_size = [scope.over(dim) for dim in scope.context.sizes]
    return [(left, right) for group in by_size for left in group for right in group if left != right]


@st.composite
def bigs(draw: st.DrawFn, scope: IndexScope, depth: int) -> Term:
    """Draw a sum, product, mean, maximum or minimum over one or two indices, some with exclusions."""
    operation: BigOperation = draw(st.sampled_from(("sum", "sum", "prod", "mean", "max", "min")))
    letters = draw(st.lists(st.sampled_from(LETTERS), min_size=1, max_size=2, unique=True))
    names = [letter for letter in letters if letter not in scope.context.labels]
    bound = [Index(name, draw(st.sampled_from(sorted(scope.context.sizes)))) for name in names]
    binders: list[Binder] = []
    for position, index in enumerate(bound):
        outer = [one for one in scope.over(index.dim) if one.name not in names]
        outer += [one for one in bound[:position] if one.dim == index.dim]
        skipped = draw(st.lists(st.sampled_from(outer), max_size=2, unique=True)) if outer else []
        binders.append(Binder(index, tuple(skipped)))
    return Big(operation, tuple(binders), draw(terms_in(scope.bind(*bound), depth)))


@st.composite
def derivatives(draw: st.DrawFn, scope: IndexScope, depth: int) -> Term:
    """Draw a derivative by one or two variables; by a defined name only where the body mentions it."""
    body = draw(terms_in(scope, depth))
    by: list[Entry] = []
    for _ in range(draw(st.integers(1, 2))):
        entry = draw(entries(scope).filter(lambda one: one.name in scope.context.variables))
        by.append(entry)
    return Derivative(body, tuple(by))


@st.composite
def terms_in(draw: st.DrawFn, scope: IndexScope, depth: int) -> Term:
    """Draw a term that uses only what is in scope and nests at most about `depth` levels."""
    if depth <= 0:
        return draw(_leaves(scope))
    below = depth - 1

    def inner() -> Term:
        return draw(terms_in(scope, below))

    kind = draw(st.sampled_from(("leaf", "add", "multiply", "divide", "power", "apply", "where", "big", "D")))
    match kind:
        case "add":
            return add(inner(), negate(inner()) if draw(booleans) else inner())
        case "multiply":
            return multiply(inner(), inner())
        case "divide":
            return multiply(inner(), Power(inner(), MINUS_ONE))
        case "power":
            return Power(inner(), draw(st.one_of(numbers, terms_in(scope, 0))))
        case "apply":
            return draw(_applications(scope, below))
        case "where":
            condition = draw(conditions(scope, below))
            if draw(booleans):
                return indicator(condition)
            return Where(condition, inner(), inner())
        case "big":
            return draw(bigs(scope, below))
        case "D" if scope.derivatives:
            return draw(derivatives(scope, below))
        case _:
            return draw(_leaves(scope))


@st.composite
def _leaves(draw: st.DrawFn, scope: IndexScope) -> Term:
    leaves: Sequence[st.SearchStrategy[Term]] = (
        entries(scope),
        entries(scope),
        numbers,
        st.sampled_from((PI, ONE, *map(SizeNumber, sorted(scope.context.sizes)))),
    )
    pairs = _pairs(scope)
    if pairs:
        leaves = (*leaves, st.sampled_from([Delta(left, right) for left, right in pairs]))
    leaf: Term = draw(st.one_of(*leaves))
    return leaf


@st.composite
def _applications(draw: st.DrawFn, scope: IndexScope, depth: int) -> Term:
    def inner() -> Term:
        return draw(terms_in(scope, depth))

    match draw(st.sampled_from(("unary", "unary", "extreme", "unknown"))):
        case "extreme":
            return Apply(draw(st.sampled_from(("max", "min"))), (inner(), inner()))
        case "unknown" if scope.context.functions:
            name = draw(st.sampled_from(sorted(scope.context.functions)))
            return Apply(name, (inner(),), draw(st.integers(0, 2)))
        case _:
            return Apply(draw(st.sampled_from(UNARY)), (inner(),))


def index_expressions(context: Context, depth: int = 3, derivatives: bool = True) -> st.SearchStrategy[Term]:
    """Terms that are well-typed in the context, with free indices and labels among their indices."""
    return terms_in(IndexScope(context, free_indices_of(context), derivatives), depth)


def scalar_expressions(context: Context, depth: int = 3, derivatives: bool = True) -> st.SearchStrategy[Term]:
    """Terms without free indices other than labels."""
    return terms_in(IndexScope(context, tuple(context.labels.values()), derivatives), depth)


@st.composite
def contexts(draw: st.DrawFn) -> Context:
    """Contexts with one to three sizes and a few arrays of rank 0 to 2, without hypotheses or definitions."""
    names = draw(st.lists(st.sampled_from(("n", "m", "N")), min_size=1, max_size=3, unique=True))
    sizes = {}
    for name in names:
        fixed = draw(st.one_of(st.none(), st.none(), st.integers(1, 3)))
        sizes[name] = Size(name, 1 if fixed else draw(st.integers(1, 2)), fixed)
    variables = {}
    for name in draw(
        st.lists(st.sampled_from(("x", "y", "W", "u", "s")), min_size=1, max_size=5, unique=True)
    ):
        dims = tuple(draw(st.lists(st.sampled_from(names), max_size=2)))
        bounds = draw(
            st.sampled_from(
                (
                    (),
                    (Bound(Relation.GREATER, ZERO),),
                    (Bound(Relation.GREATER, ZERO), Bound(Relation.LESS, ONE)),
                )
            )
        )
        variables[name] = Variable(name, dims, bounds)
    labels = {"t": Index("t", names[0])} if draw(st.booleans()) else {}
    return Context(sizes, variables, labels)
