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
    """One way to run a process: medians of its seconds by the clock and of the processor, and of their ratios to
    those of `import sympy` beside it; its greatest memory in bytes.
    """

    name: str
    seconds: float
    ratio: float
    processor: float
    processor_ratio: float
    memory: int


@dataclass(frozen=True, slots=True)
class Run:
    """What one process took: seconds by the clock, and of the processor."""

    seconds: float
    processor: float


def process(arguments: list[str], cache: str = "") -> Run:
    """Return what one process of Python takes, with those that it waits for; it must succeed."""
    start = time.perf_counter()
    environment = {**os.environ, "DERIVE_CACHE": cache}
    running = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.DEVNULL, env=environment)
    _, status, usage = os.wait4(running.pid, 0)
    seconds = time.perf_counter() - start
    running.returncode = os.waitstatus_to_exitcode(status)
    if running.returncode:
        raise RuntimeError(f"{arguments} ended with {running.returncode}")
    return Run(seconds, usage.ru_utime + usage.ru_stime)


# A process inherits the peak of the one that starts it, so a small one has to start it and tell.
_PEAK = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def peak(arguments: list[str], cache: str = "") -> int:
    """Return the peak memory in bytes of one process of Python, or of the greatest below it."""
    command = [sys.executable, "-S", "-c", _PEAK, sys.executable, *arguments]
    environment = {**os.environ, "DERIVE_CACHE": cache}
    run = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    return int(run.stdout) * 1024


PEER = 'python -c "import sympy"'


def measure(rounds: int = ROUNDS) -> list[Cold]:
    """Measure each way to run the check, and `import sympy`, all in turns; the first round fills caches of the disk."""
    with tempfile.TemporaryDirectory() as directory:
        problem = Path(directory) / "cross_entropy.drv"
        problem.write_text(ITEMS[2].problem, encoding="utf-8")
        found: dict[str, list[Run]] = {}
        memory: dict[str, int] = {}
        for number in range(rounds + 1):
            empty = str(Path(directory) / f"cache{number}")
            for options in ([], ["--json"]):
                words = " ".join(["derive check", *options])
                command = ["-m", "derive", "check", *options, str(problem)]
                for name, arguments, cache in (
                    (f"{words} --no-cache", [*command, "--no-cache"], ""),
                    (f"{words}, nothing kept yet", command, empty + "".join(options)),
                    (f"{words}, verdict kept", command, empty + "".join(options)),
                ):
                    found.setdefault(name, []).append(process(arguments, cache))
                    if number == 0:
                        memory[name] = peak(arguments, cache and f"{cache}-peak")
            found.setdefault(PEER, []).append(process(["-c", "import sympy"]))
        memory[PEER] = peak(["-c", "import sympy"])
    return [_summary(name, runs[1:], found[PEER][1:], memory[name]) for name, runs in found.items()]


def _summary(name: str, ours: list[Run], theirs: list[Run], memory: int) -> Cold:
    pairs = list(zip(ours, theirs, strict=True))
    return Cold(
        name,
        statistics.median(one.seconds for one in ours),
        statistics.median(one.seconds / other.seconds for one, other in pairs),
        statistics.median(one.processor for one in ours),
        statistics.median(one.processor / other.processor for one, other in pairs),
        memory,
    )


def claims_per_second(jobs: int) -> tuple[int, float]:
    """Return how many claims the catalogue has, and how many `derive check --jobs N` decides in a second.

    Whole verdicts: proof and cross-examination; start and imports are in the time, derivations are not.
    """
    command = [sys.executable, "-m", "derive", "check", "--no-cache", "--jobs", str(jobs), str(PAGES)]
    start = time.perf_counter()
    run = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds = time.perf_counter() - start
    count = int(re.findall(r"(\d+) proved", run.stdout)[-1])
    return count, count / seconds
