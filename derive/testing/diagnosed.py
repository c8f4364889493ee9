"""What is wrong with a gradient that failed a test in floats: its code is traced, and what it computes is decided."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from derive.errors import DeriveError
from derive.report.results import Verdict
from derive.terms import Context, Term
from derive.tracing.code import decided_gradients


def diagnosis(
    gradient: Callable[..., Any], loss: Term, context: Context, wrt: list[str], names: Mapping[str, str]
) -> str:
    """Return what is known of the mistake in a gradient, as lines to be put under a failure; empty for nothing.

    The formula that the code computes is compared with the derivative of the loss, in real arithmetic.
    """
    try:
        results = decided_gradients(loss, gradient, context, wrt, names)
    except (DeriveError, ModuleNotFoundError):
        return ""  # the code does what cannot be followed, and only its numbers are known
    told: list[str] = []
    for found in results:
        if found.verdict is Verdict.REFUTED:
            correct = f"\ncorrect: {found.correct}" if found.correct else ""
            mistake = f"\ndiagnosis: {found.diagnosis.text}" if found.diagnosis is not None else ""
            told.append(f"the code computes another formula: {found.claim}{correct}{mistake}")
    if results and all(found.verdict is Verdict.PROVED for found in results):
        told.append(
            "the formula that the code computes is proved: it is rounding or overflow that goes wrong here"
        )
    return "".join(f"\n{one}" for one in told)
