"""The whole text of a page, headings and lists too, and what of it stands in the way of a verdict on a display.

A condition may be said anywhere and in any words. So what stands beside a display has to be made of words that are
known to be harmless, and what is said anywhere of assumptions, of cases or of the names of a claim has to be read;
else the claim is not refuted. Nothing is decided here.
"""

from __future__ import annotations

import bisect
import html
import itertools
import re
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass, field

from derive.reading.latex.beside import case_in
from derive.reading.latex.conventions import sums_over_repeated, without_conventions, without_harmless
from derive.reading.latex.opened import INLINE, content, is_related, restricts
from derive.reading.latex.said import conditions, denies, letters_of
from derive.reading.latex.signs import Source
from derive.reading.latex.vocabulary import (
    FORMULA,
    PUNCTUATION,
    SpokenWord,
    is_joined,
    kinds,
    listed,
    unknown,
    word_set,
    words_in,
)

_MARKUP = re.compile(
    r"^[ \t]*(?:(?:\d+|[a-zA-Z])[.)]|\((?:\d+|[a-zA-Z]|[ivx]+)\)|[-+*•])[ \t]+"  # of a list
    r"|\[\^[\w-]+\]:?|!(?=\[)"  # of a footnote, and of an image
    r"|\{[#.][^{}\n]*\}|</?[A-Za-z][^<>]*>|(?<=\])\([^()\s]*\)|&(?:nbsp|amp|quot|apos|[lr][sd]quo|[nm]dash|hellip|laquo|raquo|shy|copy|thinsp|ensp|emsp);"
    r"|\\(?:item|text(?:bf|it|rm|sf|tt)|emph|noindent|(?:big|med|small)skip|par|centering|newline|newpage|caption|footnote"
    r"|(?:sub)?paragraph|(?:sub)*section|chapter|maketitle|tableofcontents|title|author|date)(?![A-Za-z])\*?(?:\[\d*\])?"
    r"|\\(?:label|(?:eq|auto|[cC])?ref|begin|end)\s*(?:\[[^\[\]]*\])?\{[^{}]*\}"
    r"|\\cite[a-z]*\*?\s*(?P<notes>(?:\[[^\[\]]*\]\s*)*)\{[^{}]*\}"
    r"|[{}~](?!~)",
    re.MULTILINE,
)
_HEADING = re.compile(
    r"^ {0,3}(?P<marks>#{1,6})[ \t]+[^\n]*|^(?P<line>[^\n]+)\n(?P<under>=+|-{3,})[ \t]*$"
    r"|\\(?P<name>part|chapter|(?:sub)*section|(?:sub)?paragraph)\*?\s*\{[^{}]*\}",
    re.MULTILINE,
)
_LEVELS = {"part": 0, "chapter": 1, "section": 2, "subsection": 3, "subsubsection": 4, "paragraph": 5}
_SHORT = "".join(
    rf"(?<!\b{re.escape(one)})" for one in "w.r.t i.e e.g s.t cf resp eq eqs fig d.h z.b vs".split()
)
_END = re.compile(
    rf"\n[ \t]*\n|{_SHORT}[.;!?]['\"”)*_]*(?=\s)|[。；！？]|\n(?=[ \t]*(?:[-+*•|>]|\d+[.)]|\\item)[ \t])",  # noqa: RUF001 - signs as pages have them
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Related:
    """An inline formula that relates something, as typed; `start` is its place in the text."""

    latex: str
    start: int
    letters: frozenset[str]


@dataclass(slots=True)
class PageSentence:
    """A sentence of the text, a heading or an entry of a list, with its words and what its formulas relate.

    `gap` numbers the stretch between two displays in which it stands; that before the first is 0. `level` is that of a
    heading, 0 for text; `paragraph` numbers the paragraphs of the page. `complete` says that it ends with a full stop.
    """

    start: int
    text: str
    words: list[SpokenWord]
    gap: int
    paragraph: int
    level: int = 0
    complete: bool = False
    formulas: list[Related] = field(default_factory=list)

    @property
    def letters(self) -> frozenset[str]:
        """The letters of its formulas, and those that stand alone in its words."""
        alone = frozenset(
            one.text for one in self.words if len(one.text) == 1 and one.text.isalpha() and one.text != "a"
        )
        capital = frozenset(re.findall(r"(?<![\w\\'])[B-HJ-Z](?![\w'])", INLINE.sub(" ", self.text)))
        return alone.union(capital, *(one.letters for one in self.formulas))

    @property
    def relations(self) -> list[Related]:
        """Its formulas that say more than over which values an index or an array of reals runs."""
        return [one for one in self.formulas if restricts(one.latex)]

    def mentions(self, section: str, name: str) -> str:
        """Return the first of its words that stand in a list, with a section or list of the vocabulary; "" if none.

        Nothing is assumed of what stands "before normalising".
        """
        early = {
            after.start
            for word, after in itertools.pairwise(self.words)
            if word.text in _BEFORE and section == "assumes"
        }
        found = (one for one in listed(section, name).found(self.words) if one.start not in early)
        return next((one.text for one in found), "")


_BEFORE = frozenset("before without vor avant antes prima до перед".split())


@dataclass(frozen=True, slots=True)
class Doubt:
    """What stands in the way of a verdict on a display: a sentence, and the words or the formula in it.

    `why` says what they may do; `kind` is the list in which the words stand, if they do in one.
    """

    sentence: PageSentence
    told: str
    why: str
    kind: str = ""
    formula: Related | None = None


class Prose:
    """The sentences of a page in their order, cut where its displays stand."""

    def __init__(self, source: Source, text: str, displays: Sequence[tuple[int, int]]) -> None:
        """Take a text of the same length as its source, without code and comments, and the places of its displays."""
        self.source = source
        self.summed = sums_over_repeated(text)
        self.sentences: list[PageSentence] = []
        self._displays = list(displays)
        self.text = text = _as_words(text)
        headings = {one.start(): one for one in _HEADING.finditer(text)}
        place, paragraph = 0, 0
        for gap, (start, end) in enumerate([*displays, (len(text), len(text))]):
            found = list(_sentences(text[place:start], place, headings))
            for one in found:
                paragraph += one.paragraph
                one.gap, one.paragraph = gap, paragraph
            self.sentences += found
            paragraph += 1
            place = end
        self._gaps = [one.gap for one in self.sentences]
        self.notes = [
            note for gap, (start, end) in enumerate(displays) for note in _notes(text[start:end], start, gap)
        ]

    @property
    def said(self) -> list[PageSentence]:
        """All that the page says in words: its sentences, and what stands in words inside of its displays."""
        return [*self.sentences, *self.notes]

    def between(self, gap: int) -> list[PageSentence]:
        """Return the sentences of one stretch between two displays."""
        return self.sentences[bisect.bisect_left(self._gaps, gap) : bisect.bisect_right(self._gaps, gap)]

    def line(self, doubt: Doubt) -> int:
        """Return the line in which the words of a doubt stand."""
        start = doubt.formula.start if doubt.formula is not None else doubt.sentence.start
        return self.source.place(start)[0]

    # ---- what stands beside a display

    def beside(self, place: int, since: int, taken: bool, noted: Container[str] = ()) -> Doubt | None:
        """Return what of the text beside a display is not known to be harmless: before it, and the sentence behind.

        The text before reaches back to that before display `since`; a case that was `taken` in is its last sentence.
        Words that introduce formulas are harmless where all of these are among those `noted`.
        """
        before = [one for gap in range(since, place + 1) for one in self.between(gap)]
        before = before[:-1] if taken else before
        notes = [one for one in self.notes if one.gap == place]
        for one in (*reversed(before), *self._behind(place), *notes):
            if is_title(one):
                continue
            word = unknown(one.words, [_LETTING] if is_noted(one, noted) else [])
            if word is not None:
                return Doubt(one, shown(one, word), "restrict or deny what is said here")
            told = asks(one) or equates_roles(one)
            if told:
                return Doubt(one, told, "ask for what fulfils this, or set two things equal")
        return None

    def constraint(self, place: int, since: int) -> Doubt | None:
        """Return the words that may make what is said of free variables a constraint: "the sum of the weights is"."""
        before = [one for gap in range(since, place + 1) for one in self.between(gap)][-1:]
        for one in before:
            words = [word for word in one.words if word.text not in PUNCTUATION]
            calls = bool(words) and (
                words[-1].text in _CALLING or (is_joined(words[-1].text) and words[-1].text[-1] in _CALLING)
            )
            told = one.mentions("changes", "roles") or (words[-1].text if calls else "")
            if told and not one.mentions(*_SOUGHT):  # a derivative is computed, not set
                return Doubt(one, told, "say what these are to be")
        return None

    def definition(self, place: int, since: int) -> Doubt | None:
        """Return the words beside a display that say that something is defined."""
        before = [one for gap in range(since, place + 1) for one in self.between(gap)][-1:]
        for one in (*before, *self._behind(place)):
            told = one.mentions("changes", "defining")
            if told:
                return Doubt(one, told, "say that this is a definition")
        return None

    def condition(self, place: int, since: int, taken: bool) -> Doubt | None:
        """Return the words of a condition in the sentence before a display, or in the one behind it."""
        before = [one for gap in range(since, place + 1) for one in self.between(gap)][-1:]
        for one in (*([] if taken else before), *self._behind(place)):
            told = one.mentions("changes", "conditional")
            if told:
                return Doubt(one, told, "make this a case")
        return None

    def concludes(self, place: int, since: int) -> bool:
        """Return whether the sentence before a display draws it as a conclusion, so that it is claimed."""
        before = [one for gap in range(since, place + 1) for one in self.between(gap)][-1:]
        return any(one.mentions("claims", "concluding") for one in before)

    def _behind(self, place: int) -> list[PageSentence]:
        """Return the sentence behind a display, unless it is what leads to the next one."""
        following = self.between(place + 1)
        if not following or following[0].level:
            return []
        first = following[0]
        leads = len(following) == 1 and place + 1 < len(self._displays) and not first.complete
        return [] if leads and not first.text.lstrip("*_ \n\t")[:1].islower() else [first]

    def turned(self, line: int, place: int, letters: frozenset[str]) -> Doubt | None:
        """Return the heading or label between a line and a display that turns to another subject: "## Absolute loss".

        What a name is defined as above it may be meant no more, unless it is used between the two.
        """
        above = [one for one in self.sentences if self.source.place(one.start)[0] <= line]
        headings: list[PageSentence] = []
        for one in above:
            if one.level:
                headings = [*(other for other in headings if other.level < one.level), one]
        since = headings[-1].start if headings else 0
        told = {
            word.text
            for one in (*headings, *above)
            if one.level == 0 or one in headings
            for word in one.words
            if one.start >= since or one in headings
        }
        start = self._displays[place][0]
        for one in self.sentences[len(above) :]:
            if one.start >= start:
                return None
            word = _subject_of(one)
            used = self.text[one.start + len(one.text) : start]
            if word is not None and word.text not in told and not letters & letters_of(used):
                return Doubt(
                    one,
                    word.text,
                    "turn to another subject, of which something else is meant by a name of this",
                )
        return None

    def is_near(self, doubt: Doubt, place: int, since: int) -> bool:
        """Return whether a sentence stands beside a display."""
        return since <= doubt.sentence.gap <= place or doubt.sentence in self._behind(place)

    def related(self, place: int) -> list[Doubt]:
        """Return what formulas say before a display, and in the paragraph behind it, that is of more than a range."""
        behind = self.between(place + 1)
        near = [one for one in behind if not one.level and one.paragraph == behind[0].paragraph]
        said = [one for one in self.sentences if one.gap <= place] + near
        return [
            Doubt(one, formula.latex, "say something of what stands here", formula=formula)
            for one in said
            for formula in one.relations
        ]

    # ---- what is said anywhere

    def assumptions(self) -> list[Doubt]:
        """Return what words say anywhere on the page that holds on it."""
        return [
            Doubt(one, told, "say what is supposed on this page", kind)
            for one in self.said
            for kind in kinds("assumes")
            for told in [one.mentions("assumes", kind)]
            if told and not (kind == "others" and _observes(one))
        ]

    def quiet(self, defining: Container[str]) -> frozenset[str]:
        """Return the letters that only stand in sentences that say nothing of them; `defining` formulas are read."""
        found: tuple[set[str], set[str]] = (set(), set())
        for one in self.sentences:
            others = [formula for formula in one.formulas if formula.latex.strip() not in defining]
            says = unknown(one.words) is not None or any(is_related(formula.latex) for formula in others)
            alone = one.letters.difference(*(formula.letters for formula in one.formulas))
            found[says].update(alone, *(formula.letters for formula in others))
        return frozenset(found[False] - found[True])

    def case(self, place: int, taken: bool, is_index: Callable[[str], bool]) -> Doubt | None:
        """Return the case of two indices that was opened before a display and not closed; None if it was `taken` in."""
        opened: list[Doubt] = []
        for one in self.sentences:
            if one.gap > place:
                break
            if one.level:
                opened = [other for other in opened if 0 < other.sentence.level < one.level]
            if one.mentions("cases", "closing"):
                opened = []
                continue
            told = _case_in(one, is_index)
            if told and not (taken and one.gap == place):
                opened.append(Doubt(one, told, "open a case that is still meant here"))
        return opened[-1] if opened else None

    def compares(self, is_index: Callable[[str], bool]) -> bool:
        """Return whether the page says anywhere that two indices are the same, or differ."""
        return any(one.mentions("cases", "opening") or cases_in(one, is_index) for one in self.sentences)


def _subject_of(sentence: PageSentence) -> SpokenWord | None:
    """Return the word of a heading, or of a label such as "Cross-entropy:", that names what is spoken of behind it."""
    text = sentence.text.strip()
    labels = text.endswith(":") or (
        text.startswith(("**", "__")) and text.rstrip(".").endswith(("**", "__", ":**"))
    )
    words = [one for one in sentence.words if one.text not in PUNCTUATION and one.text not in _STARS]
    if sentence.formulas or not (sentence.level or (labels and len(words) <= MOST_OF_A_LABEL)):
        return None
    known = (listed("plain", "*"), listed("quantifying", "*"))
    for place, one in enumerate(words):
        if one.text[0].isdigit():
            continue
        named = any(listed("speaks", kind).at(words, place) for kind in _FUNCTIONS)
        if named or listed("senses", "subjects").at(words, place) or unknown([one], known) is not None:
            return one
    return None


MOST_OF_A_LABEL = 4  # words
_STARS = frozenset(("*", "**", "#", "_"))
_FUNCTIONS = "angle tanh relu softmax softplus".split()


def _observes(sentence: PageSentence) -> bool:
    """Return whether a whole sentence only says how large something is where something else is small or large.

    Of two quantities that it names it may say how one changes with the other.
    """
    if len({one.latex.strip() for one in sentence.formulas}) > 1:
        return False
    words = [one for one in sentence.words if one.is_formula or one.text not in PUNCTUATION - {":"}]
    colons = [place for place, one in enumerate(words) if one.text == ":"]
    words = words[colons[-1] + 1 :] if colons else words
    ended = sentence.text.rstrip("_* \n").endswith(".")
    return ended and bool(words) and words[0].text in _WHERE and all(map(_is_of_size, words[1:]))


def _is_of_size(word: SpokenWord) -> bool:
    return word.is_formula or listed("observing", "sizes").at([word], 0) == 1


_WHERE = frozenset("where when if whenever wherever".split())
_LETTING = listed("joining", "letting")


def is_noted(sentence: PageSentence, noted: Container[str]) -> bool:
    """Return whether each of the formulas of a sentence that says more than a range is among those `noted`."""
    return bool(sentence.formulas) and all(one.latex in noted for one in sentence.relations)


def is_title(sentence: PageSentence) -> bool:
    """Return whether a sentence is a heading that only says what a section is about.

    It holds no formula, letter or number, and no word of a condition, a case, a denial or other numbers.
    """
    words = " ".join(one.text for one in sentence.words)
    if not sentence.level or sentence.formulas or sentence.letters or any(one.isdigit() for one in words):
        return False
    if denies(words) or conditions(words):
        return False
    lists = [*(("assumes", one) for one in kinds("assumes")), *(("cases", one) for one in kinds("cases"))]
    lists += [("changes", one) for one in ("numbers", "conditional", "constant", "dependence", "narrowing")]
    return not any(sentence.mentions(*one) for one in lists)


_CALLING = word_set("joining", "calling")
_AT_FIRST = word_set("joining", "at_first")
_SOUGHT = ("speaks", "derivative")


def asks(sentence: PageSentence) -> str:
    """Return the word with which a sentence asks for something that fulfils what follows: "Find $x$:", "Consider"."""
    words = [one for one in sentence.words if one.text not in PUNCTUATION]
    for place in range(len(words)):
        length = listed("changes", "asking").at(words, place) or _ends_asking(words[place])
        if not length:
            continue
        behind = words[place + length :]
        plain = next(listed(*_SOUGHT).found(behind), None) is None
        named = bool(behind) and _is_name(sentence, behind[0])
        leading = all(one.text in _AT_FIRST for one in words[:place]) and "we" not in {
            one.text for one in words[:place]
        }
        if named or (leading and plain):
            return words[place].text
    first = words[0].text if words else ""
    second = words[1] if len(words) > 1 else None
    if second is None or first not in _INTERROGATIVE:
        return ""
    turned = second.text in ("is", "are", "do", "does")
    return first if turned or (first == "which" and second.is_formula) else ""


_INTERROGATIVE = word_set("joining", "interrogative")


def _ends_asking(word: SpokenWord) -> int:
    """Return 1 if a word of unparted text is one that asks."""
    return int(is_joined(word.text) and word.text in listed("changes", "asking").joined)


def _is_name(sentence: PageSentence, word: SpokenWord) -> bool:
    if not word.is_formula:
        return len(word.text) == 1 and word.text.isalpha() and word.text != "a"
    found = next((one.latex for one in sentence.formulas if one.start == word.start), "")
    return re.fullmatch(r"\s*\\?[A-Za-z]+(?:\s*_\s*(?:\{[^{}]*\}|\w))?\s*", found) is not None


_SAME = word_set("joining", "same")


def equates_roles(sentence: PageSentence) -> str:
    """Return the word with which a sentence sets two things equal: "the output equals the input"."""
    texts = [one.text for one in sentence.words]
    verbs = [place for place, one in enumerate(texts) if one in _SAME]
    roles = [place for place in range(len(texts)) if listed("changes", "roles").at(sentence.words, place)]
    for verb in verbs:
        before, behind = [k for k in roles if k < verb], [k for k in roles if k > verb]
        said = [one for one in sentence.words[:verb] if not one.is_formula]
        plain = all(
            _ARTICLE.at(said, k) or listed("changes", "roles").at(said, k) or one.text in PUNCTUATION
            for k, one in enumerate(said)
        )
        if plain and before and (behind or len(before) > 1):
            return texts[verb]
    return ""


_ARTICLE = listed("joining", "determiners")


def case_of(formula: Related, is_index: Callable[[str], bool]) -> re.Match[str] | None:
    """Return a formula as a relation of two indices, None if it is none."""
    found = case_in(formula.latex)
    return found if found and is_index(found["left"].strip()) and is_index(found["right"].strip()) else None


def cases_in(sentence: PageSentence, is_index: Callable[[str], bool]) -> list[re.Match[str]]:
    """Return the relations of two indices in a sentence."""
    return [found for one in sentence.formulas for found in [case_of(one, is_index)] if found is not None]


def _case_in(sentence: PageSentence, is_index: Callable[[str], bool]) -> str:
    """Return what of a sentence speaks of a case of two indices; one that speaks of both cases opens none."""
    related = cases_in(sentence, is_index)
    if len({one["sign"].strip() == "=" for one in related}) == 2:
        return ""
    return related[0][0].strip() if related else sentence.mentions("cases", "opening")


def shown(sentence: PageSentence, word: SpokenWord) -> str:
    """Return a word as it is typed, a formula whole."""
    if word.is_formula:
        return next((one.latex for one in sentence.formulas if one.start == word.start), "a formula")
    return word.text


def _sentences(text: str, offset: int, headings: dict[int, re.Match[str]]) -> Iterator[PageSentence]:
    """Yield the sentences of a stretch of text; `paragraph` is by how many each is further than the one before."""
    formulas = [one for one in INLINE.finditer(text) if "\n\n" not in one[0]]
    masked = text
    for one in formulas:
        masked = masked[: one.start()] + FORMULA * (one.end() - one.start()) + masked[one.end() :]
    masked = without_conventions(_MARKUP.sub(_blanked, masked))
    edges = {0, len(text)}
    edges |= {one.end() for one in _END.finditer(masked)}
    titles: dict[int, int] = {}
    for start, found in headings.items():
        if offset <= start < offset + len(text):
            begin, behind = start - offset, min(found.end() - offset, len(text))
            edges = {one for one in edges if not begin < one < behind} | {begin, behind}
            titles[begin] = _level(found)
    further = 0
    for start, end in zip(sorted(edges), sorted(edges)[1:], strict=False):
        piece = masked[start:end]
        words = words_in(piece, offset + start)
        if any(one.text not in PUNCTUATION for one in words):
            found_here = [
                Related(content(one).strip(), offset + one.start(), letters_of(content(one)))
                for one in formulas
                if start <= one.start() < end
            ]
            loose = {one.start for one in found_here if not is_related(one.latex)}
            words = without_harmless(words, loose)
            complete = re.search(r"[.!?。！？]['\"”)*_\s]*$", piece) is not None  # noqa: RUF001 - signs as pages have them
            yield PageSentence(
                offset + start, text[start:end], words, 0, further, titles.get(start, 0), complete, found_here
            )
            further = 0
        further += bool(re.search(r"\n[ \t]*\n", piece)) or start in titles


_NOTE = re.compile(
    r"\\(?:text(?:rm|it|bf|sf|normal)?|mbox)\s*\{(?P<words>[^{}$]*[^{}$\s](?:\s+|=)[^{}$\s][^{}$]*)\}"
)


def _notes(display: str, offset: int, gap: int) -> Iterator[PageSentence]:
    """Yield what a display says in more than one word, as below a brace; one word is a name, or joins formulas."""
    for one in _NOTE.finditer(display):
        if _NUMBER_OF_A_PART.fullmatch(one["words"]) is not None or _OF_A_CASE.search(display[: one.start()]):
            continue
        words = words_in(one["words"], offset + one.start("words"))
        yield PageSentence(offset + one.start("words"), one["words"], words, gap, 0)


_NUMBER_OF_A_PART = re.compile(r"\W*[A-Za-z]+\.?\s*\(?(?:\d+|[A-Z])\)?\W*")  # "Exp. 1", "part (A)"
_OF_A_CASE = re.compile(
    r"&(?:\s|\\q?quad(?![A-Za-z])|,)*$"
)  # which case a row of cases is for is read with it
_TEXT_ALONE = re.compile(
    r"(?P<before>(?<!\$)\$\s*\\(?:text|mbox)\s*\{)(?P<words>[^{}$]*)(?P<behind>\}\s*\$)(?!\$)"
)


def _blanked(markup: re.Match[str]) -> str:
    """Return blanks for markup, but for the notes of a citation, which are read."""
    notes = markup["notes"] or ""
    before = markup.start("notes") - markup.start() if notes else len(markup[0])
    return " " * before + notes + " " * (len(markup[0]) - before - len(notes))


def _as_words(text: str) -> str:
    """Return a text of the same length in which words set as a formula, and numbered characters, are plain."""
    text = _TEXT_ALONE.sub(
        lambda one: f"{' ' * len(one['before'])}{one['words']}{' ' * len(one['behind'])}", text
    )
    return _NUMBERED.sub(_unescaped, text)


def _unescaped(numbered: re.Match[str]) -> str:
    """Return a character for its number, and blanks; one that is markup where it is typed stays a number."""
    found = html.unescape(numbered[0])
    return numbered[0] if found in _TYPED_MARKUP else found.ljust(len(numbered[0]))


_TYPED_MARKUP = frozenset("$\\`<>{}[]~#*_&")


_NUMBERED = re.compile(r"&#(?:\d{1,6}|[xX][0-9A-Fa-f]{1,5});")


def _level(heading: re.Match[str]) -> int:
    if heading["marks"]:
        return len(heading["marks"])
    if heading["under"]:
        return 1 if heading["under"].startswith("=") else 2
    return _LEVELS.get(heading["name"], 6)
