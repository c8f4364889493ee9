"""What was found: a verdict for each claim, with everything that supports it, as data.

Texts in it that hold formulas are messages, which know them as terms. It computes nothing and knows no writer: what
is asked of it in another notation is found by name in `derive.writing.formats`, and loaded then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any

from derive.report.message import Matrix, Message
from derive.terms import Context, Entry, Equation, IndexRelation, Relation, Term

if TYPE_CHECKING:
    from derive.problem.problems import Displayed


class Verdict(StrEnum):
    """What is known about a claim; the value is the word that stands in the JSON."""

    PROVED = "proved"
    REFUTED = "refuted"
    UNDECIDED = "undecided"
    ERROR = "error"


class CertificateStatus(StrEnum):
    """What has become of the proof of a claim as a file for a proof assistant; the value stands in the JSON."""

    CHECKED = "checked"
    """The proof assistant accepted the file, and its proof rests on the axioms of its real numbers alone."""
    WRITTEN = "written"
    """The file is written, and nobody has asked yet."""
    UNSUPPORTED = "unsupported"
    """There is no file, and the reason says why."""
    FAILED = "failed"
    """The proof assistant does not accept the file, which says nothing against the claim."""


@dataclass(frozen=True, slots=True)
class ClaimCertificate:
    """The certificate of a claim: what has become of it, the name of its file, and why there is no more."""

    status: CertificateStatus
    file: str | None = None
    reason: str | None = None


Sizes = Mapping[str, int]
"""Sizes by name, as `{"n": 3}`; empty where a claim has none."""


@dataclass(frozen=True, slots=True)
class Counterexample:
    """A point that satisfies every hypothesis and at which the two sides differ; all numbers as exact text.

    `values` holds the variables by name, arrays as nested lists; an unknown function's choice stands
    among them as text. `left` and `right` are the sides' values there. What is exact is a message and knows its term.
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
class Origin:
    """A line of a program."""

    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Jacobian:
    """The chain rule through an array, in numbers at a counterexample: all it needs, and what was used of it.

    `rows` are the array's entries, `columns` those of the variable, and `values` the derivative of each row by each
    column, as text. `taken` is what the mistaken formula has in their places, `None` where it has nothing.
    `column` is the place of the variable that the claim differentiates by; `outer` and `products` are the other
    factor of the chain rule in each row, and the product of both in that column, and `claimed` is that product
    as the mistaken formula has it.
    """

    body: Term
    rows: tuple[Entry, ...]
    columns: tuple[Entry, ...]
    values: tuple[tuple[str, ...], ...]
    taken: tuple[tuple[str | None, ...], ...]
    column: int
    outer: tuple[str, ...]
    products: tuple[str, ...]
    claimed: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class StepShown:
    """A line of a derivation as it is reported: the rule's name, the line, the verdict on it, and where it holds.

    The line is `before = after` in the cases of `when`; without `before` it goes on from the line above. `conditions`
    say where both sides have a value. In the proof of an inequality `relation` may be another one. `parts` are the
    lines that it stands for, if a reader takes several in one go; it is proved by itself all the same.
    """

    rule: str
    before: Term | None
    after: Term | Matrix
    when: tuple[IndexRelation, ...] = ()
    hypotheses: tuple[str, ...] = ()
    verdict: Verdict = Verdict.PROVED
    conditions: tuple[str, ...] = ()
    relation: Relation = Relation.EQUAL
    parts: tuple[StepShown, ...] = ()

    @property
    def text(self) -> str:
        """The line in the notation of the text language."""
        if self.before is None:
            return f"{self.relation} {self.after}"
        left = f"({self.before})" if isinstance(self.after, Matrix) else str(self.before)
        cases = f" when {', '.join(map(str, self.when))}" if self.when else ""
        return f"{left} {self.relation} {self.after}{cases}"

    @property
    def latex(self) -> str:
        """The line as LaTeX for math mode."""
        return str(_by_name("derive.writing.latex:step_to_latex")(self))

    def _repr_latex_(self) -> str:
        return rf"$\displaystyle {self.latex}$"

    def _repr_html_(self) -> str:
        return str(_by_name("derive.writing.notebook:steps_html")((self,)))


class Steps(tuple[StepShown, ...]):
    """The lines of a derivation: a tuple that prints as a derivation and that a notebook shows as one."""

    __slots__ = ()

    @property
    def every(self) -> Steps:
        """The same derivation with every line by itself, none merged with others."""
        return Steps(one for step in self for one in (step.parts or (step,)))

    def __str__(self) -> str:
        return str(_by_name("derive.writing.terminal:steps_text")(self))

    def _repr_html_(self) -> str:
        return str(_by_name("derive.writing.notebook:steps_html")(self))

    def _repr_latex_(self) -> str:
        return str(_by_name("derive.writing.notebook:steps_latex")(self))


@dataclass(frozen=True, slots=True)
class Link:
    """A line of a derivation, or a link of a chain, as it stands in the text.

    `kind` is "derivation" or "chain"; `first` is the chain's first side and `start` the line on which it
    stands; `before` and `after` are the link's own sides, and `relation` is claimed of them.
    """

    kind: str
    first: str
    start: int
    before: str
    after: str
    relation: Relation = Relation.EQUAL


def _by_name(name: str) -> Any:
    """Return a function that stands above this layer, `module:function`, loaded when it is first asked for."""
    return resolve_name(name)


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
    proved_from: Sizes | None = None
    """Sizes from which on, for all that are at least as great, the kernel proves that there is none."""
    correct: str | None = None
    diagnosis: Diagnosis | None = None
    residual: str | None = None
    reason: str | None = None
    message: str | None = None
    source: Origin | None = None
    """Of a claim about somebody's code: where what is claimed was computed."""
    assumptions: tuple[str, ...] | None = None
    """Of a claim about somebody's code: what it was taken to mean."""
    seconds: float = field(default=0.0, compare=False)
    statement: Equation | None = field(default=None, repr=False, compare=False)
    context: Context | None = field(default=None, repr=False, compare=False)
    jacobian: Jacobian | None = field(default=None, repr=False, compare=False)
    """Of a diagnosis that is about a chain rule: its Jacobian at the counterexample."""
    chain: int = field(default=0, repr=False, compare=False)
    link: Link | None = field(default=None, repr=False, compare=False)
    """The line as typed, of a derivation or a chain of several links."""
    source_line: str = field(default="", repr=False, compare=False)
    """The line that an error is about, for the caret."""
    refused: bool = field(default=False, repr=False, compare=False)
    """Whether the error is that a display of a page was not read, or not understood well enough to be refuted."""
    contradiction: bool = field(default=False, repr=False, compare=False)
    """Whether the error is that kernel and oracle contradict each other."""
    steps: Steps | None = field(default=None, repr=False, compare=False)
    """The derivation of the left side, line by line, if it was asked for and there is one."""
    left_out: tuple[str, ...] | None = field(default=None, repr=False, compare=False)
    certificate: ClaimCertificate | None = field(default=None, repr=False, compare=False)
    """What has become of the claim's certificate, if one was asked for."""
    """What was looked for beside the verdict without success: each what it is, a colon, and why."""

    @property
    def correct_term(self) -> Term | None:
        """What `correct` says, as a term."""
        match self.correct:
            case Message(pieces=(Term() as term,)):
                return term
        return None

    def without(self, what: str, why: str) -> Result:
        """Return the same verdict, and that something beside it is left out, and why."""
        return replace(self, left_out=(*(self.left_out or ()), Message(f"{what}: ", why)))

    def __bool__(self) -> bool:
        return self.verdict is Verdict.PROVED

    def __str__(self) -> str:
        return str(_by_name("derive.writing.terminal:plain")(self))

    def __repr__(self) -> str:
        return _in_one_line(str(self))

    def json(self) -> dict[str, Any]:
        """Return the result as the plain data of the JSON output."""
        data: dict[str, Any] = _by_name("derive.writing.json:result_to_data")(self)
        return data

    def latex(self) -> str:
        """Return the claim and its verdict as LaTeX, to be pasted into a document."""
        return str(_by_name("derive.writing.latex_document:report_fragment")(Report((self,))))

    def sympy(self) -> Any:
        """Return the claim as SymPy's `Eq`, unevaluated; `None` where there is no claim."""
        if self.statement is None or self.context is None:
            return None
        return _by_name("derive.interop:equation_to_sympy")(self.statement, self.context)

    def _repr_latex_(self) -> str | None:
        if self.statement is None:
            return None
        claim = _by_name("derive.writing.latex:formula_to_latex")(self.statement)
        return rf"$\displaystyle {claim} \quad \text{{({self.verdict})}}$"

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

    def with_every_line(self) -> Report:
        """Return the same report with every line of its derivations by itself, none merged with others."""
        found = (one if one.steps is None else replace(one, steps=one.steps.every) for one in self.results)
        return replace(self, results=tuple(found))

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

    def written(self, form: str, title: str = "Derivations") -> str:
        """Return the report in a format by its name, one of `derive.writing.formats.FORMATS`. Nothing is computed."""
        return str(_by_name("derive.writing.formats:written")(self, form, title))

    def __bool__(self) -> bool:
        return self.status == 0

    def __str__(self) -> str:
        return str(_by_name("derive.writing.listing:report_text")(self))

    def __repr__(self) -> str:
        return _in_one_line(str(self))

    def json(self) -> dict[str, Any]:
        """Return the report as the plain data of the JSON output."""
        data: dict[str, Any] = _by_name("derive.writing.json:report_to_data")(self)
        return data

    def latex(self) -> str:
        """Return a complete LaTeX document with every claim, its derivation and its verdict."""
        return self.written("latex")

    def markdown(self) -> str:
        """Return the report as Markdown with TeX mathematics."""
        return self.written("markdown")

    def html(self) -> str:
        """Return the report as a complete HTML page that needs no script."""
        return self.written("html")

    def _repr_html_(self) -> str:
        return str(_by_name("derive.writing.notebook:report_html")(self))

    def _repr_latex_(self) -> str | None:
        lines = [line for line in (result._repr_latex_() for result in self.results) if line]
        return "\n\n".join(lines) or None


def _in_one_line(text: str) -> str:
    """Return a text in one line, in the brackets of a `repr`: what a failing `assert` and a prompt show."""
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return f"<{'; '.join(line for line in lines if line.strip('^'))}>"


# The worst link speaks for a chain.
_ORDER = (Verdict.ERROR, Verdict.REFUTED, Verdict.UNDECIDED, Verdict.PROVED)


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the worst of some verdicts: error, then refuted, then undecided, then proved."""
    return min(verdicts, key=_ORDER.index, default=Verdict.PROVED)


def group_verdict(group: Sequence[Result]) -> Verdict:
    """Return the verdict on a claim as a whole: the worst of its links.

    Links may each be right where both of their sides have values, and a side differ from the first side all the
    same, at a point where one between has none: such a chain is refuted.
    """
    found = worst(result.verdict for result in group)
    astray = found is Verdict.PROVED and any(result.true is Verdict.REFUTED for result in group)
    return Verdict.REFUTED if astray else found


def counted_verdict(group: Sequence[Result]) -> Verdict:
    """Return what a claim counts as: as expected is proved, another verdict than the expected one is refuted."""
    found = group_verdict(group)
    expected = group[0].expect
    if expected is None or found is Verdict.ERROR:
        return found
    return Verdict.PROVED if found is expected else Verdict.REFUTED
