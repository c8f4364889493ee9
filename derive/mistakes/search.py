"""The search for the mistake behind a refuted claim: known mistakes in order, the most specific first.

It never says what the kernel did not prove: a mistake is named only if it reproduces the claim exactly.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from time import perf_counter

from derive import kernel
from derive.calculus import resolve
from derive.domain import domain
from derive.errors import IllPosedError, LimitError
from derive.mistakes import line
from derive.mistakes.assumed import early_slips, missing_others, missing_sums
from derive.mistakes.candidate import Candidate, Slip, Through, replace_term, set_deltas
from derive.mistakes.chain import DIAGONAL_ONLY, chain_slips
from derive.mistakes.rewriting import rewritten, sums_lost, terms_lost
from derive.mistakes.screen import Screen
from derive.mistakes.walk import Walk
from derive.notation import (
    ONE,
    ZERO,
    Context,
    Delta,
    Derivative,
    Equation,
    Hypothesis,
    Index,
    Number,
    Term,
    canonical,
    children,
    free_indices,
    multiply,
    negate,
    rename,
    walk,
)
from derive.report import Diagnosis

MAX_CANDIDATES = 1200
MAX_SECONDS = 1.5
MAX_SITES = 3


@dataclass(frozen=True, slots=True)
class Explained:
    """A diagnosis, and the right side without the mistake, if that is proved and was found on the way."""

    diagnosis: Diagnosis
    corrected: Term | None
    through: Through | None = None


def diagnose(equation: Equation, context: Context) -> Diagnosis | None:
    """Return the known mistake that reproduces a refuted claim exactly, `None` if there is none.

    See `explain`, which says more.
    """
    found = explain(equation, context)
    return None if found is None else found.diagnosis


def explain(equation: Equation, context: Context) -> Explained | None:
    """Return the known mistake that reproduces a refuted claim exactly, with the corrected right side if it has one.

    The claim is `left = right`; the derivation is that of the side with a `D` in it, the left one if both have.
    Of several mistakes that reproduce the claim the more specific is named. A claim that the kernel proves has
    no mistake in it.
    """
    turned = not _has_derivative(equation.left) and _has_derivative(equation.right)
    if turned:
        equation = replace(equation, left=equation.right, right=equation.left)
    deadline = perf_counter() + MAX_SECONDS
    try:
        judge, screen = _Judge(equation, context), Screen(equation, context)
        if screen.may_hold(equation) and judge.proves(equation, context):
            return None
        for candidate in islice(_fresh(_candidates(equation, context)), MAX_CANDIDATES):
            if perf_counter() > deadline:
                return None
            if candidate.context is context and not screen.may_hold(candidate.equation):
                continue
            if judge.proves(candidate.equation, candidate.context):
                diagnosis = Diagnosis(candidate.mistake, judge.sentence(candidate))
                right = None if turned else candidate.corrected
                if right is not None and not judge.proves(replace(equation, right=right), context):
                    right = None
                return Explained(diagnosis, right, candidate.through)
    except (LimitError, IllPosedError):
        pass
    return None


def _has_derivative(node: Term) -> bool:
    return any(isinstance(part, Derivative) for part in walk(node))


class _Judge:
    """The kernel, asked in such a way that a proof means what the diagnosis says."""

    def __init__(self, equation: Equation, context: Context) -> None:
        self.context = context
        sides = domain(equation.left, context) + domain(equation.right, context)
        plain = (c.compare for c in sides if not c.guards and not any(b.excluded for b in c.binders))
        self.domain = tuple(Hypothesis(compare) for compare in dict.fromkeys(plain))

    def proves(self, equation: Equation, context: Context) -> bool:
        """Return whether the equation is a theorem that says something, wherever the claim does."""
        try:
            theorem = kernel.prove(equation, context)
            if not isinstance(theorem, kernel.Theorem):
                return False
            # It must hold at every point of the claim's domain: no condition may be new.
            if theorem.conditions and not self._within(equation, context):
                return False
            # Hypotheses that contradict each other prove everything.
            absurd = replace(equation, left=ZERO, right=ONE)
            if isinstance(kernel.prove(absurd, context), kernel.Theorem):
                return False
            return not kernel.has_no_value(equation, context)
        except (LimitError, IllPosedError):
            return False

    def _within(self, equation: Equation, context: Context) -> bool:
        """Return whether the conditions of the claim, taken as given, entail all of the equation's."""
        inside = replace(context, hypotheses=(*context.hypotheses, *self.domain))
        theorem = kernel.prove(equation, inside)
        return isinstance(theorem, kernel.Theorem) and not theorem.conditions

    def sentence(self, candidate: Candidate) -> str:
        """Return the candidate's sentence with the first continuation that is proved."""
        for text, equation in candidate.more:
            if self.proves(equation, self.context):
                return candidate.text + text
        return candidate.text


def _fresh(candidates: Iterator[Candidate]) -> Iterator[Candidate]:
    """Yield the candidates without those that ask what was asked before."""
    asked: set[tuple[Term, Term, int]] = set()
    for candidate in candidates:
        sides = canonical(candidate.equation.left), canonical(candidate.equation.right)
        key = (*sides, hash(candidate.context.hypotheses) ^ hash(tuple(candidate.context.variables.values())))
        if key not in asked:
            asked.add(key)
            yield candidate


# the order in which mistakes are tried


def _candidates(equation: Equation, context: Context) -> Iterator[Candidate]:
    """Yield candidates: hypotheses, then mistakes in a rule of differentiation, then slips in the last line."""
    yield from missing_sums(equation, context)
    right, sites = equation.right, _sites(equation.left)
    derived = [_Derived(equation, context, site) for site in sites]
    for one in derived:
        yield from one.all(one.root_slips())
    yield _whole_sign(equation, context)
    for one in derived:
        yield from one.all(one.early())
    named = [(one, list(one.through_names())) for one in derived]
    for one, slips in named:
        yield from one.all(s for s in slips if s.mistake == DIAGONAL_ONLY)
    free = (*free_indices(equation.left), *free_indices(right))
    yield from _before(equation, context, sums_lost(equation.left, free))
    yield from _patterns(equation, context)
    yield from _line(equation, context, line.signs(right))
    yield from _inside(equation, context)
    if _has_derivative(right):  # a line on the way, in whose names the mistake is best told
        yield from _line(equation, context, line.derivatives_dropped(right, sites))
        yield from _before(equation, context, terms_lost(equation.left))
    for one, slips in named:
        yield from one.all(s for s in slips if s.mistake != DIAGONAL_ONLY)
    walked = [(one, list(islice(one.walked(), MAX_CANDIDATES))) for one in derived]
    for one, slips in walked:
        yield from one.all(s for s in slips if s.mistake not in _LIKE_A_SIGN)
    yield from _line(equation, context, line.indices_slipped(right))
    yield from _line(equation, context, line.arrays_exchanged(right, context))
    yield from _before(equation, context, terms_lost(equation.left))
    yield from _line(equation, context, line.arrays_misplaced(right, context))
    yield from _line(equation, context, line.sums_split(right))
    moving = frozenset(v.name for site in sites for v in site.variables)
    yield from _line(equation, context, line.deltas_dropped(right, context, free))
    yield from _line(equation, context, line.factors(right, context, moving))
    yield from _line(equation, context, line.derivatives_dropped(right, sites))
    yield from missing_others(equation, context)
    yield from _line(equation, context, line.index_reused(right, context))
    for one, slips in walked:
        yield from one.all(s for s in slips if s.mistake in _LIKE_A_SIGN)
    yield from _line(equation, context, line.exponents(right))
    yield from _before(equation, context, rewritten(equation.left))
    yield from _inside_before(equation, context)


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


def _inside(equation: Equation, context: Context) -> Iterator[Candidate]:
    """Yield signs flipped in what is still to be differentiated: inside a D of this line."""
    for site in _sites(equation.right):
        for slip in line.signs(site.body):
            changed = replace_term(equation.right, site, replace(site, body=slip.term))
            text = slip.text.removesuffix(f": {slip.term} is right") + f": {changed} is right"
            yield from _line(equation, context, iter((Slip(slip.mistake, text, changed),)))


def _inside_before(equation: Equation, context: Context) -> Iterator[Candidate]:
    """Yield slips of algebra inside a D of the line before, where this line has one too."""
    for site in _sites(equation.left) if _has_derivative(equation.right) else ():
        for slip in (*terms_lost(site.body), *rewritten(site.body)):
            changed = replace_term(equation.left, site, replace(site, body=slip.term))
            yield from _before(equation, context, iter((replace(slip, term=changed),)))


def _before(equation: Equation, context: Context, slips: Iterator[Slip]) -> Iterator[Candidate]:
    """Yield a candidate for each slip made in the line before: with it, that line equals this one."""
    for slip in slips:
        yield Candidate(slip.mistake, slip.text, replace(equation, left=slip.term), context)


def _line(equation: Equation, context: Context, slips: Iterator[Slip]) -> Iterator[Candidate]:
    for slip in slips:
        right = replace(equation, right=slip.term)
        yield Candidate(slip.mistake, slip.text, right, context, corrected=slip.term)


def _whole_sign(equation: Equation, context: Context) -> Candidate:
    right = negate(equation.right)
    text = f"the sign is flipped: {equation.left} is minus this"
    return Candidate("sign flipped", text, replace(equation, right=right), context, corrected=right)


# Deep inside a formula these only turn a sign, and what turned it cannot be told: the plain name is better.
_LIKE_A_SIGN = frozenset(
    (
        "sign flipped",
        "sign of one summand flipped",
        "quotient rule's terms exchanged",
        "quotient rule with a plus",
    )
)


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
            yield Candidate(
                slip.mistake, slip.text, equation, self.context, corrected=right, through=slip.through
            )

    def early(self) -> Iterator[Slip]:
        return early_slips(self.body, self.by, self.context)

    def through_names(self) -> Iterator[Slip]:
        return chain_slips(self.body, self.by, self.context)

    def root_slips(self) -> Iterator[Slip]:
        """Yield rules misapplied to the whole of what is differentiated, as the user wrote it."""
        walk_ = Walk(self.context, self.by)
        yield from walk_.quotient(self.body)
        yield from walk_.constants_kept(self.body)

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


def _patterns(equation: Equation, context: Context) -> Iterator[Candidate]:
    """Yield the result with two indices confused: one case for all, deltas lost, the diagonal or the rest alone."""
    left = equation.left
    free = dict.fromkeys((*free_indices(left), *free_indices(equation.right)))
    indices = [i for i in free if not isinstance(i.name, int)]
    plain = resolve(left, context)
    pairs = [pair for pair in itertools.combinations(indices, 2) if pair[0].dim == pair[1].dim]
    for one, other in pairs:
        exchanged = rename(left, {one: other, other: one})
        text = f"the indices {one} and {other} are exchanged: this is {exchanged}"
        yield Candidate("transposed indices", text, replace(equation, left=exchanged), context)
    for one, other in pairs:
        yield from _confused(equation, context, plain, one, other)


def _confused(
    equation: Equation, context: Context, plain: Term, one: Index, other: Index
) -> Iterator[Candidate]:
    delta, pair = Delta(one, other), frozenset((frozenset((one, other)),))
    left = equation.left

    def at(new: Term) -> Equation:
        return replace(equation, left=new)

    for gone, kept in ((other, one), (one, other)):
        text = f"this is the case {one} = {other} of {left}, and it was taken for all {one} and {other}"
        yield Candidate("diagonal case taken for all", text, at(rename(left, {gone: kept})), context)
    values: tuple[tuple[str, Number, str], ...] = (
        ("dropped delta", ONE, f"{delta} is missing: its factor or summand is there for {one} = {other} only"),
        ("off-diagonal case taken for all", ZERO,
         f"this is the case {one} != {other} of {left}: the term with {delta} is missing"),
    )  # fmt: skip
    for mistake, value, text in values:
        changed = set_deltas(plain, value, pair)
        if changed != plain:
            yield Candidate(mistake, text, at(changed), context)
    text = f"the terms of {left} with {one} != {other} are lost: {delta} is too much"
    yield Candidate("off-diagonal terms lost", text, at(multiply(delta, left)), context)
    text = f"the terms of {left} with {one} = {other} are lost"
    yield Candidate("diagonal terms lost", text, at(multiply(1 - delta, left)), context)


__all__ = ["Explained", "diagnose", "explain"]
