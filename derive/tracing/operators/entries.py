"""PyTorch's core operators on entries: rows of the table."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from derive.errors import IllPosedError
from derive.terms import (
    HALF,
    PI,
    ZERO,
    Apply,
    Compare,
    Power,
    Relation,
    Term,
    Where,
    add,
    divide,
    multiply,
    term,
)
from derive.tracing.operations.table import FUNCTIONS
from derive.tracing.operators.choices import Difference
from derive.tracing.operators.table import OPERATORS, entry_by_entry, on_entries, op
from derive.tracing.proxies.labels import TracedLabels
from derive.tracing.proxies.lengths import Length
from derive.tracing.traces import current


def _on_entries_by(name: str) -> Callable[..., Any]:
    return lambda *inputs: on_entries(name, *inputs)


for _name in """exp exp2 expm1 log log2 log10 log1p sqrt sin cos tan sinh cosh tanh erf erfc sign maximum
    minimum square reciprocal logical_and logical_or logical_not logical_xor bitwise_and bitwise_or bitwise_not
    hypot""".split():
    OPERATORS[_name] = _on_entries_by(_name.replace("bitwise_not", "logical_not"))
for _name, _by in {
    "mul": "multiply", "neg": "negative", "abs": "absolute", "sigmoid": "expit", "asin": "arcsin", "acos": "arccos",
    "atan": "arctan", "asinh": "arcsinh", "acosh": "arccosh", "atanh": "arctanh", "lgamma": "gammaln",
    "digamma": "psi", "erfinv": "erfinv", "atan2": "arctan2", "logaddexp": "logaddexp", "xlogy": "xlogy",
    "pow": "power", "truediv": "divide", "fmax": "fmax", "fmin": "fmin",
}.items():  # fmt: skip
    OPERATORS[_name] = _on_entries_by(_by)


@op("add")
def _add(left: Any, right: Any, *, alpha: Any = 1) -> Any:
    return on_entries("add", left, right if alpha == 1 else on_entries("multiply", alpha, right))


@op("sub")
def _sub(left: Any, right: Any, *, alpha: Any = 1) -> Any:
    if isinstance(left, TracedLabels) and isinstance(right, TracedLabels) and alpha == 1:
        return Difference(left, right)
    return on_entries("subtract", left, right if alpha == 1 else on_entries("multiply", alpha, right))


@op("div")
def _div(left: Any, right: Any, *, rounding_mode: Any = None) -> Any:
    if rounding_mode is not None:
        raise IllPosedError("numbers are divided, and rounded")
    return on_entries("divide", left, right)


@op("rsqrt")
def _rsqrt(x: Any) -> Any:
    return on_entries("divide", 1, on_entries("sqrt", x))


@op("relu")
def _relu(x: Any) -> Any:
    return on_entries("maximum", x, 0)


@op("clamp", "clamp_min", "clamp_max", "hardtanh")
def _clamp(x: Any, min: Any = None, max: Any = None) -> Any:
    return FUNCTIONS["clip"](x, min, max)


OPERATORS["clamp_max"] = lambda x, most: on_entries("minimum", x, most)


@op("silu")
def _silu(x: Any) -> Any:
    return entry_by_entry(lambda a: multiply(a, Apply("sigmoid", (a,))), x)


@op("log_sigmoid")
def _log_sigmoid(x: Any) -> Any:
    return entry_by_entry(lambda a: Apply("logsigmoid", (a,)), x)


@op("softplus")
def _softplus(x: Any, beta: Any = 1, threshold: Any = 20) -> Any:
    current().assumptions.setdefault(f"softplus is log(1 + exp(x)) above its threshold of {threshold} too")
    return entry_by_entry(lambda a, b: divide(Apply("softplus", (multiply(b, a),)), b), x, beta)


@op("gelu")
def _gelu(x: Any, *, approximate: str = "none") -> Any:
    if approximate == "tanh":
        cubic = current().number(0.044715)
        root = Apply("sqrt", (divide(2, PI),))
        return entry_by_entry(
            lambda a: multiply(
                HALF, a, add(1, Apply("tanh", (multiply(root, add(a, multiply(cubic, Power(a, term(3))))),)))
            ),
            x,
        )
    return entry_by_entry(
        lambda a: multiply(a, HALF, add(1, Apply("erf", (divide(a, Apply("sqrt", (term(2),))),)))), x
    )


def _positive(a: Term, then: Term, otherwise: Term) -> Term:
    return Where(Compare(Relation.GREATER, a, ZERO), then, otherwise)


@op("elu")
def _elu(x: Any, alpha: Any = 1, scale: Any = 1, input_scale: Any = 1) -> Any:
    return entry_by_entry(
        lambda a, al, s, inner: multiply(s, _positive(a, a, multiply(al, Apply("expm1", (multiply(a, inner),))))),
        x, alpha, scale, input_scale,
    )  # fmt: skip


@op("leaky_relu")
def _leaky_relu(x: Any, negative_slope: Any = 0.01) -> Any:
    return entry_by_entry(lambda a, slope: _positive(a, a, multiply(slope, a)), x, negative_slope)


# ---- numbers of Python's


OPERATORS["sym_size"] = lambda x, dim: x.shape[dim]
OPERATORS["sym_numel"] = lambda x: x.size
OPERATORS["sym_float"] = lambda x: x
OPERATORS["_sym_sqrt"] = lambda x: on_entries("sqrt", x)
OPERATORS["getitem"] = operator.getitem


@op("mul")
def _mul(left: Any, right: Any) -> Any:
    if isinstance(left, Length) or isinstance(right, Length):
        return left * right
    return on_entries("multiply", left, right)
