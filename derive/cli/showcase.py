"""What `make derive` runs: the losses of the catalogue derived, every verdict printed, the document written.

Exit status 0 exactly if every verdict is the expected one.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from time import perf_counter
from typing import Any

from derive import catalogue, oracle
from derive.api import check_text
from derive.cli.pdf import HOW_TO_INSTALL, has_tex, write_pdf
from derive.report.results import Report, Result, Verdict, counted_verdict
from derive.terms import Context, Derivative, Entry, Index, Term
from derive.writing.html import report_to_html
from derive.writing.latex import to_latex
from derive.writing.latex_document import document, report_fragment
from derive.writing.terminal import details

TITLE = "The gradient of the softmax cross-entropy"
BUILD = Path("build")

ENTRIES = (
    "softmax",
    "cross-entropy",
    "cross-entropy-label",
    "log-sum-exp",
    "binary-form-softmax",
    "binary-form-sigmoid",
    "mean-squared-error",
    "mean-squared-error-softmax",
)

# What a widely read article says about the last line but one, and the same line with its minus sign.
ARTICLE = """problem: The binary form, a line that lost a sign
size n
real p[n] in (0, 1)
real c[n]
let E = -sum(c[j]*log(p[j]) + (1 - c[j])*log(1 - p[j]), j)
claim D(E, p[i]) = D(-c[i]*log(p[i]) + (1 - c[i])*log(1 - p[i]), p[i]) expect refuted
claim D(E, p[i]) = D(-c[i]*log(p[i]) - (1 - c[i])*log(1 - p[i]), p[i])
claim D(E, p[i]) = -c[i]/p[i] + (1 - c[i])/(1 - p[i])
"""

# That its outputs lie between 0 and 1 is what is said of the softmax first; that none is 1 needs two scores.
RANGE = """problem: The softmax lies between 0 and 1
size n
real s[n], v[n]
let p[i] = exp(s[i])/sum(exp(s[k]), k)
claim 0 < p[i] <= 1
claim p[i]*(1 - p[i]) <= 1/4
claim sum(p[j]*v[j]^2, j) >= sum(p[j]*v[j], j)^2
claim p[i] < 1 expect refuted
"""

THREE_CLASSES = """problem: Three classes, written out
size n = 3
real s[n], c[n]
given sum(c[j], j) = 1
let p[i] = exp(s[i]) / sum(exp(s[k]), k)
let E = -sum(c[j]*log(p[j]), j)
claim D(E, s[i]) = p[i] - c[i]
"""


@dataclass(frozen=True, slots=True)
class Section:
    """A problem to derive: its title, and its text in the language with the name of the file it stands in."""

    title: str
    text: str
    file: str
    proofs: bool = False  # whether what it claims is shown with its proof


def sections() -> Iterator[Section]:
    """Yield everything that is derived, in the order in which it is shown."""
    yield Section("", RANGE, "range", proofs=True)
    for name in ENTRIES:
        entry = catalogue.load(name)
        yield Section(entry.title, entry.problem, entry.file)
    yield Section("", ARTICLE, "article")
    yield Section("", THREE_CLASSES, "three-classes")


def main() -> int:
    """Derive everything, print a line for each claim, write the document; return the exit status."""
    started = perf_counter()
    results: list[Result] = []
    for section in sections():
        title: str | None = None
        for result in check_text(section.text, section.file, steps=section.proofs):
            shown = replace(result, problem=result.problem or section.title)
            results.append(shown)
            if shown.problem != title:
                title = shown.problem
                print(f"\n{title}")
            print_result(shown)
    example = WorkedExample()
    print(f"\n{example.title}")
    print(example.text())
    report = Report(tuple(results))
    surprises = [group[0] for group in report.claims if counted_verdict(group) is not Verdict.PROVED]
    print()
    write(report, example)
    for one in surprises:
        print(f"not as expected: {one.claim} is {one.verdict}", file=sys.stderr)
    good = not surprises and example.agrees()
    all_good = "every" if good else "NOT every"
    print("the whole catalogue as pages, with an index to search: derive gallery -o build/catalogue")
    print(f"{len(results)} claims, {all_good} verdict as expected, {perf_counter() - started:.1f} s")
    return 0 if good else 1


def print_result(result: Result) -> None:
    """Print one line for a claim, and under a refuted one why."""
    scope = result.scope or ("as expected" if result.expect is result.verdict else "")
    print(f"  {result.verdict:<9} {result.claim or '':<66} {scope:<16} {result.seconds:7.3f} s", flush=True)
    if result.verdict is Verdict.PROVED:
        return
    for one in details(result):
        print(f"            {one.label}: {one.text}" if one.label else f"            {one.text}")


# ---------------------------------------------------------------- an example in numbers


class WorkedExample:
    """Three scores, their softmax, the loss against a target, and p - c beside the oracle's derivative."""

    title = "A worked example: three scores"
    scores = (Fraction(2), Fraction(1), Fraction(1, 10))
    target = (Fraction(0), Fraction(1), Fraction(0))
    digits = 10

    def __init__(self) -> None:
        (self.context,) = {id(r.context): r.context for r in check_text(THREE_CLASSES, "example")}.values()
        self.i = Index("i", "n")

    def value(self, term: Term, at: int = 1) -> Any:
        """Return the value of a term as a ball, at one value of the index i."""
        point = oracle.Point({"n": 3}, {"i": at}, {"s": self.scores, "c": self.target})
        assert isinstance(self.context, Context)  # noqa: S101 - its text has just been read without an error
        found = oracle.evaluate(term, self.context, point)
        assert found is not None  # noqa: S101 - softmax has a value everywhere, and none of its entries is 0
        return found

    def rows(self) -> list[tuple[str, str, list[str]]]:
        """Return what is shown: a description, the formula as LaTeX, the numbers."""
        s, p, c = (Entry(name, (self.i,)) for name in "spc")
        loss, slope = Entry("E"), Derivative(Entry("E"), (s,))
        largest = max(range(3), key=self.scores.__getitem__)
        return [
            ("scores", to_latex(s), [str(x) for x in self.scores]),
            ("their softmax", to_latex(p), self.numbers(p)),
            ("one-hot encoding of the largest", "", [str(int(k == largest)) for k in range(3)]),
            ("target", to_latex(c), [str(x) for x in self.target]),
            ("loss", to_latex(loss), [self.number(loss, 1)]),
            ("gradient by the formula", to_latex(p - c), self.numbers(p - c)),
            ("gradient by the oracle", to_latex(slope), self.numbers(slope)),
        ]

    def numbers(self, term: Term) -> list[str]:
        """Return the values of a term at i = 1, 2, 3."""
        return [self.number(term, at) for at in (1, 2, 3)]

    def number(self, term: Term, at: int) -> str:
        """Return a value to ten digits."""
        return str(self.value(term, at).str(self.digits, radius=False))

    def agrees(self) -> bool:
        """Tell whether formula and oracle give the same numbers: no ball of the difference excludes 0."""
        s, p, c = (Entry(name, (self.i,)) for name in "spc")
        difference = Derivative(Entry("E"), (s,)) - (p - c)
        return all(self.value(difference, at).contains(0) for at in (1, 2, 3))

    def text(self) -> str:
        """Return the example as lines of text."""
        lines = [f"  {name:<34} {', '.join(numbers)}" for name, _, numbers in self.rows()]
        return "\n".join([*lines, f"  {'the two gradients':<34} {'agree' if self.agrees() else 'DIFFER'}"])

    def latex(self) -> str:
        """Return the example as a section of the document."""
        rows = [
            rf"{name}{f' ${formula}$' if formula else ''} & {' & '.join(f'${one}$' for one in numbers)} \\"
            for name, formula, numbers in self.rows()
        ]
        head = f"\\section*{{{self.title}}}\n\\begin{{center}}\n\\begin{{tabular}}{{lrrr}}\n"
        return head + "\n".join(rows) + "\n\\end{tabular}\n\\end{center}\n"


# ---------------------------------------------------------------- the document


def write(report: Report, example: WorkedExample) -> None:
    """Write the document to build/derivations.tex, and the PDF where there is a TeX."""
    BUILD.mkdir(exist_ok=True)
    source = BUILD / "derivations.tex"
    source.write_text(document(report_fragment(report) + example.latex(), TITLE), encoding="utf-8")
    print(f"written: {source}")
    page = BUILD / "derivations.html"
    page.write_text(report_to_html(report, TITLE), encoding="utf-8")
    print(f"written: {page}")
    if not has_tex():
        print(f"no PDF: there is no pdflatex here ({HOW_TO_INSTALL})")
        return
    write_pdf(source.read_text(encoding="utf-8"), BUILD / "derivations.pdf")
    print(f"written: {BUILD / 'derivations.pdf'}")


if __name__ == "__main__":
    sys.exit(main())
