"""Somebody's function, run on symbolic arguments by the framework that it is written for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from derive.arrays.values import fresh_axes
from derive.errors import DeriveError, IllPosedError
from derive.terms import Context, Index, Term, rename
from derive.tracing.inputs import Parameter, declared, entry_of
from derive.tracing.places import defined_at, raised_at
from derive.tracing.proxies.arrays import Memory, TracedArray, lift
from derive.tracing.proxies.labels import TracedLabels
from derive.tracing.proxies.lengths import Length
from derive.tracing.proxies.symbolic import Symbolic
from derive.tracing.traces import Trace, running
from derive.tracing.values import ArrayValue, Axis, shape_text

# Imported inside functions: NumPy and what replaces its functions, which only traced code needs; and frameworks.

Function = Callable[..., Any]
Constants = Literal["closed", "exact"]
LEAST = {"torch": 2}
"""The least sizes that a framework traces for: PyTorch broadcasts what has the length 1 when it exports."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How functions are to be run."""

    names: Mapping[str, str]
    framework: str
    constants: str

    def __post_init__(self) -> None:
        if self.framework not in FRAMEWORKS:
            raise ValueError(f"framework is one of {', '.join(FRAMEWORKS)}, not {self.framework!r}")
        if self.constants not in ("closed", "exact"):
            raise ValueError(f'constants is "closed" or "exact", not {self.constants!r}')

    def declared(self, text: str) -> Context:
        """Return what a text declares, with no size less than those for which the framework traces."""
        context = declared(text)
        least = LEAST.get(self.framework, 1)
        sizes = {
            name: size if size.fixed is not None else replace(size, minimum=max(least, size.minimum))
            for name, size in context.sizes.items()
        }
        return replace(context, sizes=sizes)

    def as_function(self, function: Function) -> Function:
        """Return a function of what the framework has besides functions: of PyTorch's modules."""
        if self.framework != "torch":
            return function
        return _torch().as_function(function)  # type: ignore[no-any-return]  # PyTorch's types are not looked at

    def trace(self, context: Context) -> Trace:
        """Return a trace of code that is given what is declared."""
        return Trace(context, exact=self.constants == "exact")


def _run_numpy(
    trace: Trace, function: Function, before: tuple[Any, ...], arguments: Mapping[str, Any]
) -> Any:
    from derive.tracing.replaced import replaced

    with replaced([function]):
        return function(*before, **arguments)


def _run_torch(
    trace: Trace, function: Function, before: tuple[Any, ...], arguments: Mapping[str, Any]
) -> Any:
    return _torch().run(trace, function, before, arguments)


def _torch() -> Any:
    """Return what traces PyTorch's code."""
    try:
        from derive.tracing import fx
    except ModuleNotFoundError as missing:
        if missing.name is None or missing.name.partition(".")[0] != "torch":
            raise
        raise ModuleNotFoundError(
            "framework='torch' needs PyTorch: pip install 'derivation-verifier[torch]'", name=missing.name
        ) from missing
    return fx


def _run_jax(trace: Trace, function: Function, before: tuple[Any, ...], arguments: Mapping[str, Any]) -> Any:
    try:
        from derive.tracing.jaxprs.running import run
    except ModuleNotFoundError as missing:
        if missing.name is None or missing.name.partition(".")[0] not in ("jax", "jaxlib"):
            raise
        raise ModuleNotFoundError(
            "framework='jax' needs JAX: pip install 'derivation-verifier[jax]'", name=missing.name
        ) from missing
    return run(trace, function, before, arguments)


FRAMEWORKS: dict[str, Callable[[Trace, Function, tuple[Any, ...], Mapping[str, Any]], Any]] = {
    "numpy": _run_numpy,
    "jax": _run_jax,
    "torch": _run_torch,
}


# ---- running


def run(
    trace: Trace, manner: Manner, function: Function, given: Sequence[Parameter], before: tuple[Any, ...]
) -> Any:
    """Return what a function returns for symbolic arguments."""
    trace.lines.clear()
    with running(trace):
        arguments = {one.name: _argument(one.declared, trace.context) for one in given}
        trace.inside = True
        try:
            return FRAMEWORKS[manner.framework](trace, function, before, arguments)
        except (DeriveError, ModuleNotFoundError):
            raise
        except Exception as wrong:
            if trace.refused:
                raise trace.refused[0] from wrong
            raise IllPosedError(
                f"the code raises {type(wrong).__name__}: {wrong}", raised_at(wrong.__traceback__)
            ) from wrong
        finally:
            trace.inside = False


def _argument(name: str, context: Context) -> Symbolic:
    if name in context.sizes:
        return Length((name,))
    if name in context.labels:
        return TracedLabels((), context.labels[name])
    if context.variables[name].kind == "label":
        *samples, among = context.variables[name].dims
        axes = fresh_axes(samples)
        return TracedLabels(tuple((axis,) for axis in axes), Index(name, among, axes))
    entry = entry_of(context.variables[name])
    # An axis of length 1 has no index: it is broadcast.
    single = [index for index in entry.indices if context.sizes[index.dim].fixed == 1]
    shape: tuple[Axis, ...] = tuple(() if index in single else (index,) for index in entry.indices)
    held = {index: Index(1, index.dim) for index in single}
    return TracedArray(ArrayValue(rename(entry, held), shape), memory=Memory(argument=name))


def number_of_loss(found: Any, function: Function) -> Term:
    """Return the number that a loss is."""
    if not isinstance(found, Symbolic | int | float):
        told = f"the loss is a {type(found).__name__}"
        raise IllPosedError(f"{told}, and a single number is expected", defined_at(function))
    value = lift(found) if isinstance(found, Symbolic) else None
    if value is None:
        raise IllPosedError("the loss depends on nothing that is declared", defined_at(function))
    if any(value.dims):
        raise IllPosedError(
            f"the loss has the shape {shape_text(value.dims)}, and a single number is expected", value.made
        )
    return value.value.entry
