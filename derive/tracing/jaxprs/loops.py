"""JAX's loops of a known number of steps: rows of the table."""

from __future__ import annotations

from jax import export

from derive.errors import IllPosedError
from derive.tracing.indexing import taken
from derive.tracing.jaxprs.evaluation import evaluated
from derive.tracing.jaxprs.table import MANY, JaxValue, Parameters, real, value_of
from derive.tracing.known import MOST
from derive.tracing.operations.joining import stacked
from derive.tracing.proxies.arrays import TracedArray


def _scan(parameters: Parameters, *operands: JaxValue) -> list[JaxValue]:
    """Return what a loop over an axis of known length gives, step by step."""
    steps = parameters["length"]
    if export.is_symbolic_dim(steps) or steps > MOST:
        raise IllPosedError(f"a loop of {steps} steps is not followed")
    fixed, carried = parameters["num_consts"], parameters["num_carry"]
    constants, carry, rows = operands[:fixed], operands[fixed : fixed + carried], operands[fixed + carried :]
    results: list[list[JaxValue]] = []
    order = range(steps - 1, -1, -1) if parameters["reverse"] else range(steps)
    for step in order:
        given = [value_of(taken(TracedArray(real(one)), step)) if real(one).axes[0] else
                 value_of(taken(TracedArray(real(one)), 0)) for one in rows]  # fmt: skip
        found = evaluated(parameters["jaxpr"], [*constants, *carry, *given])
        carry = tuple(found[:carried])
        results.append(found[carried:])
    if parameters["reverse"]:
        results.reverse()
    stacks = [
        stacked([TracedArray(real(one)) for one in column], 0).value for column in zip(*results, strict=True)
    ]
    return [*carry, *stacks]


MANY["scan"] = _scan
