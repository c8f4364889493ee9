"""Programs as people write them: the right gradients are proved for all shapes, the wrong ones refuted."""

from __future__ import annotations

import pytest

from derive import Report, prove_gradient, prove_vjp
from tests.tracing import (  # noqa: F401 - which enter their programs
    more_programs,
    public_styles,
    written_layers,
    written_losses,
    written_objectives,
)
from tests.tracing.programs import PROGRAMS, Function, Program

WRONG = [(program, wrong) for program in PROGRAMS for wrong in program.wrong]


def _prove(program: Program, backward: Function) -> Report:
    prove = prove_vjp if program.vjp else prove_gradient
    return prove(program.forward, backward, program.declare, explain=0, steps=False, **program.options)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda one: one.name)
def test_what_is_right_is_proved(program: Program) -> None:
    report = _prove(program, program.backward)
    assert report, report


@pytest.mark.parametrize(
    ("program", "wrong"), WRONG, ids=lambda one: one.name if isinstance(one, Program) else one.__name__
)
def test_what_is_wrong_is_refuted(program: Program, wrong: Function) -> None:
    report = _prove(program, wrong)
    verdicts = {str(one.verdict) for one in report.results}
    assert "refuted" in verdicts, report
    assert verdicts <= {"refuted", "proved"}, report


def test_there_are_as_many_as_were_promised() -> None:
    assert len(PROGRAMS) >= 85
    assert all(program.wrong for program in PROGRAMS)
