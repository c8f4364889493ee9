r"""What is text although it does not look like it (code spans, attributes, titles), and what code assigns.

Every piece keeps its place and length, so that it can be laid over the text that it stands in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_SPAN = re.compile(r"(?<!`)(?P<ticks>`+)(?!`)(?P<inside>[^`\n]+)(?<!`)(?P=ticks)(?!`)")
_VERB = re.compile(r"\\verb\*?(?P<sign>[^A-Za-z*\s])(?P<inside>[^\n]*?)(?P=sign)")
_CODE = re.compile(r"<(?:code|tt|kbd|samp|var)\b[^<>]*>(?P<inside>[^<>]*)</", re.IGNORECASE)
_TAG = re.compile(r"<[A-Za-z][^<>]*>")
_ATTRIBUTE = re.compile(
    r"\b(?:alt|title|summary|caption|label|content|placeholder|aria-[a-z]+|data-[a-z-]+)\s*=\s*"
    r"(?P<quote>[\"'])(?P<value>.*?)(?P=quote)",
    re.IGNORECASE | re.DOTALL,
)
_TITLE = re.compile(
    r"\\(?:title|subtitle|date|pdftitle)\s*(?:\[[^\[\]]*\])?\s*\{(?P<inside>(?:[^{}]|\{[^{}]*\})*)\}"
)
_IDENTIFIER = re.compile(r"\s*[A-Za-z_][\w.]*(?:\(\))?\s*")
_SPOKEN_WORD = re.compile(r"[A-Za-z]{1,2}|(?:log|exp|sin|cos|sum|sigma|tanh|norm|mean)\d*", re.IGNORECASE)


def laid_over(text: str, blanked: str, tex: bool) -> str:
    """Return the blanked text of a document with what is text all the same."""
    pieces = list(_pieces_of_tex(text) if tex else _pieces(text, blanked))
    made, place = [], 0
    for start, shown in sorted(pieces):
        if start >= place:
            made += [blanked[place:start], shown]
            place = start + len(shown)
    return "".join([*made, blanked[place:]])


def _pieces(text: str, blanked: str) -> Iterator[tuple[int, str]]:
    for found in (*_SPAN.finditer(text), *_CODE.finditer(text)):
        start, end = found.span("inside")
        if not blanked[start:end].strip() and _says_something(found["inside"]):
            yield start, found["inside"]
    for tag in _TAG.finditer(blanked):
        values = [
            (one.start("value") - 1, f" {one['value']} ")
            for one in _ATTRIBUTE.finditer(text, *tag.span())
            if one["value"]
        ]
        if values:
            shown = [" "] * len(tag[0])
            for start, value in values:
                shown[start - tag.start() : start - tag.start() + len(value)] = value.replace("<", " ")
            yield tag.start(), "".join(shown)


def _pieces_of_tex(text: str) -> Iterator[tuple[int, str]]:
    for found in (*_VERB.finditer(text), *_TITLE.finditer(text)):
        line = text.rfind("\n", 0, found.start()) + 1
        if "%" not in text[line : found.start()] and (found.re is _TITLE or _says_something(found["inside"])):
            yield found.start("inside"), found["inside"]


def _says_something(code: str) -> bool:
    """Return whether code is more than a comment or the name of something that no formula speaks of."""
    if code.lstrip().startswith("<!--"):
        return False
    return (
        _IDENTIFIER.fullmatch(code) is None
        or _SPOKEN_WORD.fullmatch(code.strip().removesuffix("()")) is not None
    )


# ---- what code assigns


@dataclass(frozen=True, slots=True)
class Assigned:
    """A name that a line of code gives a value, as LaTeX, with the names that it is made of; `start` is its place."""

    start: int
    typed: str
    name: str
    names: tuple[str, ...]
    renamed: str = ""


_ASSIGNMENT = re.compile(
    r"(?:^|(?<=[:;>]))[ \t>]*(?:(?:let|const|var|double|float|auto|val)[ \t]+)?"
    r"(?P<name>[^\W\d]\w*(?:[ \t]*,[ \t]*[^\W\d]\w*)*)(?:[ \t]*:[ \t]*\w+)?"
    r"[ \t]*(?:[-+*/]?=(?!=)|<-|:=)[ \t]*(?P<value>[^\n<]+)",
    re.MULTILINE,
)
_FUNCTION = re.compile(
    r"\b(?:def|function)[ \t]+(?P<name>[^\W\d]\w*)[ \t]*\((?P<given>[^()\n]*)\)", re.MULTILINE
)
_IMPORT = re.compile(
    r"\bimport[ \t]+(?P<what>[\w.]+)[ \t]+as[ \t]+(?P<name>\w+)"
    r"|^[ \t]*(?P<given>\w+)[ \t]*=[ \t]*(?P<other>[\w.]+)[ \t]*$",
    re.MULTILINE,
)
_NAME = re.compile(r"(?<![\w.])[^\W\d]\w*(?![\w(])|(?<=[.(])T\b")


def assigned(text: str, stretches: Iterable[tuple[int, int]]) -> Iterator[Assigned]:
    """Yield what code in some stretches of a document assigns, and which functions it renames."""
    for start, end in stretches:
        for found in _ASSIGNMENT.finditer(text, start, end):
            names = tuple(filter(None, map(_latex, _NAME.findall(found["value"]))))
            for one in found["name"].split(","):
                if _latex(one.strip()) and names:
                    yield Assigned(found.start("name"), found[0].strip(), _latex(one.strip()), names)
        for found in _FUNCTION.finditer(text, start, end):
            names = tuple(filter(None, map(_latex, re.findall(r"[^\W\d]\w*", found["given"]))))
            if _latex(found["name"]) and names:
                yield Assigned(found.start("name"), found[0].strip(), _latex(found["name"]), names)
        for found in _IMPORT.finditer(text, start, end):
            name = found["name"] or found["given"]
            meant = (found["what"] or found["other"]).rpartition(".")[2]
            if meant != name:
                yield Assigned(found.start(), found[0].strip(), "", (), name)


_MARKS = ("hat", "bar", "tilde")


def _latex(name: str) -> str:
    """Return how a name of code stands in formulas, "" for one that is not a letter with a mark."""
    base, _, mark = name.partition("_")
    if len(base) == 1:
        return rf"\{mark}{{{base}}}" if mark in _MARKS else base
    return rf"\{base}" if base in _GREEK and not mark else ""


_GREEK = frozenset(
    "alpha beta gamma delta eps epsilon theta lambda mu nu rho sigma tau phi psi omega eta".split()
)
