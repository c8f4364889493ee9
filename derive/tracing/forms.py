"""What code computes in the form in which it is claimed: as a person writes it, and not as a machine computes it.

Every step is an identity of real numbers that holds everywhere, with a value at the same points.
"""

from __future__ import annotations

from derive.terms import Term
from derive.tracing.hoisting import with_choices_outside
from derive.tracing.shifts import without_shifts
from derive.tracing.sigmoids import with_sigmoids


def as_formula(node: Term) -> Term:
    """Return what code computes without extremes that cancel, with sigmoids by their name, and choices outside."""
    return with_choices_outside(with_sigmoids(without_shifts(node)))
