r"""From where to where a page says that indices run and lists go, beside its sums: `i = 1, \dots, n`.

An array whose entries go to n, of which a sum takes those to m, is summed up in part: which, is not told by its index.
Reads no formula.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lark import Token

from derive.reading.latex.axes import Axes, Node
from derive.reading.latex.ends import Range
from derive.reading.latex.structure import Item
from derive.reading.latex.symbols import LETTERS

_END = r"(?:\\?[A-Za-z]+|\d+)(?:\s*_\s*(?:\w|\{[^{}]*\}))?(?:\s*[-+]\s*\d+)?"
_ENDED = rf"(?P<last>{_END}|\{{\s*{_END}\s*\}})"
_INDICES = r"(?<![A-Za-z\\_^])(?P<letters>(?:\\ell|[^\W\d_])(?:\s*,\s*(?:\\ell|[^\W\d_]))*)(?![A-Za-z])"
_DOTS = r"(?:\\[a-z]?dots[a-z]?(?![A-Za-z])|\.\.\.?|…|⋯)"
_OPENING = r"(?:\\left\s*)?(?:\\?[{\[(]|\\lbrace(?![A-Za-z]))"
_LESS = r"(?P<{}>\\l(?:eq?|eqslant|t)(?![A-Za-z])|[<≤])"
_RANGES = (
    re.compile(
        rf"{_INDICES}\s*(?:=|\\in(?![A-Za-z])|∈)\s*(?:{_OPENING}\s*)?(?P<first>\d+)\s*,\s*(?:\d+\s*,\s*)*"
        rf"{_DOTS}\s*,?\s*{_ENDED}"
    ),
    re.compile(rf"(?P<first>\d+)\s*{_LESS.format('from')}\s*{_INDICES}\s*{_LESS.format('to')}\s*{_ENDED}"),
    re.compile(rf"{_INDICES}\s*(?:\\in(?![A-Za-z])|∈)\s*(?:\\left\s*)?\[\s*{_ENDED}\s*(?:\\right\s*)?\]"),
    re.compile(rf"(?:^|[$(])\s*{_INDICES}\s*{_LESS.format('to')}\s*{_ENDED}\s*(?:$|[$)])"),
)
_COUNTED = re.compile(
    rf"(?:\$|\\\()\s*{_ENDED}\s*(?:\$|\\\))\s*(?:\w+\s+)?(?:entries|components|coordinates|elements|summands|terms|numbers)\b"
    rf"|\b(?:vector|array|list|tuple)s?\b[^.]{{0,60}}?\b(?:length|dimension(?:ality)?)\s+(?:of\s+|is\s+)?"
    rf"(?:\$|\\\()\s*(?P<long>{_END})\s*(?:\$|\\\))",
    re.IGNORECASE,
)
_STRICT = ("<", r"\lt")
_SIGN = re.compile(r"\\[A-Za-z]+|\{[^{}]*\}|\S")


@dataclass(frozen=True, slots=True)
class Span:
    """A first place, if anything says which that is, and the last one; `added` is what is added to a name of a size."""

    first: int | None
    size: str
    added: int = 0

    @classmethod
    def to(cls, first: int | None, last: str) -> Span:
        """Return a span up to what is typed."""
        plain = re.sub(r"[\s{}]", "", last).replace("−", "-")
        found = re.fullmatch(r"(?P<size>.*?)(?P<added>(?:(?<=.)[-+])?\d+)?", plain)
        assert found is not None  # noqa: S101 - anything matches; this is for the type checker
        name = found["size"]
        if re.search(r"_\d*$", name):  # the digit belongs to the name
            return cls(first, plain)
        return cls(first, LETTERS.get(name, name.lstrip("\\")), int(found["added"] or 0))

    def agrees(self, other: Span) -> bool:
        """Return whether two may be said of the same places."""
        return (self.size, self._count) == (other.size, other._count) and (
            None in (self.first, other.first) or self.first == other.first
        )

    @property
    def _count(self) -> int:
        """How many places there are more than the size says."""
        return self.added + 1 - (1 if self.first is None else self.first)

    def __str__(self) -> str:
        added = f"{self.added:+d}" if self.size and self.added else "" if self.size else str(self.added)
        start = "over" if self.first is None else f"from {self.first} to"
        return f"{start} {self.size}{added}"


@dataclass(frozen=True, slots=True)
class Extent:
    """What a page says of index letters, of the entries of a name, or, where it names neither, of some array.

    That is so in these chains, or in all where there is `None`.
    """

    span: Span
    letters: tuple[str, ...] = ()
    name: str = ""
    chains: range | None = None


def extents_in(text: str, chains: range | None = None) -> Iterator[Extent]:
    """Yield what a text or a display says of indices and lists."""
    for found in itertools.chain.from_iterable(one.finditer(text) for one in _RANGES):
        told = found.groupdict()
        first = int(told.get("first") or 1) + (told.get("from") in _STRICT)
        span = Span.to(first, told["last"])
        if told.get("to") in _STRICT:
            span = Span(span.first, span.size, span.added - 1)
        letters = tuple(LETTERS.get(one, one) for one in re.split(r"\s*,\s*", told["letters"]))
        yield Extent(span, letters, chains=chains)
    yield from _lists(text, chains)


def counts_in(text: str) -> Iterator[Extent]:
    """Yield what sentences say of how many entries there are: "There are $n$ entries"."""
    for found in _COUNTED.finditer(text):
        yield Extent(Span.to(None, found["last"] or found["long"]))


def _lists(text: str, chains: range | None) -> Iterator[Extent]:
    r"""Yield the lists `x_1, \dots, x_n`: what stands before and behind the dots differs in one place of a script."""
    for dots in re.finditer(rf",\s*{_DOTS}\s*,", text):
        before = re.split(r"[,;$(\[=:]|\\\{|\\in(?![A-Za-z])", text[max(0, dots.start() - 80) : dots.start()])
        behind = re.split(r"[,;$)\]=:.]|\\\}|\\right|\\in(?![A-Za-z])", text[dots.end() : dots.end() + 80])
        left, right = _SIGN.findall(before[-1]), _SIGN.findall(behind[0])
        differing = [
            (one, other) for one, other in zip(left, right, strict=False) if _bare(one) != _bare(other)
        ]
        if len(left) != len(right) or len(set(differing)) != 1 or ("_" not in left and "^" not in left):
            continue
        (number, last), name = differing[0], left[0]
        digits = _bare(number)
        if not digits.isdigit() or (number, last) == (left[0], right[0]):
            continue
        first = int(digits)
        for earlier in reversed(before[:-1]):
            signs = [*map(_bare, _SIGN.findall(earlier))]
            if first and signs == [str(first - 1) if _bare(one) == digits else _bare(one) for one in left]:
                first, digits = first - 1, str(first - 1)
                left = _SIGN.findall(earlier)
            else:
                break
        yield Extent(Span.to(first, last), name=LETTERS.get(name, name.lstrip("\\")), chains=chains)


def _bare(sign: str) -> str:
    return sign.strip("{} ")


# ---- where what is said does not go together


def span_of(one: Range) -> Span | None:
    """Return from where to where a sum runs, None where nothing stands above it."""
    last = "".join(_signs([one.above])) if one.above is not None else ""
    if not last or not one.start.isdigit() or last == one.letter:
        return None
    return Span.to(int(one.start), last)


def _signs(items: Iterable[Item]) -> Iterator[str]:
    for item in items:
        if isinstance(item, Token):
            yield str(item)
        else:
            yield from _signs(item.children)


def spans_of(
    bound: Sequence[Range], extents: Sequence[Extent], arrays: Mapping[str, tuple[str, int]], chains: int
) -> Iterator[tuple[Node, Span]]:
    """Yield from where to where index letters and axes run, by the sums of a page and by what it says beside them.

    `arrays` are names, each with its letter and its number of axes. A sum with an end of its own says by that, and by
    nothing else, over what its letter runs in its chain.
    """
    ended: set[tuple[int, str]] = set()
    for one in bound:
        span = span_of(one)
        if span is not None:
            ended.add((one.chain, one.letter))
            yield ("letter", one.chain, one.letter), span
    for extent in extents:
        pairs = itertools.product(extent.chains or range(chains), extent.letters)
        yield from ((("letter", *pair), extent.span) for pair in pairs if pair not in ended)
        for name, (letter, rank) in arrays.items():
            if rank and letter == extent.name:
                yield ("axis", name, 0), extent.span


def counted(extents: Iterable[Extent]) -> list[Span]:
    """Return what is said of some array, nobody knows of which."""
    return [one.span for one in extents if not one.letters and not one.name]


def torn(
    axes: Axes,
    said: Iterable[tuple[Node, Span]],
    arrays: Mapping[str, tuple[str, int]],
    counts: Sequence[Span],
) -> dict[str, tuple[Span, Span]]:
    """Return the names of which a page says that they run through different places, with two of these.

    What is counted is said of an array that has another size, if none has that one.
    """
    found: dict[Node, list[Span]] = {}
    for node, span in said:
        found.setdefault(axes.find(node), []).append(span)
    known = [one for spans in found.values() for one in spans]
    alone = [one for one in counts if not any(map(one.agrees, known))]
    clashes: dict[Node, tuple[Span, Span]] = {}
    for node, spans in found.items():
        pairs = itertools.combinations([*dict.fromkeys(spans), *alone], 2)
        clash = next((pair for pair in pairs if not pair[0].agrees(pair[1])), None)
        if clash is not None:
            clashes[node] = clash
    return {
        name: clashes[top]
        for name, (_, rank) in arrays.items()
        for place in range(rank)
        if (top := axes.find(("axis", name, place))) in clashes
    }
