"""From a text to a report: reads the problems, has every claim decided, and keeps one claim's error from the others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from derive.errors import ContradictionError, DeriveError, Position
from derive.report import Report, Result, Verdict


def check(text: str, file: str = "<text>") -> Report:
    """Return the verdicts on all claims of a text in the project's language.

    What cannot be read or means nothing becomes a result with verdict `error`; nothing is raised for it.
    """
    return Report(tuple(check_text(text, file)))


def check_file(name: str) -> Iterator[Result]:
    """Yield the results of a file, a document, or for `-` of standard input, each as soon as it is found."""
    from derive.sources import load

    try:
        source = load(name)
    except DeriveError as wrong:
        yield error_result(wrong, file=name)
        return
    yield from check_text(source.text, source.file)


def check_file_whole(name: str, steps: bool) -> list[Result]:
    """Return the results of a file, with their derivations if asked: what a worker process sends back."""
    results = list(check_file(name))
    for result in results:
        if steps:
            result.steps  # noqa: B018 - found when first asked for, and kept
    return results


def check_text(text: str, file: str) -> Iterator[Result]:
    """Yield the results of a text, in the order of its claims, each as soon as it is found."""
    from derive.reading.text import read

    number = 0
    for problem in read(text, file):
        for item in problem.items:
            number += 1
            for result in _decided(item):
                yield replace(result, file=file, problem=problem.title, chain=number)


def error_result(wrong: DeriveError, file: str | None = None, claim: str | None = None) -> Result:
    """Return an error as a result."""
    at = wrong.position or Position(file or "", 0, 0)
    return Result(
        Verdict.ERROR,
        claim=claim,
        file=at.file or file,
        line=at.line or None,
        column=at.column or None,
        message=wrong.message,
        source=at.source,
    )
