"""Files and texts through a pool of workers, and the results in the order of the texts."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import replace

from derive.errors import DeriveError
from derive.reading.sources import SourceFile, load
from derive.report.results import Result
from derive.verification.pool import Job, Pool
from derive.verification.questions import error_result
from derive.verification.stopping import Stop
from derive.verification.tasks import Given, name_of, read, read_to_derive
from derive.verification.work import Run, Text, Work


def answered(
    given: Iterable[Given], run: Run, stop: Stop | None = None
) -> Generator[tuple[Text, Iterator[Result]], None, None]:
    """Yield each file or text with its results, in order, each as soon as it and all before it are there.

    The results of one must be taken before the next one. Every question gets exactly as many results as it
    has links, whatever happens to the processes that look for them. Raises `StoppedError` where `stop` asks for it.
    """
    with Pool(run.jobs, run.budget, run.fork) as pool:
        work = Work(pool, run, stop)
        texts = list(map(text_of, given))
        for text in texts:
            work.add(text)
        for text in texts:
            yield text, work.results(text)
    if run.cache is not None:
        run.cache.trim()


def derived(
    source: SourceFile,
    sizes: Mapping[str, int],
    symbols: Mapping[str, str],
    run: Run,
    stop: Stop | None = None,
) -> list[Result]:
    """Return every `show` and every claim of a text with its derivation, as `derive show` has them.

    Where there was no time for a derivation, the verdict stands and says so. Raises `DeriveError` for what
    cannot be read, for a text with nothing to derive, and for a size or a name that no problem has, and
    `StoppedError` where `stop` asks for it.
    """
    seconds = run.budget.seconds  # the derivation is what is asked for, so it may take as long as the verdict
    budget, effort = replace(run.budget, after=seconds), replace(run.effort, derivation=seconds)
    run = replace(run, budget=budget, effort=effort, steps=True)
    with Pool(run.jobs, run.budget, run.fork) as pool:
        work = Work(pool, run, stop)
        text = Text(source.file, Job((read_to_derive, (source, sizes, symbols))))
        work.add(text)
        work.finish(text)
        return list(text.results())


def text_of(given: Given) -> Text:
    """Return a text to read; standard input is read here, since only this process can."""
    failure = None
    if given == "-":
        try:
            given = load("-")
        except DeriveError as wrong:
            failure = error_result(wrong)
    return Text(name_of(given), Job((read, (given,)), done=failure is not None), failure=failure)
