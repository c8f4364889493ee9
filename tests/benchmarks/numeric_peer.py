"""What numeric gradient checkers make of true and false gradients; runs in an environment of its own, prints JSON.

    python3 -m venv build/peers
    build/peers/bin/pip install torch==2.13.0 jax jaxlib     # CPU builds, some hundred MB

`torch.autograd.gradcheck` and `jax.test_util.check_grads` compare a gradient that a person wrote with
differences, at one point and one n, within a tolerance. Here the person's gradient is what each claim says, the
points are random ones by a fixed seed, and every option is left at its default. Prints for each claim whether
it passed, and the median seconds of a check.
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
SEED = 0
SIZE = 10

# name: loss, factor of the claimed gradient p - c, number of classes
CLAIMS: dict[str, tuple[str, float, int]] = {
    "p - c": ("cross", 1, SIZE),
    "(p - c)*1.01": ("cross", 1.01, SIZE),
    "(p - c)*1.001": ("cross", 1.001, SIZE),
    "(p - c)*1.0001": ("cross", 1.0001, SIZE),
    "(p - c)*1.000001": ("cross", 1.000001, SIZE),
    "c - p": ("cross", -1, SIZE),
    "binary form, softmax: p - c": ("binary", 1, SIZE),
    "binary form, softmax: 2*(p - c), tried at n = 2": ("binary", 2, 2),
}


def timed(check: Callable[[], bool]) -> tuple[str, float]:
    """Return what a check says, and the median seconds; the first run is not counted."""
    passed, times = check(), []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        passed = check()
        times.append(time.perf_counter() - start)
    return "passes" if passed else "fails", statistics.median(times)


def by_torch(kind: str, factor: float, size: int) -> tuple[str, float]:
    """Ask torch.autograd.gradcheck, with the claimed gradient as the backward of the loss."""
    torch = import_module("torch")
    torch.manual_seed(SEED)
    s = torch.randn(size, dtype=torch.float64, requires_grad=True)
    c = torch.softmax(torch.randn(size, dtype=torch.float64), 0)

    def forward(context: Any, scores: Any) -> Any:
        p = torch.softmax(scores, 0)
        context.save_for_backward(p)
        loss = -(c * p.log()).sum()
        return loss if kind == "cross" else loss - ((1 - c) * (1 - p).log()).sum()

    def backward(context: Any, weight: Any) -> Any:
        (p,) = context.saved_tensors
        return weight * factor * (p - c)

    members = {"forward": staticmethod(forward), "backward": staticmethod(backward)}
    claimed: Any = type("Claimed", (torch.autograd.Function,), members)
    return timed(lambda: torch.autograd.gradcheck(claimed.apply, (s,), raise_exception=False))


def by_jax(kind: str, factor: float, size: int) -> tuple[str, float]:
    """Ask jax.test_util.check_grads of first order, with the claimed gradient as the custom vjp of the loss."""
    jax, numpy = import_module("jax"), import_module("jax.numpy")
    check_grads = import_module("jax.test_util").check_grads
    keys = jax.random.split(jax.random.key(SEED))
    s = jax.random.normal(keys[0], (size,))
    c = jax.nn.softmax(jax.random.normal(keys[1], (size,)))

    def loss(scores: Any) -> Any:
        p = jax.nn.softmax(scores)
        cross = -(c * numpy.log(p)).sum()
        return cross if kind == "cross" else cross - ((1 - c) * numpy.log(1 - p)).sum()

    claimed = jax.custom_vjp(loss)
    claimed.defvjp(
        lambda scores: (loss(scores), jax.nn.softmax(scores)), lambda p, w: (w * factor * (p - c),)
    )

    def check() -> bool:
        try:
            check_grads(claimed, (s,), order=1, modes=("rev",))
        except AssertionError:
            return False
        return True

    return timed(check)


def main() -> None:
    """Print the versions and the rows."""
    rows = {name: {"torch": by_torch(*claim), "jax": by_jax(*claim)} for name, claim in CLAIMS.items()}
    found = {"torch": version("torch"), "jax": version("jax"), "rows": rows}
    json.dump(found, sys.stdout, ensure_ascii=False, indent=1)


if __name__ == "__main__":
    main()
