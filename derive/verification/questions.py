"""What a text asks, one equation at a time, and the answer to each. One question's error leaves the others alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from derive.errors import (
    TOO_LONG_A_NUMBER,
    ContradictionError,
    DeriveError,
    LimitError,
    Position,
    too_many_digits,
)
from derive.limits.deadline import Effort
from derive.problem.letters import names_of, with_symbols
from derive.problem.problems import (
    Claim,
    DerivationClaim,
    Displayed,
    Failure,
    Problem,
    ProblemItem,
    Show,
    Side,
    Surroundings,
)
from derive.reading.sources import load
from derive.report.results import Link, Result, Verdict
from derive.terms import Context, Equation, Relation, Term

# Imported inside functions: the grammars and the engines, which a process that only hands questions on does without.


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing that a text asks, or fails to ask, with its place among the others."""

    item: ProblemItem
    file: str
    problem: str | None
    number: int


@dataclass(frozen=True, slots=True)
class Question:
    """One equation that a text claims, or one link of a chain: what `answer` gives one result. It can be pickled.

    `claim` is the text as it is told, and `first` the chain's first side where there is a chain, of which the
    chain up to here says that it has the relation `reached` to the right side. `shown` is a
    term for which the right side of the equation is still to be found. `error` is what is wrong with the text
    if there is no equation, or if the equation is not proved. `page` is what its page says beside it, and `right`
    the right side where it stands.
    """

    claim: str
    position: Position
    file: str
    problem: str | None
    number: int
    equation: Equation | None = None
    context: Context | None = None
    first: Term | None = None
    reached: Relation = Relation.EQUAL
    shown: Term | None = None
    link: Link | None = None
    expect: Verdict | None = None
    error: DeriveError | None = None
    refused: bool = False
    page: Surroundings | None = None
    right: Side | None = None

    def placed(self, found: Result) -> Result:
        """Return a result as one of this question: with its place, its words and what was expected."""
        return replace(
            found,
            claim=(found.claim if self.shown is not None else None) or self.claim or None,
            file=self.file,
            line=found.line or self.position.line,
            column=found.column or self.position.column,
            problem=self.problem,
            chain=self.number,
            link=self.link,
            expect=self.expect,
        )

    def settled(self, found: Result) -> Result:
        """Return what was decided as the result, or the error that it leaves.

        What stands against a refutation stands against that of an earlier link, too: a link that is proved is right,
        and what it is of the first side is left open.
        """
        if self.error is not None and found.verdict is not Verdict.PROVED:
            return replace(self.failed(self.error), refused=self.refused)
        if self.error is not None and found.true is Verdict.REFUTED:
            found = replace(found, true=Verdict.UNDECIDED)
        if self.page is not None:
            from derive.verification import unsaid

            against = unsaid.against(found, self.page)
            if against is not None:
                return replace(self.failed(against), refused=True)
        return self.placed(found)

    def failed(self, wrong: DeriveError) -> Result:
        """Return an error as the result, at its own place or else at that of the question."""
        return self.placed(error_result(wrong, position=self.position))

    def unanswered(self, reason: str) -> Result:
        """Return `undecided` for a reason that has nothing to do with mathematics."""
        link = None if self.first is None else Verdict.UNDECIDED
        found = Result(
            Verdict.UNDECIDED,
            follows=link,
            true=link,
            reason=reason,
            statement=self.equation,
            context=self.context,
        )
        return self.placed(found)


def asked_in_file(name: str) -> list[Asked]:
    """Return what a file asks, in order; nothing is decided. Raises `DeriveError` for a file that cannot be read."""
    source = load(name)
    return asked_in_text(source.text, source.file, source.document)


def asked_in_text(text: str, file: str, document: str | None = None) -> list[Asked]:
    """Return what a text asks, in order, or a document with that ending; nothing is decided."""
    return asked_in_problems(problems_of(text, file, document), file)


def asked_in_problems(problems: Iterable[Problem], file: str) -> list[Asked]:
    """Return what problems ask, in order; a `show` asks for no verdict, and counts all the same."""
    items = [(problem.title, item) for problem in problems for item in problem.items]
    found = (Asked(item, file, title, number) for number, (title, item) in enumerate(items, 1))
    return [asked for asked in found if not isinstance(asked.item, Show)]


def displays_of(problems: Iterable[Problem]) -> tuple[Displayed, ...]:
    """Return the displays of the pages that problems were read from, each with how it was understood."""
    return tuple(one for problem in problems for one in problem.displays)


def with_verdicts(displays: Iterable[Displayed], results: Iterable[Result]) -> tuple[Displayed, ...]:
    """Return displays, those refused too that were read, and not understood well enough for what came out."""
    failed = [one for one in results if one.refused and one.line is not None and one.column is not None]
    return tuple(_with_verdict(one, failed) for one in displays)


def _with_verdict(display: Displayed, failed: Iterable[Result]) -> Displayed:
    if display.kind in ("refused", "skipped"):
        return display
    at = display.position
    for one in failed:
        if one.file == at.file and display.holds(one.line or 0, one.column or 0):
            return replace(display, kind="refused", message=one.message)
    return display


def to_derive(
    text: str,
    file: str,
    sizes: Mapping[str, int],
    document: str | None = None,
    symbols: Mapping[str, str] | None = None,
) -> list[Asked]:
    """Return every `show` and every claim of a text, some sizes made concrete and some names replaced.

    Raises `DeriveError` for what cannot be read, for a text without either, and for a size or a name that no
    problem has.
    """
    read = problems_of(text, file, document)
    nowhere = (symbols or {}).keys() - {name for problem in read for name in names_of(problem)}
    if nowhere:
        raise DeriveError(f"nothing is called {', '.join(sorted(nowhere))} in {file}")
    problems = [with_symbols(problem, symbols) for problem in read] if symbols else read
    unknown = sizes.keys() - {name for problem in problems for name in problem.context.sizes}
    if unknown:
        raise DeriveError(f"no size is called {', '.join(sorted(unknown))} in {file}")
    found: list[Asked] = []
    for problem in problems:
        for item in problem.items:
            if isinstance(item, Failure):
                raise item.error
            fixed = {name: size for name, size in sizes.items() if name in item.context.sizes}
            at = replace(item, context=item.context.with_sizes(fixed))
            found.append(Asked(at, file, problem.title, len(found) + 1))
    if not found:
        raise DeriveError(f"{file} has nothing to show: write a claim, or `show D(E, s[i])`")
    return found


def problems_of(text: str, file: str, document: str | None = None) -> list[Problem]:
    """Return the problems of a text, or of a document with that ending, `.md` or `.tex`."""
    if document is not None:
        from derive.reading.documents import read_document

        return read_document(text, file, tex=document == ".tex")
    from derive.reading.text import read

    return read(text, file)


def questions(asked: Asked) -> Iterator[Question]:
    """Yield the questions of one item: of a claim or a `show` one, of a chain or derivation one a link."""
    item, place = asked.item, (asked.file, asked.problem, asked.number)
    if isinstance(item, Failure):
        yield Question(item.text, item.position, *place, error=item.error, refused=item.refused)
    elif isinstance(item, Show):
        yield Question(item.text, item.position, *place, context=item.context, shown=item.term)
    else:
        yield from _links(item, asked)


def _links(item: Claim, asked: Asked) -> Iterator[Question]:
    links = item.links
    chained = isinstance(item, DerivationClaim) or len(links) > 1
    for number, ((left, relation, right), reached) in enumerate(zip(links, item.reaching, strict=True)):
        yield Question(
            item.text
            if len(links) == 1 and not isinstance(item, DerivationClaim)
            else _link_text(left, relation, right, item),
            item.position if number == 0 and not isinstance(item, DerivationClaim) else right.position,
            asked.file,
            asked.problem,
            asked.number,
            Equation(left.term, right.term, item.when, relation=relation),
            item.context,
            first=item.sides[0].term if chained else None,
            reached=reached,
            link=_link(item, left, relation, right) if chained else None,
            expect=None if item.expect is None else Verdict(item.expect),
            error=item.error,
            refused=item.error is not None,
            page=item.page,
            right=right,
        )


def _link(item: Claim, left: Side, relation: Relation, right: Side) -> Link:
    first = item.sides[0]
    kind = "derivation" if isinstance(item, DerivationClaim) else "chain"
    return Link(kind, first.text, first.position.line, left.text, right.text, relation)


def _link_text(left: Side, relation: Relation, right: Side, item: Claim) -> str:
    cases = f" when {', '.join(map(str, item.when))}" if item.when else ""
    return f"{left.text} {relation} {right.text}{cases}"


def answer(question: Question, effort: Effort | None = None, *, steps: bool = False) -> Result:
    """Return the verdict on a question, an error among them, with what explains it; only a bug of ours raises."""
    *_, last = stages(question, effort or Effort(), steps=steps)
    return last


def stages(question: Question, effort: Effort, *, steps: bool = False) -> Iterator[Result]:
    """Yield the verdict on a question, an error among them, and again with more of what explains it.

    If `steps` asks for it, the last has the derivation of the left side.
    """
    try:
        for found in _found(question, effort, steps):
            yield question.settled(found)
    except ContradictionError as bug:
        found = Result(Verdict.ERROR, message=str(bug), contradiction=True)
        yield question.settled(replace(found, source_line=question.position.source))
    except DeriveError as wrong:
        yield question.settled(question.failed(wrong))
    except RecursionError:
        yield question.settled(question.failed(LimitError("the formula is nested too deeply")))
    except ValueError as wrong:
        if not too_many_digits(wrong):
            raise
        yield question.settled(question.unanswered(f"out of digits: {TOO_LONG_A_NUMBER}"))


def _found(question: Question, effort: Effort, steps: bool) -> Iterator[Result]:
    """Yield what is found; all that is raised is raised before the first result, which is the verdict."""
    from derive.verification import searches, unsaid, verdicts

    equation, context = question.equation, question.context
    if context is not None and question.shown is not None:
        equation = searches.shortest(question.shown, context, effort)
    if context is None or equation is None:
        yield Result(Verdict.ERROR)
        return
    if question.first is None:
        found = verdicts.stages(equation, context, effort)
    else:
        whole = replace(equation, left=question.first, relation=question.reached)
        found = verdicts.link_stages(whole, equation, context, effort)
    for result in found if question.page is None else unsaid.kept(found, question.page):
        yield result
    if steps:
        yield searches.derived(result, effort.derivation)


def decided(asked: Asked, effort: Effort | None = None, *, steps: bool = False) -> Iterator[Result]:
    """Yield the results of one claim or `show`, or one for each link of a chain; with derivations if asked for."""
    for question in questions(asked):
        yield answer(question, effort, steps=steps)


def error_result(wrong: DeriveError, *, file: str | None = None, position: Position | None = None) -> Result:
    """Return an error as a result, at its own place or else at the one given."""
    at = wrong.position or position
    return Result(
        Verdict.ERROR,
        file=at.file if at is not None else file,
        line=at.line if at is not None else None,
        column=at.column if at is not None else None,
        message=wrong.message,
        source_line=at.source if at is not None else "",
    )
