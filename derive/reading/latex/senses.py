r"""Where a page gives a sign, a constant, or the numbers themselves another sense than that of the language.

A sentence may say so of a sign in words ("the norm is the maximum norm"), or of a formula that is hardly more than the
sign, as `[x]` or `x \odot y`; a display may define such a formula. Only words that are known to tell the usual sense
leave it. Reads no formula and decides nothing.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from derive.reading.latex.prose import Doubt, PageSentence, is_title, shown
from derive.reading.latex.said import commanded
from derive.reading.latex.spoken import clauses, mentioned_names, says_what, strange
from derive.reading.latex.vocabulary import (
    PUNCTUATION,
    SpokenWord,
    Words,
    is_joined,
    kinds,
    listed,
    unknown,
    word_set,
)

_LEFT_OUT = re.compile(
    r"\\(?:left|right|[bB]igg?[lrm]?|mathbf|boldsymbol|bm|vec)(?![A-Za-z])|\\[,;!: ]|(?<!\\)[{}]|\s"
)
_ENDS = r"(?!(?<=[A-Za-z])[A-Za-z])"
_N = r"(?:\\(?:cdot|[a-z]+)\s?|[A-Za-z0-9·⋅.])(?:_\w+)?"


@dataclass(frozen=True, slots=True)
class PageSign:
    """A sign: how it stands in a formula, and what a formula looks like that is hardly more than it.

    One that is `free` has no sense that everybody shares: a display with = may define it.
    """

    used: re.Pattern[str]
    least: re.Pattern[str]
    free: bool = False


def _fence(opening: str, closing: str, *, free: bool = True, inside: str = _N) -> PageSign:
    return PageSign(re.compile(opening), re.compile(rf"(?:{opening})(?:{inside})?(?:{closing})"), free)


def _between(sign: str, *, free: bool = False) -> PageSign:
    sign = rf"(?:{sign}){_ENDS}\s?"
    return PageSign(re.compile(sign), re.compile(rf"{sign}|{_N}{sign}{_N}"), free)


def _before(sign: str) -> PageSign:
    sign = rf"(?:{sign}){_ENDS}\s?"
    return PageSign(re.compile(sign), re.compile(rf"{sign}(?:_{_N})?(?:\(?{_N}\)?|\({_N},{_N}\))?"))


_NORM = r"\\\||‖|\\[lr]?Vert"
_BAR = r"(?<!\\)\||\\[lr]?vert"
SIGNS = {
    "norm": _fence(_NORM, _NORM),
    "bars": _fence(_BAR, _BAR, free=False),
    "squares": _fence(r"\[", r"\]"),
    "braces": _fence(r"\\\{|\\lbrace", r"\\\}|\\rbrace"),
    "parentheses": _fence(r"\(", r"\)", free=False),
    "angles": _fence(r"\\langle", r"\\rangle", inside=rf"{_N},{_N}"),
    "entrywise": _between(r"\\odot|⊙|\\circ|∘|\\star|⋆|\\ast|∗", free=True),
    "dot": _between(r"\\cdot|\\bullet|[·⋅*]"),
    "cross": _between(r"\\times|×"),
    "plus": _between(r"\+"),
    "minus": _between(r"-"),
    "fraction": PageSign(re.compile(r"\\[dt]?frac|/"), re.compile(rf"/|{_N}/{_N}|\\[dt]?frac\s?{_N}{_N}")),
    "transpose": PageSign(
        re.compile(r"\^\s*\{?\s*(?:\\top|\\intercal|T)(?![A-Za-z])"),
        re.compile(rf"{_N}\^(?:\\top|\\intercal|T)\s?(?:{_N})?"),
    ),
    "root": _before(r"\\sqrt"),
    "largest": _before(r"\\max"),
    "smallest": _before(r"\\min"),
    "summing": PageSign(re.compile(r"\\sum(?![A-Za-z])"), re.compile(r"\\sum(?:_(?:\w|\\\w+))?")),
    "derivative": PageSign(
        re.compile(r"\\partial|\\nabla|\\[dt]?frac\s*\{?\s*(?:\\mathrm)?\s*\{?\s*d|'"),
        re.compile(
            rf"\\partial|\\nabla\s?(?:_?{_N}){{0,2}}|\\[dt]?frac\s?(?:\\partial\s?|d)(?:{_N})?(?:\\partial\s?|d){_N}|[A-Za-z]'"
        ),
    ),
}  # fmt: skip
"""The signs of formulas to which a page may give another sense."""

_SETS = re.compile(r"\\mathbb\s*\{?\s*(?:[CHFKO]|Z\s*\}?\s*[_/])|\\mathrm\s*\{?\s*(?:GF|GL|SO|SL)|\\mathfrak")
_TURNED = re.compile(
    r"([A-Za-z])\s*([A-Za-z])(?![A-Za-z]).*(?:=|\\neq?|≠|\\not|\\equiv).*(?<![A-Za-z])\2\s*\1"
)
_COMMUTATOR = re.compile(r"(?:\[|\\\{)\s*[A-Za-z]\s*,\s*[A-Za-z]\s*(?:\]|\\\})(?:_\w)?\s*(?:=|\\neq?|≠)")
_TWO = re.compile(r"(?:\\ell|[lL])?[_^]?2")
SENSE = "give a sign of this another meaning"
THINGS = "say something of what the names or signs of this stand for"
NUMBERS = "say of what kind the numbers of this are"


def _bare(latex: str) -> str:
    r"""Return a formula without blanks, groups, sizes of brackets and bold letters."""
    return _BLANKS.sub(lambda one: f"{one[1]} " if one[1] else "", _LEFT_OUT.sub(" ", latex))


_BLANKS = re.compile(r"(\\[A-Za-z]+)\s+(?=[A-Za-z])|\s+")


def signs_used(latex: str) -> frozenset[str]:
    """Return the signs that stand in a formula."""
    return frozenset(name for name, one in SIGNS.items() if one.used.search(_SIZES.sub("", latex)))


_SIZES = re.compile(r"\\(?:left|right|[bB]igg?[lrm]?)(?![A-Za-z])")


def sign_alone(latex: str) -> str:
    r"""Return the sign of a formula that is hardly more than it, `norm` of `\|x\|`, "" if it is more, or none.

    >>> sign_alone(r"x \odot y")
    'entrywise'
    """
    bare = _bare(latex)
    return next((name for name, one in SIGNS.items() if one.least.fullmatch(bare)), "")


_GIVEN = re.compile(
    r":\s*=|\\(?:coloneqq|triangleq|equiv|gets|leftarrow)(?![A-Za-z])|\\stackrel\s*\{[^{}]*\}\s*\{=\}"
)


def sign_defined(latex: str) -> str:
    r"""Return the sign that a formula may define: what stands left of its sign of equality is hardly more than it."""
    given = _GIVEN.search(latex)
    left = latex[: given.start()] if given is not None else latex.partition("=")[0]
    name = sign_alone(left) if left != latex else ""
    return name if name and (given is not None or SIGNS[name].free) else ""


def as_equation(latex: str) -> str:
    """Return a formula with a sign of equality in place of that of a definition."""
    return _GIVEN.sub("=", latex)


# ---- sentences


def of_signs(sentence: PageSentence, signs: frozenset[str]) -> Iterator[Doubt]:
    """Yield where a sentence may give one of some signs another sense."""
    for name in signs:
        usual = (listed("plain", "*"), listed("usual", name))
        alone = {one.start for one in sentence.formulas if sign_alone(one.latex) == name and name in signs}
        spoken = _places(name, sentence)
        word = _kind_of_norm(sentence, spoken) if name == "norm" else None
        word = word or _adjective(sentence, spoken, usual)
        subject = alone | spoken
        word = word or _has(sentence, alone)
        if word is None and subject and ((name in _FENCES and spoken) or says_what(sentence, subject)):
            word = next(
                (
                    found
                    for part in clauses(sentence)
                    if any(one.start in subject for one in part)
                    for found in [_twisted(part) if alone else None, unknown(part, usual)]
                    if found is not None
                ),
                None,
            )
        if word is not None:
            yield Doubt(sentence, shown(sentence, word), SENSE)


_FENCES = ("squares", "braces", "angles")
"""Brackets: what a sentence says of them by that name is what they mean, "square brackets round down"."""


def _places(name: str, sentence: PageSentence) -> set[int]:
    """Return the places of the words that call a sign by its name."""
    if name not in kinds("called"):
        return set()
    words = sentence.words
    return {
        one.start
        for place in range(len(words))
        for one in words[place : place + listed("called", name).at(words, place)]
    }


_TWISTING = listed("changes", "twisting")


def _twisted(part: list[SpokenWord]) -> SpokenWord | None:
    return next(_TWISTING.found(part), None)


def _has(sentence: PageSentence, alone: set[int]) -> SpokenWord | None:
    """Return the word by which a sign that stands by itself is said to have something."""
    bare = any(one.start in alone and re.fullmatch(r"\\?\w+|\W", one.latex) for one in sentence.formulas)
    return next((one for one in sentence.words if bare and one.text in ("has", "have", "with")), None)


def _adjective(sentence: PageSentence, spoken: set[int], usual: tuple[Words, ...]) -> SpokenWord | None:
    """Return a word directly before the name of a sign that may tell of another one: "the maximum norm"."""
    for before, word in itertools.pairwise(sentence.words):
        if word.start in spoken and not before.is_formula and unknown([before], usual) is not None:
            return before
    return None


def _kind_of_norm(sentence: PageSentence, spoken: set[int]) -> SpokenWord | None:
    r"""Return what says that a norm is another than the Euclidean one, as the formula of "the $\ell_1$ norm"."""
    formulas = {one.start: one.latex for one in sentence.formulas}
    before = [one for one in sentence.words if one.text not in ("-", "‑")]  # noqa: RUF001 - a sign as pages have it
    for one, word in itertools.pairwise(before):
        kind = formulas.get(one.start, one.text if one.text[0].isdigit() else "2")
        if word.start in spoken and _TWO.fullmatch(_bare(kind)) is None and not sign_alone(kind):
            return one
    return None


# ---- constants


def of_constants(sentence: PageSentence, text: str, double: bool) -> Iterator[Doubt]:
    r"""Yield where a sentence gives \pi, or a \delta with two indices if there is a `double` one, to something else."""
    for name, used in (("pi", "\\pi" in commanded(text)), ("delta", double)):
        named = used and any(name in one for _, one in mentioned_names(sentence, only_alone=True))
        if named and not sentence.mentions("constants", name) and not _is_single(sentence, name):
            yield Doubt(sentence, f"\\{name}", f"say what \\{name} is")


def _is_single(sentence: PageSentence, name: str) -> bool:
    r"""Return whether the deltas of a sentence have one index: they are another name."""
    found = [one for one in (_bare(formula.latex) for formula in sentence.formulas) if rf"\{name}" in one]
    return name == "delta" and bool(found) and all(_SINGLE.fullmatch(one) for one in found)


_SINGLE = re.compile(r"\\delta(?:_(?:\w|\\\w+)|\^\(?\w\)?)+(?<!_\w\w)")


# ---- the numbers


def of_numbers(sentence: PageSentence, undeclared: frozenset[str], known: frozenset[str]) -> Doubt | None:
    """Return where a sentence says of what kind the numbers are, if no declaration does.

    Of a claim `undeclared` are the letters of names that nothing declares, and `known` those of all others.
    """
    names = mentioned_names(sentence)
    letters = frozenset().union(*(one for _, one in names))
    if not undeclared or (letters & known and not letters & undeclared):
        return None
    told = sentence.mentions("changes", "numbers")
    if told:
        return Doubt(sentence, told, NUMBERS)
    for formula in sentence.formulas:
        if _SETS.search(formula.latex) or _commutes(formula.latex):
            return Doubt(sentence, formula.latex, NUMBERS, formula=formula)
    subject = {place for place, one in mentioned_names(sentence, only_alone=True) if one & undeclared}
    for part in clauses(sentence) if subject and says_what(sentence, subject) else ():
        said = [one for one in part if one.text not in _DONE]
        word = strange(said) if any(one.start in subject for one in part) else None
        if word is not None:
            return Doubt(sentence, shown(sentence, word), NUMBERS)
    return None


_DONE = word_set("joining", "done")
"""What is done with a name; that says nothing of what it is."""


def _commutes(latex: str) -> bool:
    """Return whether a formula says of a product what it is the other way round: `ab = -ba`, `[a, b] = 1`."""
    return _TURNED.search(latex) is not None or _COMMUTATOR.search(latex) is not None


# ---- what names and signs stand for


def of_things(sentence: PageSentence, letters: frozenset[str]) -> Doubt | None:
    """Return where a sentence says something of weights, entries, lengths that is not understood.

    "The weights are tied" says of names that they are the same, and "lengths are Manhattan ones" what a sign means. A
    sentence with one of the `letters` of a claim is about that, and is looked at otherwise.
    """
    if any(one & letters for _, one in mentioned_names(sentence)):
        return None
    words, named = sentence.words, listed("things", "*")
    titled = is_title(sentence)
    things = {one.start for place, one in enumerate(words) if named.at(words, place)}
    things |= {one.start for one in named.found(words) if is_joined(one.text)}
    word = _equating_all(words) or next(listed("senses", "tying").found(words), None)
    for part in () if titled else clauses(sentence):
        if word is None and any(one.start in things for one in part):
            word = unknown(part, _KNOWN) or _other_operation(part)
    return None if word is None else Doubt(sentence, shown(sentence, word), THINGS)


def _equating_all(words: Sequence[SpokenWord]) -> SpokenWord | None:
    """Return the word by which a sentence says that all things, whatever they are, are the same: "both are equal"."""
    same, others = listed("senses", "same"), (listed("senses", "everything"), listed("things", "*"))
    words = [one for one in words if one.text not in PUNCTUATION]
    found = [one for place, one in enumerate(words) if same.at(words, place)]
    whole = all(any(one.at(words, place) for one in (same, *others)) for place in range(len(words)))
    return found[0] if found and whole else None


def _other_operation(part: Sequence[SpokenWord]) -> SpokenWord | None:
    """Return the word by which a clause says of an operation that it is another one: "length is the greatest entry"."""
    verb = next((place for place, one in enumerate(part) if one.text in _IS), None)
    kinds_of = [
        {kind for kind in kinds("speaks") if next(listed("speaks", kind).found(words), None) is not None}
        for words in ((part[:verb], part[verb:]) if verb is not None else ((), ()))
    ]
    if not kinds_of[0] & _OPERATIONS or not kinds_of[1] & _EXTREMES - kinds_of[0]:
        return None
    kind = min(kinds_of[1] & _EXTREMES - kinds_of[0])
    return next(listed("speaks", kind).found(part))


_KNOWN = (Words("same"), *(listed(section, "*") for section in ("plain", "quantifying", "speaks", "usual")))
_IS = word_set("joining", "being")
_OPERATIONS = frozenset(("norm", "sum", "log", "power"))
_EXTREMES = frozenset(("max", "min", "mean", "product"))


def of_lettered(said: Sequence[PageSentence], page: str, functions: Collection[str]) -> Iterator[Doubt]:
    r"""Yield what a page says anywhere of other functions than those for which it writes \sigma and \log.

    A \sigma that nothing defines is the sigmoid where the page speaks of that one, or of no other.
    """
    if "sigmoid" in functions and _SIGMOID.search(page) is None:
        yield from _mentions(said, "other_activations")
    if "log" in functions:
        yield from _mentions([one for one in said if "base e" not in one.text], "other_bases")


_SIGMOID = re.compile("sigmoid|logistic|сигмоид|シグモイド|시그모이드", re.IGNORECASE)


def _mentions(said: Iterable[PageSentence], name: str) -> Iterator[Doubt]:
    for one in said:
        told = one.mentions("senses", name)
        if told:
            yield Doubt(one, told, SENSE)


# ---- derivatives and sums


def of_derivatives(sentence: PageSentence) -> Doubt | None:
    """Return where a sentence says at which place derivatives are taken, or by what else than a name."""
    if not sentence.mentions("speaks", "derivative"):
        return None
    words, formulas = sentence.words, {one.start: one.latex for one in sentence.formulas}
    scaled = sentence.mentions("changes", "scaling")
    slope = False
    for place, word in enumerate(words[:-1]):
        following = words[place + 1]
        latex = formulas.get(following.start, "x")
        odd = not _NAMES.fullmatch(_bare(latex))
        if slope and word.text in _TAKING and _TWISTING.at(words, place + 1):
            return Doubt(sentence, following.text, SENSE)
        if slope and word.text == "at" and (odd or unknown(words[place + 1 : place + 3]) is not None):
            return Doubt(sentence, shown(sentence, following), "say where derivatives of this are taken")
        if odd and word.text in ("by", "to", "over") and not (scaled and word.text != "to"):
            return Doubt(sentence, latex, "say by what this is differentiated")
        length = listed("speaks", "derivative").at(words, place)
        slope = bool(length) or (slope and word.text in _TAKING)
    return None


_TAKING = word_set("changes", "taking")
_NAMES = re.compile(
    r"(?:[a-z]|\\[a-z]+)?(?:[^\W\d]|\\[A-Za-z]+)(?:[_^](?:\w+|\\\w+|\(\w+\)|\\top))*'?", re.IGNORECASE
)


def of_sums(sentence: PageSentence) -> Doubt | None:
    """Return where a sentence says that something is left out of sums, or that their summands are weighted."""
    told = sentence.mentions("changes", "left_out") or sentence.mentions("changes", "weighing")
    return Doubt(sentence, told, "say over what a sum of this runs") if told else None
