"""Letters for the indices of an expression built from Python objects, chosen as on paper (i, j, k, l)."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from derive.notation import Big, Binder, Context, Index, Term, free_indices, rename
from derive.notation.traverse import rebuild

LETTERS = "ijklmabdfghqruvw"


def lettered(node: Term, axes: tuple[Index, ...], context: Context) -> tuple[Term, tuple[Index, ...]]:
    """Return the term with letters for its open axes and its bound indices, and the letters of the axes.

    No letter is that of a free index, an enclosing bound index, or a declared name. Indices named by the
    user keep their names.
    """
    taken = {
        *context.sizes, *context.variables, *context.labels, *context.functions, *context.definitions
    }  # fmt: skip
    taken |= {str(index.name) for index in free_indices(node) if index not in axes}
    renaming: dict[Index, Index] = {}
    for axis in axes:
        renaming[axis] = _next_letter(axis, taken)
    return _letter_binders(rename(node, renaming), taken), tuple(renaming[axis] for axis in axes)


def _letter_binders(node: Term, taken: set[str]) -> Term:
    if not isinstance(node, Big):
        return rebuild(node, lambda child: _letter_binders(child, taken))
    inner = set(taken)
    renaming: dict[Index, Index] = {}
    binders = []
    for binder in node.binders:
        excluded = tuple(renaming.get(i, i) for i in binder.excluded)
        new = _next_letter(binder.index, inner)
        renaming[binder.index] = new
        binders.append(Binder(new, excluded))
    return Big(node.operation, tuple(binders), _letter_binders(rename(node.body, renaming), inner))


def _next_letter(index: Index, taken: set[str]) -> Index:
    """Return an index with a letter that is not taken, and take it; a name given by the user is preferred."""
    own = [] if str(index.name).startswith("@") else [str(index.name)]
    name = next(letter for letter in itertools.chain(own, _letters()) if letter not in taken)
    taken.add(name)
    return Index(name, index.dim)


def _letters() -> Iterator[str]:
    yield from LETTERS
    yield from (f"{letter}{number}" for number in itertools.count(1) for letter in LETTERS)
