"""How much time and memory one question may take, and the part of it that a process can hold itself to.

A process cannot end its own search in time: the one that started it does that.
"""

from __future__ import annotations

import contextlib
import math
import sys
from dataclasses import dataclass, replace
from pathlib import Path

if sys.platform != "win32":  # where there is no such module; time is bounded there, memory is not
    import resource

MEGABYTE = 2**20
GRACE = 10
"""Seconds of processor time past the budget after which a worker ends itself: nobody is left to end it."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What one question may take: seconds by the clock, and megabytes on top of the program itself.

    Once its verdict is sent, what explains it may take `after` seconds more at a time, by the clock. The searches
    for that hold themselves to less; this ends one that does not.
    """

    seconds: float = 120.0
    megabytes: int = 2048
    after: float = 30.0

    @property
    def out_of_time(self) -> str:
        """The reason told for a question that took too long."""
        return f"out of time: no answer within {self.seconds:g} s"

    @property
    def too_late(self) -> str:
        """The reason told for what comes after a verdict and took too long."""
        return f"out of time: nothing more within {self.after:g} s"

    @property
    def out_of_memory(self) -> str:
        """The reason told for a question that took too much."""
        return f"out of memory: {self.megabytes} MB are not enough"


def budget_of(seconds: float | None, megabytes: int | None) -> Budget:
    """Return a budget, of which what is None is as usual. Raises `ValueError` for one that allows nothing."""
    usual = Budget()
    budget = Budget(
        usual.seconds if seconds is None else seconds, usual.megabytes if megabytes is None else megabytes
    )
    budget = replace(budget, after=min(budget.seconds, budget.after))
    if not (budget.seconds > 0 and budget.megabytes > 0):
        raise ValueError("a budget is more than 0 seconds and more than 0 megabytes")
    return budget


def hold_to(budget: Budget, base: int) -> None:
    """Let this process take no more memory than the budget above `base` bytes, nor go on long past its time."""
    if sys.platform == "win32":
        return
    _limit(resource.RLIMIT_AS, base + budget.megabytes * MEGABYTE)
    used = resource.getrusage(resource.RUSAGE_SELF)
    _limit(resource.RLIMIT_CPU, math.ceil(used.ru_utime + used.ru_stime + budget.seconds) + GRACE)


def let_go() -> None:
    """Lift the bound on memory, so that what went wrong can be told."""
    if sys.platform != "win32":
        _limit(resource.RLIMIT_AS, resource.RLIM_INFINITY)


def taken() -> int:
    """Return the bytes of address space that this process has now, about."""
    if sys.platform == "win32":
        return 0
    try:
        return int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize()
    except OSError:
        return 1024 * MEGABYTE  # no way to know; programs of this kind have less


def _limit(kind: int, value: int) -> None:
    """Set a soft limit, or leave things as they are where the system does not let us."""
    if sys.platform == "win32":
        return
    _, hard = resource.getrlimit(kind)
    if hard != resource.RLIM_INFINITY:
        value = hard if value == resource.RLIM_INFINITY else min(value, hard)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(kind, (value, hard))
