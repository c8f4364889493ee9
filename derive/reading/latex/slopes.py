r"""Names that may be derivatives of what has a definition: `f'`, `\dot x`, and `u_y` where y stands in that of u.

They are no names of their own: as such, a false line about them would be a definition, and get no verdict. It finds
them in the uses of a page; it gives nothing a meaning.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from derive.reading.declared import Declared
from derive.reading.latex.names import key_of, opened
from derive.reading.latex.spellings import flat
from derive.reading.latex.structure import Item, row_of, shape
from derive.reading.latex.symbols import CALLED, DOTS, LETTERS, TYPED
from derive.reading.latex.uses import Use, is_command, shape_of

_DOTTED = tuple(f"_{one}" for one in DOTS)


@dataclass(frozen=True, slots=True)
class Slopes:
    r"""What may be derivatives, of names that have a definition.

    `bases` are those names, without their indices; `made` is what the definition of each is made of, as far as the
    page and the blocks tell; `indices` are letters that are indices and sizes, by which nothing is differentiated.
    """

    bases: frozenset[str]
    made: Mapping[str, frozenset[str]]
    indices: frozenset[str]

    def base(self, use: Use) -> str | None:
        """Return the name of which a use may be a derivative, None if of none."""
        key, marks = use.key.name, use.marks
        text = shape_of(use, self.indices).core
        if "PRIMES" in marks:
            found = _bare(text.removesuffix(str(marks["PRIMES"])))
        elif key.endswith(_DOTTED):
            found = _bare(text.replace(f"_{key.rpartition('_')[2]}", "", 1))
        else:
            by = _letters_below(marks)
            found = key if by and by <= self.made.get(key, frozenset()) - self.indices else ""
        return found if found in self.bases else None

    def names(self, uses: Iterable[Use]) -> dict[str, str]:
        """Return the names that may be derivatives by a dot or by what stands below, each with that of which."""
        found: dict[str, str] = {}
        for use in uses:
            base = self.base(use)
            if base is not None and "PRIMES" not in use.marks:
                dotted = use.key.name.endswith(_DOTTED)
                below = [] if dotted else flat(use.marks.get("SUB"))
                found["_".join([use.key.name, *map(_name, below)])] = base
        return found


def slopes_of(
    uses: Sequence[Use],
    heads: Mapping[str, frozenset[int]],
    sides: Sequence[Sequence[Item]],
    declared: Declared,
    indices: frozenset[str],
) -> Slopes:
    """Return what may be derivatives on a page; `heads` are its definitions, each with the sides that tell of it."""
    made = {_bare(name): {use.key.name for use in uses if use.piece in told} for name, told in heads.items()}
    for name, one in declared.definitions.items():
        made.setdefault(name, set()).update(declared.mentioned(one.body))
    for name in made:
        reached = made[name]
        while more := {inner for one in reached for inner in made.get(one, ())} - reached:
            reached |= more
    bases = frozenset(made) | frozenset(name for items in sides for name in _called_in(items))
    return Slopes(bases, {name: frozenset(one) - {name} for name, one in made.items()}, indices)


def _bare(text: str) -> str:
    """Return a shape without the places of its indices."""
    return text.replace("#", "").rstrip("_")


def _name(item: Item) -> str:
    key = key_of(item)
    return key.name if key is not None else ""


def _letters_below(marks: Mapping[str, Item]) -> AbstractSet[str]:
    """Return the letters below a name, nothing if there is something else, too."""
    found = {_name(one) for one in flat(marks.get("SUB"))}
    return set() if "" in found else found


def _called_in(items: Sequence[Item]) -> Iterator[str]:
    r"""Yield the letters that are functions of the language here, such as the \sigma of \sigma(x)."""
    for place, item in enumerate(items):
        behind = items[place + 1 : place + 2]
        base = opened(item)[0]
        if is_command(base, CALLED) and behind and shape(opened(behind[0])[0]) == "fence":
            yield LETTERS[TYPED.get(str(base), str(base))]
        for child in () if not hasattr(item, "children") else item.children:
            yield from _called_in(row_of(child))
