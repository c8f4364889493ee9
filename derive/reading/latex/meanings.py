r"""Where a page gives a name, a function or a sum of a claim another meaning than it is read with.

A name that is declared as free may depend on another, $y = x^2$; a function may be another one, as
$\sigma(x) = \max(0, x)$ or logarithms to base 2; a sum may leave something out, a name be defined anew.
Sentences are read here, and nothing is decided.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from derive.reading.latex.prose import Doubt, PageSentence, Prose, Related
from derive.reading.latex.said import letters_of, signs_in
from derive.reading.latex.symbols import ACCENTS, FONTS
from derive.reading.latex.vocabulary import Words, is_joined, listed, unknown
from derive.terms.greek import GREEK

_FENCE = r"(?:\\left|\\[bB]igg?l?)?\s*[(\[].*?(?:\\right|\\[bB]igg?r?)?\s*[)\]]"
_SCRIPT = r"\s*[_^]\s*(?:\{(?:[^{}]|\{[^{}]*\})*\}|\\?[A-Za-z]+|\w)"
_BELOW = re.compile(r"_\s*(?:\{(?:[^{}]|\{[^{}]*\})*\}|\\?[A-Za-z]+|\w)")
_EQUALS = r"(?::=|\\coloneqq(?![A-Za-z])|\\triangleq(?![A-Za-z])|\\equiv(?![A-Za-z])|\\stackrel\s*\{[^{}]*\}\s*\{=\}|=)"
_HEAD = re.compile(
    rf"\s*(?P<name>\\?[A-Za-z]+(?:\s*\{{[^{{}}]*\}})?|[^\W\d_])(?:{_SCRIPT})*\s*(?P<given>{_FENCE})?(?:{_SCRIPT})*\s*"
    rf"{_EQUALS}(?P<right>.*)",
    re.DOTALL,
)
_EQUATION = re.compile(rf"(?P<left>.*?){_EQUALS}(?P<right>.*)", re.DOTALL)
_BARE = re.compile(r"\s*(?P<name>\\?[A-Za-z]+(?:\s*\{\w+\})?)(?:\s*\(\s*(?:\\cdot|\w)\s*\))?\s*")
_CALL = re.compile(rf"\s*(?P<name>\\?[A-Za-z]+(?:\s*\{{\w+\}})?)(?:\s*{_FENCE})?(?:{_SCRIPT})*\s*", re.DOTALL)
_BARE_SUM = re.compile(rf"\s*(?:\\sum|∑|\\Sigma)(?:\\n?o?limits)?(?:{_SCRIPT})*\s*")
_CONDITION = frozenset("if when whenever for at since because".split())
_EQUATING = frozenset("is are be for by means denotes as was".split())
_NAMING = frozenset("denote denotes denoted write define defines defined let means stands call".split())
_WORDS = {
    "sigmoid": "sigmoid", "logistic": "sigmoid", "tanh": "tanh", "hyperbolic": "tanh", "tangent": "tanh",
    "relu": "relu", "rectifier": "relu", "rectified": "relu", "softmax": "softmax", "softplus": "softplus",
    "sine": "sin", "cosine": "cos",
    "logarithm": "log", "exponential": "exp", "identity": "identity", "step": "heaviside",
}  # fmt: skip
"""The functions that words are for: a sentence that calls one by another's name says that it is that."""
_DEFINED = Words(
    "loss cost error energy objective output outputs likelihood function functions gradient gradients derivative "
    "derivatives softmax numerator denominator sum sums term terms normaliser normalizer result this it that which "
    "expression entries"
)
_RANGED = Words(
    "runs run over ranges range running ranging sum sums classes class samples sample examples training data batch "
    "units neurons indices index categories"
)
_SUM = ("sum", "∑", "somme", "suma", "soma", "сумм")
_JOINED = ("求和", "总和", "和", "합")
FUNCTIONS = {"sigma": "sigmoid", "ln": "log", "lg": "log", "e": "exp", "S": "sigmoid"}
"""Letters of functions that are not their names."""
LOGARITHMS = frozenset(("log", "log_softmax", "logsumexp"))
ANGLES = frozenset("sin cos tan cot sec csc asin acos atan sinc".split())


@dataclass(frozen=True, slots=True)
class Edge:
    """What is said to depend on what: letters, or anything at all for `None`."""

    left: frozenset[str] | None
    right: frozenset[str] | None
    doubt: Doubt


@dataclass(frozen=True, slots=True)
class AskedMeaning:
    """What of a claim matters for what it means.

    `letters` are those of its names, `free` is how each variable inside of a derivative is written and `by` how what is
    differentiated by is, `defined` are the letters of each definition, with its line on the page if it stands there;
    `functions` are the names of its functions, `bound` the letters of its sums, `known` is how every name of the page
    is written that is declared or defined, `counting` are the letters of indices and sizes, and `text` is the claim as
    typed.
    """

    letters: frozenset[str]
    free: dict[str, frozenset[str]]
    defined: dict[str, tuple[frozenset[str], int]]
    by: dict[str, frozenset[str]]
    functions: frozenset[str]
    bound: frozenset[str]
    known: frozenset[str]
    counting: frozenset[str]
    text: str
    line: int


def marked(signs: Iterable[str]) -> list[str]:
    r"""Return letters in their order, each with the accent before it, `y hat` of `\hat{y}`, and without fonts.

    >>> marked(["boldsymbol", "hat", "y", "i"])
    ['y hat', 'i']
    """
    found: list[str] = []
    accent = ""
    for sign in signs:
        plain = sign.removeprefix("\\")
        if plain in ACCENTS:
            accent = f" {ACCENTS[plain]}"
        elif plain not in FONTS:
            found.append(f"{plain}{accent}")
            accent = ""
    return found


def _marked_in(latex: str) -> frozenset[str]:
    return frozenset(marked(signs_in(_BELOW.sub(" ", latex))))


def head(latex: str) -> tuple[str, frozenset[str]] | None:
    r"""Return the name that a formula may define, as `y` of `y = x^2`, and the letters that it would be made of."""
    found = _HEAD.fullmatch(latex)
    if found is None or found["name"] in (
        r"\frac",
        r"\partial",
        r"\sum",
        r"\prod",
        r"\nabla",
        r"\int",
        r"\lim",
    ):
        return None
    name = marked(signs_in(found["name"]))
    return (name[0], _marked_in(found["right"]) | _marked_in(found["given"] or "")) if name else None


class Meanings:
    """What the text of a page says of the meaning of names and functions; `refused` are displays that were not read."""

    def __init__(self, prose: Prose, refused: Iterable[Doubt] = ()) -> None:
        self.prose = prose
        self.refused = list(refused)
        self.edges = [edge for one in self._related() for edge in _edges_of(one)]
        self.edges += [edge for one in prose.sentences for edge in _told_edges(one)]

    def _related(self) -> list[Doubt]:
        said = [
            Doubt(one, formula.latex, "say what this depends on", formula=formula)
            for one in self.prose.sentences
            for formula in one.formulas
            if "=" in formula.latex or "equiv" in formula.latex or "triangleq" in formula.latex
        ]
        return said + self.refused

    # ---- what depends on what is differentiated by

    def dependent(self, asked: AskedMeaning) -> Doubt | None:
        """Return what says that a free variable of a claim depends on one that is differentiated by."""
        edges = [edge for one in self.edges for edge in _of_names(one, asked)]
        for name, letters in asked.free.items():
            for other, by in asked.by.items():
                if other != name:
                    doubt = _reaches(edges, letters, by)
                    if doubt is not None:
                        return doubt
        return None

    # ---- what is defined anew

    def anew(self, asked: AskedMeaning) -> Iterator[Doubt]:
        """Yield the words that give another meaning to a function, a sum or a name of a claim."""
        for sentence in self.prose.sentences:
            doubt = (
                self._function(sentence, asked)
                or self._range(sentence, asked)
                or self._constant(sentence, asked)
            )
            doubt = doubt or self._name(sentence, asked)
            if doubt is not None:
                yield doubt

    def _function(self, sentence: PageSentence, asked: AskedMeaning) -> Doubt | None:
        why = "give a function of this another meaning"
        words = {one.text for one in sentence.words}
        if asked.functions & LOGARITHMS and not words & {"natural", "e"}:
            told = sentence.mentions("changes", "logarithm")
            if told:
                return Doubt(sentence, told, why)
        if asked.functions & ANGLES:
            told = sentence.mentions("changes", "angle")
            if told:
                return Doubt(sentence, told, why)
        if "^" in asked.text:
            told = sentence.mentions("changes", "superscript")
            if told:
                return Doubt(sentence, told, "say what stands above is no power")
        defining = not words.isdisjoint(_NAMING)
        named = [(one, _function_in(one.latex, asked.functions, defining)) for one in sentence.formulas]
        bare = [(one, function) for one, function in named if function is not None]
        if not bare:
            return None
        (first, function), others = bare[0], {one.start for one in sentence.formulas} - {bare[0][0].start}
        for place, word in enumerate(sentence.words[1:], 1):
            if word.start in others and sentence.words[place - 1].text in _EQUATING:
                return Doubt(sentence, first.latex, why)
        other = next((one.text for one in sentence.words if _WORDS.get(one.text, function) != function), None)
        if other is not None:
            return Doubt(sentence, other, why)
        said = [one for one in sentence.words if one.text not in _WORDS and one.text not in _NAMING]
        strange = unknown(said, (listed("changes", "usual"),))
        return None if strange is None else Doubt(sentence, strange.text, why)

    def _range(self, sentence: PageSentence, asked: AskedMeaning) -> Doubt | None:
        told = sentence.mentions("changes", "range") if asked.bound else ""
        if not told:
            return None
        written = not {one.text for one in sentence.words}.isdisjoint(_NAMING)
        summed = any(
            _BARE_SUM.fullmatch(one.latex)
            or one.latex in asked.bound
            or (written and re.match(r"\s*(?:\\sum|∑)", one.latex))
            for one in sentence.formulas
        )
        spoken = any(
            one.text.startswith(_SUM) or any(part in one.text for part in _JOINED) for one in sentence.words
        )
        if not (summed or spoken) or unknown(sentence.words, (_RANGED,)) is None:
            return None
        return Doubt(sentence, told, "say over what a sum of this runs")

    def _constant(self, sentence: PageSentence, asked: AskedMeaning) -> Doubt | None:
        told = sentence.mentions("changes", "constant") if asked.by else ""
        if not told:
            return None
        letters = sentence.letters
        known = {
            name
            for name, one in (*asked.free.items(), *((name, one) for name, (one, _) in asked.defined.items()))
            if letters & {part for letter in one for part in letter.split()}
        }
        if letters and (not known or known <= asked.free.keys() - asked.by.keys()):
            return None  # so it is read
        return Doubt(sentence, told, "say that something here is kept fixed")

    def _name(self, sentence: PageSentence, asked: AskedMeaning) -> Doubt | None:
        """Return a sentence that gives a name which the page defined before another meaning in words."""
        again = sentence.mentions("changes", "again")
        begins = sentence.words[0].text in ("let", "sei", "soit", "sea", "seja", "пусть", "now")
        if not again and not begins:
            return None
        line = self.prose.source.place(sentence.words[0].start)[0]
        named = {letter for one in sentence.formulas[:1] for letter in letters_of(one.latex)}
        for letters, defined in asked.defined.values():
            if defined and defined < line < asked.line and letters & named:
                return Doubt(sentence, again or sentence.words[0].text, "give a name of this another meaning")
        return None

    def redefined(self, asked: AskedMeaning) -> Iterator[tuple[Doubt, bool]]:
        """Yield what formulas say a name or function of a claim is, and whether they count if they cannot be read."""
        for doubt in self._related():
            found = head(doubt.told)
            if found is None or (
                not found[1] - {found[0]} and found[0] not in asked.functions | FUNCTIONS.keys()
            ):
                continue
            name = FUNCTIONS.get(found[0], found[0])
            if name in asked.functions and found[0] not in asked.letters:
                yield doubt, True
            elif not _is_condition(doubt):
                line = self.prose.line(doubt)
                for letters, defined in asked.defined.values():
                    if found[0] in letters:
                        yield doubt, bool(defined) and defined < line < asked.line


def _of_names(edge: Edge, asked: AskedMeaning) -> Iterator[Edge]:
    """Yield what is said to depend on what, of names alone: indices, sizes and commands are none."""

    def names(letters: frozenset[str] | None) -> frozenset[str] | None:
        if letters is None:
            return None
        plain = (one for one in letters if len(one) == 1 or " " in one or one in GREEK or one in asked.known)
        return frozenset(plain) - asked.counting

    left, right = names(edge.left), names(edge.right)
    if (left is None or left) and (right is None or right):
        yield Edge(left, right, edge.doubt)


def _reaches(edges: Sequence[Edge], start: frozenset[str], goal: frozenset[str]) -> Doubt | None:
    """Return what is said last on a way from a name to what it would depend on."""
    reached, waiting = set(start), list(edges)
    while True:
        usable = [one for one in waiting if one.left is None or one.left & reached]
        if not usable:
            return None
        for one in usable:
            if one.right is None or (one.right & goal and not goal <= start):
                return one.doubt
            reached |= one.right
        waiting = [one for one in waiting if one not in usable]


def _function_in(latex: str, functions: Collection[str], called: bool) -> str | None:
    """Return the function of a claim that a formula names, with arguments too if it may be `called`, else None."""
    found = (_CALL if called else _BARE).fullmatch(latex)
    letters = letters_of(found["name"]) if found is not None else ()
    return next((FUNCTIONS.get(one, one) for one in letters if FUNCTIONS.get(one, one) in functions), None)


def _is_condition(doubt: Doubt) -> bool:
    """Return whether the word before a formula makes it a condition, and no definition."""
    words, formula = doubt.sentence.words, doubt.formula
    before = [one for one in words if formula is not None and one.start < formula.start]
    return bool(before) and before[-1].text in _CONDITION


def _edges_of(doubt: Doubt) -> Iterator[Edge]:
    """Yield what an equation says to depend on what: its left side on the right, or, if that is no name, either."""
    found = head(doubt.told)
    if found is not None:
        name, right = found
        if right - {name}:
            yield Edge(frozenset((name,)), right - {name}, doubt)
        if len(right) == 1:
            yield Edge(right, frozenset((name,)), doubt)
        return
    equation = _EQUATION.fullmatch(doubt.told)
    if (
        equation is not None
        and r"\partial" not in doubt.told
        and not re.search(r"\\frac\s*\{\s*d|\\nabla", doubt.told)
    ):
        letters = _marked_in(equation["left"]) | _marked_in(equation["right"])
        if equation["left"].strip(" &{}"):  # what begins with = goes on with another
            yield Edge(letters, letters, doubt)


def _subject(sentence: PageSentence, verb: int, everything: bool) -> list[Related]:
    """Return the formulas before a verb that are its subject: the last, and those listed with it, or `everything`."""
    formulas = {one.start: one for one in sentence.formulas}
    found: list[Related] = []
    for word in reversed([one for one in sentence.words if one.start < verb]):
        if word.start in formulas:
            found.append(formulas[word.start])
        elif found and not everything and word.text not in (",", "and", "or", "und", "et"):
            break
    return found


def _told_edges(sentence: PageSentence) -> Iterator[Edge]:
    """Yield what words say to depend on what: "$y$ depends on $x$"."""
    for word in listed("changes", "dependence").found(sentence.words):
        doubt = Doubt(sentence, word.text, "say that something here depends on something else")
        # In Japanese, Korean and Chinese the verb may stand behind what it is about.
        before = _subject(sentence, word.start, everything=not word.text.isascii() and is_joined(word.text))
        behind = [one for one in sentence.formulas if one.start > word.start]
        spoken = [one for one in sentence.words if one.start < word.start and not one.is_formula]
        if not before and next(_DEFINED.found(spoken), None) is not None:
            continue
        left = frozenset().union(*(_marked_in(one.latex) for one in before)) if before else None
        yield Edge(
            left, frozenset().union(*(_marked_in(one.latex) for one in behind)) if behind else None, doubt
        )
