"""Random problems for the properties: contexts with hypotheses, terms, and rewritings that look true and may not be."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Protocol, TypeVar

from hypothesis import strategies as st

from derive.terms import (
    ONE,
    ZERO,
    Apply,
    Big,
    Binder,
    Bound,
    Compare,
    Context,
    Delta,
    Entry,
    Equation,
    Hypothesis,
    Index,
    IndexRelation,
    Number,
    Power,
    Relation,
    Size,
    Term,
    Variable,
    Where,
    add,
    multiply,
    rebuild,
    rename,
    total,
    walk,
)
from derive.terms.nodes import Add, Multiply
from tests.strategies import IndexScope, terms_in

Drawn = TypeVar("Drawn")

I, J, K, T = (Index(name, "n") for name in "ijkt")
U, V = Entry("u"), Entry("v")


def x(index: Index) -> Entry:
    return Entry("x", (index,))


def w(left: Index, right: Index) -> Entry:
    return Entry("W", (left, right))


ANCHOR = multiply(ZERO, add(x(I), x(K)))
"""Names the free indices on both sides, so that `when` may speak of them."""

HYPOTHESES = (
    Compare(Relation.EQUAL, total(x(I), I), ONE),
    Compare(Relation.EQUAL, multiply(U, V), ZERO),
    Compare(Relation.GREATER, multiply(U, V), ZERO),
    Compare(Relation.EQUAL, w(I, J), w(J, I)),
    Compare(Relation.EQUAL, total(w(I, J), J), ONE),
    Compare(Relation.GREATER, x(T), ZERO),
    Compare(Relation.EQUAL, U, V),
    Compare(Relation.UNEQUAL, U, V),
    Compare(Relation.AT_LEAST, x(I), U),
    Compare(Relation.EQUAL, x(I) ** 2, ONE),
    Compare(Relation.EQUAL, x(I) ** 2, x(I)),
    Compare(Relation.EQUAL, x(T), U),
    Compare(Relation.EQUAL, U**2, V**2),
    Compare(Relation.LESS, multiply(U, x(I)), ZERO),
)
WHEN = ((), (), (), (IndexRelation(I, K, True),), (IndexRelation(K, I, True),), (IndexRelation(I, K, False),),
        (IndexRelation(K, T, True),))  # fmt: skip
BOUNDS = (
    (),
    (),
    (Bound(Relation.GREATER, ZERO),),
    (Bound(Relation.AT_LEAST, ZERO),),
    (Bound(Relation.UNEQUAL, ZERO),),
)
SIZES = (None, None, None, 1, 2)


@st.composite
def contexts(draw: st.DrawFn, hypotheses: bool = True) -> Context:
    """One size, free or fixed; arrays of rank 0 to 2 with bounds; a label; up to two hypotheses."""
    chosen = draw(st.lists(st.sampled_from(HYPOTHESES), max_size=2, unique=True)) if hypotheses else []
    return Context(
        sizes={"n": Size("n", fixed=draw(st.sampled_from(SIZES)))},
        variables={
            "x": Variable("x", ("n",), draw(st.sampled_from(BOUNDS))),
            "W": Variable("W", ("n", "n")),
            "u": Variable("u", (), draw(st.sampled_from(BOUNDS))),
            "v": Variable("v", (), draw(st.sampled_from(BOUNDS))),
        },
        labels={"t": T},
        hypotheses=tuple(Hypothesis(compare) for compare in chosen),
    )


def scope(context: Context, derivatives: bool = True) -> IndexScope:
    return IndexScope(context, (I, K, T), derivatives)


def random_terms(context: Context, depth: int = 2, derivatives: bool = True) -> st.SearchStrategy[Term]:
    return terms_in(scope(context, derivatives), depth)


class Draw(Protocol):
    """What draws: that of a composite strategy, or of `st.data()`."""

    def __call__(self, strategy: st.SearchStrategy[Drawn], /) -> Drawn:
        """Draw one value."""


def replaced(draw: Draw, whole: Term) -> Term:
    """Return the term with one place in it rewritten by a rule that looks true."""
    chosen = draw(st.sampled_from(list(walk(whole))))
    done = False

    def change(node: Term) -> Term:
        nonlocal done
        if node is chosen and not done:
            done = True
            return draw(st.sampled_from(tempting(node)))
        return rebuild(node, change)

    return change(whole)


def tempting(node: Term) -> list[Term]:
    """Return terms that a careless engine would take for the same: some are, some are not."""
    root = Apply("sqrt", (multiply(node, node),))
    common = [multiply(node, node, Power(node, Number(-ONE.value))), Apply("abs", (node,)), root, node]
    match node:
        case Big(operation, binders, body) if len(binders) > 1:
            turned = all(not b.excluded for b in binders)
            return [Big(operation, binders[::-1], body) if turned else node]
        case Big(operation, (binder,), body):
            other = Index("z", binder.index.dim)
            return [
                Big(operation, (binder,), rename(body, {binder.index: K})),
                Big(operation, (Binder(other, binder.excluded),), rename(body, {binder.index: other})),
                Big(operation, (Binder(binder.index),), body),
                node,
            ]
        case Entry(name, (left, right)):
            return [Entry(name, (right, left)), Entry(name, (left, left)), node]
        case Entry(name, (_,)):
            return [Entry(name, (T,)), Entry(name, (I,)), *common]
        case Delta(left, right):
            return [
                Delta(right, left),
                multiply(node, node),
                Where(Compare(Relation.EQUAL, node, ONE), ONE, ZERO),
                ONE,
            ]
        case Where(condition, then, otherwise):
            relation = condition.relation
            flipped = Compare(relation, -condition.left, -condition.right)
            opposite = Compare(_OPPOSITE[relation], condition.left, condition.right)
            return [Where(flipped, then, otherwise), Where(opposite, otherwise, then), then, otherwise]
        case Power(base, exponent):
            logarithm = Apply("log", (base,))
            return [Apply("exp", (multiply(exponent, logarithm),)), Power(Apply("abs", (base,)), exponent)]
        case Apply(name, (inner,)) if name in _RULES:
            return [_RULES[name](inner), inner]
    return common


def _f(name: str, inner: Term) -> Term:
    return Apply(name, (inner,))


_OPPOSITE: dict[Relation, Relation] = {
    Relation.LESS: Relation.AT_LEAST,
    Relation.AT_MOST: Relation.GREATER,
    Relation.GREATER: Relation.AT_MOST,
    Relation.AT_LEAST: Relation.LESS,
    Relation.EQUAL: Relation.UNEQUAL,
    Relation.UNEQUAL: Relation.EQUAL,
}
_RULES: dict[str, Callable[[Term], Term]] = {
    "exp": lambda a: 1 / _f("exp", -a),
    "log": lambda a: _f("log", a * a) / 2,
    "sqrt": lambda a: Power(a * a, ONE / 4),
    "abs": lambda a: _f("sqrt", a * a),
    "tanh": lambda a: -_f("tanh", -a),
    "sin": lambda a: -_f("sin", -a),
    "relu": lambda a: (a + _f("abs", a)) / 2,
    "sigmoid": lambda a: 1 - _f("sigmoid", -a),
}


def shuffled(draw: Draw, node: Term) -> Term:
    """Return the same term with sums and products in another order, binders renamed, and summations permuted."""
    numbers = itertools.count(1)

    def change(node: Term) -> Term:
        node = rebuild(node, change)
        match node:
            case Add(terms):
                return Add(tuple(draw(st.permutations(terms))))
            case Multiply(factors):
                return Multiply(tuple(draw(st.permutations(factors))))
            case Big(operation, binders, body):
                fresh = {
                    b.index: Index(f"{draw(st.sampled_from('aijkz'))}{next(numbers)}", b.index.dim)
                    for b in binders
                }
                renamed = []
                so_far: dict[Index, Index] = {}
                for binder in binders:
                    excluded = tuple(so_far.get(e, e) for e in binder.excluded)
                    so_far[binder.index] = fresh[binder.index]
                    renamed.append(Binder(fresh[binder.index], excluded))
                order = renamed
                if operation in ("sum", "prod") and not any(b.excluded for b in binders):
                    order = draw(st.permutations(renamed))
                return Big(operation, tuple(order), rename(body, fresh))
        return node

    return change(node)


def equation(left: Term, right: Term, when: tuple[IndexRelation, ...] = ()) -> Equation:
    return Equation(add(left, ANCHOR), add(right, ANCHOR), when)
