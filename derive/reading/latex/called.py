"""What the text of a page calls its letters: numbers, as "the learning rate", or what none is. Reads no formula."""

from __future__ import annotations

from collections.abc import Iterator

from derive.reading.latex.factors import Factors
from derive.reading.latex.prose import PageSentence, Prose, shown
from derive.reading.latex.spoken import clauses, mentioned_names, strange
from derive.reading.latex.vocabulary import SpokenWord, listed, word_set


def hear(factors: Factors, prose: Prose) -> None:
    """Take what the text says of letters: those that it calls numbers, and what is said of no number."""
    told: set[str] = set()
    for sentence in prose.sentences:
        for letters, part, place in _spoken(sentence):
            word = _functional(part, place)
            if word is not None:
                factors.doubted |= dict.fromkeys(letters, shown(sentence, word))
            elif next(listed("usual", "factor").found(part), None) is not None:
                told |= letters
    factors.told = told


def _spoken(sentence: PageSentence) -> Iterator[tuple[frozenset[str], list[SpokenWord], int]]:
    """Yield the letters of which a sentence speaks, each with the clause and the place in it."""
    named = dict(mentioned_names(sentence, only_alone=True))
    for part in clauses(sentence) if named else ():
        for place, word in enumerate(part):
            if word.start in named:
                yield named[word.start], part, place


def _functional(part: list[SpokenWord], place: int) -> SpokenWord | None:
    """Return the word of a clause that a letter at a place of it may be called by, and that calls no number."""
    words = listed("usual", "factor")
    odd = strange([one for k, one in enumerate(part) if not words.at(part, k)])
    if odd is not None:
        return odd
    before = part[place - 1 : place] if place else []
    verb = next((k for k, one in enumerate(part) if k > place and one.text in _BEING), None)
    behind = part[verb + 1 :] if verb is not None else []
    return next(_FUNCTIONS.found([*before, *behind]), None)


_BEING = word_set("joining", "being")
_FUNCTIONS = listed("changes", "functions")
