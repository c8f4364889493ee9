"""Answers to what was asked before, so that only what has changed is decided again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from uuid import uuid4

from derive.errors import DeriveError
from derive.limits.deadline import Effort
from derive.report.results import Result
from derive.verification.cache import Cache
from derive.verification.questions import Question, stages

MOST = 5000
"""Answers that are kept; of more the oldest are forgotten."""


@dataclass(slots=True)
class KnownAnswers:
    """Answers by what was asked, wherever it stands: also those that no disk keeps, such as that time was over."""

    answers: dict[str, tuple[Question, Result]] = field(default_factory=dict)

    def get(self, key: str, question: Question) -> Result | None:
        """Return the answer to a question, moved to its place."""
        known = self.answers.get(key)
        if known is None:
            return None
        before, found = known
        line = None if found.line is None else found.line + question.position.line - before.position.line
        return question.placed(replace(found, line=line))

    def put(self, key: str, question: Question, found: Result) -> None:
        """Keep an answer."""
        self.answers.pop(key, None)
        self.answers[key] = question, found

    def trim(self, wanted: AbstractSet[str]) -> None:
        """Forget the oldest answers, where there are too many, but none that stands on an open page."""
        unwanted = [key for key in self.answers if key not in wanted] if len(self.answers) > MOST else []
        for key in unwanted[: len(self.answers) - MOST]:
            del self.answers[key]


def key_of(question: Question, cache: Cache) -> str:
    """Return a digest of all that the answer to a question depends on, the lines at which it stands left out.

    What its page says beside it is part of that, with how far away it stands, for messages tell the place. A question
    that cannot be written down is like no other.
    """
    try:
        asked = cache.key(question)
        sayings = () if question.page is None else question.page.sayings
        beside = [(_error(one.error, question), repr(one.equation), one.anew) for one in sayings]
    except (RecursionError, ValueError):  # too deep, or with too long a number, to be written
        asked, beside = None, []
    if asked is None:
        return uuid4().hex  # it is decided whenever its page is read
    error = None if question.error is None else _error(question.error, question)
    at = question.position.column, question.right and question.right.position.column
    return hashlib.sha256(repr((asked, at, error, beside)).encode()).hexdigest()


def _error(error: DeriveError, question: Question) -> tuple[str, int, int]:
    at = error.position
    return error.message, (at.line - question.position.line if at else 0), (at.column if at else 0)


def answers_kept(question: Question, effort: Effort, folder: Path | None) -> Iterator[Result]:
    """Yield the verdict on a question, then again with what explains it, from the disk if it is there.

    Done by a worker.
    """
    kept = None if folder is None else _cache(folder)
    known = None if kept is None else kept.get(question, False)
    if known is not None:
        yield known
        return
    found = None
    for found in stages(question, effort):
        yield found
    if kept is not None and found is not None:
        kept.put(question, found)


@cache
def _cache(folder: Path) -> Cache:
    return Cache(folder)
