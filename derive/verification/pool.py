"""Several workers at once: jobs are started, waited for, and ended when their budget is spent. Keeps no order."""

from __future__ import annotations

import math
import signal
from collections.abc import Iterable
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from socket import socket
from time import monotonic
from types import TracebackType
from typing import Any, Self

from derive.verification.budget import Budget
from derive.verification.worker import DONE, OUT_OF_MEMORY, Bug, Task, Worker, Yielded

# Imported inside functions: the engines, for the copies of this process to have them at once.

TRIES = 2
NO_MEMORY = ("allocate memory", "MemoryError", "out of memory", "failed to map segment")
"""How libraries in C say, before they abort or in an error of another kind, that there was no more memory."""


@dataclass(slots=True, eq=False)
class Job:
    """A task and what has come of it: the last value that it yielded stands even where a fault ended it.

    `fault` is the reason why it did not come to its end, `bug` the trace of what should not have happened.
    """

    task: Task
    value: Any = None
    done: bool = False
    fault: str | None = None
    bug: str | None = None
    tries: int = 0


@dataclass(slots=True)
class _Busy:
    job: Job
    deadline: float


class Pool:
    """At most `size` workers, started when they are needed; leaving the context ends them all.

    `fork` is as for `Worker`: for programs of our own, not for a process that belongs to somebody else.
    Idle workers are taken from `spare`, if it is given, and given back to it when the pool is left.
    """

    def __init__(
        self, size: int, budget: Budget, fork: bool = False, spare: list[Worker] | None = None
    ) -> None:
        self.size = size
        self.budget = budget
        self.fork = fork
        self.started = 0
        self.spare = spare
        self.idle: list[Worker] = [] if spare is None else spare
        self.busy: dict[Worker, _Busy] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        end(self.busy)
        self.busy.clear()
        if self.spare is None:
            end(self.idle)
            self.idle.clear()

    @property
    def room(self) -> bool:
        """Whether a job can be started now."""
        return len(self.busy) < self.size

    def start(self, job: Job) -> None:
        """Start a job on an idle worker, or on a new one."""
        while (worker := self._idle()) is not None:
            try:
                self._hand(worker, job)
            except OSError:  # it has died in the meantime, of which the job is innocent
                self._bury(worker)
            else:
                return
        self._start_fresh(job)

    def wait(self, others: Iterable[socket] = (), until: float = math.inf) -> None:
        """Wait until something happens to a job that was started, or one of the others can be read, or time is up."""
        first = min([until, *(one.deadline for one in self.busy.values())])
        left = None if first == math.inf else max(0, first - monotonic())
        awaited: list[Connection | socket] = [*others, *(worker.connection for worker in self.busy)]
        ready = set(wait(awaited, left))
        for worker, one in list(self.busy.items()):
            if worker.connection in ready:
                self._receive(worker, one)
            elif monotonic() >= one.deadline:
                late = self.budget.out_of_time if one.job.value is None else self.budget.too_late
                self._end(worker, one.job, late)

    def cancel(self, job: Job) -> None:
        """End a job that nobody waits for any more, with the worker that is at it."""
        for worker, one in list(self.busy.items()):
            if one.job is job:
                self._bury(worker)

    def _idle(self) -> Worker | None:
        try:
            return self.idle.pop()
        except IndexError:  # other threads may take from it too, so there is no asking before
            return None

    def _start_fresh(self, job: Job) -> None:
        if self.started and self.fork:
            _load_engines()  # the first worker loads them itself; from now on each copy has them at once
        self.started += 1
        self._hand(Worker(self.fork), job)

    def _hand(self, worker: Worker, job: Job) -> None:
        self.busy[worker] = _Busy(job, monotonic() + self.budget.seconds)
        try:
            worker.ask(job.task, self.budget)
        except OSError:
            del self.busy[worker]
            raise
        job.tries += 1

    def _receive(self, worker: Worker, one: _Busy) -> None:
        try:
            message = worker.connection.recv()
        except (EOFError, OSError):
            self._crashed(worker, one.job)
            return
        match message:
            case Yielded(value):
                one.job.value = value
                one.deadline = monotonic() + self.budget.after
            case Bug(trace) if _short_of_memory(trace):
                self._lost(worker, one.job, self.budget.out_of_memory)
            case Bug(trace):
                one.job.bug = trace
                self._done(worker, one.job)
            case _ if message == OUT_OF_MEMORY:
                self._lost(worker, one.job, self.budget.out_of_memory)
            case _ if message == DONE:
                self._done(worker, one.job)

    def _done(self, worker: Worker, job: Job) -> None:
        del self.busy[worker]
        self.idle.append(worker)
        job.done = True

    def _crashed(self, worker: Worker, job: Job) -> None:
        status = worker.end()
        words = worker.last_words()
        if _short_of_memory(words):
            self._lost(worker, job, self.budget.out_of_memory)
        else:
            self._lost(worker, job, _ending(status))

    def _lost(self, worker: Worker, job: Job, fault: str) -> None:
        """Try once more in a fresh process what may have failed for what this one did before, or from outside."""
        self._bury(worker)
        if job.tries < TRIES and job.value is None:
            self._start_fresh(job)
        else:
            job.fault, job.done = fault, True

    def _end(self, worker: Worker, job: Job, fault: str) -> None:
        self._bury(worker)
        job.fault, job.done = fault, True

    def _bury(self, worker: Worker) -> None:
        self.busy.pop(worker, None)
        worker.end()
        worker.stderr.close()


def end(workers: Iterable[Worker]) -> None:
    """End workers, whatever they do."""
    for worker in workers:
        worker.end()
        worker.stderr.close()


def _short_of_memory(words: str) -> bool:
    return any(sign in words for sign in NO_MEMORY)


def _ending(status: int) -> str:
    if status >= 0:
        return f"the process that looked for the answer ended with status {status}"
    try:
        name = signal.Signals(-status).name
    except ValueError:
        name = f"signal {-status}"
    killed = ", as a system does that has no more memory" if -status == getattr(signal, "SIGKILL", 9) else ""
    return f"the process that looked for the answer was ended by {name}{killed}"


def _load_engines() -> None:
    import derive.deriver
    import derive.diagnosis
    import derive.verification.verdicts  # noqa: F401 - loaded for the copies to come
