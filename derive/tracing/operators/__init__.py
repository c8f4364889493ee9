"""PyTorch's core operators on symbolic arrays: a row each, by their names. What has no row is an error."""

from derive.tracing.operators import (  # noqa: F401 - which enter their rows in the table
    choices,
    entries,
    labels,
    layers,
    shapes,
)
