"""NumPy's functions on symbolic arrays: a row each, by NumPy's name. A function without a row is an error.

What a row says is what NumPy documents, in real arithmetic: no rounding, no overflow, no `nan`.
"""

from derive.tracing.operations import (  # noqa: F401 - which enter their rows in the table
    along,
    choices,
    joining,
    makers,
    matrices,
    products,
    reductions,
    repeated,
    shapes,
)
