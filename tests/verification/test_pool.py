"""Workers that hang, grow, crash and die: each is ended, its reason told, and nothing else is lost."""

from __future__ import annotations

import multiprocessing.connection
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from derive.verification.budget import Budget, budget_of
from derive.verification.pool import Job, Pool
from derive.verification.worker import Worker
from tests.verification import tasks

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and limits as POSIX has them")

ROOT = Path(__file__).parent.parent.parent
SHORT = Budget(seconds=1.5)
SMALL = Budget(megabytes=100)


@pytest.fixture(params=[False, True], ids=["interpreter", "copy"])
def fork(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


def done(pool: Pool, *jobs: Job) -> tuple[Job, ...]:
    waiting = list(jobs)
    while not all(job.done for job in jobs):
        while waiting and pool.room:
            pool.start(waiting.pop(0))
        pool.wait()
    return jobs


def outcome(task: Any, *arguments: Any, budget: Budget = Budget(), fork: bool = False) -> Job:  # noqa: B008
    with Pool(1, budget, fork) as pool:
        bad, good = done(pool, Job((task, arguments)), Job((tasks.echo, ("here",))))
    assert (good.value, good.fault, good.bug) == ("here", None, None)
    return bad


def test_values_stand_one_after_the_other(fork: bool) -> None:
    job = outcome(tasks.echo, 1, 2, 3, fork=fork)
    assert (job.value, job.fault) == (3, None)


@pytest.mark.long
@pytest.mark.parametrize("task", [tasks.sleep, tasks.spin])
def test_out_of_time(task: Any, fork: bool) -> None:
    job = outcome(task, budget=SHORT, fork=fork)
    assert (job.value, job.fault) == (None, "out of time: no answer within 1.5 s")


@pytest.mark.long
def test_what_was_yielded_before_the_end_stands(fork: bool) -> None:
    job = outcome(tasks.sleep, "verdict", budget=SHORT, fork=fork)
    assert job.value == "verdict"
    assert job.fault is not None


@pytest.mark.long
def test_out_of_memory(fork: bool) -> None:
    job = outcome(tasks.hoard, budget=SMALL, fork=fork)
    assert job.fault == "out of memory: 100 MB are not enough"


@pytest.mark.long
@pytest.mark.parametrize("words", ["GNU MP: Cannot allocate memory (size=8)\n", "Unable to allocate memory"])
def test_a_library_that_aborts_for_want_of_memory(words: str, fork: bool) -> None:
    job = outcome(tasks.abort, words, budget=SMALL, fork=fork)
    assert job.fault == "out of memory: 100 MB are not enough"


@pytest.mark.parametrize(
    ("task", "arguments", "words"),
    [
        (tasks.abort, (), "SIGABRT"),
        (tasks.killed, (), "SIGKILL, as a system does that has no more memory"),
        (tasks.leave, (7,), "status 7"),
        (tasks.leave, (0,), "status 0"),
    ],
)
def test_a_crash_is_told_as_what_it_is(
    task: Any, arguments: tuple[Any, ...], words: str, fork: bool, capfd: pytest.CaptureFixture[str]
) -> None:
    job = outcome(task, *arguments, fork=fork)
    assert job.fault is not None
    assert words in job.fault
    assert capfd.readouterr().err == ""


@pytest.mark.long
@pytest.mark.parametrize("task", [tasks.killed, tasks.hoard])
def test_what_may_not_have_been_its_fault_is_tried_again(task: Any, tmp_path: Path, fork: bool) -> None:
    job = outcome(task, str(tmp_path / "once"), budget=SMALL, fork=fork)
    assert job.fault is None
    assert job.value in ("alive", "enough")


def test_a_bug_is_told_with_its_trace(fork: bool) -> None:
    job = outcome(tasks.wrong, fork=fork)
    assert job.bug is not None
    assert "RuntimeError: seeded" in job.bug


def test_many_jobs_on_two_workers_with_faults_among_them(fork: bool) -> None:
    jobs = [Job((tasks.abort, ())) if k % 7 == 3 else Job((tasks.echo, (k,))) for k in range(30)]
    with Pool(2, Budget(), fork) as pool:
        done(pool, *jobs)
    assert [job.value for job in jobs if job.fault is None] == [k for k in range(30) if k % 7 != 3]
    assert sum(job.fault is not None for job in jobs) == 4


def test_a_worker_that_died_while_idle_costs_nothing(fork: bool) -> None:
    with Pool(1, Budget(), fork) as pool:
        (first,) = done(pool, Job((tasks.alive, ())))
        os.kill(first.value, 9)
        multiprocessing.connection.wait([pool.idle[0].connection], 10)
        (second,) = done(pool, Job((tasks.alive, ())))
    assert second.value not in (None, first.value)


def running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_no_process_is_left_behind(fork: bool) -> None:
    with Pool(2, Budget(), fork) as pool:
        first, second = Job((tasks.alive, ())), Job((tasks.sleep, (1,)))
        pool.start(second)
        done(pool, first)
        pids = [first.value]
        assert running(first.value)
    assert not any(map(running, pids))


@pytest.mark.long
def test_an_interrupt_ends_the_workers() -> None:
    program = (
        "import sys; sys.path.insert(0, '.')\n"
        "from derive.verification.pool import Budget, Job, Pool\nfrom tests.verification import tasks\n"
        "import signal, threading\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have it ignored\n"
        "with Pool(1, Budget(), fork=True) as pool:\n"
        "    job = Job((tasks.alive, ()))\n"
        "    pool.start(job)\n"
        "    while not job.done: pool.wait()\n"
        "    print(job.value, flush=True)\n"
        "    pool.start(Job((tasks.sleep, ())))\n"
        "    main = threading.main_thread().ident\n"
        "    threading.Timer(0.5, signal.pthread_kill, (main, signal.SIGINT)).start()\n"
        "    while True: pool.wait()\n"
    )
    found = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert "KeyboardInterrupt" in found.stderr
    assert not running(int(found.stdout))


@pytest.mark.long
def test_a_worker_whose_owner_is_gone_ends_itself() -> None:
    program = (
        "import os, sys; sys.path.insert(0, '.')\n"
        "from derive.verification.pool import Budget, Job, Pool\nfrom tests.verification import tasks\n"
        "pool = Pool(1, Budget(), fork=True)\n"
        "job = Job((tasks.alive, ()))\n"
        "pool.start(job)\n"
        "while not job.done: pool.wait()\n"
        "print(job.value, flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    found = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert found.returncode == -9
    pid = int(found.stdout)
    for _ in gone_after(10.0):
        if not running(pid) or zombie(pid):
            return
    pytest.fail("the worker is still there")


def gone_after(seconds: float) -> Iterator[None]:
    import time

    for _ in range(int(seconds / 0.05)):
        yield
        time.sleep(0.05)


def zombie(pid: int) -> bool:
    """Whoever takes over the children of the dead may be slow to bury them."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return False


@pytest.mark.parametrize(("seconds", "megabytes"), [(0, None), (-1, 5), (None, 0), (float("nan"), None)])
def test_a_budget_that_allows_nothing_is_refused(seconds: float | None, megabytes: int | None) -> None:
    with pytest.raises(ValueError, match="more than 0"):
        budget_of(seconds, megabytes)


def test_a_worker_is_a_copy_only_where_that_is_safe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("threading.active_count", lambda: 2)
    worker = Worker(fork=True)
    assert isinstance(worker.process, subprocess.Popen)
    worker.end()
    worker.stderr.close()
