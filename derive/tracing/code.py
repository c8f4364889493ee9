"""From functions that compute to claims about what they compute: a loss and its gradient, a layer and its backward."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from derive.arrays.letters import lettered
from derive.arrays.values import UNIT, fresh_axes
from derive.errors import DeriveError, IllPosedError, Position
from derive.limits.deadline import Effort
from derive.objects.expression import Expression
from derive.problem.names import objection
from derive.report.message import Message
from derive.report.results import Origin, Report, Result
from derive.terms import (
    Context,
    Definition,
    Derivative,
    Entry,
    Equation,
    Index,
    Size,
    Term,
    Variable,
    add,
    multiply,
)
from derive.tracing.blame import Line, blamed
from derive.tracing.inputs import Parameter, declared, entry_of, parameters, taken_by
from derive.tracing.known import is_own, over, same
from derive.tracing.places import defined_at, raised_at
from derive.tracing.proxies import Length, Memory, Symbolic, TracedArray, TracedLabels, lift
from derive.tracing.shifts import without_shifts
from derive.tracing.traces import Trace, asked, current, running
from derive.tracing.values import ArrayValue, axes_over, shape_text
from derive.verification.questions import Question, answer, error_result

# Imported inside functions: NumPy and what replaces its functions, which only traced code needs.

Function = Callable[..., Any]
Constants = Literal["closed", "exact"]
LEAST = {"torch": 2}
"""The least sizes that a framework traces for: PyTorch broadcasts what has the length 1 when it exports."""
REAL_ARITHMETIC = "real arithmetic: rounding and overflow are left out"


def prove_gradient(
    loss: Function,
    gradient: Function,
    declare: str,
    *,
    wrt: str | Sequence[str] | None = None,
    names: Mapping[str, str] | None = None,
    framework: str = "numpy",
    constants: Constants = "closed",
    explain: float | None = None,
    steps: bool = False,
) -> Report:
    r"""Prove or refute that one function computes the gradient of another, for all shapes; a result for each array.

    `declare` is text of the language: sizes, arrays and hypotheses. Both functions are called by keyword with
    symbolic arrays of these shapes; `names` maps parameters that are named otherwise. Parameters that are not
    declared keep their default. `loss` returns a number, `gradient` an array, or a tuple or dict of several: those
    by `wrt`, else by the declared real arrays in the order of the parameters of `loss`.

    A float with more digits than were typed is taken for the closed form that it was rounded from, which the result
    says among its assumptions; with `constants="exact"` it is the binary number. `explain` and `steps` are as in
    `check`. What cannot be traced is a result with verdict `error` at the line of the code.

    Raises:
        ValueError: `framework` or `constants` is none of those known.

    >>> import derive, numpy as np
    >>> def loss(x):
    ...     return 0.5 * np.sum(x**2)
    >>> bool(derive.prove_gradient(loss, lambda x: x, "size n\nreal x[n]"))
    True
    """
    manner = _Manner(names or {}, framework, constants)
    return _reported(lambda: _gradients(manner, loss, gradient, declare, wrt), gradient, explain, steps)


def prove_vjp(
    forward: Function,
    backward: Function,
    declare: str,
    *,
    cache: bool = False,
    wrt: str | Sequence[str] | None = None,
    names: Mapping[str, str] | None = None,
    framework: str = "numpy",
    constants: Constants = "closed",
    explain: float | None = None,
    steps: bool = False,
) -> Report:
    r"""Prove or refute that `backward` computes the gradients of `sum(cotangent*output)`, for all shapes.

    `forward` returns an array or a tuple of them. `backward` is given the cotangent first, or one for each output,
    and by keyword the arrays that it has parameters for. With `cache`, `forward` returns `(output, cache)`, and
    `backward(cotangent, cache)` is given nothing else. The gradients belong to the declared real arrays in the
    order of the parameters of `forward`. All else is as in `prove_gradient`.

    >>> import derive
    >>> report = derive.prove_vjp(lambda x, w: x @ w, lambda dy, x, w: (dy @ w.T, x.T @ dy),
    ...                           "size N, D, K\nreal x[N,D], w[D,K]")
    >>> [str(one.verdict) for one in report.results]
    ['proved', 'proved']
    """
    manner = _Manner(names or {}, framework, constants)
    return _reported(
        lambda: _cotangents(manner, forward, backward, declare, cache, wrt), backward, explain, steps
    )


def trace(
    function: Function,
    declare: str,
    *,
    names: Mapping[str, str] | None = None,
    framework: str = "numpy",
    constants: Constants = "closed",
) -> Any:
    r"""Return what a function computes as an expression, or as a tuple or dict of expressions where it returns one.

    The arguments are as in `prove_gradient`. What is returned goes to `derive.gradient`, `verify` or `show`.

    Raises:
        ReadingError: the declarations cannot be read.
        IllPosedError: the function does what is not understood; the error has the place.

    >>> import derive, numpy as np
    >>> print(derive.trace(lambda x: np.mean(x**2), "size n\nreal x[n]"))
    mean(x[i]^2, i)
    """
    manner = _Manner(names or {}, framework, constants)
    context = manner.declared(declare)
    progress = manner.trace(context)
    function = manner.as_function(function)
    try:

        def expressions() -> Any:
            progress.context = context
            found = _run(progress, manner, function, parameters(function, context, manner.names), ())
            with running(progress):
                return _expressions(found)

        found = expressions()
        if str(found) != str(expressions()):
            raise IllPosedError(_UNSTEADY)
        return found
    except DeriveError as wrong:
        wrong.position = wrong.position or raised_at(wrong.__traceback__) or defined_at(function)
        raise wrong.without_trace() from None


def _expressions(found: Any) -> Any:
    if isinstance(found, tuple | list):
        return tuple(_expressions(one) for one in found)
    if isinstance(found, Mapping):
        return {name: _expressions(one) for name, one in found.items()}
    array = lift(found)
    current().context = context = _with_lengths(current().context, array)
    axes = axes_over([tuple(_declared_size(dim, context) for dim in dims) for dims in array.dims])
    value = ArrayValue(array.value.at(axes), axes)
    if any(len(axis) > 1 for axis in value.axes):
        raise IllPosedError(f"an axis of the shape {shape_text(value.shape)} is over no single size")
    letters = tuple(axis[0] if axis else UNIT for axis in value.axes)
    return Expression(without_shifts(value.entry), letters, context)


@dataclass(frozen=True, slots=True)
class _Manner:
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
        from derive.tracing.jaxprs import run
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


@dataclass(frozen=True, slots=True)
class _Traced:
    """What is claimed of somebody's code: an equation, or what is wrong; where, and what is assumed."""

    equation: Equation | None
    context: Context
    position: Position | None
    assumptions: tuple[str, ...]
    error: DeriveError | None = None
    lines: Sequence[Line] = ()


def _reported(
    find: Callable[[], Iterator[_Traced]], function: Function, explain: float | None, steps: bool
) -> Report:
    """Return the verdicts on what functions claim; what cannot be traced is an error among them."""
    effort = Effort.of(explain)
    try:
        claims = list(find())
        if _content(claims) != _content(list(find())):
            raise IllPosedError(_UNSTEADY)
    except DeriveError as wrong:
        at = wrong.position or raised_at(wrong.__traceback__) or defined_at(function)
        return Report((_error(wrong, at),))
    return Report(tuple(_decided(one, number, effort, steps) for number, one in enumerate(claims, 1)))


def _content(claims: Sequence[_Traced]) -> list[Any]:
    """Return what is claimed, in which letters of indices are as they stand in the text."""
    return [(one.equation, tuple(one.context.definitions.values()), str(one.error or "")) for one in claims]


_UNSTEADY = "the code computes something else each time that it is called, and a proof is about one of them"


def _decided(claim: _Traced, number: int, effort: Effort, steps: bool) -> Result:
    at = claim.position or Position("<code>", 1, 1)
    question = Question(
        str(claim.equation or ""), at, at.file, None, number, claim.equation, claim.context, error=None
    )
    if claim.error is not None:
        return replace(_error(claim.error, at), chain=number)
    found = answer(question, effort, steps=steps)
    found = replace(found, assumptions=claim.assumptions, source=Origin(at.file, at.line))
    return _with_line(found, claim)


def _with_line(found: Result, claim: _Traced) -> Result:
    """Return a refutation with the line that its mistake stands on, where there is one that is known."""
    if found.diagnosis is None or claim.equation is None:
        return found
    at = blamed(found.diagnosis, claim.equation, claim.context, claim.lines)
    if at is None:
        return found
    source = f": {at.source.strip()}" if at.source.strip() else ""
    told = Message(found.diagnosis.text, f"; on line {at.line}{source}")
    return replace(found, diagnosis=replace(found.diagnosis, text=told), source=Origin(at.file, at.line))


def _error(wrong: DeriveError, at: Position | None) -> Result:
    found = error_result(wrong, position=at)
    place = wrong.position or at
    return found if place is None else replace(found, source=Origin(place.file, place.line))


# ---- a loss and its gradient


def _gradients(
    manner: _Manner, loss: Function, gradient: Function, declare: str, wrt: str | Sequence[str] | None
) -> Iterator[_Traced]:
    context = manner.declared(declare)
    trace = manner.trace(context)
    loss = manner.as_function(loss)
    wanted = parameters(loss, context, manner.names)
    given = parameters(gradient, context, manner.names)
    value = _number(_run(trace, manner, loss, wanted, ()), loss)
    found = _run(trace, manner, gradient, given, ())
    with running(trace):
        pairs = _pairs(found, _by(wrt, context), _candidates(wanted, context), context, gradient)
    name = _name_for(loss, context)
    yield from _claims(trace, Definition(name, (), value), pairs, context)


def _claims(
    trace: Trace, loss: Definition, pairs: Sequence[tuple[str, Any]], context: Context
) -> Iterator[_Traced]:
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
) -> _Traced:
    shape = tuple((dim,) for dim in variable.dims)
    if not same(array.dims, shape):
        wrong = IllPosedError(
            f"the gradient by {variable.name} has the shape {shape_text(array.dims)}, and {variable.name} has "
            f"{shape_text(shape)}"
        )
        return _Traced(None, context, array.made, assumptions, wrong)
    names = {
        *context.sizes,
        *context.variables,
        *context.labels,
        *context.functions,
        *context.definitions,
        loss.name,
    }
    entry = entry_of(variable)
    right = without_shifts(array.value.at([(index,) for index in entry.indices]))
    (body,), _ = lettered([without_shifts(loss.body)], (), names)
    (_, right), axes = lettered([entry, right], entry.indices, names)
    within = replace(context, definitions={**context.definitions, loss.name: replace(loss, body=body)})
    left = Derivative(Entry(loss.name), (Entry(variable.name, axes),))
    return _Traced(Equation(left, right), within, array.made, assumptions)


# ---- a layer and its backward


def _cotangents(
    manner: _Manner,
    forward: Function,
    backward: Function,
    declare: str,
    cache: bool,
    wrt: str | Sequence[str] | None,
) -> Iterator[_Traced]:
    context = manner.declared(declare)
    trace = manner.trace(context)
    forward = manner.as_function(forward)
    wanted = parameters(forward, context, manner.names)
    returned = _run(trace, manner, forward, wanted, ())
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
    found = _run(trace, manner, backward, given, (*before, *kept))
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
        context = _with_lengths(context, output)
        axes = axes_over([tuple(_declared_size(dim, context) for dim in dims) for dims in output.dims])
        value = ArrayValue(Entry(name, tuple(index for axis in axes for index in axis)), axes)
        variable = Variable(name, tuple(index.dim for index in value.atoms))
        context = replace(context, variables={**context.variables, name: variable})
        found.append(TracedArray(value, memory=Memory(argument=name)))
    return context, found


def _with_lengths(context: Context, output: TracedArray) -> Context:
    """Return a context that declares each length of an output for which there is no declared size."""
    for dim in (index.dim for index in output.value.atoms if is_own(index.dim)):
        if dim == _declared_size(dim, context):
            size = Size(_free_name(f"n{dim}", context), fixed=int(dim))
            context = replace(context, sizes={**context.sizes, size.name: size})
    return context


def _declared_size(dim: str, context: Context) -> str:
    """Return the declared size that is fixed to a number, for a size that has the number for its name."""
    fixed = (name for name, size in context.sizes.items() if is_own(dim) and size.fixed == int(dim))
    return next(fixed, dim)


# ---- running


def _run(
    trace: Trace, manner: _Manner, function: Function, given: Sequence[Parameter], before: tuple[Any, ...]
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
    value = ArrayValue(entry, tuple((index,) for index in entry.indices))
    return TracedArray(value, memory=Memory(argument=name))


def _number(found: Any, function: Function) -> Term:
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
