r"""Recurrences: the `h_{t-1}` of `h_t = \tanh(w h_{t-1} + x_t)` is made of w by the same equation, and not free."""

from __future__ import annotations

import itertools
import re
from collections.abc import Container, Sequence

from lark import Token, Tree

from derive.reading.declared import Declared
from derive.reading.latex.names import Names
from derive.reading.latex.structure import Item
from derive.reading.latex.symbols import TYPED
from derive.terms import Derivative, Entry

_SHIFT = re.compile(r"_(?:minus|plus)_\w+$")


def held_fixed(
    node: Derivative, by: Entry, declared: Declared, names: Names, inferred: Container[str]
) -> str | None:
    """Return a free name in a derivative that is one defined on the page at another step, and depends on `by`.

    What is at a step of its own, as x_t, is made of nothing earlier, and nothing earlier of it.
    """
    made = {_SHIFT.sub("", name): name for name in declared.definitions}
    for name in sorted(declared.mentioned(node.body)):
        head = made.get(_SHIFT.sub("", name))
        if name == by.name or name not in inferred or head is None or head == name:
            continue
        depends = by.name in declared.mentioned(declared.definitions[head].body)
        if depends and not _is_stepped(by.name, name, declared, names):
            return name
    return None


def _is_stepped(name: str, earlier: str, declared: Declared, names: Names) -> bool:
    """Return whether a name has the step at which another one stands, and is not that one itself at some step."""
    plain = _SHIFT.sub("", earlier)
    if _SHIFT.sub("", name) == plain:
        return False
    dims = declared.dims(earlier)
    if not dims:
        step = plain.rpartition("_")[2]
        return "_" in plain and _SHIFT.sub("", name).endswith(f"_{step}")
    steps = {dims[place] for place in _steps(earlier, names) if place < len(dims)}
    return not steps.isdisjoint(declared.dims(name))


def _steps(name: str, names: Names) -> set[int]:
    """Return the places of the indices of a name that it is written with one more or less of."""
    found: set[int] = set()
    for one in (one for one in names.spellings if one.name == name):
        for letter, sign in itertools.pairwise(_signs(one.pattern)):
            if sign in ("+", "-") and letter in one.letters:
                found.add(one.letters.index(letter))
    return found


def _signs(items: Sequence[Item]) -> list[str]:
    whole = Tree("row", list(items))
    return [TYPED.get(str(one), str(one)) for one in whole.scan_values(lambda one: isinstance(one, Token))]
