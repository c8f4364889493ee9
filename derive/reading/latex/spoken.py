"""Of what a sentence of a page speaks (names, functions, sums, signs), and whether it may give that another meaning.

The words that cannot are listed; every other one may. Reads no formula and decides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from derive.reading.latex.prose import PageSentence
from derive.reading.latex.said import signs_in
from derive.reading.latex.symbols import ACCENTS, FONTS, LETTERS, TYPED
from derive.reading.latex.vocabulary import SpokenWord, is_joined, kinds, listed, unknown, word_set

FAMILIES = {
    "log": "log", "log_softmax": "log", "logsumexp": "log", "exp": "exp", "sigmoid": "sigmoid", "tanh": "tanh",
    "relu": "relu", "softmax": "softmax", "softplus": "softplus", "norm": "norm",
    "sum": "sum", "prod": "product", "mean": "mean", "max": "max", "min": "min",
    **dict.fromkeys("sin cos tan cot sec csc asin acos atan sinc".split(), "angle"),
}  # fmt: skip
"""The functions of the language, and under which words of `[speaks]` a page speaks of them."""
LETTERED = {"sigma": "sigmoid", "ln": "log", "lg": "log", "e": "exp", "S": "sigmoid"}
"""Letters of functions that are not their names."""
EQUATING = word_set("joining", "equating")
"""What may stand between a name and what it is said to be."""
_NAMING = word_set("joining", "naming")
_PARTING = word_set("joining", "parting")
_SIGNS = (
    (re.compile(r"\+"), "plus"),
    (re.compile(r"-"), "minus"),
    (re.compile(r"\\c?dot(?![A-Za-z])|\\bullet|[·⋅]"), "dot"),
    (re.compile(r"'|\\prime"), "prime"),
    (re.compile(r"\\(?:bar|overline)(?![A-Za-z])"), "bar"),
    (re.compile(r"\\(?:wide)?hat(?![A-Za-z])"), "hat"),
    (re.compile(r"\\(?:wide)?tilde(?![A-Za-z])"), "tilde"),
    (re.compile(r"\\(?:wide)?check(?![A-Za-z])"), "check"),
    (re.compile(r"\\vec(?![A-Za-z])"), "vec"),
    (re.compile(r"\^"), "above"),
    (re.compile(r"\\frac|/"), "fraction"),
    (re.compile(r""), "equality"),
    (re.compile(r""), "beside"),
)


def strange(words: Sequence[SpokenWord], narrow: bool = False) -> SpokenWord | None:
    """Return the first word that may give what is spoken of another meaning, None if none can.

    What is said in a `narrow` sense must not say how many or which either: a sum over other terms is another sum.
    """
    also = [listed("speaks", "*"), listed("plain", "*")]
    return unknown(words, also if narrow else [*also, listed("quantifying", "*")])


def operations(sentence: PageSentence) -> dict[str, str]:
    """Return what of `[speaks]` the words of a sentence speak of, each with the word."""
    words = _without_methods(sentence.words)
    found = ((kind, next(listed("speaks", kind).found(words), None)) for kind in kinds("speaks"))
    return {kind: one.text for kind, one in found if one is not None}


def signs_spoken_of(sentence: PageSentence, typed: str) -> str:
    """Return the word with which a sentence speaks of a sign of a claim, "" if it speaks of none."""
    return next(
        (
            told
            for pattern, name in _SIGNS
            if pattern.search(typed)
            for told in [sentence.mentions("signs", name)]
            if told and not (name in kinds("called") and sentence.mentions("called", name))
        ),
        "",
    )


def says_what(sentence: PageSentence, subject: Collection[int]) -> bool:
    """Return whether a sentence may say what its subject is: behind it stands "is", or it gives a name to something."""
    if any(one.text in _GIVING_NAMES for one in sentence.words):
        return True
    return any(one.text in _BEING and any(place < one.start for place in subject) for one in sentence.words)


_BEING = word_set("joining", "being")
_GIVING_NAMES = word_set("joining", "giving_names")


def names_something(sentence: PageSentence) -> bool:
    """Return whether a sentence says what something means: "a dot means addition"."""
    return any(one.text in _NAMING for one in sentence.words[1:])


def operation_in(words: Sequence[SpokenWord], known: Collection[str] = ()) -> str:
    """Return the first of some words that speaks of an operation which is not among the `known` ones.

    The name of a method, such as "maximum likelihood", speaks of none.
    """
    words = _without_methods(words)
    for kind in kinds("speaks"):
        if kind not in known:
            found = next(listed("speaks", kind).found(words), None)
            if found is not None:
                return found.text
    return ""


def _without_methods(words: Sequence[SpokenWord]) -> list[SpokenWord]:
    methods = listed("harmless", "methods")
    named = {one.start for k in range(len(words)) for one in words[k : k + methods.at(words, k)]}
    return [one for one in words if one.start not in named]


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


def alone(formula: str) -> frozenset[str]:
    """Return the letters of a formula that is no more than a name, with scripts and arguments, else none."""
    letters = _letters(formula) if _NAME.fullmatch(formula) else frozenset()
    primed = "'" in formula or r"\prime" in formula
    return letters | {f"{one} prime" for one in letters} if primed else letters


def _letters(latex: str) -> frozenset[str]:
    return frozenset(marked(signs_in(_SCRIPTS.sub(" ", latex))))


_SCRIPTS = re.compile(r"_\s*(?:\{(?:[^{}]|\{[^{}]*\})*\}|\\?[A-Za-z]+|\w)")
_NAME = re.compile(
    r"\s*\\?[A-Za-z]+(?:\s*\{\s*\\?\w+\s*\})?(?:\s*[_^]\s*(?:\{(?:[^{}]|\{[^{}]*\})*\}|\\?[A-Za-z]+|\S)|')*"
    r"(?:\s*\(\s*[^()=]*\s*\))?\s*|[^\W\d_]",
    re.DOTALL,
)


def bare_letters(words: Sequence[SpokenWord]) -> Iterator[tuple[SpokenWord, str]]:
    """Yield the letters that stand as words, with the name of each; one that is a word of its language is none."""
    for place, word in enumerate(words):
        sign = LETTERS.get(TYPED.get(word.text, ""), "")
        if sign or (len(word.text) == 1 and word.text.isalpha() and not is_joined(word.text)):
            if sign or not _is_word(words, place):
                yield word, sign.removeprefix("\\") or word.text
        elif rf"\{word.text}" in LETTERS:
            yield word, word.text


_LANGUAGES = {"y": "es", "e": "pt", "o": "es pt", "a": "en es pt fr", "i": "en", "u": "es"}


def _is_word(words: Sequence[SpokenWord], place: int) -> bool:
    """Return whether a letter is a word here: "y" in Spanish, between words that are Spanish."""
    letter = words[place].text
    if letter == "a":
        return True
    if place and words[place - 1].text in _EMPHASIS:
        return False
    if place == 0 or place + 1 == len(words) or words[place + 1].text in EQUATING | {"depende", ","}:
        return False
    others = [one for one in words if len(one.text) > 1 and not one.is_formula]
    for language in _LANGUAGES.get(letter, "").split():
        known, english = listed("harmless", language), listed("harmless", "en")
        native = [one for k, one in enumerate(others) if known.at(others, k) and not english.at(others, k)]
        if len(native) > 1:
            return True
    return False


def mentioned_names(sentence: PageSentence, only_alone: bool = False) -> list[tuple[int, frozenset[str]]]:
    """Return the letters of which a sentence speaks, in formulas and bare, each with its place."""
    found = [
        (one.start, alone(one.latex) if only_alone else _letters(one.latex)) for one in sentence.formulas
    ]
    found += [(word.start, frozenset((name,))) for word, name in bare_letters(sentence.words)]
    capital = re.finditer(r"(?<![\w\\'$])[B-HJ-Z](?![\w'])", sentence.text)
    taken = {start for start, _ in found}
    inside = [(one.start, one.start + len(one.latex)) for one in sentence.formulas]
    for one in capital:
        start = sentence.start + one.start()
        if start not in taken and not any(first <= start <= last + 2 for first, last in inside):
            found.append((start, frozenset((one[0],))))
    return sorted((one for one in found if one[1]), key=lambda one: one[0])


_RELATIVE = word_set("joining", "relative")


def clauses(sentence: PageSentence) -> Iterator[list[SpokenWord]]:
    """Yield the parts of a sentence between commas and conjunctions; names that are listed stay together."""
    part: list[SpokenWord] = []
    for place, word in enumerate(sentence.words):
        if _parts(sentence.words, place):
            yield part
            part = []
        elif word.text not in _EMPHASIS:
            part.append(word)
    yield part


_EMPHASIS = frozenset("*_`")


def _parts(words: Sequence[SpokenWord], place: int) -> bool:
    """Return whether a clause ends at a word."""
    word = words[place]
    entity = word.text == ";" and place > 1 and words[place - 2].text == "&"
    if (
        entity
        or word.text not in _PARTING
        or (len(word.text) == 1 and word.text.isalpha() and not _is_word(words, place))
    ):
        return False
    around = words[max(0, place - 1) : place + 2]
    if len(around) == 3 and all(one.is_formula or len(one.text) == 1 for one in (around[0], around[2])):
        return False  # "x and y are"
    if word.text == "(" and around[-1].text in ("a", "an"):
        return True
    return not (word.text in (",", "(") and around[-1].text in _RELATIVE)


_PUNCTUATED = frozenset(": | — – -".split())


def equates(part: Sequence[SpokenWord], place: int) -> bool:
    """Return whether a word says that something is something; a colon or dash does so behind a name or function."""
    word = part[place]
    if word.text not in _PUNCTUATED:
        return word.text in EQUATING
    before = part[place - 1 : place] if place else []
    return bool(before) and (
        before[0].is_formula
        or (len(before[0].text) == 1 and before[0].text.isalpha())
        or operation_in(before) != ""
    )


def kept_apart(part: Sequence[SpokenWord], names: Sequence[int]) -> bool:
    """Return whether a clause says nothing of how its names, at these places, are related.

    That is so where each of its words is known to say nothing of that, or where it speaks of a derivative of one by
    another. "$y$ is the input $x$" sets them equal: a name directly behind "is" and its article.
    """
    start, end = min(names), max(names)
    words = [one for one in part if one.start not in names]
    slope = next(listed("speaks", "derivative").found(part), None)
    if slope is not None and slope.start < start:
        words = [one for one in words if one.start > end]  # "the derivative of y with respect to x"
        return (
            unknown(words, (listed("plain", "*"), listed("quantifying", "*"), listed("speaks", "*"))) is None
        )
    if slope is not None and slope.start > end and part[0].start < start and leads_to_slope(part[0].text):
        words = [one for one in words[1:] if start < one.start < end]  # "对 x 和 y 求导"
        return all(one.text in _LISTING for one in words)
    place = 0
    while place < len(words):
        length = _APART.at(words, place)
        word = words[place]
        joined = is_joined(word.text) and _APART.segmented(word.text) == len(word.text)
        if not (length or joined or word.text in PUNCTUATING or word.text in ",.;:!?。，"):  # noqa: RUF001 - signs as pages have them
            return False
        place += length or 1
    return not any(_is_direct(part, names, k) or _is_of(part, names, k) for k in range(len(part)))


def leads_to_slope(word: str) -> bool:
    """Return whether a word says what a derivative is taken by, as that of `现在对 w 求导`, and nothing else."""
    return word.endswith(_BY) and listed("harmless", "cjk").segmented(word) == len(word)


_BY = ("对", "對", "对于", "對於", "关于", "關於")
_LISTING = frozenset(", 、 和 与 與 及 以及".split())


def _is_direct(part: Sequence[SpokenWord], names: Sequence[int], place: int) -> bool:
    """Return whether a verb has a name before it, and nothing but an article and a noun before another behind it."""
    if not equates(part, place) or not any(one < part[place].start for one in names):
        return False
    for word in part[place + 1 :]:
        if word.start in names:
            return True
        if not _ARTICLES.at([word], 0):
            return False
    return False


def _is_of(part: Sequence[SpokenWord], names: Sequence[int], place: int) -> bool:
    """Return whether one name is said to be that of another: "the loss y of the input x", or "y" and "x" in one."""
    if not place or part[place - 1].start not in names:
        return False
    behind = next((k for k, one in enumerate(part[place + 1 :]) if one.start in names), None)
    if is_joined(part[place].text):
        return behind == 0 and part[place].text in _COPULAS
    return part[place].text in _OF and behind is not None and behind < 3


_APART = listed("joining", "apart")
_OF = word_set("joining", "of")
_COPULAS = word_set("joining", "copulas")
PUNCTUATING = frozenset("*_`\"'()[]")
_ARTICLES = listed("joining", "articles")


def places_of(kind: str, words: Sequence[SpokenWord]) -> set[int]:
    """Return the places of the words that speak of an operation."""
    found: set[int] = set()
    for place in range(len(words)):
        length = listed("speaks", kind).at(words, place)
        found |= {one.start for one in words[place : place + length]}
    return found


def identified(
    sentence: PageSentence, subject: Collection[int], known: Collection[str], kind: str = ""
) -> str:
    """Return the word of another operation that a sentence gives its subject; "" if it gives none.

    `subject` are the places of the words for it, `known` the operations that it is made of, or is.
    """
    for part in clauses(sentence):
        if not any(one.start in subject for one in part):
            continue
        joined = any(is_joined(one.text) for one in part)
        verb = next((k for k in range(len(part)) if equates(part, k)), None)
        if not joined and (verb is None or (kind and not any(one.start in subject for one in part[:verb]))):
            continue
        slope = (
            next(listed("speaks", "derivative").found(part), None) is not None and "derivative" not in known
        )
        if slope and (kind or joined or _is_slope(part)):
            continue  # "the derivative of y is": not y is spoken of
        told = operation_in([one for one in part if one.start not in subject], {*known, kind})
        if told:
            return told
    return ""


def _is_slope(part: Sequence[SpokenWord]) -> bool:
    """Return whether a clause speaks of the derivative of its subject, before it says anything."""
    for place, word in enumerate(part):
        if word.text not in ("for", "by", "as") and equates(part, place):
            return False
        if listed("speaks", "derivative").at([word], 0):
            return True
    return False


def usual(sentence: PageSentence, subject: int, kind: str) -> bool:
    """Return whether all that a sentence says a function to be is that function, under its own name."""
    for part in clauses(sentence):
        places = [k for k, one in enumerate(part) if one.start == subject]
        verb = next(
            (k for k, one in enumerate(part) if places and k > places[0] and one.text in _BEING), None
        )
        if verb is not None:
            behind = part[verb + 1 :]
            one_of_many = kind == "sigmoid" and bool(behind) and behind[0].text in ("a", "an", "any", "some")
            if one_of_many and not any(one.text.startswith(("sigm", "logist")) for one in behind):
                return False
            own = [listed("speaks", kind), _USUAL]
            if not all(
                one.text in PUNCTUATING | {"."} or max(o.at(behind, k) for o in own)
                for k, one in enumerate(behind)
            ):
                return False
    return True


_USUAL = listed("joining", "usual")
