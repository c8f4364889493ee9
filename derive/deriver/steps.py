"""Steps of a derivation: a step exists only with the kernel's theorem about it. Nothing here searches."""

from __future__ import annotations

from dataclasses import dataclass, replace

from derive.kernel import prover
from derive.kernel.domain import Condition
from derive.kernel.prover import Theorem
from derive.report.message import Message, hypotheses_told
from derive.report.results import StepShown, Verdict
from derive.terms import Context, Equation, IndexRelation, Term


@dataclass(frozen=True, slots=True)
class Step:
    """One proved line: in `context`, by `rule`, `before` equals `after`, in the cases of `when`.

    `conditions` say where both have a value, and are part of the line. `continues` says that `before` is what
    the step above ended with. No step can be made without a theorem that proves exactly this.
    """

    rule: str
    before: Term
    after: Term
    theorem: Theorem
    context: Context
    conditions: tuple[Condition, ...] = ()
    when: tuple[IndexRelation, ...] = ()
    note: str = ""
    continues: bool = False

    def __post_init__(self) -> None:
        self.check()

    def check(self) -> None:
        """Raise `TypeError` if the kernel's theorem does not prove this line here."""
        equation = Equation(self.before, self.after, self.when)
        lacking = prover.why_not(self.theorem, equation, self.context, self.conditions)
        if lacking is not None:
            raise TypeError(f"a step needs a theorem that proves it: {lacking}")

    @property
    def hypotheses(self) -> tuple[str, ...]:
        """The hypotheses that the proof of the step used."""
        return self.theorem.hypotheses


@dataclass(frozen=True, slots=True)
class Derivation:
    """A goal, the proved steps that lead from it to the result, lemmas among them, and the result."""

    goal: Term
    steps: tuple[Step, ...]
    result: Term


def prove_step(
    rule: str,
    before: Term,
    after: Term,
    context: Context,
    *,
    when: tuple[IndexRelation, ...] = (),
    note: str = "",
    continues: bool = False,
) -> Step | None:
    """Return the step if the kernel proves it, else None; with hypotheses only if it does not follow without."""
    equation = Equation(before, after, when)
    theorem = prover.prove(equation, replace(context, hypotheses=()))
    if not prover.applies(theorem, equation, context) and context.hypotheses:
        theorem = prover.prove(equation, context)
    if not prover.applies(theorem, equation, context):
        return None
    return Step(rule, before, after, theorem, context, theorem.conditions, when, note, continues)


def shown(step: Step) -> StepShown:
    """Return a step as it is reported; one that goes on from the step above begins with its `=`."""
    step.check()
    before, when = (None, ()) if step.continues else (step.before, step.when)
    used = hypotheses_told(step.hypotheses, step.context)
    conditions = tuple(Message(*one.pieces) for one in step.conditions)
    return StepShown(step.rule, before, step.after, when, used, Verdict.PROVED, conditions)
