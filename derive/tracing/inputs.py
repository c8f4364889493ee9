"""What a declaration says that somebody's functions are given: symbolic arrays, labels and sizes, by parameter."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from derive.arrays.values import fresh_axes
from derive.errors import IllPosedError, ReadingError
from derive.problem.problems import Failure
from derive.reading.text import read
from derive.terms import Context, Entry, Variable
from derive.tracing.places import defined_at


def declared(text: str) -> Context:
    """Return the context that a text declares.

    Raises:
        ReadingError: it cannot be read, holds a claim, or several problems.
    """
    if not isinstance(text, str):
        raise ReadingError(f"the declarations are text, and this is a {type(text).__name__}")
    problems = read(text, "<declare>")
    if len(problems) > 1:
        raise ReadingError("the declarations are one problem")
    for item in (item for problem in problems for item in problem.items):
        if isinstance(item, Failure):
            raise item.error
        raise ReadingError(
            "declarations are expected here; what is claimed comes from the functions", item.position
        )
    return problems[0].context if problems else Context()


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a function, and what is declared for it: a variable, a label or a size, by its name."""

    name: str
    declared: str


def taken_by(function: Callable[..., Any]) -> list[inspect.Parameter]:
    """Return the parameters of a function.

    Raises:
        IllPosedError: it is no function, or Python does not know what it takes.
    """
    try:
        return list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        told = (
            f"a function with named parameters is expected, and this is of the type {type(function).__name__}"
        )
        raise IllPosedError(told) from None


def parameters(
    function: Callable[..., Any], context: Context, names: Mapping[str, str], skip: int = 0
) -> tuple[Parameter, ...]:
    """Return the parameters that a declaration gives values to, in their order; the first `skip` are left out.

    A parameter that is not declared and has a default keeps it.

    Raises:
        IllPosedError: one is not declared and has no default, `names` says what is not there, or it is no function.
    """
    known = {*context.variables, *context.labels, *context.sizes}
    for name in names.values():
        if name not in known:
            raise IllPosedError(f"`names` maps to {name}, which is not declared", defined_at(function))
    found = []
    for one in taken_by(function)[skip:]:
        if one.kind is one.VAR_POSITIONAL or one.kind is one.VAR_KEYWORD:
            continue
        name = names.get(one.name, one.name)
        if name in known:
            found.append(Parameter(one.name, name))
        elif one.default is one.empty:
            told = getattr(function, "__name__", "the function")
            raise IllPosedError(
                f"the parameter {one.name} of {told} is not declared: declare it, or map it by names={{...}}",
                defined_at(function),
            )
    return tuple(found)


def entry_of(variable: Variable) -> Entry:
    """Return the entry of an array at axes of its own."""
    return Entry(variable.name, fresh_axes(variable.dims))
