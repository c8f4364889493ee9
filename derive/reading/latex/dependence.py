r"""What a page says to depend on what: in formulas, in words, in code.

A sentence with two names says so unless all of its words are known and put together in no way that does.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from derive.reading.latex.opened import is_related, restricts
from derive.reading.latex.prose import Doubt, PageSentence, Prose, Related, shown
from derive.reading.latex.said import STARRED, Said, said_before, signs_in
from derive.reading.latex.spoken import (
    EQUATING,
    clauses,
    equates,
    kept_apart,
    leads_to_slope,
    marked,
    mentioned_names,
    operation_in,
    strange,
)
from derive.reading.latex.symbols import ACCENTS, COMMANDS, DOTS, FONTS
from derive.reading.latex.vocabulary import SpokenWord, Words, is_joined, listed, word_set
from derive.terms.greek import GREEK

FENCE = r"(?:\\left|\\[bB]igg?l?)?\s*[(\[].*?(?:\\right|\\[bB]igg?r?)?\s*[)\]]"
SCRIPT = r"\s*[_^]\s*(?:\{(?:[^{}]|\{[^{}]*\})*\}|\\?[A-Za-z]+|\w|\*)"
BELOW = re.compile(r"_\s*(?:\{(?:[^{}]|\{[^{}]*\})*\}|\\?[A-Za-z]+|\w)")
_EQUALS = (
    r"(?::=|\\(?:leftarrow|gets|longleftarrow|coloneqq|triangleq|equiv)(?![A-Za-z])"
    r"|\\stackrel\s*\{[^{}]*\}\s*\{=\}|=)"
)
_HEAD = re.compile(
    rf"\s*(?P<name>\\(?:{'|'.join({*ACCENTS, *FONTS} - {*DOTS})})\s*(?:\\[A-Za-z]+|[A-Za-z])"
    rf"|\\?[A-Za-z]+(?:\s*\{{[^{{}}]*\}})?|[^\W\d_])"
    rf"(?:{SCRIPT})*\s*(?P<given>{FENCE})?(?:{SCRIPT})*\s*"
    rf"{_EQUALS}(?P<right>.*)",
    re.DOTALL,
)

_DEFINED = Words(
    "loss cost error energy objective output outputs likelihood function functions gradient gradients derivative "
    "derivatives softmax numerator denominator sum sums term terms normaliser normalizer result this it that which "
    "expression entries"
)


@dataclass(frozen=True, slots=True)
class Edge:
    """What is said to depend on what: letters, or anything at all for `None`."""

    left: frozenset[str] | None
    right: frozenset[str] | None
    doubt: Doubt
    spoken: bool = False


def marked_in(latex: str) -> frozenset[str]:
    """Return the letters of a formula with their accents, without what stands below them."""
    found = frozenset(marked(signs_in(BELOW.sub(" ", latex))))
    return found | {one.partition(" ")[0] for one in found if one.endswith(("dot", "prime"))}


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
    if name and STARRED.search(latex[: found.start("right")]):
        name = [f"{name[0]} star"]
    return (name[0], marked_in(found["right"]) | marked_in(found["given"] or "")) if name else None


def reached(edges: Sequence[Edge], start: frozenset[str], goal: frozenset[str]) -> Doubt | None:
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


def edges_of(doubt: Doubt) -> Iterator[Edge]:
    """Yield what a formula says to depend on what: its left side on the right, or, if that is no name, either."""
    told = doubt.formula.latex if doubt.formula is not None else doubt.told
    for call in _CALLS.finditer(told):
        if not call["name"].startswith("\\") or call["name"][1:] in GREEK:
            yield Edge(marked_in(call["name"]), marked_in(call["given"]), doubt)
    slope = _SLOPE.match(told) or _BRIEF.match(told)
    if slope is not None:
        if slope["right"].strip() not in ("", "0"):
            yield Edge(marked_in(slope["above"]), marked_in(slope["below"]), doubt)
        return
    found = head(told)
    if found is not None and not _DIFFERENTIAL.match(told):
        name, right = found
        if right - {name}:
            yield Edge(frozenset((name,)), right - {name}, doubt)
        if re.match(r"[^=]*=\s*(?:\\left)?\(.*,.*\)\s*$", told):
            yield Edge(right, right, doubt)  # what is listed depends on the same
        if len(right) == 1:
            yield Edge(right, frozenset((name,)), doubt)
        return
    if relates_all(told):
        letters = marked_in(told)
        if told.strip(" &{}")[:1] != "=":  # what begins with = goes on with another
            yield Edge(letters, letters, doubt)


_LETTER = r"(?:\\?[A-Za-z]+|[^\W\d_])"
_CALLS = re.compile(
    rf"(?P<name>\\[A-Za-z]+|[^\W\d_])(?:{SCRIPT})*'*\s*\(\s*(?P<given>{_LETTER}(?:{SCRIPT})*(?:\s*[,;|]\s*{_LETTER}(?:{SCRIPT})*)*)\s*\)"
)
_BRIEF = re.compile(
    r"\s*\\(?:partial|nabla)\s*_\s*(?P<below>\{[^{}]*\}|\\?\w)\s*(?P<above>[^={}]*?)\s*=(?P<right>.*)",
    re.DOTALL,
)
_DIFFERENTIAL = re.compile(r"\s*[dD]\s*\\?[A-Za-z]")
_SLOPE = re.compile(
    r"\s*\\[dt]?frac\s*\{\s*(?:\\partial|\\mathrm\s*\{d\}|d)\s*(?P<above>(?:[^{}=]|\{[^{}]*\})*)\}\s*\{\s*(?:\\partial|\\mathrm\s*\{d\}|d)"
    r"\s*(?P<below>[^=]*?)\}\s*&?\s*=(?P<right>.*)",
    re.DOTALL,
)


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


def told_edges(sentence: PageSentence) -> Iterator[Edge]:
    """Yield what words say to depend on what: "$y$ depends on $x$"."""
    for word in listed("changes", "dependence").found(sentence.words):
        doubt = Doubt(sentence, word.text, "say that something here depends on something else")
        # In Japanese, Korean and Chinese the verb may stand behind what it is about.
        before = _subject(sentence, word.start, everything=not word.text.isascii() and is_joined(word.text))
        behind = [one for one in sentence.formulas if one.start > word.start]
        spoken = [one for one in sentence.words if one.start < word.start and not one.is_formula]
        if not before and next(_DEFINED.found(spoken), None) is not None:
            continue
        if not before and word.text in _SETTING and _sets_to_zero(sentence):
            continue  # what is set to zero is a gradient or the like, and no name
        left = frozenset().union(*(marked_in(one.latex) for one in before)) if before else None
        yield Edge(
            left, frozenset().union(*(marked_in(one.latex) for one in behind)) if behind else None, doubt
        )


_SETTING = ("set", "sets", "setting", "equating", "equal", "zero")


def spoken_edges(sentence: PageSentence) -> Iterator[Edge]:
    """Yield what a sentence may say to depend on what: the names in it, unless no word of it can say so."""
    names = mentioned_names(sentence)
    if not names:
        return
    known = _SETTING if _sets_to_zero(sentence) else ()
    strange_word = strange([one for one in sentence.words if one.text not in known])
    spoken = {one.text for one in sentence.words}
    if any(_DANGLING.search(one.latex) for one in sentence.formulas):
        letters = frozenset().union(*(one for _, one in names))
        yield Edge(letters, letters, Doubt(sentence, sentence.text.strip(), DEPENDS))
    if not spoken.isdisjoint(_CHANGING) and len(names) > 1:
        letters = frozenset().union(*(one for _, one in names))
        yield Edge(letters, letters, Doubt(sentence, sentence.text.strip(), DEPENDS))
    for part in clauses(sentence):
        inside = [one for one in names if part and part[0].start <= one[0] <= part[-1].start]
        word = strange([one for one in part if one.text not in known]) if strange_word is not None else None
        if word is not None and word.is_formula and _only_defines(part, inside, sentence):
            word = strange([one for one in part if not one.is_formula and one.text not in known])
        if word is not None:
            letters = frozenset().union(*(one for _, one in inside or names))
            doubt = Doubt(sentence, shown(sentence, word), DEPENDS)
            yield Edge(letters, letters, doubt, spoken=True)
            if not _WILD.isdisjoint(spoken):
                yield Edge(None, letters, doubt)
            continue
        told = {one.text for one in part}
        if inside and not told.isdisjoint(_PRONOUNS) and operation_in(part, _SLOPES):
            yield Edge(inside[-1][1], None, Doubt(sentence, sentence.text.strip(), DEPENDS))
    yield from links_between(sentence, names)


def _sets_to_zero(sentence: PageSentence) -> bool:
    return said_before(sentence.text) is Said.VANISHING


def links_between(sentence: PageSentence, names: Sequence[tuple[int, frozenset[str]]]) -> Iterator[Edge]:
    """Yield the names of a clause, unless all that it says keeps them apart."""
    doubt = Doubt(sentence, sentence.text.strip(), DEPENDS)
    for part in clauses(sentence):
        inside = [one for one in names if part and part[0].start <= one[0] <= part[-1].start]
        letters = frozenset().union(*(one for _, one in inside))
        if _only_defines(part, inside, sentence):
            continue
        if len({one for _, one in inside}) > 1 and not kept_apart(part, [place for place, _ in inside]):
            yield Edge(letters, letters, doubt)
        elif inside and _is_called_function(part, inside[0][0]):
            yield Edge(inside[0][1], None, doubt)


def _only_defines(
    part: Sequence[SpokenWord], names: Sequence[tuple[int, frozenset[str]]], sentence: PageSentence
) -> bool:
    """Return whether all that a clause names are equations for names and sets, listed.

    Each of them says itself what depends on what.
    """
    told = {
        one.start for one in sentence.formulas if head(one.latex) is not None or _MEMBERSHIP.search(one.latex)
    }
    equated = any(one.is_formula and behind.text in EQUATING for one, behind in itertools.pairwise(part))
    return all(start in told for start, _ in names) and not equated


_MEMBERSHIP = re.compile(r"\\in(?![A-Za-z])|∈")


def _is_called_function(part: Sequence[SpokenWord], name: int) -> bool:
    """Return whether a clause calls a name a function of something, or says "so is y"."""
    texts = [one.text for one in part]
    verb = next((k for k in range(len(part)) if equates(part, k) and part[k].start > name), None)
    if verb is not None and {"function", "functions", "funktion", "fonction", "función", "função"} & set(
        texts[verb:]
    ):
        return True
    return texts[:1] == ["so"] and texts[1:2] in (["is"], ["are"], ["does"], ["do"])


def aliases_in(prose: Prose) -> dict[str, frozenset[str]]:
    """Return the nouns by which a page calls its names: "the input $x$", "let $y$ be the output"."""
    found: dict[str, frozenset[str]] = {}
    for sentence in prose.sentences:
        names = dict(mentioned_names(sentence, only_alone=True))
        for place, word in enumerate(sentence.words):
            if word.start not in names:
                continue
            around = [sentence.words[place - 1]] if place else []
            behind = sentence.words[place + 1 : place + 5]
            while behind and behind[0].text in _INTRODUCING:
                behind = behind[1:]
            around += behind[:1] if len(behind) < len(sentence.words[place + 1 : place + 5]) else []
            for one in around:
                if (
                    one.text.isalpha()
                    and len(one.text) > 2
                    and one.text not in _INTRODUCING | EQUATING | _NO_NOUNS
                    and not leads_to_slope(one.text)
                ):
                    found[one.text] = found.get(one.text, frozenset()) | names[word.start]
    return found


_INTRODUCING = word_set("joining", "introducing")
_NO_NOUNS = word_set("joining", "no_nouns")
DEPENDS = "say that something here depends on something else"
_DANGLING = re.compile(rf"{_EQUALS}\s*$|^\s*{_EQUALS}")
_SLOPES = ("derivative",)
_PRONOUNS = word_set("joining", "pronouns")
_CHANGING = word_set("joining", "changing")
_WILD = word_set("joining", "unnamed")


def relates(formula: str) -> bool:
    """Return whether a formula relates something, or says of what a name is a function."""
    return is_related(BELOW.sub(" ", formula)) or _says_unknown(formula) or _CALLS.search(formula) is not None


def _says_unknown(formula: str) -> bool:
    """Return whether a command stands in a formula that is not known, which may relate what stands around it."""
    return any(one not in _KNOWN for one in re.findall(r"\\[A-Za-z]+", formula))


_KNOWN = COMMANDS | {rf"\{one}" for one in (*ACCENTS, *FONTS)}


def relates_all(formula: str) -> bool:
    """Return whether a formula relates all of its names to each other."""
    return (
        (restricts(BELOW.sub(" ", formula)) or _says_unknown(formula))
        and r"\nabla" not in formula
        and r"\partial" not in formula
    )
