"""From a text to a report: reads the problems and has every claim decided."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from derive.errors import DeriveError, ReadingError
from derive.limits.deadline import ASKED_FOR, Effort
from derive.problem.problems import Problem
from derive.reading.sources import SourceFile
from derive.report.results import Report, Result
from derive.verification.questions import asked_in_file, asked_in_text, decided, error_result, to_derive

if TYPE_CHECKING:
    from concurrent.futures import Executor

# Imported inside functions: what reads and decides, which is loaded when something is to be decided.


def check(
    text: str,
    file: str = "<text>",
    *,
    timeout: float | None = None,
    memory: int | None = None,
    explain: float | None = None,
    steps: bool = True,
) -> Report:
    """Return the verdicts on all claims of a text in the project's language.

    What cannot be read or means nothing becomes a result with verdict `error`; nothing is raised for it.

    With `timeout`, in seconds, or `memory`, in megabytes, the work is done in a process of its own, which is
    ended when one claim takes more than that; that claim is then `undecided`. Without, it is done here, within
    the bounds that the search sets itself, which are no bounds on the clock.

    `explain` is how many seconds of processor time may go into each of what comes after a verdict: the mistake
    behind a refutation, the right side, and the derivation; 0.8 if nothing is said, and with 0 none of them is
    looked for. What is not found in time is left out, and `left_out` of the result says so. Without `steps` there
    are no derivations, which saves time: a report is data, and whatever it is printed as, nothing is looked for then.
    """
    if not isinstance(text, str):
        raise ReadingError(
            f"a problem is text, and this is a {type(text).__name__}; Python objects go to verify"
        )
    effort = Effort.of(explain)
    if timeout is None and memory is None:
        return Report(tuple(check_text(text, file, effort=effort, steps=steps)))
    from derive.verification.budget import budget_of
    from derive.verification.files import answered
    from derive.verification.work import Run

    run = Run(budget_of(timeout, memory), steps=steps, effort=effort)
    return Report(tuple(one for _, found in answered([SourceFile(file, text)], run) for one in found))


def check_many(
    problems: Iterable[str | Path | Problem],
    *,
    executor: Executor | None = None,
    jobs: int | None = None,
    timeout: float | None = None,
    memory: int | None = None,
    steps: bool = True,
    cache: bool = True,
    patience: float = 3600.0,
    explain: float | None = None,
) -> Generator[tuple[int, Report], None, None]:
    """Yield for each problem its number, from 0, and its report, each once and as soon as it is done.

    A problem is a text in the project's language, a path to a text or document, or a `Problem` that was read
    before. By default they are decided in processes of our own, `jobs` claims at once, as many as there are
    processors if nothing is said. With an `executor`, any of `concurrent.futures` or `client.get_executor()`
    of a Dask cluster, each problem is submitted to it; one that it loses, because a worker died or the call
    was cancelled, is submitted once more, and then decided here; so is all that it has when nothing has come
    from it for `patience` seconds. None is lost and none reported twice.

    `timeout`, in seconds, and `memory`, in megabytes, bound every claim, and are 120 and 2048 if nothing is
    said. On each machine the work is done in a process that is ended when a claim takes more; that claim is
    then `undecided`. Without `steps` there are no derivations, which saves time; `explain` is as in `check`.
    Unless `cache` is false, verdicts are kept on disk and found there again, in the directory that `derive check`
    uses here.

    Work begins when the first report is asked for; closing the iterator ends it, but for what an executor is
    at. What cannot be read is a result with verdict `error`. Raises `TypeError` for what is no problem, and
    `ValueError` for a budget or a number of jobs that allows nothing.
    """
    from derive.verification.budget import budget_of
    from derive.verification.cache import Cache
    from derive.verification.many import reported
    from derive.verification.work import Run

    if isinstance(problems, str | Path | Problem):
        raise TypeError("check_many takes several problems: for a single one write [problem]")
    given = [_given(one) for one in problems]
    budget = budget_of(timeout, memory)
    at_once = _processors() if jobs is None else jobs
    if at_once < 1:
        raise ValueError("at least one job is done at once")
    kept = Cache.usual() if cache else None
    run = Run(budget, at_once, steps, cache=kept, effort=Effort.of(explain))
    return _reports(reported(given, run, executor, patience))


def _reports(
    found: Generator[tuple[int, Report], None, None],
) -> Generator[tuple[int, Report], None, None]:
    with closing(found):
        yield from found


def _given(problem: str | Path | Problem) -> str | SourceFile | Problem:
    match problem:
        case str():
            return SourceFile("<text>", problem)
        case Path():
            return str(problem)
        case Problem():
            return problem
    raise TypeError(f"a problem is a text, a path or a Problem, and this is a {type(problem).__name__}")


def _processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def check_file(name: str) -> Iterator[Result]:
    """Yield the results of a file, a document, or for `-` of standard input, each as soon as it is found."""
    try:
        found = asked_in_file(name)
    except DeriveError as wrong:
        yield error_result(wrong, file=name)
        return
    for asked in found:
        yield from decided(asked)


def check_text(
    text: str, file: str, document: str | None = None, *, effort: Effort | None = None, steps: bool = False
) -> Iterator[Result]:
    """Yield the results of a text or document, in the order of its claims, each as soon as it is found."""
    for asked in asked_in_text(text, file, document):
        yield from decided(asked, effort, steps=steps)


def derivations(
    text: str,
    file: str,
    sizes: Mapping[str, int],
    document: str | None = None,
    symbols: Mapping[str, str] | None = None,
) -> Report:
    """Return the derivation of every `show`, and of the left side of every claim, some sizes made concrete.

    A `show A` becomes the proved claim that A is what it comes to. Raises `DeriveError` for what cannot be
    read, for a text without either, and for a size that no problem has.
    """
    found = to_derive(text, file, sizes, document, symbols)
    return Report(tuple(result for asked in found for result in decided(asked, ASKED_FOR, steps=True)))
