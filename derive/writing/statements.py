"""What a problem is about, as lines of text in the notation of the language: declarations, definitions, hypotheses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from derive.terms import Entry

if TYPE_CHECKING:
    from derive.terms import Context, Variable

LET, GIVEN = "let", "given"


class Statements:
    """What has been said of a problem on a page, so that each claim is preceded by what is new alone."""

    def __init__(self) -> None:
        self.said: set[str] = set()

    def new(self, context: Context) -> Iterator[tuple[str, str]]:
        """Yield the statements that are new, each behind what its kind is called where another kind stood before."""
        before = ""
        for kind, text in _statements(context):
            if text not in self.said:
                self.said.add(text)
                yield ("" if kind == before else kind), text
                before = kind


def _statements(context: Context) -> Iterator[tuple[str, str]]:
    groups: dict[tuple[str, str], list[str]] = {}
    for variable in context.variables.values():
        groups.setdefault(_kind(variable), []).append(_head(variable))
    for (word, domain), heads in groups.items():
        yield LET, f"{word} {', '.join(heads)}{domain}"
    for size in context.sizes.values():
        if size.fixed is not None or size.minimum > 1:
            yield LET, f"size {size.name} {f'= {size.fixed}' if size.fixed else f'>= {size.minimum}'}"
    for name, index in context.labels.items():
        yield LET, f"label {name}: {index.dim}"
    functions = [
        *sorted(context.functions),
        *(f"{name}({', '.join(map(_parameter, own))})" for name, own in context.signatures.items()),
    ]
    if functions:
        yield LET, f"function {', '.join(functions)}"
    for definition in context.definitions.values():
        yield LET, f"{Entry(definition.name, definition.parameters)} = {definition.body}"
    for hypothesis in context.hypotheses:
        yield GIVEN, str(hypothesis)
    for left, right in context.distinct:
        yield GIVEN, f"{left} != {right}"


def _kind(variable: Variable) -> tuple[str, str]:
    bounds = " and ".join(f"{bound.relation} {bound.value}" for bound in variable.bounds)
    return variable.kind, f" {bounds}" if bounds else ""


def _head(variable: Variable) -> str:
    if variable.kind == "label":
        *samples, classes = variable.dims
        return f"{variable.name}[{','.join(samples)}]: {classes}"
    return _parameter((variable.name, variable.dims))


def _parameter(parameter: tuple[str, tuple[str, ...]]) -> str:
    name, sizes = parameter
    return f"{name}[{','.join(sizes)}]" if sizes else name
