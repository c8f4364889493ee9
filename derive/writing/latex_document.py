"""Reports as a LaTeX document, or as a fragment to paste: statements, numbered steps, verdicts.

Needs amsmath and amssymb alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from derive.report.derivations import Derived, chains_of
from derive.report.evidence import Kind, Remark, statements
from derive.report.message import Message, pieces_of
from derive.terms import Context, Definition, Entry, Number, Relation, Term, Variable
from derive.writing.boxes import HBox, lines, show
from derive.writing.latex import (
    DIGITS,
    box,
    condition_box,
    entry_box,
    equal,
    formula_box,
    formula_to_latex,
    to_latex,
)
from derive.writing.latex_names import name_to_latex
from derive.writing.latex_prose import code, prose
from derive.writing.latex_steps import derivation_display, equation_display

if TYPE_CHECKING:
    from derive.report.results import Counterexample, Report, Result, StepShown

LINE = 16.0  # em: what stands unbroken within a line of text
PREAMBLE = r"""\documentclass[10pt,a4paper]{article}
\usepackage{amsmath,amssymb}
\setlength{\oddsidemargin}{0pt}
\setlength{\textwidth}{455pt}
\setlength{\topmargin}{-20pt}
\setlength{\textheight}{680pt}
\setlength{\parindent}{0pt}
\setlength{\parskip}{4pt plus 2pt}
\setlength{\emergencystretch}{8em}
\raggedbottom
\renewcommand{\arraystretch}{1.25}
\allowdisplaybreaks
\AtBeginDocument{\raggedright\setlength{\abovedisplayskip}{5pt plus 3pt}\setlength{\belowdisplayskip}{5pt plus 3pt}}
"""


def report_document(report: Report, title: str = "Derivations") -> str:
    """Return a complete document with every claim, its derivation and its verdict."""
    return document(report_fragment(report), title)


def document(body: str, title: str) -> str:
    """Return a complete document around a body."""
    head = f"\\begin{{document}}\n{{\\Large\\bfseries {prose(title)}\\par}}\n\\bigskip\n"
    return f"{PREAMBLE}{head}\n{body}\\end{{document}}\n"


def report_to_paste(report: Report) -> str:
    """Return the claims of a report without preamble, below a line that says what they need."""
    return "% needs \\usepackage{amsmath,amssymb}\n" + report_fragment(report)


def report_fragment(report: Report) -> str:
    """Return the claims of a report without preamble, to be pasted into a document that loads amsmath and amssymb."""
    parts: list[str] = []
    said, derived = _Said(), Derived()
    last: tuple[str | None, str | None] | None = None
    for group in report.claims:
        first = group[0]
        place = first.file, first.problem
        if place != last:
            said, derived = _Said(), Derived()
            if heading := _heading(first, alone=len({group[0].file for group in report.claims}) == 1):
                parts.append(rf"\section*{{{prose(heading)}}}")
        last = place
        if first.context is not None:
            parts += said.new(first.context)
        for result in group:
            parts += result_to_latex(result, derived)
    return "\n".join(parts) + "\n"


def _heading(result: Result, alone: bool) -> str:
    if result.problem or alone:
        return result.problem or ""
    if not result.file or result.file == "-":
        return "Claims"
    stem = re.sub(r".*[/\\]|\.\w+$", "", result.file)
    return re.sub(r"[-_]+", " ", stem).capitalize() or "Claims"


# ---------------------------------------------------------------- the statement


Part = TypeVar("Part", str, HBox)


class _Said:
    """What has been said of a problem, so that each claim states only what is new."""

    def __init__(self) -> None:
        self.parts: set[str | HBox] = set()

    def new(self, context: Context) -> Iterator[str]:
        """Yield the declarations, definitions and hypotheses that were not stated yet."""
        if declared := self._unsaid((*_variables(context.variables.values()), *_labels(context))):
            yield f"Let {'; '.join(declared)}."
        if definitions := self._unsaid(map(definition_box, context.definitions.values())):
            yield "Define"
            yield equation_display(*definitions)
        if hypotheses := self._unsaid(condition_box(one.condition) for one in context.hypotheses):
            yield "Assume"
            yield equation_display(*hypotheses)

    def _unsaid(self, parts: Iterable[Part]) -> list[Part]:
        new = [part for part in parts if part not in self.parts]
        self.parts.update(new)
        return new


_KINDS = {"simplex": "entries nonnegative with sum 1", "onehot": "one entry 1 and the others 0"}


def _variables(variables: Iterable[Variable]) -> Iterator[str]:
    groups: dict[tuple[tuple[str, ...], str], list[str]] = {}
    for variable in variables:
        limits = ", ".join(f"${b.relation.latex} {to_latex(b.value)}$" for b in variable.bounds)
        extra = _KINDS.get(variable.kind, "") or (
            f"each entry {limits}" if variable.dims and limits else limits
        )
        groups.setdefault((variable.dims, extra), []).append(name_to_latex(variable.name))
    for (dims, extra), names in groups.items():
        yield f"${', '.join(names)} \\in \\mathbb{{R}}{_shape(dims)}${f' ({extra})' if extra else ''}"


def _shape(dims: tuple[str, ...]) -> str:
    product = r" \times ".join(map(name_to_latex, dims))
    return f"^{{{product}}}" if dims else ""


def _labels(context: Context) -> Iterator[str]:
    sizes = (f"${name_to_latex(s.name)} = {s.fixed}$" for s in context.sizes.values() if s.fixed is not None)
    yield from sizes
    for name, index in context.labels.items():
        yield rf"${name_to_latex(name)}$ a fixed index from $1$ to ${name_to_latex(index.dim)}$"


def definition_box(definition: Definition) -> HBox:
    """Return a definition as an equation."""
    return equal(entry_box(Entry(definition.name, definition.parameters)), box(definition.body))


# ---------------------------------------------------------------- a claim


def result_to_latex(result: Result, derived: Derived) -> Iterator[str]:
    """Yield a claim, the verdict on it with what supports it, and the derivation of its left side.

    What is `derived` above already is not repeated; `derived` grows.
    """
    if result.statement is not None:
        yield r"\par\medskip\textbf{Claim.}"
        yield equation_display(formula_box(result.statement))
    elif result.claim:
        yield rf"\par\medskip\textbf{{Claim.}} {code(result.claim)}"
    yield " ".join(_verdict(result))
    if result.steps:
        yield from _derivation(result.steps, derived)


def _derivation(steps: Sequence[StepShown], derived: Derived) -> Iterator[str]:
    """Yield the chains of steps that are new as one alignment, and after it which step used which hypotheses."""
    new = derived.new(steps)
    if not new:
        yield "The left side is derived above."
        return
    left_out = " (what stands above is not repeated)" if len(new) < len(chains_of(steps)) else ""
    what = "Derivation of the left side" if steps[-1].relation is Relation.EQUAL else "Proof"
    yield f"{what}, every line proved{left_out}:"
    yield derivation_display(new)
    used: dict[str, list[str]] = {}
    for step in (step for chain in new for step in chain):
        for hypothesis in step.hypotheses:
            used.setdefault(hypothesis, []).append(step.rule)
    for hypothesis, rules in used.items():
        names = ", ".join(dict.fromkeys(f"``{prose(rule)}''" for rule in rules))
        yield rf"Here {names} used {_said(hypothesis)}."


def _said(text: str) -> str:
    """Return a message with its formulas as mathematics."""
    pieces = pieces_of(text)
    return "".join(prose(one) if isinstance(one, str) else _inline(formula_box(one)) for one in pieces)


def _inline(formula: HBox) -> str:
    """Return a formula within a line, which TeX may break where a line of its own would be broken."""
    first, *rest = map(show, lines(formula, LINE))
    return " ".join((f"${first}$", *(f"${{}} {one}$" for one in rest)))


def _verdict(result: Result) -> Iterator[str]:
    word = rf"\textbf{{{str(result.verdict).capitalize()}}}"
    yield f"{word} {_said(result.scope)}." if result.scope else f"{word}."
    for one in statements(result):
        yield from _SENTENCES[one.kind](one, result)


Sentence: TypeAlias = "Callable[[Remark, Result], Iterator[str]]"


def _behind(before: str, between: str = ", ", after: str = "") -> Sentence:
    """Return how a statement is written: its formulas behind some words, and other words behind them."""

    def sentence(one: Remark, _result: Result) -> Iterator[str]:
        yield f"{before} {between.join(map(_said, one.parts))}{after}."

    return sentence


def _at_sizes(before: str, after: str) -> Sentence:
    def sentence(one: Remark, _result: Result) -> Iterator[str]:
        yield f"{before} {', '.join(map(_said, one.parts))}{after.format(one.evidence)}."

    return sentence


def _at_point(_one: Remark, result: Result) -> Iterator[str]:
    if result.counterexample is not None:
        yield from _counterexample(result.counterexample)


def _elsewhere(_one: Remark, _result: Result) -> Iterator[str]:
    """Write nothing: it stands beside the verdict, or in the sentence of another statement."""
    yield from ()


def _mistake(one: Remark, _result: Result) -> Iterator[str]:
    what, why = one.parts
    yield rf"\textbf{{The mistake:}} {prose(what)}. {_said(Message(why).sentence())}"


def _correct(one: Remark, result: Result) -> Iterator[str]:
    if result.correct_term is not None and result.statement is not None:
        correct = equal(box(result.statement.left), box(result.correct_term))
        yield f"Correct is\n{equation_display(correct)}"
    else:
        yield f"Correct is {code(one.text)}."


def _message(one: Remark, _result: Result) -> Iterator[str]:
    if one.text:
        yield _said(one.text.sentence())


_SENTENCES: dict[Kind, Sentence] = {
    Kind.SCOPE: _elsewhere,
    Kind.USES: _behind("Uses"),
    Kind.WHERE: _behind("Holds where"),
    Kind.ONLY_RIGHT_NEEDS: _behind("The right side has no value where the left has one unless"),
    Kind.NEVER_TRIED: _behind("No point was tried where", " or where "),
    Kind.AT: _at_point,
    Kind.LEFT: _elsewhere,
    Kind.RIGHT: _elsewhere,
    Kind.HOLDS: _at_sizes("It does hold", " ({})"),
    Kind.NO_COUNTEREXAMPLE: _at_sizes("There is no counterexample", ", {}"),
    Kind.MISTAKE: _mistake,
    Kind.CORRECT: _correct,
    Kind.FIRST_SIDE: _elsewhere,
    Kind.LEFT_OVER: _elsewhere,
    Kind.CERTIFICATE: _behind("Certificate:"),
    Kind.LEFT_OUT: _behind("Left out:"),
    Kind.CODE: _behind("Code:"),
    Kind.ASSUMES: _behind("Assumes:"),
    Kind.BECAUSE: _message,
    Kind.MESSAGE: _message,
}


def _counterexample(found: Counterexample) -> Iterator[str]:
    at = ", ".join(f"${name_to_latex(name)} = {value_to_latex(value)}$" for name, value in found.point)
    where = f"At {at}" if at else "Everywhere"
    left, right = value_to_latex(found.left), value_to_latex(found.right)
    yield f"{where} the left side is ${left}$ and the right side ${right}$."


def value_to_latex(value: Any) -> str:
    """Return a number of a counterexample, or an array of them, for math mode: exact ones are terms, others digits."""
    if isinstance(value, list | tuple):
        entries = r",\, ".join(map(value_to_latex, value))
        return f"({entries})"
    match pieces_of(str(value) if isinstance(value, int) else value):
        case (Number(number),):
            sign = "-" if number < 0 else ""
            size = abs(number)
            return (
                f"{sign}{size}"
                if size.denominator == 1
                else rf"{sign}\tfrac{{{size.numerator}}}{{{size.denominator}}}"
            )
        case (Term() as term,):
            return to_latex(term)
        case (str(text),) if DIGITS.fullmatch(text):
            return text
        case pieces:
            said = (
                rf"\text{{{prose(one)}}}" if isinstance(one, str) else formula_to_latex(one) for one in pieces
            )
            return "".join(said)
