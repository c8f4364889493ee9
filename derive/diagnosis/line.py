"""Mistakes in the last line: the claim with one of them taken back, to be proved right."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import islice

from derive.diagnosis.candidate import (
    Assertion,
    Mistake,
    mistakes_at,
    parts,
    sentence,
    varies,
    with_part,
    with_parts,
)
from derive.terms import (
    MINUS_ONE,
    ONE,
    Add,
    Big,
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
    divide,
    free_indices,
    has_derivative,
    multiply,
    rebuild,
    rename,
    term,
    walk,
)

MAX_CHOICES = 16  # of places for one letter


def arrays_exchanged(right: Term, context: Context) -> Iterator[Mistake]:
    """Yield the line with two arrays of one shape exchanged."""
    shapes = _shapes(context)
    if has_derivative(right):
        return  # a derivative by what the line does not depend on would be made
    here = list(dict.fromkeys(p.name for p in walk(right) if isinstance(p, Entry) and p.name in shapes))
    for k, first in enumerate(here):
        for second in here[k + 1 :]:
            if shapes[first] == shapes[second]:
                changed = _named(right, {first: second, second: first})
                yield Mistake(
                    "arrays exchanged",
                    sentence("{} and {} are exchanged", Entry(first), Entry(second)),
                    changed,
                )


def arrays_misplaced(right: Term, context: Context) -> Iterator[Mistake]:
    """Yield the line with one array in another's place, everywhere or once.

    Everywhere only where neither is differentiated by: the derivative of something else would be 0, say.
    """
    shapes = _shapes(context)
    moving = {v.name for p in walk(right) if isinstance(p, Derivative) for v in p.variables}
    for first in dict.fromkeys(p.name for p in walk(right) if isinstance(p, Entry) and p.name in shapes):
        for second, shape in shapes.items():
            if second == first or shape != shapes[first]:
                continue
            everywhere = () if moving & {first, second} else (_named(right, {first: second}),)
            name, said = _wrong_array(first, second, context)
            for changed in dict.fromkeys((*everywhere, *_once(right, first, second))):
                yield Mistake(name, said, changed)


def _wrong_array(first: str, second: str, context: Context) -> tuple[str, Assertion]:
    here, there = Entry(first), Entry(second)
    if not _shapes(context)[first]:
        return "wrong variable", sentence("{} stands where {} belongs", here, there)
    if _made_from(second, first, context):
        made = sentence("{} stands where {}, which is made from it, belongs", here, there)
        return "logits for probabilities", made
    if _made_from(first, second, context):
        made = sentence("{} stands where {}, from which it is made, belongs", here, there)
        return "probabilities for logits", made
    return "wrong array", sentence("{} stands where {} belongs", here, there)


def indices_wrong(right: Term) -> Iterator[Mistake]:
    """Yield the line with an array transposed, with free indices exchanged, or with one index corrected."""
    free = [i for i in free_indices(right) if not isinstance(i.name, int)]
    square = [p for p in walk(right) if isinstance(p, Entry) and len(p.indices) == 2]
    for name in dict.fromkeys(p.name for p in square if p.indices[0].dim == p.indices[1].dim):
        changed = _transposed(right, name)
        yield Mistake("transposed indices", sentence("{} is transposed", Entry(name)), changed)
    yield from mistakes_at(right, _transposed_once)
    for k, first in enumerate(free):
        for second in free[k + 1 :]:
            if first.dim == second.dim:
                changed = rename(right, {first: second, second: first})
                said = sentence("the indices {} and {} are exchanged", first, second)
                yield Mistake("transposed indices", said, changed)


def index_wrong(right: Term, context: Context, among: Iterable[Index]) -> Iterator[Mistake]:
    """Yield the line with one index replaced by another in scope, or the letter of a sum given back to where it was.

    The letter that a sum binds, standing where one from outside of it belongs, is the dummy index reused.
    `among` are the indices that may stand in it beside those of the line itself.
    """
    scope = tuple(dict.fromkeys((*free_indices(right), *among, *context.labels.values())))
    for changed, said in _given_back(right, scope):
        yield Mistake("dummy index reused", said, changed)
    for changed, before, after in _reindexed(right, scope):
        yield Mistake("wrong index", sentence("{} should be {}", before, after), changed)


def _given_back(node: Term, scope: tuple[Index, ...]) -> Iterator[tuple[Term, Assertion]]:
    """Yield the term with a sum's letter replaced in some of its places by one from outside, or in a sum of its own."""
    inner = scope
    if isinstance(node, Big):
        inner = (*scope, *(b.index for b in node.binders))
        for bound, other in itertools.product((b.index for b in node.binders), scope):
            if other.dim == bound.dim and other != bound:
                said = sentence("the letter {} of {} stands for {} too", bound, node, other)
                shown = _where_it_shows(node.body, bound, other)
                for body in (shown, *islice(_some(node.body, bound, other), MAX_CHOICES)):
                    if bound in free_indices(body) and body != node.body:
                        yield replace(node, body=body), said
        if node.operation == "sum" and isinstance(node.body, Multiply) and len(node.binders) == 1:
            moving = [f for f in node.body.factors if node.binders[0].index in free_indices(f)]
            rest = [f for f in node.body.factors if f not in moving]
            said = sentence(
                "{} is not a product of sums: {} is the letter of both", node, node.binders[0].index
            )
            for count in range(1, len(moving)):
                first, second = multiply(*moving[:count]), multiply(*moving[count:])
                yield multiply(*rest, replace(node, body=first), replace(node, body=second)), said
    for number, part in enumerate(parts(node)):
        for changed, said in _given_back(part, inner):
            yield with_part(node, number, changed), said


def _where_it_shows(node: Term, bound: Index, other: Index) -> Term:
    """Return the term with a sum's letter replaced where it seldom stands: twice in a delta, and behind a D."""
    match node:
        case Delta(left, right) if left == right == bound:
            return Delta(other, bound)
        case Derivative(body, (variable,)):
            return Derivative(body, (replace(variable, indices=_put(variable.indices, bound, other)),))
        case _:
            return rebuild(node, lambda part: _where_it_shows(part, bound, other))


def _put(indices: tuple[Index, ...], old: Index, new: Index) -> tuple[Index, ...]:
    return tuple(new if index == old else index for index in indices)


def _some(node: Term, old: Index, new: Index) -> Iterator[Term]:
    """Yield the term with an index replaced in some of the places where it is written, in every choice of these."""
    match node:
        case Entry(_, indices):
            for chosen in _choices(indices, old, new):
                yield replace(node, indices=chosen)
        case Delta(left, right):
            for one, other in _choices((left, right), old, new):
                yield Delta(one, other)
        case Derivative(body, (variable,)):
            for changed in _some(body, old, new):
                for chosen in _choices(variable.indices, old, new):
                    yield Derivative(changed, (replace(variable, indices=chosen),))
        case Big(_, binders) if any(new == b.index or {old, new} & set(b.excluded) for b in binders):
            yield node
        case _:
            inside = parts(node)
            for made in itertools.product(*(list(islice(_some(p, old, new), MAX_CHOICES)) for p in inside)):
                yield with_parts(node, made)


def _choices(indices: tuple[Index, ...], old: Index, new: Index) -> Iterator[tuple[Index, ...]]:
    return itertools.product(*((index, new) if index == old else (index,) for index in indices))


def _reindexed(node: Term, scope: tuple[Index, ...]) -> Iterator[tuple[Term, Term, Term]]:
    match node:
        case Entry() | Delta() as here:
            letters = here.indices if isinstance(here, Entry) else (here.left, here.right)
            after: Term
            for place, index in enumerate(letters):
                for other in scope:
                    if other.dim == index.dim and other != index:
                        new = (*letters[:place], other, *letters[place + 1 :])
                        if isinstance(here, Delta) and new[0] == new[1]:
                            continue  # it is no delta any more
                        after = replace(here, indices=new) if isinstance(here, Entry) else Delta(*new)
                        yield after, node, after
        case Big(_, binders, body):
            inner = (*scope, *(b.index for b in binders))
            for changed, before, after in _reindexed(body, inner):
                yield replace(node, body=changed), before, after
        case _:
            for number, part in enumerate(parts(node)):
                for changed, before, after in _reindexed(part, scope):
                    yield with_part(node, number, changed), before, after


def minus(right: Term) -> Iterator[Mistake]:
    """Yield the line without the minus that is written before it."""
    if isinstance(right, Multiply) and right.factors[0] == MINUS_ONE:
        changed = multiply(*right.factors[1:])
        yield Mistake("sign flipped", sentence("the sign is flipped"), changed)


def deltas_added(right: Term) -> Iterator[Mistake]:
    """Yield the line without a delta that is written as a factor of it."""
    factors = right.factors if isinstance(right, Multiply) else ()
    for place, one in enumerate(factors):
        if isinstance(one, Delta):
            changed = multiply(*factors[:place], *factors[place + 1 :])
            said = sentence("the terms with {} != {} are lost: {} is too much", one.left, one.right, one)
            yield Mistake("off-diagonal terms lost", said, changed)


def deltas_dropped(
    right: Term, context: Context, among: Iterable[Index], decided: frozenset[frozenset[Index]] = frozenset()
) -> Iterator[Mistake]:
    """Yield the line with a delta put to the whole, to one summand, or to what a sum is taken of.

    `among` are the indices that may stand in it beside those of the line itself, and `decided` the pairs of
    indices whose delta is a number in the case at hand.
    """
    free = [*free_indices(right), *among, *context.labels.values()]
    scope = tuple(i for i in dict.fromkeys(free) if not isinstance(i.name, int))
    pairs = itertools.combinations(scope, 2)
    wholes = [(delta, multiply(delta, right)) for delta in (Delta(*p) for p in pairs if p[0].dim == p[1].dim)]
    for missing, changed in dict.fromkeys((*wholes, *_with_delta(right, scope))):
        if not (isinstance(missing, Delta) and frozenset((missing.left, missing.right)) in decided):
            yield Mistake("dropped delta", sentence("{} is missing", missing), changed)


def _with_delta(node: Term, scope: tuple[Index, ...]) -> Iterator[tuple[Term, Term]]:
    """Yield a delta of two indices in scope and the term with it at one summand, or in one sum's body."""
    if isinstance(node, Derivative):
        return
    inner = scope
    if isinstance(node, Big):
        inner = tuple(dict.fromkeys((*scope, *(b.index for b in node.binders))))
    deltas = [Delta(a, b) for a, b in itertools.combinations(inner, 2) if a.dim == b.dim]
    for delta in deltas:
        if isinstance(node, Big) and node.operation == "sum":
            yield delta, replace(node, body=multiply(delta, node.body))
        for number in _places(node):
            yield delta, with_part(node, number, multiply(delta, parts(node)[number]))
    for number, part in enumerate(parts(node)):
        for inside, changed in _with_delta(part, inner):
            yield inside, with_part(node, number, changed)


def derivatives_dropped(right: Term, sites: list[Derivative], context: Context) -> Iterator[Mistake]:
    """Yield the line with the derivative of a part of what was differentiated put to one of its own parts."""
    for site in sites:
        for inner in _insides(site, context):
            factor = replace(site, body=inner)
            said = sentence("the chain rule's inner factor {} is missing", factor)
            one = Mistake("inner derivative forgotten", said, factor)
            yield from mistakes_at(right, lambda node, one=one: [replace(one, term=multiply(node, one.term))])  # type: ignore[misc]


def _insides(site: Derivative, context: Context) -> list[Term]:
    """Return the parts of a differentiated term that depend on the variable, the whole and bound ones left out."""
    by = site.variables[-1]
    found: dict[Term, None] = {}
    for part in walk(site.body):
        factors = part.factors if isinstance(part, Multiply) else (part,)
        moving = [one for one in factors if varies(one, by.name, context)]
        inner = multiply(*moving) if moving else part
        own = isinstance(inner, Entry) and inner.name == by.name
        if inner != site.body and not own and varies(inner, by.name, context):
            found.setdefault(inner)
    return list(found)


def factors(right: Term, context: Context, moving: frozenset[str]) -> Iterator[Mistake]:
    """Yield the line times or over 2, each size and each scalar; first the whole, then one summand of it.

    `moving` are the names differentiated by: no constant factor.
    """
    scales = [term(2), *map(SizeNumber, context.sizes)]
    names = [*context.variables, *context.definitions]
    scales += [Entry(name) for name in names if not _shapes(context)[name] and name not in moving]
    edits = [(scale, power) for scale in scales for power in (1, -1)]
    for scale, power in edits:
        changed, cancelled = scaled(right, scale, power)
        yield Mistake(*_about_factor(scale, power, cancelled), changed)
    for scale, power in edits:
        yield from mistakes_at(right, lambda node, s=scale, p=power: _one_summand_scaled(node, s, p))  # type: ignore[misc]


def _one_summand_scaled(node: Term, scale: Term, power: int) -> Iterator[Mistake]:
    if isinstance(node, Where) and power != 1:
        return  # a branch x is x/y times y for any y
    for number in _places(node):
        one = parts(node)[number]
        if not isinstance(one, Number):
            changed, cancelled = scaled(one, scale, power)
            yield Mistake(*_about_factor(scale, power, cancelled, one), with_part(node, number, changed))


def _about_factor(scale: Term, power: int, cancelled: bool, *where: Term) -> tuple[str, Assertion]:
    """Return the mistake's name and the fact: a factor that goes from the line was added, one that comes was lost."""
    name, sign, fate = ("factor added", -1, "too much") if cancelled else ("factor lost", 1, "missing")
    factor = scale if power == sign else divide(ONE, scale)
    return name, sentence(f"a factor {{}}{' of {}' * len(where)} is {fate}", factor, *where)


def _number(factor: Term) -> Fraction | None:
    match factor:
        case Number(value):
            return value
        case Power(Number(value), Number(exponent)) if exponent == -1 and value:
            return 1 / value
        case _:
            return None


def scaled(node: Term, scale: Term, power: int) -> tuple[Term, bool]:
    """Return the term times or over a scale, and whether it stood there, so that it was only taken away."""
    factors = list(node.factors) if isinstance(node, Multiply) else [node]
    if isinstance(scale, Number):
        for place, factor in enumerate(factors):
            number = _number(factor)
            if number is not None and number not in (1, -1):
                changed = number * scale.value**power
                rest = (*factors[:place], *factors[place + 1 :])
                less = abs(changed.numerator * changed.denominator) < abs(
                    number.numerator * number.denominator
                )
                return multiply(*rest) if changed == 1 and rest else multiply(Number(changed), *rest), less
    standing = Power(scale, MINUS_ONE) if power == 1 else scale
    if standing in factors:
        factors.remove(standing)
        return multiply(*factors), True
    if power == -1:
        return divide(node, scale), False
    if factors[0] == MINUS_ONE:
        return multiply(MINUS_ONE, scale, *factors[1:]), False
    return multiply(scale, node), False


# places


def _places(node: Term) -> range:
    """Return the numbers of the parts that a mistake may concern alone: summands, and what cases choose from."""
    return (
        range(len(node.terms))
        if isinstance(node, Add)
        else range(2, 4)
        if isinstance(node, Where)
        else range(0)
    )


# names and indices


def _shapes(context: Context) -> dict[str, tuple[str, ...]]:
    shapes = {v.name: v.dims for v in context.variables.values()}
    return shapes | {d.name: tuple(p.dim for p in d.parameters) for d in context.definitions.values()}


def _named(node: Term, names: dict[str, str]) -> Term:
    match node:
        case Entry(name, indices):
            return Entry(names.get(name, name), indices)
        case _:
            return rebuild(node, lambda child: _named(child, names))


def _once(node: Term, first: str, second: str) -> Iterator[Term]:
    """Yield the term with one array in another's place, at each place where it stands."""
    if isinstance(node, Entry) and node.name == first:
        yield replace(node, name=second)
    elif not isinstance(node, Derivative):
        for number, part in enumerate(parts(node)):
            for changed in _once(part, first, second):
                yield with_part(node, number, changed)


def _made_from(name: str, source: str, context: Context) -> bool:
    return name in context.definitions and varies(context.definitions[name].body, source, context)


def _transposed_once(node: Term) -> Iterator[Mistake]:
    match node:
        case Entry(_, (first, second)) if first.dim == second.dim and first != second:
            turned = replace(node, indices=(second, first))
            said = sentence("{} is transposed, {} belongs there", node, turned)
            yield Mistake("transposed indices", said, turned)


def _transposed(node: Term, name: str) -> Term:
    match node:
        case Entry(here, (first, second)) if here == name and first.dim == second.dim:
            return Entry(here, (second, first))
        case _:
            return rebuild(node, lambda child: _transposed(child, name))
