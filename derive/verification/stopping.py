"""A way for one thread to end what another one waits for."""

from __future__ import annotations

from contextlib import suppress
from socket import socketpair


class StoppedError(Exception):
    """Somebody asked for the end of a run, whose results nobody wants any more."""


class Stop:
    """Ends a run from another thread: once asked, its socket can be read, which wakes whoever waits for workers."""

    def __init__(self) -> None:
        self.reader, self._writer = socketpair()
        self.asked = False

    def ask(self) -> None:
        """Ask the run to end; one that has ended does not mind."""
        self.asked = True
        with suppress(OSError):
            self._writer.send(b"!")

    def check(self) -> None:
        """Raise `StoppedError` if the run is to end."""
        if self.asked:
            raise StoppedError

    def close(self) -> None:
        """Give the sockets back, when the run is over."""
        self.reader.close()
        self._writer.close()
