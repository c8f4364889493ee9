r"""Where the mathematics of a document stands: displays of Markdown and TeX, and what the text around says of each.

Cuts out stretches by their places; it reads neither statements nor formulas.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from derive.reading.latex.asides import laid_over
from derive.reading.latex.opened import (
    Opened,
    first_sentence,
    formulas_in,
    is_related,
    last_sentence,
    led_by,
    only_connects,
    opened,
)
from derive.reading.latex.prose import Prose
from derive.reading.latex.said import Said, joins, said_before, said_behind, sets_to_zero, struck
from derive.reading.latex.sides import IndexCondition
from derive.reading.latex.signs import Source
from derive.reading.latex.vocabulary import word_set

_ENVIRONMENTS = r"equation|align|alignat|flalign|gather|multline|eqnarray|displaymath|math"
_UNREAD = r"IEEEeqnarray|dmath|dgroup|darray|empheq|subeqnarray|prooftree|mathpar|tikzcd|CD"
_UNREAD += r"|x{1,2}alignat|(?:sub)?numcases"
_INNER = r"aligned|alignedat|split|gathered|multlined|array|[dr]?cases|[pbBvV]?(?:small)?matrix"
_DISPLAY = re.compile(
    rf"(?<!\\)\$\$|(?<!\\)\\\[|\\begin\s*\{{(?P<name>(?:{_ENVIRONMENTS}|{_UNREAD}|{_INNER})\*?)\}}(?:\{{\d+\}})?"
)
_INLINE = re.compile(r"(?<![\\$])\$(?!\$)(?:[^$\\]|\\.)+\$|\\\((?:[^\\]|\\[^()])*\\\)", re.DOTALL)
_OTHERWISE_SET = re.compile(
    r"\\\\\[(?P<brackets>.*?)\\\\\]"  # as kramdown and Hexo want it
    r"|^[ \t]*:{3,}[ \t]*\{?math\}?[^\n]*\n(?P<colons>.*?)(?:^[ \t]*:{3,}[ \t]*$|\Z)"
    r"|^(?P<indent>[ \t]*)\.\.[ \t]+math::(?P<directive>[^\n]*(?:\n(?:[ \t]*\n)*(?P=indent)[ \t]+[^\n]*)*)"
    r"|<script[^>]*\btype\s*=\s*[\"']?math/tex\s*;\s*mode\s*=\s*display[^>]*>(?P<script>.*?)(?:</script\s*>|\Z)"
    r"|<math\b[^>]*>(?P<math>.*?)(?:</math\s*>|\Z)",
    re.DOTALL | re.MULTILINE | re.IGNORECASE,
)
_OF_MATHEMATICS = frozenset("math latex tex katex mathjax asciimath".split())
_OURS = frozenset(("derive", *_OF_MATHEMATICS))
_NOT_READ = "this way to set a display is not read; write $$ before and behind it"
_FENCE = re.compile(
    r"^(?P<indent> {0,3})(?P<fence>`{3,}|~{3,})[ \t]*(?P<language>\{?[\w.+-]*\}?)[^`\n]*$", re.MULTILINE
)
_INLINE_CODE = re.compile(r"(?<!`)(`+)(?!`)[^`\n]+(?<!`)\1(?!`)")
_COMMENT = re.compile(r"(?P<kept>\\.)|%[^\n]*")
_HIDDEN = re.compile(
    r"<!--.*?(?:-->|\Z)|<(?P<name>pre|code|script|style)\b.*?(?:</(?P=name)\s*>|\Z)", re.DOTALL | re.I
)
_VERB = re.compile(r"\\verb\*?(?P<sign>[^A-Za-z*\s])[^\n]*?(?P=sign)")
_FALSE = re.compile(r"\\iffalse(?![A-Za-z]).*?(?:\\fi(?![A-Za-z])|\Z)", re.DOTALL)
_CONDITIONAL = re.compile(r"\\if[A-Za-z@]*(?![A-Za-z]).*?(?:\\fi(?![A-Za-z])|\Z)", re.DOTALL)
_MARK = re.compile(r"(?<!\\)%+[ \t]*derive:[ \t]*(?P<mark>(?:begin |end )?skip)[ \t]*$", re.MULTILINE)
_MARK_OF_MARKDOWN = re.compile(r"<!--[ \t]*derive:[ \t]*(?P<mark>(?:begin |end )?skip)[ \t]*-->")
_PRE = re.compile(r"<pre\b[^<>]*>(?P<inside>.*?)(?:</pre\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_UNSHOWN = re.compile(
    r"<!--.*?(?:-->|\Z)|<(?P<name>pre|code|style)\b.*?(?:</(?P=name)\s*>|\Z)", re.DOTALL | re.I
)
_CODE = re.compile(r"<(?P<name>pre|code|script|style)\b.*?(?:</(?P=name)\s*>|\Z)", re.DOTALL | re.I)
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
    numbers the part of the page, `flow` the stretches of displays that no text parts; `said` is what the text around
    says of the display, `reserved` why it can be proved and not refuted, `unread` why it is not read at all, and
    `skipped` that its author says to leave it out. A formula that is `inline` can define a name and claims
    nothing; a display `within` a line of text stands in its sentence. `assumes` are formulas of the text before that
    are to define a name. `place` numbers the displays, and `since` is that of the first from which on no text but such
    as connects stands between; `struck` says that it is struck out.
    """

    start: int
    end: int
    line: int
    when: tuple[IndexCondition, ...] = ()
    doubt: tuple[IndexCondition, ...] = ()
    section: int = 0
    flow: int = 0
    said: Said = Said.NOTHING
    reserved: str = ""
    unread: str = ""
    skipped: bool = False
    inline: bool = False
    within: bool = False
    assumes: tuple[str, ...] = ()
    place: int = 0
    since: int = 0
    struck: bool = False


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A display in the text: its inside, all of it, and why it cannot be read."""

    start: int
    end: int
    outer_start: int
    outer_end: int
    unread: str = ""


@lru_cache(maxsize=4)  # a page is asked for its displays, for what stands between them, and for its sentences
def _stretches(text: str, tex: bool) -> tuple[str, tuple[_Stretch, ...]]:
    """Return a document without its code and comments, and its displays in order; one that is empty is none."""
    shown = _blanked_tex(text) if tex else _blanked_markdown(text)
    found = _in_tex(shown) if tex else _in_markdown(text, shown)
    empty = {one: not one.unread and not text[one.start : one.end].strip() for one in found}
    blanked = _blanked(shown, [(one.outer_start, one.outer_end) for one in empty if empty[one]])
    return blanked, tuple(one for one in empty if not empty[one])


def with_inline(text: str) -> str:
    """Return a Markdown page with the formulas in its sentences between single dollars, each sign at its place.

    kramdown has two dollars for these too: on a page without single ones, and with displays in paragraphs of their own,
    a formula between words of a line is no display.
    """
    shown, found = _stretches(text, tex=False)
    doubled = [one for one in found if text[one.outer_start : one.start] == "$$" and not one.unread]
    outside = _blanked(shown, [(one.outer_start, one.outer_end) for one in found])
    sides = [(one, *_beside(shown, one)) for one in doubled]
    if re.search(r"(?<!\\)\$", outside) or not any(not before + behind for _, before, behind in sides):
        return text
    for one, before, behind in sides:
        inside = text[one.start : one.end]
        goes_on = _GOES_ON.match(behind) and (before or behind[:1] not in ",;")
        if "\n" not in inside and (goes_on or (before and not is_related(inside))):
            text = f"{text[: one.outer_start]} ${inside}$ {text[one.outer_end :]}"
    return text


def unquoted(text: str) -> str:
    """Return a Markdown page without the signs of quoting before the lines of its displays, each sign at its place."""
    lines, opened = text.split("\n"), False
    for place, line in enumerate(lines):
        quoted = _QUOTED.match(line)
        if quoted is None:
            opened = False
            continue
        if opened:
            lines[place] = _blank(quoted[0]) + line[quoted.end() :]
        opened ^= line.count("$$") % 2 == 1
    return "\n".join(lines)


_QUOTED = re.compile(r"[ \t]*>(?:[ \t]*>)*")


def _beside(text: str, one: _Stretch) -> tuple[str, str]:
    """Return what stands on the line of a display before it and behind it."""
    before = text[: one.outer_start].rpartition("\n")[2].strip()
    return before, text[one.outer_end :].partition("\n")[0].strip()


_GOES_ON = re.compile(r"[,;]|.*[^\W\d_]{2}", re.DOTALL)


def page_prose(source: Source, tex: bool) -> Prose:
    """Return the text of a document between its displays, without what its author leaves out."""
    text, stretches = _stretches(source.text, tex)
    code = [(start, end) for start, end, *_ in ([] if tex else _fences(source.text))]
    code += code_of(source.text, tex)
    shown = _blanked(laid_over(source.text, text, tex), sorted([*code, *_left_out(source.text, tex)]))
    return Prose(source, shown, [(one.outer_start, one.outer_end) for one in stretches])


def code_of(text: str, tex: bool) -> list[tuple[int, int]]:
    """Return the stretches of a document that are blocks of code."""
    if tex:
        return [
            (opening.end(), closing.start()) for opening, closing in _enclosed(_VERBATIM, text) if closing
        ]
    fences = [(start, end) for start, end, *_, language in _fences(text) if language.strip("{}") not in _OURS]
    return [
        *fences,
        *(
            one.span("inside")
            for one in _PRE.finditer(text)
            if not any(a <= one.start() < b for a, b in fences)
        ),
    ]


def _left_out(text: str, tex: bool) -> Iterator[tuple[int, int]]:
    """Yield the stretches between the marks `begin skip` and `end skip`."""
    since: int | None = None
    for mark in (_MARK if tex else _MARK_OF_MARKDOWN).finditer(_marked(text, tex)):
        if mark["mark"] == "begin skip":
            since = mark.start() if since is None else since
        elif mark["mark"] == "end skip" and since is not None:
            yield since, mark.end()
            since = None


def displays(source: Source, tex: bool, defining: frozenset[str] = frozenset()) -> Iterator[Display]:
    """Yield the displays of a document in their order; the formulas `defining` of its text are read by themselves."""
    text, stretches = _stretches(source.text, tex)
    skipped, endless = _skipped(_marked(source.text, tex), stretches, tex)
    sections = [found.start() for found in _SECTION.finditer(text)]
    shown = _blanked(text, [(one.outer_start, one.outer_end) for one in stretches])
    is_struck = struck(shown)
    before, flow, since = 0, 0, 0
    cases = Opened()
    told = _Told()
    for place, one in enumerate(stretches):
        between = text[before : one.outer_start]
        ends = stretches[place + 1].outer_start if place + 1 < len(stretches) else len(text)
        if between.strip():
            cases = opened(source, between, before, cases)
        flow += not (place and joins(between))
        since = since if place and only_connects(between) else place
        told = _told_before(between, cases, told, defining)
        behind = text[one.outer_end : ends]
        going_on = _going_on(source, behind, one.outer_end)
        said = said_behind(behind, going_on) or (Said.DOUBTED if is_struck(one.outer_start) else told.said)
        before = one.outer_end
        yield Display(
            one.start,
            one.end,
            source.place(one.start)[0],
            cases.when,
            cases.doubt,
            bisect.bisect(sections, one.outer_start),
            flow,
            said,
            _still(cases),
            one.unread or (_endless(source, endless) if endless is not None and one.start >= endless else ""),
            place in skipped,
            within=_is_within(source.text, one),
            assumes=(*told.assumes, *formulas_in(going_on, defining)),
            place=place,
            since=since,
            struck=is_struck(one.outer_start),
        )


@dataclass(frozen=True, slots=True)
class _Told:
    """What the text before a display says of it, and the formulas of that text which are to define a name."""

    said: Said = Said.NOTHING
    assumes: tuple[str, ...] = ()


_BESIDE = 400  # characters of a line that are looked at on each side of a display, for lines have no end


def _is_within(text: str, one: _Stretch) -> bool:
    """Return whether a display of one line stands in a line of text."""
    if "\n" in text[one.start : one.end]:
        return False
    before = text[max(0, one.outer_start - _BESIDE) : one.outer_start].rpartition("\n")[2]
    behind = text[one.outer_end : one.outer_end + _BESIDE].partition("\n")[0]
    return re.search(r"[^\W\d_]{2}", before + " " + behind) is not None


def _told_before(between: str, cases: Opened, earlier: _Told, defining: frozenset[str]) -> _Told:
    """Return what the text before a display says; text that only connects leaves standing what was said before."""
    sentence = led_by(between)
    assumes = formulas_in(sentence, defining)
    if joins(between):
        assumed = earlier.said is Said.ASSUMED and not between.strip(" \n\t,;")
        said = Said.SUPPOSED if assumed else earlier.said
        return _Told(said, (*earlier.assumes, *assumes))
    if only_connects(between):
        said = earlier.said and Said.SUPPOSED
        return _Told(said, (*earlier.assumes, *assumes))
    said = said_before(last_sentence(between)[1]) or said_before(sentence)
    if cases.when and said is Said.CONDITIONAL:
        said = Said.NOTHING  # the condition is the case
    if said is Said.VANISHING and not sets_to_zero(sentence):
        said = Said.TO_SOLVE
    return _Told(said, assumes)


def _going_on(source: Source, behind: str, offset: int) -> str:
    """Return the sentence that goes on behind a display, if one does and does not open the case of the next."""
    sentence = first_sentence(behind)
    leads = sentence.rstrip() == behind.strip() and opened(source, behind, offset, Opened()).when
    return sentence if _GOING_ON.match(sentence) and not leads else ""


_GOING_ON = re.compile(
    r"[\W_]*(?:[a-z]|(?:Here|Where|With|This|That|It|For|If|When|As|Provided)\b|[\u4e00-\u9fff\uac00-\ud7a3])"
)


def _still(cases: Opened) -> str:
    return (
        f"may the case {cases.left[0]} before still stand here? Write it in the display" if cases.left else ""
    )


def _marked(text: str, tex: bool) -> str:
    """Return a text of the same length without the code in which a mark would be shown, not made."""
    if tex:
        return _blanked(
            text,
            ((opening.start(), closing.end()) for opening, closing in _enclosed(_VERBATIM, text) if closing),
        )
    text = _blanked(text, ((start, end) for start, end, *_ in _fences(text)))
    return _CODE.sub(lambda one: _blank(one[0]), _INLINE_CODE.sub(lambda one: _blank(one[0]), text))


def _without_code(text: str) -> str:
    """Return Markdown of the same length without code and comments; what scripts hold stays."""
    text = _blanked(text, ((start, end) for start, end, *_ in _fences(text)))
    text = _INLINE_CODE.sub(lambda one: _blank(one[0]), text)
    return _UNSHOWN.sub(lambda one: _blank(one[0]), text)


def _endless(source: Source, mark: int) -> str:
    return f"this is left out by the mark in line {source.place(mark)[0]}, which nothing ends: write end skip behind"


def _skipped(text: str, stretches: Sequence[_Stretch], tex: bool) -> tuple[set[int], int | None]:
    """Return the displays that marks of the author leave out, and where a mark begins that nothing ends."""
    found: set[int] = set()
    since: int | None = None
    for mark in (_MARK if tex else _MARK_OF_MARKDOWN).finditer(text):
        following = [place for place, one in enumerate(stretches) if one.outer_start >= mark.start()]
        if mark["mark"] == "skip":
            found.update(following[:1])
        elif mark["mark"] == "begin skip":
            since = mark.start() if since is None else since
        elif since is not None:
            found.update(place for place, one in enumerate(stretches) if since <= one.start < mark.start())
            since = None
    return found, since


def prose(text: str, tex: bool) -> str:
    """Return a document without its displays, its code and its comments."""
    shown, stretches = _stretches(text, tex)
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
    """Return a text of the same length with stretches of it, given in order, blank; they may lie in one another."""
    kept, place = [], 0
    for start, end in stretches:
        start = max(start, place)
        if end <= start:
            continue
        kept += [text[place:start], _blank(text[start:end])]
        place = end
    return "".join([*kept, text[place:]])


def _blanked_tex(text: str) -> str:
    """Return TeX of the same length without comments, verbatim stretches and what stands outside of the document."""
    text = _VERB.sub(lambda found: _blank(found[0]), text)
    text = _COMMENT.sub(lambda found: found["kept"] or _blank(found[0]), text)
    text = _FALSE.sub(lambda found: _blank(found[0]), text)
    text = _blanked(
        text, ((opening.start(), closing.end()) for opening, closing in _enclosed(_VERBATIM, text) if closing)
    )
    end = re.search(r"\\end\s*\{document\}", text)
    text = text if end is None else text[: end.start()] + _blank(text[end.start() :])
    begin = re.search(r"\\begin\s*\{document\}", text)
    return text if begin is None else _blank(text[: begin.end()]) + text[begin.end() :]


def _blanked_markdown(text: str) -> str:
    """Return Markdown of the same length without comments and code; what is fenced is left to others."""
    fences = list(_fences(text))
    text = _blanked(text, ((start, end) for start, end, *_ in fences))
    text = _INLINE_CODE.sub(lambda one: _blank(one[0]), text)
    return _HIDDEN.sub(lambda one: _blank(one[0]), text)


def _in_tex(text: str) -> Iterator[_Stretch]:
    known = list(_known_in_tex(text))
    shown = _blanked(text, [(one.outer_start, one.outer_end) for one in known])
    shown = _INLINE.sub(lambda one: _blank(one[0]), shown)
    hidden = _hidden(text, [one.outer_start for one in known])
    for one in sorted([*known, *_unknown_in_tex(shown)], key=lambda one: one.outer_start):
        command = hidden.get(one.outer_start)
        yield (
            one
            if command is None or one.unread
            else replace(
                one,
                unread=f"this stands in the argument of {command}, which is not read: write it outside of that",
            )
        )


def _unknown_in_tex(shown: str) -> Iterator[_Stretch]:
    """Yield what stands between commands that are not known, as between those for displays."""
    place = 0
    for found in _UNKNOWN.finditer(shown):
        name = found["name"]
        if found.start() < place or (name or "").rstrip("*") in _TEXTUAL:
            continue
        close = (
            rf"\\end\s*\{{{re.escape(name)}\}}" if name else rf"\\e{re.escape(found['short'])}(?![A-Za-z])"
        )
        end = re.compile(close).search(shown, found.end())
        if end is not None and _MATHEMATICAL.search(shown, found.end(), end.start()):
            how = f"the environment {name} is" if name else f"{found[0]} and {end[0]} are"
            yield _Stretch(
                found.end(), end.start(), found.start(), end.end(), f"{how} not known; write \\[ and \\]"
            )
            place = end.end()


_UNKNOWN = re.compile(r"\\begin\s*\{(?P<name>[^{}\s]+)\}|\\b(?P<short>[a-z]{0,4})(?![A-Za-z])")
_MATHEMATICAL = re.compile(
    r"(?<![&\\\w])[=<>](?!\w+[>\s]*[>])|\\(?:frac|sum|partial|nabla|int|le|ge|leq|geq)(?![A-Za-z])|[_^]\{"
)
_TEXTUAL = word_set("tex", "textual")


def _hidden(text: str, starts: Sequence[int]) -> dict[int, str]:
    """Return the places of displays that stand in the argument of a command that may not show it, with the command."""
    found: dict[int, str] = {}
    opened: list[str] = []
    waiting = list(starts)
    for sign in re.compile(r"\\.|[{}]|\n[ \t]*\n", re.DOTALL).finditer(text) if starts else ():
        while waiting and waiting[0] <= sign.start():
            command = next((one for one in reversed(opened) if one), "")
            if command:
                found[waiting[0]] = command
            del waiting[0]
        if sign[0] == "{":
            before = _COMMAND_BEFORE.search(text, max(0, sign.start() - 80), sign.start())
            name = before["name"] if before is not None else ""
            opened.append("" if name in _SHOWING else name)
        elif sign[0] == "}" and opened:
            opened.pop()
    return found


_COMMAND_BEFORE = re.compile(r"(?P<name>\\[A-Za-z]+)\*?\s*(?:\[[^\[\]]*\]|\{[^{}]*\})*\s*\Z")
_SHOWING = frozenset(rf"\{one}" for one in word_set("tex", "showing"))


def _known_in_tex(text: str) -> Iterator[_Stretch]:
    conditional = [one.span() for one in _CONDITIONAL.finditer(text)]
    found = list(_enclosed(_DISPLAY, text, unclosed=True))
    shown = _blanked(
        text,
        (
            (one.start(), end.end())
            for one, end in found
            if end and not re.fullmatch(_INNER, one["name"] or "")
        ),
    )
    inline = [one.span() for one in _INLINE.finditer(shown)]
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
        elif opening["name"] is not None and re.fullmatch(rf"(?:{_INNER})\*?", opening["name"]):
            if any(start <= opening.start() < end for start, end in inline):
                continue
            unread = _NOT_READ
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
    fenced = [
        _Stretch(one[2], one[3], one[0], one[1], "" if one[4] == "math" else _NOT_READ)
        for one in _fences(text)
        if one[4].lower().strip("{}") in _OF_MATHEMATICS
    ]
    others = [
        _Stretch(*one.span(one.lastgroup or 0), *one.span(), _NOT_READ)
        for one in _OTHERWISE_SET.finditer(_without_code(text))
    ]
    shown = _blanked(shown, ((one.outer_start, one.outer_end) for one in others))
    return sorted([*fenced, *others, *_in_tex(shown)], key=lambda one: one.start)


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
