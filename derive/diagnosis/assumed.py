"""Hypotheses forgotten, and hypotheses used too early: before differentiating."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace

from derive.diagnosis.candidate import Assertion, Candidate, Mistake, letter_for, sentence
from derive.kernel.differentiation import resolve
from derive.report.message import Piece, say
from derive.terms import (
    ONE,
    ZERO,
    Add,
    Big,
    Compare,
    Context,
    Derivative,
    Entry,
    Equation,
    Hypothesis,
    Index,
    Number,
    Relation,
    Term,
    Variable,
    add,
    children,
    free_indices,
    multiply,
    rebuild,
    rename,
    same,
    total,
    unfold,
    walk,
)

MISSING = "missing hypothesis"
TOO_EARLY = "hypothesis used before differentiating"
MAX_SUMMANDS = 4


def missing_sums(equation: Equation, context: Context) -> Iterator[Candidate]:
    """Yield the claim under the hypothesis that an array sums to 1, for each array that occurs."""
    for variable in _others(equation, context):
        if not variable.dims:
            continue
        taken = _taken(equation, context)
        last = letter_for(variable.dims[-1], taken)
        rest = tuple(letter_for(dim, taken) for dim in variable.dims[:-1])
        whole = total(Entry(variable.name, (*rest, last)), last)
        condition = Compare(Relation.EQUAL, whole, ONE)
        said = plain = _missing(condition)
        for right in reversed(list(_restored(equation.right, variable, last))):
            more = sentence("{}; without it, {} is right", plain.message, right)
            said = more.stating(replace(equation, right=right), otherwise=said)
        yield Candidate(MISSING, said, equation, _with(context, condition))


def _missing(condition: Compare) -> Assertion:
    return sentence("a hypothesis is missing: it holds if {} is given", condition)


def missing_symmetry(equation: Equation, context: Context) -> Iterator[Candidate]:
    """Yield the claim under the hypothesis that a matrix is symmetric, for each that occurs."""
    for variable in _others(equation, context):
        indices = _letters(variable, equation, context)
        if len(indices) == 2 and indices[0].dim == indices[1].dim:
            sides = Entry(variable.name, indices), Entry(variable.name, indices[::-1])
            condition = Compare(Relation.EQUAL, *sides)
            yield Candidate(MISSING, _missing(condition), equation, _with(context, condition))


def missing_values(equation: Equation, context: Context) -> Iterator[Candidate]:
    """Yield the claim under the hypothesis that the entries of an array are 0 or 1, are 1 or -1, or are one-hot."""
    for variable in _others(equation, context):
        indices = _letters(variable, equation, context)
        entry = Entry(variable.name, indices)
        for value in (entry, ONE) if indices and not variable.bounds else ():
            condition = Compare(Relation.EQUAL, entry**2, value)
            yield Candidate(MISSING, _missing(condition), equation, _with(context, condition))
        if indices:
            variables = {**context.variables, variable.name: replace(variable, kind="onehot")}
            said = sentence("a hypothesis is missing: it holds if {} is one-hot", Entry(variable.name))
            yield Candidate(MISSING, said, equation, replace(context, variables=variables))


def _letters(variable: Variable, equation: Equation, context: Context) -> tuple[Index, ...]:
    """Return letters for the indices of an array that mean nothing else in a claim."""
    taken = _taken(equation, context)
    return tuple(letter_for(dim, taken) for dim in variable.dims)


def missing_in_words(equation: Equation, context: Context) -> Iterator[Candidate]:
    """Yield the claim under further hypotheses that are often given in words alone: signs, and length 1."""
    for variable in _others(equation, context):
        indices = _letters(variable, equation, context)
        entry = Entry(variable.name, indices)
        conditions = [Compare(sign, entry, ZERO) for sign in (Relation.GREATER, Relation.LESS)]
        if indices:
            last = indices[-1]
            conditions.append(Compare(Relation.EQUAL, total(entry**2, last), ONE))
        for condition in conditions:
            yield Candidate(MISSING, _missing(condition), equation, _with(context, condition))


def _others(equation: Equation, context: Context) -> list[Variable]:
    """Return the real variables that occur and are not among those differentiated by."""
    sides = (equation.left, equation.right)
    parts = [part for side in sides for part in walk(unfold(side, context.definitions))]
    moving = {v.name for part in parts if isinstance(part, Derivative) for v in part.variables}
    names = {part.name for part in parts if isinstance(part, Entry)}
    return [v for v in context.variables.values() if v.name in names - moving and v.kind == "real"]


def _taken(equation: Equation, context: Context) -> set[str | int]:
    free = {i.name for side in (equation.left, equation.right) for i in free_indices(side)}
    return {
        *free,
        *context.labels,
        *context.variables,
        *context.definitions,
        *context.sizes,
        *context.functions,
    }


def _with(context: Context, condition: Compare) -> Context:
    return replace(context, hypotheses=(*context.hypotheses, Hypothesis(condition)))


def added(inner: Context, outer: Context) -> tuple[str, ...]:
    """Return what one context supposes beyond another, as lines of the language."""
    variables = [v for name, v in inner.variables.items() if v != outer.variables[name]]
    kinds = [f"{v.kind} {v.name}[{','.join(v.dims)}]" for v in variables]
    return *kinds, *(f"given {h}" for h in inner.hypotheses if h not in outer.hypotheses)


def _restored(right: Term, variable: Variable, last: Index) -> Iterator[Term]:
    """Yield the right side with the sum put back as a factor of some of its summands."""
    terms = right.terms if isinstance(right, Add) else (right,)
    rows = [i for i in free_indices(right) if i.dim in variable.dims[:-1]]
    choices = itertools.product(*([i for i in rows if i.dim == dim] for dim in variable.dims[:-1]))
    outer = next(choices, None)
    if outer is None or len(terms) > MAX_SUMMANDS:
        return
    whole = total(Entry(variable.name, (*outer, last)), last)
    for chosen in itertools.product((False, True), repeat=len(terms)):
        if any(chosen):
            yield add(*(multiply(t, whole) if put else t for t, put in zip(terms, chosen, strict=True)))


# used too early


def early_mistakes(body: Term, by: Entry, context: Context) -> Iterator[Mistake]:
    """Yield the derivatives of the body as it stands after a hypothesis has rewritten it."""
    plain = resolve(body, context, frozenset((by.name,)).intersection(context.definitions))
    for pattern, new, local, known in _rewrites(context):
        rewritten = _rewrite(plain, pattern, new, local)
        if rewritten != plain:
            used = "restricts the point, not the direction: it was used in {} before differentiating by {}"
            said = sentence(f"{{}} {used}", known, body, by)
            yield Mistake(TOO_EARLY, said, Derivative(rewritten, (by,)))
    for hypothesis in context.hypotheses:
        if _says_symmetric(hypothesis.condition, by) and len(set(by.indices)) == 2:
            twin = Entry(by.name, by.indices[::-1])
            yield Mistake(
                TOO_EARLY,
                sentence(
                    "{} restricts the point, not the direction: {} and {} were varied together",
                    hypothesis,
                    by,
                    twin,
                ),
                add(Derivative(body, (by,)), Derivative(body, (twin,))),
            )


def _rewrites(context: Context) -> Iterator[tuple[Term, Term, frozenset[Index], Piece]]:
    labels = frozenset(context.labels.values())
    for hypothesis in context.hypotheses:
        condition = hypothesis.condition
        if condition.relation != "=":
            continue
        left, right = (unfold(side, context.definitions) for side in (condition.left, condition.right))
        for old, new in ((left, right), (right, left)):
            local = frozenset(free_indices(old)) - labels
            if not isinstance(old, Number) and set(free_indices(new)) - labels <= local:
                yield old, new, local, hypothesis
    for variable in context.variables.values():
        if variable.kind == "real":
            continue
        taken: set[str | int] = {*context.labels}
        indices = tuple(letter_for(dim, taken) for dim in variable.dims)
        entry, outer = Entry(variable.name, indices), frozenset(indices[:-1])
        yield total(entry, indices[-1]), ONE, outer, say("that {} sums to 1", Entry(variable.name))
        if variable.kind == "onehot":
            yield entry**2, entry, frozenset(indices), say("that {} is one-hot", Entry(variable.name))


def _rewrite(node: Term, pattern: Term, new: Term, local: frozenset[Index]) -> Term:
    bindings = _match(pattern, node, local, {})
    if bindings is not None:
        return rename(new, bindings)
    return rebuild(node, lambda child: _rewrite(child, pattern, new, local))


def _match(
    pattern: Term, node: Term, local: frozenset[Index], known: dict[Index, Index]
) -> dict[Index, Index] | None:
    """Return the values of the local indices for which the pattern is the term, `None` if there are none."""
    if isinstance(pattern, Big):
        return known if same(rename(pattern, known), node) else None
    if type(pattern) is not type(node):
        return None
    if isinstance(pattern, Entry) and isinstance(node, Entry):
        if pattern.name != node.name or len(pattern.indices) != len(node.indices):
            return None
        found = dict(known)
        for here, there in zip(pattern.indices, node.indices, strict=True):
            if here.dim != there.dim or found.setdefault(here, there if here in local else here) != there:
                return None
        return found
    inside, outside = children(pattern), children(node)
    if len(inside) != len(outside) or not inside:
        return known if pattern == node else None
    result: dict[Index, Index] | None = known
    for one, other in zip(inside, outside, strict=True):
        result = _match(one, other, local, result) if result is not None else None
    return result


def _says_symmetric(condition: Compare, by: Entry) -> bool:
    left, right = condition.left, condition.right
    return (
        condition.relation == "="
        and isinstance(left, Entry)
        and isinstance(right, Entry)
        and left.name == right.name == by.name
        and left.indices == right.indices[::-1]
    )
