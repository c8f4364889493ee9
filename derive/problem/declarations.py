"""A context written back as the declarations of the language; what is written here reads as the same context."""

from __future__ import annotations

from collections.abc import Iterator

from derive.terms import Bound, Context, Definition, Equation, Relation, Size, Variable
from derive.terms.contexts import FunctionParameter
from derive.terms.text import tells_dimension


def problem_text(equation: Equation, context: Context) -> str:
    """Return a complete problem in the language: the context's declarations, and the equation as its claim."""
    return "\n".join([*declarations(context), f"claim {equation}"])


def declarations(context: Context) -> Iterator[str]:
    """Yield a context's statements, one a line, in an order in which they can be read."""
    yield from map(_size, context.sizes.values())
    yield from (f"function {name}" for name in sorted(context.functions))
    yield from (f"function {name}({_signature(of)})" for name, of in sorted(context.signatures.items()))
    yield from map(_variable, context.variables.values())
    yield from (f"label {name}: {index.dim}" for name, index in context.labels.items())
    yield from map(definition_text, context.definitions.values())
    yield from (f"given {hypothesis.condition}" for hypothesis in context.hypotheses)
    yield from (f"given {left} != {right}" for left, right in context.distinct)


def _signature(parameters: tuple[FunctionParameter, ...]) -> str:
    return ", ".join(f"{name}[{','.join(dims)}]" if dims else name for name, dims in parameters)


def definition_text(definition: Definition) -> str:
    """Return a definition as the statement that makes it."""
    return f"let {definition.name}{_parameters(definition)} = {definition.body}"


def _parameters(definition: Definition) -> str:
    """Return the letters in brackets, each with its size where no array in the body tells it."""
    written = [
        str(one) if tells_dimension(definition.body, one) else f"{one}: {one.dim}"
        for one in definition.parameters
    ]
    return f"[{','.join(written)}]" if written else ""


def _size(size: Size) -> str:
    if size.fixed is not None:
        return f"size {size.name} = {size.fixed}"
    return f"size {size.name}{f' >= {size.minimum}' if size.minimum > 1 else ''}"


def _variable(variable: Variable) -> str:
    if variable.kind == "label":
        *samples, among = variable.dims
        return f"label {variable.name}[{','.join(samples)}]: {among}"
    shape = f"[{','.join(variable.dims)}]" if variable.dims else ""
    return f"{variable.kind} {variable.name}{shape}{_bounds(variable.bounds)}"


_OPENING = {Relation.GREATER: "(", Relation.AT_LEAST: "["}
_CLOSING = {Relation.LESS: ")", Relation.AT_MOST: "]"}


def _bounds(bounds: tuple[Bound, ...]) -> str:
    if len(bounds) == 2 and bounds[0].relation in _OPENING and bounds[1].relation in _CLOSING:
        low, high = bounds
        return f" in {_OPENING[low.relation]}{low.value}, {high.value}{_CLOSING[high.relation]}"
    # The language takes one bound a line; several are written as hypotheses would be read, one after another.
    return "".join(f" {bound.relation} {bound.value}" for bound in bounds)
