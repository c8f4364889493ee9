r"""Sums, products, means and extremes on the page, with the index that each binds: `\sum_{j \neq i}`, `\max_j`."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lark import Token, Tree

from derive.errors import ReadingError
from derive.reading.latex.bound import letters
from derive.reading.latex.calls import split
from derive.reading.latex.ends import ends_before
from derive.reading.latex.spellings import flat
from derive.reading.latex.structure import Item, is_sign, operation_of, row_of, shape, token, tree
from derive.reading.latex.symbols import BIG, TYPED, UNEQUAL

if TYPE_CHECKING:
    from derive.reading.latex.rows import Chain, Node, Row

# Imported inside functions: what reads the calls under a sum.

_REACHING = ("sum", "prod")
_LESS = (r"\le", r"\leq", r"\leqslant", "≤")


@dataclass(frozen=True, slots=True)
class _Binder:
    """One bound letter, its exclusions, the name of its size if one is given, and whether it begins at 0.

    `whole` says that it ends at the size less 1, so that there are as many as the size says.
    """

    letter: Token
    excluded: tuple[Token, ...] = ()
    size: Token | None = None
    from_zero: bool = False
    whole: bool = False


def is_big(base: Item) -> bool:
    """Return whether a command begins a sum or the like."""
    return isinstance(base, Token) and TYPED.get(str(base), str(base)) in BIG


def _operation(row: Row, base: Item, marks: dict[str, Item]) -> str | None:
    command = TYPED.get(str(base), str(base)) if isinstance(base, Token) else ""
    if command == r"\Sigma" and "SUB" in marks and not row.names.known("Sigma"):
        return "sum"
    return operation_of(base, marks)


def read_big(row: Row, base: Item, marks: dict[str, Item]) -> Node | None:
    """Read a sum or the like with what it reaches over; None if none stands here."""
    operation = _operation(row, base, marks)
    if operation is None:
        if is_big(base):
            return _extreme(row, base, marks)
        return None
    head = row.take()
    if "PRIMES" in marks:
        raise row.reading.error("a prime has no meaning here", marks["PRIMES"])
    binders = list(_binders(row, marks, operation)) if "SUB" in marks else []
    row.reading.account(base, marks.get("SUB"))
    for one in binders:
        if row.names.declared.kind(str(one.letter)) is not None:
            # Where it is no index, a maximum of two arguments would be read instead.
            message = f"{one.letter} is declared and cannot be bound; take another letter"
            raise row.reading.error(message, one.letter)
    if "SUP" in marks:
        if not binders:
            raise row.reading.error(f"\\{operation} has an upper end and no index", marks["SUP"])
        binders = _bounded(row, binders, marks["SUP"])
    chain = row.reading.chain
    around = list(chain.bound)
    chain.bound += [str(one.letter) for one in binders]
    chain.left_out |= {str(other) for one in binders for other in one.excluded}
    try:
        body, braced = _body(row, operation, {str(one.letter) for one in binders})
    finally:
        chain.bound = around
    _check_start(row, binders, body, marks)
    name = token("NAME", operation, head)
    nodes: list[Node] = [node for one in binders for node in _nodes(one)]
    node = tree("call", [name, tree("arguments", [body, *nodes], body)], head, body)
    if operation == "sum":
        row.ends[id(node)] = row.place
    if braced is not None:
        chain.braced.append((node, braced))
    if not binders:
        chain.unbound.append(node)
    for one in binders:
        clear = len(binders) > 1 or len(one.excluded) != 1 or one.excluded[0].type != "NAME"
        if not clear and str(one.excluded[0]) not in around:
            chain.doubtful.append((node, one.letter, one.excluded[0], row.reading.at(head)))
    return node


def _check_start(row: Row, binders: Sequence[_Binder], body: Node, marks: dict[str, Item]) -> None:
    """Refuse a sum from 0 but over all entries of something: how many there are is not clear.

    Up to n - 1 there are n, if no other sum of the page begins at 1. Up to n that is so where a block defines something
    as a sum over n and the page as one from 0 to n.
    """
    free = letters(body, frozenset())
    names = row.names
    for one in binders:
        size = str(one.size)
        if not one.from_zero or (one.whole and size not in names.one_based):
            continue
        entries = one.size is not None and not one.whole and str(one.letter) in free
        if entries and names.shifted is not None:
            names.shifted.add(size)
        elif not entries or size not in names.zero_based.values():
            raise row.reading.error(f'"{row.reading.text(marks["SUB"])}" is no index of a sum', marks["SUB"])


def _extreme(row: Row, base: Item, marks: dict[str, Item]) -> Node:
    from derive.reading.latex.calls import call

    return call(row, token("NAME", BIG[TYPED.get(str(base), str(base))], row.take()), marks)


def _body(row: Row, operation: str, bound: set[str]) -> tuple[Node, Item | None]:
    """Read what a sum reaches over: the product that follows, with a sign before it or none.

    Braces around several terms do not show; what stands last in them is returned beside it.
    """
    braced = _last_in_braces(row)
    sign = token("SIGN", row.sign(), row.take()) if row.sign() in ("+", "-") else None
    braced = braced or _last_in_braces(row)
    first = row.peek()
    if first is None:
        raise row.missing(f"what the {operation} is over")
    if braced is not None and (operation != "sum" or sign is not None):
        raise row.reading.error(braces(operation), first)
    body, count = row.product()
    if count > 1 and operation not in _REACHING:
        raise row.reading.error(f"how far the {operation} reaches is not clear; write brackets", first)
    if count > 1 and operation == "prod":
        _check_reach(row, body, bound)
    return (body if sign is None else tree("signed", [sign, body], sign, body)), braced


def _last_in_braces(row: Row) -> Item | None:
    """Return what stands last in braces at the cursor that hold several terms, None if none do."""
    braced = row.items[row.place] if row.place < len(row.items) else None
    if (
        braced is None
        or shape(braced) != "group"
        or not any(is_sign(one, "+", "-") for one in row_of(braced)[1:])
    ):
        return None
    return row_of(braced)[-1]


def braces(operation: str) -> str:
    """Return that it is not clear how far a sum or the like reaches before braces."""
    return f"these braces do not show: how far does the {operation} reach? Write brackets"


def _check_reach(row: Row, body: Node, bound: set[str]) -> None:
    r"""Refuse `\prod_i x_i / 2`: a last factor without the index may stand inside the product or behind it."""
    last = body.children[-1] if isinstance(body, Tree) else body
    inside = letters(last, frozenset())
    if not (inside & bound if bound else inside):
        raise row.reading.error("how far the product reaches is not clear; write brackets", last)


def _nodes(binder: _Binder) -> Iterator[Node]:
    """Return a binder as the arguments of a call: `j`, `j != i` for each exclusion, or `j: n != i`."""
    letter = binder.letter
    if binder.size is not None:
        skipped: list[Node] = [part for one in binder.excluded for part in (token("UNEQUAL", "!=", one), one)]
        yield tree("binder", [letter, binder.size, *skipped], letter)
        return
    if not binder.excluded:
        yield letter
    for one in binder.excluded:
        relation = tree("relation", [token("UNEQUAL", "!=", letter)], letter)
        yield tree("comparison", [letter, relation, one], letter, one)


# ---- what stands under the sign


def _binders(row: Row, marks: dict[str, Item], operation: str) -> Iterator[_Binder]:
    r"""Return the indices that stand under a sum: `j`, `j=1`, `j \neq i`, `1 \le j \le n`, `i, j`."""
    below = marks["SUB"]
    found: dict[str, _Binder] = {}
    excluding: _Binder | None = None
    for part in _listed(below):
        letter = _left_out(row, part, below) if excluding is not None else None
        if excluding is not None and letter is not None:
            excluding = replace(excluding, excluded=(*excluding.excluded, letter))
            found[str(excluding.letter)] = excluding
            continue
        for one in _part(row, part, below):
            excluding = one if one.excluded and str(one.letter) not in found else None
            name = str(one.letter)
            if name not in found:
                found[name] = one
            elif one.excluded or found[name].excluded:
                earlier = found[name]
                excluded = (*earlier.excluded, *one.excluded)
                zero = earlier.from_zero or one.from_zero
                found[name] = _Binder(earlier.letter, excluded, earlier.size or one.size, zero)
            else:
                raise row.reading.error(f"{operation} binds {name} twice", below)
    yield from found.values()


def _left_out(row: Row, part: Sequence[Item], below: Item) -> Token | None:
    r"""Return the l of `j \neq i, l`, which a sum over j leaves out, too; None if that is no letter alone.

    Raises:
        ReadingError: it may as well be a second letter over which the sum runs.
    """
    letters_ = flat_letters(part)
    if len(part) != 1 or len(letters_) != 1:
        return None
    letter = _letter(row, letters_[0], below, number=True)
    chain = row.reading.chain
    if letter.type == "NUMBER" or str(letter) in {*chain.bound, *chain.left_out, *row.names.declared.labels}:
        return letter
    message = f"is {letter} left out here, or does this run over it, too? Write \\sum_{{… \\neq {letter}}}"
    raise row.reading.error(message, below)


def _listed(below: Item) -> list[list[Item]]:
    r"""Return what stands under a sum, cut at commas, colons and `\atop`."""
    items = [
        inner for item in row_of(below) for inner in (row_of(item) if shape(item) == "group" else [item])
    ]
    cut = [token("OPERATOR", ",", one) if str(one) in (":", r"\atop", r"\mid") else one for one in items]
    return split(cut)


def _part(row: Row, items: Sequence[Item], below: Item) -> Iterator[_Binder]:
    signs = [TYPED.get(str(one), str(one)) for one in items]
    relations = [place for place, sign in enumerate(signs) if sign in ("=", *UNEQUAL, r"\notin", *_LESS)]
    pieces = _between(items, relations)
    kinds = ["<=" if signs[place] in _LESS else "=" if signs[place] == "=" else "!=" for place in relations]
    match kinds:
        case []:
            yield from (_Binder(_letter(row, one, below)) for one in flat_letters(items))
        case ["="] if _is_one(pieces[1]):
            yield _Binder(_single(row, pieces[0], below))
        case ["="] if [str(one) for one in pieces[1]] == ["0"]:
            yield _Binder(_single(row, pieces[0], below), from_zero=True)
        case ["!="] if (listed := _set(pieces[1])) is not None:
            row.reading.account(*pieces[1])
            excluded = tuple(_single(row, one, below, number=True) for one in listed)
            yield _Binder(_single(row, pieces[0], below), excluded)
        case ["!="] if not any(sign == r"\notin" for sign in signs):
            yield _Binder(_single(row, pieces[0], below), (_single(row, pieces[1], below, number=True),))
        case ["<=", "<="] if _is_one(pieces[0]):
            yield _Binder(_single(row, pieces[1], below), (), _size(row, pieces[2], below))
        case _:
            raise row.reading.error(f'"{row.reading.text(below)}" is no index of a sum', below)


def _set(items: Sequence[Item]) -> list[list[Item]] | None:
    r"""Return what is listed in `\{i, l\}`, None if that is no set."""
    fence = items[0] if len(items) == 1 else None
    if not isinstance(fence, Tree) or fence.data != "fence" or str(fence.children[0]) not in _BRACES:
        return None
    return split(row_of(fence.children[1]))


_BRACES = (r"\{", r"\lbrace", r"\left\{")


def flat_letters(items: Sequence[Item]) -> list[Item]:
    """Return the letters that stand under a sum without a relation."""
    return [part for item in items for part in _unnested(item)]


def _unnested(item: Item) -> list[Item]:
    return flat(item) if shape(item) == "group" else [item]


def _between(items: Sequence[Item], places: Sequence[int]) -> list[list[Item]]:
    edges = [-1, *places, len(items)]
    return [list(items[start + 1 : end]) for start, end in itertools.pairwise(edges)]


def _is_one(items: Sequence[Item]) -> bool:
    return [str(one) for one in items] == ["1"]


def _single(row: Row, items: Sequence[Item], below: Item, number: bool = False) -> Token:
    parts = [part for item in items for part in (flat(item) if shape(item) in ("group", "DIGIT") else [item])]
    if len(parts) != 1:
        raise row.reading.error(f'"{row.reading.text(below)}" is no index of a sum', below)
    return _letter(row, parts[0], below, number)


def _letter(row: Row, item: Item, below: Item, number: bool = False) -> Token:
    try:
        index = row.names.index(item, row.reading.piece)
    except ReadingError:
        raise row.reading.error(f'"{row.reading.text(below)}" is no index of a sum', below) from None
    if index.type != "NAME" and not (number and index.type == "NUMBER"):
        raise row.reading.error(f'"{row.reading.text(below)}" is no index of a sum', below)
    return index


def _size(row: Row, items: Sequence[Item], above: Item) -> Token:
    """Return the size that an upper end is."""
    number = "".join(map(str, items))
    if number.isdigit():
        fixed = [one.name for one in row.names.declared.sizes.values() if str(one.fixed) == number]
        if len(fixed) == 1:
            row.reading.account(*items)
            return token("NAME", fixed[0], above)
    found = row.names.find(list(items), 0, row.reading.piece) if items else None
    if found is None or found.after != len(items) or found.indices or found.above is not None:
        raise row.reading.error(f'the upper end of a sum is a size, not "{row.reading.text(above)}"', above)
    row.names.size(str(found.name))
    return found.name


def _bounded(row: Row, binders: list[_Binder], above: Item) -> list[_Binder]:
    items = row_of(above)
    if not items:
        return binders
    if len(binders) > 1 or binders[0].size is not None:
        raise row.reading.error("one upper end for several indices", above)
    (one,) = binders
    if [str(item) for item in items] == [str(one.letter)]:
        row.reading.account(*items)
        return binders  # `\sum_{k=1}^k`: all of them, since no end can be what it is the end of
    if one.from_zero and ends_before(items):
        row.reading.account(*items[-2:])
        row.reading.chain.from_zero = True
        return [replace(one, size=_size(row, items[:-2], above), whole=True)]
    named = "".join(map(str, items)).lstrip("\\")
    size = row.names.zero_based.get(named, named) if one.from_zero else named
    if size == named:
        return [replace(one, size=_size(row, items, above))]
    row.reading.account(*items)
    return [replace(one, size=token("NAME", size, above))]


# ---- what the other sides say


def settle(chain: Chain, sides: Sequence[Node], labels: frozenset[str], around: frozenset[str]) -> None:
    r"""Give sums without an index theirs, once all sides of a chain are read.

    A `\sum` alone is over the one letter of what follows that is free nowhere else. Under `\sum_{i \neq j}` the
    first letter is bound, or the second if the first is free on another side and the second is free nowhere. Letters
    `around` are free outside all sides.

    Raises:
        ReadingError: no letter, or several, might be meant.
    """
    held = [id(one) for one in chain.unbound]
    outside = set(around).union(*(letters(side, labels, frozenset(held)) for side in sides))
    for node in chain.unbound:
        arguments = node.children[1]
        assert isinstance(arguments, Tree)  # noqa: S101 - it is made above; this is for the type checker
        inside = letters(arguments.children[0], labels, frozenset(held))
        meant = sorted(inside - outside)
        if len(meant) != 1:
            found = " or ".join(meant) or "no letter"
            message = f"over which index is this sum? It might be {found}; write it under the sign"
            raise UnsettledError(message, node)
        arguments.children.append(token("NAME", meant[0], node.children[0]))
    held = [id(node) for node, *_ in chain.doubtful]
    outside = set(around).union(*(letters(side, labels, frozenset(held)) for side in sides))
    for node, letter, other, _ in chain.doubtful:
        if str(letter) in outside and str(other) not in outside | labels:
            elsewhere = [one for one in sides if not any(part is node for part in _all_of(one))]
            if str(letter) in set(around).union(
                *(letters(one, labels, frozenset(held)) for one in elsewhere)
            ):
                _exchange(node, str(letter), letter, other)
                continue
            message = f"which letter does this sum bind? {letter} is free outside it, and {other} is not"
            raise UnsettledError(message, node)


def _all_of(node: Node) -> Iterator[Node]:
    yield node
    for child in [] if isinstance(node, Token) else node.children:
        yield from _all_of(child)


def _exchange(node: Tree[Token], first: str, letter: Token, other: Token) -> None:
    """Exchange the letter that a sum binds and the one that it leaves out."""
    for binder in node.children[1].children[1:] if isinstance(node.children[1], Tree) else ():
        if isinstance(binder, Tree):
            binder.children = [
                (other if part == first else letter) if part in (letter, other) else part
                for part in binder.children
            ]


class UnsettledError(Exception):
    """A sum of which the index is not known, to be placed by the caller."""

    def __init__(self, message: str, node: Tree[Token]) -> None:
        super().__init__(message)
        self.message = message
        self.node = node
