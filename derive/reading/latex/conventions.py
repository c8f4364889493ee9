"""What a text says of its own way of writing, and that is taken in: indices that stand twice, and what is given.

Whoever says that an index that stands twice is summed over says nothing of a formula in which none does, and writes the
sum where one does.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise

from derive.reading.latex.vocabulary import SpokenWord
from derive.terms import Add, Big, Derivative, Multiply, Power, Term, add, free_indices
from derive.terms.nodes import MINUS_ONE, total
from derive.terms.traverse import children

_SUMMED = re.compile(
    r"\(?\b(?:(?:an?|each|every|any|where|with|all|the)\s+)?(?:index|indices)\s+(?:(?:that|which)\s+)?"
    r"(?:(?:stands?|appears?|occurs?)\s+twice|(?:is|are)\s+repeated)\s+(?:is|are)\s+summed(?:\s+over)?\b\)?"
    r"|\(?\brepeated\s+(?:index|indices)\s+(?:is|are)\s+summed(?:\s+over)?\b\)?"
    r"|\(?(?:\b(?:with|using|in|by)\s+)?(?:\bthe\s+)?\bEinstein(?:'s)?\s+(?:summation\s+)?(?:convention|notation)\b\)?",
    re.IGNORECASE,
)


def sums_over_repeated(text: str) -> bool:
    """Return whether a text says that an index that stands twice is summed over."""
    return _SUMMED.search(text) is not None


def without_conventions(text: str) -> str:
    """Return a text with blanks for what it says of its own way of writing."""
    return _SUMMED.sub(lambda one: " " * len(one[0]), text)


_LAYERS = frozenset("layer batch group instance weight spectral".split())
"""What stands before "normalisation" where that is the name of a layer, and says of nothing that it sums to one."""


def without_harmless(words: Sequence[SpokenWord], loose: Collection[int]) -> list[SpokenWord]:
    """Return words without some that say nothing of what they stand at.

    "Given $x$," says of x that it is there, if the formula is a `loose` one, by its place, that relates nothing;
    "layer normalisation" is a name.
    """
    said = {
        first.start
        for first, second in pairwise(words)
        if first.text == "given" and second.is_formula and second.start in loose
    }
    said |= {
        second.start
        for first, second in pairwise(words)
        if first.text in _LAYERS and re.fullmatch("normali[sz]ation", second.text)
    }
    return [one for one in words if one.start not in said]


def repeated(term: Term, bound: frozenset[str] = frozenset()) -> Iterator[str]:
    """Yield the letters that stand twice in a product, or in a derivative and what it is by, and that no sum binds."""
    match term:
        case Big(_, binders, _):
            bound |= {str(one.index.name) for one in binders}
        case Multiply(factors):
            yield from _twice([_free(one) for one in factors], bound)
        case Power(base, exponent) if exponent != MINUS_ONE:
            yield from _twice([_free(base)] * 2, bound)
        case Derivative(body, variables):
            yield from _twice([_free(body), *map(_free, variables)], bound)
        case _:
            pass
    for one in children(term):
        yield from repeated(one, bound)


def with_sums(terms: Sequence[Term]) -> list[Term]:
    """Return the sides of a chain with the sums over letters that stand twice in their products, and once in none.

    A letter in a denominator, or at more than two factors, is left as it stands: what is meant is not clear.
    """
    products = [_factors(part) for term in terms for part in _summands(term)]
    counts = [Counter(letter for factor in product for letter in _free(factor)) for product in products]
    once = {letter for count in counts for letter, number in count.items() if number != 2}
    below = {letter for product in products for one in product if _is_power(one) for letter in _free(one)}
    return [add(*(_with_sums(part, once | below) for part in _summands(term))) for term in terms]


def _with_sums(term: Term, kept: Collection[str]) -> Term:
    factors = _factors(term)
    counts = Counter(index for factor in factors for index in free_indices(factor))
    indices = [one for one, number in counts.items() if number == 2 and str(one.name) not in kept]
    return total(term, *sorted(indices, key=lambda one: str(one.name))) if indices else term


def _summands(term: Term) -> tuple[Term, ...]:
    return term.terms if isinstance(term, Add) else (term,)


def _factors(term: Term) -> list[Term]:
    return [part for one in term.factors for part in _factors(one)] if isinstance(term, Multiply) else [term]


def _is_power(term: Term) -> bool:
    return isinstance(term, Power)


def _free(term: Term) -> set[str]:
    return {str(one.name) for one in free_indices(term)}


def _twice(sets: Sequence[set[str]], bound: frozenset[str]) -> Iterator[str]:
    seen: set[str] = set()
    for one in sets:
        yield from sorted((one & seen) - bound)
        seen |= one
