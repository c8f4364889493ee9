"""What was found: a verdict for each claim, with everything that supports it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from derive.errors import SLIPS, DeriveError

if TYPE_CHECKING:
    from derive.problem.problems import Displayed
    from derive.terms import Context, Equation, Term

# Imported inside functions: the writers, each when its form is asked for.

T = TypeVar("T")


class Verdict(StrEnum):
    """What is known about a claim; the value is the word that stands in the JSON."""

    PROVED = "proved"
    REFUTED = "refuted"
    UNDECIDED = "undecided"
    ERROR = "error"


Sizes = Mapping[str, int]
"""Sizes by name, as `{"n": 3}`; empty where a claim has none."""


@dataclass(frozen=True, slots=True)
class Counterexample:
    """A point that satisfies every hypothesis and at which the two sides differ; all numbers as exact text.

    `values` holds the variables by name, arrays as nested lists; an unknown function's choice stands
    among them as text. `left` and `right` are the sides' values there.
    """

    sizes: Sizes
    indices: Mapping[str, int]
    values: Mapping[str, Any]
    left: str
    right: str

    @property
    def point(self) -> tuple[tuple[str, Any], ...]:
        """Everything that the point consists of, by name: sizes, values of variables, indices."""
        return (*self.sizes.items(), *self.values.items(), *self.indices.items())


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The known mistake that reproduces a refuted claim exactly: its name, and a sentence.

    Where several do, their names are joined by "or" and the sentence tells them all: no one knows which was made.
    `statements` are what the sentence rests on, each proved: claims of the language, to be read below the
    declarations of the claim that was refuted.
    """

    mistake: str
    text: str
    statements: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Jacobian:
    """The chain rule through an array, in numbers at a counterexample: all it needs, and what was used of it.

    `rows` are the array's entries, `columns` those of the variable, all as text, and `values` the derivative of
    each row by each column. `taken` is what the mistaken formula has in their places, `None` where it has nothing.
    `column` is the place of the variable that the claim differentiates by; `outer` and `products` are the other
    factor of the chain rule in each row, and the product of both in that column, and `claimed` is that product
    as the mistaken formula has it.
    """

    body: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: tuple[tuple[str, ...], ...]
    taken: tuple[tuple[str | None, ...], ...]
    column: int
    outer: tuple[str, ...]
    products: tuple[str, ...]
    claimed: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class StepShown:
    """A line of a derivation as it is reported: the rule's name, the line, the verdict on it, and where it holds."""

    rule: str
    text: str
    latex: str
    hypotheses: tuple[str, ...] = ()
    verdict: Verdict = Verdict.PROVED
    conditions: tuple[str, ...] = ()  # where both sides of the line have a value

    def _repr_latex_(self) -> str:
        return rf"$\displaystyle {self.latex}$"

    def _repr_html_(self) -> str:
        from derive.writing.notebook import steps_html

        return steps_html((self,))


class Steps(tuple[StepShown, ...]):
    """The lines of a derivation: a tuple that prints as a derivation and that a notebook shows as one."""

    __slots__ = ()

    def __str__(self) -> str:
        from derive.writing.terminal import line_text, step_lines

        return "\n".join(map(line_text, step_lines(self)))

    def _repr_html_(self) -> str:
        from derive.writing.notebook import steps_html

        return steps_html(self)

    def _repr_latex_(self) -> str:
        from derive.writing.notebook import steps_latex

        return steps_latex(self)


@dataclass(frozen=True, slots=True)
class Derived:
    """What came of the search for a derivation: its steps, `None` if there are none, and why they are left out."""

    steps: Steps | None = None
    left_out: str | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A line of a derivation, or a link of a chain, as it stands in the text.

    `kind` is "derivation" or "chain"; `first` is the chain's first side and `start` the line on which it
    stands; `before` and `after` are the link's own sides.
    """

    kind: str
    first: str
    start: int
    before: str
    after: str


def as_text(text: str) -> None:
    """Leave a formula as the text that it is told in."""


@dataclass(frozen=True)
class Result:
    """The verdict on one claim, or on one line of a derivation. Truthy exactly if proved.

    The fields are those of the JSON, in its order; one that does not apply is `None`. `follows` and
    `true` are set on lines of derivations and links of chains: whether the line follows from the one
    before, and whether it equals the chain's first side. `statement` and `context` are the claim itself,
    for those who want to go on with it; `chain` numbers the claims of a report, so that the links of one
    chain stand together. `seconds` is the time until the verdict was known.
    """

    verdict: Verdict
    claim: str | None = None
    file: str | None = None
    line: int | None = None
    column: int | None = None
    problem: str | None = None
    expect: Verdict | None = None
    follows: Verdict | None = None
    true: Verdict | None = None
    scope: str | None = None
    sizes_tried: tuple[Sizes, ...] | None = None
    hypotheses: tuple[str, ...] | None = None
    conditions: tuple[str, ...] | None = None
    marked: tuple[str, ...] | None = None
    never_tried: tuple[str, ...] | None = None
    counterexample: Counterexample | None = None
    holds_at: tuple[Sizes, ...] | None = None
    """Sizes at which no point was found at which the sides differ."""
    proved_at: tuple[Sizes, ...] | None = None
    """Those of them at which the kernel proves that there is none."""
    correct: str | None = None
    diagnosis: Diagnosis | None = None
    residual: str | None = None
    reason: str | None = None
    message: str | None = None
    seconds: float = field(default=0.0, compare=False)
    statement: Equation | None = field(default=None, repr=False, compare=False)
    context: Context | None = field(default=None, repr=False, compare=False)
    correct_term: Term | None = field(default=None, repr=False, compare=False)
    """What `correct` says, as a term, for those who write it otherwise than as text."""
    jacobian: Jacobian | None = field(default=None, repr=False, compare=False)
    """Of a diagnosis that is about a chain rule: its Jacobian at the counterexample."""
    chain: int = field(default=0, repr=False, compare=False)
    link: Link | None = field(default=None, repr=False, compare=False)
    """The line as typed, of a derivation or a chain of several links."""
    source: str = field(default="", repr=False, compare=False)
    """The line that an error is about, for the caret."""
    refused: bool = field(default=False, repr=False, compare=False)
    """Whether the error is that a display of a page was not read, or not understood well enough to be refuted."""
    contradiction: bool = field(default=False, repr=False, compare=False)
    """Whether the error is that kernel and oracle contradict each other."""
    unexplained: tuple[str, ...] = field(default=(), repr=False, compare=False)
    """What was looked for after the verdict and is left out: each what it is, a colon, and why."""
    derive_steps: Callable[[], Derived] | None = field(default=None, repr=False, compare=False)
    spell: Callable[[str], str | None] = field(default=as_text, repr=False, compare=False)
    """What a formula that is told as text looks like as LaTeX; `None` for text that is none."""

    @cached_property
    def derivation(self) -> Derived:
        """The search for the derivation of the left side, made when first asked for. It changes no verdict."""
        return Derived() if self.derive_steps is None else self.derive_steps()

    @property
    def steps(self) -> Steps | None:
        """The derivation of the left side, line by line; found when first asked for, `None` if there is none."""
        return self.derivation.steps

    @property
    def left_out(self) -> tuple[str, ...] | None:
        """What was looked for beside the verdict without success, and why; a derivation once it was asked for."""
        asked = vars(self).get("derivation", Derived()).left_out
        return (*self.unexplained, *([] if asked is None else [asked])) or None

    def without(self, what: str, why: str) -> Result:
        """Return the same verdict, and that something beside it is left out, and why. A derivation found is kept."""
        told = replace(self, unexplained=(*self.unexplained, f"{what}: {why}"))
        vars(told).update((name, vars(self)[name]) for name in ("derivation",) if name in vars(self))
        return told

    def __bool__(self) -> bool:
        return self.verdict is Verdict.PROVED

    def __str__(self) -> str:
        from derive.writing.terminal import plain

        return plain(self)

    def __repr__(self) -> str:
        shown = ((one.name, getattr(self, one.name)) for one in fields(self) if one.repr)
        return f"Result({', '.join(f'{name}={value!r}' for name, value in shown if value not in (None, ()))})"

    def json(self) -> dict[str, Any]:
        """Return the result as the plain data of the JSON output."""
        from derive.writing.json import result_to_data

        return result_to_data(self)

    def latex(self) -> str:
        """Return the claim and its verdict as LaTeX, to be pasted into a document."""
        from derive.writing.latex_document import report_fragment

        return report_fragment(Report((self,)))

    def sympy(self) -> Any:
        """Return the claim as SymPy's `Eq`, unevaluated; `None` where there is no claim."""
        if self.statement is None or self.context is None:
            return None
        from derive.interop import equation_to_sympy

        return equation_to_sympy(self.statement, self.context)

    def _repr_latex_(self) -> str | None:
        if self.statement is None:
            return None
        from derive.writing.latex import equation_to_latex

        return rf"$\displaystyle {equation_to_latex(self.statement)} \quad \text{{({self.verdict})}}$"

    def _repr_html_(self) -> str:
        return Report((self,))._repr_html_()


@dataclass(frozen=True)
class Report:
    """The results of all claims of a text or of several files, in order.

    Truthy if there is at least one result and all came out as they should. `displays` are those of the pages among
    the files, each with how it was understood; if `lenient`, one that was refused does not count.
    """

    results: tuple[Result, ...]
    displays: tuple[Displayed, ...] = ()
    lenient: bool = False

    @property
    def claims(self) -> tuple[tuple[Result, ...], ...]:
        """The results grouped by claim: the links of a chain, or the lines of a derivation, stand together."""
        groups: dict[tuple[str | None, int], list[Result]] = {}
        for result in self.results:
            groups.setdefault((result.file, result.chain), []).append(result)
        return tuple(map(tuple, groups.values()))

    @property
    def status(self) -> int:
        """The exit status of `derive check` for this report."""
        read = [tuple(one for one in group if not (self.lenient and one.refused)) for group in self.claims]
        counted = {counted_verdict(group) for group in read if group}
        if any(result.contradiction for result in self.results):
            return 4
        if Verdict.ERROR in counted or not (self.results or (self.lenient and self.displays)):
            return 2
        return 1 if Verdict.REFUTED in counted else 3 if Verdict.UNDECIDED in counted else 0

    def written(self, write: Callable[[Report], T]) -> T:
        """Return what a writer makes of the report; a derivation over which it falls is left out, and that is said."""
        try:
            return write(self)
        except (DeriveError, *SLIPS) as slip:
            why = f"derivation: it cannot be written, a bug in derive: {type(slip).__name__}: {slip}"
            without = (
                replace(one, derive_steps=None, unexplained=(*one.unexplained, why)) if one.steps else one
                for one in self.results
            )
            return write(Report(tuple(without)))

    def __bool__(self) -> bool:
        return self.status == 0

    def __str__(self) -> str:
        from derive.writing.listing import group_lines
        from derive.writing.terminal import line_text

        return "\n".join(line_text(line) for group in self.claims for line in group_lines(group))

    def json(self) -> dict[str, Any]:
        """Return the report as the plain data of the JSON output."""
        from derive.writing.json import report_to_data

        return self.written(report_to_data)

    def latex(self) -> str:
        """Return a complete LaTeX document with every claim, its derivation and its verdict."""
        from derive.writing.latex_document import report_document

        return self.written(report_document)

    def markdown(self) -> str:
        """Return the report as Markdown with TeX mathematics."""
        from derive.writing.markdown import report_to_markdown

        return self.written(report_to_markdown)

    def html(self) -> str:
        """Return the report as a complete HTML page that needs no script."""
        from derive.writing.html import report_to_html

        return self.written(report_to_html)

    def _repr_html_(self) -> str:
        from derive.writing.notebook import report_html

        return report_html(self)

    def _repr_latex_(self) -> str | None:
        lines = [line for line in (result._repr_latex_() for result in self.results) if line]
        return "\n\n".join(lines) or None


# The worst link speaks for a chain.
_ORDER = (Verdict.ERROR, Verdict.REFUTED, Verdict.UNDECIDED, Verdict.PROVED)


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the worst of some verdicts: error, then refuted, then undecided, then proved."""
    return min(verdicts, key=_ORDER.index, default=Verdict.PROVED)


def counted_verdict(group: tuple[Result, ...]) -> Verdict:
    """Return what a claim counts as: as expected is proved, another verdict than the expected one is refuted."""
    found = worst(result.verdict for result in group)
    expected = group[0].expect
    if expected is None or found is Verdict.ERROR:
        return found
    return Verdict.PROVED if found is expected else Verdict.REFUTED
