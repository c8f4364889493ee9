"""Letters for the indices of an expression built from Python objects, chosen as on paper (i, j, k, l)."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace

from derive.terms import Big, Context, Index, Term, bind_anew, free_indices, rebuild, rename

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
    node = bind_anew(node, lambda index: _next_letter(index, inner))
    return replace(node, body=_letter_binders(node.body, inner))


def _next_letter(index: Index, taken: set[str]) -> Index:
    """Return an index with a letter that is not taken, and take it; a name given by the user is preferred."""
    own = [] if str(index.name).startswith("@") else [str(index.name)]
    name = next(letter for letter in itertools.chain(own, _letters()) if letter not in taken)
    taken.add(name)
    return Index(name, index.dim)


def _letters() -> Iterator[str]:
    yield from LETTERS
    yield from (f"{letter}{number}" for number in itertools.count(1) for letter in LETTERS)
