r"""Where a page says that what is above a letter is a mark and no power, as in "the iterates $x^1, x^2, \dots$"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from derive.reading.latex.prose import Doubt, PageSentence, shown
from derive.reading.latex.spoken import clauses, mentioned_names, operations, says_what, strange
from derive.reading.latex.vocabulary import SpokenWord, listed, word_set

_ABOVE = r"\s*\^\s*(?:\{(?P<braced>[^{}]*)\}|(?P<sign>\\?[A-Za-z]+|\d))\s*"
_NAME = r"\s*\\?[A-Za-z]+(?:\s*\{\s*\\?\w+\s*\})?(?:\s*_\s*(?:\{[^{}]*\}|\w))?"
_RAISED = re.compile(_NAME + _ABOVE)
_ENCLOSED = re.compile(
    r"\s*(?:\\left\s*)?(?:\\\{|\\lbrace|\(|\\langle)(?P<inside>.*?)(?:\\right\s*)?(?:\\\}|\\rbrace|\)|\\rangle)"
    r"(?:[_^]\s*(?:\{.*\}|\S+)\s*)*",
    re.DOTALL,
)
_DOTS = re.compile(r"\s*(?:\\[lc]?dots[cb]?|\.\.\.|…)\s*")
_ANY = re.compile(_ABOVE)
_ELSE = re.compile(
    r"\\(?:sum|prod|int|max|min|big[a-z]+)(?![A-Za-z])(?:\s*\\(?:no)?limits)?(?:\s*_\s*(?:\{[^{}]*\}|\\?\w))?\s*\^"
    r"|(?<![A-Za-z\\])e\s*\^"
)
"""Where `^` is no superscript of a name: ends of sums, and exponents of e."""
_COUNTER = re.compile(r"\s*\d*\s*(?P<letter>[a-z]|\\ell)\s*(?:[-+]\s*\d+\s*)?")
_NO_POWER = re.compile(r"\s*(?:\\top|\\intercal|\\prime|\\ast|\\star|\\dagger|T)?\s*")
_NUMBERING = re.compile(r"\s*\(\s*[a-z]\s*\)\s*")
_LETTERED = re.compile(r"[A-Za-z0-9]\s*\}*\s*\Z")
WHY = "say what stands above is no power"


def of_marks(sentence: PageSentence, text: str) -> Iterator[Doubt]:
    """Yield where a sentence says that what stands above a letter in a claim is no power."""
    above = list(exponents(text))
    if not above:
        return
    listed_ = next((one.latex for one in sentence.formulas if _lists(one.latex)), "")
    if listed_ or _names_raised(sentence) or _speaks_of_place(sentence):
        yield Doubt(sentence, listed_ or sentence.text.strip(), WHY)
    letters = {
        found["letter"].lstrip("\\") for one in above if (found := _COUNTER.fullmatch(one))
    } & _COUNTING
    word = _called_mark(sentence, letters)
    if word is not None:
        yield Doubt(sentence, shown(sentence, word), WHY)


def exponents(text: str) -> Iterator[str]:
    """Yield what stands above letters and brackets in a formula, and may be an exponent: not the (i) of `x^{(i)}`."""
    text = _ELSE.sub(" ", text)
    for found in _ANY.finditer(text):
        above = found["braced"] if found["braced"] is not None else found["sign"]
        numbering = _NUMBERING.fullmatch(above) and _LETTERED.search(
            text, max(0, found.start() - 9), found.start()
        )
        if not numbering and not _NO_POWER.fullmatch(above):
            yield above


def _raised(latex: str) -> str:
    """Return what stands above a formula that is a name with something above it, "" for any other."""
    return next(exponents(latex), "") if _RAISED.fullmatch(latex) else ""


def _lists(latex: str) -> bool:
    r"""Return whether a formula lists or encloses a name with something above it: `x^0, x^1, \dots`, `\{x^k\}`."""
    enclosed = _ENCLOSED.fullmatch(latex)
    parts = [one for one in (enclosed["inside"] if enclosed is not None else latex).split(",") if one.strip()]
    named = [one for one in parts if not _DOTS.fullmatch(one)]
    if not named or not all(map(_raised, named)):
        return False
    return enclosed is not None or len(parts) > 1 or _raised(latex).strip() in ("0", "1")


def _names_raised(sentence: PageSentence) -> bool:
    """Return whether a sentence says what a name with something above it is, or of two such how they go together."""
    raised = {one.start: one.latex for one in sentence.formulas if _raised(one.latex)}
    raised |= {
        before.start: f"{before.text}^{above.text}"
        for before, sign, above in zip(sentence.words, sentence.words[1:], sentence.words[2:], strict=False)
        if sign.text == "^" and len(before.text) == 1
    }
    if not raised or "power" in operations(sentence):
        return False
    stepping = len(set(raised.values())) > 1 and any(
        re.search(r"[A-Za-z]", _raised(one)) for one in raised.values()
    )
    return stepping or says_what(sentence, raised)


def _speaks_of_place(sentence: PageSentence) -> bool:
    """Return whether a sentence says of what stands above letters that it counts something, or is no power."""
    place = sentence.mentions("marks", "above") or sentence.mentions("speaks", "power")
    return bool(place) and bool(
        sentence.mentions("marks", "numbering") or sentence.mentions("marks", "denying")
    )


def _called_mark(sentence: PageSentence, letters: set[str]) -> SpokenWord | None:
    """Return the word by which a sentence calls a letter what counts something: "k is the iteration"."""
    subject = {start for start, one in mentioned_names(sentence, only_alone=True) if one & letters}
    for part in clauses(sentence) if subject else ():
        if any(one.start in subject for one in part) and not any(one.text in _AMOUNT for one in part):
            word = next(listed("marks", "counted").found(part), None) or strange(part)
            if word is not None:
                return word
    return None


_COUNTING = frozenset("i j k l m n r s t ell".split())
_AMOUNT = word_set("marks", "amount")
