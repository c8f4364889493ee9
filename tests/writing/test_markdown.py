"""Reports as Markdown."""

from __future__ import annotations

from derive.report.results import Derived, Report, Result, Steps, StepShown, Verdict
from derive.terms import Entry, Equation


def test_a_report_as_markdown() -> None:
    step = StepShown("chain rule", "a = b", "a = b", ("sum(c[j], j) = 1",))
    proved = Result(
        Verdict.PROVED,
        claim="a = b",
        problem="the *first*",
        scope="for all n >= 1",
        hypotheses=("sum(c[j], j) = 1",),
        statement=Equation(Entry("a"), Entry("b")),
        derive_steps=lambda: Derived(Steps((step,))),
    )
    error = Result(Verdict.ERROR, claim="a = ", message="what is <this>?")
    assert Report((proved, error)).markdown() == (
        "## the \\*first\\*\n\n"
        "$$\na = b\n$$\n\n"
        "**proved** for all n >= 1\n- uses: `sum(c[j], j) = 1`\n\n"
        "1\\. chain rule, by `sum(c[j], j) = 1`\n\n$$\na = b\n$$\n\n"
        "`a = `\n\n"
        "**error**\n- what is \\<this>?\n"
    )
