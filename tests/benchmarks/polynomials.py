"""The least that a proof of p - c at one explicit n could take: hand-cleared polynomials, compared by python-flint.

A person has taken the derivative, multiplied with the denominator Z = Σ e_k and put c_n = 1 - c_1 - … for the
hypothesis; left is one polynomial identity for each entry. It proves this n alone, and nothing of the derivation.
"""

from __future__ import annotations

import statistics
import time

import flint

ROUNDS = 20


def measure(size: int) -> float:
    """Return the median seconds of the identity for one entry, from names to the answer."""
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        ring = flint.fmpq_mpoly_ctx.get([f"e{k}" for k in range(size)] + [f"c{k}" for k in range(size - 1)])
        symbols = ring.gens()
        exponentials, free = symbols[:size], symbols[size:]
        targets = [*free, 1 - sum(free)]
        whole, i = sum(exponentials), 0
        gradient = exponentials[i] * sum(targets) - targets[i] * whole  # Z times the derivative
        claimed = exponentials[i] - targets[i] * whole  # Z times p - c
        same = gradient == claimed
        times.append(time.perf_counter() - start)
        if not same:
            raise RuntimeError("the identity does not hold")
    return statistics.median(times)
