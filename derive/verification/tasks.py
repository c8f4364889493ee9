"""What workers do: read a text into its questions, answer a question. What they send back is plain data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from derive.errors import DeriveError, LimitError, Position
from derive.limits.deadline import Effort
from derive.problem.problems import Displayed, Problem
from derive.reading.sources import SourceFile, load
from derive.report.results import Result
from derive.verification.questions import (
    Asked,
    Question,
    asked_in_problems,
    displays_of,
    problems_of,
    questions,
    stages,
    to_derive,
)

Given: TypeAlias = str | SourceFile | Problem
"""What can be asked for its claims: a file by its name, a text, or a problem that was read before."""


def name_of(given: Given) -> str:
    """Return the name under which messages speak of a file, a text or a problem."""
    match given:
        case SourceFile(file):
            return file
        case Problem(_, items):
            return items[0].position.file if items else "<problem>"
        case _:
            return given


@dataclass(frozen=True, slots=True)
class Read:
    """What a text asks, and the displays of a page, each with how it was understood."""

    questions: list[Question]
    displays: tuple[Displayed, ...] = ()


def read(given: Given) -> Iterator[Read]:
    """Yield the questions of a file, text or problem; what cannot be read is one of them."""
    try:
        problems = _problems(given)
        yield Read(_every(asked_in_problems(problems, name_of(given))), displays_of(problems))
    except DeriveError as wrong:
        at = wrong.position or Position(name_of(given), 1, 1)
        yield Read([Question("", at, name_of(given), None, 1, error=wrong.without_trace())])
    except RecursionError:
        at = Position(name_of(given), 1, 1)
        deep = LimitError("what stands here is nested too deeply")
        yield Read([Question("", at, at.file, None, 1, error=deep)])


def read_to_derive(
    source: SourceFile, sizes: Mapping[str, int], symbols: Mapping[str, str]
) -> Iterator[Read | DeriveError]:
    """Yield what `derive show` derives, or the error for which it derives nothing."""
    try:
        yield Read(_every(to_derive(source.text, source.file, sizes, source.document, symbols)))
    except DeriveError as wrong:
        yield wrong.without_trace()


def answers(question: Question, effort: Effort, steps: bool) -> Iterator[Result]:
    """Yield the verdict on a question, then again with what explains it, and if asked for with its derivation."""
    yield from stages(question, effort, steps=steps)


def _problems(given: Given) -> list[Problem]:
    match given:
        case Problem():
            return [given]
        case str():
            given = load(given)
    return problems_of(given.text, given.file, given.document)


def _every(found: list[Asked]) -> list[Question]:
    return [question for asked in found for question in questions(asked)]
