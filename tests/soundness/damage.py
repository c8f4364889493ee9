"""One place of a term made wrong, most likely: what a slip of the pen or of an engine would make of it."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from derive.terms import (
    MINUS_ONE,
    ONE,
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
    multiply,
    negate,
    rename,
)
from tests.soundness.rewriting import Here, places, put

Damage = Callable[[Term, Here], "Term | None"]


def sign(node: Term, here: Here) -> Term | None:
    """A sign lost or added."""
    match node:
        case Add((*first, last)):
            return add(*first, negate(last))
        case Multiply((Number(value), *rest)):
            return multiply(Number(-value), *rest)
        case Entry() | Apply():
            return negate(node)
    return None


def factor(node: Term, here: Here) -> Term | None:
    """A factor lost."""
    match node:
        case Multiply(parts) if len(parts) > 1:
            k = here.rng.randrange(len(parts))
            return multiply(*parts[:k], *parts[k + 1 :])
    return None


def summand(node: Term, here: Here) -> Term | None:
    """A summand lost."""
    match node:
        case Add(parts) if len(parts) > 1:
            k = here.rng.randrange(len(parts))
            return add(*parts[:k], *parts[k + 1 :])
    return None


def number(node: Term, here: Here) -> Term | None:
    """A number that is a little different."""
    match node:
        case Number(value):
            return Number(value + here.rng.choice((1, -1, Fraction(1, 2), Fraction(1, 1000))))
        case SizeNumber():
            return add(node, MINUS_ONE)
        case Entry():
            return multiply(Number(Fraction(1001, 1000)), node)
    return None


def exponent(node: Term, here: Here) -> Term | None:
    """Another exponent."""
    match node:
        case Power(base, Number(value)):
            return Power(base, Number(value + here.rng.choice((1, -1, -2 * value or 1))))
    return None


def slots(node: Term, here: Here) -> Term | None:
    """Two indices of an entry exchanged."""
    match node:
        case Entry(name, (i, j)) if i != j and i.dim == j.dim:
            return Entry(name, (j, i))
    return None


def index(node: Term, here: Here) -> Term | None:
    """Another index in reach."""
    if not isinstance(node, Entry) or not node.indices:
        return None
    k = here.rng.randrange(len(node.indices))
    old = node.indices[k]
    others = [i for i in here.scope if i.dim == old.dim and i != old]
    if not others:
        return None
    indices = (*node.indices[:k], here.rng.choice(others), *node.indices[k + 1 :])
    return Entry(node.name, indices)


def capture(node: Term, here: Here) -> Term | None:
    """A free index of a sum's body bound by the sum, as careless renaming does."""
    match node:
        case Big(operation, (binder,), body):
            others = [i for i in free_indices(body) if i.dim == binder.index.dim and i != binder.index]
            if others:
                other = here.rng.choice(others)
                return Big(operation, (binder,), rename(body, {other: binder.index}))
    return None


def excluded(node: Term, here: Here) -> Term | None:
    """One index of a range left out, or no longer left out."""
    match node:
        case Big(operation, (Binder(bound, ()),), body):
            others = [i for i in here.scope if i.dim == bound.dim and i.name != bound.name]
            if others and operation in ("sum", "prod"):
                return Big(operation, (Binder(bound, (here.rng.choice(others),)),), body)
        case Big(operation, (Binder(bound, _),), body):
            return Big(operation, (Binder(bound),), body)
    return None


def operation(node: Term, here: Here) -> Term | None:
    """A sum taken for a mean, a product, a maximum; or its index forgotten."""
    match node:
        case Big("sum", (Binder(_, ()),) as binders, body):
            return Big(here.rng.choice(("mean", "prod", "max")), binders, body)
        case Big("max", binders, body):
            return Big("min", binders, body)
    return None


SWAPS = {"sin": "cos", "cos": "sin", "exp": "sinh", "log": "sqrt", "sqrt": "log", "tanh": "sigmoid", "abs": "relu",
         "relu": "abs", "sign": "step", "sigmoid": "tanh", "max": "min", "min": "max", "softplus": "exp"}  # fmt: skip


def function(node: Term, here: Here) -> Term | None:
    """Another function, a prime lost, or the function forgotten."""
    match node:
        case Apply(name, arguments, order):
            if name in SWAPS and here.rng.random() < 0.7:
                return Apply(SWAPS[name], arguments)
            if order:
                return Apply(name, arguments, order - 1)
            return arguments[0]
    return None


def delta(node: Term, here: Here) -> Term | None:
    """A delta forgotten, or its opposite."""
    match node:
        case Delta():
            return here.rng.choice((ONE, add(1, negate(node))))
    return None


def condition(node: Term, here: Here) -> Term | None:
    """The branches exchanged, or another comparison."""
    match node:
        case Where(compare, then, otherwise):
            if here.rng.random() < 0.3:
                return Where(compare, otherwise, then)
            others: tuple[Relation, ...] = tuple(Relation)
            if isinstance(compare.left, Delta):
                return Where(compare, otherwise, then)
            return Where(Compare(here.rng.choice(others), compare.left, compare.right), then, otherwise)
    return None


def variable(node: Term, here: Here) -> Term | None:
    """The variable of a D, or the array of an entry, another of the same shape."""
    match node:
        case Entry(name, indices) if name in here.context.variables:
            shape = here.context.variables[name].dims
            names = [
                n
                for n, v in here.context.variables.items()
                if v.dims == shape and n != name and v.kind != "label"
            ]
            return Entry(here.rng.choice(names), indices) if names else None
        case Derivative(body, (by,)):
            others = [i for i in here.scope if by.indices and i.dim == by.indices[0].dim]
            if len(by.indices) == 1 and others:
                return Derivative(body, (Entry(by.name, (here.rng.choice(others),)),))
    return None


def size(node: Term, here: Here) -> Term | None:
    """One size taken for another."""
    match node:
        case SizeNumber(name):
            others = [n for n in here.context.sizes if n != name]
            return SizeNumber(here.rng.choice(others)) if others else None
    return None


def matrix(node: Term, here: Here) -> Term | None:
    """An inverse transposed or forgotten, an adjugate taken for it, a determinant without its logarithm."""
    match node:
        case MatrixFunction("inv" | "adj" as operation, _, (row, column)):
            if row != column and here.rng.random() < 0.6:
                return node.of(operation, column, row)
            return node.of("adj" if operation == "inv" else "inv", row, column)
        case MatrixFunction("det" | "logdet" as operation, _, _):
            return node.of("logdet" if operation == "det" else "det")
    return None


def order(node: Term, here: Here) -> Term | None:
    """An order turned round, or one end taken in or left out."""
    match node:
        case Before(left, right):
            return here.rng.choice((Before(right, left), add(1, negate(Before(right, left))), ONE))
        case Where(Compare(Relation.EQUAL, Before(left, right), Number(value)), then, otherwise):
            new = Compare(Relation.EQUAL, Before(right, left), Number(1 - value))
            return Where(new, then, otherwise)
    return None


def label(node: Term, here: Here) -> Term | None:
    """The label of another sample, or any index instead of the label."""
    match node:
        case Entry(name, indices) if any(i.at for i in indices):
            k = next(k for k, i in enumerate(indices) if i.at)
            old = indices[k]
            samples = [i for i in here.scope if i.dim == old.at[0].dim and i != old.at[0] and not i.at]
            others = [i for i in here.scope if i.dim == old.dim]
            choices = [Index(old.name, old.dim, (i,)) for i in samples] + others
            if choices:
                return Entry(name, (*indices[:k], here.rng.choice(choices), *indices[k + 1 :]))
    return None


def partial(node: Term, here: Here) -> Term | None:
    """A partial derivative by another argument or entry, or of one order less; a gradient that is not stopped."""
    match node:
        case UnknownValue(name, arguments, ((place, at), *rest)):
            if here.rng.random() < 0.3:
                return UnknownValue(name, arguments, tuple(rest))
            numbers = [k for k, a in enumerate(arguments) if not isinstance(a, Big) and k != place]
            if not at and numbers:
                return UnknownValue(name, arguments, ((here.rng.choice(numbers), ()), *rest))
            others = [i for i in here.scope if at and i.dim == at[0].dim and i != at[0]]
            if others:
                return UnknownValue(name, arguments, ((place, (here.rng.choice(others),)), *rest))
        case Apply("stop_gradient", (inner,)) if here.inside:
            return inner
    return None


DAMAGES: tuple[Damage, ...] = (
    sign, factor, summand, number, exponent, slots, slots, index, index, capture, capture, excluded, operation,
    function, delta, condition, variable, size,
)  # fmt: skip


ARRAY_DAMAGES: tuple[Damage, ...] = (*DAMAGES, *(matrix, order, label, partial) * 4)


def damaged(node: Term, here: Here, damages: tuple[Damage, ...] = DAMAGES) -> tuple[Term | None, str]:
    """Return the term damaged at a random place, and how."""
    spots = list(places(node, here))
    for _ in range(40):
        path, part, at = here.rng.choice(spots)
        damage = here.rng.choice(damages)
        new = damage(part, at)
        if new is not None and new != part:
            return put(node, path, new), damage.__name__
    return None, ""


__all__ = ["ARRAY_DAMAGES", "DAMAGES", "Index", "damaged"]
