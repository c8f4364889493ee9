"""Which name a letter with its marks and subscripts is: spelled out, declared, or unknown. Makes no term.

Fonts and accents are parts of names; a name that a page writes in two fonts is refused rather than guessed at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from lark import Token, Tree

from derive.errors import ReadingError, UnknownNameError
from derive.reading.declared import Declared
from derive.reading.latex.factors import Factors
from derive.reading.latex.spellings import Match, Spelling, find, flat
from derive.reading.latex.structure import (
    Item,
    account,
    adjacent,
    begin,
    finish,
    is_sign,
    row_of,
    scripts,
    shape,
    structure,
    token,
    word_of,
)
from derive.reading.latex.symbols import ACCENTS, FONTS, LETTERS, SWITCHES, TYPED
from derive.reading.lines import Passage


@dataclass(frozen=True, slots=True)
class Key:
    """A letter or word as a name: the name, its font, and subscripts from under an accent."""

    name: str
    font: str = ""
    below: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A name among items: its token, its indices, the scripts left over, and the place after it."""

    name: Token
    indices: tuple[Token, ...]
    above: Item | None
    primes: Item | None
    after: int


def _never(_: str) -> bool:
    return False


@dataclass(slots=True)
class Names:
    """The names of a document. `ahead` defines a name that only a later line defines, if one does.

    `size` takes a name above a sum for a size, if none is declared. `stands` lists what names are said to depend on.
    `fonts` remembers how each name was first written, with each number of indices. `read` takes the places of signs
    that are read as names and indices, and `fixed` the letters that are part of a name's spelling, with the name.
    `otherwise` are the letters that are functions before a bracket, and that the page uses without one, too; `called`
    are those that the text says to be functions of the language; `zero_based` are sizes n at which sums from 0 end, and
    that are no numbers of the page. `one_based` are sizes at which sums from 1 end, and `shifted` takes those at which
    sums from 0 do in what a block defines, too. With `defines` what is read may define names. `constants` are the
    numbers of the language that the page defines anew, with the line, and `slopes` names that may be derivatives, with
    that of which. `factors` tells which names before a bracket are numbers, `refused` are
    such as the page says something impossible of, each with what that is.
    """

    declared: Declared
    spellings: list[Spelling] = field(default_factory=list)
    ahead: Callable[[str], bool] = _never
    size: Callable[[str], bool] = _never
    fonts: dict[tuple[str, int], str] = field(default_factory=dict)
    read: set[int] = field(default_factory=set)
    fixed: dict[str, str] = field(default_factory=dict)
    stands: dict[str, tuple[str, ...]] = field(default_factory=dict)
    otherwise: frozenset[str] = frozenset()
    called: dict[str, str] = field(default_factory=dict)
    zero_based: Mapping[str, str] = field(default_factory=dict)
    one_based: frozenset[str] = frozenset()
    shifted: set[str] | None = None
    defines: bool = False
    constants: Mapping[str, int] = field(default_factory=dict)
    slopes: Mapping[str, str] = field(default_factory=dict)
    factors: Factors = field(default_factory=Factors)
    refused: Mapping[str, str] = field(default_factory=dict)

    light: bool = False

    @contextmanager
    def in_small_type(self) -> Iterator[None]:
        r"""Read what stands below a sign, as in `\nabla_\theta`: in small type a bold letter may be written plainly."""
        before, self.light = self.light, True
        try:
            yield
        finally:
            self.light = before

    def refuse_constant(self, name: str, item: Item, piece: Passage) -> None:
        """Refuse a number of the language that the page defines anew, such as e: which of the two is meant?"""
        if name in self.constants and self.declared.kind(name) is None:
            message = f"line {self.constants[name]} defines {name}, which is a number of its own: which is meant here?"
            raise _error(message, item, piece)

    def known(self, name: str) -> bool:
        """Return whether a name is declared, or defined further down."""
        return self.declared.kind(name) is not None or self.ahead(name)

    def letters(self, name: str) -> frozenset[str]:
        """Return the letters and words with which a page writes a name, without those of its indices."""
        written = [one for one in self.spellings if one.name == name]
        told = {sign for one in written for sign in signs_of(one.pattern) if sign not in one.letters}
        return frozenset({name.partition("_")[0], *(LETTERS.get(sign, sign) for sign in told)})

    def numbers(self, name: str) -> set[tuple[str, str]]:
        """Return the letters with a number below them as which a page writes a name."""
        written = [opened(one.pattern[0]) for one in self.spellings if one.name == name]
        below = [(str(base), flat(marks["SUB"])) for base, marks in written if "SUB" in marks]
        return {(letter, str(one[0])) for letter, one in below if one and str(one[0]).isdigit()}

    def arguments(self, name: str) -> frozenset[str]:
        """Return the names that stand in the brackets with which the page defines or writes a name."""
        written = [one.pattern[-1] for one in self.spellings if one.name == name]
        held = signs_of([one for one in written if shape(one) == "fence"])
        return frozenset({*self.stands.get(name, ()), *(LETTERS.get(sign, sign) for sign in held)})

    def below(self, name: str) -> frozenset[str]:
        """Return the letters that alone stand below a name where it is written."""
        written = [opened(one.pattern[0])[1].get("SUB") for one in self.spellings if one.name == name]
        held = [list(signs_of([one])) for one in written if one is not None]
        return frozenset(LETTERS.get(sign, sign) for signs in held if len(signs) == 1 for sign in signs)

    def find(self, items: Sequence[Item], at: int, piece: Passage) -> Found | None:
        """Return the name that stands at a place among items, None if it is no name.

        Raises:
            ReadingError: it can be read as two names.
        """
        spelled = self.spelled(items, at, piece)
        if spelled is not None:
            self._refuse(str(spelled.name), items[at], piece)
            return spelled
        run = self._run(items, at, piece)
        first = items[at]
        last = items[at + len(run) - 1] if run else first
        base, marks = opened(last)
        key = Key(run) if run else key_of(base)
        if key is None:
            return None
        if key.name == "pi" and key.font and not self.known(key.name):
            raise _error("the number pi in a font of its own, or an array? Say what it is", first, piece)
        account(self.read, base, *key.below)
        subs = [*key.below, *flat(marks.get("SUB"), self.label)]
        end = at + max(len(run), 1)
        indices = tuple(self.index(one, piece) for one in subs)
        self._refuse_slope(key, indices, first, piece)
        self._refuse(key.name, first, piece)
        name, indices = self._resolve(key, indices, first, piece)
        self._note_font(name, key.font, len(indices), first, piece)
        above = self._index_above(marks.get("SUP"), piece)
        if above is not None:
            if name in self.declared.variables and len(self.declared.dims(name)) > 1:
                raise _error(
                    f"which index of {name} is the one above? Say so with read {name}[…] as …", first, piece
                )
            indices = (*indices, above)
        elif marks.get("SUP") is not None and _alone_in_brackets(marks["SUP"]):
            message = (
                f"a power of {name}, or one of several? Write a power without brackets, or say read … as …"
            )
            raise _error(message, first, piece)
        return Found(
            token("NAME", name, first), indices, None if above else marks.get("SUP"), marks.get("PRIMES"), end
        )

    def _refuse_slope(self, key: Key, indices: tuple[Token, ...], first: Item, piece: Passage) -> None:
        for name in (key.name, "_".join([key.name, *map(str, indices)])):
            if name in self.slopes and self.declared.kind(name) is None:
                raise _error(maybe_slope(name, self.slopes[name]), first, piece)

    def _refuse(self, name: str, first: Item, piece: Passage) -> None:
        if name in self.refused and self.declared.kind(name) is None:
            raise _error(self.refused[name], first, piece)

    def _index_above(self, above: Item | None, piece: Passage) -> Token | None:
        r"""Return the index in `x^{(i)}`: a letter in round brackets that is no number cannot be an exponent."""
        inside = row_of(above) if above is not None else []
        if len(inside) != 1 or shape(inside[0]) != "fence" or not isinstance(inside[0], Tree):
            return None
        inside = row_of(inside[0].children[1]) if str(inside[0].children[0]) in ("(", r"\left(") else []
        if len(inside) != 1 or shape(inside[0]) != "LETTER":
            return None
        letter = self.index(inside[0], piece)
        return letter if self.declared.kind(str(letter)) in (None, "label") else None

    def alone(self, items: Sequence[Item], piece: Passage) -> Found | None:
        """Return the name that items are, all together, and None for anything else: that is read where it stands."""
        with suppress(ReadingError):
            found = self.find(items, 0, piece) if items else None
            return found if found is not None and found.after == len(items) else None
        return None

    def spelled(self, items: Sequence[Item], at: int, piece: Passage) -> Found | None:
        """Return the name that is spelled at a place among items, as some `read` says; None if none is."""
        found = (find(spelling, items, at, self.label) for spelling in self.spellings)
        matches = [one for one in found if one is not None]
        if not matches:
            return None
        best = max(matches, key=_precision)
        rivals = {one.spelling.name for one in matches if _precision(one) == _precision(best)}
        if len(rivals) > 1:
            raise _error(f"this is read as {' and as '.join(sorted(rivals))}", items[at], piece)
        indices = tuple(self.index(one, piece) for one in (*best.indices, *best.rest))
        account(self.read, *items[at : at + best.length - 1])
        base, marks = opened(items[at + best.length - 1])
        left = (best.above, best.primes)
        account(self.read, base, *(one for one in marks.values() if not any(one is other for other in left)))
        self.fixed.update((letter, best.spelling.name) for letter in best.spelling.fixed)
        self.known(best.spelling.name)  # if a line further down defines it, it is defined now
        name = token("NAME", best.spelling.name, items[at])
        return Found(name, indices, best.above, best.primes, at + best.length)

    def label(self, item: Item) -> Token | None:
        """Return the label that an item within a subscript is spelled as, such as y_i."""
        for spelling in self.spellings:
            match = find(spelling, [item], 0)
            if match is not None and not match.rest and self.declared.kind(spelling.name) == "label":
                return token("NAME", spelling.name, item)
        return None

    def label_of(self, text: str) -> str | None:
        """Return the label that is spelled as a text, such as `y_i`, None if none is."""
        if "_" not in text or not any(one.name in self.declared.labels for one in self.spellings):
            return None
        with suppress(ReadingError):
            items = structure(Passage("", 1, "", 1, [text], []))
            found = self.label(items[0]) if len(items) == 1 else None
            return None if found is None else str(found)
        return None

    def is_index(self, text: str) -> bool:
        """Return whether a letter may be an index, or a text is how a label is spelled."""
        kind = self.declared.kind(text)
        return kind == "label" or (self.label_of(text) is not None if "_" in text else kind is None)

    def _run(self, items: Sequence[Item], at: int, piece: Passage) -> str:
        """Return the declared word that letters side by side spell, empty if they are single letters."""
        word = letters_at(items, at)
        if len(word) < 2:
            return ""
        if not self.known(word):
            if not all(map(self.known, word)) and not _is_d(word):
                hint = self.declared.nearest(word)
                wrong = _error(f"unknown name or function {word}{hint}", items[at], piece)
                raise UnknownNameError(wrong.message, wrong.position)
            return ""
        if all(self.declared.kind(letter) is not None for letter in word):
            raise _error(
                f"{word} is a name and also a product of names; write \\mathrm{{{word}}}", items[at], piece
            )
        return word

    def _resolve(
        self, key: Key, indices: tuple[Token, ...], first: Item, piece: Passage
    ) -> tuple[str, tuple[Token, ...]]:
        """Return the name and its indices: a subscript may be part of a declared name, as in E_t or x_max."""
        readings: list[tuple[str, tuple[Token, ...]]] = []
        for count in range(len(indices), 0, -1):
            name = "_".join([key.name, *map(str, indices[:count])])
            if self.declared.kind(name) is not None:
                readings.append((name, indices[count:]))
        words = [one for one in indices if one.type == "WORD"]
        whole = self.known(key.name)
        if readings and whole and not words and self._fits(key.name, len(indices)):
            others = " or as ".join([readings[0][0], f"{key.name} with indices"])
            raise _error(
                f"this can be read as {others}; say which with read {readings[0][0]} as …", first, piece
            )
        if readings:
            absorbed = indices[: len(indices) - len(readings[0][1])]
            self.fixed.update((str(one), readings[0][0]) for one in absorbed if one.type == "NAME")
            return readings[0]
        if words and words[0] == indices[0]:
            name = f"{key.name}_{words[0]}"
            return name, indices[1:]
        return key.name, indices

    def _fits(self, name: str, count: int) -> bool:
        known = name in self.declared.variables or name in self.declared.definitions
        return known and len(self.declared.dims(name)) == count

    def _note_font(self, name: str, font: str, indices: int, first: Item, piece: Passage) -> None:
        """A name is written in one font, but for arrays and their rows that are bold where their entries are not."""
        if self.light and not font and self.fonts.get((name, indices), "") in ("", "bold"):
            return
        self.fonts.setdefault((name, indices), font)
        for (other, count), was in self.fonts.items():
            rows, entries = (font, was) if indices < count else (was, font)
            if other != name or was == font or (count != indices and (rows, entries) == ("bold", "")):
                continue
            if {was, font} <= {"", "bold"} and 0 in (count, indices) and count != indices:
                continue
            message = f"{name} is written {font or 'plainly'} here and {was or 'plainly'} elsewhere: is it the same?"
            raise _error(f"{message} Say so with read {name} as …", first, piece)

    def index(self, item: Item, piece: Passage) -> Token:
        """Return one part of a subscript as an index: a letter, a number, a label, or a word of a name.

        Raises:
            ReadingError: it is nothing of these.
        """
        account(self.read, item)
        if isinstance(item, Token) and item.type in ("DIGIT", "NUMBER", "NAME"):
            return token("NAME" if item.type == "NAME" else "NUMBER", str(item), item)
        spelled = self.spelled([item], 0, piece)
        if spelled is not None and not spelled.indices and spelled.above is None:
            return spelled.name
        base, marks = opened(item)
        key = key_of(base)
        if key is None:
            raise _error("an index is a letter, a label or a position", item, piece)
        name, primes = key.name, str(marks.pop("PRIMES", ""))
        numbers = flat(marks.pop("SUB", None))
        if numbers:
            name = f"{name}_{''.join(map(str, numbers))}"
        if marks or key.below or key.font:
            raise _error("an index is a letter, a label or a position", item, piece)
        kind = "NAME" if word_of(base) is None else "WORD"
        return token(kind, name + primes, item)


def maybe_slope(name: str, base: str) -> str:
    """Return that a name may be a derivative, with what to write."""
    message = f"{name} may be a derivative of {base}, which has a definition"
    return f"{message}: write \\frac{{d{base}}}{{d…}} for that, or take another letter"


def _precision(match: Match) -> tuple[int, ...]:
    """Return how much of what stands there a spelling says: one that leaves fewer letters open says more."""
    left = (match.primes is not None) + (match.above is not None)
    return match.length, -len(match.rest), -left, -len(match.spelling.letters)


def signs_of(items: Sequence[Item]) -> Iterator[str]:
    """Yield the letters and commands in items."""
    for item in items:
        if isinstance(item, Tree):
            yield from signs_of(item.children)
        elif item.type in ("LETTER", "COMMAND"):
            yield TYPED.get(str(item), str(item))
        elif item.type == "TEXT":
            yield word_of(item) or ""


def _is_d(word: str) -> bool:
    return word[0] == "d" and len(word) == 2


def _error(message: str, item: Item, piece: Passage) -> ReadingError:
    line, column, _ = begin(item)
    return ReadingError(message, piece.at(line, column))


def letters_at(items: Sequence[Item], at: int) -> str:
    """Return the letters that stand side by side from a place on; only the last may have scripts."""
    before = items[at - 1] if at else None
    if before is not None and shape(before) == "LETTER" and adjacent(before, items[at]):
        return ""  # inside of them
    word = ""
    for place in range(at, len(items)):
        base, marks = opened(items[place])
        if shape(base) != "LETTER" or shape(items[place]) == "group":
            break
        if word and finish(items[place - 1])[2] != _start(items[place]):
            break
        word += str(base)
        if marks:
            break
    return word


def _alone_in_brackets(above: Item) -> bool:
    r"""Return whether a superscript is a number or letter in brackets, a layer more often than a power: `W^{(2)}`."""
    inside = row_of(above)
    if len(inside) != 1 or shape(inside[0]) != "fence" or not isinstance(inside[0], Tree):
        return False
    inside = row_of(inside[0].children[1])
    digits = bool(inside) and all(shape(one) == "DIGIT" for one in inside)
    return digits or (len(inside) == 1 and key_of(inside[0]) is not None)


def _start(item: Item) -> int:
    return begin(item)[2]


def opened(item: Item) -> tuple[Item, dict[str, Item]]:
    """Return an item without its scripts, and the scripts."""
    if isinstance(item, Tree) and item.data == "scripted":
        return item.children[0], scripts(item)
    return item, {}


def key_of(item: Item) -> Key | None:
    """Return the name that a letter with its font and accents is, None if it is no letter."""
    word = word_of(item)
    if word is not None:
        bare = word.replace(r"\_", "_")
        spoken = isinstance(item, Tree) or item.startswith((r"\text", r"\mbox", r"\operatorname"))
        return Key(bare) if spoken and bare.replace("_", "a").isidentifier() else None
    if isinstance(item, Token):
        if item.type == "LETTER":
            return Key(str(item))
        command = TYPED.get(str(item), str(item))
        return Key(LETTERS[command]) if command in LETTERS else None
    if item.data == "group":
        return _key_of_group(row_of(item))
    if item.data == "accent":
        base, marks = opened(_alone(item.children[1]))
        inner = key_of(base)
        if inner is None or set(marks) - {"SUB"}:
            return None
        accent = ACCENTS[str(item.children[0])[1:]]
        return Key(f"{inner.name}_{accent}", inner.font, (*inner.below, *flat(marks.get("SUB"))))
    if item.data == "font" and not is_sign(item.children[0], r"\boxed"):
        inner = key_of(_alone(item.children[1]))
        font = FONTS[str(item.children[0])[1:]]
        return None if inner is None else Key(inner.name, font or inner.font, inner.below)
    return None


def _key_of_group(items: Sequence[Item]) -> Key | None:
    if len(items) == 1:
        return key_of(items[0])
    if len(items) > 1 and is_sign(items[0], *SWITCHES):
        letters = [str(one) for one in items[1:] if shape(one) == "LETTER"]
        if len(letters) == len(items) - 1:
            return Key("".join(letters), FONTS[str(items[0])[1:]])
    return None


def _alone(item: Item) -> Item:
    inside = row_of(item)
    return inside[0] if len(inside) == 1 else item
