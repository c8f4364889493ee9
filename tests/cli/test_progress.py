"""What a terminal shows of work that takes its time, and that nothing else shows it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pty = pytest.importorskip("pty", reason="there are no terminals on this system")

SLOW = f"real x\nclaim D(exp(sin(x^x)^x){', x' * 30}) = 1\n"  # takes as long as it may


def on_a_terminal(*arguments: str) -> tuple[str, str]:
    """Run the command with a terminal as its standard error; return standard output and what the terminal got."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "derive", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs, text=True) as process:
        os.close(theirs)
        shown = "".join(_read(ours))
        out, _ = process.communicate()
    os.close(ours)
    return out, shown


def _read(terminal: int) -> Iterator[str]:
    while True:
        try:
            piece = os.read(terminal, 4096)
        except OSError:  # so a terminal ends on Linux
            return
        if not piece:
            return
        yield piece.decode(errors="replace")


@pytest.mark.parametrize(("command", "says"), [("check", "deciding"), ("show", "deriving")])
def test_what_takes_long_shows_a_clock(tmp_path: Path, command: str, says: str) -> None:
    file = tmp_path / "slow.drv"
    file.write_text(SLOW, encoding="utf-8")
    out, shown = on_a_terminal(command, "--timeout", "3", str(file))
    assert says in shown
    assert "0:00:0" in shown
    assert says not in out
    assert "\x1b" not in out


def test_what_is_quick_shows_nothing(tmp_path: Path) -> None:
    file = tmp_path / "quick.drv"
    file.write_text("real x\nclaim x + x = 2*x\n", encoding="utf-8")
    out, shown = on_a_terminal("check", "--no-cache", str(file))
    assert "proved" in out
    assert shown == ""
