"""Steps of a derivation: a step exists only with the kernel's theorem about it. Nothing here searches."""

from __future__ import annotations

from dataclasses import dataclass, replace

from derive import kernel
from derive.kernel import Theorem
from derive.notation import Context, Equation, IndexRelation, Term
from derive.report import StepShown, Verdict
from derive.writing.latex import equation_to_latex, to_latex


@dataclass(frozen=True, slots=True)
class Step:
    """One proved line: by `rule`, `before` equals `after`, in the cases of `when`.

    `continues` says that `before` is what the step above ended with. The theorem is about exactly this
    equation; no step can be made without one.
    """

    rule: str
    before: Term
    after: Term
    theorem: Theorem
    when: tuple[IndexRelation, ...] = ()
    note: str = ""
    continues: bool = False

    def __post_init__(self) -> None:
        if self.theorem.equation != Equation(self.before, self.after, self.when):
            raise TypeError("a step needs the theorem that proves it")

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
    theorem = kernel.prove(equation, replace(context, hypotheses=()))
    if not isinstance(theorem, Theorem) and context.hypotheses:
        theorem = kernel.prove(equation, context)
    if not isinstance(theorem, Theorem):
        return None
    return Step(rule, before, after, theorem, when, note, continues)


def shown(step: Step) -> StepShown:
    """Return a step as it is reported; one that goes on from the step above begins with its `=`."""
    if step.continues:
        text, latex = f"= {step.after}", f"= {to_latex(step.after)}"
    else:
        equation = Equation(step.before, step.after, step.when)
        text, latex = str(equation), equation_to_latex(equation)
    return StepShown(step.rule, text, latex, step.hypotheses, Verdict.PROVED)


__all__ = ["Derivation", "Step", "prove_step", "shown"]
