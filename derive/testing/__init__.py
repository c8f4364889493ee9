"""For your own tests: a pytest plugin for documents, Hypothesis strategies, and proofs and checks of gradients.

Needs pytest and Hypothesis, which `pip install derivation-verifier[test]` brings; they are imported only where
they are used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from derive.testing.code import assert_gradient_proved, assert_vjp_proved
    from derive.testing.expressions import contexts, index_expressions, scalar_expressions
    from derive.testing.gradients import assert_gradient
    from derive.testing.paste import pasted
    from derive.testing.strategies import one_hot, problems, scores, simplex_points

# Imported inside functions: Hypothesis, which is an extra.

_HOMES = {
    "derive.testing.code": "assert_gradient_proved assert_vjp_proved",
    "derive.testing.gradients": "assert_gradient",
    "derive.testing.paste": "pasted",
    "derive.testing.expressions": "contexts index_expressions scalar_expressions",
    "derive.testing.strategies": "one_hot problems scores simplex_points",
}
_HOME = {name: module for module, names in _HOMES.items() for name in names.split()}

__all__ = [
    "assert_gradient",
    "assert_gradient_proved",
    "assert_vjp_proved",
    "contexts",
    "index_expressions",
    "one_hot",
    "pasted",
    "problems",
    "scalar_expressions",
    "scores",
    "simplex_points",
]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module 'derive.testing' has no attribute {name!r}")
    from importlib import import_module

    try:
        return getattr(import_module(_HOME[name]), name)
    except ModuleNotFoundError as missing:
        if missing.name is None or missing.name.split(".")[0] != "hypothesis":
            raise
        message = f"derive.testing.{name} needs Hypothesis: pip install 'derivation-verifier[test]'"
        raise ModuleNotFoundError(message, name=missing.name) from missing


def __dir__() -> list[str]:
    return sorted(__all__)
