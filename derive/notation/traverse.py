"""Walking and rebuilding terms: free indices, renaming without capture, unfolding of definitions, equality of names.

Renaming and unfolding exist nowhere else; every bound index that could capture is renamed first.
"""

from __future__ import annotations

import itertools
import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from derive.notation.context import Definition
from derive.notation.terms import (
    Add,
    Apply,
    Big,
    Binder,
    Compare,
    Delta,
    Derivative,
    Entry,
    Index,
    Multiply,
    Power,
    Term,
    Where,
)

Renaming = Mapping[Index, Index]


def children(node: Term) -> tuple[Term, ...]:
    """Return the terms directly inside a term, left to right."""
    inside = _CHILDREN.get(type(node))
    return () if inside is None else inside(node)


# A table by kind, since nothing is asked of terms as often as this.
_CHILDREN: dict[type[Term], Callable[[Any], tuple[Term, ...]]] = {
    Add: lambda node: node.terms,
    Multiply: lambda node: node.factors,
    Power: lambda node: (node.base, node.exponent),
    Apply: lambda node: node.arguments,
    Where: lambda node: (node.condition.left, node.condition.right, node.then, node.otherwise),
    Big: lambda node: (node.body,),
    Derivative: lambda node: (node.body, *node.variables),
}


def rebuild(node: Term, change: Callable[[Term], Term]) -> Term:
    """Return the term with `change` applied to each term directly inside it; variables of a D stay entries.

    Where nothing changes it is the same object, which knows its hash and its free indices already.
    """
    inside = children(node)
    if isinstance(node, Derivative):
        inside = (node.body,)
    changed = tuple(map(change, inside))
    if all(map(operator.is_, changed, inside)):
        return node
    match node:
        case Add():
            return Add(changed)
        case Multiply():
            return Multiply(changed)
        case Power():
            return Power(*changed)
        case Apply(function, _, order):
            return Apply(function, changed, order)
        case Where(condition):
            left, right, then, otherwise = changed
            return Where(Compare(condition.relation, left, right), then, otherwise)
        case Big(operation, binders):
            return Big(operation, binders, *changed)
        case Derivative(_, variables):
            (body,) = changed
            return Derivative(body, variables)
    return node


def walk(node: Term) -> Iterator[Term]:
    """Yield the term and every term inside it, outermost first."""
    yield node
    for child in children(node):
        yield from walk(child)


def parts(node: Term) -> tuple[Term, ...]:
    """Return the term and every term inside it, each once however often it recurs."""
    found: dict[Term, None] = {}
    todo = [node]
    while todo:
        part = todo.pop()
        if part not in found:
            found[part] = None
            todo += reversed(children(part))
    return tuple(found)


def condition_terms(condition: Compare) -> tuple[Term, Term]:
    """Return both sides of a comparison."""
    return condition.left, condition.right


def free_indices(node: Term | Compare) -> tuple[Index, ...]:
    """Return the indices that are not bound, labels and positions included, in order of appearance."""
    if isinstance(node, Compare):
        return tuple(dict.fromkeys((*free_indices(node.left), *free_indices(node.right))))
    found: tuple[Index, ...] | None = getattr(node, "_free", None)
    if found is None:
        found = tuple(dict.fromkeys(_found_free(node)))
        object.__setattr__(node, "_free", found)  # no part of its value: found from the rest of it
    return found


def _found_free(node: Term) -> Iterator[Index]:
    match node:
        case Entry(_, indices):
            yield from indices
        case Delta(left, right):
            yield from (left, right)
        case Big(_, binders, body):
            bound: set[Index] = set()
            for binder in binders:
                yield from (index for index in binder.excluded if index not in bound)
                bound.add(binder.index)
            yield from (index for index in free_indices(body) if index not in bound)
        case _:
            for child in children(node):
                yield from free_indices(child)


def arrays(node: Term) -> frozenset[str]:
    """Return the names of the arrays, declared or defined, of which there are entries in a term."""
    found: frozenset[str] | None = getattr(node, "_arrays", None)
    if found is None:
        own = (node.name,) if isinstance(node, Entry) else ()
        found = frozenset(own).union(*map(arrays, children(node)))
        object.__setattr__(node, "_arrays", found)  # as with `_free`
    return found


def fresh_index(index: Index, taken: set[str | int]) -> Index:
    """Return an index of the same dimension whose name is not taken, and take it."""
    stem = str(index.name).rstrip("0123456789_") or "j"
    name = next(c for c in (f"{stem}_{k}" for k in itertools.count(1)) if c not in taken)
    taken.add(name)
    return Index(name, index.dim)


def rename(node: Term, renaming: Renaming) -> Term:
    """Return the term with free indices renamed, all at once; bound indices give way where they would capture."""
    if renaming.keys().isdisjoint(free_indices(node)):
        return node
    match node:
        case Entry(name, indices):
            return Entry(name, tuple(renaming.get(i, i) for i in indices))
        case Delta(left, right):
            return Delta(renaming.get(left, left), renaming.get(right, right))
        case Big(operation, binders, body):
            return _rename_big(operation, binders, body, renaming)
        case Derivative(body, variables):
            entries = tuple(Entry(v.name, tuple(renaming.get(i, i) for i in v.indices)) for v in variables)
            return Derivative(rename(body, renaming), entries)
        case _:
            return rebuild(node, lambda child: rename(child, renaming))


def rename_condition(condition: Compare, renaming: Renaming) -> Compare:
    """Return the comparison with free indices renamed on both sides."""
    left, right = (rename(side, renaming) for side in condition_terms(condition))
    return Compare(condition.relation, left, right)


def _rename_big(operation: str, binders: tuple[Binder, ...], body: Term, renaming: Renaming) -> Big:
    inner = {old: new for old, new in renaming.items() if old != new}
    taken: set[str | int] | None = None
    renamed: list[Binder] = []
    for binder in binders:
        excluded = tuple(inner.get(i, i) for i in binder.excluded)
        index = binder.index
        inner.pop(index, None)
        if index in inner.values():
            if taken is None:
                taken = {i.name for i in free_indices(body)} | {i.name for i in inner.values()}
                taken |= {i.name for i in inner} | {b.index.name for b in binders}
            index = fresh_index(index, taken)
            inner[binder.index] = index
        renamed.append(Binder(index, excluded))
    return Big(operation, tuple(renamed), rename(body, inner))  # type: ignore[arg-type]


def open_binders(node: Big, taken: set[str | int]) -> Big:
    """Return the same term with every binder of it named freshly, outside `taken`, which grows."""
    binders: list[Binder] = []
    renaming: dict[Index, Index] = {}
    for binder in node.binders:
        excluded = tuple(renaming.get(i, i) for i in binder.excluded)
        new = fresh_index(binder.index, taken)
        renaming[binder.index] = new
        binders.append(Binder(new, excluded))
    return Big(node.operation, tuple(binders), rename(node.body, renaming))


def instantiate(definition: Definition, indices: tuple[Index, ...]) -> Term:
    """Return the body of a definition at the given indices."""
    return rename(definition.body, dict(zip(definition.parameters, indices, strict=True)))


def unfold(node: Term, definitions: Mapping[str, Definition], keep: frozenset[str] = frozenset()) -> Term:
    """Return the term with defined names replaced by their bodies, all the way down, but for those kept.

    `D` by a defined name holds everything else fixed: what it differentiates is unfolded down to that
    name and no further, so such a `D` keeps its name inside (see `calculus.evaluate_derivatives`).
    """
    match node:
        case Entry(name, indices) if name in definitions and name not in keep:
            return unfold(instantiate(definitions[name], indices), definitions, keep)
        case Derivative(body, variables):
            held = frozenset(v.name for v in variables if v.name in definitions)
            return Derivative(unfold(body, definitions, keep | held), variables)
        case _:
            return rebuild(node, lambda child: unfold(child, definitions, keep))


def same(left: Term, right: Term) -> bool:
    """Return whether two terms are the same up to the names of bound indices."""
    return canonical(left) == canonical(right)


def canonical(node: Term, depth: int = 0) -> Term:
    """Return the term with bound indices numbered by depth from the outside, so that names do not matter."""
    if isinstance(node, Big):
        binders: list[Binder] = []
        renaming: dict[Index, Index] = {}
        for offset, binder in enumerate(node.binders):
            excluded = tuple(renaming.get(i, i) for i in binder.excluded)
            index = Index(f"@{depth + offset}", binder.index.dim)
            renaming[binder.index] = index
            binders.append(Binder(index, excluded))
        body = canonical(rename(node.body, renaming), depth + len(binders))
        return replace(node, binders=tuple(binders), body=body)
    return rebuild(node, lambda child: canonical(child, depth))
