"""One formula or equation typed as LaTeX, in a given context."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from derive.errors import ReadingError
from derive.problem.problems import Failure, Side
from derive.reading.declared import Declared
from derive.reading.latex.lines import equations
from derive.reading.latex.names import Names
from derive.reading.latex.said import used_otherwise
from derive.reading.latex.sides import IndexCondition, Sides, parse_sides, terms_of
from derive.reading.latex.signs import Source
from derive.reading.latex.spellings import Spelling
from derive.terms import Context, Equation, IndexRelation, Relation, Term

SidesRead: TypeAlias = tuple[tuple[Side, ...], tuple[IndexRelation, ...]]


def read_term(latex: str, context: Context, file: str = "<latex>") -> Term:
    """Return the term that a piece of LaTeX means in a context.

    Raises:
        ReadingError: it cannot be read, is ill-typed, or could mean several things.
    """
    declared = Declared.of(context)
    names = Names(declared, otherwise=used_otherwise("", [latex]))
    failures: list[Failure] = []
    sides = parse_sides([Source(latex, file).piece(0, len(latex))], names, failures)
    found, _ = _sure(sides, declared, [], failures)
    return found[0].term


def read_equation(
    latex: str, context: Context, file: str = "<latex>", *, spellings: Sequence[Spelling] = ()
) -> Equation:
    r"""Return the equation `A = B \quad i \neq j`, or inequality, that LaTeX means in a context.

    Names may be spelled otherwise.

    Raises:
        ReadingError: it cannot be read, is ill-typed, could mean several things, or is no single equation.
    """
    declared = Declared.of(context)
    names = Names(declared, otherwise=used_otherwise("", [latex]))
    names.spellings = list(spellings)
    source = Source(latex, file)
    found = equations(source, 0, len(latex), names)
    for one in found:
        if one.wrong is not None:
            raise one.wrong.error
    for one in found:
        if one.trailing:
            raise ReadingError("nothing stands beside this sign", source.at(one.end - 1))
    if any(one.outside for one in found):
        raise ReadingError("only an equation can be claimed", source.piece(0, len(latex)).position)
    if len(found) != 1 or len(found[0].pieces) != 2 or found[0].continues:
        raise ReadingError("an equation has two sides", source.piece(0, len(latex)).position)
    failures: list[Failure] = []
    sides = parse_sides(found[0].pieces, names, failures)
    (left, right), when = _sure(sides, declared, found[0].when, failures)
    relation = next(iter(found[0].bounds.values()), Relation.EQUAL)
    return Equation(left.term, right.term, when, left.position, relation)


def _sure(sides: Sides, declared: Declared, when: list[IndexCondition], failures: list[Failure]) -> SidesRead:
    """Return the terms of sides; what has failed before, or fails now, is raised."""
    found: SidesRead = terms_of(sides, declared, when, failures) if not failures else ((), ())
    if failures:
        raise failures[0].error
    return found
