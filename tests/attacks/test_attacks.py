"""Nothing that is fed to the command makes it hang, crash or fall silent, and what stands beside it is decided."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.attacks.attacks import AFTER, ATTACKS, TIME, UNREAD, Attack
from tests.attacks.page import PAGE, names_on

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(sys.platform == "win32", reason="pipes and links as POSIX has them"),
]

ROOT = Path(__file__).parent.parent.parent
SHORT, LONG = (
    "8",
    "200",
)  # seconds: for what never ends, and for what must have ended by itself on any machine


def command(*arguments: str, cwd: Path) -> list[str]:
    return [sys.executable, "-m", "derive", "check", *arguments]


def run(*arguments: str, cwd: Path, **rest: object) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(  # type: ignore[call-overload,no-any-return]
        command(*arguments, cwd=cwd),
        capture_output=True,
        text=True,
        cwd=cwd,
        env=environment,
        check=False,
        **rest,
    )


@pytest.mark.parametrize("attack", ATTACKS, ids=[attack.name for attack in ATTACKS])
def test_attack(attack: Attack, tmp_path: Path) -> None:
    attack.make(tmp_path / attack.file)
    seconds = SHORT if attack.says in {TIME, UNREAD} else LONG
    found = run("--timeout", seconds, attack.file, cwd=tmp_path)
    said = found.stdout + found.stderr
    assert "Traceback" not in said
    assert "bug in derive" not in said
    assert attack.says in said
    assert found.returncode == attack.status
    if attack.after:
        assert "proved     1 + 1 = 2" in found.stdout


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    (tmp_path / "a.drv").write_text("claim 1 = 1\n", encoding="utf-8")
    (tmp_path / "a.drv").chmod(0)
    found = run("a.drv", cwd=tmp_path)
    assert "Permission denied" in found.stderr
    assert found.returncode == 2


def test_every_attack_is_on_the_page() -> None:
    assert names_on(PAGE.read_text(encoding="utf-8")) == [attack.name for attack in ATTACKS]


def test_a_pipe_that_closes(tmp_path: Path) -> None:
    (tmp_path / "big.drv").write_text("claim 1 = 1\n" * 20_000, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command("big.drv", cwd=tmp_path),
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith("proved")
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait() == 141


def test_standard_input_without_an_end(tmp_path: Path) -> None:
    with Path("/dev/zero").open("rb") as zeros:
        found = run("-", cwd=tmp_path, stdin=zeros)
    assert found.stderr.startswith("<stdin>:1:1: the text is longer than")
    assert found.returncode == 2


def test_standard_input_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "latin").write_bytes(b"claim caf\xe9 = 1\n")
    with (tmp_path / "latin").open("rb") as latin:
        found = run("-", cwd=tmp_path, stdin=latin)
    assert "the text is not UTF-8" in found.stderr
    assert found.returncode == 2


def test_an_interrupt_from_the_keyboard(tmp_path: Path) -> None:
    import signal

    (tmp_path / "a.drv").write_text("claim 1 = 1\n" * 20_000, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command("a.drv", cwd=tmp_path),
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(
            signal.SIGINT, signal.default_int_handler
        ),  # a shell may have it ignored
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the workers too
        process.stdout.read()
        assert process.stderr.read() == "interrupted\n"
        assert process.wait() == 130
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)


def test_out_of_memory_leaves_the_others_their_verdicts(tmp_path: Path) -> None:
    text = f"size n = 50000\nreal x[n]\nclaim sum(x[j], j) = 1\n{AFTER}"
    (tmp_path / "a.drv").write_text(text, encoding="utf-8")
    found = run("--memory", "30", "a.drv", cwd=tmp_path)
    assert "because: out of memory: 30 MB are not enough" in found.stdout
    assert "proved     1 + 1 = 2" in found.stdout
    assert found.returncode == 3
