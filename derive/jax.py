"""JAX's functions with derivatives of their own: what `defvjp` was given is proved, for all shapes."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from jax import Array

from derive.errors import DeriveError, IllPosedError
from derive.objects.claims import verify
from derive.report.results import Report, Result
from derive.tracing.calling import Constants
from derive.tracing.code import prove_vjp, trace
from derive.tracing.inputs import declared
from derive.tracing.traces import asked_gradients

Function = Callable[..., Any]


def prove_custom_vjp(
    f: Any,
    declare: str,
    *,
    names: Mapping[str, str] | None = None,
    constants: Constants = "closed",
    explain: float | None = None,
    steps: bool = False,
) -> Report:
    """Prove or refute the backward pass of a `jax.custom_vjp` function, for all shapes.

    There is one result for each declared real array among its parameters, and one that says whether the forward
    pass returns what the function does. All else is as in `derive.prove_vjp`.

    Raises:
        TypeError: it is no `jax.custom_vjp` function, or `defvjp` was not called.
    """
    if not callable(getattr(f, "fwd", None)) or not callable(getattr(f, "bwd", None)):
        raise TypeError("a function that jax.custom_vjp made is expected, with defvjp called")
    names = names or {}
    primal, forward, backward = _parts(f, names, declare)
    options: dict[str, Any] = {"names": names, "framework": "jax", "constants": constants}
    report = prove_vjp(forward, backward, declare, cache=True, explain=explain, steps=steps, **options)
    if any(one.verdict == "error" for one in report.results):
        return report
    returned = trace(primal, declare, **options), trace(_without_residuals(forward), declare, **options)
    pairs = zip(*(one if isinstance(one, tuple) else (one,) for one in returned), strict=True)
    same = [verify(one, other, explain=explain, steps=steps) for one, other in pairs]
    return Report((*report.results, *(_numbered(one, len(report.results)) for one in same)))


def _numbered(result: Result, before: int) -> Result:
    return replace(result, chain=before + 1)


def _parts(f: Any, names: Mapping[str, str], declare: str) -> tuple[Function, Function, Function]:
    """Return the function itself, and its two passes as `prove_vjp` takes them."""
    signature = inspect.signature(f.fun)
    static = sorted(f.nondiff_argnums)
    parameters = list(signature.parameters)
    try:
        variables = declared(declare).variables
    except DeriveError:
        variables = {}  # which is told when the declarations are read again
    fixed: dict[int, Any] = {}  # of the arguments that are not differentiated by, those that are no arrays

    def forward(*args: Any, **keywords: Any) -> Any:
        bound = signature.bind(*args, **keywords)
        bound.apply_defaults()
        given = {place: bound.args[place] for place in static}
        fixed.update((place, one) for place, one in given.items() if not isinstance(one, Array))
        output, residuals = f.fwd(*bound.args)
        return output, ([one for one in given.values() if isinstance(one, Array)], residuals)

    def backward(cotangent: Any, kept: Any) -> Any:
        arrays, residuals = iter(kept[0]), kept[1]
        held = [fixed[place] if place in fixed else next(arrays) for place in static]
        found = f.bwd(*held, residuals, cotangent)
        free = [name for place, name in enumerate(parameters) if place not in static]
        if not isinstance(found, tuple | list) or len(found) != len(free):
            raise IllPosedError(f"the backward pass returns one gradient for each of {', '.join(free)}")
        known = {names.get(name, name): gradient for name, gradient in zip(free, found, strict=True)}
        return asked_gradients(known, variables)

    forward.__signature__ = signature  # type: ignore[attr-defined]  # by which it is called
    return f.fun, forward, backward


def _without_residuals(forward: Function) -> Function:
    def output(*args: Any, **keywords: Any) -> Any:
        return forward(*args, **keywords)[0]

    output.__signature__ = inspect.signature(forward)  # type: ignore[attr-defined]  # by which it is called
    return output
