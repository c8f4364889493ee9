"""Files, texts and their questions through a pool of workers, and the results in the order of the texts."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, field, replace

from derive.errors import DeriveError, LimitError, Position
from derive.questions import (
    Question,
    answer,
    asked_in_file,
    asked_in_text,
    error_result,
    questions,
    too_many_digits,
)
from derive.report import Result, Verdict
from derive.runs.budget import Budget
from derive.runs.cache import Cache
from derive.runs.pool import Job, Pool
from derive.sources import Source, load

BUG = "this is a bug in derive: please report it with the problem and what follows\n"


@dataclass(frozen=True, slots=True)
class Run:
    """How questions are answered: the budget of each, how many at once, whether derivations are wanted.

    `fork` is as for `Worker`; `cache` has verdicts that were found before, and takes what is found now.
    """

    budget: Budget = field(default_factory=Budget)
    jobs: int = 1
    steps: bool = False
    fork: bool = False
    cache: Cache | None = None


@dataclass(slots=True, eq=False)
class _Text:
    """A text to read, with the job that reads it and then its questions with theirs."""

    source: str | Source
    reading: Job
    questions: list[tuple[Question, Job]] | None = None
    failure: Result | None = None

    @property
    def name(self) -> str:
        return self.source if isinstance(self.source, str) else self.source.file


def answered(
    sources: Iterable[str | Source], run: Run
) -> Generator[tuple[str, Iterator[Result]], None, None]:
    """Yield each file or text with its results, in order, each as soon as it and all before it are there.

    The results of one must be taken before the next one. Every question gets exactly as many results as it
    has links, whatever happens to the processes that look for them.
    """
    with Pool(run.jobs, run.budget, run.fork) as pool:
        work = _Work(pool, run, [_text(one) for one in sources])
        for text in work.texts:
            yield text.name, work.results(text)
    if run.cache is not None:
        run.cache.trim()


def _text(source: str | Source) -> _Text:
    """Return a text to read; standard input is read here, since only this process can."""
    failure = None
    if source == "-":
        try:
            source = load("-")
        except DeriveError as wrong:
            failure = error_result(wrong)
    return _Text(source, Job((read, (source,)), done=failure is not None), failure=failure)


class _Work:
    """Keeps the workers busy: with the questions of what has been read, else with reading what comes next."""

    def __init__(self, pool: Pool, run: Run, texts: list[_Text]) -> None:
        self.pool = pool
        self.run = run
        self.texts = texts
        self.unread = deque(text for text in texts if not text.reading.done)
        self.reading: list[_Text] = []
        self.waiting: deque[Job] = deque()

    def results(self, text: _Text) -> Iterator[Result]:
        """Yield the results of a text, working on until they are there."""
        self._until(text.reading)
        if text.failure is not None:
            yield text.failure
        while text.questions:
            question, job = text.questions.pop(0)
            self._until(job)
            yield self._kept(question, job)

    def _until(self, job: Job) -> None:
        self._feed()
        while not job.done:
            self.pool.wait()
            self._feed()

    def _feed(self) -> None:
        for text in [one for one in self.reading if one.reading.done]:
            self.reading.remove(text)
            self._have_read(text)
        while self.pool.room and (self.waiting or self.unread):
            if self.waiting:
                self.pool.start(self.waiting.popleft())
            else:
                text = self.unread.popleft()
                self.reading.append(text)
                self.pool.start(text.reading)

    def _have_read(self, text: _Text) -> None:
        job = text.reading
        if job.bug is not None or job.value is None:
            text.failure = _not_read(text.name, job)
            return
        text.questions = [(one, self._job(one)) for one in job.value]
        self.waiting.extend(job for _, job in text.questions if not job.done)

    def _job(self, question: Question) -> Job:
        known = None if self.run.cache is None else self.run.cache.get(question, self.run.steps)
        return Job((answers, (question, self.run.steps)), known, done=known is not None)

    def _kept(self, question: Question, job: Job) -> Result:
        found = _result(question, job)
        if self.run.cache is not None and job.tries and job.fault is None:
            self.run.cache.put(question, found)
        return found


def read(source: str | Source) -> Iterator[list[Question]]:
    """Yield the questions of a file or text, as one list; what cannot be read is one of them."""
    name = source if isinstance(source, str) else source.file
    try:
        if isinstance(source, str):
            found = asked_in_file(source)
        else:
            found = asked_in_text(source.text, source.file, source.document)
    except DeriveError as wrong:
        yield [Question("", wrong.position or Position(name, 1, 1), name, None, 1, error=wrong)]
    except RecursionError:
        deep = LimitError("what stands here is nested too deeply")
        yield [Question("", Position(name, 1, 1), name, None, 1, error=deep)]
    else:
        yield [question for asked in found for question in questions(asked)]


def answers(question: Question, steps: bool) -> Iterator[Result]:
    """Yield the result of a question, and if asked for once more with its derivation; all of it plain data.

    How a derivation is found is not sent: where that arrives the engines would be loaded for nothing.
    """
    found = answer(question)
    told = replace(found, derive_steps=None)
    yield told
    if steps and found.derive_steps is not None:
        try:
            vars(told)["steps"] = found.steps
        except ValueError as wrong:
            if not too_many_digits(wrong):
                raise
        else:
            yield told


def _result(question: Question, job: Job) -> Result:
    found: Result | None = job.value
    if job.bug is not None:
        return question.placed(Result(Verdict.ERROR, message=BUG + job.bug, contradiction=True))
    if found is None:
        return question.unanswered(job.fault or "no answer")
    return found


def _not_read(name: str, job: Job) -> Result:
    if job.bug is not None:
        return Result(Verdict.ERROR, file=name, message=BUG + job.bug, contradiction=True)
    return error_result(LimitError(f"this cannot be read: {job.fault}"), position=Position(name, 1, 1))
