"""Tasks that go wrong in every way in which a process can go wrong."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from derive.limits.deadline import Effort
from derive.verification.many import RemoteTask
from derive.verification.questions import Question, answer
from derive.verification.tasks import answers


def echo(*values: object) -> Iterator[object]:
    """Yield what was given."""
    yield from values


def sleep(*values: object) -> Iterator[object]:
    """Yield what was given, and then nothing for ever."""
    yield from values
    while True:
        time.sleep(60)


def spin() -> Iterator[object]:
    """Calculate for ever, in one call that no signal handler of Python's interrupts."""
    yield 7 ** (7**12)


def hoard(once: str = "") -> Iterator[object]:
    """Take all the memory there is; with a file's name only where there is no such file yet."""
    if once and Path(once).exists():
        yield "enough"
        return
    if once:
        Path(once).touch()
    held = []
    while True:
        held.append(bytearray(2**24))


def abort(words: str = "") -> Iterator[object]:
    """End as a library in C does that cannot go on."""
    yield from ()
    os.write(2, words.encode())
    os.abort()


def leave(status: int) -> Iterator[object]:
    """End with a status."""
    yield from ()
    os._exit(status)


def killed(once: str = "") -> Iterator[object]:
    """Be ended as by the system; with a file's name only where there is no such file yet."""
    if once and Path(once).exists():
        yield "alive"
        return
    if once:
        Path(once).touch()
    os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(60)


def wrong() -> Iterator[object]:
    """Raise what nobody expects."""
    yield from ()
    raise RuntimeError("seeded")


def alive() -> Iterator[object]:
    """Yield the number of this process."""
    yield os.getpid()


def stuck(question: Question, effort: Effort, steps: bool) -> Iterator[object]:
    """Answer a question, but never one about something that is called stuck."""
    if "stuck" in question.claim:
        yield from sleep()
    yield from answers(question, effort, steps)


def told_then_sleep(question: Question, effort: Effort, steps: bool) -> Iterator[object]:
    """Yield a verdict, and never the derivation."""
    yield answer(question, effort)
    yield from sleep()


def fatal(death: str, function: Callable[[RemoteTask], object], task: RemoteTask) -> object:
    """Do a task, but every fifth kills its process, or raises, or comes from another program."""
    if task.number % 5 == 2:
        if death == "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        if death == "raised":
            raise OSError("seeded")
        task = replace(task, program="another")
    return function(task)
