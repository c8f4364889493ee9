"""PyTorch's functions with backward passes of their own: what a `torch.autograd.Function` says is proved."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import torch

from derive.errors import DeriveError, IllPosedError
from derive.report.results import Report
from derive.tracing.calling import Constants
from derive.tracing.code import prove_vjp
from derive.tracing.inputs import declared
from derive.tracing.places import defined_at
from derive.tracing.traces import asked_gradients


def prove_autograd_function(
    f: Any,
    declare: str,
    *,
    names: Mapping[str, str] | None = None,
    constants: Constants = "closed",
    explain: float | None = None,
    steps: bool = False,
) -> Report:
    """Prove or refute the backward pass of a `torch.autograd.Function`, for all sizes from 2 on.

    `forward` and `backward` are run with a `ctx` that keeps what they save; `setup_context` is called where there is
    one. There is one result for each declared real array among the parameters of `forward`; where `backward` returns
    None for one, nothing is claimed of it, which stands among the assumptions. All else is as in `derive.prove_vjp`.

    Raises:
        TypeError: it is no class with `forward` and `backward`.
    """
    if not isinstance(f, type) or not issubclass(f, torch.autograd.Function):
        raise TypeError("a subclass of torch.autograd.Function is expected")
    forward, backward = _parts(f, names or {}, declare)
    return prove_vjp(
        forward,
        backward,
        declare,
        names=names,
        framework="torch",
        constants=constants,
        explain=explain,
        steps=steps,
    )


class _Context:
    """What is asked of a `ctx`: it keeps tensors and other attributes for the backward pass."""

    def __init__(self, count: int) -> None:
        self.saved_tensors: tuple[Any, ...] = ()
        self.needs_input_grad = (True,) * count

    def save_for_backward(self, *tensors: Any) -> None:
        self.saved_tensors = tensors

    def mark_non_differentiable(self, *tensors: Any) -> None:
        raise IllPosedError("an output is marked as not differentiable; derive takes all to be")

    def mark_dirty(self, *tensors: Any) -> None:
        raise IllPosedError("an argument is changed in place: take a copy")

    def set_materialize_grads(self, value: bool) -> None:
        """Do nothing: every output has a cotangent."""


def _parts(f: Any, names: Mapping[str, str], declare: str) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """Return the two passes as `prove_vjp` takes them: functions of the arrays, and of cotangents and the arrays."""
    apart = f.setup_context is not torch.autograd.Function.setup_context
    signature = inspect.signature(f.forward)
    given = list(signature.parameters.values())
    own = given if apart else given[1:]
    try:
        variables = declared(declare).variables
    except DeriveError:
        variables = {}  # which is told when the declarations are read again

    def passed(args: tuple[Any, ...], keywords: Mapping[str, Any]) -> tuple[_Context, Any]:
        bound = inspect.Signature(own).bind(*args, **keywords)
        bound.apply_defaults()
        context = _Context(len(own))
        if not apart:
            return context, f.forward(context, *bound.args)
        output = f.forward(*bound.args)
        f.setup_context(context, bound.args, output)
        return context, output

    def forward(*args: Any, **keywords: Any) -> Any:
        return passed(args, keywords)[1]

    def backward(cotangents: Any, *args: Any, **keywords: Any) -> Any:
        context, _ = passed(args, keywords)
        found = f.backward(context, *(cotangents if isinstance(cotangents, tuple) else (cotangents,)))
        several = found if isinstance(found, tuple) else (found,)
        if len(several) != len(own):
            told = ", ".join(one.name for one in own)
            raise IllPosedError(
                f"the backward pass returns one gradient for each of {told}", defined_at(f.backward)
            )
        known = {names.get(one.name, one.name): gradient for one, gradient in zip(own, several, strict=True)}
        return asked_gradients(known, variables)

    plain = [one.replace(kind=inspect.Parameter.POSITIONAL_OR_KEYWORD) for one in own]
    first = inspect.Parameter("_cotangents", inspect.Parameter.POSITIONAL_ONLY)
    # By which they are called; what they compute with is found by the class that they wrap.
    for wrapper, parameters in ((forward, plain), (backward, [first, *plain])):
        wrapper.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return forward, backward
