"""Texts and their questions through a pool of workers: what is to be done next, and what has come of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from derive.errors import DeriveError, LimitError, Position
from derive.limits.deadline import Effort
from derive.problem.problems import Displayed
from derive.report.results import Report, Result, Verdict
from derive.verification.budget import Budget
from derive.verification.cache import Cache
from derive.verification.pool import Job, Pool
from derive.verification.questions import Question, error_result, with_verdicts
from derive.verification.stopping import Stop
from derive.verification.tasks import answers

BUG = "this is a bug in derive: please report it with the problem and what follows\n"


@dataclass(frozen=True, slots=True)
class Run:
    """How questions are answered: the budget of each, how many at once, whether derivations are wanted.

    `fork` is as for `Worker`; `cache` has verdicts that were found before, and takes what is found now; `effort`
    is for what comes after a verdict.
    """

    budget: Budget = field(default_factory=Budget)
    jobs: int = 1
    steps: bool = False
    fork: bool = False
    cache: Cache | None = None
    effort: Effort = field(default_factory=Effort)


@dataclass(slots=True, eq=False)
class Text:
    """A text to read, with the job that reads it and then its questions with theirs.

    `failure` is the one result of a text that came to nothing, `error` what is raised instead of results.
    """

    name: str
    reading: Job
    questions: list[tuple[Question, Job]] = field(default_factory=list)
    displays: tuple[Displayed, ...] = ()
    failure: Result | None = None
    error: DeriveError | None = None

    @property
    def done(self) -> bool:
        """Whether all its results are there; whoever asks has had `Work` look at what has come."""
        return self.reading.done and all(job.done for _, job in self.questions)

    def results(self) -> tuple[Result, ...]:
        """Return the results of a text that is done. Raises its error, if it has one."""
        if self.error is not None:
            raise self.error
        first = () if self.failure is None else (self.failure,)
        return first + tuple(result_of(question, job) for question, job in self.questions)


def report_of(text: Text) -> Report:
    """Return the report on a text that is done. Raises its error, if it has one."""
    results = text.results()
    return Report(results, with_verdicts(text.displays, results))


@dataclass(slots=True, eq=False)
class _Waiting:
    """A question at work, and those that wait for its answer because they ask the same."""

    question: Question
    job: Job
    key: str | None
    same: list[tuple[Question, Job]] = field(default_factory=list)


class Work:
    """Keeps the workers busy: with the questions of what has been read, else with reading what comes next.

    Where somebody asks for a stop, whatever waits here raises `StoppedError`.
    """

    def __init__(self, pool: Pool, run: Run, stop: Stop | None = None) -> None:
        self.pool = pool
        self.run = run
        self.stop = stop
        self.unread: deque[Text] = deque()
        self.reading: list[Text] = []
        self.read: list[Text] = []
        self.waiting: deque[_Waiting] = deque()
        self.started: list[_Waiting] = []
        self.asked: dict[str, _Waiting] = {}

    def add(self, text: Text) -> None:
        """Have a text read, and what it asks answered."""
        if text.reading.done:
            self.read.append(text)
        else:
            self.unread.append(text)

    def results(self, text: Text) -> Iterator[Result]:
        """Yield the results of a text in order, each as soon as it is there, and forget them."""
        self.finish(text.reading)
        if text.failure is not None:
            yield text.failure
        while text.questions:
            question, job = text.questions.pop(0)
            self.finish(job)
            yield result_of(question, job)

    def finished(self) -> list[Text]:
        """Return the texts that are done, and forget them."""
        done = [text for text in self.read if text.done]
        self.read = [text for text in self.read if not text.done]
        return done

    def finish(self, one: Text | Job) -> None:
        """Work until a text or a job is done."""
        self.feed()
        while not one.done:
            if self.stop is None:
                self.pool.wait()
            else:
                self.pool.wait([self.stop.reader])
                self.stop.check()
            self.feed()

    def feed(self) -> None:
        """Look at what has come, and start as much as there is room for."""
        for text in [one for one in self.reading if one.reading.done]:
            self.reading.remove(text)
            self._have_read(text)
            self.read.append(text)
        for asked in [one for one in self.started if one.job.done]:
            self.started.remove(asked)
            self._have_answered(asked)
        while self.pool.room and (self.waiting or self.unread):
            if self.waiting:
                asked = self.waiting.popleft()
                self.started.append(asked)
                self.pool.start(asked.job)
            else:
                text = self.unread.popleft()
                self.reading.append(text)
                self.pool.start(text.reading)

    def _have_read(self, text: Text) -> None:
        job = text.reading
        if isinstance(job.value, DeriveError):
            text.error = job.value
        elif job.bug is not None or job.value is None:
            text.failure = _not_read(text.name, job)
        else:
            text.displays = job.value.displays
            text.questions = [
                (one, Job((answers, (one, self.run.effort, self.run.steps)))) for one in job.value.questions
            ]
            for question, one in text.questions:
                self._ask(question, one)

    def _ask(self, question: Question, job: Job) -> None:
        """Have a question answered, if its answer is not known, nor the same asked already."""
        cache = self.run.cache
        if cache is not None:
            job.value = cache.get(question, self.run.steps)
            job.done = job.value is not None
        if job.done:
            return
        asked = _Waiting(question, job, None if cache is None else cache.key(question))
        if asked.key is not None:
            first = self.asked.setdefault(asked.key, asked)
            if first is not asked:
                first.same.append((question, job))
                return
        self.waiting.append(asked)

    def _have_answered(self, asked: _Waiting) -> None:
        if asked.key is not None:
            del self.asked[asked.key]
        if self.run.cache is not None and self.run.effort.whole:
            self.run.cache.put(asked.question, result_of(asked.question, asked.job), self.run.steps)
        for question, job in asked.same:  # known now, or else one of them is asked
            self._ask(question, job)


def result_of(question: Question, job: Job) -> Result:
    """Return what has come of a question whose job is done."""
    found: Result | None = job.value
    if found is not None:  # the verdict, which stands whatever came of the rest
        wrong = job.fault if job.bug is None else BUG + job.bug
        return found if wrong is None else found.without("what comes after the verdict", wrong)
    if job.bug is not None:
        return question.placed(Result(Verdict.ERROR, message=BUG + job.bug, contradiction=True))
    return question.unanswered(job.fault or "no answer")


def _not_read(name: str, job: Job) -> Result:
    if job.bug is not None:
        return Result(Verdict.ERROR, file=name, message=BUG + job.bug, contradiction=True)
    return error_result(LimitError(f"this cannot be read: {job.fault}"), position=Position(name, 1, 1))
