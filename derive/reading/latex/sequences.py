r"""Names that are one sequence at several steps, `h_t` and `h_{t-1}`: what makes the one makes the other, a step apart.

A name at a step that the page does not define is no free number where it defines the sequence at another: by
`h_t = \tanh(w h_{t-1})` the entry before depends on w, too. Reads no formula.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from lark import Token, Tree

from derive.reading.declared import names_in
from derive.reading.latex.structure import Item
from derive.reading.latex.symbols import LETTERS, TYPED
from derive.reading.latex.uses import Shape, Use
from derive.reading.latex.written import bound_letters
from derive.terms import Definition, Entry, Term, walk
from derive.terms.renaming import unfold

_MOST = 1000
"""How many places are followed; where there are more, any may be reached."""
_SEPARATING = (",", ";", "(", ")", "[", "]", "{", "}", r"\{", r"\}", "_", "^")


@dataclass(frozen=True, slots=True)
class SequencePlace:
    """A name as a place of a sequence: what it looks like without the step, and which step of which letter it is.

    There is no `offset` where nobody knows how far it is from the letter, and no `letter` at a number. `axis` is the
    place of the letter among the indices of the name, where it is one.
    """

    sequence: str
    letter: str | None = None
    offset: int | None = None
    axis: int | None = None

    @property
    def is_shifted(self) -> bool:
        """Whether something is added to the letter."""
        return self.letter is not None and self.offset != 0


Part = tuple[str, ...]
_Slot = tuple[str, str, int, int]


def steps_of(names: Mapping[str, Sequence[tuple[Use, Shape]]]) -> dict[str, SequencePlace]:
    """Return which names of a page are places of sequences: some stand with a step, as `t - 1`, in their scripts."""
    written = {name: _parts_of(found[0][0]) for name, found in names.items() if found}
    slots: dict[_Slot, set[Part]] = {}
    for parts in written.values():
        for slot, part in _slots(parts):
            slots.setdefault(slot, set()).add(part)
    stepped = {one[0] for found in slots.values() for part in found if (one := _step(part)) and one[1] != 0}
    stepping = {slot for slot, found in slots.items() if _is_stepping(found, stepped)}
    return {
        name: step
        for name, parts in written.items()
        if (step := _place(parts, stepping, names[name][0][1])) is not None
    }


@dataclass(frozen=True, slots=True)
class _Parts:
    key: str
    scripts: tuple[tuple[str, tuple[Part, ...]], ...]


def _parts_of(use: Use) -> _Parts:
    """Return what stands in the scripts of a use, cut into places."""
    marks = {mark: one for mark, one in use.marks.items() if mark in ("SUB", "SUP")}
    below = "".join(_signs(use.key.below))
    return _Parts(
        f"{use.key.name}_{below}" if below else use.key.name,
        tuple((mark, tuple(_cut([*_signs([one])]))) for mark, one in sorted(marks.items())),
    )


def _signs(items: Iterable[Item]) -> Iterator[str]:
    for item in items:
        if isinstance(item, Token):
            yield LETTERS.get(TYPED.get(str(item), str(item)), str(item))
        elif isinstance(item, Tree):
            yield from _signs(item.children)


def _cut(signs: Sequence[str]) -> Iterator[Part]:
    """Yield the places in a script: letters side by side are one each, unless something is added to them."""
    part: list[str] = []
    for sign in [*signs, ","]:
        if sign not in _SEPARATING:
            part.append(sign)
            continue
        plain = all(one.isalpha() for one in part)
        yield from ([(one,) for one in part] if plain else [tuple(part)]) if part else []
        part = []


def _step(part: Part) -> tuple[str, int | None] | None:
    """Return the letter of a place and how far from it this is; None where no letter stands."""
    letters = [one for one in part if one.isalpha()]
    if not letters:
        return None
    if len(part) == 1:
        return letters[0], 0
    sign, digits = part[1], "".join(part[2:])
    if part[0] == letters[0] and sign in ("+", "-", "−") and digits.isdigit():
        return letters[0], int(digits) if sign == "+" else -int(digits)
    return letters[0], None


def _slots(parts: _Parts) -> Iterator[tuple[_Slot, Part]]:
    for mark, places in parts.scripts:
        for place, part in enumerate(places):
            yield (parts.key, mark, len(places), place), part


def _is_stepping(found: set[Part], stepped: set[str]) -> bool:
    """Return whether names differ in a place by a step: of a letter that steps, or from a number to a letter."""
    steps = [_step(part) for part in found]
    letters = {one[0] for one in steps if one is not None and len(one[0]) == 1}
    return bool(letters & stepped) or (bool(letters) and None in steps)


def _place(parts: _Parts, stepping: set[_Slot], shape: Shape) -> SequencePlace | None:
    """Return the place of a sequence that a name is; None where it has no place that steps."""
    found: list[tuple[str, int | None] | None] = []
    looks = [parts.key]
    for slot, part in _slots(parts):
        if slot in stepping:
            found.append(_step(part))
            looks.append(f"{slot[1]}{slot[3]}@")
        else:
            step = _step(part)
            index = step is not None and step[1] == 0 and step[0] in shape.letters
            looks.append(f"{slot[1]}{slot[3]}{'#' if index else ' '.join(part)}")
    if not found:
        return None
    sequence, (first, *others) = " ".join(looks), found
    if first is None:
        return SequencePlace(sequence)
    letter, offset = first
    axis = shape.letters.index(letter) if shape.letters.count(letter) == 1 else None
    return SequencePlace(sequence, letter, None if others else offset, axis)


# ---- what a place of a sequence depends on


class Sequences:
    """The sequences of a page, and on what their places depend by the definitions of others."""

    def __init__(self, steps: Mapping[str, SequencePlace], definitions: Mapping[str, Definition]) -> None:
        self.steps = steps
        self.definitions = definitions

    def depends(self, body: Term, name: str, variable: Entry) -> bool:
        """Return whether a name in what is differentiated depends on a variable by what defines its sequence.

        The name has no definition of its own.
        """
        start, goal = self.steps.get(name), self.steps.get(variable.name)
        if start is None or name == variable.name:
            return False
        places, names = self._reached(start)
        if goal is None:
            return variable.name in names
        places |= {start} if start.is_shifted or goal.is_shifted else set()
        if all(one.sequence != goal.sequence for one in places):
            return False
        together = self._together(body, name, variable)
        return any(_meets(one, goal, together) for one in places)

    def _together(self, body: Term, name: str, variable: Entry) -> bool:
        """Return whether a name stands in a term at the step alone at which the variable is taken."""
        start, goal = self.steps[name], self.steps[variable.name]
        if start.axis is None or goal.axis is None:
            return start.axis is goal.axis is None
        at = variable.indices[goal.axis : goal.axis + 1]
        written = unfold(body, self.definitions)
        taken = {
            one.indices[start.axis : start.axis + 1]
            for one in walk(written)
            if isinstance(one, Entry) and one.name == name
        }
        return taken == {at} and not bound_letters(written) & {one.name for one in at}

    def _reached(self, start: SequencePlace) -> tuple[set[SequencePlace], set[str]]:
        """Return the places and the names of which a place is made, by the definitions of its sequence.

        A way that leads farther off than all steps on the way back together leads back only where another leads off to
        the other side; then any place may be reached.
        """
        found: set[SequencePlace] = set()
        names: set[str] = set()
        left: set[bool] = set()
        pending = [start]
        farthest = max((abs(one.offset or 0) for one in self.steps.values()), default=0)
        far = (2 * len({one.sequence for one in self.steps.values()}) + 2) * farthest + 1
        while pending:
            for inside in self._made_of(pending.pop()):
                if isinstance(inside, str):
                    names.add(inside)
                    continue
                if inside.offset is not None and abs(inside.offset) > far:
                    left.add(inside.offset > 0)
                    continue
                if inside not in found:
                    found.add(inside)
                    pending.append(inside)
            if start.offset is not None and (len(found) > _MOST or len(left) > 1):
                return self._reached(replace(start, offset=None))
        return found, names

    def _made_of(self, place: SequencePlace) -> Iterator[SequencePlace | str]:
        """Yield what stands in the definitions of a sequence, moved to a place of it."""
        for name, step in self.steps.items():
            if step.sequence != place.sequence or name not in self.definitions:
                continue
            known = place.letter == step.letter and place.offset is not None and step.offset is not None
            move = (place.offset or 0) - (step.offset or 0) if known else None
            for inside in self._inside(name):
                one = self.steps.get(inside)
                if one is None:
                    yield inside
                else:
                    moved = move is not None and one.offset is not None and one.letter == step.letter
                    offset = (one.offset or 0) + (move or 0) if moved else None
                    yield SequencePlace(one.sequence, place.letter if moved else one.letter, offset)

    def _inside(self, name: str) -> set[str]:
        """Return the names in the definition of a name, those in the definitions of what is no sequence among them."""
        found: set[str] = set()
        pending = [name]
        while pending:
            for one in names_in(self.definitions[pending.pop()].body) - found:
                found.add(one)
                if one in self.definitions and one not in self.steps:
                    pending.append(one)
        return found


def _meets(one: SequencePlace, goal: SequencePlace, together: bool) -> bool:
    """Return whether two may be the same place of a sequence."""
    if one.sequence != goal.sequence:
        return False
    known = together and one.offset is not None and goal.offset is not None
    return not known or one.letter != goal.letter or one.offset == goal.offset
