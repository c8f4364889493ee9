"""What has to be asked to prove an equation: derivatives taken, cases and concrete sizes written out."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace

from derive.errors import LimitError
from derive.kernel.differentiation import Resolver
from derive.kernel.domain import Condition, domain
from derive.kernel.entailment import is_shown
from derive.kernel.goal import LOCAL, Goal
from derive.kernel.inverses import ranks, two_sided
from derive.kernel.outermost import says_invertible
from derive.terms import (
    Compare,
    Context,
    Delta,
    Equation,
    Hypothesis,
    Index,
    MatrixFunction,
    Relation,
    free_indices,
    identified,
    merging,
    rename,
    renamed,
    renamed_pairs,
    sample_labels,
)
from derive.terms.expansion import assignments, compare_at, expand
from derive.terms.traverse import condition_terms

MAX_POSITIONS = 800


def by_pattern(goal: Goal, pair: tuple[Index, Index]) -> Iterator[Goal]:
    """Yield the goal for two free indices being equal and being different, or for both orders of two that differ."""
    if frozenset(pair) in goal.different:
        for order in (pair, pair[::-1]):
            one = replace(goal, order=goal.order | {order})
            if one.holds_somewhere:
                yield one
        return
    yield goal.renamed(merging(*pair))
    yield replace(goal, different=goal.different | {frozenset(pair)})


def goals_of(
    equation: Equation, context: Context, typed: tuple[Condition, ...], *, sparing: bool = False
) -> Iterator[Goal]:
    """Yield what has to be proved: one goal for symbolic sizes, one for each position at concrete ones.

    A sparing goal leaves out the conditions that their shape shows; most proofs do without them.
    """
    renaming, different = identified(equation.when)
    different |= renamed_pairs(context.distinct, renaming)
    resolver = Resolver(context)
    sides = [rename(resolver.resolve(side), renaming) for side in (equation.left, equation.right)]
    resolved = dict.fromkeys(_resolved(c, resolver, renaming) for c in typed)
    conditions = tuple(c for c in resolved if not (sparing and is_shown(c.compare, context)))
    supposed = [one for h in context.hypotheses for one in (h, *_has_value(h, context))]
    typed_given = [_unfolded(h, resolver, renaming) for h in supposed]
    given = (*typed_given, *(turned for h in typed_given for turned in two_sided(h, LOCAL)))
    rows = tuple(
        (v.name, Index(f"?{v.name}", v.dims[0]))
        for v in context.variables.values()
        if v.kind == "onehot" and len(v.dims) == 1 and context.sizes[v.dims[0]].fixed is None
    )
    order = frozenset(
        (renamed(r.left, renaming), renamed(r.right, renaming)) for r in equation.when if r.before
    )
    goal = Goal(sides[0], sides[1], conditions, given, frozenset(different), rows, order, equation.relation)
    sizes = {size.name: size.fixed for size in context.sizes.values() if size.fixed is not None}
    if not sizes:
        if goal.holds_somewhere:
            yield goal
        return
    free = dict.fromkeys((*free_indices(sides[0]), *free_indices(sides[1]), *context.labels.values()))
    count = 0
    for places in assignments(tuple(free), sizes):
        for one in _at_labels(_at(goal.renamed(places), sizes, places), sizes):
            count += 1
            if count > MAX_POSITIONS:
                raise LimitError("too many positions at these sizes")
            if one.holds_somewhere:
                yield one


def ranks_of_products(context: Context, equation: Equation) -> tuple[tuple[str, str], ...]:
    """Return pairs of sizes of which the first is at most the second wherever the hypotheses hold and both sides of
    an equation have a value: where a product of matrices is the identity, or is inverted.
    """
    resolver = Resolver(context)
    given = [_unfolded(h, resolver, {}) for h in context.hypotheses]
    for condition in domain(equation.left, context) + domain(equation.right, context):
        one = condition.changed(resolver.resolve)
        if says_invertible(one) and isinstance(one.compare.left, MatrixFunction):
            matrix = one.compare.left.matrix
            own = {b.index: Index(f"{LOCAL}{b.index}", b.index.dim) for b in matrix.binders}
            full = Compare(Relation.EQUAL, rename(matrix.body, own), Delta(*own.values()))
            given.append(Hypothesis(full, ""))
    return tuple(dict.fromkeys(pair for h in given for pair in ranks(h, LOCAL)))


def _at_labels(goal: Goal, sizes: dict[str, int]) -> Iterator[Goal]:
    """Yield the goal for every choice of the labels of samples that are at positions, of a concrete size."""
    terms = [goal.left, goal.right]
    terms += [
        side for c in goal.conditions for one in (c.compare, *c.guards) for side in condition_terms(one)
    ]
    terms += [side for h in goal.hypotheses for side in condition_terms(h.condition)]
    labels = {label for term in terms for label in sample_labels(term)}
    known = sorted(
        (i for i in labels if i.dim in sizes and all(isinstance(j.name, int) for j in i.letters)), key=str
    )
    for choice in itertools.product(*(range(1, sizes[i.dim] + 1) for i in known)):
        places = {i: Index(k, i.dim) for i, k in zip(known, choice, strict=True)}
        yield _at(goal.renamed(places), sizes, places) if places else goal


def _at(goal: Goal, sizes: dict[str, int], places: dict[Index, Index]) -> Goal:
    conditions = []
    for condition in goal.conditions:
        conditions += list(_instances(condition, sizes))
    hypotheses = []
    for hypothesis in goal.hypotheses:
        fixed = rename(hypothesis.condition, places)
        local = tuple(i for i in free_indices(fixed) if str(i.name).startswith(LOCAL))
        for inner in assignments(local, sizes):
            compare = compare_at(rename(fixed, inner), sizes)
            hypotheses.append(Hypothesis(compare, str(hypothesis)))
    return replace(
        goal,
        left=expand(goal.left, sizes),
        right=expand(goal.right, sizes),
        conditions=tuple(conditions),
        hypotheses=tuple(hypotheses),
    )


def _instances(condition: Condition, sizes: dict[str, int]) -> Iterator[Condition]:
    inner = tuple(b for b in condition.binders if b.index.dim in sizes)
    rest = tuple(b for b in condition.binders if b.index.dim not in sizes)
    for places in assignments(tuple(b.index for b in inner), sizes):
        if any(places[b.index] in {renamed(e, places) for e in b.excluded} for b in inner):
            continue
        compare = compare_at(rename(condition.compare, places), sizes)
        guards = tuple(compare_at(rename(g, places), sizes) for g in condition.guards)
        yield Condition(compare, rest, guards, condition.origin)


def _resolved(condition: Condition, resolver: Resolver, renaming: dict[Index, Index]) -> Condition:
    return replace(condition.changed(resolver.resolve), origin=condition).renamed(renaming)


def _has_value(hypothesis: Hypothesis, context: Context) -> Iterator[Hypothesis]:
    """Yield what follows from a hypothesis because its sides have values: `x != 0` from `1/x = 2`."""
    condition = hypothesis.condition
    for needed in reversed(domain(condition.left, context) + domain(condition.right, context)):
        everywhere = not needed.guards and not any(b.excluded for b in needed.binders)
        if everywhere and not is_shown(needed.compare, context):
            yield Hypothesis(needed.compare, str(hypothesis))


def _unfolded(hypothesis: Hypothesis, resolver: Resolver, renaming: dict[Index, Index]) -> Hypothesis:
    """Return the hypothesis without defined names, its own indices named so that no other index is one of them."""
    compare = hypothesis.condition.changed(resolver.resolve)
    labels = resolver.context.labels.values()
    own = {
        i: Index(f"{LOCAL}{i.name}", i.dim)
        for i in free_indices(compare)
        if i not in labels and not isinstance(i.name, int)
    }
    return Hypothesis(rename(compare, {**renaming, **own}), str(hypothesis))
