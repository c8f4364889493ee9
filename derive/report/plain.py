"""What reports consist of as plain data, which JSON keeps, and back: the same messages, terms and steps again.

A value of a class is the class's name with its fields in order. Only the classes named here are ever made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from fractions import Fraction
from typing import Any

from derive import terms
from derive.report.message import Matrix, Message
from derive.report.results import Counterexample, Diagnosis, Jacobian, Steps, StepShown, Verdict

_DATA = {
    one.__name__: one
    for one in (
        *(terms.Add, terms.Apply, terms.Big, terms.Binder, terms.Compare, terms.Constant, terms.Delta),
        *(terms.Derivative, terms.Entry, terms.Equation, terms.Hypothesis, terms.Index, terms.IndexRelation),
        *(terms.Multiply, terms.Number, terms.Power, terms.SizeNumber, terms.Where, terms.Bound),
        *(Counterexample, Diagnosis, Jacobian, Matrix, StepShown),
    )
}
_SEQUENCES: dict[str, Callable[..., Any]] = {
    "Message": lambda *pieces: Message(*pieces),
    "Steps": lambda *lines: Steps(lines),
    "tuple": lambda *parts: parts,
    "list": lambda *parts: [*parts],
}
_NAMED = {"Fraction": Fraction, "Relation": terms.Relation, "Verdict": Verdict}


def to_plain(value: Any) -> Any:
    """Return a value as lists, texts and numbers. Raises `TypeError` for what reports do not consist of."""
    match value:
        case Message():
            return ["Message", *map(to_plain, value.pieces)]
        case Steps():
            return ["Steps", *map(to_plain, value)]
        case Verdict() | terms.Relation() | Fraction():
            return [type(value).__name__, str(value)]
        case None | bool() | int() | float() | str():
            return value
        case tuple() | list():
            return [type(value).__name__, *map(to_plain, value)]
        case Mapping():
            return {name: to_plain(one) for name, one in value.items()}
    name = type(value).__name__
    if _DATA.get(name) is not type(value):
        raise TypeError(f"no part of a report: {name}")
    return [name, *(to_plain(getattr(value, one.name)) for one in fields(value) if one.name != "position")]


def from_plain(data: Any) -> Any:
    """Return the value that plain data stand for. Raises one of many errors where they are damaged."""
    match data:
        case [str(name), *parts]:
            if name in _NAMED:
                return _NAMED[name](*parts)
            make = _SEQUENCES.get(name) or _DATA[name]
            return make(*map(from_plain, parts))
        case dict():
            return {str(name): from_plain(one) for name, one in data.items()}
        case None | bool() | int() | float() | str():
            return data
    raise ValueError("not the plain data of a report")
