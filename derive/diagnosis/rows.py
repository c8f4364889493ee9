"""Mistakes at one place of a line, a row each: how they are told, and what belongs there."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from derive.diagnosis.candidate import KnownMistake, Made, Mistake, parts, sentence, with_part
from derive.kernel.differentiation import product_of
from derive.terms import (
    MINUS_ONE,
    ONE,
    Add,
    Apply,
    Big,
    Binder,
    Context,
    Delta,
    Derivative,
    Entry,
    Index,
    Multiply,
    Number,
    Power,
    SizeNumber,
    Term,
    Where,
    add,
    divide,
    free_indices,
    multiply,
    negate,
    rename,
    walk,
)
from derive.terms.functions import TABLE, absolute


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What a place may speak of: the names of a context, the entries used around it, and the indices in force there."""

    context: Context
    entries: tuple[Entry, ...]
    indices: tuple[Index, ...]

    def within(self, node: Term) -> Vocabulary:
        """Return the scope inside a term: with the indices that it binds."""
        bound = tuple(b.index for b in node.binders) if isinstance(node, Big) else ()
        return replace(self, indices=(*self.indices, *bound))


def mistakes(rows: tuple[KnownMistake[Vocabulary], ...], line: Term, scope: Vocabulary) -> Iterator[Mistake]:
    """Yield the line with each mistake of some rows taken back at each place."""
    for row in rows:
        yield from _at_each_place(row, line, scope)


def _at_each_place(row: KnownMistake[Vocabulary], node: Term, scope: Vocabulary) -> Iterator[Mistake]:
    yield from row.mistakes(node, scope)
    if not isinstance(node, Derivative):
        inside = scope.within(node)
        for number, part in enumerate(parts(node)):
            for one in _at_each_place(row, part, inside):
                yield replace(one, term=with_part(node, number, one.term))


def _instead(edit: Callable[[Term], Iterator[Term]]) -> Callable[[Term, Vocabulary], Made]:
    """Return an edit that tells what stands there and what belongs there."""

    def found(node: Term, _: Vocabulary) -> Made:
        for belongs in dict.fromkeys(edit(node)):
            if belongs != node:
                yield belongs, (node, belongs)

    return found


# brackets


def _brackets(node: Term) -> Iterator[Term]:
    match node:
        case Multiply(factors):
            yield from _into_a_power(factors)
            yield from _opened(factors)
        case Power(Multiply(factors), exponent) if exponent != MINUS_ONE:
            yield multiply(*factors[:-1], Power(factors[-1], exponent))
        case Power(Apply(_, (argument,)) as outer, exponent) if exponent != MINUS_ONE:
            sign, inner = _split_sign(argument)
            yield replace(outer, arguments=(sign(Power(inner, exponent)),))
        case Apply(_, (argument,)):
            sign, inner = _split_sign(argument)
            if isinstance(inner, Power) and inner.exponent != MINUS_ONE:
                yield Power(replace(node, arguments=(sign(inner.base),)), inner.exponent)
        case Add(terms):
            yield from _subtracted(terms)
            yield from _taken_into(terms)


def _below(node: Term) -> Iterator[Term]:
    """Yield `a/(b*c)` for `a/b*c`."""
    factors = node.factors if isinstance(node, Multiply) else ()
    for k, one in enumerate(factors):
        above, below = _fraction(one)
        for end in range(k + 2, len(factors) + 1) if below != ONE else ():
            under = Power(multiply(below, *factors[k + 1 : end]), MINUS_ONE)
            yield product_of(*factors[:k], above, under, *factors[end:])


def _fraction(factor: Term) -> tuple[Term, Term]:
    """Return what a factor has above and below its line, of 1/b or a number; below others there is 1."""
    match factor:
        case Power(base, exponent) if exponent == MINUS_ONE:
            return ONE, base
        case Number(value):
            return Number(Fraction(value.numerator)), Number(Fraction(value.denominator))
    return factor, ONE


def _into_a_power(factors: tuple[Term, ...]) -> Iterator[Term]:
    """Yield `(a*b)^c` for `a*b^c`, and `a^(b*c)` for `a^b*c`."""
    for k, one in enumerate(factors):
        if isinstance(one, Power) and one.exponent != MINUS_ONE:
            if k and factors[k - 1] != MINUS_ONE:  # that would be a sign flipped
                yield multiply(
                    *factors[: k - 1],
                    Power(multiply(factors[k - 1], one.base), one.exponent),
                    *factors[k + 1 :],
                )
            if k + 1 < len(factors):
                raised = Power(one.base, multiply(one.exponent, factors[k + 1]))
                yield multiply(*factors[:k], raised, *factors[k + 2 :])


def _opened(factors: tuple[Term, ...]) -> Iterator[Term]:
    """Yield `a*b + c` for `a*(b + c)`, `a + b/c` for `(a + b)/c`, and `a/b + c` for `a/(b + c)`."""
    for k, one in enumerate(factors):
        before, after = factors[:k], factors[k + 1 :]
        match one:
            case Add(terms):
                if k:
                    yield add(product_of(*before, terms[0], *after), *terms[1:])
                yield add(*terms[:-1], product_of(*before, terms[-1], *after))
            case Power(Add(terms), exponent) if exponent == MINUS_ONE:
                yield add(multiply(*before, Power(terms[0], MINUS_ONE), *after), *terms[1:])


def _subtracted(terms: tuple[Term, ...]) -> Iterator[Term]:
    """Yield `a - (b + c)` for `a - b + c`."""
    for k, one in enumerate(terms):
        if isinstance(one, Multiply) and one.factors[0] == MINUS_ONE:
            for end in range(k + 2, len(terms) + 1):
                yield add(*terms[: k + 1], *map(_turned, terms[k + 1 : end]), *terms[end:])


def _taken_into(terms: tuple[Term, ...]) -> Iterator[Term]:
    """Yield `a/(b + c)` for `a/b + c`, `a*(b + c)` for `a*b + c`, and `(a + b)/c` for `a + b/c`."""
    for k, one in enumerate(terms):
        if not isinstance(one, Multiply):
            continue
        for place, factor in enumerate(one.factors):
            before, after = one.factors[:place], one.factors[place + 1 :]
            for end in range(k + 2, len(terms) + 1) if not isinstance(factor, Number) else ():
                more = terms[k + 1 : end]
                if isinstance(factor, Power) and factor.exponent == MINUS_ONE:
                    taken: Term = Power(add(factor.base, *more), MINUS_ONE)
                else:
                    taken = add(factor, *more)
                yield add(*terms[:k], multiply(*before, taken, *after), *terms[end:])
        *rest, last = one.factors
        if k and isinstance(last, Power) and last.exponent == MINUS_ONE:
            for start in range(k):
                above = add(*terms[start:k], multiply(*rest))
                yield add(*terms[:start], multiply(above, last), *terms[k + 1 :])


def _split_sign(node: Term) -> tuple[Callable[[Term], Term], Term]:
    if isinstance(node, Multiply) and node.factors[0] == MINUS_ONE:
        return negate, multiply(*node.factors[1:])
    return lambda same: same, node


def _turned(node: Term) -> Term:
    sign, inner = _split_sign(node)
    return inner if sign is negate else negate(node)


# one thing for another

_CONFUSED = (
    ("sin", "cos"), ("sinh", "cosh"), ("tan", "cot"), ("sec", "csc"), ("asin", "acos"),
    ("exp", "sigmoid"), ("tanh", "sigmoid"), ("relu", "step"), ("log", "exp"),
)  # fmt: skip
_OF_A_SIGN = frozenset(("exp", "sigmoid", "softplus", "erfc", "step", "relu"))


def _branches(node: Term, _: Vocabulary) -> Made:
    if isinstance(node, Where) and node.then != node.otherwise:
        yield replace(node, then=node.otherwise, otherwise=node.then), (node,)


def _functions(node: Term) -> Iterator[Term]:
    if isinstance(node, Apply) and len(node.arguments) == 1 and not node.order:
        for pair in _CONFUSED:
            if node.function in pair:
                (other,) = (name for name in pair if name != node.function)
                if other in TABLE:
                    yield replace(node, function=other)


def _argument_signs(node: Term) -> Iterator[Term]:
    if isinstance(node, Apply) and node.function in _OF_A_SIGN and len(node.arguments) == 1:
        yield replace(node, arguments=(_turned(node.arguments[0]),))


def _complements(node: Term) -> Iterator[Term]:
    match node:
        case Entry():
            yield 1 - node
        case Add((Number(value), Multiply((sign, *rest)))) if value == 1 and sign == MINUS_ONE:
            yield multiply(*rest)


def _absolute(node: Term) -> Iterator[Term]:
    if isinstance(node, Entry):
        yield absolute(node)


def _sums_for_products(node: Term) -> Iterator[Term]:
    match node:
        case Multiply(factors) if not any(isinstance(one, Number | Power) for one in factors):
            yield add(*factors)
        case Add(terms) if not any(isinstance(one, Number) for one in terms):
            yield multiply(*terms)


def _exponents(node: Term) -> Iterator[Term]:
    match node:
        case Power(base, Number(value)):
            root = isinstance(base, Apply) and base.function == "sqrt"
            for other in () if root else (-value, value / 2, value * 2):
                yield _power(base, other)
            if isinstance(base, Apply) and root:
                yield _power(base.arguments[0], value)
        case Apply("sqrt", (base,)):
            yield base
        case Entry() | Apply():
            yield from (_power(node, Fraction(other)) for other in ("2", "-1", "1/2"))
        case SizeNumber():
            yield Power(node, MINUS_ONE)


def _power(base: Term, exponent: Fraction) -> Term:
    return (
        base
        if exponent == 1
        else Apply("sqrt", (base,))
        if exponent == Fraction(1, 2)
        else Power(base, Number(exponent))
    )


def _sizes(node: Term, scope: Vocabulary) -> Made:
    if isinstance(node, SizeNumber):
        for name in scope.context.sizes:
            if name != node.name:
                yield SizeNumber(name), (node, SizeNumber(name))


def _neighbours(node: Term) -> Iterator[Term]:
    """Yield a power with its exponent one less or more, and the square of an entry."""
    match node:
        case Power(Apply("sqrt")):
            return
        case Power(base, Number(value)) if value != 1:
            for moved in (value - 1, value + 1) if value != -1 else (Fraction(-2),):
                yield ONE if moved == 0 else base if moved == 1 else Power(base, Number(moved))
        case Entry():
            yield Power(node, Number(Fraction(2)))


def _signs(node: Term, _: Vocabulary) -> Made:
    for k, one in enumerate(node.terms) if isinstance(node, Add) else ():
        yield with_part(node, k, _turned(one)), (one,)


def _split(node: Term, _: Vocabulary) -> Made:
    """Yield a sum of products for a product of two sums over the same dimensions."""
    factors = node.factors if isinstance(node, Multiply) else ()
    sums = [(k, one) for k, one in enumerate(factors) if isinstance(one, Big) and one.operation == "sum"]
    for (k, first), (m, second) in itertools.combinations(sums, 2):
        letters, others = (tuple(b.index for b in big.binders) for big in (first, second))
        if [i.dim for i in letters] == [i.dim for i in others]:
            body = rename(second.body, dict(zip(others, letters, strict=True)))
            rest = [one for n, one in enumerate(factors) if n not in (k, m)]
            yield multiply(*rest, Big("sum", first.binders, multiply(first.body, body))), (node,)


# what is there too much, or not at all


def _factors_added(node: Term, _: Vocabulary) -> Made:
    if isinstance(node, Multiply):
        for k, one in enumerate(node.factors):
            if not isinstance(one, Number | Delta):
                yield multiply(*node.factors[:k], *node.factors[k + 1 :]), (one, node)


def _terms_added(node: Term, _: Vocabulary) -> Made:
    if isinstance(node, Add):
        for k, one in enumerate(node.terms):
            yield add(*node.terms[:k], *node.terms[k + 1 :]), (one, node)


def _summands_added(node: Term, scope: Vocabulary) -> Made:
    for big, binder, rest in _binders(node):
        for index in scope.indices:
            if index.dim == binder.index.dim and index not in binder.excluded and index != binder.index:
                fewer = replace(binder, excluded=(*binder.excluded, index))
                yield replace(big, binders=(fewer, *rest)), (binder.index, index, node)


def _summands_lost(node: Term, _: Vocabulary) -> Made:
    for big, binder, rest in _binders(node):
        for index in binder.excluded:
            more = replace(binder, excluded=tuple(one for one in binder.excluded if one != index))
            yield replace(big, binders=(more, *rest)), (binder.index, index, node)


def _sums_added(node: Term, scope: Vocabulary) -> Made:
    for big, binder, rest in _binders(node):
        for index in scope.indices if not binder.excluded else ():
            if index.dim == binder.index.dim and not any(binder.index in one.excluded for one in rest):
                body = rename(big.body, {binder.index: index})
                yield replace(big, binders=rest, body=body) if rest else body, (binder.index, node)


def _axes(node: Term, scope: Vocabulary) -> Made:
    """Yield a sum over another index: of Σ_b x[b,i], where a stands outside, Σ_j x[a,j]."""
    for big, binder, rest in _binders(node):
        inside = [i for i in free_indices(node) if i in scope.indices and i.dim != binder.index.dim]
        outside = [i for i in scope.indices if i.dim == binder.index.dim]
        for free, index in itertools.product(inside, outside) if not binder.excluded and not rest else ():
            taken = {str(i.name) for part in walk(node) for i in free_indices(part)} | {
                str(i.name) for i in scope.indices
            }
            letter = Index(next(c for c in "jklmabcdefgh" if c not in taken), free.dim)
            body = rename(big.body, {binder.index: index, free: letter})
            moved = replace(big, binders=(Binder(letter),), body=body)
            yield moved, (node, moved)


def _factors_in_sums(node: Term, scope: Vocabulary) -> Made:
    """Yield a sum with a factor put to what is summed, of those entries that are used elsewhere."""
    for big, binder, _ in _binders(node):
        inner = scope.within(big).indices
        known = dict.fromkeys(moved for one in scope.entries for moved in placed(one, inner))
        for one in known:
            if binder.index in one.indices:
                for factor in (one, 1 - one, one * (1 - one)):
                    yield replace(big, body=multiply(factor, big.body)), (factor, big.body)


def placed(entry: Entry, indices: tuple[Index, ...]) -> Iterator[Entry]:
    """Yield an array's entries at indices in force."""
    fitting = [[i for i in indices if i.dim == own.dim] for own in entry.indices]
    for chosen in itertools.islice(itertools.product(*fitting), 16):
        yield replace(entry, indices=chosen)


def _binders(node: Term) -> Iterator[tuple[Big, Binder, tuple[Binder, ...]]]:
    if isinstance(node, Big) and node.operation == "sum":
        for binder in node.binders:
            yield node, binder, tuple(other for other in node.binders if other is not binder)


_INSTEAD = "{} stands where {} belongs"

SIGNS = (KnownMistake("sign of one summand flipped", "{} has the wrong sign", _signs),)
SPLIT = (
    KnownMistake("sum of products split", "{} is a product of sums where a sum of products belongs", _split),
)
EXPONENTS = (KnownMistake("wrong exponent", "{} should be {}", _instead(_neighbours)),)

LIKELY = (
    KnownMistake("branches exchanged", "the cases of {} are exchanged", _branches),
    KnownMistake("wrong size", _INSTEAD, _sizes),
    KnownMistake("factor added", "a factor {} of {} is too much", _factors_added),
)
"""Mistakes that leave a trace of their own on the page."""

OTHERS = (
    KnownMistake("brackets lost", _INSTEAD, _instead(_below)),
    KnownMistake("brackets lost", _INSTEAD, _instead(_brackets)),
    KnownMistake("term added", "the term {} of {} is too much", _terms_added),
    KnownMistake("factor lost", "a factor {} of {} is missing", _factors_in_sums),
    KnownMistake("sum added", "the sum over {} in {} is too much", _sums_added),
    KnownMistake("summand too many", "the summand {} = {} of {} is too much", _summands_added),
    KnownMistake("summand lost", "the summand {} = {} of {} is missing", _summands_lost),
    KnownMistake("sum over the wrong index", _INSTEAD, _axes),
    KnownMistake("wrong exponent", "{} should be {}", _instead(_exponents)),
    KnownMistake("one minus forgotten", _INSTEAD, _instead(_complements)),
    KnownMistake("wrong function", _INSTEAD, _instead(_functions)),
    KnownMistake("sign of an argument flipped", _INSTEAD, _instead(_argument_signs)),
    KnownMistake("absolute value forgotten", _INSTEAD, _instead(_absolute)),
    KnownMistake("sum and product confused", _INSTEAD, _instead(_sums_for_products)),
)
"""Mistakes that are named only where nothing else comes to the claim."""


def one_sided(left: Term, right: Term, context: Context) -> Iterator[Mistake]:
    """Yield the line summed over the indices that stand on its right side alone, all of it or where they stand."""
    labels = {*context.labels.values(), *free_indices(left)}
    lone = [i for i in free_indices(right) if i not in labels and not isinstance(i.name, int)]
    if not lone:
        return
    binders = tuple(map(Binder, lone))

    def summed(node: Term) -> Term:
        here = tuple(b for b in binders if b.index in free_indices(node))
        return Big("sum", here, node) if here else node

    terms = right.terms if isinstance(right, Add) else (right,)
    whole = Big("sum", binders, right)
    number = multiply(*(SizeNumber(i.dim) for i in lone))
    letters = ", ".join("{}" for _ in lone)
    stand = f"{letters} stand{'s' if len(lone) == 1 else ''} on one side only"
    for what, changed in (
        ("sum", whole), ("mean", divide(whole, number)), ("sum", add(*map(summed, terms))),
    ):  # fmt: skip
        yield Mistake(
            "sum lost", sentence(f"{stand}: the {what} over {letters} is missing", *lone, *lone), changed
        )
