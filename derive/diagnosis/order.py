"""The order in which known mistakes are tried, so that of several that come to the same the one is named that a
reader finds on the page. Nothing is decided here.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cached_property

from derive.diagnosis import line, rows
from derive.diagnosis.assumed import early_slips, missing_others, missing_sums
from derive.diagnosis.candidate import Candidate, Slip, replace_term, say, set_deltas, varies
from derive.diagnosis.chain import DIAGONAL_ONLY, chain_slips, held_fixed
from derive.diagnosis.multiples import differences, multiples
from derive.diagnosis.rewriting import factors_lost, rewritten, sums_lost, terms_lost
from derive.diagnosis.screen import Screen
from derive.diagnosis.walk import Walk
from derive.errors import IllPosedError
from derive.kernel.differentiation import resolve
from derive.terms import (
    ONE,
    ZERO,
    Compare,
    Context,
    Delta,
    Derivative,
    Entry,
    Equation,
    Index,
    IndexRelation,
    Term,
    Where,
    children,
    free_indices,
    multiply,
    negate,
    rebuild,
    rename,
    walk,
)

MAX_SITES = 3
MAX_SLIPS = 1200  # of one derivative
MAX_CONDITIONS = 3
REUSED = "dummy index reused"

# Deep inside a formula these only turn a sign, and what turned it cannot be told: the plain name is better.
_LIKE_A_SIGN = frozenset(
    (
        "sign flipped",
        "sign of one summand flipped",
        "quotient rule's terms exchanged",
        "quotient rule with a plus",
    )
)


def candidates(equation: Equation, context: Context) -> Iterator[Candidate]:
    """Yield candidates, the most specific first.

    Of one derivative that stands for itself a rule misapplied is likelier than a slip of the pen; of a line in
    the middle, where most stays as it was, it is the other way round.
    """
    claimed = _Claimed(equation, context)
    middle = not isinstance(equation.left, Derivative)
    for kind in (*_FIRST, *(_SLIPS + _RULES if middle else _RULES + _SLIPS), *_LAST):
        for one in _of_kind(kind, claimed):
            yield replace(one, equation=_own_cases(one.equation, context))


def _of_kind(kind: Callable[[_Claimed], Iterator[Candidate]], claimed: _Claimed) -> Iterator[Candidate]:
    """Yield the candidates of a kind, as far as they have one reading (see `calculus.Resolver`)."""
    try:
        yield from kind(claimed)
    except IllPosedError:
        return


def further(equation: Equation, context: Context, screen: Screen) -> Iterator[Iterator[Candidate]]:
    """Yield candidates for a claim to which nothing else comes, the less specific ones after the others."""
    claimed = _Claimed(equation, context)
    for kinds in (
        (rows.slips(rows.OTHERS, equation.right, claimed.scope),),
        (kind(equation, claimed.scope, screen) for kind in (multiples, differences)),
    ):
        slips = itertools.chain.from_iterable(kinds)
        yield (replace(one, equation=_own_cases(one.equation, context)) for one in claimed.written(slips))


def _own_cases(equation: Equation, context: Context) -> Equation:
    """Return an equation without the cases of indices that do not occur in it any more."""
    here = {*free_indices(equation.left), *free_indices(equation.right), *context.labels.values()}
    when = tuple(one for one in equation.when if {one.left, one.right} <= here)
    return equation if when == equation.when else replace(equation, when=when)


class _Claimed:
    """A claim, with the kinds of mistakes that may be in it."""

    def __init__(self, equation: Equation, context: Context) -> None:
        self.equation, self.context = equation, context
        self.left, self.right = equation.left, equation.right
        self.sites = _sites(self.left)
        self.derived = [_Derived(equation, context, site) for site in self.sites]
        self.free = tuple(dict.fromkeys((*free_indices(self.left), *free_indices(self.right))))
        self.on_the_way = has_derivative(self.right)

    # what a slip is made in

    def written(self, slips: Iterator[Slip]) -> Iterator[Candidate]:
        """Yield a candidate for each slip taken back: without it the line is right."""
        for slip in slips:
            right = replace(self.equation, right=slip.term)
            yield Candidate(slip.mistake, slip.said, right, self.context, slip.term, taken_back=True)

    def before(self, slips: Iterator[Slip]) -> Iterator[Candidate]:
        """Yield a candidate for each slip made in the line before: with it, that line equals this one."""
        for slip in slips:
            yield Candidate(slip.mistake, slip.said, replace(self.equation, left=slip.term), self.context)

    @cached_property
    def scope(self) -> rows.Scope:
        """What may stand in the line: the arrays that the claim is about, at the indices in force."""
        indices = tuple(
            i
            for i in dict.fromkeys((*self.free, *self.context.labels.values()))
            if not isinstance(i.name, int)
        )
        bodies = [d.body for d in self.context.definitions.values()]
        here = [
            part
            for side in (self.right, self.left, *bodies)
            for part in walk(side)
            if isinstance(part, Entry)
        ]
        placed = (made for one in here for made in rows.placed(one, indices))
        return rows.Scope(self.context, tuple(dict.fromkeys((*placed, *here))), indices)

    # slips found more than once

    @cached_property
    def chained(self) -> list[tuple[_Derived, list[Slip]]]:
        return [(one, list(one.through_names())) for one in self.derived]

    @cached_property
    def walked(self) -> list[tuple[_Derived, list[Slip]]]:
        return [(one, list(itertools.islice(one.walked(), MAX_SLIPS))) for one in self.derived]

    @cached_property
    def misplaced(self) -> list[Slip]:
        return list(line.index_wrong(self.right, self.context, self.free))

    # the kinds

    def missing(self) -> Iterator[Candidate]:
        return missing_sums(self.equation, self.context)

    def missing_more(self) -> Iterator[Candidate]:
        return missing_others(self.equation, self.context)

    def minus(self) -> Iterator[Candidate]:
        return self.written(line.minus(self.right))

    def deltas_added(self) -> Iterator[Candidate]:
        return self.written(line.deltas_added(self.right))

    def root(self) -> Iterator[Candidate]:
        for one in self.derived:
            yield from one.all(one.root_slips())

    def whole_sign(self) -> Iterator[Candidate]:
        said, turned = say("the sign is flipped: {} is minus this", self.left), negate(self.right)
        yield Candidate("sign flipped", said, replace(self.equation, right=turned), self.context, turned)

    def early(self) -> Iterator[Candidate]:
        for one in self.derived:
            yield from one.all(early_slips(one.body, one.by, self.context))

    def diagonal(self) -> Iterator[Candidate]:
        for one, slips in self.chained:
            yield from one.all(s for s in slips if s.mistake == DIAGONAL_ONLY)
        yield from self.before(s for s in sums_lost(self.left, self.free) if s.mistake == DIAGONAL_ONLY)

    def sums(self) -> Iterator[Candidate]:
        return self.before(sums_lost(self.left, self.free))

    def patterns(self) -> Iterator[Candidate]:
        return _patterns(self)

    def factors_on_the_way(self) -> Iterator[Candidate]:
        """Yield factors of a line on the way: that one is missing is certain, what it is a derivative of is not."""
        return self.factors() if self.on_the_way else iter(())

    def captured(self) -> Iterator[Candidate]:
        """Yield a sum's letter reused where that shows: a free index is gone, a delta or D is by the letter itself."""
        gone = set(free_indices(self.left)) - set(free_indices(self.right))
        double = any(isinstance(part, Delta) and part.left == part.right for part in walk(self.right))
        if gone or double or self.on_the_way:
            yield from self.reused()

    def reused(self) -> Iterator[Candidate]:
        return self.written(s for s in self.misplaced if s.mistake == REUSED)

    def signs(self) -> Iterator[Candidate]:
        """Yield the sign of one summand, of the line or of what is still to be differentiated in it."""
        yield from self.written(line.signs(self.right))
        for site in _sites(self.right):
            for slip in line.signs(site.body):
                changed = replace_term(self.right, site, replace(site, body=slip.term))
                yield from self.written(iter((replace(slip, term=changed),)))

    def chain_factors(self) -> Iterator[Candidate]:
        """Yield a factor gone that is written as a derivative, or as a delta, in the line before."""
        return self.before(factors_lost(self.left))

    def parts_dropped(self) -> Iterator[Candidate]:
        """Yield what went missing from a line on the way, in whose names it is best told."""
        if self.on_the_way:
            yield from self.inner()
            yield from self.terms()

    def inner(self) -> Iterator[Candidate]:
        return self.written(line.derivatives_dropped(self.right, self.sites, self.context))

    def terms(self) -> Iterator[Candidate]:
        return self.before(terms_lost(self.left))

    def chain(self) -> Iterator[Candidate]:
        for one, slips in self.chained:
            yield from one.all(s for s in slips if s.mistake != DIAGONAL_ONLY)

    def rules(self) -> Iterator[Candidate]:
        for one, slips in self.walked:
            yield from one.all(s for s in slips if s.mistake not in _LIKE_A_SIGN)

    def turned(self) -> Iterator[Candidate]:
        for one, slips in self.walked:
            yield from one.all(s for s in slips if s.mistake in _LIKE_A_SIGN)

    def indices(self) -> Iterator[Candidate]:
        return self.written(line.indices_slipped(self.right))

    def exchanged(self) -> Iterator[Candidate]:
        return self.written(line.arrays_exchanged(self.right, self.context))

    def arrays(self) -> Iterator[Candidate]:
        yield from self.written(line.arrays_misplaced(self.right, self.context))
        yield from self.written(line.sums_split(self.right))

    def deltas(self) -> Iterator[Candidate]:
        decided = frozenset(frozenset((one.left, one.right)) for one in self.equation.when)
        return self.written(line.deltas_dropped(self.right, self.context, self.free, decided))

    def factors(self) -> Iterator[Candidate]:
        moving = frozenset(v.name for site in self.sites for v in site.variables)
        return self.written(line.factors(self.right, self.context, moving))

    def wrong_index(self) -> Iterator[Candidate]:
        return self.written(iter(self.misplaced))

    def likely(self) -> Iterator[Candidate]:
        return self.written(rows.slips(rows.LIKELY, self.right, self.scope))

    def one_sided(self) -> Iterator[Candidate]:
        return self.written(rows.one_sided(self.left, self.right, self.context))

    def other_orders(self) -> Iterator[Candidate]:
        for one in self.derived:
            yield from one.all(one.other_orders())

    def held(self) -> Iterator[Candidate]:
        for one in self.derived:
            yield from one.all(one.other_variables())
            yield from one.all(held_fixed(one.body, one.by, self.context))
            yield from one.all(one.cases())

    def exponents(self) -> Iterator[Candidate]:
        return self.written(line.exponents(self.right))

    def algebra(self) -> Iterator[Candidate]:
        """Yield slips of algebra in the line before, and inside a D of it where this line has one too."""
        yield from self.before(rewritten(self.left))
        for site in _sites(self.left) if self.on_the_way else ():
            for slip in (*terms_lost(site.body), *rewritten(site.body)):
                changed = replace_term(self.left, site, replace(site, body=slip.term))
                yield from self.before(iter((replace(slip, term=changed),)))


Kind = Callable[[_Claimed], Iterator[Candidate]]

_FIRST: tuple[Kind, ...] = (
    _Claimed.missing, _Claimed.minus, _Claimed.deltas_added, _Claimed.root, _Claimed.other_orders,
    _Claimed.whole_sign, _Claimed.early,
    _Claimed.diagonal, _Claimed.patterns, _Claimed.signs, _Claimed.chain_factors,
    _Claimed.factors_on_the_way, _Claimed.captured, _Claimed.parts_dropped,
)  # fmt: skip
_RULES: tuple[Kind, ...] = (_Claimed.chain, _Claimed.rules)
_SLIPS: tuple[Kind, ...] = (
    _Claimed.indices, _Claimed.exchanged, _Claimed.reused, _Claimed.deltas, _Claimed.factors, _Claimed.terms,
    _Claimed.arrays, _Claimed.inner,
)  # fmt: skip
_LAST: tuple[Kind, ...] = (
    _Claimed.sums, _Claimed.one_sided, _Claimed.likely, _Claimed.held,
    _Claimed.missing_more, _Claimed.wrong_index, _Claimed.turned, _Claimed.exponents,
    _Claimed.algebra,
)  # fmt: skip


def has_derivative(node: Term) -> bool:
    """Return whether there is a `D` in a term."""
    return any(isinstance(part, Derivative) for part in walk(node))


def _sites(left: Term) -> list[Derivative]:
    """Return the derivatives in which the mistake is looked for: the first few that are not inside another."""
    found: dict[Derivative, None] = {}

    def visit(node: Term) -> None:
        if isinstance(node, Derivative):
            found.setdefault(node)
        else:
            for child in children(node):
                visit(child)

    visit(left)
    return list(found)[:MAX_SITES]


class _Derived:
    """The mistaken derivatives that may stand in place of one `D` on the left side."""

    def __init__(self, equation: Equation, context: Context, site: Derivative) -> None:
        self.equation, self.context, self.site = equation, context, site
        *before, self.by = site.variables
        self.body = Derivative(site.body, tuple(before)) if before else site.body

    def all(self, slips: Iterator[Slip]) -> Iterator[Candidate]:
        """Yield a candidate for each slip: the mistaken left side equals the claim."""
        for slip in slips:
            left = replace_term(self.equation.left, self.site, slip.term)
            right = None if slip.right is None else replace_term(self.equation.left, self.site, slip.right)
            equation = replace(self.equation, left=left)
            said = slip.said.about(self.equation.right)
            yield Candidate(slip.mistake, said, equation, self.context, right, slip.through)

    def through_names(self) -> Iterator[Slip]:
        """Yield the chain rule done wrong; nothing where a name held fixed would vary in a derivative within."""
        try:
            yield from chain_slips(self.body, self.by, self.context)
        except IllPosedError:
            return

    def root_slips(self) -> Iterator[Slip]:
        """Yield rules misapplied to the whole of what is differentiated, as the user wrote it."""
        walk_ = Walk(self.context, self.by)
        yield from walk_.quotient(self.body)
        yield from walk_.constants_kept(self.body)

    def other_orders(self) -> Iterator[Slip]:
        """Yield the derivative taken once more, or once less, by the same entry."""
        site, by = self.site, self.by
        if len(set(site.variables)) == 1:
            more = (by,) if len(site.variables) > 1 else (by, by)
            wrong = replace(site, variables=more)
            plain = say("the derivative is of another order")
            said = say("this is {}, a derivative of another order", wrong).stating(wrong, otherwise=plain)
            yield Slip("derivative of another order", said, wrong)

    def other_variables(self) -> Iterator[Slip]:
        """Yield the derivatives by entries of other arrays of the same shape."""
        site, by, context = self.site, self.by, self.context
        dims = tuple(index.dim for index in by.indices)
        for name, variable in context.variables.items() if len(site.variables) == 1 else ():
            if name != by.name and variable.dims == dims and varies(site.body, name, context):
                other = Entry(name, by.indices)
                wrong = replace(site, variables=(other,))
                plain = say("the derivative is taken by {}", other)
                said = say("this is {}, the derivative by {}", wrong, other).stating(wrong, otherwise=plain)
                yield Slip("wrong variable", said, wrong)

    def cases(self) -> Iterator[Slip]:
        """Yield the derivative with each of its cases decided once and for all."""
        plain = resolve(self.site, self.context)
        conditions = list(dict.fromkeys(part.condition for part in walk(plain) if isinstance(part, Where)))
        if 0 < len(conditions) <= MAX_CONDITIONS:
            for chosen in itertools.product((True, False), repeat=len(conditions)):
                decided = _decided(plain, dict(zip(conditions, chosen, strict=True)))
                said = say("{} has several cases: one was used for all", self.site)
                yield Slip("one case taken for all", said, decided)

    def walked(self) -> Iterator[Slip]:
        """Yield every rule misapplied once; with several variables, at the first of them too."""
        yield from self._walk(self.body)
        if isinstance(self.body, Derivative) and len(self.body.variables) == 1:
            first, inner = self.body.variables[0], self.body.body
            for slip in Walk(self.context, first).slips(inner):
                yield replace(slip, term=Derivative(slip.term, (self.by,)))

    def _walk(self, body: Term) -> Iterator[Slip]:
        if isinstance(body, Derivative):
            body = resolve(body, self.context)
        return Walk(self.context, self.by).slips(body)


def _decided(node: Term, known: dict[Compare, bool]) -> Term:
    """Return a term with some conditions taken to hold or not."""
    if isinstance(node, Where) and node.condition in known:
        return _decided(node.then if known[node.condition] else node.otherwise, known)
    return rebuild(node, lambda part: _decided(part, known))


def _patterns(claimed: _Claimed) -> Iterator[Candidate]:
    """Yield the result with two indices confused: one case for all, deltas lost, the diagonal or the rest alone."""
    equation, context, left = claimed.equation, claimed.context, claimed.left
    indices = [i for i in claimed.free if not isinstance(i.name, int)]
    plain = resolve(left, context)
    pairs = [pair for pair in itertools.combinations(indices, 2) if pair[0].dim == pair[1].dim]
    for one, other in pairs:
        exchanged = rename(left, {one: other, other: one})
        said = say("the indices {} and {} are exchanged: this is {}", one, other, exchanged)
        yield Candidate("transposed indices", said, replace(equation, left=exchanged), context)
    for one, other in pairs:
        yield from _confused(equation, context, plain, one, other)


def _confused(
    equation: Equation, context: Context, plain: Term, one: Index, other: Index
) -> Iterator[Candidate]:
    delta, pair = Delta(one, other), frozenset((frozenset((one, other)),))
    left = equation.left

    def at(new: Term) -> Equation:
        return replace(equation, left=new)

    present = any(part in (delta, Delta(other, one)) for part in walk(equation.right))
    whole = set_deltas(plain, ONE, pair)
    dropped = Candidate(
        "dropped delta",
        say("{} is missing: its factor or summand is there for {} = {} only", delta, one, other),
        at(whole),
        context,
    )
    if not present and any(part in (delta, Delta(other, one)) for part in walk(left)):
        yield dropped  # it stood in the line before
    for gone, kept in ((other, one), (one, other)):
        said = say("this is the case {} = {} of {}, and it was taken for all", one, other, left)
        yield Candidate("diagonal case taken for all", said, at(rename(left, {gone: kept})), context)
    if not present and whole != plain:
        yield dropped
        apart = replace(equation, when=(*equation.when, IndexRelation(one, other, equal=False)))
        said = say("this is the case {} != {} of {}: the term with {} is missing", one, other, left, delta)
        changed = set_deltas(plain, ZERO, pair)
        yield Candidate("off-diagonal case taken for all", said.stating(apart), at(changed), context)
    said = say("the terms of {} with {} != {} are lost: {} is too much", left, one, other, delta)
    yield Candidate("off-diagonal terms lost", said, at(multiply(delta, left)), context)
    said = say("the terms of {} with {} = {} are lost", left, one, other)
    yield Candidate("diagonal terms lost", said, at(multiply(1 - delta, left)), context)


__all__ = ["candidates", "further", "has_derivative"]
