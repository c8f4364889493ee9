"""Letters for the axes and bound indices of arrays, chosen as on paper (i, j, k, l), once an expression is complete."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from derive.arrays.values import is_fresh
from derive.terms import Big, Index, Term, bind_anew, free_indices, rebuild, rename, walk

LETTERS = "ijklmabdfghqruvw"


def lettered(
    nodes: Sequence[Term],
    axes: Sequence[Index],
    names: Iterable[str],
    typed: Iterable[str] = (),
    bound: str = LETTERS,
) -> tuple[list[Term], tuple[Index, ...]]:
    """Return terms with letters for their axes, the same in all, and for their bound indices; and those of the axes.

    No letter is that of a free index, of an enclosing bound index, or a declared name, nor one of those `typed`.
    An index that somebody bound keeps its name, unless it is declared or bound further out. The letters of the axes
    are the first of `LETTERS`, those of bound indices the first of `bound`.
    """
    enclosing = set(names)
    for node in nodes:
        enclosing |= {str(index.name) for index in free_indices(node) if index not in axes}
    taken = enclosing | set(typed)
    renaming: dict[Index, Index] = {}
    for axis in axes:
        renaming[axis] = _letter(axis, taken, LETTERS)
    enclosing |= {str(index.name) for index in renaming.values()}
    found = [_letter_binders(rename(node, renaming), enclosing, taken, bound) for node in nodes]
    return found, tuple(renaming[axis] for axis in axes)


def waits(node: Term) -> bool:
    """Return whether an index bound in a term has no letter yet."""
    return any(is_fresh(binder.index) for one in walk(node) if isinstance(one, Big) for binder in one.binders)


def _letter_binders(node: Term, enclosing: set[str], taken: set[str], letters: str) -> Term:
    """`enclosing` are the names that an index may not have, `taken` those that a letter may not be."""
    if not isinstance(node, Big):
        return rebuild(node, lambda child: _letter_binders(child, enclosing, taken, letters))
    enclosing, taken = set(enclosing), set(taken)

    def chosen(index: Index) -> Index:
        name = str(index.name)
        found = _letter(index, taken, letters) if is_fresh(index) or name in enclosing else index
        enclosing.add(str(found.name))
        taken.add(str(found.name))
        return found

    node = bind_anew(node, chosen)
    return replace(node, body=_letter_binders(node.body, enclosing, taken, letters))


def _letter(index: Index, taken: set[str], letters: str) -> Index:
    """Return an index with a letter that is not taken, and take it."""
    name = next(letter for letter in _names(letters) if letter not in taken)
    taken.add(name)
    return Index(name, index.dim)


def _names(letters: str) -> Iterator[str]:
    yield from letters
    yield from (f"{letter}{number}" for number in itertools.count(1) for letter in letters)
