"""PyTorch's comparisons and choices: rows of the table."""

from __future__ import annotations

from typing import Any

from derive.errors import IllPosedError
from derive.terms import ONE, ZERO
from derive.tracing.operations.table import FUNCTIONS
from derive.tracing.operations.universal import compared_positions
from derive.tracing.operators.table import on_entries, op
from derive.tracing.proxies.arrays import TracedArray, lift
from derive.tracing.proxies.labels import TracedLabels
from derive.tracing.proxies.symbolic import Symbolic
from derive.tracing.values import ArrayValue, aligned, axes_over, broadcast


class Difference(Symbolic):
    """The difference of two positions along one size, which is compared, and nothing else."""

    __slots__ = ("left", "right")

    def __init__(self, left: TracedLabels, right: TracedLabels) -> None:
        self.left = left
        self.right = right

    def lifted(self) -> TracedArray:
        """Raise `IllPosedError`: positions are no numbers of a formula."""
        raise IllPosedError("positions are calculated with as numbers; derive compares them alone")


_OF_DIFFERENCES = {
    ("ge", 0): "greater_equal", ("ge", 1): "greater", ("gt", 0): "greater", ("gt", -1): "greater_equal",
    ("le", 0): "less_equal", ("le", -1): "less", ("lt", 0): "less", ("lt", 1): "less_equal",
    ("eq", 0): "equal", ("ne", 0): "not_equal",
}  # fmt: skip
_INFINITY = {
    "inf": {"lt", "le", "ne"},
    "-inf": {"gt", "ge", "ne"},
}


def _compared(name: str, by: str) -> None:
    @op(name)
    def row(left: Any, right: Any) -> Any:
        if isinstance(left, Difference):
            if (name, right) not in _OF_DIFFERENCES:
                raise IllPosedError(f"the difference of two positions is compared with {right}")
            axes = axes_over(aligned(left.left.dims, left.right.dims))
            holds = compared_positions(
                _OF_DIFFERENCES[name, right], left.left.over(axes), left.right.over(axes)
            )
            return TracedArray(ArrayValue(holds, axes), "bool")
        if isinstance(right, float) and str(right) in _INFINITY:
            value = lift(left).value
            holds = ONE if name in _INFINITY[str(right)] else ZERO
            return TracedArray(ArrayValue(holds, value.axes), "bool")
        return on_entries(by, left, right)


for _name, _by in {
    "eq": "equal", "ne": "not_equal", "lt": "less", "le": "less_equal", "gt": "greater", "ge": "greater_equal",
}.items():  # fmt: skip
    _compared(_name, _by)


@op("where")
def _where(mask: Any, then: Any, otherwise: Any) -> Any:
    for value, chosen in ((ONE, then), (ZERO, otherwise)):
        if mask.value.entry == value:
            if isinstance(chosen, TracedLabels):
                return chosen
            kept = lift(chosen)
            return TracedArray(broadcast(kept.value, aligned(mask.dims, kept.dims)), kept.kind)
    return FUNCTIONS["where"](mask, then, otherwise)


@op("isnan", "isinf")
def _is_no_number(x: Any) -> Any:
    value = lift(x).value
    return TracedArray(ArrayValue(ZERO, value.axes), "bool")


@op("masked_fill")
def _masked_fill(x: Any, mask: Any, value: Any) -> Any:
    return FUNCTIONS["where"](mask, value, x)
