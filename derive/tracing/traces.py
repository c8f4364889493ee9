"""A trace in progress: what is declared, what was assumed of floats, and what was refused on the way."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from derive.errors import DeriveError, IllPosedError, Position
from derive.terms import Context, Size, Term, Variable
from derive.tracing import constants
from derive.tracing.places import here, is_library


@dataclass(slots=True)
class Trace:
    """What one run of somebody's functions goes by.

    `refused` has the errors that were raised: code that catches one has taken a branch that depends on nothing but
    our ignorance, so the first of them is the outcome of the trace.
    """

    context: Context
    exact: bool = False
    assumptions: dict[str, None] = field(default_factory=dict)
    refused: list[DeriveError] = field(default_factory=list)
    inside: bool = False
    """Whether somebody's function is being run."""
    lines: list[tuple[Term, Position]] = field(default_factory=list)
    """What the last function computed: entries of arrays, each with its line."""

    def number(self, value: float) -> Term:
        """Return the number that a float stands for, and note what is assumed by that. Raises `IllPosedError`."""
        try:
            found, assumed = constants.meaning(value, exact=self.exact)
        except ValueError as wrong:
            raise IllPosedError(str(wrong)) from None
        if assumed is not None:
            self.assumptions.setdefault(assumed)
        return found

    def size(self, name: str) -> Size:
        """Return the declaration of a size. One that has its number for a name is that number."""
        return self.context.sizes.get(name, Size(name, fixed=int(name)) if name.isdigit() else Size(name))


_running: list[Trace] = []


@contextmanager
def running(trace: Trace) -> Iterator[Trace]:
    """Have `current` return this trace, and raise what it refused if the traced code went on all the same."""
    _running.append(trace)
    try:
        yield trace
    finally:
        _running.pop()
    if trace.refused:
        raise trace.refused[0]


def current() -> Trace:
    """Return the trace in progress. Raises `RuntimeError` if there is none."""
    if not _running:
        raise RuntimeError("a symbolic array is used after the function that it was traced through has ended")
    return _running[-1]


def asked_by_code() -> bool:
    """Return whether what is being run was called from a line of somebody's code, two frames up, and not by us."""
    return bool(_running) and _running[-1].inside and not is_library(sys._getframe(2).f_code.co_filename)


def is_running() -> bool:
    """Return whether there is a trace in progress."""
    return bool(_running)


def remember(entry: Term, position: Position | None) -> None:
    """Note what was computed on a line of the user's."""
    if position is not None and _running and _running[-1].inside:
        _running[-1].lines.append((entry, position))


def refuse(message: str) -> DeriveError:
    """Return the error that something is not understood, at the line of the user's that asks for it."""
    return noted(IllPosedError(message))


def noted(error: DeriveError) -> DeriveError:
    """Return an error with the line of the user's that it comes from, and let the trace know of it."""
    if error.position is None and _running and _running[-1].inside:
        error.position = here()
    if _running and error not in _running[-1].refused:
        _running[-1].refused.append(error)
    return error


Keywords = Mapping[str, Any]


def asked(gradients: Sequence[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """Return the gradients by their arrays; that one is None, for which nothing is claimed, is noted."""
    for name in (name for name, one in gradients if one is None):
        current().assumptions.setdefault(
            f"nobody asks for a gradient by {name}: the backward pass returns None for it"
        )
    return [(name, one) for name, one in gradients if one is not None]


def asked_gradients(gradients: Mapping[str, Any], variables: Mapping[str, Variable]) -> dict[str, Any]:
    """Return the gradients by declared real arrays; that one is None, for which nothing is claimed, is noted."""
    return dict(
        asked(
            [
                (name, one)
                for name, one in gradients.items()
                if name in variables and variables[name].kind == "real"
            ]
        )
    )
