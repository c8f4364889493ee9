"""Formulas as NumPy code: it runs, and gives what the traced code gives; so does what a refutation says is correct."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest
import scipy.special

from derive import prove_gradient, prove_vjp, trace
from derive.objects.expression import Expression
from derive.terms import Derivative
from derive.testing import assert_gradient_proved, pasted
from derive.writing.numpy_code import to_numpy
from tests.tracing import more_programs  # noqa: F401 - which enters its programs
from tests.tracing.programs import PROGRAMS
from tests.tracing.test_operations import DECLARE, OPERATIONS, _arrays

WITHOUT_CODE: set[str] = set()


def _run(code: str, values: dict[str, Any]) -> Any:
    return eval(code, {"np": np, "scipy": scipy, **values})  # noqa: S307 - the code that is shown


@pytest.mark.parametrize("name", sorted(OPERATIONS.keys() - WITHOUT_CODE))
def test_code_of_what_is_traced(name: str) -> None:
    function = OPERATIONS[name]
    arrays = _arrays(DECLARE, 1)
    given = {one: np.copy(arrays[one]) for one in inspect.signature(function).parameters}
    found = trace(function, DECLARE)
    assert isinstance(found, Expression)
    code = to_numpy(found.term, [axis for axis in found.axes if axis.dim != "1"], found.context)
    assert code is not None
    expected = np.asarray(function(**given))
    assert np.allclose(np.reshape(_run(code, arrays), expected.shape), expected)


SHOWN = [
    (program, wrong)
    for program in PROGRAMS
    for wrong in program.wrong
    if not program.options.get("cache") and "one-hot" not in program.name
]


@pytest.mark.parametrize(("program", "wrong"), SHOWN, ids=lambda one: getattr(one, "name", "wrong"))
def test_the_correct_gradient_as_code(program: Any, wrong: Any) -> None:
    prove = prove_vjp if program.vjp else prove_gradient
    random = np.random.default_rng(1)
    for found in prove(program.forward, wrong, program.declare, **program.options).results:
        lines = pasted(found).splitlines()
        if not any(line.startswith("correct = ") for line in lines):
            continue
        context, statement = found.context, found.statement
        assert context is not None
        assert statement is not None
        assert isinstance(statement.left, Derivative)
        sizes = {name: size.fixed or 2 + k for k, (name, size) in enumerate(context.sizes.items())}
        values = {
            name: random.integers(0, sizes[one.dims[-1]], [sizes[dim] for dim in one.dims[:-1]])
            if one.kind == "label"
            else random.uniform(0.1, 0.9, [sizes[dim] for dim in one.dims])
            for name, one in context.variables.items()
        }
        names = program.options.get("names", {})
        given = {
            name: values[names.get(name, name)]
            for name in inspect.signature(program.backward).parameters
            if names.get(name, name) in values
        }
        right = program.backward(**{name: np.copy(one) for name, one in given.items()})
        by = [one for one in values if context.variables[one].kind == "real"]
        code = lines[-1].removeprefix("correct = ")
        name = statement.left.variables[0].name
        expected = right[name] if isinstance(right, dict) else right
        expected = expected[_place(program, name, by)] if isinstance(expected, tuple) else expected
        assert np.allclose(_run(code, values), expected), lines[-1]


def _place(program: Any, name: str, by: list[str]) -> int:
    parameters = [one for one in inspect.signature(program.forward).parameters if one in by]
    return parameters.index(name) if name in parameters else 0


def test_a_failure_has_arrays_to_be_pasted() -> None:
    declare = "size N, C\nreal S[N,C]\nlabel y[N]: C"

    def loss(S: Any, y: Any) -> Any:
        return -np.log(scipy.special.softmax(S, axis=1)[np.arange(len(S)), y]).sum()

    def gradient(S: Any, y: Any) -> Any:
        return scipy.special.softmax(S, axis=1)

    with pytest.raises(
        AssertionError, match=r"S = np\.array\(\[\[0\.0\]\]\)\ny = np\.array\(\[0\]\)\ncorrect = "
    ):
        assert_gradient_proved(loss, gradient, declare)
