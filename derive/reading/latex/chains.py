"""The chains of equalities of a document, in order: definitions are learnt, all else becomes derivations to check.

A line that cannot be read is a failure, and the lines around it stay in their chain.
"""

from __future__ import annotations

import itertools
import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from lark import Token, Tree

from derive.errors import FreeLetterError, ReadingError, UnknownNameError
from derive.problem.declarations import definition_text
from derive.problem.problems import (
    DerivationClaim,
    Displayed,
    DisplayKind,
    Failure,
    ProblemItem,
    Redefinition,
    Side,
)
from derive.reading.claims import Line
from derive.reading.declared import Declared
from derive.reading.latex.called import hear
from derive.reading.latex.defined_again import DefinedAgain
from derive.reading.latex.diagonals import Diagonals
from derive.reading.latex.doubts import Doubts
from derive.reading.latex.heads import Head, define, head_of, same_definition, with_means, without_marks
from derive.reading.latex.inferred import EACH, Inferred, is_marked
from derive.reading.latex.instances import SAMPLED, Instance, at_samples
from derive.reading.latex.meanings import Meanings
from derive.reading.latex.names import Names, opened
from derive.reading.latex.prose import Prose
from derive.reading.latex.refused import Cut, Refused, cut_of, refuse_relations
from derive.reading.latex.rows import Node
from derive.reading.latex.said import Said, Told, letters_of
from derive.reading.latex.sequences import Sequences
from derive.reading.latex.sides import (
    IndexCondition,
    Sides,
    failure,
    negated,
    nodes_in,
    parse_sides,
    terms_of,
    too_deep,
)
from derive.reading.latex.spellings import Spelling
from derive.reading.latex.structure import refuse_unknown, structure
from derive.reading.latex.surroundings import Beside, differentiates
from derive.reading.latex.symbols import CALLED, LETTERS
from derive.reading.latex.whole import IDENTITIES
from derive.reading.latex.written import (
    MACROS,
    MESSAGES,
    STEP,
    Written,
    before_zero,
    is_differentiated,
    stretches,
)
from derive.reading.lines import Passage
from derive.terms import (
    Definition,
    Derivative,
    Entry,
    Equation,
    Index,
    IndexRelation,
    Number,
    Size,
    Term,
    Variable,
    add,
    instantiate,
    multiply,
    walk,
)
from derive.terms.nodes import total


class Chains:
    """Reads the chains of one problem, one after the other, into what is declared and into items."""

    def __init__(
        self,
        declared: Declared,
        items: list[ProblemItem],
        told: Told,
        prose: Prose,
        meanings: Meanings,
        size: str = "n",
        otherwise: frozenset[str] = frozenset(),
    ) -> None:
        self.declared = declared
        self.items = items
        self.told = told
        self.displays: list[Displayed] = []
        self.names = Names(declared, ahead=self._ahead, size=self._take_size, otherwise=otherwise)
        self.names.defines = True
        hear(self.names.factors, prose)
        self.names.constants = told.constants
        self.later: deque[Written] = deque()
        self.on_page: dict[str, int] = {}
        self._size = size
        self._inferred: set[str] = set()
        self.names.factors.inferred = self._inferred
        self._marked: set[str] = set()
        self._looking: set[str] = set()
        self._scanning = False
        self._tails: set[str] = set()
        self._inside: set[str] = set()
        self._instances: dict[str, Instance] = {}
        self._upstream: dict[str, list[str]] = {}
        self.noted: set[str] = set()
        self._keeping = False
        self._totals: list[Spelling] = []
        self._again = DefinedAgain()
        self._restated: set[str] = set()
        self._refused = Refused(items, self.displays, self._lose_piece)
        self._diagonals = Diagonals(declared)
        self._doubts = Doubts(declared, self.names, told, self._inferred, self.noted, summed=prose.summed)
        self._beside = Beside(
            prose, meanings, declared, self.names, self.on_page, told, self._inferred, self.noted, self._again
        )

    def take(self, told: Inferred) -> None:
        """Take what the page tells of names that nothing declares."""
        self.names.spellings += told.spellings
        self.declared.columns = told.columns
        self.declared.sizes.update(told.sizes)
        self.declared.variables.update(told.variables)
        self.declared.labels.update(told.labels)
        for name, values in told.finite.items():
            self.declared.hypotheses.append(self.declared.one_of(name, [Number(one) for one in values]))
        self._inferred.update(told.variables)
        self.names.factors.sure, self.names.factors.likely = told.numbers, told.factors
        self._doubts.labels = frozenset(told.labels)
        self._tails = told.tails
        self._inside = told.inside
        self._instances = told.instances
        self.names.slopes = told.slopes
        self._upstream = told.upstream
        self._doubts.varying = told.varying
        self._doubts.parametrised = told.parametrised
        self._doubts.torn = told.torn
        self._doubts.sequences = Sequences(told.steps, self.declared.definitions)
        self.noted |= told.declared
        self.names.zero_based = told.zero_based
        self.names.one_based = told.one_based
        self.names.refused = told.refused

    def is_inferred(self, name: str) -> bool:
        """Return whether a name is a variable that nothing but its use declares."""
        return name in self._inferred

    def take_names(self, told: Inferred) -> None:
        """Take how a page writes names that it defines, and nothing else: what is free is declared."""
        self.names.spellings += [
            one
            for one in told.spellings
            if (is_marked(one) or one.name.endswith(EACH)) and one.name not in told.labels
        ]
        self.names.spellings += told.totals
        self.declared.columns = told.columns
        self._totals = [one for one in told.totals if not one.letters]
        self._tails = told.tails
        self._inside = told.inside
        self.names.slopes = told.slopes
        self.names.zero_based = told.zero_based
        self.names.one_based = told.one_based

    def read(self, chain: Written) -> None:
        """Read a chain: what it defines is declared, what it claims is an item."""
        if chain.silent:
            self._note(chain)
            return
        chain.when = [[one.named(self.names.label_of) for one in when] for when in chain.when]
        failures = [*chain.failures, *self._refused.behind(chain)]
        made: list[ProblemItem] = []
        for piece in [] if self._is_step(chain) else chain.heads:
            self._lose_piece(piece)
        self._define_inside(chain)
        kind = self._read(chain, made, failures)
        if kind not in ("skipped", "outside"):
            self._refused.beside(chain, failures)
        told = {one.position: replace(one, refused=True) for one in failures}
        self.items += [*told.values(), *made]
        if kind == "refused" and self._head(chain) is None:
            self._beside.leave_unread(chain)
        if kind in ("refused", "skipped") or (told and not made):
            self.told.leave_unread(one.text for one in chain.stands)
        if (
            kind in ("refused", "assumption", "outside")
            and chain.outside != MACROS
            and not self._is_step(chain)
            and not self._is_answered(chain, kind)
            and not (failures and all(isinstance(one.error, UnknownNameError) for one in failures))
        ):
            places = ((one.position.line or 1, one.position.column or 1, one.text) for one in chain.stands)
            self.told.refused |= {(line, column): text for line, column, text in places}
        self._refused.note(chain, made)
        self._list(chain, kind, list(told.values()), made)

    def _note(self, chain: Written) -> None:
        """Define what the text defines, unless the name has a meaning."""
        head = self._head(chain)
        if self._is_language(chain, head):
            self.noted.add(chain.text)
            return
        known = head is not None and self.declared.kind(head.name) is not None
        if known and len(self._without_tail(chain, chain.pieces)) < len(chain.pieces):
            self.noted.add(chain.text)
            return
        if head is None or known or self._is_constant(head) or self._define(chain, head, [], []) is None:
            if head is not None and known and self._says_again(head, chain):
                self.noted.add(chain.text)
            elif head is not None and not known:  # what it says is of that name alone
                self.told.leave_unread([head.piece.typed])
            else:
                self.told.leave_unread(one.text for one in chain.stands)
        else:
            self.noted.add(chain.text)

    def _is_language(self, chain: Written, head: Head | None) -> bool:
        r"""Return whether a chain says what \sigma(x) means in the language: then it stays that."""
        if head is None or head.name not in _LETTERS_CALLED or len(chain.pieces) != 2:
            return False
        stands = tuple(map(str, head.parameters)) if head.called else head.stands or ()
        (name,) = stands if len(stands) == 1 else ("",)
        free = self.declared.kind(name) is None
        if (
            not name
            or self.declared.kind(head.name) is not None
            or not (free or self.declared.dims(name) == ())
        ):
            return False
        if free:
            self.declared.variables[name] = Variable(name)
        try:
            failures: list[Failure] = []
            sides = parse_sides(chain.pieces, self.names, failures)
            found, _ = terms_of(sides, self.declared, [], failures)
        finally:
            if free:
                del self.declared.variables[name]
        terms = [str(one.term).replace(name, "x") for one in found]
        return len(terms) == 2 and terms[0] == "sigmoid(x)" and terms[1] in _SIGMOIDS

    def _says_again(self, head: Head, chain: Written) -> bool:
        """Return whether a formula of the text says what the name is defined as anyway."""
        failures: list[Failure] = []
        made: list[ProblemItem] = []
        if head.name not in self.declared.definitions:
            return False
        old, self._keeping = self.declared.definitions[head.name], True
        try:
            self._define(chain, head, made, failures)
        finally:
            self._keeping = False
        self.declared.definitions[head.name] = old
        self.declared.weights.clear()
        return not made and not failures

    def _list(
        self, chain: Written, kind: DisplayKind, failures: list[Failure], made: Sequence[ProblemItem]
    ) -> None:
        """List the parts of a chain with how each was understood; one with a failure in it is refused."""
        cut = cut_of(chain, failures)
        for place, one in enumerate(chain.stands):
            wrong = next((f for f in failures if one.holds(f.position.line, f.position.column)), None)
            if wrong is None and not cut.judges_row(chain.rows[place]):
                wrong = failures[0]
            if wrong is not None and kind != "skipped":
                one = replace(one, kind="refused", message=wrong.error.message)
            elif kind == "definition" and place:
                one = replace(one, kind="claim")
            else:
                one = replace(one, kind=kind, message=chain.outside or MESSAGES.get(kind))
            self.displays.append(replace(one, read=tuple(self._as_read(one, made))))

    def _as_read(self, one: Displayed, made: Sequence[ProblemItem]) -> Iterator[str]:
        """Yield what a part of a display was read as, in the language: its definition, and its links."""
        if one.kind in ("definition", "claim"):
            last = one.end[0]
            for name, line in self.on_page.items():
                if (one.position.line or 0) <= line <= last and name in self.declared.definitions:
                    yield definition_text(self.declared.definitions[name])
        for item in made:
            for link in item.equations if isinstance(item, DerivationClaim) else ():
                at = link.position
                if at is not None and one.holds(at.line or 0, at.column or 0):
                    yield str(link)

    def _read(self, chain: Written, made: list[ProblemItem], failures: list[Failure]) -> DisplayKind:
        """Read a chain and return what it is."""
        if chain.skipped:
            return "skipped"
        if not chain.pieces:
            return "refused" if failures else "outside"
        if chain.outside:
            return self._beyond(chain, failures)
        if len(chain.pieces) == 1:
            return self._alone(chain, failures)
        head = self._head(chain)
        if self._is_language(chain, head):
            return "definition"
        kind = self.declared.kind(head.name) if head is not None else None
        if head is not None and self._is_constant(head):
            message = f"{head.piece.typed} is a number of its own and cannot be defined; take another letter"
            failures.append(failure(ReadingError(message), head.piece))
            return "refused"
        if head is not None and kind in (None, "definition", "name"):
            return self._read_definition(chain, head, made, failures)
        if chain.defines:
            message = (
                "this can only be a definition, and what stands on its left is no name that can be defined"
            )
            failures.append(failure(ReadingError(message), chain.pieces[0]))
            return "refused"
        if self._is_assumption(chain):
            self._beside.suppose(chain)
            return "assumption"
        if head is not None and kind == "variable":
            self._claim_of_free(chain, head, made, failures)
            self._relate(chain)
        else:
            self._claim(chain, chain.pieces, made, failures, None)
        self._note_links(chain, _links(made))
        return "claim" if made else "refused" if failures else "definition"

    def _read_definition(
        self, chain: Written, head: Head, made: list[ProblemItem], failures: list[Failure]
    ) -> DisplayKind:
        """Read a chain that begins with a name that it may define, and return what it is."""
        earlier = self.declared.definitions.get(head.name) if head.name in self.on_page else None
        body = self._define(chain, head, made, failures)
        if body is not None:
            rest = chain.pieces[chain.pieces.index(body) :]
            self._claim(chain, rest, made, failures, head)
            return "definition" if len(rest) < 2 and not made else "claim"
        if failures and isinstance(failures[-1].error, FreeLetterError):
            if earlier is not None:
                return self._restate(chain, head, earlier, made, failures)
            behind: list[Failure] = []  # what stands behind the name means what it says
            self._claim(chain, chain.pieces[1:], made, behind, head)
            failures += behind
        return "claim" if made else "refused"

    def _note_links(self, chain: Written, links: tuple[Equation, ...]) -> None:
        """Note what a chain says, unless it is proved: that may be what the page goes on from."""
        doubtful = chain.said is Said.SUPPOSED or bool(chain.bounds)
        if doubtful or ((links or not differentiates(chain)) and self._beside.is_doubtful(chain)):
            self._beside.suppose(chain, links)
            first = chain.stands[0]
            place = (first.position.line or 1, first.position.column or 1)
            self.told.supposed[place] = (" ".join(one.text for one in chain.stands), links)
        else:
            self._beside.relate(chain, links)

    def release(self) -> None:
        """Take back that names of the block are free where the page says what they are, and takes their gradients."""
        for chain in self.later:
            head = self._head(chain) if not chain.skipped and not chain.outside else None
            if head is not None and head.name in self.declared.variables and self._is_differentiated(head):
                del self.declared.variables[head.name]

    def _is_differentiated(self, head: Head) -> bool:
        """Return whether the page takes the gradient of a name by another."""
        items = structure(head.piece)
        base = str(opened(items[0])[0]) if items else ""
        if head.name in self._inferred or head.name in self.names.stands or not base:
            return False
        below = r"_\s*(?:\{(?P<group>[^{}]*(?:\{[^{}]*\}[^{}]*)*)\}|(?P<letter>\\?[A-Za-z]+))"
        gradient = re.compile(rf"\\nabla\s*{below}\s*{re.escape(base)}(?![A-Za-z])")
        found = (
            one for chain in self.later for piece in chain.pieces for one in gradient.finditer(piece.text)
        )
        return any(not (one["group"] or one["letter"]).strip().startswith(base) for one in found)

    def _restate(
        self,
        chain: Written,
        head: Head,
        earlier: Definition,
        made: list[ProblemItem],
        failures: list[Failure],
    ) -> DisplayKind:
        """Claim what cannot be the meaning of a name, for more letters are free in it; it is not refuted."""
        doubt = failures.pop().error
        self.declared.lost.pop(head.name, None)
        self.declared.definitions[head.name] = earlier
        self._restated.add(head.name)
        claimed: list[ProblemItem] = []
        self._claim(chain, chain.pieces, claimed, failures, None)
        same = next(iter(_links(claimed)), None)
        self._again.note(head.name, head.piece.line, chain.section)
        self._again.note_other(head.name, self.on_page[head.name], head.piece.line, same)
        made += [replace(one, error=doubt) if isinstance(one, DerivationClaim) else one for one in claimed]
        return "claim" if made else "refused"

    def _claim_of_free(
        self, chain: Written, head: Head, made: list[ProblemItem], failures: list[Failure]
    ) -> None:
        """Claim a chain that begins with a free name: where its first link is not proved, it may define that."""
        message = f"{head.name} is declared as free, and stands here as if it were defined"
        error = ReadingError(message, head.piece.position)
        first: list[ProblemItem] = []
        if head.name not in self._inferred:
            self._claim(chain, chain.pieces[:2], first, [], None)
        if not first:
            failures.append(failure(error, head.piece))
        made += [replace(one, error=error) if isinstance(one, DerivationClaim) else one for one in first]
        self._claim(chain, chain.pieces[1:], made, failures, head)

    def _relate(self, chain: Written) -> None:
        """Note what a chain relates that begins with a free name: it defines nothing, and is judged no further."""
        made: list[ProblemItem] = []
        self._claim(chain, chain.pieces, made, [], None)
        if made:
            self._beside.relate(chain, _links(made))
        else:
            self._beside.leave_unread(chain)

    def _beyond(self, chain: Written, failures: list[Failure]) -> DisplayKind:
        """What is no equation is not decided, and must be known to be none."""
        if chain.outside != MACROS:
            try:
                refuse_unknown(chain.pieces[0])
            except ReadingError as wrong:
                failures.append(failure(wrong, chain.pieces[0]))
                return "refused"
        if chain.restricts:
            self._beside.suppose(chain)
        elif not self._is_step(chain):
            self._beside.leave_unread(chain)
        return "outside"

    def _is_step(self, chain: Written) -> bool:
        r"""Return whether a chain is a step, `w := w - \alpha g`: it says nothing of what the variable is.

        A name with a definition has another one from there on.
        """
        if chain.outside != STEP:
            return False
        name = letters_of(_UPDATING.split(chain.pieces[0].typed)[0])
        return not any(self.names.letters(one) & name for one in self.declared.definitions)

    def _alone(self, chain: Written, failures: list[Failure]) -> DisplayKind:
        """A formula without a relation claims nothing; it must be one all the same."""
        piece = chain.pieces[0]
        try:
            refuse_unknown(piece)
            refuse_relations(structure(piece), piece, self.names)
        except ReadingError as wrong:
            failures.append(failure(wrong, piece))
        return "refused" if failures else "outside"

    def _without_tail(self, chain: Written, pieces: list[Passage]) -> list[Passage]:
        """Define the name that the page first meets at the end of a chain, and return the sides without it."""
        if (
            not self._tails
            or len(pieces) < 2
            or pieces[-1] is not chain.pieces[-1]
            or chain.is_bound(pieces[-1])
        ):
            return pieces
        self._scanning = True
        try:
            head = head_of(pieces[-1], self.names)
        finally:
            self._scanning = False
        if head is None or head.name not in self._tails or self.declared.kind(head.name) is not None:
            return pieces
        if self._is_constant(head) or head.name in IDENTITIES:
            return pieces
        made = replace(chain, pieces=[pieces[-1], pieces[-2]], when=[[], []])
        if self._define(made, head, [], []) is None:
            return pieces
        if any(isinstance(one, Derivative) for one in walk(self.declared.definitions[head.name].body)):
            del self.declared.definitions[head.name]  # it may be what the derivative is claimed to be
            self.declared.weights.clear()
            return pieces
        return pieces[:-1]

    def _is_answered(self, chain: Written, kind: DisplayKind) -> bool:
        """Return whether a display that cannot be read would define what has a meaning by a block, or another line."""
        head = self._head(chain) if kind == "refused" and len(chain.pieces) == 2 else None
        if head is not None and any(one.name == head.name for one in self._totals):
            return True  # of the number alone, which is not known from here on
        if head is None or head.name not in self.declared.definitions:
            return False
        return head.name not in self.on_page or head.name in self._restated

    def _define_inside(self, chain: Written) -> None:
        """Define the names that the page first meets inside a chain, by the next side; they are no sides of it."""
        for place in range(len(chain.pieces) - 2, 0, -1) if self._inside and not chain.skipped else ():
            made = replace(chain, pieces=chain.pieces[place:], when=chain.when[place:])
            head = self._head(made) if not any(map(chain.is_bound, made.pieces[:2])) else None
            if head is None or head.name not in self._inside or self.declared.kind(head.name) is not None:
                continue
            if not self._is_constant(head) and self._define(made, head, [], []) is not None:
                chain.pieces, chain.when = (
                    [*one[:place], *one[place + 1 :]] for one in (chain.pieces, chain.when)
                )

    def _is_constant(self, head: Head) -> bool:
        """Return whether a name is a number of the language, which no page defines; the page is noted to have tried."""
        named = head.name == "pi" or (head.name == "e" and not head.parameters)
        found = named and self.declared.kind(head.name) is None
        if found:
            self.told.constants.setdefault(head.name, head.piece.line)
        return found

    def _is_assumption(self, chain: Written) -> bool:
        """Return whether the text around a chain makes it an assumption: it assumes it, or sets it to zero.

        What solves that for a variable is one, too.
        """
        head = self._head(chain) if chain.said in (Said.VANISHING, Said.TO_SOLVE) else None
        if head is not None and head.name in self._inferred and not head.parameters:
            return True
        zero = len(chain.pieces) == 2 and chain.pieces[-1].typed == "0"
        return chain.said is Said.ASSUMED or (chain.said is Said.VANISHING and zero)

    def _lose_piece(self, piece: Passage) -> None:
        self._scanning = True
        try:
            head = head_of(piece, self.names)
        finally:
            self._scanning = False
        if head is not None and self.declared.kind(head.name) in (None, "definition", "name"):
            self._lose(head)

    def _head(self, chain: Written) -> Head | None:
        """Return the name that a chain may define; looking at it defines nothing."""
        if len(chain.pieces) < 2 or chain.is_bound(chain.pieces[1]):
            return None
        self._scanning = True
        try:
            return head_of(chain.pieces[0], self.names)
        finally:
            self._scanning = False

    # ---- what a chain claims

    def _claim(
        self,
        chain: Written,
        pieces: list[Passage],
        made: list[ProblemItem],
        failures: list[Failure],
        head: Head | None,
    ) -> None:
        pieces = self._without_tail(chain, pieces)
        if len(pieces) < 2:
            return
        letters = head.letters if head is not None else None
        number = head is not None and self._is_number(chain, head)
        sides = parse_sides(pieces, self.names, failures, letters, number, claimed=True)
        cut = cut_of(chain, failures)
        sides.lines = [one for one in sides.lines if cut.judges(one.statement.position)]
        self._infer(sides)
        self._doubts.unclear |= sides.doubtful
        try:
            self._refuse_bounds(chain, sides)
            for stretch, when in stretches(chain, pieces):
                lines = [line for line in sides.lines if line.statement in stretch]
                found, cases = terms_of(Sides(lines, sides.along), self.declared, when, failures)
                found = self._doubts.clear(found, cases, failures)
                cut = cut_of(chain, failures)
                kept = [one for one in found if cut.judges(one.position)]
                for together in _parted(kept, cut):
                    parts = before_zero(together, chain.relations(together))
                    made += [
                        self._derivation(chain, part, apart, cases, when)
                        for part in parts
                        for apart in self._beside.parts(chain, part)
                    ]
        except ReadingError as wrong:
            failures.append(failure(wrong, pieces[0]))

    def _refuse_bounds(self, chain: Written, sides: Sides) -> None:
        """Refuse an inequality that could be read in two ways: between matrices, and where cases part its chain."""
        if chain.bounds and len(sides.along) > 1:
            raise ReadingError(
                "an inequality between matrices: of their entries, or of their forms? Write indices"
            )
        if chain.bounds and any(one != chain.when[0] for one in chain.when):
            raise ReadingError("an inequality in a chain with cases: write each case by itself")

    def _derivation(
        self,
        chain: Written,
        whole: tuple[Side, ...],
        sides: tuple[Side, ...],
        cases: tuple[IndexRelation, ...],
        when: Sequence[IndexCondition],
    ) -> DerivationClaim:
        """Return the claim of some sides of a chain, of which what stands in the way is that of the whole."""
        relations = chain.relations(sides)
        text = sides[0].text + "".join(
            f" {relation} {side.text}" for relation, side in zip(relations, sides[1:], strict=True)
        )
        apart, parted = ((), False) if cases else self._diagonals.apart(whole[0].term, chain.flow)
        if apart and not parted and not chain.general:
            cases = apart
        error = self._doubts.reservation(chain, whole, when)
        if chain.bounds and error is None:
            error = self._beside.may_be_condition(chain, whole)
        if apart and parted and not chain.general:
            one = apart[0]
            error = ReadingError(f"is {one.left} != {one.right} meant here? Write the case beside the line")
        page = self._beside.of(chain, sides, cases)
        return DerivationClaim(
            sides,
            self.declared.context(),
            text,
            sides[0].position,
            cases,
            error=error,
            page=page,
            relations=relations,
        )

    # ---- what a chain defines

    def _define(
        self, chain: Written, head: Head, made: list[ProblemItem], failures: list[Failure]
    ) -> Passage | None:
        """Learn a definition from the first side that can be one, and return that side; None if none can."""
        name, declared = head.name, self.declared
        old = declared.definitions.get(name) if name not in declared.lost else None
        told = set(head.letters) | set(declared.labels)
        conditional = self._beside.condition(chain)
        if conditional is not None:
            failures.append(failure(ReadingError(conditional), head.piece))
            self._lose(head)
            return None
        cases = [one for when in chain.when for one in when]
        if any({str(one.left), str(one.right)} - one.unknown(declared) <= told for one in cases):
            failures.append(failure(ReadingError(f"{name} is defined here for a case only"), head.piece))
            self._lose(head)
            return None
        of_block = old is not None and name not in self.on_page
        sides, shifted = self._meanings(chain, head, of_block, failures)
        for line in sides.lines:
            try:
                head, new = self._defined(chain, head, sides, line)
                name = head.name
                if new.parameters and any(one.name == name + EACH for one in self.names.spellings):
                    raise ReadingError(
                        f"{name} is an array here: are its entries what {name} with an index is?"
                    )
            except ReadingError as wrong:
                failures.append(failure(wrong, line.statement))
                break
            except RecursionError:
                failures.append(too_deep(line.statement))
                break
            if shifted and (old is None or not same_definition(with_means(old), with_means(new))):
                message = "does this sum run from 0, and so over one more than the block says?"
                failures.append(failure(ReadingError(message), line.statement))
                break
            self.names.zero_based = {**self.names.zero_based, **{size: size for size in shifted}}
            if old is None:
                declared.definitions[name] = new
            elif not same_definition(old, new):
                side = Side(new.body, line.text, line.statement.position)
                self._redefine(head, new, side, made, failures)
                if not isinstance(new.body, Entry) or name in self.on_page:
                    declared.definitions[name] = new
                declared.weights.clear()
            declared.lost.pop(name, None)
            if head.stands is not None:
                self.names.stands[name] = head.stands
            self.on_page.setdefault(name, head.piece.line)
            self._beside.texts[name] = " ".join([head.piece.text, *(piece.text for piece in chain.pieces)])
            self._again.note(name, head.piece.line, chain.section)
            self._define_at_samples(name)
            return line.statement
        self._lose(head)
        return None

    def _define_at_samples(self, name: str) -> None:
        """Define what a function is at the samples of its input, if the page uses it at these."""
        instance, declared = self._instances.get(name), self.declared
        samples = instance.generic + SAMPLED if instance is not None else ""
        if instance is None or samples not in declared.variables:
            return
        dims = declared.dims(samples)
        made = at_samples(declared.definitions[name], instance.generic, dims, declared.definitions)
        if made is not None and instance.generic not in declared.mentioned(made.body):
            declared.definitions[made.name] = made
            self._again.note_made(made.name, name)
            self.on_page.setdefault(made.name, self.on_page[name])

    def _meanings(
        self, chain: Written, head: Head, of_block: bool, failures: list[Failure]
    ) -> tuple[Sides, set[str]]:
        """Return the sides that may say what a name means, and the sizes at which sums from 0 end in them.

        Only where the name is that of a block such sums are read.
        """
        self.names.shifted = set() if of_block else None
        equal = list(itertools.takewhile(lambda piece: not chain.is_bound(piece), chain.pieces[1:]))
        sides = parse_sides(equal, self.names, failures, head.letters, self._is_number(chain, head))
        shifted, self.names.shifted = self.names.shifted or set(), None
        cut = cut_of(chain, failures, whole=True)
        before = cut.judges(head.piece.position)
        sides.lines = [one for one in sides.lines if before and cut.judges(one.statement.position)]
        if chain.negative:
            sides.lines = [negated(one) for one in sides.lines]
        self._infer(sides)
        return sides, shifted

    def _defined(self, chain: Written, head: Head, sides: Sides, line: Line) -> tuple[Head, Definition]:
        """Return a definition with its head; what the page uses as an index nowhere may be part of the name."""
        try:
            return head, define(head, line, sides.along, self.declared)
        except ReadingError:
            shorter = without_marks(head, sides.lines, self.declared)
            whole = len(sides.lines) == len(chain.pieces) - 1 and not chain.bounds
            if shorter is head or not whole or self._is_bound_below(chain, head):
                raise
            made = define(shorter, line, sides.along, self.declared)
            self._marked.add(head.name)
            return shorter, made

    def _is_bound_below(self, chain: Written, head: Head) -> bool:
        """Return whether one of a head's letters is that of a sum, here or further down: then it is an index."""
        signs = r"\\(?:sum|prod|max|min|Sigma)\s*(?:\\limits|\\nolimits)?\s*(?:\^[^_]*)?_[\s{]*"
        bound = re.compile(signs + "(?:" + "|".join(map(re.escape, head.letters)) + r")(?![A-Za-z])")
        pieces = (piece for one in (chain, *self.later) for piece in one.pieces)
        return bool(head.letters) and any(bound.search(piece.text) for piece in pieces)

    def _is_number(self, chain: Written, head: Head) -> bool:
        r"""Return whether a name is no array: it was none before, or stands alone under \nabla or \partial."""
        old = self.declared.definitions.get(head.name)
        if old is not None and head.name not in self.declared.lost:
            return not old.parameters
        spelled = re.escape(head.piece.typed)
        differentiated = re.compile(
            rf"(?:\\nabla(?:_\{{[^{{}}]*\}}|_\\?\w+)?|\\partial)[\s{{]*{spelled}(?![\w^(])"
        )
        pieces = (piece for one in (chain, *self.later) for piece in one.pieces)
        return not head.parameters and any(differentiated.search(piece.text) for piece in pieces)

    def _redefine(
        self,
        head: Head,
        new: Definition,
        side: Side,
        made: list[ProblemItem],
        failures: list[Failure],
    ) -> None:
        old, line = self.declared.definitions[head.name], self.on_page.get(head.name)
        where = f"line {line}" if line is not None else "the declarations"
        message = (
            f"{head.name} is defined differently in {where}; a section that has both decides nothing of it"
        )
        error = ReadingError(message, head.piece.position)
        alike = tuple(one.dim for one in old.parameters) == tuple(one.dim for one in new.parameters)
        if line is not None:
            same = Equation(instantiate(old, new.parameters), new.body) if alike else None
            self._again.note_other(head.name, line, head.piece.line, same)
        if not alike:
            failures.append(failure(error, head.piece))
            return
        left = Side(Entry(head.name, new.parameters), head.piece.typed, head.piece.position)
        text = f"{left.text} = {side.text}"
        page = self._beside.of_redefinition((left, side))
        made.append(
            Redefinition((left, side), self.declared.context(), text, side.position, error=error, page=page)
        )

    def _lose(self, head: Head) -> None:
        """A name whose definition cannot be read is not known from here on, unless a block declares it."""
        if not self._keeping and (head.name not in self.declared.definitions or head.name in self.on_page):
            self.declared.lost[head.name] = head.piece.line

    def _ahead(self, name: str) -> bool:
        """Define a name that a later line defines; return whether one does."""
        if self._scanning or name in self._looking or self.declared.kind(name) is not None:
            return False
        if name in self._upstream:
            return self._define_upstream(name)
        if not self.later:
            return False
        self._looking.add(name)
        try:
            for chain in self.later:
                head = self._head(chain)
                if head is not None and head.name == name and not self._is_constant(head):
                    if self._is_language(chain, head):
                        return False
                    return self._define(chain, head, [], []) is not None
        finally:
            self._looking.discard(name)
            if self.declared.lost.get(name, 0) > 0 and name not in self.on_page:
                self.declared.lost.pop(name)
        return False

    def _define_upstream(self, name: str) -> bool:
        """Define a loss of which only first derivatives stand on the page, by free ones for what it is made of.

        What any function's first derivatives fulfil is what those of a linear one with free coefficients do.
        """
        self._looking.add(name)
        try:
            targets = [one for one in self._upstream[name] if one != name and self.names.known(one)]
        finally:
            self._looking.discard(name)
        if any(one in self.declared.lost or self.declared.kind(one) not in _VALUES for one in targets):
            return False
        bodies = {
            one: made.body for one in targets if (made := self.declared.definitions.get(one)) is not None
        }
        inner = {
            other for one, body in bodies.items() for other in self.declared.mentioned(body) if other != one
        }
        terms: list[Term] = []
        for one in targets:
            if one in inner or one in self._upstream:
                continue
            dims = self.declared.dims(one)
            slope = f"{name}_{one}"
            indices = tuple(Index(f"{_AXES[place]}", dim) for place, dim in enumerate(dims))
            self.declared.variables[slope] = Variable(slope, dims)
            self._inferred.add(slope)
            body = multiply(Entry(slope, indices), Entry(one, indices))
            terms.append(total(body, *indices) if indices else body)
        if terms:
            self.declared.definitions[name] = Definition(name, (), add(*terms))
            self._doubts.losses.add(name)
        return bool(terms)

    # ---- what use tells

    def _infer(self, sides: Sides) -> None:
        """Declare the arrays that are used with one index and that nothing declares or defines."""
        for line in sides.lines:
            for node in nodes_in(line.node):
                if isinstance(node, Tree) and node.data == "entry" and len(node.children) == 2:
                    self._infer_one(node, line.node)

    def _infer_one(self, node: Tree[Token], side: Node) -> None:
        name = str(node.children[0])
        if (
            self.declared.kind(name) is not None
            or name in self._marked
            or name == "pi"
            or self._ahead(name)
            or is_differentiated(node, side)
        ):
            return
        if not self.declared.sizes:
            self.declared.sizes[self._size] = Size(self._size)
        if len(self.declared.sizes) == 1:
            self.declared.variables[name] = Variable(name, (next(iter(self.declared.sizes)),))
            self._inferred.add(name)

    def _take_size(self, name: str) -> bool:
        """Take a name above a sum for a size, if no size is known yet."""
        if self.declared.kind(name) is None and not self.declared.sizes:
            self.declared.sizes[name] = Size(name)
        return self.declared.size(name) is not None


def _parted(sides: Sequence[Side], cut: Cut) -> Iterator[tuple[Side, ...]]:
    """Yield the sides of a chain that stand together, with no row between that is not judged."""
    part: list[Side] = []
    for side in sides:
        if part and cut.parts(part[-1].position, side.position):
            yield tuple(part)
            part = []
        part.append(side)
    yield tuple(part)


def _links(made: Iterable[ProblemItem]) -> tuple[Equation, ...]:
    return tuple(link for one in made if isinstance(one, DerivationClaim) for link in one.equations)


_AXES = "abcdef"
_UPDATING = re.compile(r":\s*=|\\(?:leftarrow|gets|coloneqq)(?![A-Za-z])|←")
_LETTERS_CALLED = frozenset(LETTERS[letter] for letter in CALLED)
_SIGMOIDS = ("1/(1 + exp(-x))", "exp(x)/(1 + exp(x))", "exp(x)/(exp(x) + 1)", "1/(exp(-x) + 1)")
_VALUES = ("variable", "definition")
