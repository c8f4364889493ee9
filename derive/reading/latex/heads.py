"""The left sides of definitions, `p_i`, `E(t, o)` or `loss`, and what they define. Keeps no state."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from lark import Token, Tree

from derive.errors import FreeLetterError, ReadingError
from derive.reading.claims import Line
from derive.reading.declarations import check_size
from derive.reading.declared import Declared
from derive.reading.latex.bound import letters
from derive.reading.latex.calls import split
from derive.reading.latex.names import Names, letters_at, opened
from derive.reading.latex.sides import formulas_for
from derive.reading.latex.spellings import flat
from derive.reading.latex.structure import Item, row_of, structure, token
from derive.reading.latex.symbols import LOSSES
from derive.reading.lines import Passage
from derive.terms import ONE, Big, Definition, Multiply, Power, SizeNumber, Term, instantiate, same
from derive.terms.nodes import MINUS_ONE
from derive.terms.traverse import rebuild


@dataclass(frozen=True, slots=True)
class Head:
    r"""A name alone with its index letters; `stands` is what it is said to depend on, as the t and o of E(t, o).

    `called` says that its last index stands in brackets and may be any number, as that of `\sigma(x)`.
    """

    name: str
    parameters: tuple[Token, ...]
    stands: tuple[str, ...] | None
    piece: Passage
    called: bool = False

    @property
    def letters(self) -> frozenset[str]:
        """The index letters."""
        return frozenset(map(str, self.parameters))


def head_of(piece: Passage, names: Names) -> Head | None:
    """Return the name that stands alone on a side, None if it is no name alone."""
    fonts = dict(names.fonts)
    try:
        items = structure(piece)
        head = _head(items, piece, names) if items else None
    except ReadingError:
        head = None
    if head is None:
        names.fonts = fonts
    return head


def _head(items: list[Item], piece: Passage, names: Names) -> Head | None:
    word = letters_at(items, 0)
    if len(word) == len(items) > 1 and isinstance(items[-1], Token) and not names.known(word):
        loose = word in LOSSES or all(names.declared.kind(letter) is None for letter in word)
        return Head(word, (), None, piece) if loose else None
    found = names.find(items, 0, piece)
    if found is None or found.above is not None or found.primes is not None:
        return None
    letters = [str(one) for one in found.indices]
    plain = all(one.type == "NAME" and str(one) not in names.declared.labels for one in found.indices)
    if not plain or len(set(letters)) < len(letters):
        return None
    stands = None
    rest = items[found.after :]
    if rest:
        fence, marks = opened(rest[0])
        if len(rest) > 1 or not isinstance(fence, Tree) or fence.data != "fence" or set(marks) - {"SUB"}:
            return None
        stands = _arguments(fence, piece, names)
        if stands is None:
            return None
        if len(stands) == 1 and not marks and names.declared.kind(stands[0]) is None and stands[0] != "pi":
            letter = token("NAME", stands[0], fence)
            return Head(str(found.name), (*found.indices, letter), None, piece, called=True)
        behind = tuple(names.index(one, piece) for one in flat(marks.get("SUB")))
        return Head(str(found.name), (*found.indices, *behind), stands, piece)
    return Head(str(found.name), found.indices, stands, piece)


def _arguments(fence: Tree[Token], piece: Passage, names: Names) -> tuple[str, ...] | None:
    if str(fence.children[0]) not in ("(", r"\left("):
        return None
    listed = []
    for part in split(row_of(fence.children[1])):
        found = names.find(part, 0, piece) if part else None
        if found is None or found.after != len(part) or found.above is not None:
            return None
        listed.append(str(found.name))
    return tuple(listed)


def without_marks(head: Head, lines: Sequence[Line], declared: Declared) -> Head:
    """Return the head `o_t` as a name of its own where no side on the right has a t: it is no index there.

    That is for what comes first in a subscript, such as a step of time.
    """
    used = set().union(*(letters(line.node, frozenset()) for line in lines))
    marks = list(itertools.takewhile(lambda one: str(one) not in used, head.parameters))
    name = "_".join([head.name, *map(str, marks)])
    if (
        not marks
        or any(isinstance(line.node, Token) for line in lines)
        or declared.kind(head.name) is not None
    ):
        return head
    return replace(head, name=name, parameters=head.parameters[len(marks) :])


def define(head: Head, line: Line, along: tuple[str, ...], declared: Declared) -> Definition:
    """Return the definition of a name by a side.

    Raises:
        ReadingError: a letter is free on the right alone, the name is defined by itself, or the side is ill-typed.
    """
    formulas = formulas_for([line], declared)
    formulas.defining = head.name
    formulas.stand_in(head.piece)
    parameters = [formulas.index(one) for one in head.parameters]
    parameters += [formulas.index(token("NAME", one, line.node)) for one in along]
    formulas.stand_in(line.statement)
    term = formulas.term(line.node)
    for letter, index in formulas.free.items():
        if index not in parameters:
            at = formulas.at(formulas.first[letter])
            raise FreeLetterError(
                f"{letter} is free here and does not stand on the left: is it summed up?", at
            )
    formulas.dims.settle(declared.sizes)
    formulas.define_arguments()
    (settled,), _ = formulas.lettered([formulas.dims.settled(term)], ())
    check_size(formulas, settled, line.node)
    if head.name in declared.mentioned(settled):
        raise ReadingError(f"{head.name} would be defined by itself", line.statement.position)
    return Definition(head.name, tuple(map(formulas.dims.index, parameters)), settled)


def same_definition(old: Definition, new: Definition) -> bool:
    """Return whether two definitions of a name say the same."""
    if [one.dim for one in old.parameters] != [one.dim for one in new.parameters]:
        return False
    return same(instantiate(old, new.parameters), new.body)


def with_means(definition: Definition) -> Definition:
    """Return a definition with sums over all indices that are divided by how many there are as means."""
    return replace(definition, body=_with_means(definition.body))


def _with_means(term: Term) -> Term:
    """Return a term with means for sums divided by how many terms they have."""
    term = rebuild(term, _with_means)
    factors = [one for one in _factors(term) if one != ONE] if isinstance(term, Multiply) else []
    sums = [one for one in factors if isinstance(one, Big)]
    if len(factors) != 2 or len(sums) != 1 or sums[0].operation != "sum" or len(sums[0].binders) != 1:
        return term
    (total,) = sums
    (binder,) = total.binders
    over = Power(SizeNumber(binder.index.dim), MINUS_ONE)
    return Big("mean", total.binders, total.body) if over in factors and not binder.excluded else term


def _factors(term: Term) -> Iterator[Term]:
    if isinstance(term, Multiply):
        for one in term.factors:
            yield from _factors(one)
    else:
        yield term
