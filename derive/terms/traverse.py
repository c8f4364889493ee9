"""Walking and rebuilding terms: what stands inside a term, its free indices, its arrays."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from derive.terms.contexts import Definition
from derive.terms.nodes import (
    Add,
    Apply,
    Big,
    Compare,
    Derivative,
    Entry,
    Index,
    IndexPair,
    MatrixFunction,
    Multiply,
    Power,
    Term,
    UnknownValue,
    Where,
)


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
    MatrixFunction: lambda node: (node.matrix,),
    UnknownValue: lambda node: node.arguments,
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
        case MatrixFunction(operation, _, at):
            (matrix,) = changed
            if not isinstance(matrix, Big):
                raise TypeError(f"a matrix is to stay one: {matrix!r}")
            return MatrixFunction(operation, matrix, at)
        case UnknownValue(name, _, partials):
            return UnknownValue(name, changed, partials)
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


def reachable(terms: Iterable[Term], definitions: Mapping[str, Definition]) -> Iterator[Term]:
    """Yield every part of some terms and of the definitions that they use, each definition once."""
    waiting, done = list(terms), set[str]()
    while waiting:
        for part in walk(waiting.pop()):
            yield part
            if isinstance(part, Entry) and part.name in definitions and part.name not in done:
                done.add(part.name)
                waiting.append(definitions[part.name].body)


def depends(node: Term, name: str, definitions: Mapping[str, Definition]) -> bool:
    """Return whether a variable or a defined name occurs in a term, or in the definitions that it uses."""
    return any(isinstance(part, Entry) and part.name == name for part in reachable((node,), definitions))


def has_derivative(node: Term) -> bool:
    """Return whether there is a `D` in a term."""
    return any(isinstance(part, Derivative) for part in walk(node))


def own_indices(node: Term) -> tuple[Index, ...]:
    """Return the indices that stand in a term itself, bound ones too, and not in the terms inside it.

    With the label `y[a]` of a sample goes its `a`.
    """
    match node:
        case Entry(_, indices) | MatrixFunction(_, _, indices):
            return _with_letters(indices)
        case IndexPair(left, right):
            return _with_letters((left, right))
        case UnknownValue(_, _, partials):
            return _with_letters(tuple(index for _, at in partials for index in at))
        case Big(_, binders, _):
            return _with_letters(
                tuple(index for binder in binders for index in (binder.index, *binder.excluded))
            )
    return ()


def _with_letters(indices: tuple[Index, ...]) -> tuple[Index, ...]:
    if not any(index.at for index in indices):
        return indices
    return tuple(one for index in indices for one in ((index, *index.letters) if index.at else (index,)))


def names_of(part: Term) -> tuple[str, ...]:
    """Return the names of the arrays of which an entry or a label stands in a term itself."""
    own = (part.name,) if isinstance(part, Entry) else ()
    return own + tuple(str(index.name) for index in own_indices(part) if index.at)


def sample_labels(node: Term) -> frozenset[Index]:
    """Return the labels of samples, `y[a]`, that stand anywhere in a term."""
    return frozenset(index for part in walk(node) for index in own_indices(part) if index.at)


def condition_terms(condition: Compare) -> tuple[Term, Term]:
    """Return both sides of a comparison."""
    return condition.left, condition.right


def free_indices(node: Term | Compare) -> tuple[Index, ...]:
    """Return the indices that are not bound, labels and positions included, in order of appearance.

    Of the label `y[a]` of a sample it is the `a`.
    """
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
            for index in indices:
                if index.at:
                    yield from index.letters
                else:
                    yield index
        case MatrixFunction() | UnknownValue():
            yield from (letter for index in own_indices(node) for letter in index.letters)
            for child in children(node):
                yield from free_indices(child)
        case IndexPair(left, right):
            yield from (*left.letters, *right.letters)
        case Big(_, binders, body):
            bound: set[Index] = set()
            for binder in binders:
                yield from (one for index in binder.excluded for one in index.letters if one not in bound)
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
