"""Programs written in JAX: the right gradients are proved for all shapes, the wrong ones refuted, the rest named."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
import pytest

from derive import Report, prove_gradient, prove_vjp
from tests.tracing import written_jax  # noqa: F401 - which enters its programs
from tests.tracing.jax_programs import JAX_PROGRAMS
from tests.tracing.programs import Array, Function, Program

WRONG = [(program, wrong) for program in JAX_PROGRAMS for wrong in program.wrong]
VECTOR = "size n\nreal x[n]"


def _prove(program: Program, backward: Function) -> Report:
    prove: Callable[..., Report] = prove_vjp if program.vjp else prove_gradient
    return prove(program.forward, backward, program.declare, framework="jax", explain=0, **program.options)


@pytest.mark.parametrize("program", JAX_PROGRAMS, ids=lambda one: one.name)
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
    assert len(JAX_PROGRAMS) >= 36


def _sorted(x: Array) -> Array:
    return jnp.sort(x)


def _branch(x: Array) -> Array:
    if x.sum() > 0:
        return x
    return -x


def _infinite(x: Array) -> Array:
    return x + jnp.inf


def _part(x: Array) -> Array:
    return jnp.concatenate([x, x])[: x.shape[0]]


def _rounded(x: Array) -> Array:
    return x.astype(int)


REFUSED = {
    _sorted: "the primitive sort",
    _branch: "boolean conversion",
    _infinite: "inf is calculated with",
    _part: "a part of an axis",
    _rounded: "which rounds them",
}


@pytest.mark.parametrize("function", REFUSED, ids=lambda one: one.__name__)
def test_what_is_not_understood_is_named_with_its_line(function: Any) -> None:
    (found,) = prove_gradient(lambda x: jnp.sum(x), function, VECTOR, framework="jax").results
    assert found.verdict == "error"
    assert REFUSED[function] in str(found.message)
    assert found.source is not None
    assert found.source.file == __file__
    first = function.__code__.co_firstlineno
    assert first <= found.source.line <= first + 3


def test_what_is_held_is_held() -> None:
    """`stop_gradient` is part of what a function says: its derivative is 0."""
    import jax

    def loss(x: Array) -> Array:
        return jnp.sum(x * jax.lax.stop_gradient(x))

    assert prove_gradient(loss, lambda x: x, VECTOR, framework="jax")
    assert not prove_gradient(loss, lambda x: 2 * x, VECTOR, framework="jax")
