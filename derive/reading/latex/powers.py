r"""Powers that are names of their own: the `\sigma^2` of a page that defines it so, and uses no `\sigma`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from lark import Token, Tree

from derive.reading.latex.names import opened
from derive.reading.latex.structure import Item, row_of, shape
from derive.reading.latex.symbols import TYPED
from derive.reading.latex.uses import Use


def whole_powers(uses: Sequence[Use], heads: AbstractSet[int], second: bool) -> list[Use]:
    r"""Return the uses of a page, where powers are parts of names that it defines and uses with that power alone.

    `heads` are the sides that begin a chain with a name alone. With `second` derivatives on the page, `\sigma^2` below
    one may be taken by `\sigma` twice.
    """
    powers: dict[str, set[str]] = {}
    defined: set[str] = set()
    below: set[str] = set()
    for one in uses:
        power = _power(one)
        powers.setdefault(one.key.name, set()).add(power)
        if power and one.alone and one.piece in heads:
            defined.add(one.key.name)
        if one.by == "below":
            below.add(one.key.name)
    found = {
        name for name in defined if len(powers[name]) == 1 and name != "e" and not (second and name in below)
    }
    return [replace(one, power=False) if one.key.name in found else one for one in uses]


def _power(use: Use) -> str:
    """Return the digit above a use, empty for anything else."""
    above = row_of(opened(use.items[0])[1]["SUP"]) if use.power and not use.transposed else []
    return str(above[0]) if len(above) == 1 and shape(above[0]) == "DIGIT" else ""


def is_second(items: Iterable[Item]) -> bool:
    r"""Return whether a `\partial` or d with something above it stands anywhere in items."""
    for item in items:
        base, marks = opened(item)
        if (
            "SUP" in marks
            and isinstance(base, Token)
            and TYPED.get(str(base), str(base)) in (r"\partial", "d")
        ):
            return True
        if isinstance(item, Tree) and any(is_second(row_of(one)) for one in item.children):
            return True
    return False
