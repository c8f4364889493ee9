"""A bar, or a clock for a single piece of work, on a terminal while something takes more than a second."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

# Imported inside functions: Rich, which only a terminal needs.

PATIENCE, EVERY = 1.0, 0.25  # seconds until it shows, and from then on between two looks


@contextmanager
def progress(what: str, count: int) -> Iterator[Callable[[], None]]:
    """Show how much of so many pieces of work is done, on standard error; yields what to call after each.

    A timer of the system wakes it. A bar of rich that refreshes itself is a second thread, and a process that
    has one cannot be copied, as workers are.
    """
    if not (sys.stderr.isatty() and hasattr(signal, "setitimer")) or os.environ.get("TERM") == "dumb":
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
    )

    columns = (BarColumn(), MofNCompleteColumn()) if count > 1 else (SpinnerColumn(),)
    bar = Progress(
        TextColumn("{task.description}"),
        *columns,
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
        redirect_stdout=sys.stdout.isatty(),
        auto_refresh=False,
    )
    task = bar.add_task(what, total=count)

    def look(*_: object) -> None:
        bar.start()
        bar.refresh()

    before = signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, PATIENCE, EVERY)
    try:
        yield lambda: bar.advance(task)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        bar.stop()
