"""Reports as Markdown."""

from __future__ import annotations

from derive.report.message import Message, say
from derive.report.results import Report, Result, Steps, StepShown, Verdict
from derive.terms import ONE, Compare, Entry, Equation, Index, Relation, total

J = Index("j", "n")
NORMALISED = Message(Compare(Relation.EQUAL, total(Entry("c", (J,)), J), ONE))


def test_a_report_as_markdown() -> None:
    step = StepShown("chain rule", Entry("a"), Entry("b"), hypotheses=(NORMALISED,))
    proved = Result(
        Verdict.PROVED,
        claim="a = b",
        problem="the *first*",
        scope="for all n >= 1",
        hypotheses=(NORMALISED,),
        reason=say("so it is * for {}", Entry("a")),
        statement=Equation(Entry("a"), Entry("b")),
        steps=Steps((step,)),
    )
    error = Result(Verdict.ERROR, claim="a = ", message="what is <this>?")
    assert Report((proved, error)).markdown() == (
        "## the \\*first\\*\n\n"
        "$$\na = b\n$$\n\n"
        "**proved** for all n >= 1\n- uses: `sum(c[j], j) = 1`\n- so it is \\* for `a`\n\n"
        "1\\. chain rule, by `sum(c[j], j) = 1`\n\n$$\na = b\n$$\n\n"
        "`a = `\n\n"
        "**error**\n- what is \\<this>?\n"
    )
