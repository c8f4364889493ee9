"""The chain rule through a defined array, with its sum over the array's entries done wrong. Nothing is decided here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from derive.calculus import differentiate, product_of, resolve, sum_of
from derive.mistakes.candidate import Slip, Through, letter_for, set_deltas
from derive.notation import (
    ONE,
    ZERO,
    Big,
    Binder,
    Context,
    Delta,
    Derivative,
    Entry,
    Index,
    Term,
    add,
    arrays,
    free_indices,
    multiply,
    rename,
    unfold,
    walk,
)

DIAGONAL_ONLY = "diagonal-only Jacobian"


@dataclass(frozen=True, slots=True)
class Link:
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


def chain_slips(body: Term, by: Entry, context: Context) -> Iterator[Slip]:
    """Yield what comes out for D(body, by) if the sum of the chain rule is mistaken, for each array on the way."""
    for name in _on_the_way(body, by, context):
        link = _link(body, by, name, context)
        if link is not None:
            right = add(*_parts(link)) if link.direct == ZERO else None
            yield from (replace(slip, right=right) for slip in _slips(link))


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


def _link(body: Term, by: Entry, name: str, context: Context) -> Link | None:
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
    return Link(
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


def _slips(link: Link) -> Iterator[Slip]:
    entry, by, body = link.entry, link.by, link.body
    product = product_of(link.outer, link.inner)
    if link.outer == ZERO or link.inner == ZERO:
        return
    letters = ", ".join(map(str, entry.indices))
    rule = str(add(*_parts(link)))
    diagonal = rename(entry, link.paired)
    if len(link.paired) == len(entry.indices):
        outer = rename(link.outer, link.paired)
        yield Slip(
            "inner derivative forgotten",
            f"the chain rule stops at {entry.name}: this is D({body}, {diagonal}), and the factor "
            f"D({entry.name}{f'[{letters}]' if letters else ''}, {by}) is missing",
            sum_of(link.direct, outer),
            through=Through(body, entry, by, tuple(link.paired.items()), inner=ONE),
        )
        yield Slip(
            "outer derivative forgotten",
            f"this is D({diagonal}, {by}): the factor D({body}, {entry}) of the chain rule is missing",
            sum_of(link.direct, rename(link.inner, link.paired)),
            through=Through(body, entry, by, tuple(link.paired.items()), outer=ONE),
        )
    if link.paired:
        at = link.paired
        summed = ", ".join(str(i) for i in link.paired)
        alone = link.total(rename(product, at), tuple(at))
        yield Slip(
            DIAGONAL_ONLY,
            f"the sum over {summed} of the chain rule is missing: only the diagonal of the Jacobian of "
            f"{entry.name} was used, D({body}, {diagonal})*D({diagonal}, {by}), where {rule} is needed",
            sum_of(link.direct, alone),
            through=Through(body, entry, by, tuple(at.items())),
        )
        without_inner, without_outer = (
            Through(body, entry, by, inner=ONE),
            Through(body, entry, by, outer=ONE),
        )
        for kept, lost, name, left in (
            (link.outer, Derivative(entry, (by,)), "inner derivative forgotten", without_inner),
            (link.inner, Derivative(body, (entry,)), "outer derivative forgotten", without_outer),
        ):
            text = f"in {rule} the factor {lost} is missing"
            yield Slip(name, text, sum_of(link.direct, link.total(kept)), through=left)
        yield Slip(
            "off-diagonal terms only",
            f"the sum over {summed} of the chain rule, {rule}, has lost its diagonal term, {diagonal} by {by}",
            sum_of(
                link.direct,
                link.total(product_of(1 - multiply(*(Delta(*pair) for pair in at.items())), product)),
            ),
            through=Through(body, entry, by, tuple(at.items()), dropped=True),
        )
        pairs = frozenset(frozenset(pair) for pair in at.items())
        for value, kind in ((ONE, "diagonal"), (ZERO, "off-diagonal")):
            jacobian = set_deltas(link.inner, value, pairs)
            if jacobian != link.inner:
                yield Slip(
                    "dropped delta",
                    f"in {rule} the delta of {entry.name}'s Jacobian is lost: its {kind} form "
                    f"was used for every {summed}",
                    sum_of(link.direct, link.total(product_of(link.outer, jacobian))),
                    through=Through(body, entry, by, inner=jacobian),
                )
        everywhere = rename(link.inner, at)
        yield Slip(
            "diagonal entry for all",
            f"in {rule} the entry D({diagonal}, {by}) of the Jacobian was used for every {summed}",
            sum_of(link.direct, link.total(product_of(link.outer, everywhere))),
            through=Through(body, entry, by, inner=everywhere),
        )
        flipped = {**at, **{j: i for i, j in at.items()}}
        yield Slip(
            "transposed Jacobian",
            f"in {rule} the Jacobian of {entry.name} is transposed",
            sum_of(link.direct, link.total(product_of(link.outer, rename(link.inner, flipped)))),
            through=Through(body, entry, by, inner=rename(link.inner, flipped)),
        )
    yield from _one_summand(link, product, rule)
    if link.direct != ZERO:
        yield Slip(
            "direct dependence lost",
            f"{body} depends on {by} not only through {entry.name}: the derivative with {entry.name} "
            f"held fixed is missing",
            link.total(product),
        )
    yield Slip(
        "inner derivative forgotten",
        f"{entry.name} depends on {by} too: the term {link.total(_factors(link))} of the chain rule is missing",
        link.direct,
        through=Through(body, entry, by, dropped=True),
    )


def _one_summand(link: Link, product: Term, rule: str) -> Iterator[Slip]:
    """Yield the sum reduced to its summand at an index of what is differentiated, where no index is one of by."""
    for summed in link.entry.indices:
        for index in free_indices(link.body):
            if summed not in link.paired and index.dim == summed.dim and not isinstance(index.name, int):
                alone = rename(product, {summed: index})
                text = (
                    f"the sum over {summed} of the chain rule is missing: only the summand {summed} = {index}"
                )
                yield Slip(
                    DIAGONAL_ONLY,
                    f"{text} was used, where {rule} is needed",
                    sum_of(link.direct, link.total(alone, (summed,))),
                    through=Through(link.body, link.entry, link.by, ((summed, index),)),
                )


def _factors(link: Link) -> Term:
    return Derivative(link.body, (link.entry,)) * Derivative(link.entry, (link.by,))


def _parts(link: Link) -> tuple[Term, ...]:
    return (link.total(_factors(link)),)
