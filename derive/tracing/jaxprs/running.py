"""JAX's programs as formulas: a function is traced over symbolic dimensions, and its jaxpr evaluated."""

from __future__ import annotations

import builtins
import inspect
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import jax
from jax import export

from derive.errors import IllPosedError
from derive.tracing.jaxprs.evaluation import evaluated
from derive.tracing.jaxprs.table import Coordinates, JaxValue, Unknown
from derive.tracing.masks import Masked
from derive.tracing.positions import Turned
from derive.tracing.proxies.arrays import TracedArray
from derive.tracing.proxies.labels import TracedLabels
from derive.tracing.proxies.lengths import Length
from derive.tracing.replaced import namespaces
from derive.tracing.traces import Trace
from derive.tracing.values import ArrayValue, Dims


def run(
    trace: Trace, function: Callable[..., Any], before: Sequence[Any], arguments: Mapping[str, Any]
) -> Any:
    """Return what a function written in JAX returns for symbolic arguments: its tree, with traced arrays as leaves.

    Raises:
        IllPosedError: JAX cannot trace it over symbolic dimensions, or a primitive has no row.
    """
    names = list(trace.context.sizes)
    fixed = {name: size.fixed for name, size in trace.context.sizes.items()}
    free = [name for name in names if fixed[name] is None]
    dimensions = fixed | dict(zip(free, export.symbolic_shape(",".join(free)) if free else (), strict=True))
    # By position where that can be: functions that `jax.grad` made take nothing else.
    bound = inspect.signature(function).bind(*before, **arguments)
    leaves, tree = jax.tree_util.tree_flatten((bound.args, bound.kwargs), is_leaf=_is_traced)
    given = [leaf for leaf in leaves if isinstance(leaf, TracedArray | TracedLabels)]

    def positional(*arrays: Any) -> Any:
        waiting = iter(arrays)
        filled = [_argument(leaf, waiting, dimensions) for leaf in leaves]
        first, named = jax.tree_util.tree_unflatten(tree, filled)
        return function(*first, **named)

    try:
        with _length_of(function):
            closed, shapes = jax.make_jaxpr(positional, return_shape=True)(
                *(_struct(one, dimensions) for one in given)
            )
    except (TypeError, ValueError, NotImplementedError, jax.errors.JAXTypeError) as wrong:
        raise IllPosedError(f"JAX cannot trace it for all shapes: {str(wrong).splitlines()[0]}") from wrong
    results = evaluated(closed, [one.value if isinstance(one, TracedArray) else one for one in given])
    outputs = [_output(one) for one in results]
    return jax.tree_util.tree_unflatten(jax.tree_util.tree_structure(shapes), outputs)


@contextmanager
def _length_of(function: Callable[..., Any]) -> Iterator[None]:
    """Have `len`, `math.sqrt` and powers take symbolic dimensions as the numbers that they are, in the code traced."""
    places = [space for space in namespaces([function]) if "len" not in space]
    module: Any = math
    dimension: Any = type(export.symbolic_shape("n")[0])
    root, power = math.sqrt, dimension.__pow__
    for space in places:
        space["len"] = _len
    module.sqrt = lambda x, /: jax.numpy.sqrt(x) if isinstance(x, dimension) else root(x)
    dimension.__pow__ = lambda one, by, *rest: (
        jax.numpy.asarray(one, float) ** by if isinstance(by, float) else power(one, by, *rest)
    )
    try:
        yield
    finally:
        module.sqrt, dimension.__pow__ = root, power
        for space in places:
            del space["len"]


def _len(value: Any, /) -> Any:
    return value.shape[0] if isinstance(value, jax.Array) and value.ndim else builtins.len(value)


def _is_traced(leaf: Any) -> bool:
    return isinstance(leaf, TracedArray | TracedLabels | Length)


def _argument(leaf: Any, waiting: Any, dimensions: Mapping[str, Any]) -> Any:
    if isinstance(leaf, Length):
        return _product(leaf.dims, dimensions)
    return next(waiting) if isinstance(leaf, TracedArray | TracedLabels) else leaf


def _product(dims: Dims, dimensions: Mapping[str, Any]) -> Any:
    return math.prod((dimensions[name] for name in dims), start=1)


def _struct(leaf: TracedArray | TracedLabels, dimensions: Mapping[str, Any]) -> Any:
    kind = "int32" if isinstance(leaf, TracedLabels) else "bool" if leaf.kind == "bool" else "float32"
    return jax.ShapeDtypeStruct(  # type: ignore[no-untyped-call]
        tuple(_product(dims, dimensions) for dims in leaf.dims), kind
    )


def _output(found: JaxValue) -> Any:
    if isinstance(found, Unknown | Coordinates | Turned | Masked):
        raise IllPosedError(f"what is returned is {found.what if isinstance(found, Unknown) else 'no array'}")
    return TracedArray(found) if isinstance(found, ArrayValue) else found
