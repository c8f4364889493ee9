"""The known mistakes, planted into lines of derivations that are right: what a plant is, and which names fit it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from derive import catalogue
from derive.derivation import derive_steps
from derive.errors import DeriveError
from derive.functions import log
from derive.mistakes.candidate import each_place, mentions
from derive.notation import (
    Add,
    Apply,
    Big,
    Context,
    Delta,
    Derivative,
    Entry,
    Index,
    IndexRelation,
    Multiply,
    SizeNumber,
    Term,
    add,
    divide,
    free_indices,
    multiply,
    negate,
    rebuild,
    rename,
    term,
    walk,
)
from derive.problem import Claim
from derive.reading.text import read


@dataclass(frozen=True, slots=True)
class Line:
    """A line that follows: a step of the derivation of a catalogue entry's claim."""

    entry: str
    before: Term
    after: Term
    when: tuple[IndexRelation, ...]
    context: Context
    hypotheses: tuple[str, ...]


def lines(names: list[str]) -> Iterator[Line]:
    """Yield the lines of the derivations of catalogue entries."""
    for name in names:
        for problem in read(catalogue.load(name).problem, name):
            for claim in problem.claims:
                if claim.expect is None and isinstance(claim.sides[0].term, Derivative):
                    yield from _of_claim(name, claim)


def _of_claim(name: str, claim: Claim) -> Iterator[Line]:
    target = None if claim.when else claim.sides[-1].term
    try:
        found = derive_steps(claim.sides[0].term, claim.context, target)
    except DeriveError:
        return
    for step in found.steps:
        yield Line(name, step.before, step.after, step.when, claim.context, step.hypotheses)


@dataclass(frozen=True, slots=True)
class Plant:
    """A known mistake: its name here, what it makes of a line, and the diagnoses that tell it."""

    name: str
    make: Callable[[Line, random.Random], Line | None]
    fitting: frozenset[str]


def _changed(edit: Callable[[Line], list[Term]]) -> Callable[[Line, random.Random], Line | None]:
    """Return a plant that chooses one of several changed right sides."""

    def make(line: Line, chance: random.Random) -> Line | None:
        found = [one for one in edit(line) if one != line.after]
        return replace(line, after=chance.choice(found)) if found else None

    return make


def _places(edit: Callable[[Term], list[Term]]) -> Callable[[Line], list[Term]]:
    return lambda line: [changed for changed, _, _ in each_place(line.after, edit)]


def _summand_turned(node: Term) -> list[Term]:
    if not isinstance(node, Add):
        return []
    terms = node.terms
    return [add(*terms[:k], negate(one), *terms[k + 1 :]) for k, one in enumerate(terms)]


def _summand_lost(node: Term) -> list[Term]:
    if not isinstance(node, Add):
        return []
    return [add(*node.terms[:k], *node.terms[k + 1 :]) for k in range(len(node.terms))]


def _factor_lost(kind: type | tuple[type, ...]) -> Callable[[Term], list[Term]]:
    def edit(node: Term) -> list[Term]:
        if not isinstance(node, Multiply):
            return []
        found = [k for k, one in enumerate(node.factors) if isinstance(one, kind)]
        return [multiply(*node.factors[:k], *node.factors[k + 1 :]) for k in found]

    return edit


def _scaled(line: Line) -> list[Term]:
    scales: list[Term] = [term(2), *map(SizeNumber, line.context.sizes)]
    return [made for one in scales for made in (multiply(one, line.after), divide(line.after, one))]


def _shapes(context: Context) -> dict[str, tuple[str, ...]]:
    shapes = {one.name: one.dims for one in context.variables.values()}
    return shapes | {
        one.name: tuple(index.dim for index in one.parameters) for one in context.definitions.values()
    }


def _named(node: Term, names: dict[str, str]) -> Term:
    if isinstance(node, Entry):
        return replace(node, name=names.get(node.name, node.name))
    return rebuild(node, lambda child: _named(child, names))


def _has_derivative(node: Term) -> bool:
    return any(isinstance(part, Derivative) for part in walk(node))


def _swapped(line: Line) -> list[Term]:
    shapes = _shapes(line.context)
    here = [name for name in shapes if mentions(line.after, name) and shapes[name]]
    if _has_derivative(line.after):
        return []
    pairs = [(a, b) for k, a in enumerate(here) for b in here[k + 1 :] if shapes[a] == shapes[b]]
    return [_named(line.after, {a: b, b: a}) for a, b in pairs]


def _logits(line: Line) -> list[Term]:
    if _has_derivative(line.after):
        return []
    shapes = _shapes(line.context)
    made = [(name, one.body) for name, one in line.context.definitions.items() if shapes[name]]
    sources = [(name, body, source) for name, body in made for source in line.context.variables]
    return [
        _named(line.after, {name: source})
        for name, body, source in sources
        if shapes[source] == shapes[name] and mentions(body, source)
    ]


def _free(node: Term) -> list[Index]:
    return [index for index in free_indices(node) if not isinstance(index.name, int)]


def _transposed(line: Line) -> list[Term]:
    free = _free(line.after)
    pairs = [(a, b) for k, a in enumerate(free) for b in free[k + 1 :] if a.dim == b.dim]
    return [rename(line.after, {a: b, b: a}) for a, b in pairs]


def _diagonal(line: Line) -> list[Term]:
    free = _free(line.before)

    def edit(node: Term) -> list[Term]:
        if not (isinstance(node, Big) and node.operation == "sum" and len(node.binders) == 1):
            return []
        if sum(isinstance(part, Derivative) for part in walk(node.body)) < 2:
            return []  # no chain rule
        bound = node.binders[0].index
        return [rename(node.body, {bound: one}) for one in free if one.dim == bound.dim]

    return [changed for changed, _, _ in each_place(line.after, edit)]


def _log_base(line: Line) -> list[Term]:
    logs = any(
        isinstance(part, Derivative) and isinstance(part.body, Apply) and part.body.function == "log"
        for part in walk(line.before)
    )
    return [divide(line.after, log(term(2)))] if logs and not _has_derivative(line.after) else []


def _without_hypotheses(line: Line, chance: random.Random) -> Line | None:
    if not line.hypotheses:
        return None
    return replace(line, context=replace(line.context, hypotheses=()))


# Where terms, arrays or indices are exchanged and nothing else changes than the sign, no one can tell which it was.
_SIGN = {"sign flipped", "sign of one summand flipped", "quotient rule's terms exchanged"}
_DELTA = {
    "dropped delta",
    "dummy index reused",
    "diagonal case taken for all",
    "off-diagonal case taken for all",
}
_LOST = {
    "term lost",
    "term of a sum lost",
    "function not differentiated",
    "product rule's term dropped",
    "direct dependence lost",
}
_FACTOR = {"factor lost", "factor added", "factor of the power rule lost"}
_INNER = {"inner derivative forgotten", "outer derivative forgotten"}
# An inner derivative that is -1, a delta, an array, or has cases: to forget it is to lose just that.
_INNER_IS = _SIGN | _DELTA | {"factor lost", "one case taken for all"}
_SUM = {"diagonal-only Jacobian", "off-diagonal terms lost", "sum lost", "only one summand differentiated"}

PLANTS = (
    Plant("sign flipped", _changed(lambda line: [negate(line.after)]), frozenset(_SIGN)),
    Plant("sign of a summand", _changed(_places(_summand_turned)), frozenset(_SIGN | {"quotient rule with a plus"})),
    Plant("term lost", _changed(_places(_summand_lost)), frozenset(_LOST | _INNER | _DELTA)),
    Plant("factor", _changed(_scaled), frozenset(_FACTOR)),
    Plant("delta dropped", _changed(_places(_factor_lost(Delta))), frozenset(_DELTA | {"inner derivative forgotten"})),
    Plant("inner derivative", _changed(_places(_factor_lost(Derivative))), frozenset(_INNER | _INNER_IS)),
    Plant("arrays exchanged", _changed(_swapped), frozenset({"arrays exchanged"} | _SIGN)),
    Plant("logits", _changed(_logits), frozenset({"logits for probabilities"})),
    Plant("transposed", _changed(_transposed), frozenset({"transposed indices", "transposed Jacobian"} | _SIGN)),
    Plant("diagonal only", _changed(_diagonal), frozenset(_SUM)),
    Plant("log base", _changed(_log_base), frozenset({"log base"})),
    Plant("hypothesis", _without_hypotheses, frozenset({"missing hypothesis"})),
)  # fmt: skip
"""One row for each known mistake that is one of a line; the names that fit are those that say the same of it."""
