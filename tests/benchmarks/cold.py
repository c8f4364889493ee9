"""What whole processes take: `derive check` beside `import sympy`, in turns, and the catalogue on one core and two."""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from items import ITEMS

from derive import catalogue

ROUNDS = 15
PAGES = Path(catalogue.__file__).parent


@dataclass(frozen=True, slots=True)
class Cold:
    """Median seconds and greatest memory in bytes of both processes, and the median of the paired ratios."""

    ours: float
    theirs: float
    ratio: float
    our_memory: int
    their_memory: int


def process(arguments: list[str]) -> tuple[float, int]:
    """Return the seconds and the peak memory in bytes of one process of Python, which must succeed."""
    start = time.perf_counter()
    running = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(running.pid, 0)
    seconds = time.perf_counter() - start
    running.returncode = os.waitstatus_to_exitcode(status)
    if running.returncode:
        raise RuntimeError(f"{arguments} ended with {running.returncode}")
    return seconds, usage.ru_maxrss * 1024


def measure(rounds: int = ROUNDS) -> Cold:
    """Measure both, pair by pair."""
    with tempfile.TemporaryDirectory() as directory:
        problem = Path(directory) / "cross_entropy.drv"
        problem.write_text(ITEMS[2].problem, encoding="utf-8")
        check, peer = ["-m", "derive", "check", str(problem)], ["-c", "import sympy"]
        process(check), process(peer)  # the first run fills the caches of bytecode and disk
        pairs = [(process(check), process(peer)) for _ in range(rounds)]
    return Cold(
        statistics.median(ours[0] for ours, _ in pairs),
        statistics.median(theirs[0] for _, theirs in pairs),
        statistics.median(ours[0] / theirs[0] for ours, theirs in pairs),
        max(ours[1] for ours, _ in pairs),
        max(theirs[1] for _, theirs in pairs),
    )


def claims_per_second(jobs: int) -> tuple[int, float]:
    """Return how many claims the catalogue has, and how many `derive check --jobs N` decides in a second.

    Whole verdicts: proof and cross-examination; start and imports are in the time, derivations are not.
    """
    command = [sys.executable, "-m", "derive", "check", "--jobs", str(jobs), str(PAGES)]
    start = time.perf_counter()
    run = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds = time.perf_counter() - start
    count = int(re.findall(r"(\d+) proved", run.stdout)[-1])
    return count, count / seconds
