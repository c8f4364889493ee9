"""The chain rule through a defined array, with its sum over the array's entries done wrong."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from derive.diagnosis.candidate import Assertion, Mistake, Through, letter_for, sentence, set_deltas
from derive.kernel.differentiation import differentiate, product_of, resolve, sum_of
from derive.report.message import Piece
from derive.terms import (
    ONE,
    ZERO,
    Apply,
    Big,
    Binder,
    Context,
    Delta,
    Derivative,
    Entry,
    Equation,
    Index,
    Term,
    arrays,
    free_indices,
    instantiate,
    multiply,
    rename,
    renamed,
    unfold,
    walk,
)

DIAGONAL_ONLY = "diagonal-only Jacobian"
MAX_HELD = 4


@dataclass(frozen=True, slots=True)
class ChainRule:
    """One use of the chain rule: D(E, x) = direct + Σ_J D(E, q[J]) D(q[J], x), through a defined q.

    `paired` maps an index of J to the index of x over the same dimension: the diagonal is where they agree.
    """

    entry: Entry
    by: Entry
    body: Term
    direct: Term
    outer: Term
    inner: Term
    paired: dict[Index, Index]

    def total(self, term: Term, without: Sequence[Index] = ()) -> Term:
        """Return the term summed over the indices of q, but for some."""
        binders = tuple(Binder(index) for index in self.entry.indices if index not in without)
        return Big("sum", binders, term) if binders and term != ZERO else term

    @property
    def array(self) -> Entry:
        """The name of q."""
        return Entry(self.entry.name)

    @property
    def diagonal(self) -> Entry:
        """The entry of q that the variable is paired with."""
        return replace(self.entry, indices=tuple(renamed(i, self.paired) for i in self.entry.indices))

    @property
    def term(self) -> Term:
        """The chain rule's sum as it is written, with the derivatives still to be taken."""
        return self.total(Derivative(self.body, (self.entry,)) * Derivative(self.entry, (self.by,)))

    def ruled(self, said: Assertion, otherwise: Assertion) -> Assertion:
        """Return a sentence that has this sum for what belongs there, and one that does without it."""
        whole = Equation(Derivative(self.body, (self.by,)), sum_of(self.direct, self.term))
        return said.stating(whole, otherwise=otherwise)

    def within(self, words: str, *of: Piece) -> Assertion:
        """Return what is said of a place in this sum."""
        plain = sentence(f"in the chain rule through {{}} {words}", self.array, *of)
        return self.ruled(sentence(f"in {{}} {words}", self.term, *of), plain)


def chain_mistakes(body: Term, by: Entry, context: Context) -> Iterator[Mistake]:
    """Yield what comes out for D(body, by) if the sum of the chain rule is mistaken, for each array on the way."""
    for name in _on_the_way(body, by, context):
        link = _link(body, by, name, context)
        if link is not None:
            right = link.term if link.direct == ZERO else None
            yield from (replace(mistake, right=right) for mistake in _mistakes(link, context))


def held_fixed(body: Term, by: Entry, context: Context) -> Iterator[Mistake]:
    """Yield the derivative with several of the names on the way held fixed, all that depends on them first."""
    names = list(itertools.islice(_on_the_way(body, by, context), MAX_HELD))
    own = frozenset((by.name,)).intersection(context.definitions)
    for count in range(len(names), 1, -1):
        for chosen in itertools.combinations(names, count):
            folded = resolve(body, context, own.union(chosen))
            if by.name in arrays(folded):
                said = sentence(
                    f"{_letters(chosen)} depend on {{}} too: their terms of the chain rule are missing",
                    *map(Entry, chosen),
                    by,
                )
                yield Mistake("inner derivative forgotten", said, differentiate(folded, by))


def _on_the_way(body: Term, by: Entry, context: Context) -> Iterator[str]:
    """Yield the defined names between a term and a variable, those nearest to the term first."""
    seen: dict[str, None] = {}

    def visit(node: Term) -> None:
        names = [
            part.name for part in walk(node) if isinstance(part, Entry) and part.name in context.definitions
        ]
        for name in dict.fromkeys(names):
            if name not in seen and name != by.name:
                seen[name] = None
                visit(context.definitions[name].body)

    visit(body)
    held = frozenset((by.name,))
    for name in seen:
        whole = unfold(context.definitions[name].body, context.definitions, held)
        if by.name in arrays(whole):
            yield name


def _link(body: Term, by: Entry, name: str, context: Context) -> ChainRule | None:
    if isinstance(body, Entry) and body.name == name:
        return None
    keep = frozenset((name, by.name)).intersection(context.definitions)
    folded = resolve(body, context, keep)
    if name not in arrays(folded):
        return None
    taken: set[str | int] = {i.name for i in (*free_indices(folded), *by.indices)} | _names(context)
    parameters = context.definitions[name].parameters
    entry = Entry(name, tuple(letter_for(p.dim, taken) for p in parameters))
    paired: dict[Index, Index] = {}
    for index in reversed(entry.indices):
        partner = next(
            (i for i in reversed(by.indices) if i.dim == index.dim and i not in paired.values()), None
        )
        if partner is not None:
            paired[index] = partner
    held = frozenset((by.name,)).intersection(context.definitions)
    return ChainRule(
        entry,
        by,
        body,
        differentiate(folded, by),
        differentiate(folded, entry),
        differentiate(resolve(entry, context, held), by),
        paired,
    )


def _names(context: Context) -> set[str | int]:
    return {*context.sizes, *context.variables, *context.definitions, *context.labels, *context.functions}


def _mistakes(link: ChainRule, context: Context) -> Iterator[Mistake]:
    if link.outer == ZERO or link.inner == ZERO:
        return
    if len(link.paired) == len(link.entry.indices):
        yield from _stopped(link)
    if link.paired:
        yield from _diagonal(link)
        yield from _factor_lost(link)
        yield from _of_the_jacobian(link)
    yield from _one_summand(link)
    yield from _activation(link, context)
    entry, by, body = link.entry, link.by, link.body
    product = link.total(product_of(link.outer, link.inner))
    if link.direct != ZERO:
        said = sentence(
            "{} depends on {} not only through {}: the derivative with {} held fixed is missing",
            body, by, link.array, link.array,
        )  # fmt: skip
        yield Mistake("direct dependence lost", said, product)
    said = sentence(
        "{} depends on {} too: the term {} of the chain rule is missing", link.array, by, link.term
    )
    plain = sentence("{} depends on {} too: its term of the chain rule is missing", link.array, by)
    through = Through(body, entry, by, dropped=True)
    yield Mistake("inner derivative forgotten", link.ruled(said, plain), link.direct, through=through)


def _stopped(link: ChainRule) -> Iterator[Mistake]:
    """Yield the chain rule with one of its two factors alone, at the entry that the variable is paired with."""
    entry, by, body, at = link.entry, link.by, link.body, tuple(link.paired.items())
    for lost, kept, name, stops, slope, through in (
        (Derivative(entry, (by,)), Derivative(body, (link.diagonal,)), "inner derivative forgotten",
         "the chain rule stops at {}: ", rename(link.outer, link.paired), Through(body, entry, by, at, inner=ONE)),
        (Derivative(body, (entry,)), Derivative(link.diagonal, (by,)), "outer derivative forgotten",
         "", rename(link.inner, link.paired), Through(body, entry, by, at, outer=ONE)),
    ):  # fmt: skip
        named = (link.array,) if stops else ()
        plain = sentence(f"{stops}the factor {{}} of the chain rule is missing", *named, lost)
        said = sentence(
            f"{stops}this is {{}}, and the factor {{}} of the chain rule is missing", *named, kept, lost
        )
        mistake = sum_of(link.direct, slope)
        yield Mistake(name, said.stating(kept, otherwise=plain), mistake, through=through)


def _diagonal(link: ChainRule) -> Iterator[Mistake]:
    """Yield the chain rule without its sum, and the sum without the one summand that it has left then."""
    entry, by, body, at = link.entry, link.by, link.body, link.paired
    product, summed = product_of(link.outer, link.inner), tuple(link.paired)
    lost = f"the sum over {_letters(summed)} of the chain rule"
    only = f"{lost} is missing: only the diagonal of the Jacobian of {{}} was used"
    alone = sum_of(link.direct, link.total(rename(product, at), summed))
    used = link.total(Derivative(body, (link.diagonal,)) * Derivative(link.diagonal, (by,)), summed)
    said = sentence(f"{only}, {{}}, where {{}} is needed", *summed, link.array, used, link.term)
    exactly = Equation(alone, sum_of(link.direct, used))
    told = link.ruled(said.stating(exactly), sentence(only, *summed, link.array))
    yield Mistake(DIAGONAL_ONLY, told, alone, through=Through(body, entry, by, tuple(at.items())))
    rest = product_of(1 - multiply(*(Delta(*pair) for pair in at.items())), product)
    has_lost = "has lost its diagonal term, {} by {}"
    said = sentence(f"{lost}, {{}}, {has_lost}", *summed, link.term, link.diagonal, by)
    plain = sentence(f"{lost} {has_lost}", *summed, link.diagonal, by)
    through = Through(body, entry, by, tuple(at.items()), dropped=True)
    total = sum_of(link.direct, link.total(rest))
    yield Mistake("off-diagonal terms only", link.ruled(said, plain), total, through=through)


def _factor_lost(link: ChainRule) -> Iterator[Mistake]:
    """Yield the sum of the chain rule with one of its two factors alone."""
    entry, by, body = link.entry, link.by, link.body
    for kept, lost, name, through in (
        (link.outer, Derivative(entry, (by,)), "inner derivative forgotten", Through(body, entry, by, inner=ONE)),
        (link.inner, Derivative(body, (entry,)), "outer derivative forgotten", Through(body, entry, by, outer=ONE)),
    ):  # fmt: skip
        said = link.within("the factor {} is missing", lost)
        yield Mistake(name, said, sum_of(link.direct, link.total(kept)), through=through)


def _of_the_jacobian(link: ChainRule) -> Iterator[Mistake]:
    """Yield the sum of the chain rule with another matrix in the place of the Jacobian."""
    at, name, summed = link.paired, link.array, tuple(link.paired)
    every = f"was used for every {_letters(summed)}"
    pairs = frozenset(frozenset(pair) for pair in at.items())
    found = [
        (
            "dropped delta",
            link.within(f"the delta of the Jacobian of {{}} is lost: its {kind} form {every}", name, *summed),
            set_deltas(link.inner, value, pairs),
        )
        for value, kind in ((ONE, "diagonal"), (ZERO, "off-diagonal"))
    ]
    entry = Derivative(link.diagonal, (link.by,))
    said = link.within(f"the entry {{}} of the Jacobian {every}", entry, *summed)
    found.append(("diagonal entry for all", said, rename(link.inner, at)))
    flipped = {**at, **{j: i for i, j in at.items()}}
    said = link.within("the Jacobian of {} is transposed", name)
    found.append(("transposed Jacobian", said, rename(link.inner, flipped)))
    for mistake, said, jacobian in found:
        if jacobian != link.inner:
            slope = sum_of(link.direct, link.total(product_of(link.outer, jacobian)))
            through = Through(link.body, link.entry, link.by, inner=jacobian)
            yield Mistake(mistake, said, slope, through=through)


def _one_summand(link: ChainRule) -> Iterator[Mistake]:
    """Yield the sum reduced to its summand at an index of what is differentiated, where no index is one of by."""
    product = product_of(link.outer, link.inner)
    only = "the sum over {} of the chain rule is missing: only the summand {} = {} was used"
    for summed in link.entry.indices:
        for index in free_indices(link.body):
            if summed not in link.paired and index.dim == summed.dim and not isinstance(index.name, int):
                of = (summed, summed, index)
                plain = sentence(only, *of)
                said = sentence(f"{only}, where {{}} is needed", *of, link.term)
                alone = link.total(rename(product, {summed: index}), (summed,))
                through = Through(link.body, link.entry, link.by, ((summed, index),))
                slope = sum_of(link.direct, alone)
                yield Mistake(DIAGONAL_ONLY, link.ruled(said, plain), slope, through=through)


def _activation(link: ChainRule, context: Context) -> Iterator[Mistake]:
    """Yield the chain rule through a function of one argument, such as an activation, without its derivative."""
    meaning = instantiate(context.definitions[link.entry.name], link.entry.indices)
    if not (isinstance(meaning, Apply) and len(meaning.arguments) == 1):
        return
    (argument,) = meaning.arguments
    held = frozenset((link.by.name,)).intersection(context.definitions)
    slope = differentiate(resolve(argument, context, held), link.by)
    through = "in the chain rule through {} the derivative of {}"
    lost = sentence(f"{through} at {{}} is missing", link.array, meaning.function, argument)
    itself = sentence(f"{through} has {{}} itself in its place", link.array, meaning.function, meaning)
    for mistake, said, factor in (
        ("outer derivative forgotten", lost, slope),
        ("function not differentiated", itself, product_of(meaning, slope)),
    ):
        total = sum_of(link.direct, link.total(product_of(link.outer, factor)))
        yield Mistake(mistake, said, total, through=Through(link.body, link.entry, link.by, inner=factor))


def _letters(indices: Sequence[Piece]) -> str:
    """Return the places of several things in a sentence."""
    return ", ".join("{}" for _ in indices)
