"""Programs written in PyTorch: the right gradients are proved for all shapes, the wrong ones refuted."""

from __future__ import annotations

from collections.abc import Callable

import pytest

pytest.importorskip("torch", reason="PyTorch is an extra: make torch")

from derive import Report, prove_gradient, prove_vjp
from tests.torch.torch_programs import TORCH_PROGRAMS
from tests.tracing.programs import Function, Program

WRONG = [(program, wrong) for program in TORCH_PROGRAMS for wrong in program.wrong]


def _prove(program: Program, backward: Function) -> Report:
    prove: Callable[..., Report] = prove_vjp if program.vjp else prove_gradient
    return prove(program.forward, backward, program.declare, framework="torch", explain=0, **program.options)


@pytest.mark.parametrize("program", TORCH_PROGRAMS, ids=lambda one: one.name)
def test_what_is_right_is_proved(program: Program) -> None:
    report = _prove(program, program.backward)
    assert report, report


@pytest.mark.parametrize(("program", "wrong"), WRONG, ids=lambda one: getattr(one, "name", "wrong"))
def test_what_is_wrong_is_refuted(program: Program, wrong: Function) -> None:
    report = _prove(program, wrong)
    verdicts = {str(one.verdict) for one in report.results}
    assert "refuted" in verdicts, report
    assert verdicts <= {"refuted", "proved"}, report


def test_there_are_as_many_as_were_promised() -> None:
    assert len(TORCH_PROGRAMS) >= 15
    assert all(program.wrong for program in TORCH_PROGRAMS)
