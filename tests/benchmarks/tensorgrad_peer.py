"""What tensorgrad makes of the claims in shared.py; runs in an environment of its own and prints JSON.

    python3 -m venv build/peers
    build/peers/bin/pip install torch==2.13.0 tensorgrad==0.3.0     # a CPU build of torch, some hundred MB

With that there, `make bench` runs this file by `build/peers/bin/python` and keeps what it prints, with the
date, in tensorgrad.json; without it, the table shows what was kept. tensorgrad has no hypotheses, so p - c is
put to it as p Σc - c. It never says "different": what does not simplify to its `Zero` is a residue.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import version
from typing import Any

ROUNDS = 5


NAMES = (
    "log p = z - logsumexp(z)",
    "e^z e^-z = 1",
    "e^(2z) = (e^z)^2",
    "tanh z = 2σ(2z) - 1",
    "softmax Jacobian",
    "cross-entropy: p - c",
    "binary form, softmax: its gradient",
    "binary form, softmax: p - c (false)",
)


def residues() -> tuple[Callable[[], Any], ...]:
    """Return how to build the residue of each claim, in the order of `NAMES`."""
    # By name: it is no dependency, and nothing but this file knows it.
    tg, f = import_module("tensorgrad"), import_module("tensorgrad.functions")
    n = import_module("sympy").Symbol("n")
    z, c, one = tg.Variable("z", i=n), tg.Variable("c", i=n), tg.Ones(i=n)
    p = f.softmax(z, dim="i")
    cross_entropy = -f.sum(c * f.log(p), "i")
    binary = -f.sum(c * f.log(p) + (one - c) * f.log(one - p), "i")
    ratio = (one - c) / (one - p)
    exact = p * f.sum(c, "i") - c + p * (ratio - f.sum(p * ratio, "i", keepdims=True))
    return (
        lambda: f.log(p) - (z - f.log(f.sum(f.exp(z), "i", keepdims=True))),
        lambda: f.exp(z) * f.exp(-z) - one,
        lambda: f.exp(2 * z) - f.pow(f.exp(z), 2),
        lambda: f.tanh(z) - (2 * f.sigmoid(2 * z) - one),
        lambda: p.grad(z, {"i": "j"}) - (p * tg.Delta(n, "i", "j") - p * p.rename(i="j")),
        lambda: cross_entropy.grad(z, {"i": "i"}) - (p * f.sum(c, "i") - c),
        lambda: binary.grad(z, {"i": "i"}) - exact,
        lambda: binary.grad(z, {"i": "i"}) - (p - c),
    )


def measure(build: Callable[[], Any], zero: type) -> tuple[str, float]:
    """Return whether a residue simplifies to zero, and the median seconds of building and simplifying it."""
    times, found = [], None
    for _ in range(ROUNDS + 1):  # the first one is not counted
        start = time.perf_counter()
        found = build().full_simplify()
        times.append(time.perf_counter() - start)
    return "proved" if isinstance(found, zero) else "residue", statistics.median(times[1:])


def main() -> None:
    """Print the versions and the rows."""
    zero = import_module("tensorgrad").Zero
    rows = {name: measure(build, zero) for name, build in zip(NAMES, residues(), strict=True)}
    found = {"tensorgrad": version("tensorgrad"), "torch": version("torch"), "rows": rows}
    json.dump(found, sys.stdout, ensure_ascii=False, indent=1)


if __name__ == "__main__":
    main()
