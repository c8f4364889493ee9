"""What is decided again when a text changes: what has changed, and nothing else."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from queue import SimpleQueue
from time import sleep
from typing import Any

import pytest

pytest.importorskip("pygls")

from derive.editor import decider
from derive.editor.decider import Decider
from derive.editor.findings import Findings
from derive.editor.memory import MOST, KnownAnswers, answers_kept, key_of
from derive.editor.pages import OpenPage
from derive.limits.deadline import Effort
from derive.reading.sources import SourceFile
from derive.report.results import Result, Verdict
from derive.terms import Number
from derive.verification.budget import Budget
from derive.verification.cache import Cache
from derive.verification.pool import Job
from derive.verification.questions import Question
from derive.verification.tasks import Read, read

TEXT = """real x
claim D(x^2, x) = 2*x
claim D(x^3, x) = 3*x
problem: another
size n
real s[n]
claim D(logsumexp(s), s[i]) = softmax(s)[i]
"""
PAGE = """$$ E = \\sum_i x_i^2 $$

$$ \\frac{\\partial E}{\\partial x_k} = 2 x_k $$

$$ \\frac{\\partial E}{\\partial x_k} = 3 x_k $$
"""


class Desk:
    """A decider, with what it told and what it had workers decide."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.told: SimpleQueue[Findings] = SimpleQueue()
        self.asked: list[str] = []
        self.broken: list[str] = []

        def job(task: tuple[Any, tuple[Any, ...]]) -> Job:
            if task[0] is answers_kept:
                self.asked.append(task[1][0].claim)
            return Job(task)

        monkeypatch.setattr(decider, "Job", job)
        self.decider = Decider(self.told.put, self.broken.append, Budget(60), 1, Effort(), None)

    def found(self, text: str, notation: str = "") -> tuple[Findings, list[str]]:
        """Return what is found of a text when all is known, and what was decided for it."""
        page = OpenPage.of("file:///a", notation, [("file:///a", 1, text)])  # type: ignore[arg-type] # one of them
        self.asked.clear()
        self.decider.update(page, 0)
        findings = self.told.get(timeout=120)
        while findings.page is not page or not findings.done:
            findings = self.told.get(timeout=120)
        while self.decider.running:  # what explains a verdict comes later, and may be nothing
            sleep(0.01)
        while not self.told.empty():
            findings = self.told.get()
        return findings, list(self.asked)


@contextmanager
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    made = Desk(monkeypatch)
    try:
        yield made
    finally:
        made.decider.end()
        assert made.broken == []


def verdicts(findings: Findings) -> list[tuple[int | None, str]]:
    return [(one.result.line, str(one.result.verdict)) for one in findings.answered if one.result is not None]


def test_only_what_has_changed_is_decided_again(monkeypatch: pytest.MonkeyPatch) -> None:
    with desk(monkeypatch) as one:
        findings, asked = one.found(TEXT)
        assert verdicts(findings) == [(2, "proved"), (3, "refuted"), (7, "proved")]
        assert len(asked) == 3
        findings, asked = one.found("# a comment\n\n" + TEXT.replace("3*x", "3*x^2"))
        assert asked == ["D(x^3, x) = 3*x^2"]
        assert verdicts(findings) == [(4, "proved"), (5, "proved"), (9, "proved")]
        findings, asked = one.found(TEXT)  # taken back
        assert asked == []
        assert verdicts(findings) == [(2, "proved"), (3, "refuted"), (7, "proved")]
        _, asked = one.found(TEXT.replace("real x\n", "positive x\n"))
        assert asked == ["D(x^2, x) = 2*x", "D(x^3, x) = 3*x"]


def test_so_on_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    with desk(monkeypatch) as one:
        findings, asked = one.found(PAGE, ".md")
        assert verdicts(findings) == [(3, "proved"), (5, "refuted")]
        assert len(asked) == 2
        findings, asked = one.found("# Title\n\n" + PAGE, ".md")
        assert asked == []
        assert verdicts(findings) == [(5, "proved"), (7, "refuted")]
        findings, asked = one.found(PAGE.replace("x_i^2", "x_i^3"), ".md")
        assert len(asked) == 2
        assert verdicts(findings) == [(3, "refuted"), (5, "refuted")]


def test_a_bug_in_the_thread_is_told() -> None:
    broken: SimpleQueue[str] = SimpleQueue()

    def tell(_: Findings) -> None:
        raise ValueError("a bug")

    made = Decider(tell, broken.put, Budget(60), 1, Effort(), None)
    made.update(OpenPage.of("file:///a", "", [("file:///a", 1, TEXT)]), 0)
    assert "ValueError: a bug" in broken.get(timeout=120)
    made.end()


def test_what_cannot_be_written_down_is_like_nothing_else() -> None:
    """A number of more digits than Python writes has no digest; readers let none through, and a search may make one."""
    (found,) = read(SourceFile("a", "real x\nclaim x = 1"))
    assert isinstance(found, Read)
    (question,) = found.questions
    assert question.equation is not None
    huge = Number(Fraction(10) ** (sys.get_int_max_str_digits() + 1))
    other = replace(question, equation=replace(question.equation, right=huge))
    kept = Cache(Path())
    assert key_of(question, kept) == key_of(question, kept)
    assert key_of(other, kept) != key_of(other, kept)


def test_memory_forgets_the_oldest_that_stands_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    memory = KnownAnswers()
    monkeypatch.setattr("derive.editor.memory.MOST", 2)
    with desk(monkeypatch) as one:
        findings, asked = one.found(TEXT)  # more than is kept, and none of it is decided twice
        assert len(asked) == len(findings.answered) == 3
    question: Question = findings.answered[0].question
    for key in "abcd":
        memory.put(key, question, Result(Verdict.PROVED))
    memory.trim({"a"})
    assert list(memory.answers) == ["a", "d"]
    assert memory.get("b", question) is None
    assert MOST > 1000
