"""Documents: they compile without a warning, with nothing overfull, whatever stands in them."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from derive.oracle.points import Chosen, Logarithm, Rational
from derive.problem.scopes import Configuration
from derive.report.message import Message, say
from derive.report.results import (
    Counterexample,
    Diagnosis,
    Report,
    Result,
    Steps,
    StepShown,
    Verdict,
)
from derive.report.scope import scope_text
from derive.terms import (
    ONE,
    ZERO,
    Apply,
    Bound,
    Compare,
    Context,
    Definition,
    Delta,
    Derivative,
    Entry,
    Equation,
    Hypothesis,
    Index,
    Number,
    Relation,
    Size,
    Term,
    Variable,
    Where,
    add,
    total,
)
from derive.terms.functions import exp, log
from derive.writing.latex_document import report_document, report_fragment, value_to_latex

i, j, k = (Index(name, "n") for name in "ijk")
E, s = Entry("E"), Entry("s", (i,))


def entry(name: str, index: Index = j) -> Term:
    return Entry(name, (index,))


def problem() -> Context:
    soft = Definition("p", (i,), exp(entry("s", i)) / total(exp(entry("s", k)), k))
    loss = Definition("E", (), -total(entry("c") * log(entry("p")), j))
    return Context(
        sizes={"n": Size("n")},
        variables={
            "s": Variable("s", ("n",)),
            "c": Variable("c", ("n",), kind="simplex"),
            "very_long_name": Variable("very_long_name", (), (Bound(Relation.GREATER, ZERO),)),
        },
        labels={"t": Index("t", "n")},
        definitions={"p": soft, "E": loss},
        hypotheses=(Hypothesis(Compare(Relation.EQUAL, total(entry("c"), j), ONE), "sum(c[j], j) = 1"),),
    )


def step(rule: str, left: Term | None, right: Term, *hypotheses: str) -> StepShown:
    return StepShown(rule, left, right, hypotheses=hypotheses)


def long_term(count: int) -> Term:
    parts = (
        Entry(f"score_{m}", (j,)) / (1 - Entry("p", (j,))) * (Delta(i, j) - entry("p", i))
        for m in range(count)
    )
    return entry("c", i) * total(add(*parts), j) - entry("d", i)


SLOPE = Derivative(E, (s,))
STEPS = (
    step("chain rule", SLOPE, total(Derivative(E, (Entry("p", (j,)),)) * Derivative(entry("p"), (s,)), j)),
    step("a rule with quite a long name, and another one, and one more", None, long_term(3)),
    step("distribute", None, long_term(14)),
    step("by cases", None, Where(Compare(Relation.GREATER, s, ZERO), long_term(2), -long_term(2))),
    step("use the hypotheses", None, entry("p", i) - entry("c", i), "sum(c[j], j) = 1", "a_b{c} & 100%"),
)


def result(verdict: Verdict = Verdict.PROVED, **more: object) -> Result:
    equation = Equation(SLOPE, entry("p", i) - entry("c", i))
    fields: dict[str, object] = {
        "claim": str(equation), "statement": equation, "context": problem(),
        "steps": Steps(STEPS),
    }  # fmt: skip
    return Result(verdict, **(fields | more))  # type: ignore[arg-type]  # the fields are named in each test


REFUTED = result(
    Verdict.REFUTED,
    chain=1,
    problem="50% of \\problems & <others> – naïve, Łódź, 漢字 $x_1$ #1 {~^}",
    counterexample=Counterexample(
        {"n": 2},
        {"i": 1},
        {"s": (Message(ZERO), Message(Apply("log", (Number(Fraction(2)),)))), "f": "x -> 1 + 2*x"},
        "-1",
        Message(Number(Fraction(-1, 2))),
    ),
    holds_at=({"n": 1},),
    diagnosis=Diagnosis(
        "diagonal-only Jacobian",
        say(
            "the sum over {} is missing: {} was used",
            j,
            Derivative(E, (Entry("p", (i,)),)) * Derivative(entry("p", i), (s,)),
        ),
    ),
    correct=Message(long_term(9)),
    conditions=("p[j] < 1 for all j",),
    marked=("x[i] != 0",),
)
UNDECIDED = result(
    Verdict.UNDECIDED,
    chain=2,
    reason="the search met its bound",
    scope=None,
    residual="x" * 300,
    steps=None,
)
ERROR = Result(
    Verdict.ERROR, claim="D(E, q)" + "*x" * 200, message="unknown name q\n  D(E, q)\n       ^", chain=3
)
REPORT = Report(
    (
        result(
            scope=scope_text({"n": Size("n")}, [Configuration({"n": 1}, ())], []),
            hypotheses=("sum(c[j], j) = 1",),
        ),
        REFUTED,
        UNDECIDED,
        ERROR,
    )
)


def test_a_document_has_statement_steps_and_verdicts() -> None:
    latex = report_document(REPORT, "A title & more")
    for part in (
        r"{\Large\bfseries A title \& more\par}", r"c \in \mathbb{R}^{n}$ (entries nonnegative with sum 1)",
        r"\sum_{j=1}^{n} c_{j} & = 1",
        r"\textbf{Proved} for all $n \ge 1$.", "chain rule", r"\textbf{Refuted}",
        r"At $n = 2$, $s = (0,\, \log \left(2 \right))$", r"\textbf{The mistake:} diagonal-only Jacobian.",
        r"-\tfrac{1}{2}",
    ):  # fmt: skip
        assert part in latex, part
    assert latex.count(r"\usepackage") == 1
    assert r"\usepackage{amsmath,amssymb}" in latex


def test_a_fragment_has_no_preamble() -> None:
    latex = report_fragment(Report(REPORT.results[:1]))
    assert r"\documentclass" not in latex
    assert r"\begin{align}" in latex


def test_a_chain_is_not_written_twice() -> None:
    twice = Report((result(chain=0), result(chain=1)))
    once = report_fragment(Report((result(),)))
    assert report_fragment(twice).count(r"\begin{align}") == once.count(r"\begin{align}")
    assert "The left side is derived above." in report_fragment(twice)


@pytest.mark.parametrize(
    ("value", "latex"),
    [
        (Rational(Fraction(-1, 2)).text, r"-\tfrac{1}{2}"),
        (
            (Message(ZERO), (Message(ONE), Message(Number(Fraction(2, 3))))),
            r"(0,\, (1,\, \tfrac{2}{3}))",
        ),
        (Logarithm(Fraction(1, 2)).text, r"- \log \left(2 \right)"),
        (2, "2"),
        ("-0.25", "-0.25"),
        ("about 1e-7", r"\text{about 1e-7}"),
        (Chosen((Fraction(0), Fraction(0), Fraction(1))).text, r"x\text{ $\to$ }x^{2}"),
    ],
)
def test_the_numbers_of_a_counterexample(value: object, latex: str) -> None:
    assert value_to_latex(value) == latex


def compiled(latex: str, directory: Path, program: str) -> str:
    (directory / "it.tex").write_text(latex, encoding="utf-8")
    command = [program, "-interaction=nonstopmode", "-halt-on-error", "it.tex"]
    run = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False, timeout=60)
    assert run.returncode == 0, run.stdout[-1500:]
    return run.stdout


def complaints(log: str) -> list[str]:
    return [
        line
        for line in log.splitlines()
        if any(word in line for word in ("Warning", "Overfull", "Underfull"))
    ]


def test_it_compiles_without_a_warning(tmp_path: Path, needs_tool: Callable[[str], str]) -> None:
    assert complaints(compiled(report_document(REPORT), tmp_path, needs_tool("pdflatex"))) == []


def test_an_overfull_line_would_be_seen(tmp_path: Path, needs_tool: Callable[[str], str]) -> None:
    wide = r"\documentclass{article}\begin{document}\hbox to 1pt{too wide}\end{document}"
    assert complaints(compiled(wide, tmp_path, needs_tool("pdflatex")))
