r"""Formulas in the text that define a name: "where $z = Wx + b$", "let $p_i = \sigma(x_i)$". Reads no formula.

A formula defines where its sentence neither denies it nor makes it a condition; what it relates beyond a name and a
formula is left to what is said of displays.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeAlias

from lark import Token, Tree

from derive.errors import ReadingError
from derive.reading.latex.calls import split
from derive.reading.latex.displays import Display
from derive.reading.latex.names import key_of, opened
from derive.reading.latex.said import conditions, denies
from derive.reading.latex.signs import Source
from derive.reading.latex.structure import Item, is_sign, row_of, structure
from derive.reading.latex.symbols import OUTSIDE, RELATION_SIGNS, RELATIONS
from derive.reading.latex.uses import uses_in
from derive.reading.latex.vocabulary import word_set

Stretch: TypeAlias = tuple[int, int]
RELATED_SIGNS = frozenset((*OUTSIDE, *RELATION_SIGNS, *(rf"\{one}" for one in RELATIONS)))

_END = re.compile(
    r"(?<=[^\W\d_])[.;!?](?=\s)|(?<=\$)[.;](?=\s)|\n[ \t]*\n|\n[ \t]*(?:[-*]|\d+\.)[ \t]|[。\uff1b\uff01\uff1f]"
)
_MARK = re.compile(r"(?<!\\)\$|\\\(|\\\)|\n[ \t]*\n")
_CASING = re.compile(
    r"\b(?:if|when|whenever|unless|for|at|on|case|until|while|as|from|to|by)\s*(?:all|every|each|any)?\s*$",
    re.IGNORECASE,
)
_SIGN = re.compile(r"\\[A-Za-z]+|\\.|:\s*=|.", re.DOTALL)
_DEFINING = ("=", ":=", r"\equiv", r"\triangleq", r"\coloneqq", "≡", "≜", "≔")
_PLAIN = re.compile(r"\s*[-+]?\s*(?:[\d.,]+|\\?[A-Za-z]+(?:\s*_\s*(?:\w|\{[^{}]*\}))?)\s*")


def formulas_of(prose: str) -> list[tuple[int, int, int, int]]:
    """Return where the inline formulas of a text begin and end, with their signs and without; in linear time."""
    found: list[tuple[int, int, int, int]] = []
    opening = ""
    start = first = 0
    for sign in _MARK.finditer(prose):
        if sign[0] in ("$", r"\)") and opening == {"$": "$", r"\)": r"\("}[sign[0]]:
            if prose[first : sign.start()].strip():
                found.append((start, sign.end(), first, sign.start()))
            opening = ""
        elif sign[0] in ("$", r"\(") and opening != "$":
            opening, start, first = sign[0], sign.start(), sign.end()
        elif sign[0] not in ("$", r"\(", r"\)"):
            opening = ""
    return found


def _sentences(prose: str) -> Iterator[tuple[int, str, list[tuple[int, int]]]]:
    """Yield the sentences of a text: where each begins, its words, and the insides of its formulas."""
    formulas = formulas_of(prose)
    words = _without(prose, [(start, end) for start, end, *_ in formulas])
    place = start = 0
    for end in [*(one.end() for one in _END.finditer(prose)), len(prose)]:
        inside: list[tuple[int, int]] = []
        while place < len(formulas) and formulas[place][0] < end:
            inside.append(formulas[place][2:])
            place += 1
        yield start, words[start:end], inside
        start = end


def definitions(source: Source, prose: str) -> Iterator[Display]:
    """Yield the inline formulas of a text that may define a name, as displays."""
    prose = _without(prose, declarations(source, prose).taken)
    for start, words, formulas in _sentences(prose):
        if not formulas or denies(words) or conditions(words) or _ASIDE.search(words):
            continue
        for first, last in formulas:
            body = _body(prose[first:last])
            if body and not _PLAIN.fullmatch(body) and not _is_case(prose[start:first].rstrip("$(\\ \n")):
                yield Display(first, last, source.place(first)[0], inline=True)


def without_definitions(text: str, file: str, prose: str) -> str:
    """Return the text of a page without the formulas that define: what could not be read of them is told later."""
    source = Source(text, file)
    taken = declarations(source, prose).taken
    return _without(prose, [*taken, *((one.start, one.end) for one in definitions(source, prose))])


def _without(prose: str, stretches: list[tuple[int, int]]) -> str:
    """Return a text with stretches of it, in their order, blank."""
    kept, place = [], 0
    for start, end in sorted(stretches):
        kept += [prose[place:start], " " * (end - start)]
        place = end
    return "".join([*kept, prose[place:]])


def _is_case(before: str) -> bool:
    """Return whether the words before a formula make a case of it."""
    return _CASING.search(" ".join(before.split()[-3:])) is not None


def _body(formula: str) -> str:
    """Return what stands behind the one sign of equality of a formula, empty if there are none or several."""
    depth, ends = 0, []
    for sign in _SIGN.finditer(formula):
        depth += (sign[0] in "{([") - (sign[0] in "})]")
        if not depth and "".join(sign[0].split()) in _DEFINING:
            ends.append(sign.end())
        elif not depth and sign[0] in RELATED_SIGNS:
            return ""
    return formula[ends[0] :] if len(ends) == 1 else ""


# ---- what a name is, and over which size an index runs


@dataclass(slots=True)
class InText:
    r"""What the text declares: names with the sizes of their axes, those that are positive, and ranges of indices.

    `finite` are names with all the values that they may have, `spoken` formulas in sentences that speak of vectors
    and matrices, `one_hot` names that are called one-hot, and `rearranged` formulas in sentences that may say of a
    matrix how it is made of its entries, otherwise than that its rows are the samples. `numbers` are
    names that stand in a sentence otherwise than above others, `listed` names of arrays, each with its last position:
    x and n of `x_1, \dots, x_n`.
    """

    arrays: list[tuple[list[Item], tuple[str, ...]]] = field(default_factory=list)
    positive: list[list[Item]] = field(default_factory=list)
    finite: list[tuple[list[Item], tuple[Fraction, ...], Stretch]] = field(default_factory=list)
    one_hot: list[list[Item]] = field(default_factory=list)
    ranges: dict[str, set[str]] = field(default_factory=dict)
    spoken: list[list[Item]] = field(default_factory=list)
    rearranged: list[list[Item]] = field(default_factory=list)
    listed: set[tuple[str, str]] = field(default_factory=set)
    numbers: set[str] = field(default_factory=set)
    taken: list[Stretch] = field(default_factory=list)


def declarations(source: Source, prose: str) -> InText:
    r"""Return what formulas of a text declare: `$X \in \mathbb{R}^{n \times d}$`, `$a > 0$`, `$i = 1, \dots, n$`."""
    told = InText()
    compared: dict[str, set[str]] = {}
    for start, words, formulas in _sentences(prose):
        fits = formulas and not (denies(words) or conditions(words))
        for found in _ONE_HOT.finditer(prose, start, start + len(words)) if fits else ():
            first, last = found.span("name" if found["name"] else "behind")
            with suppress(ReadingError):
                told.one_hot.append(structure(source.piece(first, last)))
        if not _OF_TRANSPOSES.search(words):
            told.numbers.update(_ALONE.findall(words))
        for first, last in formulas:
            try:
                items = structure(source.piece(first, last))
            except ReadingError:
                continue
            if not _OF_TRANSPOSES.search(words):
                told.numbers |= {one.key.name for one in uses_in(items, -1) if not one.above}
            for letter in _compared(items):
                compared.setdefault(letter, set()).add("".join(map(str, items)))
            if not fits:
                continue
            if _OF_ARRAYS.search(words):
                told.spoken.append(items)
            if not _says_all(words, _OF_ROWS):
                told.rearranged.append(items)
            everywhere = _says_all(words, _OF_POSITIVE)
            if _declare(items, told, (first, last) if _says_all(words) else None, everywhere):
                told.taken.append((first, last))
    # What is positive here and negative there is so in cases.
    told.positive = [
        one for one in told.positive if all(len(compared.get(key, ())) == 1 for key in _keys(one))
    ]
    return told


def _keys(items: list[Item]) -> list[str]:
    return [key.name for one in items if (key := key_of(opened(one)[0])) is not None]


def _compared(items: list[Item]) -> list[str]:
    """Return the names before the first sign of order."""
    place = next((k for k, one in enumerate(items) if is_sign(one, *_ORDERING)), 0)
    return _keys(items[:place])


def _says_all(words: str, also: Collection[str] = ()) -> bool:
    """Return whether a sentence says what it says of all entries and everywhere: no word of it can restrict that."""
    return set(re.findall(r"[^\W\d_]+", words.lower())) <= _UNRESTRICTED.union(also)


def _declare(items: list[Item], told: InText, at: Stretch | None, everywhere: bool) -> bool:
    """Take what a formula declares, and return whether it does.

    Values are taken only where there is a place for them, signs only if the sentence says so of `everywhere`.
    """
    place = next((k for k, one in enumerate(items) if is_sign(one, r"\in", "∈", ">", "=", r"\gt")), None)
    between = _between(items)
    if between is not None:
        told.ranges.setdefault(between[0], set()).add(between[1])
        return True
    if not place:
        told.listed |= _listed(items)
        return False
    sign, right = str(items[place]), items[place + 1 :]
    names = split(items[:place])
    if any(len(one) != 1 or key_of(opened(one[0])[0]) is None for one in names):
        return False
    if sign in (">", r"\gt"):
        positive = everywhere and [str(one) for one in right] == ["0"]
        told.positive += names if positive else []
        return positive
    letters = [str(one[0]) for one in names]
    size = _range(right, sign)
    if size is not None and all(one.isalpha() and len(one) == 1 for one in letters):
        for letter in letters:
            told.ranges.setdefault(letter, set()).add(size)
        return True
    if sign == "=" and len(names) == 1 and _lists(names[0], right):
        base = opened(right[0])[0]
        told.listed |= _listed(row_of(base.children[1])) if isinstance(base, Tree) else set()
        return True
    if sign not in (r"\in", "∈"):
        return False
    values = _values(right) if at is not None else ()
    told.finite += [(one, values, at) for one in names if values and at is not None]
    dims = _reals(right)
    if dims is not None:
        told.arrays += [(one, dims) for one in names]
    return dims is not None or bool(values)


def _values(items: list[Item]) -> tuple[Fraction, ...]:
    r"""Return the numbers of `\{0, 1\}` or `\{\pm 1\}`, none for any other set."""
    base = items[0] if len(items) == 1 else None
    if not (isinstance(base, Tree) and base.data == "fence" and str(base.children[0]).endswith("{")):
        return ()
    found: list[Fraction] = []
    for one in split(row_of(base.children[1])):
        number = _NUMBER.fullmatch("".join(map(str, one)))
        if number is None:
            return ()
        value = Fraction(number["digits"])
        found += [value, -value] if number["sign"] == r"\pm" else [-value if number["sign"] == "-" else value]
    return tuple(found)


def _between(items: list[Item]) -> tuple[str, str] | None:
    r"""Return i and n of `1 \le i \le n`, None for anything else."""
    if len(items) != 5 or not all(is_sign(items[k], r"\le", r"\leq", r"\leqslant", "≤") for k in (1, 3)):
        return None
    letter, size = _name(items[2:3]), _name(items[4:])
    return (letter, size) if str(items[0]) == "1" and letter and size and len(letter) == 1 else None


def _listed(items: list[Item]) -> set[tuple[str, str]]:
    r"""Return the name and the last position of `x_1, \dots, x_n`, none for anything else."""
    parts = split(items)
    if len(parts) < 3 or any(len(one) != 1 for one in parts) or str(parts[-2][0]) not in _DOTS:
        return set()
    (first, below), (last, behind) = opened(parts[0][0]), opened(parts[-1][0])
    size = _name(row_of(behind["SUB"])) if set(below) == set(behind) == {"SUB"} else None
    key = key_of(last)
    if size is None or key is None or key != key_of(first):
        return set()
    return {(key.name, size)}


def _lists(name: list[Item], items: list[Item]) -> bool:
    r"""Return whether items are the entries of a name: `(y_1, \dots, y_n)`."""
    base = opened(items[0])[0] if len(items) == 1 else None
    inside = row_of(base.children[1]) if isinstance(base, Tree) and base.data == "fence" else []
    parts = [one for one in inside if not is_sign(one, ",", ";")]
    entries = [one for one in parts if not is_sign(one, *_DOTS, ".")]
    keys = {key.name if (key := key_of(opened(one)[0])) is not None else "" for one in (*name, *entries)}
    return len(entries) > 1 and len(keys) == 1 and len(parts) > len(entries)


def _reals(items: list[Item]) -> tuple[str, ...] | None:
    r"""Return the sizes n and d of `\mathbb{R}^{n \times d}`, none for the reals, None for any other set."""
    if len(items) != 1:
        return None
    base, marks = opened(items[0])
    key = key_of(base)
    blackboard = key is not None and key.name == "R" and key.font == "blackboard"
    if set(marks) - {"SUP"} or not (blackboard or str(base) in ("ℝ", r"\R")):
        return None
    sizes = (
        split(
            [Token("OPERATOR", ",") if is_sign(one, r"\times", "×") else one for one in row_of(marks["SUP"])]
        )
        if marks
        else []
    )
    found = [_name(one) for one in sizes]
    return tuple(one for one in found if one is not None) if all(found) else None


def _name(items: list[Item]) -> str | None:
    """Return the letter that items are."""
    inside = [
        part
        for one in items
        for part in (row_of(one) if isinstance(one, Tree) and one.data == "group" else [one])
    ]
    key = key_of(inside[0]) if len(inside) == 1 else None
    return key.name if key is not None and not key.font else None


_NAME = r"(?:\\(?:mathbf|boldsymbol|bm|vec)\s*\{\s*)?\\?[A-Za-z]+\s*\}?"
_ONE = r"one[- ]?hot(?:[- ]encod(?:ed|ing))?"
_HOT = r"(?:\s+(?:vectors?|labels?|targets?|encod(?:ed|ing)|distribution|true|correct|class))*"
_ONE_HOT = re.compile(
    rf"(?:\$|\\\()\s*(?P<name>{_NAME})\s*(?:\$|\\\))\s*(?:,|is|be|denotes)?\s*(?:a|an|the|our)?\s*{_ONE}{_HOT}"
    r"(?=\s*[.,;:)]|\s*$|\s+(?:with|of|for|so|we|which|that|where)\b)"
    rf"|(?<![a-z-]){_ONE}{_HOT}\s*,?\s*(?:\$|\\\()\s*(?P<behind>{_NAME})\s*(?:\$|\\\))(?!\s*(?:or|and)\b)",
    re.IGNORECASE,
)
"""A name that a sentence calls one-hot: "$y$ is one-hot", "the one-hot label $y$"."""
_OF_ARRAYS = re.compile(
    r"\b(?:matri(?:x|ces)|vectors?|tensors?|operators?|vektor(?:en)?|matri(?:z|zen|ces)|vecteurs?|matrices)\b"
    r"|矩阵|向量|行列|ベクトル|행렬|벡터",
    re.IGNORECASE,
)
_ORDERING = (
    "<",
    ">",
    "≤",
    "≥",
    *(rf"\{one}" for one in "lt gt le leq leqslant ge geq geqslant ne neq".split()),
)
_ALONE = re.compile(r"(?<![\w\\'])[B-HJ-Zb-z](?![\w'])")
_OF_TRANSPOSES = re.compile(r"transpos|transponiert|转置|轉置|転置|전치", re.IGNORECASE)
_ASIDE = re.compile(
    r"\b(?:only|except|near|around|otherwise|examples?|e\.g|instance|say|say,|sometimes|special|analog\w*|compare|versus)\b",
    re.IGNORECASE,
)
_RESTRICTING = frozenset("both some first second third when or true observed hidden want need".split())
_UNRESTRICTED = (word_set("joining", "apart") | {"define", "defined"}) - _RESTRICTING - {"column", "columns"}
_OF_POSITIVE = word_set("joining", "of_positive")
_OF_ROWS = frozenset("design whose stack stacked stacking collect collects collected in into".split())
_NUMBER = re.compile(r"(?P<sign>[-+]|\\pm)?(?P<digits>\d+(?:\.\d+)?)")
_DOTS = (r"\dots", r"\ldots", r"\cdots", r"\dotsc")


def _range(items: list[Item], sign: str) -> str | None:
    r"""Return the size n of `1, \dots, n`, of `\{1, \dots, n\}` and of `[1, n]`."""
    if len(items) == 1 and isinstance(items[0], Tree) and items[0].data == "fence":
        items = row_of(items[0].children[1])
    parts = split(items)
    plain = ["".join(map(str, one)) for one in parts]
    listed = len(plain) > 2 and plain[0] == "1" and plain[-2] in _DOTS and plain[1:-2] in ([], ["2"])
    interval = len(plain) == 2 and plain[0] == "1" and sign != "="
    return _name(parts[-1]) if listed or interval else None
