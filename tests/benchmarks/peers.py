"""SymPy's ways to a proof, as good as we could make them. They decide by simplifying; nothing of ours is used."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import sympy as sp
from items import Item, Loss, c, i, j, k, n, s, t

IN_RANGE = sp.Q.ge(i, 1) & sp.Q.le(i, n)
ALSO_J = IN_RANGE & sp.Q.ge(t, 1) & sp.Q.le(t, n)
# Σ c = 1, and one letter for the softmax's denominator, since SymPy holds alpha-equal sums for different.
KNOWN_SUMS = {
    **{sp.Sum(c[a], (a, 1, n)): 1 for a in (i, j, k, t)},
    **{sp.Sum(sp.exp(s[a]), (a, 1, n)): sp.Symbol("Z", positive=True) for a in (i, j, k, t)},
}


def _refine(e: Any) -> Any:
    return sp.refine(e.doit(), ALSO_J)


ROUTES: dict[str, Callable[[Any], Any]] = {
    "doit refine simplify subs simplify": lambda e: sp.simplify(sp.simplify(_refine(e)).subs(KNOWN_SUMS)),
    "doit refine expand subs simplify": lambda e: sp.simplify(sp.expand(_refine(e)).subs(KNOWN_SUMS)),
    "doit refine simplify expand simplify subs": lambda e: sp.simplify(
        sp.expand(sp.simplify(_refine(e))).subs(KNOWN_SUMS)
    ),
    "simplify doit refine subs simplify": lambda e: sp.simplify(_refine(sp.simplify(e)).subs(KNOWN_SUMS)),
}
# For identities without a derivative, in which these get further.
IDENTITIES: dict[str, Callable[[Any], Any]] = {
    "simplify": sp.simplify,
    "rewrite exp simplify": lambda e: sp.simplify(e.rewrite(sp.exp)),
    "subs expand_log simplify": lambda e: sp.simplify(sp.expand_log(e.subs(KNOWN_SUMS))),
}


def seconds_of(run: Callable[[], Any]) -> tuple[float, Any]:
    """Return how long a call takes with SymPy's cache empty, and what it returns."""
    sp.core.cache.clear_cache()
    start = time.perf_counter()
    try:
        found = run()
    except (
        StopIteration,
        RecursionError,
        TypeError,
        ValueError,
        NotImplementedError,
        AttributeError,
    ) as error:
        found = type(error).__name__  # some routes end in an exception; that is no proof
    return time.perf_counter() - start, found


def _follow(route: Callable[[Any], Any], item: Item) -> Any:
    return route(item.residue(Loss(None), i, t))


def symbolic(item: Item) -> tuple[float, str] | None:
    """Return the fastest route for symbolic n that reaches 0, and how long it took; `None` if none does."""
    times = []
    for name, route in ROUTES.items():
        taken, found = seconds_of(partial(_follow, route, item))
        if found == 0:
            times.append((taken, name))
    return min(times, default=None)


def attempt(item: Item) -> tuple[str, float]:
    """Return "proved" and the fastest way to 0 for symbolic n, else what the fastest way that ends leaves."""
    ended = []
    for route in (*ROUTES.values(), *IDENTITIES.values()):
        taken, found = seconds_of(partial(_follow, route, item))
        if not isinstance(found, str):  # the name of an exception
            ended.append(("proved" if found == 0 else "residue", taken))
    return min(ended, default=("no result", float("nan")))


def explicit(item: Item, size: int) -> float | None:
    """Return how long `simplify` takes to prove a claim at one size, `None` if it does not."""
    taken, found = seconds_of(lambda: sp.simplify(item.residue(Loss(size), 0, 1)))
    return taken if found == 0 else None
