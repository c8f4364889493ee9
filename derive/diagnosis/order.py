"""The order in which known mistakes are tried, so that of several that come to the same the one is named that a
reader finds on the page.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cached_property

from derive.diagnosis import line, rows
from derive.diagnosis.assumed import early_mistakes, missing_sums, missing_symmetry, missing_values
from derive.diagnosis.candidate import (
    Candidate,
    KnownMistake,
    Mistake,
    replace_term,
    sentence,
    set_deltas,
    varies,
)
from derive.diagnosis.chain import DIAGONAL_ONLY, chain_mistakes, held_fixed
from derive.diagnosis.misapplied import AT_THE_ROOT, Differentiator
from derive.diagnosis.multiples import differences, multiples
from derive.diagnosis.rewriting import factors_lost, rewritten, sums_lost, terms_lost
from derive.diagnosis.screen import Screen
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
    has_derivative,
    multiply,
    negate,
    rebuild,
    rename,
    walk,
)

MAX_SITES = 3
MAX_MISTAKES = 1200  # of one derivative
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
    claim = RefutedClaim(equation, context)
    middle = not isinstance(equation.left, Derivative)
    for kind in (*_FIRST, *(_OF_THE_PEN + _RULES if middle else _RULES + _OF_THE_PEN), *_LAST):
        for one in _of_kind(kind, claim):
            yield replace(one, equation=_own_cases(one.equation, context))


def _of_kind(kind: Kind, claim: RefutedClaim) -> Iterator[Candidate]:
    """Yield the candidates of a kind, as far as they have one reading (see `differentiation.Resolver`)."""
    try:
        yield from kind(claim)
    except IllPosedError:
        return


def further(
    equation: Equation, context: Context, screen: Screen, *, vanishes: bool
) -> Iterator[Iterator[Candidate]]:
    """Yield candidates for a claim to which nothing else comes, the less specific ones after the others.

    Where the left side `vanishes`, too many mistakes in the line leave nothing.
    """
    claim = RefutedClaim(equation, context)
    yield missing_values(equation, context)
    for kinds in (
        (rows.mistakes(rows.OTHERS, equation.right, claim.scope),),
        (kind(equation, claim.scope, screen) for kind in (multiples, differences)),
    ):
        if not vanishes:
            found = claim.taken_back(itertools.chain.from_iterable(kinds))
            yield (replace(one, equation=_own_cases(one.equation, context)) for one in found)


def _own_cases(equation: Equation, context: Context) -> Equation:
    """Return an equation without the cases of indices that do not occur in it any more."""
    here = {*free_indices(equation.left), *free_indices(equation.right), *context.labels.values()}
    when = tuple(one for one in equation.when if {one.left, one.right} <= here)
    return equation if when == equation.when else replace(equation, when=when)


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


class Site:
    """The mistaken derivatives that may stand in place of one `D` on the left side."""

    def __init__(self, equation: Equation, context: Context, site: Derivative) -> None:
        self.equation, self.context, self.site = equation, context, site
        *before, self.by = site.variables
        self.body = Derivative(site.body, tuple(before)) if before else site.body

    @cached_property
    def differentiator(self) -> Differentiator:
        """The derivative by the variable, right or with a mistake."""
        return Differentiator(self.context, self.by)

    def candidates(self, mistakes: Iterable[Mistake]) -> Iterator[Candidate]:
        """Yield a candidate for each mistake: the mistaken left side equals the claim."""
        for one in mistakes:
            left = replace_term(self.equation.left, self.site, one.term)
            right = None if one.right is None else replace_term(self.equation.left, self.site, one.right)
            equation = replace(self.equation, left=left)
            said = one.said.about(self.equation.right)
            yield Candidate(one.name, said, equation, self.context, right, one.through)

    @cached_property
    def through_names(self) -> list[Mistake]:
        """The chain rule done wrong; nothing where a name held fixed would vary in a derivative within."""
        try:
            return list(chain_mistakes(self.body, self.by, self.context))
        except IllPosedError:
            return []

    @cached_property
    def rules_misapplied(self) -> list[Mistake]:
        """The first of the derivatives with one rule misapplied; with several variables, at the first of them too."""
        return list(itertools.islice(self._rules_misapplied(), MAX_MISTAKES))

    def _rules_misapplied(self) -> Iterator[Mistake]:
        whole = resolve(self.body, self.context) if isinstance(self.body, Derivative) else self.body
        yield from self.differentiator.mistakes(whole)
        if isinstance(self.body, Derivative) and len(self.body.variables) == 1:
            first, inner = self.body.variables[0], self.body.body
            for one in Differentiator(self.context, first).mistakes(inner):
                yield replace(one, term=Derivative(one.term, (self.by,)))

    def other_orders(self) -> Iterator[Mistake]:
        """Yield the derivative taken once more, or once less, by the same entry."""
        site, by = self.site, self.by
        if len(set(site.variables)) == 1:
            more = (by,) if len(site.variables) > 1 else (by, by)
            wrong = replace(site, variables=more)
            plain = sentence("the derivative is of another order")
            said = sentence("this is {}, a derivative of another order", wrong).stating(
                wrong, otherwise=plain
            )
            yield Mistake("derivative of another order", said, wrong)

    def other_variables(self) -> Iterator[Mistake]:
        """Yield the derivatives by entries of other arrays of the same shape."""
        site, by, context = self.site, self.by, self.context
        dims = tuple(index.dim for index in by.indices)
        for name, variable in context.variables.items() if len(site.variables) == 1 else ():
            if name != by.name and variable.dims == dims and varies(site.body, name, context):
                other = Entry(name, by.indices)
                wrong = replace(site, variables=(other,))
                plain = sentence("the derivative is taken by {}", other)
                said = sentence("this is {}, the derivative by {}", wrong, other).stating(
                    wrong, otherwise=plain
                )
                yield Mistake("wrong variable", said, wrong)

    def cases(self) -> Iterator[Mistake]:
        """Yield the derivative with each of its cases decided once and for all."""
        plain = resolve(self.site, self.context)
        conditions = list(dict.fromkeys(part.condition for part in walk(plain) if isinstance(part, Where)))
        if 0 < len(conditions) <= MAX_CONDITIONS:
            for chosen in itertools.product((True, False), repeat=len(conditions)):
                decided = _decided(plain, dict(zip(conditions, chosen, strict=True)))
                said = sentence("{} has several cases: one was used for all", self.site)
                yield Mistake("one case taken for all", said, decided)


class RefutedClaim:
    """A claim in which a mistake is looked for, with what several kinds of mistakes ask of it."""

    def __init__(self, equation: Equation, context: Context) -> None:
        self.equation, self.context = equation, context
        self.left, self.right = equation.left, equation.right
        self.sites = _sites(self.left)
        self.derived = [Site(equation, context, site) for site in self.sites]
        self.free = tuple(dict.fromkeys((*free_indices(self.left), *free_indices(self.right))))
        self.on_the_way = has_derivative(self.right)

    def taken_back(self, mistakes: Iterable[Mistake]) -> Iterator[Candidate]:
        """Yield a candidate for each mistake taken back: without it the line is right."""
        for one in mistakes:
            right = replace(self.equation, right=one.term)
            yield Candidate(one.name, one.said, right, self.context, one.term, taken_back=True)

    def made_before(self, mistakes: Iterable[Mistake]) -> Iterator[Candidate]:
        """Yield a candidate for each mistake made in the line before: with it, that line equals this one."""
        for one in mistakes:
            yield Candidate(one.name, one.said, replace(self.equation, left=one.term), self.context)

    @cached_property
    def scope(self) -> rows.Vocabulary:
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
        return rows.Vocabulary(self.context, tuple(dict.fromkeys((*placed, *here))), indices)

    @cached_property
    def index_wrong(self) -> list[Mistake]:
        """The line with an index replaced, and those of a sum given back."""
        return list(line.index_wrong(self.right, self.context, self.free))

    @property
    def decided(self) -> frozenset[frozenset[Index]]:
        """The pairs of indices that are equal or different in the case at hand."""
        return frozenset(frozenset((one.left, one.right)) for one in self.equation.when)

    @property
    def moving(self) -> frozenset[str]:
        """The names that are differentiated by."""
        return frozenset(v.name for site in self.sites for v in site.variables)


Kind = Callable[[RefutedClaim], Iterator[Candidate]]


def _written(mistakes: Callable[[RefutedClaim], Iterable[Mistake]]) -> Kind:
    """Return the kind of mistakes that are made in the line as it is written."""
    return lambda claim: claim.taken_back(mistakes(claim))


def _row(known: tuple[KnownMistake[rows.Vocabulary], ...]) -> Kind:
    """Return the kind of mistakes that are made at one place of the line."""
    return _written(lambda claim: rows.mistakes(known, claim.right, claim.scope))


def _before(mistakes: Callable[[RefutedClaim], Iterable[Mistake]]) -> Kind:
    """Return the kind of mistakes that are made in going on from the line before."""
    return lambda claim: claim.made_before(mistakes(claim))


def _derived(mistakes: Callable[[Site], Iterable[Mistake]]) -> Kind:
    """Return the kind of mistakes that are made in taking a derivative."""
    return lambda claim: (found for site in claim.derived for found in site.candidates(mistakes(site)))


def _on_the_way(*kinds: Kind) -> Kind:
    """Return kinds that are looked for in a line on the way alone, in which there is still a derivative."""
    return lambda claim: (found for kind in kinds if claim.on_the_way for found in kind(claim))


def _whole_sign(claim: RefutedClaim) -> Iterator[Candidate]:
    said, turned = sentence("the sign is flipped: {} is minus this", claim.left), negate(claim.right)
    yield Candidate("sign flipped", said, replace(claim.equation, right=turned), claim.context, turned)


def _reused(claim: RefutedClaim) -> Iterator[Mistake]:
    return (one for one in claim.index_wrong if one.name == REUSED)


def _captured(claim: RefutedClaim) -> Iterator[Mistake]:
    """Yield a sum's letter reused where that shows: a free index is gone, a delta or D is by the letter itself."""
    gone = set(free_indices(claim.left)) - set(free_indices(claim.right))
    double = any(isinstance(part, Delta) and part.left == part.right for part in walk(claim.right))
    if gone or double or claim.on_the_way:
        yield from _reused(claim)


def _within(side: Term, mistakes: Callable[[Term], Iterable[Mistake]]) -> Iterator[Mistake]:
    """Yield the mistakes made in what is still to be differentiated in a line."""
    for site in _sites(side):
        for one in mistakes(site.body):
            yield replace(one, term=replace_term(side, site, replace(site, body=one.term)))


_dropped = _written(lambda claim: line.derivatives_dropped(claim.right, claim.sites, claim.context))
_terms_lost = _before(lambda claim: terms_lost(claim.left))
_factors = _written(lambda claim: line.factors(claim.right, claim.context, claim.moving))
_sums_lost = _before(lambda claim: sums_lost(claim.left, claim.free))

_FIRST: tuple[Kind, ...] = (
    lambda claim: missing_sums(claim.equation, claim.context),
    _written(lambda claim: line.minus(claim.right)),
    _written(lambda claim: line.deltas_added(claim.right)),
    _derived(lambda site: site.differentiator.at(site.body, AT_THE_ROOT)),
    _derived(lambda site: site.other_orders()),
    _whole_sign,
    _derived(lambda site: early_mistakes(site.body, site.by, site.context)),
    _derived(lambda site: (one for one in site.through_names if one.name == DIAGONAL_ONLY)),
    _before(lambda claim: (s for s in sums_lost(claim.left, claim.free) if s.name == DIAGONAL_ONLY)),
    lambda claim: _patterns(claim),
    _row(rows.SIGNS),
    _written(lambda claim: _within(claim.right, lambda body: rows.mistakes(rows.SIGNS, body, claim.scope))),
    _before(lambda claim: factors_lost(claim.left)),
    # That a factor of a line on the way is missing is certain, what it is a derivative of is not.
    _on_the_way(_factors),
    _written(_captured),
    _on_the_way(_dropped, _terms_lost),  # in the names of that line it is best told
)
_RULES: tuple[Kind, ...] = (
    _derived(lambda site: (one for one in site.through_names if one.name != DIAGONAL_ONLY)),
    _derived(lambda site: (one for one in site.rules_misapplied if one.name not in _LIKE_A_SIGN)),
)
_OF_THE_PEN: tuple[Kind, ...] = (
    _written(lambda claim: line.indices_wrong(claim.right)),
    _written(lambda claim: line.arrays_exchanged(claim.right, claim.context)),
    _written(_reused),
    _written(lambda claim: line.deltas_dropped(claim.right, claim.context, claim.free, claim.decided)),
    _factors,
    _terms_lost,
    _written(lambda claim: line.arrays_misplaced(claim.right, claim.context)),
    _row(rows.SPLIT),
    _dropped,
)
_LAST: tuple[Kind, ...] = (
    _sums_lost,
    _written(lambda claim: rows.one_sided(claim.left, claim.right, claim.context)),
    _row(rows.LIKELY),
    _derived(lambda site: site.other_variables()),
    _derived(lambda site: held_fixed(site.body, site.by, site.context)),
    _derived(lambda site: site.cases()),
    lambda claim: missing_symmetry(claim.equation, claim.context),
    _written(lambda claim: claim.index_wrong),
    _derived(lambda site: (one for one in site.rules_misapplied if one.name in _LIKE_A_SIGN)),
    _row(rows.EXPONENTS),
    _before(lambda claim: rewritten(claim.left)),
    _on_the_way(
        _before(lambda claim: _within(claim.left, lambda body: (*terms_lost(body), *rewritten(body))))
    ),
)


def _decided(node: Term, known: dict[Compare, bool]) -> Term:
    """Return a term with some conditions taken to hold or not."""
    if isinstance(node, Where) and node.condition in known:
        return _decided(node.then if known[node.condition] else node.otherwise, known)
    return rebuild(node, lambda part: _decided(part, known))


def _patterns(claim: RefutedClaim) -> Iterator[Candidate]:
    """Yield the result with two indices confused: one case for all, deltas lost, the diagonal or the rest alone."""
    equation, context, left = claim.equation, claim.context, claim.left
    indices = [i for i in claim.free if not isinstance(i.name, int)]
    plain = resolve(left, context)
    pairs = [pair for pair in itertools.combinations(indices, 2) if pair[0].dim == pair[1].dim]
    for one, other in pairs:
        exchanged = rename(left, {one: other, other: one})
        said = sentence("the indices {} and {} are exchanged: this is {}", one, other, exchanged)
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
        sentence("{} is missing: its factor or summand is there for {} = {} only", delta, one, other),
        at(whole),
        context,
    )
    if not present and any(part in (delta, Delta(other, one)) for part in walk(left)):
        yield dropped  # it stood in the line before
    for gone, kept in ((other, one), (one, other)):
        said = sentence("this is the case {} = {} of {}, and it was taken for all", one, other, left)
        yield Candidate("diagonal case taken for all", said, at(rename(left, {gone: kept})), context)
    if not present and whole != plain:
        yield dropped
        apart = replace(equation, when=(*equation.when, IndexRelation(one, other, equal=False)))
        said = sentence(
            "this is the case {} != {} of {}: the term with {} is missing", one, other, left, delta
        )
        changed = set_deltas(plain, ZERO, pair)
        yield Candidate("off-diagonal case taken for all", said.stating(apart), at(changed), context)
    said = sentence("the terms of {} with {} != {} are lost: {} is too much", left, one, other, delta)
    yield Candidate("off-diagonal terms lost", said, at(multiply(delta, left)), context)
    said = sentence("the terms of {} with {} = {} are lost", left, one, other)
    yield Candidate("diagonal terms lost", said, at(multiply(1 - delta, left)), context)
