"""JAX's programs as formulas: jaxprs over symbolic dimensions, read by a table of primitives.

What JAX documents of a primitive is what its row says, in real arithmetic. A primitive without a row is an error that
names it and the line of the code that it comes from.
"""

from derive.tracing.jaxprs import (  # noqa: F401 - which enter their rows in the table
    arithmetic,
    axes,
    choices,
    gathering,
    loops,
    masked,
    parts,
)
