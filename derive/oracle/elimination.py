"""Sums of products over many indices as sums in sums: Σ_ij a_i b_ij is Σ_i a_i Σ_j b_ij. It evaluates nothing.

Written out, a sum over a dozen indices has thousands of summands even where each runs to 2 only; and in a chain
of matrices each index meets but two factors.
"""

from __future__ import annotations

from derive.terms import ONE, Big, Binder, Index, Multiply, Term, free_indices, multiply


def nested(node: Big) -> Big | None:
    """Return an equal sum with one index for each sign, `None` where there is nothing to take apart.

    A factor moves before the sums over indices that it does not have: over at least one summand each, so both
    have a value at the same points. Next inside comes the index that shares factors with the fewest others.
    """
    if (
        node.operation != "sum"
        or not isinstance(node.body, Multiply)
        or any(b.excluded for b in node.binders)
    ):
        return None
    bound = {binder.index.name: binder.index for binder in node.binders}
    if not 1 < len(bound) == len(node.binders):
        return None
    factors = [(factor, {index.name for index in free_indices(factor)}) for factor in node.body.factors]
    while len(bound) > 1:
        name = min(bound, key=lambda name: len(bound.keys() & _neighbours(name, factors)))
        inside = [factor for factor, names in factors if name in names]
        rest = _neighbours(name, factors) - {name}
        factors = [(factor, names) for factor, names in factors if name not in names]
        factors.append((_sum(bound.pop(name), inside), rest))
    (last,) = bound.values()
    return _sum(last, [factor for factor, _ in factors])


def _sum(index: Index, factors: list[Term]) -> Big:
    return Big("sum", (Binder(index),), multiply(*factors) if factors else ONE)


def _neighbours(name: str | int, factors: list[tuple[Term, set[str | int]]]) -> set[str | int]:
    return set().union(*(names for _, names in factors if name in names))
