"""What is known of an open page: its questions with their answers so far, and its displays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from derive.editor.pages import OpenPage
from derive.problem.problems import Displayed
from derive.report.results import Result
from derive.verification.questions import Question


@dataclass(frozen=True, slots=True)
class Answered:
    """A question, and its answer if there is one yet."""

    question: Question
    result: Result | None

    @property
    def place(self) -> tuple[int, int]:
        """The line and column on the page that the answer, or else the question, is about."""
        found, at = self.result, self.question.position
        if found is None or found.line is None or found.column is None:
            return at.line, at.column
        return found.line, found.column


@dataclass(frozen=True, slots=True)
class Findings:
    """A page as it was read, with all that is known of it."""

    page: OpenPage
    answered: tuple[Answered, ...] = ()
    displays: tuple[Displayed, ...] = ()

    @property
    def done(self) -> bool:
        """Whether every question has its answer."""
        return all(one.result is not None for one in self.answered)

    def display(self, line: int, column: int) -> Displayed | None:
        """Return the display in which a place stands."""
        return next((one for one in self.displays if one.holds(line, column)), None)

    def at(self, line: int) -> Iterator[Answered]:
        """Yield what is asked on a line, or in a display that reaches over it."""
        for one in self.answered:
            first, column = one.place
            display = self.display(first, column)
            last = display.end[0] if display else first
            if one.question.right is not None:
                last = max(last, one.question.right.position.line)
            first = min(first, display.position.line) if display else first
            if first <= line <= last:
                yield one
