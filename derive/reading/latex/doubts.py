r"""What is not clear about the sides of a chain of a page: a side is refused for it, or the chain is not refuted.

A side is refused where it may mean something else than it was read as; a chain is not refuted where something that the
page says, and that was not used, may decide it. Reads nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from derive.errors import Position, ReadingError
from derive.problem.problems import Failure, Side
from derive.reading.declared import Declared, names_in
from derive.reading.latex.conventions import repeated, with_sums
from derive.reading.latex.ends import OPEN
from derive.reading.latex.extents import Span
from derive.reading.latex.fixed import letters_of_labels, misplaced
from derive.reading.latex.inferred import ANYTHING, EACH, UP
from derive.reading.latex.names import Names
from derive.reading.latex.said import Said, Told
from derive.reading.latex.sequences import Sequences
from derive.reading.latex.sides import IndexCondition, unfounded
from derive.reading.latex.symbols import ACCENTS, DOTS
from derive.reading.latex.written import Written, bound_letters, uses
from derive.terms import Derivative, Entry, IndexRelation, Term, free_indices, walk
from derive.terms.nodes import ZERO


class Doubts:
    """Finds what is not clear. `inferred` are names that nothing declares, `noted` formulas of the text that are used.

    `dependent` are names of which the page takes derivatives, `varying` letters of which it writes some, `losses` names
    that are known by their first derivatives alone, `parametrised` those that are written with a parameter below, too,
    each with how, `labels` those that the page tells, and `unclear` says what is not
    clear about the side at a place. `summed` says that the page sums over an index that stands twice.
    """

    def __init__(
        self,
        declared: Declared,
        names: Names,
        told: Told,
        inferred: set[str],
        noted: set[str],
        *,
        summed: bool,
    ) -> None:
        self.declared = declared
        self.names = names
        self.told = told
        self.inferred = inferred
        self.noted = noted
        self.summed = summed
        self.dependent: set[str] = set()
        self.varying: dict[str, set[str]] = {}
        self.parametrised: dict[str, str] = {}
        self.torn: dict[str, tuple[Span, Span]] = {}
        self.sequences = Sequences({}, declared.definitions)
        self.labels: frozenset[str] = frozenset()
        self.losses: set[str] = set()
        self.unclear: dict[Position, str] = {}

    # ---- against a refutation

    def reservation(
        self, chain: Written, sides: tuple[Side, ...], when: Sequence[IndexCondition]
    ) -> ReadingError | None:
        """Return what stands against a refutation: something that the page says of this and that was not used."""
        slope = isinstance(sides[0].term, Derivative)
        zero = sides[-1].term == ZERO
        if zero and slope:
            return ReadingError(
                "is this so at every point, or the condition for one? Only the first is decided"
            )
        if chain.said and not (chain.said is Said.VANISHING and slope):
            return ReadingError(f"{chain.said.value}: what it is meant for is not clear")
        unused = next((one for one in chain.assumes if one not in self.noted), None)
        if unused is not None:
            return ReadingError(f'the text says "{unused}", of which no use is made here: say it with given')
        if chain.reserved:
            return ReadingError(chain.reserved)
        doubt = next((self.unclear[one.position] for one in sides if one.position in self.unclear), None)
        if doubt is not None:
            return ReadingError(doubt)
        return self._open_question(sides, when)

    def _open_question(self, sides: tuple[Side, ...], when: Sequence[IndexCondition]) -> ReadingError | None:
        """Return what is not clear about the names of a chain, and stands against a refutation."""
        between = self._between(sides)
        if between is not None:
            return ReadingError(
                f"{between} depends on this in two ways: does this \\partial keep one of them fixed?"
            )
        if any(_CROSSED.search(side.text) for side in sides):
            return ReadingError("what is crossed out is read as if it stood there: is it taken for zero?")
        free = {str(index.name) for side in sides for index in free_indices(side.term)} | set(
            self.declared.labels
        )
        for one in when:
            if len({str(one.left), str(one.right)} & free) == 1 or one.unknown(self.declared):
                return ReadingError(f"the case {one} holds a letter that does not stand here")
        mentioned = self.declared.mentioned(*(side.term for side in sides))
        dims = {dim for one in mentioned & self.declared.variables.keys() for dim in self.declared.dims(one)}
        if any(dim.endswith(OPEN) for dim in dims):
            return ReadingError("a sum from 0 stands on this page: how many terms it has is left open")
        for name in sorted(mentioned & self.parametrised.keys()):
            return ReadingError(
                f"{self.parametrised[name]} is taken for {name}, of which it may be a derivative"
            )
        return self._undeclared(sides, mentioned)

    def _undeclared(self, sides: tuple[Side, ...], mentioned: set[str]) -> ReadingError | None:
        """Return what is not clear about the names of a chain that nothing declares."""
        slope = isinstance(sides[0].term, Derivative)
        unknown = mentioned & self.inferred
        for name in sorted(unknown):
            entries = name[:1].lower() + name[1:]
            known = entries in self.declared.variables or entries in self.declared.definitions
            if name != entries and known and self.declared.dims(entries):
                return ReadingError(f"{name} is declared nowhere: is it made of the {entries} of this page?")
        for side in sides[1:]:
            if isinstance(side.term, Entry) and side.term.name in unknown:
                return ReadingError(f"{side.term.name} is declared nowhere: is this what defines it?")
        for name in sorted(unknown - self.declared.mentioned(sides[0].term)):
            if slope:
                return ReadingError(
                    f"{name} is declared nowhere, and the first side does not hold it: what is it?"
                )
        if unknown and not slope and not mentioned & self.declared.definitions.keys():
            return ReadingError(f"{min(unknown)} is declared nowhere: is this what is supposed of it?")
        bodies = [made.body for one in mentioned if (made := self.declared.definitions.get(one)) is not None]
        terms = (*bodies, *(side.term for side in sides))
        placed = {str(one.name) for term in terms for one in free_indices(term)}
        for name in sorted(unknown | (placed & self.labels)):
            if self.names.letters(name) & self.told.all:
                return ReadingError(
                    f"{name} is declared nowhere, and the page says something of it that was not read"
                )
        return None

    def _between(self, sides: Sequence[Side]) -> str | None:
        r"""Return an f that is differentiated by \partial, and is made of x and of a y that depends on x."""
        definitions = self.declared.definitions
        nodes = (node for side in sides if r"\partial" in side.text for node in walk(side.term))
        for node in nodes:
            match node:
                case Derivative(Entry(name, _), variables) if name in definitions:
                    inside = names_in(definitions[name].body)
                    inner = [definitions[one].body for one in inside & definitions.keys()]
                    if {one.name for one in variables} & inside & self.declared.mentioned(*inner):
                        return name
                case _:
                    pass
        return None

    # ---- against reading a side as it stands

    def clear(
        self, sides: tuple[Side, ...], relations: Sequence[IndexRelation], failures: list[Failure]
    ) -> tuple[Side, ...]:
        """Return the sides of which it is clear what they say, in the light of the others."""
        if self.summed:
            terms = with_sums([side.term for side in sides])
            sides = tuple(replace(one, term=term) for one, term in zip(sides, terms, strict=True))
        self._note_dependent(side.term for side in sides)
        kept: list[Side] = []
        related = {index.name for one in relations for index in (one.left, one.right)}
        for place, side in enumerate(sides):
            others = [one.term for k, one in enumerate(sides) if k != place]
            message = self._doubt(side.term, others, related) if others else None
            if message is None:
                kept.append(side)
            else:
                wrong = ReadingError(message, side.position)
                failures.append(Failure(wrong, side.text, side.position, side=True))
        return tuple(kept)

    def _doubt(self, term: Term, others: Sequence[Term], related: set[str | int]) -> str | None:
        misused = self._misused_loss(term) if self.losses else None
        if misused is not None:
            return f"{misused} is defined nowhere, and more than its first derivatives stands here"
        foreign = unfounded(term, self.declared)
        depending = self.declared.mentioned(term) & self.dependent
        differentiates = any(isinstance(one, Derivative) for one in walk(term))
        if depending if differentiates else depending & self.inferred:
            return f"{min(depending)} is defined nowhere, and the page differentiates it: what it is matters here"
        if foreign is not None:
            return foreign
        written = self._written_as_dependent(term) or self._summed_in_part(term)
        if written is not None:
            return written
        if differentiates:
            for name in sorted(self.declared.mentioned(term) & self.inferred):
                marked = name.rpartition("_")[2] in ACCENTS.values()
                spelled = {name} if marked else self.names.letters(name)
                if spelled & (self.told.defined | self.told.heads):
                    return f"{name} is declared nowhere, and the page says what it is where it was not read"
        fixed = letters_of_labels(self.declared, self.names.spellings)
        label = misplaced(term, fixed, self.declared.definitions) if fixed else None
        if label is not None:
            return f"{label} is declared as one label, and several have one of their own here: write label {label}[…]"
        twice = next(repeated(term), None) if self.summed else None
        if twice is not None:
            return f"{twice} stands twice in a product, and the page sums over such: write the sum"
        line = self.declared.unread_about(term)
        if line is not None:
            return f"line {line} could not be read, and may say something about what stands here"
        elsewhere = {index.name for other in others for index in free_indices(other)} | related
        elsewhere |= set(self.declared.labels)
        bound = bound_letters(term)
        for index in free_indices(term):
            if index.name in bound and index.name not in elsewhere:
                return (
                    f"{index} is bound by a sum here, and stands outside of it: how far does the sum reach?"
                )
            if isinstance(index.name, str) and index.name not in elsewhere and uses(term, index) > 1:
                return f"{index} stands twice here and on no other side: is it summed up? Write the sum"
        return None

    def _summed_in_part(self, term: Term) -> str | None:
        """Return what is wrong with a term that holds an array which the page lets run through different places."""
        name = min(self.declared.mentioned(term) & self.torn.keys(), default=None)
        if name is None:
            return None
        one, other = self.torn[name]
        return (
            f"{name} runs {one} in one place of this page, and {other} in another: is a part of it summed up?"
        )

    def _written_as_dependent(self, term: Term) -> str | None:
        """Return what is wrong with a derivative that keeps a name fixed which the page writes as depending on it.

        `f(x)`, `f_x`, and f where there is an f' on the page, are no constants, whatever they are.
        """
        derivatives = [node for node in walk(term) if isinstance(node, Derivative)]
        for node, variable in ((one, by) for one in derivatives for by in one.variables):
            for name in sorted(self.declared.mentioned(node.body) & self.inferred - {variable.name}):
                if self._may_depend(name, variable.name):
                    return (
                        f"{name} is defined nowhere, and written as if it depended on {variable.name}: "
                        "how it does matters here"
                    )
                if self.sequences.depends(node.body, name, variable):
                    return (
                        f"{name} is a sequence of this page at another step, and depends on {variable.name} there by "
                        "the same equations: write another letter for it if it is to be kept fixed"
                    )
        return None

    def _may_depend(self, name: str, variable: str) -> bool:
        """Return whether a name is written as depending on a variable: an entry of x has the letter of x.

        A prime or a dot does not say on what; it is nothing that is itself made of the name.
        """
        noted, base = self.varying.get(name, set()), re.sub(rf"(?:_\d+|{EACH})$", "", variable)
        letter, _, mark = name.rpartition("_")
        made = self.declared.definitions.get(variable)
        if base in (f"{name}{UP}", name.removesuffix(UP)):
            return True  # `x_i` may be an entry of `x^{(i)}`
        anything = ANYTHING in noted and (made is None or name not in self.declared.mentioned(made.body))
        if anything or mark in _SLOPING or (mark == "bar" and letter in (variable, base)):
            return True
        stands = self.names.arguments(name)
        made_of = (self.declared.definitions[one].body for one in stands & self.declared.definitions.keys())
        stands |= self.declared.mentioned(*made_of)
        below = self.names.below(name) | noted
        return bool(stands & {variable, base, re.sub(r"_\w$", "", base)} or below & {variable, base})

    def _note_dependent(self, terms: Iterable[Term]) -> None:
        """Note the arrays of which a page takes derivatives by others that are not 0: they are not free."""
        terms = list(terms)
        free = self.inferred if ZERO in terms else self.inferred | self.declared.variables.keys()
        for term in terms:
            for node in walk(term):
                match node:
                    case Derivative(Entry(name, _), variables) if name in free:
                        if any(one.name != name for one in variables):
                            self.dependent.add(name)
                    case _:
                        pass

    def _misused_loss(self, term: Term) -> str | None:
        """Return a loss that is known by its first derivatives alone and stands otherwise in a term."""
        for one in walk(term):
            match one:
                case Derivative(Entry(name, ()), (_,)) if name in self.losses:
                    continue
                case Derivative(body, _):
                    misused = self.declared.mentioned(body) & self.losses
                    if misused:
                        return min(misused)
        return None


_SLOPING = ("prime", *DOTS)
"""What stands at a letter for its derivative, or makes another name of it."""
_CROSSED = re.compile(r"\\[bx]?cancel(?![A-Za-z])")
