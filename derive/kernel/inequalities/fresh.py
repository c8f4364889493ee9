"""Names for what a proof speaks of and no claim does: none that stands already for something else."""

from __future__ import annotations

from collections.abc import Container
from itertools import count


def fresh(kind: str, taken: Container[str]) -> str:
    """Return a name of a kind that is not taken.

    One step of a proof may lead to another of the same kind, which must not call something else by the same name.

    >>> fresh("step", {"x", "step 0"})
    'step 1'
    """
    return next(name for number in count() if (name := f"{kind} {number}") not in taken)
