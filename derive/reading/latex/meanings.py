r"""Where a page gives a name, a function or a sum of a claim another meaning than it is read with.

A name that is declared as free may depend on another, $y = x^2$; a function may be another one, as
$\sigma(x) = \max(0, x)$ or logarithms to base 2; a sum may leave something out, a name be defined anew. Nobody can list
the words for that. So a sentence that speaks of what a claim uses has to be made of words that are known to give
nothing another meaning, and to be put together in no way that does; else nothing is decided of the claim.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from lark import Token

from derive.reading.latex.beside import case_in
from derive.reading.latex.dependence import (
    DEPENDS,
    FENCE,
    SCRIPT,
    Edge,
    aliases_in,
    edges_of,
    head,
    links_between,
    marked_in,
    reached,
    relates,
    relates_all,
    spoken_edges,
    told_edges,
)
from derive.reading.latex.marks import of_marks
from derive.reading.latex.opened import restricts
from derive.reading.latex.prose import Doubt, PageSentence, Prose, Related, shown
from derive.reading.latex.said import letters_of, solves
from derive.reading.latex.senses import (
    of_constants,
    of_derivatives,
    of_lettered,
    of_numbers,
    of_signs,
    of_sums,
    of_things,
    sign_defined,
)
from derive.reading.latex.spoken import (
    EQUATING,
    FAMILIES,
    LETTERED,
    alone,
    clauses,
    identified,
    mentioned_names,
    names_something,
    operations,
    places_of,
    says_what,
    signs_spoken_of,
    strange,
    usual,
)
from derive.reading.latex.structure import Item
from derive.reading.latex.vocabulary import SpokenWord, word_set
from derive.terms.greek import GREEK

_CALL = re.compile(
    rf"\s*(?P<name>\\?[A-Za-z]+(?:\s*\{{\w+\}})?)(?:{SCRIPT})*(?:\s*{FENCE}|\s+\\?\w+|\s*\{{\\?\w+\}})?(?:{SCRIPT})*\s*",
    re.DOTALL,
)
_DEFINES = re.compile(
    rf"\s*(?P<name>\\?[A-Za-z]+)(?:{SCRIPT})*\s*(?:{FENCE}|\\?\w|\{{\w\}})?\s*(?::\s*)?=", re.DOTALL
)
_EXPONENTIAL = re.compile(r"\s*e\s*\^")
_LOOSE = ("derivative", "mean", "max", "min")
"""What is spoken of in every second sentence: such a sentence counts only if it says what that is."""
_OTHERS = ("tanh", "relu", "softplus")
_CONDITION = frozenset("if when whenever for at since because".split())
_NAMING = frozenset("denote denotes denoted write define defines defined let means stands call".split())


@dataclass(frozen=True, slots=True)
class AskedMeaning:
    """What of a claim matters for what it means.

    `letters` are those of its names, `free` is how each variable inside of a derivative is written and `by` how what is
    differentiated by is, `defined` are the letters of each definition, with its line on the page if it stands there;
    `functions` are the names of its functions, `bound` the letters of its sums, `known` is how every name of the page
    is written that is declared or defined, `counting` are the letters of indices and sizes, `text` is the claim as
    typed with what defines its names, `signs` are those in it to which a page may give another sense, `undeclared` the
    letters of names that nothing declares, and `deltas` says that one of Kronecker stands in it.
    """

    letters: frozenset[str]
    free: dict[str, frozenset[str]]
    defined: dict[str, tuple[frozenset[str], int, frozenset[str]]]
    operations: frozenset[str]
    by: dict[str, frozenset[str]]
    functions: frozenset[str]
    bound: frozenset[str]
    known: frozenset[str]
    written: frozenset[str]
    counting: frozenset[str]
    text: str
    line: int
    signs: frozenset[str]
    undeclared: frozenset[str]
    deltas: bool


class Meanings:
    """What the text of a page says of the meaning of names and functions; `refused` are displays that were not read."""

    def __init__(
        self, prose: Prose, refused: Iterable[Doubt] = (), code: Iterable[tuple[Doubt, str]] = ()
    ) -> None:
        self.prose = prose
        self.refused = list(refused)
        self._spoken: dict[int, dict[str, str]] = {}
        self._strange_words: dict[tuple[int, bool], SpokenWord | None] = {}
        self._aliases = aliases_in(prose)
        self._headings = [one.start for one in prose.sentences if one.level]
        self.edges = [edge for one in self._related() for edge in edges_of(one)]
        self.edges += [edge for one in prose.said for edge in self._edges_in(one)]
        self.edges += [edge for one, renamed in code if not renamed for edge in edges_of(one)]
        self._renamed = [(one, name) for one, name in code if name]
        self._named: dict[str, bool] = {}

    def _related(self) -> list[Doubt]:
        said = [
            Doubt(one, formula.latex, "say what this depends on", formula=formula)
            for one in self.prose.said
            for formula in one.formulas
            if relates(formula.latex)
        ]
        return said + self.refused

    def _edges_in(self, sentence: PageSentence) -> Iterator[Edge]:
        yield from told_edges(sentence)
        yield from spoken_edges(sentence)
        nouns = [
            (one.start, self._aliases[one.text])
            for place, one in enumerate(sentence.words)
            if one.text in self._aliases and not _is_indefinite(sentence.words, place)
        ]
        named = sorted({*nouns, *mentioned_names(sentence)}, key=lambda one: one[0])
        if nouns and len({one for _, one in named}) > 1:
            yield from links_between(sentence, named)

    # ---- what depends on what is differentiated by

    def dependent(
        self, asked: AskedMeaning, besides: str = "", told: frozenset[str] = frozenset()
    ) -> Doubt | None:
        """Return what says that a free variable of a claim depends on one that is differentiated by.

        A formula `besides` is taken to relate all of its names. Those `told` to be free are left out.
        """
        if not asked.by or (len(asked.by) == 1 and asked.free.keys() <= asked.by.keys()):
            return None
        said = (one for one in self.edges if not self._is_of_solution(one.doubt, asked))
        edges = [edge for one in said for edge in _of_names(one, asked)]
        if relates_all(besides):
            letters = marked_in(besides)
            doubt = Doubt(PageSentence(0, besides, [], 0, 0), besides, DEPENDS)
            edges += _of_names(Edge(letters, letters, doubt), asked)
        for name, letters in ((one, asked.free[one]) for one in asked.free if one not in told):
            for other, by in asked.by.items():
                found = reached(edges, letters, by) if other != name else None
                if found is not None:
                    return found
        return None

    def _is_of_solution(self, doubt: Doubt, asked: AskedMeaning) -> bool:
        """Return whether a sentence behind a claim says what a variable is where a slope is zero: not so before."""
        return self.prose.line(doubt) > asked.line and solves(doubt.sentence.text)

    def speaks_of(self, name: str) -> bool:
        """Return whether the page relates or mentions a name just as it is spelled, the empty one always."""
        if name not in self._named:
            said = [one.doubt for one in self.edges]
            texts = {f"${_bare(one.told)}$" for one in said if one.formula is not None}
            texts |= {_bare(one.sentence.text) for one in said if one.formula is None or one.sentence.words}
            alone = (f"${name}$", f"${name}=", f"${name}:=")
            self._named[name] = not name or any(
                any(one in text for one in alone) or name in _FORMULA.sub(" ", text) for text in texts
            )
        return self._named[name]

    # ---- what is defined anew

    def anew(self, asked: AskedMeaning) -> Iterator[Doubt]:
        """Yield the words that give another meaning to a function, a sum or a name of a claim."""
        for one, renamed in self._renamed:
            if renamed in asked.functions:
                yield replace(one, why="give a function of this another meaning")
        for sentence in self.prose.said:
            doubt = self._function(sentence, asked) or self._sign(sentence, asked)
            doubt = doubt or next(of_marks(sentence, asked.text), None) or self._bound(sentence, asked)
            doubt = doubt or self._constant(sentence, asked)
            doubt = doubt or self._name(sentence, asked) or self._computed(sentence, asked)
            doubt = doubt or next(self._senses(sentence, asked), None)
            if doubt is not None:
                yield doubt
        yield from of_lettered(self.prose.said, self.prose.text, asked.functions)

    def _senses(self, sentence: PageSentence, asked: AskedMeaning) -> Iterator[Doubt]:
        """Yield where a sentence gives another sense to signs, constants or numbers, to derivatives or sums."""
        yield from of_signs(sentence, asked.signs)
        yield from of_constants(sentence, asked.text if "pi" not in asked.letters else "", asked.deltas)
        found = [of_things(sentence, asked.letters | asked.written)]
        found += [of_numbers(sentence, asked.undeclared, asked.letters - asked.undeclared)]
        found += [of_derivatives(sentence)] if asked.by else []
        found += [of_sums(sentence)] if "sum" in asked.operations else []
        yield from filter(None, found)

    def _function(self, sentence: PageSentence, asked: AskedMeaning) -> Doubt | None:
        """Return a sentence that speaks of a function or sum of a claim and may say what it means."""
        families = {FAMILIES[one] for one in asked.functions & FAMILIES.keys()}
        families |= asked.operations & {"sum", "product", "mean", "max", "min", "derivative"}
        spoken = {kind: told for kind, told in self._operations(sentence).items() if kind in families}
        written: dict[str, list[Related | None]] = {}
        starts: dict[str, int] = {}
        for place, one in mentioned_names(sentence, only_alone=True):
            for letter in one - asked.letters:
                kind = FAMILIES.get(LETTERED.get(letter, letter), "")
                if kind in families:
                    starts.setdefault(kind, place)
        for formula in sentence.formulas:
            function = _function_in(formula.latex, asked.functions)
            if function is not None and function in FAMILIES:
                starts.setdefault(FAMILIES[function], formula.start)
                written.setdefault(FAMILIES[function], []).append(formula)
        why = "give a function of this another meaning"
        for kind in {**spoken, **starts}:
            narrow = kind not in _LOOSE
            subject = places_of(kind, sentence.words)
            subject |= {starts[kind]} if kind in starts else set()
            if kind in _LOOSE and not says_what(sentence, subject):
                continue
            doubt = self._strange(
                sentence, "say over what a sum of this runs" if kind == "sum" else why, narrow
            )
            if doubt is not None:
                return doubt
            if kind in _LOOSE:
                continue
            told = identified(sentence, subject, (), kind)
            if not told and kind == "sigmoid":  # "as activation we take the tanh"
                told = next(
                    (one for other, one in self._operations(sentence).items() if other in _OTHERS), ""
                )
            if kind in starts:
                several = len({one.latex for one in written.get(kind, ()) if one is not None}) > 1
                formula_behind = self._is_formula(sentence, starts[kind])
                if several or formula_behind or not usual(sentence, starts[kind], kind):
                    told = told or spoken.get(kind, "this")
            if told:
                return Doubt(sentence, told, why)
        return None

    def _operations(self, sentence: PageSentence) -> dict[str, str]:
        """Return of what the words of a sentence speak; looked up once."""
        if sentence.start not in self._spoken:
            self._spoken[sentence.start] = operations(sentence)
        return self._spoken[sentence.start]

    def _is_formula(self, sentence: PageSentence, subject: int) -> bool:
        """Return whether a sentence says that its subject is another formula."""
        places = [
            place for place, one in enumerate(sentence.words) if one.is_formula and one.start != subject
        ]
        return any(place and sentence.words[place - 1].text in EQUATING - {"|"} for place in places)

    def _strange(self, sentence: PageSentence, why: str, narrow: bool = False) -> Doubt | None:
        key = sentence.start, narrow
        if key not in self._strange_words:
            self._strange_words[key] = strange(sentence.words, narrow)
        word = self._strange_words[key]
        return None if word is None else Doubt(sentence, shown(sentence, word), why)

    def _strange_near(self, sentence: PageSentence, subject: set[int], why: str) -> Doubt | None:
        """Return what is strange in the clauses of a subject."""
        for part in clauses(sentence) if self._strange(sentence, why) is not None else ():
            word = strange(part) if any(one.start in subject for one in part) else None
            if word is not None:
                return Doubt(sentence, shown(sentence, word), why)
        return None

    def _sign(self, sentence: PageSentence, asked: AskedMeaning) -> Doubt | None:
        """Return a sentence that says what a sign of a claim means."""
        told = signs_spoken_of(sentence, asked.text)
        if not told:
            return None
        doubt = self._strange(sentence, "say what a sign of this means", narrow=True)
        if doubt is None and names_something(sentence):
            doubt = Doubt(sentence, told, "say what a sign of this means")
        return doubt

    def _sums(self, sentence: PageSentence) -> bool:
        return "sum" in self._operations(sentence)

    def _bound(self, sentence: PageSentence, asked: AskedMeaning) -> Doubt | None:
        """Return a sentence that says of the index of a sum over what it runs."""
        for formula in sentence.formulas:
            letters = {one for one in marked_in(formula.latex) if len(one) == 1 or one in GREEK}
            ranged = bool(letters & asked.bound) and letters <= asked.bound | asked.counting
            cased = case_in(formula.latex) is not None and (
                not self._sums(sentence) or _of_term(sentence, formula)
            )
            if ranged and restricts(formula.latex) and not cased:
                return Doubt(sentence, formula.latex, "say over what a sum of this runs", formula=formula)
        subject = {
            place for place, one in mentioned_names(sentence, only_alone=True) if one and one <= asked.bound
        }
        for part in clauses(sentence):
            place = next((k for k, one in enumerate(part) if one.start in subject), None)
            if place is not None and part[place + 1 : place + 2]:
                word = strange(part[place + 1 :], narrow=True)
                if word is not None:
                    return Doubt(sentence, shown(sentence, word), "say over what a sum of this runs")
        return None

    def _constant(self, sentence: PageSentence, asked: AskedMeaning) -> Doubt | None:
        told = sentence.mentions("changes", "constant") if asked.by else ""
        if not told:
            return None
        letters = sentence.letters
        known = {
            name
            for name, one in (
                *asked.free.items(),
                *((name, one) for name, (one, *_) in asked.defined.items()),
            )
            if letters & {part for letter in one for part in letter.split()}
        }
        if letters and (not known or known <= asked.free.keys() - asked.by.keys()):
            return None  # so it is read
        return Doubt(sentence, told, "say that something here is kept fixed")

    def _name(self, sentence: PageSentence, asked: AskedMeaning) -> Doubt | None:
        """Return a sentence that may give a name of a claim which is defined another meaning."""
        why = "give a name of this another meaning"
        named = mentioned_names(sentence, only_alone=True)
        for letters, line, made_of in asked.defined.values():
            if line and self._section(sentence.start) > self._section(self.prose.source.offset(line, 1)):
                told = _given_to_another(sentence, letters)
                if told:
                    return Doubt(sentence, told, why)
            subject = {place for place, one in named if one & letters}
            if not subject:
                continue
            doubt = self._strange_near(sentence, subject, why) if says_what(sentence, subject) else None
            told = sentence.mentions("changes", "again") or identified(sentence, subject, made_of)
            if doubt is None and told:
                doubt = Doubt(sentence, told, why)
            if doubt is not None:
                return doubt
        return None

    def _section(self, place: int) -> int:
        """Return how many headings stand before a place."""
        return bisect.bisect_right(self._headings, place)

    def _computed(self, sentence: PageSentence, asked: AskedMeaning) -> Doubt | None:
        """Return a sentence that calls a name a mean or the like that nothing declares, and that is kept fixed."""
        told = sentence.mentions("changes", "computed") if asked.by else ""
        fixed = frozenset().union(*(one for name, one in asked.free.items() if name not in asked.by))
        named = any(one & fixed & asked.undeclared for _, one in mentioned_names(sentence, only_alone=True))
        return Doubt(sentence, told, "say of what something here is made") if told and named else None

    def redefined(self, asked: AskedMeaning) -> Iterator[tuple[Doubt, bool]]:
        """Yield what formulas say a name or function of a claim is, and whether they count if they cannot be read."""
        for doubt in self._related():
            if sign_defined(doubt.told) in asked.signs:
                yield doubt, True
                continue
            found = head(doubt.told)
            spoken = marked_in(doubt.told)
            if spoken and spoken <= asked.functions and restricts(doubt.told):
                yield doubt, True  # an equation between numbers, and what a function makes of them
                continue
            begins = _DEFINES.match(doubt.told)
            name = begins["name"].lstrip("\\") if begins is not None else ""
            name = LETTERED.get(name, name)
            if name in asked.functions and name not in asked.letters:
                yield doubt, True
                continue
            if found is None or (
                not found[1] - {found[0]} and found[0] not in asked.functions | LETTERED.keys()
            ):
                continue
            name = LETTERED.get(found[0], found[0])
            if name in asked.functions and found[0] not in asked.letters:
                yield doubt, True
            elif not _is_condition(doubt):
                line = self.prose.line(doubt)
                for letters, defined, _ in asked.defined.values():
                    if found[0] in letters:
                        yield doubt, bool(defined) and defined < line < asked.line


def _given_to_another(sentence: PageSentence, letters: frozenset[str]) -> str:
    """Return the words with which a sentence of a later section may give letters to something else.

    It says "is" beside one of them, or names it, alone or in a list, beside "let", "free" and the like.
    """
    listed = [(one.start, part) for one in sentence.formulas for part in _LISTED.split(one.latex)]
    named = [(start, alone(part)) for start, part in listed] + mentioned_names(sentence, only_alone=True)
    subject = {place for place, one in named if one & letters}
    if not subject:
        return ""
    words = [one.text for one in sentence.words]
    told = ""
    for place, one in enumerate(sentence.words):
        if one.start in subject:
            before, behind = words[max(0, place - 1)], words[min(len(words) - 1, place + 1)]
            # Of "the gradient of $L$ is" the subject is the gradient.
            stands = [before] if before in _OF else [before, behind]
            told = told or next((word for word in stands if word.isalpha() and word in EQUATING), "")
    return told or sentence.mentions("changes", "anew")


_OF = word_set("joining", "of")
_LISTED = re.compile(r",|\\in(?![A-Za-z])|∈")


def spelled_out(pattern: Sequence[Item]) -> str:
    """Return a spelling as text, without the braces, blanks and commas in it."""
    return _bare("".join(str(one) for item in pattern for one in _tokens(item)))


def _tokens(item: Item) -> Iterator[Token]:
    return iter((item,)) if isinstance(item, Token) else item.scan_values(lambda _: True)


def _bare(latex: str) -> str:
    """Return a formula without what only makes room or holds together."""
    return re.sub(r"[\s{}&,]|\\[,;:! ]", "", latex)


_FORMULA = re.compile(r"\$[^$]*\$")


def _of_names(edge: Edge, asked: AskedMeaning) -> Iterator[Edge]:
    """Yield what is said to depend on what, of names alone: indices, sizes and commands are none."""

    def names(letters: frozenset[str] | None) -> frozenset[str] | None:
        if letters is None:
            return None
        plain = (one for one in letters if len(one) == 1 or " " in one or one in GREEK or one in asked.known)
        return frozenset(plain) - asked.counting

    left, right = names(edge.left), names(edge.right)
    if edge.spoken and left is not None and left == right and len(left) == 1:
        right = None  # nothing tells what it is said of
    if (left is None or left) and (right is None or right):
        yield Edge(left, right, edge.doubt)


def _function_in(latex: str, functions: Collection[str]) -> str | None:
    """Return the function of a claim that a formula names, with arguments or without, else None."""
    found = _CALL.fullmatch(latex)
    letters = letters_of(found["name"]) if found is not None and not _EXPONENTIAL.match(latex) else ()
    return next((LETTERED.get(one, one) for one in letters if LETTERED.get(one, one) in functions), None)


def _is_condition(doubt: Doubt) -> bool:
    """Return whether the word before a formula makes it a condition, and no definition."""
    words, formula = doubt.sentence.words, doubt.formula
    before = [one for one in words if formula is not None and one.start < formula.start]
    return bool(before) and before[-1].text in _CONDITION


def _of_term(sentence: PageSentence, formula: Related) -> bool:
    """Return whether a formula says which term of a sum is spoken of: "only the term with $k = n$ is left"."""
    before = [one.text for one in sentence.words if one.start < formula.start]
    while before and before[-1] in _LINKING:
        before.pop()
    return bool(before) and before[-1] in _TERMS


_LINKING = frozenset("with where for at in which of having whose".split())
_TERMS = frozenset("term terms summand summands addend addends".split())


def _is_indefinite(words: Sequence[SpokenWord], place: int) -> bool:
    """Return whether a noun stands behind an indefinite article, so that it is none of those spoken of before."""
    for before in reversed(words[max(0, place - 3) : place]):
        if before.text in _INDEFINITE:
            return True
        if not before.text.replace("-", "").isalpha() or before.text in _DEFINITE:
            return False
    return False


_INDEFINITE = frozenset("a an ein eine einen un une una um uma".split())
_DEFINITE = frozenset("the this that its of and or is are der die das le la el".split())
