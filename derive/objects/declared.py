"""What an expression of Python objects carries with it: the declarations it was built from, merged as it grows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import reduce
from typing import TypeVar

from derive.errors import IllPosedError
from derive.terms import Context, Index

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Carried(Context):
    """Declarations, and the named indices beside them: the engines know an index by its name alone.

    `met` has those that SymPy's expressions bring. Nothing declares them there, so beside an index or a label of
    their name and size they are that one.
    """

    indices: Mapping[str, Index] = field(default_factory=dict)
    met: Mapping[str, Index] = field(default_factory=dict)

    def declarations(self) -> Context:
        """Return what the engines are given."""
        return Context(**{one.name: getattr(self, one.name) for one in fields(Context)})


EMPTY = Carried()


def merge(contexts: Iterable[Context]) -> Carried:
    """Return one context with all declarations; a name declared in two ways is an `IllPosedError`."""
    return reduce(_merge_two, contexts, EMPTY)


def _merge_two(left: Carried, right: Context) -> Carried:
    if left is right or right is EMPTY:
        return left
    if left is EMPTY and isinstance(right, Carried):
        return right
    indices, met = (right.indices, right.met) if isinstance(right, Carried) else ({}, {})
    merged = Carried(
        sizes=_union(left.sizes, right.sizes),
        variables=_union(left.variables, right.variables),
        labels=_union(left.labels, right.labels),
        functions=left.functions | right.functions,
        signatures=_union(left.signatures, right.signatures),
        definitions=_union(left.definitions, right.definitions),
        hypotheses=tuple(dict.fromkeys(left.hypotheses + right.hypotheses)),
        distinct=tuple(dict.fromkeys(left.distinct + right.distinct)),
        indices=_union_of_indices(left.indices, indices),
        met=_union_of_indices(left.met, met),
    )
    merged = replace(merged, met=_undeclared(merged))
    _refuse_two_kinds(merged)
    return merged


def _undeclared(context: Carried) -> dict[str, Index]:
    """Return the indices that were met and are not declared, as an index or a label of the same size."""
    declared = {**context.labels, **context.indices}
    _union_of_indices(declared, context.met)
    return {name: one for name, one in context.met.items() if name not in declared}


def _union_of_indices(left: Mapping[str, Index], right: Mapping[str, Index]) -> dict[str, Index]:
    for name in left.keys() & right.keys():
        if left[name] != right[name]:
            raise IllPosedError(f"{name} is an index of {left[name].dim} and of {right[name].dim}")
    return {**left, **right}


def _union(left: Mapping[str, T], right: Mapping[str, T]) -> dict[str, T]:
    for name in left.keys() & right.keys():
        if left[name] != right[name]:
            raise IllPosedError(f"{name} is declared in two different ways")
    return {**left, **right}


def _refuse_two_kinds(context: Carried) -> None:
    """A name is a size, a variable, a label, an index, a function or a definition, never two of them."""
    seen: dict[str, str] = {}
    kinds: dict[str, Iterable[str]] = {
        "a size": context.sizes,
        "a variable": context.variables,
        "a label": context.labels,
        "a function": context.functions,
        "a definition": context.definitions,
        "an index": {**context.indices, **context.met},
    }
    for kind, names in kinds.items():
        for name in names:
            if name in seen:
                raise IllPosedError(f"{name} is declared as {seen[name]} and as {kind}")
            seen[name] = kind
