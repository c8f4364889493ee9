"""The table of docs/limits.md, written anew from one run of every attack: `python -m tests.attacks.page`."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.attacks.attacks import ATTACKS, Attack

PAGE = Path(__file__).parent.parent.parent / "docs" / "limits.md"
HEAD = "| tried | answer | seconds |\n|---|---|---:|\n"
LONGEST = 90
SECONDS = 5


def names_on(page: str) -> list[str]:
    """Return the names of the attacks in the page's table."""
    _, _, table = page.partition(HEAD)
    return [line.split(" | ")[0].removeprefix("| ") for line in table.splitlines() if line.startswith("| ")]


def row(attack: Attack) -> str:
    """Return the line of the table for an attack, tried now."""
    with tempfile.TemporaryDirectory() as folder:
        attack.make(Path(folder) / attack.file)
        begun = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "derive", "check", "--timeout", str(SECONDS), attack.file],
            capture_output=True,
            text=True,
            cwd=folder,
            check=False,
        )
        seconds = time.perf_counter() - begun
    return f"| {attack.name} | {_answer(done.stdout, done.stderr)} | {seconds:.1f} |"


def _answer(out: str, err: str) -> str:
    """Return what was said of the attack: the first error, or else the first verdict with its reason."""
    if err:
        words = re.sub(r"^\S+?:\d+:\d+: ", "", err.splitlines()[0])
    else:
        verdict = next(line for line in out.splitlines() if line)[:9].strip()
        reason = re.search(r"because: (.*)", out)
        words = f"{verdict}: {reason[1]}" if reason and verdict == "undecided" else verdict
    words = re.sub(r"a{20,}", "aaa…aaa", words)
    words = words if len(words) <= LONGEST else words[:LONGEST].rstrip() + " …"
    return words.replace("|", "\\|").replace("<", "&lt;")


if __name__ == "__main__":
    before, head, _ = PAGE.read_text(encoding="utf-8").partition(HEAD)
    PAGE.write_text(before + head + "\n".join(map(row, ATTACKS)) + "\n", encoding="utf-8")
