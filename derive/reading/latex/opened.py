r"""Cases that text opens before a display: "If $i = j$:". Only a sentence of which every word is known opens one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from derive.reading.latex.beside import CASE, case_in, condition_in
from derive.reading.latex.sides import IndexCondition
from derive.reading.latex.signs import Source

INLINE = re.compile(
    r"(?<![\\$])\$(?P<dollars>[^$]+)\$(?!\$)|\\\((?P<brackets>(?:[^\\]|\\[^()])+)\\\)", re.DOTALL
)
_PARAGRAPH = re.compile(r"\n[ \t]*\n")
_SENTENCE = re.compile(r"[.;!?]\s+|[。\uff1b\uff01\uff1f](?=[\s\S])")  # behind a last one nothing begins
_OTHERWISE = re.compile(
    r"[\s#*>]*(?:otherwise|else|elsewhere|in (?:all|any|the) other cases?)\b", re.IGNORECASE
)

# ---- words

_CASING = frozenset("if when for case where 当 當 若 如果 对于 對於".split())
_CASING_BEHIND = frozenset("时 時 일때 인경우 이면".split())
_OPENING = frozenset(
    "now so then finally next first second third firstly secondly similarly thus hence and but therefore consider the "
    "in a we have us look at derivative derivatives gradient gradients partial entry entries element elements of with "
    "respect to this 만약".split()
)
CONNECTING = frozenset(
    "then we have get obtain find see can write compute this it that which gives yields becomes follows is simplifies "
    "reduces to as following the derivative derivatives gradient gradients partial of with respect by chain quotient "
    "product sum rule using apply applying so hence thus therefore now and again finally also "
    "则 則 那么 有 我们有 得 得到 可得 因此 所以".split()
)
"""Words that lead on to a display, and say nothing of where it holds."""
_MARKS = re.compile(
    r"^[ \t]*(?:(?:\d+|[a-zA-Z])[.)]|\((?:\d+|[a-zA-Z]|[ivx]+)\)|[-+*•])[ \t]+"  # of a list
    r"|</?(?:p|li|ul|ol|b|strong|em|i|br|h\d|div)\s*/?>|[*_#>{}]|(?<!~)~(?!~)"
    r"|\\(?:item|textbf|textit|emph|noindent|medskip|bigskip|smallskip|par|(?:sub)?paragraph|(?:sub)*section)\b\*?"
    r"|\\(?:label|begin|end)\s*\{\w[\w:. -]*\}",
    re.MULTILINE,
)
_TOKEN = re.compile(
    r"\x00[rfx]|일\s?때|인\s?경우|이면|만약|如果|对于|對於|当|當|若|时|時|我们有|得到|可得|那么|因此|所以|则|則|有|得"
    r"|[A-Za-z]+(?:'[a-z]+)?|\d+|[,:.()\uff0c\uff1a\u3001]|\S"
)
_RELATED = re.compile(
    r"[=<>≠≤≥∈∉≈~\u223c→←↦⊂⊆≡∝]|\\(?:n?eq|ne|n?leq?|n?geq?|leqslant|geqslant|l?gg?|ll|lt|gt|in|notin|ni|to|sim|simeq|approx|equiv"
    r"|propto|doteq|longmapsfrom|mapsfrom|longmapsto|asymp|models|vdash|subset|subseteq|perp|rightarrow|Rightarrow|implies|iff|mid|nmid|parallel|coloneqq|triangleq|forall|exists"
    r"|neg|lnot|not|mod|bmod|pmod|longrightarrow|leftarrow|gets|leftrightarrow|longleftarrow|leadsto|mapsto|cong|prec|succ|preceq|succeq)(?![A-Za-z])"
)


def is_related(formula: str) -> bool:
    """Return whether a formula says something: whether a relation stands in it."""
    return _RELATED.search(formula) is not None


def content(inline: re.Match[str]) -> str:
    """Return what stands inside of a match of `INLINE`."""
    return inline["dollars"] if inline["dollars"] is not None else inline["brackets"]


def last_sentence(between: str) -> tuple[int, str]:
    """Return the last sentence of a stretch of text, and where it begins."""
    body = between.rstrip()
    start = max((found.end() for found in _PARAGRAPH.finditer(body)), default=0)
    start = max((found.end() + start for found in _SENTENCE.finditer(body[start:])), default=start)
    return start, body[start:]


def first_sentence(behind: str) -> str:
    """Return what stands before the first end of a sentence or paragraph."""
    body = _PARAGRAPH.split(behind.lstrip(), maxsplit=1)[0]
    return _SENTENCE.split(body + " ", maxsplit=1)[0]


def _tokens(sentence: str) -> list[str]:
    """Return the words and points of a sentence; formulas are `r` (two letters related), `x` (related) and `f`."""

    def kind(inline: re.Match[str]) -> str:
        inside = content(inline)
        if case_in(inside):
            return " \x00r "
        return " \x00x " if is_related(inside) else " \x00f "

    plain = _MARKS.sub(" ", INLINE.sub(kind, sentence))
    plain = re.sub(r"(?<![A-Za-z\d\\^{(])" + CASE.pattern + r"(?=[\s,:.时時]|$)", " \x00r ", plain)
    return [re.sub(r"\s", "", one).lower() for one in _TOKEN.findall(plain)]


def only_connects(text: str) -> bool:
    """Return whether a text says nothing but that something follows: "and", "so we get"."""
    return all(
        one in CONNECTING or one in (",", ":", ".", "\x00f", "\uff0c", "\uff1a") for one in _tokens(text)
    )


def _opens(sentence: str) -> bool:
    """Return whether all of a sentence is understood, and says for which case what follows directly is meant."""
    tokens = _tokens(sentence)
    places = [place for place, one in enumerate(tokens) if one == "\x00r"]
    if not places:
        return False
    before, behind = tokens[: places[0]], tokens[places[-1] + 1 :]
    between = tokens[places[0] : places[-1]]
    after = [one for one in behind if one not in _CASING_BEHIND]
    cased = bool(_CASING & set(before)) or (bool(behind) and behind[0] in _CASING_BEHIND)
    numbered = all(tokens[k - 1] == "case" for k, one in enumerate(before) if one.isdigit())
    spoken = [one for one in after if one not in (",", ":", "\uff0c", "\uff1a")]
    said = (
        not spoken
        or (spoken == ["."] and len(behind) == len(spoken))
        or set(spoken) <= CONNECTING | {"\x00f"}
    )
    first = _OPENING | _CASING | {"\x00f", ",", ":", "that", "us"}
    known = all(one in first or one.isdigit() for one in before)
    return cased and numbered and known and said and set(between) <= {"\x00r", "and", ","}


# ---- the cases


@dataclass(frozen=True, slots=True)
class Opened:
    """The cases that a sentence opens, those that it names and may not mean, and those that may still stand."""

    when: tuple[IndexCondition, ...] = ()
    doubt: tuple[IndexCondition, ...] = ()
    left: tuple[IndexCondition, ...] = ()


def opened(source: Source, between: str, offset: int, before: Opened) -> Opened:
    r"""Return the cases of the last sentence before a display: "If $i = j$:"; `before` are those of the last display.

    A sentence of which a word is not understood may deny a case, or widen it: "If $i = j$ fails:".
    """
    start, sentence = last_sentence(between)
    every = list(_named(source, sentence, offset + start))
    named = [one for one in every if one.left.type == one.right.type == "NAME"]
    pairs = {frozenset((str(one.left), str(one.right))) for one in named}
    if named:
        clear = len(pairs) == len(every) and _opens(sentence)
        return Opened(when=tuple(named)) if clear else Opened(doubt=tuple(named))
    if _OTHERWISE.match(sentence):
        return Opened(doubt=before.when or before.doubt)
    if only_connects(between):
        return Opened(left=before.when or before.doubt or before.left)
    return Opened()


def _named(source: Source, sentence: str, offset: int) -> Iterator[IndexCondition]:
    """Yield the relations of two letters that stand in a sentence, in dollars or plainly."""
    for inline in INLINE.finditer(sentence):
        group = "dollars" if inline["dollars"] is not None else "brackets"
        match = case_in(inline[group])
        if match is not None:
            yield condition_in(source, match, offset + inline.start(group))
    words = INLINE.sub(lambda one: " " * len(one[0]), sentence)
    for plain in re.finditer(rf"(?<![A-Za-z\d\\^{{(]){CASE.pattern}(?=[\s,:.时時]|$)", words):
        if plain["left"].strip() and len(plain["left"]) == len(plain["right"]) == 1:
            yield condition_in(source, plain, offset)


# ---- relations that were not taken in

_RANGE = re.compile(
    r"\s*[^\W\d_](?:\s*,\s*[^\W\d_])*\s*(?:=|\\in)\s*(?:\\\{|\{|\[)?\s*[01]\s*,\s*(?:[12]\s*,\s*)?\\?[lc]?dots\s*[c]?,?\s*[\w-]+\s*(?:\\\}|\}|\])?\s*"
)
_REALS = re.compile(
    r"[^=<>]*?\\in\s*(?:\\mathbb\s*\{?\s*R\s*\}?|\\R(?![A-Za-z])|ℝ)\s*(?:\^\s*(?:\{[^{}=<>+]*\}|\w))?\s*[.,]?\s*"
)


def restricts(formula: str) -> bool:
    """Return whether a formula says more than which values an index or an array of reals runs through."""
    return is_related(formula) and not _RANGE.fullmatch(formula) and not _REALS.fullmatch(formula)


def formulas_in(text: str, among: frozenset[str]) -> tuple[str, ...]:
    """Return those of some formulas that stand in a text and restrict what is said."""
    found = (content(inline).strip() for inline in INLINE.finditer(text))
    return tuple(one for one in found if one in among and restricts(one))


def led_by(between: str) -> str:
    """Return the sentence that leads to a display; one that only connects, as "Then", with the one before it."""
    start, sentence = last_sentence(between)
    while start and only_connects(sentence):
        start, _ = last_sentence(between[:start])
        sentence = between[start:].rstrip()
    return sentence
