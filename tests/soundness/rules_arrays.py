"""Valid rules of what arrays bring: determinants, orders, labels of samples, unknown functions, stopped gradients."""

from __future__ import annotations

from derive.terms import (
    MINUS_ONE,
    ONE,
    ZERO,
    Add,
    Apply,
    Before,
    Big,
    Binder,
    Compare,
    Delta,
    Derivative,
    Entry,
    Index,
    MatrixFunction,
    Multiply,
    Number,
    Power,
    Relation,
    SizeNumber,
    Term,
    UnknownValue,
    Where,
    add,
    free_indices,
    index_condition,
    multiply,
    negate,
    rename,
    sample_labels,
    total,
)
from tests.soundness.array_maker import COLUMN, ROW, ArrayMaker
from tests.soundness.rewriting import Here, Rule, places, put
from tests.soundness.shapes import is_total


def transposed(node: Term, here: Here) -> Term | None:
    """inv(A)[i,j] = inv(A.T)[j,i], and so for the adjugate; det(A) = det(A.T), and its logarithm."""
    match node:
        case MatrixFunction(operation, Big(_, (row, column), body), at):
            turned = rename(body, {row.index: column.index, column.index: row.index})
            return MatrixFunction(operation, Big("array", (row, column), turned), at[::-1])
    return None


def by_determinant(node: Term, here: Here) -> Term | None:
    """inv(A) = adj(A)/det(A), logdet(A) = log(abs(det(A)))."""
    match node:
        case MatrixFunction("inv", _, at):
            return multiply(node.of("adj", *at), Power(node.of("det"), MINUS_ONE))
        case MatrixFunction("logdet", _, _):
            return Apply("log", (Apply("abs", (node.of("det"),)),))
    return None


def expanded(node: Term, here: Here) -> Term | None:
    """det(A) = sum(A[i,k]*adj(A)[k,i], k), along any row, or down any column."""
    match node:
        case MatrixFunction("det", matrix, _):
            dim = matrix.binders[0].index.dim
            i = here.maker.index(dim, here.scope)
            if i is None or i.at:
                return None
            k = here.fresh(dim, node, Delta(i, i))
            if k == i or k in free_indices(node):
                return None
            row, column = here.rng.choice(((i, k), (k, i)))
            body, renaming = node.entry(row, column)
            return total(multiply(rename(body, renaming), node.of("adj", column, row)), k)
    return None


def turned_round(node: Term, here: Here) -> Term | None:
    """[i < j] = 1 - [j < i] - delta(i,j), and it is its own square; as a factor it is a case."""
    match node:
        case Before(left, right) if left != right:
            if here.rng.random() < 0.3:
                return node**2
            return add(1, negate(Before(right, left)), negate(Delta(left, right)))
        case Multiply((Before(left, right), *rest)):
            return Where(index_condition(Relation.LESS, left, right), multiply(*rest), ZERO)
        case Where(Compare(Relation.EQUAL, Before(left, right), Number(value)), then, Number(other)):
            if other == 0 and value == 1 and is_total(then, here.context):
                return multiply(Before(left, right), then)
    return None


def split_by_order(node: Term, here: Here) -> Term | None:
    """sum(a, j) = sum(a, j < i) + sum(a, j >= i), sum(a, j != i) = sum(a, j < i) + sum(a, j > i); so for products."""
    match node:
        case Big("sum" | "prod" as operation, (Binder(j, excluded),), body):
            ends = [i for i in here.scope if i.dim == j.dim and i.name != j.name and not i.at]
            if len(excluded) > 1 or (not excluded and not ends):
                return None
            i = excluded[0] if excluded else here.rng.choice(ends)
            if i.at:
                return None
            neutral = ZERO if operation == "sum" else ONE
            rest = Relation.GREATER if excluded else Relation.AT_LEAST
            conditions = (index_condition(relation, j, i) for relation in (Relation.LESS, rest))
            parts = [Big(operation, (Binder(j),), Where(one, body, neutral)) for one in conditions]
            return add(*parts) if operation == "sum" else multiply(*parts)
    return None


def completed(node: Term, here: Here) -> Term | None:
    """sum(a, j < i) = sum(a, j) - sum(a, j >= i), for an a that has a value everywhere."""
    match node:
        case Big(
            "sum", (Binder(j, ()),), Where(Compare(Relation.EQUAL, Before(a, b), Number(value)), body, other)
        ):
            if other != ZERO or not is_total(body, here.context):
                return None
            opposite = Where(Compare(Relation.EQUAL, Before(a, b), Number(1 - value)), body, ZERO)
            return add(total(body, j), negate(total(opposite, j)))
    return None


def at_its_label(node: Term, here: Here) -> Term | None:
    """What is at y[k] is sum(delta(c,y[k])*(that at c), c), if it has a value everywhere; 1 = sum(delta(c,y[k]), c)."""
    labels = sorted(sample_labels(node), key=str)
    free = [one for one in labels if set(one.letters) <= set(free_indices(node))]
    if free and is_total(node, here.context):
        label = here.rng.choice(free)
        c = here.fresh(label.dim, node)
        if c in free_indices(node) or c in label.letters:
            return None
        return total(multiply(Delta(c, label), rename(node, {label: c})), c)
    maker = here.maker
    if not isinstance(maker, ArrayMaker) or not maker.labels or here.rng.random() < 0.6:
        return None
    variable = here.rng.choice(maker.labels)
    samples = [i for i in here.scope if i.dim == variable.dims[0] and not i.at and isinstance(i.name, str)]
    told = set(free_indices(node))
    samples = [i for i in samples if i in told]
    if not samples:
        return None
    label = Index(variable.name, variable.dims[1], (here.rng.choice(samples),))
    c = here.fresh(label.dim, node, Delta(label, label))
    if c in (*free_indices(node), *label.letters):
        return None
    return multiply(node, total(Delta(c, label), c))


def counted(node: Term, here: Here) -> Term | None:
    """The number of samples is that of those at each label, summed."""
    maker = here.maker
    if isinstance(node, SizeNumber) and isinstance(maker, ArrayMaker) and not here.inside:
        fitting = [v for v in maker.labels if v.dims[0] == node.name and v.dims[0] != v.dims[1]]
        if fitting:
            variable = fitting[0]
            k, c = Index("kk", variable.dims[0]), Index("ll", variable.dims[1])
            return total(total(Delta(c, Index(variable.name, c.dim, (k,))), k), c)
    return None


def partials(node: Term, here: Here) -> Term | None:
    """Second partial derivatives are symmetric; a partial derivative by an array's entry is D by that entry."""
    match node:
        case UnknownValue(name, arguments, (first, second)):
            return UnknownValue(name, arguments, (second, first))
        case UnknownValue(
            name, (Big("array", (Binder(along),), Entry(array, (index,))) as one,), ((_, (at,)),)
        ):
            if index == along and array in here.context.variables and not here.held:
                return Derivative(UnknownValue(name, (one,)), (Entry(array, (at,)),))
    return None


def stopped(node: Term, here: Here) -> Term | None:
    """stop_gradient(a) = a where no D stands around; it goes into sums, products and functions."""
    match node:
        case Apply("stop_gradient", (Add(terms),)):
            return add(*(Apply("stop_gradient", (t,)) for t in terms))
        case Apply("stop_gradient", (Multiply(factors),)):
            return multiply(*(Apply("stop_gradient", (x,)) for x in factors))
        case Apply("stop_gradient", (Apply(name, (inner,), order),)) if name != "stop_gradient":
            return Apply(name, (Apply("stop_gradient", (inner,)),), order)
        case Apply("stop_gradient", (inner,)):
            return Apply("stop_gradient", (node,)) if here.inside else inner
    if here.inside or here.rng.random() < 0.7:
        return None
    return Apply("stop_gradient", (node,))


def identity_inserted(node: Term, here: Here) -> Term | None:
    """a[i] = sum(inv(A)[i,k]*A[k,l]*a[l], k, l), where A is invertible: a side that need not be rewritten further."""
    maker = here.maker
    free = [i for i in free_indices(node) if isinstance(i.name, str) and i.name not in here.context.labels]
    if not isinstance(maker, ArrayMaker):
        return None
    fitting = [(v, i) for v in maker.square for i in free if i.dim == v.dims[0]]
    if not fitting:
        return None
    variable, i = here.rng.choice(fitting)
    row, column = Index(ROW, i.dim), Index(COLUMN, i.dim)
    k, l = Index("kk", i.dim), Index("ll", i.dim)
    matrix = Big("array", (Binder(row), Binder(column)), Entry(variable.name, (row, column)))

    def inverse(a: Index, b: Index) -> Term:
        return MatrixFunction("inv", matrix, (a, b))

    def entry(a: Index, b: Index) -> Term:
        return Entry(variable.name, (a, b))

    inner = rename(node, {i: l})
    ways = (
        total(multiply(inverse(i, k), entry(k, l), inner), k, l),
        total(multiply(entry(i, k), total(multiply(inverse(k, l), inner), l)), k),
        total(multiply(inverse(k, i), total(multiply(entry(l, k), inner), l)), k),
        total(multiply(total(multiply(entry(k, i), inverse(l, k)), k), inner), l),
    )
    return here.rng.choice(ways)


def narrowed(side: Term, here: Here) -> tuple[Term, list[str]]:
    """Return a side with an identity matrix inserted as a product with an inverse, some of the time.

    It may have fewer values than before, so nothing may be rewritten after it.
    """
    for path, part, at in here.rng.sample(list(places(side, here)), 1):
        new = identity_inserted(part, at)
        if new is not None:
            return put(side, path, new), ["identity_inserted"]
    return side, []


ARRAYS: tuple[Rule, ...] = (
    transposed,
    by_determinant,
    expanded,
    turned_round,
    split_by_order,
    split_by_order,
    completed,
    at_its_label,
    at_its_label,
    counted,
    partials,
    stopped,
)

__all__ = ["ARRAYS", "narrowed"]
