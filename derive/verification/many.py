"""Many problems at once, on an executor of any kind, each reported exactly once and as soon as it is done.

It trusts no executor: what one loses is handed to it once more, and what it loses twice is decided here.
"""

from __future__ import annotations

import atexit
import logging
import math
import os
import socket
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import CancelledError, Executor, Future
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Self

from derive.errors import DeriveError
from derive.reading.sources import load
from derive.report.results import Report
from derive.verification.cache import Cache, sources
from derive.verification.files import text_of
from derive.verification.pool import Pool, end
from derive.verification.tasks import Given
from derive.verification.work import Run, Text, Work, report_of
from derive.verification.worker import Worker

TRIES = 2
log = logging.getLogger("derive")


def reported(
    given: Sequence[Given], run: Run, executor: Executor | None = None, patience: float = math.inf
) -> Generator[tuple[int, Report], None, None]:
    """Yield the number of each file, text or problem with its results, in the order in which they are done.

    Without an executor, and for what it loses, the work is done in processes of our own, `run.jobs` at once; so
    is all that it still has when nothing has come from it for so many seconds as patience lasts.
    """
    with Pool(run.jobs, run.budget, run.fork) as pool, _RemoteExecutor(run, executor, patience) as remote:
        work = Work(pool, run)
        here: dict[Text, int] = {}

        def keep(number: int) -> None:
            text = text_of(given[number])
            here[text] = number
            work.add(text)

        for number, one in enumerate(given):
            if not remote.take(number, one):
                keep(number)
        while here or remote.open:
            for number, found in remote.returned():
                if found is None:
                    keep(number)
                else:
                    yield number, found
            work.feed()
            done = work.finished()
            for text in done:
                yield here.pop(text), report_of(text)
            if not done and (here or remote.open):
                pool.wait([remote.wake_reader], remote.until)
    if run.cache is not None:
        run.cache.trim()


@dataclass(frozen=True, slots=True)
class RemoteTask:
    """What is sent to an executor: one problem and how it is to be decided. It can be pickled.

    `attempt` makes every task another one: Dask hands out the result of a call that it has seen before. `program`
    are the sources of the program that asks.
    """

    number: int
    attempt: int
    given: Given
    run: Run
    folder: Path | None
    program: str


class OtherProgramError(DeriveError):
    """The workers of an executor run another version of this package than the program that asks them."""


def done(task: RemoteTask) -> Report:
    """Return the results of a problem: what an executor runs, in whatever thread, process or machine.

    Each claim is decided in a process of our own below it, which holds the budget as everywhere; that process is
    used for the next task too. Raises `OtherProgramError` where its verdicts would be those of other rules.
    """
    if task.program != sources():
        raise OtherProgramError("the workers run another version of derive: install the same one there")
    run = replace(task.run, cache=_kept(task.folder))
    with Pool(1, run.budget, spare=_spare()) as pool:
        work = Work(pool, run)
        text = text_of(task.given)
        work.add(text)
        work.finish(text)
        return report_of(text)


@cache
def _kept(folder: Path | None) -> Cache | None:
    return None if folder is None else Cache(folder)


# Idle workers by the process that started them: a copy of a process must not talk to the workers of the original.
_SPARE: dict[int, list[Worker]] = {}


def _spare() -> list[Worker]:
    return _SPARE.setdefault(os.getpid(), [])


@atexit.register
def _end_spare() -> None:
    spare = _spare()
    end(spare.pop() for _ in range(len(spare)))


class _RemoteExecutor:
    """The problems that an executor has, and the results that have come from it.

    Reports come in threads of the executor; `wake_reader` is the end of a pipe that can be read from once one is there.
    """

    def __init__(self, run: Run, executor: Executor | None, patience: float) -> None:
        self.executor = executor
        self.patience = patience
        self.heard = monotonic()
        self.run = replace(run, jobs=1, fork=False, cache=None)
        self.folder = None if run.cache is None else run.cache.folder
        self.open: dict[int, Future[Report]] = {}
        self.queue: deque[tuple[RemoteTask, Future[Report]]] = deque()
        self.wake_reader, self.wake_writer = socket.socketpair()
        self.warned = False

    def __enter__(self) -> Self:
        self.wake_reader.setblocking(False)
        self.wake_writer.setblocking(False)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._give_up()
        self.wake_reader.close()
        self.wake_writer.close()
        _end_spare()  # of threads of this process; other processes keep theirs

    @property
    def until(self) -> float:
        """When patience ends, as `monotonic` has it."""
        return self.heard + self.patience if self.open else math.inf

    def take(self, number: int, given: Given, attempt: int = 1) -> bool:
        """Hand a problem to the executor; return whether it has taken it. A file is read here, not where it is sent."""
        if self.executor is None:
            return False
        try:
            sent = load(given) if isinstance(given, str) else given
        except DeriveError:
            return False  # whoever tries next finds the same, and tells it
        task = RemoteTask(number, attempt, sent, self.run, self.folder, sources())
        try:
            future = self.executor.submit(done, task)
            self.open[number] = future
            future.add_done_callback(partial(self._wake, task))
        except Exception as fault:  # noqa: BLE001 - whatever it is, the executor has not taken the problem
            self.open.pop(number, None)
            self._warn(fault)
            return False
        return True

    def returned(self) -> Iterator[tuple[int, Report | None]]:
        """Yield the number of each problem that has come back, with its results, or with None if it is lost."""
        with suppress(BlockingIOError):
            while self.wake_reader.recv(4096):
                pass
        if self.queue:
            self.heard = monotonic()
        while self.queue:
            task, future = self.queue.popleft()
            if self.open.get(task.number) is not future:
                continue  # nobody waits for it any more
            del self.open[task.number]
            fault = CancelledError("cancelled") if future.cancelled() else future.exception()
            if fault is None:
                yield task.number, future.result()
            elif task.attempt == TRIES or not self.take(task.number, task.given, task.attempt + 1):
                self._warn(fault)
                yield task.number, None
        if monotonic() >= self.until:
            self.executor = None
            self._warn(TimeoutError(f"nothing has come from it for {self.patience:g} s"))
            yield from ((number, None) for number in self._give_up())

    def _give_up(self) -> list[int]:
        """Wait for nothing any more; return the numbers of the problems that were waited for."""
        lost, self.open = self.open, {}
        for future in lost.values():
            future.cancel()
        return list(lost)

    def _wake(self, task: RemoteTask, future: Future[Report]) -> None:
        self.queue.append((task, future))
        with suppress(OSError):  # it is full already, or nobody listens any more
            self.wake_writer.send(b"!")

    def _warn(self, fault: BaseException) -> None:
        level = logging.DEBUG if self.warned else logging.WARNING
        self.warned = True
        log.log(
            level, "the executor loses problems, which are decided here (%s: %s)", type(fault).__name__, fault
        )
