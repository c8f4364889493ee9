"""The sides of one chain, from what is typed to terms; a side that cannot be read is left out and reported."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lark import Token, Tree

from derive.errors import ReadingError
from derive.notation import Derivative, IndexRelation, Term, walk
from derive.problem import Failure, Side
from derive.reading.arrays import ARRAYS
from derive.reading.claims import Line, sides_of
from derive.reading.declared import Declared
from derive.reading.formulas import Formulas
from derive.reading.formulas import arguments as arguments_of
from derive.reading.latex.bigs import UnsettledError, letters, settle
from derive.reading.latex.names import Names
from derive.reading.latex.rows import Chain, Node, read_formula
from derive.reading.latex.structure import token, tree
from derive.reading.lines import Statement

_AXES = "ijklmabcdrsuvw"


@dataclass(frozen=True, slots=True)
class Condition:
    """Two indices that are equal or differ, as typed beside a line."""

    left: Token
    right: Token
    equal: bool


@dataclass(slots=True)
class Sides:
    """The formulas of a chain. `along` is the letter of the entries of whole arrays, if such are compared."""

    lines: list[Line]
    along: str | None = None


def parse_sides(
    pieces: Sequence[Statement], names: Names, failures: list[Failure], outside: frozenset[str] = frozenset()
) -> Sides:
    """Return the formulas of those pieces that can be read; each of the others is a failure.

    The letters `outside` are free elsewhere in the chain.
    """
    chain = Chain(names, axis=_axis(pieces, names.declared))
    lines: list[Line] = []
    for piece in pieces:
        try:
            lines.append(Line(piece, read_formula(piece, chain), piece.typed))
        except ReadingError as wrong:
            failures.append(failure(wrong, piece))
    _settle(lines, chain, failures, outside)
    for line in list(lines):
        mixed = _mixed(line, names.declared)
        if mixed is not None:
            failures.append(failure(mixed, line.statement))
            lines.remove(line)
    whole = chain.along or any(_is_whole(line.node, names.declared) for line in lines)
    return Sides(lines, chain.axis if whole else None)


def failure(wrong: ReadingError, piece: Statement) -> Failure:
    """Return the failure of a piece to be read, at its own place."""
    at = wrong.position or piece.position
    return Failure(ReadingError(wrong.message, at), piece.typed, at)


def _axis(pieces: Sequence[Statement], declared: Declared) -> str:
    """Return a letter for the entries of whole arrays that nothing else uses here."""
    text = re.sub(r"\\[A-Za-z]+", " ", " ".join(piece.text for piece in pieces))
    return next((one for one in _AXES if one not in text and declared.kind(one) is None), "i_1")


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


def _is_whole(node: Node, declared: Declared) -> bool:
    """Return whether a formula is of an array as a whole."""
    if isinstance(node, Token):
        known = str(node) in declared.variables or str(node) in declared.definitions
        return node.type == "NAME" and known and len(declared.dims(str(node))) == 1
    if node.data == "entry":
        return False
    if node.data == "call":
        name = str(node.children[0])
        if name in ARRAYS:
            entrywise = name in ("softmax", "log_softmax") and len(node.children) == 2
            return entrywise and any(_is_whole(one, declared) for one in arguments_of(node))
        if name == "D":
            return _is_whole(arguments_of(node)[0], declared)
    return any(_is_whole(child, declared) for child in node.children)


def _mixed(line: Line, declared: Declared) -> ReadingError | None:
    """Return the error for a product of two whole arrays, which might be entry by entry or summed up."""
    for node in nodes_in(line.node):
        if not isinstance(node, Tree):
            continue
        arrays = [one for one in node.children if not isinstance(one, Token) or one.type == "NAME"]
        arrays = [one for one in arrays if _is_whole(one, declared)]
        at = line.statement.at(node.meta.line, node.meta.column)
        if node.data == "product" and len(arrays) > 1:
            signs = {str(one) for one in node.children[1::2]}
            if signs <= {".", "/"}:
                continue
            message = "a product of two arrays: entry by entry (\\odot), or summed up? Write the indices"
            return ReadingError(message, at)
        if node.data == "power" and arrays:
            return ReadingError("a power of an array: write its index", at)
        big = node.data == "call" and str(node.children[0]) in ("sum", "prod", "mean")
        if (big or (node.data == "call" and node.children[0] == "D")) and _is_whole(node, declared):
            return ReadingError("an array without its index; write the index", at)
    return None


# ---- terms


def formulas_for(lines: Sequence[Line], declared: Declared, along: str | None) -> Formulas:
    """Return formulas in which free letters mean the same index in all these lines."""
    first = lines[0]
    formulas = Formulas(first.statement, declared, first.node)
    for line in lines[1:]:
        formulas.note(line.node)
    if along is not None:
        formulas.axes.append(formulas.index(token("NAME", along, first.node)))
    return formulas


def terms_of(
    sides: Sides, declared: Declared, when: Sequence[Condition], failures: list[Failure]
) -> tuple[tuple[Side, ...], tuple[IndexRelation, ...]]:
    """Return the terms of the lines that mean something together, and the conditions that are about them.

    A line that is ill-typed, alone or beside the others, is a failure. Over which size an index runs may be told
    by any of them, so those that fail at first are tried once more.
    """
    try:
        return _terms(sides.lines, sides.along, declared, when) if sides.lines else ((), ())
    except ReadingError:
        pass
    accepted: list[Line] = []
    found: tuple[tuple[Side, ...], tuple[IndexRelation, ...]] = ((), ())
    for again in (False, True):
        for line in sides.lines:
            if line in accepted:
                continue
            attempt = [one for one in sides.lines if one is line or one in accepted]
            try:
                found = _terms(attempt, sides.along, declared, when)
            except ReadingError as wrong:
                if again:
                    failures.append(failure(wrong, line.statement))
            else:
                accepted = attempt
    return found


def _terms(
    lines: list[Line], along: str | None, declared: Declared, when: Sequence[Condition]
) -> tuple[tuple[Side, ...], tuple[IndexRelation, ...]]:
    formulas = formulas_for(lines, declared, along)
    present = set().union(*(letters(line.node, frozenset()) for line in lines)) | {along or ""}
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


def unfounded(term: Term, declared: Declared, inferred: set[str]) -> str | None:
    """Return the name of an inferred array on which a derivative would silently not depend, None if there is none."""
    for node in walk(term):
        if isinstance(node, Derivative):
            mentioned = declared.mentioned(node.body)
            for variable in node.variables:
                if variable.name not in mentioned and mentioned & inferred:
                    return sorted(mentioned & inferred)[0]
    return None
