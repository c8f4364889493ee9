"""From a text to a report: reads the problems, has every claim decided, and keeps one claim's error from the others."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from derive.errors import ContradictionError, DeriveError, LimitError, Position
from derive.notation import Context, Equation
from derive.problem import Claim, Derivation, Failure, Item, Problem, Redefinition, Show, Side
from derive.report import Link, Report, Result, Verdict


def check(text: str, file: str = "<text>") -> Report:
    """Return the verdicts on all claims of a text in the project's language.

    What cannot be read or means nothing becomes a result with verdict `error`; nothing is raised for it.
    """
    return Report(tuple(check_text(text, file)))


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing that a text asks, or fails to ask, with its place among the others: what `decided` gives a verdict."""

    item: Item
    file: str
    problem: str | None
    number: int


def check_file(name: str) -> Iterator[Result]:
    """Yield the results of a file, a document, or for `-` of standard input, each as soon as it is found."""
    try:
        found = asked_in_file(name)
    except DeriveError as wrong:
        yield error_result(wrong, file=name)
        return
    for asked in found:
        yield from decided(asked)


def asked_in_file(name: str) -> list[Asked]:
    """Return what a file asks, in order; nothing is decided. Raises `DeriveError` for a file that cannot be read."""
    from derive.sources import load

    source = load(name)
    return asked_in_text(source.text, source.file, source.document)


def check_file_whole(name: str, steps: bool) -> list[Result]:
    """Return the results of a file, with their derivations if asked: what a worker process sends back."""
    results = list(check_file(name))
    for result in results:
        if steps:
            result.steps  # noqa: B018 - found when first asked for, and kept
    return results


def check_text(text: str, file: str, document: str | None = None) -> Iterator[Result]:
    """Yield the results of a text or document, in the order of its claims, each as soon as it is found."""
    for asked in asked_in_text(text, file, document):
        yield from decided(asked)


def asked_in_text(text: str, file: str, document: str | None = None) -> list[Asked]:
    """Return what a text asks, in order, or a document with that ending; nothing is decided."""
    problems = problems_of(text, file, document)
    items = [(problem.title, item) for problem in problems for item in problem.items]
    return [Asked(item, file, title, number) for number, (title, item) in enumerate(items, 1)]


def problems_of(text: str, file: str, document: str | None = None) -> list[Problem]:
    """Return the problems of a text, or of a document with that ending, `.md` or `.tex`."""
    if document is not None:
        from derive.reading.documents import read_document

        return read_document(text, file, tex=document == ".tex")
    from derive.reading.text import read

    return read(text, file)


def decided(asked: Asked) -> Iterator[Result]:
    """Yield the results of one claim, or one for each link of a chain; none for a `show`."""
    for result in _item_results(asked.item):
        yield replace(result, file=asked.file, problem=asked.problem, chain=asked.number)


def derivations(text: str, file: str, sizes: Mapping[str, int], document: str | None = None) -> Report:
    """Return the derivation of every `show`, and of the left side of every claim, some sizes made concrete.

    A `show A` becomes the proved claim that A is what it comes to. Raises `DeriveError` for what cannot be
    read, for a text without either, and for a size that no problem has.
    """
    problems = problems_of(text, file, document)
    unknown = sizes.keys() - {name for problem in problems for name in problem.context.sizes}
    if unknown:
        raise DeriveError(f"no size is called {', '.join(sorted(unknown))} in {file}")
    results: list[Result] = []
    for problem in problems:
        for item in problem.items:
            if isinstance(item, Failure):
                raise item.error
            fixed = replace(item, context=_at(item.context, sizes))
            found = [_shown(fixed)] if isinstance(fixed, Show) else list(_item_results(fixed))
            results += [
                replace(one, file=file, problem=problem.title, chain=len(results) + 1) for one in found
            ]
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


def _item_results(item: Item) -> Iterator[Result]:
    """Yield the results of one item: of a claim one, of a chain or a derivation one for each link."""
    match item:
        case Failure():
            yield error_result(item.error, claim=item.text, position=item.position)
        case Redefinition():
            (found,) = _claim_results(item)
            wrong = error_result(item.error, claim=item.text, position=item.position)
            yield found if found.verdict == Verdict.PROVED else wrong
        case Claim():
            yield from _claim_results(item)


def _claim_results(item: Claim) -> Iterator[Result]:
    links = list(itertools.pairwise(item.sides))
    for number, (left, right) in enumerate(links):
        text = item.text if len(links) == 1 else _link_text(left, right, item)
        position = item.position if number == 0 and not isinstance(item, Derivation) else right.position
        found = _link_result(item, left, right, alone=len(links) == 1, position=position, text=text)
        yield replace(
            found,
            link=_link(item, left, right) if _is_chain(item) else None,
            claim=text,
            line=found.line or position.line,
            column=found.column or position.column,
            expect=None if item.expect is None else Verdict(item.expect),
        )


def _is_chain(item: Claim) -> bool:
    return isinstance(item, Derivation) or len(item.sides) > 2


def _link(item: Claim, left: Side, right: Side) -> Link:
    first = item.sides[0]
    kind = "derivation" if isinstance(item, Derivation) else "chain"
    return Link(kind, first.text, first.position.line, left.text, right.text)


def _link_text(left: Side, right: Side, item: Claim) -> str:
    cases = f" when {', '.join(map(str, item.when))}" if item.when else ""
    return f"{left.text} = {right.text}{cases}"


def _link_result(
    item: Claim, left: Side, right: Side, *, alone: bool, position: Position, text: str
) -> Result:
    from derive.verdicts import decide, decide_link

    try:
        if alone and not isinstance(item, Derivation):
            return decide(Equation(left.term, right.term, item.when), item.context)
        return decide_link(item.sides[0].term, left.term, right.term, item.when, item.context)
    except ContradictionError as bug:
        found = Result(Verdict.ERROR, claim=text, message=str(bug), contradiction=True)
        return replace(found, source=position.source)
    except DeriveError as wrong:
        return error_result(wrong, claim=text, position=position)
    except RecursionError:
        return error_result(LimitError("the formula is nested too deeply"), claim=text, position=position)


def error_result(
    wrong: DeriveError, *, file: str | None = None, claim: str | None = None, position: Position | None = None
) -> Result:
    """Return an error as a result, at its own place or else at the one given."""
    at = wrong.position or position
    return Result(
        Verdict.ERROR,
        claim=claim,
        file=at.file if at is not None else file,
        line=at.line if at is not None else None,
        column=at.column if at is not None else None,
        message=wrong.message,
        source=at.source if at is not None else "",
    )
