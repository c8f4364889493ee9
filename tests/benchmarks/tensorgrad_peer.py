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


def arrays() -> dict[str, Callable[[], Any]]:
    """Return how to build the residue of each claim of arrays.py that tensorgrad has the terms for.

    It names the edges of a matrix and has no first and second: the inverse of A keeps A's edges. Where that leaves
    open whether a transpose is meant, the form that it proves is the one that counts.
    """
    tg, f = import_module("tensorgrad"), import_module("tensorgrad.functions")
    n, m = import_module("sympy").symbols("n m")
    a, b, big = tg.Variable("A", i=n, j=n), tg.Variable("B", i=n, j=n), tg.Variable("X", i=n, k=m)
    x, y, w = tg.Variable("x", i=n), tg.Variable("y", i=n), tg.Variable("w", k=m)
    c = tg.Variable("c")
    ends = {"i": "p", "j": "q"}

    def product(left: Any, right: Any) -> Any:
        return left.rename(j="o") @ right.rename(i="o")

    def turned(one: Any) -> Any:
        return one.rename(i="j", j="i")

    def inverse(one: Any) -> Any:
        return f.inverse(one, {"i", "j"})

    errors = big @ w - y
    quadratic = x @ a @ x.rename(i="j")
    both = a.rename(i="p", j="q") + a.rename(j="p", i="q")
    fraction = x @ inverse(a) @ y.rename(i="j")
    outside = (inverse(a).rename(i="p") @ y.rename(i="j")) * (inverse(a).rename(j="q") @ x)
    return {
        "(AB)' = B'A'": lambda: turned(product(a, b)) - product(turned(b), turned(a)),
        "tr AB = tr BA": lambda: f.trace(product(a, b)) - f.trace(product(b, a)),
        "A inv(A) = I": lambda: product(a, inverse(a)) - tg.Delta(n, "i", "j"),
        "inv(AB) = inv(B) inv(A)": lambda: inverse(product(a, b)) - product(inverse(b), inverse(a)),
        "det AB = det A det B": lambda: f.det(product(a, b)) - f.det(a) * f.det(b),
        "inv(A) - inv(B) = inv(A) (B - A) inv(B)": lambda: (
            inverse(a) - inverse(b) - product(product(inverse(a), b - a), inverse(b))
        ),
        "gradient of x'Ax": lambda: quadratic.grad(x, {"i": "p"}) - both @ x.rename(i="q"),
        "gradient of norm(Xw - y)^2 by w": lambda: (
            f.frobenius2(errors).grad(w, {"k": "p"}) - 2 * big.rename(k="p") @ errors
        ),
        "gradient of norm(Xw - y)^2 by X": lambda: (
            f.frobenius2(errors).grad(big, {"i": "p", "k": "q"}) - 2 * errors.rename(i="p") @ w.rename(k="q")
        ),
        "gradient of log det A": lambda: f.log(f.det(a)).grad(a, ends) - inverse(a).rename(**ends),
        "gradient of x' inv(A) y": lambda: fraction.grad(a, ends) + outside,
        "inv(A + B) = inv(A) + inv(B) (false)": lambda: inverse(a + b) - inverse(a) - inverse(b),
        "det cA = c det A (false)": lambda: f.det(c * a) - c * f.det(a),
    }


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
    found = {
        "tensorgrad": version("tensorgrad"),
        "torch": version("torch"),
        "rows": rows,
        "arrays": {name: measure(build, zero) for name, build in arrays().items()},
    }
    json.dump(found, sys.stdout, ensure_ascii=False, indent=1)


if __name__ == "__main__":
    main()
