"""What functions claim: the gradient of a loss, the backward pass of a layer, as equations."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from derive.arrays.letters import lettered
from derive.errors import DeriveError, IllPosedError, Position
from derive.problem.names import objection
from derive.terms import Context, Definition, Derivative, Entry, Equation, Size, Term, Variable, add, multiply
from derive.tracing.blame import Line
from derive.tracing.calling import Function, Manner, number_of_loss, run
from derive.tracing.forms import as_formula
from derive.tracing.inputs import Parameter, entry_of, parameters, taken_by
from derive.tracing.known import is_own, over, same
from derive.tracing.places import defined_at
from derive.tracing.proxies.arrays import Memory, TracedArray, lift
from derive.tracing.traces import Trace, asked, running
from derive.tracing.values import ArrayValue, axes_over, shape_text

REAL_ARITHMETIC = "real arithmetic: rounding and overflow are left out"


@dataclass(frozen=True, slots=True)
class Traced:
    """What is claimed of somebody's code: an equation, or what is wrong; where, and what is assumed."""

    equation: Equation | None
    context: Context
    position: Position | None
    assumptions: tuple[str, ...]
    error: DeriveError | None = None
    lines: Sequence[Line] = ()


# ---- a loss and its gradient


def claimed_gradients(
    manner: Manner, loss: Function, gradient: Function, declare: str, wrt: str | Sequence[str] | None
) -> Iterator[Traced]:
    """Yield what is claimed of each gradient of a loss that a function returns."""
    context = manner.declared(declare)
    trace = manner.trace(context)
    loss = manner.as_function(loss)
    wanted = parameters(loss, context, manner.names)
    given = parameters(gradient, context, manner.names)
    value = number_of_loss(run(trace, manner, loss, wanted, ()), loss)
    found = run(trace, manner, gradient, given, ())
    with running(trace):
        pairs = _pairs(found, _by(wrt, context), _candidates(wanted, context), context, gradient)
    name = _name_for(loss, context)
    yield from _claims(trace, Definition(name, (), value), pairs, context)


def claimed_in(
    manner: Manner, loss: Term, gradient: Function, context: Context, wrt: Sequence[str]
) -> Iterator[Traced]:
    """Yield what is claimed of each gradient of a loss that is a term under declarations."""
    trace = manner.trace(context)
    found = run(trace, manner, gradient, parameters(gradient, context, manner.names), ())
    with running(trace):
        pairs = _pairs(found, list(wrt), list(wrt), context, gradient)
    yield from _claims(trace, Definition(_free_name("L", context), (), loss), pairs, context)


def _claims(
    trace: Trace, loss: Definition, pairs: Sequence[tuple[str, Any]], context: Context
) -> Iterator[Traced]:
    assumptions = (REAL_ARITHMETIC, *trace.assumptions)
    with running(trace):
        arrays = [(context.variables[name], _set(found)) for name, found in pairs]
        claims = [_claim(loss, *pair, context, assumptions) for pair in arrays]
    for claim in claims:
        yield replace(claim, lines=tuple(trace.lines))


def _set(found: Any) -> TracedArray:
    """Return what a function returned as an array. Raises `IllPosedError` if it is none, or out of date."""
    try:
        return lift(found)
    except DeriveError as wrong:
        wrong.position = wrong.position or getattr(found, "made", None)
        raise


def _claim(
    loss: Definition, variable: Variable, array: TracedArray, context: Context, assumptions: tuple[str, ...]
) -> Traced:
    shape = tuple((dim,) for dim in variable.dims)
    if not same(array.dims, shape):
        wrong = IllPosedError(
            f"the gradient by {variable.name} has the shape {shape_text(array.dims)}, and {variable.name} has "
            f"{shape_text(shape)}"
        )
        return Traced(None, context, array.made, assumptions, wrong)
    names = {
        *context.sizes,
        *context.variables,
        *context.labels,
        *context.functions,
        *context.definitions,
        loss.name,
    }
    entry = entry_of(variable)
    right = as_formula(array.value.at([(index,) for index in entry.indices]))
    (body,), _ = lettered([as_formula(loss.body)], (), names)
    (_, right), axes = lettered([entry, right], entry.indices, names)
    within = replace(context, definitions={**context.definitions, loss.name: replace(loss, body=body)})
    left = Derivative(Entry(loss.name), (Entry(variable.name, axes),))
    return Traced(Equation(left, right), within, array.made, assumptions)


# ---- a layer and its backward


def claimed_cotangents(
    manner: Manner,
    forward: Function,
    backward: Function,
    declare: str,
    cache: bool,
    wrt: str | Sequence[str] | None,
) -> Iterator[Traced]:
    """Yield what is claimed of each gradient that the backward pass of a layer returns."""
    context = manner.declared(declare)
    trace = manner.trace(context)
    forward = manner.as_function(forward)
    wanted = parameters(forward, context, manner.names)
    returned = run(trace, manner, forward, wanted, ())
    kept: tuple[Any, ...] = ()
    if cache:
        if not isinstance(returned, tuple) or len(returned) != 2:
            raise IllPosedError("with cache=True, forward returns (output, cache)", defined_at(forward))
        returned, kept = returned[0], (returned[1],)
    several = isinstance(returned, tuple | list)
    with running(trace):
        outputs = [lift(one) for one in (returned if several else (returned,))]
    first = _first_parameters(backward, context, manner.names)
    apart = several and not cache and len(first) == len(outputs)
    names = first if len(first) == len(outputs) else []
    context, cotangents = _with_cotangents(context, outputs, names)
    trace.context = context
    before = tuple(cotangents) if apart or not several else (tuple(cotangents),)
    given = () if cache else parameters(backward, context, manner.names, skip=len(before))
    found = run(trace, manner, backward, given, (*before, *kept))
    with running(trace):
        parts = [_inner(one, other) for one, other in zip(outputs, cotangents, strict=True)]
        pairs = _pairs(found, _by(wrt, context), _candidates(wanted, context), context, backward)
    loss = Definition(_free_name("L", context), (), add(*parts))
    yield from _claims(trace, loss, pairs, context)


def _inner(output: TracedArray, cotangent: TracedArray) -> Term:
    """Return the sum of products of entries."""
    value = output.value
    axes = cotangent.value.axes
    return over("sum", multiply(cotangent.value.entry, value.at(axes)), cotangent.value.atoms)


def _first_parameters(function: Function, context: Context, names: Mapping[str, str]) -> list[str]:
    """Return the first parameters that are not declared: those of the cotangents."""
    found = []
    for name in (one.name for one in taken_by(function)):
        if names.get(name, name) in {*context.variables, *context.labels, *context.sizes}:
            break
        found.append(name)
    return found


def _with_cotangents(
    context: Context, outputs: Sequence[TracedArray], names: Sequence[str]
) -> tuple[Context, list[TracedArray]]:
    """Return a context that declares an array of the shape of each output, and these arrays."""
    found = []
    for number, output in enumerate(outputs):
        name = _free_name(names[number] if number < len(names) else "g", context)
        context = with_lengths(context, output)
        axes = axes_over([tuple(declared_size(dim, context) for dim in dims) for dims in output.dims])
        value = ArrayValue(Entry(name, tuple(index for axis in axes for index in axis)), axes)
        variable = Variable(name, tuple(index.dim for index in value.atoms))
        context = replace(context, variables={**context.variables, name: variable})
        found.append(TracedArray(value, memory=Memory(argument=name)))
    return context, found


def with_lengths(context: Context, output: TracedArray) -> Context:
    """Return a context that declares each length of an output for which there is no declared size."""
    for dim in (index.dim for index in output.value.atoms if is_own(index.dim)):
        if dim == declared_size(dim, context):
            size = Size(_free_name(f"n{dim}", context), fixed=int(dim))
            context = replace(context, sizes={**context.sizes, size.name: size})
    return context


def declared_size(dim: str, context: Context) -> str:
    """Return the declared size that is fixed to a number, for a size that has the number for its name."""
    fixed = (name for name, size in context.sizes.items() if is_own(dim) and size.fixed == int(dim))
    return next(fixed, dim)


def _by(wrt: str | Sequence[str] | None, context: Context) -> list[str] | None:
    if wrt is None:
        return None
    found = [wrt] if isinstance(wrt, str) else list(wrt)
    for name in found:
        if name not in context.variables:
            raise IllPosedError(f"wrt names {name}, which is no declared array")
    return found


def _candidates(given: Sequence[Parameter], context: Context) -> list[str]:
    """Return what there may be gradients by, the likeliest first: real arrays, real numbers, and all others."""
    names = [one.declared for one in given if one.declared in context.variables]
    variables = [context.variables[name] for name in names]
    arrays = [one.name for one in variables if one.kind == "real" and one.dims]
    numbers = [one.name for one in variables if one.kind == "real" and not one.dims]
    return arrays + [name for name in numbers if name not in arrays]


def _pairs(
    found: Any, wrt: list[str] | None, candidates: list[str], context: Context, function: Function
) -> list[tuple[str, Any]]:
    """Return each array with the gradient by it."""
    if isinstance(found, Mapping):
        by = [_variable_of(name, found, context) for name in found]
        twice = [name for name in by if by.count(name) > 1]
        if twice:
            raise IllPosedError(f"there are two gradients by {twice[0]}", defined_at(function))
        found = dict(zip(by, found.values(), strict=True))
        unknown = [name for name in found if name not in context.variables]
        if unknown:
            raise IllPosedError(
                f"there is a gradient by {unknown[0]}, which is not declared", defined_at(function)
            )
        order = wrt if wrt is not None else sorted(found, key=lambda name: _place(name, candidates))
        return asked([(name, found[name]) for name in order])
    several = list(found) if isinstance(found, tuple | list) else [found]
    names = candidates if wrt is None else wrt
    if len(several) > len(names) or (wrt is not None and len(several) != len(wrt)):
        told = f"{len(several)} gradients are returned, and the arrays are {', '.join(names) or 'none'}"
        raise IllPosedError(f"{told}: say by wrt=[...] which they belong to", defined_at(function))
    pairs = asked(list(zip(names, several, strict=False)))
    if not pairs:
        raise IllPosedError("no gradient is returned", defined_at(function))
    return pairs


def _variable_of(name: str, names: Collection[str], context: Context) -> str:
    """Return the array that a gradient under a name is by: `dW` is by W, where no dW is declared, and no W given."""
    for before in ("d", "d_", "grad_"):
        rest = name.removeprefix(before)
        if name.startswith(before) and rest in context.variables and rest not in names:
            return name if name in context.variables else rest
    return name


def _place(name: str, candidates: list[str]) -> int:
    return candidates.index(name) if name in candidates else len(candidates)


def _name_for(function: Function, context: Context) -> str:
    name = getattr(function, "__name__", "loss")
    return _free_name(name if name.isidentifier() else "loss", context)


def _free_name(name: str, context: Context) -> str:
    """Return a name that nothing has: this one, or with underscores behind."""
    taken = {*context.sizes, *context.variables, *context.labels, *context.functions, *context.definitions}
    while name in taken or objection(name, "definition") is not None:
        name = f"{name}_"
    return name
