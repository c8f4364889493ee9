"""Valid rules of sums: renaming, exchanging, splitting, merging, sifting, writing out, and terms taken out or in."""

from __future__ import annotations

from fractions import Fraction

from derive.terms import (
    MINUS_ONE,
    Add,
    Big,
    Binder,
    Delta,
    Entry,
    Index,
    Multiply,
    Number,
    Power,
    SizeNumber,
    Term,
    add,
    free_indices,
    multiply,
    negate,
    rename,
    total,
    walk,
)
from tests.soundness.rewriting import Here, Rule
from tests.soundness.shapes import is_positive, is_total


def rename_binder(node: Term, here: Here) -> Term | None:
    """A bound index may have any name that is not free inside."""
    match node:
        case Big(operation, (binder,), body):
            other = here.fresh(binder.index.dim, body, *_as_terms(binder.excluded))
            if other.name in {i.name for i in free_indices(body)} | {e.name for e in binder.excluded}:
                return None
            return Big(operation, (Binder(other, binder.excluded),), rename(body, {binder.index: other}))
    return None


def _as_terms(indices: tuple[Index, ...]) -> list[Term]:
    return [Delta(i, i) for i in indices]


def exchange(node: Term, here: Here) -> Term | None:
    """Sums exchange, as one over two indices, and as two nested ones, where no range depends on the other."""
    match node:
        case Big("sum" | "prod" | "max" | "min", (first, second), body):
            if first.index in second.excluded:
                return None
            if here.rng.random() < 0.5:
                return Big(node.operation, (second, first), body)
            return Big(node.operation, (first,), Big(node.operation, (second,), body))
        case Big("sum", (outer,), Big("sum", (inner,), body)):
            if outer.index == inner.index or outer.index.name == inner.index.name:
                return None
            if outer.index in inner.excluded or inner.index in outer.excluded:
                return None
            return Big("sum", (inner,), Big("sum", (outer,), body))
    return None


def linear(node: Term, here: Here) -> Term | None:
    """sum(a + b) = sum(a) + sum(b); sum(a*b_j) = a*sum(b_j); and back; the mean is the sum over n."""
    match node:
        case Big("sum", binders, Add(terms)):
            return add(*(Big("sum", binders, t) for t in terms))
        case Big("sum", binders, Multiply(factors)):
            bound = {b.index for b in binders}
            out = [x for x in factors if not bound & set(free_indices(x))]
            if out and len(out) < len(factors):
                return multiply(*out, Big("sum", binders, multiply(*(x for x in factors if x not in out))))
        case Big("mean", (Binder(index, ()),), body):
            return multiply(total(body, index), Power(SizeNumber(index.dim), MINUS_ONE))
        case Add((Big("sum", (first,), a), Big("sum", (second,), b), *rest)):
            if first.index.dim == second.index.dim and not first.excluded and not second.excluded:
                name = here.fresh(first.index.dim, a, b)
                if name not in free_indices(a) and name not in free_indices(b):
                    a, b = rename(a, {first.index: name}), rename(b, {second.index: name})
                    return add(total(add(a, b), name), *rest)
        case Multiply((first_factor, Big("sum", (binder,), body), *rest)):
            names = {i.name for i in free_indices(first_factor)}
            if binder.index.name not in names:
                inner = multiply(first_factor, body)
                return multiply(Big("sum", (binder,), inner), *rest)
    return None


def products_of_sums(node: Term, here: Here) -> Term | None:
    """sum(a_j)*sum(b_k) = sum(a_j*b_k, j, k), with j and k apart."""
    match node:
        case Multiply((Big("sum", (first,), a), Big("sum", (second,), b), *rest)):
            if first.excluded or second.excluded:
                return None
            j = here.fresh(first.index.dim, a, b)
            a = rename(a, {first.index: j})
            k = here.fresh(second.index.dim, a, b)
            if k.name == j.name or {j.name, k.name} & {i.name for i in free_indices(b)}:
                return None
            b = rename(b, {second.index: k})
            return multiply(total(multiply(a, b), j, k), *rest)
        case Power(Big("sum", (only,), _), Number(value)) if value == 2 and not only.excluded:
            return multiply(node.base, node.base)
    return None


def sift(node: Term, here: Here) -> Term | None:
    """sum(delta(i,j)*a_j, j) = a_i, for a range that has i."""
    match node:
        case Big("sum", (Binder(index, ()),), body):
            factors = body.factors if isinstance(body, Multiply) else (body,)
            for k, part in enumerate(factors):
                if isinstance(part, Delta) and index in (part.left, part.right) and part.left != part.right:
                    other = part.right if part.left == index else part.left
                    return rename(multiply(*factors[:k], *factors[k + 1 :]), {index: other})
    return None


def unsift(node: Term, here: Here) -> Term | None:
    """a_i = sum(delta(i,j)*a_j, j), for an a that has a value at every index."""
    free = [i for i in free_indices(node) if isinstance(i.name, str)]
    if not free or not is_total(node, here.context):
        return None
    i = here.rng.choice(free)
    j = here.fresh(i.dim, node)
    if j.name in {one.name for one in free}:
        return None
    return total(multiply(Delta(i, j), rename(node, {i: j})), j)


def split_off(node: Term, here: Here) -> Term | None:
    """sum(a_j, j) = a_i + sum(a_j, j != i); the same for products; and back."""
    match node:
        case Big("sum" | "prod", (Binder(index, ()),), body):
            outer = [i for i in here.scope if i.dim == index.dim and i.name != index.name]
            if not outer:
                return None
            i = here.rng.choice(outer)
            rest = Big(node.operation, (Binder(index, (i,)),), body)
            one = rename(body, {index: i})
            return add(one, rest) if node.operation == "sum" else multiply(one, rest)
        case Big("sum", (Binder(index, (i,)),), body) if is_total(body, here.context):
            return add(total(body, index), negate(rename(body, {index: i})))
    return None


def written_out(node: Term, here: Here) -> Term | None:
    """A sum over a fixed size is its terms, one by one."""
    match node:
        case Big("sum" | "prod", (Binder(index, ()),), body):
            fixed = here.context.sizes[index.dim].fixed
            if fixed is not None:
                parts = [rename(body, {index: Index(k, index.dim)}) for k in range(1, fixed + 1)]
                return add(*parts) if node.operation == "sum" else multiply(*parts)
    return None


def constant_summand(node: Term, here: Here) -> Term | None:
    """n*a = sum(a, j: n); sum(1, j: n) = n."""
    if isinstance(node, SizeNumber):
        if here.inside:
            return None
        return Big("sum", (Binder(here.fresh(node.name), ()),), Number(Fraction(1)))
    match node:
        case Big("sum", (Binder(index, ()),), body) if index not in free_indices(body):
            return multiply(SizeNumber(index.dim), body)
        case Big("max" | "min" | "mean", (Binder(index, ()),), body) if index not in free_indices(body):
            return body
    return None


def extremes(node: Term, here: Here) -> Term | None:
    """max(a + b_j) = a + max(b_j), max(a*b_j) = a*max(b_j) for a > 0; exp and log go through. Not in a D."""
    match node:
        case Big("max" | "min", binders, Add(terms)):
            bound = {b.index for b in binders}
            out = [x for x in terms if not bound & set(free_indices(x))]
            inner = [x for x in terms if bound & set(free_indices(x))]
            if out and inner:
                return add(*out, Big(node.operation, binders, add(*inner)))
        case Big("max" | "min", binders, Multiply(factors)):
            bound = {b.index for b in binders}
            out = [x for x in factors if not bound & set(free_indices(x))]
            inner = [x for x in factors if bound & set(free_indices(x))]
            if out and inner and all(is_positive(x, here.context) for x in out):
                return multiply(*out, Big(node.operation, binders, multiply(*inner)))
    return None


def shared_letter(node: Term, here: Here) -> Term | None:
    """A bound index takes the letter of another sum in the term, where it captures nothing."""
    match node:
        case Big(operation, (binder,), body):
            letters = {b.index.name for one in walk(node) if isinstance(one, Big) for b in one.binders}
            letters |= {i.name for i in here.scope} - set(here.context.labels)
            taken = {i.name for i in free_indices(body)} | {e.name for e in binder.excluded}
            fitting = sorted(str(x) for x in letters if x not in taken)
            if fitting:
                other = Index(here.rng.choice(fitting), binder.index.dim)
                return Big(operation, (Binder(other, binder.excluded),), rename(body, {binder.index: other}))
    return None


def positions(node: Term, here: Here) -> Term | None:
    """x[i] is the only entry where the size is 1."""
    match node:
        case Entry(name, (index,)) if here.context.sizes[index.dim].fixed == 1:
            return Entry(name, (Index(1, index.dim),))
    return None


SUMS: tuple[Rule, ...] = (
    rename_binder,
    exchange,
    linear,
    linear,
    linear,
    products_of_sums,
    sift,
    unsift,
    unsift,
    split_off,
    split_off,
    written_out,
    constant_summand,
    extremes,
    shared_letter,
    shared_letter,
    positions,
)
