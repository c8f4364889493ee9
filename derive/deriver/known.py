"""What the search may use beside arithmetic: hypotheses as rewrites, and defined arrays whose entries sum to a number.

Untrusted: a rewrite that does not follow costs a candidate, since the kernel proves every line.
"""

from __future__ import annotations

from collections.abc import Iterator

from derive.deriver.algebra import Arithmetic, Knowledge
from derive.deriver.matching import Rewrite
from derive.deriver.monomials import Sum, scaled, term_of, value_of
from derive.terms import (
    ONE,
    Big,
    Binder,
    Compare,
    Context,
    Entry,
    Index,
    Term,
    canonical,
    free_indices,
    unfold,
)


def from_hypotheses(context: Context) -> Knowledge:
    """Return the declarations and hypotheses of a context as rewrites."""
    rewrites = [*_simplices(context)]
    for hypothesis in context.hypotheses:
        if hypothesis.condition.relation == "=":
            rewrites += _of_equation(hypothesis.condition, context)
    onehot = frozenset(v.name for v in context.variables.values() if v.kind == "onehot")
    return Knowledge(tuple(rewrites), onehot)


def _simplices(context: Context) -> Iterator[Rewrite]:
    for variable in context.variables.values():
        if variable.kind != "real" and variable.dims:
            yield _sums_to(variable.name, variable.dims, ONE)


def _sums_to(name: str, dims: tuple[str, ...], value: Term) -> Rewrite:
    indices = tuple(Index(f"?{k}", dim) for k, dim in enumerate(dims))
    whole = Big("sum", (Binder(indices[-1]),), Entry(name, indices))
    return Rewrite(canonical(whole), value, frozenset(indices[:-1]))


def _of_equation(condition: Compare, context: Context) -> Iterator[Rewrite]:
    """Yield the equation solved for one of its atoms: a sum if there is one, else an entry."""
    algebra = Arithmetic()
    names = context.definitions
    difference: Sum = algebra.sum(unfold(condition.left, names) - unfold(condition.right, names))
    labels = set(context.labels.values())
    for kind in (Big, Entry):
        for mono, value in difference.items():
            if len(mono) != 1 or mono[0][1] != 1 or not isinstance(mono[0][0], kind):
                continue
            atom = mono[0][0]
            rest = {m: c for m, c in difference.items() if m != mono}
            local = frozenset(
                i for i in free_indices(atom) if i not in labels and not isinstance(i.name, int)
            )
            solved = Rewrite(atom, term_of(scaled(rest, -1 / value)), local)
            known = set(free_indices(solved.replacement)) <= {*free_indices(atom), *labels}
            if known and not solved.loops:
                yield solved
                return


def normalised_arrays(context: Context, algebra: Arithmetic | None = None) -> Knowledge:
    """Return the defined arrays whose entries, summed over the last index, come to a number."""
    algebra = algebra or Arithmetic()
    rewrites = []
    for definition in context.definitions.values():
        if not definition.parameters:
            continue
        *_outer, last = definition.parameters
        body = unfold(definition.body, context.definitions)
        value = value_of(algebra.sum(Big("sum", (Binder(last),), body)))
        if value is not None:
            dims = tuple(i.dim for i in definition.parameters)
            rewrites.append(_sums_to(definition.name, dims, term_of({(): value})))
    return Knowledge(tuple(rewrites))


def together(*several: Knowledge) -> Knowledge:
    """Return all of what is known."""
    rewrites = tuple(r for one in several for r in one.rewrites)
    return Knowledge(rewrites, frozenset().union(*(one.onehot for one in several)))
