"""Sums written so that their shape says more: deltas sifted, and what is a form in sums over other indices as that.

Σ_kl v_k v_l Σ_a f_a X_ak X_al is Σ_a f_a (Σ_k X_ak v_k)^2.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction

from derive.terms import (
    Big,
    Binder,
    Delta,
    Index,
    Multiply,
    Number,
    Power,
    Term,
    free_indices,
    multiply,
    rebuild,
    rename,
)

MAX_BINDERS = 5


def sifted(node: Term) -> Term:
    """Return a term with every sum over an index that a delta fixes written without it."""
    node = rebuild(node, sifted)
    if isinstance(node, Big) and node.operation == "sum" and not any(b.excluded for b in node.binders):
        factors = node.body.factors if isinstance(node.body, Multiply) else (node.body,)
        for factor in factors:
            if not isinstance(factor, Delta):
                continue
            for gone, kept in ((factor.left, factor.right), (factor.right, factor.left)):
                rest = tuple(b for b in node.binders if b.index != gone)
                if gone != kept and len(rest) < len(node.binders):
                    body = rename(multiply(*(one for one in factors if one is not factor)), {gone: kept})
                    return sifted(Big("sum", rest, body)) if rest else body
    return node


def forms(node: Term) -> Iterator[Term]:
    """Yield a sum of products as one over an index of it, of products of sums over the others."""
    binders, factors = _flat(node, Counter())
    if not 1 < len(binders) <= MAX_BINDERS:
        return
    for outer in binders:
        inner = [b for b in binders if b is not outer]
        free = [one for one in factors if not _mentions(one, inner)]
        groups: list[tuple[list[Binder], list[Term]]] = []
        for factor in (one for one in factors if _mentions(one, inner)):
            own = [b for b in inner if b.index in free_indices(factor)]
            met = [one for one in groups if any(b in one[0] for b in own)]
            groups = [one for one in groups if one not in met]
            joined = [b for b in inner if b in own or any(b in one[0] for one in met)]
            groups.append((joined, [*(f for one in met for f in one[1]), factor]))
        if len(groups) < 2 or len({b.index for one in groups for b in one[0]}) < len(inner):
            continue
        sums = Counter(_first(Big("sum", tuple(bs), multiply(*fs))) for bs, fs in groups)
        parts = (one if times == 1 else Power(one, Number(Fraction(times))) for one, times in sums.items())
        yield Big("sum", (outer,), multiply(*free, *parts))


def _mentions(node: Term, binders: list[Binder]) -> bool:
    here = free_indices(node)
    return any(b.index in here for b in binders)


def _first(node: Big) -> Big:
    """Return a sum with names for its indices that every sum of its kind has."""
    names = {b.index: Index(f"form {k}", b.index.dim) for k, b in enumerate(node.binders)}
    body = rename(node.body, names)
    factors = sorted(body.factors, key=str) if isinstance(body, Multiply) else [body]
    return Big("sum", tuple(Binder(names[b.index]) for b in node.binders), multiply(*factors))


def _flat(node: Term, count: Counter[str]) -> tuple[list[Binder], list[Term]]:
    """Return the indices and factors of a product of sums of products, the indices by names that are all different."""
    match node:
        case Multiply(factors):
            parts = [_flat(one, count) for one in factors]
            return [b for one in parts for b in one[0]], [f for one in parts for f in one[1]]
        case Power(base, Number(value)) if value == 2 and isinstance(base, Big):
            return _flat(Multiply((base, base)), count)
        case Big("sum", binders, body) if not any(b.excluded for b in binders):
            names: dict[Index, Index] = {}
            for b in binders:
                count["all"] += 1
                names[b.index] = Index(f"flat {count['all']}", b.index.dim)
            inner, own = _flat(rename(body, names), count)
            return [*(Binder(names[b.index]) for b in binders), *inner], own
    return [], [node]
