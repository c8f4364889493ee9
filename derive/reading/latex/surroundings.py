"""What a page says beside a claim, and what each saying was understood to say: once proved, it says nothing new."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from derive.errors import ReadingError
from derive.problem.problems import Saying, Side, Surroundings
from derive.reading.declared import Declared
from derive.reading.latex.defined_again import DefinedAgain
from derive.reading.latex.displays import Display
from derive.reading.latex.meanings import AskedMeaning, Meanings, spelled_out
from derive.reading.latex.names import Names, signs_of
from derive.reading.latex.opened import restricts
from derive.reading.latex.prose import Doubt, Prose, Related, case_of, shown
from derive.reading.latex.reader import read_equation
from derive.reading.latex.relations import (
    implied,
    may_be_relation,
    related_by,
    unknown_functions,
    what_to_write,
)
from derive.reading.latex.said import Told, letters_of
from derive.reading.latex.senses import as_equation, sign_defined, signs_used
from derive.reading.latex.spoken import FAMILIES, LETTERED, marked, mentioned_names
from derive.reading.latex.symbols import ACCENTS
from derive.reading.latex.vocabulary import Words, listed, unknown
from derive.reading.latex.written import Written
from derive.terms import (
    ONE,
    Apply,
    Big,
    Compare,
    Delta,
    Derivative,
    Entry,
    Equation,
    IndexRelation,
    Power,
    SizeNumber,
    Term,
    Variable,
    free_indices,
    total,
    walk,
)

_LOOKED_AT = (listed("assumes", "*"), Words("let given"))
"""Words of assumptions and declarations, which are looked at by themselves."""
_ADVICE = (
    "write it as a line of a block, such as given …, or in the display; if not, leave the sentence out, between the "
    "marks derive: begin skip and derive: end skip"
)


@dataclass(frozen=True, slots=True)
class Supposed:
    """What a display supposes, or claims and may not prove: its line, its letters, and its links, if it has any."""

    line: int
    letters: frozenset[str]
    links: tuple[Equation, ...] = ()


@dataclass(frozen=True, slots=True)
class Implied:
    """An equation of which the left side holds one name alone, which a line further down defines."""

    line: int
    name: str
    link: Equation


class Beside:
    """Finds what a page says beside each of its claims.

    `texts` are the formulas that define names, `supposed` what displays before it suppose, `inferred` the names that
    nothing declares, and `noted` the formulas of the text of which use is made.
    """

    def __init__(
        self,
        prose: Prose,
        meanings: Meanings,
        declared: Declared,
        names: Names,
        on_page: dict[str, int],
        told: Told,
        inferred: set[str],
        noted: set[str],
        again: DefinedAgain,
    ) -> None:
        self.told = told
        self.inferred = inferred
        self.noted = noted
        self.again = again
        self.prose = prose
        self.meanings = meanings
        self.declared = declared
        self.names = names
        self.on_page = on_page
        self.texts: dict[str, str] = {}
        self.supposed: list[Supposed] = []
        self.implied: list[Implied] = []
        self._assumptions = prose.assumptions()

    def of(self, chain: Written, sides: Sequence[Side], when: tuple[IndexRelation, ...] = ()) -> Surroundings:
        """Return what is said beside a claim of a chain, or what the claim may itself be: a relation."""
        asked = self._asked(sides)
        self._note_sign(sides)
        sayings = dict.fromkeys(
            (
                *self._anew(asked),
                *self._turns(chain, asked),
                *self._said(chain, sides, asked),
                *self._own_of(sides, when),
            )
        )
        sayings |= dict.fromkeys(self._implied(sides))
        mentioned = self.declared.mentioned(*(side.term for side in sides))
        sayings |= dict.fromkeys(self.again.sayings(mentioned, chain.section))
        return Surroundings(tuple(sayings), self.prose.compares(self._is_index))

    def of_redefinition(self, sides: Sequence[Side]) -> Surroundings:
        """Return what stands against saying that a name is defined once more as the same: another meaning of it."""
        return Surroundings(tuple(self._anew(self._asked(sides))), self.prose.compares(self._is_index))

    def parts(self, chain: Written, sides: tuple[Side, ...]) -> Iterator[tuple[Side, ...]]:
        """Yield the parts of a chain: links with a name of which it is not clear what is meant stand by themselves."""
        doubtful = [
            any(
                True
                for _ in self.again.sayings(self.declared.mentioned(left.term, right.term), chain.section)
            )
            for left, right in itertools.pairwise(sides)
        ]
        start = 0
        for _, links in itertools.groupby(doubtful):
            end = start + len(list(links))
            yield sides[start : end + 1]
            start = end

    def _note_sign(self, sides: Sequence[Side]) -> None:
        """Note a display that may define a sign, with what has to follow if it does not."""
        sign, at = sign_defined(f"{sides[0].text} ="), sides[0].position
        if sign and len(sides) > 1:
            self.told.signs[at.line or 1, at.column or 1] = sign, Equation(sides[0].term, sides[1].term)

    def suppose(self, chain: Written, links: Iterable[Equation] = ()) -> None:
        """Note what a page supposes of names without its being used, or claims without a proof."""
        text = " ".join(one.text for one in chain.stands)
        self.supposed.append(Supposed(chain.stands[0].position.line or 1, letters_of(text), tuple(links)))

    def relate(self, chain: Written, links: Iterable[Equation]) -> None:
        """Note the equations of a chain that may be relations: what they relate is not refuted from here on.

        So it is with one that may define a name: nothing is decided of that name unless the two agree.
        """
        line = chain.stands[0].position.line or 1
        for link in links:
            if may_be_relation(link, self.declared):
                self._relate(chain, link)
            name = self._implied_by(link, line)
            if name is not None:
                self.implied.append(Implied(line, name, link))

    def leave_unread(self, chain: Written) -> None:
        """Note what says something of free names alone and was not read: it may relate or restrict them."""
        text = " ".join(one.text for one in chain.stands)
        letters = letters_of(text)
        if (
            not restricts(text)
            or differentiates(chain)
            or self._letters_in(self.declared.definitions, letters)
        ):
            return
        named = self._letters_in(self.declared.variables, letters)
        if named:
            self.supposed.append(Supposed(chain.stands[0].position.line or 1, named))

    def _letters_in(self, names: Iterable[str], letters: frozenset[str]) -> frozenset[str]:
        """Return with which letters those names are written that stand among letters."""
        return frozenset().union(*(one for one in map(self.names.letters, names) if one & letters))

    def _implied_by(self, link: Equation, line: int) -> str | None:
        """Return the name that an equation may define, and a line below it does."""
        name = implied(link, self.declared)
        return name if name is not None and self.on_page.get(name, 0) > line else None

    def _relate(self, chain: Written, link: Equation) -> None:
        first = chain.stands[0]
        line = first.position.line or 1
        letters = frozenset().union(*map(self.names.letters, related_by(link, self.declared)))
        self.supposed.append(Supposed(line, letters | unknown_functions(link, self.declared), (link,)))
        _, links = self.told.supposed.get((line, first.position.column or 1), ("", ()))
        text = " ".join(one.text for one in chain.stands)
        self.told.supposed[line, first.position.column or 1] = (text, tuple(dict.fromkeys((*links, link))))

    def _own_of(self, sides: Sequence[Side], when: tuple[IndexRelation, ...]) -> Iterator[Saying]:
        """Yield what the links of a claim may themselves be."""
        for left, right in itertools.pairwise(sides):
            link = Equation(left.term, right.term, when)
            if may_be_relation(link, self.declared):
                yield Saying(ReadingError(what_to_write(link, self.declared)), link)
            name = self._implied_by(link, sides[0].position.line or 1)
            if name is not None:
                yield Saying(
                    ReadingError(f"this may be what defines {name}, as line {self.on_page[name]} does"), link
                )

    def _implied(self, sides: Sequence[Side]) -> Iterator[Saying]:
        mentioned = self.declared.mentioned(*(side.term for side in sides))
        for one in self.implied:
            if one.name in mentioned:
                message = (
                    f"line {one.line} may be what defines {one.name}, and a line below it says something else"
                )
                yield Saying(ReadingError(message), one.link, anew=True)

    def is_doubtful(self, chain: Written) -> bool:
        """Return whether words beside a chain may restrict it, so that it may be no claim."""
        return any(
            one.struck or self.prose.beside(one.place, one.since, bool(one.when), self.noted) is not None
            for one in chain.displayed
        )

    def condition(self, chain: Written) -> str | None:
        """Return what is wrong with a definition that is made under a condition: "If n is even, then"."""
        if chain.silent:
            return None
        found = [self.prose.condition(one.place, one.since, bool(one.when)) for one in chain.displayed]
        doubt = next(filter(None, found), None)
        return (
            None
            if doubt is None
            else f'"{doubt.told}" in line {self.prose.line(doubt)}: is this defined for a case only?'
        )

    def may_be_condition(self, chain: Written, sides: Sequence[Side]) -> ReadingError | None:
        """Return why an inequality is not refuted: unless the text concludes it, it may be what is supposed."""
        concluded = all(self.prose.concludes(one.place, one.since) for one in chain.displayed)
        if concluded and not self._is_about_free(sides):
            return None
        return ReadingError(
            "this inequality may be a condition, and no claim: if it is one, say it with given in a block"
        )

    def _is_index(self, letter: str) -> bool:
        typed = re.sub(r"[\s{}]", "", letter)
        return typed.replace("_", "").isalpha() and self.names.is_index(typed)

    # ---- against a refutation

    def _said(self, chain: Written, sides: Sequence[Side], asked: AskedMeaning) -> Iterator[Saying]:
        for display in chain.displayed:
            yield from self._said_beside(chain, display, sides)
            for one in self.prose.related(display.place):
                assert one.formula is not None  # noqa: S101 - this is for the type checker
                if one.formula.latex.strip() in self.noted:
                    continue
                near = self.prose.is_near(one, display.place, display.since)
                if case_of(one.formula, self._is_index) is not None:
                    if near and not (display.when and one.sentence.gap == display.place):
                        yield self._saying(one)
                elif near or one.formula.letters & asked.letters:
                    yield self._saying(one, self._read(one.formula))
            doubt = self.prose.case(display.place, bool(display.when), self._is_index)
            free = any(True for side in sides for _ in free_indices(side.term))
            general = any(isinstance(node, Delta) for side in sides for node in walk(side.term))
            if doubt is not None and free and not general and not any(chain.when):
                yield self._saying(doubt)
        yield from self._assumed(asked)
        cased = {one.place for one in chain.displayed if one.when}
        for sentence in self.prose.sentences:
            named = any(one & asked.written for _, one in mentioned_names(sentence, only_alone=True))
            if named and sentence.gap not in cased:
                word = unknown(sentence.words, _LOOKED_AT)
                if word is not None:
                    told = shown(sentence, word)
                    yield self._saying(Doubt(sentence, told, "say something of what stands here"))
        for supposed in self.supposed:
            if supposed.letters & (asked.letters | asked.functions):
                message = (
                    f"line {supposed.line} says something of this that is not used here; say it with given"
                )
                yield from (Saying(ReadingError(message), link) for link in supposed.links or (None,))

    def _said_beside(self, chain: Written, display: Display, sides: Sequence[Side]) -> Iterator[Saying]:
        """Yield what the text directly beside a display says of it."""
        if display.struck:
            yield Saying(ReadingError("this is struck out on the page"))
        found = [self.prose.beside(display.place, display.since, bool(display.when), self.noted)]
        if chain.pieces and sides[0].text == chain.pieces[0].typed:  # nothing is defined by it
            found.append(self.prose.definition(display.place, display.since))
        if self._is_about_free(sides):
            found.append(self.prose.constraint(display.place, display.since))
        yield from (self._saying(one) for one in found if one is not None)

    def _is_about_free(self, sides: Sequence[Side]) -> bool:
        """Return whether a claim holds nothing but free variables: it may as well be a condition on them."""
        terms = [side.term for side in sides]
        return not self.declared.mentioned(*terms) & self.declared.definitions.keys() and not any(
            isinstance(node, Derivative) for term in terms for node in walk(term)
        )

    def _saying(self, doubt: Doubt, equation: Equation | None = None, anew: bool = False) -> Saying:
        message = f'"{doubt.told}" in line {self.prose.line(doubt)} may {doubt.why}: if it does, {_ADVICE}'
        return Saying(ReadingError(message), equation, anew)

    def _assumed(self, asked: AskedMeaning) -> Iterator[Saying]:
        known = {
            name: self.names.letters(name) for name in (*self.declared.variables, *self.declared.definitions)
        }
        for doubt in self._assumptions:
            letters = doubt.sentence.letters
            named = self._of_number(
                [name for name, one in known.items() if one & letters], doubt.sentence.text
            )
            if named and not any(known[name] & asked.letters for name in named):
                continue
            facts = self._facts(doubt.kind, named)
            if facts is None:
                yield self._saying(doubt)
            else:
                yield from (self._saying(doubt, one) for one in facts)

    def _of_number(self, named: Sequence[str], text: str) -> list[str]:
        """Return those of some names that a sentence may mean: of `O_1` and `O_2` the one whose number it writes."""
        numbers = {name: self.names.numbers(name) for name in named}
        typed = {(one["letter"], one["number"]) for one in _NUMBERED.finditer(text)}
        told = {letter for name in named for letter, number in numbers[name] & typed}
        return [
            name
            for name in named
            if not numbers[name]
            or numbers[name] & typed
            or not told & {letter for letter, _ in numbers[name]}
        ]

    def _facts(self, kind: str, named: Sequence[str]) -> list[Equation] | None:
        """Return what has to follow for a sentence to say nothing new, None if it cannot be told."""
        if not named:
            variables = self.declared.variables.values()
            told = kind in ("sums_to_one", "one_hot") and any(one.kind != "real" for one in variables)
            return [] if told else None
        if kind in ("sums_to_one", "one_hot", "symmetric"):
            return [one for name in named for one in self._facts_of(kind, name)]
        given = {name for one in self.declared.hypotheses for name in self._names_of(one.condition)}
        variables_of = self.declared.variables
        told = all(
            name in given
            or (name in variables_of and (variables_of[name].bounds or variables_of[name].kind != "real"))
            for name in named
        )
        return [] if told else None

    def _names_of(self, condition: Compare) -> set[str]:
        return self.declared.mentioned(condition.left, condition.right)

    def _facts_of(self, kind: str, name: str) -> Iterator[Equation]:
        dims = self.declared.dims(name)
        if not dims:
            return
        indices = self.declared.axes(dims)
        entry = Entry(name, indices)
        if kind == "symmetric":
            if len(dims) == 2 and dims[0] == dims[1]:
                yield Equation(entry, Entry(name, indices[::-1]))
            return
        yield Equation(total(entry, indices[-1]), ONE)
        if kind == "one_hot":
            yield Equation(entry**2, entry)

    def _read(self, formula: Related) -> Equation | None:
        """Return the equation that an inline formula says, None if it is none or cannot be read."""
        context = self.declared.context()
        spare = formula.letters - context.variables.keys() - context.definitions.keys() - context.sizes.keys()
        loose = {
            one: Variable(one)
            for one in spare
            if len(one) == 1 and one != "e" and self.declared.kind(one) is None
        }
        for variables in (context.variables, {**context.variables, **loose}):
            try:
                return read_equation(
                    as_equation(formula.latex.rstrip(".,; ")),
                    replace(context, variables=variables),
                    spellings=self.names.spellings,
                )
            except (ReadingError, RecursionError):
                continue
        return None

    # ---- against any verdict

    def _turns(self, chain: Written, asked: AskedMeaning) -> Iterator[Saying]:
        """Yield where the text turns to another subject between the definition of a name and this use of it."""
        turns = (
            self.prose.turned(line, display.place, letters)
            for display in chain.displayed
            for letters, line, _ in asked.defined.values()
            if line
        )
        yield from (self._saying(one, anew=True) for one in turns if one is not None)

    def _anew(self, asked: AskedMeaning) -> Iterator[Saying]:
        told = self._told_free()
        doubt = self.meanings.dependent(asked, told=told)
        if doubt is not None:
            yield self._saying(doubt, anew=True)
            return
        doubt = self.meanings.dependent(asked)
        if doubt is not None:
            yield self._saying(doubt)
        for (line, _), (text, links) in self.told.supposed.items():
            if line != asked.line and self.meanings.dependent(asked, text, told) is not None:
                message = (
                    f"line {line} may say that something here depends on something else; say it with given"
                )
                yield from (Saying(ReadingError(message), link, anew=True) for link in links)
        for (line, _), (sign, usual) in self.told.signs.items():
            if sign in asked.signs:
                message = f"line {line} may define a sign that stands here: if it does, write it out"
                yield Saying(ReadingError(message), usual, anew=True)
        if "i" in asked.undeclared:
            yield Saying(
                ReadingError("is i the imaginary unit here? Declare it if it is a number"), anew=True
            )
        for one in self.meanings.anew(asked):
            yield self._saying(one, None if one.formula is None else self._read(one.formula), anew=True)
        for one, believed in self.meanings.redefined(asked):
            assert one.formula is not None  # noqa: S101 - this is for the type checker
            equation = self._read(one.formula)
            if equation is not None or believed:
                yield self._saying(one, equation, anew=True)

    def _told_free(self) -> frozenset[str]:
        """Return the names that a block declares as free and spells out, and of which the page says nothing itself.

        What depends on what is looked for by letters: that $c_t$ depends on $x$ is no word on `read c as c_{t-1}`.
        """
        declared = self.declared.variables.keys() - self.inferred
        spelled: dict[str, set[str]] = {}
        for one in self.names.spellings:
            if one.name in declared:
                spelled.setdefault(one.name, set()).add(spelled_out(one.pattern) if one.fixed else "")
        return frozenset(name for name, one in spelled.items() if not any(map(self.meanings.speaks_of, one)))

    def _written(self, name: str) -> frozenset[str]:
        """Return the letters with which a page writes a name, with their accents and without its indices."""
        base, _, accent = name.rpartition("_")
        spelled = [marked(signs_of(one.pattern))[:1] for one in self.names.spellings if one.name == name]
        plain = f"{base} {accent}" if accent in ACCENTS.values() else name.partition("_")[0]
        return frozenset((plain, *(letter for one in spelled for letter in one)))

    def _own(self, name: str) -> frozenset[str]:
        """Return the letters with which a page writes a name that is defined; with a prime it is another name."""
        base, _, mark = name.partition("_")
        return frozenset((f"{base} prime",)) if mark == "prime" else self._written(name)

    def _asked(self, sides: Sequence[Side]) -> AskedMeaning:
        terms = [side.term for side in sides]
        mentioned = self.declared.mentioned(*terms)
        bodies = [
            self.declared.definitions[name].body for name in mentioned if name in self.declared.definitions
        ]
        nodes = [node for term in (*terms, *bodies) for node in walk(term)]
        differentiated = [node for node in nodes if isinstance(node, Derivative)]
        by = {variable.name for node in differentiated for variable in node.variables}
        inside = self.declared.mentioned(*(node.body for node in differentiated))
        known = self.declared.variables.keys() | self.declared.definitions.keys()
        letters = {name: self.names.letters(name) for name in mentioned & known}
        text = " ".join(side.text for side in sides)
        functions = {node.function for node in nodes if isinstance(node, Apply)}
        functions |= {LETTERED.get(one, one) for one in letters_of(text)} & _NAMED
        full = " ".join([text, *(self.texts[one] for one in sorted(mentioned & self.texts.keys()))])
        sizes = {
            dim for name in mentioned if name in self.declared.variables for dim in self.declared.dims(name)
        }
        free = {str(index.name) for term in terms for index in free_indices(term)}
        bound = frozenset(
            str(one.index.name) for node in nodes if isinstance(node, Big) for one in node.binders
        )
        return AskedMeaning(
            frozenset().union(free, sizes, *letters.values()),
            {name: self._written(name) for name in inside if name in self.declared.variables},
            {
                name: (self._own(name), self.on_page.get(name, 0), _operations(self.declared, name))
                for name in mentioned
                if name in self.declared.definitions
            },
            frozenset(kind for node in nodes for kind in _kinds(node)) | _typed(text),
            {name: self._written(name) for name in by},
            frozenset(functions).difference(*letters.values()),
            bound,
            frozenset().union(*map(self._written, known)),
            frozenset().union(*map(self._own, mentioned & known)),
            frozenset().union(self.declared.sizes, free, bound),
            full,
            sides[0].position.line or 0,
            signs_used(full),
            frozenset().union(*map(self._written, mentioned & self.inferred)),
            any(isinstance(node, Delta) for node in nodes),
        )


def differentiates(chain: Written) -> bool:
    """Return whether derivatives stand in a chain as it is written."""
    return any(_DIFFERENTIATES.search(one.text) for one in chain.stands)


def _kinds(node: Term) -> tuple[str, ...]:
    """Return under which words of the vocabulary a page speaks of what a node is."""
    match node:
        case Apply(function, _):
            return (FAMILIES[function],) if function in FAMILIES else ()
        case Big(operation, _, _):
            return (FAMILIES[operation],) if operation in FAMILIES else ()
        case Derivative():
            return ("derivative",)
        case Power():
            return ("power",)
        case _:
            return ()


def _operations(declared: Declared, name: str) -> frozenset[str]:
    """Return of what operations a definition is made, as words speak of them."""
    bodies = [declared.definitions[name].body]
    bodies += [
        declared.definitions[one].body for one in declared.mentioned(*bodies) if one in declared.definitions
    ]
    nodes = [node for body in bodies for node in walk(body)]
    found = frozenset(kind for node in nodes for kind in _kinds(node))
    if "sum" in found and any(isinstance(node, SizeNumber) for node in nodes):
        found |= {"mean"}  # a sum over all, divided by how many there are
    return found | ({"softmax", "sigmoid", "log"} if {"exp", "softmax"} & found else set())


def _typed(text: str) -> frozenset[str]:
    return frozenset(kind for sign, kind in ((r"\sum", "sum"), (r"\prod", "product")) if sign in text)


_DIFFERENTIATES = re.compile(r"\\partial|\\nabla|\\frac\s*\{?\s*d|\bd\s*[A-Za-z\\]+\s*/\s*d")
_NUMBERED = re.compile(r"(?P<letter>[^\W\d_])\s*(?:_\s*\{?|<sub>)\s*(?P<number>\d+)")
_NAMED = frozenset(("softmax", "log_softmax", "logsumexp", "norm", "pi"))
"""What stands in a claim by its name, and in its terms written out."""
