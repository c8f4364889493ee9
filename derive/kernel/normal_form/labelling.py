"""The search for names of the bound indices of a sum: the orders in which to number them, so that equal sums agree.

Nothing believes it: whoever asks makes sure that each order holds every bound index once.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator

from derive.errors import LimitError
from derive.kernel.normal_form.polynomials import Atom, AtomKey, Exponent, Idx, Monomial
from derive.kernel.normal_form.symbols import EntryAtom

MAX_LABELLINGS = 5040


def orders(factors: Monomial, bound: tuple[Idx, ...]) -> Iterator[tuple[Idx, ...]]:
    """Yield the orders of the bound indices to compare: only indices that look alike change places."""
    if len(bound) == 1:
        yield bound
        return
    classes: dict[AtomKey, list[Idx]] = defaultdict(list)
    for index, colour in _colours(factors, bound).items():
        classes[(index[1], colour)].append(index)
    groups = [classes[key] for key in sorted(classes)]
    count = 1
    for group in groups:
        for k in range(2, len(group) + 1):
            count *= k
    if count > MAX_LABELLINGS:
        raise LimitError("a sum binds too many indices that look alike")
    for choice in itertools.product(*(itertools.permutations(group) for group in groups)):
        yield tuple(itertools.chain.from_iterable(choice))


def _colours(factors: Monomial, bound: tuple[Idx, ...]) -> dict[Idx, AtomKey]:
    """Return for each bound index what can be said of it without naming the others (colour refinement)."""
    colours: dict[Idx, AtomKey] = dict.fromkeys(bound, ())
    for _ in range(2 if len(bound) > 2 else 1):
        colours = {
            index: tuple(sorted(_view(pair, index, colours) for pair in factors if index in pair[0].indices))
            for index in bound
        }
    return colours


def _view(pair: tuple[Atom, Exponent], index: Idx, colours: dict[Idx, AtomKey]) -> AtomKey:
    atom, exponent = pair
    others = tuple(sorted(colours[i] for i in atom.indices if i in colours and i != index))
    if isinstance(atom, EntryAtom):
        places = tuple(k for k, slot in enumerate(atom.slots) if slot == index)
        return (atom.name, len(places), exponent, others)
    return (atom.key[0], len(atom.indices), exponent, others)
