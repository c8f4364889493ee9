r"""Documents: Markdown and TeX, their `derive` blocks and their displays, to problems.

Declarations stand in blocks (in TeX, in `% derive:` comments) or are told by use; `read ga as \gamma` in a block says
how a name is spelled. Every display is checked, in the order in which they stand.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING

from derive.errors import Position, ReadingError
from derive.problem.problems import Displayed, Failure, Problem
from derive.reading.declared import Declared
from derive.reading.fences import fenced_blocks
from derive.reading.lines import Passage, Title, statements
from derive.reading.text import Reader
from derive.terms import Context

if TYPE_CHECKING:
    from derive.reading.latex.asides import Assigned
    from derive.reading.latex.displays import Display
    from derive.reading.latex.inferred import PageChains
    from derive.reading.latex.introduced import Introduced
    from derive.reading.latex.lines import DisplayedEquation
    from derive.reading.latex.prose import Doubt
    from derive.reading.latex.said import Told
    from derive.reading.latex.written import Written

# Imported inside functions: the reader of LaTeX, which a page without displays does without.

_READ = re.compile(
    r"\s*(?P<name>[^\W\d]\w*)\s*(?:\[(?P<letters>[\w\s,]*)\])?\s+as\s+(?P<spelling>\S.*)", re.DOTALL
)


def read_document(text: str, file: str, tex: bool) -> list[Problem]:
    """Return the problems of a document: those of its blocks, with every display as a derivation.

    What cannot be read is a `Failure` among the items, at its place; what stands around it is read.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    blocks = _statements_of_tex(text) if tex else fenced_blocks(text)
    if (
        not tex
        and "$$" not in text
        and "\\[" not in text
        and "\\begin" not in text
        and not _OTHER.search(text)
    ):
        from derive.reading.text import read

        return read(blocks, file)
    from derive.reading.latex.displays import prose, unquoted, with_inline
    from derive.reading.latex.inline import without_definitions
    from derive.reading.latex.macros import expanded, restored
    from derive.reading.latex.said import told_in

    page = expanded(text, file)
    if page is not None:
        text = page.text
        blocks = _statements_of_tex(text) if tex else fenced_blocks(text)
    text = text if tex else with_inline(unquoted(text))
    shown = prose(text, tex)
    told = told_in(without_definitions(text, file, shown))
    merged: dict[str, str] = {}
    lifted: dict[str, tuple[str, ...]] = {}
    while True:
        known = told.extent
        document = _Document(text, file, tex, told, merged, lifted)
        problems = document.problems(blocks)
        if document.merge() or document.lift():
            told = told_in(without_definitions(text, file, shown))
            continue
        # What could not be read further down may say something of a name that stands further up.
        if told.extent == known:
            return restored(problems, page)


def _statements_of_tex(text: str) -> str:
    from derive.reading.latex.displays import statements_of_tex

    return statements_of_tex(text)


class _Document:
    """Reads blocks and displays in the order of their lines."""

    def __init__(
        self,
        text: str,
        file: str,
        tex: bool,
        told: Told,
        merged: dict[str, str],
        lifted: dict[str, tuple[str, ...]],
    ) -> None:
        from derive.reading.latex.asides import assigned
        from derive.reading.latex.displays import code_of, displays, macros, page_prose, prose
        from derive.reading.latex.inline import declarations, definitions
        from derive.reading.latex.meanings import Meanings
        from derive.reading.latex.said import used_otherwise
        from derive.reading.latex.signs import Source

        self.source = Source(text, file)
        self.prose = prose(text, tex)
        said = [*definitions(self.source, self.prose)]
        taken = [(one.start, one.end) for one in said] + declarations(self.source, self.prose).taken
        self.defining = frozenset(text[start:end].strip() for start, end in taken)
        self.displays = list(displays(self.source, tex, self.defining))
        self.macros = macros(text)
        self.size = _size_above(text)
        self.told = told
        self.beside = page_prose(self.source, tex)
        told.spoken -= self.beside.quiet(self.defining)
        refused = [self._doubt(self.source.offset(*at), one) for at, one in told.refused.items()]
        self.meanings = Meanings(
            self.beside, refused, [self._assigned(one) for one in assigned(text, code_of(text, tex))]
        )
        self.merged = merged
        self.lifted = lifted
        self.fresh: set[str] = set()
        self._free = True
        shown = (text[one.start : one.end] for one in self.displays if not one.skipped)
        self.otherwise = used_otherwise(self.prose, shown)
        self.found: list[Problem] = []
        self._begin(None)

    def _begin(self, title: str | None) -> None:
        from derive.reading.latex.chains import Chains
        from derive.reading.latex.said import functions_in

        self.reader = Reader(title)
        self.chains = Chains(
            self.reader.declared,
            self.reader.items,
            self.told,
            self.beside,
            self.meanings,
            self.size,
            self.otherwise,
        )
        self.chains.names.called = functions_in(self.prose)
        self._told = False

    def _doubt(self, start: int, latex: str, typed: str = "") -> Doubt:
        from derive.reading.latex.prose import Doubt, PageSentence, Related
        from derive.reading.latex.said import letters_of

        sentence = PageSentence(start, typed or latex, [], 0, 0)
        formula = Related(latex, start, letters_of(latex))
        return Doubt(sentence, typed or latex, "say what this depends on", formula=formula)

    def _assigned(self, one: Assigned) -> tuple[Doubt, str]:
        """Return what a line of code says as a formula would, and the function that it names anew."""
        latex = f"{one.name} = {' '.join(one.names)}" if one.name else ""
        return self._doubt(one.start, latex, one.typed), one.renamed

    def _end(self) -> None:
        shown = sorted(
            self.chains.displays, key=lambda one: (one.position.line or 0, one.position.column or 0)
        )
        self.found.append(replace(self.reader.problem(), displays=tuple(shown)))

    def problems(self, blocks: str) -> list[Problem]:
        """Return the problems."""
        from derive.reading.declarations import DECLARATIONS
        from derive.reading.latex.inline import definitions

        waiting = sorted([*self.displays, *definitions(self.source, self.prose)], key=lambda one: one.start)
        read = [one for one in _statements(blocks, self.source.file) if isinstance(one, Passage)]
        self._free = not any(one.keyword in DECLARATIONS for one in read)
        gathered: list[Display] = []
        try:
            for statement in statements(blocks, self.source.file):
                line = statement.line
                while waiting and waiting[0].line < line:
                    gathered.append(waiting.pop(0))
                if gathered:
                    self._read_displays(gathered)
                    gathered = []
                self._read_statement(statement)
        except ReadingError as wrong:
            at = wrong.position or Position(self.source.file, 1, 1)
            self.reader.items.append(Failure(wrong, "", at))
        self._read_displays(waiting)
        self._end()
        return [
            one
            for one in self.found
            if one.title is not None or one.items or one.displays or one.context != Context()
        ]

    def _infer(self) -> None:
        """Take what the page tells of names that nothing declares."""
        from derive.reading.latex.inferred import Page
        from derive.reading.latex.inline import declarations

        text = declarations(self.source, self.prose)
        names = self.chains.names
        told = Page(
            self._page_chains(), self.reader.declared, text, names.called, names.spellings, self.lifted
        ).infer()
        if not self._free:
            self.chains.take_names(told)
            return
        told.merge(self.merged)
        placed = (one for one in text.taken if one not in told.unplaced)
        told.declared = {self.source.text[start:end].strip() for start, end in placed}
        self.fresh = told.fresh - self.merged.keys()
        self.chains.take(told)

    def _page_chains(self) -> PageChains:
        """Return the chains of the page, those of its text among them, as far as they are cut into sides."""
        from derive.reading.latex.beside import CASE, case_in
        from derive.reading.latex.extents import counts_in, extents_in
        from derive.reading.latex.inferred import PageChains
        from derive.reading.latex.inline import formulas_of
        from derive.reading.latex.lines import equations
        from derive.reading.latex.names import Names
        from derive.reading.latex.said import Said

        names = Names(Declared())
        page = PageChains(extents=[*extents_in(self.prose), *counts_in(self.prose)])
        stretches = [
            (one.start, one.end, True) for one in self.displays if not one.skipped and not one.unread
        ]
        stretches += [
            (first, last, False)
            for *_, first, last in formulas_of(self.prose)
            if not CASE.fullmatch(self.prose[first:last])  # where $i = j$, they are no names
        ]
        standing: list[Passage] = []
        solving = {one.start for one in self.displays if one.said in (Said.VANISHING, Said.TO_SOLVE)}
        for start, end, displayed in sorted(stretches):
            first = max(0, len(page.chains) - bool(standing))
            for one in equations(self.source, start, end, names):
                page.bounded.update(one.bounds)
                if start in solving and one.pieces:
                    page.solutions.add((one.pieces[0].line, one.pieces[0].column))
                goes_on = one.continues and standing
                page.chains += [
                    [name.name, *name.values(standing if goes_on else [])] for name in one.introduced
                ]
                if goes_on:
                    standing += one.pieces
                    continue
                if displayed or self.source.text[start:end].strip() in self.defining:
                    page.chains.append(list(one.pieces))
                else:  # "setting this to zero gives b = 1" defines no b
                    page.chains += [[piece] for piece in one.pieces]
                standing = page.chains[-1] if displayed else standing
            shown = self.source.text[start:end] if displayed else ""
            page.extents += extents_in(shown, range(first, len(page.chains)))
        inline = (case_in(self.prose[first:last]) for *_, first, last in formulas_of(self.prose))
        page.cases = [{one["left"].strip(), one["right"].strip()} for one in inline if one is not None]
        return page

    def merge(self) -> bool:
        """Note which sizes that nothing names must be the same as others; return whether any must."""
        before = len(self.merged)
        for pair in self.reader.declared.clashes:
            one, other = (self._final(size) for size in pair)
            if one != other and one in self.fresh:
                self.merged[one] = other
            elif one != other and other in self.fresh:
                self.merged[other] = one
        return len(self.merged) > before

    def lift(self) -> bool:
        """Note which names that nothing declares must be arrays for a formula to fit; return whether any must.

        They stand behind a matrix where a number would not fit; the text calls none of them one.
        """
        found = self.reader.declared.lifts.items()
        new = {
            name: dims
            for name, dims in found
            if name not in self.lifted
            and self.chains.is_inferred(name)
            and not self.chains.names.letters(name) & self.told.scalars
        }
        self.lifted.update(new)
        return bool(new)

    def _final(self, size: str) -> str:
        while size in self.merged:
            size = self.merged[size]
        return size

    def _read_statement(self, statement: Passage | Title) -> None:
        if isinstance(statement, Title):
            self._end()
            self._begin(statement.title)
        elif statement.keyword == "read":
            try:
                self._read_spelling(statement)
            except ReadingError as wrong:
                self.reader.items.append(
                    Failure(wrong, statement.typed, wrong.position or statement.position)
                )
        else:
            self.reader.read(statement)

    def _read_spelling(self, statement: Passage) -> None:
        r"""Read `read ga as \gamma` or `read o[j] as o^{(2)}_j`."""
        from derive.reading.latex.counting import in_brackets
        from derive.reading.latex.spellings import Spelling
        from derive.reading.latex.structure import structure

        found = _READ.fullmatch(statement.text)
        if found is None:
            message = "expected a name and how it is spelled: read ga as \\gamma"
            raise ReadingError(message, statement.position)
        name = found["name"]
        if self.reader.declared.kind(name) is None:
            hint = self.reader.declared.nearest(name)
            raise ReadingError(f"unknown name {name}{hint}", statement.at(1, found.start("name") + 1))
        letters = tuple(one.strip() for one in (found["letters"] or "").split(",") if one.strip())
        start = found.start("spelling")
        before = statement.text[:start]
        lines = (re.sub(r"[^\n]", " ", before) + statement.text[start:]).split("\n")
        piece = Passage(statement.file, statement.line, "", statement.column, lines, statement.sources)
        pattern = tuple(structure(piece))
        spellings = self.chains.names.spellings
        spellings.append(Spelling(name, letters, pattern))
        if len(pattern) == 2 and in_brackets(pattern[1]) == list(letters):
            spellings.append(Spelling(name, (), pattern[:1]))  # the array whole

    def _read_displays(self, gathered: list[Display]) -> None:
        """Read displays that no statement stands between."""
        from derive.reading.latex.written import Written

        if gathered and not self._told:
            self._told = True
            self._infer()
        chains: list[Written] = []
        silent: list[tuple[int, Written]] = []
        for display in gathered:
            for one in self._equations(display):
                if not display.inline:
                    self._add(one, display, chains)
                elif (
                    one.wrong is None
                    and len(one.pieces) == 2
                    and not (one.continues or one.outside or one.when or one.bounds)
                ):
                    made = Written(list(one.pieces), [[], []], section=display.section, silent=True)
                    made.text = self.source.text[display.start : display.end].strip()
                    made.stands.append(self._displayed(one))
                    made.rows.append((display.start, self.source.place(one.start)))
                    silent.append((display.start, made))
        for chain in chains:
            if chain.trailing:
                self._refuse(chain, "nothing stands beside this sign")
        chains = self._with(silent, chains)
        later = self.chains.later = deque(chains)
        self.chains.release()
        while later:
            self.chains.read(later.popleft())
        self.reader.forget()

    def _with(self, silent: list[tuple[int, Written]], chains: list[Written]) -> list[Written]:
        """Return chains with what the text between defines, in the order of the page."""
        placed = [*silent, *((one.rows[0][0], one) for one in chains)]
        return [one for _, one in sorted(placed, key=lambda one: one[0])]

    def _equations(self, display: Display) -> list[DisplayedEquation]:
        """Return the equations of a display; one that is not read at all is refused whole."""
        from derive.reading.latex.beside import CASE
        from derive.reading.latex.displays import defines_macros
        from derive.reading.latex.lines import (
            DisplayedEquation,
            equations,
            in_doubt,
            listed_rows,
            refused,
            upright,
        )
        from derive.reading.latex.written import CASE_OF, MACROS

        text = self.source.text[display.start : display.end]
        if defines_macros(text):
            piece = self.source.piece(display.start, display.end)
            return [DisplayedEquation([piece], False, outside=MACROS, start=display.start, end=display.end)]
        own = next((one for one in _COMMAND.findall(text) if one in self.macros), None)
        unread = display.unread
        if own is not None and not unread:
            line = self.source.place(self.macros[own])[0]
            unread = f"{own} is given a meaning in line {line}, and macros are not read; write it out"
        if unread or display.skipped:
            return [refused(self.source, unread, display.start, display.end)]
        if display.within and CASE.fullmatch(text):
            piece = self.source.piece(display.start, display.end)
            return [DisplayedEquation([piece], False, outside=CASE_OF, start=display.start, end=display.end)]
        start, end = max(upright(text), listed_rows(text))
        read = equations(self.source, display.start + start, display.start + end, self.chains.names)
        return [in_doubt(one, display.doubt) for one in read]

    def _add(self, one: DisplayedEquation, display: Display, chains: list[Written]) -> None:
        """Add an equation to the chain before it, if it goes on with that, or as one of its own."""
        from derive.reading.latex.lines import begins_inside, ends_inside, joined
        from derive.reading.latex.written import Written

        last = chains[-1] if chains else None
        near = last if last is not None and last.section == display.section else None
        if last is not None and last.trailing and not one.continues:
            self._refuse(last, "nothing stands beside this sign")
        cut = begins_inside(self.source, one) and not one.continues
        if cut or (near is not None and near.whole is False):
            message = "one formula over two displays, or over parts of one: write it as a whole"
            one = self._without(one, message)
            if near is not None and not near.skipped:
                self._refuse(near, message)
        goes_on = last is not None and last.open and last.section == display.section
        if one.continues and not goes_on and one.wrong is None:
            message = "this begins with = and goes on with nothing that was read directly before it"
            at = self.source.at(one.start)
            one = replace(one, pieces=[], wrong=Failure(ReadingError(message, at), "", at))
        if not (one.continues and goes_on) or last is None:
            last = Written(section=display.section, said=display.said, flow=display.flow)
            chains.append(last)
        when = one.when if one.continues else joined(display.when, one.when)
        chains[-1:-1] = [self._introduced(name, one, display, last) for name in one.introduced]
        last.pieces += one.pieces
        last.bounds |= one.bounds
        last.when += [when] * len(one.pieces)
        last.failures += [one.wrong] if one.wrong is not None and not display.skipped else []
        last.heads += one.heads
        last.defines = last.defines or one.defines
        last.said = last.said or display.said
        last.displayed.append(display)
        last.reserved = last.reserved or one.reserved
        last.general = (
            last.general or _FOR_ALL.search(self.source.text, display.start, display.end) is not None
        )
        last.outside, last.restricts = one.outside or last.outside, one.restricts or last.restricts
        last.skipped = display.skipped
        last.assumes += [one for one in display.assumes if one not in last.assumes]
        last.open = bool(last.pieces) and not last.outside
        last.stands.append(self._displayed(one))
        last.trailing = one.trailing
        last.whole = not ends_inside(self.source, one)
        last.rows.append((display.start, self.source.place(one.row or one.start)))

    def _introduced(
        self, name: Introduced, one: DisplayedEquation, display: Display, chain: Written
    ) -> Written:
        """Return what a chain says of a name on its way as a definition of its own."""
        from derive.reading.latex.written import Written

        pieces = [name.name, *name.values(chain.pieces)]
        made = Written(pieces, [list(one.when) for _ in pieces], section=display.section, flow=display.flow)
        made.defines, made.negative = True, name.negative
        made.said, made.skipped, made.displayed = display.said, display.skipped, [display]
        at = replace(one, start=name.start, end=name.end)
        made.stands.append(self._displayed(at))
        made.rows.append(
            (display.start, self.source.place(name.start))
        )  # what it is beside stands without it
        return made

    def _without(self, one: DisplayedEquation, message: str) -> DisplayedEquation:
        """Return an equation as one that is refused, with what it might have defined."""
        at = self.source.at(one.start)
        failed = one.wrong or Failure(ReadingError(message, at), "", at)
        heads = [*one.heads, *(one.pieces[:1] if len(one.pieces) > 1 else [])]
        return replace(one, pieces=[], when=[], outside="", restricts=False, wrong=failed, heads=heads)

    def _refuse(self, chain: Written, message: str) -> None:
        """Refuse a chain that was not whole; what it would have defined is not known."""
        at = chain.stands[-1].position
        chain.failures.append(Failure(ReadingError(message, at), "", at))
        chain.heads += chain.pieces[:1]
        chain.pieces, chain.when, chain.outside, chain.open = [], [], "", False

    def _displayed(self, one: DisplayedEquation) -> Displayed:
        text = " ".join(self.source.text[one.start : one.end].split())
        return Displayed(self.source.at(one.start), self.source.place(one.end), "claim", text)


def _statements(blocks: str, file: str) -> list[Passage | Title]:
    """Return the statements of blocks, none if they cannot be cut up."""
    try:
        return list(statements(blocks, file))
    except ReadingError:
        return []


_OTHER = re.compile(
    r"math|\\b(?:eq|eqn|ea|eqa|al|align)(?![A-Za-z])|^\s*(?:`{3}|~{3}|:{3})\s*\{?\s*(?:la)?tex|katex",
    re.IGNORECASE | re.MULTILINE,
)
_FOR_ALL = re.compile(r"\\forall(?![A-Za-z])|∀|\b(?:all|any|every|each|general|arbitrary)\b")
_COMMAND = re.compile(r"\\[A-Za-z]+|\\.", re.DOTALL)
_ABOVE = re.compile(
    r"\\(?:sum|prod|Sigma)(?:\\n?o?limits|\\limits)?\s*"
    r"(?:_(?:\{[^{}]*\}|\w)\s*\^\s*\{?\s*([A-Za-z])\s*\}?|\^\s*\{?\s*([A-Za-z])\s*\}?\s*_)"
)


def _size_above(text: str) -> str:
    """Return the one name that stands above the sums of a document, for a size that nothing declares."""
    names = {first or second for first, second in _ABOVE.findall(text)}
    return names.pop() if len(names) == 1 else "n"
