r"""How a page writes its names: every use of a letter with its scripts, and with the brackets behind it.

A use is told apart from others by its shape: `W_{oi}` is `W_o#` where i is an index. Gives nothing a meaning.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from lark import Token, Tree

from derive.reading.latex.calls import function_name, function_of_word, split
from derive.reading.latex.derivatives import is_derivative
from derive.reading.latex.names import Key, key_of, letters_at, opened, signs_of
from derive.reading.latex.spellings import flat, is_set
from derive.reading.latex.structure import Item, operation_of, row_of, shape, word_of
from derive.reading.latex.symbols import BARS, BIG, CALLED, LETTERS, LOSSES, TIMES, TRANSPOSE, TYPED

_RELATING = ("=", "<", ">", r"\neq", r"\ne", r"\notin", r"\le", r"\leq", r"\in", r"\leqslant")


@dataclass(frozen=True, slots=True)
class Use:
    """A name where it stands: its letter, its items in a row, the brackets behind it if it has arguments.

    `power` says that its superscript is no part of it, `transposed` that this is the sign of a transpose; `by` is
    "above" or "below" in a fraction that is a derivative, and `piece` numbers the side in which it stands. `above` says
    that it is all of a superscript, `before` is a Delta that belongs to it, and `behind_row` that it stands directly
    behind something transposed. `followed` is the bracket that stands directly behind it, and behind a word anything.
    """

    key: Key
    items: tuple[Item, ...]
    power: bool
    transposed: bool
    by: str
    piece: int
    alone: bool
    above: bool = False
    before: Item | None = None
    behind_row: bool = False
    followed: Item | None = None

    @property
    def marks(self) -> dict[str, Item]:
        """The scripts that belong to the name."""
        found = opened(self.items[0])[1]
        return {mark: one for mark, one in found.items() if not (mark == "SUP" and self.power)}

    @property
    def nested(self) -> bool:
        """Whether an index has an index of its own, as in `u_{j_k}`: that may be one index, or two."""
        below = row_of(self.marks["SUB"]) if "SUB" in self.marks else []
        return any(shape(letter) == "LETTER" for one in below for letter in flat(opened(one)[1].get("SUB")))

    @property
    def fence(self) -> Item | None:
        """The brackets with what the name depends on."""
        return self.items[1] if len(self.items) > 1 else None


def uses_in(items: Sequence[Item], piece: int) -> Iterator[Use]:
    """Yield the uses of names in the items of a side, in their order."""
    yield from _in_row(list(items), piece, by="", top=True)


_DELTA = {r"\Delta": ""}


def _in_row(
    items: list[Item], piece: int, by: str, top: bool = False, above_it: bool = False
) -> Iterator[Use]:
    place = 0
    delta: Item | None = None
    while place < len(items):
        item = items[place]
        if by and _is_d(item):
            place += 1
            continue
        base, marks = opened(item)
        word = letters_at(items, place)
        if len(word) > 1 and (_is_word(word) or word in LOSSES):
            place += len(word)
            continue
        key = key_of(base) if function_name(base) is None and not _is_exponential(base, marks) else None
        called = is_command(base, CALLED) and _is_bracket(items, place + 1)
        behind = _fence_behind(items, place, base) if key is not None else None
        big = is_command(base, BIG) or operation_of(base, marks) is not None
        named = key is not None and key.name != TRANSPOSE and not big and not called
        if key is not None and (
            key.font == "blackboard" or (key.name == "pi" and not key.font and not marks and behind is None)
        ):
            named = False  # an expectation, a set, and the number
        if named and key is not None:
            kept = (item,) if behind is None else (item, behind)
            above = marks.get("SUP")
            if is_command(base, _DELTA) and not marks and place + 1 < len(items):
                behind_it = key_of(opened(items[place + 1])[0])
                if behind_it is not None:
                    delta = item
                    place += 1
                    continue
            if delta is not None:
                key = replace(key, name=f"Delta_{key.name}")
            yield Use(
                key, kept, above is not None and not is_mark(above), above is not None and is_transposition(above),
                by, piece, top and len(kept) + (delta is not None) == len(items), above_it and len(items) == 1, delta,
                place > 0 and _is_row(items[place - 1]), _followed(items, place),
            )  # fmt: skip
        delta = None
        straight = is_derivative(item)
        kept_by = by if isinstance(item, Tree) and item.data != "fence" else ""
        above_this = marks.get("SUP")
        for number, one in enumerate(_inside(item)):
            within = ("above", "below")[min(number, 1)] if straight else kept_by
            yield from _in_row(row_of(one), piece, within, above_it=one is above_this)
        place += 1


def _followed(items: Sequence[Item], place: int) -> Item | None:
    """Return what a name at a place may be applied to: a bracket directly behind it, or anything behind a word."""
    item = opened(items[place + 1])[0] if place + 1 < len(items) else None
    if item is None or shape(item) == "OPERATOR" or TYPED.get(str(item), str(item)) in (*_RELATING, *TIMES):
        return None
    return item if shape(item) in ("fence", "unit") or word_of(opened(items[place])[0]) is not None else None


def _inside(item: Item) -> Iterator[Item]:
    """Yield the rows inside of an item, its scripts among them."""
    if isinstance(item, Token):
        return
    if item.data == "scripted":
        base, marks = opened(item)
        if key_of(base) is None:
            yield from _inside(base)
        for mark, one in marks.items():
            if mark == "SUP" or (mark == "SUB" and key_of(base) is None):
                yield one
        return
    if key_of(item) is not None:
        return
    for child in item.children:
        if isinstance(child, Tree):
            yield from (child.children if child.data in ("line", "script") else [child])


def is_straight(items: Sequence[Item]) -> bool:
    """Return whether a derivative is written with the letter d anywhere in items."""
    for item in items:
        if is_derivative(item) and isinstance(item, Tree) and any(map(_is_d, row_of(item.children[1])[:1])):
            return True
        if isinstance(item, Tree) and any(is_straight(row_of(one)) for one in item.children):
            return True
    return False


def _is_bracket(items: list[Item], place: int) -> bool:
    return place < len(items) and shape(opened(items[place])[0]) == "fence"


def _is_d(item: Item) -> bool:
    base = opened(item)[0]
    key = key_of(base)
    return key is not None and key.name == "d"


def _is_word(word: str) -> bool:
    return function_of_word(word) is not None


def _is_exponential(base: Item, marks: dict[str, Item]) -> bool:
    return str(base) == "e" and set(marks) == {"SUP"}


def is_command(item: Item, table: dict[str, str]) -> bool:
    """Return whether an item is one of a table's commands."""
    return isinstance(item, Token) and TYPED.get(str(item), str(item)) in table


def _is_row(item: Item) -> bool:
    """Return whether an item is a transposed name."""
    base, marks = opened(item)
    return key_of(base) is not None and "SUP" in marks and is_transposition(marks["SUP"])


def is_transposition(above: Item) -> bool:
    """Return whether a superscript may be the sign of a transpose."""
    inside = row_of(above)
    key = key_of(inside[0]) if len(inside) == 1 else None
    return key is not None and key.name in (TRANSPOSE, "T", "t")


def is_mark(above: Item) -> bool:
    r"""Return whether a superscript belongs to a name: `*`, `(2)`, `\prime`; a letter may be an exponent."""
    inside = row_of(above)
    if not inside:
        return False
    if all(str(one) in (*_STARS, r"\dagger") for one in inside):
        return True
    return len(inside) == 1 and shape(inside[0]) == "fence"


def _fence_behind(items: list[Item], place: int, base: Item) -> Item | None:
    """Return the brackets behind a name that may hold what it depends on: names alone, with commas and bars."""
    if place + 1 >= len(items) or is_command(base, CALLED):
        return None
    fence = items[place + 1]
    if not isinstance(fence, Tree) or fence.data != "fence" or str(fence.children[0]) not in _BRACKETS:
        return None
    parts = parts_of(fence)
    return fence if parts and all(_is_name(one) for one in parts) else None


_STARS = ("*", r"\star", r"\ast")
_BRACKETS = ("(", r"\left(", "[", r"\left[")


def parts_of(fence: Item) -> list[list[Item]]:
    """Return what stands in brackets between commas, semicolons and bars."""
    inside = row_of(fence.children[1]) if isinstance(fence, Tree) else []
    cut = [Token("OPERATOR", ",") if str(one) in _PARTING else one for one in inside]
    return split(cut)


_PARTING = (",", ";", "|", r"\succ", *BARS)


def is_family(item: Item) -> bool:
    r"""Return whether an item is a family of names, `\{x_n, y_n\}`, such as the samples that a loss is of."""
    base = opened(item)[0]
    return is_set(base) and all(_is_name(one) or _is_tuple(one) for one in _members(base))


def _members(item: Item) -> list[list[Item]]:
    return split(row_of(item.children[1])) if isinstance(item, Tree) else []


def _is_tuple(items: list[Item]) -> bool:
    return (
        len(items) == 1
        and isinstance(items[0], Tree)
        and str(items[0].children[0]) in _BRACKETS
        and all(map(_is_name, parts_of(items[0])))
    )


def _letters_of_family(item: Item, indices: frozenset[str]) -> list[str]:
    """Return the letters of a family without their indices: which of its members is meant, no letter in it says."""
    members = _members(opened(item)[0])
    signs = (LETTERS.get(one, one) for part in members for one in signs_of(part))
    return [one for one in signs if one not in indices and not one.startswith("\\")]


def _is_name(items: list[Item]) -> bool:
    if len(items) != 1:
        return False
    base, marks = opened(items[0])
    if is_family(base):
        return True
    return key_of(base) is not None and (set(marks) <= {"SUB", "PRIMES"} or is_mark(marks.get("SUP", base)))


# ---- shapes


@dataclass(frozen=True, slots=True)
class Shape:
    """What a use looks like once its index letters are left out; `letters` are those, in their order.

    `core` is the shape without the brackets behind the name, and `inner` how many of the letters stand before them.
    """

    text: str
    letters: tuple[str, ...]
    core: str
    inner: int


def shape_of(use: Use, indices: frozenset[str], labels: frozenset[str] = frozenset()) -> Shape:
    """Return the shape of a use, where these letters are indices, and these places labels."""
    letters: list[str] = []

    def told(items: Sequence[Item]) -> str:
        return "".join(map(one, items))

    def one(item: Item) -> str:
        base, marks = opened(item)
        if isinstance(item, Token):
            typed = BARS.get(str(item), str(item))
            name = LETTERS.get(TYPED.get(typed, typed), typed)
            if item.type in ("LEFT", "RIGHT"):
                return "".join(name.split()).removeprefix(r"\left").removeprefix(r"\right")
            if name in indices:
                letters.append(name)
                return "#"
            return "" if name == "," else name
        if is_family(item):
            return f"{{{','.join(_letters_of_family(item, indices))}}}"
        if item.data == "scripted":
            place = place_of(item, indices)
            if place in labels:
                return str(place)
            place = place or star_of(item, indices) or primed_of(item, indices)
            if place is not None:
                letters.append(place)
                return "#"
            key = key_of(base)
            text = key.name if key is not None and not isinstance(base, Token) else one(base)
            return text + scripted(marks)
        key = key_of(item)
        if key is not None:
            return key.name
        inside = told([part for child in item.children for part in row_of(child)])
        return f"{{{inside}}}" if item.data in ("fraction", "table") else inside

    def scripted(marks: dict[str, Item]) -> str:
        # The (i) of `x_j^{(i)}` numbers the samples, and j stands in each of them.
        numbered = "SUP" in marks and is_mark(marks["SUP"])
        above = "^" + told(row_of(marks["SUP"])) if numbered else ""
        text = "_" + told(flat(marks.get("SUB"))) if "SUB" in marks else ""
        above = "^" + told(row_of(marks["SUP"])) if "SUP" in marks and not numbered else above
        return text + above + str(marks.get("PRIMES", ""))

    text = use.key.name
    below = told(use.key.below)
    marks = use.marks
    if below:
        text += "_" + below
    text += scripted(marks)
    core, inner = text, len(letters)
    if use.fence is not None:
        text += one(use.fence)
    return Shape(text, tuple(letters), core, inner)


def place_of(item: Item, indices: frozenset[str]) -> str | None:
    r"""Return the place that `y_1` is where y is an index, None for anything else."""
    base, marks = opened(item)
    if not isinstance(base, Token) or set(marks) != {"SUB"}:
        return None
    numbers = flat(marks["SUB"])
    plain = all(shape(one) in ("DIGIT", "NUMBER", "LETTER") for one in numbers)
    return f"{base}_{''.join(map(str, numbers))}" if plain and str(base) in indices else None


def star_of(item: Item, indices: frozenset[str]) -> str | None:
    """Return the name of the place that `j^*` is where j is an index, None for anything else."""
    base, marks = opened(item)
    if not isinstance(base, Token) or set(marks) != {"SUP"} or str(base) not in indices:
        return None
    inside = row_of(marks["SUP"])
    return f"{base}_star" if len(inside) == 1 and str(inside[0]) in _STARS else None


def primed_of(item: Item, indices: frozenset[str]) -> str | None:
    """Return `j'` where it or j is an index, None for anything else."""
    base, marks = opened(item)
    if not isinstance(base, Token) or set(marks) != {"PRIMES"}:
        return None
    name = f"{base}{marks['PRIMES']}"
    return name if {str(base), name} & indices else None


def stars_in(items: Sequence[Item], indices: frozenset[str]) -> Iterator[tuple[str, Item]]:
    """Yield the places such as `j^*` in the subscripts of items, but for those below sums and the like."""
    for item in items:
        base, marks = opened(item)
        below = marks.get("SUB")
        if below is not None and operation_of(base, marks) is None:
            for one in flat(below):
                star = star_of(one, indices)
                if star is not None:
                    yield star, one
        if isinstance(item, Tree):
            for child in item.children:
                yield from stars_in(row_of(child), indices)


def bound_in_rows(items: Sequence[Item]) -> Iterator[tuple[str, Item | None, str]]:
    """Yield the letters that sums and the like bind anywhere in items, with what stands above, and where they begin."""
    for item in items:
        base, marks = opened(item)
        if operation_of(base, marks) is not None or str(base) in (r"\Sigma", r"\bigcup"):
            below = marks.get("SUB")
            for letter in _bound_letters(below) if below is not None else ():
                yield letter, marks.get("SUP"), _start(below)
        if isinstance(item, Tree):
            for child in item.children:
                yield from bound_in_rows(row_of(child))


def _start(below: Item | None) -> str:
    """Return what stands behind the sign of equality under a sum, empty if none does."""
    signs = [str(one) for one in row_of(below)] if below is not None else []
    return "".join(signs[signs.index("=") + 1 :]).split(",")[0] if "=" in signs else ""


def _bound_letters(below: Item) -> Iterator[str]:
    parts = split([Token("OPERATOR", ",") if str(one) == ":" else one for one in row_of(below)])
    for part in parts:
        ends = [place for place, one in enumerate(part) if TYPED.get(str(one), str(one)) in _RELATING]
        named = flat_tokens(part[: ends[0]] if ends else part)
        if len(ends) == 2:
            named = flat_tokens(part[ends[0] + 1 : ends[1]])
        yield from named


def flat_tokens(items: Sequence[Item]) -> list[str]:
    """Return the letters among items, those in braces too; anything else is no letter and left out."""
    found: list[str] = []
    for item in items:
        inside = row_of(item) if shape(item) == "group" else [item]
        for one in inside:
            base, marks = opened(one)
            if set(marks) == {"PRIMES"} and shape(base) == "LETTER":
                found.append(f"{base}{marks['PRIMES']}")
            name = LETTERS.get(TYPED.get(str(one), str(one)), str(one)) if isinstance(one, Token) else ""
            if name.isidentifier():
                found.append(name)
    return found
