"""What a refutation says of somebody's code, as lines of NumPy to be pasted into a test."""

from __future__ import annotations

from typing import Any

from derive.reading.text import read_term
from derive.report.results import Result
from derive.terms import Context, Derivative
from derive.writing.numpy_code import to_numpy


def pasted(result: Result) -> str:
    r"""Return the counterexample of a refuted gradient as arrays, and the correct gradient as an expression.

    Labels count from 0. What is not known, or has no code, is left out; the text may be empty.

    >>> import derive
    >>> from derive.testing import pasted
    >>> wrong = derive.prove_gradient(lambda x: (x**2).sum(), lambda x: x, "size n\nreal x[n]").results[0]
    >>> print(pasted(wrong))
    x = np.array([1.0])
    correct = 2*x
    """
    context, point, statement = result.context, result.counterexample, result.statement
    if context is None or point is None:
        return ""
    labels = {*context.labels, *(one.name for one in context.variables.values() if one.kind == "label")}
    lines = [
        f"{name} = {_value(value, name in labels)}"
        for name, value in point.values.items()
        if name in context.variables or name in labels
    ]
    correct = result.correct_term
    if correct is not None and statement is not None and isinstance(statement.left, Derivative):
        code = to_numpy(correct, statement.left.variables[0].indices, context)
        lines += [f"correct = {code}"] if code is not None else []
    return "\n".join(lines)


def _value(value: Any, label: bool) -> str:
    if isinstance(value, list | tuple):
        return f"np.array({_nested(value, label)})"
    return _nested(value, label)


def _nested(value: Any, label: bool) -> str:
    if isinstance(value, list | tuple):
        return f"[{', '.join(_nested(one, label) for one in value)}]"
    return str(int(value) - 1) if label else _number(str(value))


def _number(text: str) -> str:
    """Return code for a number of a point, which is exact."""
    code = to_numpy(read_term(text, Context()), (), Context())
    if code is None:
        raise ValueError(f"no code is known for the number {text}")
    return f"{code}.0" if code.lstrip("-").isdigit() else code
