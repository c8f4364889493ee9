"""What SymPy's assumptions on a symbol come to: a declaration that says exactly as much, or an error.

Two sets of assumptions say the same of real numbers if SymPy draws the same conclusions from both. So nothing is
looked up by an assumption's name, and none is dropped.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy
from sympy.core.facts import InconsistentAssumptions

from derive.errors import IllPosedError
from derive.terms import ZERO, Bound, Relation

Facts = frozenset[tuple[str, bool]]

ASSUMED: dict[Relation, str] = {
    Relation.GREATER: "positive",
    Relation.LESS: "negative",
    Relation.AT_LEAST: "nonnegative",
    Relation.AT_MOST: "nonpositive",
    Relation.UNEQUAL: "nonzero",
}
"""What SymPy assumes of a symbol that is related to 0."""

_DECLARED: tuple[tuple[dict[str, bool], tuple[Bound, ...]], ...] = (
    ({}, ()),
    *(({mark: True}, (Bound(relation, ZERO),)) for relation, mark in ASSUMED.items()),
)


def bounds(symbol: Any) -> tuple[Bound, ...]:
    """Return the bounds that declare a symbol for a real number; that it is real is understood.

    Raises `IllPosedError` where no declaration says what is assumed, and for numbers that need not be real.
    """
    wider = next((one for one in ("complex", "extended_real") if _says(symbol, one)), None)
    if symbol.is_real is None and wider is not None:
        raise IllPosedError(
            f"{symbol} is assumed {wider}=True, and derive speaks of real numbers: say real=True"
        )
    said = _facts(symbol, real=True)
    for marks, found in _DECLARED:
        if said == _closure(real=True, **marks):
            return found
    raise _unsayable(symbol, "a real number", _closure(real=True))


def check_function(function: Any) -> None:
    """Raise `IllPosedError` for assumptions on the values of an unknown function, but that they are real."""
    if function not in (sympy.Function(function.name), sympy.Function(function.name, real=True)):
        raise IllPosedError(
            f"something is assumed of the function {function.name}, and of an unknown function nothing can be"
        )


def check_size(symbol: Any) -> None:
    """Raise `IllPosedError` for a size of which more is assumed than that it is a positive integer."""
    understood = _closure(integer=True, positive=True)
    if _facts(symbol, integer=True, positive=True) != understood:
        raise _unsayable(symbol, "a size, an arbitrary positive integer", understood)


def is_size(symbol: Any) -> bool:
    """Return whether just that is assumed of a symbol that makes a size: that it is a positive integer."""
    return _facts(symbol) == _closure(integer=True, positive=True)


def check_index(symbol: Any, origin: int) -> None:
    """Raise `IllPosedError` for an index of which more is assumed than its range says."""
    sign = "positive" if origin else "nonnegative"
    understood = _closure(integer=True, **{sign: True})
    if _facts(symbol, integer=True, **{sign: True}) != understood:
        raise _unsayable(symbol, f"an index that counts from {origin}", understood)


def _says(symbol: Any, fact: str) -> bool:
    return dict(symbol.assumptions0).get(fact) is True


def _facts(symbol: Any, **more: bool) -> Facts | None:
    """Return all that follows from a symbol's assumptions and more; `None` if they contradict each other."""
    known = symbol.assumptions0
    if any(known.get(fact, value) is not value for fact, value in more.items()):
        return None
    return _closure(**known, **{fact: value for fact, value in more.items() if fact not in known})


@cache
def _closure(**marks: bool) -> Facts | None:
    try:
        return frozenset(sympy.Symbol("x", **marks).assumptions0.items())
    except InconsistentAssumptions:
        return None


def _unsayable(symbol: Any, what: str, understood: Facts | None) -> IllPosedError:
    """Return the error that names, of the assumptions that are not understood, the one from which most follows."""
    facts = sorted(set(symbol.assumptions0.items()) - (understood or frozenset()))
    name, value = max(
        facts, key=lambda fact: (fact[1], len(_closure(**dict([fact])) or ())), default=("real", False)
    )
    return IllPosedError(f"{symbol} is assumed {name}={value}, and that cannot be declared of {what}")
