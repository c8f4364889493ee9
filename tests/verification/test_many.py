"""Many problems on executors that work, that lose, that die: each problem reported once, with its own verdict."""

from __future__ import annotations

import logging
import os
import pickle  # noqa: TID251 - what executors send
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import dask
import pytest
from distributed import Client, LocalCluster

from derive import Report, Verdict, check, check_many
from derive.problem.problems import Problem
from derive.reading.text import read
from derive.verification import many
from derive.verification.many import RemoteTask
from tests.verification import tasks

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(sys.platform == "win32", reason="signals and limits as POSIX has them"),
]

ROOT = Path(__file__).parent.parent.parent
HEAD = "size n\nreal s[n], c[n]\ngiven sum(c[j], j) = 1\nlet p[i] = exp(s[i])/sum(exp(s[k]), k)\n"
LOSS = "let E = -sum(c[j]*log(p[j]), j)\n"
ENDLESS = "real x, stuck\nclaim stuck = stuck\nclaim D(x^2, x) = 2*x\n"
VERDICTS = {Verdict.PROVED: "k", Verdict.REFUTED: "k + 1"}


@pytest.fixture(autouse=True)
def marked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the workers be told from those of tests that run at the same time."""
    monkeypatch.setenv("DERIVE_TESTED_BY", str(os.getpid()))


@pytest.fixture(autouse=True)
def endless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what is called stuck take for ever; threads and copies of this process have it so too."""
    monkeypatch.setattr("derive.verification.work.answers", tasks.stuck)


def problems(count: int) -> list[str]:
    """Return problems of which each has its number in its claim; every third is false."""
    right = (Verdict.REFUTED if k % 3 == 1 else Verdict.PROVED for k in range(count))
    return [f"real x\nclaim D({k}*x, x) = {VERDICTS[v].replace('k', str(k))}\n" for k, v in enumerate(right)]


def complete(found: Iterable[tuple[int, Report]], count: int) -> dict[int, Report]:
    """Return reports by number, having seen that each came once and is about its own problem."""
    pairs = list(found)
    assert Counter(number for number, _ in pairs) == Counter(range(count))
    for number, report in pairs:
        (result,) = report.results
        assert str(result.claim).startswith(f"D({number}*x, x) = ")
        assert result.verdict is (Verdict.REFUTED if number % 3 == 1 else Verdict.PROVED)
    return dict(pairs)


def test_by_default_in_processes_of_our_own(caplog: pytest.LogCaptureFixture) -> None:
    found = complete(check_many(problems(7), jobs=2), 7)
    for number, text in enumerate(problems(3)):
        alone = check(text, timeout=60)
        assert found[number] == alone
        assert found[number].results[0].steps == alone.results[0].steps
    assert found[0].results[0].steps
    assert caplog.records == []


@pytest.mark.parametrize("kind", [ThreadPoolExecutor, ProcessPoolExecutor])
def test_pools_of_the_standard_library(
    kind: Callable[[int], Executor], caplog: pytest.LogCaptureFixture
) -> None:
    with kind(2) as executor:
        found = complete(check_many(problems(7), executor=executor), 7)
        assert found == complete(check_many(problems(7), executor=executor), 7)
    assert found[0].results[0].steps
    assert caplog.records == []


def test_a_problem_is_a_text_a_path_or_what_was_read(tmp_path: Path) -> None:
    (tmp_path / "a.drv").write_text(
        "problem: one\nreal x\nclaim x = x\nproblem: two\nreal y\nclaim y = y + 1\n"
    )
    (tmp_path / "a.md").write_text("```derive\nreal x\n```\n\n$$x + x = 2 x$$\n")
    one, two = read((tmp_path / "a.drv").read_text(), "read.drv")
    given: list[str | Path | Problem] = [
        "real x\nclaim x = x", tmp_path / "a.drv", tmp_path / "a.md", two, tmp_path / "none.drv", "claim y", "", one
    ]  # fmt: skip
    with ThreadPoolExecutor(2) as executor:
        for found in (dict(check_many(given)), dict(check_many(given, executor=executor))):
            assert [[str(one.verdict) for one in found[k].results] for k in range(8)] == [
                ["proved"], ["proved", "refuted"], ["proved"], ["refuted"], ["error"], ["error"], [], ["proved"]
            ]  # fmt: skip
            places = [(one.file, one.line, one.problem) for one in found[3].results]
            assert places == [("read.drv", 6, "two")]
            assert "cannot read" in str(found[4].results[0].message)


def sent(value: Any) -> Any:
    return pickle.loads(pickle.dumps(value))  # noqa: S301 - written a moment ago


def test_what_is_sent_and_what_comes_back_can_be_pickled() -> None:
    text = f"{HEAD}{LOSS}function f\nclaim D(E, s[i]) = p[i] - c[i]\nclaim D(E, s[i]) = c[i] - p[i]\nclaim y = 1\n"
    (problem,) = read(text)
    same: Problem = sent(problem)
    assert (same.title, same.claims, same.context) == (problem.title, problem.claims, problem.context)
    assert [str(one.error) for one in same.failures] == [str(one.error) for one in problem.failures] != []
    for report in (check(text), *(found for _, found in check_many([text]))):
        again: Report = sent(report)
        assert again == report
        for one, other in zip(report.results, again.results, strict=True):
            assert other.statement == one.statement
            assert other.context == one.context
            assert other.correct_term == one.correct_term
            assert other.steps == one.steps
        assert again.latex() == report.latex()


@pytest.mark.parametrize("kind", [None, ProcessPoolExecutor])
def test_reports_come_as_soon_as_they_are_done(kind: Callable[[int], Executor] | None) -> None:
    executor = None if kind is None else kind(2)
    with closing(check_many([ENDLESS, *problems(4)[1:]], executor=executor, jobs=2, timeout=300)) as found:
        assert sorted(next(found)[0] for _ in range(3)) == [1, 2, 3]
        if isinstance(executor, ProcessPoolExecutor):
            for process in executor._processes.values():
                process.kill()  # or it would have to be waited for
            executor.shutdown()


@pytest.mark.parametrize("kind", [ThreadPoolExecutor, ProcessPoolExecutor])
def test_the_budget_holds_inside_of_an_executor(kind: Callable[[int], Executor]) -> None:
    with kind(1) as executor:
        found = dict(check_many([ENDLESS, problems(1)[0]], executor=executor, timeout=8))
    first, second = found[0].results
    assert (first.verdict, first.reason) == (Verdict.UNDECIDED, "out of time: no answer within 8 s")
    assert second
    assert found[1]


class Fated(Executor):
    """Does tasks in threads, but what happens to each attempt is told by a function; counts the attempts."""

    def __init__(self, fate: Callable[[RemoteTask], str]) -> None:
        self.fate = fate
        self.attempts: Counter[int] = Counter()
        self.threads = ThreadPoolExecutor(2)

    def submit(self, function: Any, task: RemoteTask) -> Future[Any]:  # type: ignore[override]
        self.attempts[task.number] += 1
        fate = self.fate(task)
        if fate == "refused":
            raise RuntimeError("no room for it")
        future: Future[Any] = Future()
        if fate == "forgotten":
            return future
        if fate == "cancelled":
            future.cancel()
            future.set_running_or_notify_cancel()
        elif fate == "lost":
            future.set_exception(OSError("a worker died"))
        elif fate == "lost later":
            threading.Timer(0.2, future.set_exception, (OSError("a worker died"),)).start()
        else:
            return self.threads.submit(function, task)
        return future


def test_each_is_submitted_once() -> None:
    executor = Fated(lambda task: "done")
    complete(check_many(problems(5), executor=executor), 5)
    assert executor.attempts == Counter(range(5))


@pytest.mark.parametrize("fate", ["lost", "lost later", "cancelled"])
def test_what_is_lost_is_submitted_once_more_and_no_more(fate: str, caplog: pytest.LogCaptureFixture) -> None:
    executor = Fated(lambda task: "done" if task.attempt > task.number % 3 else fate)
    complete(check_many(problems(6), executor=executor), 6)
    assert [executor.attempts[k] for k in range(6)] == [1, 2, 2, 1, 2, 2]
    (told,) = [one for one in caplog.records if one.levelno == logging.WARNING]
    assert "which are decided here" in told.getMessage()


def test_what_is_refused_is_decided_here() -> None:
    executor = Fated(lambda task: "refused" if task.number % 2 else "done")
    complete(check_many(problems(5), executor=executor), 5)
    assert executor.attempts == Counter(range(5))


def test_what_never_comes_back_is_waited_for_only_so_long(caplog: pytest.LogCaptureFixture) -> None:
    executor = Fated(lambda task: "forgotten" if task.number % 2 else "done")
    complete(check_many(problems(6), executor=executor, patience=5), 6)
    assert executor.attempts == Counter(range(6))
    (told,) = [one.getMessage() for one in caplog.records if one.levelno == logging.WARNING]
    assert "nothing has come from it for 5 s" in told


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_each_is_reported_once(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - no secret
    fates = ["done", "done", "lost", "lost later", "cancelled", "refused"]
    executor = Fated(lambda task: chance.choice(fates))
    complete(check_many(problems(12), executor=executor, steps=False), 12)
    assert all(1 <= count <= 2 for count in executor.attempts.values())


class Deadly(ProcessPoolExecutor):
    """Processes in which every fifth task goes wrong."""

    death = "killed"

    def submit(self, function: Any, task: RemoteTask) -> Future[Any]:  # type: ignore[override]
        return super().submit(tasks.fatal, self.death, function, task)


@pytest.mark.parametrize("death", ["killed", "raised", "another program"])
def test_processes_that_die_or_are_of_no_use(death: str, caplog: pytest.LogCaptureFixture) -> None:
    with Deadly(2) as executor:
        executor.death = death
        complete(check_many(problems(12), executor=executor), 12)
    words = {
        "killed": "BrokenProcessPool",
        "raised": "seeded",
        "another program": "another version of derive",
    }
    (told,) = [one for one in caplog.records if one.levelno == logging.WARNING]
    assert words[death] in told.getMessage()


def test_a_pool_that_was_shut_down() -> None:
    executor = ProcessPoolExecutor(1)
    executor.shutdown()
    complete(check_many(problems(3), executor=executor), 3)


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DERIVE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.mark.parametrize("kind", [None, ThreadPoolExecutor, ProcessPoolExecutor])
def test_the_second_run_is_free(kind: Callable[[int], Executor] | None, kept: Path) -> None:
    def seconds(**options: Any) -> list[float]:
        executor = None if kind is None else kind(2)
        found = complete(check_many(problems(2), executor=executor, **options), 2)
        if executor is not None:
            executor.shutdown()
        return [found[k].results[0].seconds for k in range(2)]

    assert all(seconds(cache=False))
    assert not kept.exists()
    assert all(seconds())
    assert len(list(kept.rglob("*.json"))) == 2
    assert not any(seconds())
    assert all(seconds(cache=False))


def workers() -> set[int]:
    """Return the workers of these tests that run, by the program on their command line, orphans too."""
    found = set()
    mark = f"DERIVE_TESTED_BY={os.getpid()}".encode()
    for path in Path("/proc").glob("[0-9]*"):
        try:
            program, started = (path / "cmdline").read_bytes(), (path / "environ").read_bytes()
            state = (path / "stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if b"derive.verification.worker" in program and mark in started.split(b"\0") and state != "Z":
            found.add(int(path.name))
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.parametrize("kind", [None, ThreadPoolExecutor])
def test_whoever_stops_listening_leaves_no_process(kind: Callable[[int], Executor] | None) -> None:
    before = workers()
    executor = None if kind is None else kind(2)
    found = check_many([*problems(4), ENDLESS, ENDLESS, ENDLESS], executor=executor, jobs=2, timeout=3)
    next(found)
    found.close()
    if executor is not None:
        executor.shutdown()  # what it is at comes to its end
        many._end_spare()
    assert workers() <= before


@pytest.mark.parametrize("wrong", ["real x\nclaim x = x", Path("a.drv"), [3], [["claim 1 = 1"]], [None]])
def test_what_is_no_list_of_problems(wrong: Any) -> None:
    with pytest.raises(TypeError, match=r"problem"):
        check_many(wrong)


@pytest.mark.parametrize("options", [{"jobs": 0}, {"timeout": 0}, {"memory": -1}])
def test_what_allows_nothing(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"more than 0|at least one"):
        check_many([], **options)


def test_no_problems_no_reports() -> None:
    assert list(check_many([])) == []


@pytest.fixture
def cluster() -> Iterator[Client]:
    """Two processes of Dask's; a task that costs a worker its life is given up by the cluster at once."""
    before = workers()
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 0}),
        LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as local,
        Client(local) as client,
    ):
        yield client
    for _ in range(100):
        if workers() <= before:
            return
        time.sleep(0.1)
    raise AssertionError("a process has outlived the cluster")


dasks_own_warnings = pytest.mark.filterwarnings("default")


@dasks_own_warnings
def test_a_dask_cluster_of_which_a_worker_is_killed(cluster: Client) -> None:
    count = 40
    pids = cluster.run(os.getpid)
    assert len(set(pids.values())) == 2
    found = check_many(problems(count), executor=cluster.get_executor(), steps=False, patience=60)
    first = [next(found) for _ in range(3)]
    worker, at = next((worker, at) for worker, at in cluster.processing().items() if at)
    os.kill(pids[worker], signal.SIGKILL)
    rest = list(found)
    complete([*first, *rest], count)
    assert at
    assert set(cluster.run(os.getpid).values()) != set(pids.values())


def test_errors_are_sent_where_dask_has_traces_sent_with_them() -> None:
    """Dask has every kind of exception that is there when it is imported sent with its trace and its cause."""
    program = (
        "import derive, derive.errors, distributed, copyreg\n"
        "assert derive.errors.ReadingError in copyreg.dispatch_table\n"
        "from derive.cli.command import command\n"
        "command(['check', '-'])\n"
    )
    found = subprocess.run(
        [sys.executable, "-c", program], input="let", capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert (found.returncode, found.stderr.splitlines()[0]) == (
        2, "<stdin>:1:4: expected a name, but the statement ends",
    )  # fmt: skip


@dasks_own_warnings
def test_problems_that_kill_whatever_worker_of_a_cluster_takes_them(
    cluster: Client, caplog: pytest.LogCaptureFixture
) -> None:
    class Deadlier(Executor):
        def submit(self, function: Any, task: RemoteTask) -> Future[Any]:  # type: ignore[override]
            future: Future[Any] = cluster.get_executor().submit(tasks.fatal, "killed", function, task)
            return future

    complete(check_many(problems(8), executor=Deadlier(), steps=False, patience=60), 8)
    told = [one.getMessage() for one in caplog.records if one.name == "derive"]
    assert [("KilledWorker" in one, "decided here" in one) for one in told] == [(True, True)]


@dasks_own_warnings
def test_a_cluster_that_goes_away(cluster: Client) -> None:
    found = check_many(problems(30), executor=cluster.get_executor(), steps=False, jobs=2, patience=60)
    first = next(found)
    cluster.cluster.close()
    cluster.close()
    complete([first, *found], 30)
