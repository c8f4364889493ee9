"""What is not understood is an error at the line of the code that asks for it, and never a guess."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import derive
from derive import IllPosedError, ReadingError, Report, prove_gradient, prove_vjp, trace
from derive.testing import assert_gradient_proved, assert_vjp_proved

Array = Any
VECTOR = "size n\nreal x[n]"


def _loss(x: Array) -> Array:
    return 0.5 * np.sum(x**2)


def _branch(x: Array) -> Array:
    total = x.sum()
    if total > 0:
        return x
    return -x


def _loop(x: Array) -> Array:
    total = 0.0
    for one in x:
        total += one
    return total


def _range(x: Array) -> Array:
    return sum(x[k] for k in range(len(x)))


def _maximum(x: Array) -> Array:
    return max(x.sum(), 0.0)


def _sorted(x: Array) -> Array:
    return np.sort(x)


def _transform(x: Array) -> Array:
    return np.fft.fft(x)


def _in_place(x: Array) -> Array:
    x -= x.mean()
    return x


def _stale(x: Array) -> Array:
    y = x.copy()
    z = y.reshape(-1)
    z *= 2
    return y


def _half(x: Array) -> Array:
    return x[1:]


def _rounded(x: Array) -> Array:
    return x.astype(int)


def _integers(x: Array) -> Array:
    out: Array = np.zeros(len(x), dtype=int)
    out += x
    return out


def _unset(x: Array) -> Array:
    return np.empty_like(x) + x


def _caught(x: Array) -> Array:
    try:
        return np.sort(x)
    except Exception:  # noqa: BLE001 - as people write it
        return x


def _infinite(x: Array) -> Array:
    return np.where(x > 0, x, np.inf)


def _even(x: Array) -> Array:
    return x if x.shape[0] % 2 == 0 else -x


def _long(x: Array) -> Array:
    return x if len(x) > 5 else -x


def _of_constants(x: Array) -> Array:
    return x + np.array([1.0, 2.0])


def _unknown_method(x: Array) -> Array:
    return x.argsort()


def _chosen_by_type(x: Array) -> Array:
    return x.nonzero()


def _options(x: Array) -> Array:
    return np.sum(x, where=x > 0)


def _local_numpy(x: Array) -> Array:
    return np.asarray(x, dtype="float32").astype("int8")


LINES = {
    _branch: "if total > 0",
    _loop: "for one in x",
    _range: "range(len(x))",
    _maximum: "max(x.sum(), 0.0)",
    _sorted: "np.sort",
    _transform: "np.fft.fft",
    _in_place: "x -= x.mean()",
    _stale: "y = x.copy()",
    _half: "x[1:]",
    _rounded: "astype(int)",
    _integers: "out += x",
    _unset: "np.empty_like",
    _caught: "np.sort",
    _infinite: "np.inf",
    _even: "% 2",
    _long: "len(x) > 5",
    _of_constants: "np.array",
    _unknown_method: "argsort",
    _chosen_by_type: "nonzero",
    _options: "np.sum",
    _local_numpy: "int8",
}


@pytest.mark.parametrize("function", LINES, ids=lambda one: one.__name__)
def test_the_line_is_named(function: Callable[..., Any]) -> None:
    report = prove_gradient(_loss, function, VECTOR)
    (found,) = report.results
    assert found.verdict == "error"
    assert found.message
    assert found.source is not None
    assert found.file == found.source.file == __file__
    lines, start = inspect.getsourcelines(function)
    assert start <= found.source.line < start + len(lines)
    assert LINES[function] in lines[found.source.line - start]


def test_a_report_tells_the_line() -> None:
    assert f"{__file__}:" in str(prove_gradient(_loss, _branch, VECTOR))


def _error(report: Report) -> str:
    (found,) = report.results
    assert found.verdict == "error"
    return str(found.message)


def test_shapes_that_may_differ() -> None:
    declare = "size n, m\nreal x[n], y[m]"
    assert "do not broadcast for all sizes" in _error(
        prove_gradient(lambda x, y: np.sum(x * y), lambda x, y: y, declare)
    )
    matrices = "size n, m\nreal x[n,m], y[n,m]"
    assert "would have to be equal" in _error(
        prove_gradient(lambda x, y: np.sum(x @ y), lambda x, y: y, matrices)
    )
    assert "cannot be shown" in _error(
        prove_gradient(lambda x: np.sum(x.reshape(x.shape[1], -1)), lambda x: x, "size n, m\nreal x[n,m]")
    )


def test_a_gradient_of_another_shape() -> None:
    message = _error(prove_gradient(_loss, lambda x: x.sum(), VECTOR))
    assert message == "the gradient by x has the shape (), and x has (n,)"


def test_one_gradient_of_another_shape_leaves_the_others_alone() -> None:
    report = prove_vjp(
        lambda x, w: x @ w,
        lambda g, x, w: (g, x.T @ g),
        "size N, D, K\nreal x[N,D], w[D,K]",
    )
    assert [str(one.verdict) for one in report.results] == ["error", "proved"]


def test_what_the_parameters_are() -> None:
    assert "the parameter z of <lambda> is not declared" in _error(prove_gradient(_loss, lambda z: z, VECTOR))
    assert prove_gradient(_loss, lambda z: z, VECTOR, names={"z": "x"})
    assert "names" in _error(prove_gradient(_loss, lambda z: z, VECTOR, names={"z": "y"}))
    assert prove_gradient(lambda x, k=2: k * x.sum(), lambda x, k=2: k * np.ones_like(x), VECTOR)


def test_what_the_gradients_belong_to() -> None:
    declare = "size n\nreal x[n], y[n]"

    def loss(x: Array, y: Array) -> Array:
        return np.sum(x * y)

    assert prove_gradient(loss, lambda x, y: (y, x), declare)
    assert prove_gradient(loss, lambda x, y: {"y": x}, declare)
    assert prove_gradient(loss, lambda x, y: x, declare, wrt="y")
    assert prove_gradient(loss, lambda x, y: (None, x), declare)
    assert not prove_gradient(loss, lambda x, y: x, declare)
    assert "say by wrt" in _error(prove_gradient(loss, lambda x, y: (y, x, x), declare))
    assert "say by wrt" in _error(prove_gradient(loss, lambda x, y: (y, x), declare, wrt=["x"]))
    assert "not declared" in _error(prove_gradient(loss, lambda x, y: {"z": x}, declare))
    assert "no gradient" in _error(prove_gradient(loss, lambda x, y: (None, None), declare))
    assert "no declared array" in _error(prove_gradient(loss, lambda x, y: x, declare, wrt="z"))


def test_a_loss_is_a_number() -> None:
    assert "a single number" in _error(prove_gradient(lambda x: x, lambda x: x, VECTOR))
    assert "a single number" in _error(prove_gradient(lambda x: "no", lambda x: x, VECTOR))
    assert "depends on nothing" in _error(prove_gradient(lambda x: 1.0, lambda x: x, VECTOR))


def test_declarations_that_cannot_be_read() -> None:
    assert "expected" in _error(prove_gradient(_loss, lambda x: x, "size n\nreal x[n"))
    assert "what is claimed comes from the functions" in _error(
        prove_gradient(_loss, lambda x: x, VECTOR + "\nclaim x[i] = x[i]")
    )
    assert "one problem" in _error(
        prove_gradient(_loss, lambda x: x, "problem: a\nsize n\nproblem: b\nsize m")
    )
    with pytest.raises(ReadingError):
        trace(_loss, "real x[n]")
    with pytest.raises(IllPosedError):
        trace(_sorted, VECTOR)


def test_options_that_do_not_exist() -> None:
    with pytest.raises(ValueError, match="framework is one of"):
        prove_gradient(_loss, lambda x: x, VECTOR, framework="theano")
    with pytest.raises(ValueError, match="constants is"):
        prove_gradient(_loss, lambda x: x, VECTOR, constants="round")  # type: ignore[arg-type]


def test_everything_is_put_back() -> None:
    before = {name: getattr(np, name) for name in ("zeros", "arange", "asarray")}, math.sqrt, len
    prove_gradient(_loss, _branch, VECTOR)
    assert ({name: getattr(np, name) for name in ("zeros", "arange", "asarray")}, math.sqrt, len) == before
    assert "float" not in globals()
    assert "len" not in globals()


def test_an_array_is_of_no_use_afterwards() -> None:
    kept = []

    def keep(x: Array) -> Array:
        kept.append(x)
        return x

    assert prove_gradient(_loss, keep, VECTOR)
    with pytest.raises(RuntimeError, match="has ended"):
        kept[0] + 0.1


def test_assertions() -> None:
    assert_gradient_proved(_loss, lambda x: x, VECTOR)
    assert_vjp_proved(lambda x: x**2, lambda g, x: 2 * g * x, VECTOR)
    with pytest.raises(AssertionError, match=r"refuted +D\(_loss, x\[i\]\) = 2\*x\[i\]"):
        assert_gradient_proved(_loss, lambda x: 2 * x, VECTOR)
    with pytest.raises(AssertionError, match="refuted"):
        assert_vjp_proved(lambda x: x**2, lambda g, x: g * x, VECTOR)


def test_several_outputs() -> None:
    declare = "size n\nreal x[n], y[n]"

    def forward(x: Array, y: Array) -> Any:
        return x * y, np.sum(x)

    def apart(gz: Array, gs: Array, x: Array, y: Array) -> Any:
        return gz * y + gs, gz * x

    def together(grads: Any, x: Array, y: Array) -> Any:
        return apart(grads[0], grads[1], x, y)

    assert prove_vjp(forward, apart, declare)
    assert prove_vjp(forward, together, declare)
    assert not prove_vjp(forward, lambda gz, gs, x, y: (gz * y, gz * x), declare)


def test_typesetting() -> None:
    traced = trace(lambda S: np.sum(np.log(np.exp(S).sum(-1))), "size N, C\nreal S[N,C]")
    shown = derive.show(derive.gradient(traced, "S"))
    assert shown
    assert str(shown.correct_term or shown.statement.right) == "exp(S[i,j])/sum(exp(S[i,k]), k)"  # type: ignore[union-attr]
    assert r"\frac" in shown.latex()
    with pytest.raises(IllPosedError, match="no array y is declared"):
        derive.gradient(traced, "y")
