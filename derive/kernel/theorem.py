"""What a theorem says in full, and whether it says that of another context: sequents, and weakening alone.

A sequent holds in every context that declares what its own declares in the same way, supposes what its own
supposes, and admits no size that its own does not. Nothing else is inferred here, so an answer of "no" may be
given to what is true.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import NamedTuple

from derive.kernel.domain import Condition
from derive.terms import Apply, Context, Equation, Size, Term, UnknownValue, arrays, free_indices, parts


class Sequent(NamedTuple):
    """Under the declarations and hypotheses of the context, where the conditions hold, the equation.

    `marked` are those of the conditions at which the left side has a value and the right has none.
    """

    context: Context
    equation: Equation
    conditions: tuple[Condition, ...]
    marked: tuple[Condition, ...]

    def kept(self) -> Sequent:
        """Return the same sequent with nothing in it that anybody else may still write to: dictionaries copied."""
        context = replace(
            self.context,
            sizes=MappingProxyType(dict(self.context.sizes)),
            variables=MappingProxyType(dict(self.context.variables)),
            labels=MappingProxyType(dict(self.context.labels)),
            definitions=MappingProxyType(dict(self.context.definitions)),
            signatures=MappingProxyType(dict(self.context.signatures)),
        )
        return self._replace(context=context, equation=replace(self.equation))


def lacking(
    sequent: Sequent, equation: Equation, context: Context, stated: Iterable[Condition]
) -> str | None:
    """Return what is lacking for a sequent to prove an equation in a context, where `stated` is; else `None`.

    A condition is stated with the equation, or it is a hypothesis of the context, word for word.
    """
    said, given = sequent.equation, {h.condition for h in context.hypotheses}
    if _whole(said) != _whole(equation):
        return f"it proves {said}"
    for what in _otherwise(sequent, context):
        return what
    for hypothesis in sequent.context.hypotheses:
        if hypothesis.condition not in given:
            return f"it supposes {hypothesis}"
    apart = {frozenset(pair) for pair in context.distinct}
    for left, right in sequent.context.distinct:
        if frozenset((left, right)) not in apart:
            return f"it supposes {left} != {right}"
    known = set(stated)
    for condition in sequent.conditions:
        assumed = condition.compare in given and not any(
            b.index.name in context.labels for b in condition.binders
        )
        if condition not in known and not assumed:
            return f"it holds where {condition}, which is not said"
    return None


def _whole(equation: Equation) -> tuple[object, ...]:
    """Return all that an equation or inequality says; its place in a text is not part of it."""
    return equation.relation, equation.left, equation.right, equation.when


def _otherwise(sequent: Sequent, context: Context) -> Iterator[str]:
    """Yield the names that the context does not declare as the sequent's own context does."""
    own = sequent.context
    kinds: tuple[tuple[Mapping[str, object], Mapping[str, object]], ...] = (
        (own.variables, context.variables),
        (own.definitions, context.definitions),
        (own.labels, context.labels),
        (dict.fromkeys(own.functions), dict.fromkeys(context.functions)),
        (own.signatures, context.signatures),
    )
    for mine, theirs in kinds:
        for name, declared in mine.items():
            if name not in theirs or theirs[name] != declared:
                yield f"it speaks of another {name}"
    for name, size in own.sizes.items():
        if name not in context.sizes or not _within(context.sizes[name], size):
            yield f"it speaks of other sizes {name}"
    # A name of which the sequent's context says nothing must not mean something in particular here.
    added = {name for mine, theirs in kinds for name in theirs if name not in mine}
    if added:
        yield from (f"it speaks of another {name}" for name in sorted(added & _mentioned(sequent)))


def _within(size: Size, other: Size) -> bool:
    """Return whether every number that a size may be is one that the other may be."""
    if other.fixed is not None:
        return size.fixed == other.fixed
    return (size.minimum if size.fixed is None else size.fixed) >= other.minimum


def _mentioned(sequent: Sequent) -> set[str]:
    """Return the names of arrays, functions and free indices in a sequent, declared or not."""
    context, equation = sequent.context, sequent.equation
    sides = [side for h in context.hypotheses for side in (h.condition.left, h.condition.right)]
    terms: list[Term] = [
        equation.left,
        equation.right,
        *sides,
        *(d.body for d in context.definitions.values()),
    ]
    names = {str(i.name) for node in terms for i in free_indices(node)}
    names |= {str(i.name) for relation in equation.when for i in (relation.left, relation.right)}
    names.update(*map(arrays, terms))
    inside = [part for node in terms for part in parts(node)]
    names |= {part.name for part in inside if isinstance(part, UnknownValue)}
    return names | {part.function for part in inside if isinstance(part, Apply)}
