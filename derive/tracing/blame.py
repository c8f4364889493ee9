"""Which line of somebody's code a mistake stands on: where the part that is to be another was first computed."""

from __future__ import annotations

from collections.abc import Sequence

from derive.errors import Position, ReadingError
from derive.reading.text import read_term
from derive.report.results import Diagnosis
from derive.terms import (
    Context,
    Equation,
    Index,
    Term,
    canonical,
    free_indices,
    parts,
    rename,
)
from derive.terms.traverse import children
from derive.tracing.forms import as_formula

Line = tuple[Term, Position]
"""An entry of an array that was computed, and where."""

MAX_PARTS = 20_000  # of all that was computed, which are looked through


def blamed(
    diagnosis: Diagnosis, claimed: Equation, context: Context, lines: Sequence[Line]
) -> Position | None:
    """Return where the part of a wrong right side was first computed that a diagnosis has another for.

    `lines` is what was computed, in order. `None` where the diagnosis proves no right side of its own, or where
    nothing that was computed has the part.
    """
    right = _right(diagnosis, claimed, context)
    if right is None:
        return None
    wanted = _key(_different(claimed.right, right))
    left = MAX_PARTS
    for entry, position in lines:
        inside = parts(as_formula(entry))
        left -= len(inside)
        if left < 0:
            return None
        if any(_key(part) == wanted for part in inside):
            return position
    return None


def _right(diagnosis: Diagnosis, claimed: Equation, context: Context) -> Term | None:
    """Return the right side that a diagnosis proves in place of the one that is claimed."""
    before = f"claim {claimed.left} = "
    for statement in diagnosis.statements:
        if statement.startswith(before):
            try:
                return read_term(statement.removeprefix(before), context)
            except ReadingError:
                return None
    return None


def _different(wrong: Term, right: Term) -> Term:
    """Return the least part of a term that holds all in which it differs from another."""
    inside, others = children(wrong), children(right)
    if type(wrong) is not type(right) or len(inside) != len(others):
        return wrong
    unlike = [(one, other) for one, other in zip(inside, others, strict=True) if one != other]
    return _different(*unlike[0]) if len(unlike) == 1 and children(unlike[0][0]) else wrong


def _key(node: Term) -> Term:
    """Return a term with indices numbered, so that the letters do not matter."""
    numbered = {one: Index(f"#{place}", one.dim) for place, one in enumerate(_letters(node))}
    return canonical(rename(node, numbered))


def _letters(node: Term) -> tuple[Index, ...]:
    found = (
        letter for one in free_indices(node) for letter in one.letters if not isinstance(letter.name, int)
    )
    return tuple(dict.fromkeys(found))
