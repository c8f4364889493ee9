"""From a text to a report: reads the problems and has every claim decided. Decides nothing itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from derive.errors import DeriveError
from derive.notation import Context, Equation
from derive.problem import Failure, Show
from derive.questions import Asked, asked_in_file, asked_in_text, decided, error_result, problems_of
from derive.report import Report, Result


def check(
    text: str, file: str = "<text>", *, timeout: float | None = None, memory: int | None = None
) -> Report:
    """Return the verdicts on all claims of a text in the project's language.

    What cannot be read or means nothing becomes a result with verdict `error`; nothing is raised for it.

    With `timeout`, in seconds, or `memory`, in megabytes, the work is done in a process of its own, which is
    ended when one claim takes more than that; that claim is then `undecided`. Without, it is done here, within
    the bounds that the search sets itself, which are no bounds on the clock.
    """
    if timeout is None and memory is None:
        return Report(tuple(check_text(text, file)))
    from derive.runs.budget import budget_of
    from derive.runs.files import Run, answered
    from derive.sources import Source

    run = Run(budget_of(timeout, memory), steps=True)
    return Report(tuple(one for _, found in answered([Source(file, text)], run) for one in found))


def check_file(name: str) -> Iterator[Result]:
    """Yield the results of a file, a document, or for `-` of standard input, each as soon as it is found."""
    try:
        found = asked_in_file(name)
    except DeriveError as wrong:
        yield error_result(wrong, file=name)
        return
    for asked in found:
        yield from decided(asked)


def check_text(text: str, file: str, document: str | None = None) -> Iterator[Result]:
    """Yield the results of a text or document, in the order of its claims, each as soon as it is found."""
    for asked in asked_in_text(text, file, document):
        yield from decided(asked)


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
    from derive.symbols import names_of, with_symbols

    read = problems_of(text, file, document)
    nowhere = (symbols or {}).keys() - {name for problem in read for name in names_of(problem)}
    if nowhere:
        raise DeriveError(f"nothing is called {', '.join(sorted(nowhere))} in {file}")
    problems = [with_symbols(problem, symbols) for problem in read] if symbols else read
    unknown = sizes.keys() - {name for problem in problems for name in problem.context.sizes}
    if unknown:
        raise DeriveError(f"no size is called {', '.join(sorted(unknown))} in {file}")
    results: list[Result] = []
    for problem in problems:
        for item in problem.items:
            if isinstance(item, Failure):
                raise item.error
            fixed = replace(item, context=_at(item.context, sizes))
            number = len(results) + 1
            if isinstance(fixed, Show):
                results.append(replace(_shown(fixed), file=file, problem=problem.title, chain=number))
            else:
                results += decided(Asked(fixed, file, problem.title, number))
    if not results:
        raise DeriveError(f"{file} has nothing to show: write a claim, or `show D(E, s[i])`")
    return Report(tuple(results))


def _at(context: Context, sizes: Mapping[str, int]) -> Context:
    return context.with_sizes({name: size for name, size in sizes.items() if name in context.sizes})


def _shown(item: Show) -> Result:
    """Return the claim that a term is what its derivation comes to, decided like any other."""
    from derive.derivation import simplify
    from derive.verdicts import decide

    result = simplify(item.term, item.context)
    found = decide(Equation(item.term, result), item.context)
    return replace(found, line=item.position.line, column=item.position.column)
