"""The line of somebody's code that a mistake stands on is told, and not the one that returns what came of it."""

from __future__ import annotations

import inspect

import pytest

from derive import prove_gradient, prove_vjp
from tests.tracing import programs
from tests.tracing.programs import Function, Program

LINES: dict[Function, str] = {
    programs.attention_rowwise_delta: "ds = p * (dp - (p * dp).mean(axis=-1, keepdims=True))",
    programs.cross_entropy_flipped: "d[np.arange(len(S)), y] += 1",
    programs.soft_cross_entropy_by_classes: "/ logits.shape[1]",
    programs.bce_of_probability: "/ (p * (1 - p)) / z.size",
}


def _program(wrong: Function) -> Program:
    return next(one for one in programs.PROGRAMS if wrong in one.wrong)


@pytest.mark.parametrize("wrong", LINES, ids=lambda one: one.__name__)
def test_the_line_is_told(wrong: Function) -> None:
    program = _program(wrong)
    prove = prove_vjp if program.vjp else prove_gradient
    found = next(
        one
        for one in prove(program.forward, wrong, program.declare, **program.options).results
        if one.verdict == "refuted"
    )
    assert found.diagnosis is not None
    assert found.source is not None
    lines, start = inspect.getsourcelines(wrong)
    line = lines[found.source.line - start].strip()
    assert LINES[wrong] in line
    assert found.diagnosis.text.endswith(f"; on line {found.source.line}: {line}")


def test_a_mistake_of_the_derivation_has_no_line_of_its_own() -> None:
    wrong = programs.two_layers_unmasked
    program = _program(wrong)
    found = prove_vjp(program.forward, wrong, program.declare, **program.options).results[0]
    assert found.diagnosis is not None
    assert "on line" not in found.diagnosis.text
