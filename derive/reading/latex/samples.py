r"""Brackets with all of which something is made: the `(\beta; X, y)` or `(\beta; \{x_n, y_n\}_{n=1}^N)` of a loss."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lark import Tree

from derive.reading.latex.names import key_of, opened
from derive.reading.latex.structure import Item, row_of

if TYPE_CHECKING:
    from derive.reading.latex.rows import Row

# Imported inside functions: what finds the uses of names, which reads calls.


def with_samples(row: Row, fence: Item) -> tuple[str, ...] | None:
    """Return the names in brackets, with those of whole families of samples; None if they hold one or anything else.

    The fonts in a family may be any: it says of what something is made, and not what that is.
    """
    from derive.reading.latex.uses import is_family, parts_of

    found: list[str] = []
    parts = parts_of(fence)
    families = [part[0] for part in parts if len(part) == 1 and is_family(part[0])]
    semicolon = isinstance(fence, Tree) and any(str(one) == ";" for one in row_of(fence.children[1]))
    for part in parts if families or semicolon else ():
        if part and part[0] in families:
            members = list(_members(part[0]))
            if not members or not all(_is_whole(row, part[0], one) for one in members):
                return None
            found += members
            continue
        one = row.names.alone(part, row.reading.piece)
        if one is None or one.above is not None or row.names.declared.kind(str(one.name)) not in _VALUES:
            return None
        found.append(str(one.name))
    return tuple(found) or None


_VALUES = ("variable", "definition")


def _members(family: Item) -> Iterator[str]:
    """Yield the names in a family, those in pairs among them."""
    from derive.reading.latex.uses import parts_of

    for part in parts_of(opened(family)[0]):
        base = opened(part[0])[0]
        key = key_of(base)
        if key is not None:
            yield key.name
        elif isinstance(base, Tree) and base.data == "fence":
            yield from _members(base)


def _is_whole(row: Row, family: Item, name: str) -> bool:
    """Return whether a family holds all samples of a name: it ends where that does, or does not say where."""
    declared = row.names.declared
    if declared.kind(name) not in _VALUES or name in declared.lost or not declared.dims(name):
        return False
    above = opened(family)[1].get("SUP")
    if above is None:
        return True
    inside = row_of(above)
    key = key_of(inside[0]) if len(inside) == 1 else None
    return key is not None and key.name == declared.dims(name)[0]
