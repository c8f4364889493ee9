"""A process that does tasks one after the other and can be ended at any time. It starts no process itself.

It talks by a connection: in comes a task with its budget, out go the task's values one by one, then `DONE`.
"""

from __future__ import annotations

import faulthandler
import os
import signal
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from derive.verification.budget import MEGABYTE, Budget, hold_to, let_go, taken

# Imported inside functions: what there is on Windows alone.

Task: TypeAlias = tuple[Callable[..., Iterator[Any]], tuple[Any, ...]]
"""A function at the top of a module, and its arguments; each value it yields is sent at once, and stands."""

PROGRAM = 100 * MEGABYTE  # what the engines take themselves, which may not be loaded yet
DONE = "done"
OUT_OF_MEMORY = "out of memory"
TAIL = 4000  # bytes of what a dying process wrote that are looked at


@dataclass(frozen=True, slots=True)
class Yielded:
    """One value that a task yielded."""

    value: Any


@dataclass(frozen=True, slots=True)
class Bug:
    """A task raised what it should not have: the trace, as text."""

    trace: str


def serve(connection: Connection) -> None:
    """Do tasks until the other side hangs up. An interrupt from the keyboard is the other side's business."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    base = taken() + PROGRAM
    while True:
        try:
            (function, arguments), budget = connection.recv()
        except (EOFError, OSError):
            return
        hold_to(budget, base)
        try:
            for value in function(*arguments):
                connection.send(Yielded(value))
            connection.send(DONE)
        except MemoryError:
            let_go()
            connection.send(OUT_OF_MEMORY)
            return  # what was interrupted may be half done: nothing more is asked of this process
        except ConnectionError:
            return  # nobody listens any more
        except Exception:  # noqa: BLE001 - whatever it is, it is told, and the other questions go on
            connection.send(Bug(traceback.format_exc()))


class Process(Protocol):
    """What a worker needs of its process."""

    def kill(self) -> None:
        """End it at once."""

    def wait(self) -> int:
        """Wait for its end; return its exit status, or minus the number of the signal that ended it."""


class Worker:
    """A process that does tasks, as the one that started it holds it.

    With `fork` it is a copy of this process, ready at once, where that is safe: on Linux, and if this process
    has a single thread. Otherwise it is an interpreter of its own, which costs a start but disturbs nobody.
    """

    def __init__(self, fork: bool = False) -> None:
        self.connection, theirs = Pipe()
        self.stderr = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the worker
        self.asked = 0
        copy = fork and sys.platform == "linux" and threading.active_count() == 1
        try:
            self.process = _copied(self, theirs) if copy else _started(self, theirs)
        finally:
            theirs.close()

    def ask(self, task: Task, budget: Budget) -> None:
        """Hand it a task. Raises `OSError` if it is there no more."""
        self.asked += 1
        self.connection.send((task, budget))

    def end(self) -> int:
        """End it, whatever it does, and return its exit status, or minus the signal that ended it."""
        self.process.kill()
        status = self.process.wait()
        self.connection.close()
        return status

    def last_words(self) -> str:
        """Return the end of what it wrote to its standard error, and forget the worker."""
        size = self.stderr.seek(0, os.SEEK_END)
        self.stderr.seek(max(0, size - TAIL))
        text = self.stderr.read().decode(errors="replace")
        self.stderr.close()
        return text


class _Copy:
    """A process made by `fork`."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.status: int | None = None

    def kill(self) -> None:
        if self.status is None:
            os.kill(self.pid, signal.SIGKILL)  # not waited for yet, so the number is still its own

    def wait(self) -> int:
        if self.status is None:
            self.status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return self.status


def _copied(worker: Worker, theirs: Connection) -> Process:
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        return _Copy(pid)
    try:  # the copy, which must never return from here
        faulthandler.disable()  # it may write elsewhere than to the standard error
        worker.connection.close()
        os.dup2(worker.stderr.fileno(), 2)
        serve(theirs)
    finally:
        os._exit(0)


def _started(worker: Worker, theirs: Connection) -> Process:
    handle = theirs.fileno()
    root = str(Path(__file__).parent.parent.parent)
    program = f"import sys; sys.path.insert(0, {root!r}); from derive.verification.worker import main; main({handle})"
    command = [sys.executable, "-c", program]
    inherited: dict[str, Any] = {"pass_fds": [handle]}
    if sys.platform == "win32":
        os.set_handle_inheritable(handle, True)
        inherited = {"close_fds": False}
    null = subprocess.DEVNULL
    # This interpreter with a program of ours: nothing in it was typed by anybody.
    return subprocess.Popen(command, stdin=null, stdout=null, stderr=worker.stderr, **inherited)  # noqa: S603 - ours


def main(handle: int) -> None:
    """Be a worker at the end of a connection that was inherited."""
    if sys.platform == "win32":
        from multiprocessing.connection import PipeConnection

        serve(PipeConnection(handle))
    else:
        serve(Connection(handle))
