"""What linear algebra says of a product of matrices that is the identity: its factors are inverses both ways round.

*Identity:* where Σ_k F(i,k) G(k,j) = c δ(i,j) for all i and j, c a number other than 0, and i, j and k run over the
same n places, F is square, and Σ_k G(i,k) F(k,j) = c δ(i,j) as well. *Precondition:* one size, by name; with k over
another size m the product has rank at most m, so that n <= m is all that follows. *Near miss:* F G = 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from derive.terms import (
    Add,
    Big,
    Compare,
    Delta,
    Hypothesis,
    Index,
    Multiply,
    Number,
    Relation,
    Term,
    free_indices,
    rename,
)
from derive.terms.nodes import Binder, multiply


@dataclass(frozen=True, slots=True)
class _Product:
    """`number * Σ over the indices of the factors`."""

    number: Fraction
    bound: tuple[Index, ...]
    factors: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class _Cut:
    """A product of matrices that is a multiple of the identity, cut in two at one of its summation indices."""

    identity: _Product
    whole: _Product
    rows: Index
    columns: Index
    at: Index
    left: tuple[Term, ...]
    right: tuple[Term, ...]


def two_sided(hypothesis: Hypothesis, local: str) -> Iterator[Hypothesis]:
    """Yield the hypotheses that say the same of the factors the other way round.

    The names of the hypothesis's own indices begin with `local`.
    """
    for cut in _cuts(hypothesis, local):
        i, j, k = cut.rows, cut.columns, cut.at
        if k.dim != i.dim:
            continue
        factors = [rename(f, {i: k, k: j}) for f in cut.left] + [rename(g, {k: i, j: k}) for g in cut.right]
        turned = Big("sum", tuple(Binder(b) for b in cut.whole.bound), multiply(*factors))
        sides = multiply(cut.whole.number, turned), multiply(-cut.identity.number, *cut.identity.factors)
        yield Hypothesis(Compare(Relation.EQUAL, *sides), str(hypothesis))


def ranks(hypothesis: Hypothesis, local: str) -> Iterator[tuple[str, str]]:
    """Yield pairs of sizes of which the first is at most the second wherever the hypothesis holds."""
    for cut in _cuts(hypothesis, local):
        if cut.at.dim != cut.rows.dim:
            yield cut.rows.dim, cut.at.dim


def _cuts(hypothesis: Hypothesis, local: str) -> Iterator[_Cut]:
    compare = hypothesis.condition
    if compare.relation != "=":
        return
    summands = [*_summands(compare.left, Fraction(1)), *_summands(compare.right, Fraction(-1))]
    identities = [
        s for s in summands if not s.bound and len(s.factors) == 1 and isinstance(s.factors[0], Delta)
    ]
    if len(summands) != 2 or len(identities) != 1:
        return
    (identity,) = identities
    whole = next(s for s in summands if s is not identity)
    (delta,) = identity.factors
    assert isinstance(delta, Delta)  # noqa: S101 - tested above; this is for the type checker
    ends = delta.left, delta.right
    if ends[0] == ends[1] or not all(str(i.name).startswith(local) for i in ends):
        return
    for at in whole.bound:
        left, right = (_joined_to(index, whole, at) for index in ends)
        if any(ends[1] in free_indices(f) for f in left):
            continue
        between = tuple(f for f in whole.factors if not any(f is g for g in (*left, *right)))
        yield _Cut(identity, whole, ends[0], ends[1], at, (*left, *between), right)
        if between:
            yield _Cut(identity, whole, ends[0], ends[1], at, left, (*between, *right))


def _joined_to(index: Index, whole: _Product, at: Index) -> tuple[Term, ...]:
    """Return the factors that hang together with an index by other summation indices than `at`."""
    reached, found = {index}, list[Term]()
    waiting = list(whole.factors)
    while True:
        joined = [f for f in waiting if not reached.isdisjoint(free_indices(f))]
        if not joined:
            return tuple(found)
        found += joined
        waiting = [f for f in waiting if not any(f is g for g in joined)]
        reached.update(i for f in joined for i in free_indices(f) if i in whole.bound and i != at)


def _summands(term: Term, number: Fraction, taken: tuple[Index, ...] = ()) -> Iterator[_Product]:
    """Yield the summands of a term, sums in products of sums opened."""
    if isinstance(term, Add):
        for part in term.terms:
            yield from _summands(part, number, taken)
        return
    product = _product(term, number)
    if product.number:
        yield product


def _product(term: Term, number: Fraction) -> _Product:
    bound: list[Index] = []
    factors: list[Term] = []
    waiting = [term]
    while waiting:
        match waiting.pop():
            case Number(value):
                number *= value
            case Multiply(several):
                waiting += reversed(several)
            case Big("sum", binders, body) if not any(b.excluded for b in binders):
                # The names of bound indices may come again: each gets one of its own.
                own = {b.index: Index(f"sum {len(bound) + n}", b.index.dim) for n, b in enumerate(binders)}
                bound += own.values()
                waiting.append(rename(body, own))
            case other:
                factors.append(other)
    return _Product(number, tuple(bound), tuple(factors))
