"""Has open pages read and their questions answered in workers, as they change; nothing is decided in this process.

A page is read when nobody has typed for a moment. A question that stands in it as before keeps its answer, and the
worker that is at it goes on; one that is gone is ended.
"""

from __future__ import annotations

import math
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from socket import socketpair
from threading import Thread
from time import monotonic

from derive.editor.findings import Answered, Findings
from derive.editor.memory import KnownAnswers, answers_kept, key_of
from derive.editor.pages import OpenPage
from derive.errors import LimitError, Position
from derive.limits.deadline import Effort
from derive.problem.problems import Displayed
from derive.report.results import Result, Verdict
from derive.verification.budget import Budget
from derive.verification.cache import Cache
from derive.verification.pool import Job, Pool
from derive.verification.questions import Question, with_verdicts
from derive.verification.tasks import Read, read
from derive.verification.work import result_of

Tell = Callable[[Findings], None]


@dataclass(slots=True, eq=False)
class _Known:
    """An open page: when it is due to be read, who reads it, and what was found when it was read last."""

    page: OpenPage
    due: float = math.inf
    reading: Job | None = None
    was: OpenPage | None = None
    questions: list[tuple[str, Question]] = field(default_factory=list)
    displays: tuple[Displayed, ...] = ()
    told: Findings | None = None


@dataclass(slots=True, eq=False)
class _Running:
    """A question that a worker is at, and what of the answer was told already."""

    question: Question
    job: Job
    told: Result | None = None


class Decider:
    """A thread that keeps workers busy with what is open, and tells what was found, from that thread.

    One worker more than `jobs` is there for reading. Verdicts are kept in a folder, unless it is `None`. If the thread
    itself fails, which is a bug of ours, `broken` gets the trace.
    """

    def __init__(
        self,
        tell: Tell,
        broken: Callable[[str], None],
        budget: Budget,
        jobs: int,
        effort: Effort,
        folder: Path | None,
    ) -> None:
        self.tell, self.broken = tell, broken
        self.budget, self.jobs, self.effort, self.folder = budget, jobs, effort, folder
        self.keys = Cache(folder or Path())
        self.memory = KnownAnswers()
        self.open: dict[str, _Known] = {}
        self.running: dict[str, _Running] = {}
        self.news = False
        self.asked: SimpleQueue[tuple[OpenPage, float] | str | None] = SimpleQueue()
        self.reader, self.writer = socketpair()
        self.reader.setblocking(False)
        self.writer.setblocking(False)
        self.thread = Thread(target=self._run, name="decider", daemon=True)

    def update(self, page: OpenPage, delay: float) -> None:
        """Take a page as it is now, to be read after a delay in seconds, unless it has changed again by then."""
        self._ask((page, monotonic() + delay))

    def forget(self, key: str) -> None:
        """Take a page for closed."""
        self._ask(key)

    def end(self) -> None:
        """End all work, and wait for that."""
        if self.thread.is_alive():
            self._ask(None)
            self.thread.join()
        self.reader.close()
        self.writer.close()

    def _ask(self, what: tuple[OpenPage, float] | str | None) -> None:
        if not self.thread.is_alive():
            with suppress(RuntimeError):  # it was started, and has ended
                self.thread.start()
        self.asked.put(what)
        with suppress(BlockingIOError):  # full of such signs already
            self.writer.send(b"!")

    def _run(self) -> None:
        try:
            self._work()
        except Exception:  # noqa: BLE001 - whatever it is, the editor must not wait for verdicts that never come
            self.broken(traceback.format_exc())

    def _work(self) -> None:
        with Pool(self.jobs + 1, self.budget) as pool:
            while self._take(pool):
                self._hear()
                self._drop(pool)
                self._start(pool)
                self._tell()
                pool.wait([self.reader], min((one.due for one in self.open.values()), default=math.inf))

    def _take(self, pool: Pool) -> bool:
        """Take in what the editor said; return whether the work goes on."""
        with suppress(BlockingIOError):
            while self.reader.recv(4096):
                pass
        while True:
            try:
                said = self.asked.get_nowait()
            except Empty:
                return True
            match said:
                case None:
                    return False
                case str():
                    self._close(said, pool)
                case (page, due):
                    known = self.open.pop(page.key, None) or _Known(page)
                    self.open[page.key] = known  # the last in the order is what somebody works on
                    self._stop_reading(known, pool)
                    known.page, known.due = page, due

    def _close(self, key: str, pool: Pool) -> None:
        known = self.open.pop(key, None)
        if known is not None:
            self._stop_reading(known, pool)

    def _stop_reading(self, known: _Known, pool: Pool) -> None:
        if known.reading is not None:
            pool.cancel(known.reading)
            known.reading = None

    def _hear(self) -> None:
        """Look at what the workers have done."""
        for key, one in list(self.running.items()):
            self.news |= one.job.done or one.job.value is not one.told
            one.told = one.job.value
            if one.job.done:
                self.memory.put(key, one.question, result_of(one.question, one.job))
                del self.running[key]
        for known in self.open.values():
            if known.reading is not None and known.reading.done:
                self._have_read(known, known.reading)
                self.news = True

    def _have_read(self, known: _Known, job: Job) -> None:
        found = job.value
        if not isinstance(found, Read):
            at = Position(known.page.source.file, 1, 1)
            wrong = LimitError(f"this cannot be read: {job.bug or job.fault}")
            found = Read([Question("", at, at.file, None, 1, error=wrong)])
        known.reading, known.was, known.displays = None, known.page, found.displays
        known.questions = [(key_of(one, self.keys), one) for one in found.questions]

    def _drop(self, pool: Pool) -> None:
        """End the workers at questions that stand on no page any more."""
        wanted = {key for known in self.open.values() for key, _ in known.questions}
        for key in self.running.keys() - wanted:
            pool.cancel(self.running.pop(key).job)
        self.memory.trim(wanted)

    def _start(self, pool: Pool) -> None:
        for known in reversed(self.open.values()):
            if known.due <= monotonic() and pool.room:
                known.due, known.reading = math.inf, Job((read, (known.page.source,)))
                pool.start(known.reading)
        for key, question in self._waiting():
            if len(self.running) >= self.jobs or not pool.room:
                return
            if key not in self.running:  # two places may ask the same
                job = Job((answers_kept, (question, self.effort, self.folder)))
                self.running[key] = _Running(question, job)
                pool.start(job)

    def _waiting(self) -> Iterator[tuple[str, Question]]:
        """Yield what is still to be answered, that of the page that changed last first."""
        for known in reversed(self.open.values()):
            for key, question in known.questions:
                if self._answer(key, question) is None and key not in self.running:
                    yield key, question

    def _answer(self, key: str, question: Question) -> Result | None:
        """Return the answer as far as it is known; the verdict comes before what explains it."""
        if question.equation is None:
            return question.settled(Result(Verdict.ERROR))
        known = self.memory.get(key, question)
        if known is None and key in self.running:
            one = self.running[key]
            if isinstance(one.job.value, Result):
                return KnownAnswers({key: (one.question, one.job.value)}).get(key, question)
        return known

    def _tell(self) -> None:
        """Tell of every page of which something else is known than was told."""
        if not self.news:
            return
        self.news = False
        for known in self.open.values():
            if known.was is None:
                continue
            answered = tuple(Answered(one, self._answer(key, one)) for key, one in known.questions)
            results = [one.result for one in answered]
            told = known.told
            if told is None or told.page is not known.was or results != [one.result for one in told.answered]:
                displays = with_verdicts(known.displays, [one for one in results if one is not None])
                known.told = Findings(known.was, answered, displays)
                self.tell(known.told)
