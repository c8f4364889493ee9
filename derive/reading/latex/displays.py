r"""Where the mathematics of a document stands: displays of Markdown and TeX, and the cases that text before one opens.

Cuts out stretches by their places; it reads neither statements nor formulas.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from derive.reading.latex.beside import CASE, condition_in
from derive.reading.latex.said import Said, joins, said_before, said_behind
from derive.reading.latex.sides import Condition
from derive.reading.latex.signs import Source

_ENVIRONMENTS = r"equation|align|alignat|flalign|gather|multline|eqnarray|displaymath|math"
_UNREAD = r"IEEEeqnarray|dmath|dgroup|darray|empheq|subeqnarray|prooftree|mathpar|tikzcd|CD"
_DISPLAY = re.compile(
    rf"(?<!\\)\$\$|(?<!\\)\\\[|\\begin\s*\{{(?P<name>(?:{_ENVIRONMENTS}|{_UNREAD})\*?)\}}(?:\{{\d+\}})?"
)
_FENCE = re.compile(
    r"^(?P<indent> {0,3})(?P<fence>`{3,}|~{3,})[ \t]*(?P<language>[\w.+-]*)[^`\n]*$", re.MULTILINE
)
_INLINE_CODE = re.compile(r"(?<!`)(`+)(?!`)[^`\n]+(?<!`)\1(?!`)")
_COMMENT = re.compile(r"(?P<kept>\\.)|%[^\n]*")
_HIDDEN = re.compile(
    r"<!--.*?(?:-->|\Z)|<(?P<name>pre|code|script|style)\b.*?(?:</(?P=name)\s*>|\Z)", re.DOTALL | re.I
)
_FALSE = re.compile(r"\\iffalse(?![A-Za-z]).*?(?:\\fi(?![A-Za-z])|\Z)", re.DOTALL)
_CONDITIONAL = re.compile(r"\\if[A-Za-z@]*(?![A-Za-z]).*?(?:\\fi(?![A-Za-z])|\Z)", re.DOTALL)
_MARK = re.compile(
    r"(?:<!--|%+)[ \t]*derive:[ \t]*(?P<mark>(?:begin |end )?skip)[ \t]*(?:-->|$)", re.MULTILINE
)
_SECTION = re.compile(
    r"^ {0,3}#{1,6}[ \t]|^[^\n]+\n(?:=+|-{3,})[ \t]*$|\\(?:part|chapter|(?:sub)*section|(?:sub)?paragraph)\*?\s*\{"
    r"|\\begin\s*\{(?:theorem|lemma|proof|example|exercise|problem|definition)\*?\}",
    re.MULTILINE,
)
_VERBATIM = re.compile(r"\\begin\s*\{(?P<name>verbatim\*?|lstlisting|comment|minted)\}")
_STATEMENT = re.compile(r"^(?P<before>[ \t]*%+[ \t]*derive:)[ \t]?(?P<text>[^\n]*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Display:
    """A display: where it begins and ends in the text, its line, and the cases that the text before it opens.

    `doubt` are cases that the text before it names, and of which it is not clear whether they are meant. `section`
    numbers the part of the page; `said` is what the text around says of the display, `unread` why it is not read at
    all, and `skipped` that its author says to leave it out.
    """

    start: int
    end: int
    line: int
    when: tuple[Condition, ...] = ()
    doubt: tuple[Condition, ...] = ()
    section: int = 0
    said: Said = Said.NOTHING
    unread: str = ""
    skipped: bool = False


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A display in the text: its inside, all of it, and why it cannot be read."""

    start: int
    end: int
    outer_start: int
    outer_end: int
    unread: str = ""


def displays(source: Source, tex: bool) -> Iterator[Display]:
    """Yield the displays of a document in their order."""
    text = _blanked_tex(source.text) if tex else _blanked_markdown(source.text)
    stretches = list(_in_tex(text)) if tex else list(_in_markdown(source.text, text))
    skipped = _skipped(source.text, stretches)
    sections = [found.start() for found in _SECTION.finditer(text)]
    before = 0
    when: tuple[Condition, ...] = ()
    doubt: tuple[Condition, ...] = ()
    said = Said.NOTHING
    for place, one in enumerate(stretches):
        between = text[before : one.outer_start]
        if between.strip():
            earlier = when or doubt
            when, doubt = _cases_before(source, between, before, earlier)
        if not joins(between):
            said = said_before(_last_sentence(between)[1])
        behind = text[
            one.outer_end : stretches[place + 1].outer_start if place + 1 < len(stretches) else None
        ]
        before = one.outer_end
        yield Display(
            one.start,
            one.end,
            source.place(one.start)[0],
            when,
            doubt,
            bisect.bisect(sections, one.outer_start),
            said_behind(behind) or said,
            one.unread,
            place in skipped,
        )


def _skipped(text: str, stretches: list[_Stretch]) -> set[int]:
    """Return the numbers of the displays that marks of the author leave out."""
    found: set[int] = set()
    since: int | None = None
    for mark in _MARK.finditer(text):
        following = [place for place, one in enumerate(stretches) if one.outer_start >= mark.start()]
        if mark["mark"] == "skip":
            found.update(following[:1])
        elif mark["mark"] == "begin skip":
            since = mark.start() if since is None else since
        elif since is not None:
            found.update(place for place, one in enumerate(stretches) if since <= one.start < mark.start())
            since = None
    if since is not None:
        found.update(place for place, one in enumerate(stretches) if one.start >= since)
    return found


def prose(text: str, tex: bool) -> str:
    """Return a document without its displays, its code and its comments."""
    shown = _blanked_tex(text) if tex else _blanked_markdown(text)
    stretches = _in_tex(shown) if tex else _in_markdown(text, shown)
    code = [] if tex else [(start, end) for start, end, *_ in _fences(text)]
    return _blanked(shown, sorted([*code, *((one.outer_start, one.outer_end) for one in stretches)]))


_MACRO = re.compile(
    r"\\(?:newcommand|renewcommand|providecommand|DeclareMathOperator|NewDocumentCommand)\*?\s*\{?\s*(\\[A-Za-z]+|\\.)\s*\}?"
    r"|\\(?:[egx]?def|let)\s*(\\[A-Za-z]+|\\.)"
)


def macros(text: str) -> dict[str, int]:
    """Return the commands to which a document gives a meaning of its own, with the offsets at which it does."""
    found: dict[str, int] = {}
    for one in _MACRO.finditer(text):
        found.setdefault(next(filter(None, one.groups())), one.start())
    return found


def defines_macros(text: str) -> bool:
    """Return whether a display only defines macros."""
    rest = re.sub(r"\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}|\[\d\]|#\d", " ", _MACRO.sub(" ", text))
    return bool(_MACRO.search(text)) and not rest.strip(" \n\t%")


def statements_of_tex(text: str) -> str:
    """Return TeX with everything blank that is not a `% derive:` comment; what follows the colon keeps its place."""
    kept = []
    for line in text.split("\n"):
        found = _STATEMENT.match(line)
        kept.append("" if found is None or _MARK.search(line) else found["text"])
    return "\n".join(kept) + "\n"


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)


def _blanked(text: str, stretches: Iterable[tuple[int, int]]) -> str:
    """Return a text of the same length with stretches of it, given in order, blank."""
    kept, place = [], 0
    for start, end in stretches:
        kept += [text[place:start], _blank(text[start:end])]
        place = end
    return "".join([*kept, text[place:]])


def _blanked_tex(text: str) -> str:
    """Return TeX of the same length without comments, verbatim stretches and what stands before the document."""
    text = _COMMENT.sub(lambda found: found["kept"] or _blank(found[0]), text)
    text = _FALSE.sub(lambda found: _blank(found[0]), text)
    text = _blanked(
        text, ((opening.start(), closing.end()) for opening, closing in _enclosed(_VERBATIM, text) if closing)
    )
    begin = re.search(r"\\begin\s*\{document\}", text)
    return text if begin is None else _blank(text[: begin.end()]) + text[begin.end() :]


def _blanked_markdown(text: str) -> str:
    """Return Markdown of the same length without comments and code; what is fenced is left to others."""
    fences = list(_fences(text))
    text = _blanked(text, ((start, end) for start, end, *_ in fences))
    text = _INLINE_CODE.sub(lambda one: _blank(one[0]), text)
    return _HIDDEN.sub(lambda one: _blank(one[0]), text)


def _in_tex(text: str) -> Iterator[_Stretch]:
    conditional = [one.span() for one in _CONDITIONAL.finditer(text)]
    found = list(_enclosed(_DISPLAY, text, unclosed=True))
    begins = [*(opening.start() for opening, _ in found), len(text)][1:]
    for (opening, closing), following in zip(found, begins, strict=True):
        unread = ""
        if closing is None:
            # It is taken to reach as far as its paragraph, and not into the next display.
            end = text.find("\n\n", opening.end(), following)
            end = following if end < 0 else end
            yield _Stretch(opening.end(), end, opening.start(), end, f"{opening[0]} is never closed")
            continue
        if opening["name"] is not None and re.fullmatch(rf"(?:{_UNREAD})\*?", opening["name"]):
            unread = f"the environment {opening['name']} is not read"
        elif any(start <= opening.start() < end for start, end in conditional):
            unread = "whether this stands on the page depends on an \\if"
        yield _Stretch(opening.end(), closing.start(), opening.start(), closing.end(), unread)


def _enclosed(
    opening: re.Pattern[str], text: str, unclosed: bool = False
) -> Iterator[tuple[re.Match[str], re.Match[str] | None]]:
    """Yield what opens a stretch with what closes it, none inside another; with None what nothing closes, if wanted."""
    vain: set[str] = set()  # so that each way to close is looked for in vain once only
    found = opening.search(text)
    while found is not None:
        close = _closing(found)
        end = None if close in vain else re.compile(close).search(text, found.end())
        if end is None:
            vain.add(close)
        if end is not None or unclosed:
            yield found, end
        found = opening.search(text, (end or found).end())


def _closing(opening: re.Match[str]) -> str:
    if opening["name"] is not None:
        return rf"\\end\s*\{{{re.escape(opening['name'])}\}}"
    return r"(?<!\\)\$\$" if opening[0] == "$$" else r"(?<!\\)\\\]"


def _in_markdown(text: str, shown: str) -> list[_Stretch]:
    """Return displays outside code, and the blocks fenced as mathematics, in order."""
    fenced = [_Stretch(one[2], one[3], one[0], one[1]) for one in _fences(text) if one[4] == "math"]
    return sorted([*fenced, *_in_tex(shown)], key=lambda one: one.start)


def _fences(text: str) -> Iterator[tuple[int, int, int, int, str]]:
    """Yield fenced blocks: their start and end, those of what is inside, and the language."""
    opened: re.Match[str] | None = None
    for line in _FENCE.finditer(text):
        if opened is None:
            opened = line
        elif line["fence"].startswith(opened["fence"]) and not line["language"]:
            yield opened.start(), line.end(), opened.end(), line.start(), opened["language"]
            opened = None
    if opened is not None:
        yield opened.start(), len(text), opened.end(), len(text), opened["language"]


# ---- cases that text opens

_PARAGRAPH = re.compile(r"\n[ \t]*\n")
_CASE_WORD = re.compile(r"\b(?:if|when|for|case|where)\b|[当當若]|如果", re.IGNORECASE)
_CASE_BEHIND = re.compile(r"\s*(?:[时時]|일\s?때|인\s경우|이면)")
_INLINE = re.compile(r"(?<![\\$])\$(?P<dollars>[^$\n]+)\$(?!\$)|\\\((?P<brackets>.+?)\\\)")


# Words that may turn a case into its opposite or into everything: before it, behind it, and at the beginning.
_TURNING = re.compile(
    r"\b(?:not|no|never|longer|nor|except|unless|whether|even|regardless|irrespective|only|both|besides|than|without"
    r"|rather)\b",
    re.IGNORECASE,
)
_WIDENING = re.compile(
    r"\b(?:or|fails?|matters?|elsewhere|well|otherwise|unless|except|regardless|too|general)\b", re.IGNORECASE
)
_OTHERWISE = re.compile(
    r"[\s#*>]*(?:otherwise|else|elsewhere|in (?:all|any|the) other cases?)\b", re.IGNORECASE
)
_Cases = tuple[Condition, ...]


def _cases_before(source: Source, between: str, offset: int, earlier: _Cases) -> tuple[_Cases, _Cases]:
    r"""Return the relations of indices in the last sentence before a display, if it begins a case: "If $i = j$:".

    Those that may not be meant, as in "not only for $i = j$", or that "otherwise" leaves out, come second.
    """
    start, sentence = _last_sentence(between)
    named: list[tuple[int, int, Condition]] = []
    for inline in _INLINE.finditer(sentence):
        group = "dollars" if inline["dollars"] is not None else "brackets"
        match = CASE.fullmatch(inline[group])
        if match is not None:
            condition = condition_in(source, match, offset + start + inline.start(group))
            if condition.left.type == condition.right.type == "NAME":
                named.append((inline.start(), inline.end(), condition))
    if not named and earlier and _OTHERWISE.match(sentence):
        return (), earlier
    if named:
        words = _INLINE.sub(lambda one: " " * len(one[0]), sentence)
        if _TURNING.search(words[: named[0][0]]) or _WIDENING.search(words[named[0][1] :]):
            return (), tuple(condition for _, _, condition in named)
    return tuple(_cases_in(source, sentence, offset + start)), ()


def _last_sentence(between: str) -> tuple[int, str]:
    """Return the last sentence of a stretch of text, and where it begins."""
    body = between.rstrip()
    start = max((found.end() for found in _PARAGRAPH.finditer(body)), default=0)
    start = max(
        (found.end() + start for found in re.finditer(r"[.;!?]\s+|[。\uff1b\uff01\uff1f]", body[start:])),
        default=start,
    )
    return start, body[start:]


def _cases_in(source: Source, sentence: str, offset: int) -> Iterator[Condition]:
    """Yield the relations of indices for which a sentence says that what follows holds."""
    word = _CASE_WORD.search(sentence)
    behind = any(_CASE_BEHIND.match(sentence, inline.end()) for inline in _INLINE.finditer(sentence))
    if word is None and not behind:
        return
    begins = word.end() if word is not None else 0
    found: list[Condition] = []
    for inline in _INLINE.finditer(sentence, begins):
        group = "dollars" if inline["dollars"] is not None else "brackets"
        match = CASE.fullmatch(inline[group])
        if match is not None:
            found.append(condition_in(source, match, offset + inline.start(group)))
    if not found and word is not None:
        plain = re.compile(rf"\s*(?P<case>{CASE.pattern})(?=[\s,:.时時]|$)").match(sentence, word.end())
        found += [] if plain is None else _plain_case(source, plain, offset)
    pairs = {frozenset((str(one.left), str(one.right))) for one in found}
    letters = all(side.type == "NAME" for one in found for side in (one.left, one.right))
    if len(pairs) == len(found) and letters:
        yield from found


def _plain_case(source: Source, plain: re.Match[str], offset: int) -> list[Condition]:
    match = CASE.fullmatch(plain["case"])
    return [] if match is None else [condition_in(source, match, offset + plain.start("case"))]
