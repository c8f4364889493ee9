"""A bound on the clock for a search whose outcome may be left out, obeyed by all that is done inside it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from math import inf
from time import thread_time

from derive.errors import OutOfTimeError


@dataclass(frozen=True, slots=True)
class Effort:
    """How many seconds of processor time each search may take that no verdict needs; 0 for none of it.

    `mistake` is for the known mistake behind a refutation, `right` for the right side that would be right, and
    `derivation` for the derivation of the left side, if there is to be one. `proof` is for the proof of what is
    refuted already, which there should not be.
    """

    mistake: float = 0.8
    right: float = 0.8
    derivation: float = 0.8
    proof: float = 0.1

    @classmethod
    def of(cls, seconds: float | None) -> Effort:
        """Return the effort that takes so many seconds for each search; as usual for `None`."""
        if seconds is None:
            return cls()
        if not seconds >= 0:
            raise ValueError("an explanation is looked for during 0 seconds or more")
        return cls(seconds, seconds, seconds)

    @property
    def whole(self) -> bool:
        """Whether everything is looked for."""
        return min(self.mistake, self.right, self.derivation) > 0


ASKED_FOR = Effort(mistake=3, right=3, derivation=30)  # where the derivation itself is what is asked for

# Processor time of this thread: what else a machine does must not change what is found.
_END: ContextVar[float] = ContextVar("end", default=inf)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Have `check` raise `OutOfTimeError` inside after so many seconds; a bound around it that is nearer stays."""
    token = _END.set(min(_END.get(), thread_time() + seconds))
    try:
        yield
    finally:
        _END.reset(token)


def left() -> float:
    """Return how many seconds are left, which may be infinitely many."""
    end = _END.get()
    return end if end is inf else end - thread_time()


def check() -> None:
    """Raise `OutOfTimeError` if the time is over. What may take long calls this again and again."""
    end = _END.get()
    if end is not inf and thread_time() > end:
        raise OutOfTimeError
