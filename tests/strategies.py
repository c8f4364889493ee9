"""Hypothesis strategies that the tests share: those of `derive.testing`, in a context with a bit of everything."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import strategies as st

from derive.terms import (
    ZERO,
    Apply,
    Big,
    Binder,
    Bound,
    Context,
    Definition,
    Entry,
    Index,
    Number,
    Power,
    Relation,
    Size,
    Term,
    Variable,
    multiply,
)
from derive.testing.expressions import (
    IndexScope,
    conditions,
    contexts,
    entries,
    index_expressions,
    scalar_expressions,
    terms_in,
)

CONTEXT = Context(
    sizes={"n": Size("n"), "m": Size("m", minimum=2), "N": Size("N", fixed=3)},
    variables={
        one.name: one
        for one in (
            Variable("x", ("n",)),
            Variable("y", ("m",)),
            Variable("W", ("n", "m")),
            Variable("S", ("N", "n")),
            Variable("u"),
            Variable("T", (), (Bound(Relation.GREATER, ZERO),)),
            Variable("q", ("n",), (), "simplex"),
        )
    },
    labels={"t": Index("t", "n")},
    functions=frozenset({"f"}),
    definitions={
        "p": Definition(
            "p", (Index("i", "n"),), multiply(Entry("x", (Index("i", "n"),)), Apply("exp", (Entry("u"),)))
        ),
        "L": Definition(
            "L",
            (),
            Big(
                "sum", (Binder(Index("j", "n")),), Power(Entry("p", (Index("j", "n"),)), Number(Fraction(2)))
            ),
        ),
    },
)
"""A context with sizes free, bounded below and fixed; arrays of rank 0 to 2; a label, a function, definitions."""


def terms(context: Context = CONTEXT, depth: int = 3, derivatives: bool = True) -> st.SearchStrategy[Term]:
    """Terms that are well-typed in the context, with free indices and labels among their indices."""
    return index_expressions(context, depth, derivatives)


def scalar_terms(
    context: Context = CONTEXT, depth: int = 3, derivatives: bool = True
) -> st.SearchStrategy[Term]:
    """Terms without free indices other than labels."""
    return scalar_expressions(context, depth, derivatives)


__all__ = ["CONTEXT", "IndexScope", "conditions", "contexts", "entries", "scalar_terms", "terms", "terms_in"]
