"""The sides of one chain, from what is typed to terms; a side that cannot be read is left out and reported."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from lark import Token

from derive.errors import Position, ReadingError, UnknownNameError
from derive.problem.problems import Failure, Side
from derive.reading.claims import Line, sides_of
from derive.reading.declared import Declared
from derive.reading.formulas import Formulas
from derive.reading.latex.bigs import UnsettledError, braces, settle
from derive.reading.latex.bound import bound_in, letters
from derive.reading.latex.names import Names
from derive.reading.latex.reach import ends_at, extend
from derive.reading.latex.rows import Chain, Node, read_formula
from derive.reading.latex.structure import token, tree
from derive.reading.latex.whole import DoubtError, Whole, WholeArray
from derive.reading.lines import Passage
from derive.terms import Derivative, Entry, IndexRelation, Term, walk

_AXES = "ijklmabcdrsuvw"
_MIXED = "a whole number with a fraction, or a product? Write + or \\cdot between"
_NEGATIVE = "does the minus before a sum belong to all of its terms? Write brackets"


@dataclass(frozen=True, slots=True)
class IndexCondition:
    """Two indices that are equal or differ, as typed beside a line."""

    left: Token
    right: Token
    equal: bool

    def named(self, label_of: Callable[[str], str | None]) -> IndexCondition:
        """Return the condition with the labels that its sides are spelled as."""
        left, right = (one.update(value=label_of(one) or str(one)) for one in (self.left, self.right))
        return IndexCondition(left, right, self.equal)

    def unknown(self, declared: Declared) -> set[str]:
        """Return what of it is typed as the label of a sample, and is none that is declared."""
        return {str(one) for one in (self.left, self.right) if "_" in one} - declared.labels.keys()

    def __str__(self) -> str:
        """Return the condition as text."""
        return f"{self.left} {'=' if self.equal else '!='} {self.right}"


@dataclass(slots=True)
class Sides:
    """The formulas of a chain. `along` are the letters of the entries of whole arrays, if such are compared.

    `doubtful` tells of pieces why they are not refuted.
    """

    lines: list[Line]
    along: tuple[str, ...] = ()
    doubtful: dict[Position, str] = field(default_factory=dict)


def parse_sides(
    pieces: Sequence[Passage],
    names: Names,
    failures: list[Failure],
    outside: frozenset[str] | None = None,
    number: bool = False,
    claimed: bool = False,
) -> Sides:
    """Return the formulas of those pieces that can be read; each of the others is a failure.

    The letters `outside` are free elsewhere in the chain, None if there is nothing else; with `number` the pieces are
    known to be no arrays, and `claimed` ones define nothing, so that some may be read in a way that is only proved.
    """
    try:
        return _parsed(pieces, names, failures, outside, number, claimed)
    except RecursionError:
        failures.append(too_deep(pieces[0]))
        return Sides([])


def negated(line: Line) -> Line:
    """Return a side with a minus before it."""
    minus = token("SIGN", "-", line.node)
    return replace(line, node=tree("signed", [minus, line.node], line.node), text=f"-({line.text})")


def too_deep(piece: Passage) -> Failure:
    """Return the failure of what nests deeper than can be walked, by brackets or by what each sign reaches over."""
    return failure(ReadingError("the formula nests too deeply"), piece)


def _parsed(
    pieces: Sequence[Passage],
    names: Names,
    failures: list[Failure],
    outside: frozenset[str] | None,
    number: bool,
    claimed: bool,
) -> Sides:
    chain = Chain(names)
    lines: list[Line] = []
    doubtful: dict[Position, str] = {}
    for piece in pieces:
        names.fixed.clear()
        try:
            chain.mixed.clear()
            node = read_formula(piece, chain)
            _refuse_unknown(piece, node, names)
            _check_fixed(piece, node, names)
            if chain.from_zero and any(_has_number(one) for one in nodes_in(node)):
                raise ReadingError("a sum counts from 0 here: which entry is this one?", piece.position)
            if chain.mixed and not claimed:
                raise ReadingError(_MIXED, chain.mixed[0])
            if chain.mixed:
                doubtful[piece.position] = _MIXED
            lines.append(Line(piece, node, piece.typed))
        except ReadingError as wrong:
            failures.append(failure(wrong, piece))
    first = bool(lines) and lines[0].statement is pieces[0] and len(pieces) > 1
    around = outside or frozenset()
    reached = extend(chain.open, [one.node for one in lines], around) if first or outside is not None else []
    negative = {id(one.terms) for one in reached if one.negative}
    for line in lines:
        if any(id(node) in negative for node in nodes_in(line.node)):
            doubtful[line.statement.position] = _NEGATIVE
    _refuse_braces(lines, chain, failures)
    fresh = _letters(pieces, names.declared, around)
    sides = _write_out(Sides(lines), chain, fresh, failures, number)
    kept = {id(node) for line in sides.lines for node in nodes_in(line.node)}
    chain.unbound = [one for one in chain.unbound if id(one) in kept]
    chain.doubtful = [one for one in chain.doubtful if id(one[0]) in kept]
    _settle(sides.lines, chain, failures, around)
    sides.doubtful = doubtful
    return sides


def _refuse_braces(lines: list[Line], chain: Chain, failures: list[Failure]) -> None:
    """Leave out the lines with a sum that does not reach just as far as the braces behind it, which do not show."""
    for sum_, last in chain.braced:
        line = next((one for one in lines if any(node is sum_ for node in nodes_in(one.node))), None)
        if line is not None and not ends_at(sum_, last):
            at = line.statement.at(sum_.meta.line, sum_.meta.column)
            failures.append(failure(ReadingError(braces("sum"), at), line.statement))
            lines.remove(line)


def _refuse_unknown(piece: Passage, node: Node, names: Names) -> None:
    """Refuse a side that is a name alone of which nothing says what it is: neither its shape is known."""
    if isinstance(node, Token) and node.type == "NAME" and node != "pi" and not names.known(str(node)):
        message = f"unknown name {node}{names.declared.nearest(str(node))}"
        if str(node) not in names.declared.lost:
            raise UnknownNameError(message, piece.position)


def _has_number(node: Node) -> bool:
    """Return whether a formula is an entry at a position, as `x[1]`."""
    if isinstance(node, Token) or node.data not in ("entry", "subscripts"):
        return False
    return any(isinstance(one, Token) and one.type == "NUMBER" for one in node.children)


def _check_fixed(piece: Passage, node: Node, names: Names) -> None:
    """Refuse a side in which a letter is part of a name in one place, and an index in another."""
    labels = frozenset(names.declared.labels)
    bound = {str(one) for part in nodes_in(node) for one in bound_in(part)}
    used = bound | letters(node, labels)
    for letter in sorted(used & names.fixed.keys()):
        if names.fixed[letter] in labels and letter not in bound:
            continue  # the label of this one
        message = f"{letter} is an index here, and part of the name {names.fixed[letter]}: which is meant?"
        raise ReadingError(message, piece.position)


def failure(wrong: ReadingError, piece: Passage) -> Failure:
    """Return the failure of a piece to be read, at its own place."""
    at = wrong.position or piece.position
    return Failure(type(wrong)(wrong.message, at), piece.typed, at, side=True)


def _settle(lines: list[Line], chain: Chain, failures: list[Failure], outside: frozenset[str]) -> None:
    """Settle which index each sum binds; a line with a sum of which that is not clear is left out."""
    labels = frozenset(chain.names.declared.labels)
    while lines:
        try:
            settle(chain, [line.node for line in lines], labels, outside)
            return
        except UnsettledError as wrong:
            line = next(one for one in lines if any(node is wrong.node for node in nodes_in(one.node)))
            at = line.statement.at(wrong.node.meta.line, wrong.node.meta.column)
            failures.append(failure(ReadingError(wrong.message, at), line.statement))
            lines.remove(line)
            inside = [id(node) for node in nodes_in(line.node)]
            chain.unbound = [one for one in chain.unbound if id(one) not in inside]
            chain.doubtful = [one for one in chain.doubtful if id(one[0]) not in inside]


def nodes_in(node: Node) -> Iterator[Node]:
    """Yield a formula and every part of it, outermost first."""
    yield node
    for child in [] if isinstance(node, Token) else node.children:
        yield from nodes_in(child)


# ---- whole arrays


def _letters(pieces: Sequence[Passage], declared: Declared, taken: frozenset[str]) -> Iterator[str]:
    """Yield letters that nothing uses in these pieces."""
    text = re.sub(r"\\[A-Za-z]+", " ", " ".join(piece.text for piece in pieces))
    for number in itertools.count():
        for one in _AXES:
            name = f"{one}_{number}" if number else one
            if declared.kind(name) is None and name not in taken and (number or one not in text):
                yield name


def _write_out(
    sides: Sides, chain: Chain, fresh: Iterator[str], failures: list[Failure], number: bool
) -> Sides:
    """Return sides with whole arrays written out over the same letters; what does not go with the others fails.

    Where a product of two arrays might be meant entry by entry or summed up, a side that is a number tells which, if
    it has no index that could be that of the entries.
    """
    declared, axes = chain.names.declared, [next(fresh), next(fresh)]
    labels = frozenset(declared.labels)
    read: dict[int, WholeArray | ReadingError] = {}
    for again in (False, True):
        known = number or any(
            isinstance(one, WholeArray)
            and not one.dims
            and not one.literal
            and not letters(sides.lines[place].node, labels)
            for place, one in read.items()
        )
        for place, line in enumerate(sides.lines):
            if again and not (known and isinstance(read[place], DoubtError)):
                continue
            try:
                read[place] = Whole(declared, line.statement, fresh, number=again).read(line.node)
            except ReadingError as wrong:
                read[place] = wrong
    shapes = [one for one in read.values() if isinstance(one, WholeArray) and not one.literal]
    dims = shapes[0].dims if shapes else ()
    found = Sides([], tuple(axes[: len(dims)]))
    for place, line in enumerate(sides.lines):
        array = read[place]
        if (
            isinstance(array, WholeArray)
            and not array.literal
            and (array.dims, array.row) != (dims, shapes[0].row)
        ):
            if len(array.dims) == len(dims) and array.row == shapes[0].row:
                declared.clashes += [
                    pair for pair in zip(array.dims, dims, strict=True) if len(set(pair)) > 1
                ]
            what, other = (one or ("a number",) for one in (array.dims, dims))
            message = f"this is over {' and '.join(what)}, and another side over {' and '.join(other)}"
            array = ReadingError(message.replace("over a number", "a number"))
        if isinstance(array, ReadingError):
            failures.append(failure(array, line.statement))
            continue
        indices = [token("NAME", one, line.node) for one in axes[: len(array.dims)]]
        found.lines.append(replace(line, node=array.at(indices)))
    return found


# ---- terms


def formulas_for(lines: Sequence[Line], declared: Declared) -> Formulas:
    """Return formulas in which free letters mean the same index in all these lines."""
    first = lines[0]
    formulas = Formulas(first.statement, declared, first.node, whole=False)
    for line in lines[1:]:
        formulas.note(line.node)
    return formulas


def terms_of(
    sides: Sides, declared: Declared, when: Sequence[IndexCondition], failures: list[Failure]
) -> tuple[tuple[Side, ...], tuple[IndexRelation, ...]]:
    """Return the terms of the lines that mean something together, and the conditions that are about them.

    A line that is ill-typed, alone or beside the others, is a failure. Over which size an index runs may be told
    by any of them, so those that fail at first are tried once more.
    """
    try:
        return _terms(sides.lines, declared, when) if sides.lines else ((), ())
    except ReadingError:
        pass
    except RecursionError:
        failures.append(too_deep(sides.lines[0].statement))
        return (), ()
    accepted: list[Line] = []
    found: tuple[tuple[Side, ...], tuple[IndexRelation, ...]] = ((), ())
    for again in (False, True):
        for line in sides.lines:
            if line in accepted:
                continue
            attempt = [one for one in sides.lines if one is line or one in accepted]
            try:
                found = _terms(attempt, declared, when)
            except ReadingError as wrong:
                if again:
                    failures.append(failure(wrong, line.statement))
            else:
                accepted = attempt
    return found


def _terms(
    lines: list[Line], declared: Declared, when: Sequence[IndexCondition]
) -> tuple[tuple[Side, ...], tuple[IndexRelation, ...]]:
    formulas = formulas_for(lines, declared)
    present = set().union(*(letters(line.node, frozenset()) for line in lines))
    present |= set(declared.labels)
    relevant = [one for one in when if {str(one.left), str(one.right)} <= present]
    if not relevant:
        return sides_of(formulas, lines, None)
    comparisons = [
        tree(
            "comparison",
            [
                one.left,
                tree("relation", [token("EQUAL", "=" if one.equal else "!=", one.left)], one.left),
                one.right,
            ],
            one.left,
        )
        for one in relevant
    ]
    head = token("WHEN", "when", relevant[0].left)
    return sides_of(formulas, lines, tree("when", [head, *comparisons], head))


def unfounded(term: Term, declared: Declared) -> str | None:
    """Return what is wrong with a derivative by something on which what is differentiated does not depend, if any is.

    On a page that is more often a missing definition than a zero.
    """
    for node in walk(term):
        if isinstance(node, Derivative):
            mentioned = declared.mentioned(node.body)
            for variable in node.variables:
                if variable.name not in mentioned:
                    body = node.body.name if isinstance(node.body, Entry) else "what is differentiated"
                    return (
                        f"{body} is not defined on this page by {variable.name}, so its derivative by "
                        f"{variable.name} is not known"
                    )
    return None
