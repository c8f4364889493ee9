"""Documents: they compile without a warning, with nothing overfull, whatever stands in them."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from derive.report.results import (
    Counterexample,
    Derived,
    Diagnosis,
    Report,
    Result,
    Steps,
    StepShown,
    Verdict,
)
from derive.terms import (
    ONE,
    ZERO,
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
    Relation,
    Size,
    Term,
    Variable,
    Where,
    add,
    total,
)
from derive.terms.functions import exp, log
from derive.writing.latex import equation_to_latex, to_latex
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
    if left is None:
        return StepShown(rule, f"= {right}", f"= {to_latex(right)}", hypotheses)
    equation = Equation(left, right)
    return StepShown(rule, str(equation), equation_to_latex(equation), hypotheses)


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
        "derive_steps": lambda: Derived(Steps(STEPS)),
    }  # fmt: skip
    return Result(verdict, **(fields | more))  # type: ignore[arg-type]  # the fields are named in each test


REFUTED = result(
    Verdict.REFUTED,
    chain=1,
    problem="50% of \\problems & <others> – naïve, Łódź, 漢字 $x_1$ #1 {~^}",
    counterexample=Counterexample(
        {"n": 2}, {"i": 1}, {"s": ("0", "log(2)"), "f": "x -> 1 + 2*x"}, "-1", "-1/2"
    ),
    holds_at=({"n": 1},),
    diagnosis=Diagnosis(
        "diagonal-only Jacobian", "the sum over j is missing: D(E, p[i])*D(p[i], s[i]) was used"
    ),
    correct="x",
    correct_term=long_term(9),
    conditions=("p[j] < 1 for all j",),
    marked=("x[i] != 0",),
)
UNDECIDED = result(
    Verdict.UNDECIDED,
    chain=2,
    reason="the search met its bound",
    scope=None,
    residual="x" * 300,
    derive_steps=None,
)
ERROR = Result(
    Verdict.ERROR, claim="D(E, q)" + "*x" * 200, message="unknown name q\n  D(E, q)\n       ^", chain=3
)
REPORT = Report((result(scope="for all n >= 1", hypotheses=("sum(c[j], j) = 1",)), REFUTED, UNDECIDED, ERROR))


def test_a_document_has_statement_steps_and_verdicts() -> None:
    latex = report_document(REPORT, "A title & more")
    for part in (
        r"{\Large\bfseries A title \& more\par}", r"c \in \mathbb{R}^{n}$ (entries nonnegative with sum 1)",
        r"\sum_{j=1}^{n} c_{j} & = 1",
        r"\textbf{Proved} for all $n \ge 1$.", "chain rule", r"\textbf{Refuted}",
        r"At $n = 2$, $s = (0,\, \log(2))$", r"\textbf{The mistake:} diagonal-only Jacobian.", r"-\tfrac{1}{2}",
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
        ("-1/2", r"-\tfrac{1}{2}"),
        (("0", ("1", "2/3")), r"(0,\, (1,\, \tfrac{2}{3}))"),
        ("3*log(2)", r"3 \cdot \log(2)"),
        ("-0.25", "-0.25"),
        ("x -> x^2", r"\text{\texttt{x -\hskip0pt plus1pt\relax{}\char62{} x\char94{}2}}"),
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
