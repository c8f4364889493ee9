"""How long a whole process takes: `derive check` on the cross-entropy file beside `import sympy`, in turns."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from items import ITEMS

ROUNDS = 15


def seconds_of(arguments: list[str]) -> float:
    """Return the seconds of one process, which must succeed."""
    start = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def measure(rounds: int = ROUNDS) -> tuple[float, float, float]:
    """Return the median seconds of `derive check` and of `import sympy`, and the median of their paired ratios."""
    with tempfile.TemporaryDirectory() as directory:
        problem = Path(directory) / "cross_entropy.drv"
        problem.write_text(ITEMS[2].problem, encoding="utf-8")
        check, peer = ["-m", "derive", "check", str(problem)], ["-c", "import sympy"]
        seconds_of(check), seconds_of(peer)  # the first run fills the caches of bytecode and disk
        pairs = [(seconds_of(check), seconds_of(peer)) for _ in range(rounds)]
    ours, theirs = zip(*pairs, strict=True)
    ratio = statistics.median(a / b for a, b in pairs)
    return statistics.median(ours), statistics.median(theirs), ratio
