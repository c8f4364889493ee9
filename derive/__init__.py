"""Prove, refute and write out gradients, for every number of classes.

`check` takes a text in the project's language, `verify` takes Python objects or SymPy expressions. Names are
loaded when first used, so that `import derive` costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from derive.api import check, check_many
    from derive.errors import ContradictionError, DeriveError, IllPosedError, LimitError, ReadingError
    from derive.objects.build import (
        array,
        function,
        index,
        label,
        let,
        matrix,
        onehot,
        scalar,
        simplex,
        size,
        vector,
    )
    from derive.objects.claims import show, verify
    from derive.objects.expression import Expression, Statement
    from derive.objects.functions import (
        acos,
        asin,
        atan,
        cos,
        cosh,
        delta,
        derivative,
        digamma,
        dot,
        e,
        erf,
        exp,
        gamma,
        gradient,
        hessian,
        identity,
        indicator,
        jacobian,
        lgamma,
        log,
        log_softmax,
        logsumexp,
        maximum,
        minimum,
        norm,
        pi,
        relu,
        sigmoid,
        sign,
        sin,
        sinh,
        softmax,
        softplus,
        sqrt,
        step,
        tan,
        tanh,
        where,
    )
    from derive.report.results import Report, Result, Verdict
    from derive.tracing.code import prove_gradient, prove_vjp, trace

# Imported inside functions: all of the package, each name when it is asked for first.

__version__ = "0.1.0"

# Where each public name is found.
_HOMES = {
    "derive.api": "check check_many",
    "derive.errors": "ContradictionError DeriveError IllPosedError LimitError ReadingError",
    "derive.objects.build": "array function index label let matrix onehot scalar simplex size vector",
    "derive.objects.claims": "show verify",
    "derive.objects.expression": "Expression Statement",
    "derive.objects.functions": (
        "acos asin atan cos cosh delta derivative digamma dot e erf exp gamma gradient hessian "
        "identity indicator jacobian lgamma log log_softmax logsumexp maximum minimum norm pi relu "
        "sigmoid sign sin sinh softmax softplus sqrt step tan tanh where"
    ),
    "derive.report.results": "Report Result Verdict",
    "derive.tracing.code": "prove_gradient prove_vjp trace",
}
_HOME = {name: module for module, names in _HOMES.items() for name in names.split()}

__all__ = [
    "ContradictionError", "DeriveError", "Expression", "IllPosedError", "LimitError", "ReadingError",
    "Report", "Result", "Statement", "Verdict", "__version__", "acos", "array", "asin", "atan", "check",
    "check_many", "cos", "cosh", "delta", "derivative", "digamma", "dot", "e", "erf", "exp", "function",
    "gamma", "gradient", "hessian", "identity", "index", "indicator", "jacobian", "label", "let", "lgamma",
    "log", "log_softmax", "logsumexp", "matrix", "maximum", "minimum", "norm", "onehot", "pi",
    "prove_gradient", "prove_vjp", "relu", "scalar", "show", "sigmoid", "sign", "simplex", "sin", "sinh",
    "size", "softmax", "softplus", "sqrt", "step", "tan", "tanh", "trace", "vector", "verify", "where",
]  # fmt: skip


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module 'derive' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
