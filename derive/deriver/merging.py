"""Lines that a reader takes in one go, as one line: from the first to the last of them, and proved again as that.

The lines that it stands for stay inside it, for whoever wants to see each. Which ones go together is a matter of
taste and a table; that the longer stride is true is a matter of the kernel, and without its theorem nothing is merged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from derive.deriver.steps import Step, prove_step, shown
from derive.report.results import StepShown
from derive.terms import Context, Entry, Term, walk


@dataclass(frozen=True, slots=True)
class Stride:
    """How a rule is read: how much there is to follow, whether it begins a line, whether a merged line names it.

    What `leads` prepares what comes next, and stands with that rather than with what came before.
    """

    effort: int
    named: bool = True
    leads: bool = False


_AT_A_GLANCE = Stride(0, named=False)
_OF_A_FUNCTION = Stride(1)
_A_LINE_OF_ITS_OWN = Stride(2)

# By the name of the rule, or by its beginning where a name follows.
STRIDES: dict[str, Stride] = {
    "definition": _AT_A_GLANCE,
    "constant factor": _AT_A_GLANCE,
    "sum rule": _AT_A_GLANCE,
    "cancel": _AT_A_GLANCE,
    "collect": _AT_A_GLANCE,
    "distribute": Stride(0, named=False, leads=True),
    "take factors out": Stride(0, named=False, leads=True),
    "write": Stride(0),
    "exponential": _OF_A_FUNCTION,
    "logarithm": _OF_A_FUNCTION,
    "power rule": _OF_A_FUNCTION,
    "derivative of": _OF_A_FUNCTION,
}
MOST_EFFORT = 3  # in one line: a rule that is one to follow, and the derivative of a function
_SILENT = ("definition", "cancel", "collect")  # not named if anything else is
_CASE = "the case "
_WRITES = re.compile("write (.+) for its definition")
_EVERY = re.compile(", (?!of )")


@dataclass(slots=True)
class _Taken:
    """What is to become one line; `before` is what the line begins with, `None` if it goes on."""

    before: Term | None
    steps: list[Step]
    cases: list[Step]


def merged(steps: Sequence[Step], context: Context) -> tuple[StepShown, ...]:
    """Return a derivation as it is shown: what a reader takes in one go as one line, with its lines inside it."""
    return tuple(found for line in _lines(steps) for found in _shown(line, context))


def _lines(steps: Sequence[Step]) -> list[_Taken]:
    """Return the steps by the lines that they are to become.

    Where the way goes on after a lemma, the line begins with what the way began with.
    """
    lines: list[_Taken] = []
    begun: dict[Term, Term] = {}  # by what a chain leads to: what it begins with
    head: Term | None = None
    for step in steps:
        if step.when:
            if step.rule.startswith(_CASE) and lines:
                lines[-1].cases.append(step)
            else:
                lines.append(_Taken(step.before, [step], []))
            head = None
            continue
        if not step.continues or head is None:
            head = begun.get(step.before, step.before)
            lines.append(_Taken(head, [step], []))
        elif _stands_apart(lines[-1].steps, step):
            lines.append(_Taken(None, [step], []))
        else:
            lines[-1].steps.append(step)
        begun[step.after] = head
    return lines


def _stands_apart(above: Sequence[Step], step: Step) -> bool:
    before = sum(stride.effort for _, stride in _rules(above))
    both = sum(stride.effort for _, stride in _rules([*above, step]))
    leads = any(stride.leads for _, stride in _rules([step]))
    return both > MOST_EFFORT or (leads and before >= _A_LINE_OF_ITS_OWN.effort)


def _rules(steps: Sequence[Step]) -> Iterator[tuple[str, Stride]]:
    """Yield the rules of some steps, each once, and how they are read."""
    for name in dict.fromkeys(name for step in steps for name in _EVERY.split(step.rule)):
        start = next((one for one in STRIDES if name == one or name.startswith(f"{one} ")), None)
        yield name, _A_LINE_OF_ITS_OWN if start is None else STRIDES[start]


def _name(steps: Sequence[Step]) -> str:
    """Return the rules that a merged line names: what there is to follow, or else what is more than a glance.

    That a name was written is told only if it still stands there.
    """
    present = {part.name for part in walk(steps[-1].after) if isinstance(part, Entry)}
    rules = {name: stride for name, stride in _rules(steps) if _written(name) in (None, *present)}
    telling = [name for name, stride in rules.items() if stride.named]
    return ", ".join(telling or [name for name in rules if name not in _SILENT] or rules)


def _written(rule: str) -> str | None:
    """Return the name that a rule writes for its definition, `None` if it is another rule."""
    found = _WRITES.fullmatch(rule)
    return found[1] if found else None


def _shown(line: _Taken, context: Context) -> Iterator[StepShown]:
    """Yield the line with the steps inside it; the steps one by one if the kernel does not prove it."""
    first, last = line.steps[0], line.steps[-1]
    begins = line.before is not None and not first.when
    inside = tuple(map(shown, (*line.steps, *line.cases)))
    if len(inside) == 1 and (first.when or line.before in (None, first.before)):
        yield inside[0]
        return
    before = line.before if line.before is not None else first.before
    whole: Step | None = first
    if len(line.steps) > 1 or before != first.before:
        whole = prove_step(_name(line.steps), before, last.after, context, continues=not begins)
    if whole is None:
        yield from inside
    else:
        yield replace(shown(whole), parts=inside)
