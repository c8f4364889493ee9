"""Mistakes in going from one line to the next: the line before with one of them made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from derive.diagnosis.candidate import Assertion, Mistake, mistakes_at, sentence
from derive.report.message import Piece
from derive.terms import (
    MINUS_ONE,
    ONE,
    Add,
    Apply,
    Big,
    Delta,
    Derivative,
    Index,
    Multiply,
    Number,
    Power,
    Term,
    add,
    free_indices,
    has_derivative,
    multiply,
    negate,
    rename,
)

# Functions that a hurried hand takes apart over a sum, and those that it takes apart over a product.
_OVER_SUMS = frozenset(("exp", "log", "sqrt", "abs", "sin", "cos", "tanh", "sigmoid", "relu", "softplus"))
_OVER_PRODUCTS = frozenset(("exp", "log", "sin", "cos", "tanh", "sigmoid"))


_OF_THE_CHAIN = frozenset(("inner derivative forgotten", "dropped delta"))


def sums_lost(line: Term, among: Iterable[Index]) -> Iterator[Mistake]:
    """Yield the line with one sum left out: of its summands only one, at one of these indices, stays."""
    free = [index for index in dict.fromkeys(among) if not isinstance(index.name, int)]
    own = frozenset(free_indices(line))
    return mistakes_at(line, lambda node: _one_summand(node, free, own))


def terms_lost(line: Term) -> Iterator[Mistake]:
    """Yield the line with one term of a sum left out."""
    return mistakes_at(line, _terms)


def factors_lost(line: Term) -> Iterator[Mistake]:
    """Yield the line without one of the derivatives or deltas that are factors in it."""
    return mistakes_at(line, lambda node: (s for s in _factors(node) if s.name in _OF_THE_CHAIN))


def rewritten(line: Term) -> Iterator[Mistake]:
    """Yield the line with a sign flipped, a factor lost, or something taken apart that cannot be."""
    for edit in (_signs, _factors, _apart, _cancelled):
        yield from mistakes_at(line, edit)


def _one_summand(node: Term, free: list[Index], own: frozenset[Index]) -> Iterator[Mistake]:
    if not isinstance(node, Big) or node.operation != "sum":
        return
    for binder in node.binders:
        rest = tuple(other for other in node.binders if other != binder)
        if any(binder.index in other.excluded for other in rest):
            continue
        for index in free:
            if index.dim == binder.index.dim:
                body = rename(node.body, {binder.index: index})
                alone = replace(node, binders=rest, body=body) if rest else body
                chain = has_derivative(node.body)
                name = "diagonal-only Jacobian" if chain and index in own else "sum lost"
                lost = f"the sum over {{}}{' of the chain rule' * chain} is missing"
                said = sentence(f"{lost}: of {{}} only the summand {{}} was kept", binder.index, node, alone)
                yield Mistake(name, said, alone)


def _signs(node: Term) -> Iterator[Mistake]:
    if isinstance(node, Add):
        for number, one in enumerate(node.terms):
            turned = (*node.terms[:number], negate(one), *node.terms[number + 1 :])
            said = sentence("the sign of {} in {} was flipped", one, node)
            yield Mistake("sign of one summand flipped", said, add(*turned))


def _terms(node: Term) -> Iterator[Mistake]:
    if isinstance(node, Add):
        for number, one in enumerate(node.terms):
            said = sentence("the term {} of {} is missing", one, node)
            yield Mistake("term lost", said, add(*node.terms[:number], *node.terms[number + 1 :]))


def _factors(node: Term) -> Iterator[Mistake]:
    if not isinstance(node, Multiply):
        return
    for number, one in enumerate(node.factors):
        rest = multiply(*node.factors[:number], *node.factors[number + 1 :])
        if one == MINUS_ONE:
            yield Mistake("sign flipped", sentence("the minus before {} is missing", rest), rest)
            continue
        names = {Delta: "dropped delta", Derivative: "inner derivative forgotten"}
        said = sentence("the factor {} of {} is missing", one, node)
        yield Mistake(names.get(type(one), "factor lost"), said, rest)


def _apart(node: Term) -> Iterator[Mistake]:
    """Yield a function, a power or a sum of products taken apart as if it could be."""
    name = "taken apart"
    match node:
        case Apply(function, (Add(terms),), 0) if function in _OVER_SUMS:
            parts: list[Term] = [replace(node, arguments=(one,)) for one in terms]
            yield Mistake(name, _not("the sum of", node, parts), add(*parts))
        case Apply(function, (Multiply(factors),), 0) if function in _OVER_PRODUCTS:
            parts = [replace(node, arguments=(one,)) for one in factors]
            yield Mistake(name, _not("the product of", node, parts), multiply(*parts))
        case Apply(function, (Big("sum", binders, body),), 0) if function in _OVER_SUMS:
            moved = Big("sum", binders, replace(node, arguments=(body,)))
            yield Mistake(
                name, sentence("{} is not {}: {} does not go into a sum", node, moved, function), moved
            )
        case Power(Add(terms), exponent) if exponent != ONE:
            parts = [Power(one, exponent) for one in terms]
            yield Mistake(name, _not("the sum of", node, parts), add(*parts))
        case Power(Big("sum", binders, body), exponent):
            moved = Big("sum", binders, Power(body, exponent))
            yield Mistake(name, sentence("{} is not {}: a power does not go into a sum", node, moved), moved)
        case Big("sum", binders, Multiply(factors)):
            bound = {binder.index for binder in binders}
            inside = [one for one in factors if bound & set(free_indices(one))]
            for one in inside if len(inside) > 1 else ():
                rest = multiply(*(other for other in factors if other is not one))
                split = multiply(Big("sum", binders, one), Big("sum", binders, rest))
                yield Mistake("sum of products split", sentence("{} is not {}", node, split), split)


def _cancelled(node: Term) -> Iterator[Mistake]:
    """Yield a fraction in which a summand of the numerator was cancelled against the denominator."""
    if not isinstance(node, Multiply):
        return
    above = [one for one in node.factors if isinstance(one, Add)]
    below = [one for one in node.factors if isinstance(one, Power) and one.exponent == MINUS_ONE]
    for top in above:
        for under in below:
            rest = [one for one in node.factors if one not in (top, under)]
            shared = under.base.terms if isinstance(under.base, Add) else (under.base,)
            for one in [part for part in top.terms if part in shared and not isinstance(part, Number)]:
                left = [part for part in top.terms if part != one]
                if isinstance(under.base, Add):
                    down = add(*(part for part in under.base.terms if part != one))
                    results = [multiply(*rest, add(*left), Power(down, MINUS_ONE))]
                else:
                    results = [multiply(*rest, add(*left)), multiply(*rest, add(ONE, *left))]
                for result in results:
                    yield Mistake(
                        "summand cancelled",
                        sentence("{} is a summand in {}, and cannot be cancelled", one, node),
                        result,
                    )


def _not(what: str, node: Term, parts: Sequence[Piece]) -> Assertion:
    listed = ", ".join("{}" for _ in parts[1:]) + " and {}"
    return sentence(f"{{}} is not {what} {listed}", node, *parts)
