"""From functions that compute to verdicts on what they claim: a loss and its gradient, a layer and its backward."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from derive.arrays.values import UNIT
from derive.errors import DeriveError, IllPosedError, Position
from derive.limits.deadline import Effort
from derive.objects.expression import Expression
from derive.report.message import Message
from derive.report.results import Origin, Report, Result
from derive.terms import Add, Context, Multiply, Term, add, canonical, multiply, rebuild
from derive.tracing.blame import blamed
from derive.tracing.calling import Constants, Function, Manner, run
from derive.tracing.claims import (
    Traced,
    claimed_cotangents,
    claimed_gradients,
    claimed_in,
    declared_size,
    with_lengths,
)
from derive.tracing.forms import as_formula
from derive.tracing.inputs import parameters
from derive.tracing.places import defined_at, raised_at
from derive.tracing.proxies.arrays import lift
from derive.tracing.traces import current, running
from derive.tracing.values import ArrayValue, axes_over, shape_text
from derive.verification.questions import Question, answer, error_result


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
    manner = Manner(names or {}, framework, constants)
    return _reported(
        lambda: claimed_gradients(manner, loss, gradient, declare, wrt), gradient, explain, steps
    )


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
    manner = Manner(names or {}, framework, constants)
    return _reported(
        lambda: claimed_cotangents(manner, forward, backward, declare, cache, wrt), backward, explain, steps
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
    manner = Manner(names or {}, framework, constants)
    context = manner.declared(declare)
    progress = manner.trace(context)
    function = manner.as_function(function)
    try:

        def expressions() -> Any:
            progress.context = context
            found = run(progress, manner, function, parameters(function, context, manner.names), ())
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
    current().context = context = with_lengths(current().context, array)
    axes = axes_over([tuple(declared_size(dim, context) for dim in dims) for dims in array.dims])
    value = ArrayValue(array.value.at(axes), axes)
    if any(len(axis) > 1 for axis in value.axes):
        raise IllPosedError(f"an axis of the shape {shape_text(value.shape)} is over no single size")
    letters = tuple(axis[0] if axis else UNIT for axis in value.axes)
    return Expression(as_formula(value.entry), letters, context)


def decided_gradients(
    loss: Term, gradient: Function, context: Context, wrt: Sequence[str], names: Mapping[str, str]
) -> tuple[Result, ...]:
    """Return the verdicts on a function that claims to compute the gradients of a loss, which is a term.

    Raises:
        DeriveError: the function does what is not understood.
    """
    manner = Manner(names, "numpy", "closed")
    claims = list(claimed_in(manner, loss, gradient, context, wrt))
    return tuple(_decided(one, number, Effort(), False) for number, one in enumerate(claims, 1))


def _reported(
    find: Callable[[], Iterator[Traced]], function: Function, explain: float | None, steps: bool
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


def _content(claims: Sequence[Traced]) -> list[Any]:
    """Return what is claimed, whatever the order of summands and factors and the letters of bound indices.

    Code that goes through a set computes in another order each time, and the same.
    """
    return [
        (
            None if one.equation is None else tuple(map(_unordered, (one.equation.left, one.equation.right))),
            [(name, _unordered(part.body)) for name, part in one.context.definitions.items()],
            str(one.error or ""),
        )
        for one in claims
    ]


def _unordered(node: Term) -> Term:
    return _sorted(canonical(node))


def _sorted(node: Term) -> Term:
    found = rebuild(node, _sorted)
    match found:
        case Add(terms):
            return add(*sorted(terms, key=str))
        case Multiply(factors):
            return multiply(*sorted(factors, key=str))
    return found


_UNSTEADY = "the code computes something else each time that it is called, and a proof is about one of them"


def _decided(claim: Traced, number: int, effort: Effort, steps: bool) -> Result:
    at = claim.position or Position("<code>", 1, 1)
    question = Question(
        str(claim.equation or ""), at, at.file, None, number, claim.equation, claim.context, error=None
    )
    if claim.error is not None:
        return replace(_error(claim.error, at), chain=number)
    found = answer(question, effort, steps=steps)
    found = replace(found, assumptions=claim.assumptions, source=Origin(at.file, at.line))
    return _with_line(found, claim)


def _with_line(found: Result, claim: Traced) -> Result:
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
