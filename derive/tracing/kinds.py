"""Of which kind the entries of an array are: truth values, whole numbers or real numbers, by NumPy's own rules.

The kind decides what an operation is: NumPy's sum of products of truth values is whether one of them holds, and what
is stored among whole numbers loses its fraction. A formula is that of real numbers, so what differs is refused.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any, Literal

from derive.errors import IllPosedError
from derive.terms import Number, SizeNumber, Term
from derive.terms.nodes import Multiply

# Imported inside functions: NumPy, for its types.

Kind = Literal["bool", "int", "real"]

RANK: dict[Kind, int] = {"bool": 0, "int": 1, "real": 2}

# What of truth values is one, and of whole numbers is one, as in real arithmetic.
OF_TRUTH_VALUES = frozenset({"multiply", "add", "maximum", "minimum", "fmax", "fmin", "absolute"})
OF_WHOLE_NUMBERS = frozenset(
    """add subtract multiply negative positive absolute square conjugate sign power
    maximum minimum fmax fmin clip""".split()
)

_BYTES = 4
"""Fewer bytes hold a whole number so small that arithmetic with it is soon another."""


def named(dtype: Any) -> Kind:
    """Return the kind of entries of a type. Raises `IllPosedError` for one that real arithmetic does not model."""
    import numpy as np

    # Also the classes that stand for them in traced code.
    if not isinstance(dtype, str) and dtype in (float,):
        return "real"
    if not isinstance(dtype, str) and dtype in (int,):
        return "int"
    found = np.dtype(dtype)
    if found.kind == "b":
        return "bool"
    if found.kind == "f":
        return "real"
    if found.kind == "i" and found.itemsize >= _BYTES:
        return "int"
    raise IllPosedError(f"entries are made {found}, and derive knows real numbers, int32, int64 and bool")


def promoted(kinds: Sequence[Kind]) -> Kind:
    """Return the kind of what arrays of these kinds are put into together."""
    return max(kinds, key=lambda kind: RANK[kind])


def resolved(name: str, kinds: Sequence[Kind]) -> Kind:
    """Return the kind of what a universal function makes of entries of these kinds. Raises `IllPosedError`."""
    import numpy as np

    if name == "clip":  # a universal function under a name that no module has
        found = promoted(kinds)
    else:
        function = getattr(np, name, None) or getattr(sys.modules.get("scipy.special"), name, None)
        if not isinstance(function, np.ufunc):
            return "real"  # what `math` has besides
        types = {"bool": np.dtype(bool), "int": np.dtype(np.int64), "real": np.dtype(float)}
        given = (*(types[kind] for kind in kinds), *[None] * function.nout)
        try:
            dtype = function.resolve_dtypes(given)[-1]
        except TypeError:
            raise IllPosedError(f"{name} of {' and '.join(map(_told, kinds))} is an error in NumPy") from None
        found = "real" if dtype.kind == "f" else named(dtype)
    allowed = {"bool": OF_TRUTH_VALUES, "int": OF_WHOLE_NUMBERS}.get(found)
    if allowed is not None and name not in allowed:
        raise IllPosedError(f"{name} of {' and '.join(map(_told, kinds))} is not that of real numbers")
    return found


def _told(kind: Kind) -> str:
    return {"bool": "truth values", "int": "whole numbers", "real": "real numbers"}[kind]


def of_power(exponent: Term) -> Kind:
    """Return the kind of a power of whole numbers. Raises `IllPosedError` if it is not sure.

    A negative exponent is an error in NumPy, and a real number in Python.
    """
    if isinstance(exponent, Number):
        return "int" if exponent.value >= 0 else "real"
    if isinstance(exponent, SizeNumber) or (
        isinstance(exponent, Multiply) and all(isinstance(one, SizeNumber) for one in exponent.factors)
    ):
        return "int"
    raise IllPosedError("a power of whole numbers may be one or not; make the base a real number")


def of_total(operation: str, kind: Kind, dtype: Any) -> Kind:
    """Return the kind of a sum, product, mean, maximum or minimum, calculated in a type. Raises `IllPosedError`."""
    if kind == "bool" and operation in ("max", "min"):
        raise IllPosedError(f"{operation} of truth values is not understood")
    natural: Kind = (
        "real" if operation == "mean" else promoted((kind, "int")) if operation in ("sum", "prod") else kind
    )
    asked = natural if dtype is None else named(dtype)
    if RANK[asked] < RANK[natural]:
        raise IllPosedError(
            f"the {operation} is calculated in {_told(asked)}, which is not that of real numbers"
        )
    return asked
